"""Read a handed-in notebook, whatever was done to it, and bring its cells into the order of the release."""

from __future__ import annotations

import json
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

CellKind = Literal["given", "answer", "test", "manual", "own"]
MOST_BYTES = 20_000_000
MOST_PARTS = 3_000_000  # values in the file, about; memory goes by these, not by bytes
MOST_CELLS = 5_000
MOST_SOURCE = 200_000  # characters of a cell
SHORT = 4_000  # characters of a text that is kept, should it come again
NAMED = re.compile(r"^(?:async +)?def +(\w+) *\(|^(\w+) *(?::[^=\n]*)?=(?!=)", re.MULTILINE)
ONLY_ASKS = re.compile(r"(?:ws\.(?:check|hint|solution|progress)\([^()\n]*\)[ ;]*\n?)+")
CONFLICT = re.compile(r"^<<<<<<< ", re.MULTILINE)
ALONE = re.compile("[\ud800-\udfff]")
OTHER_FILES = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip or a Word file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\xd0\xcf\x11\xe0", "a Word file"),
    (b"<!", "a web page"),
    (b"<h", "a web page"),
    (b"<H", "a web page"),
    (b"<?xml", "a web page"),
)


class Notebook(dict[str, Any]):
    """A notebook of format 4 in which every cell has a type, a source and metadata, and nothing else."""


class Unreadable(Exception):
    """A notebook cannot be read; the message is a sentence for the teacher."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell in the order to run. ``grade_id`` is empty for a student's own cell; ``changed`` says whether an
    answer is there and differs from what was released.
    """

    grade_id: str
    kind: CellKind
    cell_type: str
    source: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Matched:
    """A submission's cells in the order to run, and a note on each repair."""

    set: str
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """The released notebook of a set: its cells with a grade_id in order, and the text of the others.

    ``before`` has, for each cell to be graded by hand, the text that stands above it.
    """

    set: str
    cells: tuple[Cell, ...]
    others: frozenset[str] = frozenset()
    before: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Release:
        """Read the released notebook. Raises Unreadable."""
        cells, others, before, above = [], set(), {}, ""
        for cell in _cells(read(path)):
            if cell.grade_id:
                kind = _kind(cell.nbgrader)
                cells.append(Cell(cell.grade_id, kind, cell.cell_type, cell.source))
                if kind == "manual" and above:
                    before[cell.grade_id] = above
            else:
                others.add(_plain(cell.source))
            above = _plain(cell.source)
        return cls(path.stem, tuple(cells), frozenset(others), before)


def _kind(mine: Mapping[str, Any]) -> CellKind:
    if mine.get("grade"):
        return "manual" if mine.get("solution") else "test"
    return "answer" if mine.get("solution") else "given"


# Reading --------------------------------------------------------------------------------------------------


def read(file: Path, most: int = MOST_BYTES) -> Notebook:
    """A notebook as JSON of format 4, with its cells' type, source and nbgrader's metadata alone.

    What had to be mended is said in ``repairs``. Raises Unreadable.
    """
    raw = _bytes(file, most)
    if not raw.strip(b" \t\r\n\0"):
        raise Unreadable("The file is empty.")
    for mark, what in OTHER_FILES:
        if raw.lstrip().startswith(mark):
            raise Unreadable(f"The file is {what} and no notebook, though its name says so.")
    notes: list[str] = []
    text = _text(raw, notes)
    del raw
    if text.count(",") + 4 * text.count("{") > MOST_PARTS:
        raise Unreadable("The file holds far more than a notebook does. Ask for it without its outputs.")
    try:
        content = json.loads(text.strip("\ufeff\0"), object_hook=_lighter, strict=False)
    except RecursionError as error:
        raise Unreadable("The file is no notebook: its brackets go too deep.") from error
    except ValueError as error:
        if CONFLICT.search(text):
            raise Unreadable(
                "The file holds two versions of itself, with Git's marks between them."
            ) from error
        where = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(f"The file is no whole notebook: it breaks off or is damaged{where}.") from error
    del text
    return _mended(content, notes)


