"""Who is named where: the table, the grid, the chart, and the trap of letters inside longer words."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
from collections import Counter

import pandas as pd
import plotly.graph_objects as go
import pytest

from helpers import DATA, KIT
from whosays import figures, pack
from whosays.figures import COLOURS, colour, figure_table, presence_grid
from whosays.measures.presence import count_letters, count_words, grid, presence

PACK = pack.load(DATA)
SIX = pack.load(KIT / "tests" / "six_sentences")
TABLE = presence(PACK)
FOUR = ["russia", "china", "iran", "north_korea", "the_four"]


def chart(**more: object) -> go.Figure:
    return presence_grid(TABLE, PACK.sentences, **more)  # type: ignore[arg-type]


def title(figure: go.Figure) -> str:
    return re.sub("</?b>", "", figure.layout.title.text.replace("<br>", " "))


def long(*rows: tuple[str, str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table of presence from rows of actor, sentence and forms; and sentences, two a paragraph."""
    table = pd.DataFrame(rows, columns=["actor", "sentence", "forms"])
    table = table.assign(name=table["actor"].str.title(), n=table["forms"].str.count(",") + 1)
    ids = [f"s{n:02}" for n in range(1, 9)]
    return table, pd.DataFrame({"id": ids, "paragraph": [1, 1, 2, 2, 3, 3, 4, 4]})


# The table ------------------------------------------------------------------------------------------------


def test_every_mention_of_an_actor_is_counted_once() -> None:
    text = (DATA / "mentions.csv").read_text(encoding="utf-8").splitlines()
    rows = [row for row in csv.DictReader(text) if row["actor_id"]]
    counts = Counter((row["actor_id"], row["sentence_id"]) for row in rows)
    assert list(TABLE.columns) == ["actor", "name", "sentence", "forms", "n"]
    assert {(r.actor, r.sentence): r.n for r in TABLE.itertuples()} == dict(counts)
    for row in TABLE.itertuples():
        forms = {r["form"] for r in rows if (r["actor_id"], r["sentence_id"]) == (row.actor, row.sentence)}
        assert set(row.forms.split(", ")) == forms
    assert list(TABLE["sentence"]) == sorted(TABLE["sentence"]), "in the order of the text"


def test_an_actor_is_called_what_the_text_calls_it() -> None:
    names = dict(zip(TABLE["actor"], TABLE["name"], strict=True))
    assert names["north_korea"] == "North Korea"
    assert names["usa"] == "United States"
    assert names["the_four"] == "The four states as a group", "never named: the pack's name"
    assert len(set(names.values())) == len(names) == 28


@pytest.mark.parametrize(
    ("used", "name"),
    [
        (["Washington", "United States"], "United States"),  # as often, and part of the pack's name
        (["Washington", "United States", "Washington"], "Washington"),
        (["Washington", "the States"], "Washington"),  # the first
    ],
)
def test_the_name_that_is_used_most_is_taken(used: list[str], name: str) -> None:
    rows = [("s01", at, word, "name", "usa") for at, word in enumerate(used)]
    mentions = pd.DataFrame(rows, columns=["sentence_id", "start", "text", "form", "actor_id"])
    tables = {"mentions": mentions, "actors": PACK.actors}
    assert list(presence(dataclasses.replace(PACK, tables=tables))["name"]) == [name]


def test_presence_in_another_pack_and_without_its_tables() -> None:
    rows = [
        ("school", "Marrow Lane School", "s01", "name", 1),
        ("meals_office", "The meals office of Marrow Lane School", "s01", "description", 1),
        ("pupils", "Pupils", "s02", "description", 1),
        ("tarrin", "Odo Tarrin", "s03", "name, description, pronoun", 3),
        ("tarrin", "Odo Tarrin", "s04", "pronoun", 1),
        ("quell", "Ima Quell", "s05", "name", 1),
        ("council", "The pupils’ council", "s05", "description", 1),
    ]
    assert list(presence(SIX).itertuples(index=False, name=None)) == rows
    left = {name: table for name, table in SIX.tables.items() if name != "actors"}
    names = set(presence(dataclasses.replace(SIX, tables=left))["name"])
    assert names == {"Marrow Lane School", "Odo Tarrin", "Ima Quell", "meals_office", "pupils", "council"}
    bare = presence(dataclasses.replace(SIX, tables={"sentences": SIX.sentences}))
    assert bare.empty
    assert list(bare.columns) == list(TABLE.columns)


