"""Exercises: sets of questions, their self-check and their scoring. Grading runs on the same.

The desk loads when it is first asked: a walled-in process that only runs answers does without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["check", "hint", "points", "solution"]

if TYPE_CHECKING:
    from whosays.exercises.desk import check, hint, points, solution


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'whosays.exercises' has no attribute {name!r}")
    from whosays.exercises import desk

    return getattr(desk, name)
