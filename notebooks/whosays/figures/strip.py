"""The ladder strip: the rung of each sentence in reading order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.look import base_figure, colour
from whosays.measures.ladder import NAMED, RUNGS, by_paragraph, longest_thin_end

TOP, BRACKETS = 5.5, 6.4  # the ladder has five rungs; more room above is for brackets and their words
BAR = 0.82  # width
DASHED = "3px,3px"
FEW = 60  # sentences up to which every paragraph is named
BEST, RARE = 0.25, 0.32  # of a narrow chart: the words at the two brackets

Accepted = Mapping[str, Sequence[int]]
Reference = Mapping[str, int]


def ladder_strip(
    table: pd.DataFrame,
    *,
    accepted: Accepted | None = None,
    reference: Reference | None = None,
    caption: str = "",
) -> go.Figure:
    """The rung of each sentence as a bar, in reading order, on bands that mark the paragraphs.

    ``table`` has columns ``sentence``, ``paragraph`` and ``rung`` (1–5 or empty), a row a sentence.
    ``accepted`` lists for each sentence the rungs that careful readers accept: those beside the bar's own are
    dashed. ``reference`` adds a mark where another coding stands, and the title says how far the two agree.
    """
    table = table.reset_index(drop=True)
    accepted = accepted or {}
    title = _strip_title(table) if reference is None else _agreement_title(table, reference, accepted)
    figure = base_figure(title, subtitle=COMPARED if reference else ALONE)
    top = BRACKETS if not reference and table["rung"].notna().all() else TOP
    _paragraph_bands(figure, table, top)
    _bars(figure, table)
    _accepted_outlines(figure, table, accepted)
    if reference:
        _reference_marks(figure, table, reference)
    elif top == BRACKETS:
        _brackets(figure, table)
    _axes(figure, table, top)
    twin = _twin(table, accepted, reference or {})
    meta = {"alt": _alt(table, title), "caption": caption, "table": twin.to_dict("list")}
    return figure.update_layout(meta=meta, barmode="overlay")


def _twin(table: pd.DataFrame, accepted: Accepted, reference: Reference) -> pd.DataFrame:
    """The numbers of the chart as a table; None where there is none."""
    twin = table[["sentence", "paragraph", "rung"]].astype(object)
    if reference:
        twin["reference"] = [reference.get(s) for s in table["sentence"]]
    if accepted:
        others = [
            [r for r in accepted.get(s, ()) if pd.notna(own) and r != own]
            for s, own in zip(table["sentence"], table["rung"], strict=True)
        ]
        twin["also_accepted"] = [", ".join(map(str, rungs)) for rungs in others]
    return twin.astype(object).where(twin.notna(), None)


# Words ----------------------------------------------------------------------------------------------------

ALONE = "A bar a sentence, in reading order. Higher: easier to check who says it."
COMPARED = "Bars are yours. A line marks the reference coding."


def _strip_title(table: pd.DataFrame) -> str:
    done, n = int(table["rung"].notna().sum()), len(table)
    if not done:
        return "Nothing coded yet: your ladder strip will grow here"
    if done < n:
        return f"Your strip so far: {done} of {n} sentences"
    found = longest_thin_end(table)
    if found is None:
        named = int((table["rung"] >= NAMED).sum())
        return f"{named or 'None'} of the {n} sentences {_has(named)} a named speaker"
    paragraph, after, named = found
    rare = (
        f"only {named} sentence{'s' if named > 1 else ''} in {after}"
        if named
        else f"none of the {after} sentences"
    )
    return f"After paragraph {paragraph}, {rare} {_has(named)} a named speaker"


def _has(named: int) -> str:
    return "have" if named > 1 else "has"


def _agreement_title(table: pd.DataFrame, reference: Reference, accepted: Accepted) -> str:
    done = table[table["rung"].notna()]
    if done.empty:
        return "Nothing coded yet: your strip and the reference will meet here"
    if not reference:
        return "Your strip: your teacher will show the class view"
    pairs = [(s, int(r)) for s, r in zip(done["sentence"], done["rung"], strict=True)]
    same = sum(reference.get(s) == r for s, r in pairs)
    also = sum(reference.get(s) != r and r in accepted.get(s, ()) for s, r in pairs)
    tail = f", and {also} more {'is an accepted reading' if also == 1 else 'are accepted readings'}"
    return f"You and the reference agree on {same} of {len(done)} sentences{tail if also else ''}"


def _alt(table: pd.DataFrame, title: str) -> str:
    counts = table["rung"].value_counts()
    said = ", ".join(f"{int(counts.get(r, 0))} on rung {r}" for r in RUNGS)
    open_ = int(table["rung"].isna().sum())
    return (
        f"Bar chart. {title}. Of {len(table)} sentences: {said}{f', {open_} not answered' if open_ else ''}."
    )


# Drawing --------------------------------------------------------------------------------------------------


def _bars(figure: go.Figure, table: pd.DataFrame) -> None:
    """A bar a sentence, a trace a rung; an empty circle where there is no answer."""
    for rung, name in sorted(RUNGS.items()):
        rows = table[table["rung"].eq(rung).fillna(False)]
        if len(rows):
            figure.add_bar(
                x=list(rows.index),
                y=[rung] * len(rows),
                width=BAR,
                text=[str(rung)] * len(rows),
                textposition="inside",
                insidetextanchor="end",
                textangle=0,
                cliponaxis=False,
                textfont={"color": colour(f"on {rung}"), "size": 14, "weight": 650},
                marker={
                    "color": colour(f"rung {rung}"),
                    "line": {"color": colour(f"edge {rung}"), "width": 1},
                },
                hovertext=[f"{s}: rung {rung}, {name}" for s in rows["sentence"]],
                hoverinfo="text",
                name=str(rung),
            )
    rows = table[table["rung"].isna()]
    if len(rows):
        figure.add_scatter(
            x=list(rows.index),
            y=[0.16] * len(rows),
            mode="markers",
            hoverinfo="text",
            hovertext=[f"{s}: not answered yet" for s in rows["sentence"]],
            marker={"size": 6, "color": colour("open"), "line": {"color": colour("axis"), "width": 1.2}},
        )


def _paragraph_bands(figure: go.Figure, table: pd.DataFrame, top: float) -> None:
    for n, (paragraph, rows) in enumerate(table.groupby("paragraph", sort=False)):
        first, last = rows.index[0], rows.index[-1]
        if n % 2 == 0:
            figure.add_shape(
                type="rect",
                x0=first - 0.5,
                x1=last + 0.5,
                yref="paper",
                y0=-0.17,
                y1=5.25 / top,
                layer="below",
                fillcolor=colour("band"),
                line_width=0,
            )

        if len(table) <= FEW or n % 5 == 0:
            figure.add_annotation(
                x=(first + last) / 2,
                yref="paper",
                y=0,
                yshift=-45,
                text=f"<b>{paragraph}</b>",
                showarrow=False,
                font={"size": 13, "color": colour("ink")},
            )


def _accepted_outlines(figure: go.Figure, table: pd.DataFrame, accepted: Accepted) -> None:
    """Accepted rungs beside the bar's own: a dashed bar above it, a dashed line in it."""
    for x, (sentence, own) in enumerate(zip(table["sentence"], table["rung"], strict=True)):
        for rung in accepted.get(sentence, ()) if pd.notna(own) else ():
            left, right = x - BAR / 2, x + BAR / 2
            if rung > own:
                line = {"color": colour("ink 2"), "width": 1.25, "dash": DASHED}
                figure.add_shape(type="rect", x0=left, x1=right, y0=int(own), y1=rung, line=line)
            elif rung < own:
                line = {"color": colour(f"on {own}"), "width": 1.25, "dash": DASHED}
                figure.add_shape(type="line", x0=left, x1=right, y0=rung, y1=rung, line=line)


