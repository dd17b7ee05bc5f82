"""The controls of the network of ties: slider, pictures, switch; and the chart that follows them."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from IPython.display import DisplayHandle

from helpers import DATA
from test_cards import on_disk, press
from test_cards_browser import DARK, SERIOUS, WIDE
from whosays import answers as store
from whosays import figures, pack
from whosays.answers import Answers, NotSaved
from whosays.course import Lesson
from whosays.course.core import GUESS_FIRST
from whosays.measures.ladder import RUNGS
from whosays.measures.network import standing, statements
from whosays.widgets.page import Chart
from whosays.widgets.support import NOTHING, Support
from widget_page import WidgetPage

CODE, OTHER = "amber-otter-17", "copper-lynx-42"
PACK = pack.load(DATA)
STATEMENTS = statements(PACK)
TEXT = STATEMENTS[STATEMENTS["role"] == "text"]


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work folder of its own, in which nobody has worked."""
    monkeypatch.setenv("WHOSAYS_WORK", str(tmp_path / "work"))
    monkeypatch.delenv("WHOSAYS_PACK", raising=False)
    store.choose_code(CODE)
    return tmp_path / "work"


def controls(table: pd.DataFrame = STATEMENTS, **more: Any) -> Support:
    return Support(Answers(5, CODE, PACK.fingerprint), lambda: table, **more)


def setting(widget: Support) -> tuple[int, str, bool]:
    return widget.minimum, widget.shows, widget.context


# Python's side --------------------------------------------------------------------------------------------


def test_it_begins_with_all_statements_in_detail_and_nothing_from_outside() -> None:
    view = controls().view
    assert (view["minimum"], view["view"], view["context"]) == (1, "detailed", False)
    assert [n for n, _ in view["rungs"]] == sorted(RUNGS)
    assert view["stay"] == f"{len(TEXT)} of {len(TEXT)} statements stay."
    assert len(view["ask"].split()) <= 18


@pytest.mark.parametrize("rung", sorted(RUNGS))
def test_each_rung_says_how_many_statements_stay(rung: int) -> None:
    calls: list[int] = []
    widget = controls(on_change=lambda: calls.append(widget.minimum))
    view = press(widget, "minimum", str(rung))
    n = len(standing(TEXT, rung))
    assert view["stay"].startswith(f"{n} of {len(TEXT)} statements stay")
    assert n == len(TEXT) or f"; {len(TEXT) - n} turn" in view["stay"]
    assert view["say"] == f"From rung {rung} up. {view['stay']}"
    assert calls == [rung], "the chart is drawn with the new rung"
    assert list(widget.as_table()["stays"]) == [bool(r >= rung) for r in TEXT["rung"]]


def test_every_change_is_saved_resumed_and_each_students_own() -> None:
    widget = controls()
    press(widget, "minimum", "4")
    press(widget, "view", "summarised")
    view = press(widget, "context")
    assert (view["view"], view["context"], view["say"]) == (
        *("summarised", True),
        "Ties from outside the text: drawn apart.",
    )
    saved = {"minimum": 4, "view": "summarised", "context": True}
    assert on_disk(widget)["views"] == {"support": saved}
    assert setting(controls()) == (4, "summarised", True)
    widget.answers.use(OTHER)
    widget.reload()
    assert setting(widget) == (1, "detailed", False)
    assert widget.view["minimum"] == 1
    press(controls(), "context")
    assert setting(controls()) == (4, "summarised", False)


def test_a_phrase_for_the_whole_is_one_statement() -> None:
    widget = controls()
    row = STATEMENTS[STATEMENTS["role"] == "summary"].iloc[0]
    view = press(widget, "view", "summarised")
    assert view["stay"] == f"{row['sentence']} has one phrase for all, on rung {row['rung']}. It stays."
    assert press(widget, "minimum", "5")["stay"].endswith("It turns pale.")


@pytest.mark.parametrize(
    ("do", "arg"), [("minimum", "0"), ("minimum", "6"), ("minimum", "x"), ("view", "both"), ("context", "1")]
)
def test_what_no_button_sends_changes_nothing(do: str, arg: str) -> None:
    widget = controls()
    press(widget, do, arg)
    assert setting(widget) == (1, "detailed", False)
    assert not widget.answers.path.exists()


