"""Where a text is: how often each place is named, whose words come from there, and what has no place."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import pandas as pd

from whosays.measures.voices import count_words
from whosays.pack import Pack, records

REGION = "world region"  # the kind of a place without agreed edges
NAMED = [
    *("id", "name", "kind", "times", "sentences", "words", "shared_words"),
    *("iso3", "lon", "lat", "reach_lon", "reach_lat"),
]
UNPLACED = ["id", "name", "kind", "sentences", "note"]
OFF_THE_MAP = ["speaker", "words"]
RADIUS = 6371.0  # kilometres: the mean radius of the Earth

Spot = tuple[float, float]


def named(pack: Pack) -> pd.DataFrame:
    """The places of the text that have a position, a row each, in the order of ``pack.places``.

    ``times`` counts the mentions of the place, or of its actor in the same words; ``sentences`` lists the ids
    of the sentences with one. ``words`` are the quoted words of those who come from there or speak for it,
    ``shared_words`` those that the text credits to others as well. ``iso3``, ``lon``, ``lat``, ``reach_lon``
    and ``reach_lat`` are the pack's, in degrees; None or NaN where there is none. No rows where the pack has
    no table of places or of mentions.
    """
    if "mentions" not in pack.tables:
        return pd.DataFrame(columns=NAMED)
    rows, mentions = [], _rows(pack, "mentions")
    for place in _of_the_text(pack):
        if _on_the_map(place):
            found = _mentioned(mentions, place)
            words, shared = _quoted(pack, place["voices"])
            counted = (len(found), list(dict.fromkeys(found)), words, shared)
            iso3 = place["iso3"] if pd.notna(place["iso3"]) else None
            where = (place[column] for column in NAMED[8:])
            rows.append((place["id"], place["name"], place["kind"], *counted, iso3, *where))
    return pd.DataFrame(rows, columns=NAMED)


def unplaced(pack: Pack) -> pd.DataFrame:
    """What sounds like a place of the text, or is missing from it, and has no position: id, name, kind …

    ``sentences`` lists the ids of the sentences with a mention; without any, the one that the pack names.
    ``note`` says what to know, or nothing. No rows where the pack has no table of places.
    """
    rows, mentions = [], _rows(pack, "mentions")
    for place in _of_the_text(pack):
        if not _on_the_map(place):
            first = [place["sentence_id"]] if pd.notna(place["sentence_id"]) else []
            found = list(dict.fromkeys(_mentioned(mentions, place))) or first
            note = place["note"] if pd.notna(place["note"]) else ""
            rows.append((place["id"], place["name"], place["kind"], found, note))
    return pd.DataFrame(rows, columns=UNPLACED)


def off_the_map(pack: Pack) -> pd.DataFrame:
    """Quoted words whose speakers come from no place on the map: ``speaker`` (name) and ``words``."""
    heard = {actor for place in _of_the_text(pack) if _on_the_map(place) for actor in place["voices"]}
    names = {actor["id"]: actor["name"] for actor in _rows(pack, "actors")}
    words: dict[str, int] = {}
    for quote in _rows(pack, "quotes"):
        if not heard.intersection(quote["credited_speakers"]):
            speaker = " and ".join(names.get(a, a) for a in quote["credited_speakers"]) or "nobody"
            words[speaker] = words.get(speaker, 0) + count_words(quote["text"])
    return pd.DataFrame(list(words.items()), columns=OFF_THE_MAP)


def _rows(pack: Pack, table: str) -> list[dict[str, Any]]:
    return records(pack.tables[table]) if table in pack.tables else []


def _of_the_text(pack: Pack) -> list[dict[str, Any]]:
    return [place for place in _rows(pack, "places") if place["origin"] == "text"]


def _on_the_map(place: dict[str, Any]) -> bool:
    return bool(pd.notna(place["lon"]) and pd.notna(place["lat"]))


def _mentioned(mentions: Sequence[dict[str, Any]], place: dict[str, Any]) -> list[str]:
    """The sentence of each mention of a place, or of its actor in the same words."""
    same = (place["actor_id"], place["text"])
    named_after = pd.notna(place["actor_id"])
    return [
        m["sentence_id"]
        for m in mentions
        if m["place_id"] == place["id"] or (named_after and (m["actor_id"], m["text"]) == same)
    ]


def _quoted(pack: Pack, voices: Collection[str]) -> tuple[int, int]:
    """The words credited to these voices alone, and those that others share."""
    words = shared = 0
    for quote in _rows(pack, "quotes"):
        credited = set(quote["credited_speakers"])
        if credited and credited <= set(voices):
            words += count_words(quote["text"])
        elif credited & set(voices):
            shared += count_words(quote["text"])
    return words, shared


def distance(one: Spot, other: Spot) -> float:
    """Kilometres from one spot to another, each longitude and latitude in degrees, on the shortest way."""
    (lon, lat), (lon2, lat2) = (tuple(map(math.radians, spot)) for spot in (one, other))
    half = math.sin((lat2 - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * RADIUS * math.asin(min(1.0, math.sqrt(half)))


def apart(spots: Iterable[Spot]) -> float:
    """Kilometres between the two of the spots that lie furthest apart; 0 for fewer than two."""
    return max((distance(one, other) for one, other in itertools.combinations(spots, 2)), default=0.0)
