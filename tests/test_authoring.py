"""The release is made from the source, and cases from solutions; what does not fit is told in a sentence."""

import json
import shutil
from pathlib import Path

import pytest

from whosays.classroom import authoring, cases
from whosays.exercises.sets import exercises_folder, names, read_set

KEPT = ["set1", "set2"]


@pytest.fixture
def course(tmp_path, monkeypatch) -> Path:
    """A course with two sets, which may be changed."""
    for part in ("source", "release"):
        for name in KEPT:
            shutil.copytree(exercises_folder() / part / name, tmp_path / part / name)
    (tmp_path / "keys").mkdir()
    for name in KEPT:
        shutil.copy(exercises_folder() / "keys" / f"{name}.json", tmp_path / "keys")
    shutil.copy(exercises_folder() / "nbgrader_config.py", tmp_path)
    monkeypatch.setattr(authoring, "exercises_folder", lambda: tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # as where the environment is not active
    return tmp_path


def changed(path: Path, change) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def replaced(notebook: dict, old: str, new: str) -> None:
    """Replace words wherever they stand in a notebook; they must stand somewhere."""
    for one in notebook["cells"]:
        one["source"] = "".join(one["source"])
    assert any(old in one["source"] for one in notebook["cells"])
    for one in notebook["cells"]:
        one["source"] = one["source"].replace(old, new)


def cell(notebook: dict, grade_id: str) -> dict:
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def test_the_release_is_what_nbgrader_makes_of_the_source_byte_for_byte(capsys):
    assert authoring.main(["--check"]) == 0, capsys.readouterr()
    assert f"{len(names())} sets, as their source has them." in capsys.readouterr().out


def test_an_edited_source_makes_a_new_release_and_a_second_run_changes_nothing(course, capsys):
    changed(
        course / "source/set1/set1.ipynb",
        lambda n: n["cells"][0].update(source="# Who is speaking?\n\nA word of my own."),
    )
    assert authoring.main(["--check"]) == 1
    assert capsys.readouterr().out == "exercises/release/set1/set1.ipynb differs from its source.\n"
    assert "A word of my own." not in (course / "release/set1/set1.ipynb").read_text(encoding="utf-8")
    assert authoring.main([]) == 0
    assert capsys.readouterr().out == "exercises/release/set1/set1.ipynb written.\n"
    assert "A word of my own." in (course / "release/set1/set1.ipynb").read_text(encoding="utf-8")
    assert authoring.main(["--check"]) == 0
    assert sorted(p.name for p in course.iterdir()) == ["keys", "nbgrader_config.py", "release", "source"]


def test_expected_values_are_those_of_the_solution_and_nobody_types_them(course, capsys):
    as_it_was = [(p, p.read_bytes()) for p in (course / "source/set1/set1.json", course / "keys/set1.json")]

    def forget(content) -> None:
        for question in content["questions"]:
            for case in question.get("cases", ()):
                del case["expected"]
                case.pop("instead", None)
            question.pop("more", None)

    changed(course / "source/set1/set1.json", forget)
    changed(course / "keys/set1.json", lambda k: k["questions"]["1.C1"]["hidden"][0].update(expected=3))
    assert authoring.main(["--check"]) == 1
    told = capsys.readouterr().err
    assert "set1: its cases are not what its solutions give. Run the command without --check." in told
    authoring.main([])
    assert [(p, json.loads(p.read_bytes())) for p, _ in as_it_was] == [
        (p, json.loads(b)) for p, b in as_it_was
    ]


def test_another_solution_changes_what_is_expected(course):
    def count_all(key) -> None:
        key["questions"]["1.C1"]["solution"] = (
            'def rung_counts(df):\n    return df["sentence"].value_counts()'
        )

    changed(course / "keys/set1.json", count_all)
    assert cases.fill("set1", course, mend=True) == []
    question = read_set("set1", course).question("1.C1")
    assert question.cases[0].expected[:2] == ["series", "count"]
    assert question.cases[0].expected[2][1] == [f"a{n}" for n in range(1, 9)]


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        (
            "keys/set1.json",
            lambda k: k["questions"]["1.C2"].update(solution="def share_weak(df):\n    return missing"),
            "1.C2, a table of 8 sentences, 3 of them on rung 1 or 2: the solution stops with NameError",
        ),
        (
            "keys/set1.json",
            lambda k: k["questions"]["1.C2"].pop("solution"),
            "1.C2: the key has no solution.",
        ),
        (
            "keys/set1.json",
            lambda k: k["questions"].pop("1.D"),
            "keys/set1.json: question 1.D is missing.",
        ),
        (
            "source/set1/set1.ipynb",
            lambda n: cell(n, "set1-A")["metadata"].update(tags=["answer-4"]),
            "metadata “tags” would reach students. Take it out.",
        ),
        (
            "source/set1/set1.ipynb",
            lambda n: cell(n, "set1-A")["metadata"]["nbgrader"].update(key="4"),
            "(set1-A): nbgrader knows no “key”.",
        ),
        (
            "source/set1/set1.ipynb",
            lambda n: cell(n, "set1-A")["metadata"]["nbgrader"].update(locked=True),
            "(set1-A): cell of kind answer: expected grade False, solution True, locked False.",
        ),
        (
            "source/set1/set1.ipynb",
            lambda n: cell(n, "set1-A-test")["metadata"]["nbgrader"].pop("points"),
            "(set1-A-test): cell of kind test: expected points.",
        ),
        (
            "source/set1/set1.ipynb",
            lambda n: cell(n, "set1-D")["metadata"]["nbgrader"].update(points=5),
            "cells with points are",
        ),
        (
            "source/set1/set1.ipynb",
            lambda n: n["cells"].append(cell(n, "set1-D")),
            "the id set1-D stands there twice.",
        ),
        (
            "source/set1/set1.ipynb",
            lambda n: n["cells"].remove(cell(n, "set1-C2")),
            "question 1.C2 has no cell set1-C2.",
        ),
        (
            "source/set1/set1.json",
            lambda s: s["questions"][0].update(points=5),
            "set1: 19 points in all; expected 20.",
        ),
        (
            "source/set1/set1.json",
            lambda s: s["questions"].append(s["questions"][0]),
            "set1.json: question 1.A stands there twice.",
        ),
        (
            "source/set1/set1.json",
            lambda s: s["questions"][0].update(kind="riddle"),
            "set1.json, question 1.A: kind 'riddle'; expected one of annotate, choose,",
        ),
        (
            "source/set1/set1.ipynb",
            lambda n: replaced(n, ' "s29": ...,', ""),
            "set1.ipynb: set1-A and question 1.A do not name the same: s29.",
        ),
        (
            "source/set1/set1.ipynb",
            lambda n: replaced(n, "- **A** Mark Rutte", "- **A** The text does not say"),
            "set1.ipynb: the options of L1a are not those of data/item_options.csv, in their order.",
        ),
        (
            "source/set1/set1.ipynb",
            lambda n: replaced(n, "`share_weak(df)`", "`weak_share(df)`"),
            "set1.ipynb: no text asks for “share_weak(…)”, the function of question 1.C2.",
        ),
        (
            "source/set1/set1.ipynb",
            lambda n: replaced(n, "def share_weak(df)", "def weak_share(df)"),
            "set1.ipynb: set1-C2 has no “def share_weak(…)”, as question 1.C2 says.",
        ),
        (
            "source/set1/set1.ipynb",
            lambda n: replaced(n, "**s06** Rutte stressed", "**s06** Rutte warned"),
            "set1.ipynb: s06 is shown with other words than the study edition has: “Rutte warned",
        ),
    ],
)
def test_what_does_not_fit_is_told_and_the_release_stays(course, capsys, file, change, told):
    changed(course / file, change)
    before = {p: p.read_bytes() for p in (course / "release").rglob("*") if p.is_file()}
    assert authoring.main([]) == 1
    assert told in capsys.readouterr().err
    assert {p: p.read_bytes() for p in (course / "release").rglob("*") if p.is_file()} == before


def test_a_file_that_is_no_json_is_named(course, capsys):
    (course / "keys/set2.json").write_text("{", encoding="utf-8")
    assert authoring.main([]) == 1
    assert "set2.json: cannot be read as JSON" in capsys.readouterr().err


def test_a_test_cell_without_its_generated_lines_gets_them(course, capsys):
    changed(
        course / "source/set1/set1.ipynb", lambda n: cell(n, "set1-A-test").update(source='ws.check("1.A")')
    )
    assert authoring.main(["--check"]) == 1
    assert "a test cell lacks its generated lines" in capsys.readouterr().err
    assert authoring.main([]) == 0
    source = json.loads((course / "source/set1/set1.ipynb").read_text(encoding="utf-8"))
    assert 'points("set1-A-test")' in "".join(cell(source, "set1-A-test")["source"])
