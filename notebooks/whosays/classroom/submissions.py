"""Find submissions: nbgrader's folders, a flat folder, or what Canvas and Moodle give out, also as a zip.

Every hand-in becomes a row, whatever it is. Links are never followed, what is no ordinary file is never
opened, and nothing is written outside ``scratch``: files of a zip get a number there, so their
names lead nowhere.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import struct
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from whosays.pack.faults import show

Kind = Literal["nbgrader", "flat", "canvas", "moodle"]
MOST_FILE = 50_000_000  # bytes of a file in a zip, unpacked
MOST_ALL = 4_000_000_000  # bytes of all files that are unpacked
MOST_INSIDE = 100_000_000  # bytes of all files of one student's zip
MOST_MEMBERS = 10_000  # files in one student's zip
MOST_ENTRIES = 500_000  # files and folders in all
MOST_OF_ONE = 50  # notebooks of one hand-in
DEEPEST = 20  # folders in folders
LONGEST = 120  # bytes of a student's name as a file name, letters of one part of a path
PIECE = 1 << 16
LATEST = 32503680000  # seconds; a later time of a file is none
DAMAGED = (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, RuntimeError, struct.error)

IGNORED = re.compile(r"\.|~\$|(__MACOSX|__pycache__|Thumbs\.db|desktop\.ini|Icon\r?)$", re.IGNORECASE)
BESIDE = re.compile(r"\.(csv|json|jsonl|db|md|lock|pyc)$|^(timestamp\.txt|feedback\.html?)$", re.IGNORECASE)
TEACHERS = re.compile(
    r"(README(\.(md|txt|html))?|requirements\.txt|nbgrader_config\.py|gradebook\.db.*)$", re.IGNORECASE
)
NOT_STUDENTS = ("autograded", "feedback", "release", "source", "keys")
STAMP = "timestamp.txt"
JOURNAL = ".journal.jsonl"
ONLINE = r"(?P<online>text|link)\.html"
CANVAS = re.compile(rf"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+)_((?P<hand_in>\d+)_(?P<file>.+)|{ONLINE})$")
ANONYMOUS = re.compile(
    rf"(?P<early>LATE_)?(?P<name>anon)(?P<late>_LATE)?_(?P<id>[A-Za-z0-9]{{5}}|\d+)_((?P<hand_in>\d+)_(?P<file>.+)|{ONLINE})$"
)
MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<part>file|onlinetext)(_(?P<file>.*))?$")
ATTEMPT = re.compile(r"-(\d{1,3})$")
COPY = re.compile(r"([ _]*\((?P<n>\d{1,3})\)|[-_ ]+copy\d*|\.ipynb)$", re.IGNORECASE)
UNNAMED = re.compile(r"(untitled|notebook)[-_ \d]*$", re.IGNORECASE)
UNSAFE = re.compile(r'[/\\:*?"<>|]|^-')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?$|.*~[0-9a-f]{10}$", re.IGNORECASE)
LINK = "is a link. Links are not followed"
ODD = "is no ordinary file"
TOO_DEEP = f"lies more than {DEEPEST} folders deep"
TYPED = "No notebook: a text was typed into Moodle."


class NotFound(ValueError):
    """There are no submissions to read; the message says what was given and what is expected."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One hand-in: ``file`` is its notebook, or None and ``problem`` says why there is none.

    ``path`` is where it was found, relative to what was given; no two are alike. ``student`` is who handed it
    in, safe as the name of a file; ``name`` and ``lms_id`` what the layout tells beyond that, ``hint`` the
    set that the name of folder or file speaks of. Of several of one student the newest has the greatest
    ``attempt``, then ``handed_in``, which is "" where there is nothing to read.
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
    unpacker = _Unpacker(scratch)
    shown = show(str(given) if len(str(given)) <= 60 else f"…/{given.name}")
    try:
        mode = given.stat().st_mode
        if stat.S_ISDIR(mode):
            with os.scandir(given):
                pass
            entries = _listed(given)
        elif stat.S_ISREG(mode):
            entries = unpacker.unpack(given, "", MOST_ALL, student=False)
        else:
            raise NotFound(f"{shown} is no folder and no zip. Give the folder with the submissions.")
    except FileNotFoundError:
        raise NotFound(f"{shown} is not there. Give the folder or the zip with the submissions.") from None
    except OSError as error:
        raise NotFound(f"{shown} cannot be read ({error.strerror}).") from error
    except _Bad as bad:
        raise NotFound(f"{shown} {bad}. Give a folder or a zip with the submissions.") from None
    at = Path(os.path.abspath(given))  # noqa: PTH100 - resolve() would follow links
    names = [at.name, at.parent.name] if stat.S_ISDIR(mode) else [at.stem]
    found = _Finder(unpacker, tuple(sets)).all(entries, names)
    if not found:
        raise NotFound(f"{shown} holds no submission: no notebook and no student's folder.")
    taken: set[str] = set()
    rows = []
    for submission in sorted(found, key=lambda s: s.path):
        path, n = submission.path, 1
        while path in taken:
            n += 1
            path = f"{submission.path} ({n})"
        taken.add(path)
        rows.append(replace(submission, path=path))
    return sorted(rows, key=lambda s: s.path)


