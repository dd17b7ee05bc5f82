"""What a person reads and marks after ``whosays grade``: answers from its journal, marks in its gradebook."""

from __future__ import annotations

import contextlib
import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whosays.classroom import gradebook, lms
from whosays.classroom.copies import harmless
from whosays.classroom.gradebook import GradebookError, Mark
from whosays.classroom.journal import Finished, Records
from whosays.classroom.roster import RosterError, roster_for
from whosays.disk import NotSaved, locked
from whosays.exercises.rubric import Answer, State, Task, tasks
from whosays.exercises.sets import ExerciseSet, SetError, exercises_folder, names, read_set
from whosays.pack import PackError, kit_folder

Record = dict[str, Any]
JOURNAL, DATABASE, GRADES = ".journal.jsonl", "gradebook.db", "grades.csv"
GRADE = "whosays grade submitted --out grades.csv"
INSTALL = "python -m pip install -r exercises/requirements.txt"
READER = " Your teacher reads it and gives the points."
GUESS = "guess"  # the item of track N that costs nothing, right or wrong
WORDS = {"correct": "right", "not yet": "not yet", "not attempted": "open"}


class NothingToRead(Exception):
    """There is nothing to read, and why; ``do`` says what to do about it, ``command`` what to type."""

    def __init__(self, why: str, do: str, command: str = "") -> None:
        super().__init__(f"{why} {do}{f' {command}' if command else ''}")
        self.why, self.do, self.command = why, do, command


@dataclass(frozen=True, slots=True)
class Remarks:
    """What a teacher should know of the run: hand-ins that are not graded, and other tables in the folder."""

    missing: str = ""
    others: str = ""


def find(given: str | Path | None = None) -> Path:
    """The table of a grading run: the one given, or the newest in the folder given, or in ``exercises/``.

    A relative path is looked for beside the notebook, in ``exercises/`` and in the kit. Raises NothingToRead.
    """
    home = exercises_folder()
    wanted = Path(given or home).expanduser()
    places = [wanted] if wanted.is_absolute() else [top / wanted for top in (Path.cwd(), home, kit_folder())]
    place = next((p for p in places if p.exists() or _journal(p).exists()), None)
    if place is None:
        shown = ", ".join(dict.fromkeys(str(p.parent) for p in places))
        raise NothingToRead(f"There is no {wanted.name}. Looked in {shown}.", "Give the path of grades.csv.")
    if place.name == DATABASE:
        place = place.parent
    if not place.is_dir():
        if not _journal(place).exists():
            raise NothingToRead(
                f"{place.name} has no journal beside it ({_journal(place).name}): its answers are not known.",
                "Give the table that “whosays grade” wrote, where it wrote it, or grade again:",
                GRADE,
            )
        return _journal(place).with_name(_journal(place).name.removesuffix(JOURNAL) + ".csv")
    journals = sorted(place.glob(f"*{JOURNAL}"), key=lambda p: p.stat().st_mtime, reverse=True)
    if not journals:
        raise NothingToRead(
            f"Nothing is graded yet: {place.name}/ holds no journal of a grading run.",
            f"Put the hand-ins into {place.name}/submitted, then run in {place.name}/:",
            GRADE,
        )
    return journals[0].with_name(journals[0].name.removesuffix(JOURNAL) + ".csv")


def _journal(path: Path) -> Path:
    return path if path.name.endswith(JOURNAL) else path.with_name(path.stem + JOURNAL)


