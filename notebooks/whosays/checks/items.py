"""Multiple-choice items: a chosen option beside the right one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from whosays.checks.result import NO_REFERENCE, Result, Status
from whosays.pack import Pack, records


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a multiple-choice item; ``correct`` and ``feedback`` only with the reference."""

    id: str
    text: str
    correct: bool | None = None
    feedback: str = ""
    misconception: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A multiple-choice item with its options in the order they are shown."""

    id: str
    stem: str
    options: tuple[Option, ...]


def items(pack: Pack) -> dict[str, Item]:
    """The multiple-choice items of a pack by id."""
    if "items" not in pack.tables or "item_options" not in pack.tables:
        return {}
    key: dict[str, dict[str, Any]] = {}
    if "item_options" in pack.reference:
        key = {row["option_id"]: row for row in records(pack.reference["item_options"])}
    options: dict[str, list[Option]] = {}
    for row in records(pack.tables["item_options"]):
        known = key.get(row["id"], {})
        feedback, misconception = _text(known.get("feedback")), _text(known.get("misconception"))
        option = Option(row["id"], row["text"], known.get("correct"), feedback, misconception)
        options.setdefault(row["item_id"], []).append(option)
    return {
        row["id"]: Item(row["id"], row["stem"], tuple(options.get(row["id"], ())))
        for row in records(pack.tables["items"])
    }


def check_choice(option_id: str | None, item: Item) -> Result:
    """Compare a chosen option with the item's right one; every option has its own feedback."""
    option = next((o for o in item.options if o.id == option_id), None)
    if option is None:
        return Result("not attempted", 0.0, "Not answered yet.")
    if option.correct is None:
        return Result("not attempted", 0.0, NO_REFERENCE)
    status: Status = "correct" if option.correct else "not yet"
    head = "That is the best answer." if option.correct else "Not yet."
    return Result(status, float(option.correct), head, (option.feedback,) if option.feedback else ())


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
