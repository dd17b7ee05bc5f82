"""Two wordings in aligned pieces, and the versions that were read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import DATA, KIT
from packs import copy_pack, sentences_pack
from whosays import pack
from whosays.measures.wording import (
    COLUMNS,
    THIS_TEXT,
    compare,
    own_words,
    read_versions,
    versions,
    word_for_word,
    words_alike,
)
from whosays.pack import Pack

PACK = pack.load(DATA)
SIX = pack.load(KIT / "tests" / "six_sentences")
ROWS = versions(PACK)
WORDS = st.lists(
    st.sampled_from(["we", "must", "Must", "stay,", "stay.", "the", "of", "“war”", "war", "–"]), max_size=12
)


def pieces(there: str, here: str) -> list[tuple[str, str, str]]:
    return [(p.kind, p.there, p.here) for p in compare(there, here)]


@given(WORDS, WORDS)
def test_the_pieces_joined_are_the_two_wordings(there: list[str], here: list[str]) -> None:
    found = compare(" ".join(there), " ".join(here))
    assert " ".join(p.there for p in found if p.there).split() == there
    assert " ".join(p.here for p in found if p.here).split() == here
    for piece in found:
        assert piece.there or piece.here
        assert (piece.kind == "only there") == (bool(piece.there) and not piece.here)
        assert (piece.kind in ("only here", "beyond")) == (bool(piece.here) and not piece.there)


@given(WORDS)
def test_a_wording_is_the_same_as_itself(words: list[str]) -> None:
    found = compare(" ".join(words), " ".join(words))
    assert [p.kind for p in found] == (["same"] if words else [])
    assert words_alike(found) == (len(words), len(words))


@pytest.mark.parametrize(
    ("there", "here", "found"),
    [
        ("We, all, go.", "we all go", [("same", "We, all, go.", "we all go")]),
        ("it’s fine", "it's fine", [("same", "it’s fine", "it's fine")]),
        (
            "his friends help now",
            "his threats help now",
            [("same", "his", "his"), ("changed", "friends", "threats"), ("same", "help now", "help now")],
        ),
        (
            "bold and kind friends",
            "bold kind friends",
            [
                ("same", "bold", "bold"),
                ("only there", "and", ""),
                ("same", "kind friends", "kind friends"),
            ],
        ),
        (
            "bold friends",
            "bold (old) friends",
            [("same", "bold", "bold"), ("only here", "", "(old)"), ("same", "friends", "friends")],
        ),
    ],
    ids=["punctuation and case", "apostrophes", "changed", "only there", "only here"],
)
def test_pieces_have_the_kind_that_a_reader_sees(
    there: str, here: str, found: list[tuple[str, str, str]]
) -> None:
    assert pieces(there, here) == found


def test_what_an_excerpt_does_not_reach_is_no_loss() -> None:
    assert pieces("stay the course", "We must stay the course, and more") == [
        ("beyond", "", "We must"),
        ("same", "stay the course", "stay the course,"),
        ("beyond", "", "and more"),
    ]
    assert word_for_word(compare("stay the course", "We must stay the course, and more"))


def test_a_changed_end_stops_where_the_next_part_begins() -> None:
    assert pieces("stay the course, for the long haul.", "stay the course of the war and we must do more")[
        1:
    ] == [
        ("changed", "for the long haul.", "of the war"),
        ("beyond", "", "and we must do more"),
    ]


def test_one_common_word_does_not_hold_two_changes_together() -> None:
    assert pieces("go far to town now", "go near to home now") == [
        ("same", "go", "go"),
        ("changed", "far to town", "near to home"),
        ("same", "now", "now"),
    ]


def test_other_words_are_not_word_for_word() -> None:
    assert not word_for_word(compare("we go now", "we stay now"))
    assert not word_for_word(compare("we go", "they stay"))
    assert not word_for_word(compare("", "they stay"))
    assert words_alike(compare("we go now", "we stay now")) == (2, 3)


# The pack -------------------------------------------------------------------------------------------------


def test_the_table_holds_what_was_read_elsewhere() -> None:
    table = read_versions(PACK)
    right = [r for r in ROWS if r["seen"] and r["wording"] and r["kind"] != THIS_TEXT]
    assert tuple(table.columns) == COLUMNS
    assert list(table["words"]) == [r["wording"] for r in right]
    assert list(table["source"]) == [r["credits"] or r["outlet"] for r in right]
    assert list(table["site"]) == [r["carrier"] or r["outlet"] for r in right]
    assert not table.isna().any(axis=None)


def test_one_agency_on_several_sites_is_one_source() -> None:
    table = read_versions(PACK)
    first = table[table["topic"] == "the threat"]
    assert (first["site"].nunique(), first["source"].nunique()) == (3, 2)


def test_this_texts_words_are_its_own_row() -> None:
    for row in ROWS:
        own = own_words(PACK, row["topic"])
        assert own["kind"] == THIS_TEXT
        assert own["wording"] in PACK.text.replace("“", "").replace("”", "")


def test_without_a_row_the_quotation_or_the_sentence_stands_for_it(tmp_path: Path) -> None:
    where = copy_pack(tmp_path)
    lines = (where / "versions.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if ",this text," not in line]
    (where / "versions.csv").write_text("".join(kept), encoding="utf-8")
    loaded = pack.load(where)
    quotes = dict(zip(loaded.tables["quotes"]["id"], loaded.tables["quotes"]["text"], strict=True))
    texts = dict(zip(loaded.sentences["id"], loaded.sentences["text"], strict=True))
    for row in versions(loaded):
        own = own_words(loaded, row["topic"])
        assert own["outlet"] == "This text"
        right = quotes[row["quote_id"]].strip("“”") if row["quote_id"] else texts[row["sentence_id"]]
        assert own["wording"] == right


@pytest.mark.parametrize("loaded", [SIX, "sentences"], ids=["six", "sentences alone"])
def test_a_pack_without_versions_has_none(loaded: Pack | str, tmp_path: Path) -> None:
    if isinstance(loaded, str):
        loaded = pack.load(sentences_pack(tmp_path / "small", [("s01", 1, "A text.", "true")]))
    assert versions(loaded) == []
    assert read_versions(loaded).empty
    assert tuple(read_versions(loaded).columns) == COLUMNS
