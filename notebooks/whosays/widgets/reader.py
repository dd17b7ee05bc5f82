"""The article reader: the study text with its layers, and what is behind each mark."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

import pandas as pd
import traitlets

from whosays import markup
from whosays.answers import Answers
from whosays.measures.ladder import RUNGS
from whosays.model import Mark, Span
from whosays.pack import Pack
from whosays.text import with_quote_marks
from whosays.widgets.base import View, source
from whosays.widgets.explain import ONE, Explainer, Row, rows, text_of

ASK = "Switch layers on or off. Select any marked words to see what is behind them."
KEYS = "Arrow keys go from mark to mark and from sentence to sentence; Esc goes back to the switches."
NO_WORD = "No word of the list stands in this sentence."
NOTHING_MARKED = "No layer that is switched on marks anything here."
NO_RUNG = "No rung yet: your number appears beside a sentence as soon as you have put it on the ladder."
TABLES = {"name": "mentions", "quote": "quotes", "look": "phrases"}
LABELS = {"name": "Names", "quote": "Quotations", "look": "Studied phrases", "rung": "Rung"}
SPOKEN = 160


@dataclass(frozen=True, slots=True)
class Entry:
    """One mark: its row, where it stands, and where it is drawn (a phrase with its quotation marks)."""

    layer: str
    key: str
    sentence: str
    span: Span
    drawn: Span
    row: Row


class Reader(View):
    """Read a text in layers: names, quotations, studied phrases and the student's own rungs.

    The text goes to the browser once, in ``document``; after that only the panel of the selected mark and
    the rungs do. The reader stores nothing and judges nothing.
    """

    _esm = source("reader", ".js")
    _css = source("reader", ".css")
    document = traitlets.Dict().tag(sync=True)
    rungs = traitlets.Dict().tag(sync=True)

    def __init__(
        self, pack: Pack, answers: Answers, waits: Callable[[str], bool] = lambda quote: False
    ) -> None:
        """``waits`` says of which quotations the check is not to be told yet."""
        self.pack, self.answers = pack, answers
        self._explainer = Explainer(pack, waits)
        self._entries = sorted(_entries(pack), key=lambda e: (e.drawn.start, -len(e.drawn)))
        self._by_key = {(e.layer, e.key): e for e in self._entries}
        self._marked = Counter((e.sentence, e.layer) for e in self._entries)
        count = Counter(e.layer for e in self._entries)
        self._counts = {layer: count[layer] for layer in TABLES if count[layer]}
        # One layer to begin with: names are many, and a phrase's card says a good deal about its sentence.
        self._on = {"quote", "rung"}
        cells = pack.sentences
        self._span = {
            str(sid): Span(int(a), int(b))
            for sid, a, b in zip(cells["id"], cells["start"], cells["end"], strict=True)
        }
        self._paragraph = {str(s): int(p) for s, p in zip(cells["id"], cells["paragraph"], strict=True)}
        self._selected: tuple[str, str] | None = None
        self._words = ""
        self._spoken = ""
        super().__init__(document={"paragraphs": self._document()}, rungs=self._labels())

    # What the student does ------------------------------------------------------------------------------

    def do_select(self, layer: str, key: str) -> None:
        if (layer, key) not in self._by_key and (layer != "sentence" or key not in self._span):
            raise ValueError(f"no mark {key!r} in layer {layer!r}")
        self._selected = (layer, key)
        self._words = self._words and "here"
        self._spoken = ""

    def do_layer(self, layer: str, on: bool) -> None:
        label = LABELS[layer]
        self._on = self._on | {layer} if on else self._on - {layer}
        if self._selected and self._selected[0] == layer and not on:
            self._selected = ("sentence", self._by_key[self._selected].sentence)
        self._spoken = f"{label} {'on' if on else 'off'}."

    def do_words(self, arg: str) -> None:
        self._words = arg if arg in ("here", "all") else ""
        here = " ".join(f"{term}: {definition}" for term, definition in self._terms()) or NO_WORD
        self._spoken = {"": "Closed.", "all": "All words of the list."}.get(self._words, here)

    # What is shown --------------------------------------------------------------------------------------

    def as_table(self) -> pd.DataFrame:
        """One row a mark in reading order: sentence, start, end, text, layer, and who or what it is."""
        return pd.DataFrame(
            [
                (
                    e.sentence,
                    e.span.start,
                    e.span.end,
                    self.pack.text[e.span.start : e.span.end],
                    self._explainer.one(e.layer, e.row),
                    self._explainer.what(e.layer, e.row),
                )
                for e in self._entries
            ],
            columns=["sentence", "start", "end", "text", "layer", "what"],
        )

    def build(self) -> dict[str, Any]:
        self.answers.refresh()
        self.rungs = self._labels()
        panel = self._panel()
        paragraphs = len(set(self._paragraph.values()))
        return {
            "ask": ASK,
            "note": f"{_number(len(self._span), 'sentence')} in {_number(paragraphs, 'paragraph')}. {KEYS}",
            "layers": [
                {"id": layer, "label": LABELS[layer], "count": str(n), "on": layer in self._on}
                for layer, n in self._counts.items()
            ]
            + [{"id": "rung", "label": LABELS["rung"], "count": self._coded(), "on": "rung" in self._on}],
            "rungs": sorted(RUNGS),
            "empty": NO_RUNG if "rung" in self._on and not self.rungs else "",
            "panel": panel,
            "trouble": self.answers.notice,
            "say": self._say(panel),
        }

    def _labels(self) -> dict[str, int]:
        return {sid: rung for sid, rung in self.answers.labels.items() if sid in self._span}

    def _coded(self) -> str:
        return f"{len(self.rungs)} of {len(self._span)} coded" if self.rungs else "once coded"

    def _document(self) -> list[list[Any]]:
        """The text, a list a paragraph: its number and its sentences, each an id and its segments."""
        within = self._within()
        paragraphs: list[list[Any]] = []
        for sid, span in self._span.items():
            if not paragraphs or paragraphs[-1][0] != self._paragraph[sid]:
                paragraphs.append([self._paragraph[sid], []])
            paragraphs[-1][1].append([sid, markup.segments(self.pack.text, span, within.get(sid, ()))])
        return paragraphs

    def _within(self) -> dict[str, list[Mark]]:
        """The marks that touch each sentence: nearly always one's own, but a quotation may run on."""
        ids = list(self._span)
        starts = [s.start for s in self._span.values()]
        ends = [s.end for s in self._span.values()]
        found: dict[str, list[Mark]] = {}
        for e in self._entries:
            for at in range(bisect_right(ends, e.drawn.start), bisect_left(starts, e.drawn.end)):
                found.setdefault(ids[at], []).append(Mark(e.drawn, e.layer, e.key))
        return found

    def _terms(self) -> list[list[str]]:
        return self._explainer.terms(self._sentence_text()) if self._selected else []

    def _sentence(self) -> str:
        assert self._selected is not None
        layer, key = self._selected
        return key if layer == "sentence" else self._by_key[layer, key].sentence

    def _sentence_text(self) -> str:
        span = self._span[self._sentence()]
        return self.pack.text[span.start : span.end]

    def _panel(self) -> dict[str, Any] | None:
        if self._selected is None:
            return None
        layer, key = self._selected
        sid = self._sentence()
        if layer == "sentence":
            found = self._whole(sid)
        else:
            found = self._explainer.explain(layer, self._by_key[layer, key].row)
        return found | {
            "of": [layer, key],
            "where": f"{sid} · paragraph {self._paragraph[sid]} · {found['one']}",
            "rung": self._explainer.rung(sid, self.rungs.get(sid)),
            "words": self._glossary(),
        }

    def _whole(self, sid: str) -> dict[str, Any]:
        """The panel of a sentence without a mark under the cursor."""
        shown = [layer for layer in self._counts if layer in self._on and self._marked[sid, layer]]
        marks = ", ".join(_number(self._marked[sid, layer], ONE[layer]) for layer in shown)
        parts = [{"head": "", "lines": [f"Marked in it: {marks}." if marks else NOTHING_MARKED]}]
        return {"one": ONE["sentence"], "title": "The whole sentence", "rows": [], "parts": parts}

    def _glossary(self) -> dict[str, Any] | None:
        if "glossary" not in self.pack.tables or self.pack.glossary.empty:
            return None
        here = self._terms()
        return {
            "open": self._words,
            "count": len(here),
            "here": here if self._words else [],
            "none": "" if here else NO_WORD,
            "total": len(self.pack.glossary),
            "all": self._explainer.all_terms() if self._words == "all" else [],
        }

    def _say(self, panel: dict[str, Any] | None) -> str:
        """What a screen reader hears after a change."""
        if self._spoken or panel is None:
            return self._spoken[:SPOKEN]
        said = [panel["where"], panel["title"], *(f"{what}: {who}" for what, who in panel["rows"])]
        for part in panel["parts"]:
            said += [part["head"], *part["lines"]]
        if panel["rung"]:
            said += [f"Your rung: {panel['rung']['rung']}", panel["rung"]["more"]]
        ends = (".", "?", "!", "”")
        sentences = (words if words.endswith(ends) else f"{words}." for words in said if words)
        # Two marks alike in one sentence need two announcements; a page does not repeat what it just said.
        return shorten(" ".join(sentences), SPOKEN, placeholder=" …") + "\u00a0" * (self._turn % 2)


def _entries(pack: Pack) -> Iterator[Entry]:
    for layer, table in TABLES.items():
        for key, row in rows(pack.tables, table).items():
            span = Span(int(row["start"]), int(row["end"]))
            drawn = with_quote_marks(pack.text, span) if layer == "look" else span
            yield Entry(layer, key, text_of(row["sentence_id"]), span, drawn, row)


def _number(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"
