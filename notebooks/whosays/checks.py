"""Checks: an answer and a reference in, a ``Result`` out. Widgets only show it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from whosays.measures.ladder import RUNGS
from whosays.model import Span
from whosays.pack import Pack, records

Status = Literal["not attempted", "not yet", "correct"]

# What to ask a reader who chose this rung: where the reference stands below it, and where it stands above.
LOOK_FOR = {
    5: ("Do the marks hold somebody’s whole statement, or only a few borrowed words?", ""),
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


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found.

    ``score`` runs from 0 to 1, ``message`` is one sentence, ``detail`` says why, ``words`` are the deciding
    words as they stand in the text, ``spans`` where they stand.
    """

    status: Status
    score: float
    message: str
    detail: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    contested: bool = False

    def __str__(self) -> str:
        return " ".join((self.message, *self.detail))


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


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a multiple-choice item; ``correct`` and ``feedback`` only with the reference."""

    id: str
    text: str
    correct: bool | None = None
    feedback: str = ""
    misconception: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A multiple-choice item with its options in the order they are shown."""

    id: str
    stem: str
    options: tuple[Option, ...]


def items(pack: Pack) -> dict[str, Item]:
    """The multiple-choice items of a pack by id."""
    if "items" not in pack.tables or "item_options" not in pack.tables:
        return {}
    key: dict[str, dict[str, Any]] = {}
    if "item_options" in pack.reference:
        key = {row["option_id"]: row for row in records(pack.reference["item_options"])}
    options: dict[str, list[Option]] = {}
    for row in records(pack.tables["item_options"]):
        known = key.get(row["id"], {})
        feedback, misconception = _text(known.get("feedback")), _text(known.get("misconception"))
        option = Option(row["id"], row["text"], known.get("correct"), feedback, misconception)
        options.setdefault(row["item_id"], []).append(option)
    return {
        row["id"]: Item(row["id"], row["stem"], tuple(options.get(row["id"], ())))
        for row in records(pack.tables["items"])
    }


def check_choice(option_id: str | None, item: Item) -> Result:
    """Compare a chosen option with the item's right one; every option has its own feedback."""
    option = next((o for o in item.options if o.id == option_id), None)
    if option is None:
        return Result("not attempted", 0.0, "Not answered yet.")
    if option.correct is None:
        return Result("not attempted", 0.0, "Saved. Your teacher will show the class view.")
    status: Status = "correct" if option.correct else "not yet"
    head = "That is the best answer." if option.correct else "Not yet."
    return Result(status, float(option.correct), head, (option.feedback,) if option.feedback else ())


def check_counts(answer: object, table: pd.DataFrame) -> Result:
    """Compare ``answer`` with the counts of the column ``rung``; order and empty rungs do not matter."""
    if answer is None or answer is ...:
        return Result("not attempted", 0.0, "Not attempted yet: put your line in place of the three dots.")
    right = dict(Counter(int(rung) for rung in table["rung"].dropna()))
    n = sum(right.values())
    if not n:
        return Result("not attempted", 0.0, "Nothing to count yet: put some sentences on the ladder first.")
    if callable(answer):
        detail = ("Python calls a method only with brackets behind it: .value_counts()",)
        return Result("not yet", 0.0, "Not yet: the two brackets are missing.", detail)
    if not isinstance(answer, pd.Series):
        message = f"Not yet: counts is of type {type(answer).__name__}. Counting a column gives a Series."
        return Result(
            "not yet", 0.0, message, ("Write the column first, then .value_counts() with its brackets.",)
        )
    column = next((name for name in table.columns if answer.equals(table[name])), None)
    if column is not None:
        message = f"Not yet: you have the column “{column}”. Now count it."
        return Result("not yet", 0.0, message, ("Add .value_counts() behind it, with the brackets.",))
    counted: list[tuple[Any, Any]] = list(answer.items())
    try:
        found = {_whole(k): _whole(v) for k, v in counted if not pd.isna(k) and v}
    except (TypeError, ValueError, OverflowError):
        message = "Not yet: counts holds something else than rungs and whole numbers."
        return Result("not yet", 0.0, message, ('Take the column "rung" and count it.',))
    if found == right:
        return Result("correct", 1.0, f"Yes: {n} sentences counted, rung by rung.")
    for name in table.columns:
        other = dict(Counter(_whole(v) for v in table[name] if _is_whole(v)))
        if other and found == other:
            return Result("correct", 1.0, f"Yes: now you have counted the column “{name}”.")
    message = f"Not yet: your counts add up to {sum(found.values())}; the table holds {n} rungs."
    if sum(found.values()) == n:
        message = f"Not yet: your counts add up to {n}, but other rungs were counted than those of the table."
    return Result("not yet", 0.0, message, ('Look at the column: is it "rung"? Is it the whole table?',))


def _is_whole(value: Any) -> bool:
    return not isinstance(value, str) and not pd.isna(value) and value == int(value)


def _whole(value: Any) -> int:
    """The value as a whole number. Raises ValueError, OverflowError or TypeError if it is none."""
    if isinstance(value, str) or value != int(value):
        raise ValueError(value)
    return int(value)


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
