"""``check``, ``hint`` and ``solution`` in the three kinds of copy: instructor's, self-study, assigned."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbclient
import nbformat
import pytest

import bundles
import students
from helpers import KIT, network_attempts, offline_env
from whosays import answers as store
from whosays.exercises import desk, kept, sets
from whosays.exercises.annotate import label
from whosays.exercises.score import known_items, option_of
from whosays.exercises.sets import Question, SetError, exercises_folder, names, read_set
from whosays.exercises.told import Told

QUESTIONS = [q for name in names() for q in read_set(name).questions]
JUDGED = [q for q in QUESTIONS if q.kind in ("annotate", "choose", "read")]
FUNCTIONS = [q for q in QUESTIONS if q.kind == "function"]
WRITTEN = [q for q in QUESTIONS if q.kind == "write"]
COPIES = ("instructor", "self_study", "assigned")
TEACHER = "Your teacher holds the solution and shows it after the hand-in."


def by_id(question: Question) -> str:
    return question.id


# The three kinds of copy, each in a process of its own ------------------------------------------------------


def entry(question: Question) -> dict[str, Any]:
    return bundles.key(question.set)[question.id]


def another(question: Question) -> Any:
    """An answer that is as complete as the best one, and not it."""
    best: Any = students.best(question)
    if question.kind == "choose":
        return {item: "ABCD"[("ABCD".index(letter) + 1) % 3] for item, letter in best.items()}
    if question.kind == "read":
        values = {f["name"]: f["values"] for f in question.fields if f.get("values")}
        return {n: values[n][0] if n in values else "nine" if n != "because" else v for n, v in best.items()}
    rotated = [*list(best.values())[1:], next(iter(best.values()))]
    return dict(zip(best, rotated, strict=True))


def half(question: Question) -> Any:
    """The best answer with its first item left open."""
    best: Any = students.best(question)
    return {**best, next(iter(best)): "..."}


def tried() -> dict[str, dict[str, Any]]:
    """What is put before ``check`` in every copy."""
    answers: dict[str, dict[str, Any]] = {}
    for question in QUESTIONS:
        mine = {
            f"wrong {n}": w.get("code", w.get("answer"))
            for n, w in enumerate(entry(question).get("wrong", ()))
        }
        if question.kind == "write":
            mine["best"] = max(entry(question)["anchors"].items(), key=lambda level: float(level[0]))[1]
        else:
            mine["best"] = students.best(question)
        if question in JUDGED:
            mine |= {"another": another(question), "half": half(question)}
        answers[question.id] = mine
    return answers


def talk(kit: Path, home: Path) -> dict[str, Any]:
    """All that the desk of this copy says, out of a process that has its library alone."""
    home.mkdir()
    given = {"answers": tried(), "work": str(home / "work")}
    ended = subprocess.run(
        [sys.executable, str(KIT / "tests" / "desk_talk.py")],
        input=json.dumps(given, default=lambda dots: "..."),
        env=offline_env(home, kit),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    told: dict[str, Any] = json.loads(ended.stdout)
    assert network_attempts(home) == []
    assert told["library"].startswith(str(kit)), told["library"]
    return told


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("copies")
    return {
        "instructor": KIT,
        "self_study": bundles.made(folder, self_study=True),
        "assigned": bundles.made(folder),
    }


@pytest.fixture(scope="module")
def told(copies: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("homes")
    return {kind: talk(kit, folder / kind) for kind, kit in copies.items()}


def of(told: dict[str, Any], copy: str, question: Question) -> dict[str, Any]:
    found: dict[str, Any] = told[copy]["questions"][question.id]
    return found


def words(one: dict[str, Any]) -> str:
    return " ".join(one["text"].split())


@pytest.mark.parametrize("copy", COPIES)
def test_all_three_answer_for_every_question(copy: str, told: dict[str, Any]) -> None:
    for question in QUESTIONS:
        found = of(told, copy, question)
        assert found["untouched"]["status"] == "not attempted", question.id
        assert found["untouched"]["lines"][0].startswith("○ "), question.id
        hints = [line for hint in found["hints"] for line in hint["lines"]]
        three = [f"Hint {n} of 3: {text}" for n, text in enumerate(question.hints, 1)]
        assert hints == [*three, three[0]], question.id
        assert {hint["status"] for hint in found["hints"]} == {"told"}
        for one in [found["untouched"], found["best"], found["solution"], *found["hints"]]:
            assert "Traceback" not in one["text"]
            assert one["html"].count("<p ") == one["html"].count("</p>") >= len(one["lines"])


def test_a_self_study_copy_says_the_same_as_the_instructors(told: dict[str, Any]) -> None:
    for question in QUESTIONS:
        mine, theirs = (of(told, copy, question) for copy in ("instructor", "self_study"))
        for name in mine:
            if name != "hints":
                assert mine[name]["lines"] == theirs[name]["lines"], (question.id, name)
                assert mine[name]["points"] == theirs[name]["points"], (question.id, name)


@pytest.mark.parametrize("question", [q for q in QUESTIONS if q.kind != "write"], ids=by_id)
def test_with_a_key_the_best_answer_gets_its_points_and_a_solution_is_shown(
    question: Question, told: dict[str, Any]
) -> None:
    found = of(told, "self_study", question)
    assert (found["best"]["status"], found["best"]["points"]) == ("correct", question.points)
    assert TEACHER not in found["solution"]["text"]
    if question.kind == "function":
        assert found["solution"]["code"] == str(students.best(question)).strip()
        assert found["best"]["lines"][-1].startswith("✓ ")
        return
    assert f"{question.points:g} of {question.points:g} points." in found["best"]["lines"][-1]
    assert found["half"]["points"] < question.points
    first = next(iter(students.best(question)))  # type: ignore[call-overload]
    assert f"Not answered yet: {first}." in found["half"]["text"] or question.kind == "read"
    if question.kind != "annotate" or question.label != "clash":
        assert all(f"{item}: " in found["solution"]["text"] for item in question.items)


@pytest.mark.parametrize("question", [q for q in QUESTIONS if q.set != "capstone"], ids=by_id)
def test_with_a_key_a_typical_wrong_answer_is_told_why(question: Question, told: dict[str, Any]) -> None:
    for n, wrong in enumerate(entry(question)["wrong"]):
        one = of(told, "self_study", question)[f"wrong {n}"]
        assert one["status"] == "not yet"
        message = wrong["message"].removeprefix(f"{question.items[0]}: " if question.items else "")
        assert " ".join(message.split()) in words(one), one["text"]


@pytest.mark.parametrize("question", JUDGED, ids=by_id)
def test_without_a_key_a_right_and_a_wrong_answer_sound_alike(
    question: Question, told: dict[str, Any]
) -> None:
    found = of(told, "assigned", question)
    best, other = found["best"], found["another"]
    assert (best["status"], best["lines"]) == (other["status"], other["lines"]), question.id
    assert (best["status"], best["points"]) == ("answered", None)
    number = len(question.fields) or len(question.items)
    assert best["lines"] == [f"● {number} of {number} answered. Your teacher has the key."]
    assert found["half"]["status"] == "not yet"
    first = str(question.fields[0]["name"]) if question.fields else question.items[0]
    assert found["half"]["lines"][0].startswith("→ ")
    assert first in found["half"]["lines"][0]
    assert found["half"]["lines"][-1] == f"{number - 1} of {number} answered. Your teacher has the key."
    of_another_copy = of(told, "self_study", question)
    assert of_another_copy["best"]["lines"] != of_another_copy["another"]["lines"], (
        "the two are the same answer"
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=by_id)
def test_without_a_key_the_teacher_holds_the_solution_and_no_points_are_told(
    question: Question, told: dict[str, Any]
) -> None:
    found = of(told, "assigned", question)
    assert found["solution"]["lines"] == [TEACHER]
    assert found["solution"]["code"] == ""
    for name, one in found.items():
        if name not in ("hints", "solution"):
            assert one["points"] is None, name
            assert not re.search(r"\d points?\b", one["text"]), name


@pytest.mark.parametrize("question", FUNCTIONS, ids=by_id)
def test_without_a_key_practice_cases_run_and_the_last_line_is_honest(
    question: Question, told: dict[str, Any]
) -> None:
    found, number = of(told, "assigned", question), len(question.cases)
    hidden = len(read_set(question.set).hidden(question))
    more = f"{hidden} more run when your teacher grades."
    assert hidden >= 2
    assert found["best"]["status"] == "correct"
    assert found["best"]["lines"] == [f"✓ {number} of {number} practice checks. {more}"]
    for n, wrong in enumerate(entry(question)["wrong"]):
        one = found[f"wrong {n}"]
        assert one["lines"][-1].endswith(more)
        assert " ".join(wrong["message"].split()) in words(one)
        assert "Looked at: " in words(one)
        assert "Found: " in words(one)


@pytest.mark.parametrize("question", WRITTEN, ids=by_id)
def test_a_text_is_looked_at_by_the_machine_and_read_by_a_person(
    question: Question, told: dict[str, Any]
) -> None:
    for copy in COPIES:
        found = of(told, copy, question)
        assert "save the notebook" in found["untouched"]["text"]
        assert found["best"]["points"] is None
        assert found["best"]["status"] == "correct", found["best"]["text"]
        last = found["best"]["lines"][-1]
        if copy == "assigned":
            assert last == "Your teacher reads it and gives the points."
        else:
            assert last == f'A person gives the points. Compare yours with ws.solution("{question.id}").'
            anchors = [text for text in entry(question)["anchors"].values() if text]
            assert all(squeezed in found["solution"]["text"] for squeezed in anchors)
    levels = [line.split(" of ")[0] for line in of(told, "self_study", question)["solution"]["lines"]]
    assert levels == sorted(levels, key=float, reverse=True)


def test_progress_is_kept_under_one_code_and_said_once(told: dict[str, Any]) -> None:
    for copy in COPIES:
        said = [
            one["kept"]
            for found in told[copy]["questions"].values()
            for name, one in found.items()
            if name not in ("hints", "solution") and one["kept"]
        ]
        (code,) = {content["code"] for content in told[copy]["work"].values()}
        assert said == [f"Your progress is kept under the code {code}."]
        for question in QUESTIONS:
            lesson = read_set(question.set).lesson
            content = told[copy]["work"][f"L{lesson}.json"]
            assert content["hints"][f"exercise {question.id}"] == 4
            status = content["exercises"][question.id]["status"]
            assert status in ("correct", "answered", "not yet"), question.id
            assert ("points" in content["exercises"][question.id]) == (
                copy != "assigned" and question.kind != "write"
            )


# The released notebooks, run as they are --------------------------------------------------------------------


def ran(folder: Path, name: str, content: Any) -> dict[str, str]:
    """The plain text that the cells with a ``ws.check`` show, by what they ask."""
    nbclient.NotebookClient(
        content,
        timeout=60,
        store_widget_state=False,
        resources={"metadata": {"path": folder / "exercises" / name}},
    ).execute()
    shown = {}
    for cell in content.cells:
        assert not [o for o in cell.get("outputs", ()) if o["output_type"] == "error"], cell.source
        if cell.source.startswith("ws.check("):
            (output,) = cell.outputs
            assert "ws-told" in output["data"]["text/html"]
            shown[cell.source.split('"')[1]] = output["data"]["text/plain"]
    return shown


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Let kernels import the library of a bundle."""

    def enter(kit: Path) -> None:
        for name, value in offline_env(tmp_path, kit).items():
            monkeypatch.setenv(name, value)

    yield enter
    assert network_attempts(tmp_path) == []


