"""``whosays release OUT [--self-study]``: the bundle that students get."""

from __future__ import annotations

import sys
from pathlib import Path


def release(out: Path, self_study: bool) -> int:
    """Write the bundle and say what is in it; returns 0, or 1 with a sentence if it cannot be made."""
    from whosays.classroom.bundle import NoBundle, write
    from whosays.cli import cannot
    from whosays.exercises.sets import SetError

    try:
        made = write(out, self_study)
    except (NoBundle, SetError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(cannot("The bundle cannot be written to", out, error), file=sys.stderr)
        return 1
    print(f"{made.folder}: {made.files} files, {made.bytes / 1e6:.1f} MB.")
    print(f"Left out: {'; '.join(made.left_out)}.")
    if self_study:
        print("The key is sealed, not secret: use this copy for practice, not for marks.")
    return 0
