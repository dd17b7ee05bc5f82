"""What kind of place do the words give? An answer beside the reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from whosays.checks.claims import Evidence, evidence
from whosays.checks.result import Result, Status
from whosays.model import Span
from whosays.pack import Pack, records

TAGS = {
    "spot": "a spot: a town or a building",
    "part": "a part of a country",
    "country": "a country",
    "world region": "a world region: a theatre without agreed edges",
    "nationality": "a nationality word: it says whose, or names a capital and means its government",
    "missing": "missing: the text names no place",
}  # from the most to the least that a map could draw

# The tag for a precision of the reference; an area is a country or a part of one.
TAG_OF = {"point": "spot", "vague": "world region", "no place": "nationality", "missing": "missing"}
AREAS = {"country": "country", "part of a country": "part"}

# What to ask a reader who chose the first of two where the reference has the second.
ASK_ABOUT = {
    ("spot", "part"): "{} is wide. Which one spot in it does the sentence name?",
    ("spot", "country"): "{} is a whole country. Which one spot in it does the sentence name?",
    ("spot", "world region"): "Two readers put a dot on {}. Would the dots fall on the same spot?",
    ("spot", "nationality"): "Could you stand on {} in this sentence? Or does it say whose, or who?",
    ("spot", "missing"): "Which word of the sentence names the spot? You may know it from elsewhere.",
    ("part", "spot"): "{} is smaller than that. Could a dot show it?",
    ("part", "country"): "Does {} lie inside another country, or is it one itself?",
    ("part", "world region"): "Which one country would {} be a part of?",
    ("part", "nationality"): "Does {} say where in a country? Or does it say whose, or who?",
    ("part", "missing"): "Which word names the part of a country? You may know it from elsewhere.",
    ("country", "spot"): "{} is one town or building. Is that a whole country?",
    ("country", "part"): "{} lies in a country. Is it all of that country?",
    ("country", "world region"): "Who drew the borders of {}? Would two maps show the same ones?",
    ("country", "nationality"): "Does {} say where? Or does it say whose, or who?",
    ("country", "missing"): "Which word of the sentence names the country? You may know it from elsewhere.",
    ("world region", "spot"): "{} is one spot. Would two readers look for it far apart?",
    ("world region", "part"): "{} lies within one country. How far does a world region reach?",
    ("world region", "country"): "People may argue over a border. Still, does {} have borders on a map?",
    ("world region", "nationality"): "Does {} say where, even roughly? Or does it say whose, or who?",
    ("world region", "missing"): "Which word of the sentence gives a region? Perhaps there is none at all.",
    ("nationality", "spot"): "{} is a name on a map. Did something happen there?",
    ("nationality", "part"): "{} is found on a map, inside a country. Does it say whose, or where?",
    ("nationality", "country"): "{} may act like a person here. Could you still find it on a map?",
    ("nationality", "world region"): "{} does say where, if only roughly. How far does it reach?",
    ("nationality", "missing"): "What you look for has no word of its own here. Is there a word at all?",
    ("missing", "spot"): "The words are there: {}. How exact are they?",
    ("missing", "part"): "The words are there: {}. How large is it?",
    ("missing", "country"): "The words are there: {}. What kind of place is it?",
    ("missing", "world region"): "The words are there: {}. They give a place, if only roughly.",
    ("missing", "nationality"): "The words are there: {}. Do they say where, or whose, or who?",
}


@dataclass(frozen=True, slots=True)
class PlaceKey:
    """The reference coding of one place: its tag, what else counts in full, and why.

    ``words`` are the text's and ``span`` says where; empty and None where the text has none.
    """

    place_id: str
    tag: str
    accepted: tuple[str, ...]
    why: str
    words: str
    span: Span | None
    evidence: tuple[Evidence, ...]


def place_keys(pack: Pack) -> dict[str, PlaceKey]:
    """The checked places by id; empty where the pack has no reference for them."""
    if "places" not in pack.tables or "places" not in pack.reference:
        return {}
    places = {row["id"]: row for row in records(pack.tables["places"])}
    known = evidence(pack)
    keys = {}
    for row in records(pack.reference["places"]):
        place = places[row["place_id"]]
        found = tuple(known[e] for e in row.get("evidence") or () if e in known)
        tags = [TAG_OF.get(value) or AREAS.get(place["kind"]) for value in (row["precision"], *row["accept"])]
        accepted = tuple(dict.fromkeys(tag for tag in tags if tag))
        keys[row["place_id"]] = PlaceKey(
            place_id=row["place_id"],
            tag=accepted[0],
            accepted=accepted,
            why=row["why"],
            words=place["text"] if isinstance(place["text"], str) else "",
            span=place_span(place),
            evidence=found,
        )
    return keys


def place_span(place: dict[str, Any]) -> Span | None:
    """Where the words of a row of ``places`` stand in the text; None if it has none there."""
    start, end = place["start"], place["end"]
    return Span(start, end) if isinstance(start, int) and isinstance(end, int) else None


def check_place(given: str | None, key: PlaceKey) -> Result:
    """Compare a reader’s tag for a place with the reference."""
    if given is None:
        return Result("not attempted", 0.0, "Not answered yet.")
    words, spans = _where(key)
    if given not in key.accepted:
        ask = ASK_ABOUT.get((given, key.tag), "").format(f"“{key.words}”")
        return Result("not yet", 0.0, f"Not yet: you chose {_label(given)}.", (ask,), words, spans)
    others = " and ".join(_label(other) for other in key.accepted if other != given)
    if others:
        message = f"Careful readers split here. Your {_label(given)} counts in full, and so does {others}."
        return _found(message, "correct", key)
    return _found(f"The reference agrees: {_label(given)}.", "correct", key)


def show_place(key: PlaceKey) -> Result:
    """The reference for a reader who asks to see it."""
    return _found(f"The reference: {_label(key.tag)}.", "not yet", key)


def _found(message: str, status: Status, key: PlaceKey) -> Result:
    words, spans = _where(key)
    score = float(status == "correct")
    return Result(status, score, message, (key.why,), words, spans, len(key.accepted) > 1)


def _where(key: PlaceKey) -> tuple[tuple[str, ...], tuple[Span, ...]]:
    return ((key.words,), (key.span,)) if key.span and key.words else ((), ())


def _label(value: str) -> str:
    """The words on the button, up to the colon."""
    return f"“{TAGS.get(value, value).partition(':')[0]}”"
