"""The shapes of countries that a pack brings: what is read, and what is refused."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from helpers import DATA
from packs import sentences_pack
from whosays import pack
from whosays.figures.globe import Frame, inside, soft_area, touching
from whosays.pack import PackError
from whosays.pack.shapes import rings, shapes

CLOCKWISE = [[0, 0], [0, 10], [10, 10], [10, 0], [0, 0]]
HOLE = [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]


def feature(code: Any, *parts: Any) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": list(parts)}
    return {"type": "Feature", "id": code, "properties": {}, "geometry": geometry}


def of_pack(folder: Path, text: str | None) -> Any:
    """What a pack with this file brings."""
    made = sentences_pack(folder / "pack", [("s1", 1, "It rained.", "")])
    if text is not None:
        (made / "countries.geojson").write_text(text, encoding="utf-8")
    return shapes(pack.load(made))


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_the_shapes_of_the_article_are_read_and_the_members_are_among_them() -> None:
    article = pack.load(DATA)
    found = shapes(article)
    assert found is not None
    known = {f["id"]: f for f in found["features"]}
    assert len(article.tables["members"]) == 32
    assert set(article.tables["members"]["iso3"]) <= set(known)
    assert [code for code, f in known.items() if inside(f, 34.4, 45.3)] == ["UKR"]


def test_a_pack_without_shapes_has_none_and_good_ones_are_read(tmp_path: Path) -> None:
    assert of_pack(tmp_path / "a", None) is None
    found = of_pack(tmp_path / "b", collection(feature("AAA", CLOCKWISE, HOLE)))
    assert rings(found["features"][0]) == [[CLOCKWISE, HOLE]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        ("[]", "no FeatureCollection"),
        (collection(feature(7, CLOCKWISE)), "feature 1"),
        (collection(feature("AAA", CLOCKWISE), feature("AAA", CLOCKWISE)), "feature 2"),
        (collection({"id": "AAA"}), "no shape for"),
        (collection(feature("AAA", CLOCKWISE[::-1])), "wrong way round"),
        (collection(feature("AAA", CLOCKWISE, HOLE[::-1])), "wrong way round"),
        (collection(feature("AAA", CLOCKWISE[:-1])), "open"),
        (collection(feature("AAA", [[0, 0], [0, 95], [10, 95], [0, 0]])), "off the globe"),
    ],
)
def test_shapes_that_would_spoil_a_map_are_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PackError, match=said):
        of_pack(tmp_path, text)


def test_a_point_is_inside_unless_it_is_in_a_hole() -> None:
    shape = feature("AAA", CLOCKWISE, HOLE)
    assert inside(shape, 1, 1)
    assert not inside(shape, 3, 3)
    assert not inside(shape, 11, 5)


def test_out_of_sight_is_left_out_by_parts() -> None:
    far = [[[[x + 100, y] for x, y in CLOCKWISE]]]
    both = feature("AAA") | {"geometry": {"type": "MultiPolygon", "coordinates": [[CLOCKWISE], *far]}}
    found = touching({"features": [both, feature("BBB", far[0][0])]}, 5, 20, 5, 20)
    assert [f["id"] for f in found] == ["AAA"]
    assert rings(found[0]) == [[CLOCKWISE]]


def test_soft_areas_run_as_plotly_fills_them_and_shrink_to_the_middle() -> None:
    areas = soft_area("x", (10, 50), (20, 10), 6)
    assert len({area["id"] for area in areas}) == 6
    widths = []
    for area in areas:
        (ring,) = area["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        assert sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairwise(ring)) > 0, "clockwise"
        widths.append(max(x for x, _ in ring) - min(x for x, _ in ring))
        assert inside(area, 10, 50)
    assert widths == sorted(widths, reverse=True)
    assert widths[0] <= 40
    top = soft_area("x", (0, 80), (20, 30), 3)
    assert all(abs(y) < 90 for area in top for _, y in area["geometry"]["coordinates"][0])


@pytest.mark.parametrize("spot", [(11.0, 0.0), (-97.0, 38.0), (127.0, 40.0), (170.0, -45.0), (-150.0, 20.0)])
def test_a_spot_of_the_page_is_the_spot_of_the_globe_again(spot: tuple[float, float]) -> None:
    frame = Frame()
    found = frame.find(*frame.place(*spot))
    assert found == pytest.approx(spot, abs=0.01)
    assert frame.find(-5, 10) is None
    assert frame.find(10, frame.height + 1) is None
