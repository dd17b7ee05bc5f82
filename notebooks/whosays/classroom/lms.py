"""The tables for people and for learning platforms: plain, Canvas, Moodle.

No cell can become a formula in a spreadsheet, and everything is quoted where it must be.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from whosays.classroom.roster import POSSIBLE, canvas_id, column_of, matches, unmatched

Record = dict[str, Any]
BEGINS = r"[\s\x00\ufeff'\"]*[=+\-@＝＋－＠|%]"
FORMULA = re.compile(rf"^{BEGINS}|^[\t\r\n]")
FORMULA_NEXT = re.compile(rf";(?={BEGINS})")  # where a list is separated by ;, as in much of Europe
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LONGEST = 2000
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
    """Totals by student and set for what counts, each student's record without its cells, points by set."""
    totals: dict[str, dict[str, Total]] = {}
    people: dict[str, Record] = {}
    sets: dict[str, float] = {}
    for record in records:
        if record["superseded"] or not record["set"]:
            continue
        known = total(record, marks)
        if record["status"] == "stopped" and not known.points:
            continue  # the fault is ours: no points are better than none of 20
        totals.setdefault(record["student"], {})[record["set"]] = known
        people.setdefault(record["student"], {k: record[k] for k in ("student", "name", "lms")})
        sets[record["set"]] = known.of
    return totals, people, dict(sorted(sets.items()))


def canvas_csv(records: Iterable[Record], marks: Marks, roster: pd.DataFrame | None = None) -> str:
    """What Canvas imports into its grades: a row a student, a column a set, points possible in row two.

    With ``roster``, Canvas's own export, its rows and identifiers stay, and the column of a set, such as
    “Set 1 (123)”, is filled; who handed in nothing keeps what stands there, since Canvas takes an empty cell
    for an order to delete. Without, identifiers are what the files' names tell: Canvas's user id.
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
    lines, kinds = [], set()
    odd: dict[str, int] = {}
    for record in records:
        kinds.add(record["lms"]["kind"])
        if record["status"] != "graded" and not record["superseded"]:
            odd[record["status"]] = odd.get(record["status"], 0) + 1
    if odd:
        counts = ", ".join(f"{status}: {n}" for status, n in sorted(odd.items()))
        lines.append(f"Not graded ({counts}). The notes in the table say why.")
    if roster is not None:
        _, people, sets = by_student(records, marks)
        lines += unmatched(people, sets, roster)
    elif "moodle" in kinds:
        lines.append(
            "Moodle knows students by email or ID number, and its download has neither: give --roster with "
            "the list of participants before you import."
        )
    return lines


def _login(student: str, person: Record) -> str:
    """The student's own id, where nbgrader or a flat folder gave one; an LMS's download tells none."""
    return "" if person["lms"]["kind"] in ("canvas", "moodle") else safe(student)


def _points(totals: Mapping[str, Total], sets: Iterable[str]) -> list[str]:
    return [number(totals[name].points) if name in totals else "" for name in sets]


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
