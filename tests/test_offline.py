"""The guard that cuts the network bites: here, in processes started by tests, and in kernels."""

from __future__ import annotations

import http.server
import socket
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from helpers import network_attempts, offline_env
from network_cut import NetworkCut, is_local

ELSEWHERE = "192.0.2.1"  # reserved for documentation (RFC 5737): nobody answers there
TRIES = {
    "connect": f"import socket; socket.socket().connect(('{ELSEWHERE}', 80))",
    "resolve": "import socket; socket.getaddrinfo('example.org', 80)",
    "datagram": f"import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('{ELSEWHERE}', 53))",
    "download": "import urllib.request; urllib.request.urlopen('http://example.org', timeout=1)",
    "asyncio": f"import asyncio; asyncio.run(asyncio.open_connection('{ELSEWHERE}', 80))",
    "tornado": "from tornado import httpclient, ioloop; "
    "ioloop.IOLoop.current().run_sync(lambda: httpclient.AsyncHTTPClient().fetch('http://example.org'))",
    "httpx": f"import httpx; httpx.get('http://{ELSEWHERE}', timeout=1)",
}


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env=offline_env(folder),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("way", TRIES)
def test_a_process_cannot_reach_another_machine(way: str, tmp_path: Path) -> None:
    ended = run(TRIES[way], tmp_path)
    assert ended.returncode == 1
    assert "NetworkCut: This code" in ended.stderr
    assert network_attempts(tmp_path)


def test_a_swallowed_error_is_still_written_down(tmp_path: Path) -> None:
    quiet = "import contextlib\nwith contextlib.suppress(Exception):\n    "
    assert run(quiet + TRIES["connect"], tmp_path).returncode == 0
    assert network_attempts(tmp_path) == [f"connected to {ELSEWHERE}, port 80"]


def test_a_kernel_cannot_reach_another_machine(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(TRIES["connect"])])
    client = NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=False)
    with pytest.raises(CellExecutionError, match="NetworkCut"):
        client.execute(env=offline_env(tmp_path))
    assert network_attempts(tmp_path) == [f"connected to {ELSEWHERE}, port 80"]


def test_this_machine_can_be_reached(tmp_path: Path) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        address = f"http://localhost:{server.server_port}/"
        code = f"import urllib.request; print(urllib.request.urlopen('{address}', timeout=10).status)"
        ended = run(code, tmp_path)
    assert (ended.stdout.strip(), ended.returncode) == ("200", 0), ended.stderr
    assert not network_attempts(tmp_path)


def test_the_process_that_runs_the_tests_is_cut_too(offline: list[str]) -> None:
    with pytest.raises(NetworkCut), socket.socket() as way_out:
        way_out.connect((ELSEWHERE, 80))
    with pytest.raises(NetworkCut):
        socket.getaddrinfo("example.org", 80)
    assert len(offline) == 2
    offline.clear()


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("fe80::1%eth0", False),
        ("0.0.0.0", True),
        (b"localhost", True),
        (None, True),
        ("10.0.0.1", False),
        ("example.org", False),
        ("localhost.example.org", False),
    ],
)
def test_what_counts_as_this_machine(host: object, local: bool) -> None:
    assert is_local(host) is local
