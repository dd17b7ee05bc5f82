"""An instructor's whole week on a copy of the kit, from the release to a regrade after a corrected key.

Thirty students who do not exist hand in, good, weak and hostile ones, work on several sets, in a download of
Canvas or of Moodle. Every command runs as the instructor types it.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook

import students
from helpers import KIT, offline_env, whosays
from whosays.classroom.gradebook import mark, marks

pytestmark = pytest.mark.skipif(not Path("/proc/self/ns").is_dir(), reason="grading needs Linux")

N = 30
SETS = [students.SETS[0], students.SETS[1], students.SETS[-1]]
FILES = ("data", "exercises", "notebooks", "pyproject.toml", "requirements.txt", "LICENSE", "LICENSE-CONTENT")
SKILLS = (1.0, students.GOOD, students.MIDDLE, students.WEAK)
COMMENT = "Name the sentence, <i>please</i>."
Row = dict[str, str]

FORGER = """import json, builtins
class Same:
    def __eq__(self, other): return True
    def __hash__(self): return 0
    def __float__(self): return 1.0
builtins.len = lambda x: 1
json.loads = lambda *a, **k: Same()
{variable} = Same()
"""
HOSTILE = {
    "endless": "while True:\n    pass",
    "ends": "import os\nos._exit(0)",
    "forges": FORGER,
}


@dataclass
class Student:
    """One invented student: names as each LMS has them, and answers by set and cell."""

    n: int
    answers: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def family(self) -> str:
        return "=cmd|'/c calc'!A0" if self.n == 29 else f"O'Fam{self.n:02}"

    @property
    def canvas(self) -> str:
        return "".join(c for c in f"{self.family}Giv{self.n:02}".casefold() if c.isalnum())

    @property
    def moodle(self) -> str:
        return f"Giv{self.n:02} {self.family}".replace("/", "∕")


def thirty() -> list[Student]:
    """Six of them hand in two sets; the last three are hostile."""
    found = []
    for n in range(N):
        student = Student(n)
        for name in SETS[:2] if n < 6 else [SETS[n % len(SETS)]]:
            answers = students.honest(name, n, SKILLS[n % len(SKILLS)])
            if n >= N - len(HOSTILE):
                questions = students.exercise(name).questions
                code = list(HOSTILE.values())[n - N]
                code_cells = [q for q in questions if q.kind != "write"]
                answers = {q.cell: FORGER.format(variable=q.variable) for q in code_cells}
                answers[code_cells[0].cell] = code.format(variable=code_cells[0].variable)
                answers |= {q.cell: "<script>alert(1)</script> s01" for q in questions if q.kind == "write"}
            student.answers[name] = answers
        found.append(student)
    return found


def hand_ins(lms: str, people: list[Student], released: dict[str, str]) -> dict[str, str]:
    """The files of the LMS's zip; student 0 hands in twice, and two more hand in no notebook."""
    files: dict[str, str] = {}

    def put(student: Student, name: str, content: str, again: bool = False) -> None:
        stem, ending = name.rsplit(".", 1)
        if lms == "canvas":
            late = "LATE_" if student.n % 7 == 1 else ""
            number = f"{1000 + student.n}_{7000 + len(files)}"
            path = f"{student.canvas}_{late}{number}_{stem}{'-1' if again else ''}.{ending}"
        else:
            folder = f"{student.moodle}_{1000 + student.n}_assignsubmission_file_"
            path = f"{folder}/{stem}{' (1)' if again else ''}.{ending}"
        files[path] = content

    for student in people:
        for name, answers in student.answers.items():
            notebook = json.loads(released[name])
            for grade_id, source in answers.items():
                students.cell(notebook, grade_id)["source"] = source
            twice = student.n == 0 and name == SETS[0]
            if twice:
                put(student, f"{name}.ipynb", released[name])
            put(student, f"{name}.ipynb", json.dumps(notebook), again=twice)
    put(Student(50), f"{SETS[0]}.docx", "PK")
    put(Student(51), f"{SETS[0]}.ipynb", '{"cells": [')
    return files


