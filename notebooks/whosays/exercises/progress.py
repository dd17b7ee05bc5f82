"""How far a student is in the exercises: a table of all sets, and a page for printing."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from whosays.answers import work_folder
from whosays.disk import saving
from whosays.exercises.kept import answers_of, whole
from whosays.exercises.sets import ExerciseSet, Graded, Question, cached, exercises_folder, names
from whosays.markup import element, page
from whosays.pack import kit_folder

PARTS = {"A": "annotate", "B": "choose", "C": "code or read", "D": "write"}
COLUMNS = ["set", "title", *PARTS, "points", "of", "hints"]
NOT_YET, BEGUN, DONE, ANSWERED, WRITTEN = "○ open", "→ begun", "✓ done", "✓ answered", "✓ written"
NONE, NBSP = "–", "\N{NO-BREAK SPACE}"  # points stay on one line
LEGEND = (
    "✓ as far as this copy can tell · → begun · ○ open. Points are for practice, no mark. Texts and "
    "explanations are read by a person, so they are not among the points."
)

Entry = Mapping[str, Any]


def progress(code: str, folder: Path | None = None) -> pd.DataFrame:
    """How far the student with this code is: a row a set, the capstone last.

    Columns: ``set``, ``title``, ``A`` to ``D`` (a sign with a word, or with points where this copy has the
    key; “–” where a set has no such part), ``points`` so far (missing where none are known) and ``of`` (both
    of what a machine can judge), and ``hints`` opened. Raises SetError and PackError.
    """
    folder = folder or exercises_folder()
    rows = [_row(cached(name, folder), code) for name in names(folder)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(exercise: ExerciseSet, code: str) -> tuple[Any, ...]:
    content = answers_of(exercise.lesson, code).content
    kept = {qid: entry for qid, entry in content["exercises"].items() if isinstance(entry, Mapping)}
    shown, points, of = dict.fromkeys(PARTS, NONE), [], 0.0
    written = [g for g in exercise.graded if g.manual]
    for graded in exercise.graded:
        if not graded.manual:
            part = graded.questions[0].cell.rpartition("-")[2][:1]
            shown[part], known, most = _judged(graded, kept)
            points += [known] if known is not None else []
            of += most
    if written:
        shown["D"] = _written([q for g in written for q in g.questions], kept)
    opened = sum(
        min(whole(content["hints"].get(f"exercise {q.id}")), len(q.hints)) for q in exercise.questions
    )
    return (exercise.name, exercise.title, *shown.values(), sum(points) if points else None, of, opened)


def _judged(graded: Graded, kept: Mapping[str, Entry]) -> tuple[str, float | None, float]:
    """A part that a machine judges: what is shown, its points if known, and of how many.

    Of the two tracks of part C the one with more points counts, or the one that was begun.
    """
    rest = [q for q in graded.questions if q.kind != "read"]
    tracks = [t for t in (rest, [q for q in graded.questions if q.kind == "read"]) if t]
    found = [_track(questions, kept) for questions in tracks]
    sign, points, of = max(found, key=lambda f: (f[0] in (DONE, ANSWERED), f[1] or 0.0, f[0] == BEGUN))
    return (sign if points is None else f"{sign[0]} {points:g} of {of:g}".replace(" ", NBSP)), points, of


def _track(questions: Sequence[Question], kept: Mapping[str, Entry]) -> tuple[str, float | None, float]:
    entries = [kept.get(q.id) for q in questions]
    known = [p for e in entries if e and (p := _number(e.get("points"))) is not None]
    return _sign(entries), sum(known) if known else None, sum(q.points for q in questions)


def _sign(entries: Sequence[Entry | None]) -> str:
    found = [e.get("status") if e else None for e in entries]
    if not any(found):
        return NOT_YET
    if all(status == "correct" for status in found):
        return DONE
    return ANSWERED if all(status in ("correct", "answered") for status in found) else BEGUN


def _written(questions: Sequence[Question], kept: Mapping[str, Entry]) -> str:
    """A part that a person reads: how many of its texts are there."""
    sign = _sign([kept.get(q.id) for q in questions])
    done = sum((kept.get(q.id) or {}).get("status") == "correct" for q in questions)
    if len(questions) > 1 and sign == BEGUN:
        return f"{sign}, {done} of {len(questions)} written"
    return WRITTEN if sign == DONE else sign


def _number(value: Any) -> float | None:
    """Points out of a file that anybody may have changed."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def rows(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """The table of ``progress`` as words: number and title, the four parts, points, hints opened."""
    return [
        (
            f"{row['set'].removeprefix('set')}. {row['title']}"
            if row["set"].startswith("set")
            else f"Capstone. {row['title']}",
            *(str(row[part]).replace(" ", NBSP, 1) for part in PARTS),
            NONE if pd.isna(row["points"]) else f"{row['points']:g} of {row['of']:g}".replace(" ", NBSP),
            str(row["hints"]),
        )
        for row in table.to_dict("records")
    ]


def home(name: str, code: str, folder: Path | None = None) -> Path | None:
    """The notebook of a set that a student opens, None if this copy has none.

    In the instructor's copy, where the released notebook goes out to all, it is a copy of the student's own.
    Raises NotSaved if that cannot be written.
    """
    folder = folder or exercises_folder()
    own, released = folder / name / f"{name}.ipynb", folder / "release" / name
    if own.is_file() or not (released / f"{name}.ipynb").is_file():
        return own if own.is_file() else None
    work = work_folder()
    if not work.resolve().is_relative_to(kit_folder().resolve()):
        return released / f"{name}.ipynb"  # JupyterLab opens nothing outside the kit
    mine = work / code / "exercises" / name
    if not mine.is_dir():
        with saving(mine):
            beside = mine.with_name(f".{name}-new")
            shutil.rmtree(beside, ignore_errors=True)
            shutil.copytree(released, beside)
            beside.rename(mine)
    return mine / f"{name}.ipynb"


HEADS = ("Set", *(f"{part} {what}" for part, what in PARTS.items()), "Points", "Hints")


def progress_page(code: str, lessons: Sequence[tuple[str, str]], table: pd.DataFrame) -> str:
    """A page for printing: lessons (title, how far) and sets. It holds no answer, no name, no clock time."""
    parts = [
        element("h1", f"How far I am: {code}"),
        element("h2", "Lessons"),
        _html_table(("Lesson", "How far"), lessons),
    ]
    if len(table):
        parts += [
            element("h2", "Exercises"),
            element("p", LEGEND, class_="who"),
            _html_table(HEADS, rows(table)),
        ]
    return page(f"Progress of {code}", parts)


def _html_table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    top = element("tr", [element("th", head, scope="col") for head in heads])
    body = [
        element("tr", [element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:])])
        for row in lines
    ]
    return element("table", [element("thead", [top]), element("tbody", body)], class_="far")
