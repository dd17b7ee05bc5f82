"""Lesson 4: does the text agree with itself?"""

from __future__ import annotations

from whosays import figures
from whosays.checks import Agreement, agreements, check_whole_word, rung_keys
from whosays.course.core import Core
from whosays.measures.presence import presence
from whosays.pack import records
from whosays.widgets import page
from whosays.widgets.clashes import ClashFinder
from whosays.widgets.page import Chart, Page

FLAGGED = "wrong number"  # technique of the studied phrases that the grid points at


class Clashes(Core):
    """Which sentences clash, and which only seem to?"""

    def clashes(self) -> ClashFinder:
        """The clash finder."""
        return self._view("clashes", ClashFinder(self.pack, self.answers, on_change=self._pinned))

    def _pinned(self) -> None:
        """A find was pinned or taken back: only one card hangs on that."""
        if "better pair" in self._pages:
            self._pages["better pair"].redraw()

    def presence(self, after: str = "") -> Chart:
        """The presence grid: who is meant in which sentence."""
        phrases = records(self.pack.tables["phrases"]) if "phrases" in self.pack.tables else []
        flags = {row["sentence_id"]: f"“{row['text']}”" for row in phrases if row["technique"] == FLAGGED}

        def draw() -> figures.Figure:
            said = f"Source: the mentions marked in “{self.pack.title}”. To be meant is not to be heard."
            return figures.presence_grid(presence(self.pack), self.pack.sentences, flags=flags, caption=said)

        return self._chart("presence", draw, after)

    def check_whole_word(self, answer: object, word: str) -> None:
        """Say how far ``answer`` is the number of sentences with ``word`` as a whole word."""
        print(check_whole_word(answer, word, self.pack.sentences["text"]))

    def better_pair(self) -> Page:
        """A sentence that gains from another one: both say the same, and the other is easier to check."""
        rungs = {sid: key.rung for sid, key in rung_keys(self.pack).items()}
        found = [a for a in agreements(self.pack).values() if a.gains]
        pairs = [(a, a.b if a.gains == a.a else a.a) for a in found]

        def gap(pair: Agreement, other: str) -> int:
            """How many rungs higher the other sentence stands."""
            return rungs.get(other, 0) - rungs.get(pair.gains, 0)

        def find() -> page.Bundle | None:
            if not pairs or not self.answers.refresh()["finds"]:
                return None
            pair, other = max(pairs, key=lambda found: gap(*found))
            notes = [f"It agrees with {other}: {self._text(other)}", pair.why]
            return page.sentence(pair.gains, self._text(pair.gains), notes)

        return self._card("better pair", find, "Pin a find first. Then the card appears here.")
