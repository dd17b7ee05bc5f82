"""Does the text agree with itself: one or two sentences and a type, beside the tensions of the reference."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from helpers import KIT
from packs import copy_pack
from whosays import pack
from whosays.checks import ClashResult, Tension, agreements, check_clash, tensions
from whosays.checks.clashes import DEFENSIBLE, KINDS, ONE_SIDE, OPEN, OUTSIDE, Agreement, Outcome
from whosays.pack import Pack

PACK = pack.load(KIT / "data")
KNOWN = tensions(PACK)
AGREE = agreements(PACK)
IDS = list(PACK.sentences["id"])
ROWS = {row["id"]: row for row in pack.records(PACK.reference["tensions"])}
PAIRS = [frozenset((row["a"], row["b"])) for row in pack.records(PACK.reference["agreements"])]
PICKS = [(sid,) for sid in IDS] + list(itertools.combinations(IDS, 2))

# A small list of its own: two sides, one side of several sentences, and one that takes another source.
SMALL = {
    t.id: t
    for t in (
        Tension("t1", "number", "Two or three?", ("a",), ("b", "c"), "“two”, then “three”.", "Count."),
        Tension("t2", "speaker", "Nobody", ("d", "e"), (), "No name.", "Nobody to ask."),
        Tension("t3", OUTSIDE, "Elsewhere", ("f",), (), "Others say “six”.", "One is wrong."),
        Tension("t4", "number", "Many", ("a", "x", "y"), ("b", "z"), "Many “threes”.", "Count again."),
    )
}
TWINS = {"g1": Agreement("g1", "a", "g", "Both say “two”.", "g"), "g2": Agreement("g2", "g", "h", "Alike.")}


def small(*sentences: str, kind: str = "number") -> ClashResult:
    return check_clash(sentences, kind, SMALL, TWINS)


def check(*sentences: str, kind: str) -> ClashResult:
    return check_clash(sentences, kind, KNOWN, AGREE)


def exactly(row: dict[str, object]) -> set[frozenset[str]]:
    """Every choice of sentences that is this tension, as its row says."""
    a, b = row["a"], row["b"]
    assert isinstance(a, tuple)
    assert isinstance(b, tuple)
    if b:
        return {frozenset(pair) for pair in itertools.product(a, b)}
    return {frozenset((sid,)) for sid in a} | {frozenset(pair) for pair in itertools.combinations(a, 2)}


FITS = {tid: exactly(row) for tid, row in ROWS.items()}


# The tables -------------------------------------------------------------------------------------------------


def test_the_tensions_come_as_they_stand_in_the_table() -> None:
    assert list(KNOWN) == list(ROWS)
    assert len(KNOWN) == 22
    for tid, row in ROWS.items():
        t = KNOWN[tid]
        assert (t.kind, t.title, t.a, t.b, t.what, t.why) == tuple(
            row[name] for name in ("kind", "title", "a", "b", "what", "why")
        )
        assert [e.id for e in t.evidence] == list(row["evidence"])
        assert t.outside == bool(t.evidence) == (row["kind"] == "outside the text")
        assert t.outside or t.kind in KINDS


def test_a_source_has_an_address_only_where_students_may_go() -> None:
    rows = {row["id"]: row for row in pack.records(PACK.evidence)}
    used = [e for t in KNOWN.values() for e in t.evidence]
    assert {bool(e.address) for e in used} == {True, False}
    for e in used:
        assert bool(e.address) == bool(rows[e.id]["link_ok"])
        assert (e.publisher, e.seen) == (rows[e.id]["publisher"], rows[e.id]["seen"])


def test_a_pair_that_agrees_is_no_tension() -> None:
    assert not [p for p in PAIRS for tid, fits in FITS.items() if not KNOWN[tid].outside and p in fits]
    assert all(a.gains in ("", a.a, a.b) for a in AGREE.values())
    assert any(a.gains for a in AGREE.values())
    assert not all(a.gains for a in AGREE.values())


def test_a_pack_without_the_tables_has_no_tensions(tmp_path: Path) -> None:
    student = pack.load(copy_pack(tmp_path, reference=False))
    assert (tensions(student), agreements(student)) == ({}, {})


def test_an_invented_pack_has_its_own() -> None:
    six = pack.load(KIT / "tests" / "six_sentences")
    known, agree = tensions(six), agreements(six)
    for t in known.values():
        picked = (t.a[0], t.b[0]) if t.b else (t.a[0],)
        assert check_clash(picked, t.kind, known, agree).message == f"This one is on our list: {t.named}"
    for g in agree.values():
        assert check_clash((g.a, g.b), "grammar", known, agree).outcome == "agree"


def test_evidence_that_a_pack_does_not_have_is_left_out() -> None:
    bare = replace(PACK, tables={name: t for name, t in PACK.tables.items() if name != "evidence"})
    assert not any(t.evidence for t in tensions(bare).values())


# Every tension ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tid", [t.id for t in KNOWN.values() if not t.outside])
def test_sentences_and_type_of_a_tension_are_keyed_in_either_order(tid: str) -> None:
    t = KNOWN[tid]
    for fit in FITS[tid]:
        for picked in itertools.permutations(fit):
            result = check(*picked, kind=t.kind)
            assert (result.outcome, result.status, result.score) == ("keyed", "correct", 1.0)
            assert t in result.told
            assert t.what in str(result)
            assert t.why in result.detail
            assert result.message.startswith("This one is on our list: ")


@pytest.mark.parametrize("tid", [t.id for t in KNOWN.values() if not t.outside])
def test_the_right_sentences_under_another_type_are_defensible(tid: str) -> None:
    t, seen = KNOWN[tid], 0
    for fit in FITS[tid]:
        for kind in KINDS.keys() - {t.kind}:
            result = check(*fit, kind=kind)
            if result.outcome in ("keyed", "one side"):
                continue  # these sentences are part of another tension, of that type
            seen += 1
            assert (result.outcome, result.message) == ("defensible", DEFENSIBLE)
            assert result.detail[0] == f"You chose “{kind}” ({KINDS[kind]})."
            assert f"under “{t.kind}” ({KINDS[t.kind]}): {t.named} {t.what}" in str(result)
            assert t.why in result.detail
    assert seen


@pytest.mark.parametrize("tid", [t.id for t in KNOWN.values() if t.outside])
def test_what_lies_outside_the_text_is_defensible_with_its_evidence(tid: str) -> None:
    t = KNOWN[tid]
    results = [check(*fit, kind=kind) for fit in FITS[tid] for kind in KINDS]
    told = [result for result in results if t in result.told]
    assert told
    for result in told:
        assert (result.outcome, result.message) == ("defensible", DEFENSIBLE)
        assert "it takes another source." in str(result)
        at = result.detail.index(f"{t.named} {t.what}")
        assert result.detail[at + 1] == t.why
        assert [other.outside for other in result.told] == sorted(other.outside for other in result.told)


@pytest.mark.parametrize("tid", [t.id for t in KNOWN.values() if t.b])
def test_one_side_of_a_tension_asks_for_the_other_and_tells_nothing_else(tid: str) -> None:
    t = KNOWN[tid]
    for side in (t.a, t.b):
        for picked in [(sid,) for sid in side] + list(itertools.combinations(side, 2)):
            result = check(*picked, kind=t.kind)
            if frozenset(picked) in PAIRS:
                assert result.outcome == "agree"
            elif result.outcome != "keyed":  # by another tension
                assert (result.outcome, result.message, result.status) == ("one side", ONE_SIDE, "not yet")
                assert result.detail[0].endswith("Your type fits.")
                assert not result.told


def test_every_outcome_of_every_choice() -> None:
    """Each choice is judged here from the rows alone; what comes first goes before the rest."""
    listed = {sid for row in ROWS.values() for sid in (*row["a"], *row["b"])}
    inside = [row for row in ROWS.values() if row["kind"] != OUTSIDE]
    seen: set[str] = set()
    for picked, kind in itertools.product(PICKS, KINDS):
        these = frozenset(picked)
        halves = {
            row["kind"] for row in inside if row["b"] and (these <= {*row["a"]} or these <= {*row["b"]})
        }
        if any(row["kind"] == kind and these in FITS[row["id"]] for row in inside):
            expected = "keyed"
        elif these in PAIRS:
            expected = "agree"
        elif kind in halves:
            expected = "one side"
        elif any(these in fits for fits in FITS.values()):
            expected = "defensible"
        elif halves:
            expected = "one side"
        else:
            expected = "open"
        result = check(*picked, kind=kind)
        assert result.outcome == expected, (picked, kind, result)
        assert (result.status == "correct") == (expected == "keyed")
        assert bool(result.detail) == (expected != "open" or bool(these & listed))
        hidden = [t for t in KNOWN.values() if t not in result.told]
        assert not [t.id for t in hidden if t.what in str(result) or t.why in result.detail], (picked, kind)
        seen.add(result.outcome)
    assert len(PICKS) == 31 * 30 // 2 + 31
    assert seen == {*get_args(Outcome)} - {"saved"}


# One outcome each -------------------------------------------------------------------------------------------


def test_two_tensions_hit_at_once_are_both_told_the_narrower_one_first() -> None:
    result = small("b", "a")
    assert [t.id for t in result.told] == ["t1", "t4"]
    assert result.message == "This one is on our list: Two or three?"
    assert result.detail == (
        "“two”, then “three”.",
        "Count.",
        "It is part of another one, too: Many. Many “threes”.",
        "Count again.",
    )
    assert result.words == ("two", "three", "threes")


@pytest.mark.parametrize(("picked", "outcome"), [(("d",), "keyed"), (("e", "d"), "keyed")])
def test_where_one_side_is_enough_one_or_two_sentences_of_it_are_keyed(
    picked: tuple[str, ...], outcome: str
) -> None:
    assert small(*picked, kind="speaker").outcome == outcome


@pytest.mark.parametrize(("picked", "kind", "says"), [("a", "number", "fits"), ("a", "time", "another one")])
def test_one_side_says_whether_the_type_fits(picked: str, kind: str, says: str) -> None:
    result = small(picked, kind=kind)
    assert result.outcome == "one side"
    assert f"Our list sets {picked} against another sentence." in result.detail[0]
    assert says in result.detail[0]


def test_what_takes_another_source_says_so() -> None:
    result = small("f")
    assert (result.outcome, result.contested) == ("defensible", True)
    first, what, why = result.detail
    assert first == "The text alone does not show what our list has here: it takes another source."
    assert (what, why) == ("Elsewhere. Others say “six”.", "One is wrong.")


def test_a_pair_that_agrees_is_said_to_and_who_gains() -> None:
    result = small("g", "a")
    assert (result.outcome, result.status) == ("agree", "not yet")
    assert result.message == "These agree: look again at g and a."
    gains = "You can check more of g than it seems: a gives words you can look up."
    assert result.detail == ("Both say “two”.", gains)
    assert result.words == ("two",)
    assert small("g", "h").detail == ("Alike.",)
    assert check_clash(("g", "h"), "number", SMALL).outcome == "open", "a pack may have no such table"


@pytest.mark.parametrize(
    ("picked", "kind", "line"),
    [
        (("a", "q"), "number", "sets a against another sentence than q, under “number”, too: Two or three?"),
        (
            ("a", "q"),
            "time",
            "sets a against another sentence than q, under “number”, not “time”: Two or three?",
        ),
        (("q", "d"), "time", "has d without q, under “speaker”, not “time”: Nobody."),
        (("q", "f"), "time", "has f without q, and it takes another source: Elsewhere."),
    ],
)
def test_one_sentence_of_two_is_placed_but_not_explained(
    picked: tuple[str, ...], kind: str, line: str
) -> None:
    result = small(*picked, kind=kind)
    assert (result.outcome, result.message, result.detail) == (
        "open",
        OPEN,
        (f"Our list {line}",),
    )
    assert not result.told
    assert not result.words


@pytest.mark.parametrize(
    ("kind", "tid"), [("number", "t4"), ("grammar", "t5"), ("speaker", "t2"), ("scope", "t5")]
)
def test_a_sentence_is_placed_in_the_nearest_of_its_tensions(kind: str, tid: str) -> None:
    """One of the chosen type first, then the narrower one; one that takes another source last."""
    many = {
        "t6": Tension("t6", OUTSIDE, "Out", ("s",), (), "", ""),
        "t4": Tension("t4", "number", "Many", ("s", "x", "y"), ("b", "z"), "", ""),
        "t2": Tension("t2", "speaker", "Nobody", ("s", "e", "f"), (), "", ""),
        "t5": Tension("t5", "time", "When", ("s",), ("e",), "", ""),
    }
    (line,) = check_clash(("s", "q"), kind, many).detail
    assert line.endswith(many[tid].named)


def test_both_of_two_are_placed_if_both_are_listed_apart() -> None:
    result = small("a", "d")
    assert [line.split()[3] for line in result.detail] == ["a", "d"]


def test_what_is_not_listed_is_kept_without_a_verdict() -> None:
    for picked in (("q",), ("q", "r")):
        result = small(*picked)
        assert (result.outcome, result.message, result.detail) == ("open", OPEN, ())
        assert (result.status, result.score) == ("not attempted", 0.0)


def test_without_a_reference_the_find_is_saved() -> None:
    result = check_clash(("s01", "s22"), "number", {})
    assert (result.outcome, result.status) == ("saved", "not attempted")
    assert str(result) == "Saved. Your teacher will show the class view."


def test_deciding_words_are_words_of_the_text_or_of_its_source() -> None:
    assert check("s01", "s22", kind="number").words[:2] == (
        "Russia, China, Iran and North Korea",
        "the four countries",
    )


@pytest.mark.parametrize(
    ("sentences", "kind", "named"),
    [
        ((), "number", "pick one or two"),
        (("s01", "s02", "s03"), "number", "pick one or two"),
        (("s01", "s01"), "number", "different"),
        (("s01",), OUTSIDE, "number, time, speaker, scope, grammar"),
        (("s01",), "", "the types are"),
    ],
)
@pytest.mark.parametrize("known", [KNOWN, {}])
def test_a_choice_that_is_none_is_refused(
    sentences: tuple[str, ...], kind: str, named: str, known: dict[str, Tension]
) -> None:
    with pytest.raises(ValueError, match=named):
        check_clash(sentences, kind, known)


def test_the_pack_is_not_changed() -> None:
    def shown(loaded: Pack) -> str:
        return loaded.reference["tensions"].to_json() + loaded.reference["agreements"].to_json()

    before = shown(PACK)
    check("s01", "s22", kind="number")
    assert shown(PACK) == before
