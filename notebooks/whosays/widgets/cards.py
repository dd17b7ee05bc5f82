"""One card at a time: questions about it, and what there is to say once they are answered.

What the decks of all lessons share: the strip of squares, the short path, saving, undoing, objecting. A deck
of its own says which cards there are, what it asks and how it checks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from whosays import markup
from whosays.answers import Answers, Content, NotSaved
from whosays.checks import NO_REFERENCE, Result
from whosays.markup import Segment
from whosays.model import Mark, Span
from whosays.pack import Pack, records
from whosays.widgets import says
from whosays.widgets.base import View, source
from whosays.widgets.says import Box

Value = str | int
Near = tuple[str, str]  # a number and a text, small and grey

UNJUDGED = Result(
    "not attempted",
    0.0,
    NO_REFERENCE,
    ("This copy of the kit has no reference coding, so there is no feedback yet.",),
)
NO_WORD = "(no word)"
LONG = 1500  # characters of a card that gets a scroll bar of its own


@dataclass(frozen=True, slots=True)
class Card:
    """A stretch of the study text to look at: its id and number, where it stands, its paragraph."""

    id: str
    number: str
    span: Span
    group: int
    core: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A question with worded options, each a value (stored) and its words (shown).

    ``look`` is ``tall`` for large buttons, ``row`` for small ones, ``scale`` for numbers worded at the ends.
    """

    key: str
    ask: str
    options: tuple[tuple[Value, str], ...]
    look: str = "row"

    def read(self, value: object) -> Value:
        """The option that ``value`` means, by its value or its words. Raises ValueError if it is none."""
        for option, _ in self.options:
            alike = isinstance(value, str) is isinstance(option, str) and not isinstance(value, bool)
            if alike and value == option:
                return option
        for option, words in self.options:  # what stands on the button will do as well
            if words and value == words:
                return option
        raise ValueError(f"{self.key} {value!r}: {self.known}")

    @property
    def known(self) -> str:
        """The values to choose from, in words."""
        return f"choose one of {', '.join(repr(option) for option, _ in self.options)}"


SURE = Ask("sure", "How sure are you?", ((1, "just guessing"), (2, ""), (3, ""), (4, "sure")), "scale")


def sentence_spans(pack: Pack) -> dict[str, tuple[Span, int]]:
    """Where each sentence stands in the study text, and its paragraph."""
    return {row["id"]: (Span(row["start"], row["end"]), row["paragraph"]) for row in records(pack.sentences)}


def sentence_before(pack: Pack, sentence: str) -> Near | None:
    """The sentence before this one; None for the first."""
    spans = sentence_spans(pack)
    order = list(spans)
    at = order.index(sentence) - 1
    if at < 0:
        return None
    span = spans[order[at]][0]
    return order[at], pack.text[span.start : span.end][:600]


