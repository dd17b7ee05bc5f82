"""Charts: tables in, ``go.Figure`` out, and the same numbers as a table beside each.

One look for all: a transparent page, system fonts, light grid. Plotly writes fixed colours into its drawing, so
every colour here stands for a role and has a twin for the dark theme; ``theme_css`` exchanges them in the page.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from whosays.measures.ladder import NAMED, RUNGS, by_paragraph, longest_thin_end

Figure = go.Figure
MIME = "application/vnd.plotly.v1+json"
CONFIG = {"displayModeBar": False, "showSendToCloud": False, "responsive": True, "scrollZoom": False}
SERIF = 'Charter, "Bitstream Charter", "Charis SIL", "Sitka Text", Cambria, Georgia, "Liberation Serif", serif'
TOP = 6.0  # the ladder has five rungs; the room above is for brackets
SANS = 'system-ui, -apple-system, "Segoe UI", sans-serif'

# role: (light, dark). No two light colours are the same, or the page could not tell them apart.
COLOURS: dict[str, tuple[str, str]] = {
    "ink": ("#1f1f1f", "#e6e6e6"),
    "ink 2": ("#575757", "#b4b4b4"),
    "line": ("#dcdcdc", "#3a3a3a"),
    "axis": ("#767676", "#8f8f8f"),
    "band": ("#f8f6f1", "#1c1a15"),
    "open": ("#fdfdfd", "#151515"),
    "rung 1": ("#efebe1", "#2e2b26"),
    "rung 2": ("#c9dee0", "#22464f"),
    "rung 3": ("#86b9c6", "#2b7a96"),
    "rung 4": ("#2b7a96", "#7fbfd3"),
    "rung 5": ("#0f4a63", "#d3ecf4"),
    "edge 1": ("#8c8577", "#8f8775"),
    "edge 2": ("#6a9297", "#5f8d97"),
    "edge 3": ("#4c8595", "#5aa2ba"),
    "edge 4": ("#2b7a97", "#7fbfd4"),
    "edge 5": ("#0f4a64", "#d3ecf5"),
    "on 1": ("#2b2720", "#ebe5d9"),
    "on 2": ("#12323a", "#e6f3f5"),
    "on 3": ("#08252e", "#ffffff"),
    "on 4": ("#fffffe", "#06222c"),
    "on 5": ("#fffeff", "#06222d"),
}


def colour(role: str) -> str:
    return COLOURS[role][0]


def _rgb(value: str) -> str:
    return f"rgb({int(value[1:3], 16)}, {int(value[3:5], 16)}, {int(value[5:7], 16)})"


def theme_css() -> str:
    """Style rules that give every colour its dark twin wherever JupyterLab's theme is dark."""
    rules = []
    for light, dark in COLOURS.values():
        for part in ("fill", "stroke"):
            at = f'[data-jp-theme-light="false"] .js-plotly-plot [style*="{part}: {_rgb(light)}"]'
            rules.append(f"{at}{{{part}:{dark} !important}}")
    return "".join(rules)


def mime_bundle(figure: go.Figure) -> dict[str, Any]:
    """What JupyterLab draws, without a button that would send the chart anywhere."""
    return {MIME: figure.to_plotly_json() | {"config": CONFIG}, "text/plain": alt_text(figure)}


def alt_text(figure: go.Figure) -> str:
    """The chart in a sentence or two."""
    return str((figure.layout.meta or {}).get("alt", ""))


def caption(figure: go.Figure) -> str:
    return str((figure.layout.meta or {}).get("caption", ""))


def figure_table(figure: go.Figure) -> pd.DataFrame:
    """The numbers behind a figure of this kit, as a table. Raises ValueError for any other figure."""
    meta = figure.layout.meta
    if not isinstance(meta, dict) or "table" not in meta:
        raise ValueError("this figure carries no table; figures of the kit do")
    return pd.DataFrame(meta["table"])


def base_figure(title: str, *, subtitle: str = "", height: int = 420) -> go.Figure:
    """An empty figure in the kit's look; the title states the finding."""
    lines = textwrap.wrap(title, 62) or [""]
    head = "<br>".join(f"<b>{line}</b>" for line in lines)
    figure = go.Figure()
    figure.update_layout(
        template=None,
        title={
            "text": head, "x": 0, "xref": "container", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top",
            "pad": {"t": 14, "l": 8}, "font": {"family": SERIF, "size": 23, "color": colour("ink")},
            "subtitle": {"text": subtitle, "font": {"family": SANS, "size": 16, "color": colour("ink 2")}},
        },
        font={"family": SANS, "size": 14, "color": colour("ink 2")},
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 44, "r": 12, "t": 52 + 28 * len(lines), "b": 84},
        height=height + 28 * len(lines), autosize=True, showlegend=False, dragmode=False, hovermode="closest",
        hoverlabel={"font": {"family": SANS, "size": 14}},
    )
    return figure


def _number(sentence: str) -> str:
    digits = sentence.lstrip("abcdefghijklmnopqrstuvwxyz").lstrip("0")
    return digits or sentence


