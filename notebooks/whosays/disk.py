"""Write small files so that neither a crash nor a second program can harm them."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]
try:
    import msvcrt
except ImportError:  # everywhere else
    msvcrt = None  # type: ignore[assignment]

T = TypeVar("T")
PATIENCE = 10.0  # seconds to wait for another program that writes the same answers
PAUSE = 0.01
HELD = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
WHY = {
    errno.EACCES: "is read-only",
    errno.EPERM: "is read-only",
    errno.EROFS: "is read-only",
    errno.ENOSPC: "is on a full disk",
    errno.EDQUOT: "has no space left for you",
    errno.ETIMEDOUT: "is in use by another program",
}


class NotSaved(OSError):
    """The answer could not be written; the message says why and what to do. It is kept for the next try."""


@contextlib.contextmanager
def saving(folder: Path) -> Iterator[None]:
    """Turn a failed write into NotSaved with a sentence that helps."""
    try:
        yield
    except NotSaved:
        raise
    except OSError as error:
        reason = WHY.get(error.errno or 0, f"cannot be written ({error.strerror or error})")
        raise NotSaved(
            f"The folder {folder.parent.name}/{folder.name} {reason}. Make room or move the kit to a place "
            "where you may write, then answer again. Nothing you did before is lost."
        ) from error


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``; the system frees it when the process ends, however it ends.

    Raises TimeoutError if another program holds it for ten seconds.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        until = time.monotonic() + PATIENCE
        while not _take(handle):
            if time.monotonic() > until:
                raise TimeoutError(errno.ETIMEDOUT, "locked by another program", str(path))
            time.sleep(PAUSE)
        try:
            yield
        finally:
            _give_back(handle)
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    """Whether the lock is ours now. Some network drives know no locks: there is then none to wait for."""
    try:
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        elif msvcrt:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError as error:
        return error.errno not in HELD
    return True


def _give_back(handle: int) -> None:
    """Windows wants it said; elsewhere the lock ends with the handle."""
    if msvcrt and not fcntl:
        with contextlib.suppress(OSError):
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]


def write_whole(path: Path, text: str, lasting: bool = True) -> None:
    """Write ``text`` beside ``path`` and rename it into place, so that a reader sees the old file or the new.

    It is on the disk when this returns. Halves of characters, which no file can hold, become question marks.
    What can be made again and comes in thousands need not be ``lasting``: a power cut may lose it.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(text.encode("utf-8", errors="replace"))
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        patiently(lambda: beside.replace(path))
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    if lasting:
        _sync_folder(path.parent)


def write_if_other(path: Path, text: str) -> None:
    """Write what can be made again, unless it is there already."""
    raw = text.encode("utf-8", errors="replace")
    try:
        if path.stat().st_size == len(raw) and path.read_bytes() == raw:
            return
    except OSError:
        pass
    write_whole(path, text, lasting=False)


def sweep(path: Path) -> None:
    """Remove what killed writers of ``path`` left behind. Hold its lock, so that none of it is in use."""
    for leftover in path.parent.glob(f".{path.name}.*.tmp"):
        with contextlib.suppress(OSError):
            leftover.unlink()


def patiently(job: Callable[[], T]) -> T:
    """Do it again for a second where Windows refuses: a virus scanner or a reader may hold the file."""
    for _ in range(20 if os.name == "nt" else 0):
        try:
            return job()
        except PermissionError:
            time.sleep(0.05)
    return job()


def _sync_folder(folder: Path) -> None:
    """Make the renaming last through a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
