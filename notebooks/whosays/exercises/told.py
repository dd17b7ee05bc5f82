"""What ``check``, ``hint`` and ``solution`` hand back: lines to read, as text and as HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from whosays.checks.result import Status
from whosays.markup import element

Outcome = Status | Literal["answered", "told"]
SIGNS: dict[Outcome, str] = {
    "correct": "✓",
    "not yet": "→",
    "not attempted": "○",
    "answered": "●",
    "told": "",
}
SIGN = re.compile(r"([✓→○●]) (.*)", re.DOTALL)
# A bar whose pattern, not only its colour, tells the outcome; JupyterLab marks its theme on the body.
STYLE = """
.ws-told { --bar: #6b6f7a; max-width: 80ch; margin: 4px 0; padding: 2px 0 2px 14px;
  color: var(--jp-content-font-color0, #1f1f1f); border-left: 5px dotted var(--bar);
  font: 400 16px/1.5 var(--jp-ui-font-family, system-ui, sans-serif) }
.ws-told p { margin: 6px 0; white-space: pre-wrap; overflow-wrap: anywhere }
.ws-told .ws-sign { padding-left: 1.6em; text-indent: -1.6em }
.ws-told b { display: inline-block; width: 1.6em; text-indent: 0 }
.ws-told .ws-last { font-weight: 600 }
.ws-told .ws-kept { font-size: 14px; opacity: .85 }
.ws-told.ws-told pre { margin: 6px 0; padding: 8px 12px; overflow-x: auto; color: inherit;
  background: var(--jp-layout-color2, #eee); font: 15px/1.5 var(--jp-code-font-family, monospace) }
.ws-told[data-told="correct"] { --bar: #0b6e4f; border-left-style: solid }
.ws-told[data-told="answered"] { border-left-style: double; border-left-width: 6px }
.ws-told[data-told="not yet"] { --bar: #8a5a00; border-left-style: dashed }
.ws-told[data-told="told"] { border-left: 1px solid var(--bar); padding-left: 18px }
[data-jp-theme-light="false"] .ws-told { --bar: #a9adb8 }
[data-jp-theme-light="false"] .ws-told[data-told="correct"] { --bar: #62c9a3 }
[data-jp-theme-light="false"] .ws-told[data-told="not yet"] { --bar: #dcae52 }
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What a student is told: an outcome, points where they are known, and lines to read.

    “answered” is an answer that this copy of the kit, without a key, cannot judge; “told” is a hint or a
    solution. ``code`` is shown as code below the lines, ``kept`` says where progress is kept.
    """

    status: Outcome
    lines: tuple[str, ...]
    points: float | None = None
    of: float = 0.0
    marks: tuple[Any, ...] = field(default=(), repr=False)
    code: str = ""
    kept: str = ""

    def __str__(self) -> str:
        return "\n".join(filter(None, (*self.lines, self.code, self.kept)))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        """A line each beside a bar; a sign hangs before its line, and the last line of a check sums it up."""
        sums_up = self.status in ("correct", "not yet", "answered") and len(self.lines) > 1
        lines = [_line(text, sums_up and n == len(self.lines)) for n, text in enumerate(self.lines, 1)]
        lines += [element("pre", self.code)] if self.code else []
        lines += [element("p", self.kept, class_="ws-kept")] if self.kept else []
        told = element("div", lines, class_="ws-told", data_told=self.status, role="status")
        return element("style", [STYLE]) + told


def _line(text: str, last: bool) -> str:
    signed = SIGN.fullmatch(text)
    classes = " ".join(filter(None, ("ws-sign" if signed else "", "ws-last" if last else "")))
    if signed is None:
        return element("p", text, class_=classes)
    return element("p", [element("b", signed[1]), element("span", signed[2])], class_=classes)
