"""The controls of the network of ties: from which rung up, summarised or detailed, and what lies outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pandas as pd

from whosays.answers import Answers, NotSaved
from whosays.measures.ladder import RUNGS
from whosays.measures.network import standing
from whosays.widgets.base import View, source

Picture = Literal["summarised", "detailed"]
ASK = "Move the minimum rung. Which links stay, and what disappears?"
VIEWS: dict[Picture, str] = {"summarised": "As summarised", "detailed": "As detailed"}
OUTSIDE = "Ties from outside the text"
NOTHING = "There are no statements yet: build some ties first."
FIRST = {"minimum": min(RUNGS), "view": "detailed", "context": False}


class Support(View):
    """Choose what a network of ties shows. The setting is saved at once, and ``on_change`` redraws the chart.

    ``statements`` gives the statements that the chart draws now, as ``measures.network.statements`` does. The
    switch for ties from outside is there only if some are. It draws nothing itself and judges nothing.
    """

    _esm = source("support", ".js")
    _css = source("support", ".css")

    def __init__(
        self,
        answers: Answers,
        statements: Callable[[], pd.DataFrame],
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self.answers, self._statements, self._on_change = answers, statements, on_change
        self._trouble = self._news = ""
        super().__init__()

    @property
    def minimum(self) -> int:
        """The lowest rung that still counts, 1 to 5."""
        return int(self._setting()["minimum"])

    @property
    def shows(self) -> Picture:
        """Which picture: “summarised” or “detailed”."""
        return "summarised" if self._setting()["view"] == "summarised" else "detailed"

    @property
    def context(self) -> bool:
        """Whether ties from outside the text are drawn, too."""
        return bool(self._setting()["context"])

    def show(self, minimum: int | None = None, view: str | None = None, context: bool | None = None) -> None:
        """Set the controls without the mouse: ``controls.show(minimum=4)``.

        Raises ValueError for what none of the controls can be set to, NotSaved if it cannot be saved.
        """
        given = {"minimum": minimum, "view": view, "context": context}
        given = {name: value for name, value in given.items() if value is not None}
        for name, value in given.items():
            if not _fits(name, value):
                known = {"minimum": "1 to 5", "view": ", ".join(map(repr, VIEWS)), "context": "True or False"}
                raise ValueError(f"{name} {value!r}: choose {known[name]}")
        try:
            self._set(**given)
        except NotSaved as error:
            self.not_saved(error)
            raise
        finally:
            self.draw()

    def do_minimum(self, arg: str) -> None:
        if _fits("minimum", int(arg)):
            self._set(minimum=int(arg))

    def do_view(self, arg: str) -> None:
        if _fits("view", arg):
            self._set(view=arg)

    def do_context(self) -> None:
        self._set(context=not self.context)

    def not_saved(self, error: NotSaved) -> None:
        self._trouble = str(error)

    def reload(self) -> None:
        self._trouble = ""
        super().reload()

    def _setting(self) -> dict[str, Any]:
        """The saved setting; where there is none, or a strange one, the first."""
        saved = self.answers.get("views", "support")
        saved = saved if isinstance(saved, dict) else {}
        return FIRST | {name: saved[name] for name in FIRST if name in saved and _fits(name, saved[name])}

    def _set(self, **given: Any) -> None:
        self._trouble = ""
        try:
            self.answers.set("views", "support", self._setting() | given)
        finally:  # it is set here even if it is not saved yet
            self._news = self._said(given)
            if self._on_change:
                self._on_change()

    def _said(self, given: dict[str, Any]) -> str:
        """What a screen reader hears of a change."""
        if "view" in given:
            return f"The picture: {VIEWS[given['view']].lower()}."
        if "context" in given:
            return f"{OUTSIDE}: {'drawn apart' if given['context'] else 'not drawn'}."
        return f"From rung {self.minimum} up. {self._stay()}"

    def _stay(self) -> str:
        """What is left from this rung up."""
        text, word = self._of("text"), self._of("summary")
        if self.shows == "summarised" and len(word):
            row, stays = word.iloc[0], len(standing(word, self.minimum)) > 0
            rung = "" if pd.isna(row["rung"]) else f", on rung {row['rung']}"
            return f"{row['sentence']} has one phrase for all{rung}. It {'stays' if stays else 'turns pale'}."
        if text.empty:
            return NOTHING
        n = len(standing(text, self.minimum))
        pale = len(text) - n
        said = f"{n} of {len(text)} statements {'stays' if n == 1 else 'stay'}"
        return f"{said}; {pale} {'turns' if pale == 1 else 'turn'} pale." if pale else f"{said}."

    def _of(self, role: str) -> pd.DataFrame:
        rows = self._statements()
        return rows[rows["role"] == role]

    def as_table(self) -> pd.DataFrame:
        """The statements of the text: sentence, giver, receiver, what, rung, and whether each stays."""
        text = self._of("text")
        stay = text.index.isin(standing(text, self.minimum).index)
        return text[["sentence", "giver", "receiver", "what", "rung"]].assign(stays=stay)

    def build(self) -> dict[str, Any]:
        return {
            "ask": ASK,
            "minimum": self.minimum,
            "rungs": [[n, RUNGS[n][:1].lower() + RUNGS[n][1:]] for n in sorted(RUNGS)],
            "stay": self._stay(),
            "view": self.shows,
            "views": [list(pair) for pair in VIEWS.items()],
            "outside": OUTSIDE if len(self._of("context")) else "",
            "context": self.context,
            "trouble": self._trouble or self.answers.notice,
            "say": f"It could not be saved. {self._trouble}" if self._trouble else self._news,
        }


def _fits(name: str, value: object) -> bool:
    """Whether a control can be set to this value."""
    if name == "minimum":
        return type(value) is int and value in RUNGS
    return isinstance(value, bool) if name == "context" else isinstance(value, str) and value in VIEWS
