"""The warm process: it imports once what a submission may use; a copy of it then runs each submission.

It is started as a script with an empty environment and one open socket, walls itself in and imports only then:
what it sees is the interpreter and the student bundle. No hidden case, no key and no other submission was ever in
it. Each copy gets namespaces of its own, a private small disk, no rights and little memory, and answers messages:
a message is a JSON text after its length in four bytes.
"""

from __future__ import annotations

import array
import builtins
import ctypes
import gc
import io
import json
import os
import resource
import signal
import socket
import struct
import sys
import traceback
from typing import Any

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x20000,
    0x4000000,
    0x8000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
RDONLY, NOSUID, NODEV, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
DETACH = 2
NO_NEW_PRIVS, CAPBSET_DROP, PDEATHSIG, SET_DUMPABLE = 38, 24, 1, 4
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}
CAPABILITIES = 0x20080522
KIT = "/kit"
ERRORS = frozenset(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
)
LIBC = ctypes.CDLL(None, use_errno=True)


def call(name: str, *args: Any) -> None:
    """A call of the C library. Raises OSError."""
    if getattr(LIBC, name)(*args) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    names = [text.encode() if text else None for text in (source, target, kind)]
    call("mount", *names, ctypes.c_ulong(flags), data.encode() if data else None)


# Walls around the warm process ----------------------------------------------------------------------------------


def wall_in(plan: dict[str, Any]) -> None:
    """Leave the machine's files: from here on there are the interpreter and the bundle, to read only."""
    if os.getuid() == 0:
        call("unshare", NEWNS)
    else:
        uid, gid = os.getuid(), os.getgid()
        call("unshare", NEWUSER | NEWNS)
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{uid} {uid} 1"),
            ("gid_map", f"{gid} {gid} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    mount("none", "/", flags=REC | PRIVATE)
    top = plan["top"]
    mount("tmpfs", top, "tmpfs", NOSUID | NODEV, "size=1m,nr_inodes=512,mode=755")
    for folder in plan["see"]:
        show(folder, top + folder)
    for folder in plan["hide"]:
        mount("tmpfs", top + folder, "tmpfs", NOSUID | NODEV | RDONLY, "size=4k,mode=755")
    for folder in plan["again"]:
        show(folder, top + folder)
    for link, target in plan["links"]:
        os.symlink(target, top + link)
    show(plan["bundle"], top + KIT)
    os.mkdir(top + "/dev")
    for device in ("/dev/null", "/dev/zero", "/dev/urandom"):
        with open(top + device, "w"):
            pass
        mount(device, top + device, flags=BIND)
    for folder in ("/tmp", "/home"):
        os.mkdir(top + folder)
    os.chdir(top)
    os.mkdir("old")
    call("syscall", PIVOT_ROOT[os.uname().machine], b".", b"old")
    os.chdir("/")
    call("umount2", b"/old", DETACH)
    os.rmdir("/old")
    mount("none", "/", flags=REMOUNT | RDONLY | NOSUID | NODEV)


def show(folder: str, inside: str) -> None:
    """Let ``folder`` be seen at ``inside``, to read only."""
    os.makedirs(inside, exist_ok=True)
    mount(folder, inside, flags=BIND | REC)
    # What a user namespace got from outside keeps its own flags: only more may be added.
    kept = os.statvfs(inside).f_flag & (NOSUID | NODEV | 8 | 1024 | 2048 | 4096)
    flags = {8: 8, 1024: 1024, 2048: 2048, 4096: 1 << 21}
    mount(
        "none",
        inside,
        flags=BIND | REMOUNT | RDONLY | NOSUID | NODEV | sum(flags.get(f, 0) for f in flags if kept & f),
    )


# Walls around each submission -----------------------------------------------------------------------------------


def enter(plan: dict[str, Any], job: dict[str, Any]) -> None:
    """In a fresh copy: own namespaces, a private disk, no rights, limits."""
    if plan["walls"]:
        call("unshare", NEWNS | NEWNET | NEWIPC | NEWUTS)
        for folder in ("/tmp", "/home"):
            mount("tmpfs", folder, "tmpfs", NOSUID | NODEV, f"size={plan['disk']},nr_inodes=1024,mode=1777")
        for capability in range(64):
            LIBC.prctl(CAPBSET_DROP, capability, 0, 0, 0)
        if os.getuid() == 0:
            os.setgroups([])
            os.setresgid(job["uid"], job["uid"], job["uid"])
            os.setresuid(job["uid"], job["uid"], job["uid"])
        call("capset", (ctypes.c_uint32 * 2)(CAPABILITIES, 0), (ctypes.c_uint32 * 6)())
        call("prctl", NO_NEW_PRIVS, 1, 0, 0, 0)
        call("prctl", SET_DUMPABLE, 0, 0, 0, 0)
        home = "/home"
    else:
        os.setsid()
        home = job["home"]
    os.environ.clear()
    os.environ.update(
        HOME=home,
        PATH="/usr/bin:/bin",
        LANG="C.UTF-8",
        TMPDIR="/tmp" if plan["walls"] else home,
        WHOSAYS_WORK=f"{home}/work",
        MPLBACKEND="agg",
    )
    for what, most in plan["limits"].items():
        number = getattr(resource, what)
        hard = resource.getrlimit(number)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(number, (most, most))
    os.umask(0o077)
    os.chdir(os.path.join(plan["kit"], "exercises", job["folder"]))


class Capped(io.TextIOBase):
    """A place to print to, of which only the beginning is kept."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most, self._parts = most, [""]

    def write(self, text: str) -> int:
        if self._most > 0:
            self._parts.append(text[: self._most])
            self._most -= len(text)
        return len(text)

    def writable(self) -> bool:
        return True

    def text(self) -> str:
        return "".join(self._parts)


class Shell:
    """What stands in for IPython's shell: every magic does nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **named: None


def send(sock: socket.socket, message: Any) -> None:
    body = json.dumps(message).encode()
    sock.sendall(struct.pack("!I", len(body)) + body)


def receive(sock: socket.socket) -> Any:
    size = exactly(sock, 4)
    return json.loads(exactly(sock, struct.unpack("!I", size)[0]))


def exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            os._exit(0)
        data += more
    return data


def serve(sock: socket.socket, most: int) -> None:
    """Answer messages until the socket is closed. What is answered is believed by nobody."""
    from IPython.core.inputtransformer2 import TransformerManager

    from whosays.exercises import plain

    transform = TransformerManager().transform_cell
    shell = Shell()
    space: dict[str, Any] = {
        "__name__": "__main__",
        "__builtins__": builtins,
        "display": lambda *args, **named: None,
        "get_ipython": lambda: shell,
    }
    main = type(sys)("__main__")
    main.__dict__.update(space)
    sys.modules["__main__"], space = main, main.__dict__
    encode, decode, dumps = plain.encode, plain.decode, json.dumps
    lines, step = traceback.extract_tb, Capped
    while True:
        job = receive(sock)
        visible = job["do"] == "cell"
        out = step(most if visible else 0)
        answer: dict[str, Any] = {"id": job["id"]}
        sys.stdout = sys.stderr = out  # type: ignore[assignment]
        try:
            if visible:
                exec(compile(transform(job["source"]), job["name"], "exec"), space)
            elif job["do"] == "value":
                answer["value"] = encode(space[job["name"]])
            elif job["name"] not in space:
                raise NameError(job["name"])
            else:
                function = space[job["name"]]
                if function is ...:
                    answer["value"] = encode(...)
                else:
                    answer["value"] = encode(function(*[decode(value) for value in job["inputs"]]))
        except BaseException as error:
            kind = type(error).__name__
            answer["error"] = kind if visible or kind in ERRORS else "Exception"
            if job["do"] == "value" and type(error) is KeyError:
                answer["error"] = "NameError"
            if visible:
                answer["words"] = words(error, job["name"], lines)
        answer["out"] = out.text()
        body = dumps(answer).encode()
        sock.sendall(struct.pack("!I", len(body)) + body)


def words(error: BaseException, name: str, lines: Any) -> str:
    """What went wrong in a cell, and in which line of it."""
    try:
        told = str(error)[:300]
        if isinstance(error, SyntaxError):
            return f"{error.msg} (line {error.lineno})"[:300]
        at = [frame.lineno for frame in lines(error.__traceback__) if frame.filename == name]
        return f"{told} (line {at[-1]})" if at else told
    except BaseException:
        return ""


# The loop of the warm process -----------------------------------------------------------------------------------


def keep_only(*sockets: socket.socket) -> None:
    """Close everything this process inherited, save these sockets."""
    kept = sorted(s.fileno() for s in sockets)
    edges = [2, *kept, 4096]
    for low, high in zip(edges, edges[1:], strict=False):
        os.closerange(low + 1, high)
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)


