"""What students get: nothing secret in it, and everything they need."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import nbclient
import nbformat
import pytest

import bundles
import students
from bundles import notebook, source, squeezed
from helpers import DATA, KIT, NOTEBOOKS, network_attempts, offline_env
from whosays import pack
from whosays.checks import items
from whosays.classroom import bundle
from whosays.classroom.authoring import ALLOWED
from whosays.exercises.sets import names, read_set, set_folder
from whosays.pack.sealed import unseal

LOCKS = {"deletable", "editable", "nbgrader"}  # all that nbgrader puts into the metadata of a released cell


@pytest.fixture(scope="module")
def assigned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundles.made(tmp_path_factory.mktemp("bundles"))


@pytest.fixture(scope="module")
def self_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundles.made(tmp_path_factory.mktemp("bundles"), self_study=True)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# Nothing secret ---------------------------------------------------------------------------------------------


def test_what_is_searched_for_covers_every_set_and_lesson() -> None:
    found = bundles.secrets()
    for name in names():
        for question in read_set(name).questions:
            mine = [where for where in found if where.startswith(f"{question.id},")]
            assert mine or question.kind in ("annotate", "choose"), question.id
            for n in range(1, len(read_set(name).hidden(question)) + 1):
                assert f"{question.id}, hidden case {n}, inputs" in found
        if name != "capstone":
            assert len([where for where in found if where.startswith(f"{name}.ipynb, solution")]) >= 7
    for lesson in NOTEBOOKS.glob("0[1-9]*.ipynb"):
        assert len([where for where in found if where.startswith(f"{lesson.name}, note")]) >= 10
    assert all(any(where.startswith(f"{table}.csv") for where in found) for table in bundles.TOLD)
    mine = _instructors()
    strange = [where for where, secret in found.items() if secret not in mine]
    assert strange == [], "a secret that is not even in the instructor's copy proves nothing"


def _instructors() -> str:
    tops = (KIT / "data", KIT / "exercises", *NOTEBOOKS.glob("0*.ipynb"))
    paths = [p for top in tops for p in ([top] if top.is_file() else top.rglob("*")) if p.is_file()]
    texts = [
        bundles.readable(p)
        for p in paths
        if p.suffix in (".json", ".ipynb", ".csv") and "release" not in p.parts
    ]
    return "\n".join(texts + [text.replace('""', '"') for text in texts])


def test_nothing_secret_is_in_an_assigned_bundle(assigned: Path) -> None:
    assert bundles.leaks(assigned) == []


def test_nothing_secret_can_be_read_in_a_self_study_bundle_by_accident(self_study: Path) -> None:
    assert bundles.leaks(self_study) == []


def _anchor() -> str:
    return str(bundles.key("set1")["1.D"]["anchors"]["1"])


def _explanation() -> str:
    return str(bundles.key("set1")["1.N"]["solution"]["because"])


def _with_metadata() -> str:
    content = students.released("set3")
    content["cells"][5]["metadata"]["tests"] = bundles.key("set3")["3.C1"]["hidden"]
    return json.dumps(content)


PUT_BACK: dict[str, tuple[str, Callable[[], str]]] = {
    "a key": ("x.json", lambda: (KIT / "exercises" / "keys" / "set1.json").read_text("utf-8")),
    "a source": ("x.ipynb", lambda: (set_folder("set2") / "set2.ipynb").read_text("utf-8")),
    "the reference": ("verbs.csv", lambda: (DATA / "reference" / "reasons.csv").read_text("utf-8")),
    "a note": ("x.ipynb", lambda: (NOTEBOOKS / "01_who_is_speaking.ipynb").read_text("utf-8")),
    "hidden cases in metadata": ("x.ipynb", _with_metadata),
    "an explanation in a comment, broken in two": (
        "x.py",
        lambda: "# " + _explanation().replace(" ", "\n", 9),
    ),
    "an anchor in any file": ("x.txt", _anchor),
}


@pytest.mark.parametrize("what", PUT_BACK)
def test_the_search_finds_what_is_put_back(what: str, tmp_path: Path) -> None:
    name, text = PUT_BACK[what]
    (tmp_path / name).write_text(text(), encoding="utf-8")
    assert bundles.leaks(tmp_path)


def test_no_file_of_the_teachers_is_in_a_bundle(assigned: Path, self_study: Path) -> None:
    for folder in (assigned, self_study):
        for name in files(folder):
            parts = set(Path(name).parts)
            assert not parts & {"keys", "reference", "source", "release", "instructor", "tests", "work"}, name
            assert not parts & {"codebook.md", "nbgrader_config.py", "__pycache__"}, name
            assert not [p for p in parts if p.startswith((".", "test_", "grades"))], name
            assert not name.endswith((".db", ".jsonl", ".html", ".zip")), name
    assert [n for n in files(self_study) if n not in files(assigned)] == [
        "data/reference.sealed",
        "exercises/keys.sealed",
    ]
    assert {n.split("/")[1] for n in files(assigned) if n.startswith("exercises/")} == set(names())


def test_released_notebooks_hold_nothing_but_what_nbgrader_puts_there(assigned: Path) -> None:
    for name in names():
        content = notebook(assigned / "exercises" / name / f"{name}.ipynb")
        assert set(content["metadata"]) <= {"kernelspec", "language_info"}, name
        assert set(content["metadata"]["kernelspec"]) == {"display_name", "language", "name"}
        for cell in content["cells"]:
            assert set(cell["metadata"]) <= LOCKS, (name, cell["id"])
            assert set(cell["metadata"].get("nbgrader", {})) <= ALLOWED, (name, cell["id"])
            assert not cell.get("outputs"), (name, cell["id"])
            assert not [w for w in ("### BEGIN", "### END", "points(") if w in source(cell)], cell["id"]
            assert not cell.get("attachments"), (name, cell["id"])
        set_file = notebook(assigned / "exercises" / name / f"{name}.json")
        assert set(set_file) <= {"set", "number", "lesson", "title", "questions"}, name
        for question in set_file["questions"]:
            assert not {"hidden", "solution", "anchors", "rubric", "wrong", "key", "answer"} & set(question)
            fields = {name for field in question.get("fields", ()) for name in field}
            assert fields <= {"name", "points", "values", "words", "any_order", "after"}, question["id"]


def test_lessons_lose_the_note_and_nothing_else(assigned: Path) -> None:
    for lesson in NOTEBOOKS.glob("0*.ipynb"):
        kept = [
            c for c in notebook(lesson)["cells"] if "instructor-note" not in c["metadata"].get("tags", ())
        ]
        students_copy = notebook(assigned / "notebooks" / lesson.name)["cells"]
        assert [source(c) for c in students_copy] == [source(c) for c in kept]
        assert [c["id"] for c in students_copy] == [c["id"] for c in kept]


def test_items_come_without_their_key(assigned: Path) -> None:
    for path in (assigned / "data").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            head = next(csv.reader(file))
        assert not {"correct", "feedback", "misconception", "accept", "rung", "precision"} & set(head), (
            path.name
        )
    loaded = pack.load(assigned / "data")
    assert not loaded.has_reference
    assert dict(loaded.reference) == {}
    assert all(not o.feedback and not o.misconception for i in items(loaded).values() for o in i.options)


def test_the_order_of_options_gives_no_key_away() -> None:
    known = items(pack.load(DATA))
    asked = [i for n in names() for q in read_set(n).questions if q.kind == "choose" for i in q.items]
    places = Counter(next(n for n, o in enumerate(known[i].options) if o.correct) for i in asked)
    assert len(places) >= 3, places
    assert max(places.values()) <= len(asked) / 2, places
    for name in names():
        released = squeezed("\n".join(source(c) for c in students.released(name)["cells"]))
        for question in read_set(name).questions:
            for item in question.items if question.kind == "choose" else ():
                shown = "".join(f"-**{'ABCDEFGH'[n]}**{o.text}" for n, o in enumerate(known[item].options))
                assert squeezed(shown) in released, (
                    f"{item}: its options stand in another order, or are not all there"
                )


# What is sealed ---------------------------------------------------------------------------------------------


def test_a_sealed_reference_is_the_whole_reference(self_study: Path) -> None:
    mine, theirs = pack.load(DATA), pack.load(self_study / "data")
    assert theirs.has_reference
    assert theirs.fingerprint == mine.fingerprint
    assert set(theirs.reference) == set(mine.reference)
    for name, table in mine.reference.items():
        assert table.equals(theirs.reference[name]), name
    keys = unseal((self_study / "exercises" / "keys.sealed").read_bytes())
    assert set(keys) == {f"{name}.json" for name in names()}
    for name in names():
        there = read_set(name, self_study / "exercises")
        assert there.key == read_set(name).key
        assert there.cases_hidden == read_set(name).cases_hidden


def test_the_readme_says_what_sealed_means_and_what_a_copy_can_tell(assigned: Path, self_study: Path) -> None:
    first, second = ((f / "README.md").read_text(encoding="utf-8") for f in (assigned, self_study))
    assert "Sealed is not secret" in second
    assert "reference.sealed" in second
    assert "sealed" not in first.lower()
    assert "your teacher holds the key" in first
    assert "set1.ipynb" in first
    for text, folder in ((first, assigned), (second, self_study)):
        assert "{" not in text
        for path in ("requirements.txt", "notebooks/", "exercises/"):
            assert (folder / path).exists()
            assert path in text


TELL = """
import json, whosays as ws
lesson = ws.lesson(1)
deck = lesson.deck()
deck.answer("s12", 5)
print(json.dumps([ws.__file__, lesson.pack.has_reference, repr(lesson.answers.labels), str(deck.view)]))
"""


@pytest.mark.parametrize("kind", ["assigned", "self_study"])
def test_a_lesson_gives_feedback_with_the_sealed_reference_alone(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = request.getfixturevalue(kind)
    ended = subprocess.run(
        [sys.executable, "-c", TELL],
        env=offline_env(tmp_path, folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    library, has_reference, labels, view = json.loads(ended.stdout)
    assert library.startswith(str(folder))
    assert has_reference == (kind == "self_study")
    assert labels == "{'s12': 5}"
    assert ("Your teacher will show the class view" in view) == (kind == "assigned")
    assert ("you chose 5" in view) == (kind == "self_study")


@pytest.mark.parametrize("kind", ["assigned", "self_study"])
def test_the_first_notebook_and_a_lesson_run_in_a_bundle(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = request.getfixturevalue(kind)
    for name, value in offline_env(tmp_path, folder).items():
        monkeypatch.setenv(name, value)
    for name in ("00_start_here", "03_could_anyone_check"):
        content = nbformat.read(folder / "notebooks" / f"{name}.ipynb", 4)
        nbclient.NotebookClient(
            content,
            timeout=60,
            store_widget_state=False,
            resources={"metadata": {"path": folder / "notebooks"}},
        ).execute()
        shown = json.dumps([c.get("outputs", []) for c in content.cells])
        assert '"error"' not in shown
    assert network_attempts(tmp_path) == []


def test_a_bundle_can_be_installed(assigned: Path, tmp_path: Path) -> None:
    """As its README says, but from the packages that are here, since tests have no network."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
    ]
    ended = subprocess.run(
        [*command, "--target", str(tmp_path / "there"), str(shutil.copytree(assigned, tmp_path / "kit"))],
        env=offline_env(tmp_path) | {"PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "there" / "whosays" / "exercises" / "desk.py").is_file()


# Writing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["full", "file", "link"])
def test_a_place_that_is_taken_stays_as_it_is(what: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if what == "full":
        out.mkdir()
        (out / "mine.txt").write_text("mine")
    elif what == "file":
        out.write_text("mine")
    else:
        (tmp_path / "empty").mkdir()
        out.symlink_to(tmp_path / "empty")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(bundle.NoBundle, match=r"is there already\. Give a folder that does not exist yet"):
        bundle.write(out)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_is_filled_and_folders_on_the_way_are_made(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for out in (tmp_path / "empty", tmp_path / "a" / "b"):
        made = bundle.write(out)
        assert made.files == len(files(out)) > 100
        assert made.bytes == sum((out / name).stat().st_size for name in files(out))
        assert all(os.access(out / name, os.R_OK) for name in files(out))


def test_a_bundle_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*paths: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundle.shutil, "copytree", full_disk)
    with pytest.raises(OSError, match="No space"):
        bundle.write(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_released_notebook_that_was_worked_in_is_not_given_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in names():
        assert bundle.worked_in(bundle.release_of(name) / f"{name}.ipynb") == "", name
    path = tmp_path / "set1.ipynb"

    def told(change: dict[str, str] | None = None, **fields: object) -> str:
        content = students.filled("set1", change or {})
        content["cells"][2] |= fields
        path.write_text(json.dumps(content), encoding="utf-8")
        return bundle.worked_in(path)

    assert told() == ""
    assert told({"set1-A": "rungs = {'s06': 4}"}) == "cell set1-A is not as it was released."
    assert told({"set1-D": "s12 says so."}) == "cell set1-D is not as it was released."
    assert told(execution_count=1) == told(outputs=[{"output_type": "stream"}]) == "it holds outputs."
    path.write_text("no notebook")
    assert bundle.worked_in(path) == "it cannot be read (JSONDecodeError)."
    monkeypatch.setattr(bundle, "worked_in", lambda released: "it holds outputs.")
    with pytest.raises(bundle.NoBundle, match=r"set1.*was worked in: it holds outputs.*classroom\.authoring"):
        bundle.write(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_hidden_files_and_other_texts_of_the_teacher_stay_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = files(bundles.made(tmp_path / "other"))
    kit = tmp_path / "kit"
    for name in ("data", "exercises", "notebooks"):
        shutil.copytree(KIT / name, kit / name, ignore=shutil.ignore_patterns("work", "__pycache__"))
    for name in (*bundle.FILES, "pyproject.toml"):
        shutil.copy(KIT / name, kit / name)
    put = [
        "data/original.txt",
        "data/more/x/a.csv",
        "data/.note",
        "exercises/release/set1/.ipynb_checkpoints/a",
    ]
    put += ["notebooks/whosays/.ipynb_checkpoints/a.py", "notebooks/work/amber-otter-17/L1.json"]
    put += [
        "exercises/gradebook.db",
        "exercises/submitted/amy/set1/set1.ipynb",
        "notebooks/instructor/a.ipynb",
    ]
    for name in put:
        (kit / name).parent.mkdir(parents=True, exist_ok=True)
        (kit / name).write_text("secret")
    monkeypatch.setattr(bundle, "kit_folder", lambda: kit)
    monkeypatch.setattr(bundle, "exercises_folder", lambda: kit / "exercises")
    out = bundle.write(kit / "notebooks" / "whosays" / "out").folder  # even there it does not swallow itself
    assert files(out) == usual
