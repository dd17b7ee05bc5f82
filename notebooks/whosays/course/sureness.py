"""Lesson 8: how far does the class agree, how sure was I, and how would we write it?"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pandas as pd

from whosays import answers as store
from whosays import figures
from whosays.answers import Answers
from whosays.checks import Item, check_agree, claim_keys, items, rung_keys
from whosays.classroom.collect import Collected, collect, snapshot
from whosays.classroom.simulated import SIMULATED, simulated_class
from whosays.course.core import GUESS_FIRST, Core
from whosays.measures import agreement
from whosays.measures.agreement import ENOUGH
from whosays.measures.calibration import calibration, in_words, missing
from whosays.measures.ladder import NAMED, RUNGS
from whosays.widgets import page
from whosays.widgets.form import Choice, Form
from whosays.widgets.page import Chart, Page
from whosays.widgets.rewrite import RewriteDesk
from whosays.widgets.second_vote import SecondVote

ARGUED = 3  # sentences that the class argues about
ORDERS = {"argued": "Most argued first", "text": "In the order of the text"}
REFERENCE = {"hidden": "Hidden", "shown": "Shown"}
QUESTION = "Which rung would you defend, and with which words?"
NO_CLASS = (
    f"A class view needs at least {ENOUGH} answer files of lesson 1. "
    "This copy of the kit has no reference coding, so it has no simulated class either."
)


class Sureness(Core):
    """Where does the class agree? Where not, and what follows from it?"""

    _folder: Path | None = None
    _known: tuple[object, Collected, Collected | None] | None = None

    def class_files(self, folder: str | Path | None = None) -> Page:
        """How many answer files there are. ``folder`` is where the class's are; else the kit's work folder.

        With fewer than five readers all views of this lesson show a simulated class, which is marked so.
        Raises ValueError if ``folder`` is no folder.
        """
        if folder is not None:
            self._folder = Path(folder).expanduser()
            if not self._folder.is_dir():
                raise ValueError(f"there is no folder {str(folder)!r}; give the one with the answer files")
        return self._page("class files", Page(lambda: [page.note(self._files_said())]))

    def _files_said(self) -> str:
        found, shown = self._class()
        n, left_out = found.readers, len(found.faults)
        said = f"{n} {'reader' if n == 1 else 'readers'} of lesson 1 found."
        if left_out:
            said += f" {left_out} {'file does' if left_out == 1 else 'files do'} not count in full."
        if found.enough:
            return said
        if shown is None:
            return f"{said} {NO_CLASS}"
        return f"{said} A class view needs {ENOUGH}. What follows is a class of {shown.readers}: {SIMULATED}."

    def class_faults(self) -> pd.DataFrame:
        """The files that do not count in full: file, found, do. For the teacher: file names may tell who."""
        return self._class()[0].report()

    def _class(self) -> tuple[Collected, Collected | None]:
        """What was found in the folder, and the class to show: that, a simulated one, or none."""
        folder = self._folder or store.work_folder()
        now = (folder, snapshot(folder))
        if self._known is None or self._known[0] != now:
            found = collect(folder, self.pack)
            self._known = now, found, found if found.enough else self._simulated
        return self._known[1:]

    @cached_property
    def _simulated(self) -> Collected | None:
        return simulated_class(self.pack)

    def votes(self, vote: int = 1) -> pd.DataFrame:
        """The class's votes, a row each: reader (a number), sentence and rung. Nobody's code is in it."""
        shown = self._class()[1]
        return shown.votes(vote) if shown else pd.DataFrame(columns=["reader", "sentence", "rung"])

    def check_agree(self, answer: object) -> None:
        """Say how far ``answer`` is the share of readers who agree, sentence by sentence."""
        print(check_agree(answer, self.votes()))

    # The class ----------------------------------------------------------------------------------------------

    def class_switches(self) -> Form:
        """In which order the heat map stands, and whether it shows the reference."""
        order = Choice("heat order", "views", "In which order?", tuple(ORDERS.items()))
        note = "Argue first. Show the reference when you have voted."
        shown = Choice("heat reference", "views", "The reference coding", tuple(REFERENCE.items()), note=note)
        return self._form("heat", order, *([shown] if self.pack.has_reference else []))

    def class_heat(self, after: str = "") -> Chart:
        """The heat map: how many readers put each sentence on each rung."""

        def drawn() -> figures.Figure | None:
            given, shown = self.answers.refresh(), self._class()[1]
            if shown is None or (after and after not in given["predictions"]):
                return None
            by_text = given["views"].get("heat order") == "text"
            reference = {sid: key.accepted for sid, key in rung_keys(self.pack).items()}
            words = _marked(agreement.in_words(*_alpha(shown, 1)), shown)
            return figures.heat_map(
                self._rows(shown),
                order="text" if by_text else "argued",
                reference=reference if given["views"].get("heat reference") == "shown" else None,
                mark=SIMULATED if shown.simulated else "",
                caption=f"{words}. Agreement does not tell who is right.",
            )

        waiting = GUESS_FIRST if self._class()[1] else NO_CLASS
        return self._page("class heat", Chart(drawn, waiting=waiting))

    def _rows(self, shown: Collected) -> pd.DataFrame:
        """The votes by sentence, in the order of the text."""
        rows = agreement.by_unit(shown.codings(), values=sorted(RUNGS))
        order = [sid for sid in self.pack.sentences["id"] if sid in rows.index]
        return rows.loc[order]

    def agreement(self) -> Page:
        """How far the class agrees, in words and as a number, before and after the second vote."""
        return self._page("agreement", Page(lambda: [page.note(line) for line in self._agreement()]))

    def _agreement(self) -> list[str]:
        """Four lines: the first vote, the second, the claims, and how to read them."""
        shown = self._class()[1]
        if shown is None:
            return [NO_CLASS, "", "", ""]
        first = _alpha(shown, 1)
        low, high = agreement.interval(shown.codings(), "ordinal")
        span = (
            f" With other readers like these it would mostly be {low:.2f} to {high:.2f}."
            if low == low
            else ""
        )
        again, n = _alpha(shown, 2), shown.voted_again
        second = f"Second vote: {n} of {shown.readers} have voted again; the number comes at {ENOUGH}."
        if shown.simulated and not self.answers.refresh()["labels"]:
            second = "Second vote: vote again yourself, then you see how the number moved."
        elif n >= ENOUGH:
            change = again[0] - first[0]
            second = f"After the second vote: {agreement.in_words(*again)}. A change of {change:+.2f}."
            second = _marked(second, shown)
        sorted_ = shown.sorted_claims()
        claims = "Claims: too few readers have sorted them in lesson 3."
        if len(sorted_) >= ENOUGH:
            words = agreement.in_words(agreement.alpha(sorted_), len(sorted_))
            claims = f"Claims, now, later or never: {words}."
        how = "1 is full agreement, 0 what chance would give. First answers count, before any feedback."
        return [_marked(f"First vote: {agreement.in_words(*first)}.{span}", shown), second, claims, how]

    def argued(self) -> Page:
        """The sentences argued about most: for each the votes, the readings and one question."""

        def made() -> list[page.Bundle]:
            shown = self._class()[1]
            if shown is None:
                return [page.note(NO_CLASS)] + [page.note("")] * ARGUED
            chosen = self._most_argued(shown)
            head = (
                f"Most argued: {', '.join(chosen)}."
                if chosen
                else "All readers agree: nothing to argue about."
            )
            cards = [page.sentence(sid, self._text(sid), self._argument(sid, shown)) for sid in chosen]
            rest = [page.note("")] * (ARGUED - len(cards))
            return [page.note(_marked(head, shown)), *cards, *rest]

        return self._page("argued", Page(made))

    def _most_argued(self, shown: Collected) -> list[str]:
        rows = self._rows(shown)
        apart = rows.loc[rows["argued"] > 0, "argued"].sort_values(ascending=False, kind="stable")
        return [str(sid) for sid in apart.index[:ARGUED]]

    def _argument(self, sid: str, shown: Collected) -> list[str]:
        """What the class said of a sentence, what careful readers say, and the question."""
        key = rung_keys(self.pack).get(sid)
        notes = [_votes_said(shown, sid)]
        if key and not self._coded(sid):
            notes.append("Find your own rung first, in the cards below. Then the readings come up here.")
        elif key and len(key.readings) > 1:
            for reading in sorted(key.readings, key=lambda r: r.rung):
                notes.append(f"Rung {reading.rung}: look at “{reading.words}”. {reading.reason}")
        elif key:
            notes.append("Careful readers agree on this one. Which words could have misled some?")
        return [*notes, QUESTION]

    def _coded(self, sid: str) -> bool:
        """Whether the student has put this sentence on the ladder, in lesson 1 or here."""
        return sid in self.rungs.refresh()["labels"] or sid in self.answers.refresh()["labels"]

    def second_vote(self) -> SecondVote:
        """Vote again on the most argued sentences."""
        shown = self._class()[1]
        chosen = self._most_argued(shown) if shown else []
        said = {sid: _votes_said(shown, sid) for sid in chosen} if shown else {}
        view = SecondVote(
            self.pack, self.answers, chosen, first=self.rungs, votes=said, on_change=self._redraw
        )
        return self._view("second vote", view)

    # Oneself ------------------------------------------------------------------------------------------------

    def calibration_all(self, after: str = "") -> Chart:
        """How sure the student was, beside how often the answer was right, over all lessons."""

        def draw() -> figures.Figure:
            table = calibration(pd.DataFrame(self._sure_and_right(), columns=["sure", "right"]))
            said = "Counted: your first answers to the claims of lesson 3, and your exit tickets."
            return figures.calibration_plot(table, caption=f"{in_words(table)} {missing(table)} {said}")

        return self._chart("calibration all", draw, after)

    def _sure_and_right(self) -> list[tuple[int, bool]]:
        """How sure and whether right: claims of lesson 3 and the exit tickets."""
        found: list[tuple[object, bool | None]] = []
        for number in range(1, 9):
            mine = self.answers.refresh() if number == self.number else self._content(number)
            if number == 3:
                for cid, key in claim_keys(self.pack).items():
                    when = mine["first_cards"].get(f"{cid}.when")
                    right = when in key.accepted if isinstance(when, str) else None
                    found.append((mine["first_confidence"].get(cid), right))
            item = self._first_item(number)
            given = mine["items"].get(item.id) if item else None
            right = next((o.correct for o in item.options if o.id == given), None) if item else None
            found.append((mine["exit_ticket"].get("sure"), right))
        return [(s, r) for s, r in found if type(s) is int and 1 <= s <= 4 and r is not None]

    def _first_item(self, number: int) -> Item | None:
        """The item of a lesson's exit ticket."""
        rows = self.pack.tables.get("items", pd.DataFrame(columns=["id", "lesson", "form"]))
        mine = rows.loc[(rows["lesson"] == number) & (rows["form"] == "lesson"), "id"]
        return items(self.pack)[str(mine.iloc[0])] if len(mine) else None

    def _content(self, number: int) -> store.Content:
        """What this student did in another lesson."""
        return Answers(number, self.answers.code, self.pack.fingerprint).content

    def rewrite(self) -> RewriteDesk:
        """The rewrite desk."""
        return self._view("rewrite", RewriteDesk(self.pack, self.answers, on_change=self._redraw))

    def better_sentence(self) -> Page:
        """A sentence that the class trusts less than it deserves."""
        keys = {
            sid: key for sid, key in rung_keys(self.pack).items() if key.rung >= NAMED and not key.contested
        }

        def find() -> page.Bundle | None:
            shown = self._class()[1]
            if shown is None or not keys:
                return None
            means = shown.codings().astype("float64").mean()
            mine = {sid: key for sid, key in keys.items() if sid in means and self._coded(sid)}
            gaps = {sid: key.rung - float(means[sid]) for sid, key in mine.items()}
            if not gaps:
                return None
            sid = max(gaps, key=lambda sid: gaps[sid])
            said = (
                f"On average the class puts it on rung {means[sid]:.1f}; the reference has {keys[sid].rung}"
            )
            reasons = [reading.reason for reading in keys[sid].readings[:1]]
            return page.sentence(sid, self._text(sid), [f"{_marked(said, shown)}.", *reasons], keys[sid].rung)

        return self._card(
            "better sentence",
            find,
            "Put a sentence with a named speaker on the ladder in lesson 1. Then the card appears here.",
        )


def _alpha(shown: Collected, vote: int) -> tuple[float, int]:
    """Alpha of the rungs, and how many readers there are."""
    return agreement.alpha(shown.codings(vote), "ordinal"), shown.readers


def _marked(said: str, shown: Collected) -> str:
    """Words about a class, with the mark that it does not exist where that is so."""
    return f"This class is {SIMULATED}. {said}" if shown.simulated else said


def _votes_said(shown: Collected, sid: str) -> str:
    """“25 readers: 10 chose rung 1, 12 rung 4.”"""
    votes = shown.codings()[sid].dropna().astype("int64").value_counts().sort_index()
    many = ", ".join(f"{n} on rung {rung}" for rung, n in votes.items())
    who = f"{votes.sum()} readers ({SIMULATED})" if shown.simulated else f"{votes.sum()} readers"
    return f"{who}: {many}."
