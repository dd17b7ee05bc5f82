"""How precise is the text about a place: an answer beside the reference. And two tables joined."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pandas as pd
import pytest

from helpers import DATA, KIT
from packs import copy_pack
from whosays import pack
from whosays.checks import check_merge, check_place, place_keys, show_place
from whosays.checks.places import ASK_ABOUT
from whosays.checks.places import TAGS as TAG_WORDS

PACK = pack.load(DATA)
KEYS = place_keys(PACK)
ROWS = {row["place_id"]: row for row in pack.records(PACK.reference["places"])}
PLACES = {row["id"]: row for row in pack.records(PACK.tables["places"])}


def test_a_key_holds_what_the_reference_says() -> None:
    assert set(KEYS) == set(ROWS)
    for pid, key in KEYS.items():
        row, place = ROWS[pid], PLACES[pid]
        assert key.why == row["why"]
        assert key.accepted[0] == key.tag
        tags = {"country": "country", "part of a country": "part", "world region": "world region"}
        tags |= {"nationality word": "nationality", "missing": "missing"}
        assert key.tag == tags.get(place["kind"], key.tag)
        assert ("missing" in key.accepted) == ("missing" in row["accept"])
        assert [e.id for e in key.evidence] == list(row["evidence"])
        if key.span:
            assert PACK.text[key.span.start : key.span.end] == key.words == place["text"]
        else:
            assert (key.words, key.tag) == ("", "missing")


@pytest.mark.parametrize("pid", KEYS)
def test_every_accepted_answer_counts_in_full_and_says_why(pid: str) -> None:
    key = KEYS[pid]
    for given in key.accepted:
        result = check_place(given, key)
        assert (result.status, result.score, result.detail) == ("correct", 1.0, (key.why,))
        assert result.contested == (len(key.accepted) > 1)
        assert result.words == ((key.words,) if key.words else ())
        for other in key.accepted:
            assert TAG_WORDS[other].partition(":")[0] in result.message


@pytest.mark.parametrize("pid", KEYS)
def test_another_answer_is_asked_about_the_words_and_gives_no_key_away(pid: str) -> None:
    key = KEYS[pid]
    for given in TAG_WORDS.keys() - set(key.accepted):
        result = check_place(given, key)
        assert (result.status, result.score) == ("not yet", 0.0)
        (ask,) = result.detail
        assert ask.endswith((".", "?"))
        assert "{" not in ask
        assert not key.words or f"“{key.words}”" in (ask + f"“{result.words[0]}”")
        assert key.why not in str(result)
        assert f"“{TAG_WORDS[key.tag].partition(':')[0]}”" not in result.message


def test_each_pair_of_answers_has_a_question_of_its_own() -> None:
    assert set(ASK_ABOUT) == set(permutations(TAG_WORDS, 2))
    for right in TAG_WORDS:
        asked = [ASK_ABOUT[given, right] for given in TAG_WORDS if given != right]
        assert len(set(asked)) == len(asked), "the reason fits the option"


def test_no_answer_yet_and_the_reference_on_demand() -> None:
    key = KEYS["indo_pacific"]
    assert check_place(None, key).status == "not attempted"
    shown = show_place(key)
    assert shown.status == "not yet"
    assert TAG_WORDS["world region"].partition(":")[0] in shown.message
    assert shown.detail == (key.why,)


def test_packs_without_a_key_have_none(tmp_path: Path) -> None:
    assert place_keys(pack.load(copy_pack(tmp_path, reference=False))) == {}
    assert place_keys(pack.load(KIT / "tests" / "six_sentences")) == {}


# Two tables joined ------------------------------------------------------------------------------------------

TAGS = pd.DataFrame({"place": ["a", "b", "c"], "tagged": ["area", "vague", "missing"]})
COUNTS = pd.DataFrame({"place": ["b", "a", "d"], "times": [7, 2, 1]})
JOINED = TAGS.merge(COUNTS, on="place")
SORTED = JOINED.sort_values("times", ascending=False)


def said(answer: object) -> tuple[str, str]:
    result = check_merge(answer, TAGS, COUNTS, "place", "times")
    return result.status, str(result)


def test_the_joined_and_sorted_table_is_right() -> None:
    assert said(SORTED) == ("correct", "Yes: 2 rows stand in both tables, and “b” comes first.")
    assert said(COUNTS.merge(TAGS).sort_values("times", ascending=False))[0] == "correct"
    status, words = said(SORTED.assign(often=SORTED["times"] > 5))
    assert status == "correct"
    assert "“often”" in words


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (TAGS.merge, "brackets"),
        (3, "type int"),
        (TAGS, "“times” is missing"),
        (COUNTS, "“tagged” is missing"),
        (SORTED[["place", "times"]], "“tagged” is missing"),
        (TAGS.merge(COUNTS, how="left"), "3 rows; 2 stand"),
        (SORTED.head(1), "1 of the 2 rows"),
        (SORTED.assign(times=[2, 7]), "do not go together"),
        (JOINED, "ascending=False"),
        (SORTED.sort_values("times"), "wrong way"),
    ],
)
def test_each_slip_has_its_hint(answer: object, hint: str) -> None:
    status, words = said(answer)
    assert status == "not yet"
    assert hint in words


def test_joined_but_in_no_order() -> None:
    tags = pd.DataFrame({"place": list("abc"), "tagged": "area"})
    counts = pd.DataFrame({"place": list("abc"), "times": [2, 9, 5]})
    result = check_merge(tags.merge(counts), tags, counts, "place", "times")
    assert "not sorted yet" in str(result)


@pytest.mark.parametrize("answer", [None, ...])
def test_not_attempted(answer: object) -> None:
    assert said(answer)[0] == "not attempted"
    assert check_merge(SORTED, TAGS.iloc[:0], COUNTS, "place", "times").status == "not attempted"
