"""The capstone: its texts, its table, and a notebook that runs whatever is typed into it."""

import contextlib
import io
import json
import re

import pytest

import students
from whosays import figures
from whosays.exercises import desk
from whosays.exercises.sets import exercises_folder, read_set, set_folder

FOLDER = set_folder("capstone")
RELEASE = exercises_folder() / "release" / "capstone"
TEXTS = sorted((FOLDER / "texts").glob("*.txt"))
SET = read_set("capstone")
BARS = " | " * 9


def cells(folder):
    return json.loads((folder / "capstone.ipynb").read_text(encoding="utf-8"))["cells"]


def source(cell):
    return "".join(cell["source"])


def played(monkeypatch, folder, **instead):
    """The variables, what was printed, and what was drawn. ``instead`` has other sources, by cell id."""
    monkeypatch.chdir(folder)
    drawn, out = [], io.StringIO()
    monkeypatch.setattr(figures, "show", drawn.append)
    space = {"__name__": "__main__"}
    with contextlib.redirect_stdout(out):
        for cell in cells(folder):
            if cell["cell_type"] == "code":
                exec(instead.get(cell["id"].removeprefix("capstone-"), source(cell)), space)
    return space, out.getvalue(), drawn


def article(name, own=""):
    return f'article = "{name}"\nmy_own = """{own}"""'


CHOICE = next(c["id"] for c in cells(RELEASE) if source(c).startswith("article =")).removeprefix("capstone-")


def sentences(text):
    return [line for line in text.splitlines() if line.strip() and line[0] not in "#>"]


def test_there_are_six_short_texts_that_say_they_are_invented():
    assert len(TEXTS) == 6
    for path in TEXTS:
        text = path.read_text(encoding="utf-8")
        assert text.splitlines()[0].startswith("# Invented for this exercise"), path.name
        assert 8 <= len(sentences(text)) <= 12, path.name
        assert len(text.split("\n\n")) > 2, path.name


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.stem)
def test_earlier_versions_belong_to_sentences_of_the_text_and_one_of_them_holds_up(path):
    text = path.read_text(encoding="utf-8")
    earlier = [line[1:].split("|") for line in text.splitlines() if line.startswith(">")]
    assert len(earlier) >= 2
    holds = 0
    for sid, where, words in earlier:
        sentence = sentences(text)[int(sid.strip()[1:]) - 1]
        quoted = re.findall(r"“([^”]+?)[.,]?”", sentence)
        numbers = set(re.findall(r"\d[\d.]*\d|\d", sentence))
        spoken = words.strip(" “”").rstrip(".,")
        assert where.strip(), sid
        holds += spoken in quoted or (bool(numbers) and numbers <= set(re.findall(r"\d[\d.]*\d|\d", words)))
    assert holds >= 1


def test_what_the_notebook_shows_is_the_text_with_its_numbers(monkeypatch):
    for path in TEXTS:
        space, out, _ = played(monkeypatch, RELEASE, **{CHOICE: article(path.stem)})
        lines = sentences(path.read_text(encoding="utf-8"))
        assert space["sentences"]["text"].tolist() == lines
        assert f"s01  {lines[0]}" in out
        assert "Invented for this exercise" in out
        assert out.count("\n> s") >= 2


@pytest.mark.parametrize("folder", [FOLDER, RELEASE], ids=["source", "release"])
def test_it_runs_from_top_to_bottom_as_it_comes(monkeypatch, folder):
    space, out, drawn = played(monkeypatch, folder)
    assert len(space["my_table"]) == 11
    assert "still open: s01 s02" in out if folder == RELEASE else out.count("all done") == 3
    assert [f.layout.title.text is not None for f in drawn] == [True] * 4


def test_the_filled_table_reaches_every_picture(monkeypatch):
    _, out, drawn = played(monkeypatch, FOLDER)
    strip, claims, network, places = drawn
    assert "11 sentences" in strip.layout.meta["alt"]
    assert claims.layout.meta["table"]["total"] == [5, 5, 1, 0]
    assert network.layout.meta["table"]["giver"] == ["the mill"]
    assert "s07: the mill → the bakery, on the word of the miller" in out
    assert "Rung 5: s04\n" in out
    assert "market 2" in out
    assert (places.layout.xaxis.title.text, places.layout.yaxis.title.text) == (
        "place",
        "times named",
    )


@pytest.mark.parametrize(
    ("rows", "told", "kept"),
    [
        ("", "rung: still open: s01", {}),
        (f"s01 | 5{BARS}", "confidence: still open: s01", {"s01": "5"}),
        ("s01 | 5 | the baker", "s01: 2 bars, and it needs 10.", {"s01": "5"}),
        (f"s01 | 5{BARS} | | |", "bars, and it needs 10.", {"s01": "5"}),
        (f"s01 | 9{BARS}\ns02 | 4.5{BARS}", "rung: still open: s01 s02 s03", {"s01": "9", "s02": "4.5"}),
        (f"s01 | 5{BARS}\ns01 | 4{BARS}", "rung: still open: s02", {"s01": "5"}),
        (f"s99 | 5{BARS}", "rung: still open: s01", {}),
    ],
)
def test_no_slip_in_the_table_stops_the_notebook(monkeypatch, rows, told, kept):
    space, out, drawn = played(monkeypatch, RELEASE, table=f'my_rows = """\n{rows}\n"""')
    assert told in out
    assert len(drawn) == 4
    assert len(space["my_table"]) == 11
    found = dict(zip(space["my_table"]["sentence"], space["my_table"]["rung"], strict=True))
    assert {sid: rung for sid, rung in found.items() if rung} == kept


