"""Where a text is: how often a place is named, whose words come from there, and how far spots lie apart."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from helpers import DATA, KIT
from packs import sentences_pack
from whosays import pack
from whosays.measures.places import apart, distance, named, off_the_map, unplaced

PACK = pack.load(DATA)


def test_how_often_each_place_is_named() -> None:
    table = named(PACK)
    assert dict(zip(table["name"], table["times"], strict=True)) == {
        **{"Russia": 8, "China": 5, "Iran": 4, "North Korea": 5, "Ukraine": 8, "United States": 1},
        **{"France": 1, "Kursk region": 1, "Europe": 5, "Indo-Pacific": 2, "North America": 3},
    }


def test_the_counts_are_those_of_the_words_in_the_sentences() -> None:
    """Counted anew: whole words, in the sentences that are listed and in no other."""
    texts = dict(zip(PACK.sentences["id"], PACK.sentences["text"], strict=True))
    for row in named(PACK).to_dict("records"):
        if row["name"] in (
            "Russia",
            "China",
            "Iran",
            "North Korea",
            "Ukraine",
            "Kursk region",
            "Indo-Pacific",
        ):
            word = re.compile(rf"\b{re.escape(row['name'])}\b")
            found = Counter({s: len(word.findall(t)) for s, t in texts.items() if word.search(t)})
            assert found.total() == row["times"], row["name"]
            assert list(found) == row["sentences"], row["name"]
        assert 1 <= len(row["sentences"]) <= row["times"]
        assert row["sentences"] == sorted(set(row["sentences"]))


def test_words_come_from_one_place_and_the_rest_is_told() -> None:
    table = named(PACK).set_index("name")
    heard = table[(table["words"] > 0) | (table["shared_words"] > 0)]
    assert list(heard.index) == ["France"]
    assert (heard["words"].iloc[0], heard["shared_words"].iloc[0]) == (7, 15)
    assert off_the_map(PACK).to_dict("list") == {"speaker": ["Mark Rutte"], "words": [106]}
    with (DATA / "quotes.csv").open(encoding="utf-8", newline="") as file:
        quotes = list(csv.DictReader(file))
    assert len(quotes) == 6, "106 + 15 + 7 words in all of them"


def test_what_has_no_place_is_told_with_its_sentence() -> None:
    table = unplaced(PACK).set_index("name")
    assert table.loc["the city of the talks", "kind"] == "missing"
    assert table.loc["the city of the talks", "sentences"] == ["s03"]
    assert not set(table.index) & set(named(PACK)["name"])
    assert {"“Washington”", "“the world”"} <= set(table.index)
    assert all(table["sentences"].map(bool))


def test_packs_without_places_or_without_spots_have_empty_tables(tmp_path: Path) -> None:
    bare = pack.load(sentences_pack(tmp_path / "bare", [("s1", 1, "It rained.", "")]))
    for of_pack in (bare, pack.load(KIT / "tests" / "six_sentences")):
        assert named(of_pack).empty
        assert list(named(of_pack).columns) == list(named(PACK).columns)
    assert unplaced(bare).empty
    assert off_the_map(bare).empty
    assert list(unplaced(pack.load(KIT / "tests" / "six_sentences"))["name"]) == ["The canteen"]


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        ((0.0, 0.0), (0.0, 90.0), 10_008),  # a quarter of the globe
        ((0.0, 0.0), (180.0, 0.0), 20_015),
        ((179.0, 0.0), (-179.0, 0.0), 222),  # across the 180th meridian
        ((2.35, 48.86), (-77.04, 38.9), 6_160),  # Paris to Washington
        ((10.0, 20.0), (10.0, 20.0), 0),
    ],
)
def test_distances_are_those_of_the_shortest_way(
    one: tuple[float, float], other: tuple[float, float], kilometres: float
) -> None:
    assert distance(one, other) == pytest.approx(kilometres, abs=15)
    assert distance(other, one) == distance(one, other)


def test_how_far_apart_is_the_longest_of_the_distances() -> None:
    spots = [(0.0, 0.0), (1.0, 0.0), (40.0, 0.0), (20.0, 5.0)]
    assert apart(spots) == distance(spots[0], spots[2])
    assert apart(spots[:1]) == apart([]) == 0
