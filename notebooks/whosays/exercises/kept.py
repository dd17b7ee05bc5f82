"""What is kept of the exercises in the student's answers file: how far each question is, and hints opened."""

from __future__ import annotations

import contextlib
import os
from functools import lru_cache
from typing import Any

from whosays.answers import Answers, NotSaved, current_code, new_code
from whosays.exercises.sets import ExerciseSet, Question
from whosays.exercises.told import Told
from whosays.pack import Pack, kit_folder, load

_hints: dict[tuple[str, str], int] = {}  # opened in this session, by code and question, should saving fail
_own: dict[str, str] = {}  # the code of this session, where nobody has chosen one on this computer
_named: set[str] = set()  # what was said about keeping, once in a session


@lru_cache(maxsize=1)
def kit_pack() -> Pack:
    """The kit's own pack: the exercises are about its text. Raises PackError."""
    return load(kit_folder() / "data")


def answers_of(lesson: int, code: str) -> Answers:
    """The file with what a student did in the exercises to a lesson."""
    return Answers(lesson, code, kit_pack().fingerprint)


def keep(exercise: ExerciseSet, question: Question, told: Told) -> str:
    """Keep how far a question is; the best of several tries stays.

    Returns, once in a session, where that is kept, or why it is not.
    """
    answers = _mine(exercise)
    if answers is None or told.status in ("not attempted", "told"):
        return ""
    entry: dict[str, Any] = {"status": told.status}
    if told.points is not None:
        entry |= {"points": told.points, "of": told.of}
    before = answers.get("exercises", question.id)
    if isinstance(before, dict) and _points(before) > _points(entry):
        return ""
    try:
        answers.set("exercises", question.id, entry)
    except NotSaved as error:
        return _once(f"Your progress is not kept. {error}")
    return _once(f"Your progress is kept under the code {answers.code}.")


def next_hint(exercise: ExerciseSet, question: Question) -> int:
    """The place of the hint that comes next, from 0, and count it as opened."""
    answers, key = _mine(exercise), f"exercise {question.id}"
    here = (answers.code if answers else "", question.id)
    given = max(whole(answers.get("hints", key)) if answers else 0, _hints.get(here, 0))
    _hints[here] = given + 1
    if answers:
        with contextlib.suppress(NotSaved):
            answers.set("hints", key, given + 1)
    return given % len(question.hints)


def whole(value: Any) -> int:
    """A count out of a file that anybody may have changed."""
    return value if type(value) is int and value >= 0 else 0


def _points(entry: dict[str, Any]) -> float:
    """The points of an entry; without a key a finished one is more than a begun one."""
    points = entry.get("points")
    known = isinstance(points, int | float) and not isinstance(points, bool)
    return float(points) if known and points is not None else float(entry.get("status") != "not yet")


def _mine(exercise: ExerciseSet) -> Answers | None:
    """The answers file of the lesson. Where nbgrader runs a notebook there is none."""
    if os.environ.get("NBGRADER_EXECUTION"):
        return None
    code = current_code() or _own.get("code") or _own.setdefault("code", new_code())
    return answers_of(exercise.lesson, code)


def _once(sentence: str) -> str:
    if sentence in _named:
        return ""
    _named.add(sentence)
    return sentence
