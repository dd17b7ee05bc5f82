"""The ladder strip: what it says, what it draws, and that everybody can read it."""

from __future__ import annotations

import json
import re
from itertools import combinations

import pandas as pd
import plotly.graph_objects as go
import pytest

from helpers import DATA
from whosays import figures, pack
from whosays.checks import rung_keys
from whosays.figures import COLOURS, base_figure, colour, figure_table, ladder_strip, mime_bundle
from whosays.measures.ladder import RUNGS, coded

PACK = pack.load(DATA)
KEYS = rung_keys(PACK)
REFERENCE = {sid: key.rung for sid, key in KEYS.items()}
ACCEPTED = {sid: key.accepted for sid, key in KEYS.items()}
SOME = {"s01": 4, "s02": 1, "s18": 2, "s31": 5}
OTHER = {sid: rung % 5 + 1 for sid, rung in REFERENCE.items()}
LABELS: dict[str, dict[str, int]] = {"none": {}, "some": SOME, "reference": REFERENCE, "other": OTHER}


def strip(labels: dict[str, int], **more: object) -> go.Figure:
    return ladder_strip(coded(PACK.sentences, labels), **more)  # type: ignore[arg-type]


def title(figure: go.Figure) -> str:
    """The title as one line of words."""
    return re.sub("</?b>", "", figure.layout.title.text.replace("<br>", " "))


def table(*rungs: int, paragraphs: tuple[int, ...] = ()) -> pd.DataFrame:
    ids = [f"s{n:02}" for n in range(1, len(rungs) + 1)]
    sentences = pd.DataFrame({"id": ids, "paragraph": paragraphs or range(1, len(rungs) + 1), "text": "x"})
    return coded(sentences, dict(zip(ids, rungs, strict=True)))


# Words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("none", "Nothing coded yet: your ladder strip will grow here"),
        ("some", "Your strip so far: 4 of 31 sentences"),
        ("reference", "After paragraph 7, only 1 sentence in 13 has a named speaker"),
    ],
)
def test_the_title_states_the_finding(labels: str, said: str) -> None:
    assert title(strip(LABELS[labels])) == said


@pytest.mark.parametrize(
    ("rungs", "said"),
    [
        ((5, 4, 1, 1), "After paragraph 2, none of the 2 sentences has a named speaker"),
        ((5, 4, 5, 4, 1, 1, 4, 1, 4), "After paragraph 4, only 2 sentences in 5 have a named speaker"),
        ((5, 4, 4, 5), "4 of the 4 sentences have a named speaker"),
        ((1, 2, 1, 4), "1 of the 4 sentences has a named speaker"),
        ((1, 2, 3, 1), "None of the 4 sentences has a named speaker"),
    ],
)
def test_the_title_is_true_of_other_texts(rungs: tuple[int, ...], said: str) -> None:
    assert title(ladder_strip(table(*rungs))) == said


def test_beside_the_reference_the_title_says_how_far_both_agree() -> None:
    both = {"accepted": ACCEPTED, "reference": REFERENCE}
    assert title(strip({}, **both)) == "Nothing coded yet: your strip and the reference will meet here"
    assert title(strip(REFERENCE, **both)) == "You and the reference agree on 31 of 31 sentences"
    said = "You and the reference agree on 2 of 4 sentences, and 1 more is an accepted reading"
    assert title(strip(SOME, **both)) == said
    two = {"s02": 2, "s18": 2, "s31": 5}
    said = "You and the reference agree on 0 of 3 sentences, and 2 more are accepted readings"
    assert title(strip(two, **both)) == said
    assert (
        title(strip(SOME, accepted={}, reference={})) == "Your strip: your teacher will show the class view"
    )
    assert title(strip({}, accepted={}, reference={})).startswith("Nothing coded yet")


def test_the_chart_in_a_sentence_counts_the_rungs() -> None:
    said = figures.alt_text(strip(REFERENCE))
    assert said.startswith(
        "Bar chart. After paragraph 7, only 1 sentence in 13 has a named speaker. Of 31 sentences:"
    )
    assert said.endswith("6 on rung 5, 4 on rung 4, 2 on rung 3, 4 on rung 2, 15 on rung 1.")
    assert figures.alt_text(strip(SOME)).endswith("1 on rung 2, 1 on rung 1, 27 not answered.")
    assert figures.caption(strip(SOME, caption="Source: your own coding.")) == "Source: your own coding."
    assert figures.alt_text(go.Figure()) == figures.caption(go.Figure()) == ""


# Numbers --------------------------------------------------------------------------------------------------


