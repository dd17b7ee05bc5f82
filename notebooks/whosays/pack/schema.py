"""What ``datapackage.json`` promises about each table, and which of it the kit relies on.

The shape is the Data Package standard, version 2 (https://datapackage.org), with three properties of our
own: ``whosays:itemsIn`` and ``whosays:itemEnum`` for the items of a list, and ``whosays:spans`` for columns
that hold offsets into the study text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from whosays.pack.faults import Fault, Faults

DESCRIPTOR = "datapackage.json"
REFERENCE = "reference/"
TYPES = ("string", "integer", "number", "boolean", "date", "list")

# Table → columns that the kit reads, with their type where it is not text. Only `sentences` must be there;
# the others may be left out whole.
NEEDED: dict[str, str] = {
    "sentences": "id paragraph:integer text core:boolean",
    "actors": "id name type role note",
    "places": "id name note",
    "mentions": "id sentence_id start:integer end:integer text form actor_id place_id",
    "quotes": "id sentence_id start:integer end:integer text credited_speakers:list cue attribution",
    "phrases": "id sentence_id start:integer end:integer text technique why plainer",
    "glossary": "id term group definition forms:list",
    "items": "id form lesson:integer stem",
    "item_options": "id item_id text",
    "reference_sentences": "sentence_id rung:integer accept_rung:list contested_rung:boolean",
    "reference_reasons": "sentence_id rung:integer start:integer end:integer text reason",
    "reference_quotes": "quote_id checked_speakers:list title holds_up differs unsettled flags:list",
    "reference_item_options": "option_id correct:boolean misconception feedback",
}
REQUIRED_TABLES = ("sentences",)


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its type and its limits."""

    name: str
    type: str
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: re.Pattern[str] | None = None
    delimiter: str = ","
    item_type: str = "string"
    items_in: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    fields: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One resource of the package: a CSV file and what its rows must look like."""

    name: str
    path: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    spans: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_reference(self) -> bool:
        return self.path.startswith(REFERENCE)


@dataclass(frozen=True, slots=True)
class Descriptor:
    name: str
    title: str
    tables: dict[str, Table] = field(default_factory=dict)


def read_descriptor(folder: Path, faults: Faults) -> Descriptor | None:
    """Read ``datapackage.json``; on trouble report it and return None."""
    path = folder / DESCRIPTOR
    if not path.is_file():
        faults.add(DESCRIPTOR, found=f"no such file in {folder.name or folder}", expected="the description of the pack's tables")
        return None
    try:
        raw = path.read_bytes()
        data = json.loads(raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8"))
    except UnicodeDecodeError as error:
        faults.add(DESCRIPTOR, found=f"byte {raw[error.start]:#04x} at position {error.start}", expected="UTF-8 text")
        return None
    except (json.JSONDecodeError, RecursionError) as error:
        where = getattr(error, "lineno", 1)
        faults.add(DESCRIPTOR, row=where, found=f"no JSON: {getattr(error, 'msg', 'nested too deep')}",
                   expected="JSON that describes the tables")
        return None
    return _descriptor(data, faults)


def _descriptor(data: Any, faults: Faults) -> Descriptor | None:
    resources = data.get("resources") if isinstance(data, dict) else None
    if not isinstance(resources, list) or not all(isinstance(r, dict) for r in resources):
        faults.add(DESCRIPTOR, field="resources", found="no list of tables", expected='"resources": [ … ], one entry a table')
        return None
    tables: dict[str, Table] = {}
    for n, resource in enumerate(resources, 1):
        table = _table(resource, n, faults)
        if table is None:
            continue
        if table.name in tables:
            faults.add(DESCRIPTOR, field=f"resources[{n}].name", found=f"'{table.name}' a second time", expected="one entry a table")
        tables[table.name] = table
    for name in REQUIRED_TABLES:
        if name not in tables:
            faults.add(DESCRIPTOR, field="resources", found=f"no table '{name}'", expected="every pack has one")
    for name, table in tables.items():
        have = {f.name: f.type for f in table.fields}
        for need in NEEDED.get(name, "").split():
            column, _, kind = need.partition(":")
            if column not in have:
                faults.add(DESCRIPTOR, field=f"{name}.{column}", found="no such field in the schema",
                           expected=f"'{column}', which the kit reads", word=column, known=have)
            elif have[column] != (kind or "string"):
                faults.add(DESCRIPTOR, field=f"{name}.{column}", found=f"type '{have[column]}'",
                           expected=f"type '{kind or 'string'}', which the kit reads")
    return Descriptor(str(data.get("name") or ""), str(data.get("title") or ""), tables)


def _table(resource: dict[str, Any], n: int, faults: Faults) -> Table | None:
    name, path, schema = resource.get("name"), resource.get("path"), resource.get("schema")
    where = f"resources[{n}]"
    if not isinstance(name, str) or not isinstance(path, str):
        faults.add(DESCRIPTOR, field=where, found="no name or no path", expected='"name" and "path" as text')
        return None
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or "\\" in path or ":" in path:
        faults.add(DESCRIPTOR, field=f"{where}.path", found=f"'{path}'", expected="a path inside the pack's folder")
        return None
    if not path.endswith(".csv"):
        return None
    if not isinstance(schema, dict) or not isinstance(schema.get("fields"), list):
        faults.add(DESCRIPTOR, field=f"{where}.schema", found="no list of fields", expected="a Table Schema")
        return None
    try:
        return Table(
            name, path,
            tuple(_field(f) for f in schema["fields"]),
            _names(schema.get("primaryKey", ())),
            tuple(_foreign_key(k) for k in schema.get("foreignKeys", ())),
            tuple((s["start"], s["end"], s["text"]) for s in schema.get("whosays:spans", ())),
        )
    except (KeyError, TypeError, AttributeError, ValueError, re.error) as error:
        faults.add(DESCRIPTOR, field=f"{where}.schema", found=f"cannot be read ({error})", expected=f"a Table Schema for '{name}'")
        return None


def _names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _field(data: dict[str, Any]) -> Field:
    limits = data.get("constraints", {})
    kind = data.get("type", "string")
    if kind not in TYPES:
        raise ValueError(f"type '{kind}' of '{data['name']}'; known are {', '.join(TYPES)}")
    pattern = limits.get("pattern")
    return Field(
        name=data["name"], type=kind,
        required=bool(limits.get("required", False)), unique=bool(limits.get("unique", False)),
        enum=tuple(str(e) for e in limits.get("enum", data.get("whosays:itemEnum", ()))),
        minimum=limits.get("minimum"), maximum=limits.get("maximum"),
        pattern=re.compile(pattern) if pattern else None,
        delimiter=data.get("delimiter", ","), item_type=data.get("itemType", "string"),
        items_in=data.get("whosays:itemsIn", ""),
    )


def _foreign_key(data: dict[str, Any]) -> ForeignKey:
    to = data["reference"]
    return ForeignKey(_names(data["fields"]), to.get("resource", ""), _names(to["fields"]))
