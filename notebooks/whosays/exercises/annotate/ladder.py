"""The rung of a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from whosays.checks import SentenceKey, check_rung, rung_keys
from whosays.checks.result import Result
from whosays.exercises.annotate.base import Accepted, Label, tidy
from whosays.measures.ladder import RUNGS
from whosays.pack import Pack


@lru_cache(maxsize=4)
def keys(pack: Pack) -> Mapping[str, SentenceKey]:
    """The reference by sentence, put together once."""
    return rung_keys(pack)


class Rung(Label):
    """A rung from 1 to 5 for each sentence."""

    fields = ("rung",)

    def accepted(self, pack: Pack) -> Accepted:
        return {sid: {"rung": key.accepted} for sid, key in keys(pack).items()}

    def values(self, pack: Pack) -> Mapping[str, tuple[Any, ...] | None]:
        return {"rung": tuple(sorted(RUNGS))}

    def tidy(self, field: str, value: Any) -> Any:
        found = tidy(value)
        return tidy(found.removeprefix("rung ")) if isinstance(found, str) else found

    def explain(self, pack: Pack, item: str, answer: Mapping[str, Any]) -> Result:
        return check_rung(answer["rung"], keys(pack)[item])
