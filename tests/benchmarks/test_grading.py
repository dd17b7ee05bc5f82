"""How fast submissions are graded, beside nbgrader's own autograder on the same hand-ins in the same run.

The last one takes minutes and is run once by hand:
``TEN_THOUSAND=1 python -m pytest tests/benchmarks/test_grading.py -n 0 -s -k ten_thousand``.
"""

import contextlib
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import students
from whosays.classroom import gradebook
from whosays.classroom.journal import Finished
from whosays.classroom.outputs import notebook
from whosays.classroom.run import Options, grade_all
from whosays.exercises.sets import exercises_folder

pytestmark = pytest.mark.benchmark
HAND_INS, TIMES_FASTER, RUNS = 100, 40, 3
WORKERS = 2
OWN_MEMORY, EACH = 250e6, 100e6  # bytes: the grader's, and for each submission that runs
GRADEBOOK = 0.005  # seconds a submission
MANY, MINUTES = 10_000, 5
SKILLS = (students.GOOD, students.MIDDLE, students.WEAK)
GRADE = """
import sys
from pathlib import Path
from whosays.classroom.run import Options, grade_all
grade_all(Path(sys.argv[1]), Path(sys.argv[2]), Options(workers=int(sys.argv[3])))
"""


def hand_ins(folder: Path, many: int) -> list[tuple[str, str]]:
    """Honest submissions of ``many`` students, spread over the sets."""
    made = []
    for n in range(many):
        name, student = students.SETS[n % len(students.SETS)], f"student{n:05}"
        students.hand_in(folder, student, name, students.honest(name, n, SKILLS[n // 3 % 3]))
        made.append((student, name))
    return made


# Beside nbgrader --------------------------------------------------------------------------------------------


def by_nbgrader(top: Path, submitted: Path, made: list[tuple[str, str]]) -> tuple[dict, float]:
    """Scores of all autograded cells, and seconds, of two nbgrader processes with half of the students each.

    Each has every other student, and so every other set: it has to start less often. Gradebook and release
    are made before the clock starts.
    """
    courses, scripts = [], []
    for n in range(2):
        course = top / f"course{n}"
        shutil.copytree(exercises_folder(), course, ignore=shutil.ignore_patterns("release", "gradebook.db"))
        for student, _ in made[n::2]:
            shutil.copytree(submitted / student, course / "submitted" / student)
        courses.append(course)
        names = sorted({name for _, name in made[n::2]})
        scripts.append(" && ".join(f"{sys.executable} -m nbgrader autograde {name}" for name in names))
    nbgrader = [sys.executable, "-m", "nbgrader"]
    # nbgrader asks a program “alembic” for a version: the folder of this Python's programs has to be known
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    known = {"env": os.environ | {"PATH": path}, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for course in courses:
        for name in students.SETS:
            subprocess.run(
                [*nbgrader, "generate_assignment", name, "--force"], cwd=course, check=True, **known
            )
    began = time.perf_counter()
    running = [
        subprocess.Popen(["sh", "-c", script], cwd=course, **known)
        for script, course in zip(scripts, courses, strict=True)
    ]
    ended = [process.wait(900) for process in running]
    seconds = time.perf_counter() - began
    assert ended == [0, 0]
    return scores_in(courses[0] / "gradebook.db") | scores_in(courses[1] / "gradebook.db"), seconds


def scores_in(database: Path) -> dict:
    """Points of the autograded cells by student, set and cell."""
    query = """
        select student.id, assignment.name, base_cell.name, grade.auto_score
        from grade
        join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        join assignment on assignment.id = submitted_assignment.assignment_id
        join student on student.id = submitted_assignment.student_id
        where base_cell.name like '%-test'
    """
    with sqlite3.connect(database) as connection:
        return {(s, a, c): round(float(p or 0), 2) for s, a, c, p in connection.execute(query)}


def by_us(top: Path, run: int) -> tuple[dict, float]:
    """Scores of the same cells, and seconds, of one run with two workers into a fresh gradebook."""
    out = top / f"out{run}"
    out.mkdir()
    gradebook.make(out / "gradebook.db")
    began = time.perf_counter()
    grade_all(top / "submitted", out / "grades.csv", Options(workers=WORKERS))
    return scores_in(out / "gradebook.db"), time.perf_counter() - began


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Ours, the median of runs before and after nbgrader's: a machine is not as fast at every moment."""
    top = tmp_path_factory.mktemp("grading")
    made = hand_ins(top / "submitted", HAND_INS)
    before = [by_us(top, n) for n in range(RUNS)]
    peer, theirs = by_nbgrader(top, top / "submitted", made)
    after = [by_us(top, n) for n in range(RUNS, 2 * RUNS)]
    assert all(scores == before[0][0] for scores, _ in (*before, *after))
    return before[0][0], statistics.median(seconds for _, seconds in (*before, *after)), peer, theirs


def test_the_scores_are_those_of_nbgrader(both):
    mine, _, peer, _ = both
    assert len(peer) == 3 * HAND_INS
    assert len(set(peer.values())) > 5, "all got the same"
    assert {k: (mine.get(k), v) for k, v in peer.items() if mine.get(k) != v} == {}


def test_grading_is_forty_times_as_fast_as_two_nbgrader_processes(both):
    _, ours, _, theirs = both
    rate, peer, times = HAND_INS / ours, HAND_INS / theirs, theirs / ours
    print(
        f"\n{HAND_INS} in {ours:.2f} s, {rate:.1f} a second; two nbgrader processes {peer:.2f}: {times:.0f} ×"
    )
    assert times >= TIMES_FASTER


# Memory -----------------------------------------------------------------------------------------------------


def held(pid: int) -> dict[int, int]:
    """Bytes of memory by process, of a process and all below it; what they share is divided by them (PSS)."""
    found = {}
    for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
            found[process.pid] = 1024 * next(int(s.split()[1]) for s in lines if s.startswith("Pss:"))
    return found


def graded(submitted: Path, out: Path, workers: int = WORKERS) -> tuple[float, int, int]:
    """Grade in another process: seconds, and the most bytes that it held itself, and with all below it."""
    command = [sys.executable, "-c", GRADE, str(submitted), str(out), str(workers)]
    began, most, own = time.perf_counter(), 0, 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                now = held(process.pid)
                most, own = max(most, sum(now.values())), max(own, now.get(process.pid, 0))
            time.sleep(0.5)
    assert process.returncode == 0
    return time.perf_counter() - began, own, most


def test_memory_stays_small(tmp_path):
    hand_ins(tmp_path / "submitted", 400)
    _, own, most = graded(tmp_path / "submitted", tmp_path / "out" / "grades.csv")
    allowed = OWN_MEMORY + WORKERS * EACH
    print(f"\nthe grader {own / 1e6:.0f} MB; with all below it {most / 1e6:.0f} MB of {allowed / 1e6:.0f} MB")
    assert own <= OWN_MEMORY
    assert most <= allowed


# The gradebook, and very many -------------------------------------------------------------------------------


def test_the_gradebook_is_written_in_bulk(tmp_path):
    many = 400
    hand_ins(tmp_path / "submitted", many)
    grade_all(tmp_path / "submitted", tmp_path / "out" / "grades.csv", Options(workers=WORKERS))
    cells = {name: gradebook.cells(notebook(name)) for name in students.SETS}
    with Finished(tmp_path / "out" / "grades.journal.jsonl") as journal:
        records = [journal.record(path) | {"superseded": False} for path in journal.entries]
    database = tmp_path / "gradebook.db"
    gradebook.make(database)
    began = time.perf_counter()
    gradebook.write(records, database, cells)
    seconds = (time.perf_counter() - began) / many
    assert scores_in(database) == scores_in(tmp_path / "out" / "gradebook.db")
    assert len(scores_in(database)) == 3 * many
    print(f"\n{seconds * 1000:.2f} ms a submission in the gradebook")
    assert seconds <= GRADEBOOK


@pytest.mark.skipif(not os.environ.get("TEN_THOUSAND"), reason="takes minutes; set TEN_THOUSAND to run it")
def test_ten_thousand_take_less_than_five_minutes(tmp_path):
    many = int(os.environ["TEN_THOUSAND"]) if int(os.environ["TEN_THOUSAND"]) > 1 else MANY
    hand_ins(tmp_path / "submitted", many)
    seconds, own, most = graded(tmp_path / "submitted", tmp_path / "out" / "grades.csv")
    lines = (tmp_path / "out" / "grades.journal.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    assert len({json.loads(line)["path"] for line in lines}) == len(lines) == many
    assert len(scores_in(tmp_path / "out" / "gradebook.db")) == 3 * many
    print(
        f"\n{many} submissions in {seconds:.0f} s, {many / seconds:.0f} a second, on {WORKERS} workers; ",
        end="",
    )
    print(f"the grader held {own / 1e6:.0f} MB, with all below it {most / 1e6:.0f} MB")
    assert seconds <= MINUTES * 60 * many / MANY
    assert own <= OWN_MEMORY
    assert most <= OWN_MEMORY + WORKERS * EACH
