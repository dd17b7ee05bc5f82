"""The grader's side of the walls: start a submission's process, ask it, believe nothing, and end it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import secrets
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

HERE = Path(__file__).parent
IMPORTS = (
    *("numpy", "pandas", "IPython.core.inputtransformer2", "whosays.exercises.plain"),
    *("whosays", "whosays.pack", "plotly.graph_objects", "plotly.express"),
)
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/lib32", "/opt/python")
FIRST_UID, UIDS = 64_100, 900  # of throw-away users, none of them anybody's
START = 60.0  # seconds until a warm process must be ready
END = 5.0  # seconds until a killed process must be gone
STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"')
_uids = itertools.count()


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a submission: seconds a question and in all, bytes of memory and disk, processes, and how many
    characters of output and bytes of a reply are read.
    """

    seconds: float = 2.0
    total: float = 10.0
    memory: int = 768 << 20
    disk: int = 16 << 20
    processes: int = 32
    output: int = 20_000
    reply: int = 1 << 19
    depth: int = 40


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: ``value`` is plain data. ``error`` is empty, the name of an exception, or why nothing came:
    “time”, “died”, “too large”, “garbled”; ``words`` and ``out`` are text of the student's code.
    """

    value: Any = None
    out: str = ""
    error: str = ""
    words: str = ""


class NoWalls(OSError):
    """A submission cannot be walled in, and so is not run."""


class Sandbox:
    """One warm process, and the submissions that run as copies of it, one at a time.

    ``bundle`` is the student bundle they see at /kit. ``hide`` are folders that they must not see, should one
    lie inside what the interpreter needs. Without ``walls`` only the limits hold. Raises NoWalls.
    """

    def __init__(
        self, bundle: Path, limits: Limits | None = None, hide: Sequence[Path] = (), walls: bool = True
    ) -> None:
        self.limits, self.walls = limits or Limits(), walls
        self._bundle, self._hide = bundle.resolve(), tuple(path.resolve() for path in hide)
        self._scratch = Path(tempfile.mkdtemp(prefix="whosays-walls-"))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(HERE / "warm.py"), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                start_new_session=True,
            )
        self._control = mine
        mine.settimeout(START)
        _send(mine, self._plan())
        told = _receive(mine)
        if "failed" in told:
            raise NoWalls(f"The submissions' process cannot start: {told['failed']}.")

    def _plan(self) -> dict[str, Any]:
        prefixes = _folders(sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.realpath(sys.prefix))
        system = _folders(*(path for path in SYSTEM if not Path(path).is_symlink()))
        see = [f for f in dict.fromkeys((*system, *prefixes)) if not _inside(f, system, but=f)]
        hide = [str(h) for h in self._hide if any(_inside(str(h), [f]) for f in see) and str(h) not in see]
        again = [f for f in prefixes if _inside(f, hide)]
        limits = self.limits
        return {
            "walls": self.walls,
            "parent_death": True,
            "top": str(self._scratch),
            "bundle": str(self._bundle),
            "kit": "/kit" if self.walls else str(self._bundle),
            "see": see,
            "hide": hide,
            "again": again,
            "links": [(p, os.readlink(p)) for p in SYSTEM if Path(p).is_symlink()],
            "path": [p for p in sys.path if p and (_inside(p, prefixes) or _inside(p, system))],
            "imports": IMPORTS,
            "disk": limits.disk,
            "output": limits.output,
            "memory_used": 4 << 30,  # addresses, not memory: what libraries reserve before the first cell
            "limits": {
                "RLIMIT_AS": limits.memory,
                "RLIMIT_DATA": limits.memory,
                "RLIMIT_FSIZE": limits.disk,
                "RLIMIT_NOFILE": 64,
                "RLIMIT_CORE": 0,
                "RLIMIT_CPU": int(limits.total * 2) + 2,
            }
            | ({"RLIMIT_NPROC": limits.processes} if self.walls else {}),
        }

    def start(self, folder: str) -> Run:
        """A process for a submission whose working folder is ``exercises/<folder>`` of the bundle. Raises NoWalls."""
        if self._process is None or self._process.poll() is not None:
            self._restart()
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        home = "" if self.walls else tempfile.mkdtemp(prefix="home-", dir=self._scratch)
        job = {"folder": folder, "uid": FIRST_UID + next(_uids) % UIDS, "home": home}
        try:
            with theirs:
                socket.send_fds(self._control, [json.dumps(job).encode()], [theirs.fileno()])
            told = _receive(self._control)
            if "pid" not in told:
                raise NoWalls(f"A submission cannot be walled in: {told.get('failed')}.")
            run = Run(mine, told["pid"], self.limits, self.walls, home)
        except BaseException:
            mine.close()
            raise
        run.begin()
        return run

    def _restart(self) -> None:
        self._stop()
        self._begin()

    def _stop(self) -> None:
        if self._process is not None:
            with contextlib.suppress(AttributeError, OSError):
                self._control.close()
            with contextlib.suppress(OSError):
                self._process.kill()
            self._process.wait(END)
            self._process = None

    def close(self) -> None:
        """End the warm process; with it goes every copy."""
        self._stop()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Run:
    """One submission's process. Ask it with ``cell``, ``value`` and ``call``, one thing at a time."""

    def __init__(self, sock: socket.socket, pid: int, limits: Limits, walls: bool, home: str) -> None:
        self._sock, self._pid, self._limits, self._walls, self._home = sock, pid, limits, walls, home
        self.alive = True
        try:
            self._handle: int | None = os.pidfd_open(pid)
        except (ProcessLookupError, AttributeError):
            self._handle = None

    def begin(self) -> None:
        """Wait until the walls stand. Raises NoWalls."""
        self._sock.settimeout(START)
        try:
            told = _receive(self._sock)
        except OSError:
            told = {"failed": "the process ended"}
        if "walled" not in told:
            self.close()
            raise NoWalls(f"A submission cannot be walled in: {told.get('failed')}.")

    def cell(self, source: str, name: str, seconds: float | None = None) -> Reply:
        """Run a cell; ``name`` is what its error messages call it."""
        return self._ask({"do": "cell", "source": source, "name": name}, seconds)

    def value(self, name: str) -> Reply:
        """A variable of the submission as plain data; the error is “NameError” if there is none."""
        return self._ask({"do": "value", "name": name})

    def call(self, name: str, inputs: Sequence[Any]) -> Reply:
        """What a function of the submission gives for these inputs. What it prints or says is dropped."""
        reply = self._ask({"do": "call", "name": name, "inputs": list(inputs)})
        return Reply(reply.value, "", reply.error)

    def _ask(self, message: dict[str, Any], seconds: float | None = None) -> Reply:
        if not self.alive:
            return Reply(error="died")
        ident = secrets.token_hex(8)
        ends = time.monotonic() + (self._limits.seconds if seconds is None else seconds)
        try:
            body = json.dumps(message | {"id": ident}).encode()
            self._sock.settimeout(max(0.01, ends - time.monotonic()))
            self._sock.sendall(struct.pack("!I", len(body)) + body)
            while True:
                size = struct.unpack("!I", self._exactly(4, ends))[0]
                if size > self._limits.reply:
                    return Reply(error="too large")
                raw = self._exactly(size, ends)
                if depth(raw, self._limits.depth) > self._limits.depth:
                    return Reply(error="too large")
                answer = json.loads(raw)
                if isinstance(answer, dict) and answer.get("id") == ident:
                    return _reply(answer, self._limits)
        except TimeoutError:
            return Reply(error="time")
        except (ValueError, RecursionError):
            return Reply(error="garbled")
        except OSError:
            return Reply(error="died")

    def _exactly(self, size: int, ends: float) -> bytes:
        parts, left = [], size
        while left:
            wait = ends - time.monotonic()
            if wait <= 0:
                raise TimeoutError
            self._sock.settimeout(wait)
            part = self._sock.recv(min(left, 1 << 16))
            if not part:
                raise ConnectionError
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """End the process and all it started; when this returns they are gone."""
        if not self.alive:
            return
        self.alive = False
        self._sock.close()
        if not self._walls:
            with contextlib.suppress(OSError):
                os.killpg(self._pid, signal.SIGKILL)
        if self._handle is not None:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            select.select([self._handle], [], [], END)
            os.close(self._handle)
        if self._home:
            shutil.rmtree(self._home, ignore_errors=True)

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def missing() -> list[str]:
    """What this machine lacks to wall a submission in, a sentence each; nothing if one was walled in just now."""
    if sys.platform != "linux":
        return [f"Namespaces are part of Linux; this is {sys.platform}."]
    if not hasattr(os, "pidfd_open"):
        return ["This Linux is too old: it has no process handles (pidfd, Linux 5.3)."]
    if os.uname().machine not in ("x86_64", "aarch64", "riscv64", "ppc64le", "s390x"):
        return [f"The processor {os.uname().machine} is not known here."]
    parts = {
        "user": "--user",
        "mount": "--mount",
        "process": "--pid --fork",
        "network": "--net",
        "IPC": "--ipc",
    }
    with tempfile.TemporaryDirectory(prefix="whosays-try-") as folder:
        bundle = Path(folder) / "bundle"
        shutil.copytree(
            HERE.parent, bundle / "notebooks" / "whosays", ignore=shutil.ignore_patterns("__pycache__")
        )
        (bundle / "exercises" / "try").mkdir(parents=True)
        try:
            with Sandbox(bundle) as sandbox, sandbox.start("try") as run:
                found = run.cell("x = 1 + 1", "try", 20.0)
                if found.error:
                    return [f"A cell that adds two numbers did not end well ({found.error})."]
                return []
        except (OSError, subprocess.SubprocessError) as error:
            lacking = [
                f"No {name} namespace: “unshare {option}” is refused."
                for name, option in parts.items()
                if not _unshares(option) and (name != "user" or os.getuid() != 0)
            ]
            return lacking or [str(error)]