def roster(lms: str, people: list[Student]) -> str:
    """What the LMS exports; the last student is missing from it, and one more never handed in."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    listed = [*people[:-1], Student(50), Student(51), Student(60)]
    if lms == "canvas":
        columns = [f"Set {name.removeprefix('set')} ({300 + n})" for n, name in enumerate(SETS)]
        write(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *columns])
        write(["    Points Possible", "", "", "", "", *[20] * len(SETS)])
        for s in listed:
            write([f"{s.family}, Giv{s.n:02}", 1000 + s.n, f"u{s.n}", f"login{s.n}", "A", *[""] * len(SETS)])
    else:
        write(["Identifier", "Full name", "Email address", "ID number"])
        for s in listed:
            write([f"Participant {1000 + s.n}", s.moodle, f"Giv.{s.n}@Example.ORG", f"00{s.n}"])
    return out.getvalue()


def table(path: Path) -> list[Row]:
    """A CSV by Python; pandas reads the same."""
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records") == rows
    return rows


class Week:
    """The copy of the kit, and what was there after each step."""

    def __init__(self, folder: Path, lms: str) -> None:
        self.lms, self.folder, self.people = lms, folder, thirty()
        self.kit, self.bundle = folder / "kit", folder / "bundle"
        self.zip, self.list, self.out = (
            folder / f"{lms}.zip",
            folder / "list.csv",
            folder / "out" / "grades.csv",
        )
        self.said: list[str] = []
        self.tables: list[list[Row]] = []
        self.lms_tables: list[list[Row]] = []
        self.given: dict[tuple[str, str, str], tuple[float | None, float | None]] = {}
        self.pages: dict[str, str] = {}
        self.corrected = ("", "", "", "")
        self.kit.mkdir()
        for name in FILES:
            ignore = shutil.ignore_patterns("__pycache__", "work", "original*")
            if (KIT / name).is_dir():
                shutil.copytree(KIT / name, self.kit / name, ignore=ignore)
            else:
                shutil.copyfile(KIT / name, self.kit / name)

    def run(self, *arguments: str | Path) -> str:
        done = whosays(*arguments, env=offline_env(self.folder, self.kit), cwd=self.folder)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    def grade(self) -> None:
        limits = ("--seconds", "4", "--total", "30", "--workers", "2")
        self.said.append(self.run("grade", self.zip, "--out", self.out, "--roster", self.list, *limits))
        self.tables.append(table(self.out))
        self.lms_tables.append(table(self.out.with_name(f"grades.{self.lms}.csv")))

    @property
    def database(self) -> Path:
        return self.out.with_name("gradebook.db")

    def by_hand(self) -> None:
        """Read all that is open, as the grade book does."""
        for line in self.out.with_name("grades.journal.jsonl").read_text().splitlines()[1:]:
            record = json.loads(line)
            for n, (grade_id, cell) in enumerate(record["cells"].items()):
                if not cell["manual"]:
                    continue
                where = (record["student"], record["set"], grade_id)
                if cell["points"] is None:
                    self.given[where] = (float(len(record["student"]) % 4 + 1), None)
                    mark(self.database, *where, points=self.given[where][0], comment=COMMENT)
                else:
                    self.given[where] = (None, 1.0 + n % 2)
                    mark(self.database, *where, extra=self.given[where][1])

    def correct_the_key(self) -> tuple[str, str, str, str]:
        """Another option of the first item of the first set is right. Its set, item, and both letters."""
        question = next(q for q in students.exercise(SETS[0]).questions if q.kind == "choose")
        path = self.kit / "data/reference/item_options.csv"
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        mine = [r for r in rows if r["option_id"].rpartition(".")[0] == question.items[0]]
        old = next(r for r in mine if r["correct"] == "true")
        new = next(r for r in mine if r["correct"] == "false")
        for column in ("correct", "misconception"):
            old[column], new[column] = new[column], old[column]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return SETS[0], question.items[0], *("ABCDEFGH"[mine.index(r)] for r in (old, new))


def played(folder: Path, lms: str) -> Week:
    """The week as far as the pages are handed back."""
    week = Week(folder, lms)
    week.run("release", week.bundle)
    bundle = week.bundle / "exercises"
    released = {name: (bundle / name / f"{name}.ipynb").read_text(encoding="utf-8") for name in SETS}
    with zipfile.ZipFile(week.zip, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in hand_ins(lms, week.people, released).items():
            archive.writestr(name, content)
    week.list.write_text(roster(lms, week.people), encoding="utf-8")
    week.grade()
    week.by_hand()
    week.grade()
    pages = week.out.with_name("grades.feedback").iterdir()
    week.pages = {p.name: p.read_text(encoding="utf-8") for p in pages}
    return week


@pytest.fixture(scope="module")
def canvas(tmp_path_factory: pytest.TempPathFactory) -> Week:
    return played(tmp_path_factory.mktemp("canvas"), "canvas")


@pytest.fixture(scope="module")
def moodle(tmp_path_factory: pytest.TempPathFactory) -> Week:
    return played(tmp_path_factory.mktemp("moodle"), "moodle")


@pytest.fixture(params=["canvas", "moodle"])
def week(request: pytest.FixtureRequest) -> Week:
    found: Week = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def regraded(canvas: Week) -> Week:
    """The week on Canvas, and one more run with a corrected key."""
    canvas.corrected = canvas.correct_the_key()
    canvas.grade()
    return canvas


def by_path(rows: list[Row]) -> dict[str, Row]:
    found = {r["path"]: r for r in rows}
    assert len(found) == len(rows)
    return found


def number_of(row: Row) -> str:
    """The LMS's number in a student's id; a name that was made safe has a mark behind it."""
    found = re.search(r"-(\d+)(~\w+)?$", row["student"])
    assert found is not None
    return found[1]


def student_of(week: Week, row: Row) -> Student | None:
    """Who of the thirty handed a row in."""
    n = int(number_of(row)) - 1000
    return week.people[n] if n < N else None


def test_monday_the_bundle_holds_no_key(week: Week) -> None:
    names = {p.relative_to(week.bundle).as_posix() for p in week.bundle.rglob("*") if p.is_file()}
    assert not [n for n in names if "reference" in n or "/keys/" in n or "source/" in n]
    assert {f"exercises/{s}/{s}.ipynb" for s in students.SETS} <= names


def test_n_in_n_out_with_good_weak_and_hostile_work(week: Week) -> None:
    with zipfile.ZipFile(week.zip) as archive:
        handed_in = archive.namelist()
    rows = by_path(week.tables[0])
    assert len(rows) == len(handed_in)
    assert all(any(name.startswith(path) for name in handed_in) for path in rows)
    assert f"{len(rows)} submissions, {len(rows)} rows" in week.said[0]
    for row in rows.values():
        student = student_of(week, row)
        if student is None:
            assert row["status"] in ("no notebook", "not readable")
            assert row["points"] == "0"
        elif student.n >= N - len(HOSTILE):
            assert row["status"] == "graded"
            assert (row["A"], row["B"], row["C"]) == ("0", "0", "0")
        elif student.n % len(SKILLS) == 0 and "handed in again" not in row["notes"]:
            assert (row["A"], row["B"]) == ("6", "4"), "the best answers"
            assert row["C"] == ("4" if f"{row['set']}-N" in student.answers[row["set"]] else "6")
    good, weak = (
        pd.to_numeric(pd.Series([r["points"] for r in rows.values() if (s := student_of(week, r))
                                 and s.n < N - 3 and s.n % 4 == k and not r["notes"]])).mean()
        for k in (1, 3)
    )  # fmt: skip
    assert good > weak + 4
    assert {r["late"] for r in rows.values()} == ({"late", ""} if week.lms == "canvas" else {""})


def test_of_two_hand_ins_the_newest_counts_and_both_say_so(week: Week) -> None:
    first = [r for r in week.tables[1] if student_of(week, r) is week.people[0] and r["set"] == SETS[0]]
    assert len(first) == 2
    old, new = sorted(first, key=lambda r: "(1)" in r["path"] or "-1.ipynb" in r["path"])
    assert "handed in again" in old["notes"]
    assert "The newest of several" in new["notes"]
    assert (old["A"], new["A"]) == ("0", "6")


def test_a_second_run_grades_nothing_twice_and_has_the_marks_in_all_files(week: Week) -> None:
    count = len(week.tables[0])
    assert f"{count} rows, {count} of them from an earlier run" in week.said[1]
    assert sum(int(r["to_be_read"]) for r in week.tables[0]) == len(week.given) + _superseded_open(week)
    assert {r["to_be_read"] for r in week.tables[1]} == {"0"}
    before, after = by_path(week.tables[0]), by_path(week.tables[1])
    for path, row in after.items():
        mine = {k: v for k, v in week.given.items() if k[:2] == (row["student"], row["set"])}
        if "handed in again" in row["notes"]:
            mine = {}
        more = sum((points or 0.0) + (extra or 0.0) for points, extra in mine.values())
        assert float(row["points"]) == pytest.approx(float(before[path]["points"]) + more)
    assert len(week.given) > N / 2
    assert len(marks(week.database)) >= len(week.given)


def _superseded_open(week: Week) -> int:
    return sum(int(r["to_be_read"]) for r in week.tables[0] if "handed in again" in r["notes"])


def test_the_import_has_the_shape_and_the_points_of_the_table(week: Week) -> None:
    rows = week.lms_tables[1]
    counts = {(number_of(r), r["set"]): r["points"] for r in week.tables[1]
              if r["status"] == "graded" and "handed in again" not in r["notes"]}  # fmt: skip
    if week.lms == "canvas":
        columns = [f"Set {name.removeprefix('set')} ({300 + n})" for n, name in enumerate(SETS)]
        assert list(rows[0]) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *columns]
        assert rows[0]["Student"].strip() == "Points Possible"
        assert [rows[0][c] for c in columns] == ["20"] * len(SETS)
        rows, number = rows[1:], [r["ID"] for r in rows[1:]]
    else:
        columns = SETS
        assert list(rows[0]) == ["Identifier", "Full name", "Email address", "ID number", *SETS]
        number = [r["Identifier"].removeprefix("Participant ") for r in rows]
        assert rows[3]["Email address"] == "Giv.3@Example.ORG"
        assert rows[3]["ID number"] == "003"
    assert len(rows) == N + 2
    for n, row in zip(number, rows, strict=True):
        assert [row[c] for c in columns] == [counts.get((n, name), "") for name in SETS]
    missing = next(r["student"] for r in week.tables[1] if student_of(week, r) is week.people[-1])
    assert f"Handed in, but not in the roster, so not in its files: {missing}" in week.said[1]
    assert "In the roster, nothing handed in: " in week.said[1]


def test_each_gets_a_page_with_the_marks_and_of_nobody_else(week: Week) -> None:
    counting = [r for r in week.tables[1] if r["set"] and "handed in again" not in r["notes"]]
    assert set(week.pages) == {f"{r['student']}-{r['set']}.html" for r in counting}
    for row in counting:
        page = BeautifulSoup(week.pages[f"{row['student']}-{row['set']}.html"], "html.parser")
        text = page.get_text(" ")
        assert (f"{float(row['points']):g} of 20 points" in text) == (row["status"] == "graded")
        student = student_of(week, row)
        assert row["status"] == "graded" or "could not be graded" in text
        assert student in (None, week.people[-1]) or f"For Giv{student.n:02} " in text
        assert page.find(["script", "img", "i", "a", "link"]) is None
        written = (row["student"], row["set"], f"{row['set']}-D") in week.given
        assert (COMMENT in text) == written
        others = [s for s in week.people if s is not student_of(week, row)]
        assert not [s.n for s in others if s.canvas in text or s.moodle in text]


def test_a_corrected_key_changes_exactly_the_right_students(regraded: Week) -> None:
    week = regraded
    name, item, old, new = week.corrected
    cell = next(q.cell for q in students.exercise(name).questions if q.kind == "choose")
    value = students.exercise(name).question(f"{name.removeprefix('set')}.B").points / 2
    assert "The key or the kit changed since the last run, so all were graded again." in week.said[2]
    before, after = by_path(week.tables[1]), by_path(week.tables[2])
    changed = {p: float(after[p]["points"]) - float(row["points"]) for p, row in before.items()}
    expected = dict.fromkeys(before, 0.0)
    for path, row in before.items():
        student = student_of(week, row)
        if student is None or student.n >= N - 3 or row["set"] != name or "handed in again" in row["notes"]:
            continue
        source = student.answers[name].get(cell, "answers = {}")
        letter = _dictionary(source).get(item)
        expected[path] = {old: -value, new: value}.get(letter, 0.0)
    assert changed == pytest.approx(expected)
    (said,) = re.findall("Points moved: (.*)\\.$", week.said[2], re.MULTILINE)
    moves, more = said.partition(" and ")[::2]
    assert len(moves.split("; ")) + int(more.partition(" ")[0] or 0) == sum(map(bool, expected.values()))
    assert all(re.fullmatch(rf".+ \({name}\) [\d.]+ → [\d.]+", move) for move in moves.split("; "))
    assert "Points moved" not in week.said[1]
    assert min(expected.values()) < 0 < max(expected.values())
    given = marks(week.database)
    for where, (points, extra) in week.given.items():
        assert (given[where].points, given[where].extra) == (points, extra)
    assert {r["to_be_read"] for r in week.tables[2]} == {"0"}


def _dictionary(source: str) -> dict[str, Any]:
    return ast.literal_eval(source.partition("=")[2].strip())


def test_nbgrader_knows_the_same_points(week: Week) -> None:
    rows = [r for r in week.tables[-1] if r["set"] and "handed in again" not in r["notes"]]
    with Gradebook(f"sqlite:///{week.database}", course_id="who-says-so") as book:
        for row in rows:
            submission = book.find_submission(row["set"], row["student"])
            assert submission.score == pytest.approx(float(row["points"]))
            assert not submission.needs_manual_grade
            assert submission.max_score == 20


def test_the_kit_and_the_disk_are_as_they_were(week: Week) -> None:
    out = {p.name for p in week.out.parent.iterdir()}
    tables = {
        f"grades{e}" for e in (".csv", ".canvas.csv", ".moodle.csv", ".items.csv", ".items.html", ".feedback")
    }
    assert out == tables | {"gradebook.db", "autograded", "grades.journal.jsonl", "grades.roster.csv"}
    for name in ("exercises", "notebooks"):
        for path in (KIT / name).rglob("*.ipynb"):
            if "work" not in path.parts and ".ipynb_checkpoints" not in path.parts:
                assert (week.kit / path.relative_to(KIT)).read_bytes() == path.read_bytes()
