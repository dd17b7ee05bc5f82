"""Sure and right: how often answers were right, for each of the four answers to “How sure are you?”."""

from __future__ import annotations

import pandas as pd

LEVELS: dict[int, str] = {1: "just guessing", 2: "", 3: "", 4: "sure"}
FEW = 3  # fewer answers than this say nothing about one level …
ENOUGH = 5  # … and fewer than this nothing about the surer or the less sure half
APART = 0.2  # shares closer than this are about the same


def calibration(answers: pd.DataFrame) -> pd.DataFrame:
    """Right answers for each level of sureness: four rows, 1 first, zeros kept.

    Takes a row an answer with columns ``sure`` (1–4) and ``right`` (True or False); rows where one is missing
    do not count. Returns columns ``sure``, ``n``, ``right`` and ``share`` (0–1, missing where n is 0).
    Raises ValueError for other columns or values.
    """
    missing = [name for name in ("sure", "right") if name not in answers.columns]
    if missing:
        raise ValueError(
            f"answers has no column {missing[0]!r}; it needs sure (1–4) and right (True or False)"
        )
    given = answers[["sure", "right"]].dropna()
    for name, allowed in (("sure", tuple(LEVELS)), ("right", (True, False))):
        odd = [value for value in given[name] if value not in allowed]
        if odd:
            raise ValueError(f"answers, column {name!r}: {odd[0]!r} is none of {allowed}")
    groups = given["right"].astype("int64").groupby(given["sure"].astype("int64"))
    table = pd.DataFrame({"n": groups.size(), "right": groups.sum()}).reindex(list(LEVELS), fill_value=0)
    table = table.astype("int64").rename_axis("sure").reset_index()
    return table.assign(share=table["right"] / table["n"].where(table["n"] > 0))


def in_words(table: pd.DataFrame) -> str:
    """What a table of ``calibration`` shows, with care: a plain sentence or three."""
    surer, less = (_half(table, levels) for levels in ((3, 4), (1, 2)))
    if not surer[1] + less[1]:
        return "No answers yet."
    said = f"Right at 3 or 4: {_of(*surer)}. Right at 1 or 2: {_of(*less)}."
    if min(surer[1], less[1]) < ENOUGH:
        return f"{said} These are too few to tell whether you know when you are right."
    apart = surer[0] / surer[1] - less[0] / less[1]
    if abs(apart) < APART:
        found = "So far you were right about as often when you felt sure as when you did not."
    elif apart > 0:
        found = "So far you were right more often when you felt sure."
    else:
        found = "So far you were right less often when you felt sure."
    return f"{said} {found} This is a hint and no proof."


def missing(table: pd.DataFrame) -> str:
    """How many answers more it takes to say something; empty where there are enough."""
    lacks = [(ENOUGH - _half(table, levels)[1], levels) for levels in ((3, 4), (1, 2))]
    some = [f"{n} more at {one} or {other}" for n, (one, other) in lacks if n > 0]
    return f"Still needed: {' and '.join(some)}." if some else ""


def _half(table: pd.DataFrame, levels: tuple[int, int]) -> tuple[int, int]:
    """Right answers and all answers at some levels."""
    rows = table[table["sure"].isin(levels)]
    return int(rows["right"].sum()), int(rows["n"].sum())


def _of(right: int, n: int) -> str:
    return f"{right} of {n}" if n else "no answers"
