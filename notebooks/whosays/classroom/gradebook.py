"""nbgrader's gradebook, written in bulk: the tables are nbgrader's own, and so is everything that reads them."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]
PATIENCE = 30.0  # seconds to wait for formgrader, should it write just now
COURSE = "who-says-so"
BUSY = "The gradebook {name} is in use by another program. Close nbgrader or wait, then try again."
SEEN = "create table if not exists whosays_seen (notebook_id text, cell_id text, sha256 text, primary key (notebook_id, cell_id))"


class GradebookError(OSError):
    """The gradebook cannot be read or written; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class GradedCell:
    """A cell of a set as nbgrader's gradebook knows it."""

    grade_id: str
    cell_type: str
    grade: bool
    solution: bool
    locked: bool
    points: float
    source: str
    checksum: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person gave: points in place of the machine's, extra points, a comment."""

    points: float | None = None
    extra: float | None = None
    comment: str = ""


def available() -> bool:
    """Whether nbgrader is installed."""
    return importlib.util.find_spec("nbgrader") is not None


def cells(notebook: Mapping[str, Any]) -> list[GradedCell]:
    """The cells of a source notebook that nbgrader knows by an id."""
    found = []
    for cell in notebook["cells"]:
        mine = cell["metadata"].get("nbgrader")
        if mine and mine.get("grade_id"):
            found.append(
                GradedCell(
                    mine["grade_id"],
                    cell["cell_type"],
                    bool(mine["grade"]),
                    bool(mine["solution"]),
                    bool(mine["locked"]),
                    float(mine.get("points", 0)),
                    "".join(cell["source"]),
                    mine.get("checksum", ""),
                )
            )
    return found


def write(records: Iterable[Record], database: Path, sets: Mapping[str, Sequence[GradedCell]]) -> None:
    """Write all graded records in one transaction: the old gradebook or the new one, never a part.

    Marks and comments given by hand are kept. Where the answer to such a mark has changed since, it is flagged
    to be read again. Superseded records and those without a set are left out. Raises GradebookError.
    """
    _prepare(database, sets)
    with _open(database) as connection:
        connection.execute(SEEN)
        known = _structure(connection, sets)
        students = {row[0] for row in connection.execute("select id from student")}
        for record in records:
            if record["superseded"] or record["set"] not in sets:
                continue
            student = record["student"]
            if student not in students:
                students.add(student)
                connection.execute(
                    "insert into student (id, last_name) values (?, ?)", (student, record["name"] or None)
                )
            _write_record(connection, record, student, known[record["set"]])


def _prepare(database: Path, sets: Mapping[str, Sequence[GradedCell]]) -> None:
    """Let nbgrader make its tables and the sets in them, where they are not yet as they should be."""
    wanted = hashlib.sha256(
        json.dumps({n: [(c.grade_id, c.points, c.source) for c in cs] for n, cs in sets.items()}).encode()
    ).hexdigest()
    if database.exists():
        with contextlib.suppress(sqlite3.Error), _open(database) as connection:
            found = connection.execute(
                "select sha256 from whosays_seen where notebook_id = 'course'"
            ).fetchone()
            if found and found[0] == wanted:
                return
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with Gradebook(f"sqlite:///{database}", course_id=COURSE) as book:
            for name, parts in sets.items():
                book.update_or_create_assignment(name)
                book.update_or_create_notebook(name, name, kernelspec='{"name": "python3"}')
                for part in parts:
                    source = {"source": part.source, "checksum": part.checksum or None}
                    book.update_or_create_source_cell(
                        part.grade_id, name, name, cell_type=part.cell_type, locked=part.locked, **source
                    )
                    if part.grade:
                        book.update_or_create_grade_cell(
                            part.grade_id, name, name, max_score=part.points, cell_type=part.cell_type
                        )
                    if part.solution:
                        book.update_or_create_solution_cell(part.grade_id, name, name)
    except SQLAlchemyError as error:
        raise GradebookError(
            f"The gradebook {database.name} cannot be written: {str(error.__cause__ or error)[:200]}."
        ) from error
    with _open(database) as connection:
        connection.execute(SEEN)
        connection.execute("insert or replace into whosays_seen values ('course', '', ?)", (wanted,))


