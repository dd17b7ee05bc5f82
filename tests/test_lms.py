"""The tables for people and platforms: read back with csv and pandas, they say what the records say."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from test_gradebook import record
from whosays.classroom import lms
from whosays.classroom.gradebook import Mark
from whosays.classroom.roster import RosterError, column_of, matches, read_roster

FORMULA = re.compile(r"[\s'\"]*[=+\-@＝＋－＠]|[\t\r]")
HEAD = "Student,ID,SIS User ID,SIS Login ID,Section,Art (7),Set 1 (123),Set 10 (124),Set 1 Final Score"
CANVAS_EXPORT = f"""{HEAD}
    Points Possible,,,,,10,20,20,(read only)
"Lee, Amy",101,u1,amy@example.org,A,7,3,,12
"O'Brien, Bo",102,u2,bo@example.org,A,8,18.5,,12
"Hall, Cy Ann",103,u3,cy@example.org,A,9,EX,,12
"Student, Test",999,,x,A,,,,
"""
MOODLE_LIST = """Identifier,Full name,Email address,Status,Grade,ID number
Participant 12345,Amy Lee,Amy.Lee@Example.ORG,Submitted,,007
Participant 12346,Zoë Müller,zm@example.org,Submitted,,008
Participant 12399,Cy Hall,cy@example.org,No submission,,009
"""


def parsed(text: str) -> list[dict[str, str]]:
    """By Python's csv; pandas has to find the same cells."""
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    assert table.to_dict("records") == rows
    assert text.count("\r\n") == len(rows) + 1
    return rows


def canvas(student: str, number: str, name: str = "set1", **more):
    about = {"kind": "canvas", "id": number, "late": more.pop("late", False)}
    return record(f"{student}-{number}", name, name_of=student, lms=about, **more)


def moodle(student: str, number: str, name: str = "set1", **more):
    return record(
        f"{student}-{number}",
        name,
        name_of=student,
        lms={"kind": "moodle", "id": number, "late": False},
        **more,
    )


def roster(tmp_path: Path, text: str, encoding: str = "utf-8") -> pd.DataFrame:
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return read_roster(path)


# The plain table ------------------------------------------------------------------------------------------


def test_a_row_a_submission_with_points_marks_and_notes() -> None:
    records = [
        record("amy", a=5.5, notes=["Saved as UTF-16.", 'It said "hi", twice.']),
        record("amy", a=1.0, superseded=True, path="old.ipynb"),
        record("bo", "set2", text="", lms={"kind": "canvas", "id": "1", "late": True}),
        record("cy", set="", cells={}, status="no notebook", notes=["No notebook."]),
    ]
    marks = {("amy", "set1", "set1-D"): Mark(3.25), ("amy", "set1", "set1-C-test"): Mark(None, 1.5)}
    amy, old, bo, cy = parsed(lms.plain_csv(records, marks))
    parts = ("A", "C", "D", "points", "of", "to_be_read")
    assert [amy[c] for c in parts] == ["5.5", "5.5", "3.25", "14.25", "16", "0"]
    assert [old[c] for c in parts] == ["1", "4", "", "5", "16", "0"], "nobody has to read it"
    assert [bo[c] for c in (*parts, "late", "set")] == ["5.5", "4", "0", "9.5", "16", "0", "late", "set2"]
    assert [cy[c] for c in (*parts, "status")] == ["", "", "", "0", "0", "0", "no notebook"]
    assert amy["notes"] == 'Saved as UTF-16. It said "hi", twice.'


def test_numbers_are_bare_and_have_a_point() -> None:
    text = lms.plain_csv([record("amy", a=5.5), record("bo", a=1 / 3)], {})
    table = pd.read_csv(io.StringIO(text))
    assert list(table["A"]) == [5.5, 0.33]
    assert table["points"].dtype == float
    assert ',"' not in text
    assert lms.number(20.0) == "20"
    assert lms.number(0.0) == "0"
    assert lms.number(None) == ""


ODD = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", ' "=1', "'=1",
    "\ufeff=1", "|x", "%x", "a;=1+1", "a; -1",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_no_cell_is_a_formula(text: str) -> None:
    shown = lms.safe(text)
    for cell in (shown, *shown.split(";")):
        assert not FORMULA.match(cell) or cell.startswith("'")
    assert "\t" not in shown
    assert "\r" not in shown
    assert "\n" not in shown


