"""The trace tree: what hangs on what, what is dashed, and that nothing is claimed that is not proven."""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go
import pytest

from helpers import DATA
from whosays import figures, pack
from whosays.figures import COLOURS, colour, figure_table, trace_tree
from whosays.figures.look import WIDTH
from whosays.measures.wording import versions

PACK = pack.load(DATA)
TABLE = PACK.tables["versions"]
ROWS = versions(PACK)
TOPICS = list(dict.fromkeys(row["topic"] for row in ROWS))


def title(figure: go.Figure) -> str:
    return re.sub("</?b>", "", figure.layout.title.text.replace("<br>", " "))


def table(*rows: dict[str, object]) -> pd.DataFrame:
    """Versions of one topic from what differs from a plain one."""
    start = {
        **{"topic": "t", "sentence_id": "s01", "quote_id": None, "outlet": "A", "carrier": None},
        **{"kind": "agency", "date": "2024-11-12", "attributed_to": "X", "wording": "we go now"},
        **{"language": "English", "translation": "none", "seen": True, "credits": None},
    }
    made = [{"id": f"v{n}", **start, **row} for n, row in enumerate(rows)]
    return pd.DataFrame(made)


OWN = {"outlet": "This text", "kind": "this text", "date": None}


def lines(figure: go.Figure) -> dict[str, tuple[str, str]]:
    """Who → on what it hangs, and the line to it."""
    return {row["who"]: (row["from"], row["line"]) for row in figure_table(figure).to_dict("records")}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_version_has_its_place_and_this_text_hangs_on_a_dashed_line(topic: str) -> None:
    figure = trace_tree(TABLE, topic=topic)
    twin = figure_table(figure)
    mine = [row for row in ROWS if row["topic"] == topic]
    shown = [
        r
        for r in twin.to_dict("records")
        if r["how_seen"] in ("full text", "excerpt read", "not verified here")
    ]
    assert len([r for r in shown if r["date"] or r["who"] == "This text"]) == len(mine)
    last = twin.iloc[-1]
    assert (last["who"], last["line"], last["how_seen"]) == ("This text", "dashed", "full text")
    assert figure.layout.xaxis.visible is False
    assert not any(a.showarrow for a in figure.layout.annotations)


def test_what_was_not_seen_or_names_a_source_is_dashed() -> None:
    found = lines(
        trace_tree(
            table(
                {"outlet": "Read"},
                {"outlet": "Unseen", "seen": False, "wording": None},
                {"outlet": "Naming", "credits": "Read"},
                {"outlet": "Twice", "translation": "out of English and back"},
                {"outlet": "Unknown", "translation": "not known"},
                {"outlet": "Naming too", "credits": "Elsewhere"},
                OWN,
            )
        )
    )
    said = "What X said (s01, “t”)"
    assert found == {
        said: ("", ""),
        "Read": (said, "solid"),
        "Naming, names Read": ("Read", "dashed"),
        "Unseen": (said, "dashed"),
        "Twice": (said, "dashed"),
        "Unknown": (said, "dashed"),
        "Elsewhere": (said, "dashed"),
        "Naming too, names Elsewhere": ("Elsewhere", "dashed"),
        "This text": (said, "dashed"),
    }


def test_two_copies_of_one_report_hang_on_its_outlet() -> None:
    found = lines(trace_tree(table({"carrier": "One"}, {"carrier": "Two"}, OWN)))
    assert found["Copy in One"] == found["Copy in Two"] == ("A", "solid")
    assert found["A"] == ("What X said (s01, “t”)", "solid")
    unsure = lines(
        trace_tree(table({"carrier": "One", "seen": False}, {"carrier": "Two", "seen": False}, OWN))
    )
    assert unsure["A"] == ("What X said (s01, “t”)", "dashed")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{}, {"wording": "we stay now"}], "Of 2 versions read, 1 has these very words"),
        ([{}, {}], "Of 2 versions read, 2 have these very words"),
        ([{"wording": "they stay"}, {"wording": "we stay"}], "Of 2 versions read, none has these very words"),
        ([{}, {"wording": "go now"}], "Of 2 versions read, 2 have these very words or a part of them"),
        ([{}], "The one version read has these very words"),
        ([{"wording": "no"}], "The one version read has other words"),
        ([{"seen": False}], "0 of 2 versions were read"),
    ],
)
def test_the_title_counts_and_never_says_who_copied(rows: list[dict[str, object]], said: str) -> None:
    assert title(trace_tree(table(*rows, OWN))) == f"{said}; who copied whom is not proven"


