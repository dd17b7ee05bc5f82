"""The exercises as a student meets them: a bundle in real JupyterLab, by keyboard, without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import bundles
from helpers import TOKEN
from test_browser import CELLS, IDLE, NAME_CELLS, Room, room
from whosays.exercises.progress import HEADS
from whosays.exercises.sets import names, read_set

pytestmark = pytest.mark.browser

CODE = "amber-otter-17"
START = "notebooks/00_start_here.ipynb"
SET = "exercises/set1/set1.ipynb"
SAVED = "!window.jupyterapp.shell.currentWidget.context.model.dirty"


@pytest.fixture(params=["self_study", "assigned"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def classroom(browser: Browser, tmp_path: Path, kind: str) -> Iterator[Room]:
    """A bundle that a student has unpacked, with answers where it puts them by itself."""
    kit = bundles.made(tmp_path, self_study=kind == "self_study")
    with room(browser, tmp_path / "home", kit, WHOSAYS_WORK=str(kit / "notebooks" / "work")) as made:
        yield made
        assert made.strangers == []


def choose(classroom: Room) -> None:
    """The code of a student, as the first notebook keeps it."""
    (classroom.work / CODE).mkdir(parents=True)
    (classroom.work / "current").write_text(f"{CODE}\n", encoding="utf-8")


def cell(page: Page, id_: str) -> Locator:
    page.evaluate(NAME_CELLS)
    return page.locator(f"[data-cell='{id_}']")


def told(page: Page, id_: str) -> Locator:
    return cell(page, id_).locator(".ws-told")


def ids(page: Page) -> dict[str, str]:
    """The cells that ask ``ws.check``, by what they ask."""
    found: list[list[str]] = [[c[1], c[2]] for c in json.loads(page.evaluate(CELLS))]
    return {text.split('"')[1]: id_ for id_, text in found if text.startswith("ws.check(")}


def go_to(page: Page, id_: str) -> None:
    """The command mode of a cell, as arrow keys lead there."""
    page.evaluate(
        """id => { const { content } = window.jupyterapp.shell.currentWidget;
        content.activeCellIndex = content.widgets.findIndex(c => c.model.id === id);
        content.mode = 'command'; content.activate(); }""",
        id_,
    )
    expect(cell(page, id_)).to_have_class(re.compile("jp-mod-active"))


def write(page: Page, id_: str, source: str) -> None:
    """Type into a cell and run it, all by keyboard; brackets and indents come as they are typed."""
    go_to(page, id_)
    page.keyboard.press("Enter")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(IDLE, timeout=60_000)


def run(page: Page, id_: str) -> None:
    go_to(page, id_)
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(IDLE, timeout=60_000)


def read_cells(page: Page) -> dict[str, str]:
    return {c[1]: c[2] for c in json.loads(page.evaluate(CELLS))}


NOTES = """notes = {"guess": 2, "tallest": %s, "how_many": 10, "because": %r}"""
BECAUSE = "A bar counts sentences with the same kind of source, not whether they are true."


def test_track_n_is_played_by_keyboard_and_progress_outlives_a_restart(classroom: Room, kind: str) -> None:
    page = classroom.page
    choose(classroom)
    classroom.open(START)
    classroom.run_all()
    table = cell(page, "exercises").locator("table")
    expect(table.locator("th")).to_have_text(list(HEADS))
    expect(table.locator("tbody tr")).to_have_count(len(names()))
    first = table.locator("tbody tr").first
    expect(first).to_contain_text("○ open")
    assert classroom.axe() == []
    link = first.get_by_role("link")
    expect(link).to_contain_text(read_set("set1").title)
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "name => window.jupyterapp.shell.currentWidget?.context?.path === name", arg=SET, timeout=30_000
    )
    page.wait_for_function(IDLE, timeout=60_000)
    page.keyboard.press("Escape")
    classroom.run_all()
    asked = ids(page)
    for qid in ("1.A", "1.B", "1.C", "1.C1"):
        expect(told(page, asked[qid])).to_have_attribute("data-told", "not attempted")
    before = read_cells(page)

    write(page, "set1-N", NOTES % (10, ""))
    run(page, asked["1.C"])
    expect(told(page, asked["1.C"])).to_have_attribute("data-told", "not yet")
    wrong = "Read the number at the left" if kind == "self_study" else "Not answered yet: because."
    expect(told(page, asked["1.C"])).to_contain_text(wrong)
    expect(told(page, asked["1.C"])).to_contain_text(f"Your progress is kept under the code {CODE}.")
    write(page, "set1-N", NOTES % (2, BECAUSE))
    run(page, asked["1.C"])
    last = "4 of 6 points." if kind == "self_study" else "4 of 4 answered. Your teacher has the key."
    outcome = "correct" if kind == "self_study" else "answered"
    expect(told(page, asked["1.C"])).to_have_attribute("data-told", outcome)
    expect(told(page, asked["1.C"])).to_contain_text(last)
    after = read_cells(page)
    assert [id_ for id_ in before if before[id_] != after[id_]] == ["set1-N"], "a key went into another cell"
    assert set(before) == set(after)
    assert not page.locator(".jp-Dialog").count()
    assert classroom.axe() == []

    page.keyboard.press("Control+S")
    page.wait_for_function(SAVED)
    classroom.restart_kernel()
    classroom.open(START)
    classroom.run_all()
    first = cell(page, "exercises").locator("tbody tr").first
    expect(first).to_contain_text("✓ 4 of 4" if kind == "self_study" else "✓ answered")
    kept = classroom.answers(1)["exercises"]
    assert kept["1.N"]["status"] == outcome
    assert ("points" in kept["1.N"]) == (kind == "self_study")
    assert [p.name for p in (classroom.work).iterdir() if p.is_dir() and not p.name.startswith(".")] == [CODE]
    assert not (classroom.work.parents[1] / "exercises" / "set1" / "work").exists()


COLOURS = """told => { const style = e => getComputedStyle(e);
  const bar = style(told).borderLeftColor, text = style(told).color;
  let ground = told;
  while (ground && style(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
  return [bar, text, style(ground).backgroundColor, style(told).borderLeftStyle]; }"""


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2.1."""

    def light(colour: str) -> float:
        parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("kind", ["self_study"], indirect=True)
def test_what_is_told_can_be_read_in_both_themes_and_fits(classroom: Room, kind: str) -> None:
    page = classroom.page
    choose(classroom)
    classroom.open(SET)
    key = bundles.key("set1")
    for id_, source in {
        "set1-A": 'rungs = {"s06": 5, "s07": 1}',
        "set1-B": 'choices = {"L1a": "C", "L1b": "C"}',
        "set1-C1": key["1.C1"]["wrong"][0]["code"],
        "set1-C3": "def weak_rows(df):\n    return df[df.no_such_column_that_is_very_long_indeed < 3]",
    }.items():
        page.evaluate(
            """([id, text]) => window.jupyterapp.shell.currentWidget.content.widgets
            .find(c => c.model.id === id).model.sharedModel.setSource(text)""",
            [id_, source],
        )
    classroom.run_all()
    patterns = set()
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        classroom.command("apputils:change-theme", theme=theme)
        is_light = "true" if theme.endswith("Light") else "false"
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", is_light)
        page.wait_for_timeout(500)
        shown = page.locator(".ws-told").all()
        assert len(shown) >= 5
        for one in shown:
            one.scroll_into_view_if_needed()
            bar, text, ground, pattern = one.evaluate(COLOURS)
            assert contrast(text, ground) >= 4.5, (theme, text, ground)
            assert contrast(bar, ground) >= 3, (theme, bar, ground)
            patterns.add((one.get_attribute("data-told"), pattern))
            assert one.evaluate("e => e.scrollWidth <= e.clientWidth + 1"), "a line is cut off"
        assert classroom.axe() == []
    assert {("correct", "solid"), ("not yet", "dashed"), ("not attempted", "dotted")} <= patterns


@pytest.mark.parametrize("kind", ["self_study"], indirect=True)
def test_a_text_in_its_cell_is_checked_once_it_is_saved(classroom: Room, kind: str) -> None:
    page = classroom.page
    choose(classroom)
    classroom.open(SET)
    run(page, "set1-start")
    go_to(page, "set1-D")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(
        "s12 says “Reports indicate at least 11,000” and names nobody, so I cannot ask whom."
    )
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Control+S")
    page.wait_for_function(SAVED)
    last = list(read_cells(page))[-1]
    go_to(page, last)
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text('ws.check("1.D")')
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".ws-told").last).to_contain_text("It quotes words of the text.", timeout=15_000)
    expect(page.locator(".ws-told").last).to_contain_text("It has 15 words.")


