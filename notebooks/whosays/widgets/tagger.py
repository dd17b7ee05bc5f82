"""The span tagger: select words of a sentence, say what they are, compare with the reference."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd

from whosays.answers import Answers, NotSaved
from whosays.checks import (
    NO_REFERENCE,
    Result,
    SpanKey,
    SpanResult,
    check_spans,
    show_spans,
    span_keys,
    span_labels,
    trim,
)
from whosays.model import Span
from whosays.pack import Pack, records
from whosays.widgets.base import View, source

ASK = "Select words in the sentence, then choose a label."
HOW = (
    "Drag across words, or click the first and then the last. "
    "Keys: arrows move, Shift with arrows selects, Esc clears."
)
NOTHING_HERE = "This text has nothing to mark in this task."
UNSAVED = "Your marks could not be saved."
ALONE = '()[]{}“”„"«»'
PIECE = re.compile(rf"[{re.escape(ALONE)}]|[^\s…—–{re.escape(ALONE)}]+")
ALIKE = str.maketrans("’‘“”„", '\'\'"""')  # typed on a keyboard, printed in a text
TONES = {"correct": "ok", "not yet": "notyet", "not attempted": "plain"}

AGAIN = ["again", "Try again", "go"]
CHANGE = ["again", "Change my marks", "quiet"]
SHOW = ["reference", "Show the reference", "quiet"]

Marked = tuple[Span, str]  # a span and the id of its label


def tokens(text: str, span: Span) -> list[Span]:
    """What can be selected in ``text[span]``: whole words, and each bracket and quotation mark by itself.

    Commas, full stops, dashes and the like belong to none; a selection takes in those between its words.
    """
    pieces = PIECE.finditer(text, span.start, span.end)
    return [trim(Span(*p.span()), text) for p in pieces if p[0] in ALONE or any(c.isalnum() for c in p[0])]


