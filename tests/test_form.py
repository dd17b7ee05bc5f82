"""The form: small questions, saved as they are answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from whosays import answers as store
from whosays.answers import Answers, NotSaved
from whosays.checks import Item, Option, Result, check_choice
from whosays.model import Span
from whosays.widgets.form import Choice, Form, Scale, Text
from widget_page import WidgetPage

CODE = "amber-otter-17"
ITEM = Item(
    "L1a",
    "Who stands behind the number?",
    (
        Option("L1a_A", "Mark Rutte", False, "He speaks in the next sentence.", "M4"),
        Option("L1a_B", "The article does not say", True, "“Reports” could be anyone."),
    ),
)
WHO = Choice(
    "L1a", "items", ITEM.stem, tuple((o.id, o.text) for o in ITEM.options), lambda o: check_choice(o, ITEM)
)
BARE = Choice("guess", "predictions", "Which bar is longest?", (("1", "Rung 1"), ("5", "Rung 5")))
SURE = Scale("sure", "exit_ticket", "How sure are you?", "just guessing", "sure")
WORDS = Text("why", "exit_ticket", "Which words told you?", limit=4)


@pytest.fixture
def mine(tmp_path: Path) -> Answers:
    return Answers(1, CODE, "abc", tmp_path)


@pytest.fixture
def form(mine: Answers) -> Form:
    return Form(mine, [WHO, BARE, SURE, WORDS])


def on_disk(answers: Answers) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(answers.path.read_text(encoding="utf-8"))
    return content


def asked(form: Form, key: str) -> dict[str, Any]:
    """What the page knows about one question."""
    found: dict[str, Any] = next(q for q in form.view["questions"] if q["key"] == key)
    return found


def say(form: Form, **message: Any) -> None:
    form._received(None, message, None)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Make every save fail, or work again."""
    real = store.write_whole

    def refuse(path: Path, text: str) -> None:
        raise OSError(13, "Permission denied")

    return lambda full: monkeypatch.setattr(store, "write_whole", refuse if full else real)


# Answers ------------------------------------------------------------------------------------------


def test_a_choice_is_saved_under_its_part_and_key(form: Form, mine: Answers) -> None:
    say(form, do="choose", key="L1a", arg="L1a_B")
    assert on_disk(mine)["items"] == {"L1a": "L1a_B"}
    assert asked(form, "L1a")["value"] == "L1a_B"
    assert asked(form, "L1a")["state"] == "saved"


def test_a_choice_may_be_changed(form: Form, mine: Answers) -> None:
    say(form, do="choose", key="L1a", arg="L1a_A")
    say(form, do="choose", key="L1a", arg="L1a_B")
    assert on_disk(mine)["items"] == {"L1a": "L1a_B"}
    assert asked(form, "L1a")["feedback"]["tone"] == "ok"


def test_sureness_is_stored_as_a_number(form: Form, mine: Answers) -> None:
    say(form, do="choose", key="sure", arg="3")
    assert on_disk(mine)["exit_ticket"] == {"sure": 3}
    assert [o[2] for o in asked(form, "sure")["options"]] == ["just guessing", "", "", "sure"]


def test_a_text_is_saved_as_it_was_typed_and_emptied_when_nothing_is_left(form: Form, mine: Answers) -> None:
    say(form, do="write", key="why", arg="  the word \nreports ")
    assert on_disk(mine)["exit_ticket"] == {"why": "  the word \nreports "}
    say(form, do="write", key="why", arg="  ")
    assert on_disk(mine)["exit_ticket"] == {}
    assert asked(form, "why")["value"] == "  ", "spaces typed before the first word are not taken away"
    assert asked(form, "why")["state"] == "open"


def test_half_a_character_does_not_stop_later_saves(form: Form, mine: Answers) -> None:
    say(form, do="write", key="why", arg="half \ud83d")
    say(form, do="choose", key="L1a", arg="L1a_A")
    assert on_disk(mine)["exit_ticket"] == {"why": "half \ufffd"}
    form.answer("why", "half \ud83d")
    assert on_disk(mine)["exit_ticket"] == {"why": "half \ufffd"}
    assert on_disk(mine)["items"] == {"L1a": "L1a_A"}


