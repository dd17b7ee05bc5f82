"""The kind of statement that a sentence makes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from whosays.checks.result import Result
from whosays.exercises.annotate.base import Accepted, Label, tidy
from whosays.measures.claims import KINDS
from whosays.pack import Pack, records

MEANS = {
    "fact": "A fact-claim can be checked, whoever makes it. What would you look up here, today?",
    "judgement": "A judgement rates or interprets. Which word here does that?",
    "prediction": "A prediction speaks of what may come. Which word here points to the future?",
    "call": "A call says what should be done. Which word here asks for something?",
}
# Instead of these, where the reference has another kind that is easily taken for the chosen one.
BESIDE = {
    (
        "prediction",
        "fact",
    ): "The words may look ahead. Is the act that it tells, such as a promise, done already?",
    ("prediction", "call"): "It looks ahead. Does it say what may come, or what should be done?",
}
# Why another reading counts, where the reference gives its reason for one of them only.
READ_SO = {
    "fact": "Read so, it tells something that could be looked up.",
    "judgement": "Read so, it gives a view of things: it rates or interprets.",
    "prediction": "Read so, it speaks of what may come.",
    "call": "Read so, it asks for something to be done.",
}
OTHER_WORDS = {
    "fact-claim": "fact",
    "claim": "fact",
    "judgment": "judgement",
    "opinion": "judgement",
    "forecast": "prediction",
}


class Claim(Label):
    """fact, judgement, prediction or call; how sure the reader is, 1 to 4, is asked and earns nothing."""

    fields = ("kind",)
    extra_fields = ("sure",)

    def accepted(self, pack: Pack) -> Accepted:
        return {sid: {"kind": kinds} for sid, (kinds, _) in _keys(pack).items()}

    def values(self, pack: Pack) -> Mapping[str, tuple[Any, ...] | None]:
        return {"kind": tuple(KINDS), "sure": (1, 2, 3, 4)}

    def tidy(self, field: str, value: Any) -> Any:
        found = tidy(value)
        return OTHER_WORDS.get(found, found) if field == "kind" and isinstance(found, str) else found

    def best(self, pack: Pack, items: Any) -> dict[str, Any]:
        return {item: {"kind": _keys(pack)[item][0][0], "sure": 3} for item in items}

    def explain(self, pack: Pack, item: str, answer: Mapping[str, Any]) -> Result:
        kinds, reasons = _keys(pack)[item]
        kind = answer["kind"]
        if kind not in kinds:
            look = MEANS.get(kind, f"The kinds are {', '.join(KINDS)}.")
            look = BESIDE.get((kind, kinds[0]), look)
            return Result("not yet", 0.0, f"Not yet: you chose “{kind}”.", (look,))
        why: tuple[str, ...] = (reasons[kind],) if kind in reasons else ()
        if len(kinds) > 1:
            others = [f"As “{k}”: {reasons[k]}" for k in kinds if k != kind and k in reasons]
            why = why or (READ_SO[kind], *others)
            return Result("correct", 1.0, f"Careful readers split here. Your “{kind}” counts in full.", why)
        return Result("correct", 1.0, f"The reference agrees: {kind}.", why)


@lru_cache(maxsize=4)
def _keys(pack: Pack) -> Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]]:
    """Accepted kinds of each sentence, and the reason of a claim in it by kind."""
    if not pack.has_reference:
        return {}
    sentence_of = {row["id"]: row["sentence_id"] for row in records(pack.claims)}
    reasons: dict[str, dict[str, str]] = {}
    for row in records(pack.reference["claims"]):
        reasons.setdefault(sentence_of[row["claim_id"]], {}).setdefault(row["kind"], row["kind_reason"])
    return {
        row["sentence_id"]: (
            tuple(dict.fromkeys((row["kind"], *row["accept_kind"]))),
            reasons.get(row["sentence_id"], {}),
        )
        for row in records(pack.reference["sentences"])
    }