def bars(figure: go.Figure) -> dict[int, int]:
    """Height by place of the bars that are drawn."""
    return {
        x: y for trace in figure.data if trace.type == "bar" for x, y in zip(trace.x, trace.y, strict=True)
    }


@pytest.mark.parametrize("labels", LABELS)
def test_each_sentence_has_a_bar_or_an_open_circle_and_a_row_in_the_twin(labels: str) -> None:
    given = LABELS[labels]
    figure = strip(given, accepted=ACCEPTED, reference=REFERENCE)
    ids = list(PACK.sentences["id"])
    assert bars(figure) == {ids.index(sid): rung for sid, rung in given.items()}
    circles = [x for trace in figure.data if trace.type == "scatter" for x in trace.x]
    assert circles == [n for n, sid in enumerate(ids) if sid not in given]

    twin = figure_table(figure)
    assert list(twin.columns) == ["sentence", "paragraph", "rung", "reference", "also_accepted"]
    assert list(twin["sentence"]) == ids
    assert list(twin["paragraph"]) == list(PACK.sentences["paragraph"])
    assert {s: r for s, r in zip(ids, twin["rung"], strict=True) if pd.notna(r)} == given
    assert list(twin["reference"]) == list(REFERENCE.values())
    for sid, also in zip(ids, twin["also_accepted"], strict=True):
        others = [r for r in ACCEPTED[sid] if sid in given and r != given[sid]]
        assert also == ", ".join(map(str, others))


def test_the_twin_shows_only_what_the_chart_shows() -> None:
    assert list(figure_table(strip(SOME)).columns) == ["sentence", "paragraph", "rung"]
    assert list(figure_table(strip(SOME, accepted=ACCEPTED)).columns)[3:] == ["also_accepted"]
    with pytest.raises(ValueError, match="carries no table"):
        figure_table(go.Figure())


def lines(figure: go.Figure, role: str) -> list[tuple[float, float]]:
    """Middle and height of the shapes drawn in the colour of a role."""
    shapes = [s for s in figure.layout.shapes if s.line.color == colour(role) and s.line.width > 1]
    return [((s.x0 + s.x1) / 2, s.y1) for s in shapes]


def test_marks_of_the_reference_stand_at_its_rungs_and_show_on_every_bar() -> None:
    labels = {"s01": 2, "s03": 5, "s04": 3}
    figure = strip(labels, reference=REFERENCE)
    assert lines(figure, "ink") == [(0, 4), (2, 5)], "above or at the top of the bar: on the page"
    assert lines(figure, "on 3") == [(3, 1)], "inside the bar: in the colour of its words"
    assert not lines(strip(labels), "ink")


def test_accepted_rungs_are_dashed_above_and_inside_the_bar() -> None:
    assert ACCEPTED["s18"] == (5, 4, 2)
    figure = strip({"s18": 4, "s01": 4}, accepted=ACCEPTED)
    assert lines(figure, "ink 2") == [(17, 5)]
    assert lines(figure, "on 4") == [(17, 2)]
    assert {s.line.dash for s in figure.layout.shapes if s.line.width > 1} == {"3px,3px"}
    assert not [s for s in strip({}, accepted=ACCEPTED).layout.shapes if s.line.dash]


