"""A page for each student and set: what went well first, then what differs and why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whosays.classroom.lms import Given, Marks, cell_points, no_grade, other_track, part, still_open, total
from whosays.classroom.roster import spoken
from whosays.disk import write_if_other
from whosays.markup import element, page

Record = dict[str, Any]
LONGEST = 4000
UNSEEN = dict.fromkeys(
    (*range(9), 11, 12, *range(14, 32), 127, 8206, 8207, *range(8234, 8239), *range(8294, 8298)), "�"
)
PARTS = {"A": "Annotate", "B": "Choose", "C": "Code or read", "D": "Write"}


@dataclass(frozen=True, slots=True)
class Said:
    """What the kit says: sentences, questions and options by id (“s12”, “L1a”, “L1a B”), and what earns which
    points of a written answer, by set and question.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[tuple[str, str], Mapping[float, str]] = field(default_factory=dict)


def write_pages(
    records: Iterable[Record],
    marks: Marks,
    folder: Path,
    titles: Mapping[str, str],
    said: Said | None = None,
) -> int:
    """Write ``<student>-<set>.html`` for every record that counts. Returns how many.

    ``said`` is what the kit says about items and levels, shown with the answers.
    Where two names differ in upper and lower case only, one gets a mark: some disks take them for the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    by_record: dict[tuple[str, str], dict[tuple[str, str, str], Given]] = {}
    for (student, name, grade_id), given in marks.items():
        by_record.setdefault((student, name), {})[student, name, grade_id] = given
    for record in records:
        if record["superseded"] or not record["set"]:
            continue
        name = f"{record['student']}-{record['set']}"
        if name.casefold() in taken:
            name += f"~{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"
        taken.add(name.casefold())
        mine = by_record.get((record["student"], record["set"]), {})
        page_of = feedback_page(record, mine, titles.get(record["set"], record["set"]), said)
        write_if_other(folder / f"{name}.html", page_of)
    return len(taken)


def feedback_page(record: Record, marks: Marks, title: str, said: Said | None = None) -> str:
    """The page as HTML: no script, no address, every word of the student escaped.

    What could not be graded has no points and no list of what is missing: the reason stands on top.
    """
    kit = said or Said()
    texts, sums = kit.texts, total(record, marks)
    number = record["set"].removeprefix("set")
    title = f"Set {number}: {title}" if number.isdigit() else title
    head = [
        element("h1", title),
        element("p", f"For {_shown(spoken(str(record['name'])) or record['student'])}", class_="who"),
    ]
    if no_grade(record, marks):
        return page(f"{title} – feedback", [*head, *_why_not(record), *_from_teacher(record, marks)])
    waiting = f" so far. {_many(sums.open)} still to be read by your teacher." if sums.open else "."
    body = [
        *head,
        *(_why_not(record) if record["status"] != "graded" else []),
        element("p", [element("strong", f"{sums.points:g} of {sums.of:g} points"), element("span", waiting)]),
        _summary(record, marks),
        *_went_well(record, texts),
        *(_differs(record, texts) if record["status"] == "graded" else []),
        *_written(record, marks, kit.levels),
        *_from_teacher(record, marks),
        *(_repairs(record) if record["status"] == "graded" else []),
    ]
    return page(f"{title} – feedback", body)


def _why_not(record: Record) -> list[str]:
    """Why a hand-in could not be graded, and what becomes of it."""
    return [
        element("p", [element("strong", "This hand-in could not be graded by the machine.")]),
        element("ul", [element("li", _shown(note)) for note in record["notes"]]),
        element("p", "Ask your teacher how to go on."),
    ]


def _many(n: int) -> str:
    return "1 of your answers is" if n == 1 else f"{n} of your answers are"


def _label(grade_id: str, record: Record) -> str:
    """What a cell is called on the page: “A Annotate”, “C1”, a number in the capstone."""
    letter = part(grade_id, record["set"])
    return f"{letter} {PARTS.get(letter, '')}".strip()


def _summary(record: Record, marks: Marks) -> str:
    rows = []
    for grade_id in record["cells"]:
        points, of = cell_points(record, grade_id, marks)
        shown = f"{points or 0:g}"
        if still_open(record, grade_id, marks):
            shown = f"{shown} so far" if points else "to be read"
        cells = [
            element("th", _label(grade_id, record), scope="row"),
            element("td", shown),
            element("td", f"{of:g}"),
        ]
        rows.append(element("tr", cells))
    head = element("tr", [element("th", t, scope="col") for t in ("Part", "Points", "Of")])
    return element("table", [element("thead", [head]), element("tbody", rows)])


def _parts(record: Record, *statuses: str) -> list[Mapping[str, Any]]:
    """What was said with these statuses, without the track that was not taken."""
    return [
        p
        for cell in record["cells"].values()
        for p in cell["parts"]
        if p["status"] in statuses and not (p["status"] == "not attempted" and other_track(cell, p))
    ]


def _went_well(record: Record, texts: Mapping[str, str]) -> list[str]:
    parts = _parts(record, "correct")
    if not parts:
        return []
    return [
        element("h2", "What went well"),
        element("ul", [_line("✓", p, texts) for p in parts], class_="well"),
    ]


def _differs(record: Record, texts: Mapping[str, str]) -> list[str]:
    found = []
    differing, blank = _parts(record, "not yet"), _parts(record, "not attempted")
    blank += _unexplained(record)
    if differing:
        found += [
            element("h2", "What to look at again, and why"),
            element("ul", [_line("→", p, texts) for p in differing]),
        ]
    if blank:
        items: dict[str, list[str]] = {}
        for p in (p for p in blank if p["item"] not in texts):
            items.setdefault(p["question"], []).extend([p["item"]] if p["item"] else [])
        names = "; ".join(f"{q}: {', '.join(i)}" if i else q for q, i in items.items())
        found.append(element("h2", "Not answered"))
        found += [element("p", f"{names}.")] if names else []
        lines = [element("li", _what(p, texts)) for p in blank if p["item"] in texts]
        found += [element("ul", lines)] if lines else []
    return found


def _unexplained(record: Record) -> list[Mapping[str, Any]]:
    """The explanations of reading tasks that were begun and not explained."""
    found: list[Mapping[str, Any]] = []
    for cell in record["cells"].values():
        if cell.get("track") == "N" and not cell["because"]:
            asked = next((p["question"] for p in cell["parts"] if p["question"].endswith(".N")), "")
            found += [{"question": asked, "item": "because"}] if asked else []
    return found


def _what(answer: Mapping[str, Any], texts: Mapping[str, str]) -> list[str]:
    """What was asked; if that is a sentence, with its text."""
    what = _shown(f"{answer['question']} {answer['item']}".strip())
    text = texts.get(answer["item"])
    return [element("strong", f"{what}."), *([element("small", f" {text}")] if text else [])]


def _line(sign: str, answer: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    option = texts.get(f"{answer['item']} {answer['answer']}", "")
    chosen = f"{_shown(answer['answer'])}, “{option}”" if option else _shown(answer["answer"])
    said = f" Your answer: {chosen.rstrip('.')}." if answer["answer"] else ""
    half = " Partly right." if sign == "→" and answer["points"] else ""
    lines = _shown(answer["message"]).split("\n")
    return element(
        "li",
        [
            element("span", f"{sign} "),
            *_what(answer, texts),
            element("span", f"{said}{half} {lines[0]}"),
            *(element("div", line) for line in lines[1:]),
        ],
    )


def _written(
    record: Record, marks: Marks, levels: Mapping[tuple[str, str], Mapping[float, str]]
) -> list[str]:
    """What the student wrote, with what a person gave and said, and what such points stand for."""
    found = []
    for grade_id, cell in record["cells"].items():
        text = cell.get("text") or cell.get("because")
        if not text:
            continue
        letter = part(grade_id, record["set"])
        found += [element("h2", f"{letter}: your words"), element("blockquote", [element("p", _shown(text))])]
        points, of = cell_points(record, grade_id, marks)
        given = marks.get((record["student"], record["set"], grade_id))
        explained = bool(cell.get("because")) and (given is None or given.points is None)
        if explained:
            points, of = (None if given is None else given.extra), cell["extra"]
        if still_open(record, grade_id, marks):
            found.append(element("p", "Your teacher will read this."))
        elif points is not None:
            asked = next((p["question"] for p in cell["parts"] if not other_track(cell, p)), "")
            earned = levels.get((record["set"], asked), {}).get(points, "")
            for_what = " for the explanation" if explained else ""
            points_of = element("strong", f"{points:g} of {of:g} points{for_what}.")
            found.append(
                element("p", [points_of, element("span", f" Such an answer: {earned}." if earned else "")])
            )
        said = marks.get((record["student"], record["set"], _answer_cell(grade_id, record)))
        if said is not None and said.comment:
            found.append(element("p", f"Your teacher: {_shown(said.comment)}", class_="comment"))
    return found


def _answer_cell(grade_id: str, record: Record) -> str:
    """The cell that a comment on a written answer belongs to."""
    return f"{record['set']}-N" if record["cells"][grade_id].get("because") else grade_id


def _from_teacher(record: Record, marks: Marks) -> list[str]:
    """Points and comments that a person gave for anything else, such as the labels or the code."""
    written = {i for i, c in record["cells"].items() if c.get("text") or c.get("because")}
    shown = {_answer_cell(i, record) for i in written}
    lines = []
    for (student, name, grade_id), given in marks.items():
        if (student, name) != (record["student"], record["set"]):
            continue
        said = []
        if grade_id in record["cells"] and grade_id not in written and given.points is not None:
            points, of = cell_points(record, grade_id, marks)
            said.append(f"{points or 0:g} of {of:g} points, given by your teacher.")
        if given.comment and grade_id not in shown:
            said.append(_shown(given.comment))
        if said:
            label = element("strong", f"{_label(grade_id, record)}.")
            lines.append(element("li", [label, element("span", f" {' '.join(said)}")]))
    return [element("h2", "From your teacher"), element("ul", lines)] if lines else []


def _repairs(record: Record) -> list[str]:
    if not record["notes"]:
        return []
    return [
        element("h2", "About the file"),
        element("ul", [element("li", _shown(note)) for note in record["notes"]]),
    ]


def _shown(text: Any) -> str:
    """A text for a page: nothing unseen, nothing that turns other words around, and not without end."""
    plain = str(text)
    if not (plain.isascii() and plain.isprintable()):  # most are, and then nothing is to be done
        plain = plain.encode("utf-8", "replace").decode("utf-8").translate(UNSEEN)
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]} … (cut: {len(plain)} characters)"
