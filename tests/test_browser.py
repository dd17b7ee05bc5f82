"""Lesson 1 as a student meets it: real JupyterLab, real Chromium, no network, no mouse.

``Room`` is what the browser tests share with the benchmarks: a running kit and one page in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, expect

from helpers import KIT, TOKEN, Lab, running_lab

pytestmark = pytest.mark.browser

LESSON = "notebooks/01_who_is_speaking.ipynb"
IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RAN = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const full = c => c.model.type === 'code' && c.model.sharedModel.getSource().trim();
  return panel.sessionContext.session.kernel.status === 'idle'
    && panel.content.widgets.filter(full).every(c => c.model.executionCount);
}"""
CELLS = """() => JSON.stringify(window.jupyterapp.shell.currentWidget.content.widgets
  .map(c => [c.model.type, c.model.id, c.model.sharedModel.getSource()]))"""


class Room:
    """One page in one running kit, and every request it made to somebody else."""

    def __init__(self, lab: Lab, page: Page, work: Path) -> None:
        self.lab, self.page, self.work = lab, page, work
        self.strangers: list[str] = []
        page.on("request", lambda request: self._note(request.url))

    def _note(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.lab.url).netloc:
            self.strangers.append(url)

    def open(self, notebook: str) -> None:
        self.page.goto(f"{self.lab.url}/lab/tree/{notebook}?token={TOKEN}&reset")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        self.page.wait_for_function(IDLE, timeout=60_000)

    def command(self, name: str, **arguments: Any) -> None:
        # Not awaited: some commands resolve only when their dialog is answered.
        self.page.evaluate("([n, a]) => { window.jupyterapp.commands.execute(n, a) }", [name, arguments])

    def run_all(self) -> None:
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(RAN, timeout=120_000)
        self.page.wait_for_function(IDLE, timeout=60_000)

    def restart_kernel(self) -> None:
        self.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
        self.page.wait_for_function(IDLE, timeout=60_000)

    def answers(self) -> dict[str, Any]:
        """The one answers file of lesson 1."""
        (file,) = self.work.glob("*/L1.json")
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return content

    def axe(self) -> list[str]:
        """Serious and critical findings in the outputs, one line each."""
        self.page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run('.jp-OutputArea-output', {resultTypes: ['violations']})")
        return [
            f"{v['id']}: {n['html'][:200]}"
            for v in found["violations"]
            if v["impact"] in ("serious", "critical")
            for n in v["nodes"]
        ]


@contextmanager
def room(browser: Browser, folder: Path, kit: Path = KIT, **environment: str) -> Iterator[Room]:
    config = folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "jupyter_lab_config.json").write_text('{"LabApp": {"expose_app_in_browser": true}}')
    with running_lab(folder, kit, **environment) as lab:
        context = browser.new_context(viewport={"width": 1024, "height": 900})
        try:
            yield Room(lab, context.new_page(), Path(environment.get("WHOSAYS_WORK", folder / "work")))
        finally:
            context.close()


@pytest.fixture
def classroom(browser: Browser, tmp_path: Path) -> Iterator[Room]:
    with room(browser, tmp_path / "home") as made:
        yield made


def answered(page: Page) -> list[str]:
    """The squares of the strip that hold an answer, as a screen reader names them."""
    labels = page.locator(".ws-strip .ws-sq[data-rung]").evaluate_all("all => all.map(s => s.ariaLabel)")
    return [label.replace(", here now", "") for label in labels]