class Reading:
    """The answers of a grading run that a person reads, question by question, with their marks.

    Every mark goes into the gradebook at once; ``write`` makes tables and feedback pages anew. ``refresh``
    takes in what was graded or marked elsewhere since. Opening it raises NothingToRead.
    """

    def __init__(self, out: Path, roster: str | Path | None = None) -> None:
        self.out, self.roster = out, Path(roster) if roster is not None else None
        self.database = out.parent / DATABASE
        self._seen: tuple[Any, ...] = ()
        self._marks: dict[tuple[str, str, str], tuple[Mark, bool]] = {}
        self._marks_seen: tuple[Any, ...] = ()
        self._read()

    # What there is ------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read again what changed on the disk. Raises NotSaved where nothing can be marked just now."""
        try:
            self._read()
        except NothingToRead as error:
            raise NotSaved(str(error)) from error

    def _read(self) -> None:
        now = (*_stamp(_journal(self.out)), *_stamp(self.out))
        if now != self._seen:
            self._load()
            self._seen = now
        marked = _stamp(self.database)
        if marked != self._marks_seen:
            try:
                self._marks = gradebook.all_marks(self.database)
            except GradebookError as error:
                raise NothingToRead(str(error), "Then run this cell again.") from error
            self._marks_seen = marked

    def _load(self) -> None:
        if not self.database.exists():
            raise _no_gradebook(self.out)
        known = {name: tasks(exercise) for name, exercise in _sets().items()}
        answers: dict[str, list[Answer]] = {t.id: [] for found in known.values() for t in found}
        blank: Counter[str] = Counter()
        rows = 0
        with self._journal() as journal:
            offsets = {path: entry.offset for path, entry in journal.entries.items()}
            for record in self._records(journal):
                rows += 1
                for task in known.get(record["set"], ()) if not record.get("superseded") else ():
                    answer = _answer(record, task)
                    if answer is not None:
                        answers[task.id].append(answer)
                    elif _left_open(record, task):
                        blank[task.id] += 1
        if not any(answers.values()):
            raise NothingToRead(
                f"Nothing is to be read: none of {rows} hand-ins in {self.out.name} has an answer in words.",
                "When more are handed in, grade again:",
                GRADE,
            )
        self.tasks = tuple(t for found in known.values() for t in found if answers[t.id])
        self._answers, self._blank, self._offsets = answers, blank, offsets

    @contextlib.contextmanager
    def _journal(self) -> Iterator[Finished]:
        try:
            journal = Finished(_journal(self.out))
        except (OSError, ValueError) as error:
            why = f"{error.filename}: {error.strerror}." if isinstance(error, OSError) else str(error)
            raise NothingToRead(why, "Grade again:", GRADE) from error
        with journal:
            yield journal

    def _records(self, journal: Finished) -> Records:
        """The records of the last run: the journal also holds what is no longer handed in."""
        listed = _listed(self.out)
        paths = {lms.safe(path): path for path in journal.entries}
        there = [paths[path] for path in listed if path in paths]
        self.remarks = _remarks(self.out, len(listed) - len(there) if there else 0)
        return Records(journal, there or list(journal.entries))

    def news(self) -> list[str]:
        """What a teacher should know of the run, a sentence each."""
        return [text for text in (self.remarks.missing, self.remarks.others) if text]

    def answers(self, task: Task) -> list[Answer]:
        """What there is to read, a row a student."""
        return self._answers[task.id]

    def blank(self, task: Task) -> int:
        """How many left it open: no points, and nothing to read."""
        return self._blank[task.id]

    def rest(self, task: Task, answer: Answer) -> list[tuple[str, str]]:
        """What else the student answered in this set, by cell, as typed."""
        sources: Mapping[str, str] = {}
        with contextlib.suppress(OSError, ValueError, KeyError), _journal(self.out).open("rb") as file:
            file.seek(self._offsets[answer.path])
            sources = json.loads(file.readline())["sources"]
        return [(cell, harmless(text)) for cell, text in sources.items() if cell != task.comment_on]

    # Marks --------------------------------------------------------------------------------------------------

    def state(self, task: Task, answer: Answer) -> State:
        """What was given for an answer, here or in formgrader."""
        mark, again = self._mark(task, answer)
        mine, other = (mark.extra, mark.points) if task.extra else (mark.points, mark.extra)
        if mine is None and other is not None:
            return State(other, mark.comment, again, whole=True)
        return State(mine, mark.comment, again)

    def _mark(self, task: Task, answer: Answer) -> tuple[Mark, bool]:
        """The mark on the cell with the comment on the answer, and whether it is for an older answer."""
        mark, again = self._marks.get((answer.student, task.set, task.cell), (Mark(), False))
        said, _ = self._marks.get((answer.student, task.set, task.comment_on), (Mark(), False))
        return Mark(mark.points, mark.extra, said.comment), again

    def comments(self, task: Task, most: int = 12) -> list[str]:
        """Comments used before to this question, the most used first, then those to questions like it."""
        here: Counter[str] = Counter()
        elsewhere: Counter[str] = Counter()
        part = task.comment_on.removeprefix(f"{task.set}-")
        for (_, name, cell), (mark, _) in self._marks.items():
            if mark.comment and cell == task.comment_on:
                here[harmless(mark.comment)] += 1
            elif mark.comment and cell == f"{name}-{part}":
                elsewhere[harmless(mark.comment)] += 1
        found = [text for used in (here, elsewhere) for text, _ in used.most_common()]
        return list(dict.fromkeys(found))[:most]

    def give(
        self, task: Task, answer: Answer, points: float | None = None, comment: str | None = None
    ) -> Callable[[], bool]:
        """Write points, a comment or both into the gradebook.

        Returns what takes it back: it gives False, and changes nothing, where the mark was changed elsewhere
        since. Raises NotSaved.
        """
        before, again = self._mark(task, answer)
        to_read = again or (before.points is None and before.extra is None)
        self._change(
            gradebook.mark,
            answer.student,
            task.set,
            task.cell,
            None if task.extra else points,
            points if task.extra else None,
            comment,
            task.comment_on,
        )
        after = self._mark(task, answer)

        def take_back() -> bool:
            self.refresh()
            if self._mark(task, answer) != after:
                return False
            where = (answer.student, task.set, task.cell)
            self._change(gradebook.put_back, *where, before, to_read, task.comment_on)
            return True

        return take_back

    def _change(self, change: Callable[..., None], *arguments: Any) -> None:
        try:
            change(self.database, *arguments)
            self.refresh()
        except GradebookError as error:
            raise NotSaved(str(error)) from error

    # Files --------------------------------------------------------------------------------------------------

    def write(self) -> tuple[list[Path], tuple[str, ...]]:
        """Write tables, copies and feedback pages with the present marks, as ``whosays grade`` does.

        Returns the files, and remarks. Raises NotSaved with what to do.
        """
        from whosays.classroom.outputs import write_outputs
        from whosays.classroom.run import CannotGrade, course

        lock = self.out.with_name(f"{self.out.stem}.journal.lock")
        try:
            known = course()
            roster = roster_for(self.out, self.roster)
            with locked(lock), self._journal() as journal:
                if journal.fingerprint.partition(" ")[0] != known.fingerprint:
                    raise NotSaved(
                        f"The key or the kit changed since this was graded. Run {GRADE}: marks are kept."
                    )
                records = self._records(journal)
                if self.remarks.missing:
                    raise NotSaved(self.remarks.missing)
                files, remarks = write_outputs(records, self.out, known, roster.table)
                files += roster.keep(self.out)
            lock.unlink(missing_ok=True)
            self.refresh()
        except TimeoutError as error:
            raise NotSaved(f"{self.out.name} is being graded just now. Wait, then try again.") from error
        except (CannotGrade, NothingToRead, RosterError, SetError, PackError) as error:
            raise NotSaved(str(error)) from error
        return files, tuple(filter(None, (roster.remark, *remarks)))


