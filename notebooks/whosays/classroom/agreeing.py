"""Whether the notebook of a set asks what its questions are about: items, options, functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from whosays.checks import items
from whosays.exercises.score import LETTERS
from whosays.exercises.sets import ExerciseSet, Question
from whosays.pack import Pack, records

SHOWN = re.compile(r"^- \*\*(s\d\d)\*\*:? (.+)$", re.MULTILINE)


def disagreements(exercise: ExerciseSet, notebook: Mapping[str, Any], pack: Pack) -> list[str]:
    """What a student would read and the grader would not expect, a sentence each."""
    answers = {
        cell["metadata"].get("nbgrader", {}).get("grade_id"): "".join(cell["source"]).split(
            "### BEGIN SOLUTION"
        )[0]
        for cell in notebook["cells"]
    }
    text = "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "markdown")
    faults: list[str] = []
    for question in exercise.questions:
        if question.kind != "write" and question.cell in answers:
            faults += _in_the_cell(question, answers[question.cell])
        faults += _in_the_text(question, text, pack)
    known = {row["id"]: row["text"] for row in records(pack.sentences)}
    faults += [
        f"{sid} is shown with other words than the study edition has: “{shown[:60]}…”."
        for sid, shown in SHOWN.findall(text)
        if sid in known and not shown.startswith(known[sid])
    ]
    return [f"{exercise.name}.ipynb: {fault}" for fault in faults]


def _in_the_cell(question: Question, source: str) -> Iterator[str]:
    """The answer cell before it is answered: its names, or the head of its function."""
    if question.kind == "function":
        if not re.search(rf"^def {re.escape(question.variable)}\(", source, re.MULTILINE):
            yield f"{question.cell} has no “def {question.variable}(…)”, as question {question.id} says."
        return
    there = _names(question.variable, source)
    if there is None:
        yield f"{question.cell} has no “{question.variable} = {{…}}”, as question {question.id} says."
        return
    asked = [str(f["name"]) for f in question.fields] or list(question.items)
    if sorted(there) != sorted(asked):
        differ = ", ".join(sorted(set(there) ^ set(asked))) or "one of them twice"
        yield f"{question.cell} and question {question.id} do not name the same: {differ}."


def _names(variable: str, source: str) -> list[str] | None:
    """The names in the curly brackets that an answer cell gives to a variable; None if there are none."""
    try:
        found = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    except SyntaxError:
        return None
    for node in found:
        if isinstance(node.value, ast.Dict) and [ast.unparse(t) for t in node.targets] == [variable]:
            return [str(key.value) for key in node.value.keys if isinstance(key, ast.Constant)]
    return None


def _in_the_text(question: Question, text: str, pack: Pack) -> Iterator[str]:
    """The texts around the cells: the name of a function, and the options of a choice in their order."""
    if question.kind == "function" and f"`{question.variable}(" not in text:
        yield f"no text asks for “{question.variable}(…)”, the function of question {question.id}."
    known = items(pack) if question.kind == "choose" else {}
    for name in question.items if question.kind == "choose" else ():
        if name not in known:
            yield f"question {question.id} names {name}, which data/items.csv does not have."
            continue
        options = "\n".join(f"- **{LETTERS[n]}** {o.text}" for n, o in enumerate(known[name].options))
        if options not in text:
            yield f"the options of {name} are not those of data/item_options.csv, in their order."
