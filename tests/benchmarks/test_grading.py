"""How fast submissions are graded, beside nbgrader's own autograder on the same hand-ins in the same run."""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import students
from whosays.classroom.run import Options, grade_all
from whosays.exercises.sets import exercises_folder

pytestmark = pytest.mark.benchmark
HAND_INS = 100
TIMES_FASTER = 40
OWN_MEMORY, EACH = 250e6, 100e6  # bytes: the grader's, and for each submission that runs
SKILLS = (students.GOOD, students.MIDDLE, students.WEAK)


def hand_ins(folder: Path, many: int) -> list[tuple[str, str]]:
    """Honest submissions of ``many`` students, spread over the sets."""
    made = []
    for n in range(many):
        name, student = students.SETS[n % len(students.SETS)], f"student{n:05}"
        students.hand_in(folder, student, name, students.honest(name, n, SKILLS[n % 3]))
        made.append((student, name))
    return made


def by_nbgrader(top: Path, submitted: Path, made: list[tuple[str, str]]) -> tuple[dict, float]:
    """Scores of all autograded cells, and seconds, of two nbgrader processes with half of the students each."""
    courses = []
    for n in range(2):
        course = top / f"course{n}"
        shutil.copytree(exercises_folder(), course, ignore=shutil.ignore_patterns("release", "gradebook.db"))
        for student, _ in made[n::2]:
            shutil.copytree(submitted / student, course / "submitted" / student)
        courses.append(course)
    nbgrader = [sys.executable, "-m", "nbgrader"]
    # nbgrader asks a program “alembic” for a version: the folder of this Python's programs has to be known
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    known = {"env": os.environ | {"PATH": path}, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for course in courses:
        for name in students.SETS:
            subprocess.run([*nbgrader, "generate_assignment", name, "--force"], cwd=course, check=True, **known)
    began = time.perf_counter()
    script = " && ".join(f"{sys.executable} -m nbgrader autograde {name}" for name in students.SETS)
    running = [subprocess.Popen(["sh", "-c", script], cwd=course, **known) for course in courses]
    for process in running:
        process.wait(900)
    seconds = time.perf_counter() - began
    scores: dict = {}
    for course in courses:
        scores |= scores_in(course / "gradebook.db")
    return scores, seconds


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


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    top = tmp_path_factory.mktemp("grading")
    made = hand_ins(top / "submitted", HAND_INS)
    began = time.perf_counter()
    grade_all(top / "submitted", top / "out" / "grades.csv", Options(workers=os.cpu_count() or 1))
    ours = time.perf_counter() - began
    peer, theirs = by_nbgrader(top, top / "submitted", made)
    return scores_in(top / "out" / "gradebook.db"), ours, peer, theirs


def test_the_scores_are_those_of_nbgrader(both):
    mine, _, peer, _ = both
    assert len(peer) == 3 * HAND_INS
    assert {k: (mine.get(k), v) for k, v in peer.items() if mine.get(k) != v} == {}


def test_grading_is_forty_times_as_fast_as_two_nbgrader_processes(both):
    _, ours, _, theirs = both
    print(
        f"\n{HAND_INS / ours:.1f} a second, nbgrader with two processes {HAND_INS / theirs:.2f}: {theirs / ours:.0f} ×"
    )
    assert theirs / ours >= TIMES_FASTER


GRADE = """
import resource, sys
from pathlib import Path
from whosays.classroom.run import Options, grade_all
grade_all(Path(sys.argv[1]), Path(sys.argv[2]), Options(workers=2))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_memory_stays_small(tmp_path):
    hand_ins(tmp_path / "submitted", 400)
    shown = subprocess.run(
        [sys.executable, "-c", GRADE, str(tmp_path / "submitted"), str(tmp_path / "grades.csv")],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    own, child = (int(n) * 1024 for n in shown.split())
    print(f"\nthe grader {own / 1e6:.0f} MB, the largest process under it {child / 1e6:.0f} MB")
    assert own <= OWN_MEMORY
