"""Every test runs with the network cut, and browser tests use the browser of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import network_cut
from whosays.cli.doctor import find_chromium

network_cut.cut()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker more than processors: a third of the time tests wait, for a browser or for a kernel."""
    mine = hasattr(os, "sched_getaffinity")  # not on macOS or Windows
    return 1 + (len(os.sched_getaffinity(0)) if mine else os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The lessons in JupyterLab first, half a minute each: at the end all would wait for them."""
    items.sort(key=lambda item: item.path.name != "test_browser.py")


@pytest.fixture(autouse=True)
def offline(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Fail a test that asked for another machine, even where the error was swallowed on the way.

    Yields the attempts of the running test; a test of the guard itself empties the list.
    """
    network_cut.attempts.clear()
    yield network_cut.attempts
    assert not network_cut.attempts, f"{request.node.name} asked the network: {network_cut.attempts}"


@pytest.fixture(autouse=True)
def work_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep tests away from the answers of whoever uses this machine; returns the folder they use instead."""
    work = tmp_path / "work"
    monkeypatch.setenv("WHOSAYS_WORK", str(work))
    return work


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = find_chromium()
    if program is None:
        message = "No Chromium, Chrome or Edge on this machine"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    in_container = hasattr(os, "geteuid") and os.geteuid() == 0
    sandbox = ["--no-sandbox"] if in_container else []
    return browser_type_launch_args | {
        "executable_path": program,
        "args": [*sandbox, "--disable-dev-shm-usage"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """No colour on its way to another one while a test looks at it."""
    return browser_context_args | {"reduced_motion": "reduce"}
