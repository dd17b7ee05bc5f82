"""Find submissions: nbgrader's folders, a flat folder, or what an LMS gives out, unpacked or as a zip.

Every hand-in becomes a row, whatever it is. Links are never followed, and nothing is written outside ``scratch``.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from whosays.pack.faults import show

Kind = Literal["nbgrader", "flat", "canvas", "moodle"]
MOST_FILE = 50_000_000  # bytes of a file in a zip
MOST_ALL = 4_000_000_000  # bytes of all files of a zip
MOST_FILES = 100_000
LONGEST = 120  # characters of a student's name as a file name
IGNORED = re.compile(
    r"^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$|timestamp\.txt$|feedback\.html?$)", re.IGNORECASE
)
BESIDE = re.compile(
    r"\.(json|csv|txt|md|png|jpe?g|svg)$", re.IGNORECASE
)  # goes with a notebook, is no hand-in
NOT_THESE = ("autograded", "feedback", "release", "source", "keys", "grades.feedback")
CANVAS = re.compile(r"^(?P<name>[^_/]+?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<hand_in>\d+)_(?P<file>.+)$")
MOODLE = re.compile(r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_file(_(?P<file>.*))?$")
ATTEMPT = re.compile(r"-(\d{1,3})$")
COPY = re.compile(r"(?:[ _]?\((\d{1,3})\)|[-_ ]copy\d*|\.ipynb)$", re.IGNORECASE)
UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]')


class NotFound(ValueError):
    """There are no submissions to read; the message says what was given and what is expected."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One hand-in: ``file`` is its notebook, or None and ``problem`` says why there is none.

    ``path`` is where it was found, relative to what was given; no two are alike. ``student`` is who handed it
    in, safe as the name of a file; ``name`` and ``lms_id`` what the layout tells beyond that, ``hint`` the set
    that the name of folder or file speaks of.
    """

    path: str
    file: Path | None
    student: str
    name: str = ""
    kind: Kind = "flat"
    lms_id: str = ""
    late: bool = False
    hint: str = ""
    attempt: int = 0
    handed_in: str = ""
    notes: tuple[str, ...] = ()
    problem: str = ""


def find(given: Path, scratch: Path, sets: Sequence[str]) -> list[Submission]:
    """All submissions in a folder or a zip, by path. Raises NotFound if that cannot be read or holds none."""
    if given.is_dir():
        top = _course(given)
    elif given.is_file():
        top = scratch / "zip"
        try:
            unpack(given, top)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise NotFound(f"{given.name} cannot be unpacked ({error}). Give a folder or a zip.") from error
    else:
        raise NotFound(f"{given} is no folder and no zip. Give the folder with the submissions.")
    found = _Finder(top, scratch, tuple(sets)).all()
    if not found:
        raise NotFound(f"{given} holds no submission: no notebook and no student's folder.")
    seen: dict[str, int] = {}
    rows = []
    for submission in sorted(found, key=lambda s: s.path):
        seen[submission.path] = n = seen.get(submission.path, 0) + 1
        rows.append(submission if n == 1 else replace(submission, path=f"{submission.path} ({n})"))
    return rows


def _course(given: Path) -> Path:
    """The folder of submissions, where a whole course was given."""
    return given / "submitted" if (given / "submitted").is_dir() else given


class _Finder:
    def __init__(self, top: Path, scratch: Path, sets: tuple[str, ...]) -> None:
        self.top, self.scratch, self.sets = top, scratch, sets
        self.unpacked = 0

    def all(self) -> list[Submission]:
        entries = list(_entries(self.top))
        if any(e.name == f"{s}.ipynb" for e in entries for s in self.sets):
            return self.folder(self.top, self.top.name, [])  # one student's set
        if any(e.name in self.sets and e.is_dir() and not e.is_symlink() for e in entries):
            return self.student(self.top)
        while len(entries) == 1 and entries[0].is_dir() and not entries[0].is_symlink():
            inner = list(_entries(entries[0]))
            if not _wraps(entries[0].name, inner):
                break
            entries = inner  # a zip with all in one folder
        found: list[Submission] = []
        for entry in entries:
            found += self.entry(entry)
        return found

    def entry(self, entry: Path) -> list[Submission]:
        """The submissions behind one name in the top folder."""
        moodle, canvas = MOODLE.match(entry.name), CANVAS.match(entry.name)
        if entry.is_symlink():
            return [self.odd(entry, entry.stem, "is a link. Links are not followed")]
        if entry.is_dir():
            if moodle:
                return self.folder(entry, moodle["name"], [], kind="moodle", lms_id=moodle["id"])
            if entry.name in NOT_THESE:
                return []
            return self.student(entry)
        if moodle and moodle["file"]:
            return self.file(entry, moodle["name"], moodle["file"], kind="moodle", lms_id=moodle["id"])
        if canvas:
            return self.file(
                entry,
                canvas["name"],
                canvas["file"],
                kind="canvas",
                lms_id=canvas["id"],
                late=bool(canvas["late"]),
                handed_in=canvas["hand_in"].zfill(12),
            )
        return self.file(entry, self.named(entry.stem), entry.name, kind="flat")

    def student(self, folder: Path) -> list[Submission]:
        """A folder of one student: nbgrader's, with a folder a set, or notebooks straight in it."""
        entries = list(_entries(folder))
        sets = [e for e in entries if e.is_dir() and not e.is_symlink()]
        found: list[Submission] = []
        for entry in sets:
            hint = entry.name if entry.name in self.sets else ""
            found += self.folder(entry, folder.name, [], kind="nbgrader", hint=hint)
        if any(e not in sets for e in entries) or not sets:
            found += self.folder(folder, folder.name, sets, kind="nbgrader")
        return found

    def folder(self, folder: Path, who: str, skip: Sequence[Path], **known: object) -> list[Submission]:
        """All notebooks of a folder, or one row that says what is there instead."""
        files = [e for e in _entries(folder) if e not in skip]
        notebooks = [e for e in files if e.suffix.lower() in (".ipynb", ".zip") or e.is_symlink()]
        if not notebooks:
            others = [e for e in files if e.is_dir()]
            deeper = [n for o in others for n in self.folder(o, who, (), **known) if n.file is not None]
            if deeper:
                return deeper
        stamp = _stamp(folder / "timestamp.txt")
        if stamp:
            known["handed_in"] = stamp
        rows = [row for e in notebooks for row in self.file(e, who, e.name, **known)]
        if rows:
            return rows
        named = [e.name for e in files]
        what = (
            f"handed in {', '.join(map(show, named[:3]))}, which is no notebook"
            if named
            else "an empty folder"
        )
        return [self.row(folder, who, folder.name, None, problem=f"No notebook: {what}.", **known)]

    def file(self, entry: Path, who: str, name: str, **known: object) -> list[Submission]:
        """The row of one file, or of what a student's zip holds."""
        if entry.is_symlink():
            return [self.odd(entry, who, "is a link. Links are not followed", **known)]
        try:
            mode = entry.lstat().st_mode
        except OSError as error:
            return [self.odd(entry, who, f"cannot be read ({error.strerror})", **known)]
        if entry.is_dir():
            return self.folder(entry, who, (), **known)
        if not stat.S_ISREG(mode):
            return [self.odd(entry, who, "is no file that can be read", **known)]
        if name.lower().endswith(".zip"):
            return self.zipped(entry, who, name, **known)
        if not name.lower().endswith(".ipynb"):
            if known.get("kind") == "flat" and BESIDE.search(name):
                return []
            return [
                self.row(
                    entry, who, name, None, problem=f"Handed in {show(name)}, which is no notebook.", **known
                )
            ]
        return [self.row(entry, who, name, entry, **known)]

    def zipped(self, entry: Path, who: str, name: str, **known: object) -> list[Submission]:
        self.unpacked += 1
        inside = self.scratch / f"inside-{self.unpacked}"
        try:
            unpack(entry, inside)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            return [self.odd(entry, who, f"cannot be unpacked ({error})", **known)]
        rows = []
        for path in sorted(inside.rglob("*.ipynb")):
            if not any(IGNORED.match(part) for part in path.relative_to(inside).parts):
                within = path.relative_to(inside).as_posix()
                row = self.row(entry, who, path.name, path, **known)
                rows.append(replace(row, path=f"{row.path}/{_safe_path(within)}"))
        return rows or [self.odd(entry, who, "holds no notebook", **known)]

    def odd(self, entry: Path, who: str, what: str, **known: object) -> Submission:
        return self.row(entry, who, entry.name, None, problem=f"{show(entry.name)} {what}.", **known)

    def row(
        self, entry: Path, who: str, name: str, file: Path | None, problem: str = "", **known: object
    ) -> Submission:
        stem = name[: -len(".ipynb")] if name.lower().endswith(".ipynb") else Path(name).stem
        attempt = 0
        if known.get("kind") == "canvas" and (again := ATTEMPT.search(stem)):
            attempt, stem = int(again[1]), stem[: again.start()]
        if copied := COPY.search(stem):
            attempt = max(attempt, int(copied[1] or 1))
            stem = stem[: copied.start()]
        hint = str(known.pop("hint", "")) or next((s for s in self.sets if _speaks_of(stem, s)), "")
        student = who if known.get("kind") != "canvas" else f"{who}-{known.get('lms_id')}"
        if known.get("kind") == "moodle":
            student = f"{who}-{known.get('lms_id')}"
        relative = _safe_path(_relative(entry, self.top))
        return Submission(
            relative,
            file,
            safe(student),
            name=unicodedata.normalize("NFC", _printable(who)),
            hint=hint,
            attempt=attempt,
            problem=problem,
            **known,  # type: ignore[arg-type]
        )

    def named(self, stem: str) -> str:
        """The student in the name of a flat file: what is left of it without the set."""
        stem = COPY.sub("", stem)
        for name in sorted(self.sets, key=len, reverse=True):
            for pattern in (rf"^{name}[-_ ]+(.+)$", rf"^(.+?)[-_ ]+{name}$"):
                if match := re.match(pattern, stem, re.IGNORECASE):
                    return match[1]
        return stem


