"""Lesson 5: who is said to support whom, and what do all the statements add up to?"""

from __future__ import annotations

import pandas as pd
from IPython.display import display

from whosays import figures
from whosays.checks import check_best, check_pairs, edge_keys, rung_keys
from whosays.checks.edges import NOBODY
from whosays.course.core import GUESS_FIRST, Core
from whosays.markup import element
from whosays.measures import network
from whosays.measures.ladder import RUNGS
from whosays.pack import records
from whosays.text import day
from whosays.widgets import page, says
from whosays.widgets.edges import EdgeBuilder
from whosays.widgets.page import Page
from whosays.widgets.support import Support

COLUMNS = [
    *("id", "sentence", "giver", "verb", "receiver", "said_by"),
    *("rung", "rung_from", "kind", "what"),
]
NO_GROUP = "This pack has no word of the text that ties a whole group together."
ANSWERED = "Build a tie first. Then one that deserves more trust comes up here."


class Ties(Core):
    """Who gives what to whom, by which words, and on whose word?"""

    def edges(self) -> EdgeBuilder:
        """The edge builder."""
        return self._view("edges", EdgeBuilder(self.pack, self.answers, on_change=self._built))

    def _built(self) -> None:
        """Ties were built or changed: what stands on them follows."""
        self._redraw()
        if "support" in self._views:
            self._views["support"].draw()

    def edges_so_far(self) -> pd.DataFrame:
        """The ties built so far, a row each, with names as the text uses them.

        ``giver``, ``verb``, ``receiver`` and ``said_by`` are the student's own; where another name is
        accepted, the tie stands under the reference's. ``rung`` is the one that the student gave in lesson
        1, or else the reference's, and ``rung_from`` says which; a tie that is not in the reference has none.
        ``kind`` and ``what`` are the reference's.
        """
        self.answers.refresh()
        builder = EdgeBuilder(self.pack, self.answers)
        names = network.actor_names(self.pack)
        ladder = self.rungs.refresh()["labels"]
        reference = {sid: key.rung for sid, key in rung_keys(self.pack).items()}
        rows = []
        for card, sid in builder.ties.items():
            edge, key = builder.edge(card), builder.tie(card)
            if edge is None:
                continue
            ends = (key.givers[0], key.receivers[0]) if key else (edge.giver, edge.receiver)
            giver, receiver = (names.get(actor, actor) for actor in ends)
            sayer = names.get(edge.said_by, NOBODY)
            rung = ladder.get(sid, reference.get(sid)) if key or not self.pack.has_reference else None
            whose = "" if rung is None else "you" if sid in ladder else "reference"
            found = (key.kind, key.what) if key else ("", "")
            rows.append((card, sid, giver, edge.verb, receiver, sayer, rung, whose, *found))
        return pd.DataFrame(rows, columns=COLUMNS).astype({"rung": "Int64"})

    def support(self, after: str = "") -> None:
        """The network of ties and its controls; with ``after`` the picture waits for that prediction."""

        def changed() -> None:
            self._pages["support"].redraw()

        controls = self._view("support", Support(self.answers, self._statements, on_change=changed))

        def draw() -> figures.Figure:
            return figures.support_network(
                self._statements(),
                network.places(self.pack),
                view=controls.shows,
                minimum=controls.minimum,
                context=controls.context,
                caption=f"Source: {self._whose()} of “{self.pack.title}”.",
            )

        display(controls)
        display(self._chart("support", draw, after))

    def _whose(self) -> str:
        return "the reference coding" if "relations" in self.pack.reference else "your own ties"

    def _statements(self) -> pd.DataFrame:
        """The statements of the reference; without it the student's own."""
        known = network.statements(self.pack)
        if "relations" in self.pack.reference:
            return known
        own = self.edges_so_far().assign(role="text", denied=False)
        return pd.concat([own, known], ignore_index=True)

    def _group(self) -> list[str]:
        """Whom the text's own summary ties to each other."""
        known = network.statements(self.pack)
        return [name for between in known.loc[known["role"] == "summary", "between"] for name in between]

    def check_best(self, answer: object) -> None:
        """Say how far ``answer`` is the highest rung for each giver and receiver in the student's table."""
        print(check_best(answer, self.edges_so_far()))

    def check_pairs(self, answer: object) -> None:
        """Say how far ``answer`` is the number of linked pairs of the summary's group in the table."""
        print(check_pairs(answer, self.edges_so_far(), self._group()))

    def pairs(self, after: str = "") -> Page:
        """Every possible pair of the summary's group, and what the text says about it."""

        def made() -> list[page.Bundle]:
            if after and after not in self.answers.refresh()["predictions"]:
                return [page.note(GUESS_FIRST)]
            group, known = self._group(), self._statements()
            text = known[known["role"] == "text"]
            return [_pairs(text, group, self._whose())] if group else [page.note(NO_GROUP)]

        return self._page("pairs", Page(made))

    def better_tie(self) -> Page:
        """A tie that deserves more trust than it first seemed: low on the ladder, and confirmed later.

        Where nothing came out later, the tie on the highest rung that nobody denies.
        """
        keys = edge_keys(self.pack)
        later = [key for key in keys.values() if key.later]
        named = [key for key in keys.values() if not key.denial]
        rows = records(self.pack.tables.get("relations", pd.DataFrame()))
        of = {row["id"]: row["sentence_id"] for row in rows}

        def find() -> page.Bundle | None:
            built = any(key.endswith(".giver") for key in self.answers.refresh()["cards"])
            if not built or not keys:
                return None
            if later:
                key = min(later, key=lambda k: k.rung)
            else:
                key = max(named or list(keys.values()), key=lambda k: k.rung)
            giver, receiver = (key.names.get(ends[0], ends[0]) for ends in (key.givers, key.receivers))
            rung = f"Rung {key.rung}: {RUNGS[key.rung].lower()}."
            notes = [f"The tie: {key.what} from {giver} to {receiver}. {rung}"]
            if key.denial:
                notes.append(f"At the time: {key.denial}")
            if key.later:
                when = f", as of {day(key.later_date)}" if key.later_date else ""
                notes.append(f"Known later{when}: {key.later}")
            if key.later and key.rung <= says.WEAK:
                notes.append(says.NOT_FALSE)
            proof = key.later_evidence or key.evidence
            if proof:
                notes.append(f"Where: {'; '.join(dict.fromkeys(e.publisher for e in proof))}.")
            return page.sentence(of[key.id], self._text(of[key.id]), notes, key.rung)

        return self._card("better tie", find, ANSWERED)


