"""Words on a map: each beside its place, on no other words and on no mark."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whosays.figures.globe import NARROW, Frame, Spot

LETTER, LINE = 8.3, 18  # pixels of a letter and of a line
GAP = 4  # pixels between a mark and its words, and between words
FAR = range(0, 150, 6)  # pixels from a mark to its words, nearest first
TURNS = (0, 180, 270, 90, *(t for k in (15, 30, 45, 60, 75) for t in (-k, k, 180 + k, 180 - k)))  # 270 is up
TOLD = 10  # pixels: words that stand further away get a line to their place

Box = tuple[float, float, float, float]
Line = tuple[Spot, Spot]


@dataclass(frozen=True, slots=True)
class Label:
    """Words for a spot in degrees; ``radius`` is that of its mark in pixels.

    ``within`` allows words on the spot itself; ``spaced`` words take so many pixels more a letter.
    """

    key: str
    lon: float
    lat: float
    text: str
    radius: float = 0
    within: bool = False
    spaced: float = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the words of a label stand: a spot in degrees and the side of it, as plotly names it.

    ``line`` leads from the place to that spot, or is empty.
    """

    label: Label
    lon: float
    lat: float
    side: str
    line: tuple[Spot, ...] = ()


def place_labels(labels: Sequence[Label], frame: Frame) -> list[Placed]:
    """A place for each label, the first ones first; a label that finds none is left out.

    Counted on a narrow page. On a wider one spots move apart and words keep their size, so nothing meets that
    did not meet there. A line to a place keeps clear of other places, if it can.
    """
    spots = {one.key: frame.place(one.lon, one.lat) for one in labels}
    # Words on the spot of another place would leave no way for a line to it; a region has no spot.
    marks = {one.key: _around(spots[one.key], max(one.radius, 2)) for one in labels if not one.spaced}
    taken: list[Box] = []
    lines: list[Line] = []
    placed = []
    for label in labels:
        start = spots[label.key]
        others = [box for key, box in marks.items() if key != label.key]
        for clear, (spot, side, box) in itertools.product((True, False), _choices(label, start)):
            line = (start, spot) if math.dist(start, spot) > label.radius + TOLD else None
            found = frame.find(*spot)
            if not found or not _in_frame(box, frame) or any(_meet(box, b) for b in (*taken, *others)):
                continue
            if any(_crosses(*old, box) for old in lines):
                continue
            in_the_way = [b for b in others if clear and not _holds(b, start)]
            if line and (
                any(_crosses(*line, b) for b in (*taken, *in_the_way))
                or any(_cut(line, old) for old in lines)
            ):
                continue
            taken.append(box)
            lines += [line] if line else []
            placed.append(Placed(label, *found, side, _leader(line, frame) if line else ()))
            break
    return placed


def _choices(label: Label, at: Spot) -> Iterator[tuple[Spot, str, Box]]:
    """Spots for the words, nearest first: their anchor, on which side of it they stand, and their box."""
    wide, high = (LETTER + label.spaced) * len(label.text), LINE + (2 if label.spaced else 0)
    x, y = at
    if label.within:
        yield at, "middle center", (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    for far in FAR:
        for turn in TURNS:
            away = label.radius + GAP + far
            cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
            u, v = x + away * cos, y + away * sin
            if cos > 0.3:
                yield (u, v), "middle right", (u, v - high / 2, u + wide, v + high / 2)
            elif cos < -0.3:
                yield (u, v), "middle left", (u - wide, v - high / 2, u, v + high / 2)
            elif sin < 0:
                yield (u, v), "top center", (u - wide / 2, v - high, u + wide / 2, v)
            else:
                yield (u, v), "bottom center", (u - wide / 2, v, u + wide / 2, v + high)


def _leader(line: Line, frame: Frame) -> tuple[Spot, ...]:
    """Some spots of a straight line in degrees, so that it stays straight on the page."""
    (x, y), (u, v) = line
    found = [frame.find(x + (u - x) * k / 4, y + (v - y) * k / 4) for k in range(5)]
    return tuple(spot for spot in found if spot)


def _around(spot: Spot, radius: float) -> Box:
    return spot[0] - radius, spot[1] - radius, spot[0] + radius, spot[1] + radius


def _in_frame(box: Box, frame: Frame) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= NARROW and box[3] <= frame.height


def _meet(one: Box, other: Box) -> bool:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    return wide > -GAP and min(one[3], other[3]) - max(one[1], other[1]) > 0


def _holds(box: Box, spot: Spot) -> bool:
    return box[0] <= spot[0] <= box[2] and box[1] <= spot[1] <= box[3]


def _crosses(start: Spot, end: Spot, box: Box) -> bool:
    """Whether a line comes into a box: one of its ends is in it, or it cuts a diagonal."""
    left, top, right, bottom = box
    diagonals = (((left, top), (right, bottom)), ((left, bottom), (right, top)))
    return _holds(box, start) or _holds(box, end) or any(_cut((start, end), d) for d in diagonals)


def _cut(one: Line, other: Line) -> bool:
    (a, b), (c, d) = one, other
    return _turn(a, b, c) != _turn(a, b, d) and _turn(c, d, a) != _turn(c, d, b)


def _turn(a: Spot, b: Spot, c: Spot) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])
