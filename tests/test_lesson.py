"""What a notebook gets from ``ws.lesson``: widgets and charts over one student's answers."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import whosays as ws
from helpers import DATA
from packs import copy_pack, sentences_pack
from whosays import answers as store
from whosays import course, figures, pack
from whosays.answers import Answers
from whosays.checks import items, rung_keys
from whosays.course import Lesson
from whosays.widgets.page import Chart, Page

PACK = pack.load(DATA)
KEYS = rung_keys(PACK)
CODE, OTHER = "amber-otter-17", "copper-lynx-42"


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work folder of its own, in which nobody has worked."""
    monkeypatch.setenv("WHOSAYS_WORK", str(tmp_path / "work"))
    monkeypatch.delenv("WHOSAYS_PACK", raising=False)
    return tmp_path / "work"


@pytest.fixture
def lesson(work: Path) -> Lesson:
    store.choose_code(CODE, work)
    return ws.lesson(1)


def answer(lesson: Lesson, **labels: int) -> None:
    for sid, rung in labels.items():
        lesson.answers.set("labels", sid, rung)


def text(page: Page) -> str:
    """What the page says to who reads without a browser."""
    return repr(page)


# Who works ------------------------------------------------------------------------------------------------


def test_a_lesson_is_that_of_the_code_chosen_last(lesson: Lesson) -> None:
    assert (lesson.number, lesson.answers.code, lesson.pack.folder) == (1, CODE, DATA)
    assert repr(lesson) == f"Lesson 1 for {CODE}. Write this code down: it is how you find your work again."
    assert lesson.answers.path.name == "L1.json"
    assert ws.lesson(3).answers.path.name == "L3.json"


@pytest.mark.parametrize("number", [-1, 10, "1", 1.0, True, None])
def test_there_are_lessons_0_to_9(number: Any) -> None:
    with pytest.raises(ValueError, match="lessons have the numbers 0 to 9"):
        ws.lesson(number)


def test_looking_leaves_no_trace_and_the_first_answer_settles_the_code(work: Path) -> None:
    lesson = ws.lesson(1)
    for shown in (lesson.deck(), lesson.reader(), lesson.strip(), lesson.class_view(), lesson.question(1)):
        assert shown is not None
    assert not work.exists()
    offered = lesson.answers.code
    assert lesson.who().view["code"] == offered
    lesson.deck().answer("s01", 4)
    assert store.current_code() == offered == ws.lesson(1).answers.code


def test_when_another_student_sits_down_everything_goes_over(lesson: Lesson) -> None:
    Answers(1, OTHER, PACK.fingerprint).set("labels", "s02", 1)
    deck, form, strip, who = (
        lesson.deck(),
        lesson.predict("most", "Which?", [5, 4]),
        lesson.strip(),
        lesson.who(),
    )
    deck.answer("s01", 4)
    form.answer("most", "5")
    assert strip.as_table()["rung"].dropna().to_dict() == {0: 4}
    who.use(OTHER)
    assert lesson.answers.code == OTHER
    assert [s["rung"] for s in deck.view["strip"]][:2] == [None, 1]
    assert strip.as_table()["rung"].dropna().to_dict() == {1: 1}
    assert lesson.table()["rung"].count() == 1
    deck.answer("s03", 5)
    assert Answers(1, CODE, PACK.fingerprint).labels == {"s01": 4}
    assert Answers(1, OTHER, PACK.fingerprint).labels == {"s02": 1, "s03": 5}


def test_a_lesson_opens_where_nothing_can_be_written(
    work: Path, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: str) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(store, "write_whole", full)
    deck = ws.lesson(1).deck()
    deck._received(None, {"do": "choose", "arg": "4"}, None)
    assert "is read-only" in deck.view["trouble"]
    assert deck.view["asks"][0]["chosen"] == 4


# Questions ------------------------------------------------------------------------------------------------


