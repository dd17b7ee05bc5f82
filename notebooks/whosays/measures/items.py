"""How questions work in a class: how hard they are, and whether they tell readers apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

POOL = 60  # answers before anybody should delete a question
EASY, HARD, WEAK = 0.9, 0.3, 0.2


def item_analysis(shares: pd.DataFrame) -> pd.DataFrame:
    """Difficulty and discrimination of items. ``shares`` has a row a reader and a column an item, from 0 to 1.

    Columns: ``n``, ``p`` (mean share, the higher the easier), ``p_error`` (its standard error), ``r``
    (item-rest correlation: with the sum of all other items; missing where either does not vary) and
    ``r_error``. After Ebel & Frisbie, Essentials of Educational Measurement, 1991, ch. 13.
    """
    total = shares.sum(axis=1)
    rows = []
    for name in shares:
        item = shares[name].dropna()
        rest = (total - shares[name]).loc[item.index]
        n, p = len(item), float(item.mean()) if len(item) else math.nan
        varies = n > 2 and item.std() > 0 and rest.std() > 0
        r = float(item.corr(rest)) if varies else math.nan
        p_error = float(item.std()) / math.sqrt(n) if n > 1 else math.nan
        r_error = (1 - r**2) / math.sqrt(n - 1) if varies else math.nan
        rows.append((n, p, p_error, r, r_error))
    return pd.DataFrame(rows, index=list(shares), columns=["n", "p", "p_error", "r", "r_error"])


def flags(p: float, r: float, wrong: Sequence[float], right: float) -> list[str]:
    """What to look at in an item, a sentence each. ``wrong`` are the shares of its wrong options."""
    found = []
    if not math.isnan(r) and r < 0:
        found.append("Those who do well elsewhere do badly here: check the key first.")
    elif not math.isnan(r) and r < WEAK:
        found.append("It hardly tells readers apart.")
    if p > EASY:
        found.append("Nearly everybody has it right.")
    elif p < HARD:
        found.append("Few have it right.")
    if wrong and max(wrong) > right:
        found.append("A wrong option is chosen more often than the right one.")
    return found