def test_five_answers_by_keyboard_outlive_a_kernel_and_a_reload(classroom: Room) -> None:
    page = classroom.page
    classroom.open(LESSON)
    classroom.run_all()
    assert not page.locator(".jp-Dialog").count()
    assert not page.locator(".jp-toast, .Toastify__toast").count(), "a pop-up greets the student"
    before = page.evaluate(CELLS)

    page.locator(".ws-choice").first.focus()
    for n, rung in enumerate("41544", 1):
        page.keyboard.press(rung)
        expect(page.locator(".ws-strip .ws-sq[data-rung]")).to_have_count(n)
        expect(page.locator(".deck-card + .ws-rungs + div .ws-verdict")).to_be_visible()
        assert page.evaluate("document.activeElement.matches('.ws-root *')"), "focus was lost"
        if n < 5:
            now = page.locator(".deck-now .deck-no").inner_text()
            if page.locator(".ws-fb--notyet").count():  # there Enter means “try again”: go on by the button
                page.get_by_role("button", name="Next sentence").press("Enter")
            else:
                page.keyboard.press("Enter")
            expect(page.locator(".deck-now .deck-no")).not_to_have_text(now)
    five = answered(page)
    assert len(classroom.answers()["labels"]) == 5

    # Keys that JupyterLab would take: in the deck, and with a click just beside it.
    output = page.locator(".jp-Cell", has=page.locator(".deck-card")).locator(".jp-Cell-outputWrapper")
    for place in ("inside", "beside"):
        page.get_by_role("button", name="Undo").focus()
        if place == "beside":
            edge, card = output.bounding_box(), page.locator(".deck-card").bounding_box()
            assert edge is not None
            assert card is not None
            page.mouse.click(edge["x"] + edge["width"] - 3, card["y"] + 20)
            expect(page.locator(".ws-root :focus")).to_have_count(1)
        for key in ("6", "x", "d", "d", "m", "y", "b"):
            page.keyboard.press(key)
        assert page.evaluate(CELLS) == before, f"a key pressed {place} the deck changed a cell"
        assert not page.locator(".jp-Dialog").count(), f"a key pressed {place} the deck opened a dialog"

    assert classroom.axe() == []

    classroom.restart_kernel()
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function(IDLE, timeout=60_000)
    classroom.run_all()
    assert answered(page) == five
    assert classroom.strangers == []


BOTH_CHARTS = """() => [...document.querySelectorAll('.js-plotly-plot')]
  .filter(plot => plot.offsetHeight > 300 && plot.querySelector('.bars path')).length === 2"""


def test_charts_follow_the_answers_and_stay_and_a_lost_kernel_is_told(classroom: Room) -> None:
    page = classroom.page
    classroom.open(LESSON)
    classroom.run_all()
    choices, title = page.locator(".ws-choice"), page.locator(".gtitle").first
    choices.nth(3).click()
    expect(page.locator(".ws-root .ws-verdict").first).to_be_visible()
    waiting = page.get_by_text("Make your guess first")
    expect(waiting).to_be_visible()
    page.get_by_text("spread evenly").click()
    expect(waiting).to_be_hidden()
    expect(title).to_contain_text("1 of 31")
    page.get_by_role("button", name="Next sentence").click()
    choices.nth(0).click()
    expect(title).to_contain_text("2 of 31", timeout=10_000)

    page.wait_for_function(BOTH_CHARTS)  # the strip, and the class view a moment later
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        classroom.command("apputils:change-theme", theme=theme)
        is_light = "true" if theme.endswith("Light") else "false"
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", is_light)
        page.wait_for_timeout(1000)
        page.wait_for_function(BOTH_CHARTS, timeout=10_000)
    classroom.command("docmanager:open", path="notebooks/00_start_here.ipynb")
    page.locator("h1:visible", has_text="Is everything ready").wait_for()
    page.get_by_role("tab", name="01_who_is_speaking.ipynb").click()
    page.wait_for_timeout(1000)
    page.wait_for_function(BOTH_CHARTS, timeout=10_000)

    classroom.restart_kernel()
    choices.nth(4).click()
    expect(page.get_by_role("alert").filter(has_text="Python does not answer")).to_be_visible(timeout=15_000)
    assert len(classroom.answers()["labels"]) == 2
    assert classroom.strangers == []
