"""``whosays release``, ``grade`` and ``doctor`` as an instructor types them: what they say, how they end."""

from __future__ import annotations

import contextlib
import csv
import importlib.metadata
import io
import json
import os
import pty
import re
import shutil
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import bundles
import students
from helpers import KIT, network_attempts, offline_env, whosays
from whosays.classroom import sandbox
from whosays.cli import cannot, doctor, main
from whosays.cli.grade import Bar, cores
from whosays.exercises.sets import exercises_folder, names

WALLS = pytest.mark.skipif(bool(sandbox.missing()), reason="submissions cannot be walled in on this machine")
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def class_of_three(tmp_path: Path) -> Path:
    folder = tmp_path / "submitted"
    for n, student in enumerate(("amy", "ben", "cho")):
        students.hand_in(folder, student, "set1", students.honest("set1", n, 0.9))
    return folder


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundles.made(tmp_path_factory.mktemp("bundle"))


def run(*arguments: str | Path, kit: Path = KIT, home: Path) -> subprocess.CompletedProcess[str]:
    ended = whosays(*arguments, env=offline_env(home, kit), cwd=home)
    assert "Traceback" not in ended.stdout + ended.stderr, ended.stderr
    assert network_attempts(home) == []
    return ended


def one_sentence(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    """It ended with 1 and said what is wrong in one line, which has these words."""
    assert ended.returncode == 1
    lines = [line for line in ended.stderr.splitlines() if not line.startswith(("[", "Without walls"))]
    assert len(lines) == 1, ended.stderr
    assert all(word in lines[0] for word in words), lines[0]
    assert lines[0].endswith((".", "”", "whosays.classroom.authoring"))


# Help -------------------------------------------------------------------------------------------------------


def test_help_names_the_commands_and_each_says_what_it_does(tmp_path: Path) -> None:
    text = run("--help", home=tmp_path).stdout
    assert set(re.findall(r"^ {4}(\w+) {2,}\S", text, re.MULTILINE)) >= {
        "start",
        "doctor",
        "check",
        "release",
        "grade",
    }
    for command, wanted in {
        "release": ["OUT", "--self-study", "never the kit itself"],
        "grade": [
            *("SUBMISSIONS", "--out", "--roster", "--workers", "--scheduler", "--seconds", "--total"),
            *("--no-sandbox", "same command goes on", "(default: 2)", "(default: 10)"),
        ],
    }.items():
        text = " ".join(run(command, "--help", home=tmp_path).stdout.split())
        assert [word for word in [*wanted, "exercises/README.md"] if word not in text] == []
    limits = sandbox.Limits()
    assert (limits.seconds, limits.total) == (2, 10), "the help names other limits"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["release"], "OUT"),
        (["grade", "x"], "--out"),
        (["grade", "x", "--out", "g.csv", "--seconds", "0"], "expected seconds from 0.1 to 3600"),
        (["grade", "x", "--out", "g.csv", "--total", "soon"], "expected seconds from 0.1 to 3600"),
        (["grade", "x", "--out", "g.csv", "--workers", "0"], "expected a whole number from 1 to 256"),
        (["grade", "x", "--out", "g.csv", "--scheduler", "here"], "such as tcp://192.168.1.5:8786"),
        (["grade", "x", "--out", "g.csv", "--workers", "2", "--scheduler", "a:1"], "not allowed with"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_call_that_cannot_be_read_ends_with_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "address", ["tcp://192.168.1.5:8786", "localhost:8786", "tls://h:1", "tcp://[::1]:8786"]
)
def test_addresses_that_dask_knows_are_read(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", "nowhere", "--out", "g.csv", "--scheduler", address]) == 1
    assert "'nowhere' is not there" in capsys.readouterr().err


# Release ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("self_study", [False, True])
def test_release_says_what_it_wrote_and_left_out(self_study: bool, tmp_path: Path) -> None:
    out = tmp_path / "for students"
    ended = run("release", out, *(["--self-study"] if self_study else []), home=tmp_path)
    assert ended.returncode == 0, ended.stderr
    first, second, *rest = ended.stdout.splitlines()
    number = sum(path.is_file() for path in out.rglob("*"))
    assert re.fullmatch(rf"{re.escape(str(out))}: {number} files, \d+\.\d MB\.", first)
    assert second.startswith("Left out: 8 notes for the teacher; solutions, hidden cases")
    assert rest == (
        ["The key is sealed, not secret: use this copy for practice, not for marks."] if self_study else []
    )
    assert "codebook" in second
    assert ("sealed" in second) == self_study
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".for")] == [], "scratch was left behind"
    assert (out / "exercises" / "set1" / "set1.ipynb").is_file()


