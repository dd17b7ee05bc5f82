"""A class that does not exist: invented readers, for those who have no class at hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

import pandas as pd

from whosays.checks import claim_keys, rung_keys
from whosays.checks.claims import WHEN
from whosays.classroom.collect import CLAIM_COLUMNS, RUNG_COLUMNS, Collected
from whosays.measures.agreement import argued
from whosays.measures.ladder import RUNGS
from whosays.pack import Pack

T = TypeVar("T")

SIMULATED = "simulated, not real students"
READERS = 25
SEED = 6
# How often a reader follows the reference, or else another accepted reading; the rest are slips.
RUNG_READING, CLAIM_READING = (0.58, 0.30), (0.74, 0.10)
MOVED = 0.7  # how often a reader goes over, in the second vote, to what most careful readers said


def simulated_class(pack: Pack, readers: int = READERS, seed: int = SEED) -> Collected | None:
    """Readers who mostly follow the reference, sometimes another accepted reading, and slip now and then.

    They vote a second time on the three sentences that they argued about most. The same ``seed`` gives the
    same class. None where the pack has no reference.
    """
    keys = rung_keys(pack)
    if not keys:
        return None
    chance = random.Random(seed)
    codes = [f"simulated-reader-{n:02}" for n in range(1, readers + 1)]
    ladder = sorted(RUNGS)
    rungs: list[tuple[object, ...]] = [
        (code, 1, 1, sid, _vote(chance, key.accepted, ladder, RUNG_READING))
        for code in codes
        for sid, key in keys.items()
    ]
    claims: list[tuple[object, ...]] = [
        (code, cid, _vote(chance, key.accepted, tuple(WHEN), CLAIM_READING))
        for code in codes
        for cid, key in claim_keys(pack).items()
    ]
    first = _collected(rungs, claims).codings()
    for sid in argued(first):
        votes = list(first[sid])
        most = max(keys[sid].accepted, key=votes.count)
        rungs += [
            (code, 8, 2, sid, most if chance.random() < MOVED else vote)
            for code, vote in zip(first.index, votes, strict=True)
        ]
    return _collected(rungs, claims)


def _vote(chance: random.Random, accepted: Sequence[T], values: Sequence[T], often: tuple[float, float]) -> T:
    """The reference, another accepted reading, or a slip: one step up or down as often as anything else."""
    key, at = accepted[0], values.index(accepted[0])
    drawn, pick = chance.random(), chance.random()
    near = [values[n] for n in (at - 1, at + 1) if 0 <= n < len(values)]
    others: Sequence[T] = accepted[1:]
    if drawn < often[0] or (drawn < sum(often) and not others):
        return key
    slips = near if chance.random() < 0.5 else [value for value in values if value != key]
    found = others if drawn < sum(often) else slips
    return found[int(pick * len(found))]


def _collected(rungs: list[tuple[object, ...]], claims: list[tuple[object, ...]]) -> Collected:
    return Collected(
        pd.DataFrame(rungs, columns=list(RUNG_COLUMNS)).astype({"rung": "Int64"}),
        pd.DataFrame(claims, columns=list(CLAIM_COLUMNS)),
        simulated=True,
    )