@pytest.mark.parametrize(
    "message",
    [
        {"do": "choose", "key": "L1a", "arg": "L1a_Z"},
        {"do": "choose", "key": "L1a", "arg": ["L1a_A"]},
        {"do": "choose", "key": "nothing", "arg": "L1a_A"},
        {"do": "choose", "key": "why", "arg": "x"},
        {"do": "choose", "key": "sure", "arg": "9"},
        {"do": "choose", "key": "sure", "arg": 3.0},
        {"do": "choose", "key": "L1a"},
        {"do": "write", "key": "L1a", "arg": "L1a_B"},
        {"do": "write", "key": "why", "arg": 7},
        {"do": "write", "key": "nothing", "arg": "text"},
        {"do": "write", "key": "why", "arg": "text", "path": "/etc"},
        {"do": "no such thing"},
    ],
)
def test_a_message_that_no_control_sends_is_ignored(
    form: Form, mine: Answers, message: dict[str, Any]
) -> None:
    before = form.view
    say(form, **message)
    assert form.view == before
    assert not mine.path.exists()


def test_a_text_longer_than_any_answer_is_cut_not_lost(form: Form, mine: Answers) -> None:
    say(form, do="write", key="why", arg="x" * 5000)
    assert len(on_disk(mine)["exit_ticket"]["why"]) == 2000


def test_on_saved_hears_each_answer_once_it_is_on_the_disk(mine: Answers) -> None:
    heard: list[tuple[str, object, object]] = []
    form = Form(
        mine, [WHO, WORDS], on_saved=lambda key, value: heard.append((key, value, on_disk(mine)["items"]))
    )
    say(form, do="choose", key="L1a", arg="L1a_B")
    say(form, do="write", key="why", arg=" ", left=True)
    assert heard == [("L1a", "L1a_B", {"L1a": "L1a_B"}), ("why", None, {"L1a": "L1a_B"})]


def test_on_saved_waits_until_a_text_is_finished(mine: Answers) -> None:
    heard: list[object] = []
    form = Form(mine, [WORDS], on_saved=lambda key, value: heard.append(value))
    say(form, do="write", key="why", arg="rep")
    assert on_disk(mine)["exit_ticket"] == {"why": "rep"}
    assert heard == [], "charts are not redrawn while somebody writes"
    say(form, do="write", key="why", arg="reports", left=True)
    assert heard == ["reports"]


def test_the_reader_is_answered_before_charts_are_redrawn(mine: Answers) -> None:
    shown: list[Any] = []
    form = Form(
        mine, [WHO], on_saved=lambda key, value: shown.append((asked(form, key)["state"], form.view["say"]))
    )
    say(form, do="choose", key="L1a", arg="L1a_B")
    assert shown == [("saved", "That is the best answer. “Reports” could be anyone.")]


def test_a_chart_that_breaks_does_not_hide_the_feedback(mine: Answers) -> None:
    def breaks(key: str, value: object) -> None:
        raise ValueError("no chart today")

    form = Form(mine, [WHO], on_saved=breaks)
    say(form, do="choose", key="L1a", arg="L1a_A")
    assert asked(form, "L1a")["feedback"]["verdict"] == "Not yet."


# Feedback -----------------------------------------------------------------------------------------


def test_no_key_reaches_the_browser_before_the_answer(form: Form) -> None:
    def known() -> str:
        return json.dumps(form.get_state(), default=str, ensure_ascii=False)

    assert "could be anyone" not in known()
    assert "next sentence" not in known()
    say(form, do="choose", key="L1a", arg="L1a_A")
    assert "next sentence" in known()
    assert "could be anyone" not in known(), "only the chosen option's feedback is sent"
    assert "M4" not in known(), "the misconception stays in Python"


