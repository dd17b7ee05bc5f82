"""Grade one submission: its cells run behind walls, its answers are compared here.

What comes out is a record: plain data, a line of the journal, and all that tables, pages and gradebook need.
"""

from __future__ import annotations

import ast
import base64
import copy
import hashlib
import json
import pickle
import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd

from whosays.classroom.notebooks import Cell, Matched, Release, Unreadable, match, read, set_of
from whosays.classroom.sandbox import Reply, Run, Sandbox
from whosays.classroom.submissions import Submission
from whosays.exercises import plain, tables
from whosays.exercises.annotate import Mark
from whosays.exercises.score import MISSING, Given, Scored, cell_points, score, status_of, wanted
from whosays.exercises.sets import Case, ExerciseSet, Graded, Question
from whosays.pack import Pack

Record = dict[str, Any]
Read = tuple[Record, Matched | None]
TRIES = 3  # of a question whose process was lost with the warm one
DEAD = ("time", "died", "too large", "garbled")
WORD = re.compile(r"\w+")
TEXT = re.compile(
    r"""#[^\n]*|(?<!\w)(\w{0,2})(?:(\"{3}|'{3})(?:\\.|(?!\2)[^\\])*(?:\2)?|(["'])(?:\\.|(?!\3)[^\\\n])*\3?)""",
    re.DOTALL,
)  # a comment, or a text in quotation marks after what may stand before it; one without an end goes on
# What no cell of the kit has that only shows something: it would be missed if the cell did not run.
DOES_MORE = (
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Global),
    *(ast.Delete, ast.With, ast.AsyncWith, ast.Raise, ast.Assert, ast.While, ast.Await),
)
IN_PLACE = frozenset(
    ("append", "extend", "insert", "pop", "remove", "clear", "update", "add", "discard", "setdefault")
)
MOST_TEXT = 20_000  # characters of a student's text that a record keeps
WHY = {
    "time": "took longer than {seconds:g} s and was stopped",
    "died": "ended the program it ran in",
    "too large": "gave back more than can be read",
    "garbled": "gave back something that cannot be read",
}


class Grader:
    """Grades submissions one after the other, each in a process of its own. One thread uses it at a time.

    The sandbox is the grader's from then on, and closed with it.
    """

    def __init__(self, sandbox: Sandbox, sets: Mapping[str, ExerciseSet], pack: Pack) -> None:
        self.sets, self.pack, self.limits = sets, pack, sandbox.limits
        folder = sandbox.bundle / "exercises"
        self.releases = {name: Release.read(folder / name / f"{name}.ipynb") for name in sets}
        self._ending: Run | None = None
        self._sandbox, self._lane = sandbox, 0

    def __enter__(self) -> Grader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def beside(self, lane: int) -> Grader:
        """A grader for another thread, with the same warm process. It is closed before this one."""
        other = copy.copy(self)
        other._ending, other._lane = None, lane
        return other

    def close(self) -> None:
        self._wait()
        if not self._lane:
            self._sandbox.close()

    def end(self, run: Run) -> None:
        """End a process; it may take its time to go while the next submission is read."""
        run.end()
        self._ending = run

    def _wait(self) -> None:
        if self._ending is not None:
            self._ending.close()
            self._ending = None

    def grade(self, submission: Submission, ahead: Read | None = None) -> Record:
        """The record of one submission, whatever is in it; ``ahead`` is what ``read`` gave for it before."""
        began = time.monotonic()
        record, matched = ahead or self.read(submission)
        if matched is not None:
            with _Attempt(self, record["set"], matched, record["notes"]) as attempt:
                record["cells"] = attempt.cells()
            record["status"] = "graded"
        elif record["set"]:
            record["cells"] = nothing(self.sets[record["set"]])
        record["seconds"] = round(time.monotonic() - began, 3)
        return record

    def read(self, submission: Submission) -> Read:
        """The record of a submission before anything of it runs, and its cells; no cells where none can."""
        record, notebook = opened(submission, self.sets)
        if notebook is None:
            return record, None
        name = record["set"] = set_of(notebook, self.releases) or record["set"]
        if not name:
            record["status"] = "no set"
            known = ", ".join(self.sets)
            record["notes"].append(f"No cell of it belongs to a set of this course ({known}).")
            return record, None
        matched = match(notebook, self.releases[name])
        record["notes"].extend(matched.notes)
        record["sources"] = {
            c.grade_id: c.source[:MOST_TEXT] for c in matched.cells if c.kind in ("answer", "manual")
        }
        return record, matched

    def settle(self) -> None:
        """Let the calling thread run where the submissions run."""
        self._sandbox.settle(self._lane)

    def start(self, name: str) -> Run:
        """A fresh process for a submission to that set."""
        self._wait()
        return self._sandbox.start(name, self._lane)

    def lost(self, run: Run) -> bool:
        """Whether a process ended by no fault of its own."""
        return self._sandbox.lost(run)


