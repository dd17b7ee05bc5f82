"""Words that a reader marked in a sentence: where the marks lie, and how they are labelled.

How well two sets of spans overlap is their intersection over union in characters. White space and outer
punctuation at the edges of a span are cut off first: brackets or quotation marks taken along cost nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from whosays.checks.result import Result, Status
from whosays.model import Span
from whosays.pack import Pack, records

ENOUGH = 0.8  # overlap from which a mark is at the place of the reference
PART_OF_A_WORD = frozenset("%‰&#@*/\\§†‡")  # punctuation by its category, but 5% is one word
LONGEST_QUOTE = 80
OTHER_LABEL = "It may need another label: read once more what each label means."

Marked = tuple[Span, str]  # a span and the id of its label


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a set: its name, and in a sentence when it fits."""

    id: str
    name: str
    definition: str = ""


@dataclass(frozen=True, slots=True)
class SpanKey:
    """One span of the reference with its label, its words and why it is marked."""

    id: str
    label_id: str
    sentence_id: str
    span: Span
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A mark and the reference span it belongs to, with their overlap from 0 to 1."""

    mark: Span
    label_id: str
    key: SpanKey
    overlap: float

    @property
    def same_label(self) -> bool:
        return self.label_id == self.key.label_id

    @property
    def agrees(self) -> bool:
        return self.overlap >= ENOUGH and self.same_label


@dataclass(frozen=True, slots=True)
class SpanResult(Result):
    """What comparing marks with the reference found, places and labels apart.

    ``shared`` of the ``covered`` characters are in the marks and in the reference, whatever their labels.
    ``pairs`` holds marks beside their reference spans, ``missed`` the reference spans without a mark,
    ``extra`` the marks without a reference span. What would give a place away is not printed.
    """

    shared: int = 0
    covered: int = 0
    pairs: tuple[Pair, ...] = field(default=(), repr=False)
    missed: tuple[SpanKey, ...] = field(default=(), repr=False)
    extra: tuple[Marked, ...] = field(default=(), repr=False)

    @property
    def overlap(self) -> float:
        """Label-blind overlap of all marks with the whole reference, from 0 to 1."""
        return self.shared / self.covered if self.covered else 1.0

    @property
    def percent(self) -> int:
        """The overlap in whole percent; only complete overlap gives 100, and only none gives 0."""
        if self.shared in (0, self.covered):
            return round(100 * self.overlap)
        return min(99, max(1, round(100 * self.overlap)))

    @property
    def overlap_says(self) -> str:
        """The overlap in words; nothing where nothing is marked on either side."""
        if not self.covered:
            return ""
        both = f"Overlap {self.percent} %: your marks and the reference"
        if not self.shared:
            return f"{both} do not meet."
        if self.shared == self.covered:
            return f"{both} share all {self.covered} characters."
        return f"{both} share {self.shared} of {self.covered} characters."

    @property
    def labels_say(self) -> str:
        """How many labels agree where places do; nothing where no mark is near the reference."""
        same = sum(pair.same_label for pair in self.pairs)
        return f"Labels: {same} of {len(self.pairs)} the same." if self.pairs else ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.message, self.overlap_says, self.labels_say, *self.detail)))


def span_labels(pack: Pack, set: str) -> tuple[Label, ...]:
    """The labels of a set in their order; none where the pack has no such set."""
    rows = records(pack.tables["labels"]) if "labels" in pack.tables else []
    return tuple(Label(r["id"], r["name"], _text(r.get("definition"))) for r in rows if r["set"] == set)


def span_keys(pack: Pack, set: str) -> dict[str, tuple[SpanKey, ...]]:
    """The reference spans of a set by sentence id; empty where the pack has no reference for it."""
    keys: dict[str, tuple[SpanKey, ...]] = {}
    for row in records(pack.reference["spans"]) if "spans" in pack.reference else ():
        if row["set"] == set:
            sid, span = row["sentence_id"], Span(row["start"], row["end"])
            key = SpanKey(row["id"], row["label_id"], sid, span, row["text"], _text(row.get("why")))
            keys[sid] = (*keys.get(sid, ()), key)
    return keys


def trim(span: Span, text: str) -> Span:
    """The span without white space and punctuation at its edges; as it is where it holds nothing else."""
    start, end = span.start, span.end
    while start < end and _outer(text[start]):
        start += 1
    while start < end and _outer(text[end - 1]):
        end -= 1
    return Span(start, end) if start < end else span


def _outer(character: str) -> bool:
    kind = unicodedata.category(character)[0]
    return character.isspace() or (kind == "P" and character not in PART_OF_A_WORD)


def iou(a: Iterable[Span], b: Iterable[Span], text: str = "") -> float:
    """Overlap of two sets of spans of ``text``, from 0 (none) to 1 (the same characters, or both empty).

    Spans are trimmed first; those that reach outside the text, or into no text, are taken as they are.
    """
    one, other = _characters(a, text), _characters(b, text)
    return len(one & other) / len(one | other) if one or other else 1.0


def _characters(spans: Iterable[Span], text: str) -> set[int]:
    trimmed = (trim(s, text) if 0 <= s.start <= s.end <= len(text) else s for s in spans)
    return {at for span in trimmed for at in range(span.start, span.end)}


def check_spans(marked: Sequence[Marked], reference: Sequence[SpanKey], text: str) -> SpanResult:
    """Compare the marks in one sentence with the reference; no marks mean “nothing is to be marked here”.

    Each mark is matched to at most one reference span and the other way round: best overlap first, at
    equal overlap the same label first, then the order given. So spans inside each other are all matched.
    The status is correct when every reference span has a mark with its label that overlaps by 0.8 or more,
    and no mark is left over. The score is the mean over reference spans of overlap × (label right).
    """
    pairs = _matched(marked, reference, text)
    agreed = [pair for pair in pairs if pair.agrees]
    taken = {id(pair.key) for pair in pairs}
    missed = tuple(key for key in reference if id(key) not in taken)
    extra = _left_over(marked, pairs)
    mine = _characters((span for span, _ in marked), text)
    theirs = _characters((key.span for key in reference), text)
    right = len(agreed) == len(reference) and not extra
    status: Status = "correct" if right else "not yet"
    score = sum(p.overlap * p.same_label for p in pairs) / len(reference) if reference else float(right)
    message = _message(len(marked), len(reference), len(agreed), len(extra))
    detail = () if right else tuple(_tips(pairs, missed, extra, text))
    return SpanResult(
        status,
        score,
        message,
        detail,
        shared=len(mine & theirs),
        covered=len(mine | theirs),
        pairs=pairs,
        missed=missed,
        extra=extra,
    )


def _matched(marked: Sequence[Marked], reference: Sequence[SpanKey], text: str) -> tuple[Pair, ...]:
    """Marks with their reference spans, in the order of the reference."""
    found = [
        (-iou([span], [key.span], text), label != key.label_id, i, k)
        for i, (span, label) in enumerate(marked)
        for k, key in enumerate(reference)
    ]
    pairs: dict[int, Pair] = {}
    used: set[int] = set()
    for against, _, i, k in sorted(found):
        if against and i not in used and k not in pairs:
            used.add(i)
            pairs[k] = Pair(*marked[i], reference[k], -against)
    return tuple(pairs[k] for k in sorted(pairs))


def _left_over(marked: Sequence[Marked], pairs: Sequence[Pair]) -> tuple[Marked, ...]:
    left = list(marked)
    for pair in pairs:
        left.remove((pair.mark, pair.label_id))
    return tuple(left)


def _message(marks: int, places: int, agreed: int, extra: int) -> str:
    if not places:
        return "Not yet: the reference marks nothing here." if marks else "Yes: nothing is to be marked here."
    if not marks:
        return "Not yet: there is something to mark here."
    if agreed < places == 1:
        return "Not yet: your marks and the reference differ."
    if agreed < places:
        return f"Not yet: {agreed} of {places} places agree with the reference."
    if extra:
        return f"Not yet: every place is found, and {_counted(extra, 'mark')} too many."
    return "Your marks and the reference agree."


def _tips(
    pairs: Sequence[Pair], missed: Sequence[SpanKey], extra: Sequence[Marked], text: str
) -> Iterable[str]:
    """What to try, a sentence or two each; the place of a missed span is not said."""
    for pair in pairs:
        words, label = _quote(pair.mark, text), "" if pair.same_label else f" {OTHER_LABEL}"
        mark, key = trim(pair.mark, text), trim(pair.key.span, text)
        if pair.agrees:
            continue
        if pair.overlap >= ENOUGH:
            yield f"{words} is the right place.{label}"
        elif mark.start <= key.start and key.end <= mark.end:
            yield f"{words} takes in too much. Which words can go?{label}"
        elif key.start <= mark.start and mark.end <= key.end:
            yield f"{words} is at the place, but too short. Which words beside it belong to it?{label}"
        else:
            yield f"{words} is near the place. Look again where it begins and where it ends.{label}"
    known = [pair.key.span for pair in pairs]
    for span, _ in extra:
        if iou([span], known, text) > 0:
            yield f"{_quote(span, text)} shares its place with another mark. Is one enough?"
        else:
            yield f"{_quote(span, text)} is not in the reference. What in it made you mark it?"
    if missed:
        yield f"{_places(len(missed)).capitalize()} {'is' if len(missed) == 1 else 'are'} still open."
        if any(iou([key.span], known, text) > 0 for key in missed):
            yield "A mark may lie inside another one."


def show_spans(reference: Sequence[SpanKey]) -> Result:
    """The reference in full, for a student who asks to see it: words, spans, and the reason for each."""
    message = f"The reference marks {_places(len(reference)) if reference else 'nothing'} here."
    whys, words, spans = (tuple(getattr(key, name) for key in reference) for name in ("why", "text", "span"))
    return Result("not yet", 0.0, message, whys, words, spans)


def _places(n: int) -> str:
    return _counted(n, "place")


def _counted(n: int, word: str) -> str:
    return f"one {word}" if n == 1 else f"{n} {word}s"


def _quote(span: Span, text: str) -> str:
    """The words in quotation marks; of many, the first and the last."""
    inner = trim(span, text)
    words = text[inner.start : inner.end]
    if len(words) > LONGEST_QUOTE:
        half = LONGEST_QUOTE // 2
        words = f"{words[:half].rsplit(None, 1)[0]} … {words[-half:].split(None, 1)[-1]}"
    return f"“{words}”"


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
