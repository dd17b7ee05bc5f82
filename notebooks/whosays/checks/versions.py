"""What a change of words does: an answer beside the reference."""

from __future__ import annotations

from dataclasses import dataclass

from whosays.checks.result import Result
from whosays.pack import Pack, records

CHANGES = {"same": "Same", "small change": "Small change", "meaning changes": "Meaning changes"}
# What to ask a reader who chose the first where the reference has the second.
ASK_ABOUT = {
    ("same", "small change"): "Is every word alike? Look at the marked ones.",
    ("same", "meaning changes"): "Read both aloud. Would you picture the same thing?",
    ("small change", "same"): "Do the marked words change anything that a reader would notice?",
    ("small change", "meaning changes"): "What would a reader do or fear after the one, and after the other?",
    ("meaning changes", "same"): "Say each in your own words. Do you come to two meanings, or to one?",
    (
        "meaning changes",
        "small change",
    ): "Say each in your own words. Do you come to two meanings, or to one?",
}


@dataclass(frozen=True, slots=True)
class VersionKey:
    """The reference for one version: what the difference does, and which answers count in full.

    ``accepted`` holds the reference first; ``why`` names the words that differ.
    """

    version_id: str
    change: str
    accepted: tuple[str, ...]
    why: str


def version_keys(pack: Pack) -> dict[str, VersionKey]:
    """The compared versions by id; empty where the pack has no reference for them."""
    if "versions" not in pack.tables or "versions" not in pack.reference:
        return {}
    return {
        row["version_id"]: VersionKey(
            row["version_id"],
            row["change"],
            tuple(dict.fromkeys((row["change"], *row["accept"]))),
            row["why"],
        )
        for row in records(pack.reference["versions"])
    }


def check_change(answer: str | None, key: VersionKey) -> Result:
    """Compare what a reader says of a change with the reference; every accepted answer counts in full."""
    if answer is None:
        return Result("not attempted", 0.0, "Not answered yet.")
    chosen = CHANGES.get(answer, answer)
    if answer not in key.accepted:
        ask = ASK_ABOUT.get((answer, key.change), "")
        why = tuple(line for line in (key.why, ask) if line)
        return Result("not yet", 0.0, f"Not yet: you chose “{chosen}”.", why)
    others = [f"“{CHANGES.get(c, c)}”" for c in key.accepted if c != answer]
    if not others:
        return Result("correct", 1.0, f"The reference agrees: “{chosen}”.", (key.why,))
    verb = "does" if len(others) == 1 else "do"
    split = (
        f"Careful readers split here. Your “{chosen}” counts in full, and so {verb} {' and '.join(others)}."
    )
    return Result("correct", 1.0, split, (key.why,), contested=True)
