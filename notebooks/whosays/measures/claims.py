"""Kinds of statement, and on which rungs of the ladder they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from whosays.measures.ladder import RUNGS


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of statement: its word and the shape that stands for it."""

    word: str
    shape: str


KINDS: dict[str, Kind] = {
    "fact": Kind("fact-claim", "●"),
    "judgement": Kind("judgement", "◆"),
    "prediction": Kind("prediction", "▲"),
    "call": Kind("call", "■"),
}


def kind_by_rung(
    kinds: Iterable[Any], rungs: Iterable[Any], order: Sequence[str] = tuple(KINDS)
) -> pd.DataFrame:
    """How many statements of each kind stand on each rung, zeros kept.

    Takes two columns of equal length; a Series gives its name to the rows. Returns a row for each of
    ``order`` and the columns 1 to 5. Statements without a kind or a rung are left out, and
    ``attrs["left_out"]`` is their number. Raises ValueError for columns of unequal length, a kind that is not
    in ``order`` and a rung that is not on the ladder.
    """
    given = pd.DataFrame({"kind": list(kinds), "rung": list(rungs)}, dtype=object)
    pairs = given.dropna()
    for kind, rung in pairs.itertuples(index=False):
        if kind not in order:
            raise ValueError(f"{kind!r} is none of: {', '.join(order)}")
        if rung not in RUNGS:
            raise ValueError(f"rung {rung!r}: the ladder has rungs 1 to 5")
    counted = pd.crosstab(pairs["kind"], pairs["rung"].astype("int64"))
    table = counted.reindex(index=list(order), columns=sorted(RUNGS), fill_value=0).astype("int64")
    table.index.name, table.columns.name = getattr(kinds, "name", None) or "kind", "rung"
    table.attrs["left_out"] = len(given) - len(pairs)
    return table
