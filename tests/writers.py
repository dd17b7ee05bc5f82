"""Writers of one answers file that are killed, or that write at once.

Run by test_answers.py in a process of its own. ``python writers.py killed FOLDER`` forks one writer after
another and kills it, first after each line of Python that a change runs, then at random moments.
``python writers.py together FOLDER`` forks eight that write at once. Prints what happened; ends with an error
at the first file that is not what it should be.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from whosays import answers, disk
from whosays.answers import Answers

CODE = "amber-otter-17"
TEXT = "0" * 64
RANDOM_KILLS = 60
PATIENCE = 20.0
WATCHED = {answers.__file__, disk.__file__}


def mine(work: Path) -> Answers:
    return Answers(1, CODE, TEXT, work)


def fork(job: Callable[[], object]) -> int:
    """Run a job in a child that ends with it, whatever happens."""
    child = os.fork()
    if child:
        return child
    try:
        job()
        os._exit(0)
    except BaseException as error:
        print(f"writer: {error!r}", file=sys.stderr, flush=True)
        os._exit(1)


def write_on(work: Path, acknowledge: int) -> None:
    """Count on in the file without end, and tell each number once it is saved."""
    mine_now = mine(work)
    n = mine_now.get("predictions", "n", 0)
    while True:
        n += 1
        padding = "x" * (n % 7) * 3000
        mine_now.change(lambda content, n=n, p=padding: content["predictions"].update(n=n, padding=p))
        os.write(acknowledge, n.to_bytes(4, "big"))


def die_after_lines(lines: int) -> None:
    """Kill this process when the library has run so many lines."""
    left = lines

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename not in WATCHED:
            return None
        if event == "line":
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def kill_one(work: Path, lines: int | None) -> tuple[int, bool]:
    """Start a writer, kill it, look at the file: how many changes it saved, whether it left anything."""
    before = mine(work).get("predictions", "n", 0)
    receive, acknowledge = os.pipe()

    def job() -> None:
        os.close(receive)
        if lines:
            die_after_lines(lines)
        write_on(work, acknowledge)

    child = fork(job)
    os.close(acknowledge)
    if not lines:
        select.select([receive], [], [], PATIENCE)  # it has begun
        time.sleep(random.uniform(0, 0.01))
        os.kill(child, signal.SIGKILL)
    said = b""
    while part := os.read(receive, 4096):  # ends when the child is dead
        said += part
    os.close(receive)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer ended by itself"
    told = int.from_bytes(said[-4:], "big") if said else before
    folder = work / CODE
    left_over = any(folder.glob("*.tmp")) or any(folder.glob(".*.tmp"))
    if (folder / "L1.json").exists():
        found = json.loads((folder / "L1.json").read_bytes())["predictions"].get("n", 0)
    else:
        found = 0
    assert found in (told, told + 1), f"told {told}, found {found}"
    assert not list(folder.glob("*damaged*")), "a killed writer left a damaged file"
    return found - before, left_over


def killed(work: Path) -> None:
    lines, by_line, left = 0, 0, 0
    while True:  # after each line of a first and a second change
        lines += 1
        saved, left_over = kill_one(work, lines)
        by_line, left = by_line + 1, left + left_over
        if saved > 1:
            break
    for _ in range(RANDOM_KILLS):
        left += kill_one(work, None)[1]
    mine(work).set("hints", "s01", "reference")
    leftovers = [p.name for p in (work / CODE).iterdir() if ".tmp" in p.name]
    assert not leftovers, leftovers
    print(json.dumps({"kills": by_line + RANDOM_KILLS, "left over": left}))


def together(work: Path, writers: int = 8, changes: int = 25) -> None:
    def write(who: int) -> None:
        mine_now = mine(work)
        for n in range(changes):
            mine_now.set("predictions", f"{who}-{n}", n)

    children = [fork(lambda who=who: write(who)) for who in range(writers)]
    assert not any(os.waitpid(child, 0)[1] for child in children), "a writer failed"
    found = mine(work).content["predictions"]
    assert len(found) == writers * changes, f"{writers * changes - len(found)} changes are lost"
    print(json.dumps({"changes": len(found)}))


if __name__ == "__main__":
    signal.alarm(100)  # rather dead than hanging
    {"killed": killed, "together": together}[sys.argv[1]](Path(sys.argv[2]))
