"""Handed-in notebooks: whatever was done to a file, it is read, or refused in a sentence, and matched."""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from whosays.classroom import notebooks
from whosays.classroom.notebooks import Cell, Matched, Release, Unreadable, match, read, set_of

STUB = "# Put your answer in place of the three dots, then run this cell."
TEXT_STUB = "Write your answer here, in place of this line."
FLAGS = {  # grade, solution, locked
    "given": (False, False, True),
    "answer": (False, True, False),
    "test": (True, False, True),
    "manual": (True, True, False),
}
Json = dict[str, Any]


def cell(source: object, grade_id: str = "", kind: str = "", cell_type: str = "code", **more: Any) -> Json:
    metadata: Json = {}
    if grade_id:
        grade, solution, locked = FLAGS[kind or "answer"]
        metadata["nbgrader"] = {"schema_version": 3, "grade_id": grade_id, "grade": grade} | {
            "solution": solution,
            "locked": locked,
        }
    made: Json = {"cell_type": cell_type, "metadata": metadata, "source": source}
    if cell_type == "code":
        made |= {"outputs": [], "execution_count": None}
    return made | more


def a_set(name: str, variable: str, function: str) -> list[Json]:
    return [
        cell(f"# Set {name}", cell_type="markdown"),
        cell(f"import pandas as pd\nnumber = '{name}'", f"{name}-start", "given"),
        cell(f'{variable} = {{\n    "s04": ...,\n}}\n{STUB}', f"{name}-A"),
        cell(f'ws.check("{name}.A")', f"{name}-A-test", "test"),
        cell(f"def {function}(df):\n    {STUB}\n    ...", f"{name}-C1"),
        cell(f'ws.check("{name}.C1")'),
        cell('counts = df["rung"].value_counts()\nlook_at = 3'),
        cell(f'notes = {{\n    "guess": ...,\n}}\n{STUB}', f"{name}-N"),
        cell(f'ws.check("{name}.C")', f"{name}-C-test", "test"),
        cell(f"## D. Write about {name}", cell_type="markdown"),
        cell(TEXT_STUB, f"{name}-D", "manual", "markdown"),
        cell("Save the notebook.", cell_type="markdown"),
    ]


def notebook(cells: list[Any], **more: Any) -> Json:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells} | more


SET1, SET2 = a_set("set1", "rungs", "share_weak"), a_set("set2", "claims", "per_place")
ANSWERS = {
    "set1-A": 'rungs = {\n    "s04": 4,\n}',
    "set1-C1": "def share_weak(df):\n    return 0.5",
    "set1-N": 'notes = {"guess": 3}',
    "set1-D": "s04 is hard to check.",
}
IDS = ["set1-start", "set1-A", "set1-A-test", "set1-C1", "set1-N", "set1-C-test", "set1-D"]


def copied(cells: list[Json]) -> list[Json]:
    return json.loads(json.dumps(cells))  # type: ignore[no-any-return]


def grade_id(one: Json) -> str:
    return str(one["metadata"].get("nbgrader", {}).get("grade_id", ""))


def answered(**sources: str) -> list[Json]:
    """The cells of set 1 with all its answers, or those of ``sources`` (A="…")."""
    given_here = {f"set1-{k}": v for k, v in sources.items()} if sources else ANSWERS
    made = copied(SET1)
    for one in made:
        one["source"] = given_here.get(grade_id(one), one["source"])
    return made


def at(cells: list[Json], name: str) -> int:
    return next(n for n, c in enumerate(cells) if grade_id(c) == name)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Release]:
    folder = tmp_path_factory.mktemp("release")
    found = {}
    for name, cells in (("set1", SET1), ("set2", SET2)):
        path = folder / f"{name}.ipynb"
        path.write_text(json.dumps(notebook(cells)), encoding="utf-8")
        found[name] = Release.read(path)
    return found


@pytest.fixture(scope="module")
def release(releases: dict[str, Release]) -> Release:
    return releases["set1"]


def put(folder: Path, content: object) -> Path:
    path = folder / "handed in.ipynb"
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(raw)
    return path


def sources(found: Matched) -> dict[str, str]:
    return {c.grade_id: c.source for c in found.cells if c.grade_id}


def changed(found: Matched) -> list[str]:
    return [c.grade_id for c in found.cells if c.changed]


