"""The grade book without a browser: what is read, what is saved, what is said where there is nothing."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

import students
import whosays as ws
from helpers import offline_env
from whosays.classroom import bundle, gradebook, reading, sandbox
from whosays.classroom.gradebook import Mark, mark, marks
from whosays.classroom.reading import NothingToRead, Reading, find
from whosays.classroom.run import Options, Summary, grade_all
from whosays.disk import NotSaved, locked
from whosays.exercises import rubric
from whosays.exercises.rubric import Answer, Level, State, Task
from whosays.exercises.sets import Graded, Question
from whosays.widgets.grade_book import CHANGED, MOVED_ON, PAGE, GradeBook, NoGradeBook, shuffled

KEY = students.exercise("set1").key or {}
RUBRIC, ANCHORS = KEY["1.D"]["rubric"], KEY["1.D"]["anchors"]
BECAUSE = "The bar counts one kind of source, so it says nothing about truth."
RUN = "window.hacked = (window.hacked || 0) + 1"
HOSTILE = f"""<script>{RUN}</script> <img src=x onerror="{RUN}"> [a](javascript:{RUN})
$$ \\href{{javascript:{RUN}}}{{x}} $$ &lt;b&gt; \u202eabc \x07 ''' " {{{{ 7 * 7 }}}} =1+1"""


def reads(because: str) -> dict[str, str]:
    """The answers of a student of the reading track."""
    question = students.exercise("set1").question("1.N")
    return {question.cell: students.source_of(question, {**students.best(question), "because": because})}


HAND_INS: dict[str, dict[str, str]] = {
    "amy": {"set1-D": ANCHORS["4"]},
    "bo": {"set1-D": ANCHORS["2"]},
    "cy": {"set1-D": HOSTILE},
    "di": {"set1-D": ANCHORS["1"], **reads(BECAUSE)},
    "ed": reads("It only counts."),
    "fi": {},
    "gus": {"set1-D": ANCHORS["3"]},
    "hal": reads(""),
}
READ_D = {"amy", "bo", "cy", "di", "gus"}


def run(course: Path) -> Summary:
    """``whosays grade``; where this machine has no walls, without: the code is ours."""
    return grade_all(course / "submitted", course / "grades.csv", Options(walls=not sandbox.missing()))


def graded_course(folder: Path) -> Path:
    """A course with the hand-ins of eight students, graded."""
    for student, sources in HAND_INS.items():
        students.hand_in(folder / "submitted", student, "set1", sources)
    run(folder)
    return folder


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return graded_course(tmp_path_factory.mktemp("graded"))


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded, tmp_path / "course"))


def opened(course: Path, **more: Any) -> GradeBook:
    book = ws.grade_book(course, **more)
    assert isinstance(book, GradeBook), book.view
    return book


def send(book: GradeBook, do: str, *arg: Any, key: str = "") -> dict[str, Any]:
    """What the browser sends; what it is shown then."""
    if do in ("give", "comment", "reuse"):
        key = key or book.view["now"]
    book._received(
        None, {"do": do, **({"arg": arg[0]} if arg else {}), **({"key": key} if key else {})}, None
    )
    view: dict[str, Any] = book.view
    return view


def go_to(book: GradeBook, task: str, student: str) -> str:
    """Make a student's answer the present one; its key."""
    send(book, "task", task)
    present = next(t for t in book._book.tasks if t.id == task)
    answer = next(a for a in book._book.answers(present) if a.student == student)
    text = answer.text
    for card in book.view["answers"]:
        send(book, "go", card["key"])
        if book._answer is answer or book._answer.student == student:
            assert book.view["text"] == text
            return str(book.view["now"])
    raise AssertionError(f"{student} is not shown")


def to_read(course: Path, student: str, cell: str) -> bool:
    with Gradebook(f"sqlite:///{course}/gradebook.db", course_id="who-says-so") as book:
        return bool(book.find_grade(cell, "set1", "set1", student).needs_manual_grade)


def rows(course: Path) -> dict[str, dict[str, str]]:
    with (course / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


# What is read -------------------------------------------------------------------------------------------


def test_every_answer_in_words_is_there_and_nothing_else(course: Path) -> None:
    book = opened(course)
    assert [(t["id"], t["count"]) for t in book.view["tasks"]] == [("1.N", (0, 2)), ("1.D", (0, 5))]
    assert book.view["task"] == "1.N"
    assert book.view["blank"] == "1 left it open: no points, and nothing to read."
    table = book.as_table()
    assert set(table[table["question"] == "1.N"]["text"]) == {BECAUSE, "It only counts."}
    texts = set(table[table["question"] == "1.D"]["text"])
    assert {ANCHORS[level] for level in "1234"} <= texts
    (hostile,) = texts - {ANCHORS[level] for level in "1234"}
    assert hostile == HOSTILE.replace("\u202e", "�").replace("\x07", "�")


def test_levels_come_with_rubric_example_and_key_and_what_was_asked(course: Path) -> None:
    book = opened(course)
    view = send(book, "task", "1.D")
    assert [(level["key"], level["says"]) for level in view["levels"]] == [(k, RUBRIC[k]) for k in "43210"]
    assert {level["example"] for level in view["levels"]} == {""}
    view = send(book, "examples")
    assert [level["example"] for level in view["levels"]] == [ANCHORS[k] for k in "43210"]
    assert "A friend says" in view["asked"]
    assert "**" not in view["asked"]
    assert view["title"] == "Set 1 · D. Write"
    view = send(book, "task", "1.N")
    assert [level["says"] for level in view["levels"]] == [KEY["1.N"]["because_rubric"][k] for k in "210"]
    assert "why does one long bar not say" in view["asked"]
    assert KEY["1.N"]["solution"]["because"] not in view["asked"]


def test_the_machine_says_what_it_saw_and_the_rest_of_the_hand_in_is_at_hand(course: Path) -> None:
    book = opened(course)
    go_to(book, "1.D", "bo")
    (note,) = book.view["notes"]
    assert note.startswith("First look by the machine, no mark: Name the sentence")
    assert not note.endswith("gives the points.")
    go_to(book, "1.N", "di")
    read, points = book.view["notes"]
    assert "tallest" in read
    assert re.match(r"Read: guess: [^(]+, tallest: [^(]+ \(right\)", read), "a guess is not right or wrong"
    assert points == "The machine gave 4 of 6. Your points are added, up to 6."
    rest = dict(book.view["rest"])
    assert rest["set1-D"] == ANCHORS["1"]
    assert "set1-N" not in rest


def task_of(levels: dict[str, str], points: float, kind: str = "write") -> Task:
    question = Question("capstone.2", "capstone", "capstone-2", "", kind, points, "", ())  # type: ignore[arg-type]
    exercise = students.exercise("set1")
    entry = {"rubric": levels, "anchors": {"8": "A good one."}}
    made = type(exercise)(
        "capstone", "capstone", 9, "One page", (question,), {"capstone.2": entry} if levels else {}
    )
    return rubric._task(made, Graded("capstone-2", points, True, (question,)), question, [])


def test_levels_of_the_capstone_have_the_keys_1_to_4_in_order() -> None:
    task = task_of({"4": "a third", "12": "all of it", "0": "none", "8": "two thirds"}, 12)
    assert [(level.points, level.says) for level in task.levels] == [
        (12.0, "all of it"), (8.0, "two thirds"), (4.0, "a third"), (0.0, "none"),
    ]  # fmt: skip
    assert task.keys == ("1", "2", "3", "4")
    assert task.levels[1] == Level(8.0, "two thirds", "A good one.")
    assert task.title == "Capstone · capstone.2"


@pytest.mark.parametrize(
    ("points", "keys"),
    [(3, {3.0: "3", 2.0: "2", 1.0: "1", 0.0: "0"}), (12, {12.0: "1", 8.0: "2", 4.0: "3", 0.0: "4"})],
)
def test_without_a_rubric_there_are_points_all_the_same(points: float, keys: dict[float, str]) -> None:
    task = task_of({}, points)
    assert dict(zip((level.points for level in task.levels), task.keys, strict=True)) == keys


# Names ------------------------------------------------------------------------------------------------------


def test_hidden_names_are_not_in_what_the_browser_gets_and_the_order_tells_nothing(course: Path) -> None:
    database = course / "gradebook.db"
    book = opened(course)
    orders = []
    for task in ("1.N", "1.D"):
        view = send(book, "task", task)
        shown = json.dumps(view)
        assert not [student for student in HAND_INS if f'"{student}"' in shown or f"{student}/" in shown]
        assert [card["label"] for card in view["answers"]] == [f"Answer {n + 1}" for n in range(view["of"])]
        orders.append([a.student for a in book._order(book._present)])
    assert "Names are hidden" in book.view["about_names"]
    assert orders[1] != sorted(orders[1])
    assert orders == [[a.student for a in opened(course)._order(t)] for t in book._book.tasks]
    # Also where something goes wrong.
    with sqlite3.connect(database) as connection:
        connection.execute("delete from submitted_notebook")
        connection.execute("delete from submitted_assignment")
    trouble = send(book, "give", 3)["trouble"]
    assert trouble == "This student has handed in no set1."
    view = send(book, "names")
    assert [card["label"] for card in view["answers"]] == sorted(READ_D)
    assert view["names"] is True


def test_the_order_differs_from_question_to_question() -> None:
    answers = [Answer(f"s{n:02}", "", "", (), "") for n in range(20)]
    one, other = (
        [a.student for a in sorted(answers, key=lambda a, t=task: shuffled(t, a))]
        for task in (task_of({}, 3), Task("1.D", "set1", "", "", "", False, 4, (), ""))
    )
    assert one != other
    assert sorted(one) == sorted(other)


# Marks --------------------------------------------------------------------------------------------------


def test_a_mark_is_in_the_gradebook_at_once_and_grading_again_writes_it_everywhere(course: Path) -> None:
    book = opened(course)
    database = course / "gradebook.db"
    go_to(book, "1.D", "amy")
    view = send(book, "give", 4)
    assert marks(database) == {("amy", "set1", "set1-D"): Mark(4.0)}
    assert not to_read(course, "amy", "set1-D")
    assert view["given"] == "4 of 4 points"
    assert (view["read"], view["of"]) == (1, 5)
    assert view["say"].endswith("4 of 4 points, saved. 1 of 5 read.")
    send(book, "comment", "  Well quoted.  ")
    go_to(book, "1.N", "di")
    send(book, "give", 1)
    send(book, "comment", "Say what the bar counts.")
    assert marks(database) == {
        ("amy", "set1", "set1-D"): Mark(4.0, None, "Well quoted."),
        ("di", "set1", "set1-C-test"): Mark(None, 1.0),
        ("di", "set1", "set1-N"): Mark(comment="Say what the bar counts."),
    }
    before = rows(course)
    assert run(course).graded_now == 0
    after = rows(course)
    assert (before["amy"]["D"], after["amy"]["D"], after["amy"]["to_be_read"]) == ("", "4", "0")
    assert float(after["di"]["C"]) == float(before["di"]["C"]) + 1
    page = (course / "grades.feedback/amy-set1.html").read_text(encoding="utf-8")
    assert "Your teacher: Well quoted." in page
    assert "Your teacher: Say what the bar counts." in (course / "grades.feedback/di-set1.html").read_text()


def test_the_button_writes_what_grading_again_writes(course: Path) -> None:
    book = opened(course)
    go_to(book, "1.D", "amy")
    assert send(book, "give", 3)["unwritten"] is True
    view = send(book, "write")
    assert "Written: " in view["wrote"]
    assert (view["trouble"], view["unwritten"], view["writing"]) == ("", False, False)
    names = ["grades.csv", "grades.canvas.csv", "grades.moodle.csv", "grades.items.csv", "grades.items.html"]
    names += [f"grades.feedback/{p.name}" for p in (course / "grades.feedback").iterdir()]
    mine = {name: (course / name).read_bytes() for name in names}
    assert rows(course)["amy"]["D"] == "3"
    run(course)
    assert {name: (course / name).read_bytes() for name in names} == mine
    assert not list(course.glob("*.lock"))


def test_all_is_there_after_a_restart_and_comments_are_offered_again(course: Path) -> None:
    book = opened(course)
    for student, points, comment in (("amy", 4, "Good."), ("bo", 2, "Quote."), ("di", 1, "Quote.")):
        go_to(book, "1.D", student)
        send(book, "give", points)
        send(book, "comment", comment)
    for student in ("di", "ed"):
        go_to(book, "1.N", student)
        send(book, "give", 2)
    again = opened(course)
    assert again.view["task"] == "1.D", "it goes on where something is to be read"
    assert again.view["given"] == "not read yet"
    assert again.view["read"] == 3
    assert again.view["comments"] == ["Quote.", "Good."]
    key = go_to(again, "1.D", "gus")
    assert send(again, "reuse", "Quote.", key=key)["comment"] == "Quote."
    assert send(again, "reuse", "Quote.", key=key)["comment"] == "Quote."
    assert send(again, "reuse", "Good.", key=key)["comment"] == "Quote.\nGood."
    given = {card["mark"] for card in again.view["answers"]}
    assert given == {"4", "2", "1", ""}


def test_a_comment_goes_to_the_answer_it_was_begun_at(course: Path) -> None:
    book = opened(course)
    key = go_to(book, "1.D", "amy")
    go_to(book, "1.N", "di")
    send(book, "comment", "Late, but right.", key=key)
    assert marks(course / "gradebook.db") == {("amy", "set1", "set1-D"): Mark(None, None, "Late, but right.")}
    assert to_read(course, "amy", "set1-D"), "a comment alone is no mark"
    send(book, "comment", "", key=key)
    assert marks(course / "gradebook.db") == {}


def test_marks_of_formgrader_are_shown_while_both_are_open(course: Path) -> None:
    book = opened(course)
    go_to(book, "1.D", "bo")
    mark(course / "gradebook.db", "bo", "set1", "set1-D", 3.5, comment="From formgrader.")
    mark(course / "gradebook.db", "ed", "set1", "set1-C-test", 6.0)
    view = send(book, "step", 1)
    assert view["read"] == 1
    go_to(book, "1.D", "bo")
    assert book.view["given"] == "3.5 of 4 points"
    assert not any(level["chosen"] for level in book.view["levels"])
    assert book.view["comment"] == "From formgrader."
    go_to(book, "1.N", "ed")
    assert book.view["given"] == "6 points in all, given in formgrader"


def test_steps_pages_and_the_next_unread(course: Path) -> None:
    book = opened(course)
    assert send(book, "step", -1)["say"] == "This is the first answer."
    first = book.view["now"]
    send(book, "step", "1")
    assert book.view["now"] != first
    assert send(book, "step", 1)["say"] == "This is the last answer."
    assert send(book, "step", -1)["now"] == first
    seen = []
    for _ in range(7):
        seen.append((book.view["task"], book.view["label"]))
        send(book, "give", 0)
        send(book, "unread")
    assert len(set(seen)) == 7
    assert [task for task, _ in seen] == ["1.N"] * 2 + ["1.D"] * 5
    assert book.view["say"] == "All answers are read."
    assert book.view["all_read"]


# Undo ---------------------------------------------------------------------------------------------------


def test_undo_puts_everything_back_as_it_was(course: Path) -> None:
    database = course / "gradebook.db"
    book = opened(course)
    go_to(book, "1.D", "amy")
    assert not book.view["can_undo"]
    send(book, "give", 4)
    send(book, "give", 2)
    send(book, "comment", "Hm.")
    go_to(book, "1.N", "di")
    send(book, "give", 2)
    states = []
    for _ in range(4):
        view = send(book, "undo")
        assert view["trouble"] == ""
        states.append((view["task"], view["given"], view["comment"]))
    assert states == [
        ("1.N", "not read yet", ""),
        ("1.D", "2 of 4 points", ""),
        ("1.D", "4 of 4 points", ""),
        ("1.D", "not read yet", ""),
    ]
    assert marks(database) == {}
    assert to_read(course, "amy", "set1-D")
    assert to_read(course, "di", "set1-C-test")
    assert send(book, "undo")["say"] == "There is nothing to undo."
    run(course)
    assert rows(course)["amy"]["to_be_read"] == "1"


def test_undo_does_not_take_back_what_somebody_else_gave(course: Path) -> None:
    book = opened(course)
    go_to(book, "1.D", "amy")
    send(book, "give", 4)
    mark(course / "gradebook.db", "amy", "set1", "set1-D", 3)
    assert send(book, "undo")["trouble"] == MOVED_ON
    assert marks(course / "gradebook.db") == {("amy", "set1", "set1-D"): Mark(3.0)}


# Answers that change ------------------------------------------------------------------------------------


def test_an_answer_that_was_handed_in_again_is_to_be_read_again(course: Path) -> None:
    book = opened(course)
    key = go_to(book, "1.D", "amy")
    send(book, "give", 4)
    students.hand_in(course / "submitted", "amy", "set1", {"set1-D": "s12: I changed my mind."})
    run(course)
    view = send(book, "give", 4, key=key)
    assert view["trouble"] == CHANGED
    assert marks(course / "gradebook.db") == {}
    assert to_read(course, "amy", "set1-D")
    go_to(book, "1.D", "amy")
    assert book.view["given"] == "4 of 4 for an earlier answer, to be read again"
    assert book.view["read"] == 0
    assert send(book, "give", 4)["given"] == "4 of 4 points"
    assert marks(course / "gradebook.db") == {("amy", "set1", "set1-D"): Mark(4.0)}


def test_reading_changes_nothing_in_a_journal_that_is_being_written(course: Path) -> None:
    journal = course / "grades.journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    half = b"".join(lines[:-2]) + lines[-2][: len(lines[-2]) // 2]
    journal.write_bytes(half)
    book = opened(course)
    assert journal.read_bytes() == half
    assert book.view["news"][0].startswith("2 hand-ins of grades.csv are not graded")
    assert send(book, "write")["trouble"].startswith("2 hand-ins of grades.csv are not graded")
    journal.write_bytes(lines[0])
    assert send(book, "give", 1)["trouble"].startswith("Nothing is to be read")
    assert marks(course / "gradebook.db") == {}


def test_what_is_no_longer_handed_in_is_not_shown(course: Path) -> None:
    shutil.rmtree(course / "submitted/amy")
    run(course)
    book = opened(course)
    assert "amy" not in {a.student for t in book._book.tasks for a in book._book.answers(t)}
    assert book.view["news"] == []


# The button that writes ---------------------------------------------------------------------------------


def refused(course: Path, **more: Any) -> str:
    """Why nothing was written; that nothing was."""
    book = opened(course, **more)
    before = {p: p.read_bytes() for p in course.glob("grades.*.csv")}
    trouble = str(send(book, "write")["trouble"])
    assert {p: p.read_bytes() for p in course.glob("grades.*.csv")} == before
    assert not book.view["writing"]
    return trouble


def test_after_a_corrected_key_grading_comes_first(course: Path) -> None:
    journal = course / "grades.journal.jsonl"
    head, rest = journal.read_bytes().split(b"\n", 1)
    other = json.loads(head) | {"fingerprint": "another key"}
    journal.write_bytes(json.dumps(other).encode() + b"\n" + rest)
    assert refused(course).startswith("The key or the kit changed since this was graded.")


def test_the_roster_of_a_run_is_remembered(course: Path) -> None:
    path = course / "roster.csv"
    path.write_text("Student,ID,SIS User ID,SIS Login ID,Section\nDoe Amy,17,,amy,A\nRoe Bo,18,,bo,A\n")
    opened(course, roster=path)._book.write()
    assert "Roe Bo" in (course / "grades.canvas.csv").read_text(encoding="utf-8")
    assert refused(course, roster=course / "none.csv").startswith("none.csv: cannot be read")
    book = opened(course)
    go_to(book, "1.D", "bo")
    send(book, "give", 2)
    path.unlink()
    assert send(book, "write")["trouble"] == ""
    assert "grades.roster.csv of an earlier run was used" in book.view["wrote"]
    assert "Roe Bo" in (course / "grades.canvas.csv").read_text(encoding="utf-8")
    assert (rows(course)["bo"]["D"], rows(course)["bo"]["name"]) == ("2", "Roe Bo")
    assert "For Roe Bo" in (course / "grades.feedback/bo-set1.html").read_text(encoding="utf-8")


def test_while_it_is_being_graded_nothing_is_written(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whosays.disk.PATIENCE", 0.1)
    with locked(course / "grades.journal.lock"):
        assert refused(course) == "grades.csv is being graded just now. Wait, then try again."


def test_a_gradebook_in_use_is_said_and_nothing_is_lost(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradebook, "PATIENCE", 0.1)
    book = opened(course)
    busy = sqlite3.connect(course / "gradebook.db", isolation_level=None)
    busy.execute("begin immediate")
    try:
        assert "is in use by another program" in send(book, "give", 1)["trouble"]
    finally:
        busy.close()
    assert book.view["given"] == "not read yet"
    assert send(book, "give", 1)["trouble"] == ""


# Without buttons ----------------------------------------------------------------------------------------


def test_marks_can_be_given_without_the_widget(course: Path) -> None:
    book = opened(course)
    table = book.as_table()
    number = int(table[table["text"] == ANCHORS["3"]]["answer"].iloc[0])
    book.mark("1.D", number, 3, "One more step.")
    assert marks(course / "gradebook.db") == {("gus", "set1", "set1-D"): Mark(3.0, None, "One more step.")}
    assert book.as_table()["points"].max() == 3
    with pytest.raises(ValueError, match=r"no question '2\.D'; there are 1\.N, 1\.D"):
        book.mark("2.D", 1, 3)
    with pytest.raises(ValueError, match=r"no answer 9 to 1\.D; they run from 1 to 5"):
        book.mark("1.D", 9, 3)
    with pytest.raises(NotSaved, match="give 0 to 4"):
        book.mark("1.D", 1, 5)


@pytest.mark.parametrize(
    "message",
    [
        *({"do": "give"}, {"do": "give", "arg": "x", "key": 3}, {"do": "step"}, {"do": "go", "arg": None}),
        *({"do": "task", "arg": "9.D"}, "give", {"do": "_tell"}),
    ],
)
def test_messages_that_no_button_sends_do_no_harm(course: Path, message: Any) -> None:
    book = opened(course)
    book._received(None, message, None)
    assert marks(course / "gradebook.db") == {}
    assert book.view["state"] == "ready"


# Where it is, and where nothing is ----------------------------------------------------------------------


def test_a_folder_a_table_and_a_gradebook_are_found_from_anywhere(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = course / "grades.csv"
    for given in (course, table, course / "gradebook.db", course / "grades.journal.jsonl", str(course)):
        assert find(given) == table
    monkeypatch.chdir(tmp_path)
    assert find("course") == table
    assert find("course/grades.csv") == table
    kit, elsewhere = tmp_path / "kit", tmp_path / "kit/notebooks/instructor"
    elsewhere.mkdir(parents=True)
    shutil.copytree(course, kit / "exercises")
    monkeypatch.setattr(reading, "kit_folder", lambda: kit)
    monkeypatch.setattr(reading, "exercises_folder", lambda: kit / "exercises")
    monkeypatch.chdir(elsewhere)
    for given in (None, "exercises", "grades.csv", "exercises/grades.csv"):
        assert find(given) == kit / "exercises/grades.csv"


def test_of_several_tables_the_newest_is_opened_and_the_others_are_named(course: Path) -> None:
    shutil.copy(course / "grades.csv", course / "old.csv")
    shutil.copy(course / "grades.journal.jsonl", course / "old.journal.jsonl")
    os.utime(course / "old.journal.jsonl", (1, 1))
    assert find(course).name == "grades.csv"
    assert opened(course).view["news"] == ["Other tables in this folder: old.csv. Open one by its name."]
    assert find(course / "old.csv").name == "old.csv"


def no_run(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (course / "grades.journal.jsonl").unlink()


def no_gradebook(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (course / "gradebook.db").unlink()


def no_nbgrader(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (course / "gradebook.db").unlink()
    monkeypatch.setattr(gradebook, "available", lambda: False)


def no_key(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    keyless = dataclasses.replace(students.exercise("set1"), key=None)
    monkeypatch.setattr(reading, "names", lambda: ["set1"])
    monkeypatch.setattr(reading, "read_set", lambda name: keyless)


def nothing_written(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for student in HAND_INS:
        students.hand_in(course / "submitted", student, "set1", {})
    run(course)


def broken_gradebook(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (course / "gradebook.db").write_bytes(b"notes of a teacher" * 100)


def other_journal(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (course / "grades.journal.jsonl").write_text('{"journal": "of a voyage"}\n')


@pytest.mark.parametrize(
    ("spoil", "why", "do", "command"),
    [
        (no_run, "Nothing is graded yet", "course/submitted, then run in course/:", reading.GRADE),
        (no_gradebook, "There is no gradebook beside grades.csv", "Grade again", reading.GRADE),
        (no_nbgrader, "There is no gradebook beside grades.csv", "nbgrader is not inst", reading.INSTALL),
        (no_key, "has no key (exercises/keys)", "instructor’s copy", ""),
        (nothing_written, "Nothing is to be read: none of 8 hand-ins", "grade again", reading.GRADE),
        (broken_gradebook, "gradebook.db is no gradebook", "run this cell again", ""),
        (other_journal, "grades.journal.jsonl is no journal", "Grade again", reading.GRADE),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_with_what_to_do(
    course: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path, pytest.MonkeyPatch], None],
    why: str,
    do: str,
    command: str,
) -> None:
    spoil(course, monkeypatch)
    book = ws.grade_book(course)
    assert isinstance(book, NoGradeBook)
    assert why in book.view["ask"]
    assert do in book.view["do"]
    assert book.view["command"] == command
    assert book.as_table().loc[0, "command"] == command


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingToRead, match=r"There is no weeks\. Looked in"):
        find("weeks")
    table = tmp_path / "grades.csv"
    table.write_text("path\n")
    with pytest.raises(NothingToRead, match=r"grades\.csv has no journal beside it"):
        find(table)


# Many answers, and the student's copy -------------------------------------------------------------------


class Crowd:
    """A book of many answers without a gradebook."""

    def __init__(self, many: int) -> None:
        self.tasks = [Task("1.D", "set1", "D", "set1-D", "set1-D", False, 4.0, (Level(4.0, "", ""),), "")]
        self.all = [Answer(f"s{n}", f"s{n}", "word " * 400, (), "") for n in range(many)]

    def refresh(self) -> None: ...

    def news(self) -> list[str]:
        return []

    def answers(self, task: Task) -> list[Answer]:
        return self.all

    def blank(self, task: Task) -> int:
        return 0

    def rest(self, task: Task, answer: Answer) -> list[tuple[str, str]]:
        return []

    def state(self, task: Task, answer: Answer) -> State:
        return State()

    def comments(self, task: Task) -> list[str]:
        return []

    def give(self, *_: Any) -> Callable[[], bool]:
        raise NotImplementedError

    def write(self) -> tuple[list[Path], list[str]]:
        raise NotImplementedError


def test_of_many_answers_a_page_is_shown_and_long_ones_are_cut_until_they_are_read() -> None:
    book = GradeBook(Crowd(2 * PAGE + 3))
    assert len(book.view["answers"]) == PAGE
    assert book.view["pages"] == [1, PAGE, 2 * PAGE + 3]
    assert [len(card["text"]) > 1000 for card in book.view["answers"]].count(True) == 1
    send(book, "page", 1)
    assert book.view["pages"] == [PAGE + 1, 2 * PAGE, 2 * PAGE + 3]
    assert book.view["label"] == f"Answer {PAGE + 1}"
    send(book, "step", -1)
    assert book.view["pages"][0] == 1
    send(book, "page", 1)
    send(book, "page", 1)
    assert len(book.view["answers"]) == 3
    assert send(book, "page", 1)["pages"][0] == 2 * PAGE + 1


def test_a_students_copy_has_no_grade_book(tmp_path: Path) -> None:
    kit = bundle.write(tmp_path / "bundle").folder
    assert [p for p in kit.rglob("*") if "instructor" in p.relative_to(kit).parts] == []
    assert not list(kit.rglob("grade_book.ipynb"))
    script = "import whosays as ws; print(ws.__file__); print(ws.grade_book().view['ask'])"
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env=offline_env(tmp_path, kit),
        cwd=kit,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    file, why = ended.stdout.splitlines()
    assert Path(file).is_relative_to(kit)
    assert why.startswith("Nothing is graded yet")


def test_the_reading_says_when_it_cannot_be_read(course: Path) -> None:
    reader = Reading(course / "grades.csv")
    (course / "gradebook.db").write_bytes(b"notes of a teacher" * 100)
    with pytest.raises(NotSaved, match=r"gradebook\.db is no gradebook"):
        reader.refresh()
