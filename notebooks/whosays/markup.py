"""From text to something a page can show. The one place where text becomes HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from whosays.model import Mark, Span
from whosays.text import cut

Segment = dict[str, Any]


def segments(text: str, span: Span, marks: Sequence[Mark] = ()) -> list[Segment]:
    """``text[span]`` as pieces for a widget: ``{"t": words, "m": [[kind, key], …]}``, longest mark first.

    Widgets set the words as text, never as HTML, so nothing in a pack can become markup.
    """
    return [{"t": piece, "m": [[m.kind, m.key] for m in over]} for piece, over in cut(text, span, marks)]


def plain(words: str) -> list[Segment]:
    """Words without any mark."""
    return [{"t": words, "m": []}]


def quoted(words: str, kind: str = "decide") -> list[Segment]:
    """Words of the text in curly quotation marks, marked as such."""
    return [{"t": f"“{words}”", "m": [[kind, ""]]}]


def element(tag: str, content: str | Iterable[str] = "", **attributes: str) -> str:
    """One HTML element. ``content`` is text and is escaped; a list of elements is taken as it is.

    ``class_`` and ``for_`` stand for the attributes whose names Python keeps for itself.
    """
    inner = escape(content, quote=False) if isinstance(content, str) else "".join(content)
    names = {name: name.rstrip("_").replace("_", "-") for name in attributes}
    shown = "".join(f' {names[name]}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{shown}>{inner}</{tag}>"
