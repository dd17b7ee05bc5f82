"""Read one CSV file of a pack into typed columns, noting every fault on the way."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whosays.pack.faults import Faults, show, show_all
from whosays.pack.files import read_text
from whosays.pack.schema import Field, Table

MOST_COLUMNS = 500
LONGEST_CELL = 4_000_000
LONGEST_PATTERNED = 200  # characters of a cell that must match a pattern
INTEGER = re.compile("-?[0-9]{1,15}")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
FACTS = {"true": True, "false": False}

Problem = tuple[str, str, str]  # what was found, what was expected, the word that was not known


@dataclass
class Rows:
    """The rows of one table: a list a column, and the file's row number of each.

    ``sound`` is False once anything in the file is wrong: what other tables say of it is then no news.
    """

    table: Table
    columns: dict[str, list[Any]] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    sound: bool = True

    def __len__(self) -> int:
        return len(self.numbers)


def read_rows(folder: Path, table: Table, faults: Faults) -> Rows | None:
    """Read ``folder/table.path``. None if the file as a whole cannot be used; faults say why."""
    text = read_text(folder, table.path, faults, expected="a table with a header row of column names")
    if text is None:
        return None
    if "\r" in text:
        row = text.count("\n", 0, text.index("\r")) + 1
        found = "Windows line ends (CR LF)" if "\r\n" in text else "a line end of CR alone"
        faults.add(table.path, row=row, found=found, expected="line ends of LF alone")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    before = len(faults)
    records = _records(text, table, faults)
    header = next(records, (1, []))[1]
    if len(faults) > before or not _header_fits(table, header, faults):
        return None
    rows = Rows(table)
    raw: list[list[str]] = []
    width = len(header)
    for number, record in records:
        if len(record) == width and record != header:
            raw.append(record)
            rows.numbers.append(number)
        else:
            _odd_record(record, header, number, table, faults)
    for spec in table.fields:
        at = header.index(spec.name)
        rows.columns[spec.name] = _typed([record[at] for record in raw], spec, rows, faults)
    rows.sound = len(faults) == before
    return rows


def _records(text: str, table: Table, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Each record with its number, as a spreadsheet counts; ends early, with a fault, where it is no CSV."""
    limit = csv.field_size_limit(LONGEST_CELL)
    number = 0
    try:
        for number, record in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            yield number, record
    except csv.Error as error:
        found = f"no readable CSV ({error})"
        expected = "fields parted by commas, quotation marks closed"
        faults.add(table.path, row=number + 1, found=found, expected=expected)
    finally:
        csv.field_size_limit(limit)


def _header_fits(table: Table, header: list[str], faults: Faults) -> bool:
    names = [f.name for f in table.fields]
    before = len(faults)
    missing = [name for name in names if name not in header]
    twice = next((name for name, count in Counter(header).items() if count > 1), None)
    spare = [name for name in header if name not in names]
    if len(header) > MOST_COLUMNS:
        faults.add(table.path, row=1, found=f"{len(header)} columns", expected=f"at most {MOST_COLUMNS}")
    elif len(missing) == len(names):
        faults.add(table.path, row=1, found=show_all(header), expected=f"the column names {show_all(names)}")
    elif twice is not None:
        faults.add(table.path, row=1, field=twice, found="two columns of that name", expected="one")
    elif missing:
        for name in missing:
            found = f"no such column among {show_all(header)}"
            like = [h for h in spare if h]
            faults.add(
                table.path,
                row=1,
                field=name,
                found=found,
                expected=f"a column '{name}'",
                word=name,
                known=like,
            )
    else:
        for name in spare:
            found = "a column the schema does not list"
            faults.add(
                table.path, row=1, field=name or "(no name)", found=found, expected=f"only {show_all(names)}"
            )
    return len(faults) == before


def _odd_record(record: list[str], header: list[str], number: int, table: Table, faults: Faults) -> None:
    if record == header:
        faults.add(table.path, row=number, found="the header a second time", expected="it in row 1 alone")
    elif record:
        found = f"{len(record)} {'field' if len(record) == 1 else 'fields'}"
        faults.add(table.path, row=number, found=found, expected=f"{len(header)}, as in the header")
    else:
        faults.add(table.path, row=number, found="an empty line", expected="a row or the end of the file")


