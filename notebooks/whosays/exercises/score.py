"""Score the questions of a set: answers come in from a notebook or from a walled-in process, marks come out.

Nothing here runs a student's code: a ``Source`` does, and hands over what the code gave.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

from whosays.checks import Item, check_choice, items
from whosays.checks.result import Status
from whosays.exercises import compare, plain
from whosays.exercises.annotate import Mark, label
from whosays.exercises.annotate.base import empty, sentence, shown, tidy
from whosays.exercises.sets import Case, ExerciseSet, Graded, Question
from whosays.pack import Pack

LETTERS = "ABCDEFGH"
MISSING = "missing"  # the error where nothing has that name
RED = "If that cell shows red, mend it first."
STOPPED = {  # what an error says to somebody who never saw one
    "NameError": "a word in it means nothing to Python. Texts need quotation marks; True and False a capital",
    "UnboundLocalError": "a line uses a name before another one makes it; perhaps their order is wrong",
    "KeyError": "it asks for a column that is not there; perhaps its name is misspelt",
    "AttributeError": "the word behind a dot is not known; perhaps it is misspelt",
    "TypeError": "something is used as what it is not, such as a text as a number, or too many brackets",
    "ZeroDivisionError": "it divides by 0. Ask first, with if, whether there are rows",
    "IndexError": "it asks for a row that is not there; perhaps the table is small",
    "ValueError": "a value does not fit; perhaps a whole table is compared, or a text taken for a number",
}
NUMBER = re.compile(r"\bs ?\d{1,2}\b|\bsentences? \d{1,2}\b", re.IGNORECASE)
DIGITS = re.compile(r"-?\d+(?:[.,]\d+)?")
COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
COUNTS = {word: n for n, word in enumerate(COUNTED)} | {"none": 0, "nothing": 0}
WORDS = re.compile(r"[^\W\d_]+")
BETWEEN = re.compile(r"[\s,;/&+]+")
QUOTED = re.compile(r"“([^”]{3,400})”|\"([^\"]{3,400})\"|«([^»]{3,400})»")


@dataclass(frozen=True, slots=True)
class Given:
    """What a source hands over: a value, or the name of the error that came instead of it."""

    value: Any = None
    error: str = ""


class Source(Protocol):
    """Where answers come from. ``value`` is a variable, ``call`` a function's answer to a case's inputs."""

    def value(self, name: str) -> Given: ...

    def call(self, name: str, case: Case) -> Given: ...


@dataclass(frozen=True, slots=True)
class Scored:
    """A scored question: points of at most ``of``, its marks item by item, and a closing sentence."""

    question: Question
    status: Status
    points: float
    of: float
    marks: tuple[Mark, ...] = ()
    last: str = ""
    text: str = ""


def score(
    exercise: ExerciseSet, question: Question, source: Source, pack: Pack, *, full: bool = True
) -> Scored:
    """Score one question. ``full`` asks the hidden cases as well, where there is a key.

    Questions of kind “write” are read by a person: they get their first check, and no points.
    """
    if question.kind == "function":
        return _function(question, source, exercise.hidden(question) if full else ())
    if question.kind == "write":
        return first_check(question, source.value(question.variable).value, pack)
    given = named(source.value(question.variable), question)
    if question.kind == "annotate":
        return _annotated(question, given, pack)
    if question.kind == "choose":
        return _chosen(question, given, pack)
    return _read(question, given, (exercise.key or {}).get(question.id, {}))


def named(given: Given, question: Question) -> Given:
    """An answer by the names that are asked for, in whatever case they were typed: “S15” is s15."""
    if given.error or not isinstance(given.value, Mapping):
        return given
    names = [str(f["name"]) for f in question.fields] or list(question.items)
    known = {name.casefold(): name for name in names}
    found: dict[Any, Any] = {}
    for key, value in given.value.items():
        name = known.get(str(key).strip().casefold(), key)
        if name == key or name not in given.value:
            found[name] = value
    return replace(given, value=found)


def cell_points(graded: Graded, scored: Sequence[Scored]) -> tuple[float, Scored | None]:
    """The points of a cell, and the scored reading task if that is the track that counts.

    Of two tracks the better one counts; where they are equal, the one that was begun.
    """
    tracks = [s for s in scored if s.question.kind == "read"]
    rest = [s for s in scored if s.question.kind != "read"]
    points = sum(s.points for s in rest)
    begun = any(s.status != "not attempted" for s in rest)
    for track in tracks:
        if track.points > points or (track.status != "not attempted" and not begun):
            return round(min(track.points, graded.points), 2), track
    return round(min(points, graded.points), 2), None


def status_of(points: float, of: float, attempted: bool) -> Status:
    """The status that points stand for."""
    if not attempted:
        return "not attempted"
    return "correct" if points >= of - compare.EXACT else "not yet"


def _sum(question: Question, marks: Sequence[Mark], weights: Sequence[float], last: str = "") -> Scored:
    points = round(sum(m.share * w for m, w in zip(marks, weights, strict=True)), 2)
    attempted = any(m.status != "not attempted" for m in marks)
    return Scored(
        question, status_of(points, question.points, attempted), points, question.points, tuple(marks), last
    )


def _missing(question: Question, given: Given) -> list[Mark]:
    """Marks for an answer that never came: nothing was run, or the cell failed."""
    why = f"There is no “{question.variable}”: run its cell first."
    if given.error and given.error != MISSING:
        why = f"“{question.variable}” could not be read ({given.error})."
    return [Mark(item, "not attempted", 0.0, "", why) for item in question.items or ("",)]


def _annotated(question: Question, given: Given, pack: Pack) -> Scored:
    kind = label(question.label)
    marks = _missing(question, given) if given.error else kind.marks(pack, question.items, given.value)
    whole = _sum(question, marks, [question.points / len(question.items)] * len(question.items))
    shares = sum(m.share for m in marks)
    return replace(whole, points=_one_decimal(question.points * shares / len(question.items)))


def _one_decimal(points: float) -> float:
    """Points as people write them, 0.5 and not 0.55; halves go up."""
    return math.floor(points * 10 + 0.5 + compare.EXACT) / 10


def _chosen(question: Question, given: Given, pack: Pack) -> Scored:
    known = known_items(pack)
    answers = given.value if isinstance(given.value, Mapping) else {}
    marks: list[Mark] = _missing(question, given) if given.error else []
    for item in question.items if not given.error else ():
        letter = answers.get(item)
        if empty(letter):
            marks.append(Mark(item, "not attempted", 0.0, "", "Not answered."))
            continue
        option = option_of(letter, [o.text for o in known[item].options])
        if option is None:
            choice = ", ".join(LETTERS[: len(known[item].options)])
            message = f"“{shown(letter)[:20]}” is none of the letters {choice}."
            marks.append(Mark(item, "not yet", 0.0, shown(letter), message))
            continue
        result = check_choice(known[item].options[option].id, known[item])
        message = " ".join((result.message, *result.detail))
        wrong = known[item].options[option].misconception
        marks.append(Mark(item, result.status, result.score, LETTERS[option], message, wrong))
    return _sum(question, marks, [question.points / len(question.items)] * len(question.items))


@lru_cache(maxsize=4)
def known_items(pack: Pack) -> Mapping[str, Item]:
    """The items of a pack by id, put together once."""
    return items(pack)


def option_of(given: Any, options: Sequence[str]) -> int | None:
    """The place of the option that is meant: by its own words, by a letter (“b”, “B.”), by its number from 1.

    Its words come first: where options are numbers, 1 is the option that says 1. None if it is none of them.
    """
    value = tidy(given)
    said = [n for n, text in enumerate(options) if tidy(text) == value]
    if len(said) == 1:
        return said[0]
    if isinstance(value, str):
        value = value.strip(" .)(")
        value = LETTERS.lower().find(value) + 1 if len(value) == 1 else 0
    return (
        value - 1
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= len(options)
        else None
    )


_VALUES: dict[int, tuple[Any, Any]] = {}


def wanted(case: Case) -> Any:
    """What a case should give as a value. Nobody may change it."""
    return _value(case.expected)


def _value(data: Any) -> Any:
    """The value behind plain data of a set or its key, put together once."""
    known = _VALUES.get(id(data))
    if known is None:
        known = _VALUES[id(data)] = (data, plain.decode(data))
    return known[1]


# Functions -------------------------------------------------------------------------------------------------


def _function(question: Question, source: Source, hidden: Sequence[Case]) -> Scored:
    """All cases must be right: a typed constant fits one of them, and earns nothing.

    The hidden cases are asked where the practice cases are right. Elsewhere they could change nothing.
    """
    marks: list[Mark] = []
    found, stopped = 0, False
    for case in question.cases:
        given = Given(error="time") if stopped else source.call(question.variable, case)
        if given.error == MISSING and not marks:
            message = f"There is no function “{question.variable}” yet: write it and run its cell. {RED}"
            return Scored(question, "not attempted", 0.0, question.points, (), message)
        right = not given.error and compare.same(given.value, wanted(case), case.tolerance)
        found += right
        stopped = stopped or given.error in ("time", "died")
        blank = not given.error and empty(given.value)
        status: Status = "correct" if right else "not attempted" if blank else "not yet"
        marks.append(
            Mark(
                case.about,
                status,
                float(right),
                message="" if right else _case_message(question, case, given),
            )
        )
    if all(m.status == "not attempted" for m in marks):
        return Scored(question, "not attempted", 0.0, question.points, (), _not_begun(question))
    last, more = f"{found} of {len(question.cases)} practice checks.", 0
    if found < len(question.cases):
        return Scored(question, "not yet", 0.0, question.points, tuple(marks), last)
    for case in hidden:
        given = source.call(question.variable, case)
        more += not given.error and compare.same(given.value, wanted(case), case.tolerance)
        if given.error in ("time", "died"):
            break
    if hidden:
        last = f"{last[:-1]}, {more} of {len(hidden)} more."
    right = more == len(hidden)
    points = question.points if right else 0.0
    return Scored(question, "correct" if right else "not yet", points, question.points, tuple(marks), last)


def _not_begun(question: Question) -> str:
    nothing = f"“{question.variable}” gives nothing back"
    return f"Not attempted yet: {nothing}. Put your lines in place of the three dots; the last says return."


def _case_message(question: Question, case: Case, given: Given) -> str:
    """What was looked at, what was found, what to try: one sentence each."""
    looked = f"Looked at: {question.variable} with {case.about}."
    for entry in case.instead:
        if "error" in entry and given.error == entry["error"]:
            return f"{looked} Found: it stopped with {given.error}. {entry['message']}"
        if "value" not in entry or given.error or empty(given.value):
            continue
        if compare.same(given.value, _value(entry["value"]), case.tolerance):
            return f"{looked} Found: {compare.in_words(given.value)}. {entry['message']}"
    if given.error == "time":
        found = "no answer in time: something in it never ends, or takes very long"
    elif given.error:
        found = f"it stopped with {given.error}: {STOPPED.get(given.error, 'look at its lines again')}"
    elif isinstance(given.value, plain.Other):
        found = f"something of type {given.value.name}"
    else:
        found = (
            compare.in_words(given.value) if not empty(given.value) else "nothing (None): is there a return?"
        )
    return f"{looked} Found: {found}. Expected: {compare.in_words(wanted(case))}. Try: {case.advice}".rstrip()


# Predict, run, explain -------------------------------------------------------------------------------------


def _read(question: Question, given: Given, key: Mapping[str, Any]) -> Scored:
    fields = [f for f in question.fields if float(f.get("points", 0)) > 0]
    if given.error:
        message = _missing(question, given)[0].message
        missing = [Mark(f["name"], "not attempted", 0.0, "", message) for f in fields]
        return _sum(question, missing, [float(f["points"]) for f in fields])
    notes = given.value if isinstance(given.value, Mapping) else {}
    expected, instead = key.get("expected", {}), key.get("instead", {})
    marks: list[Mark] = []
    for field in fields:
        name, value = str(field["name"]), notes.get(str(field["name"]))
        if empty(value):
            marks.append(Mark(name, "not attempted", 0.0, "", "Not answered."))
        elif name not in expected:
            marks.append(Mark(name, "correct", 1.0, shown(value), "Any guess earns its point."))
        else:
            found = _reading(field, value, expected[name], instead.get(name, ()))
            marks.append(_held_back(found, field, marks))
    text = notes.get("because")
    text = text if isinstance(text, str) and not empty(text) else ""
    last = unexplained(question, text)
    scored = _sum(question, marks, [float(f["points"]) for f in fields], last)
    return Scored(question, scored.status, scored.points, scored.of, scored.marks, last, text)


def unexplained(question: Question, text: str) -> str:
    """What an explanation lacks that a machine can see: it is empty, or short; else nothing."""
    if not text:
        return "Not explained yet: “because” is empty."
    least, most = next((f["words"] for f in question.fields if f["name"] == "because"), (0, 0))
    words = len(text.split())
    return "" if words >= least else f"“because” has {_many(words)}; {least} to {most} are asked for."


def _many(words: int) -> str:
    return "1 word" if words == 1 else f"{words} words"


def _reading(
    field: Mapping[str, Any], value: Any, accepted: Sequence[Any], instead: Sequence[Mapping[str, Any]]
) -> Mark:
    """What was read off an output. A number may be a word; “any_order” takes a list as it comes."""
    name, numbers = str(field["name"]), all(type(a) in (int, float) for a in accepted)

    def plainly(one: Any) -> Any:
        if field.get("any_order"):
            return _parts(one)
        found = number_in(one) if numbers else None
        return _deep(one) if found is None else found

    if any(compare.same(plainly(value), plainly(a), 0.005) for a in accepted):
        return Mark(name, "correct", 1.0, shown(value), "Right: that is what the output says.")
    for entry in instead:
        if compare.same(plainly(value), plainly(entry["value"]), 0.005):
            return Mark(name, "not yet", 0.0, shown(value), str(entry["message"]))
    if numbers and number_in(value) is None:
        message = f"{name}: “{shown(value)[:40]}” cannot be read. Type only the number."
    else:
        message = f"{name}: the output says something else. Run the cell and read it again."
    return Mark(name, "not yet", 0.0, shown(value), message)


def _held_back(found: Mark, field: Mapping[str, Any], before: Sequence[Mark]) -> Mark:
    """A wrong answer about another one that is wrong, too: no word about it, which would be about the key."""
    first = next((m for m in before if m.item == field.get("after")), None)
    if first is None or "correct" in (first.status, found.status):
        return found
    return replace(found, message=f"{found.item}: look again once “{first.item}” is right.")


def number_in(value: Any) -> int | float | None:
    """The number in an answer: 2, “2”, “two”, “rung 2” and “2.” are 2; None if it is not exactly one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if not isinstance(value, str):
        return value
    found = [float(n.replace(",", ".")) for n in DIGITS.findall(value)]
    found = found or [float(COUNTS[w]) for w in WORDS.findall(value.casefold()) if w in COUNTS]
    return found[0] if len(found) == 1 else None


