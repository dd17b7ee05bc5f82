"""Every question of every set: solutions, untouched cells, typical wrong answers, hints, puzzles."""

import itertools
import json
from pathlib import Path

import pytest

import students
from whosays.exercises import compare, desk, plain, tables
from whosays.exercises.annotate import label
from whosays.exercises.score import Given, cell_points, number_in, score
from whosays.exercises.sets import Question, exercises_folder, names, read_set, set_folder

SETS = {name: read_set(name) for name in names()}
QUESTIONS = [q for s in SETS.values() for q in s.questions]
KINDS = {
    kind: [q for q in QUESTIONS if q.kind == kind]
    for kind in ("annotate", "choose", "function", "read", "write")
}


def by_id(question: Question) -> str:
    return question.id


def key_of(question: Question) -> dict:
    return (SETS[question.set].key or {})[question.id]


def scored(question: Question, answer: object):
    """The score of an answer: code of a function, a dictionary, or a text."""
    if question.kind == "write":
        source = Text(answer)
    elif question.kind == "function":
        space: dict = {"__name__": "__main__"}
        try:
            exec(f"import pandas as pd\nimport whosays as ws\n{answer}", space)
        except Exception:
            space.pop(question.variable, None)
        source = desk.Notebook(question, space.get(question.variable, desk.NOTHING))
    else:
        source = desk.Notebook(question, answer)
    return score(SETS[question.set], question, source, students.pack())


class Text:
    def __init__(self, text):
        self.text = text

    def value(self, name):
        return Given(self.text)


def said(found) -> str:
    return "\n".join([*(m.message for m in found.marks), found.last])


def run(name: str, notebook: Path) -> dict:
    """The variables after all cells of a notebook except its tests, in the set's folder."""
    space: dict = {"__name__": "__main__", "display": lambda *a, **k: None}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        mine = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and not mine.get("grade"):
            exec("".join(cell["source"]), space)
    return space


# Reading an output ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        (2, 2),
        (2.0, 2),
        ("2", 2),
        (" Two. ", 2),
        ("rung 2", 2),
        ("Rung two", 2),
        ("2 sentences", 2),
        ("0,5", 0.5),
        ("-3", -3),
        ("2 or 3", None),
        ("two or three", None),
        ("the longest", None),
        (True, None),
        ([2], None),
        ("", None),
    ],
    ids=repr,
)
def test_the_number_in_an_answer_is_found_if_there_is_exactly_one(answer, number):
    assert number_in(answer) == number


@pytest.mark.parametrize("question", KINDS["read"], ids=by_id)
def test_a_number_may_be_read_in_words_and_no_guess_costs_a_point(question):
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    best = students.best(question)
    guess = next(f["name"] for f in question.fields if f["name"] not in key_of(question)["expected"])
    for typed in ("Rung 2", "No.", "Mark Rutte", "perhaps", 99):
        found = scored(question, {**best, guess: typed})
        assert (found.status, found.points) == ("correct", question.points), (typed, said(found))
    numbers = [n for n, accepted in key_of(question)["expected"].items() if type(accepted[0]) is int]
    for name in numbers:
        right = best[name]
        for typed in (f"it is {right}", f"{right}.", *(words[right : right + 1])):
            assert scored(question, {**best, name: typed}).points == question.points, (name, typed)
        found = scored(question, {**best, name: "what is written here"})
        assert "Type only the number" in said(found)
        assert "says something else" not in said(found)
        assert found.points < question.points
        found = scored(question, {**best, name: right + 1000})
        assert "says something else" in said(found)


@pytest.mark.parametrize("argued", ["s18", "s02", "s99"])
def test_no_word_about_a_reading_of_8_n_before_its_sentence_is_found(argued):
    question = SETS["set8"].question("8.N")
    best = students.best(question)
    wrong = scored(question, {**best, "argued": argued, "lower": 4, "higher": 5})
    for name in ("lower", "higher"):
        message = next(m.message for m in wrong.marks if m.item == name)
        assert message == f"{name}: look again once “argued” is right."
    right = scored(question, {**best, "lower": 4})
    assert "That is the higher of the two" in said(right)


def test_points_of_an_annotation_have_one_decimal_and_add_up():
    for question in KINDS["annotate"]:
        best = students.best(question)
        last = -1.0
        for n in range(len(question.items) + 1):
            answer = {i: best[i] if at < n else ... for at, i in enumerate(question.items)}
            found = scored(question, answer)
            exact = question.points * n / len(question.items)
            assert found.points == round(found.points, 1), (question.id, n)
            assert abs(found.points - exact) <= 0.05 + 1e-9, (question.id, n)
            assert found.points > last
            assert (found.status == "correct") == (n == len(question.items))
            last = found.points
        assert last == question.points