def order(found: Matched) -> list[str]:
    return [c.grade_id or c.source for c in found.cells]


# The release ----------------------------------------------------------------------------------------------


def test_release(release: Release) -> None:
    assert release.set == "set1"
    kinds = ["given", "answer", "test", "answer", "answer", "test", "manual"]
    assert [(c.grade_id, c.kind) for c in release.cells] == list(zip(IDS, kinds, strict=True))
    assert release.cells[1].source == SET1[2]["source"]
    assert not any(c.changed for c in release.cells)


def test_untouched(release: Release) -> None:
    found = match(notebook(copied(SET1)), release)
    assert found.set == "set1"
    assert found.notes == ()
    assert changed(found) == []
    assert [c for c in found.cells if c.grade_id] == list(release.cells)
    assert not any(c.kind == "own" for c in found.cells), "released cells are nobody's own"
    assert not any("ws.check" in c.source for c in found.cells if not c.grade_id), "a check gives nothing"
    assert [c for c in found.cells if not c.grade_id] == [Cell("", "given", "code", SET1[6]["source"])]


def test_answered(release: Release) -> None:
    found = match(notebook(answered()), release)
    assert found.notes == ()
    assert changed(found) == ["set1-A", "set1-C1", "set1-N", "set1-D"]
    assert {k: v for k, v in sources(found).items() if k in ANSWERS} == ANSWERS


@pytest.mark.parametrize("blank", ["", "  \n", "\n\n"])
def test_an_emptied_answer_is_none(release: Release, blank: str) -> None:
    assert changed(match(notebook(answered(A=blank, D=blank)), release)) == []


def test_blanks_at_line_ends_are_no_answer(release: Release) -> None:
    source = SET1[2]["source"].replace("\n", "  \r\n") + "\n\n"
    assert changed(match(notebook(answered(A=source)), release)) == []


# Order and own cells --------------------------------------------------------------------------------------


def test_order_is_that_of_the_release(release: Release) -> None:
    found = match(notebook(answered()[::-1]), release)
    assert [c.grade_id for c in found.cells if c.grade_id] == IDS
    assert found.notes == ()


def test_own_cells_follow_the_cell_they_followed(release: Release) -> None:
    cells = answered()
    cells.insert(at(cells, "set1-C1") + 1, cell("helper = 2"))
    cells.insert(at(cells, "set1-C1"), cell("helper = 1"))
    cells.insert(0, cell("first = 0"))
    cells.insert(1, cell("   "))
    cells.insert(1, cell("some text", cell_type="markdown"))
    found = match(notebook(cells), release)
    assert order(found)[:7] == [
        *("first = 0", "set1-start", "set1-A", "set1-A-test", "helper = 1", "set1-C1", "helper = 2")
    ]
    assert [c.source for c in found.cells if c.kind == "own"] == ["first = 0", "helper = 1", "helper = 2"]


def test_a_changed_cell_of_the_release_is_own(release: Release) -> None:
    cells = answered()
    cells[6]["source"] = cells[6]["source"].replace("3", "5")
    found = match(notebook(cells), release)
    assert [c.source for c in found.cells if c.kind == "own"] == [cells[6]["source"]]


def test_checks_and_hints_do_not_run(release: Release) -> None:
    asks = [cell('ws.hint("1.A")'), cell("ws.check('1.A');\nws.progress()\n"), cell("x = ws.check('1.A')")]
    found = match(notebook([*answered(), *asks]), release)
    assert [c.source for c in found.cells if c.kind == "own"] == ["x = ws.check('1.A')"]


# Cells twice, gone, changed -------------------------------------------------------------------------------


def test_of_two_cells_the_first_changed_counts(release: Release) -> None:
    cells = answered()
    place = at(cells, "set1-A")
    cells.insert(place, copied(SET1)[2])
    cells.append(cell('rungs = {"s04": 1}', "set1-A"))
    found = match(notebook(cells), release)
    assert sources(found)["set1-A"] == ANSWERS["set1-A"]
    assert found.notes == ("The cell set1-A stands there 3 times; the first one that was changed counts.",)
    assert order(found).count("set1-A") == 1


def test_of_two_untouched_cells_the_first(release: Release) -> None:
    cells = copied(SET1)
    cells.insert(3, copied(SET1)[2])
    found = match(notebook(cells), release)
    assert changed(found) == []
    assert found.notes == ("The cell set1-A stands there twice; the first one that was changed counts.",)


