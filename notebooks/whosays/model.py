"""Records that travel between the floors of the kit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text: half-open code-point offsets ``[start, end)``."""

    start: int
    end: int

    def __len__(self) -> int:
        return max(0, self.end - self.start)


@dataclass(frozen=True, slots=True)
class Mark:
    """A span that means something: what kind of thing it is, and which one.

    ``kind`` is the layer ("name", "quote", "look", "decide"); ``key`` names the row behind it.
    """

    span: Span
    kind: str
    key: str
