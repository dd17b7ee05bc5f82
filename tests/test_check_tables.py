"""Checks of a line of pandas: sums by group, a crosstab, a whole word. Every wrong turn has its message."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whosays.checks import Result, check_crosstab, check_sums, check_whole_word

QUOTES = pd.DataFrame(
    {
        "quote": ["q1", "q2", "q3", "q4"],
        "speaker": ["Ada Low", "Bo", "Ada Low", "Bo"],
        "words": [31, 7, 20, 15],
        "letters": [150, 30, 99, 61],
    }
)
GROUPS = QUOTES.groupby("speaker")
SUMS = GROUPS["words"].sum()
CLAIMS = pd.DataFrame(
    {
        "claim": [f"cl{n}" for n in range(6)],
        "when": ["now", "now", "later", "never", "now", None],
        "rung": pd.array([4, 1, 1, 2, None, 5], dtype="Int64"),
        "look_at": ["count", "poll", "wait", "nothing", "poll", None],
    }
)
CROSS = pd.crosstab(CLAIMS["when"], CLAIMS["rung"])
TEXTS = pd.Series(["Rain fell on Rain Street.", "The Rainbow came.", "It rained.", "Dry, then Rain!"])
NOTHING = [None, ...]


def assert_not_yet(result: Result, said: str, more: str) -> None:
    assert (result.status, result.score) == ("not yet", 0.0)
    assert result.message.startswith("Not yet: ")
    assert said in result.message
    assert more in " ".join(result.detail)


# Sums by group --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "right",
    [
        SUMS,
        SUMS.sort_values(),
        SUMS.astype(float),
        SUMS.astype("Int64"),
        SUMS.rename("n"),
        pd.Series({"Bo": 22, "Ada Low": 51}),
        QUOTES.pivot_table("words", "speaker", aggfunc="sum")["words"],
    ],
)
def test_sums_in_any_order_and_type_are_right(right: pd.Series) -> None:
    result = check_sums(right, SUMS, QUOTES)
    assert (result.status, result.score) == ("correct", 1.0)
    assert result.message == "Yes: Ada Low 51, Bo 22.", "the largest first"


@pytest.mark.parametrize(
    ("wrong", "said", "more"),
    [
        (GROUPS["words"].sum, "the two brackets are missing.", ".sum()"),
        (QUOTES.groupby, "the two brackets are missing.", ".sum()"),
        (GROUPS, "you have the groups. Nothing is added up yet.", '["words"]'),
        (GROUPS["words"], "you have the groups. Nothing is added up yet.", ".sum()"),
        (GROUPS.sum(numeric_only=True), "you have a whole table.", '["words"]'),
        (QUOTES, "you have a whole table.", '["words"]'),
        (QUOTES["words"].sum(), "you have 73, all groups together.", '.groupby("speaker")'),
        (73.0, "you have 73.0, all groups together.", '.groupby("speaker")'),
        (51, "you have 51, one number.", '.groupby("speaker")'),
        (float("nan"), "you have nan, one number.", '.groupby("speaker")'),
        (SUMS.to_dict(), "that is of type dict.", "Sums by group are a Series."),
        ("51 22", "that is of type str.", "a Series"),
        (QUOTES["words"], "you have the column “words”.", '.groupby("speaker")'),
        (QUOTES["speaker"], "you have the column “speaker”.", '.groupby("speaker")'),
        (GROUPS["words"].count(), "you have counted rows: Ada Low 2, Bo 2.", ".sum() adds up the words"),
        (QUOTES["speaker"].value_counts(), "you have counted rows: Ada Low 2, Bo 2.", ".count() counts rows"),
        (
            GROUPS["words"].mean(),
            "for Ada Low you have 25.5, where the table adds up to 51.",
            "is it .sum()?",
        ),
        (GROUPS["letters"].sum(), "for Ada Low you have 249, where", 'the column "words"'),
        (SUMS.replace(22, 23), "for Bo you have 23, where the table adds up to 22.", '"words"'),
        (QUOTES.groupby("quote")["words"].sum(), "you have made groups by “quote”.", '.groupby("speaker")'),
        (
            QUOTES.groupby(["speaker", "quote"])["words"].sum(),
            "it has other groups than “speaker” has.",
            '.groupby("speaker")',
        ),
        (SUMS.head(1), "it has other groups than “speaker” has.", '.groupby("speaker")'),
        (pd.Series(dtype="int64"), "it has other groups than “speaker” has.", '.groupby("speaker")'),
        (SUMS.astype("Int64").replace(22, pd.NA), "for Bo you have <NA>, where", '"words"'),
        (SUMS.astype(object).replace(22, "22 words"), "for Bo you have 22 words, where", '"words"'),
    ],
)
def test_other_sums_are_told_apart(wrong: Any, said: str, more: str) -> None:
    assert_not_yet(check_sums(wrong, SUMS, QUOTES), said, more)


@pytest.mark.parametrize("nothing", NOTHING)
def test_sums_that_are_not_there_are_not_attempted(nothing: object) -> None:
    assert check_sums(nothing, SUMS, QUOTES).status == "not attempted"


def test_where_there_is_nothing_to_add_up_nothing_is_right() -> None:
    empty = QUOTES.head(0)
    sums = empty.groupby("speaker")["words"].sum()
    result = check_sums(sums, sums, empty)
    assert (result.status, result.message) == (
        "not attempted",
        "Nothing to add up: this table has no rows.",
    )


speakers = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 60)), min_size=1, max_size=12)


@given(speakers, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_sums_agree_with_pandas_whatever_the_table(rows: list[tuple[str, int]], random: Any) -> None:
    table = pd.DataFrame(rows, columns=["speaker", "words"])
    right = table.groupby("speaker")["words"].sum()
    names = list(right.index)
    random.shuffle(names)
    assert check_sums(right[names], right, table).score == 1
    off = right.copy()
    off[names[0]] += 1
    assert check_sums(off, right, table).score == 0


# Crosstab -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "right",
    [
        CROSS,
        CROSS.sort_index(ascending=False),
        CROSS[CROSS.columns[::-1]],
        CROSS.astype(float),
        pd.crosstab(CLAIMS["when"], CLAIMS["rung"], margins=True),
        CROSS.reindex(["now", "later", "never", "sometimes"], fill_value=0),
        CROSS.reindex(columns=[1, 2, 3, 4, 5]),
        CLAIMS.groupby(["when", "rung"]).size().unstack(),
        CLAIMS.pivot_table("claim", "when", "rung", aggfunc="count"),
    ],
)
def test_a_crosstab_in_any_order_and_type_is_right(right: pd.DataFrame) -> None:
    result = check_crosstab(right, CLAIMS, "when", "rung")
    assert (result.status, result.score, result.detail) == ("correct", 1.0, ())
    assert result.message == "Yes: 4 claims, each in one cell."


def test_a_turned_crosstab_is_right_and_told() -> None:
    result = check_crosstab(CROSS.T, CLAIMS, "when", "rung")
    assert (result.status, result.message) == ("correct", "Yes: 4 claims, each in one cell.")
    assert result.detail[0].startswith("Your rows are “rung”.")


def test_crossing_another_column_is_the_change_the_lesson_asks_for() -> None:
    result = check_crosstab(pd.crosstab(CLAIMS["look_at"], CLAIMS["rung"]), CLAIMS, "when", "rung")
    assert (result.status, result.message) == ("correct", "Yes: now you have crossed “look_at” with “rung”.")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (pd.crosstab, "the brackets are missing."),
        (CLAIMS, "those are columns of the table. Nothing is counted yet."),
        (CLAIMS[["when", "rung"]], "those are columns of the table. Nothing is counted yet."),
        (CLAIMS["when"].value_counts(), "that is of type Series."),
        (CLAIMS.groupby(["when", "rung"]).size(), "that is of type Series."),
        (CROSS.to_dict(), "that is of type dict."),
        (4, "that is of type int."),
        (pd.crosstab(CLAIMS["when"], CLAIMS["rung"], normalize=True), "the cells hold shares or words"),
        (CROSS.astype(float) * float("inf"), "the cells hold shares or words, not counts."),
        (CROSS.astype(str), "the cells hold shares or words, not counts."),
        (
            pd.crosstab(CLAIMS["when"].head(2), CLAIMS["rung"].head(2)),
            "your cells add up to 2; the table has 4 claims.",
        ),
        (pd.crosstab(CLAIMS["when"], CLAIMS["rung"], dropna=False), "your cells add up to 6; the table has"),
        (pd.concat([CROSS, CROSS]), "your cells add up to 8; the table has 4 claims."),
        (CROSS * 0, "your cells add up to 0; the table has 4 claims."),
        (
            pd.crosstab(CLAIMS["when"], CLAIMS["rung"] > 1),
            "all claims are counted, but in other rows or columns.",
        ),
    ],
)
def test_other_crosstabs_are_told_apart(wrong: Any, said: str) -> None:
    result = check_crosstab(wrong, CLAIMS, "when", "rung")
    assert_not_yet(result, said, "" if "type" in said else 'pd.crosstab(df["when"], df["rung"])')


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_crosstab_that_is_not_there_is_not_attempted(nothing: object) -> None:
    assert check_crosstab(nothing, CLAIMS, "when", "rung").status == "not attempted"


def test_without_claims_there_is_nothing_to_cross() -> None:
    for empty in (CLAIMS.head(0), CLAIMS.assign(when=None)):
        result = check_crosstab(pd.crosstab(empty["when"], empty["rung"]), empty, "when", "rung")
        assert (result.status, result.score) == ("not attempted", 0.0)
        assert result.message == "Nothing to count yet: sort some claims first."


rows = st.lists(
    st.tuples(
        st.sampled_from(["now", "later", "never", None]),
        st.one_of(st.none(), st.integers(1, 5)),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=15,
)


@given(rows, st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_crosstab_agrees_with_pandas_whatever_the_table(rows: list[Any], nullable: bool) -> None:
    table = pd.DataFrame(rows, columns=["when", "rung", "sure"])
    table["when"] = table["when"].astype(object)
    table["rung"] = table["rung"].astype("Int64" if nullable else float)
    both = table.dropna(subset=["when", "rung"])
    found = check_crosstab(pd.crosstab(table["when"], table["rung"]), table, "when", "rung")
    assert found.score == bool(len(both))
    if len(both):
        assert found.message == f"Yes: {len(both)} claims, each in one cell."
        one_more = pd.crosstab(table["when"], table["rung"])
        one_more.iloc[0, 0] += 1
        off = check_crosstab(one_more, table, "when", "rung")
        assert off.message.startswith((f"Not yet: your cells add up to {len(both) + 1};", "Yes: now you"))


# A whole word ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", [2, 2.0, TEXTS.str.contains(r"\bRain\b").sum()])
def test_the_number_of_sentences_with_the_word_is_right(right: object) -> None:
    result = check_whole_word(right, "Rain", TEXTS)
    assert (result.status, result.score) == ("correct", 1.0)
    assert result.message == "Yes: “Rain” stands as a word in 2 of 4 sentences."
    assert result.detail == ("In 1 more the letters stand only inside a longer word.",)


def test_a_word_without_longer_ones_is_not_said_to_have_any() -> None:
    assert str(check_whole_word(1, "Dry", TEXTS)) == "Yes: “Dry” stands as a word in 1 of 4 sentences."
    assert check_whole_word(0, "Snow", TEXTS).score == 1


@pytest.mark.parametrize(
    ("wrong", "said", "more"),
    [
        (3, "3 of 4 sentences have the letters “Rain”.", r"“Rainbow” has them, too. \b"),
        (TEXTS.str.contains("Rain").sum(), "have the letters “Rain”.", r"\b"),
        (TEXTS.str.contains(r"\bRain\b"), "you have a column of True and False.", "Add .sum()"),
        (TEXTS[TEXTS.str.contains("Rain")], "that is a column.", "add .sum() at the end"),
        (TEXTS.to_frame("text"), "you have a table of sentences.", ".sum()"),
        (TEXTS.str.contains, "the two brackets are missing.", ".sum()"),
        (TEXTS.str.contains("Rain").sum, "the two brackets are missing.", ".sum()"),
        (True, "that is of type bool.", "A count is one number."),
        ("2", "that is of type str.", "A count is one number."),
        ([2], "that is of type list.", "A count is one number."),
        (4, "4 is how often it stands there.", ".str.contains(), then .sum()"),
        (7, "you have 7.", 'df["text"].str.contains("Rain").sum()'),
        (2.5, "you have 2.5.", 'df["text"].str.contains("Rain").sum()'),
        (float("nan"), "you have nan.", 'df["text"].str.contains("Rain").sum()'),
    ],
)
def test_other_counts_of_a_word_are_told_apart(wrong: Any, said: str, more: str) -> None:
    assert_not_yet(check_whole_word(wrong, "Rain", TEXTS), said, more)


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_count_that_is_not_there_is_not_attempted(nothing: object) -> None:
    assert check_whole_word(nothing, "Rain", TEXTS).status == "not attempted"


def test_a_word_is_no_pattern() -> None:
    texts = pd.Series(["a.b", "axb", "c++ (1)"])
    assert check_whole_word(1, "a.b", texts).score == 1
    assert check_whole_word(9, "c++ (", texts).status == "not yet"


@given(st.lists(st.text(alphabet="Rain bow.", max_size=25), min_size=1, max_size=6))
@settings(max_examples=80, deadline=None)
def test_a_whole_word_agrees_with_splitting_into_words(lines: list[str]) -> None:
    whole = sum("Rain" in "".join(c if c.isalnum() else " " for c in line).split() for line in lines)
    assert check_whole_word(whole, "Rain", pd.Series(lines)).score == 1
    assert check_whole_word(whole + 1, "Rain", pd.Series(lines)).score == 0
