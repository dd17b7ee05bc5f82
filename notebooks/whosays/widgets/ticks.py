"""Does this machine work? Six lines, each with a tick or with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from whosays import machine
from whosays.machine import Tick
from whosays.widgets.base import View, source

ASK = "Does this computer work? One line waits for a click of yours."
WORKS = {True: "works", False: "does not work", None: "open"}


class Ticks(View):
    """Look at the machine, line by line; the line about clicks is open until one has reached Python.

    ``pack_error`` is what went wrong where the pack was loaded already; without it the check loads the pack.
    It changes nothing and sends nothing.
    """

    _esm = source("ticks", ".js")
    _css = source("ticks", ".css")

    def __init__(self, pack_error: str | None = None, work: Path | None = None) -> None:
        self._pack_error, self._work = pack_error, work
        self._clicked = False
        self.ticks = self._look()
        super().__init__()

    def __repr__(self) -> str:
        # All that is left of a widget where none can be shown.
        return "Widgets do not show here if you can read this. Run: pip install -r requirements.txt"

    def do_click(self) -> None:
        self._clicked = True
        self.ticks = self._look()

    def do_again(self) -> None:
        self.ticks = self._look()

    def _look(self) -> tuple[Tick, ...]:
        return (
            machine.python_tick(),
            machine.package_tick("pandas"),
            machine.package_tick("plotly"),
            machine.click_tick(self._clicked),
            machine.write_tick(self._work),
            machine.offline_tick(self._pack_error),
        )

    def as_table(self) -> pd.DataFrame:
        """A row a line: what was looked at, whether it works, what was found, what to do."""
        rows = [(t.name, WORKS[t.ok], t.found, t.what_to_do) for t in self.ticks]
        return pd.DataFrame(rows, columns=["check", "works", "found", "what to do"])

    def build(self) -> dict[str, Any]:
        box = self._box()
        return {
            "ask": ASK if not self._clicked else "Does this computer work?",
            "ticks": [
                {"name": t.name, "ok": t.ok, "word": WORKS[t.ok], "text": t.what_to_do or t.found}
                for t in self.ticks
            ],
            "click": machine.CLICK,
            "clicked": self._clicked,
            "box": box,
            "say": box["say"] if box and self._turn > 1 else "",
        }

    def _box(self) -> dict[str, str] | None:
        """What all lines together say; nothing as long as all is well and the click is to come."""
        wrong = [t for t in self.ticks if t.ok is False]
        if wrong:
            verdict = f"{len(wrong)} of {len(self.ticks)} {'does' if len(wrong) == 1 else 'do'} not work yet."
            said = " ".join(f"{t.name}: {t.what_to_do}" for t in wrong)
            return _box("notyet", verdict, "Each cross says what to do. Then check again.", said)
        if not self._clicked:
            return None
        return _box("ok", "This machine works.", "Nothing is left to do here.")


def _box(tone: str, verdict: str, text: str, said: str = "") -> dict[str, str]:
    return {"tone": tone, "verdict": verdict, "text": text, "say": f"{verdict} {said or text}"}
