"""The atlas and the dot: maps that switch, move and answer to clicks, and all that stands below them."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.base import AXE_FILE_PATH

import whosays as ws
import widget_page
from helpers import DATA, KIT
from packs import copy_pack, sentences_pack
from whosays import answers as store
from whosays import figures, pack
from whosays.answers import Answers, NotSaved
from whosays.course import Lesson
from whosays.figures import live
from whosays.measures import places as measures
from whosays.pack import Pack
from whosays.pack.shapes import shapes
from whosays.widgets.atlas import ASK, DATES, MEMBERS, OF_THE_TEXT, Atlas
from whosays.widgets.dot import START, STEP, Dot, read_spot, vague_place
from whosays.widgets.live import LiveChart, Piece
from widget_page import WidgetPage

CODE = "amber-otter-17"
PACK = pack.load(DATA)
TEXT = dict(zip(PACK.sentences["id"], PACK.sentences["text"], strict=True))
NAMED = {row["id"]: row for row in pack.records(measures.named(PACK))}
EVENTS = [row for row in pack.records(PACK.tables["timeline"]) if row["role"] == "core"]


def open_atlas(folder: Path, loaded: Pack = PACK, **more: Any) -> Atlas:
    return Atlas(loaded, Answers(6, CODE, loaded.fingerprint, folder), **more)


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    made = open_atlas(tmp_path)
    made.act("ready")
    return made


def press(chart: LiveChart, name: str, arg: Any = None) -> None:
    """Send what the page sends."""
    chart.controls._received(None, {"do": "act", "name": name, "arg": arg}, None)


def saved(chart: LiveChart) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(chart.answers.path.read_text(encoding="utf-8"))
    return content


def words(segments: list[dict[str, Any]]) -> str:
    return "".join(s["t"] for s in segments)


# Changes ----------------------------------------------------------------------------------------------------


def test_changes_are_the_least_that_turns_one_figure_into_the_next() -> None:
    old = {
        "data": [{"type": "bar", "y": [1]}, {"type": "bar", "y": [2]}],
        "layout": {"title": "a", "height": 3},
    }
    new = {
        "data": [{"type": "bar", "y": [1]}, {"type": "bar", "x": [2]}],
        "layout": {"title": "b", "height": 3},
    }
    assert live.changes(old, new) == {"traces": {1: {"y": None, "x": [2]}}, "layout": {"title": "b"}}
    assert live.changes(old, old) == {} == live.changes(old, json.loads(json.dumps(old)))
    other = {"data": [{"type": "bar", "y": [1]}], "layout": {}}
    assert live.changes(old, other) == other == live.changes({}, other)


def test_an_amended_figure_is_the_figure_drawn_anew(atlas: Atlas) -> None:
    press(atlas, "map", MEMBERS)
    for year, share in ((1982, False), (2004, False), (2004, True), (2024, True)):
        if share != atlas._share:
            press(atlas, "share")
        press(atlas, "slide", year)
        assert atlas._figure is not None
        fresh = atlas.draw()
        assert live.changes(atlas._there, live.drawn(fresh)) == {}, "the page shows what a new drawing would"
        assert atlas._figure.layout.meta == fresh.layout.meta


# Switching --------------------------------------------------------------------------------------------------


def test_every_map_is_there_and_is_drawn(atlas: Atlas) -> None:
    assert len(ASK.split()) <= 18
    groups = dict(atlas.controls.view["groups"])
    assert [key for rows in groups.values() for key, _ in rows] == [*OF_THE_TEXT, MEMBERS, DATES]
    years = sorted({str(row["date"])[:4] for row in EVENTS})
    assert groups["From outside the text"][1] == [DATES, f"Dates {years[0]}–{years[-1]}"]
    titles = set()
    for name in (*OF_THE_TEXT, MEMBERS, DATES):
        press(atlas, "map", name)
        assert atlas.controls.view["map"] == name
        assert atlas._figure is not None
        titles.add(atlas._figure.layout.title.text)
        view = atlas.panel.view
        assert view["alt"] == figures.alt_text(atlas._figure)
        assert view["caption"] == figures.caption(atlas._figure)
        assert len(view["table"]["rows"]) == len(atlas.as_table()) > 0
    assert len(titles) == 5
    with pytest.raises(ValueError, match="this atlas has"):
        atlas.switch("globe")


def test_only_what_changed_goes_to_the_page_and_only_once(atlas: Atlas) -> None:
    press(atlas, "map", MEMBERS)
    number = atlas.controls.view["plot"]["n"]
    press(atlas, "slide", 1990)
    sent = atlas.controls.view["plot"]
    assert sent["n"] == number + 1
    assert not any("geojson" in changed for changed in sent["traces"].values())
    assert len(json.dumps(sent)) < 20_000
    assert "1990" in sent["layout"]["title"]["text"]
    press(atlas, "keep")
    assert set(atlas.controls.view["plot"]) == {"n", "config"}
    assert sent["config"]["showSendToCloud"] is False


def test_the_state_outlives_a_restart(atlas: Atlas, tmp_path: Path) -> None:
    for name, arg in (("map", MEMBERS), ("slide", 1999), ("keep", None), ("share", None), ("pick", "FRA")):
        press(atlas, name, arg)
    again = open_atlas(tmp_path)
    view = again.controls.view
    assert (view["map"], view["slider"]["value"], view["switch"][1]) == (MEMBERS, 1999, True)
    assert again.panel.view["box"]["title"] == "France"
    atlas.answers.set("views", "atlas", {"map": ["x"], "year": "soon", "event": {}, "picked": []})
    assert open_atlas(tmp_path).controls.view["map"] == "named", "what is no state is none"


def test_the_year_and_the_dates_move(atlas: Atlas) -> None:
    press(atlas, "map", MEMBERS)
    members = PACK.tables["members"]
    slider = atlas.controls.view["slider"]
    assert (slider["min"], slider["max"]) == (members["year"].min(), members["year"].max())
    for year in (slider["min"], 1990, slider["max"]):
        assert slider["said"][year - slider["min"]] == f"{year}: {(members['year'] <= year).sum()} members"
    press(atlas, "map", DATES)
    for by in ("-1", "1", "1"):
        press(atlas, "step", by)
    assert atlas.controls.view["slider"]["value"] == 2
    assert words(atlas.panel.view["box"]["rows"][0][1]) == EVENTS[2]["what"]
    press(atlas, "slide", len(EVENTS))
    assert atlas.controls.view["slider"]["value"] == 2, "there is nothing behind the last one"


# What stands behind a place ---------------------------------------------------------------------------------


@pytest.mark.parametrize("pid", NAMED)
def test_a_place_shows_its_sentences_unchanged(atlas: Atlas, pid: str) -> None:
    press(atlas, "pick", pid)
    box = atlas.panel.view["box"]
    assert box["title"] == NAMED[pid]["name"]
    assert [sid for sid, _ in box["rows"]] == NAMED[pid]["sentences"]
    for sid, segments in box["rows"]:
        assert words(segments) == TEXT[sid]
        assert [s["t"] for s in segments if s["m"]], f"{pid} is marked in {sid}"
    assert atlas.panel.view["say"].startswith(NAMED[pid]["name"])
    press(atlas, "pick", "")
    assert atlas.panel.view["box"] is None


def test_a_member_and_an_event_show_their_sources(atlas: Atlas) -> None:
    known = {row["id"]: row for row in pack.records(PACK.tables["evidence"])}
    press(atlas, "map", MEMBERS)
    for row in pack.records(PACK.tables["members"]):
        press(atlas, "pick", row["iso3"])
        box = atlas.panel.view["box"]
        lines = [words(line) for _, line in box["rows"]]
        assert (box["title"], lines[0]) == (row["name"], f"Joined in {row['year']}.")
        assert pd.isna(row["defence_share"]) or f"{row['defence_share']:g}%" in lines[1]
        cited = list(dict.fromkeys([*row["evidence"], *(row["share_evidence"] or ())]))
        assert [s["title"] for s in box["sources"]] == [known[e]["title"] for e in cited]
    press(atlas, "map", DATES)
    for event in EVENTS[::9]:
        press(atlas, "pick", event["id"])
        sources = atlas.panel.view["box"]["sources"]
        for source, e in zip(sources, event["evidence"], strict=True):
            assert source["address"] == (known[e]["address"] if known[e]["link_ok"] else "")


def test_what_no_map_can_show_is_listed(atlas: Atlas) -> None:
    listed = {name: where for name, where, _ in atlas.panel.view["unplaced"]}
    for row in pack.records(measures.unplaced(PACK)):
        assert listed[row["name"]] == ", ".join(row["sentences"])


def test_the_caption_is_completed_and_saved(atlas: Atlas) -> None:
    press(atlas, "caption", "  who is\nmeant ")
    assert saved(atlas)["rewrites"] == {"caption": "who is meant"}
    assert atlas.panel.view["caption"].endswith("This map cannot show who is meant.")
    press(atlas, "map", "precise")
    assert atlas.panel.view["write"]["written"] == "who is meant", "the maps of the text share it"
    press(atlas, "map", MEMBERS)
    press(atlas, "caption", "why they joined")
    assert saved(atlas)["rewrites"]["caption members"] == "why they joined"
    press(atlas, "caption", " ")
    assert "caption members" not in saved(atlas)["rewrites"]


@pytest.mark.parametrize(
    "message", [("pick", "nowhere"), ("slide", "x"), ("map", "x"), ("draw", None), ("slide", True)]
)
def test_what_no_button_sends_changes_nothing(atlas: Atlas, message: tuple[str, Any]) -> None:
    press(atlas, "map", MEMBERS)
    before = atlas.controls.view["slider"], atlas.panel.view["box"]
    press(atlas, *message)
    assert (atlas.controls.view["slider"], atlas.panel.view["box"]) == before


def test_a_failed_save_is_told(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, text: str) -> None:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(store, "write_whole", refuse)
    press(atlas, "map", "quoted")
    assert atlas.controls.view["trouble"]
    assert atlas.controls.view["map"] == "quoted"
    with pytest.raises(NotSaved):
        atlas.switch("named")


# Packs that lack something, and the course ------------------------------------------------------------------


@pytest.mark.parametrize("gone", ["places", "members", "timeline", "mentions", "evidence"])
def test_packs_that_lack_a_table(tmp_path: Path, gone: str) -> None:
    lacking = Pack(**{**PACK.__dict__, "tables": {k: v for k, v in PACK.tables.items() if k != gone}})
    atlas = open_atlas(tmp_path, lacking)
    for _, maps in atlas.controls.view["groups"]:
        for name, _ in maps:
            press(atlas, "map", name)
            assert atlas.controls.view["map"] == name
            assert atlas._figure is not None
    assert (MEMBERS in atlas._maps) == (gone != "members")
    assert (DATES in atlas._maps) == (gone not in ("timeline", "places"))


def test_small_packs_have_maps_without_land(tmp_path: Path) -> None:
    small = pack.load(sentences_pack(tmp_path / "p", [("a1", 1, "One.", "")]))
    for loaded in (small, pack.load(KIT / "tests" / "six_sentences")):
        atlas = open_atlas(tmp_path / loaded.name, loaded)
        assert [key for _, rows in atlas.controls.view["groups"] for key, _ in rows] == list(OF_THE_TEXT)
        assert vague_place(loaded) is None
    assert shapes(pack.load(copy_pack(tmp_path / "c"))) is None


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lesson:
    monkeypatch.setenv("WHOSAYS_WORK", str(tmp_path / "work"))
    monkeypatch.delenv("WHOSAYS_PACK", raising=False)
    store.choose_code(CODE)
    return ws.lesson(6)


def test_the_atlas_waits_for_the_guess(lesson: Lesson) -> None:
    atlas = lesson.atlas(after="named", members="NATO members")
    assert atlas.figure is None
    assert atlas.controls.view["waiting"]
    assert atlas.panel.view["waiting"]
    assert "guess first" in repr(atlas)
    lesson.answers.set("predictions", "named", "Russia")
    atlas.follow()
    assert atlas.figure is not None
    assert "waiting" not in atlas.controls.view
    assert [MEMBERS, "NATO members by year"] in dict(atlas.controls.view["groups"])["From outside the text"]


def test_another_student_has_another_map(lesson: Lesson) -> None:
    atlas = lesson.atlas()
    atlas.switch("precise")
    atlas._handles = [type("Handle", (), {"update": lambda *_, **__: None})()]
    atlas._shown = atlas._parts()
    lesson._switch("blue-fox-20")
    assert atlas.controls.view["map"] == "named"


def test_the_tables_of_the_lesson_can_be_merged(lesson: Lesson, capsys: pytest.CaptureFixture[str]) -> None:
    tagger = lesson.places()
    for pid, tag in (("kursk", "part"), ("russia", "country"), ("french", "nationality")):
        tagger.answer(pid, tag)
    tags, counts = lesson.table(), lesson.places_named()
    assert (
        dict(zip(tags["place"], tags["tagged"], strict=True))
        == tagger.as_table().dropna().set_index("place")["tag"].to_dict()
    )
    assert list(counts["times_named"]) == [row["times"] for row in NAMED.values()]
    lesson.check_merge(tags.merge(counts, on="place").sort_values("times_named", ascending=False))
    assert capsys.readouterr().out.startswith("Yes: 2 rows")


def test_a_better_place_comes_after_the_first_tag(lesson: Lesson) -> None:
    card = lesson.better_place()
    assert "Tag some places first" in repr(card)
    lesson.places().answer("russia", "country")
    assert "Kursk region" in repr(card), "the smallest area of the text"
    lesson.places().answer("usa", "world region")
    assert "Kursk region" in repr(card), "whatever the student took for less exact"


# The dot ----------------------------------------------------------------------------------------------------


@pytest.fixture
def dot(tmp_path: Path) -> Dot:
    place = vague_place(PACK)
    assert place is not None
    return Dot(PACK, Answers(6, CODE, PACK.fingerprint, tmp_path), place)


def test_the_dot_is_for_the_region_that_reaches_furthest(dot: Dot) -> None:
    regions = PACK.tables["places"].query("kind == 'world region'")
    widest = regions.loc[(regions["reach_lon"] * regions["reach_lat"]).idxmax()]
    assert dot._place["id"] == widest["id"]
    assert widest["name"] in dot.controls.view["ask"]
    assert len(dot.controls.view["ask"].split()) <= 18


def test_a_dot_is_set_moved_and_saved(dot: Dot) -> None:
    assert dot.spot is None
    assert "No dot yet." in dot.controls.view["say"]
    press(dot, "move", "east")
    assert dot.spot == START
    press(dot, "move", "east")
    press(dot, "move", "north")
    assert dot.spot == (START[0] + STEP, START[1] + STEP)
    press(dot, "pick", [178, -54])
    press(dot, "move", "east")
    press(dot, "move", "south")
    assert dot.spot == (-172, -55)
    assert dot.controls.view["say"] == "Your dot: 55° south, 172° west."
    assert saved(dot)["dots"] == {dot._place["id"]: [-172, -55]}
    for bad in ("mine", [1], [1, "x"], [400, 0], None):
        press(dot, "pick", bad)
    assert dot.spot == (-172, -55)


@pytest.mark.parametrize(
    "bad", [None, 3, [1], [1, 2, 3], ["1", 2], [True, 1], [181, 0], [0, 91], [float("nan"), 0]]
)
def test_what_is_no_spot(bad: Any) -> None:
    assert read_spot(bad) is None


def test_the_class_sees_its_dots_from_five_on(lesson: Lesson) -> None:
    place = vague_place(PACK)
    assert place is not None
    lesson.answers.set("dots", place["id"], [100, 10])
    for n in range(3):
        Answers(6, f"blue-fox-2{n}", PACK.fingerprint).set("dots", place["id"], [10 * n, n])
    Answers(6, "red-fox-25", PACK.fingerprint).set("dots", place["id"], "nowhere")
    few = lesson.dots()
    assert len(few.as_table()) == 1
    assert few.figure is not None
    assert "Dots in this folder: 4." in figures.caption(few.figure)
    Answers(6, "red-fox-26", PACK.fingerprint).set("dots", place["id"], [5, 5])
    assert len(few.as_table()) == 5


# In the browser ---------------------------------------------------------------------------------------------

PLOTLY = Path(str((find_spec("plotly") or pytest.skip()).origin)).parent / "package_data" / "plotly.min.js"
DRAW = """async ([data, layout]) => {
  const div = document.querySelector('.jp-Cell').appendChild(document.createElement('div'));
  await Plotly.newPlot(div, data, layout, {displayModeBar: false});
}"""
SPOT = """([lon, lat]) => {
  const plot = document.querySelector('.js-plotly-plot');
  const [x, y] = plot._fullLayout.geo._subplot.projection([lon, lat]);
  const box = plot.querySelector('.main-svg').getBoundingClientRect();
  return [box.left + x, box.top + y];
}"""
TITLE = "document.querySelector('.js-plotly-plot .gtitle')?.textContent.replaceAll(/\\s/g, '')"


class Shown:
    """A live chart on a bare page: controls, the map as JupyterLab would draw it, the panel."""

    def __init__(self, page: Any, chart: LiveChart) -> None:
        self.page, self.chart = page, chart
        self.controls = WidgetPage(page, chart.controls)
        page.add_script_tag(path=str(PLOTLY))
        drawn = live.drawn(chart.draw())
        chart._held = drawn
        page.evaluate(DRAW, [drawn["data"], drawn["layout"]])
        self.panel = WidgetPage(page, chart.panel, beside=True)
        self.controls.wait_for_message()
        self.answer()

    def answer(self) -> None:
        """Let Python answer everything, and draw both."""
        for piece in (self.controls, self.panel):
            piece.answer()
        self.controls.show()
        self.panel.show()

    def title_is(self, text: str) -> None:
        self.page.wait_for_function(f"text => {TITLE} === text.replaceAll(/\\s/g, '')", arg=text)

    def title_now(self) -> str:
        assert self.chart._figure is not None
        return (
            str(self.chart._figure.layout.title.text)
            .replace("<b>", "")
            .replace("</b>", "")
            .replace("<br>", "")
        )


@pytest.mark.browser
def test_a_click_on_a_country_shows_its_sentences(page: Any, atlas: Atlas) -> None:
    page.set_viewport_size({"width": 1000, "height": 1500})
    shown = Shown(page, atlas)
    russia = NAMED["russia"]
    x, y = page.evaluate(SPOT, [russia["lon"] - 5, russia["lat"] + 5])
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    shown.controls.wait_for_message()
    shown.answer()
    assert page.locator(".atlas-box .ws-title").inner_text() == "Russia"
    assert page.locator(".atlas-sentence").count() == len(russia["sentences"])
    assert page.locator(".atlas-sentence mark").first.inner_text() == "Russia"


@pytest.mark.browser
def test_switching_keeps_the_land_and_the_clicks(page: Any, atlas: Atlas) -> None:
    page.set_viewport_size({"width": 1000, "height": 1500})
    shown = Shown(page, atlas)
    for name in ("Members by year", "Dates", "By words quoted"):
        page.get_by_role("button", name=name).click()
        shown.answer()
        shown.title_is(shown.title_now())
        page.wait_for_function("document.querySelectorAll('.js-plotly-plot .choropleth path').length > 100")
    china = NAMED["china"]
    x, y = page.evaluate(SPOT, [china["lon"] - 10, china["lat"] + 3])
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    shown.controls.wait_for_message()
    shown.answer()
    assert page.locator(".atlas-box .ws-title").inner_text() == "China"


@pytest.mark.browser
def test_by_keyboard_alone(page: Any, atlas: Atlas) -> None:
    page.set_viewport_size({"width": 1000, "height": 1500})
    shown = Shown(page, atlas)
    page.get_by_role("button", name="Members by year").press("Enter")
    shown.answer()
    shown.title_is(shown.title_now())
    slider = page.get_by_role("slider")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator(".atlas-said").inner_text().startswith("1952:"), "the words follow at once"
    for _ in range(3):
        shown.answer()
    assert atlas._year == 1952
    shown.title_is(shown.title_now())
    assert saved(atlas)["views"]["atlas"]["year"] == 1952
    assert page.evaluate("document.activeElement.type") == "range"
    page.get_by_label("Choose a member").select_option("FRA")
    shown.answer()
    assert page.locator(".atlas-box .ws-title").inner_text() == "France"
    field = page.get_by_label("This map cannot show")
    field.fill("why")
    page.get_by_role("button", name="By words quoted").press("Enter")
    shown.answer()
    page.get_by_role("button", name="Members by year").press("Enter")
    shown.answer()
    assert field.input_value() == "why", "what is not saved yet stays"
    field.press("Enter")
    shown.answer()
    assert saved(atlas)["rewrites"] == {"caption members": "why"}
    summary = page.locator("summary")
    summary.press("Enter")
    page.get_by_role("button", name="By times named").press("Enter")
    shown.answer()
    assert page.locator(".atlas-table tbody tr").first.is_visible(), "the table stays open"


@pytest.mark.browser
def test_the_dot_follows_click_and_arrows(page: Any, dot: Dot) -> None:
    page.set_viewport_size({"width": 1000, "height": 1200})
    shown = Shown(page, dot)
    x, y = page.evaluate(SPOT, [80, 10])
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    shown.controls.wait_for_message()
    shown.answer()
    assert dot.spot is not None
    before = dot.spot
    assert abs(before[0] - 80) <= 4
    assert abs(before[1] - 10) <= 4
    page.get_by_role("button", name="East").focus()
    page.keyboard.press("ArrowUp")
    shown.answer()
    assert dot.spot == (before[0], before[1] + STEP)
    assert "north" in page.locator(".atlas-said").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("light", [True, False])
@pytest.mark.parametrize("width", [640, 1280])
def test_nothing_hinders_a_reader(
    page: Any, atlas: Atlas, monkeypatch: pytest.MonkeyPatch, light: bool, width: int
) -> None:
    colours = "--jp-layout-color0: #111; --jp-layout-color1: #212121; --jp-content-font-color0: #fff"
    dark = f"body {{ background: #111; {colours} }}"
    themed = widget_page.PAGE.replace("<body", f"<style>{'' if light else dark}</style><body")
    monkeypatch.setattr(widget_page, "PAGE", themed.replace('"true"', f'"{str(light).lower()}"'))
    page.set_viewport_size({"width": width, "height": 900})
    show: list[tuple[str, Callable[[], None]]] = [
        ("named", lambda: press(atlas, "pick", "russia")),
        (MEMBERS, lambda: press(atlas, "pick", "FRA")),
        (DATES, lambda: press(atlas, "step", "1")),
    ]
    for name, then in show:
        press(atlas, "map", name)
        then()
        controls = WidgetPage(page, atlas.controls)
        WidgetPage(page, atlas.panel, beside=True)
        page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
        found = page.evaluate("axe.run('.jp-Cell', {resultTypes: ['violations']})")["violations"]
        assert not [(v["id"], n["html"][:200]) for v in found for n in v["nodes"]]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing scrolls sideways"
        heights = page.locator("button:not(#before), select, .atlas-write input").evaluate_all(
            "all => all.map((n) => n.offsetHeight)"
        )
        assert min(heights) >= 38
        controls.leave()


def test_a_piece_has_the_table_of_its_chart(atlas: Atlas) -> None:
    assert isinstance(atlas.panel, Piece)
    assert atlas.panel.as_table().equals(atlas.as_table())
