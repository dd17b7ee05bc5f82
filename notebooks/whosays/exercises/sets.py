"""Read a set: ``<set>.json`` beside its notebook, and its key where this copy of the kit has one.

What students have is public: variables, practice cases, hints. The key holds the hidden cases and solutions.
It stays in ``exercises/keys/`` with the instructor, or sealed in ``exercises/keys.sealed`` for self-study.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from whosays.pack import kit_folder
from whosays.pack.sealed import Broken, unseal

Kind = Literal["annotate", "choose", "function", "read", "write"]
KINDS: tuple[Kind, ...] = ("annotate", "choose", "function", "read", "write")
KEYS, SEALED = "keys", "keys.sealed"


class SetError(ValueError):
    """A set of exercises cannot be read; the message names the file, the question and what was expected."""


@dataclass(frozen=True, slots=True)
class Case:
    """One call of a student's function: recipes of its inputs, what it should give, and what to say if not.

    ``expected`` and the values of ``instead`` are plain data; ``instead`` holds what typical wrong answers
    give, each with its own message.
    """

    about: str
    inputs: tuple[Mapping[str, Any], ...]
    expected: Any
    tolerance: float = 0.0
    advice: str = ""
    instead: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set: ``cell`` is the grade_id of its answer, ``test`` of the cell with its points.

    ``variable`` is the name that the answer has in the notebook, ``more`` how many hidden cases the teacher
    has, ``extra`` the points that a person may add. What else is filled depends on ``kind``.
    """

    id: str
    set: str
    cell: str
    test: str
    kind: Kind
    points: float
    variable: str
    hints: tuple[str, ...]
    items: tuple[str, ...] = ()
    label: str = ""
    lines: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    fields: tuple[Mapping[str, Any], ...] = ()
    words: tuple[int, int] = (15, 80)
    extra: float = 0.0
    more: int = 0


@dataclass(frozen=True, slots=True)
class Graded:
    """A cell that carries points, as nbgrader has it, with the questions that they are for."""

    grade_id: str
    points: float
    manual: bool
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class ExerciseSet:
    """A set: its questions in order, and the key by question id, None where this copy has none."""

    name: str
    number: str
    lesson: int
    title: str
    questions: tuple[Question, ...]
    key: Mapping[str, Mapping[str, Any]] | None = None
    cases_hidden: Mapping[str, tuple[Case, ...]] = field(default_factory=dict)

    def question(self, qid: str) -> Question:
        """The question with that id. Raises KeyError."""
        return next(q for q in self.questions if q.id == qid) if self.has(qid) else _unknown(qid, self)

    def has(self, qid: str) -> bool:
        return any(q.id == qid for q in self.questions)

    @property
    def graded(self) -> tuple[Graded, ...]:
        """The cells with points, in order. Two tracks share a cell: its points are those of the functions."""
        cells: dict[str, list[Question]] = {}
        for question in self.questions:
            cells.setdefault(question.test or question.cell, []).append(question)
        return tuple(
            Graded(
                grade_id,
                sum(q.points for q in questions if q.kind != "read") or questions[0].points,
                questions[0].kind == "write",
                tuple(questions),
            )
            for grade_id, questions in cells.items()
        )

    def hidden(self, question: Question) -> tuple[Case, ...]:
        """The cases that only the teacher has; none without the key."""
        return self.cases_hidden.get(question.id, ())


def exercises_folder() -> Path:
    """``exercises/`` of the kit this library belongs to."""
    return kit_folder() / "exercises"


def names(folder: Path | None = None) -> list[str]:
    """The names of all sets in ``exercises/``, sets by number, the capstone last."""
    folder = folder or exercises_folder()
    found = {
        path.stem
        for top in (folder / "source", folder)
        for path in top.glob("*/*.json")
        if path.stem == path.parent.name
    }
    return sorted(found, key=lambda name: (not name.startswith("set"), len(name), name))


def set_folder(name: str, folder: Path | None = None) -> Path:
    """The folder with a set's public files: in ``source/`` at the instructor's, else in ``exercises/``."""
    folder = folder or exercises_folder()
    source = folder / "source" / name
    return source if source.is_dir() else folder / name


def read_set(name: str, folder: Path | None = None) -> ExerciseSet:
    """A set by name, with its key if there is one. Raises SetError."""
    folder = folder or exercises_folder()
    path = set_folder(name, folder) / f"{name}.json"
    if not path.is_file():
        there = ", ".join(names(folder)) or "none at all"
        raise SetError(f"exercises/{name}: no {name}.json there. Sets of this copy: {there}.")
    return _set(read_json(path), _key(name, folder), f"{name}.json")


