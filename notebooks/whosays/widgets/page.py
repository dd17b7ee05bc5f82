"""Things that are shown and not clicked: the ladder, a sentence, a chart with its words.

A ``Page`` can be drawn again in place, so that what stands further down a notebook keeps up with the answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
from IPython.display import DisplayHandle, display

from whosays import figures
from whosays.markup import element
from whosays.measures.ladder import RULE, RUNGS
from whosays.widgets.base import source_css

Bundle = dict[str, Any]


class Page:
    """A piece of a lesson that is made from the present answers, each time it is drawn."""

    def __init__(self, make: Callable[[], list[Bundle]]) -> None:
        self._make = make
        self._handles: list[DisplayHandle] = []
        self._shown: list[Bundle] = []

    def _ipython_display_(self) -> None:
        self._shown = self._make()
        self._handles = [display(b, raw=True, display_id=True) for b in self._shown]

    def redraw(self) -> None:
        """Show the present state where the page stands already; what is the same stays untouched."""
        before, self._shown = self._shown, self._make() if self._handles else []
        for handle, old, new in zip(self._handles, before, self._shown, strict=True):
            if repr(old) != repr(new):  # a figure holds arrays, which know no plain “equal”
                if figures.MIME in old and figures.MIME in new:
                    # JupyterLab draws a chart once and keeps it; only another kind of output makes it go.
                    handle.update({"text/plain": new["text/plain"]}, raw=True)
                handle.update(new, raw=True)

    def __repr__(self) -> str:
        return "\n".join(str(b["text/plain"]) for b in self._make())


class Chart(Page):
    """A figure with what belongs to it: the caption, and the same numbers as a table.

    ``rungs`` adds the rungs of the ladder in words. ``waiting`` is shown as long as there is no figure.
    """

    def __init__(
        self, draw: Callable[[], figures.Figure | None], waiting: str = "", rungs: bool = False
    ) -> None:
        self._draw, self._waiting, self._rungs = draw, waiting, rungs
        super().__init__(self._parts)

    @property
    def figure(self) -> figures.Figure | None:
        """The figure, or None while it waits for something."""
        return self._draw()

    def as_table(self) -> pd.DataFrame:
        """The numbers of the chart; an empty table while it waits."""
        figure = self.figure
        return pd.DataFrame() if figure is None else figures.figure_table(figure)

    def _parts(self) -> list[Bundle]:
        figure = self.figure
        return [note(self._waiting), note("")] if figure is None else _chart(figure, self._rungs)


def html(parts: Iterable[str], plain: str) -> Bundle:
    """HTML in the look of the kit, with the same in plain text."""
    inner = element("div", [f"<style>{source_css()}</style>", *parts], class_="ws")
    return {"text/html": inner, "text/plain": plain}


def note(text: str) -> Bundle:
    """One plain sentence."""
    return html([element("p", text, class_="ws-text")], text)


def rung_chip(rung: int) -> str:
    return element("span", str(rung), class_="ws-rung", data_rung=str(rung))


def _rungs(class_: str) -> str:
    rows = [
        element("li", [rung_chip(n), element("span", name)], class_="ws-row") for n, name in RUNGS.items()
    ]
    return element("ul", rows, class_=class_)


def ladder() -> Bundle:
    """The source ladder, top rung first, with the rule of the class."""
    parts = [_rungs("page-ladder"), element("p", f"“{RULE}”", class_="ws-h")]
    return html(parts, "\n".join([*(f"{n} {name}" for n, name in RUNGS.items()), RULE]))


def sentence(sid: str, text: str, notes: Iterable[str], rung: int | None = None) -> Bundle:
    """One sentence of the study text, unchanged, with its rung, if there is one to tell, and notes."""
    notes = list(notes)
    head = [element("span", sid, class_="ws-note"), *([rung_chip(rung)] if rung else [])]
    parts = [
        element("div", head, class_="ws-row"),
        element("p", text, class_="ws-q ws-text page-sentence"),
        *(element("p", note, class_="ws-text") for note in notes),
    ]
    return html([element("div", parts, class_="ws-card page-card")], "\n".join([f"{sid}: {text}", *notes]))


def _chart(figure: figures.Figure, rungs: bool) -> list[Bundle]:
    table = figures.figure_table(figure)
    rows = [element("tr", [element("th", str(c).replace("_", " "), scope="col") for c in table.columns])]
    rows += [element("tr", [element("td", _cell(v)) for v in row]) for row in table.itertuples(index=False)]
    # On a focused summary the notebook would take x for “cut this cell”.
    head = element("summary", "Same numbers as a table", data_lm_suppress_shortcuts="true")
    twin = [head, element("table", rows)]
    said = f"“{RULE}” {figures.caption(figure)}" if rungs else figures.caption(figure)
    lines = [element("p", line, class_="ws-note page-note") for line in said.split("\n")]
    parts = [
        f"<style>{figures.theme_css()}</style>",
        element("p", figures.alt_text(figure), class_="ws-vh"),
        *([_rungs("page-legend")] if rungs else []),
        *lines,
        element("details", twin, class_="page-table"),
    ]
    return [figures.mime_bundle(figure), html(parts, said)]


def _cell(value: Any) -> str:
    return "–" if pd.isna(value) or value == "" else str(value)
