"""The walls around a submission: what it sees, what it may, how much it gets, and what is left of it."""

import contextlib
import errno
import json
import os
import re
import secrets
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import hostile
import students
import two_sets
from whosays.classroom import bundle, sandbox, scratch, warm
from whosays.classroom.grading import Grader, _Attempt
from whosays.classroom.notebooks import Matched, Release, match
from whosays.classroom.sandbox import Limits, NoWalls, Reply, Run, Sandbox, depth, held
from whosays.exercises.score import Given

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="walls are made of Linux's namespaces")
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root may look at namespaces from outside")
PATIENT = 20.0  # seconds: these tests are not about time, and other programs may run beside them


@pytest.fixture(scope="module")
def student_bundle(tmp_path_factory):
    made = tmp_path_factory.mktemp("walls") / "bundle"
    bundle.write(made)
    return made


@pytest.fixture(scope="module")
def walls(student_bundle):
    if why := sandbox.missing():
        pytest.skip(" ".join(why))
    with Sandbox(Limits(seconds=PATIENT, total=60.0)).show(student_bundle, (two_sets.KIT,)) as made:
        yield made


@pytest.fixture
def run(walls):
    with walls.start("set1") as started:
        yield started


def said(run: Run, source: str) -> str:
    """What code says in there. Fails if it fails."""
    reply = run.cell(source, "try", PATIENT)
    assert not reply.error, reply
    return reply.out.rstrip("\n")


def own(run: Run) -> str:
    """The folder of its own disk. It is another one where the kit or the interpreter lies below /tmp."""
    return said(run, "import os; print(os.environ['HOME'])")


def tried(run: Run, source: str) -> str:
    """The name of the error that code ends with in there, or what it says."""
    reply = run.cell(source, "try", PATIENT)
    return reply.error or reply.out.rstrip("\n")


def asked(run: Run, call: str) -> int:
    """What a system call is answered in there: 0, or the number of the error."""
    setup = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
    return int(said(run, f"{setup}print(ctypes.get_errno() if {call} == -1 else 0)"))


def children(pid: int) -> list[int]:
    """The processes below a process, those that have ended but for their name left out."""
    found, todo = [], [pid]
    rows = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                rows[int(folder.name)] = (int(fields[1]), fields[0])
    while todo:
        above = todo.pop()
        below = [n for n, (parent, state) in rows.items() if parent == above and state != "Z"]
        found += below
        todo += below
    return found


def soon(true, seconds: float = 5.0) -> bool:
    """Whether something becomes true in a little while."""
    ends = time.monotonic() + seconds
    while not (now := true()) and time.monotonic() < ends:
        time.sleep(0.02)
    return bool(now)


# What it sees -------------------------------------------------------------------------------------------


@as_root
def test_it_has_namespaces_of_its_own(run: Run) -> None:
    for kind in ("mnt", "pid", "net", "ipc", "uts"):
        ours, theirs = (Path(f"/proc/{pid}/ns/{kind}").readlink() for pid in ("self", run._pid))
        assert ours != theirs, kind


@as_root
@pytest.mark.parametrize("graders", [1, 2])
def test_two_at_a_time_share_none(walls: Sandbox, student_bundle: Path, graders: int) -> None:
    with contextlib.ExitStack() as stack:
        beside = walls if graders == 1 else stack.enter_context(Sandbox().show(student_bundle))
        one, other = stack.enter_context(walls.start("set1")), stack.enter_context(beside.start("set1", 1))
        for kind in ("mnt", "pid", "net", "ipc", "uts"):
            first, second = (Path(f"/proc/{run._pid}/ns/{kind}").readlink() for run in (one, other))
            assert first != second, kind
        first, second = (int(said(run, "import os; print(os.getuid())")) for run in (one, other))
        assert first != second
        assert min(first, second) >= sandbox.FIRST_UID


def test_two_graders_on_a_machine_never_take_the_same_users(walls: Sandbox, student_bundle: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom whosays.classroom.sandbox import Sandbox\n"
        "with Sandbox().show(Path(sys.argv[1])) as made:\n"
        "    print(made._place, flush=True)\n    sys.stdin.read()"
    )
    call = [sys.executable, "-c", code, str(student_bundle)]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        place = int(other.stdout.readline())
        assert place != walls._place
        other.communicate("")


