"""A grading run that is killed goes on where it was: no row is lost or doubled, and none differs."""

import contextlib
import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import students
import two_sets
from whosays.classroom.journal import Journal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork to grade with")
STUDENTS = 24
OPTIONS = ("--workers", "2", "--seconds", "20", "--total", "60")
MARK = 3.0


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A kit, and hand-ins of a class: honest ones of two sets, two that are no notebooks, and one twice."""
    top = tmp_path_factory.mktemp("resume")
    given = top / "given"
    for n in range(STUDENTS):
        name = two_sets.SETS[n % 2]
        students.hand_in(given, f"student{n:02}", name, students.honest(name, n, students.MIDDLE))
    (given / "nobody").mkdir()
    broken = given / "broken" / "set1" / "set1.ipynb"
    broken.parent.mkdir(parents=True)
    broken.write_text("{", encoding="utf-8")
    again = given / "student00" / "set1" / "set1 (1).ipynb"
    again.write_bytes((given / "student00" / "set1" / "set1.ipynb").read_bytes())
    os.utime(again, (time.time() + 60,) * 2)
    return two_sets.copy_kit(top / "kit"), given


@pytest.fixture(scope="module")
def undisturbed(course, tmp_path_factory):
    """What a run gives that nobody disturbs, and how many seconds it took."""
    kit, given = course
    out = tmp_path_factory.mktemp("undisturbed") / "g.csv"
    began = time.monotonic()
    ran = two_sets.grade(kit, given, out, *OPTIONS)
    assert ran.returncode == 0, ran.stderr
    return outcome(out), time.monotonic() - began


def outcome(out: Path) -> dict[str, object]:
    """All that a run gives to people, but for how long things took."""
    found: dict[str, object] = {}
    for path in sorted(out.parent.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        found[path.name] = [{k: v for k, v in row.items() if k != "seconds"} for row in rows]
    for path in sorted(out.parent.rglob("*.html")):
        found[str(path.relative_to(out.parent))] = path.read_text(encoding="utf-8")
    for path in sorted((out.parent / "autograded").rglob("*.ipynb")):
        found[str(path.relative_to(out.parent))] = json.loads(path.read_text(encoding="utf-8"))
    with contextlib.closing(sqlite3.connect(out.parent / "gradebook.db")) as book:
        assert book.execute("pragma integrity_check").fetchone() == ("ok",)
        found["gradebook"] = sorted(book.execute(GRADES).fetchall(), key=str)
    return found


GRADES = """
    select student.id, assignment.name, base_cell.name, grade.auto_score, grade.manual_score,
           grade.needs_manual_grade
    from grade
    join base_cell on base_cell.id = grade.cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    join assignment on assignment.id = submitted_assignment.assignment_id
    join student on student.id = submitted_assignment.student_id