def test_feedback_has_the_tone_of_the_result(form: Form) -> None:
    say(form, do="choose", key="L1a", arg="L1a_A")
    box = asked(form, "L1a")["feedback"]
    assert box["tone"] == "notyet"
    assert box["verdict"] == "Not yet."
    assert box["body"] == [[{"t": "He speaks in the next sentence.", "m": []}]]
    assert form.view["say"] == "Not yet. He speaks in the next sentence."


def test_feedback_may_be_a_map_of_sentences(mine: Answers) -> None:
    form = Form(mine, [Choice("g", "predictions", "Which?", (("a", "A"), ("b", "B")), {"a": "See below."})])
    say(form, do="choose", key="g", arg="a")
    assert asked(form, "g")["feedback"]["tone"] == "plain"
    assert asked(form, "g")["feedback"]["verdict"] == "Saved."
    assert asked(form, "g")["feedback"]["body"] == [[{"t": "See below.", "m": []}]]
    say(form, do="choose", key="g", arg="b")
    assert asked(form, "g")["feedback"] is None
    assert form.view["say"] == "Saved: B."


def test_deciding_words_are_quoted_and_marked(mine: Answers) -> None:
    found = Result("not yet", 0.0, "Not yet.", ("Count.",), ("Reports indicate",), (Span(0, 16),))
    form = Form(mine, [Choice("g", "items", "Which?", (("a", "A"),), {"a": found})])
    say(form, do="choose", key="g", arg="a")
    assert asked(form, "g")["feedback"]["body"][0][1] == {"t": "“Reports indicate”", "m": [["decide", ""]]}


def test_without_a_reference_the_answer_is_recorded(mine: Answers) -> None:
    item = Item("L1a", "Who?", (Option("a", "A"), Option("b", "B")))
    form = Form(
        mine, [Choice("L1a", "items", "Who?", (("a", "A"), ("b", "B")), lambda o: check_choice(o, item))]
    )
    say(form, do="choose", key="L1a", arg="b")
    assert asked(form, "L1a")["feedback"]["tone"] == "plain"
    assert "teacher" in asked(form, "L1a")["feedback"]["verdict"]


def test_a_writer_is_told_after_leaving_not_while_writing(form: Form) -> None:
    say(form, do="write", key="why", arg="one two three four five")
    assert form.view["say"] == ""
    say(form, do="write", key="why", arg="one two three four five", left=True)
    assert form.view["say"] == "Saved, 5 words. 1 more than the 4 asked for."


# Misconceptions -----------------------------------------------------------------------------------

CODED = Choice(
    "why_quote",
    "items",
    "Why is it between marks?",
    (("right", "It is exact"), ("a", "It is so"), ("b", "It is doubted"), ("c", "It is doubted, too")),
    codes={"a": "M21", "b": "M35", "c": "M35"},
)


@pytest.fixture
def coded(mine: Answers) -> Form:
    return Form(mine, [CODED, WHO])


def test_a_wrong_option_leaves_its_code_in_the_answers_file(coded: Form, mine: Answers) -> None:
    say(coded, do="choose", key="why_quote", arg="b")
    assert on_disk(mine)["misconceptions"] == {"why_quote": ["M35"]}
    say(coded, do="choose", key="why_quote", arg="a")
    assert on_disk(mine)["misconceptions"] == {"why_quote": ["M35", "M21"]}, "in the order they were met"
    for option in ("c", "b", "a"):
        say(coded, do="choose", key="why_quote", arg=option)
    assert on_disk(mine)["misconceptions"] == {"why_quote": ["M35", "M21"]}, "each once"
    say(coded, do="choose", key="why_quote", arg="right")
    assert on_disk(mine)["items"] == {"why_quote": "right"}
    assert on_disk(mine)["misconceptions"] == {"why_quote": ["M35", "M21"]}, "what was met stays known"


def test_a_right_option_and_one_without_a_code_leave_none(coded: Form, mine: Answers) -> None:
    say(coded, do="choose", key="why_quote", arg="right")
    say(coded, do="choose", key="L1a", arg="L1a_A")
    assert on_disk(mine)["misconceptions"] == {}


