"""Annotation: labels for sentences, compared with the reference and its accepted alternatives."""

from importlib import import_module

from whosays.exercises.annotate.base import Label, Mark

__all__ = ["Label", "Mark", "label"]

LABELS = {
    "rung": "ladder.Rung",
    "quote": "quotations.Quote",
    "claim": "claims.Claim",
    "clash": "clashes.Clash",
    "tie": "ties.Tie",
    "precision": "places.Precision",
    "change": "versions.Change",
}


def label(name: str) -> Label:
    """The kind of annotation with that name. Raises KeyError."""
    module, _, kind = LABELS[name].partition(".")
    made: Label = getattr(import_module(f"whosays.exercises.annotate.{module}"), kind)()
    return made
