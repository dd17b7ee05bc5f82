"""The gradebook that ``whosays grade`` writes: nbgrader reads it, and marks by hand outlive a second run."""

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, NavigableString
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters import markdown2html
from nbgrader.api import Gradebook, MissingEntry

from helpers import KIT
from whosays.classroom import copies, gradebook
from whosays.classroom.gradebook import GradebookError, Mark, mark, marks, write


def nbcell(kind, grade_id, source, points=None, *, solution=False, locked=False):
    mine = {"schema_version": 3, "grade_id": grade_id, "grade": points is not None, "solution": solution}
    mine |= {"locked": locked, "task": False, "cell_type": kind}
    if points is not None:
        mine["points"] = points
    made = {"cell_type": kind, "id": grade_id, "metadata": {"nbgrader": mine}, "source": source}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook(name="set1"):
    """A set as the authors make it: labels, two tracks that share a test, and a text."""
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# A small set"},
        nbcell("code", f"{name}-start", "x = 1", locked=True),
        nbcell("code", f"{name}-A", "rungs = {}", solution=True),
        nbcell("code", f"{name}-A-test", "pass", 6, locked=True),
        nbcell("code", f"{name}-C1", "def f(df): ...", solution=True),
        nbcell("code", f"{name}-N", "notes = {}", solution=True),
        nbcell("code", f"{name}-C-test", "pass", 6, locked=True),
        nbcell("markdown", f"{name}-D", "Write your answer here.", 4, solution=True),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}


SETS = {name: gradebook.cells(notebook(name)) for name in ("set1", "set2")}


def part(question, points, of, status="correct", item=""):
    return {"question": question, "item": item, "points": points, "of": of, "status": status, "answer": "",
            "message": "", "misconception": ""}  # fmt: skip


def record(student="amy", name="set1", *, a=5.5, text="A number.", because="", name_of="", file="", **more):
    """A record as grading makes it; ``a`` are the points of A, ``text`` is the answer to D."""
    given = {
        "A": f"rungs = {{'s04': {a}}}",
        "C1": "def f(df): return 1",
        "N": f"notes = {because!r}",
        "D": text,
    }
    one, other = part("1.A", a / 2, 3.0, item="s04"), part("1.A", a / 2, 3.0, "not yet", "s05")
    unread, blank = (None, 4.0, "to be read"), (0.0, 4.0, "not attempted")
    cells = {
        "A-test": {"points": a, "of": 6.0, "manual": False, "status": "not yet", "parts": [one, other]},
        "C-test": {"points": 4.0, "of": 6.0, "manual": bool(because), "status": "not yet", "extra": 2.0,
                   "track": "N" if because else "P", "because": because, "parts": [part("1.C1", 4.0, 6.0)]},
        "D": {"points": None if text else 0.0, "of": 4.0, "manual": bool(text), "text": text,
              "status": "to be read", "parts": [part("1.D", *(unread if text else blank))]},
    }  # fmt: skip
    found = {
        "path": f"{student}/{name}.ipynb", "sha256": file or json.dumps(given), "bytes": 9,
        "student": student, "name": name_of, "lms": {"kind": "", "id": "", "late": False},
        "set": name, "status": "graded", "notes": [], "seconds": 0.1, "superseded": False,
        "sources": {f"{name}-{k}": v for k, v in given.items()},
        "cells": {f"{name}-{k}": v for k, v in cells.items()},
    }  # fmt: skip
    return found | more


