"""The student bundle: the kit as students get it, without reference, solutions and the teacher's notes."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from whosays.exercises.sets import KEYS, SEALED, exercises_folder, names
from whosays.pack import kit_folder
from whosays.pack.files import SEALED as SEALED_REFERENCE
from whosays.pack.schema import REFERENCE_FOLDER
from whosays.pack.sealed import seal

NOTE = "instructor-note"
FILES = ("requirements.txt", "LICENSE", "LICENSE-CONTENT")
# The codebook explains its rules by examples that give answers; the others are what a teacher may keep there.
NOT_DATA = ("codebook.md", REFERENCE_FOLDER.rstrip("/"), "original*", "more*")
NOT_FILES = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
KEYLESS = "This is a student's copy of the kit, without a key. Make bundles from the instructor's copy."
MAKE_RELEASE = "Make it again: python -m whosays.classroom.authoring"
TOOLS = "[tool.ruff]"  # what the project file says from here on is for those who build the kit
README = """# Who Says So? – for students

A kit on reading news. You take one article apart, sentence by sentence: who speaks, what is claimed, and how
well you could check it. It runs on this computer, without an account and without a network.

## Start

You need Python 3.11 or newer. In this folder, type once (this needs a network):

On Linux and macOS:

```
python3 -m venv .venv && .venv/bin/python -m pip install -r requirements.txt && .venv/bin/whosays start
```

On Windows:

```
cmd /c "py -m venv .venv && .venv\\Scripts\\python -m pip install -r requirements.txt && .venv\\Scripts\\whosays start"
```

After that, `.venv/bin/whosays start` (Windows: `.venv\\Scripts\\whosays start`) opens the kit and needs no network.
Something does not work? `whosays doctor`, called the same way, says what to do.

## Where things are

- **Lessons** are in `notebooks/`. *Start here* comes first, and shows how far you are.
- **Exercises** are in `exercises/`, a folder for each set.
- **Your answers** in the lessons stay in `notebooks/work/` on this computer. Nothing is sent anywhere.

{key}
"""  # noqa: E501 - a line to type is one line
ASSIGNED = """## Answers

In this copy nothing says which answers are right: your teacher holds the key. `ws.check("1.A")` says what is
still open, `ws.check("1.C1")` tries your code on practice data, and `ws.hint("1.A")` helps in three steps.
Hints cost nothing. Hand in the notebook that you worked in, such as `set1.ipynb`."""
FOR_SELF_STUDY = """## Answers

