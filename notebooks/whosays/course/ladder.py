"""Lesson 1: the sentence deck, the ladder strip and the table of rungs."""

from __future__ import annotations

import pandas as pd

from whosays import figures
from whosays.checks import check_counts, rung_keys
from whosays.course.core import NO_KEY, Core
from whosays.measures import ladder
from whosays.widgets import page
from whosays.widgets.deck import Deck
from whosays.widgets.page import Chart, Page


class Ladder(Core):
    """On whose word does each sentence rest?"""

    def deck(self) -> Deck:
        """The sentence deck."""
        return self._view("deck", Deck(self.pack, self.answers, on_change=self._redraw))

    def ladder(self) -> Page:
        """The source ladder as a picture in words."""
        return Page(lambda: [page.ladder()])

    def sentences(self) -> pd.DataFrame:
        """The student's own table so far: sentence, paragraph, text, rung."""
        return ladder.coded(self.pack.sentences, self.rungs.refresh()["labels"])

    def strip(self, after: str = "") -> Chart:
        """The student's own ladder strip; with ``after`` it waits for the prediction of that name."""
        said = f"Source: your own coding of “{self.pack.title}”."

        def draw() -> figures.Figure:
            return figures.ladder_strip(self.sentences(), caption=said)

        return self._chart("strip", draw, after, rungs=True)

    def check_counts(self, counts: object) -> None:
        """Say how far ``counts`` is a count of the rungs in the student's own table."""
        print(check_counts(counts, self.sentences()))

    def class_view(self) -> Chart:
        """The student's strip against the reference, sentence by sentence as they are answered."""

        def draw() -> figures.Figure:
            labels = self.answers.refresh()["labels"]
            keys = {sid: key for sid, key in rung_keys(self.pack).items() if sid in labels}
            said = (
                "Dashed: careful readers also accept that rung. " if self.pack.has_reference else f"{NO_KEY} "
            )
            whose = "your coding and the reference coding" if self.pack.has_reference else "your own coding"
            return figures.ladder_strip(
                self.sentences(),
                accepted={sid: [r.rung for r in key.readings] for sid, key in keys.items()},
                reference={sid: key.rung for sid, key in keys.items()},
                caption=f"{said}Source: {whose} of “{self.pack.title}”.",
            )

        return self._chart("class view", draw, rungs=True)

    def better_than_it_looks(self) -> Page:
        """A sentence that is better sourced than many readers expect, and why.

        Taken from the answered ones that name a person (rung 4) without any words in quotation marks: the one
        the student first put lowest, or else the last of them.
        """
        named = [k for k in rung_keys(self.pack).values() if k.rung == ladder.NAMED and not k.contested]
        keys = [k for k in named if "“" not in self._text(k.sentence_id)] or named

        def find() -> page.Bundle | None:
            first = self.answers.refresh()["first_labels"]
            mine = [k for k in keys if k.sentence_id in first]
            if not mine:
                return None
            key = min(reversed(mine), key=lambda k: first[k.sentence_id])
            seen = " You saw that at once." if first[key.sentence_id] == key.rung else ""
            notes = [
                f"You first put it on rung {first[key.sentence_id]}.{seen}",
                *(r.reason for r in key.readings[:1]),
            ]
            return page.sentence(key.sentence_id, self._text(key.sentence_id), notes, key.rung)

        return self._card(
            "better", find, "Answer a few more sentences in the deck. Then one of them comes up here."
        )
