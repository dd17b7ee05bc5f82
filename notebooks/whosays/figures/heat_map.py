"""The heat map of a class: how many readers put each sentence on each rung."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.claim_rungs import HEAD, HEADS, INKS
from whosays.figures.look import base_figure, colour, plain
from whosays.measures.agreement import ENOUGH
from whosays.measures.ladder import RUNGS

ROW, FOOT = 24, 48  # pixels: a row, what stands below
LEFT, LETTER = 28, 8.4  # pixels beside a label, of a letter
SHARE = 6  # place of the shares, beside the rungs
NO_BREAK = "\u00a0"
NAMED = 3  # sentences that the title names
ROWS = 60  # rows of a long text that are drawn

Reference = Mapping[str, Sequence[int]]
Order = Literal["argued", "text"]


def heat_map(
    table: pd.DataFrame,
    *,
    order: Order = "argued",
    reference: Reference | None = None,
    mark: str = "",
    caption: str = "",
) -> go.Figure:
    """Sentences by rungs: in each cell how many chose it, shaded more where more of the class did.

    ``table`` is one of ``measures.agreement.by_unit`` with the columns 1 to 5. ``reference`` lists the
    accepted rungs of each sentence, its own first: they get a frame. ``mark`` stands in the title, such as a
    note that the class is simulated. Raises ValueError for another order, without the columns, or for fewer
    than five readers.
    """
    if order not in ("argued", "text"):
        raise ValueError(f"order {order!r}: choose argued or text")
    missing = [c for c in (*sorted(RUNGS), "n", "share", "argued") if c not in table.columns]
    if missing:
        raise ValueError(f"the table has no column {missing[0]!r}; by_unit makes one with the columns 1 to 5")
    readers = int(table["n"].max()) if len(table) else 0
    if readers < ENOUGH:
        raise ValueError(f"{readers} readers are too few for a class view; it needs {ENOUGH}")
    ranked = table.sort_values("argued", ascending=False, kind="stable", na_position="last")
    named = [str(unit) for unit in ranked.index[(ranked["argued"] > 0)][:NAMED]]
    rows = ranked if order == "argued" else table
    shown = rows.head(ROWS)
    title = _title(named, readers, mark)
    figure = base_figure(
        plain(title), subtitle=f"How many of {readers} readers chose which rung. {HOW}", height=0
    )
    left = LEFT + LETTER * max(len(str(unit)) for unit in shown.index)
    frames = [*_frames(shown), *_outlines(shown, reference or {})]
    figure.update_layout(shapes=frames, annotations=_labels(shown, named, left))
    _numbers(figure, shown)
    _axes(figure, len(shown), left)
    cut = f"Drawn are {len(shown)} of {len(rows)} sentences. " if len(rows) > len(shown) else ""
    key = "A thick frame: the reference. A dashed frame: also accepted. " if reference else ""
    meta: dict[str, Any] = {
        "alt": _alt(title, shown, reference),
        "caption": f"{cut}{key}{ARGUED} {caption}".strip(),
    }
    meta["table"] = _twin(rows, reference).to_dict("list")
    return figure.update_layout(meta=meta)


def _twin(rows: pd.DataFrame, reference: Reference | None) -> pd.DataFrame:
    """The numbers of the chart as a table."""
    twin = pd.DataFrame({"sentence": list(rows.index)})
    for rung in sorted(RUNGS):
        twin[f"rung {rung}"] = list(rows[rung])
    twin["percent on one rung"] = [_percent(share) for share in rows["share"]]
    twin["argued"] = [None if pd.isna(value) else round(float(value), 2) for value in rows["argued"]]
    if reference:
        twin["reference"] = [", ".join(map(str, reference.get(str(unit), ()))) for unit in rows.index]
    return twin


# Words ----------------------------------------------------------------------------------------------------

HOW = "Stronger shade: more. At the right: how many share one rung."
ARGUED = "Most argued: where two readers differ most often."


def _title(named: Sequence[str], readers: int, mark: str) -> str:
    found = f"Most argued: {', '.join(named)}" if named else f"All {readers} readers agree on every sentence"
    return f"{found} ({mark.replace(' ', NO_BREAK)})" if mark else found


def _percent(share: float) -> int | None:
    return None if pd.isna(share) else round(100 * share)


def _alt(title: str, rows: pd.DataFrame, reference: Reference | None) -> str:
    first = []
    for unit, row in rows.head(NAMED).iterrows():
        votes = ", ".join(f"{int(row[rung])} on rung {rung}" for rung in sorted(RUNGS) if row[rung])
        first.append(f"{unit}: {votes}.")
    shown = " The reference is shown." if reference else ""
    size = f"{len(rows)} sentences by {len(RUNGS)} rungs"
    return f"Table of counts, {size}. {title}.{shown} The first rows: {' '.join(first)}"


# Drawing --------------------------------------------------------------------------------------------------

Parts = list[dict[str, Any]]  # shapes or annotations; a figure takes them all at once, one by one is slow


def _frames(rows: pd.DataFrame) -> Parts:
    """A shaded cell for each count; the share of the readers decides the shade."""
    line = {"color": colour("line"), "width": 1}
    return [
        _cell(rung, y, fillcolor=colour(f"tint {_step(n, of)}"), line=line, layer="below")
        for rung in sorted(RUNGS)
        for y, (n, of) in enumerate(zip(rows[rung], rows["n"], strict=True))
    ]


def _cell(rung: int, y: int, inset: float = 0.0, **look: Any) -> dict[str, Any]:
    edges = {"x0": rung - 0.48 + inset, "x1": rung + 0.48 - inset, "y0": y - 0.45, "y1": y + 0.45}
    return {"type": "rect", **edges, **look}


def _step(n: int, of: int) -> int:
    """The step of the scale: 0 for nobody, then a quarter of the class each."""
    return math.ceil((len(INKS) - 1) * n / of) if n else 0


def _numbers(figure: go.Figure, rows: pd.DataFrame) -> None:
    """The counts in the cells; nothing where nobody chose the rung."""
    for rung in sorted(RUNGS):
        steps = [_step(n, of) for n, of in zip(rows[rung], rows["n"], strict=True)]
        figure.add_scatter(
            x=[rung] * len(rows),
            y=list(range(len(rows))),
            mode="text",
            text=[str(n) if n else "" for n in rows[rung]],
            textfont={"size": 15, "color": [colour(INKS[step]) for step in steps]},
            hovertext=[
                f"{plain(str(u))}, rung {rung}: {n}" for u, n in zip(rows.index, rows[rung], strict=True)
            ],
            hoverinfo="text",
            name=f"rung {rung}",
        )


def _labels(rows: pd.DataFrame, named: Sequence[str], left: float) -> Parts:
    """Sentences at the left, bold where the title names them; shares at the right; heads above."""
    parts: Parts = []

    def put(text: str, ink: str = "ink 2", **at: Any) -> None:
        parts.append({"text": text, "showarrow": False, "font": {"size": 14, "color": colour(ink)}, **at})

    for y, (unit, share) in enumerate(zip(rows.index, rows["share"], strict=True)):
        text = f"<b>{plain(str(unit))}</b>" if str(unit) in named else plain(str(unit))
        put(text, "ink", y=y, xref="paper", x=0, xanchor="left", xshift=10 - left)
        if (percent := _percent(share)) is not None:
            put(f"{percent}%", x=SHARE, y=y)
    heads = {rung: f"<b>{rung}</b><br>{name}" for rung, name in HEADS.items()} | {SHARE: "on one<br>rung"}
    for x, text in heads.items():
        put(text, x=x, yref="paper", y=1, yanchor="bottom")
    return parts


def _outlines(rows: pd.DataFrame, reference: Reference) -> Parts:
    """A thick frame around the reference, a dashed one around what careful readers also accept.

    Below them all is a rim, so that they stand out from a strong shade, too.
    """
    cells = [
        (rung, y, n > 0) for y, u in enumerate(rows.index) for n, rung in enumerate(reference.get(str(u), ()))
    ]
    rims = [
        _cell(rung, y, 0.02, line={"color": colour("open"), "width": 4 if also else 6})
        for rung, y, also in cells
    ]
    looks = {False: {"width": 3, "dash": "solid"}, True: {"width": 2, "dash": "4px,3px"}}
    frames = [_cell(rung, y, 0.02, line={"color": colour("look"), **looks[also]}) for rung, y, also in cells]
    return [*rims, *frames]


def _axes(figure: go.Figure, rows: int, left: float) -> None:
    top = figure.layout.margin.t + HEAD - 12
    figure.update_layout(margin={"l": left, "t": top, "b": FOOT}, height=top + rows * ROW + FOOT)
    bare: dict[str, Any] = {"showgrid": False, "zeroline": False, "showticklabels": False, "fixedrange": True}
    title = {"text": "rung of the ladder; higher is easier to check", "font": {"size": 14}, "standoff": 10}
    figure.update_xaxes(bare, range=[0.5, SHARE + 0.45], title=title)
    figure.update_yaxes(bare, range=[rows - 0.5, -0.5])
