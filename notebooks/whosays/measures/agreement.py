"""How far independent coders agree: Krippendorff's alpha, and where they do not.

K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), and *Content Analysis*, ch. 12.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

Level = Literal["nominal", "ordinal", "interval"]
Codings = pd.DataFrame | Sequence[Sequence[Any]]  # a row a coder, a column a unit, nothing where not coded
Numbers = npt.NDArray[np.float64]

SOUND, CAUTIOUS = 0.80, 0.67  # Krippendorff's two limits
ENOUGH = 5  # readers below which a class has no view, so that nobody can be made out
AT_ONCE = 4_000_000  # numbers of a bootstrap held in memory at a time


def alpha(codings: Codings, level: Level = "nominal") -> float:
    """Krippendorff's alpha of ``codings``: a row a coder, a column a unit, None, NaN or NA where not coded.

    1 is perfect agreement, 0 is what chance gives. Ordinal needs values that can be sorted, interval numbers.
    Returns nan where no unit has two values or all values are one. Raises ValueError for ragged rows, for
    values that the level cannot order, and for a level that there is not.
    """
    coded, scale = _coded(codings, level)
    table = _table(coded, scale)[None]
    return float(_alphas(table, table.sum(axis=2), scale, level)[0])


def interval(
    codings: Codings, level: Level = "nominal", draws: int = 1000, seed: int = 0, share: float = 0.95
) -> tuple[float, float]:
    """Between which two values alpha mostly falls for other coders like these: a bootstrap over the coders.

    Coders are drawn, not units: the units are all the sentences there are, and the question is how far alpha
    would move with another class. A coder drawn twice is not compared with himself, so that agreement is not
    raised by it. The same ``seed`` gives the same values. (nan, nan) for fewer than two coders.
    """
    if draws < 1 or not 0 < share < 1:
        raise ValueError(f"draws {draws}, share {share}: give at least one draw, and a share between 0 and 1")
    coded, scale = _coded(codings, level)
    coders, units = coded.shape
    if coders < 2 or not len(scale):
        return math.nan, math.nan
    each = np.zeros((coders, units, len(scale)))
    at = np.nonzero(coded >= 0)
    each[(*at, coded[at])] = 1
    chance = np.random.default_rng(seed)
    found: list[Numbers] = []
    for start in range(0, draws, step := max(1, AT_ONCE // max(coders, units * len(scale)))):
        times = chance.multinomial(coders, np.full(coders, 1 / coders), min(step, draws - start))
        tables = (times @ each.reshape(coders, -1)).reshape(-1, units, len(scale))
        own = np.square(times) @ each.sum(axis=2)  # how often a coder would meet himself
        found.append(_alphas(tables, own, scale, level))
    known = np.concatenate(found)
    known = known[~np.isnan(known)]
    if not len(known):
        return math.nan, math.nan
    low, high = np.quantile(known, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


def in_words(value: float, coders: int) -> str:
    """What an alpha allows to conclude: “n=25, alpha 0.78: enough for cautious conclusions (0.67–0.80)”."""
    if math.isnan(value):
        return f"n={coders}, no alpha: it needs two readers of the same sentence and two different answers"
    shown = round(value, 2)
    if shown >= SOUND:
        said = f"enough for firm conclusions ({SOUND:.2f} or more)"
    elif shown >= CAUTIOUS:
        said = f"enough for cautious conclusions ({CAUTIOUS:.2f}–{SOUND:.2f})"
    else:
        said = f"too little to build on (under {CAUTIOUS:.2f})"
    return f"n={coders}, alpha {shown:.2f}: {said}"


def by_unit(codings: pd.DataFrame, level: Level = "nominal", values: Sequence[Any] = ()) -> pd.DataFrame:
    """A row a unit: how many chose each value, ``n``, ``share`` and ``argued``.

    ``values`` are the columns to have, and more if others were chosen. ``share`` is the share of the coders
    of the unit who chose its most frequent value. ``argued`` is how far two coders of it are apart, by the
    distance that alpha uses, beside any two answers of the whole table: 0 is full agreement, 1 what chance
    gives. Alpha is 1 less the mean of ``argued`` over all answers. Empty where fewer than two coded the unit.
    """
    coded, scale = _coded(codings, level)
    table = _table(coded, scale)
    shown = pd.DataFrame(table.astype("int64"), index=codings.columns.rename("unit"), columns=list(scale))
    more = [value for value in scale if value not in values]
    shown = shown.reindex(columns=[*values, *more], fill_value=0)
    n = table.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        most = table.max(axis=1, initial=0) / n
        places = _places(table[None], scale, level)[0]
        whole = table[n >= 2].sum(axis=0)
        chance = _spread(whole, places, level) / (whole.sum() * (whole.sum() - 1))
        argued = np.where(n >= 2, _spread(table, places, level) / (n * (n - 1)), np.nan)
        argued = argued / chance if chance > 0 else argued
    return shown.assign(n=n.astype("int64"), share=most, argued=argued)


def share_agreeing(codings: pd.DataFrame) -> pd.Series:
    """The share of coders who chose the most frequent value of each unit."""
    return by_unit(codings)["share"]


def argued(codings: pd.DataFrame, level: Level = "nominal", most: int = 3) -> list[Any]:
    """The units that coders are furthest apart on, most argued first, in their own order where two are even.

    Units on which all agree are never among them.
    """
    apart = by_unit(codings, level)["argued"]
    return list(apart[apart > 0].sort_values(ascending=False, kind="stable").index[:most])


# The arithmetic -------------------------------------------------------------------------------------------


def _coded(codings: Codings, level: Level) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_]]:
    """Coders × units as places in the sorted values, -1 where not coded, and these values."""
    if level not in get_args(Level):
        raise ValueError(f"level {level!r}: choose one of {', '.join(get_args(Level))}")
    if not isinstance(codings, pd.DataFrame):
        if len({len(row) for row in codings}) > 1:
            raise ValueError("every coder needs one entry a unit (None where not coded)")
        codings = pd.DataFrame([list(row) for row in codings], dtype=object)
    cells = codings.to_numpy(dtype=object)
    places, values = pd.factorize(cells.ravel())
    try:
        order = (
            sorted(range(len(values)), key=values.__getitem__) if level != "nominal" else range(len(values))
        )
        if level == "interval":
            values = np.array([float(value) for value in values], dtype=object)
    except (TypeError, ValueError) as error:
        wanted = "numbers" if level == "interval" else "values that can be sorted"
        raise ValueError(f"level {level}: it needs {wanted}; found {list(values)[:6]}") from error
    rank = np.full(len(values) + 1, -1)
    rank[list(order)] = np.arange(len(values))
    return rank[places].reshape(cells.shape), np.asarray(values, dtype=object)[list(order)]


def _table(coded: npt.NDArray[np.intp], scale: npt.NDArray[np.object_]) -> Numbers:
    """Units × values: how many coders chose each."""
    units = coded.shape[1] if coded.ndim == 2 else 0
    at = (np.arange(units) * len(scale) + coded)[coded >= 0]
    return np.bincount(at, minlength=units * len(scale)).reshape(units, len(scale)).astype(float)


def _places(tables: Numbers, scale: npt.NDArray[np.object_], level: Level) -> Numbers:
    """Where each value stands on a line, for each table of draws × units × values."""
    paired = tables * (tables.sum(axis=2, keepdims=True) >= 2)
    totals = paired.sum(axis=1)
    if level == "interval":
        return np.asarray(np.broadcast_to(scale.astype(float), totals.shape))
    return np.asarray(np.cumsum(totals, axis=-1) - totals / 2)


def _spread(counts: Numbers, places: Numbers, level: Level) -> Numbers:
    """The distances of all ordered pairs of answers, added up; ``counts`` end in an axis of values."""
    n = counts.sum(axis=-1)
    if level == "nominal":
        return np.asarray(n * n - np.square(counts).sum(axis=-1))
    mean = (counts * places).sum(axis=-1) / np.maximum(n, 1)
    return np.asarray(2 * n * (counts * np.square(places - mean[..., None])).sum(axis=-1))


def _alphas(tables: Numbers, own: Numbers, scale: npt.NDArray[np.object_], level: Level) -> Numbers:
    """Alpha of each table of draws × units × values.

    ``own`` (draws × units) is how many ordered pairs of answers are one coder's with himself: these are no
    pairs. Where each coder counts once, there is one for each answer.
    """
    n = tables.sum(axis=2)
    pairable = n * n - own > 0
    tables, n, own = tables * pairable[..., None], n * pairable, own * pairable
    places = _places(tables, scale, level)
    totals = tables.sum(axis=1)
    all_, itself = n.sum(axis=1), own.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        within = np.where(pairable, n * _spread(tables, places[:, None], level) / (n * n - own), 0).sum(
            axis=1
        )
        across = all_ * _spread(totals, places, level) / (all_ * all_ - itself)
        return np.where((totals > 0).sum(axis=1) < 2, np.nan, 1 - within / across)
