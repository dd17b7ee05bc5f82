"""Feedback pages: what went well first; no hidden case, no one else's data, no markup of a student."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser

import students
from test_gradebook import part, record
from whosays.classroom import bundle
from whosays.classroom.feedback import Said, feedback_page, write_pages
from whosays.classroom.gradebook import Mark
from whosays.classroom.grading import Grader, Record
from whosays.classroom.sandbox import Sandbox
from whosays.classroom.submissions import Submission
from whosays.exercises import compare, plain
from whosays.exercises.sets import read_set

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> &amp; </li></body> javascript:alert(3)\u202e"
MADE = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "strong", "span", "table", "thead",
        "tbody", "tr", "th", "td", "ul", "li", "div", "blockquote", "small"}  # fmt: skip


def read(html: str) -> BeautifulSoup:
    """The page; it holds nothing but our own elements, and no attribute that could do anything."""
    page = BeautifulSoup(html, "html.parser")
    assert {tag.name for tag in page.find_all()} <= MADE
    harmless = {"lang", "charset", "name", "content", "class", "scope"}
    assert {a for tag in page.find_all() for a in tag.attrs} <= harmless
    return page


def heads(page: BeautifulSoup) -> list[str]:
    return [h.get_text() for h in page.find_all("h2")]


def test_what_went_well_comes_first() -> None:
    page = read(feedback_page(record(name_of="Lee, Amy"), {}, "Who is speaking?"))
    assert page.h1.get_text() == "Set 1: Who is speaking?"
    assert "For Amy Lee" in page.get_text()
    assert heads(page) == ["What went well", "What to look at again, and why", "D: your words"]
    well = page.find(class_="well").get_text()
    assert "1.A s04" in well
    assert "1.A s05" not in well


def test_a_page_with_open_answers_says_so_and_a_read_one_does_not() -> None:
    open_page = read(feedback_page(record(because="Bars."), {}, "T")).get_text(" ")
    assert "9.5 of 16 points" in open_page
    assert "so far. 2 of your answers are still to be read by your teacher." in open_page
    one = {("amy", "set1", "set1-C-test"): Mark(None, 2.0)}
    assert "1 of your answers is still to be read" in feedback_page(record(because="Bars."), one, "T")
    both = one | {("amy", "set1", "set1-D"): Mark(4.0)}
    done = read(feedback_page(record(because="Bars."), both, "T")).get_text(" ")
    assert "15.5 of 16 points" in done
    assert "so far" not in done
    assert "to be read" not in done
    blank = read(feedback_page(record(text=""), {}, "T")).get_text(" ")
    assert "Not answered" in blank
    assert "so far" not in blank


def test_marks_and_comments_by_hand_are_shown_wherever_they_were_given() -> None:
    marks = {
        ("amy", "set1", "set1-D"): Mark(3.0, None, "Name the <b>source</b>."),
        ("amy", "set1", "set1-N"): Mark(comment="Well read."),
        ("amy", "set1", "set1-C-test"): Mark(None, 1.0),
        ("amy", "set1", "set1-A-test"): Mark(6.0),
        ("amy", "set1", "set1-A"): Mark(comment="I take s05, too."),
        ("bo", "set1", "set1-D"): Mark(1.0, None, "For Bo alone."),
        ("amy", "set2", "set2-D"): Mark(1.0, None, "For the other set."),
    }
    page = read(feedback_page(record(because="Bars."), marks, "T"))
    text = page.get_text(" ")
    assert "14 of 16 points" in text
    assert "Your teacher: Name the <b>source</b>." in text
    assert "Your teacher: Well read." in text
    assert "6 of 6 points, given by your teacher." in text
    assert "I take s05, too." in text
    assert "Bo" not in text
    assert "other set" not in text
    assert heads(page)[-1] == "From your teacher"


def test_what_could_not_be_graded_has_the_reason_on_top() -> None:
    why = "The file is <no> whole notebook."
    failed = record(text="", status="not readable", notes=[why])
    for cell in failed["cells"].values():
        cell["parts"] = [one | {"status": "not attempted", "points": 0.0} for one in cell["parts"]]
        cell["points"] = 0.0
    page = read(feedback_page(failed, {}, "T"))
    text = page.get_text(" ")
    assert [tag.name for tag in page.body.find_all(recursive=False)][:4] == ["h1", "p", "p", "ul"]
    assert page.ul.get_text() == why
    assert "could not be graded" in text
    assert "of 16" not in text
    assert heads(page) == []
    by_hand = read(feedback_page(failed, {("amy", "set1", "set1-D"): Mark(3.0, None, "On paper.")}, "T"))
    assert "3 of 16 points" in by_hand.get_text(" ")
    assert "On paper." in by_hand.get_text(" ")
    assert by_hand.ul.get_text() == why
    assert "Not answered" not in heads(by_hand)


def test_a_sentence_is_shown_with_its_number() -> None:
    texts = {"s04": "They <b>say</b> so.", "s05": "“Quoted”.", "s06": "Left out."}
    given = record(text="")
    given["cells"]["set1-A-test"]["parts"].append(part("1.A", 0.0, 0.5, "not attempted", "s06"))
    page = read(feedback_page(given, {}, "T", Said(texts)))
    assert [s.get_text().strip() for s in page.find_all("small")] == [texts[i] for i in ("s04", "s05", "s06")]
    well, blank = page.find(class_="well").li, page.find_all("h2")[-1]
    assert well.get_text().startswith("✓ 1.A s04. They <b>say</b> so.")
    assert blank.get_text() == "Not answered"
    assert blank.find_next("p").get_text() == "1.D."
    assert blank.find_next("li").get_text() == "1.A s06. Left out."
    assert read(feedback_page(given, {}, "T")).small is None


def test_a_choice_is_shown_with_its_question_and_the_option_taken() -> None:
    given = record()
    given["cells"]["set1-A-test"]["parts"] = [part("1.B", 0.0, 2.0, "not yet", "L1a") | {"answer": "B"}]
    texts = {"L1a": "Who stands behind the number?", "L1a B": "The <i>journalist</i>.", "L1a C": "Nobody"}
    line = (
        read(feedback_page(given, {}, "T", Said(texts)))
        .find(string=re.compile("Your answer"))
        .find_parent("li")
    )
    assert line.get_text().startswith(
        "→ 1.B L1a. Who stands behind the number? Your answer: B, “The <i>journalist</i>.”"
    )
    assert "Nobody" not in line.get_text(), "an option that was not taken stays unsaid"


def test_points_for_words_come_with_what_earns_them() -> None:
    levels = {("set1", "1.D"): {3.0: "one of these four is missing"}, ("set1", "1.N"): {1.0: "half of it"}}
    given = record(because="Bars.")
    given["cells"]["set1-C-test"]["parts"] = [part("1.N", 4.0, 4.0, "correct", "tallest")]
    marks = {("amy", "set1", "set1-D"): Mark(3.0), ("amy", "set1", "set1-C-test"): Mark(None, 1.0)}
    text = read(feedback_page(given, marks, "T", Said({}, levels))).get_text(" ")
    assert "3 of 4 points. Such an answer: one of these four is missing." in " ".join(text.split())
    assert "1 of 2 points for the explanation. Such an answer: half of it." in " ".join(text.split())
    whole = marks | {("amy", "set1", "set1-C-test"): Mark(5.0)}
    assert "5 of 6 points." in " ".join(read(feedback_page(given, whole, "T")).get_text(" ").split())


def test_an_explanation_that_is_blank_is_not_answered() -> None:
    given = record()
    cell = given["cells"]["set1-C-test"]
    cell["parts"] = [part("1.N", 4.0, 4.0, "correct", "tallest")]
    cell |= {"track": "N", "because": "", "extra": 2.0}
    page = read(feedback_page(given, {}, "T"))
    assert page.find("h2", string="Not answered").find_next("p").get_text() == "1.N: because."


def test_nothing_of_a_student_becomes_markup() -> None:
    hostile = record(text=HOSTILE, because=HOSTILE, name_of=HOSTILE, notes=[HOSTILE])
    for cell in hostile["cells"].values():
        for one in cell["parts"]:
            one |= {"answer": HOSTILE, "message": HOSTILE, "item": HOSTILE}
    page = read(feedback_page(hostile, {("amy", "set1", "set1-D"): Mark(1.0, None, HOSTILE)}, "T"))
    assert page.get_text().count("<script>alert(1)</script>") > 8
    assert "\u202e" not in page.get_text()
    assert "&amp;" in page.blockquote.get_text()


def test_a_text_without_end_is_cut() -> None:
    assert len(feedback_page(record(text="a" * 10**6), {}, "T")) < 20_000


def test_the_track_that_was_not_taken_is_not_missed() -> None:
    given = record(because="Bars.")
    given["cells"]["set1-C-test"]["parts"] = [
        part("1.C1", 0.0, 2.0, "not attempted"),
        part("1.N", 2.0, 2.0, item="tallest"),
        part("1.N", 0.0, 2.0, "not attempted", "how_many"),
    ]
    text = read(feedback_page(given, {}, "T")).get_text(" ")
    assert "1.C1" not in text
    assert "1.N: how_many." in text


def test_a_half_right_answer_is_said_to_be() -> None:
    half = record()
    half["cells"]["set1-A-test"]["parts"] = [part("1.A", 0.25, 0.5, "not yet", "s03")]
    assert "Partly right." in feedback_page(half, {}, "T")
    half["cells"]["set1-A-test"]["parts"] = [part("1.A", 0.0, 0.5, "not yet", "s03")]
    assert "Partly right." not in feedback_page(half, {}, "T")


def test_a_file_a_student_and_set_with_a_name_of_its_own(tmp_path: Path) -> None:
    old, nothing = record("amy", superseded=True, path="old"), record("bo", set="", cells={})
    records = [record("amy"), record("Amy"), record("amy", "set2"), old, nothing]
    assert write_pages(records, {}, tmp_path / "pages", {"set1": "Who?"}) == 3
    names = sorted(p.name for p in (tmp_path / "pages").iterdir())
    assert len({n.casefold() for n in names}) == 3
    assert {"amy-set1.html", "amy-set2.html"} < set(names)
    assert write_pages(records, {}, tmp_path / "pages", {"set1": "Who?"}) == 3
    assert sorted(p.name for p in (tmp_path / "pages").iterdir()) == names


# With the real sets ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory):
    made = tmp_path_factory.mktemp("bundle") / "bundle"
    bundle.write(made)
    sets = {name: read_set(name) for name in students.SETS}
    with Grader(Sandbox().show(made), sets, students.pack()) as found:
        yield found


def graded(grader: Grader, folder: Path, name: str, sources: dict[str, str]) -> Record:
    path = students.hand_in(folder, "amy", name, sources)
    record = grader.grade(Submission("amy", path, "amy", hint=name))
    assert record["status"] == "graded"
    return record


@pytest.mark.parametrize("name", students.SETS)
def test_no_hidden_case_is_on_a_page(grader: Grader, tmp_path: Path, name: str) -> None:
    """A function that gives back its inputs, or a constant, tells its author nothing of the hidden cases."""
    exercise = students.exercise(name)
    functions = [q for q in exercise.questions if q.kind == "function"]
    public = json.dumps([vars_of(c) for q in functions for c in q.cases], ensure_ascii=False)
    ways = [
        lambda q: f"def {q.variable}(*tables):\n    raise ValueError(str([t.to_dict() for t in tables]))",
        lambda q: f"def {q.variable}(*tables):\n    return str([t.to_dict() for t in tables])",
        lambda q: f"def {q.variable}(*tables):\n    print(tables)\n    return {constant(q)!r}",
        lambda q: (exercise.key or {})[q.id]["wrong"][0]["code"],
    ]
    for way in ways:
        record = graded(grader, tmp_path, name, {q.cell: way(q) for q in functions})
        page = BeautifulSoup(feedback_page(record, {}, exercise.title), "html.parser").get_text(" ")
        for question in functions:
            assert f"{question.id}." in page
            for case in exercise.hidden(question):
                assert case.about not in page or case.about in public
                told = compare.in_words(plain.decode(case.expected))
                shape = len(told) < 6 or told.startswith("a table")  # too little to tell anything
                assert shape or told not in page or told in page_of_public(question)


def constant(question) -> object:
    """What the first practice case wants, if that is one value."""
    value = plain.decode(question.cases[0].expected)
    return value if isinstance(value, int | float | str) else 7


def vars_of(case) -> dict:
    return {"about": case.about, "expected": case.expected, "instead": list(map(dict, case.instead))}


def page_of_public(question) -> str:
    """All that the practice cases may say: their own expected values, and what typical wrong answers give."""
    values = [c.expected for c in question.cases] + [
        e["value"] for c in question.cases for e in c.instead if "value" in e
    ]
    return " ".join(compare.in_words(plain.decode(v)) for v in values)


@pytest.mark.parametrize("name", students.SETS)
def test_the_best_page_and_the_blank_one(grader: Grader, tmp_path: Path, name: str) -> None:
    exercise = students.exercise(name)
    best = {q.cell: students.source_of(q, students.best(q)) for q in exercise.questions}
    page = read(feedback_page(graded(grader, tmp_path, name, best), {}, exercise.title))
    assert "What to look at again, and why" not in heads(page)
    assert "Not answered" not in heads(page)
    blank = read(feedback_page(graded(grader, tmp_path, name, {}), {}, exercise.title))
    assert heads(blank) == ["Not answered"]
    assert "0 of 20 points." in blank.get_text()
    for question in exercise.questions:
        assert question.kind == "read" or question.id in blank.get_text()


@pytest.mark.browser
def test_it_reads_and_prints_well(browser: Browser, grader: Grader, tmp_path: Path) -> None:
    name = students.SETS[0]
    record = graded(grader, tmp_path, name, students.honest(name, 3, students.MIDDLE))
    record["name"] = "x" * 3000
    path = tmp_path / "page.html"
    path.write_text(feedback_page(record, {}, "Who is speaking?"), encoding="utf-8")
    page = browser.new_page(viewport={"width": 800, "height": 600})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    for width in (800, 360):
        page.set_viewport_size({"width": width, "height": 600})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing is cut off"
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 16
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    assert asked == [path.as_uri()]
    page.close()
