"""A copy of the kit that has sets 1 and 2 alone, and programs of its own that grade with it.

It does not change while others work on the kit, and its key may be changed.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from helpers import KIT, offline_env

SETS = ("set1", "set2")
FILES = ("requirements.txt", "pyproject.toml", "LICENSE", "LICENSE-CONTENT")
NOBODY = 65534


def copy_kit(to: Path) -> Path:
    """The kit's library, data, lessons and two sets of exercises with their key, in ``to``."""
    notebooks = to / "notebooks"
    shutil.copytree(
        KIT / "notebooks" / "whosays", notebooks / "whosays", ignore=shutil.ignore_patterns("__pycache__")
    )
    for lesson in (KIT / "notebooks").glob("0*.ipynb"):
        shutil.copyfile(lesson, notebooks / lesson.name)
    shutil.copytree(KIT / "data", to / "data")
    for name in FILES:
        shutil.copyfile(KIT / name, to / name)
    for name in SETS:
        for folder in ("source", "release"):
            there = KIT / "exercises" / folder / name
            shutil.copytree(there, to / "exercises" / folder / name)
        key = to / "exercises" / "keys" / f"{name}.json"
        key.parent.mkdir(exist_ok=True)
        shutil.copyfile(KIT / "exercises" / "keys" / f"{name}.json", key)
    return to


def command(given: Path, out: Path, *options: str) -> list[str]:
    """The call of ``whosays grade``."""
    return [sys.executable, "-m", "whosays.cli", "grade", str(given), "--out", str(out), *options]


def environment(kit: Path, **more: str) -> dict[str, str]:
    """The environment of a program that uses this copy of the kit; it has something in it to be stolen."""
    home = kit / "home"
    home.mkdir(exist_ok=True)
    return offline_env(home, kit, **more) | {"TMPDIR": str(temporary(kit)), "PYTHONDONTWRITEBYTECODE": "1"}


def temporary(kit: Path) -> Path:
    """Where programs that use this copy put what they need for a time."""
    folder = kit / "tmp"
    folder.mkdir(exist_ok=True)
    return folder


def grade(kit: Path, given: Path, out: Path, *options: str, as_nobody: bool = False, **more: str):
    """Grade in a program of its own, and wait for it to end. Fails if it takes longer than five minutes."""
    call = command(given, out, *options)
    if as_nobody:
        call = nobody(call, kit, given, out.parent)
    return subprocess.run(
        call, env=environment(kit, **more), capture_output=True, text=True, timeout=300, check=False, cwd=kit
    )


def records(out: Path) -> dict[str, dict]:
    """The records of a run by the path of the submission, out of its journal."""
    lines = out.with_suffix(".journal.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    found = [json.loads(line) for line in lines]
    return {record["path"]: record for record in found}


def points(record: dict) -> dict[str, float | None]:
    """The points of a record by the part of its set: A, B, C and D."""
    return {grade_id.split("-")[1]: cell["points"] for grade_id, cell in record["cells"].items()}


# As a user without rights -------------------------------------------------------------------------------


def can_be_nobody() -> bool:
    """Whether a program can be run here as a user without rights, who may make namespaces."""
    if os.getuid() != 0 or not shutil.which("setpriv") or not shutil.which("unshare"):
        return False
    spaces = ("--user", "--map-root-user", "--net", "--pid", "--fork", "--mount", "--ipc")
    call = nobody(["unshare", *spaces, "true"])
    return subprocess.run(call, capture_output=True, check=False).returncode == 0


def nobody(call: list[str], *own: Path) -> list[str]:
    """The same call as user nobody, who owns ``own`` and can read this Python, wherever it is.

    A folder that only root may enter is replaced by an empty one, in this process's view of the machine
    alone, and what has to be seen in it is put back.
    """
    for folder in own:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    needed = [Path(p).resolve() for p in dict.fromkeys((sys.prefix, sys.base_prefix, str(KIT)))] + list(own)
    lines = ["set -e"]
    closed = {c: [p for p in needed if c in p.parents] for c in filter(None, map(_closed, needed))}
    for folder, inside in closed.items():
        held = tempfile.mkdtemp(prefix="whosays-nobody-")
        for n, path in enumerate(inside):
            lines += [f"mkdir {held}/{n}", f"mount --bind '{path}' {held}/{n}"]
        lines += [f"mount -t tmpfs -o mode=755 tmpfs '{folder}'"]
        for n, path in enumerate(inside):
            lines += [f"mkdir -p '{path}'", f"mount --move {held}/{n} '{path}'"]
        lines += [f"rmdir {held}/* {held}"]
    lines += [
        'exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"'
    ]
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", "\n".join(lines), "sh", *call]


def _closed(path: Path) -> Path | None:
    """The outermost folder on the way to a path that nobody may not enter."""
    for folder in reversed(path.parents):
        about = folder.stat()
        mode = about.st_mode
        if not (mode & 0o100 if about.st_uid == NOBODY else mode & 0o001):
            return folder
    return None