def test_the_grid_has_a_row_an_actor_in_the_order_asked_for() -> None:
    table, sentences = long(("b", "s02", "pronoun"), ("a", "s03", "name"), ("a", "s04", "description"))
    first, count = grid(table, sentences["id"]), grid(table, sentences["id"], "count")
    assert list(first.index) == ["b", "a"]
    assert list(count.index) == ["a", "b"]
    assert list(first.columns) == list(sentences["id"])
    assert first.loc["a"].tolist() == ["", "", "named", "meant", "", "", "", ""]
    tied = grid(table.iloc[:2], sentences["id"], "count")
    assert list(tied.index) == ["b", "a"], "of equal counts, the one that comes first"
    with pytest.raises(ValueError, match="order 'size': rows can be in the order 'first' or 'count'"):
        grid(table, sentences["id"], "size")  # type: ignore[arg-type]


# Letters and words ----------------------------------------------------------------------------------------


def test_letters_and_words_differ_where_a_name_is_in_a_longer_word() -> None:
    assert count_letters(PACK.text, "Russia") == 10
    assert count_words(PACK.text, "Russia") == 8
    texts = PACK.sentences["text"]
    assert texts.str.contains("Russia").sum() == 10, "here also the number of sentences"
    assert texts.str.contains(r"\bRussia\b").sum() == 8


@pytest.mark.parametrize(
    ("text", "word", "letters", "words"),
    [
        ("Ada’s adage: Ada, Adam and (Ada).", "Ada", 4, 3),
        ("Ada-like, ada", "Ada", 1, 1),
        ("NATO NATOs NATO", "NATO", 3, 2),
        ("a.b axb", "a.b", 1, 1),
        ("über Überall über", "über", 2, 2),
        ("the four states, the four", "the four", 2, 2),
        ("", "Ada", 0, 0),
    ],
)
def test_what_counts_as_a_word(text: str, word: str, letters: int, words: int) -> None:
    assert (count_letters(text, word), count_words(text, word)) == (letters, words)


def test_an_empty_word_cannot_be_counted() -> None:
    for count in (count_letters, count_words):
        with pytest.raises(ValueError, match="give a word to count"):
            count("some text", "")


# The chart ------------------------------------------------------------------------------------------------


def test_the_chart_shows_the_grid() -> None:
    for rows in (None, FOUR):
        figure = chart(rows=rows)
        cells = grid(TABLE, PACK.sentences["id"])
        often = TABLE.groupby("actor")["n"].sum()
        shown = rows or [actor for actor in cells.index if often[actor] >= 2]
        places = list(figure.layout.yaxis.tickvals)
        assert len(places) == len(shown)
        drawn = {
            (places.index(y), x, trace.name)
            for trace in figure.data
            for x, y in zip(trace.x, trace.y, strict=True)
        }
        assert drawn == {
            (row, x, cell)
            for row, actor in enumerate(shown)
            for x, cell in enumerate(cells.loc[actor])
            if cell
        }
        named, meant = figure.data
        assert (named.marker.color, meant.marker.color) == (colour("name"), colour("open"))

        twin = figure_table(figure)
        assert list(twin.columns) == ["actor", "named in", "only described in", "sentences"]
        for row, actor in zip(twin.to_dict("records"), shown, strict=True):
            for column, kind in (("named in", "named"), ("only described in", "meant")):
                ids = [sid for sid in cells.columns if cells.loc[actor, sid] == kind]
                assert row[column] == ", ".join(ids)
            assert row["sentences"] == (cells.loc[actor] != "").sum()
        totals = [a.text for a in figure.layout.annotations if a.x == 1 and a.yref != "paper"]
        assert totals == [str(n) for n in twin["sentences"]]


