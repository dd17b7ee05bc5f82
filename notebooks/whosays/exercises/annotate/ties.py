"""Who gives to whom, by which verb, on whose word."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from whosays.checks.result import Result
from whosays.exercises.annotate.base import Accepted, Label, tidy
from whosays.pack import Pack, records

ENDS = ("giver", "receiver", "source")
LOOK = {
    "giver": "Who gives here? Ask: who does it?",
    "verb": "Which word links the two? Copy it from the sentence.",
    "receiver": "Who gets it here?",
    "source": "On whose word do we have it? Look for a name and a verb such as “said”; else it is the writer.",
}


class Tie(Label):
    """Giver, verb, receiver and source, as the sentence names them."""

    fields = ("giver", "verb", "receiver", "source")

    def accepted(self, pack: Pack) -> Accepted:
        return {tie: {name: values for name, values in key.items() if name != "why"} for tie, key in _keys(pack).items()}

    def values(self, pack: Pack) -> Mapping[str, tuple[Any, ...] | None]:
        return dict.fromkeys(self.fields)

    def tidy(self, field: str, value: Any) -> Any:
        found = tidy(value)
        if not isinstance(found, str):
            return found
        found = found.replace("_", " ").strip(" .,")
        for start in ("the ", "president ", "mark ", "emmanuel ", "vladimir "):
            found = found.removeprefix(start)
        return found

    def explain(self, pack: Pack, item: str, answer: Mapping[str, Any]) -> Result:
        key = _keys(pack)[item]
        wrong = [f for f in self.fields if answer.get(f) not in [self.tidy(f, v) for v in key[f]]]
        if not wrong:
            return Result("correct", 1.0, "Yes, all four parts.", (str(key["why"][0]),))
        lines = tuple(LOOK[name] for name in wrong)
        return Result("not yet", 0.0, f"Not yet: look again at {', '.join(wrong)}.", lines)


@lru_cache(maxsize=4)
def _keys(pack: Pack) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The accepted words of each tie: every name that the pack has for an accepted actor."""
    if "relations" not in pack.reference:
        return {}
    names: dict[str, list[str]] = {row["id"]: [row["name"], row["id"]] for row in records(pack.actors)}
    for row in records(pack.mentions):
        if isinstance(row["actor_id"], str):
            names[row["actor_id"]].insert(0, row["text"])
    names.setdefault("writer", ["writer"]).append("the writer")
    people = {row["id"] for row in records(pack.actors) if row["type"] == "person"}
    for actor in people:
        names[actor] += [name.split()[-1] for name in names[actor]]
    found = {}
    for row in records(pack.reference["relations"]):
        accept = {"giver": row["accept_giver"], "receiver": row["accept_receiver"], "source": row["accept_said_by"]}
        ends = {end: tuple(dict.fromkeys(name for actor in ids for name in names.get(actor, [actor]))) for end, ids in accept.items()}
        verb = row["text"]
        verbs = tuple(dict.fromkeys((verb, *(w for w in verb.split() if len(w) > 3))))
        found[row["relation_id"]] = {**ends, "verb": verbs, "why": (row["why"],)}
    return found