def test_a_test_pasted_twice_counts_once(release: Release) -> None:
    cells = answered()
    cells.insert(4, copied(SET1)[3])
    found = match(notebook(cells), release)
    assert order(found).count("set1-A-test") == 1
    assert found.notes == ("The locked cell set1-A-test stands there twice; it counts once.",)


def test_missing_cells_are_put_back(release: Release) -> None:
    cells = [c for c in answered() if grade_id(c) not in ("set1-start", "set1-C1", "set1-D")]
    found = match(notebook(cells), release)
    assert [c.grade_id for c in found.cells if c.grade_id] == IDS
    assert sources(found)["set1-C1"] == SET1[4]["source"]
    assert changed(found) == ["set1-A", "set1-N"]
    assert found.notes == (
        "The locked cell set1-start was missing; the original was used.",
        "The cell set1-C1 was missing and was put back, unanswered.",
        "The cell set1-D was missing and was put back, unanswered.",
    )


@pytest.mark.parametrize("source", ["", "rungs = 'all right'", "import os; os._exit(0)"])
def test_locked_cells_are_the_releases(release: Release, source: str) -> None:
    cells = answered()
    cells[at(cells, "set1-start")]["source"] = source
    cells[at(cells, "set1-A-test")]["source"] = source
    found = match(notebook(cells), release)
    assert sources(found)["set1-start"] == SET1[1]["source"]
    assert sources(found)["set1-A-test"] == SET1[3]["source"]
    assert found.notes == (
        "The locked cell set1-start was changed; the original was used.",
        "The locked cell set1-A-test was changed; the original was used.",
    )


def test_a_locked_cell_of_another_type(release: Release) -> None:
    cells = answered()
    cells[at(cells, "set1-A-test")]["cell_type"] = "raw"
    found = match(notebook(cells), release)
    assert next(c for c in found.cells if c.grade_id == "set1-A-test").cell_type == "code"
    assert found.notes == ("The locked cell set1-A-test was changed; the original was used.",)


@pytest.mark.parametrize("became", ["markdown", "raw"])
def test_an_answer_that_became_text_still_counts(release: Release, became: str) -> None:
    cells = answered()
    cells[at(cells, "set1-A")]["cell_type"] = became
    cells[at(cells, "set1-D")]["cell_type"] = "code"
    found = match(notebook(cells), release)
    types = {c.grade_id: c.cell_type for c in found.cells}
    assert (types["set1-A"], types["set1-D"]) == ("code", "markdown")
    assert changed(found) == list(ANSWERS)
    assert found.notes == (
        f"The cell set1-A had become a {became} cell; it was read as code.",
        "The cell set1-D had become a code cell; it was read as markdown.",
    )


def test_forged_metadata_never_matters(release: Release) -> None:
    cells = answered()
    honest = match(notebook(copied(cells)), release)
    for one in cells:
        if grade_id(one):
            forged = {"points": 1000, "grade": False, "solution": True, "locked": False, "checksum": "0"}
            one["metadata"]["nbgrader"] |= forged | {"cell_type": "code", "task": True, "schema_version": 1}
    assert match(notebook(cells), release) == honest


def test_ids_of_another_set_are_no_ids(releases: dict[str, Release]) -> None:
    cells = [*answered(), cell("claims = {}", "set2-A"), cell("x = 1", "set2-start", "given")]
    found = match(notebook(cells), releases["set1"])
    assert [c.source for c in found.cells if c.kind == "own"] == ["claims = {}", "x = 1"]
    assert set_of(notebook(cells), releases) == "set1"


# Lost ids -------------------------------------------------------------------------------------------------


def bare(cells: list[Json]) -> list[Json]:
    return [c | {"metadata": {}} for c in cells]


def test_a_notebook_that_lost_all_ids(releases: dict[str, Release]) -> None:
    book = notebook(bare(answered()))
    assert set_of(book, releases) == "set1"
    found = match(book, releases["set1"])
    assert sources(found) == sources(match(notebook(answered()), releases["set1"]))
    assert changed(found) == list(ANSWERS)
    assert found.notes == (
        "The notebook had lost the ids of its cells; answers were known by the names in them.",
    )
    assert not any(c.kind == "own" and "rungs" in c.source for c in found.cells), "it runs once"