def ladder_strip(
    table: pd.DataFrame,
    *,
    accepted: Mapping[str, Sequence[int]] | None = None,
    reference: Mapping[str, int] | None = None,
    caption: str = "",
) -> go.Figure:
    """The rung of each sentence as a bar, in reading order, on bands that mark the paragraphs.

    ``table`` has columns ``sentence``, ``paragraph`` and ``rung`` (1–5 or empty), a row a sentence. ``accepted``
    lists for each sentence the rungs that careful readers accept: those beside the bar's own are dashed outlines.
    ``reference`` adds a small mark where another coding stands, and the title says how far the two agree.
    """
    table = table.reset_index(drop=True)
    known = table["rung"].notna()
    compare = reference or None
    title = _strip_title(table) if reference is None else _agreement_title(table, reference, accepted or {})
    figure = base_figure(title, subtitle=_strip_subtitle(table, compare))
    _paragraph_bands(figure, table)
    for rung in sorted(RUNGS):
        rows = table[known & (table["rung"] == rung)]
        if len(rows):
            figure.add_bar(
                x=list(rows.index), y=[rung] * len(rows), width=0.82, text=[str(rung)] * len(rows),
                textposition="inside", insidetextanchor="end", textangle=0, cliponaxis=False,
                textfont={"color": colour(f"on {rung}"), "size": 14, "weight": 650},
                marker={"color": colour(f"rung {rung}"), "line": {"color": colour(f"edge {rung}"), "width": 1}},
                hovertext=[f"{s}: rung {rung}, {RUNGS[rung]}" for s in rows["sentence"]], hoverinfo="text", name=str(rung),
            )
    open_rows = table[~known]
    if len(open_rows):
        figure.add_scatter(
            x=list(open_rows.index), y=[0.16] * len(open_rows), mode="markers", hoverinfo="text",
            hovertext=[f"{s}: not answered yet" for s in open_rows["sentence"]],
            marker={"size": 6, "color": colour("open"), "line": {"color": colour("axis"), "width": 1.2}},
        )
    _accepted_outlines(figure, table, accepted or {})
    if compare:
        _reference_marks(figure, table, compare)
    elif known.all():
        _brackets(figure, table)
    _strip_axes(figure, table)
    rows_out = table[["sentence", "paragraph", "rung"]].astype({"rung": "object"})
    if compare:
        rows_out = rows_out.assign(reference=[compare.get(s) for s in table["sentence"]])
    if accepted:
        rows_out = rows_out.assign(also_accepted=[
            ", ".join(str(r) for r in accepted.get(s, ()) if pd.notna(own) and r != own)
            for s, own in zip(table["sentence"], table["rung"], strict=True)
        ])
    rows_out = rows_out.astype(object).where(rows_out.notna(), None)
    figure.update_layout(meta={"alt": _strip_alt(table, title), "caption": caption, "table": rows_out.to_dict("list")})
    return figure


def _strip_title(table: pd.DataFrame) -> str:
    done, n = int(table["rung"].notna().sum()), len(table)
    if not done:
        return "Nothing coded yet: your ladder strip will grow here"
    if done < n:
        return f"Your strip so far: {done} of {n} sentences"
    found = longest_thin_end(table)
    if found is None:
        return "The named speakers are spread over the whole text"
    paragraph, after, named = found
    if named == 0:
        return f"After paragraph {paragraph}, none of the {after} sentences has a named speaker"
    verb = "has" if named == 1 else "have"
    return f"After paragraph {paragraph}, only {named} sentence{'s' if named > 1 else ''} in {after} {verb} a named speaker"


def _agreement_title(table: pd.DataFrame, reference: Mapping[str, int], accepted: Mapping[str, Sequence[int]]) -> str:
    done = table[table["rung"].notna()]
    if done.empty:
        return "Nothing coded yet: your strip and the reference will meet here"
    if not reference:
        return "Your strip: your teacher will show the class view"
    same = sum(int(r) == reference.get(s) for s, r in zip(done["sentence"], done["rung"], strict=True))
    also = sum(
        int(r) != reference.get(s) and int(r) in accepted.get(s, ()) for s, r in zip(done["sentence"], done["rung"], strict=True)
    )
    tail = f", and {also} more {'is an accepted reading' if also == 1 else 'are accepted readings'}" if also else ""
    return f"You and the reference agree on {same} of {len(done)} sentences{tail}"


def _strip_subtitle(table: pd.DataFrame, reference: Mapping[str, int] | None) -> str:
    if reference:
        return "Bars are yours. A line marks the reference coding."
    return "A bar a sentence, in reading order. Higher: easier to check who says it."


def _strip_alt(table: pd.DataFrame, title: str) -> str:
    counts = table["rung"].value_counts()
    said = ", ".join(f"{int(counts.get(r, 0))} on rung {r}" for r in RUNGS)
    open_ = int(table["rung"].isna().sum())
    return f"Bar chart. {title}. Of {len(table)} sentences: {said}{f', {open_} not answered' if open_ else ''}."


