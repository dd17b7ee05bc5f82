"""The rung of a sentence: an answer beside the reference coding."""

from __future__ import annotations

from dataclasses import dataclass

from whosays.checks.result import Result
from whosays.measures.ladder import RUNGS
from whosays.model import Span
from whosays.pack import Pack, records

# What to ask a reader who chose this rung: where the reference stands below it, and where it stands above.
LOOK_FOR = {
    5: ("Do the quotation marks hold somebody’s whole statement, or only a few borrowed words?", ""),
    4: (
        "Who is named? Count the people in the sentence who speak.",
        "Somebody is named. Is the statement retold, or can you read it word for word?",
    ),
    3: (
        "Does an organisation tell us so? Or does the writer tell us about it?",
        "Is it an organisation that speaks? Or somebody with a name?",
    ),
    2: (
        "Does this group tell us so? Or does the writer look into people’s heads?",
        "Is it a group that nobody could phone? Or can you find out who it is?",
    ),
    1: ("", "Is there really no source? Look for somebody who speaks, and for a verb such as “said”."),
}
NO_MARKS = "Exact words stand between quotation marks. Are there any here?"


@dataclass(frozen=True, slots=True)
class Reading:
    """One accepted rung of a sentence: why a careful reader puts it there, and the words that decide."""

    rung: int
    words: str
    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class SentenceKey:
    """The reference coding of one sentence.

    ``accepted`` holds every rung that counts in full and ``readings`` the reasons given for them, both with
    the reference first. ``quoted`` says whether any words of the sentence stand in quotation marks.
    """

    sentence_id: str
    rung: int
    contested: bool
    readings: tuple[Reading, ...]
    accepted: tuple[int, ...]
    quoted: bool = True

    def reading(self, rung: int) -> Reading | None:
        return next((r for r in self.readings if r.rung == rung), None)


def rung_keys(pack: Pack) -> dict[str, SentenceKey]:
    """The reference coding by sentence id; empty where the pack has no reference."""
    if not pack.has_reference:
        return {}
    readings: dict[str, list[Reading]] = {}
    for row in records(pack.reference["reasons"]) if "reasons" in pack.reference else ():
        reading = Reading(row["rung"], row["text"], Span(row["start"], row["end"]), row["reason"])
        readings.setdefault(row["sentence_id"], []).append(reading)
    text = dict(zip(pack.sentences["id"], pack.sentences["text"], strict=True))
    keys = {}
    for row in records(pack.reference["sentences"]):
        sid, rung = row["sentence_id"], row["rung"]
        accepted = tuple(dict.fromkeys((rung, *row["accept_rung"])))
        given = sorted(readings.get(sid, ()), key=lambda r, first=rung: r.rung != first)
        reasons = tuple(r for r in given if r.rung in accepted)
        quoted = "“" in text.get(sid, "“")
        keys[sid] = SentenceKey(sid, rung, row["contested_rung"], reasons, accepted, quoted)
    return keys


def _look_for(answer: int, key: SentenceKey) -> str:
    if answer == max(RUNGS) and not key.quoted:
        return NO_MARKS
    too_high, too_low = LOOK_FOR[answer]
    return too_low if answer < key.rung else too_high


def check_rung(answer: int | None, key: SentenceKey) -> Result:
    """Compare a chosen rung with the reference coding of the sentence. Raises ValueError if it is no rung."""
    if answer is None:
        return Result("not attempted", 0.0, "Not answered yet.")
    if answer not in RUNGS:
        raise ValueError(f"rung {answer!r}: the ladder has rungs 1 to 5")
    name = RUNGS[answer].lower()
    if answer not in key.accepted:
        words, spans, _ = _parts(key.readings[0] if key.readings else None)
        message = f"Not yet: you chose {answer}, {name}."
        return Result("not yet", 0.0, message, (_look_for(answer, key),), words, spans, key.contested)
    words, spans, detail = _parts(key.reading(answer))
    message = f"The reference coding agrees: rung {answer}, {name}."
    if key.contested or answer != key.rung:
        message = f"Careful readers split here. Your {answer} counts in full."
    return Result("correct", 1.0, message, detail, words, spans, key.contested)


def _parts(reading: Reading | None) -> tuple[tuple[str, ...], tuple[Span, ...], tuple[str, ...]]:
    """The deciding words, their span and the reason, as a ``Result`` holds them."""
    return ((reading.words,), (reading.span,), (reading.reason,)) if reading else ((), (), ())


def show_reference(key: SentenceKey) -> Result:
    """The reference reading in full, for a student who asks to see it."""
    words, spans, detail = _parts(key.reading(key.rung))
    message = f"The reference coding: rung {key.rung}, {RUNGS[key.rung].lower()}."
    return Result("not yet", 0.0, message, detail, words, spans, key.contested)
