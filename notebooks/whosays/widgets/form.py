"""One widget for every small question of a lesson."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from weakref import WeakSet

import pandas as pd

from whosays import markup
from whosays.answers import Answers, Content, NotSaved
from whosays.checks import Result
from whosays.widgets.base import View, source
from whosays.widgets.questions import LONGEST, PARTS, Choice, Question, Scale, Text, Value, whole

__all__ = ["Choice", "Form", "Scale", "Text"]

TONES = {"correct": "ok", "not yet": "notyet", "not attempted": "plain"}
UNSAVED = "Your answer could not be saved."

Box = dict[str, Any]


class Form(View):
    """Questions under each other; every answer is saved as it is given and may be changed.

    Feedback comes from Python after the choice, so the browser knows no key ahead. The form does not mark,
    time or lock anything, and a text that is still being written is never replaced.
    ``on_saved(key, value)`` is called once an answer is on the disk (a text: once its writer has left it);
    value is None for one that was emptied.
    """

    _esm = source("form", ".js")
    _css = source("form", ".css")
    _forms: ClassVar[WeakSet[Form]] = WeakSet()

    def __init__(
        self,
        answers: Answers,
        questions: Sequence[Question],
        *,
        title: str = "",
        on_saved: Callable[[str, Value | None], None] | None = None,
    ) -> None:
        self.answers = answers
        self.questions = {question.key: question for question in questions}
        if len(self.questions) < len(questions):
            raise ValueError(f"each question needs a key of its own; found {[q.key for q in questions]}")
        for question in questions:
            if question.part not in PARTS:
                raise ValueError(f"{question.key}: {question.part!r} is no part; choose one of {list(PARTS)}")
        self._title, self._on_saved = title, on_saved
        self._heard: dict[str, str] = {}  # the last message about each question
        self._resume()
        super().__init__()
        self._forms.add(self)

    def _resume(self) -> None:
        self._blank: dict[str, str] = {}  # spaces typed where there is no word yet
        self._unsaved: set[str] = set()
        self._trouble: tuple[str, str] = ("", "")  # question and reason
        self._say = ""
        self.answers.refresh()

    def reload(self) -> None:
        self._resume()
        super().reload()

    # What the reader does -----------------------------------------------------------------------------------

    def answer(self, key: str, value: Value) -> Result | None:
        """Answer without the widget: ``form.answer("L1a", "L1a_B")`` saves it and returns the feedback.

        Raises ValueError for an unknown question or option and for a text that is too long, NotSaved if it
        cannot be saved.
        """
        question = self.questions.get(key)
        if question is None:
            raise ValueError(f"no question {key!r}; the questions here are {list(self.questions)}")
        stored = question.read(value)
        self._blank.pop(key, None)
        try:
            self._save(question, stored)
        except NotSaved as error:
            self.not_saved(error)
            raise
        finally:
            self.draw()
        return question.feedback_for(stored)

    def do_choose(self, key: str, arg: str, token: str = "") -> None:
        question = self.questions[key]
        if arg not in {i for i, _, _ in question.choices()}:
            raise ValueError(arg)
        self._heard[key] = str(token)
        value = question.read(int(arg) if isinstance(question, Scale) else arg)
        self._say = str(question.feedback_for(value) or f"Saved: {question.words(value).rstrip('.')}.")
        self._save(question, value)

    def do_write(self, key: str, arg: str, left: bool = False, token: str = "") -> None:
        """Keep a text; ``left`` says that its writer has left it and may be told so."""
        question = self.questions[key]
        if not isinstance(question, Text) or not isinstance(arg, str):
            raise ValueError(key)
        self._heard[key] = str(token)
        text = whole(arg)[:LONGEST]
        self._blank[key] = "" if text.strip() else text
        if left:
            over, n = question.over(text), len(text.split())
            more = f" {over} more than the {question.limit} asked for." if over else ""
            self._say = f"Saved, {n} {'word' if n == 1 else 'words'}.{more}" if n else "Nothing written."
        self._save(question, question.read(text), finished=left)

    def do_retry(self) -> None:
        """Save once more what could not be saved; the answers keep what waits."""
        self.answers.change(lambda content: None)
        self._say = "Saved."
        self._tell(self._saved())

    def not_saved(self, error: NotSaved) -> None:
        self._trouble = (self._trouble[0], str(error))
        self._say = f"{UNSAVED} {error}"

    # State ------------------------------------------------------------------------------------------------

    def _value(self, question: Question) -> Value | None:
        """The answer so far; None where there is none, or one that this question does not know."""
        try:
            return question.read(self.answers.get(question.part, question.key))
        except ValueError:
            return None

    def _save(self, question: Question, value: Value | None, finished: bool = True) -> None:
        self._unsaved.add(question.key)
        self._trouble = (question.key, "")
        code = question.codes.get(str(value)) if isinstance(question, Choice) else None

        def change(content: Content) -> None:
            content[question.part].pop(question.key, None)
            if value is not None:
                content[question.part][question.key] = value
            if code:
                met = content["misconceptions"].get(question.key)
                known = [c for c in met if isinstance(c, str)] if isinstance(met, list) else []
                content["misconceptions"][question.key] = list(dict.fromkeys([*known, code]))

        self.answers.change(change)
        self._tell(self._saved(), writing="" if finished else question.key)

    def _saved(self) -> list[str]:
        """Everything that waited is on the disk now."""
        saved = [key for key in self.questions if key in self._unsaved]
        self._unsaved.clear()
        self._trouble = ("", "")
        return saved

    def _tell(self, saved: list[str], writing: str = "") -> None:
        """Pass on what was saved, also to other forms with these questions.

        The last letters typed into a cell may arrive after it was run again.
        """
        for form in list(self._forms):
            if form is not self and form.answers.path == self.answers.path and form.questions.keys() & saved:
                form.answers.refresh()
                form.draw()
        told = [key for key in saved if key != writing]
        if self._on_saved is None or not told:
            return
        self.draw()  # the reader first: what follows may redraw charts
        for key in told:
            self._on_saved(key, self._value(self.questions[key]))

    # What is shown ------------------------------------------------------------------------------------------

    def as_table(self) -> pd.DataFrame:
        """A row a question: key, question, options (id: words), answer and feedback so far."""
        rows = []
        for key, question in self.questions.items():
            value = self._value(question)
            options = "; ".join(f"{i}: {w}" if w and w != i else i for i, _, w in question.choices())
            feedback = str(question.feedback_for(value) or "")
            rows.append((key, question.ask, options, question.words(value), feedback))
        return pd.DataFrame(rows, columns=["key", "question", "options", "answer", "feedback"])

    def build(self) -> dict[str, Any]:
        asks = [self._title, *(question.ask for question in self.questions.values())]
        return {
            "ask": next((ask for ask in asks if ask), ""),
            "title": self._title,
            "questions": [self._shown(question) for question in self.questions.values()],
            "longest": LONGEST,
            "say": self._say,
        }

    def _shown(self, question: Question) -> dict[str, Any]:
        value = self._value(question)
        text = question if isinstance(question, Text) else None
        unsaved = question.key in self._unsaved
        failed, why = self._trouble
        return {
            "key": question.key,
            "kind": type(question).__name__.lower(),
            "ask": question.ask,
            "note": question.note,
            "options": [list(option) for option in question.choices()],
            "value": text.words(value) or self._blank.get(question.key, "") if text else value,
            "limit": text.limit if text else None,
            "rows": min(8, text.sentences + 1) if text else 0,
            "token": self._heard.get(question.key, ""),
            "state": "unsaved" if unsaved else "saved" if value is not None else "open",
            "feedback": None if unsaved else _box(question.feedback_for(value)),
            "trouble": [UNSAVED, why] if why and failed == question.key else None,
        }


def _box(result: Result | None) -> Box | None:
    """A result as a box below the question."""
    if result is None:
        return None
    lead = "The deciding words are " if result.status == "correct" else "Look at "
    words = [[*markup.plain(lead), *markup.quoted(w), *markup.plain(".")] for w in result.words]
    tone = "split" if result.contested and result.status == "correct" else TONES[result.status]
    return {"tone": tone, "verdict": result.message, "body": words + [markup.plain(d) for d in result.detail]}