def test_release_refuses_a_place_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "a_file").write_text("mine")
    one_sentence(run("release", "full", home=tmp_path), "full is there already", "does not exist yet")
    one_sentence(run("release", "a_file", home=tmp_path), "a_file is there already")
    one_sentence(run("release", "a_file/below", home=tmp_path), "a_file/below", "Choose another place")
    assert (tmp_path / "full" / "mine").read_text() == (tmp_path / "a_file").read_text() == "mine"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody may write")
def test_where_nobody_may_write_it_says_what_to_do(tmp_path: Path, class_of_three: Path) -> None:
    one_sentence(run("release", "/proc/whosays", home=tmp_path), "/proc/whosays", "Choose another place")
    ended = run("grade", class_of_three, "--out", "/proc/whosays/g.csv", home=tmp_path)
    one_sentence(ended, "/proc/whosays/g.csv", "Choose another place")


@pytest.mark.skipif(ROOT, reason="root may write everywhere")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    one_sentence(run("release", "locked/out", home=tmp_path), "locked/out", "read-only")


def test_a_failed_write_is_told_with_place_reason_and_way_out() -> None:
    for number, reason in ((13, "read-only"), (30, "read-only"), (28, "the disk is full"), (20, "is a file")):
        said = cannot("The bundle cannot be written to", Path("out"), OSError(number, os.strerror(number)))
        assert said.startswith("The bundle cannot be written to out: ")
        assert reason in said
        assert said.endswith("Choose another place, or make room there, and run it again.")


def test_a_students_copy_releases_nothing_and_grades_nothing(
    bundle: Path, tmp_path: Path, class_of_three: Path
) -> None:
    ended = run("release", "out", kit=bundle, home=tmp_path)
    one_sentence(ended, "student's copy", "Make bundles from the instructor's copy")
    ended = run("grade", class_of_three, "--out", "g.csv", kit=bundle, home=tmp_path)
    one_sentence(ended, "has no key", "Grade with the instructor's copy")
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "g.csv").exists()


def test_a_release_that_was_worked_in_is_named_before_it_goes_out(
    tmp_path: Path, class_of_three: Path
) -> None:
    kit = tmp_path / "kit"
    for name in ("data", "exercises", "notebooks"):
        ignore = shutil.ignore_patterns("work", "__pycache__", "submitted", "autograded", "*.db")
        shutil.copytree(KIT / name, kit / name, ignore=ignore)
    for name in ("pyproject.toml", "requirements.txt", "LICENSE", "LICENSE-CONTENT"):
        shutil.copy(KIT / name, kit / name)
    released = kit / "exercises" / "release" / "set2" / "set2.ipynb"
    released.write_text(json.dumps(students.filled("set2", {"set2-B": "choices = {}"})), encoding="utf-8")
    for arguments in (["release", "out"], ["grade", class_of_three, "--out", "g.csv", "--no-sandbox"]):
        ended = run(*arguments, kit=kit, home=tmp_path)
        one_sentence(ended, "set2.ipynb", "was worked in: cell set2-B", "whosays.classroom.authoring")
    shutil.rmtree(kit / "exercises" / "release" / "set2")
    one_sentence(
        run("release", "out", kit=kit, home=tmp_path), "exercises/release lacks set2", "Make it again"
    )
    (kit / "exercises" / "source" / "set3" / "set3.json").write_text("{")
    one_sentence(run("grade", class_of_three, "--out", "g.csv", kit=kit, home=tmp_path), "set3.json", "JSON")


# Grade ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ("nothing", ["is not there", "Give the folder or the zip"]),
        ("an empty folder", ["holds no submission"]),
        ("a text", ["is no zip, or a damaged one", "Give a folder or a zip"]),
        ("a damaged zip", ["is no zip, or a damaged one"]),
        ("an empty zip", ["holds no submission"]),
    ],
)
def test_what_is_no_folder_of_submissions_is_named(made: str, words: list[str], tmp_path: Path) -> None:
    given = tmp_path / "given"
    if made == "an empty folder":
        given.mkdir()
    elif made == "a text":
        given.write_text("hello")
    elif made in ("a damaged zip", "an empty zip"):
        with zipfile.ZipFile(given, "w") as archive:
            if made == "a damaged zip":
                archive.writestr("amy/set1/set1.ipynb", json.dumps(students.released("set1")))
        if made == "a damaged zip":
            given.write_bytes(given.read_bytes()[:2000])
    ended = run("grade", given, "--out", "g.csv", home=tmp_path)
    one_sentence(ended, str(given.name), *words)
    assert not (tmp_path / "g.csv").exists()