"""


def lines(out: Path) -> int:
    """How many records the journal holds so far."""
    with contextlib.suppress(FileNotFoundError):
        return out.with_suffix(".journal.jsonl").read_bytes().count(b"\n") - 1
    return -1


def when(out: Path, moment: str) -> bool:
    """Whether a run has come to a moment: “3” is the third record, else a file that is there."""
    return lines(out) >= int(moment) if moment.isdigit() else bool(list(out.parent.glob(moment)))


def killed(kit: Path, given: Path, out: Path, *moments: str) -> int:
    """Start a run and kill it, once for each moment. How many died by that; the others had ended before."""
    many = 0
    for moment in moments:
        call = two_sets.command(given, out, *OPTIONS)
        env = two_sets.environment(kit)
        with subprocess.Popen(
            call, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=kit
        ) as run:
            while run.poll() is None and not when(out, moment):
                time.sleep(0.001)
            run.kill()
            many += run.wait() == -signal.SIGKILL
    return many


def test_killed_ten_times_it_loses_and_doubles_nothing(course, undisturbed, tmp_path) -> None:
    """Each run goes on from what the last one left: at the start, among the records, among the results."""
    kit, given = course
    out = tmp_path / "g.csv"
    moments = ("0", "1", "4", "9", "14", "20", "26", "gradebook.db", "autograded/*", "g.csv", "*.feedback/*")
    assert killed(kit, given, out, *moments) >= 10
    assert lines(out) == STUDENTS + 3
    for half in tmp_path.rglob("*.tmp"):
        os.utime(half, (1, 1))
    ran = two_sets.grade(kit, given, out, *OPTIONS)
    assert ran.returncode == 0, ran.stderr
    many = STUDENTS + 3
    assert f"{many} submissions, {many} rows, {many} of them from an earlier run" in ran.stdout
    found = outcome(out)
    paths = [row["path"] for row in found["g.csv"]]
    assert len(paths) == len(set(paths)) == many
    assert found == undisturbed[0]
    assert not list(tmp_path.glob("*.lock"))
    assert not list(tmp_path.rglob("*.tmp"))
    assert soon_empty(kit)


def soon_empty(kit: Path) -> bool:
    """Whether no process that was started with this kit is left."""
    ends = time.monotonic() + 5
    while time.monotonic() < ends:
        mine = []
        for folder in Path("/proc").iterdir() if Path("/proc").is_dir() else ():
            with contextlib.suppress(OSError):
                if folder.name.isdigit() and str(kit).encode() in (folder / "cmdline").read_bytes():
                    mine.append(folder)
        if not mine:
            return True
        time.sleep(0.05)
    return False


def test_killed_after_some_seconds_wherever_it_is(course, undisturbed, tmp_path) -> None:
    """Moments by the clock, which fall where nobody chose them."""
    kit, given = course
    out = tmp_path / "g.csv"
    for part in (0.35, 0.6, 0.8, 0.9):
        call = two_sets.command(given, out, *OPTIONS)
        with subprocess.Popen(
            call, env=two_sets.environment(kit), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as run:
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(part * undisturbed[1])
            run.kill()
    assert two_sets.grade(kit, given, out, *OPTIONS).returncode == 0
    assert outcome(out) == undisturbed[0]


def test_a_changed_file_is_graded_again_and_marks_by_hand_stay(course, undisturbed, tmp_path) -> None:
    from whosays.classroom.gradebook import mark, marks

    kit, given = course
    out = tmp_path / "g.csv"
    assert two_sets.grade(kit, given, out, *OPTIONS).returncode == 0
    database = tmp_path / "gradebook.db"
    waiting = next(row[0] for row in undisturbed[0]["gradebook"] if row[2] == "set2-D" and row[5])
    mark(database, waiting, "set2", "set2-D", points=MARK)
    path = given / "student02" / "set1" / "set1.ipynb"
    before = path.read_bytes()
    try:
        path.write_text(json.dumps(students.released("set1")), encoding="utf-8")
        assert killed(kit, given, out, "27", "gradebook.db") == 2
        ran = two_sets.grade(kit, given, out, *OPTIONS)
        assert (
            f"{STUDENTS + 3} rows, {STUDENTS + 3} of them" in ran.stdout
            or f"{STUDENTS + 2} of them" in ran.stdout
        )
        rows = {row["path"]: row for row in outcome(out)["g.csv"]}
        assert {float(rows["student02/set1/set1.ipynb"]["points"])} == {0.0}
        assert marks(database)[waiting, "set2", "set2-D"].points == MARK
        old = {row["path"]: row for row in undisturbed[0]["g.csv"]}
        others = [p for p in old if p != "student02/set1/set1.ipynb" and not p.startswith(waiting)]
        assert [rows[p] for p in others] == [old[p] for p in others]
    finally:
        path.write_bytes(before)


def test_a_changed_key_grades_all_again_and_says_so(course, undisturbed, tmp_path) -> None:
    kit, given = course
    out = tmp_path / "g.csv"
    assert killed(kit, given, out, "20") == 1
    key = kit / "exercises" / "keys" / "set1.json"
    before = key.read_text(encoding="utf-8")
    try:
        content = json.loads(before)
        content["questions"]["1.C2"]["hidden"][0]["expected"] = ["float", "12345.0"]
        key.write_text(json.dumps(content), encoding="utf-8")
        ran = two_sets.grade(kit, given, out, *OPTIONS)
        assert "all were graded again" in ran.stdout
        assert "from an earlier run" not in ran.stdout
        changed = outcome(out)
        assert len(changed["g.csv"]) == STUDENTS + 3
        lost = [
            old["path"]
            for old, new in zip(undisturbed[0]["g.csv"], changed["g.csv"], strict=True)
            if old["points"] != new["points"]
        ]
        assert lost
        assert all("/set1/" in path for path in lost)
    finally:
        key.write_text(before, encoding="utf-8")
    ran = two_sets.grade(kit, given, out, *OPTIONS)
    assert "all were graded again" in ran.stdout
    assert outcome(out) == undisturbed[0]


def test_a_hand_in_that_was_replaced_by_an_older_one_counts_as_what_it_is_now(tmp_path) -> None:
    """The content is the same, but which of two counts goes by the time: the journal must not remember it."""
    from whosays.classroom.run import _done
    from whosays.classroom.submissions import find

    given = tmp_path / "given"
    path = students.hand_in(given, "amy", "set1", {})
    (old,) = find(given, tmp_path / "scratch", ["set1"])
    with Journal(tmp_path / "j", "k") as journal:
        record = {"path": old.path, "student": old.student, "set": "set1", "attempt": old.attempt}
        assert old.file is not None
        from whosays.classroom.grading import fingerprint

        journal.add(record | {"handed_in": old.handed_in, "sha256": fingerprint(old.file)[0]})
        assert _done(old, journal)
        os.utime(path, (1, 1))
        (new,) = find(given, tmp_path / "scratch", ["set1"])
        assert not _done(new, journal)
