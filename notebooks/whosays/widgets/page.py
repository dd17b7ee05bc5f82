"""Things that are shown and not clicked: a chart with its words, the ladder, a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from IPython.display import HTML, display

from whosays import figures
from whosays.markup import element
from whosays.measures.ladder import RULE, RUNGS
from whosays.widgets.base import source_css


class Page:
    """A piece of a lesson as HTML, in the look of the kit, with a plain-text twin."""

    def __init__(self, parts: Iterable[str], plain: str) -> None:
        self._html = element("div", [f"<style>{source_css()}</style>", *parts], class_="ws")
        self._plain = plain

    def _repr_html_(self) -> str:
        return self._html

    def __repr__(self) -> str:
        return self._plain


def note(text: str) -> Page:
    """One plain sentence."""
    return Page([element("p", text)], text)


def rung_chip(rung: int) -> str:
    return element("span", str(rung), class_="ws-rung", data_rung=str(rung))


def ladder() -> Page:
    """The source ladder, top rung first, with the rule of the class."""
    rows = [element("li", [rung_chip(n), element("span", name)], class_="ws-row") for n, name in RUNGS.items()]
    html = [element("ul", rows, class_="page-ladder"), element("p", f"“{RULE}”", class_="ws-h")]
    return Page(html, "\n".join([*(f"{n} {name}" for n, name in RUNGS.items()), RULE]))


def sentence(sid: str, text: str, notes: Iterable[str] = (), rung: int | None = None) -> Page:
    """One sentence of the study text, unchanged, with notes below it."""
    notes = list(notes)
    head = [element("span", sid, class_="ws-note"), *([rung_chip(rung)] if rung else [])]
    html = [
        element("div", head, class_="ws-row"),
        element("p", text, class_="ws-q ws-text page-sentence"),
        *(element("p", note, class_="ws-text") for note in notes),
    ]
    return Page([element("div", html, class_="ws-card page-card")], "\n".join([f"{sid}: {text}", *notes]))


class Chart:
    """A figure with what belongs to it: the legend in words, the caption, and the same numbers as a table."""

    def __init__(self, figure: figures.Figure, *, legend: bool = True) -> None:
        self.figure = figure
        self._legend = legend

    def as_table(self) -> pd.DataFrame:
        return figures.figure_table(self.figure)

    def __repr__(self) -> str:
        return figures.alt_text(self.figure)

    def _ipython_display_(self) -> None:
        display(figures.mime_bundle(self.figure), raw=True)
        display(HTML(self._below()))

    def _below(self) -> str:
        chips = [element("li", [rung_chip(n), element("span", name)], class_="ws-row") for n, name in RUNGS.items()]
        table = self.as_table()
        rows = [element("tr", [element("th", str(c), scope="col") for c in table.columns])]
        rows += [element("tr", [element("td", _cell(v)) for v in row]) for row in table.itertuples(index=False)]
        parts: list[str] = [f"<style>{source_css()}{figures.theme_css()}</style>"]
        parts.append(element("p", figures.alt_text(self.figure), class_="ws-vh"))
        if self._legend:
            parts.append(element("ul", chips, class_="page-legend"))
        parts.append(element("p", f"“{RULE}” {figures.caption(self.figure)}", class_="ws-note"))
        parts.append(element("details", [element("summary", "Same numbers as a table"), element("table", rows)], class_="page-table"))
        return element("div", parts, class_="ws page-below")


def _cell(value: Any) -> str:
    return "–" if value is None or value != value or value == "" else str(value)
