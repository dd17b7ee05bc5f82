"""The verb swapper: one sentence, several reporting verbs, and how settled each makes it sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from whosays import markup
from whosays.answers import Answers
from whosays.checks import Result
from whosays.markup import Segment
from whosays.model import Mark, Span
from whosays.pack import Pack, records
from whosays.widgets import says
from whosays.widgets.cards import Ask, Card, Cards, Near, sentence_spans
from whosays.widgets.says import Box

SETTLED = Ask(
    "settled",
    "How settled does it sound?",
    tuple((n, {0: "wide open", 10: "settled"}.get(n, "")) for n in range(11)),
    "scale",
)
NO_KEY = "Saved on your scale. There is no right number: compare with your neighbour."


class VerbSwapper(Cards):
    """Rate how settled a statement sounds with each verb, from 0 to 10. The scale is the student's own."""

    THING = "verb"
    ASK = "Read the sentence with this verb. How settled does it sound, from 0 to 10?"
    LEAVE = "On to my scale"

    def __init__(self, pack: Pack, answers: Answers, on_change: Callable[[], None] | None = None) -> None:
        rows = records(pack.tables["verbs"]) if "verbs" in pack.tables else []
        self._verbs = {row["id"]: row for row in rows}
        self._spans = sentence_spans(pack)
        cards = [Card(row["id"], "", *self._spans[row["sentence_id"]]) for row in rows]
        super().__init__(pack, answers, cards, on_change)

    def asks(self, card: str) -> Sequence[Ask]:
        return (SETTLED,)

    def check(self, card: str) -> Result:
        return Result("not attempted", 0.0, NO_KEY, (self._verbs[card]["effect"],))

    def box(self, card: str, result: Result, shown: bool, objection: str) -> Box:
        return says.saved(result)

    def near(self, card: str) -> tuple[Near | None, Near | None]:
        """The sentence as the text has it."""
        sid = self._verbs[card]["sentence_id"]
        span = self._spans[sid][0]
        return None, (sid, self.pack.text[span.start : span.end])

    def text(self, card: str, spans: Sequence[Span]) -> list[Segment]:
        """The sentence with the verb in the place of the text's own, marked."""
        row, whole = self._verbs[card], self._cards[card].span
        before = markup.segments(self.pack.text, Span(whole.start, row["start"]))
        after = markup.segments(self.pack.text, Span(row["end"], whole.end))
        verb = markup.segments(row["verb"], Span(0, len(row["verb"])), [Mark(Span(0, 99), "look", "")])
        return [*before, *verb, *after]

    def name(self, card: str) -> str:
        return f"Verb: {self._verbs[card]['verb']}"