def opened(submission: Submission, sets: Mapping[str, ExerciseSet]) -> tuple[Record, dict[str, Any] | None]:
    """The record of a submission and its notebook; None where there is none, and the record says why."""
    record = blank(submission)
    record["set"] = submission.hint if submission.hint in sets else ""
    if submission.file is None:
        record["status"] = "no notebook"
        record["notes"].append(submission.problem)
        return record, None
    try:
        record["sha256"], record["bytes"] = fingerprint(submission.file)
        return record, read(submission.file)
    except Unreadable as error:
        record["notes"].append(str(error))
    except OSError as error:
        record["notes"].append(f"The file cannot be read ({error.strerror or type(error).__name__}).")
    record["status"] = "not readable"
    return record, None


class _Attempt:
    """One submission's run. It is the ``Source`` of the answers, and asks the walled-in process for them.

    A process that hangs or dies is replaced: the cells that went well run again, and the next question goes
    on. So is one that was given hidden inputs, before anything else is asked of it: of what a function keeps
    of them, or passes on, nothing can come into a word that is shown.
    """

    def __init__(self, grader: Grader, name: str, matched: Matched, notes: list[str]) -> None:
        self._grader, self._name, self._matched, self._notes = grader, name, matched, notes
        self._exercise = grader.sets[name]
        self._ends = time.monotonic() + grader.limits.total
        self._well: list[tuple[str, str]] = []
        self._run: Run | None = None
        self._over = False
        self._told = False  # whether hidden inputs are in the process
        self._hidden = {id(case) for cases in self._exercise.cases_hidden.values() for case in cases}
        self._found: dict[str | int, Given] = {}

    def __enter__(self) -> _Attempt:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._run is not None:
            self._grader.end(self._run)

    # The cells ------------------------------------------------------------------------------------------

    def cells(self) -> dict[str, Any]:
        """Run the notebook and score each graded cell where it stands."""
        graded = {g.grade_id: g for g in self._exercise.graded}
        found: dict[str, Any] = {}
        tests = [n for n, c in enumerate(self._matched.cells) if c.kind == "test"]
        last = tests[-1] if tests else len(self._matched.cells)
        self._own = any(c.kind == "own" and c.cell_type == "code" for c in self._matched.cells)
        self._changed = {c.grade_id: c.changed for c in self._matched.cells if c.grade_id}
        runs = _to_run(self._matched.cells[:last])
        for n, cell in enumerate(self._matched.cells):
            if cell.grade_id in graded and cell.kind == "test":
                found[cell.grade_id] = self._test(graded[cell.grade_id])
            elif cell.grade_id in graded:
                found[cell.grade_id] = self._manual(graded[cell.grade_id], cell.source, cell.changed)
            elif n in runs:
                self._cell(cell.source, cell.grade_id or "own")
        return {g: found.get(g) or _empty(graded[g]) for g in graded}

    def _cell(self, source: str, name: str) -> None:
        reply = self._ask(lambda run: run.cell(source, name))
        if reply is None:
            return
        if reply.error not in DEAD:
            self._well.append((source, name))
        if reply.error:
            where = "A cell of your own" if name == "own" else f"The cell {name}"
            why = WHY.get(reply.error, "").format(seconds=self._grader.limits.seconds)
            said = f"stopped with {reply.error}" + (f": {reply.words}" if reply.words else "")
            self._notes.append(f"{where} {why or said}."[:400])

    def _test(self, graded: Graded) -> dict[str, Any]:
        answered = [q for q in graded.questions if not self._untouched(q)]
        self._found = {}
        for question in sorted(answered, key=lambda q: q.kind == "function"):
            self._look(question)
        scored = [
            score(self._exercise, question, self, self._grader.pack)
            if question in answered
            else Scored(question, "not attempted", 0.0, question.points)
            for question in graded.questions
        ]
        points, track = cell_points(graded, scored)
        attempted = any(s.status != "not attempted" for s in scored)
        parts = [part for s in scored for part in _parts(s)]
        cell: dict[str, Any] = {
            "points": points,
            "of": graded.points,
            "manual": bool(track is not None and track.text),
            "status": status_of(points, graded.points, attempted),
            "parts": parts,
        }
        if any(q.kind == "read" for q in graded.questions):
            extra = max(q.extra for q in graded.questions)
            because = track.text[:MOST_TEXT] if track is not None else ""
            cell |= {"extra": extra, "track": "N" if track is not None else "P", "because": because}
        return cell

    def _untouched(self, question: Question) -> bool:
        """Whether nothing can have been answered: the cell is as released, and there are no other cells."""
        return not self._own and not self._changed.get(question.cell, True)

    def _manual(self, graded: Graded, text: str, changed: bool) -> dict[str, Any]:
        (question,) = graded.questions
        if not changed:
            return _empty(graded)
        text = text[:MOST_TEXT]
        checked = score(self._exercise, question, _Written(text), self._grader.pack)
        message = " ".join([*(m.message for m in checked.marks if m.message), checked.last])
        part = _part(checked, points=None, message=message)
        return {
            "points": None,
            "of": graded.points,
            "manual": True,
            "status": "to be read",
            "text": text,
            "parts": [part],
        }

    # As a source ----------------------------------------------------------------------------------------

    def value(self, name: str) -> Given:
        known = self._found.get(name)
        return known or self._given(self._asked(name, lambda run: run.value(name)))

    def call(self, name: str, case: Case) -> Given:
        (inputs, _), hidden = _ready(case), id(case) in self._hidden
        known = self._found.get(id(case))
        return known or self._given(self._asked(name, lambda run: run.call(name, inputs), hidden), case)

    def _asked(self, name: str, ask: Callable[[Run], Reply], hidden: bool = False) -> Reply | None:
        """An answer of the process; a note says so if the time of a question was over."""
        reply = self._ask(ask, hidden)
        if reply is not None and reply.error == "time":
            question = next((q.id for q in self._exercise.questions if q.variable == name), name)
            note = f"{question} {WHY['time'].format(seconds=self._grader.limits.seconds)}."
            self._notes.extend([note] if note not in self._notes else [])
        return reply

    def _look(self, question: Question) -> None:
        """Ask all of a question that needs no hidden input. Of all questions of a cell this comes first."""
        if question.kind != "function":
            self._found[question.variable] = self.value(question.variable)
        for case in question.cases if question.kind == "function" else ():
            given = self.call(question.variable, case)
            self._found[id(case)] = given
            if given.error in ("time", "died", MISSING):
                break

    def _given(self, reply: Reply | None, case: Case | None = None) -> Given:
        if reply is None:
            return Given(error="time")
        if reply.error:
            return Given(error="died" if reply.error in DEAD[2:] else reply.error)
        if case is not None and json.dumps(reply.value) == _ready(case)[1]:
            return Given(wanted(case))  # what most give need not be put together again
        try:
            return Given(plain.decode(reply.value))
        except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError):
            return Given(error="died")

    def _ask(self, ask: Callable[[Run], Reply], hidden: bool = False) -> Reply | None:
        """An answer of the process, or None if the time of the submission is over."""
        ready = self._run is not None and self._run.alive and (hidden or not self._told)
        if not (ready or self._again()) or self._late():
            return None
        assert self._run is not None
        self._told = self._told or hidden
        reply = ask(self._run)
        for _ in range(TRIES):
            if reply.error != "died" or not self._grader.lost(self._run) or not self._again():
                break
            self._told = hidden
            reply = ask(self._run)
        if reply.error in DEAD:
            self._run.close()
        return None if reply.error == "time" and self._late() else reply

    def _late(self) -> bool:
        """Whether the time of the submission is over; the first time, a note says so."""
        if time.monotonic() < self._ends:
            return False
        if not self._over:
            limit = self._grader.limits.total
            self._notes.append(f"It ran longer than {limit:g} s in all; what came after that is not graded.")
            self._over = True
        return True

    def _again(self) -> bool:
        """A fresh process in which the cells that went well have run; False if there is no time for it."""
        while not self._late():
            if self._run is not None:
                self._run.close()
            self._run, self._told = self._grader.start(self._name), False
            self._run.ends = self._ends
            bad = next((c for c in self._well if self._run.cell(*c).error in DEAD), None)
            if bad is None:
                return True
            if not self._grader.lost(self._run):
                self._well.remove(bad)
        return False


