"""The microphone chart, the verb scale and the calibration plot: what they say, draw and leave to read."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import plotly
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import DATA, KIT
from whosays import figures, pack
from whosays.figures import COLOURS, MIME, alt_text, caption, colour, figure_table, mime_bundle
from whosays.figures.look import plain, shorten
from whosays.measures.calibration import calibration
from whosays.measures.voices import VOICES, quotations, verb_uses, voices

PACK = pack.load(DATA)
SIX = pack.load(KIT / "tests" / "six_sentences")
CUES = list(PACK.quotes["cue"])


def title(figure: go.Figure) -> str:
    """The title as one line of words."""
    return re.sub("</?b>", "", figure.layout.title.text.replace("<br>", " ")).replace("\u00a0", " ")


def notes(figure: go.Figure) -> list[str]:
    """The words on a figure, without tags."""
    return [re.sub("</?b>", "", a.text).replace("<br>", " ") for a in figure.layout.annotations if a.text]


# The microphone chart -------------------------------------------------------------------------------------


def heard(*rows: tuple[str, int, int, int, int]) -> go.Figure:
    """A chart of actors: name, times named, words, shared words, number of speakers that share them."""
    table = pd.DataFrame(
        [
            (
                f"a{n}",
                name,
                "person",
                named,
                named + 1,
                bool(w) + bool(s),
                w,
                s,
                str(by) if by else "",
                w + s > 0,
            )
            for n, (name, named, w, s, by) in enumerate(rows)
        ],
        columns=VOICES,
    )
    total = table["words"].sum() + max([0, *table["shared_words"]])
    return figures.microphone(table, pd.DataFrame({"words": [total] if total else []}))


def mic(which: pack.Pack = PACK, **more: Any) -> go.Figure:
    return figures.microphone(voices(which), quotations(which), **more)


def bars(figure: go.Figure, name: str) -> list[tuple[int, float]]:
    """Length and place of the bars on one side."""
    (trace,) = (t for t in figure.data if t.name == name)
    return list(zip(trace.x, trace.y, strict=True))


def test_the_title_of_the_microphone_chart_states_the_finding() -> None:
    assert title(mic()) == "128 words are quoted. Rutte has 106 of them; 12 who are named have none"
    assert title(mic(SIX)) == "13 words are quoted. Odo Tarrin has 8 of them; 1 who is named has none"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("A", 1, 9, 0, 0)], "9 words are quoted. A has all of them"),
        ([("A", 1, 1, 0, 0)], "1 word is quoted. A has all of them"),
        ([("A", 1, 4, 0, 0), ("B", 2, 4, 0, 0)], "8 words are quoted. B and A have 4 each"),
        ([("A", 1, 4, 0, 0)] * 3, "12 words are quoted. 3 speakers have 4 each"),
        (
            [("A" * 24, 1, 4000, 0, 0)] * 2 + [("C", 1, 0, 0, 0)] * 12,
            "2 speakers have 4000 each; 12 who are named have",
        ),
        ([("A", 1, 0, 7, 2), ("B", 1, 0, 7, 2)], "7 words are quoted. No speaker has any alone"),
        ([("A", 2, 0, 0, 0)], "No words are quoted: 1 actor is named, none is heard"),
        ([("A", 2, 0, 0, 0), ("B", 0, 0, 0, 0), ("C", 1, 0, 0, 0)], "2 actors are named, none is heard"),
        ([("A", 0, 0, 0, 0)], "Nobody is named or quoted in this text"),
        ([], "Nobody is named or quoted in this text"),
    ],
)
def test_the_title_is_true_of_other_texts(rows: list[tuple[str, int, int, int, int]], said: str) -> None:
    figure = heard(*rows)
    assert said in title(figure)
    assert alt_text(figure).startswith(f"Two-sided bar chart. {title(figure)}.")
    assert figure.layout.title.text.count("<br>") <= 2


def test_words_that_nobody_is_credited_with_count_too() -> None:
    figure = figures.microphone(voices(SIX).iloc[:0], quotations(SIX))
    assert title(figure) == "13 words are quoted. No speaker has any alone"


def test_the_twin_of_the_microphone_chart_holds_what_is_drawn() -> None:
    figure = mic()
    twin = figure_table(figure)
    assert list(twin.columns) == [
        *("actor", "times_named", "times_mentioned", "words_quoted", "words_shared", "shared_by"),
    ]
    assert len(twin) == 28
    assert twin.iloc[0].tolist() == ["Rutte", 10, 12, 106, 15, "2"]
    drawn = twin[(twin["times_named"] > 0) | (twin["words_quoted"] > 0)]
    assert [x for x, _ in bars(figure, "named")] == list(drawn["times_named"])
    assert [x for x, _ in bars(figure, "words")] == [106, 7] == [n for n in drawn["words_quoted"] if n]
    order = list(zip(-twin["words_quoted"], -twin["words_shared"], -twin["times_named"], strict=True))
    assert order == sorted(order)


def test_who_is_named_and_not_heard_stands_there_with_a_ring_and_words() -> None:
    figure = mic()
    silent = [row for _, row in voices(PACK).iterrows() if row["named"] and not row["heard"]]
    assert len(silent) == 12
    rings = [s for s in figure.layout.shapes if s.type == "circle"]
    marked = [a for a in figure.layout.annotations if a.text == "0 – not heard"]
    assert [a.y for a in marked] == [(s.y0 + s.y1) / 2 for s in rings]
    assert len(marked) == len(silent)
    assert [y for _, y in bars(figure, "named")][2:] == [a.y for a in marked]
    assert {row["name"] for row in silent} <= {note.strip() for note in notes(figure)}


def test_shared_words_are_a_dashed_box_behind_the_bar_of_each() -> None:
    figure = mic()
    boxes = [(s.x0, s.x1, s.line.dash) for s in figure.layout.shapes if s.type == "rect"]
    assert boxes == [(106, 121, "4px,3px"), (7, 22, "4px,3px")]
    assert [n for n in notes(figure) if "shared" in n] == ["106 15 shared by 2", "7 15 shared by 2"]
    assert "Dashed" in figure.layout.title.subtitle.text
    assert "Dashed" not in mic(SIX).layout.title.subtitle.text
    assert not [s for s in mic(SIX).layout.shapes if s.line.dash]


def test_actors_without_a_name_are_listed_below() -> None:
    (listed,) = (n for n in notes(mic()) if n.startswith("14 more are never named, only described."))
    described = voices(PACK).query("named == 0 and not heard")
    assert len(described) == 14
    for name, times in described[["name", "mentioned"]].itertuples(index=False):
        assert f"{name} {times}" in listed.replace("\u00a0", " ")
    assert not [n for n in notes(heard(("A", 1, 9, 0, 0))) if "more" in n]
    (one,) = (n for n in notes(heard(("A", 1, 9, 0, 0), ("B", 0, 0, 0, 0))) if "more" in n)
    assert one.startswith("1 more is never named")
    many = heard(*[(f"A{n}", 0, 0, 0, 0) for n in range(33)])
    assert notes(many)[-1].endswith("and 13 more")


def test_the_microphone_chart_in_words() -> None:
    said = alt_text(mic(caption="Source: the text."))
    assert "Rutte: named 10 times, 106 words quoted and 15 shared by 2." in said
    assert "Named and not heard: NATO 10, Russia 8," in said
    assert "Odo Tarrin: named 1 time, 8 words quoted." in alt_text(mic(SIX))
    assert caption(mic(caption="Source: the text.")) == "Source: the text."


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=70).filter(
                str.strip
            ),
            st.integers(0, 400),
            st.integers(0, 9000),
            st.integers(0, 50),
        ),
        max_size=12,
    )
)
def test_any_actors_can_be_drawn(rows: list[tuple[str, int, int, int]]) -> None:
    figure = heard(*[(name, named, words, shared, 2 * bool(shared)) for name, named, words, shared in rows])
    assert len(figure_table(figure)) == len(rows)
    shown = [r for r in rows if r[1] or r[2] or r[3]]
    assert len(bars(figure, "named") if shown else []) == sum(r[1] > 0 for r in rows)
    assert figure.layout.title.text.count("<br>") <= 2
    places = [y for _, y in bars(figure, "named")] if shown else []
    assert all(b - a >= 28 for a, b in itertools.pairwise(places)), "no row on another"
    json.dumps(mime_bundle(figure)[MIME], allow_nan=False)


# The verb scale -------------------------------------------------------------------------------------------


def scale(**settled: float | None) -> go.Figure:
    """A scale of verbs; underscores stand for blanks."""
    verbs = [v.replace("_", " ") for v in settled]
    table = pd.DataFrame({"verb": verbs, "settled": list(settled.values())})
    return figures.verb_scale(table.assign(uses=table["verb"].map(verb_uses(PACK, verbs))))


@pytest.mark.parametrize(
    ("settled", "said"),
    [
        (
            {"said": 1, "noted": 5, "made_it_clear": 9},
            "You find “said” the most open and “made it clear” the most",
        ),
        (
            {"said": 1, "noted": 1, "claimed": 9},
            "You find “said” and “noted” the most open and “claimed” the most",
        ),
        (
            {"said": 1, "noted": 9, "claimed": 9, "stating": 9},
            "“said” the most open and 3 verbs the most settled",
        ),
        (
            {
                "pointed_out_to_all": 0,
                "outlined_what_he_saw": 0,
                "made_it_very_clear_to": 9,
                "emphasizing_that": 9,
            },
            "You find 2 verbs the most open and 2 verbs the most settled",
        ),
        ({"said": 0, "noted": 0}, "You put “said” and “noted” at 0 of 10: none sounds more settled"),
        ({"said": 5, "noted": 5, "stating": 5}, "You put 3 verbs at 5 of 10: none sounds more settled"),
        ({"said": 10, "noted": None}, "You put “said” at 10 of 10: place another verb beside it"),
        ({"said": None}, "No verb has a place yet: your scale will grow here"),
        ({}, "No verb has a place yet: your scale will grow here"),
    ],
)
def test_the_title_of_the_scale_states_the_finding(settled: dict[str, float | None], said: str) -> None:
    figure = scale(**settled)
    assert said in title(figure)
    assert title(figure) in alt_text(figure)
    assert figure.layout.title.text.count("<br>") <= 2


def test_each_verb_stands_at_its_dot_with_its_count_and_in_the_twin() -> None:
    figure = scale(stressed=7, said=2, claimed=7, noted=None, stating=2.5)
    dots = [(t.name, t.x[0], t.y[0]) for t in figure.data]
    assert [d[:2] for d in dots] == [("said", 2), ("stating", 2.5), ("stressed", 7), ("claimed", 7)]
    for name, x, y in dots:
        beside = [
            n for n, a in zip(notes(figure), figure.layout.annotations, strict=False) if (a.x, a.y) == (x, y)
        ]
        uses = {"stressed": "in the text: 2 times", "claimed": "not in the text"}
        assert beside == [name, uses.get(name, "in the text: 1 time")]
    twin = figure_table(figure)
    assert list(twin.columns) == ["verb", "settled", "times_in_the_text"]
    assert list(twin["verb"]) == ["stressed", "said", "claimed", "noted", "stating"]
    assert {v: s for v, s in zip(twin["verb"], twin["settled"], strict=True) if pd.notna(s)} == {
        v: x for v, x, _ in dots
    }
    assert list(twin["times_in_the_text"]) == [2, 1, 0, 1, 1]


def test_words_are_on_the_side_that_has_room() -> None:
    sides = [(a.x, a.xanchor) for a in scale(said=0, noted=5, claimed=6, stating=10).layout.annotations[:8]]
    assert sides == [*[(0, "left")] * 2, *[(5, "left")] * 2, *[(6, "right")] * 2, *[(10, "right")] * 2]


def test_the_ends_have_names_and_verbs_without_a_place_are_listed() -> None:
    figure = scale(said=3, noted=None, made_it_clear=None)
    assert notes(figure)[-3:] == ["open", "settled", "No place yet: “noted”, “made it clear”"]
    assert list(figure.layout.xaxis.tickvals) == list(range(11))
    assert alt_text(figure).endswith(
        "From open to settled: said at 3, in the text: 1 time. No place yet: noted, made it clear."
    )
    assert "and 2 more" in notes(scale(**{f"said_{n}": None for n in range(14)}))[-1]


def test_the_twin_of_an_empty_scale_keeps_the_verbs() -> None:
    figure = scale(**{cue.replace(" ", "_"): None for cue in CUES})
    assert not figure.data
    assert list(figure_table(figure)["verb"]) == CUES
    assert figure_table(figure)["settled"].isna().all()


@pytest.mark.parametrize("place", [-1, 10.5])
def test_a_place_is_on_the_scale_and_a_verb_has_a_name(place: float) -> None:
    with pytest.raises(ValueError, match=f"'said': settled is {place}, which is not between 0 and 10"):
        scale(said=place)
    with pytest.raises(ValueError, match="a verb is empty"):
        figures.verb_scale(pd.DataFrame({"verb": [" "], "settled": [1], "uses": [0]}))


# The calibration plot -------------------------------------------------------------------------------------


def sure(*counts: tuple[int, int]) -> go.Figure:
    """A plot from right and all answers, level 1 first."""
    rows = [(s, n < right) for s, (right, of) in enumerate(counts, 1) for n in range(of)]
    return figures.calibration_plot(calibration(pd.DataFrame(rows, columns=["sure", "right"])))


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (((1, 4), (3, 6), (5, 8), (5, 7)), "When you said 4, sure, you were right 5 of 7 times"),
        (((1, 4), (3, 6), (3, 3), (1, 2)), "When you said 3, you were right 3 of 3 times"),
        (((0, 4), (0, 0), (0, 2), (2, 2)), "When you said 1, just guessing, you were right 0 of 4 times"),
        (((1, 2), (0, 0), (0, 2), (2, 2)), "Only 6 answers so far: too few to tell"),
        (((0, 1),), "Only 1 answer so far: too few to tell"),
        ((), "No answers yet: here you will see how often you were right when you felt sure"),
    ],
)
def test_the_title_of_the_plot_states_the_finding(counts: tuple[tuple[int, int], ...], said: str) -> None:
    figure = sure(*counts)
    assert title(figure) == said
    assert alt_text(figure).startswith(f"Dot chart. {said}.")
    assert figure.layout.title.text.count("<br>") <= 2


def dots(figure: go.Figure, name: str) -> list[tuple[int, float]]:
    (trace,) = (t for t in figure.data if t.name == name)
    return list(zip(trace.x, trace.y, strict=True))


def test_dots_are_full_or_hollow_and_all_of_one_size() -> None:
    figure = sure((1, 4), (1, 1), (0, 0), (5, 8))
    assert dots(figure, "answers") == [(1, 25), (4, 62.5)]
    assert dots(figure, "few answers") == [(2, 100)]
    full, few = (t.marker for t in figure.data if t.mode == "markers")
    assert (full.color, few.color) == (colour("ink"), colour("open"))
    assert full.size == few.size == 14
    said = ["1 of 4 right", "1 of 1 right, few", "5 of 8 right", "no answers"]
    assert notes(figure) == said
    assert alt_text(figure).endswith(
        "Sure 1, just guessing: 1 of 4 right. Sure 2: 1 of 1 right. Sure 4, sure: 5 of 8 right."
    )
    assert list(figure.layout.yaxis.ticktext) == ["0%", "25%", "50%", "75%", "100%"]


def test_a_plot_without_answers_says_what_will_come() -> None:
    (said,) = notes(sure())
    assert said == "Here a dot will come up for each level: high if you were often right, low if not."


def test_a_line_is_dashed_where_it_says_little() -> None:
    def lines(*counts: tuple[int, int]) -> list[str]:
        return [t.line.dash for t in sure(*counts).data if t.mode == "lines"]

    assert lines((1, 4), (1, 3), (1, 3), (1, 2)) == ["solid", "solid", "4px,4px"]
    assert lines((1, 4), (0, 0), (1, 3), (1, 3)) == ["4px,4px", "solid"], "nothing is known of level 2"
    assert lines((1, 4)) == lines() == []


def test_the_twin_of_the_plot_holds_what_is_drawn() -> None:
    figure = sure((1, 4), (0, 0), (1, 3), (7, 8))
    twin = figure_table(figure)
    assert twin.to_dict("list") == {
        "sure": [1, 2, 3, 4],
        "answers": [4, 0, 3, 8],
        "right": [1, 0, 1, 7],
        "percent_right": [25, None, 33, 88],
    }
    assert figure_table(sure())["percent_right"].isna().all()


def test_words_stand_where_no_line_runs() -> None:
    def places(*shares: int) -> list[tuple[str, str]]:
        return [(a.yanchor, a.xanchor) for a in sure(*[(n, 4) for n in shares]).layout.annotations]

    above, below = ("bottom", "center"), ("top", "center")
    assert places(0, 4, 0, 4) == [below, above, below, above]
    assert places(1, 2, 3, 4) == [below, ("top", "left"), ("top", "left"), above]
    assert places(4, 3, 2, 1) == [above, ("bottom", "left"), ("bottom", "left"), below]
    assert places(2, 2, 2, 2) == [above] * 4


# All of them ----------------------------------------------------------------------------------------------

LONG = "The Very Long Standing Committee on the Naming of Committees & <b>Sub</b>committees"
WORD = "Donaudampfschifffahrtsgesellschaftskapitän" * 2
ALL = {
    "microphone": mic(),
    "microphone of another pack": mic(SIX),
    "microphone of long names": heard(
        (LONG, 888, 1000, 150, 2), (WORD, 3, 0, 0, 0), (f"{WORD} {LONG}", 9, 5, 0, 0)
    ),
    "microphone without words": heard(("A", 2, 0, 0, 0)),
    "empty microphone": heard(),
    "scale": scale(
        said=1, noted=7, indicated=3, made_it_clear=10, emphasizing=7, claimed=None, outlined_what_he_saw_as=5
    ),
    "scale of long verbs": scale(**{LONG.replace(" ", "_"): 5, WORD: 5.5, f"{WORD}a": 0}),
    "scale of equals": scale(said=5, noted=5, stating=5),
    "empty scale": scale(said=None, noted=None),
    "plot": sure((1, 4), (3, 6), (5, 8), (5, 7)),
    "plot of few": sure((2, 2), (0, 0), (0, 1), (5, 7)),
    "plot that falls": sure((4, 4), (2, 3), (1, 4), (0, 3)),
    "plot that turns": sure((0, 10), (10, 10), (0, 10), (10, 10)),
    "empty plot": sure(),
}


@pytest.mark.parametrize("name", ALL)
def test_what_jupyterlab_gets_is_plain_and_every_colour_has_a_twin(name: str) -> None:
    drawn = json.dumps(mime_bundle(ALL[name])[MIME], allow_nan=False)
    assert len(drawn) < 40_000
    assert set(re.findall("#[0-9a-fA-F]{3,8}", drawn)) <= {light for light, _ in COLOURS.values()}
    assert set(re.findall(r"rgba?\([^)]*\)", drawn)) == {"rgba(0,0,0,0)"}
    assert "http" not in drawn
    assert alt_text(ALL[name])


def test_text_is_shortened_between_words_and_never_taken_for_html() -> None:
    assert shorten("a b", 3) == "a b"
    assert shorten("one two three four", 12) == "one two …"
    assert shorten("w" * 20, 12) == "w" * 10 + " …"
    assert plain("a <b> & c") == "a &lt;b> &amp; c"
    name = "<i>A</i>"
    for figure in (
        heard((name, 1, 9, 0, 0), (f"{name} 2", 0, 0, 0, 0)),
        scale(**{name: 1, f"{name}2": None}),
    ):
        drawn = figure.update_layout(meta=None).update_traces(name="").to_plotly_json()
        assert name not in str(drawn)
        assert str(drawn).count(plain(name)) >= 4, "title, label, hover, list below"


DRAW = """async ([figure, width]) => {
  const host = document.querySelector("#host");
  host.style.width = `${width}px`;
  await Plotly.newPlot(host, figure.data, figure.layout, figure.config);
  const page = host.getBoundingClientRect();
  const found = [];
  const texts = [...host.querySelectorAll("text")].filter((t) => t.textContent.trim())
    .map((t) => [t.textContent, t.getBoundingClientRect()]).filter(([, at]) => at.width);
  for (const [text, at] of texts) {
    const out = [page.left - at.left, at.right - page.right, page.top - at.top, at.bottom - page.bottom];
    if (Math.max(...out) > 0.5) found.push(`cut off: ${text}`);
  }
  for (const [n, [one, a]] of texts.entries()) {
    for (const [other, b] of texts.slice(n + 1)) {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 2) found.push(`${one} over ${other}`);
    }
  }
  return [texts.length, found];
}"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [590, 1000, 1280])
def test_no_words_are_cut_off_or_on_others(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width + 20, "height": 900})
    page.set_content('<!doctype html><body style="margin:10px"><div id="host"></div>')
    page.add_script_tag(path=Path(plotly.__file__).parent / "package_data" / "plotly.min.js")
    for name, figure in ALL.items():
        texts, found = page.evaluate(DRAW, [json.loads(json.dumps(mime_bundle(figure)[MIME])), width])
        assert texts, name
        assert not found, f"{name}: {found}"
