"""Measures: the ladder of the reference coding, and Krippendorff's alpha against what is published."""

from __future__ import annotations

import math
from collections import Counter
from itertools import permutations
from typing import Any, get_args

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import DATA
from whosays import pack
from whosays.checks import rung_keys
from whosays.measures.agreement import Level, alpha
from whosays.measures.ladder import RUNGS, by_paragraph, coded, counts, longest_thin_end

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C: 4 coders, 12 units, with gaps.
EXAMPLE = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_of_the_published_example(level: Level, published: float) -> None:
    assert alpha(EXAMPLE, level) == pytest.approx(published, abs=0.0005)
    as_nan = [[math.nan if v is None else v for v in row] for row in EXAMPLE]
    assert alpha(as_nan, level) == alpha(EXAMPLE, level)
    as_na = [list(pd.array(row, dtype="Int64")) for row in EXAMPLE]
    assert alpha(as_na, level) == alpha(EXAMPLE, level)


def by_definition(ratings: list[list[int | None]], level: Level) -> float:
    """Alpha from its definition: what pairs within units differ, over what any pairs differ."""
    units = [[v for v in unit if v is not None] for unit in zip(*ratings, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    values = [v for unit in units for v in unit]
    many = Counter(values)

    def apart(a: int, b: int) -> float:
        if level == "nominal":
            return a != b
        if level == "interval":
            return (a - b) ** 2
        return (sum(many[g] for g in range(min(a, b), max(a, b) + 1)) - (many[a] + many[b]) / 2) ** 2

    observed = sum(apart(a, b) / (len(unit) - 1) for unit in units for a, b in permutations(unit, 2))
    expected = sum(apart(a, b) for a, b in permutations(values, 2)) / (len(values) - 1) if values else 0
    return 1 - observed / expected if expected else math.nan


grades = st.none() | st.integers(1, 5)


@given(
    st.lists(st.lists(grades, min_size=6, max_size=6), min_size=2, max_size=5),
    st.sampled_from(get_args(Level)),
)
@settings(max_examples=150, deadline=None)
def test_alpha_is_what_its_definition_says(ratings: list[list[int | None]], level: Level) -> None:
    assert alpha(ratings, level) == pytest.approx(by_definition(ratings, level), nan_ok=True)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_alpha_at_its_ends(level: Level) -> None:
    assert alpha([[1, 2, 3], [1, 2, 3]], level) == 1
    assert alpha([[1, 2], [2, 1]], level) == -0.5
    nothing: list[Any] = [[], [[], []], [[1, None], [None, 1]], [[1, 1], [1, 1]], [[None], [None]]]
    assert all(math.isnan(alpha(ratings, level)) for ratings in nothing)
    with pytest.raises(ValueError, match="every coder needs one entry a unit"):
        alpha([[1, 2], [1]], level)


def test_alpha_takes_words_and_a_mix_of_values() -> None:
    assert alpha([["fact", "call", 1], ["fact", "call", 1]]) == 1
    assert alpha([["a", "b"], ["a", "c"]], "ordinal") == alpha([[1, 2], [1, 3]], "ordinal")


# The ladder -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reference() -> pd.DataFrame:
    loaded = pack.load(DATA)
    return coded(loaded.sentences, {sid: key.rung for sid, key in rung_keys(loaded).items()})


def test_a_table_of_labels_has_a_row_a_sentence() -> None:
    sentences = pack.load(DATA).sentences
    table = coded(sentences, {"s02": 1, "s31": 5, "x99": 3})
    assert list(table.columns) == ["sentence", "paragraph", "text", "rung"]
    assert list(table["text"]) == list(sentences["text"])
    assert table["rung"].dtype == "Int64"
    assert table.dropna()[["sentence", "rung"]].to_dict("list") == {
        "sentence": ["s02", "s31"],
        "rung": [1, 5],
    }
    assert coded(sentences, {})["rung"].isna().all()


def test_counts_keep_empty_rungs_and_begin_at_the_top(reference: pd.DataFrame) -> None:
    assert counts(reference).to_dict() == {5: 6, 4: 4, 3: 2, 2: 4, 1: 15}
    assert list(counts(reference).index) == list(RUNGS) == [5, 4, 3, 2, 1]
    assert counts(reference.iloc[:0]).to_dict() == dict.fromkeys(RUNGS, 0)


def test_the_finding_of_the_lesson_is_in_the_reference(reference: pd.DataFrame) -> None:
    assert longest_thin_end(reference) == (7, 13, 1)
    assert list(reference.loc[(reference["paragraph"] > 7) & (reference["rung"] >= 4), "sentence"]) == ["s27"]
    rows = by_paragraph(reference)
    assert list(rows.index) == list(range(1, 14))
    assert round(rows.loc[7, "mean"], 1) == 4.7
    assert rows.loc[7, ["sentences", "named"]].tolist() == [3, 3]
    assert rows["mean"].idxmax() == 7
    assert (rows["sentences"].sum(), rows["named"].sum()) == (31, 10)


def table(*rows: tuple[int, int | None]) -> pd.DataFrame:
    """Rows of paragraph and rung."""
    sentences = pd.DataFrame(
        {"id": [f"s{n}" for n in range(len(rows))], "paragraph": [p for p, _ in rows], "text": "x"}
    )
    return coded(sentences, {f"s{n}": rung for n, (_, rung) in enumerate(rows) if rung})


def test_a_paragraph_without_labels_has_no_mean() -> None:
    rows = by_paragraph(table((1, 5), (1, None), (2, None)))
    assert rows["mean"].isna().tolist() == [False, True]
    assert rows.loc[1].tolist() == [5, 2, 1]
    assert rows.loc[2, ["sentences", "named"]].tolist() == [1, 0]


def test_where_named_speakers_run_out() -> None:
    assert longest_thin_end(table((1, 5), (2, 4), (3, 1), (3, 1), (5, 4))) == (2, 3, 1)
    assert longest_thin_end(table((1, 5), (4, 1))) == (1, 1, 0)
    assert longest_thin_end(table((1, 5), (2, 1), (3, 5), (4, 1))) == (1, 3, 1), "the first of equal drops"
    nowhere = [
        [(1, 5), (1, 1)],
        [(1, 5), (2, 4)],
        [(1, 1), (2, 5)],
        [(1, 3), (2, 3)],
        [(1, 5), (2, None)],
        [],
    ]
    assert [longest_thin_end(table(*rows)) for rows in nowhere] == [None] * len(nowhere)
