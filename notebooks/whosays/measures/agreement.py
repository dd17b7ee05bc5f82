"""How far independent coders agree: Krippendorff's alpha.

K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), and *Content Analysis*, ch. 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

Level = Literal["nominal", "ordinal", "interval"]


def alpha(ratings: Sequence[Sequence[object]], level: Level = "nominal") -> float:
    """Krippendorff's alpha of ``ratings``: a row a coder, a column a unit, None where a unit was not coded.

    1 is perfect agreement, 0 is what chance gives. Ordinal and interval need values that can be sorted or
    subtracted. Returns nan where no unit has two values or all values are one. Raises ValueError for ragged rows.
    """
    if len({len(row) for row in ratings}) > 1:
        raise ValueError("every coder needs one entry a unit (None where not coded)")
    values = sorted({v for row in ratings for v in row if v is not None})  # type: ignore[type-var]
    place = {v: i for i, v in enumerate(values)}
    n_units = len(ratings[0]) if ratings else 0
    table = np.zeros((n_units, len(values)))
    for row in ratings:
        for unit, value in enumerate(row):
            if value is not None:
                table[unit, place[value]] += 1
    pairable = table[table.sum(axis=1) >= 2]
    if not len(pairable):
        return float("nan")
    sizes = pairable.sum(axis=1, keepdims=True)
    weighted = pairable / (sizes - 1)
    observed = weighted.T @ pairable - np.diag(weighted.sum(axis=0))
    totals = observed.sum(axis=1)
    expected = (np.outer(totals, totals) - np.diag(totals)) / (totals.sum() - 1)
    distance = _distance(values, totals, level)
    disagreement = (expected * distance).sum()
    return float(1 - (observed * distance).sum() / disagreement) if disagreement else float("nan")


def _distance(values: Sequence[object], totals: np.ndarray, level: Level) -> np.ndarray:
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "interval":
        scale = np.array(values, dtype=float)
        return np.asarray((scale[:, None] - scale[None, :]) ** 2)
    middle = np.cumsum(totals) - totals / 2
    return np.asarray((middle[:, None] - middle[None, :]) ** 2)
