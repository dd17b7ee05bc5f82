"""Hostile and unlucky submissions, graded together: each gets what it deserves, and nothing else happens.

Honest submissions stand between the others. ``hostile`` has the recipes.
"""

import contextlib
import csv
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import sqlite3
import stat
import sys
import tempfile
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest

import hostile
import students
import two_sets
from hostile import FULL, NONE, SET, Places, Recipe
from whosays.classroom.sandbox import FIRST_UID, PLACES, UIDS
from whosays.exercises import tables

QUICK = ("--seconds", "1", "--total", "4", "--workers", "2")
FORMULA = tuple("=+-@\t\r")  # what makes a spreadsheet calculate, at the beginning of a cell
NUMBER = re.compile(r"-?\d+(\.\d+)?")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="walls are made of Linux's namespaces")
HONEST = Recipe("honest", hostile.right(), (), FULL)


@pytest.fixture
def at(tmp_path):
    """A copy of the kit, folders for hand-ins and results, and somebody who listens for a call."""
    top = Path(tempfile.mkdtemp(prefix="whosays-hostile-"))
    top.chmod(0o755)
    token = f"token{secrets.token_hex(6)}"
    given, out = top / "given", top / "out"
    given.mkdir()
    out.mkdir()
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, top, True)
        tcp, udp = (
            stack.enter_context(socket.socket(type=t)) for t in (socket.SOCK_STREAM, socket.SOCK_DGRAM)
        )
        named, abstract = (stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2))
        tcp.bind(("127.0.0.1", 0))
        udp.bind(tcp.getsockname())
        named.bind(str(out / "socket"))
        abstract.bind(f"\0{token}")
        (out / "socket").chmod(0o777)
        for listener in (tcp, named, abstract):
            listener.listen()
        places = Places(two_sets.copy_kit(top / "kit"), given, out, tcp.getsockname()[1], token, token)
        places.kit.chmod(0o755)
        for folder, _, names in os.walk(places.kit):
            for name in names:
                (Path(folder) / name).chmod(0o644)
        yield places, (tcp, named, abstract, udp)


def called(listeners) -> int:
    """How many called."""
    many = 0
    for listener in listeners:
        listener.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            if listener.type == socket.SOCK_STREAM:
                listener.accept()[0].close()
            else:
                listener.recv(100)
            many += 1
    return many


def hand_in(at: Places, recipes: list[Recipe]) -> dict[str, Recipe]:
    """Hand in these, with an honest submission before and after each. What was handed in, by student."""
    made = {"00-good": HONEST}
    for n, recipe in enumerate(recipes, 1):
        made[f"{n:02}-{recipe.name}"] = recipe
        made[f"{n:02}-{recipe.name}~good"] = HONEST
    for student, recipe in made.items():
        hostile.put(at.given, student, hostile.notebook(recipe))
    return made


def state(folder: Path) -> dict[str, str]:
    """Everything in a folder: what it is, and what is in it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        content = path.read_bytes() if stat.S_ISREG(about.st_mode) else b""
        link = str(path.readlink()) if stat.S_ISLNK(about.st_mode) else ""
        found[str(path)] = f"{about.st_mode:o} {link} {hashlib.sha256(content).hexdigest()}"
    return found


def left_behind(at: Places) -> list[str]:
    """Processes and files that are there because of a submission."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                line = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                if (
                    at.token.encode() in line
                    or str(at.kit / "notebooks").encode() + b"/whosays/classroom" in line
                ):
                    found.append(f"process {folder.name}: {line[:300]!r}")
    for place in ("/tmp", "/var/tmp", "/dev/shm", "/home", "/", "/root", Path.cwd()):
        with contextlib.suppress(OSError):
            found += [str(path) for path in Path(place).iterdir() if at.token in path.name]
    found += [str(path) for path in at.kit.parent.rglob("*") if at.token in path.name]
    return found + [str(path) for path in (at.kit / "tmp").iterdir()]


def short_of(made: dict[str, Recipe], found: dict[str, dict]) -> list[str]:
    """Who did not get what is deserved, or is not told of; nobody, if all is well."""
    faults = []
    for student, recipe in made.items():
        record = found[student]
        points = two_sets.points(record)
        if any(points[part] != most for part, most in recipe.deserves.items()):
            faults.append(f"{student}: {points}, deserves {recipe.deserves}; {record['notes']}")
        if recipe.says not in " ".join(record["notes"]):
            faults.append(f"{student}: no note says “{recipe.says}”: {record['notes']}")
    return faults


def by_folder(at: Places) -> dict[str, dict]:
    """The records of a run by the folder of the student, of whom each handed in once."""
    records = two_sets.records(at.out / "g.csv")
    found = {path.partition("/")[0]: record for path, record in records.items()}
    assert len(found) == len(records)
    return found


