"""The tables for people and for learning platforms: plain, Canvas, Moodle.

No cell can become a formula in a spreadsheet, and everything is quoted where it must be.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

Record = dict[str, Any]
FORMULA = re.compile(r"^[\s\x00\ufeff'\"]*[=+\-@＝＋－＠|%]|^[\t\r\n]")
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LONGEST = 2000
HEAD = ["path", "student", "name", "set", "status"]
TAIL = ["points", "of", "to_be_read", "late", "seconds", "notes"]
CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
MOODLE = ["Identifier", "Full name", "Email address", "ID number"]
POSSIBLE = "Points Possible"


class Given(Protocol):
    """A mark given by hand."""

    @property
    def points(self) -> float | None: ...

    @property
    def extra(self) -> float | None: ...

    @property
    def comment(self) -> str: ...


Marks = Mapping[tuple[str, str, str], Given]


class RosterError(ValueError):
    """A roster cannot be read; the message names the file, the row and what was expected."""


@dataclass(frozen=True, slots=True)
class Total:
    """Points so far, of how many, and how many answers are still to be read."""

    points: float
    of: float
    open: int


def cell_points(record: Record, grade_id: str, marks: Marks) -> tuple[float | None, float]:
    """The points of a cell with what was given by hand, None while it is still to be read, and of how many."""
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
    return bool(record["cells"][grade_id]["manual"]) and not read


def total(record: Record, marks: Marks) -> Total:
    """The points of a record so far."""
    found = [cell_points(record, grade_id, marks) for grade_id in record["cells"]]
    waiting = sum(still_open(record, grade_id, marks) for grade_id in record["cells"])
    return Total(round(sum(p or 0.0 for p, _ in found), 2), sum(of for _, of in found), waiting)


def part(grade_id: str, name: str) -> str:
    """The part of a set that a cell is: A, B, C, D, or the number of a part of the capstone."""
    return grade_id.removeprefix(f"{name}-").removesuffix("-test")


def safe(value: Any) -> str:
    """A text as a cell that no spreadsheet takes for a formula: where one would begin, an apostrophe stands first."""
    text = UNSEEN.sub("�", str(value).encode("utf-8", "replace").decode("utf-8"))
    text = " ".join(text.split("\n"))[:LONGEST] if "\n" in text else text[:LONGEST]
    text = text.replace("\r", " ").replace("\t", " ")
    return f"'{text}" if FORMULA.match(text) else text


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def plain_csv(records: Iterable[Record], marks: Marks) -> str:
    """A row a submission, whatever it holds, in the order of ``records``; a column for each part of the sets."""
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
    """Totals by student and set for what counts, a record of each student without its cells, and points by set."""
    totals: dict[str, dict[str, Total]] = {}
    people: dict[str, Record] = {}
    sets: dict[str, float] = {}
    for record in records:
        if record["superseded"] or not record["set"]:
            continue
        known = total(record, marks)
        totals.setdefault(record["student"], {})[record["set"]] = known
        people.setdefault(record["student"], {k: record[k] for k in ("student", "name", "lms")})
        sets[record["set"]] = known.of
    return totals, people, dict(sorted(sets.items()))


def canvas_csv(records: Iterable[Record], marks: Marks, roster: pd.DataFrame | None = None) -> str:
    """What Canvas imports into its grades: students by row, a column a set, points possible in the second row.

    With ``roster``, Canvas's own export, its rows and identifiers stay, and a column whose name speaks of the
    set, such as “Set 1 (123)”, is filled. Without, identifiers are what the files' names tell: Canvas's user id.
    """
    totals, people, sets = by_student(records, marks)
    if roster is None or "Student" not in roster:
        rows = [
            [safe(p["name"] or s), safe(p["lms"]["id"]), "", safe(s), "", *_points(totals[s], sets)]
            for s, p in people.items()
        ]
        return _csv(
            [
                [*CANVAS, *sets],
                [POSSIBLE.rjust(len(POSSIBLE) + 4), "", "", "", "", *map(number, sets.values())],
                *rows,
            ]
        )
    columns = {name: next((c for c in roster if _speaks_of(str(c), name)), name) for name in sets}
    matched = matches(people, roster)
    rows = []
    for n, row in enumerate(roster.to_dict("records")):
        student = matched.get(n)
        rows.append([*(_kept(row.get(c, "")) for c in CANVAS), *_points(totals.get(student or "", {}), sets)])
    return _csv(
        [
            [*CANVAS, *columns.values()],
            [POSSIBLE.rjust(len(POSSIBLE) + 4), "", "", "", "", *map(number, sets.values())],
            *rows,
        ]
    )


def moodle_csv(records: Iterable[Record], marks: Marks, roster: pd.DataFrame | None = None) -> str:
    """What Moodle's grade import reads: a row a student, a column a set; map the email or the ID number there.

    With ``roster``, Moodle's own list or grading worksheet, names, emails (case kept) and ID numbers are taken
    from it. The identifier is that of Moodle's offline grading worksheet.
    """
    totals, people, sets = by_student(records, marks)
    if roster is None or "Student" in roster:
        rows = [
            [
                f"Participant {p['lms']['id']}" if p["lms"]["kind"] == "moodle" else "",
                safe(p["name"] or s),
                "",
                safe(s),
                *_points(totals[s], sets),
            ]
            for s, p in people.items()
        ]
        return _csv([[*MOODLE, *sets], *rows])
    matched = matches(people, roster)
    rows = []
    for n, row in enumerate(roster.to_dict("records")):
        student = matched.get(n)
        rows.append([*(_kept(row.get(c, "")) for c in MOODLE), *_points(totals.get(student or "", {}), sets)])
    return _csv([[*MOODLE, *sets], *rows])


def matches(people: Mapping[str, Record], roster: pd.DataFrame) -> dict[int, str]:
    """Which row of the roster is which student, by LMS id, login, email, ID number or name, in that order."""
    columns = (
        "ID",
        "Identifier",
        "SIS Login ID",
        "SIS User ID",
        "Email address",
        "ID number",
        "Student",
        "Full name",
    )
    found: dict[int, str] = {}
    for column in (c for c in columns if c in roster):
        values = [str(v).strip().casefold() for v in roster[column]]
        for student, person in people.items():
            if student in found.values():
                continue
            keys = {
                student,
                str(person["lms"]["id"]),
                f"participant {person['lms']['id']}",
                str(person["name"]),
            }
            hits = [
                n
                for n, v in enumerate(values)
                if v and v in {k.casefold() for k in keys if k} and n not in found
            ]
            if column in ("Student", "Full name") and not hits:
                hits = [
                    n
                    for n, v in enumerate(values)
                    if n not in found and _letters(v) == _letters(str(person["name"]))
                ]
            if len(hits) == 1:
                found[hits[0]] = student
    return found


def _letters(name: str) -> str:
    """A name as Canvas writes it into a file's name: letters only, family name first, in any order of parts."""
    parts = re.split(r"[\s,]+", name.casefold())
    return "".join(sorted("".join(c for c in "".join(parts) if c.isalnum()))) if name else "?"