class Tagger(View):
    """Mark words of some sentences with the labels of one set; marks may lie inside each other or cross.

    Every change is saved at once, as ``[start, end, label]`` in the study text. With a reference the tagger
    compares when asked; without one it records. It does not time or rank, and shows no place ahead.
    """

    _esm = source("tagger", ".js")
    _css = source("tagger", ".css")

    def __init__(
        self,
        pack: Pack,
        answers: Answers,
        set: str,
        sentences: Sequence[str],
        ask: str = ASK,
    ) -> None:
        self.pack, self.answers, self._set, self._ask = pack, answers, set, ask
        self._labels = {label.id: label for label in span_labels(pack, set)}
        self._keys = span_keys(pack, set)
        spans = {row["id"]: Span(row["start"], row["end"]) for row in records(pack.sentences)}
        for sid in sentences:
            if sid not in spans:
                known = list(spans)
                raise ValueError(f"no sentence {sid!r} in this pack; they run from {known[0]} to {known[-1]}")
        self._span = {sid: spans[sid] for sid in sentences}
        self._tokens = {sid: tokens(pack.text, span) for sid, span in self._span.items()}
        self._ids = list(self._span) if self._labels else []
        self._resume()
        super().__init__()

    def _resume(self) -> None:
        """Go to the first open sentence of whoever's answers these are."""
        self.answers.refresh()
        self._trouble = self._say = ""
        seen = (sid for sid in self._ids if self.answers.get("hints", self._key(sid)) == "reference")
        self._state = {sid: "shown" for sid in seen if self._answered(sid)}
        self._now = next((sid for sid in self._ids if not self._answered(sid)), next(iter(self._ids), ""))

    def reload(self) -> None:
        self._resume()
        super().reload()

    # Without the widget -------------------------------------------------------------------------------------

    def mark(self, sentence_id: str, words: str, label: str, start: int | None = None) -> None:
        """Mark words without the widget: ``tagger.mark("s27", "Russian President", "Not spoken")``.

        ``label`` is a label's id or name; where the words stand twice, ``start`` says which are meant.
        Raises ValueError if there is no such sentence, label or place, NotSaved if it cannot be saved.
        """
        self._known(sentence_id)
        found = [key for key, known in self._labels.items() if label in (key, known.name)]
        if not found:
            raise ValueError(f"no label {label!r}; the labels are {', '.join(self._labels)}")
        span = self._one(self._places(sentence_id, words), start, f"“{words}” in {sentence_id}")
        self._by_hand(sentence_id, lambda: self._add(sentence_id, span, found[0]))

    def unmark(self, sentence_id: str, words: str, start: int | None = None) -> None:
        """Take away the mark on these words. Raises as ``mark`` does."""
        self._known(sentence_id)
        marks = [span for span, _ in self._marks(sentence_id)]
        found = [span for span in marks if _plain(self._words(span)) == _plain(words)]
        if not found:
            there = ", ".join(_in_marks(self._words(span)) for span in marks) or "none"
            raise ValueError(f"no mark on “{words}” in {sentence_id}; the marks there: {there}")
        span = self._one(found, start, f"A mark on “{words}” in {sentence_id}")
        self._by_hand(sentence_id, lambda: self._remove(sentence_id, span))

    def compare(self, sentence_id: str) -> Result:
        """Compare the marks of a sentence with the reference. Raises ValueError for an unknown sentence."""
        self._known(sentence_id)
        self._by_hand(sentence_id, lambda: self._compare(sentence_id))
        return self._result(sentence_id)

    def reference(self, sentence_id: str) -> Result:
        """The reference for a sentence with marks: words, spans, reasons. Raises as ``mark`` does."""
        result = self.compare(sentence_id)
        if isinstance(result, SpanResult):
            self._by_hand(sentence_id, lambda: self.do_reference(sentence_id))
            return show_spans(self._here(sentence_id))
        return result

    def as_table(self) -> pd.DataFrame:
        """A row a mark: sentence, start and end in the study text, the words, the name of the label."""
        rows = [
            (sid, span.start, span.end, self.pack.text[span.start : span.end], self._labels[label].name)
            for sid in self._ids
            for span, label in self._marks(sid)
        ]
        return pd.DataFrame(rows, columns=["sentence", "start", "end", "text", "label"])

    def _known(self, sid: str) -> None:
        if sid not in self._ids:
            raise ValueError(f"no sentence {sid!r} here; choose one of {', '.join(self._ids) or '(none)'}")

    def _one(self, places: list[Span], start: int | None, what: str) -> Span:
        found = [p for p in places if start is None or start in (p.start, trim(p, self.pack.text).start)]
        if len(found) == 1:
            return found[0]
        starts = " and ".join(str(p.start) for p in places)
        raise ValueError(f"{what} stands at {starts}: say which, for example start={places[0].start}")

    def _places(self, sid: str, words: str) -> list[Span]:
        """Where the words stand in a sentence, as whole words."""
        text, want = self.pack.text.translate(ALIKE), str(words).strip().translate(ALIKE)
        where, places, inside = self._span[sid], [], False
        at = text.find(want, where.start, where.end) if want else -1
        while at >= 0:
            span = Span(at, at + len(want))
            cover = self._cover(sid, span)
            if cover and trim(cover, text) == trim(span, text):
                places.append(cover)
            else:
                inside = True
            at = text.find(want, at + 1, where.end)
        if not places:
            why = "are only part of a word there: mark whole words" if inside else "do not stand there"
            raise ValueError(f"the words “{words}” {why}. {sid}: {self._words(where)}")
        return places

    def _by_hand(self, sid: str, change: Callable[[], None]) -> None:
        self._now = sid
        try:
            change()
        except NotSaved as error:
            self.not_saved(error)
            raise
        finally:
            self.draw()

    # What the reader does -----------------------------------------------------------------------------------

    def do_go(self, arg: str) -> None:
        if arg in self._ids:
            self._now = arg
            self._say = f"Sentence {arg}. {self._words(self._span[arg])}"[:400]

    def do_mark(self, of: str, first: int, last: int, label: str) -> None:
        """Give a label to the words from one token to another."""
        here = self._tokens[of]
        if type(first) is not int or type(last) is not int or not 0 <= first <= last < len(here):
            raise ValueError((first, last))
        self._add(of, Span(here[first].start, here[last].end), self._labels[label].id)

    def do_remove(self, of: str, arg: str) -> None:
        self._remove(of, {_id(span): span for span, _ in self._marks(of)}[arg])

    def do_nothing(self, arg: str) -> None:
        """Say that there is nothing to mark in a sentence, or take that back."""
        if arg not in self._ids or self._marks(arg):
            raise ValueError(arg)
        said = not self._answered(arg)
        self._say = "Saved: nothing to mark here." if said else "Taken back."
        self._save(arg, [] if said else None)
        self._compare(arg)

    def do_compare(self, arg: str) -> None:
        self._compare(arg)

    def do_reference(self, arg: str) -> None:
        if self._state.get(arg) == "compared":
            self._state[arg] = "shown"
            self._say = self._spoken(arg)
            self._change(lambda: self.answers.set("hints", self._key(arg), "reference"))

    def do_again(self, arg: str) -> None:
        self._state.pop(arg, None)
        self._say = ""

    def do_retry(self) -> None:
        """Save once more what could not be saved; the answers keep what waits."""
        self._say = "Saved."
        self._change(lambda: self.answers.change(lambda content: None))

    def not_saved(self, error: NotSaved) -> None:
        self._trouble = str(error)
        self._say = f"{UNSAVED} {error}"

    # State --------------------------------------------------------------------------------------------------

    def _key(self, sid: str) -> str:
        return f"{self._set}.{sid}"

    def _words(self, span: Span) -> str:
        return self.pack.text[span.start : span.end]

    def _name(self, label: str) -> str:
        return self._labels[label].name if label in self._labels else label

    def _here(self, sid: str) -> tuple[SpanKey, ...]:
        return self._keys.get(sid, ())

    def _touched(self, sid: str, span: Span) -> tuple[int, int] | None:
        """The first and the last token that a span touches."""
        at = [n for n, t in enumerate(self._tokens[sid]) if t.start < span.end and span.start < t.end]
        return (at[0], at[-1]) if at else None

    def _cover(self, sid: str, span: Span) -> Span | None:
        """The span widened to whole tokens."""
        touched = self._touched(sid, span)
        return touched and Span(self._tokens[sid][touched[0]].start, self._tokens[sid][touched[1]].end)

    def _marks(self, sid: str) -> list[Marked]:
        """The marks of a sentence in reading order; what is no mark of this task is passed over."""
        stored = self.answers.get("spans", self._key(sid))
        marks = {}
        for entry in stored if isinstance(stored, list) else ():
            if not isinstance(entry, list) or [type(part) for part in entry] != [int, int, str]:
                continue
            span, home = Span(entry[0], entry[1]), self._span[sid]
            within = home.start <= span.start < span.end <= home.end
            if entry[2] in self._labels and within and self._touched(sid, span):
                marks[span] = entry[2]
        return sorted(marks.items(), key=lambda mark: (mark[0].start, -len(mark[0])))

    def _answered(self, sid: str) -> bool:
        """Whether something is marked, or it was said that there is nothing to mark."""
        return bool(self._marks(sid)) or self.answers.get("spans", self._key(sid)) == []

    def _add(self, sid: str, span: Span, label: str) -> None:
        marks = dict(self._marks(sid)) | {span: label}
        self._say = f"Marked as {self._name(label)}: {_in_marks(self._words(span))}."
        self._save(sid, sorted([s.start, s.end, key] for s, key in marks.items()))

    def _remove(self, sid: str, span: Span) -> None:
        left = [[s.start, s.end, key] for s, key in self._marks(sid) if s != span]
        self._say = f"Removed: {_in_marks(self._words(span))}."
        self._save(sid, sorted(left) or None)

    def _save(self, sid: str, value: list[Any] | None) -> None:
        self._state.pop(sid, None)
        self._change(lambda: self.answers.set("spans", self._key(sid), value))

    def _change(self, change: Callable[[], object]) -> None:
        self._trouble = ""
        change()

    def _compare(self, sid: str) -> None:
        if self._keys and self._answered(sid):
            self._state[sid] = "compared"
            self._say = self._spoken(sid)

    def _result(self, sid: str) -> Result:
        if not self._answered(sid):
            return Result("not attempted", 0.0, "Nothing is marked yet.")
        if not self._keys:
            return Result("not attempted", 0.0, NO_REFERENCE)
        return check_spans(self._marks(sid), self._here(sid), self.pack.text)

    # What is shown ------------------------------------------------------------------------------------------

    def build(self) -> dict[str, Any]:
        now = self._now
        saved = "Not saved yet." if self._trouble else f"Saved for {self.answers.code}."
        view: dict[str, Any] = {"ask": self._ask, "how": HOW, "now": now, "say": self._say, "trouble": None}
        if self._trouble or self.answers.notice:
            head = UNSAVED if self._trouble else "Please read this."
            view["trouble"] = [head, self._trouble or self.answers.notice, bool(self._trouble)]
        if not now:
            return view | {"nothing_here": NOTHING_HERE}
        at, labels, here = self._ids.index(now), list(self._labels.values()), self._tokens[now]
        box = self._box(now)
        shown = self._here(now) if self._state.get(now) == "shown" else ()
        return view | {
            "sentences": [[sid, self._answered(sid)] for sid in self._ids],
            "before": self._ids[at - 1] if at else None,
            "after": self._ids[at + 1] if at + 1 < len(self._ids) else None,
            "tokens": list(self._pieces(now)),
            "tail": self._words(Span(here[-1].end if here else self._span[now].start, self._span[now].end)),
            "labels": [[label.id, label.name, label.definition] for label in labels],
            "mark_as": f"Mark as {_small(labels[0].name)}" if len(labels) == 1 else "",
            "marks": self._drawn(now, self._marks(now)),
            "reference": self._drawn(now, [(key.span, key.label_id) for key in shown]),
            "nothing": self._answered(now) and not self._marks(now),
            "saved": saved,
            "can_compare": bool(self._keys) and box is None and self._answered(now),
            "feedback": box,
        }

    def _pieces(self, sid: str) -> Iterator[list[str]]:
        """Each token as what stands before it, its words, and how a sign is called."""
        at = self._span[sid].start
        for token in self._tokens[sid]:
            words = self._words(token)
            sign = "" if any(c.isalnum() for c in words) else unicodedata.name(words[0], words).lower()
            yield [self._words(Span(at, token.start)), words, sign]
            at = token.end

    def _drawn(self, sid: str, marked: Sequence[Marked]) -> list[dict[str, Any]]:
        """Spans as the page draws them: first and last token, number and name of the label, words."""
        numbers = {key: number for number, key in enumerate(self._labels, 1)}
        found = [(self._touched(sid, span), span, label) for span, label in marked]
        return [
            {
                **{"id": _id(span), "first": touched[0], "last": touched[1], "words": self._words(span)},
                **{"number": numbers.get(label, 0), "name": self._name(label)},
            }
            for touched, span, label in found
            if touched
        ]

    def _box(self, sid: str) -> dict[str, Any] | None:
        """What is said to the marks: the verdict, overlap and labels apart, what to try, what to do next."""
        if not self._answered(sid) or (self._keys and sid not in self._state):
            return None
        result, more = self._result(sid), sid != self._ids[-1]
        ahead = [["go", "Next sentence", "go"]] if more else []
        box: dict[str, Any] = {"tone": TONES[result.status], "verdict": result.message, "overlap": None}
        box |= {"body": [], "places": [], "actions": ahead}
        if not isinstance(result, SpanResult):
            return box
        if self._marks(sid) and result.covered:
            box["overlap"] = [result.percent, result.overlap_says]
        if result.labels_say and len(self._labels) > 1:
            box["body"] = [result.labels_say]
        right, places = result.status == "correct", self._here(sid)
        if right or self._state[sid] == "shown":
            box["places"] = [[key.text, self._name(key.label_id), key.why] for key in places]
            box["actions"] = [*ahead, CHANGE]
            return box if right else box | {"tone": "plain", "verdict": show_spans(places).message}
        box["body"] += result.detail
        box["actions"] = [AGAIN, SHOW, *([["go", "Next sentence", "quiet"]] if more else [])]
        return box

    def _spoken(self, sid: str) -> str:
        """The box as a screen reader hears it."""
        box = self._box(sid) or {"verdict": "", "overlap": None, "body": [], "places": []}
        said = [box["verdict"], (box["overlap"] or [0, ""])[1], *box["body"]]
        said += [f"{_in_marks(words)}: {name}. {why}" for words, name, why in box["places"]]
        return " ".join(filter(None, said))[:600]


def _id(span: Span) -> str:
    return f"{span.start}-{span.end}"


def _in_marks(words: str) -> str:
    """Words of the text between quotation marks, unless they bring their own."""
    return words if words[0] in "“„«" and words[-1] in "”“»" else f"“{words}”"


def _plain(words: str) -> str:
    """Words without outer punctuation, in keyboard marks."""
    words = str(words).strip()
    inner = trim(Span(0, len(words)), words)
    return words[inner.start : inner.end].translate(ALIKE)


def _small(name: str) -> str:
    """A name in the middle of a sentence; NATO stays NATO."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