class _Written:
    """A written answer as a source."""

    def __init__(self, text: str) -> None:
        self._text = text

    def value(self, name: str) -> Given:
        return Given(self._text)

    def call(self, name: str, case: Case) -> Given:
        return Given(error="TypeError")


def _to_run(cells: Sequence[Cell]) -> set[int]:
    """The places of the cells to run: code, save those of the kit that only show what no other cell uses."""
    code = {
        n: c for n, c in enumerate(cells) if c.cell_type == "code" and c.kind in ("given", "answer", "own")
    }
    left = {n: _left_behind(c.source) for n, c in code.items() if c.kind == "given"}
    used = {n: _words(c.source) if c.kind == "given" else words_of(c.source) for n, c in code.items()}
    return {n for n in code if (names := left.get(n)) is None or any(names & used[m] for m in code if m != n)}


def words_of(source: str) -> frozenset[str]:
    """The words of a cell outside comments and texts, roughly: rather one too many than one too few."""
    return frozenset(WORD.findall(TEXT.sub(_kept, source) if len(source) < MOST_TEXT else source))


_words = lru_cache(maxsize=256)(words_of)


def _kept(found: re.Match[str]) -> str:
    """What a text may use: in an f-string, names."""
    return found[0] if "f" in (found[1] or "").lower() else " "