def _typed(cells: list[str], spec: Field, rows: Rows, faults: Faults) -> list[Any]:
    """A column's values; None, or no items, where there is no value or a wrong one."""
    plain = _typed_at_once(cells, spec)
    if plain is not None:
        return plain
    values: dict[str, Any] = {}
    problems: dict[str, Problem] = {}
    for cell in dict.fromkeys(cells):
        try:
            values[cell] = convert(cell, spec)
        except Misfit as misfit:
            values[cell] = () if spec.type == "list" else None
            problems[cell] = misfit.problem
    if problems or (spec.unique and len(values) < len(cells)):
        _report(cells, spec, problems, rows, faults)
    return [values[cell] for cell in cells]


def _typed_at_once(cells: list[str], spec: Field) -> list[Any] | None:
    """The same for the two most common kinds of column, quickly, if nothing in it is wrong; else None."""
    if spec.unique or spec.enum or spec.pattern or (spec.required and "" in cells):
        return None
    if spec.type == "string":
        return [cell or None for cell in cells]
    if spec.type == "integer" and all(map(INTEGER.fullmatch, cells)):
        values = [int(cell) for cell in cells]
        low = -math.inf if spec.minimum is None else spec.minimum
        high = math.inf if spec.maximum is None else spec.maximum
        return values if not values or (low <= min(values) and max(values) <= high) else None
    return None


def _report(cells: list[str], spec: Field, problems: dict[str, Problem], rows: Rows, faults: Faults) -> None:
    seen: set[str] = set()
    for cell, number in zip(cells, rows.numbers, strict=True):
        problem = problems.get(cell)
        if problem is None and spec.unique and cell and cell in seen:
            problem = (f"{show(cell)} a second time", "each value once", "")
        seen.add(cell)
        if problem is not None:
            found, expected, word = problem
            faults.add(
                rows.table.path,
                row=number,
                field=spec.name,
                found=found,
                expected=expected,
                word=word,
                known=spec.enum,
            )


class Misfit(Exception):
    """A cell that is no value of its field."""

    def __init__(self, cell: str, expected: str, *, found: str = "") -> None:
        super().__init__(expected)
        self.problem: Problem = (found or show(cell), expected, cell)


def convert(cell: str, spec: Field) -> Any:
    """The value of one cell: None, or no items, for an empty one. Raises Misfit if it does not fit."""
    if cell == "":
        if spec.required:
            raise Misfit(cell, f"a value ({spec.type})", found="nothing")
        return () if spec.type == "list" else None
    if spec.type == "list":
        return tuple(_scalar(part, spec.item_type, spec) for part in cell.split(spec.delimiter))
    return _scalar(cell, spec.type, spec)


def _scalar(cell: str, kind: str, spec: Field) -> Any:
    value = _parsed(cell, kind)
    if spec.enum and cell not in spec.enum:
        raise Misfit(cell, f"one of {show_all(spec.enum)}")
    if kind in ("integer", "number"):
        if spec.minimum is not None and value < spec.minimum:
            raise Misfit(cell, f"at least {spec.minimum:g}")
        if spec.maximum is not None and value > spec.maximum:
            raise Misfit(cell, f"at most {spec.maximum:g}")
    if spec.pattern and not (len(cell) <= LONGEST_PATTERNED and spec.pattern.fullmatch(cell)):
        raise Misfit(cell, f"text of the form {spec.pattern.pattern}")
    return value


def _parsed(cell: str, kind: str) -> Any:
    if cell == "":
        raise Misfit(cell, "a value between two separators", found="an empty item")
    if kind == "integer":
        if not INTEGER.fullmatch(cell):
            raise Misfit(cell, "a whole number (at most 15 digits)")
        return int(cell)
    if kind == "number":
        if not NUMBER.fullmatch(cell) or not math.isfinite(float(cell)):
            raise Misfit(cell, "a number")
        return float(cell)
    if kind == "boolean":
        if cell not in FACTS:
            raise Misfit(cell, "true or false")
        return FACTS[cell]
    if kind == "date":
        try:
            return dt.date.fromisoformat(DATE.fullmatch(cell)[0])  # type: ignore[index]
        except (TypeError, ValueError):
            raise Misfit(cell, "a date such as 2024-11-12") from None
    return cell
