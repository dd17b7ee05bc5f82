"""A page for each student and set: what went well first, then what differs and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from whosays.classroom.lms import Marks, cell_points, part, still_open, total
from whosays.disk import write_whole
from whosays.markup import element, page

Record = dict[str, Any]
LONGEST = 4000
UNSEEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 8206, 8207, *range(8234, 8239), *range(8294, 8298)), "�")
PARTS = {"A": "Annotate", "B": "Choose", "C": "Code or read", "D": "Write"}


def write_pages(records: Iterable[Record], marks: Marks, folder: Path, titles: Mapping[str, str]) -> int:
    """Write ``<student>-<set>.html`` for every record that counts. Returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    n = 0
    for record in records:
        if not record["superseded"] and record["set"]:
            path = folder / f"{record['student']}-{record['set']}.html"
            write_whole(path, feedback_page(record, marks, titles.get(record["set"], record["set"])))
            n += 1
    return n


def feedback_page(record: Record, marks: Marks, title: str) -> str:
    """The page as HTML: no script, no address, every word of the student escaped."""
    sums = total(record, marks)
    waiting = (
        f" {sums.open} of your answers {'is' if sums.open == 1 else 'are'} still to be read."
        if sums.open
        else ""
    )
    body = [
        element("h1", title),
        element("p", f"For {_shown(record['name'] or record['student'])}, {record['set']}", class_="who"),
        element(
            "p",
            [
                element("strong", f"{sums.points:g} of {sums.of:g} points"),
                element("span", f" so far.{waiting}" if waiting else "."),
            ],
        ),
        _summary(record, marks),
        *_went_well(record),
        *_differs(record),
        *_written(record, marks),
        *_repairs(record),
    ]
    return page(f"{title} – feedback", body)


def _summary(record: Record, marks: Marks) -> str:
    rows = []
    for grade_id in record["cells"]:
        points, of = cell_points(record, grade_id, marks)
        letter = part(grade_id, record["set"])
        shown = "to be read" if still_open(record, grade_id, marks) and not points else f"{points or 0:g}"
        rows.append(
            element(
                "tr",
                [
                    element("th", f"{letter} {PARTS.get(letter, '')}".strip(), scope="row"),
                    element("td", shown),
                    element("td", f"{of:g}"),
                ],
            )
        )
    head = element("tr", [element("th", t, scope="col") for t in ("Part", "Points", "Of")])
    return element("table", [element("thead", [head]), element("tbody", rows)])


def _parts(record: Record, *statuses: str) -> list[Mapping[str, Any]]:
    tracks = {c.get("track") for c in record["cells"].values()}
    dropped = {"P": ".N", "N": ".C"}
    skip = next((dropped[t] for t in tracks if t in dropped), "")
    return [
        p
        for cell in record["cells"].values()
        for p in cell["parts"]
        if p["status"] in statuses and not (skip and skip in p["question"] and p["status"] == "not attempted")
    ]


def _went_well(record: Record) -> list[str]:
    parts = _parts(record, "correct")
    if not parts:
        return []
    return [element("h2", "What went well"), element("ul", [_line("✓", p) for p in parts], class_="well")]


def _differs(record: Record) -> list[str]:
    found = []
    differing, blank = _parts(record, "not yet"), _parts(record, "not attempted")
    if differing:
        found += [
            element("h2", "Where your answer differs, and why"),
            element("ul", [_line("→", p) for p in differing]),
        ]
    if blank:
        names = ", ".join(dict.fromkeys(f"{p['question']} {p['item']}".strip() for p in blank))
        found += [element("h2", "Not answered"), element("p", f"{names}.")]
    return found


def _line(sign: str, answer: Mapping[str, Any]) -> str:
    what = f"{answer['question']} {answer['item']}".strip()
    said = f" Your answer: {_shown(answer['answer'])}." if answer["answer"] else ""
    lines = _shown(answer["message"]).split("\n")
    return element(
        "li",
        [
            element("span", f"{sign} "),
            element("strong", f"{what}."),
            element("span", f"{said} {lines[0]}"),
            *(element("div", line) for line in lines[1:]),
        ],
    )


def _written(record: Record, marks: Marks) -> list[str]:
    found = []
    for grade_id, cell in record["cells"].items():
        text = cell.get("text") or cell.get("because")
        if not text:
            continue
        given = marks.get((record["student"], record["set"], grade_id))
        answer_cell = f"{record['set']}-N" if cell.get("because") else grade_id
        said = marks.get((record["student"], record["set"], answer_cell))
        letter = part(grade_id, record["set"])
        found += [element("h2", f"{letter}: your words"), element("blockquote", [element("p", _shown(text))])]
        points, of = cell_points(record, grade_id, marks)
        if still_open(record, grade_id, marks):
            found.append(element("p", "Your teacher will read this."))
        elif given is not None and points is not None:
            found.append(element("p", [element("strong", f"{points:g} of {of:g} points.")]))
        if said is not None and said.comment:
            found.append(element("p", f"Your teacher: {_shown(said.comment)}", class_="comment"))
    return found


def _repairs(record: Record) -> list[str]:
    if not record["notes"]:
        return []
    return [
        element("h2", "About the file"),
        element("ul", [element("li", _shown(note)) for note in record["notes"]]),
    ]


def _shown(text: Any) -> str:
    """Text of a student for a page: nothing unseen, nothing that turns other words around, and not without end."""
    plain = str(text).encode("utf-8", "replace").decode("utf-8").translate(UNSEEN)
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]} … (cut: {len(plain)} characters)"
