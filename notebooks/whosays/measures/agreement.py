"""How far independent coders agree: Krippendorff's alpha.

K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), and *Content Analysis*, ch. 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Level = Literal["nominal", "ordinal", "interval"]
Matrix = npt.NDArray[np.float64]


def alpha(ratings: Sequence[Sequence[Any]], level: Level = "nominal") -> float:
    """Krippendorff's alpha of ``ratings``: a row a coder, a column a unit, None or NaN where not coded.

    1 is perfect agreement, 0 is what chance gives. Ordinal needs values that can be sorted, interval numbers.
    Returns nan where no unit has two values or all values are one. Raises ValueError for ragged rows.
    """
    if len({len(row) for row in ratings}) > 1:
        raise ValueError("every coder needs one entry a unit (None where not coded)")
    given = [[(unit, value) for unit, value in enumerate(row) if not pd.isna(value)] for row in ratings]
    values = list(dict.fromkeys(value for row in given for _, value in row))
    if level != "nominal":
        values.sort()
    place = {value: i for i, value in enumerate(values)}
    table = np.zeros((len(ratings[0]) if ratings else 0, len(values)))
    for row in given:
        for unit, value in row:
            table[unit, place[value]] += 1
    pairable = table[table.sum(axis=1) >= 2]
    if not len(pairable):
        return float("nan")
    weighted = pairable / (pairable.sum(axis=1, keepdims=True) - 1)
    observed = weighted.T @ pairable - np.diag(weighted.sum(axis=0))
    totals = observed.sum(axis=1)
    expected = np.outer(totals, totals) / (totals.sum() - 1)  # a value is at no distance from itself
    distance = _distance(values, totals, level)
    disagreement = float((expected * distance).sum())
    return 1 - float((observed * distance).sum()) / disagreement if disagreement else float("nan")


def _distance(values: Sequence[Any], totals: Matrix, level: Level) -> Matrix:
    """How far any two values are apart, squared."""
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    scale = np.array(values, dtype=float) if level == "interval" else np.cumsum(totals) - totals / 2
    return np.square(scale[:, None] - scale[None, :])
