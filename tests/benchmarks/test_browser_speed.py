"""How long a click or a key takes to show in the browser, beside a peer on the same page."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from statistics import median

import nbformat
import pytest
from playwright.sync_api import Browser

import whosays as ws
from conftest import Report
from helpers import DATA, NOTEBOOKS
from test_browser import IDLE, Room, room

pytestmark = [pytest.mark.benchmark, pytest.mark.browser]

TIMES = 30
PEER = """import ipywidgets
count, button, shown = [0], ipywidgets.Button(description="peer"), ipywidgets.HTML("<p class='peer'>0</p>")
def pressed(_):
    count[0] += 1
    shown.value = f"<p class='peer'>{count[0]}</p>"
button.on_click(pressed)
button.add_class("peer-button")
ipywidgets.VBox([button, shown])"""

# Milliseconds from a click on `act` until `shown` holds another text, and one frame more.
UNTIL_SHOWN = """([act, shown]) => new Promise((done, fail) => {
  setTimeout(() => fail(new Error(`${act} changed nothing in ${shown}`)), 10_000);
  const text = () => document.querySelector(shown)?.textContent ?? '';
  const before = text(), start = performance.now();
  const watch = new MutationObserver(() => {
    if (text() === before) return;
    watch.disconnect();
    requestAnimationFrame(() => done(performance.now() - start));
  });
  watch.observe(document.body, {subtree: true, childList: true, characterData: true});
  document.querySelector(act).click();
})"""


def kit_with(folder: Path, name: str, *cells: str) -> Path:
    """A copy of the kit that also holds a notebook of these cells."""
    kit = folder / "kit"
    shutil.copytree(NOTEBOOKS, kit / "notebooks", ignore=shutil.ignore_patterns("work", "__pycache__"))
    shutil.copytree(DATA, kit / "data")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, kit / "notebooks" / name)
    return kit


# Widget: a cell that shows it, two clicks that take turns, and what changes its text after each.
WIDGETS = {
    "deck": ("ws.lesson(1).deck()", [".ws-choice[data-arg='1']", ".ws-choice[data-arg='2']"], ".ws-verdict"),
    "line-up": (
        "ws.lesson(2).lineup()",
        [".ws-choice[data-arg='rutte']", ".ws-choice[data-arg='macron']"],
        ".ws-verdict",
    ),
    "verb swapper": ("ws.lesson(2).verbs()", [".ws-sq[data-arg='v2']", ".ws-sq[data-arg='v1']"], ".deck-now"),
    "span tagger": (
        "ws.lesson(2).tagger('wording', 's05', 's13')",
        ["[data-act='go'][data-arg='s13']", "[data-act='go'][data-arg='s05']"],
        ".tag-now",
    ),
    "claim sorter": (
        "sorter = ws.lesson(3).claims(); sorter.answer('cl22', 'never', 'poll', 2); sorter",
        [".ws-choice[data-arg='now']", ".ws-choice[data-arg='later']"],
        ".ws-verdict",
    ),
    "clash finder": (
        "finder = ws.lesson(4).clashes(); finder.find(['s12'], 'number', 'a'); "
        "finder.find(['s13', 's27'], 'time', 'b'); finder",
        ["[data-act='again'][data-arg='f1']", "[data-act='again'][data-arg='f2']"],
        ".clash-box .ws-verdict",
    ),
    "edge builder": (
        "edges = ws.lesson(5).edges(); "
        "edges.answer('r03', 'russia', 'props up', 'russia', 'nato_allies'); edges",
        [".ws-choice[data-arg='china']", ".ws-choice[data-arg='russia']"],
        ".ws-verdict",
    ),
    "place tagger": (
        "ws.lesson(6).places()",
        [".ws-choice[data-arg='country']", ".ws-choice[data-arg='spot']"],
        ".ws-verdict",
    ),
    "version slider": (
        "ws.lesson(7).versions()",
        ["[data-act='go'][data-arg='vr02']", "[data-act='go'][data-arg='vr01']"],
        ".ws-title",
    ),
    "second vote": (
        "ws.lesson(8).second_vote()",
        [".ws-sq[data-arg='s29']", ".ws-sq[data-arg='s22']"],
        ".deck-now",
    ),
    "rewrite desk": (
        "ws.lesson(8).rewrite()",
        ["[data-act='go'][data-arg='s12']", "[data-act='go'][data-arg='s02']"],
        ".ws-q",
    ),
}


@pytest.mark.parametrize("name", WIDGETS)
def test_click_until_feedback(name: str, browser: Browser, tmp_path: Path, report: Report) -> None:
    cell, acts, shown = WIDGETS[name]
    kit = kit_with(tmp_path, "bench.ipynb", f"import whosays as ws\n{cell}", PEER)
    with room(browser, tmp_path / "home", kit) as made:
        made.open("notebooks/bench.ipynb")
        made.run_all()
        page = made.page

        def until_shown(act: str, changed: str) -> float:
            took: float = page.evaluate(UNTIL_SHOWN, [act, changed])
            page.wait_for_timeout(60)
            return took

        mine, peer = [], []
        for n in range(TIMES + 2):
            mine.append(until_shown(acts[n % 2], shown))
            peer.append(until_shown(".peer-button", "p.peer"))
        what = f"click in the {name}, ms to feedback, beside Button → HTML"
        report(what, median(mine[2:]), median(peer[2:]), 1.3)


# The first cell has run and the kernel waits.
FIRST_RAN = f"() => {IDLE} && window.jupyterapp.shell.currentWidget.content.widgets[0].model.executionCount"
# Milliseconds from running the second cell until its chart is on the screen.
FIRST_PAINT = """() => new Promise((done, fail) => {
  setTimeout(() => fail(new Error('no chart')), 30_000);
  const marks = '.js-plotly-plot .xtick, .js-plotly-plot .choropleth path';
  const start = performance.now();
  const look = () => document.querySelector(marks)
    ? requestAnimationFrame(() => done(performance.now() - start)) : setTimeout(look, 5);
  window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1;
  window.jupyterapp.commands.execute('notebook:run-cell');
  look();
})"""
READY = """import plotly.graph_objects as go
import whosays as ws
lesson = ws.lesson(6)"""
MAP = "lesson.atlas(members='NATO members')"


def test_first_paint_of_the_map(browser: Browser, tmp_path: Path, report: Report) -> None:
    """Each time on a page that was never open before: nothing of plotly is in its memory."""
    kit = kit_with(tmp_path, "map.ipynb", READY, MAP)
    empty = nbformat.read(kit / "notebooks" / "map.ipynb", 4)
    empty.cells[1].source = "go.Figure(go.Scatter())"
    nbformat.write(empty, kit / "notebooks" / "empty.ipynb")
    took: dict[str, list[float]] = {"map": [], "empty": []}
    with room(browser, tmp_path / "home", kit) as made:
        for name in [*took] * 4:
            context = browser.new_context(viewport={"width": 1024, "height": 900})
            fresh = Room(made.lab, context.new_page(), made.work)
            fresh.open(f"notebooks/{name}.ipynb")
            fresh.page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
            fresh.command("notebook:run-cell")
            fresh.page.wait_for_function(FIRST_RAN, timeout=60_000)
            took[name].append(fresh.page.evaluate(FIRST_PAINT))
            context.close()
    report(
        "first paint of the map, ms beside an empty plotly chart",
        median(took["map"]),
        median(took["empty"]),
        2,
    )


LIVE = """import ipywidgets
chart = go.FigureWidget(go.Scattergeo(lon=[None], lat=[None]))
chart.update_layout(geo={"visible": False, "fitbounds": False}, title="0")
count, button = [0], ipywidgets.Button(description="peer")
def pressed(_):
    count[0] += 1
    with chart.batch_update():
        chart.data[0].lon, chart.data[0].lat = [count[0]], [count[0]]
        chart.layout.title.text = str(count[0])
