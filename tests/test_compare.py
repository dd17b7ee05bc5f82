"""When two values say the same, however a student wrapped them."""

import math

import numpy as np
import pandas as pd
import pytest
from whosays.exercises.compare import in_words, same

COUNTS = pd.Series({1: 3, 4: 2}, name="n")
TABLE = pd.DataFrame({"sentence": ["s01", "s03"], "rung": [1, 2]})


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (3, 3.0),
        (np.float64(0.61), 0.6129),
        ({4: 2, 1: 3}, COUNTS),
        (COUNTS.to_frame(), COUNTS),
        (COUNTS.reset_index(), COUNTS),
        (COUNTS.sort_values(), COUNTS),
        ({1: 3, 4: 2, 5: 0}, COUNTS),
        ({1.0: 3, 4.0: 2}, COUNTS),
        (TABLE[["rung", "sentence"]], TABLE),
        (TABLE.set_axis([7, 9]), TABLE),
        (pd.Series([1, 2]), [1, 2]),
        ((1, 2), [1, 2]),
        (["s01"], pd.Series(["s01"])),
        (None, None),
        (math.nan, None),
        ({"a", "b"}, {"b", "a"}),
        (pd.DataFrame({"rung": []}), pd.DataFrame({"rung": []})),
    ],
)
def test_the_same(found, wanted):
    assert same(found, wanted, 0.005)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (True, 1),
        (1, True),
        ("3", 3),
        (0.6, 0.6129),
        (None, 0),
        (0, None),
        ({1: 3}, COUNTS),
        ({1: 3, 4: 2, 5: 1}, COUNTS),
        ({"1": 3, "4": 2}, COUNTS),
        ([3, 2], COUNTS),
        (pd.Series([3, 2], index=[1, 1]), COUNTS),
        (TABLE.iloc[::-1], TABLE),
        (TABLE.head(1), TABLE),
        (TABLE[["rung"]], TABLE),
        (TABLE.assign(more=1), TABLE),
        ([2, 1], [1, 2]),
        ("s01", "s02"),
        ([], [1]),
        (math.inf, 1),
        (10**400, 1.5),
        ({"a": {"b": 1}}, {"a": {"b": 2}}),
        (print, 3),
    ],
)
def test_not_the_same(found, wanted):
    assert not same(found, wanted, 0.005)


def test_rows_that_are_named_count_in_a_table():
    named = pd.DataFrame({"fact": [1, 2]}, index=pd.Index([1, 5], name="rung"))
    assert same(named, named)
    assert not same(named.set_axis([1, 4]), named)


def test_an_object_that_is_equal_to_everything_is_not_the_same():
    class Everything:
        def __eq__(self, other):
            return True

        def __hash__(self):
            return 0

    for wanted in (3, "s01", [1], {"a": 1}, TABLE, COUNTS, None):
        assert not same(Everything(), wanted)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing (None)"),
        (3, "3"),
        (0.6129, "0.61"),
        ("said", "“said”"),
        (TABLE, "a table of 2 rows and 2 columns"),
        (COUNTS, "a Series of 2 values (1: 3, 4: 2)"),
        ([1, 2, 3, 4, 5], "5 values (1, 2, 3, 4)"),
    ],
)
def test_a_value_in_words(value, words):
    assert in_words(value) == words


def test_a_value_in_words_is_short():
    assert len(in_words("x" * 10_000)) < 70
    assert len(in_words({"x" * 500: "y" * 500})) < 200
