"""Lesson packs made for a test."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from helpers import DATA

RESOURCES = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))["resources"]
CSVS = [r["path"] for r in RESOURCES if r["path"].endswith(".csv")]


def copy_pack(folder: Path, *, reference: bool = True) -> Path:
    """A copy of what the loader reads of the lesson pack, to spoil."""
    for path in ("datapackage.json", *CSVS):
        if reference or not path.startswith("reference/"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(DATA / path, folder / path)
    return folder


def sentences_pack(folder: Path, rows: Iterable[tuple[str, int, str, str]]) -> Path:
    """The smallest pack: sentences alone, rows of id, paragraph, text, core (true, false, nothing)."""
    folder.mkdir(parents=True)
    resource = json.loads(json.dumps(next(r for r in RESOURCES if r["name"] == "sentences")))
    for field in resource["schema"]["fields"]:
        field["constraints"].pop("pattern", None)
        if field["name"] == "core":
            field["constraints"].pop("required", None)
    description = {"name": "small", "title": "Small", "resources": [resource]}
    (folder / "datapackage.json").write_text(json.dumps(description), encoding="utf-8")
    with (folder / "sentences.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("id", "paragraph", "text", "core"), *rows])
    return folder