def _unshares(option: str) -> bool:
    user = [] if os.getuid() == 0 or option == "--user" else ["--user"]
    try:
        command = ["unshare", *user, *option.split(), "true"]
        return subprocess.run(command, capture_output=True, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return True  # there is no such command to ask


def depth(raw: bytes, most: int) -> int:
    """How deep the brackets of a JSON text go; counting stops above ``most``."""
    deep = deepest = 0
    for byte in STRINGS.sub(b"", raw):
        if byte in b"[{":
            deep += 1
            deepest = max(deepest, deep)
            if deepest > most:
                break
        elif byte in b"]}":
            deep -= 1
    return deepest


def _reply(answer: dict[str, Any], limits: Limits) -> Reply:
    texts = [answer.get(name, "") for name in ("out", "error", "words")]
    out, error, words = (t if isinstance(t, str) else "" for t in texts)
    error = error if error.isidentifier() or not error else "Exception"
    return Reply(answer.get("value"), out[: limits.output], error[:80], words[:400])


def _send(sock: socket.socket, message: Any) -> None:
    body = json.dumps(message).encode()
    sock.sendall(struct.pack("!I", len(body)) + body)


def _receive(sock: socket.socket) -> dict[str, Any]:
    """A message of the warm process, which runs no student's code."""

    def exactly(size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = sock.recv(size - len(data))
            if not part:
                raise NoWalls("The submissions' process ended.")
            data += part
        return data

    message: dict[str, Any] = json.loads(exactly(struct.unpack("!I", exactly(4))[0]))
    return message


def _folders(*paths: str) -> list[str]:
    return [path for path in dict.fromkeys(paths) if os.path.isdir(path)]


def _inside(path: str, folders: Sequence[str], but: str = "") -> bool:
    return any(
        folder != but and (path == folder or path.startswith(folder.rstrip("/") + "/")) for folder in folders
    )