def _parts(value: Any) -> list[str]:
    """The parts of an answer in the order of the alphabet, whether a list was typed or a text."""
    parts = BETWEEN.split(value) if isinstance(value, str) else value
    parts = parts if isinstance(parts, list | tuple | set) else [parts]
    texts = {sentence(tidy(str(part).strip(" .[]()"))) for part in parts}
    return sorted(texts - {"", "and"})


def _deep(value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip(" .")
    return [tidy(v) for v in value] if isinstance(value, list | tuple) else tidy(value)


# Free text -------------------------------------------------------------------------------------------------


def first_check(question: Question, text: Any, pack: Pack) -> Scored:
    """What a machine can see in a free text, for the writer: no points. A person reads it."""
    text = text if isinstance(text, str) else ""
    if empty(text):
        return Scored(question, "not attempted", 0.0, question.points, (), "Not attempted yet.")
    low, high = question.words
    words = len(text.split())
    quoted = [" ".join(filter(None, found)) for found in QUOTED.findall(text)]
    checks = []
    if question.set != "capstone":
        exact = [q for q in quoted if _plain_text(q) in _plain_text(pack.text)]
        checks.append(
            (
                "number",
                bool(NUMBER.search(text)),
                "It names a sentence.",
                "Name the sentence you speak of, such as s12.",
            )
        )
        quote = "Quote the words that decide, between quotation marks, just as they stand in the text."
        checks.append(("words", bool(exact), "It quotes words of the text.", quote))
    length = f"It has {words} words; {low} to {high} are asked for."
    checks.append(("length", low <= words <= high, f"It has {words} words.", length))
    marks = tuple(
        Mark(name, "correct" if good else "not yet", float(good), "", yes if good else no)
        for name, good, yes, no in checks
    )
    status: Status = "correct" if all(m.share for m in marks) else "not yet"
    return Scored(
        question, status, 0.0, question.points, marks, "Your teacher reads it and gives the points.", text
    )


def _plain_text(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split()).strip(" .,;:!?…")
