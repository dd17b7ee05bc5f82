"""How long a click or a key takes to show in the browser, beside a peer on the same page."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from statistics import median

import nbformat
import pytest
from conftest import Report
from playwright.sync_api import Browser, Page

from helpers import DATA, NOTEBOOKS
from test_browser import room

pytestmark = [pytest.mark.benchmark, pytest.mark.browser]

TIMES = 30
DECK = "import whosays as ws\nws.lesson(1).deck()"
PEER = """import ipywidgets
count, button, shown = [0], ipywidgets.Button(description="peer"), ipywidgets.HTML("<p class='peer'>0</p>")
def pressed(_):
    count[0] += 1
    shown.value = f"<p class='peer'>{count[0]}</p>"
button.on_click(pressed)
button.add_class("peer-button")
ipywidgets.VBox([button, shown])"""

# Milliseconds from a click on `act` until `shown` holds another text, and one frame more: what a reader waits.
UNTIL_SHOWN = """([act, shown]) => new Promise(done => {
  const text = () => document.querySelector(shown)?.textContent ?? '';
  const before = text(), start = performance.now();
  const watch = new MutationObserver(() => {
    if (text() === before) return;
    watch.disconnect();
    requestAnimationFrame(() => done(performance.now() - start));
  });
  watch.observe(document.body, {subtree: true, childList: true, characterData: true});
  document.querySelector(act).click();
})"""


def kit_with(folder: Path, name: str, *cells: str) -> Path:
    """A copy of the kit that also holds a notebook of these cells."""
    kit = folder / "kit"
    shutil.copytree(NOTEBOOKS, kit / "notebooks", ignore=shutil.ignore_patterns("work", "__pycache__"))
    shutil.copytree(DATA, kit / "data")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, kit / "notebooks" / name)
    return kit


def test_click_in_the_deck_until_feedback(browser: Browser, tmp_path: Path, report: Report) -> None:
    kit = kit_with(tmp_path, "bench.ipynb", DECK, PEER)
    with room(browser, tmp_path / "home", kit) as made:
        made.open("notebooks/bench.ipynb")
        made.run_all()
        page = made.page

        def until_shown(act: str, shown: str) -> float:
            took: float = page.evaluate(UNTIL_SHOWN, [act, shown])
            page.wait_for_timeout(60)
            return took

        deck, peer = [], []
        for n in range(TIMES + 2):
            deck.append(until_shown(f".ws-choice[data-arg='{1 + n % 2}']", ".ws-verdict"))
            peer.append(until_shown(".peer-button", "p.peer"))
        report("click in the deck, ms to feedback, beside Button → HTML", median(deck[2:]), median(peer[2:]), 1.3)
