"""Values as plain data: lists, texts and numbers that JSON can carry, and back. Nothing in it can run.

Only the exact types of the lessons are carried over: whatever else a student's code gives, a subclass that is
equal to everything for one, arrives as ``Other`` with the name of its type.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from typing import Any

DEEPEST = 8
MOST_DIGITS = 300  # of a whole number
MOST_ITEMS = 20_000
NAME = 80  # characters of a type's name
BARE = frozenset({str, int, bool, type(None)})  # they are plain data as they are
TITLE = 300  # characters of a title
TAGS = re.compile(r"<[^<>]{0,80}>")


@dataclass(frozen=True, slots=True)
class Other:
    """A value that is not carried over; only the name of its type is known."""

    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart of plotly says: the kind of its traces, their values in drawing order, and its words.

    ``x`` and ``y`` are as long as each other. Colours, sizes and all else that only looks are left out.
    """

    kind: str
    x: tuple[Any, ...]
    y: tuple[Any, ...]
    title: str = ""
    x_title: str = ""
    y_title: str = ""


class TooMuch(ValueError):
    """A value has more parts, or parts within parts, than an answer can need."""


def encode(value: Any, deepest: int = DEEPEST) -> Any:
    """A value as plain data: true, false, null, whole numbers and texts as they are, all else a tagged list.

    Raises TooMuch if it goes deeper than ``deepest`` or has more than 20 000 parts.
    """
    return _Encoder().plain(value, deepest)


class _Encoder:
    def __init__(self) -> None:
        self._left = MOST_ITEMS

    def plain(self, value: Any, deepest: int) -> Any:
        kind = type(value)
        self._left -= 1
        if deepest < 0 or self._left < 0:
            raise TooMuch("the value is too large or too deep for an answer")
        if value is None or kind is bool:
            return value
        if kind is str:
            return str.encode(value, "utf-8", "replace").decode("utf-8")
        if kind is int:
            return (
                value
                if abs(value) < 2**53
                else ["int", str(value)]
                if abs(value) < 10**MOST_DIGITS
                else ["other", "int"]
            )
        if kind is float:
            return ["float", float.__repr__(value)]
        if value is ...:
            return ["empty"]
        if kind in (list, tuple):
            return ["list", self.all(list(value), deepest - 1)]
        if kind is dict:
            return [
                "dict",
                [[self.plain(k, deepest - 1), self.plain(v, deepest - 1)] for k, v in dict.items(value)],
            ]
        if kind in (set, frozenset):
            parts = [self.plain(v, deepest - 1) for v in value]
            return ["set", sorted(parts, key=repr)]
        return self._of_pandas(value, kind, deepest)

    def all(self, values: list[Any], deepest: int) -> list[Any]:
        """Values one after the other. Those of a column that are plain data as they are go in one piece."""
        if deepest >= 0 and len(values) <= self._left and _bare(values):
            self._left -= len(values)
            return values
        return [self.plain(v, deepest) for v in values]

    def _of_pandas(self, value: Any, kind: type, deepest: int) -> Any:
        """Values of numpy, pandas and plotly. None of them is loaded: who has such a value has it loaded."""
        numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
        if numpy is not None and kind.__module__ == "numpy" and isinstance(value, numpy.generic):
            return self.plain(value.item(), deepest - 1)
        if numpy is not None and kind is numpy.ndarray:
            return self.plain(value.tolist(), deepest - 1)
        figure = getattr(sys.modules.get("plotly.graph_objs._figure"), "Figure", None)
        if figure is not None and kind is figure:
            return self._chart(value, deepest)
        if pandas is None:
            return ["other", _name(kind)]
        if value is pandas.NA or value is pandas.NaT:
            return ["float", "nan"]
        if kind is pandas.Timestamp:
            return ["time", value.isoformat()]
        if kind is pandas.DataFrame:
            if value.size > self._left:
                raise TooMuch(f"the table has {value.size} values, too many for an answer")
            columns = self.all(value.columns.tolist(), deepest - 1)
            data = [self.all(column, deepest - 1) for column in value.to_numpy(dtype=object).T.tolist()]
            return ["table", columns, self._index(value.index, deepest), data]
        if kind is pandas.Series:
            name = value.name if type(value.name) is str else None
            return ["series", name, self._index(value.index, deepest), self._column(value, deepest)]
        if isinstance(value, pandas.Index) or kind is pandas.Categorical:
            return ["list", self.all(value.tolist(), deepest - 1)]
        return ["other", _name(kind)]

    def _chart(self, figure: Any, deepest: int) -> list[Any]:
        """Kind, values and words of a chart. Bars that lie are turned: their labels come first, too."""
        kinds: dict[str, None] = {}
        places: list[Any] = []
        heights: list[Any] = []
        lies = False
        for trace in figure.data:
            kinds.setdefault(_words(trace.type))
            lies = lies or (trace.type == "bar" and trace.orientation == "h")
            x, y = (self._axis(getattr(trace, name, None), deepest) for name in ("x", "y"))
            both = min(len(x), len(y))  # plotly, too, draws no point without the other half
            places += x[:both]
            heights += y[:both]
        layout = figure.layout
        words = [_words(part.title.text) for part in (layout, layout.xaxis, layout.yaxis)]
        if lies:
            places, heights = heights, places
            words[1:] = words[2], words[1]
        return ["chart", " and ".join(kinds), places, heights, *words]

    def _axis(self, values: Any, deepest: int) -> list[Any]:
        if values is None:
            return []
        listed = values.tolist() if hasattr(values, "tolist") else list(values)
        return self.all(listed, deepest - 1)

    def _column(self, column: Any, deepest: int) -> list[Any]:
        return self.all(column.tolist(), deepest - 1)

    def _index(self, index: Any, deepest: int) -> list[Any]:
        name = index.name if type(index.name) is str else None
        return [name, self.all(index.tolist(), deepest - 1)]