def test_a_prediction_is_shown_or_asked_for(lesson: Lesson, capsys: pytest.CaptureFixture[str]) -> None:
    lesson.predicted("most")
    form = lesson.predict("most", "Which rung will stand most often?", [5, 4, 3])
    lesson.predicted("most")
    form.answer("most", "3")
    lesson.predicted("most")
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "You have not predicted yet. The question stands further up.",
        "You have not predicted yet. Which rung will stand most often?",
        "You predicted: 3.",
    ]


def test_a_result_waits_for_its_guess_and_says_when_it_can_be_run(
    lesson: Lesson, capsys: pytest.CaptureFixture[str]
) -> None:
    form = lesson.predict("most", "Which rung will stand most often?", [5, 4, 3])
    assert not lesson.guessed("most")
    assert (
        capsys.readouterr().out
        == "Make your guess first. Then run this cell: click it and press Shift + Enter.\n"
    )
    form.answer("most", "3")
    assert str(lesson._pages["predicted most"]) == (
        "You predicted: 3. Now run this cell: click it and press Shift + Enter."
    )
    assert lesson.guessed("most")
    assert capsys.readouterr().out == "You predicted: 3.\n"


def test_questions_are_those_of_the_lesson_with_their_feedback(lesson: Lesson) -> None:
    mine = [i for i in items(PACK) if i.startswith("L1")]
    assert mine == ["L1a", "L1b"]
    for n, name in enumerate(mine, 1):
        form = lesson.question(n)
        assert [q["key"] for q in form.view["questions"]] == [name]
        wrong = next(o for o in items(PACK)[name].options if not o.correct)
        assert wrong.feedback not in json.dumps(form.view, ensure_ascii=False)
        form.answer(name, wrong.id)
        assert wrong.feedback in json.dumps(form.view, ensure_ascii=False)
    assert lesson.answers.content["items"].keys() == set(mine)
    for n in (0, 3, -1):
        assert lesson.question(n).view["questions"] == []


def test_an_exit_ticket_is_an_item_a_sentence_and_how_sure(lesson: Lesson) -> None:
    form = lesson.exit_ticket(2, "Which words fooled you?")
    assert sorted(q["key"] for q in form.view["questions"]) == ["L1b", "sentence", "sure"]
    form.answer("sure", 2)
    form.answer("sentence", "“deemed”")
    assert lesson.answers.content["exit_ticket"] == {"sure": 2, "sentence": "“deemed”"}


# Charts and tables ----------------------------------------------------------------------------------------


def test_the_students_table_and_strip_are_the_students_own(lesson: Lesson) -> None:
    answer(lesson, s01=2, s31=1)
    assert lesson.table().dropna()["sentence"].tolist() == ["s01", "s31"]
    strip = lesson.strip()
    assert figures.alt_text(strip.figure).startswith("Bar chart. Your strip so far: 2 of 31 sentences")
    assert strip.as_table()["rung"].count() == 2
    assert "your own coding of “Who Says So?" in figures.caption(strip.figure)


def test_the_class_view_compares_what_was_answered_and_shows_no_more(lesson: Lesson) -> None:
    view = lesson.class_view()
    assert "reference" not in view.as_table()
    answer(lesson, s01=4, s02=2, s03=1)
    table = view.as_table().set_index("sentence")
    assert table["reference"].dropna().to_dict() == {"s01": 4, "s02": 1, "s03": 5}
    assert figures.alt_text(view.figure).startswith(
        "Bar chart. You and the reference agree on 1 of 3 sentences, and 1"
    )
    shown = json.dumps(figures.mime_bundle(view.figure), ensure_ascii=False)
    assert not any(r.reason in shown for key in KEYS.values() for r in key.readings)


def test_counts_are_compared_with_the_own_table(lesson: Lesson, capsys: pytest.CaptureFixture[str]) -> None:
    lesson.check_counts(...)
    answer(lesson, s01=4, s02=1)
    lesson.check_counts(...)
    lesson.check_counts(lesson.table()["rung"].value_counts())
    lesson.check_counts(3)
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said] == [
        "Not attempted yet",
        "Not attempted yet",
        "Yes",
        "Not yet",
    ]


