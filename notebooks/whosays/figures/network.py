"""The support network: who is said to support whom, a line a statement."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import combinations
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.look import base_figure, colour, plain, shorten
from whosays.figures.routes import EDGE, Drawing, Places, Tie, strokes
from whosays.measures.ladder import RUNGS
from whosays.measures.network import STATEMENTS, Shape, degrees, pairs, shape, standing
from whosays.pack import records
from whosays.text import day

STYLES = {"military help": "plain", "support": "beaded", "money": "double", "industry": "ticked"}
STYLES |= {"message": "dotted", "": "plain"}  # every other kind is thin: the words on the line tell it
RULE = (
    "A line is a statement, not a proven fact; its thickness means nothing. "
    "This picture cannot show how strong a tie is, or ties the text leaves out."
)
KEY = 24  # pixels of a row of the legend
MOST = 20  # statements that are listed in words

Row = dict[str, Any]


def support_network(
    statements: pd.DataFrame,
    places: pd.DataFrame,
    *,
    view: Literal["detailed", "summarised"] = "detailed",
    minimum: int = 1,
    context: bool = False,
    caption: str = "",
) -> go.Figure:
    """Boxes for actors and a line for each statement that one of them gives another something.

    ``statements`` and ``places`` are the tables of ``whosays.measures.network``, or a reader’s own edges in
    the same columns; columns may be missing, and a row without two different actors has no line. Statements
    under the rung ``minimum`` are pale. The row of the role “summary” says whose pairs are looked at; pairs
    without a statement have a thin curve. “summarised” draws what that row says instead: a line for every
    pair. ``context`` adds ties from outside the text, apart. Raises ValueError for another view or rung.
    """
    if view not in ("detailed", "summarised"):
        raise ValueError(f"view {view!r}: there is 'detailed' and 'summarised'")
    standing(statements, minimum)  # raises
    table = _complete(statements)
    text = table[(table["role"] == "text") & (table["giver"] != table["receiver"])]
    text = text[(text["giver"] != "") & (text["receiver"] != "")]
    summary = next((row for row in records(table) if row["role"] == "summary"), None)
    stay = standing(text, minimum)
    drawing = Drawing([*table["giver"], *table["receiver"], *(n for ns in table["between"] for n in ns)])
    drawn = [text, table[table["role"] == "context"]] if context else [text]
    if view == "summarised":
        title, subtitle = _summarised(drawing, summary, minimum)
        drawn, said = drawn[1:], [f"{', '.join(summary['between'])}: each with each"] if summary else []
    else:
        group = list(dict.fromkeys(summary["between"])) if summary else []
        title, subtitle = _finding(text, group, minimum)
        said = _said(text, stay, group)
        _detailed(drawing, text, group, stay, places)
    if context:
        _outside(drawing, table[table["role"] == "context"])
    if drawn:
        _legend(drawing, pd.concat(drawn), minimum)
    figure = base_figure(plain(title), subtitle=plain(subtitle))
    _finish(figure, drawing)
    told = [RULE, *(_verdicts(text) if view == "detailed" else []), caption]
    shown = table if context else table[table["role"] != "context"]
    meta = {
        "alt": " ".join(["Network of ties.", f"{title}.", *(f"{one}." for one in said)]),
        "caption": "\n".join(filter(None, told)),
        "table": _twin(shown, minimum, context).to_dict("list"),
    }
    return figure.update_layout(meta=meta)


def _complete(statements: pd.DataFrame) -> pd.DataFrame:
    """The table with all its columns, and nothing where something is missing."""
    table = statements.reindex(columns=STATEMENTS).reset_index(drop=True)
    empty: dict[str, Any] = {"role": "text", "denied": False}
    for column in STATEMENTS:
        if column == "between":
            table[column] = [value if isinstance(value, tuple | list) else () for value in table[column]]
        elif column != "rung":
            table[column] = table[column].astype(object).where(table[column].notna(), empty.get(column, ""))
    return table.astype({"rung": "Int64", "denied": "bool"})


# Views ----------------------------------------------------------------------------------------------------


def _detailed(
    drawing: Drawing, text: pd.DataFrame, group: Sequence[str], stay: pd.DataFrame, places: pd.DataFrame
) -> None:
    """A block for the group, and one for each other cluster of actors."""
    at: Places = {p["actor"]: (p["x"], p["y"]) for p in records(places)}
    ties = [_tie(row, n not in stay.index) for n, row in zip(text.index, records(text), strict=True)]
    missing = _missing(text, group)
    for n, (names, block) in enumerate(_blocks(ties, group)):
        if n == 1 and group:
            drawing.heading("Also in the text")
        over = drawing.star(names, at, [*block, *missing] if not n else block)
        drawing.rows(tie for tie in over if tie.style != "hair")
        unsaid = [f"{tie.giver} – {tie.receiver}" for tie in over if tie.style == "hair"]
        if unsaid:
            drawing.tell(f"No statement: {', '.join(unsaid)}.")


def _missing(text: pd.DataFrame, group: Sequence[str]) -> list[Tie]:
    """The pairs of the group that no statement joins, as soon as there is a statement at all."""
    table = pairs(text, group if len(text) else [])
    none = table[table["statements"] == 0]
    return [Tie(one, other) for one, other in zip(none["one"], none["other"], strict=True)]


def _blocks(ties: Sequence[Tie], group: Sequence[str]) -> list[tuple[list[str], list[Tie]]]:
    """The ties within the group, then the others: those that share an actor together."""
    inside = [tie for tie in ties if tie.pair <= set(group)]
    clusters: list[tuple[list[str], list[Tie]]] = []
    for tie in ties:
        if tie not in inside:
            met = [cluster for cluster in clusters if tie.pair & set(cluster[0])]
            at = clusters.index(met[0]) if met else len(clusters)
            names = dict.fromkeys([*(name for found, _ in met for name in found), tie.giver, tie.receiver])
            whole = (list(names), [*(one for _, found in met for one in found), tie])
            clusters[at : at + 1] = [whole]
            clusters = [cluster for cluster in clusters if cluster not in met[1:]]
    return [*([(list(group), inside)] if group else []), *clusters]


def _tie(row: Row, pale: bool) -> Tie:
    denied = "denied at the time" if row["later"] else "denied"
    return Tie(
        row["giver"],
        row["receiver"],
        words=f"{row['sentence']} {row['what'] or row['kind']}".strip() or "a tie",
        below=denied if row["denied"] else "",
        rung="?" if pd.isna(row["rung"]) else str(row["rung"]),
        style=STYLES.get(row["kind"], "thin"),
        dashed=row["denied"],
        pale=pale,
        arrow=True,
        hover=_hover(row),
    )


def _hover(row: Row) -> str:
    who = " – ".join(row["between"][:2]) or f"{row['giver']} → {row['receiver']}"
    said = [row["said_by"] or "nobody named", row["sentence"]]
    said += [] if pd.isna(row["rung"]) else [f"rung {row['rung']}: {RUNGS[row['rung']].lower()}"]
    parts = [
        f"{who}: {row['what'] or row['kind']}.",
        f"Says so: {', '.join(filter(None, said))}.",
        row["denial"],
        f"Later: {row['later']}" if row["later"] else "",
        row["note"],
    ]
    return "<br>".join(line for part in parts for line in _folded(part))


def _folded(text: str) -> list[str]:
    return [plain(line) for line in re.findall(r".{1,64}(?:\s|$)", text)]


def _summarised(drawing: Drawing, summary: Row | None, minimum: int) -> tuple[str, str]:
    """Every pair of the group tied to each other, on a ring; returns title and subtitle."""
    group = list(dict.fromkeys(summary["between"])) if summary else []
    if summary is None or len(group) < 2:
        return "No summary: a word of the text for all of them would be drawn here", ""
    n, half = len(group), drawing.least / 2
    low = minimum > (1 if pd.isna(summary["rung"]) else summary["rung"])
    turn = math.pi / n - math.pi / 2  # a side, not a corner, on top
    ring = [(math.cos(turn + 2 * math.pi * k / n), math.sin(turn + 2 * math.pi * k / n)) for k in range(n)]
    high = max(118, 26 * n)
    at = [(0.5 + 0.5 * x, drawing.bottom + half + high * (1 + y)) for x, y in ring]
    for one, other in combinations(range(n), 2):
        tie = Tie(group[one], group[other], style="thin", pale=low, hover=plain(summary["what"]))
        ends = [[a + (b - a) * k / 12 for a, b in zip(at[one], at[other], strict=True)] for k in range(13)]
        drawing.stroke(tie, [(x, y) for x, y in ends])
    for name, (x, y) in zip(group, at, strict=True):
        drawing.box(name, x, y - half, y + half)
    drawing.bottom = max(y for _, y in at) + half + 14
    seem = f"{math.comb(n, 2)} pairs seem linked" if n > 2 else "1 pair seems linked"
    title = f"As summarised: {seem}" + (f". At rung {minimum}, none stands" if low else "")
    where = f"{summary['sentence']}: " if summary["sentence"] else ""
    return title, f"{where}{summary['what']}. No line tells what the tie is, or who reports it."


def _outside(drawing: Drawing, table: pd.DataFrame) -> None:
    """Ties from outside the text, a row each, with what is known about them."""
    drawing.heading("From outside the text: no rung, no part of the count")
    ties = []
    for row in records(table):
        both = len(row["between"]) > 1
        one, other = row["between"][:2] if both else (row["giver"], row["receiver"])
        if one and other and one != other:
            said = [
                day(row["date"]),
                f"Source: {row['source']}" if row["source"] else "",
                row["note"].rstrip("."),
            ]
            below = ". ".join(filter(None, said)) + "."
            style = STYLES.get(row["kind"], "thin")
            ties.append(Tie(one, other, row["what"], below, style=style, arrow=not both, hover=_hover(row)))
    drawing.rows(ties)
    if not ties:
        drawing.tell("Nothing in this pack.")


# Words ----------------------------------------------------------------------------------------------------


def _finding(text: pd.DataFrame, group: Sequence[str], minimum: int) -> tuple[str, str]:
    """Title and subtitle: how many pairs are described, what they look like, and what goes."""
    stay, at = standing(text, minimum), f"At rung {minimum}, " if minimum > 1 else ""
    if text.empty:
        return "No statement yet: each will be a line here", ""
    stand = f"{len(stay)} of {_many(len(text), 'statement')}"
    under = f"{stand} {'is' if len(stay) == 1 else 'are'} on rung {minimum} or higher, the others are pale."
    if len(group) < 2:
        most = degrees(stay).sum(axis="columns")
        hub = f" {shorten(most.index[0], 30)} is in {most.iloc[0]} of them." if len(most) > 2 else ""
        if at:
            return f"{at}{stand} {'stands' if len(stay) == 1 else 'stand'}", under + hub
        return f"{_many(len(text), 'statement')}, a line each", hub.strip()
    first, now = shape(text, group), shape(text, group, minimum)
    ends = _ends(now)
    found = _found(now, first.described, at)
    fallen = _numbers(text.drop(stay.index)) - _numbers(stay)
    same = bool(at) and now.described == first.described
    looks = "a full web" if now.web else ends
    if now.star:
        looks = f"{'still' if same else f'{ends}:'} a star, not a web"
    if same and len(fallen) == 1:
        looks = f"the number {fallen.pop()} does not"
    title = f"{found}. {looks[0].upper()}{looks[1:]}" if looks else found
    outside = len(text) - int(pairs(text, group)["statements"].sum())
    others = f", {outside} of them about others" if outside else ""
    lines = under if at else f"{_many(len(text), 'statement')}, a line each{others}."
    return title, f"{lines} Among the {len(group)} actors, {ends}." if same and ends else lines


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _found(now: Shape, first: int, at: str) -> str:
    """How many pairs are described, or keep a statement of the first ones."""
    number = now.described
    if at and number == first > 1:
        links = f"links to {shorten(now.hub, 24)}" if now.hub and now.inward else "described pairs"
        return f"{at}{'both' if number == 2 else f'all {number}'} {links} stand"
    few = f"{number} of" if number else f"{'none' if at else 'None'} of the"
    one, more = ("keeps a statement", "keep a statement") if at else ("is described", "are described")
    return f"{at}{few} {_many(now.possible, 'pair')} {more if number > 1 else one}"


def _ends(look: Shape) -> str:
    """What the described pairs have in common."""
    if look.hub is None:
        return ""
    every, hub = "both" if look.described == 2 else "all", shorten(look.hub, 24)
    return f"{every} end at {hub}" if look.inward else f"{hub} is in {every} of them"


def _numbers(text: pd.DataFrame) -> set[str]:
    return {number for what in text["what"] for number in re.findall(r"\d(?:[\d.,]*\d)?", what)}


def _verdicts(text: pd.DataFrame) -> list[str]:
    """Who denied what at the time, and what came later: each sentence once."""
    said = []
    for column, head in (("denial", "Denials at the time"), ("later", "Known later")):
        found = list(dict.fromkeys(filter(None, text[column])))
        whole = [one for one in found if not any(one != other and one in other for other in found)]
        said += [f"{head}: {' '.join(whole)}"] if whole else []
    return said


def _said(text: pd.DataFrame, stay: pd.DataFrame, group: Sequence[str]) -> list[str]:
    """The lines in words: the statements that stand, and the pairs without any."""
    ties = [
        f"{row['giver']} to {row['receiver']}: {row['what'] or row['kind']}"
        f" ({', '.join(filter(None, (row['sentence'], row['said_by'], 'denied' if row['denied'] else '')))})"
        for row in records(stay)
    ]
    ties = [*ties[:MOST], *([f"and {len(ties) - MOST} more"] if len(ties) > MOST else [])]
    none = [f"{tie.giver} and {tie.receiver}" for tie in _missing(text, group)]
    return ["; ".join(ties)] * bool(ties) + [f"No statement: {'; '.join(none)}"] * bool(none)


def _twin(table: pd.DataFrame, minimum: int, context: bool) -> pd.DataFrame:
    """The statements as they are drawn, with what became of each."""
    twin = table.drop(columns=["id", *([] if context else ["date", "source", "note"])])
    twin["between"] = twin["between"].map("; ".join)
    twin["denied"] = twin["denied"].map({True: "yes", False: ""})
    stands = pd.Series("no", table.index).mask(table.index.isin(standing(table, minimum).index), "yes")
    twin["stands"] = stands.mask(table["role"] == "context", "")
    twin["rung"] = twin["rung"].astype(object).where(twin["rung"].notna(), None)
    return twin


# Frame ----------------------------------------------------------------------------------------------------


def _legend(drawing: Drawing, table: pd.DataFrame, minimum: int) -> None:
    """What the lines mean, in two columns."""
    kinds: dict[str, list[str]] = {}
    for kind in dict.fromkeys(table["kind"]):
        kinds.setdefault(STYLES.get(kind, "thin"), []).append(kind or "a tie")
    keys = [
        ("another tie" if style == "thin" else ", ".join(names), strokes(style))
        for style, names in kinds.items()
    ]
    keys += [("dashed: one side denies it", strokes("plain", dashed=True))] if table["denied"].any() else []
    low = len(standing(table[table["role"] == "text"], minimum)) < (table["role"] == "text").sum()
    keys += [(f"pale: under rung {minimum}", strokes("plain", pale=True))] if low else []
    top = drawing.bottom + 12
    for n, (words, pens) in enumerate(keys):
        x, y = n % 2 / 2, top + KEY * (n // 2)
        start = -drawing.half if x == 0 else -drawing.half / 2
        at = {
            "xref": "paper",
            "xsizemode": "pixel",
            "xanchor": x,
            "x0": start,
            "x1": start + 46,
            "y0": y,
            "y1": y,
        }
        drawing.shapes += [{"type": "line", "line": pen, **at} for pen in pens]
        drawing.say(plain(shorten(words, 30)), x, y, start + 54, ink="ink")
    drawing.bottom = top + KEY * ((len(keys) + 1) // 2)


def _finish(figure: go.Figure, drawing: Drawing) -> None:
    """Put a drawing on a figure."""
    if drawing.spots:
        x, y, said = zip(*drawing.spots, strict=True)
        unseen = {"size": 14, "opacity": 0, "color": colour("tie")}
        figure.add_scatter(x=x, y=y, hovertext=said, hoverinfo="text", mode="markers", marker=unseen)
    side, top, high = drawing.half + EDGE, figure.layout.margin.t, math.ceil(drawing.bottom)
    axis = {"visible": False, "fixedrange": True}
    figure.update_layout(
        shapes=drawing.shapes,
        annotations=drawing.notes,
        xaxis={"range": [0, 1], **axis},
        yaxis={"range": [high, 0], **axis},
        margin={"l": side, "r": side, "t": top, "b": 4},
        height=top + high + 4,
    )