def main() -> None:
    """Read the plan, wall in, import, then fork for each job that comes in."""
    control = socket.socket(fileno=int(sys.argv[1]))
    plan = receive(control)
    try:
        home = os.open("/proc/self/ns/pid", os.O_RDONLY) if plan["walls"] else -1
        if plan["walls"]:
            if plan["parent_death"]:
                LIBC.prctl(PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            wall_in(plan)
        sys.path[:] = [os.path.join(plan["kit"], "notebooks"), *plan["path"]]
        for name in plan["imports"]:
            __import__(name)
        rehearse()
    except Exception as error:
        send(control, {"failed": f"{type(error).__name__}: {error}"})
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    used = plan["memory_used"]
    plan["limits"]["RLIMIT_AS"] += used if used else 0
    send(control, {"ready": True})
    while True:
        data, ancillary, _, _ = control.recvmsg(4096, socket.CMSG_SPACE(4))
        if not data:
            return
        fds = array.array("i")
        for _, _, content in ancillary:
            fds.frombytes(content)
        with socket.socket(fileno=fds[0]) as sock:
            try:
                pid = copy(plan, json.loads(data), sock, home)
                send(control, {"pid": pid})
            except OSError as error:
                send(control, {"failed": str(error)})


def rehearse() -> None:
    """Do once what most submissions do, so that no copy has to make ready for it."""
    import pandas as pd
    from IPython.core.inputtransformer2 import TransformerManager

    from whosays.exercises import plain

    TransformerManager().transform_cell("x = 1\n")
    table = pd.read_csv(io.StringIO("a,b\nx,1\ny,2\n"))
    for value in (
        table[table["b"] > 1].sort_values("b"),
        table.groupby("a")["b"].agg(["max", "sum"]),
        table["a"].value_counts(normalize=True),
        pd.crosstab(table["a"], table["b"]),
        table.merge(table, on="a"),
        table["a"].str.contains("x"),
        table.drop_duplicates(["a", "b"]),
    ):
        plain.decode(plain.encode(value))


def copy(plan: dict[str, Any], job: dict[str, Any], sock: socket.socket, home: int) -> int:
    """Fork a submission's process; the number of it. It is the first of its own process namespace."""
    if plan["walls"]:
        call("setns", home, NEWPID)
        call("unshare", NEWPID)
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        keep_only(sock)
        try:
            enter(plan, job)
        except OSError as error:
            send(sock, {"failed": str(error)})
            os._exit(1)
        send(sock, {"walled": True})
        serve(sock, plan["output"])
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
