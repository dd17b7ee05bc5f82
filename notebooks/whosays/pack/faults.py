"""Faults in a pack: one line each, with file, row, field, what was found and what was expected."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

SHOWN = 60


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
            where.append(self.field)
        return f"{', '.join(where)}: found {self.found}; expected {self.expected}"


class PackError(ValueError):
    """A pack that cannot be used. ``faults`` holds every fault, the message the first."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        more = len(faults) - 1
        tail = f" (and {more} more: run `whosays check` on the folder)" if more else ""
        super().__init__(f"{faults[0]}{tail}")


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
        """Add a fault; with ``word`` and ``known`` the nearest known word is named."""
        self.append(Fault(file, found, expected + nearest(word, known), row, field))


def show(value: str) -> str:
    """A value as a message shows it: on one line, in quotation marks, not too long."""
    flat = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in value[: SHOWN + 1])
    return f"'{flat[:SHOWN]}…'" if len(value) > SHOWN else f"'{flat}'"


def nearest(word: str, known: Iterable[str]) -> str:
    """`` (did you mean 'macron'?)`` for an unknown word, or nothing if no known one is near."""
    close = difflib.get_close_matches(word[:SHOWN], list(known)[:2000], n=1, cutoff=0.6) if word else []
    return f" (did you mean '{close[0]}'?)" if close else ""
