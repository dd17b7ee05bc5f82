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

from test_gradebook import part, record
from whosays.classroom import lms
from whosays.classroom.gradebook import Mark
from whosays.classroom.journal import OLDER
from whosays.classroom.roster import (
    RosterError,
    column_of,
    matches,
    names_of,
    read_roster,
    roster_for,
    spoken,
)

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
    assert [r["set1"] for r in parsed(lms.moodle_csv([failed, record("bo")], {}))] == ["", "9.5"]
    assert [r["set1"] for r in parsed(lms.canvas_csv([failed, record("bo")], {}))] == ["16", "", "9.5"]
    by_hand = {("amy", "set1", "set1-D"): Mark(0.0)}
    assert [r["set1"] for r in parsed(lms.moodle_csv([failed], by_hand))] == ["0"], "a person meant that 0"
    assert lms.remarks([failed], by_hand) == []
    by_hand = {("amy", "set1", "set1-D"): Mark(3.0)}
    assert [r["set1"] for r in parsed(lms.moodle_csv([failed, record("bo")], by_hand))] == ["3", "9.5"]
    assert lms.remarks([failed], {}) == [
        "Not graded, so the files for your LMS have a blank and no 0: amy (set1, stopped). "
        "The notes in the table say why; a grade that the roster has stays."
    ]


@pytest.mark.parametrize("status", ["stopped", "not readable", "no notebook", "no set"])
def test_a_grade_that_is_there_stays_where_nothing_could_be_graded(tmp_path: Path, status: str) -> None:
    name, cells = ("", {}) if status == "no set" else ("set1", record(text="")["cells"])
    for cell in cells.values():
        cell["points"] = 0.0
    amy = canvas("leeamy", "101", name, status=status, cells=cells)
    bo = canvas("obrienbo", "102", a=6.0)
    table = roster(tmp_path, CANVAS_EXPORT)
    rows = parsed(lms.canvas_csv([amy, bo], {}, table))
    assert [r["Set 1 (123)"] for r in rows[1:]] == ["3", "10", "EX"]
    said = lms.remarks([amy, bo], {}, table)
    assert f"no 0: Lee, Amy ({'set1, ' if name else ''}{status})." in said[0]
    assert said[-1] == "In the roster, nothing handed in: Hall, Cy Ann.", "Amy did hand in"
    first, _ = parsed(lms.plain_csv([amy, bo], {}))
    assert (first["points"], first["status"]) == ("0", status)
    listed = roster(tmp_path, MOODLE_LIST)
    failed = moodle("Amy Lee", "12345", name, status=status, cells=cells)
    rows = parsed(lms.moodle_csv([failed, moodle("Zoë Müller", "12346")], {}, listed))
    assert [r["set1"] for r in rows] == ["", "9.5", ""]


def test_what_is_still_to_be_read_is_counted_by_question() -> None:
    read = record("cy", because="Bars.")
    read["cells"]["set1-C-test"]["parts"] = [part("1.C1", 0, 6.0, "not attempted"), part("1.N", 2.0, 4.0)]
    records = [record("amy"), record("bo"), read, record("di", text=""), record("ed", superseded=True)]
    marks = {("bo", "set1", "set1-D"): Mark(2.0)}
    (said,) = lms.remarks(records, marks)
    assert said.startswith(
        "3 answers are still to be read (1.D: 2, 1.N: 1). Until then the points in the files"
    )
    assert lms.remarks([record("amy")], {})[0].startswith("1 answer is still to be read (1.D: 1).")


def test_whose_points_moved_is_told_up_to_ten(tmp_path: Path) -> None:
    old = [record(f"s{n:02}", a=n % 5, path=f"=s{n:02}") for n in range(12)]
    table = tmp_path / "grades.csv"
    table.write_text("\ufeff" + lms.plain_csv(old, {}), encoding="utf-8", newline="")
    before = lms.rows_in(table)
    assert len(before) == 12
    assert lms.moved(old, {}, before, {}) == ""
    again = record("s00", a=1.0, superseded=True, path="=s00")
    new = [again, record("s01", a=1.5, path="=s01"), *old[2:], record("s99", path="new")]
    assert lms.moved(new, {}, before, {"s01": "Doe, Jane"}) == "Points moved: Doe, Jane (set1) 5 → 5.5."
    for one in old:
        one["cells"]["set1-A-test"]["points"] = 6.0
    said = lms.moved(old, {}, before, {})
    assert said.count("→") == 10
    assert said.endswith("s09 (set1) 8 → 10 and 2 more.")
    assert lms.rows_in(tmp_path / "none.csv") == {}
    assert lms.moved(new, {}, {}, {}) == ""


