"""The grade book in a real browser by keyboard alone, in JupyterLab, and formgrader on its gradebook."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Dialog, Page, expect

import students
from helpers import KIT, offline_env, whosays
from test_browser import CELLS, IDLE, Room, room
from test_cards_browser import DARK
from test_formgrader import MADE, Desk, formgrader, submission, until
from test_grade_book import ANCHORS, HAND_INS, HOSTILE, READ_D, Crowd, rows
from whosays.answers import NotSaved
from whosays.classroom import bundle, sandbox
from whosays.classroom.gradebook import Mark, marks
from whosays.exercises.rubric import Answer, Level, State, Task
from whosays.widgets.grade_book import PAGE, GradeBook, NoGradeBook
from widget_page import PAGE as BARE
from widget_page import ByKeyboard, WidgetPage

pytestmark = pytest.mark.browser

NOTEBOOK = "notebooks/instructor/grade_book.ipynb"
PAGE_WITHOUT_ROOM = f"<style id='no-room'>.host {{ display: none }}</style>{BARE}"
# A node is in sight if no box that scrolls or hides cuts any of it off, nor the window.
IN_SIGHT = """node => {
  const at = node.getBoundingClientRect();
  const inside = box => at.height && at.top >= box.top - 1 && at.bottom <= box.bottom + 1;
  for (let box = node.parentElement; box && box !== document.body; box = box.parentElement)
    if (getComputedStyle(box).overflowY !== "visible" && !inside(box.getBoundingClientRect())) return false;
  return inside({ top: 0, bottom: innerHeight });
}"""
UNSHIELDED = """() => {
  const focusable = "button, input, textarea, select, a, summary, [tabindex]";
  const nodes = document.querySelectorAll(`.ws-root :is(${focusable})`);
  const open = [...nodes].filter(node => !node.hasAttribute("data-lm-suppress-shortcuts"));
  return open.map(node => node.outerHTML.slice(0, 80));
}"""


class Shelf(Crowd):
    """A book in memory: a question of five levels, and one of four whose points are no keys."""

    def __init__(self, many: int = 4) -> None:
        super().__init__(many)
        levels = tuple(Level(float(n), f"level {n}", f"An example of {n}.") for n in (4, 3, 2, 1, 0))
        thirds = tuple(Level(n, "", "") for n in (12.0, 8.0, 4.0, 0.0))
        self.tasks = [
            Task("1.D", "set1", "Set 1 · D. Write", "set1-D", "set1-D", False, 4.0, levels, "What?"),
            Task("capstone.1", "capstone", "Capstone · 1", "c-1", "c-1", False, 12.0, thirds, ""),
        ]
        self.all = [
            Answer(f"s{n}", f"Student {n}", f"Text {n}. {HOSTILE}", ("A note.",), "") for n in range(many)
        ]
        self.given: dict[tuple[str, str], State] = {}
        self.log: list[tuple[str, str, float | None, str | None]] = []
        self.broken = False

    def rest(self, task: Task, answer: Answer) -> list[tuple[str, str]]:
        return [("set1-A", HOSTILE)]

    def state(self, task: Task, answer: Answer) -> State:
        return self.given.get((task.id, answer.student), State())

    def comments(self, task: Task) -> list[str]:
        return list(dict.fromkeys(s.comment for s in self.given.values() if s.comment))

    def give(
        self, task: Task, answer: Answer, points: float | None = None, comment: str | None = None
    ) -> Callable[[], bool]:
        if self.broken:
            raise NotSaved("The disk is full.")
        where, old = (task.id, answer.student), self.state(task, answer)
        self.log.append((*where, points, comment))
        self.given[where] = State(
            old.points if points is None else points, old.comment if comment is None else comment
        )

        def take_back() -> bool:
            self.given[where] = old
            return True

        return take_back

    def write(self) -> tuple[list[Path], list[str]]:
        return [Path("grades.csv")], []


class Keys(ByKeyboard):
    """A grade book on a page."""

    def __init__(self, page: Page, shelf: Shelf) -> None:
        self.shelf, self.book = shelf, GradeBook(shelf)
        super().__init__(page, self.book)

    @property
    def at(self) -> str:
        return str(self.page.evaluate("document.activeElement.textContent"))

    @property
    def now(self) -> str:
        return str(self.book.view["label"])


@pytest.fixture
def keys(page: Page) -> Keys:
    made = Keys(page, Shelf())
    made.tab_to(".gb-give")
    return made


# By keyboard, on a bare page ----------------------------------------------------------------------------


def test_number_keys_give_levels_and_enter_goes_on(keys: Keys) -> None:
    order = [a.student for a in keys.book._order(keys.book._present)]
    for n, key in enumerate("4310"):
        assert keys.now == f"Answer {n + 1}"
        keys.press(key)
        expect(keys.page.locator(".gb-give[aria-checked=true]")).to_contain_text(f"level {key}")
        assert keys.at.startswith(key)
        expect(keys.page.locator(".gb-count")).to_have_text(f"{n + 1} of 4 read")
        keys.press("Enter")
    assert keys.shelf.log == [
        ("1.D", student, float(k), None) for student, k in zip(order, "4310", strict=True)
    ]
    # On to the next question, whose four levels have the keys 1 to 4.
    assert keys.book.view["task"] == "capstone.1"
    keys.press("2")
    assert keys.shelf.log[-1][2] == 8.0
    keys.press("0", "5")
    assert len(keys.shelf.log) == 5, "keys of no level give nothing"
    alert = keys.page.get_by_role("alert")
    expect(alert).to_contain_text(
        "5 is no level of this question, and nothing was saved. The keys are 1, 2, 3, 4."
    )
    keys.press("2")
    expect(alert).to_have_count(0)
    live = keys.page.locator("[aria-live=polite]")
    expect(live).to_have_text("Answer 1: 8 of 12 points, saved. 1 of 4 read.")


def test_enter_alone_never_gives_points(keys: Keys) -> None:
    keys.press("Enter", "Enter", "ArrowDown", "Enter", "Enter")
    assert keys.shelf.log == []
    keys.press("ArrowDown", "Space")
    assert [points for _, _, points, _ in keys.shelf.log] == [3.0]


def test_a_key_before_the_next_answer_is_on_the_screen_gives_nothing(keys: Keys) -> None:
    keys.press("4")
    sent = keys.press("Enter", "2", silent=True)
    assert [message["do"] for message in sent] == ["unread"]
    keys.drawn.answer()
    keys.press("2")
    assert [points for _, _, points, _ in keys.shelf.log] == [4.0, 2.0]
    assert keys.shelf.log[0][1] != keys.shelf.log[1][1]


def test_arrows_and_letters_step_and_undo(keys: Keys) -> None:
    moves = [("n", 2), ("ArrowRight", 3), ("p", 2), ("ArrowLeft", 1), ("ArrowLeft", 1)]
    for key, at in moves:
        keys.press(key)
        assert keys.now == f"Answer {at}"
    expect(keys.page.locator("[aria-live=polite]")).to_have_text("This is the first answer.")
    keys.press("3", "n", "n", "u")
    assert keys.now == "Answer 1"
    assert keys.book.view["given"] == "not read yet"
    expect(keys.page.locator(".gb-give[aria-checked=true]")).to_have_count(0)
    keys.press("e")
    expect(keys.page.locator(".gb-example").first).to_have_text("An example of 4.")


def test_comments_are_saved_by_enter_and_by_leaving_and_used_again(keys: Keys) -> None:
    box = keys.page.locator("textarea")
    keys.press("c")
    expect(box).to_be_focused()
    keys.page.keyboard.type("3 good words: n, p, u")
    assert keys.shelf.log == []
    keys.press("Shift+Enter")
    keys.page.keyboard.type("and a line")
    keys.press("Enter")
    first = keys.shelf.log[0]
    assert first[2:] == (None, "3 good words: n, p, u\nand a line")
    assert len(keys.shelf.log) == 1
    expect(keys.page.locator(".gb-give").first).to_be_focused()
    keys.press("c")
    keys.page.keyboard.type(" and what I did not mean")
    keys.press("Escape")
    assert len(keys.shelf.log) == 1
    expect(box).to_have_value("3 good words: n, p, u\nand a line")
    keys.press("n", "c")
    expect(box).to_have_value("")
    keys.page.keyboard.type("Left by Tab.")
    keys.press("Tab")
    assert keys.shelf.log[-1][2:] == (None, "Left by Tab.")
    keys.press("n", "r")
    assert keys.at == "3 good words: n, p, u\nand a line"
    keys.press("ArrowDown", "Enter")
    assert keys.shelf.log[-1][2:] == (None, "Left by Tab.")
    assert len({student for _, student, _, _ in keys.shelf.log}) == 3
    expect(box).to_have_value("Left by Tab.")
    keys.press("u")
    expect(box).to_have_value("")


def test_a_comment_left_by_a_click_on_another_answer_stays_with_its_own(keys: Keys) -> None:
    mine = keys.book._answer.student
    keys.press("c")
    keys.page.keyboard.type("For the first.")
    keys.page.locator(".gb-card").nth(2).click()
    keys.drawn.answer()
    assert keys.shelf.log == [("1.D", mine, None, "For the first.")]
    assert keys.now == "Answer 3"
    expect(keys.page.locator("textarea")).to_have_value("")


def test_what_was_not_saved_is_said(keys: Keys) -> None:
    keys.shelf.broken = True
    keys.press("4")
    expect(keys.page.get_by_role("alert").filter(has_text="The disk is full.")).to_be_visible()
    expect(keys.page.locator(".gb-give[aria-checked=true]")).to_have_count(0)
    expect(keys.page.locator(".gb-count")).to_have_text("0 of 4 read")


def test_text_of_students_stays_text_and_no_key_goes_to_jupyterlab(keys: Keys) -> None:
    page = keys.page
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.locator("[data-fold=rest] summary").click()
    text = page.locator(".is-now .gb-text")
    number = re.search(r"\d", text.inner_text())
    assert number is not None
    assert text.evaluate("node => node.textContent") == f"Text {number[0]}. {HOSTILE}"
    assert page.locator(".gb-code").evaluate("node => node.textContent") == HOSTILE
    inside = ".gb-text, .gb-code, .gb-said"
    assert page.locator(inside).locator(MADE).count() == 0
    assert page.evaluate("window.hacked || 0") == 0
    assert dialogs == []
    assert page.evaluate(UNSHIELDED) == []
    assert page.evaluate("window.keys").count("n") == 0
    keys.press("n")
    assert page.evaluate("window.keys").count("n") == 0, "JupyterLab would have seen this key"


# In sight -----------------------------------------------------------------------------------------------


def in_sight(page: Page, *selectors: str) -> list[str]:
    """Those of the selectors whose node is cut off or out of sight."""
    return [s for s in selectors if not page.locator(s).evaluate(IN_SIGHT)]


def long_shelf(many: int, words: int = 110) -> Shelf:
    """Answers as long as students write them."""
    shelf = Shelf(many)
    texts = (f"Text {n}. " + "word " * words for n in range(many))
    shelf.all = [Answer(f"s{n}", f"Student {n}", text, ("A note.",), "") for n, text in enumerate(texts)]
    return shelf


@pytest.mark.parametrize("words", [110, 900])
@pytest.mark.parametrize("width", [700, 800, 1280, 1600])
def test_whoever_marks_by_keyboard_sees_the_text_and_the_level_given(
    page: Page, width: int, words: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    keys = Keys(page, long_shelf(8, words))
    page.locator(".gb-give").first.evaluate("node => node.focus({ preventScroll: true })")
    for key in ("3", "0", "4", "1"):
        page.evaluate("scrollTo(0, 0)")
        keys.press(key)
        assert in_sight(page, ".gb-present", ".gb-give[aria-checked=true]") == []
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        keys.press("Enter")
        assert in_sight(page, ".gb-present", ".gb-give:focus") == []
    keys.press("5")
    assert in_sight(page, ".gb-present", ".gb-trouble") == []
    if words == 900:
        keys.press("Shift+Tab")
        expect(page.locator(".gb-present")).to_be_focused()
        page.keyboard.press("End")
        page.wait_for_function("document.querySelector('.gb-present').scrollTop > 300")
        assert page.evaluate(UNSHIELDED) == []
        assert findings(page) == []


@pytest.mark.parametrize("height", [700, 900])
@pytest.mark.parametrize("width", [800, 1280])
@pytest.mark.parametrize("at", [1, 9, 12])
def test_the_present_answer_is_in_sight_when_its_question_is_opened_again(
    page: Page, width: int, height: int, at: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    keys = Keys(page, long_shelf(12))
    keys.tab_to(".gb-give")
    keys.press(*["n"] * (at - 1))
    for question in ("capstone.1", "1.D", "1.D"):
        page.evaluate("scrollTo(0, 0)")
        page.locator(".gb-answers").evaluate("node => { node.scrollTop = 0 }")
        page.locator(f".gb-task[data-arg='{question}']").click()
        keys.drawn.answer()
    assert keys.now == f"Answer {at}"
    assert in_sight(page, ".gb-card.is-now", ".gb-present") == []
    expect(page.locator(".gb-present")).to_contain_text(keys.book._answer.text.strip())


def test_the_present_answer_is_in_sight_though_it_was_drawn_before_there_was_room(page: Page) -> None:
    shelf = long_shelf(12)
    keys = Keys(page, shelf)
    keys.tab_to(".gb-give")
    for _ in range(8):
        keys.press("3", "Enter")
    page.set_content(PAGE_WITHOUT_ROOM)
    WidgetPage(page, GradeBook(shelf), beside=True)
    page.evaluate("document.getElementById('no-room').remove()")
    expect(page.locator(".is-now .gb-name")).to_contain_text("Answer 9")
    page.wait_for_function("document.querySelector('.gb-answers').scrollTop > 0")
    page.locator(".gb-desk").scroll_into_view_if_needed()
    assert in_sight(page, ".gb-card.is-now") == []


@pytest.mark.parametrize("width", [700, 1280])
def test_escape_leaves_the_comments_used_before_and_the_text_stays(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    keys = Keys(page, long_shelf(4))
    keys.tab_to(".gb-give")
    for text in ("The first comment.", "The second comment."):
        keys.press("c")
        page.keyboard.type(text)
        keys.press("Enter", "n")
    saved = len(keys.shelf.log)
    keys.press("r")
    assert keys.at == "The first comment."
    assert in_sight(page, ".gb-present", ".gb-again:focus") == []
    keys.press("ArrowDown")
    assert in_sight(page, ".gb-present", ".gb-again:focus") == []
    now = keys.now
    keys.press("Escape")
    expect(page.locator(".gb-give").first).to_be_focused()
    assert in_sight(page, ".gb-present", ".gb-give:focus") == []
    keys.press("Enter")
    assert len(keys.shelf.log) == saved, "a comment was used that nobody chose"
    assert keys.now != now


def test_pages_of_many_answers_turn_by_themselves(page: Page) -> None:
    keys = Keys(page, Shelf(PAGE + 2))
    keys.tab_to(".gb-give")
    assert page.locator(".gb-card").count() == PAGE
    keys.press(*["n"] * PAGE)
    assert keys.now == f"Answer {PAGE + 1}"
    assert page.locator(".gb-card").count() == 2
    page.get_by_role("button", name="Earlier answers").press("Enter")
    keys.drawn.answer()
    assert keys.now == "Answer 1"
    keys.tab_to(".gb-name")
    keys.press(*["n"] * 12)
    expect(page.locator(".gb-name[aria-current]")).to_be_focused()
    box, card = page.locator(".gb-answers").bounding_box(), page.locator(".is-now").bounding_box()
    assert box is not None
    assert card is not None
    assert card["y"] >= box["y"]
    assert card["y"] + 60 <= box["y"] + box["height"]


@pytest.mark.parametrize("width", [700, 800, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_and_axe_finds_nothing_serious(page: Page, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    shelf = Shelf()
    keys = Keys(page, shelf)
    if theme == "dark":
        page.evaluate(DARK)
    keys.tab_to(".gb-give")
    keys.press("3", "c")
    page.keyboard.type("A comment.")
    keys.press("Enter", "e", "n")
    shelf.broken = True
    keys.press("1")
    page.locator("[data-fold=rest] summary").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".gb-answers").evaluate("node => node.scrollWidth <= node.clientWidth")
    side = page.locator(".gb-answers").evaluate("node => node.getBoundingClientRect().x > 300")
    assert side == (width > 700)
    page.locator("[data-fold=keys] summary").click()
    assert findings(page) == []
    WidgetPage(page, NoGradeBook("There is none.", "Grade first:", "whosays grade submitted"))
    assert findings(page) == []


def note(dialog: Dialog, dialogs: list[str]) -> None:
    """Write down a dialog, unless JupyterLab itself asks whether to leave the page."""
    if dialog.type != "beforeunload":
        dialogs.append(dialog.message)
    dialog.accept()


def findings(page: Page) -> list[str]:
    page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
    found = page.evaluate("axe.run('.host', {resultTypes: ['violations']})")
    serious = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
    return [f"{v['id']}: {n['html'][:200]}" for v in serious for n in v["nodes"]]


# In JupyterLab ------------------------------------------------------------------------------------------


def graded_kit(tmp_path: Path, hand_ins: dict[str, dict[str, str]]) -> Path:
    """A copy of the kit whose hand-ins are graded in ``exercises/``."""
    kit = tmp_path / "kit"
    skip = shutil.ignore_patterns("__pycache__", "work", "*.db")
    for name in ("notebooks", "data", "exercises"):
        shutil.copytree(KIT / name, kit / name, ignore=skip)
    for name in ("pyproject.toml", *bundle.FILES):
        shutil.copy(KIT / name, kit / name)
    for student, sources in hand_ins.items():
        students.hand_in(kit / "exercises/submitted", student, "set1", sources)
    walls = ["--no-sandbox"] if sandbox.missing() else []
    env = offline_env(tmp_path / "grading", kit)
    ended = whosays("grade", "submitted", "--out", "grades.csv", *walls, cwd=kit / "exercises", env=env)
    assert ended.returncode == 0, ended.stderr
    return kit


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    return graded_kit(tmp_path, HAND_INS)


@pytest.fixture
def lab(browser: Browser, tmp_path: Path, kit: Path) -> Iterator[Room]:
    with room(browser, tmp_path / "home", kit) as made:
        yield made


def test_a_week_of_reading_in_jupyterlab_and_formgrader_goes_on(
    lab: Room, kit: Path, browser: Browser
) -> None:
    page, exercises = lab.page, kit / "exercises"
    database = exercises / "gradebook.db"
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: note(dialog, dialogs))
    lab.open(NOTEBOOK)
    lab.run_all()
    expect(page.locator(".gb-task")).to_have_text(["1.N0/2", "1.D0/5"])
    before = page.evaluate(CELLS)
    page.locator(".gb-give").first.focus()
    for n, key in enumerate(("2", "1", "4", "3", "2"), 1):
        label = page.locator(".gb-who h4").inner_text()
        page.keyboard.press(key)
        expect(page.locator(".gb-give[aria-checked=true]")).to_have_attribute("data-number", key)
        expect(page.locator(".is-now .gb-mark")).to_have_text(key)
        assert page.evaluate("document.activeElement.matches('.gb-give')"), "focus was lost"
        if n == 3:
            page.keyboard.press("c")
            page.keyboard.type("Say which words decide.")
            page.keyboard.press("Enter")
            expect(page.locator(".is-now .gb-said")).to_have_text("Say which words decide.")
        page.keyboard.press("Enter")
        if n == 2:
            expect(page.locator(".gb-task[aria-pressed=true]")).to_contain_text("1.D")
        else:
            expect(page.locator(".gb-who h4")).not_to_have_text(label)
    for key in ("x", "d", "d", "m", "y", "b"):
        page.keyboard.press(key)
    assert page.evaluate(CELLS) == before, "a key changed a cell"
    assert not page.locator(".jp-Dialog").count()
    given = marks(database)
    assert sorted(m.extra for m in given.values() if m.extra is not None) == [1.0, 2.0]
    assert sorted(m.points for m in given.values() if m.points is not None) == [2.0, 3.0, 4.0]
    assert [m.comment for m in given.values() if m.comment] == ["Say which words decide."]
    hostile = page.locator(".gb-text", has_text="window.hacked")
    assert hostile.count()
    assert page.locator(".gb-text, .gb-code").locator(f"{MADE}, mjx-container, .MathJax").count() == 0
    assert (page.evaluate("window.hacked || 0"), dialogs) == (0, [])
    assert lab.axe() == []

    lab.restart_kernel()
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function(IDLE, timeout=60_000)
    lab.run_all()
    expect(page.locator(".gb-task")).to_have_text(["1.N2/2", "1.D3/5"])
    expect(page.locator(".gb-task[aria-pressed=true]")).to_contain_text("1.D")
    assert marks(database) == given
    expect(page.locator(".gb-again")).to_have_text(["Say which words decide."])
    shown = json.dumps(page.locator(".ws-root").inner_text())
    assert not [s for s in HAND_INS if re.search(rf"\b{s}\b", shown)], "a name is shown"
    page.get_by_role("button", name="Hide names, shuffle").press("Enter")
    expect(page.locator(".gb-name > .ws-text")).to_have_text(sorted(READ_D))
    page.get_by_role("button", name="Write tables").press("Enter")
    expect(page.locator(".gb-foot")).to_contain_text("Written: ", timeout=90_000)
    reader = next(student for (student, _, cell), m in given.items() if cell == "set1-D" and m.points == 4)
    assert rows(exercises)[reader]["D"] == "4"
    assert lab.strangers == []

    # The same gradebook in formgrader, while the notebook is still open.
    with formgrader(exercises) as server:
        desk = Desk(browser, server)
        desk.open("manage_assignments")
        expect(desk.page.locator("tr", has_text="set1")).to_be_visible()
        desk.open("gradebook/set1/set1")
        expect(desk.page.locator("td.name")).to_have_count(len(HAND_INS))
        expect(desk.page.locator("td.needs-manual-grade .glyphicon-ok")).to_have_count(2)
        desk.open(submission(exercises, reader))
        expect(desk.page.locator("input[id='set1-D']")).to_have_value("4")
        expect(desk.page.locator("[id='set1-D-comment']")).to_have_value("Say which words decide.")
        score = desk.page.locator("input[id='set1-D']")
        score.fill("3.5")
        desk.page.locator("[id='set1-D-comment']").click()
        until(lambda: marks(database)[reader, "set1", "set1-D"].points == 3.5)
        assert desk.hacked() == (0, 0, set())
        desk.context.close()
    assert marks(database)[reader, "set1", "set1-D"] == Mark(3.5, None, "Say which words decide.")
    with Gradebook(f"sqlite:///{database}", course_id="who-says-so") as book:
        assert book.find_submission("set1", reader).written_score == 3.5
    page.locator(".gb-card", has_text=reader).locator(".gb-name").click()
    expect(page.locator(".gb-who")).to_contain_text("3.5 of 4 points")


def test_who_marks_blind_in_jupyterlab_sees_what_is_marked(browser: Browser, tmp_path: Path) -> None:
    text = " ".join([ANCHORS["4"]] * 4)
    kit = graded_kit(tmp_path, {f"s{n}": {"set1-D": f"{text} {n}"} for n in range(4)})
    with room(browser, tmp_path / "home", kit) as lab:
        page = lab.page
        lab.open(NOTEBOOK)
        lab.run_all()
        page.locator(".gb-give").first.focus()
        for width, levels in ((800, "32"), (1280, "14")):
            page.set_viewport_size({"width": width, "height": 900})
            for key in levels:
                page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0")
                page.keyboard.press(key)
                given = f".gb-give[aria-checked=true][data-number='{key}']"
                expect(page.locator(".is-now .gb-mark")).to_have_text(key)
                assert in_sight(page, ".gb-present", given) == []
                label = page.locator(".gb-who h4").inner_text()
                page.keyboard.press("n")
                if (width, key) != (1280, "4"):
                    expect(page.locator(".gb-who h4")).not_to_have_text(label)
                assert in_sight(page, ".gb-present", ".gb-give:focus") == []
        given_to = marks(kit / "exercises/gradebook.db").values()
        assert sorted(m.points for m in given_to if m.points is not None) == [1.0, 2.0, 3.0, 4.0]
        assert lab.axe() == []


def test_where_nothing_is_graded_the_notebook_says_what_to_do(lab: Room, kit: Path) -> None:
    for path in (kit / "exercises").glob("grade*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    lab.open(NOTEBOOK)
    lab.run_all()
    card = lab.page.locator(".gb-missing")
    expect(card).to_contain_text("Nothing is graded yet: exercises/ holds no journal of a grading run.")
    expect(card.locator("code")).to_have_text("whosays grade submitted --out grades.csv")
    assert not lab.page.locator(".jp-RenderedText[data-mime-type*=stderr]").count()
    assert lab.axe() == []