@pytest.mark.parametrize(
    ("question", "right", "slip"),
    [("3.C3", '"prediction"', '"predicton"'), ("4.C1", '"China"', '"Chnia"')],
)
def test_a_misspelt_word_in_right_code_is_told_to_be_misspelt(question, right, slip):
    asked = SETS[f"set{question[0]}"].question(question)
    code = key_of(asked)["solution"].replace(right, slip)
    assert code != key_of(asked)["solution"]
    found = scored(asked, code)
    assert found.points == 0.0
    wrong = [m.message for m in found.marks if m.status == "not yet"]
    assert "spelt right?" in wrong[0]
    assert not any("leaves rung 2 out" in message for message in wrong)


def test_a_wrong_sign_is_not_taken_for_a_misspelt_word():
    asked = SETS["set3"].question("3.C3")
    found = scored(asked, key_of(asked)["solution"].replace("<= 2", "< 2"))
    assert "leaves rung 2 out" in said(found)
    assert "spelt" not in said(found)


def test_there_are_eight_sets_and_a_capstone():
    assert list(SETS) == [*(f"set{n}" for n in range(1, 9)), "capstone"]
    for name, exercise in SETS.items():
        assert sum(g.points for g in exercise.graded) == (60 if name == "capstone" else 20), name
        if name != "capstone":
            assert [(g.grade_id.removeprefix(f"{name}-"), g.points) for g in exercise.graded] == [
                ("A-test", 6.0),
                ("B-test", 4.0),
                ("C-test", 6.0),
                ("D", 4.0),
            ]
            assert sum(q.points + q.extra for q in exercise.questions if q.kind == "read") == 6


@pytest.mark.parametrize("name", [n for n in SETS if n.startswith("set")])
def test_the_source_notebook_holds_a_full_solution(name, monkeypatch):
    monkeypatch.chdir(set_folder(name))
    space = run(name, set_folder(name) / f"{name}.ipynb")
    monkeypatch.setattr(desk, "_namespace", lambda: space)
    for graded in SETS[name].graded:
        if not graded.manual:
            assert desk.points(graded.grade_id) == graded.points, graded.grade_id
    for question in SETS[name].questions:
        if question.kind not in ("write", "read"):
            assert desk.check(question.id).status == "correct", question.id
        if question.kind == "read":
            alone = score(SETS[name], question, desk.Notebook(question), students.pack())
            assert alone.points == question.points
            assert alone.text


@pytest.mark.parametrize("name", [n for n in SETS if n.startswith("set")])
def test_the_untouched_release_gets_nothing_and_is_not_attempted(name, monkeypatch):
    monkeypatch.chdir(exercises_folder() / "release" / name)
    space = run(name, exercises_folder() / "release" / name / f"{name}.ipynb")
    monkeypatch.setattr(desk, "_namespace", lambda: space)
    for graded in SETS[name].graded:
        if not graded.manual:
            assert desk.points(graded.grade_id) == 0.0
    for question in SETS[name].questions:
        assert desk.check(question.id).status == "not attempted", question.id


@pytest.mark.parametrize("question", [q for q in QUESTIONS if q.kind != "write"], ids=by_id)
def test_the_best_answer_gets_full_marks(question):
    found = scored(question, students.best(question))
    assert (found.status, found.points) == ("correct", question.points), said(found)


@pytest.mark.parametrize("question", [q for q in QUESTIONS if q.set != "capstone"], ids=by_id)
def test_typical_wrong_answers_get_a_message_of_their_own(question):
    wrong = key_of(question)["wrong"]
    told = []
    for entry in wrong:
        found = scored(question, entry.get("code", entry.get("answer")))
        assert found.points < question.points or question.kind == "write", entry
        assert found.status == "not yet", (entry, said(found))
        assert entry["message"] in said(found), (entry, said(found))
        told.append(entry["message"])
    assert len(set(told)) >= 2, told


@pytest.mark.parametrize("question", KINDS["write"], ids=by_id)
def test_a_written_answer_has_a_rubric_and_an_anchor_a_level(question):
    entry = key_of(question)
    if question.set == "capstone":
        assert len(entry["rubric"]) >= 4
        assert len([a for a in entry["anchors"].values() if a.strip()]) >= 2
        return
    assert sorted(entry["rubric"]) == ["0", "1", "2", "3", "4"]
    assert all(entry["anchors"][level].strip() for level in "1234")
    best = scored(question, entry["anchors"]["4"])
    assert best.status == "correct", said(best)
    assert scored(question, "").status == "not attempted"


