"""Who works here: the code of a student, chosen anew on every shared computer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from whosays import answers as store
from whosays.answers import NotSaved
from whosays.widgets.base import View, source

UNSAVED = "Your code could not be saved."
NO_CODE = "“{}” is no code. A code is two words and two digits, such as amber-otter-17."
AFRESH = "Somebody else was here before? Choose Run, then Run All Cells: then the tables are yours, too."
LONGEST = 60  # characters of a typed code

Action = tuple[str, str, str]  # name, words, kind of button


@dataclass(frozen=True, slots=True)
class Face:
    """What one state shows: an instruction, a code (large or only for the table), buttons, a note."""

    ask: str
    code: str
    actions: list[Action]
    note: str = ""
    large: bool = True


class Who(View):
    """Choose the code that answers are kept under.

    It offers a fresh code, goes on with the last one of this computer, or takes one that the student has
    written down. It never lists the codes of others, and makes no folder before a code was chosen.
    ``on_chosen(code)`` is called once the choice is on the disk; ``offer`` is the code offered first.
    """

    _esm = source("who", ".js")
    _css = source("who", ".css")

    def __init__(
        self, work: Path | None = None, on_chosen: Callable[[str], None] | None = None, offer: str = ""
    ) -> None:
        self._work, self._on_chosen = work, on_chosen
        self._current = store.current_code(work)
        self._offer, self._refused = offer, ""
        self._typed = self._problem = self._trouble = ""
        self._state = "continue" if self._current else "offer"
        super().__init__()

    # What the reader does -----------------------------------------------------------------------------------

    def use(self, code: str) -> str:
        """Work under ``code`` from now on: ``who.use("Amber otter 17")``. Returns it as it is written.

        Raises ValueError if it is no code, NotSaved if it cannot be saved.
        """
        known = as_code(code)
        if known is None:
            raise ValueError(NO_CODE.format(code[:LONGEST]))
        self._choose_and_draw(known)
        return known

    def start_new(self) -> str:
        """Work under a fresh code from now on, and return it. Raises NotSaved if it cannot be saved."""
        code = store.new_code(self._work)
        self._choose_and_draw(code)
        return code

    def do_take(self) -> None:
        """Use the code that is offered."""
        if self._state == "offer":
            self._choose(self._offer)

    def do_another(self) -> None:
        self._refused, self._trouble = self._offer, ""

    def do_go_on(self) -> None:
        """Go on with the last code of this computer."""
        if self._current and self._state == "continue":
            self._choose(self._current)

    def do_new(self) -> None:
        """A fresh code, at once: the next click must not land among the answers of the one before."""
        self._choose(store.new_code(self._work))

    def do_have(self) -> None:
        self._go("type")

    def do_back(self) -> None:
        self._go("continue" if self._current else "offer")

    def do_type(self, arg: str) -> None:
        """Use the code that was typed; ask first if nobody has worked under it here."""
        if not isinstance(arg, str):
            raise ValueError(arg)
        self._go("type")
        self._typed = arg[:LONGEST]
        code = as_code(self._typed)
        if code is None:
            said = NO_CODE.format(self._typed.strip())
            self._problem = said if arg.strip() else "Type the two words and the two digits of your code."
        elif code in store.codes(self._work):
            self._choose(code)
        else:
            self._state = "unknown"

    def do_start_with_it(self) -> None:
        code = as_code(self._typed)
        if self._state == "unknown" and code:
            self._choose(code)

    def not_saved(self, error: NotSaved) -> None:
        self._trouble = str(error)

    # State --------------------------------------------------------------------------------------------------

    def _go(self, state: str) -> None:
        self._state, self._problem, self._trouble = state, "", ""

    def _choose(self, code: str) -> None:
        self._trouble = ""
        code = store.choose_code(code, self._work)
        if self._on_chosen:
            self._on_chosen(code)  # may find that answers of the student before cannot be saved
        self._current, self._offer, self._typed = code, "", ""
        self._go("chosen")

    def _choose_and_draw(self, code: str) -> None:
        try:
            self._choose(code)
        except NotSaved as error:
            self.not_saved(error)
            raise
        finally:
            self.draw()

    def _offered(self) -> str:
        """The code on offer: fresh, and another one than before."""
        while not self._offer or self._offer == self._refused:
            self._offer = store.new_code(self._work)
        return self._offer

    # What is shown ------------------------------------------------------------------------------------------

    def as_table(self) -> pd.DataFrame:
        """One row: what is asked or said, the code it is about, and how to choose without buttons."""
        face = self._face()
        how = 'who.use("amber-otter-17") with your own code, or who.start_new()'
        return pd.DataFrame([(face.ask, face.code, how)], columns=["ask", "code", "without buttons"])

    def build(self) -> dict[str, Any]:
        face = self._face()
        return {
            "state": self._state,
            "ask": face.ask,
            "code": face.code if face.large else "",
            "note": face.note,
            "actions": [list(action) for action in face.actions],
            "typed": self._typed,
            "longest": LONGEST,
            "problem": self._problem,
            "trouble": [UNSAVED, self._trouble] if self._trouble else None,
            "say": self._say(face) if self._turn > 1 else "",
        }

    def _say(self, face: Face) -> str:
        """What a screen reader hears after a change."""
        if self._trouble:
            return f"{UNSAVED} {self._trouble}"
        parts = (face.ask, face.code if face.large else "", face.note)
        return self._problem or " ".join(part for part in parts if part)

    def _face(self) -> Face:
        current = self._current or ""
        back = [("back", "Back", "quiet")]
        match self._state:
            case "continue":
                go_on = ("go_on", f"Continue as {current}", "go")
                others = [("new", "Start new", ""), ("have", "I have another code", "quiet")]
                return Face(f"Continue as {current}, or start new?", current, [go_on, *others], large=False)
            case "type":
                return Face(
                    "Type your code: two words and two digits.", "", [("type", "Use this code", "go"), *back]
                )
            case "unknown":
                actions = [("start_with_it", "Start with it", "go"), ("have", "Type it again", ""), *back]
                note = "Did you work on another computer? Then your work is still there."
                ask = "No work under that code here. Start with it anyway?"
                return Face(ask, as_code(self._typed) or "", actions, note)
            case "chosen":
                ask = f"You work as {current}. Write it down."
                return Face(ask, current, [("back", "Not you?", "quiet")], AFRESH, large=False)
            case _:
                take = [("take", "Use this code", "go"), ("another", "Another one", "")]
                more = [("have", "I have a code", "quiet"), *(back if current else [])]
                ask = "Write this down. It is how you find your work again."
                return Face(ask, self._offered(), [*take, *more])


def as_code(text: str) -> str | None:
    """The code that somebody wrote as “Amber otter 17”, or None if it is none."""
    plain = re.sub(r"(?<=[a-z])(?=[0-9])", "-", unicodedata.normalize("NFKC", text).casefold())
    code = "-".join(word for word in re.split(r"[\W_]+", plain) if word)
    return code if store.is_code(code) else None
