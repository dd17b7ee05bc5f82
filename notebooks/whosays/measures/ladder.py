"""The source ladder: on which rung each sentence stands, and what that adds up to."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

RUNGS: dict[int, str] = {
    5: "Exact words of a named person",
    4: "A named person, reporter’s words",
    3: "A named organisation, no person",
    2: "A group nobody can phone",
    1: "No source at all",
}
RULE = "The ladder says how well I could check it. It does not say whether it is true."
NAMED = 4  # from this rung up a person is named


def coded(sentences: pd.DataFrame, labels: Mapping[str, int]) -> pd.DataFrame:
    """The sentences with a column ``rung``: one row a sentence, empty where there is no label.

    Takes ``pack.sentences`` and labels ``{sentence id: rung 1–5}``; returns columns ``sentence``,
    ``paragraph``, ``text`` and ``rung`` (Int64).
    """
    rungs = pd.array([labels.get(sid) for sid in sentences["id"]], dtype="Int64")
    return pd.DataFrame(
        {
            "sentence": sentences["id"],
            "paragraph": sentences["paragraph"],
            "text": sentences["text"],
            "rung": rungs,
        }
    )


def counts(table: pd.DataFrame) -> pd.Series:
    """How many sentences stand on each rung: five rows, 5 first, zeros kept."""
    return table["rung"].value_counts().reindex(list(RUNGS), fill_value=0).astype("int64").rename("sentences")


def by_paragraph(table: pd.DataFrame) -> pd.DataFrame:
    """Mean rung, number of sentences and number with a named person, a row a paragraph."""
    named = (table["rung"] >= NAMED).fillna(False).astype("int64")
    groups = table.assign(named=named).groupby("paragraph", sort=True)
    return pd.DataFrame(
        {
            "mean": groups["rung"].mean(),
            "sentences": groups["sentence"].size(),
            "named": groups["named"].sum(),
        }
    )


def longest_thin_end(table: pd.DataFrame) -> tuple[int, int, int] | None:
    """Where the named speakers run out.

    Finds the paragraph after which the share of sentences with a named person (rung 4 or 5) drops most.
    Returns ``(last paragraph before, sentences after, named after)``; None if the share does not drop by half
    or a sentence is not coded.
    """
    if table["rung"].isna().any() or table["paragraph"].nunique() < 2:
        return None
    rows = by_paragraph(table)[["sentences", "named"]]
    before = rows.cumsum()
    after = rows.sum() - before
    share, left = before["named"] / before["sentences"], after["named"] / after["sentences"]
    at = int((share - left).iloc[:-1].argmax())
    if share.iloc[at] == 0 or left.iloc[at] > share.iloc[at] / 2:
        return None
    return int(rows.index[at]), int(after["sentences"].iloc[at]), int(after["named"].iloc[at])
