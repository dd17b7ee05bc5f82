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
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from whosays.classroom.journal import print_before
from whosays.classroom.scratch import Scratch

HERE = Path(__file__).parent
LIBRARIES = ("numpy", "pandas", "plotly.graph_objects", "plotly.express")
IMPORTS = ("whosays", "whosays.exercises.plain")  # of the bundle
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/lib32", "/opt/python")
PRIVATE = ("/tmp", "/home", "/mine")  # the first that does not hold the interpreter is a submission's own
FIRST_UID, PLACES, UIDS = 64_100, 20, 60  # throw-away users, none of them anybody's: sixty a sandbox
START = 60.0  # seconds until a warm process must be ready
END = 5.0  # seconds until a killed process must be gone
MOMENT = 0.05  # seconds until it is known that a process has ended
WATCH = 0.2  # seconds between two looks at the memory of a submission that takes its time
PAGE = os.sysconf("SC_PAGESIZE") if hasattr(os, "sysconf") else 4096
STRINGS = re.compile(
    rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL
)  # one without an end goes to the end: no second try
MACHINES = ("x86_64", "aarch64", "riscv64")  # whose system calls warm.py knows by number


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a submission: seconds a question and in all, bytes of memory and disk, processes, and how
    many characters of output and bytes of a reply are read.

    ``memory`` holds for each process and for all together, beyond what every copy begins with.
    """

    seconds: float = 2.0
    total: float = 10.0
    memory: int = 768 << 20
    disk: int = 16 << 20
    processes: int = 32
    output: int = 20_000
    reply: int = 1 << 17
    depth: int = 40


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: ``value`` is plain data. ``error`` is empty, the name of an exception, or why nothing
    came: “time”, “died”, “too large”, “garbled”; ``words`` and ``out`` are text of the student's code.
    """

    value: Any = None
    out: str = ""
    error: str = ""
    words: str = ""


class NoWalls(OSError):
    """A submission cannot be walled in, and so is not run."""


