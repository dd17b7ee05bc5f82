"""``whosays doctor``: what works on this machine, what does not, and what to do."""

from __future__ import annotations

import importlib.metadata as metadata
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from whosays.cli import INSTALL
from whosays.cli.start import use_this_python

FRONT_ENDS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge", "microsoft-edge")
BROWSER_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


@dataclass(frozen=True)
class Finding:
    """One line of the report. ``works`` is None where something is missing that no lesson needs."""

    works: bool | None
    what: str
    do: str = ""


def doctor() -> int:
    """Print one line a finding; returns 0 if everything a lesson needs works, else 1."""
    use_this_python()
    found = list(findings())
    yes, no, note = signs(sys.stdout.encoding)
    for finding in found:
        sign = {True: yes, False: no, None: note}[finding.works]
        print(f"{sign} {finding.what}" + (f"\n  {finding.do}" if finding.do else ""))
    wrong = sum(f.works is False for f in found)
    if wrong:
        print(f"{wrong} of {len(found)} need attention; what to do stands below each.")
        return 1
    print("Everything a lesson needs works here.")
    return 0


def signs(encoding: str | None) -> tuple[str, str, str]:
    """Signs for works, does not work, and note that a console with this encoding can print."""
    try:
        "✓✗–".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ("ok", "NO", "--")
    return ("✓", "✗", "–")


def findings() -> Iterator[Finding]:
    """Everything the doctor looks at, in the order it prints it."""
    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python, _packages, _work_folder, _front_ends, _kernel, _pack, _browser,
    )  # fmt: skip
    for look in looks:
        try:
            yield from look()
        except ModuleNotFoundError as error:
            yield Finding(False, f"The package {error.name} is missing.", INSTALL)


def _python() -> Iterator[Finding]:
    here = ".".join(map(str, sys.version_info[:3]))
    try:
        about = metadata.metadata("whosays")
    except metadata.PackageNotFoundError:
        yield Finding(False, f"Python {here}, but the kit is not installed in it.", INSTALL)
        return
    prefix = "Programming Language :: Python :: "
    tested = [c.removeprefix(prefix) for c in about.get_all("Classifier") or () if c.startswith(prefix)]
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    needed = [tuple(map(int, version.split("."))) for version in tested]
    if minor in tested:
        yield Finding(True, f"Python {here}")
    elif sys.version_info[:2] > max(needed):
        yield Finding(
            None, f"Python {here} is newer than the ones the kit is tested with: {', '.join(tested)}."
        )
    else:
        yield Finding(
            False, f"Python {here} is too old.", f"Install Python {tested[-1]} and set the kit up anew."
        )


def _packages() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    try:
        lines = metadata.requires("whosays") or []
    except metadata.PackageNotFoundError:
        return  # said already
    for needed in map(Requirement, lines):
        try:
            version = metadata.version(needed.name)
        except metadata.PackageNotFoundError:
            yield Finding(False, f"The package {needed.name} is missing.", INSTALL)
            continue
        fits = needed.specifier.contains(version, prereleases=True)
        what = f"{needed.name} {version}" + ("" if fits else f", but the kit needs {needed.specifier}")
        yield Finding(fits, what, "" if fits else INSTALL)


def _work_folder() -> Iterator[Finding]:
    from whosays.answers import work_folder

    work = work_folder()
    try:
        work.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=work) as probe:
            probe.write(b"one answer")
    except OSError as error:
        do = "Move the kit to a folder of yours, or set WHOSAYS_WORK to one."
        yield Finding(False, f"Answers cannot be saved in {work} ({error.strerror or error}).", do)
    else:
        yield Finding(True, f"Answers can be saved in {work}")


def _front_ends() -> Iterator[Finding]:
    from jupyter_core.paths import jupyter_path

    for name in FRONT_ENDS:
        if any(Path(folder, name, "package.json").is_file() for folder in jupyter_path("labextensions")):
            yield Finding(True, f"JupyterLab can show widgets ({name})")
        else:
            yield Finding(
                False, f"JupyterLab cannot show widgets: {name} is missing.", f"{INSTALL} --force-reinstall"
            )


def _kernel() -> Iterator[Finding]:
    from jupyter_client.manager import KernelManager

    command = KernelManager(kernel_name="python3").format_kernel_cmd()[0]
    if _folder(command) == _folder(sys.executable):
        yield Finding(True, "Notebooks run in this Python")
    else:
        do = f"Run: {sys.executable} -m ipykernel install --sys-prefix"
        yield Finding(False, f"Notebooks would run in another Python: {command}", do)


def _folder(program: str) -> str:
    return os.path.normcase(Path(program).absolute().parent)


def _pack() -> Iterator[Finding]:
    from whosays import pack

    folder = pack.default_folder()
    faults = pack.check(folder)
    if faults:
        yield Finding(False, f"The lesson pack has faults: {faults[0]}", f"Run: whosays check {folder}")
    else:
        yield Finding(True, f"The lesson pack in {folder} loads")


def _browser() -> Iterator[Finding]:
    program = find_chromium()
    if program:
        yield Finding(True, f"The kit's own tests can use {program}")
    else:
        yield Finding(None, "No Chromium, Chrome or Edge found. Only the kit's own browser tests need it.")


def find_chromium() -> str | None:
    """The path of a browser that the tests can drive, if this machine has one."""
    for name in BROWSERS:
        if program := shutil.which(name):
            return program
    return next((place for place in BROWSER_PLACES if Path(place).is_file()), None)