def _bytes(file: Path, most: int) -> bytes:
    """What is in an ordinary file that is not too large. Nothing else is opened for long, or waited for."""
    try:
        number = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(number, "rb") as opened:  # noqa: PTH123 - it is open already
            about = os.fstat(number)
            if not stat.S_ISREG(about.st_mode):
                raise Unreadable("It is no ordinary file.")
            raw = b"" if about.st_size > most else opened.read(most + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", "") or type(error).__name__
        raise Unreadable(f"The file cannot be read ({why}).") from error
    size = max(about.st_size, len(raw))
    if size > most:
        many = f"{_megabytes(size)} MB; at most {_megabytes(most)} MB are read"
        raise Unreadable(f"The file has {many}. Ask for the notebook without its outputs.")
    return raw


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f}" if size >= 1e7 else f"{size / 1e6:.3g}"


def _text(raw: bytes, notes: list[str]) -> str:
    """The bytes as text, whatever they were saved as."""
    encoding = json.detect_encoding(raw)
    if not encoding.startswith("utf-8"):
        notes.append(f"The file was saved as {encoding[:6].upper()}; it was read so.")
        return raw.decode(encoding, "replace")
    try:
        return raw.decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        text = raw.decode(encoding, "replace")
    if any(c > "\x7f" and c != "�" for c in set(text)):
        notes.append("Some letters in the file are damaged; they are shown as �.")
        return text
    notes.append("The file was not saved as UTF-8; letters with accents may be wrong.")
    return raw.decode("cp1252", "replace")


def _lighter(value: dict[str, Any]) -> dict[str, Any] | None:
    """Drop outputs and pictures as soon as they are read, so that they never lie in memory together."""
    if "output_type" in value and "cell_type" not in value:
        return None
    if "cell_type" in value:
        value.pop("outputs", None)
        value.pop("attachments", None)
    return value


def _mended(content: Any, notes: list[str]) -> Notebook:
    """A notebook of format 4 out of what JSON was there. Raises Unreadable."""
    if not isinstance(content, dict) or not any(
        isinstance(content.get(k), list) for k in ("cells", "worksheets")
    ):
        raise Unreadable("The file is no notebook: it has no cells.")
    found = content.get("cells")
    if not isinstance(found, list) or (not found and content.get("worksheets")):
        sheets = content.get("worksheets")
        inner = [s.get("cells") for s in sheets if isinstance(s, dict)] if isinstance(sheets, list) else []
        found = [cell for cells in inner if isinstance(cells, list) for cell in cells]
        notes.append("The notebook was saved in an old format; it was read as one of today.")
    elif content.get("nbformat") != 4:
        notes.append("The notebook does not say that it is of format 4; it was read as such.")
    odd: Counter[str] = Counter()
    cells = [cell for raw in found[:MOST_CELLS] if (cell := _cell(raw, odd)) is not None]
    if len(found) > MOST_CELLS:
        notes.append(f"The notebook has {len(found)} cells; the first {MOST_CELLS} were read.")
    for what, n in odd.items():
        notes.append(what.format(f"{n} cell" if n == 1 else f"{n} cells"))
    return Notebook(nbformat=4, nbformat_minor=5, metadata={}, cells=cells, repairs=notes)


NO_CELL = "{} in the file held nothing that can be read and did not count."
NO_TEXT = "{} held something other than text; what could be read of it counts."
NO_TYPE = "{} had no known type; code is what looked like code."
NO_ENDS = "{} had lost its line ends; they were put back."
TOO_LONG = f"{{}} had more than {MOST_SOURCE} characters; the rest was left out."


def _cell(raw: Any, odd: Counter[str]) -> dict[str, Any] | None:
    """A cell of format 4 with type, source and nbgrader's metadata, out of whatever it was."""
    if not isinstance(raw, dict):
        odd[NO_CELL] += 1
        return None
    source = raw.get("source", raw.get("input"))
    text = _source(source, odd)
    if len(text) > MOST_SOURCE:
        odd[TOO_LONG] += 1
        text = text[:MOST_SOURCE]
    kind = raw.get("cell_type")
    kind = kind.lower() if isinstance(kind, str) else ""
    if kind in ("heading", "html"):
        kind = "markdown"
    elif kind not in ("code", "markdown", "raw"):
        odd[NO_TYPE] += 1
        kind = "code" if "execution_count" in raw or "input" in raw or "prompt_number" in raw else "raw"
    metadata = raw.get("metadata")
    mine = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    kept = (
        {k: v for k, v in mine.items() if k in ("grade_id", "grade", "solution")}
        if isinstance(mine, dict)
        else {}
    )
    return {"cell_type": kind, "metadata": {"nbgrader": kept} if kept else {}, "source": text}


