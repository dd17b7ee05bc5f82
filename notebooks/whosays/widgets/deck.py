"""The sentence deck of lesson 1: one sentence at a time, five rungs, and the reason after each answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from whosays.answers import Answers
from whosays.checks import Result, check_rung, rung_keys, show_reference
from whosays.measures.ladder import RUNGS, coded
from whosays.pack import Pack, records
from whosays.widgets import says
from whosays.widgets.cards import Ask, Card, Cards, Near, Value, sentence_spans
from whosays.widgets.says import Box

SAME_IN_A_ROW = 4
SAME_ASK = "Four times the same button. Which word told you?"
RUNG = Ask("rung", "Which rung?", tuple((n, RUNGS[n]) for n in sorted(RUNGS)), "tall")


class Deck(Cards):
    """Put every sentence of a pack on the source ladder.

    With a reference the deck says how an answer compares and why. It does not show the key ahead.
    """

    THING = "sentence"
    ASK = "On whose word does the large sentence rest? Press 1 to 5, or click."
    LEAVE = "On to my ladder strip"
    DONE = "Now see them side by side."

    def __init__(self, pack: Pack, answers: Answers, on_change: Callable[[], None] | None = None) -> None:
        self._keys = rung_keys(pack)
        spans = sentence_spans(pack)
        core = pack.sentences["core"].fillna(False).astype(bool)
        cards = [
            Card(row["id"], row["id"], *spans[row["id"]], core=bool(is_core))
            for row, is_core in zip(records(pack.sentences), core, strict=True)
        ]
        super().__init__(pack, answers, cards, on_change)

    def asks(self, card: str) -> Sequence[Ask]:
        return (RUNG,)

    def place(self, card: str, ask: Ask) -> tuple[str, str]:
        return "labels", card

    def check(self, card: str) -> Result | None:
        key = self._keys.get(card)
        return check_rung(self.answers.labels.get(card), key) if key else None

    def reference(self, card: str, checked: Result) -> Result:
        return show_reference(self._keys[card])

    def box(self, card: str, result: Result, shown: bool, objection: str) -> Box:
        key = self._keys[card]
        if result.status == "correct":
            return says.agrees(result, key, self.answers.labels[card], objection)
        return says.reference(result, key, objection) if shown else says.not_yet(result)

    def near(self, card: str) -> tuple[Near | None, Near | None]:
        at = self._ids.index(card)
        return self._neighbour(at - 1), self._neighbour(at + 1)

    def _neighbour(self, at: int) -> Near | None:
        if not 0 <= at < len(self._ids):
            return None
        span = self._cards[self._ids[at]].span
        return self._ids[at], self.pack.text[span.start : span.end][:600]

    def as_table(self) -> pd.DataFrame:
        """Sentence, paragraph, text and the rung given so far, a row a sentence."""
        return coded(self.pack.sentences, self.answers.labels)

    def _square(self, card: Card) -> dict[str, Any]:
        rung = self.answers.labels.get(card.id)
        said = f"your answer {rung}" if rung else ""
        return super()._square(card) | {"rung": rung, "mark": str(rung or ""), "said": said}

    # Four times the same: was it a reading, or a habit? -----------------------------------------------------

    def _resume(self) -> None:
        self._streak: list[Value] = []
        super()._resume()

    def _choose(self, ask: Ask, value: Value) -> None:
        fresh = self.value(self._now, ask) is None
        self._streak = [*self._streak, value][-SAME_IN_A_ROW:] if fresh else []
        try:
            super()._choose(ask, value)
        finally:
            if len(self._streak) == SAME_IN_A_ROW and len(set(self._streak)) == 1:
                self._state, self._streak = "which word", []

    def do_undo(self) -> None:
        self._streak = self._streak[:-1]
        super().do_undo()

    def _feedback(self, result: Result | None) -> Box | None:
        return says.which_word(SAME_ASK) if self._state == "which word" else super()._feedback(result)
