"""The item report: how hard each question was, whether it told readers apart, and what was chosen instead."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from whosays.classroom.lms import Marks, cell_points, number, other_track, safe, still_open
from whosays.markup import element, page
from whosays.measures.items import POOL, flags, item_analysis

Record = dict[str, Any]
FEWEST = 5  # answers: below, a count could point at somebody
COLUMNS = ["set", "item", "n", "p", "p_error", "r", "r_error", "not_attempted", "instead", "look_at"]


def item_table(
    records: Iterable[Record], misconceptions: Mapping[str, str], marks: Marks | None = None
) -> pd.DataFrame:
    """A row for each item of every set, over the records that count.

    ``p`` is the mean share of its points, ``r`` the item-rest correlation, each with its standard error;
    ``not_attempted`` a share; ``instead`` the most frequent wrong answers, their shares and misconceptions.
    The track that a reader did not take is not asked of them; a question that a person reads is in the table
    once all answers to it are read.
    """
    asked: dict[str, list[dict[str, _Answer]]] = {}
    unread: set[str] = set()
    for record in records:
        if not record["superseded"] and record["status"] == "graded":
            asked.setdefault(record["set"], []).append(dict(_answers(record, marks or {}, unread)))
    rows = []
    for name in sorted(asked, key=lambda name: (not name.startswith("set"), len(name), name)):
        answers = asked[name]
        shares = pd.DataFrame(
            [{item: a.share for item, a in reader.items() if item not in unread} for reader in answers]
        )
        for item, found in item_analysis(shares).iterrows():
            given = [reader[str(item)] for reader in answers if str(item) in reader]
            rows.append([name, str(item), *_row(found, given, misconceptions)])
    return pd.DataFrame(rows, columns=COLUMNS)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one reader got for an item, and what was said where it was wrong."""

    share: float
    blank: bool
    wrong: str = ""
    misconception: str = ""


def _answers(record: Record, marks: Marks, unread: set[str]) -> Iterator[tuple[str, _Answer]]:
    """The items that a reader was asked; those that wait for a person go to ``unread``.

    A question left blank as a whole is blank in each of its items.
    """
    for grade_id, cell in record["cells"].items():
        for part in cell["parts"]:
            blank = part["status"] == "not attempted"
            if not part["of"] or (blank and other_track(cell, part)):
                continue
            points = part["points"]
            item = f"{part['question']} {part['item']}".strip()
            if points is None:
                if still_open(record, grade_id, marks):
                    unread.add(item)
                    continue
                points = cell_points(record, grade_id, marks)[0] or 0.0
            wrong = part["answer"][:60] if part["status"] == "not yet" else ""
            yield item, _Answer(points / part["of"], blank, wrong, part["misconception"])


def _row(found: pd.Series[float], given: list[_Answer], misconceptions: Mapping[str, str]) -> list[Any]:
    n = len(given)
    chosen = Counter((a.wrong, a.misconception) for a in given if a.wrong)
    instead = [(which, count / n) for which, count in chosen.most_common(3) if count >= FEWEST]
    told = "; ".join(f"{_named(*which, misconceptions)}: {share:.0%}" for which, share in instead)
    right = sum(a.share == 1 for a in given) / n
    shares = [share for _, share in instead]
    look = flags(found["p"], found["r"], found["r_error"], shares, right) if n >= FEWEST else []
    blank = sum(a.blank for a in given)
    hidden = math.nan if 0 < blank < FEWEST else blank / n
    return [n, *(found[c] for c in ("p", "p_error", "r", "r_error")), hidden, told, " ".join(look)]


def _named(answer: str, code: str, misconceptions: Mapping[str, str]) -> str:
    """A wrong answer with the misconception it stands for, by its name and code."""
    meaning = f"“{misconceptions[code]}” ({code})" if code in misconceptions else code
    return f"{answer} – {meaning}" if meaning else answer


def report_csv(table: pd.DataFrame) -> str:
    """The report as CSV. Counts under five are left out, and figures that rest on them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in table.to_dict("records"):
        few = row["n"] < FEWEST
        figures = ["" if few or pd.isna(row[c]) else number(row[c]) for c in COLUMNS[3:8]]
        if not few and pd.isna(row["not_attempted"]):
            figures[-1] = f"under {FEWEST}"
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


def report_page(table: pd.DataFrame, texts: Mapping[str, str] | None = None) -> str:
    """The report as a page: a table a set, with bars beside the figures.

    ``texts`` are sentences by id, shown with the items that are their ids.
    """
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
            f"Counts under {FEWEST} are left out.",
            class_="who",
        ),
    ]
    for name, part in table.groupby("set", sort=False):
        body += [element("h2", str(name)), _table(part, texts or {})]
    if table.empty:
        body.append(element("p", "No submission was graded yet."))
    return page("How the questions worked", body)


def _table(part: pd.DataFrame, texts: Mapping[str, str]) -> str:
    heads = ("Item", "Answers", "How easy: p", "Tells apart: r", "Blank", "Look at")
    rows = [_table_row(row, texts) for row in part.to_dict("records")]
    head = element("tr", [element("th", h, scope="col") for h in heads])
    return element("table", [element("thead", [head]), element("tbody", rows)], class_="report")


def _table_row(row: Mapping[Hashable, Any], texts: Mapping[str, str]) -> str:
    text = texts.get(str(row["item"]).rpartition(" ")[2], "")
    said = [element("small", text)] if text else []  # in the widest column
    few = row["n"] < FEWEST
    p, r = ("–" if few or pd.isna(row[c]) else f"{row[c]:.2f} ± {row[f'{c}_error']:.2f}" for c in ("p", "r"))
    bar = [] if few else [element("div", "", class_="bar", style=f"width: {row['p'] * 6:.2f}rem")]
    blank = f"under {FEWEST}" if pd.isna(row["not_attempted"]) else f"{row['not_attempted']:.0%}"
    instead = [element("div", f"Given instead: {row['instead']}.")] if row["instead"] else []
    return element(
        "tr",
        [
            element("th", str(row["item"]), scope="row"),
            element("td", f"under {FEWEST}" if few else str(row["n"])),
            element("td", [element("span", p.replace("-", "−")), *bar]),
            element("td", r.replace("-", "−")),
            element("td", "–" if few else blank),
            element("td", [*said, element("div", row["look_at"]), *instead]),
        ],
    )
