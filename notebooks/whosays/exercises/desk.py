"""A student's desk: ``check``, ``hint`` and ``solution`` for the exercises."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from whosays.answers import Answers, NotSaved, current_code
from whosays.checks.result import Status
from whosays.exercises import plain, tables
from whosays.exercises.annotate import label
from whosays.exercises.annotate.base import empty, tidy
from whosays.exercises.score import LETTERS, Given, Scored, cell_points, known_items, option_of, score
from whosays.exercises.sets import Case, ExerciseSet, Question, cached, exercises_folder, of_question
from whosays.markup import element
from whosays.pack import Pack, kit_folder, load

NOTHING: Any = object()
NO_FUNCTION = "TypeError"  # what Python says of a value that is called
UNWRITTEN = "Write your answer here, in place of this line."
TEACHER = "Your teacher holds the solution and shows it after the hand-in."
BOX = "border-left: 5px {}; padding: 2px 0 2px 12px; max-width: 80ch; font-size: 16px; line-height: 1.45"
LINE = "margin: 4px 0; white-space: pre-wrap"
BARS: dict[Status, str] = {
    "correct": "solid #1a7f4b",
    "not yet": "dashed #b3590a",
    "not attempted": "dotted #767b87",
}
SIGNS: dict[Status, str] = {"correct": "✓", "not yet": "→", "not attempted": "○"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a student is told: a status, points where they are known, and lines to read."""

    status: Status
    lines: tuple[str, ...]
    points: float | None = None
    of: float = 0.0
    marks: tuple[Any, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        """A line each, beside a bar whose pattern, not only its colour, tells the status."""
        lines = [element("p", line, style=LINE) for text in self.lines for line in text.split("\n")]
        return element("div", lines, style=BOX.format(BARS[self.status]), role="status")


class Notebook:
    """Answers out of the notebook that asks, or one answer that was handed over."""

    def __init__(self, question: Question, answer: Any = NOTHING) -> None:
        self.given = answer
        self._name = question.variable

    def _find(self, name: str) -> Any:
        if self.given is not NOTHING and name == self._name:
            return self.given
        return _namespace().get(name, NOTHING)

    def value(self, name: str) -> Given:
        found = self._find(name)
        return Given(error="NameError") if found is NOTHING else Given(plain.decode(plain.encode(found)))

    def call(self, name: str, case: Case) -> Given:
        function = self._find(name)
        if function is NOTHING:
            return Given(error="NameError")
        if empty(function):
            return Given()
        if not callable(function):
            return Given(error=NO_FUNCTION)
        inputs = [tables.make(recipe) for recipe in case.inputs]
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                return Given(plain.decode(plain.encode(function(*inputs))))
        except Exception as error:
            return Given(error=type(error).__name__)


def _namespace() -> Mapping[str, Any]:
    """The variables of the running notebook; none outside of one."""
    try:
        from IPython import get_ipython
    except ImportError:
        return {}
    shell = get_ipython()
    return {} if shell is None else shell.user_ns


def check(qid: str, answer: Any = NOTHING) -> Told:
    """Check an answer: “1.A”, “1.C2” and so on, or “1.C” for all of a part.

    Without ``answer`` the notebook's own variable or function is taken. Without a key (in an assigned copy)
    annotation and choices are only told what is unanswered; functions run the practice cases. Raises KeyError
    for an id that does not exist.
    """
    exercise, questions = _part(qid)
    pack = _pack()
    told = [_told(exercise, q, Notebook(q, answer), pack) for q in questions]
    for question, one in zip(questions, told, strict=True):
        _keep(exercise, question, one)
    return told[0] if len(told) == 1 else _together(exercise, questions, told)


def hint(qid: str) -> Told:
    """The next of three hints; after the third they begin again. They cost nothing."""
    exercise, question = of_question(str(qid))
    if not question.hints:
        return Told("not attempted", (f"There is no hint for {question.id}.",))
    answers = _answers(exercise)
    key = f"exercise {question.id}"
    given = int(answers.get("hints", key, 0)) if answers else _given.get(question.id, 0)
    n = given % len(question.hints)
    _given[question.id] = given + 1
    if answers:
        with contextlib.suppress(NotSaved):
            answers.set("hints", key, given + 1)
    return Told("not attempted", (f"Hint {n + 1} of {len(question.hints)}: {question.hints[n]}",))


def solution(qid: str) -> Told:
    """A solution, where this copy of the kit has the key; else who has it."""
    exercise, question = of_question(str(qid))
    if exercise.key is None or not _pack().has_reference:
        return Told("not attempted", (TEACHER,))
    return Told("not attempted", tuple(_solution(question, exercise.key.get(question.id, {}), _pack())))


def points(grade_id: str) -> float:
    """The points of a graded cell, from the variables of the notebook it stands in: for nbgrader's test cells.

    What the student's code prints or warns meanwhile is dropped. Raises KeyError if there is no such cell.
    """
    exercise = cached(grade_id.partition("-")[0], exercises_folder())
    graded = next((g for g in exercise.graded if g.grade_id == grade_id), None)
    if graded is None:
        raise KeyError(f"{grade_id!r} carries no points: {', '.join(g.grade_id for g in exercise.graded)}")
    pack = _pack()
    scored = [score(exercise, q, Notebook(q), pack) for q in graded.questions]
    return cell_points(graded, scored)[0]


# What is told ---------------------------------------------------------------------------------------------------


def _part(qid: str) -> tuple[ExerciseSet, list[Question]]:
    """The question of an id, or all questions of a part such as “1.C”."""
    number, _, part = str(qid).partition(".")
    name = f"set{number}" if number.isdigit() else number
    with contextlib.suppress(KeyError, ValueError):
        exercise = cached(name, exercises_folder())
        whole = [q for q in exercise.questions if (q.test or q.cell) == f"{name}-{part}-test"]
        if whole and not exercise.has(str(qid)):
            return exercise, whole
    exercise, question = of_question(str(qid))
    return exercise, [question]


def _told(exercise: ExerciseSet, question: Question, source: Notebook, pack: Pack) -> Told:
    known = exercise.key is not None and pack.has_reference
    if question.kind == "function":
        return _function_told(score(exercise, question, source, pack), known)
    if question.kind == "write":
        return _text_told(score(exercise, question, _Text(question, source), pack))
    if not known:
        return _unanswered(question, source.value(question.variable), pack)
    scored = score(exercise, question, source, pack)
    if scored.status == "not attempted":
        return Told(
            "not attempted",
            (f"{SIGNS['not attempted']} Not attempted yet. {_first(scored)}",),
            0.0,
            scored.of,
            scored.marks,
        )
    lines = [f"{SIGNS[m.status]} {m.item}: {m.message}" for m in scored.marks]
    last = f"{scored.points:g} of {scored.of:g} points."
    if question.kind == "read":
        last += (
            f" Up to {question.extra:g} more for your explanation, by your teacher." if question.extra else ""
        )
        lines += [scored.last] if scored.last else []
    return Told(scored.status, (*lines, last), scored.points, scored.of, scored.marks)


def _first(scored: Scored) -> str:
    return next((m.message for m in scored.marks if m.message.startswith("There is no")), "")


def _function_told(scored: Scored, known: bool) -> Told:
    sign = SIGNS[scored.status]
    if scored.status == "not attempted":
        return Told("not attempted", (f"{sign} {scored.last}",), 0.0, scored.of, scored.marks)
    lines = [f"{SIGNS[m.status]} {m.message}" for m in scored.marks if m.message]
    more = scored.question.more
    last = scored.last
    if not known and more:
        last = f"{last} {more} more run when your teacher grades."
    return Told(
        scored.status, (*lines, f"{sign} {last}"), scored.points if known else None, scored.of, scored.marks
    )


def _text_told(scored: Scored) -> Told:
    if scored.status == "not attempted":
        how = "Write into the cell and save the notebook (Ctrl+S), or hand the text over: "
        line = f"{SIGNS['not attempted']} Not attempted yet. {how}ws.check(“{scored.question.id}”, “…”)."
        return Told("not attempted", (line.replace("(“", '("').replace("”, “…”", '", "…"'),))
    lines = [f"{SIGNS[m.status]} {m.message}" for m in scored.marks]
    return Told(scored.status, (*lines, scored.last), marks=scored.marks)


def _unanswered(question: Question, given: Given, pack: Pack) -> Told:
    """All that can be said without a key: what is still open, and what is misspelt."""
    if given.error:
        return Told("not attempted", (f"There is no “{question.variable}” yet: run its cell first.",))
    faults = _faults(question, given.value, pack)
    names = [str(f["name"]) for f in question.fields] or list(question.items)
    answers = given.value if isinstance(given.value, Mapping) else {}
    done = sum(not empty(answers.get(name)) and answers.get(name) != {} for name in names)
    if not any(_touched(answers.get(name)) for name in names):
        return Told("not attempted", (f"{SIGNS['not attempted']} Not attempted yet.",))
    if faults:
        return Told("not yet", tuple(f"{SIGNS['not yet']} {line}" for line in faults))
    return Told("not yet", (f"{done} of {len(names)} answered. Your teacher has the key.",))


def _touched(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_touched(v) for v in value.values())
    return not empty(value)


def _faults(question: Question, answers: Any, pack: Pack) -> list[str]:
    if question.kind == "annotate":
        return label(question.label).faults(pack, question.items, answers)
    if not isinstance(answers, Mapping):
        return [f"The answer is of type {type(answers).__name__}. Keep the curly brackets of the cell."]
    names = [str(f["name"]) for f in question.fields] or list(question.items)
    still = [name for name in names if empty(answers.get(name))]
    lines = [f"Not answered yet: {', '.join(still)}."] if still else []
    if question.kind == "choose":
        known = known_items(pack)
        for item in question.items:
            letter = answers.get(item)
            if not empty(letter) and option_of(letter, len(known[item].options)) is None:
                lines.append(f"{item}: “{str(letter)[:20]}” is none of the letters of its options.")
    for wanted in question.fields:
        value, allowed = answers.get(wanted["name"]), wanted.get("values")
        if allowed and not empty(value) and tidy(value) not in map(tidy, allowed):
            lines.append(f"{wanted['name']}: “{str(value)[:40]}” is none of: {', '.join(map(str, allowed))}.")
    return lines


def _together(exercise: ExerciseSet, questions: list[Question], told: list[Told]) -> Told:
    """One line a question of a part, for those that were begun; of two tracks one is enough."""
    begun = [(q, t) for q, t in zip(questions, told, strict=True) if t.status != "not attempted"]
    if not begun:
        return Told(
            "not attempted",
            (f"{SIGNS['not attempted']} Not attempted yet. One of the two tracks is enough.",),
        )
    lines = [f"{q.id} {line}" for q, t in begun for line in t.lines]
    graded = next(g for g in exercise.graded if g.questions == tuple(questions))
    full = any(q.kind == "read" and t.status == "correct" for q, t in begun) or all(
        t.status == "correct" for q, t in zip(questions, told, strict=True) if q.kind == "function"
    )
    return Told("correct" if full else "not yet", tuple(lines), None, graded.points)


def _solution(question: Question, key: Mapping[str, Any], pack: Pack) -> list[str]:
    if question.kind == "function":
        return [str(key["solution"]).strip()]
    if question.kind == "write":
        levels = sorted(dict(key["anchors"]).items(), reverse=True)
        return [f"{level} of {question.points:g} points: {text}" for level, text in levels if text]
    if question.kind == "read":
        return [f"{name}: {value}" for name, value in dict(key["solution"]).items()]
    if question.kind == "choose":
        known = known_items(pack)
        rows = ((i, n, o) for i in question.items for n, o in enumerate(known[i].options) if o.correct)
        return [f"{item}: {LETTERS[n]}, {option.text}. {option.feedback}" for item, n, option in rows]
    return label(question.label).solution(pack, question.items)


class _Text:
    """The text of a written answer: handed over, or out of the notebook as it was last saved here."""

    def __init__(self, question: Question, source: Notebook) -> None:
        self._question, self._source = question, source

    def value(self, name: str) -> Given:
        answer = self._source.given
        return Given(answer if answer is not NOTHING else _saved_text(self._question))

    def call(self, name: str, case: Case) -> Given:
        return Given(error="TypeError")


def _saved_text(question: Question) -> str:
    path = Path.cwd() / f"{question.set}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == question.cell:
                text = "".join(cell["source"])
                return "" if text.strip() == UNWRITTEN else text
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return ""


# What is kept ---------------------------------------------------------------------------------------------------

_given: dict[str, int] = {}  # hints given in this session, where no code is chosen


@lru_cache(maxsize=1)
def _pack() -> Pack:
    """The kit's own pack: the exercises are about its text."""
    return load(kit_folder() / "data")


def _answers(exercise: ExerciseSet) -> Answers | None:
    """The answers file of the lesson, if a code was chosen on this computer. Where nbgrader runs it, there is none."""
    code = None if os.environ.get("NBGRADER_EXECUTION") else current_code()
    return Answers(exercise.lesson, code, _pack().fingerprint) if code else None


def _keep(exercise: ExerciseSet, question: Question, told: Told) -> None:
    """Keep how far a question is, for the page of progress. Nothing stops if that cannot be saved."""
    answers = _answers(exercise)
    if answers is None or told.status == "not attempted":
        return
    entry: dict[str, Any] = {"status": told.status}
    if told.points is not None:
        entry |= {"points": told.points, "of": told.of}
    with contextlib.suppress(NotSaved):
        answers.set("exercises", question.id, entry)
