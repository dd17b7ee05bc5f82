"""A sealed file: several files in one, packed so that nobody reads the key by accident.

Sealed is not secret. Whoever wants to can open it, with this very module.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping

HEAD = b"Who Says So? sealed key. Open it with the lessons, not before them.\n"
MOST = 50_000_000  # bytes of the content
WIDTH = 100  # characters of a line


class Broken(ValueError):
    """A sealed file cannot be opened; the message says why."""


def seal(files: Mapping[str, bytes]) -> bytes:
    """Files by name as one text file. The same files give the same bytes."""
    content = {name: base64.b64encode(data).decode("ascii") for name, data in sorted(files.items())}
    packed = base64.b64encode(zlib.compress(json.dumps(content).encode(), 9))
    lines = [packed[n : n + WIDTH] for n in range(0, len(packed), WIDTH)]
    return HEAD + b"\n".join(lines) + b"\n"


def unseal(data: bytes) -> dict[str, bytes]:
    """The files by name. Raises Broken."""
    if not data.startswith(HEAD):
        raise Broken("this is no sealed key: its first line is another one")
    try:
        packed = base64.b64decode(data[len(HEAD) :].replace(b"\n", b"").replace(b"\r", b""), validate=True)
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(packed, MOST)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise Broken("the sealed key is cut short, or larger than any key")
        return {
            str(name): base64.b64decode(part, validate=True) for name, part in json.loads(content).items()
        }
    except (binascii.Error, zlib.error, ValueError, AttributeError, TypeError) as error:
        if isinstance(error, Broken):
            raise
        raise Broken("the sealed key is damaged: take it from the bundle again") from error
