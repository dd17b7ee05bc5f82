"""The presence grid: who is named in which sentence, and who is only described."""

from __future__ import annotations

import math
import string
import textwrap
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.look import base_figure, colour, plain, write
from whosays.measures.presence import MEANT, NAMED, grid

OFTEN = 2  # mentions that give an actor a row, unless other rows are asked for
NARROW = 640  # pixels of a narrow page: what has room there has room anywhere
RIGHT, FOOT = 56, 84  # pixels beside and below the plot
LETTER, LONGEST = 8.3, 18  # pixels of a letter, letters of a line
LINE, AIR = 17, 9  # pixels of a line, between rows
NUMBER = 22  # pixels for a number on the axis


def presence_grid(
    table: pd.DataFrame,
    sentences: pd.DataFrame,
    *,
    rows: Sequence[str] | None = None,
    order: Literal["first", "count"] = "first",
    flags: Mapping[str, str] | None = None,
    caption: str = "",
) -> go.Figure:
    """Actors by sentences: a dot where one is named, a ring where there is only a description or a pronoun.

    Takes the table of ``presence`` and the pack's sentences. ``rows`` are the ids of the actors to show; by
    default all with two mentions or more, in the order of ``grid``. ``flags`` marks sentences with a short
    note: ``{sentence id: note}``. Raises ValueError for an actor or a sentence that is not there.
    """
    cells = grid(table, sentences["id"], order)
    shown = _shown(table, cells, rows)
    cells = cells.loc[shown]
    names = dict(zip(table["actor"], table["name"], strict=True))
    cells.index = pd.Index([names[actor] for actor in shown], name="actor")
    flags = flags or {}
    for sentence in flags:
        if sentence not in cells.columns:
            raise ValueError(f"flags: {sentence!r} is no sentence of this text")
    title = _title(cells)
    figure = base_figure(plain(title), subtitle="" if cells.empty else HOW_TO_READ, height=0)
    _draw(figure, cells, list(sentences["paragraph"]), flags)
    note = f"{_rest(table, shown)} {caption}".strip()
    meta = {"alt": _alt(title, flags), "caption": note, "table": _twin(cells).to_dict("list")}
    return figure.update_layout(meta=meta)


def _shown(table: pd.DataFrame, cells: pd.DataFrame, rows: Sequence[str] | None) -> list[str]:
    """The ids of the rows; where nobody has two mentions, all."""
    if rows is None:
        mentions = table.groupby("actor")["n"].sum()
        return [actor for actor in cells.index if mentions[actor] >= OFTEN] or list(cells.index)
    for actor in rows:
        if actor not in cells.index:
            raise ValueError(
                f"rows: {actor!r} is no actor with a mention; there are: {', '.join(cells.index)}"
            )
    return list(rows)


def _twin(cells: pd.DataFrame) -> pd.DataFrame:
    """The dots and rings as a table."""
    rows = [
        (name, *(", ".join(row.index[row == kind]) for kind in (NAMED, MEANT)), int((row != "").sum()))
        for name, row in cells.iterrows()
    ]
    return pd.DataFrame(rows, columns=["actor", "named in", "only described in", "sentences"])


# Words ----------------------------------------------------------------------------------------------------

HOW_TO_READ = "A dot: named. A ring: only described, or a pronoun. At the right: in how many sentences."


def _title(cells: pd.DataFrame) -> str:
    """Who is named in most sentences, and how many are named in none."""
    if cells.empty:
        return "No mentions are marked in this text"
    named = [int((row == NAMED).sum()) for _, row in cells.iterrows()]
    n, most, never = len(named), max(named), named.count(0)
    if not most:
        return "The only actor here is never named" if n == 1 else f"None of the {n} actors is named"
    first = [str(name) for name, times in zip(cells.index, named, strict=True) if times == most]
    who = _joined(first) if len(first) <= 3 else f"{len(first)} actors"
    said = f"{who} {'is' if len(first) == 1 else 'are'} named{' most,' if len(first) < n else ''}"
    said += f" in {most} of {len(cells.columns)} sentences{' each' if len(first) > 1 else ''}"
    return said + (f". Never named: {never} of {n} actors" if never else "")


def _joined(names: Sequence[str]) -> str:
    *some, last = [textwrap.shorten(name, 30, placeholder=" …") for name in names]
    return f"{', '.join(some)} and {last}" if some else last


def _rest(table: pd.DataFrame, shown: Sequence[str]) -> str:
    rest = table.groupby("actor")["n"].sum().drop(shown)
    if rest.empty:
        return ""
    once = "mentioned once" if (rest == 1).all() else "not shown"
    return f"{len(rest)} more {'actor is' if len(rest) == 1 else 'actors are'} {once}."


def _alt(title: str, flags: Mapping[str, str]) -> str:
    marked = "; ".join(f"{sentence}, {note}" for sentence, note in flags.items())
    return f"Grid of dots. {title}.{f' Marked: {marked}.' if marked else ''}"


# Drawing --------------------------------------------------------------------------------------------------


