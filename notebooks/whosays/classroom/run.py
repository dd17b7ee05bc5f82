"""Grade a folder of submissions: N go in, N records come out, and tables, pages and gradebook are written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whosays import __version__
from whosays.classroom import bundle, gradebook, sandbox
from whosays.classroom.grading import Grader, Read, Record, blank, fingerprint, nothing, prepare
from whosays.classroom.journal import Journal, Records, journal_of, print_before
from whosays.classroom.roster import RosterError, roster_for
from whosays.classroom.sandbox import Limits, NoWalls, Sandbox, early
from whosays.classroom.scratch import YOUNG, Scratch
from whosays.classroom.submissions import Submission, find
from whosays.disk import locked
from whosays.exercises.sets import ExerciseSet, exercises_folder, names, read_set
from whosays.pack import Pack, kit_folder, load

Progress = Callable[[int, int], None]
KEYLESS = (
    "This copy of the kit has no key (exercises/keys and data/reference), as a student's copy has none. "
    "Grade with the instructor's copy."
)
UNWALLED = (
    "Submissions cannot be walled in on this machine: {} Grade on Linux, or give --no-sandbox if you trust "
    "every student's code with this computer."
)

AHEAD, SMALL = 200, 200_000  # submissions that are read before the first is graded, and bytes of each
KEY, LIMITS = "The key or the kit", "The limits"


class CannotGrade(Exception):
    """Grading cannot begin; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to grade: processes at a time, a Dask scheduler's address instead, limits, and walls or none."""

    workers: int = 2
    scheduler: str = ""
    limits: Limits = field(default_factory=Limits)
    walls: bool = True
    roster: Path | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: rows, how many were graded now, files written, and remarks for the instructor."""

    rows: int
    graded_now: int
    seconds: float
    files: tuple[Path, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """What every submission is graded by: the sets with their key, the pack, and a fingerprint of it all."""

    sets: Mapping[str, ExerciseSet]
    pack: Pack
    fingerprint: str


def course(folder: Path | None = None) -> Course:
    """The course of this copy of the kit. Raises CannotGrade where it has no key."""
    folder = folder or exercises_folder()
    sets = {name: read_set(name, folder) for name in names(folder)}
    pack = load(kit_folder() / "data")
    if not sets or not pack.has_reference or any(s.key is None for s in sets.values()):
        raise CannotGrade(KEYLESS)
    digest = hashlib.sha256(__version__.encode())
    tops = (
        folder / "source",
        folder / "release",
        folder / "keys",
        kit_folder() / "data",
        Path(__file__).parents[1],
    )
    for top in tops:
        for path in sorted(top.rglob("*")):
            if path.is_file() and path.suffix in (".json", ".csv", ".ipynb", ".py"):
                digest.update(str(path.relative_to(top)).encode() + path.read_bytes())
    return Course(sets, pack, digest.hexdigest())


def grade_all(
    given: Path,
    out: Path,
    options: Options,
    progress: Progress = lambda done, all: None,
    warm: Sandbox | None = None,
) -> Summary:
    """Grade all submissions in ``given`` and write ``out`` and its companions, each whole or not at all.

    What an earlier run has graded with the same key and limits is taken from its journal. ``warm`` may be a
    sandbox that nothing was shown to yet; it is closed. Raises CannotGrade.
    """
    began = time.monotonic()
    journal_path = journal_of(out)
    lock = journal_path.with_suffix(".lock")
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(Scratch())
        hide = (kit_folder(), given.resolve(), out.parent.resolve(), scratch)
        if warm is None and not options.scheduler:
            warm = early(journal_path, options.limits, options.walls)
        if warm is not None:
            stack.enter_context(warm)
            with contextlib.suppress(bundle.NoBundle):  # it is said where it is needed
                bundle.write(scratch / "bundle")
                warm.show(scratch / "bundle", hide)
        known = course()
        print_of = f"{known.fingerprint} {options.limits} {options.walls}"
        try:
            roster = roster_for(out, options.roster)
        except RosterError as error:
            raise CannotGrade(str(error)) from error
        out.parent.mkdir(parents=True, exist_ok=True)
        try:
            stack.enter_context(locked(lock))
        except TimeoutError as error:
            raise CannotGrade(
                f"{out.name} is being graded by another program. Wait for it to end."
            ) from error
        if os.name == "posix":  # elsewhere a file that is open cannot be removed
            stack.callback(lock.unlink, missing_ok=True)
        sweep_up(out)
        before = print_before(journal_path)
        submissions = find(given, scratch / "unpacked", list(known.sets))
        journal = stack.enter_context(Journal(journal_path, print_of))
        todo = [s for s in submissions if not _done(s, journal)]
        done = len(submissions) - len(todo)
        progress(done, len(submissions))
        if todo:
            if not options.scheduler and not (scratch / "bundle").is_dir():
                warm = stack.enter_context(warmed(scratch / "bundle", hide, options.limits, options.walls))
            records = _graded(todo, warm, known, options)
            try:
                with ThreadPoolExecutor(1) as aside:
                    for n, record in enumerate(records, 1):
                        journal.add(record)
                        progress(done + n, len(submissions))
                        if n == 1 and gradebook.available():  # a second's work for somebody else
                            aside.submit(gradebook.make, out.parent / "gradebook.db")
            except NoWalls as error:
                raise CannotGrade(f"{error} What is graded is kept: the same command goes on.") from error
        records_in_order = Records(journal, [s.path for s in submissions])
        from whosays.classroom.outputs import write_outputs

        regraded = journal.began_anew and bool(before)
        fresh = {s.path for s in todo}
        files, remarks = write_outputs(records_in_order, out, known, roster.table, regraded, fresh)
        files += roster.keep(out)
    if os.name != "posix":
        lock.unlink(missing_ok=True)
    why = [roster.remark] if roster.remark else []
    if regraded:
        same = before.partition(" ")[0] == known.fingerprint
        why.append(f"{LIMITS if same else KEY} changed since the last run, so all were graded again.")
    remarks = (*why, *remarks)
    return Summary(len(submissions), len(todo), time.monotonic() - began, tuple(files), tuple(remarks))


def sweep_up(out: Path) -> None:
    """Remove the half-written files of runs that were killed. Hold the lock of ``out``.

    Files that other runs into this folder write as well have to be old to be taken for left behind.
    """
    old = time.time() - YOUNG
    for path in (*out.parent.glob(".*.tmp"), *out.with_suffix(".feedback").glob(".*.tmp")):
        with contextlib.suppress(OSError):
            if (
                path.name.startswith(f".{out.stem}.")
                or path.parent != out.parent
                or path.stat().st_mtime < old
            ):
                path.unlink()
    for path in (out.parent / "autograded").glob("*/*/.*.tmp"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < old:
                path.unlink()


def _done(submission: Submission, journal: Journal) -> bool:
    """Whether the journal has this very hand-in: the same file of the same student, at the same time."""
    entry = journal.entries.get(submission.path)
    if entry is None:
        return False
    try:
        now = fingerprint(submission.file)[0] if submission.file is not None else ""
    except OSError:
        now = ""
    same = (entry.sha256, entry.student) == (now, submission.student)
    return same and entry.order == (submission.attempt, submission.handed_in, submission.path)


def _graded(
    todo: list[Submission], warm: Sandbox | None, known: Course, options: Options
) -> Iterator[Record]:
    if warm is not None:
        return grade_here(todo, warm, known, options.workers)
    from whosays.classroom.cluster import grade_on

    return grade_on(options.scheduler, todo, known, options.limits, options.walls)


def grade_here(todo: list[Submission], warm: Sandbox, known: Course, workers: int) -> Iterator[Record]:
    """Grade on this machine, ``workers`` at a time."""
    waiting: queue.SimpleQueue[Submission] = queue.SimpleQueue()
    for submission in todo:
        waiting.put(submission)
    finished: queue.SimpleQueue[Record | BaseException] = queue.SimpleQueue()
    stop = threading.Event()

    def work(grader: Grader) -> None:
        try:
            grader.settle()
            while not stop.is_set():
                try:
                    submission = waiting.get_nowait()
                except queue.Empty:
                    return
                finished.put(safely(grader, submission, ahead.pop(submission.path, None)))
        except BaseException as error:
            finished.put(error)

    with contextlib.ExitStack() as stack:
        workers = max(1, min(workers, len(todo)))
        first = stack.enter_context(Grader(warm, known.sets, known.pack))
        ahead: dict[str, Read] = {}
        reading = threading.Thread(target=make_ready, args=(first, todo, ahead, stop), daemon=True)
        reading.start()
        try:
            wait_for(warm, known)
        finally:
            stop.set()
            reading.join()
        stop.clear()
        graders = [first, *(stack.enter_context(first.beside(n)) for n in range(1, workers))]
        threads = [threading.Thread(target=work, args=(grader,), daemon=True) for grader in graders]
        for thread in threads:
            thread.start()
        try:
            for _ in todo:
                record = finished.get()
                if isinstance(record, BaseException):
                    raise record
                yield record
        finally:
            stop.set()
            for thread in threads:
                thread.join(warm.limits.total + warm.limits.seconds)


def make_ready(grader: Grader, todo: list[Submission], ahead: dict[str, Read], stop: threading.Event) -> None:
    """While the sandbox gets ready: the inputs of all cases, then what is in the first submissions."""
    prepare(grader.sets)
    for submission in todo[:AHEAD]:
        if stop.is_set():
            return
        with contextlib.suppress(Exception):  # it is read again, and then its row says what is wrong
            if submission.file is not None and submission.file.stat().st_size < SMALL:
                ahead[submission.path] = grader.read(submission)


def warmed(made: Path, hide: tuple[Path, ...], limits: Limits, walls: bool) -> Sandbox:
    """A sandbox that gets ready, and is shown a bundle written to ``made``. Raises CannotGrade."""
    bundle.write(made)
    try:
        return Sandbox(limits, walls).show(made, hide)
    except NoWalls as error:
        raise _unwalled(error) from error


def wait_for(warm: Sandbox, known: Course) -> None:
    """See a first process walled in. Raises CannotGrade, which says what is lacking; then all is closed."""
    try:
        warm.start(max(known.sets)).close()  # any will do
    except NoWalls as error:
        warm.close()
        raise _unwalled(error) from error


def _unwalled(error: NoWalls) -> CannotGrade:
    return CannotGrade(UNWALLED.format(" ".join(sandbox.missing()) or error))


def safely(grader: Grader, submission: Submission, ahead: Read | None = None) -> Record:
    """The record of a submission, even where grading it fails: then a row with no points that says so.

    Raises NoWalls: that is no fault of the submission, and must not cost it points.
    """
    try:
        return grader.grade(submission, ahead)
    except NoWalls:
        raise
    except Exception as error:  # a fault of ours must not cost the other rows
        record = blank(submission)
        record["set"] = submission.hint if submission.hint in grader.sets else ""
        record["notes"].append(
            f"Grading stopped with {type(error).__name__}: {str(error)[:200]}. Grade it by hand."
        )
        if record["set"]:
            record["cells"] = nothing(grader.sets[record["set"]])
        return record


def in_chunks(things: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most ``size``."""
    chunk: list[Any] = []
    for thing in things:
        chunk.append(thing)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
