"""The maps: what they say, that they ask no network, what a click tells, and that everybody can read them."""

from __future__ import annotations

import itertools
import json
import math
import re
from pathlib import Path
from typing import Any

import pandas as pd
import plotly
import plotly.graph_objects as go
import pytest

from helpers import DATA
from whosays import figures, pack
from whosays.figures import (
    COLOURS,
    apply_update,
    base_map,
    click_grid,
    dots_map,
    figure_table,
    members_map,
    members_update,
    place_map,
    timeline_map,
)
from whosays.measures.places import named, off_the_map, unplaced
from whosays.pack.shapes import shapes

PACK = pack.load(DATA)
SHAPES = shapes(PACK)
PLACES = named(PACK)
TABLES = PACK.tables
MEMBERS, EVENTS, EVIDENCE = TABLES["members"], TABLES["timeline"], TABLES["evidence"]
SPOTS = [(80.0, -5.0), (140.0, 20.0), (165.0, -10.0), (75.0, 15.0), (125.0, 5.0), (105.0, -25.0)]


def timeline(**more: Any) -> go.Figure:
    return timeline_map(EVENTS, TABLES["places"], SHAPES, EVIDENCE, **more)


def members(year: int, **more: Any) -> go.Figure:
    return members_map(MEMBERS, SHAPES, year=year, evidence=EVIDENCE, **more)


def layer(name: Any, **more: Any) -> go.Figure:
    return place_map(PLACES, SHAPES, layer=name, unplaced=unplaced(PACK), elsewhere=off_the_map(PACK), **more)


MAPS = {
    "named": layer("named"),
    "quoted": layer("quoted"),
    "precise": layer("precise"),
    "members": members(2004),
    "share": members(2024, share=True),
    "events": timeline(),
    "one event": timeline(upto="2024-11-12", chosen="tl21"),
    "dots": dots_map(SPOTS, SHAPES, place="the Indo-Pacific", mine=(110.0, 10.0)),
}


def title(figure: go.Figure) -> str:
    return re.sub("</?b>", "", figure.layout.title.text.replace("<br>", " "))


def trace(figure: go.Figure, name: str) -> Any:
    (found,) = figure.select_traces(selector={"name": name})
    return found


def pins(figure: go.Figure) -> list[str]:
    """What has a circle on the map."""
    drawn = figure.select_traces(selector={"type": "scattergeo", "mode": "markers"})
    return [key for one in drawn for key in one.customdata or ()]


# All maps -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAPS)
def test_a_map_asks_no_network_and_says_whose_borders_it_draws(name: str) -> None:
    figure = MAPS[name]
    first = figure.data[0]
    assert (first.type, first.lon, first.lat) == ("scattergeo", (None,), (None,))
    for geo in (geo for key, geo in figure.layout.to_plotly_json().items() if key.startswith("geo")):
        assert geo["visible"] is False
        assert geo["fitbounds"] is False
    for one in figure.data:
        assert one.type != "choropleth" or (one.geojson and one.featureidkey == "id")
    bundle = figures.mime_bundle(figure)[figures.MIME]
    assert bundle["config"]["showSendToCloud"] is False
    assert len(json.dumps(bundle)) <= 450_000
    words = " ".join(note.text for note in figure.layout.annotations)
    assert "Whose borders?" in words
    assert "68/262" in words


@pytest.mark.parametrize("name", MAPS)
def test_every_map_has_words_a_caption_to_complete_and_its_numbers(name: str) -> None:
    figure = MAPS[name]
    assert title(figure) in figures.alt_text(figure)
    assert figures.caption(figure).endswith("This map cannot show …")
    assert len(figure_table(figure)) >= 7
    wide = [len(line) for line in figure.layout.title.text.split("<br>")]
    assert len(wide) <= 3
    assert max(wide) <= 44 + len("<b></b>")


@pytest.mark.parametrize("name", MAPS)
def test_a_click_tells_what_was_clicked_and_a_pointer_reads_words(name: str) -> None:
    for one in MAPS[name].data:
        if one.hoverinfo != "skip" and (one.type == "choropleth" or "markers" in one.mode):
            hover = one.hovertext
            assert len(one.customdata) == len(hover), one.name
            assert all(re.search("[A-Za-z]{3}", text) or "°" in text for text in hover), one.name
    land = trace(MAPS[name], "land")
    assert list(land.customdata) == list(land.locations)
    codes = {f["id"]: f["properties"]["name"] for f in (SHAPES or {})["features"]}
    assert list(land.hovertext) == [codes[code] for code in land.locations]