button.on_click(pressed)
button.add_class("peer-button")
ipywidgets.VBox([button, chart])"""
# Milliseconds from moving the slider to `year` until the countries have other colours, and one frame more.
MOVED = """year => new Promise((done, fail) => {
  setTimeout(() => fail(new Error('no country changed')), 10_000);
  const colours = () => [...document.querySelectorAll('.choropleth path')].map(p => p.style.fill).join();
  const before = colours(), start = performance.now();
  const watch = new MutationObserver(() => {
    if (colours() === before) return;
    watch.disconnect();
    requestAnimationFrame(() => done(performance.now() - start));
  });
  watch.observe(document.body, {subtree: true, childList: true, attributes: true});
  const slider = document.querySelector('input[type=range]');
  slider.value = String(year);
  slider.dispatchEvent(new Event('input', {bubbles: true}));
})"""


def test_slider_until_the_map_is_redrawn(browser: Browser, tmp_path: Path, report: Report) -> None:
    show = "atlas = lesson.atlas(members='NATO members'); atlas.switch('members'); atlas"
    kit = kit_with(tmp_path, "bench.ipynb", f"{READY}\n{show}", LIVE)
    with room(browser, tmp_path / "home", kit) as made:
        made.open("notebooks/bench.ipynb")
        made.run_all()
        page = made.page
        page.locator(".peer-button").wait_for()
        page.wait_for_function("document.querySelectorAll('.choropleth path').length > 100")
        page.wait_for_timeout(2000)
        mine, peer = [], []
        for n in range(TIMES + 2):
            mine.append(page.evaluate(MOVED, (1960, 2010)[n % 2]))
            page.wait_for_timeout(700)
            peer.append(
                page.evaluate(UNTIL_SHOWN, [".peer-button", ".widget-vbox .gtitle, .jupyter-widgets .gtitle"])
            )
            page.wait_for_timeout(300)
        what = "slider move to redrawn map, ms beside a FigureWidget update of an empty map"
        report(what, median(mine[2:]), median(peer[2:]), 2)


LONG = 200_000
READER = """import whosays as ws
from whosays.widgets.reader import Reader
pack = ws.load({folder!r})
Reader(pack, ws.lesson(1).answers)"""

# Milliseconds from each of `moves` arrow keys until the next frame with the highlight moved and laid out.
MOVES = """async ([nth, moves]) => {
  const text = document.querySelectorAll('.reader-text')[nth];
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
  text.querySelector('[tabindex="0"]').focus();
  const took = [];
  for (let n = 0; n < moves; n++) {
    await new Promise(done => setTimeout(done, 60));
    await frame();
    const before = document.activeElement, start = performance.now();
    before.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true, cancelable: true}));
    if (document.activeElement === before) throw new Error('the highlight did not move');
    text.getBoundingClientRect();
    const laidOut = performance.now() - start;
    await frame();
    took.push([laidOut, performance.now() - start]);
  }
  return took;
}"""


def long_pack(folder: Path) -> Path:
    """The kit's text and its marks over and over, until it has 200 000 characters; without the reference."""
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("reference"))
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    kept = ("sentences", "actors", "places", "glossary", "mentions", "quotes", "phrases")
    descriptor["resources"] = [r for r in descriptor["resources"] if r["name"] in kept]
    for resource in descriptor["resources"]:
        for field in resource["schema"]["fields"]:
            field.get("constraints", {}).pop("pattern", None)  # ids get a number more
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    pack = ws.load(DATA)
    step = len(pack.text) + len("\n\n")
    paragraphs = int(pack.sentences["paragraph"].max())
    for name in ("sentences", "mentions", "quotes", "phrases"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            for k in range(-(-LONG // step)):
                for row in rows:
                    again = row | {c: f"{row[c]}-{k}" for c in ("id", "sentence_id") if c in row}
                    again |= {c: str(int(row[c]) + k * step) for c in row if c.endswith(("start", "end"))}
                    if "paragraph" in row:
                        again["paragraph"] = str(int(row["paragraph"]) + k * paragraphs)
                    writer.writerow(again)
    places = folder / "places.csv"  # they stand where they stand in the first round
    places.write_text(re.sub(r",(s\d\d),", r",\1-0,", places.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def test_highlight_moves_in_a_long_text(browser: Browser, tmp_path: Path, report: Report) -> None:
    long = long_pack(tmp_path / "long")
    assert len(ws.load(long).text) >= LONG
    cells = [READER.format(folder=str(folder)) for folder in (DATA, long)]
    kit = kit_with(tmp_path, "bench.ipynb", *cells)
    with room(browser, tmp_path / "home", kit) as made:
        made.open("notebooks/bench.ipynb")
        made.run_all()
        made.page.locator(".reader-text").nth(1).wait_for()
        for switch in made.page.get_by_role("button", name="Names").all():
            switch.click()
        made.page.wait_for_timeout(1000)
        short_moves, long_moves = (made.page.evaluate(MOVES, [n, TIMES]) for n in (0, 1))
        for at, name in enumerate(("laid out", "on screen")):
            short_ms, long_ms = (median(move[at] for move in moves) for moves in (short_moves, long_moves))
            report(f"highlight {name}, ms in {LONG} characters beside the short text", long_ms, short_ms, 5)
