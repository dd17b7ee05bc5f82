"""Checks: an answer and a reference in, a ``Result`` out. Widgets only show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from whosays.measures.ladder import RUNGS
from whosays.model import Span
from whosays.pack import Pack

Status = Literal["not attempted", "not yet", "correct"]

# What to ask a reader who chose this rung and is not there yet.
LOOK_FOR = {
    5: "Whose exact words would these be? Look for quotation marks and a name that speaks them.",
    4: "Who is named? Count the people in the sentence who speak.",
    3: "Which organisation or government stands behind it? Is it the one that speaks?",
    2: "Is there a group that speaks? Or does the writer look into people’s heads?",
    1: "Is there really no source? Look for a name, a group or a verb such as “said”.",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One accepted rung of a sentence: why a careful reader puts it there, and the words that decide."""

    rung: int
    words: str
    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class SentenceKey:
    """The reference coding of one sentence. ``readings`` holds every accepted rung, the reference first."""

    sentence_id: str
    rung: int
    contested: bool
    readings: tuple[Reading, ...]

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
    if "reasons" in pack.reference:
        for row in pack.reference["reasons"].itertuples(index=False):
            reading = Reading(int(row.rung), str(row.text), Span(int(row.start), int(row.end)), str(row.reason))
            readings.setdefault(str(row.sentence_id), []).append(reading)
    return {
        str(row.sentence_id): SentenceKey(
            str(row.sentence_id), int(row.rung), bool(row.contested_rung),
            tuple(sorted(readings.get(str(row.sentence_id), ()), key=lambda r: r.rung != row.rung)),
        )
        for row in pack.reference["sentences"].itertuples(index=False)
    }


def check_rung(answer: int | None, key: SentenceKey) -> Result:
    """Compare a chosen rung (1–5) with the reference coding of the sentence."""
    if answer is None:
        return Result("not attempted", 0.0, "Not answered yet.")
    first = key.readings[0] if key.readings else None
    chosen = key.reading(answer)
    if answer == key.rung or chosen is not None:
        reading = chosen or first
        words, spans = ((reading.words,), (reading.span,)) if reading else ((), ())
        detail = (reading.reason,) if reading else ()
        if key.contested:
            message = f"Careful readers split here. Your {answer} counts in full."
        else:
            message = f"The reference coding agrees: rung {answer}, {RUNGS[answer].lower()}."
        return Result("correct", 1.0, message, detail, words, spans, key.contested)
    words, spans = ((first.words,), (first.span,)) if first else ((), ())
    message = f"Not yet: you chose {answer}, {RUNGS[answer].lower()}."
    return Result("not yet", 0.0, message, (LOOK_FOR[answer],), words, spans, key.contested)


def show_reference(key: SentenceKey) -> Result:
    """The reference reading in full, for a student who asks to see it."""
    first = key.readings[0] if key.readings else None
    message = f"The reference coding: rung {key.rung}, {RUNGS[key.rung].lower()}."
    if first is None:
        return Result("not yet", 0.0, message)
    return Result("not yet", 0.0, message, (first.reason,), (first.words,), (first.span,), key.contested)


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
    options = pack.tables["item_options"]
    if "item_options" in pack.reference:
        key = pack.reference["item_options"].rename(columns={"option_id": "id"})
        options = options.merge(key, on="id", how="left", validate="one_to_one")
    grouped: dict[str, list[Option]] = {}
    for row in options.to_dict("records"):
        correct = row.get("correct")
        option = Option(
            str(row["id"]), str(row["text"]), None if correct is None or pd.isna(correct) else bool(correct),
            _text(row.get("feedback")), _text(row.get("misconception")),
        )
        grouped.setdefault(str(row["item_id"]), []).append(option)
    stems: Sequence[dict[str, object]] = pack.tables["items"].to_dict("records")  # type: ignore[assignment]
    return {str(r["id"]): Item(str(r["id"]), str(r["stem"]), tuple(grouped.get(str(r["id"]), ()))) for r in stems}


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
    """Compare ``answer`` with the counts of the column ``rung`` in ``table``; order and empty rungs do not matter."""
    if answer is None or answer is ...:
        return Result("not attempted", 0.0, "Not attempted yet: put your line in place of the three dots.")
    right = {int(k): int(v) for k, v in table["rung"].value_counts().items()}
    if not isinstance(answer, pd.Series):
        found = type(answer).__name__
        return Result("not yet", 0.0, f"Not yet: counts is a {found}. Counting a column gives a Series.",
                      ("Write the column first, then .value_counts() with its brackets.",))
    try:
        found = {int(k): int(v) for k, v in answer.items() if v}
    except (TypeError, ValueError):
        return Result("not yet", 0.0, "Not yet: counts holds something else than rungs and numbers.", ('Take the column "rung".',))
    if found == right:
        return Result("correct", 1.0, f"Yes: {sum(right.values())} sentences counted, rung by rung.")
    return Result("not yet", 0.0, f"Not yet: your counts add up to {sum(found.values())}; the table holds {sum(right.values())} rungs.",
                  ('Look at the column: is it "rung"? Is it the whole table?',))


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)