def test_an_interpreter_below_tmp_is_no_obstacle(
    student_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        made = Path(folder) / "environment"
        made.mkdir()
        (made / "note.txt").write_text("here")
        monkeypatch.setattr(sys, "exec_prefix", str(made))  # as in a kit that was unpacked there
        with Sandbox().show(student_bundle) as sandbox, sandbox.start("set1") as run:
            assert said(run, f"print(open('{made}/note.txt').read())") == "here"
            assert tried(run, f"open('{made}/new', 'w')") == "OSError"
            said(run, "import os; open('mine', 'w').write('x'); open(f'{os.environ[\"HOME\"]}/mine', 'w')")
            assert said(run, "import tempfile; print(tempfile.gettempdir())") == "/home"


def test_it_is_the_first_process_of_an_empty_machine(run: Run) -> None:
    assert said(run, "import os; print(os.getpid(), os.getppid())") == "1 0"
    assert tried(run, "import os; os.kill(2, 0)") == "ProcessLookupError"
    assert not said(run, "import os; print(*os.listdir('/proc'))" if said(run, "print('')") else "pass")
    assert tried(run, "open('/proc/self/environ')") == "FileNotFoundError"


def test_it_has_no_way_to_the_network(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as named:
        name = f"walls-{secrets.token_hex(4)}"
        named.bind(f"\0{name}")
        named.listen()
        port = server.getsockname()[1]
        assert tried(run, f"import socket; socket.create_connection(('127.0.0.1', {port}), 1)") == "OSError"
        source = f"import socket; socket.socket(socket.AF_UNIX).connect('\\0{name}')"
        assert tried(run, source) == "ConnectionRefusedError"
        with socket.socket(socket.AF_UNIX) as outside:
            outside.connect(f"\0{name}")  # as anybody else can


@pytest.mark.parametrize("family", [16, 17, 38, 40])  # netlink, packets, the kernel's ciphers, a host
def test_only_sockets_that_a_namespace_holds(run: Run, family: int) -> None:
    assert tried(run, f"import socket; socket.socket({family}, socket.SOCK_RAW)") == "PermissionError"
    assert tried(run, f"import socket; socket.socket({family}, socket.SOCK_STREAM)") == "PermissionError"


def test_it_inherits_no_open_file_but_its_own_socket(walls: Sandbox) -> None:
    with open(__file__) as kept, walls.start("set1") as run:  # noqa: PTH123 - a plain descriptor
        os.set_inheritable(kept.fileno(), True)
        found = said(
            run,
            "import os, stat\nfor n in range(4096):\n    try: print(n, stat.filemode(os.fstat(n).st_mode)[0])"
            "\n    except OSError: pass",
        )
        kinds = [line.split()[1] for line in found.splitlines()]
        assert kinds == ["c", "c", "c", "s"], found


def test_its_environment_says_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    names = set(said(run, "import os; print(*os.environ)").split())
    assert names == {"HOME", "PATH", "LANG", "TMPDIR", "WHOSAYS_WORK", "MPLBACKEND"}


def test_the_warm_process_is_started_without_our_environment(
    student_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHOSAYS_SECRET", "a secret word")
    with Sandbox().show(student_bundle) as made:
        made.start("set1").close()
        assert made._process is not None
        pids = [made._process.pid, *children(made._process.pid)]
        assert len(pids) == 2
        for pid in pids:
            assert b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()
            assert len(os.listdir(f"/proc/{pid}/fd")) <= 6  # noqa: PTH208
        with made.start("set1") as run:
            look = (
                "import gc; print(any(''.join(reversed('drow terces')) in str(o) for o in gc.get_objects()))"
            )
            assert said(run, look) == "False"


def test_it_sees_the_interpreter_and_the_bundle_and_nothing_else(walls: Sandbox, run: Run) -> None:
    mine = own(run)
    skip = ("/usr", "/opt/python", sys.prefix, sys.base_prefix, "/kit/", mine)
    source = f"""
import os
for top, folders, names in os.walk("/"):
    if top.startswith({skip!r}):
        folders.clear()
    else:
        print(*(os.path.join(top, name) for name in [*names, *folders]), sep="\\n")
"""
    seen = {path for path in said(run, source).splitlines() if path}
    needed = {*sandbox.SYSTEM, "/kit", mine, "/dev", sys.prefix, sys.base_prefix, *map(str, above(skip))}
    needed |= {"/dev/null", "/dev/zero", "/dev/urandom"}
    assert {path for path in seen if not path.startswith("/kit/")} <= needed
    assert {path for path in seen if path.startswith("/kit/")} == {f"/kit/{p.name}" for p in bundle_of(walls)}


def above(paths: tuple[str, ...]) -> set[Path]:
    """The folders on the way to some."""
    return {parent for path in paths for parent in Path(path).parents}


def bundle_of(made: Sandbox) -> list[Path]:
    """What lies at the top of the bundle that its submissions see."""
    return list(made._bundle.iterdir())


def test_no_key_and_no_hidden_case_is_anywhere_in_there(run: Run) -> None:
    words = [
        case["about"]
        for path in (two_sets.KIT / "exercises" / "keys").glob("*.json")
        for entry in json.loads(path.read_text(encoding="utf-8"))["questions"].values()
        for case in entry.get("hidden", ())
    ]
    assert len(words) > 5
    source = f"""
import gc, os
words = {[w[:4] + "|" + w[4:] for w in words]!r}
words = [w.replace("|", "", 1).encode() for w in words]
for top, folders, names in os.walk("/kit"):
    assert not set(folders) & {{"keys", "reference", "source"}}, top
    for name in names:
        text = open(os.path.join(top, name), "rb").read()
        assert b'"hidden"' not in text or name.endswith(".py"), name
        assert not any(w in text and len(w) > 25 for w in words), name
from whosays import pack
from whosays.exercises import sets
assert not pack.load().has_reference
assert all(sets.read_set(name).key is None for name in sets.names())
"""
    said(run, source)


def test_nothing_in_there_can_be_written_but_its_own_disk(run: Run) -> None:
    for place in (
        "/",
        "/kit",
        "/kit/data",
        "/usr",
        "/dev",
        sys.prefix,
        sys.base_prefix,
        "/kit/notebooks/whosays",
    ):
        reply = run.cell(f"open({place + '/new'!r}, 'w')", "try", PATIENT)
        assert reply.error in ("OSError", "PermissionError"), (place, reply)
        assert "Read-only" in reply.words or "denied" in reply.words
    said(run, f"open('{own(run)}/new', 'w').write('x'); open('new', 'w').write('x')")
    before = os.stat("/dev/null").st_mtime_ns  # noqa: PTH116
    assert tried(run, "import os; os.utime('/dev/null')") in ("OSError", "PermissionError")
    said(run, "open('/dev/null', 'w').write('x'); assert open('/dev/urandom', 'rb').read(1)")
    assert os.stat("/dev/null").st_mtime_ns == before  # noqa: PTH116


def test_what_is_to_be_hidden_is_empty_even_within_the_interpreters_own_folder(student_bundle: Path) -> None:
    inside = Path(json.__file__).parent
    with Sandbox(Limits(seconds=PATIENT)).show(student_bundle, (inside,)) as made, made.start("set1") as run:
        assert said(run, f"import os; print(os.listdir({str(inside)!r}))") == "[]"
        assert said(run, f"import os; print(len(os.listdir({str(inside.parent)!r})) > 50)") == "True"


@as_root
def test_what_is_mounted_within_the_bundle_is_to_read_only_as_well(student_bundle: Path) -> None:
    source = "import os; print(os.listdir('/kit/data')); open('/kit/data/new', 'w')"
    code = f"""
import sys
import tempfile
from pathlib import Path
from whosays.classroom.sandbox import Sandbox
with Sandbox().show(Path(sys.argv[1])) as made, made.start("set1") as run:
    print(run.cell({source!r}, "try", {PATIENT}))
"""
    script = 'mount -t tmpfs -o mode=1777 tmpfs "$1/data" && touch "$1/data/there" && exec "$2" -c "$3" "$1"'
    call = ["unshare", "--mount", "sh", "-c", script, "sh", str(student_bundle), sys.executable, code]
    found = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
    assert "['there']" in found.stdout, found.stderr
    assert "Read-only file system" in found.stdout


def test_what_one_writes_the_next_does_not_see(walls: Sandbox) -> None:
    with walls.start("set1") as first:
        note = f"{own(first)}/note"
        said(first, f"open({note!r}, 'w').write('x'); open('example.csv', 'w').write('x')")
        said(first, "import builtins; builtins.note = 1; import whosays; whosays.note = 1")
    with walls.start("set1") as second:
        assert said(second, f"import os; print(os.path.exists({note!r}))") == "False"
        assert "rung" in said(second, "print(open('example.csv').read())")
        assert tried(second, "note") == "NameError"
        assert said(second, "import whosays; print(hasattr(whosays, 'note'))") == "False"


def test_it_works_where_a_student_does(run: Run) -> None:
    source = "import os; print(*sorted(os.listdir('.'))); print(os.path.exists('../../data/sentences.csv'))"
    assert said(run, source) == "example.csv set1.json\nTrue"
    assert said(run, "import pandas as pd; print(len(pd.read_csv('example.csv')) > 5)") == "True"


# What it may --------------------------------------------------------------------------------------------


def test_it_has_no_rights(run: Run) -> None:
    about = Path(f"/proc/{run._pid}/status").read_text(encoding="utf-8")
    for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert re.search(rf"^{kind}:\t0+$", about, re.MULTILINE), kind
    assert re.search(r"^NoNewPrivs:\t1$", about, re.MULTILINE)
    assert re.search(r"^Seccomp:\t2$", about, re.MULTILINE)
    if os.getuid() == 0:
        assert re.search(r"^Uid:(\t6[45]\d{3}){4}$", about, re.MULTILINE)
        assert re.search(r"^Groups:\s*$", about, re.MULTILINE)
        assert tried(run, "import os; os.setuid(0)") == "PermissionError"


@pytest.mark.parametrize(
    "call",
    [
        "libc.unshare(0x10000000)",  # a user namespace, in which it would have all rights
        "libc.unshare(0x20000)",
        "libc.setns(3, 0)",
        "libc.mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None)",
        "libc.umount2(b'/tmp', 2)",
        "libc.syscall(NUMBERS['clone'], 0x10000000 | 17, 0, 0, 0, 0)",
        "libc.ptrace(0, 0, 0, 0)",
        "libc.memfd_create(b'x', 0)",
        "libc.shmget(0, 4096, 0o1600)",
        "libc.msgget(0, 0o1600)",
        "libc.semget(0, 1, 0o1600)",
        "libc.syscall(NUMBERS['add_key'], b'user', b'name', b'text', 4, -4)",
        "libc.syscall(NUMBERS['keyctl'], 0, -4, 1)",
        "libc.inotify_init()",
        "libc.syscall(NUMBERS['io_uring'], 1, 0)",
        "libc.sched_setaffinity(0, 128, bytes([255]) * 128)",
    ],
)
def test_system_calls_that_lead_out_or_count_nowhere_are_refused(run: Run, call: str) -> None:
    other = os.uname().machine != "x86_64"
    numbers = {"clone": (56, 220), "add_key": (248, 217), "keyctl": (250, 219), "io_uring": (425, 425)}
    call = call.replace("NUMBERS", repr({name: both[other] for name, both in numbers.items()}))
    assert asked(run, call) == errno.EPERM


def test_calls_under_other_numbers_are_refused(run: Run) -> None:
    assert asked(run, "libc.syscall(435, 0, 0)") == errno.ENOSYS, "clone3: its flags cannot be looked at"
    if os.uname().machine == "x86_64":
        assert asked(run, "libc.syscall(0x40000000 | 39)") == errno.EPERM, "getpid as x32 has it"


def test_honest_calls_are_not_refused(run: Run) -> None:
    said(
        run,
        "import subprocess, sys; assert subprocess.run(['/bin/true'] or [sys.executable]).returncode == 0",
    )
    said(run, "import threading; t = threading.Thread(target=print); t.start(); t.join()")
    said(run, "import socket; a, b = socket.socketpair(); a.send(b'x'); assert b.recv(1) == b'x'")
    said(run, "import tempfile; tempfile.TemporaryFile().write(b'x')")


def headers() -> Path | None:
    """The kernel's list of system calls of x86_64 on this machine."""
    return next((p for p in Path("/usr/include").glob("**/unistd_64.h")), None)


@pytest.mark.skipif(headers() is None, reason="the kernel's list of system calls is not installed")
def test_the_numbers_of_system_calls_are_the_kernels() -> None:
    known = []
    for path in (headers(), Path("/usr/include/asm-generic/unistd.h")):
        assert path is not None
        text = path.read_text(encoding="utf-8")
        known.append({int(n): name for name, n in re.findall(r"#define __NR_(\w+) (\d+)", text)})
    calls = (*warm.FORBIDDEN, warm.CLONE, *warm.SOCKETS)
    names = [(known[0].get(one), known[1].get(other)) for one, other in calls]
    odd = {("inotify_init", "inotify_init1")}
    assert not [pair for pair in names if pair[0] != pair[1] and pair not in odd]
    assert {"unshare", "mount", "memfd_create", "ptrace", "keyctl", "clone", "socket"} <= {
        n for n, _ in names
    }


@pytest.mark.parametrize("machine", sandbox.MACHINES)
def test_the_rules_are_right_on_every_machine(machine: str) -> None:
    """What the kernel would do with the program that it is given, played here."""
    other = machine != "x86_64"
    steps = list(struct.iter_unpack("=HBBI", warm.refusals(machine)))

    def answer(number: int, first: int = 0, arch: int = warm.PROCESSOR[machine]) -> int:
        value, at = 0, 0
        while True:
            what, yes, no, n = steps[at]
            at += 1
            if what == 0x06:
                return n
            if what == 0x20:
                value = {0: number, 4: arch, 16: first & 0xFFFFFFFF}[n]
            else:
                test = {0x15: value == n, 0x35: value >= n, 0x45: bool(value & n)}[what]
                at += yes if test else no

    allow, refuse = 0x7FFF0000, 0x50000 | errno.EPERM
    for numbers in warm.FORBIDDEN:
        assert answer(numbers[other]) == refuse
    assert answer(warm.CLONE3) == 0x50000 | errno.ENOSYS
    assert answer(warm.CLONE[other], 17) == answer(warm.CLONE[other], 0x3D0F00) == allow
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert answer(warm.CLONE[other], flag | 17) == refuse
    for numbers in warm.SOCKETS:
        assert {family: answer(numbers[other], family) for family in (1, 2, 10, 16, 40)} == {
            1: allow,
            2: allow,
            10: allow,
            16: refuse,
            40: refuse,
        }
    ordinary = {"read": (0, 63), "openat": (257, 56), "mmap": (9, 222), "execve": (59, 221)}
    assert all(answer(numbers[other]) == allow for numbers in ordinary.values())
    assert answer(0, arch=0x40000003) == refuse, "the same machine, an older way of calling"


# How much it gets ---------------------------------------------------------------------------------------


def small(student_bundle: Path, **limits: float) -> Sandbox:
    """Walls with other limits."""
    return Sandbox(Limits(**({"seconds": PATIENT, "total": 60.0} | limits))).show(student_bundle)  # type: ignore[arg-type]


def test_memory_is_limited(run: Run) -> None:
    assert tried(run, "x = bytearray(900 << 20)") == "MemoryError"
    assert tried(run, "import mmap; x = mmap.mmap(-1, 900 << 20)") in ("OSError", "MemoryError")
    said(run, "x = bytearray(300 << 20)")


def test_memory_of_many_processes_is_counted_together(student_bundle: Path) -> None:
    each = """
import os, time
for n in range(6):
    if os.fork() == 0:
        x = bytearray(60 << 20)
        time.sleep(60)
"""
    with small(student_bundle, memory=200 << 20) as made:
        with made.start("set1") as run:
            assert run.cell(each + "time.sleep(60)", "try", PATIENT).error == "died"
        with made.start("set1") as run:
            said(run, each.replace("range(6)", "range(2)"))
        with made.start("set1") as run:
            said(run, each)
            assert soon(
                lambda: run.cell("import time; time.sleep(0.1)", "try", PATIENT).error == "died", PATIENT
            )


def test_held_counts_a_process_and_all_below_it() -> None:
    code = "import subprocess, sys; x = bytearray(50 << 20)\n"
    inner = code + "print('ready', flush=True); sys.stdin.read()"
    outer = code + f"subprocess.run([sys.executable, '-c', {inner!r}])"
    call = [sys.executable, "-c", outer]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        assert 100 << 20 < held(started.pid) < 300 << 20
        assert held(started.pid, 40 << 20) < held(started.pid) - (70 << 20)
        started.communicate("")
    assert held(-1) == 0


def test_the_disk_is_limited_and_so_is_a_file(student_bundle: Path) -> None:
    with small(student_bundle, disk=4 << 20) as made, made.start("set1") as run:
        said(run, f"import os; os.chdir({own(run)!r})")
        fill = "for n in range(20): open(f'{n}', 'wb').write(b'x' * (1 << 20))"
        reply = run.cell(fill, "try", PATIENT)
        assert (reply.error, "No space left" in reply.words) == ("OSError", True)
        count = "print(sum(os.path.getsize(n) for n in os.listdir()))"
        assert 3 << 20 < int(said(run, count)) < 5 << 20
    with small(student_bundle) as made, made.start("set1") as run:
        said(run, f"import os; os.chdir({own(run)!r})")
        assert tried(run, "for n in range(2000): open(f'{n}', 'w')") == "OSError"


def test_processes_are_limited_and_stay_on_one_processor(student_bundle: Path) -> None:
    with small(student_bundle, processes=5) as made, made.start("set1") as run:
        assert said(run, "import os; print(len(os.sched_getaffinity(0)))") == "1"
        count = """
import os, time
made = 0
try:
    for n in range(20):
        if os.fork() == 0:
            time.sleep(60)
        made += 1
except OSError:
    print(made)
"""
        assert 1 <= int(said(run, count)) <= 5


def test_neighbours_have_a_processor_each(student_bundle: Path) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("this machine has one processor")
    with Sandbox().show(student_bundle) as made, made.start("set1") as first, made.start("set1", 1) as second:
        seen = [said(run, "import os; print(os.sched_getaffinity(0))") for run in (first, second)]
        assert seen[0] != seen[1]
        where: list[str] = []
        for lane in (0, 1):
            thread = threading.Thread(
                target=lambda lane=lane: (made.settle(lane), where.append(str(os.sched_getaffinity(0))))
            )
            thread.start()
            thread.join()
        assert where == seen, "who asks is where the submission is"
        assert len(os.sched_getaffinity(0)) > 1, "the program itself stays free"


def test_time_on_the_processor_is_limited(student_bundle: Path) -> None:
    with small(student_bundle, total=0.0) as made, made.start("set1") as run:
        assert run.cell("while True: pass", "try", PATIENT).error == "died"


def test_output_is_cut_and_errors_are_short(student_bundle: Path) -> None:
    with small(student_bundle, output=100) as made, made.start("set1") as run:
        reply = run.cell("for n in range(200): print('x' * 10_000)", "try", PATIENT)
        assert (reply.error, len(reply.out)) == ("", 100)
        assert len(run.cell("raise ValueError('y' * 10_000)", "try", PATIENT).words) <= 400
        run.cell("import os; os.write(1, b'z' * 50_000); os.write(2, b'z')", "try", PATIENT)
        assert said(run, "print('still here')") == "still here"


def test_what_a_called_function_prints_or_says_is_dropped(run: Run) -> None:
    said(run, "def f(x):\n    print('heard', x)\n    return x\ndef g(x): raise ValueError(f'heard {x}')")
    assert run.call("f", ["a"]) == Reply("a")
    assert run.call("g", ["a"]) == Reply(error="ValueError")
    said(run, "class Heard(Exception): pass\ndef h(x): raise Heard(x)")
    assert run.call("h", ["a"]) == Reply(error="Exception"), "the name of an error may say much"
    assert run.call("nothing", []) == Reply(error="missing")
    assert run.value("nothing").error == "missing"
    said(run, "def k(x): return nowhere")
    assert run.call("k", [1]) == Reply(error="NameError")


def test_what_a_forged_reply_to_a_call_says_is_dropped_as_well(run: Run) -> None:
    forge = """
import json, struct, sys
def f(x):
    frame = sys._getframe()
    while "sock" not in frame.f_locals: frame = frame.f_back
    body = json.dumps({"id": frame.f_locals["job"]["id"], "value": "v", "out": x, "words": x}).encode()
    frame.f_locals["sock"].sendall(struct.pack("!I", len(body)) + body)
"""
    said(run, forge)
    assert run.call("f", ["heard"]) == Reply("v")


def test_a_crash_leaves_no_core(run: Run) -> None:
    said(run, "import resource; assert resource.getrlimit(resource.RLIMIT_CORE) == (1, 1)")


# Time ---------------------------------------------------------------------------------------------------


def test_a_question_has_its_time_and_the_next_is_still_asked(walls: Sandbox) -> None:
    assert Limits().seconds == 2.0
    assert Limits().total == 10.0
    with walls.start("set1") as run:
        began = time.monotonic()
        assert run.cell("while True: pass", "try", 0.3).error == "time"
        assert 0.3 <= time.monotonic() - began < 3
    with walls.start("set1") as run:
        assert said(run, "print(1)") == "1"


def test_the_end_of_all_asking_comes_before_the_end_of_a_question(run: Run) -> None:
    run.ends = time.monotonic() + 0.3
    began = time.monotonic()
    assert run.cell("import time; time.sleep(30)", "try", PATIENT).error == "time"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b'"' + b'\\"' * 60_000, "garbled"),
        (b"[" * 100_000, "too large"),
        (b'{"id": "x", "value": ' + b'["list", [' * 3000, "too large"),
        (b"\xff\xfe", "garbled"),
        (b"", "garbled"),
        (b"9" * 100_000, "garbled"),
    ],
)
def test_a_forged_reply_takes_no_time_to_refuse(reply: bytes, error: str) -> None:
    mine, theirs = socket.socketpair()
    pid = os.fork()
    if not pid:
        time.sleep(60)
        os._exit(0)
    try:
        with theirs, Run(mine, pid, os.pidfd_open(pid), Limits(), "") as run:
            theirs.sendall(struct.pack("!I", len(reply)) + reply) if len(reply) < 1 << 17 else None
            began = time.monotonic()
            assert run.cell("1", "try").error == error
            assert time.monotonic() - began < 1
    finally:
        os.waitpid(pid, 0)


