"""What every check hands back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from whosays.model import Span

Status = Literal["not attempted", "not yet", "correct"]
NO_REFERENCE = "Saved. Your teacher will show the class view."


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found.

    ``score`` runs from 0 to 1, ``message`` is one sentence, ``detail`` says why, ``words`` are the deciding
    words as they stand in the text, ``spans`` where they stand.
    """

    status: Status
    score: float
    message: str
    detail: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    contested: bool = False

    def __str__(self) -> str:
        return " ".join((self.message, *self.detail))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows: the words, not the record."""
        printer.text(str(self))
