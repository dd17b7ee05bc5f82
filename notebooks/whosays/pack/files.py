"""Read one file of a pack as text, noting what is wrong with it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from whosays.pack.faults import Faults
from whosays.pack.sealed import Broken, unseal

MAX_BYTES = 20_000_000
SEALED = "reference.sealed"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
UTF_8_MARK = b"\xef\xbb\xbf"
SAVE_AS = "UTF-8: save the file again as “CSV UTF-8”"
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_text(folder: Path, name: str, faults: Faults, *, expected: str) -> str | None:
    """The text of ``folder/name``, or None if it is no text at all; faults say why.

    A byte order mark is a fault, but reading goes on behind it. ``expected`` says what the file is for.
    """
    data = _read_bytes(folder / name, name, faults, expected)
    if data is None:
        return None
    if data.startswith(UTF_16):
        faults.add(name, row=1, found="UTF-16", expected=SAVE_AS)
        return None
    if data.startswith(UTF_8_MARK):
        wanted = "plain UTF-8: save the file again without BOM"
        faults.add(name, row=1, found="a byte order mark (BOM) before the first letter", expected=wanted)
        data = data[len(UTF_8_MARK) :]
    if not data.strip():
        faults.add(name, found="an empty file", expected=expected)
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        faults.add(name, row=row, found=f"byte {data[error.start]:#04x}, which is no UTF-8", expected=SAVE_AS)
        return None
    unseen = UNSEEN.search(text)
    if unseen:
        row = text.count("\n", 0, unseen.start()) + 1
        faults.add(name, row=row, found=f"control character {ord(unseen[0]):#04x}", expected="text alone")
        return None
    return text


def _read_bytes(path: Path, name: str, faults: Faults, expected: str) -> bytes | None:
    try:
        if not path.is_file():
            if (sealed := path.parents[1] / SEALED).is_file() and not path.parent.exists():
                return _unsealed(sealed, path.name, name, faults, expected)
            faults.add(name, found=_instead_of_file(path), expected=expected)
            return None
        size = path.stat().st_size
        if size <= MAX_BYTES:
            return path.read_bytes()
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror or type(error).__name__})"
        faults.add(name, found=found, expected="a file you may read")
        return None
    limit = f"at most {MAX_BYTES / 1e6:.0f} MB a file"
    faults.add(name, found=f"a file of {size / 1e6:.0f} MB", expected=limit)
    return None


def _unsealed(sealed: Path, file: str, name: str, faults: Faults, expected: str) -> bytes | None:
    """A file of the reference out of the sealed key of a self-study copy."""
    try:
        files = _opened(sealed, sealed.stat().st_mtime_ns)
    except Broken as error:
        faults.add(SEALED, found=str(error), expected="the file as the bundle had it")
        return None
    if file not in files:
        faults.add(name, found=f"no such file in {SEALED}", expected=expected)
    return files.get(file)


@lru_cache(maxsize=2)
def _opened(sealed: Path, changed: int) -> dict[str, bytes]:
    return unseal(sealed.read_bytes())


def _instead_of_file(path: Path) -> str:
    if path.is_dir():
        return "a folder"
    if path.is_symlink():
        return "a link that leads to no file"
    return "something that is no file" if path.exists() else "no such file"
