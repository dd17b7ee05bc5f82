"""Folders for a short time. What a killed program leaves of them, the next one clears away."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from types import TracebackType

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PREFIX = "whosays-scratch-"
YOUNG = 60.0  # seconds in which a folder may not be held yet by the program that makes it


class Scratch:
    """A new folder among the system's temporary ones, for this user alone; ``path`` is where.

    It is held for as long as the program runs, so that others can tell it from one that was left behind.
    Making one removes those. Raises OSError.
    """

    def __init__(self) -> None:
        clear()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._hold = _held(self.path)

    def close(self) -> None:
        """Remove the folder and what is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._hold is not None:
            os.close(self._hold)
            self._hold = None

    def __enter__(self) -> Path:
        return self.path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def clear() -> None:
    """Remove this user's scratch folders that no running program holds."""
    if not fcntl:
        return
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            about = path.lstat()
            if about.st_uid != os.getuid() or time.time() - about.st_mtime < YOUNG:
                continue
            hold = _held(path)
            if hold is not None:
                shutil.rmtree(path, ignore_errors=True)
                os.close(hold)


def _held(path: Path) -> int | None:
    """Hold a folder; None if another program does, or where there is no such thing."""
    if not fcntl:
        return None
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
