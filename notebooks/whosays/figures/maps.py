"""What all our maps share: land and borders without a network, soft areas, circles, words that have room."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.globe import CENTRE, PROJECTION, Frame, Spot, Window, soft_area, touching
from whosays.figures.labels import Label, Placed, place_labels
from whosays.figures.look import base_figure, colour, plain, write

WORLD = Frame()
TALL = 350  # pixels of the map: the world needs 270 on a narrow page, 440 on a wide one
SIDE = 10  # pixels left and right of it
LINE, LETTERS = 20, 76  # pixels of a line below the map, letters of it
DENSE = {"theatre": 0.42, "area": 1.6}  # how much a soft area hides in its middle: its rings together
BORDERS = (
    "Whose borders? As the United Nations shows them, in the shapes that come with plotly.js. Crimea is "
    "drawn in Ukraine (General Assembly resolution 68/262). Some borders are disputed, and a map cannot "
    "settle that."
)
CLEAR = "rgba(0,0,0,0)"
NO_SHAPES = "This pack has no shapes of countries (countries.geojson), so no land is drawn."

Row = dict[str, Any]


class Outlines(dict[str, Any]):
    """GeoJSON that is never changed: plotly copies what it is given several times, and this it need not."""

    def __deepcopy__(self, memo: object) -> Outlines:
        return self


Shapes = dict[str, Any] | None


def base_map(
    title: str,
    shapes: Shapes,
    *,
    subtitle: str = "",
    apart: Collection[str] = (),
    geo: Row | None = None,
    window: Window = (-180, 180, WORLD.south, 90),
    tall: int = TALL,
    below: int = 0,
) -> go.Figure:
    """Land and borders, offline, with the words that say whose borders they are. All maps start here.

    Takes the GeoJSON of ``pack.shapes`` or None. The countries in ``apart`` are left for ``add_countries``;
    a click on any other comes back with its code. The map is ``tall`` pixels high; ``below`` leaves pixels
    between it and the words on borders. A file of shapes may bring these words, as a member ``borders``
    beside its features. ``geo`` changes what part of the globe is shown, as ``layout.geo`` has it, and
    ``window`` (west, east, south, north) what is left out as out of sight.
    """
    figure = base_figure(plain(title), subtitle=subtitle, height=0)
    # Only the first trace decides whether plotly asks its server for land: this one needs none.
    figure.add_scattergeo(lon=[None], lat=[None], showlegend=False, hoverinfo="skip", name="offline")
    rest = [f for f in touching(shapes, *window) if f["id"] not in apart] if shapes else []
    add_countries(
        figure,
        rest,
        ["land"] * len(rest),
        hover=[plain(_name(feature)) for feature in rest],
        keys=[feature["id"] for feature in rest],
        name="land",
    )
    words = shapes.get("borders", BORDERS) if shapes else NO_SHAPES
    lines = textwrap.wrap(plain(words), LETTERS)
    lines[0] = lines[0].replace("Whose borders?", "<b>Whose borders?</b>")
    foot: Row = {"xref": "paper", "x": 0, "xanchor": "left", "align": "left", "yref": "paper", "y": 0}
    write(figure, "<br>".join(lines), **foot, yanchor="top", yshift=-below - 10)
    top, bottom = figure.layout.margin.t - 14, below + 26 + LINE * len(lines)
    return figure.update_layout(
        geo=_geo(WORLD) | (geo or {}),
        margin={"l": SIDE, "r": SIDE, "t": top, "b": bottom},
        height=top + tall + bottom,
    )


def _geo(frame: Frame) -> Row:
    return {
        "visible": False,  # plotly's own land would come from the network
        "fitbounds": False,
        "bgcolor": "rgba(0,0,0,0)",
        "projection": {"type": PROJECTION, "rotation": {"lon": CENTRE}},
        "lonaxis": {"range": [frame.west, frame.east]},
        "lataxis": {"range": [frame.south, frame.north]},
        "domain": {"x": [0, 1], "y": [0, 1]},
    }


def _name(feature: Row) -> str:
    return str((feature.get("properties") or {}).get("name", feature["id"]))


# What a map is made of ------------------------------------------------------------------------------------


def add_countries(
    figure: go.Figure,
    features: Sequence[Row],
    roles: Sequence[str],
    *,
    hover: Sequence[str] | None = None,
    keys: Sequence[str] | None = None,
    **at: Any,
) -> None:
    """Draw countries in the colours of roles; ``keys`` come back with a click on one."""
    palette = list(dict.fromkeys(roles)) or ["land"]
    figure.add_choropleth(
        geojson=Outlines(type="FeatureCollection", features=list(features)),
        featureidkey="id",
        locations=[feature["id"] for feature in features],
        z=[palette.index(role) + 0.5 for role in roles],
        **colour_steps(palette),
        marker={"line": {"color": colour("land edge"), "width": 0.6}},
        hovertext=hover,
        hoverinfo="text" if hover else "skip",
        customdata=keys,
        **at,
    )


def colour_steps(roles: Sequence[str]) -> Row:
    """What a choropleth needs to give the values 0.5, 1.5, 2.5 … the colours of roles."""
    steps = [[(n + k) / len(roles), colour(role)] for n, role in enumerate(roles) for k in (0, 1)]
    return {"zmin": 0, "zmax": len(roles), "colorscale": steps, "showscale": False}


def add_soft(figure: go.Figure, rows: Iterable[Row], role: str, rings: int, **at: Any) -> None:
    """Draw areas without an edge: see-through ellipses, one in the other, darkest in the middle."""
    pairs = [
        (row, ring)
        for row in rows
        for ring in soft_area(
            row["id"], (row["lon"], row["lat"]), (row["reach_lon"], row["reach_lat"]), rings
        )
    ]
    if pairs:
        figure.add_choropleth(
            geojson=Outlines(type="FeatureCollection", features=[ring for _, ring in pairs]),
            featureidkey="id",
            locations=[ring["id"] for _, ring in pairs],
            z=[0] * len(pairs),
            colorscale=[[0, colour(role)], [1, colour(role)]],
            showscale=False,
            marker={"line": {"width": 0}, "opacity": DENSE[role] / rings},
            hovertext=[row["hover"] for row, _ in pairs],
            hoverinfo="text",
            customdata=[row["id"] for row, _ in pairs],
            **at,
        )


def add_circles(
    figure: go.Figure, rows: Sequence[Row], role: str, *, edge: str = "land edge", opacity: float = 0.85
) -> None:
    """Draw a circle of ``radius`` pixels for each row, small ones on top."""
    rows = sorted(rows, key=lambda row: -float(row["radius"]))
    figure.add_scattergeo(
        lon=[row["lon"] for row in rows],
        lat=[row["lat"] for row in rows],
        mode="markers",
        marker={
            "size": [2 * row["radius"] for row in rows],
            "color": CLEAR if role == "clear" else colour(role),
            "opacity": opacity,
            "line": {"color": colour(edge), "width": 1.5},
        },
        hovertext=[row["hover"] for row in rows],
        hoverinfo="text",
        customdata=[row["id"] for row in rows],
        name=role,
    )


def add_labels(figure: go.Figure, labels: Sequence[Label], texts: dict[str, str]) -> list[Placed]:
    """Write ``texts`` (by the key of a label) where they have room; hairlines lead to places further away."""
    placed = place_labels(labels, WORLD)
    add_lines(figure, [one.line for one in placed if one.line], name="leaders")
    figure.add_scattergeo(
        lon=[one.lon for one in placed],
        lat=[one.lat for one in placed],
        mode="text",
        text=[texts[one.label.key] for one in placed],
        textposition=[one.side for one in placed],
        textfont={"size": 14, "color": colour("ink")},
        hoverinfo="skip",
        name="labels",
    )
    return placed


def add_lines(figure: go.Figure, lines: Sequence[Sequence[Spot]], **more: Any) -> None:
    """Draw thin grey lines through spots, with nothing at their ends."""
    spots = [(*line, (None, None)) for line in lines]
    figure.add_scattergeo(
        lon=[lon for line in spots for lon, _ in line],
        lat=[lat for line in spots for _, lat in line],
        mode="lines",
        line={"color": colour("axis"), "width": 1},
        hoverinfo="skip",
        **more,
    )


def add_legend(figure: go.Figure, entries: Sequence[tuple[str, str]], column: int, columns: int) -> int:
    """Boxes in the colours of roles with words beside them, below the map; gives their height in pixels.

    Room for it comes from ``base_map(below=…)``, which ``legend_height`` counts beforehand.
    """
    for n, (role, words) in enumerate(entries):
        right, down = 8 + column * (n % columns), 14 + 26 * (n // columns)
        figure.add_shape(
            type="rect",
            xref="paper",
            yref="paper",
            xsizemode="pixel",
            ysizemode="pixel",
            xanchor=0,
            yanchor=0,
            x0=right,
            x1=right + 18,
            y0=-down,
            y1=-down - 18,
            fillcolor=colour(role),
            line={"color": colour("axis"), "width": 1},
        )
        at: Row = {"xref": "paper", "x": 0, "yref": "paper", "y": 0, "xanchor": "left", "yanchor": "middle"}
        write(figure, plain(words), ink="ink", **at, xshift=right + 22, yshift=-down - 9)
    return legend_height(len(entries), columns)


def legend_height(entries: int, columns: int) -> int:
    return 14 + 26 * -(-entries // columns)


# Words ----------------------------------------------------------------------------------------------------


def completed(caption: str, cannot_show: str) -> str:
    """The caption of a map, with the sentence that the reader completes at its end."""
    text = cannot_show.strip()
    end = text if text.endswith((".", "!", "?", "…")) else f"{text}." if text else "…"
    return " ".join(filter(None, (caption.strip(), f"This map cannot show {end}")))


def sources(ids: Iterable[str], evidence: pd.DataFrame | None) -> str:
    """Who published pieces of evidence and when, each once; nothing for those that the table lacks."""
    if evidence is None:
        return ""
    known = {row["id"]: row for row in evidence.to_dict("records")}
    dated = {e: row["date"] if pd.notna(row["date"]) else "no date" for e, row in known.items()}
    said = [f"{known[e]['publisher']}, {dated[e]}" for e in ids if e in known]
    return "; ".join(dict.fromkeys(said))