# What is there ------------------------------------------------------------------------------------------


class _Bad(Exception):
    """Why something is not read: the end of a sentence that begins with its name."""


@dataclass(slots=True, eq=False)
class _Node:
    """A file, or a folder with its entries. ``problem`` says why it is not to be read."""

    name: str
    path: str
    file: Path | None = None
    entries: list[_Node] | None = None
    when: str = ""
    problem: str = ""
    inside: bool = False  # of a student's zip

    @property
    def folder(self) -> bool:
        return self.entries is not None

    def ends(self, *endings: str) -> bool:
        return self.entries is None and self.name.lower().endswith(endings)


def _when(moment: Sequence[int]) -> str:
    """Year, month, day, hour, minute and second as a text that sorts."""
    return "{:04}-{:02}-{:02} {:02}:{:02}:{:02}".format(*moment[:6])


def _joined(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _listed(top: Path) -> list[_Node]:
    """The entries of a folder and all below. Raises _Bad where there are too many."""
    left = MOST_ENTRIES

    def of(folder: Path, path: str, depth: int) -> list[_Node]:
        nonlocal left
        found = []
        with os.scandir(folder) as scan:
            entries = sorted((e for e in scan if not IGNORED.match(e.name)), key=lambda e: e.name)
        left -= len(entries)
        if left < 0:
            raise _Bad(f"holds more than {MOST_ENTRIES} files")
        for entry in entries:
            node = _Node(entry.name, _joined(path, entry.name))
            try:
                about = entry.stat(follow_symlinks=False)
                node.when = _when(time.gmtime(max(0, min(about.st_mtime, LATEST))))
                if stat.S_ISLNK(about.st_mode):
                    node.problem = LINK
                elif stat.S_ISDIR(about.st_mode):
                    node.entries = []
                    if depth >= DEEPEST:
                        node.problem = TOO_DEEP
                    else:
                        node.entries = of(Path(entry.path), node.path, depth + 1)
                elif stat.S_ISREG(about.st_mode):
                    node.file = Path(entry.path)
                else:
                    node.problem = ODD
            except OSError as error:
                node.problem = f"cannot be read ({error.strerror})"
            found.append(node)
        return found

    return of(top, "", 0)


class _Unpacker:
    """Unpacks zips into numbered files in a folder, no more than is allowed."""

    def __init__(self, scratch: Path) -> None:
        self.scratch, self.left, self.number = scratch, MOST_ALL, 0

    def unpack(self, archive: Path, path: str, most: int, student: bool) -> list[_Node]:
        """The entries of a zip; notebooks, and zips in a class's zip, are unpacked. Raises _Bad."""
        if student:
            _bounded(archive)
        most, before = min(most, self.left), (self.number, self.left)
        floor = self.left - most
        try:
            with zipfile.ZipFile(archive) as content:
                infos = content.infolist()
                if len(infos) > MOST_ENTRIES:
                    raise _Bad(f"holds more than {MOST_ENTRIES} files")
                top = _Node("", path, entries=[])
                folders: dict[tuple[str, ...], _Node] = {(): top}
                placed = [(info, self._placed(info, folders, student)) for info in infos]
                placed.sort(key=lambda pair: pair[0].file_size)  # what is large takes no room from the rest
                for info, node in placed:
                    if node is not None and not node.problem:
                        self._taken_out(content, info, node, floor, student)
        except _Bad:
            self._forget(*before)
            raise
        except OSError as error:
            self._forget(*before)
            raise _Bad(f"cannot be unpacked ({error.strerror or 'it is damaged'})") from error
        except DAMAGED as error:
            self._forget(*before)
            raise _Bad("is no zip, or a damaged one") from error
        return top.entries or []

    def _forget(self, number: int, left: int) -> None:
        """A zip that is refused leaves nothing behind."""
        for n in range(number + 1, self.number + 1):
            (self.scratch / f"{n}").unlink(missing_ok=True)
        self.left = left

    def _placed(
        self, info: zipfile.ZipInfo, folders: dict[tuple[str, ...], _Node], student: bool
    ) -> _Node | None:
        """Put a file of a zip where its name says, or to the top of it; None if it is to be ignored."""
        name = _name(info).replace("\\", "/")
        parts = tuple(p for p in name.split("/") if p not in ("", ".", ".."))
        if not parts or any(IGNORED.match(p) for p in parts):
            return None
        above = (parts if name.endswith("/") else parts[:-1])[:DEEPEST]
        for n in range(1, len(above) + 1):
            if above[:n] not in folders:
                folders[above[:n]] = _added(folders[above[: n - 1]], above[n - 1], student)
                folders[above[:n]].entries = []
        if name.endswith("/"):
            return None
        node = _added(folders[above], parts[-1], student)
        node.when = _when(info.date_time)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name):
            node.problem = "has a name that leads out of the zip"
        elif len(parts) > DEEPEST + 1:
            node.problem = TOO_DEEP
        elif kind == stat.S_IFLNK:
            node.problem = LINK
        elif kind not in (0, stat.S_IFREG):
            node.problem = ODD
        return node

    def _taken_out(
        self, content: zipfile.ZipFile, info: zipfile.ZipInfo, node: _Node, floor: int, student: bool
    ) -> None:
        """Unpack a file if it is one that is read. Raises _Bad where a student's zip holds too much."""
        if node.ends(".ipynb") or node.name == STAMP or (node.ends(".zip") and not student):
            try:
                node.file = self._extract(content, info, floor)
            except _Bad as bad:
                if student and self.left < floor:
                    raise
                node.problem = str(bad)

    def _extract(self, content: zipfile.ZipFile, info: zipfile.ZipInfo, floor: int) -> Path:
        """Write one file under the next number, as far as it may go. Raises _Bad."""
        if info.flag_bits & 1:
            raise _Bad("is locked with a password")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _Bad("is packed in a way that is not read here")  # others cannot be unpacked piece by piece
        if info.file_size > MOST_FILE:  # no more than it says comes out
            raise _Bad(f"unpacks to more than {MOST_FILE // 10**6} MB")
        self.number += 1
        self.scratch.mkdir(parents=True, exist_ok=True)
        target = self.scratch / f"{self.number}"
        try:
            with content.open(info) as stream, target.open("xb") as file:
                while piece := stream.read(PIECE):
                    self.left -= len(piece)
                    if self.left < floor:
                        raise _Bad("unpacks, with the files before it, to more than is read")
                    file.write(piece)
        except _Bad:
            target.unlink(missing_ok=True)
            raise
        except OSError as error:
            target.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise  # our own disk is full: no fault of the file
            raise _Bad("is damaged in the zip") from error
        except (*DAMAGED, zlib.error) as error:
            target.unlink(missing_ok=True)
            raise _Bad("is damaged in the zip") from error
        return target