def test_an_untouched_notebook_without_ids_is_unanswered(release: Release) -> None:
    found = match(notebook(bare(copied(SET1))), release)
    assert changed(found) == []
    assert sources(found)["set1-A"] == SET1[2]["source"]
    assert "The cell set1-A was missing and was put back, unanswered." in found.notes


def test_of_two_cells_without_ids_the_changed_one(release: Release) -> None:
    cells = bare(answered())
    cells.insert(2, bare(copied(SET1))[2])
    assert sources(match(notebook(cells), release))["set1-A"] == ANSWERS["set1-A"]


def test_answers_in_a_new_notebook(releases: dict[str, Release]) -> None:
    cells = [cell("\n".join([ANSWERS["set1-A"], ANSWERS["set1-C1"]])), cell(ANSWERS["set1-N"])]
    assert set_of(notebook(cells), releases) == "set1"
    found = match(notebook(cells), releases["set1"])
    assert changed(found) == ["set1-A", "set1-C1", "set1-N"]
    assert sources(found)["set1-A"] == sources(found)["set1-C1"] == cells[0]["source"]


def test_one_answer_in_a_cell_of_its_own(release: Release) -> None:
    cells = answered()
    del cells[at(cells, "set1-C1")]
    cells.insert(0, cell("async def share_weak (df): pass"))
    cells.insert(0, cell("def share_weak_too(df): pass\nif share_weak == 3: pass"))
    found = match(notebook(cells), release)
    assert sources(found)["set1-C1"] == "async def share_weak (df): pass"
    assert found.notes == ("The answer to set1-C1 stood in a cell without its id; it counts.",)


def test_an_answer_beside_an_untouched_cell(release: Release) -> None:
    cells = [cell("rungs: dict = {'s04': 2}"), *copied(SET1)]
    found = match(notebook(cells), release)
    assert sources(found)["set1-A"] == "rungs: dict = {'s04': 2}"
    assert order(found)[0] == "set1-start"


def test_an_answered_cell_is_never_replaced(release: Release) -> None:
    cells = [cell("rungs = {}"), *answered()]
    found = match(notebook(cells), release)
    assert sources(found)["set1-A"] == ANSWERS["set1-A"]
    assert order(found)[0] == "rungs = {}"


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ([], ""),
        ([cell("notes = 3")], ""),  # every set has notes
        ([cell("rungs = 3")], ""),  # one name is too little
        ([cell("rungs = 3"), cell('ws.check("set1.A")')], "set1"),
        ([cell("claims = 3\ndef per_place(df): pass"), cell("rungs = 3")], "set2"),
        ([cell("rungs = 3\ndef share_weak(df): pass", cell_type="markdown")], ""),
        ([cell("x", "set2-A")], "set2"),
        ([cell("x", "set2-A"), cell("x", "set2-A"), cell("x", "set1-A"), cell("x", "set1-N")], "set1"),
        ([cell("x", "set7-A")], ""),
    ],
)
def test_which_set(releases: dict[str, Release], cells: list[Json], name: str) -> None:
    assert set_of(notebook(cells), releases) == name
    assert set_of(notebook(cells), {}) == ""


# Files that are mended ------------------------------------------------------------------------------------


def mended(folder: Path, content: object, release: Release) -> Matched:
    return match(read(put(folder, content)), release)


ACCENT = 'rungs = {"José": "習", "s04": 4}'


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", "The file was saved as UTF-16; it was read so."),
        ("utf-16-le", "The file was saved as UTF-16; it was read so."),
        ("utf-16-be", "The file was saved as UTF-16; it was read so."),
        ("utf-32", "The file was saved as UTF-32; it was read so."),
    ],
)
def test_encodings(tmp_path: Path, release: Release, encoding: str, note: str) -> None:
    raw = json.dumps(notebook(answered(A=ACCENT)), ensure_ascii=False).encode(encoding)
    found = mended(tmp_path, raw, release)
    assert sources(found)["set1-A"] == ACCENT
    assert found.notes == ((note,) if note else ())


def test_latin_1(tmp_path: Path, release: Release) -> None:
    raw = json.dumps(notebook(answered(D="José “says”")), ensure_ascii=False).encode("cp1252")
    found = mended(tmp_path, raw, release)
    assert sources(found)["set1-D"] == "José “says”"
    assert found.notes == ("The file was not saved as UTF-8; letters with accents may be wrong.",)


