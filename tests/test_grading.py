"""Which cells of a hand-in run: the students' all, and of the kit's those that something comes of."""

import time

import pytest

import students
from whosays.classroom import bundle
from whosays.classroom.grading import Grader, _to_run, words_of
from whosays.classroom.notebooks import Cell, Release, match
from whosays.classroom.sandbox import Sandbox
from whosays.classroom.submissions import Submission

SHOWS = 'per_rung = df["rung"].value_counts()\nfor rung, count in per_rung.items():\n    print(rung, count)'
START = Cell("start", "given", "code", "import pandas as pd")


def runs(given: str, *own: str, later: str = "") -> bool:
    """Whether a cell of the kit runs beside these cells of a student's and a later one of the kit's."""
    cells = [
        START,
        *(Cell("", "own", "code", source) for source in own),
        Cell("show", "given", "code", given),
    ]
    found = _to_run([*cells, Cell("later", "given", "code", later)])
    assert {n for n, cell in enumerate(cells) if cell.kind == "own"} | {0} <= found
    return len(cells) - 1 in found


def test_a_given_cell_that_only_shows_does_not_run():
    assert not runs(SHOWS)
    assert not runs("pd.crosstab(df.claim, df.rung)")
    assert not runs(SHOWS, "rungs = {'s06': 2}", 'def f(df):\n    return df["count"].sum()')


@pytest.mark.parametrize(
    "own",
    [
        "print(per_rung)",
        "def rung_counts(df):\n    return per_rung",
        'print(f"{per_rung}")',
        'x = "it\'s"; y = per_rung # a word',
        "rung",
    ],
)
def test_it_runs_where_a_student_uses_what_it_leaves_behind(own):
    assert runs(SHOWS, own)


@pytest.mark.parametrize(
    "own", ['print("per_rung")', "# per_rung", '"""\nrung and\ncount\n"""', "a = 'say \"per_rung\"'"]
)
def test_a_word_in_a_text_or_a_comment_is_no_use(own):
    assert not runs(SHOWS, own)


def test_it_runs_where_a_later_cell_of_the_kit_uses_it():
    assert runs(SHOWS, later="per_rung.head()")


@pytest.mark.parametrize(
    "given",
    [
        'df.sort_values("rung", inplace=True)',
        'df["weak"] = df["rung"] < 3',
        "df.index.name = 'n'",
        'df.to_csv("mine.csv")',
        'row = df.pop("rung")',
        "import json",
        "def helper():\n    return 1",
        "df.sum(**how)",
        "this is no Python",
    ],
)
def test_a_given_cell_that_does_more_than_show_runs(given):
    assert runs(given)


def test_the_kits_own_cells_of_track_n_need_not_run():
    for name in students.SETS:
        release = Release.read(students.EXERCISES / "release" / name / f"{name}.ipynb")
        matched = match(students.filled(name, {}), release)
        ran = [matched.cells[n] for n in _to_run(matched.cells) if matched.cells[n].kind == "given"]
        assert [cell.grade_id for cell in ran] == [f"{name}-start"]


@pytest.mark.parametrize("text", ['"' * 19_999, '"\\' * 9_000, "'''a\\" * 4_000, "a" * 19_999, "\\" * 19_000])
def test_no_text_takes_long_to_look_through(text):
    began = time.monotonic()
    words_of(text)
    assert time.monotonic() - began < 1


def test_an_answer_may_use_what_a_given_cell_leaves_behind(tmp_path):
    """In JupyterLab it works; so it does here: nothing is said of a missing name."""
    bundle.write(tmp_path / "bundle")
    name = "set1"
    answers = {"set1-C1": "def rung_counts(df):\n    return df['rung'].map(per_rung).value_counts()"}
    file = students.hand_in(tmp_path, "ada", name, answers)
    exercises = {name: students.exercise(name)}
    with Grader(Sandbox().show(tmp_path / "bundle"), exercises, students.pack()) as grader:
        record = grader.grade(Submission(str(file), file, "ada", hint=name))
    (part,) = [p for p in record["cells"]["set1-C-test"]["parts"] if p["question"] == "1.C1"]
    assert "NameError" not in str(part)
    assert "Found:" in str(part)