def _reference_marks(figure: go.Figure, table: pd.DataFrame, reference: Reference) -> None:
    """A line at the rung of the reference; where it crosses the bar, in the colour of words on the bar."""
    for x, (sentence, own) in enumerate(zip(table["sentence"], table["rung"], strict=True)):
        if sentence in reference and pd.notna(own):
            rung = reference[sentence]
            line = {"color": colour("ink" if rung >= own else f"on {own}"), "width": 3}
            figure.add_shape(type="line", x0=x - 0.48, x1=x + 0.48, y0=rung, y1=rung, line=line)


def _brackets(figure: go.Figure, table: pd.DataFrame) -> None:
    """Point at the stretch where named speakers are rare, and at the paragraph that can be checked best.

    Words keep off the edges; where those of the paragraph have no room, it has no bracket.
    """
    found = longest_thin_end(table)
    if not found:
        return
    n, start = len(table), table.index[table["paragraph"] > found[0]][0]
    middle, wide = (start + n - 1) / 2, RARE * n
    centred = middle + wide / 2 < n
    rows = by_paragraph(table)
    at = int(rows["mean"].astype(float).argmax())
    best, mean, size = int(rows.index[at]), float(rows["mean"].iloc[at]), int(rows["sentences"].iloc[at])
    index = table.index[table["paragraph"] == best]
    align = "right" if index[-1] + 0.5 > BEST * n else "left"
    end = index[-1] + 0.5 if align == "right" else index[0] + BEST * n
    if size > 1 and best <= found[0] and end < (middle - wide / 2 if centred else n - wide):
        _bracket(figure, index[0], index[-1], f"<b>¶{best} averages {mean:.1f}</b>", align)
    said = f"{found[1]} sentence{'' if found[1] == 1 else 's'},<br>{found[2]} with a named speaker"
    _bracket(figure, start, n - 1, said, "center" if centred else "right")
    for x in table.index[(table.index >= start) & (table["rung"] >= NAMED)][:3]:
        figure.add_annotation(
            x=x + 0.5,
            y=float(table["rung"][x]),
            text=f"<b>{table['sentence'][x]}</b>",
            showarrow=False,
            xanchor="left",
            yanchor="top",
            font={"color": colour("ink")},
        )


