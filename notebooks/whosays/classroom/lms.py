"""The tables for people and for learning platforms: plain, Canvas, Moodle.

No cell can become a formula in a spreadsheet, and everything is quoted where it must be.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from whosays.classroom.journal import OLDER
from whosays.classroom.roster import POSSIBLE, canvas_id, column_of, matches, names_of, some, unmatched

Record = dict[str, Any]
BEGINS = r"[\s\x00\ufeff'\"]*[=+\-@＝＋－＠|%]"
FORMULA = re.compile(rf"^{BEGINS}|^[\t\r\n]")
FORMULA_NEXT = re.compile(rf";(?={BEGINS})")  # where a list is separated by ;, as in much of Europe
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LONGEST = 2000
MOVED = 10  # students whose points moved that are named
ROUNDED = 0.005  # points in tables have two places
HEAD = ["path", "student", "name", "set", "status"]
TAIL = ["points", "of", "to_be_read", "late", "seconds", "notes"]
CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
MOODLE = ["Identifier", "Full name", "Email address", "ID number"]


class Given(Protocol):
    """A mark given by hand."""

    @property
    def points(self) -> float | None: ...

    @property
    def extra(self) -> float | None: ...

    @property
    def comment(self) -> str: ...


Marks = Mapping[tuple[str, str, str], Given]


@dataclass(frozen=True, slots=True)
class Total:
    """Points so far, of how many, and how many answers are still to be read."""

    points: float
    of: float
    open: int


def cell_points(record: Record, grade_id: str, marks: Marks) -> tuple[float | None, float]:
    """The points of a cell with what was given by hand, None while nobody has read it, and of how many."""
    cell = record["cells"][grade_id]
    given = marks.get((record["student"], record["set"], grade_id))
    points, extra = cell["points"], 0.0
    if given is not None and not record["superseded"]:
        points = points if given.points is None else given.points
        extra = given.extra or 0.0
    return (None if points is None else round(min(points + extra, cell["of"]), 2)), cell["of"]


def still_open(record: Record, grade_id: str, marks: Marks) -> bool:
    """Whether somebody has still to read that cell."""
    given = marks.get((record["student"], record["set"], grade_id))
    read = given is not None and (given.points is not None or given.extra is not None)
    return bool(record["cells"][grade_id]["manual"]) and not read and not record["superseded"]


def total(record: Record, marks: Marks) -> Total:
    """The points of a record so far."""
    found = [cell_points(record, grade_id, marks) for grade_id in record["cells"]]
    waiting = sum(still_open(record, grade_id, marks) for grade_id in record["cells"])
    return Total(round(sum(p or 0.0 for p, _ in found), 2), sum(of for _, of in found), waiting)


def by_hand(record: Record, marks: Marks) -> bool:
    """Whether a person gave points for anything in it."""
    given = (marks.get((record["student"], record["set"], grade_id)) for grade_id in record["cells"])
    return any(g is not None and (g.points is not None or g.extra is not None) for g in given)


def no_grade(record: Record, marks: Marks) -> bool:
    """Whether its points are no grade: nothing could be read or run, and nobody gave points by hand."""
    return bool(record["status"] != "graded" and not record["superseded"] and not by_hand(record, marks))


def part(grade_id: str, name: str) -> str:
    """The part of a set that a cell is: A, B, C, D, or the number of a part of the capstone."""
    return grade_id.removeprefix(f"{name}-").removesuffix("-test")


def other_track(cell: Record, answer: Record) -> bool:
    """Whether an answer is of the track that does not count: code where reading does, or reversed."""
    tracks = {"P": ".N", "N": ".C"}
    return tracks.get(cell.get("track", ""), "?") in answer["question"]


def safe(value: Any) -> str:
    """A text as a cell that no spreadsheet takes for a formula: an apostrophe stands where one would begin.

    That is also so where a spreadsheet takes a semicolon for the end of the cell.
    """
    text = UNSEEN.sub("�", str(value).encode("utf-8", "replace").decode("utf-8"))
    text = " ".join(text.split("\n"))[:LONGEST] if "\n" in text else text[:LONGEST]
    text = text.replace("\r", " ").replace("\t", " ")
    text = FORMULA_NEXT.sub(";'", text)
    return f"'{text}" if FORMULA.match(text) else text


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def plain_csv(records: Iterable[Record], marks: Marks) -> str:
    """A row a submission, whatever it holds, in the order of ``records``; a column a part of the sets."""
    found = {(r["set"], part(g, r["set"])) for r in records for g in r["cells"]}
    parts = sorted({p for _, p in found}, key=lambda p: (p.isdigit(), p))
    rows = []
    for record in records:
        points = {part(g, record["set"]): cell_points(record, g, marks)[0] for g in record["cells"]}
        sums = total(record, marks)
        late = "late" if record["lms"]["late"] else ""
        notes = " ".join(record["notes"])
        head = [safe(record[c]) for c in HEAD]
        middle = [number(points.get(p)) for p in parts]
        tail = [
            number(sums.points),
            number(sums.of),
            str(sums.open),
            late,
            number(record["seconds"]),
            safe(notes),
        ]
        rows.append([*head, *middle, *tail])
    return _csv([[*HEAD, *parts, *TAIL], *rows])


def by_student(
    records: Iterable[Record], marks: Marks
) -> tuple[dict[str, dict[str, Total]], dict[str, Record], dict[str, float]]:
    """Totals by student and set for what counts, each student's record without its cells, points by set.

    What could not be graded has no total: a blank, and no 0, says so. Its student and set are there.
    """
    totals: dict[str, dict[str, Total]] = {}
    people: dict[str, Record] = {}
    sets: dict[str, float] = {}
    for record in records:
        if record["superseded"]:
            continue
        found = totals.setdefault(record["student"], {})
        people.setdefault(record["student"], {k: record[k] for k in ("student", "name", "lms")})
        if not record["set"]:
            continue
        known = total(record, marks)
        sets[record["set"]] = known.of
        if not no_grade(record, marks):
            found[record["set"]] = known
    return totals, people, dict(sorted(sets.items()))


def canvas_csv(records: Iterable[Record], marks: Marks, roster: pd.DataFrame | None = None) -> str:
    """What Canvas imports into its grades: a row a student, a column a set, points possible in row two.

    With ``roster``, Canvas's own export, its rows and identifiers stay, and the column of a set, such as
    “Set 1 (123)”, is filled; who handed in nothing keeps what stands there, since Canvas takes an empty cell
    for an order to delete; so does who handed in what cannot be graded.
    Without, identifiers are what the files' names tell: Canvas's user id.
    """
    totals, people, sets = by_student(records, marks)
    possible = [POSSIBLE.rjust(len(POSSIBLE) + 4), "", "", "", "", *map(number, sets.values())]
    if roster is None or "Student" not in roster:
        rows = [
            [safe(p["name"] or s), canvas_id(p), "", _login(s, p), "", *_points(totals[s], sets)]
            for s, p in people.items()
        ]
        return _csv([[*CANVAS, *sets], possible, *rows])
    columns = {name: column_of(name, roster) for name in sets}
    matched = matches(people, roster)
    rows = []
    for n, row in enumerate(roster.to_dict("records")):
        found = totals.get(matched.get(n, ""), {})
        cells = [
            number(found[name].points) if name in found else safe(row.get(column, ""))
            for name, column in columns.items()
        ]
        rows.append([*(safe(row.get(c, "")) for c in CANVAS), *cells])
    return _csv([[*CANVAS, *(safe(column or name) for name, column in columns.items())], possible, *rows])


def moodle_csv(records: Iterable[Record], marks: Marks, roster: pd.DataFrame | None = None) -> str:
    """What Moodle's grade import reads: a row a student, a column a set; map email or ID number there.

    With ``roster``, Moodle's own list or grading worksheet, names, emails (case kept) and ID numbers are
    taken from it. The identifier is that of Moodle's offline grading worksheet.
    """
    totals, people, sets = by_student(records, marks)
    if roster is None or "Student" in roster:
        rows = [
            [
                f"Participant {p['lms']['id']}" if p["lms"]["kind"] == "moodle" else "",
                safe(p["name"] or s),
                "",
                _login(s, p),
                *_points(totals[s], sets),
            ]
            for s, p in people.items()
        ]
        return _csv([[*MOODLE, *sets], *rows])
    matched = matches(people, roster)
    rows = []
    for n, row in enumerate(roster.to_dict("records")):
        found = totals.get(matched.get(n, ""), {})
        rows.append([*(safe(row.get(c, "")) for c in MOODLE), *_points(found, sets)])
    return _csv([[*MOODLE, *sets], *rows])


def remarks(records: Iterable[Record], marks: Marks, roster: pd.DataFrame | None = None) -> list[str]:
    """What an instructor should know before the tables are imported, a sentence each."""
    _, people, sets = by_student(records, marks)
    called = names_of(people, roster)
    odd, kinds, waiting = [], set(), Counter[str]()
    for record in records:
        kinds.add(record["lms"]["kind"])
        waiting.update(questions_open(record, marks))
        if no_grade(record, marks):
            why = ", ".join(filter(None, (record["set"], record["status"])))
            odd.append(f"{_called(record, called)} ({why})")
    lines = []
    if odd:
        lines.append(
            f"Not graded, so the files for your LMS have a blank and no 0: {some(odd)}. "
            "The notes in the table say why; a grade that the roster has stays."
        )
    if waiting:
        n = waiting.total()
        each = ", ".join(f"{question}: {count}" for question, count in waiting.items())
        lines.append(
            f"{n} {'answer is' if n == 1 else 'answers are'} still to be read ({each}). "
            "Until then the points in the files for your LMS are points so far."
        )
    if roster is not None:
        lines += unmatched(people, sets, roster)
    elif "moodle" in kinds:
        lines.append(
            "Moodle knows students by email or ID number, and its download has neither: give --roster with "
            "the list of participants before you import."
        )
    return lines


def questions_open(record: Record, marks: Marks) -> Iterator[str]:
    """The questions of a record that somebody has still to read."""
    for grade_id, cell in record["cells"].items():
        if still_open(record, grade_id, marks):
            asked = (p["question"] for p in cell["parts"] if not other_track(cell, p))
            yield next(asked, f"{record['set']} {part(grade_id, record['set'])}")


def _called(record: Record, called: Mapping[str, str]) -> str:
    return str(called.get(record["student"]) or record["name"] or record["student"])


@dataclass(frozen=True, slots=True)
class Before:
    """A row of a table as it stood before: whose it is, its points if it had any, and whether it counted."""

    student: str
    name: str
    set: str
    points: float | None
    counted: bool


def rows_in(table: Path) -> dict[str, Before]:
    """The rows of a plain table by path; none where there is no such table."""
    found = {}
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                points = float(row["points"]) if row["points"] else None
                counted = OLDER not in row["notes"]
                found[row["path"]] = Before(row["student"], row["name"], row["set"], points, counted)
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return {}
    return found


def moved(
    records: Iterable[Record], marks: Marks, before: Mapping[str, Before], called: Mapping[str, str]
) -> str:
    """Whose points are others than ``before``, which is by path; empty if nobody's.

    Who handed in again is compared with what counted until then.
    """
    of_student = {(row.student, row.set): row.points for row in before.values() if row.counted}
    found = []
    for record in records:
        if record["superseded"] or no_grade(record, marks):
            continue
        same = before.get(safe(record["path"]))
        old = same.points if same else of_student.get((safe(record["student"]), safe(record["set"])))
        new = total(record, marks).points
        if old is None or abs(new - old) < ROUNDED:
            continue
        again = "" if same else ", handed in again"
        who = f"{_called(record, called)} ({record['set'] or 'no set'}{again})"
        found.append(f"{who} {number(old)} → {number(new)}")
    return f"Points moved: {some(found, MOVED)}." if found else ""


def gone(records: Iterable[Record], before: Mapping[str, Before]) -> str:
    """Who was in the table and is not any more, since there is no such hand-in now; empty if nobody."""
    here = {(safe(record["student"]), safe(record["set"])) for record in records}
    lost = {(row.student, row.set): row for row in before.values() if (row.student, row.set) not in here}
    if not lost:
        return ""
    who = [f"{row.name or row.student} ({row.set or 'no set'})" for row in lost.values()]
    return (
        f"No longer in the tables, since not in what was given: {some(who, MOVED)}. To have all in one "
        "table, give a folder that holds all; or give another --out for each. Marks by hand are kept."
    )


def _login(student: str, person: Record) -> str:
    """The student's own id, where nbgrader or a flat folder gave one; an LMS's download tells none."""
    return "" if person["lms"]["kind"] in ("canvas", "moodle") else safe(student)


def _points(totals: Mapping[str, Total], sets: Iterable[str]) -> list[str]:
    return [number(totals[name].points) if name in totals else "" for name in sets]


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
