"""Numbers that were given for one thing: who gave each, on which day, and what it counts."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.look import base_figure, colour, plain, write
from whosays.pack import records

COLUMNS = ("date", "who", "figure", "low", "high", "about", "owner_type")
NO_OWNER = "no owner"
LEFT, RIGHT, FOOT = 232, 18, 68  # pixels around the plot
NARROW = 640 - LEFT - RIGHT  # pixels of the plot on a narrow page: what has room there has room anywhere
LETTER, LINE, AIR = 8.3, 18, 20  # pixels of a letter, of a line, between rows
OPEN_END, GAP = 26, 12  # pixels of an open end, between a mark and its words
FEWEST = 14  # letters: where a line of these has no room beside the mark, the words go below it
BOLD = 0.88  # of those letters, where they are bold
DASHED = "3px,3px"


@dataclass(frozen=True, slots=True)
class _Row:
    """A number as it is drawn: its ends on the axis, its words, its place and height in pixels."""

    said: dict[str, Any]
    ends: tuple[float, ...]
    left: Sequence[str]
    words: Sequence[str]
    side: str
    top: int
    height: int

    @property
    def owned(self) -> bool:
        return bool(self.said["owner_type"] != NO_OWNER)

    @property
    def open(self) -> int:
        """Where the number is open: 1 upwards (“at least”), -1 downwards (“at most”), 0 nowhere."""
        given = [bool(pd.notna(self.said[end])) for end in ("low", "high")]
        return given[0] - given[1]

    @property
    def y(self) -> float:
        return self.top + (AIR + LINE) / 2


def dated_figures(
    table: pd.DataFrame, *, evidence: pd.DataFrame | None = None, counted: str = "number", caption: str = ""
) -> go.Figure:
    """A row a number, by date: a dot for one number, a line from–to, an open end for “at least” or “at most”.

    Takes a table with columns ``date``, ``who``, ``figure`` (as worded), ``low`` and ``high`` (empty where
    the wording sets none), ``about`` and ``owner_type``; numbers of the type “no owner” are hollow and
    dashed. ``evidence``, the pack's table, turns ids in a column ``evidence`` into publishers. ``counted``
    names the axis. Raises ValueError for a missing column or a ``low`` above its ``high``.
    """
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise ValueError(f"no column {missing[0]!r}; a table of dated figures has {', '.join(COLUMNS)}")
    said = records(table.sort_values("date", kind="stable"))
    title = _title(said)
    figure = base_figure(plain(title), subtitle=HOW_TO_READ if said else "", height=0)
    highest = max([float(n) for row in said for n in (row["low"], row["high"]) if pd.notna(n)], default=0)
    end = highest * 1.1 or 1.0
    rows = _rows(said, end)
    for row in rows:
        _mark(figure, row)
        _words(figure, row)
    _axes(figure, rows, end, counted)
    twin = _twin(said, evidence)
    meta = {
        "alt": _alt(title, said),
        "caption": f"{NOTE if said else ''} {caption}".strip(),
        "table": twin.to_dict("list"),
    }
    return figure.update_layout(meta=meta)


def _rows(said: list[dict[str, Any]], end: float) -> list[_Row]:
    rows: list[_Row] = []
    for row in said:
        low, high = (None if pd.isna(row[c]) else float(row[c]) for c in ("low", "high"))
        if low is not None and high is not None and low > high:
            raise ValueError(f"{row['figure']!r}, {row['who']}: low {low:g} is above high {high:g}")
        ends = tuple(sorted({n for n in (low, high) if n is not None}))
        room = {"left": min(ends, default=0) / end, "right": 1 - max(ends, default=0) / end}
        side = max(room, key=lambda side: room[side])
        letters = int((room[side] * NARROW - GAP - OPEN_END) / LETTER)
        if letters < FEWEST:
            side, letters = "below", int(NARROW / LETTER)
        bold = [f"<b>{line}</b>" for line in _wrap(row["figure"], int(letters * BOLD))]
        words = [*bold, *_wrap(row["about"], letters)]
        left = [_day_and_owner(row), *_wrap(row["who"], int((LEFT - 16) / LETTER))]
        lines = max(len(left), len(words) + (side == "below"))
        top = rows[-1].top + rows[-1].height if rows else 0
        rows.append(_Row(row, ends, left, words, side, top, LINE * lines + AIR))
    return rows


def _wrap(text: str, letters: int) -> list[str]:
    return [plain(line) for line in textwrap.wrap(text, letters)]


def _twin(said: list[dict[str, Any]], evidence: pd.DataFrame | None) -> pd.DataFrame:
    """The numbers of the chart as a table; None where there is none."""
    known = {} if evidence is None else dict(zip(evidence["id"], evidence["publisher"], strict=True))
    twin = [
        {
            "date": f"{row['date']:%Y-%m-%d}",
            "who": row["who"],
            "figure": row["figure"],
            "low": None if pd.isna(row["low"]) else int(row["low"]),
            "high": None if pd.isna(row["high"]) else int(row["high"]),
            "about": row["about"],
            "owner": None if pd.isna(row["owner_type"]) else row["owner_type"],
            "seen in": "; ".join(known.get(e, e) for e in row.get("evidence", ())),
        }
        for row in said
    ]
    columns = ["date", "who", "figure", "low", "high", "about", "owner", "seen in"]
    return pd.DataFrame(twin, columns=columns, dtype=object)


# Words ----------------------------------------------------------------------------------------------------

HOW_TO_READ = (
    "A dot: one number. Two dots: from, to. An open end: at least or at most. Hollow and dashed: no owner."
)
NOTE = (
    "Each date is that of the statement. Numbers as published, not checked by counting; where the wording "
    "counts two things, the first is drawn. Numbers about different things cannot be compared."
)


def _title(said: list[dict[str, Any]]) -> str:
    n, bare = len(said), [row for row in said if row["owner_type"] == NO_OWNER]
    owned = n - len(bare)
    if not n:
        return "No dated numbers in this pack"
    if n == 1:
        return f"The only number has {'no' if bare else 'an'} owner"
    if not bare:
        return f"{'Both' if n == 2 else f'All {n}'} numbers have an owner"
    if not owned:
        return f"None of the {n} numbers has an owner"
    has = f"{owned} of {n} numbers {'has' if owned == 1 else 'have'} an owner"
    if len(bare) > 1:
        return f"{has}, {len(bare)} have none"
    return f"{has}. The one without: {textwrap.shorten(bare[0]['who'], 40, placeholder=' …')}"


def _day(row: dict[str, Any]) -> str:
    return f"{row['date'].day} {row['date']:%b %Y}"


def _day_and_owner(row: dict[str, Any]) -> str:
    """“4 Nov 2024 · organisation”."""
    owner = row["owner_type"]
    if pd.isna(owner):
        return _day(row)
    return f"{_day(row)} · {f'<b>{NO_OWNER}</b>' if owner == NO_OWNER else plain(owner)}"


def _alt(title: str, said: list[dict[str, Any]]) -> str:
    if not said:
        return f"{title}."
    things = list(dict.fromkeys(row["about"] for row in said))
    what = f"They count {'one thing' if len(things) == 1 else 'different things'}: {', '.join(things)}."
    return f"Dots and bars, a row a number, from {_day(said[0])} to {_day(said[-1])}. {title}. {what}"


# Drawing --------------------------------------------------------------------------------------------------


def _mark(figure: go.Figure, row: _Row) -> None:
    """Dots at the ends that were given, a line between two, a short line out of an open end."""
    ink = colour("ink")
    line = {"color": ink, "width": 2} if row.owned else {"color": ink, "width": 2, "dash": DASHED}
    level = {"type": "line", "y0": row.y, "y1": row.y, "line": line, "layer": "below"}
    if len(row.ends) == 2:
        figure.add_shape(level, x0=row.ends[0], x1=row.ends[1])
    if row.open:
        figure.add_shape(level, xsizemode="pixel", xanchor=row.ends[0], x0=0, x1=row.open * OPEN_END)
    edge = {"color": ink, "width": 2}
    figure.add_scatter(
        x=list(row.ends),
        y=[row.y] * len(row.ends),
        mode="markers",
        cliponaxis=False,
        marker={"size": 12, "color": ink if row.owned else colour("open"), "line": edge},
        hovertext=plain(f"{row.said['who']}: {row.said['figure']}"),
        hoverinfo="text",
    )


def _words(figure: go.Figure, row: _Row) -> None:
    """The day and the owner in the margin; the wording and what it counts beside the mark."""
    margin: dict[str, Any] = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "top", "align": "left"}
    top = row.top + AIR / 2
    write(figure, row.left[0], y=top, xshift=8 - LEFT, **margin)
    write(figure, "<br>".join(row.left[1:]), ink="ink", y=top + LINE, xshift=8 - LEFT, **margin)
    text = "<br>".join(row.words)
    if row.side == "below":
        write(figure, text, ink="ink", y=top + LINE, xshift=GAP, **margin)
    elif row.side == "left":
        shift = -GAP - OPEN_END * (row.open < 0)
        at = {"x": row.ends[0], "xshift": shift, "xanchor": "right", "align": "right"}
        write(figure, text, ink="ink", y=top, yanchor="top", **at)
    else:
        shift = GAP + OPEN_END * (row.open > 0)
        at = {"x": max(row.ends, default=0), "xshift": shift, "xanchor": "left", "align": "left"}
        write(figure, text, ink="ink", y=top, yanchor="top", **at)


def _axes(figure: go.Figure, rows: list[_Row], end: float, counted: str) -> None:
    height = rows[-1].top + rows[-1].height if rows else 60
    margin = figure.layout.margin
    figure.update_layout(margin={"l": LEFT, "r": RIGHT, "b": FOOT}, height=margin.t + height + FOOT)
    hairline = {"color": colour("line"), "width": 1}
    for row in rows[1:]:
        rule = {"type": "line", "xref": "paper", "y0": row.top, "y1": row.top, "line": hairline}
        figure.add_shape(rule, x0=0, x1=1)
        figure.add_shape(rule, xsizemode="pixel", xanchor=0, x0=10 - LEFT, x1=0)
    figure.update_xaxes(
        range=[0, end],
        visible=bool(rows),
        nticks=5,
        tickformat=",d",
        tickfont={"size": 14},
        ticks="outside",
        tickcolor=colour("axis"),
        showgrid=False,
        zeroline=True,
        zerolinecolor=colour("axis"),
        fixedrange=True,
        title={"text": counted, "font": {"size": 14}, "standoff": 8},
    )
    figure.update_yaxes(
        range=[height, 0], showgrid=False, zeroline=False, showticklabels=False, fixedrange=True
    )
