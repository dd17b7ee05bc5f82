"""The verb scale: how settled each reporting verb makes a thing sound, as the student put it."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.look import WIDTH, base_figure, colour, plain, shorten, write

MOST = 10  # the settled end of the scale
ROW = 50  # pixels
CHARS = 28  # characters of a verb beside its dot: it fits half of a narrow page in a wide font
IN_TITLE = 24  # characters of a verb in the title: with two such verbs it has three lines
LISTED = 12  # verbs without a place that are listed below
BELOW = 66  # characters of a line of that list
QUOTED = re.compile("“[^”]*”")

Row = dict[str, Any]


def verb_scale(table: pd.DataFrame, *, caption: str = "") -> go.Figure:
    """Verbs on a line from open (0) to settled (10), the most open first, a row each, the verb at its dot.

    ``table`` has columns ``verb``, ``settled`` (0–10 or empty) and ``uses`` (times in the text). Raises
    ValueError for a place outside the scale.
    """
    rows = [_row(*row) for row in table[["verb", "settled", "uses"]].itertuples(index=False)]
    rated = sorted((row for row in rows if row["settled"] is not None), key=lambda r: r["settled"])
    title = _title(rated)
    whole = QUOTED.sub(lambda verb: verb[0].replace(" ", "\u00a0"), title)
    figure = base_figure(plain(whole), subtitle=SUBTITLE)
    bottom = ROW * max(1, len(rated)) + 8
    for n, row in enumerate(rated):
        _dot(figure, row, ROW * n + ROW / 2 + 4)
    _scale(figure, bottom)
    waiting = [row["verb"] for row in rows if row["settled"] is None]
    below = _below(waiting)
    foot: Row = {"xanchor": "left", "yanchor": "top", "align": "left", "yshift": -52}
    write(figure, "<br>".join(below), x=0, y=bottom, **foot)
    margin = {"l": 28, "r": 28, "t": figure.layout.margin.t, "b": 64 + 20 * len(below)}
    twin = {name: [row[name] for row in rows] for name in ("verb", "settled", "times_in_the_text")}
    meta = {"alt": _alt(rated, waiting, title), "caption": caption, "table": twin}
    return figure.update_layout(meta=meta, margin=margin, height=margin["t"] + bottom + margin["b"])


def _row(verb: str, settled: Any, uses: Any) -> Row:
    if not verb.strip():
        raise ValueError("a verb is empty")
    place = None if pd.isna(settled) else settled
    if place is not None and not 0 <= place <= MOST:
        raise ValueError(f"verb {verb!r}: settled is {place!r}, which is not between 0 and {MOST}")
    whole = place if place is None or place != int(place) else int(place)
    return {"verb": verb, "settled": whole, "times_in_the_text": int(uses)}


# Words ----------------------------------------------------------------------------------------------------

SUBTITLE = "How settled does the verb make it sound? Each dot is your own choice."


def _title(rated: list[Row]) -> str:
    if not rated:
        return "No verb has a place yet: your scale will grow here"
    low, high = rated[0]["settled"], rated[-1]["settled"]
    if len(rated) == 1:
        return f"You put {_all(rated, 1)} at {low} of {MOST}: place another verb beside it"
    if low == high:
        return f"You put {_all(rated, 2)} at {low} of {MOST}: none sounds more settled"
    ends = [[row for row in rated if row["settled"] == end] for end in (low, high)]
    for names in (2, 1):
        first, last = (_all(rows, names) for rows in ends)
        title = f"You find {first} the most open and {last} the most settled"
        if len(textwrap.wrap(title, WIDTH)) <= 3:
            break
    return title


def _all(rows: list[Row], names: int) -> str:
    """Verbs that share a place: in words, if that takes no more than some names."""
    if len(rows) > names:
        return f"{len(rows)} verbs"
    return " and ".join(f"“{shorten(row['verb'], IN_TITLE)}”" for row in rows)


def _uses(row: Row) -> str:
    uses = row["times_in_the_text"]
    return f"in the text: {uses} {'time' if uses == 1 else 'times'}" if uses else "not in the text"


def _below(verbs: list[str]) -> list[str]:
    """The verbs that have no place yet, in lines."""
    if not verbs:
        return []
    more = f" and {len(verbs) - LISTED} more" if len(verbs) > LISTED else ""
    said = ", ".join(f"“{shorten(verb, CHARS)}”" for verb in verbs[:LISTED])
    return list(map(plain, textwrap.wrap(f"No place yet: {said}{more}", BELOW)))


def _alt(rated: list[Row], waiting: list[str], title: str) -> str:
    said = [f"{r['verb']} at {r['settled']}, {_uses(r)}" for r in rated]
    left = f" No place yet: {', '.join(waiting)}." if waiting else ""
    placed = f" From open to settled: {'; '.join(said)}." if said else ""
    return f"Dots on a line from 0, open, to {MOST}, settled. {title}.{placed}{left}"


# Drawing --------------------------------------------------------------------------------------------------


def _dot(figure: go.Figure, row: Row, y: float) -> None:
    """A thin line for the scale, the dot, and the words on the side that has more room."""
    line = {"color": colour("line"), "width": 1}
    figure.add_shape(type="line", x0=0, x1=MOST, y0=y, y1=y, layer="below", line=line)
    figure.add_scatter(
        x=[row["settled"]],
        y=[y],
        mode="markers",
        cliponaxis=False,
        marker={"size": 14, "color": colour("ink")},
        hovertext=f"{plain(row['verb'])}: {row['settled']} of {MOST}, {_uses(row)}",
        hoverinfo="text",
        name=row["verb"],
    )
    side = "left" if row["settled"] <= MOST / 2 else "right"
    at = {"x": row["settled"], "y": y, "xanchor": side, "align": side}
    at["xshift"] = 12 if side == "left" else -12
    write(
        figure, f"<b>{plain(shorten(row['verb'], CHARS))}</b>", ink="ink", yanchor="bottom", yshift=-1, **at
    )
    write(figure, _uses(row), yanchor="top", yshift=1, **at)


def _scale(figure: go.Figure, bottom: int) -> None:
    figure.update_yaxes(range=[bottom, 0], visible=False, fixedrange=True)
    figure.update_xaxes(
        range=[0, MOST],
        tickmode="array",
        tickvals=list(range(MOST + 1)),
        tickfont={"size": 14},
        ticks="outside",
        tickcolor=colour("axis"),
        showgrid=False,
        zeroline=False,
        showline=True,
        linecolor=colour("axis"),
        fixedrange=True,
    )
    at = {"y": bottom, "yanchor": "top", "yshift": -28}
    write(figure, "<b>open</b>", ink="ink", x=0, xanchor="left", xshift=-5, **at)
    write(figure, "<b>settled</b>", ink="ink", x=MOST, xanchor="right", xshift=8, **at)
