"""``whosays grade SUBMISSIONS --out GRADES.csv``: grade a folder or an LMS zip of submissions."""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from pathlib import Path

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
    from whosays.classroom.run import CannotGrade, Options, grade_all
    from whosays.classroom.sandbox import Limits
    from whosays.classroom.submissions import NotFound
    from whosays.disk import NotSaved
    from whosays.exercises.sets import SetError
    from whosays.pack.faults import PackError

    limits = Limits()
    chosen = {"seconds": seconds, "total": total}
    limits = dataclasses.replace(limits, **{k: v for k, v in chosen.items() if v is not None})
    options = Options(workers or os.cpu_count() or 1, scheduler, limits, walls, roster)
    if not walls:
        print("Without walls: every student's code runs with your rights on this machine.", file=sys.stderr)
    bar = Bar()
    try:
        summary = grade_all(given, out, options, bar)
    except KeyboardInterrupt:
        bar.close()
        print("Stopped. Nothing is lost: the same command goes on from here.", file=sys.stderr)
        return 1
    except (CannotGrade, NotFound, SetError, NotSaved, PackError) as error:
        bar.close()
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        bar.close()
        print(f"{error.filename or out}: {error.strerror or error}.", file=sys.stderr)
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


class Bar:
    """How far it is, how fast it goes and how long it will take: on a terminal in place, else now and then."""

    def __init__(self) -> None:
        self._began, self._first = time.monotonic(), -1
        self._shown = 0.0
        self._open = False

    def __call__(self, done: int, all_of_them: int) -> None:
        now = time.monotonic()
        if self._first < 0:
            self._began, self._first = now, done
            return
        live = sys.stderr.isatty()
        if now - self._shown < (0.1 if live else 5) and done < all_of_them:
            return
        self._shown = now
        rate = (done - self._first) / max(now - self._began, 1e-6)
        left = (all_of_them - done) / rate if rate else 0.0
        full = round(BAR * done / max(all_of_them, 1))
        line = f"[{'#' * full}{'.' * (BAR - full)}] {done} of {all_of_them}, {rate:.0f} a second, {left:.0f} s left"
        print(f"\r{line:<78}" if live else line, end="" if live else "\n", file=sys.stderr, flush=True)
        self._open = live

    def close(self) -> None:
        if self._open:
            print(file=sys.stderr)
