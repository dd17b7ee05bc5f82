"""The claim sorter: could anyone check this, and when? What would settle it, and how sure am I?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from whosays.answers import Answers
from whosays.checks import ClaimKey, Result, check_claim, claim_keys, show_claim
from whosays.checks.claims import LOOK_AT, WHEN
from whosays.markup import plain
from whosays.measures.claims import KINDS
from whosays.pack import Pack, records
from whosays.text import day
from whosays.widgets import says
from whosays.widgets.cards import SURE, Ask, Card, Cards, sentence_spans
from whosays.widgets.says import Box, Part

ASKS = (
    Ask("when", "Could anyone check it, on the day of the article?", tuple(WHEN.items())),
    Ask("look_at", "What would you look at?", tuple(LOOK_AT.items())),
    SURE,
)


class ClaimSorter(Cards):
    """Sort the claims of a pack: checkable now, later or never; what would settle it; how sure.

    What is said afterwards names the giveaway words, two dated verdicts and the evidence there is.
    """

    THING = "claim"
    ASK = "When could anyone check this claim? Answer three short questions."
    LEAVE = "On: how sure was I?"

    def __init__(self, pack: Pack, answers: Answers, on_change: Callable[[], None] | None = None) -> None:
        self._keys: dict[str, ClaimKey] = claim_keys(pack)
        rows = records(pack.tables["claims"]) if "claims" in pack.tables else []
        self._claims = {row["id"]: row for row in rows}
        spans = sentence_spans(pack)
        cards = [
            Card(row["id"], row["sentence_id"], *spans[row["sentence_id"]], core=bool(row["core"]))
            for row in rows
        ]
        super().__init__(pack, answers, cards, on_change)

    def asks(self, card: str) -> Sequence[Ask]:
        return ASKS

    def check(self, card: str) -> Result | None:
        key, given = self._keys.get(card), self.values(card)
        return check_claim(str(given["when"]), str(given["look_at"]), key) if key else None

    def reference(self, card: str, checked: Result) -> Result:
        return show_claim(str(self.values(card)["look_at"]), self._keys[card])

    def box(self, card: str, result: Result, shown: bool, objection: str) -> Box:
        return says.answer(result, shown, objection, self._parts(self._keys[card]))

    def _parts(self, key: ClaimKey) -> list[Part]:
        """What kind of claim it is, what could be known on the day, what came later, and the evidence."""
        kind = KINDS.get(key.kind)
        then = f"On {day(self.pack.date)}" if self.pack.date else "On the day of the article"
        verdict = f"{key.verdict[:1].upper()}{key.verdict[1:]}." if key.verdict else ""
        told = f"{verdict} {key.note}"
        if key.kind != "fact" and key.note:  # what the verdict is about comes first
            told = f"{key.note} So, in this sense: {key.verdict}." if verdict else key.note
        parts = [says.part(f"{kind.shape} {kind.word}" if kind else key.kind, plain(key.kind_reason))]
        if verdict or key.note:
            parts.append(says.part(then, plain(told.strip())))
        if key.later:
            when = f"Known later, as of {day(key.later_date)}" if key.later_date else "Known later"
            parts.append(says.part(when, plain(key.later)))
        return [*parts, *says.evidence_by_date(key.evidence, self.pack.date)]

    def lead(self, card: str) -> str:
        return f"The claim: {self._claims[card]['claim']}"