In this copy `ws.check("1.A")` says what is right and why, and `ws.solution("1.A")` shows a solution. The key
lies in two files, `data/reference.sealed` and `exercises/keys.sealed`. *Sealed is not secret:* a determined
reader can open them. Answer first; you learn more."""


class NoBundle(ValueError):
    """The bundle cannot be made; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle that was written: where, how many files and bytes, and what was left out."""

    folder: Path
    files: int
    bytes: int
    left_out: tuple[str, ...]


def write(out: Path, self_study: bool = False) -> Made:
    """Write the student bundle into ``out``, whole or not at all.

    ``out`` must not exist or be empty. ``self_study`` adds reference and key, sealed. Raises NoBundle.
    """
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise NoBundle(f"{out} is there already. Give a folder that does not exist yet, or an empty one.")
    if not all(
        folder.is_dir() for folder in (kit_folder() / "data" / REFERENCE_FOLDER, exercises_folder() / KEYS)
    ):
        raise NoBundle(KEYLESS)
    sets = names()
    lacking = [name for name in sets if not (release_of(name) / f"{name}.ipynb").is_file()]
    if lacking:
        raise NoBundle(f"exercises/release lacks {', '.join(lacking)}. {MAKE_RELEASE}")
    for name in sets:
        if fault := worked_in(release_of(name) / f"{name}.ipynb"):
            raise NoBundle(f"{name}.ipynb in exercises/release was worked in: {fault} {MAKE_RELEASE}")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
        made = Path(scratch) / "bundle"
        left_out = _fill(made, sets, self_study)
        for path in made.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        made.chmod(0o755)
        if out.exists():
            out.rmdir()
        made.rename(out)
    files = [path for path in out.rglob("*") if path.is_file()]
    return Made(out, len(files), sum(path.stat().st_size for path in files), left_out)


def worked_in(released: Path) -> str:
    """Whether somebody has answered in a released notebook, in a sentence; empty if it is as it was released.

    What is in it would go out to all students, and nothing they hand in could be told from it.
    """
    try:
        cells = json.loads(released.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            mine = cell["metadata"].get("nbgrader", {})
            if cell.get("outputs") or cell.get("execution_count"):
                return "it holds outputs."
            if "checksum" in mine and mine["checksum"] != _checksum(cell, mine):
                return f"cell {mine['grade_id']} is not as it was released."
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"it cannot be read ({type(error).__name__})."
    return ""


def _checksum(cell: dict[str, Any], mine: dict[str, Any]) -> str:
    """What nbgrader counts as the state of a cell."""
    flags = [str(bool(mine.get(flag))) for flag in ("grade", "solution", "locked")]
    parts = ["".join(cell["source"]), cell["cell_type"], *flags, mine["grade_id"]]
    parts += [str(float(mine["points"]))] if mine.get("grade") else []
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()


def release_of(name: str) -> Path:
    """Where the released notebook of a set is in this copy of the kit."""
    release = exercises_folder() / "release" / name
    return release if release.is_dir() else exercises_folder() / name


def _fill(made: Path, sets: list[str], self_study: bool) -> tuple[str, ...]:
    kit = kit_folder()
    notebooks = made / "notebooks"
    notebooks.mkdir(parents=True)
    key = FOR_SELF_STUDY if self_study else ASSIGNED
    (made / "README.md").write_text(README.format(key=key), encoding="utf-8")
    project = (kit / "pyproject.toml").read_text(encoding="utf-8").partition(TOOLS)[0]
    (made / "pyproject.toml").write_text(project, encoding="utf-8")
    for name in FILES:
        shutil.copyfile(kit / name, made / name)
    notes = 0
    for lesson in sorted((kit / "notebooks").glob("0*.ipynb")):
        content, taken = lesson_for_students(json.loads(lesson.read_text(encoding="utf-8")))
        notes += taken
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        (notebooks / lesson.name).write_text(text, encoding="utf-8")
    shutil.copytree(kit / "notebooks" / "whosays", notebooks / "whosays", ignore=NOT_FILES)
    if (kit / "notebooks" / "images").is_dir():
        shutil.copytree(kit / "notebooks" / "images", notebooks / "images", ignore=NOT_FILES)
    shutil.copytree(kit / "data", made / "data", ignore=_not_data)
    for name in sets:
        shutil.copytree(release_of(name), made / "exercises" / name, ignore=NOT_FILES)
    left_out = [
        f"{notes} notes for the teacher",
        "solutions, hidden cases and marking notes of the exercises",
    ]
    if not self_study:
        return (*left_out, "the reference coding and the codebook")
    reference, keys = kit / "data" / REFERENCE_FOLDER, exercises_folder() / KEYS
    (made / "data" / SEALED_REFERENCE).write_bytes(
        seal({p.name: p.read_bytes() for p in reference.glob("*.csv")})
    )
    (made / "exercises" / SEALED).write_bytes(seal({p.name: p.read_bytes() for p in keys.glob("*.json")}))
    return (*left_out, "the codebook; reference and key are sealed")


def _not_data(folder: str, entries: list[str]) -> set[str]:
    top = Path(folder) == kit_folder() / "data"
    return {
        e for e in entries if e.startswith(".") or (top and any(fnmatch(e, pattern) for pattern in NOT_DATA))
    }


def lesson_for_students(notebook: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """A lesson without the teacher's cells and without outputs, and how many cells were taken out."""
    kept = [c for c in notebook["cells"] if NOTE not in c.get("metadata", {}).get("tags", ())]
    for cell in kept:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    taken = len(notebook["cells"]) - len(kept)
    return notebook | {"cells": kept}, taken