@pytest.mark.parametrize("topic", TOPICS)
def test_title_alt_and_caption(topic: str) -> None:
    figure = trace_tree(TABLE, caption="Of a text.", topic=topic)
    assert figure.layout.title.text.count("<br>") < 3
    assert all(len(re.sub("</?b>", "", line)) <= WIDTH for line in figure.layout.title.text.split("<br>"))
    assert figures.caption(figure).startswith("A dashed line: order or copying not proven")
    assert figures.caption(figure).endswith("Of a text.")
    alt = figures.alt_text(figure)
    assert title(figure) in alt
    for who in figure_table(figure)["who"]:
        assert who in alt


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        ("we go now", "the same words"),
        ("go now", "a part, word for word"),
        ("we now", "its 2 words, and more here"),
        ("we stay now", "2 of 3 words the same"),
    ],
)
def test_each_version_says_how_near_its_words_are(wording: str, said: str) -> None:
    figure = trace_tree(table({"wording": wording}, OWN))
    assert figure_table(figure).set_index("who").loc["A", "words"] == said
    french = trace_tree(table({"language": "French"}, OWN))
    assert figure_table(french).set_index("who").loc["A", "words"] == "in French"


def test_two_speakers_are_not_made_one() -> None:
    figure = trace_tree(table({"attributed_to": "X"}, {"attributed_to": "Y", "outlet": "B"}, OWN))
    top = figure_table(figure).iloc[0]
    assert (top["who"], top["how_seen"]) == (
        "The statement (s01, “t”)",
        "the versions name different speakers",
    )


def test_words_stand_below_one_another() -> None:
    """Each label begins under the end of the one before, whatever the width of the page."""
    for topic in TOPICS:
        notes = sorted(trace_tree(TABLE, topic=topic).layout.annotations, key=lambda a: a.y)
        for one, other in pairwise(notes):
            assert one.y + 18 * (one.text.count("<br>") + 1) <= other.y
        for note in notes:
            text = [re.sub("</?b>", "", line) for line in note.text.split("<br>")]
            assert note.xshift + 8 * max(map(len, text)) <= 590, text


def test_without_a_topic_it_shows_the_longest_road_and_an_unknown_one_is_an_error() -> None:
    most = max(TOPICS, key=[row["topic"] for row in ROWS].count)
    assert figures.alt_text(trace_tree(TABLE)) == figures.alt_text(trace_tree(TABLE, topic=most))
    with pytest.raises(ValueError, match="no topic 'x'; there are: the threat"):
        trace_tree(TABLE, topic="x")


def test_an_empty_table_and_one_without_this_text() -> None:
    for empty in (pd.DataFrame(), TABLE.iloc[:0]):
        figure = trace_tree(empty)
        assert title(figure) == "No versions: there is nothing to trace"
        assert figure_table(figure).empty
    figure = trace_tree(table({}))
    assert title(figure) == "1 of 1 versions were read; who copied whom is not proven"
    assert list(figure_table(figure)["who"]) == ["What X said (s01, “t”)", "A"]


def test_markup_in_names_stays_text() -> None:
    figure = trace_tree(table({"outlet": "<b>A</b> & co"}, OWN))
    assert any("&lt;b>A&lt;/b> &amp; co" in a.text for a in figure.layout.annotations)


def test_colours_are_roles() -> None:
    known = {light for light, _ in COLOURS.values()}
    figure = trace_tree(TABLE, topic="the course")
    used = {s.line.color for s in figure.layout.shapes if s.line.color} | {
        s.fillcolor for s in figure.layout.shapes if s.fillcolor
    }
    assert used <= known
    assert colour("ink") in used
