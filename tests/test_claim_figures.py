"""Kinds by rung, and numbers with their owners: what the charts say and draw, and that all can be read."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import plotly
import plotly.graph_objects as go
import pytest

from helpers import DATA, KIT
from test_figures import contrast
from whosays import figures, pack
from whosays.figures import COLOURS, claim_rungs, colour, dated_figures, figure_table, presence_grid
from whosays.measures.claims import KINDS, kind_by_rung
from whosays.measures.presence import presence

PACK = pack.load(DATA)
SIX = pack.load(KIT / "tests" / "six_sentences")
TROOPS = PACK.troop_figures
LONG = "A row with a very long name that someone made up on a rainy day in the autumn"
HOSTILE = "R&D <b>office</b> <img src=x onerror=alert(1)>"


def kinds(loaded: pack.Pack = PACK) -> go.Figure:
    reference = loaded.reference["sentences"]
    return claim_rungs(kind_by_rung(reference["kind"], reference["rung"]))


def counts(**rows: Sequence[int]) -> pd.DataFrame:
    """A table of counts from its rows."""
    return pd.DataFrame(rows, index=[1, 2, 3, 4, 5], dtype="int64").T


def title(figure: go.Figure) -> str:
    text = re.sub("</?b>", "", figure.layout.title.text.replace("<br>", " "))
    return str(text)


def dated(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """A table of dated figures from rows of low, high and type of owner."""
    given = [
        (f"f{n}", pd.Timestamp(2024, 11, 20 - n), f"Office {n}", f"some {n}", *row[:2], "boats", row[2])
        for n, row in enumerate(rows)
    ]
    columns = ["id", "date", "who", "figure", "low", "high", "about", "owner_type"]
    return pd.DataFrame(given, columns=columns).astype({"low": "Int64", "high": "Int64"})


# Kinds by rung --------------------------------------------------------------------------------------------


def test_the_title_names_the_row_that_stands_lowest() -> None:
    assert title(kinds()) == "All 5 predictions are on rung 1 or 2"
    assert title(kinds(SIX)) == "Both judgements are on rung 1 or 2"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({}, "Nothing sorted yet: your counts go here"),
        ({"fact": [0] * 5}, "Nothing sorted yet: your counts go here"),
        ({"call": [0, 0, 0, 1, 0]}, "The only call is on rung 4"),
        ({"call": [3, 0, 0, 0, 0]}, "All 3 calls are on rung 1"),
        ({"call": [1, 1, 2, 0, 0], "fact": [0, 0, 0, 0, 3]}, "All 4 calls are on rung 1, 2 or 3"),
        (
            {"call": [1, 1, 0, 0, 0], "fact": [0, 3, 0, 0, 0], "prediction": [1, 0, 0, 0, 1]},
            "Both calls and all 3 fact-claims are on rung 1 or 2",
        ),
        (
            {"call": [1, 0, 0, 0, 0], "fact": [0, 2, 0, 0, 1], "prediction": [0, 0, 0, 0, 1]},
            "2 of 3 fact-claims are on rung 2",
        ),
        ({"call": [1, 0, 0, 0, 0], "fact": [0, 0, 0, 1, 0]}, "The only call is on rung 1"),
        ({"call": [2, 1, 0, 0, 0], "fact": [0, 2, 0, 0, 0]}, "All 5 sentences are on rung 1 or 2"),
        ({"call": [0, 0, 0, 1, 1], "fact": [0, 0, 0, 0, 1]}, "All 3 sentences are on rung 4 or 5"),
        (
            {"call": [0, 0, 0, 1, 1], "fact": [0, 0, 0, 0, 3], "judgement": [1, 0, 0, 0, 0]},
            "All 3 fact-claims are on rung 5",
        ),
        (
            {"fact": [2, 0, 0, 0, 0], "judgement": [4, 0, 0, 0, 0], "call": [2, 0, 0, 0, 0]}
            | {"prediction": [0, 0, 0, 0, 2]},
            "All 4 judgements are on rung 1",
        ),
        (
            {"now": [3, 0, 0, 0, 3], "later": [2, 0, 0, 0, 0]},
            "Both sentences marked “later” are on rung 1",
        ),
        ({"later": [0, 1, 0, 0, 0], "now": [0, 0, 0, 0, 1]}, "The only one marked “later” is on rung 2"),
    ],
)
def test_the_title_is_true_of_other_tables(rows: dict[str, list[int]], said: str) -> None:
    figure = claim_rungs(counts(**rows))
    assert title(figure) == said
    assert figures.alt_text(figure).startswith(f"Table of counts. {said}. ")
    bold = [a.text for a in figure.layout.annotations if a.x == 0 and a.text.startswith("<b>")]
    named = [row for row in rows if (KINDS[row].word if row in KINDS else f"“{row}”") in said]
    assert bold == [f"<b>{KINDS[row].word if row in KINDS else row}</b>" for row in named]


@pytest.mark.parametrize("loaded", [PACK, SIX], ids=["article", "six sentences"])
def test_every_count_is_written_shaded_and_in_the_twin(loaded: pack.Pack) -> None:
    reference = loaded.reference["sentences"]
    table = kind_by_rung(reference["kind"], reference["rung"])
    figure = claim_rungs(table)
    written = {
        (x, y): text for trace in figure.data for x, y, text in zip(trace.x, trace.y, trace.text, strict=True)
    }
    most = table.to_numpy().max()
    for y, kind in enumerate(KINDS):
        assert written.pop((6, y)) == str(table.loc[kind].sum())
        for rung in table.columns:
            n = table.loc[kind, rung]
            assert written.pop((rung, y)) == str(n)
            (cell,) = (s for s in figure.layout.shapes if s.x0 < rung < s.x1 and s.y0 < y < s.y1)
            step = [colour(f"tint {i}") for i in range(5)].index(cell.fillcolor)
            assert (step - 1) / 4 < n / most <= step / 4
    assert not written

    twin = figure_table(figure)
    assert list(twin.columns) == ["kind", *(f"rung {n}" for n in range(1, 6)), "total"]
    assert list(twin["kind"]) == [kind.word for kind in KINDS.values()]
    assert (twin.iloc[:, 1:6].to_numpy() == table.to_numpy()).all()
    assert list(twin["total"]) == list(table.sum(axis="columns"))


def test_kinds_have_a_shape_in_their_colour_and_other_rows_have_none() -> None:
    labels = [(a.text, a.font.color) for a in kinds().layout.annotations if a.x == 0]
    for key, kind in KINDS.items():
        assert (kind.shape, colour(f"kind {key}")) in labels
    plain = claim_rungs(counts(now=[1, 0, 0, 0, 0]), counted="claims")
    assert [a.text for a in plain.layout.annotations if a.x == 0] == ["<b>now</b>"]
    heads = [a.text.replace("-<br>", "").replace("<br>", " ") for a in plain.layout.annotations if a.x != 0]
    assert heads == [
        "<b>1</b> no source",
        "<b>2</b> a group",
        "<b>3</b> an organisation",
        "<b>4</b> a named person",
        "<b>5</b> exact words",
        "total",
    ]


def test_what_is_left_out_is_told() -> None:
    left = kind_by_rung(["fact", None, "call"], [1, 2, None])
    assert figures.caption(claim_rungs(left)) == "Left out, because a label is missing: 2."
    both = figures.caption(claim_rungs(left, caption="Source: here."))
    assert both == "Left out, because a label is missing: 2. Source: here."
    assert figures.caption(kinds()) == ""
    said = figures.alt_text(claim_rungs(left, counted="claims"))
    assert "1 claims" in said
    assert said.endswith("fact-claim: 1 on rung 1; judgement: none; prediction: none; call: none.")
    with pytest.raises(ValueError, match="kind_by_rung makes a table with the columns 1 to 5"):
        claim_rungs(pd.DataFrame({1: [1], 2: [1]}))


# Dated figures --------------------------------------------------------------------------------------------


def drawn(figure: go.Figure) -> list[tuple[list[float], str]]:
    """The dots of each row, top row first, and what they are filled with."""
    traces = sorted((t for t in figure.data if len(t.x)), key=lambda t: t.y[0])
    return [(list(t.x), t.marker.color) for t in traces]


def lines(figure: go.Figure) -> list[tuple[Any, ...]]:
    """The lines beside dots, top row first: from, to, and whether dashed; open ends as “open”."""
    found = sorted((s for s in figure.layout.shapes if s.line.width == 2), key=lambda s: s.y0)
    return [
        (s.xanchor, "open up" if s.x1 > 0 else "open down", bool(s.line.dash))
        if s.xsizemode == "pixel"
        else (s.x0, s.x1, bool(s.line.dash))
        for s in found
    ]


def words(figure: go.Figure) -> str:
    shown = " ".join(a.text for a in figure.layout.annotations)
    return " ".join(re.sub("<br>|</?b>", " ", shown).split())


def test_every_number_is_drawn_with_its_owner_its_day_and_what_it_counts() -> None:
    figure = dated_figures(TROOPS, evidence=PACK.evidence, counted="soldiers")
    full, hollow = colour("ink"), colour("open")
    assert drawn(figure) == [
        ([1500], full),
        ([11000], full),
        ([10000], full),
        ([11000, 12000], full),
        ([10000], full),
        ([11000], full),
        ([11000], hollow),
        ([11000], full),
        ([11000], full),
    ]
    assert lines(figure) == [
        (10000, "open up", False),
        (11000, 12000, False),
        (10000, "open up", False),
        (11000, "open up", True),
        (11000, "open down", False),
    ]
    said = words(figure)
    for row in TROOPS.to_dict("records"):
        for part in (row["who"], row["figure"], row["about"], row["owner_type"]):
            assert part in said
        assert f"{row['date'].day} {row['date']:%b %Y}" in said
    assert said.count("no owner") == 1
    assert figure.layout.xaxis.title.text == "soldiers"
    assert figure.layout.xaxis.range[0] == 0


def test_words_stand_where_a_narrow_page_has_room() -> None:
    def sides(figure: go.Figure) -> list[str]:
        beside = [a for a in figure.layout.annotations if a.font.color == colour("ink") and a.xref != "paper"]
        return ["left" if a.xanchor == "right" else "right" for a in beside]

    assert sides(dated_figures(TROOPS)) == ["right", *["left"] * 8]
    wide = dated_figures(dated((0, 900, "agency"), (0, 100, "agency")))
    assert sides(wide) == ["right"], "the other goes below its mark"


def test_the_twin_holds_every_number_and_where_it_was_seen() -> None:
    twin = figure_table(dated_figures(TROOPS, evidence=PACK.evidence))
    assert list(twin.columns) == ["date", "who", "figure", "low", "high", "about", "owner", "seen in"]
    assert list(twin["date"]) == [f"{date:%Y-%m-%d}" for date in TROOPS["date"]]
    for column, source in (("who", "who"), ("figure", "figure"), ("about", "about"), ("owner", "owner_type")):
        assert list(twin[column]) == list(TROOPS[source])
    for column in ("low", "high"):
        assert twin[column].astype("Int64").equals(TROOPS[column])
    publishers = PACK.evidence.set_index("id")["publisher"]
    assert list(twin["seen in"]) == ["; ".join(publishers[list(ids)]) for ids in TROOPS["evidence"]]
    assert figure_table(dated_figures(TROOPS))["seen in"][0] == TROOPS["evidence"][0][0]
    assert "seen in" in figure_table(dated_figures(dated((1, 1, "agency")))).columns


def test_rows_stand_by_date_and_days_that_are_the_same_keep_their_order() -> None:
    shuffled = TROOPS.iloc[[8, 1, 2, 3, 0, 4, 5, 6, 7]]
    assert drawn(dated_figures(shuffled)) == drawn(dated_figures(TROOPS))
    table = dated((5, 5, "agency"), (7, None, "agency"))
    assert list(figure_table(dated_figures(table))["low"]) == [7, 5]


def test_the_finding_is_about_owners() -> None:
    figure = dated_figures(TROOPS)
    said = "8 of 9 numbers have an owner. The one without: “Reports”, in the article"
    assert title(figure) == said
    alt = figures.alt_text(figure)
    assert f"from 18 Oct 2024 to 20 Nov 2024. {said}. They count different things: sent to Russia, in" in alt
    caption = figures.caption(dated_figures(TROOPS, caption="Source: here."))
    assert caption.startswith("Each date is that of the statement. Numbers as published, not checked")
    assert caption.endswith("Numbers about different things cannot be compared. Source: here.")


@pytest.mark.parametrize(
    ("owners", "said"),
    [
        ([], "No dated numbers in this pack"),
        (["agency"], "The only number has an owner"),
        (["no owner"], "The only number has no owner"),
        (["agency", "organisation"], "Both numbers have an owner"),
        (["agency"] * 3, "All 3 numbers have an owner"),
        (["no owner"] * 2, "None of the 2 numbers has an owner"),
        (["no owner", "agency"], "1 of 2 numbers has an owner. The one without: Office 0"),
        (["no owner", "agency", "agency", "no owner"], "2 of 4 numbers have an owner, 2 have none"),
        ([None, "no owner"], "1 of 2 numbers has an owner. The one without: Office 1"),
    ],
)
def test_the_title_is_true_of_other_numbers(owners: list[str | None], said: str) -> None:
    figure = dated_figures(dated(*((4, 4, owner) for owner in owners)))
    assert title(figure) == said
    assert said in figures.alt_text(figure)
    assert len(drawn(figure)) == len(figure_table(figure)) == len(owners)
    assert [fill for _, fill in drawn(figure)].count(colour("open")) == owners.count("no owner")


def test_ends_that_are_not_given_are_open() -> None:
    table = dated((0, 9, "agency"), (None, 4, "agency"), (3, None, "no owner"), (None, None, "agency"))
    figure = dated_figures(table)
    assert [dots for dots, _ in drawn(figure)] == [[3], [4], [0, 9]]
    assert lines(figure) == [(3, "open up", True), (4, "open down", False), (0, 9, False)]
    assert "some 3" in words(figure), "a number that sets no end is told in words"


def test_wrong_tables_are_told() -> None:
    with pytest.raises(ValueError, match="no column 'about'; a table of dated figures has date, who"):
        dated_figures(TROOPS.drop(columns="about"))
    with pytest.raises(ValueError, match="'some 0', Office 0: low 5 is above high 4"):
        dated_figures(dated((5, 4, "agency")))


# Drawing --------------------------------------------------------------------------------------------------


def crowded() -> pd.DataFrame:
    """Numbers at every height, long owners and long words."""
    rows = dated(
        *(
            (low, high, "no owner" if low else "agency")
            for low in (None, 0, 300, 900)
            for high in (None, 950)
        ),
        *((n, n, "organisation") for n in (0, 500, 1000)),
    )
    rows.loc[3:6, ["who", "figure", "about"]] = [LONG, "somewhere about that many of them", LONG]
    return rows


CHARTS = {
    "kinds": kinds(),
    "nothing sorted": claim_rungs(kind_by_rung([], [])),
    "no rows": claim_rungs(counts()),
    "long rows": claim_rungs(counts(**{LONG: [1, 2, 3, 4, 100], HOSTILE: [0, 0, 1, 0, 0], "x": [0] * 5})),
    "dated": dated_figures(TROOPS, counted="soldiers"),
    "dated, none": dated_figures(TROOPS.iloc[:0]),
    "dated, crowded": dated_figures(crowded()),
    "dated, hostile": dated_figures(TROOPS.iloc[:2].assign(who=HOSTILE, about=HOSTILE, figure=HOSTILE)),
    "presence": presence_grid(
        presence(PACK),
        PACK.sentences,
        flags={"s22": "“trilateral threat”: three sides, four states", "s01": LONG, "s31": LONG, "s16": "x"},
    ),
    "presence, one": presence_grid(presence(SIX), SIX.sentences),
    "presence, none": presence_grid(presence(SIX).iloc[:0], SIX.sentences),
    "presence, hostile": presence_grid(
        presence(SIX).assign(name=HOSTILE + LONG), SIX.sentences, flags={"s04": HOSTILE}
    ),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_small_plain_and_in_known_colours(name: str) -> None:
    figure = CHARTS[name]
    drawing = json.dumps(figures.mime_bundle(figure)[figures.MIME], allow_nan=False)
    assert set(re.findall("#[0-9a-fA-F]{3,8}", drawing)) <= {light for light, _ in COLOURS.values()}
    assert set(re.findall(r"rgba?\([^)]*\)", drawing)) == {"rgba(0,0,0,0)"}
    assert len(drawing) < 60_000
    assert figure.layout.title.text.count("<br>") <= 2
    assert figures.alt_text(figure)
    assert isinstance(figure_table(figure), pd.DataFrame)


@pytest.mark.parametrize(("theme", "paper"), [(0, "#ffffff"), (1, "#111111")], ids=["light", "dark"])
def test_numbers_and_signs_stand_out_in_both_themes(theme: int, paper: str) -> None:
    role = {name: pair[theme] for name, pair in COLOURS.items()}
    inks = ("ink 2", "ink", "ink", "ink", "on tint 4")
    for step, ink in enumerate(inks):
        assert contrast(role[ink], role[f"tint {step}"]) >= 4.5, f"numbers on tint {step}"
    for one, other in zip(range(4), range(1, 5), strict=True):
        assert contrast(role[f"tint {one}"], role[f"tint {other}"]) > 1.15
    for sign in ("look", "name", *(f"kind {kind}" for kind in KINDS)):
        assert min(contrast(role[sign], page) for page in (paper, role["band"])) >= 4.5, sign


BOXES = """() => {
  const box = (node, name) => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    return { name, left, right, top, bottom };
  };
  const all = (selector) => [...document.querySelectorAll(`.js-plotly-plot ${selector}`)];
  return {
    page: box(document.querySelector(".js-plotly-plot"), "page"),
    words: all("text").filter((t) => t.textContent.trim()).map((t) => box(t, t.textContent)),
    dots: all(".points path").map((p) => box(p, "a dot")),
  };
}"""
PAINTS = """() => {
  const paints = (selector, part) =>
    [...document.querySelectorAll(`.js-plotly-plot ${selector}`)].map(getComputedStyle)
      .filter((style) => style[`${part}-opacity`] !== "0" && (part === "fill" || style.strokeWidth !== "0px"))
      .map((style) => style[part]);
  const found = [
    ...paints("text, .points path, .shapelayer path", "fill"),
    ...paints(".points path, .shapelayer path, .zl, .ygrid", "stroke"),
  ];
  return [...new Set(found)].filter((paint) => paint !== "none");
}"""


def draw(page: Any, figure: go.Figure, width: int, light: bool = True) -> None:
    drawing = json.loads(json.dumps(figures.mime_bundle(figure)[figures.MIME]))
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("light => document.body.dataset.jpThemeLight = light", str(light).lower())
    page.evaluate("f => Plotly.newPlot('chart', f.data, f.layout, f.config)", drawing)


@pytest.fixture
def blank(page: Any) -> Any:
    """A page that can draw charts as JupyterLab does."""
    style = f"<style>body {{ margin: 0 }} {figures.theme_css()}</style>"
    page.set_content(f"<!doctype html><html lang='en'>{style}<body><div id='chart'></div></body></html>")
    page.add_script_tag(path=Path(plotly.__file__).parent / "package_data" / "plotly.min.js")
    return page


def apart(one: dict[str, float], other: dict[str, float]) -> bool:
    wide = min(one["right"], other["right"]) - max(one["left"], other["left"])
    high = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return wide <= 1 or high <= 1


@pytest.mark.browser
def test_no_words_are_cut_off_or_cover_words_or_dots(blank: Any) -> None:
    for (name, figure), width in itertools.product(CHARTS.items(), (640, 1000, 1280)):
        draw(blank, figure, width)
        boxes = blank.evaluate(BOXES)
        page, texts = boxes["page"], boxes["words"]
        assert page["right"] - page["left"] == width
        for i, one in enumerate(texts):
            inside = page["left"] - 1 <= one["left"] and one["right"] <= page["right"] + 1
            inside = inside and page["top"] - 1 <= one["top"] and one["bottom"] <= page["bottom"] + 1
            assert inside, f"{name}, {width} px: {one['name']!r} leaves the chart"
            for other in (*texts[i + 1 :], *boxes["dots"]):
                assert apart(one, other), f"{name}, {width} px: {one['name']!r} and {other['name']!r}"


@pytest.mark.browser
def test_in_the_dark_every_colour_is_its_dark_twin_and_names_are_drawn_as_they_stand(blank: Any) -> None:
    dark = {f"rgb({int(d[1:3], 16)}, {int(d[3:5], 16)}, {int(d[5:7], 16)})" for _, d in COLOURS.values()}
    for name, figure in CHARTS.items():
        draw(blank, figure, 640, light=False)
        assert set(blank.evaluate(PAINTS)) <= dark, name
        if "hostile" in name:
            shown = " ".join(blank.locator(".js-plotly-plot text").all_text_contents())
            assert "R&D <b>office</b>" in shown.replace("<b>office</b>", " <b>office</b>").replace("  ", " ")