@pytest.mark.parametrize("question", KINDS["annotate"], ids=by_id)
def test_no_constant_answer_earns_more_than_half_of_an_annotation(question):
    kind = label(question.label)
    best = students.best(question)
    for one in {json.dumps(v, sort_keys=True): v for v in best.values()}.values():
        marks = kind.marks(students.pack(), question.items, dict.fromkeys(question.items, one))
        assert sum(m.share for m in marks) <= len(marks) / 2 + 1e-9, one


@pytest.mark.parametrize("question", KINDS["annotate"], ids=by_id)
def test_every_accepted_reading_of_an_annotation_counts_in_full(question):
    accepted = label(question.label).accepted(students.pack())
    for item in question.items:
        for field, values in accepted.get(item, {}).items():
            for value in values:
                answer = students.best(question)
                answer[item] = {**answer[item], field: value} if isinstance(answer[item], dict) else value
                assert scored(question, answer).points == question.points, (item, field, value)


@pytest.mark.parametrize("question", KINDS["choose"], ids=by_id)
def test_every_wrong_option_says_why(question):
    best = students.best(question)
    for item in question.items:
        for letter in "ABCD":
            if letter != best[item]:
                mark = next(m for m in scored(question, {item: letter}).marks if m.item == item)
                assert mark.share == 0.0
                assert len(mark.message) > len("Not yet. ")


@pytest.mark.parametrize("question", KINDS["function"], ids=by_id)
def test_a_typed_constant_earns_nothing(question):
    for case in question.cases:
        value = plain.decode(case.expected)
        found = score(SETS[question.set], question, Constant(value), students.pack())
        assert found.points == 0.0, compare.in_words(value)


class Constant:
    def __init__(self, value):
        self.given = value

    def call(self, name, case):
        return Given(self.given)


@pytest.mark.parametrize("question", KINDS["function"], ids=by_id)
def test_hidden_cases_are_other_ones_and_stand_on_their_own(question):
    hidden = SETS[question.set].hidden(question)
    assert len(hidden) >= 2
    assert question.more == len(hidden)
    assert len(question.cases) >= 3
    visible = [list(c.inputs) for c in question.cases]
    for case in hidden:
        assert list(case.inputs) not in visible
        found = score_of_case(question, key_of(question)["solution"], case)
        assert compare.same(found, plain.decode(case.expected), case.tolerance)


def score_of_case(question: Question, code: str, case):
    space: dict = {}
    exec(f"import pandas as pd\nimport whosays as ws\n{code}", space)
    found = space[question.variable](*[tables.make(r) for r in case.inputs])
    return plain.decode(plain.encode(found))


@pytest.mark.parametrize("question", KINDS["function"], ids=by_id)
def test_the_lines_of_the_puzzle_solve_it_in_one_order_and_not_as_they_lie(question):
    head = key_of(question)["solution"].split(":", 1)[0]

    def solves(lines) -> bool:
        code = f"{head}:\n" + "\n".join(f"    {line}" for line in lines)
        return scored(question, code).points == question.points

    assert 1 < len(question.lines) <= 6
    assert not solves(question.lines)
    assert any(solves(order) for order in itertools.permutations(question.lines))


@pytest.mark.parametrize("question", QUESTIONS, ids=by_id)
def test_three_hints_that_hold_no_solution(question):
    assert len(question.hints) == 3
    assert all(len(hint.strip()) > 10 for hint in question.hints)
    if question.kind == "function":
        body = [line.strip() for line in key_of(question)["solution"].splitlines()[1:]]
        last = [line for line in body if line.startswith("return")][-1]
        assert not any(last in hint for hint in question.hints)


@pytest.mark.parametrize("name", [n for n in SETS if n.startswith("set")])
def test_the_better_track_counts_and_both_lead_to_six_points(name):
    graded = next(g for g in SETS[name].graded if g.grade_id.endswith("C-test"))
    read = next(q for q in graded.questions if q.kind == "read")
    functions = [q for q in graded.questions if q.kind == "function"]
    full = [scored(q, students.best(q)) for q in functions]
    none = [scored(q, "x = 1") for q in functions]
    track = scored(read, students.best(read))
    assert cell_points(graded, [*full, track]) == (6.0, None)
    assert cell_points(graded, [*none, track]) == (read.points, track)
    assert cell_points(graded, [*none, scored(read, {})])[0] == 0.0


@pytest.mark.parametrize("name", [n for n in SETS if n.startswith("set")])
def test_no_cell_that_students_get_is_over_twelve_lines(name):
    released = json.loads(
        (exercises_folder() / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8")
    )
    for cell in released["cells"]:
        if cell["cell_type"] == "code":
            assert len("".join(cell["source"]).splitlines()) <= 12, cell["id"]
