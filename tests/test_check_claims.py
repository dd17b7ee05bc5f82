"""Could anyone check it, when, and by looking at what: an answer beside the reference."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from helpers import DATA
from packs import copy_pack, sentences_pack
from whosays import pack
from whosays.checks import ClaimKey, check_claim, claim_keys, evidence, show_claim
from whosays.checks.claims import ASK_ABOUT, LOOK_AT, WHEN
from whosays.model import Span

PACK = pack.load(DATA)
KEYS = claim_keys(PACK)
ROWS = {row["claim_id"]: row for row in pack.records(PACK.reference["claims"])}
SOURCES = {row["id"]: row for row in pack.records(PACK.tables["evidence"])}
KEY = ClaimKey(
    "cl01",
    "prediction",
    "It points ahead.",
    "later",
    ("later",),
    "wait",
    "It lies ahead.",
    "will hold",
    Span(4, 13),
    "not checkable",
    "",
    "",
    "",
    (),
)


def test_a_key_holds_what_the_reference_says() -> None:
    assert list(KEYS) == list(PACK.tables["claims"]["id"])
    for cid, key in KEYS.items():
        row = ROWS[cid]
        assert (key.kind, key.kind_reason) == (row["kind"], row["kind_reason"])
        assert (key.when, key.look_at, key.when_reason) == (row["when"], row["look_at"], row["when_reason"])
        assert (key.words, PACK.text[key.span.start : key.span.end]) == (row["text"], row["text"])
        assert (key.verdict, key.note) == (row["verdict_at_date"], row["note"])
        for mine, theirs in ((key.later, "verdict_later"), (key.later_date, "verdict_later_date")):
            assert mine == ("" if pd.isna(row[theirs]) else row[theirs])


def test_a_key_holds_its_evidence_in_the_order_of_the_table() -> None:
    pairs = pack.records(PACK.tables["claim_evidence"])
    for cid, key in KEYS.items():
        assert [e.id for e in key.evidence] == [r["evidence_id"] for r in pairs if r["claim_id"] == cid]
    assert max(len(key.evidence) for key in KEYS.values()) > 3


def test_evidence_has_an_address_only_where_a_student_may_open_it() -> None:
    known = evidence(PACK)
    assert known.keys() == SOURCES.keys()
    assert {source.seen for source in known.values()} == {True, False}
    assert any(not source.address for source in known.values())
    for eid, source in known.items():
        row = SOURCES[eid]
        assert source.address == (row["address"] if row["link_ok"] else "")
        assert (source.title, source.publisher, source.seen) == (row["title"], row["publisher"], row["seen"])
        assert source.date == ("" if pd.isna(row["date"]) else row["date"])
    unsafe = PACK.tables["evidence"].assign(link_ok=False)
    assert not any(e.address for e in evidence(replace(PACK, tables={"evidence": unsafe})).values())


@pytest.mark.parametrize("cid", KEYS)
def test_every_answer_to_every_claim(cid: str) -> None:
    key = KEYS[cid]
    secret = [key.kind_reason, key.when_reason, *filter(None, (key.note, key.later))]
    for when in WHEN:
        for look_at in LOOK_AT:
            result = check_claim(when, look_at, key)
            agrees = when in key.accepted
            assert (result.status, result.score) == (("correct", 1.0) if agrees else ("not yet", 0.0))
            assert (result.words, result.spans) == ((key.words,), (key.span,))
            assert all(result.detail)
            if agrees:
                assert result.detail[0] == key.when_reason
                assert len(result.detail) == 1 + (look_at != key.look_at)
            else:
                assert result.detail == (ASK_ABOUT[when, key.when],)
                assert not [text for text in secret if text in str(result)], "no key yet"


def test_where_readers_split_each_time_counts_and_says_so() -> None:
    key = replace(KEY, accepted=("later", "never"))
    for mine, other in (("later", "never"), ("never", "later")):
        result = check_claim(mine, "wait", key)
        assert (result.status, result.score, result.contested) == ("correct", 1.0, True)
        assert result.message.startswith("Careful readers split here.")
        assert f"Your “{mine.title()}” counts in full, and so does “{other.title()}”." in result.message
    assert check_claim("now", "wait", key).status == "not yet"
    assert not check_claim("later", "wait", KEY).contested


def test_each_pair_of_times_has_a_question_of_its_own() -> None:
    assert set(ASK_ABOUT) == {(mine, theirs) for mine in WHEN for theirs in WHEN if mine != theirs}
    assert len(set(ASK_ABOUT.values())) == len(ASK_ABOUT)
    assert all("?" in ask for ask in ASK_ABOUT.values())


def test_the_time_decides_and_another_place_to_look_is_told() -> None:
    same, other = check_claim("later", "wait", KEY), check_claim("later", "nothing", KEY)
    assert (same.message, same.detail) == ("The reference agrees: “Later”.", ("It lies ahead.",))
    assert (other.status, other.score, other.message) == ("correct", 1.0, same.message)
    assert other.detail[1] == "What to look at: you chose “nothing”, and the reference has “wait and see”."
    wrong = check_claim("now", "wait", KEY)
    assert (wrong.status, wrong.message) == ("not yet", "Not yet: you chose “Now”.")
    assert check_claim("later", None, KEY).detail == ("It lies ahead.",)


def test_an_open_claim_is_not_attempted() -> None:
    result = check_claim(None, "wait", KEY)
    assert (result.status, result.score, result.message) == ("not attempted", 0.0, "Not answered yet.")
    assert not result.words


def test_the_reference_is_shown_to_who_asks() -> None:
    shown = show_claim("count", KEY)
    assert (shown.status, shown.score, shown.message) == ("not yet", 0.0, "The reference: “Later”.")
    assert shown.detail == (
        "It lies ahead.",
        "What to look at: you chose “a count”, and the reference has “wait and see”.",
    )
    assert show_claim("wait", KEY).detail == show_claim(None, KEY).detail == ("It lies ahead.",)


def test_times_that_the_kit_does_not_know_break_nothing() -> None:
    strange = replace(KEY, when="soon", look_at="stars")
    assert check_claim("now", "wait", strange).status == "not yet"
    shown = show_claim("wait", strange)
    assert shown.message == "The reference: “soon”."
    assert shown.detail[1].endswith("the reference has “stars”.")


def test_cells_that_a_pack_may_leave_empty_are_empty_texts() -> None:
    empty = PACK.reference["claims"].assign(
        verdict_at_date=None, verdict_later=None, verdict_later_date=None, note=None
    )
    keys = claim_keys(replace(PACK, reference={"claims": empty}))
    assert {(k.verdict, k.later, k.later_date, k.note) for k in keys.values()} == {("", "", "", "")}
    bare = PACK.tables["evidence"].assign(publisher="P", date=None, address=None, says=None, link_ok=True)
    known = evidence(replace(PACK, tables={"evidence": bare}))
    assert {(e.date, e.address, e.says) for e in known.values()} == {("", "", "")}


def test_without_a_table_there_is_nothing_to_show(tmp_path: Path) -> None:
    assert claim_keys(pack.load(copy_pack(tmp_path / "student", reference=False))) == {}
    small = pack.load(sentences_pack(tmp_path / "small", [("x", 1, "One.", "true")]))
    assert claim_keys(small) == {}
    assert evidence(small) == {}
    lone = replace(PACK, tables={"claims": PACK.tables["claims"]})
    assert not any(key.evidence for key in claim_keys(lone).values())
    unlinked = replace(
        PACK, tables={name: PACK.tables[name] for name in ("claims", "claim_evidence")}
    )  # a list of evidence that is not there
    assert not any(key.evidence for key in claim_keys(unlinked).values())