@given(st.text(st.characters(), max_size=40))
def test_no_text_breaks_a_table(text: str) -> None:
    rows = parsed(lms.plain_csv([record("amy", name_of=text, notes=[text], path=text), record("bo")], {}))
    assert [r["student"] for r in rows] == ["amy", "bo"]
    assert rows[0]["name"] == rows[0]["path"] == lms.safe(text)
    for cell in (rows[0]["name"], *rows[0]["name"].split(";")):
        assert not FORMULA.match(cell) or cell.startswith("'")


def test_words_stay_as_they_are() -> None:
    for text in ("Zoë Müller", "O'Brien, Bo", "a=b", "s1-2", "李 小龍", "50% of it"):
        assert lms.safe(text) == text


# What counts ----------------------------------------------------------------------------------------------


def test_two_sets_are_two_columns_and_what_is_superseded_is_out() -> None:
    records = [
        canvas("leeamy", "101", a=5.5),
        canvas("leeamy", "101", a=2.0, superseded=True, path="old"),
        canvas("leeamy", "101", "set2", a=6.0),
        canvas("obrienbo", "102", "set2", a=0.0),
    ]
    for text, columns in (
        (lms.canvas_csv(records, {}), [*lms.CANVAS, "set1", "set2"]),
        (lms.moodle_csv(records, {}), [*lms.MOODLE, "set1", "set2"]),
    ):
        rows = [r for r in parsed(text) if "Points Possible" not in r[columns[0]]]
        assert list(rows[0]) == columns
        assert [(r["set1"], r["set2"]) for r in rows] == [("9.5", "10"), ("", "4")]


def test_what_we_failed_to_grade_gets_no_zero() -> None:
    failed = record("amy", a=0.0, text="", status="stopped")
    failed["cells"]["set1-C-test"]["points"] = 0.0
    assert len(parsed(lms.moodle_csv([failed, record("bo")], {}))) == 1
    by_hand = {("amy", "set1", "set1-D"): Mark(3.0)}
    assert [r["set1"] for r in parsed(lms.moodle_csv([failed, record("bo")], by_hand))] == ["3", "9.5"]
    assert lms.remarks([failed], {}) == ["Not graded (stopped: 1). The notes in the table say why."]


# Canvas ---------------------------------------------------------------------------------------------------


def test_canvas_without_a_roster_has_what_the_names_of_the_files_tell() -> None:
    records = [canvas("leeamy", "101"), canvas("anon", "12345"), record("bo@example.org")]
    text = lms.canvas_csv(records, {})
    possible, amy, anonymous, bo = parsed(text)
    assert text.splitlines()[0] == "Student,ID,SIS User ID,SIS Login ID,Section,set1"
    assert possible == dict.fromkeys(lms.CANVAS, "") | {"Student": "    Points Possible", "set1": "16"}
    assert (amy["Student"], amy["ID"], amy["SIS Login ID"]) == ("leeamy", "101", "")
    assert anonymous["ID"] == "", "that number is not the one of a user"
    assert (bo["ID"], bo["SIS Login ID"]) == ("", "bo@example.org")


def test_canvas_with_its_own_export(tmp_path: Path) -> None:
    table = roster(tmp_path, CANVAS_EXPORT)
    records = [canvas("leeamy", "101", a=6.0), canvas("diazdi", "104"), canvas("obrienbo", "102", "set10")]
    rows = parsed(lms.canvas_csv(records, {}, table))
    assert list(rows[0]) == [*lms.CANVAS, "Set 1 (123)", "Set 10 (124)"]
    assert "Points Possible" in rows[0]["Student"]
    amy, bo, cy = rows[1:]
    assert (amy["Student"], amy["ID"], amy["SIS User ID"], amy["Section"]) == ("Lee, Amy", "101", "u1", "A")
    assert amy["SIS Login ID"] == "amy@example.org"
    assert (amy["Set 1 (123)"], amy["Set 10 (124)"]) == ("10", "")
    assert (bo["Set 1 (123)"], bo["Set 10 (124)"]) == ("18.5", "9.5"), "an empty cell would delete a grade"
    assert cy["Set 1 (123)"] == "EX"
    assert lms.remarks(records, {}, table) == [
        "Handed in, but not in the roster, so not in its files: diazdi-104.",
        "In the roster, nothing handed in: Hall, Cy Ann.",
    ]


def test_a_column_is_taken_only_where_there_is_one(tmp_path: Path) -> None:
    def found(*columns: str) -> str | None:
        return column_of("set1", pd.DataFrame(columns=["Student", *columns]))

    assert found("Set 1 (12)") == "Set 1 (12)"
    assert found("Homework: set1 – who is speaking (12)", "Set 10 (13)", "Reset1 (14)").startswith("Homework")
    assert found("Set 1 (12)", "Set 1 extra (13)") == "Set 1 (12)"
    assert found("Set 1 early (12)", "Set 1 late (13)") is None
    assert found("Set 1 Final Score", "Set 10 (1)") is None
    table = roster(tmp_path, CANVAS_EXPORT.replace("Set 1 (123)", "Week 1 (123)"))
    assert parsed(lms.canvas_csv([canvas("leeamy", "101")], {}, table))[1]["set1"] == "9.5"
    (remark,) = [r for r in lms.remarks([canvas("leeamy", "101")], {}, table) if "column" in r]
    assert "set1" in remark


