"""What a person reads and gives points for: questions, their levels with an example each, answers, marks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whosays.exercises.sets import ExerciseSet, Graded, Question, set_folder

MOST_LEVELS = 9  # without a rubric: one a point up to here, else thirds
SIGNS = re.compile(r"<[^>\n]{1,80}>|\*\*|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|^#+ *", re.MULTILINE)
NUMBER = re.compile(r" *\(\d+ points?\)$")
LONGEST = 60  # characters of a heading that is a title here, too
SOLUTION = "### BEGIN SOLUTION"


@dataclass(frozen=True, slots=True)
class Level:
    """Points, what earns them, and an answer that does."""

    points: float
    says: str
    example: str


@dataclass(frozen=True, slots=True)
class Task:
    """A question that a person reads. ``cell`` carries the points, ``comment_on`` the answer and the comment.

    With ``extra`` the points are added to the machine's. ``levels`` go from the best one down.
    """

    id: str
    set: str
    title: str
    cell: str
    comment_on: str
    extra: bool
    of: float
    levels: tuple[Level, ...]
    asked: str

    @property
    def keys(self) -> tuple[str, ...]:
        """The key that gives each level: its points where they are 0, 1, 2 and so on, else its place."""
        points = sorted(level.points for level in self.levels)
        if len(points) <= MOST_LEVELS + 1 and points == list(range(len(points))):
            return tuple(f"{level.points:g}" for level in self.levels)
        return tuple(str(n) if n <= MOST_LEVELS else "" for n in range(1, len(self.levels) + 1))


@dataclass(frozen=True, slots=True)
class Answer:
    """One student's words to one question, and what the machine has to say of them."""

    student: str
    name: str
    text: str
    notes: tuple[str, ...]
    path: str


@dataclass(frozen=True, slots=True)
class State:
    """What an answer has: points (None: not marked), comment, and whether it is to be read again.

    ``whole`` is true where somebody gave points to the whole cell in place of adding to the machine's.
    """

    points: float | None = None
    comment: str = ""
    again: bool = False
    whole: bool = False

    @property
    def read(self) -> bool:
        return self.points is not None and not self.again


def tasks(exercise: ExerciseSet, folder: Path | None = None) -> list[Task]:
    """What a person reads in a set, in the order of its notebook."""
    cells = _cells(exercise.name, folder)
    found = []
    for graded in exercise.graded:
        for question in graded.questions:
            if graded.manual or (question.kind == "read" and question.extra):
                found.append(_task(exercise, graded, question, cells))
    return found


def _task(exercise: ExerciseSet, graded: Graded, question: Question, cells: list[dict[str, Any]]) -> Task:
    entry, read = (exercise.key or {}).get(question.id, {}), question.kind == "read"
    rubric, anchors = ("because_rubric", "because_anchors") if read else ("rubric", "anchors")
    of = question.extra if read else graded.points
    asked = _asked(cells, question.cell)
    heading = "N. Explain (“because”)" if read else _heading(cells, question.cell)
    short = heading if 0 < len(heading) <= LONGEST else question.id
    name = exercise.name if exercise.name == "capstone" else f"Set {exercise.number}"
    return Task(
        question.id,
        exercise.name,
        f"{name[:1].upper()}{name[1:]} · {short}",
        graded.grade_id,
        question.cell,
        read,
        of,
        _levels(entry.get(rubric), entry.get(anchors), of),
        asked,
    )


def _levels(rubric: Any, anchors: Any, of: float) -> tuple[Level, ...]:
    """The levels of a key's rubric, which is an object by points; without one, points alone."""
    says = _by_points(rubric)
    examples = _by_points(anchors)
    if not says:
        whole = of == int(of) and of <= MOST_LEVELS
        says = dict.fromkeys(map(float, range(int(of) + 1)) if whole else (0.0, of / 3, 2 * of / 3, of), "")
    return tuple(
        Level(round(points, 2), says[points], examples.get(points, ""))
        for points in sorted(says, reverse=True)
        if 0 <= points <= of
    )


def _by_points(entry: Any) -> dict[float, str]:
    found = {}
    for points, text in entry.items() if isinstance(entry, Mapping) else ():
        try:
            found[float(points)] = str(text)
        except ValueError:
            continue
    return found


def _cells(name: str, folder: Path | None) -> list[dict[str, Any]]:
    """The cells of the set's notebook; none where it cannot be read."""
    try:
        text = (set_folder(name, folder) / f"{name}.ipynb").read_text(encoding="utf-8")
        return list(json.loads(text)["cells"])
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _heading(cells: list[dict[str, Any]], cell_id: str) -> str:
    """The heading of the part that an answer belongs to, without its points; none where there is none."""
    heading = ""
    for cell in cells:
        if cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") == cell_id:
            return heading
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and source.startswith("## "):
            heading = NUMBER.sub("", SIGNS.sub("", source.partition("\n")[0]))
    return ""


def _asked(cells: list[dict[str, Any]], cell_id: str) -> str:
    """What stands above an answer, as plain text, and the lines of a code cell that is to be filled in."""
    ids = [c.get("metadata", {}).get("nbgrader", {}).get("grade_id") for c in cells]
    if cell_id not in ids:
        return ""
    at = ids.index(cell_id)
    above = at
    while above and cells[above - 1]["cell_type"] == "markdown" and ids[above - 1] is None:
        above -= 1
    texts = [SIGNS.sub("", "".join(c["source"])) for c in cells[above:at]]
    if cells[at]["cell_type"] == "code":
        texts.append("".join(cells[at]["source"]).partition(SOLUTION)[0])
    return "\n\n".join(text.strip() for text in texts if text.strip())
