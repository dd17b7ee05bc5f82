"""The inset of a map: a part of a country, closer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from whosays.figures.globe import inside, touching
from whosays.figures.look import colour, plain, shorten, write
from whosays.figures.maps import add_countries, add_soft

WIDE, HIGH = 122, 118  # pixels
ACROSS = 0.213  # of the width of the map: on a narrow page no land lies further west that far south
FOOT = 60  # pixels below it, for its words
REACH = 4.2  # how much further it shows than the area reaches
GRID = 14  # spots across and down, where the name of a country may stand
RINGS = 12  # of the soft area
LETTER = 8.3

Row = dict[str, Any]
Box = tuple[float, float, float, float]


def add_inset(figure: go.Figure, shapes: Row, part: Row, countries: Sequence[Row]) -> None:
    """Draw a part of a country with a soft edge and the countries around it, in the lower left corner.

    ``part`` has a spot and a reach in degrees; ``countries`` are the places that are tinted, with ``iso3``.
    """
    window = _window(part)
    named = {row["iso3"]: row for row in countries}
    around = touching(shapes, *window)
    at = {"geo": "geo2"}
    figure.add_scattergeo(lon=[None], lat=[None], showlegend=False, hoverinfo="skip", **at)
    roles = ["named" if feature["id"] in named else "land" for feature in around]
    add_countries(figure, around, roles, **at)
    add_soft(figure, [part], "area", RINGS, **at)
    _write_names(figure, window, part, [(named[f["id"]], f) for f in around if f["id"] in named])
    high = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    west, east, south, north = window
    figure.update_layout(
        geo2={
            "visible": False,
            "fitbounds": False,
            "bgcolor": "rgba(0,0,0,0)",
            "projection": {"type": "mercator"},
            "lonaxis": {"range": [west, east]},
            "lataxis": {"range": [south, north]},
            "domain": {"x": [0, ACROSS], "y": [FOOT / high, (FOOT + HIGH) / high]},
            "showframe": True,
            "framecolor": colour("axis"),
            "framewidth": 2,
        }
    )
    words = f"{plain(shorten(part['name'], 15))}:<br>an area, as the<br>text has no spot."
    write(figure, words, xref="paper", x=ACROSS / 2, yref="paper", xanchor="center", y=0, yanchor="bottom")


def _window(part: Row) -> Box:
    """West, east, south and north of what is shown, in the shape of the inset."""
    high = part["reach_lat"] * REACH
    wide = high * WIDE / HIGH / math.cos(math.radians(part["lat"]))
    return part["lon"] - wide, part["lon"] + wide, part["lat"] - high, part["lat"] + high


def _write_names(figure: go.Figure, window: Box, part: Row, countries: Sequence[tuple[Row, Row]]) -> None:
    """The part above its spot; each country where it has most room, if it has any."""
    west, east, south, north = window
    x, y = WIDE / (east - west), HIGH / (north - south)  # pixels of a degree
    names = [(part["name"], part["lon"], part["lat"] + part["reach_lat"] + 12 / y)]
    for row, feature in countries:
        spots = [
            (west + (east - west) * (i + 0.5) / GRID, south + (north - south) * (j + 0.5) / GRID)
            for i in range(GRID)
            for j in range(GRID)
        ]
        held = {spot: inside(feature, *spot) for spot in spots}
        edges = [spot for spot, is_in in held.items() if not is_in] + [(part["lon"], part["lat"])]

        def room(spot: tuple[float, float], edges: Sequence[tuple[float, float]] = tuple(edges)) -> float:
            return min(math.hypot((spot[0] - a) * x, (spot[1] - b) * y) for a, b in edges)

        half = LETTER * len(row["name"]) / 2 + 3
        free = [
            (lon, lat)
            for (lon, lat), is_in in held.items()
            if is_in
            and west + half / x < lon < east - half / x
            and south + 12 / y < lat < north - 12 / y
            and all(
                abs(lat - b) * y > 20 or abs(lon - a) * x > half + LETTER * len(n) / 2 for n, a, b in names
            )
            and (abs(lat - part["lat"]) * y > 24 or abs(lon - part["lon"]) * x > half + 28)
        ]
        if free:
            names.append((row["name"], *max(free, key=room)))
    figure.add_scattergeo(
        geo="geo2",
        lon=[lon for _, lon, _ in names],
        lat=[lat for _, _, lat in names],
        mode="text",
        text=[f"<b>{plain(name)}</b>" for name, _, _ in names],
        textfont={"size": 13, "color": colour("ink")},
        hoverinfo="skip",
    )
