"""What a change of words does: the answer beside the reference; and the count without copies."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers import DATA, KIT
from packs import copy_pack
from whosays import pack
from whosays.checks import CHANGES, VersionKey, check_change, check_dropped, version_keys
from whosays.checks.versions import ASK_ABOUT
from whosays.measures.wording import read_versions

PACK = pack.load(DATA)
KEYS = version_keys(PACK)
TABLE = read_versions(PACK)
ONCE = TABLE.drop_duplicates(["topic", "source"])
CLEAR = VersionKey("v1", "meaning changes", ("meaning changes",), "“on” there, “off” here.")
SPLIT = VersionKey("v2", "small change", ("small change", "same"), "A comma.")


def test_every_version_of_the_reference_has_a_key() -> None:
    assert set(KEYS) == set(PACK.reference["versions"]["version_id"])
    for key in KEYS.values():
        assert key.accepted[0] == key.change
        assert set(key.accepted) <= set(CHANGES)
        assert key.why


def test_a_pack_without_a_reference_has_no_keys(tmp_path: Path) -> None:
    assert version_keys(pack.load(copy_pack(tmp_path, reference=False))) == {}
    assert version_keys(pack.load(KIT / "tests" / "six_sentences")) == {}


def test_the_reference_agrees() -> None:
    result = check_change("meaning changes", CLEAR)
    assert (result.status, result.score, result.contested) == ("correct", 1.0, False)
    assert str(result) == "The reference agrees: “Meaning changes”. “on” there, “off” here."


@pytest.mark.parametrize(("mine", "other"), [("small change", "Same"), ("same", "Small change")])
def test_a_contested_answer_counts_in_full_and_names_the_other(mine: str, other: str) -> None:
    result = check_change(mine, SPLIT)
    assert (result.status, result.score, result.contested) == ("correct", 1.0, True)
    assert result.message == (
        f"Careful readers split here. Your “{CHANGES[mine]}” counts in full, and so does “{other}”."
    )


def test_another_answer_is_not_yet_with_the_reason_and_a_question() -> None:
    result = check_change("same", CLEAR)
    assert (result.status, result.score) == ("not yet", 0.0)
    assert result.message == "Not yet: you chose “Same”."
    assert result.detail == (CLEAR.why, ASK_ABOUT["same", "meaning changes"])
    assert "Meaning changes" not in str(result)


def test_every_wrong_answer_has_a_question() -> None:
    wrong = {(answer, change) for answer in CHANGES for change in CHANGES if answer != change}
    assert set(ASK_ABOUT) == wrong


def test_no_answer_is_not_attempted() -> None:
    assert check_change(None, CLEAR).status == "not attempted"


# The count without copies ---------------------------------------------------------------------------------


def check(answer: object) -> tuple[str, str]:
    result = check_dropped(answer, TABLE, "source", "topic")
    return result.status, str(result)


@pytest.mark.parametrize(
    "answer",
    [
        ONCE,
        ONCE.sort_values("source"),
        ONCE.reset_index(drop=True).set_axis(ONCE.index),
        len(ONCE),
        float(len(ONCE)),
        TABLE["source"].nunique(),
        TABLE.drop_duplicates("source"),
        ONCE["topic"].value_counts(),
        ONCE.groupby("topic").size(),
        TABLE.groupby("topic")["source"].nunique(),
    ],
    ids=[
        "table",
        "sorted",
        "same rows",
        "len",
        "float",
        "sources",
        "by source",
        "counts",
        "sizes",
        "nunique",
    ],
)
def test_ways_to_the_right_count(answer: object) -> None:
    status, said = check(answer)
    assert status == "correct", said
    assert said.startswith("Yes")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (TABLE, "nothing was dropped"),
        (TABLE.drop_duplicates(), "nothing was dropped"),
        (len(TABLE), "nothing was dropped"),
        (TABLE.drop_duplicates, "brackets are missing"),
        (TABLE.drop_duplicates(["topic", "outlet"]), "you dropped by “outlet”"),
        (len(TABLE.drop_duplicates("site")), "you dropped by “site”"),
        (TABLE.groupby("topic"), "you have the groups"),
        (TABLE["topic"].value_counts(), "are left"),
        (ONCE["topic"].value_counts().iloc[:2], "are left"),
        (ONCE["source"], "that is of type Series"),
        (ONCE[["topic", "outlet"]], "a part of the columns"),
        (3, "3 are left"),
        (True, "that is of type bool"),
        ("12", "that is of type str"),
        (float("nan"), "counts nothing"),
        (float("inf"), "counts nothing"),
        (2.5, "counts nothing"),
        (TABLE.head(len(ONCE)), "are left"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else None,
)
def test_other_answers_are_told_what_they_are(answer: object, said: str) -> None:
    status, found = check(answer)
    assert status == "not yet", found
    assert said in found
    assert "drop_duplicates" in found or "len()" in found


def test_the_table_of_one_topic_counts_too() -> None:
    one = TABLE[TABLE["topic"] == "the threat"]
    status, said = check(one.drop_duplicates("source"))
    assert (status, said) == ("correct", "Yes, for “the threat”: 3 versions were read, 2 are left.")
    assert check(one)[0] == "not yet"


def test_groups_that_are_none_of_ours_are_told() -> None:
    more = pd.concat([ONCE["topic"].value_counts(), pd.Series({"more": 1})]).rename_axis("topic")
    assert "not those of “topic”" in check(more)[1]


@pytest.mark.parametrize("answer", [None, ...])
def test_nothing_yet_is_not_attempted(answer: object) -> None:
    assert check(answer)[0] == "not attempted"
    empty = check_dropped(1, TABLE.iloc[:0], "source", "topic")
    assert empty.status == "not attempted"
