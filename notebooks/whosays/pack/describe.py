"""Read ``datapackage.json`` into records."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from whosays.pack import schema
from whosays.pack.faults import Faults, Wrong, show, show_all
from whosays.pack.files import read_text
from whosays.pack.needs import check_together
from whosays.pack.schema import DESCRIPTOR, SPAN, Descriptor, Field, ForeignKey, Table

MOST_TABLES = 100
DATE = "whosays:articleDate"
Json = Mapping[str, Any]

# A pattern comes with the pack, so it must be one that cannot take forever: few repetitions, none of a group.
MOST_REPEATS = 3
REPEAT = re.compile(r"[*+?{]")
REPEATED_GROUP = re.compile(r"\)[*+?{]|\\[1-9]")
CALLED = {
    str: "text",
    bool: "true or false",
    dict: "an object { … }",
    list: "a list [ … ]",
    float: "a number",
}


def read_descriptor(folder: Path, faults: Faults) -> Descriptor | None:
    """Read ``datapackage.json``; on trouble report it and return None."""
    text = read_text(folder, DESCRIPTOR, faults, expected="the description of the pack's tables, as JSON")
    if text is None:
        return None
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        found = f"no JSON ({error.msg}, column {error.colno})"
        faults.add(DESCRIPTOR, row=error.lineno, found=found, expected="JSON that describes the tables")
        return None
    except (ValueError, RecursionError):
        found = "JSON with a number too long or brackets too deep"
        faults.add(DESCRIPTOR, found=found, expected="JSON that describes the tables")
        return None
    before = len(faults)
    descriptor = _descriptor(data, faults)
    return descriptor if len(faults) == before else None


def _descriptor(data: Any, faults: Faults) -> Descriptor:
    tables: dict[str, Table] = {}
    name = title = date = ""
    try:
        package = _object(data, "the file")
        name, title, date = (str(_get(package, key, str, "", "")) for key in ("name", "title", DATE))
        if date and not _is_day(date):
            raise Wrong(DATE, show(date), "a day such as 2024-11-12")
        resources = _list_of_objects(package, "resources", "")
        if len(resources) > MOST_TABLES:
            raise Wrong("resources", f"{len(resources)} entries", f"at most {MOST_TABLES}")
    except Wrong as wrong:
        wrong.add_to(faults, DESCRIPTOR)
        return Descriptor(name, title, date)
    before = len(faults)
    for n, resource in enumerate(resources, 1):
        try:
            table = _table(resource, f"resources[{n}]")
            if table is None:
                continue
            if table.name in tables:
                raise Wrong(f"resources[{n}].name", f"{show(table.name)} a second time", "one entry a table")
            tables[table.name] = table
        except Wrong as wrong:
            wrong.add_to(faults, DESCRIPTOR)
    if len(faults) == before:
        check_together(tables, faults)
    return Descriptor(name, title, date, tables)


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# One table ------------------------------------------------------------------------------------------------


def _table(resource: Json, where: str) -> Table | None:
    """The table that an entry describes; None for a file of another kind, which the kit leaves alone."""
    path = _get(resource, "path", str, where, "")
    if not path.endswith(".csv"):
        return None
    name = _get(resource, "name", str, where)
    plain = PurePosixPath(path)
    if plain.is_absolute() or ".." in plain.parts or str(plain) != path or "\\" in path or ":" in path:
        raise Wrong(f"{where}.path", show(path), "a path inside the pack's folder, such as quotes.csv")
    if path.startswith(schema.REFERENCE_FOLDER) != name.startswith(schema.REFERENCE_NAME):
        wanted = f"{schema.REFERENCE_NAME}… in the folder {schema.REFERENCE_FOLDER}, and only there"
        raise Wrong(f"{where}.name", f"{show(name)} at {show(path)}", wanted)
    described = _get(resource, "schema", dict, where)
    if described.get("missingValues", [""]) != [""]:
        raise Wrong(f"{name}.missingValues", show(str(described["missingValues"])), "an empty cell alone")
    key = _names(described, "primaryKey", name)
    fields = tuple(_field(f, name, key) for f in _list_of_objects(described, "fields", name))
    names = [f.name for f in fields]
    for column in names:
        if names.count(column) > 1:
            raise Wrong(f"{name}.{column}", "two fields of that name", "each field once")
    keys = [_foreign_key(k, name) for k in _list_of_objects(described, "foreignKeys", name, [])]
    spans = [_span(s, name) for s in _list_of_objects(described, "whosays:spans", name, [])]
    for column in (*key, *(c for k in keys for c in k.fields), *(c for s in spans for c in s)):
        if column not in names:
            raise Wrong(f"{name}.{column}", "no such field in the schema", "a field", column, names)
    return Table(name, path, fields, key, tuple(keys), tuple(spans))


def _field(data: Json, table: str, key: Collection[str]) -> Field:
    name = _get(data, "name", str, f"{table}.fields")
    where = f"{table}.{name}"
    limits = _get(data, "constraints", dict, where, {})
    for limit in limits:
        if limit not in schema.CONSTRAINTS:
            wanted = f"one of {show_all(schema.CONSTRAINTS)}"
            raise Wrong(f"{where}.constraints", show(str(limit)), wanted, str(limit), schema.CONSTRAINTS)
    enum = _get(limits, "enum", list, where, _get(data, "whosays:itemEnum", list, where, []))
    delimiter = _get(data, "delimiter", str, where, ",")
    if not delimiter:
        raise Wrong(f"{where}.delimiter", "nothing", "the sign between two items")
    return Field(
        name=name,
        type=_kind(data, "type", where, schema.TYPES),
        required=_get(limits, "required", bool, where, False) or name in key,
        unique=_get(limits, "unique", bool, where, False),
        enum=tuple(str(e) for e in enum),
        minimum=_get(limits, "minimum", float, where, None),
        maximum=_get(limits, "maximum", float, where, None),
        pattern=_pattern(_get(limits, "pattern", str, where, ""), where),
        delimiter=delimiter,
        item_type=_kind(data, "itemType", where, schema.TYPES[:-1]),
        items_in=_get(data, "whosays:itemsIn", str, where, ""),
    )


def _kind(data: Json, key: str, where: str, known: Collection[str]) -> str:
    kind: str = _get(data, key, str, where, "string")
    if kind not in known:
        raise Wrong(f"{where}.{key}", show(kind), f"one of {show_all(known)}", kind, known)
    return kind


def _pattern(pattern: str, where: str) -> re.Pattern[str] | None:
    if not pattern:
        return None
    wanted = f"a regular expression with at most {MOST_REPEATS} of * + ? {{ and none of them behind )"
    if len(REPEAT.findall(pattern)) > MOST_REPEATS or REPEATED_GROUP.search(pattern):
        raise Wrong(f"{where}.pattern", show(pattern), wanted)
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise Wrong(f"{where}.pattern", f"{show(pattern)} ({error})", "a regular expression") from error


def _foreign_key(data: Json, table: str) -> ForeignKey:
    where = f"{table}.foreignKeys"
    to = _get(data, "reference", dict, where)
    key = ForeignKey(
        _names(data, "fields", where), _get(to, "resource", str, where, ""), _names(to, "fields", where)
    )
    if not key.fields or len(key.fields) != len(key.to):
        raise Wrong(
            where, f"{len(key.fields)} fields for {len(key.to)}", "as many on both sides, one at least"
        )
    return key


def _span(data: Json, table: str) -> tuple[str, str, str]:
    start, end, words = (_get(data, key, str, f"{table}.whosays:spans") for key in SPAN)
    return start, end, words


# Reading JSON with care -----------------------------------------------------------------------------------

_MUST = object()


def _get(data: Json, key: str, kind: type, where: str, default: Any = _MUST) -> Any:
    """``data[key]`` if it is of that kind; the default where the key is missing. Raises Wrong."""
    path = f"{where}.{key}" if where else key
    if key not in data:
        if default is _MUST:
            raise Wrong(path, "nothing", CALLED[kind])
        return default
    value = data[key]
    fits = isinstance(value, kind) if kind is not float else type(value) in (int, float)
    if not fits:
        raise Wrong(path, show(json.dumps(value, ensure_ascii=False)), CALLED[kind])
    return value


def _object(value: Any, where: str) -> Json:
    if not isinstance(value, dict):
        raise Wrong(where, show(json.dumps(value, ensure_ascii=False)), CALLED[dict])
    return value


def _list_of_objects(data: Json, key: str, where: str, default: Any = _MUST) -> list[Json]:
    path = f"{where}.{key}" if where else key
    return [_object(o, f"{path}[{n}]") for n, o in enumerate(_get(data, key, list, where, default), 1)]


def _names(data: Json, key: str, where: str) -> tuple[str, ...]:
    """One name or a list of names; none where the key is missing."""
    value = data.get(key, [])
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise Wrong(
            f"{where}.{key}", show(json.dumps(value, ensure_ascii=False)), "a name or a list of names"
        )
    return tuple(names)
