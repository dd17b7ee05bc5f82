"""Lesson 3: which claims could anyone check, and when?"""

from __future__ import annotations

import pandas as pd

from whosays import figures
from whosays.checks import check_crosstab, claim_keys, rung_keys
from whosays.checks.claims import WHEN
from whosays.course.core import Core
from whosays.measures.calibration import calibration, in_words
from whosays.measures.claims import kind_by_rung
from whosays.pack import records
from whosays.text import day
from whosays.widgets import page
from whosays.widgets.claims import ClaimSorter
from whosays.widgets.page import Chart, Page

WEAK = ("none", "none, passive", "unnamed")  # ways a text shows the source of a claim: nobody to ask
COLUMNS = ("claim", "sentence", "when", "look_at", "sure", "kind", "rung", "rung_from", "text")


class Claims(Core):
    """Could anyone check this, when, and how sure am I?"""

    def claims(self) -> ClaimSorter:
        """The claim sorter."""
        return self._view("claims", ClaimSorter(self.pack, self.answers, on_change=self._redraw))

    def claims_so_far(self) -> pd.DataFrame:
        """The claims sorted so far, a row each.

        ``when``, ``look_at`` and ``sure`` are the student's own; ``kind`` is the reference's. ``rung`` is the
        one the student gave the sentence in lesson 1, or else the reference's, and ``rung_from`` says which.
        """
        given, keys = self.answers.refresh(), claim_keys(self.pack)
        ladder = self.rungs.refresh()["labels"]
        reference = {sid: key.rung for sid, key in rung_keys(self.pack).items()}
        rows = []
        for row in records(self.pack.tables["claims"]) if "claims" in self.pack.tables else ():
            cid, sid = row["id"], row["sentence_id"]
            when, look_at = (given["cards"].get(f"{cid}.{key}") for key in ("when", "look_at"))
            if not isinstance(when, str) or when not in WHEN:
                continue
            rung = ladder.get(sid, reference.get(sid))
            whose = "you" if sid in ladder else "reference" if rung else ""
            kind = keys[cid].kind if cid in keys else None
            sure = given["confidence"].get(cid)
            sure = sure if type(sure) is int and 1 <= sure <= 4 else None
            look_at = look_at if isinstance(look_at, str) else None
            rows.append((cid, sid, when, look_at, sure, kind, rung, whose, row["claim"]))
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"sure": "Int64", "rung": "Int64"})

    def check_crosstab(self, answer: object) -> None:
        """Say how far ``answer`` is the table of ``when`` by ``rung``."""
        table = self.claims_so_far()
        print(check_crosstab(answer, table, "when", "rung"))

    def claim_rungs(self, after: str = "") -> Chart:
        """The student's own answers: when a claim can be checked, by the rung of its sentence."""

        def draw() -> figures.Figure:
            table = self.claims_so_far()
            said = "Source: your own answers. Rungs you did not give in lesson 1 are the reference’s."
            return figures.claim_rungs(
                kind_by_rung(table["when"], table["rung"], tuple(WHEN)), counted="claims", caption=said
            )

        return self._chart("claim rungs", draw, after)

    def kinds_by_rung(self, after: str = "") -> Chart:
        """Kind of every sentence by its rung, after the reference; without it, the student's own answers."""
        rows = self.pack.reference.get("sentences", pd.DataFrame())
        if "kind" not in rows:
            return self.claim_rungs(after)

        def draw() -> figures.Figure:
            said = f"Source: the reference coding of “{self.pack.title}”, by the kind of each sentence."
            return figures.claim_rungs(kind_by_rung(rows["kind"], rows["rung"]), caption=said)

        return self._chart("kinds by rung", draw, after)

    def dated_figures(self, counted: str = "number", after: str = "") -> Page:
        """Every number that was given, with its day and its owner; ``counted`` says of what."""
        tables = self.pack.tables
        if "troop_figures" not in tables:
            return Page(lambda: [page.note("This pack has no dated numbers.")])
        said = f"Source: the statements listed in “{self.pack.title}”."

        def draw() -> figures.Figure:
            return figures.dated_figures(
                tables["troop_figures"], evidence=tables.get("evidence"), counted=counted, caption=said
            )

        return self._chart("figures", draw, after)

    def calibration(self, after: str = "") -> Chart:
        """How sure the student was at first, beside how often the reference agrees with the first answer."""

        def draw() -> figures.Figure:
            given, keys = self.answers.refresh(), claim_keys(self.pack)
            first = [(given["first_confidence"].get(c), given["first_cards"].get(f"{c}.when")) for c in keys]
            pairs = zip(first, keys.values(), strict=True)
            rows = [(s, w in k.accepted) for (s, w), k in pairs if s in (1, 2, 3, 4) and isinstance(w, str)]
            said = "Right means: the reference accepts your first answer to “now, later or never”."
            counted = calibration(pd.DataFrame(rows, columns=["sure", "right"]))
            return figures.calibration_plot(counted, caption=f"{in_words(counted)} {said}")

        return self._chart("calibration", draw, after)

    def better_claim(self) -> Page:
        """A claim without a source to ask that was supported all the same, and by whom."""
        claims = {row["id"]: row for row in records(self.pack.tables.get("claims", pd.DataFrame()))}
        checked = records(self.pack.reference.get("claims", pd.DataFrame()))
        sources = {row["claim_id"]: row for row in checked}
        keys = [
            k
            for k in claim_keys(self.pack).values()
            if k.verdict == "supported"
            and k.kind == "fact"
            and k.evidence
            and sources[k.claim_id]["sourcing"] in WEAK
        ]

        def find() -> page.Bundle | None:
            given = self.answers.refresh()["cards"]
            if not keys or not given:
                return None
            missed = {k.claim_id: given.get(f"{k.claim_id}.when") not in (None, k.when) for k in keys}
            key = max(keys, key=lambda k: (missed[k.claim_id], len(k.evidence)))
            row = claims[key.claim_id]
            then = f", as of {day(self.pack.date)}" if self.pack.date else ""
            who = "; ".join(dict.fromkeys(e.publisher for e in key.evidence))
            notes = [
                f"The claim: {row['claim']}",
                f"Its source in the text: {sources[key.claim_id]['claimant_worded']}.",
                f"What checking gave{then}: {key.verdict}. {key.note}",
                f"Where: {who}.",
            ]
            return page.sentence(row["sentence_id"], self._text(row["sentence_id"]), notes)

        return self._card("better claim", find, "Sort some claims first. Then one of them comes up here.")
