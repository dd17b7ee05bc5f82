"""The command ``whosays``. Each command lives in its own module and is loaded only when it is called."""

from __future__ import annotations

import argparse
import io
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
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("whosays"):
            raise
        print(f"The package {error.name} is missing. {INSTALL}", file=sys.stderr)
        return 1


INSTALL = f"In the kit's folder, run: {sys.executable} -m pip install -r requirements.txt"


def _run(arguments: argparse.Namespace) -> int:
    if arguments.command == "start":
        from whosays.cli.start import start

        return start(port=arguments.port, ip=arguments.ip, browser=arguments.browser)
    if arguments.command == "doctor":
        from whosays.cli.doctor import doctor

        return doctor()
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
    return parser


def _port(word: str) -> int:
    if not (word.isascii() and word.isdigit() and 1 <= int(word) <= 65535):
        raise argparse.ArgumentTypeError(f"{word!r} is no port; expected a whole number from 1 to 65535")
    return int(word)
