"""Lesson 2: whose exact words, which verb before them, and who is named but never heard."""

from __future__ import annotations

import pandas as pd

from whosays import figures
from whosays.checks import check_sums, quote_keys
from whosays.course.core import Core
from whosays.measures import voices
from whosays.pack import records
from whosays.widgets import page
from whosays.widgets.lineup import LineUp
from whosays.widgets.page import Chart, Page
from whosays.widgets.reader import Reader
from whosays.widgets.tagger import Tagger
from whosays.widgets.verbs import VerbSwapper


class Quotations(Core):
    """Whose words, and how sure can I be that they are theirs?"""

    def lineup(self) -> LineUp:
        """The quote line-up."""
        return self._view("lineup", LineUp(self.pack, self.answers, on_change=self._redraw))

    def verbs(self) -> VerbSwapper:
        """The verb swapper."""
        return self._view("verbs", VerbSwapper(self.pack, self.answers, on_change=self._redraw))

    def tagger(self, labels: str, *sentences: str, ask: str = "") -> Tagger:
        """Mark words in ``sentences`` with the labels of one set of the pack's codebook."""
        known = [sid for sid in sentences if sid in set(self.pack.sentences["id"])]
        more = {"ask": ask} if ask else {}
        view = Tagger(self.pack, self.answers, labels, known, **more)
        return self._view(f"tagger {labels}", view)

    def verb_scale(self) -> Chart:
        """How settled each verb sounds to this student, and how often it stands in the text."""
        rows = records(self.pack.tables["verbs"]) if "verbs" in self.pack.tables else []
        uses = voices.verb_uses(self.pack, [row["verb"] for row in rows])

        def draw() -> figures.Figure:
            given = self.answers.refresh()["cards"]
            table = pd.DataFrame(
                [(row["verb"], given.get(f"{row['id']}.settled"), uses[row["verb"]]) for row in rows],
                columns=["verb", "settled", "uses"],
            )
            return figures.verb_scale(table, caption="Source: your own scale. There is no right number.")

        return self._chart("verb scale", draw)

    def quotations(self) -> pd.DataFrame:
        """The quotations as a table: quote, sentence, speaker, words (how many) and text."""
        return voices.quotations(self.pack)

    def check_words_by(self, answer: object) -> None:
        """Say how far ``answer`` is the sum of words by speaker."""
        table = self.quotations()
        print(check_sums(answer, table.groupby("speaker")["words"].sum(), table))

    def reader(self) -> Reader:
        """The study text; here what checking gave for a quotation waits for its card in the line-up."""
        if self.number != 2:
            return super().reader()

        def waits(quote: str) -> bool:
            return f"{quote}.speaker" not in self.answers.refresh()["cards"]

        return self._view("reader", Reader(self.pack, self.rungs, waits))

    def microphone(self, after: str = "") -> Chart:
        """The microphone chart: words quoted beside times named."""
        said = f"Counted in “{self.pack.title}”. Not heard does not mean: left out on purpose."

        def draw() -> figures.Figure:
            return figures.microphone(voices.voices(self.pack), self.quotations(), caption=said)

        return self._chart("microphone", draw, after)

    def better_quotation(self) -> Page:
        """A quotation that holds up: its speaker was checked, and there is least to look out for."""
        keys = [k for k in quote_keys(self.pack).values() if k.checked == k.credited and k.parts]
        quotes = {row["id"]: row for row in records(self.pack.tables.get("quotes", pd.DataFrame()))}

        def find() -> page.Bundle | None:
            given = self.answers.refresh()["cards"]
            if not keys or not any(key.endswith(".speaker") for key in given):
                return None
            key = min(keys, key=lambda k: len(k.flags))
            sid = quotes[key.quote_id]["sentence_id"]
            return page.sentence(
                sid, self._text(sid), [f"{key.title}.", *(f"{head}: {text}" for head, text in key.parts)]
            )

        return self._card(
            "better quotation", find, "Begin with the line-up. Then one of its quotations comes up here."
        )