def test_a_damaged_letter(tmp_path: Path, release: Release) -> None:
    raw = json.dumps(notebook(answered(D="習 and X")), ensure_ascii=False).encode().replace(b"X", b"\xe9")
    found = mended(tmp_path, raw, release)
    assert sources(found)["set1-D"] == "習 and �"
    assert found.notes == ("Some letters in the file are damaged; they are shown as �.",)


def test_half_characters_line_ends_and_marks(tmp_path: Path, release: Release) -> None:
    raw = json.dumps(notebook(answered())).replace(
        json.dumps(ANSWERS["set1-A"]), r'"\ufeffrungs = {\r\n\"s04\": \"\ud800\",\r}"'
    )
    found = mended(tmp_path, raw.encode() + b"\0\0\0", release)
    assert sources(found)["set1-A"] == 'rungs = {\n"s04": "�",\n}'
    json.dumps([c.source for c in found.cells], ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("source", "text", "note"),
    [
        (["y = {}\n", "x = 1"], "y = {}\nx = 1", None),
        (["y = {}", "x = 1"], "y = {}\nx = 1", "1 cell had lost its line ends; they were put back."),
        (None, "", None),
        (7, "7", "1 cell held something other than text; what could be read of it counts."),
        (["a = ", 4, None, {}], "a = 4", "1 cell held something other than text"),
        ({"text": "a"}, "", "1 cell held something other than text"),
        ("a" * 200_001, "a" * 200_000, "1 cell had more than 200000 characters; the rest was left out."),
    ],
)
def test_sources(tmp_path: Path, release: Release, source: Any, text: str, note: str | None) -> None:
    found = mended(tmp_path, notebook([cell(source)]), release)
    own = [c.source for c in found.cells if c.kind == "own"]
    assert own == ([text] if text else [])
    notes = [n for n in found.notes if "held" in n or "had lost its" in n or "more than" in n]
    assert [n[: len(note or "")] for n in notes] == ([note] if note else [])


def test_cells_that_are_none(tmp_path: Path, release: Release) -> None:
    cells = [None, *answered(), "rungs = 0", 3, [], None]
    found = mended(tmp_path, notebook(cells), release)
    assert changed(found) == list(ANSWERS)
    assert found.notes == ("5 cells in the file held nothing that can be read and did not count.",)


@pytest.mark.parametrize("metadata", [None, 3, [], "x", {}, {"nbgrader": None}, {"nbgrader": [1]}])
def test_odd_metadata(tmp_path: Path, release: Release, metadata: object) -> None:
    cells = answered()
    cells[0]["metadata"] = metadata
    del cells[-1]["metadata"]
    found = mended(tmp_path, notebook(cells, metadata=metadata), release)
    assert changed(found) == list(ANSWERS)
    assert found.notes == ()


@pytest.mark.parametrize("odd", [None, 3, ["set1-A"], {"set1-A": 1}, True, 1.5])
def test_odd_ids(tmp_path: Path, release: Release, odd: object) -> None:
    cells = answered()
    cells[at(cells, "set1-A")]["metadata"]["nbgrader"]["grade_id"] = odd
    found = mended(tmp_path, notebook(cells), release)
    assert sources(found)["set1-A"] == ANSWERS["set1-A"], "known by its name"
    assert found.notes == ("The answer to set1-A stood in a cell without its id; it counts.",)


def test_old_schemas_of_nbgrader(tmp_path: Path, release: Release) -> None:
    cells = answered()
    for one in cells:
        if grade_id(one):
            one["metadata"]["nbgrader"] = {"grade_id": grade_id(one), "schema_version": "1"}
    assert mended(tmp_path, notebook(cells), release) == match(notebook(answered()), release)


@pytest.mark.parametrize("kind", ["Code", "CODE", None, 3, "python"])
def test_odd_cell_types(tmp_path: Path, release: Release, kind: object) -> None:
    cells = [*answered(), cell("x = 1", cell_type="code")]
    cells[-1]["cell_type"] = kind
    found = mended(tmp_path, notebook(cells), release)
    assert found.cells[-1] == Cell("", "own", "code", "x = 1")
    known = isinstance(kind, str) and kind.lower() == "code"
    assert found.notes == (() if known else ("1 cell had no known type; code is what looked like code.",))


OLD = "The notebook was saved in an old format; it was read as one of today."
ODD = "The notebook does not say that it is of format 4; it was read as such."


