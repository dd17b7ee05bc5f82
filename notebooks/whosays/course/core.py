"""What all lessons share: the student's answers, small questions, and pages that keep up with them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from IPython.display import Markdown, display

from whosays import answers as store
from whosays import figures
from whosays.answers import Answers
from whosays.checks import Item, Result, check_choice, items
from whosays.disk import NotSaved, saving, write_whole
from whosays.exercises.progress import HEADS, LEGEND, home, progress, progress_page, rows
from whosays.exercises.sets import SetError
from whosays.pack import Pack, PackError, kit_folder
from whosays.widgets import page
from whosays.widgets.base import View
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
GUESS_AND_RUN = "Make your guess first. Then run this cell: click it and press Shift + Enter."
RUN_NOW = " Now run this cell: click it and press Shift + Enter."
GUESS_FIRST = "Make your guess first. Then the picture appears here."
NO_ITEM = "This pack has no such question for this lesson."
TO_PRINT = "To print it, right-click the link, open it in a new tab of the browser, and press Ctrl + P."
NO_KEY = "This copy of the kit has no reference coding. Your teacher will show the class view."


class Core:
    """One lesson: the pack, the student's answers, and everything the notebook shows."""

    def __init__(self, number: int, pack: Pack) -> None:
        self.number = number
        self.pack = pack
        code = store.current_code()
        self._offer = "" if code else store.new_code()
        self.answers = Answers(number, code or self._offer, pack.fingerprint)
        # The rungs are those of lesson 1, whatever the lesson.
        self.rungs = self.answers if number == 1 else Answers(1, self.answers.code, pack.fingerprint)
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
        self.rungs.use(code)
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
        return self._view("reader", Reader(self.pack, self.rungs))

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

    def guessed(self, key: str) -> bool:
        """Whether there is a prediction, for a cell that shows its result only then.

        Where there is none, the cell asks for it, and says so once it is there.
        """
        here = key in self.answers.refresh()["predictions"]

        def said() -> list[page.Bundle]:
            made = self.answers.refresh()["predictions"].get(key)
            if made is None:
                return [page.note(GUESS_AND_RUN)]
            return [page.note(f"You predicted: {made}.{'' if here else RUN_NOW}")]

        display(self._page(f"predicted {key}", Page(said)))
        return here

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
        codes = {o.id: o.misconception for o in item.options if o.misconception}
        return Choice(item.id, "items", item.stem, options, feedback, codes=codes)

    def _chart(self, key: str, draw: Callable[[], figures.Figure], after: str = "", **more: Any) -> Chart:
        """A chart that follows the answers; with ``after`` it waits for the prediction of that name."""

        def drawn() -> figures.Figure | None:
            waits = after and after not in self.answers.refresh()["predictions"]
            return None if waits else draw()

        return self._page(key, Chart(drawn, waiting=GUESS_FIRST, **more))

    def _card(self, key: str, find: Callable[[], page.Bundle | None], waiting: str) -> Page:
        """A sentence to trust more, once ``find`` finds one; before that ``waiting`` says what to do."""

        def made() -> list[page.Bundle]:
            if not self.pack.has_reference:
                return [page.note(NO_KEY)]
            return [find() or page.note(waiting)]

        return self._page(key, Page(made))

    def sentence(self, sentence_id: str) -> Page:
        """One sentence of the study text, to have it at hand."""
        known = sentence_id in set(self.pack.sentences["id"])
        missing = page.note(f"This pack has no sentence {sentence_id}.")
        return Page(lambda: [page.sentence(sentence_id, self._text(sentence_id), ()) if known else missing])

    def _text(self, sentence_id: str) -> str:
        rows = self.pack.sentences
        return str(rows.loc[rows["id"] == sentence_id, "text"].iloc[0])

    # Around the lessons -------------------------------------------------------------------------------------

    def progress(self) -> Markdown:
        """The lessons in this copy of the kit, with links and how far this student is."""
        lines = []
        for number, path, title in lessons():
            done = self._done(number)
            lines.append(f"{number}. [{title}]({path.name}) – {done}")
        return Markdown("\n".join(lines) or "There are no lessons in this folder.")

    def exercises(self) -> Markdown:
        """The sets of exercises in this copy of the kit, with links and how far this student is."""
        try:
            table = progress(self.answers.code)
        except (SetError, PackError) as error:
            return Markdown(f"The exercises cannot be read. Get this copy of the kit again: {error}")
        if table.empty:
            return Markdown("There are no exercises in this copy of the kit.")
        lines = [f"| {' | '.join(HEADS)} |", "|---" * len(HEADS) + "|"]
        for name, (title, *cells) in zip(table["set"], rows(table), strict=True):
            try:
                path = home(name, self.answers.code)
            except NotSaved as error:
                return Markdown(str(error))
            linked = f"[{title}]({_from_here(path)})" if path else title
            lines.append(f"| {' | '.join([linked, *cells])} |")
        return Markdown("\n".join([*lines, "", f"*{LEGEND}*"]))

    def progress_page(self) -> Markdown:
        """Write a page for printing with all lessons and sets, and link to it; or say why that fails."""
        done = [(f"{number}. {title}", self._done(number)) for number, _, title in lessons()]
        path = self.answers.folder / "progress.html"
        try:
            with saving(path.parent):
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, progress_page(self.answers.code, done, progress(self.answers.code)))
        except (NotSaved, SetError, PackError) as error:
            return Markdown(f"The page cannot be written. {error}")
        if path.resolve().is_relative_to(kit_folder()):
            return Markdown(f"Your page is ready: [progress.html]({_from_here(path)}). {TO_PRINT}")
        return Markdown(f"Your page is ready. Open it in a browser and print it: `{path}`")

    def _done(self, number: int) -> str:
        mine = Answers(number, self.answers.code, self.pack.fingerprint).content
        labelled, cards = len(mine["labels"]), len({key.split(".")[0] for key in mine["cards"]})
        others = cards + len(mine["spans"]) + len(mine["finds"])
        if not labelled and not others and not mine["exit_ticket"]:
            return "not started"
        done = [f"{labelled} of {len(self.pack.sentences)} sentences"] if labelled else []
        done += [f"{others} {'answer' if others == 1 else 'answers'}"] if others else []
        ticket = "exit ticket done" if mine["exit_ticket"] else "exit ticket open"
        return ", ".join([*done, ticket])

    def onward(self) -> Markdown:
        """The link to the next lesson, if this copy has it, and back to the start."""
        home = "[Back to the list of lessons](00_start_here.ipynb)"
        following = next(((p, t) for n, p, t in lessons() if n > self.number), None)
        return Markdown(f"Next: [{following[1]}]({following[0].name}) · {home}" if following else home)


def _from_here(path: Path) -> str:
    """The way to a file from the folder with the notebooks, as a link needs it."""
    start = Path(__file__).resolve().parents[2]
    return Path(os.path.relpath(path.resolve(), start)).as_posix()


def lessons(folder: Path | None = None) -> list[tuple[int, Path, str]]:
    """Number, notebook and title of each lesson in this copy, in order; the heading is the title."""
    folder = folder or Path(__file__).resolve().parents[2]
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
