"""What ``datapackage.json`` says of each table, as records.

The shape is the Data Package standard, version 2 (https://datapackage.org), with four properties of our
own: ``whosays:articleDate`` for the day of the article, ``whosays:itemsIn`` and ``whosays:itemEnum`` for the
items of a list, and ``whosays:spans`` for columns that hold offsets into the study text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

DESCRIPTOR = "datapackage.json"
REFERENCE_FOLDER = "reference/"
REFERENCE_NAME = "reference_"
TYPES = ("string", "integer", "number", "boolean", "date", "list")
CONSTRAINTS = ("required", "unique", "enum", "pattern", "minimum", "maximum")
SPAN = ("start", "end", "text")


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its type and its limits."""

    name: str
    type: str = "string"
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
    """Columns whose values name a row of another table; ``table`` is empty for the same table."""

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
        return self.path.startswith(REFERENCE_FOLDER)

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A pack's name, title, the day of its article (ISO, or empty) and tables."""

    name: str
    title: str
    date: str = ""
    tables: dict[str, Table] = field(default_factory=dict)
