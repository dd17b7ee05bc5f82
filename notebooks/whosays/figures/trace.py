"""The trace tree: from what was said to the reports that carry it, and to this text."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from whosays.figures.look import base_figure, colour, plain, shorten, write
from whosays.measures.wording import THIS_TEXT, compare, word_for_word, words_alike
from whosays.text import day

Row = dict[str, Any]
Node = dict[str, Any]

HIGH, LINE = 34, 19  # pixels of a row with one line, and of each line more
STEP = 26  # pixels from a branch to the next
LEFT = 14  # pixels from the edge to the trunk
DOT = 7  # radius of a mark
CHARS = 62  # of a line of words: it fits a narrow page
NOT_PROVEN = "who copied whom is not proven"
DASHED = "4px,3px"
KEY = "Filled: full text. Half filled: excerpt read. Dashed ring: not verified here."
LINES = (  # what the lines mean
    "A dashed line: order or copying not proven, or wording not verified here. "
    "A solid line: read here; it gives the words to the speaker, or carries that report. {}"
)
DIRECT = ("none", "from French")  # of translations: not on the way through a third language
KINDS = {
    "official text": "official text",
    "machine transcript": "machine transcript",
    "propagation example": "shows how a wording spread",
}  # of versions, where the name does not say it
MARKS = {"full": "full text", "part": "excerpt read", "none": "not verified here"}


def trace_tree(versions: pd.DataFrame, *, caption: str = "", topic: str | None = None) -> go.Figure:
    """One statement on its road: who gave its words, who carried them, and this text.

    ``versions`` is the table of a pack. Without ``topic`` it shows the one with most versions. A line is
    solid where a report was read that gives the words to the speaker itself, or a copy that carries it, and
    dashed everywhere else: who copied whom stays open. Raises ValueError for an unknown topic.
    """
    rows = [] if versions.empty else _rows(versions)
    topics = [row["topic"] for row in rows]
    if topic is not None and topic not in topics:
        raise ValueError(f"no topic {topic!r}; there are: {', '.join(dict.fromkeys(topics)) or 'none'}")
    chosen = topic if topic is not None or not rows else max(dict.fromkeys(topics), key=topics.count)
    mine = [row for row in rows if row["topic"] == chosen]
    own = next((row for row in mine if row["kind"] == THIS_TEXT), None)
    nodes = _nodes(mine, own)
    title = _title(mine, own)
    figure = base_figure(plain(title), subtitle=KEY if nodes else "")
    bottom = _draw(figure, nodes)
    axis = {"visible": False, "fixedrange": True}
    figure.add_scatter(x=[None], y=[None], hoverinfo="skip")  # axes need a trace
    figure.update_layout(xaxis={"range": [0, 1], **axis}, yaxis={"range": [bottom, 0], **axis})
    margin = {"l": 0, "r": 8, "t": figure.layout.margin.t, "b": 12}
    columns = ["level", "from", "line", "who", "kind", "date", "how_seen", "words"]
    twin = pd.DataFrame([{c: node[c] for c in columns} for node in nodes], columns=columns)
    said = LINES.format(caption).strip()
    meta = {"alt": _alt(nodes, title), "caption": said, "table": twin.to_dict("list")}
    return figure.update_layout(meta=meta, margin=margin, height=margin["t"] + bottom + margin["b"])


def _rows(versions: pd.DataFrame) -> list[Row]:
    rows: list[Row] = []
    for row in versions.to_dict("records"):
        rows.append({str(k): None if not isinstance(v, bool) and pd.isna(v) else v for k, v in row.items()})
    return rows


def _seen(row: Row) -> str:
    if row["kind"] == THIS_TEXT:
        return "full"
    return "part" if row["seen"] and row["wording"] else "none"


# The tree -------------------------------------------------------------------------------------------------


def _nodes(rows: list[Row], own: Row | None) -> list[Node]:
    """The tree from the top, a node a row of the figure; ``parent`` is the number of the one it hangs on."""
    if not rows:
        return []
    others = [row for row in rows if row is not own]
    speakers = dict.fromkeys(row["attributed_to"] for row in others)
    said = f"What {next(iter(speakers))} said" if len(speakers) == 1 else "The statement"
    said += f" ({rows[0]['sentence_id']}, “{rows[0]['topic']}”)" if rows else ""
    nodes = [_node(None, 0, said, "said", "", dashed=False)]
    nodes[0]["how_seen"] = "" if len(speakers) == 1 else "the versions name different speakers"
    for head in dict.fromkeys(row["credits"] or row["outlet"] for row in others):
        theirs = [row for row in others if row["outlet"] == head and not row["credits"]]
        at = len(nodes)
        if len(theirs) == 1:
            nodes.append(_leaf(0, 1, _who(theirs[0]), theirs[0], own))
        elif theirs:
            direct = any(map(_direct, theirs))
            nodes.append(_node(0, 1, head, "part" if direct else "none", "", dashed=not direct))
            nodes[at]["how_seen"] = f"{len(theirs)} copies"
            nodes += [_leaf(at, 2, f"Copy in {row['carrier'] or row['outlet']}", row, own) for row in theirs]
        else:
            nodes.append(_node(0, 1, head, "none", "", dashed=True))
            nodes[at]["how_seen"] = "named as a source, not verified here"
        naming = [row for row in others if row["credits"] == head]
        nodes += [_leaf(at, 2, f"{_who(row)}, names {head}", row, own) for row in naming]
    if own is not None:
        nodes.append(_leaf(0, 1, own["outlet"], own, own))
    for node in nodes[1:]:
        node["from"] = nodes[node["parent"]]["who"]
    return nodes


def _direct(row: Row) -> bool:
    """Whether it was read, names no other outlet, and has not come through a third language."""
    return _seen(row) == "part" and not row["credits"] and row["translation"] in DIRECT


def _who(row: Row) -> str:
    return (
        f"{row['outlet']}, seen in {row['carrier']}" if row["carrier"] and row["seen"] else str(row["outlet"])
    )


def _leaf(parent: int, level: int, who: str, row: Row, own: Row | None) -> Node:
    """A version as a node."""
    date = "" if row is own else day(row["date"] or "") or "no date shown"
    node = _node(parent, level, who, _seen(row), date, dashed=not _direct(row))
    return node | {"words": _words(row, own), "kind": KINDS.get(row["kind"], "")}


def _node(parent: int | None, level: int, who: str, mark: str, date: str, *, dashed: bool) -> Node:
    line = "" if parent is None else "dashed" if dashed else "solid"
    seen = {"mark": mark, "how_seen": MARKS.get(mark, "")}
    return {
        "parent": parent,
        "level": level,
        "who": who,
        "kind": "",
        "date": date,
        "line": line,
        "words": "",
        "from": "",
    } | seen


def _words(row: Row, own: Row | None) -> str:
    """How near its words are to those of this text."""
    if own is None or _seen(row) == "none" or row is own:
        return ""
    if row["language"] != own["language"]:
        return f"in {row['language']}"
    pieces = compare(row["wording"], own["wording"])
    if word_for_word(pieces):
        return "a part, word for word" if any(p.kind == "beyond" for p in pieces) else "the same words"
    same, of = words_alike(pieces)
    return f"{same} of {of} words the same" if same < of else f"its {of} words, and more here"


# Words ----------------------------------------------------------------------------------------------------


def _title(rows: list[Row], own: Row | None) -> str:
    if not rows:
        return "No versions: there is nothing to trace"
    read = [row for row in rows if row is not own and _seen(row) == "part"]
    if own is None or not read:
        return f"{len(read)} of {len(rows)} versions were read; {NOT_PROVEN}"
    near = [_words(row, own) for row in read]
    same, part = near.count("the same words"), near.count("a part, word for word")
    part_too = " or a part of them" if part else ""
    have = "have" if same + part > 1 else "has"
    many = f"{same + part or 'none'} {have} these very words{part_too}"
    return f"Of {len(read)} versions read, {many}; {NOT_PROVEN}" if len(read) > 1 else _one(same + part)


def _one(same: int) -> str:
    return f"The one version read has {'these very' if same else 'other'} words; {NOT_PROVEN}"


def _alt(nodes: list[Node], title: str) -> str:
    if not nodes:
        return f"Tree. {title}."
    lines = [
        f"{'Dashed' if n['line'] == 'dashed' else 'Solid'} line from {n['from']} to {_line(n)}."
        for n in nodes[1:]
    ]
    return " ".join(["Tree of versions.", f"{title}.", f"At the top: {nodes[0]['who']}.", *lines])


def _line(node: Node) -> str:
    about = ", ".join(filter(None, (node["kind"], node["date"], node["how_seen"], node["words"])))
    return f"{node['who']} ({about})" if about else str(node["who"])


# Drawing --------------------------------------------------------------------------------------------------


def _draw(figure: go.Figure, nodes: list[Node]) -> int:
    """Draw a node a row, from the top; returns where the last one ends, in pixels."""
    y, middles = 6, []
    for node in nodes:
        wide = CHARS - 2 * node["level"]
        about = " · ".join(filter(None, (node["kind"], node["date"], node["how_seen"], node["words"])))
        names = textwrap.wrap(shorten(node["who"], 2 * wide - 8), wide)
        lines = [f"<b>{plain(line)}</b>" for line in names] + list(map(plain, textwrap.wrap(about, wide)))
        middles.append(y + LINE / 2)
        x = _x(node["level"])
        write(
            figure,
            "<br>".join(lines),
            ink="ink",
            **{"xref": "paper", "x": 0, "xshift": x + DOT + 7, "xanchor": "left", "align": "left"},
            **{"y": y - 3, "yanchor": "top"},
        )
        y += HIGH + LINE * (len(lines) - 1) - 4
    _branches(figure, nodes, middles)
    for node, middle in zip(nodes, middles, strict=True):
        _mark(figure, node["mark"], _x(node["level"]), middle)
    return y + 6


def _x(level: int) -> int:
    return LEFT + STEP * level


def _branches(figure: go.Figure, nodes: list[Node], middles: list[float]) -> None:
    """Lines down from each node and across to those below; the trunk is dashed if any of its branches is."""
    for n, node in enumerate(nodes):
        below = [(k, child["line"] == "dashed") for k, child in enumerate(nodes) if child["parent"] == n]
        if not below:
            continue
        left, right = _x(node["level"]), _x(node["level"] + 1) - DOT
        trunk = any(dashed for _, dashed in below)
        _rule(figure, trunk, (left, left), (middles[n] + DOT, middles[below[-1][0]]))
        for k, dashed in below:
            _rule(figure, dashed, (left, right), (middles[k], middles[k]))


def _rule(figure: go.Figure, dashed: bool, x: tuple[int, int], y: tuple[float, float]) -> None:
    line = {"color": colour("axis"), "width": 1.5, **({"dash": DASHED} if dashed else {})}
    at = {"xref": "paper", "xsizemode": "pixel", "xanchor": 0, "x0": x[0], "x1": x[1]}
    figure.add_shape(type="line", layer="below", **at, y0=y[0], y1=y[1], line=line)


def _mark(figure: go.Figure, mark: str, x: int, y: float) -> None:
    """A ring; filled, half filled or dashed by how a wording was seen; a square for what was said."""
    at = {"xref": "paper", "xsizemode": "pixel", "xanchor": 0, "y0": y - DOT, "y1": y + DOT}
    fill = colour("ink" if mark == "full" else "open")
    edge = {"color": colour("ink"), "width": 1.5, **({"dash": "3px,2px"} if mark == "none" else {})}
    kind = "rect" if mark == "said" else "circle"
    figure.add_shape(type=kind, **at, x0=x - DOT, x1=x + DOT, fillcolor=fill, line=edge)
    if mark == "part":
        half = {"xref": "paper", "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": 0, "yanchor": y}
        r, c = DOT, DOT * 1.33  # one curve comes near half a circle
        path = f"M{x},{r} C{x - c},{r} {x - c},{-r} {x},{-r} Z"
        figure.add_shape(type="path", path=path, **half, fillcolor=colour("ink"), line={"width": 0})