def test_a_bad_roster_or_place_is_named_before_anything_is_graded(
    tmp_path: Path, class_of_three: Path
) -> None:
    (tmp_path / "roster.csv").write_text("first,second\n1,2\n")
    (tmp_path / "folder").mkdir()
    grade = ("grade", class_of_three, "--out")
    one_sentence(run(*grade, "folder", home=tmp_path), "folder is a folder", "folder/grades.csv")
    for name in ("grades", "grades.xlsx"):
        one_sentence(run(*grade, name, home=tmp_path), f"{name} does not end in .csv.", "grades.csv")
    ended = run("grade", "none", "--out", "g.csv", home=tmp_path)
    one_sentence(ended, "'none' is not there", f"The command ran in {tmp_path}.")
    ended = run(*grade, "g.csv", "--roster", "roster.csv", home=tmp_path)
    one_sentence(ended, "roster.csv, row 1: found first, second", "expected a column")
    ended = run(*grade, "g.csv", "--roster", "nowhere.csv", home=tmp_path)
    one_sentence(ended, "nowhere.csv: cannot be read")
    assert not (tmp_path / "g.csv").exists()
    assert not (tmp_path / "g.journal.jsonl").exists()


def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path, class_of_three: Path) -> None:
    pytest.importorskip("distributed")
    ended = run("grade", class_of_three, "--out", "g.csv", "--scheduler", "tcp://127.0.0.1:1", home=tmp_path)
    one_sentence(ended, "No Dask scheduler answers at tcp://127.0.0.1:1", "start one with “dask scheduler”")


def points(table: Path) -> dict[str, str]:
    import csv

    with table.open(encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row["points"] for row in csv.DictReader(file)}


@WALLS
def test_grade_says_what_it_did_and_goes_on_where_it_was(tmp_path: Path, class_of_three: Path) -> None:
    ended = run("grade", class_of_three, "--out", "grades.csv", home=tmp_path)
    assert ended.returncode == 0, ended.stderr
    first, *rest = ended.stdout.splitlines()
    assert re.fullmatch(r"3 submissions, 3 rows, in \d+\.\d s\.", first)
    named = [tmp_path / line.strip() for line in rest if line.startswith("  ")]
    assert {"grades.csv", "grades.canvas.csv", "grades.moodle.csv", "grades.feedback"} <= {
        p.name for p in named
    }
    assert all(path.exists() for path in named)
    assert re.search(r"\[#{24}\] 3 of 3, \d+\.\d a second, 0 s left", ended.stderr)
    assert set(points(tmp_path / "grades.csv")) == {"amy", "ben", "cho"}

    students.hand_in(class_of_three, "dee", "set1", {})
    again = run("grade", class_of_three, "--out", "grades.csv", "--seconds", "2", home=tmp_path)
    assert again.stdout.startswith("4 submissions, 4 rows, 3 of them from an earlier run, in ")


