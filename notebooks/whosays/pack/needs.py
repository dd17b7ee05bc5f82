"""What the kit relies on in a pack's tables, and whether their description promises it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from whosays.pack.faults import Faults, Wrong, show, show_all
from whosays.pack.schema import DESCRIPTOR, SPAN, ForeignKey, Table


@dataclass(frozen=True, slots=True)
class Need:
    """A column the kit reads: its type, and whether every row must have a value."""

    column: str
    type: str
    required: bool


def _needs(line: str) -> tuple[Need, ...]:
    """Read ``"id! start!:integer note"``: ``!`` for a value in every row, a type where it is not text."""
    parts = [word.partition(":") for word in line.split()]
    return tuple(Need(name.rstrip("!"), kind or "string", name.endswith("!")) for name, _, kind in parts)


# Table → what the kit reads of it. Only `sentences` must be there; the others may be left out whole.
REQUIRED_TABLES = ("sentences",)
NEEDED: dict[str, tuple[Need, ...]] = {
    table: _needs(line)
    for table, line in {
        "sentences": "id! paragraph!:integer text! core:boolean",
        "actors": "id! name! type role note",
        "places": "id! origin! name! kind! sentence_id start:integer end:integer text actor_id voices:list "
        "iso3 lon:number lat:number reach_lon:number reach_lat:number note",
        "mentions": "id! sentence_id! start!:integer end!:integer text! form actor_id place_id",
        "quotes": "id! sentence_id! start!:integer end!:integer text! credited_speakers:list cue attribution",
        "phrases": "id! sentence_id! start!:integer end!:integer text! technique why plainer",
        "verbs": "id! verb! sentence_id! start!:integer end!:integer text! effect!",
        "claims": "id! sentence_id! claim! core:boolean",
        "evidence": "id! title! publisher! date address seen!:boolean link_ok!:boolean kind says",
        "claim_evidence": "claim_id! evidence_id!",
        "troop_figures": "id! date!:date who! figure! low:integer high:integer about! owner_type "
        "evidence:list",
        "relations": "id! role! sentence_id giver receiver between:list kind what said_by said_by_worded "
        "date evidence:list note",
        "positions": "actor_id! x!:number y!:number",
        "timeline": "id! role! date!:date place_id! actors!:list what! evidence!:list",
        "members": "iso3! name! year!:integer defence_share:number note evidence:list share_evidence:list",
        "versions": "id! topic! sentence_id! quote_id outlet! carrier kind! date attributed_to! wording "
        "language! translation! seen!:boolean credits evidence_id note",
        "labels": "id! set! name! definition!",
        "glossary": "id! term! group definition forms:list",
        "items": "id! form lesson:integer stem!",
        "item_options": "id! item_id! text!",
        "reference_sentences": "sentence_id! rung!:integer accept_rung:list contested_rung!:boolean",
        "reference_reasons": "sentence_id! rung!:integer start!:integer end!:integer text! reason!",
        "reference_quotes": "quote_id! checked_speakers:list title holds_up differs unsettled flags:list",
        "reference_spans": "id! set! label_id! sentence_id! start!:integer end!:integer text! why!",
        "reference_claims": "claim_id! claimant claimant_worded sourcing kind! kind_reason! when! "
        "accept_when:list look_at! when_reason! start!:integer end!:integer text! verdict_at_date "
        "verdict_later verdict_later_date note",
        "reference_tensions": "id! kind! title! a!:list b:list what! why! evidence:list",
        "reference_agreements": "id! a! b! why! gains",
        "reference_relations": "relation_id! giver! accept_giver!:list start!:integer end!:integer text! "
        "receiver! accept_receiver!:list kind! what! said_by! accept_said_by!:list rung!:integer why! "
        "denied_by:list denial denial_evidence:list later later_date:date later_evidence:list evidence:list",
        "reference_places": "place_id! precision! accept!:list why! evidence:list",
        "reference_versions": "version_id! change! accept!:list why!",
        "reference_item_options": "option_id! correct!:boolean misconception feedback",
    }.items()
}
# Tables that have one row for each … : the key that must be declared, so that it is checked.
ONE_ROW_EACH = {
    **{name: "id" for name, needs in NEEDED.items() if needs[0].column == "id"},
    "positions": "actor_id",
    "members": "iso3",
    "reference_sentences": "sentence_id",
    "reference_quotes": "quote_id",
    "reference_claims": "claim_id",
    "reference_relations": "relation_id",
    "reference_places": "place_id",
    "reference_versions": "version_id",
    "reference_item_options": "option_id",
}
# Columns that name a row of another table, wherever the kit reads them.
JOINS = {
    "sentence_id": "sentences",
    "actor_id": "actors",
    "place_id": "places",
    "item_id": "items",
    "quote_id": "quotes",
    "option_id": "item_options",
    "claim_id": "claims",
    "claimant": "actors",
    "evidence_id": "evidence",
    "label_id": "labels",
    "giver": "actors",
    "receiver": "actors",
    "said_by": "actors",
    "relation_id": "relations",
    "version_id": "versions",
    "a": "sentences",
    "b": "sentences",
    "gains": "sentences",
}
# The same for columns that name some rows, as lists.
LISTS = {
    "credited_speakers": "actors",
    "checked_speakers": "actors",
    "a": "sentences",
    "b": "sentences",
    "evidence": "evidence",
    "share_evidence": "evidence",
    "denial_evidence": "evidence",
    "later_evidence": "evidence",
    "actors": "actors",
    "voices": "actors",
    "between": "actors",
    "accept_giver": "actors",
    "accept_receiver": "actors",
    "accept_said_by": "actors",
    "denied_by": "actors",
}


def check_together(tables: Mapping[str, Table], faults: Faults) -> None:
    """What the kit reads is there, and what the tables say of each other fits."""
    for name in REQUIRED_TABLES:
        if name not in tables:
            Wrong("resources", f"no table {show(name)}", "one in every pack", name, tables).add_to(
                faults, DESCRIPTOR
            )
    for table in tables.values():
        for wrong in (*_wrong_links(table, tables), *_wrong_needs(table, tables)):
            wrong.add_to(faults, DESCRIPTOR)


def _wrong_links(table: Table, tables: Mapping[str, Table]) -> Iterator[Wrong]:
    """Keys, lists and spans that lead nowhere or are of the wrong type."""
    where = f"{table.name}.foreignKeys"
    for key in table.foreign_keys:
        target = tables.get(key.table) if key.table else table
        if target is None:
            yield Wrong(where, f"{show(key.table)}, which is no table", "a table", key.table, tables)
            continue
        for column, other in zip(key.fields, key.to, strict=True):
            mine, theirs = table.field(column), target.field(other)
            if theirs is None:
                known = [f.name for f in target.fields]
                yield Wrong(
                    where, f"{show(other)}, which is no field of {target.name}", "a field", other, known
                )
            elif mine is not None and mine.type != theirs.type:
                yield Wrong(
                    where, f"{column} of type {mine.type}", f"{theirs.type}, as {target.name}.{other}"
                )
    for spec in table.fields:
        where = f"{table.name}.{spec.name}.whosays:itemsIn"
        if spec.items_in and (spec.type, spec.item_type) != ("list", "string"):
            yield Wrong(where, f"it in a field of type {spec.type}", "it in a list of text alone")
        elif spec.items_in and (spec.items_in not in tables or len(tables[spec.items_in].primary_key) != 1):
            found = f"{show(spec.items_in)}, which is no table with a key of one field"
            yield Wrong(where, found, "a table", spec.items_in, tables)
    for columns in table.spans:
        for column, kind in zip(columns, ("integer", "integer", "string"), strict=True):
            held = table.field(column)
            if held is not None and held.type != kind:
                yield Wrong(f"{table.name}.{column}", f"type '{held.type}'", f"type '{kind}', to hold a span")


def _wrong_needs(table: Table, tables: Mapping[str, Table]) -> Iterator[Wrong]:
    """What the kit reads of a table and its description does not promise."""
    needs = NEEDED.get(table.name, ())
    for need in needs:
        spec = table.field(need.column)
        where = f"{table.name}.{need.column}"
        if spec is None:
            known = [f.name for f in table.fields]
            wanted = f"{show(need.column)}, which the kit reads"
            yield Wrong(where, "no such field in the schema", wanted, need.column, known)
            continue
        if spec.type != need.type:
            yield Wrong(where, f"type '{spec.type}'", f"type '{need.type}', which the kit reads")
        elif need.required and not spec.required:
            yield Wrong(where, "cells that may be empty", '"required": true, as the kit needs every value')
        named = (LISTS if need.type == "list" else JOINS).get(need.column, "")
        if named not in tables:
            continue
        join = ForeignKey((need.column,), named, (ONE_ROW_EACH.get(named, ""),))
        if need.type != "list" and join not in table.foreign_keys:
            yield Wrong(f"{table.name}.foreignKeys", f"none for {need.column}", f"one that leads to {named}")
        if need.type == "list" and spec.items_in != named:
            yield Wrong(f"{where}.whosays:itemsIn", show(spec.items_in), show(named))
    key = ONE_ROW_EACH.get(table.name)
    if key and table.field(key) and table.primary_key != (key,):
        yield Wrong(f"{table.name}.primaryKey", show_all(table.primary_key) or "nothing", show(key))
    if needs and all(table.field(column) for column in SPAN) and SPAN not in table.spans:
        yield Wrong(f"{table.name}.whosays:spans", "no entry for start, end, text", "one, to check them by")
