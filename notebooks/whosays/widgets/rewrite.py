"""The rewrite desk: one sentence, written so that a reader can check it better."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from whosays import markup
from whosays.answers import Answers, Content, NotSaved
from whosays.checks.rewrites import POINTS, check_rewrite
from whosays.measures.wording import compare
from whosays.model import Mark, Span
from whosays.pack import Pack, records
from whosays.widgets.base import View, source
from whosays.widgets.cards import put, sentence_spans

LONGEST = 400  # characters of a rewrite
# Techniques of the studied phrases that keep back whose word a statement is.
HIDING = (
    *("passive without an actor", "unnamed source, firmer number", "shared attribution"),
    *("claim without evidence", "weasel words"),
)


def offered(pack: Pack) -> list[str]:
    """The sentences to rewrite: core ones with a studied phrase that keeps back whose word it is.

    Where a pack has none of these: all sentences with a studied phrase, or else all core sentences.
    """
    phrases = records(pack.tables["phrases"]) if "phrases" in pack.tables else []
    rows = records(pack.sentences)
    core = {row["id"] for row in rows if row["core"] is True}
    hiding = {row["sentence_id"] for row in phrases if row["technique"] in HIDING} & core
    chosen = hiding or {row["sentence_id"] for row in phrases} or core
    return [row["id"] for row in rows if row["id"] in chosen]


class RewriteDesk(View):
    """Choose a sentence, rewrite it, tick the editor's checklist, and see word by word what changed.

    The hints are computed and never grade. The text is saved while it is written.
    """

    _esm = source("rewrite", ".js")
    _css = source("rewrite", ".css")
    ASK = "Rewrite a sentence so that a reader can check it better, and add nothing new."

    def __init__(self, pack: Pack, answers: Answers, on_change: Callable[[], None] | None = None) -> None:
        self.pack, self.answers, self._on_change = pack, answers, on_change
        spans = sentence_spans(pack)
        self._spans: dict[str, Span] = {sid: spans[sid][0] for sid in offered(pack)}
        phrases = records(pack.tables["phrases"]) if "phrases" in pack.tables else []
        self._phrases = [row for row in phrases if row["sentence_id"] in self._spans]
        self._resume()
        super().__init__()

    def _resume(self) -> None:
        """Begin with the sentence that was written on, or else the first."""
        written = [sid for sid in self._spans if self._mine(sid)["text"]]
        self._now = next(iter([*written, *self._spans]), "")
        self._trouble = self._said = self._token = ""

    def reload(self) -> None:
        self._resume()
        super().reload()

    # What the reader does -----------------------------------------------------------------------------------

    def write(self, sentence: str, text: str) -> list[str]:
        """Write without the page: saved, and the hints come back.

        Raises ValueError for a sentence that is not offered and for more than 400 characters.
        """
        if sentence not in self._spans:
            raise ValueError(f"no sentence {sentence!r} here; choose one of {', '.join(self._spans)}")
        if len(text) > LONGEST:
            raise ValueError(f"{len(text)} characters; a rewrite has at most {LONGEST}")
        self._now = sentence
        try:
            self._save(sentence, text=text)
        except NotSaved as error:
            self.not_saved(error)
            raise
        finally:
            self.draw()
        return [hint.text for hint in self._hints()]

    def do_go(self, arg: str) -> None:
        if arg in self._spans:
            self._now = arg
            self._said = f"Sentence {arg}. {self._original(arg)}"

    def do_write(self, arg: str, of: str, token: str = "", left: bool = False) -> None:
        if of not in self._spans or not isinstance(arg, str):
            raise ValueError(f"{of!r} is not offered, or {arg!r} is no text")
        self._token = str(token)
        text = arg.encode("utf-8", "replace").decode("utf-8")[:LONGEST]
        self._save(of, text=text)
        if left:
            self._said = " ".join(["Saved.", *(f"{POINTS[h.point]} {h.text}" for h in self._hints())])
            if self._on_change:
                self._on_change()

    def do_tick(self, arg: str) -> None:
        if arg not in POINTS:
            raise ValueError(f"{arg!r} is no point of the checklist")
        ticks = self._mine(self._now)["ticks"]
        now = [tick for tick in ticks if tick != arg] if arg in ticks else [*ticks, arg]
        self._save(self._now, ticks=now)

    def do_retry(self) -> None:
        self._save(self._now)

    def not_saved(self, error: NotSaved) -> None:
        self._trouble = str(error)

    def _save(self, sid: str, **changed: Any) -> None:
        self._trouble = ""

        def change(content: Content) -> None:
            mine = _read(content["rewrites"].get(sid)) | changed
            put(content, "rewrites", sid, mine if mine["text"].strip() or mine["ticks"] else None)

        self.answers.change(change)

    # What is shown ------------------------------------------------------------------------------------------

    def _mine(self, sid: str) -> dict[str, Any]:
        return _read(self.answers.get("rewrites", sid))

    def _original(self, sid: str) -> str:
        span = self._spans[sid]
        return self.pack.text[span.start : span.end]

    def _hints(self) -> list[Any]:
        return check_rewrite(self._original(self._now), self._mine(self._now)["text"], self.pack)

    def as_table(self) -> pd.DataFrame:
        """A row a sentence: its id, the original, the rewrite so far, and the points ticked."""
        rows = []
        for sid in self._spans:
            mine = self._mine(sid)
            rows.append((sid, self._original(sid), mine["text"], ", ".join(mine["ticks"])))
        return pd.DataFrame(rows, columns=["sentence", "original", "rewrite", "ticked"])

    def draw(self) -> None:
        super().draw()
        self._said = ""

    def build(self) -> dict[str, Any]:
        if not self._spans:
            return {"ask": "This pack has no sentences to rewrite.", "state": "empty"}
        sid, mine = self._now, self._mine(self._now)
        here = [row for row in self._phrases if row["sentence_id"] == sid]
        marks = [Mark(Span(row["start"], row["end"]), "look", row["id"]) for row in here]
        hints = {hint.point: hint for hint in self._hints()}
        pieces = compare(self._original(sid), mine["text"]) if mine["text"].strip() else []
        return {
            "ask": self.ASK,
            "state": "writing",
            "sentences": [[s, bool(self._mine(s)["text"].strip())] for s in self._spans],
            "now": sid,
            "original": markup.segments(self.pack.text, self._spans[sid], marks),
            "why": [f"“{row['text']}”: {row['why']}" for row in here if row["why"]],
            "text": mine["text"],
            "token": self._token,
            "longest": LONGEST,
            "saved": bool(mine["text"].strip()) and not self._trouble,
            "points": [
                {
                    "key": key,
                    "words": words,
                    "ticked": key in mine["ticks"],
                    "hint": hints[key].text if key in hints else "",
                    "ok": key in hints and hints[key].ok,
                }
                for key, words in POINTS.items()
            ],
            "diff": [[p.kind == "same", p.there, p.here] for p in pieces],
            "trouble": self._trouble or self.answers.notice,
            "say": self._said or (f"It could not be saved. {self._trouble}" if self._trouble else ""),
        }


def _read(stored: object) -> dict[str, Any]:
    """A rewrite as it stands in the answers file, whatever stands there."""
    entry = stored if isinstance(stored, dict) else {}
    text, ticks = entry.get("text"), entry.get("ticks")
    known = [tick for tick in ticks if tick in POINTS] if isinstance(ticks, list) else []
    return {"text": text[:LONGEST] if isinstance(text, str) else "", "ticks": known}
