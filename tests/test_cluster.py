"""Grading on several machines: two worker processes, one of them killed, and schedulers that cannot grade.

Workers are real processes on this machine. What they must not do, fork, is counted inside them.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import distributed
import psutil
import pytest

import students
from whosays.classroom import cluster, gradebook, outputs, run
from whosays.classroom.run import CannotGrade, Options, grade_all
from whosays.classroom.sandbox import Limits
from whosays.cli import main
from whosays.exercises.sets import exercises_folder

SKILLS = (students.GOOD, students.MIDDLE, students.WEAK)
MANY, ODD = 32, 3
PATIENT = Limits(seconds=20.0, total=60.0)  # nobody is late on a busy machine
LOCAL = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "threads_per_worker": 1, "silence_logs": 50}
GRADE = """
import sys
from whosays.classroom import cluster
from whosays.cli import main
cluster.PATIENCE = 1.0
sys.exit(main(sys.argv[1:]))
"""


def hand_ins(folder: Path, many: int) -> Path:
    """Honest hand-ins of ``many`` students, some of them slow, and three that hold nothing to grade."""
    for n in range(many):
        name = students.SETS[n % len(students.SETS)]
        answers = students.honest(name, n, SKILLS[n % 3])
        if n % 8 == 0:
            first = next(iter(answers))
            answers[first] += "\nimport time\ntime.sleep(0.7)"
        students.hand_in(folder, f"student{n:02}", name, answers)
    name = students.SETS[0]
    for student, size in (("zoe", 0), ("zora", 21_000_000)):
        file = folder / student / name / f"{name}.ipynb"
        file.parent.mkdir(parents=True)
        with file.open("wb") as opened:
            opened.truncate(size)
    (folder / "zuri" / name).mkdir(parents=True)
    return folder


def rows(out: Path) -> list[dict]:
    """The lines of a run's journal by path, without what no two runs share."""
    lines = out.with_suffix(".journal.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    found = [json.loads(line) for line in lines]
    return sorted(
        ({k: v for k, v in record.items() if k != "seconds"} for record in found), key=lambda r: r["path"]
    )


def whosays_grade(*arguments: object) -> tuple[int, str, list[str]]:
    """Exit code, output and errors of ``whosays grade`` as a program: what a person sees on a terminal."""
    command = [sys.executable, "-c", GRADE, "grade", *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return ended.returncode, ended.stdout, without_bar(ended.stderr)


def told(capsys) -> tuple[str, list[str]]:
    out, errors = capsys.readouterr()
    return out, without_bar(errors)


def without_bar(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("[")]


@pytest.fixture(autouse=True)
def journal_alone(monkeypatch):
    """Here only the rows of the journal are looked at; tables and pages have tests of their own."""
    monkeypatch.setattr(outputs, "write_outputs", lambda *given: ([], ()))
    monkeypatch.setattr(gradebook, "available", lambda: False)


@pytest.fixture(scope="module")
def submitted(tmp_path_factory):
    return hand_ins(tmp_path_factory.mktemp("week") / "submitted", MANY)


@pytest.fixture(scope="module")
def workers():
    with distributed.LocalCluster(n_workers=2, processes=True, **LOCAL) as made:
        yield made


@pytest.fixture
def nobody():
    """A scheduler without workers."""
    with distributed.LocalCluster(n_workers=0, **LOCAL) as made:
        yield made


# What is asked of a worker; it runs there -------------------------------------------------------------------


def count_forks(dask_worker) -> None:
    """Count from now on how often the worker makes a copy of itself. A program it starts is none."""
    dask_worker.forks = []
    os.register_at_fork(before=lambda: dask_worker.forks.append(1))


def look(dask_worker) -> dict:
    """The worker's number, its forks and graders, and the parent and program of all processes below it."""
    below = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # one that has ended has no program any more
            below += [(process.ppid(), " ".join(command))] if (command := process.cmdline()) else []
    forks = len(getattr(dask_worker, "forks", ()))
    return {"pid": os.getpid(), "forks": forks, "graders": len(cluster._graders), "below": below}


# Two workers ------------------------------------------------------------------------------------------------


def test_with_a_worker_killed_in_mid_run_the_grades_are_those_of_one_machine(
    workers, submitted, tmp_path, monkeypatch
):
    monkeypatch.setattr(cluster, "CHUNK", 4)
    grade_all(submitted, tmp_path / "here.csv", Options(workers=2, limits=PATIENT))
    killed: list[str] = []
    looks: list[dict] = []
    with distributed.Client(workers, set_as_default=False) as watch:
        watch.run(count_forks)

        def progress(done: int, of: int) -> None:
            if killed or done <= ODD:
                return
            found = watch.run(look)
            while not all(worker["graders"] for worker in found.values()):
                time.sleep(0.1)
                found = watch.run(look)
            busy = [worker for worker, tasks in watch.processing().items() if tasks]
            assert busy, "all was done before a worker could be killed"
            looks.extend(found.values())
            os.kill(found[busy[0]]["pid"], signal.SIGKILL)
            killed.append(busy[0])

        options = Options(scheduler=workers.scheduler_address, limits=PATIENT)
        summary = grade_all(submitted, tmp_path / "there.csv", options, progress)
        looks.extend(found for worker, found in watch.run(look).items() if worker not in killed)

    assert killed
    assert summary.rows == summary.graded_now == MANY + ODD
    there = rows(tmp_path / "there.csv")
    assert len({record["path"] for record in there}) == len(there) == MANY + ODD
    assert there == rows(tmp_path / "here.csv")
    assert [found["forks"] for found in looks] == [0] * len(looks), "a worker forked"
    for found in looks:
        assert found["graders"] <= 1
        assert all("warm.py" in program for _, program in found["below"])
        assert sum(parent == found["pid"] for parent, _ in found["below"]) == found["graders"]


def test_an_interrupted_run_goes_on_where_it_stopped(workers, submitted, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CHUNK", 4)

    def stop(done: int, of: int) -> None:
        if done > 12:
            raise KeyboardInterrupt

    options = Options(scheduler=workers.scheduler_address, limits=PATIENT)
    with pytest.raises(KeyboardInterrupt):
        grade_all(submitted, tmp_path / "g.csv", options, stop)
    before = len(rows(tmp_path / "g.csv"))
    assert 12 < before < MANY
    limits = ("--scheduler", workers.scheduler_address, "--seconds", 20, "--total", 60)
    code, out, errors = whosays_grade(submitted, "--out", tmp_path / "g.csv", *limits)
    assert (code, errors) == (0, [])
    many = MANY + ODD
    assert f"{many} submissions, {many} rows, {before} of them from an earlier run" in out
    found = rows(tmp_path / "g.csv")
    assert len({record["path"] for record in found}) == len(found) == MANY + ODD


def test_a_worker_with_another_key_refuses_in_a_sentence(workers, submitted, tmp_path, monkeypatch, capsys):
    shutil.copytree(exercises_folder(), tmp_path / "exercises")
    key = tmp_path / "exercises" / "keys" / f"{students.SETS[0]}.json"
    key.write_text(key.read_text(encoding="utf-8").replace("1", "2", 1), encoding="utf-8")
    mine, other = run.course(), run.course(tmp_path / "exercises")
    assert mine.fingerprint == run.course(shutil.copytree(exercises_folder(), tmp_path / "same")).fingerprint
    assert mine.fingerprint != other.fingerprint
    monkeypatch.setattr(run, "course", lambda: other)
    address = workers.scheduler_address
    code = main(["grade", str(submitted), "--out", str(tmp_path / "g.csv"), "--scheduler", address])
    assert (code, *told(capsys)) == (1, "", [cluster.OTHER])


# Nobody who grades ------------------------------------------------------------------------------------------


def test_a_scheduler_that_does_not_answer(submitted, tmp_path):
    address = "tcp://127.0.0.1:9"
    ended = whosays_grade(submitted, "--out", tmp_path / "g.csv", "--scheduler", address)
    assert ended == (1, "", [cluster.NOBODY.format(address)])


def test_a_scheduler_without_workers(nobody, submitted, tmp_path, capsys):
    address = nobody.scheduler_address
    code = main(["grade", str(submitted), "--out", str(tmp_path / "g.csv"), "--scheduler", address])
    assert (code, *told(capsys)) == (1, "", [cluster.NO_WORKER.format(address)])


def test_when_the_last_worker_is_lost_the_run_stops_and_what_is_graded_is_kept(
    nobody, submitted, tmp_path, monkeypatch
):
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    monkeypatch.setattr(cluster, "CHUNK", 4)
    command = [sys.executable, "-m", "distributed.cli.dask_worker", nobody.scheduler_address]
    alone = subprocess.Popen(
        [*command, "--no-nanny", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with distributed.Client(nobody, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=30)

        def progress(done: int, of: int) -> None:
            if done > ODD:
                alone.kill()

        with pytest.raises(CannotGrade, match="has no worker left"):
            grade_all(submitted, tmp_path / "g.csv", Options(scheduler=nobody.scheduler_address), progress)
    finally:
        alone.kill()
        alone.wait()
    kept = len(rows(tmp_path / "g.csv"))
    assert ODD < kept < MANY
    assert grade_all(submitted, tmp_path / "g.csv", Options(workers=2)).graded_now == MANY + ODD - kept
