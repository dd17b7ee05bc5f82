"""Marks in a sentence beside the reference: overlap, labels, what is missed, and what is said of it."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import DATA
from whosays import pack
from whosays.checks import (
    SpanKey,
    SpanResult,
    check_spans,
    iou,
    show_spans,
    span_keys,
    span_labels,
    trim,
)
from whosays.model import Span
from whosays.widgets.tagger import tokens

PACK = pack.load(DATA)
TEXT = "Odo said: “We can help (Mayor Ada) Low and her team, by 5%,” and left."


def at(words: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return Span(start, start + len(words))


def key(words: str, label: str = "spoken", why: str = "Because.") -> SpanKey:
    return SpanKey(f"k-{words}", label, "a1", at(words), words, why)


def check(marked: list[tuple[str, str]], *reference: SpanKey) -> SpanResult:
    return check_spans([(at(words), label) for words, label in marked], reference, TEXT)


WHOLE = key("“We can help (Mayor Ada) Low and her team, by 5%,”")
ADDED = key("(Mayor Ada)", "added")
VERB = key("said", "verb")


# Overlap --------------------------------------------------------------------------------------------------

SPANS = st.lists(
    st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 12)).map(
        lambda s: Span(s[0], min(len(TEXT), s[0] + s[1]))
    ),
    max_size=4,
)


def covered(spans: list[Span]) -> set[int]:
    """The characters of the trimmed spans."""
    return {n for s in spans for n in range(trim(s, TEXT).start, trim(s, TEXT).end)}


@settings(deadline=None)
@given(SPANS, SPANS)
def test_overlap_lies_between_none_and_all_and_is_the_same_both_ways(a: list[Span], b: list[Span]) -> None:
    assert 0 <= iou(a, b, TEXT) <= 1
    assert iou(a, b, TEXT) == iou(b, a, TEXT)


@settings(deadline=None)
@given(SPANS, SPANS)
def test_overlap_is_complete_only_for_the_same_characters(a: list[Span], b: list[Span]) -> None:
    assert (iou(a, b, TEXT) == 1) == (covered(a) == covered(b))
    assert (iou(a, b, TEXT) == 0) == (covered(a) != covered(b) and not covered(a) & covered(b))
    assert iou(a, a, TEXT) == 1


@settings(deadline=None)
@given(SPANS, SPANS)
def test_without_a_text_the_spans_are_compared_as_they_are(a: list[Span], b: list[Span]) -> None:
    one, other = ({n for s in spans for n in range(s.start, s.end)} for spans in (a, b))
    assert iou(a, b) == (len(one & other) / len(one | other) if one | other else 1)


def test_overlap_is_shared_characters_of_all_characters() -> None:
    assert iou([at("Mayor")], [at("Mayor Ada")], TEXT) == 5 / 9
    assert iou([at("Mayor"), at("Ada")], [at("Mayor Ada")], TEXT) == 8 / 9
    assert iou([at("Mayor")], [at("Ada")], TEXT) == 0
    assert iou([], [], TEXT) == 1
    assert iou([], [at("Ada")], TEXT) == 0


@pytest.mark.parametrize(
    ("words", "inner"),
    [
        ("(Mayor Ada) ", "Mayor Ada"),
        (": “We can", "We can"),
        ("by 5%,” ", "by 5%"),
        ("help", "help"),
        (",” ", ",” "),  # nothing but signs: there is nothing to cut down to
    ],
)
def test_white_space_and_outer_punctuation_cost_nothing(words: str, inner: str) -> None:
    assert trim(at(words), TEXT) == at(inner)
    assert iou([at(words)], [at(inner)], TEXT) == 1


# Matching -------------------------------------------------------------------------------------------------


def test_marks_like_the_reference_are_correct() -> None:
    result = check([("Mayor Ada", "added"), ("said", "verb")], VERB, ADDED)
    assert (result.status, result.score, result.overlap, result.detail) == ("correct", 1, 1, ())
    assert result.message == "Your marks and the reference agree."
    assert [(p.key.id, p.overlap, p.same_label) for p in result.pairs] == [
        ("k-said", 1, True),
        ("k-(Mayor Ada)", 1, True),
    ]
    assert (result.missed, result.extra) == ((), ())


def test_places_and_labels_are_reported_apart() -> None:
    result = check([("Mayor Ada", "spoken"), ("said", "verb")], VERB, ADDED)
    assert (result.status, result.overlap, result.score) == ("not yet", 1, 0.5)
    assert result.overlap_says == "Overlap 100 %: your marks and the reference share all 13 characters."
    assert result.labels_say == "Labels: 1 of 2 the same."
    assert result.message == "Not yet: 1 of 2 places agree with the reference."
    assert result.detail == (
        "“Mayor Ada” is the right place. It may need another label: read once more what each label means.",
    )
    assert str(result).startswith(f"{result.message} {result.overlap_says} {result.labels_say} “Mayor Ada”")


@pytest.mark.parametrize("turned", [False, True])
def test_spans_inside_each_other_are_all_matched(turned: bool) -> None:
    marks = [(WHOLE.text, "spoken"), ("(Mayor Ada)", "added")]
    assert check(marks[::-1] if turned else marks, WHOLE, ADDED).status == "correct"
    for missing in (0, 1):
        result = check([marks[1 - missing]], WHOLE, ADDED)
        assert result.missed == ([WHOLE, ADDED][missing],)
        assert result.detail[-1] == "A mark may lie inside another one."
        assert result.score == 0.5


def test_the_best_overlap_is_matched_first_and_a_mark_only_once() -> None:
    result = check([("We can help", "spoken"), ("help", "spoken")], key("We can help"), key("We can"))
    assert [(p.mark, p.key.text) for p in result.pairs] == [(at("We can help"), "We can help")]
    assert [k.text for k in result.missed] == ["We can"]
    assert result.extra == ((at("help"), "spoken"),)


def test_of_two_spans_at_one_place_the_one_with_the_label_is_matched() -> None:
    marks = [("Mayor Ada", "added"), ("(Mayor Ada)", "spoken")]
    assert check(marks, key("(Mayor Ada)", "spoken"), key("(Mayor Ada)", "added")).status == "correct"


@pytest.mark.parametrize(
    ("words", "status"),
    [("can help (Mayor Ada) Low and her team", "correct"), ("Low and her team", "not yet")],
)
def test_a_place_agrees_from_four_fifths_on(words: str, status: str) -> None:
    result = check([(words, "spoken")], key("We can help (Mayor Ada) Low and her team"))
    assert (result.pairs[0].overlap >= 0.8) == (status == "correct")
    assert result.status == status
    assert result.score == result.pairs[0].overlap == result.overlap


def test_one_mark_too_many_is_not_correct() -> None:
    result = check([("said", "verb"), ("left", "verb")], VERB)
    assert (result.status, result.score) == ("not yet", 1)
    assert result.message == "Not yet: every place is found, and one mark too many."
    assert result.detail == ("“left” is not in the reference. What in it made you mark it?",)
    assert result.overlap == 0.5


# What is said ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("We can help (Mayor Ada) Low", "“We can help (Mayor Ada) Low” takes in too much."),
        ("Ada", "“Ada” is at the place, but too short."),
        ("Ada) Low", "“Ada) Low” is near the place."),
        ("left", "“left” is not in the reference."),
    ],
)
def test_a_mark_that_does_not_fit_is_quoted_with_what_to_try(words: str, said: str) -> None:
    result = check([(words, "added")], ADDED)
    assert result.message == "Not yet: your marks and the reference differ."
    assert result.detail[0].startswith(said)


def test_two_marks_on_one_place() -> None:
    result = check([("Mayor Ada", "added"), ("Ada", "added")], ADDED)
    assert result.detail == ("“Ada” shares its place with another mark. Is one enough?",)


def test_a_long_mark_is_quoted_by_its_ends() -> None:
    text = "one two three four five six seven eight nine ten " * 4
    (said,) = check_spans([(Span(0, len(text)), "x")], [], text).detail
    assert said.startswith("“one two three four five six seven … four five six seven eight nine ten”")


def test_a_missed_place_is_counted_and_not_shown() -> None:
    result = check([("said", "verb")], VERB, ADDED)
    assert result.detail == ("One place is still open.",)
    assert "Mayor" not in str(result)
    assert "Mayor" not in repr(result), "a notebook prints the result of a cell"
    assert check([("left", "verb")], VERB, ADDED).detail[-1] == "2 places are still open."
    assert not result.spans
    assert not result.words


def test_nothing_marked() -> None:
    result = check([], ADDED)
    assert (result.status, result.score, result.overlap) == ("not yet", 0, 0)
    assert result.message == "Not yet: there is something to mark here."
    assert result.labels_say == ""
    result = check([])
    assert (result.status, result.score, result.overlap) == ("correct", 1, 1)
    assert result.message == "Yes: nothing is to be marked here."
    assert str(result) == result.message


def test_marks_where_nothing_is_to_be_marked() -> None:
    result = check([("said", "verb")])
    assert (result.status, result.score) == ("not yet", 0)
    assert result.message == "Not yet: the reference marks nothing here."
    assert result.overlap_says == "Overlap 0 %: your marks and the reference do not meet."


@pytest.mark.parametrize(
    ("shared", "covered", "says"),
    [
        (0, 9, "Overlap 0 %: your marks and the reference do not meet."),
        (1, 300, "Overlap 1 %: your marks and the reference share 1 of 300 characters."),
        (24, 28, "Overlap 86 %: your marks and the reference share 24 of 28 characters."),
        (299, 300, "Overlap 99 %: your marks and the reference share 299 of 300 characters."),
        (7, 7, "Overlap 100 %: your marks and the reference share all 7 characters."),
    ],
)
def test_only_complete_overlap_is_100_percent_and_only_none_0(shared: int, covered: int, says: str) -> None:
    assert dataclasses.replace(check([]), shared=shared, covered=covered).overlap_says == says


def test_the_reference_on_demand() -> None:
    shown = show_spans([WHOLE, ADDED])
    assert (shown.status, shown.message) == ("not yet", "The reference marks 2 places here.")
    assert shown.words == (WHOLE.text, "(Mayor Ada)")
    assert shown.spans == (WHOLE.span, ADDED.span)
    assert shown.detail == ("Because.", "Because.")
    assert show_spans([]).message == "The reference marks nothing here."


# The pack -------------------------------------------------------------------------------------------------


def test_every_reference_span_of_the_pack_can_be_marked_word_by_word() -> None:
    home = {r["id"]: Span(r["start"], r["end"]) for r in pack.records(PACK.sentences)}
    sets = set(PACK.reference["spans"]["set"])
    assert sets <= set(PACK.tables["labels"]["set"])
    for name in sets:
        labels = {label.id for label in span_labels(PACK, name)}
        for sid, keys in span_keys(PACK, name).items():
            marks = []
            for k in keys:
                words = [
                    t for t in tokens(PACK.text, home[sid]) if k.span.start < t.end and t.start < k.span.end
                ]
                marks.append((Span(words[0].start, words[-1].end), k.label_id))
                assert k.label_id in labels
                assert PACK.text[k.span.start : k.span.end] == k.text
                assert k.why
            result = check_spans(marks, keys, PACK.text)
            assert (result.status, result.overlap) == ("correct", 1), (name, sid, str(result))


def test_a_pack_without_the_tables_has_no_labels_and_no_key() -> None:
    bare = dataclasses.replace(PACK, tables={"sentences": PACK.sentences}, reference={})
    assert span_labels(bare, "seam") == ()
    assert span_keys(bare, "seam") == {}
    assert span_labels(PACK, "no such set") == ()
    assert span_keys(PACK, "no such set") == {}
