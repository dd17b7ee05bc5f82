"""The dots that a class set for one place, and a grid of spots to click on."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.globe import CENTRE
from whosays.figures.labels import Label
from whosays.figures.look import colour, plain
from whosays.figures.maps import WORLD, Shapes, add_circles, add_labels, base_map, completed
from whosays.measures.places import apart

DOT, MINE = 6, 9  # pixels: radius of a dot, of one’s own mark
ROUND = 100  # kilometres: nobody sets a dot more exactly than that
SPOT = 14  # pixels of a spot to click on

Spot = tuple[float, float]


def dots_map(
    dots: Sequence[Spot],
    shapes: Shapes,
    *,
    place: str,
    mine: Spot | None = None,
    caption: str = "",
    cannot_show: str = "",
) -> go.Figure:
    """Where the readers of a class put one dot for a place; the title says how far the dots lie apart.

    ``dots`` are longitude and latitude of the others’ dots, ``mine`` of one’s own, marked by its shape and
    the word “yours”. Raises ValueError for a spot that is not on the globe.
    """
    others, own = [_sound(dot) for dot in dots], _sound(mine) if mine is not None else None
    spots = [*others, *([own] if own else [])]
    title = _title(spots, place)
    figure = base_map(title, shapes, subtitle=f"One dot a reader, for {place}." if spots else "")
    rows = [
        {"id": n, "lon": lon, "lat": lat, "radius": DOT, "hover": plain(_where((lon, lat)))}
        for n, (lon, lat) in enumerate(others)
    ]
    add_circles(figure, rows, "name")
    if own:
        figure.add_scattergeo(
            lon=[own[0]],
            lat=[own[1]],
            mode="markers",
            marker={
                "symbol": "diamond",
                "size": 2 * MINE,
                "color": colour("ink"),
                "line": {"color": colour("land edge"), "width": 2},
            },
            hovertext=[f"<b>yours</b><br>{_where(own)}"],
            hoverinfo="text",
            customdata=["mine"],
            name="mine",
        )
        add_labels(figure, [Label("mine", *own, "yours", MINE)], {"mine": "<b>yours</b>"})
    meta = {
        "alt": f"World map. {title}.",
        "caption": completed(caption, cannot_show),
        "table": _twin(others, own).to_dict("list"),
    }
    return figure.update_layout(meta=meta)


def click_grid(step: int = 4) -> go.Scattergeo:
    """Spots that nobody sees, ``step`` degrees apart: a click on the map comes back as one of them.

    ``customdata`` holds longitude and latitude. Raises ValueError for a step under 1.
    """
    if step < 1:
        raise ValueError(f"step {step!r}: whole degrees, 1 or more")
    lons = range(round(CENTRE) - 180, round(CENTRE) + 180, step)
    spots = [
        ((lon + 180) % 360 - 180, lat)
        for lat in range(round(WORLD.south), round(WORLD.north), step)
        for lon in lons
    ]
    return go.Scattergeo(
        lon=[lon for lon, _ in spots],
        lat=[lat for _, lat in spots],
        mode="markers",
        marker={"size": SPOT, "opacity": 0, "color": colour("open")},
        customdata=[list(spot) for spot in spots],
        hoverinfo="none",
        showlegend=False,
        name="click",
    )


def _sound(spot: Spot) -> Spot:
    lon, lat = (float(x) for x in spot)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(f"spot {spot!r}: longitude −180 to 180, then latitude −90 to 90")
    return lon, lat


# Words ----------------------------------------------------------------------------------------------------


def _title(spots: Sequence[Spot], place: str) -> str:
    if not spots:
        return f"No dots for {place} yet"
    if len(spots) == 1:
        return "One dot. A whole region is not a spot"
    far = apart(spots)
    if far < ROUND / 2:
        return f"{len(spots)} dots, all on one spot"
    return f"{len(spots)} dots, up to {max(ROUND, round(far / ROUND) * ROUND):,} km apart"


def _where(spot: Spot) -> str:
    lon, lat = spot
    return f"{abs(lat):.0f}° {'N' if lat >= 0 else 'S'}, {abs(lon):.0f}° {'E' if lon >= 0 else 'W'}"


def _twin(others: Sequence[Spot], own: Spot | None) -> pd.DataFrame:
    table = [("yours", *own)] if own else []
    table += [(f"dot {n}", *spot) for n, spot in enumerate(others, 1)]
    return pd.DataFrame(table, columns=["dot", "longitude", "latitude"], dtype=object)