def _paragraph_bands(figure: go.Figure, table: pd.DataFrame) -> None:
    for n, (paragraph, rows) in enumerate(table.groupby("paragraph", sort=False)):
        first, last = rows.index[0], rows.index[-1]
        if n % 2 == 0:
            figure.add_shape(type="rect", x0=first - 0.5, x1=last + 0.5, yref="paper", y0=-0.17, y1=5.25 / TOP,
                             layer="below", fillcolor=colour("band"), line_width=0)
        wide = len(table) <= 60
        if wide or n % 5 == 0:
            figure.add_annotation(x=(first + last) / 2, yref="paper", y=0, yshift=-34, text=f"<b>¶{paragraph}</b>",
                                  showarrow=False, font={"size": 13, "color": colour("ink")})


def _accepted_outlines(figure: go.Figure, table: pd.DataFrame, accepted: Mapping[str, Sequence[int]]) -> None:
    for x, (sentence, own) in enumerate(zip(table["sentence"], table["rung"], strict=True)):
        if pd.isna(own):
            continue
        for rung in accepted.get(sentence, ()):
            if rung > own:
                figure.add_shape(type="rect", x0=x - 0.41, x1=x + 0.41, y0=int(own), y1=rung,
                                 line={"color": colour("ink 2"), "width": 1.25, "dash": "3px,3px"})
            elif rung < own:
                figure.add_shape(type="line", x0=x - 0.41, x1=x + 0.41, y0=rung, y1=rung,
                                 line={"color": colour(f"on {int(own)}"), "width": 1.25, "dash": "3px,3px"})


def _reference_marks(figure: go.Figure, table: pd.DataFrame, reference: Mapping[str, int]) -> None:
    done = [(x, reference[s]) for x, s in enumerate(table["sentence"]) if s in reference and pd.notna(table["rung"][x])]
    for x, rung in done:
        figure.add_shape(type="line", x0=x - 0.48, x1=x + 0.48, y0=rung, y1=rung, line={"color": colour("ink"), "width": 3})


def _brackets(figure: go.Figure, table: pd.DataFrame) -> None:
    """Point at the paragraph that can be checked best, and at the stretch where named speakers are rare."""
    rows = by_paragraph(table)
    best = rows["mean"].astype(float).idxmax()
    index = table.index[table["paragraph"] == best]
    found = longest_thin_end(table)
    if found and (rows.loc[best, "sentences"] > 1) and best <= found[0]:
        _bracket(figure, index[0], index[-1], f"<b>¶{best} averages {rows.loc[best, 'mean']:.1f}</b>", "right")
    if found:
        start = table.index[table["paragraph"] > found[0]][0]
        said = f"{found[1]} sentences, {found[2]} with a named speaker"
        _bracket(figure, start, len(table) - 1, said, "center")
        for x in table.index[(table.index >= start) & (table["rung"] >= NAMED)][:3]:
            figure.add_annotation(x=x + 0.5, y=float(table["rung"][x]), text=f"<b>{table['sentence'][x]}</b>", showarrow=False,
                                  xanchor="left", yanchor="top", font={"color": colour("ink")})


def _bracket(figure: go.Figure, first: int, last: int, text: str, align: str) -> None:
    low, high = 5.38, 5.5
    line = {"color": colour("ink 2"), "width": 1}
    for x0, x1, y0, y1 in ((first - 0.4, last + 0.4, high, high), (first - 0.4, first - 0.4, low, high), (last + 0.4, last + 0.4, low, high)):
        figure.add_shape(type="line", x0=x0, x1=x1, y0=y0, y1=y1, line=line)
    x = last + 0.45 if align == "right" else (first + last) / 2
    figure.add_annotation(x=x, y=high + 0.06, text=text, showarrow=False, yanchor="bottom", xanchor=align,
                          font={"color": colour("ink 2")})


def _strip_axes(figure: go.Figure, table: pd.DataFrame) -> None:
    n = len(table)
    every = 1 if n <= 40 else max(1, round(n / 20))
    at = list(range(0, n, every))
    figure.update_xaxes(
        range=[-0.6, n - 0.4], tickmode="array", tickvals=at, ticktext=[_number(table["sentence"][i]) for i in at],
        tickangle=0, tickfont={"size": 13}, showgrid=False, zeroline=False, showline=False, fixedrange=True, ticklabelshift=0,
        title={"text": "sentence and paragraph (¶), in reading order", "font": {"size": 14}, "standoff": 34},
    )
    figure.update_yaxes(
        range=[0, TOP], tickmode="array", tickvals=list(range(1, 6)), ticktext=[f"<b>{r}</b>" for r in range(1, 6)],
        tickfont={"size": 14, "color": colour("ink")}, gridcolor=colour("line"), zeroline=True, zerolinecolor=colour("axis"),
        fixedrange=True, title={"text": "rung of the ladder", "font": {"size": 14}, "standoff": 6},
    )
    figure.update_layout(barmode="overlay")
