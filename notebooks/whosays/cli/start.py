"""``whosays start``: JupyterLab on the first notebook, without pop-ups and without asking the network."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from whosays.answers import work_folder
from whosays.disk import write_whole
from whosays.pack import kit_folder

FIRST = "notebooks/00_start_here.ipynb"
QUIET = Path(__file__).with_name("quiet")
"""A Jupyter configuration folder. It changes defaults only, so a user's own settings (a theme) still win."""


def start(port: int | None = None, ip: str = "localhost", browser: bool = True) -> int:
    """Serve the kit until Ctrl-C. Without ``port`` the first free one is used; a given one must be free."""
    kit = kit_folder()
    if not (kit / FIRST).is_file():
        return _refuse(f"{kit / FIRST} is missing: the kit's folder is not complete. Get the kit again.")
    if port and (why := _port_problem(ip, port)):
        return _refuse(f"{why} Try another one, or leave --port out and a free one is chosen.")
    for notebook in sorted((kit / "notebooks").glob("0*.ipynb")):
        clear_outputs(notebook)
    if (kit / "exercises" / "nbgrader_config.py").is_file():  # formgrader, if installed, finds the course
        put_first("JUPYTER_CONFIG_PATH", kit / "exercises")
    put_first("JUPYTER_CONFIG_PATH", QUIET)
    fold_side_bars(work_folder() / ".lab")
    use_this_python()
    from jupyterlab.labapp import main

    # Ctrl-C without a terminal, or on Windows, would drop the server with its kernels still running.
    signal.signal(signal.SIGINT, lambda *_: signal.raise_signal(signal.SIGTERM))
    print(f"Opening {FIRST} in JupyterLab. To stop it, press Ctrl-C here.", flush=True)
    main(_options(kit, port, ip, browser))
    print("JupyterLab has stopped.")
    return 0


def clear_outputs(notebook: Path) -> bool:
    """Take the outputs out of a saved lesson, and say whether there were any.

    A widget lives no longer than its kernel, so what was saved of it shows as an error on the next day. On a
    shared computer, tables and charts would show the work of the student before. Answers are kept elsewhere.
    The rest of the file stays, and so does a file that cannot be read or written.
    """
    try:
        content = json.loads(notebook.read_text(encoding="utf-8"))
        used = [cell for cell in content["cells"] if cell.get("outputs") or cell.get("execution_count")]
        for cell in used:
            cell["outputs"], cell["execution_count"] = [], None
        if used:
            write_whole(notebook, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return bool(used)


def fold_side_bars(folder: Path) -> None:
    """Open JupyterLab with its side bars folded away, so that a lesson has the whole width of a small screen.

    The layout is kept in the kit, not in the user's own; a layout folder that is set already is left alone.
    """
    from jupyterlab_server.workspaces_handler import WORKSPACE_EXTENSION, slugify

    if "JUPYTERLAB_WORKSPACES_DIR" in os.environ:
        return
    bar: dict[str, Any] = {
        "collapsed": True,
        "visible": True,
        "current": None,
        "widgets": [],
        "widgetStates": {},
    }
    layout = {"main": {"dock": None}, "left": bar, "right": bar, "relativeSizes": [0, 1, 0]}
    content = {"data": {"layout-restorer:data": layout}, "metadata": {"id": "default"}}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / (slugify("default") + WORKSPACE_EXTENSION), json.dumps(content))
    except OSError:
        return  # the lesson works with the side bar, too
    os.environ["JUPYTERLAB_WORKSPACES_DIR"] = str(folder)


def use_this_python() -> None:
    """Let Jupyter find this environment's kernel and widgets before any other installed for this user."""
    put_first("JUPYTER_PATH", Path(sys.prefix, "share", "jupyter"))


def put_first(variable: str, folder: Path) -> None:
    """Put a folder at the head of a search path in the environment."""
    others = [p for p in os.environ.get(variable, "").split(os.pathsep) if p and p != str(folder)]
    os.environ[variable] = os.pathsep.join([str(folder), *others])


def _options(kit: Path, port: int | None, ip: str, browser: bool) -> list[str]:
    import zmq

    options = [
        f"--ServerApp.root_dir={kit}",
        f"--ServerApp.ip={ip}",
        "--ServerApp.answer_yes=True",  # Ctrl-C stops it at once
        "--ServerApp.allow_root=True",  # a container or a hosted room has no other user
        "--Application.log_level=ERROR",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",  # the other one looks packages up in the network
        "--LanguageServerManager.autodetect=False",  # it would call npm, which looks for its own updates
    ]
    if zmq.has("curve"):
        options.append("--KernelManager.transport_encryption=auto")
    if port:
        options += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    return options if browser else [*options, "--no-browser"]


def _port_problem(ip: str, port: int) -> str:
    """Why nothing can listen there, as a sentence; empty if something can."""
    try:
        addresses = socket.getaddrinfo(ip, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return f"{ip} is no address of this machine."
    for family, kind, protocol, _, address in addresses:
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except PermissionError:
                return f"Port {port} may not be used by you."
            except OSError:
                return f"Port {port} is taken."
    return ""


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
