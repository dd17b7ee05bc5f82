"""Who is credited with a statement, and in which form its words are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from whosays.checks.result import Result, Status
from whosays.exercises.annotate.base import Accepted, Label, tidy
from whosays.pack import Pack, records

BOTH, NOBODY, UNSURE = "both", "nobody", "cannot tell"
FORMS = {
    "quote": "a whole statement between marks",
    "fragment": "a few words between marks",
    "paraphrase": "retold, in the writer’s words",
}
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
            found = {"no one": NOBODY, "none": NOBODY, "unknown": UNSURE, "both leaders": BOTH}.get(
                found, found
            )
            return found.split()[-1] if found.startswith(("mark ", "emmanuel ", "president ")) else found
        return found

    def explain(self, pack: Pack, item: str, answer: Mapping[str, Any]) -> Result:
        row = next(r for r in _rows(pack) if r["sentence_id"] == item)
        speaker, form = answer.get("speaker"), answer.get("form")
        wrong = []
        if speaker not in row["accept_speaker"]:
            wrong.append(
                f"Not yet: “{speaker or '…'}”. Which name goes with these words, and is there one at all?"
            )
        if form not in row["accept_form"]:
            wrong.append(f"Not yet: “{form or '…'}”. {LOOK.get(str(form), LOOK['quote'])}")
        status: Status = "not yet" if wrong else "correct"
        if wrong:
            return Result(status, 0.0, " ".join(wrong))
        return Result(status, 1.0, f"Yes: {FORMS[str(form)]}.", (str(row["why"]),))


def _rows(pack: Pack) -> list[dict[str, Any]]:
    return records(pack.reference["credits"]) if "credits" in pack.reference else []
