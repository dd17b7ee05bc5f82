"""A drawing of ties: a box for each actor, a line with words for each tie, and nothing covers anything.

Across, a place is a share of the way from the first column of boxes to the last; down, it is a pixel.
Boxes and words keep their size on every page. Lines run in lanes between boxes side by side, down to one box
below the one in the middle, or in curves around it. A tie that fits none of these stands in a row of its own.
"""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whosays.figures.look import colour, plain

NARROWEST = 590  # pixels of the narrowest page: words find room there
EDGE = 6  # pixels between a box and the edge of the page
LINE = 18  # pixels of a line of words
CHIP = 24  # pixels of a rung before the words
AIR = 9  # pixels between a line and its words
APART = 16  # pixels between boxes, and between a line and the next words
BOLD = 1.12  # how much wider bold words are
WIDE = (
    dict.fromkeys("mwMW—%@&", 13.0) | dict.fromkeys("iljI.,:;'’‘|! ", 4.7) | dict.fromkeys("ftr()-“”/", 6.6)
)
NO_STATEMENT = "no statement"

Point = tuple[float, float]
Places = Mapping[str, Point]
Shape = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tie:
    """A line to draw: its words above and below, the rung before them, and what the mouse finds."""

    giver: str
    receiver: str
    words: str = NO_STATEMENT
    below: str = ""
    rung: str = ""
    style: str = "hair"
    dashed: bool = False
    pale: bool = False
    arrow: bool = False
    hover: str = ""

    @property
    def pair(self) -> frozenset[str]:
        return frozenset((self.giver, self.receiver))


def wide(text: str) -> float:
    """Pixels of a text of 14 pixels in a wide font."""
    return sum(WIDE.get(c, 9.7 if c.isupper() or ord(c) > 0x24F else 8.8) for c in text)


def wrap(text: str, room: float, most: int = 3) -> list[str]:
    """Text in lines of at most ``room`` pixels; a longer word is cut in two. Too many are cut off."""
    lines: list[str] = []
    for word in text.split():
        if lines and wide(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines += textwrap.wrap(word, max(1, int(room / 10))) if wide(word) > room else [word]
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][: int(room / 13)]} …"]


def strokes(style: str, dashed: bool = False, pale: bool = False) -> list[Shape]:
    """The pens that draw a line of a style, one over the other, as plotly takes them."""
    ink, dash = ("pale tie" if pale else "tie"), ("10px,6px" if dashed else "solid")
    pens: dict[str, list[tuple[float, str, str]]] = {
        "hair": [(1, "solid", "pale tie")],
        "thin": [(1.5, dash, ink)],
        "plain": [(2.5, dash, ink)],
        "double": [(6, dash, ink), (2.6, "solid", "open")],
        "ticked": [(2.5, dash, ink), (10, "2px,14px", ink)],
        "dotted": [(4, "4px,5px,10px,5px" if dashed else "4px,5px", ink)],
        "beaded": [(2.5, dash, ink), (7, "0px,20px,7px,7px", ink)],
    }
    return [{"width": width, "dash": dash, "color": colour(role)} for width, dash, role in pens[style]]


