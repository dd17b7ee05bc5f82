"""What decks of cards say to an answer: boxes of plain data, which the page draws.

A box has a tone (``ok``, ``notyet``, ``split``, ``plain``, ``which``), a verdict, paragraphs, cards with
readings, further parts with a heading, and buttons: what each does, its words, its kind, its key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from whosays.checks import Evidence, Reading, Result, SentenceKey
from whosays.markup import Segment, plain, quoted
from whosays.measures.ladder import RUNGS
from whosays.text import day

Box = dict[str, Any]
Part = dict[str, Any]
Paragraph = list[Segment]

NEXT = ["next", "Next {}", "go", "Enter"]  # the deck puts in what its cards are
AGAIN = ["again", "Change my answer", "quiet", ""]
OBJECT = ["object", "I disagree with the reference", "quiet", ""]
NOT_FALSE = "Weakly sourced is not the same as false: it means you cannot check it from here."
WEAK = 2  # up to this rung nobody is named who could be asked


def which_word(ask: str) -> Box:
    """Four times the same button: was it a reading, or a habit?"""
    body = [plain("Choose the word in the sentence. “No word” is an answer too.")]
    return _box("which", ask, body, [["word", "No word: that is how I know", "", ""]])


def done(verdict: str, leave: str, more: str = "") -> Box:
    """All cards are answered, or all core ones."""
    return _box("ok", verdict, [plain(more)] if more else [], [["leave", leave, "go", "Enter"]])


def answer(result: Result, shown: bool, objection: str, parts: Sequence[Part] = ()) -> Box:
    """The box for most decks: agreeing, not yet, or the reference shown to a reader who asked for it."""
    own_words = _objected(objection)
    if result.status == "not yet" and not shown:
        return not_yet(result)
    tone = "plain" if shown else "split" if result.contested else "ok"
    body = [*_reasons(result), *own_words]
    return _box(tone, result.message, body, [NEXT, AGAIN, OBJECT], parts=list(parts))


def part(head: str, *lines: Paragraph, folded: bool = False) -> Part:
    """A heading with its paragraphs; ``folded`` shows the heading alone until somebody opens it."""
    return {"head": head, "lines": list(lines), "sources": [], "folded": folded}


KINDS = {
    "primary": "first-hand",
    "wire": "news agency",
    "state media": "state media",
    "reference": "reference work",
    "propagation example": "shows how a wording spread",
}  # of evidence, where the kind says more than that it is a report


def evidence_by_date(evidence: Sequence[Evidence], date: str) -> list[Part]:
    """The evidence in two lists, up to the day of the article and later."""
    then = [e for e in evidence if not date or e.date <= date]
    later = [e for e in evidence if e not in then]
    if not later:
        return [sources(then)]
    parts = [sources(then, f"Evidence up to {day(date)}")] if then else []
    return [*parts, sources(later, f"Evidence from after {day(date)}")]


def sources(evidence: Sequence[Evidence], head: str = "Evidence") -> Part:
    """The evidence there is, each with publisher, kind, date and whether it was seen."""
    if not evidence:
        return part(head, plain("There is none in this pack."))
    rows = [
        {
            "title": e.title,
            "who": ", ".join(filter(None, (e.publisher, KINDS.get(e.kind), day(e.date) or "no date shown"))),
            "seen": "seen by the authors of the kit" if e.seen else "not seen, known from others",
            "says": e.says,
            "address": e.address,
        }
        for e in evidence
    ]
    many = f"{len(rows)} sources" if len(rows) > 1 else "1 source"
    return {"head": f"{head}: {many}", "lines": [], "sources": rows}


def objecting(objection: str) -> Box:
    """Room for a reader who disagrees with the reference."""
    said = "One sentence is enough. It is saved with your answers."
    cancel = [["back", "Cancel", "quiet", ""]]
    return _box("plain", "Which words make you disagree?", [plain(said)], cancel, writing=objection)


def saved(result: Result) -> Box:
    """Without a reference there is nothing to say but that the answer is kept."""
    return _box("plain", result.message, [plain(d) for d in result.detail], [NEXT, AGAIN])


def agrees(result: Result, key: SentenceKey, label: int, objection: str) -> Box:
    """The rung is the reference's, or one that careful readers accept."""
    own_words = _objected(objection)
    if result.contested:
        cards = [_card(r, key, mine=r.rung == label) for r in key.readings]
        cards.sort(key=lambda card: not card["note"].startswith("Your"))
        vote = "Which reading would you defend, and with which words?"
        actions = [NEXT, AGAIN, OBJECT]
        return _box("split", result.message, own_words, actions, readings=cards, after=vote)
    body = _reasons(result)
    if key.rung <= WEAK:
        body.append(plain(NOT_FALSE))
    return _box("ok", result.message, [*body, *own_words], [NEXT, AGAIN, OBJECT])


