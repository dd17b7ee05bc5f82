"""Places where the text does not fit itself: any of those that the reference lists, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from whosays.checks import Tension, tensions
from whosays.checks.result import Result
from whosays.exercises.annotate.base import Accepted, Label, Mark, empty, sentence, shown
from whosays.pack import Pack

MOST = 2
NOT_ONE = "It is not on the list of the reference. It may still be right: keep it for the class."


class Clash(Label):
    """One or two sentence numbers for each clash; no clash counts twice."""

    fields = ("sentences",)

    def accepted(self, pack: Pack) -> Accepted:
        return {}

    def values(self, pack: Pack) -> Mapping[str, tuple[Any, ...] | None]:
        return {"sentences": None}

    def tidy(self, field: str, value: Any) -> Any:
        given = value if isinstance(value, list | tuple | set) else str(value).replace(",", " ").replace("+", " ").split()
        return tuple(dict.fromkeys(sentence(v) for v in given if not empty(v)))

    def answered(self, given: Any) -> dict[str, Any]:
        if empty(given) or (isinstance(given, list | tuple | set) and all(map(empty, given))):
            return {}
        return {"sentences": self.tidy("sentences", given)}

    def best(self, pack: Pack, items: Sequence[str]) -> dict[str, Any]:
        return {item: _example(t) for item, t in zip(items, _known(pack), strict=False)}

    def solution(self, pack: Pack, items: Sequence[str]) -> list[str]:
        return [f"{' and '.join(_example(t))}: {t.title} {t.why}" for t in _known(pack)]

    def explain(self, pack: Pack, item: str, answer: Mapping[str, Any]) -> Result:
        picked = answer["sentences"]
        found = _found(picked, pack)
        if found is not None:
            return Result("correct", 1.0, f"Yes: {found.named}", (found.what, found.why))
        half = next((t for t in _known(pack) if picked and t.half(picked)), None)
        if half is not None and len(picked) < MOST:
            return Result("not yet", 0.0, f"Not yet: {picked[0]} is one side. Which sentence does it clash with?")
        if len(picked) > MOST:
            return Result("not yet", 0.0, f"Not yet: {len(picked)} sentences. Choose the two that clash, or one.")
        return Result("not yet", 0.0, f"{shown(list(picked))}: {NOT_ONE}")

    def marks(self, pack: Pack, items: Sequence[str], answer: Any) -> list[Mark]:
        given = answer if isinstance(answer, Mapping) else {}
        marks, taken = [], set()
        for item in items:
            fields = self.answered(given.get(item))
            if not fields:
                marks.append(Mark(item, "not attempted", 0.0, "", "Not answered."))
                continue
            found = _found(fields["sentences"], pack)
            if found is not None and found.id in taken:
                message = "You have this clash already. Each one counts once."
                marks.append(Mark(item, "not yet", 0.0, shown(given[item]), message))
                continue
            if found is not None:
                taken.add(found.id)
            result = self.explain(pack, item, fields)
            message = " ".join((result.message, *result.detail))
            marks.append(Mark(item, result.status, result.score, shown(given[item]), message))
        return marks


@lru_cache(maxsize=4)
def _known(pack: Pack) -> tuple[Tension, ...]:
    """The clashes that a reader of the text alone can name by one or two sentences."""
    return tuple(t for t in tensions(pack).values() if not t.outside and (t.b or len(t.a) == 1))


def _found(picked: Sequence[str], pack: Pack) -> Tension | None:
    if not 1 <= len(picked) <= MOST:
        return None
    return next((t for t in _known(pack) if t.fits(picked)), None)


def _example(t: Tension) -> list[str]:
    return [t.a[0], t.b[0]] if t.b else [t.a[0]]
