"""The command ``whosays``. Each command lives in its own module and is loaded only when it is called."""

from __future__ import annotations

import argparse
import errno
import io
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from whosays import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 for done, 1 for not done, 2 for a call it cannot read."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks a sign shows "?" and goes on
    arguments = _parser().parse_args(argv)
    try:
        return _run(arguments)
    except BrokenPipeError:  # whoever read the lines has gone, such as “| head”
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("whosays"):
            raise
        print(f"The package {error.name} is missing. {INSTALL}", file=sys.stderr)
        return 1


def cannot(what: str, where: Path, error: OSError) -> str:
    """A failed write in one sentence: what, where, why, and what to do."""
    why = {errno.EACCES: "it is read-only", errno.EPERM: "it is read-only", errno.EROFS: "it is read-only"}
    why |= {errno.ENOSPC: "the disk is full", errno.ENOTDIR: "a part of that path is a file and no folder"}
    reason = why.get(error.errno or 0, error.strerror or str(error))
    return f"{what} {where}: {reason}. Choose another place, or make room there, and run it again."


RELEASE_DOES = """Write the bundle that students get: lessons without the teacher's notes, the text without
its reference coding, exercises without solutions. Give students this, and never the kit itself."""
GRADE_DOES = """Grade all submissions, walled in and one process each, into GRADES.csv and files beside it:
for Canvas and Moodle, a page a student, a report on the questions, nbgrader's gradebook. Stopped half-way,
or with new submissions, the same command goes on; nothing is graded twice."""
GUIDE = "The instructor's guide is exercises/README.md."
INSTALL = f"In the kit's folder, run: {sys.executable} -m pip install -r requirements.txt"


def _run(arguments: argparse.Namespace) -> int:
    if arguments.command == "start":
        from whosays.cli.start import start

        return start(port=arguments.port, ip=arguments.ip, browser=arguments.browser)
    if arguments.command == "doctor":
        from whosays.cli.doctor import doctor

        return doctor()
    if arguments.command == "release":
        from whosays.cli.release import release

        return release(arguments.out, arguments.self_study)
    if arguments.command == "grade":
        from whosays.cli.grade import grade

        return grade(
            arguments.submissions,
            arguments.out,
            workers=arguments.workers,
            scheduler=arguments.scheduler or "",
            seconds=arguments.seconds,
            total=arguments.total,
            walls=arguments.walls,
            roster=arguments.roster,
        )
    from whosays.cli.check import check

    return check(arguments.pack)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="whosays", description="Who Says So? A teaching kit on reading news."
    )
    parser.add_argument("--version", action="version", version=f"whosays {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    start = commands.add_parser("start", help="open the kit in JupyterLab")
    start.add_argument("--port", type=_port, help="the port to use; without it, the first free one from 8888")
    start.add_argument(
        "--ip", default="localhost", help="the address to listen on (default: this machine only)"
    )
    start.add_argument(
        "--no-browser", dest="browser", action="store_false", help="print the address and open no browser"
    )
    commands.add_parser("doctor", help="say what works on this machine, what does not, and what to do")
    check = commands.add_parser("check", help="check a lesson pack and name every fault")
    check.add_argument("pack", metavar="PACK", type=Path, help="the folder that holds datapackage.json")
    release = commands.add_parser(
        "release", help="write the bundle that students get", description=RELEASE_DOES, epilog=GUIDE
    )
    release.add_argument(
        "out", metavar="OUT", type=Path, help="a folder that does not exist yet, or is empty"
    )
    release.add_argument(
        "--self-study",
        action="store_true",
        help="with reference and key, sealed: for practice, not for marks",
    )
    _add_grade(
        commands.add_parser(
            "grade",
            help="grade a folder or an LMS zip of submissions",
            description=GRADE_DOES,
            epilog=GUIDE,
        )
    )
    return parser


def _add_grade(grade: argparse.ArgumentParser) -> None:
    grade.add_argument(
        "submissions", metavar="SUBMISSIONS", type=Path, help="the folder or zip of submissions"
    )
    grade.add_argument("--out", metavar="GRADES.csv", type=Path, required=True, help="the table to write")
    grade.add_argument(
        "--roster", metavar="FILE", type=Path, help="the table of students as the LMS exports it"
    )
    where = grade.add_mutually_exclusive_group()
    where.add_argument(
        "--workers", metavar="N", type=_count, help="submissions at a time (default: one a core)"
    )
    where.add_argument("--scheduler", metavar="ADDRESS", type=_address, help="a Dask scheduler to grade on")
    grade.add_argument("--seconds", metavar="S", type=_seconds, help="limit of a question (default: 2)")
    grade.add_argument("--total", metavar="S", type=_seconds, help="limit of a submission (default: 10)")
    grade.add_argument(
        "--no-sandbox", dest="walls", action="store_false", help="run without walls: only code that you trust"
    )


def _count(word: str) -> int:
    if not (word.isascii() and word.isdigit() and 1 <= int(word) <= 256):
        raise argparse.ArgumentTypeError(f"{word!r}; expected a whole number from 1 to 256")
    return int(word)


def _address(word: str) -> str:
    if not re.fullmatch(r"(?:(?:tcp|tls|ws|wss)://)?[^\s/:]+:\d{1,5}/?|tcp://\[[\da-fA-F:]+\]:\d{1,5}", word):
        raise argparse.ArgumentTypeError(f"{word!r}; expected an address such as tcp://192.168.1.5:8786")
    return word


def _seconds(word: str) -> float:
    try:
        seconds = float(word)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{word!r}; expected seconds from 0.1 to 3600")
    return seconds


def _port(word: str) -> int:
    if not (word.isascii() and word.isdigit() and 1 <= int(word) <= 65535):
        raise argparse.ArgumentTypeError(f"{word!r} is no port; expected a whole number from 1 to 65535")
    return int(word)
