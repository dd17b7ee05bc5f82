"""How precise the text is about a place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from whosays.checks import PlaceKey, check_place, place_keys
from whosays.checks.places import TAGS
from whosays.checks.result import Result
from whosays.exercises.annotate.base import Accepted, Label, tidy
from whosays.pack import Pack

OTHER_WORDS = {
    "region": "world region",
    "part of a country": "part",
    "nationality word": "nationality",
    "point": "spot",
}


class Precision(Label):
    """One of the tags of lesson 6 for each place."""

    fields = ("precision",)

    def accepted(self, pack: Pack) -> Accepted:
        return {place: {"precision": key.accepted} for place, key in _keys(pack).items()}

    def values(self, pack: Pack) -> Mapping[str, tuple[Any, ...] | None]:
        return {"precision": tuple(TAGS)}

    def tidy(self, field: str, value: Any) -> Any:
        found = tidy(value)
        return OTHER_WORDS.get(found, found) if isinstance(found, str) else found

    def explain(self, pack: Pack, item: str, answer: Mapping[str, Any]) -> Result:
        tag = answer["precision"]
        if tag not in TAGS:
            return Result("not yet", 0.0, f"“{str(tag)[:40]}” is none of these: {', '.join(TAGS)}.")
        return check_place(tag, _keys(pack)[item])


@lru_cache(maxsize=4)
def _keys(pack: Pack) -> Mapping[str, PlaceKey]:
    return place_keys(pack)