def _bounded(archive: Path) -> None:
    """Refuse a student's zip that is too large to be opened: its list of files is read as a whole."""
    mark, count, tail = b"PK\x01\x02", 0, b""
    try:
        if archive.stat().st_size > MOST_INSIDE:
            raise _Bad(f"has more than {MOST_INSIDE // 10**6} MB")
        with archive.open("rb") as file:
            while piece := file.read(1 << 20):
                count += (tail + piece).count(mark)
                tail = piece[-3:]
    except OSError as error:
        raise _Bad(f"cannot be read ({error.strerror})") from error
    if count > MOST_MEMBERS:
        raise _Bad(f"holds more than {MOST_MEMBERS} files")


def _added(folder: _Node, name: str, inside: bool) -> _Node:
    node = _Node(name, _joined(folder.path, name), inside=inside)
    assert folder.entries is not None
    folder.entries.append(node)
    return node


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a file in a zip. Many programs write UTF-8 and forget to say so."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        try:
            return name.encode("cp437").decode("utf-8")
        except ValueError:
            pass
    return name


# Who handed in what -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Who:
    """Whose hand-in it is, as the layout tells it."""

    name: str
    kind: Kind = "flat"
    lms_id: str = ""
    late: bool = False
    hint: str = ""
    attempt: int = 0
    handed_in: str = ""
    notes: tuple[str, ...] = ()

    @property
    def student(self) -> str:
        return safe(f"{self.name}-{self.lms_id}" if self.kind in ("canvas", "moodle") else self.name)


