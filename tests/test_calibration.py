"""Sure and right: the table of a student's answers, and the words that go with it."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whosays.measures.calibration import LEVELS, calibration, in_words


def answers(*rows: tuple[object, object]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["sure", "right"], dtype=object)


def some(**counts: tuple[int, int]) -> pd.DataFrame:
    """A table from right and all answers by level: ``some(s4=(5, 7))``."""
    rows = [(int(k[1]), n < right) for k, (right, all_) in counts.items() for n in range(all_)]
    return calibration(answers(*rows))


# The table ------------------------------------------------------------------------------------------------


def test_four_rows_count_what_was_right() -> None:
    table = calibration(answers((4, True), (4, False), (4, True), (1, False), (3, True)))
    assert list(table.columns) == ["sure", "n", "right", "share"]
    assert table[["sure", "n", "right"]].values.tolist() == [[1, 1, 0], [2, 0, 0], [3, 1, 1], [4, 3, 2]]
    assert table["share"].tolist()[2:] == [1, pytest.approx(2 / 3)]
    assert table["share"][0] == 0
    assert math.isnan(table["share"][1])


def test_no_answers_are_a_table_too() -> None:
    table = calibration(answers())
    assert table["n"].tolist() == table["right"].tolist() == [0, 0, 0, 0]
    assert table["share"].isna().all()


def test_a_row_with_a_gap_does_not_count() -> None:
    table = calibration(answers((4, None), (None, True), (2, True), (float("nan"), False)))
    assert table["n"].tolist() == [0, 1, 0, 0]
    with_na = pd.DataFrame({"sure": pd.array([4, None], "Int64"), "right": pd.array([True, True], "boolean")})
    assert calibration(with_na)["n"].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pd.DataFrame({"sure": [1]}), "no column 'right'; it needs sure"),
        (pd.DataFrame(), "no column 'sure'"),
        (answers((5, True)), r"column 'sure': 5 is none of \(1, 2, 3, 4\)"),
        (answers((0, True)), "column 'sure': 0 is none"),
        (answers((2.5, True)), "column 'sure': 2.5 is none"),
        (answers(("4", True)), "column 'sure': '4' is none"),
        (answers((4, "yes")), r"column 'right': 'yes' is none of \(True, False\)"),
    ],
)
def test_other_answers_are_refused(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        calibration(table)


@settings(deadline=None)
@given(st.lists(st.tuples(st.none() | st.integers(1, 4), st.none() | st.booleans())))
def test_the_table_adds_up(rows: list[tuple[int | None, bool | None]]) -> None:
    table = calibration(answers(*rows))
    whole = [(sure, right) for sure, right in rows if sure is not None and right is not None]
    assert table["sure"].tolist() == list(LEVELS)
    for sure, n, right in table[["sure", "n", "right"]].itertuples(index=False):
        assert n == sum(s == sure for s, _ in whole)
        assert right == sum(r for s, r in whole if s == sure)


# In words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (some(), "No answers yet."),
        (some(s4=(1, 1)), "Right at 3 or 4: 1 of 1. Right at 1 or 2: no answers. These are too few to tell"),
        (some(s4=(9, 9), s1=(0, 4)), "Right at 3 or 4: 9 of 9. Right at 1 or 2: 0 of 4. These are too few"),
        (some(s1=(9, 9), s4=(0, 4)), "Right at 3 or 4: 0 of 4. Right at 1 or 2: 9 of 9. These are too few"),
        (
            some(s3=(4, 5), s1=(2, 3), s2=(0, 2)),
            "So far you were right more often when you felt sure. This is a",
        ),
        (some(s3=(2, 5), s2=(4, 5)), "So far you were right less often when you felt sure. This is a hint"),
        (some(s4=(4, 5), s1=(7, 10)), "So far you were right about as often when you felt sure as when"),
    ],
)
def test_the_words_are_careful(table: pd.DataFrame, said: str) -> None:
    assert said in in_words(table)
    assert ("hint and no proof" in in_words(table)) == ("So far" in said)
