"""The student bundles for tests, and everything that must not be found in an assigned one."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers import DATA, NOTEBOOKS
from whosays.classroom import bundle
from whosays.exercises.sets import KEYS, exercises_folder, names, set_folder

# Columns of the reference that hold words of ours: nothing of them stands in what students get.
TOLD = {
    "agreements": ("why",),
    "claims": ("claimant_worded", "kind_reason", "when_reason", "note"),
    "credits": ("why",),
    "item_options": ("feedback",),
    "misconceptions": ("misconception",),
    "places": ("why",),
    "quotes": ("holds_up", "differs", "unsettled"),
    "reasons": ("reason",),
    "relations": ("why",),
    "spans": ("why",),
    "tensions": ("title", "what", "why"),
    "versions": ("why",),
}
LONG = 25  # characters; shorter texts may stand anywhere by chance


def made(folder: Path, self_study: bool = False) -> Path:
    """A bundle, written as ``whosays release`` does."""
    return bundle.write(folder / ("self_study" if self_study else "assigned"), self_study).folder


def notebook(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def key(name: str) -> dict[str, Any]:
    """The key of a set: an entry for each question."""
    questions: dict[str, Any] = notebook(exercises_folder() / KEYS / f"{name}.json")["questions"]
    return questions


def squeezed(text: str) -> str:
    """A text without blanks, so that a line break or another indent hides nothing."""
    return re.sub(r"\s+", "", text)


def strings(value: Any) -> Iterator[str]:
    """All texts in a value out of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def readable(path: Path) -> str:
    """Everything a reader of the file finds: its text, what is written in JSON, and every value as code."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix not in (".json", ".ipynb"):
        return squeezed(f"{text}\n{text.replace(chr(34) * 2, chr(34))}")  # CSV doubles quotation marks
    content = json.loads(text)
    return squeezed("\n".join([text, *strings(content), json.dumps(content, ensure_ascii=False)]))


def secrets() -> dict[str, str]:
    """What no student may find, by where it comes from."""
    found: dict[str, str] = {}
    for name in names():
        for qid, entry in key(name).items():
            for n, case in enumerate(entry.get("hidden", ()), 1):
                for what in ("inputs", "expected"):
                    code = squeezed(json.dumps(case[what], ensure_ascii=False))
                    if len(code) > LONG:  # a shorter value, such as 0.5, says nothing without its inputs
                        found[f"{qid}, hidden case {n}, {what}"] = code
            found |= {f"{qid}, solution": text for text in _texts(entry.get("solution", ""))}
            for what in ("anchors", "because_anchors"):
                for level, text in entry.get(what, {}).items():
                    found |= {f"{qid}, {what} {level}": text} if len(text) > LONG else {}
        for n, cell in enumerate(notebook(set_folder(name) / f"{name}.ipynb")["cells"], 1):
            for text in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source(cell), re.DOTALL):
                found[f"{name}.ipynb, solution of cell {n}"] = text
    for lesson in NOTEBOOKS.glob("0*.ipynb"):
        for cell in notebook(lesson)["cells"]:
            if bundle.NOTE in cell["metadata"].get("tags", ()):
                lines = [line for line in source(cell).splitlines() if len(line) > LONG]
                found |= {f"{lesson.name}, note {n}": line for n, line in enumerate(lines)}
    for table, columns in TOLD.items():
        with (DATA / "reference" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            for n, row in enumerate(csv.DictReader(file), 2):
                found |= {f"{table}.csv, row {n}, {c}": row[c] for c in columns if len(row[c]) > LONG}
    return {where: squeezed(text) for where, text in found.items()}


def _texts(solution: Any) -> list[str]:
    """The part of a solution that is a secret by itself: its code, or its explanation."""
    if isinstance(solution, str):
        return [solution] if solution else []
    return [text for text in solution.values() if isinstance(text, str) and len(text) > LONG]


def leaks(folder: Path) -> list[str]:
    """What of the secrets is in a bundle, and in which file."""
    texts = {path: readable(path) for path in folder.rglob("*") if path.is_file() and path.suffix != ".png"}
    everything = "\n".join(texts.values())
    found = {where: secret for where, secret in secrets().items() if secret in everything}
    return [
        f"{path.relative_to(folder)}: {where}"
        for where, secret in found.items()
        for path, text in texts.items()
        if secret in text
    ]
