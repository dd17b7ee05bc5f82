"""Finding submissions: every hand-in is a row, in each layout, as a folder or a zip, whatever is in it."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from whosays.classroom import submissions
from whosays.classroom.submissions import NotFound, Submission, find

SETS = ["set1", "set2", "set10", "capstone"]
NOTEBOOK = b'{"cells": [], "nbformat": 4}'
Files = Mapping[str, bytes]
Layout = Callable[[Path, Files], Path]


def as_folder(tmp: Path, files: Files) -> Path:
    top = tmp / "week"
    top.mkdir()
    for name, content in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return top


def zipped(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def as_zip(tmp: Path, files: Files) -> Path:
    path = tmp / "week.zip"
    path.write_bytes(zipped(files))
    return path


def notebooks(*names: str) -> dict[str, bytes]:
    return dict.fromkeys(names, NOTEBOOK)


def rows(given: Path, tmp: Path) -> dict[str, Submission]:
    """What is found, by path; each with a notebook can be read."""
    found = find(given, tmp / "scratch", SETS)
    by_path = {s.path: s for s in found}
    assert len(by_path) == len(found)
    for row in found:
        assert bool(row.problem) == (row.file is None)
        assert row.file is None or row.file.read_bytes() == NOTEBOOK
    return by_path


def who(found: Mapping[str, Submission]) -> set[tuple[str, str]]:
    return {(s.student, s.hint) for s in found.values()}


both = pytest.mark.parametrize("layout", [as_folder, as_zip])

# Layouts --------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("above", ["", "submitted/", "course/submitted/"])
def test_nbgraders_layout(tmp_path: Path, layout: Layout, above: str) -> None:
    files = notebooks(
        f"{above}amy/set1/set1.ipynb", f"{above}amy/set2/set2.ipynb", f"{above}bo/set1/set1.ipynb"
    )
    files[f"{above}amy/set1/timestamp.txt"] = b"2026-11-02 08:15:00.000000 UTC"
    found = rows(layout(tmp_path, files), tmp_path)
    assert who(found) == {("amy", "set1"), ("amy", "set2"), ("bo", "set1")}
    amy = found[next(p for p in found if "amy/set1" in p)]
    assert amy.kind == "nbgrader"
    assert amy.handed_in.startswith("2026-11-02 08:15")


@both
def test_what_nbgrader_itself_leaves_in_a_course_is_nobodys_work(tmp_path: Path, layout: Layout) -> None:
    own = ("source/set1/set1.ipynb", "release/set1/set1.ipynb", "autograded/amy/set1/set1.ipynb")
    files = notebooks(*own, "submitted/amy/set1/set1.ipynb")
    assert who(rows(layout(tmp_path, files), tmp_path)) == {("amy", "set1")}


@both
def test_a_flat_folder(tmp_path: Path, layout: Layout) -> None:
    files = notebooks("amy.ipynb", "bo-set1.ipynb", "set2-cy.ipynb", "set10_di.ipynb", "eli set1.ipynb")
    files |= notebooks("Flo Gray-capstone.ipynb")
    found = rows(layout(tmp_path, files), tmp_path)
    expected = {("amy", ""), ("bo", "set1"), ("cy", "set2"), ("di", "set10"), ("eli", "set1")}
    assert who(found) == expected | {("Flo Gray", "capstone")}


@both
def test_canvas_names(tmp_path: Path, layout: Layout) -> None:
    files = notebooks(
        "leeamy_101_9001_set1.ipynb",
        "obrienbo_LATE_102_9002_set1-1.ipynb",
        "obrienbo_102_8000_set1.ipynb",
        "grayflo_103_9003_my work (2).ipynb",
    )
    files["hallcy_104_text.html"] = b"<p>I forgot.</p>"
    files["diazdi_LATE_105_9005_essay.docx"] = b"PK\x03\x04"
    found = rows(layout(tmp_path, files), tmp_path)
    assert len(found) == 6
    assert {s.kind for s in found.values()} == {"canvas"}
    assert who(found) == {
        ("leeamy-101", "set1"), ("obrienbo-102", "set1"), ("grayflo-103", ""), ("hallcy-104", ""),
        ("diazdi-105", ""),
    }  # fmt: skip
    by_file = {s.path: s for s in found.values()}
    late, first = by_file["obrienbo_LATE_102_9002_set1-1.ipynb"], by_file["obrienbo_102_8000_set1.ipynb"]
    assert (late.late, late.lms_id, late.name, late.attempt) == (True, "102", "obrienbo", 1)
    assert (first.late, first.attempt) == (False, 0)
    assert (late.attempt, late.handed_in) > (first.attempt, first.handed_in)
    assert "typed into Canvas" in by_file["hallcy_104_text.html"].problem
    assert "essay.docx" in by_file["diazdi_LATE_105_9005_essay.docx"].problem
    assert by_file["diazdi_LATE_105_9005_essay.docx"].late


@both
def test_attempts_of_canvas_sort_as_numbers(tmp_path: Path, layout: Layout) -> None:
    names = [f"leeamy_101_900{n % 10}_set1{f'-{n}' if n else ''}.ipynb" for n in range(12)]
    found = rows(layout(tmp_path, notebooks(*names)), tmp_path)
    newest = max(found.values(), key=lambda s: (s.attempt, s.handed_in, s.path))
    assert (len(found), newest.attempt) == (12, 11)


@both
@pytest.mark.parametrize("inside", [True, False])
def test_moodle_names(tmp_path: Path, layout: Layout, inside: bool) -> None:
    """With folders (a folder a student) and without (all in the file's name)."""
    joint = "/" if inside else ""
    files = notebooks(
        f"Amy Lee_12345_assignsubmission_file_{joint}set1.ipynb",
        f"Bo O'Brien_12346_assignsubmission_file_{joint}renamed.ipynb",
        f"Zoë Müller_12347_assignsubmission_file_{joint}set2.ipynb",
    )
    files[f"Cy_Hall_12348_assignsubmission_file_{joint}essay.pdf"] = b"%PDF-1.4"
    files["Di Diaz_12349_assignsubmission_onlinetext_onlinetext.html"] = b"<p>Hello</p>"
    files["Amy Lee_12345_assignsubmission_onlinetext_onlinetext.html"] = b"<p>See the file.</p>"
    found = rows(layout(tmp_path, files), tmp_path)
    assert who(found) == {
        ("Amy Lee-12345", "set1"), ("Bo O'Brien-12346", ""), ("Zoë Müller-12347", "set2"),
        ("Cy_Hall-12348", ""), ("Di Diaz-12349", ""),
    }  # fmt: skip
    assert len(found) == 5
    by_student = {s.student: s for s in found.values()}
    assert {s.kind for s in found.values()} == {"moodle"}
    assert by_student["Zoë Müller-12347"].name == "Zoë Müller"
    assert "essay.pdf" in by_student["Cy_Hall-12348"].problem
    assert "typed into Moodle" in by_student["Di Diaz-12349"].problem


def test_a_set_of_one_folder_and_a_wrapped_zip(tmp_path: Path) -> None:
    """What people make of it: the folder of a set with a file each, and all of that in one more folder."""
    top = as_folder(tmp_path, notebooks("hand-ins/set1/amy.ipynb", "hand-ins/set1/bo.ipynb"))
    assert who(rows(top, tmp_path)) == {("amy", "set1"), ("bo", "set1")}


def test_one_student_alone(tmp_path: Path) -> None:
    top = as_folder(tmp_path, notebooks("amy/set1/set1.ipynb", "amy/set2/set2.ipynb"))
    assert {s.hint for s in find(top / "amy", tmp_path / "scratch", SETS)} == {"set1", "set2"}


WEEK = {
    "Set 1.zip": zipped(notebooks("leeamy_101_9001_mine.ipynb", "obrienbo_LATE_102_9002_set1.ipynb")),
    "set2 download.zip": zipped(notebooks("leeamy_101_9050_work.ipynb")),
    "class list.csv": b"Student,ID",
}


def test_a_folder_with_the_zips_of_an_lms(tmp_path: Path) -> None:
    """A teacher's week: the download of each set, as it came."""
    found = rows(as_folder(tmp_path, WEEK), tmp_path)
    assert who(found) == {("leeamy-101", "set1"), ("obrienbo-102", "set1"), ("leeamy-101", "set2")}
    assert {s.kind for s in found.values()} == {"canvas"}
    assert "set2 download.zip/leeamy_101_9050_work.ipynb" in found


def test_a_folder_with_one_zip_of_moodle(tmp_path: Path) -> None:
    inner = notebooks(
        "Amy Lee_12345_assignsubmission_file_/set1.ipynb", "Bo B_12346_assignsubmission_file_/x.ipynb"
    )
    found = rows(as_folder(tmp_path, {"download.zip": zipped(inner)}), tmp_path)
    assert who(found) == {("Amy Lee-12345", "set1"), ("Bo B-12346", "")}


@pytest.mark.parametrize(
    "beside", [notebooks("mallory.ipynb"), {"cy.zip": zipped(notebooks("set1.ipynb"))}, {"bad.zip": b"PK"}]
)
def test_a_students_zip_does_not_speak_for_others(tmp_path: Path, beside: dict[str, bytes]) -> None:
    """Beside the work of others, a zip is one student's, whatever names are in it."""
    found = rows(as_folder(tmp_path, {"mallory set1.zip": WEEK["Set 1.zip"]} | beside), tmp_path)
    assert not {s.student for s in found.values()} & {"leeamy-101", "obrienbo-102"}
    assert any("work of several students" in s.problem for s in found.values())


# One hand-in of several files -----------------------------------------------------------------------------


@both
def test_zips_in_the_zip(tmp_path: Path, layout: Layout) -> None:
    inner = zipped(notebooks("work/set1.ipynb") | {"work/data.csv": b"a,b"})
    files = {
        "leeamy_101_9001_set1.zip": inner,
        "obrienbo_102_9002_all.zip": zipped({"deep.zip": inner}),
        "hallcy_103_9003_cy.zip": zipped({"notes.txt": b"no notebook"}),
    }
    found = rows(layout(tmp_path, files), tmp_path)
    assert who(found) == {("leeamy-101", "set1"), ("obrienbo-102", ""), ("hallcy-103", "")}
    by_student = {s.student: s for s in found.values()}
    assert by_student["leeamy-101"].file is not None
    assert "zip inside a zip" in by_student["obrienbo-102"].problem
    assert "no notebook" in by_student["hallcy-103"].problem


@both
def test_several_notebooks_of_one_student_are_a_row_each(tmp_path: Path, layout: Layout) -> None:
    folder = "Amy Lee_12345_assignsubmission_file_"
    files = notebooks(f"{folder}/set1.ipynb", f"{folder}/set2.ipynb", f"{folder}/scratch.ipynb")
    files |= notebooks("Bo Ray_12346_assignsubmission_file_/set1.ipynb")
    found = rows(layout(tmp_path, files), tmp_path)
    assert len(found) == 4
    assert {s.hint for s in found.values() if s.student == "Amy Lee-12345"} >= {"set1", "set2"}


@both
def test_what_lies_beside_a_notebook_is_a_note(tmp_path: Path, layout: Layout) -> None:
    files = notebooks("amy/set1/set1.ipynb", "bo/set1/set1.ipynb") | {"amy/set1/virus.exe": b"MZ"}
    found = rows(layout(tmp_path, files), tmp_path)
    (amy,) = (s for s in found.values() if s.student == "amy")
    assert amy.notes == ("Also handed in, and not read: 'virus.exe'.",)


@both
def test_a_student_who_handed_in_nothing_readable_has_a_row(tmp_path: Path, layout: Layout) -> None:
    files = notebooks("amy/set1/set1.ipynb") | {
        "bo/set1/set1.ipynb.txt": b"{}",
        "cy/set1/essay.docx": b"PK",
        "di/set1/set1.pdf": b"%PDF",
    }
    found = rows(layout(tmp_path, files), tmp_path)
    problems = {s.student: s.problem for s in found.values()}
    assert set(problems) == {"amy", "bo", "cy", "di"}
    assert "rename it to 'set1.ipynb'" in problems["bo"]
    assert "'essay.docx', which is no notebook" in problems["cy"]
    assert {s.hint for s in found.values()} == {"set1"}


def test_an_empty_folder_of_a_student_has_a_row(tmp_path: Path) -> None:
    top = as_folder(tmp_path, notebooks("amy/set1/set1.ipynb"))
    (top / "bo/set1").mkdir(parents=True)
    found = rows(top, tmp_path)
    assert {(s.student, s.problem) for s in found.values()} == {
        ("amy", ""),
        ("bo", "No notebook: the folder is empty."),
    }


# Hostile names and files ----------------------------------------------------------------------------------


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_text("the key")
    top = as_folder(tmp_path, notebooks("amy/set1/set1.ipynb"))
    (top / "bo/set1").mkdir(parents=True)
    (top / "bo/set1/set1.ipynb").symlink_to(secret)
    (top / "cy").symlink_to(tmp_path)
    (top / "di.ipynb").symlink_to("di.ipynb")
    os.mkfifo(top / "eli.ipynb")
    found = rows(top, tmp_path)
    assert {s.student for s in found.values()} == {"amy", "bo", "cy", "di", "eli"}
    for row in found.values():
        assert (row.file is None) == (row.student != "amy")
        assert row.student in ("amy", "eli") or "is a link" in row.problem
        assert row.student != "eli" or "no ordinary file" in row.problem


def test_links_and_ways_out_of_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "week.zip"
    link = zipfile.ZipInfo("bo_102_9002_set1.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    outside = ["../cy_103_9003_set1.ipynb", "/tmp/di_104_9004_set1.ipynb", "..\\eli_105_9005_set1.ipynb"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("amy_101_9001_set1.ipynb", NOTEBOOK)
        archive.writestr(link, "/etc/passwd")
        for name in [*outside, "C:\\flo_106_9006_set1.ipynb"]:
            archive.writestr(name, NOTEBOOK)
    before = set(tmp_path.rglob("*"))
    found = rows(path, tmp_path)
    assert len(found) == 6
    assert {s.name for s in found.values() if s.file is not None} == {"amy"}
    problems = [s.problem for s in found.values()]
    assert sum("is a link. Links are not followed." in p for p in problems) == 1
    assert sum("has a name that leads out of the zip." in p for p in problems) == 4
    new = set(tmp_path.rglob("*")) - before
    assert {p.relative_to(tmp_path).parts[0] for p in new} == {"scratch"}


def test_a_zip_bomb_of_one_student_costs_nobody_else(tmp_path: Path) -> None:
    zeros = bytes(submissions.MOST_FILE + 1)
    files = notebooks("leeamy_101_9001_set1.ipynb") | {
        "obrienbo_102_9002_set1.ipynb": zeros,
        "hallcy_103_9003_set1.zip": zipped({"set1.ipynb": zeros}),
        "diazdi_104_9004_set1.zip": zipped({f"{n}.ipynb": zeros[: 10**7] for n in range(11)}),
    }
    found = rows(as_zip(tmp_path, files), tmp_path)
    problems = {s.name: s.problem for s in found.values()}
    assert problems["leeamy"] == ""
    assert all("unpacks" in problems[name] for name in ("obrienbo", "hallcy", "diazdi"))
    used = sum(p.stat().st_size for p in (tmp_path / "scratch").iterdir())
    assert used < 10**6


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    """It says ten bytes and holds ten million: no more than it says comes out, or nothing."""
    raw = bytearray(zipped({"set1.ipynb": bytes(10**7)}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.index(mark) + offset
        raw[at : at + 4] = struct.pack("<I", 10)
    files = notebooks("leeamy_101_9001_set1.ipynb") | {"obrienbo_102_9002_set1.zip": bytes(raw)}
    found = {s.name: s for s in find(as_zip(tmp_path, files), tmp_path / "scratch", SETS)}
    assert found["leeamy"].file is not None
    assert found["obrienbo"].file is None or found["obrienbo"].file.stat().st_size <= 10


def test_damaged_zips(tmp_path: Path) -> None:
    good = zipped(notebooks("set1.ipynb") | {"pad.txt": os.urandom(500)})
    files = notebooks("leeamy_101_9001_set1.ipynb") | {
        "obrienbo_102_9002_set1.zip": good[:-30],
        "hallcy_103_9003_set1.zip": b"",
        "diazdi_104_9004_set1.zip": b"PK\x03\x04" + os.urandom(300),
    }
    flipped = bytearray(good)
    flipped[45] ^= 0xFF
    files["rayeli_105_9005_set1.zip"] = bytes(flipped)
    found = rows(as_folder(tmp_path, files), tmp_path)
    assert {s.name: bool(s.problem) for s in found.values()} == {
        "leeamy": False, "obrienbo": True, "hallcy": True, "diazdi": True, "rayeli": True,
    }  # fmt: skip


def test_a_locked_zip(tmp_path: Path) -> None:
    raw = bytearray(zipped(notebooks("set1.ipynb")))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + offset] |= 1
    files = notebooks("leeamy_101_9001_set1.ipynb") | {"obrienbo_102_9002_set1.zip": bytes(raw)}
    found = {s.name: s for s in rows(as_folder(tmp_path, files), tmp_path).values()}
    assert "password" in found["obrienbo"].problem


ODD_NAMES = [
    "=cmd|'/c calc'!A0", "@SUM(1)", "-amy", "Robert'); DROP TABLE students;--", "<script>alert(1)</script>",
    "a\u202etxt", "Łukasz Żak", "李 小龍", "🦊", "a" * 180, "con", "%s%n", "amy\tlee",
]  # fmt: skip


@both
def test_odd_names_are_names(tmp_path: Path, layout: Layout) -> None:
    files = notebooks(*(f"{name.replace('/', '∕')}_{n}_assignsubmission_file_/set1.ipynb"
                        for n, name in enumerate(ODD_NAMES, 100)))  # fmt: skip
    found = rows(layout(tmp_path, files), tmp_path)
    assert len(found) == len(ODD_NAMES)
    students = {s.student for s in found.values()}
    assert len(students) == len(ODD_NAMES)
    for student in students:
        assert len(student.encode()) <= submissions.LONGEST + 11
        assert not set(student) & set('/\\:*?"<>|\t\n')
        assert student.isprintable()
        assert not student.startswith((".", "-"))
        (tmp_path / student).touch()
    assert {s.name for s in found.values()} >= {"Łukasz Żak", "李 小龍", "🦊"}
    assert all(s.path.isprintable() for s in found.values())


def test_names_that_differ_in_case_or_in_their_end_stay_apart(tmp_path: Path) -> None:
    long = "x" * 190
    names = ("Amy.ipynb", "amy.ipynb", f"{long}a.ipynb", f"{long}b.ipynb", "a:b.ipynb", "a*b.ipynb")
    found = rows(as_zip(tmp_path, notebooks(*names)), tmp_path)
    assert len({s.student for s in found.values()}) == len(names)


def test_one_name_twice_in_a_zip_is_two_rows(tmp_path: Path) -> None:
    path = tmp_path / "week.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("leeamy_101_9001_set1.ipynb", NOTEBOOK)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("leeamy_101_9001_set1.ipynb", NOTEBOOK)
    found = rows(path, tmp_path)
    assert set(found) == {"leeamy_101_9001_set1.ipynb", "leeamy_101_9001_set1.ipynb (2)"}


def test_folders_without_end(tmp_path: Path) -> None:
    files = notebooks("leeamy_101_9001_set1.ipynb", "bo/" + "d/" * 60 + "set1.ipynb")
    found = rows(as_zip(tmp_path, files), tmp_path)
    assert len(found) == 2
    assert any("folders deep" in s.problem for s in found.values())


@both
def test_what_systems_leave_behind_is_nobodys_work(tmp_path: Path, layout: Layout) -> None:
    left = ("__MACOSX/._amy.ipynb", ".DS_Store", ".ipynb_checkpoints/amy-checkpoint.ipynb", "Thumbs.db")
    found = rows(layout(tmp_path, notebooks("amy.ipynb", "bo.ipynb", *left)), tmp_path)
    assert who(found) == {("amy", ""), ("bo", "")}


def test_what_is_none_is_said_in_a_sentence(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    text = tmp_path / "notes.txt"
    text.write_text("no zip")
    cases = ((empty, "holds no submission"), (text, "is no zip"), (tmp_path / "none", "is not there"))
    for given, words in cases:
        with pytest.raises(NotFound, match=words):
            find(given, tmp_path / "scratch", SETS)
    broken = tmp_path / "week.zip"
    broken.write_bytes(zipped(notebooks("amy.ipynb"))[:-25])
    with pytest.raises(NotFound, match="is no zip, or a damaged one"):
        find(broken, tmp_path / "scratch", SETS)
    assert not (tmp_path / "scratch").exists() or not list((tmp_path / "scratch").iterdir())
