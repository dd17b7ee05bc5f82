"""Does the text agree with itself? One or two sentences and a type, beside the tensions of the reference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from whosays.checks.claims import Evidence, evidence
from whosays.checks.result import NO_REFERENCE, Result, Status
from whosays.pack import Pack, records

KINDS = {
    "number": "the numbers do not fit",
    "time": "the times do not fit",
    "speaker": "who said it does not fit",
    "scope": "one becomes many, or all",
    "grammar": "the sentence can be read two ways",
}
OUTSIDE = "outside the text"  # a kind that no reader of the text alone can choose
MOST = 2  # sentences in one clash
ONE_SIDE = "You have one side of it: which sentence does it clash with?"
DEFENSIBLE = "Defensible: argue it in class."
OPEN = "Not on our list – it may still be right. It is kept for the class."
BEYOND = "The text alone does not show what our list has here"
QUOTED = re.compile("“([^“”]+)”")

Outcome = Literal["keyed", "one side", "defensible", "agree", "open", "saved"]


@dataclass(frozen=True, slots=True)
class Tension:
    """A place where the text does not fit itself: ``a`` against ``b``; without ``b`` one side is enough."""

    id: str
    kind: str
    title: str
    a: tuple[str, ...]
    b: tuple[str, ...]
    what: str
    why: str
    evidence: tuple[Evidence, ...] = ()

    @property
    def outside(self) -> bool:
        """Whether it takes another source to see it."""
        return self.kind == OUTSIDE

    @property
    def named(self) -> str:
        """The title as the end of a sentence."""
        return self.title if self.title.endswith(("?", "!", ".")) else f"{self.title}."

    def fits(self, picked: Sequence[str]) -> bool:
        """Whether these sentences make the clash: one of each side, or any of the only side."""
        if not self.b:
            return set(picked) <= set(self.a)
        first, last = picked[0], picked[-1]
        return len(picked) == MOST and (
            (first in self.a and last in self.b) or (first in self.b and last in self.a)
        )

    def half(self, picked: Sequence[str]) -> bool:
        """Whether these sentences stand on one side of it, and the other is missing."""
        return bool(self.b) and (set(picked) <= set(self.a) or set(picked) <= set(self.b))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two sentences that agree; ``gains`` is the one that is easier to check for it, or empty."""

    id: str
    a: str
    b: str
    why: str
    gains: str = ""


@dataclass(frozen=True, slots=True)
class ClashResult(Result):
    """What a check found about one find, and what may be told: ``told`` holds the tensions it has earned.

    “keyed” is correct; “one side” and “agree” are not yet. The rest is for a class to judge, not for a
    program, so its status is “not attempted”.
    """

    outcome: Outcome = "saved"
    told: tuple[Tension, ...] = field(default=(), repr=False)


def tensions(pack: Pack) -> dict[str, Tension]:
    """The tensions of a pack by id, in the order of the table; empty where the pack has none."""
    if "tensions" not in pack.reference:
        return {}
    known = evidence(pack)
    return {
        row["id"]: Tension(
            row["id"],
            row["kind"],
            row["title"],
            tuple(row["a"]),
            tuple(row["b"]),
            row["what"],
            row["why"],
            tuple(known[e] for e in row["evidence"] if e in known),
        )
        for row in records(pack.reference["tensions"])
    }


def agreements(pack: Pack) -> dict[str, Agreement]:
    """The pairs that agree by id; empty where the pack has none."""
    if "agreements" not in pack.reference:
        return {}
    return {
        row["id"]: Agreement(
            row["id"], row["a"], row["b"], row["why"], row["gains"] if isinstance(row["gains"], str) else ""
        )
        for row in records(pack.reference["agreements"])
    }


def check_clash(
    sentences: Sequence[str],
    kind: str,
    known: Mapping[str, Tension],
    agree: Mapping[str, Agreement] | None = None,
) -> ClashResult:
    """Compare one or two sentences and a type with the tensions and the agreeing pairs of a pack.

    Raises ValueError for another number of sentences, one twice, or a type that is none.
    """
    picked = tuple(sentences)
    if not 1 <= len(set(picked)) == len(picked) <= MOST:
        raise ValueError(f"sentences {list(picked)}: pick one or two different ones")
    if kind not in KINDS:
        raise ValueError(f"type {kind!r}: the types are {', '.join(KINDS)}")
    if not known:
        return ClashResult("not attempted", 0.0, NO_REFERENCE)
    ways: tuple[Callable[[], ClashResult | None], ...] = (
        lambda: _keyed(picked, kind, known),
        lambda: _agree(picked, (agree or {}).values()),
        lambda: _one_side(picked, kind, [t for t in known.values() if t.kind == kind]),
        lambda: _another_type(picked, kind, known),
        lambda: _one_side(picked, kind, [t for t in known.values() if not t.outside]),
        lambda: _in_part(picked, kind, known),
    )
    found = (result for way in ways if (result := way()) is not None)
    return next(found, ClashResult("not attempted", 0.0, OPEN, outcome="open"))