@pytest.mark.parametrize("kind", ["assigned"], indirect=True)
def test_the_page_of_progress_opens_and_prints_on_a4(classroom: Room, kind: str) -> None:
    page = classroom.page
    choose(classroom)
    classroom.open(START)
    classroom.run_all()
    link = cell(page, "progress-page").get_by_role("link")
    expect(link).to_have_text("progress.html")
    address: Any = link.evaluate("a => a.href")
    link.click()
    expect(page.frame_locator("iframe").last.get_by_role("heading", level=1)).to_have_text(
        f"How far I am: {CODE}"
    )

    paper = page.context.new_page()
    paper.goto(f"{address}{'&' if '?' in address else '?'}token={TOKEN}")
    expect(paper.get_by_role("heading", level=1)).to_have_text(f"How far I am: {CODE}")
    expect(paper.locator("table").last.locator("tbody tr")).to_have_count(len(names()))
    paper.emulate_media(media="print")
    paper.set_viewport_size({"width": 657, "height": 986})  # A4 less its margins of 18 mm, in pixels of CSS
    assert paper.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the paper"
    assert paper.evaluate("document.documentElement.scrollHeight <= innerHeight"), "longer than a page"
    broken = paper.evaluate(
        """() => [...document.querySelectorAll('.far th, .far td')]
        .filter(c => c.scrollWidth > c.clientWidth + 1).map(c => c.textContent)"""
    )
    assert broken == [], "words stick out of their cell"
    pdf = paper.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert classroom.work.joinpath(CODE, "progress.html").is_file()
