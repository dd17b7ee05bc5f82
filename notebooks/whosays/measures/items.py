"""How questions work in a class: how hard they are, and whether they tell readers apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

POOL = 60  # answers before anybody should delete a question
EASY, HARD, WEAK = 0.9, 0.3, 0.2
TINY = 1e-9
TELLS_NOT = "It hardly tells readers apart{}."


def item_analysis(shares: pd.DataFrame) -> pd.DataFrame:
    """Difficulty and discrimination of items. ``shares``: a row a reader, a column an item, from 0 to 1.

    Columns: ``n``, ``p`` (mean share, the higher the easier), ``p_error`` (its standard error), ``r``
    (item-rest correlation: with the mean of all other items that a reader was asked; missing where either
    does not vary) and ``r_error``. A missing share is an item that a reader was not asked; it counts nowhere.
    After Ebel & Frisbie, Essentials of Educational Measurement, 1991, ch. 13.
    """
    share = shares.to_numpy(dtype=float)
    known = ~np.isnan(share)
    others = known.sum(axis=1, keepdims=True) - 1
    rest = (np.nansum(share, axis=1, keepdims=True) - share) / np.where(others > 0, others, np.nan)
    rows = [_item(share[known[:, j], j], rest[known[:, j], j]) for j in range(share.shape[1])]
    return pd.DataFrame(rows, index=list(shares), columns=["n", "p", "p_error", "r", "r_error"])


def _item(item: np.ndarray, rest: np.ndarray) -> tuple[int, float, float, float, float]:
    """A row of the table: an item's shares, and those readers' mean of all others."""
    n = len(item)
    p = float(item.mean()) if n else math.nan
    p_error = float(item.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan
    has_rest = ~np.isnan(rest)
    item, rest = item[has_rest], rest[has_rest]
    if len(rest) < 3 or item.std() < TINY or rest.std() < TINY:
        return n, p, p_error, math.nan, math.nan
    r = float(((item - item.mean()) * (rest - rest.mean())).mean() / (item.std() * rest.std()))
    return n, p, p_error, r, (1 - r**2) / math.sqrt(len(rest) - 1)


def flags(p: float, r: float, r_error: float, wrong: Sequence[float], right: float) -> list[str]:
    """What to look at in an item, a sentence each. ``wrong`` are the shares of its wrong options.

    Where ``r`` is within one standard error of what is wanted, the sentence says that it may be chance.
    """
    found = []
    if not math.isnan(r) and r < WEAK:
        wanted = 0.0 if r < 0 else WEAK
        chance = " (perhaps by chance)" if r + r_error >= wanted else ""
        told = "Those who do well elsewhere do badly here{}: check the key." if r < 0 else TELLS_NOT
        found.append(told.format(chance))
    if p > EASY:
        found.append("Nearly everybody has it right.")
    elif p < HARD:
        found.append("Few have it right.")
    if wrong and max(wrong) > right:
        found.append("A wrong answer is given more often than the right one.")
    return found
