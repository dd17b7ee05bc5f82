"""What holds between rows: keys that are unique, keys that lead somewhere, spans that fit the text."""

from __future__ import annotations

from typing import Any

from whosays.model import Span
from whosays.pack.faults import Faults, show
from whosays.pack.schema import Table
from whosays.pack.tables import Rows

Keyed = dict[str, Rows]


def check_keys(tables: Keyed, faults: Faults) -> None:
    """Primary keys are there and unique; foreign keys and list items name rows that exist."""
    for rows in tables.values():
        _primary(rows, faults)
    for rows in tables.values():
        for key in rows.table.foreign_keys:
            target = tables.get(key.table) if key.table else rows
            if target is not None and all(c in target.columns for c in key.to):
                _foreign(rows, key.fields, target, key.to, faults)
        for spec in rows.table.fields:
            if spec.items_in and spec.items_in in tables:
                target = tables[spec.items_in]
                _items(rows, spec.name, target, faults)


def _tuples(rows: Rows, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return list(zip(*(rows.columns[n] for n in names), strict=True)) if names else []


def _shown(values: tuple[Any, ...]) -> str:
    return " + ".join(str(v) for v in values)


def _primary(rows: Rows, faults: Faults) -> None:
    names = rows.table.primary_key
    seen: dict[tuple[Any, ...], int] = {}
    for number, key in zip(rows.numbers, _tuples(rows, names), strict=False):
        if None in key:
            continue
        if key in seen:
            faults.add(rows.table.path, row=number, field=" + ".join(names),
                       found=f"{show(_shown(key))} a second time (first in row {seen[key]})", expected="each key once")
        else:
            seen[key] = number


def _foreign(rows: Rows, names: tuple[str, ...], target: Rows, to: tuple[str, ...], faults: Faults) -> None:
    known = set(_tuples(target, to))
    for number, key in zip(rows.numbers, _tuples(rows, names), strict=True):
        if None not in key and key not in known:
            _dangling(rows.table, number, " + ".join(names), _shown(key), target, [_shown(k) for k in known], faults)


def _items(rows: Rows, name: str, target: Rows, faults: Faults) -> None:
    column = target.table.primary_key[0] if target.table.primary_key else "id"
    known = set(target.columns.get(column, ()))
    for number, items in zip(rows.numbers, rows.columns[name], strict=True):
        for item in items:
            if item not in known:
                _dangling(rows.table, number, name, str(item), target, [str(k) for k in known], faults)


def _dangling(table: Table, number: int, name: str, value: str, target: Rows, known: list[str], faults: Faults) -> None:
    faults.add(table.path, row=number, field=name, found=f"{show(value)}, which is no row of {target.table.path}",
               expected=f"a key of {target.table.path}", word=value, known=sorted(known))


def check_spans(tables: Keyed, text: str, sentences: dict[str, Span], faults: Faults) -> None:
    """Every span lies in the study text, begins in its sentence, and covers the words it says."""
    for rows in tables.values():
        for columns in rows.table.spans:
            if all(c in rows.columns for c in columns):
                _spans(rows, columns, text, sentences, faults)


def _spans(rows: Rows, columns: tuple[str, str, str], text: str, sentences: dict[str, Span], faults: Faults) -> None:
    start_name, end_name, text_name = columns
    owners = rows.columns.get("sentence_id", [None] * len(rows))
    cells = zip(rows.numbers, *(rows.columns[c] for c in columns), owners, strict=True)
    for number, start, end, words, owner in cells:
        if start is None or end is None or words is None:
            continue
        home = sentences.get(owner) if owner is not None else None
        if not 0 <= start < end <= len(text):
            faults.add(rows.table.path, row=number, field=f"{start_name}, {end_name}", found=f"{start}:{end}",
                       expected=f"0 <= {start_name} < {end_name} <= {len(text)}, the length of the study text")
        elif text[start:end] != words:
            faults.add(rows.table.path, row=number, field=text_name,
                       found=f"{show(words)}, but {start}:{end} is {show(text[start:end])}",
                       expected=_elsewhere(text, words, start, home))
        elif home is not None and not home.start <= start < home.end:
            faults.add(rows.table.path, row=number, field=start_name, found=f"{start}, outside sentence {owner}",
                       expected=f"from {home.start} to {home.end - 1}")


def _elsewhere(text: str, words: str, start: int, home: Span | None) -> str:
    low, high = (home.start, home.end) if home else (0, len(text))
    at = text.find(words, low, high)
    if at < 0:
        return "words that stand in the sentence"
    return f"the same words; they stand at {at}:{at + len(words)} (off by {at - start:+d})"