def _speaks_of(stem: str, name: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", stem, re.IGNORECASE) is not None


def _wraps(name: str, inner: Sequence[Path]) -> bool:
    """Whether a folder holds submissions of many, and is not one student's."""
    if MOODLE.match(name):
        return False
    return (
        sum(bool(MOODLE.match(e.name) or CANVAS.match(e.name)) or e.is_dir() for e in inner) > 0
        and not any(
            e.suffix == ".ipynb" and not CANVAS.match(e.name) and not MOODLE.match(e.name) for e in inner
        )
        and not any(e.name.startswith("set") and e.is_dir() for e in inner)
    )


def _entries(folder: Path) -> Iterator[Path]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        if not IGNORED.match(name):
            yield folder / name


def _stamp(path: Path) -> str:
    """When nbgrader says it was handed in."""
    try:
        if path.is_symlink() or not path.is_file():
            return ""
        return _printable(path.read_text(encoding="utf-8", errors="replace")[:40]).strip()
    except OSError:
        return ""


def _relative(path: Path, top: Path) -> str:
    try:
        return path.relative_to(top).as_posix()
    except ValueError:
        return path.name


def _printable(text: str) -> str:
    text = text.encode("utf-8", "replace").decode("utf-8")
    return UNSAFE.sub("�", text)


def _safe_path(path: str) -> str:
    return "/".join(_printable(part) for part in path.split("/"))


def safe(name: str) -> str:
    """A student's name as the name of a file: letters stay as they are; two names never become one."""
    plain = unicodedata.normalize("NFC", name.encode("utf-8", "backslashreplace").decode("utf-8"))
    kept = UNSAFE.sub("_", plain).strip(" .") or "nobody"
    if kept != plain or len(kept.encode()) > LONGEST:
        while len(kept.encode()) > LONGEST:
            kept = kept[:-1]
        kept = f"{kept}-{zlib.crc32(name.encode('utf-8', 'backslashreplace')):08x}"
    return kept


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip into a new folder, and only there.

    Names that lead elsewhere and links are left out. Raises ValueError for a zip that holds too much,
    ``zipfile.BadZipFile`` for a broken one.
    """
    folder.mkdir(parents=True)
    left = MOST_ALL
    with zipfile.ZipFile(archive) as content:
        infos = content.infolist()
        if len(infos) > MOST_FILES:
            raise ValueError(f"it holds {len(infos)} files, more than {MOST_FILES}")
        for info in infos:
            target = _target(info.filename, folder)
            if target is None or info.is_dir() or stat.S_ISLNK(info.external_attr >> 16):
                continue
            if any(IGNORED.match(part) for part in target.relative_to(folder).parts[:-1]):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            n = 1
            while target.exists():
                n += 1
                target = target.with_name(f"{target.stem.removesuffix(f' ({n - 1})')} ({n}){target.suffix}")
            left -= _extract(content, info, target)
            if left < 0:
                raise ValueError(f"it unpacks to more than {MOST_ALL // 10**9} GB")


def _target(name: str, folder: Path) -> Path | None:
    """Where a file of a zip goes; None where its name leads out of the folder."""
    parts = [p for p in name.replace("\\", "/").split("/") if p not in ("", ".")]
    if not parts or ".." in parts or name.startswith(("/", "\\")) or re.match(r"^[A-Za-z]:", name):
        return None
    short = [
        _printable(p).encode()[:200].decode("utf-8", "ignore")
        if len(p.encode("utf-8", "replace")) > 200
        else _printable(p)
        for p in parts
    ]
    if (
        len(parts[-1]) > 100
        and parts[-1].lower().endswith(".ipynb")
        and not short[-1].lower().endswith(".ipynb")
    ):
        short[-1] += ".ipynb"
    return folder.joinpath(*short)


def _extract(content: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> int:
    """Write one file, as far as it may go; what is larger stays cut and is refused when it is read."""
    size = 0
    try:
        with content.open(info) as stream, target.open("wb") as file:
            while size <= MOST_FILE and (piece := stream.read(1 << 16)):
                file.write(piece)
                size += len(piece)
            if size > MOST_FILE:
                file.truncate(0)
                file.seek(MOST_FILE)
                file.write(b" ")  # a hole, so that its size says that it is too large
    except (RuntimeError, zlib.error, zipfile.BadZipFile, NotImplementedError, EOFError):
        target.write_bytes(b"")  # encrypted or broken: it stands there, and cannot be read
    return size
