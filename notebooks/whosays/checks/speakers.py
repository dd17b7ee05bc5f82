"""Whose words a quotation gives: an answer beside the credit in the text and what could be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whosays.checks.result import Result
from whosays.pack import Pack, records

BOTH, CANNOT_TELL = "both", "cannot tell"
PROMISE = "Quotation marks are a promise about the words, not about their truth."


@dataclass(frozen=True, slots=True)
class QuoteKey:
    """One quotation: whom the text credits, the verb before it, and what a check of the words gave.

    ``checked`` are the speakers as far as they could be checked; ``parts`` are headings with one text each;
    ``flags`` is what to look out for.
    """

    quote_id: str
    credited: tuple[str, ...]
    verb: str
    checked: tuple[str, ...]
    title: str
    parts: tuple[tuple[str, str], ...]
    flags: tuple[str, ...] = ()


def quote_keys(pack: Pack) -> dict[str, QuoteKey]:
    """The checked quotations by id; empty where the pack has no reference."""
    if "quotes" not in pack.tables or "quotes" not in pack.reference:
        return {}
    checked = {row["quote_id"]: row for row in records(pack.reference["quotes"])}
    keys = {}
    for row in records(pack.tables["quotes"]):
        found = checked.get(row["id"])
        if found is None:
            continue
        heads = (("What holds up", "holds_up"), ("What does not", "differs"), ("Not settled", "unsettled"))
        parts = tuple((head, found[name]) for head, name in heads if isinstance(found[name], str))
        verb = row["cue"] if isinstance(row["cue"], str) else ""
        title = found["title"] if isinstance(found["title"], str) else ""
        keys[row["id"]] = QuoteKey(
            row["id"],
            tuple(row["credited_speakers"]),
            verb,
            tuple(found["checked_speakers"]),
            title,
            parts,
            tuple(found["flags"]),
        )
    return keys


def check_speaker(
    answer: str | None, same_words: str | None, key: QuoteKey, names: Mapping[str, Any]
) -> Result:
    """Compare the speaker a reader chose with the credit in the text.

    ``answer`` is an actor's id, “both” or “cannot tell”; ``same_words`` is “yes” or “no”: did two readers
    say the same words? It is anything else where nobody tried. ``names`` maps actors' ids to names.
    Where the text credits several people there is no comfortable answer: each of them, “both” and “cannot
    tell” count in full.
    """
    if answer is None:
        return Result("not attempted", 0.0, "Not answered yet.")
    credited = _credited(key, names)
    if len(key.credited) > 1 and answer in (*key.credited, BOTH, CANNOT_TELL):
        said = _shared(answer, same_words, credited, answer in key.checked)
        return Result("correct", 1.0, said, (PROMISE,), contested=True)
    if answer in key.credited or (answer == CANNOT_TELL and not key.credited):
        verb = f" The verb that goes with it: “{key.verb}”." if key.verb else ""
        return Result("correct", 1.0, f"Yes: the text credits {credited}.{verb}", (PROMISE,))
    who = f"which name goes with “{key.verb}”?" if key.verb else "which name goes with it?"
    look = (
        f"Look at the words around it: {who}",
        "If you find only he or she there, look one sentence back.",
    )
    if answer == BOTH:
        return Result("not yet", 0.0, "Not yet: how many people does the text name for these words?", look)
    if answer == CANNOT_TELL:
        return Result("not yet", 0.0, "Not yet: the text does say whose words these are.", look)
    return Result("not yet", 0.0, f"Not yet: you chose {names.get(answer, answer)}.", look)


def show_speaker(key: QuoteKey, names: Mapping[str, Any]) -> Result:
    """The credit in the text, for a reader who asks for it."""
    return Result("not yet", 0.0, f"The text credits {_credited(key, names)}.", (PROMISE,))


def _credited(key: QuoteKey, names: Mapping[str, Any]) -> str:
    return " and ".join(str(names.get(a, a)) for a in key.credited) or "nobody"


def _shared(answer: str, same_words: str | None, credited: str, checked: bool) -> str:
    if answer == BOTH and same_words == "yes":
        return f"The text says so, too: {credited}. But you two had the words in front of you."
    if answer == BOTH and same_words == "no":
        return f"The text gives it to {credited}. You tried it: two people rarely pick the same words."
    if answer == BOTH:
        return f"The text says so, too: {credited}. Try it: how often do two people pick the same words?"
    if answer == CANNOT_TELL:
        return (
            f"A careful answer. The text gives it to {credited}. That both said exactly this is not likely."
        )
    if checked:
        return f"The text gives it to {credited}. You doubt that, and with good reason."
    return f"The text gives it to {credited}. You doubt that. See below whom other reports name."