def test_a_strange_entry_keeps_no_answer_from_being_saved(coded: Form, mine: Answers) -> None:
    mine.set("misconceptions", "why_quote", "M21")
    say(coded, do="choose", key="why_quote", arg="b")
    assert on_disk(mine)["items"] == {"why_quote": "b"}
    assert on_disk(mine)["misconceptions"] == {"why_quote": ["M35"]}


def test_codes_are_kept_without_the_widget_and_over_a_restart(coded: Form, tmp_path: Path) -> None:
    coded.answer("why_quote", "a")
    mine = Answers(1, CODE, "abc", tmp_path)
    again = Form(mine, [CODED])
    again.answer("why_quote", "b")
    assert on_disk(mine)["misconceptions"] == {"why_quote": ["M21", "M35"]}


def test_codes_are_never_on_the_page(coded: Form) -> None:
    for option, _ in CODED.options:
        assert "M21" not in json.dumps(coded.get_state(), default=str)
        assert "M35" not in json.dumps(coded.get_state(), default=str)
        say(coded, do="choose", key="why_quote", arg=option)
    assert "M21" not in json.dumps(coded.get_state(), default=str)
    assert not any("M21" in str(value) for value in coded.as_table().to_numpy().ravel())


def test_codes_that_could_not_be_saved_are_saved_with_their_answer(
    coded: Form, mine: Answers, full_disk: Callable[[bool], None]
) -> None:
    full_disk(True)
    say(coded, do="choose", key="why_quote", arg="a")
    full_disk(False)
    say(coded, do="retry")
    assert on_disk(mine)["misconceptions"] == {"why_quote": ["M21"]}


# Saving fails -------------------------------------------------------------------------------------


def test_a_failed_save_says_so_keeps_the_text_and_is_made_good(
    form: Form, mine: Answers, full_disk: Callable[[bool], None]
) -> None:
    full_disk(True)
    say(form, do="write", key="why", arg="the word reports")
    question = asked(form, "why")
    assert question["value"] == "the word reports"
    assert question["state"] == "unsaved"
    assert question["trouble"][0] == "Your answer could not be saved."
    assert "read-only" in question["trouble"][1]
    assert form.view["say"].startswith("Your answer could not be saved.")
    full_disk(False)
    say(form, do="retry")
    assert on_disk(mine)["exit_ticket"] == {"why": "the word reports"}
    assert asked(form, "why")["trouble"] is None
    assert asked(form, "why")["state"] == "saved"


def test_no_feedback_before_the_answer_is_on_the_disk(form: Form, full_disk: Callable[[bool], None]) -> None:
    full_disk(True)
    say(form, do="choose", key="L1a", arg="L1a_A")
    assert asked(form, "L1a")["value"] == "L1a_A"
    assert asked(form, "L1a")["feedback"] is None


def test_the_next_good_save_takes_the_waiting_answers_along(
    mine: Answers, full_disk: Callable[[bool], None]
) -> None:
    heard: list[str] = []
    form = Form(mine, [WHO, SURE, WORDS], on_saved=lambda key, value: heard.append(key))
    full_disk(True)
    say(form, do="choose", key="L1a", arg="L1a_B")
    say(form, do="write", key="why", arg="reports", left=True)
    assert heard == []
    assert [bool(q["trouble"]) for q in form.view["questions"]] == [False, False, True]
    full_disk(False)
    say(form, do="choose", key="sure", arg="4")
    assert heard == ["L1a", "sure", "why"]
    assert on_disk(mine)["items"] == {"L1a": "L1a_B"}
    assert {q["state"] for q in form.view["questions"]} == {"saved"}


def test_retry_that_fails_again_keeps_the_box(form: Form, full_disk: Callable[[bool], None]) -> None:
    full_disk(True)
    say(form, do="choose", key="sure", arg="4")
    say(form, do="retry")
    assert asked(form, "sure")["trouble"]
    assert asked(form, "sure")["state"] == "unsaved"


# Coming back --------------------------------------------------------------------------------------