class Drawing:
    """Boxes and ties, drawn from the top down; ``bottom`` is where the next thing can begin."""

    def __init__(self, names: Iterable[str]) -> None:
        self.shapes: list[Shape] = []
        self.notes: list[Shape] = []
        self.spots: list[tuple[float, float, str]] = []  # where the mouse finds words
        self.bottom = 2.0  # the edge of a box on top is drawn whole
        names = set(names)
        longest = max([0, *(BOLD * wide(word) for name in names for word in name.split())])
        self.half = min(96, max(74, longest + 12)) / 2
        self.least = max([44, *(LINE * len(self.named(name)) + 12 for name in names)])  # a box, from top down
        self.room = (NARROWEST - 2 * EDGE - 6 * self.half) / 2 - 8  # for words between two columns

    # Pieces -------------------------------------------------------------------------------------------

    def say(
        self, text: str, x: float, y: float, shift: float = 0, *, ink: str = "ink 2", **more: Any
    ) -> None:
        font = {"size": 14, "color": colour(ink)}
        at = {
            "xref": "paper",
            "yref": "y",
            "x": x,
            "y": y,
            "xshift": shift,
            "showarrow": False,
            "borderpad": 0,
        }
        self.notes.append({"xanchor": "left", "align": "left", "text": text, "font": font, **at, **more})

    def named(self, name: str) -> list[str]:
        """The lines of a name in its box."""
        return wrap(name, (2 * self.half - 8) / BOLD)

    def box(self, name: str, x: float, top: float, bottom: float) -> None:
        """A box with rounded corners and a name."""
        w, h, r = self.half, (bottom - top) / 2, 8
        curve = f"M{r - w},{-h} H{w - r} Q{w},{-h} {w},{r - h} V{h - r} Q{w},{h} {w - r},{h} H{r - w}"
        curve += f" Q{-w},{h} {-w},{h - r} V{r - h} Q{-w},{-h} {r - w},{-h} Z"
        at = {"xref": "paper", "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": x, "yanchor": top + h}
        pen = {"color": colour("box edge"), "width": 1}
        self.shapes.append({"type": "path", "path": curve, "fillcolor": colour("box"), "line": pen, **at})
        named = "<br>".join(f"<b>{plain(line)}</b>" for line in self.named(name))
        self.say(named, x, top + h, ink="ink", xanchor="center", align="center")

    def stroke(self, tie: Tie, points: Sequence[Point], path: str = "") -> None:
        """A line along a path, by default straight from the first point to the last."""
        (x0, y0), (x1, y1) = points[0], points[-1]
        path = path or f"M{x0},{y0} L{x1},{y1}"
        pens = strokes(tie.style, tie.dashed, tie.pale)
        self.shapes += [{"type": "path", "path": path, "xref": "paper", "line": pen} for pen in pens]
        if tie.hover:
            self.spots += [(x, y, tie.hover) for x, y in points]

    def tip(self, tie: Tie, x: float, y: float, shift: float = 0, *, dx: float = 0, dy: float = 0) -> None:
        """The head of an arrow that comes from ``dx`` or ``dy``."""
        if tie.arrow:
            pen = {"arrowcolor": colour("pale tie" if tie.pale else "tie"), "arrowwidth": 2.5, "arrowhead": 2}
            at = {"xref": "paper", "yref": "y", "x": x, "y": y, "xshift": shift, "ax": dx, "ay": dy}
            self.notes.append({"text": "", "showarrow": True, "arrowsize": 1.1, **pen, **at})

    def lines(self, tie: Tie, room: float) -> tuple[list[str], list[str]]:
        """The words above a line and those below it."""
        room -= CHIP if tie.rung else 0
        return wrap(tie.words, room), wrap(tie.below, room, most=5)

    def label(self, tie: Tie, x: float, shift: float, y: float, room: float, air: float = AIR) -> None:
        """The words of a tie, above and below ``y``; those of a missing one stand on the line."""
        ink = "ink 2" if tie.pale or tie.style == "hair" else "ink"
        if tie.style == "hair":
            return self.say(tie.words, x, y, shift, bgcolor=colour("open"), borderpad=3, xanchor="center")
        above, below = (["<br>".join(map(plain, lines))] if lines else [] for lines in self.lines(tie, room))
        mask = {} if air else {"bgcolor": colour("open")}
        if tie.rung:
            n = int(tie.rung) if tie.rung.isdecimal() and not tie.pale else 0
            back, edge, on = (f"rung {n}", f"edge {n}", f"on {n}") if n else ("open", "axis", "ink 2")
            chip = {"bgcolor": colour(back), "bordercolor": colour(edge), "borderwidth": 1, "width": 16}
            top = y - air - LINE * (above[0].count("<br>") + 0.5)
            self.say(f"<b>{tie.rung}</b>", x, top, shift, ink=on, **chip, height=16, align="center")
            shift += CHIP
        for text in above:
            self.say(text, x, y - air, shift, ink=ink, yanchor="bottom", **mask)
        for text in below:
            self.say(text, x, y + air, shift, yanchor="top", **mask)

    def height(self, tie: Tie, room: float) -> tuple[float, float]:
        """Pixels that a lane needs above and below its line."""
        if tie.style == "hair":
            return 14, 14
        above, below = self.lines(tie, room)
        return AIR + LINE * len(above), APART + LINE * len(below)

    def need(self, ties: Sequence[Tie], room: float) -> float:
        return sum(sum(self.height(tie, room)) for tie in ties)

    def lanes(self, ties: Sequence[Tie], top: float, bottom: float, room: float) -> list[float]:
        """Where the lines of lanes stand between two heights, evenly."""
        spare, found = (bottom - top - self.need(ties, room)) / max(1, len(ties)), []
        for tie in ties:
            up, down = self.height(tie, room)
            found.append(top + spare / 2 + up)
            top += spare + up + down
        return found

    def lane(self, tie: Tie, left: float, right: float, y: float, room: float, forward: bool) -> None:
        """A straight line between two columns; ``forward`` points to the right."""
        self.stroke(tie, [(left + (right - left) * k / 16, y) for k in range(17)])
        side = -1 if forward else 1
        self.tip(tie, right if forward else left, y, side * (self.half + 2), dx=16 * side)
        if tie.style == "hair":
            self.label(tie, (left + right) / 2, 0, y, room)
        else:
            self.label(tie, left, self.half + (6 if forward else 12), y, room)

    # Shapes -------------------------------------------------------------------------------------------

    def heading(self, text: str) -> None:
        """A hairline and words below it, before the next shape."""
        pen = {"color": colour("line"), "width": 1}
        y = self.bottom + APART
        self.shapes.append(
            {"type": "line", "xref": "paper", "x0": -0.08, "x1": 1.08, "y0": y, "y1": y, "line": pen}
        )
        self.say(text, 0, y + 8, -self.half, yanchor="top")
        self.bottom = y + 36

    def tell(self, text: str) -> None:
        """A few lines of words across the page."""
        lines = wrap(text, NARROWEST - 2 * EDGE, most=6)
        self.say("<br>".join(map(plain, lines)), 0, self.bottom, -self.half, yanchor="top")
        self.bottom += LINE * len(lines) + APART

    def rows(self, ties: Iterable[Tie]) -> None:
        """A row a pair: a box at either end and the lines between them."""
        groups = defaultdict(list)
        for tie in ties:
            groups[tie.pair].append(tie)
        room = NARROWEST - 2 * EDGE - 4 * self.half - 16
        for group in groups.values():
            one, other = group[0].giver, group[0].receiver
            bottom = self.bottom + max(self.least, self.need(group, room))
            for tie, y in zip(group, self.lanes(group, self.bottom, bottom, room), strict=True):
                self.lane(tie, 0, 1, y, room, tie.receiver == other)
            self.box(one, 0, self.bottom, bottom)
            self.box(other, 1, self.bottom, bottom)
            self.bottom = bottom + APART

    def star(self, names: Sequence[str], places: Places, ties: Sequence[Tie]) -> list[Tie]:
        """One actor in the middle, the others beside and below; returns the ties that have no line here."""
        centre, left, right, below = _seats(names, places, ties)
        groups: dict[frozenset[str], list[Tie]] = defaultdict(list)
        for tie in ties:
            groups[tie.pair].append(tie)

        def take(one: list[str], other: list[str]) -> list[Tie]:
            """The ties of two that stand at the ends of these lists."""
            return groups.pop(frozenset((one[-1], other[-1])), []) if one and other else []

        sides = [
            (0.0, left, [take([s], [centre]) for s in left]),
            (1.0, right, [take([s], [centre]) for s in right]),
        ]
        arcs, down = take(left[:1], right[:1]), take([centre], below)
        corners = [(0.0, take(left, below)), (1.0, take(right, below))]
        top = self._arcs(arcs, left)
        bottom = top + max(self.least, *(self._stack(lanes) for _, _, lanes in sides))
        boxes = [(centre, 0.5, top, bottom)]
        for x, stack, lanes in sides:
            boxes += self._side(x, stack, lanes, top, bottom, centre)
        if below:
            start = bottom + max(36, sum(map(self._tall, down)) + 2 * APART)
            end = start + max(self.least, *(self.need(elbows, self.room) for _, elbows in corners))
            self._down(down, bottom, start, centre)
            for x, elbows in corners:
                self._elbows(elbows, x, bottom, (start, end), below[0])
            boxes.append((below[0], 0.5, start, end))
            bottom = end
        for name, x, high, low in boxes:
            self.box(name, x, high, low)
        self.bottom = bottom + APART
        return [tie for group in groups.values() for tie in group]

    def _stack(self, lanes: Sequence[Sequence[Tie]]) -> float:
        return sum(max(self.least, self.need(ties, self.room)) + APART for ties in lanes) - APART

    def _side(
        self,
        x: float,
        stack: Sequence[str],
        lanes: Sequence[Sequence[Tie]],
        top: float,
        bottom: float,
        centre: str,
    ) -> list[tuple[str, float, float, float]]:
        """The lanes of a stack of boxes to the middle; returns the boxes, which fill the height."""
        spare, boxes = (bottom - top - self._stack(lanes)) / max(1, len(lanes)), []
        for name, ties in zip(stack, lanes, strict=True):
            low = top + max(self.least, self.need(ties, self.room)) + spare
            for tie, y in zip(ties, self.lanes(ties, top, low, self.room), strict=True):
                self.lane(tie, x / 2, x / 2 + 0.5, y, self.room, (tie.receiver == centre) == (x == 0))
            boxes.append((name, x, top, low))
            top = low + APART
        return boxes

    def _arcs(self, ties: Sequence[Tie], left: Sequence[str]) -> float:
        """Curves over the middle, one above the other; returns where the boxes begin."""
        top = self.bottom + self.need(ties, self.room)
        for n, (tie, y) in enumerate(zip(ties, self.lanes(ties, self.bottom, top, self.room), strict=True)):
            x = 0.02 * (n / len(ties))
            peak = (y - top / 4) * 4 / 3
            points = [_curve((x, top), (x, peak), (1 - x, peak), (1 - x, top), k / 24) for k in range(25)]
            self.stroke(tie, points, f"M{x},{top} C{x},{peak} {1 - x},{peak} {1 - x},{top}")
            self.tip(tie, x if tie.receiver == left[0] else 1 - x, top - 2, dy=-16)
            self.label(tie, 0.5, self._middle(tie), y, self.room)
        return top

    def _middle(self, tie: Tie) -> float:
        """How far to the left words begin that stand in the middle."""
        return 0 if tie.style == "hair" else -self._across(tie) / 2

    def _across(self, tie: Tie) -> float:
        above, below = self.lines(tie, self.room)
        return max(map(wide, above + below)) + (CHIP if tie.rung else 0)

    def _tall(self, tie: Tie) -> float:
        above, below = self.lines(tie, self.room)
        return 28 if tie.style == "hair" else LINE * (len(above) + len(below)) + 8

    def _down(self, ties: Sequence[Tie], top: float, bottom: float, centre: str) -> None:
        """Upright lines from the middle down; the words of each stand to its right."""
        y = top + (bottom - top - sum(map(self._tall, ties))) / 2
        step = min(16, (2 * self.half - 24) / max(1, len(ties)))
        for n, tie in enumerate(ties):
            x = step * ((len(ties) - 1) / 2 - n)
            at = {
                "xref": "paper",
                "xsizemode": "pixel",
                "xanchor": 0.5,
                "x0": x,
                "x1": x,
                "y0": top,
                "y1": bottom,
            }
            self.shapes += [
                {"type": "line", "line": pen, **at} for pen in strokes(tie.style, tie.dashed, tie.pale)
            ]
            self.spots += [(0.5, y + self._tall(tie) * k / 4, tie.hover) for k in range(5) if tie.hover]
            up = tie.receiver == centre
            self.tip(tie, 0.5, top + 2 if up else bottom - 2, x, dy=16 if up else -16)
            if tie.style == "hair":
                self.label(tie, 0.5, x, y + 14, self.room)
            else:
                self.label(
                    tie, 0.5, x + 12, y + 4 + LINE * len(self.lines(tie, self.room)[0]), self.room, air=0
                )
            y += self._tall(tie)

    def _elbows(self, ties: Sequence[Tie], x: float, top: float, box: Point, below: str) -> None:
        """Lines from the foot of a box at the side, around a corner, to the box below the middle."""
        turn = 0.08 if x == 0 else -0.08
        for n, (tie, y) in enumerate(zip(ties, self.lanes(ties, *box, self.room), strict=True)):
            start = x + turn / 2 * (0.5 - (n + 0.5) / len(ties))
            path = f"M{start},{top} L{start},{y - 30} Q{start},{y} {x + turn},{y} L0.5,{y}"
            points = [(x + turn + (0.5 - x - turn) * k / 12, y) for k in range(13)]
            self.stroke(tie, points, path)
            side = 1 if x else -1
            if tie.receiver == below:
                self.tip(tie, 0.5, y, side * (self.half + 2), dx=16 * side)
            else:
                self.tip(tie, start, top + 2, dy=16)
            if tie.style == "hair":
                self.label(tie, 0.5, side * (self.half + self.room / 2), y, self.room)
            else:
                self.label(tie, 0.5, self.half + 8 if x else -self.half - 8 - self._across(tie), y, self.room)


def _curve(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    """A point of a Bézier curve."""
    parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (sum(w * p[i] for w, p in zip(parts, (a, b, c, d), strict=True)) for i in (0, 1))
    return x, y


def _seats(
    names: Sequence[str], places: Places, ties: Sequence[Tie]
) -> tuple[str, list[str], list[str], list[str]]:
    """Who stands in the middle, to the left, to the right and (one at most) below, by place.

    The highest of those in the middle is the centre; without any, the one with most ties. Who has no place,
    or finds it taken, goes to the side with fewer.
    """
    high = sorted(names, key=lambda name: -places.get(name, (0, 0))[1])
    middle = [name for name in high if name in places and 1 / 3 < places[name][0] < 2 / 3]
    number = Counter(name for tie in ties if tie.style != "hair" for name in tie.pair)
    centre = middle[0] if middle else max(high, key=number.__getitem__)
    below = middle[1:2]
    left = [name for name in high if name in places and places[name][0] <= 1 / 3 and name != centre]
    right = [name for name in high if name in places and places[name][0] >= 2 / 3 and name != centre]
    for name in high:
        if name not in (centre, *left, *right, *below):
            min(left, right, key=len).append(name)
    return centre, left, right, below
