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
    shown = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items()
    )
    return f"<{tag}{shown}>{inner}</{tag}>"


PAGE = """
:root {
  color-scheme: light dark;
  --ink: #22252e; --soft: #4a4f5c; --paper: #fdfcf8; --line: #b9bcc4; --bar: #2f5d9b;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceae4; --soft: #b9bcc4; --paper: #1d2027; --line: #565b66; --bar: #8fb4e8 }
}
body {
  font: 16px/1.55 Georgia, "Noto Serif", serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--ink); background: var(--paper); overflow-wrap: anywhere;
}
h1 { font-size: 1.6rem; line-height: 1.2; margin-bottom: .2rem }
h2 { font-size: 1.15rem; margin: 1.8rem 0 .5rem }
h2, h2 + p { break-after: avoid }
.who { color: var(--soft) }
table { border-collapse: collapse; margin: 1rem 0 }
th, td {
  text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line);
}
thead th { border-bottom: 2px solid var(--ink) }
td { font-variant-numeric: tabular-nums }
ul { padding-left: 0; list-style: none }
li { margin: .5rem 0 }
blockquote { margin: .5rem 0; padding-left: 1rem; border-left: 4px solid var(--line) }
blockquote p { white-space: pre-wrap }
.bar { height: .4rem; margin-bottom: .2rem; background: var(--bar); print-color-adjust: exact }
small { color: var(--soft) }
.report, .far { width: 100%; font-size: .9rem }
.report th, .report td:not(:last-child) { white-space: nowrap; overflow-wrap: normal }
.report td:last-child { padding-right: 0; width: 45% }
.far th, .far td { overflow-wrap: normal }
.far thead th { vertical-align: bottom }
.far tbody th { font-weight: normal; width: 37% }
@page { size: A4; margin: 18mm }
@media print {
  body { margin: 0; padding: 0; color: #000; background: #fff }
  li, tr, blockquote { break-inside: avoid }
  .report { font-size: .75rem }
  .far, .far + p, h2 + .who { font-size: .75rem; line-height: 1.35 }
  .far th, .far td { padding-block: .2rem }
}
"""


def page(title: str, body: Sequence[str]) -> str:
    """A whole page that needs nothing else: no script, no address, made to be read and to be printed."""
    head = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        element("title", title),
        element("style", [PAGE]),
    ]
    return (
        "<!doctype html>\n"
        + element("html", [element("head", head), element("body", body)], lang="en")
        + "\n"
    )