class Page(HTMLParser):
    """Collects what could run in a feedback page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.runs: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "iframe", "object", "embed", "img", "svg", "base", "form"):
            self.runs.append(tag)
        for name, value in attributes:
            if name.startswith("on") or (value or "").strip().lower().startswith(("javascript:", "http:")):
                self.runs.append(f"{tag} {name}={value}")


def outputs_are_sound(at: Places, rows: int) -> None:
    """Every table has its rows and no formula, every page runs nothing, the gradebook is whole."""
    with (at.out / "g.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert len(table) == rows + 1
    assert {len(row) for row in table} == {len(table[0])}
    for path in at.out.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [c for c in cells if c.strip("\ufeff \n")[:1] in FORMULA and not NUMBER.fullmatch(c)], path
    pages = [*at.out.rglob("*.html")]
    assert len(pages) > 1
    for path in pages:
        assert not Page(path.read_text(encoding="utf-8")).runs, path
    with contextlib.closing(sqlite3.connect(at.out / "gradebook.db")) as book:
        assert book.execute("pragma integrity_check").fetchone() == ("ok",)
        assert book.execute("select max(auto_score) from grade").fetchone()[0] <= 6


@pytest.mark.parametrize("as_nobody", [False, True])
@needs_linux
def test_each_gets_what_it_deserves_and_nothing_else_happens(at, as_nobody: bool) -> None:
    if as_nobody and not two_sets.can_be_nobody():
        pytest.skip("only root can run it as another user; a user without rights runs the other one so")
    at, listeners = at
    recipes = [*hostile.thieves(at), *hostile.liars(), *hostile.breakers(at)]
    if as_nobody:  # the user's walls are others, the grader's side is the same
        recipes = [*hostile.thieves(at), *hostile.liars()[:6], *hostile.breakers(at)[:12]]
    recipes += [*hostile.unlucky(), *hostile.injections()]
    made = hand_in(at, recipes)
    before = state(at.kit) | state(at.given)
    ran = two_sets.grade(at.kit, at.given, at.out / "g.csv", *QUICK, as_nobody=as_nobody)
    assert ran.returncode == 0, ran.stderr
    assert f"{len(made)} submissions, {len(made)} rows" in ran.stdout
    found = by_folder(at)
    assert set(found) == set(made)
    assert not short_of(made, found)
    assert not left_behind(at)
    assert not called(listeners)
    shutil.rmtree(at.kit / "home")
    shutil.rmtree(at.kit / "tmp")
    after = state(at.kit) | state(at.given)
    assert {k: v for k, v in after.items() if before.get(k) != v} == {}
    assert set(before) == set(after)
    assert not [n for r in found.values() for n in r["notes"] if "vsock" in n]
    outputs_are_sound(at, len(made))


@needs_linux
def test_hidden_tables_never_reach_a_student(at) -> None:
    at, _ = at
    made = hand_in(at, hostile.keepers(at))
    assert two_sets.grade(at.kit, at.given, at.out / "g.csv", *QUICK).returncode == 0
    exercise = students.exercise(SET)
    public, hidden = set(), set()
    for question in exercise.questions:
        for cases, marks in ((question.cases, public), (exercise.hidden(question), hidden)):
            for case in cases:
                marks.add(hashlib.md5(tables.make(case.inputs[0]).to_csv().encode()).hexdigest())
    hidden -= public
    written = b"".join(p.read_bytes() for p in at.out.rglob("*") if p.is_file())
    assert hidden
    assert any(mark.encode() in written for mark in public), "they show what they can"
    assert not [mark for mark in hidden if mark[:8].encode() in written]
    found = by_folder(at)
    assert not short_of(made, found)
    assert not left_behind(at)


@needs_linux
def test_files_that_are_no_notebooks_and_names_that_are_no_names(at) -> None:
    at, _ = at
    deserved = hostile.odd_files(at.given, at)
    hostile.zips(at.given, at)
    hostile.put(at.given, "zz-good", hostile.notebook(HONEST))
    before = state(at.kit)
    ran = two_sets.grade(at.kit, at.given, at.out / "g.csv", *QUICK)
    assert ran.returncode == 0, ran.stderr
    found = two_sets.records(at.out / "g.csv")
    by_student: dict[str, list[dict]] = {}
    for record in found.values():
        by_student.setdefault(record["name"] or record["student"], []).append(record)
    for student, points in deserved.items():
        (record,) = by_student[student]
        given = {k: v for k, v in two_sets.points(record).items() if k != "D"}
        assert given == (points or (NONE if record["set"] else {})), (student, record["notes"])
        assert bool(record["notes"]) == (student not in ("with a mark", "renamed")), (
            student,
            record["notes"],
        )
    good = [r for r in found.values() if r["status"] == "graded" and two_sets.points(r)["A"] == 6]
    assert len(good) == 3 + len(hostile.BAD_NAMES) + 2, sorted(r["path"] for r in good)
    for student in ("zip bomb", "zip of zips", "zip with ways out", "zip that lies"):
        assert by_student[student]
        assert not any(r["status"] == "graded" for r in by_student[student]), student
        assert all(r["notes"] for r in by_student[student])
    assert not left_behind(at)
    shutil.rmtree(at.kit / "home")
    shutil.rmtree(at.kit / "tmp")
    assert state(at.kit) == before
    outputs_are_sound(at, len(found))


@needs_linux
def test_a_zip_of_an_lms_with_all_that_can_be_in_it(at) -> None:
    at, _ = at
    good, bad = (json.dumps(hostile.notebook(r)) for r in (HONEST, hostile.breakers(at)[0]))
    archive = at.given / "submissions.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("amy_11_101_set1.ipynb", good)
        made.writestr("ben_LATE_12_102_set1.ipynb", good)
        made.writestr("cat_13_103_set1.ipynb", bad)
        made.writestr("dan_14_104_set1.ipynb", json.dumps(students.released(SET)))
        made.writestr("dan_14_105_set1-1.ipynb", good)
        made.writestr("../../eve_15_106_set1.ipynb", good)
        made.writestr("=cmd()_17_108_set1.ipynb", good)
        made.writestr("gus_18_109_set1.ipynb", b"0" * 60_000_000)
        link = zipfile.ZipInfo("fay_16_107_set1.ipynb")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, str(at.kit / "exercises" / "keys" / "set1.json"))
    ran = two_sets.grade(at.kit, archive, at.out / "g.csv", *QUICK)
    assert ran.returncode == 0, ran.stderr
    found = two_sets.records(at.out / "g.csv")
    assert len(found) == 9
    by_id: dict[str, list[dict]] = {}
    for record in found.values():
        by_id.setdefault(record["lms"]["id"], []).append(record)
    got = {i: sorted(two_sets.points(r).get("A") or 0.0 for r in rows) for i, rows in by_id.items()}
    assert {i: got[i] for i in ("11", "12", "13", "14", "17")} == {
        "11": [6.0],
        "12": [6.0],
        "13": [6.0],
        "14": [0.0, 6.0],
        "17": [6.0],
    }
    assert not any(sum(got.get(i, [])) for i in ("16", "18"))
    assert not list(at.kit.parent.rglob("*eve_15*"))
    assert archive.exists()
    assert not left_behind(at)
    with (at.out / "g.canvas.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["ID"]: row for row in csv.DictReader(file)}
    column = next(c for c in rows["14"] if SET in c or "ladder" in c.lower() or c.startswith("Set"))
    assert float(rows["14"][column]) >= 16, "the newest of two counts"
    outputs_are_sound(at, 9)


@needs_linux
def test_without_walls_the_thieves_would_succeed_and_honest_answers_count_the_same(at) -> None:
    """The corpus bites: what the walls keep out is within reach without them. Limits still hold."""
    at, listeners = at
    wanted = {"reads the key": "C", "reads a neighbour's answers": "A"}
    recipes = [r for r in hostile.thieves(at) if r.name in wanted]
    limited = {
        "never ends",
        "allocates 6 GB",
        "ends with os._exit",
        "one function never ends",
        "asks the network",
    }
    recipes += [r for r in hostile.breakers(at) if r.name in limited] + hostile.unlucky()
    made = hand_in(at, recipes)
    ran = two_sets.grade(at.kit, at.given, at.out / "g.csv", "--no-sandbox", *QUICK)
    assert ran.returncode == 0, ran.stderr
    assert "Without walls" in ran.stderr
    found = by_folder(at)
    for student, recipe in made.items():
        if recipe.name in wanted:
            assert two_sets.points(found[student])[wanted[recipe.name]] == 6.0, found[student]["notes"]
    assert not short_of({s: r for s, r in made.items() if r.name not in wanted}, found)
    assert called(listeners) == 4
    assert not left_behind(at)


def test_throw_away_users_are_nobodys() -> None:
    """On this machine as elsewhere: below the numbers that containers map, above those that people have."""
    assert FIRST_UID + PLACES * UIDS <= 65_534
    with contextlib.suppress(ImportError):
        import pwd

        mine = range(FIRST_UID, FIRST_UID + PLACES * UIDS)
        assert not [user for user in pwd.getpwall() if user.pw_uid in mine]
