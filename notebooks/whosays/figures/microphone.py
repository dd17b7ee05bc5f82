"""The microphone chart: how often each actor is named, and how many of the actor's own words are quoted."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.look import WIDTH, base_figure, colour, plain, shorten, write
from whosays.pack import records

NAMES = 196  # pixels left of the longest bar, for a name and a number
CHARS = 18  # characters of a line of a name: it fits there in a wide font too
SHORT = 24  # characters of a name in the title
SPINE = 0.36  # where the bars begin, as a share of the width
LABEL = 2.2  # the right side beside its longest bar: room for a label there
ROW, LINE = 28, 17  # pixels of a row, and of each more line in it
BAR = 17  # pixels
HEAD = 36  # pixels above the first row, for what left and right mean
GAP = 10  # pixels between those who are heard and those who are not
DASHED = "4px,3px"
MOST = 20  # actors that are listed in words
BELOW = 62  # characters of a line of the list below the chart: it fits a narrow page

Row = dict[str, Any]


def microphone(voices: pd.DataFrame, quotations: pd.DataFrame, *, caption: str = "") -> go.Figure:
    """Two-sided bars, an actor a row: times named to the left, own words quoted to the right.

    ``voices`` and ``quotations`` are the tables of ``whosays.measures.voices``. Most words stand first, then
    most names. Words credited to several speakers are a dashed box behind the bar. Actors that are named and
    not quoted have a ring and words instead of a bar; those that are only described are listed below.
    """
    rows = sorted(records(voices), key=_order)
    shown = [row for row in rows if row["named"] or row["heard"]]
    title = _title(shown, int(quotations["words"].sum()))
    figure = base_figure(plain(title), subtitle=_subtitle(shown))
    named = max([1, *(row["named"] for row in shown)])
    words = max([1, *(row["words"] + row["shared_words"] for row in shown)])
    bottom = _draw(figure, shown)
    below = _below([row for row in rows if row not in shown])
    write(figure, "<br>".join(below), **FOOT, y=bottom)
    ends = {"visible": False, "fixedrange": True}
    figure.update_layout(
        xaxis={"domain": [0, SPINE], "range": [named, 0], **ends},
        xaxis2={"domain": [SPINE, 1], "range": [0, words * LABEL], **ends},
        yaxis={"range": [bottom, 0], **ends},  # it counts pixels
    )
    margin = {"l": NAMES, "r": 12, "t": figure.layout.margin.t, "b": 24 + 20 * len(below)}
    twin = pd.DataFrame([_twin(row) for row in rows], columns=list(TWIN))
    meta = {"alt": _alt(shown, title), "caption": caption, "table": twin.to_dict("list")}
    return figure.update_layout(meta=meta, margin=margin, height=margin["t"] + bottom + margin["b"])


def _order(row: Row) -> tuple[Any, ...]:
    return -row["words"], -row["shared_words"], -row["named"], -row["mentioned"], row["name"]


TWIN = {
    "actor": "name",
    "times_named": "named",
    "times_mentioned": "mentioned",
    "words_quoted": "words",
    "words_shared": "shared_words",
    "shared_by": "shared_by",
}


def _twin(row: Row) -> Row:
    return {column: row[name] for column, name in TWIN.items()}


# Words ----------------------------------------------------------------------------------------------------

SILENT = "0 – not heard"


def _title(shown: list[Row], words: int) -> str:
    silent = sum(not row["heard"] for row in shown)
    if not shown and not words:
        return "Nobody is named or quoted in this text"
    if not words:
        named = f"{silent} {'actor is' if silent == 1 else 'actors are'} named"
        return f"No words are quoted: {named}, none is heard"
    counted = f"{words} {'word is' if words == 1 else 'words are'} quoted"
    none = f"; {silent} who {'is named has' if silent == 1 else 'are named have'} none" if silent else ""
    full = f"{counted}. {_most(shown, words, 2)}{none}"
    return full if len(textwrap.wrap(full, WIDTH)) <= 3 else f"{counted}. {_most(shown, words, 1)}{none}"


def _most(shown: list[Row], words: int, names: int) -> str:
    """Who has most words to himself or herself: by name, if that takes no more than some names."""
    most = max([0, *(row["words"] for row in shown)])
    if not most:
        return "No speaker has any alone"
    first = [shorten(row["name"], SHORT) for row in shown if row["words"] == most]
    if len(first) == 1:
        return f"{first[0]} has {'all' if most == words else most} of them"
    return f"{' and '.join(first) if len(first) <= names else f'{len(first)} speakers'} have {most} each"


def _subtitle(shown: list[Row]) -> str:
    shared = any(row["shared_words"] for row in shown)
    dashed = " Dashed: words given to more than one speaker." if shared else ""
    return f"Left: how often each is named. Right: own words quoted.{dashed}" if shown else ""


def _below(others: list[Row]) -> list[str]:
    """The actors without a name or a word of their own, in lines."""
    if not others:
        return []
    listed = [
        f"{shorten(row['name'], 40)} {row['mentioned']}".replace(" ", "\u00a0") for row in others[:MOST]
    ]
    more = [f"and {len(others) - MOST} more"] if len(others) > MOST else []
    heading = f"<b>{len(others)} more {_are(others)} never named, only described. How often:</b>"
    return [heading, *map(plain, textwrap.wrap(", ".join(listed + more), BELOW))]


def _are(rows: list[Row]) -> str:
    return "is" if len(rows) == 1 else "are"


def _alt(shown: list[Row], title: str) -> str:
    heard = [f"{r['name']}: {_named(r)}, {_quoted(r)}." for r in shown if r["heard"]]
    silent = [f"{r['name']} {r['named']}" for r in shown if not r["heard"]]
    more = ", and more" if len(silent) > MOST else ""
    listed = [f"Named and not heard: {', '.join(silent[:MOST])}{more}."] if silent else []
    return " ".join(["Two-sided bar chart.", f"{title}.", *heard[:MOST], *listed])


def _named(row: Row) -> str:
    return f"named {row['named']} {'time' if row['named'] == 1 else 'times'}"


def _quoted(row: Row) -> str:
    words = f"{row['words']} {'word' if row['words'] == 1 else 'words'} quoted"
    return f"{words} and {_shared(row)}" if row["shared_words"] else words


def _shared(row: Row) -> str:
    return f"{row['shared_words']} shared by {row['shared_by']}"


# Drawing --------------------------------------------------------------------------------------------------

FOOT: Row = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": 7 - NAMES, "align": "left"}
FOOT |= {"yanchor": "top", "yshift": -8}
LEFT: Row = {"xanchor": "right", "align": "right"}
RIGHT: Row = {"xref": "x2", "xanchor": "left", "align": "left"}


def _draw(figure: go.Figure, shown: list[Row]) -> int:
    """Draw a row an actor, from the top; returns where the last one ends, in pixels."""
    if not shown:
        return 0
    y, middles = HEAD, []
    for n, row in enumerate(shown):
        if n and shown[n - 1]["heard"] and not row["heard"]:
            _divide(figure, y + GAP / 2)
            y += GAP
        lines = list(map(plain, textwrap.wrap(row["name"], CHARS, max_lines=2, placeholder=" …")))
        high = ROW + LINE * (max(len(lines), 2 if row["shared_words"] else 1) - 1)
        middles.append(y + high / 2)
        _numbers(figure, row, middles[-1], "<br>".join(lines))
        y += high
    _bars(figure, shown, middles)
    _rings(figure, [y for row, y in zip(shown, middles, strict=True) if not row["heard"]])
    write(figure, "<b>times named</b>", ink="name", **LEFT, x=0, xshift=-8, y=HEAD / 2)
    write(figure, "<b>words quoted</b>", ink="quote", **RIGHT, x=0, xshift=8, y=HEAD / 2)
    line = {"color": colour("axis"), "width": 1}
    figure.add_shape(type="line", xref="x2", x0=0, x1=0, y0=HEAD - 6, y1=y, line=line)
    return y


EDGE = {"named": "name", "words": "quote"}


def _bars(figure: go.Figure, shown: list[Row], middles: list[float]) -> None:
    for key, role, axis, said in (("named", "named", "x", _named), ("words", "quote", "x2", _quoted)):
        drawn = [(row, y) for row, y in zip(shown, middles, strict=True) if row[key]]
        figure.add_bar(
            orientation="h",
            x=[row[key] for row, _ in drawn],
            y=[y for _, y in drawn],
            xaxis=axis,
            width=BAR,
            marker={"color": colour(role), "line": {"color": colour(EDGE[key]), "width": 1}},
            hovertext=[plain(f"{row['name']}: {said(row)}") for row, _ in drawn],
            hoverinfo="text",
            name=key,
        )
    for row, y in zip(shown, middles, strict=True):
        if row["shared_words"]:
            box = {"x0": row["words"], "x1": row["words"] + row["shared_words"], "xref": "x2"}
            line = {"color": colour("quote"), "width": 1.5, "dash": DASHED}
            figure.add_shape(type="rect", y0=y - BAR / 2, y1=y + BAR / 2, line=line, **box)


def _rings(figure: go.Figure, middles: list[float]) -> None:
    """Where a bar would begin: nothing is quoted."""
    for y in middles:
        figure.add_shape(
            type="circle",
            xref="x2",
            xsizemode="pixel",
            xanchor=0,
            x0=6,
            x1=15,
            y0=y - 4.5,
            y1=y + 4.5,
            fillcolor=colour("open"),
            line={"color": colour("axis"), "width": 1.5},
        )


def _numbers(figure: go.Figure, row: Row, y: float, name: str) -> None:
    """The numbers at the ends of the bars, and the name before the first."""
    named = f"<b>{row['named']}</b>"
    write(figure, named, ink="ink", **LEFT, x=row["named"], xshift=-4, y=y)
    write(figure, name, ink="ink", **LEFT, x=row["named"], xshift=-10 - 10 * len(str(row["named"])), y=y)
    if not row["heard"]:
        write(figure, SILENT, **RIGHT, x=0, xshift=20, y=y)
        return
    shared = f"<br>{_shared(row)}" if row["shared_words"] else ""
    end = row["words"] + row["shared_words"]
    write(figure, f"<b>{row['words']}</b>{shared}", ink="ink", **RIGHT, x=end, xshift=6, y=y)


def _divide(figure: go.Figure, y: float) -> None:
    """A line between those who are heard and those who are not, below the names too."""
    line = {"color": colour("line"), "width": 1}
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=y, y1=y, line=line)
    names = {"xref": "paper", "xsizemode": "pixel", "xanchor": 0, "x0": 8 - NAMES, "x1": 0}
    figure.add_shape(type="line", **names, y0=y, y1=y, line=line)
