"""Who gives what to whom as a table: statements of the pack, and counts, pairs and shapes of any edges."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import DATA, KIT
from whosays import pack
from whosays.measures import network
from whosays.measures.network import (
    Shape,
    degrees,
    degrees_by_rung,
    pairs,
    places,
    shape,
    standing,
    statements,
    strongest,
)

PACK = pack.load(DATA)
SIX = pack.load(KIT / "tests" / "six_sentences")
TABLE = statements(PACK)
TEXT = TABLE[TABLE["role"] == "text"]
GROUP = TABLE.loc[TABLE["role"] == "summary", "between"].iloc[0]


def edges(*rows: tuple[str, str, int | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(network.EDGES)).astype({"rung": "Int64"})


STAR = edges(("a", "x", 4), ("b", "x", 2), ("b", "x", None), ("c", "x", 5))
ANY = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.sampled_from([1, 2, 3, 4, 5, None]))
).map(lambda rows: edges(*rows))


# Statements of a pack -------------------------------------------------------------------------------------


def test_each_tie_of_the_pack_is_a_row_with_names_rung_and_source() -> None:
    assert list(TABLE.columns) == network.STATEMENTS
    assert list(TABLE["id"]) == list(PACK.relations["id"])
    assert (len(TEXT), len(TABLE)) == (10, 20)
    row = TABLE.set_index("id").loc["r08"]
    assert (row["giver"], row["receiver"], row["what"]) == ("North Korea", "Russia", "11,000 soldiers")
    assert (row["sentence"], row["said_by"], row["rung"], row["kind"]) == (
        "s12",
        "“Reports”",
        2,
        "military help",
    )
    assert row["denied"]
    assert row["denied_by"] == "North Korea"
    assert "5 November 2024" in row["denial"]
    assert "26 April 2025" in row["later"]
    assert "2025" not in row["denial"], "what came later is kept apart"
    outside = TABLE.set_index("id").loc["x01"]
    assert outside["between"] == ("Russia", "North Korea")
    assert pd.isna(outside["giver"])
    assert (outside["date"], outside["source"]) == ("2024-06-19", "Interfax; MENAFN")
    assert pd.isna(outside["rung"]), "the ladder is for the text"


def test_a_pack_without_reference_keeps_what_is_no_secret() -> None:
    table = statements(replace(PACK, reference={}))
    assert set(table["role"]) == {"summary", "context"}
    assert table["rung"].isna().all()
    assert not table["denied"].any()


def test_a_pack_without_the_tables_gives_empty_ones() -> None:
    assert statements(SIX).empty
    assert list(statements(SIX).columns) == network.STATEMENTS
    assert places(SIX).empty
    assert list(places(SIX).columns) == ["actor", "x", "y"]


def test_each_actor_of_a_tie_has_a_place_of_its_own() -> None:
    table = places(PACK)
    named = {*TABLE["giver"].dropna(), *TABLE["receiver"].dropna(), *TABLE["between"].explode().dropna()}
    assert named == set(table["actor"])
    assert not table.duplicated(["x", "y"]).any()


def test_two_actors_never_share_a_name() -> None:
    doubled = PACK.actors.assign(name="Same")
    mentions = PACK.mentions[PACK.mentions["form"] != "name"]
    table = places(replace(PACK, tables={**PACK.tables, "actors": doubled, "mentions": mentions}))
    assert not set(table["actor"]) - {"Same"}, "without names of their own there is nothing else to show"
    one = PACK.mentions.assign(text=PACK.mentions["text"].mask(PACK.mentions["form"] == "name", "It"))
    table = places(replace(PACK, tables={**PACK.tables, "mentions": one}))
    assert table["actor"].is_unique


# Edges ----------------------------------------------------------------------------------------------------


def test_statements_under_the_minimum_go_and_unrated_ones_count_as_the_lowest() -> None:
    assert [len(standing(STAR, minimum)) for minimum in range(1, 6)] == [4, 3, 2, 2, 1]
    assert [len(standing(TEXT, minimum)) for minimum in range(1, 6)] == [10, 9, 7, 6, 3]


@pytest.mark.parametrize(
    ("table", "minimum", "said"),
    [
        (STAR.drop(columns="giver"), 1, "no column 'giver'; a table of edges has giver, receiver, rung"),
        (STAR, 0, "minimum 0: the ladder has rungs 1 to 5"),
        (STAR, 6, "minimum 6: the ladder has rungs 1 to 5"),
        (edges(("a", "b", 7)), 1, "rung 7: the ladder has rungs 1 to 5"),
    ],
)
def test_a_table_that_is_none_and_a_rung_that_is_none_are_errors(
    table: pd.DataFrame, minimum: int, said: str
) -> None:
    for measure in (standing, degrees, lambda e, m: pairs(e, "ab", m), lambda e, m: shape(e, "ab", m)):
        with pytest.raises(ValueError, match=said):
            measure(table, minimum)


def test_degrees_count_statements_at_both_ends() -> None:
    found = degrees(TEXT)
    assert dict(found.loc["Russia"]) == {"out": 0, "in": 8}
    assert dict(found.loc["China"]) == {"out": 4, "in": 0}
    assert found.index[0] == "Russia"
    assert dict(degrees(TEXT, 4).loc["NATO"]) == {"out": 0, "in": 0}, "who has none left keeps the row"


@settings(deadline=None, max_examples=40)
@given(ANY, st.integers(1, 5))
def test_degrees_add_up_to_the_statements(table: pd.DataFrame, minimum: int) -> None:
    found = degrees(table, minimum)
    assert found["out"].sum() == found["in"].sum() == len(standing(table, minimum))
    rated = table["rung"].notna().sum()
    assert (
        degrees_by_rung(table).to_numpy().sum() == degrees_by_rung(table, "giver").to_numpy().sum() == rated
    )


def test_degrees_by_rung_have_a_column_for_each_rung() -> None:
    found = degrees_by_rung(TEXT)
    assert list(found.columns) == [1, 2, 3, 4, 5]
    assert list(found.loc["Russia"]) == [1, 2, 0, 2, 3]
    assert list(degrees_by_rung(TEXT, "giver").loc["North Korea"]) == [1, 1, 0, 1, 0]
    with pytest.raises(ValueError, match="end 'middle': an edge has a 'giver' and a 'receiver'"):
        degrees_by_rung(TEXT, "middle")


def test_the_strongest_statement_of_a_pair_is_the_one_of_a_groupby() -> None:
    found = strongest(TEXT)
    expected = TEXT.groupby(["giver", "receiver"])["rung"].max()
    assert found.set_index(["giver", "receiver"])["rung"].to_dict() == expected.to_dict()
    assert len(found) == 5


def test_every_pair_of_the_group_is_named_with_what_is_said() -> None:
    found = pairs(TEXT, GROUP).set_index(["one", "other"])
    assert len(found) == 6
    assert (found["statements"] > 0).sum() == 3
    assert found.loc[("Russia", "China")].to_dict() == {"statements": 4, "gives": ("China",), "rung": 5}
    assert found.loc[("China", "Iran"), "statements"] == 0
    assert pd.isna(found.loc[("China", "Iran"), "rung"])
    both = pairs(edges(("a", "b", None), ("b", "a", None)), "ab")
    assert list(both.loc[0, ["statements", "gives"]]) == [2, ("a", "b")]
    assert pd.isna(both.loc[0, "rung"])


@settings(deadline=None, max_examples=40)
@given(ANY, st.integers(1, 5))
def test_pairs_find_each_statement_within_the_group_once(table: pd.DataFrame, minimum: int) -> None:
    stay = standing(table, minimum)
    within = stay[stay["giver"].isin(list("abc")) & stay["receiver"].isin(list("abc"))]
    found = pairs(table, "abca", minimum)
    assert found["statements"].sum() == (within["giver"] != within["receiver"]).sum()
    assert [tuple(row) for row in found[["one", "other"]].to_numpy()] == list(combinations("abc", 2))


# Shape ----------------------------------------------------------------------------------------------------


def looks(*ends: str, group: str = "abcd", **expected: Any) -> None:
    found = shape(edges(*((end[0], end[1], 3) for end in ends)), group)
    assert {name: getattr(found, name) for name in expected} == expected, ends


def test_the_text_makes_a_star_and_no_web() -> None:
    star = Shape(possible=6, described=3, hub="Russia", inward=True, star=True, web=False)
    assert [shape(TEXT, GROUP, minimum) for minimum in range(1, 5)] == [star] * 4
    assert shape(TEXT, GROUP, 5) == Shape(6, 1, None, False, False, False)


def test_a_shape_is_told_from_others() -> None:
    looks("ax", "bx", "cx", group="abcx", hub="x", inward=True, star=True, web=False)
    looks("ax", "xb", "cx", group="abcx", hub="x", inward=False, star=True)
    looks("ax", "bx", group="abcx", hub="x", inward=True, star=False, described=2)
    looks("ax", "ax", "xa", group="abx", hub=None, star=False, described=1)
    looks("ab", "cd", hub=None, star=False, web=False, described=2)
    looks("ab", "bc", "ca", group="abc", hub=None, star=False, web=True)
    looks("ab", "bc", "ca", hub=None, star=False, web=False)
    looks("ab", group="ab", web=False, star=False)
    looks(possible=6, described=0, hub=None, web=False, star=False)
    looks("ab", group="", possible=0, described=0)


@settings(deadline=None, max_examples=40)
@given(ANY)
def test_nothing_is_a_star_and_a_web(table: pd.DataFrame) -> None:
    found = shape(table, "abcd")
    assert not (found.star and found.web)
    assert not found.star or found.hub is not None
    assert found.web == (found.described == found.possible)