@pytest.fixture
def database(tmp_path, monkeypatch):
    """Where a gradebook may be made; nbgrader finds its ``alembic`` though the environment is not active."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    return tmp_path / "gradebook.db"


def book(database):
    return Gradebook(f"sqlite:///{database}", course_id="who-says-so")


def flags(database, student="amy", name="set1"):
    """Which graded cells are to be read, by nbgrader."""
    with book(database) as b:
        return {g.name.removeprefix(f"{name}-"): g.needs_manual_grade
                for g in b.find_submission_notebook(name, name, student).grades}  # fmt: skip


# What nbgrader reads ------------------------------------------------------------------------------------


def test_nbgrader_reads_scores_maxima_averages_and_what_is_to_be_read(database):
    write([record("amy"), record("bo", a=1.23456789), record("cy", text="")], database, SETS)
    with book(database) as b:
        assert [a.name for a in b.assignments] == ["set1", "set2"]
        assert {s.id for s in b.students} == {"amy", "bo", "cy"}
        amy, bo, cy = (b.find_submission("set1", who) for who in ("amy", "bo", "cy"))
        assert (amy.score, amy.max_score, amy.code_score, amy.written_score) == (9.5, 16.0, 9.5, 0.0)
        assert bo.score == 5.23456789
        assert (amy.needs_manual_grade, cy.needs_manual_grade) == (True, False)
        assert b.average_assignment_score("set1") == pytest.approx((9.5 + 5.23456789 + 9.5) / 3)
        assert b.find_notebook("set1", "set1").needs_manual_grade
        cells = b.find_notebook("set1", "set1")
        assert {c.name: c.max_score for c in cells.grade_cells} == {
            "set1-A-test": 6,
            "set1-C-test": 6,
            "set1-D": 4,
        }
        assert {c.name for c in cells.solution_cells} == {"set1-A", "set1-C1", "set1-N", "set1-D"}
        assert {c.name: c.source for c in cells.source_cells}["set1-start"] == "x = 1"
        assert {c.name: c.comment for c in amy.notebooks[0].comments} == {
            "set1-A": "5.5 of 6 points, 1 of 2 right.", "set1-C1": "4 of 6 points.",
            "set1-N": None, "set1-D": None,
        }  # fmt: skip
        with pytest.raises(MissingEntry):
            b.find_submission("set2", "amy")
    with sqlite3.connect(database) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        made = book(database.with_name("own.db"))
        made.close()
        with sqlite3.connect(database.with_name("own.db")) as own:
            version = "select version_num from alembic_version"
            assert connection.execute(version).fetchall() == own.execute(version).fetchall()
            tables = "select name, sql from sqlite_master where type = 'table' and name not like 'whosays%'"
            mine, theirs = (dict(c.execute(tables).fetchall()) for c in (connection, own))
            mine.pop("alembic_version"), theirs.pop("alembic_version")
            assert mine == theirs


def test_what_does_not_count_stays_out_and_a_second_write_doubles_nothing(database):
    records = [
        record(),
        record(a=0.0, superseded=True, path="old"),
        record(set="", cells={}),
        record("bo", "set2"),
    ]
    for _ in range(2):
        write(iter(records), database, SETS)
    with sqlite3.connect(database) as connection:
        tables = ("student", "assignment", "notebook", "base_cell", "submitted_notebook", "grade", "comment")
        counts = [connection.execute(f"select count(*) from {table}").fetchone()[0] for table in tables]
    assert counts == [2, 2, 2, 14, 2, 6, 8]
    with book(database) as b:
        assert b.find_submission("set1", "amy").score == 9.5


def test_nbgrader_exports_it_and_makes_feedback(database, monkeypatch):
    course = database.parent
    hostile = "I say <script>alert(1)</script>, 7 times."
    records = [record(text=hostile, name_of="Doe, Amy"), record("bo", name_of='=1+1 "<b>x\n')]
    write(records, database, SETS)
    mark(database, "amy", "set1", "set1-D", 3.5, comment="Well said.")
    copies.write_copies(records, course, {"set1": notebook()})
    monkeypatch.chdir(course)
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'who-says-so'\n"
    )
    for arguments in (["export"], ["generate_feedback", "set1"]):
        subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments], check=True, capture_output=True, timeout=90
        )
    with (course / "grades.csv").open(newline="") as file:
        rows = {(r["assignment"], r["student_id"]): r for r in csv.DictReader(file)}
    assert rows["set1", "amy"]["score"] == "13.0"
    assert rows["set1", "amy"]["max_score"] == "16.0"
    assert (rows["set1", "amy"]["last_name"], rows["set1", "amy"]["first_name"]) == ("Doe", "Amy")
    assert (rows["set1", "bo"]["last_name"], rows["set1", "bo"]["score"]) == ("1+1 b x", "9.5")
    page = (course / "feedback/amy/set1/set1.html").read_text(encoding="utf-8")
    assert "I say &lt;script&gt;alert(1)&lt;/script&gt;, 7 times." in page
    assert "<script>alert(1)" not in page
    assert "Well said." in page
    assert "5.5 of 6 points, 1 of 2 right." in page


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_other_assignments_students_and_details_of_a_course_stay(database):
    with book(database) as b:
        b.add_assignment("essay")
        b.add_notebook("one", "essay")
        b.add_grade_cell("q1", "one", "essay", max_score=5, cell_type="code")
        b.add_student("amy", first_name="Amy", email="amy@example.org")
        b.add_student("zed")
        essay = b.add_submission("essay", "zed")
        grade = b.find_grade("q1", "one", "essay", "zed")
        grade.manual_score = 4.0
        b.add_assignment("set1", duedate="2030-01-01")
        b.db.commit()
        assert essay.score == 4.0
    write([record(name_of="Other")], database, SETS)
    with book(database) as b:
        assert b.find_submission("essay", "zed").score == 4.0
        assert (b.find_student("amy").first_name, b.find_student("amy").last_name) == ("Amy", None)
        assert b.find_assignment("set1").duedate is not None
        assert b.find_submission("set1", "amy").score == 9.5


def test_a_set_that_changed_has_its_new_points_and_no_old_cells(database):
    write([record()], database, SETS)
    changed = [c for c in SETS["set1"] if c.grade_id != "set1-D"]
    later = record()
    del later["cells"]["set1-D"]
    write([later], database, {"set1": changed})
    with book(database) as b:
        assert b.find_assignment("set1").max_score == 12
        assert not b.find_submission("set1", "amy").needs_manual_grade


# Marks by hand ------------------------------------------------------------------------------------------


def test_marks_by_hand_are_kept_while_the_answer_is_the_same(database):
    write([record(because="Since bars.")], database, SETS)
    assert flags(database) == {"A-test": False, "C-test": True, "D": True}
    mark(database, "amy", "set1", "set1-D", 3, None, "Name the source.")
    mark(database, "amy", "set1", "set1-C-test", extra=2, comment="Good.", comment_on="set1-N")
    given = {
        ("amy", "set1", "set1-D"): Mark(3.0, None, "Name the source."),
        ("amy", "set1", "set1-C-test"): Mark(None, 2.0),
        ("amy", "set1", "set1-N"): Mark(comment="Good."),
    }
    # The same file again, by a corrected key; another file with the same words; a run that failed.
    failed = record(because="", text="", file="f2", status="stopped", sources={}, a=0.0)
    runs = [
        record(because="Since bars.", a=6.0),
        record(because="Since bars.", file="f2", text=" A number.\n"),
    ]
    for run, total in ((runs[0], 15.0), (runs[1], 14.5), (failed, 9.0), (runs[1], 14.5)):
        write([run], database, SETS)
        assert flags(database) == {"A-test": False, "C-test": False, "D": False}
        assert marks(database) == given
        with book(database) as b:
            assert b.find_submission("set1", "amy").score == total


def test_a_failed_run_leaves_what_is_to_be_read(database):
    for run in (record(), record(text="", a=0.0, file=record()["sha256"], status="stopped"), record()):
        write([run], database, SETS)
        assert flags(database)["D"]


def test_a_mark_for_an_answer_that_changed_is_to_be_read_again(database):
    write([record(because="Since bars.")], database, SETS)
    mark(database, "amy", "set1", "set1-D", 3, comment="Name the source.")
    mark(database, "amy", "set1", "set1-C-test", extra=2)
    mark(database, "amy", "set1", "set1-A-test", 6)
    again = record(because="Since bars.", text="Another text.")
    for _ in range(2):  # the second run finds nothing new, and forgets nothing
        write([again], database, SETS)
        assert flags(database) == {"A-test": False, "C-test": False, "D": True}
        assert set(marks(database)) == {("amy", "set1", "set1-C-test"), ("amy", "set1", "set1-A-test")}
    mark(database, "amy", "set1", "set1-D", 2)
    assert marks(database)["amy", "set1", "set1-D"] == Mark(2.0, None, "Name the source.")
    write([record(text="Another text.", a=1.0)], database, SETS)  # new labels, and the other track
    assert flags(database) == {"A-test": True, "C-test": True, "D": False}
    assert set(marks(database)) == {("amy", "set1", "set1-D")}


def test_marks_given_before_the_first_run_of_ours_are_to_be_confirmed(database):
    write([record()], database, SETS)
    mark(database, "amy", "set1", "set1-D", 3)
    with sqlite3.connect(database) as connection:
        connection.execute("drop table whosays_seen")
    write([record()], database, SETS)
    with book(database) as b:
        grade = b.find_grade("set1-D", "set1", "set1", "amy")
        assert (grade.manual_score, grade.needs_manual_grade) == (3.0, True)


def test_a_mark_is_corrected_and_a_comment_taken_back(database):
    write([record()], database, SETS)
    mark(database, "amy", "set1", "set1-D", 3, comment="Hm.")
    mark(database, "amy", "set1", "set1-D", comment="")
    assert marks(database) == {("amy", "set1", "set1-D"): Mark(3.0)}
    mark(database, "amy", "set1", "set1-D", 0)
    assert marks(database)["amy", "set1", "set1-D"] == Mark(0.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bo", "set1", "set1-D", 3), "bo has handed in no set1."),
        (("amy", "set2", "set2-D", 3), "amy has handed in no set2."),
        (("amy", "set1", "set1-N", 3), "set1-N is no cell with points."),
        (
            ("amy", "set1", "set1-A-test", None, None, "Hm."),
            "set1-A-test is no answer that can be commented on.",
        ),
        (("amy", "set1", "set1-D", 5), "5 points for set1-D: give 0 to 4."),
        (("amy", "set1", "set1-D", float("nan")), "nan points for set1-D: give 0 to 4."),
        (("amy", "set1", "set1-D", None, -1), "-1 extra points for set1-D: give 0 to 4."),
    ],
)
def test_a_mark_that_cannot_be_is_refused_in_words(database, arguments, words):
    write([record()], database, SETS)
    with pytest.raises(GradebookError) as caught:
        mark(database, *arguments)
    assert str(caught.value) == words
    assert marks(database) == {}


# When things go wrong -----------------------------------------------------------------------------------


def test_without_nbgrader_a_sentence_says_what_to_install(database, monkeypatch):
    monkeypatch.setattr(gradebook, "available", lambda: False)
    with pytest.raises(GradebookError, match=r"nbgrader is not installed.*exercises/requirements\.txt"):
        write([record()], database, SETS)
    assert list(database.parent.iterdir()) == []
    with pytest.raises(GradebookError, match="There is no gradebook"):
        mark(database, "amy", "set1", "set1-D", 1)
    assert marks(database) == {}


def test_the_library_is_imported_without_nbgrader():
    script = (
        "import sys\nfor name in ('nbgrader', 'sqlalchemy', 'alembic'): sys.modules[name] = None\n"
        "import whosays.classroom.gradebook, whosays.classroom.copies\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_no_program_of_the_environment_is_needed_to_make_one(database, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    write([record()], database, SETS)
    assert flags(database)["D"]


def test_what_is_no_gradebook_is_left_alone(database):
    database.write_bytes(b"notes of a teacher" * 100)
    with pytest.raises(GradebookError, match="is no gradebook"):
        write([record()], database, SETS)
    assert database.read_bytes() == b"notes of a teacher" * 100
    older = database.with_name("older.db")
    with sqlite3.connect(older) as connection:
        connection.execute("create table student (id text)")
    with pytest.raises(GradebookError, match="nbgrader db upgrade"):
        write([record()], older, SETS)


def test_a_write_waits_for_a_lock_and_says_so_when_it_lasts(database, monkeypatch):
    write([record()], database, SETS)
    holder = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    holder.execute("begin exclusive")
    monkeypatch.setattr(gradebook, "PATIENCE", 0.1)
    for job in (lambda: write([], database, SETS), lambda: mark(database, "amy", "set1", "set1-D", 1)):
        with pytest.raises(GradebookError, match="is in use by another program"):
            job()
    monkeypatch.setattr(gradebook, "PATIENCE", 30.0)
    release = threading.Timer(0.3, lambda: holder.execute("rollback"))
    release.start()
    mark(database, "amy", "set1", "set1-D", 1)
    release.join()
    holder.close()
    assert marks(database)["amy", "set1", "set1-D"].points == 1.0


def test_a_fault_in_the_records_leaves_the_old_gradebook(database):
    write([record()], database, SETS)
    before = list(sqlite3.connect(database).iterdump())

    def broken():
        yield record(a=0.0)
        yield record("bo")
        raise RuntimeError("the journal ends here")

    with pytest.raises(RuntimeError, match="the journal ends here"):
        write(broken(), database, SETS)
    assert list(sqlite3.connect(database).iterdump()) == before


ENDLESS = """
import sys
from pathlib import Path
from test_gradebook import SETS, record, write
def records():
    for n in range(10**9):
        if n == 3000: print("on", flush=True)
        yield record(f"s{n}", a=0.0)