def test_it_is_set_without_a_mouse_and_refuses_what_it_has_not() -> None:
    widget = controls()
    widget.show(minimum=3, view="summarised")
    widget.show(context=True)
    assert setting(widget) == (3, "summarised", True)
    assert widget.view["minimum"] == 3
    wrong: list[dict[str, Any]] = [{"minimum": 6}, {"minimum": True}, {"view": "web"}, {"context": 1}]
    for given in wrong:
        with pytest.raises(ValueError, match="choose"):
            widget.show(**given)
    assert setting(widget) == (3, "summarised", True)


@pytest.mark.parametrize("strange", ["x", {"minimum": 9, "view": 3, "context": "yes"}, {"minimum": True}, []])
def test_a_strange_setting_in_the_file_is_survived(strange: Any) -> None:
    widget = controls()
    widget.answers.set("views", "support", strange)
    assert setting(controls()) == (1, "detailed", False)
    press(widget, "minimum", "2")
    assert setting(widget) == (2, "detailed", False)


def test_a_full_disk_is_told_and_the_chart_follows_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    widget = controls(on_change=lambda: calls.append(widget.minimum))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "write_whole", full)
    view = press(widget, "minimum", "4")
    assert (view["minimum"], calls) == (4, [4])
    assert view["trouble"]
    assert view["say"].startswith("It could not be saved.")
    with pytest.raises(NotSaved):
        widget.show(minimum=5)
    monkeypatch.undo()
    assert press(widget, "minimum", "3")["trouble"] == ""


def test_without_statements_it_says_what_to_do_first() -> None:
    view = controls(STATEMENTS[:0]).view
    assert (view["stay"], view["outside"]) == (NOTHING, "")
    assert controls().view["outside"] == "Ties from outside the text"


# The chart beside it --------------------------------------------------------------------------------------