def test_the_finding_is_marked_in_the_full_strip_alone() -> None:
    def notes(figure: go.Figure) -> list[str]:
        return [a.text for a in figure.layout.annotations if a.yref != "paper"]

    assert notes(strip(REFERENCE)) == [
        "<b>¶7 averages 4.7</b>",
        "13 sentences,<br>1 with a named speaker",
        "<b>s27</b>",
    ]
    assert notes(strip(SOME)) == notes(strip({})) == notes(strip(REFERENCE, reference=REFERENCE)) == []
    assert notes(ladder_strip(table(1, 1, 1))) == []
    late = ladder_strip(table(*[4] * 28, 1, 1, 1, paragraphs=tuple(n // 2 for n in range(31))))
    assert notes(late) == ["<b>¶0 averages 4.0</b>", "3 sentences,<br>0 with a named speaker"]
    sides = [(a.xanchor, a.x) for a in late.layout.annotations if a.yref != "paper"]
    assert sides == [("left", -0.45), ("right", 30.45)], "nothing is cut off at the edges"
    pairs = tuple((n + 1) // 2 for n in range(31))
    both = ladder_strip(table(*[4] * 25, 5, 5, 1, 1, 1, 1, paragraphs=pairs))
    assert notes(both) == ["4 sentences,<br>0 with a named speaker"], "no room for the words of two brackets"


def test_no_short_word_stands_alone_in_the_last_line_of_a_title() -> None:
    figure = base_figure("10 events at 8 places. 2 of them in February 2022", subtitle="Short.")
    assert (
        re.sub("</?b>", "", figure.layout.title.text)
        == "10 events at 8 places. 2<br>of them in February 2022"
    )
    assert figure.layout.title.subtitle.text == "Short."


def test_paragraphs_are_named_below_their_sentences() -> None:
    named = [(a.text, a.x) for a in strip({}).layout.annotations]
    assert named[0] == ("<b>1</b>", 0.5)
    assert [text for text, _ in named] == [f"<b>{n}</b>" for n in range(1, 14)]
    axis = strip({}).layout.xaxis
    assert list(axis.ticktext) == [str(n) for n in range(1, 32)]


@pytest.mark.parametrize("n", [1, 6, 61, 400])
def test_a_text_of_any_length_can_be_drawn(n: int) -> None:
    long = table(*[1 + i % 5 for i in range(n)], paragraphs=tuple(i // 3 for i in range(n)))
    figure = ladder_strip(long, accepted={"s01": [1, 2]}, reference={"s01": 3})
    assert len(bars(figure)) == len(figure_table(figure)) == n
    assert len(figure.layout.xaxis.tickvals) <= 41
    assert len([a for a in figure.layout.annotations if a.yref == "paper"]) <= 41


# Drawing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("labels", LABELS)
def test_what_jupyterlab_gets_is_small_plain_and_sends_nothing_away(labels: str) -> None:
    bundle = mime_bundle(strip(LABELS[labels], accepted=ACCEPTED, reference=REFERENCE))
    drawn = json.loads(json.dumps(bundle["application/vnd.plotly.v1+json"], allow_nan=False))
    assert len(json.dumps(drawn)) < 40_000
    assert drawn["config"]["showSendToCloud"] is False
    assert drawn["config"]["displayModeBar"] is False
    assert "plotlyServerURL" not in drawn["config"]
    assert "template" not in drawn["layout"] or not drawn["layout"]["template"]
    assert "http" not in json.dumps(drawn)
    assert bundle["text/plain"] == drawn["layout"]["meta"]["alt"]


def test_every_colour_of_the_strip_has_a_role_and_so_a_twin() -> None:
    known = {light for light, _ in COLOURS.values()}
    for labels in LABELS.values():
        drawn = json.dumps(strip(labels, accepted=ACCEPTED, reference=REFERENCE).to_plotly_json())
        assert set(re.findall("#[0-9a-fA-F]{3,8}", drawn)) <= known
        assert set(re.findall(r"rgba?\([^)]*\)", drawn)) == {"rgba(0,0,0,0)"}


def test_light_colours_are_all_different_so_that_the_page_can_exchange_them() -> None:
    light = [value for value, _ in COLOURS.values()]
    assert len(set(light)) == len(light)
    assert all(re.fullmatch("#[0-9a-f]{6}", value) for pair in COLOURS.values() for value in pair)
    css = figures.theme_css()
    assert css.count("{") == css.count("}") == 2 * len(COLOURS)
    dark = '[data-jp-theme-light="false"] .js-plotly-plot '
    assert f'{dark}[style*="fill: rgb(31, 31, 31)"]{{fill:#e6e6e6 !important}}' in css


def luminance(value: str) -> float:
    parts = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio after WCAG 2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("theme", "paper"), [(0, "#ffffff"), (1, "#111111")], ids=["light", "dark"])
def test_words_and_edges_stand_out_in_both_themes(theme: int, paper: str) -> None:
    role = {name: pair[theme] for name, pair in COLOURS.items()}
    pages = (paper, role["band"])
    for words in ("ink", "ink 2"):
        assert min(contrast(role[words], page) for page in pages) >= 4.5, words
    assert min(contrast(role["axis"], page) for page in pages) >= 3
    for rung in RUNGS:
        assert contrast(role[f"on {rung}"], role[f"rung {rung}"]) >= 4.5, f"words on rung {rung}"
        edge = role[f"edge {rung}"]
        assert min(contrast(edge, page) for page in pages) >= 3, f"edge of rung {rung}"


def test_rungs_can_be_told_apart_by_their_lightness_alone() -> None:
    for theme in (0, 1):
        steps = [luminance(COLOURS[f"rung {rung}"][theme]) for rung in sorted(RUNGS)]
        assert steps == sorted(steps, reverse=theme == 0)
        pairs = combinations((COLOURS[f"rung {rung}"][theme] for rung in RUNGS), 2)
        assert min(contrast(a, b) for a, b in pairs) > 1.15
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