def test_the_title_counts_and_the_caption_tells_who_is_left_out() -> None:
    said = "Rutte and NATO are named most, in 10 of 31 sentences each. Never named: 6 of 17 actors"
    assert title(chart()) == said
    assert figures.alt_text(chart()) == f"Grid of dots. {said}."
    assert (
        figures.caption(chart(caption="Source: here.")) == "11 more actors are mentioned once. Source: here."
    )
    figure = chart(rows=FOUR)
    assert title(figure) == "Russia is named most, in 8 of 31 sentences. Never named: 1 of 5 actors"
    assert figures.caption(figure) == "23 more actors are not shown."
    assert title(presence_grid(presence(SIX), SIX.sentences)) == "Odo Tarrin is named in 1 of 6 sentences"
    one_not_shown = presence_grid(*long(("a", "s01", "name, pronoun"), ("b", "s01", "name")))
    assert figures.caption(one_not_shown) == "1 more actor is mentioned once."


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "No mentions are marked in this text"),
        ([("ada", "s01", "name")], "Ada is named in 1 of 8 sentences"),
        ([("ada", "s01", "pronoun")], "The only actor here is never named"),
        ([("ada", "s01", "pronoun"), ("bo", "s01", "description")], "None of the 2 actors is named"),
        (
            [("ada", "s01", "name"), ("bo", "s02", "name")],
            "Ada and Bo are named in 1 of 8 sentences each",
        ),
        (
            [("ada", "s01", "name"), ("bo", "s02", "name"), ("cy", "s03", "pronoun")],
            "Ada and Bo are named most, in 1 of 8 sentences each. Never named: 1 of 3 actors",
        ),
        (
            [(name, "s01", "name") for name in ("ada", "bo", "cy", "di")],
            "4 actors are named in 1 of 8 sentences each",
        ),
    ],
)
def test_the_title_is_true_of_other_texts(rows: list[tuple[str, str, str]], said: str) -> None:
    figure = presence_grid(*long(*rows))
    assert title(figure) == said
    assert said in figures.alt_text(figure)
    assert len(figure_table(figure)) == len({actor for actor, _, _ in rows})


def test_a_flag_marks_its_column_and_says_why() -> None:
    note = "“trilateral threat”: three sides, four states"
    figure = chart(flags={"s22": note, "s01": "first"})
    marked = [s for s in figure.layout.shapes if s.fillcolor == colour("look tint")]
    assert sorted((s.x0, s.x1) for s in marked) == [(-0.5, 0.5), (20.5, 21.5)]
    words = {
        a.text.replace("<br>", " "): a.yshift
        for a in figure.layout.annotations
        if a.font.color == colour("look")
    }
    assert set(words) == {f"s22: {note}", "s01: first"}
    assert len(set(words.values())) == 2, "each on a line of its own"
    assert figures.alt_text(figure).endswith(f"Marked: s22, {note}; s01, first.")
    assert not [s for s in chart().layout.shapes if s.fillcolor == colour("look tint")]
    assert "Marked" not in figures.alt_text(chart())


def test_unknown_rows_and_flags_are_told() -> None:
    with pytest.raises(
        ValueError, match="rows: 'atlantis' is no actor with a mention; there are: rutte, nato"
    ):
        chart(rows=["atlantis"])
    with pytest.raises(ValueError, match="flags: 's99' is no sentence of this text"):
        chart(flags={"s99": "note"})


def test_numbers_below_have_room() -> None:
    figure = chart()
    paragraphs = [a for a in figure.layout.annotations if a.yshift == -40]
    assert [a.text for a in paragraphs] == [f"<b>{n}</b>" for n in range(1, 14)]
    assert list(figure.layout.xaxis.ticktext)[:3] == ["1", "3", "5"]
    many = pd.DataFrame({"id": [f"x{n}" for n in range(300)], "paragraph": range(300)})
    row = pd.DataFrame([("a", "A", "x7", "name", 2)], columns=list(TABLE.columns))
    figure = presence_grid(row, many)
    assert len(figure.layout.xaxis.tickvals) < 30
    assert len([a for a in figure.layout.annotations if a.yshift == -40]) < 30


def test_only_known_colours_are_drawn() -> None:
    known = {light for light, _ in COLOURS.values()}
    for figure in (chart(flags={"s22": "x"}), presence_grid(*long())):
        bundle = figures.mime_bundle(figure)
        drawn = json.dumps(bundle[figures.MIME], allow_nan=False)
        assert set(re.findall("#[0-9a-fA-F]{3,8}", drawn)) <= known
        assert set(re.findall(r"rgba?\([^)]*\)", drawn)) == {"rgba(0,0,0,0)"}
        assert len(drawn) < 60_000
