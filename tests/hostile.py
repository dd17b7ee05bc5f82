"""Submissions that lie, break things or had bad luck, each with the points it deserves.

They are made from the released notebook of set 1. What they attack is given to them by name, in ``Places``: a
thief is told where the key is, and still must not get it. Everything they would leave behind carries a token.
"""

from __future__ import annotations

import json
import os
import stat
import struct
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import students

SET = "set1"
FULL = {"A": 6.0, "B": 4.0, "C": 6.0}
NONE = {"A": 0.0, "B": 0.0, "C": 0.0}
READ = FULL | {"C": 4.0}  # a person may add 2 for the explanation


@dataclass(frozen=True)
class Places:
    """What a submission would like to reach: kit, hand-ins, results, a port and a socket; and a token."""

    kit: Path
    given: Path
    out: Path
    port: int
    abstract: str
    token: str


@dataclass(frozen=True)
class Recipe:
    """A submission: answers by the letter of their cell, own cells behind the first one, what it deserves.

    ``says`` is what a note in its row must tell the teacher. ``change`` does something to the notebook.
    """

    name: str
    answers: dict[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    deserves: dict[str, float] = field(default_factory=lambda: NONE)
    says: str = ""
    change: Callable[[dict], object] | None = None


def code(text: str, **values: object) -> str:
    """Python code without its indent; ``NAME`` in it stands for the value of that name."""
    text = textwrap.dedent(text).strip("\n")
    for name, value in values.items():
        text = text.replace(name.upper(), repr(str(value) if isinstance(value, Path) else value))
    return text


def right(track: str = "P", text: bool = True) -> dict[str, str]:
    """The answers to set 1 that get full marks, by the letter of their cell."""
    leave = {"P": "read", "N": "function"}[track]
    return {
        q.cell.split("-")[1]: students.source_of(q, students.best(q))
        for q in students.exercise(SET).questions
        if q.kind != leave and (text or q.kind != "write")
    }


def notebook(recipe: Recipe) -> dict:
    """The notebook of a recipe."""
    made = students.filled(SET, {f"{SET}-{letter}": source for letter, source in recipe.answers.items()})
    first = next(
        n
        for n, c in enumerate(made["cells"])
        if c["metadata"].get("nbgrader", {}).get("grade_id") == "set1-start"
    )
    for source in reversed(recipe.own):
        cell = {"cell_type": "code", "id": "own", "metadata": {}, "source": source, "outputs": []}
        made["cells"].insert(first + 1, cell | {"execution_count": None})
    if recipe.change is not None:
        made = recipe.change(made) or made
    return made


def put(folder: Path, student: str, content: object) -> Path:
    """Hand in a notebook, or any bytes in place of one, as nbgrader lays it out."""
    path = folder / student / SET / f"{SET}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


# Those who want points ----------------------------------------------------------------------------------

# Every function says yes to everything, and every answer equals everything.
EQUAL = """
    import pandas as pd, numpy as np
    class Equal:
        __eq__ = __le__ = __ge__ = __contains__ = lambda self, other: True
        __ne__ = __lt__ = __gt__ = lambda self, other: False
        __hash__ = lambda self: 0
        __bool__ = lambda self: True
    class Number(float):
        __eq__ = __le__ = lambda self, other: True
        __sub__ = __rsub__ = lambda self, other: 0.0
        __hash__ = lambda self: 0
        __repr__ = lambda self: "0"
    class Text(str):
        __eq__ = lambda self, other: True
        __hash__ = str.__hash__
        casefold = strip = lambda self, *args: self
    class Table(pd.DataFrame):
        __eq__ = equals = lambda self, other: True
    class Labels(dict):
        __getitem__ = get = lambda self, *args: Equal()
        __contains__ = __eq__ = lambda self, other: True
        __hash__ = None
"""
# The way to the socket that replies go through, and a loop that answers in the place of the real one.
HANDS = """
    import gc, json, os, socket, struct, sys
    frame = sys._getframe()
    while "sock" not in frame.f_locals:
        frame = frame.f_back
    wire, job = frame.f_locals["sock"], frame.f_locals["job"]
    def say(reply):
        body = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        wire.sendall(struct.pack("!I", len(body)) + body)
    def next_job():
        size = struct.unpack("!I", wire.recv(4, socket.MSG_WAITALL))[0]
        return json.loads(wire.recv(size, socket.MSG_WAITALL))
    def take_over(answer):
        say({"id": job["id"], "out": ""})
        while True:
            answer(next_job())
"""
# Functions that keep every table they see, as a mark of it, and try each way out.
KEEP = """
    import hashlib
    seen = []
    def mark_of(df):
        return hashlib.md5(df.to_csv().encode()).hexdigest()
"""


def thieves(at: Places) -> list[Recipe]:
    """They look for the key, and for somebody else's answers."""
    key, neighbour = (
        at.kit / "exercises" / "keys" / f"{SET}.json",
        at.given / "00-good" / SET / f"{SET}.ipynb",
    )
    by_key = """
        import json
        for name in ("1.C1", "1.C2", "1.C3"):
            exec(json.load(open(KEY))["questions"][name]["solution"], globals())
    """
    by_neighbour = """
        import json
        for cell in json.load(open(NEIGHBOUR))["cells"]:
            if cell["cell_type"] == "code" and "nbgrader" in cell["metadata"]:
                try:
                    exec("".join(cell["source"]), globals())
                except Exception:
                    pass
    """
    everywhere = """
        import json, os, sys
        ways = [f"/proc/{n}/{way}" for n in ("self", "1", os.getppid()) for way in ("root", "cwd", "fd")]
        tops = ["/", *ways]
        for top in tops:
            for folder, below, names in os.walk(top):
                if folder.startswith(("/usr", sys.prefix, sys.base_prefix)):
                    below.clear()
                for name in names:
                    if name.endswith((".json", ".jsonl", ".sealed", ".db")):
                        try:
                            found = json.load(open(os.path.join(folder, name)))["questions"]
                            for one in ("1.C1", "1.C2", "1.C3"):
                                exec(found[one]["solution"], globals())
                        except Exception:
                            pass
    """
    memory = """
        import gc, os, re, sys
        text = repr(os.environ) + repr(sys.argv) + repr(vars(sys.modules["whosays.exercises"]))
        for thing in gc.get_objects():
            if isinstance(thing, dict) and "solution" in thing:
                text += repr(thing)
        for name in ("self", "1", os.getppid()):
            for part in ("environ", "mem", "maps", "cmdline"):
                try:
                    text += open(f"/proc/{name}/{part}", "rb").read(1 << 20).decode("latin-1")
                except OSError:
                    pass
        for n in range(3, 64):
            try:
                text += os.pread(n, 1 << 16, 0).decode("latin-1")
            except OSError:
                pass
        exec(max(re.findall(r"def rung_counts.*?return counts", text, re.DOTALL), default=""), globals())
    """
    from_source = """
        from whosays.exercises import sets, of_question
        from whosays import pack
        known = sets.read_set("set1")
        for one in known.questions:
            exec(known.key[one.id]["solution"], globals())
    """
    made = []
    for name, text in {
        "reads the key": code(by_key, key=key),
        "reads a neighbour's answers": code(by_neighbour, neighbour=neighbour),
        "looks everywhere": code(everywhere),
        "looks into memory": code(memory),
        "asks the kit for the key": code(from_source),
    }.items():
        places = ("A", "B", "N") if "neighbour" in name else ("N",)  # no later cell undoes what is done there
        made.append(Recipe(name, dict.fromkeys(places, text), ("pass",)))
    return made


def liars() -> list[Recipe]:
    """They say that they are right."""
    equal = code(EQUAL)
    functions = """
    def rung_counts(df): return {0}
    def share_weak(df): return {1}
    def weak_rows(df): return {2}
    """
    answers = "rungs = {0}\nchoices = {0}\nnotes = {0}"
    patches = {
        "check": "import whosays as ws\nfrom whosays.exercises import compare, score\n"
        "ws.check = lambda *a, **k: True\ncompare.same = score.compare.same = lambda *a, **k: True",
        "json": "import json\njson.loads = lambda *a, **k: {'id': '0', 'do': 'value', 'name': 'rungs'}\n"
        "json.dumps = lambda *a, **k: '{\"value\": true}'",
        "builtins": "import builtins\nbuiltins.all = builtins.any = builtins.isinstance = lambda *a: True\n"
        "builtins.abs = builtins.len = lambda *a: 0\nbuiltins.type = lambda *a: dict",
        "struct": "import struct\nstruct.pack = lambda *a: b'\\x00\\x00\\x00\\x02{}'\n"
        "struct.unpack = lambda *a: (2,)",
        "plain": "from whosays.exercises import plain\nplain.encode = lambda *a: True\n"
        "plain._Encoder.plain = lambda *a: True",
        "exit": "import atexit, os\natexit.register(os._exit, 0)\nos._exit = lambda code: None",
    }
    forged = {
        "true": 'take_over(lambda job: say({"id": job["id"], "value": True}))',
        "empty": 'take_over(lambda job: say({"id": job["id"]}))',
        "same": 'take_over(lambda job: say({"id": job["id"], "value": job.get("inputs", [True])[0]}))',
        "huge": 'take_over(lambda job: say(b"[" + b"1," * 400_000 + b"1]"))',
        "too long": 'take_over(lambda job: wire.sendall(bytes([255]) * 4 + b"x" * 100))',
        "too deep": 'take_over(lambda job: say(b"[" * 200_000))',
        "nested": 'take_over(lambda job: say(b\'{"id": "\' + job["id"].encode() + b\'", "value": \' '
        '+ b\'["list", [\' * 5000 + b"]]" * 5000 + b"}"))',
        "garbage": "take_over(lambda job: say(bytes(range(256)) * 16))",
        "nothing": 'take_over(lambda job: say(b""))',
        "without end": "take_over(lambda job: say(b'\"' + b'\\\\\"' * 250_000))",
        "half letters": 'half = "\\ud800"\ntake_over(lambda job: say({"id": job["id"], "value": ["dict", '
        '[["because", half], ["s04", half], ["L1a", half]]], "words": half}))',
        "half letters in an error": 'say({"id": job["id"], "error": "\\ud800", "words": "\\ud83d <b>\\x00"})',
        "odd errors": 'take_over(lambda job: say({"id": job["id"], "error": ["x"], "value": {}, "out": 5}))',
        "long errors": 'take_over(lambda job: say({"id": job["id"], "error": "E" * 400_000}))',
        "one bucket": 'take_over(lambda job: say({"id": job["id"], "value": ["dict", '
        "[[n * (2**61 - 1), 0] for n in range(9000)]]}))",
        "early": 'for n in range(3000): say({"id": f"{n:016x}", "value": True})\n'
        'say({"id": job["id"][:-1], "value": True})\nsay({"id": None, "value": True})',
        "many": 'while True: say({"id": "x" * 100_000, "value": True})',
    }
    odd = """
        import itertools
        odd = itertools.cycle((
            b"NaN", b"1e999", b"9" * 4000, b"-0", b'["int", "' + b"9" * 4000 + b'"]', b'["float", "x"]',
            b'["float", []]', b'["time", "now"]', b'["time", "0000"]', b'["table", [], [null, []], []]',
            b'["table", ["a"], [], [[1]]]', b'["series", null, [null, [["list", []]]], [1]]',
            b'["other", []]',
            b'["series", {}, [{}, [1]], [1]]', b'["set", [["dict", []]]]', b'["dict", [[["dict", []], 1]]]',
            b'["dict", [1]]', b'["dict", {}]', b"{}", b'["empty"]', b'["unheard"]', b"[]",
            b'["series", null, [null, [1, 1]], [["time", "2024"], ["empty"]]]',
            b'["dict", [["s04", ["table", ["a"], [null, [1]], [[1]]]], ["L1a", ["set", [1]]]]]',
        ))
        take_over(lambda job: say(b'{"id": "' + job["id"].encode() + b'", "value": ' + next(odd) + b"}"))
    """
    return [
        *(Recipe(f"patches {name}", own=(text,)) for name, text in patches.items()),
        *(
            Recipe(
                f"equals everything, {name}",
                own=(f"{equal}\n{answers.format(name)}\n{code(functions).format(*three)}",),
            )
            for name, three in {
                "Equal()": ["Equal()"] * 3,
                "Labels()": ["Labels()", "Number(0)", "Table()"],
                "Text()": ["{Text(): Number(0)}", "Number(0)", "Table(df)"],
                "__import__('unittest.mock').mock.ANY": ["__import__('unittest.mock').mock.ANY"] * 3,
            }.items()
        ),
        *(Recipe(f"forges: {name}", own=(f"{code(HANDS)}\n{text}",)) for name, text in forged.items()),
        Recipe("forges: odd values", own=(f"{code(HANDS)}\n{code(odd)}",)),
        Recipe(
            "answers with its own type names", own=(f"{answers.format('type(chr(60) + chr(98), (), {})()')}",)
        ),
    ]


def keepers(at: Places) -> list[Recipe]:
    """Their functions keep the tables they are called with, and try to show them to their student."""
    right_ones = right()
    ways = {
        "a later variable": "notes['because'] = 'seen ' + ' '.join(seen)",
        "a later answer": "if len(seen) > 3: return seen[-2]",
        "output": "import os\n    print(*seen)\n    for n in (1, 2): os.write(n, seen[-1].encode())",
        "an error": "raise ValueError(' '.join(seen))",
        "the name of an error": "raise type('E' + seen[-1], (Exception,), {})('x')",
        "the name of a type": "return type('T' + seen[-1], (), {})()",
        "files": "for place in ('.', '/tmp', FOLDER):\n"
        "        try: open(f'{place}/TOKEN', 'a').write(seen[-1])\n        except OSError: pass",
        "a message of its own": "say({'id': job['id'], 'value': seen[-1], 'out': seen[-1]})",
    }
    made = []
    for name, way in ways.items():
        way = way.replace("FOLDER", repr(str(at.out))).replace("TOKEN", at.token)
        spoiled = {}
        for letter in ("C1", "C2", "C3"):
            head, _, body = right_ones[letter].partition("\n")
            keep = f"    seen.append(mark_of(df))\n    {way}\n"
            spoiled[letter] = f"{head}\n{keep}{body}"
        notes = {"N": "notes = {'guess': 4, 'because': '...', 'tallest': 0, 'how_many': 0}"}
        hands = code(HANDS) + "\n" if "say(" in way else ""
        own = (hands + code(KEEP),)
        made.append(Recipe(f"keeps tables, shows them by {name}", spoiled | notes, own, {"A": 0.0, "B": 0.0}))
    return made


# Those who break things ---------------------------------------------------------------------------------


def breakers(at: Places) -> list[Recipe]:
    """They use up, wipe, leave behind, connect and crash. Where answers are right, these count."""
    top = right()
    wipe = """
        import os, shutil, subprocess
        for place in (KIT, GIVEN, OUT, "..", "../..", "../../.."):
            shutil.rmtree(place, ignore_errors=True)
        for place in (KIT, GIVEN, OUT):
            for folder, _, names in os.walk(place):
                for name in names:
                    open(os.path.join(folder, name), "w").close()
    """
    books = """
        import sqlite3
        try:
            with sqlite3.connect(OUT + "/gradebook.db") as book:
                book.execute("update grade set auto_score = 396")
        except sqlite3.Error:
            pass
        for name in ("gradebook.db", "g.csv", "g.journal.jsonl"):
            try:
                open(OUT + "/" + name, "a").write("396 of 9\\n")
            except OSError:
                pass
    """
    leave = """
        import os
        tops = ("/tmp", "/var/tmp", "/dev/shm", "/home", "/", "/kit", "/root", ".", "..", KIT, GIVEN, OUT)
        for place in tops:
            for name in ("file", ".hidden"):
                try:
                    open(os.path.join(place, TOKEN + name), "w").write("I was here")
                except OSError:
                    pass
    """
    daemon = """
        import os, subprocess, sys, time
        for again in range(2):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(300)", TOKEN])
                os._exit(0)
        call = [sys.executable, "-c", "import time; time.sleep(300)", TOKEN]
        subprocess.Popen(call, start_new_session=True)
        if os.fork() == 0:
            time.sleep(300)
    """
    bomb = """
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass
    """
    busy = """
        import os, threading
        for n in range(20):
            if os.fork() == 0:
                while True:
                    pass
    """
    network = """
        import socket
        for family, kind, address in (
            (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", PORT)),
            (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", PORT)),
            (socket.AF_UNIX, socket.SOCK_STREAM, "\\0" + ABSTRACT),
            (socket.AF_UNIX, socket.SOCK_STREAM, OUT + "/socket"),
        ):
            try:
                with socket.socket(family, kind) as way:
                    way.settimeout(0.2)
                    way.connect(address)
                    way.send(b"hello")
            except OSError:
                pass
        try:
            socket.socket(40, socket.SOCK_STREAM)  # to the host of a virtual machine
            raise SystemExit("vsock")
        except OSError:
            pass
    """
    memory = """
        import mmap, os
        kept = []
        try:
            kept.append(bytearray(6 << 30))
        except MemoryError:
            pass
        try:
            while True:
                kept.append(bytearray(32 << 20))
        except MemoryError:
            pass
        kept.clear()
        try:
            for n in range(8):
                kept.append(mmap.mmap(-1, 1 << 30))
        except OSError:
            pass
        kept.clear()
    """
    disk = """
        try:
            for n in range(10_000):
                open(f"/tmp/{n}", "wb").write(b"x" * (1 << 20))
        except OSError:
            pass
    """
    crash = "import ctypes\nctypes.string_at(0)"
    deep = """
        import json, sys
        sys.setrecursionlimit(10**9)
        x = []
        for n in range(10**6):
            x = [x]
        json.dumps(x, check_circular=False)
    """
    walls = """
        import ctypes, os, signal
        libc = ctypes.CDLL(None)
        libc.unshare(0x10000000 | 0x20000)
        libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, b"size=20g")
        libc.prctl(1, 0, 0, 0, 0)
        for pid in (-1, 1, os.getppid()):  # its parent has the number 0 here: that is its own group
            try:
                os.kill(pid, signal.SIGTERM)
            except OSError:
                pass
        for path in ("/dev/null", "/dev/zero"):
            try:
                os.utime(path)
                os.chmod(path, 0)
            except OSError:
                pass
    """
    tight = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    ends = "def share_weak(df):\n    import os; os._exit(0)"
    hangs = "def rung_counts(df):\n    while True: pass"
    names = {"kit": at.kit, "given": at.given, "out": at.out, "token": at.token, "port": at.port}
    names["abstract"] = at.abstract

    def does(name: str, text: str, says: str = "") -> Recipe:
        return Recipe(name, top, (code(text, **names),), FULL, says)

    stopped = "was stopped"
    return [
        does("wipes the folder above", wipe),
        does("rewrites the gradebook", books),
        does("leaves files", leave),
        does("leaves daemons", daemon),
        does("forks without end", bomb, stopped),
        Recipe("keeps all processors busy", top, (code(busy),), {}),  # it may come too late itself
        does("asks the network", network),
        does("allocates 6 GB", memory),
        does("fills the disk", disk),
        does("climbs the walls", walls),
        does("ends with os._exit", "import os\nos._exit(0)", "ended the program"),
        does("ends with sys.exit", "import sys\nsys.exit('bye')", "SystemExit"),
        does("kills itself", "import os\nos.kill(os.getpid(), 9)\nos.abort()", "ended the program"),
        does("crashes", crash, "ended the program"),
        does("goes too deep", deep),
        does("never ends", "while True: pass", stopped),
        does("sleeps", "import time\ntime.sleep(1000)", stopped),
        does("catches everything", tight, stopped),
        Recipe("one function never ends", top | {"C1": hangs}, (), FULL | {"C": 4.0}),
        Recipe("one function ends the program", top | {"C2": ends}, (), FULL | {"C": 4.0}),
    ]  # fmt: skip


# Those who had bad luck ---------------------------------------------------------------------------------


def twice(made: dict) -> None:
    """The test cell is pasted again, with its id."""
    cells = made["cells"]
    at = next(
        n for n, c in enumerate(cells) if c["metadata"].get("nbgrader", {}).get("grade_id") == "set1-A-test"
    )
    cells[at:at] = [json.loads(json.dumps(cells[at]))] * 2


def old_format(made: dict) -> dict:
    """The notebook as format 3 had it."""
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": made["cells"]}]}


def nulls(made: dict) -> None:
    """Cells that are null, a number, or empty, in between."""
    made["cells"] = [part for cell in made["cells"] for part in (None, cell, 7, {}, [])]


def unlucky() -> list[Recipe]:
    """All their answers are right."""
    loud = """
        import sys, warnings
        for n in range(50):
            print("x" * (1 << 20))
        print("to the other one", file=sys.stderr, flush=True)
        warnings.warn("this will change", FutureWarning)
        warnings.warn("so will this", DeprecationWarning)
    """
    spoken, slow = {}, {}
    top = right()
    for letter in ("C1", "C2", "C3"):
        head, _, body = top[letter].partition("\n")
        loudly = 'import warnings\n    print("y" * 3_000_000)\n    warnings.warn("odd", FutureWarning)'
        spoken[letter] = f"{head}\n    {loudly}\n{body}"
        slow[letter] = f"{head}\n    import time\n    time.sleep(0.1)\n{body}"
    files = """
        df.to_csv("mine.csv", index=False)
        df.to_csv("example.csv", index=False)
        assert len(pd.read_csv("mine.csv")) == len(pd.read_csv("example.csv")) == len(df)
        assert len(pd.read_csv("../../data/sentences.csv")) > 1
    """
    helpers = """
        import subprocess, sys
        from concurrent.futures import ThreadPoolExecutor
        assert subprocess.run([sys.executable, "-c", "print(7)"], capture_output=True).stdout == b"7\\n"
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(str, range(9))) == list("012345678")
    """
    magic = "%matplotlib inline\n!pip install pandas\n%config Any.thing = 1\nprint(1)\n?print"
    timed = {"A": f"%%time\n{top['A']}", "B": "%time " + " ".join(top["B"].split())}
    return [
        Recipe("prints 50 MB and warns", top | spoken, (code(loud),), FULL),
        Recipe("takes its time", top | slow, (), FULL),
        Recipe("asks for input", top, ("name = input('your name?')",), FULL, "EOFError"),
        Recipe("writes files", top, (code(files),), FULL),
        Recipe("starts a program and threads", top, (code(helpers),), FULL),
        Recipe("uses magic", top | timed, (magic,), FULL),
        Recipe("has an error of its own", top, ("1 / 0",), FULL, "ZeroDivisionError"),
        Recipe("has the test cell twice more", top, (), FULL, "counts once", twice),
        Recipe("is of an old format", top, (), FULL, "old format", old_format),
        Recipe("is of a format to come", top, (), FULL, "format 4", lambda made: made.update(nbformat=99)),
        Recipe("has cells that are null", top, (), FULL, "did not count", nulls),
        Recipe("reads and does not code", right("N"), (), READ),
        Recipe("asks for checks", top, ("ws.check('1.A'); ws.hint('1.C1')", "ws.check('1.C')"), FULL),
    ]


INJECTIONS = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) s12",
    "sql": "'); drop table grade; update grade set auto_score = 99; -- s12",
    "formula": '=HYPERLINK("http://127.0.0.1/","s12")\n+1+1\n-2\n@SUM(A1)\t=1',
    "template": "{{7*7}} ${7*7} %s %(x)s {0.__class__} \u202es12\x00\x1b[31m",
}