def test_the_reader_ends_the_caption() -> None:
    end = "This map cannot show where the talks were."
    for text in ("where the talks were", " where the talks were. "):
        for figure in (layer("named", cannot_show=text), timeline(cannot_show=text)):
            assert figures.caption(figure).endswith(end)
        assert figures.caption(members(1999, cannot_show=text, caption="Mine.")).endswith(f"Mine. {end}")
    assert figures.caption(dots_map([], SHAPES, place="x", cannot_show="why?")).endswith("show why?")


def test_without_shapes_a_map_says_so_and_has_no_land() -> None:
    for figure in (base_map("x", None), place_map(PLACES, None), members_map(MEMBERS, None, year=2000)):
        assert "no shapes of countries" in " ".join(note.text for note in figure.layout.annotations)
        assert not any(one.type == "choropleth" and one.locations for one in figure.data)


def test_a_file_of_shapes_may_say_whose_borders_they_are() -> None:
    own = {"type": "FeatureCollection", "features": [], "borders": "Whose borders? Those of <nobody>."}
    (note,) = base_map("x", own).layout.annotations
    assert note.text == "<b>Whose borders?</b> Those of &lt;nobody>."


# Places ---------------------------------------------------------------------------------------------------


def test_titles_of_the_layers_state_what_was_counted() -> None:
    assert title(MAPS["named"]) == "11 places. Russia and Ukraine are named most, 8 times each"
    assert title(MAPS["quoted"]) == "Of 8 places with borders, only one is heard: France, 7 words"
    assert title(MAPS["precise"]) == "11 places are named. Only one is smaller than a country"
    assert title(place_map(PLACES.head(1), SHAPES)) == "Russia is the only place named, 8 times"
    assert title(place_map(PLACES.head(0), SHAPES)) == "No places of this text can be put on a map"
    with pytest.raises(ValueError, match="named, quoted, precise"):
        layer("sharp")


def test_the_twin_of_a_layer_has_every_place_and_what_is_not_on_the_map() -> None:
    twin = figure_table(MAPS["precise"]).set_index("place")
    assert dict(zip(PLACES["name"], PLACES["times"], strict=True)) == {
        name: twin.loc[name, "times_named"] for name in PLACES["name"]
    }
    assert twin.loc["Kursk region", "drawn_as"] == "a soft spot"
    assert twin.loc["Indo-Pacific", "drawn_as"] == "a soft area"
    assert twin.loc["Russia", "drawn_as"] == "its borders"
    assert twin.loc["the city of the talks", "drawn_as"] == "not on the map"
    assert "the city of the talks (s03)" in figures.caption(MAPS["precise"])
    assert "106 quoted words of Mark Rutte" in figures.caption(MAPS["quoted"])


def test_circles_have_the_area_of_their_number() -> None:
    circles = trace(MAPS["named"], "name")
    times = PLACES.set_index("id")["times"]
    areas = {
        key: size**2 / times[key] for key, size in zip(circles.customdata, circles.marker.size, strict=True)
    }
    assert set(areas) == set(PLACES.loc[PLACES["kind"] != "world region", "id"]), "a region has no middle"
    assert max(areas.values()) == pytest.approx(min(areas.values()))


def test_what_has_no_agreed_edge_is_soft_and_no_part_of_a_country_is_a_pin() -> None:
    soft = [one for one in MAPS["precise"].data if one.type == "choropleth" and one.marker.opacity]
    assert {key for one in soft for key in one.customdata} == {
        *("europe", "indo_pacific", "north_america", "kursk")
    }
    assert not pins(MAPS["precise"])
    assert MAPS["precise"].layout.geo2.visible is False, "the part of a country, closer"
    for name in ("events", "one event"):
        assert "kyiv" in pins(MAPS[name])
        assert "kursk" not in pins(MAPS[name])


@pytest.mark.parametrize("name", ["named", "quoted", "precise"])
def test_every_place_has_its_name_and_its_number(name: str) -> None:
    key = "words" if name == "quoted" else "times"
    told = [re.sub("<[^>]*>", "", text).upper() for text in trace(MAPS[name], "labels").text]
    rows = [r for r in PLACES.to_dict("records") if name != "quoted" or r["kind"] != "world region"]
    wanted = [f"{row['name']} {row[key]}".upper() for row in rows]
    assert sorted(text.split(" + ")[0] for text in told) == sorted(wanted)