def _source(source: Any, odd: Counter[str]) -> str:
    """A cell's text: no half characters, no carriage returns."""
    lines = source if isinstance(source, list) else [source]
    texts = [s for s in lines if isinstance(s, str)]
    whole = len(texts) == len(lines)
    if not whole and source is not None:
        odd[NO_TEXT] += 1
        texts = [str(s) for s in lines if isinstance(s, (str, int, float))]
    lost_ends = whole and len(texts) > 1 and not any("\n" in t for t in texts)
    if lost_ends:
        odd[NO_ENDS] += 1
    text = ("\n" if lost_ends else "").join(texts)
    return ALONE.sub("�", text).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A cell as it was handed in."""

    cell_type: str
    source: str
    nbgrader: Mapping[str, Any]

    @property
    def grade_id(self) -> str:
        mine = self.nbgrader.get("grade_id")
        return mine if isinstance(mine, str) else ""


def _checked(notebook: Mapping[str, Any]) -> Mapping[str, Any]:
    return notebook if isinstance(notebook, Notebook) else _mended(notebook, [])


def _cells(notebook: Mapping[str, Any]) -> list[_Found]:
    return [_Found(c["cell_type"], c["source"], c["metadata"].get("nbgrader", {})) for c in notebook["cells"]]


# Matching -------------------------------------------------------------------------------------------------


def set_of(notebook: Mapping[str, Any], releases: Mapping[str, Release]) -> str:
    """The set whose cells a notebook holds most of, or nothing.

    Cells are known by ``grade_id``. Where there is none of ours, two things have to be there that only one
    set has: names of its answers, or the text of its locked cells.
    """
    cells = _cells(_checked(notebook))
    ids = {c.grade_id for c in cells if c.grade_id}
    best = _most({name: len(ids & {c.grade_id for c in r.cells}) for name, r in releases.items()}, 1)
    if best:
        return best
    marks = {name: _marks(release) for name, release in releases.items()}
    shared = Counter(mark for those in marks.values() for mark in those)
    here = {_plain(c.source) for c in cells if c.cell_type == "code"}
    here |= {name for c in cells if c.cell_type == "code" for name in names_in(c.source)}
    return _most({name: sum(shared[m] == 1 for m in those & here) for name, those in marks.items()}, 2)


def _most(hits: Mapping[str, int], least: int) -> str:
    best = max(hits, key=lambda name: hits[name], default="")
    return best if best and hits[best] >= least else ""


def _marks(release: Release) -> set[str]:
    """By what a set is known where ids are lost."""
    names = {n for c in release.cells if c.kind == "answer" for n in names_in(c.source)}
    return names | {_plain(c.source) for c in release.cells if c.kind in ("given", "test")}


def names_in(source: str) -> set[str]:
    """The functions and variables that a cell gives names to, at the start of a line."""
    return {one or other for one, other in NAMED.findall(source)}


def match(notebook: Mapping[str, Any], release: Release) -> Matched:
    """Bring a submission's cells into the order of the release.

    - Cells are known by ``grade_id`` alone; points and all else in their metadata never matter.
    - Of several cells with one id the first that was changed counts, or else the first.
    - Missing cells are put back. Locked ones are the release's own, whatever was done to them.
    - An answer that became text, or a text that became code, is read as what it was released as.
    - A student's own code runs right after the cell that it follows. Cells that only ask for a check or a
      hint do not run: nothing comes of them.
    - Where an answer has no cell, or an untouched one, the first code cell without an id counts that gives a
      name to what is asked for (``rungs = …``, ``def share_weak(…``). Where a text has no cell, the
      first text counts that stands below its task and is not the release's.
    """
    notebook = _checked(notebook)
    cells, notes = _cells(notebook), list(notebook["repairs"])
    known = {c.grade_id: c for c in release.cells}
    by_id: dict[str, list[_Found]] = {}
    for cell in cells:
        if cell.grade_id in known:
            by_id.setdefault(cell.grade_id, []).append(cell)
    chosen = {
        i: next((c for c in found if _changed(c.source, known[i])), found[0]) for i, found in by_id.items()
    }
    lost = [c for c in release.cells if c.kind in ("answer", "manual") and not _answered(c, chosen)]
    renamed = _without_id(cells, release, lost)
    chosen |= renamed
    notes += _repairs(release, by_id, chosen, renamed)
    taken = {id(cell) for cell in renamed.values()}
    own: dict[str, list[Cell]] = {}
    after = ""
    for cell in cells:
        if cell.grade_id in known:
            after = cell.grade_id
        elif id(cell) in taken:
            after = next(i for i, c in renamed.items() if c is cell)
        elif (
            cell.cell_type == "code" and cell.source.strip() and not ONLY_ASKS.fullmatch(cell.source.strip())
        ):
            kind: CellKind = "given" if _plain(cell.source) in release.others else "own"
            own.setdefault(after, []).append(Cell("", kind, "code", cell.source))
    ordered = list(own.get("", ()))
    for released in release.cells:
        ordered += [_taken(released, chosen.get(released.grade_id)), *own.get(released.grade_id, ())]
    return Matched(release.set, tuple(ordered), tuple(notes))


def _taken(released: Cell, found: _Found | None) -> Cell:
    """The cell to run in the place of a released one."""
    if found is None or released.kind in ("given", "test"):
        return released
    changed = _changed(found.source, released)
    return Cell(released.grade_id, released.kind, released.cell_type, found.source, changed)


def _answered(released: Cell, chosen: Mapping[str, _Found]) -> bool:
    found = chosen.get(released.grade_id)
    return found is not None and _changed(found.source, released)


def _without_id(cells: list[_Found], release: Release, lost: Iterable[Cell]) -> dict[str, _Found]:
    """Answers that stand in cells without an id, by the id that they should have."""
    known = {c.grade_id for c in release.cells}
    untouched = release.others | {_plain(c.source) for c in release.cells}
    new = [
        (n, c, names_in(c.source) if c.cell_type == "code" else set())
        for n, c in enumerate(cells)
        if c.grade_id not in known and c.source.strip() and _plain(c.source) not in untouched
    ]
    found = {}
    for released in lost:
        if released.kind == "answer":
            names = names_in(released.source)
            hits = [c for _, c, here in new if names & here]
        else:
            above = release.before.get(released.grade_id, "")
            at = next((n for n, c in enumerate(cells) if above and _plain(c.source) == above), len(cells))
            hits = [c for n, c, _ in new if n > at and c.cell_type == released.cell_type]
        if hits:
            found[released.grade_id] = hits[0]
    return found


def _repairs(
    release: Release,
    by_id: Mapping[str, list[_Found]],
    chosen: Mapping[str, _Found],
    renamed: Mapping[str, _Found],
) -> list[str]:
    """What was mended, a sentence each, in the order of the release."""
    notes = []
    no_ids = not by_id
    if no_ids:
        notes.append("The notebook had lost the ids of its cells; answers were known by the names in them.")
    for cell in release.cells:
        name, mine = cell.grade_id, by_id.get(cell.grade_id, [])
        if cell.kind in ("given", "test"):
            if not mine and not no_ids:
                notes.append(f"The locked cell {name} was missing; the original was used.")
            elif any(_plain(c.source) != _plain(cell.source) or c.cell_type != cell.cell_type for c in mine):
                notes.append(f"The locked cell {name} was changed; the original was used.")
            elif len(mine) > 1:
                notes.append(f"The locked cell {name} stands there {_times(len(mine))}; it counts once.")
            continue
        if name in renamed:
            if not no_ids:
                notes.append(f"The answer to {name} stood in a cell without its id; it counts.")
        elif not mine:
            notes.append(f"The cell {name} was missing and was put back, unanswered.")
        elif len(mine) > 1:
            times = _times(len(mine))
            notes.append(f"The cell {name} stands there {times}; the first one that was changed counts.")
        if name in chosen and chosen[name].cell_type != cell.cell_type:
            became = f"had become a {chosen[name].cell_type} cell; it was read as {cell.cell_type}"
            notes.append(f"The cell {name} {became}.")
    return notes


def _times(n: int) -> str:
    return "twice" if n == 2 else f"{n} times"


def _changed(source: str, released: Cell) -> bool:
    """Whether there is something other than what was released."""
    return bool(source.strip()) and _plain(source) != _plain(released.source)


def _plain(source: str) -> str:
    """A text without blanks at the end of its lines."""
    return _short(source) if len(source) < SHORT else _trimmed(source)


def _trimmed(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


_short = lru_cache(maxsize=4096)(_trimmed)  # most of a notebook stands in all of them
