"""What the article reader says about a mark: who that is, what holds up, why to look twice.

Pure content: a pack in, plain dictionaries out. What the checked tables of ``reference/`` add is looked up
only for the mark that is asked about, so nothing of it leaves Python before that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, cast

import pandas as pd

from whosays.measures.ladder import RUNGS
from whosays.pack import Pack

Row = Mapping[str, Any]
Part = dict[str, Any]

ONE = {
    "name": "name",
    "place": "place",
    "quote": "quotation",
    "look": "studied phrase",
    "sentence": "sentence",
}
TYPES = {
    "collective": "Several, spoken of as one.",
    "people": "A people.",
    "source label": "A word that stands where a source should stand.",
    "author": "The writer of the text.",
    "armed force": "An armed force.",
    "organisation": "An organisation.",
}
LABELS_ONLY = ("collective", "people", "source label", "author")
WHEN, WHAT = "When the article appeared", "What it is"
FORMS = {"name": "by name", "description": "by a description", "pronoun": "by a pronoun"}
NOT_HERE = "What other reports print of these words, your teacher will show."
LATER = "What other reports print of these words comes up here once you have done its card in the line-up."
VERB = {
    "before": "Verb before the words",
    "after": "Verb after the words",
    "inside": "Verb between the words",
}


def rows(tables: Mapping[str, pd.DataFrame], name: str, key: str = "id") -> dict[str, Row]:
    """The rows of a table by their key; empty where there is no such table."""
    if name not in tables:
        return {}
    found = cast("list[Row]", tables[name].to_dict("records"))
    return {str(row[key]): row for row in found}


def text_of(value: object) -> str:
    """A cell as text; a missing one is empty."""
    return "" if value is None or value != value else str(value)


class Explainer:
    """Explains the marks of one pack. Tables that the pack does not have leave their lines out."""

    def __init__(self, pack: Pack, waits: Callable[[str], bool] = lambda quote: False) -> None:
        """``waits`` says of which quotations a check is not to be told yet."""
        tables, reference = pack.tables, pack.reference
        self._waits = waits
        self._actors, self._places = rows(tables, "actors"), rows(tables, "places")
        self._glossary = list(rows(tables, "glossary").values())
        mentions = rows(tables, "mentions").values()
        self._named = Counter((self.target(m), text_of(m["form"])) for m in mentions)
        self._has_reference = pack.has_reference
        self._checked = rows(reference, "quotes", "quote_id")
        self._coded = rows(reference, "sentences", "sentence_id")

    def target(self, mention: Row) -> tuple[str, str]:
        """Whom or what a mention means: ``("actor", id)`` or ``("place", id)``."""
        place = text_of(mention["place_id"])
        return ("place", place) if place else ("actor", text_of(mention["actor_id"]))

    def one(self, layer: str, row: Row) -> str:
        """What kind of thing a mark is: name, place, quotation or studied phrase."""
        return ONE["place" if layer == "name" and self.target(row)[0] == "place" else layer]

    def what(self, layer: str, row: Row) -> str:
        """What a mark is, in a word or two: the name meant, the speakers credited, the technique."""
        if layer == "name":
            kind, key = self.target(row)
            found = (self._actors if kind == "actor" else self._places).get(key)
            return text_of(found["name"]) if found else text_of(row["text"])
        return self._names(row["credited_speakers"]) if layer == "quote" else text_of(row["technique"])

    def explain(self, layer: str, row: Row) -> Part:
        """The panel of a mark: ``title``, ``rows`` (pairs of words), ``parts`` (a heading and its lines)."""
        found = {"name": self._name, "quote": self._quote, "look": self._look}[layer](row)
        parts = [part for part in found["parts"] if part["lines"]]
        return {"one": self.one(layer, row), "rows": []} | found | {"parts": parts}

    def rung(self, sentence_id: str, label: int | None) -> Part | None:
        """The student's own rung; where careful readers split, the other accepted ones, once it is given."""
        if label not in RUNGS:
            return None
        row = self._coded.get(sentence_id)
        accepted = [int(n) for n in row["accept_rung"]] if row and bool(row["contested_rung"]) else []
        others = [str(n) for n in accepted if n != label]
        more = ""
        if others:
            more = f"Careful readers split: {_list(others)} {'are' if len(others) > 1 else 'is'} accepted"
            more += " too." if label in accepted else "."
        name = RUNGS[label]
        return {"rung": label, "name": name[:1].lower() + name[1:], "more": more}

    def terms(self, sentence: str) -> list[list[str]]:
        """The glossary terms whose word forms occur in a sentence: pairs of term and definition."""
        return [_entry(t) for t in self._glossary if any(_occurs(form, sentence) for form in t["forms"])]

    def all_terms(self) -> list[Part]:
        """The whole glossary, a group at a time, in the order of the table."""
        groups: dict[str, list[list[str]]] = {}
        for term in self._glossary:
            groups.setdefault(text_of(term["group"]), []).append(_entry(term))
        return [{"head": name[:1].upper() + name[1:], "terms": terms} for name, terms in groups.items()]

    # One kind of mark each ---------------------------------------------------------------------------------

    def _name(self, mention: Row) -> Part:
        kind, key = self.target(mention)
        found = (self._actors if kind == "actor" else self._places).get(key, {})
        title = text_of(found.get("name")) or text_of(mention["text"])
        lines = [_type(text_of(found.get("type"))) if kind == "actor" else "A place."] if found else []
        if text_of(mention["form"]) in ("description", "pronoun"):
            lines.append(f"Here the text says “{text_of(mention['text'])}”.")
        parts = [
            _part("", *lines),
            _part(WHAT if text_of(found.get("type")) in LABELS_ONLY else WHEN, text_of(found.get("role"))),
            _part("Good to know", text_of(found.get("note"))),
            _part("In this text", self._how_often(kind, key)),
        ]
        return {"title": title, "parts": parts}

    def _how_often(self, kind: str, key: str) -> str:
        forms = {form: self._named[(kind, key), form] for form in FORMS if key}
        total = sum(forms.values())
        ways = [f"{n} {FORMS[form]}" for form, n in forms.items() if n]
        times = {1: "once", 2: "twice"}.get(total, f"{total} times")
        if len(ways) == 1:
            return f"Named {times}, {ways[0].split(' ', 1)[1]}."
        return f"Named {times}: {_list(ways)}." if ways else ""

    def _quote(self, quote: Row) -> Part:
        names = self._names(quote["credited_speakers"])
        pairs = [["Credited to", names or "nobody"]]
        if cue := text_of(quote["cue"]):
            pairs.append([VERB.get(text_of(quote["attribution"]), "Reporting verb"), f"“{cue}”"])
        checked = self._checked.get(str(quote["id"]))
        if checked is None or self._waits(str(quote["id"])):
            note = LATER if checked is not None else "" if self._has_reference else NOT_HERE
            return {"title": "Someone’s exact words", "rows": pairs, "parts": [_part("", note)]}
        parts = [
            _part("What holds up", text_of(checked["holds_up"])),
            _part("What does not", text_of(checked["differs"])),
            _part("Not settled", text_of(checked["unsettled"])),
            _part("Look out for", *map(str, checked["flags"])),
            _part("Speaker, as far as it could be checked", self._names(checked["checked_speakers"])),
        ]
        return {"title": text_of(checked["title"]), "rows": pairs, "parts": parts}

    def _look(self, phrase: Row) -> Part:
        technique = text_of(phrase["technique"])
        parts = [
            _part("", f"“{text_of(phrase['text'])}”"),
            _part("Why a second look", text_of(phrase["why"])),
            _part("A plainer wording", text_of(phrase["plainer"])),
        ]
        return {"title": technique[:1].upper() + technique[1:], "parts": parts}

    def _names(self, actor_ids: tuple[str, ...]) -> str:
        return _list([text_of(self._actors[a]["name"]) if a in self._actors else a for a in actor_ids])


def _part(head: str, *lines: str) -> Part:
    return {"head": head, "lines": [line for line in lines if line]}


def _type(kind: str) -> str:
    return TYPES.get(kind, f"A {kind}." if kind else "")


def _entry(term: Row) -> list[str]:
    return [text_of(term["term"]), text_of(term["definition"])]


def _occurs(form: str, sentence: str) -> bool:
    """Whether a word form stands in the sentence as whole words."""
    return form in sentence and re.search(rf"(?<!\w){re.escape(form)}(?!\w)", sentence) is not None


def _list(items: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1]))) if items else ""
