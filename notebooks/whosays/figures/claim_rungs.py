"""The claim × rung table: how statements of each kind are spread over the ladder."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

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
INKS = ("ink 2", "ink", "ink", "ink", "on tint 4")  # of the words on each tint


def claim_rungs(table: pd.DataFrame, *, counted: str = "sentences", caption: str = "") -> go.Figure:
    """A table of counts with a row a kind and a column a rung; darker where there are more.

    Takes the counts of ``kind_by_rung``, with kinds or with other words as rows. ``counted`` says what is
    counted. Raises ValueError for a table without the columns 1 to 5.
    """
    if list(table.columns) != sorted(RUNGS):
        raise ValueError(f"columns {list(table.columns)}: kind_by_rung makes a table with the columns 1 to 5")
    title, found = _finding(table, counted)
    figure = base_figure(
        title, subtitle=f"How many {counted} stand where. The stronger the shade, the more.", height=0
    )
    left = 44 + LETTER * max([10, *(len(line) for row in table.index for line in _lines(row))])
    _cells(figure, table)
    _totals(figure, table)
    _labels(figure, table, found, left)
    _axes(figure, len(table), left)
    twin = table.set_axis([f"rung {rung}" for rung in table.columns], axis="columns")
    twin = twin.assign(total=table.sum(axis="columns")).rename(index=_label)
    twin = twin.reset_index(names=table.index.name or "kind")
    left_out = table.attrs.get("left_out", 0)
    said = f"Left out, because a label is missing: {left_out}." if left_out else ""
    meta = {
        "alt": _alt(table, title, counted),
        "caption": f"{said} {caption}".strip(),
        "table": twin.to_dict("list"),
    }
    return figure.update_layout(meta=meta)


# Words ----------------------------------------------------------------------------------------------------


def _finding(table: pd.DataFrame, counted: str) -> tuple[str, list[str]]:
    """The title, and the rows that it names.

    It names the row whose highest rung is lowest, if no rung of it has a named person; else the row with
    the largest share on such rungs. Rows with one statement count only where there are no others.
    """
    sizes = table.sum(axis="columns")
    rows = [row for row in table.index if sizes[row] > 1] or [row for row in table.index if sizes[row]]
    if not rows:
        return "Nothing sorted yet: your counts will appear here", []
    top = {row: max(_occupied(table, [row])) for row in rows}
    lowest = min(top.values())
    if lowest < NAMED:
        tied = _largest([row for row in rows if top[row] == lowest], sizes)
        return f"{_all(tied, sizes, counted)} on {_rungs(_occupied(table, tied))}", tied
    low = table.loc[rows, [rung for rung in table.columns if rung < NAMED]]
    share = low.sum(axis="columns") / sizes[rows]
    if not share.max():
        return f"{_all_of(int(sizes.sum()), counted)} on {_rungs(_occupied(table, list(table.index)))}", rows
    row = _largest([row for row in rows if share[row] == share.max()], sizes)[0]
    below = [rung for rung in low.columns if low.loc[row, rung]]
    return f"{low.loc[row].sum()} of {sizes[row]} {_many(row, counted)} are on {_rungs(below)}", [row]


def _largest(rows: list[str], sizes: pd.Series) -> list[str]:
    """Two rows, or of more than two the one that counts most."""
    return rows if len(rows) <= 2 else [max(rows, key=lambda row: sizes[row])]


def _occupied(table: pd.DataFrame, rows: list[str]) -> list[int]:
    return [int(rung) for rung in table.columns if table.loc[rows, rung].any()]


def _rungs(rungs: Sequence[int]) -> str:
    *first, last = map(str, rungs)
    return f"rung {', '.join(first)} or {last}" if first else f"rung {last}"


def _all(rows: list[str], sizes: pd.Series, counted: str) -> str:
    """“All 5 predictions are”, “Both calls and the only judgement are”."""
    parts = [
        f"the only {_one(row)}" if sizes[row] == 1 else _all_of(sizes[row], _many(row, counted))
        for row in rows
    ]
    said = " and ".join([parts[0], *(part[0].lower() + part[1:] for part in parts[1:])])
    return f"{said[0].upper()}{said[1:]} {'is' if sizes[rows].sum() == 1 else 'are'}"


def _all_of(n: int, many: str) -> str:
    return f"Both {many}" if n == 2 else f"All {n} {many}"


def _one(row: str) -> str:
    return KINDS[row].word if row in KINDS else f"one marked {_quoted(row)}"


def _many(row: str, counted: str) -> str:
    return f"{KINDS[row].word}s" if row in KINDS else f"{counted} marked {_quoted(row)}"


def _quoted(row: str) -> str:
    return f"“{textwrap.shorten(row, 30, placeholder=' …')}”"


def _alt(table: pd.DataFrame, title: str, counted: str) -> str:
    rows = [
        f"{_label(row)}: " + (", ".join(f"{n} on rung {rung}" for rung, n in counts.items() if n) or "none")
        for row, counts in zip(table.index, table.to_dict("records"), strict=True)
    ]
    return f"Table of counts. {title}. {int(table.to_numpy().sum())} {counted}. {'; '.join(rows)}."


# Drawing --------------------------------------------------------------------------------------------------


def _label(row: str) -> str:
    return KINDS[row].word if row in KINDS else row


def _lines(row: str) -> list[str]:
    return textwrap.wrap(_label(row), LONGEST, max_lines=2, placeholder=" …")


def _tint(n: int, most: int) -> int:
    """The step of the scale: 0 for none, 4 for the largest count."""
    return math.ceil((len(INKS) - 1) * n / most) if most else 0


def _cells(figure: go.Figure, table: pd.DataFrame) -> None:
    most = int(table.to_numpy().max(initial=0))
    for y, (row, counts) in enumerate(zip(table.index, table.to_dict("records"), strict=True)):
        steps = {rung: _tint(n, most) for rung, n in counts.items()}
        for rung, step in steps.items():
            figure.add_shape(
                type="rect",
                **{"x0": rung - 0.48, "x1": rung + 0.48, "y0": y - 0.46, "y1": y + 0.46},
                fillcolor=colour(f"tint {step}"),
                line={"color": colour("line"), "width": 1},
                layer="below",
            )
        figure.add_scatter(
            x=list(counts),
            y=[y] * len(counts),
            mode="text",
            text=[str(n) for n in counts.values()],
            textfont={"size": 18, "color": [colour(INKS[step]) for step in steps.values()]},
            hovertext=[f"{_label(row)}, rung {rung}: {n}" for rung, n in counts.items()],
            hoverinfo="text",
        )


def _totals(figure: go.Figure, table: pd.DataFrame) -> None:
    figure.add_scatter(
        x=[TOTAL] * len(table),
        y=list(range(len(table))),
        mode="text",
        text=[str(n) for n in table.sum(axis="columns")],
        textfont={"size": 16},
        hoverinfo="skip",
    )


def _labels(figure: go.Figure, table: pd.DataFrame, found: list[str], left: float) -> None:
    """Labels of the rows, bold where the title names them, and heads of the columns."""
    beside = {"xref": "paper", "x": 0, "xanchor": "left", "align": "left"}
    for y, row in enumerate(table.index):
        text = plain("\n".join(_lines(row))).replace("\n", "<br>")
        text = f"<b>{text}</b>" if row in found else text
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