@pytest.mark.parametrize("name", [n for n in names() if n != "capstone"])
def test_a_released_set_runs_untouched_and_then_answered(
    name: str, copies: dict[str, Path], inside: Any, tmp_path: Path
) -> None:
    inside(copies["assigned"])
    path = copies["assigned"] / "exercises" / name / f"{name}.ipynb"
    shown = ran(copies["assigned"], name, nbformat.read(path, 4))
    number = read_set(name).number
    assert {f"{number}.{part}" for part in ("A", "B", "C")} <= set(shown)
    assert all(text.startswith("○ ") for text in shown.values()), shown
    assert not list((tmp_path / "work").glob("*/L*.json")), "an untouched notebook leaves no answer"

    inside(copies["self_study"])
    best = {
        q.cell: students.source_of(q, students.best(q)) for q in read_set(name).questions if q.kind != "write"
    }
    filled = nbformat.reads(json.dumps(students.filled(name, best)), 4)
    shown = ran(copies["self_study"], name, filled)
    assert "6 of 6 points." in shown[f"{number}.A"]
    assert "4 of 4 points." in shown[f"{number}.B"]
    assert shown[f"{number}.C"].endswith("6 of 6 points. The better track counts."), shown
    (file,) = (tmp_path / "work").glob("*/L*.json")
    entries = json.loads(file.read_text(encoding="utf-8"))["exercises"]
    assert {e["status"] for e in entries.values()} == {"correct"}


