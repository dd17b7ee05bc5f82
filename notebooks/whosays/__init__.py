"""Who Says So?  A kit for reading one news article closely.

``import whosays as ws`` costs next to nothing: pandas loads with the first pack, widgets and plotly with
the first lesson.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "check", "grade_book", "hint", "lesson", "load", "solution"]

if TYPE_CHECKING:
    from whosays.course import lesson
    from whosays.course.grade_book import grade_book
    from whosays.exercises import check, hint, solution
    from whosays.pack import load

_HOME = {
    "load": "whosays.pack",
    "lesson": "whosays.course",
    "grade_book": "whosays.course.grade_book",
    **dict.fromkeys(("check", "hint", "solution"), "whosays.exercises"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'whosays' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
