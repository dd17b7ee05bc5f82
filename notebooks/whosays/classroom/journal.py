"""The journal of a grading run: one line a graded submission, so that a run which was cut off can go on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

Record = dict[str, Any]
KIND = "whosays grading journal"
OLDER = "This student handed in again: "  # how the note begins of what does not count any more
KEPT = 4_000_000  # bytes of records that stay in memory, too: those of a class, not those of a school


def journal_of(table: Path) -> Path:
    """Where the journal of a run is that writes this table."""
    return table.with_suffix(".journal.jsonl")


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a record stands in the file, and what is needed to put all of them in order."""

    path: str
    sha256: str
    student: str
    set: str
    order: tuple[Any, ...]
    offset: int


class Journal:
    """Records on disk, of which an index and the first few are kept in memory.

    Each record is one line, written at once. A line that a crash cut short is dropped when the file is opened
    again. Records made with another key are not used: ``began_anew`` then says so.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self.path, self.fingerprint = path, fingerprint
        self.entries: dict[str, Entry] = {}
        self._kept: dict[int, Record] = {}
        self.began_anew = False
        head = json.dumps({"journal": KIND, "fingerprint": fingerprint}).encode() + b"\n"
        there = path.exists()
        self._file: IO[bytes] = path.open("r+b" if there else "w+b")
        first = self._file.readline(len(head))
        if first == head:
            self._file.truncate(self._index())
        else:
            self.began_anew = first.endswith(b"\n") or len(first) == len(head)
            self._file.seek(0)
            self._file.truncate()
            self._file.write(head)
            self._file.flush()
        self._end = self._file.seek(0, 2)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _index(self) -> int:
        """Read the lines that are there; the place behind the last whole one."""
        offset = self._file.tell()
        while line := self._file.readline():
            try:
                record = json.loads(line)
                if not line.endswith(b"\n"):
                    break
                self._note(record, offset)
            except (ValueError, KeyError, TypeError, AttributeError):
                break
            offset += len(line)
        return offset

    def _note(self, record: Record, offset: int) -> None:
        self.entries[record["path"]] = Entry(
            record["path"],
            record["sha256"],
            record["student"],
            record["set"],
            (record.get("attempt", 0), record.get("handed_in", ""), record["path"]),
            offset,
        )

    def add(self, record: Record) -> None:
        """Write a record; a later one of the same path replaces it."""
        line = json.dumps(record).encode() + b"\n"
        self._file.seek(self._end)
        self._file.write(line)
        self._file.flush()
        self._note(record, self._end)
        self._end += len(line)

    def record(self, path: str) -> Record:
        """The record of a path; its parts are not to be changed. Raises KeyError."""
        offset = self.entries[path].offset
        if offset not in self._kept:
            self._file.seek(offset)
            line = self._file.readline()
            record: Record = json.loads(line)
            if offset + len(line) > KEPT:
                return record
            self._kept[offset] = record
        return dict(self._kept[offset])


class Finished(Journal):
    """The journal of a run, opened to be read: nothing in it is changed or cut off.

    ``fingerprint`` is that of the key it was made with. Raises ValueError if it is no journal, OSError if it
    cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.entries, self.began_anew = path, {}, False
        self._kept = {}
        self._file = path.open("rb")
        try:
            head = json.loads(self._file.readline())
            if head["journal"] != KIND:
                raise KeyError(head["journal"])
            self.fingerprint = str(head["fingerprint"])
        except (ValueError, KeyError, TypeError) as error:
            self._file.close()
            raise ValueError(f"{path.name} is no journal of “whosays grade”.") from error
        self._end = self._index()

    def add(self, record: Record) -> None:
        raise TypeError(f"{self.path.name} is open to be read only.")


def print_before(journal: Path) -> str:
    """What the last run graded with, if it has graded anything: the fingerprint in its journal, or “?”."""
    try:
        with journal.open("rb") as file:
            head, first = file.readline(), file.readline()
    except OSError:
        return ""
    if not first.endswith(b"\n"):
        return ""
    try:
        return str(json.loads(head)["fingerprint"])
    except (ValueError, KeyError, TypeError):
        return "?"


class Records:
    """The records of some paths in order, read from the journal each time they are gone through.

    Of several submissions of one student to one set the newest counts; the others are marked as superseded,
    and both say so in a note.
    """

    def __init__(self, journal: Journal, paths: Sequence[str]) -> None:
        self._journal, self._paths = journal, list(paths)
        groups: dict[tuple[str, str], list[Entry]] = {}
        for path in self._paths:
            entry = journal.entries[path]
            if entry.set:
                groups.setdefault((entry.student, entry.set), []).append(entry)
        self._newest = {
            entry.path: max(group, key=lambda e: e.order).path
            for group in groups.values()
            if len(group) > 1
            for entry in group
        }

    def __len__(self) -> int:
        return len(self._paths)

    def __iter__(self) -> Iterator[Record]:
        for path in self._paths:
            record = self._journal.record(path)
            newest = self._newest.get(path)
            if newest is not None:
                record["superseded"] = newest != path
                note = "The newest of several hand-ins of this student; it counts."
                if newest != path:
                    note = f"{OLDER}{newest} is newer, and counts."
                record["notes"] = [*record["notes"], note]
            yield record
