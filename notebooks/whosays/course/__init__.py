"""What a notebook needs: ``lesson = ws.lesson(1)``, then one method a widget."""

from __future__ import annotations

import pandas as pd

from whosays import pack as packs
from whosays.course.claims import Claims
from whosays.course.clashes import Clashes
from whosays.course.core import NO_KEY, lessons
from whosays.course.ladder import Ladder
from whosays.course.quotations import Quotations

__all__ = ["NO_KEY", "Lesson", "lesson", "lessons"]


class Lesson(Ladder, Quotations, Claims, Clashes):
    """One lesson with its widgets, tables and charts; each part of the course adds its own."""

    def table(self) -> pd.DataFrame:
        """The table that this lesson reads: quotations in lesson 2, claims in lesson 3, else sentences."""
        made = {2: self.quotations, 3: self.claims_so_far}.get(self.number, self.sentences)
        return made()


def lesson(number: int) -> Lesson:
    """The lesson with this number, for the student whose code is current on this computer.

    Raises PackError if the pack has a fault, ValueError for a number that is no lesson.
    """
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= 9:
        raise ValueError(f"lesson {number!r}: lessons have the numbers 0 to 9")
    return Lesson(number, packs.load())
