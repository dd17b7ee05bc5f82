"""The places of a text: how often each is named, whose words come from there, and how precise the text is."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.inset import add_inset
from whosays.figures.labels import Label
from whosays.figures.look import plain, shorten
from whosays.figures.maps import (
    Shapes,
    add_circles,
    add_countries,
    add_labels,
    add_soft,
    base_map,
    completed,
)
from whosays.measures.places import REGION
from whosays.pack import records

NAME = 24  # letters of a name on a map
CIRCLE, RING = 11, 5  # pixels: radius of the largest circle, of an empty one
SPOT = 3.2  # degrees: a smaller soft area would look like a pin
SOFT, SMALL = 18, 12  # rings of a world region, of a small area
SPACED = 2  # pixels between the capitals of a world region
WIDER = 1.2  # pixels that a capital takes more than another letter

Row = dict[str, Any]
Layer = Literal["named", "quoted", "precise"]


def place_map(
    places: pd.DataFrame,
    shapes: Shapes,
    *,
    layer: Layer = "named",
    unplaced: pd.DataFrame | None = None,
    elsewhere: pd.DataFrame | None = None,
    cannot_show: str = "",
    caption: str = "",
) -> go.Figure:
    """The places of a text: by times named, by words quoted, or as precise as the text.

    Takes the table of ``measures.places.named`` and the pack's shapes. ``unplaced`` and ``elsewhere``, the
    other tables of that module, say what cannot be drawn. ``cannot_show`` completes the words “This map
    cannot show …” at the end of the caption. Raises ValueError for any other layer.
    """
    if layer not in LAYERS:
        raise ValueError(f"layer {layer!r}: a map has the layers {', '.join(LAYERS)}")
    rows = [_told(row, layer) for row in records(places)]
    # Nobody comes from a world region alone, so it has no words of its own to count.
    regions = [row for row in rows if layer == "quoted" and row["kind"] == REGION]
    rows = [row for row in rows if row not in regions]
    title = LAYERS[layer](rows)
    drawn = {row["iso3"] for row in rows if row["iso3"]}
    figure = base_map(title, shapes, subtitle=HOW_TO_READ[layer] if rows else "", apart=drawn)
    countries = [f for f in shapes["features"] if f["id"] in drawn] if shapes else []
    by_code = {row["iso3"]: row for row in rows}
    hover = [by_code[f["id"]]["hover"] for f in countries]
    keys = [by_code[f["id"]]["id"] for f in countries]
    roles = ["named"] * len(countries)
    add_countries(figure, countries, roles, hover=hover, keys=keys, name="countries")
    (_draw_areas if layer == "precise" else _draw_circles)(figure, rows, layer, shapes)
    left_out = [] if unplaced is None else records(unplaced)
    said = [_left_out(left_out), _uncounted(regions)]
    said += [_elsewhere(elsewhere) if layer == "quoted" else "", caption]
    meta = {
        "alt": _alt(title, rows, layer),
        "caption": completed(" ".join(filter(None, said)), cannot_show),
        "table": _twin(rows, [*regions, *left_out], layer).to_dict("list"),
    }
    return figure.update_layout(meta=meta)


def _told(row: Row, layer: Layer) -> Row:
    """A place with what is written beside it, its radius and the words of its hover box."""
    soft = bool(pd.notna(row["reach_lon"]) and pd.notna(row["reach_lat"]))
    iso3: str | None = row["iso3"] if pd.notna(row["iso3"]) else None
    number, more = str(row["times"]), ""
    hover = f"<b>{plain(row['name'])}</b>: {_times(row)}<br>{'<br>'.join(textwrap.wrap(_in(row), 40))}"
    if layer == "quoted":
        number = str(row["words"])
        more = f" + {row['shared_words']} shared" if row["shared_words"] else ""
        hover = f"<b>{plain(row['name'])}</b>: {_words(row)}"
    return row | {"iso3": iso3, "soft": soft, "number": number, "more": more, "hover": hover}


def _draw_circles(figure: go.Figure, rows: list[Row], layer: Layer, shapes: Shapes) -> None:
    """Circles whose area is the number; where there is nothing, a ring."""
    key = "times" if layer == "named" else "words"
    most = max([1, *(row[key] for row in rows)])
    # A region without agreed edges has no middle: it gets its words and no circle.
    regions = [row for row in rows if row["kind"] == REGION]
    places = [row for row in rows if row["kind"] != REGION]
    sized = [row | {"radius": CIRCLE * math.sqrt(row[key] / most) if row[key] else RING} for row in places]
    sized.sort(key=lambda row: -int(row[key]))
    add_circles(figure, [row for row in sized if not row[key]], "open", edge="axis", opacity=1)
    add_circles(figure, [row for row in sized if row[key]], "name" if layer == "named" else "quote")
    labels = [Label(r["id"], r["lon"], r["lat"], _label(r), r["radius"]) for r in sized]
    labels += [Label(r["id"], r["lon"], r["lat"], _label(_loud(r)), within=True) for r in regions]
    texts = {row["id"]: _label(row, "<b>", "</b>") for row in places}
    texts |= {row["id"]: _label(_loud(row)) for row in regions}
    add_labels(figure, labels, texts)


def _loud(row: Row) -> Row:
    """A region in capitals, as maps write them."""
    return row | {"name": row["name"].upper()}


def _draw_areas(figure: go.Figure, rows: list[Row], layer: Layer, shapes: Shapes) -> None:
    """Soft areas for what has no agreed edge, a soft spot with an inset for a part of a country."""
    regions = [row for row in rows if row["soft"] and row["kind"] == REGION]
    regions.sort(key=lambda row: -len(row["name"]))  # long words find room first
    parts = [row for row in rows if row["soft"] and row["kind"] != REGION]
    points = [row | {"radius": RING} for row in rows if not row["soft"] and not row["iso3"]]
    add_soft(figure, regions, "theatre", SOFT)
    grown = [row | {c: max(row[c], SPOT) for c in ("reach_lon", "reach_lat")} for row in parts]
    add_soft(figure, grown, "area", SMALL)
    add_circles(figure, points, "open", edge="name", opacity=1)
    ids = [row["id"] for row in regions]
    labels = [
        Label(
            row["id"],
            row["lon"],
            row["lat"],
            _label(row | {"name": row["name"].upper() if row["id"] in ids else row["name"]}),
            RING if row in points or row in parts else 0,
            within=row["id"] in ids or bool(row["iso3"]),
            spaced=SPACED + WIDER if row["id"] in ids else 0,
        )
        for row in (*regions, *parts, *(r for r in rows if r not in regions and r not in parts))
    ]
    texts = {row["id"]: _label(row, "<b>", "</b>") for row in rows}
    far = f'<span style="letter-spacing: {SPACED}px; font-weight: 600">'
    texts |= {r["id"]: _label(r | {"name": r["name"].upper()}, far, "</span>") for r in regions}
    add_labels(figure, labels, texts)
    if parts and shapes:
        add_inset(figure, shapes, parts[0], [row for row in rows if row["iso3"]])


def _label(row: Row, opens: str = "", closes: str = "") -> str:
    name = shorten(row["name"], NAME)
    return f"{opens}{plain(name) if opens else name}{closes} {row['number']}{row['more']}"


# Words ----------------------------------------------------------------------------------------------------

HOW_TO_READ = {
    "named": "The number: how often the text names it. A circle stands for an area; a world region has none.",
    "quoted": "The number: quoted words of people who come from there. A ring: named, and nobody is quoted.",
    "precise": "The number: how often the text names it. World regions have no edge that all agree on.",
}


def _title_named(rows: list[Row]) -> str:
    if not rows:
        return NOTHING
    most = max(row["times"] for row in rows)
    first = [shorten(row["name"], NAME) for row in rows if row["times"] == most]
    if len(rows) == 1:
        return f"{first[0]} is the only place named, {_often(most)}"
    if len(first) == len(rows):
        return f"Each of the {len(rows)} places is named {_often(most)}"
    who = _joined(first) if len(first) <= 3 else f"{len(first)} places"
    said = f"{who} {'is' if len(first) == 1 else 'are'} named most, {_often(most)}"
    return f"{len(rows)} places. {said}{' each' if len(first) > 1 else ''}"


def _title_quoted(rows: list[Row]) -> str:
    if not rows:
        return NOTHING
    heard = [row for row in rows if row["words"] or row["shared_words"]]
    n = f"Of {len(rows)} places with borders," if len(rows) > 1 else "The only place named:"
    if not heard:
        return f"{n} none is heard" if len(rows) > 1 else "Nobody from the only place named is quoted"
    if len(heard) > 2:
        return f"{n} {len(heard)} are heard"
    who = " and ".join(f"{shorten(r['name'], NAME)}, {_words(r, short=True)}" for r in heard)
    verb = (
        "" if len(rows) == 1 else (" only one is heard:" if len(heard) == 1 else f" {len(heard)} are heard:")
    )
    return f"{n}{verb} {who}"


def _title_precise(rows: list[Row]) -> str:
    if not rows:
        return NOTHING
    small = sum(row["kind"] not in ("country", REGION) for row in rows)
    count = f"{len(rows)} places are named" if len(rows) > 1 else "One place is named"
    which = {0: "None is", 1: "Only one is"}.get(small, f"{small} are")
    return f"{count}. {which} smaller than a country"


NOTHING = "No places of this text can be put on a map"
LAYERS = {"named": _title_named, "quoted": _title_quoted, "precise": _title_precise}


def _joined(names: Sequence[str]) -> str:
    *some, last = names
    return f"{', '.join(some)} and {last}" if some else last


def _often(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def _times(row: Row) -> str:
    return f"named {_often(row['times'])}"


def _in(row: Row) -> str:
    return f"in {', '.join(row['sentences'])}" if row["sentences"] else ""


def _words(row: Row, short: bool = False) -> str:
    said = f"{row['words']} {'word' if row['words'] == 1 else 'words'}{'' if short else ' quoted'}"
    shared = row["shared_words"]
    return f"{said} and {shared} shared with others" if shared and not short else said


def _left_out(rows: list[Row]) -> str:
    listed = "; ".join(f"{row['name']} ({', '.join(row['sentences'])})" for row in rows)
    return f"Named or missing, but not on the map: {listed}." if rows else ""


def _uncounted(rows: list[Row]) -> str:
    names = [row["name"] for row in rows]
    return f"Not counted here, because nobody comes from them alone: {_joined(names)}." if names else ""


def _elsewhere(table: pd.DataFrame | None) -> str:
    if table is None or table.empty:
        return ""
    said = [f"{row['words']} quoted words of {row['speaker']}" for row in records(table)]
    return f"Not on the map either, because they come from none of these places: {_joined(said)}."


def _alt(title: str, rows: list[Row], layer: Layer) -> str:
    told = _words if layer == "quoted" else _times
    listed = "; ".join(f"{row['name']}, {told(row)}" for row in rows)
    return f"World map. {title}.{f' {listed}.' if rows else ''}"


def _drawn_as(row: Row, layer: Layer) -> str:
    if layer != "precise":
        return "a circle" if row["times" if layer == "named" else "words"] else "an empty ring"
    if row["soft"]:
        return "a soft area" if row["kind"] == REGION else "a soft spot"
    return "its borders" if row["iso3"] else "a point"


TWIN = ("place", "kind", "times_named", "words_quoted", "words_shared", "sentences", "drawn_as")


def _twin(rows: list[Row], left_out: list[Row], layer: Layer) -> pd.DataFrame:
    table = [
        (
            *(row[c] for c in ("name", "kind", "times", "words", "shared_words")),
            ", ".join(row["sentences"]),
            _drawn_as(row, layer),
        )
        for row in rows
    ]
    nothing = (None, None, None)
    table += [
        (row["name"], row["kind"], *nothing, ", ".join(row["sentences"]), "not on the map")
        for row in left_out
    ]
    return pd.DataFrame(table, columns=list(TWIN), dtype=object)
