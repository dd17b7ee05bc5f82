"""How one wording differs from another, word by word, and which versions go back to one source."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from whosays.pack import Pack, records

Kind = Literal["same", "changed", "only there", "only here", "beyond"]
THIS_TEXT = "this text"  # the kind of the version that is compared with all others
# Words so common that one of them alone, between two changes, does not hold a sentence together.
COMMON = {
    *("a", "an", "the", "and", "or", "as", "at", "by", "for", "from", "in", "of", "on", "to", "with"),
    *("be", "is", "it", "its", "that"),
}
JOINS = {"and", "but", "or", "nor"}
LONGER = 3  # words by which one side of a changed end is longer, so that a part of it lies beyond
EDGES = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of two wordings that belong together: ``there`` in the one, ``here`` in the other.

    ``kind``: “same”, “changed”, “only there”, “only here”, or “beyond” for what the other wording does not
    reach: it may end earlier or begin later, or only a part of it was read.
    """

    kind: Kind
    there: str
    here: str


def compare(there: str, here: str) -> list[Piece]:
    """Two wordings in aligned pieces, from left to right.

    Words are alike whatever their case and the punctuation around them. The words of either side, joined,
    are that wording, with single spaces.
    """
    ours, theirs = here.split(), there.split()
    matcher = difflib.SequenceMatcher(
        None, [_core(w) for w in theirs], [_core(w) for w in ours], autojunk=False
    )
    blocks = [(tag == "equal", theirs[a:b], ours[c:d]) for tag, a, b, c, d in matcher.get_opcodes()]
    return [piece for piece in _ends(_merged(blocks)) if piece.there or piece.here]


Block = tuple[bool, list[str], list[str]]


def _core(word: str) -> str:
    """The word as it is compared; one that is all punctuation stands for itself."""
    return EDGES.sub("", word.replace("’", "'")).casefold() or word


def _merged(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without single common words between two changes: those are part of the change."""
    merged: list[Block] = []
    for n, (same, there, here) in enumerate(blocks):
        island = len(there) == 1 and _core(there[0]) in COMMON and 0 < n < len(blocks) - 1
        same = same and not island
        if merged and not same and not merged[-1][0]:
            merged[-1] = (False, merged[-1][1] + there, merged[-1][2] + here)
        else:
            merged.append((same, there, here))
    return merged


def _ends(blocks: Sequence[Block]) -> list[Piece]:
    """Pieces, where what only one wording has at its beginning or end lies beyond the other."""
    pieces = []
    for n, (same, there, here) in enumerate(blocks):
        first, last = n == 0, n == len(blocks) - 1
        if same or not (first or last) or len(blocks) == 1:
            pieces.append(_piece(same, there, here))
        elif not there:
            pieces.append(Piece("beyond", "", " ".join(here)))
        elif last and len(here) >= len(there) + LONGER:
            at = _joint(here)
            pieces += [_piece(False, there, here[:at]), Piece("beyond", "", " ".join(here[at:]))]
        else:
            pieces.append(_piece(False, there, here))
    return pieces


def _joint(words: Sequence[str]) -> int:
    """Where a new part of the sentence begins: at a joining word or after a comma."""
    for n in range(1, len(words)):
        if _core(words[n]) in JOINS or words[n - 1][-1] in ",;:":
            return n
    return len(words)


def _piece(same: bool, there: Sequence[str], here: Sequence[str]) -> Piece:
    kind: Kind = "same" if same else "changed" if there and here else "only there" if there else "only here"
    return Piece(kind, " ".join(there), " ".join(here))


def words_alike(pieces: Sequence[Piece]) -> tuple[int, int]:
    """How many words of the other wording stand here too, in order, and how many it has."""
    same = sum(len(p.there.split()) for p in pieces if p.kind == "same")
    return same, sum(len(p.there.split()) for p in pieces)


def word_for_word(pieces: Sequence[Piece]) -> bool:
    """Whether all that was read of the other wording stands here in the same words."""
    return {p.kind for p in pieces} <= {"same", "beyond"}


# Versions -------------------------------------------------------------------------------------------------

COLUMNS = ("topic", "sentence", "outlet", "site", "source", "kind", "date", "given_to", "words")


def versions(pack: Pack) -> list[dict[str, Any]]:
    """The versions of a pack, a dict a row, with None for what is empty; an empty list without the table."""
    rows = records(pack.tables["versions"]) if "versions" in pack.tables else []
    return [{k: None if isinstance(v, float) and pd.isna(v) else v for k, v in row.items()} for row in rows]


def read_versions(pack: Pack) -> pd.DataFrame:
    """The versions elsewhere that were read, a row each.

    Columns: topic, sentence, outlet (whose version), site (where it was read), source (the outlet it names
    as its source, else itself), kind, date, given_to, words.
    """
    rows = [
        (
            *(row["topic"], row["sentence_id"], row["outlet"], row["carrier"] or row["outlet"]),
            *(row["credits"] or row["outlet"], row["kind"], row["date"] or "", row["attributed_to"]),
            row["wording"],
        )
        for row in versions(pack)
        if row["seen"] and row["wording"] and row["kind"] != THIS_TEXT
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def own_words(pack: Pack, topic: str) -> dict[str, Any]:
    """This text's own version of a topic: its row, or one made of the quotation or the sentence."""
    mine = [row for row in versions(pack) if row["topic"] == topic]
    for row in mine:
        if row["kind"] == THIS_TEXT and row["wording"]:
            return row
    first = mine[0]
    quotes = records(pack.tables["quotes"]) if "quotes" in pack.tables else []
    texts = dict(zip(pack.sentences["id"], pack.sentences["text"], strict=True))
    words = next((q["text"].strip("“”") for q in quotes if q["id"] == first["quote_id"]), None)
    return first | {
        **{"id": "", "outlet": "This text", "kind": THIS_TEXT, "seen": True, "date": None, "carrier": None},
        **{"credits": None, "note": None, "language": "English", "translation": "none"},
        "wording": words or texts[first["sentence_id"]],
    }