def _pairs(text: pd.DataFrame, group: list[str], whose: str) -> page.Bundle:
    """The table of pairs with the sentence that they add up to."""
    said, heads = in_words(network.shape(text, group)), ("Pair", "Statements", "Who gives", "Highest rung")
    rows, plain = [element("tr", [element("th", head, scope="col") for head in heads])], [said]
    for row in records(network.pairs(text, group)):
        pair, rung = f"{row['one']} and {row['other']}", row["rung"]
        top = "–" if pd.isna(rung) else f"{rung} {RUNGS[rung].lower()}"
        found = [str(row["statements"]), " and ".join(row["gives"]), top]
        cells = [element("td", cell) for cell in found]
        if not row["statements"]:
            found, cells = ["no statement"], [element("td", "no statement", colspan="3")]
        rows.append(element("tr", [element("th", pair, scope="row"), *cells]))
        plain.append(f"{pair}: {', '.join(found)}")
    parts = [
        element("p", said, class_="ws-title"),
        element("div", [element("table", rows)], class_="page-table"),
        element("p", f"Source: {whose}. A statement is not a proven fact.", class_="ws-note"),
    ]
    return page.html(parts, "\n".join(plain))


def in_words(shape: network.Shape) -> str:
    """What the pairs add up to, in one or two sentences."""
    if not shape.described:
        return f"None of the {shape.possible} possible pairs has a statement."
    many = "All" if shape.web else f"{shape.described} of"
    said = f"{many} {shape.possible} possible pairs {'has' if shape.described == 1 else 'have'} a statement."
    if shape.hub and shape.star:
        return f"{said} {shape.hub} is in every one: a star, not a web."
    if shape.hub:
        return f"{said} {shape.hub} is in every one."
    return f"{said} That is a web." if shape.web else said
