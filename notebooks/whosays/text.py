"""The study text as one string, and the arithmetic of spans in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise

from whosays.model import Mark, Span

SENTENCE_GAP = " "
PARAGRAPH_GAP = "\n\n"
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def join_sentences(texts: Sequence[str], paragraphs: Sequence[int]) -> tuple[str, list[Span]]:
    """Join sentences into the study text.

    Sentences of one paragraph are parted by one space, paragraphs by a blank line. Returns the text and
    the span of each sentence in it, in order.
    """
    parts: list[str] = []
    spans: list[Span] = []
    at = 0
    for i, sentence in enumerate(texts):
        if i:
            gap = SENTENCE_GAP if paragraphs[i] == paragraphs[i - 1] else PARAGRAPH_GAP
            parts.append(gap)
            at += len(gap)
        parts.append(sentence)
        spans.append(Span(at, at + len(sentence)))
        at += len(sentence)
    return "".join(parts), spans


def fingerprint(ids: Iterable[str], texts: Iterable[str]) -> str:
    """SHA-256 (hex) of the sentence ids and texts: answers belong to exactly this text."""
    digest = hashlib.sha256()
    for sid, sentence in zip(ids, texts, strict=True):
        digest.update(f"{sid}\t{sentence}\n".encode())
    return digest.hexdigest()


def day(iso: str) -> str:
    """A date in words: ``2024-11-12`` is “12 November 2024”, ``2024-11`` “November 2024”, the rest itself."""
    year, month, number = [*iso.split("-"), "", ""][:3]
    if not (month.isdecimal() and 1 <= int(month) <= len(MONTHS)):
        return iso
    return " ".join(filter(None, (number.lstrip("0"), MONTHS[int(month) - 1], year)))


def with_quote_marks(text: str, span: Span) -> Span:
    """Widen a span by the curly quotation marks that stand directly around it."""
    opens = span.start > 0 and text[span.start - 1] == "“"
    closes = span.end < len(text) and text[span.end] == "”"
    return Span(span.start - 1, span.end + 1) if opens and closes else span


def cut(text: str, span: Span, marks: Sequence[Mark]) -> list[tuple[str, tuple[Mark, ...]]]:
    """Cut ``text[span]`` wherever a mark begins or ends.

    Returns the pieces in order, each with the marks that cover it, longest first; the pieces joined are
    exactly the text. Marks that reach outside the span are clipped.
    """
    if not span:
        return []
    live = [m for m in marks if m.span.start < span.end and span.start < m.span.end and len(m.span)]
    edges = {span.start, span.end}
    for m in live:
        edges.update((max(span.start, m.span.start), min(span.end, m.span.end)))
    at = sorted(edges)
    live.sort(key=lambda m: (-len(m.span), m.span.start))
    return [
        (text[a:b], tuple(m for m in live if m.span.start <= a and b <= m.span.end)) for a, b in pairwise(at)
    ]
