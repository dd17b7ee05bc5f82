"""Copies of submissions for formgrader's pages. They carry no outputs, and nothing in them runs in a browser.

Each is the released notebook with the student's answers put in. What the student wrote as text is shown as it
was typed, line by line, as code of no language: no link, no picture, no formula and no HTML comes of it. A
list of what is allowed would have to be right in each program that reads Markdown its own way; this need not.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from whosays.disk import write_if_other

Record = dict[str, Any]
WRAP = textwrap.TextWrapper(
    100, drop_whitespace=False, replace_whitespace=False, break_long_words=False, break_on_hyphens=False
)
LINES = dict.fromkeys(
    (11, 12, 28, 29, 30, 133, 8232, 8233), "\n"
)  # what some programs take for the end of a line
GAP = "\x00answer"  # no notebook of ours holds such a text
TURNING = (1564, 8206, 8207, *range(8234, 8239), *range(8294, 8298))  # they turn other letters around
UNSEEN = dict.fromkeys((*range(9), *range(14, 32), *range(127, 160), 65279, *TURNING), "�") | LINES


def write_copies(records: Iterable[Record], course: Path, released: Mapping[str, Mapping[str, Any]]) -> int:
    """Write ``autograded/<student>/<set>/<set>.ipynb`` for every record that counts. Returns how many."""
    n = 0
    forms = {name: _Form(notebook) for name, notebook in released.items()}
    for record in records:
        name = record["set"]
        if record["superseded"] or name not in forms:
            continue
        path = course / "autograded" / record["student"] / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_if_other(path, forms[name].filled(record.get("sources", {})))
        n += 1
    return n


def made(record: Record, released: Mapping[str, Any]) -> dict[str, Any]:
    """The copy of one submission as a notebook."""
    notebook: dict[str, Any] = json.loads(_Form(released).filled(record.get("sources", {})))
    return notebook


class _Form:
    """A released notebook as text, with a gap for each answer: so thousands of copies are soon written."""

    def __init__(self, released: Mapping[str, Any]) -> None:
        notebook = {**released, "cells": [dict(cell) for cell in released["cells"]]}
        self._usual: list[
            tuple[str, str, str]
        ] = []  # of each gap: grade_id, type, what stands there as released
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
            mine = cell["metadata"].get("nbgrader", {})
            if mine.get("solution"):
                self._usual.append((mine.get("grade_id"), cell["cell_type"], _json("".join(cell["source"]))))
                cell["source"] = GAP
                cell.pop("attachments", None)
        text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        self._parts = text.split(_json(GAP))

    def filled(self, sources: Mapping[str, str]) -> str:
        """The text of a copy with these answers, by grade_id."""
        text = [self._parts[0]]
        for (grade_id, kind, usual), rest in zip(self._usual, self._parts[1:], strict=True):
            source = sources.get(grade_id)
            if source is not None:
                usual = _json(harmless(source) if kind == "code" else as_typed(source))
            text += usual, rest
        return "".join(text)


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def harmless(text: str) -> str:
    """Text without characters that are not seen, or that turn others around."""
    plain = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return plain.translate(UNSEEN)


def as_typed(text: str) -> str:
    """Markdown that shows a text as it was typed: an indented block, in which nothing else means anything.

    Long lines are broken between words, since formgrader would break them anywhere.
    """
    lines = harmless(text).expandtabs(4).split("\n") if text.strip() else []
    return "\n".join(f"    {piece}" for line in lines for piece in WRAP.wrap(line) or [""])
