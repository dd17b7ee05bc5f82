"""The second vote: the sentences a class argues about most, both readings, and one more vote on the rung."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from whosays.answers import Answers
from whosays.checks import Result, SentenceKey, rung_keys
from whosays.markup import Segment, plain, quoted
from whosays.measures.ladder import RUNGS
from whosays.pack import Pack
from whosays.widgets import says
from whosays.widgets.cards import NO_WORD, Ask, Card, Cards, Value, sentence_spans
from whosays.widgets.deck import RUNG
from whosays.widgets.says import Box

READINGS = "Careful readers defend more than one rung here. Argue in pairs, then vote."
WHICH = "Which word decided it for you?"


class SecondVote(Cards):
    """Vote again on the rung of a few sentences, and say which word decided. Nothing is judged.

    ``votes`` tells for each sentence what the class said the first time, and ``first`` holds the student's
    own answers of lesson 1.
    """

    THING = "sentence"
    ASK = "Argue first, then vote again: on which rung does the sentence stand?"
    LEAVE = "On to the votes"
    DONE = "Now count the votes."

    def __init__(
        self,
        pack: Pack,
        answers: Answers,
        sentences: Sequence[str],
        *,
        first: Answers,
        votes: Mapping[str, str] | None = None,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self._keys, self._first, self._votes = rung_keys(pack), first, dict(votes or {})
        spans = sentence_spans(pack)
        cards = [Card(sid, sid, *spans[sid]) for sid in sentences if sid in spans]
        super().__init__(pack, answers, cards, on_change)

    def asks(self, card: str) -> Sequence[Ask]:
        return (RUNG,)

    def place(self, card: str, ask: Ask) -> tuple[str, str]:
        return "labels", card

    def lead(self, card: str) -> str:
        return self._votes.get(card, "")

    def check(self, card: str) -> Result | None:
        """Not a check: what was chosen before and now, and the word that decided."""
        before, now = self._first.labels.get(card), self.answers.labels[card]
        said = "You changed your vote" if before not in (None, now) else "Saved"
        return Result("not attempted", 0.0, f"{said}: rung {now}, {RUNGS[now].lower()}.")

    def box(self, card: str, result: Result, shown: bool, objection: str) -> Box:
        body: list[list[Segment]] = []
        before, word = self._first.labels.get(card), self.answers.get("words", card)
        if before is not None and before != self.answers.labels[card]:
            body.append(
                plain(f"In lesson 1 you chose rung {before}. To change your mind for a reason is fine.")
            )
        if isinstance(word, str) and word:
            named = plain("no single word.") if word == NO_WORD else [*quoted(word), *plain(".")]
            body.append([*plain("What decided it for you: "), *named])
        readings = says.readings(self._keys[card]) if card in self._keys else []
        return says.voted(result.message, body, readings)

    # Which word told you? It is asked after each vote, and “no word” is an answer ---------------------------

    def _choose(self, ask: Ask, value: Value) -> None:
        try:
            super()._choose(ask, value)
        finally:
            self._state = "which word"

    def _feedback(self, result: Result | None) -> Box | None:
        if self._state == "which word":
            return says.which_word(WHICH)
        key: SentenceKey | None = self._keys.get(self._now)
        coded = self._now in self._first.labels  # without a rung of one’s own, one is to be found first
        if self._state == "open" and key and len(key.readings) > 1 and coded:
            return says.split(READINGS, says.readings(key))
        return super()._feedback(result)

    def _say(self, box: Box | None) -> str:
        return super()._say(None if self._state == "open" else box)

    def _square(self, card: Card) -> dict[str, Any]:
        rung = self.answers.labels.get(card.id)
        said = f"your vote {rung}" if rung else ""
        return super()._square(card) | {"rung": rung, "mark": str(rung or ""), "said": said}