def test_replies_are_believed_only_if_they_name_the_question(run: Run) -> None:
    early = """
import json, struct, sys
frame = sys._getframe()
while "sock" not in frame.f_locals: frame = frame.f_back
for ident in ("", "0" * 16, None, 5):
    body = json.dumps({"id": ident, "value": "forged"}).encode()
    frame.f_locals["sock"].sendall(struct.pack("!I", len(body)) + body)
answer = "honest"
"""
    said(run, early)
    assert run.value("answer") == Reply("honest")


def test_letters_that_no_file_can_hold_are_replaced(run: Run) -> None:
    forge = """
import json, struct, sys
frame = sys._getframe()
while "sock" not in frame.f_locals: frame = frame.f_back
forged = {"id": frame.f_locals["job"]["id"], "error": "E", "words": "\\ud800 x", "value": "\\udfff"}
body = json.dumps(forged).encode()
frame.f_locals["sock"].sendall(struct.pack("!I", len(body)) + body)
"""
    reply = run.cell(forge, "try", PATIENT)
    assert reply.words == "? x"
    assert reply.value == "?"


def test_depth_of_any_text() -> None:
    assert depth(b"[]", 40) == 1
    assert depth(b'{"a": [1, [2]], "[[[[": "\\"[[["}', 40) == 3
    assert depth(b"[" * 100, 40) == 41
    assert depth(b'"[', 40) == depth(b'"\\', 40) == depth(b"", 40) == depth(b"]]]", 40) == 0
    began = time.monotonic()
    assert depth(b'"' + b'\\"' * 250_000, 40) == 0
    assert depth(b'"a\\\n' * 100_000, 40) == 0
    assert time.monotonic() - began < 2


