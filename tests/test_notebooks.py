"""The notebooks: they run offline without a word of complaint, resume, and are built as the rules say.

A run of a notebook is costly: each is made once, by the worker that needs it first, and shared by many tests.
"""

from __future__ import annotations

import ast
import importlib
import itertools
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import frictionless
import nbformat
import pytest
from nbclient import NotebookClient

from helpers import DATA, KIT, NOTEBOOKS, network_attempts, offline_env
from whosays import course, pack
from whosays.answers import Answers, choose_code
from whosays.checks import rung_keys
from whosays.figures import MIME
from whosays.widgets.base import View

SIX = KIT / "tests" / "six_sentences"
ALL = [path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
LESSONS = [name for name in ALL if re.match(r"0[1-8]_", name)]
FIRST = "01_who_is_speaking"
MINUTES = [(0, 3), (3, 10), (10, 22), (22, 30), (30, 40), (40, 45)]
# Standards whose text somebody has read, and the lessons they fit.
STANDARDS = {
    "RI.6.8": (1, 3),
    "RI.8.3": (5,),
    "RI.8.6": (1, 4),
    "RI.8.8": (3, 4),
    "RI.8.9": (4, 7),
    "RI.9-10.6": (2,),
    "RI.9-10.8": (3, 4),
    "RH.6-8.8": (3,),
    "RH.6-8.9": (7,),
    "RH.9-10.1": (1, 6),
    "RH.9-10.7": (6,),
    "RH.9-10.8": (3, 5),
    "RH.11-12.1": (2,),
    "RH.11-12.3": (4, 8),
    "RH.11-12.6": (7,),
    "RH.11-12.8": (7, 8),
    "W.9-10.1": (8,),
    "Authority Is Constructed and Contextual": (1, 7),
}
# What a student has done between two runs of a lesson. The answers are no key: nobody meant them.
CODE = "amber-otter-17"
TICKET = {"sentence": "It seemed so.", "sure": 2}
DONE: dict[str, dict[str, Any]] = {
    FIRST: {
        "labels": {"s01": 2, "s02": 3},
        "predictions": {
            "warm_up": "Hard to tell",
            "tall_bars": "spread evenly",
            "counted": "I counted heads.",
        },
        "items": {"L1a": "L1a.3"},
    },
    "02_whose_exact_words": {
        "cards": {"q1.speaker": "macron", "q2.speaker": "rutte", "v1.settled": 3},
        "spans": {"seam.s27": [[3859, 3863, "not_spoken"]]},
        "predictions": {"silent": "most of them", "counted": "I counted heads."},
        "items": {"L2a": "L2a.1"},
    },
    "03_could_anyone_check": {
        "cards": {"cl22.when": "later", "cl22.look_at": "poll", "cl15.when": "never", "cl15.look_at": "wait"},
        "first_cards": {"cl22.when": "later", "cl15.when": "never"},
        "confidence": {"cl22": 4, "cl15": 1},
        "first_confidence": {"cl22": 4, "cl15": 1},
        "predictions": {
            "kinds": "on all of them",
            "owners": "all of them",
            "sure": "nearly always",
            "cross": "the low rungs",
        },
        "items": {"L3a": "L3a.1"},
    },
    "04_does_it_agree": {
        "finds": {"f1": {"sentences": ["s12"], "kind": "number", "why": "It is a large number."}},
        "predictions": {"grid": "two of them, level", "searched": "I counted heads."},
        "items": {"L4a": "L4a.2"},
    },
    "05_who_supports_whom": {
        "cards": {
            **{"r03.giver": "russia", "r03.verb": "worry", "r03.receiver": "china", "r03.said_by": "china"},
            **{"r10.giver": "macron", "r10.verb": "promised", "r10.receiver": "ukraine"},
            "r10.said_by": "macron",
        },
        "views": {"support": {"minimum": 4, "view": "detailed", "context": False}},
        "predictions": {"best": "one tie", "network": "all six"},
        "items": {"L5a": "L5a.1"},
    },
    "06_where_is_the_story": {
        "cards": {"kursk.tag": "spot", "russia.tag": "country"},
        "first_cards": {"kursk.tag": "spot", "russia.tag": "country"},
        "dots": {"indo_pacific": [100.0, 5.0]},
        "predictions": {"named": "China", "merged": "the line will not run"},
        "items": {"L6a": "L6a.1"},
    },
    "07_how_words_travel": {
        "cards": {"vr11.guess": "same", "vr11.now": "small change"},
        "views": {"versions": "vr11"},
        "predictions": {"copies": "as many as rows", "trace": "yes, from one agency"},
        "items": {"L7a": "L7a.1"},
    },
    "08_how_sure_are_we": {
        "labels": {"s22": 2},
        "rewrites": {"s02": {"text": "The writer calls it risky.", "ticks": []}},
        "predictions": {"spread": "rung 1, the lower one", "heat": "everywhere the same"},
        "items": {"L8a": "L8a.1"},
    },
}


# Running -------------------------------------------------------------------------------------------


class Client(NotebookClient):
    """Runs a notebook and remembers what its widgets show, without writing it into the notebook."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, timeout=60, kernel_name="python3", store_widget_state=False, **options)
        self.shown: dict[str, dict[str, Any]] = {}

    def handle_comm_msg(self, outs: list[Any], msg: dict[str, Any], cell_index: int) -> None:
        state = msg["content"]["data"].get("state", {})
        kept = {name: value for name, value in state.items() if name not in ("_esm", "_css")}
        self.shown.setdefault(msg["content"]["comm_id"], {}).update(kept)
        super().handle_comm_msg(outs, msg, cell_index)


@dataclass(frozen=True)
class Run:
    """A notebook that ran in ``folder``: its cells with their outputs, and the state of its widgets."""

    folder: Path
    cells: dict[str, Any] = field(default_factory=dict)
    widgets: dict[str, dict[str, Any]] = field(default_factory=dict)

    def outputs(self) -> Iterator[tuple[str, Any]]:
        for name, cell in self.cells.items():
            for output in cell.get("outputs", []):
                yield name, output

    def text(self, cell: str) -> str:
        """Everything that a cell put out, as one string."""
        return json.dumps(self.cells[cell]["outputs"], ensure_ascii=False)

    def widget(self, cell: str) -> dict[str, Any]:
        """The state of the widget that a cell shows."""
        return next(self.widgets[m] for m in map(model, self.cells[cell]["outputs"]) if m)

    def questions(self, cell: str) -> dict[str, dict[str, Any]]:
        """The questions of the form that a cell shows, by key."""
        return {q["key"]: q for q in self.widget(cell)["view"]["questions"]}


def model(output: Any) -> str | None:
    """The id of the widget that an output shows, if it shows one."""
    view = output.get("data", {}).get("application/vnd.jupyter.widget-view+json", {})
    return view.get("model_id")


def carry_out(name: str, folder: Path, **more: str) -> None:
    """Run a notebook in ``folder`` as JupyterLab does, and leave the result there as ``run.json``."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    client = Client(notebook, resources={"metadata": {"path": NOTEBOOKS}}, allow_errors=True)
    client.execute(env=offline_env(folder, **more))
    found = {"cells": {cell.id: cell for cell in notebook.cells}, "widgets": client.shown}
    (folder / "half.json").write_text(json.dumps(found), encoding="utf-8")
    (folder / "half.json").rename(folder / "run.json")


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """``run("01_who_is_speaking")``, or with a variant of it: ``"01_who_is_speaking resumed"``."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent

    @cache
    def ran(which: str) -> Run:
        folder = shared / f"run {which}"
        try:
            folder.mkdir()
        except FileExistsError:
            pass
        else:
            try:
                name, _, variant = which.partition(" ")
                carry_out(name, folder, **prepare(name, variant, folder, ran))
            except BaseException as error:
                (folder / "run.json").write_text(json.dumps({"failed": repr(error)}), encoding="utf-8")
                raise
        until = time.monotonic() + 180
        while not (folder / "run.json").exists():
            assert time.monotonic() < until, f"{which} is still running in another worker"
            time.sleep(0.05)
        found = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        assert "failed" not in found, f"{which}: {found['failed']}"
        return Run(folder, **found)

    return ran


def prepare(name: str, variant: str, folder: Path, ran: Callable[[str], Run]) -> dict[str, str]:
    """What a variant of a run needs: files in ``folder``, and the variables of its environment."""
    if variant == "with six sentences":
        return {"WHOSAYS_PACK": str(SIX)}
    if variant == "without reference":
        shutil.copytree(DATA, folder / "data", ignore=shutil.ignore_patterns("reference"))
        return {"WHOSAYS_PACK": str(folder / "data")}
    if variant == "resumed":
        work = folder / "work"
        if (before := ran(name).folder / "work").is_dir():
            shutil.copytree(before, work)
        answers = Answers(int(name[:2]), choose_code(CODE, work), pack.load(DATA).fingerprint, work)
        for part, given in (DONE[name] | {"exit_ticket": TICKET}).items():
            for key, value in given.items():
                answers.set(part, key, value)
    return {}


WAYS = ("with six sentences", "without reference", "resumed")
VARIANTS = [f"{name} {way}" for name in LESSONS for way in WAYS]


@pytest.mark.parametrize("which", [*ALL, *VARIANTS])
def test_it_runs_without_error_warning_or_network(which: str, run: Callable[[str], Run]) -> None:
    done = run(which)
    assert not network_attempts(done.folder)
    for cell, output in done.outputs():
        said = json.dumps(output, ensure_ascii=False)
        assert output["output_type"] != "error", f"{cell}: {output['ename']}: {output['evalue']}"
        assert output.get("name") != "stderr", f"{cell} wrote to stderr: {output['text']}"
        assert not re.search(r"Warning|Traceback", said), f"{cell}: {said[:600]}"


@pytest.mark.parametrize("which", [*ALL, *VARIANTS])
def test_every_cell_shows_something_that_can_be_read_without_widgets(
    which: str, run: Callable[[str], Run]
) -> None:
    done = run(which)
    for name, cell in done.cells.items():
        waits = all(line.startswith("#") for line in "".join(cell["source"]).splitlines())
        assert cell["cell_type"] != "code" or waits or cell["outputs"], f"{name} shows nothing"
    for name, output in done.outputs():
        shown = done.widgets.get(model(output) or "")
        if shown is not None:
            module, _, kind = shown["_anywidget_id"].rpartition(".")
            widget = getattr(importlib.import_module(module), kind)
            assert widget.as_table is not View.as_table, f"{name}: {kind} has no twin"
        elif "data" in output:
            words = output["data"].get("text/plain", " object at 0x")
            assert " object at 0x" not in words, f"{name} has no words"


@pytest.mark.parametrize("which", ALL)
def test_every_widget_says_what_to_do_in_short_sentences(which: str, run: Callable[[str], Run]) -> None:
    done = run(which)
    for name, output in done.outputs():
        view = done.widgets.get(model(output) or "", {}).get("view")
        if view is None or view.get("waiting") or view.get("part") == "panel":
            continue  # a panel belongs to the controls above it
        asks = [q["ask"] for q in view["questions"]] if "questions" in view else [view["ask"]]
        for ask in asks:
            assert ask, f"{name} does not say what to do"
            for sentence in re.split(r"(?<=[.?!]) ", ask):
                assert len(sentence.split()) <= 18, f"{name}: {sentence}"


@cache
def secrets() -> list[str]:
    """What the reference says of single sentences, quotations, claims, clashes and options."""
    known = pack.load(DATA).reference
    kept = {
        "reasons": ["reason"],
        "item_options": ["feedback"],
        "quotes": ["title", "holds_up", "differs", "unsettled"],
        "claims": ["kind_reason", "when_reason", "verdict_later", "note"],
        "tensions": ["title", "what", "why"],
        "agreements": ["why"],
        "spans": ["why"],
        "relations": ["why", "denial", "later"],
        "places": ["why"],
        "versions": ["why"],
    }
    return [text for name, columns in kept.items() for c in columns for text in known[name][c].dropna()]


@pytest.mark.parametrize("name", LESSONS)
def test_before_the_first_answer_nothing_shows_the_key(name: str, run: Callable[[str], Run]) -> None:
    done = run(name)
    shown = json.dumps([done.widgets, [output for _, output in done.outputs()]], ensure_ascii=False)
    assert len(secrets()) > 300
    assert not [s for s in secrets() if json.dumps(s, ensure_ascii=False)[1:-1] in shown]
    for _, output in done.outputs():
        chart = output.get("data", {}).get("application/vnd.plotly.v1+json")
        table = chart["layout"]["meta"]["table"] if chart else {}
        assert not [rung for rung in table.get("reference", ()) if rung]
        assert not [rung for rung in table.get("also_accepted", ()) if rung]


def test_lesson_1_follows_the_pack_it_is_given(run: Callable[[str], Run]) -> None:
    done, six = run(f"{FIRST} with six sentences"), pack.load(SIX)
    assert [s["id"] for s in done.widget("deck")["view"]["strip"]] == list(six.sentences["id"])
    paragraphs = done.widget("reader")["document"]["paragraphs"]
    assert [sid for _, sentences in paragraphs for sid, _ in sentences] == list(six.sentences["id"])
    assert done.questions("question")["L1b"]["ask"] == six.items.loc[1, "stem"]
    assert [*done.questions("exit-ticket")] == ["L1a", "sure", "sentence"]


@pytest.mark.parametrize("name", LESSONS)
def test_with_another_pack_nothing_of_this_article_is_shown(name: str, run: Callable[[str], Run]) -> None:
    done = run(f"{name} with six sentences")
    outputs = [output for _, output in done.outputs()]
    asked = "\n".join(sources(name, "code"))  # a notebook asks about its own article
    everything = json.dumps([done.widgets, outputs], ensure_ascii=False)
    names = [n for n in pack.load(DATA).actors["name"] if n not in asked]
    assert not [n for n in names if n in everything]
    assert "Odo Tarrin" in everything or "canteen" in everything


# The deck of a lesson: its cell, the ids of its cards, and how their answers are called.
MAIN: dict[str, tuple[str, Callable[[Any], list[str]], str]] = {
    "02_whose_exact_words": ("line-up", lambda p: list(p.quotes["id"]), "speaker"),
    "03_could_anyone_check": ("sorter", lambda p: list(p.claims["id"]), "when"),
    "05_who_supports_whom": ("builder", lambda p: of(p.relations, "role", "text"), "giver"),
    "06_where_is_the_story": ("tagger", lambda p: of(p.places, "origin", "text"), "tag"),
}
# What a student wrote or chose, and the cell that shows it again.
SHOWN_AGAIN = {
    "04_does_it_agree": ("finder", "It is a large number."),
    "07_how_words_travel": ("versions", "small change"),
    "08_how_sure_are_we": ("desk", "The writer calls it risky."),
}


def of(table: Any, column: str, value: str) -> list[str]:
    """The ids of the rows with this value."""
    return list(table.loc[table[column] == value, "id"])


@pytest.mark.parametrize("name", LESSONS)
def test_without_reference_it_records_and_leaves_the_rest_to_the_teacher(
    name: str, run: Callable[[str], Run]
) -> None:
    done = run(f"{name} without reference")
    assert "question" not in done.cells or done.questions("question")
    assert course.NO_KEY in done.text("trust-one")
    if name == FIRST:
        assert course.NO_KEY in done.text("class-view")
        assert len(done.widget("deck")["view"]["strip"]) == len(pack.load(DATA).sentences)
    elif name in MAIN:
        cell, ids, _ = MAIN[name]
        assert [s["id"] for s in done.widget(cell)["view"]["strip"]] == ids(pack.load(DATA))


def test_a_second_run_shows_the_answers_given_between(run: Callable[[str], Run]) -> None:
    first, done = run(FIRST), run(f"{FIRST} resumed")
    assert CODE in done.widget("setup")["view"]["ask"]
    strip = done.widget("deck")["view"]["strip"]
    labels = DONE[FIRST]["labels"]
    assert {s["id"]: s["rung"] for s in strip if s["rung"]} == labels
    assert done.widget("reader")["rungs"] == labels
    assert not [s for s in first.widget("deck")["view"]["strip"] if s["rung"]]
    assert done.questions("warm-up-q")["warm_up"]["value"] == "Hard to tell"
    assert "one" in json.dumps(done.questions("warm-up-q")["warm_up"]["feedback"])
    assert f"{len(labels)} of {len(strip)} sentences" in done.text("strip")
    assert done.questions("track-n-explain")["counted"]["value"] == "I counted heads."
    ticket = done.questions("exit-ticket")
    assert "Right." in json.dumps(ticket["L1a"]["feedback"])
    assert {key: asked["value"] for key, asked in ticket.items()} == {"L1a": "L1a.3"} | TICKET


@pytest.mark.parametrize("name", [name for name in LESSONS if name != FIRST])
def test_a_second_run_goes_on_with_the_answers_given_between(name: str, run: Callable[[str], Run]) -> None:
    first, done = run(name), run(f"{name} resumed")
    assert CODE in done.widget("setup")["view"]["ask"]
    ((item, option),) = DONE[name]["items"].items()
    ticket = {key: asked["value"] for key, asked in done.questions("exit-ticket").items()}
    assert ticket == {item: option} | TICKET
    assert done.questions("exit-ticket")[item]["feedback"]["tone"] == "notyet"
    if name in MAIN:
        cell, _, kind = MAIN[name]
        answered = {key.split(".")[0] for key in DONE[name]["cards"] if key.endswith(f".{kind}")}
        strip = done.widget(cell)["view"]["strip"]
        assert {s["id"] for s in strip if s["mark"]} == answered
        assert not [s for s in first.widget(cell)["view"]["strip"] if s["mark"]]
    else:
        cell, words = SHOWN_AGAIN[name]
        assert words in json.dumps(done.widget(cell)["view"], ensure_ascii=False)
        assert first.widget(cell)["view"] != done.widget(cell)["view"]


def charts(done: Run, cell: str) -> list[dict[str, Any]]:
    """The charts that a cell shows."""
    found = [output.get("data", {}) for name, output in done.outputs() if name == cell]
    return [data[MIME]["layout"] for data in found if MIME in data]


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("02_whose_exact_words", "microphone"),
        ("03_could_anyone_check", "kinds"),
        ("03_could_anyone_check", "owners"),
        ("04_does_it_agree", "grid"),
        ("05_who_supports_whom", "network"),
        ("06_where_is_the_story", "map"),
        ("07_how_words_travel", "trace"),
        ("08_how_sure_are_we", "heat"),
    ],
)
def test_a_chart_waits_for_its_prediction(name: str, cell: str, run: Callable[[str], Run]) -> None:
    assert not charts(run(name), cell)
    assert "Make your guess first" in run(name).text(cell)
    (chart,) = charts(run(f"{name} resumed"), cell)
    assert chart["meta"]["table"]
    assert "Make your guess first" not in run(f"{name} resumed").text(cell)


def test_lesson_3_crosses_the_students_own_answers(run: Callable[[str], Run]) -> None:
    done = run("03_could_anyone_check resumed")
    shown = re.sub(r"<[^>]+>|\\n|\s+", " ", done.text("track-n-run"))
    assert "never" in shown
    assert "later" in shown
    (chart,) = charts(done, "calibration")
    assert chart["meta"]["table"]["answers"] == [1, 0, 0, 1]
    assert chart["meta"]["table"]["right"] == [1, 0, 0, 0]


def test_a_prediction_stands_above_what_it_was_about(run: Callable[[str], Run]) -> None:
    done = run(f"{FIRST} resumed")
    assert "You predicted: spread evenly" in done.text("strip")
    assert "Make your guess first" in done.text("track-n-run")
    assert "value" not in done.text("track-n-run")


def test_the_invented_pack_is_sound_and_has_the_schemas_of_the_lesson_pack() -> None:
    assert not pack.check(SIX)
    assert frictionless.validate(str(SIX / "datapackage.json")).valid
    ours, theirs = (
        {r["name"]: r for r in json.loads((f / "datapackage.json").read_text(encoding="utf-8"))["resources"]}
        for f in (DATA, SIX)
    )
    stale = [name for name, table in theirs.items() if table["schema"] != ours[name]["schema"]]
    assert not stale, f"copy these schemas from data/datapackage.json into tests/six_sentences: {stale}"
    keys = rung_keys(pack.load(SIX)).values()
    assert {key.rung for key in keys} == {1, 2, 3, 4, 5}
    assert sum(key.contested for key in keys) == 1


# Built by the rules --------------------------------------------------------------------------------


@cache
def cells(name: str) -> list[Any]:
    content: dict[str, Any] = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    return [cell | {"source": "".join(cell["source"])} for cell in content["cells"]]


def sources(name: str, kind: str) -> list[str]:
    return [cell["source"] for cell in cells(name) if cell["cell_type"] == kind and not is_note(cell)]


def is_note(cell: Any) -> bool:
    return "instructor-note" in cell["metadata"].get("tags", [])


def title(name: str) -> str:
    first: str = cells(name)[0]["source"].splitlines()[0]
    return first.removeprefix("# ")


@pytest.mark.parametrize("name", ALL)
def test_the_title_is_a_question_and_the_last_cell_answers_it(name: str) -> None:
    first, last = cells(name)[0], cells(name)[-1]
    assert first["cell_type"] == last["cell_type"] == "markdown"
    assert first["source"].startswith("# ")
    assert title(name).endswith("?")
    heading, _, answer = last["source"].partition("\n")
    assert heading.lower() == f"## so: {title(name).lower()}"
    assert answer.strip()
    assert "```" not in answer


@pytest.mark.parametrize("name", ALL)
def test_it_is_short_and_more_prose_than_code(name: str) -> None:
    assert len(cells(name)) <= 30
    code = sources(name, "code")
    assert max(len(source.splitlines()) for source in code) <= 12
    assert len(code[0].splitlines()) <= 3
    assert "import whosays as ws" in code[0]
    assert sum(len(s.split()) for s in sources(name, "markdown")) >= sum(len(s.split()) for s in code)


@pytest.mark.parametrize("name", ALL)
def test_cells_have_names_that_can_stay_and_no_hidden_extras(name: str) -> None:
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.id), cell.id
        assert not re.fullmatch(r"[a-f-]{8,}", cell.id), cell.id
        assert set(cell.metadata) <= {"deletable", "editable", "tags", "jupyter"}, cell.id
        # Only code that a student need not read is folded away.
        folded = cell.metadata.get("jupyter")
        if folded is not None:
            assert folded == {"source_hidden": True}, cell.id
            assert cell.cell_type == "code", cell.id
            assert "df" not in cell.source, cell.id


@pytest.mark.parametrize("name", ALL)
def test_only_the_cells_that_students_write_in_can_be_changed(name: str) -> None:
    for cell in cells(name):
        locked = cell["metadata"].get("deletable") is False and cell["metadata"].get("editable") is False
        to_fill = cell["cell_type"] == "code" and re.search(r"^# |= \.\.\.$", cell["source"], re.MULTILINE)
        assert locked != bool(to_fill), f"{cell['id']} is {'locked' if locked else 'not locked'}"


@pytest.mark.parametrize("name", LESSONS)
def test_the_steps_come_in_their_order_at_their_minutes(name: str) -> None:
    found = [
        (i, *m.groups())
        for i, cell in enumerate(cells(name))
        if (m := re.match(r"## (\d) (.+) \((\d+)–(\d+) minutes\)$", cell["source"].splitlines()[0]))
    ]
    assert [int(number) for _, number, *_ in found] == [1, 2, 3, 4, 5, 6]
    assert [(int(a), int(b)) for *_, a, b in found] == MINUTES
    heads = [head for _, _, head, *_ in found]
    assert (heads[0], heads[4], heads[5]) == ("Warm-up", "Class view", "Exit ticket")
    begin = [i for i, *_ in found] + [len(cells(name)) - 1]
    parts = [cells(name)[a:b] for a, b in itertools.pairwise(begin)]
    markdown = ["\n".join(c["source"] for c in part if c["cell_type"] == "markdown") for part in parts]
    code = ["\n".join(c["source"] for c in part if c["cell_type"] == "code") for part in parts]
    assert all(code), "a step without anything to do"
    assert re.search(r"^### .*example", markdown[1], re.MULTILINE), "no worked example in step 2"
    assert re.search(r"\blesson\.\w+\(", code[2]), "no widget in step 3"
    assert "df" in code[3], "no table in step 4"
    assert "lesson.exit_ticket(" in code[5]
    intro = cells(name)[0]["source"]
    assert "**You will** " in intro
    assert f"**Time:** {MINUTES[-1][1]} minutes" in intro
    assert "**Key points**" in cells(name)[-1]["source"]


@pytest.mark.parametrize("name", LESSONS)
def test_the_note_holds_what_a_teacher_needs(name: str) -> None:
    note, lesson = cells(name)[1], int(name[:2])
    assert note["metadata"]["tags"] == ["instructor-note"]
    assert note["source"].startswith("<details><summary><b>For the teacher</b>"), "not folded away"
    assert note["source"].endswith("</details>")
    assert [c["id"] for c in cells(name) if is_note(c)] == [note["id"]]
    _, *pieces = re.split(r"\*\*(.+?)\*\*", note["source"])
    parts = {head.strip(".:,"): text.strip() for head, text in zip(pieces[::2], pieces[1::2], strict=True)}
    for needed in (
        "Question",
        "Objectives",
        "One new pandas idea",
        "Before class",
        "Materials",
        "Answer key",
    ):
        assert parts.get(needed), f"no {needed}"
    assert title(name) in parts["Question"]
    turns = next(text for head, text in parts.items() if head.startswith("Three likely wrong turns"))
    assert re.findall(r"^(\d)\. .+ – \*.+\*$", turns, re.MULTILINE) == ["1", "2", "3"]
    asked = next(text for head, text in parts.items() if head.startswith("Two questions"))
    assert asked.count("?") >= 2
    rows = re.findall(r"^\| (\d+)–(\d+) \|", note["source"], re.MULTILINE)
    assert [(int(a), int(b)) for a, b in rows] == MINUTES
    assert len(re.findall(r"cut here", note["source"])) == 1
    named = [s.strip(" .\n") for s in re.split(r"[,;]|CCSS|ACRL:", parts["Standards"])]
    assert [s for s in named if s]
    assert not [s for s in named if s and lesson not in STANDARDS.get(s, ())], "not read for this lesson"


def test_the_first_notebook_shows_the_same_plan() -> None:
    text = "\n".join(sources("00_start_here", "markdown"))
    rows = re.findall(r"^\| (\d+)–(\d+) \|", text, re.MULTILINE)
    assert [(int(a), int(b)) for a, b in rows] == MINUTES


def calls(source: str, method: str) -> list[ast.Call]:
    found = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
    return [n for n in found if isinstance(n.func, ast.Attribute) and n.func.attr == method]


def keys(source: str, method: str) -> list[str]:
    return [ast.literal_eval(call.args[0]) for call in calls(source, method)]


@pytest.mark.parametrize("name", LESSONS)
def test_a_prediction_is_made_right_before_each_output_it_names(name: str) -> None:
    code = sources(name, "code")
    asked = [(key, i) for i, source in enumerate(code) for key in keys(source, "predict")]
    ways = ("predicted", "guessed")
    shown = [(key, i) for i, source in enumerate(code) for way in ways for key in keys(source, way)]
    assert asked
    assert shown == [(key, i + 1) for key, i in asked], "its output does not follow"
    for key, i in shown:
        first, *rest = code[i].splitlines()
        if first == f'if lesson.guessed("{key}"):':
            assert all(line.startswith("    ") for line in rest), f"{key}: something does not wait"
        else:
            assert first == f'lesson.predicted("{key}")'
            assert "after=" in code[i], f"{key}: the chart does not wait"
        assert rest, f"{key}: nothing is shown"


@pytest.mark.parametrize("name", ALL)
def test_links_lead_to_files_of_the_kit(name: str) -> None:
    for source in sources(name, "markdown"):
        for target in re.findall(r"\]\(([^)]+)\)", source):
            assert not re.match(r"[a-z]+:|/", target), f"{target} leads out of the kit"
            assert (NOTEBOOKS / target.partition("#")[0]).is_file(), target


@pytest.mark.parametrize("name", ALL)
def test_what_students_see_gives_no_key_away(name: str) -> None:
    known = rung_keys(pack.load(DATA))
    everything = "\n".join(sources(name, "markdown") + sources(name, "code"))
    for sid, key in known.items():
        number = sid.removeprefix("s").lstrip("0")
        named = re.findall(rf"(?:\b{sid}\b|\b[Ss]entence {number}\b)[^\n0-9]{{0,40}}([1-5])\b", everything)
        given = {int(rung) for rung in named} & {reading.rung for reading in key.readings}
        assert not given, f"{sid} stands beside its rung {given}"
        assert not [r.reason for r in key.readings if r.reason in everything]


# Links that code makes -----------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of notebooks/ in which the lesson object looks for other lessons; only the first is there."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("00_start_here", FIRST):
        shutil.copy(NOTEBOOKS / f"{name}.ipynb", folder)
    monkeypatch.setattr(course.core, "__file__", str(folder / "whosays" / "course" / "core.py"))
    monkeypatch.setenv("WHOSAYS_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("WHOSAYS_PACK", str(SIX))
    choose_code(CODE)
    return folder


def add(folder: Path, name: str, heading: str) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(heading)])
    nbformat.write(notebook, folder / name)


def links(shown: Any) -> dict[str, str]:
    return {target: text for text, target in re.findall(r"\[([^]]+)\]\(([^)]+)\)", shown.data)}


def test_the_way_on_leads_to_the_next_lesson_there_is(copy: Path) -> None:
    first = course.lesson(1)
    assert [*links(first.onward())] == ["00_start_here.ipynb"]
    add(copy, "03_could_anyone_check.ipynb", "# Could anyone check this?\n\nYes.")
    add(copy, "02_whose_exact_words.ipynb", "# Whose exact words are these?")
    assert [*links(first.onward()).items()] == [
        ("02_whose_exact_words.ipynb", "Whose exact words are these?"),
        ("00_start_here.ipynb", "Back to the list of lessons"),
    ]
    assert [*links(course.lesson(3).onward())] == ["00_start_here.ipynb"]
    assert next(iter(links(course.lesson(0).onward()))) == f"{FIRST}.ipynb"


def test_the_list_names_every_lesson_and_how_far_the_student_is(copy: Path) -> None:
    add(copy, "03_could_anyone_check.ipynb", "# Could anyone check this?")
    (copy / "02_whose_exact_words.ipynb").write_text("{ no notebook", encoding="utf-8")
    add(copy, "drafts.ipynb", "# A notebook of somebody’s own")
    start = course.lesson(0)
    assert links(start.progress()) == {
        f"{FIRST}.ipynb": title(FIRST),
        "02_whose_exact_words.ipynb": "whose exact words",
        "03_could_anyone_check.ipynb": "Could anyone check this?",
    }
    assert start.progress().data.count("not started") == 3
    answers = course.lesson(1).answers
    answers.set("labels", "s01", 3)
    assert "1 of 6 sentences, exit ticket open" in start.progress().data
    answers.set("exit_ticket", "sure", 4)
    assert "1 of 6 sentences, exit ticket done" in start.progress().data
    for path in copy.glob("0[1-9]*"):
        path.unlink()
    assert start.progress().data == "There are no lessons in this folder."
