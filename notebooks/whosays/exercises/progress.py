"""How far a student is in the exercises: a table of all sets, and a page for printing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from whosays.answers import Answers
from whosays.exercises.sets import ExerciseSet, cached, exercises_folder, names
from whosays.markup import element, page
from whosays.pack import Pack

PARTS = {"A": "annotate", "B": "choose", "C": "code or read", "D": "write"}
COLUMNS = ["set", "title", *PARTS, "points", "of", "hints"]
NOT_YET, BEGUN, DONE = "○ not started", "→ begun", "✓ done"


def progress(code: str, pack: Pack, folder: Path | None = None) -> pd.DataFrame:
    """How far the student with this code is: a row a set.

    Columns: ``set``, ``title``, ``A`` to ``D`` (a sign with a word, or points where this copy has the key),
    ``points`` and ``of`` (points known so far, missing where none are) and ``hints`` opened.
    """
    folder = folder or exercises_folder()
    rows = [_row(cached(name, folder), code, pack) for name in names(folder) if name.startswith("set")]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(exercise: ExerciseSet, code: str, pack: Pack) -> tuple[Any, ...]:
    content = Answers(exercise.lesson, code, pack.fingerprint).content
    kept, hints = content["exercises"], content["hints"]
    parts = {part: [q.id for q in exercise.questions if _part(q.cell) == part] for part in PARTS}
    shown = [_shown([kept.get(qid) for qid in ids], part) for part, ids in parts.items()]
    known = [p for ids in parts.values() if (p := _points([kept.get(qid) for qid in ids])) is not None]
    opened = sum(int(hints.get(f"exercise {q.id}", 0)) for q in exercise.questions)
    of = sum(g.points for g in exercise.graded)
    return (exercise.name, exercise.title, *shown, sum(known) if known else None, of, opened)


def _part(cell: str) -> str:
    """The part a cell belongs to; the two tracks are both part C."""
    tail = cell.rpartition("-")[2]
    return "C" if tail == "N" else tail[:1]


def _points(entries: Sequence[Mapping[str, Any] | None]) -> float | None:
    """The points of a part as far as they are known."""
    known = [float(e["points"]) for e in entries if e and e.get("points") is not None]
    return sum(known) if known else None


def _shown(entries: Sequence[Mapping[str, Any] | None], part: str) -> str:
    begun = [e for e in entries if e]
    if not begun:
        return NOT_YET
    # Of the two tracks of C one is enough: all functions, or the last entry, the reading task.
    functions = entries[:-1] if part == "C" and len(entries) > 1 else entries
    done = all(e and e.get("status") == "correct" for e in functions)
    done = done or (part == "C" and bool(entries[-1]) and (entries[-1] or {}).get("status") == "correct")
    points = _points(entries)
    sign = DONE if done else BEGUN
    return sign if points is None else f"{sign[0]} {points:g}"


def home(name: str, folder: Path | None = None) -> Path | None:
    """The notebook of a set that a student opens, None if this copy has none."""
    folder = folder or exercises_folder()
    places = (folder / name / f"{name}.ipynb", folder / "release" / name / f"{name}.ipynb")
    return next((path for path in places if path.is_file()), None)


def progress_page(code: str, lessons: Sequence[tuple[str, str]], table: pd.DataFrame) -> str:
    """A page for printing: lessons (title, how far) and sets. It holds no answer, no name and no clock time."""
    parts = [
        element("h1", f"How far I am: {code}"),
        element(
            "p",
            "A sign says how far: ✓ done, → begun, ○ not started. Checked on this computer; points are "
            "a practice score, not a mark.",
            class_="who",
        ),
        element("h2", "Lessons"),
        _html_table(("Lesson", "How far"), lessons),
        element("h2", "Exercises"),
        _html_table(
            ("Set", *(f"{part} – {what}" for part, what in PARTS.items()), "Points", "Hints opened"),
            [
                (f"{n}. {row['title']}", *(row[p] for p in PARTS), _of(row), str(row["hints"]))
                for n, row in enumerate(table.to_dict("records"), 1)
            ],
        ),
    ]
    return page(f"Progress of {code}", parts)


def _of(row: Mapping[Any, Any]) -> str:
    return "–" if pd.isna(row["points"]) else f"{row['points']:g} of {row['of']:g}"


def _html_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = element("tr", [element("th", head, scope="col") for head in heads])
    body = [
        element("tr", [element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:])])
        for row in rows
    ]
    return element("table", [element("thead", [top]), element("tbody", body)])