@dataclass(slots=True)
class _Leaves:
    """What a hand-in holds: notebooks with the folders above them, what is not to be read, the rest."""

    notebooks: list[tuple[_Node, tuple[str, ...]]] = field(default_factory=list)
    odd: list[_Node] = field(default_factory=list)
    others: list[_Node] = field(default_factory=list)
    stamp: str = ""
    sure: bool = True  # whose it is: an LMS said so


class _Finder:
    def __init__(self, unpacker: _Unpacker, sets: tuple[str, ...]) -> None:
        self.unpacker, self.sets = unpacker, sets
        self.known = {s.casefold(): s for s in sets}
        words = [re.sub(r"(?<=[a-z])(?=\d)", "[-_ ]?", re.escape(s)) for s in sorted(sets, key=len)[::-1]]
        self.word = re.compile(rf"(?<![^\W_])({'|'.join(words) or '(?!)'})(?![^\W_])", re.IGNORECASE)

    def all(self, entries: list[_Node], names: Sequence[str]) -> list[Submission]:
        """All in what was given; ``names`` are its own name and that of the folder it lies in."""
        for entry in entries:
            if entry.name == "submitted":
                if entry.problem:
                    raise NotFound(f"The folder 'submitted' {entry.problem}. Give the folder itself.")
                if entry.folder:
                    return self.group(entry.entries or [], "")
        made = tuple(e.name.removesuffix(JOURNAL) + "." for e in entries if e.name.endswith(JOURNAL))
        entries = [
            e
            for e in entries
            if not (e.folder and e.name in NOT_STUDENTS)
            and not (not e.folder and TEACHERS.match(e.name))
            and not (made and e.name.startswith(made))
        ]
        if (exports := self.exports(entries)) is not None:
            return [row for name, inner in exports for row in self.group(inner, self.speaks_of(name))]
        if self.one_student(entries, names[0]):
            who = next((n for n in names if n and n not in self.sets), "nobody")
            return self.student(_Node(who, "", entries=entries), who)
        if len(entries) == 1 and entries[0].folder and self.wraps(entries[0]):
            return self.all(entries[0].entries or [], [entries[0].name, *names])
        by_set = [e for e in entries if e.name in self.sets and e.folder and not self.of_one(e.entries or [])]
        found = self.group([e for e in entries if e not in by_set], self.speaks_of(names[0]))
        for entry in by_set:
            found += self.group(entry.entries or [], entry.name)
        return found

    def exports(self, entries: list[_Node]) -> list[tuple[str, list[_Node]]] | None:
        """The names and entries of what an LMS gave out, where zips of that kind are all there is; else None.

        Where there is anything else, a zip is taken for a student's own: it must not speak for others.
        """
        there = [e for e in entries if not BESIDE.search(e.name)]
        if not there or any(not e.ends(".zip") or e.problem or e.file is None or _of_lms(e) for e in there):
            return None
        if not all(_is_export(e.file) for e in there if e.file is not None):
            return None
        found = []
        for entry in there:
            assert entry.file is not None
            try:
                inner = self.unpacker.unpack(entry.file, entry.path, MOST_ALL, student=False)
            except _Bad as bad:
                raise NotFound(f"{show(entry.name)} {bad}. Give folders or zips with submissions.") from None
            found.append((_stem(entry.name), inner))
        return found

    def group(self, entries: list[_Node], hint: str) -> list[Submission]:
        """The submissions of a folder with the work of many."""
        rows = [row for entry in entries for row in self.entry(entry, hint)]
        with_file = {r.lms_id for r in rows if r.kind == "moodle" and r.problem != TYPED}
        return [r for r in rows if r.problem != TYPED or r.lms_id not in with_file]

    def entry(self, entry: _Node, hint: str) -> list[Submission]:
        """The submissions behind one name among those of many."""
        moodle = MOODLE.match(entry.name)
        canvas = None if moodle or entry.folder else ANONYMOUS.match(entry.name) or CANVAS.match(entry.name)
        if moodle:
            who = _Who(moodle["name"], "moodle", moodle["id"], hint=hint)
            if moodle["part"] == "onlinetext":
                return [self.row(who, entry, problem=TYPED)]
            return self.hand_in(who, entry, moodle["file"] or entry.name)
        if canvas:
            who = _Who(canvas["name"], "canvas", canvas["id"], bool(canvas["late"]), hint)
            if "early" in canvas.groupdict():
                who = replace(who, late=bool(canvas["late"] or canvas["early"]))
            if canvas["online"]:
                return [self.row(who, entry, problem="No notebook: a text or a link was typed into Canvas.")]
            stem = _stem(canvas["file"])
            again = ATTEMPT.search(stem)
            who = replace(who, attempt=int(again[1]) if again else 0, handed_in=canvas["hand_in"].zfill(20))
            return self.hand_in(who, entry, canvas["file"])
        if entry.folder:
            return self.student(entry, entry.name, hint)
        if BESIDE.search(entry.name):
            return []
        name = self.who_in(_stem(entry.name))
        if name:
            return self.hand_in(_Who(name, hint=hint), entry, entry.name)
        note = f"The name {show(entry.name)} names no student."
        return self.hand_in(_Who(_stem(entry.name), hint=hint, notes=(note,)), entry, entry.name)

    def student(self, folder: _Node, who: str, hint: str = "") -> list[Submission]:
        """A folder of one student: nbgrader's, with a folder a set, or files and folders of any name."""
        entries = folder.entries or []
        sets = [e for e in entries if e.folder and e.name in self.sets]
        rest = [e for e in entries if e not in sets]
        rows = []
        for entry in sets:
            rows += self.hand_in(_Who(who, "nbgrader", hint=entry.name), entry, entry.name)
        own = replace(folder, entries=rest)
        if not sets or any(self.has_notebook(e) or e.ends(".zip") or e.name in self.sets for e in rest):
            rows += self.hand_in(_Who(who, hint=hint), own, folder.name)
        elif more := _unread(rest):
            rows[0] = replace(rows[0], notes=(*rows[0].notes, more))
        return rows

    def hand_in(self, who: _Who, node: _Node, name: str) -> list[Submission]:
        """The rows of one hand-in: one for each notebook, or one that says what else it is."""
        leaves = _Leaves(sure=who.kind in ("canvas", "moodle"))
        self.gather([node], (), leaves, name)
        who = replace(who, handed_in=" ".join(filter(None, (leaves.stamp, who.handed_in))))
        outer = who.hint or self.speaks_of(_stem(name))
        said = {self.speaks_of(_stem(n.name if n is not node else name)) for n, _ in leaves.notebooks}
        leaves.notebooks.sort(key=lambda found: not self.speaks_of(_stem(found[0].name)))
        rows = []
        for notebook, above in leaves.notebooks[:MOST_OF_ONE]:
            stem = _stem(name if notebook is node else notebook.name)
            hint = self.speaks_of(stem)
            if not hint:
                hint = next((a for a in above[::-1] if a in self.sets), outer)
                hint = "" if hint in said and len(leaves.notebooks) > 1 else hint
            copy = COPY.search(stem)
            order = [who.handed_in, notebook.when, f"({int(copy['n']):03})" if copy and copy["n"] else ""]
            handed_in = " ".join(filter(None, order)) or "0"
            rows.append(self.row(replace(who, hint=hint, handed_in=handed_in), notebook, file=notebook.file))
        notes = []
        if len(leaves.notebooks) > MOST_OF_ONE:
            notes.append(f"It holds {len(leaves.notebooks)} notebooks; the first {MOST_OF_ONE} were read.")
        for odd in leaves.odd[:MOST_OF_ONE]:
            if odd.ends(".ipynb", ".zip") or not rows:
                rows.append(self.row(replace(who, hint=outer), odd, problem=_odd(odd, name, node)))
            else:
                notes.append(_odd(odd, name, node))
        if not rows:
            rows.append(self.row(replace(who, hint=outer), node, problem=_nothing(leaves, name, node)))
        elif more := _unread(leaves.others):
            notes.append(more)
        if notes:
            rows[0] = replace(rows[0], notes=(*rows[0].notes, *notes[:5]))
        return rows

    def gather(self, nodes: Sequence[_Node], above: tuple[str, ...], leaves: _Leaves, name: str) -> None:
        """Put what lies in these into ``leaves``; a student's zip is unpacked, a zip in it is not."""
        for node in nodes:
            called = name or node.name
            if node.problem:
                leaves.odd.append(node)
            elif node.entries is not None:
                self.gather(node.entries, (*above, node.name), leaves, "")
            elif node.name == STAMP:
                leaves.stamp = max(leaves.stamp, _stamp(node))
            elif called.lower().endswith(".ipynb"):
                leaves.notebooks.append((node, above))
            elif called.lower().endswith(".zip"):
                self.open(node, (*above, node.name), leaves)
            else:
                leaves.others.append(node)

    def open(self, node: _Node, above: tuple[str, ...], leaves: _Leaves) -> None:
        """Unpack a student's zip, one level of it."""
        before = len(leaves.notebooks) + len(leaves.odd)
        try:
            if node.inside or node.file is None:
                raise _Bad("is a zip inside a zip, and was not unpacked")
            entries = self.unpacker.unpack(node.file, node.path, MOST_INSIDE, student=True)
            found = [MOODLE.match(e.name) or CANVAS.match(e.name) for e in _below(entries)]
            if not leaves.sure and len({match["id"] for match in found if match}) > 1:
                raise _Bad("holds the work of several students. Give that zip itself")
            self.gather(entries, above, leaves, "")
            if before == len(leaves.notebooks) + len(leaves.odd):
                raise _Bad("holds no notebook")
        except _Bad as bad:
            leaves.odd.append(replace(node, problem=str(bad)))

    def row(self, who: _Who, node: _Node, file: Path | None = None, problem: str = "") -> Submission:
        student = who.student
        original = unicodedata.normalize("NFC", _printable(who.name))
        return Submission(
            _safe_path(node.path) or ".",
            file,
            student,
            "" if student == original else original,
            who.kind,
            who.lms_id,
            who.late,
            who.hint,
            who.attempt if file is not None else 0,
            who.handed_in if file is not None else "",
            who.notes,
            problem,
        )

    # Reading names --------------------------------------------------------------------------------------

    def speaks_of(self, stem: str) -> str:
        """The one set that a name speaks of, or nothing."""
        found = {re.sub(r"[-_ ]", "", word).casefold() for word in self.word.findall(stem)}
        return self.known.get(found.pop(), "") if len(found) == 1 else ""

    def who_in(self, stem: str) -> str:
        """The student in the name of a file: what stands before or behind the set, or all of it."""
        bare = re.sub(r"^copy of ", "", COPY.sub("", COPY.sub("", stem)), flags=re.IGNORECASE)
        if match := self.word.match(bare):
            return bare[match.end() :].strip("-_ .")
        behind = [m for m in self.word.finditer(bare) if m.end() == len(bare)]
        if behind:
            return bare[: behind[-1].start()].strip("-_ .")
        return "" if UNNAMED.fullmatch(bare) else stem

    def has_notebook(self, node: _Node) -> bool:
        return node.ends(".ipynb") or any(self.has_notebook(e) for e in node.entries or ())

    def of_one(self, entries: Sequence[_Node]) -> bool:
        """Whether the folder of a set is one student's own, and not a folder with the work of many."""
        files = [e for e in entries if not e.folder]
        if any(MOODLE.match(e.name) for e in entries) or any(_canvas(e) for e in files):
            return False
        notebooks = [e for e in files if e.ends(".ipynb")]
        if notebooks:
            return len({who for e in notebooks if (who := self.who_in(_stem(e.name)))}) < 2
        return sum(self.has_notebook(e) for e in entries) < 2 and sum(e.folder for e in entries) < 2

    def of_many(self, folder: _Node) -> bool:
        """Whether it is the folder of a set with a file of each student."""
        if folder.name not in self.sets or self.of_one(folder.entries or []):
            return False
        return not any(_stem(e.name) in self.sets for e in folder.entries or [])

    def one_student(self, entries: Sequence[_Node], name: str) -> bool:
        """Whether the folder given is that of one student, or of one student's set."""
        if any(MOODLE.match(e.name) or _canvas(e) for e in entries):
            return False
        folders = [e for e in entries if e.folder]
        sets = [e for e in folders if e.name in self.sets]
        if sets:
            others = [e for e in folders if e not in sets and self.has_notebook(e)]
            return not others and all(self.of_one(e.entries or []) for e in sets)
        if name in self.sets:
            return bool(entries) and self.of_one(entries)
        notebooks = [e for e in entries if e.ends(".ipynb")]
        all_named = bool(notebooks) and all(_stem(e.name) in self.sets for e in notebooks)
        return all_named and not any(self.has_notebook(e) for e in folders)

    def wraps(self, folder: _Node) -> bool:
        """Whether the only folder there is holds the work of many, and is not one student's."""
        entries = folder.entries or []
        if MOODLE.match(folder.name):
            return False
        if any(e.folder and "submitted" in (e.name, folder.name) for e in entries):
            return True
        if any(MOODLE.match(e.name) or _canvas(e) or self.of_many(e) for e in entries):
            return True
        if any(e.folder and e.name in self.sets and self.of_one(e.entries or []) for e in entries):
            return False
        notebooks = [e for e in entries if e.ends(".ipynb")]
        if notebooks:
            return len({who for e in notebooks if (who := self.who_in(_stem(e.name)))}) > 1
        return sum(e.folder for e in entries) > 1 and any(self.has_notebook(e) for e in entries)