@WALLS
def test_limits_and_workers_are_kept_to(tmp_path: Path) -> None:
    folder = tmp_path / "submitted"
    slow = "def share_weak(df):\n    import time\n    time.sleep(3)\n    return 0\n"
    quick = str(students.best(students.exercise("set1").question("1.C1")))
    students.hand_in(folder, "amy", "set1", {"set1-C1": quick, "set1-C2": slow})
    began = time.monotonic()
    short = ("--seconds", "0.5", "--total", "5", "--workers", "1")
    ended = run("grade", folder, "--out", "g.csv", *short, home=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert points(tmp_path / "g.csv") == {"amy": "2"}, (
        "the question after the slow one, and no other, is graded"
    )
    assert time.monotonic() - began < 30
    (row,) = csv.DictReader(io.StringIO((tmp_path / "g.csv").read_text(encoding="utf-8-sig")))
    assert row["notes"].count("1.C2 took longer than 0.5 s and was stopped.") == 1
    assert "1.C1" not in row["notes"]
    longer = run("grade", folder, "--out", "g.csv", "--seconds", "0.6", home=tmp_path)
    assert "Note: The limits changed since the last run, so all were graded again." in longer.stdout
    assert "Note: Nobody’s points moved." in longer.stdout


def test_without_walls_it_warns_and_grades_the_same(tmp_path: Path, class_of_three: Path) -> None:
    ended = run("grade", class_of_three, "--out", "open.csv", "--no-sandbox", "--workers", "1", home=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.startswith(
        "Without walls: every student's code runs with your rights on this machine.\n"
    )
    if not sandbox.missing():
        assert run("grade", class_of_three, "--out", "walled.csv", home=tmp_path).returncode == 0
        assert points(tmp_path / "walled.csv") == points(tmp_path / "open.csv")


def test_where_no_walls_can_be_had_it_stops_and_says_which(
    tmp_path: Path, class_of_three: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(self: sandbox.Sandbox) -> None:
        raise sandbox.NoWalls("The submissions' process cannot start.")

    monkeypatch.setattr(sandbox.Sandbox, "_begin", refused)
    monkeypatch.setattr(sandbox, "missing", lambda: ["No network namespace: “unshare --net” is refused."])
    assert main(["grade", str(class_of_three), "--out", str(tmp_path / "g.csv")]) == 1
    said = capsys.readouterr().err
    assert "No network namespace" in said
    assert "--no-sandbox" in said
    assert len([line for line in said.splitlines() if not line.startswith("[")]) == 1
    assert not (tmp_path / "g.csv").exists()


def test_a_roster_gives_names_to_the_rows(tmp_path: Path, class_of_three: Path) -> None:
    (tmp_path / "roster.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section\nPoints Possible,,,,\n"
        '"Amber, Amy",11,u11,amy,Group 1\n"Birch, Ben",12,u12,ben,Group 1\n"Cedar, Cho",13,u13,cho,Group 2\n',
        encoding="utf-8",
    )
    options = ("--roster", "roster.csv", "--no-sandbox", "--workers", "1")
    ended = run("grade", class_of_three, "--out", "g.csv", *options, home=tmp_path)
    assert ended.returncode == 0, ended.stderr
    canvas = (tmp_path / "g.canvas.csv").read_text(encoding="utf-8")
    assert '"Amber, Amy",11,u11,amy,Group 1,' in canvas
    again = run("grade", class_of_three, "--out", "g.csv", *options[2:], home=tmp_path)
    assert "Note: No roster was given, so g.roster.csv of an earlier run was used." in again.stdout
    assert (tmp_path / "g.canvas.csv").read_text(encoding="utf-8") == canvas
    table = list(csv.DictReader(io.StringIO((tmp_path / "g.csv").read_text(encoding="utf-8-sig"))))
    assert {row["student"]: row["name"] for row in table}["amy"] == "Amber, Amy"
    assert "For Amy Amber" in (tmp_path / "g.feedback/amy-set1.html").read_text(encoding="utf-8")


def test_graded_again_is_said_only_where_something_was_graded(tmp_path: Path, class_of_three: Path) -> None:
    head = json.dumps({"journal": "whosays grading journal", "fingerprint": "another key"}) + "\n"
    (tmp_path / "g.journal.jsonl").write_text(head)
    options = ("--out", "g.csv", "--no-sandbox", "--workers", "1")
    assert "graded again" not in run("grade", class_of_three, *options, home=tmp_path).stdout
    journal = tmp_path / "g.journal.jsonl"
    journal.write_bytes(head.encode() + journal.read_bytes().partition(b"\n")[2])
    said = run("grade", class_of_three, *options, home=tmp_path).stdout
    assert "Note: The key or the kit changed since the last run, so all were graded again." in said


# The bar ----------------------------------------------------------------------------------------------------


def test_the_bar_tells_how_far_how_fast_and_how_long() -> None:
    assert Bar.line(0, 40, 0.0) == f"[{'.' * 24}] 0 of 40"
    assert Bar.line(20, 40, 4.0) == f"[{'#' * 12}{'.' * 12}] 20 of 40, 4.0 a second, 5 s left"
    assert Bar.line(1, 10_000, 40.0).endswith("40.0 a second, 4 min left")
    assert Bar.line(0, 0, 0.0) == f"[{'.' * 24}] 0 of 0"
    assert max(len(Bar.line(n, 10_000, 0.1)) for n in (0, 1, 9_999)) < 79
    assert 1 <= cores() <= (os.cpu_count() or 1)


def test_a_bar_in_a_file_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar()
    for done in range(101):
        bar(done, 100)
    bar.close()
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].endswith("0 of 100")
    assert "100 of 100" in lines[-1]
    assert len(lines) == 2
    assert not any("\r" in line for line in lines)


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    ours, theirs = pty.openpty()
    yield ours, theirs
    for number in (ours, theirs):
        with contextlib.suppress(OSError):
            os.close(number)


def test_on_a_terminal_the_bar_is_drawn_in_place(
    tmp_path: Path, class_of_three: Path, terminal: tuple[int, int]
) -> None:
    ours, theirs = terminal
    command = [sys.executable, "-m", "whosays.cli", "grade", str(class_of_three), "--out", "g.csv"]
    process = subprocess.Popen(
        [*command, "--no-sandbox", "--workers", "1"],
        env=offline_env(tmp_path),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    drawn = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        drawn += part
    printed = process.communicate(timeout=60)[0].decode()
    assert process.returncode == 0
    assert printed.startswith("3 submissions, 3 rows")
    text = drawn.decode()
    assert text.count("\r[") >= 2
    assert "3 of 3" in text.split("\r[")[-1]
    assert text.endswith("\r\n"), "the next line of the shell would stand on the bar"


def test_a_reader_that_has_gone_makes_no_traceback(tmp_path: Path) -> None:
    shell = f"{sys.executable} -m whosays.cli doctor | head -n 1"
    ended = subprocess.run(
        ["bash", "-c", shell],
        env=offline_env(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stdout.startswith("✓ Python")
    assert "Traceback" not in ended.stderr
    assert "BrokenPipe" not in ended.stderr


# Doctor -----------------------------------------------------------------------------------------------------


def test_doctor_tells_beforehand_whether_grading_can_wall_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sandbox, "missing", lambda: ["No network namespace: “unshare --net” is refused."])
    assert doctor.doctor() == 0, "no lesson needs walls"
    text = capsys.readouterr().out
    assert "– Walls for grading: Submissions cannot be walled in here" in text
    assert "No network namespace" in text
    assert "--no-sandbox" in text
    assert text.endswith("Everything a lesson needs works here.\n")
    monkeypatch.setattr(sandbox, "missing", list)
    assert doctor.walls_tick().ok is True


def test_doctor_says_whether_nbgrader_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor.gradebook_tick().ok is True
    real = importlib.metadata.version

    def gone(name: str) -> str:
        if name == "nbgrader":
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(doctor.metadata, "version", gone)
    tick = doctor.gradebook_tick()
    assert tick.ok is None
    assert "-m pip install -r exercises/requirements.txt" in tick.what_to_do
    assert (exercises_folder() / "requirements.txt").is_file()


def test_doctor_does_not_trouble_a_student_with_grading(bundle: Path, tmp_path: Path) -> None:
    ended = run("doctor", kit=bundle, home=tmp_path)
    assert ended.returncode == 0, ended.stdout
    assert "grading" not in ended.stdout.lower()
    assert ended.stdout.endswith("Everything a lesson needs works here.\n")
    mine = run("doctor", home=tmp_path).stdout
    assert "Walls for grading" in mine
    assert "Gradebook for grading" in mine


# The instructor's guide -------------------------------------------------------------------------------------


GUIDE = exercises_folder() / "README.md"


def test_the_guide_names_commands_that_there_are() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    called = re.findall(r"whosays (\w+)", text)
    assert {"release", "grade", "doctor"} <= set(called)
    known = subprocess.run(
        [sys.executable, "-m", "whosays.cli", "--help"], capture_output=True, text=True, check=True
    ).stdout
    for command in set(called):
        assert re.search(rf"^ {{4}}{command}\b", known, re.MULTILINE), command
    helps = "".join(
        subprocess.run(
            [sys.executable, "-m", "whosays.cli", command, "--help"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for command in ("release", "grade")
    )
    for option in set(re.findall(r"(--[a-z][a-z-]+)", text)) - {"--nthreads", "--check"}:
        assert option in helps, option
    for module in re.findall(r"-m (whosays[\w.]+)", text):
        assert (KIT / "notebooks" / Path(*module.split("."))).with_suffix(".py").is_file(), module
    assert str(len([n for n in names() if n != "capstone"])) in text or "Eight sets" in text


def test_the_guide_names_files_that_there_are() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (GUIDE.parent / target).exists(), target
    for name in ("source/", "keys/", "release/", "requirements.txt", "nbgrader_config.py"):
        assert (GUIDE.parent / name).exists()
    for path in re.findall(r"`([\w/]+/)`", text):
        made = path.startswith(("grades", "autograded", "submitted"))
        assert made or (GUIDE.parent / path).is_dir() or (KIT / path).is_dir(), path


@WALLS
def test_the_files_that_the_guide_names_are_those_that_are_written(
    tmp_path: Path, class_of_three: Path
) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    named = re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)
    files = {name.strip("`/") for cell in named for name in re.findall(r"`[^`]+`", cell)}
    assert {"grades.csv", "grades.feedback", "gradebook.db"} <= files
    ended = run("grade", class_of_three, "--out", "grades.csv", home=tmp_path)
    assert ended.returncode == 0, ended.stderr
    written = {path.name for path in tmp_path.iterdir()}
    assert files - written == set(), "the guide names files that are not written"
    ours = {name for name in written if name.startswith(("grade", "autograded"))}
    assert ours - files == set(), "files are written that the guide does not name"
