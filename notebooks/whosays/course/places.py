"""Lesson 6: where is this story, and where is it not?"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from whosays import figures
from whosays.answers import Answers, codes
from whosays.checks import PlaceKey, check_merge, place_keys
from whosays.checks.places import TAGS as TAG_WORDS
from whosays.course.core import GUESS_FIRST, Core
from whosays.measures import places as measures
from whosays.pack import records
from whosays.pack.shapes import shapes
from whosays.widgets import page
from whosays.widgets.atlas import Atlas
from whosays.widgets.dot import CANNOT, NO_REGION, Dot, Spot, read_spot, vague_place
from whosays.widgets.page import Chart, Page
from whosays.widgets.places import PlaceTagger

FEWEST = 5  # dots of a class that are shown together: among fewer, everybody would know whose they are
MAP_FIRST = "Make your guess about the map above first. Then you can put your dot here."
DOT_FIRST = "Put your own dot first. Then the dots appear here."
TAGS = ("place", "name", "sentence", "tagged")
NAMED = ("place", "kind", "times_named", "words_quoted")


class Places(Core):
    """How precise is the text about its places, and what can a map of them not show?"""

    def places(self) -> PlaceTagger:
        """The place tagger."""
        return self._view("places", PlaceTagger(self.pack, self.answers, on_change=self._tagged))

    def _tagged(self) -> None:
        """A place was tagged: only one card hangs on that."""
        if "better place" in self._pages:
            self._pages["better place"].redraw()

    def places_so_far(self) -> pd.DataFrame:
        """The places tagged so far, a row each: ``place`` (its id), ``name``, ``sentence``, ``tagged``.

        ``tagged`` is the student's own tag: spot, part, country, world region, nationality or missing.
        """
        given = self.answers.refresh()["cards"]
        table = self.pack.tables.get("places", pd.DataFrame())
        rows = [
            (row["id"], row["name"], row["sentence_id"], given[f"{row['id']}.tag"])
            for row in records(table)
            if row["origin"] == "text" and given.get(f"{row['id']}.tag") in (*TAG_WORDS,)
        ]
        return pd.DataFrame(rows, columns=list(TAGS))

    def places_named(self) -> pd.DataFrame:
        """The places that a map can show, a row each: ``place`` (its id), ``kind``, ``times_named``,
        ``words_quoted``.
        """
        named = measures.named(self.pack).rename(
            columns={"id": "place", "times": "times_named", "words": "words_quoted"}
        )
        return named[list(NAMED)]

    def check_merge(self, answer: object) -> None:
        """Say how far ``answer`` joins the student's own tags and the counts, most named place first."""
        print(check_merge(answer, self.places_so_far(), self.places_named(), "place", "times_named"))

    def atlas(self, after: str = "", members: str = "Members") -> Atlas:
        """The maps; ``members`` says of what the pack has a table of members, such as “NATO members”."""
        ready = self._guessed(after)
        return self._page("atlas", Atlas(self.pack, self.answers, ready, GUESS_FIRST, members))

    def _guessed(self, after: str) -> Callable[[], bool]:
        """Whether the prediction of that name is made; always, where there is no name."""
        return lambda: not after or after in self.answers.refresh()["predictions"]

    def dot(self, after: str = "") -> Page:
        """A dot of the student's own for the vaguest place of the text."""
        place = vague_place(self.pack)
        if place is None:
            return Page(lambda: [page.note(NO_REGION)])
        made = Dot(self.pack, self.answers, place, self._dotted, self._guessed(after), MAP_FIRST)
        return self._page("dot", made)

    def _dotted(self) -> None:
        """The student's dot has moved, and with it the class view."""
        if "dots" in self._pages:
            self._pages["dots"].redraw()

    def dots(self) -> Page:
        """The dots of all who have answers in this folder, once the student's own is there.

        While they are few, the student's own stands alone.
        """
        place = vague_place(self.pack)
        if place is None:
            return Page(lambda: [page.note(NO_REGION)])

        def drawn() -> figures.Figure | None:
            mine, others = self._dots(place["id"])
            if mine is None:
                return None
            found = len(others) + 1
            said = f"Dots in this folder: {found}."
            if found < FEWEST:
                others, said = [], f"{said} Those of the class are shown from {FEWEST} on."
            return figures.dots_map(
                others, shapes(self.pack), place=place["name"], mine=mine, caption=said, cannot_show=CANNOT
            )

        return self._page("dots", Chart(drawn, waiting=DOT_FIRST))

    def _dots(self, place: str) -> tuple[Spot | None, list[Spot]]:
        """The student's own dot for a place, and everybody else's."""
        mine, others = read_spot(self.answers.refresh()["dots"].get(place)), []
        for code in codes():
            if code != self.answers.code:
                content = Answers(self.number, code, self.pack.fingerprint).content
                spot = read_spot(content["dots"].get(place))
                others += [spot] if spot else []
        return mine, others

    def better_place(self) -> Page:
        """A place that the text gives more exactly than the student thought, or than it gives others."""
        rank = list(TAG_WORDS)
        keys = place_keys(self.pack)
        rows = {row["id"]: row for row in records(self.pack.tables.get("places", pd.DataFrame()))}

        def gain(key: PlaceKey, first: object) -> tuple[bool, int]:
            """A part of a country comes first; then, how much more exact the reference is than the answer."""
            less = first in rank and first not in key.accepted
            exact = rank.index(str(first)) - rank.index(key.tag) if less else 0
            return key.tag == "part", exact

        def find() -> page.Bundle | None:
            first = self.answers.refresh()["first_cards"]
            mapped = [k for k in keys.values() if k.span and k.tag in ("spot", "part", "country")]
            if not mapped or not any(f"{k.place_id}.tag" in first for k in keys.values()):
                return None
            key = max(mapped, key=lambda k: gain(k, first.get(f"{k.place_id}.tag")))
            row = rows[key.place_id]
            label = TAG_WORDS[key.tag].partition(":")[0]
            notes = [f"“{key.words}” is told more exactly than it may seem: {label}.", key.why]
            if isinstance(row["note"], str):
                notes.append(row["note"])
            return page.sentence(row["sentence_id"], self._text(row["sentence_id"]), notes)

        return self._card("better place", find, "Tag some places first. Then one of them comes up here.")
