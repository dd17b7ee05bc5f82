"""Spans, the study text, and the pieces that widgets show."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whosays.markup import element, plain, quoted, segments
from whosays.model import Mark, Span
from whosays.text import cut, day, fingerprint, join_sentences, with_quote_marks

SHOUT = "<script>alert(1)</script> & “x” \u202eمرحبا 👩🏽‍🚀 \u0000\n</p>"
words = st.text(max_size=20)


def test_a_span_has_a_length_that_is_never_negative() -> None:
    assert [len(Span(3, 7)), len(Span(7, 7)), len(Span(7, 3))] == [4, 0, 0]
    assert Span(1, 2) == Span(1, 2)
    with pytest.raises(AttributeError):
        Span(1, 2).start = 5  # type: ignore[misc]


def test_sentences_are_parted_by_a_space_and_paragraphs_by_an_empty_line() -> None:
    text, spans = join_sentences(["One.", "Two.", "Three."], [1, 1, 4])
    assert text == "One. Two.\n\nThree."
    assert spans == [Span(0, 4), Span(5, 9), Span(11, 17)]
    assert join_sentences([], []) == ("", [])


@given(st.lists(st.tuples(words, st.integers(1, 3)), max_size=8))
def test_every_sentence_stands_where_its_span_says(rows: list[tuple[str, int]]) -> None:
    texts = [t for t, _ in rows]
    text, spans = join_sentences(texts, sorted(p for _, p in rows))
    assert [text[s.start : s.end] for s in spans] == texts


def test_a_fingerprint_tells_texts_apart() -> None:
    one = fingerprint(["s01", "s02"], ["One.", "Two."])
    assert len(one) == 64
    assert one == fingerprint(["s01", "s02"], ["One.", "Two."])
    others = [(["s01", "s03"], ["One.", "Two."]), (["s01", "s02"], ["One.", "Two"]), (["s01"], ["One."])]
    assert one not in [fingerprint(*other) for other in others]
    with pytest.raises(ValueError, match="zip"):
        fingerprint(["s01"], ["One.", "Two."])


def test_a_span_is_widened_by_its_quotation_marks_only_if_it_has_both() -> None:
    text = "She said “no way”, “then"
    assert with_quote_marks(text, Span(10, 16)) == Span(9, 17)
    assert with_quote_marks(text, Span(10, 12)) == Span(10, 12)
    assert with_quote_marks(text, Span(20, 24)) == Span(20, 24)
    assert with_quote_marks("ab", Span(0, 2)) == Span(0, 2)


def test_text_is_cut_where_marks_begin_and_end() -> None:
    text = "Mark Rutte noted it."
    name, long = Mark(Span(0, 10), "name", "rutte"), Mark(Span(5, 16), "look", "p1")
    assert cut(text, Span(0, 20), [name, long]) == [
        ("Mark ", (name,)),
        ("Rutte", (long, name)),
        (" noted", (long,)),
        (" it.", ()),
    ]
    assert cut(text, Span(5, 10), [name]) == [("Rutte", (name,))], "clipped to the span"
    assert cut(text, Span(0, 4), [Mark(Span(2, 2), "name", "x"), Mark(Span(9, 12), "name", "y")]) == [
        ("Mark", ())
    ]
    assert cut(text, Span(3, 3), [name]) == []


spans = st.builds(Span, st.integers(0, 40), st.integers(0, 40))
marks = st.lists(st.builds(Mark, spans, st.sampled_from(["name", "look"]), st.sampled_from("ab")), max_size=6)


@given(st.text(min_size=40, max_size=40), spans, marks)
def test_the_pieces_joined_are_the_text_whatever_the_marks(text: str, span: Span, marks: list[Mark]) -> None:
    pieces = cut(text, span, marks)
    assert "".join(piece for piece, _ in pieces) == text[span.start : span.end]
    assert all(piece for piece, _ in pieces)
    at = span.start
    for piece, over in pieces:
        here = Span(at, at + len(piece))
        covering = [m for m in marks if m.span.start <= here.start and here.end <= m.span.end]
        assert sorted(map(repr, over)) == sorted(map(repr, covering))
        assert [len(m.span) for m in over] == sorted((len(m.span) for m in over), reverse=True)
        at = here.end


def test_segments_hold_text_and_no_html() -> None:
    text = f"a {SHOUT} b"
    mark = Mark(Span(2, 2 + len(SHOUT)), "quote", "q1")
    assert segments(text, Span(0, len(text)), [mark]) == [
        {"t": "a ", "m": []},
        {"t": SHOUT, "m": [["quote", "q1"]]},
        {"t": " b", "m": []},
    ]
    assert plain(SHOUT) == [{"t": SHOUT, "m": []}]
    assert quoted("no way") == [{"t": "“no way”", "m": [["decide", ""]]}]


class Reader(HTMLParser):
    """What a browser makes of HTML: tags with their attributes, and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(words, words)
def test_text_and_attributes_stay_what_they_are(content: str, value: str) -> None:
    nasty, wicked = f"{SHOUT}{content}", f'" onclick="x{value}'
    read = Reader(element("p", [element("b", nasty, data_x=wicked, class_="c", for_="f")]))
    assert read.tags == [("p", {}), ("b", {"data-x": wicked, "class": "c", "for": "f"})]
    assert read.text == nasty


def test_elements_in_a_list_are_taken_as_they_are() -> None:
    assert element("ul", [element("li", "a & b"), element("li")]) == "<ul><li>a &amp; b</li><li></li></ul>"


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("2024-11-12", "12 November 2024"),
        ("2024-01-05", "5 January 2024"),
        ("2024-12-31", "31 December 2024"),
        ("2024-12", "December 2024"),
        ("2024-01", "January 2024"),
        ("2023", "2023"),
        ("2024-13", "2024-13"),
        ("2024-00", "2024-00"),
        ("", ""),
    ],
)
def test_a_date_in_words(iso: str, words: str) -> None:
    assert day(iso) == words
