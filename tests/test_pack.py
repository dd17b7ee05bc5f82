"""Loading a lesson pack: typed tables from a sound one, one clear line for each fault of another."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import DATA
from packs import CSVS, RESOURCES, copy_pack, sentences_pack
from whosays import pack
from whosays.cli import main
from whosays.pack import PackError, check, load
from whosays.pack.faults import MOST
from whosays.pack.load import read
from whosays.pack.needs import NEEDED

Break = Callable[[Path], object]
Json = dict[str, Any]
SIX = [
    ("a", 1, "One.", "true"),
    ("b", 1, "Two “two”.", "false"),
    ("c", 2, "Three.", ""),
    ("d", 2, "Four.", "true"),
    ("e", 5, "Five.", "false"),
    ("f", 5, "Six.", "true"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_pack(tmp_path / "pack")


# Ways to spoil a pack -------------------------------------------------------------------------------------


def read_cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_cells(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def table(path: str, change: Callable[[list[list[str]]], object]) -> Break:
    """Change the cells of a table; ``cells[0]`` is the header, so row 5 is ``cells[4]``."""

    def spoil(folder: Path) -> None:
        cells = read_cells(folder / path)
        change(cells)
        write_cells(folder / path, cells)

    return spoil


def cell(path: str, row: int, field: str, value: str | Callable[[str], str]) -> Break:
    def change(cells: list[list[str]]) -> None:
        at = cells[0].index(field)
        old = cells[row - 1][at]
        cells[row - 1][at] = value if isinstance(value, str) else value(old)

    return table(path, change)


def data(path: str, change: Callable[[bytes], bytes] | bytes) -> Break:
    """Change the bytes of a file."""

    def spoil(folder: Path) -> None:
        old = (folder / path).read_bytes()
        (folder / path).write_bytes(change if isinstance(change, bytes) else change(old))

    return spoil


def instead(path: str, make: Callable[[Path], object]) -> Break:
    """Put something else in the place of a file."""

    def spoil(folder: Path) -> None:
        (folder / path).unlink()
        make(folder / path)

    return spoil


def package(change: Callable[[Json], object]) -> Break:
    """Change datapackage.json; the change gets the resources by name."""

    def spoil(folder: Path) -> None:
        content = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        resources = {r["name"]: r for r in content["resources"]}
        change(resources)
        content["resources"] = list(resources.values())
        (folder / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")

    return spoil


def top(name: str, value: object) -> Break:
    """Change a property of the package itself; None removes it."""

    def spoil(folder: Path) -> None:
        content = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        content.pop(name, None)
        if value is not None:
            content[name] = value
        (folder / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")

    return spoil


def resource(table: str, **changes: Any) -> Break:
    return package(lambda resources: resources[table].update(changes))


def schema(name: str, **changes: Any) -> Break:
    return package(lambda resources: resources[name]["schema"].update(changes))


def field(table: str, column: str, **changes: Any) -> Break:
    def change(resources: Json) -> None:
        next(f for f in resources[table]["schema"]["fields"] if f["name"] == column).update(changes)

    return package(change)


def both(one: Break, other: Break) -> Break:
    return lambda folder: (one(folder), other(folder))


def without_field(name: str, column: str) -> Break:
    def change(resources: Json) -> None:
        described = resources[name]["schema"]
        described["fields"] = [f for f in described["fields"] if f["name"] != column]

    return package(change)


def rename_column(cells: list[list[str]]) -> None:
    cells[0][cells[0].index("actor_id")] = "actor_ids"


def drop_column(cells: list[list[str]]) -> None:
    at = cells[0].index("form")
    for row in cells:
        del row[at]


def without_items_in(fields: list[Json]) -> None:
    for described in fields:
        described.pop("whosays:itemsIn", None)


def first_lines(content: bytes, n: int) -> bytes:
    return b"".join(content.splitlines(keepends=True)[:n])


def longer_by(more: int) -> Callable[[str], str]:
    return lambda old: str(int(old) + more)


def swap_paragraphs(cells: list[list[str]]) -> None:
    at = cells[0].index("paragraph")
    assert cells[-1][at] != "1"
    cells[-1][at] = "1"


FILES: dict[str, tuple[Break, str]] = {
    "missing": (instead("quotes.csv", lambda p: None), "quotes.csv: found no such file; expected a table"),
    "reference file missing": (
        instead("reference/reasons.csv", lambda p: None),
        "reference/reasons.csv: found no such file",
    ),
    "a folder": (instead("quotes.csv", Path.mkdir), "quotes.csv: found a folder; expected a table"),
    "link to nowhere": (
        instead("quotes.csv", lambda p: p.symlink_to("gone.csv")),
        "quotes.csv: found a link that leads to no file",
    ),
    "link to itself": (
        instead("quotes.csv", lambda p: p.symlink_to(p.name)),
        "quotes.csv: found a link that leads to no file",
    ),
    "a pipe": (instead("quotes.csv", os.mkfifo), "quotes.csv: found something that is no file"),
    "not UTF-8": (
        data("actors.csv", lambda b: first_lines(b, 3) + b"\xe4" + b[len(first_lines(b, 3)) :]),
        "actors.csv, row 4: found byte 0xe4, which is no UTF-8; expected UTF-8: save the file again",
    ),
    "UTF-16": (
        data("actors.csv", lambda b: b.decode().encode("utf-16")),
        "actors.csv, row 1: found UTF-16; expected UTF-8: save",
    ),
    "BOM": (
        data("actors.csv", lambda b: b"\xef\xbb\xbf" + b),
        "actors.csv, row 1: found a byte order mark (BOM) before the first letter; expected plain UTF-8",
    ),
    "CRLF": (
        data("actors.csv", lambda b: b.replace(b"\n", b"\r\n")),
        "actors.csv, row 1: found Windows line ends (CR LF); expected line ends of LF alone",
    ),
    "CR": (
        data("actors.csv", lambda b: b.replace(b"\n", b"\r")),
        "actors.csv, row 1: found a line end of CR",
    ),
    "empty": (data("actors.csv", b""), "actors.csv: found an empty file; expected a table with a header row"),
    "blank": (data("actors.csv", b" \n\n"), "actors.csv: found an empty file"),
    "50 MB of one line": (
        data("actors.csv", b"x" * 50_000_000),
        "actors.csv: found a file of 50 MB; expected at most 20 MB",
    ),
    "19 MB of one line": (data("actors.csv", b"x" * 19_000_000), "actors.csv, row 1: found no readable CSV"),
    "a million columns": (data("actors.csv", b"," * 999_999), "actors.csv, row 1: found 1000000 columns"),
    "NUL": (cell("actors.csv", 3, "name", "A\0B"), "actors.csv, row 3: found control character 0x00"),
    "a zip file": (data("actors.csv", b"PK\x03\x04\x14\x00\x06\x00"), "actors.csv, row 1: found control"),
    "header alone": (
        table("actors.csv", lambda cells: cells.__delitem__(slice(1, None))),
        "actors.csv: found no row below the header; expected the rows that places.csv names in actor_id",
    ),
    "no sentence": (
        table("sentences.csv", lambda cells: cells.__delitem__(slice(1, None))),
        "sentences.csv: found no sentence; expected at least one row",
    ),
}
CELLS: dict[str, tuple[Break, str]] = {
    "column missing": (
        table("mentions.csv", drop_column),
        "mentions.csv, row 1, form: found no such column among id, sentence_id, start, end, text, actor_id, ",
    ),
    "column renamed": (
        table("mentions.csv", rename_column),
        "mentions.csv, row 1, actor_id: found no such column among id, sentence_id, start, end, text, form, "
        "actor_ids, place_id; expected a column 'actor_id' (did you mean 'actor_ids'?)",
    ),
    "column too many": (
        table("mentions.csv", lambda cells: [row.append("x") for row in cells]),
        "mentions.csv, row 1, x: found a column the schema does not list; expected only id, sentence_id",
    ),
    "column twice": (
        table("mentions.csv", lambda cells: [row.append(row[0]) for row in cells]),
        "mentions.csv, row 1, id: found two columns of that name; expected one",
    ),
    "header missing": (
        table("mentions.csv", lambda cells: cells.pop(0)),
        "mentions.csv, row 1: found m001, s01, ",
    ),
    "header twice": (
        table("mentions.csv", lambda cells: cells.insert(1, list(cells[0]))),
        "mentions.csv, row 2: found the header a second time; expected it in row 1 alone",
    ),
    "other separator": (
        data("sentences.csv", lambda b: b.replace(b",", b";")),
        "row 1: found id;paragraph;text;core; expected the column names id, paragraph, text, core",
    ),
    "too many fields": (
        table("mentions.csv", lambda cells: cells[6].append("")),
        "mentions.csv, row 7: found 9 fields; expected 8, as in the header",
    ),
    "too few fields": (
        table("sentences.csv", lambda cells: cells[6].pop()),
        "sentences.csv, row 7: found 3 fields; expected 4",
    ),
    "empty line": (
        data("mentions.csv", lambda b: first_lines(b, 3) + b"\n" + b[len(first_lines(b, 3)) :]),
        "mentions.csv, row 4: found an empty line; expected a row or the end of the file",
    ),
    "unclosed quotation mark": (
        data("places.csv", lambda b: b + b'x,"A place,\n'),
        "places.csv, row 38: found no readable CSV (unexpected end of data); expected fields parted by",
    ),
    "quotation mark inside": (
        data("sentences.csv", lambda b: b.replace(b'",', b",", 1)),
        "sentences.csv, row",
    ),
    "no number": (
        cell("mentions.csv", 6, "start", "twelve"),
        "mentions.csv, row 6, start: found 'twelve'; expected a whole number",
    ),
    "huge number": (
        cell("mentions.csv", 6, "start", "9" * 5000),
        "mentions.csv, row 6, start: found '" + "9" * 60 + "…'; expected a whole number (at most 15 digits)",
    ),
    "number in other digits": (
        cell("mentions.csv", 6, "start", "１２"),
        "found '１２'; expected a whole number",
    ),
    "number too small": (
        cell("sentences.csv", 2, "paragraph", "0"),
        "sentences.csv, row 2, paragraph: found '0'; expected at least 1",
    ),
    "no number of points": (
        cell("items.csv", 4, "points", "1_0"),
        "items.csv, row 4, points: found '1_0'; expected a number",
    ),
    "endless points": (
        cell("items.csv", 4, "points", "1e999"),
        "items.csv, row 4, points: found '1e999'; expected a number",
    ),
    "no boolean": (
        cell("sentences.csv", 9, "core", "True"),
        "sentences.csv, row 9, core: found 'True'; expected true or false",
    ),
    "unknown type of actor": (
        cell("actors.csv", 3, "type", "persom"),
        "actors.csv, row 3, type: found 'persom'; expected one of person, organisation, state, government, "
        "armed force, people, collective, source label, author (did you mean 'person'?)",
    ),
    "wrong form": (
        cell("places.csv", 3, "id", "Kursk 1"),
        "places.csv, row 3, id: found 'Kursk 1'; expected text of the form",
    ),
    "long cell of a form": (
        cell("places.csv", 3, "id", "a" * 100_000),
        "places.csv, row 3, id: found '" + "a" * 60 + "…'; expected text of the form [a-z_]+",
    ),
    "nothing": (
        cell("actors.csv", 3, "name", ""),
        "actors.csv, row 3, name: found nothing; expected a value (string)",
    ),
    "no key": (
        cell("mentions.csv", 3, "id", ""),
        "mentions.csv, row 3, id: found nothing; expected a value (string)",
    ),
    "key twice": (
        cell("mentions.csv", 6, "id", "m002"),
        "mentions.csv, row 6, id: found 'm002' a second time (first in row 3); expected each key once",
    ),
    "sentence twice": (
        cell("sentences.csv", 4, "id", "s01"),
        "sentences.csv, row 4, id: found 's01' a second time (first in row 2); expected each key once",
    ),
    "unknown actor": (
        cell("mentions.csv", 2, "actor_id", "ruttte"),
        "mentions.csv, row 2, actor_id: found 'ruttte', which is no row of actors.csv; expected a key of "
        "actors.csv (did you mean 'rutte'?)",
    ),
    "unknown speaker in a list": (
        cell("quotes.csv", 2, "credited_speakers", lambda old: old + "|makron"),
        "quotes.csv, row 2, credited_speakers: found 'makron', which is no row of actors.csv; expected a "
        "key of actors.csv (did you mean 'macron'?)",
    ),
    "empty item in a list": (
        cell("quotes.csv", 2, "credited_speakers", lambda old: old + "|"),
        "quotes.csv, row 2, credited_speakers: found an empty item; expected a value between two separators",
    ),
    "unknown kind in a list": (
        cell("reference/sentences.csv", 2, "accept_kind", "fact|judgment"),
        "reference/sentences.csv, row 2, accept_kind: found 'judgment'; expected one of fact, judgement, "
        "prediction, call (did you mean 'judgement'?)",
    ),
    "unknown rung in a list": (
        cell("reference/sentences.csv", 3, "accept_rung", "1|6"),
        "reference/sentences.csv, row 3, accept_rung: found '6'; expected a rung of the ladder, 1 to 5",
    ),
    "unknown sentence": (
        cell("reference/sentences.csv", 3, "sentence_id", "s99"),
        "reference/sentences.csv, row 3, sentence_id: found 's99', which is no row of sentences.csv",
    ),
    "span out of range": (
        cell("mentions.csv", 2, "end", "99999"),
        "mentions.csv, row 2, start, end: found 0:99999; expected 0 <= start < end <= ",
    ),
    "span before the text": (cell("mentions.csv", 2, "start", "-3"), "mentions.csv, row 2, start"),
    "span backwards": (cell("mentions.csv", 3, "end", "5"), "mentions.csv, row 3, start, end: found "),
    "span off by one": (
        cell("mentions.csv", 3, "start", longer_by(1)),
        "expected the same words; they stand at 12:41 (-1)",
    ),
    "span of other words": (
        cell("mentions.csv", 3, "text", "the Secretary of NATO"),
        "mentions.csv, row 3, text: found 'the Secretary of NATO', but 12:41 is 'the Secretary General of "
        "NATO'; expected words that stand in the sentence",
    ),
    "span in another sentence": (
        cell("mentions.csv", 2, "sentence_id", "s02"),
        "mentions.csv, row 2, start: found 0, outside sentence s02; expected from ",
    ),
    "half a span": (
        both(field("quotes", "cue", constraints={}), cell("quotes.csv", 2, "cue", "")),
        "quotes.csv, row 2, cue_start, cue_end, cue: found some of the three; expected all of them or none",
    ),
    "paragraphs out of order": (
        table("sentences.csv", swap_paragraphs),
        "paragraph: found 1 after 13; expected paragraphs in reading order",
    ),
    "no sentence text": (
        cell("sentences.csv", 5, "text", ""),
        "sentences.csv, row 5, text: found nothing; expected a value",
    ),
    "blank sentence text": (
        cell("sentences.csv", 5, "text", "  \t "),
        "sentences.csv, row 5, text: found only blanks; expected a sentence",
    ),
}
PACKAGES: dict[str, tuple[Break, str]] = {
    "missing": (
        instead("datapackage.json", lambda p: None),
        "datapackage.json: found no such file; expected the",
    ),
    "a folder": (instead("datapackage.json", Path.mkdir), "datapackage.json: found a folder"),
    "empty": (data("datapackage.json", b""), "datapackage.json: found an empty file"),
    "no JSON": (
        data("datapackage.json", b'{"name": "x",\n "resources": [,]}'),
        "datapackage.json, row 2: found no JSON (Expecting value, column 16); expected JSON that describes",
    ),
    "BOM": (
        data("datapackage.json", lambda b: b"\xef\xbb\xbf" + b),
        "datapackage.json, row 1: found a byte order",
    ),
    "not UTF-8": (data("datapackage.json", b'{"name": "\xe4"}'), "datapackage.json, row 1: found byte 0xe4"),
    "brackets too deep": (data("datapackage.json", b"[" * 200_000), "datapackage.json: found JSON with"),
    "a number too long": (
        data("datapackage.json", b'{"a": ' + b"1" * 5000 + b"}"),
        "datapackage.json: found JSON with",
    ),
    "a list": (data("datapackage.json", b"[]"), "datapackage.json, the file: found '[]'; expected an object"),
    "null": (
        data("datapackage.json", b"null"),
        "datapackage.json, the file: found 'null'; expected an object",
    ),
    "no day": (
        top("whosays:articleDate", "12 November 2024"),
        "datapackage.json, whosays:articleDate: found '12 November 2024'; expected a day such as 2024-11-12",
    ),
    "a day that never was": (
        top("whosays:articleDate", "2024-02-30"),
        "datapackage.json, whosays:articleDate: found '2024-02-30'; expected a day such as 2024-11-12",
    ),
    "a day in lines": (
        top("whosays:articleDate", "2024-11-12\n2024-11-13"),
        r"datapackage.json, whosays:articleDate: found '2024-11-12\n2024-11-13'; expected a day such as",
    ),
    "a day that is no text": (
        top("whosays:articleDate", 20241112),
        "datapackage.json, whosays:articleDate: found '20241112'; expected text",
    ),
    "no resources": (
        data("datapackage.json", b"{}"),
        "datapackage.json, resources: found nothing; expected a list",
    ),
    "resources 5": (data("datapackage.json", b'{"resources": 5}'), "resources: found '5'; expected a list"),
    "resources [5]": (
        data("datapackage.json", b'{"resources": [5]}'),
        "resources[1]: found '5'; expected an object",
    ),
    "no table": (
        data("datapackage.json", b'{"resources": []}'),
        "datapackage.json, resources: found no table 'sentences'; expected one in every pack",
    ),
    "a million tables": (
        data("datapackage.json", b'{"resources": [' + b"{}," * 1_000_000 + b"{}]}"),
        "datapackage.json, resources: found 1000001 entries; expected at most 100",
    ),
    "name of another type": (resource("sentences", name=5), "resources[1].name: found '5'; expected text"),
    "a path outside": (
        resource("quotes", path="../x.csv"),
        "].path: found '../x.csv'; expected a path inside",
    ),
    "a path from the root": (
        resource("quotes", path="/x.csv"),
        "].path: found '/x.csv'; expected a path inside",
    ),
    "a path with a drive": (
        resource("quotes", path="C:\\x.csv"),
        "].path: found 'C:\\x.csv'; expected a path inside",
    ),
    "a web address": (resource("quotes", path="https://a.example/x.csv"), "].path: found 'https"),
    "a path with a detour": (
        resource("quotes", path="./quotes.csv"),
        "].path: found './quotes.csv'; expected a path",
    ),
    "a key outside reference/": (
        resource("reference_reasons", path="reasons.csv"),
        "].name: found 'reference_reasons' at 'reasons.csv'; expected reference_… in the folder",
    ),
    "the same table twice": (
        resource("quotes", name="mentions"),
        "].name: found 'mentions' a second time; expected one entry a table",
    ),
    "no schema": (
        package(lambda r: r["quotes"].pop("schema")),
        "].schema: found nothing; expected an object",
    ),
    "schema 5": (resource("quotes", schema=5), "].schema: found '5'; expected an object"),
    "no fields": (schema("quotes", fields=None), "quotes.fields: found 'null'; expected a list"),
    "a field that is none": (
        schema("quotes", fields=["id"]),
        "quotes.fields[1]: found '\"id\"'; expected an object",
    ),
    "a field without a name": (
        package(lambda r: r["glossary"]["schema"]["fields"].append({"type": "string"})),
        "glossary.fields.name: found nothing; expected text",
    ),
    "a field twice": (
        package(lambda r: r["glossary"]["schema"]["fields"].append({"name": "term"})),
        "glossary.term: found two fields of that name; expected each field once",
    ),
    "unknown type": (
        field("actors", "note", type="strin"),
        "actors.note.type: found 'strin'; expected one of string, integer, number, boolean, date, list "
        "(did you mean 'string'?)",
    ),
    "type 5": (field("actors", "note", type=5), "actors.note.type: found '5'; expected text"),
    "unknown type of items": (
        field("quotes", "credited_speakers", itemType="list"),
        "itemType: found 'list'; expected one",
    ),
    "no separator of items": (
        field("quotes", "credited_speakers", delimiter=""),
        "delimiter: found nothing; expected the sign",
    ),
    "unknown limit": (
        field("actors", "note", constraints={"minLength": 3}),
        "actors.note.constraints: found 'minLength'; expected one of required, unique, enum, pattern",
    ),
    "limits 5": (
        field("actors", "note", constraints=5),
        "actors.note.constraints: found '5'; expected an object",
    ),
    "minimum in words": (
        field("sentences", "paragraph", constraints={"required": True, "minimum": "1"}),
        "sentences.paragraph.minimum: found '\"1\"'; expected a number",
    ),
    "no pattern": (field("actors", "note", constraints={"pattern": "["}), "actors.note.pattern: found '['"),
    "a pattern that never ends": (
        field("actors", "note", constraints={"pattern": "(a+)+b"}),
        "actors.note.pattern: found '(a+)+b'; expected a regular expression with at most",
    ),
    "a pattern of many repetitions": (
        field("actors", "note", constraints={"pattern": "a*a*a*a*b"}),
        "actors.note.pattern: found 'a*a*a*a*b'; expected a regular expression with at most",
    ),
    "other empty cells": (schema("actors", missingValues=["", "NA"]), "actors.missingValues: found"),
    "a field the kit reads": (
        without_field("actors", "role"),
        "actors.role: found no such field in the schema; expected 'role', which the kit reads",
    ),
    "a key the kit reads": (
        without_field("sentences", "id"),
        "sentences.id: found no such field in the schema",
    ),
    "another type": (
        field("sentences", "core", type="string"),
        "sentences.core: found type 'string'; expected type 'boolean', which the kit reads",
    ),
    "cells that may be empty": (
        field("mentions", "start", constraints={}),
        'mentions.start: found cells that may be empty; expected "required": true',
    ),
    "no primary key": (
        package(lambda r: r["glossary"]["schema"].pop("primaryKey")),
        "glossary.primaryKey: found nothing; expected 'id'",
    ),
    "an unknown primary key": (
        schema("actors", primaryKey="ids"),
        "actors.ids: found no such field in the schema; expected a field (did you mean 'id'?)",
    ),
    "no spans": (
        package(lambda r: r["mentions"]["schema"].pop("whosays:spans")),
        "mentions.whosays:spans: found no entry for start, end, text",
    ),
    "a span of text": (
        field("quotes", "cue_start", type="string", constraints={}),
        "quotes.cue_start: found type 'string'; expected type 'integer', to hold a span",
    ),
    "a key to an unknown table": (
        package(
            lambda r: r["reference_item_options"]["schema"]["foreignKeys"][1]["reference"].update(
                resource="misconception"
            )
        ),
        "reference_item_options.foreignKeys: found 'misconception', which is no table",
    ),
    "a key to an unknown field": (
        package(
            lambda r: r["reference_item_options"]["schema"]["foreignKeys"][1]["reference"].update(
                fields=["cod"]
            )
        ),
        "reference_item_options.foreignKeys: found 'cod', which is no field of reference_misconceptions; "
        "expected a field (did you mean 'code'?)",
    ),
    "a key of two to one": (
        package(
            lambda r: r["reference_item_options"]["schema"]["foreignKeys"][1].update(
                fields=["misconception", "option_id"]
            )
        ),
        "reference_item_options.foreignKeys: found 2 fields for 1; expected as many on both sides",
    ),
    "no way to the sentences": (
        package(lambda r: r["phrases"]["schema"].pop("foreignKeys")),
        "phrases.foreignKeys: found none for sentence_id; expected one that leads to sentences",
    ),
    "a key that may be empty": (
        both(field("glossary", "id", constraints={}), cell("glossary.csv", 3, "id", "")),
        "glossary.csv, row 3, id: found nothing; expected a value (string)",
    ),
    "a key of another type": (
        field("reference_readings", "sentence_id", type="integer", constraints={}),
        "reference_readings.foreignKeys: found sentence_id of type integer; expected string, as sentences.id",
    ),
    "a list that leads nowhere": (
        package(lambda r: without_items_in(r["quotes"]["schema"]["fields"])),
        "quotes.credited_speakers.whosays:itemsIn: found ''; expected 'actors'",
    ),
    "items of an unknown table": (
        field("reference_quotes", "flags", **{"whosays:itemsIn": "flag"}),
        "reference_quotes.flags.whosays:itemsIn: found 'flag', which is no table",
    ),
}
ALL = {
    f"{group} – {name}": case
    for group, cases in {"file": FILES, "cell": CELLS, "package": PACKAGES}.items()
    for name, case in cases.items()
}


def forget_key(name: str, column: str) -> Break:
    def change(resources: Json) -> None:
        described = resources[name]["schema"]
        described["foreignKeys"] = [k for k in described["foreignKeys"] if k["fields"] != [column]]

    return package(change)


@pytest.mark.parametrize("name", NEEDED)
def test_what_the_kit_reads_is_told_where_a_description_does_not_promise_it(name: str, folder: Path) -> None:
    sound = (folder / "datapackage.json").read_bytes()
    described = next(r["schema"] for r in RESOURCES if r["name"] == name)
    keys = described["primaryKey"]
    leads = {k["fields"][0]: k["reference"]["resource"] for k in described.get("foreignKeys", [])}
    lists = {f["name"]: f["whosays:itemsIn"] for f in described["fields"] if "whosays:itemsIn" in f}
    leads.pop("misconception", None)  # a code alone, of which the kit reads no table

    def told(spoil: Break) -> list[str]:
        spoil(folder)
        faults = [str(fault).removeprefix("datapackage.json, ") for fault in check(folder)]
        (folder / "datapackage.json").write_bytes(sound)
        return faults

    for need in NEEDED[name]:
        where = f"{name}.{need.column}"
        (fault,) = told(without_field(name, need.column))
        assert fault.startswith(f"{where}: found no such field in the schema"), fault
        if need.required and need.column not in keys:  # the columns of a key have a value as it is
            (fault,) = told(field(name, need.column, constraints={}))
            assert fault.startswith(f"{where}: found cells that may be empty"), fault
        if need.column in lists:
            (fault,) = told(field(name, need.column, **{"whosays:itemsIn": "glossary"}))
            assert fault == f"{where}.whosays:itemsIn: found 'glossary'; expected '{lists[need.column]}'"
        if need.column in leads:
            (fault,) = told(forget_key(name, need.column))
            expected = f"found none for {need.column}; expected one that leads to {leads[need.column]}"
            assert fault == f"{name}.foreignKeys: {expected}"
    if len(keys) == 1:
        (fault,) = told(schema(name, primaryKey=[NEEDED[name][1].column]))
        assert fault == f"{name}.primaryKey: found {NEEDED[name][1].column}; expected '{keys[0]}'"


@pytest.mark.parametrize("name", ALL)
def test_each_fault_is_told_in_one_line(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil, expected = ALL[name]
    assert main(["check", str(folder)]) == 0, "the pack must be sound before it is spoilt"
    capsys.readouterr()
    spoil(folder)

    assert main(["check", str(folder)]) == 1
    fault, summary = capsys.readouterr().out.splitlines()
    assert expected in fault
    assert len(fault) < 600
    assert summary.endswith("1 fault.")
    with pytest.raises(PackError, match=re.escape(expected)):
        load(folder)


def test_every_fault_is_told_in_the_order_of_the_files(folder: Path) -> None:
    cell("sentences.csv", 9, "core", "maybe")(folder)
    cell("actors.csv", 3, "type", "")(folder)
    cell("actors.csv", 5, "wikidata", "42")(folder)
    cell("phrases.csv", 4, "technique", "")(folder)
    told = [(f.file, f.row, f.field) for f in check(folder)]
    assert told == [
        ("sentences.csv", 9, "core"),
        ("actors.csv", 3, "type"),
        ("actors.csv", 5, "wikidata"),
        ("phrases.csv", 4, "technique"),
    ]
    with pytest.raises(
        PackError, match=r"^sentences\.csv, row 9.* \(and 3 more: run `whosays check`"
    ) as caught:
        load(folder)
    assert [(f.file, f.row, f.field) for f in caught.value.faults] == told


def test_keys_into_a_table_with_a_fault_are_not_asked(
    folder: Path,
) -> None:
    cell("actors.csv", 2, "id", "somebody")(folder)
    assert len(check(folder)) > 10, "sound actors: every mention of the old id leads nowhere"
    cell("actors.csv", 3, "name", "")(folder)
    assert [str(f).split(":")[0] for f in check(folder)] == ["actors.csv, row 3, name"]


def test_faults_end_at_a_limit(folder: Path) -> None:
    (folder / "glossary.csv").write_bytes((folder / "glossary.csv").read_bytes() + b"\n" * 15_000_000)
    faults = check(folder)
    assert len(faults) == MOST + 1
    assert "more than 1000 faults" in str(faults[-1])
    with pytest.raises(PackError, match="and 1000 more"):
        load(folder)


def test_a_fault_is_one_short_line_whatever_it_shows(folder: Path) -> None:
    cell("actors.csv", 3, "type", "one\ntwo\u2028three\u202e" + "x" * 10_000)(folder)
    (fault,) = check(folder)
    assert "found 'one\\ntwo\\u2028three\\u202exx" in str(fault)
    assert str(fault).isprintable()
    assert len(str(fault)) < 400


def test_a_file_that_may_not_be_read_is_a_fault_beside_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell("places.csv", 3, "name", "")(folder)
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "quotes.csv" and path.parent == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert [str(f) for f in check(folder)] == [
        "places.csv, row 3, name: found nothing; expected a value (string)",
        "quotes.csv: found a file that cannot be read (Permission denied); expected a file you may read",
    ]


@pytest.mark.parametrize("wrong", ["nothing-here", "pack/actors.csv", "loop", "a\0b", "x" * 5000])
def test_a_folder_that_is_none_is_a_fault(wrong: str, folder: Path) -> None:
    (folder.parent / "loop").symlink_to("loop")
    (fault,) = check(folder.parent / wrong)
    assert fault.found == "no such folder"
    assert fault.expected == "a lesson pack, a folder with datapackage.json"
    with pytest.raises(PackError):
        load(folder.parent / wrong)


# A sound pack ---------------------------------------------------------------------------------------------


def test_the_lesson_pack_is_sound_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check(DATA) == []
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WHOSAYS_PACK", raising=False)
    assert load().folder == DATA
    monkeypatch.setenv("WHOSAYS_PACK", str(sentences_pack(tmp_path / "six", SIX)))
    assert load().name == "small"


def test_columns_have_the_types_of_the_description() -> None:
    loaded = load(DATA)
    kinds = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "list": "object"}
    kinds["date"] = "datetime"
    for described in RESOURCES:
        if described["path"] not in CSVS:
            continue
        part = loaded.reference if described["path"].startswith("reference/") else loaded.tables
        frame = part[described["name"].removeprefix("reference_")]
        fields = described["schema"]["fields"]
        assert list(frame.columns)[: len(fields)] == [f["name"] for f in fields]
        assert len(frame) == len(read_cells(DATA / described["path"])) - 1
        for f in fields:
            assert str(frame[f["name"]].dtype).lower().startswith(kinds[f["type"]]), f
            if f["type"] == "list":
                assert all(isinstance(v, tuple) for v in frame[f["name"]])
    assert loaded.quotes["credited_speakers"].iloc[0] == ("rutte",)
    assert loaded.reference["sentences"]["accept_rung"].iloc[1] == (1, 2)


def test_spans_are_those_of_the_study_text() -> None:
    loaded = load(DATA)
    rows = loaded.sentences
    assert [loaded.text[a:b] for a, b in zip(rows["start"], rows["end"], strict=True)] == list(rows["text"])
    for (before, after), (end, start) in zip(
        zip(rows["paragraph"], rows["paragraph"][1:], strict=False),
        zip(rows["end"], rows["start"][1:], strict=False),
        strict=True,
    ):
        assert loaded.text[end:start] == (" " if before == after else "\n\n")
    for table in (loaded.mentions, loaded.quotes, loaded.phrases, loaded.reference["reasons"]):
        assert len(table)
        assert all(loaded.text[r["start"] : r["end"]] == r["text"] for r in pack.records(table))


def test_gaps_dates_and_numbers_get_their_own_types(tmp_path: Path) -> None:
    folder = sentences_pack(tmp_path / "six", SIX)
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    fields = [
        {"name": "when", "type": "date"},
        {"name": "count", "type": "integer"},
        {"name": "share", "type": "number"},
        {"name": "sure", "type": "boolean"},
        {"name": "tags", "type": "list", "itemType": "integer", "delimiter": "|"},
        {"name": "note", "type": "string"},
    ]
    described["resources"].append({"name": "extra", "path": "extra.csv", "schema": {"fields": fields}})
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    head = "when,count,share,sure,tags,note\n"
    (folder / "extra.csv").write_text(head + "2024-11-12,7,1.5,true,1|2,x\n,,,,,\n,,,,,y\n", encoding="utf-8")
    extra = load(folder).extra
    assert extra["when"].iloc[0] == pd.Timestamp("2024-11-12")
    assert (extra["count"].iloc[0], extra["share"].iloc[0], extra["sure"].iloc[0]) == (7, 1.5, True)
    assert list(extra["tags"]) == [(1, 2), (), ()]
    assert list(extra.isna().sum()) == [2, 2, 2, 2, 0, 1]
    assert (extra["count"].dtype, extra["sure"].dtype) == ("Int64", "boolean")
    for wrong in ("2024-13-01", "20241112", "2024-W46-2", "12.11.2024", "2024-11-12T00:00"):
        (folder / "extra.csv").write_text(f"{head}{wrong},,,,,x\n", encoding="utf-8")
        assert [f.expected for f in check(folder)] == ["a date such as 2024-11-12"]
    (folder / "extra.csv").write_text(head, encoding="utf-8")
    assert list(load(folder).extra.columns) == [f["name"] for f in fields]


def test_a_student_copy_loads_without_the_reference(folder: Path) -> None:
    assert load(folder).has_reference
    shutil.rmtree(folder / "reference")
    assert check(folder) == []
    loaded = load(folder)
    assert not loaded.has_reference
    assert not loaded.reference
    assert "reference: no" in repr(loaded)


def test_a_pack_knows_the_day_of_its_article(folder: Path) -> None:
    assert load(folder).date == "2024-11-12"
    for none in (None, ""):
        top("whosays:articleDate", none)(folder)
        assert check(folder) == []
        assert load(folder).date == "", "an article may be without a day"
    for wrong in ("2024-11", "2024", "20241112", "2024-W46-2", "2024-11-12T00:00", " 2024-11-12", "x" * 999):
        top("whosays:articleDate", wrong)(folder)
        (fault,) = check(folder)
        assert (fault.file, fault.field) == ("datapackage.json", "whosays:articleDate")
        assert fault.expected == "a day such as 2024-11-12"
        assert "\n" not in str(fault)


def test_six_sentences_are_a_pack(tmp_path: Path) -> None:
    loaded = load(sentences_pack(tmp_path / "six", SIX))
    assert loaded.text == "One. Two “two”.\n\nThree. Four.\n\nFive. Six."
    assert list(loaded.tables) == ["sentences"]
    assert loaded.sentences["core"].isna().tolist() == [False, False, True, False, False, False]


@pytest.mark.parametrize("sid", ["a b", "<b>", "x" * 41, "a,b", "s\n1", "“s”"])
def test_an_id_of_a_sentence_is_a_plain_word(sid: str, tmp_path: Path) -> None:
    folder = sentences_pack(tmp_path / "pack", [("é_1.b-2", 1, "One.", ""), (sid, 1, "Two.", "")])
    (fault,) = check(folder)
    assert (fault.row, fault.field, fault.expected) == (3, "id", "letters, digits, . _ - alone, at most 40")


def test_the_fingerprint_is_that_of_the_sentences(folder: Path) -> None:
    before = load(folder).fingerprint
    assert before == load(DATA).fingerprint
    cell("actors.csv", 3, "note", "New.")(folder)
    assert load(folder).fingerprint == before
    package(lambda resources: [resources.pop(n) for n in list(resources) if n != "sentences"])(folder)
    cell("sentences.csv", 3, "text", lambda old: old + "!")(folder)
    assert load(folder).fingerprint != before


def test_a_table_that_is_not_there_is_named_with_its_nearest_neighbour() -> None:
    loaded = load(DATA)
    with pytest.raises(AttributeError, match=r"no table 'quote'\. Did you mean 'quotes'\?"):
        _ = loaded.quote
    with pytest.raises(AttributeError, match=r"There are: sentences, actors"):
        _ = loaded.xyz
    assert {"quotes", "text", "reference"} <= set(dir(loaded))
    assert "sentences 31" in repr(loaded)


# Anything at all ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_pack(tmp_path_factory.mktemp("fuzz") / "pack")


def check_whatever(folder: Path, path: str, content: bytes) -> None:
    """check() tells what is wrong in printable lines, or load() gives a pack whose spans fit."""
    (folder / path).write_bytes(content)
    try:
        loaded, faults = read(folder)
        assert (loaded is None) == bool(faults)
        assert all(str(f).isprintable() and len(str(f)) < 1000 for f in faults)
        for frame in (*loaded.tables.values(), *loaded.reference.values()) if loaded else ():
            if {"start", "end", "text"} <= set(frame.columns):
                marked = pack.records(frame.dropna(subset="text"))
                assert all(loaded.text[r["start"] : r["end"]] == r["text"] for r in marked)
    finally:
        shutil.copyfile(DATA / path, folder / path)


files = st.sampled_from(["datapackage.json", *CSVS])
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["id", "list", "text"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "fields", "type"]), inner)
    ),
    max_leaves=4,
)


@given(files, st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_bytes_in_place_of_a_file(spoilt: Path, path: str, content: bytes) -> None:
    check_whatever(spoilt, path, content)


@given(files, st.floats(0, 1), st.integers(0, 300), st.binary(max_size=12))
@settings(max_examples=100, deadline=None)
def test_any_bytes_inside_a_file(spoilt: Path, path: str, where: float, cut: int, content: bytes) -> None:
    old = (DATA / path).read_bytes()
    at = int(where * len(old))
    check_whatever(spoilt, path, old[:at] + content + old[at + cut :])


@given(st.sampled_from(CSVS), st.data())
@settings(max_examples=100, deadline=None)
def test_any_text_in_a_cell(spoilt: Path, path: str, draw: st.DataObject) -> None:
    cells = read_cells(DATA / path)
    row = draw.draw(st.integers(0, len(cells) - 1))
    at = draw.draw(st.integers(0, len(cells[0]) - 1))
    other = st.sampled_from(cells).map(lambda row: row[at])
    cells[row][at] = draw.draw(st.text(max_size=8) | st.integers().map(str) | other)
    text = "".join(",".join(f'"{c.replace(chr(34), 2 * chr(34))}"' for c in row) + "\n" for row in cells)
    check_whatever(spoilt, path, text.encode("utf-8", "replace"))


def nodes(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each part of a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(way for key, part in inner for way in nodes(part, (*path, key)))]


PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
NODES = [n for n in nodes(PACKAGE) if n and n[-1] not in ("description", "title", "scheme", "mediatype")]


@given(st.sampled_from(NODES), st.just(...) | json_values)
@settings(max_examples=200, deadline=None)
def test_anything_in_the_description(spoilt: Path, way: tuple[Any, ...], value: Any) -> None:
    content = json.loads(json.dumps(PACKAGE))
    holder = content
    for key in way[:-1]:
        holder = holder[key]
    if value is ...:
        del holder[way[-1]]
    else:
        holder[way[-1]] = value
    check_whatever(spoilt, "datapackage.json", json.dumps(content).encode())