@pytest.fixture
def notebook():
    """A notebook of set 1 with right answers and some cells of its own, matched to its release."""

    def made(*own: str, **answers: str) -> Matched:
        content = hostile.notebook(hostile.Recipe("", hostile.right() | answers, own))
        return match(content, Release.read(two_sets.KIT / "exercises" / "release" / "set1" / "set1.ipynb"))

    return made


def grader(student_bundle: Path, **limits: float) -> Grader:
    """A grader of set 1 alone."""
    one = {"set1": students.exercise("set1")}
    return Grader(Sandbox(Limits(**limits)).show(student_bundle), one, students.pack())  # type: ignore[arg-type]


def test_the_time_of_a_submission_is_limited_in_all(student_bundle: Path, notebook) -> None:
    notes: list[str] = []
    slow = ["import time; time.sleep(0.5)", "time.sleep(60)", "time.sleep(60)"]
    with grader(student_bundle, seconds=30, total=2.0) as made:
        began = time.monotonic()
        with _Attempt(made, "set1", notebook(*slow), notes) as attempt:
            cells = attempt.cells()
        assert 2 <= time.monotonic() - began < 10
    assert notes == ["It ran longer than 2 s in all; what came after that is not graded."]
    assert cells["set1-C-test"]["points"] == 0


