"""A widget on a bare page: its own script and its own Python, with the way between in the test's hand."""

from __future__ import annotations

from typing import Any

from whosays.widgets.base import View

PAGE = """<!doctype html><html lang="en"><title>Widgets</title>
<body data-jp-theme-light="true"><button id="before">Before</button></body></html>"""

START = """async ([script, style, view]) => {
  document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
  const div = (className) => Object.assign(document.createElement("div"), { className });
  const host = document.body.appendChild(div("jp-Cell")).appendChild(div("host"));
  const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  const heard = new Set(), sent = [];
  const model = {
    get: () => view, on: (_name, heed) => heard.add(heed), off: (_name, heed) => heard.delete(heed),
    send: (message) => sent.push(JSON.parse(JSON.stringify(message))),
  };
  if (!window.widgets) {
    window.widgets = [];
    window.keys = [];
    document.addEventListener("keydown", (event) => window.keys.push(event.key));
  }
  const show = (fresh) => { view = fresh; for (const heed of heard) heed(); };
  return window.widgets.push({ sent, show, leave: await module.default.render({ model, el: host }) }) - 1;
}"""

FOCUSED = """() => {
  const at = document.activeElement;
  return `${at.tagName.toLowerCase()} ${at.value || at.textContent}`;
}"""


class WidgetPage:
    """``widget`` drawn on ``page``, below those already there if ``beside``.

    Nothing reaches Python before ``answer()`` carries it there.
    """

    def __init__(self, page: Any, widget: View, beside: bool = False) -> None:
        self.page, self.widget = page, widget
        if not beside:
            page.set_content(PAGE)
        self.at = page.evaluate(START, [widget._esm, widget._css, widget.view])

    def answer(self, messages: int | None = None) -> list[dict[str, Any]]:
        """Let Python answer the oldest messages (all by default), one drawing each; returns them."""
        take = "([at, n]) => widgets[at].sent.splice(0, n ?? widgets[at].sent.length)"
        waiting: list[dict[str, Any]] = self.page.evaluate(take, [self.at, messages])
        for message in waiting:
            self.widget._received(None, message, None)
            self.show()
        return waiting

    def show(self) -> None:
        """Draw what Python shows now."""
        self.page.evaluate("([at, view]) => widgets[at].show(view)", [self.at, self.widget.view])

    def leave(self) -> None:
        """Take the widget off the page."""
        self.page.evaluate("at => widgets[at].leave()", self.at)

    def wait_for_message(self) -> None:
        self.page.wait_for_function("at => widgets[at].sent.length > 0", arg=self.at)

    @property
    def focused(self) -> str:
        """The element that has the focus: its tag, and its value or text."""
        return str(self.page.evaluate(FOCUSED))


class ByKeyboard:
    """A widget on a page used by keyboard: Python answers every key, and the focus must stay in it."""

    def __init__(self, page: Any, widget: View) -> None:
        self.page, self.drawn = page, WidgetPage(page, widget)
        page.locator("#before").focus()

    def press(self, *keys: str, silent: bool = False) -> list[dict[str, Any]]:
        """Press keys; what the last one sent, or where ``silent``, all that Python has not had."""
        sent: list[dict[str, Any]] = []
        for key in keys:
            self.page.keyboard.press(key)
            sent = self.page.evaluate("widgets[0].sent") if silent else self.drawn.answer()
            assert self.page.evaluate("document.activeElement.matches('.ws-root *')"), f"{key} lost the focus"
        return sent

    def tab_to(self, selector: str) -> None:
        for _ in range(40):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"Tab never reaches {selector}")