def test_a_form_resumes_from_the_answers_file(form: Form, mine: Answers, tmp_path: Path) -> None:
    for key, value in (("L1a", "L1a_A"), ("sure", 2), ("why", "reports")):
        form.answer(key, value)
    again = Form(Answers(1, CODE, "abc", tmp_path), [WHO, BARE, SURE, WORDS])
    assert [q["value"] for q in again.view["questions"]] == ["L1a_A", None, 2, "reports"]
    assert asked(again, "L1a")["feedback"]["verdict"] == "Not yet."
    assert asked(again, "guess")["state"] == "open"


def test_another_student_finds_nothing_of_the_one_before(
    form: Form, mine: Answers, tmp_path: Path, full_disk: Callable[[bool], None]
) -> None:
    Answers(1, "blue-fox-20", "abc", tmp_path).set("items", "L1a", "L1a_B")
    say(form, do="choose", key="L1a", arg="L1a_A")
    say(form, do="write", key="why", arg="  ")
    mine.use("blue-fox-20")
    form.reload()
    assert [q["value"] for q in form.view["questions"]] == ["L1a_B", None, None, ""]
    assert form.view["say"] == ""
    form.answer("sure", 4)
    assert on_disk(mine)["exit_ticket"] == {"sure": 4}
    assert mine.path.parent.name == "blue-fox-20"


def test_a_cell_run_again_shows_what_another_notebook_saved(mine: Answers, tmp_path: Path) -> None:
    Answers(1, CODE, "abc", tmp_path).set("items", "L1a", "L1a_B")
    assert asked(Form(mine, [WHO]), "L1a")["value"] == "L1a_B"


def test_letters_that_arrive_after_the_cell_was_run_again_reach_the_new_form(mine: Answers) -> None:
    old = Form(mine, [WORDS])
    new = Form(mine, [WORDS])
    say(old, do="write", key="why", arg="the last letters")
    assert asked(new, "why")["value"] == "the last letters"


def test_two_notebooks_lose_nothing(mine: Answers, tmp_path: Path) -> None:
    other = Answers(1, CODE, "abc", tmp_path)
    here, there = Form(mine, [WHO, SURE]), Form(other, [WORDS])
    say(here, do="choose", key="L1a", arg="L1a_B")
    say(there, do="write", key="why", arg="reports")
    say(here, do="choose", key="sure", arg="1")
    content = on_disk(mine)
    assert (content["items"], content["exit_ticket"]) == ({"L1a": "L1a_B"}, {"sure": 1, "why": "reports"})


@pytest.mark.parametrize("strange", ["L1a_gone", 7, None, ["L1a_A"], {"a": 1}, True])
def test_a_strange_value_in_the_file_counts_as_no_answer(mine: Answers, strange: object) -> None:
    mine.change(lambda content: content["items"].update(L1a=strange))
    mine.change(lambda content: content["exit_ticket"].update(sure=strange, why=strange))
    form = Form(mine, [WHO, SURE, WORDS])
    assert asked(form, "L1a")["value"] is None
    form.answer("L1a", "L1a_A")
    assert on_disk(mine)["items"]["L1a"] == "L1a_A"


# Without the widget -------------------------------------------------------------------------------


def test_answer_saves_draws_and_returns_the_feedback(form: Form, mine: Answers) -> None:
    result = form.answer("L1a", "L1a_B")
    assert result is not None
    assert result.status == "correct"
    assert form.answer("sure", 4) is None
    assert on_disk(mine)["exit_ticket"] == {"sure": 4}
    assert asked(form, "sure")["value"] == 4


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("L1z", "a", ["L1z", "L1a", "guess", "sure", "why"]),
        ("L1a", "Rutte", ["Rutte", "L1a_A", "Mark Rutte", "L1a_B"]),
        ("sure", 5, ["5", "[1, 2, 3, 4]"]),
        ("sure", True, ["True", "[1, 2, 3, 4]"]),
        ("sure", "4", ["'4'", "[1, 2, 3, 4]"]),
        ("why", 3, ["3", "quotation marks"]),
        ("why", "x" * 2001, ["2001", "2000"]),
    ],
)
def test_answer_refuses_and_says_what_was_found_and_what_is_allowed(
    form: Form, mine: Answers, key: str, value: Any, named: list[str]
) -> None:
    with pytest.raises(ValueError, match=re.escape(named[0])) as refused:
        form.answer(key, value)
    assert [word for word in named if word not in str(refused.value)] == []
    assert not mine.path.exists()


