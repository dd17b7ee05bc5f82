"""What holds between rows: keys that are unique, keys that lead somewhere, spans that fit the text.

A table in which something is wrong already is not asked again: what hangs on its fault would only repeat it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from whosays.model import Span
from whosays.pack.faults import Faults, show
from whosays.pack.needs import NEEDED
from whosays.pack.tables import Rows

Tables = Mapping[str, Rows]
Key = Any  # a value, or a tuple of values
RUNGS = range(1, 6)


def check_keys(tables: Tables, faults: Faults) -> None:
    """Primary keys are unique; foreign keys and list items name rows that exist."""
    for rows in tables.values():
        _check_unique(rows, faults)
    for rows in tables.values():
        for key in rows.table.foreign_keys:
            target = tables.get(key.table) if key.table else rows
            if target is not None:
                pairs = zip(rows.numbers, _keys(rows, key.fields), strict=True)
                _check_known(rows, " + ".join(key.fields), pairs, target, key.to, faults)
        for spec in rows.table.fields:
            target = tables.get(spec.items_in)
            if target is not None:
                cells = zip(rows.numbers, rows.columns[spec.name], strict=True)
                items = ((number, item) for number, cell in cells for item in cell)
                _check_known(rows, spec.name, items, target, target.table.primary_key, faults)


def _keys(rows: Rows, names: tuple[str, ...]) -> list[Key]:
    """The key of each row: a value, or a tuple where it has several columns; None where a part is missing."""
    if len(names) == 1:
        return rows.columns[names[0]]
    return [None if None in key else key for key in zip(*(rows.columns[n] for n in names), strict=True)]


def _shown(key: Key) -> str:
    return " + ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _check_unique(rows: Rows, faults: Faults) -> None:
    names = rows.table.primary_key
    spec = rows.table.field(names[0]) if len(names) == 1 else None
    if not names or (spec and spec.unique):  # `unique` has said it already
        return
    first: dict[Key, int] = {}
    for number, key in zip(rows.numbers, _keys(rows, names), strict=True):
        if first.setdefault(key, number) != number and key is not None:
            rows.sound = False
            found = f"{show(_shown(key))} a second time (first in row {first[key]})"
            field = " + ".join(names)
            faults.add(rows.table.path, row=number, field=field, found=found, expected="each key once")


def _check_known(
    rows: Rows,
    field: str,
    pairs: Iterable[tuple[int, Key]],
    target: Rows,
    names: tuple[str, ...],
    faults: Faults,
) -> None:
    """Each key (``pairs``: row number and key) is that of a row of the target."""
    if not target.sound:
        return
    known = {None, *_keys(target, names)}
    names_known: list[str] = []
    path = target.table.path
    for number, key in pairs:
        if key in known:
            continue
        if not len(target):
            expected = f"the rows that {rows.table.path} names in {field}"
            faults.add(path, found="no row below the header", expected=expected)
            target.sound = False
            return
        names_known = names_known or sorted(_shown(k) for k in known if k is not None)
        faults.add(
            rows.table.path,
            row=number,
            field=field,
            found=f"{show(_shown(key))}, which is no row of {path}",
            expected=f"a key of {path}",
            word=_shown(key),
            known=names_known,
        )


def check_ladder(tables: Tables, faults: Faults) -> None:
    """Every rung is one of the ladder's five."""
    for rows in tables.values():
        for need in NEEDED.get(rows.table.name, ()):
            if need.column not in ("rung", "accept_rung"):
                continue
            for number, value in zip(rows.numbers, rows.columns[need.column], strict=True):
                rungs = value if isinstance(value, tuple) else (value,)
                off = next((r for r in rungs if r is not None and r not in RUNGS), None)
                if off is not None:
                    wanted = "a rung of the ladder, 1 to 5"
                    faults.add(
                        rows.table.path, row=number, field=need.column, found=show(str(off)), expected=wanted
                    )


def check_spans(tables: Tables, text: str, sentences: Mapping[str, Span], faults: Faults) -> None:
    """Every span lies in the study text, begins in its sentence, and covers the words it says."""
    for rows in tables.values():
        owners = rows.columns.get("sentence_id", [None] * len(rows))
        for names in rows.table.spans:
            cells = zip(rows.numbers, owners, *(rows.columns[name] for name in names), strict=True)
            for number, owner, start, end, words in cells:
                problem = None
                if start is not None and end is not None and words is not None:
                    problem = _span_problem(names, start, end, words, text, owner, sentences.get(owner))
                elif rows.sound and (start, end, words) != (None, None, None):
                    problem = (", ".join(names), "some of the three", "all of them or none")
                if problem:
                    field, found, expected = problem
                    faults.add(rows.table.path, row=number, field=field, found=found, expected=expected)


def _span_problem(
    names: tuple[str, str, str], start: int, end: int, words: str, text: str, owner: str, home: Span | None
) -> tuple[str, str, str] | None:
    """Field, what was found and what was expected, or None for a span that fits."""
    start_name, end_name, text_name = names
    if not 0 <= start < end <= len(text):
        limits = f"0 <= {start_name} < {end_name} <= {len(text)}, the length of the study text"
        return f"{start_name}, {end_name}", f"{start}:{end}", limits
    if text[start:end] != words:
        found = f"{show(words)}, but {start}:{end} is {show(text[start:end])}"
        return text_name, found, _elsewhere(text, words, start, home)
    if home is not None and not home.start <= start < home.end:
        return start_name, f"{start}, outside sentence {owner}", f"from {home.start} to {home.end - 1}"
    return None


def _elsewhere(text: str, words: str, start: int, home: Span | None) -> str:
    """Where the words do stand: the place nearest to the one given."""
    low, high = (home.start, home.end) if home else (0, len(text))
    before, after = text.rfind(words, low, start + len(words)), text.find(words, start, high)
    places = [place for place in (before, after) if place >= 0]
    if not places:
        return "words that stand in the sentence"
    at = min(places, key=lambda p: abs(p - start))
    return f"the same words; they stand at {at}:{at + len(words)} ({at - start:+d})"