@pytest.mark.parametrize("version", [2, 3])
def test_old_formats(tmp_path: Path, release: Release, version: int) -> None:
    cells: list[Json] = []
    for one in answered():
        if one["cell_type"] == "code":
            moved = {"cell_type": "code", "language": "python", "prompt_number": 1, "collapsed": False}
            cells.append(moved | {"input": one["source"], "metadata": one["metadata"], "outputs": []})
        else:
            cells.append(one)
    cells.append({"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Title"]})
    sheets = [{"cells": cells[:5], "metadata": {}}, {"cells": cells[5:]}, None, {"cells": 3}]
    old = {"nbformat": version, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": sheets}
    found = mended(tmp_path, old, release)
    assert sources(found) == sources(match(notebook(answered()), release))
    assert found.notes == (OLD,)


@pytest.mark.parametrize("number", [4, 4.0, 5, 3, None, "4", [4], float("nan"), -1])
def test_odd_format_numbers(tmp_path: Path, release: Release, number: object) -> None:
    found = mended(tmp_path, notebook(answered(), nbformat=number, nbformat_minor="x"), release)
    assert changed(found) == list(ANSWERS)
    assert found.notes == (() if number == 4 else (ODD,))


def test_line_breaks_inside_strings(tmp_path: Path, release: Release) -> None:
    raw = json.dumps(notebook(answered())).replace(r"\n", "\n").encode()
    assert changed(mended(tmp_path, raw, release)) == list(ANSWERS)


def test_too_many_cells(tmp_path: Path, release: Release) -> None:
    cells = [*answered(), *[cell("x = 1")] * 6000]
    found = mended(tmp_path, notebook(cells), release)
    assert len(found.cells) < 5010
    assert found.notes == (f"The notebook has {len(cells)} cells; the first 5000 were read.",)


def test_outputs_are_not_kept(tmp_path: Path) -> None:
    big = {"output_type": "stream", "name": "stdout", "text": ["line\n"] * 20_000}
    cells = [
        cell("x = 1", outputs=[big], attachments={"a.png": {"image/png": "x" * 1000}}) for _ in range(40)
    ]
    path = put(tmp_path, notebook(cells))
    tracemalloc.start()
    try:
        found = read(path)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [c["source"] for c in found["cells"]] == ["x = 1"] * 40
    assert "line" not in json.dumps(found)
    assert kept < 1e6
    assert peak < 3.5 * path.stat().st_size, "outputs of all cells lay in memory together"


# Files that are refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "The file is empty."),
        (b" \n\0\0", "The file is empty."),
        (b"%PDF-1.7 x", "The file is a PDF and no notebook, though its name says so."),
        (b"PK\x03\x04x", "The file is a zip or a Word file and no notebook, though its name says so."),
        (b"\n<!doctype html><p>", "The file is a web page and no notebook, though its name says so."),
        (b"null", "The file is no notebook: it has no cells."),
        (b"[1]", "The file is no notebook: it has no cells."),
        (b'"text"', "The file is no notebook: it has no cells."),
        (b"NaN", "The file is no notebook: it has no cells."),
        (b"{}", "The file is no notebook: it has no cells."),
        (b'{"cells": {}}', "The file is no notebook: it has no cells."),
        (b'{"cells": null, "worksheets": 3}', "The file is no notebook: it has no cells."),
        (b"\xff\xfe\xff", "The file is no whole notebook: it breaks off or is damaged in line 1."),
        (b"[" * 100_000, "The file is no notebook: its brackets go too deep."),
        (b'{"cells": [' + b'{"a":' * 100_000, "The file is no notebook: its brackets go too deep."),
        (
            b'{"cells": [],\n"n": ' + b"9" * 9999 + b"}",
            "The file is no whole notebook: it breaks off or is damaged.",
        ),
        (b"print(3)", "The file is no whole notebook: it breaks off or is damaged in line 1."),
        (b'{\n<<<<<<< HEAD\n"a": 1', "The file holds two versions of itself, with Git's marks between them."),
        (b"{}," * 3_000_000, "The file holds far more than a notebook does. Ask for it without its outputs."),
    ],
    ids=lambda value: str(value)[:20],
)
def test_refused(tmp_path: Path, raw: bytes, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(put(tmp_path, raw))
    assert str(caught.value) == message


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    raw = json.dumps(notebook(answered()), indent=1).encode()
    for cut in (1, 7, 100, len(raw) // 2, len(raw) - 2):
        with pytest.raises(Unreadable, match="breaks off or is damaged in line"):
            read(put(tmp_path, raw[:cut]))


def test_200_megabytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.ipynb"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable) as caught:
            read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    message = "The file has 200 MB; at most 20 MB are read. Ask for the notebook without its outputs."
    assert str(caught.value) == message
    assert peak < 1e6


def test_most_can_be_set(tmp_path: Path) -> None:
    path = put(tmp_path, notebook([]))
    assert read(path, path.stat().st_size)["cells"] == []
    with pytest.raises(Unreadable, match="at most 1e-06 MB"):
        read(path, 1)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"^The file cannot be read \(No such file or directory\)\.$"):
        read(tmp_path / "gone.ipynb")
    with pytest.raises(Unreadable, match=r"^The file cannot be read"):
        read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.ipynb")
    with pytest.raises(Unreadable, match="no ordinary file"):
        read(tmp_path / "fifo.ipynb")


# Anything at all ------------------------------------------------------------------------------------------

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=20,
)
NBGRADER = st.fixed_dictionaries({}, optional={"grade_id": st.sampled_from(IDS) | ANY, "grade": ANY})
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | ANY,
        "metadata": st.fixed_dictionaries({}, optional={"nbgrader": NBGRADER | ANY}) | ANY,
        "source": st.sampled_from(list(ANSWERS.values())) | st.text() | ANY,
        "input": ANY,
        "outputs": ANY,
    },
)
BOOKS = st.fixed_dictionaries(
    {},
    optional={
        "cells": st.lists(CELLS | ANY, max_size=12) | ANY,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELLS) | ANY}) | ANY) | ANY,
        "nbformat": ANY,
        "metadata": ANY,
        "repairs": ANY,
    },
)
LONG = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def holds(path: Path, releases: dict[str, Release]) -> None:
    """It is refused in a sentence, or every cell of the release is there once, in order, and can be saved."""
    book, refused = None, ""
    try:
        book = read(path)
    except Unreadable as error:
        refused = str(error)
    if book is None:
        assert refused.endswith(".")
        assert refused.isprintable()
        return
    assert set_of(book, releases) in ("", "set1", "set2")
    for release in releases.values():
        found = match(book, release)
        assert [c.grade_id for c in found.cells if c.grade_id] == [c.grade_id for c in release.cells]
        for one, released in zip([c for c in found.cells if c.grade_id], release.cells, strict=True):
            assert (one.kind, one.cell_type) == (released.kind, released.cell_type)
            assert one.kind in ("answer", "manual") or one == released
        assert {c.kind for c in found.cells if not c.grade_id} <= {"own", "given"}
        assert all(n.endswith(".") and n.isprintable() for n in found.notes)
        json.dumps([[c.source for c in found.cells], found.notes], ensure_ascii=False).encode("utf-8")
        assert not any("\r" in c.source for c in found.cells)


