"""Make ``exercises/release/`` from its source: ``python -m whosays.classroom.authoring [--check]``.

Runs the solutions to fill in what cases should give, writes the generated lines of the test cells, checks
that notebook, questions and key fit together, and lets nbgrader make the release. ``--check`` changes nothing
and says what differs.
"""

from __future__ import annotations

import argparse
import filecmp
import importlib.util
import json
import logging
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from whosays.classroom import empty_gradebook
from whosays.classroom.agreeing import disagreements
from whosays.classroom.cases import fill
from whosays.disk import write_whole
from whosays.exercises.kept import kit_pack
from whosays.exercises.sets import ExerciseSet, SetError, exercises_folder, names, read_set, set_folder

BLOCK = '### BEGIN HIDDEN TESTS\nfrom whosays.exercises import points\npoints("{test}")\n### END HIDDEN TESTS'
POINTS = {"capstone": 60.0}
OF_A_SET = 20.0
# grade, solution, locked, cell types, whether it has points
FORMAT = {
    "answer": (False, True, False, ("code",), False),
    "test": (True, False, True, ("code",), True),
    "manual": (True, True, False, ("code", "markdown"), True),
    "given": (False, False, True, ("code", "markdown"), False),
}
ALLOWED = {
    "schema_version",
    "grade",
    "solution",
    "locked",
    "task",
    "grade_id",
    "points",
    "checksum",
    "cell_type",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Write or check; returns 0 if all is well, else 1."""
    parser = argparse.ArgumentParser(prog="python -m whosays.classroom.authoring", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, say what differs")
    check = parser.parse_args(argv).check
    folder = exercises_folder()
    faults: list[str] = []
    try:
        for name in names(folder):
            faults += fill(name, folder, mend=not check)
        sets = [read_set(name, folder) for name in names(folder)]
        for exercise in sets:
            faults += faults_of(exercise, folder, mend=not check)
    except SetError as error:
        faults.append(str(error))
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        return 1
    if importlib.util.find_spec("nbgrader") is None:
        print("The release is made by nbgrader: install exercises/requirements.txt.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="whosays-release-") as scratch:
        made = generate(folder, Path(scratch), [s.name for s in sets])
        differing = differences(made, folder / "release")
        if not check and differing:
            _replace(made, folder / "release")
    for line in differing:
        print(f"exercises/release/{line}", "differs from its source." if check else "written.")
    if not differing:
        print(f"exercises/release: {len(sets)} sets, as their source has them.")
    return int(check and bool(differing))


def faults_of(exercise: ExerciseSet, folder: Path, mend: bool = False) -> list[str]:
    """What does not fit together in a set, a sentence each; ``mend`` writes the test cells first."""
    path = set_folder(exercise.name, folder) / f"{exercise.name}.ipynb"
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [f"{path.name}: cannot be read ({error})."]
    lacking = _with_tests(notebook)
    if lacking and mend:
        write_whole(path, json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    elif lacking:
        return [f"{path.name}: a test cell lacks its generated lines. Run the command without --check."]
    faults, found = [], {}
    for n, cell in enumerate(notebook["cells"], 1):
        where = f"{path.name}, cell {n}"
        protects = {name for name in ("deletable", "editable") if cell["metadata"].get(name) is False}
        extra = set(cell["metadata"]) - {"nbgrader"} - protects
        if extra:
            faults.append(
                f"{where}: metadata “{', '.join(sorted(extra))}” would reach students. Take it out."
            )
        mine = cell["metadata"].get("nbgrader")
        if mine is not None:
            faults += [f"{where} ({mine.get('grade_id')}): {fault}" for fault in _format_faults(cell, mine)]
            if mine.get("grade_id") in found:
                faults.append(f"{where}: the id {mine['grade_id']} stands there twice.")
            found[mine.get("grade_id")] = mine
    for question in exercise.questions:
        if question.cell not in found:
            faults.append(f"{path.name}: question {question.id} has no cell {question.cell}.")
        if exercise.key is not None and question.id not in exercise.key:
            faults.append(f"keys/{exercise.name}.json: question {question.id} is missing.")
        if exercise.key is not None and question.more != len(exercise.hidden(question)):
            faults.append(
                f"{exercise.name}.json: {question.id} says {question.more} hidden cases, the key has others."
            )
    faults += disagreements(exercise, notebook, kit_pack())
    graded = {g.grade_id: g.points for g in exercise.graded}
    there = {i: float(m.get("points", 0)) for i, m in found.items() if m.get("grade")}
    if graded != there:
        faults.append(f"{path.name}: cells with points are {there}; {exercise.name}.json has {graded}.")
    wanted = POINTS.get(exercise.name, OF_A_SET)
    if sum(graded.values()) != wanted:
        faults.append(f"{exercise.name}: {sum(graded.values()):g} points in all; expected {wanted:g}.")
    return faults


def _with_tests(notebook: dict[str, Any]) -> bool:
    """Write the generated lines into the test cells; whether that changed anything."""
    changed = False
    for cell in notebook["cells"]:
        mine = cell["metadata"].get("nbgrader", {})
        if mine.get("grade") and not mine.get("solution"):
            old = "".join(cell["source"])
            new = old.partition("### BEGIN HIDDEN TESTS")[0].rstrip("\n")
            new = f"{new}\n{BLOCK.format(test=mine['grade_id'])}"
            if new != old:
                cell["source"], changed = new, True
    return changed


def _format_faults(cell: dict[str, Any], mine: dict[str, Any]) -> list[str]:
    kind = (
        ("manual" if mine.get("solution") else "test")
        if mine.get("grade")
        else "answer"
        if mine.get("solution")
        else "given"
    )
    grade, solution, locked, types, points = FORMAT[kind]
    faults = []
    if set(mine) - ALLOWED:
        faults.append(f"nbgrader knows no “{', '.join(sorted(set(mine) - ALLOWED))}”.")
    if mine.get("schema_version") != 3 or mine.get("task"):
        faults.append("expected schema_version 3 and no task.")
    if (mine.get("grade"), mine.get("solution"), mine.get("locked")) != (grade, solution, locked):
        faults.append(f"cell of kind {kind}: expected grade {grade}, solution {solution}, locked {locked}.")
    if cell["cell_type"] not in types:
        faults.append(f"cell of kind {kind}: expected {' or '.join(types)}, found {cell['cell_type']}.")
    if ("points" in mine) != points:
        faults.append(f"cell of kind {kind}: expected {'' if points else 'no '}points.")
    return faults


def generate(folder: Path, scratch: Path, sets: Sequence[str]) -> Path:
    """Let nbgrader make the release of the sets in a course of its own. Returns its ``release`` folder."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config.loader import PyFileConfigLoader

    course = scratch / "course"
    shutil.copytree(folder / "source", course / "source")
    empty_gradebook.make(course / "gradebook.db")
    config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.db_url = f"sqlite:///{course}/gradebook.db"
    for name in sets:
        config.CourseDirectory.assignment_id = name
        converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
        converter.log.setLevel(logging.ERROR)
        converter.start()
    return course / "release"


def differences(made: Path, there: Path) -> list[str]:
    """The files, by path, that are not alike in two folders."""
    files = {p.relative_to(top).as_posix() for top in (made, there) for p in top.rglob("*") if p.is_file()}
    return sorted(
        name
        for name in files
        if not ((made / name).is_file() and (there / name).is_file())
        or not filecmp.cmp(made / name, there / name, shallow=False)
    )


def _replace(made: Path, there: Path) -> None:
    """Put the new release in the place of the old one."""
    beside = there.with_name(".release-new")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(made, beside)
    old = there.with_name(".release-old")
    shutil.rmtree(old, ignore_errors=True)
    if there.exists():
        there.rename(old)
    beside.rename(there)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