@contextlib.contextmanager
def _open(database: Path) -> Iterator[sqlite3.Connection]:
    """A transaction. Raises GradebookError."""
    try:
        connection = sqlite3.connect(database, timeout=PATIENCE, isolation_level=None)
    except sqlite3.Error as error:
        raise GradebookError(f"The gradebook {database.name} cannot be opened: {error}.") from error
    try:
        connection.execute("begin immediate")
        yield connection
        connection.execute("commit")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise GradebookError(BUSY.format(name=database.name)) from error
        raise GradebookError(f"The gradebook {database.name} cannot be used: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise GradebookError(f"{database.name} is no gradebook: {error}.") from error
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class _Structure:
    assignment: str
    notebook: str
    graded: Mapping[str, str]
    solved: Mapping[str, str]
    there: dict[str, str]


def _structure(
    connection: sqlite3.Connection, sets: Mapping[str, Sequence[GradedCell]]
) -> dict[str, _Structure]:
    """The ids of each set's parts, and the submitted notebooks that are there, by student."""
    found = {}
    for name in sets:
        (assignment,) = connection.execute("select id from assignment where name = ?", (name,)).fetchone()
        (notebook,) = connection.execute(
            "select id from notebook where assignment_id = ? and name = ?", (assignment, name)
        ).fetchone()
        parts = connection.execute(
            "select name, id, type from base_cell where notebook_id = ?", (notebook,)
        ).fetchall()
        there = connection.execute(
            "select submitted_assignment.student_id, submitted_notebook.id from submitted_notebook"
            " join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"
            " where submitted_notebook.notebook_id = ?",
            (notebook,),
        )
        found[name] = _Structure(
            assignment,
            notebook,
            {n: i for n, i, kind in parts if kind == "GradeCell"},
            {n: i for n, i, kind in parts if kind == "SolutionCell"},
            dict(there.fetchall()),
        )
    return found


def _write_record(connection: sqlite3.Connection, record: Record, student: str, known: _Structure) -> None:
    submitted = known.there.get(student)
    if submitted is None:
        handed_in, submitted = uuid.uuid4().hex, uuid.uuid4().hex
        connection.execute(
            "insert into submitted_assignment (id, assignment_id, student_id) values (?, ?, ?)"
            " on conflict (assignment_id, student_id) do nothing",
            (handed_in, known.assignment, student),
        )
        (handed_in,) = connection.execute(
            "select id from submitted_assignment where assignment_id = ? and student_id = ?",
            (known.assignment, student),
        ).fetchone()
        connection.execute(
            "insert into submitted_notebook (id, assignment_id, notebook_id, flagged) values (?, ?, ?, 0)",
            (submitted, handed_in, known.notebook),
        )
        known.there[student] = submitted
    connection.executemany(
        "insert into comment (id, notebook_id, cell_id) values (?, ?, ?) on conflict (cell_id, notebook_id) do nothing",
        [(uuid.uuid4().hex, submitted, cell) for cell in known.solved.values()],
    )
    for grade_id, cell in record["cells"].items():
        if grade_id in known.graded:
            _write_grade(connection, submitted, known.graded[grade_id], cell)


def _write_grade(
    connection: sqlite3.Connection, submitted: str, cell_id: str, cell: Mapping[str, Any]
) -> None:
    text = str(cell.get("text", cell.get("because", "")))
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    old = connection.execute(
        "select manual_score, extra_credit, needs_manual_grade from grade where cell_id = ? and notebook_id = ?",
        (cell_id, submitted),
    ).fetchone()
    seen = connection.execute(
        "select sha256 from whosays_seen where notebook_id = ? and cell_id = ?", (submitted, cell_id)
    ).fetchone()
    open_now = bool(cell["manual"])
    if old is not None and seen == (digest,):
        by_hand = old[0] is not None or old[1] is not None
        open_now = open_now and (bool(old[2]) or not by_hand)
    connection.execute(
        "insert into grade (id, notebook_id, cell_id, auto_score, needs_manual_grade) values (?, ?, ?, ?, ?)"
        " on conflict (cell_id, notebook_id) do update set"
        " auto_score = excluded.auto_score, needs_manual_grade = excluded.needs_manual_grade",
        (uuid.uuid4().hex, submitted, cell_id, cell["points"], open_now),
    )
    connection.execute("insert or replace into whosays_seen values (?, ?, ?)", (submitted, cell_id, digest))


MARKS = """
    select student.id, assignment.name, base_cell.name, grade.manual_score, grade.extra_credit, comment.manual_comment
    from submitted_notebook
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    join assignment on assignment.id = submitted_assignment.assignment_id
    join student on student.id = submitted_assignment.student_id
    join base_cell on base_cell.notebook_id = submitted_notebook.notebook_id
    left join grade on grade.cell_id = base_cell.id and grade.notebook_id = submitted_notebook.id
    left join comment on comment.cell_id = base_cell.id and comment.notebook_id = submitted_notebook.id
    where grade.manual_score is not null or grade.extra_credit is not null or comment.manual_comment is not null
"""


def marks(database: Path) -> dict[tuple[str, str, str], Mark]:
    """What was given by hand, in formgrader or in the grade book, by student, set and cell. Raises GradebookError."""
    found: dict[tuple[str, str, str], Mark] = {}
    if not database.exists():
        return found
    with _open(database) as connection:
        for student, name, cell, points, extra, comment in connection.execute(MARKS):
            old = found.get((student, name, cell), Mark())
            found[student, name, cell] = Mark(
                old.points if points is None else points,
                old.extra if extra is None else extra,
                comment or old.comment,
            )
    return found


def mark(
    database: Path,
    student: str,
    set_name: str,
    grade_id: str,
    *,
    points: float | None = None,
    extra: float | None = None,
    comment: str | None = None,
    comment_on: str = "",
) -> None:
    """Give one mark by hand; what is None stays as it is. A comment belongs to the answer's cell, ``comment_on``.

    Raises KeyError for a submission or cell that the gradebook does not have, GradebookError.
    """
    where = (student, set_name)
    with _open(database) as connection:
        row = connection.execute(
            "select submitted_notebook.id, submitted_notebook.notebook_id from submitted_notebook"
            " join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"
            " join assignment on assignment.id = submitted_assignment.assignment_id"
            " where submitted_assignment.student_id = ? and assignment.name = ?",
            where,
        ).fetchone()
        if row is None:
            raise KeyError(f"{student} has handed in no {set_name}")
        submitted, notebook = row
        found = dict(
            connection.execute(
                "select name || ' ' || type, id from base_cell where notebook_id = ?", (notebook,)
            ).fetchall()
        )
        if points is not None or extra is not None:
            connection.execute(
                "update grade set manual_score = coalesce(?, manual_score), extra_credit = coalesce(?, extra_credit),"
                " needs_manual_grade = 0 where notebook_id = ? and cell_id = ?",
                (points, extra, submitted, found[f"{grade_id} GradeCell"]),
            )
        if comment is not None:
            connection.execute(
                "insert into comment (id, notebook_id, cell_id, manual_comment) values (?, ?, ?, ?)"
                " on conflict (cell_id, notebook_id) do update set manual_comment = excluded.manual_comment",
                (
                    uuid.uuid4().hex,
                    submitted,
                    found[f"{comment_on or grade_id} SolutionCell"],
                    comment or None,
                ),
            )
