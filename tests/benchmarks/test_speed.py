"""How long things take without a browser, each beside a peer in the same run."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient

import whosays as ws
from conftest import Report
from helpers import DATA, NOTEBOOKS, offline_env
from whosays.measures.agreement import alpha

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


def votes(readers: int) -> pd.DataFrame:
    """Readers by 31 sentences, a rung in each cell, some left out."""
    chance = np.random.default_rng(31)
    table = pd.DataFrame(chance.integers(1, 6, (readers, 31))).astype("Int64")
    return table.mask(chance.random(table.shape) < 0.05)


def test_agreement_of_ten_thousand_readers(report: Report) -> None:
    """The peer only counts the rungs of each sentence, which is where any alpha begins."""
    table = votes(10_000)
    kit, pandas = in_turn(7, lambda: alpha(table, "ordinal"), lambda: table.apply(pd.Series.value_counts))
    report("alpha of 10 000 readers, seconds beside the counts of pandas alone", kit, pandas, 3)
    report("alpha of 10 000 readers, seconds beside 2", kit, 2, 1)


def test_agreement_beside_nltk(report: Report) -> None:
    nltk = pytest.importorskip("nltk.metrics", reason="nltk is a cross-check and need not be there")
    table = votes(2000)
    rows = [(r, s, v) for r, row in table.iterrows() for s, v in row.items() if not pd.isna(v)]

    def peer() -> float:
        return float(nltk.agreement.AnnotationTask(rows, distance=nltk.distance.interval_distance).alpha())

    assert alpha(table, "interval") == pytest.approx(peer())
    kit, beside = in_turn(5, lambda: alpha(table, "interval"), peer)
    report("alpha of 2000 readers, seconds beside nltk", kit, beside, 1)


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
