"""The clash finder of lesson 4: sentences that do not fit, of which type, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from whosays import markup
from whosays.answers import Answers, Content, NotSaved
from whosays.checks import ClashResult, Tension, agreements, check_clash, tensions
from whosays.checks.clashes import KINDS, MOST, QUOTED
from whosays.model import Mark, Span
from whosays.pack import Pack
from whosays.widgets import says
from whosays.widgets.base import View, source
from whosays.widgets.questions import whole

ASK = "Pick one or two sentences that do not fit. Choose a type and say why."
KEYS = "Arrow keys move in the list; Enter or Space picks a sentence and puts it back."
FULL = "Two at most: put one back first."
UNSAVED = "It could not be saved."
MISSING = {
    "sentences": "Pick one or two sentences in the list.",
    "kind": "Choose what does not fit.",
    "why": "Say why in a few words.",
}
WORDS = 12  # of a reason; more are kept, too
LONGEST = 500  # characters of a reason
SPOKEN = 600
TONES = {
    "keyed": ("ok", "On our list"),
    "one side": ("notyet", "One side of it"),
    "defensible": ("split", "Defensible"),
    "agree": ("notyet", "These agree"),
    "open": ("plain", "Not on our list"),
    "saved": ("plain", "Saved"),
}
FIND_ID = re.compile(r"f([1-9][0-9]{0,8})")
LAST = "last_find"  # the highest number given in this file, so that none is given twice
HIGHEST = 1_000_000  # no student gets there, but a damaged file may


@dataclass(frozen=True, slots=True)
class Find:
    """What a student pinned: sentences in the order of the text, a type and a reason."""

    id: str
    sentences: tuple[str, ...]
    kind: str
    why: str

    @property
    def where(self) -> str:
        return f"{' and '.join(self.sentences)} · {self.kind}"


class ClashFinder(View):
    """Find out whether a text agrees with itself.

    Each find is saved at once, whatever it is. With a reference the widget says what is known of it and keeps
    count; without one it records and says that the teacher will show the class view. It does not rank or
    time, and what the reference holds reaches the browser only after a find or a press on “Show one”.
    """

    _esm = source("clashes", ".js")
    _css = source("clashes", ".css")

    def __init__(self, pack: Pack, answers: Answers, on_change: Callable[[], None] | None = None) -> None:
        self.pack, self.answers, self._on_change = pack, answers, on_change
        self._tensions = tensions(pack)
        self._inside = [t for t in self._tensions.values() if not t.outside]
        self._agreements = agreements(pack)
        rows = pack.sentences
        self._text: dict[str, str] = dict(zip(rows["id"], rows["text"], strict=True))
        paragraphs: dict[int, list[list[str]]] = {}
        for sid, n in zip(rows["id"], rows["paragraph"], strict=True):
            paragraphs.setdefault(int(n), []).append([sid, self._text[sid]])
        self._paragraphs = [list(pair) for pair in paragraphs.items()]
        self._picked: list[str] = []
        self._drafts = self._news = 0
        self._resume()
        super().__init__()

    def _resume(self) -> None:
        """Begin with an empty form and the finds of whoever's answers these are."""
        self.answers.refresh()
        self._now = self._missing = self._trouble = self._say = self._at = ""
        self._draft()

    def reload(self) -> None:
        self._resume()
        super().reload()

    # What the student does ----------------------------------------------------------------------------------

    def find(self, sentences: str | Sequence[str], kind: str, why: str) -> ClashResult:
        """Pin a find without the buttons: ``finder.find(["s01", "s22"], "number", "four, then three")``.

        Saves it and returns what the check found. Raises ValueError for an unknown sentence or type, more
        than two sentences or an empty reason, NotSaved if it cannot be saved.
        """
        picked = self._picks([sentences] if isinstance(sentences, str) else list(sentences))
        if kind not in KINDS:
            known = "; ".join(f"{name!r}: {gloss}" for name, gloss in KINDS.items())
            raise ValueError(f"type {kind!r}: the types are {known}")
        if not isinstance(why, str) or not why.strip():
            raise ValueError(f"reason {why!r}: say why in one to {WORDS} words, in quotation marks")
        if len(why) > LONGEST:
            raise ValueError(
                f"reason: {len(why)} characters; at most {LONGEST} fit, {WORDS} words are enough"
            )
        try:
            self._pin(picked, kind, whole(why).strip())
        except NotSaved as error:
            self.not_saved(error)
            raise
        finally:
            self.draw()
        return self._check(picked, kind)

    def take_back(self, find_id: str) -> None:
        """Take back a find by its id: ``finder.take_back("f1")``.

        Raises ValueError if there is none, NotSaved if that cannot be saved.
        """
        if find_id not in self._finds():
            raise ValueError(f"no find {find_id!r}; your finds are: {', '.join(self._finds()) or 'none yet'}")
        try:
            self._take_back(find_id)
        except NotSaved as error:
            self.not_saved(error)
            raise
        finally:
            self.draw()

    def do_pick(self, arg: str) -> None:
        """Pick a sentence, or put it back."""
        if arg not in self._text:
            raise ValueError(arg)
        if arg in self._picked:
            self._full = False
            self._picked.remove(arg)
            self._tell(f"{arg} put back. {self._picked_now()}")
        elif len(self._picked) == MOST:
            self._full = True
            self._tell(f"{FULL} {self._picked_now()}")
        else:
            self._picked = self._in_order([*self._picked, arg])
            self._tell(self._picked_now())
        self._missing = ""

    def do_kind(self, arg: str) -> None:
        if arg not in KINDS:
            raise ValueError(arg)
        self._kind, self._missing = arg, ""

    def do_write(self, arg: str) -> None:
        """Remember the reason while it is being written."""
        self._why = whole(arg)[:LONGEST]

    def do_pin(self, arg: str, draft: int) -> None:
        """Save the find; ``arg`` is the reason as it stands on the page, ``draft`` the number of the find."""
        if draft != self._drafts:  # the second click of two
            return
        self.do_write(arg)
        self._full = False
        given = {"sentences": self._picked, "kind": self._kind, "why": self._why.strip()}
        missing = [MISSING[part] for part, value in given.items() if not value]
        if missing:
            self._now, self._missing = "", " ".join(missing)
            self._look("feedback")
            self._tell(f"Not pinned yet. {self._missing}")
            return
        picked, kind, why = self._picked, self._kind, self._why.strip()
        checked = self._check(picked, kind)
        if checked.outcome != "one side":  # there the other side is still to come
            self._draft()
        self._look("feedback")
        self._tell(str(checked))
        self._pin(picked, kind, why)

    def do_again(self, arg: str) -> None:
        """Show once more what was said to a find."""
        find = self._finds()[arg]
        self._now, self._missing = arg, ""
        self._look("again")
        self._tell(str(self._check(find.sentences, find.kind)))

    def do_take_back(self, arg: str) -> None:
        """Take a find back, into the form if that is empty: so it can be changed and nothing is lost."""
        find = self._finds()[arg]
        empty = not (self._picked or self._kind or self._why.strip())
        if empty:
            self._draft(find.sentences, find.kind, find.why)
        self._look("finds")
        self._tell(f"Taken back: {find.where}.{' It stands above again, to change it.' if empty else ''}")
        self._take_back(arg)

    def do_reveal(self) -> None:
        """Show one more tension of the reference that is not found yet."""
        hidden = self._hidden()
        if hidden:
            self._look("shown")
            self._tell(f"{hidden[0].named} {hidden[0].what} {hidden[0].why}")
            self._trouble = ""
            self.answers.set("hints", hidden[0].id, "reference")

    def do_retry(self) -> None:
        """Save once more what could not be saved; the answers keep what waits."""
        self.answers.change(lambda content: None)
        self._trouble = ""
        self._tell("Saved.")

    def not_saved(self, error: NotSaved) -> None:
        self._trouble = str(error)
        self._tell(f"{UNSAVED} {error}")

    # State --------------------------------------------------------------------------------------------------

    def _draft(self, sentences: Sequence[str] = (), kind: str = "", why: str = "") -> None:
        """Begin another find. Each has its number, so that the page keeps what is written in between."""
        self._picked, self._kind, self._why = list(sentences), kind, why
        self._full = False
        self._drafts += 1

    def _look(self, at: str) -> None:
        """Say where on the page something has just happened."""
        self._at = at
        self._news += 1

    def _tell(self, words: str) -> None:
        """Say something to a screen reader, which does not hear the same words twice."""
        words = words[:SPOKEN]
        self._say = f"{words}\u00a0" if words == self._say else words

    def _in_order(self, sentences: Sequence[str]) -> list[str]:
        return [sid for sid in self._text if sid in sentences]

    def _picks(self, sentences: list[str]) -> list[str]:
        """The sentences in the order of the text. Raises ValueError if they cannot make a clash."""
        for sid in sentences:
            if sid not in self._text:
                ids = list(self._text)
                raise ValueError(f"no sentence {sid!r}; they run from {ids[0]} to {ids[-1]}")
        if not 1 <= len(set(sentences)) == len(sentences) <= MOST:
            raise ValueError(f"sentences {sentences}: pick one or two different ones")
        return self._in_order(sentences)

    def _finds(self) -> dict[str, Find]:
        """The finds so far by id, the oldest first; entries that are none are left alone."""
        return {f.id: f for f in _finds(self.answers.content, self._text)}

    def _pin(self, sentences: Sequence[str], kind: str, why: str) -> None:
        """Save a find. The same sentences and type again only get the new reason."""
        self._trouble, self._missing = "", ""

        def change(content: Content) -> None:
            key = next(
                (
                    f.id
                    for f in _finds(content, self._text)
                    if (f.sentences, f.kind) == (tuple(sentences), kind)
                ),
                "",
            )
            if not key:
                content[LAST] = _last(content) + 1
                key = f"f{content[LAST]}"
            content["finds"][key] = {"sentences": list(sentences), "kind": kind, "why": why}
            self._now = key

        self._change(change)

    def _take_back(self, find_id: str) -> None:
        self._trouble = self._missing = ""
        if self._now == find_id:
            self._now = ""

        def change(content: Content) -> None:
            content[LAST] = _last(content)
            content["finds"].pop(find_id, None)

        self._change(change)

    def _change(self, change: Callable[[Content], None]) -> None:
        """Save a change; what hangs on it further down may follow."""
        self.answers.change(change)
        if self._on_change:
            self._on_change()

    def _check(self, sentences: Sequence[str], kind: str) -> ClashResult:
        return check_clash(sentences, kind, self._tensions, self._agreements)

    def _shown(self) -> list[Tension]:
        """The tensions that the student asked to see."""
        return [t for t in self._inside if self.answers.get("hints", t.id) == "reference"]

    def _found(self) -> set[str]:
        """The ids of the tensions that the student's finds hit."""
        checked = [self._check(f.sentences, f.kind) for f in self._finds().values()]
        return {t.id for result in checked if result.outcome == "keyed" for t in result.told}

    def _hidden(self) -> list[Tension]:
        """The tensions neither found nor shown, in the order of the table."""
        known = self._found() | {t.id for t in self._shown()}
        return [t for t in self._inside if t.id not in known]

    # What is shown ------------------------------------------------------------------------------------------

    def as_table(self) -> pd.DataFrame:
        """The finds so far: id, sentences (ids, separated by a comma), type, why and outcome in words."""
        rows = [
            (f.id, ", ".join(f.sentences), f.kind, f.why, TONES[self._check(f.sentences, f.kind).outcome][1])
            for f in self._finds().values()
        ]
        return pd.DataFrame(rows, columns=["id", "sentences", "type", "why", "outcome"])

    def build(self) -> dict[str, Any]:
        return {
            "ask": ASK,
            "note": f"{_number(len(self._text), 'sentence')}. {KEYS}",
            "paragraphs": self._paragraphs,
            "picked": self._picked,
            "now": self._picked_now() if self._picked else "",
            "full": FULL if self._full else "",
            "kinds": [[kind, gloss] for kind, gloss in KINDS.items()],
            "kind": self._kind,
            "why": self._why,
            "words": WORDS,
            "longest": LONGEST,
            "draft": self._drafts,
            "who": self.answers.code,
            "missing": self._missing,
            "feedback": self._feedback(),
            "finds": [self._card(f) for f in self._finds().values()],
            "count": self._count(),
            "shown": [self._told(t) for t in self._shown()],
            "more": bool(self._hidden()),
            "unsaved": [UNSAVED, self._trouble] if self._trouble else None,
            "trouble": self.answers.notice,
            "news": [self._news, self._at],
            "say": self._say,
        }

    def _picked_now(self) -> str:
        return f"Picked: {' and '.join(self._picked)}." if self._picked else "Nothing picked."

    def _count(self) -> str:
        if not self._inside:
            return ""
        shown = {t.id for t in self._shown()}
        n, total = len(self._found() - shown), len(self._inside)
        told = f" {len(shown)} {'was' if len(shown) == 1 else 'were'} shown to you." if shown else ""
        return f"You have found {n or 'none'} of the {total} on our list{'' if n else ' yet'}.{told}"

    def _card(self, find: Find) -> dict[str, Any]:
        """A find in the list: sentences, type, reason, and the outcome as an icon and a word."""
        tone, word = TONES[self._check(find.sentences, find.kind).outcome]
        return {"id": find.id, "where": find.where, "why": find.why, "tone": tone, "word": word}

    def _told(self, tension: Tension) -> dict[str, Any]:
        """A tension of the reference that the student may see."""
        sides = [" or ".join(side) for side in (tension.a, tension.b) if side]
        return {
            "id": tension.id,
            "title": tension.title,
            "where": f"{' against '.join(sides)} · {tension.kind}",
            "body": [self._marked(tension.what), self._marked(tension.why)],
        }

    def _feedback(self) -> dict[str, Any] | None:
        """What is said to the find that was pinned or chosen last, with its sentences in full."""
        find = self._finds().get(self._now)
        if find is None:
            return None
        result = self._check(find.sentences, find.kind)
        evidence = {e.id: e for t in result.told for e in t.evidence}
        return {
            "of": find.id,
            "tone": TONES[result.outcome][0],
            "verdict": result.message,
            "where": find.where,
            "sentences": [[sid, self._with_words(sid, result.words)] for sid in find.sentences],
            "body": [self._marked(line) for line in result.detail],
            "sources": says.sources(list(evidence.values()))["sources"] if evidence else [],
            "back": "Pick the other sentence" if result.outcome == "one side" else "Back to the text",
        }

    def _with_words(self, sid: str, words: Sequence[str]) -> list[markup.Segment]:
        """A sentence with the deciding words marked."""
        text = self._text[sid]
        found = [m.span() for w in words for m in re.finditer(re.escape(w), text)]
        marks = [Mark(Span(*span), "decide", "") for span in found if not _inside_other(span, found)]
        return markup.segments(text, Span(0, len(text)), marks)

    def _marked(self, line: str) -> list[markup.Segment]:
        """A line of feedback; what it quotes from the study text is marked as the deciding words."""
        quoted = [m for m in QUOTED.finditer(line) if m[1] in self.pack.text and m[1] not in KINDS]
        marks = [Mark(Span(*m.span()), "decide", "") for m in quoted]
        return markup.segments(line, Span(0, len(line)), marks)


