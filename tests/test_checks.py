"""Checks: an answer and a reference in, a result with reasons out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers import DATA
from packs import copy_pack
from whosays import pack
from whosays.checks import (
    Item,
    Option,
    SentenceKey,
    check_choice,
    check_counts,
    check_rung,
    items,
    rung_keys,
    show_reference,
)
from whosays.measures.ladder import RUNGS, coded
from whosays.pack import Pack

PACK = pack.load(DATA)
KEYS = rung_keys(PACK)
ROWS = {row["sentence_id"]: row for row in pack.records(PACK.reference["sentences"])}
REASONS = {(row["sentence_id"], row["rung"]): row for row in pack.records(PACK.reference["reasons"])}
SENTENCES = {row["id"]: row for row in pack.records(PACK.sentences)}
ITEMS = items(PACK)


@pytest.fixture
def student_pack(tmp_path: Path) -> Pack:
    """The pack as students get it."""
    return pack.load(copy_pack(tmp_path / "student", reference=False))


# Rungs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sid", SENTENCES)
def test_every_rung_of_every_sentence(sid: str) -> None:
    row, key = ROWS[sid], KEYS[sid]
    assert key.accepted[0] == key.rung == row["rung"]
    assert set(key.accepted) == set(row["accept_rung"])
    for rung, name in RUNGS.items():
        result = check_rung(rung, key)
        accepted = rung in row["accept_rung"]
        assert (result.status, result.score) == (("correct", 1.0) if accepted else ("not yet", 0.0))
        reason = REASONS[sid, rung if accepted else row["rung"]]
        assert result.words == (reason["text"],)
        (span,) = result.spans
        assert PACK.text[span.start : span.end] == reason["text"]
        assert SENTENCES[sid]["start"] <= span.start < span.end <= SENTENCES[sid]["end"]
        assert result.contested == (len(row["accept_rung"]) > 1)
        if not accepted:
            assert result.message == f"Not yet: you chose {rung}, {name.lower()}."
            assert result.detail
            assert not any(reason in str(result) for reason in (r.reason for r in key.readings)), "no key yet"
        else:
            assert result.detail == (reason["reason"],)
            split = f"Careful readers split here. Your {rung} counts in full."
            agrees = f"The reference coding agrees: rung {rung}, {name.lower()}."
            assert result.message == (split if result.contested else agrees)


@pytest.mark.parametrize("sid", SENTENCES)
def test_the_reference_is_shown_with_its_reason(sid: str) -> None:
    rung = ROWS[sid]["rung"]
    shown = show_reference(KEYS[sid])
    assert shown.message == f"The reference coding: rung {rung}, {RUNGS[rung].lower()}."
    assert (shown.detail, shown.words) == ((REASONS[sid, rung]["reason"],), (REASONS[sid, rung]["text"],))
    assert (shown.status, shown.score) == ("not yet", 0.0)


def test_an_open_sentence_is_not_attempted_and_another_number_is_no_rung() -> None:
    result = check_rung(None, KEYS["s01"])
    assert (result.status, result.score, result.words) == ("not attempted", 0.0, ())
    for wrong in (0, 6, -1):
        with pytest.raises(ValueError, match=rf"rung {wrong}: the ladder has rungs 1 to 5"):
            check_rung(wrong, KEYS["s01"])


def test_an_accepted_rung_counts_even_without_a_reason() -> None:
    bare = SentenceKey("s1", 2, False, (), (2, 3))
    assert check_rung(2, bare).message == "The reference coding agrees: rung 2, a group nobody can phone."
    also = check_rung(3, bare)
    assert (also.status, also.score, also.words, also.detail) == ("correct", 1.0, (), ())
    assert also.message == "Careful readers split here. Your 3 counts in full."
    assert check_rung(1, bare).status == "not yet"
    assert show_reference(bare).detail == ()


def test_alternatives_are_read_from_the_coding_and_reasons_are_only_reasons(tmp_path: Path) -> None:
    path = copy_pack(tmp_path / "pack") / "reference" / "sentences.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert rows[2].startswith("s02,1,1|2,")
    rows[2] = rows[2].replace("1|2", "1|3")
    path.write_text("".join(rows), encoding="utf-8")
    key = rung_keys(pack.load(tmp_path / "pack"))["s02"]
    assert (key.accepted, [r.rung for r in key.readings]) == ((1, 3), [1])
    assert check_rung(2, key).status == "not yet"
    assert check_rung(3, key).score == 1


def test_without_the_reference_there_are_no_keys(student_pack: Pack) -> None:
    assert rung_keys(student_pack) == {}


# Questions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ITEMS)
def test_every_option_of_every_question_has_its_own_feedback(name: str) -> None:
    item = ITEMS[name]
    feedback = {row["option_id"]: row for row in pack.records(PACK.reference["item_options"])}
    assert [o.id for o in item.options] == [
        row["id"] for row in pack.records(PACK.item_options) if row["item_id"] == name
    ]
    statuses = []
    for option in item.options:
        result = check_choice(option.id, item)
        row = feedback[option.id]
        statuses.append(result.status)
        assert (result.status, result.score) == (("correct", 1.0) if row["correct"] else ("not yet", 0.0))
        assert result.message == ("That is the best answer." if row["correct"] else "Not yet.")
        assert result.detail == (() if pd.isna(row["feedback"]) else (row["feedback"],))
        assert option.misconception == ("" if pd.isna(row["misconception"]) else row["misconception"])
    assert statuses.count("correct") == 1


def test_an_open_question_is_not_attempted() -> None:
    for nothing in (None, "", "L1b.9"):
        assert check_choice(nothing, ITEMS["L1a"]).status == "not attempted"
    assert check_choice("x.1", Item("x", "?", ())).status == "not attempted"


def test_without_the_reference_a_choice_is_saved_and_not_judged(student_pack: Pack) -> None:
    known = items(student_pack)
    assert known.keys() == ITEMS.keys()
    assert known["L1a"].options[0] == Option("L1a.1", "Mark Rutte")
    result = check_choice("L1a.3", known["L1a"])
    assert (result.status, result.score) == ("not attempted", 0.0)
    assert str(result) == "Saved. Your teacher will show the class view."


def test_a_pack_without_questions_has_none(tmp_path: Path) -> None:
    bare = Pack(tmp_path, "", "", "", "", "", {"items": PACK.tables["items"]}, {})
    assert items(bare) == {}


# Counts ---------------------------------------------------------------------------------------------------

TABLE = coded(PACK.sentences, {sid: key.rung for sid, key in KEYS.items()})
COUNTS = TABLE["rung"].value_counts()


@pytest.mark.parametrize(
    "right",
    [
        COUNTS,
        COUNTS.sort_index(),
        COUNTS.astype(float),
        TABLE["rung"].astype(float).value_counts(),
        TABLE["rung"].value_counts(dropna=False),
        COUNTS.reindex([5, 4, 3, 2, 1, 0], fill_value=0),
        TABLE.groupby("rung").size(),
    ],
)
def test_counts_in_any_order_are_right(right: pd.Series) -> None:
    result = check_counts(right, TABLE)
    assert (result.status, result.score) == ("correct", 1.0)
    assert result.message == "Yes: 31 sentences counted, rung by rung."


def test_counting_another_column_is_the_change_the_lesson_asks_for() -> None:
    result = check_counts(TABLE["paragraph"].value_counts(), TABLE)
    assert (result.status, result.message) == ("correct", "Yes: now you have counted the column “paragraph”.")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (TABLE["rung"], "you have the column “rung”. Now count it."),
        (TABLE["rung"].head(20).value_counts(), "your counts add up to 20; the table holds 31 rungs."),
        (TABLE["rung"].replace(5, 4).value_counts(), "add up to 31, but other rungs were counted"),
        (TABLE["sentence"].value_counts(), "counts holds something else than rungs and whole numbers"),
        (TABLE["rung"].value_counts(normalize=True), "counts holds something else than rungs and whole"),
        (COUNTS + 0.4, "counts holds something else"),
        (COUNTS.astype(float) * float("inf"), "counts holds something else"),
        (pd.Series(dtype="int64"), "your counts add up to 0; the table holds 31 rungs."),
        (TABLE["rung"].astype(str).value_counts(), "counts holds something else"),
        (TABLE[["rung"]].value_counts(), "counts holds something else"),
        (TABLE, "counts is of type DataFrame. Counting a column gives a Series."),
        (TABLE["rung"].value_counts, "the two brackets are missing."),
        (COUNTS.to_dict(), "counts is of type dict."),
        (31, "counts is of type int."),
        ("6 4 2 4 15", "counts is of type str."),
    ],
)
def test_other_counts_are_not_yet_right_and_the_message_says_what_was_found(wrong: Any, said: str) -> None:
    result = check_counts(wrong, TABLE)
    assert (result.status, result.score) == ("not yet", 0.0)
    assert result.message.startswith("Not yet: ")
    assert said in result.message
    assert result.detail


def test_counts_that_are_not_there_are_not_attempted() -> None:
    for nothing in (None, ...):
        assert check_counts(nothing, TABLE).status == "not attempted"
    empty = coded(PACK.sentences, {})
    result = check_counts(empty["rung"].value_counts(), empty)
    assert (result.status, result.score) == ("not attempted", 0.0)
    assert result.message.startswith("Nothing to count yet")


def test_open_sentences_do_not_count() -> None:
    half = coded(PACK.sentences, {"s01": 4, "s02": 1, "s03": 4})
    assert check_counts(half["rung"].value_counts(dropna=False), half).score == 1
    assert check_counts(COUNTS, half).message.endswith("add up to 31; the table holds 3 rungs.")