class Shown:
    """What a notebook shows, in place of a notebook."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.updates: list[Any] = []
        self.things: list[Any] = []
        monkeypatch.setattr("whosays.course.ties.display", self.things.append)
        monkeypatch.setattr("whosays.widgets.page.display", lambda *_a, **_k: DisplayHandle("one"))
        monkeypatch.setattr(DisplayHandle, "update", lambda _self, new, **_k: self.updates.append(new))


def test_controls_and_chart_stand_together_and_the_chart_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, lesson = Shown(monkeypatch), Lesson(5, PACK)
    lesson.support(after="web")
    widget, chart = shown.things
    assert isinstance(widget, Support)
    assert isinstance(chart, Chart)
    assert repr(chart).startswith(GUESS_FIRST)
    lesson.answers.set("predictions", "web", "6")
    chart._ipython_display_()
    titles = [chart.figure.layout.title.text]
    for change in ({"minimum": 4}, {"view": "summarised"}):
        shown.updates.clear()
        press(widget, *map(str, next(iter(change.items()))))
        assert [bundle for bundle in shown.updates if figures.MIME in bundle], "drawn at once"
        titles.append(chart.figure.layout.title.text)
    assert len(set(titles)) == 3
    assert figures.caption(chart.figure).endswith(f"Source: the reference coding of “{PACK.title}”.")
    before = len(chart.as_table())
    press(widget, "context")
    assert len(chart.as_table()) > before


def test_without_a_reference_it_draws_the_students_own_ties(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, lesson = Shown(monkeypatch), Lesson(5, replace(PACK, reference={}))
    lesson.support()
    widget, chart = shown.things
    assert widget.view["stay"] == NOTHING
    chart._ipython_display_()
    deck = lesson.edges()
    lesson.rungs.set("labels", "s05", 4)
    deck.answer("r01", "iran", "gets military help from", "russia", "rutte")
    assert widget.view["stay"] == "1 of 1 statements stays."
    assert shown.updates, "the chart follows the ties"
    assert {"Iran", "Russia"} <= set(chart.as_table().astype(str).to_numpy().ravel())
    assert press(widget, "minimum", "5")["stay"] == "0 of 1 statements stay; 1 turns pale."


# In a browser ---------------------------------------------------------------------------------------------

AT = """() => {
  const at = document.activeElement;
  const slider = at.matches(".support-range");
  return slider ? `${at.value}: ${at.getAttribute("aria-valuetext")}` : at.dataset.key;
}"""


@pytest.fixture
def drawn(page: Any) -> WidgetPage:
    shown = WidgetPage(page, controls())
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    return shown


@pytest.mark.browser
def test_all_of_it_by_keyboard(page: Any, drawn: WidgetPage) -> None:
    assert page.evaluate(AT) == "1: 1: no source at all"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(AT) == "2: 2: a group nobody can phone", "the words follow before Python answers"
    page.keyboard.press("End")
    assert drawn.answer() == [{"do": "minimum", "arg": "2"}]
    assert drawn.answer() == [{"do": "minimum", "arg": "5"}]
    assert page.evaluate(AT) == "5: 5: exact words of a named person"
    assert "3 of 10 statements stay" in page.locator(".support-stay").inner_text()
    page.keyboard.press("ArrowLeft")
    drawn.answer()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert drawn.answer() == [{"do": "view", "arg": "summarised"}]
    assert page.evaluate(AT) == "summarised"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert drawn.answer() == [{"do": "context"}]
    assert page.evaluate(AT) == "context"
    assert page.locator("[data-key=context]").get_attribute("aria-pressed") == "true"
    assert setting(drawn.widget) == (4, "summarised", True)  # type: ignore[arg-type]
    assert page.evaluate("keys.filter((key) => key !== 'Tab')") == [], "the notebook must not see these keys"


@pytest.mark.browser
def test_an_answer_that_comes_late_does_not_pull_the_slider_back(page: Any, drawn: WidgetPage) -> None:
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert drawn.answer() == [{"do": "minimum", "arg": "2"}]
    assert page.evaluate(AT).startswith("4: 4:")
    assert page.locator(".support-now b").first.inner_text() == "4"
    assert drawn.answer() == [{"do": "minimum", "arg": "4"}], "the rungs on the way are passed over"
    assert page.evaluate(AT).startswith("4: 4:")
    assert drawn.answer() == []
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    assert [m["arg"] for m in (*drawn.answer(), *drawn.answer())] == ["3", "4"], "there and back again"
    assert page.evaluate(AT).startswith("4: 4:")


@pytest.mark.browser
def test_by_mouse_on_the_slider_and_on_its_ticks(page: Any, drawn: WidgetPage) -> None:
    page.locator(".support-ticks [data-rung='4']").click()
    assert drawn.answer() == [{"do": "minimum", "arg": "4"}]
    assert page.evaluate(AT).startswith("4: 4:"), "the focus is on the slider"
    page.locator(".support-ticks [data-rung='4']").click()
    assert drawn.answer() == [], "nothing has changed"
    box = page.locator(".support-range").bounding_box()
    page.mouse.click(box["x"] + 14, box["y"] + box["height"] / 2)
    assert drawn.answer() == [{"do": "minimum", "arg": "1"}]
    ticks = page.evaluate(
        "[...document.querySelectorAll('.support-ticks span')].map((n) => n.getBoundingClientRect().x)"
    )
    page.mouse.click(ticks[2] + 12, box["y"] + box["height"] / 2)
    assert drawn.answer() == [{"do": "minimum", "arg": "3"}], "a tick stands under its place"


@pytest.mark.browser
def test_another_student_finds_the_own_setting(page: Any, drawn: WidgetPage) -> None:
    page.keyboard.press("End")
    drawn.answer()
    page.locator("#before").focus()
    drawn.widget.answers.use(OTHER)  # type: ignore[attr-defined]
    drawn.widget.reload()
    drawn.show()
    assert page.locator(".support-range").input_value() == "1"
    assert page.locator(".support-now b").first.inner_text() == "1"


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [590, 1280])
def test_nothing_serious_is_found_and_nothing_sticks_out(
    page: Any, drawn: WidgetPage, theme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    if theme == "dark":
        page.evaluate(DARK)
    page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
    heights = set()
    for key in ("End", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
        drawn.answer()
        heights.add(page.locator(".support-rung").bounding_box()["height"])
        assert page.evaluate(WIDE) == [], key
    assert page.evaluate(SERIOUS) == []
    assert len(heights) == 1, "the slider must not move away under the hand"
