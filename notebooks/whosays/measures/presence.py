"""Who is named in which sentence, and how often a word stands in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import pandas as pd

from whosays.pack import Pack

FORMS = ("name", "description", "pronoun")
NAMED, MEANT = "named", "meant"  # a name, or only other words that stand for the actor


def presence(pack: Pack) -> pd.DataFrame:
    """Who is meant in which sentence: a row an actor and sentence, in the order of the text.

    Columns: ``actor`` (id), ``name`` (the one the text uses most; without any, that of the pack),
    ``sentence`` (id), ``forms`` (“name, pronoun”) and ``n`` (mentions). No rows where the pack has no table
    of mentions.
    """
    if "mentions" not in pack.tables:
        return pd.DataFrame(columns=["actor", "name", "sentence", "forms", "n"])
    mentions = pack.mentions[pack.mentions["actor_id"].notna()].sort_values("start")
    groups = mentions.groupby(["actor_id", "sentence_id"], sort=False)
    table = groups.agg(forms=("form", _listed), n=("form", "size")).reset_index()
    names = table["actor_id"].map(names_used(pack))
    table = table.rename(columns={"actor_id": "actor", "sentence_id": "sentence"})
    table.insert(1, "name", names)
    return table


def _listed(forms: pd.Series) -> str:
    present = set(forms)
    return ", ".join(form for form in FORMS if form in present)


def names_used(pack: Pack) -> dict[str, str]:
    """What the text calls each actor most; of names that are used equally often, one in the pack's own name.

    An actor that is never named keeps the pack's name, or its id where there is none.
    """
    mentions = pack.mentions[pack.mentions["actor_id"].notna()]
    names = {actor: actor for actor in mentions["actor_id"]}
    if "actors" in pack.tables:
        names |= dict(zip(pack.actors["id"], pack.actors["name"], strict=True))
    for actor, used in mentions[mentions["form"] == "name"].groupby("actor_id")["text"]:
        times = used.value_counts(sort=False)
        most = list(times.index[times == times.max()])
        names[str(actor)] = next((name for name in most if name in names[str(actor)]), most[0])
    return names


def grid(
    table: pd.DataFrame, sentences: Iterable[str], order: Literal["first", "count"] = "first"
) -> pd.DataFrame:
    """Actors × sentences: “named”, “meant” or nothing in each cell.

    Takes the table of ``presence`` and the sentence ids in order. Rows are actor ids: the one who comes first
    in the text first, or the one in most sentences first. Raises ValueError for any other order.
    """
    if order not in ("first", "count"):
        raise ValueError(f"order {order!r}: rows can be in the order 'first' or 'count'")
    actors = list(dict.fromkeys(table["actor"]))
    cells = pd.DataFrame("", index=pd.Index(actors, name="actor"), columns=list(sentences), dtype=object)
    for actor, sentence, forms in table[["actor", "sentence", "forms"]].itertuples(index=False):
        cells.loc[actor, sentence] = NAMED if "name" in forms.split(", ") else MEANT
    if order == "count":
        present = (cells != "").sum(axis="columns")
        actors.sort(key=lambda actor: -present[actor])
    return cells.loc[actors]


def count_letters(text: str, word: str) -> int:
    """How often the letters of ``word`` stand in ``text``, inside longer words as well.

    Capitals count. Raises ValueError for an empty word.
    """
    return text.count(_some(word))


def count_words(text: str, word: str) -> int:
    """How often ``word`` stands in ``text`` as a whole word; “Ada’s” holds the word “Ada”.

    Capitals count. Raises ValueError for an empty word.
    """
    return len(re.findall(rf"(?<!\w){re.escape(_some(word))}(?!\w)", text))


def _some(word: str) -> str:
    if not word:
        raise ValueError("give a word to count: this one is empty")
    return word
