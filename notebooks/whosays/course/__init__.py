"""What a notebook needs: ``lesson = ws.lesson(1)``, then one method a widget."""

from __future__ import annotations

import pandas as pd

from whosays import pack as packs
from whosays.course.claims import Claims
from whosays.course.clashes import Clashes
from whosays.course.core import NO_KEY, lessons
from whosays.course.ladder import Ladder
from whosays.course.places import Places
from whosays.course.quotations import Quotations
from whosays.course.sureness import Sureness
from whosays.course.ties import Ties
from whosays.course.versions import Versions

__all__ = ["NO_KEY", "Lesson", "lesson", "lessons"]


class Lesson(Ladder, Quotations, Claims, Clashes, Places, Ties, Versions, Sureness):
    """One lesson with its widgets, tables and charts; each part of the course adds its own."""

    def table(self) -> pd.DataFrame:
        """The table that this lesson reads: quotations, claims, ties, votes and so on, else the sentences."""
        made = {
            2: self.quotations,
            3: self.claims_so_far,
            5: self.edges_so_far,
            6: self.places_so_far,
            7: self.versions_table,
            8: self.votes,
        }.get(self.number, self.sentences)
        return made()


def lesson(number: int) -> Lesson:
    """The lesson with this number, for the student whose code is current on this computer.

    Raises PackError if the pack has a fault, ValueError for a number that is no lesson.
    """
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= 9:
        raise ValueError(f"lesson {number!r}: lessons have the numbers 0 to 9")
    pd.set_option("display.max_colwidth", None)  # a sentence in a table is shown whole
    return Lesson(number, packs.load())