def test_the_examples_are_not_about_the_text_that_stands_there():
    given = next(source(c) for c in cells(RELEASE) if source(c).startswith("article ="))
    name = re.search(r'article = "(\w+)"', given)[1]
    texts = {path.stem: sentences(path.read_text(encoding="utf-8")) for path in TEXTS}
    examples = " ".join(entry["anchors"][max(entry["anchors"], key=float)] for entry in SET.key.values())
    about = {stem for stem in texts if f"texts/{stem}.txt" in examples}
    assert about == {"bakery"}
    assert name in set(texts) - about
    choice = next(source(c) for c in cells(RELEASE) if "Choose an article" in source(c))
    assert "`bakery` bread at the market (the examples of `ws.solution` are about this one)" in choice


@pytest.mark.parametrize("typed", ["Bakery", " bakery ", "BAKERY"])
def test_the_name_of_a_text_counts_however_it_is_typed(monkeypatch, typed):
    space, out, _ = played(monkeypatch, RELEASE, **{CHOICE: article(typed, "Paste your article here.")})
    assert "There is no text" not in out
    assert space["sentences"]["text"].tolist() == sentences(TEXTS[0].read_text(encoding="utf-8"))


def test_a_name_of_no_text_is_told_with_those_that_there_are(monkeypatch):
    _, out, drawn = played(monkeypatch, RELEASE, **{CHOICE: article("backery", "Paste your article here.")})
    there = ", ".join(path.stem for path in TEXTS)
    assert f"There is no text “backery”. There are: {there}, and my own." in out
    assert len(drawn) == 4


def test_words_of_the_table_count_however_they_are_spelt(monkeypatch):
    kinds = ["judgment", "Fact", "opinion", "PREDICTION"]
    places = ["the market", "market", "The market", "Theresa Street"]
    rows = "\n".join(
        f"s{n:02} | 1 | | | {kind} | | | | {place} | | 3"
        for n, (kind, place) in enumerate(zip(kinds, places, strict=True), 1)
    )
    space, out, drawn = played(monkeypatch, RELEASE, table=f'my_rows = """\n{rows}\n"""')
    assert space["my_table"]["claim"].tolist()[:4] == ["judgement", "fact", "judgement", "prediction"]
    assert "claim: still open: s05" in out
    assert drawn[1].layout.meta["table"]["total"] == [1, 2, 1, 0]
    assert "market 3 · Theresa Street 1" in out
    assert dict(space["named"]) == {"market": 3, "Theresa Street": 1}


def test_an_article_of_ones_own_and_a_map(monkeypatch):
    own = "\nErster Satz.\nZweiter, sagte sie.\n\nDritter.\n"
    space, out, _ = played(
        monkeypatch,
        RELEASE,
        **{CHOICE: article("My own ", own), "spots": 'spots = {"Lyon": (45.8, 4.8)}'},
    )
    assert space["sentences"]["paragraph"].tolist() == [1, 1, 2]
    assert "s03  Dritter." in out
    drawn = space["places"]
    assert (drawn.data[-1].text[0], drawn.data[-1].lat[0]) == ("Lyon", 45.8)
    assert any("Whose borders?" in a.text for a in drawn.layout.annotations)


def test_finished_cells_are_short():
    for cell in cells(RELEASE):
        if cell["cell_type"] == "code":
            assert len(source(cell).splitlines()) <= 12, cell["id"]


def test_readers_use_the_words_of_the_teacher_and_the_levels_are_thirds():
    sheet = next(source(c) for c in cells(RELEASE) if "two readers, ten minutes" in source(c)).casefold()
    for question in SET.questions:
        entry = SET.key[question.id]
        shares = [round(question.points * third / 3, 2) for third in (3, 2, 1, 0)]
        assert [float(points) for points in entry["rubric"]] == shares
        assert [float(points) for points in entry["anchors"]] == shares
        for points, says in entry["rubric"].items():
            assert "\n" not in says
            if float(points):
                assert says.partition(": ")[2].casefold() in sheet
                assert entry["anchors"][points].strip()


@pytest.mark.parametrize("question", SET.questions, ids=lambda q: q.id)
def test_the_example_of_the_best_level_has_the_length_that_is_asked_for(question):
    best = SET.key[question.id]["anchors"][f"{question.points:g}"]
    assert desk.check(question.id, best).status == "correct"
    assert desk.check(question.id, "").status == "not attempted"
    assert "are asked for" in str(desk.check(question.id, "Too short."))
    released = students.cell(students.released("capstone"), question.cell)
    assert source(released) == desk.UNWRITTEN


def test_a_capital_in_a_sentence_number_is_no_slip(monkeypatch):
    space, out, _ = played(monkeypatch, RELEASE, table='my_rows = """\nS01 | 5 | | | fact | | | | | | 3\n"""')
    assert space["my_table"]["rung"].tolist()[:2] == ["5", ""]
    assert "rung: still open: s02" in out
