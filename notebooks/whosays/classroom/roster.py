"""The table of students that an LMS exports, and which of its rows is which student who handed in."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from whosays.disk import write_whole

Record = dict[str, Any]
POSSIBLE = "Points Possible"
NAMES = ("Student", "Full name")
FIRST, LAST = "First name", ("Last name", "Surname")
NO_STUDENT = (POSSIBLE.casefold(), "student, test", "")
EXPECTED = "“Student” (Canvas), or “Full name”, “Email address” or “ID number” (Moodle)"
COLUMNS = (
    "ID",
    "Identifier",
    "SIS Login ID",
    "SIS User ID",
    "Email address",
    "ID number",
    "Username",
    *NAMES,
)
MOST_PARTS = 5  # parts of a name whose orders are all tried
ASSIGNMENT = re.compile(r"^(?P<title>.*\S)\s*\((?P<id>\d+)\)\s*$")
SUMS = re.compile(r"(current|final|override|unposted) .*(score|points|grade|status)\b", re.IGNORECASE)


class RosterError(ValueError):
    """A roster cannot be read; the message names the file, the row and what was expected."""


def read_roster(path: Path) -> pd.DataFrame:
    """The table of students that an LMS exports, all as text. Raises RosterError."""
    return _table(_text(path), path.name)


def _table(text: str, name: str) -> pd.DataFrame:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise RosterError(f"{name}: no table ({error}). Export it again as CSV.") from error
    head = [c.strip() for c in rows[0]] if rows else []
    if not {"Student", "Full name", "Email address", "ID number"} & set(head):
        found = ", ".join(head[:5])[:100] or "nothing"
        raise RosterError(f"{name}, row 1: found {found}; expected a column {EXPECTED}.")
    for n, row in enumerate(rows[1:], 2):
        if len(row) > len(head) and any(row[len(head) :]):
            raise RosterError(f"{name}, row {n}: found {len(row)} cells, expected {len(head)} as in row 1.")
    cut = [[*row, *[""] * len(head)][: len(head)] for row in rows[1:]]
    table = pd.DataFrame(cut, columns=head, dtype=str)
    table = table.loc[:, ~table.columns.duplicated()]
    if "Student" in table:
        table = table[~table["Student"].str.strip().str.casefold().isin(NO_STUDENT)]
    return table.reset_index(drop=True)


def kept(out: Path) -> Path:
    """Where the roster of a table is kept."""
    return out.with_name(f"{out.stem}.roster.csv")


@dataclass(frozen=True, slots=True)
class Roster:
    """The table of students of a run, none without; its text if it was given, a remark if it was kept."""

    table: pd.DataFrame | None = None
    text: str = ""
    remark: str = ""

    def keep(self, out: Path) -> list[Path]:
        """Keep what was given beside the table ``out``, for runs without one. Raises NotSaved."""
        if not self.text:
            return []
        write_whole(kept(out), self.text)
        return [kept(out)]


def roster_for(out: Path, given: Path | None) -> Roster:
    """The roster given, or else the one kept beside ``out``. Raises RosterError."""
    if given is not None:
        text = _text(given)
        return Roster(_table(text, given.name), text)
    if not kept(out).exists():
        return Roster()
    remark = (
        f"No roster was given, so {kept(out).name} of an earlier run was used. Another one replaces it; "
        "remove that file to do without."
    )
    return Roster(read_roster(kept(out)), "", remark)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RosterError(f"{path.name}: cannot be read ({error.strerror}).") from error
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        raise RosterError(f"{path.name}, row {row}: no UTF-8. Save it as “CSV UTF-8”.") from error


def matches(people: Mapping[str, Record], roster: pd.DataFrame) -> dict[int, str]:
    """Which row of the roster is which student: by LMS id, login, email, ID number or name, in that order.

    ``people`` are records by student. A key that fits several rows fits none: nobody gets another's points.
    """
    found: dict[int, str] = {}
    matched: set[str] = set()
    for column in (c for c in COLUMNS if c in roster):
        rows: dict[str, set[int]] = {}
        for n, value in enumerate(roster[column]):
            if n not in found:
                for key in _spellings(value) if column in NAMES else {value.strip().casefold()}:
                    rows.setdefault(key, set()).add(n)
        rows.pop("", None)
        for student, person in people.items():
            hits = set().union(*(rows.get(key, set()) for key in _keys(student, person, column)))
            if student not in matched and len(hits) == 1 and not hits & found.keys():
                found[hits.pop()] = student
                matched.add(student)
    return found


def names_of(people: Mapping[str, Record], roster: pd.DataFrame | None) -> dict[str, str]:
    """What the roster calls the students who are in it."""
    if roster is None:
        return {}
    called = _called(roster)
    found = {student: called[n].strip() for n, student in matches(people, roster).items()}
    return {student: name for student, name in found.items() if name}


def _called(roster: pd.DataFrame) -> list[str]:
    """The name in each row; empty where the roster has none."""
    column = next((c for c in NAMES if c in roster), None)
    if column is not None:
        return [str(name) for name in roster[column]]
    last = next((c for c in LAST if c in roster), None)
    if FIRST not in roster or last is None:
        return [""] * len(roster)
    return [f"{a.strip()} {b.strip()}" for a, b in zip(roster[FIRST], roster[last], strict=True)]


def spoken(name: str) -> str:
    """“Doe, Jane” as “Jane Doe”; a name with another number of commas as it is."""
    last, comma, first = (piece.strip() for piece in name.partition(","))
    return f"{first} {last}" if comma and first and last and "," not in first else name


def _keys(student: str, person: Record, column: str) -> set[str]:
    """What a student may be called in a column. Numbers of one LMS mean nothing in another's columns."""
    lms = person["lms"]
    if column in NAMES:
        return _spellings(str(person["name"] or student))
    if column == "Identifier":
        return {f"participant {lms['id']}", str(lms["id"])} if lms["kind"] == "moodle" else set()
    if lms["kind"] in ("canvas", "moodle"):
        return {canvas_id(person)} if column == "ID" else set()
    return {student.casefold(), str(person["name"]).casefold()} - {""}


