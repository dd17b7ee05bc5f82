"""What a student did, in one JSON file a lesson: ``notebooks/work/<code>/L1.json``.

Every change is made under a lock: the file is read again, the change merged into it, and the whole written
beside it and renamed. So a crash leaves the old file or the new one, two open notebooks lose nothing, and a
file that cannot be read is set aside, never overwritten. No name and no clock time is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from whosays import __version__

Content = dict[str, Any]
Change = Callable[[Content], None]

MAPS = ("labels", "first_labels", "confidence", "hints", "words", "challenges", "items", "predictions", "exit_ticket")
CODE = re.compile(r"[a-z]{3,10}-[a-z]{3,10}-[0-9]{2}")
CURRENT = "current"
RENAME_TRIES = 20

# Short, common, friendly words: easy to read aloud and to write down.
FIRST = (
    "amber apple autumn basil birch blue bold brave bright brisk calm candle cedar cherry clear clever cloud "
    "cobalt copper coral cosy crisp dawn dusty early ember fair fern forest frost gentle ginger golden grand "
    "green happy hazel honey indigo ivory jade jolly kind lemon light lilac linen lively lucky lunar maple "
    "meadow mellow merry mild minty misty moss noble ocean olive opal orange paper pearl pepper pine plum "
    "polar proud purple quick quiet rapid river rose royal ruby rustic sandy silver sky snowy solar spring "
    "stone sunny swift tidy topaz velvet violet warm willow winter wise"
).split()
SECOND = (
    "badger beaver bison bumble camel canary cat cheetah condor coyote crane cricket curlew deer dolphin donkey "
    "dove duck eagle egret falcon ferret finch fox frog gecko gibbon goose gopher gull hamster hare hawk hedgehog "
    "heron hippo horse ibex iguana jackal jay kestrel kiwi koala lark lemur lion lizard llama lynx magpie mallard "
    "marmot marten mole moose mouse newt octopus okapi oriole osprey otter owl panda parrot pelican penguin "
    "pigeon pony puffin puma quail rabbit raven robin rooster salmon seal shrew sparrow spider squid stork "
    "swallow swan tapir tern tiger toad toucan trout turtle walrus weasel whale wombat wren yak zebra"
).split()


class NotSaved(OSError):
    """The answer could not be written; the message says why and what to do. It is kept and tried again."""


def work_folder() -> Path:
    """Where answers live: ``$WHOSAYS_WORK`` if set, else ``notebooks/work`` in the kit."""
    set_by_hand = os.environ.get("WHOSAYS_WORK")
    return Path(set_by_hand) if set_by_hand else Path(__file__).resolve().parents[1] / "work"


def codes(work: Path | None = None) -> list[str]:
    """The codes that have a folder here, in alphabetical order."""
    work = work or work_folder()
    return sorted(p.name for p in work.iterdir() if p.is_dir() and is_code(p.name)) if work.is_dir() else []


def is_code(word: str) -> bool:
    return CODE.fullmatch(word) is not None


def new_code(work: Path | None = None) -> str:
    """Propose a code, two words and a two-digit number, that nobody uses in this folder yet."""
    taken = set(codes(work))
    chance = random.SystemRandom()
    while True:
        code = f"{chance.choice(FIRST)}-{chance.choice(SECOND)}-{chance.randrange(10, 100)}"
        if code not in taken:
            return code


def current_code(work: Path | None = None) -> str | None:
    """The code last chosen on this computer, if any."""
    try:
        code = ((work or work_folder()) / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return code if is_code(code) else None


def choose_code(code: str, work: Path | None = None) -> str:
    """Make ``code`` the current one and give it a folder. Raises ValueError if it is no code, NotSaved if it cannot."""
    code = "-".join(code.lower().split()).strip("-")
    if not is_code(code):
        raise ValueError(f"“{code[:40]}” is no code. A code is two words and two digits, such as amber-otter-17.")
    work = work or work_folder()
    with _saving(work):
        (work / code).mkdir(parents=True, exist_ok=True)
        write_whole(work / CURRENT, code + "\n")
    return code


class Answers:
    """The answers of one student to one lesson. ``content`` is what is known now; ``change`` saves at once."""

    def __init__(self, lesson: int, code: str, fingerprint: str, work: Path | None = None) -> None:
        if not is_code(code):
            raise ValueError(f"{code!r} is no code such as amber-otter-17")
        self.lesson, self.fingerprint = lesson, fingerprint
        self._work = work or work_folder()
        self.use(code)

    def use(self, code: str) -> None:
        """Go over to the answers of another student."""
        self.code = code
        self.folder = self._work / code
        self.path = self.folder / f"L{self.lesson}.json"
        self.notice = ""
        self._waiting: list[Change] = []
        self.content = self._read()

    def change(self, change: Change) -> Content:
        """Apply ``change`` to what is on disk now and save it. Raises NotSaved; the change is then kept for the next try."""
        self._waiting.append(change)
        try:
            with _saving(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                with _lock(self.folder / f".L{self.lesson}.lock"):
                    content = self._read(set_aside=True)
                    for waiting in self._waiting:
                        waiting(content)
                    _sweep(self.path)
                    write_whole(self.path, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
                if current_code(self._work) is None:
                    write_whole(self._work / CURRENT, self.code + "\n")
        except NotSaved:
            change(self.content)
            raise
        self._waiting.clear()
        self.content = content
        return content

    def set(self, part: str, key: str, value: Any) -> Content:
        """Set one entry, e.g. ``set("labels", "s12", 2)``; None removes it. First labels are kept by themselves."""
        if part not in MAPS:
            raise KeyError(part)

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

    def _empty(self) -> Content:
        head = {
            "kit_version": __version__, "pack_fingerprint": self.fingerprint, "lesson": self.lesson,
            "code": self.code, "round": 1,
        }
        return head | {part: {} for part in MAPS}

    def _read(self, set_aside: bool = False) -> Content:
        """The file's content; empty where there is none. Only under the lock is a strange file set aside."""
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return self._parked() if set_aside else self._empty()
        except OSError as error:
            if set_aside:
                raise
            self.notice = f"{self.path.name} cannot be read ({error.strerror})."
            return self._empty()
        content = _parse(raw)
        if content is None:
            aside = self._free_name("damaged")
            self.notice = (
                f"The file {self.path.name} of {self.code} was damaged. It is kept as {aside.name}; show it to your teacher."
            )
            if set_aside:
                os.replace(self.path, aside)
            return self._empty()
        if content["pack_fingerprint"] != self.fingerprint:
            self.notice = "Earlier answers belong to another text. They are kept, and this text starts fresh."
            if set_aside:
                os.replace(self.path, self._park_name(content["pack_fingerprint"]))
                return self._parked()
            return self._empty()
        return self._empty() | content | {"kit_version": __version__, "code": self.code, "lesson": self.lesson}

    def _park_name(self, fingerprint: str) -> Path:
        key = re.sub(r"[^0-9a-f]", "", fingerprint)[:12] or "unknown"
        return self.folder / f"L{self.lesson}.text-{key}.json"

    def _parked(self) -> Content:
        """Answers to this very text that were put away while another text was open."""
        try:
            content = _parse(self._park_name(self.fingerprint).read_bytes())
        except OSError:
            content = None
        return self._empty() | (content or {})

    def _free_name(self, why: str) -> Path:
        n = 1
        while (aside := self.folder / f"L{self.lesson}.{why}-{n}.json").exists():
            n += 1
        return aside