def _no_gradebook(out: Path) -> NothingToRead:
    why = f"There is no gradebook beside {out.name}, so marks would have no place."
    if gradebook.available():
        return NothingToRead(why, "Grade again, which writes it and grades nothing twice:", GRADE)
    do = "nbgrader is not installed. Install it in the kit’s folder, then grade again:"
    return NothingToRead(why, do, INSTALL)


def _sets() -> dict[str, ExerciseSet]:
    """The sets with their key. Raises NothingToRead where there is none."""
    try:
        sets = {name: read_set(name) for name in names()}
    except SetError as error:
        raise NothingToRead(str(error), "Mend it, then run this cell again.") from error
    if not any(exercise.key for exercise in sets.values()):
        raise NothingToRead(
            "This copy of the kit has no key (exercises/keys), as students’ copies: there are no rubrics.",
            "Open the grade book in the instructor’s copy.",
        )
    return sets


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size


def _listed(out: Path) -> list[str]:
    """The paths in the table, as they stand there; none where there is no table, or a changed one."""
    try:
        with out.open(encoding="utf-8-sig", newline="") as file:
            return [row["path"] for row in csv.DictReader(file)]
    except (OSError, ValueError, KeyError, csv.Error):
        return []


def _remarks(out: Path, missing: int) -> Remarks:
    others = [
        p.name.removesuffix(JOURNAL) + ".csv" for p in out.parent.glob(f"*{JOURNAL}") if p != _journal(out)
    ]
    return Remarks(
        f"{missing} hand-ins of {out.name} are not graded: “whosays grade” is still at work, or was stopped. "
        "Wait for it, or give the command again."
        if missing
        else "",
        f"Other tables in this folder: {', '.join(sorted(others))}. Open one by its name." if others else "",
    )


def _answer(record: Record, task: Task) -> Answer | None:
    cell = record["cells"].get(task.cell)
    if cell is None or not cell["manual"]:
        return None
    text = str(cell.get("because" if task.extra else "text") or "")
    notes = _beside(cell, task) if task.extra else _first_look(cell)
    student = record["student"]
    return Answer(student, harmless(record["name"] or student), harmless(text), notes, record["path"])


def _left_open(record: Record, task: Task) -> bool:
    cell = record["cells"].get(task.cell)
    return record["status"] == "graded" and cell is not None and (not task.extra or cell.get("track") == "N")


def _first_look(cell: Mapping[str, Any]) -> tuple[str, ...]:
    message = cell["parts"][0]["message"].removesuffix(READER) if cell["parts"] else ""
    return (f"First look by the machine, no mark: {harmless(message)}",) if message else ()


def _how(part: Mapping[str, Any]) -> str:
    """How an answer was found; nothing is right or wrong about a guess."""
    return "" if part["item"] == GUESS else f" ({WORDS.get(part['status'], part['status'])})"


def _beside(cell: Mapping[str, Any], task: Task) -> tuple[str, ...]:
    """What the reading track got from the machine, and what the student read."""
    read = [
        f"{p['item']}: {harmless(p['answer']) or '–'}{_how(p)}"
        for p in cell["parts"]
        if p["question"] == task.id and p["item"]
    ]
    points = (
        f"The machine gave {cell['points']:g} of {cell['of']:g}. Your points are added, up to {cell['of']:g}."
    )
    return (f"Read: {', '.join(read)}.", points) if read else (points,)
