"""A student's desk: ``check``, ``hint`` and ``solution`` for the exercises."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from whosays.exercises import plain, tables
from whosays.exercises.annotate import Mark, label
from whosays.exercises.annotate.base import empty
from whosays.exercises.kept import keep, kit_pack, next_hint
from whosays.exercises.score import (
    LETTERS,
    MISSING,
    RED,
    Given,
    Scored,
    cell_points,
    known_items,
    named,
    option_of,
    score,
    unexplained,
)
from whosays.exercises.sets import (
    Case,
    ExerciseSet,
    Question,
    SetError,
    cached,
    exercises_folder,
    names,
    of_question,
)
from whosays.exercises.told import SIGN, SIGNS, Outcome, Told
from whosays.pack import Pack, PackError

NOTHING: Any = object()
STILL = "Not answered yet: "
NO_FUNCTION = "TypeError"  # what Python says of a value that is called
UNWRITTEN = "Write your answer here, in place of this line."
TEACHER = "Your teacher holds the solution and shows it after the hand-in."
OLD = "The cell you ran before this one stopped with an error, so this is about your answer from before it."
UNSEEN = "Right here, and not yet on other tables. Does it work on any table, also on a very small one?"


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
        if found is NOTHING:
            return Given(error=MISSING)
        try:
            return Given(plain.decode(plain.encode(found)))
        except (ValueError, RecursionError) as error:
            return Given(error=type(error).__name__)

    def call(self, name: str, case: Case) -> Given:
        function = self._find(name)
        if function is NOTHING:
            return Given(error=MISSING)
        if empty(function):
            return Given()
        if not callable(function):
            return Given(error=NO_FUNCTION)
        inputs = [tables.make(recipe) for recipe in case.inputs]
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                return Given(plain.decode(plain.encode(function(*inputs))))
        except (Exception, SystemExit) as error:
            return Given(error=type(error).__name__)


def _namespace() -> Mapping[str, Any]:
    """The variables of the running notebook; none outside of one."""
    shell = _shell()
    return {} if shell is None else shell.user_ns


def _shell() -> Any:
    """The shell of the running notebook; None outside of one, where nobody has loaded IPython."""
    loaded = sys.modules.get("IPython")
    return None if loaded is None else loaded.get_ipython()


def _stopped() -> bool:
    """Whether the cell that ran before this one stopped with an error."""
    before = getattr(_shell(), "last_execution_result", None)
    return before is not None and not before.success


def check(qid: str = "", answer: Any = NOTHING) -> Told:
    """Check an answer: “1.A”, “1.C2” and so on, or “1.C” for all of a part.

    If the cell that ran before this one stopped with an error, that is said: its answer is the one before.

    Without ``answer`` the notebook's own variable or function is taken. Without a key (in an assigned copy)
    annotation and choices are only told what is unanswered; functions run the practice cases.
    """
    return _safely(lambda: _check(_id(qid), answer))


def hint(qid: str = "") -> Told:
    """The next of three hints; after the third they begin again. They cost nothing."""
    return _safely(lambda: _hint(_id(qid)))


def solution(qid: str = "") -> Told:
    """A solution, where this copy of the kit has the key; else who has it."""
    return _safely(lambda: _solve(_id(qid)))


def points(grade_id: str) -> float:
    """The points of a graded cell from the variables of its notebook: for nbgrader's test cells.

    What the student's code prints or warns meanwhile is dropped. Raises KeyError if there is no such cell.
    """
    exercise = cached(grade_id.partition("-")[0], exercises_folder())
    graded = next((g for g in exercise.graded if g.grade_id == grade_id), None)
    if graded is None:
        raise KeyError(f"{grade_id!r} carries no points: {', '.join(g.grade_id for g in exercise.graded)}")
    pack = kit_pack()
    scored = [score(exercise, q, Notebook(q), pack) for q in graded.questions]
    return cell_points(graded, scored)[0]


# What is told -------------------------------------------------------------------------------------------


def _safely(job: Callable[[], Told]) -> Told:
    """What a job tells; an id that is none, or a damaged file of the kit, is told in a sentence."""
    try:
        return job()
    except KeyError as error:
        return Told("told", (str(error.args[0]),))
    except (SetError, PackError) as error:
        return Told("told", (f"Take this copy of the kit from your teacher again: {error}",))


def _id(qid: Any) -> str:
    """An id however it was typed: “1.a” is “1.A”. Raises KeyError if there is none."""
    if not str(qid).strip():
        raise KeyError('Put the question between the brackets, such as ws.hint("1.A").')
    name, dot, part = str(qid).strip().partition(".")
    return f"{name.lower()}{dot}{part.upper()}"


def _one(qid: str) -> tuple[ExerciseSet, Question]:
    """The question of an id. Raises KeyError, which for a part such as “1.C” says what it consists of."""
    exercise, questions = _part(qid)
    if len(questions) > 1:
        raise KeyError(
            f"{qid} has several questions. Type one of them: {', '.join(q.id for q in questions)}."
        )
    return exercise, questions[0]


def _check(qid: str, answer: Any) -> Told:
    exercise, questions = _part(qid)
    pack = kit_pack()
    told = [_told(exercise, q, Notebook(q, answer), pack) for q in questions]
    kept = [keep(exercise, question, one) for question, one in zip(questions, told, strict=True)]
    whole = told[0] if len(told) == 1 else _together(exercise, questions, told)
    if answer is NOTHING and whole.status != "not attempted" and _stopped():
        whole = replace(whole, lines=(f"{SIGNS['not yet']} {OLD}", *whole.lines))
    return replace(whole, kept=" ".join(filter(None, kept)))


def _hint(qid: str) -> Told:
    exercise, question = _one(qid)
    if not question.hints:
        return Told("told", (f"There is no hint for {question.id}.",))
    n = next_hint(exercise, question)
    return Told("told", (f"Hint {n + 1} of {len(question.hints)}: {question.hints[n]}",))


def _solve(qid: str) -> Told:
    exercise, question = _one(qid)
    if exercise.key is None or not kit_pack().has_reference:
        return Told("told", (TEACHER,))
    key = exercise.key.get(question.id, {})
    if question.kind == "function":
        return Told("told", ("One solution:",), code=str(key["solution"]).strip())
    return Told("told", tuple(_solution(question, key, kit_pack())))


def _part(qid: str) -> tuple[ExerciseSet, list[Question]]:
    """The question of an id, or all questions of a part such as “1.C”."""
    number, _, part = qid.partition(".")
    name = f"set{number}" if number.isdigit() else number
    if name in names():
        exercise = cached(name, exercises_folder())
        whole = [q for q in exercise.questions if (q.test or q.cell) == f"{name}-{part}-test"]
        if whole and not exercise.has(qid):
            return exercise, whole
    exercise, question = of_question(qid)
    return exercise, [question]


def _told(exercise: ExerciseSet, question: Question, source: Notebook, pack: Pack) -> Told:
    known = exercise.key is not None and pack.has_reference
    if question.kind == "function":
        return _function_told(score(exercise, question, source, pack), known)
    if question.kind == "write":
        return _text_told(score(exercise, question, _Text(question, source), pack), known)
    given = named(source.value(question.variable), question)
    if given.error == MISSING:
        line = _open(f"There is no “{question.variable}” yet: run its cell first. {RED}")
        return Told("not attempted", (line,), 0.0 if known else None, question.points)
    if given.error:
        line = (
            f"→ “{question.variable}” cannot be read ({given.error}). Keep the form that its cell came with."
        )
        return Told("not yet", (line,), 0.0 if known else None, question.points)
    return (
        _scored_told(score(exercise, question, source, pack)) if known else _unanswered(question, given, pack)
    )


def _open(why: str = "") -> str:
    return f"{SIGNS['not attempted']} Not attempted yet. {why}".rstrip()


def _scored_told(scored: Scored) -> Told:
    """Where there is a key: every item with its reason, then the points."""
    if scored.status == "not attempted":
        return Told("not attempted", (_open(),), 0.0, scored.of, scored.marks)
    lines = [_marked(m) for m in scored.marks if m.status != "not attempted"]
    still = [m.item for m in scored.marks if m.status == "not attempted"]
    lines += [f"{SIGNS['not attempted']} Not answered yet: {', '.join(still)}."] if still else []
    last = f"{scored.points:g} of {scored.of:g} points."
    if scored.question.kind == "read":
        lines += [f"{SIGNS['not attempted']} {scored.last}"] if scored.last else []
        last += (
            f" A person gives up to {scored.question.extra:g} more for the explanation. {_compare(scored)}"
        )
    return Told(scored.status, (*lines, last), scored.points, scored.of, scored.marks)


def _marked(mark: Mark) -> str:
    message = mark.message.removeprefix(f"{mark.item}: ")
    return f"{SIGNS[mark.status]} {mark.item}: {message}"


def _function_told(scored: Scored, known: bool) -> Told:
    points = scored.points if known else None
    if scored.status == "not attempted":
        return Told(
            "not attempted", (f"{SIGNS['not attempted']} {scored.last}",), points, scored.of, scored.marks
        )
    lines = [
        f"{SIGNS[m.status]} {message}"
        for m, message in zip(scored.marks, _shorter(scored), strict=True)
        if message
    ]
    last = scored.last
    if not known and scored.question.more:
        more = scored.question.more
        last = f"{last} {more} more {'runs' if more == 1 else 'run'} when your teacher grades."
    elif scored.status == "not yet" and not lines:
        lines = [f"{SIGNS['not yet']} {UNSEEN}"]
    return Told(scored.status, (*lines, f"{SIGNS[scored.status]} {last}"), points, scored.of, scored.marks)


def _shorter(scored: Scored) -> list[str]:
    """The messages of the practice checks, in lines; advice that was given once is not given again."""
    said: set[str] = set()
    messages = []
    for mark in scored.marks:
        looked, found, rest = mark.message.partition(" Found: ")
        what, _, advice = rest.partition(". ")
        again = advice in said
        said |= {advice} - {""}
        message = f"{looked}{found}{what}. The same again." if again else mark.message
        for start in ("Found: ", "Expected: ", "Try: "):
            message = message.replace(f" {start}", f"\n{start}", 1)
        messages.append(message)
    return messages


def _text_told(scored: Scored, known: bool) -> Told:
    if scored.status == "not attempted":
        how = "Write into its cell and save the notebook (Ctrl + S), or hand the text over:"
        how = f'{how} ws.check("{scored.question.id}", "…").'
        return Told("not attempted", (_open(how),))
    lines = [f"{SIGNS[m.status]} {m.message}" for m in scored.marks]
    last = scored.last if not known else f"A person gives the points. {_compare(scored)}"
    return Told(scored.status, (*lines, last), marks=scored.marks)


def _compare(scored: Scored) -> str:
    return f'Compare yours with ws.solution("{scored.question.id}").'


def _unanswered(question: Question, given: Given, pack: Pack) -> Told:
    """All that can be said without a key: what is still open, and what is misspelt."""
    wanted = [str(f["name"]) for f in question.fields] or list(question.items)
    answers = given.value if isinstance(given.value, Mapping) else {}
    if isinstance(given.value, Mapping) and not any(_touched(answers.get(name)) for name in wanted):
        return Told("not attempted", (_open(),))
    faults = _faults(question, given.value, pack)
    unread = {line.partition(":")[0] for line in faults}
    for line in faults:
        if line.startswith(STILL):
            unread |= set(line.removeprefix(STILL).rstrip(".").split(", "))
    done = sum(_touched(answers.get(name), all) and name not in unread for name in wanted)
    last = f"{done} of {len(wanted)} answered. Your teacher has the key."
    if faults:
        return Told("not yet", (*(f"{SIGNS['not yet']} {line}" for line in faults), last))
    return Told("answered", (f"{SIGNS['answered']} {last}",))


def _touched(value: Any, enough: Callable[[Iterable[bool]], bool] = any) -> bool:
    """Whether something was put in place of the dots: in any part of an answer, or in ``all`` of them."""
    if isinstance(value, Mapping):
        return bool(value) and enough(_touched(v, enough) for v in value.values())
    return not empty(value)


def _faults(question: Question, answers: Any, pack: Pack) -> list[str]:
    if question.kind == "annotate":
        return label(question.label).faults(pack, question.items, answers)
    if not isinstance(answers, Mapping):
        return [f"The answer is of type {type(answers).__name__}. Keep the curly brackets of the cell."]
    wanted = [str(f["name"]) for f in question.fields] or list(question.items)
    still = [name for name in wanted if empty(answers.get(name))]
    lines = [f"{STILL}{', '.join(still)}."] if still else []
    if question.kind == "read" and "because" not in still:
        short = unexplained(question, str(answers["because"]))
        lines += [f"because: {short}"] if short else []
    if question.kind == "choose":
        known = known_items(pack)
        for item in question.items:
            letter = answers.get(item)
            if not empty(letter) and option_of(letter, [o.text for o in known[item].options]) is None:
                choice = ", ".join(LETTERS[: len(known[item].options)])
                lines.append(f"{item}: “{str(letter)[:20]}” is none of the letters {choice}.")
    return lines


def _together(exercise: ExerciseSet, questions: list[Question], told: list[Told]) -> Told:
    """A part as a whole: a line a function, the reading task in full; of two tracks one is enough."""
    begun = [(q, t) for q, t in zip(questions, told, strict=True) if t.status != "not attempted"]
    if not begun:
        return Told("not attempted", (_open("One of the two tracks is enough."),))
    lines: list[str] = []
    for question, one in begun:
        *above, last = one.lines
        signed = SIGN.fullmatch(last)
        lines += above if question.kind == "read" else []
        lines.append(f"{SIGNS[one.status]} {question.id}: {signed[2] if signed else last}")
    graded = next(g for g in exercise.graded if g.questions == tuple(questions))
    status, tracks = _best_track(questions, told), {q.kind for q, _ in begun}
    points = {k: sum(t.points or 0.0 for q, t in begun if q.kind == k) for k in tracks}
    known = all(t.points is not None for _, t in begun)
    if known:
        lines.append(f"{max(points.values()):g} of {graded.points:g} points.")
    if len(tracks) > 1:
        lines[-1] += " The better track counts."
    return Told(status, tuple(lines), max(points.values()) if known else None, graded.points)


def _best_track(questions: list[Question], told: list[Told]) -> Outcome:
    """The outcome of the track that is further: all functions, or the reading task."""
    functions = [t.status for q, t in zip(questions, told, strict=True) if q.kind == "function"]
    reading = [t.status for q, t in zip(questions, told, strict=True) if q.kind == "read"]
    if "correct" in reading or (functions and set(functions) == {"correct"}):
        return "correct"
    return "answered" if "answered" in reading else "not yet"


def _solution(question: Question, key: Mapping[str, Any], pack: Pack) -> list[str]:
    if question.kind == "write":
        levels = sorted(dict(key["anchors"]).items(), key=lambda level: -float(level[0]))
        return [f"{level} of {question.points:g} points: {text}" for level, text in levels if text]
    if question.kind == "read":
        return [f"{name}: {value}" for name, value in dict(key["solution"]).items()]
    if question.kind == "choose":
        known = known_items(pack)
        rows = ((i, n, o) for i in question.items for n, o in enumerate(known[i].options) if o.correct)
        return [f"{item}: {LETTERS[n]}, “{option.text}”. {option.feedback}" for item, n, option in rows]
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
    """The text of a question's cell as last saved, in this very notebook if JupyterLab says which it is."""
    mine = os.environ.get("JPY_SESSION_NAME", "")
    for path in ([Path(mine)] if mine.endswith(".ipynb") else []) + [Path.cwd() / f"{question.set}.ipynb"]:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                if cell["metadata"].get("nbgrader", {}).get("grade_id") == question.cell:
                    return "".join(cell["source"]).replace(UNWRITTEN, "").strip()
    return ""
