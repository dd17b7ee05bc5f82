"""The article reader: the text in layers, and what is behind each mark."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import whosays as ws
from helpers import DATA
from whosays import markup
from whosays.answers import Answers
from whosays.pack import Pack
from whosays.text import join_sentences
from whosays.widgets import reader as module
from whosays.widgets.reader import Reader

CODE = "amber-otter-17"
Row = dict[str, str]


# A pack of four sentences: two people, a place, a quotation, a phrase in quotation marks and one without.
SENTENCES = [
    ("a1", 1, "Mayor Ada Low of Brook said: “The old bridge at Brook will hold.”"),
    ("a2", 1, "She “laid down the law” and left."),
    ("a3", 2, "Critics snorted, and the Brook bridge club “walked out” of the “long talk”."),
    ("a4", 2, "Nobody knows."),
]
TEXT, SPANS = join_sentences([t for *_, t in SENTENCES], [p for _, p, _ in SENTENCES])
START = {sid: span.start for (sid, *_), span in zip(SENTENCES, SPANS, strict=True)}


def at(sid: str, words: str, nth: int = 0) -> Row:
    """The span of the nth such words of a sentence, as columns."""
    start = START[sid] - 1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return {"sentence_id": sid, "start": str(start), "end": str(start + len(words)), "text": words}


def mention(key: str, sid: str, words: str, form: str, actor: str = "", place: str = "", nth: int = 0) -> Row:
    return {"id": key, **at(sid, words, nth), "form": form, "actor_id": actor, "place_id": place}


def phrase(key: str, sid: str, words: str, technique: str, why: str, plainer: str = "") -> Row:
    return {"id": key, **at(sid, words), "technique": technique, "why": why, "plainer": plainer}


CUE = at("a1", "said")
TABLES: dict[str, list[Row]] = {
    "sentences": [{"id": i, "paragraph": str(p), "text": t, "core": "true"} for i, p, t in SENTENCES],
    "actors": [
        {
            "id": "low",
            "name": "Ada Low",
            "type": "person",
            "role": "Mayor since 2020",
            "note": "No engineer.",
        },
        {"id": "critics", "name": "“Critics”", "type": "collective", "role": "Unnamed"},
    ],
    "places": [{"id": "brook", "name": "Brook", "note": "A town on a river."}],
    "mentions": [
        mention("m1", "a1", "Mayor Ada Low", "name", "low"),
        mention("m2", "a1", "Brook", "name", place="brook"),
        mention("m3", "a1", "Brook", "name", place="brook", nth=1),
        mention("m4", "a2", "She", "pronoun", "low"),
        mention("m5", "a3", "Critics", "description", "critics"),
        mention("m6", "a3", "Brook bridge", "name", place="brook"),
    ],
    "quotes": [
        {
            **{"id": "q1", **at("a1", "“The old bridge at Brook will hold.”"), "credited_speakers": "low"},
            **{"cue": "said", "cue_start": CUE["start"], "cue_end": CUE["end"], "attribution": "before"},
        }
    ],
    "phrases": [
        phrase("p1", "a2", "laid down the law", "loaded verb", "Nobody heard a law.", "spoke firmly"),
        phrase("p2", "a3", "snorted", "reporting verb", "It mocks them."),
        phrase("p3", "a3", "bridge club “walked out” of the “long", "crossing", "It cuts across."),
    ],
    "glossary": [
        {"id": "mayor", "term": "Mayor", "group": "towns", "definition": "Heads a town.", "forms": "Mayor"},
        {"id": "law", "term": "Law", "group": "towns", "definition": "A rule.", "forms": "law|laws"},
        {"id": "lore", "term": "Lore", "group": "tales", "definition": "Old tales.", "forms": "now"},
    ],
    "reference_sentences": [
        {"sentence_id": "a1", "rung": "5", "accept_rung": "5", "contested_rung": "false"},
        {"sentence_id": "a2", "rung": "4", "accept_rung": "4|1|2", "contested_rung": "true"},
        {"sentence_id": "a3", "rung": "2", "accept_rung": "2|1", "contested_rung": "true"},
        {"sentence_id": "a4", "rung": "1", "accept_rung": "1", "contested_rung": "false"},
    ],
    "reference_quotes": [
        {
            **{"quote_id": "q1", "checked_speakers": "low", "title": "Half of what she said"},
            **{"holds_up": "The speaker is right.", "differs": "One word is gone.", "unsettled": "The day."},
            **{"flags": "The gap is not shown.|It was a reply."},
        }
    ],
}
REFERENCE = (
    "Half of what she said",
    "The speaker is right.",
    "One word is gone.",
    "The day.",
    "It was a reply.",
)


def write_pack(folder: Path, tables: dict[str, list[Row]]) -> Pack:
    """A pack of these tables alone, each as the lesson pack describes it."""
    description = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    description["resources"] = [r for r in description["resources"] if r["name"] in tables]
    for resource in description["resources"]:
        shape = resource["schema"]
        keys = shape.get("foreignKeys", [])
        shape["foreignKeys"] = [k for k in keys if k["reference"]["resource"] in tables]
        for field in shape["fields"]:
            field.pop("whosays:itemEnum", None)
            if "actors" not in tables:
                field.pop("whosays:itemsIn", None)
            limits = field.get("constraints", {})
            for name in ("pattern", "enum"):
                limits.pop(name, None)
        path = folder / resource["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            names = [f["name"] for f in shape["fields"]]
            needed = [f["name"] for f in shape["fields"] if f.get("constraints", {}).get("required")]
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            for row in tables[resource["name"]]:
                spare = {n: "false" if n.startswith("contested") else "x" for n in needed}
                writer.writerow(spare | row)
    (folder / "datapackage.json").write_text(json.dumps(description), encoding="utf-8")
    return ws.load(folder)


def without(*names: str) -> dict[str, list[Row]]:
    return {name: rows for name, rows in TABLES.items() if not name.startswith(names)}


def read(pack: Pack, folder: Path) -> Reader:
    return Reader(pack, Answers(1, CODE, pack.fingerprint, folder / "work"))


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """A reader of the small pack, with its reference."""
    return read(write_pack(tmp_path / "pack", TABLES), tmp_path)


@pytest.fixture
def plain(tmp_path: Path) -> Reader:
    """A reader of the small pack as a student has it."""
    return read(write_pack(tmp_path / "plain", without("reference")), tmp_path)


@pytest.fixture(scope="module")
def kit() -> Pack:
    return ws.load(DATA)


def say(reader: Reader, do: str, **more: Any) -> None:
    reader._received(None, {"do": do, **more}, None)


def panel(reader: Reader, layer: str, key: str) -> dict[str, Any]:
    """The panel after a selection."""
    say(reader, "select", layer=layer, key=key)
    found: dict[str, Any] = reader.view["panel"]
    assert found["of"] == [layer, key]
    return found


def parts(panel: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(part["head"], part["lines"]) for part in panel["parts"]]


def sentences(reader: Reader) -> Iterator[tuple[str, list[markup.Segment]]]:
    for _, rows in reader.document["paragraphs"]:
        yield from rows


def drawn(reader: Reader) -> dict[tuple[str, str], str]:
    """The words under each mark as the browser gets them, in order of appearance."""
    found: dict[tuple[str, str], str] = {}
    for _, segments in sentences(reader):
        for segment in segments:
            for layer, key in segment["m"]:
                found[layer, key] = found.get((layer, key), "") + segment["t"]
    return found


def in_browser(reader: Reader) -> str:
    """All that the browser has been given, besides script and style."""
    state = {k: v for k, v in reader.get_state().items() if k not in ("_esm", "_css")}
    return json.dumps(state, ensure_ascii=False, default=str)


# The text and its marks ------------------------------------------------------------


def test_segments_joined_are_the_study_text(kit: Pack, tmp_path: Path) -> None:
    reader = read(kit, tmp_path)
    got = [(sid, "".join(s["t"] for s in segments)) for sid, segments in sentences(reader)]
    assert got == list(zip(kit.sentences["id"], kit.sentences["text"], strict=True))
    numbers = [n for n, rows in reader.document["paragraphs"] for _ in rows]
    assert numbers == list(kit.sentences["paragraph"])
    texts = [text for _, text in got]
    assert join_sentences(texts, numbers)[0] == kit.text


def test_every_mark_of_the_document_is_in_the_table(kit: Pack, tmp_path: Path) -> None:
    reader = read(kit, tmp_path)
    marks, table = drawn(reader), reader.as_table()
    assert len(marks) == len(table) == len(kit.mentions) + len(kit.quotes) + len(kit.phrases)
    for (layer, key), words, text in zip(marks, marks.values(), table["text"], strict=True):
        assert words in (text, f"“{text}”"), (layer, key)
    ids = {"name": kit.mentions, "quote": kit.quotes, "look": kit.phrases}
    for layer, rows in ids.items():
        assert {key for of, key in marks if of == layer} == set(rows["id"])


def test_a_phrase_takes_its_quotation_marks_along(reader: Reader) -> None:
    marks = drawn(reader)
    assert marks["look", "p1"] == "“laid down the law”"
    assert marks["look", "p2"] == "snorted"


def test_marks_nest_and_cross(reader: Reader) -> None:
    marks = drawn(reader)
    assert marks["name", "m3"] == "Brook"
    assert marks["quote", "q1"] == "“The old bridge at Brook will hold.”"
    assert marks["name", "m6"] == "Brook bridge"
    assert marks["look", "p3"] == "bridge club “walked out” of the “long"
    both = [s for _, segments in sentences(reader) for s in segments if len(s["m"]) == 2]
    assert [s["t"] for s in both] == ["Brook", "bridge"]
    assert both[0]["m"] == [["quote", "q1"], ["name", "m3"]], "the longer mark is the outer one"


def test_a_quotation_may_run_on_into_the_next_paragraph(tmp_path: Path) -> None:
    words = TEXT[TEXT.index("left.") : TEXT.index("snorted") - 1]
    row = TABLES["quotes"][0] | at("a2", words)
    row |= {"cue": "law", "cue_start": at("a2", "law")["start"], "cue_end": at("a2", "law")["end"]}
    reader = read(
        write_pack(tmp_path / "pack", without("phrases", "reference") | {"quotes": [row]}), tmp_path
    )
    under = {sid: [s["t"] for s in seg if ["quote", "q1"] in s["m"]] for sid, seg in sentences(reader)}
    assert under == {"a1": [], "a2": ["left."], "a3": ["Critics"], "a4": []}
    assert panel(reader, "quote", "q1")["where"] == "a2 · paragraph 1 · quotation"


def test_the_document_goes_to_the_browser_once(reader: Reader) -> None:
    assert "paragraphs" in reader.document
    sent: list[Any] = []
    reader.observe(sent.append, ["document"])
    panel(reader, "name", "m1")
    say(reader, "layer", layer="name", on=False)
    assert not sent
    assert "paragraphs" not in reader.view
    assert "laid down" not in json.dumps(reader.view)


def test_a_move_does_nothing_about_the_whole_text(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the whole text was gone through again")

    monkeypatch.setattr(markup, "segments", refuse)
    monkeypatch.setattr(module, "with_quote_marks", refuse)
    monkeypatch.setattr(module, "rows", refuse)
    assert panel(reader, "name", "m1")["title"] == "Ada Low"
    say(reader, "layer", layer="look", on=False)
    assert reader.view["layers"][2]["on"] is False


# Layers ------------------------------------------------------------


def layers(reader: Reader) -> dict[str, tuple[str, str]]:
    return {layer["id"]: (layer["label"], layer["count"]) for layer in reader.view["layers"]}


def test_switches_say_how_many_marks_they_draw(reader: Reader) -> None:
    assert layers(reader) == {
        "name": ("Names", "6"),
        "quote": ("Quotations", "1"),
        "look": ("Studied phrases", "3"),
        "rung": ("Rung", "once coded"),
    }
    assert [layer["on"] for layer in reader.view["layers"]] == [False, True, False, True]


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        (("phrases",), ["name", "quote", "rung"]),
        (("quotes", "reference"), ["name", "look", "rung"]),
        (("mentions",), ["quote", "look", "rung"]),
        (("mentions", "quotes", "phrases", "actors", "places", "glossary", "reference"), ["rung"]),
    ],
)
def test_a_table_that_is_not_there_leaves_its_layer_out(
    gone: tuple[str, ...], left: list[str], tmp_path: Path
) -> None:
    reader = read(write_pack(tmp_path / "pack", without(*gone)), tmp_path)
    assert list(layers(reader)) == left
    assert {layer for layer, _ in drawn(reader)} == set(left) - {"rung"}
    assert len(reader.as_table()) == len(drawn(reader))
    assert panel(reader, "sentence", "a4")["title"] == "The whole sentence"


def test_an_empty_table_leaves_its_layer_out(tmp_path: Path) -> None:
    reader = read(write_pack(tmp_path / "pack", TABLES | {"phrases": []}), tmp_path)
    assert "look" not in layers(reader)


def test_without_actors_and_places_a_name_is_its_words(tmp_path: Path) -> None:
    reader = read(write_pack(tmp_path / "pack", without("actors", "places", "reference")), tmp_path)
    assert panel(reader, "name", "m1")["title"] == "Mayor Ada Low"
    assert panel(reader, "name", "m2")["title"] == "Brook"
    assert panel(reader, "quote", "q1")["rows"][0] == ["Credited to", "low"]


def test_a_mark_whose_layer_is_switched_off_hands_over_to_its_sentence(reader: Reader) -> None:
    say(reader, "layer", layer="name", on=True)
    say(reader, "layer", layer="look", on=True)
    panel(reader, "name", "m4")
    say(reader, "layer", layer="quote", on=False)
    assert reader.view["panel"]["of"] == ["name", "m4"]
    say(reader, "layer", layer="name", on=False)
    assert reader.view["panel"]["of"] == ["sentence", "a2"]
    assert [layer["on"] for layer in reader.view["layers"]] == [False, False, True, True]
    say(reader, "layer", layer="name", on=True)
    assert reader.view["layers"][0]["on"] is True


@pytest.mark.parametrize(
    "message",
    [
        {"do": "select", "layer": "name", "key": "m99"},
        {"do": "select", "layer": "quote", "key": "m1"},
        {"do": "select", "layer": "sentence", "key": "a9"},
        {"do": "select", "layer": "name"},
        {"do": "layer", "layer": "document", "on": True},
        {"do": "nothing"},
        "text",
    ],
)
def test_a_message_that_no_control_sends_changes_nothing(reader: Reader, message: Any) -> None:
    panel(reader, "name", "m1")
    before = reader.view
    reader._received(None, message, None)
    assert reader.view == before


# What is behind a mark ------------------------------------------------------------


def test_an_actor(reader: Reader) -> None:
    found = panel(reader, "name", "m1")
    assert found["where"] == "a1 · paragraph 1 · name"
    assert found["title"] == "Ada Low"
    assert parts(found) == [
        ("", ["A person."]),
        ("When the article appeared", ["Mayor since 2020"]),
        ("Good to know", ["No engineer."]),
        ("In this text", ["Named twice: 1 by name and 1 by a pronoun."]),
    ]


def test_a_pronoun_names_whom_it_stands_for(reader: Reader) -> None:
    found = panel(reader, "name", "m4")
    assert found["title"] == "Ada Low"
    assert parts(found)[0] == ("", ["A person.", "Here the text says “She”."])


def test_a_label_is_no_role(reader: Reader) -> None:
    found = parts(panel(reader, "name", "m5"))
    assert found[0][1][0] == "Several, spoken of as one."
    assert found[1] == ("What it is", ["Unnamed"])
    assert found[2] == ("In this text", ["Named once, by a description."])


def test_a_place(reader: Reader) -> None:
    found = panel(reader, "name", "m3")
    assert found["where"] == "a1 · paragraph 1 · place"
    assert found["title"] == "Brook"
    assert parts(found) == [
        ("", ["A place."]),
        ("Good to know", ["A town on a river."]),
        ("In this text", ["Named 3 times, by name."]),
    ]


def test_a_quotation_with_the_reference(reader: Reader) -> None:
    found = panel(reader, "quote", "q1")
    assert found["title"] == "Half of what she said"
    assert found["rows"] == [["Credited to", "Ada Low"], ["Verb before the words", "“said”"]]
    assert parts(found) == [
        ("What holds up", ["The speaker is right."]),
        ("What does not", ["One word is gone."]),
        ("Not settled", ["The day."]),
        ("Look out for", ["The gap is not shown.", "It was a reply."]),
        ("Speaker, as far as it could be checked", ["Ada Low"]),
    ]


def test_a_check_that_has_to_wait_is_not_told(kit: Pack, tmp_path: Path) -> None:
    waiting = {"q1"}
    reader = Reader(kit, Answers(2, "amber-otter-17", kit.fingerprint, tmp_path), waits=waiting.__contains__)
    found = panel(reader, "quote", "q1")
    assert found["title"] == "Someone’s exact words"
    assert [head for head, _ in parts(found)] == [""]
    assert not [words for words in kit.reference["quotes"]["holds_up"] if words in in_browser(reader)]
    assert parts(panel(reader, "quote", "q2"))[0][0] == "What holds up"
    waiting.clear()
    assert parts(panel(reader, "quote", "q1"))[0][0] == "What holds up"


def test_a_quotation_without_the_reference(plain: Reader) -> None:
    found = panel(plain, "quote", "q1")
    assert found["title"] == "Someone’s exact words"
    assert found["rows"] == [["Credited to", "Ada Low"], ["Verb before the words", "“said”"]]
    assert parts(found) == [("", ["What other reports print of these words, your teacher will show."])]


def test_a_phrase(reader: Reader) -> None:
    found = panel(reader, "look", "p1")
    assert (found["where"], found["title"]) == ("a2 · paragraph 1 · studied phrase", "Loaded verb")
    assert parts(found) == [
        ("", ["“laid down the law”"]),
        ("Why a second look", ["Nobody heard a law."]),
        ("A plainer wording", ["spoke firmly"]),
    ]
    heads = [head for head, _ in parts(panel(reader, "look", "p2"))]
    assert heads == ["", "Why a second look"], "no plainer wording, no heading for it"


def test_a_sentence_says_what_is_marked_in_it(reader: Reader) -> None:
    say(reader, "layer", layer="name", on=True)
    found = panel(reader, "sentence", "a1")
    assert found["where"] == "a1 · paragraph 1 · sentence"
    assert parts(found) == [("", ["Marked in it: 3 names, 1 quotation."])]
    say(reader, "layer", layer="name", on=False)
    assert parts(reader.view["panel"]) == [("", ["Marked in it: 1 quotation."])]
    empty = ("", ["No layer that is switched on marks anything here."])
    assert parts(panel(reader, "sentence", "a4")) == [empty]


# The reference stays where it is ------------------------------------------------------------


def test_nothing_of_the_reference_is_in_the_browser_before_it_is_selected(reader: Reader) -> None:
    assert not [words for words in REFERENCE if words in in_browser(reader)]
    panel(reader, "quote", "q1")
    assert not [words for words in REFERENCE if words not in in_browser(reader)]
    panel(reader, "name", "m1")
    assert not [words for words in REFERENCE if words in in_browser(reader)]


def test_the_kit_without_its_reference_shows_none_of_it(kit: Pack, tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "pack", ignore=shutil.ignore_patterns("reference"))
    student = ws.load(tmp_path / "pack")
    reader = read(student, tmp_path)
    for sid in student.sentences["id"]:
        reader.answers.set("labels", sid, 5)
    checked = kit.reference["quotes"]
    secrets = [str(s) for column in ("title", "holds_up", "differs", "unsettled") for s in checked[column]]
    secrets += ["Careful readers split", "accepted"]
    for layer, key in [*drawn(reader), *(("sentence", sid) for sid in student.sentences["id"])]:
        panel(reader, layer, key)
        assert not [s for s in secrets if s in in_browser(reader)], (layer, key)


def test_the_kit_with_its_reference_tells_of_every_quotation(kit: Pack, tmp_path: Path) -> None:
    reader = read(kit, tmp_path)
    for row in kit.reference["quotes"].itertuples():
        found = panel(reader, "quote", str(row.quote_id))
        assert found["title"] == row.title
        assert parts(found)[0] == ("What holds up", [row.holds_up])


# Rungs ------------------------------------------------------------


@pytest.mark.parametrize(
    ("sid", "label", "more"),
    [
        ("a1", 5, ""),
        ("a1", 3, ""),
        ("a2", 4, "Careful readers split: 1 and 2 are accepted too."),
        ("a2", 2, "Careful readers split: 4 and 1 are accepted too."),
        ("a2", 5, "Careful readers split: 4, 1 and 2 are accepted."),
        ("a3", 1, "Careful readers split: 2 is accepted too."),
    ],
)
def test_the_own_rung_and_where_readers_split(reader: Reader, sid: str, label: int, more: str) -> None:
    assert panel(reader, "sentence", sid)["rung"] is None
    assert "Careful readers" not in in_browser(reader), "nothing about a sentence that is not coded"
    reader.answers.set("labels", sid, label)
    rung = panel(reader, "sentence", sid)["rung"]
    assert (rung["rung"], rung["more"]) == (label, more)


def test_without_the_reference_only_the_own_rung(plain: Reader) -> None:
    plain.answers.set("labels", "a2", 4)
    rung = panel(plain, "sentence", "a2")["rung"]
    assert rung == {"rung": 4, "name": "a named person, reporter’s words", "more": ""}


def test_rungs_of_another_notebook_come_with_the_next_move(reader: Reader, tmp_path: Path) -> None:
    deck = Answers(1, CODE, reader.pack.fingerprint, tmp_path / "work")
    assert reader.view["empty"].startswith("No rung yet")
    deck.set("labels", "a2", 4)
    assert reader.rungs == {}
    panel(reader, "name", "m1")
    assert reader.rungs == {"a2": 4}
    assert layers(reader)["rung"] == ("Rung", "1 of 4 coded")
    assert reader.view["empty"] == ""
    deck.set("labels", "a3", 2)
    say(reader, "layer", layer="rung", on=False)
    assert reader.rungs == {"a2": 4, "a3": 2}


def test_the_note_on_missing_rungs_goes_with_their_switch(reader: Reader) -> None:
    say(reader, "layer", layer="rung", on=False)
    assert reader.view["empty"] == ""


def test_only_rungs_of_this_text_are_shown(reader: Reader) -> None:
    reader.answers.change(lambda content: content["labels"].update({"z9": 3, "a2": 1}))
    panel(reader, "sentence", "a1")
    assert reader.rungs == {"a2": 1}
    assert reader.view["panel"]["rung"] is None


def test_a_damaged_answers_file_is_said(reader: Reader) -> None:
    reader.answers.set("labels", "a2", 4)
    reader.answers.path.write_text("{", encoding="utf-8")
    panel(reader, "name", "m1")
    assert "damaged" in reader.view["trouble"]


# Words explained ------------------------------------------------------------


def test_words_of_this_sentence_and_of_the_whole_list(reader: Reader) -> None:
    closed = panel(reader, "name", "m1")["words"]
    assert (closed["count"], closed["here"], closed["all"]) == (1, [], [])
    say(reader, "words", arg="here")
    assert reader.view["panel"]["words"]["here"] == [["Mayor", "Heads a town."]]
    say(reader, "words", arg="all")
    whole = reader.view["panel"]["words"]
    assert [(group["head"], [term for term, _ in group["terms"]]) for group in whole["all"]] == [
        ("Towns", ["Mayor", "Law"]),
        ("Tales", ["Lore"]),
    ]
    assert whole["total"] == 3
    moved = panel(reader, "look", "p1")["words"]
    assert (moved["here"], moved["all"]) == ([["Law", "A rule."]], []), "it stays open for the next sentence"
    say(reader, "words", arg="")
    assert reader.view["panel"]["words"]["open"] == ""


def test_only_whole_words_are_explained(reader: Reader) -> None:
    words = panel(reader, "sentence", "a4")["words"]
    assert "now" in SENTENCES[3][2]
    assert (words["count"], words["none"]) == (0, "No word of the list stands in this sentence.")


def test_without_a_glossary_there_is_no_button(tmp_path: Path) -> None:
    reader = read(write_pack(tmp_path / "pack", without("glossary")), tmp_path)
    assert panel(reader, "name", "m1")["words"] is None


def test_words_before_anything_is_selected(reader: Reader) -> None:
    say(reader, "words", arg="here")
    assert reader.view["panel"] is None


# What is said and what is tabled ------------------------------------------------------------


def test_the_explanation_is_said(reader: Reader) -> None:
    panel(reader, "quote", "q1")
    said = reader.view["say"]
    assert said.startswith("a1 · paragraph 1 · quotation. Half of what she said. Credited to: Ada Low.")
    assert "What holds up. The speaker is right." in said
    say(reader, "layer", layer="quote", on=False)
    assert reader.view["say"] == "Quotations off."


def test_two_marks_alike_are_said_twice(reader: Reader) -> None:
    panel(reader, "name", "m2")
    first = reader.view["say"]
    panel(reader, "name", "m3")
    assert reader.view["say"].strip() == first.strip()
    assert reader.view["say"] != first


def test_the_explanation_is_said_in_few_words(tmp_path: Path) -> None:
    long = [TABLES["actors"][0] | {"note": "a very long note " * 200}, TABLES["actors"][1]]
    reader = read(write_pack(tmp_path / "pack", TABLES | {"actors": long}), tmp_path)
    panel(reader, "name", "m1")
    assert len(reader.view["say"]) <= module.SPOKEN + 1


def test_the_table_has_a_row_a_mark_in_reading_order(reader: Reader) -> None:
    table = reader.as_table()
    assert list(table.columns) == ["sentence", "start", "end", "text", "layer", "what"]
    starts, ends = table["start"].astype(int), table["end"].astype(int)
    assert [TEXT[a:b] for a, b in zip(starts, ends, strict=True)] == list(table["text"])
    assert list(zip(table["sentence"], table["layer"], table["what"], strict=True)) == [
        ("a1", "name", "Ada Low"),
        ("a1", "place", "Brook"),
        ("a1", "quotation", "Ada Low"),
        ("a1", "place", "Brook"),
        ("a2", "name", "Ada Low"),
        ("a2", "studied phrase", "loaded verb"),
        ("a3", "name", "“Critics”"),
        ("a3", "studied phrase", "reporting verb"),
        ("a3", "place", "Brook"),
        ("a3", "studied phrase", "crossing"),
    ]


# Hostile text ------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script> <img src=x onerror=alert(1)> &amp; “quoted”.",
    "Turn \u202eevil\u202c and \u202eunclosed, \u2066isolated, \u200bnothing.",
    "Smile 😀, a family 👩‍👩‍👧‍👦, 𝕏 and é.",
    "x" * 100_000,
]


@pytest.fixture
def hostile(tmp_path: Path) -> Reader:
    """Every sentence is hostile, marked in its middle by a name as hostile."""
    text, spans = join_sentences(HOSTILE, [1] * len(HOSTILE))
    rows = [{"id": f"h{n}", "paragraph": "1", "text": t, "core": "true"} for n, t in enumerate(HOSTILE)]
    mentions = []
    for n, span in enumerate(spans):
        start, end = span.start + 8, span.end - 3
        place = {"start": str(start), "end": str(end), "text": text[start:end]}
        mentions.append({"id": f"m{n}", "sentence_id": f"h{n}", **place, "form": "name", "actor_id": "bad"})
    bad = {"id": "bad", "name": HOSTILE[0], "type": "person", "role": HOSTILE[1], "note": HOSTILE[2]}
    tables = {"sentences": rows, "mentions": mentions, "actors": [bad]}
    return read(write_pack(tmp_path / "pack", tables), tmp_path)


def test_hostile_text_stays_text(hostile: Reader) -> None:
    assert ["".join(s["t"] for s in segments) for _, segments in sentences(hostile)] == HOSTILE
    assert list(drawn(hostile).values()) == [t[8:-3] for t in HOSTILE]
    assert list(hostile.as_table()["text"]) == [t[8:-3] for t in HOSTILE]
    found = panel(hostile, "name", "m3")
    assert found["title"] == HOSTILE[0], "the browser sets it as text, so nothing is escaped before"
    assert parts(found)[1][1] == [HOSTILE[1]]
    assert len(hostile.view["say"]) <= module.SPOKEN + 1


def test_the_script_makes_no_markup_of_text() -> None:
    ways = ("innerHTML", "outerHTML", "insertAdjacentHTML", r"document\.write", "DOMParser", r"\beval\b")
    assert not re.findall("|".join(ways), Reader._esm)
