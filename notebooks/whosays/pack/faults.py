"""Faults in a pack: one line each, with file, row, field, what was found and what was expected."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

SHOWN = 60  # characters of a value
SHOWN_LIST = 240  # characters of a list of values
MOST = 1000  # faults in one report
MOST_HINTS = 50  # looking for the nearest word takes time; after so many faults nobody reads it
KNOWN = 2000  # words among which the nearest is looked for


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``row`` counts as a spreadsheet does: the header is row 1."""

    file: str
    found: str
    expected: str
    row: int | None = None
    field: str = ""

    def __str__(self) -> str:
        where = [self.file]
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.field:
            where.append(_cut(self.field, SHOWN_LIST))
        return _one_line(f"{', '.join(where)}: found {self.found}; expected {self.expected}")


class PackError(ValueError):
    """A pack that cannot be used. ``faults`` holds every fault, the message the first."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        more = len(faults) - 1
        tail = f" (and {more} more: run `whosays check` on the folder)" if more else ""
        super().__init__(f"{faults[0]}{tail}")


class TooMany(Exception):
    """There are so many faults that looking on helps nobody."""


class Faults(list[Fault]):
    """Collects faults; a check goes on after one, so that all are seen at once."""

    def add(
        self,
        file: str,
        *,
        found: str,
        expected: str,
        row: int | None = None,
        field: str = "",
        word: str = "",
        known: Iterable[str] = (),
    ) -> None:
        """Add a fault; with ``word`` and ``known`` the nearest known word is named.

        Raises TooMany at the limit.
        """
        if len(self) >= MOST:
            self.append(
                Fault(file, f"more than {MOST} faults", "a table like the one described: mend these first")
            )
            raise TooMany
        hint = nearest(word, tuple(known)) if word and len(self) < MOST_HINTS else ""
        self.append(Fault(file, found, expected + hint, row, field))


class Wrong(Exception):
    """One thing in a file is wrong, and it stops the reading of what it belongs to."""

    def __init__(
        self, field: str, found: str, expected: str, word: str = "", known: Iterable[str] = ()
    ) -> None:
        super().__init__(field)
        self.field, self.found, self.expected = field, found, expected
        self.word, self.known = word, known

    def add_to(self, faults: Faults, file: str) -> None:
        faults.add(
            file,
            field=self.field,
            found=self.found,
            expected=self.expected,
            word=self.word,
            known=self.known,
        )


def show(value: str) -> str:
    """A value as a message shows it: on one line, in quotation marks, not too long."""
    return f"'{_one_line(_cut(value, SHOWN))}'"


def show_all(values: Iterable[str]) -> str:
    """Several values, parted by commas, not too long."""
    return _one_line(_cut(", ".join(values), SHOWN_LIST))


@lru_cache(maxsize=100)
def nearest(word: str, known: tuple[str, ...]) -> str:
    """`` (did you mean 'macron'?)`` for an unknown word, or nothing if no known one is near."""
    close = difflib.get_close_matches(word[:SHOWN], known[:KNOWN], n=1)
    return f" (did you mean {show(close[0])}?)" if close else ""


def _cut(value: str, limit: int) -> str:
    return f"{value[:limit]}…" if len(value) > limit else value


def _one_line(value: str) -> str:
    """Line ends and other signs that print nothing are shown as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in value)
