"""What a student did, in one JSON file a lesson: ``notebooks/work/<code>/L1.json``.

Every change is made under a lock: the file is read again, the change merged into it, and the whole written
beside it and renamed. So a crash leaves the old file or the new one, two open notebooks lose nothing, and a
file that cannot be read is set aside, never overwritten. No name and no clock time is kept.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from whosays import __version__
from whosays.disk import NotSaved, locked, patiently, saving, sweep, write_whole
from whosays.words import is_code, propose

__all__ = [
    "Answers",
    "NotSaved",
    "choose_code",
    "codes",
    "current_code",
    "is_code",
    "new_code",
    "work_folder",
    "write_whole",
]

Content = dict[str, Any]
Change = Callable[[Content], None]

MAPS = (
    *("labels", "first_labels", "confidence", "hints", "words", "challenges"),
    *("items", "misconceptions", "predictions", "exit_ticket"),
    *("cards", "first_cards", "first_confidence", "spans", "finds"),
    *("dots", "rewrites", "views", "exercises"),
)
CURRENT = "current"
A_CODE_IS = "A code is two words and two digits, such as amber-otter-17."


def work_folder() -> Path:
    """Where answers live: ``$WHOSAYS_WORK`` if set, else ``notebooks/work`` in the kit."""
    set_by_hand = os.environ.get("WHOSAYS_WORK")
    return Path(set_by_hand).expanduser() if set_by_hand else Path(__file__).resolve().parents[1] / "work"


def codes(work: Path | None = None) -> list[str]:
    """The codes that have a folder here, in alphabetical order."""
    try:
        return sorted(p.name for p in (work or work_folder()).iterdir() if is_code(p.name))
    except OSError:
        return []


def new_code(work: Path | None = None) -> str:
    """Propose a code, two words and a two-digit number, that nobody uses in this folder yet."""
    taken = set(codes(work))
    while (code := propose()) in taken:
        pass
    return code


def current_code(work: Path | None = None) -> str | None:
    """The code last chosen on this computer, if any."""
    try:
        code = ((work or work_folder()) / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return code if is_code(code) else None


def choose_code(code: str, work: Path | None = None) -> str:
    """Make ``code`` the current one and give it a folder.

    Raises ValueError if it is no code, NotSaved if that cannot be written.
    """
    code = "-".join(code.lower().replace("-", " ").split())
    if not is_code(code):
        raise ValueError(f"“{code[:40]}” is no code. {A_CODE_IS}")
    work = work or work_folder()
    with saving(work):
        (work / code).mkdir(parents=True, exist_ok=True)
        _make_current(code, work)
    return code


def _make_current(code: str, work: Path) -> None:
    with locked(work / f".{CURRENT}.lock"):
        sweep(work / CURRENT)
        write_whole(work / CURRENT, f"{code}\n")


class Answers:
    """The answers of one student to one lesson. ``content`` is what is known now; ``change`` saves at once.

    ``notice`` is a sentence for the student if their file was damaged or belongs to another text.
    """

    def __init__(self, lesson: int, code: str, fingerprint: str, work: Path | None = None) -> None:
        self.lesson, self.fingerprint = lesson, fingerprint
        self._work = work or work_folder()
        self._waiting: list[Change] = []
        self.use(code)

    def use(self, code: str) -> None:
        """Go over to the answers of another student.

        Raises ValueError if it is no code, NotSaved if answers of this student still cannot be saved.
        """
        if not is_code(code):
            raise ValueError(f"{code!r} is no code. {A_CODE_IS}")
        if self._waiting:
            self.change(lambda content: None)
        self.code = code
        self.folder = self._work / code
        self.path = self.folder / f"L{self.lesson}.json"
        self.notice = ""
        self.content = self._empty()
        self.content = self._read()

    def change(self, change: Change) -> Content:
        """Apply ``change`` to what is on disk now and save it.

        Raises NotSaved; the change then shows in ``content`` and is written with the next one. A change that
        makes no answers (such as a label that is no rung) raises ValueError or TypeError and changes nothing.
        """
        with_it = copy.deepcopy(self.content)
        change(with_it)
        with_it = _read_back(_written(with_it))
        self._waiting.append(change)
        try:
            with saving(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                with locked(self.folder / f".L{self.lesson}.lock"):
                    self.content = self._merge()
        except NotSaved:
            self.content = with_it
            raise
        except BaseException:
            self._waiting.pop()
            raise
        self._waiting.clear()
        if current_code(self._work) is None:
            with contextlib.suppress(OSError):  # the answer is saved; the code is on the page
                _make_current(self.code, self._work)
        return self.content

    def _merge(self) -> Content:
        """Put what waits into the file. Hold the lock."""
        content = self._read(mend=True)
        for change in self._waiting:
            change(content)
        text = _written(content)
        content = _read_back(text)
        sweep(self.path)
        write_whole(self.path, text)
        self._put_away(self.fingerprint).unlink(missing_ok=True)
        return content

    def set(self, part: str, key: str, value: Any) -> Content:
        """Set one entry, e.g. ``set("labels", "s12", 2)``; None removes it. It keeps first labels too."""
        if part not in MAPS:
            raise KeyError(f"{part!r}; the parts are {', '.join(MAPS)}")

        def change(content: Content) -> None:
            if value is None:
                content[part].pop(key, None)
            else:
                content[part][key] = value
            if part == "labels" and value is not None:
                content["first_labels"].setdefault(key, value)

        return self.change(change)

    def get(self, part: str, key: str, default: Any = None) -> Any:
        return self.content[part].get(key, default)

    @property
    def labels(self) -> Mapping[str, int]:
        labels: Mapping[str, int] = self.content["labels"]
        return labels

    def refresh(self) -> Content:
        """Read again what another notebook may have saved meanwhile."""
        if not self._waiting:
            self.content = self._read()
        return self.content

    # The file -----------------------------------------------------------------------------------------------

    def _empty(self) -> Content:
        return self._head() | {"round": 1} | {part: {} for part in MAPS}

    def _head(self) -> Content:
        return {
            "kit_version": __version__,
            "pack_fingerprint": self.fingerprint,
            "lesson": self.lesson,
            "code": self.code,
        }

    def _read(self, mend: bool = False) -> Content:
        """The answers to this text. With ``mend``, which needs the lock, a strange file is put away."""
        try:
            raw = patiently(self.path.read_bytes)
        except FileNotFoundError:
            return self._brought_back(mend)
        except OSError as error:
            if mend:
                raise
            self.notice = f"{self.path.name} cannot be read ({error.strerror})."
            return copy.deepcopy(self.content)
        content = _parse(raw)
        if content is None:
            self._set_aside(self.path, mend)
            return copy.deepcopy(self.content)  # what this session knows is not lost with the file
        if content["pack_fingerprint"] != self.fingerprint:
            self.notice = "Answers to another text are kept. They come back with that text."
            if mend:
                patiently(lambda: self.path.replace(self._put_away(content["pack_fingerprint"])))
            return self._brought_back(mend)
        return self._empty() | content | self._head()

    def _set_aside(self, path: Path, mend: bool) -> None:
        n = 1
        while (aside := self.folder / f"L{self.lesson}.damaged-{n}.json").exists():
            n += 1
        kept = f"It is kept as {aside.name}; show it to your teacher."
        self.notice = f"The file {path.name} of {self.code} was damaged. {kept}"
        if mend:
            patiently(lambda: path.replace(aside))

    def _put_away(self, fingerprint: str) -> Path:
        """Where answers wait while another text is open."""
        key = hashlib.sha256(fingerprint.encode("utf-8", errors="replace")).hexdigest()[:12]
        return self.folder / f"L{self.lesson}.text-{key}.json"

    def _brought_back(self, mend: bool) -> Content:
        """Answers to this text that waited while another one was open, or else what this session knows."""
        path = self._put_away(self.fingerprint)
        try:
            content = _parse(patiently(path.read_bytes))
        except OSError:
            return copy.deepcopy(self.content)  # a file that somebody deleted is written again from the page
        if content is None or content["pack_fingerprint"] != self.fingerprint:
            self._set_aside(path, mend)
            return self._empty()
        return self._empty() | content | self._head()


def _written(content: Content) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def _read_back(text: str) -> Content:
    """What the file will say. Raises ValueError if it would not be read again."""
    content = _parse(text.encode("utf-8", errors="replace"))
    if content is None:
        raise ValueError("these are no answers: every label is a whole number from 1 to 5")
    return content


def _parse(raw: bytes) -> Content | None:
    """The content of an answers file, or None if it is none."""
    try:
        content = json.loads(raw.decode("utf-8"))
        json.dumps(content, allow_nan=False)  # Python reads numbers without end, which are no JSON
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("pack_fingerprint"), str):
        return None
    parts = [content.get(part, {}) for part in MAPS]
    if type(content.get("round", 1)) is not int or not all(isinstance(part, dict) for part in parts):
        return None
    rungs = [*content.get("labels", {}).values(), *content.get("first_labels", {}).values()]
    return content if all(type(rung) is int and 1 <= rung <= 5 for rung in rungs) else None
