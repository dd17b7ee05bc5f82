"""What all kinds of annotation have in common: a label a sentence, beside the accepted ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from whosays.checks.result import Result, Status
from whosays.pack import Pack

Accepted = Mapping[str, Mapping[str, tuple[Any, ...]]]
BARE = frozenset({str, int, float, bool, type(None), type(...)})
MOST_KNOWN, LONGEST_KNOWN = 20_000, 400  # marks that are kept, and letters of an answer
_MARKS: dict[tuple[type[Label], Pack, str, str], Mark] = {}
_ACCEPTED: dict[tuple[type[Label], Pack], Accepted] = {}
SENTENCE = re.compile(r"s?0*(\d{1,3})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one item of a question earned: ``share`` of its points, from 0 to 1, and why."""

    item: str
    status: Status
    share: float
    answer: str = ""
    message: str = ""
    misconception: str = ""


def empty(value: Any) -> bool:
    """Whether a place was left as it came: three dots, nothing, or blanks."""
    return value is ... or value is None or (isinstance(value, str) and not value.strip(" .…\t\n"))


def shown(value: Any) -> str:
    """An answer as text for the teacher's tables."""
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {shown(v)}" for k, v in value.items())[:200]
    if isinstance(value, list | tuple):
        return " ".join(map(shown, value))[:200]
    return "" if empty(value) else str(value)[:200]


def tidy(value: Any) -> Any:
    """An answer as it is compared: case, blanks and 4 or “4” or 4.0 do not matter."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        text = " ".join(value.split()).strip("“”\"'").casefold()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text
    return value


def sentence(value: Any) -> str:
    """A sentence number as the pack has it: 4, “4”, “s4” and “S04” are “s04”; others stay as they are."""
    found = SENTENCE.fullmatch(str(value).strip())
    return f"s{int(found[1]):02}" if found and not isinstance(value, bool) else str(value)


class Label:
    """A kind of annotation. A new one gives ``fields``, ``accepted``, ``values`` and ``explain``.

    With one field the answer to an item is the value itself, with several a dictionary by field.
    """

    fields: ClassVar[tuple[str, ...]] = ()
    extra_fields: ClassVar[tuple[str, ...]] = ()

    def accepted(self, pack: Pack) -> Accepted:
        """The accepted values by item and field, the reference first; nothing without the reference."""
        raise NotImplementedError

    def values(self, pack: Pack) -> Mapping[str, tuple[Any, ...] | None]:
        """The values that may be typed in each field, None for any."""
        raise NotImplementedError

    def explain(self, pack: Pack, item: str, answer: Mapping[str, Any]) -> Result:
        """Why this answer counts or not, in words of the text. ``answer`` has a tidy value for each field."""
        raise NotImplementedError

    def tidy(self, field: str, value: Any) -> Any:
        """A value of a field as it is compared."""
        return tidy(value)

    def answered(self, given: Any) -> dict[str, Any]:
        """The tidy value of each field of an answer; fields left open are missing."""
        if not isinstance(given, Mapping):
            given = {self.fields[0]: given} if len(self.fields) == 1 and not self.extra_fields else {}
        return {
            name: self.tidy(name, given[name])
            for name in (*self.fields, *self.extra_fields)
            if name in given and not empty(given[name])
        }

    def faults(self, pack: Pack, items: Sequence[str], answer: Any) -> list[str]:
        """What is unanswered or misspelt, a sentence each: all that can be said without a key."""
        if not isinstance(answer, Mapping):
            return [f"The answer is of type {type(answer).__name__}. Keep the curly brackets of the cell."]
        lines, given = [], {item: self.answered(answer.get(item)) for item in items}
        open_items = [
            i for i, a in given.items() if any(f not in a for f in (*self.fields, *self.extra_fields))
        ]
        if open_items:
            lines.append(f"Not answered yet: {', '.join(open_items)}.")
        for item, fields in given.items():
            for name, allowed in self.values(pack).items():
                if allowed is not None and name in fields and fields[name] not in map(tidy, allowed):
                    choice = ", ".join(map(str, allowed))
                    lines.append(f"{item}: “{shown(fields[name])[:40]}” is none of these: {choice}.")
        return lines

    def marks(self, pack: Pack, items: Sequence[str], answer: Any) -> list[Mark]:
        """A mark for each item. Needs the reference."""
        given = answer if isinstance(answer, Mapping) else {}
        return [self._known(pack, item, given.get(item)) for item in items]

    def best(self, pack: Pack, items: Sequence[str]) -> dict[str, Any]:
        """An answer that gets full marks, as a student types it. Needs the reference."""
        known = self.accepted(pack)
        fields = {item: {name: known[item][name][0] for name in self.fields} for item in items}
        one = len(self.fields) == 1 and not self.extra_fields
        return {item: values[self.fields[0]] if one else values for item, values in fields.items()}

    def solution(self, pack: Pack, items: Sequence[str]) -> list[str]:
        """The reference of each item with its reason, a line each. Needs the reference."""
        lines, accepted = [], self.accepted(pack)
        for item in items:
            best = {name: values[0] for name, values in accepted.get(item, {}).items() if values}
            result = self.explain(pack, item, {name: self.tidy(name, value) for name, value in best.items()})
            others = [str(v) for values in accepted.get(item, {}).values() for v in values[1:]]
            also = f" Also accepted: {', '.join(others)}." if others else ""
            lines.append(f"{item}: {', '.join(map(str, best.values()))}. {' '.join(result.detail)}{also}")
        return lines

    def _known(self, pack: Pack, item: str, raw: Any) -> Mark:
        """The mark of an answer. Most answers are given by many, and are looked at once."""
        typed = repr(raw) if _simple(raw) else ""
        known = _MARKS.get((type(self), pack, item, typed)) if typed else None
        if known is None:
            kind = (type(self), pack)
            if kind not in _ACCEPTED:
                _ACCEPTED[kind] = self.accepted(pack)
            known = self._mark(pack, item, raw, _ACCEPTED[kind].get(item, {}))
            if len(_MARKS) >= MOST_KNOWN:
                _MARKS.clear()
            if typed and len(typed) < LONGEST_KNOWN:
                _MARKS[type(self), pack, item, typed] = known
        return known

    def _mark(self, pack: Pack, item: str, raw: Any, accepted: Mapping[str, tuple[Any, ...]]) -> Mark:
        fields = self.answered(raw)
        if not any(name in fields for name in self.fields):
            return Mark(item, "not attempted", 0.0, "", "Not answered.")
        right = [
            name
            for name in self.fields
            if name in fields
            and any(_equal(fields[name], self.tidy(name, a)) for a in accepted.get(name, ()))
        ]
        share = len(right) / len(self.fields)
        try:
            result = self.explain(pack, item, fields)
            message = " ".join((result.message, *result.detail))
        except (ValueError, KeyError, TypeError, AttributeError):
            message = f"“{shown(raw)[:40]}” is no answer that can be read here."
        return Mark(item, "correct" if share == 1 else "not yet", share, shown(raw), message)


def _simple(value: Any) -> bool:
    """Whether a value is a text, a number or nothing, or a dictionary of such: written down it says all."""
    if type(value) is dict:
        return all(type(k) is str and type(v) in BARE for k, v in value.items())
    return type(value) in BARE


def _equal(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