def _of_lms(entry: _Node) -> bool:
    """Whether an LMS gave this name to a hand-in."""
    return bool(MOODLE.match(entry.name)) or _canvas(entry)


def _is_export(archive: Path) -> bool:
    """Whether a zip is what an LMS gives out for a class: all in it has names of that kind."""
    try:
        with zipfile.ZipFile(archive) as content:
            infos = content.infolist()[: MOST_ENTRIES + 1]
            tops = {_name(i).replace("\\", "/").split("/")[0] for i in infos}
    except (OSError, *DAMAGED):
        return False
    return bool(tops) and all(
        MOODLE.match(top) or CANVAS.match(top) or ANONYMOUS.match(top)
        for top in tops
        if not IGNORED.match(top)
    )


def _canvas(entry: _Node) -> bool:
    return not entry.folder and bool(ANONYMOUS.match(entry.name) or CANVAS.match(entry.name))


def _below(entries: Sequence[_Node]) -> Iterator[_Node]:
    for entry in entries:
        yield entry
        yield from _below(entry.entries or ())


def _stem(name: str) -> str:
    return name[: -len(".ipynb")] if name.lower().endswith(".ipynb") else Path(name).stem


def _stamp(node: _Node) -> str:
    """When nbgrader says it was handed in."""
    if node.file is None:
        return ""
    try:
        with node.file.open("rb") as file:
            return _printable(file.read(40).decode("utf-8", "replace").partition("\n")[0].strip())
    except OSError:
        return ""


