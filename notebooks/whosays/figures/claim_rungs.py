"""The claim × rung table: how statements of each kind are spread over the ladder."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.look import base_figure, colour, plain, write
from whosays.measures.claims import KINDS
from whosays.measures.ladder import NAMED, RUNGS

HEADS = {
    1: "no<br>source",
    2: "a<br>group",
    3: "an organ-<br>isation",
    4: "a named<br>person",
    5: "exact<br>words",
}
HEAD, ROW, FOOT = 68, 52, 48  # pixels: head of the columns, a row, what stands below
LETTER, LONGEST = 8.4, 16  # pixels of a letter, letters of a line
TOTAL = 6  # place of the totals, beside the rungs
INKS = ("ink 2", "ink", "ink", "ink", "on tint 4")  # of the numbers on each tint

Counts = Mapping[str, Mapping[int, int]]  # row → rung → number


def claim_rungs(table: pd.DataFrame, *, counted: str = "sentences", caption: str = "") -> go.Figure:
    """A table of counts with a row a kind and a column a rung, shaded more where there are more.

    Takes the counts of ``kind_by_rung``, with kinds or with other words as rows. ``counted`` says what is
    counted. Raises ValueError for a table without the columns 1 to 5.
    """
    rungs: list[Any] = sorted(RUNGS)
    if list(table.columns) != rungs:
        raise ValueError(f"columns {list(table.columns)}: kind_by_rung makes a table with the columns 1 to 5")
    counts = {str(row): {rung: int(table.loc[row, rung]) for rung in rungs} for row in table.index}
    title, named = _finding(counts, counted)
    how = f"How many {counted} stand where. Stronger shade: more."
    figure = base_figure(plain(title), subtitle=how, height=0)
    left = 44 + LETTER * max([10, *(len(line) for row in counts for line in _lines(row))])
    _cells(figure, counts)
    _labels(figure, counts, named, left)
    _axes(figure, len(counts), left)
    left_out = table.attrs.get("left_out", 0)
    note = f"Left out, because a label is missing: {left_out}. {caption}" if left_out else caption
    head = [str(table.index.name or "kind"), *(f"rung {rung}" for rung in rungs), "total"]
    rows = [(_word(row), *cells.values(), sum(cells.values())) for row, cells in counts.items()]
    twin = pd.DataFrame(rows, columns=head).to_dict("list")
    meta = {"alt": _alt(counts, title, counted), "caption": note.strip(), "table": twin}
    return figure.update_layout(meta=meta)


# Words ----------------------------------------------------------------------------------------------------


def _finding(counts: Counts, counted: str) -> tuple[str, list[str]]:
    """The title, and the rows that it names.

    It names the row whose highest rung is lowest, if no person is named on any of its rungs; else the row
    with the largest share on rungs without a named person. Rows of one statement matter only where all are.
    """
    sizes = {row: sum(cells.values()) for row, cells in counts.items() if any(cells.values())}
    if not sizes:
        return "Nothing sorted yet: your counts go here", []
    rows = [row for row in sizes if sizes[row] > 1] or list(sizes)
    everywhere, tops = _occupied(counts, sizes), {row: max(_occupied(counts, [row])) for row in rows}
    lowest = min(tops.values())
    if len(sizes) > 1 and (min(everywhere) >= NAMED or max(everywhere) == lowest < NAMED):
        return f"{_all(sum(sizes.values()), counted)} are on {_rungs(everywhere)}", []
    if lowest < NAMED:
        tied = [row for row in rows if tops[row] == lowest]
        tied = tied if len(tied) <= 2 else [max(tied, key=lambda row: sizes[row])]
        return f"{_every(tied, sizes, counted)} on {_rungs(_occupied(counts, tied))}", tied
    low = {row: sum(n for rung, n in counts[row].items() if rung < NAMED) for row in rows}
    row = max(rows, key=lambda row: (low[row] / sizes[row], sizes[row]))
    below = [rung for rung in _occupied(counts, [row]) if rung < NAMED]
    if not below:
        return f"{_every([row], sizes, counted)} on {_rungs(_occupied(counts, [row]))}", [row]
    return f"{low[row]} of {sizes[row]} {_many(row, counted)} are on {_rungs(below)}", [row]


def _occupied(counts: Counts, rows: Iterable[str]) -> list[int]:
    return sorted({rung for row in rows for rung, n in counts[row].items() if n})


def _rungs(rungs: Sequence[int]) -> str:
    *first, last = map(str, rungs)
    return f"rung {', '.join(first)} or {last}" if first else f"rung {last}"


def _every(rows: Sequence[str], sizes: Mapping[str, int], counted: str) -> str:
    """“All 5 predictions are”, “Both calls and the only judgement are”."""
    parts = [
        f"The only {_one(row)}" if sizes[row] == 1 else _all(sizes[row], _many(row, counted)) for row in rows
    ]
    said = " and ".join([parts[0], *(part[0].lower() + part[1:] for part in parts[1:])])
    return f"{said} {'is' if sum(sizes[row] for row in rows) == 1 else 'are'}"


def _all(n: int, many: str) -> str:
    return f"Both {many}" if n == 2 else f"All {n} {many}"


def _one(row: str) -> str:
    return KINDS[row].word if row in KINDS else f"one marked {_quoted(row)}"


def _many(row: str, counted: str) -> str:
    return f"{KINDS[row].word}s" if row in KINDS else f"{counted} marked {_quoted(row)}"


def _quoted(row: str) -> str:
    return f"“{textwrap.shorten(row, 30, placeholder=' …')}”"


def _word(row: str) -> str:
    return KINDS[row].word if row in KINDS else row


def _alt(counts: Counts, title: str, counted: str) -> str:
    rows = [
        f"{_word(row)}: {', '.join(f'{n} on rung {rung}' for rung, n in cells.items() if n) or 'none'}"
        for row, cells in counts.items()
    ]
    total = sum(n for cells in counts.values() for n in cells.values())
    return f"Table of counts. {title}. {total} {counted}. {'; '.join(rows)}."


# Drawing --------------------------------------------------------------------------------------------------


def _lines(row: str) -> list[str]:
    return textwrap.wrap(_word(row), LONGEST, max_lines=2, placeholder=" …")


def _tint(n: int, most: int) -> int:
    """The step of the scale: 0 for none, 4 for the largest count."""
    return math.ceil((len(INKS) - 1) * n / most) if n else 0


def _cells(figure: go.Figure, counts: Counts) -> None:
    """A shaded cell for each number, and the totals."""
    most = max((n for cells in counts.values() for n in cells.values()), default=0)
    for y, (row, cells) in enumerate(counts.items()):
        steps = {rung: _tint(n, most) for rung, n in cells.items()}
        for rung, step in steps.items():
            figure.add_shape(
                type="rect",
                **{"x0": rung - 0.48, "x1": rung + 0.48, "y0": y - 0.46, "y1": y + 0.46},
                fillcolor=colour(f"tint {step}"),
                line={"color": colour("line"), "width": 1},
                layer="below",
            )
        figure.add_scatter(
            x=[*cells, TOTAL],
            y=[y] * (len(cells) + 1),
            mode="text",
            text=[str(n) for n in (*cells.values(), sum(cells.values()))],
            textfont={"size": 18, "color": [colour(INKS[step]) for step in (*steps.values(), 0)]},
            hovertext=[*(f"{plain(_word(row))}, rung {rung}: {n}" for rung, n in cells.items()), "total"],
            hoverinfo="text",
        )


def _labels(figure: go.Figure, counts: Counts, named: Sequence[str], left: float) -> None:
    """Labels of the rows, bold where the title names them, and heads of the columns."""
    beside: dict[str, Any] = {"xref": "paper", "x": 0, "xanchor": "left", "align": "left"}
    for y, row in enumerate(counts):
        text = "<br>".join(map(plain, _lines(row)))
        text = f"<b>{text}</b>" if row in named else text
        write(figure, text, ink="ink", y=y, xshift=(32 if row in KINDS else 10) - left, **beside)
        if row in KINDS:
            write(figure, KINDS[row].shape, ink=f"kind {row}", y=y, xshift=10 - left, **beside)
    heads = {rung: f"<b>{rung}</b><br>{name}" for rung, name in HEADS.items()} | {TOTAL: "total"}
    for x, text in heads.items():
        write(figure, text, x=x, yref="paper", y=1, yanchor="bottom")


def _axes(figure: go.Figure, rows: int, left: float) -> None:
    top = figure.layout.margin.t + HEAD
    figure.update_layout(margin={"l": left, "t": top, "b": FOOT}, height=top + max(1, rows) * ROW + FOOT)
    bare = {"showgrid": False, "zeroline": False, "showticklabels": False, "fixedrange": True}
    title = {"text": "rung of the ladder; higher is easier to check", "font": {"size": 14}, "standoff": 10}
    figure.update_xaxes(bare, range=[0.5, TOTAL + 0.45], title=title)
    figure.update_yaxes(bare, range=[max(1, rows) - 0.5, -0.5])