# One outcome each, the best first --------------------------------------------------------------------------


def _keyed(picked: Sequence[str], kind: str, known: Mapping[str, Tension]) -> ClashResult | None:
    found = sorted((t for t in known.values() if t.kind == kind and t.fits(picked)), key=_size)
    if not found:
        return None
    detail = [found[0].what, found[0].why]
    for more in found[1:]:
        detail += [f"It is part of another one, too: {more.named} {more.what}", more.why]
    return _result("keyed", f"This one is on our list: {found[0].named}", detail, found)


def _agree(picked: Sequence[str], pairs: Iterable[Agreement]) -> ClashResult | None:
    pair = next((p for p in pairs if {p.a, p.b} == set(picked)), None)
    if pair is None:
        return None
    detail = [pair.why]
    if pair.gains:
        other = pair.b if pair.gains == pair.a else pair.a
        detail.append(
            f"You can check more of {pair.gains} than it seems: {other} gives words you can look up."
        )
    words = tuple(QUOTED.findall(pair.why))
    message = f"These agree: look again at {_list(picked)}."
    return ClashResult("not yet", 0.0, message, tuple(detail), words, outcome="agree")


def _one_side(picked: Sequence[str], kind: str, among: Iterable[Tension]) -> ClashResult | None:
    found = next((t for t in among if t.half(picked)), None)
    if found is None:
        return None
    fits = "Your type fits." if found.kind == kind else "The type is another one, too."
    detail = (f"Our list sets {_list(picked)} against another sentence. {fits}",)
    return ClashResult("not yet", 0.0, ONE_SIDE, detail, outcome="one side")


def _another_type(picked: Sequence[str], kind: str, known: Mapping[str, Tension]) -> ClashResult | None:
    """The right sentences; the type is another one, or one that takes another source."""
    found = sorted((t for t in known.values() if t.fits(picked)), key=lambda t: (t.outside, _size(t)))
    inside, outside = ([t for t in found if t.outside == out] for out in (False, True))
    detail = [f"You chose {_type(kind)}."] if inside else []
    for t in inside:
        detail += [f"Our list has {_list(picked)} under {_type(t.kind)}: {t.named} {t.what}", t.why]
    if outside:
        more = "There is more that the text alone does not show" if inside else BEYOND
        detail.append(f"{more}: it takes another source.")
    for t in outside:
        detail += [f"{t.named} {t.what}", t.why]
    return _result("defensible", DEFENSIBLE, detail, found) if found else None


def _in_part(picked: Sequence[str], kind: str, known: Mapping[str, Tension]) -> ClashResult | None:
    """Of two sentences, one or both are on the list, but not together: open, with a word on where."""
    detail = []
    for sid in picked:
        with_it = [t for t in known.values() if sid in t.a + t.b]
        if with_it:
            nearest = min(with_it, key=lambda t: (t.outside, t.kind != kind, _size(t)))
            other = next(other for other in picked if other != sid)
            detail.append(_where(nearest, sid, other, kind))
    return ClashResult("not attempted", 0.0, OPEN, tuple(detail), outcome="open") if detail else None


def _where(t: Tension, sid: str, other: str, kind: str) -> str:
    if t.outside:
        return f"Our list has {sid} without {other}, and it takes another source: {t.named}"
    under = f"under “{kind}”, too" if t.kind == kind else f"under “{t.kind}”, not “{kind}”"
    if t.b:
        return f"Our list sets {sid} against another sentence than {other}, {under}: {t.named}"
    return f"Our list has {sid} without {other}, {under}: {t.named}"


def _result(outcome: Outcome, message: str, detail: Sequence[str], told: Sequence[Tension]) -> ClashResult:
    right = outcome == "keyed"
    status: Status = "correct" if right else "not attempted"
    words = tuple(dict.fromkeys(w for t in told for w in QUOTED.findall(t.what)))
    return ClashResult(
        status,
        float(right),
        message,
        tuple(detail),
        words,
        contested=not right,
        outcome=outcome,
        told=tuple(told),
    )


def _size(t: Tension) -> int:
    """How many sentences it is spread over: the fewer, the more exactly a find hits it."""
    return len(t.a) + len(t.b)


def _type(kind: str) -> str:
    return f"“{kind}” ({KINDS[kind]})" if kind in KINDS else f"“{kind}”"


def _list(ids: Sequence[str]) -> str:
    return " and ".join(ids)