def test_so_is_the_time_in_which_cells_run_again(student_bundle: Path, notebook) -> None:
    """Each question ends its process, and what went well before, slowly, would run again for the next."""
    notes: list[str] = []
    ends = {f"C{n}": f"def {name}(df):\n    import os; os._exit(0)" for n, name in enumerate(NAMES, 1)}
    slow = ["import time; time.sleep(0.9)"] * 2
    with grader(student_bundle, seconds=1.5, total=4.5) as made:
        began = time.monotonic()
        with _Attempt(made, "set1", notebook(*slow, **ends), notes) as attempt:
            attempt.cells()
        assert time.monotonic() - began < 7
    assert "It ran longer than 4.5 s in all; what came after that is not graded." in notes


NAMES = ("rung_counts", "share_weak", "weak_rows")


def test_a_process_that_was_given_hidden_tables_is_asked_nothing_else(student_bundle: Path, notebook) -> None:
    keeps = "def share_weak(df):\n    notes['because'] = kept[0] = 'seen'\n    return kept[0]"
    matched = notebook("kept = ['nothing']", C2=keeps, N="notes = {'because': 'open'}")
    exercise = students.exercise("set1")
    question = exercise.question("1.C2")
    with grader(student_bundle) as made, _Attempt(made, "set1", matched, []) as attempt:
        attempt.cells()
        attempt.call("share_weak", exercise.hidden(question)[0])
        assert attempt.value("kept") == Given(["nothing"])
        attempt.call("share_weak", exercise.hidden(question)[0])
        assert attempt.value("notes") == Given({"because": "open"})
        attempt.call("rung_counts", exercise.hidden(exercise.question("1.C1"))[0])
        before = attempt._run
        attempt.call("rung_counts", exercise.hidden(exercise.question("1.C1"))[0])
        assert attempt._run is before, "hidden tables do not need a process each"
        attempt._cell("later = kept[0]", "later")
        assert attempt.value("later") == Given("nothing")


