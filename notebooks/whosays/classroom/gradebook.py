"""nbgrader's gradebook, written in bulk: the tables are nbgrader's own, and nbgrader reads them."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import math
import secrets
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whosays.disk import patiently

Record = dict[str, Any]
PATIENCE = 30.0  # seconds to wait for formgrader, should it write just now
COURSE = "who-says-so"
KERNEL = '{"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}'
LACKING = "nbgrader is not installed, so there is no gradebook: install exercises/requirements.txt."
BUSY = "The gradebook {name} is in use by another program. Close nbgrader or wait, then try again."
OLDER = "If an older nbgrader made it, run “nbgrader db upgrade” in its folder."
SEEN = "create table if not exists whosays_seen (notebook_id text primary key, answers text not null)"
UNSAFE = dict.fromkeys((*range(32), 127, *map(ord, '<>",')), " ")


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

    Marks and comments given by hand are kept. Where the answer to such a mark has changed since, it is
    flagged to be read again. Superseded records and those without a set are left out. Raises GradebookError.
    """
    make(database)
    with _open(database) as connection:
        connection.execute(SEEN)
        connection.execute("insert or ignore into course (id) values (?)", (COURSE,))
        known = {name: _write_set(connection, name, parts) for name, parts in sets.items()}
        students = {row[0] for row in connection.execute("select id from student")}
        for record in records:
            if record["superseded"] or record["set"] not in sets:
                continue
            if record["student"] not in students:
                students.add(record["student"])
                connection.execute(
                    "insert into student (id, first_name, last_name) values (?, ?, ?)",
                    (record["student"], *_name(record["name"])),
                )
            _write_record(connection, record, known[record["set"]])


def _name(name: str) -> tuple[str | None, str | None]:
    """First and last name, without what nbgrader would put into its pages and its CSV as it is."""
    last, _, first = (" ".join(n.translate(UNSAFE).split()).lstrip("=+-@ ") for n in name.partition(","))
    return first or None, last or None


def make(database: Path) -> None:
    """Make an empty gradebook where there is none, as nbgrader would. Raises GradebookError.

    Another program does it: loading nbgrader takes a second, and memory that grading needs.
    """
    if database.exists() and database.stat().st_size:
        return
    if not available():
        raise GradebookError(LACKING)
    beside = database.with_name(f".{database.name}.{secrets.token_hex(6)}.tmp")
    try:
        command = [sys.executable, "-P", str(Path(__file__).with_name("empty_gradebook.py")), str(beside)]
        told = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        if told.returncode:
            lines = told.stderr.strip().splitlines() or [f"it ended with {told.returncode}"]
            raise OSError(lines[-1])
        patiently(lambda: beside.replace(database))
    except OSError as error:
        raise GradebookError(f"The gradebook {database.name} cannot be made: {str(error)[:200]}.") from error
    finally:
        beside.unlink(missing_ok=True)


@contextlib.contextmanager
def _open(database: Path, begin: str = "begin immediate") -> Iterator[sqlite3.Connection]:
    """A transaction that waits for those of others. Raises GradebookError."""
    try:
        connection = sqlite3.connect(database, timeout=PATIENCE, isolation_level=None)
    except sqlite3.Error as error:
        raise GradebookError(f"The gradebook {database.name} cannot be opened: {error}.") from error
    try:
        connection.execute(begin)
        yield connection
        connection.execute("commit")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise GradebookError(BUSY.format(name=database.name)) from error
        hint = f" {OLDER}" if "no such" in str(error) else ""
        raise GradebookError(f"The gradebook {database.name} cannot be used: {error}.{hint}") from error
    except sqlite3.DatabaseError as error:
        raise GradebookError(f"{database.name} is no gradebook: {error}.") from error
    finally:
        connection.close()


# Sets -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Set:
    """A set's rows: ids of graded and of answer cells by name, and what each graded cell looks at."""

    name: str
    assignment: str
    notebook: str
    graded: dict[str, str] = field(default_factory=dict)
    solved: dict[str, str] = field(default_factory=dict)
    looks_at: dict[str, tuple[str, ...]] = field(default_factory=dict)
    there: dict[str, str] = field(default_factory=dict)  # submitted notebooks by student


