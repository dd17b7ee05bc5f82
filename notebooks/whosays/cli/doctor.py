"""``whosays doctor``: what works on this machine, what does not, and what to do."""

from __future__ import annotations

import importlib.metadata as metadata
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from whosays import machine
from whosays.cli import INSTALL
from whosays.cli.start import use_this_python
from whosays.machine import Tick

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge", "microsoft-edge")
BROWSER_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


def doctor() -> int:
    """Print one line a tick; returns 0 if everything a lesson needs works, else 1."""
    use_this_python()
    ticks = list(all_ticks())
    yes, no, note = signs(sys.stdout.encoding)
    for tick in ticks:
        sign = {True: yes, False: no, None: note}[tick.ok]
        print(f"{sign} {tick.name}: {tick.found if tick.ok else tick.what_to_do}")
    wrong = sum(tick.ok is False for tick in ticks)
    print(f"{wrong} of {len(ticks)} do not work." if wrong else "Everything a lesson needs works here.")
    return 1 if wrong else 0


def signs(encoding: str | None) -> tuple[str, str, str]:
    """Signs for works, does not work, and note that a console with this encoding can print."""
    try:
        "✓✗–".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ("ok", "NO", "--")
    return ("✓", "✗", "–")


def all_ticks() -> Iterator[Tick]:
    """Everything the doctor looks at, in the order it prints it. ``ok`` is None for what no lesson needs."""
    yield machine.python_tick()
    packages = machine.needs()
    if not packages:
        yield Tick("The kit", False, f"It is not installed in this Python. {INSTALL}")
    for name in packages:
        yield machine.package_tick(name)
    yield machine.front_end_tick()
    yield kernel_tick()
    yield machine.write_tick()
    yield machine.offline_tick()
    yield browser_tick()
    if is_instructors():
        yield walls_tick()
        yield gradebook_tick()


def is_instructors() -> bool:
    """Whether this copy of the kit has the keys, so that somebody may want to grade with it."""
    from whosays.exercises.sets import KEYS, exercises_folder

    return (exercises_folder() / KEYS).is_dir()


def walls_tick() -> Tick:
    """Whether ``whosays grade`` can wall a submission in, tried just now. No lesson needs this one."""
    from whosays.classroom.sandbox import missing

    name = "Walls for grading"
    lacking = missing()
    if not lacking:
        return Tick(name, True, found="A submission was walled in just now.")
    no = "Submissions cannot be walled in here, so “whosays grade” stops unless you give --no-sandbox."
    return Tick(name, None, " ".join([no, *lacking]))


def gradebook_tick() -> Tick:
    """Whether nbgrader is there, for the gradebook and formgrader. No lesson needs this one."""
    name, lacking = "Gradebook for grading", "nbgrader is not here, so grades go into tables alone."
    try:
        return Tick(name, True, found=f"nbgrader {metadata.version('nbgrader')} keeps it.")
    except metadata.PackageNotFoundError:
        return Tick(
            name, None, f"{lacking} Run: {sys.executable} -m pip install -r exercises/requirements.txt"
        )


def kernel_tick() -> Tick:
    """Whether a notebook runs in the Python that the kit is installed in."""
    from jupyter_client.manager import KernelManager

    command = KernelManager(kernel_name="python3").format_kernel_cmd()[0]
    if _folder(command) == _folder(sys.executable):
        return Tick("Notebooks run in this Python", True, found=f"{sys.executable}.")
    do = f"They would run in {command}. Run: {sys.executable} -m ipykernel install --sys-prefix"
    return Tick("Notebooks run in this Python", False, do)


def _folder(program: str) -> str:
    return os.path.normcase(Path(program).absolute().parent)


def browser_tick() -> Tick:
    """Whether the kit's own tests find a browser. No lesson needs this one."""
    if program := find_chromium():
        return Tick("Browser tests", True, found=f"They can use {program}.")
    return Tick("Browser tests", None, "No Chromium, Chrome or Edge found. Only the kit's tests need one.")


def find_chromium() -> str | None:
    """The path of a browser that the tests can drive, if this machine has one."""
    for name in BROWSERS:
        if program := shutil.which(name):
            return program
    return next((place for place in BROWSER_PLACES if Path(place).is_file()), None)
