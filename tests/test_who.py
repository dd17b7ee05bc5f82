"""The code chooser: which student works here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from whosays import answers as store
from whosays.answers import NotSaved
from whosays.widgets.who import Who, as_code
from widget_page import WidgetPage


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


def say(who: Who, do: str, **more: Any) -> None:
    who._received(None, {"do": do, **more}, None)


def acts(who: Who) -> list[str]:
    return [act for act, _, _ in who.view["actions"]]


def go(who: Who) -> str:
    """The words on the one primary button."""
    (words,) = [label for _, label, kind in who.view["actions"] if kind == "go"]
    return str(words)


# A computer without a code --------------------------------------------------------------------------


def test_a_fresh_code_is_offered_and_nothing_is_made(work: Path) -> None:
    who = Who(work)
    assert store.is_code(who.view["code"])
    assert who.view["ask"] == "Write this down. It is how you find your work again."
    assert go(who) == "Use this code"
    assert acts(who) == ["take", "another", "have"]
    say(who, "another")
    assert not work.exists()


def test_a_code_that_answers_were_begun_under_is_offered_first(work: Path) -> None:
    who = Who(work, offer="amber-otter-17")
    assert who.view["code"] == "amber-otter-17"
    say(who, "another")
    assert who.view["code"] != "amber-otter-17"


def test_another_one_is_another_one(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = iter(["amber-otter-17", "amber-otter-17", "blue-fox-20"])
    monkeypatch.setattr(store, "new_code", lambda work: next(codes))
    who = Who(work)
    say(who, "another")
    assert who.view["code"] == "blue-fox-20"


def test_the_offer_stays_until_another_is_asked_for(work: Path) -> None:
    who = Who(work)
    offered = who.view["code"]
    say(who, "have")
    say(who, "back")
    assert who.view["code"] == offered


def test_the_offered_code_is_taken(work: Path) -> None:
    heard: list[str] = []
    who = Who(work, on_chosen=heard.append)
    offered = who.view["code"]
    say(who, "take")
    assert heard == [offered] == store.codes(work)
    assert store.current_code(work) == offered
    assert who.view["ask"] == f"You work as {offered}. Write it down."
    assert acts(who) == ["back"]


# A computer with a code -----------------------------------------------------------------------------


def test_the_last_code_is_asked_about_and_gone_on_with(work: Path) -> None:
    store.choose_code("amber-otter-17", work)
    heard: list[str] = []
    who = Who(work, on_chosen=heard.append)
    assert heard == []
    assert who.view["ask"] == "Continue as amber-otter-17, or start new?"
    assert acts(who) == ["go_on", "new", "have"]
    say(who, "go_on")
    assert heard == ["amber-otter-17"]
    assert who.view["state"] == "chosen"


def test_start_new_is_another_student_at_once(work: Path) -> None:
    store.choose_code("amber-otter-17", work)
    heard: list[str] = []
    who = Who(work, on_chosen=heard.append)
    say(who, "new")
    (code,) = set(store.codes(work)) - {"amber-otter-17"}
    assert heard == [code], "the next click must not land among the answers of the one before"
    assert who.view["ask"] == f"You work as {code}. Write it down."
    say(who, "back")
    assert who.view["ask"] == f"Continue as {code}, or start new?"
    say(who, "take")
    assert len(store.codes(work)) == 2, "nothing is offered on this page"


def test_not_you_leads_back_to_the_question(work: Path) -> None:
    who = Who(work)
    code = who.start_new()
    say(who, "back")
    assert who.view["ask"] == f"Continue as {code}, or start new?"


# A code that was written down -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "amber-otter-17",
        "Amber otter 17",
        "  AMBER  OTTER-17 ",
        "amber_otter_17",
        "amber – otter – 17",
        "amber otter17",
        "“amber-otter-17”",
        "amber-otter-17.",
        "ａｍｂｅｒ otter １７",
        "amber\totter\n17",
    ],
)
def test_a_known_code_is_taken_however_it_is_written(work: Path, typed: str) -> None:
    store.choose_code("amber-otter-17", work)
    store.choose_code("blue-fox-20", work)
    who = Who(work)
    say(who, "have")
    say(who, "type", arg=typed)
    assert who.view["state"] == "chosen"
    assert store.current_code(work) == "amber-otter-17"


@pytest.mark.parametrize(
    "typed",
    [
        "amber",
        "amber-17",
        "amber-otter",
        "amber-otter-1",
        "amber-otter-171",
        "ämber-otter-17",
        "../../etc-passwd-171",
        "<b>x</b>",
        "a" * 300,
    ],
)
def test_what_is_no_code_is_kept_and_explained(work: Path, typed: str) -> None:
    who = Who(work)
    say(who, "have")
    say(who, "type", arg=typed)
    assert who.view["state"] == "type"
    assert who.view["typed"] == typed[:60]
    assert who.view["problem"].endswith(
        "is no code. A code is two words and two digits, such as amber-otter-17."
    )
    assert who.view["say"] == who.view["problem"]
    assert not work.exists()


def test_an_empty_line_is_explained(work: Path) -> None:
    who = Who(work)
    say(who, "type", arg="  ")
    assert who.view["problem"] == "Type the two words and the two digits of your code."


def test_an_unknown_code_is_asked_about_first(work: Path) -> None:
    who = Who(work)
    say(who, "type", arg="Amber otter 17")
    assert who.view["ask"] == "No work under that code here. Start with it anyway?"
    assert who.view["code"] == "amber-otter-17"
    assert not work.exists()
    say(who, "have")
    assert (who.view["state"], who.view["typed"]) == ("type", "Amber otter 17")
    say(who, "start_with_it")
    assert not work.exists(), "the question is not on the page any more"
    say(who, "type", arg="Amber otter 17")
    say(who, "start_with_it")
    assert store.codes(work) == ["amber-otter-17"]
    assert who.view["state"] == "chosen"


def test_as_code() -> None:
    assert as_code("AMBER otter 17") == "amber-otter-17"
    assert as_code("amber otter seventeen") is None


# Privacy, and messages that no button sends ---------------------------------------------------------


def test_no_state_shows_the_codes_of_others(work: Path) -> None:
    for other in ("blue-fox-20", "kind-wren-33", "amber-otter-17"):
        store.choose_code(other, work)
    who = Who(work)
    steps: list[dict[str, Any]] = [{"do": do} for do in ("new", "another", "have", "back", "go_on")]
    steps.insert(3, {"do": "type", "arg": "blue"})
    for step in steps:
        who._received(None, step, None)
        shown = json.dumps(who.get_state(), default=str) + who.as_table().to_string()
        assert "blue-fox-20" not in shown
        assert "kind-wren-33" not in shown


@pytest.mark.parametrize(
    "message",
    [
        {"do": "take", "arg": "x"},
        {"do": "type"},
        {"do": "type", "arg": 17},
        {"do": "use", "arg": "amber-otter-17"},
        {"do": "start_with_it"},
        {"do": "go_on"},
        {"do": ["take"]},
        "take",
    ],
)
def test_other_messages_choose_nothing(work: Path, message: Any) -> None:
    who = Who(work)
    who._received(None, message, None)
    assert not work.exists()
    assert who.view["state"] == "offer"


# Without the widget, and without room to save -------------------------------------------------------


def test_use_and_start_new_without_buttons(work: Path) -> None:
    heard: list[str] = []
    who = Who(work, on_chosen=heard.append)
    assert who.use("Amber otter 17") == "amber-otter-17"
    new = who.start_new()
    assert heard == ["amber-otter-17", new]
    assert store.current_code(work) == new
    with pytest.raises(ValueError, match=r"“amber” is no code.* such as amber-otter-17"):
        who.use("amber")
    table = who.as_table()
    assert table["code"][0] == new
    assert "who.use(" in table["without buttons"][0]


def test_a_code_that_cannot_be_saved_says_so_and_can_be_tried_again(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, text: str) -> None:
        raise OSError(13, "Permission denied")

    heard: list[str] = []
    who = Who(work, on_chosen=heard.append)
    offered = who.view["code"]
    with monkeypatch.context() as broken:
        broken.setattr(store, "write_whole", refuse)
        say(who, "take")
        assert who.view["trouble"][0] == "Your code could not be saved."
        assert "read-only" in who.view["trouble"][1]
        assert who.view["say"].startswith("Your code could not be saved.")
        assert who.view["code"] == offered
        assert heard == []
        with pytest.raises(NotSaved):
            who.use("amber-otter-17")
    say(who, "take")
    assert heard == [offered]
    assert who.view["trouble"] is None


def test_nobody_is_sent_away_from_answers_that_are_not_saved(work: Path) -> None:
    def answers_wait(code: str) -> None:
        raise NotSaved("The folder work/blue-fox-20 is read-only.")

    store.choose_code("blue-fox-20", work)
    who = Who(work, on_chosen=answers_wait)
    say(who, "type", arg="blue-fox-20")
    assert who.view["state"] != "chosen"
    assert who.view["trouble"][1] == "The folder work/blue-fox-20 is read-only."


# In the browser -------------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_whole_way_by_keyboard(page: Any, work: Path) -> None:
    store.choose_code("blue-fox-20", work)
    w = WidgetPage(page, Who(work))
    assert w.focused.startswith("body"), "drawing takes no focus"
    page.locator("#before").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    assert w.focused == "button I have another code"
    page.keyboard.press("Enter")
    w.answer()
    assert w.focused.startswith("input")
    page.keyboard.type("Amber otterr")
    page.keyboard.press("Enter")
    w.answer()
    assert w.focused == "input Amber otterr"
    assert page.locator("input").get_attribute("aria-invalid") == "true"
    assert page.locator("[role=status]").inner_text().startswith("“Amber otterr” is no code.")
    page.keyboard.press("Backspace")
    page.keyboard.type(" 17")
    page.keyboard.press("Enter")
    w.answer()
    assert w.focused == "button Start with it"
    page.keyboard.press("Enter")
    w.answer()
    assert w.focused == "p You work as amber-otter-17. Write it down."
    assert store.current_code(work) == "amber-otter-17"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    w.answer()
    assert w.focused == "button Continue as amber-otter-17"
    assert page.evaluate("keys.filter((key) => key !== 'Tab')") == [], "the notebook must not see these keys"


@pytest.mark.browser
def test_another_one_keeps_the_focus(page: Any, work: Path) -> None:
    who = Who(work)
    w = WidgetPage(page, who)
    page.get_by_role("button", name="Another one").click()
    w.answer()
    assert w.focused == "button Another one"
    assert page.locator(".who-code").inner_text() == who.view["code"]
    assert page.locator("[role=status]").inner_text().endswith(who.view["code"])


@pytest.mark.browser
def test_what_was_typed_is_shown_as_text(page: Any, work: Path) -> None:
    w = WidgetPage(page, Who(work))
    page.get_by_role("button", name="I have a code").click()
    w.answer()
    page.get_by_label("Type your code: two words and two digits.").fill("<img src=x onerror='hacked=1'>")
    page.get_by_role("button", name="Use this code").click()
    w.answer()
    assert "<img src=x" in page.locator(".who-problem").inner_text()
    assert page.locator(".host img").count() == 0
    assert page.locator("input").get_attribute("autocomplete") == "off", (
        "the next student sees no list of codes"
    )