def of_question(qid: str, folder: Path | None = None) -> tuple[ExerciseSet, Question]:
    """The set and the question of an id such as “1.C1”. Raises KeyError with the ids there are."""
    number = str(qid).partition(".")[0]
    name = f"set{number}" if number.isdigit() else number
    if name not in names(folder):
        there = ", ".join(names(folder)) or "none"
        raise KeyError(f"{qid!r} is no question. A question is like “1.C1”; sets here: {there}.")
    exercise = cached(name, folder or exercises_folder())
    return exercise, exercise.question(qid)


@lru_cache(maxsize=32)
def cached(name: str, folder: Path) -> ExerciseSet:
    """``read_set``, read once in a session."""
    return read_set(name, folder)


def _unknown(qid: str, exercise: ExerciseSet) -> Question:
    raise KeyError(
        f"{qid!r} is no question of {exercise.name}: {', '.join(q.id for q in exercise.questions)}."
    )


def _key(name: str, folder: Path) -> Mapping[str, Mapping[str, Any]] | None:
    plain, sealed = folder / KEYS / f"{name}.json", folder / SEALED
    if plain.is_file():
        content = read_json(plain)
    elif sealed.is_file() and f"{name}.json" in (files := _unsealed(sealed)):
        content = json.loads(files[f"{name}.json"])
    else:
        return None
    questions = content.get("questions")
    if not isinstance(questions, dict):
        raise SetError(f"keys/{name}.json: “questions” is missing. It holds an entry for each question.")
    return questions


def _unsealed(sealed: Path) -> Mapping[str, bytes]:
    try:
        return unseal(sealed.read_bytes())
    except (OSError, Broken) as error:
        raise SetError(f"exercises/{sealed.name}: {error}.") from error


def read_json(path: Path) -> dict[str, Any]:
    """A file of a set, which holds an object. Raises SetError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SetError(f"{path.name}: cannot be read as JSON ({error}).") from error
    if not isinstance(content, dict):
        raise SetError(f"{path.name}: found a {type(content).__name__}, expected an object with “questions”.")
    return content


def _set(content: Mapping[str, Any], key: Mapping[str, Any] | None, where: str) -> ExerciseSet:
    try:
        name, number = str(content["set"]), str(content["number"])
        questions = tuple(_question(q, name, where) for q in content["questions"])
        lesson, title = int(content["lesson"]), str(content["title"])
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, SetError):
            raise
        raise SetError(f"{where}: {error!r} is missing or of the wrong type.") from error
    ids = [q.id for q in questions]
    twice = {i for i in ids if ids.count(i) > 1}
    if twice:
        raise SetError(f"{where}: question {', '.join(sorted(twice))} stands there twice.")
    hidden = {
        qid: tuple(_case(case, f"keys/{name}.json, question {qid}") for case in entry.get("hidden", ()))
        for qid, entry in (key or {}).items()
    }
    return ExerciseSet(name, number, lesson, title, questions, key, hidden)


def _question(raw: Mapping[str, Any], name: str, where: str) -> Question:
    where = f"{where}, question {raw.get('id', '?')}"
    try:
        if raw["kind"] not in KINDS:
            raise SetError(f"{where}: kind {raw['kind']!r}; expected one of {', '.join(KINDS)}.")
        low, high = raw.get("words", (15, 80))
        return Question(
            id=str(raw["id"]),
            set=name,
            cell=str(raw["cell"]),
            test=str(raw.get("test", "")),
            kind=raw["kind"],
            points=float(raw["points"]),
            variable=str(raw.get("variable", "")),
            hints=tuple(map(str, raw.get("hints", ()))),
            items=tuple(map(str, raw.get("items", ()))),
            label=str(raw.get("label", "")),
            lines=tuple(map(str, raw.get("lines", ()))),
            cases=tuple(_case(case, where) for case in raw.get("cases", ())),
            fields=tuple(raw.get("fields", ())),
            words=(int(low), int(high)),
            extra=float(raw.get("extra", 0)),
            more=int(raw.get("more", 0)),
        )
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, SetError):
            raise
        raise SetError(f"{where}: {error!r} is missing or of the wrong type.") from error


def _case(raw: Mapping[str, Any], where: str) -> Case:
    try:
        return Case(
            str(raw["about"]),
            tuple(raw["inputs"]),
            raw["expected"],
            float(raw.get("tolerance", 0.0)),
            str(raw.get("try", "")),
            tuple(raw.get("instead", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SetError(f"{where}: a case lacks {error}.") from error