def test_answer_raises_when_it_cannot_save(form: Form, full_disk: Callable[[bool], None]) -> None:
    full_disk(True)
    with pytest.raises(NotSaved, match="read-only"):
        form.answer("L1a", "L1a_A")
    assert asked(form, "L1a")["trouble"]


def test_more_words_than_asked_for_are_saved(form: Form, mine: Answers) -> None:
    form.answer("why", "one two three four five six")
    assert on_disk(mine)["exit_ticket"]["why"] == "one two three four five six"


def test_the_table_twin_holds_question_options_and_answer_in_words(form: Form) -> None:
    form.answer("L1a", "L1a_B")
    form.answer("sure", 1)
    table = form.as_table()
    assert list(table["question"]) == [WHO.ask, BARE.ask, SURE.ask, WORDS.ask]
    assert list(table["answer"]) == ["The article does not say", "", "1 just guessing", ""]
    assert table["options"][0] == "L1a_A: Mark Rutte; L1a_B: The article does not say"
    assert table["feedback"][0] == "That is the best answer. “Reports” could be anyone."


@pytest.mark.parametrize(
    "build",
    [
        lambda a: Form(a, [WHO, WHO]),
        lambda a: Form(a, [Text("x", "labels", "Which?")]),
        lambda a: Form(a, [Choice("x", "items", "Which?")]),
        lambda a: Form(a, [Choice("x", "items", "Which?", (("a", "A"), ("a", "B")))]),
        lambda a: Form(a, [Scale("x", "items", "Which?", values=(1,))]),
    ],
)
def test_a_form_that_cannot_work_is_refused(mine: Answers, build: Callable[[Answers], Form]) -> None:
    with pytest.raises(ValueError, match=r"found|choose one of|give (one|two) or more"):
        build(mine)


def test_a_page_without_widgets_shows_what_is_asked(form: Form, mine: Answers) -> None:
    assert repr(form).startswith(WHO.ask)
    assert repr(Form(mine, [WHO], title="Exit ticket")).startswith("Exit ticket")


def test_a_form_without_questions_is_drawn(mine: Answers) -> None:
    assert Form(mine, [], title="No questions here.").view["questions"] == []


# In the browser -----------------------------------------------------------------------------------

HOSTILE = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script>'


@pytest.mark.browser
def test_an_answer_to_older_letters_never_replaces_newer_ones(page: Any, form: Form, mine: Answers) -> None:
    w = WidgetPage(page, form)
    box = page.locator("textarea")
    box.press_sequentially("rep")
    w.wait_for_message()  # saved by the pause
    box.press_sequentially("orts")
    page.locator("#before").focus()  # saved by leaving
    w.answer(1)
    assert box.input_value() == "reports", "Python knows “rep” so far; the page keeps what was typed"
    assert "Not saved yet" in page.locator(".form-state").last.inner_text()
    box.focus()
    page.keyboard.press("End")
    page.keyboard.type(" say")
    w.answer()
    assert box.input_value() == "reports say"
    w.wait_for_message()
    w.answer()
    assert on_disk(mine)["exit_ticket"] == {"why": "reports say"}
    assert "Saved" in page.locator(".form-state").last.inner_text()
    assert w.focused == "textarea reports say"


@pytest.mark.browser
def test_going_back_to_older_letters_is_not_taken_for_saved(page: Any, form: Form, mine: Answers) -> None:
    w = WidgetPage(page, form)
    box, state = page.locator("textarea"), page.locator(".form-state").last
    for text in ("a", "ab"):
        box.fill(text)
        page.locator("#before").focus()
    box.fill("a")
    w.answer(1)  # “a”: the same letters, but “ab” is under way
    assert "Not saved yet" in state.inner_text()
    w.answer(1)  # “ab”
    assert box.input_value() == "a"
    w.wait_for_message()
    w.answer()
    assert on_disk(mine)["exit_ticket"] == {"why": "a"}
    assert "Not saved yet" not in state.inner_text()


