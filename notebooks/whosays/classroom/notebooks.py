"""Read a handed-in notebook, whatever was done to it, and bring its cells into the order of the release."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

CellKind = Literal["given", "answer", "test", "manual", "own"]
MOST_BYTES = 20_000_000
MOST_CELLS = 5_000
MOST_SOURCE = 200_000  # characters of a cell
NAMED = re.compile(r"^(?:def\s+(\w+)\s*\(|(\w+)\s*=(?!=))", re.MULTILINE)


class Unreadable(Exception):
    """A notebook cannot be read; the message is a sentence for the teacher."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell in the order to run. ``grade_id`` is empty for a student's own cell; ``changed`` says whether an
    answer differs from what was released.
    """

    grade_id: str
    kind: CellKind
    cell_type: str
    source: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Matched:
    """A submission's cells in the order of the release, and a note on each repair."""

    set: str
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """The released notebook of a set: its cells with a grade_id, in order, and the names its answers give."""

    set: str
    cells: tuple[Cell, ...]

    @classmethod
    def read(cls, path: Path) -> Release:
        """Read the released notebook. Raises Unreadable."""
        cells = []
        for cell in cells_of(read(path)):
            mine = cell["nbgrader"]
            if mine.get("grade_id"):
                cells.append(Cell(str(mine["grade_id"]), _kind(mine), cell["cell_type"], cell["source"]))
        return cls(path.stem, tuple(cells))


def _kind(mine: Mapping[str, Any]) -> CellKind:
    if mine.get("grade"):
        return "manual" if mine.get("solution") else "test"
    return "answer" if mine.get("solution") else "given"


def read(file: Path, most: int = MOST_BYTES) -> dict[str, Any]:
    """A notebook as plain JSON. Raises Unreadable."""
    try:
        size = file.stat().st_size
        if size > most:
            raise Unreadable(
                f"The file has {size / 1e6:.0f} MB; at most {most / 1e6:.0f} MB are read. "
                "Ask for the notebook without its outputs."
            )
        raw = file.read_bytes()
    except OSError as error:
        raise Unreadable(f"The file cannot be read ({error.strerror or type(error).__name__}).") from error
    if not raw.strip(b" \r\n\t\0"):
        raise Unreadable("The file is empty.")
    try:
        content = json.loads(_text(raw))
    except RecursionError as error:
        raise Unreadable("The file is no notebook: its brackets go too deep.") from error
    except ValueError as error:
        raise Unreadable(f"The file is no notebook, or only a part of one ({str(error)[:120]}).") from error
    if not isinstance(content, dict) or not isinstance(content.get("cells", content.get("worksheets")), list):
        raise Unreadable("The file is no notebook: it has no cells.")
    return content


