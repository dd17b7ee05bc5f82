"""Kinds of statement by rung: the findings of the lesson, and counts that leave nothing out unsaid."""

from __future__ import annotations

import json
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import DATA, KIT
from whosays import pack
from whosays.measures.claims import KINDS, kind_by_rung
from whosays.measures.ladder import RUNGS

PACK = pack.load(DATA)
SIX = pack.load(KIT / "tests" / "six_sentences")
WHEN = ("now", "later", "never")


def test_kinds_are_those_of_the_pack_each_with_a_word_and_a_shape() -> None:
    resources = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    enums = {
        tuple(field["constraints"]["enum"])
        for r in resources
        if r["name"] in ("reference_claims", "reference_sentences", "reference_readings")
        for field in r["schema"]["fields"]
        if field["name"] == "kind"
    }
    assert enums == {tuple(KINDS)}
    assert [(kind.word, kind.shape) for kind in KINDS.values()] == [
        ("fact-claim", "●"),
        ("judgement", "◆"),
        ("prediction", "▲"),
        ("call", "■"),
    ]


def test_the_findings_of_the_lesson_are_in_the_reference() -> None:
    reference = PACK.reference["sentences"]
    table = kind_by_rung(reference["kind"], reference["rung"])
    assert list(table.index) == list(KINDS)
    assert list(table.columns) == [1, 2, 3, 4, 5]
    assert table.loc["prediction"].tolist() == [4, 1, 0, 0, 0], "all 5 on rung 1 or 2"
    assert (table.loc["judgement", 1], table.loc["judgement"].sum()) == (9, 13)
    assert table.loc["fact"].tolist() == [1, 1, 2, 3, 1]
    assert table.loc["call"].tolist() == [1, 0, 0, 1, 3]
    assert table.to_numpy().sum() == len(PACK.sentences)
    assert table.attrs == {"left_out": 0}


def test_kinds_of_another_pack() -> None:
    reference = SIX.reference["sentences"]
    table = kind_by_rung(reference["kind"], reference["rung"])
    assert table.T.to_dict("list") == {
        "fact": [0, 0, 1, 0, 2],
        "judgement": [1, 1, 0, 0, 0],
        "prediction": [0, 0, 0, 1, 0],
        "call": [0, 0, 0, 0, 0],
    }


def test_rows_can_be_anything_and_keep_their_order() -> None:
    when = pd.Series(["never", "now", "now"], name="when")
    table = kind_by_rung(when, [5, 1, 1], WHEN)
    assert list(table.index) == list(WHEN)
    assert (table.index.name, table.columns.name) == ("when", "rung")
    assert table.loc["now"].tolist() == [2, 0, 0, 0, 0]
    assert table.loc["later"].sum() == 0
    assert kind_by_rung(["now"], [1], WHEN).index.name == "kind"


def test_what_has_no_label_is_left_out_and_counted() -> None:
    rungs = pd.array([1, None, 3, None], dtype="Int64")
    table = kind_by_rung(["call", "call", None, float("nan")], rungs)
    assert table.to_numpy().sum() == table.loc["call", 1] == 1
    assert table.attrs["left_out"] == 3
    empty = kind_by_rung([], [])
    assert empty.shape == (4, 5)
    assert empty.to_numpy().sum() == empty.attrs["left_out"] == 0
    assert set(empty.dtypes) == {pd.Series([1], dtype="int64").dtype}


def test_wrong_columns_are_told() -> None:
    with pytest.raises(ValueError, match="'opinion' is none of: fact, judgement, prediction, call"):
        kind_by_rung(["fact", "opinion"], [1, 2])
    with pytest.raises(ValueError, match="rung 6: the ladder has rungs 1 to 5"):
        kind_by_rung(["fact"], [6])
    with pytest.raises(ValueError, match="same length"):
        kind_by_rung(["fact"], [1, 2])


@given(st.lists(st.tuples(st.sampled_from([*KINDS, None]), st.sampled_from([*RUNGS, None]))))
@settings(max_examples=50, deadline=None)
def test_every_statement_is_counted_once_or_left_out(pairs: list[tuple[str | None, int | None]]) -> None:
    table = kind_by_rung([kind for kind, _ in pairs], [rung for _, rung in pairs])
    counts = Counter(pairs)
    for kind in KINDS:
        assert table.loc[kind].tolist() == [counts[kind, rung] for rung in sorted(RUNGS)]
    assert table.to_numpy().sum() + table.attrs["left_out"] == len(pairs)
