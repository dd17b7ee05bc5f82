"""Load a lesson pack: a folder of CSV tables described by ``datapackage.json``."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from whosays.model import Span
from whosays.pack.describe import read_descriptor
from whosays.pack.faults import Fault, Faults, PackError, TooMany, show
from whosays.pack.files import SEALED
from whosays.pack.joins import check_keys, check_ladder, check_spans
from whosays.pack.schema import REFERENCE_FOLDER, REFERENCE_NAME, Descriptor, Field
from whosays.pack.tables import Rows, read_rows
from whosays.text import fingerprint, join_sentences

# Type of a column without gaps, and with them.
DTYPES: dict[str, tuple[Any, Any]] = {
    "string": (pd.api.types.pandas_dtype("str"),) * 2,
    "integer": (np.dtype("int64"), pd.Int64Dtype()),
    "number": (np.dtype("float64"),) * 2,
    "boolean": (np.dtype("bool"), pd.BooleanDtype()),
}
SENTENCE_ID = re.compile(r"[\w.-]{1,40}")


@dataclass(frozen=True, eq=False)
class Pack:
    """One article as tables: ``pack.sentences``, ``pack.quotes`` … are DataFrames.

    ``text`` is the study text that every span points into, ``date`` the day of the article (ISO, or empty),
    ``tables`` holds all tables by name, and ``reference`` those of ``reference/`` by their name without
    ``reference_``: empty in a student's copy.
    """

    folder: Path
    name: str
    title: str
    date: str
    text: str
    fingerprint: str
    tables: Mapping[str, pd.DataFrame]
    reference: Mapping[str, pd.DataFrame]

    @property
    def has_reference(self) -> bool:
        return "sentences" in self.reference

    def __getattr__(self, name: str) -> pd.DataFrame:
        tables: Mapping[str, pd.DataFrame] = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        near = difflib.get_close_matches(name, list(tables), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(tables)}."
        raise AttributeError(f"this pack has no table {name!r}.{hint}")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.tables})

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} {len(table)}" for name, table in self.tables.items())
        return f"<Pack {self.name!r}: {sizes}; reference: {'yes' if self.has_reference else 'no'}>"


def kit_folder() -> Path:
    """The folder that holds ``notebooks/`` and ``data/``."""
    return Path(__file__).resolve().parents[3]


def default_folder() -> Path:
    """The pack that ``load()`` opens: ``$WHOSAYS_PACK`` if set, else the kit's ``data/``."""
    return Path(os.environ.get("WHOSAYS_PACK") or kit_folder() / "data")


def load(folder: str | Path | None = None) -> Pack:
    """Load a pack. Raises ``PackError`` naming file, row and field if anything in it is wrong."""
    pack, faults = read(Path(folder) if folder is not None else default_folder())
    if pack is None:
        raise PackError(faults)
    return pack


def check(folder: str | Path) -> list[Fault]:
    """Every fault of a pack, in the order of its files; an empty list means ``load`` accepts it."""
    return read(Path(folder))[1]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as dictionaries by column name."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def read(folder: Path) -> tuple[Pack | None, list[Fault]]:
    """Read and check a pack in one go: the pack if it is sound, else None and every fault."""
    faults = Faults()
    try:
        return _read(folder, faults), faults
    except TooMany:
        return None, faults


def _read(folder: Path, faults: Faults) -> Pack | None:
    if not _is_folder(folder):
        wanted = "a lesson pack, a folder with datapackage.json"
        faults.add(str(folder), found="no such folder", expected=wanted)
        return None
    descriptor = read_descriptor(folder, faults)
    if descriptor is None:
        return None
    tables = _read_tables(folder, descriptor, faults)
    sentences = tables.get("sentences")
    if sentences is not None and not len(sentences) and sentences.sound:
        faults.add(sentences.table.path, found="no sentence", expected="at least one row below the header")
        sentences.sound = False
    check_keys(tables, faults)
    check_ladder(tables, faults)
    if sentences is None or not _sentences_fit(sentences, faults):
        return None
    text, spans = join_sentences(sentences.columns["text"], sentences.columns["paragraph"])
    check_spans(tables, text, dict(zip(sentences.columns["id"], spans, strict=True)), faults)
    return None if faults else _pack(folder, descriptor, tables, text, spans)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _read_tables(folder: Path, descriptor: Descriptor, faults: Faults) -> dict[str, Rows]:
    with_reference = _is_folder(folder / REFERENCE_FOLDER) or (folder / SEALED).is_file()
    tables: dict[str, Rows] = {}
    for name, table in descriptor.tables.items():
        if with_reference or not table.is_reference:
            rows = read_rows(folder, table, faults)
            if rows is not None:
                tables[name] = rows
    return tables


def _sentences_fit(rows: Rows, faults: Faults) -> bool:
    """Whether the study text can be built: sentences with words in them, in reading order."""
    before = len(faults)
    ids, paragraphs, texts = (rows.columns[name] for name in ("id", "paragraph", "text"))
    if not rows.sound:
        return False
    for n, number in enumerate(rows.numbers):
        if not SENTENCE_ID.fullmatch(ids[n]):
            expected = "letters, digits, . _ - alone, at most 40"
            faults.add(rows.table.path, row=number, field="id", found=show(ids[n]), expected=expected)
        if not texts[n].strip():
            faults.add(rows.table.path, row=number, field="text", found="only blanks", expected="a sentence")
        if n and paragraphs[n] < paragraphs[n - 1]:
            found = f"{paragraphs[n]} after {paragraphs[n - 1]}"
            faults.add(
                rows.table.path,
                row=number,
                field="paragraph",
                found=found,
                expected="paragraphs in reading order",
            )
    return len(faults) == before


def _pack(
    folder: Path, descriptor: Descriptor, tables: Mapping[str, Rows], text: str, spans: list[Span]
) -> Pack:
    frames = {name: _frame(rows) for name, rows in tables.items()}
    frames["sentences"]["start"] = [s.start for s in spans]
    frames["sentences"]["end"] = [s.end for s in spans]
    columns = tables["sentences"].columns
    return Pack(
        folder,
        descriptor.name,
        descriptor.title,
        descriptor.date,
        text,
        fingerprint(columns["id"], columns["text"]),
        tables={n: f for n, f in frames.items() if not tables[n].table.is_reference},
        reference={
            n.removeprefix(REFERENCE_NAME): f for n, f in frames.items() if tables[n].table.is_reference
        },
    )


def _frame(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame({f.name: _column(rows.columns[f.name], f) for f in rows.table.fields})


def _column(values: list[Any], spec: Field) -> Any:
    if spec.type == "date":
        return pd.to_datetime(pd.Series(values, dtype="object"))
    if spec.type == "list":
        return pd.Series(values, dtype="object")
    full, with_gaps = DTYPES[spec.type]
    return pd.array(values, dtype=with_gaps if None in values else full)