# Members --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [1948, 1949, 1960, 1982, 2004, 2024])
def test_members_are_those_who_had_joined(year: int) -> None:
    figure = members(year)
    joined = MEMBERS[MEMBERS["year"] <= year]
    new = set(joined[joined["year"] == year]["iso3"])
    drawn = trace(figure, "members")
    coloured = {c for c, z in zip(drawn.customdata, drawn.z, strict=True) if z > 1}
    assert coloured == set(joined["iso3"])
    assert set(trace(figure, "outlined").locations) == new
    assert title(figure).startswith(f"{year}: {len(joined) or 'no'} member")
    assert (f"{len(new)} of them new" in title(figure)) == (0 < len(new) < len(joined))
    assert set(figure_table(figure).get("state", [])) == set(joined["name"])


def test_the_legend_counts_the_waves_in_words() -> None:
    words = [note.text for note in members(1990).layout.annotations]
    assert {"1949–1955: 15", "1982: 1", "1999: 3", "2004–2009: 9", "2017–2024: 4", "not a member"} <= set(
        words
    )
    assert title(members(1949)) == "1949: 12 members"
    assert title(members(2004)) == "2004: 26 members, 7 of them new"


def test_shares_go_in_steps_and_a_gap_is_named() -> None:
    figure = MAPS["share"]
    drawn = trace(figure, "members")
    step = dict(zip(drawn.customdata, drawn.z, strict=True))
    shares = MEMBERS.set_index("iso3")["defence_share"].dropna()
    for one, other in itertools.combinations(shares.index, 2):
        assert (shares[one] < shares[other]) <= (step[one] <= step[other]), (one, other)
    assert step["POL"] == step["USA"] == 5.5, "3% or more"
    assert step["ISL"] == 6.5, "no step"
    assert list(trace(figure, "gaps").text) == ["Iceland:<br>no figure"]
    assert list(trace(figure, "outlined").locations) == ["ISL"]
    assert len(trace(figure, "hatch").lon) > 9
    said = figures.caption(figure)
    assert "Iceland: no figure. It has no armed forces" in said
    assert "Source: Sweden Herald (source: NATO), 2024-06; Graphic News" in said
    assert "Iceland" not in figures.caption(MAPS["members"])
    assert "Land far from its state has no colour here" in figures.caption(MAPS["members"])
    assert title(figure) == "Defence share: 1.28% to 4.12% of GDP"
    assert {"1% to under 1.5%", "3% or more", "no figure"} <= {
        note.text for note in figure.layout.annotations
    }


@pytest.mark.parametrize("share", [False, True])
def test_another_year_changes_a_figure_into_the_one_drawn_anew(share: bool) -> None:
    figure = members(1949, share=share, caption="Mine.")
    for year in (2024, 1955, 1940):
        update = members_update(MEMBERS, year, SHAPES, share=share, evidence=EVIDENCE, caption="Mine.")
        apply_update(figure, update)
        fresh = members(year, share=share, caption="Mine.")
        assert json.dumps(figure.to_plotly_json()) == json.dumps(fresh.to_plotly_json()), year
        assert len(json.dumps(update)) < 20_000, "no shape travels again"


# Events ---------------------------------------------------------------------------------------------------


def test_events_are_numbered_by_date_on_the_axis_and_all_are_on_the_map() -> None:
    dots = trace(MAPS["events"], "events")
    assert list(dots.customdata) == list(EVENTS.sort_values("date")["id"])
    assert list(dots.text) == [f"<b>{n}</b>" for n in range(1, 29)]
    on_map = [text for label in trace(MAPS["events"], "labels").text for text in re.findall(r"\d+", label)]
    assert sorted(map(int, on_map)) == list(range(1, 29))
    assert title(MAPS["events"]) == "28 events at 17 places. 8 of them in November 2024"


def test_events_to_come_are_on_the_axis_alone() -> None:
    figure = MAPS["one event"]
    on_map = [text for label in trace(figure, "labels").text for text in re.findall(r"\d+", label)]
    assert sorted(map(int, on_map)) == list(range(1, 22))
    assert len(trace(figure, "events").customdata) == 28
    assert list(figure_table(figure)["on_the_map"]).count("yes") == 21
    assert title(timeline(upto="2020-01-01")) == "No events yet"


