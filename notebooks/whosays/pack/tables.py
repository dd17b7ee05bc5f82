"""Read one CSV file of a pack into typed columns, noting every fault on the way."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whosays.pack.faults import Faults, show
from whosays.pack.schema import Field, Table

MAX_BYTES = 20_000_000
MAX_FIELD = 4_000_000


@dataclass
class Rows:
    """The rows of one table: a list a column, and the file's row number of each."""

    table: Table
    columns: dict[str, list[Any]] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    sound: bool = True

    def __len__(self) -> int:
        return len(self.numbers)


def read_rows(folder: Path, table: Table, faults: Faults) -> Rows | None:
    """Read ``folder/table.path``. None if the file as a whole cannot be used; faults say why."""
    text = _read_text(folder / table.path, table.path, faults)
    if text is None:
        return None
    before = len(faults)
    limit = csv.field_size_limit(MAX_FIELD)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = next(reader, [])
        if not _header_fits(table, header, faults):
            return None
        raw, numbers = _read_lines(reader, table, len(header), faults)
    except csv.Error as error:
        faults.add(table.path, row=reader.line_num, found=f"no readable CSV ({error})",
                   expected="fields parted by commas, quotation marks closed")
        return None
    finally:
        csv.field_size_limit(limit)
    rows = Rows(table, numbers=numbers)
    by_name = dict(zip(header, zip(*raw, strict=True) if raw else ([] for _ in header), strict=True))
    for spec in table.fields:
        rows.columns[spec.name] = _typed(list(by_name[spec.name]), spec, rows, faults)
    rows.sound = len(faults) == before
    return rows


def _read_text(path: Path, name: str, faults: Faults) -> str | None:
    if not path.is_file():
        faults.add(name, found="no such file", expected="the table that datapackage.json lists")
        return None
    size = path.stat().st_size
    if size > MAX_BYTES:
        faults.add(name, found=f"a file of {size / 1e6:.0f} MB", expected=f"at most {MAX_BYTES / 1e6:.0f} MB a table")
        return None
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        faults.add(name, row=1, found="UTF-16", expected="UTF-8: save the file again as “CSV UTF-8”")
        return None
    if data.startswith(b"\xef\xbb\xbf"):
        faults.add(name, row=1, found="a byte order mark (BOM) before the first letter",
                   expected="plain UTF-8: save the file again without BOM")
        data = data[3:]
    if not data.strip():
        faults.add(name, found="an empty file", expected="a header row with the column names")
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        faults.add(name, row=data.count(b"\n", 0, error.start) + 1, found=f"byte {data[error.start]:#04x}, which is no UTF-8",
                   expected="UTF-8: save the file again as “CSV UTF-8”")
        return None
    if "\r" in text:
        row = text.count("\n", 0, text.index("\r")) + 1
        faults.add(name, row=row, found="Windows line ends (CR LF)", expected="line ends of LF alone")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _header_fits(table: Table, header: list[str], faults: Faults) -> bool:
    names = [f.name for f in table.fields]
    spare = [h for h in header if h not in names]
    before = len(faults)
    for name in names:
        if name not in header:
            like = [h for h in spare if h]
            faults.add(table.path, row=1, field=name, found=f"no such column among {show(', '.join(header))}",
                       expected=f"a column '{name}'", word=name, known=like)
    for name, count in Counter(header).items():
        if count > 1:
            faults.add(table.path, row=1, field=name, found=f"{count} columns of that name", expected="one")
    if len(faults) == before:
        for name in spare:
            faults.add(table.path, row=1, field=name or "(no name)", found="a column the schema does not list",
                       expected=f"only {', '.join(names)}")
    return len(faults) == before


def _read_lines(reader: Any, table: Table, width: int, faults: Faults) -> tuple[list[list[str]], list[int]]:
    raw: list[list[str]] = []
    numbers: list[int] = []
    number = 1
    for line in reader:
        number += 1
        if len(line) == width:
            raw.append(line)
            numbers.append(number)
        elif line:
            faults.add(table.path, row=number, found=f"{len(line)} fields", expected=f"{width}, as in the header")
        else:
            faults.add(table.path, row=number, found="an empty line", expected="a row or the end of the file")
    return raw, numbers


def _typed(cells: list[str], spec: Field, rows: Rows, faults: Faults) -> list[Any]:
    out: list[Any] = []
    seen: set[str] = set()
    for cell, number in zip(cells, rows.numbers, strict=True):
        value: Any = None
        problem: tuple[str, str] | None = None
        if cell == "":
            value = () if spec.type == "list" else None
            if spec.required:
                problem = ("nothing", f"a value ({spec.type})")
        else:
            value, problem = convert(cell, spec)
        if problem is None and spec.unique and cell:
            if cell in seen:
                problem = (f"{show(cell)} a second time", "each value once")
            seen.add(cell)
        if problem:
            found, expected = problem
            faults.add(rows.table.path, row=number, field=spec.name, found=found, expected=expected,
                       word=cell, known=spec.enum)
            value = () if spec.type == "list" else None
        out.append(value)
    return out


def convert(cell: str, spec: Field) -> tuple[Any, tuple[str, str] | None]:
    """Turn one cell into a value of the field's type: ``(value, None)`` or ``(None, (found, expected))``."""
    if spec.type == "list":
        items = []
        for part in cell.split(spec.delimiter):
            value, problem = _scalar(part, spec.item_type, spec)
            if problem:
                return None, problem
            items.append(value)
        return tuple(items), None
    return _scalar(cell, spec.type, spec)


def _scalar(cell: str, kind: str, spec: Field) -> tuple[Any, tuple[str, str] | None]:
    value: Any = cell
    if kind == "integer":
        if not cell.removeprefix("-").isdecimal() or not cell.isascii() or len(cell) > 15:
            return None, (show(cell), "a whole number")
        value = int(cell)
    elif kind == "number":
        try:
            value = float(cell)
        except ValueError:
            return None, (show(cell), "a number")
        if value != value or value in (float("inf"), float("-inf")):
            return None, (show(cell), "a finite number")
    elif kind == "boolean":
        if cell not in ("true", "false"):
            return None, (show(cell), "true or false")
        value = cell == "true"
    elif kind == "date":
        try:
            value = dt.date.fromisoformat(cell)
        except ValueError:
            return None, (show(cell), "a date such as 2024-11-12")
    if spec.enum and cell not in spec.enum:
        return None, (show(cell), f"one of {', '.join(spec.enum)}")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if spec.minimum is not None and value < spec.minimum:
            return None, (show(cell), f"at least {spec.minimum:g}")
        if spec.maximum is not None and value > spec.maximum:
            return None, (show(cell), f"at most {spec.maximum:g}")
    if spec.pattern is not None and not spec.pattern.fullmatch(cell):
        return None, (show(cell), f"text of the form {spec.pattern.pattern}")
    return value, None