def _text(raw: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if raw[:2].count(0) == 1:
            return raw.decode("utf-16-le" if raw[1] == 0 else "utf-16-be", "replace")
        return raw.decode("utf-8", "replace")


def cells_of(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The cells with ``cell_type``, ``source`` and ``nbgrader`` alone, whatever else or less they had."""
    raw = notebook.get("cells")
    if not isinstance(raw, list):
        sheets = notebook.get("worksheets")
        raw = (
            [c for s in sheets if isinstance(s, dict) for c in s.get("cells") or ()]
            if isinstance(sheets, list)
            else []
        )
    found = []
    for cell in raw[:MOST_CELLS]:
        if not isinstance(cell, dict):
            continue
        source = cell.get("source", cell.get("input", ""))
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        if not isinstance(source, str):
            source = ""
        source = source.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        metadata = cell.get("metadata")
        mine = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        kind = cell.get("cell_type")
        found.append(
            {
                "cell_type": kind if kind in ("code", "markdown", "raw") else "raw",
                "source": source[:MOST_SOURCE],
                "nbgrader": mine if isinstance(mine, dict) else {},
            }
        )
    return found


def set_of(notebook: Mapping[str, Any], releases: Mapping[str, Release]) -> str:
    """The set whose cells a notebook holds most of, by grade_id or else by the names its cells give; or nothing."""
    cells = cells_of(notebook)
    ids = {str(c["nbgrader"].get("grade_id")) for c in cells}
    hits = {name: len(ids & {c.grade_id for c in release.cells}) for name, release in releases.items()}
    best = max(hits, key=lambda name: hits[name], default="")
    if best and hits[best]:
        return best
    known = {n for c in cells if c["cell_type"] == "code" for n in names_in(c["source"])}
    hits = {
        name: len(known & {n for c in release.cells if c.kind == "answer" for n in names_in(c.source)})
        for name, release in releases.items()
    }
    best = max(hits, key=lambda name: hits[name], default="")
    return best if best and hits[best] >= 3 else ""


def names_in(source: str) -> set[str]:
    """The functions and variables that a cell gives names to, at the start of a line."""
    return {one or other for one, other in NAMED.findall(source)}


def match(notebook: Mapping[str, Any], release: Release) -> Matched:
    """Bring a submission's cells into the order of the release.

    Cells are known by ``grade_id`` alone. Of several with one id the first that was changed counts, missing ones
    are put back, locked ones are the release's own. A student's own code cells run right after the cell that
    they follow. Where a notebook has lost its ids, an answer is known by the function or variable that its
    cell gives a name to.
    """
    cells, notes = cells_of(notebook), []
    known = {c.grade_id: c for c in release.cells}
    if len(notebook.get("cells") or ()) > MOST_CELLS:
        notes.append(f"The notebook has more than {MOST_CELLS} cells; the first {MOST_CELLS} were read.")
    ids = [str(c["nbgrader"].get("grade_id", "")) for c in cells]
    ids = [i if i in known else "" for i in ids]
    if not any(known[i].kind in ("answer", "manual") for i in ids if i):
        ids = _by_name(cells, release, ids)
        if any(ids):
            notes.append("The cells had lost their ids; answers were known by the names in them.")
    chosen, own = _chosen(cells, ids, known, notes)
    ordered = [Cell("", "own", "code", source) for source in own.get("", ())]
    for cell in release.cells:
        ordered.append(_mended(cell, chosen.get(cell.grade_id), notes))
        ordered += [Cell("", "own", "code", source) for source in own.get(cell.grade_id, ())]
    return Matched(release.set, tuple(ordered), tuple(notes))


def _by_name(cells: list[dict[str, Any]], release: Release, ids: list[str]) -> list[str]:
    """Ids of answers by what their cells give names to; cells that have an id keep it."""
    names = {n: c.grade_id for c in release.cells if c.kind == "answer" for n in names_in(c.source)}
    taken = set(filter(None, ids))
    found = []
    for cell, old in zip(cells, ids, strict=True):
        by_name = (
            {names[n] for n in names_in(cell["source"]) if n in names}
            if cell["cell_type"] == "code"
            else set()
        )
        new = old or (min(by_name) if len(by_name) == 1 and not by_name & taken else "")
        taken.add(new)
        found.append(new)
    return found


def _chosen(
    cells: list[dict[str, Any]], ids: list[str], known: Mapping[str, Cell], notes: list[str]
) -> tuple[dict[str, dict[str, Any]], dict[str, list[str]]]:
    """The cell that counts for each id, and the student's own code by the id that it follows."""
    chosen: dict[str, dict[str, Any]] = {}
    twice: set[str] = set()
    own: dict[str, list[str]] = {}
    after = ""
    for cell, grade_id in zip(cells, ids, strict=True):
        if not grade_id:
            if cell["cell_type"] == "code" and cell["source"].strip():
                own.setdefault(after, []).append(cell["source"])
            continue
        after = grade_id
        if grade_id not in chosen:
            chosen[grade_id] = cell
            continue
        twice.add(grade_id)
        if not _changed(chosen[grade_id]["source"], known[grade_id]) and _changed(
            cell["source"], known[grade_id]
        ):
            chosen[grade_id] = cell
    for grade_id in sorted(twice):
        if known[grade_id].kind in ("answer", "manual"):
            notes.append(f"The cell {grade_id} stands there twice; the first one that was changed counts.")
        else:
            notes.append(f"The cell {grade_id} stands there twice; the original was used once.")
    return chosen, own


def _changed(source: str, released: Cell) -> bool:
    return source.strip() != released.source.strip()


def _mended(cell: Cell, found: dict[str, Any] | None, notes: list[str]) -> Cell:
    """The cell to run in the place of a released one."""
    if cell.kind in ("given", "test"):
        if found is None:
            notes.append(f"The cell {cell.grade_id} was missing; the original was used.")
        elif _changed(found["source"], cell) or found["cell_type"] != cell.cell_type:
            notes.append(f"The locked cell {cell.grade_id} was changed; the original was used.")
        return cell
    if found is None:
        notes.append(f"The cell {cell.grade_id} was missing and was put back, unanswered.")
        return cell
    if found["cell_type"] != cell.cell_type:
        notes.append(
            f"The cell {cell.grade_id} had become a {found['cell_type']} cell; it was read as {cell.cell_type}."
        )
    changed = _changed(found["source"], cell)
    return Cell(cell.grade_id, cell.kind, cell.cell_type, found["source"], changed)