@pytest.mark.browser
@pytest.mark.parametrize(
    "leave",
    [
        "document.getElementById('before').focus()",
        "document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))",
        "widgets[0].leave()",
        "dispatchEvent(new PageTransitionEvent('pagehide'))",
        "document.dispatchEvent(new Event('visibilitychange'))",
    ],
)
def test_the_last_letters_before_leaving_are_sent(page: Any, form: Form, mine: Answers, leave: str) -> None:
    w = WidgetPage(page, form)
    page.locator("textarea").press_sequentially("last")
    page.evaluate(leave)
    w.answer()
    assert on_disk(mine)["exit_ticket"] == {"why": "last"}


@pytest.mark.browser
def test_the_keys_for_saving_save(page: Any, form: Form, mine: Answers) -> None:
    w = WidgetPage(page, form)
    page.locator("textarea").press_sequentially("last")
    page.keyboard.press("Control+s")
    w.answer()
    assert on_disk(mine)["exit_ticket"] == {"why": "last"}


@pytest.mark.browser
def test_focus_stays_where_it_is_and_keys_stay_in_the_form(page: Any, form: Form, mine: Answers) -> None:
    w = WidgetPage(page, form)
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    w.answer()
    assert w.focused == "input L1a_A"
    page.keyboard.press("ArrowDown")
    assert w.focused == "input L1a_B"
    assert on_disk(mine)["items"] == {"L1a": "L1a_A"}, "an arrow key moves and does not choose"
    page.keyboard.press("Space")
    w.answer()
    page.keyboard.type("123456xddmy")
    w.answer()
    assert on_disk(mine)["items"] == {"L1a": "L1a_B"}
    for _ in range(3):
        page.keyboard.press("Tab")
    assert w.focused == "textarea "
    page.keyboard.type("123456xddmy")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Escape")
    assert page.evaluate("keys.filter((key) => key !== 'Tab')") == [], "the notebook must not see these keys"
    assert page.locator("textarea").evaluate("node => node.hasAttribute('data-lm-suppress-shortcuts')")
    page.keyboard.press("Tab")
    w.answer()
    assert on_disk(mine)["exit_ticket"] == {"why": "123456xddmy\n"}


@pytest.mark.browser
def test_a_click_on_the_words_of_an_option_leaves_the_focus_on_it(page: Any, form: Form) -> None:
    w = WidgetPage(page, form)
    page.get_by_text("The article does not say").click()
    w.answer()
    page.wait_for_timeout(50)
    assert w.focused == "input L1a_B"
    assert page.locator("[role=status]").inner_text() == "That is the best answer. “Reports” could be anyone."


@pytest.mark.browser
def test_the_tick_follows_the_last_choice_while_answers_are_under_way(page: Any, form: Form) -> None:
    w = WidgetPage(page, form)
    page.get_by_text("Mark Rutte").click()
    w.answer()
    page.get_by_text("The article does not say").click()
    said = page.locator(".form-said").first
    assert "next sentence" in said.inner_text(), "nothing jumps for the moment that Python needs"
    assert "is-late" in str(said.get_attribute("class")), "and if it needs longer, it is dimmed"
    page.get_by_text("Mark Rutte").click()
    page.get_by_text("The article does not say").click()
    w.answer(1)
    assert page.locator("input[value=L1a_B]").is_checked()
    assert "is-late" in str(said.get_attribute("class"))
    w.answer()
    assert "is-late" not in str(said.get_attribute("class"))
    assert page.locator("input[value=L1a_B]").is_checked()
    form.answer("L1a", "L1a_A")  # typed in a cell
    w.show()
    assert page.locator("input[value=L1a_A]").is_checked()


