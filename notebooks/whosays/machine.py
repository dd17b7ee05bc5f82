"""Does this machine work? One function a question, each returns a ``Tick``."""

from __future__ import annotations

import contextlib
import importlib.metadata as metadata
import importlib.util
import os
import platform
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from whosays.answers import work_folder, write_whole
from whosays.pack import PackError, load

PYTHON = ">=3.11"
INSTALL = "run “pip install -r requirements.txt” in the kit’s folder, then start JupyterLab again"
FRONT_ENDS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")
ONLINE_RENDERERS = {
    *("notebook_connected", "iframe_connected", "kaggle", "azure", "colab", "databricks", "sphinx_gallery")
}
CLICK = "Widgets respond to a click"
PROBE = "one answer “with quotation marks”\n"


@dataclass(frozen=True, slots=True)
class Tick:
    """One line: ``ok`` is None as long as it is open. ``what_to_do`` is empty where nothing is to be done."""

    name: str
    ok: bool | None
    what_to_do: str = ""
    found: str = ""


def python_tick(version: str = "") -> Tick:
    """Whether this Python is one that the kit runs in."""
    version = version or platform.python_version()
    if SpecifierSet(PYTHON).contains(version, prereleases=True):
        return Tick("Python", True, found=f"Version {version}.")
    needed = PYTHON.removeprefix(">=")
    do = f"Install Python {needed} or newer and set the kit up again: this is {version}."
    return Tick("Python", False, do)


def package_tick(name: str) -> Tick:
    """Whether a package is here, in a version that the kit can use."""
    missing = Tick(name, False, f"{name} is missing: {INSTALL}.")
    try:
        version = metadata.version(name)
        if importlib.util.find_spec(name) is None:
            return missing
    except (metadata.PackageNotFoundError, ValueError):
        return missing
    needed = needs().get(name, SpecifierSet())
    if needed.contains(version, prereleases=True):
        return Tick(name, True, found=f"Version {version}.")
    return Tick(name, False, f"{name} {version} does not fit ({needed}): {INSTALL}.")


def needs() -> dict[str, SpecifierSet]:
    """The packages that the kit needs and their versions; empty where the kit is not installed."""
    try:
        lines = metadata.requires("whosays") or []
    except metadata.PackageNotFoundError:
        return {}
    return {needed.name: needed.specifier for needed in map(Requirement, lines)}


def front_end_tick() -> Tick:
    """Whether JupyterLab has what it needs to show widgets. Only a click proves that it does."""
    from jupyter_core.paths import jupyter_path

    name, places = "Widgets are shown", jupyter_path("labextensions")
    for extension in FRONT_ENDS:
        if not any(Path(place, extension, "package.json").is_file() for place in places):
            return Tick(name, False, f"{extension} is missing in JupyterLab: {INSTALL}.")
    return Tick(name, True, found="JupyterLab can show widgets.")


def click_tick(clicked: bool) -> Tick:
    """Whether a click in the browser has reached Python; open until then."""
    return (
        Tick(CLICK, True, found="Python has heard it.") if clicked else Tick(CLICK, None, "Click the button.")
    )


def write_tick(work: Path | None = None) -> Tick:
    """Whether answers can be written, renamed and read again in the work folder."""
    work = work or work_folder()
    name, probe = "Answers can be saved", work / f".tick-{os.getpid()}"
    try:
        work.mkdir(parents=True, exist_ok=True)
        write_whole(probe, PROBE)
        same = probe.read_text(encoding="utf-8") == PROBE
        probe.unlink()
    except (OSError, UnicodeError) as error:
        why = {13: "is read-only", 30: "is read-only", 28: "is on a full disk"}
        number = error.errno if isinstance(error, OSError) else None
        reason = why.get(number or 0, f"cannot be written ({getattr(error, 'strerror', None) or error})")
        return Tick(name, False, f"Move the kit to a folder of yours, because the folder {work} {reason}.")
    if not same:
        return Tick(name, False, f"Move the kit to another disk, because {work} changes what is written.")
    return Tick(name, True, found=f"In the folder {work}.")


def offline_tick(pack_error: str | None = None) -> Tick:
    """Whether lessons run without a network.

    The text must load while every connection is refused, and charts must not be set to fetch their script.
    ``pack_error`` is what went wrong where the pack was loaded already.
    """
    name = "No network needed"
    renderer = plotly_renderer()
    with refused() as asked:
        error = pack_error or _pack_error()
    if asked:
        return Tick(name, False, f"Unpack the kit again, because loading the text asked for {asked[0]}.")
    if error:
        return Tick(name, False, f"Unpack the kit again, because its text cannot be loaded: {error}")
    if ONLINE_RENDERERS & set(renderer.split("+")):
        do = f"Delete the setting PLOTLY_RENDERER ({renderer}): it fetches charts from the network."
        return Tick(name, False, do)
    return Tick(name, True, found="Text and charts come from this machine.")


def plotly_renderer() -> str:
    """The way plotly shows charts here, without loading plotly for it."""
    loaded: Any = sys.modules.get("plotly.io")
    return str(loaded.renderers.default) if loaded else os.environ.get("PLOTLY_RENDERER", "")


def _pack_error() -> str:
    try:
        load()
    except (PackError, OSError) as error:
        return str(error).splitlines()[0] if str(error) else type(error).__name__
    return ""


@contextlib.contextmanager
def refused() -> Iterator[list[str]]:
    """Refuse every connection that this thread asks for, and yield the list of them."""
    asked: list[str] = []
    here = threading.get_ident()
    places: list[tuple[Any, str, int]] = [
        (socket.socket, "connect", 1), (socket.socket, "connect_ex", 1), (socket, "getaddrinfo", 0),
    ]  # fmt: skip

    def guard(real: Any, at: int) -> Any:
        def guarded(*args: Any, **options: Any) -> Any:
            if threading.get_ident() != here:
                return real(*args, **options)
            asked.append(str(args[at] if len(args) > at else "another machine"))
            raise ConnectionRefusedError("no network while the kit checks that it needs none")

        return guarded

    before = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
    for (owner, name, at), (_, _, real) in zip(places, before, strict=True):
        setattr(owner, name, guard(real, at))
    try:
        yield asked
    finally:
        for owner, name, real in before:
            setattr(owner, name, real)
