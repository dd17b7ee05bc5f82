"""Who gives to whom, by which verb, on whose word."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from whosays.checks.result import Result
from whosays.exercises.annotate.base import Accepted, Label, tidy
from whosays.pack import Pack, records

Key = Mapping[str, tuple[str, ...]]
LOOK = {
    "giver": "Who does the verb, or from whom does it come?",
    "verb": "Which word links the giver to the receiver? Copy only that. It is a verb, not a noun such as "
    "“help”; where help is promised, the promise is the verb.",
    "receiver": "Who gets it? For “its” or “it”, type the name that is meant.",
    "source": "Look for a name with a verb such as “said”. If nobody is credited, type “nobody”.",
}
NOT_NAMED = "There is a source here, though nobody can phone it: a word such as “reports” or “allies” counts."
VERBS = (" indicate", " indicated", " said", " pointed out", " promised")
STARTS = ("the ", "president ", "mark ", "emmanuel ", "vladimir ")
WRITER = {"nobody", "no one", "none", "text", "article", "author", "article itself", "text itself"}
SHORTEST = 4  # letters of a word that can carry a verb: “up”, “by” and “to” cannot


class Tie(Label):
    """Giver, verb, receiver and source, as the sentence names them."""

    fields = ("giver", "verb", "receiver", "source")

    def accepted(self, pack: Pack) -> Accepted:
        return {tie: {name: key[name] for name in self.fields} for tie, key in _keys(pack).items()}

    def values(self, pack: Pack) -> Mapping[str, tuple[Any, ...] | None]:
        return dict.fromkeys(self.fields)

    def tidy(self, field: str, value: Any) -> Any:
        found = tidy(value)
        if not isinstance(found, str):
            return found
        found = found.replace("_", " ").strip(" .,“”")
        for start in STARTS if field != "verb" else ():
            found = found.removeprefix(start)
        for verb in VERBS if field == "source" else ():
            found = found.removesuffix(verb)
        found = found.removesuffix(" of france") if field != "verb" else found
        return "writer" if field == "source" and found in WRITER else found

    def solution(self, pack: Pack, items: Any) -> list[str]:
        best, keys = self.best(pack, items), _keys(pack)
        rows = ((item, ", ".join(f"{k} {v}" for k, v in best[item].items())) for item in items)
        return [f"{item}: {row}. {keys[item]['why'][0]}" for item, row in rows]

    def explain(self, pack: Pack, item: str, answer: Mapping[str, Any]) -> Result:
        key = _keys(pack)[item]
        wrong = [f for f in self.fields if answer.get(f) not in [self.tidy(f, v) for v in key[f]]]
        if not wrong:
            return Result("correct", 1.0, "Yes, all four parts.", (str(key["why"][0]),))
        right = len(self.fields) - len(wrong)
        look = LOOK | ({"source": NOT_NAMED} if answer.get("source") == "writer" else {})
        lines = tuple(f"{name}: {look[name]}" for name in wrong)
        return Result("not yet", 0.0, f"{right} of {len(self.fields)} parts are right. Look again.", lines)


@lru_cache(maxsize=4)
def _keys(pack: Pack) -> Mapping[str, Key]:
    """The accepted words of each tie: every name that the pack has for an accepted actor."""
    if "relations" not in pack.reference:
        return {}
    names = _names(pack)
    found = {}
    for row in records(pack.reference["relations"]):
        ends = {
            "giver": row["accept_giver"],
            "receiver": row["accept_receiver"],
            "source": row["accept_said_by"],
        }
        words = {
            end: tuple(dict.fromkeys(n for actor in ids for n in names[actor])) for end, ids in ends.items()
        }
        found[row["relation_id"]] = {**words, "verb": _verbs(row["text"]), "why": (row["why"],)}
    return found


def _names(pack: Pack) -> dict[str, list[str]]:
    """What each actor is called, names of the text first; no pronouns, since they do not say who is meant."""
    found: dict[str, list[str]] = {row["id"]: [] for row in records(pack.actors)}
    mentions = [
        m for m in records(pack.mentions) if isinstance(m["actor_id"], str) and m["form"] != "pronoun"
    ]
    for mention in sorted(mentions, key=lambda m: (m["form"] != "name", m["start"])):
        found[mention["actor_id"]].append(mention["text"])
    for row in records(pack.actors):
        mine = found[row["id"]]
        if row["type"] == "person":
            mine.append(row["name"].split()[-1])
        if row["type"] == "author":
            mine.insert(0, "writer")
        mine += [row["name"], row["id"]]
    return found


def _verbs(text: str) -> tuple[str, ...]:
    """The linking words as they stand, and each shorter run of them that holds the last long word."""
    words = text.split()
    runs = [words[start:end] for start in range(len(words)) for end in range(start + 1, len(words) + 1)]
    carries = [word for word in words if len(word) >= SHORTEST] or words
    return tuple(dict.fromkeys((text, *(" ".join(run) for run in runs if carries[-1] in run))))
