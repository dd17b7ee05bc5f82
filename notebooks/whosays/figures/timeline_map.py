"""Events on a map and on a date axis, together: where and when, and who says so."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.globe import NARROW
from whosays.figures.labels import Label
from whosays.figures.look import colour, plain, write
from whosays.figures.maps import (
    LETTERS,
    Shapes,
    add_circles,
    add_countries,
    add_labels,
    add_lines,
    add_soft,
    base_map,
    completed,
    sources,
)
from whosays.pack import records
from whosays.text import MONTHS

MAP, FOOT, TICKS = 330, 26, 52  # pixels of the map, between axis and dots, of the words below the axis
LANES, DOT = 5, 24  # dots above each other at most, pixels of a dot with its gap
RING, CHOSEN = 5, 9  # pixels: radius of a place, of the ring round the chosen one
SPOT = 3.2  # degrees: a smaller soft area would look like a pin
SOFT = 12  # rings of a soft area
PAD = 0.03  # of the axis, free at both ends
# Two states meet, talk or agree: only this gets a line between them.
TIES = re.compile(r"\b(meets?|talks?|visits?|agrees?|treaty|joint statement|together)\b", re.IGNORECASE)

Row = dict[str, Any]


def timeline_map(
    timeline: pd.DataFrame,
    places: pd.DataFrame,
    shapes: Shapes,
    evidence: pd.DataFrame,
    *,
    upto: str | None = None,
    chosen: str | None = None,
    caption: str = "",
    cannot_show: str = "",
) -> go.Figure:
    """Events at their places, and as numbered dots on a date axis below.

    Takes the pack’s tables and its shapes. Events after the day ``upto`` (like “2024-11-12”) are empty on the
    axis and not on the map. The event with the id ``chosen`` is marked on both and told in words. A thin grey
    line joins two states that meet or agree, and nothing else. Raises ValueError for an id or a day that is
    none.
    """
    last = _day(upto) if upto is not None else dt.date.max
    known = {row["id"]: row for row in records(places)}
    events = _told(records(timeline), known, evidence, last)
    if chosen is not None and chosen not in {event["id"] for event in events}:
        raise ValueError(f"chosen {chosen!r}: the timeline has no such event")
    mark = next((event for event in events if event["id"] == chosen), None)
    title = _title(events, upto)
    columns = _columns(events)
    lanes = max([1, *(event["lane"] for event in events)])
    axis = FOOT + DOT * lanes + 8
    told = _lines(mark) if mark else []
    below = TICKS + 20 * len(told)
    tall = MAP + 12 + axis
    here = {p for event in events if event["reached"] for p in (event["place_id"], *event["tie"])}
    drawn = {known[p]["iso3"]: p for p in here if p in known and pd.notna(known[p]["iso3"])}
    figure = base_map(
        title,
        shapes,
        subtitle=_how_to_read(events),
        apart=drawn,
        geo={"domain": {"x": [0, 1], "y": [1 - MAP / tall, 1]}},
        tall=tall,
        below=below,
    )
    _draw_places(figure, events, known, shapes, drawn, mark)
    _draw_axis(figure, events, columns, chosen, axis / tall, lanes)
    if told:
        at: Row = {"xref": "paper", "x": 0, "xanchor": "left", "align": "left", "yref": "paper", "y": 0}
        write(figure, "<br>".join(told), ink="ink", **at, yanchor="top", yshift=-TICKS)
    meta = {
        "alt": _alt(title, events, mark),
        "caption": completed(caption, cannot_show),
        "table": _twin(events).to_dict("list"),
    }
    return figure.update_layout(meta=meta)


def _day(value: Any) -> dt.date:
    try:
        return pd.Timestamp(value).date()
    except (ValueError, TypeError):
        raise ValueError(f"upto {value!r}: a day is written like 2024-11-12") from None


def _told(events: list[Row], known: dict[str, Row], evidence: pd.DataFrame, last: dt.date) -> list[Row]:
    """The events in order of date, with their number, place, source and the line they get, if any."""
    told = []
    for number, event in enumerate(sorted(events, key=lambda e: e["date"]), 1):
        day = _day(event["date"])
        where = known.get(event["place_id"])
        told.append(
            event
            | {
                "number": number,
                "day": day,
                "said_day": f"{day.day} {MONTHS[day.month - 1]} {day.year}",
                "where": where if where and pd.notna(where["lon"]) else None,
                "place": where["name"] if where else event["place_id"],
                "source": sources(event["evidence"], evidence),
                "tie": (tie := _tie(event, known)),
                "between": " and ".join(known[place]["name"] for place in tie),
                "reached": day <= last,
            }
        )
    return told


def _tie(event: Row, known: dict[str, Row]) -> tuple[str, ...]:
    """The two states that meet or agree in an event; nothing for any other event."""
    states = [
        place["id"]
        for place in known.values()
        if place["kind"] == "country" and {place["actor_id"], *place["voices"]} & set(event["actors"])
    ]
    return tuple(states) if len(states) == 2 and TIES.search(event["what"]) else ()


def _columns(events: list[Row]) -> list[float]:
    """Give each event a lane; the days, counted from the first, of the columns in which they stand.

    Events that are closer than a dot stand above each other. Columns move aside as little as can be, counted
    on a narrow page: on a wider one there is more room.
    """
    if not events:
        return []
    first = events[0]["day"]
    span = max(1, (events[-1]["day"] - first).days)
    scale = NARROW * (1 - 2 * PAD) / span / (1 + 2 * PAD)
    groups: list[list[Row]] = []
    for event in events:
        event["x"] = (event["day"] - first).days
        if groups and len(groups[-1]) < LANES and (event["x"] - groups[-1][0]["x"]) * scale < DOT:
            groups[-1].append(event)
        else:
            groups.append([event])
        event["column"], event["lane"] = len(groups) - 1, len(groups[-1])
    wanted = [sum(e["x"] for e in group) / len(group) for group in groups]
    return _apart(wanted, DOT / scale, span)


def _apart(wanted: list[float], gap: float, most: float) -> list[float]:
    """Places at least ``gap`` apart, as near to the wanted ones as can be, none beyond ``most``."""
    blocks: list[list[float]] = []  # without their gaps, places need only be in order
    for n, x in enumerate(wanted):
        blocks.append([x - n * gap])
        while len(blocks) > 1 and _mean(blocks[-2]) > _mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    room = max(0.0, most - (len(wanted) - 1) * gap)
    flat = [min(max(_mean(block), 0.0), room) for block in blocks for _ in block]
    return [x + n * gap for n, x in enumerate(flat)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


# Drawing --------------------------------------------------------------------------------------------------


def _draw_places(
    figure: go.Figure,
    events: list[Row],
    known: dict[str, Row],
    shapes: Shapes,
    drawn: dict[str, str],
    mark: Row | None,
) -> None:
    """Each place once, with the numbers of its events; grey lines between two states."""
    at: dict[str, list[Row]] = {}
    for event in events:
        if event["reached"] and event["where"]:
            at.setdefault(event["place_id"], []).append(event)
    rows = [known[p] | {"hover": _hover(known[p], here), "radius": RING} for p, here in at.items()]
    countries = [f for f in shapes["features"] if f["id"] in drawn] if shapes else []
    keys = [drawn[f["id"]] for f in countries]
    hover = [_hover(known[p], at.get(p, [])) for p in keys]
    add_countries(figure, countries, ["named"] * len(keys), hover=hover, keys=keys, name="countries")
    ties = dict.fromkeys(event["tie"] for event in events if event["reached"] and event["tie"])
    ends = [[(known[p]["lon"], known[p]["lat"]) for p in tie] for tie in ties]
    add_lines(figure, ends, name="ties")
    small = {"mode": "lines+markers", "marker": {"size": 5, "color": colour("axis")}}
    figure.update_traces(small, selector={"name": "ties"})
    soft = [row for row in rows if pd.notna(row["reach_lon"])]
    grown = [row | {c: max(row[c], SPOT) for c in ("reach_lon", "reach_lat")} for row in soft]
    add_soft(figure, grown, "area", SOFT)
    add_circles(figure, [row for row in rows if row not in soft], "name", opacity=1)
    if mark and mark["place_id"] in at:
        ring = known[mark["place_id"]] | {"radius": CHOSEN, "hover": _hover(mark["where"], [mark])}
        add_circles(figure, [ring], "clear", edge="ink", opacity=1)
    labels, texts = [], {}
    first = mark["place_id"] if mark else ""
    for row in sorted(rows, key=lambda row: (row["id"] != first, -_crowd(row, rows))):
        numbers = ", ".join(str(event["number"]) for event in at[row["id"]])
        texts[row["id"]] = f"<b>{numbers}</b>"
        radius = CHOSEN if row["id"] == first else RING
        labels.append(Label(row["id"], row["lon"], row["lat"], numbers, radius))
    add_labels(figure, labels, texts)


def _crowd(row: Row, rows: list[Row]) -> int:
    """How many places lie close by: they get their words first."""
    return sum(abs(r["lon"] - row["lon"]) < 20 and abs(r["lat"] - row["lat"]) < 12 for r in rows)


def _draw_axis(
    figure: go.Figure, events: list[Row], columns: list[float], chosen: str | None, top: float, lanes: int
) -> None:
    """A line from each date to the foot of its column, and the numbered dots of the column."""
    first = events[0]["day"] if events else dt.date(2000, 1, 1)
    span = max(1, events[-1]["x"]) if events else 365

    def day(x: float) -> str:
        return (dt.datetime.combine(first, dt.time()) + dt.timedelta(days=x)).isoformat()

    feet = [(day(event["x"]), day(columns[event["column"]])) for event in events]
    figure.add_scatter(
        x=[x for a, b in feet for x in (a, b, b, None)],
        y=[y for event in events for y in (0, FOOT - DOT / 2, FOOT + DOT * (event["lane"] - 0.5), None)],
        mode="lines",
        line={"color": colour("axis"), "width": 1},
        hoverinfo="skip",
        name="dates",
    )
    looks = [_look(event, event["id"] == chosen) for event in events]
    figure.add_scatter(
        x=[day(columns[event["column"]]) for event in events],
        y=[FOOT + DOT * (event["lane"] - 0.5) for event in events],
        mode="markers+text",
        marker={
            "size": DOT - 2,
            "color": [colour(fill) for fill, _, _ in looks],
            "line": {"color": [colour(edge) for _, edge, _ in looks], "width": 1.5},
        },
        text=[f"<b>{event['number']}</b>" for event in events],
        textfont={"size": 13, "color": [colour(ink) for _, _, ink in looks]},
        hovertext=[_hover(None, [event]) for event in events],
        hoverinfo="text",
        customdata=[event["id"] for event in events],
        cliponaxis=False,
        name="events",
    )
    figure.update_xaxes(
        range=[day(-span * PAD), day(span * (1 + PAD))],
        type="date",
        dtick="M6" if span < 2000 else "M12",
        tick0="2000-01-01",
        tickformat="%b<br>%Y",
        tickfont={"size": 13},
        ticks="outside",
        showgrid=False,
        zeroline=False,
        showline=True,
        linecolor=colour("axis"),
        fixedrange=True,
    )
    figure.update_yaxes(domain=[0, top], range=[0, FOOT + DOT * lanes + 8], visible=False, fixedrange=True)


def _look(event: Row, chosen: bool) -> tuple[str, str, str]:
    """Fill, edge and ink of a dot, as roles."""
    if chosen:
        return "ink", "ink", "open"
    if not event["reached"]:
        return "open", "line", "ink 2"
    return ("open", "name", "ink") if event["role"] == "later" else ("name", "name", "open")


# Words ----------------------------------------------------------------------------------------------------


def _title(events: list[Row], upto: str | None) -> str:
    reached = [event for event in events if event["reached"]]
    if not reached:
        return "No events yet" if events else "No events in this pack"
    places = len({event["place_id"] for event in reached})
    said = f"{_number(len(reached), 'event')} at {_number(places, 'place')}"
    months = Counter((event["day"].year, event["day"].month) for event in reached)
    (year, month), most = months.most_common(1)[0]
    if len(months) > 1 and most > 1:
        return f"{said}. {most} of them in {MONTHS[month - 1]} {year}"
    return said


def _number(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _how_to_read(events: list[Row]) -> str:
    said = ["Each number is an event." if events else ""]
    if any(event["tie"] and event["reached"] for event in events):
        said.append("A grey line joins two states that meet or agree.")
    if any(event["role"] == "later" for event in events):
        said.append("A ring: it came later.")
    return " ".join(said)


def _lines(event: Row) -> list[str]:
    """The chosen event in lines that fit a narrow page."""
    head = f"{event['number']} · {event['said_day']}, {event['place']}:"
    said = f"{head} {event['what']}" + (f" Source: {event['source']}." if event["source"] else "")
    lines = [plain(line) for line in textwrap.wrap(said, LETTERS - 4)]
    return [f"<b>{lines[0][: len(head)]}</b>{lines[0][len(head) :]}", *lines[1:]]


def _hover(place: Row | None, events: list[Row]) -> str:
    parts = [f"<b>{plain(place['name'])}</b>"] if place else []
    for event in events:
        head = f"{event['number']} · {event['said_day']}" + ("" if place else f", {event['place']}")
        parts.append(f"<b>{plain(head)}</b>")
        parts += [plain(line) for line in textwrap.wrap(event["what"], 52)]
        parts += [plain(line) for line in textwrap.wrap(f"Source: {event['source']}", 52)]
    return "<br>".join(parts)


def _alt(title: str, events: list[Row], mark: Row | None) -> str:
    reached = [event for event in events if event["reached"]]
    said = f"World map and line of dates. {title}."
    if reached:
        said += f" From {reached[0]['said_day']} to {reached[-1]['said_day']}."
    if mark:
        said += f" Marked: {mark['number']}, {mark['said_day']}, {mark['place']}. {mark['what']}"
    return said


TWIN = ("number", "date", "place", "what", "source", "came_later", "on_the_map", "line_between")


def _twin(events: list[Row]) -> pd.DataFrame:
    table = [
        (
            *(event["number"], event["day"].isoformat(), event["place"], event["what"], event["source"]),
            "yes" if event["role"] == "later" else "no",
            "yes" if event["reached"] and event["where"] else "no",
            event["between"],
        )
        for event in events
    ]
    return pd.DataFrame(table, columns=list(TWIN), dtype=object)
