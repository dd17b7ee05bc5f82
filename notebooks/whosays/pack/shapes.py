"""The shapes of countries that a pack brings for its maps."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from whosays.pack.faults import Faults, PackError, Wrong, show
from whosays.pack.files import read_text
from whosays.pack.load import Pack

COUNTRIES = "countries.geojson"
WANTED = "GeoJSON, a FeatureCollection with one feature a country"
Ring = list[list[float]]


def shapes(pack: Pack) -> dict[str, Any] | None:
    """The GeoJSON of ``countries.geojson`` in the pack's folder, or None if the pack has no such file.

    Each feature has an ``id`` (ISO 3166-1 alpha-3) of its own and is a Polygon or a MultiPolygon in degrees,
    outer rings clockwise, as plotly fills them. Raises PackError for anything else.
    """
    try:
        written = (pack.folder / COUNTRIES).stat().st_mtime_ns
    except OSError:
        return None
    return _read(pack.folder, written)


@lru_cache(maxsize=4)
def _read(folder: Path, written: int) -> dict[str, Any]:
    """The shapes in a folder, read once while the file stays the same; nobody changes them."""
    faults = Faults()
    text = read_text(folder, COUNTRIES, faults, expected=WANTED)
    try:
        found = _features(text) if text is not None else {}
    except Wrong as wrong:
        wrong.add_to(faults, COUNTRIES)
    if faults:
        raise PackError(faults)
    return found


def rings(feature: dict[str, Any]) -> list[list[Ring]]:
    """The polygons of a feature; each is its outer ring, then its holes."""
    geometry = feature["geometry"]
    parts: list[list[Ring]] = geometry["coordinates"]
    return parts if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]


def _features(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Wrong("", "a file that is no JSON", WANTED) from error
    if not isinstance(found, dict) or not isinstance(found.get("features"), list):
        raise Wrong("", "JSON that is no FeatureCollection", WANTED)
    known: set[str] = set()
    for n, feature in enumerate(found["features"], 1):
        at = f"feature {n}"
        code = feature.get("id") if isinstance(feature, dict) else None
        if not isinstance(code, str) or code in known:
            raise Wrong(f"{at}.id", repr(code), "a code of three letters, each once")
        known.add(code)
        try:
            sound = all(_sound(ring, n) for part in rings(feature) for n, ring in enumerate(part))
        except (AttributeError, KeyError, TypeError, ValueError):
            raise Wrong(f"{at}.geometry", f"no shape for {show(code)}", "a Polygon or MultiPolygon") from None
        if not sound:
            found_ring = f"a ring of {show(code)} that is open, off the globe or runs the wrong way round"
            wanted = "closed rings, the outer ones clockwise: other ones would fill the globe"
            raise Wrong(f"{at}.geometry", found_ring, wanted)
    return found


def _sound(ring: Ring, number: int) -> bool:
    """Whether a ring is closed, on the globe, and runs clockwise if it is the outer one, else the other way.

    Longitudes are unrolled first. A ring that runs round a pole has no inside on a flat map and passes.
    """
    if len(ring) < 4 or ring[0] != ring[-1] or any(abs(x) > 180 or abs(y) > 90 for x, y in ring):
        return False
    twice, lon = 0.0, ring[0][0]
    for (x, y), (x2, y2) in pairwise(ring):
        step = (x2 - x + 180) % 360 - 180
        twice += (2 * lon + step) * (y2 - y)
        lon += step
    return abs(lon - ring[0][0]) > 1 or (twice < 0) == (number == 0)
