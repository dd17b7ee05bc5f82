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
        return check_change(change, _keys(pack)[item])


@lru_cache(maxsize=4)
def _keys(pack: Pack) -> Mapping[str, VersionKey]:
    return version_keys(pack)
