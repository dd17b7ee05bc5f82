"""Whether two values say the same, however a student wrapped them, and a value in a few words."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any

import pandas as pd

from whosays.exercises.plain import Chart

EXACT = 1e-9
SHOWN = 60  # characters of a value in a message
# What plotly and pandas write on an axis by themselves. It tells a reader nothing.
UNSAID = frozenset(("", "x", "y", "index", "value", "values", "variable", "0"))


def same(found: Any, wanted: Any, tolerance: float = 0.0) -> bool:
    """Whether ``found`` says what ``wanted`` says.

    Numbers may differ by ``tolerance``; 3 and 3.0 are the same, True and 1 are not. A Series, a dictionary
    and a table with one column of values are the same if they give each label the same value, in any order;
    labels with a count of 0 may be missing. Where ``wanted`` is a list or a Series counted from 0, its order
    counts. Tables need the same columns, in any order, and the same rows in the same order; their row numbers
    do not count. Charts need the same kind and values, bars in any order, and words of their own wherever
    ``wanted`` has them: a title, and what each axis shows.
    """
    try:
        return found is wanted or _same(found, wanted, max(tolerance, EXACT))
    except (TypeError, ValueError, KeyError, OverflowError, RecursionError):
        return False


def _same(found: Any, wanted: Any, tolerance: float) -> bool:
    if isinstance(wanted, Chart):
        return _same_chart(found, wanted, tolerance)
    if isinstance(wanted, pd.DataFrame):
        return _same_table(found, wanted, tolerance)
    if isinstance(wanted, pd.Series) and not _counted(wanted):
        wanted = _as_dict(wanted)
    if isinstance(wanted, Mapping):
        return _same_labels(_as_dict(found), wanted, tolerance)
    if isinstance(wanted, list | tuple | pd.Series):
        return _same_list(_as_list(found), list(wanted), tolerance)
    if isinstance(wanted, set | frozenset):
        return isinstance(found, set | frozenset) and {_label(v) for v in found} == {
            _label(v) for v in wanted
        }
    return _same_value(found, wanted, tolerance)


def _same_value(found: Any, wanted: Any, tolerance: float) -> bool:
    if _missing(found) or _missing(wanted):
        return _missing(found) and _missing(wanted)
    if isinstance(found, bool) or isinstance(wanted, bool):
        return isinstance(found, bool) and isinstance(wanted, bool) and found is wanted
    if isinstance(wanted, numbers.Real):
        return isinstance(found, numbers.Real) and abs(float(found) - float(wanted)) <= tolerance
    return type(found) is type(wanted) and bool(found == wanted)


def _same_list(found: list[Any] | None, wanted: list[Any], tolerance: float) -> bool:
    return (
        found is not None
        and len(found) == len(wanted)
        and all(_same(a, b, tolerance) for a, b in zip(found, wanted, strict=True))
    )


def _same_labels(found: Any, wanted: Mapping[Any, Any], tolerance: float) -> bool:
    if not isinstance(found, Mapping):
        return False
    mine, theirs = ({_label(k): v for k, v in m.items()} for m in (found, wanted))
    if len(mine) != len(found):
        return False
    nothing = 0 if all(_is_count(v) for v in theirs.values()) else None
    return all(
        _same(mine.get(label, nothing), theirs.get(label, nothing), tolerance) for label in {**mine, **theirs}
    )


def _same_table(found: Any, wanted: pd.DataFrame, tolerance: float) -> bool:
    if not isinstance(found, pd.DataFrame):
        return False
    if not _counted(wanted) and not _same_list(_as_list(found.index), list(wanted.index), tolerance):
        return False
    columns = [_label(c) for c in wanted.columns]
    mine = {_label(c): n for n, c in enumerate(found.columns)}
    if len(found) != len(wanted) or set(mine) != set(columns) or len(found.columns) != len(columns):
        return False
    return all(
        _same_list(found.iloc[:, mine[c]].tolist(), wanted.iloc[:, n].tolist(), tolerance)
        for n, c in enumerate(columns)
    )


def _same_chart(found: Any, wanted: Chart, tolerance: float) -> bool:
    if type(found) is not Chart or found.kind != wanted.kind or len(found.x) != len(wanted.x):
        return False
    if any(word in lacking(found) for word in _WORDS if word not in lacking(wanted)):
        return False
    if wanted.kind == "bar" and len({_label(x) for x in wanted.x}) == len(wanted.x):
        return _same_labels(_as_dict(found), dict(zip(wanted.x, wanted.y, strict=True)), tolerance)
    return _same_list(list(found.x), list(wanted.x), tolerance) and _same_list(
        list(found.y), list(wanted.y), tolerance
    )


def lacking(chart: Chart) -> list[str]:
    """The words that a chart has not got, of: a title, a label on the x axis, a label on the y axis."""
    return [word for word, name in _WORDS.items() if getattr(chart, name).strip().casefold() in UNSAID]


_WORDS = {"a title": "title", "a label on the x axis": "x_title", "a label on the y axis": "y_title"}


def _as_dict(value: Any) -> Any:
    """Values by label, of a Series, a dictionary, a chart or a table with one column of values."""
    if isinstance(value, Chart):
        pairs = {_label(x): (x, y) for x, y in zip(value.x, value.y, strict=True)}
        return dict(pairs.values()) if len(pairs) == len(value.x) else None
    if isinstance(value, pd.DataFrame):
        if len(value.columns) == 2 and _counted(value):
            value = pd.Series(value.iloc[:, 1].tolist(), index=value.iloc[:, 0].tolist())
        elif len(value.columns) == 1:
            value = value.iloc[:, 0]
        else:
            return None
    if isinstance(value, pd.Series):
        labels = value.index.tolist()
        return dict(zip(labels, value.tolist(), strict=True)) if value.index.is_unique else None
    return value


def _as_list(value: Any) -> list[Any] | None:
    return list(value) if isinstance(value, list | tuple | pd.Series | pd.Index) else None


def _counted(table: pd.Series | pd.DataFrame) -> bool:
    """Whether the rows are only numbered. A filtered table keeps numbers with gaps: numbered, too."""
    return (
        table.index.name is None
        and all(isinstance(i, numbers.Integral) and not isinstance(i, bool) for i in table.index)
        and (isinstance(table, pd.DataFrame) or table.index.tolist() == list(range(len(table))))
    )


def _label(value: Any) -> Any:
    """A label for comparison: 3 and 3.0 are one, True is not 1."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return (type(value).__name__, value)
    return ("number", float(value))