# Moodle ---------------------------------------------------------------------------------------------------


def test_moodle_without_a_roster_says_that_it_needs_one() -> None:
    records = [moodle("Zoë Müller", "12346"), record("amy@example.org")]
    zoe, amy = parsed(lms.moodle_csv(records, {}))
    assert list(zoe) == ["Identifier", "Full name", "Email address", "ID number", "set1"]
    assert (zoe["Identifier"], zoe["Full name"], zoe["ID number"]) == ("Participant 12346", "Zoë Müller", "")
    assert amy["ID number"] == "amy@example.org"
    assert any("--roster" in r for r in lms.remarks(records, {}))
    assert lms.remarks([record("amy")], {}) == []


def test_moodle_with_its_own_list(tmp_path: Path) -> None:
    table = roster(tmp_path, MOODLE_LIST)
    records = [moodle("Zoë Müller", "12346"), moodle("Amy Lee", "12345", a=6.0), moodle("Di Diaz", "9")]
    amy, zoe, cy = parsed(lms.moodle_csv(records, {}, table))
    assert amy == {
        "Identifier": "Participant 12345", "Full name": "Amy Lee", "Email address": "Amy.Lee@Example.ORG",
        "ID number": "007", "set1": "10",
    }  # fmt: skip
    assert (zoe["set1"], cy["set1"]) == ("9.5", "")
    assert lms.remarks(records, {}, table) == [
        "Handed in, but not in the roster, so not in its files: Di Diaz-9.",
        "In the roster, nothing handed in: Cy Hall.",
    ]


# Rosters --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_rosters_as_excel_saves_them(tmp_path: Path, encoding: str, separator: str) -> None:
    rows = csv.reader(io.StringIO(CANVAS_EXPORT))
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    table = roster(tmp_path, out.getvalue(), encoding)
    assert list(table["Student"]) == ["Lee, Amy", "O'Brien, Bo", "Hall, Cy Ann"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "row 1: found nothing; expected a column"),
        (b"name,points\nAmy,3\n", "row 1: found name, points; expected a column"),
        (b"Student,ID\nZo\xeb,1\n", "row 2: no UTF-8"),
        (b"Student,ID\nAmy,1,2,3\n", "row 2: found 4 cells, expected 2"),
        (b'Student,ID\n"' + b"a" * 200_000, "no table"),
    ],
)
def test_a_roster_that_cannot_be_read_is_named_with_its_row(tmp_path: Path, raw: bytes, words: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(raw)
    with pytest.raises(RosterError, match=re.escape(words)) as caught:
        read_roster(path)
    assert str(caught.value).startswith("list.csv")
    with pytest.raises(RosterError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")


def people(*records):
    return lms.by_student(records, {})[1]


def test_nobody_gets_the_row_of_another(tmp_path: Path) -> None:
    table = roster(tmp_path, CANVAS_EXPORT)
    assert matches(people(canvas("hallcyann", "")), table) == {2: "hallcyann-"}
    assert matches(people(canvas("yancyhall", "")), table) == {}, "the same letters are no name"
    assert matches(people(moodle("Nobody", "101")), table) == {}, "Moodle's numbers mean nothing in Canvas"
    assert matches(people(record("AMY@example.org")), table) == {0: "AMY@example.org"}
    twins = roster(tmp_path, CANVAS_EXPORT + '"Lee, Amy",104,u4,amy2@example.org,B,,,,\n')
    assert matches(people(canvas("leeamy", "")), twins) == {}, "two of that name"
    assert matches(people(canvas("leeamy", "104")), twins) == {3: "leeamy-104"}


def test_thousands_are_matched_at_once(tmp_path: Path) -> None:
    many = 5000
    rows = "".join(f'"Fam{n}, Giv{n}",{n},,login{n},A\n' for n in range(many))
    table = roster(tmp_path, "Student,ID,SIS User ID,SIS Login ID,Section\n" + rows)
    given_names = {s: {"student": s, "name": s, "lms": {"kind": "canvas", "id": "", "late": False}}
                   for s in (f"fam{n}giv{n}" for n in range(many))}  # fmt: skip
    assert len(matches(given_names, table)) == many
