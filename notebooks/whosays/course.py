"""What a notebook needs: ``lesson = ws.lesson(1)``, then one method a widget."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from IPython.display import Markdown, display

from whosays import answers as store
from whosays import figures
from whosays import pack as packs
from whosays.answers import Answers
from whosays.checks import Item, Result, check_choice, check_counts, items, rung_keys
from whosays.measures import ladder
from whosays.pack import Pack
from whosays.widgets import page
from whosays.widgets.base import View
from whosays.widgets.deck import Deck
from whosays.widgets.form import Choice, Form, Scale, Text
from whosays.widgets.page import Chart, Page
from whosays.widgets.questions import Question
from whosays.widgets.reader import Reader
from whosays.widgets.ticks import Ticks
from whosays.widgets.who import Who

ViewT = TypeVar("ViewT", bound=View)
PageT = TypeVar("PageT", bound=Page)
SURE = ("just guessing", "sure")
FIRST_SURE = "Saved. Now say how sure you are: then you see what is behind it."
GUESS_FIRST = "Make your guess first. Then your strip appears here."
NO_ITEM = "This pack has no such question for this lesson."
NO_KEY = "This copy of the kit has no reference coding. Your teacher will show the class view."


def lesson(number: int) -> Lesson:
    """The lesson with this number, for the student whose code is current on this computer.

    Raises PackError if the pack has a fault, ValueError for a number that is no lesson.
    """
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= 9:
        raise ValueError(f"lesson {number!r}: lessons have the numbers 0 to 9")
    return Lesson(number, packs.load())


class Lesson:
    """One lesson: the pack, the student's answers, and everything the notebook shows."""

    def __init__(self, number: int, pack: Pack) -> None:
        self.number = number
        self.pack = pack
        code = store.current_code()
        self._offer = "" if code else store.new_code()
        self.answers = Answers(number, code or self._offer, pack.fingerprint)
        self._asked: dict[str, str] = {}
        self._views: dict[str, View] = {}
        self._pages: dict[str, Page] = {}

    def __repr__(self) -> str:
        keep = "Write this code down: it is how you find your work again."
        return f"Lesson {self.number} for {self.answers.code}. {keep} {self.answers.notice}".strip()

    def _view(self, key: str, view: ViewT) -> ViewT:
        self._views[key] = view
        return view

    def _page(self, key: str, page: PageT) -> PageT:
        self._pages[key] = page
        return page

    def _switch(self, code: str) -> None:
        """Another student sits down: everything on the page goes over to that student's answers."""
        self.answers.use(code)
        for view in self._views.values():
            view.reload()
        self._redraw()

    def _redraw(self, *_: object) -> None:
        """Bring the rungs in the reader, the charts and the notes up to date."""
        if "reader" in self._views:
            self._views["reader"].draw()
        for shown in self._pages.values():
            shown.redraw()

    # Widgets ------------------------------------------------------------------------------------------------

    def who(self) -> Who:
        """The student's code, and the way to change it on a shared computer."""
        return Who(on_chosen=self._switch, offer=self._offer)

    def ticks(self) -> Ticks:
        """Does this machine work?"""
        return Ticks()

    def reader(self) -> Reader:
        """The study text with its layers."""
        return self._view("reader", Reader(self.pack, self.answers))

    def deck(self) -> Deck:
        """The sentence deck."""
        return self._view("deck", Deck(self.pack, self.answers, on_change=self._redraw))

    def ladder(self) -> Page:
        """The source ladder as a picture in words."""
        return Page(lambda: [page.ladder()])

    def choose(self, key: str, ask: str, options: Mapping[str, str]) -> Form:
        """A question without a right answer. ``options`` maps each option to what is said after it."""
        choices = tuple((text, text) for text in options)
        said = {text: Result("not attempted", 0.0, reply) for text, reply in options.items()}
        return self._form(key, Choice(key, "predictions", ask, choices, said))

    def predict(self, key: str, ask: str, options: Sequence[object]) -> Form:
        """A prediction, made before the next cell shows what happens."""
        self._asked[key] = ask
        choices = tuple((str(o), str(o)) for o in options)
        return self._form(key, Choice(key, "predictions", ask, choices))

    def predicted(self, key: str) -> None:
        """Show what was predicted; where nothing was, show the question and go on."""

        def said() -> list[page.Bundle]:
            made = self.answers.refresh()["predictions"].get(key)
            ask = self._asked.get(key, "The question stands further up.")
            return [page.note(f"You predicted: {made}." if made else f"You have not predicted yet. {ask}")]

        display(self._page(f"predicted {key}", Page(said)))

    def explain(self, key: str, ask: str, limit: int = 30) -> Form:
        """A short text in the student's own words."""
        return self._form(key, Text(key, "predictions", ask, limit=limit))

    def question(self, n: int) -> Form:
        """The lesson's ``n``-th multiple-choice item, counted from 1."""
        item = self._item(n)
        return self._form(f"item {n}", *item, title="" if item else NO_ITEM)

    def exit_ticket(self, n: int, ask: str) -> Form:
        """One item, one sentence, and how sure: the last five minutes."""
        sentence = Text("sentence", "exit_ticket", ask, limit=60)
        sure = Scale("sure", "exit_ticket", "How sure are you of your choice?", *SURE)
        return self._form("exit ticket", *self._item(n, self._is_sure), sure, sentence)

    def _is_sure(self) -> bool:
        return self.answers.get("exit_ticket", "sure") is not None

    def _form(self, key: str, *questions: Question, title: str = "") -> Form:
        return self._view(key, Form(self.answers, questions, title=title, on_saved=self._redraw))

    def _item(self, n: int, ready: Callable[[], bool] = lambda: True) -> list[Choice]:
        """The lesson's ``n``-th item, or nothing if there is none; feedback waits until ``ready``."""
        mine = self._items()
        return [self._choice(mine[n - 1], ready)] if 1 <= n <= len(mine) else []

    def _items(self) -> list[Item]:
        if "items" not in self.pack.tables:
            return []
        known = items(self.pack)
        rows = self.pack.tables["items"]
        mine = rows[(rows["lesson"] == self.number) & (rows["form"] == "lesson")]
        return [known[str(i)] for i in mine["id"]]

    def _choice(self, item: Item, ready: Callable[[], bool]) -> Choice:
        def feedback(chosen: str) -> Result:
            return check_choice(chosen, item) if ready() else Result("not attempted", 0.0, FIRST_SURE)

        options = tuple((o.id, o.text) for o in item.options)
        return Choice(item.id, "items", item.stem, options, feedback)

    # Tables and charts --------------------------------------------------------------------------------------

    def table(self) -> pd.DataFrame:
        """The student's own table so far: sentence, paragraph, text, rung."""
        return ladder.coded(self.pack.sentences, self.answers.refresh()["labels"])

    def strip(self, after: str = "") -> Chart:
        """The student's own ladder strip; with ``after`` it waits for the prediction of that name."""
        said = f"Source: your own coding of “{self.pack.title}”."

        def draw() -> figures.Figure | None:
            waits = after and after not in self.answers.refresh()["predictions"]
            return None if waits else figures.ladder_strip(self.table(), caption=said)

        return self._page("strip", Chart(draw, waiting=GUESS_FIRST))

    def check_counts(self, counts: object) -> None:
        """Say how far ``counts`` is a count of the rungs in the student's own table."""
        print(check_counts(counts, self.table()))

    def class_view(self) -> Chart:
        """The student's strip against the reference, sentence by sentence as they are answered."""

        def draw() -> figures.Figure:
            labels = self.answers.refresh()["labels"]
            keys = {sid: key for sid, key in rung_keys(self.pack).items() if sid in labels}
            said = (
                "Dashed: careful readers also accept that rung. " if self.pack.has_reference else f"{NO_KEY} "
            )
            whose = "your coding and the reference coding" if self.pack.has_reference else "your own coding"
            return figures.ladder_strip(
                self.table(),
                accepted={sid: [r.rung for r in key.readings] for sid, key in keys.items()},
                reference={sid: key.rung for sid, key in keys.items()},
                caption=f"{said}Source: {whose} of “{self.pack.title}”.",
            )

        return self._page("class view", Chart(draw))

    def better_than_it_looks(self) -> Page:
        """A sentence that is better sourced than many readers expect, and why.

        Taken from the answered ones that name a person (rung 4) without any words in quotation marks: the one
        the student first put lowest, or else the last of them.
        """
        text = dict(zip(self.pack.sentences["id"], self.pack.sentences["text"], strict=True))
        named = [k for k in rung_keys(self.pack).values() if k.rung == ladder.NAMED and not k.contested]
        keys = [k for k in named if "“" not in text[k.sentence_id]] or named

        def said() -> list[page.Bundle]:
            first = self.answers.refresh()["first_labels"]
            mine = [k for k in keys if k.sentence_id in first]
            if not self.pack.has_reference:
                return [page.note(NO_KEY)]
            if not mine:
                return [page.note("Answer a few more sentences in the deck. Then one of them comes up here.")]
            key = min(reversed(mine), key=lambda k: first[k.sentence_id])
            notes = [
                f"You first put it on rung {first[key.sentence_id]}.",
                *(r.reason for r in key.readings[:1]),
            ]
            return [page.sentence(key.sentence_id, text[key.sentence_id], notes, key.rung)]

        return self._page("better", Page(said))

    # Around the lessons -------------------------------------------------------------------------------------

    def progress(self) -> Markdown:
        """The lessons in this copy of the kit, with links and how far this student is."""
        lines = []
        for number, path, title in lessons():
            done = self._done(number)
            lines.append(f"{number}. [{title}]({path.name}) – {done}")
        return Markdown("\n".join(lines) or "There are no lessons in this folder.")

    def _done(self, number: int) -> str:
        mine = Answers(number, self.answers.code, self.pack.fingerprint).content
        labelled, n = len(mine["labels"]), len(self.pack.sentences)
        if not labelled and not mine["exit_ticket"]:
            return "not started"
        ticket = "exit ticket done" if mine["exit_ticket"] else "exit ticket open"
        return f"{labelled} of {n} sentences, {ticket}"

    def onward(self) -> Markdown:
        """The link to the next lesson, if this copy has it, and back to the start."""
        home = "[Back to the list of lessons](00_start_here.ipynb)"
        following = next(((p, t) for n, p, t in lessons() if n > self.number), None)
        return Markdown(f"Next: [{following[1]}]({following[0].name}). {home}" if following else f"{home}.")


def lessons(folder: Path | None = None) -> list[tuple[int, Path, str]]:
    """Number, notebook and title of each lesson in this copy, in order; the heading is the title."""
    folder = folder or Path(__file__).resolve().parents[1]
    found = []
    for path in sorted(folder.glob("0[1-9]_*.ipynb")):
        found.append((int(path.name[:2]), path, _title(path)))
    return found


def _title(path: Path) -> str:
    try:
        cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
        heading = "".join(cells[0]["source"]).splitlines()[0]
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return path.stem[3:].replace("_", " ")
    return heading.lstrip("# ").strip()
