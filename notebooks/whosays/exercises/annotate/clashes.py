"""Places where the text does not fit itself: any of those that the reference lists, each once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from whosays.checks import Tension, agreements, tensions
from whosays.checks.result import Result
from whosays.exercises.annotate.base import Accepted, Label, Mark, empty, sentence, shown, tidy
from whosays.exercises.annotate.ladder import keys
from whosays.pack import Pack

MOST = 2
BETWEEN = re.compile(r"[\s,;/&+–-]+|\b(?:and|v|vs)\b\.?", re.IGNORECASE)
NOT_ONE = "It is not on the list of the reference. It may still be right: note down why you think so."
AGAIN = "You have this clash already. Each one counts once."
ALONE = "One of the two is on the list by itself. Which one, and what does not fit inside it?"
OUTSIDE = "It takes another source to see that: keep it for lesson 7."
OWNERLESS = (
    "It may well be that no name stands behind it: the ladder says so. By itself that is no clash. Look for "
    "two statements that do not fit, or for a number or an amount that nobody stands behind."
)
WEAK = 2  # the highest rung without a name to ask
SPREAD = "The list has that as a gap of several sentences. Here look for two statements that do not fit."


class Clash(Label):
    """One or two sentence numbers for each clash; no clash counts twice."""

    fields = ("sentences",)

    def accepted(self, pack: Pack) -> Accepted:
        return {}

    def values(self, pack: Pack) -> Mapping[str, tuple[Any, ...] | None]:
        return {"sentences": None}

    def tidy(self, field: str, value: Any) -> Any:
        parts = value if isinstance(value, list | tuple | set) else BETWEEN.split(str(tidy(value)))
        return tuple(
            dict.fromkeys(sentence(tidy(str(part).strip(" .()[]"))) for part in parts if not empty(part))
        )

    def answered(self, given: Any) -> dict[str, Any]:
        if isinstance(given, Mapping):
            given = given.get("sentences")
        if empty(given):
            return {}
        picked = self.tidy("sentences", given)
        return {"sentences": picked} if picked else {}

    def faults(self, pack: Pack, items: Sequence[str], answer: Any) -> list[str]:
        lines = super().faults(pack, items, answer)
        for item in items if isinstance(answer, Mapping) else ():
            wrong = _misread(self.answered(answer.get(item)).get("sentences", ()), pack)
            lines += [f"{item}: {wrong}"] if wrong else []
        return lines

    def best(self, pack: Pack, items: Sequence[str]) -> dict[str, Any]:
        return {item: _example(t) for item, t in zip(items, _known(pack), strict=False)}

    def solution(self, pack: Pack, items: Sequence[str]) -> list[str]:
        most = f"Any {len(items)} of these count:"
        return [most, *(f"{' and '.join(_example(t))}: {t.named} {t.what} {t.why}" for t in _known(pack))]

    def explain(self, pack: Pack, item: str, answer: Mapping[str, Any]) -> Result:
        picked = answer["sentences"]
        found = _fitting(picked, pack)
        if found:
            return _yes(found[0])
        return Result("not yet", 0.0, f"Not yet ({_list(picked)}). {_why_not(picked, pack)}")

    def marks(self, pack: Pack, items: Sequence[str], answer: Any) -> list[Mark]:
        given = answer if isinstance(answer, Mapping) else {}
        picked = {item: self.answered(given.get(item)).get("sentences", ()) for item in items}
        taken = _each_once({item: _fitting(picked[item], pack) for item in items})
        marks = []
        for item in items:
            if not picked[item]:
                marks.append(Mark(item, "not attempted", 0.0, "", "Not answered."))
                continue
            result = self.explain(pack, item, {"sentences": picked[item]})
            if item in taken:
                result = _yes(taken[item])
            elif result.score:
                result = Result("not yet", 0.0, f"Not yet ({_list(picked[item])}). {AGAIN}")
            message = " ".join((result.message, *result.detail))
            marks.append(Mark(item, result.status, result.score, shown(given[item]), message))
        return marks


@lru_cache(maxsize=4)
def _known(pack: Pack) -> tuple[Tension, ...]:
    """The clashes that a reader of the text alone can name by one or two sentences."""
    return tuple(t for t in tensions(pack).values() if not t.outside and (t.b or len(t.a) == 1))


def _fitting(picked: Sequence[str], pack: Pack) -> list[Tension]:
    """The clashes that these sentences make, the one they hit most exactly first."""
    if not 1 <= len(picked) <= MOST:
        return []
    return sorted((t for t in _known(pack) if t.fits(picked)), key=lambda t: len(t.a) + len(t.b))


def _each_once(fitting: Mapping[str, Sequence[Tension]]) -> dict[str, Tension]:
    """A clash for as many items as can have one of their own: two sentences may make more than one."""
    taken: dict[str, str] = {}  # the item by the id of its clash
    for item in fitting:
        _take(item, fitting, taken, set())
    known = {t.id: t for found in fitting.values() for t in found}
    return {item: known[tension] for tension, item in taken.items()}


def _take(
    item: str, fitting: Mapping[str, Sequence[Tension]], taken: dict[str, str], tried: set[str]
) -> bool:
    """Give the item a clash; whoever has it moves on to another one, if there is one."""
    for t in fitting[item]:
        if t.id not in tried:
            tried.add(t.id)
            if t.id not in taken or _take(taken[t.id], fitting, taken, tried):
                taken[t.id] = item
                return True
    return False


def _yes(t: Tension) -> Result:
    return Result("correct", 1.0, f"Yes: {t.named}", (t.what, t.why))


def _misread(picked: Sequence[str], pack: Pack) -> str:
    """What is misspelt in an answer, as can be said without a key; empty if nothing is."""
    ids = list(pack.sentences["id"])
    strange = [sid for sid in picked if sid not in ids]
    if strange:
        return f"“{strange[0][:20]}” is no sentence number. They go from {ids[0]} to {ids[-1]}."
    if len(picked) > MOST:
        return f"These are {len(picked)} sentences. Choose one or two."
    return ""


def _why_not(picked: Sequence[str], pack: Pack) -> str:
    """What to think of next, for sentences that make none of the clashes."""
    misread = _misread(picked, pack)
    if misread:
        return misread
    agree = next((p for p in agreements(pack).values() if {p.a, p.b} == set(picked)), None)
    if agree is not None:
        return f"These two fit together. {agree.why}"
    if any(t.half(picked) for t in _known(pack)):
        one, with_ = ("This is one side", "it") if len(picked) == 1 else ("Both stand on one side", "them")
        return f"{one}. Which sentence does not fit with {with_}?"
    if len(picked) == MOST and any(_fitting((sid,), pack) for sid in picked):
        return ALONE
    if len(picked) == 1 and min(keys(pack)[picked[0]].accepted) <= WEAK:
        return OWNERLESS
    rest = [t for t in tensions(pack).values() if t.fits(picked)]
    if rest:
        return OUTSIDE if all(t.outside for t in rest) else SPREAD
    return NOT_ONE


def _list(picked: Sequence[str]) -> str:
    return " and ".join(sid[:20] for sid in picked[: MOST + 1])


def _example(t: Tension) -> list[str]:
    return [t.a[0], t.b[0]] if t.b else [t.a[0]]