def _bracket(figure: go.Figure, first: int, last: int, text: str, align: str) -> None:
    low, high = 5.38, 5.5
    line = {"color": colour("ink 2"), "width": 1}
    left, right = first - 0.4, last + 0.4
    for x0, x1, y0 in ((left, right, high), (left, left, low), (right, right, low)):
        figure.add_shape(type="line", x0=x0, x1=x1, y0=y0, y1=high, line=line)
    x = {"left": first - 0.45, "center": (first + last) / 2, "right": last + 0.45}[align]
    figure.add_annotation(
        x=x,
        y=high + 0.06,
        text=text,
        showarrow=False,
        yanchor="bottom",
        xanchor=align,
        align=align,
        font={"color": colour("ink 2")},
    )


def _axes(figure: go.Figure, table: pd.DataFrame, top: float) -> None:
    n = len(table)
    every = 1 if n <= 40 else max(1, round(n / 20))
    at = list(range(0, n, every))
    figure.update_xaxes(
        range=[-0.6, n - 0.4],
        tickmode="array",
        tickvals=at,
        ticktext=[_number(table["sentence"][i]) for i in at],
        autotickangles=[0, 90],
        tickfont={"size": 13},
        showgrid=False,
        zeroline=False,
        showline=False,
        fixedrange=True,
        ticklabelshift=0,
        title={"text": "sentence, and paragraph in bold", "font": {"size": 14}, "standoff": 38},
    )
    figure.update_yaxes(
        range=[0, top],
        tickmode="array",
        tickvals=list(range(1, 6)),
        ticktext=[f"<b>{r}</b>" for r in range(1, 6)],
        tickfont={"size": 14, "color": colour("ink")},
        gridcolor=colour("line"),
        zeroline=True,
        zerolinecolor=colour("axis"),
        fixedrange=True,
        title={"text": "rung of the ladder", "font": {"size": 14}, "standoff": 6},
    )


def _number(sentence: str) -> str:
    digits = sentence.lstrip("abcdefghijklmnopqrstuvwxyz").lstrip("0")
    return digits or sentence