def _bare(values: list[Any]) -> bool:
    """Whether all are whole numbers, not too long, or all texts without halves of characters."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return bool(min(values) > -(2**53) and max(values) < 2**53)
    if kinds == {str}:
        try:
            "".join(values).encode()
        except UnicodeEncodeError:
            return False
        return True
    return False


def _words(text: Any) -> str:
    """A title as a text without signs of layout, cut where nobody reads on."""
    kept = str.encode(text, "utf-8", "replace").decode("utf-8") if type(text) is str else ""
    return " ".join(TAGS.sub(" ", kept).split())[:TITLE]


def _name(kind: type) -> str:
    name = type.__dict__["__name__"].__get__(kind)
    return str(name).encode("utf-8", "replace").decode("utf-8")[:NAME]


def decode(data: Any, deepest: int = 4 * DEEPEST) -> Any:
    """The value behind plain data. Raises ValueError for anything that ``encode`` does not write."""
    if deepest < 0:
        raise TooMuch("the data go too deep")
    if data is None or isinstance(data, bool | int | str):
        return data
    if isinstance(data, float):
        raise ValueError("a bare number with a point is no plain data")
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        raise ValueError(f"{str(data)[:40]} is no plain data")
    tag, *rest = data
    if tag not in _READERS or len(rest) != _READERS[tag][0]:
        raise ValueError(f"{tag[:40]!r} with {len(rest)} parts is no plain data")
    try:
        return _READERS[tag][1](*rest, deepest - 1)
    except (TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError(f"{tag} cannot be read: {str(error)[:80]}") from error


def _values(data: Any, deepest: int) -> list[Any]:
    if not isinstance(data, list):
        raise ValueError("a list is missing")
    return [v if type(v) in BARE else decode(v, deepest) for v in data]


def _pairs(data: Any, deepest: int) -> dict[Any, Any]:
    return {_key(decode(k, deepest)): decode(v, deepest) for k, v in data}


def _key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _series(name: Any, index: Any, data: Any, deepest: int) -> Any:
    import pandas as pd

    values = _values(data, deepest)
    return pd.Series(values, index=_read_index(index, deepest), name=name, dtype=None if values else "object")


def _read_index(index: Any, deepest: int) -> Any:
    import pandas as pd

    name, labels = index
    labels = _values(labels, deepest)
    if name is None and labels == list(range(len(labels))) and set(map(type, labels)) == {int}:
        return pd.RangeIndex(len(labels))
    return pd.Index([_key(v) for v in labels], name=name, tupleize_cols=False)


def _table(columns: Any, index: Any, data: Any, deepest: int) -> Any:
    import pandas as pd

    names = [_key(c) for c in _values(columns, deepest)]
    parts = [_values(column, deepest) for column in data]
    rows = _read_index(index, deepest)
    if len(names) != len(parts) or any(len(part) != len(rows) for part in parts):
        raise ValueError("a table whose columns are not equally long")
    table = pd.DataFrame(dict(enumerate(parts)), index=rows if len(rows) else None)
    table.columns = pd.Index(names, tupleize_cols=False)
    return table


def _read_chart(kind: Any, x: Any, y: Any, title: Any, x_title: Any, y_title: Any, deepest: int) -> Chart:
    words = (kind, title, x_title, y_title)
    if not all(isinstance(text, str) for text in words):
        raise ValueError("a chart whose words are no texts")
    places, heights = (tuple(_key(v) for v in _values(part, deepest)) for part in (x, y))
    if len(places) != len(heights):
        raise ValueError("a chart with more places than values")
    return Chart(kind[:NAME], places, heights, title[:TITLE], x_title[:TITLE], y_title[:TITLE])


def _float(text: Any, deepest: int) -> float:
    number = float(text)
    return math.nan if math.isnan(number) else number


def _int(text: Any, deepest: int) -> int:
    if len(text) > MOST_DIGITS + 1:
        raise ValueError("a whole number with too many digits")
    return int(text)


def _time(text: Any, deepest: int) -> Any:
    import pandas as pd

    return pd.Timestamp(text)


_READERS: dict[str, tuple[int, Any]] = {
    "int": (1, _int),
    "float": (1, _float),
    "empty": (0, lambda deepest: ...),
    "list": (1, _values),
    "dict": (1, _pairs),
    "set": (1, lambda data, deepest: {_key(v) for v in _values(data, deepest)}),
    "series": (3, _series),
    "table": (3, _table),
    "chart": (6, _read_chart),
    "time": (1, _time),
    "other": (1, lambda name, deepest: Other(str(name)[:NAME])),
}