def test_the_chosen_event_is_marked_on_both_and_told_with_its_source() -> None:
    figure = MAPS["one event"]
    dots = trace(figure, "events")
    fills = dict(zip(dots.customdata, dots.marker.color, strict=True))
    ink = COLOURS["ink"][0]
    assert [event for event, fill in fills.items() if fill == ink] == ["tl21"]
    assert list(trace(figure, "clear").customdata) == ["elysee"]
    words = " ".join(re.sub("<[^>]*>", " ", note.text) for note in figure.layout.annotations)
    assert "21 · 12 November 2024, Élysée Palace, Paris:" in words
    assert "Source: NATO, 2024-11-12;" in words
    with pytest.raises(ValueError, match="no such event"):
        timeline(chosen="tl99")
    with pytest.raises(ValueError, match="2024-11-12"):
        timeline(upto="next week")


def test_every_event_says_who_published_it_and_when() -> None:
    known = EVIDENCE.set_index("id")
    twin = figure_table(MAPS["events"])
    hover = [text.replace("<br>", " ") for text in trace(MAPS["events"], "events").hovertext]
    for n, event in enumerate(EVENTS.sort_values("date").to_dict("records")):
        for e in event["evidence"]:
            date = known.loc[e, "date"]
            said = f"{known.loc[e, 'publisher']}, {'no date' if pd.isna(date) else date}"
            assert said in twin["source"][n]
            assert said.replace("&", "&amp;") in hover[n]


def test_lines_join_two_states_that_meet_or_agree_and_never_an_attack() -> None:
    twin = figure_table(MAPS["events"])
    joined = {int(n): line for n, line in zip(twin["number"], twin["line_between"], strict=True) if line}
    assert joined == {
        1: "Russia and China",
        5: "Russia and North Korea",
        8: "Russia and North Korea",
        20: "Russia and North Korea",
        24: "Russia and North Korea",
        26: "Russia and Iran",
    }
    ties = trace(MAPS["events"], "ties")
    assert list(ties.lon).count(None) == 3, "each pair once"
    assert (ties.mode, ties.marker.size) == ("lines+markers", 5), "a line ends at a spot"
    assert ties.line.width == 1
    assert not any(note.showarrow for note in MAPS["events"].layout.annotations)


# Dots -----------------------------------------------------------------------------------------------------


def test_the_title_says_how_far_the_dots_lie_apart() -> None:
    assert title(dots_map([(0, 0), (0, 90)], SHAPES, place="x")) == "2 dots, up to 10,000 km apart"
    assert title(dots_map([(0, 0)], SHAPES, place="x", mine=(90, 0))) == "2 dots, up to 10,000 km apart"
    assert title(dots_map([], SHAPES, place="x", mine=(1, 1))) == "One dot. A whole region is not a spot"
    assert title(dots_map([], SHAPES, place="the sea")) == "No dots for the sea yet"
    assert title(dots_map([(1, 1), (1, 1)], SHAPES, place="x")) == "2 dots, all on one spot"
    with pytest.raises(ValueError, match="longitude"):
        dots_map([(10, 95)], SHAPES, place="x")


def test_one_s_own_dot_has_another_shape_and_a_word() -> None:
    own = trace(MAPS["dots"], "mine")
    assert (own.marker.symbol, own.lon, own.lat) == ("diamond", (110,), (10,))
    assert list(trace(MAPS["dots"], "labels").text) == ["<b>yours</b>"]
    assert trace(MAPS["dots"], "name").marker.symbol is None
    assert figure_table(MAPS["dots"])["dot"].tolist()[0] == "yours"


def test_a_click_anywhere_comes_back_as_a_spot() -> None:
    grid = click_grid(step=10)
    assert grid.marker.opacity == 0
    assert [list(spot) for spot in zip(grid.lon, grid.lat, strict=True)] == [list(s) for s in grid.customdata]
    assert len({tuple(spot) for spot in grid.customdata}) == len(grid.customdata) == 36 * 14
    assert all(-180 <= lon < 180 for lon in grid.lon)
    with pytest.raises(ValueError, match="step"):
        click_grid(0)


# Colours --------------------------------------------------------------------------------------------------