def _write_set(connection: sqlite3.Connection, name: str, parts: Sequence[GradedCell]) -> _Set:
    """Bring the rows of a set in line with its notebook; cells it no longer has go, with their grades."""
    assignment = _row(connection, "assignment", {"name": name}, course_id=COURSE)
    notebook = _row(connection, "notebook", {"name": name, "assignment_id": assignment}, kernelspec=KERNEL)
    found = _Set(name, assignment, notebook)
    answers: list[str] = []
    for part in parts:
        _row(
            connection,
            "source_cell",
            {"name": part.grade_id, "notebook_id": notebook},
            cell_type=part.cell_type,
            locked=part.locked,
            source=part.source,
            checksum=part.checksum or None,
        )
        where = {"name": part.grade_id, "notebook_id": notebook}
        if part.solution:
            cell = _row(connection, "base_cell", where | {"type": "SolutionCell"})
            connection.execute("insert or ignore into solution_cells (id) values (?)", (cell,))
            found.solved[part.grade_id] = cell
            answers.append(part.grade_id)
        if part.grade:
            cell = _row(connection, "base_cell", where | {"type": "GradeCell"})
            connection.execute(
                "insert into grade_cells (id, max_score, cell_type) values (?, ?, ?)"
                " on conflict (id) do update set"
                " max_score = excluded.max_score, cell_type = excluded.cell_type",
                (cell, part.points, part.cell_type),
            )
            found.graded[part.grade_id] = cell
            found.looks_at[part.grade_id] = (part.grade_id,) if part.solution else tuple(answers)
            answers = []
    _remove_others(connection, notebook, {*found.graded.values(), *found.solved.values()})
    there = connection.execute(
        "select submitted_assignment.student_id, submitted_notebook.id from submitted_notebook"
        " join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"
        " where submitted_notebook.notebook_id = ?",
        (notebook,),
    )
    found.there.update(there.fetchall())
    return found


def _row(connection: sqlite3.Connection, table: str, key: Mapping[str, Any], **values: Any) -> str:
    """The id of the row with that key; it is added or brought in line. An assignment stays as it is."""
    where = " and ".join(f"{column} = ?" for column in key)
    row = connection.execute(f"select id from {table} where {where}", tuple(key.values())).fetchone()
    if row is None:
        row = (uuid.uuid4().hex,)
        columns = {"id": row[0], **key, **values}
        marks = ", ".join("?" for _ in columns)
        connection.execute(
            f"insert into {table} ({', '.join(columns)}) values ({marks})", tuple(columns.values())
        )
    elif values and table != "assignment":
        change = ", ".join(f"{column} = ?" for column in values)
        connection.execute(f"update {table} set {change} where id = ?", (*values.values(), row[0]))
    return str(row[0])


def _remove_others(connection: sqlite3.Connection, notebook: str, kept: set[str]) -> None:
    for cell, kind in connection.execute(
        "select id, type from base_cell where notebook_id = ? and type in ('GradeCell', 'SolutionCell')",
        (notebook,),
    ).fetchall():
        if cell not in kept:
            table = "grade_cells" if kind == "GradeCell" else "solution_cells"
            for where in (
                "grade where cell_id",
                "comment where cell_id",
                f"{table} where id",
                "base_cell where id",
            ):
                connection.execute(f"delete from {where} = ?", (cell,))


# Submissions ------------------------------------------------------------------------------------------------


def _write_record(connection: sqlite3.Connection, record: Record, known: _Set) -> None:
    submitted, seen = _submitted(connection, record["student"], known)
    now = {"": record["sha256"]}
    for grade_id, cell in record["cells"].items():
        if grade_id not in known.graded:
            continue
        where = (known.graded[grade_id], submitted)
        now[grade_id] = _digest(record, cell, known.looks_at[grade_id])
        old = connection.execute(
            "select manual_score, extra_credit, needs_manual_grade from grade"
            " where cell_id = ? and notebook_id = ?",
            where,
        ).fetchone()
        to_read = bool(cell["manual"])
        if old is not None:
            same_file = bool(now[""]) and seen.get("") == now[""]
            if same_file and record["status"] != "graded":  # we failed; the student changed nothing
                now[grade_id] = seen.get(grade_id, "")
            by_hand = old[0] is not None or old[1] is not None
            if seen.get(grade_id) == now[grade_id] or (by_hand and same_file):
                to_read = bool(old[2])
            else:
                to_read = to_read or by_hand
        connection.execute(
            "insert into grade (cell_id, notebook_id, id, auto_score, needs_manual_grade)"
            " values (?, ?, ?, ?, ?) on conflict (cell_id, notebook_id) do update set"
            " auto_score = excluded.auto_score, needs_manual_grade = excluded.needs_manual_grade",
            (*where, uuid.uuid4().hex, cell["points"], to_read),
        )
    remarks = _remarks(record)
    connection.executemany(
        "insert into comment (id, notebook_id, cell_id, auto_comment) values (?, ?, ?, ?)"
        " on conflict (cell_id, notebook_id) do update set auto_comment = excluded.auto_comment",
        [(uuid.uuid4().hex, submitted, cell, remarks.get(name)) for name, cell in known.solved.items()],
    )
    connection.execute("insert or replace into whosays_seen values (?, ?)", (submitted, json.dumps(now)))


