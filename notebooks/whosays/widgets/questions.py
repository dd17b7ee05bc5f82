"""The questions a form can ask, as records: choose one option, say how sure you are, write a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from whosays.checks import Result

PARTS = ("items", "predictions", "exit_ticket", "confidence", "views")  # of the answers file
LONGEST = 2000  # characters of one written answer

Value = str | int
Feedback = Mapping[str, Result | str] | Callable[[str], Result | str | None] | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several options, each an id (stored) and its words (shown).

    ``feedback`` maps an option's id to what is said after it was chosen, or is a function that does.
    ``codes`` maps options to the misconceptions they stand for: kept in the answers file, never on the page.
    """

    key: str
    part: str
    ask: str
    options: tuple[tuple[str, str], ...] = ()
    feedback: Feedback = None
    note: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = [option for option, _ in self.options]
        if not ids or len(set(ids)) < len(ids):
            raise ValueError(f"question {self.key}: options {ids}; give one or more, each with its own id")

    def choices(self) -> list[tuple[str, str, str]]:
        """Id, number and words of each option."""
        return [(option, "", words) for option, words in self.options]

    def read(self, value: object) -> Value | None:
        """The value to store. Raises ValueError if it is no option."""
        if isinstance(value, str) and value in dict(self.options):
            return value
        raise ValueError(f"{self.key}: {value!r} is no option; choose one of {_listed(self.options)}")

    def words(self, value: Value | None) -> str:
        return dict(self.options)[str(value)] if value is not None else ""

    def feedback_for(self, value: Value | None) -> Result | None:
        """What is said to this answer, if anything."""
        if value is None or self.feedback is None:
            return None
        said = self.feedback(str(value)) if callable(self.feedback) else self.feedback.get(str(value))
        return Result("not attempted", 0.0, "Saved.", (said,)) if isinstance(said, str) else said


@dataclass(frozen=True, slots=True)
class Scale:
    """How sure a reader is: numbers, with words at both ends."""

    key: str
    part: str
    ask: str
    low: str = "just guessing"
    high: str = "sure"
    values: tuple[int, ...] = (1, 2, 3, 4)
    note: str = ""

    def __post_init__(self) -> None:
        if len(self.values) < 2 or len(set(self.values)) < len(self.values):
            raise ValueError(f"question {self.key}: values {self.values}; give two or more different numbers")

    def choices(self) -> list[tuple[str, str, str]]:
        ends = {self.values[0]: self.low, self.values[-1]: self.high}
        return [(str(n), str(n), ends.get(n, "")) for n in self.values]

    def read(self, value: object) -> Value | None:
        if type(value) is int and value in self.values:
            return value
        raise ValueError(f"{self.key}: {value!r} is not on the scale; choose one of {list(self.values)}")

    def words(self, value: Value | None) -> str:
        return next((f"{n} {w}".strip() for i, n, w in self.choices() if i == str(value)), "")

    def feedback_for(self, value: Value | None) -> Result | None:
        return None


@dataclass(frozen=True, slots=True)
class Text:
    """A few words of one's own, with room for about ``sentences``.

    Over ``limit`` words the form says so; it never blocks.
    """

    key: str
    part: str
    ask: str
    sentences: int = 1
    limit: int | None = None
    note: str = ""

    def choices(self) -> list[tuple[str, str, str]]:
        return []

    def read(self, value: object) -> Value | None:
        """The text to store, None if there is no word in it. Raises ValueError if it is too long."""
        if not isinstance(value, str):
            raise ValueError(f"{self.key}: {value!r} is no text; write it in quotation marks")
        if len(value) > LONGEST:
            raise ValueError(f"{self.key}: {len(value)} characters; an answer holds at most {LONGEST}")
        text = whole(value)
        return text if text.strip() else None

    def words(self, value: Value | None) -> str:
        return str(value) if value is not None else ""

    def feedback_for(self, value: Value | None) -> Result | None:
        return None

    def over(self, text: str) -> int:
        """How many words more than asked for."""
        return max(0, len(text.split()) - self.limit) if self.limit else 0


Question = Choice | Scale | Text


def _listed(options: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{option!r} ({words})" if words else repr(option) for option, words in options)


def whole(text: str) -> str:
    """The text without halves of characters, which no file can hold (a browser may cut an emoji in two)."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
