"""How far a student is: the table of all sets in the first notebook, and the page for printing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import students
import whosays as ws
from helpers import KIT, NOTEBOOKS
from whosays import answers as store
from whosays.course import core
from whosays.disk import NotSaved
from whosays.exercises import desk, kept, progress
from whosays.exercises.sets import SetError, exercises_folder, names, read_set
from whosays.markup import PAGE

CODE = "amber-otter-17"
SETS = [name for name in names() if name != "capstone"]
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def student(work_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("WHOSAYS_PACK", raising=False)
    store.choose_code(CODE)
    return work_folder / CODE


def did(lesson: int, **entries: Any) -> None:
    """Keep entries of questions; ``q1_C1`` is “1.C1”."""
    answers = kept.answers_of(lesson, CODE)
    for name, entry in entries.items():
        answers.set("exercises", name.removeprefix("q").replace("_", "."), entry)


def got(points: float, of: float) -> dict[str, Any]:
    return {"status": "correct" if points == of else "not yet", "points": points, "of": of}


def row(name: str = "set1") -> dict[str, Any]:
    table = progress.progress(CODE)
    return dict(table.loc[table["set"] == name].iloc[0])


def shown(name: str = "set1") -> list[str]:
    table = progress.progress(CODE)
    return [c.replace(NBSP, " ") for c in progress.rows(table[table["set"] == name])[0][1:]]


def test_before_the_first_check_everything_is_open() -> None:
    table = progress.progress(CODE)
    assert list(table["set"]) == names()
    assert list(table["title"]) == [read_set(name).title for name in names()]
    for name in SETS:
        assert shown(name) == ["○ open"] * 4 + ["–", "0"]
    if "capstone" in names():
        assert shown("capstone") == ["–", "–", "–", "○ open", "–", "0"]


def test_points_are_those_that_a_machine_can_give() -> None:
    did(1, q1_A=got(5.5, 6), q1_B=got(4, 4))
    assert shown() == ["→ 5.5 of 6", "✓ 4 of 4", "○ open", "○ open", "9.5 of 16", "0"]
    did(1, q1_C1=got(2, 2), q1_C2=got(2, 2), q1_C3=got(0, 2))
    assert shown()[2:5] == ["→ 4 of 6", "○ open", "13.5 of 16"]
    did(1, q1_C3=got(2, 2), q1_D={"status": "correct"})
    assert shown()[2:5] == ["✓ 6 of 6", "✓ written", "15.5 of 16"]
    did(1, q1_D={"status": "not yet"})
    assert shown()[3] == "→ begun"


def test_of_two_tracks_the_better_one_counts_and_never_both() -> None:
    did(1, q1_N=got(4, 4))
    assert (shown()[2], shown()[4]) == ("✓ 4 of 4", "4 of 14"), "up to 2 more are a person's to give"
    did(1, q1_C1=got(2, 2))
    assert shown()[2] == "✓ 4 of 4"
    did(1, q1_C2=got(2, 2), q1_C3=got(2, 2))
    assert (shown()[2], shown()[4]) == ("✓ 6 of 6", "6 of 16")
    did(1, q1_N=got(3, 4), q1_C2=got(0, 2), q1_C3=got(0, 2))
    assert shown()[2] == "→ 3 of 4"


def test_without_a_key_a_word_says_how_far_a_part_is() -> None:
    did(1, q1_A={"status": "answered"}, q1_B={"status": "not yet"}, q1_C1={"status": "correct"})
    assert shown() == ["✓ answered", "→ begun", "→ begun", "○ open", "–", "0"]
    did(1, q1_C2={"status": "correct"}, q1_C3={"status": "correct"})
    assert shown()[2] == "✓ done"
    did(2, q2_N={"status": "answered"})
    assert shown("set2")[2] == "✓ answered"


@pytest.mark.skipif("capstone" not in names(), reason="this copy of the kit has no capstone")
def test_the_capstone_is_read_by_a_person() -> None:
    capstone = read_set("capstone")
    answers = kept.answers_of(capstone.lesson, CODE)
    for question in capstone.questions[:3]:
        answers.set("exercises", question.id, {"status": "correct"})
    number = len(capstone.questions)
    assert shown("capstone") == ["–", "–", "–", f"→ begun, 3 of {number} written", "–", "0"]
    for question in capstone.questions:
        answers.set("exercises", question.id, {"status": "correct"})
    assert shown("capstone")[3] == "✓ written"
    last = progress.rows(progress.progress(CODE))[-1]
    assert last[0] == f"Capstone. {capstone.title}"
    assert shown(SETS[-1]) == ["○ open"] * 4 + ["–", "0"], (
        "it shares a file with the last lesson, and nothing else"
    )


def test_hints_are_counted_once_each() -> None:
    for _ in range(5):
        desk.hint("1.A")
    desk.hint("1.B")
    assert shown()[-1] == "4"
    assert row()["hints"] == 4


def test_a_file_that_somebody_changed_does_no_harm(student: Path) -> None:
    did(1, q1_A=got(6, 6), q1_B={"status": 7, "points": "many"}, q1_C1="done", q9_Z=got(5, 5), q1_D=["x"])
    answers = kept.answers_of(1, CODE)
    for n, value in enumerate(("many", -3, 2.5, {"a": 1})):
        answers.set("hints", f"exercise 1.{'ABCD'[n]}", value)
    assert shown() == ["✓ 6 of 6", "→ begun", "○ open", "○ open", "6 of 16", "0"]
    (student / "L1.json").write_text("no answers")
    assert shown()[0] == "○ open"


def test_everything_a_check_keeps_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    space: dict[str, Any] = {"pd": pd}
    monkeypatch.setattr(desk, "_namespace", lambda: space)
    for name in SETS:
        for question in read_set(name).questions:
            if question.kind != "write":
                exec(students.source_of(question, students.best(question)), space)
                assert desk.check(question.id).status == "correct", question.id
        assert shown(name) == ["✓ 6 of 6", "✓ 4 of 4", "✓ 6 of 6", "○ open", "16 of 16", "0"]


# In the first notebook --------------------------------------------------------------------------------------


def links(text: str) -> dict[str, str]:
    return {target: title for title, target in re.findall(r"\[([^]]+)\]\(([^)]+)\)", text)}


def test_the_first_notebook_lists_every_set_with_a_link_that_leads_there() -> None:
    did(1, q1_A=got(5.5, 6))
    text = ws.lesson(0).exercises().data
    found = links(text)
    assert len(found) == len(names())
    for target, title in found.items():
        path = (NOTEBOOKS / target).resolve()
        assert path.is_file(), target
        assert "source" not in path.parts, "students work in the released notebook"
        heading = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]).splitlines()[0]
        assert heading.removeprefix("# ") in title
    lines = text.splitlines()
    columns = {line.count("|") for line in lines if line.startswith("|")}
    assert columns == {len(progress.HEADS) + 1}
    assert f"→{NBSP}5.5{NBSP}of{NBSP}6" in lines[2]
    assert progress.LEGEND in text


def test_progress_is_about_the_kits_own_text_whatever_pack_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    did(1, q1_A=got(6, 6))
    monkeypatch.setenv("WHOSAYS_PACK", str(KIT / "tests" / "six_sentences"))
    assert f"✓{NBSP}6{NBSP}of{NBSP}6" in ws.lesson(0).exercises().data


def test_a_kit_without_exercises_or_with_a_damaged_one_says_so(
    monkeypatch: pytest.MonkeyPatch, student: Path
) -> None:
    def damaged(code: str) -> Any:
        raise SetError("set1.json: cannot be read as JSON.")

    lesson = ws.lesson(0)
    monkeypatch.setattr(core, "progress", damaged)
    assert "The exercises cannot be read" in lesson.exercises().data
    assert "set1.json: cannot be read as JSON." in lesson.exercises().data
    assert lesson.progress_page().data.startswith("The page cannot be written. set1.json")
    empty = progress.progress(CODE, student)
    monkeypatch.setattr(core, "progress", lambda code: empty)
    assert lesson.exercises().data == "There are no exercises in this copy of the kit."
    lesson.progress_page()
    assert "Exercises" not in (student / "progress.html").read_text(encoding="utf-8")


# The page ---------------------------------------------------------------------------------------------------


def test_the_page_holds_how_far_and_nothing_else(student: Path) -> None:
    question = read_set("set1").question("1.A")
    desk.check("1.A", students.best(question))
    desk.check("1.D", "I think that s12 names nobody at all.")
    shown = ws.lesson(0).progress_page().data
    assert str(student / "progress.html") in shown, "outside the kit the place is named, without a link"
    text = (student / "progress.html").read_text(encoding="utf-8")
    assert f"How far I am: {CODE}" in text
    assert all(read_set(name).title in text for name in names())
    assert all(title in text for _, _, title in core.lessons())
    assert f"✓{NBSP}6{NBSP}of{NBSP}6" in text
    body = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert "names nobody" not in body
    assert not re.search(r"\bs\d\d\b", body), "no sentence, so no answer"
    assert not re.search(r"\d\d:\d\d|\b20\d\d\b", body), "no clock time and no date"
    assert not re.search(r"<script|https?:|src=|href=|@import|url\(", text), "it needs nothing else"
    assert set(re.findall(r"[a-z]+-[a-z]+-\d\d", body)) == {CODE}


def test_a_page_inside_the_kit_has_a_link(monkeypatch: pytest.MonkeyPatch, student: Path) -> None:
    monkeypatch.setattr(core, "kit_folder", lambda: student.parents[1])
    shown = ws.lesson(0).progress_page().data
    (target,) = links(shown)
    assert (NOTEBOOKS / target).resolve() == (student / "progress.html").resolve()
    assert "press Ctrl + P" in shown


def test_a_page_that_cannot_be_written_is_told_in_a_sentence(student: Path) -> None:
    lesson = ws.lesson(0)
    (student / "progress.html").mkdir(parents=True)
    told = lesson.progress_page().data
    assert told.startswith("The page cannot be written. The folder ")
    assert "Traceback" not in told


def test_rows_are_not_cut_when_it_is_printed() -> None:
    assert "size: A4" in PAGE
    assert re.search(r"@media print [^@]*\btr\b[^{}]*\{[^}]*break-inside: avoid", PAGE)


def test_in_the_instructors_copy_a_student_opens_a_copy_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = exercises_folder() / "release"
    assert progress.home("set1", CODE) == released / "set1" / "set1.ipynb", "answers kept outside the kit"
    monkeypatch.setattr(progress, "kit_folder", lambda: tmp_path)
    monkeypatch.setenv("WHOSAYS_WORK", str(tmp_path / "notebooks" / "work"))
    for name in names():
        mine = progress.home(name, CODE)
        assert mine == tmp_path / "notebooks" / "work" / CODE / "exercises" / name / f"{name}.ipynb"
        there = {p.name: p.read_bytes() for p in mine.parent.rglob("*") if p.is_file()}
        assert there == {p.name: p.read_bytes() for p in (released / name).rglob("*") if p.is_file()}
    first = progress.home("set1", CODE)
    first.write_text("answers")
    assert progress.home("set1", CODE).read_text() == "answers", "what was done stays"
    assert progress.home("set1", "birch-heron-12").read_text() != "answers", "another student's own"
    assert progress.home("set99", CODE) is None
    (tmp_path / "set1").mkdir()
    (tmp_path / "set1" / "set1.ipynb").write_text("{}")
    assert progress.home("set1", CODE, tmp_path) == tmp_path / "set1" / "set1.ipynb", "as in a bundle"


def test_a_copy_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "elsewhere"
    work.mkdir()
    (work / CODE).write_text("a file where a folder should be")
    monkeypatch.setattr(progress, "kit_folder", lambda: tmp_path)
    monkeypatch.setenv("WHOSAYS_WORK", str(work))
    with pytest.raises(NotSaved, match="Nothing you did before is lost"):
        progress.home("set1", CODE)