def unmatched(records: Iterable[Record], roster: pd.DataFrame) -> list[str]:
    """Who handed in and is not in the roster, and who is in it and did not hand in."""
    _, people, _ = by_student(records, {})
    matched = matches(people, roster)
    column = "Student" if "Student" in roster else "Full name" if "Full name" in roster else roster.columns[0]
    strangers = sorted(set(people) - set(matched.values()))
    silent = [str(v) for n, v in enumerate(roster[column]) if n not in matched and str(v).strip()]
    lines = []
    if strangers:
        lines.append(f"Handed in, but not in the roster: {', '.join(map(safe, strangers))}.")
    if silent:
        lines.append(f"In the roster, nothing handed in: {', '.join(map(safe, silent))}.")
    return lines


def read_roster(path: Path) -> pd.DataFrame:
    """The table of students that an LMS exports. Raises RosterError."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RosterError(f"{path.name}: cannot be read ({error.strerror}).") from error
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        raise RosterError(f"{path.name}, row {row}: no UTF-8. Save it as “CSV UTF-8”.") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    table = pd.read_csv(io.StringIO(text), sep=delimiter, dtype=str, keep_default_na=False)
    table.columns = [str(c).strip() for c in table.columns]
    if not {"Student", "Full name", "Email address", "ID number"} & set(table.columns):
        expected = "“Student” (Canvas), or “Full name”, “Email address” or “ID number” (Moodle)"
        raise RosterError(
            f"{path.name}, row 1: found {', '.join(table.columns[:5])}; expected a column {expected}."
        )
    if "Student" in table:
        table = table[~table["Student"].str.strip().isin([POSSIBLE, "Student, Test", ""])]
    return table.reset_index(drop=True)


def _points(totals: Mapping[str, Total], sets: Iterable[str]) -> list[str]:
    return [number(totals[name].points) if name in totals else "" for name in sets]


def _kept(value: Any) -> str:
    """What the LMS itself gave out goes back as it was, unless a spreadsheet would run it."""
    return safe(value)


def _speaks_of(column: str, name: str) -> bool:
    plain = re.sub(r"[^a-z0-9]", "", column.split("(")[0].casefold())
    return re.search(rf"{re.escape(name)}(?!\d)", plain) is not None


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