def injections() -> list[Recipe]:
    """Their words are code for somebody: for a browser, a database, a spreadsheet."""
    made = []
    for name, words in INJECTIONS.items():
        reading = right("N") | {"D": words}
        reading["N"] += f"\nnotes['because'] = {words!r}\nnotes['guess'] = {words!r}"
        own, deserves = (f"raise ValueError({words!r})",), {"A": 6.0, "B": 4.0}
        made.append(Recipe(f"injects {name}", reading, own, deserves, "ValueError"))
    return made


# Files that are odd -------------------------------------------------------------------------------------

BAD_NAMES = (
    "O'Brien; drop table student;--",
    "=cmd|' (C calc)'!A0",
    "<img src=x onerror=alert(1)>",
    "+49 151",
    "@SUM(A1)",
    "-rf",
    "$(touch x) `id`",
    "new\nline",
    "Zoë 张伟 \u202egnp",
    "x" * 200,
)


def odd_files(folder: Path, at: Places) -> dict[str, dict[str, float] | None]:
    """Hand in files that are no usual notebooks. What each student deserves; None: nothing, and a reason."""
    good = json.dumps(notebook(Recipe("good", right()))).encode()
    key = at.kit / "exercises" / "keys" / f"{SET}.json"
    for student, content in {
        "200 MB": b'{"cells": [], "x": "' + b"x" * 200_000_000 + b'"}',
        "empty": b"",
        "no JSON": b"\x00\xff not a notebook",
        "cut off": good[: len(good) // 2],
        "very deep": b'{"cells": ' + b"[" * 100_000,
        "many parts": b'{"cells": [' + b"{}," * 900_000 + b"{}]}",
        "a list": b"[]",
        "all null": b'{"cells": [null, null], "nbformat": 4}',
        "UTF-16": good.decode().encode("utf-16"),
        "with a mark": b"\xef\xbb\xbf" + good,
    }.items():
        put(folder, student, content)
    (folder / "a link" / SET).mkdir(parents=True)
    (folder / "a link" / SET / f"{SET}.ipynb").symlink_to(key)
    (folder / "a link to all").symlink_to(at.kit)
    (folder / "a pipe" / SET).mkdir(parents=True)
    os.mkfifo(folder / "a pipe" / SET / f"{SET}.ipynb")
    (folder / "a folder" / SET / f"{SET}.ipynb").mkdir(parents=True)
    put(folder, "renamed", good).rename(folder / "renamed" / SET / "my homework FINAL (2).ipynb")
    deserved: dict[str, dict[str, float] | None] = dict.fromkeys(
        ("200 MB", "empty", "no JSON", "cut off", "very deep", "many parts", "a list", "all null")
    )
    deserved |= dict.fromkeys(("a link", "a link to all", "a pipe", "a folder"))
    deserved |= dict.fromkeys(("UTF-16", "with a mark", "renamed"), FULL)
    for student in BAD_NAMES:
        put(folder, student, good)
    return deserved


def zips(folder: Path, at: Places) -> None:
    """Students who hand in a zip: an honest one, a bomb, one in which zips lie, links and ways out."""
    good = json.dumps(notebook(Recipe("good", right())))

    def zipped(student: str) -> zipfile.ZipFile:
        path = folder / student / SET / "work.zip"
        path.parent.mkdir(parents=True)
        return zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)

    with zipped("zip good") as made:
        made.writestr(f"{SET}/{SET}.ipynb", good)
    with zipped("zip bomb") as made:
        made.writestr(f"{SET}.ipynb", b"0" * 60_000_000)
    with zipped("zip of zips") as made:
        path = folder / "inner.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as inner:
            inner.writestr(f"{SET}.ipynb", b"0" * 45_000_000)
        for n in range(50):
            made.write(path, f"{n}.zip")
        path.unlink()
    with zipped("zip with ways out") as made:
        for way in ("../" * 9, "/", str(at.out) + "/"):
            made.writestr(f"{way}{at.token}.ipynb", good)
        link = zipfile.ZipInfo(f"{SET}.ipynb")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, str(at.kit / "exercises" / "keys" / f"{SET}.json"))
    with zipped("zip that lies") as made:
        made.writestr(f"{SET}.ipynb", b"0" * 60_000_000)
    path = folder / "zip that lies" / SET / "work.zip"
    raw = bytearray(path.read_bytes())
    for mark, at_size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # it says that it holds 100 bytes
        raw[raw.index(mark) + at_size : raw.index(mark) + at_size + 4] = struct.pack("<I", 100)
    path.write_bytes(raw)
