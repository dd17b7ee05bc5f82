"""The support network: what it says, draws and leaves to read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pandas as pd
import plotly
import plotly.graph_objects as go
import pytest

from helpers import DATA, KIT
from whosays import pack
from whosays.figures import MIME, alt_text, caption, colour, figure_table, mime_bundle, support_network
from whosays.figures.look import COLOURS
from whosays.measures.network import places, statements
from whosays.widgets.page import Chart

PACK = pack.load(DATA)
SIX = pack.load(KIT / "tests" / "six_sentences")
TABLE, PLACES = statements(PACK), places(PACK)
GROUP = ("Russia", "China", "Iran", "North Korea")
Edge = tuple[str, str, int | None]


def net(**more: Any) -> go.Figure:
    return support_network(TABLE, PLACES, **more)


def own(*rows: Edge, group: tuple[str, ...] = (), at: pd.DataFrame = PLACES, **more: Any) -> go.Figure:
    """A network of a reader’s own edges: three columns, nothing else."""
    table = pd.DataFrame(rows, columns=["giver", "receiver", "rung"]).assign(role="text", sentence="s01")
    if group:
        summary = pd.DataFrame([{"role": "summary", "between": group, "what": "“all”", "sentence": "s09"}])
        table = pd.concat([table, summary], ignore_index=True)
    return support_network(table, at, **more)


def plain(text: str) -> str:
    return re.sub("</?b>", "", text.replace("<br>", " "))


def title(figure: go.Figure) -> str:
    return plain(figure.layout.title.text)


def subtitle(figure: go.Figure) -> str:
    return plain(figure.layout.title.subtitle.text)


def words(figure: go.Figure) -> list[str]:
    """The words on a figure, without rungs."""
    said = [plain(note.text) for note in figure.layout.annotations if note.text]
    return [one for one in said if one != "?" and not one.isdecimal()]


def lines(figure: go.Figure, role: str, width: float = 2.5) -> list[Any]:
    """The lines in the colour of a role and with a width."""
    return [s for s in figure.layout.shapes if s.line.color == colour(role) and s.line.width == width]


# Words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minimum", "said"),
    [
        (1, "3 of 6 pairs are described. All end at Russia: a star, not a web"),
        (2, "At rung 2, all 3 links to Russia stand. Still a star, not a web"),
        (3, "At rung 3, all 3 links to Russia stand. The number 11,000 does not"),
        (4, "At rung 4, all 3 links to Russia stand. The number 11,000 does not"),
        (5, "At rung 5, 1 of 6 pairs keeps a statement"),
    ],
)
def test_the_title_states_the_finding(minimum: int, said: str) -> None:
    assert title(net(minimum=minimum)) == said
    assert alt_text(net(minimum=minimum)).startswith(f"Network of ties. {said}.")


def test_the_subtitle_counts_the_statements() -> None:
    assert subtitle(net()) == "10 statements, a line each, 2 of them about others."
    said = "6 of 10 statements are on rung 4 or higher, the others are pale."
    assert subtitle(net(minimum=4)) == f"{said} Among the 4 actors, all end at Russia."


@pytest.mark.parametrize(
    ("rows", "minimum", "said"),
    [
        ([], 1, "No statement yet: each will be a line here"),
        ([("a", "b", 3)], 1, "1 of 6 pairs is described"),
        ([("a", "b", 3), ("d", "c", 3)], 1, "2 of 6 pairs are described"),
        ([("a", "b", 3), ("b", "c", 3)], 1, "2 of 6 pairs are described. B is in both of them"),
        ([("a", "d", 3), ("b", "d", 3)], 1, "2 of 6 pairs are described. Both end at d"),
        ([("d", "a", 3), ("b", "d", 3), ("c", "d", 3)], 1, "D is in all of them: a star, not a web"),
        ([*permutations("abcd", 2)], 1, "6 of 6 pairs are described. A full web"),
        ([("x", "y", 3)], 1, "None of the 6 pairs is described"),
        ([("a", "b", 3)], 4, "At rung 4, none of the 6 pairs keeps a statement"),
        ([("a", "d", 4), ("b", "d", 4)], 4, "At rung 4, both links to d stand. Both end at d"),
        ([("a", "d", 4), ("d", "b", 4)], 4, "At rung 4, both described pairs stand. D is in both of them"),
        ([("a", "d", 4), ("b", "d", 3)], 4, "At rung 4, 1 of 6 pairs keeps a statement"),
    ],
)
def test_the_title_is_true_of_other_edges(rows: list[Any], minimum: int, said: str) -> None:
    edges = [(*row, 3)[:3] for row in rows]
    assert said in title(own(*edges, group=tuple("abcd"), minimum=minimum))


def test_without_a_group_the_title_counts_statements() -> None:
    edges: list[Edge] = [("a", "b", 1), ("c", "b", None), ("b", "d", 5)]
    assert title(own(*edges)) == "3 statements, a line each"
    assert subtitle(own(*edges)) == "b is in 3 of them."
    assert title(own(*edges, minimum=2)) == "At rung 2, 1 of 3 statements stands"


def test_a_number_falls_only_if_no_other_statement_keeps_it() -> None:
    raised = TABLE.assign(rung=TABLE["rung"].mask(TABLE["id"] == "r07", 4))
    also = raised.assign(what=TABLE["what"].mask(TABLE["id"] == "r07", "11,000 men"))
    assert "11,000 does not" in title(support_network(raised, PLACES, minimum=4))
    assert "11,000" not in title(support_network(also, PLACES, minimum=4))


def test_the_caption_keeps_what_was_said_then_and_what_came_later_apart() -> None:
    said = caption(net(caption="Own coding."))
    assert said.startswith("A line is a statement, not a proven fact; its thickness means nothing.")
    then, later = said.split("Denials at the time: ")[1].split("Known later: ")
    for party in ("Iran’s foreign ministry", "China’s government", "North Korea had denied"):
        assert then.count(party) == 1
    assert "2025" not in then
    assert later.count("26 April 2025") == 1, "a sentence within another is not said twice"
    assert later.endswith("That does not settle the number.\nOwn coding.")
    assert "Denials" not in caption(net(view="summarised"))
    starts = [line.split()[0] for line in said.split("\n")]
    assert starts == ["A", "Denials", "Known", "Own"], "a paragraph each"
    shown = str(Chart(lambda: net(caption="Own coding."))._parts()[1]["text/html"])
    assert shown.count('class="ws-note page-note"') == 4


def test_the_figure_in_words_names_every_line_that_stands_and_every_pair_without() -> None:
    said = alt_text(net(minimum=4))
    assert "China to Russia: arms industry (s09, Rutte, denied)" in said
    assert "11,000 soldiers" not in said
    assert said.endswith("No statement: China and Iran; China and North Korea; Iran and North Korea.")
    assert alt_text(net(view="summarised")).endswith("Russia, China, Iran, North Korea: each with each.")


def test_the_twin_holds_every_statement() -> None:
    twin = figure_table(net(minimum=4))
    assert len(twin) == 11, "ten statements and the summary"
    assert list(twin.loc[twin["stands"] == "yes", "rung"]) == [4, 4, 5, 5, 5, 4]
    row = twin.set_index("what").loc["11,000 soldiers"]
    assert (row["said_by"], row["rung"], row["stands"], row["denied"]) == ("“Reports”", 2, "no", "yes")
    whole = figure_table(net(context=True))
    outside = whole[whole["role"] == "context"]
    assert len(outside) == 9
    assert (outside["stands"] == "").all()
    assert outside["source"].iloc[0] == "Interfax; MENAFN"


def test_the_mouse_finds_the_statement_and_its_source() -> None:
    (found,) = {said for said in net().data[0].hovertext if "11,000" in said}
    said = found.replace("<br>", "").replace("  ", " ")
    assert said.startswith("North Korea → Russia: 11,000 soldiers.Says so: “Reports”, s12, rung 2: a group")
    assert said.index("North Korea had denied") < said.index("Later: Russia’s chief of general staff")
    assert len(set(net().data[0].hovertext)) == 10


# Drawing --------------------------------------------------------------------------------------------------


def test_each_statement_is_a_line_with_its_words() -> None:
    drawn = words(net())
    for said in ("s05 military help", "s12 11,000 soldiers", "s09 its narrative", "s15 more support"):
        assert said in drawn
    assert drawn.count("s05 military help") == 2
    assert (drawn.count("denied"), drawn.count("denied at the time")) == (2, 2)
    assert drawn.count("no statement") == 3
    assert "Also in the text" in drawn
    arrows = [note for note in net().layout.annotations if note.showarrow]
    assert len(arrows) == 10


def test_lines_under_the_minimum_are_pale_and_nothing_moves() -> None:
    def frame(figure: go.Figure) -> list[Any]:
        return [s.path for s in figure.layout.shapes if s.fillcolor == colour("box")]

    assert not lines(net(), "pale tie")
    pale = [note for note in net(minimum=4).layout.annotations if note.arrowcolor == colour("pale tie")]
    assert len(pale) == 4
    assert frame(net()) == frame(net(minimum=5))
    chips = [n for n in net(minimum=4).layout.annotations if n.bgcolor == colour("rung 4")]
    assert [plain(chip.text) for chip in chips] == ["4", "4", "4"]
    assert not [n for n in net(minimum=4).layout.annotations if n.bgcolor == colour("rung 2")]
    assert "pale: under rung 4" in words(net(minimum=4))
    assert "pale" not in " ".join(words(net()))


def test_one_style_a_kind_and_dashed_only_where_denied() -> None:
    dashed = [s for s in lines(net(), "tie") if s.line.dash == "10px,6px"]
    assert len(dashed) == 5, "four statements and the legend"
    doubles = lines(net(), "tie", 6)
    assert len(doubles) == 3, "two statements of money and the legend"
    for kind in ("military help", "money", "industry", "message", "support", "dashed: one side denies it"):
        assert words(net()).count(kind) == 1
    undenied = support_network(TABLE.assign(denied=False), PLACES)
    assert not [s for s in undenied.layout.shapes if s.line.dash == "10px,6px"]
    assert "denied" not in words(undenied)


def test_ties_from_outside_stand_apart_with_their_dates() -> None:
    inside, both = words(net()), words(net(context=True))
    assert both[: len(inside) - 6] == inside[:-6], "the text’s own part stays as it is, up to the legend"
    added = " ".join(both[len(inside) - 6 :])
    assert "From outside the text" in added
    for said in (
        "treaty with a promise of help",
        "19 June 2024. Source: Interfax; MENAFN.",
        "17 January 2025",
    ):
        assert said in added
        assert said not in " ".join(inside)
    assert "Nothing in this pack." in words(own(("a", "b", 1), context=True))


def test_as_summarised_every_pair_has_the_same_line_and_no_word() -> None:
    figure = net(view="summarised")
    assert title(figure) == "As summarised: 6 pairs seem linked"
    assert "s10: “interconnected support system”" in subtitle(figure)
    assert len(lines(figure, "tie", 1.5)) == 6
    assert sorted(words(figure)) == sorted(GROUP)
    low = net(view="summarised", minimum=2)
    assert title(low) == "As summarised: 6 pairs seem linked. At rung 2, none stands"
    assert len(lines(low, "pale tie", 1.5)) == 6


def test_what_has_no_line_in_the_star_has_a_row_and_pairs_too_many_are_listed() -> None:
    none = pd.DataFrame(columns=["actor", "x", "y"])
    figure = own(("a", "b", 1), ("c", "b", 1), ("d", "e", 1), group=tuple("abcdef"), at=none)
    assert len([n for n in figure.layout.annotations if n.showarrow]) == 3
    listed = [said for said in words(figure) if said.startswith("No statement: ")]
    drawn = words(figure).count("no statement")
    assert sum(said.count("–") for said in listed) + drawn == 12


def test_a_reader_can_have_edges_in_three_columns_and_unfinished_ones() -> None:
    figure = own(("a", "b", None), ("a", "a", 4), ("a", None, 2))  # type: ignore[arg-type]
    assert title(figure) == "1 statement, a line each"
    assert "?" in [plain(note.text) for note in figure.layout.annotations]
    assert len(figure_table(figure)) == 3


def test_words_of_a_pack_are_no_markup() -> None:
    figure = own(("<i>a</i>", "b&b", 3))
    assert "<b>&lt;i>a&lt;/i></b>" in [note.text for note in figure.layout.annotations]
    assert "<i>" not in json.dumps(mime_bundle(figure)[MIME]["layout"]["annotations"])


@pytest.mark.parametrize("view", ["detailed", "summarised"])
def test_a_pack_without_ties_says_what_would_be_here(view: Any) -> None:
    empty = support_network(statements(SIX), places(SIX), view=view, context=True)
    assert title(empty).startswith(("No statement yet", "No summary"))
    unkeyed = statements(replace(PACK, reference={}))
    figure = support_network(unkeyed, PLACES, view=view)
    assert set(GROUP) <= set(words(figure))
    assert "no statement" not in words(figure), "nothing is known before the first line"


def test_bad_input_is_an_error() -> None:
    with pytest.raises(ValueError, match="view 'side': there is 'detailed' and 'summarised'"):
        net(view="side")
    with pytest.raises(ValueError, match="minimum 6: the ladder has rungs 1 to 5"):
        net(minimum=6)
    with pytest.raises(ValueError, match="no column 'receiver'"):
        support_network(TABLE.drop(columns="receiver"), PLACES)


# On a page ------------------------------------------------------------------------------------------------

WEB = [(one, other, 3) for one, other in permutations(GROUP, 2)]
ODD: list[Edge] = [
    ("North Korea", "Ukraine", 2),
    ("Iran", "North Korea", None),
    *[("Iran", "Russia", rung) for rung in (1, 2, 3)],
    ("NATO", "France", 4),
]
LONG: list[Edge] = [
    ("Internationalised Organisation of Very Long Names", "b", 5),
    ("b", "c", 2),
    ("d", "b", 1),
]
ALL = {
    **{f"rung {m}": net(minimum=m, context=m == 2) for m in range(1, 6)},
    **{f"summary {m}": net(view="summarised", minimum=m, context=m == 2) for m in range(1, 6)},
    "web": own(*WEB, group=GROUP),
    "odd": own(*ODD, group=GROUP, minimum=2),
    "long": own(*LONG, minimum=2, group=("b", "c", "d", "e", "f")),
    "none": support_network(statements(SIX), places(SIX)),
}

DRAW = """async ([figure, width, fill]) => {
  const host = document.getElementById("host");
  host.style.width = `${width}px`;
  Plotly.purge(host);
  await Plotly.newPlot(host, figure.data, figure.layout, figure.config);
  const page = host.getBoundingClientRect(), found = [];
  const meet = (a, b) => [Math.min(a.right, b.right) - Math.max(a.left, b.left),
                          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
  const texts = [...host.querySelectorAll("text")].filter((t) => t.textContent.trim())
    .map((t) => [t.textContent, t.getBoundingClientRect()]).filter(([, at]) => at.width);
  const boxes = [...host.querySelectorAll(".shapelayer path")]
    .filter((p) => p.style.fill === fill).map((p) => p.getBoundingClientRect());
  const cut = (at) => Math.max(page.left - at.left, at.right - page.right,
                               page.top - at.top, at.bottom - page.bottom);
  for (const [text, at] of texts) {
    if (cut(at) > 0.5) found.push(`cut off: ${text}`);
    for (const box of boxes) {
      const [wide, high] = meet(at, box);
      const inside = wide > at.width - 1 && high > at.height - 1;
      if (wide > 0 && high > 0 && !inside) found.push(`${text} on a box`);
    }
  }
  for (const [n, [one, a]] of texts.entries()) {
    for (const [other, b] of texts.slice(n + 1)) {
      const [wide, high] = meet(a, b);
      if (wide > 1 && high > 2) found.push(`${one} over ${other}`);
    }
  }
  for (const [n, a] of boxes.entries()) {
    if (cut(a) > 0.5) found.push("a box is cut off");
    if (boxes.slice(n + 1).some((b) => Math.min(...meet(a, b)) > 0)) found.push("a box on a box");
  }
  return [texts.length, boxes.length, found];
}"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [590, 1000, 1500])
def test_nothing_covers_anything_and_nothing_is_cut_off(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width + 20, "height": 900})
    page.set_content('<!doctype html><body style="margin:10px"><div id="host"></div>')
    page.add_script_tag(path=Path(plotly.__file__).parent / "package_data" / "plotly.min.js")
    red, green, blue = (int(COLOURS["box"][0][n : n + 2], 16) for n in (1, 3, 5))
    fill = f"rgb({red}, {green}, {blue})"
    for name, figure in ALL.items():
        drawn = json.loads(json.dumps(mime_bundle(figure)[MIME]))
        texts, boxes, found = page.evaluate(DRAW, [drawn, width, fill])
        assert texts, name
        assert boxes or name == "none", name
        assert not found, f"{name}: {found}"