def _draw(figure: go.Figure, cells: pd.DataFrame, paragraphs: list[int], flags: Mapping[str, str]) -> None:
    """Everything in its place: a row is as high as its label, a column a share of the width."""
    labels = [_lines(str(name), LONGEST) for name in cells.index]
    ends = [0, *accumulate(LINE * len(lines) + AIR for lines in labels)]
    at = [(low + high) / 2 for low, high in pairwise(ends)]
    left = 20 + LETTER * max((len(line) for lines in labels for line in lines), default=0)
    column = (NARROW - left - RIGHT) / len(paragraphs)
    height = ends[-1] or 60
    _bands(figure, paragraphs, NUMBER / column, height)
    above = _flags(figure, list(cells.columns), flags, left, column)
    top = figure.layout.margin.t + above
    margin = {"l": left, "r": RIGHT, "t": top, "b": FOOT}
    figure.update_layout(margin=margin, height=top + height + FOOT)
    _dots(figure, cells, at)
    _axes(figure, cells, ["<br>".join(map(plain, lines)) for lines in labels], at, height, NUMBER / column)


def _lines(text: str, longest: int) -> list[str]:
    """Words in lines of about equal length."""
    lines = math.ceil(len(text) / longest)
    return textwrap.wrap(text, longest if lines == 1 else min(longest, math.ceil(len(text) / lines) + 3))


def _dots(figure: go.Figure, cells: pd.DataFrame, at: Sequence[float]) -> None:
    edge = {"color": colour("name"), "width": 2}
    for kind, fill in ((NAMED, "name"), (MEANT, "open")):
        places = [
            (x, y, f"{plain(str(name))}, {sentence}: {kind}")
            for y, (name, row) in zip(at, cells.iterrows(), strict=True)
            for x, (sentence, cell) in enumerate(row.items())
            if cell == kind
        ]
        figure.add_scatter(
            x=[x for x, _, _ in places],
            y=[y for _, y, _ in places],
            mode="markers",
            cliponaxis=False,
            marker={"size": 10, "color": colour(fill), "line": edge},
            hovertext=[text for _, _, text in places],
            hoverinfo="text",
            name=kind,
        )


def _bands(figure: go.Figure, paragraphs: list[int], room: float, height: float) -> None:
    """Every other paragraph on a band; its number below it, where there is room for one."""
    starts = [x for x, p in enumerate(paragraphs) if not x or p != paragraphs[x - 1]]
    last = -room
    for n, (start, end) in enumerate(zip(starts, [*starts[1:], len(paragraphs)], strict=True)):
        edges = {"x0": start - 0.5, "x1": end - 0.5, "y0": -48 / height, "y1": 1}
        if n % 2 == 0:
            band = {"yref": "paper", "layer": "below", "fillcolor": colour("band"), "line": {"width": 0}}
            figure.add_shape(band, type="rect", **edges)
        middle = (start + end - 1) / 2
        if middle - last >= room:
            last = middle
            text = f"<b>{paragraphs[start]}</b>"
            write(figure, text, ink="ink", x=middle, yref="paper", y=0, yshift=-40)


def _flags(
    figure: go.Figure, ids: Sequence[str], flags: Mapping[str, str], left: float, column: float
) -> int:
    """Marked columns, their words above the plot on lines of their own; returns the pixels these take."""
    above = 4
    for sentence in sorted(flags, key=ids.index, reverse=True):
        x = ids.index(sentence)
        edge = {"color": colour("look"), "width": 1}
        figure.add_shape(
            type="rect",
            **{"x0": x - 0.5, "x1": x + 0.5, "yref": "paper", "y0": 0, "y1": 1},
            **{"fillcolor": colour("look tint"), "line": edge, "layer": "below"},
        )
        to_left, to_right = left + (x + 1) * column, (len(ids) - x) * column
        words = _lines(f"{sentence}: {flags[sentence]}", int(max(to_left, to_right) / LETTER))
        side: dict[str, Any] = {"x": x - 0.5, "xanchor": "left", "align": "left"}
        if to_left > to_right:
            side = {"x": x + 0.5, "xanchor": "right", "align": "right"}
        text = "<br>".join(map(plain, words))
        write(figure, text, ink="look", yref="paper", y=1, yanchor="bottom", yshift=above, **side)
        above += LINE * len(words) + 6
    return max(above, LINE)


def _axes(
    figure: go.Figure, cells: pd.DataFrame, labels: list[str], at: list[float], height: float, room: float
) -> None:
    """Numbers of sentences below, actors at the left, and at the right in how many sentences each is."""
    n = len(cells.columns)
    total: dict[str, Any] = {"xref": "paper", "x": 1, "xanchor": "right", "xshift": RIGHT - 16}
    for y, (_, row) in zip(at, cells.iterrows(), strict=True):
        write(figure, str((row != "").sum()), ink="ink", y=y, **total)
    if len(cells):
        write(figure, f"of {n}", yref="paper", y=1, yanchor="bottom", **total)
    at_x = list(range(0, n, max(1, math.ceil(room))))
    figure.update_xaxes(
        range=[-0.6, n - 0.4],
        tickvals=at_x,
        ticktext=[_number(cells.columns[x]) for x in at_x],
        tickangle=0,
        tickfont={"size": 13},
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        title={"text": "sentence, and paragraph in bold", "font": {"size": 14}, "standoff": 34},
    )
    figure.update_yaxes(
        range=[height, 0],
        tickvals=at,
        ticktext=labels,
        tickfont={"size": 14, "color": colour("ink")},
        ticklabelstandoff=6,
        gridcolor=colour("line"),
        zeroline=False,
        fixedrange=True,
    )


def _number(sentence: str) -> str:
    return sentence.lstrip(string.ascii_lowercase).lstrip("0") or sentence
