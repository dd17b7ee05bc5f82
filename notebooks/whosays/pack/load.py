"""Load a lesson pack: a folder of CSV tables described by ``datapackage.json``."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from whosays.model import Span
from whosays.pack.faults import Fault, Faults, PackError
from whosays.pack.joins import check_keys, check_spans
from whosays.pack.schema import Descriptor, Field, read_descriptor
from whosays.pack.tables import Rows, read_rows
from whosays.text import fingerprint, join_sentences

PREFIX = "reference_"


@dataclass(frozen=True)
class Pack:
    """One article as tables. ``pack.sentences``, ``pack.quotes`` … are DataFrames, a row a sentence, a quotation …

    ``text`` is the study text that every span points into, ``tables`` holds all tables by name, and
    ``reference`` those of ``reference/`` by their name without ``reference_``: empty in a student's copy.
    """

    folder: Path
    name: str
    title: str
    text: str
    fingerprint: str
    tables: Mapping[str, pd.DataFrame]
    reference: Mapping[str, pd.DataFrame]

    @property
    def has_reference(self) -> bool:
        return "sentences" in self.reference

    def __getattr__(self, name: str) -> pd.DataFrame:
        tables = self.__dict__.get("tables", {})
        if name in tables:
            table: pd.DataFrame = tables[name]
            return table
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


def read(folder: Path) -> tuple[Pack | None, list[Fault]]:
    """Read and check a pack in one go: the pack if it is sound, and every fault if it is not."""
    faults = Faults()
    if not folder.is_dir():
        faults.add(str(folder), found="no such folder", expected="a lesson pack, a folder with datapackage.json")
        return None, faults
    try:
        descriptor = read_descriptor(folder, faults)
        if descriptor is None:
            return None, faults
        rows = _read_tables(folder, descriptor, faults)
    except OSError as error:
        faults.add(str(error.filename or folder), found=f"a file that cannot be read ({error.strerror})",
                   expected="files you may read")
        return None, faults
    text, spans = _study_text(rows.get("sentences"), faults)
    check_keys(rows, faults)
    if text is not None:
        check_spans(rows, text, spans, faults)
    if faults or text is None:
        return None, faults
    return _pack(folder, descriptor, rows, text, spans), faults


def _read_tables(folder: Path, descriptor: Descriptor, faults: Faults) -> dict[str, Rows]:
    with_reference = (folder / "reference").is_dir()
    rows: dict[str, Rows] = {}
    for name, table in descriptor.tables.items():
        if table.is_reference and not with_reference:
            continue
        found = read_rows(folder, table, faults)
        if found is not None:
            rows[name] = found
    return rows


def _study_text(rows: Rows | None, faults: Faults) -> tuple[str | None, dict[str, Span]]:
    if rows is None or not rows.sound:
        return None, {}
    if not len(rows):
        faults.add(rows.table.path, found="no sentence", expected="at least one row")
        return None, {}
    for name in ("id", "paragraph", "text"):
        if None in rows.columns[name]:
            number = rows.numbers[rows.columns[name].index(None)]
            faults.add(rows.table.path, row=number, field=name, found="nothing", expected="a value in every row")
            return None, {}
    paragraphs = rows.columns["paragraph"]
    for number, before, after in zip(rows.numbers[1:], paragraphs, paragraphs[1:], strict=False):
        if after < before:
            faults.add(rows.table.path, row=number, field="paragraph", found=f"{after} after {before}",
                       expected="paragraphs in reading order")
            return None, {}
    text, spans = join_sentences(rows.columns["text"], paragraphs)
    return text, dict(zip(rows.columns["id"], spans, strict=True))


def _pack(folder: Path, descriptor: Descriptor, rows: dict[str, Rows], text: str, spans: dict[str, Span]) -> Pack:
    frames = {name: _frame(r) for name, r in rows.items()}
    sentences = frames["sentences"]
    sentences["start"] = [s.start for s in spans.values()]
    sentences["end"] = [s.end for s in spans.values()]
    ids, texts = rows["sentences"].columns["id"], rows["sentences"].columns["text"]
    return Pack(
        folder, descriptor.name, descriptor.title, text, fingerprint(ids, texts),
        tables={n: f for n, f in frames.items() if not rows[n].table.is_reference},
        reference={n.removeprefix(PREFIX): f for n, f in frames.items() if rows[n].table.is_reference},
    )


def _frame(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame({f.name: _column(rows.columns[f.name], f) for f in rows.table.fields})


def _column(values: list[Any], spec: Field) -> Any:
    if spec.type == "integer":
        return pd.array(values, dtype="Int64") if None in values else pd.array(values, dtype="int64")
    if spec.type == "number":
        return pd.array([float("nan") if v is None else v for v in values], dtype="float64")
    if spec.type == "boolean":
        return pd.array(values, dtype="boolean") if None in values else pd.array(values, dtype="bool")
    if spec.type == "date":
        return pd.to_datetime(pd.Series(values, dtype="object"))
    if spec.type == "list":
        return pd.Series(values, dtype="object")
    return pd.array(values, dtype="str")
