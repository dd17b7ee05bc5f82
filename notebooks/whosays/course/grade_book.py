"""The teacher's grade book: what a grading run left to be read, in one widget."""

from __future__ import annotations

from pathlib import Path

from whosays.classroom.reading import NothingToRead, Reading, find
from whosays.widgets.grade_book import GradeBook, NoGradeBook


def grade_book(where: str | Path | None = None, roster: str | Path | None = None) -> GradeBook | NoGradeBook:
    """Open the grade book of the newest grading run in ``exercises/``, or of the folder or table given.

    ``roster`` is the list of students that the tables for an LMS were made with. Where there is nothing to
    read, what comes back says why, and what to do.
    """
    try:
        return GradeBook(Reading(find(where), roster))
    except NothingToRead as missing:
        return NoGradeBook(missing.why, missing.do, missing.command)