DEUTERANOPIA = (  # Machado, Oliveira and Fernandes (2009), severity 1
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
APART = 8  # CIE 1976; 2.3 is what an eye just sees
STEPS = [f"step {n}" for n in range(1, 6)]


def linear(value: str) -> list[float]:
    parts = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    r, g, b = rgb
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    f, h, k = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * h - 16, 500 * (f - h), 200 * (h - k)


def seen(value: str, blind: bool) -> tuple[float, float, float]:
    rgb = linear(value)
    if blind:
        rgb = [min(1, max(0, sum(m * c for m, c in zip(row, rgb, strict=True)))) for row in DEUTERANOPIA]
    return lab(rgb)


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("blind", [False, True])
def test_colours_that_must_be_told_apart_can_be(theme: int, blind: bool) -> None:
    groups = (["land", *STEPS, "open"], ["land", "named", "name"], ["land", "open", "quote"])
    for group in groups:
        for one, other in itertools.combinations(group, 2):
            far = math.dist(*(seen(COLOURS[role][theme], blind) for role in (one, other)))
            assert far >= APART, (one, other, round(far, 1))


@pytest.mark.parametrize("theme", [0, 1])
def test_more_is_always_further_from_the_page(theme: int) -> None:
    lightness = [seen(COLOURS[role][theme], blind=False)[0] for role in STEPS]
    assert lightness == sorted(lightness, reverse=theme == 0)
    assert min(abs(a - b) for a, b in itertools.pairwise(lightness)) >= 7


@pytest.mark.parametrize("theme", [0, 1])
def test_no_colour_of_a_state_is_red_or_blue(theme: int) -> None:
    for role in ("land", "named", "theatre", "area", "name", *STEPS):
        _, a, b = seen(COLOURS[role][theme], blind=False)
        turn = math.degrees(math.atan2(b, a))
        assert math.hypot(a, b) < 8 or 60 < turn < 110, (role, round(turn))


@pytest.mark.parametrize("name", MAPS)
def test_every_colour_of_a_map_has_a_role_and_so_a_twin(name: str) -> None:
    known = {light for light, _ in COLOURS.values()}
    drawing = MAPS[name].to_plotly_json()
    for one in drawing["data"]:
        one.pop("geojson", None)
    drawn = json.dumps(drawing)
    assert set(re.findall("#[0-9a-fA-F]{3,8}", drawn)) <= known
    assert set(re.findall(r"rgba?\([^)]*\)", drawn)) <= {"rgba(0,0,0,0)"}


# In a browser ---------------------------------------------------------------------------------------------

BOXES = """() => {
  const box = (node) => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    return { name: node.textContent, left, right, top, bottom };
  };
  const all = (selector) => [...document.querySelectorAll(`.js-plotly-plot ${selector}`)];
  return {
    page: box(document.querySelector(".js-plotly-plot")),
    words: all("text").filter((t) => t.textContent.trim()).map(box),
    land: all(".choroplethlayer path").length,
    fills: [...new Set(
      all(".choroplethlayer path, .geo .point, .points path, text").map((n) => getComputedStyle(n))
        .filter((style) => style.fillOpacity !== "0").map((style) => style.fill)
    )],
  };
}"""


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    wide = min(one["right"], other["right"]) - max(one["left"], other["left"])
    high = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return wide > 1 and high > 1


@pytest.mark.browser
@pytest.mark.parametrize(("width", "light"), [(590, True), (1000, False)])
def test_in_a_browser_words_have_room_colours_have_twins_and_nothing_is_fetched(
    page: Any, width: int, light: bool
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": width, "height": 900})
    theme = f"data-jp-theme-light='{str(light).lower()}'"
    style = f"<style>body {{ margin: 0 }} {figures.theme_css()}</style>"
    page.set_content(f"<!doctype html><html lang='en'>{style}<body {theme}><div id='c'></div></body></html>")
    page.add_script_tag(path=Path(plotly.__file__).parent / "package_data" / "plotly.min.js")
    twins = [pair[0 if light else 1] for pair in COLOURS.values()]
    known = {f"rgb({int(c[1:3], 16)}, {int(c[3:5], 16)}, {int(c[5:7], 16)})" for c in twins}
    for name, figure in MAPS.items():
        drawing = json.loads(json.dumps(figures.mime_bundle(figure)[figures.MIME]))
        page.evaluate("f => Plotly.newPlot('c', f.data, f.layout, f.config)", drawing)
        found = page.evaluate(BOXES)
        edge, words = found["page"], found["words"]
        assert edge["right"] - edge["left"] == width
        assert found["land"] > 60, name
        assert set(found["fills"]) - {"none", "rgba(0, 0, 0, 0)"} <= known, name
        for n, one in enumerate(words):
            at = f"{name}, {width} px: {one['name']!r}"
            assert edge["left"] - 1 <= one["left"] <= one["right"] <= edge["right"] + 1, f"{at} is cut off"
            assert edge["top"] - 1 <= one["top"] <= one["bottom"] <= edge["bottom"] + 1, f"{at} is cut off"
            for other in words[n + 1 :]:
                assert not overlap(one, other), f"{at} covers {other['name']!r}"
    assert not [url for url in asked if not url.startswith(("about:", "data:", "blob:", "file:"))]
