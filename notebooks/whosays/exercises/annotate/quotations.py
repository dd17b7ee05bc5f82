"""Who is credited with a statement, and in which form its words are given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from whosays.checks.result import Result, Status
from whosays.exercises.annotate.base import Accepted, Label, tidy
from whosays.pack import Pack, records

WORD = re.compile(r"\w+")
BOTH, NOBODY, UNSURE = "both", "nobody", "cannot tell"
FORMS = {
    "quote": "a whole statement between marks",
    "fragment": "a few words between marks",
    "paraphrase": "retold, in the writer’s words",
}
OTHER_WORDS = {
    "no one": NOBODY,
    "none": NOBODY,
    "writer": NOBODY,
    "the writer": NOBODY,
    "unknown": UNSURE,
    "both leaders": BOTH,
    "both of them": BOTH,
}
CLOSE = 0.75  # how alike a word is to one that is known, of 1, before it passes for a slip of the keys
LOOK = {
    "quote": "Is a whole statement between the marks, or only a few words?",
    "fragment": "Are a few words between marks, or a whole statement, or is all of it retold?",
    "paraphrase": "Are there marks? What do they hold?",
}


class Quote(Label):
    """A speaker, by family name or “both”, “nobody”, “cannot tell”, and a form."""

    fields = ("speaker", "form")

    def accepted(self, pack: Pack) -> Accepted:
        return {
            row["sentence_id"]: {"speaker": tuple(row["accept_speaker"]), "form": tuple(row["accept_form"])}
            for row in _rows(pack)
        }

    def values(self, pack: Pack) -> Mapping[str, tuple[Any, ...] | None]:
        return {"speaker": None, "form": tuple(FORMS)}

    def tidy(self, field: str, value: Any) -> Any:
        found = tidy(value)
        if field == "speaker" and isinstance(found, str):
            found = OTHER_WORDS.get(found, found)
            if {"rutte", "macron"} <= set(WORD.findall(found)):
                return BOTH
            return found.split()[-1] if found.startswith(("mark ", "emmanuel ", "president ")) else found
        return found

    def explain(self, pack: Pack, item: str, answer: Mapping[str, Any]) -> Result:
        row = next(r for r in _rows(pack) if r["sentence_id"] == item)
        speaker, form = answer.get("speaker"), answer.get("form")
        wrong = []
        if speaker is None:
            wrong.append("The speaker is still open.")
        elif speaker not in row["accept_speaker"]:
            look = (
                _slip(speaker, _speakers(pack))
                or "Which name goes with these words, and is there one at all?"
            )
            wrong.append(f"Not yet: “{speaker}”. {look}")
        if form is None:
            wrong.append("The form is still open.")
        elif form not in row["accept_form"]:
            look = LOOK.get(str(form)) or f"The forms are {', '.join(FORMS)}: check the spelling."
            wrong.append(f"Not yet: “{form}”. {look}")
        status: Status = "not yet" if wrong else "correct"
        if wrong:
            return Result(status, 0.0, " ".join(wrong))
        return Result(status, 1.0, f"Yes: {FORMS[str(form)]}.", (str(row["why"]),))


@lru_cache(maxsize=4)
def _speakers(pack: Pack) -> tuple[str, ...]:
    """What may be typed for a speaker: the family names of all people, and the words for one or for none."""
    people = [row["name"] for row in records(pack.actors) if row["type"] == "person"]
    return (BOTH, NOBODY, UNSURE, *(name.split()[-1].casefold() for name in people))


def _slip(typed: Any, known: tuple[str, ...]) -> str:
    """A word about the spelling if one of the known words is meant, whether it is the right one or not."""
    meant = get_close_matches(str(typed), known, 1, CLOSE) if typed not in known else []
    return "Check the spelling." if meant else ""


def _rows(pack: Pack) -> list[dict[str, Any]]:
    return records(pack.reference["credits"]) if "credits" in pack.reference else []