def reference(result: Result, key: SentenceKey, objection: str) -> Box:
    """The reference, for a reader who asked to see it."""
    own_words, actions = _objected(objection), [NEXT, AGAIN, OBJECT]
    if key.rung <= WEAK:
        own_words = [plain(NOT_FALSE), *own_words]
    if result.contested and key.readings:
        cards = [_card(r, key) for r in key.readings]
        return _box("split", "Careful readers split here.", own_words, actions, readings=cards)
    return _box("plain", result.message, [*_reasons(result), *own_words], actions)


def readings(key: SentenceKey) -> list[dict[str, Any]]:
    """All accepted readings of a sentence, lowest rung first, each with its reason and its words.

    None is called the reference: these are for arguing.
    """
    return [_card(r, key) | {"note": ""} for r in sorted(key.readings, key=lambda r: r.rung)]


def split(verdict: str, cards: list[dict[str, Any]]) -> Box:
    """The readings that careful readers defend, before anybody votes."""
    return _box("split", verdict, [], [], readings=cards)


def voted(verdict: str, body: list[Paragraph], cards: list[dict[str, Any]]) -> Box:
    """A vote was counted; there is nothing to judge about it."""
    return _box("plain", verdict, body, [NEXT, AGAIN], readings=cards)


def not_yet(result: Result) -> Box:
    """Another rung: where to look, and no key."""
    look = [
        [*plain("Look at "), *quoted(words), *plain(f". {detail}".rstrip())]
        for words, detail in zip(result.words, result.detail, strict=False)
    ]
    actions = [
        ["again", "Try again", "go", "Enter"],
        ["reference", "Show the reference", "quiet", ""],
        ["next", "Next {}", "quiet", ""],
    ]
    return _box("notyet", result.message, look or [plain(d) for d in result.detail], actions)


def _reasons(result: Result) -> list[Paragraph]:
    deciding = [
        [*plain(f"The deciding {'words are' if ' ' in words else 'word is'} "), *quoted(words), *plain(".")]
        for words in result.words
    ]
    return deciding + [plain(d) for d in result.detail]


def _objected(objection: str) -> list[Paragraph]:
    return [plain(f"You disagree: {objection}")] if objection else []


def _card(reading: Reading, key: SentenceKey, *, mine: bool = False) -> dict[str, Any]:
    """One accepted reading with its reason."""
    note = "The reference coding" if reading.rung == key.rung else "Also accepted"
    if mine:
        note = f"Your reading · {note}" if reading.rung == key.rung else "Your reading"
    return {
        "rung": reading.rung,
        "name": RUNGS[reading.rung],
        "reason": reading.reason,
        "words": reading.words,
        "note": note,
    }


def _box(tone: str, verdict: str, body: list[Paragraph], actions: list[list[str]], **more: Any) -> Box:
    box = {"tone": tone, "verdict": verdict, "body": body, "actions": actions}
    return box | {"readings": [], "parts": [], "after": "", "writing": None} | more