def test_the_capstone_runs_untouched_in_a_bundle(copies: dict[str, Path], inside: Any) -> None:
    if "capstone" not in names():
        pytest.skip("this copy of the kit has no capstone")
    inside(copies["assigned"])
    path = copies["assigned"] / "exercises" / "capstone" / "capstone.ipynb"
    ran(copies["assigned"], "capstone", nbformat.read(path, 4))


# In this process: what goes wrong ---------------------------------------------------------------------------


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The variables of a notebook."""
    space: dict[str, Any] = {}
    monkeypatch.setattr(desk, "_namespace", lambda: space)
    monkeypatch.setattr(kept, "_named", set())
    monkeypatch.setattr(kept, "_hints", {})
    monkeypatch.setattr(kept, "_own", {})
    return space


@pytest.fixture
def keyless(monkeypatch: pytest.MonkeyPatch, copies: dict[str, Path]) -> None:
    """A copy without a key, in this process."""
    folder = copies["assigned"] / "exercises"
    monkeypatch.setattr(sets, "exercises_folder", lambda: folder)
    monkeypatch.setattr(desk, "exercises_folder", lambda: folder)


@pytest.mark.parametrize("qid", ["1.X", "99.A", "A", "1", "1.A.B", 1.5, None])
@pytest.mark.parametrize("ask", [desk.check, desk.hint, desk.solution])
def test_an_id_that_is_none_is_told_in_a_sentence(ask: Any, qid: Any, notebook: dict[str, Any]) -> None:
    one = ask(qid)
    assert one.status == "told"
    assert "is no question" in str(one)
    assert "1.A" in str(one) or "set1" in str(one)


@pytest.mark.parametrize("ask", [desk.check, desk.hint, desk.solution])
def test_without_an_id_it_says_where_one_goes(ask: Any, notebook: dict[str, Any]) -> None:
    for one in (ask(), ask(" ")):
        assert (one.status, one.lines) == (
            "told",
            ('Put the question between the brackets, such as ws.hint("1.A").',),
        )


def test_a_check_after_a_red_cell_says_that_it_is_about_the_answer_before(
    notebook: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook["choices"] = {"L1a": "A", "L1b": "A"}
    shell = SimpleNamespace(user_ns=notebook, last_execution_result=SimpleNamespace(success=True))
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    assert desk.OLD not in str(desk.check("1.B"))
    shell.last_execution_result = SimpleNamespace(success=False)
    assert desk.check("1.B").lines[0] == f"→ {desk.OLD}"
    assert desk.OLD not in str(desk.check("1.B", {"L1a": "A"})), "what is handed over is new"
    del notebook["choices"]
    assert desk.OLD not in str(desk.check("1.B")), "there is no answer from before"


def test_where_options_are_numbers_a_number_is_the_option_that_says_it(notebook: dict[str, Any]) -> None:
    """The right option of L1b says “1”: it is not option A, the first one."""
    texts = [o.text for o in known_items(students.pack())["L1b"].options]
    right = next(o.text for o in known_items(students.pack())["L1b"].options if o.correct)
    assert right in texts[1:]
    for typed in (right, int(right), f" {right} "):
        assert "✓ L1b" in str(desk.check("1.B", {"L1b": typed}))
    assert option_of("b", texts) == option_of("B.", texts) == 1
    assert option_of(2, ["yes", "no", "both"]) == 1
    assert option_of("no", ["yes", "no", "both"]) == 1
    assert option_of("D", ["yes", "no", "both"]) is None


def test_a_name_in_capitals_is_the_same_name(notebook: dict[str, Any]) -> None:
    question = read_set("set1").question("1.A")
    best: Any = students.best(question)
    typed = {item.upper() + " ": value for item, value in best.items()}
    assert desk.check("1.A", typed).points == question.points
    both = {"S06": "?"} | best
    assert desk.check("1.A", both).points == question.points, "the name as it was released goes first"


def test_an_answer_is_counted_once_it_is_whole(keyless: None, notebook: dict[str, Any]) -> None:
    told = str(desk.check("4.A", {"first": ["s18"], "second": ..., "third": []}))
    assert "Not answered yet: second, third." in told
    assert "1 of 3 answered." in told


@pytest.mark.parametrize("key", [True, False])
def test_a_short_explanation_is_told(
    key: bool, notebook: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    if not key:
        request.getfixturevalue("keyless")
    best: Any = students.best(students.exercise("set1").question("1.N"))
    short = str(desk.check("1.N", best | {"because": "It does not."}))
    assert "“because” has 3 words; 8 to 40 are asked for." in short
    assert "are asked for" not in str(desk.check("1.N", best))


def test_answers_of_the_wrong_kind_are_told_in_a_sentence(notebook: dict[str, Any]) -> None:
    deep: list[Any] = []
    deep.append(deep)
    for value, words in (
        ([4, 5], "type list. Keep the curly brackets"),
        ("s06", "type str. Keep the curly brackets"),
        ({"s06": deep}, "cannot be read"),
        (list(range(50_000)), "cannot be read (TooMuch). Keep the form"),
    ):
        notebook["rungs"] = value
        assert words in str(desk.check("1.A")) or desk.check("1.A").points == 0.0, value
        assert "Traceback" not in str(desk.check("1.A"))


def test_whatever_a_function_does_is_told_in_a_sentence(
    notebook: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    def stops(df: Any) -> Any:
        print("noise")
        raise SystemExit

    def fails(df: Any) -> Any:
        return df["no such column"]

    for function, found in ((stops, "SystemExit"), (fails, "KeyError"), (7, "TypeError")):
        notebook["share_weak"] = function
        one = desk.check("1.C2")
        assert one.status == "not yet"
        assert f"Found: it stopped with {found}: " in str(one)
        assert "Try: " in str(one)
    assert capsys.readouterr().out == ""


def test_a_name_that_means_nothing_is_not_a_function_that_is_missing(notebook: dict[str, Any]) -> None:
    notebook.pop("share_weak", None)
    missing = desk.check("1.C2")
    assert missing.status == "not attempted"
    assert "There is no function “share_weak” yet" in str(missing)
    assert "If that cell shows red, mend it first." in str(missing)
    exec("def share_weak(df):\n    return df[rung]", notebook)
    one = desk.check("1.C2")
    assert one.status == "not yet"
    assert "it stopped with NameError: a word in it means nothing to Python. Texts need quotation" in str(one)


def test_a_forgotten_return_is_hinted_at(notebook: dict[str, Any]) -> None:
    exec("def share_weak(df):\n    len(df)", notebook)
    assert "“share_weak” gives nothing back." in str(desk.check("1.C2"))
    assert "the last says return" in str(desk.check("1.C2"))


def test_an_id_may_be_typed_in_small_letters_and_a_part_names_its_questions(
    notebook: dict[str, Any],
) -> None:
    assert str(desk.hint(" 1.a")).startswith("Hint 1 of 3: ")
    assert str(desk.hint("Capstone.1")).startswith("Hint 1 of 3: ")
    for told in (desk.hint("1.C"), desk.solution("1.c")):
        assert str(told) == "1.C has several questions. Type one of them: 1.C1, 1.C2, 1.C3, 1.N."


def test_the_best_of_several_tries_stays(work_folder: Path, notebook: dict[str, Any]) -> None:
    store.choose_code("amber-otter-17")
    best = students.best(read_set("set1").question("1.A"))
    for answer in ({"s06": 4}, best, {"s06": 4}):
        desk.check("1.A", answer)
    content = kept.answers_of(1, "amber-otter-17").content["exercises"]["1.A"]
    assert (content["status"], content["points"]) == ("correct", 6.0)


def test_advice_is_given_once(notebook: dict[str, Any]) -> None:
    notebook["share_weak"] = lambda df: len(df[df["rung"] <= 2])
    lines = desk.check("1.C2").lines
    assert sum("divide by len(df)" in line for line in lines) == 1
    assert sum(line.endswith("The same again.") for line in lines) >= 1
    assert all(line.startswith(("→ Looked at: share_weak with ", "→ ")) for line in lines)


def test_a_function_that_is_right_in_practice_alone_is_told_so(notebook: dict[str, Any]) -> None:
    question = read_set("set1").question("1.C2")
    seen = {len(desk.tables.make(case.inputs[0])) for case in question.cases}

    def memorised(df: Any) -> Any:
        return len(df[df["rung"] <= 2]) / len(df) if len(df) in seen and len(df) else 0

    notebook["share_weak"] = memorised
    one = desk.check("1.C2")
    assert one.status == "not yet"
    assert "Right here, and not yet on other tables" in one.lines[0]
    assert one.points == 0.0


def test_of_two_tracks_the_better_one_counts(notebook: dict[str, Any]) -> None:
    notebook["notes"] = {"guess": 1, "tallest": 2, "how_many": 10, "because": ...}
    one = desk.check("1.C")
    assert (one.status, one.points) == ("correct", 4.0)
    assert "better track" not in str(one)
    exec(str(students.best(read_set("set1").question("1.C1"))), notebook)
    one = desk.check("1.C")
    assert (one.status, one.points) == ("correct", 4.0)
    assert one.lines[-1] == "4 of 6 points. The better track counts."
    for qid in ("1.C2", "1.C3"):
        exec(str(students.best(read_set("set1").question(qid))), notebook)
    assert desk.check("1.C").points == 6.0


def test_without_a_key_a_misspelt_answer_is_named(keyless: None, notebook: dict[str, Any]) -> None:
    for name in names():
        for question in read_set(name).questions:
            if question.kind == "choose":
                answer = {**another(question), question.items[0]: "X"}
                told = str(desk.check(question.id, answer))
                assert f"→ {question.items[0]}: “X” is none of the letters A, B, C" in told, question.id
                most = len(question.items)
                assert f"{most - 1} of {most} answered." in told, "what cannot be read is no answer"
            if question.kind == "read":
                guess = next(f for f in question.fields if f.get("values"))
                answer = {**another(question), guess["name"]: "no such guess"}
                told = str(desk.check(question.id, answer))
                assert "no such guess" not in told, "a guess costs nothing, however it is put"
                assert f"{len(question.fields)} of {len(question.fields)} answered." in told, question.id
            if question.kind == "annotate":
                kind = label(question.label)
                field = next((f for f, v in kind.values(students.pack()).items() if v is not None), None)
                if field is None:
                    continue
                best: Any = students.best(question)
                item = question.items[0]
                wrong = {**best[item], field: "zzz"} if isinstance(best[item], dict) else "zzz"
                told = str(desk.check(question.id, {**best, item: wrong}))
                assert f"→ {item}: “zzz” is none of these: " in told, question.id
                most = len(question.items)
                assert f"{most - 1} of {most} answered." in told, "what cannot be read is no answer"


def test_text_of_students_cannot_become_html(notebook: dict[str, Any]) -> None:
    evil = "<script>alert(1)</script>"
    notebook["choices"] = {"L1a": evil, "L1b": evil}
    notebook["notes"] = {"guess": evil, "tallest": evil, "how_many": 1, "because": evil}
    for qid in ("1.B", "1.N", evil):
        html = desk.check(qid)._repr_html_()
        assert "<script" not in html
        assert "&lt;script" in html or qid == "1.N"


def test_what_is_shown_has_a_sign_a_pattern_and_a_role() -> None:
    one = Told("not yet", ("→ Not this.\nTry: that", "1 of 2 points."), code="x < 1", kept="Kept.")
    html = one._repr_html_()
    assert 'role="status"' in html
    assert 'data-told="not yet"' in html
    assert "<b>→</b><span>Not this.\nTry: that</span>" in html
    assert '<p class="ws-last">1 of 2 points.</p>' in html
    assert "<pre>x &lt; 1</pre>" in html
    assert html.endswith('<p class="ws-kept">Kept.</p></div>')
    assert str(one) == "→ Not this.\nTry: that\n1 of 2 points.\nx < 1\nKept."
    for status in ("correct", "not yet", "answered", "told"):
        assert f'[data-told="{status}"]' in html, "every outcome has a bar of its own"


def saved(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(json.dumps(students.filled("set1", {"set1-D": text})), encoding="utf-8")


def test_a_text_is_read_out_of_the_saved_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notebook: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert desk.check("1.D").status == "not attempted"
    saved(tmp_path, "set1.ipynb", desk.UNWRITTEN)
    assert desk.check("1.D").status == "not attempted"
    fifteen = "s12 says “Reports indicate at least 11,000” and names nobody, so I cannot ask whom."
    saved(tmp_path, "set1.ipynb", f"{desk.UNWRITTEN}\n\n{fifteen}")
    assert "✓ It has 15 words." in desk.check("1.D").lines, "the line of the cell is not counted"
    saved(tmp_path, "set1 (my own).ipynb", "s12 is hard to check.")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "set1 (my own).ipynb"))
    assert "It has 5 words" in str(desk.check("1.D")), "a notebook that was renamed is read all the same"
    (tmp_path / "set1 (my own).ipynb").write_text("no notebook")
    assert "✓ It has 15 words." in desk.check("1.D").lines


def test_progress_goes_to_the_chosen_code(work_folder: Path, notebook: dict[str, Any]) -> None:
    store.choose_code("amber-otter-17")
    notebook["choices"] = {"L1a": "C", "L1b": "A"}
    assert desk.check("1.B").kept == "Your progress is kept under the code amber-otter-17."
    assert desk.check("1.B").kept == ""
    store.choose_code("coral-robin-21")
    assert "coral-robin-21" in desk.check("1.B").kept, "another student sits down"
    for code in ("amber-otter-17", "coral-robin-21"):
        content = json.loads((work_folder / code / "L1.json").read_text(encoding="utf-8"))
        assert content["exercises"] == {"1.B": {"status": "not yet", "points": 2.0, "of": 4.0}}
        assert "L1a" not in json.dumps(content), "how far, and no answer"


def test_a_hint_goes_on_after_a_restart(work_folder: Path, notebook: dict[str, Any]) -> None:
    store.choose_code("amber-otter-17")
    desk.hint("1.A")
    kept._hints.clear()
    assert str(desk.hint("1.A")).startswith("Hint 2 of 3: ")
    store.choose_code("coral-robin-21")
    assert str(desk.hint("1.A")).startswith("Hint 1 of 3: "), "another student begins with the first"


def test_where_nothing_can_be_saved_the_exercises_work_and_say_so_once(
    work_folder: Path, notebook: dict[str, Any]
) -> None:
    work_folder.parent.mkdir(parents=True, exist_ok=True)
    work_folder.write_text("a file where the folder should be")
    notebook["choices"] = {"L1a": "C", "L1b": "C"}
    one = desk.check("1.B")
    assert one.status == "correct"
    assert one.kept.startswith("Your progress is not kept. The folder ")
    assert desk.check("1.B").kept == ""
    assert [str(desk.hint("1.A"))[:6] for _ in range(4)] == ["Hint 1", "Hint 2", "Hint 3", "Hint 1"]


def test_where_nbgrader_runs_a_notebook_nothing_is_kept(
    work_folder: Path, notebook: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    notebook["choices"] = {"L1a": "C", "L1b": "C"}
    assert desk.check("1.B").kept == ""
    desk.hint("1.B")
    assert not work_folder.exists()


def test_a_damaged_key_is_told_in_a_sentence(
    copies: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notebook: dict[str, Any]
) -> None:
    folder = tmp_path / "exercises"
    (folder / "set1").mkdir(parents=True)
    (folder / "set1" / "set1.json").write_bytes(
        (copies["self_study"] / "exercises" / "set1" / "set1.json").read_bytes()
    )
    whole = (copies["self_study"] / "exercises" / "keys.sealed").read_bytes()
    monkeypatch.setattr(sets, "exercises_folder", lambda: folder)
    monkeypatch.setattr(desk, "exercises_folder", lambda: folder)
    for damaged in (whole[: len(whole) // 2], b"", b"\xff" * 100):
        (folder / "keys.sealed").write_bytes(damaged)
        with pytest.raises(SetError, match=r"keys\.sealed"):
            read_set("set1", folder)
        for ask in (desk.check, desk.hint, desk.solution):
            assert "keys.sealed" in str(ask("1.A"))
            assert "Take this copy of the kit from your teacher again" in str(ask("1.A"))


def test_points_for_nbgraders_cells_name_an_id_that_is_none() -> None:
    with pytest.raises(KeyError, match="set1-A-test"):
        desk.points("set1-Z-test")
    assert exercises_folder().is_dir()
