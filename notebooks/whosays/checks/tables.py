"""What a student's own line of pandas gave, beside what it should give."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from whosays.checks.result import Result


def check_counts(answer: object, table: pd.DataFrame) -> Result:
    """Compare ``answer`` with the counts of the column ``rung``; order and empty rungs do not matter."""
    if answer is None or answer is ...:
        return Result("not attempted", 0.0, "Not attempted yet: put your line in place of the three dots.")
    right = dict(Counter(int(rung) for rung in table["rung"].dropna()))
    n = sum(right.values())
    if not n:
        return Result("not attempted", 0.0, "Nothing to count yet: put some sentences on the ladder first.")
    if callable(answer):
        detail = ("Python calls a method only with brackets behind it: .value_counts()",)
        return Result("not yet", 0.0, "Not yet: the two brackets are missing.", detail)
    if not isinstance(answer, pd.Series):
        message = f"Not yet: counts is of type {type(answer).__name__}. Counting a column gives a Series."
        return Result(
            "not yet", 0.0, message, ("Write the column first, then .value_counts() with its brackets.",)
        )
    column = next((name for name in table.columns if answer.equals(table[name])), None)
    if column is not None:
        message = f"Not yet: you have the column “{column}”. Now count it."
        return Result("not yet", 0.0, message, ("Add .value_counts() behind it, with the brackets.",))
    counted: list[tuple[Any, Any]] = list(answer.items())
    try:
        found = {_whole(k): _whole(v) for k, v in counted if not pd.isna(k) and v}
    except (TypeError, ValueError, OverflowError):
        message = "Not yet: counts holds something else than rungs and whole numbers."
        return Result("not yet", 0.0, message, ('Take the column "rung" and count it.',))
    if found == right:
        return Result("correct", 1.0, f"Yes: {n} sentences counted, rung by rung.")
    for name in table.columns:
        other = dict(Counter(_whole(v) for v in table[name] if _is_whole(v)))
        if other and found == other:
            return Result("correct", 1.0, f"Yes: now you have counted the column “{name}”.")
    message = f"Not yet: your counts add up to {sum(found.values())}; the table holds {n} rungs."
    if sum(found.values()) == n:
        message = f"Not yet: your counts add up to {n}, but other rungs were counted than those of the table."
    return Result("not yet", 0.0, message, ('Look at the column: is it "rung"? Is it the whole table?',))


def _is_whole(value: Any) -> bool:
    return not isinstance(value, str) and not pd.isna(value) and value == int(value)


def _whole(value: Any) -> int:
    """The value as a whole number. Raises ValueError, OverflowError or TypeError if it is none."""
    if isinstance(value, str) or value != int(value):
        raise ValueError(value)
    return int(value)
