"""Checks: an answer and a reference in, a ``Result`` out. Widgets only show it."""

from whosays.checks.claims import ClaimKey, Evidence, check_claim, claim_keys, evidence, show_claim
from whosays.checks.clashes import Agreement, ClashResult, Tension, agreements, check_clash, tensions
from whosays.checks.items import Item, Option, check_choice, items
from whosays.checks.result import NO_REFERENCE, Result, Status
from whosays.checks.rungs import LOOK_FOR, Reading, SentenceKey, check_rung, rung_keys, show_reference
from whosays.checks.spans import (
    Label,
    SpanKey,
    SpanResult,
    check_spans,
    iou,
    show_spans,
    span_keys,
    span_labels,
    trim,
)
from whosays.checks.speakers import QuoteKey, check_speaker, quote_keys, show_speaker
from whosays.checks.tables import check_counts, check_crosstab, check_sums, check_whole_word

__all__ = [
    "LOOK_FOR",
    "NO_REFERENCE",
    "Agreement",
    "ClaimKey",
    "ClashResult",
    "Evidence",
    "Item",
    "Label",
    "Option",
    "QuoteKey",
    "Reading",
    "Result",
    "SentenceKey",
    "SpanKey",
    "SpanResult",
    "Status",
    "Tension",
    "agreements",
    "check_choice",
    "check_claim",
    "check_clash",
    "check_counts",
    "check_crosstab",
    "check_rung",
    "check_spans",
    "check_speaker",
    "check_sums",
    "check_whole_word",
    "claim_keys",
    "evidence",
    "iou",
    "items",
    "quote_keys",
    "rung_keys",
    "show_claim",
    "show_reference",
    "show_spans",
    "show_speaker",
    "span_keys",
    "span_labels",
    "tensions",
    "trim",
]
