"""How long things take without a browser, each beside a peer in the same run."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

import whosays as ws
from conftest import Report
from helpers import DATA, NOTEBOOKS, offline_env

pytestmark = pytest.mark.benchmark

LESSONS = sorted(NOTEBOOKS.glob("0[1-8]_*.ipynb"))


def in_turn(times: int, *jobs: Callable[[], object]) -> list[float]:
    """Median seconds of each job; the jobs take turns, so that a slow moment hits all alike."""
    took: list[list[float]] = [[] for _ in jobs]
    for n in range(times + 1):
        for job, seconds in zip(jobs, took, strict=True):
            start = time.perf_counter()
            job()
            if n:  # the first round warms up
                seconds.append(time.perf_counter() - start)
    return [median(seconds) for seconds in took]


def test_import_costs_no_more_than_pandas(report: Report) -> None:
    def python(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    kit, pandas = in_turn(9, python("import whosays"), python("import pandas"))
    report("import whosays, seconds beside import pandas", kit, pandas, 1.15)


def test_loading_the_pack_beside_read_csv(report: Report) -> None:
    files = sorted(DATA.rglob("*.csv"))
    kit, pandas = in_turn(40, lambda: ws.load(DATA), lambda: [pd.read_csv(f) for f in files])
    report("load(), seconds beside pandas.read_csv of the same files", kit, pandas, 3)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_and_stays_small(lesson: Path, report: Report, tmp_path: Path) -> None:
    bare = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import pandas, plotly.graph_objects, ipywidgets")]
    )
    ran = {}

    def run(name: str, notebook: nbformat.NotebookNode) -> Callable[[], object]:
        def job() -> None:
            env = offline_env(tmp_path)
            client = NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=False)
            ran[name] = client.execute(env=env)

        return job

    took, peer = in_turn(3, run("lesson", nbformat.read(lesson, 4)), run("bare", bare))
    name = f"lesson {int(lesson.stem[:2])}"
    report(f"{name}, all cells, seconds beside a notebook that only imports", took, peer, 2)
    nbformat.write(ran["lesson"], tmp_path / "saved.ipynb")
    report(f"{name} saved, MB beside 1", (tmp_path / "saved.ipynb").stat().st_size / 1e6, 1, 1.5)
