"""Who is said to give what to whom: statements of ties as a table, and what they add up to.

An edge is one statement of one tie. A table of edges has the columns ``giver``, ``receiver`` and ``rung``
(1–5; empty where nobody gave one), whoever made it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pandas as pd

from whosays.measures.ladder import RUNGS
from whosays.measures.presence import names_used
from whosays.pack import Pack, records

EDGES = ("giver", "receiver", "rung")
STATEMENTS = [
    *("id", "role", "sentence", "giver", "receiver", "between", "kind", "what", "said_by", "rung"),
    *("denied", "denied_by", "denial", "later", "date", "source", "note"),
]


def statements(pack: Pack) -> pd.DataFrame:
    """The ties of a pack, a row a statement.

    ``role`` says where a tie comes from: “text”, “summary” (a word of the text for the whole) or “context”
    (from outside the text). ``giver``, ``receiver``, ``said_by``, ``between`` (whom a tie joins both ways)
    and ``denied_by`` hold the names that the text uses. ``rung`` is empty for what stands outside the text.
    Who gives what to whom in the text is what a student finds out: without the reference there are no rows
    of the role “text”.
    """
    coded = {row["relation_id"]: row for row in records(pack.reference.get("relations", pd.DataFrame()))}
    sentences = pack.reference.get("sentences", pd.DataFrame(columns=["sentence_id", "rung"]))
    rungs = dict(zip(sentences["sentence_id"], sentences["rung"], strict=True))
    names = actor_names(pack)
    sources = pack.tables.get("evidence", pd.DataFrame(columns=["id", "publisher"]))
    publishers = dict(zip(sources["id"], sources["publisher"], strict=True))
    rows = []
    for tie in records(pack.tables["relations"]) if "relations" in pack.tables else ():
        key = coded.get(tie["id"], {})
        if key or tie["role"] != "text":
            rows.append(_statement(tie | key, rungs.get(tie["sentence_id"]), names, publishers))
    return pd.DataFrame(rows, columns=STATEMENTS).astype({"rung": "Int64", "denied": "bool"})


def _statement(
    row: dict[str, Any], rung: int | None, names: dict[str, str], publishers: dict[str, str]
) -> dict[str, Any]:
    said_by = names.get(row["said_by"], "")
    denied_by = [names[actor] for actor in row.get("denied_by", ())]
    return {
        "id": row["id"],
        "role": row["role"],
        "sentence": _text(row["sentence_id"]),
        "giver": names.get(row["giver"]),
        "receiver": names.get(row["receiver"]),
        "between": tuple(names[actor] for actor in row["between"]),
        "kind": _text(row["kind"]),
        "what": _text(row["what"]),
        "said_by": _text(row["said_by_worded"]) or said_by,
        "rung": row.get("rung", rung),
        "denied": bool(denied_by),
        "denied_by": ", ".join(denied_by),
        "source": "; ".join(dict.fromkeys(publishers[e] for e in row["evidence"] if e in publishers)),
        **{column: _text(row.get(column)) for column in ("denial", "later", "date", "note")},
    }


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def actor_names(pack: Pack) -> dict[str, str]:
    """What the text calls each actor; where it calls two the same, the names of the pack."""
    actors = pack.tables.get("actors", pd.DataFrame(columns=["id", "name"]))
    full = dict(zip(actors["id"], actors["name"], strict=True))
    names = full | (names_used(pack) if "mentions" in pack.tables else {})
    times = Counter(names.values())
    twice = [actor for actor, name in names.items() if times[name] > 1]
    return names | {actor: full.get(actor, actor) for actor in twice}


def places(pack: Pack) -> pd.DataFrame:
    """Where each actor stands in the picture of ties: actor (its name), x from the left and y from below."""
    if "positions" not in pack.tables:
        return pd.DataFrame(columns=["actor", "x", "y"])
    names = pack.positions["actor_id"].map(actor_names(pack))
    return pd.DataFrame({"actor": names, "x": pack.positions["x"], "y": pack.positions["y"]})


def standing(edges: pd.DataFrame, minimum: int = 1) -> pd.DataFrame:
    """The edges on rung ``minimum`` or higher; one without a rung stays at 1 alone.

    Raises ValueError for a table that is none of edges, and for a rung that is not on the ladder.
    """
    missing = [column for column in EDGES if column not in edges.columns]
    if missing:
        raise ValueError(f"no column {missing[0]!r}; a table of edges has {', '.join(EDGES)}")
    if minimum not in RUNGS:
        raise ValueError(f"minimum {minimum!r}: the ladder has rungs 1 to 5")
    strange = [rung for rung in edges["rung"].dropna() if rung not in RUNGS]
    if strange:
        raise ValueError(f"rung {strange[0]}: the ladder has rungs 1 to 5")
    return edges[edges["rung"].fillna(1) >= minimum]


def degrees(edges: pd.DataFrame, minimum: int = 1) -> pd.DataFrame:
    """How many statements start and end at each actor: a row an actor, columns ``out`` and ``in``.

    Statements under ``minimum`` do not count; an actor that has none left keeps its row. The one with most
    statements comes first. Raises ValueError as ``standing`` does.
    """
    stay = standing(edges, minimum)
    actors = pd.unique(pd.concat([edges["giver"], edges["receiver"]]).dropna())
    counted = {
        name: stay.groupby(end).size().reindex(actors, fill_value=0)
        for name, end in (("out", "giver"), ("in", "receiver"))
    }
    table = pd.DataFrame(counted, index=pd.Index(actors, name="actor")).astype("int64")
    return table.loc[table.sum(axis="columns").sort_values(ascending=False, kind="stable").index]


def degrees_by_rung(edges: pd.DataFrame, end: str = "receiver") -> pd.DataFrame:
    """How many statements of each rung end at an actor; with ``end="giver"``, how many start there.

    A row an actor of that end, columns 1 to 5, zeros kept. Edges without a rung are left out. Raises
    ValueError as ``standing`` does, and for any other end.
    """
    if end not in EDGES[:2]:
        raise ValueError(f"end {end!r}: an edge has a 'giver' and a 'receiver'")
    given = standing(edges).dropna(subset=["rung"])
    table = given.groupby([end, given["rung"].astype("int64")]).size().unstack(fill_value=0)
    return table.reindex(columns=sorted(RUNGS), fill_value=0).rename_axis(index="actor", columns="rung")


def strongest(edges: pd.DataFrame) -> pd.DataFrame:
    """The highest rung that says so, a row for each giver and receiver: giver, receiver, rung.

    Raises ValueError as ``standing`` does.
    """
    return standing(edges).groupby(["giver", "receiver"], sort=False)["rung"].max().reset_index()


def pairs(edges: pd.DataFrame, group: Iterable[str], minimum: int = 1) -> pd.DataFrame:
    """Every possible pair of a group, and what is said about it, in either direction.

    Columns: ``one``, ``other``, ``statements`` (how many), ``gives`` (who is said to give: none, one or both)
    and ``rung`` (the highest; empty where there is none). Statements under ``minimum`` do not count. Raises
    ValueError as ``standing`` does.
    """
    stay = standing(edges, minimum)
    said: defaultdict[frozenset[str], list[tuple[str, Any]]] = defaultdict(list)
    for giver, receiver, rung in zip(stay["giver"], stay["receiver"], stay["rung"], strict=True):
        said[frozenset((giver, receiver))].append((giver, rung))
    rows = []
    for one, other in combinations(dict.fromkeys(group), 2):
        found = said[frozenset((one, other))]
        gives = tuple(name for name in (one, other) if name in {giver for giver, _ in found})
        rungs = [rung for _, rung in found if pd.notna(rung)]
        rows.append((one, other, len(found), gives, max(rungs, default=None)))
    columns = ["one", "other", "statements", "gives", "rung"]
    return pd.DataFrame(rows, columns=columns).astype({"statements": "int64", "rung": "Int64"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What the described pairs of a group look like.

    ``hub`` is the one who is in every described pair, if there are two pairs or more. ``inward``: every
    statement within the group ends at the hub. ``star``: the hub is tied to every other member, and no two
    others are. ``web``: every pair of three or more is described.
    """

    possible: int
    described: int
    hub: str | None
    inward: bool
    star: bool
    web: bool


def shape(edges: pd.DataFrame, group: Iterable[str], minimum: int = 1) -> Shape:
    """A star, a web or neither: what is said within a group, from a minimum rung up.

    Raises ValueError as ``standing`` does.
    """
    members = list(dict.fromkeys(group))
    table = pairs(edges, members, minimum)
    found = table[table["statements"] > 0]
    ends = [{one, other} for one, other in zip(found["one"], found["other"], strict=True)]
    in_all = set(members).intersection(*ends) if len(ends) > 1 else set()
    hub = in_all.pop() if in_all else None  # two different pairs share no more than one
    givers = {name for gives in found["gives"] for name in gives}
    return Shape(
        possible=len(table),
        described=len(ends),
        hub=hub,
        inward=hub is not None and hub not in givers,
        star=hub is not None and len(ends) == len(members) - 1,
        web=len(members) > 2 and len(ends) == len(table),
    )