def test_a_sentence_that_deserves_more_trust_is_one_the_student_answered(lesson: Lesson) -> None:
    page = lesson.better_than_it_looks()
    assert "Answer a few more sentences" in text(page)
    named = [sid for sid, key in KEYS.items() if key.accepted == (4,)]
    plain = [
        sid
        for sid in named
        if "“" not in dict(zip(PACK.sentences["id"], PACK.sentences["text"], strict=True))[sid]
    ]
    low, high = plain[0], plain[-1]
    answer(lesson, **{high: 4, low: 2})
    said = text(lesson.better_than_it_looks())
    assert said.startswith(f"{low}: ")
    assert "You first put it on rung 2." in said
    assert KEYS[low].readings[0].reason in said


# Other packs ----------------------------------------------------------------------------------------------


def student_copy(folder: Path) -> Path:
    return copy_pack(folder, reference=False)


def six_sentences(folder: Path) -> Path:
    return sentences_pack(folder, [(f"x{n}", 1 + n // 2, f"Sentence {n}.", "") for n in range(6)])


@pytest.mark.parametrize("make", [student_copy, six_sentences])
def test_everything_works_without_the_reference(
    make: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHOSAYS_PACK", str(make(tmp_path / "pack")))
    lesson = ws.lesson(1)
    first = lesson.pack.sentences["id"].iloc[0]
    assert lesson.deck().answer(first, 4).status == "not attempted"
    shown: list[Page] = [lesson.ladder(), lesson.strip(), lesson.class_view(), lesson.better_than_it_looks()]
    assert all(text(page) for page in shown)
    assert "no reference coding" in text(shown[3])
    assert "reference" not in shown[2].as_table() if isinstance(shown[2], Chart) else False
    assert lesson.reader().as_table() is not None
    assert lesson.exit_ticket(1, "Which words?").view["questions"]
    assert lesson.question(1).view is not None


# Around the lessons ---------------------------------------------------------------------------------------


def test_lessons_are_listed_by_number_with_the_title_of_their_notebook(tmp_path: Path) -> None:
    def notebook(name: str, source: str | bytes) -> None:
        content = (
            source if isinstance(source, bytes) else json.dumps({"cells": [{"source": [source]}]}).encode()
        )
        (tmp_path / name).write_bytes(content)

    notebook("01_who.ipynb", "# Who is speaking?\nMore.")
    notebook("04_two_words.ipynb", b"{")
    notebook("03_empty.ipynb", json.dumps({"cells": []}).encode())
    notebook("00_start_here.ipynb", "# Start")
    notebook("notes.ipynb", "# Notes")
    assert [(n, path.name, title) for n, path, title in course.lessons(tmp_path)] == [
        (1, "01_who.ipynb", "Who is speaking?"),
        (3, "03_empty.ipynb", "empty"),
        (4, "04_two_words.ipynb", "two words"),
    ]


def test_the_list_says_how_far_the_student_is(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [(1, Path("01_a.ipynb"), "Who?"), (2, Path("02_b.ipynb"), "Whose?")]
    monkeypatch.setattr(course.core, "lessons", lambda: listed)
    assert (
        lesson.progress().data == "1. [Who?](01_a.ipynb) – not started\n2. [Whose?](02_b.ipynb) – not started"
    )
    answer(lesson, s01=4)
    assert "1. [Who?](01_a.ipynb) – 1 of 31 sentences, exit ticket open" in lesson.progress().data
    lesson.answers.set("exit_ticket", "sure", 1)
    assert "– 1 of 31 sentences, exit ticket done" in lesson.progress().data
    assert lesson.onward().data.startswith("Next: [Whose?](02_b.ipynb) · [Back to the list")
    assert ws.lesson(2).onward().data == "[Back to the list of lessons](00_start_here.ipynb)"
    monkeypatch.setattr(course.core, "lessons", list)
    assert lesson.progress().data == "There are no lessons in this folder."