def test_who_handed_in_again_is_compared_with_what_counted_until_then(tmp_path: Path) -> None:
    table = tmp_path / "grades.csv"
    table.write_text(
        "\ufeff" + lms.plain_csv([record("amy", a=3.0, path="one")], {}), encoding="utf-8", newline=""
    )
    before = lms.rows_in(table)
    again = [record("amy", a=3.0, path="one", superseded=True), record("amy", a=1.0, path="two")]
    assert lms.moved(again, {}, before, {}) == "Points moved: amy (set1, handed in again) 7 → 5."
    older = record("amy", a=6.0, path="zero", superseded=True, notes=[f"{OLDER}one is newer, and counts."])
    table.write_text(
        "\ufeff" + lms.plain_csv([record("amy", a=3.0, path="one"), older], {}), encoding="utf-8"
    )
    assert lms.moved(again, {}, lms.rows_in(table), {}) == "Points moved: amy (set1, handed in again) 7 → 5."


def test_who_is_no_longer_in_what_was_given_is_named(tmp_path: Path) -> None:
    table = tmp_path / "grades.csv"
    there = [record("amy", path="set1/amy"), record("bo", path="set1/bo")]
    table.write_text("\ufeff" + lms.plain_csv(there, {}), encoding="utf-8", newline="")
    before = lms.rows_in(table)
    assert lms.gone(there, before) == ""
    assert lms.gone([record("amy", path="elsewhere"), there[1]], before) == "", (
        "a new path is the same student"
    )
    said = lms.gone([there[0]], before)
    assert said.startswith(
        "No longer in the tables, since not in what was given: bo (set1). To have all in one"
    )


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
    assert lms.remarks(records, {}, table)[1:] == [
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
    assert lms.remarks([record("amy", text="")], {}) == []


def test_moodle_with_its_own_list(tmp_path: Path) -> None:
    table = roster(tmp_path, MOODLE_LIST)
    records = [moodle("Zoë Müller", "12346"), moodle("Amy Lee", "12345", a=6.0), moodle("Di Diaz", "9")]
    amy, zoe, cy = parsed(lms.moodle_csv(records, {}, table))
    assert amy == {
        "Identifier": "Participant 12345", "Full name": "Amy Lee", "Email address": "Amy.Lee@Example.ORG",
        "ID number": "007", "set1": "10",
    }  # fmt: skip
    assert (zoe["set1"], cy["set1"]) == ("9.5", "")
    assert lms.remarks(records, {}, table)[1:] == [
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


def test_names_are_those_of_the_roster(tmp_path: Path) -> None:
    given_in = people(canvas("leeamy", "101"), record("bo@example.org"), canvas("diazdi", "104"))
    table = roster(tmp_path, CANVAS_EXPORT)
    assert names_of(given_in, table) == {"leeamy-101": "Lee, Amy", "bo@example.org": "O'Brien, Bo"}
    assert names_of(given_in, None) == {}
    table = roster(tmp_path, "First name,Last name,Email address\nBo,O'Brien,bo@example.org\n,,amy@x.org\n")
    assert names_of(people(record("bo@example.org"), record("amy@x.org")), table) == {
        "bo@example.org": "Bo O'Brien"
    }
    assert names_of(given_in, roster(tmp_path, "Email address\nbo@example.org\n")) == {}
    found = [spoken(n) for n in ("Doe, Jane", "Jane Doe", "Doe, Jane, Dr", "Doe,", "")]
    assert found == ["Jane Doe", "Jane Doe", "Doe, Jane, Dr", "Doe,", ""]


def test_names_with_commas_are_listed_with_semicolons(tmp_path: Path) -> None:
    said = lms.remarks([canvas("leeamy", "101", text="")], {}, roster(tmp_path, CANVAS_EXPORT))
    assert said == ["In the roster, nothing handed in: O'Brien, Bo; Hall, Cy Ann."]


def test_a_roster_is_kept_beside_its_table(tmp_path: Path) -> None:
    out, given_list = tmp_path / "week.csv", tmp_path / "list.csv"
    assert roster_for(out, None).table is None
    given_list.write_bytes(CANVAS_EXPORT.encode("utf-16"))
    first = roster_for(out, given_list)
    assert first.remark == ""
    assert first.keep(out) == [tmp_path / "week.roster.csv"]
    later = roster_for(out, None)
    assert later.table is not None
    assert later.table.equals(first.table)
    assert "week.roster.csv of an earlier run was used" in later.remark
    assert later.keep(out) == []
    given_list.write_text(MOODLE_LIST, encoding="utf-8")
    roster_for(out, given_list).keep(out)
    replaced = roster_for(out, None).table
    assert replaced is not None
    assert "Full name" in replaced
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.csv", "week.roster.csv"]
    (tmp_path / "week.roster.csv").write_text("broken\n")
    with pytest.raises(RosterError, match=re.escape("week.roster.csv, row 1")):
        roster_for(out, None)


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
