"""Who is heard: the words of each quotation, the words of each actor, and how often a verb stands there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from whosays.measures.presence import names_used
from whosays.pack import Pack, records

QUOTATIONS = ["quote", "sentence", "speaker", "words", "text"]
VOICES = [
    *("actor", "name", "type", "named", "mentioned"),
    *("quotations", "words", "shared_words", "shared_by", "heard"),
]


def count_words(text: str) -> int:
    """How many words stand in ``text``: stretches between blanks that hold a letter or a digit.

    A word with hyphens is one word, a dash is none. Words in brackets count too, though an editor put them
    there: they stand between the quotation marks.
    """
    return sum(any(c.isalnum() for c in part) for part in text.split())


def quotations(pack: Pack) -> pd.DataFrame:
    """The quotations, a row each: quote (its id), sentence, speaker, words (how many) and text.

    ``speaker`` is the name of whom the text credits; two names are joined with “and”, nobody is “”.
    """
    names = _names(pack)
    rows = [
        (
            quote["id"],
            quote["sentence_id"],
            " and ".join(names.get(a, a) for a in quote["credited_speakers"]),
            count_words(quote["text"]),
            quote["text"],
        )
        for quote in _rows(pack, "quotes")
    ]
    return pd.DataFrame(rows, columns=QUOTATIONS)


def voices(pack: Pack) -> pd.DataFrame:
    """Named and heard, a row for each actor with a mention or a quotation, in the order of ``pack.actors``.

    ``name`` is the one the text uses most. ``named`` counts the mentions by name, inside quotations too, and
    ``mentioned`` those of any form. ``quotations`` counts all that are credited to the actor; ``words`` the
    words credited to nobody else, ``shared_words`` those credited to others as well, and ``shared_by`` says
    to how many: “2”, “2 or 3”, “”.
    """
    mentions, quotes = _rows(pack, "mentions"), _rows(pack, "quotes")
    names = names_used(pack) if mentions else {}
    rows = []
    for actor in _rows(pack, "actors"):
        forms = [m["form"] for m in mentions if m["actor_id"] == actor["id"]]
        own = [q for q in quotes if actor["id"] in q["credited_speakers"]]
        if not forms and not own:
            continue
        words = [(len(q["credited_speakers"]), count_words(q["text"])) for q in own]
        rows.append(
            (
                *(actor["id"], names.get(actor["id"], actor["name"]), actor["type"]),
                *(forms.count("name"), len(forms), len(own)),
                sum(n for by, n in words if by == 1),
                sum(n for by, n in words if by > 1),
                " or ".join(map(str, sorted({by for by, _ in words if by > 1}))),
                bool(own),
            )
        )
    return pd.DataFrame(rows, columns=VOICES)


def verb_uses(pack: Pack, verbs: Iterable[str]) -> dict[str, int]:
    """How often each verb, or phrase, stands in the study text as whole words, in capitals or not.

    Raises ValueError for a verb without a letter.
    """
    uses = {}
    for verb in verbs:
        if not any(c.isalpha() for c in verb):
            raise ValueError(f"verb {verb!r}: a verb has at least one letter")
        parts = r"\s+".join(map(re.escape, verb.split()))
        uses[verb] = len(re.findall(rf"(?<!\w){parts}(?!\w)", pack.text, re.IGNORECASE))
    return uses


def _rows(pack: Pack, table: str) -> list[dict[str, Any]]:
    return records(pack.tables[table]) if table in pack.tables else []


def _names(pack: Pack) -> dict[str, str]:
    return {actor["id"]: actor["name"] for actor in _rows(pack, "actors")}