# What is left of it -------------------------------------------------------------------------------------

ESCAPES = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
import ctypes
ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
for again in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
"""


@pytest.mark.parametrize("busy", [False, True])
def test_no_process_survives_the_end_of_its_submission(walls: Sandbox, busy: bool) -> None:
    assert walls._process is not None
    with walls.start("set1") as run:
        said(run, ESCAPES)
        assert soon(lambda: len(children(run._pid)) >= 4)
        pids = [run._pid, *children(run._pid)]
        if busy:  # it will not hear that nobody asks any more
            assert run.cell("while True: pass", "try", 0.2).error == "time"
    alive = [
        p for p in pids if Path(f"/proc/{p}").exists() and "Z" not in Path(f"/proc/{p}/stat").read_text()
    ]
    assert not alive
    assert len(children(walls._process.pid)) == 1, "the warm one"


def test_ended_processes_are_forgotten(walls: Sandbox) -> None:
    assert walls._process is not None
    for _ in range(5):
        walls.start("set1").close()
    with walls.start("set1"):
        (warm_one,) = [p for p in children(walls._process.pid) if p in direct(walls._process.pid)]
        assert len(direct(warm_one)) <= 2


def direct(pid: int) -> list[int]:
    """The processes that a process started, also those that have ended."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(folder.name))
    return found


