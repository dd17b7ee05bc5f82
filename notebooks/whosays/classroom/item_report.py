"""The item report: how hard each question was, whether it told readers apart, and what was chosen instead."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from whosays.classroom.lms import number, safe
from whosays.markup import element, page
from whosays.measures.items import POOL, flags, item_analysis

Record = dict[str, Any]
FEWEST = 5  # answers: below, a count could point at somebody
COLUMNS = ["set", "item", "n", "p", "p_error", "r", "r_error", "not_attempted", "instead", "look_at"]


def item_table(records: Iterable[Record], misconceptions: Mapping[str, str]) -> pd.DataFrame:
    """A row for each item of every set, over the records that count.

    ``p`` is the mean share of its points, ``r`` the item-rest correlation, each with its standard error;
    ``not_attempted`` a share; ``instead`` the most frequent wrong answers with their shares and misconceptions.
    """
    shares: dict[str, list[dict[str, float]]] = {}
    wrong: dict[tuple[str, str], Counter[str]] = {}
    blank: Counter[tuple[str, str]] = Counter()
    for record in records:
        if record["superseded"] or record["status"] != "graded":
            continue
        row: dict[str, float] = {}
        for part in (p for cell in record["cells"].values() for p in cell["parts"]):
            if part["points"] is None or not part["of"]:
                continue
            item = f"{part['question']} {part['item']}".strip()
            row[item] = part["points"] / part["of"]
            if part["status"] == "not attempted":
                blank[record["set"], item] += 1
            elif part["status"] == "not yet" and part["answer"]:
                label = part["answer"][:60] + (f" ({part['misconception']})" if part["misconception"] else "")
                wrong.setdefault((record["set"], item), Counter())[label] += 1
        shares.setdefault(record["set"], []).append(row)
    rows = []
    for name in sorted(shares):
        for item, found in item_analysis(pd.DataFrame(shares[name])).iterrows():
            n = int(found["n"])
            chosen = wrong.get((name, str(item)), Counter())
            instead = [(label, count / n) for label, count in chosen.most_common(3) if count >= FEWEST]
            told = "; ".join(f"{_named(label, misconceptions)}: {share:.0%}" for label, share in instead)
            look = flags(found["p"], found["r"], [s for _, s in instead], found["p"]) if n >= FEWEST else []
            missing = blank[name, str(item)] / n if n else math.nan
            values = [found[c] for c in ("p", "p_error", "r", "r_error")]
            rows.append([name, str(item), n, *values, missing, told, " ".join(look)])
    return pd.DataFrame(rows, columns=COLUMNS)


def _named(label: str, misconceptions: Mapping[str, str]) -> str:
    code = label.rpartition("(")[2].rstrip(")")
    return f"{label[: -len(code) - 3]} – “{misconceptions[code]}”" if code in misconceptions else label


def report_csv(table: pd.DataFrame) -> str:
    """The report as CSV. Figures of fewer than five answers are left out."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in table.to_dict("records"):
        few = row["n"] < FEWEST
        figures = ["" if few or pd.isna(row[c]) else number(row[c]) for c in COLUMNS[3:8]]
        writer.writerow(
            [
                row["set"],
                safe(row["item"]),
                f"under {FEWEST}" if few else row["n"],
                *figures,
                safe(row["instead"]),
                safe(row["look_at"]),
            ]
        )
    return out.getvalue()


def report_page(table: pd.DataFrame) -> str:
    """The report as a page: a table a set, with bars beside the figures."""
    body = [
        element("h1", "How the questions worked"),
        element(
            "p",
            "p is the share of the points that was earned: the higher, the easier; 0.3 to 0.9 is a good "
            "range. r says whether those who do well elsewhere do well here; 0.2 and more is good. "
            "± is one standard error: how much the figure wobbles by chance in a class of this size.",
        ),
        element(
            "p",
            f"Flag, do not delete: until {POOL} answers are pooled, chance explains most of what looks odd. "
            f"Figures of fewer than {FEWEST} answers are left out.",
            class_="who",
        ),
    ]
    for name, part in table.groupby("set"):
        body += [element("h2", str(name)), _table(part)]
    if table.empty:
        body.append(element("p", "No submission was graded yet."))
    return page("How the questions worked", body)


def _table(part: pd.DataFrame) -> str:
    heads = ("Item", "Answers", "p", "r", "Not answered", "Chosen instead", "Look at")
    rows = []
    for row in part.to_dict("records"):
        few = row["n"] < FEWEST
        bar = (
            ""
            if few or pd.isna(row["p"])
            else element("span", "", class_="bar", style=f"width: {row['p'] * 4:.2f}rem")
        )
        p, r = (
            "–" if few or pd.isna(row[c]) else f"{row[c]:.2f} ± {row[f'{c}_error']:.2f}" for c in ("p", "r")
        )
        blank = "–" if few or pd.isna(row["not_attempted"]) else f"{row['not_attempted']:.0%}"
        count = f"under {FEWEST}" if few else str(row["n"])
        rows.append(
            element(
                "tr",
                [
                    element("th", str(row["item"]), scope="row"),
                    element("td", count),
                    element("td", [bar, element("span", p)]),
                    element("td", r),
                    element("td", blank),
                    element("td", str(row["instead"])),
                    element("td", str(row["look_at"])),
                ],
            )
        )
    head = element("tr", [element("th", h, scope="col") for h in heads])
    return element("table", [element("thead", [head]), element("tbody", rows)])
