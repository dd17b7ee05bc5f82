"""How far readers agree: alpha beside its definition and beside nltk, its interval, and what is argued."""

from __future__ import annotations

import math
import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from test_measures import EXAMPLE, by_definition
from whosays.measures.agreement import alpha, argued, by_unit, in_words, interval, share_agreeing

TABLE = pd.DataFrame(
    {"s1": [1, 1, 1, 1], "s2": [1, 5, 1, 5], "s3": [2, 2, 3, None], "s4": [4, None, None, None]}
).astype("Int64")


def some_class(seed: int, coders: int, units: int) -> list[list[int | None]]:
    chance = random.Random(seed)
    true = [chance.randint(1, 5) for _ in range(units)]
    return [[t if chance.random() < 0.6 else chance.randint(1, 5) for t in true] for _ in range(coders)]


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_a_table_gives_the_published_values_too(level: str, published: float) -> None:
    table = pd.DataFrame(EXAMPLE, dtype="Int64", columns=[f"u{n}" for n in range(12)])
    assert alpha(table, level) == pytest.approx(published, abs=0.0005)  # type: ignore[arg-type]
    assert alpha(table.astype("float64"), level) == alpha(table, level)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("level", "distance"), [("nominal", "binary_distance"), ("interval", "interval_distance")]
)
def test_alpha_is_nltks(seed: int, level: str, distance: str) -> None:
    """nltk has no ordinal distance of Krippendorff's kind, so two levels are compared."""
    nltk = pytest.importorskip("nltk.metrics", reason="nltk is a cross-check and need not be there")
    ratings = some_class(seed, 6, 20)
    rows = [(coder, unit, value) for coder, row in enumerate(ratings) for unit, value in enumerate(row)]
    peer = nltk.agreement.AnnotationTask(rows, distance=getattr(nltk.distance, distance))
    assert alpha(ratings, level) == pytest.approx(peer.alpha())  # type: ignore[arg-type]


def test_a_large_class_is_what_the_definition_says() -> None:
    ratings = some_class(1, 15, 31)
    assert alpha(pd.DataFrame(ratings), "ordinal") == pytest.approx(by_definition(ratings, "ordinal"))


def test_alpha_does_not_ask_for_an_order_of_coders_or_units() -> None:
    table = pd.DataFrame(EXAMPLE, dtype="Int64")
    turned = table.iloc[::-1, ::-1]
    assert alpha(turned, "ordinal") == pytest.approx(alpha(table, "ordinal"))