@lru_cache(maxsize=256)
def _left_behind(source: str) -> frozenset[str] | None:
    """The names that a cell of the kit leaves behind; None if it may do more than give names and show."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return None
    if any(isinstance(node, DOES_MORE) or _changes(node) for node in nodes):
        return None
    return frozenset(
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def _changes(node: ast.AST) -> bool:
    """Whether it is a call or an assignment that changes something in its place, or writes it to disk."""
    if isinstance(node, ast.Attribute | ast.Subscript):
        named = node.attr if isinstance(node, ast.Attribute) else ""
        return not isinstance(node.ctx, ast.Load) or named.startswith("to_") or named in IN_PLACE
    return isinstance(node, ast.keyword) and node.arg in (None, "inplace")


# Records ------------------------------------------------------------------------------------------------


def blank(submission: Submission) -> Record:
    """The record of a submission before anything is known of its content."""
    return {
        "path": submission.path,
        "sha256": "",
        "bytes": 0,
        "student": submission.student,
        "name": submission.name,
        "lms": {"kind": submission.kind, "id": submission.lms_id, "late": submission.late},
        "attempt": submission.attempt,
        "handed_in": submission.handed_in,
        "set": "",
        "status": "stopped",
        "notes": list(submission.notes),
        "seconds": 0.0,
        "superseded": False,
        "sources": {},
        "cells": {},
    }


def prepare(sets: Mapping[str, ExerciseSet]) -> None:
    """Make the inputs of all cases ready to be sent."""
    for exercise in sets.values():
        for question in exercise.questions:
            for case in (*question.cases, *exercise.hidden(question)):
                _ready(case)


_READY: dict[int, tuple[Case, tuple[list[Any], str]]] = {}


def _ready(case: Case) -> tuple[list[Any], str]:
    """The inputs of a case as they are sent, and what it should give as one text; made once for all."""
    known = _READY.get(id(case))
    if known is None:
        inputs = [packed(tables.make(recipe)) for recipe in case.inputs]
        known = _READY[id(case)] = (case, (inputs, json.dumps(case.expected)))
    return known[1]


def packed(value: Any) -> Any:
    """A value as an input of ``Run.call``. A table goes in pickled, which is fast; nothing comes out so."""
    if type(value) is not pd.DataFrame:
        return plain.encode(value)
    return ["pickled", base64.b64encode(pickle.dumps(value, 5)).decode()]


def nothing(exercise: ExerciseSet) -> dict[str, Any]:
    """The cells of a submission that has nothing in it."""
    return {graded.grade_id: _empty(graded) for graded in exercise.graded}


def fingerprint(file: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes of a file, read in pieces."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def _empty(graded: Graded) -> dict[str, Any]:
    parts = [part for q in graded.questions for part in _parts(Scored(q, "not attempted", 0.0, q.points))]
    cell: dict[str, Any] = {
        "points": 0.0,
        "of": graded.points,
        "manual": False,
        "status": "not attempted",
        "parts": parts,
    }
    if graded.manual:
        cell["text"] = ""
    if any(q.kind == "read" for q in graded.questions):
        cell |= {"extra": max(q.extra for q in graded.questions), "track": "P", "because": ""}
    return cell


def _parts(scored: Scored) -> list[dict[str, Any]]:
    """What is said of a question: item by item, or of a function as a whole."""
    question, marks = scored.question, scored.marks
    if not marks and question.kind in ("annotate", "choose", "read"):
        asked = question.items or [str(f["name"]) for f in question.fields if float(f.get("points", 0)) > 0]
        marks = tuple(Mark(item, "not attempted", 0.0, "", "Not answered.") for item in asked)
    if question.kind == "function" or not marks:
        lines = [*(m.message for m in scored.marks if m.message), scored.last]
        message = "\n".join(filter(None, lines)) or "Not attempted."
        return [_part(scored, points=scored.points, message=message)]
    weights = (
        {str(f["name"]): float(f.get("points", 0)) for f in question.fields}
        if question.kind == "read"
        else dict.fromkeys(question.items, question.points / max(1, len(question.items)))
    )
    return [
        {
            "question": question.id,
            "item": m.item,
            "points": round(m.share * weights.get(m.item, 0.0), 4),
            "of": weights.get(m.item, 0.0),
            "status": m.status,
            "answer": m.answer[:200],
            "message": m.message[:2000],
            "misconception": m.misconception,
        }
        for m in marks
    ]


def _part(scored: Scored, *, points: float | None, message: str) -> dict[str, Any]:
    return {
        "question": scored.question.id,
        "item": "",
        "points": points,
        "of": scored.of,
        "status": scored.status if points is not None else "to be read",
        "answer": "",
        "message": message[:4000],
        "misconception": "",
    }