def _submitted(connection: sqlite3.Connection, student: str, known: _Set) -> tuple[str, dict[str, str]]:
    """The id of a student's notebook, and fingerprints of its file and answers when graded before."""
    submitted = known.there.get(student)
    if submitted is not None:
        row = connection.execute(
            "select answers from whosays_seen where notebook_id = ?", (submitted,)
        ).fetchone()
        return submitted, json.loads(row[0]) if row else {}
    handed_in = _row(
        connection, "submitted_assignment", {"assignment_id": known.assignment, "student_id": student}
    )
    submitted = known.there[student] = uuid.uuid4().hex
    connection.execute(
        "insert into submitted_notebook (id, assignment_id, notebook_id, flagged) values (?, ?, ?, 0)",
        (submitted, handed_in, known.notebook),
    )
    return submitted, {}


def _digest(record: Record, cell: Mapping[str, Any], looks_at: Iterable[str]) -> str:
    """A fingerprint of what a mark by hand is given for: the words to be read, else the graded code."""
    if cell["manual"]:
        words = ["read", (cell.get("text") or cell.get("because") or "").strip()]
    else:
        words = [record.get("sources", {}).get(grade_id, "").strip() for grade_id in looks_at]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:20]


def _remarks(record: Record) -> dict[str, str]:
    """The machine's comment on each answer cell: how many points, how many right. Never what is right."""
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for cell in record["cells"].values():
        for part in cell["parts"]:
            parts.setdefault(f"{record['set']}-{part['question'].partition('.')[2]}", []).append(part)
    remarks = {}
    for name, found in parts.items():
        if any(p["points"] is None for p in found):
            continue
        if all(p["status"] == "not attempted" for p in found):
            remarks[name] = "Not attempted."
            continue
        points, of = (round(sum(p[c] for p in found), 2) for c in ("points", "of"))
        right = sum(p["status"] == "correct" for p in found)
        many = f", {right} of {len(found)} right" if found[1:] else ""
        remarks[name] = f"{points:g} of {of:g} points{many}."
    return remarks


# Marks by hand ----------------------------------------------------------------------------------------------

MARKS = """
    select student.id, assignment.name, base_cell.name,
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade, comment.manual_comment
    from submitted_notebook
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    join assignment on assignment.id = submitted_assignment.assignment_id
    join student on student.id = submitted_assignment.student_id
    join base_cell on base_cell.notebook_id = submitted_notebook.notebook_id
    left join grade on grade.cell_id = base_cell.id and grade.notebook_id = submitted_notebook.id
    left join comment on comment.cell_id = base_cell.id and comment.notebook_id = submitted_notebook.id
    where coalesce(grade.manual_score, grade.extra_credit, comment.manual_comment) is not null
    order by base_cell.type = 'SolutionCell'
"""


def marks(database: Path) -> dict[tuple[str, str, str], Mark]:
    """What was given by hand, in formgrader or in the grade book, by student, set and cell.

    A mark for an answer that changed since is left out, until it is given again or confirmed in formgrader.
    Raises GradebookError.
    """
    return {where: given for where, (given, to_read) in all_marks(database).items() if not to_read}


def all_marks(database: Path) -> dict[tuple[str, str, str], tuple[Mark, bool]]:
    """Every mark given by hand, and whether its answer is to be read again. Raises GradebookError."""
    found: dict[tuple[str, str, str], tuple[Mark, bool]] = {}
    if not database.exists() or not database.stat().st_size:
        return found
    with _open(database, "begin") as connection:
        for student, name, cell, points, extra, to_read, comment in connection.execute(MARKS):
            old, again = found.get((student, name, cell), (Mark(), False))
            found[student, name, cell] = (
                Mark(
                    old.points if points is None else points,
                    old.extra if extra is None else extra,
                    comment or old.comment,
                ),
                again or bool(to_read),
            )
    return found