@LONG
@given(value=ANY | BOOKS)
def test_any_json(tmp_path: Path, releases: dict[str, Release], value: object) -> None:
    holds(put(tmp_path, value), releases)


@LONG
@given(raw=st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, releases: dict[str, Release], raw: bytes) -> None:
    holds(put(tmp_path, raw), releases)


@LONG
@given(place=st.integers(0, 10_000), new=st.binary(min_size=1, max_size=3))
def test_any_damage(tmp_path: Path, releases: dict[str, Release], place: int, new: bytes) -> None:
    raw = json.dumps(notebook(answered())).encode()
    place %= len(raw)
    holds(put(tmp_path, raw[:place] + new + raw[place + len(new) :]), releases)


@LONG
@given(value=BOOKS)
def test_raw_json_may_be_matched_too(releases: dict[str, Release], value: Json) -> None:
    said = "no cells"
    try:
        set_of(value, releases)
        match(value, releases["set1"])
    except Unreadable as error:
        said = str(error)
    assert "no cells" in said


def test_sources_are_found_fast(release: Release) -> None:
    """Names are looked for in one pass: a line of 200,000 letters takes no longer than its length."""
    found = notebooks.names_in("a" * 200_000 + "\n" + "def " * 50_000 + "\nx" + " " * 200_000 + "\ny = 1")
    assert found == {"y"}
