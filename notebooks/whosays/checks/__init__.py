"""Checks: an answer and a reference in, a ``Result`` out. Widgets only show it."""

from whosays.checks.items import Item, Option, check_choice, items
from whosays.checks.result import NO_REFERENCE, Result, Status
from whosays.checks.rungs import LOOK_FOR, Reading, SentenceKey, check_rung, rung_keys, show_reference
from whosays.checks.tables import check_counts

__all__ = [
    "LOOK_FOR",
    "NO_REFERENCE",
    "Item",
    "Option",
    "Reading",
    "Result",
    "SentenceKey",
    "Status",
    "check_choice",
    "check_counts",
    "check_rung",
    "items",
    "rung_keys",
    "show_reference",
]
