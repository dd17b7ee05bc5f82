"""A chart that answers: it can be clicked, and it changes where it stands.

JupyterLab draws the chart like any other. Controls above it and a panel below it are widgets; the controls
hear clicks on the chart and give it what has changed. Where they find no chart to change, such as in another
notebook program, the chart is drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pandas as pd
from IPython.display import display

from whosays import figures
from whosays.answers import Answers, NotSaved
from whosays.figures import live
from whosays.widgets import page
from whosays.widgets.base import View, source
from whosays.widgets.page import Bundle, Page

SHOWN = 3000  # rows of a table below a chart


class Piece(View):
    """The controls above a chart, or the panel below it. All that it does goes to the chart it belongs to."""

    _esm = source("atlas", ".js")
    _css = source("atlas", ".css") + figures.theme_css()

    def __init__(self, chart: LiveChart, make: Callable[[], dict[str, Any]]) -> None:
        self._chart, self._make = chart, make
        super().__init__()

    def build(self) -> dict[str, Any]:
        return self._make()

    def as_table(self) -> pd.DataFrame:
        return self._chart.as_table()

    def do_act(self, name: str, arg: Any = None) -> None:
        self._chart.act(name, arg, self)

    def not_saved(self, error: NotSaved) -> None:
        self._chart.trouble = str(error)


class LiveChart(Page):
    """A chart between its controls and its panel. Subclasses say what is drawn and what can be done.

    ``ready`` says whether the guess is made that it waits for, ``waiting`` what to say until then.
    """

    ACTS: ClassVar[dict[str, str]] = {}  # what the page may ask for: name, method

    def __init__(self, answers: Answers, ready: Callable[[], bool], waiting: str) -> None:
        self.answers, self._ready, self._waiting = answers, ready, waiting
        self.trouble = ""
        self._live = False  # whether the page gives changes to the chart itself
        self._number = 0  # of the last change that was sent
        self._change: live.Drawn = {}  # what the controls pass on with their next drawing
        self._figure: figures.Figure | None = None  # the chart in its present state; None while it waits
        self._state: object = None  # the state that it shows
        self._plain: live.Drawn = {}  # the same as plain data, once it is needed
        self._held: live.Drawn = {}  # the chart as JupyterLab was given it
        self._there: live.Drawn = {}  # the chart as it stands on the page
        super().__init__(self._parts)
        self.load()
        self._renew()
        self.controls = Piece(self, self._controls)
        self.panel = Piece(self, self._panel)

    # What a chart of its own says ---------------------------------------------------------------------------

    def load(self) -> None:
        """Take the state from the answers."""

    def state(self) -> object:
        """All that the chart depends on: it is drawn anew when that has changed."""
        raise NotImplementedError

    def draw(self) -> figures.Figure:
        """The chart in its present state."""
        raise NotImplementedError

    def update(self, before: Any) -> dict[str, Any] | None:
        """What turns the chart of the state ``before`` into the present one: by the name of a trace its new
        properties, and ``layout``. None where it has to be drawn anew.
        """
        return None

    def above(self) -> dict[str, Any]:
        """What the controls show."""
        raise NotImplementedError

    def below(self, figure: figures.Figure) -> dict[str, Any]:
        """What the panel below this chart shows."""
        raise NotImplementedError

    # What happens -------------------------------------------------------------------------------------------

    @property
    def figure(self) -> figures.Figure | None:
        """The chart, or None while it waits for a guess."""
        return self.draw() if self._ready() else None

    def as_table(self) -> pd.DataFrame:
        """The numbers of the chart; an empty table while it waits."""
        figure = self.figure
        return pd.DataFrame() if figure is None else figures.figure_table(figure)

    def act(self, name: str, arg: Any = None, by: Piece | None = None) -> None:
        """Do what the page asks for. Raises KeyError for what is no act, and what the act raises.

        A piece that asks draws itself.
        """
        self.trouble = ""
        try:
            if name == "ready":
                self._held = self._held or self._as_plain()
                self._live, self._there = True, self._held
            else:
                getattr(self, self.ACTS[name])(arg)
        except NotSaved as error:
            self.trouble = str(error)
        self.follow(by)

    def redraw(self) -> None:
        """The answers may be others now: show them where the chart stands."""
        if self._handles:
            self.load()
            self.follow()

    def follow(self, by: Piece | None = None) -> None:
        """Bring controls, chart and panel to the present state."""
        self._renew()
        if self._live and self._figure is not None:
            change = live.changes(self._there, self._as_plain())
            if change:
                self._number, self._change, self._there = self._number + 1, change, self._plain
        else:
            self._live = False
            super().redraw()
        for piece in (self.controls, self.panel):
            if piece is not by:
                piece.draw()

    def _ipython_display_(self) -> None:
        self._live = False
        self._renew()
        self.controls.draw()
        self.panel.draw()
        display(self.controls)
        super()._ipython_display_()
        display(self.panel)

    def _parts(self) -> list[Bundle]:
        self._renew()
        self._held = {}
        return [page.note(self._waiting) if self._figure is None else figures.mime_bundle(self._figure)]

    def _renew(self) -> None:
        """Bring the chart to the present state; what is the same stays."""
        if not self._ready():
            self._figure = None
            return
        state = self.state()
        if self._figure is not None and state == self._state:
            return
        update = self.update(self._state) if self._live and self._figure is not None else None
        if update is None or self._figure is None:
            self._figure, self._plain = self.draw(), {}
        else:
            self._plain = live.amended(self._as_plain(), update)
            figures.apply_update(self._figure, update)
        self._state = state

    def _as_plain(self) -> live.Drawn:
        if not self._plain and self._figure is not None:
            self._plain = live.drawn(self._figure)
        return self._plain

    def _controls(self) -> dict[str, Any]:
        change, self._change = self._change, {}
        sent = {"n": self._number, "config": figures.CONFIG, **change}
        trouble = self.trouble or self.answers.notice
        shown = self.above() if self._ready() else {"waiting": True}
        return {"part": "controls", "plot": sent, "trouble": trouble, **shown}

    def _panel(self) -> dict[str, Any]:
        shown = {"waiting": True} if self._figure is None else self.below(self._figure)
        return {"part": "panel", **shown}


def table(figure: figures.Figure) -> dict[str, Any]:
    """The numbers of a chart as heads and rows of words."""
    twin = figures.figure_table(figure)
    rows = [["–" if pd.isna(v) or v == "" else str(v) for v in row] for row in twin.itertuples(index=False)]
    return {"heads": [str(c).replace("_", " ") for c in twin.columns], "rows": rows[:SHOWN]}