def mark(
    database: Path,
    student: str,
    set_name: str,
    grade_id: str,
    points: float | None = None,
    extra: float | None = None,
    comment: str | None = None,
    comment_on: str = "",
) -> None:
    """Give one mark by hand; what is None stays as it is, an empty comment is taken back.

    A comment belongs to the answer's cell: ``comment_on`` names it where that is not the graded cell.
    Raises GradebookError for points that cannot be, and for a submission or cell that is not there.
    """
    if not database.exists():
        raise GradebookError(f"There is no gradebook {database.name} yet. Run “whosays grade” first.")
    with _open(database) as connection:
        submitted, notebook = _notebook(connection, student, set_name)
        if points is not None or extra is not None:
            cell, most = _cell(connection, notebook, grade_id, "GradeCell")
            for what, value, limit in (("points", points, most), ("extra points", extra, most)):
                if value is not None and not (math.isfinite(value) and 0 <= value <= limit):
                    raise GradebookError(f"{value:g} {what} for {grade_id}: give 0 to {limit:g}.")
            changed = connection.execute(
                "update grade set manual_score = coalesce(?, manual_score),"
                " extra_credit = coalesce(?, extra_credit),"
                " needs_manual_grade = manual_score is null and auto_score is null and ? is null"
                " where notebook_id = ? and cell_id = ?",
                (points, extra, points, submitted, cell),
            )
            if not changed.rowcount:
                raise GradebookError(f"{grade_id} of {student} is not graded yet. Run “whosays grade” again.")
        if comment is not None:
            cell, _ = _cell(connection, notebook, comment_on or grade_id, "SolutionCell")
            _comment(connection, submitted, cell, comment)


def put_back(
    database: Path,
    student: str,
    set_name: str,
    grade_id: str,
    before: Mark,
    to_read: bool,
    comment_on: str = "",
) -> None:
    """Make a mark what it was before, also where it was none. Raises GradebookError."""
    with _open(database) as connection:
        submitted, notebook = _notebook(connection, student, set_name)
        cell, _ = _cell(connection, notebook, grade_id, "GradeCell")
        connection.execute(
            "update grade set manual_score = ?, extra_credit = ?, needs_manual_grade = ?"
            " where notebook_id = ? and cell_id = ?",
            (before.points, before.extra, to_read, submitted, cell),
        )
        cell, _ = _cell(connection, notebook, comment_on or grade_id, "SolutionCell")
        _comment(connection, submitted, cell, before.comment)


def _notebook(connection: sqlite3.Connection, student: str, set_name: str) -> tuple[str, str]:
    """The ids of what a student handed in to a set, and of the set's notebook. Raises GradebookError."""
    row = connection.execute(
        "select submitted_notebook.id, submitted_notebook.notebook_id from submitted_notebook"
        " join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"
        " join assignment on assignment.id = submitted_assignment.assignment_id"
        " where submitted_assignment.student_id = ? and assignment.name = ?",
        (student, set_name),
    ).fetchone()
    if row is None:
        raise GradebookError(f"{student} has handed in no {set_name}.")
    return str(row[0]), str(row[1])


def _comment(connection: sqlite3.Connection, submitted: str, cell: str, comment: str) -> None:
    connection.execute(
        "insert into comment (id, notebook_id, cell_id, manual_comment) values (?, ?, ?, ?)"
        " on conflict (cell_id, notebook_id) do update set manual_comment = excluded.manual_comment",
        (uuid.uuid4().hex, submitted, cell, comment or None),
    )


def _cell(connection: sqlite3.Connection, notebook: str, name: str, kind: str) -> tuple[str, float]:
    """The id of a cell and its points. Raises GradebookError."""
    row = connection.execute(
        "select base_cell.id, coalesce(grade_cells.max_score, 0) from base_cell"
        " left join grade_cells on grade_cells.id = base_cell.id"
        " where base_cell.notebook_id = ? and base_cell.name = ? and base_cell.type = ?",
        (notebook, name, kind),
    ).fetchone()
    if row is None:
        what = "is no cell with points" if kind == "GradeCell" else "is no answer that can be commented on"
        raise GradebookError(f"{name} {what}.")
    return str(row[0]), float(row[1])