def _finds(content: Content, known: dict[str, str]) -> list[Find]:
    """The finds in an answers file, the oldest first, without those that no widget of ours wrote."""
    found = []
    for key, value in content["finds"].items():
        number = FIND_ID.fullmatch(key)
        if number is None or not isinstance(value, dict):
            continue
        sentences, kind, why = (value.get(name) for name in ("sentences", "kind", "why"))
        if not isinstance(sentences, list) or not all(isinstance(s, str) and s in known for s in sentences):
            continue
        if not 1 <= len(set(sentences)) == len(sentences) <= MOST or not isinstance(why, str):
            continue
        if isinstance(kind, str) and kind in KINDS and why.strip():
            in_order = tuple(sid for sid in known if sid in sentences)
            found.append((int(number[1]), Find(key, in_order, kind, why[:LONGEST])))
    return [find for _, find in sorted(found, key=lambda pair: pair[0])]


def _last(content: Content) -> int:
    """The highest number that a find of this file has had."""
    last = content.get(LAST)
    numbers = [int(number[1]) for key in content["finds"] if (number := FIND_ID.fullmatch(key))]
    return max([0, *(n for n in [last, *numbers] if type(n) is int and n < HIGHEST)])


def _inside_other(span: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    return any(a <= span[0] and span[1] <= b and (a, b) != span for a, b in spans)


def _number(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"
