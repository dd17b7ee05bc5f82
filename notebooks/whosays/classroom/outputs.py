"""Everything a grading run gives out: tables, pages, gradebook and the copies for formgrader."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from whosays.classroom import copies, feedback, gradebook, item_report, lms
from whosays.classroom.bundle import release_of
from whosays.classroom.roster import names_of
from whosays.disk import write_whole
from whosays.exercises.rubric import Task, tasks
from whosays.exercises.score import LETTERS, known_items
from whosays.exercises.sets import set_folder

if TYPE_CHECKING:
    from whosays.classroom.run import Course

Record = dict[str, Any]
FOR_EXCEL = "\ufeff"  # without it Excel takes UTF-8 for something else; an LMS gets its files without
NO_NBGRADER = "nbgrader is not installed, so there is no gradebook: install exercises/requirements.txt."


def write_outputs(
    records: Iterable[Record],
    out: Path,
    known: Course,
    roster: pd.DataFrame | None = None,
    regraded: bool = False,
    fresh: Collection[str] = (),
) -> tuple[list[Path], tuple[str, ...]]:
    """Write ``out`` and its companions. Returns the files, and remarks for the instructor.

    ``records`` is gone through several times. Marks given by hand in the gradebook are kept, and counted.
    Names are those of ``roster``, where it has them. Of the paths that were graded just now, ``fresh``, is
    said whose points moved since the last table; where all was ``regraded``, also that nobody's did.
    """
    files, remarks = [], []
    titles = {name: s.title for name, s in known.sets.items()}
    database = out.parent / "gradebook.db"
    if gradebook.available():
        graded = {name: gradebook.cells(notebook(name)) for name in known.sets}
        gradebook.write(records, database, graded)
        copies.write_copies(records, out.parent, {name: released(name) for name in known.sets})
        marks = gradebook.marks(database)
        files += [database, out.parent / "autograded"]
    else:
        marks = {}
        remarks.append(NO_NBGRADER)
    called = names_of(lms.by_student(records, marks)[1], roster)
    named = Named(records, called)
    before = lms.rows_in(out)
    for path, text in (
        (out, FOR_EXCEL + lms.plain_csv(named, marks)),
        (_beside(out, "canvas.csv"), lms.canvas_csv(records, marks, roster)),
        (_beside(out, "moodle.csv"), lms.moodle_csv(records, marks, roster)),
    ):
        write_whole(path, text)
        files.append(path)
    moved = lms.moved((r for r in records if r["path"] in fresh), marks, before, called)
    remarks += filter(None, [moved or ("Nobody’s points moved." if regraded and before else "")])
    remarks += filter(None, [lms.gone(records, before)])
    remarks += lms.remarks(records, marks, roster)
    codes = known.pack.reference["misconceptions"]
    misconceptions = dict(zip(codes.iloc[:, 0], codes.iloc[:, 1], strict=True))
    table = item_report.item_table(records, misconceptions, marks)
    sentences = known.pack.sentences
    texts = dict(zip(sentences["id"], sentences["text"], strict=True))
    levels = {(t.set, t.id): {level.points: level.says for level in t.levels} for t in _tasks(known)}
    for path, text in (
        (_beside(out, "items.csv"), FOR_EXCEL + item_report.report_csv(table)),
        (_beside(out, "items.html"), item_report.report_page(table, texts)),
    ):
        write_whole(path, text)
        files.append(path)
    folder = _beside(out, "feedback")
    said = feedback.Said(texts | _options(known), levels)
    feedback.write_pages(named, marks, folder, titles, said)
    files.append(folder)
    return files, tuple(remarks)


class Named:
    """Records with the names that a roster has for their students."""

    def __init__(self, records: Iterable[Record], called: Mapping[str, str]) -> None:
        self._records, self._called = records, called

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            yield record | {"name": self._called.get(record["student"], record["name"])}


def _tasks(known: Course) -> list[Task]:
    return [task for exercise in known.sets.values() for task in tasks(exercise)]


def _options(known: Course) -> dict[str, str]:
    """The stems of the questions of part B by id, and their options by id and letter, as in “L1a B”."""
    texts = {}
    for item in known_items(known.pack).values():
        texts[item.id] = item.stem
        texts |= {
            f"{item.id} {letter}": option.text for letter, option in zip(LETTERS, item.options, strict=False)
        }
    return texts


def _beside(out: Path, ending: str) -> Path:
    """The companion of ``out`` with another ending; dots in its name stay."""
    return out.with_name(f"{out.stem}.{ending}")


def notebook(name: str) -> dict[str, Any]:
    """The source notebook of a set as JSON."""
    content: dict[str, Any] = json.loads((set_folder(name) / f"{name}.ipynb").read_text(encoding="utf-8"))
    return content


def released(name: str) -> dict[str, Any]:
    """The released notebook of a set as JSON."""
    content: dict[str, Any] = json.loads((release_of(name) / f"{name}.ipynb").read_text(encoding="utf-8"))
    return content
