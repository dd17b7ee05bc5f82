"""``whosays grade SUBMISSIONS --out GRADES.csv``: grade a folder or an LMS zip of submissions."""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from pathlib import Path

from whosays.cli import cannot

BAR = 24  # characters


def grade(
    given: Path,
    out: Path,
    *,
    workers: int | None = None,
    scheduler: str = "",
    seconds: float | None = None,
    total: float | None = None,
    walls: bool = True,
    roster: Path | None = None,
) -> int:
    """Grade and say what was written; returns 0 if every submission has its row, else 1."""
    from whosays.classroom.journal import journal_of
    from whosays.classroom.sandbox import Limits, early

    if out.is_dir():
        print(f"{out} is a folder. Give the name of a table, such as {out / 'grades.csv'}.", file=sys.stderr)
        return 1
    if out.suffix.casefold() != ".csv":
        print(f"{out} does not end in .csv. Give it such a name: {out.with_suffix('.csv')}.", file=sys.stderr)
        return 1
    if not walls:
        print("Without walls: every student's code runs with your rights on this machine.", file=sys.stderr)
    usual = Limits()
    limits = dataclasses.replace(usual, seconds=seconds or usual.seconds, total=total or usual.total)
    warm = None if scheduler else early(journal_of(out), limits, walls)
    # What takes time to load is loaded while the sandbox gets ready.
    from whosays.classroom.bundle import NoBundle
    from whosays.classroom.run import CannotGrade, Options, grade_all
    from whosays.classroom.submissions import NotFound
    from whosays.disk import NotSaved
    from whosays.exercises.sets import SetError
    from whosays.pack.faults import PackError

    bar, options = Bar(), Options(workers or cores(), scheduler, limits, walls, roster)
    try:
        summary = grade_all(given, out, options, bar, warm)
    except KeyboardInterrupt:
        bar.close()
        print("Stopped. Nothing is lost: the same command goes on from here.", file=sys.stderr)
        return 1
    except (CannotGrade, NotFound, NoBundle, SetError, NotSaved, PackError) as error:
        bar.close()
        where = "" if given.is_absolute() or given.exists() else f" The command ran in {Path.cwd()}."
        print(f"{error}{where if isinstance(error, NotFound) else ''}", file=sys.stderr)
        return 1
    except OSError as error:
        bar.close()
        ours = error.errno is None  # then it is one of ours, with a sentence of its own
        print(error if ours else cannot("The grades cannot be written to", out, error), file=sys.stderr)
        return 1
    bar.close()
    from_before = summary.rows - summary.graded_now
    before = f", {from_before} of them from an earlier run" if from_before else ""
    print(f"{summary.rows} submissions, {summary.rows} rows{before}, in {summary.seconds:.1f} s.")
    for path in summary.files:
        print(f"  {path}")
    for remark in summary.remarks:
        print(f"Note: {remark}")
    return 0


def cores() -> int:
    """How many submissions at a time: the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Bar:
    """How far it is, how fast it goes and how long it will take.

    On a terminal it is drawn in place; elsewhere a line is written now and then.
    """

    def __init__(self) -> None:
        self._began, self._first = time.monotonic(), -1
        self._shown = 0.0
        self._open = False

    def __call__(self, done: int, all_of_them: int) -> None:
        now = time.monotonic()
        if self._first < 0:
            self._began, self._first = now, done
        live = sys.stderr.isatty()
        if now - self._shown < (0.1 if live else 5) and done < all_of_them:
            return
        self._shown = now
        rate = (done - self._first) / max(now - self._began, 1e-6)
        line = self.line(done, all_of_them, rate)
        print(f"\r{line:<78}" if live else line, end="" if live else "\n", file=sys.stderr, flush=True)
        self._open = live

    @staticmethod
    def line(done: int, all_of_them: int, rate: float) -> str:
        """One line: a bar, how many of how many, and, once some are done, the rate and the time left."""
        full = round(BAR * done / max(all_of_them, 1))
        line = f"[{'#' * full}{'.' * (BAR - full)}] {done} of {all_of_them}"
        if rate <= 0:
            return line
        left = (all_of_them - done) / rate
        wait = f"{left:.0f} s" if left < 120 else f"{left / 60:.0f} min"
        return f"{line}, {rate:.1f} a second, {wait} left"

    def close(self) -> None:
        """End the line that is drawn in place."""
        if self._open:
            print(file=sys.stderr)
