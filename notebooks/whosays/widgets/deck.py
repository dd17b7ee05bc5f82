"""The sentence deck of lesson 1: one sentence at a time, five rungs, and the reason after each answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from whosays import markup
from whosays.answers import Answers, Content, NotSaved
from whosays.checks import Result, check_rung, rung_keys, show_reference
from whosays.measures.ladder import RUNGS, coded
from whosays.model import Mark, Span
from whosays.pack import Pack
from whosays.widgets import deck_says as says
from whosays.widgets.base import View, source
from whosays.widgets.deck_says import Box

SAME_IN_A_ROW = 4
SAME_ASK = "Four times the same button. Which word told you?"
ASK = "On whose word does the large sentence rest? Press 1 to 5, or click."
NO_WORD = "(no word)"


class Deck(View):
    """Put every sentence of a pack on the source ladder.

    Each answer is saved at once. With a reference the deck says how it compares and why; without one it
    records and says that the teacher will show the class view. It does not time, rank or show the key ahead.
    """

    _esm = source("deck", ".js")
    _css = source("deck", ".css")

    def __init__(self, pack: Pack, answers: Answers, on_change: Callable[[], None] | None = None) -> None:
        self.pack, self.answers, self._on_change = pack, answers, on_change
        self._keys = rung_keys(pack)
        rows = pack.sentences
        self._ids: list[str] = list(rows["id"])
        self._core: list[str] = list(rows.loc[rows["core"].fillna(False).astype(bool), "id"])
        self._paragraph = dict(zip(rows["id"], rows["paragraph"], strict=True))
        self._span = {
            sid: Span(int(a), int(b))
            for sid, a, b in zip(rows["id"], rows["start"], rows["end"], strict=True)
        }
        self._only_core = False
        self._state = "open"
        self._resume()
        super().__init__()

    def _resume(self) -> None:
        """Go to the first open sentence of whoever's answers these are."""
        self._past: list[tuple[str, int | None, bool]] = []
        self._streak: list[int] = []
        self._trouble = self._undone = ""
        self._only_core = self._was_on_core_path()
        self._open(self._next_open(self._ids[-1]) or self._ids[0])

    def _was_on_core_path(self) -> bool:
        """Whether only core sentences were answered, and others between them were passed over."""
        done = [n for n, sid in enumerate(self._ids) if sid in self.answers.labels]
        return bool(done) and len(done) <= done[-1] and all(self._ids[n] in self._core for n in done)

    def reload(self) -> None:
        self._resume()
        super().reload()

    # What the reader does -----------------------------------------------------------------------------------

    def answer(self, sentence_id: str, rung: int) -> Result:
        """Answer without the buttons: ``deck.answer("s12", 2)`` saves and returns what the check found."""
        if sentence_id not in self._span:
            raise ValueError(f"no sentence {sentence_id!r}; they run from {self._ids[0]} to {self._ids[-1]}")
        if isinstance(rung, bool) or rung not in RUNGS:
            raise ValueError(f"rung {rung!r}: the ladder has rungs 1 to 5")
        self._open(sentence_id)
        try:
            self._choose(int(rung))
        except NotSaved as error:
            self.not_saved(error)
            raise
        finally:
            if self._state == "which word":
                self._state = "answered"
            self.draw()
        self.do_settled()
        return self._result()

    def do_choose(self, arg: str) -> None:
        for rung in RUNGS:
            if str(rung) == str(arg):
                self._choose(rung)

    def do_go(self, arg: str) -> None:
        if arg in self._span:
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

    def do_reference(self) -> None:
        if self._state == "answered" and self._result().status == "not yet":
            self._state = "shown"
            self._save_entry("hints", "reference")

    def do_word(self, arg: str) -> None:
        if self._state == "which word" and isinstance(arg, str):
            self._state = "answered"
            self._save_entry("words", arg[:200] or NO_WORD)

    def do_object(self) -> None:
        if self._state == "shown" or (self._state == "answered" and self._result().status == "correct"):
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
        sid, before, was_first = self._past.pop()
        if self._streak:
            self._streak.pop()

        def change(content: Content) -> None:
            _put(content, "labels", sid, before)
            if was_first:
                content["first_labels"].pop(sid, None)

        try:
            self._save(change)
        finally:  # it is undone here even if it is not saved yet
            self._open(sid)
            self._undone = f"Undone: {sid} is {f'on rung {before}' if before else 'not answered'} again. "

    def not_saved(self, error: NotSaved) -> None:
        self._trouble = str(error)

    # State ------------------------------------------------------------------------------------------------

    def _choose(self, rung: int) -> None:
        sid = self._now
        before = self.answers.labels.get(sid)
        if before != rung:
            self._past.append((sid, before, sid not in self.answers.content["first_labels"]))
        self._streak = [*self._streak, rung][-SAME_IN_A_ROW:] if before is None else []
        same = len(self._streak) == SAME_IN_A_ROW and len(set(self._streak)) == 1
        self._state = "which word" if same else "answered"
        if same:
            self._streak = []
        self._save(lambda content: _label(content, sid, rung))

    def draw(self) -> None:
        super().draw()
        self._undone = ""

    def _save(self, change: Callable[[Content], None]) -> None:
        self._trouble = ""
        self.answers.change(change)

    def _save_entry(self, part: str, value: str | None) -> None:
        """Save what is said of the present sentence; None removes it."""
        sid = self._now  # the change may be made later, when another sentence is the present one
        self._save(lambda content: _put(content, part, sid, value))

    def _open(self, sid: str) -> None:
        self._now = sid
        if sid not in self.answers.labels:
            self._state = "open"
        elif self.answers.get("hints", sid) == "reference":
            self._state = "shown"
        else:
            self._state = "answered"

    def _path(self) -> list[str]:
        return self._core if self._only_core and self._core else self._ids

    def _next_open(self, after: str) -> str | None:
        """The next unanswered sentence of the path after this one, going round once."""
        start = self._ids.index(after) + 1
        in_turn = self._ids[start:] + self._ids[:start]
        path = set(self._path())
        return next((sid for sid in in_turn if sid in path and sid not in self.answers.labels), None)

    def _result(self) -> Result:
        key = self._keys.get(self._now)
        label = self.answers.labels.get(self._now)
        if key is None:
            return Result(
                "not attempted",
                0.0,
                "Saved. Your teacher will show the class view.",
                ("This copy of the kit has no reference coding, so there is no feedback yet.",),
            )
        checked = check_rung(label, key)
        return (
            show_reference(key)
            if self._state in ("shown", "objecting") and checked.status == "not yet"
            else checked
        )

    # What is shown ------------------------------------------------------------------------------------------

    def as_table(self) -> pd.DataFrame:
        """Sentence, paragraph, text and the rung given so far, a row a sentence."""
        return coded(self.pack.sentences, self.answers.labels)

    def build(self) -> dict[str, Any]:
        labels = self.answers.labels
        result = self._result() if self._state in ("answered", "shown", "objecting") else None
        box = self._feedback(result)
        at = self._ids.index(self._now)
        return {
            "ask": ASK,
            "state": self._state,
            "strip": self._strip(),
            "progress": self._progress(),
            "saved": "Not saved yet." if self._trouble else f"Saved for {self.answers.code}.",
            "path": "core" if self._only_core else "all",
            "paths": [["all", f"All {len(self._ids)}"], ["core", f"{len(self._core)} core"]]
            if self._core
            else [],
            "now": self._now,
            "before": self._neighbour(at - 1),
            "text": self._sentence(result),
            "long": len(self._span[self._now]) > 1500,
            "after": self._neighbour(at + 1),
            "rungs": [[n, RUNGS[n]] for n in sorted(RUNGS)],
            "chosen": labels.get(self._now),
            "feedback": box,
            "can_undo": bool(self._past),
            "trouble": self._trouble or self.answers.notice,
            "say": self._say(box),
        }

    def _say(self, box: dict[str, Any] | None) -> str:
        """What a screen reader hears after a change."""
        if self._trouble:
            return f"Your answer could not be saved. {self._trouble}"
        here = (
            f"Sentence {self._now}. {self.pack.text[self._span[self._now].start : self._span[self._now].end]}"
        )
        if box is None or self._undone:
            return f"{self._undone}{here}"[:400]
        spoken = [box["verdict"], *("".join(s["t"] for s in p) for p in box["body"])]
        spoken += [f"Rung {r['rung']}: {r['name']}. {r['reason']}" for r in box["readings"]]
        return " ".join(spoken)[:600]

    def _neighbour(self, at: int) -> list[Any] | None:
        if not 0 <= at < len(self._ids):
            return None
        span = self._span[self._ids[at]]
        return [self._ids[at], self.pack.text[span.start : span.end][:600]]

    def _sentence(self, result: Result | None) -> list[dict[str, Any]]:
        marks = [Mark(span, "decide", "") for span in result.spans] if result else []
        return markup.segments(self.pack.text, self._span[self._now], marks)

    def _strip(self) -> list[dict[str, Any]]:
        core = set(self._core)
        return [
            {
                "id": sid,
                "paragraph": int(self._paragraph[sid]),
                "rung": self.answers.labels.get(sid),
                "core": sid in core,
                "now": sid == self._now,
            }
            for sid in self._ids
        ]

    def _progress(self) -> str:
        done = sum(sid in self.answers.labels for sid in self._ids)
        said = f"{done} of {len(self._ids)} answered."
        core = sum(sid in self.answers.labels for sid in self._core)
        if self._core and core < len(self._core):
            said += f" {core} of the {len(self._core)} core sentences done; a dot marks those to come."
        elif self._core:
            said += f" All {len(self._core)} core sentences done."
        return said

    def _feedback(self, result: Result | None) -> Box | None:
        n, core = len(self._ids), len(self._core)
        if self._state == "which word":
            return says.which_word(SAME_ASK)
        if self._state == "done":
            return says.done(f"All {n} done.")
        if self._state == "core done":
            rest = f"The other {n - core} can be homework: choose “All {n}” above to go on."
            return says.done(f"All {core} core sentences done.", rest)
        objection = self.answers.get("challenges", self._now, "")
        if self._state == "objecting":
            return says.objecting(objection)
        if result is None:
            return None
        key = self._keys.get(self._now)
        if key is None:
            return says.saved(result)
        if result.status == "correct":
            return says.agrees(result, key, self.answers.labels[self._now], objection)
        if self._state == "shown":
            return says.reference(result, key, objection)
        return says.not_yet(result)


def _label(content: Content, sid: str, rung: int) -> None:
    content["labels"][sid] = rung
    content["first_labels"].setdefault(sid, rung)


def _put(content: Content, part: str, sid: str, value: Any) -> None:
    """Set an entry; None removes it."""
    content[part].pop(sid, None)
    if value is not None:
        content[part][sid] = value
