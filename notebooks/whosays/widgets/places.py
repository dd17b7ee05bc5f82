"""The place tagger: what kind of place do the words give, and how exactly?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from whosays import markup
from whosays.answers import Answers
from whosays.checks import PlaceKey, Result, check_place, place_keys, show_place
from whosays.checks.places import TAGS, place_span
from whosays.markup import Segment
from whosays.model import Mark, Span
from whosays.pack import Pack, records
from whosays.widgets import says
from whosays.widgets.cards import Ask, Card, Cards, sentence_spans
from whosays.widgets.says import Box

ASKS = (Ask("tag", "What kind of place is it?", tuple(TAGS.items())),)


class PlaceTagger(Cards):
    """Tag each place: a country, a part of one, a world region, a nationality word, missing.

    Places that the text does not name stand on a card, too. The short path has one place of each kind.
    """

    THING = "place"
    ASK = "Look at the marked words: what kind of place do they give, in this sentence?"
    LEAVE = "On to the map"

    def __init__(self, pack: Pack, answers: Answers, on_change: Callable[[], None] | None = None) -> None:
        self._keys: dict[str, PlaceKey] = place_keys(pack)
        spans = sentence_spans(pack)
        rows = records(pack.tables["places"]) if "places" in pack.tables else []
        rows = [row for row in rows if row["origin"] == "text" and row["sentence_id"] in spans]
        self._places = {row["id"]: row for row in rows}
        first = {row["kind"]: row["id"] for row in reversed(rows)}
        cards = [
            Card(row["id"], row["sentence_id"], *spans[row["sentence_id"]], core=row["id"] in first.values())
            for row in rows
        ]
        super().__init__(pack, answers, cards, on_change)

    def asks(self, card: str) -> Sequence[Ask]:
        return ASKS

    def check(self, card: str) -> Result | None:
        key = self._keys.get(card)
        return check_place(str(self.values(card)["tag"]), key) if key else None

    def reference(self, card: str, checked: Result) -> Result:
        return show_place(self._keys[card])

    def box(self, card: str, result: Result, shown: bool, objection: str) -> Box:
        known = self._keys[card].evidence
        return says.answer(result, shown, objection, [says.sources(known)] if known else ())

    def name(self, card: str) -> str:
        return f"Place: {self._places[card]['name']}"

    def lead(self, card: str) -> str:
        place = self._places[card]
        if place_span(place) is None:
            return f"Look for {place['name']}. What does the text give?"
        return f"The words: “{place['text']}”."

    def text(self, card: str, spans: Sequence[Span]) -> list[Segment]:
        """The sentence with the words of the place marked."""
        span = place_span(self._places[card])
        marks = [Mark(span, "decide" if span in spans else "name", "")] if span else []
        return markup.segments(self.pack.text, self._cards[card].span, marks)
