"""Fill in what cases give, by running the solution and the typical wrong answers of the key.

So nobody types an expected value: a case is its inputs, what it is about and what to try.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from whosays.disk import write_whole
from whosays.exercises import compare, plain, tables
from whosays.exercises.sets import KEYS, read_json, set_folder

Json = dict[str, Any]


def fill(name: str, folder: Path, mend: bool = False) -> list[str]:
    """What in the files of a set is not what its solutions give, a sentence each; ``mend`` writes it.

    Only questions of kind “function” have cases. Faults that no run can mend, such as a solution that stops
    with an error, are told in either case. Raises SetError for a file that is no JSON.
    """
    paths = (set_folder(name, folder) / f"{name}.json", folder / KEYS / f"{name}.json")
    if not all(path.is_file() for path in paths):
        return []
    public, key = (read_json(path) for path in paths)
    before = json.dumps((public, key))
    faults: list[str] = []
    for question in public.get("questions", ()):
        entry = key.get("questions", {}).get(question.get("id"))
        if question.get("kind") == "function" and entry is not None:
            faults += _filled(question, entry)
    if json.dumps((public, key)) == before:
        return faults
    if not mend:
        return [
            *faults,
            f"{name}: its cases are not what its solutions give. Run the command without --check.",
        ]
    for path, content in zip(paths, (public, key), strict=True):
        write_whole(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return faults


def _filled(question: Json, key: Json) -> list[str]:
    """Put the values into a question and its key; what went wrong."""
    lacking = [name for name in ("solution", "hidden") if name not in key]
    if lacking:
        return [f"{question['id']}: the key has no {' and no '.join(lacking)}."]
    solution, wrong = key["solution"], [w for w in key.get("wrong", ()) if "code" in w]
    faults = []
    for case in (*question.get("cases", ()), *key["hidden"]):
        try:
            case["expected"] = plain.encode(outcome(solution, question["variable"], case["inputs"]))
        except Exception as error:
            about = f"{question['id']}, {case['about']}"
            faults.append(f"{about}: the solution stops with {type(error).__name__}: {error}")
    for case in question.get("cases", ()) if not faults else ():
        found: list[Json] = []
        for entry in wrong:
            _add(found, case, entry, question["variable"])
        case.pop("instead", None)
        if found:
            case["instead"] = found
    question["more"] = len(key["hidden"])
    return faults


def _add(found: list[Json], case: Json, entry: Mapping[str, str], variable: str) -> None:
    """What a typical wrong answer gives in a case, with its message, where that is wrong and new."""
    try:
        value = outcome(entry["code"], variable, case["inputs"])
    except Exception as error:
        name = type(error).__name__
        if not any(f.get("error") == name for f in found):
            found.append({"error": name, "message": entry["message"]})
        return
    known = [plain.decode(f["value"]) for f in found if "value" in f] + [plain.decode(case["expected"])]
    carried = plain.encode(value)
    decoded = plain.decode(carried)
    if decoded is not None and not any(
        compare.same(decoded, other, case.get("tolerance", 0.0)) for other in known
    ):
        found.append({"value": carried, "message": entry["message"]})


def outcome(code: str, variable: str, inputs: list[Mapping[str, Any]]) -> Any:
    """What the function gives for the inputs. The code is the instructor's own, and runs right here."""
    space: Json = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        exec(f"import pandas as pd\nimport whosays as ws\n{code}", space)
        return space[variable](*[tables.make(recipe) for recipe in inputs])
