"""What several test files need: the kit's folders, an environment without network, a running JupyterLab."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KIT = Path(__file__).resolve().parents[1]
NOTEBOOKS = KIT / "notebooks"
DATA = KIT / "data"
TOKEN = "only-for-tests"


def offline_env(
    folder: Path, kit: Path = KIT, also_import_from: Path | None = None, **more: str
) -> dict[str, str]:
    """An environment for Python processes and kernels that cuts their network and keeps them out of the home.

    Everything Jupyter and the kit write goes below ``folder``; attempts to reach the network are also
    written to ``folder/network.log``. With another ``kit``, its library is the one that is imported.
    """
    python_path = [
        KIT / "tests" / "offline",
        kit / "notebooks",
        *([also_import_from] if also_import_from else []),
    ]
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, python_path)),
        "PYTHONUTF8": "1",
        "WHOSAYS_NETWORK_LOG": str(folder / "network.log"),
        "WHOSAYS_WORK": str(folder / "work"),
        "HOME": str(folder),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_TOKEN": TOKEN,
        **more,
    }


def network_attempts(folder: Path) -> list[str]:
    """What processes run with ``offline_env(folder)`` asked the network for."""
    log = folder / "network.log"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def whosays(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run ``whosays`` in its own process and return what it printed."""
    command = [sys.executable, "-m", "whosays.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Lab:
    """A JupyterLab started by ``whosays start``."""

    process: subprocess.Popen[str]
    url: str

    def get(self, path: str, body: Any = None) -> Any:
        """The JSON that the server answers with; with a ``body`` it is sent there first."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"token {TOKEN}"})
        if body is not None:
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def stop(self) -> str:
        """Press Ctrl-C, wait, and return everything the command printed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=30)[0]


@contextlib.contextmanager
def running_lab(folder: Path, kit: Path = KIT, **more: str) -> Iterator[Lab]:
    """``whosays start`` for real, without network and without touching the user's own Jupyter settings."""
    port = free_port()
    command = [sys.executable, "-m", "whosays.cli", "start", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(
        command,
        env=offline_env(folder, kit, **more),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lab = Lab(process, f"http://localhost:{port}")
    try:
        _wait_until_up(lab)
        yield lab
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def _wait_until_up(lab: Lab) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if lab.process.poll() is not None:
            raise AssertionError(f"whosays start ended by itself:\n{lab.process.communicate()[0]}")
        try:
            lab.get("/api")
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("whosays start did not answer within a minute")
