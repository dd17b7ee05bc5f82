"""The grade book: answers to one question side by side, a button a level, comments that are used again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from whosays.answers import NotSaved
from whosays.exercises.rubric import Answer, State, Task
from whosays.widgets.base import View, source

PAGE = 24  # answers shown side by side
SHORT = 700  # characters of an answer that is not the present one
LONGEST = 2000  # characters of a comment
HIDDEN = (
    "Names are hidden, and the order is shuffled anew for each question: you read what is written, not who "
    "wrote it."
)
SHOWN = "Names are shown, in the order of the names. Read without them first: it is fairer."
BLANK = "(nothing but blanks)"
CHANGED = "This answer was handed in or graded anew a moment ago, so nothing was saved. Read it again."
MOVED_ON = "Not undone: somebody else changed this mark since."


class Book(Protocol):
    """Where answers come from and marks go to. ``give`` returns what takes it back, or says False."""

    @property
    def tasks(self) -> Sequence[Task]: ...

    def refresh(self) -> None: ...

    def news(self) -> Sequence[str]: ...

    def answers(self, task: Task) -> Sequence[Answer]: ...

    def blank(self, task: Task) -> int: ...

    def rest(self, task: Task, answer: Answer) -> Sequence[tuple[str, str]]: ...

    def state(self, task: Task, answer: Answer) -> State: ...

    def comments(self, task: Task) -> Sequence[str]: ...

    def give(
        self, task: Task, answer: Answer, points: float | None = None, comment: str | None = None
    ) -> Callable[[], bool]: ...

    def write(self) -> tuple[Sequence[Path], Sequence[str]]: ...


@dataclass(frozen=True, slots=True)
class _Undo:
    """A change that can be taken back, and where it was made."""

    task: str
    student: str
    take_back: Callable[[], bool]


class GradeBook(View):
    """One question at a time, all its answers beside each other, one of them the present one.

    Every press is saved at once. Nothing a student wrote is run, nor taken for anything but text. Names do
    not reach the browser while they are hidden.
    """

    _esm = source("grade_book", ".js")
    _css = source("grade_book", ".css")

    def __init__(self, book: Book) -> None:
        self._book = book
        self._names = False
        self._examples = False
        self._past: list[_Undo] = []
        self._trouble = self._say = self._wrote = ""
        self._writing = self._unwritten = False
        self._now: dict[str, str] = {}  # the student whose answer is the present one, by question
        self._task = next((t.id for t in book.tasks if self._unread(t)), book.tasks[0].id)
        super().__init__()

    # For those who read without the widget ------------------------------------------------------------------

    def as_table(self) -> pd.DataFrame:
        """All answers to all questions as they are shown, with points and comments."""
        rows = []
        for task in self._book.tasks:
            for number, answer in enumerate(self._order(task), 1):
                state = self._book.state(task, answer)
                who = answer.name if self._names else number
                rows.append([task.id, who, answer.text, state.points, task.of, state.again, state.comment])
        columns = ["question", "answer", "text", "points", "of", "read_again", "comment"]
        return pd.DataFrame(rows, columns=columns)

    def mark(
        self, question: str, answer: int, points: float | None = None, comment: str | None = None
    ) -> None:
        """Give points, a comment or both without the buttons; ``answer`` is its number with names hidden.

        Raises ValueError for a question or an answer that there is not, NotSaved if it cannot be saved.
        """
        task = next((t for t in self._book.tasks if t.id == question), None)
        if task is None:
            raise ValueError(
                f"no question {question!r}; there are {', '.join(t.id for t in self._book.tasks)}"
            )
        answers = sorted(self._book.answers(task), key=lambda a: shuffled(task, a))
        if isinstance(answer, bool) or not isinstance(answer, int) or not 1 <= answer <= len(answers):
            raise ValueError(f"no answer {answer!r} to {question}; they run from 1 to {len(answers)}")
        self._give(task, answers[answer - 1], points, comment)
        self.draw()

    # What the teacher does ----------------------------------------------------------------------------------

    def do_task(self, arg: str) -> None:
        if any(task.id == arg for task in self._tasks()):
            self._task = arg
            self._tell()

    def do_go(self, arg: str) -> None:
        for answer in self._order(self._present):
            if _key(self._present, answer) == arg:
                self._open(answer)

    def do_step(self, arg: int) -> None:
        order = self._order(self._present)
        at = order.index(self._answer) + (1 if int(arg) > 0 else -1)
        if 0 <= at < len(order):
            self._open(order[at])
        else:
            self._say = "This is the first answer." if at < 0 else "This is the last answer."

    def do_page(self, arg: int) -> None:
        order = self._order(self._present)
        at = (order.index(self._answer) // PAGE + int(arg)) * PAGE
        if 0 <= at < len(order):
            self._open(order[at])

    def do_unread(self) -> None:
        """On to the next answer that nobody has read, of this question, then of the next ones."""
        tasks = self._tasks()
        order = self._order(self._present)
        at = order.index(self._answer)
        for answer in order[at + 1 :] + order[: at + 1]:
            if not self._book.state(self._present, answer).read:
                return self._open(answer)
        here = tasks.index(self._present)
        for task in tasks[here + 1 :] + tasks[:here]:
            for answer in self._order(task):
                if not self._book.state(task, answer).read:
                    self._task = task.id
                    return self._open(answer)
        self._say = "All answers are read."
        return None

    def do_give(self, arg: float, key: str) -> None:
        self._change(key, points=float(arg))

    def do_no_level(self, arg: str) -> None:
        """A digit was typed that stands at no level: say so, or a teacher who looks at the text misses it."""
        keys = ", ".join(filter(None, self._present.keys))
        self._trouble = f"{arg} is no level of this question, and nothing was saved. The keys are {keys}."

    def do_comment(self, arg: str, key: str) -> None:
        self._change(key, comment=arg.strip()[:LONGEST])

    def do_reuse(self, arg: str, key: str) -> None:
        """Use a comment again: after what stands there already, and once."""
        found = self._find(key)
        before = self._book.state(*found).comment if found else ""
        if arg not in before:
            self._change(key, comment=f"{before}\n{arg}".strip()[:LONGEST])

    def do_undo(self) -> None:
        if not self._past:
            self._say = "There is nothing to undo."
            return
        last = self._past.pop()
        task = next((t for t in self._tasks() if t.id == last.task), None)
        answer = next((a for a in self._order(task) if a.student == last.student), None) if task else None
        if task is None or answer is None:
            self._trouble = CHANGED
            return
        self._task = task.id
        self._open(answer)
        try:
            undone = last.take_back()
        except NotSaved:
            self._past.append(last)
            raise
        if not undone:
            self._trouble = MOVED_ON
            return
        self._unwritten = True
        self._say = f"Undone. {self._label(task, answer)}: {_in_words(task, self._book.state(task, answer))}."

    def do_names(self) -> None:
        self._names = not self._names
        self._say = SHOWN if self._names else HIDDEN

    def do_examples(self) -> None:
        self._examples = not self._examples

    def do_write(self) -> None:
        self._trouble, self._writing = "", True
        self.draw()  # so that the browser knows that we heard, however long it takes
        try:
            files, remarks = self._book.write()
        finally:
            self._writing = False
        self._unwritten = False
        names = ", ".join(f.name for f in files)
        self._wrote = self._say = " ".join([f"Written: {names}.", *remarks])

    def not_saved(self, error: NotSaved) -> None:
        self._trouble = str(error)

    def _received(self, widget: object, content: Any, buffers: object) -> None:
        self._trouble = self._say = ""
        try:
            self._book.refresh()
        except NotSaved as error:
            self.not_saved(error)
            self.draw()
            return
        super()._received(widget, content, buffers)

    # State --------------------------------------------------------------------------------------------------

    def _tasks(self) -> list[Task]:
        return list(self._book.tasks)

    @property
    def _present(self) -> Task:
        """The question that is open; the first one where it has no answers any more."""
        tasks = self._tasks()
        return next((task for task in tasks if task.id == self._task), tasks[0])

    @property
    def _answer(self) -> Answer:
        """The present answer: where the teacher was, else the first unread one, else the first."""
        task = self._present
        order = self._order(task)
        mine = next((a for a in order if a.student == self._now.get(task.id)), None)
        unread = (a for a in order if not self._book.state(task, a).read)
        answer = mine or next(unread, order[0])
        self._now[task.id] = answer.student
        return answer

    def _order(self, task: Task) -> list[Answer]:
        if self._names:
            return sorted(self._book.answers(task), key=lambda a: (a.name.casefold(), a.student))
        return sorted(self._book.answers(task), key=lambda a: shuffled(task, a))

    def _unread(self, task: Task) -> int:
        return sum(not self._book.state(task, answer).read for answer in self._book.answers(task))

    def _open(self, answer: Answer) -> None:
        self._now[self._present.id] = answer.student
        self._tell()

    def _tell(self) -> None:
        """Say where the teacher is now, with the answer: a screen reader does not see it change."""
        task, answer = self._present, self._answer
        state = _in_words(task, self._book.state(task, answer))
        self._say = f"{task.id}, {self._label(task, answer)}, {state}. {answer.text[:SHORT]}"

    def _find(self, key: str) -> tuple[Task, Answer] | None:
        """The answer that a message is about, which may be another one than the present."""
        for task in [self._present, *self._tasks()]:
            for answer in self._book.answers(task):
                if _key(task, answer) == key:
                    return task, answer
        self._trouble = CHANGED
        return None

    def _change(self, key: str, points: float | None = None, comment: str | None = None) -> None:
        found = self._find(key)
        if found:
            self._give(*found, points, comment)

    def _give(self, task: Task, answer: Answer, points: float | None, comment: str | None) -> None:
        state = self._book.state(task, answer)
        if comment == state.comment:
            comment = None
        if points == state.points and state.read and not state.whole:
            points = None
        if points is None and comment is None:
            return
        try:
            take_back = self._book.give(task, answer, points, comment)
        except NotSaved as error:
            named = re.compile(rf"(?<!\w){re.escape(answer.student)}(?!\w)")
            raise NotSaved(str(error) if self._names else named.sub("This student", str(error))) from error
        self._past.append(_Undo(task.id, answer.student, take_back))
        self._unwritten, self._wrote = True, ""
        words = _in_words(task, self._book.state(task, answer))
        said = "Comment saved." if points is None else f"{words}, saved."
        read, all_of_them = self._progress(task)
        self._say = f"{self._label(task, answer)}: {said} {read} of {all_of_them} read."

    def _label(self, task: Task, answer: Answer) -> str:
        return answer.name if self._names else f"Answer {self._order(task).index(answer) + 1}"

    def _progress(self, task: Task) -> tuple[int, int]:
        of = len(self._book.answers(task))
        return of - self._unread(task), of

    # What is shown ------------------------------------------------------------------------------------------

    def build(self) -> dict[str, Any]:
        task, answer = self._present, self._answer
        order = self._order(task)
        at = order.index(answer)
        first = at // PAGE * PAGE
        state = self._book.state(task, answer)
        read, of = self._progress(task)
        tasks = [
            {"id": t.id, "short": _short(t.id), "title": t.title, "count": self._progress(t)}
            for t in self._tasks()
        ]
        blank = self._book.blank(task)
        return {
            "state": "ready",
            "ask": "Read an answer and choose a level. Every press is saved at once.",
            "tasks": tasks,
            "task": task.id,
            "title": task.title,
            "asked": task.asked,
            "read": read,
            "of": of,
            "all_read": all(done == many for done, many in (t["count"] for t in tasks)),
            "blank": f"{blank} left it open: no points, and nothing to read." if blank else "",
            "names": self._names,
            "about_names": SHOWN if self._names else HIDDEN,
            "answers": [
                self._card(task, a, a is answer, first + n) for n, a in enumerate(order[first : first + PAGE])
            ],
            "pages": [first + 1, min(first + PAGE, len(order)), len(order)],
            "now": _key(task, answer),
            "label": self._label(task, answer),
            "text": answer.text or BLANK,
            "levels": self._levels(task, state),
            "examples": self._examples,
            "given": _in_words(task, state),
            "again": state.again,
            "notes": list(answer.notes),
            "rest": [list(pair) for pair in self._book.rest(task, answer)],
            "comment": state.comment,
            "longest": LONGEST,
            "comments": list(self._book.comments(task)),
            "can_undo": bool(self._past),
            "trouble": self._trouble,
            "news": list(self._book.news()),
            "writing": self._writing,
            "wrote": self._wrote,
            "unwritten": self._unwritten,
            "say": self._say,
        }

    def _levels(self, task: Task, state: State) -> list[dict[str, Any]]:
        return [
            {
                "points": level.points,
                "words": _points(level.points),
                "key": key,
                "says": level.says,
                "example": level.example if self._examples else "",
                "chosen": state.points == level.points and not state.whole,
            }
            for level, key in zip(task.levels, task.keys, strict=True)
        ]

    def _card(self, task: Task, answer: Answer, now: bool, at: int) -> dict[str, Any]:
        state = self._book.state(task, answer)
        text = answer.text if now or len(answer.text) <= SHORT else f"{answer.text[:SHORT]} …"
        return {
            "key": _key(task, answer),
            "label": answer.name if self._names else f"Answer {at + 1}",
            "text": text or BLANK,
            "mark": "" if state.points is None else f"{state.points:g}",
            "words": _in_words(task, state),
            "again": state.again,
            "comment": state.comment,
            "now": now,
        }


class NoGradeBook(View):
    """What stands in the place of a grade book that cannot be opened: why, and what to do."""

    _esm = source("grade_book", ".js")
    _css = source("grade_book", ".css")

    def __init__(self, why: str, do: str, command: str = "") -> None:
        self._why, self._do, self._command = why, do, command
        super().__init__()

    def build(self) -> dict[str, Any]:
        return {"state": "missing", "ask": self._why, "do": self._do, "command": self._command}

    def as_table(self) -> pd.DataFrame:
        """Why there is nothing, and what to do."""
        return pd.DataFrame([[self._why, self._do, self._command]], columns=["why", "do", "command"])


def shuffled(task: Task, answer: Answer) -> str:
    """A place in an order that is the same each time, and another one for each question."""
    return hashlib.sha256(f"{task.id}\n{answer.student}".encode("utf-8", "replace")).hexdigest()


def _key(task: Task, answer: Answer) -> str:
    """What the browser calls an answer; another one once its words have changed."""
    words = f"{task.id}\n{answer.student}\n{answer.text}"
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:16]


def _short(question: str) -> str:
    """The name of a question on its button: “1.D”, “Capstone 1”."""
    name, _, part = question.partition(".")
    return question if name.isdigit() else f"{name[:1].upper()}{name[1:]} {part}"


def _points(points: float) -> str:
    return "1 point" if points == 1 else f"{points:g} points"


def _in_words(task: Task, state: State) -> str:
    if state.points is None:
        return "not read yet"
    if state.again:
        return f"{state.points:g} of {task.of:g} for an earlier answer, to be read again"
    if state.whole:
        return f"{_points(state.points)} in all, given in formgrader"
    return f"{state.points:g} of {task.of:g} points"