@pytest.mark.browser
def test_two_forms_with_the_same_questions_do_not_share_ticks(page: Any, form: Form) -> None:
    first, second = WidgetPage(page, form), WidgetPage(page, form, beside=True)
    page.locator(".host").nth(0).get_by_text("Mark Rutte").click()
    page.locator(".host").nth(1).get_by_text("The article does not say").click()
    first.answer()
    second.answer()
    assert page.locator(".host").nth(1).locator("input[value=L1a_B]").is_checked()
    first.show()
    assert page.locator(".host").nth(0).locator("input[value=L1a_B]").is_checked(), (
        "both show what Python knows"
    )


@pytest.mark.browser
def test_texts_are_shown_as_text(page: Any, mine: Answers) -> None:
    found = Result("not yet", 0.0, HOSTILE, (HOSTILE,), (HOSTILE,))
    form = Form(
        mine,
        [
            Choice(
                "<b>", "items", HOSTILE, ((HOSTILE, HOSTILE), ('"]', "other")), {HOSTILE: found}, note=HOSTILE
            ),
            Scale("s", "items", HOSTILE, HOSTILE, HOSTILE),
            Text("t", "items", HOSTILE),
        ],
        title=HOSTILE,
    )
    form.answer("t", HOSTILE)
    w = WidgetPage(page, form)
    page.locator("input[type=radio]").first.check()
    w.answer()
    assert page.locator("textarea").input_value() == HOSTILE
    assert page.locator(".form-said .ws-verdict").inner_text() == HOSTILE
    assert page.locator(".host img, .host script, .host b:not(.form-opt b)").count() == 0
    assert page.evaluate("window.hacked") is None


@pytest.mark.browser
def test_a_failed_save_in_the_browser(
    page: Any, form: Form, mine: Answers, full_disk: Callable[[bool], None]
) -> None:
    w = WidgetPage(page, form)
    full_disk(True)
    page.locator("textarea").press_sequentially("reports")
    page.locator("#before").focus()
    w.answer()
    assert page.locator(".ws-fb--warn:visible .ws-verdict").inner_text() == "Your answer could not be saved."
    assert page.locator("textarea").input_value() == "reports"
    full_disk(False)
    page.get_by_role("button", name="Save again").click()
    w.answer()
    assert page.get_by_role("button", name="Save again").count() == 0
    assert w.focused == "textarea reports"
    assert on_disk(mine)["exit_ticket"] == {"why": "reports"}


@pytest.mark.browser
def test_the_counter_warns_and_does_not_block(page: Any, form: Form) -> None:
    w = WidgetPage(page, form)
    box, state = page.locator("textarea"), page.locator(".form-state").last
    assert "0 of at most 4 words" in state.inner_text()
    box.fill("one two three four five")
    assert "5 words: 1 more than the 4 asked for." in state.inner_text()
    page.locator("#before").focus()
    w.answer()
    assert page.locator("[role=status]").inner_text() == "Saved, 5 words. 1 more than the 4 asked for."
    box.fill("x" * 2500)
    page.locator("#before").focus()
    w.answer()
    assert "no room for more" in state.inner_text()


@pytest.mark.browser
def test_every_question_has_its_name(page: Any, mine: Answers) -> None:
    WidgetPage(
        page,
        Form(mine, [WHO, SURE, Text("t", "items", "Write.", note="Start with “I”.")], title="Exit ticket"),
    )
    assert page.get_by_role("group", name=WHO.ask).get_by_role("radio").count() == 2
    assert page.get_by_role("group", name=SURE.ask).get_by_role("radio", name="1 just guessing").count() == 1
    assert page.get_by_role("group", name="Exit ticket").count() == 1
    field = page.get_by_role("textbox", name="Write.")
    described = "n => document.getElementById(n.getAttribute('aria-describedby').split(' ')[0]).textContent"
    assert field.evaluate(described) == "Start with “I”."
    heights = page.locator(".form-opt, textarea").evaluate_all("nodes => nodes.map((n) => n.offsetHeight)")
    assert min(heights) >= 38
