"""What every widget shares: one look, one way to draw, one way to answer.

A widget keeps all it shows in ``view``; the browser draws it and sends back what the reader did as
``{"do": name, …}``, which calls the method ``do_name``. The browser decides nothing and knows no key.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import pandas as pd
import traitlets

from whosays.answers import NotSaved

HERE = Path(__file__).parent


@cache
def source(name: str, suffix: str) -> str:
    """The shared file and the widget's own, as one ES module or style sheet."""
    return "\n".join((HERE / f"{part}{suffix}").read_text(encoding="utf-8") for part in ("base", name))


def source_css() -> str:
    """The style sheet for HTML that is no widget."""
    return source("page", ".css")


class View(anywidget.AnyWidget):
    """A widget drawn from ``view``. Subclasses build it in ``build`` and answer in ``do_…`` methods."""

    _esm = "export default { render() {} }"
    view = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._turn = 0
        self.on_msg(self._received)
        self.draw()

    def __repr__(self) -> str:
        # What a page shows that knows no widgets, such as a preview of the notebook.
        return f"{self.view.get('ask') or type(self).__name__} (A widget: open the notebook in JupyterLab.)"

    def build(self) -> dict[str, Any]:
        """Everything the browser needs to draw the widget now."""
        raise NotImplementedError

    def as_table(self) -> pd.DataFrame:
        """The same as a table, for those who read without widgets."""
        raise NotImplementedError

    def draw(self) -> None:
        """Show the present state. Each drawing has its number, so the browser knows that it was heard."""
        self._turn += 1
        self.view = self.build() | {"turn": self._turn}

    def reload(self) -> None:
        """The answers behind the widget are somebody else's now: show those."""
        self.draw()

    def not_saved(self, error: NotSaved) -> None:
        """Remember that saving failed; ``build`` shows it."""
        raise error

    def _received(self, _widget: object, content: Any, _buffers: object) -> None:
        if not isinstance(content, dict):
            return
        method = getattr(self, f"do_{content.get('do')}", None)
        if method is None:
            return
        arguments = {k: v for k, v in content.items() if k != "do"}
        try:
            method(**arguments)
        except NotSaved as error:
            self.not_saved(error)
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
            # No button of ours sends such a message; where one does, the log says what went wrong.
            self.log.warning("%s could not do %.200r", type(self).__name__, content, exc_info=True)
            return
        self.draw()
