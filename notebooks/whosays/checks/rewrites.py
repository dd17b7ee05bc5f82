"""A rewritten sentence beside the original: hints for its writer. They help to look; they are no grade."""

from __future__ import annotations

import re
from dataclasses import dataclass

from whosays.pack import Pack, records
from whosays.text import MONTHS

# The editor's checklist: what a fair rewrite does.
POINTS: dict[str, str] = {
    "who": "It says who said it.",
    "where": "It says where and when.",
    "words": "Exact words stay between marks.",
    "hedge": "Words of doubt stay in.",
    "added": "Nothing is added.",
}
HEDGES = re.compile(
    r"\b(may|might|could|perhaps|possibly|potentially|probably|likely|apparently|reportedly|suggests?|appears?"
    r"|seems?|at least|up to|nearly|almost)\b",
    re.IGNORECASE,
)
MARKED = re.compile('[“"]([^“”"]+)[”"]')
WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
SHOWN = 4  # words that a hint lists


@dataclass(frozen=True, slots=True)
class Hint:
    """What a machine sees about one point of the checklist: seen (``ok``), or something to look at."""

    point: str
    ok: bool
    text: str


def check_rewrite(original: str, rewrite: str, pack: Pack) -> list[Hint]:
    """A hint for each point of the checklist; none while nothing is written."""
    if not rewrite.strip():
        return []
    people = _actors(pack)
    places = [name for name in _column(pack, "places", "name") if name in pack.text]
    told = MARKED.sub(" ", rewrite)  # whom a quotation names has not said it
    who, where = _found(people, told), _found(places, told)
    when = re.findall(r"\b(?:\d{1,2} )?(?:" + "|".join(MONTHS) + r")\b", told)
    missing = [what for what, found in (("place of the text", where), ("date", when)) if not found]
    return [
        _hint("who", bool(who), f"You name {_listed(who)}.", "No one of the text is named yet."),
        _hint(
            "where", not missing, f"You have {_listed(where + when)}.", f"No {' and no '.join(missing)} yet."
        ),
        _marks(original, rewrite, pack.text),
        _hedges(original, rewrite),
        _added(rewrite, " ".join([pack.text, *people, *_told_of(original, pack)])),
    ]


def _marks(original: str, rewrite: str, text: str) -> Hint:
    """Are the words between marks really those of the text?"""
    here = [words.strip(" .,;:") for words in MARKED.findall(rewrite)]
    strange = [words for words in here if words.casefold() not in text.casefold()]
    if strange:
        return Hint("words", False, f"Between marks, but not like that in the text: {_some(strange)}.")
    if here:
        return Hint("words", True, "What you have between marks stands like that in the text.")
    if MARKED.search(original):
        return Hint("words", False, "The original has words between marks. Yours has none.")
    return Hint("words", True, "Neither has words between marks.")


def _hedges(original: str, rewrite: str) -> Hint:
    """Is the doubt of the original still there?"""
    before, now = _hedged(original), _hedged(rewrite)
    gone = [word for word in before if word not in now]
    if not before:
        return Hint("hedge", True, "The original has no such word that we know.")
    if gone:
        return Hint("hedge", False, f"No longer there: {_listed(gone)}.")
    return Hint("hedge", True, f"Still there: {_listed(before)}.")


def _hedged(text: str) -> list[str]:
    """The words of doubt in a text; May is a month."""
    return list(dict.fromkeys(word.lower() for word in HEDGES.findall(text) if word != "May"))


def _added(rewrite: str, known: str) -> Hint:
    """Names and numbers that the text does not have; what else is added, only a reader can see.

    A first word of a sentence has its capital anyway.
    """
    have = {word.casefold() for word in WORD.findall(known)}
    strange = []
    for found in WORD.finditer(rewrite):
        word = re.sub("['’]s$", "", found.group())
        begins = not re.search(r"[^\s“\"(]\s*[“\"(]?$", rewrite[: found.start()]) or re.search(
            r"[.!?:][”\"]?\s+[“\"(]?$", rewrite[: found.start()]
        )
        named = word[0].isupper() and not begins
        if (named or word[0].isdigit()) and word.casefold() not in have:
            strange.append(word)
    if strange:
        return Hint("added", False, f"Not in the text: {_some(strange)}. Where do you have it from?")
    return Hint("added", False, "No new name and no new number. Does the text say who said this?")


def _told_of(original: str, pack: Pack) -> list[str]:
    """What the kit itself says of the studied phrases of a sentence: a writer may take names from there."""
    ids = pack.sentences.loc[pack.sentences["text"] == original, "id"]
    rows = records(pack.tables["phrases"]) if "phrases" in pack.tables else []
    return [row["why"] for row in rows if row["sentence_id"] in set(ids) and isinstance(row["why"], str)]


def _hint(point: str, ok: bool, there: str, missing: str) -> Hint:
    return Hint(point, ok, there if ok else missing)


def _listed(words: list[str]) -> str:
    """Words of the text, in quotation marks."""
    return _some([f"“{word}”" for word in words])


def _some(words: list[str]) -> str:
    different = list(dict.fromkeys(words))
    return ", ".join([*different[:SHOWN], *(["…"] if len(different) > SHOWN else [])])


def _column(pack: Pack, table: str, column: str) -> list[str]:
    return [str(row[column]) for row in records(pack.tables[table])] if table in pack.tables else []


def _actors(pack: Pack) -> list[str]:
    """Names of actors, and the last names of people."""
    names = _column(pack, "actors", "name")
    people = (
        [row["name"] for row in records(pack.tables["actors"]) if row["type"] == "person"] if names else []
    )
    return [*names, *(name.split()[-1] for name in people)]


def _found(names: list[str], text: str) -> list[str]:
    """The names that stand in the text, without those that are a part of another one."""
    there = [name for name in dict.fromkeys(names) if re.search(rf"\b{re.escape(name)}\b", text)]
    return [name for name in there if not any(name != other and name in other for other in there)]