class Cards(View):
    """A deck of cards. Every answer is saved at once and may be changed; nothing is timed or ranked.

    Subclasses give ``THING`` and ``ASK`` and override ``asks``, ``check`` and, where they need to, ``box``,
    ``reference``, ``near``, ``name``, ``lead`` and ``text``. Without a reference a deck records and does not
    judge.
    """

    _esm = source("cards", ".js")
    _css = source("cards", ".css")
    THING = "card"
    ASK = ""
    LEAVE = "On to the next step"
    DONE = "Now go on."
    _state: str

    def __init__(
        self,
        pack: Pack,
        answers: Answers,
        cards: Sequence[Card],
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self.pack, self.answers, self._on_change = pack, answers, on_change
        self._cards = {card.id: card for card in cards}
        self._ids = list(self._cards)
        self._core = [card.id for card in cards if card.core]
        self._resume()
        super().__init__()

    # What a deck of its own says ----------------------------------------------------------------------------

    def asks(self, card: str) -> Sequence[Ask]:
        """The questions about this card, given the answers so far."""
        raise NotImplementedError

    def check(self, card: str) -> Result | None:
        """What the check finds once all questions of the card are answered; None without a reference."""
        raise NotImplementedError

    def reference(self, card: str, checked: Result) -> Result:
        """What is shown to a reader who asks for the reference."""
        return checked

    def wrong(self, card: str) -> Sequence[str]:
        """The questions of the card to be asked anew when a reader tries again; none: all answers stay."""
        return ()

    def box(self, card: str, result: Result, shown: bool, objection: str) -> Box:
        """What is said to the answers."""
        return says.answer(result, shown, objection)

    def place(self, card: str, ask: Ask) -> tuple[str, str]:
        """Part and key of an answer in the answers file."""
        return ("confidence", card) if ask.key == SURE.key else ("cards", f"{card}.{ask.key}")

    def near(self, card: str) -> tuple[Near | None, Near | None]:
        """What stands above and below the large text."""
        return None, None

    def name(self, card: str) -> str:
        """What a screen reader calls the card."""
        return f"{self.THING.capitalize()} {card}"

    def lead(self, card: str) -> str:
        """What the questions are about, where that is not the large text itself."""
        return ""

    def text(self, card: str, spans: Sequence[Span]) -> list[Segment]:
        """The large text, with the deciding words marked."""
        marks = [Mark(span, "decide", "") for span in spans]
        return markup.segments(self.pack.text, self._cards[card].span, marks)

    # What the reader does -----------------------------------------------------------------------------------

    def answer(self, card: str, *values: Value) -> Result:
        """Answer without the buttons, one value a question: saved, and what the check found comes back.

        Raises ValueError for a card or a value that there is not, NotSaved if it cannot be saved.
        """
        if card not in self._cards:
            found = f"they run from {self._ids[0]} to {self._ids[-1]}" if self._ids else "there is none"
            raise ValueError(f"no {self.THING} {card!r}; {found}")
        self._open(card)
        try:
            for n, value in enumerate(values):
                asks = self.asks(card)
                if n >= len(asks):
                    order = ", ".join(ask.key for ask in asks)
                    raise ValueError(f"{card}: found {len(values)} answers; give {len(asks)}: {order}")
                self._choose(asks[n], asks[n].read(value))
        except NotSaved as error:
            self.not_saved(error)
            raise
        finally:
            self._answered_by_program()
            self.draw()
        self.do_settled()
        following = self._open_ask(card)
        if following:
            more = f"{following.key}: {following.known}."
            return Result("not attempted", 0.0, f"Still open: {following.ask}", (more,))
        return self._result() or UNJUDGED

    def do_word(self, arg: str) -> None:
        """The word that told the reader, where a deck asks for it: its state is then “which word”."""
        if self._state == "which word" and isinstance(arg, str):
            self._state = "answered"
            self._save_entry("words", arg[:200] or NO_WORD)

    def _answered_by_program(self) -> None:
        """A program is not asked which word told it."""
        if self._state == "which word":
            self._state = "answered"

    def do_choose(self, arg: str, ask: str = "") -> None:
        mine = self.asks(self._now) if self._ids else ()
        for asked in mine:
            if asked.key == (ask or mine[0].key):
                for option, _ in asked.options:
                    if str(option) == str(arg):
                        self._choose(asked, option)

    def do_go(self, arg: str) -> None:
        if arg in self._cards:
            self._open(arg)

    def do_next(self) -> None:
        following = self._next_open(self._now)
        if following is None and not self._only_core:
            self._state = "done"
        elif following is None:
            self._state = "core done"
        else:
            self._open(following)

    def do_settled(self) -> None:
        """The reader has paused after an answer: what stands further down may follow."""
        if self._on_change:
            self._on_change()

    def do_back(self) -> None:
        self._open(self._now)

    def do_again(self) -> None:
        self._state = "open"
        anew = [self.place(self._now, a) for a in self.asks(self._now) if a.key in self.wrong(self._now)]
        if anew:
            self._past.clear()  # what is asked anew cannot be taken back
            self._save(lambda content: forget(content, anew))

    def do_reference(self) -> None:
        result = self._result() if self._state == "answered" else None
        if result and result.status == "not yet":
            self._state = "shown"
            self._save_entry("hints", "reference")

    def do_object(self) -> None:
        result = self._result() if self._state == "answered" else None
        if self._state == "shown" or (result and result.status == "correct"):
            self._state = "objecting"

    def do_objection(self, arg: str) -> None:
        if self._state == "objecting" and isinstance(arg, str):
            self._state = "shown"
            self._save_entry("challenges", arg.strip()[:500] or None)

    def do_path(self, arg: str) -> None:
        self._only_core = arg == "core" and bool(self._core)
        left_out = self._only_core and self._now not in self._core
        if left_out or self._state in ("core done", "done"):
            self._open(self._next_open(self._ids[-1]) or (self._core or self._ids)[0])

    def do_undo(self) -> None:
        if not self._past:
            return
        card, part, key, before, was_first = self._past.pop()

        def change(content: Content) -> None:
            put(content, part, key, before)
            if was_first:
                content[f"first_{part}"].pop(key, None)

        try:
            self._save(change)
        finally:  # it is undone here even if it is not saved yet
            self._open(card)
            again = "not answered" if before is None else "as before"
            self._undone = f"Undone: {card} is {again} again. "

    def not_saved(self, error: NotSaved) -> None:
        self._trouble = str(error)

    # State ------------------------------------------------------------------------------------------------

    def _resume(self) -> None:
        """Go to the first open card of whoever's answers these are."""
        self._past: list[tuple[str, str, str, Value | None, bool]] = []
        self._trouble = self._undone = self._asking = self._now = ""
        self._state = "open"
        done = [n for n, card in enumerate(self._ids) if self._complete(card)]
        # On the short path, where only its cards were answered and others between them were passed over.
        passed_over = bool(done) and len(done) <= done[-1]
        self._only_core = passed_over and all(self._ids[n] in self._core for n in done)
        if self._ids:
            self._open(self._next_open(self._ids[-1]) or self._ids[0])

    def reload(self) -> None:
        self._resume()
        super().reload()

    def value(self, card: str, ask: Ask) -> Value | None:
        """The answer so far; None where there is none, or one that this question does not know."""
        try:
            return ask.read(self.answers.get(*self.place(card, ask)))
        except (ValueError, TypeError):
            return None

    def values(self, card: str) -> dict[str, Value]:
        """The answers to a card so far, by question."""
        found = {ask.key: self.value(card, ask) for ask in self.asks(card)}
        return {key: value for key, value in found.items() if value is not None}

    def _open_ask(self, card: str) -> Ask | None:
        """The first question of a card that has no answer yet."""
        return next((ask for ask in self.asks(card) if self.value(card, ask) is None), None)

    def _complete(self, card: str) -> bool:
        return self._open_ask(card) is None

    def _choose(self, ask: Ask, value: Value) -> None:
        card, before = self._now, self.value(self._now, ask)
        part, key = self.place(card, ask)
        firsts = f"first_{part}"
        keeps_first = firsts in self.answers.content
        if before != value:
            was_first = keeps_first and key not in self.answers.content[firsts]
            self._past.append((card, part, key, before, was_first))

        def change(content: Content) -> None:
            content[part][key] = value
            if keeps_first:
                content[firsts].setdefault(key, value)

        try:
            self._save(change)
        finally:  # it is chosen here even if it is not saved yet
            following = self._open_ask(card)
            self._state = "open" if following else "answered"
            self._asking = following.ask if following else ""

    def draw(self) -> None:
        super().draw()
        self._undone = self._asking = ""

    def _save(self, change: Callable[[Content], None]) -> None:
        self._trouble = ""
        self.answers.change(change)

    def _save_entry(self, part: str, value: str | None) -> None:
        """Save what is said of the present card; None removes it."""
        card = self._now  # the change may be made later, when another card is the present one
        self._save(lambda content: put(content, part, card, value))

    def _open(self, card: str) -> None:
        self._now = card
        if not self._complete(card):
            self._state = "open"
        elif self.answers.get("hints", card) == "reference":
            self._state = "shown"
        else:
            self._state = "answered"

    def _path(self) -> list[str]:
        return self._core if self._only_core and self._core else self._ids

    def _next_open(self, after: str) -> str | None:
        """The next unanswered card of the path after this one, going round once."""
        start = self._ids.index(after) + 1
        in_turn = self._ids[start:] + self._ids[:start]
        path = set(self._path())
        return next((card for card in in_turn if card in path and not self._complete(card)), None)

    def _result(self) -> Result | None:
        """What is known of the present card; None while it is open or without a reference."""
        if not self._ids or not self._complete(self._now):
            return None
        checked = self.check(self._now)
        showing = self._state in ("shown", "objecting") and checked and checked.status == "not yet"
        return self.reference(self._now, checked) if checked and showing else checked

    # What is shown ------------------------------------------------------------------------------------------

    def as_table(self) -> pd.DataFrame:
        """A row a card: its id, its words and the answers so far."""
        rows: list[dict[str, Value]] = []
        for card in self._ids:
            words = "".join(segment["t"] for segment in self.text(card, ()))
            shown = " ".join(filter(None, (words, self.lead(card))))
            rows.append({self.THING: card, "text": shown, **self.values(card)})
        keys = dict.fromkeys(key for row in rows for key in row)
        return pd.DataFrame(rows, columns=list(keys or (self.THING, "text")))

    def build(self) -> dict[str, Any]:
        if not self._ids:
            return {"ask": f"This pack has no {self.THING}s for this step.", "state": "empty"}
        answered = self._state in ("answered", "shown", "objecting")
        result = self._result() if answered else None
        box = self._feedback(result)
        if box:
            named = [[act, words.format(self.THING), *more] for act, words, *more in box["actions"]]
            box = box | {"actions": named}
        card = self._cards[self._now]
        before, after = self.near(self._now)
        return {
            "ask": self.ASK,
            "state": self._state,
            "strip": [self._square(self._cards[i]) for i in self._ids],
            "things": f"{len(self._ids)} {self.THING}s",
            "progress": self._progress(),
            "saved": "Not saved yet." if self._trouble else f"Saved for {self.answers.code}.",
            "path": "core" if self._only_core else "all",
            "paths": [["all", f"All {len(self._ids)}"], ["core", f"{len(self._core)} core"]]
            if self._core
            else [],
            "now": self._now,
            "number": card.number,
            "before": list(before) if before else None,
            "text": self.text(self._now, result.spans if result else ()),
            "lead": self.lead(self._now),
            "long": len(card.span) > LONG,
            "after": list(after) if after else None,
            "asks": [self._asked(ask) for ask in self.asks(self._now)],
            "feedback": box,
            "can_undo": bool(self._past),
            "trouble": self._trouble or self.answers.notice,
            "say": self._say(box),
        }

    def _asked(self, ask: Ask) -> dict[str, Any]:
        options = [list(option) for option in ask.options]
        chosen = self.value(self._now, ask)
        return {"key": ask.key, "ask": ask.ask, "look": ask.look, "options": options, "chosen": chosen}

    def _say(self, box: Box | None) -> str:
        """What a screen reader hears after a change."""
        if self._trouble:
            return f"Your answer could not be saved. {self._trouble}"
        if self._asking:
            return f"Saved. {self._asking}"
        words = "".join(segment["t"] for segment in self.text(self._now, ()))
        here = f"{self.name(self._now)}. {words} {self.lead(self._now)}".rstrip()
        if box is None or self._undone:
            return f"{self._undone}{here}"[:400]
        spoken = [box["verdict"], *("".join(s["t"] for s in p) for p in box["body"])]
        spoken += [f"{r['name']}. {r['reason']}" for r in box["readings"]]
        return " ".join(spoken)[:600]

    def _square(self, card: Card) -> dict[str, Any]:
        """A square of the strip; ``mark`` is what it shows once its card is answered."""
        square = {"id": card.id, "paragraph": card.group, "core": card.core, "now": card.id == self._now}
        if not self._complete(card.id):
            return square | {"rung": None, "mark": "", "said": ""}
        again = self._differs(card.id)
        said = "answered, not yet as in the reference" if again else "answered"
        return square | {"rung": None, "mark": "?" if again else "✓", "said": said}

    def _differs(self, card: str) -> bool:
        """Whether the answers to a finished card are not yet those of the reference."""
        checked = self.check(card)
        return checked is not None and checked.status == "not yet"

    def _progress(self) -> str:
        done = sum(map(self._complete, self._ids))
        core = sum(map(self._complete, self._core))
        said = f"{done} of {len(self._ids)} answered."
        if self._core and core < len(self._core):
            said += f" {core} of the {len(self._core)} core {self.THING}s done; a dot marks those to come."
        elif self._core:
            said += f" All {len(self._core)} core {self.THING}s done."
        if any(square["mark"] == "?" for square in map(self._square, self._cards.values())):
            said += " A ? differs from the reference: look again?"
        return said

    def _feedback(self, result: Result | None) -> Box | None:
        n, core = len(self._ids), len(self._core)
        if self._state == "done":
            return says.done(f"All {n} done. {self.DONE}", self.LEAVE)
        if self._state == "core done":
            rest = f"The other {n - core} can be homework: choose “All {n}” above to go on."
            return says.done(f"All {core} core {self.THING}s done. {self.DONE}", self.LEAVE, rest)
        written = self.answers.get("challenges", self._now)
        objection = written if isinstance(written, str) else ""
        if self._state == "objecting":
            return says.objecting(objection)
        if self._state not in ("answered", "shown") or not self._complete(self._now):
            return None
        if result is None:
            return says.saved(UNJUDGED)
        return self.box(self._now, result, self._state == "shown", objection)


def forget(content: Content, entries: Sequence[tuple[str, str]]) -> None:
    """Remove entries, each a part and a key."""
    for part, key in entries:
        content[part].pop(key, None)


def put(content: Content, part: str, key: str, value: Any) -> None:
    """Set an entry; None removes it."""
    content[part].pop(key, None)
    if value is not None:
        content[part][key] = value
