"""The lessons as a student meets them: real JupyterLab, real Chromium, no network, with and without a mouse.

``Room`` is what the browser tests share with the benchmarks: a running kit and one page in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Locator, Page, expect

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
NAME_CELLS = """() => {
  const { widgets } = window.jupyterapp.shell.currentWidget.content;
  for (const cell of widgets) cell.node.dataset.cell = cell.model.id;
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

    def answers(self, lesson: int = 1) -> dict[str, Any]:
        """The one answers file of a lesson."""
        (file,) = self.work.glob(f"*/L{lesson}.json")
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
        context = browser.new_context(viewport={"width": 1024, "height": 900}, reduced_motion="reduce")
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
        expect(page.locator(".deck-asks + div .ws-verdict")).to_be_visible()
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
    waiting = page.get_by_text("Make your guess first. Then the picture")
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


# Lessons 2 to 8 -------------------------------------------------------------------------------------------


def widget(page: Page, cell: str) -> Locator:
    """The widget that the cell with this id shows."""
    page.evaluate(NAME_CELLS)
    return page.locator(f"[data-cell='{cell}'] .ws-root")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def answer_line_up(page: Page) -> None:
    """Each quotation by a number key; “both” for the shared one opens a second question."""
    cards = widget(page, "line-up")
    cards.locator(".ws-choice").first.focus()
    for n, keys in enumerate((["1"], ["1"], ["2"], ["2"], ["3", "2"], ["4"]), 1):
        expect(cards.locator(".deck-now .deck-no")).to_have_text(f"q{n}")
        press(page, keys[0])
        if keys[1:]:
            second = cards.get_by_role("radiogroup", name=re.compile("Say it aloud"))
            expect(second.locator(":focus")).to_be_visible()
            press(page, keys[1])
        expect(cards.locator(".ws-strip .is-now[aria-label*=', answered']")).to_have_count(1)
        expect(cards.locator(".ws-verdict")).to_be_visible()
        cards.get_by_role("button", name=re.compile("Next quotation")).press("Enter")
    expect(cards.locator(".ws-verdict")).to_contain_text("All 6 done.")


def rate_verbs(page: Page) -> None:
    cards = widget(page, "verbs")
    cards.locator(".ws-choice").first.focus()
    for n, key in enumerate("29375", 1):
        press(page, key)
        expect(cards.locator(".ws-strip button", has_text="✓")).to_have_count(n)
        expect(cards.locator(".ws-verdict")).to_contain_text("Saved on your scale")
        press(page, "Enter")
        expect(cards.get_by_text("Saved on your scale")).to_have_count(0)
    expect(page.locator(".gtitle").first).to_contain_text("most open", timeout=15_000)
    cards.get_by_role("button", name="On to my scale").press("Enter")
    expect(page.locator("[data-cell='verbs'] .page-table summary")).to_be_focused()
    before = page.evaluate(CELLS)
    press(page, "x", "d", "d", "m", "b")
    assert page.evaluate(CELLS) == before, "a key pressed on the table of a chart changed a cell"


def mark_the_seam(page: Page) -> None:
    """The words in round brackets, by the keyboard alone."""
    tagger = widget(page, "seam").first
    words = tagger.get_by_role("option")
    spoken = words.all_inner_texts()
    first = next(i for i, word in enumerate(spoken) if "Russian" in word or word == "(")
    last = next(i for i, word in enumerate(spoken) if i > first and (")" in word or "Vladimir" in word))
    last += spoken[last + 1] == ")"
    tagger.locator("[role=listbox] [tabindex='0'], [role=listbox][tabindex='0']").first.focus()
    press(page, "Home", *["ArrowRight"] * first, "Enter", *["ArrowRight"] * (last - first), "Enter")
    tagger.get_by_role("button", name=re.compile("Mark as not spoken", re.IGNORECASE)).press("Enter")
    expect(tagger.get_by_role("button", name=re.compile("Remove"))).to_have_count(1)
    tagger.get_by_role("button", name="Compare with the reference").press("Enter")
    expect(tagger.locator(".ws-fb")).to_contain_text("Overlap 100")


def lesson_2(page: Page) -> None:
    answer_line_up(page)
    rate_verbs(page)
    mark_the_seam(page)


def lesson_3(page: Page) -> None:
    """The core claims, three number keys each."""
    cards = widget(page, "sorter")
    cards.get_by_role("button", name="8 core").press("Enter")
    expect(cards.get_by_role("button", name="8 core")).to_have_attribute("aria-pressed", "true")
    cards.locator(".ws-choice").first.focus()
    for n in range(1, 9):
        for at, key in enumerate((str(1 + n % 3), str(1 + n % 6), str(1 + n % 4))):
            group = cards.get_by_role("radiogroup").nth(at)
            press(page, key)
            expect(group.locator("[aria-checked=true]")).to_have_count(1)
        expect(cards.locator(".ws-verdict")).to_be_visible()
        expect(cards.locator(".deck-fb:focus")).to_be_visible()
        expect(cards.locator(".deck-state")).to_contain_text(f"{n} of 41 answered.")
        now = cards.locator(".ws-strip [aria-current]").get_attribute("data-arg")
        cards.get_by_role("button", name=re.compile("Next claim")).press("Enter")
        if n < 8:
            expect(cards.locator(f".ws-strip [aria-current]:not([data-arg={now}])")).to_have_count(1)
    expect(cards.locator(".ws-verdict")).to_contain_text("All 8 core claims done.")


def lesson_4(page: Page) -> None:
    """Two sentences, a type and a reason."""
    finder = widget(page, "finder")
    rows = finder.get_by_role("option")
    rows.first.focus()
    press(page, "Enter", *["ArrowDown"] * 21, "Enter")
    expect(finder.locator(".clash-card")).to_have_count(2)
    finder.get_by_role("radio").first.focus()
    press(page, "Space")
    finder.get_by_role("textbox").focus()
    page.keyboard.type("Four states, then three sides.")
    finder.get_by_role("button", name="Pin this find").press("Enter")
    expect(finder.locator(".ws-verdict")).to_contain_text("on our list")
    expect(finder.locator(".clash-find")).to_have_count(1)


def guess(page: Page, cell: str) -> None:
    """The first option of a prediction."""
    widget(page, cell).get_by_role("radio").first.focus()
    press(page, "Space")
    expect(widget(page, cell).locator(".form-state")).to_contain_text("Saved")


def title(page: Page, cell: str) -> Locator:
    """The title of the chart that a cell shows."""
    page.evaluate(NAME_CELLS)
    return page.locator(f"[data-cell='{cell}'] .gtitle")


def lesson_5(page: Page) -> None:
    """Two ties, four number keys each; then the network and its slider."""
    cards = widget(page, "builder")
    cards.locator(".ws-choice").first.focus()
    for n in (1, 2):
        for at, key in enumerate("4132"):
            press(page, key)
            expect(cards.get_by_role("radiogroup").nth(at).locator("[aria-checked=true]")).to_have_count(1)
        expect(cards.locator(".ws-verdict")).to_be_visible()
        expect(cards.locator(".deck-fb:focus")).to_be_visible()
        expect(cards.locator(".deck-state")).to_contain_text(f"{n} of 10 answered.")
        cards.get_by_role("button", name=re.compile("Next tie")).press("Enter")
        expect(cards.locator(".ws-verdict")).to_have_count(0)
    guess(page, "network-guess")
    expect(title(page, "network")).to_contain_text("a star, not a web", timeout=15_000)
    page.locator("[data-cell='network'] input[type=range]").focus()
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    expect(title(page, "network")).to_contain_text("At rung 4", timeout=15_000)
    page.get_by_role("button", name="As summarised").press("Enter")
    expect(title(page, "network")).to_contain_text("As summarised", timeout=15_000)


def lesson_6(page: Page) -> None:
    """Two places; then maps, a place from the list, a caption, and a dot."""
    cards = widget(page, "tagger")
    cards.locator(".ws-choice").first.focus()
    for n in (1, 2):
        press(page, "3")
        expect(cards.locator(".ws-verdict")).to_contain_text("The reference agrees")
        expect(cards.locator(".deck-state")).to_contain_text(f"{n} of 19 answered.")
        press(page, "Enter")
        expect(cards.locator(".ws-verdict")).to_have_count(0)
    guess(page, "map-guess")
    expect(title(page, "map")).to_contain_text("Russia and Ukraine are named", timeout=15_000)
    page.get_by_role("button", name="As precise as the text").press("Enter")
    expect(title(page, "map")).to_contain_text(re.compile("Only one ?is ?smaller"), timeout=15_000)
    page.get_by_role("button", name="NATO members by year").press("Enter")
    page.get_by_role("slider").first.focus()
    press(page, "Home", "ArrowRight", "ArrowRight", "ArrowRight")
    expect(title(page, "map")).to_contain_text("1952", timeout=15_000)
    page.get_by_label("Choose a member").select_option("FRA")
    expect(page.locator("[data-cell='map'] .atlas-box .ws-title")).to_have_text("France")
    page.get_by_label("This map cannot show").fill("who spends how much")
    press(page, "Enter")
    expect(page.locator("[data-cell='map']")).to_contain_text("cannot show who spends how much")
    page.get_by_role("button", name="East").focus()
    press(page, "ArrowRight", "ArrowUp")
    expect(title(page, "dot")).to_contain_text("One dot", timeout=15_000)


def lesson_7(page: Page) -> None:
    """One stop: a guess, the words that differ, a judgement; then the tree."""
    road = widget(page, "versions")
    road.locator(".road-judge [role=radio]").first.focus()
    press(page, "2")
    expect(road.locator("mark").first).to_be_visible()
    expect(road.locator(".road-judge [role=radio]:focus")).to_be_visible()
    press(page, "2")
    expect(road.locator(".ws-verdict")).to_be_visible()
    expect(road).to_contain_text("1 of 33 stops judged")
    guess(page, "trace-guess")
    expect(title(page, "trace")).to_contain_text("who copied whom is not proven", timeout=15_000)


def lesson_8(page: Page) -> None:
    """One more vote and the word that decided it; then a sentence rewritten."""
    vote = widget(page, "second-vote")
    vote.locator(".ws-choice").first.focus()
    press(page, "1")
    vote.get_by_role("button", name=re.compile("No word")).press("Enter")
    expect(vote.locator(".ws-verdict")).to_contain_text("rung 1")
    guess(page, "heat-guess")
    expect(title(page, "heat")).to_contain_text("Most argued", timeout=15_000)
    desk = widget(page, "desk")
    desk.get_by_role("textbox").focus()
    page.keyboard.type("The writer calls it risky.")
    press(page, "Tab", "Space")
    expect(desk.get_by_role("checkbox").first).to_be_checked()
    expect(desk).to_contain_text("Saved")


def answered_cards(cell: str) -> Callable[[Page, dict[str, Any]], None]:
    """As many squares with a tick as cards that have an answer in the file."""

    def again(page: Page, kept: dict[str, Any]) -> None:
        done = {key.split(".")[0] for key in kept["cards"] if key[0] != "v"}
        assert done
        marked = widget(page, cell).locator(".ws-strip button", has_text=re.compile("[✓?]"))
        expect(marked).to_have_count(len(done))

    return again


def find_again(page: Page, kept: dict[str, Any]) -> None:
    assert len(kept["finds"]) == 1
    expect(widget(page, "finder").locator(".clash-find")).to_contain_text("Four states, then three sides.")


def tie_again(page: Page, kept: dict[str, Any]) -> None:
    answered_cards("builder")(page, kept)
    expect(page.locator("[data-cell='network'] input[type=range]")).to_have_value("4")
    expect(title(page, "network")).to_contain_text("As summarised", timeout=15_000)


def places_again(page: Page, kept: dict[str, Any]) -> None:
    answered_cards("tagger")(page, kept)
    assert kept["rewrites"] == {"caption members": "who spends how much"}
    expect(title(page, "map")).to_contain_text("1952", timeout=15_000)
    expect(title(page, "dot")).to_contain_text("One dot", timeout=15_000)


def road_again(page: Page, kept: dict[str, Any]) -> None:
    assert len(kept["cards"]) == 2
    expect(widget(page, "versions")).to_contain_text("1 of 33 stops judged")


def desk_again(page: Page, kept: dict[str, Any]) -> None:
    assert list(kept["labels"].values()) == [1]
    expect(widget(page, "second-vote").locator(".ws-strip [data-rung='1']")).to_have_count(1)
    expect(widget(page, "desk").get_by_role("textbox")).to_have_value("The writer calls it risky.")
    expect(widget(page, "desk").get_by_role("checkbox").first).to_be_checked()


# How a lesson is played, its main widget, and what must be there again after a restart.
JOURNEYS: dict[str, tuple[Callable[[Page], None], str, Callable[[Page, dict[str, Any]], None]]] = {
    "02_whose_exact_words": (lesson_2, "line-up", answered_cards("line-up")),
    "03_could_anyone_check": (lesson_3, "sorter", answered_cards("sorter")),
    "04_does_it_agree": (lesson_4, "finder", find_again),
    "05_who_supports_whom": (lesson_5, "builder", tie_again),
    "06_where_is_the_story": (lesson_6, "tagger", places_again),
    "07_how_words_travel": (lesson_7, "versions", road_again),
    "08_how_sure_are_we": (lesson_8, "second-vote", desk_again),
}


def exit_by_keyboard(page: Page) -> None:
    ticket = widget(page, "exit-ticket")
    for at in (0, 1):
        ticket.locator("fieldset").nth(at).get_by_role("radio").first.focus()
        press(page, "Space")
    ticket.get_by_role("textbox").focus()
    page.keyboard.type("I would ask who says so.")
    press(page, "Tab")
    expect(ticket.locator(".form-said .ws-verdict").first).to_be_visible()
    expect(ticket.locator(".form-state").last).to_contain_text("Saved")


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_lesson_is_played_by_keyboard_and_outlives_a_kernel(name: str, classroom: Room) -> None:
    play, main, again = JOURNEYS[name]
    page, lesson = classroom.page, int(name[:2])
    classroom.open(f"notebooks/{name}.ipynb")
    classroom.run_all()
    assert not page.locator(".jp-Dialog").count()
    before = page.evaluate(CELLS)
    play(page)
    exit_by_keyboard(page)
    last = widget(page, main).locator("button:visible, [role=option]").last
    last.focus()
    press(page, "x", "d", "d", "m", "y", "b")
    assert page.evaluate(CELLS) == before, "a key pressed in the widget changed a cell"
    assert not page.locator(".jp-Dialog").count(), "a key pressed in the widget opened a dialog"
    assert classroom.axe() == []

    kept = classroom.answers(lesson)
    classroom.restart_kernel()
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function(IDLE, timeout=60_000)
    classroom.run_all()
    assert classroom.answers(lesson) == kept
    again(page, kept)
    assert classroom.strangers == []


PREDICTED = {
    "02_whose_exact_words": ["only a few"],
    "03_could_anyone_check": ["on all of them", "all but one"],
    "04_does_it_agree": ["two of them, level"],
    "05_who_supports_whom": ["half of them"],
    "06_where_is_the_story": ["the United States"],
    "07_how_words_travel": ["no, that is not proven"],
    "08_how_sure_are_we": ["everywhere the same"],
}


@pytest.mark.parametrize("name", PREDICTED)
def test_charts_of_a_lesson_come_with_the_mouse_and_fit_the_page(name: str, classroom: Room) -> None:
    page = classroom.page
    page.set_viewport_size({"width": 1024, "height": 900})
    classroom.open(f"notebooks/{name}.ipynb")
    classroom.run_all()
    for option in PREDICTED[name]:
        waits = page.get_by_text("Make your guess first. Then the picture")
        waiting = waits.count()
        page.get_by_text(option, exact=True).click()
        expect(waits).not_to_have_count(waiting, timeout=15_000)
    expect(page.locator(".js-plotly-plot").last).to_be_visible(timeout=15_000)
    for plot in page.locator(".js-plotly-plot").all():
        plot.scroll_into_view_if_needed()
        expect(plot.locator(".gtitle")).not_to_have_text("")
        cut = plot.evaluate(CUT_OFF)
        assert not cut, f"cut off: {cut}"
    assert classroom.axe() == []
    assert classroom.strangers == []


# The texts of a chart that reach beyond its edge.
CUT_OFF = """plot => {
  const frame = plot.getBoundingClientRect(), found = [];
  for (const text of plot.querySelectorAll('svg text')) {
    const box = text.getBoundingClientRect();
    if (!box.width || !text.textContent.trim()) continue;
    const out = box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1;
    if (out) found.push(text.textContent);
  }
  return found;
}"""