def canvas_id(person: Record) -> str:
    """Canvas's number of a user, where the file's name tells it. Anonymous downloads have other numbers."""
    lms = person["lms"]
    known = lms["kind"] == "canvas" and str(person["name"]) != "anon" and str(lms["id"]).isdigit()
    return str(lms["id"]) if known else ""


def _spellings(name: str) -> set[str]:
    """A name in letters and digits only, its parts in any order: Canvas writes “Lee, Amy” as “leeamy”."""
    parts = ["".join(c for c in part if c.isalnum()) for part in re.split(r"[\s,]+", name.casefold())]
    parts = [part for part in parts if part]
    orders = itertools.permutations(parts) if len(parts) <= MOST_PARTS else (parts, [*parts[1:], parts[0]])
    return {"".join(order) for order in orders if order}


def column_of(name: str, roster: pd.DataFrame) -> str | None:
    """Canvas's column of a set, such as “Set 1 (123)”; None where there is none, or more than one."""
    word = re.compile(rf"(?<![a-z0-9]){re.sub(r'(?<=[a-z])(?=[0-9])', '[-_ ]*', name.casefold())}(?![0-9])")
    titles = {str(c): match["title"] for c in roster if (match := ASSIGNMENT.match(str(c)))}
    found = [c for c, title in titles.items() if word.search(title.casefold()) and not SUMS.search(title)]
    exact = [c for c in found if word.fullmatch(titles[c].casefold())]
    return exact[0] if len(exact) == 1 else found[0] if len(found) == 1 else None


def unmatched(people: Mapping[str, Record], sets: Iterable[str], roster: pd.DataFrame) -> list[str]:
    """What does not fit: who handed in and is not in the roster, who is in it and did not, lost columns."""
    matched = matches(people, roster)
    column = next((c for c in (*NAMES, *COLUMNS) if c in roster), str(roster.columns[0]))
    strangers = sorted(set(people) - set(matched.values()))
    silent = [str(v) for n, v in enumerate(roster[column]) if n not in matched and str(v).strip()]
    lines = []
    if strangers:
        lines.append(f"Handed in, but not in the roster, so not in its files: {some(strangers)}.")
    if silent:
        lines.append(f"In the roster, nothing handed in: {some(silent)}.")
    new = [name for name in sets if "Student" in roster and column_of(name, roster) is None]
    if new:
        lines.append(
            f"No one column of the roster is clearly that of {some(new)}: Canvas will ask where it belongs."
        )
    return lines


def some(names: list[str], most: int = 20) -> str:
    """The first of some names; semicolons stand between them, since a name may have a comma."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{'; '.join(''.join(c if c.isprintable() else '�' for c in n)[:80] for n in names[:most])}{more}"
