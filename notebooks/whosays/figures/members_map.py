"""The members of an alliance by the year in which they joined, and the share of GDP that each spends."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.globe import Spot
from whosays.figures.look import colour, plain
from whosays.figures.maps import (
    CLEAR,
    Shapes,
    add_countries,
    add_legend,
    add_lines,
    base_map,
    colour_steps,
    completed,
    legend_height,
    sources,
)
from whosays.pack import records
from whosays.pack.shapes import rings

STEPS = 5
ROLES = ("land", *(f"step {n}" for n in range(1, STEPS + 1)), "open")  # not yet, the steps, no figure
OPEN = STEPS + 1
TALL = 360
COLUMN, COLUMNS = 178, 3  # pixels of an entry of the legend, entries side by side: they fit a narrow page
NEW = 2  # pixels of the outline of a new member
HATCH = 0.7  # degrees between the lines over a member without a figure
# Seen from above and in true areas, so that no member looks larger than it is; the frame holds them whole.
GLOBE = {
    "projection": {"type": "azimuthal equal area", "rotation": {"lon": -60, "lat": 55}},
    "lonaxis": {"range": [-180, 52]},
    "lataxis": {"range": [30, 89]},
}
WINDOW = (-170.0, 75.0, 5.0, 90.0)

Row = dict[str, Any]


def members_map(
    members: pd.DataFrame,
    shapes: Shapes,
    *,
    year: int,
    share: bool = False,
    evidence: pd.DataFrame | None = None,
    caption: str = "",
    cannot_show: str = "",
) -> go.Figure:
    """The members in a year by the time when they joined, or with ``share`` by their defence share of GDP.

    Takes the pack’s tables of members and evidence and its shapes. New members of that year have an
    outline, members without a figure are hatched. ``members_update`` tells what another year changes.
    """
    rows = records(members)
    entries = _legend(rows, share)
    below = legend_height(len(entries), COLUMNS)
    known = {f["id"]: f for f in shapes["features"]} if shapes else {}
    drawn = [row["iso3"] for row in rows if row["iso3"] in known]
    subtitle = HOW_TO_READ_SHARE if share else HOW_TO_READ
    figure = base_map(
        "…", shapes, subtitle=subtitle, apart=drawn, geo=GLOBE, window=WINDOW, tall=TALL, below=below
    )
    features = [known[code] for code in drawn]
    add_countries(figure, features, ["land"] * len(drawn), keys=drawn, name="members")
    figure.update_traces(colour_steps(ROLES) | {"hoverinfo": "text"}, selector={"name": "members"})
    add_countries(figure, features, ["open"] * len(drawn), name="outlined")
    line = {"color": colour("ink"), "width": NEW}
    see_through = {"colorscale": [[0, CLEAR], [1, CLEAR]], "marker.line": line}
    figure.update_traces(see_through, selector={"name": "outlined"})
    add_lines(figure, [], name="hatch")
    words = {"size": 14, "color": colour("ink")}
    figure.add_scattergeo(
        mode="text", textposition="bottom center", textfont=words, hoverinfo="skip", name="gaps"
    )
    add_legend(figure, entries, COLUMN, COLUMNS)
    update = members_update(
        members, year, shapes, share=share, evidence=evidence, caption=caption, cannot_show=cannot_show
    )
    return apply_update(figure, update)


def members_update(
    members: pd.DataFrame,
    year: int,
    shapes: Shapes = None,
    *,
    share: bool = False,
    evidence: pd.DataFrame | None = None,
    caption: str = "",
    cannot_show: str = "",
) -> Row:
    """What ``members_map`` shows in a year: by the name of a trace its properties, and ``layout``.

    Give the same words and tables as for the figure; ``apply_update`` writes all into it, a live one too.
    """
    known = {f["id"]: f for f in shapes["features"]} if shapes else {}
    rows = [row for row in records(members) if not shapes or row["iso3"] in known]
    gaps = [row for row in rows if share and _is_in(row, year) and not _has(row)]
    outlined = gaps if share else [row for row in rows if row["year"] == year]
    open_ = [known[row["iso3"]] for row in gaps if shapes]
    title = _title(records(members), year, share)
    said = [
        _gaps(records(members), year) if share else "",
        _source(records(members), share, evidence),
        APART if shapes else "",
        caption,
    ]
    lines = [line for feature in open_ for line in _hatch(feature)]
    middles = [_middle(feature) for feature in open_]
    return {
        "members": {
            "z": [_step(row, rows, year, share) + 0.5 for row in rows],
            "hovertext": [_hover(row, year, share) for row in rows],
        },
        "outlined": {"locations": [row["iso3"] for row in outlined], "z": [0.0] * len(outlined)},
        "hatch": {
            "lon": [lon for a, b in lines for lon in (a[0], b[0], None)],
            "lat": [lat for a, b in lines for lat in (a[1], b[1], None)],
        },
        "gaps": {
            "lon": [lon for lon, _ in middles],
            "lat": [lat for _, lat in middles],
            "text": [f"{plain(row['name'])}:<br>no figure" for row in gaps],
        },
        "layout": {
            "title": {"text": f"<b>{plain(title)}</b>"},
            "meta": {
                "alt": _alt(title, records(members), year, share),
                "caption": completed(" ".join(filter(None, said)), cannot_show),
                "table": _twin(records(members), year, share).to_dict("list"),
            },
        },
    }


def apply_update(figure: go.Figure, update: Row) -> go.Figure:
    """Write what ``members_update`` gives into a figure; a live figure is drawn anew once."""
    with figure.batch_update():
        for name, changed in update.items():
            if name != "layout":
                for trace in figure.select_traces(selector={"name": name}):
                    trace.update(changed, overwrite=False)
        figure.layout.title.text = update["layout"]["title"]["text"]
        figure.layout.meta = update["layout"]["meta"]
    return figure


# Numbers --------------------------------------------------------------------------------------------------


def _is_in(row: Row, year: int) -> bool:
    return int(row["year"]) <= year


def _has(row: Row) -> bool:
    return bool(pd.notna(row["defence_share"]))


def _waves(rows: list[Row]) -> list[tuple[int, int]]:
    """The first and the last year of each wave of accessions: the longest pauses part them."""
    years = sorted({int(row["year"]) for row in rows})
    pauses = sorted(pairwise(years), key=lambda pair: (pair[0] - pair[1], pair))[: STEPS - 1]
    ends = [*sorted(a for a, _ in pauses), *years[-1:]]
    starts = [*years[:1], *sorted(b for _, b in pauses)]
    return list(zip(starts, ends, strict=True))


def _grades(rows: list[Row]) -> list[float]:
    """Where the steps of the shares begin: at round numbers, the last one is open above."""
    shares = [row["defence_share"] for row in rows if _has(row)]
    if not shares:
        return []
    low, high = min(shares), max(shares)
    rough = max((high - low) / STEPS, 0.01)
    size = 10 ** math.floor(math.log10(rough))
    wide = min((k * size for k in (1, 2, 5, 10)), key=lambda w: abs(w - rough))
    start = math.floor(low / wide + 1e-9) * wide
    return [round(start + n * wide, 6) for n in range(STEPS) if start + n * wide <= high + 1e-9]


def _step(row: Row, rows: list[Row], year: int, share: bool) -> int:
    """Which of ROLES a member has."""
    if not _is_in(row, year):
        return 0
    if share:
        return sum(row["defence_share"] >= start for start in _grades(rows)) if _has(row) else OPEN
    return next(n for n, (_, last) in enumerate(_waves(rows), 1) if row["year"] <= last)


def _hatch(feature: Row) -> list[tuple[Spot, Spot]]:
    """Slanting lines over a country."""
    edges = [edge for polygon in rings(feature) for ring in polygon for edge in pairwise(ring)]
    lats = [b for (_, b), _ in edges]
    lons = [a for (a, _), _ in edges]
    found = []
    # A line is lat − lon / 2 = height.
    heights = [(lat - lon / 2, lon, lat) for lon, lat in zip(lons, lats, strict=True)]
    lowest, highest = min(heights)[0], max(heights)[0]
    for n in range(1, int((highest - lowest) / HATCH) + 1):
        height, cuts = lowest + n * HATCH, []
        for (a, b), (c, d) in edges:
            start, end = b - a / 2 - height, d - c / 2 - height
            if (start > 0) != (end > 0):
                t = start / (start - end)
                cuts.append((round(a + t * (c - a), 2), round(b + t * (d - b), 2)))
        cuts.sort()
        found += list(zip(cuts[::2], cuts[1::2], strict=False))
    return found


def _middle(feature: Row) -> Spot:
    """Longitude and a little south of the largest part of a country: words stand there."""
    ring = max((polygon[0] for polygon in rings(feature)), key=len)
    lons = [lon for lon, _ in ring]
    return (min(lons) + max(lons)) / 2, min(lat for _, lat in ring) - 1.2


# Words ----------------------------------------------------------------------------------------------------

HOW_TO_READ = "The colour says when a state joined. An outline: it joined in this year."
APART = "Land far from its state has no colour here where its shape is its own."
HOW_TO_READ_SHARE = "The colour says how much of its GDP a member spends on defence. Hatched: no figure."


def _legend(rows: list[Row], share: bool) -> list[tuple[str, str]]:
    """Role and words of each entry, with its number of members."""
    if not share:
        counted = [
            (a, b, sum(a <= row["year"] <= b for row in rows)) for a, b in (_waves(rows) if rows else ())
        ]
        words = [f"{a if a == b else f'{a}–{b}'}: {n}" for a, b, n in counted]
        return [(ROLES[n], word) for n, word in enumerate(words, 1)] + [("land", "not a member")]
    starts = _grades(rows)
    words = [f"{a:g}% to under {b:g}%" for a, b in pairwise(starts)]
    words += [f"{a:g}% or more" for a in starts[-1:]]
    entries = [(ROLES[n], word) for n, word in enumerate(words, 1)]
    return entries + ([] if all(map(_has, rows)) else [("open", "no figure")])


def _title(rows: list[Row], year: int, share: bool) -> str:
    """One line, so that another year does not move the map."""
    inside = [row for row in rows if _is_in(row, year)]
    new = sum(row["year"] == year for row in inside)
    if share:
        shares = [row["defence_share"] for row in inside if _has(row)]
        if not shares:
            return f"{year}: no figures"
        low, high = min(shares), max(shares)
        return f"Defence share: {low:.2f}%" + (f" to {high:.2f}% of GDP" if high > low else " of GDP")
    members = f"{len(inside) or 'no'} member{'' if len(inside) == 1 else 's'}"
    return f"{year}: {members}" + (f", {new} of them new" if 0 < new < len(inside) else "")


def _hover(row: Row, year: int, share: bool) -> str:
    name = f"<b>{plain(row['name'])}</b>"
    if not _is_in(row, year):
        return f"{name}<br>not yet a member, joined in {row['year']}"
    if share:
        return f"{name}<br>{_share(row)}"
    return f"{name}<br>joined in {row['year']}{', new' if row['year'] == year else ''}"


def _share(row: Row) -> str:
    return f"{row['defence_share']:.2f}% of GDP" if _has(row) else "no figure"


def _gaps(rows: list[Row], year: int) -> str:
    gaps = [row for row in rows if _is_in(row, year) and not _has(row)]
    said = [
        f"{row['name']}: no figure. {row['note'] if pd.notna(row['note']) else ''}".strip() for row in gaps
    ]
    return " ".join(said)


def _source(rows: list[Row], share: bool, evidence: pd.DataFrame | None) -> str:
    ids = [e for row in rows for e in row["share_evidence" if share else "evidence"]]
    said = sources(ids, evidence)
    return f"Source: {said}." if said else ""


def _alt(title: str, rows: list[Row], year: int, share: bool) -> str:
    inside = [row for row in rows if _is_in(row, year)]
    if share:
        ranked = sorted((r for r in inside if _has(r)), key=lambda r: -r["defence_share"])
        most = [f"{r['name']} {r['defence_share']:.2f}%" for r in (*ranked[:3], *ranked[3:][-3:])]
        return f"Map. {title}. The three highest and the three lowest: {', '.join(most)}."
    new = [row["name"] for row in inside if row["year"] == year]
    return f"Map. {title}." + (f" New: {', '.join(new)}." if new else "")


def _twin(rows: list[Row], year: int, share: bool) -> pd.DataFrame:
    """The members in that year, the first ones first, or those with the highest share."""
    inside = [row for row in rows if _is_in(row, year)]
    column = "defence_share_percent" if share else "joined"
    key = "defence_share" if share else "year"
    inside.sort(key=lambda row: (-(row[key] if _has(row) else 0) if share else row[key], row["name"]))
    return pd.DataFrame(
        {
            "state": [row["name"] for row in inside],
            column: [(row[key] if pd.notna(row[key]) else None) for row in inside],
            "note": [(row["note"] if pd.notna(row["note"]) else "") for row in inside],
        },
        dtype=object,
    )