def test_nothing_survives_a_grader_that_is_killed(student_bundle: Path) -> None:
    code = f"""
import sys
import tempfile
from pathlib import Path
from whosays.classroom.sandbox import Sandbox
made = Sandbox().show(Path(sys.argv[1]))
run = made.start("set1")
run.cell({ESCAPES!r}, "try", 20.0)
print(made._process.pid, run._pid, flush=True)
run.cell("while True: pass", "try", 600.0)
"""
    call = [sys.executable, "-c", code, str(student_bundle)]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        outer, pid = map(int, grader.stdout.readline().split())
        pids = [outer, *children(outer)]
        assert pid in pids
        assert len(pids) >= 6
        grader.kill()
    assert soon(lambda: not [p for p in pids if Path(f"/proc/{p}").exists()])


def test_a_warm_process_outlives_the_thread_that_started_it(student_bundle: Path) -> None:
    made: list[Sandbox] = []
    thread = threading.Thread(target=lambda: made.append(Sandbox().show(student_bundle)))
    thread.start()
    thread.join()
    with made[0]:
        assert made[0]._process is not None
        pid = made[0]._process.pid
        with made[0].start("set1") as run:
            assert said(run, "print(1)") == "1"
        assert made[0]._process.pid == pid


def test_a_warm_process_that_is_killed_is_replaced(student_bundle: Path) -> None:
    with Sandbox(Limits(seconds=PATIENT)).show(student_bundle) as made:
        made.start("set1").close()
        for below in (0, 1):
            assert made._process is not None
            outer = made._process
            os.kill([outer.pid, *children(outer.pid)][below], signal.SIGKILL)
            outer.wait(PATIENT)
            with made.start("set1") as run:
                assert said(run, "print(1)") == "1"


def test_when_a_warm_process_is_killed_what_ran_in_its_lanes_runs_again(
    student_bundle: Path, notebook
) -> None:
    """That is no fault of the submissions: they get the points and the notes that they would have had."""
    slow = ["import time; time.sleep(0.4)"] * 3
    with grader(student_bundle, seconds=PATIENT, total=60.0) as made:
        graders = [made, made.beside(1)]

        def attempt(grader: Grader, notes: list[str]) -> dict:
            with _Attempt(grader, "set1", notebook(*slow), notes) as asked:
                return asked.cells()

        with _Attempt(made, "set1", notebook(), []) as calm:
            wanted = calm.cells()
        told: list[list[str]] = [[], []]
        with ThreadPoolExecutor(2) as pool:
            found = [pool.submit(attempt, g, notes) for g, notes in zip(graders, told, strict=True)]
            killed: set[int] = set()
            while len(killed) < 2:
                time.sleep(0.7)
                with made._sandbox._lock:  # not while one begins
                    process = made._sandbox._process
                    if process is not None and process.poll() is None:
                        os.kill(process.pid, signal.SIGKILL)
                        killed.add(process.pid)
            cells = [f.result(60) for f in found]
        graders[1].close()
        with made.start("set1") as run:
            assert said(run, "print(1)") == "1", "the end of one lane is not the end of all"
    assert cells == [wanted, wanted]
    assert told == [[], []]


def test_it_cannot_harm_the_warm_process(walls: Sandbox) -> None:
    assert walls._process is not None
    before = walls._process.pid
    with walls.start("set1") as run:
        run.cell(
            "import os, signal\nfor n in (0, -1, 1, os.getppid()):\n    os.kill(n, signal.SIGKILL)\n"
            "os.killpg(os.getpgid(0), 9)\nos.killpg(0, 9)",
            "try",
            PATIENT,
        )
    with walls.start("set1") as run:
        assert said(run, "print(1)") == "1"
    assert walls._process.pid == before


