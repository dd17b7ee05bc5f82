"""The edge builder: who is said to give what to whom, by which words, and who says so?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from whosays.answers import Answers
from whosays.checks import Edge, EdgeKey, Result, edges
from whosays.markup import plain
from whosays.measures.ladder import RUNGS
from whosays.pack import Pack, records
from whosays.text import day
from whosays.widgets import says
from whosays.widgets.cards import Ask, Card, Cards, Near, sentence_before, sentence_spans
from whosays.widgets.says import Box, Part


class EdgeBuilder(Cards):
    """Build the ties of a pack: giver, linking words, receiver, and on whose word each stands.

    What there is to choose from comes from the sentence alone. A sentence with several ties has a card for
    each, and any order counts. What is said afterwards tells what one side denies and what came later, dated.
    """

    THING = "tie"
    ASK = "Who is said to give something to whom? Build one tie from the sentence."
    LEAVE = "On to my table"

    def __init__(self, pack: Pack, answers: Answers, on_change: Callable[[], None] | None = None) -> None:
        self._keys, self._scenes = edges.edge_keys(pack), edges.scenes(pack)
        rows = records(pack.tables["relations"]) if self._scenes else []
        ties = {row["id"]: row["sentence_id"] for row in rows if row["role"] == "text"}
        self.ties = {tie: sid for tie, sid in ties.items() if sid in self._scenes}
        spans = sentence_spans(pack)
        core = {row["id"] for row in records(pack.sentences) if row["core"] is True}
        cards = [Card(tie, sid, *spans[sid], core=sid in core) for tie, sid in self.ties.items()]
        super().__init__(pack, answers, cards, on_change)

    def asks(self, card: str) -> Sequence[Ask]:
        scene = self._scenes[self.ties[card]]
        actors = tuple((actor, name) for actor, name in scene.names.items())
        nobody = (scene.author, edges.NOBODY)
        return (
            Ask("giver", "Who is said to give?", actors),
            Ask("verb", "Which verb links the two?", tuple((w, w) for w in scene.phrases)),
            Ask("receiver", "Who is said to get it?", actors),
            Ask("said_by", "Who says so?", (*(a for a in actors if a[0] != scene.author), nobody)),
        )

    def edge(self, card: str) -> Edge | None:
        """The tie as the reader built it; None as long as a part of it is open."""
        given = {key: str(value) for key, value in self.values(card).items()}
        return Edge(**given) if len(given) == len(self.asks(card)) else None

    def tie(self, card: str) -> EdgeKey | None:
        """The tie of the reference that this edge is; None where it is none, or without a reference."""
        return self._found(card).get(card)

    def check(self, card: str) -> Result | None:
        free = self._free(card)
        taken = [key for other, key in self._found(card).items() if other != card]
        return edges.check_edge(self.edge(card), free, taken) if free else None

    def reference(self, card: str, checked: Result) -> Result:
        return edges.show_edge(self._key(card))

    def wrong(self, card: str) -> Sequence[str]:
        """The parts that are not those of the nearest tie."""
        edge, free = self.edge(card), self._free(card)
        return edges.wrong_parts(edge, edges.nearest(edge, free)) if edge and free else ()

    def box(self, card: str, result: Result, shown: bool, objection: str) -> Box:
        return says.answer(result, shown, objection, self._parts(self._key(card)))

    def lead(self, card: str) -> str:
        """How many ties the sentence has; which one to take is left to the reader."""
        mine = self._siblings(card)
        more = "" if card == mine[0] else " Take one you have not built yet."
        said = f"Tie {mine.index(card) + 1} of {len(mine)} in this sentence.{more}"
        return said if len(mine) > 1 else ""

    def near(self, card: str) -> tuple[Near | None, Near | None]:
        """The sentence before, which tells whom a “He” means."""
        return sentence_before(self.pack, self.ties[card]), None

    def _siblings(self, card: str) -> list[str]:
        return [other for other, sid in self.ties.items() if sid == self.ties[card]]

    def _found(self, card: str) -> dict[str, EdgeKey]:
        """Which tie each finished card of this sentence is."""
        mine = self._siblings(card)
        built = {other: edge for other in mine if (edge := self.edge(other))}
        return edges.told_apart(built, [self._keys[other] for other in mine if other in self._keys])

    def _free(self, card: str) -> list[EdgeKey]:
        """The ties of the sentence that no other card is."""
        taken = {key.id for other, key in self._found(card).items() if other != card}
        mine = [self._keys[other] for other in self._siblings(card) if other in self._keys]
        return [key for key in mine if key.id not in taken]

    def _key(self, card: str) -> EdgeKey:
        edge = self.edge(card)
        assert edge is not None  # a box comes once all parts are chosen
        return edges.nearest(edge, self._free(card))

    def _parts(self, key: EdgeKey) -> list[Part]:
        """What is given and how well it can be checked, who denies it, what came later, and the evidence."""
        what = f"{key.what[:1].upper()}{key.what[1:]}. Kind of tie: {key.kind}."
        rung = f"{RUNGS[key.rung]}. A line is a statement, not a proven fact."
        parts = [says.part("What is given", plain(what)), says.part(f"Rung {key.rung}", plain(rung))]
        if key.denial:
            parts.append(says.part("Who denies it", plain(key.denial)))
            parts.append(says.sources(key.denial_evidence, "Evidence of the denial"))
        if key.later:
            head = f"Known later, as of {day(key.later_date)}" if key.later_date else "Known later"
            parts.append(says.part(head, plain(key.later)))
            parts.append(says.sources(key.later_evidence, "Evidence of what came later"))
        return [*parts, *says.evidence_by_date(key.evidence, self.pack.date)]