@pytest.mark.parametrize(
    ("codings", "level", "message"),
    [
        ([[1, "a"], [2, "b"]], "ordinal", "values that can be sorted; found"),
        ([["x", "y"], ["x", "z"]], "interval", "interval: it needs numbers; found"),
        ([[1], [1]], "ratio", "level 'ratio': choose one of nominal, ordinal, interval"),
    ],
)
def test_what_a_level_cannot_order_is_refused(codings: list[list[object]], level: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        alpha(codings, level)  # type: ignore[arg-type]


def test_an_empty_table_has_no_alpha() -> None:
    for table in (pd.DataFrame(), pd.DataFrame({"s1": [None, None]}), pd.DataFrame({"s1": [1], "s2": [2]})):
        assert math.isnan(alpha(table, "ordinal"))
        assert all(map(math.isnan, interval(table, "ordinal")))


# The interval ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_the_interval_lies_around_alpha_and_is_the_same_again(level: str) -> None:
    table = pd.DataFrame(some_class(2, 25, 31))
    low, high = interval(table, level)  # type: ignore[arg-type]
    assert low < alpha(table, level) < high  # type: ignore[arg-type]
    assert interval(table, level) == (low, high)  # type: ignore[arg-type]
    assert interval(table, level, seed=1) != (low, high)  # type: ignore[arg-type]


def test_more_readers_make_it_narrower() -> None:
    few, many = (interval(pd.DataFrame(some_class(3, n, 31)), "ordinal") for n in (8, 80))
    assert many[1] - many[0] < (few[1] - few[0]) / 2


def test_a_reader_drawn_twice_does_not_agree_with_himself() -> None:
    """Readers who answer by chance: a draw that counted self-agreement would lie above 0 altogether."""
    chance = np.random.default_rng(5)
    table = pd.DataFrame(chance.integers(1, 6, (6, 400)))
    low, high = interval(table, "nominal")
    assert low < 0 < high


def test_it_covers_what_other_classes_give() -> None:
    """Most intervals of many classes alike hold the alpha of a very large class: 95 in 100 are promised."""
    target = alpha(some_class(4, 2000, 31), "ordinal")
    held = 0
    for seed in range(40):
        chance = random.Random(4)
        keys = [chance.randint(1, 5) for _ in range(31)]
        own = random.Random(1000 + seed)
        rows = [[k if own.random() < 0.6 else own.randint(1, 5) for k in keys] for _ in range(25)]
        low, high = interval(rows, "ordinal", draws=200)
        held += low <= target <= high
    assert held >= 32


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"share": 0}, {"share": 1.5}])
def test_an_interval_needs_draws_and_a_share(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least one draw"):
        interval(TABLE, **wrong)  # type: ignore[arg-type]


# Words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.78, "n=25, alpha 0.78: enough for cautious conclusions (0.67–0.80)"),
        (0.795, "n=25, alpha 0.80: enough for firm conclusions (0.80 or more)"),
        (0.67, "n=25, alpha 0.67: enough for cautious"),
        (0.66, "n=25, alpha 0.66: too little to build on (under 0.67)"),
        (-0.1, "n=25, alpha -0.10: too little"),
        (math.nan, "n=25, no alpha: it needs"),
    ],
)
def test_words_never_contradict_the_number_shown(value: float, said: str) -> None:
    assert in_words(value, 25).startswith(said)


# Units ----------------------------------------------------------------------------------------------------


def test_each_unit_has_its_counts_and_shares() -> None:
    rows = by_unit(TABLE, values=[1, 2, 3, 4, 5])
    assert list(rows.columns) == [1, 2, 3, 4, 5, "n", "share", "argued"]
    assert rows.loc["s2"].tolist()[:7] == [2, 0, 0, 0, 2, 4, 0.5]
    assert rows["n"].tolist() == [4, 4, 3, 1]
    assert rows["argued"].tolist()[0] == 0
    assert math.isnan(rows["argued"].tolist()[3]), "one reader argues with nobody"
    assert share_agreeing(TABLE).tolist() == pytest.approx([1, 0.5, 2 / 3, 1])
    more = list(by_unit(TABLE, values=[9]).columns)
    assert (more[0], set(more[1:6])) == (9, {1, 2, 3, 4, 5}), "no vote is left out"


def test_the_most_argued_come_first_and_agreed_ones_never() -> None:
    assert argued(TABLE) == ["s2", "s3"]
    assert argued(TABLE, most=1) == ["s2"]
    assert argued(TABLE[["s1"]]) == []
    far = pd.DataFrame({"near": [1, 1, 2, 2], "far": [1, 1, 5, 5], "x": [3, 3, 3, 3]})
    assert argued(far, "ordinal") == ["far", "near"]


@given(
    st.lists(st.lists(st.none() | st.integers(1, 5), min_size=5, max_size=5), min_size=2, max_size=6),
    st.sampled_from(["nominal", "ordinal", "interval"]),
)
@settings(max_examples=80, deadline=None)
def test_alpha_is_one_less_the_mean_of_what_is_argued(ratings: list[list[int | None]], level: str) -> None:
    rows = by_unit(pd.DataFrame(ratings, dtype=object), level)  # type: ignore[arg-type]
    rows = rows[rows["n"] >= 2]
    value = alpha(ratings, level)  # type: ignore[arg-type]
    if not math.isnan(value):
        assert 1 - np.average(rows["argued"], weights=rows["n"]) == pytest.approx(value)