class Sandbox:
    """One warm process, and the submissions that run as copies of it.

    It begins to get ready at once, and goes on when it is shown a student bundle; the first ``start`` waits
    until it is ready. Several threads may use it, each in a lane of its own. Those of different lanes run at
    the same time. Without ``walls`` only the limits hold. Raises NoWalls where walls are out of the question;
    where they fail, ``start`` does.
    """

    def __init__(self, limits: Limits | None = None, walls: bool = True) -> None:
        if not hasattr(os, "fork"):
            raise NoWalls("Submissions run as copies of a process, which this system cannot make (fork).")
        if walls and (never := _never()):
            raise NoWalls(never)
        self.limits, self.walls = limits or Limits(), walls
        self._hide: tuple[Path, ...] = ()
        self._bundle: Path | None = None
        self._place, self._claim = _claimed() if walls else (0, None)
        self._processors = sorted(os.sched_getaffinity(0)) if walls else [0]
        self._users = itertools.cycle(
            range(FIRST_UID + self._place * UIDS, FIRST_UID + (self._place + 1) * UIDS)
        )
        self._scratch = Scratch()
        self._lock = threading.Lock()
        self._made = 0  # warm processes, one after the other
        self._resident: int | None = None  # bytes that a copy begins with; None until that is told
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    @property
    def bundle(self) -> Path:
        """The bundle that was shown."""
        assert self._bundle is not None, "show a bundle first"
        return self._bundle

    def show(self, bundle: Path, hide: Sequence[Path] = ()) -> Sandbox:
        """Let submissions see a student bundle, once, at /kit. Returns the sandbox itself.

        ``hide`` are folders that they must not see, should one lie inside what the interpreter needs.
        """
        assert self._bundle is None, "there is a bundle already"
        self._bundle, self._hide = bundle.resolve(), tuple(path.resolve() for path in hide)
        self._tell(self._plan())
        return self

    def _begin(self) -> None:
        """Start a warm process, and do not wait until it is ready."""
        self._made += 1
        self._resident = None
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(HERE / "warm.py"), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                start_new_session=True,
            )
        self._control.settimeout(START)
        see = (*_prefixes(), *_system())
        self._tell(
            {
                "walls": self.walls,
                "throw_away_users": os.getuid() == 0 and _maps_users(),
                "path": [p for p in sys.path if p and _inside(p, see)],
                "imports": LIBRARIES,
            }
        )
        if self._bundle is not None:
            self._tell(self._plan())

    def _tell(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # it has ended; whoever waits for it is told
            _send(self._control, message)

    def _wait(self) -> None:
        """Wait until the warm process is ready. Raises NoWalls."""
        try:
            told = _receive(self._control)
        except OSError as error:
            told = {"failed": error}
        if "failed" in told:
            self._stop()
            raise NoWalls(f"The submissions' process cannot start: {told['failed']}.")
        self._resident = int(told["resident"])

    def _plan(self) -> dict[str, Any]:
        """What a submission sees, and what it may use."""
        prefixes, system = _prefixes(), _system()
        see = [f for f in dict.fromkeys((*system, *prefixes)) if not _inside(f, system, but=f)]
        hide = [str(h) for h in self._hide if any(_inside(str(h), [f]) for f in see) and str(h) not in see]
        again = [f for f in prefixes if _inside(f, hide)]
        limits = self.limits
        return {
            "top": str(self._scratch.path),
            "bundle": str(self.bundle),
            "kit": "/kit" if self.walls else str(self.bundle),
            "private": next(d for d in PRIVATE if not any(_inside(f, [d]) for f in (*see, *again))),
            "see": see,
            "hide": hide,
            "again": again,
            "links": [(p, str(Path(p).readlink())) for p in SYSTEM if Path(p).is_symlink()],
            "imports": IMPORTS,
            "disk": limits.disk,
            "output": limits.output,
            "limits": {
                "RLIMIT_AS": limits.memory,
                "RLIMIT_DATA": limits.memory,
                "RLIMIT_FSIZE": limits.disk,
                "RLIMIT_NOFILE": 64,
                "RLIMIT_CORE": 1,  # 0 would still start the program that collects this machine's crashes
                "RLIMIT_CPU": int(limits.total * 2) + 2,
            }
            | (
                {"RLIMIT_NPROC": limits.processes, "RLIMIT_MSGQUEUE": 0, "RLIMIT_SIGPENDING": 256}
                if self.walls
                else {}
            ),
        }

    def settle(self, lane: int = 0) -> None:
        """Let the calling thread run where the submissions of its lane run.

        To wake another processor takes as long as many an answer.
        """
        if self.walls:
            os.sched_setaffinity(0, {self._processor(lane)})

    def _processor(self, lane: int) -> int:
        return self._processors[(self._place + lane) % len(self._processors)]

    def start(self, folder: str, lane: int = 0) -> Run:
        """A process for a submission that works in ``exercises/<folder>`` of the bundle. Raises NoWalls."""
        for again in (True, False):
            with self._lock:
                if not self._lives():
                    self._stop()
                    self._begin()
                if self._resident is None:
                    self._wait()
                made = self._made
            try:
                with self._lock:
                    run = self._start(folder, lane)
                run.begin()
                return run
            except OSError as error:
                if not again:
                    raise NoWalls(f"A submission cannot be walled in: {error}.") from error
                with self._lock:
                    if self._made == made:
                        self._stop()
        raise AssertionError("not reached")

    def _lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def lost(self, run: Run) -> bool:
        """Whether a process ended with its warm process, by no fault of its own."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(MOMENT)
        return run.made != self._made or not self._lives()

    def _start(self, folder: str, lane: int) -> Run:
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        home = "" if self.walls else tempfile.mkdtemp(prefix="home-", dir=self._scratch.path)
        assert self._resident is not None
        job = {"folder": folder, "uid": next(self._users), "home": home, "processor": self._processor(lane)}
        try:
            with theirs:
                socket.send_fds(self._control, [json.dumps(job).encode()], [theirs.fileno()])
            handles: list[int] = []
            told = _receive(self._control, handles)
            if "pid" not in told or (self.walls and not handles):
                raise NoWalls(told.get("failed", "it has no handle"))
            run = Run(mine, told["pid"], handles[0] if handles else None, self.limits, home, self._resident)
        except BaseException:
            mine.close()
            raise
        run.made = self._made
        return run

    def _stop(self) -> None:
        if self._process is not None:
            self._control.close()  # then the warm process ends, with every copy
            if self._resident is None:  # it gets ready, and would hear of that later
                self._process.kill()
            try:
                self._process.wait(END)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(END)
            self._process = None

    def close(self) -> None:
        """End the warm process; with it goes every copy."""
        self._stop()
        if self._claim is not None:
            self._claim.close()
        self._scratch.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def early(journal: Path, limits: Limits, walls: bool) -> Sandbox | None:
    """A sandbox that gets ready while all else does, where a first run will need one.

    None where an earlier run may have graded all, and where there can be none: that is said once it matters.
    """
    if not print_before(journal):
        with contextlib.suppress(NoWalls):
            return Sandbox(limits, walls)
    return None


class Run:
    """One submission's process. Ask it with ``cell``, ``value`` and ``call``, one thing at a time."""

    def __init__(
        self, sock: socket.socket, pid: int, handle: int | None, limits: Limits, home: str, resident: int = 0
    ) -> None:
        self._sock, self._handle, self._limits, self._home = sock, handle, limits, home
        self._pid = pid if home or handle is None else _number(handle)
        self._resident, self._watched = resident, time.monotonic()
        self.alive = True
        self.made = 0  # the number of its warm process
        self.ends = float("inf")  # by time.monotonic(): when all asking is over

    def begin(self) -> None:
        """Wait until the walls stand. Raises NoWalls."""
        self._sock.settimeout(START)
        try:
            told = _receive(self._sock)
        except OSError:
            told = {"failed": "the process ended"}
        if "walled" not in told:
            self.close()
            raise NoWalls(told.get("failed"))

    def cell(self, source: str, name: str, seconds: float | None = None) -> Reply:
        """Run a cell; ``name`` is what its error messages call it."""
        return self._ask({"do": "cell", "source": source, "name": name}, seconds)

    def value(self, name: str) -> Reply:
        """A variable of the submission as plain data; the error is “missing” if there is none."""
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
        ends = min(ends, self.ends)
        try:
            self._watch()
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
                answer = _plain(raw)
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
            self._sock.settimeout(min(wait, WATCH))
            try:
                part = self._sock.recv(min(left, 1 << 16))
            except TimeoutError:
                self._watch()
                continue
            if not part:
                raise ConnectionError
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def _watch(self) -> None:
        """See now and then that all its processes together stay within the memory. Raises OSError."""
        if time.monotonic() - self._watched < WATCH:
            return
        if held(self._pid, self._resident) > self._limits.memory:
            raise ConnectionError("it holds too much memory")
        self._watched = time.monotonic()

    def end(self) -> None:
        """Kill the process and all it started, and do not wait until they are gone."""
        if not self.alive:
            return
        self.alive = False
        self._sock.close()
        if self._home:
            with contextlib.suppress(OSError):
                os.killpg(self._pid, signal.SIGKILL)
        if self._handle is not None:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def close(self) -> None:
        """End the process and all it started; when this returns they are gone."""
        self.end()
        if self._handle is not None:
            select.select([self._handle], [], [], END)
            os.close(self._handle)
            self._handle = None
        if self._home:
            shutil.rmtree(self._home, ignore_errors=True)

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def missing() -> list[str]:
    """What this machine lacks to wall a submission in, a sentence each; none if it has just been done."""
    never = _never()
    if never:
        return [never]
    parts = {
        "user": "--user",
        "mount": "--mount",
        "process": "--pid --fork",
        "network": "--net",
        "IPC": "--ipc",
    }
    with Scratch() as folder:
        bundle = folder / "bundle"
        shutil.copytree(
            HERE.parent, bundle / "notebooks" / "whosays", ignore=shutil.ignore_patterns("__pycache__")
        )
        (bundle / "exercises" / "try").mkdir(parents=True)
        try:
            with Sandbox().show(bundle) as sandbox, sandbox.start("try") as run:
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


def _never() -> str:
    """Why walls are out of the question on this machine, a sentence; nothing if they may be possible."""
    if sys.platform != "linux":
        return f"Namespaces are part of Linux; this is {sys.platform}."
    if not hasattr(os, "pidfd_open"):
        return "This Linux is too old: it has no process handles (pidfd, Linux 5.3)."
    if os.uname().machine not in MACHINES:
        return f"The processor {os.uname().machine} is not known here."
    return ""


def _unshares(option: str) -> bool:
    user = [] if os.getuid() == 0 or option == "--user" else ["--user"]
    try:
        command = ["unshare", *user, *option.split(), "true"]
        return subprocess.run(command, capture_output=True, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return True  # there is no such command to ask


def held(pid: int, less: int = 0) -> int:
    """Bytes of memory that a process and all below it hold, each beyond ``less``; 0 if it cannot be seen."""
    own: dict[int, int] = {}
    below: dict[int, list[int]] = {}
    try:
        numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    except OSError:
        return 0
    for number in numbers:
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{number}/stat").read_bytes().rpartition(b")")[2].split()
            own[number] = max(0, int(fields[21]) * PAGE - less)
            below.setdefault(int(fields[1]), []).append(number)
    total, todo = 0, [pid]
    while todo:
        number = todo.pop()
        total += own.get(number, 0)
        todo += below.get(number, ())
    return total


def _number(handle: int) -> int:
    """The number that the process behind a handle has here; -1 if there is no telling."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/self/fdinfo/{handle}").read_text(encoding="ascii").splitlines():
            if line.startswith("Pid:"):
                return int(line.split()[1])
    return -1


def _claimed() -> tuple[int, socket.socket | None]:
    """A place that no other sandbox here has, and what holds it: a name that ends with its process."""
    for place in range(PLACES):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0whosays-sandbox-{place}")
            return place, claim
        except OSError:
            claim.close()
    return secrets.randbelow(PLACES), None


def _maps_users() -> bool:
    """Whether the throw-away users exist here: a container may know only a few numbers."""
    last = FIRST_UID + PLACES * UIDS
    try:
        maps = [Path(f"/proc/self/{kind}_map").read_text(encoding="ascii") for kind in ("uid", "gid")]
    except OSError:
        return False
    return all(
        any(int(first) <= FIRST_UID and last <= int(first) + int(many) for first, _, many in rows)
        for rows in ([line.split() for line in text.splitlines()] for text in maps)
    )


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


def _plain(raw: bytes) -> Any:
    """What a reply says, without halves of characters, which no file can hold. Raises ValueError."""
    answer = json.loads(raw.decode())
    if b"\\ud" in raw.lower():
        whole = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
        return json.loads(whole)
    return answer


def _reply(answer: dict[str, Any], limits: Limits) -> Reply:
    texts = [answer.get(name, "") for name in ("out", "error", "words")]
    out, error, words = (t if isinstance(t, str) else "" for t in texts)
    error = error if error.isidentifier() or not error else "Exception"
    return Reply(answer.get("value"), out[: limits.output], error[:80], words[:400])


def _send(sock: socket.socket, message: Any) -> None:
    body = json.dumps(message).encode()
    sock.sendall(struct.pack("!I", len(body)) + body)


def _receive(sock: socket.socket, handles: list[int] | None = None) -> dict[str, Any]:
    """A message of the warm process, which runs no student's code, and in ``handles`` what came with it."""

    def exactly(size: int) -> bytes:
        data = b""
        while len(data) < size:
            if handles is None:
                part = sock.recv(size - len(data))
            else:
                part, found, _, _ = socket.recv_fds(sock, size - len(data), 1)
                handles.extend(found)
            if not part:
                raise NoWalls("the process ended")
            data += part
        return data

    message: dict[str, Any] = json.loads(exactly(struct.unpack("!I", exactly(4))[0]))
    return message


def _prefixes() -> list[str]:
    """Where the interpreter and its packages are."""
    return _folders(sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.realpath(sys.prefix))


def _system() -> list[str]:
    """Where the system keeps programs and libraries."""
    return _folders(*(path for path in SYSTEM if not Path(path).is_symlink()))


def _folders(*paths: str) -> list[str]:
    return [path for path in dict.fromkeys(paths) if Path(path).is_dir()]


def _inside(path: str, folders: Sequence[str], but: str = "") -> bool:
    return any(
        folder != but and (path == folder or path.startswith(folder.rstrip("/") + "/")) for folder in folders
    )
