"""The place tagger: a card for every place of the text, saved and answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from helpers import DATA, KIT
from packs import copy_pack, sentences_pack
from whosays import pack
from whosays.answers import Answers
from whosays.checks import place_keys
from whosays.checks.places import TAGS
from whosays.pack import Pack
from whosays.widgets.places import PlaceTagger
from widget_page import WidgetPage

CODE = "amber-otter-17"
PACK = pack.load(DATA)
ROWS = [row for row in pack.records(PACK.tables["places"]) if row["origin"] == "text"]
TEXT = dict(zip(PACK.sentences["id"], PACK.sentences["text"], strict=True))


def open_tagger(folder: Path, loaded: Pack = PACK) -> PlaceTagger:
    return PlaceTagger(loaded, Answers(6, CODE, loaded.fingerprint, folder))


@pytest.fixture
def tagger(tmp_path: Path) -> PlaceTagger:
    return open_tagger(tmp_path)


def words(segments: list[dict[str, Any]]) -> str:
    return "".join(s["t"] for s in segments)


def test_each_place_of_the_text_is_a_card_with_its_words_marked(tagger: PlaceTagger) -> None:
    assert [s["id"] for s in tagger.view["strip"]] == [row["id"] for row in ROWS]
    assert len(tagger.ASK.split()) <= 18
    for row in ROWS:
        tagger._received(None, {"do": "go", "arg": row["id"]}, None)
        view = tagger.view
        assert (view["number"], words(view["text"])) == (row["sentence_id"], TEXT[row["sentence_id"]])
        marked = [s["t"] for s in view["text"] if s["m"]]
        assert marked == ([row["text"]] if isinstance(row["text"], str) else [])
        assert (row["text"] if marked else row["name"]) in view["lead"]
        (ask,) = view["asks"]
        assert [value for value, _ in ask["options"]] == list(TAGS)


def test_the_short_path_has_one_place_of_each_kind(tagger: PlaceTagger) -> None:
    core = {s["id"] for s in tagger.view["strip"] if s["core"]}
    assert sorted(r["kind"] for r in ROWS if r["id"] in core) == sorted({r["kind"] for r in ROWS})


def test_an_answer_is_saved_and_its_first_stays(tagger: PlaceTagger) -> None:
    assert tagger.answer("kursk", "spot").status == "not yet"
    assert tagger.answer("kursk", "part").status == "correct"
    content = json.loads(tagger.answers.path.read_text(encoding="utf-8"))
    assert content["cards"] == {"kursk.tag": "part"}
    assert content["first_cards"] == {"kursk.tag": "spot"}
    again = open_tagger(tagger.answers.folder.parent)
    assert again.values("kursk") == {"tag": "part"}
    with pytest.raises(ValueError, match="choose one of"):
        tagger.answer("kursk", "somewhere")


def test_feedback_quotes_the_words_and_both_readings_count(tagger: PlaceTagger) -> None:
    split = next(k for k in place_keys(PACK).values() if len(k.accepted) > 1 and k.words)
    for given in split.accepted:
        tagger.answer(split.place_id, given)
        box = tagger.view["feedback"]
        assert box["tone"] == "split"
        assert f"“{split.words}”" in words(box["body"][0])
        assert split.why in [words(line) for line in box["body"]]
    sourced = next(k for k in place_keys(PACK).values() if k.evidence)
    tagger.answer(sourced.place_id, sourced.tag)
    (part,) = tagger.view["feedback"]["parts"]
    assert len(part["sources"]) == len(sourced.evidence)


def test_no_key_is_in_the_browser_before_an_answer(tagger: PlaceTagger) -> None:
    sent = json.dumps({k: v for k, v in tagger.get_state().items() if k[0] != "_"}, default=str)
    for key in place_keys(PACK).values():
        assert key.why not in sent


def test_without_a_reference_it_records(tmp_path: Path) -> None:
    tagger = open_tagger(tmp_path / "w", pack.load(copy_pack(tmp_path, reference=False)))
    assert tagger.answer("russia", "country").status == "not attempted"
    assert "Your teacher will show" in tagger.view["feedback"]["verdict"]


def test_packs_without_such_places_say_so(tmp_path: Path) -> None:
    small = pack.load(sentences_pack(tmp_path / "p", [("a1", 1, "One.", "")]))
    for loaded in (small, pack.load(KIT / "tests" / "six_sentences")):
        tagger = open_tagger(tmp_path / loaded.name, loaded)
        assert tagger.view == {"ask": "This pack has no places for this step.", "state": "empty", "turn": 1}


@pytest.mark.browser
def test_by_keyboard(page: Any, tagger: PlaceTagger) -> None:
    w = WidgetPage(page, tagger)
    page.locator(".ws-choice").first.focus()
    page.keyboard.press("3")
    w.answer()
    assert page.locator(".deck-fb .ws-verdict").inner_text().startswith("The reference agrees")
    page.keyboard.press("Enter")
    w.answer()
    assert tagger.view["now"] == ROWS[1]["id"]
    assert page.locator(".deck-now mark").inner_text() == ROWS[1]["text"]