def test_scratch_folders_of_killed_programs_are_cleared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path))
    code = "import os\nfrom whosays.classroom.scratch import Scratch\nmade = Scratch(); print(made.path)\n"
    env = os.environ | {"TMPDIR": str(tmp_path)}

    def left(after: str) -> Path:
        call = [sys.executable, "-c", f"{code}{after}"]
        return Path(subprocess.run(call, env=env, capture_output=True, text=True, check=False).stdout.strip())

    killed = left("import sys; sys.stdout.flush(); os.kill(os.getpid(), 9)")
    (killed / "bundle").mkdir()
    with scratch.Scratch() as mine:
        assert killed.is_dir(), "it may be so young that its program does not hold it yet"
        for path in (killed, mine):
            os.utime(path, (0, 0))
        other = tmp_path / f"{scratch.PREFIX}link"
        other.symlink_to(two_sets.KIT)
        scratch.clear()
        assert not killed.exists()
        assert mine.is_dir(), "it is in use"
        assert two_sets.KIT.is_dir()
    assert not mine.exists()


# Where there are no walls -------------------------------------------------------------------------------

REFUSED = {"net": "network", "ipc": "IPC", "mnt": "mount", "pid": "process"}
ASK = "from whosays.classroom.sandbox import missing; print(*missing(), sep='\\n')"


def without(kind: str, call: list[str]) -> list[str]:
    """The call on a machine that refuses namespaces of a kind: a user namespace with a limit of none."""
    limit = f'echo 0 > /proc/sys/user/max_{kind}_namespaces && exec "$@"'
    return ["unshare", "--user", "--map-root-user", "sh", "-c", limit, "sh", *call]


@pytest.fixture(scope="module")
def limited() -> None:
    if subprocess.run(without("net", ["true"]), capture_output=True, check=False).returncode:
        pytest.skip("user namespaces are needed to take other namespaces away")


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.usefixtures("limited")
def test_it_says_which_part_is_missing(kind: str) -> None:
    call = without(kind, [sys.executable, "-c", ASK])
    found = subprocess.run(call, capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stderr
    assert f"No {REFUSED[kind]} namespace" in found.stdout
    assert len(found.stdout.splitlines()) == 1, "the others are there"


@pytest.mark.usefixtures("limited")
def test_root_of_a_small_container_needs_no_other_users(walls: Sandbox) -> None:
    """Where only user 0 exists, there are no throw-away users to become; walls stand all the same."""
    call = ["unshare", "--user", "--map-root-user", sys.executable, "-c", ASK]
    found = subprocess.run(call, capture_output=True, text=True, timeout=120, check=False)
    assert (found.returncode, found.stdout.strip()) == (0, ""), found.stderr


def test_where_walls_are_out_of_the_question_the_reason_is_said(
    monkeypatch: pytest.MonkeyPatch, student_bundle: Path
) -> None:
    class Uname:
        machine = "pdp11"

    with monkeypatch.context() as patched:
        patched.setattr(sandbox.os, "uname", Uname)
        assert sandbox.missing() == ["The processor pdp11 is not known here."]
        with pytest.raises(NoWalls, match="pdp11"):
            Sandbox().show(student_bundle)
    with monkeypatch.context() as patched:
        patched.setattr(sandbox.sys, "platform", "darwin")
        assert sandbox.missing() == ["Namespaces are part of Linux; this is darwin."]
    with monkeypatch.context() as patched:
        patched.delattr(sandbox.os, "pidfd_open")
        assert "too old" in sandbox.missing()[0]


@pytest.mark.usefixtures("limited")
def test_grading_stops_where_walls_are_missing_unless_told_to_go_on(tmp_path: Path) -> None:
    kit = two_sets.copy_kit(tmp_path / "kit")
    given, out = tmp_path / "given", tmp_path / "out"
    for n in range(4):
        students.hand_in(given, f"student{n}", "set1", students.honest("set1", n, students.MIDDLE))

    def graded(name: str, *options: str, less: bool = True) -> subprocess.CompletedProcess[str]:
        call = two_sets.command(given, out / name, *options)
        call = without("net", call) if less else call
        return subprocess.run(
            call, env=two_sets.environment(kit), capture_output=True, text=True, timeout=200, check=False
        )

    refused = graded("g.csv")
    assert refused.returncode == 1
    assert "No network namespace" in refused.stderr
    assert "--no-sandbox" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (out / "g.csv").exists()
    assert graded("g.csv", "--no-sandbox").returncode == 0
    assert graded("walled.csv", less=False).returncode == 0
    with_walls, without_walls = (two_sets.records(out / name) for name in ("walled.csv", "g.csv"))
    assert {p: two_sets.points(r) for p, r in with_walls.items()} == {
        p: two_sets.points(r) for p, r in without_walls.items()
    }


def test_without_walls_limits_hold(student_bundle: Path) -> None:
    limits = Limits(seconds=PATIENT, memory=400 << 20, output=50)
    with Sandbox(limits, walls=False).show(student_bundle) as made:
        with made.start("set1") as run:
            assert tried(run, "x = bytearray(900 << 20)") == "MemoryError"
            assert run.cell("while True: pass", "try", 0.3).error == "time"
        with made.start("set1") as run:
            assert len(said(run, "print('x' * 1000)")) == 50
            said(run, "open('example.csv', 'w').write('x')")
            said(run, "import subprocess; p = subprocess.Popen(['sleep', '600']); print(p.pid)")
            pids = [run._pid, *children(run._pid)]
            assert len(pids) == 2
        assert soon(lambda: not [p for p in pids if p in children(made._process.pid)])  # type: ignore[union-attr]
        with made.start("set1") as run:
            assert "rung" in said(run, "print(open('example.csv').read()[:40])")
        folder = made._scratch.path
    assert not folder.exists()
