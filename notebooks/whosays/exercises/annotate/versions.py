"""What another version of the same words changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from whosays.checks import VersionKey, check_change, version_keys
from whosays.checks.result import Result
from whosays.exercises.annotate.base import Accepted, Label, shown, tidy
from whosays.pack import Pack

CHANGES = ("same", "small change", "meaning changes")
# What to ask who chose the first where the reference has the second: no verdict, and no marks to look at.
ASK = {
    ("same", "small change"): "Is every word alike? Which words stand in only one of the two?",
    ("same", "meaning changes"): "Read both aloud. Would you picture the same thing after each?",
    ("small change", "same"): "Which words stand in only one of the two? Would a reader notice any of them?",
    ("small change", "meaning changes"): "What would a reader do or fear after the one, and after the other?",
    ("meaning changes", "same"): "Say each in your own words. Do you come to two meanings, or to one?",
    (
        "meaning changes",
        "small change",
    ): "Say each in your own words. Do you come to two meanings, or to one?",
}
SHORT = {
    "the same": "same",
    "small": "small change",
    "small changes": "small change",
    "meaning": "meaning changes",
    "meaning change": "meaning changes",
    "the meaning changes": "meaning changes",
}


class Change(Label):
    """“same”, “small change” or “meaning changes” for each version."""

    fields = ("change",)

    def accepted(self, pack: Pack) -> Accepted:
        return {version: {"change": key.accepted} for version, key in _keys(pack).items()}

    def values(self, pack: Pack) -> Mapping[str, tuple[Any, ...] | None]:
        return {"change": CHANGES}

    def tidy(self, field: str, value: Any) -> Any:
        found = tidy(value)
        return SHORT.get(found, found) if isinstance(found, str) else found

    def explain(self, pack: Pack, item: str, answer: Mapping[str, Any]) -> Result:
        change = answer["change"]
        if change not in CHANGES:
            return Result("not yet", 0.0, f"“{shown(change)[:40]}” is none of these: {', '.join(CHANGES)}.")
        key = _keys(pack)[item]
        if change not in key.accepted:
            ask = ASK[change, key.change]
            return Result("not yet", 0.0, f"Not yet: you chose “{change}”.", (ask,))
        return check_change(change, key)


@lru_cache(maxsize=4)
def _keys(pack: Pack) -> Mapping[str, VersionKey]:
    return version_keys(pack)
