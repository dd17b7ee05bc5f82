"""Tables to try a function on: invented codings of an invented reader, made from a seed.

They look like the table of the lessons, with ids and names of the pack and values by chance. So they hold no
key, and a function that passes on them was not written for one table.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from whosays.measures.claims import KINDS
from whosays.measures.ladder import RUNGS
from whosays.pack import Pack, kit_folder, load, records

FORMS = ("quote", "fragment", "paraphrase")
PRECISIONS = ("spot", "part", "country", "world region", "nationality", "missing")
CHANGES = ("same", "small change", "meaning")
READERS = ("amber", "birch", "coral", "delta", "ember")
# Nobody real is said to help anybody, or to have printed anything, in a table made by chance.
LANDS = ("Norland", "Estmark", "Sutria", "Westonia", "Midmark", "Farland")
PEOPLE = ("Ada", "Ben")
SAYERS = {1: ("writer",), 2: ("a group", "reports"), 3: ("a ministry",), 4: PEOPLE, 5: PEOPLE}  # by rung
OUTLETS = tuple(f"Outlet {letter}" for letter in "ABCDEFGH")


def make(recipe: Mapping[str, Any]) -> Any:
    """The input that a recipe of a set describes, made anew at each call.

    ``{"csv": text}`` is a DataFrame read from CSV, ``{"made": name, "seed": n}`` a generated one, with
    ``"rows": n`` its first rows alone, and ``{"value": x}`` the value itself. Raises ValueError otherwise.
    """
    if "csv" in recipe:
        return pd.read_csv(io.StringIO(recipe["csv"]), keep_default_na=False)
    if "value" in recipe:
        return recipe["value"]
    if recipe.get("made") in MAKERS:
        table = made(str(recipe["made"]), int(recipe.get("seed", 0)))
        rows = recipe.get("rows")
        return table if rows is None else table.head(rows).copy()
    raise ValueError(f"{str(recipe)[:80]} is no input: csv, value or made ({', '.join(MAKERS)})")


def made(name: str, seed: int) -> pd.DataFrame:
    """A generated table by its name: coding, ties, places, mentions, versions or votes."""
    return MAKERS[name](_pack(), random.Random(f"{name} {seed}"))


@lru_cache(maxsize=1)
def _pack() -> Pack:
    """The kit's own pack: exercises are about its text, whatever other pack is open."""
    return load(kit_folder() / "data")


@lru_cache(maxsize=16)
def _rows(pack: Pack, name: str) -> list[dict[str, Any]]:
    """The rows of a table of the pack, taken out of it once."""
    return records(getattr(pack, name))


def _coding(pack: Pack, chance: random.Random) -> pd.DataFrame:
    """A reader's whole table, a row a sentence."""
    names_by_id = {row["id"]: row["name"] for row in _rows(pack, "actors")}
    people = sorted({names_by_id[row["credited_speakers"][0]] for row in _rows(pack, "quotes")})
    names = [row["name"] for row in _rows(pack, "places") if row["origin"] == "text"]
    likely = {rung: chance.randint(1, 6) for rung in sorted(RUNGS)}
    rows = []
    for row in _rows(pack, "sentences"):
        rung = chance.choices(list(likely), list(likely.values()))[0]
        form = "quote" if rung == 5 else chance.choice(("", "", "fragment", "paraphrase"))
        speaker = chance.choice(people) if rung >= 4 else ""
        words = {"quote": chance.randint(7, 34), "fragment": chance.randint(2, 6)}.get(form, 0)
        kind, sure = chance.choice(list(KINDS)), chance.randint(1, 4)
        place = chance.choice(names) if chance.random() < 0.6 else ""
        rows.append((row["id"], row["paragraph"], row["text"], rung, speaker, form, words, kind, sure, place))
    columns = [
        "sentence",
        "paragraph",
        "text",
        "rung",
        "speaker",
        "form",
        "words_quoted",
        "claim",
        "sure",
        "place",
    ]
    return pd.DataFrame(rows, columns=columns)


def _ties(pack: Pack, chance: random.Random) -> pd.DataFrame:
    """Who is said to help whom: giver, verb, receiver, said_by, sentence, rung."""
    verbs = ("backs", "helps", "arms", "pays", "praises", "trades with")
    sids = list(pack.sentences["id"])
    rows = []
    for _ in range(chance.randint(14, 24)):
        giver, receiver = chance.sample(LANDS, 2)
        verb, rung = chance.choice(verbs), chance.randint(1, 5)
        rows.append((giver, verb, receiver, chance.choice(SAYERS[rung]), chance.choice(sids), rung))
    return pd.DataFrame(rows, columns=["giver", "verb", "receiver", "said_by", "sentence", "rung"])


def _places(pack: Pack, chance: random.Random) -> pd.DataFrame:
    """Tagged places: place, precision, country."""
    names = [row["name"] for row in _rows(pack, "places") if row["origin"] == "text"]
    chosen = sorted(chance.sample(names, min(len(names), chance.randint(9, 12))), key=names.index)
    rows = [(name, chance.choice(PRECISIONS), chance.choice((*LANDS[:4], ""))) for name in chosen]
    return pd.DataFrame(rows, columns=["place", "precision", "country"])


def _mentions(pack: Pack, chance: random.Random) -> pd.DataFrame:
    """Where places are named: place, sentence, words_quoted."""
    names = [row["name"] for row in _rows(pack, "places") if row["origin"] == "text"]
    sids = list(pack.sentences["id"])
    rows = [
        (chance.choice(names), sid, chance.choice((0, 0, chance.randint(3, 32))))
        for sid in sids
        for _ in (1, 2)
    ]
    return pd.DataFrame(rows, columns=["place", "sentence", "words_quoted"])


def _versions(pack: Pack, chance: random.Random) -> pd.DataFrame:
    """One statement in several reports: topic, outlet, date, credits, wording, change."""
    topics = list(dict.fromkeys(pack.versions["topic"]))
    rows = []
    for topic in topics[:6]:
        wordings = [f"wording {letter} of “{topic}”" for letter in "ABC"[: chance.randint(1, 3)]]
        for outlet in chance.sample(OUTLETS, chance.randint(2, 6)):
            date = f"2024-11-{chance.randint(12, 16)}"
            credited = chance.choice(("", "", *OUTLETS[:3]))
            rows.append((topic, outlet, date, credited, chance.choice(wordings), chance.choice(CHANGES)))
    return pd.DataFrame(rows, columns=["topic", "outlet", "date", "credits", "wording", "change"])


def _votes(pack: Pack, chance: random.Random) -> pd.DataFrame:
    """The rungs five readers gave: reader, sentence, rung."""
    rows = []
    for sid in pack.sentences["id"]:
        usual, doubt = chance.randint(1, 5), chance.random()
        for reader in READERS:
            rung = chance.randint(1, 5) if chance.random() < doubt else usual
            rows.append((reader, sid, rung))
    return pd.DataFrame(rows, columns=["reader", "sentence", "rung"])


MAKERS: dict[str, Callable[[Pack, random.Random], pd.DataFrame]] = {
    "coding": _coding,
    "ties": _ties,
    "places": _places,
    "mentions": _mentions,
    "versions": _versions,
    "votes": _votes,
}
