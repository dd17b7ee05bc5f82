"""Could anyone check this claim, when, and by looking at what? An answer beside the reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whosays.checks.result import Result
from whosays.model import Span
from whosays.pack import Pack, records

WHEN = {
    "now": "Now: there is a way on that day",
    "later": "Later: not yet on that day",
    "never": "Never: nothing settles it",
}
LOOK_AT = {
    "transcript": "a transcript: what was said",
    "count": "a count: numbers",
    "document": "a document: papers, reports",
    "poll": "a poll: ask many people",
    "wait": "wait and see",
    "nothing": "nothing",
}
# What to ask a reader who chose the first of two times where the reference has the second.
ASK_ABOUT = {
    ("now", "later"): "Had it happened by the day of the article? Or does it lie ahead?",
    ("now", "never"): "What would settle it: a figure, a paper? Or is it a view, or a wish?",
    ("later", "now"): "Is it about something that was there on that day? Then somebody could look.",
    ("later", "never"): "Will time settle it? Or will people still see it in different ways?",
    ("never", "now"): "Could somebody read it, count it or look it up? People may still argue about it.",
    ("never", "later"): "Nobody could tell on that day. But will a day come when somebody can?",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One source about a claim. ``address`` is empty unless a student may safely open it."""

    id: str
    title: str
    publisher: str
    date: str
    kind: str
    seen: bool
    says: str
    address: str


@dataclass(frozen=True, slots=True)
class ClaimKey:
    """The reference coding of one claim: kind, when it can be checked and how, and two dated verdicts.

    ``accepted`` holds every time that counts in full, the reference first.
    """

    claim_id: str
    kind: str
    kind_reason: str
    when: str
    accepted: tuple[str, ...]
    look_at: str
    when_reason: str
    words: str
    span: Span
    verdict: str
    later: str
    later_date: str
    note: str
    evidence: tuple[Evidence, ...]


def claim_keys(pack: Pack) -> dict[str, ClaimKey]:
    """The checked claims by id; empty where the pack has no reference."""
    if "claims" not in pack.tables or "claims" not in pack.reference:
        return {}
    known = evidence(pack)
    found: dict[str, list[Evidence]] = {}
    if "claim_evidence" in pack.tables:
        for row in records(pack.tables["claim_evidence"]):
            if row["evidence_id"] in known:
                found.setdefault(row["claim_id"], []).append(known[row["evidence_id"]])
    keys = {}
    for row in records(pack.reference["claims"]):
        cid = row["claim_id"]
        keys[cid] = ClaimKey(
            claim_id=cid,
            kind=row["kind"],
            kind_reason=row["kind_reason"],
            when=row["when"],
            accepted=tuple(dict.fromkeys((row["when"], *row.get("accept_when", ())))),
            look_at=row["look_at"],
            when_reason=row["when_reason"],
            words=row["text"],
            span=Span(row["start"], row["end"]),
            verdict=_text(row["verdict_at_date"]),
            later=_text(row["verdict_later"]),
            later_date=_text(row["verdict_later_date"]),
            note=_text(row["note"]),
            evidence=tuple(found.get(cid, ())),
        )
    return keys


def evidence(pack: Pack) -> dict[str, Evidence]:
    """The evidence of a pack by id; empty where it has none."""
    if "evidence" not in pack.tables:
        return {}
    return {
        row["id"]: Evidence(
            id=row["id"],
            title=row["title"],
            publisher=_text(row["publisher"]),
            date=_text(row["date"]),
            kind=_text(row.get("kind")),
            seen=bool(row["seen"]),
            says=_text(row["says"]),
            address=_text(row["address"]) if row["link_ok"] else "",
        )
        for row in records(pack.tables["evidence"])
    }


def check_claim(when: str | None, look_at: str | None, key: ClaimKey) -> Result:
    """Compare when and how a reader would check a claim with the reference.

    The time decides. Another place to look than the reference's takes nothing away but is told.
    """
    if when is None:
        return Result("not attempted", 0.0, "Not answered yet.")
    if when not in key.accepted:
        ask = ASK_ABOUT.get((when, key.when), "")
        message = f"Not yet: you chose {_label(WHEN, when)}."
        return Result("not yet", 0.0, message, (ask,), (key.words,), (key.span,))
    others = " and ".join(_label(WHEN, other) for other in key.accepted if other != when)
    if others:
        message = (
            f"Careful readers split here. Your {_label(WHEN, when)} counts in full, and so does {others}."
        )
        return _found(message, "correct", look_at, key)
    return _found(f"The reference agrees: {_label(WHEN, when)}.", "correct", look_at, key)


def show_claim(look_at: str | None, key: ClaimKey) -> Result:
    """The reference for a reader who asks to see it."""
    return _found(f"The reference: {_label(WHEN, key.when)}.", "not yet", look_at, key)


def _found(message: str, status: Any, look_at: str | None, key: ClaimKey) -> Result:
    detail = [key.when_reason]
    if look_at is not None and look_at != key.look_at:
        mine, theirs = _label(LOOK_AT, look_at), _label(LOOK_AT, key.look_at)
        detail.append(f"What to look at: you chose {mine}, and the reference has {theirs}.")
    split = len(key.accepted) > 1
    score = float(status == "correct")
    return Result(status, score, message, tuple(detail), (key.words,), (key.span,), split)


def _label(options: Mapping[str, str], value: str) -> str:
    """The words on the button, up to the colon."""
    return f"“{options.get(value, value).partition(':')[0]}”"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