write(records(), Path(sys.argv[1]), SETS)
"""


@pytest.mark.parametrize("there", [True, False])
def test_kill_9_leaves_the_old_gradebook(database, there):
    before = None
    if there:
        write([record()], database, SETS)
        mark(database, "amy", "set1", "set1-D", 3)
        before = list(sqlite3.connect(database).iterdump())
    command = [sys.executable, "-c", ENDLESS, str(database)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=KIT / "tests")
    assert process.stdout is not None
    assert process.stdout.readline() == b"on\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    if before:
        assert list(sqlite3.connect(database).iterdump()) == before
    write([record("bo")], database, SETS)
    with book(database) as b:
        assert {s.id for s in b.students} == {"bo", "amy"} if there else {"bo"}


def test_thousands_of_records_take_little_time_each(database):
    many = 2000
    began = time.perf_counter()
    write((record(f"s{n}") for n in range(many)), database, SETS)
    first = time.perf_counter() - began
    write((record(f"s{n}", a=1.0) for n in range(many)), database, SETS)
    again = time.perf_counter() - began - first
    assert max(first, again) / many < 0.005


# Copies -------------------------------------------------------------------------------------------------


def test_a_copy_is_the_release_with_the_answers_and_no_more(tmp_path):
    release = notebook()
    release["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "old"}]
    line = "A long line. " * 30
    given = record(text=f"One.\n\n# Two\r\n<b>\n{line}")
    given["sources"] |= {
        "set1-A-test": "points = 6",
        "set1-start": "x = 2",
        "set1-C1": "def f(df):\u202e return 1",
    }
    n = copies.write_copies([given, record(superseded=True), record(set="")], tmp_path, {"set1": release})
    assert n == 1
    made = json.loads((tmp_path / "autograded/amy/set1/set1.ipynb").read_text(encoding="utf-8"))
    sources = {c["id"]: c["source"] for c in made["cells"]}
    assert sources["set1-start"] == "x = 1"
    assert sources["set1-A-test"] == "pass"
    assert sources["set1-A"] == "rungs = {'s04': 5.5}"
    assert sources["set1-C1"] == "def f(df):� return 1"
    *first, last = sources["set1-D"].split("\n", 4)
    assert first == ["    One.", "    ", "    # Two", "    <b>"]
    assert last.replace("\n    ", "") == f"    {line}"
    assert max(map(len, last.split("\n"))) <= 104
    assert [c["metadata"] for c in made["cells"]] == [c["metadata"] for c in release["cells"]]
    assert all(not c.get("outputs") for c in made["cells"])


def test_copies_take_the_place_of_what_nbgrader_left_and_are_not_written_twice(tmp_path):
    path = tmp_path / "autograded/amy/set1/set1.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff old")
    path.chmod(0o444)
    copies.write_copies([record()], tmp_path, {"set1": notebook()})
    before = path.stat()
    copies.write_copies([record()], tmp_path, {"set1": notebook()})
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(path.parent.iterdir()) == [path]
    given = record()
    del given["sources"]  # a file that could not be read
    copies.write_copies([given], tmp_path, {"set1": notebook()})
    assert "Write your answer here." in path.read_text(encoding="utf-8")


TYPED = [
    "<script>", "</pre>", "</code>", "<!--", "-->", "$$", "$x$", "\\\\[", "\\\\]", "\\begin{a}", "\\end{a}",
    "```", "[a](javascript:b)", "[a]: data:x", "![a](//b/c.png)", "<svg onload=a>", "# a", "> a", "- a",
    "1. a", "|a|b|", "&lt;", "{{ 7*7 }}", "*a*", "a", " ", "    ", "\t", "\n", "\n\n", "\r",
    "\x0b", "\x0c", "\x1c",
    "\x85", "\u2028", "\u202e", "\ufeff", "\0", "\ud800",
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(TYPED), st.text(max_size=3)), max_size=12).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_shown_as_it_was_typed_and_as_nothing_else(text):
    shown = BeautifulSoup(markdown2html(copies.as_typed(text)), "html.parser")
    assert {tag.name for tag in shown.find_all()} <= {"pre", "code"}
    assert all(not tag.attrs for tag in shown.find_all())
    assert not [t for t in shown.find_all(string=True) if t.parent.name == "[document]" and t.strip()]
    assert not shown.find_all(string=lambda t: type(t) is not NavigableString)
    assert "".join(shown.get_text().split()) == "".join(copies.harmless(text).split())