def _is_count(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and float(value).is_integer()


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def in_words(value: Any) -> str:
    """A value as a student may read it: “3”, “0.61”, “a table of 8 rows and 2 columns”, “nothing (None)”."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, Chart):
        return _chart_in_words(value)
    if isinstance(value, pd.DataFrame):
        return f"a table of {_many(len(value), 'row')} and {_many(len(value.columns), 'column')}"
    if isinstance(value, pd.Series | Mapping):
        kind = "a Series" if isinstance(value, pd.Series) else "a dictionary"
        pairs = ", ".join(f"{_short(k)}: {_short(v)}" for k, v in list(value.items())[:4])
        more = ", …" if len(value) > 4 else ""
        return f"{kind} of {_many(len(value), 'value')} ({_cut(pairs + more)})"
    if isinstance(value, list | tuple | set | frozenset):
        few = ", ".join(_short(v) for v in list(value)[:4])
        return f"{_many(len(value), 'value')} ({_cut(few)})"
    return _short(value)


def _chart_in_words(chart: Chart) -> str:
    """“a bar chart of 3 values (s01: 2.5, s02: 4), without a title”."""
    pairs = ", ".join(f"{_short(x)}: {_short(y)}" for x, y in list(zip(chart.x, chart.y, strict=True))[:3])
    more = ", …" if len(chart.x) > 3 else ""
    values = f"{_many(len(chart.x), 'value')} ({pairs}{more})"[: 2 * SHOWN] if chart.x else "no values"
    kind = {"scatter": "line or point", "": "blank"}.get(chart.kind, chart.kind)
    lack = lacking(chart)
    words = f"without {' and without '.join(lack)}" if lack else "with a title and both labels"
    return f"a {kind} chart of {values}, {words}"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _cut(text: str) -> str:
    return text if len(text) <= 2 * SHOWN else text[: 2 * SHOWN - 1] + "…"


def _short(value: Any) -> str:
    if isinstance(value, tuple):
        return " and ".join(map(_short, value))
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    text = f"“{value}”" if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
