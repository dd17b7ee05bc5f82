"""The quote line-up: whose exact words are these?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from whosays.answers import Answers
from whosays.checks import QuoteKey, Result, check_speaker, quote_keys, show_speaker
from whosays.checks.speakers import BOTH, CANNOT_TELL
from whosays.markup import plain
from whosays.model import Span
from whosays.pack import Pack, records
from whosays.widgets import says
from whosays.widgets.cards import Ask, Card, Cards, Near, sentence_spans
from whosays.widgets.says import Box

ALOUD = Ask(
    "aloud",
    "Say it aloud, you and your neighbour at the same time, without practice. The same words?",
    (("yes", "Yes, word for word"), ("no", "No"), ("alone", "Nobody is here to try it with")),
)


class LineUp(Cards):
    """Put every quotation of a pack to a speaker. “both” opens a question that only voices can answer."""

    THING = "quotation"
    ASK = "Whose exact words stand between the marks? Press a number, or click."
    LEAVE = "On to the verbs"

    def __init__(self, pack: Pack, answers: Answers, on_change: Callable[[], None] | None = None) -> None:
        self._keys: dict[str, QuoteKey] = quote_keys(pack)
        quotes = records(pack.tables["quotes"]) if "quotes" in pack.tables else []
        actors = records(pack.tables["actors"]) if "actors" in pack.tables else []
        self._names = {row["id"]: row["name"] for row in actors}
        spans = sentence_spans(pack)
        self._sentence = {row["id"]: row["sentence_id"] for row in quotes}
        self._order = list(spans)
        credited = dict.fromkeys(actor for row in quotes for actor in row["credited_speakers"])
        options = tuple((actor, str(self._names.get(actor, actor))) for actor in credited)
        both = ((BOTH, "both, word for word"),) if len(credited) > 1 else ()
        self._who = Ask("speaker", "Whose exact words?", (*options, *both, (CANNOT_TELL, "I cannot tell")))
        cards = [
            Card(row["id"], row["id"], Span(row["start"], row["end"]), spans[row["sentence_id"]][1])
            for row in quotes
        ]
        self._spans = spans
        super().__init__(pack, answers, cards, on_change)

    def asks(self, card: str) -> Sequence[Ask]:
        both = self.answers.get("cards", f"{card}.speaker") == BOTH
        return (self._who, ALOUD) if both else (self._who,)

    def check(self, card: str) -> Result | None:
        key, given = self._keys.get(card), self.values(card)
        if key is None:
            return None
        return check_speaker(str(given["speaker"]), str(given.get("aloud", "")), key, self._names)

    def reference(self, card: str, checked: Result) -> Result:
        return show_speaker(self._keys[card], self._names)

    def box(self, card: str, result: Result, shown: bool, objection: str) -> Box:
        key = self._keys[card]
        parts = [says.part(head, plain(text), folded=n > 1) for n, (head, text) in enumerate(key.parts)]
        checked = " and ".join(str(self._names.get(a, a)) for a in key.checked)
        if checked and key.checked != key.credited:
            parts.append(says.part("Speaker, as far as it could be checked", plain(f"{checked}.")))
        return says.answer(result, shown, objection, parts)

    def near(self, card: str) -> tuple[Near | None, Near | None]:
        """The sentence before, which tells whom a “He” means, and the whole sentence of the quotation."""
        sid = self._sentence[card]
        at = self._order.index(sid)
        before = self._order[at - 1] if at else ""
        return (self._words(before) if before else None), self._words(sid)

    def _words(self, sid: str) -> Near:
        span = self._spans[sid][0]
        return sid, self.pack.text[span.start : span.end][:600]
