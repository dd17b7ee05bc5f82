"""Lesson 7: what happens to a quotation on its way to me?"""

from __future__ import annotations

import pandas as pd

from whosays import figures
from whosays.checks import check_dropped, quote_keys, version_keys
from whosays.course.core import GUESS_FIRST, NO_KEY, Core
from whosays.markup import element
from whosays.measures import wording
from whosays.pack import records
from whosays.widgets import page
from whosays.widgets.page import Chart, Page
from whosays.widgets.versions import VersionSlider

SENSE = ("same", "small change")


class Versions(Core):
    """Which words held up on the road, which did not, and what is not known?"""

    def versions(self) -> VersionSlider:
        """The version slider with the difference word by word."""
        return self._view("versions", VersionSlider(self.pack, self.answers, on_change=self._redraw))

    def versions_table(self) -> pd.DataFrame:
        """The versions that were read elsewhere, one a row; ``source`` is the outlet each one names."""
        return wording.read_versions(self.pack)

    def check_outlets(self, answer: object) -> None:
        """Say how far ``answer`` is the table without copies: each source once."""
        print(check_dropped(answer, self.versions_table(), "source", "topic"))

    def trace(self, after: str = "", topic: str = "") -> Chart:
        """The trace tree of a statement; without ``topic`` that of the road last looked at.

        Raises ValueError for a topic that the pack does not have.
        """
        rows = wording.versions(self.pack)
        topics = list(dict.fromkeys(row["topic"] for row in rows))
        if topic and topic not in topics:
            raise ValueError(f"no topic {topic!r}; there are: {', '.join(topics) or 'none'}")
        of = {row["id"]: row["topic"] for row in rows}
        said = f"Drawn from the versions found of “{self.pack.title}”. There may be more."

        def draw() -> figures.Figure:
            last = of.get(str(self.answers.refresh()["views"].get("versions")))
            table = self.pack.tables.get("versions", pd.DataFrame())
            return figures.trace_tree(table, caption=said, topic=topic or last)

        return self._chart(f"trace {topic}".strip(), draw, after)

    def held_up(self, after: str = "") -> Page:
        """What held up, statement by statement; with ``after`` it waits for the prediction of that name."""

        def made() -> list[page.Bundle]:
            if after and after not in self.answers.refresh()["predictions"]:
                return [page.note(GUESS_FIRST)]
            held = self._held()
            return [_list("What held up", held)] if held else [page.note(NO_KEY)]

        return self._page("held up", Page(made))

    def _held(self) -> list[tuple[str, str]]:
        """Heading and text for each quotation that was compared."""
        known = quote_keys(self.pack)
        topics = {row["quote_id"]: row for row in wording.versions(self.pack) if row["quote_id"]}
        return [
            (f"{row['topic'][:1].upper()}{row['topic'][1:]}, {row['sentence_id']}", known[qid].parts[0][1])
            for qid, row in topics.items()
            if qid in known and known[qid].parts and known[qid].parts[0][0] == "What holds up"
        ]

    def better_quote(self) -> Page:
        """A sentence that gains trust: its speaker was checked, and its words were found elsewhere."""
        keys, quotes = version_keys(self.pack), quote_keys(self.pack)
        rows = [row for row in wording.versions(self.pack) if row["id"] in keys]
        best: tuple[tuple[int, int], str] | None = None
        for row in records(self.pack.tables.get("quotes", pd.DataFrame())):
            mine = [keys[v["id"]] for v in rows if v["quote_id"] == row["id"]]
            known = quotes.get(row["id"])
            same = sum(key.change == "same" for key in mine)
            if known is None or known.checked != known.credited or not same:
                continue
            rank = (same, -sum(key.change not in SENSE for key in mine))
            if best is None or rank > best[0]:
                best = (rank, row["id"])

        def find() -> page.Bundle | None:
            judged = any(key.endswith(".now") for key in self.answers.refresh()["cards"])
            if best is None or not judged:
                return None
            mine = [v for v in rows if v["quote_id"] == best[1]]
            kept = [f"{v['outlet']}: {keys[v['id']].why}" for v in mine if keys[v["id"]].change in SENSE]
            sid = mine[0]["sentence_id"]
            many = (
                f"{len(kept)} of {len(mine)} versions that were read have the same words or a small change."
            )
            return page.sentence(sid, self._text(sid), [many, *kept])

        return self._card("better quote", find, "Judge a stop on the road first. Then the card appears here.")


def _list(title: str, rows: list[tuple[str, str]]) -> page.Bundle:
    """A card with headings and texts."""
    parts = [element("p", title, class_="ws-title")]
    for head, text in rows:
        parts += [element("p", head, class_="ws-h"), element("p", text, class_="ws-text")]
    plain = "\n".join([title, *(f"{head}: {text}" for head, text in rows)])
    return page.html([element("div", parts, class_="ws-card page-card")], plain)
