"""What all charts share: colours for both themes, an empty figure, and what a page needs beside it.

One look for all: a transparent page, system fonts, light grid. Plotly writes fixed colours into its drawing,
so every colour here stands for a role and has a twin for the dark theme; ``theme_css`` exchanges them in the
page.
"""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

Figure = go.Figure
MIME = "application/vnd.plotly.v1+json"
WIDTH = 44  # characters of a title line: it fits 520 px, and a chart cannot wrap by itself
CONFIG = {"displayModeBar": False, "showSendToCloud": False, "scrollZoom": False}
SERIF = (
    'Charter, "Bitstream Charter", "Charis SIL", "Sitka Text", Cambria, Georgia, "Liberation Serif", '
    '"DejaVu Serif Condensed", serif'
)
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
    "kind fact": ("#0b6e4f", "#62c9a3"),
    "kind judgement": ("#8a5a00", "#dcae52"),
    "kind prediction": ("#5b3f8c", "#b9a3e3"),
    "kind call": ("#9c3d67", "#e59bbd"),
    "tint 0": ("#fefefe", "#121414"),
    "tint 1": ("#e9eeee", "#262d2e"),
    "tint 2": ("#ced8d9", "#394445"),
    "tint 3": ("#a9b8ba", "#505f61"),
    "tint 4": ("#4d6165", "#a9bcbf"),
    "on tint 4": ("#fdffff", "#0c1314"),
    "look": ("#8a3b68", "#e59bbe"),
    "look tint": ("#f8ecf2", "#3b2530"),
    "quote": ("#13708d", "#7fbfd3"),
    "name": ("#8a6414", "#dcb863"),
    "named": ("#d8c48e", "#5f4a24"),
    "tie": ("#5b5446", "#cfc5ae"),
    "pale tie": ("#c9c3b6", "#55503f"),
    "box": ("#f4eedd", "#39331f"),
    "box edge": ("#7d714f", "#a5976b"),
    "land": ("#e9e5dc", "#33302a"),
    "land edge": ("#fffffc", "#111111"),
    "theatre": ("#a8873c", "#8e8e8e"),
    "area": ("#a06a12", "#121212"),
    "step 1": ("#e3c878", "#5e4a20"),
    "step 2": ("#c9a24a", "#7d612c"),
    "step 3": ("#a67c22", "#9c7c40"),
    "step 4": ("#7c5712", "#bf9d5a"),
    "step 5": ("#4d3408", "#e0c68a"),
}


def colour(role: str) -> str:
    return COLOURS[role][0]


def _rgb(value: str) -> str:
    return f"rgb({int(value[1:3], 16)}, {int(value[3:5], 16)}, {int(value[5:7], 16)})"


def theme_css() -> str:
    """Style rules that give every colour its dark twin wherever JupyterLab's theme is dark."""
    rules = []
    inside = '[data-jp-theme-light="false"] .js-plotly-plot '
    for light, dark in COLOURS.values():
        for part in ("fill", "stroke"):
            at = f'{inside}[style*="{part}: {_rgb(light)}"]'
            country = f'{inside}[fill="{_rgb(light)}"],' if part == "fill" else ""
            rules.append(f"{country}{at}{{{part}:{dark} !important}}")
    return "".join(rules)


def mime_bundle(figure: go.Figure) -> dict[str, Any]:
    """What JupyterLab draws, without a button that would send the chart anywhere."""
    return {MIME: figure.to_plotly_json() | {"config": CONFIG}, "text/plain": alt_text(figure)}


def show(figure: go.Figure) -> None:
    """Draw a chart below a cell as the lessons do: its colours follow the theme, and it has no buttons."""
    from IPython.display import display

    display({"text/html": f"<style>{theme_css()}</style>", "text/plain": ""}, raw=True)
    display(mime_bundle(figure), raw=True)


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
    return pd.DataFrame(meta["table"]).convert_dtypes()


def base_figure(title: str, *, subtitle: str = "", height: int = 420) -> go.Figure:
    """An empty figure in the kit's look; the title states the finding."""
    lines = _wrapped(title, WIDTH) or [""]
    below = _wrapped(subtitle, WIDTH + 12)
    room = 28 * len(lines) + 20 * max(0, len(below) - 1)
    head = "<br>".join(f"<b>{line}</b>" for line in lines)
    figure = go.Figure()
    figure.update_layout(
        template=None,
        title={
            "text": head,
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 14 if len(lines) == 1 else 30, "l": 8},  # plotly sets several lines higher
            "font": {"family": SERIF, "size": 23, "color": colour("ink")},
            "subtitle": {
                "text": "<br>".join(below),
                "font": {"family": SANS, "size": 16, "color": colour("ink 2")},
            },
        },
        font={"family": SANS, "size": 14, "color": colour("ink 2")},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 44, "r": 12, "t": 56 + room, "b": 84},
        height=height + room,
        autosize=True,
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        hoverlabel={"font": {"family": SANS, "size": 14}},
    )
    return figure


def _wrapped(text: str, most: int) -> list[str]:
    """Lines of at most ``most`` characters; no short word is left alone in the last one."""
    lines = textwrap.wrap(text, most)
    if len(lines) > 1 and len(lines[-1]) < most / 3:
        widths = range(most // 2, most)
        narrower = (textwrap.wrap(text, width, break_on_hyphens=False) for width in widths)
        lines = next((found for found in narrower if len(found) == len(lines)), lines)
    return lines


def plain(text: str) -> str:
    """Text that plotly draws as it stands and does not take for HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def shorten(text: str, most: int) -> str:
    """Text of at most ``most`` characters; what is cut off has an ellipsis in its place."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0][: most - 2] + " …"


def write(figure: go.Figure, text: str, *, ink: str = "ink 2", **at: Any) -> None:
    """Put words on a figure in the colour of a role; ``at`` says where, as plotly's annotations take it."""
    figure.add_annotation(text=text, showarrow=False, font={"size": 14, "color": colour(ink)}, **at)
