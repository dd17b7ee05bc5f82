"""What another version of the same words changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from whosays.checks import VersionKey, check_change, version_keys
from whosays.checks.result import Result
from whosays.exercises.annotate.base import Accepted, Label, tidy
from whosays.pack import Pack

CHANGES = ("same", "small change", "meaning changes")
SHORT = {"small": "small change", "meaning": "meaning changes", "the same": "same"}


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
        return check_change(answer["change"], _keys(pack)[item])


@lru_cache(maxsize=4)
def _keys(pack: Pack) -> Mapping[str, VersionKey]:
    return version_keys(pack)
