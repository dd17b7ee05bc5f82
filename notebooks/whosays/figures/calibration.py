"""The calibration plot: how often the student was right at each level of sureness."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.look import base_figure, colour, write
from whosays.measures.calibration import FEW, LEVELS

NUMBERS = re.compile(r"(?<=\d) (?=of|times)|(?<=of) ")  # blanks where a line of the title does not end

Row = dict[str, Any]


def calibration_plot(table: pd.DataFrame, *, caption: str = "") -> go.Figure:
    """The share of right answers for each sureness from 1 to 4: dots joined by a line, the counts in words.

    ``table`` is one of ``whosays.measures.calibration``. A level with fewer than three answers has a hollow
    dot and dashed lines, one without answers no dot.
    """
    rows: list[Row] = [
        {"sure": int(sure), "answers": int(n), "right": int(right)}
        for sure, n, right in table[["sure", "n", "right"]].itertuples(index=False)
    ]
    for row in rows:
        row["percent_right"] = 100 * row["right"] / row["answers"] if row["answers"] else None
    given = [row for row in rows if row["answers"]]
    title = _title(given)
    figure = base_figure(NUMBERS.sub("\u00a0", title), subtitle=SUBTITLE)
    for one, other in pairwise(given):
        _line(figure, one, other)
    for few, name in ((False, "answers"), (True, "few answers")):
        _dots(figure, [row for row in given if _few(row) == few], few, name)
    for n, row in enumerate(given):
        _label(figure, row, [r["percent_right"] for r in given], n)
    _axes(figure, rows)
    twin = {name: [row[name] for row in rows] for name in ("sure", "answers", "right")}
    twin["percent_right"] = [None if (p := row["percent_right"]) is None else round(p) for row in rows]
    said = [f"Sure {_level(row['sure'])}: {_said(row)}." for row in given]
    meta = {"alt": " ".join(["Dot chart.", f"{title}.", *said]), "caption": caption, "table": twin}
    return figure.update_layout(meta=meta, margin={"l": 62, "b": 76})


def _few(row: Row) -> bool:
    return bool(row["answers"] < FEW)


# Words ----------------------------------------------------------------------------------------------------

TO_COME = "Here a dot will come up for each level:<br>high if you were often right, low if not."
SUBTITLE = "How often you were right at each level of sureness."


def _title(given: list[Row]) -> str:
    """About the surest level that has answers enough."""
    if not given:
        return "No answers yet: here you will see how often you were right when you felt sure"
    enough = [row for row in given if not _few(row)]
    if not enough:
        n = sum(row["answers"] for row in given)
        return f"Only {n} {'answer' if n == 1 else 'answers'} so far: too few to tell"
    row = enough[-1]
    return f"When you said {_level(row['sure'])}, you were right {row['right']} of {row['answers']} times"


def _level(sure: int) -> str:
    return f"{sure}, {LEVELS[sure]}" if LEVELS[sure] else str(sure)


# Drawing --------------------------------------------------------------------------------------------------


def _line(figure: go.Figure, one: Row, other: Row) -> None:
    """A thin line between two dots, dashed where one of them says little or a level between is empty."""
    sound = not _few(one) and not _few(other) and other["sure"] - one["sure"] == 1
    figure.add_scatter(
        x=[one["sure"], other["sure"]],
        y=[one["percent_right"], other["percent_right"]],
        mode="lines",
        line={"color": colour("axis"), "width": 1.5, "dash": "solid" if sound else "4px,4px"},
        hoverinfo="skip",
        name="line",
    )


def _dots(figure: go.Figure, rows: list[Row], few: bool, name: str) -> None:
    line = {"color": colour("ink"), "width": 2}
    figure.add_scatter(
        x=[row["sure"] for row in rows],
        y=[row["percent_right"] for row in rows],
        mode="markers",
        cliponaxis=False,
        marker={"size": 14, "color": colour("open" if few else "ink"), "line": line},
        hovertext=[f"sure {_level(row['sure'])}: {_said(row)}" for row in rows],
        hoverinfo="text",
        name=name,
    )


def _said(row: Row) -> str:
    return f"{row['right']} of {row['answers']} right"


def _label(figure: go.Figure, row: Row, percents: list[float], n: int) -> None:
    """The counts beside a dot, where no line runs: lines leave a dot to its neighbours left and right."""
    here = percents[n]
    before = percents[n - 1] if n else here
    after = percents[n + 1] if n + 1 < len(percents) else here
    rises, falls = before < here < after, before > here > after
    below = rises or (max(before, after) > here and not falls)
    at: Row = {"yanchor": "top", "yshift": -9} if below else {"yanchor": "bottom", "yshift": 9}
    at |= {"xanchor": "left", "xshift": 8} if rises or falls else {"xanchor": "center"}
    text = f"<b>{_said(row)}</b>{', few' if _few(row) else ''}"
    write(figure, text, ink="ink", x=row["sure"], y=here, **at)


def _axes(figure: go.Figure, rows: list[Row]) -> None:
    figure.update_xaxes(
        range=[0.5, 4.5],
        tickmode="array",
        tickvals=list(LEVELS),
        ticktext=[f"<b>{sure}</b><br>{word}" for sure, word in LEVELS.items()],
        tickfont={"size": 14, "color": colour("ink")},
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        title={"text": "how sure you said you were", "font": {"size": 14}, "standoff": 8},
    )
    empty = [row["sure"] for row in rows if not row["answers"]]
    if len(empty) == len(rows):
        write(figure, TO_COME, xref="paper", x=0.5, y=62.5)
    for sure in empty if len(empty) < len(rows) else []:
        write(figure, "no answers", x=sure, y=0, yanchor="top", yshift=-9)
    figure.update_yaxes(
        range=[-14, 114],
        tickmode="array",
        tickvals=[0, 25, 50, 75, 100],
        ticktext=["0%", "25%", "50%", "75%", "100%"],
        tickfont={"size": 14},
        gridcolor=colour("line"),
        zeroline=True,
        zerolinecolor=colour("axis"),
        fixedrange=True,
    )
