"""nbgrader's own commands on the course as it is: validate, generate, release and list, and its database."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import students
from helpers import KIT, offline_env
from test_gradebook import record
from whosays.classroom import gradebook, outputs
from whosays.exercises.sets import names

SET = students.SETS[0]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The course of the kit in a place of its own, with an exchange beside it."""
    folder = tmp_path / "course"
    shutil.copytree(KIT / "exercises/source", folder / "source", ignore=shutil.ignore_patterns(".*", "__*"))
    shutil.copyfile(KIT / "exercises/nbgrader_config.py", folder / "nbgrader_config.py")
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    return folder


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """nbgrader as an instructor starts it in the course's folder."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    command = [sys.executable, "-m", "nbgrader", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=folder, env=offline_env(home, PATH=path), stdout=pipe, stderr=pipe, text=True
    )


def nbgrader(folder: Path, *arguments: str) -> str:
    """What a command says. It has to end well."""
    process = started(folder, *arguments)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err[-2000:]
    return out + err


def test_validate_says_what_is_unanswered_and_lets_a_solved_notebook_pass(tmp_path: Path) -> None:
    questions = students.exercise(SET).questions
    solved = {q.cell: students.source_of(q, students.best(q)) for q in questions}
    runs = {}
    for name, notebook in (("solved", students.filled(SET, solved)), ("unsolved", students.released(SET))):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{SET}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        runs[name] = started(folder, "validate", f"{SET}.ipynb")
    said = {name: process.communicate(timeout=120)[0] for name, process in runs.items()}
    assert "Success! Your notebook passes all the tests." in said["solved"]
    assert "VALIDATION FAILED ON 1 CELL(S)" in said["unsolved"]
    assert "You did not provide a response." in said["unsolved"]
    assert "Traceback" not in said["unsolved"]


def test_generate_release_and_list(course: Path) -> None:
    nbgrader(course, "generate_assignment", SET)
    made = course / f"release/{SET}/{SET}.ipynb"
    assert made.read_bytes() == (KIT / f"exercises/release/{SET}/{SET}.ipynb").read_bytes()
    exchange = f"--Exchange.root={course.parent / 'exchange'}"
    nbgrader(course, "release_assignment", SET, exchange)
    assert f"who-says-so {SET}" in nbgrader(course, "list", exchange)
    nbgrader(course.parent, "fetch_assignment", SET, "--course=who-says-so", exchange)
    fetched = course.parent / SET / f"{SET}.ipynb"
    assert fetched.read_bytes() == made.read_bytes()


def test_the_database_is_nbgraders(course: Path) -> None:
    """What ``whosays grade`` writes for the sets as they are, by nbgrader's own words."""
    cells = {name: gradebook.cells(outputs.notebook(name)) for name in names()}
    nothing = {"points": 0.0, "manual": False, "status": "not attempted", "parts": []}
    empty = {c.grade_id: nothing | {"of": c.points} for c in cells[SET] if c.grade}
    amy = record("amy", SET, cells=empty, sources={}, name_of="Lee, Amy")
    gradebook.write([amy], course / "gradebook.db", cells)
    gradebook.mark(course / "gradebook.db", "amy", SET, f"{SET}-D", 3.5)
    assert set(names()) <= set(nbgrader(course, "db", "assignment", "list").split())
    assert "amy (Lee, Amy)" in nbgrader(course, "db", "student", "list")
    nbgrader(course, "export", "--assignment", f'["{SET}"]', "--to", "marks.csv")
    line = next(row for row in (course / "marks.csv").read_text().splitlines() if "amy" in row)
    assert line.startswith(SET)
    assert ",3.5," in line