def _parse(raw: bytes) -> Content | None:
    """The content of an answers file, or None if it is none."""
    try:
        content = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("pack_fingerprint"), str):
        return None
    if any(not isinstance(content.get(part, {}), dict) for part in MAPS):
        return None
    rungs = [*content.get("labels", {}).values(), *content.get("first_labels", {}).values()]
    return content if all(type(r) is int and 1 <= r <= 5 for r in rungs) else None


@contextlib.contextmanager
def _saving(folder: Path) -> Iterator[None]:
    """Turn a failed write into NotSaved with a sentence that helps."""
    try:
        yield
    except OSError as error:
        if isinstance(error, NotSaved):
            raise
        why = {13: "is read-only", 30: "is read-only", 28: "is on a full disk", 122: "has no space left for you"}
        reason = why.get(error.errno or 0, f"cannot be written ({error.strerror or error})")
        raise NotSaved(
            f"The folder {folder.parent.name}/{folder.name} {reason}. Make room or move the kit to a place where you "
            "may write, then answer again. Nothing you did before is lost."
        ) from error


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold the lock file; the system frees it when the process ends, however it ends."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _take(handle)
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> None:
    try:
        import fcntl
    except ImportError:
        _take_windows(handle)
        return
    with contextlib.suppress(OSError):  # some network drives and browser file systems know no locks
        fcntl.flock(handle, fcntl.LOCK_EX)


def _take_windows(handle: int) -> None:
    try:
        import msvcrt
    except ImportError:
        return
    while True:
        try:
            msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
            return
        except OSError:
            time.sleep(0.05)


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` beside ``path`` and rename it into place, so that a reader sees the old file or the new."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        _rename(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _rename(name: str, path: Path) -> None:
    for attempt in range(RENAME_TRIES):
        try:
            os.replace(name, path)
            return
        except PermissionError:  # Windows: a virus scanner or another reader holds the file for a moment
            if os.name != "nt" or attempt == RENAME_TRIES - 1:
                raise
            time.sleep(0.05)


def _sweep(path: Path) -> None:
    """Remove what killed writers left behind; the lock is held, so none of it is in use."""
    for leftover in path.parent.glob(f".{path.name}.*.tmp"):
        with contextlib.suppress(OSError):
            leftover.unlink()
