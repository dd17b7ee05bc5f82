"""Where a place lies on the page: the projection of our maps, soft areas, and what a small window shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from whosays.pack.shapes import rings as rings_of

PROJECTION = "natural earth"
CENTRE = 11  # degrees east: no country splits there
NARROW = 570  # pixels of the map on a narrow page: what has room there has room anywhere
X = (0.8707, -0.131979, -0.013791, 0.0, 0.0, 0.003971, -0.001529)  # by even powers of the latitude
Y = (1.007226, 0.015085, 0.0, -0.044475, 0.028874, -0.005916)
POINTS = 32  # of an ellipse

Shape = dict[str, Any]
Spot = tuple[float, float]
Window = tuple[float, float, float, float]  # west, east, south, north


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the globe that a map shows, in degrees at the widest parallel.

    ``place`` and ``find`` count pixels on a narrow page. The projection is Šavrič’s and Patterson’s Natural
    Earth, with the polynomials that d3 uses.
    """

    west: float = CENTRE - 165  # the open sea beyond has no place with a name in it
    east: float = CENTRE + 165
    south: float = -56
    north: float = 83

    @property
    def height(self) -> float:
        return self.place(CENTRE, self.south)[1]

    @property
    def _edges(self) -> tuple[float, float, float]:
        """Left and right at the widest parallel, and the top, on a globe of radius 1."""
        widest = min(max(0.0, self.south), self.north)
        left, right = (_project(lon, widest)[0] for lon in (self.west, self.east))
        return left, right, _project(CENTRE, self.north)[1]

    def place(self, lon: float, lat: float) -> Spot:
        """Pixels from the left and the top."""
        left, right, top = self._edges
        x, y = _project(self.near(lon), lat)
        scale = NARROW / (right - left)
        return (x - left) * scale, (top - y) * scale

    def near(self, lon: float) -> float:
        """The same longitude, as it lies in the frame."""
        return (lon - CENTRE + 180) % 360 - 180 + CENTRE

    def find(self, x: float, y: float) -> Spot | None:
        """Longitude and latitude of a spot; None beside the globe or outside the frame."""
        left, right, top = self._edges
        scale = NARROW / (right - left)
        on_page = 0 <= x <= NARROW and 0 <= y <= self.height
        return _unproject(left + x / scale, top - y / scale) if on_page else None


def _sum(factors: tuple[float, ...], phi: float) -> float:
    return sum(factor * phi ** (2 * n) for n, factor in enumerate(factors))


def _project(lon: float, lat: float) -> Spot:
    phi = math.radians(lat)
    return math.radians(lon - CENTRE) * _sum(X, phi), phi * _sum(Y, phi)


def _unproject(x: float, y: float) -> Spot | None:
    """The latitude by Newton’s method, then the longitude."""
    phi = y
    for _ in range(12):
        step = 1e-6
        slope = ((phi + step) * _sum(Y, phi + step) - phi * _sum(Y, phi)) / step
        phi -= (phi * _sum(Y, phi) - y) / slope
    if abs(phi) > math.pi / 2:
        return None
    lon = math.degrees(x / _sum(X, phi)) + CENTRE
    return (lon, math.degrees(phi)) if abs(lon - CENTRE) <= 180 else None


def soft_area(place: str, spot: Spot, reach: Spot, rings: int) -> list[Shape]:
    """Ellipses round a spot, one in the other, as features: drawn see-through, they have no edge.

    Both the middle and the rim are flat, as in a wave. They run clockwise, as plotly fills them.
    """
    (lon, lat), (reach_lon, reach_lat) = spot, reach
    features = []
    for n in range(rings):
        share = math.acos(1 - 2 * (rings - n - 0.5) / rings) / math.pi
        turns = [2 * math.pi * k / POINTS for k in range(POINTS, -1, -1)]
        ring = [
            [
                round(lon + reach_lon * share * math.cos(t), 2),
                round(max(-89, min(89, lat + reach_lat * share * math.sin(t))), 2),
            ]
            for t in turns
        ]
        geometry = {"type": "Polygon", "coordinates": [[*ring[:-1], ring[0]]]}
        features.append({"type": "Feature", "id": f"{place} {n}", "properties": {}, "geometry": geometry})
    return features


def touching(shapes: Shape, west: float, east: float, south: float, north: float) -> list[Shape]:
    """The features in or around a window of degrees, without their parts elsewhere."""
    found = []
    for feature in shapes["features"]:
        parts = [p for p in rings_of(feature) if _meets(p[0], west, east, south, north)]
        if parts:
            found.append(feature | {"geometry": {"type": "MultiPolygon", "coordinates": parts}})
    return found


def _meets(ring: list[list[float]], west: float, east: float, south: float, north: float) -> bool:
    lons, lats = [p[0] for p in ring], [p[1] for p in ring]
    return min(lons) <= east and max(lons) >= west and min(lats) <= north and max(lats) >= south


def inside(feature: Shape, lon: float, lat: float) -> bool:
    """Whether a point lies in a shape: it has an odd number of edges to its east; inner rings are holes."""
    edges = 0
    for polygon in rings_of(feature):
        for ring in polygon:
            for (x, y), (x2, y2) in pairwise(ring):
                edges += (y > lat) != (y2 > lat) and lon < x + (lat - y) / (y2 - y) * (x2 - x)
    return edges % 2 == 1
