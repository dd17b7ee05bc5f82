"""Grade on several machines: chunks of submissions go out over ``dask.distributed``.

Every worker runs the same copy of the kit and starts one warm process of its own; the worker itself never
forks. A worker that is lost costs nothing: its chunks go to another one.
"""

from __future__ import annotations

import atexit
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from whosays.classroom import bundle
from whosays.classroom.grading import Grader, Record, blank, fingerprint
from whosays.classroom.notebooks import MOST_BYTES, Unreadable, read
from whosays.classroom.run import CannotGrade, course, in_chunks, safely
from whosays.classroom.sandbox import Limits
from whosays.classroom.submissions import Submission
from whosays.pack import kit_folder

CHUNK = 20  # submissions that travel together
PATIENCE = 10  # seconds to wait for the scheduler
RETRIES = 5  # workers that may be lost under one chunk

_lock = threading.Lock()
_graders: dict[tuple[Any, ...], Grader] = {}


def grade_on(
    address: str, todo: Sequence[Submission], known: str, limits: Limits, walls: bool
) -> Iterator[Record]:
    """Grade on the workers of the scheduler at ``address``, such as tcp://192.168.1.5:8786.

    ``known`` is the fingerprint of this course; a worker with another key or kit refuses. Raises CannotGrade
    if there is no scheduler or no worker, or if a worker cannot grade.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise CannotGrade(
            "--scheduler needs dask.distributed: install exercises/requirements.txt."
        ) from error
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CannotGrade(
            f"No Dask scheduler answers at {address}: start one with “dask scheduler”."
        ) from error
    with client:
        if not client.scheduler_info()["workers"]:
            raise CannotGrade(
                f"The scheduler at {address} has no worker: start some with “dask worker {address}”."
            )
        small = []
        for submission in todo:
            too_large = _too_large(submission)
            if too_large is not None:
                yield too_large
            else:
                small.append(submission)
        futures = [
            client.submit(grade_chunk, _packed(chunk), known, limits, walls, pure=False, retries=RETRIES)
            for chunk in in_chunks(small, CHUNK)
        ]
        for future in as_completed(futures):
            try:
                records = future.result()
            except CannotGrade:
                raise
            except Exception as error:
                raise CannotGrade(f"A worker failed: {type(error).__name__}: {str(error)[:300]}") from error
            yield from records
            future.release()


def _packed(chunk: Sequence[Submission]) -> list[tuple[Submission, bytes | None]]:
    return [(replace(s, file=None), None if s.file is None else s.file.read_bytes()) for s in chunk]


def _too_large(submission: Submission) -> Record | None:
    """The record of a file that is not worth sending, or None."""
    try:
        if submission.file is None or submission.file.stat().st_size <= MOST_BYTES:
            return None
        record = blank(submission)
        record["sha256"], record["bytes"] = fingerprint(submission.file)
        read(submission.file)
    except (OSError, Unreadable) as error:
        record = blank(submission) | {"status": "not readable"}
        record["notes"].append(str(error))
        return record
    return None


def grade_chunk(
    chunk: Sequence[tuple[Submission, bytes | None]], known: str, limits: Limits, walls: bool
) -> list[Record]:
    """What a worker does: the records of a chunk, in order. Raises CannotGrade."""
    records = []
    with _lock, tempfile.TemporaryDirectory(prefix="whosays-chunk-") as folder:
        grader = _grader(known, limits, walls)
        for n, (submission, content) in enumerate(chunk):
            if content is not None:
                file = Path(folder) / f"{n}.ipynb"
                file.write_bytes(content)
                submission = replace(submission, file=file)
            records.append(safely(grader, submission))
    return records


def _grader(known: str, limits: Limits, walls: bool) -> Grader:
    """The grader of this worker, made once."""
    key = (known, limits, walls)
    if key not in _graders:
        mine = course()
        if mine.fingerprint != known:
            raise CannotGrade("A worker has another copy of the kit or of the key. Give all the same folder.")
        scratch = tempfile.TemporaryDirectory(prefix="whosays-worker-")
        made = Path(scratch.name) / "bundle"
        bundle.write(made)
        grader = Grader(made, mine.sets, mine.pack, limits, (kit_folder(), Path(scratch.name)), walls)
        atexit.register(scratch.cleanup)
        atexit.register(grader.close)
        _graders[key] = grader
    return _graders[key]
