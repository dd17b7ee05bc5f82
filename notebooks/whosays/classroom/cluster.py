"""Grade on several machines: chunks of submissions go out over ``dask.distributed``.

Every worker runs the same copy of the kit and starts one warm process of its own; the worker itself never
forks. A worker that is lost costs nothing: its chunks go to another one.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import queue
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from whosays.classroom.grading import Grader, Record, nothing, opened
from whosays.classroom.notebooks import MOST_BYTES
from whosays.classroom.run import CannotGrade, Course, course, in_chunks, safely, wait_for, warmed
from whosays.classroom.sandbox import Limits
from whosays.classroom.scratch import Scratch
from whosays.classroom.submissions import Submission
from whosays.pack import kit_folder

if TYPE_CHECKING:
    from distributed import Client, Future

CHUNK = 20  # submissions that travel together
AHEAD = 3  # chunks for each thread of a worker that are on their way at a time: so few are in memory
PATIENCE = 10.0  # seconds to wait for the scheduler, and for a worker to come back when none is left
LOOK = 1.0  # seconds between two looks at who is left
LACKING = "--scheduler needs dask.distributed: install exercises/requirements.txt."
NOBODY = "No Dask scheduler answers at {0}: start one with “dask scheduler”."
NO_WORKER = "The scheduler at {0} has no worker: start some with “dask worker {0}”."
ALL_GONE = (
    "The scheduler at {0} has no worker left. What is graded is kept: the same command goes on from here."
)
OTHER = "A worker has another copy of the kit or of the key. Give all the same folder."
FAILED = "A worker failed: {}. What is graded is kept: the same command goes on from here."

Packed = list[tuple[Submission, bytes | None]]
_lock = threading.Lock()
_graders: dict[tuple[Any, ...], Grader] = {}


def grade_on(
    address: str, todo: Sequence[Submission], known: Course, limits: Limits, walls: bool
) -> Iterator[Record]:
    """Grade on the workers of the scheduler at ``address``, such as tcp://192.168.1.5:8786.

    A worker with another kit or key than ``known`` refuses. Raises CannotGrade if there is no scheduler or no
    worker, or if a worker cannot grade.
    """
    with _connected(address) as client:
        small = []
        for submission in todo:
            if _is_small(submission):
                small.append(submission)
            else:  # what cannot be graded anyway is not sent
                record, _ = opened(submission, known.sets)
                record["cells"] = nothing(known.sets[record["set"]]) if record["set"] else {}
                yield record
        for future in _finished(client, address, small, (known.fingerprint, limits, walls)):
            try:
                records = future.result()
            except CannotGrade:
                raise
            except Exception as error:
                why = f"{type(error).__name__}: {str(error)[:300]}".rstrip(". ")
                raise CannotGrade(FAILED.format(why)) from error
            yield from records
            future.release()


@contextlib.contextmanager
def _connected(address: str) -> Iterator[Client]:
    """A scheduler that has workers. Raises CannotGrade."""
    try:
        from distributed import Client
    except ImportError as error:
        raise CannotGrade(LACKING) from error
    with _quiet():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, ImportError) as error:
            raise CannotGrade(NOBODY.format(address)) from error
        with client:
            if not _threads(client):
                raise CannotGrade(NO_WORKER.format(address))
            yield client


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what Dask reports by itself: what matters is raised as CannotGrade, in a sentence."""
    names = [n for n in logging.root.manager.loggerDict if n.partition(".")[0] in ("distributed", "tornado")]
    loggers = [logging.getLogger(name) for name in names]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _threads(client: Client) -> int:
    """How many threads the workers have in all; 0 if there is no worker or no scheduler."""
    try:
        return sum(client.nthreads().values())
    except (OSError, ValueError):
        return 0


def _finished(
    client: Client, address: str, todo: Sequence[Submission], with_what: tuple[str, Limits, bool]
) -> Iterator[Future[Any]]:
    """The chunks that are done, as they are done. Raises CannotGrade if nobody is left to do them."""
    chunks, done = in_chunks(todo, CHUNK), queue.SimpleQueue[Any]()
    on_their_way: set[Future[Any]] = set()

    def send() -> None:
        most = AHEAD * max(1, _threads(client))
        while len(on_their_way) < most and (chunk := next(chunks, None)) is not None:
            future = client.submit(grade_chunk, _packed(chunk), *with_what, pure=False)
            on_their_way.add(future)
            future.add_done_callback(done.put)

    send()
    seen = time.monotonic()
    while on_their_way:
        try:
            future = done.get(timeout=LOOK)
        except queue.Empty:
            if _threads(client):
                seen = time.monotonic()
            elif time.monotonic() - seen > PATIENCE:
                raise CannotGrade(ALL_GONE.format(address)) from None
            continue
        on_their_way.discard(future)
        yield future
        send()
        seen = time.monotonic()


def _is_small(submission: Submission) -> bool:
    """Whether there is a file that can be read and is worth sending."""
    try:
        return submission.file is not None and submission.file.stat().st_size <= MOST_BYTES
    except OSError:
        return False


def _packed(chunk: Sequence[Submission]) -> Packed:
    """Submissions with what is in their files."""
    packed: Packed = []
    for submission in chunk:
        content, problem = None, "There is no file."
        try:
            content = submission.file.read_bytes() if submission.file is not None else None
        except OSError as error:
            problem = f"The file cannot be read ({error.strerror or type(error).__name__})."
        packed.append((replace(submission, file=None, problem=problem), content))
    return packed


def grade_chunk(chunk: Packed, known: str, limits: Limits, walls: bool) -> list[Record]:
    """What a worker does: the records of a chunk, in order. Raises CannotGrade."""
    records = []
    with _lock, Scratch() as folder:
        grader = _grader(known, limits, walls)
        for n, (submission, content) in enumerate(chunk):
            if content is not None:
                file = folder / f"{n}.ipynb"
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
            raise CannotGrade(OTHER)
        scratch = Scratch()
        warm = warmed(scratch.path / "bundle", (kit_folder(), scratch.path), limits, walls)
        grader = Grader(warm, mine.sets, mine.pack)
        wait_for(warm, mine)
        atexit.register(scratch.close)
        atexit.register(grader.close)
        _graders[key] = grader
    return _graders[key]