def _odd(odd: _Node, name: str, node: _Node) -> str:
    return f"{show(name if odd.path == node.path else odd.name)} {odd.problem}."


def _nothing(leaves: _Leaves, name: str, node: _Node) -> str:
    """Why a hand-in without a notebook has none."""
    names = [name if o is node else o.name for o in leaves.others]
    if not names:
        return "No notebook: the folder is empty."
    masked = next((n for n in names if ".ipynb." in n.lower()), "")
    right = masked[: masked.lower().rfind(".ipynb.") + len(".ipynb")]
    advice = f" If it is one under another name, rename it to {show(right)}." if masked else ""
    listed = ", ".join(map(show, names[:3])) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    which = "which is no notebook" if len(names) == 1 else "which are no notebooks"
    return f"Handed in {listed}, {which}.{advice}"


def _unread(others: Sequence[_Node]) -> str:
    """A note on files that lie beside a notebook and are not the kit's own."""
    names = [o.name for o in others if not o.folder and not BESIDE.search(o.name)]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"Also handed in, and not read: {', '.join(map(show, names[:3]))}{more}." if names else ""


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)


def _safe_path(path: str) -> str:
    """A path that can be printed: no control signs, no part of it too long."""
    parts = [_printable(part) for part in path.split("/")]
    half = LONGEST // 2
    return "/".join(p if len(p) <= LONGEST else f"{p[:half]}…{p[-half:]}" for p in parts)


def safe(name: str) -> str:
    """A student's name as the name of a file: letters stay as they are, and two names never become one.

    A name that has to be changed gets the mark of the whole name behind a ``~``.
    """
    plain = unicodedata.normalize("NFC", name)
    kept = UNSAFE.sub("_", _printable(plain).replace("�", "_")).strip(" .") or "nobody"
    if kept == plain and len(kept.encode()) <= LONGEST and not RESERVED.match(kept):
        return kept
    mark = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{kept.encode()[:LONGEST].decode('utf-8', 'ignore').rstrip()}~{mark}"
