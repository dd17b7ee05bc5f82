"""Simulated students: hand-ins made from the released notebooks, good, weak and in between.

Nobody real is behind them. The same seed gives the same hand-in.
"""

import copy
import json
import random
from functools import lru_cache
from pathlib import Path

from whosays import pack as packs
from whosays.checks import items
from whosays.exercises.annotate import label
from whosays.exercises.sets import ExerciseSet, Question, exercises_folder, names, read_set

SETS = [name for name in names() if name.startswith("set")]
GOOD, MIDDLE, WEAK = 0.97, 0.7, 0.35
LETTERS = "ABCDEFGH"
EXERCISES = exercises_folder()  # the kit's own, whatever a test puts in its place


@lru_cache(maxsize=1)
def pack():
    return packs.load()


@lru_cache(maxsize=16)
def exercise(name: str) -> ExerciseSet:
    return read_set(name, EXERCISES)


@lru_cache(maxsize=16)
def _released(name: str) -> str:
    return (EXERCISES / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8")


def released(name: str) -> dict:
    """The notebook as students get it, a fresh copy."""
    return json.loads(_released(name))


def cell(notebook: dict, grade_id: str) -> dict:
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def filled(name: str, sources: dict[str, str]) -> dict:
    """The released notebook with these answers, by grade_id."""
    notebook = released(name)
    for grade_id, source in sources.items():
        cell(notebook, grade_id)["source"] = source.splitlines(keepends=True)
    return notebook


def dictionary(variable: str, values: dict) -> str:
    rows = "".join(
        f"    {key!r}: {'...' if value is ... else repr(value)},\n" for key, value in values.items()
    )
    return f"{variable} = {{\n{rows}}}"


def best(question: Question) -> object:
    """An answer that gets full marks: Python code for functions, a dictionary, or a text."""
    entry = (exercise(question.set).key or {})[question.id]
    if question.kind == "function":
        return entry["solution"]
    if question.kind == "write":
        return entry["anchors"]["4"]
    if question.kind == "read":
        return dict(entry["solution"])
    if question.kind == "choose":
        known = items(pack())
        return {
            i: LETTERS[next(n for n, o in enumerate(known[i].options) if o.correct)] for i in question.items
        }
    return label(question.label).best(pack(), question.items)


def source_of(question: Question, answer: object) -> str:
    """The cell that holds an answer."""
    return answer if isinstance(answer, str) else dictionary(question.variable, answer)


def honest(name: str, seed: int, skill: float) -> dict[str, str]:
    """Answers of a student: each is the best one with probability ``skill``, else a wrong or an open one."""
    chance = random.Random(f"{name} {seed}")
    track = chance.choice("PPN")
    sources = {}
    for question in exercise(name).questions:
        if (question.kind == "function" and track == "N") or (question.kind == "read" and track == "P"):
            continue
        answer = _answer(question, chance, skill)
        if answer is not None:
            sources[question.cell] = source_of(question, answer)
    return sources


def _answer(question: Question, chance: random.Random, skill: float) -> object:
    entry = (exercise(question.set).key or {})[question.id]
    right = best(question)
    if question.kind == "function":
        if chance.random() < skill:
            return right
        return chance.choice([*(w["code"] for w in entry["wrong"]), None])
    if question.kind == "write":
        return (
            chance.choice([text for text in entry["anchors"].values() if text])
            if chance.random() < skill
            else None
        )
    right = copy.deepcopy(right)
    if question.kind == "choose":
        return {i: v if chance.random() < skill else chance.choice("ABC") for i, v in right.items()}
    if question.kind == "read":
        kept = {f["name"] for f in question.fields}
        return {k: v if chance.random() < skill else ... for k, v in right.items() if k in kept}
    values = list(right.values())
    return {i: v if chance.random() < skill else chance.choice([*values, ...]) for i, v in right.items()}


def hand_in(folder: Path, student: str, name: str, sources: dict[str, str]) -> Path:
    """Write a hand-in as nbgrader lays it out."""
    path = folder / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(filled(name, sources), indent=1), encoding="utf-8")
    return path
