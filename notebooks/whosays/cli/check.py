"""``whosays check PACK``: every fault of a lesson pack, one line each."""

from __future__ import annotations

import sys
from pathlib import Path

from whosays import pack


def check(folder: Path) -> int:
    """Print each fault and a summary; returns 0 if there is none, else 1."""
    if not folder.is_dir():
        print(f"{folder} is no folder. Give the folder that holds datapackage.json.", file=sys.stderr)
        return 1
    faults = pack.check(folder)
    for fault in faults:
        print(fault)
    if faults:
        print(f"{folder}: {len(faults)} {'fault' if len(faults) == 1 else 'faults'}.")
        return 1
    print(f"{folder}: checked, no fault found.")
    return 0
