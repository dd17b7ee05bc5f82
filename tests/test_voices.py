"""Who is heard: the words of the quotations, of the actors, and how often a verb stands in the text."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import DATA, KIT
from packs import sentences_pack
from whosays import pack
from whosays.measures.voices import QUOTATIONS, VOICES, count_words, quotations, verb_uses, voices
from whosays.pack import Pack

SIX = KIT / "tests" / "six_sentences"


@pytest.fixture(scope="module")
def article() -> Pack:
    return pack.load(DATA)


@pytest.fixture
def bare(tmp_path: Path) -> Pack:
    """A pack of sentences alone."""
    return pack.load(sentences_pack(tmp_path / "bare", [("s1", 1, "It rained, they said. He Said so.", "")]))


# Quotations -----------------------------------------------------------------------------------------------


def test_a_row_for_each_quotation_with_the_words_between_its_marks(article: Pack) -> None:
    table = quotations(article)
    assert list(table.columns) == QUOTATIONS == ["quote", "sentence", "speaker", "words", "text"]
    assert list(table["quote"]) == list(article.quotes["id"])
    assert list(table["sentence"]) == list(article.quotes["sentence_id"])
    assert list(table["text"]) == list(article.quotes["text"])
    assert dict(zip(table["quote"], table["words"], strict=True)) == {
        "q1": 32,
        "q2": 21,
        "q3": 22,
        "q4": 7,
        "q5": 15,
        "q6": 31,
    }


def test_one_pandas_line_gives_the_finding_of_the_lesson(article: Pack) -> None:
    table = quotations(article)
    assert table.groupby("speaker")["words"].sum().to_dict() == {
        "Mark Rutte": 106,
        "Mark Rutte and Emmanuel Macron": 15,
        "Emmanuel Macron": 7,
    }
    assert table["words"].sum() == 128
    assert len(table[table["speaker"] == "Mark Rutte"]) == 4


def test_words_in_an_editors_brackets_count(article: Pack) -> None:
    (text,) = article.quotes.loc[article.quotes["id"] == "q6", "text"]
    (added,) = re.findall(r"\(.*?\)", text)
    assert count_words(text) - count_words(text.replace(added, "")) == count_words(added) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“Nobody has tasted it yet.”", 5),
        ("“in the Indo-Pacific”", 3),
        ("“They came – and it’s over …”", 5),
        ("« Non », 11,000", 2),
        ("“ ”", 0),
        ("", 0),
    ],
)
def test_a_word_holds_a_letter_or_a_digit(text: str, words: int) -> None:
    assert count_words(text) == words


@settings(deadline=None)
@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), max_size=8))
def test_marks_and_blanks_never_change_the_count(words: list[str]) -> None:
    assert count_words("“" + "\n  ".join(words) + " – ”") == len(words)


# Voices ---------------------------------------------------------------------------------------------------


def row(table: pd.DataFrame, actor: str) -> list[object]:
    (found,) = table[table["actor"] == actor].values.tolist()
    return list(found)


def test_a_row_for_each_actor_named_described_or_quoted(article: Pack) -> None:
    table = voices(article)
    assert list(table.columns) == VOICES
    assert list(table["actor"]) == list(article.actors["id"]), "all of them are mentioned"
    assert row(table, "rutte") == ["rutte", "Rutte", "person", 10, 12, 5, 106, 15, "2", True]
    assert row(table, "macron") == ["macron", "Emmanuel Macron", "person", 2, 4, 2, 7, 15, "2", True]
    assert row(table, "ukraine") == ["ukraine", "Ukraine", "state", 8, 10, 0, 0, 0, "", False]
    assert row(table, "the_four")[3:] == [0, 9, 0, 0, 0, "", False]
    assert list(table.loc[table["heard"], "actor"]) == ["rutte", "macron"]


def test_the_mentions_add_up(article: Pack) -> None:
    table, mentions = voices(article), article.mentions[article.mentions["actor_id"].notna()]
    assert table["mentioned"].sum() == len(mentions)
    assert table["named"].sum() == (mentions["form"] == "name").sum()
    assert (table["named"] <= table["mentioned"]).all()


def test_the_words_add_up(article: Pack) -> None:
    table, quotes = voices(article), quotations(article)
    shared = quotes["speaker"].str.contains(" and ")
    assert table["words"].sum() == quotes.loc[~shared, "words"].sum()
    assert table["shared_words"].sum() == 2 * quotes.loc[shared, "words"].sum()


def test_an_invented_pack() -> None:
    six = pack.load(SIX)
    assert quotations(six)[["speaker", "words"]].values.tolist() == [["Odo Tarrin", 8], ["Ima Quell", 5]]
    table = voices(six)
    assert row(table, "tarrin")[3:] == [1, 4, 1, 8, 0, "", True]
    assert row(table, "pupils")[3:] == [0, 1, 0, 0, 0, "", False]


def changed(folder: Path, table: str, rows: list[dict[str, str]]) -> Pack:
    """The invented pack with other rows in one table."""
    shutil.copytree(SIX, folder)
    shutil.rmtree(folder / "reference")
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return pack.load(folder)


def test_a_quotation_may_have_three_speakers_and_another_two(tmp_path: Path) -> None:
    rows = list(csv.DictReader((SIX / "quotes.csv").read_text(encoding="utf-8").splitlines()))
    rows[0]["credited_speakers"] = "tarrin|quell|council"
    rows[1]["credited_speakers"] = "quell|tarrin"
    made = changed(tmp_path / "pack", "quotes", rows)
    names = ["Odo Tarrin and Ima Quell and The pupils’ council", "Ima Quell and Odo Tarrin"]
    assert list(quotations(made)["speaker"]) == names
    table = voices(made)
    assert row(table, "quell")[5:] == [2, 0, 13, "2 or 3", True]
    assert row(table, "council")[5:] == [1, 0, 8, "3", True]


def test_an_actor_without_a_mention_or_a_quotation_has_no_row(tmp_path: Path) -> None:
    rows = list(csv.DictReader((SIX / "mentions.csv").read_text(encoding="utf-8").splitlines()))
    made = changed(
        tmp_path / "pack", "mentions", [r for r in rows if r["actor_id"] not in ("pupils", "quell")]
    )
    assert set(made.actors["id"]) - set(voices(made)["actor"]) == {"pupils"}, "one is still quoted"
    assert row(voices(made), "quell")[3:] == [0, 0, 1, 5, 0, "", True]


def test_a_pack_without_these_tables_gives_empty_ones(bare: Pack, tmp_path: Path) -> None:
    for table, columns in ((quotations(bare), QUOTATIONS), (voices(bare), VOICES)):
        assert list(table.columns) == columns
        assert table.empty
    without = tmp_path / "pack"
    shutil.copytree(SIX, without)
    shutil.rmtree(without / "reference")
    description = json.loads((without / "datapackage.json").read_text(encoding="utf-8"))
    for gone in ("quotes", "mentions"):
        kept = [r for r in description["resources"] if r["name"] != gone and "reference" not in r["path"]]
        (without / "datapackage.json").write_text(
            json.dumps(description | {"resources": kept}), encoding="utf-8"
        )
        made = pack.load(without)
        assert (quotations(made).empty, voices(made)["heard"].any()) == (
            (True, False) if gone == "quotes" else (False, True)
        )


# Verbs ----------------------------------------------------------------------------------------------------


def test_verbs_are_counted_as_whole_words(article: Pack) -> None:
    verbs = [*article.quotes["cue"], "stressed", "pointed out", "claimed"]
    assert verb_uses(article, verbs) == {
        "noted": 1,
        "indicated": 1,
        "made it clear": 1,
        "emphasizing": 1,
        "stating": 1,
        "said": 1,
        "stressed": 2,
        "pointed out": 1,
        "claimed": 0,
    }
    assert verb_uses(article, ["state", "stat", "clear", "point"]) == dict.fromkeys(
        ["state", "stat", "point"], 0
    ) | {"clear": 1}


def test_capitals_and_blanks_do_not_matter_and_signs_are_no_patterns(bare: Pack) -> None:
    assert verb_uses(bare, ["said", "SAID", "He  said", "sai", "aid", "s.id", "said so."]) == {
        "said": 2,
        "SAID": 2,
        "He  said": 1,
        "sai": 0,
        "aid": 0,
        "s.id": 0,
        "said so.": 1,
    }
    assert verb_uses(bare, []) == {}


@pytest.mark.parametrize("verb", ["", "  ", "…"])
def test_a_verb_needs_a_letter(bare: Pack, verb: str) -> None:
    with pytest.raises(ValueError, match="a verb has at least one letter"):
        verb_uses(bare, [verb])
