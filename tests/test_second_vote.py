"""The second vote: what stands before it, what it saves, and that it judges nobody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from helpers import DATA
from packs import copy_pack
from test_deck import actions, body, on_disk, press
from whosays import pack
from whosays.answers import Answers
from whosays.checks import rung_keys
from whosays.pack import Pack
from whosays.widgets.cards import NO_WORD
from whosays.widgets.second_vote import SecondVote
from widget_page import WidgetPage

PACK = pack.load(DATA)
KEYS = rung_keys(PACK)
SPLIT = [sid for sid, key in KEYS.items() if len(key.readings) > 1][:2]
ONE = next(sid for sid, key in KEYS.items() if len(key.readings) == 1)
CODE = "amber-otter-17"
VOTES = {SPLIT[0]: "25 readers: 10 on rung 1, 15 on rung 4."}


def vote(folder: Path, loaded: Pack = PACK, ids: tuple[str, ...] = (*SPLIT, ONE), **more: Any) -> SecondVote:
    first = Answers(1, CODE, loaded.fingerprint, folder)
    return SecondVote(
        loaded, Answers(8, CODE, loaded.fingerprint, folder), ids, first=first, votes=VOTES, **more
    )


def test_both_readings_stand_there_before_the_vote_and_none_is_called_the_reference(tmp_path: Path) -> None:
    assert vote(tmp_path).view["feedback"] is None, "a rung of one’s own comes first"
    Answers(1, CODE, PACK.fingerprint, tmp_path).set("labels", SPLIT[0], 2)
    view = vote(tmp_path).view
    assert (view["state"], view["now"], view["lead"]) == ("open", SPLIT[0], VOTES[SPLIT[0]])
    readings = view["feedback"]["readings"]
    rungs = [reading["rung"] for reading in readings]
    assert rungs == sorted(r.rung for r in KEYS[SPLIT[0]].readings)
    assert {r["words"] for r in readings} == {r.words for r in KEYS[SPLIT[0]].readings}
    assert all(r["words"] in PACK.text for r in readings)
    assert "eference" not in json.dumps(view)
    assert view["say"].startswith(f"Sentence {SPLIT[0]}.")


def test_a_sentence_with_one_reading_does_not_tell_it_ahead(tmp_path: Path) -> None:
    view = press(vote(tmp_path), "go", ONE)
    assert view["feedback"] is None
    assert KEYS[ONE].readings[0].reason not in json.dumps(view)


def test_a_vote_asks_for_the_word_and_saves_both(tmp_path: Path) -> None:
    deck = vote(tmp_path)
    Answers(1, CODE, PACK.fingerprint, tmp_path).set("labels", SPLIT[0], 1)
    deck._first.refresh()
    view = press(deck, "choose", "4")
    assert view["state"] == "which word"
    assert view["feedback"]["verdict"] == "Which word decided it for you?"
    view = press(deck, "word", "words")
    assert view["state"] == "answered"
    assert view["feedback"]["verdict"].startswith("You changed your vote: rung 4,")
    assert body(view) == [
        "In lesson 1 you chose rung 1. To change your mind for a reason is fine.",
        "What decided it for you: “words”.",
    ]
    assert actions(view) == ["next", "again"]
    assert view["feedback"]["tone"] == "plain", "nothing is right or wrong here"
    assert (on_disk(deck)["labels"], on_disk(deck)["words"]) == ({SPLIT[0]: 4}, {SPLIT[0]: "words"})
    assert on_disk(deck)["lesson"] == 8
    assert deck._first.refresh()["labels"] == {SPLIT[0]: 1}, "the first vote stays"


def test_no_word_is_an_answer(tmp_path: Path) -> None:
    deck = vote(tmp_path)
    press(deck, "choose", "1")
    assert body(press(deck, "word", "")) == ["What decided it for you: no single word."]
    assert on_disk(deck)["words"] == {SPLIT[0]: NO_WORD}


def test_it_ends_when_all_have_a_vote_and_resumes(tmp_path: Path) -> None:
    deck = vote(tmp_path)
    for sid in (*SPLIT, ONE):
        deck.answer(sid, 2)
    press(deck, "go", ONE)
    assert press(deck, "next")["feedback"]["verdict"] == "All 3 done. Now count the votes."
    again = vote(tmp_path)
    assert again.as_table()["rung"].tolist() == [2, 2, 2]
    assert [square["mark"] for square in again.view["strip"]] == ["2", "2", "2"]


def test_a_vote_can_be_taken_back(tmp_path: Path) -> None:
    deck = vote(tmp_path)
    press(deck, "choose", "4")
    view = press(deck, "undo")
    assert (view["state"], on_disk(deck)["labels"]) == ("open", {})


def test_the_class_is_told_only_after_a_pause(tmp_path: Path) -> None:
    told: list[int] = []
    deck = vote(tmp_path, on_change=lambda: told.append(1))
    press(deck, "choose", "4")
    assert told == []
    press(deck, "settled")
    assert told == [1]


def test_it_works_without_a_reference_and_without_sentences(tmp_path: Path) -> None:
    plain = pack.load(copy_pack(tmp_path / "pack", reference=False))
    deck = vote(tmp_path, plain)
    assert deck.view["feedback"] is None
    press(deck, "choose", "3")
    view = press(deck, "word", "words")
    assert view["feedback"]["verdict"].startswith("Saved: rung 3")
    assert view["feedback"]["readings"] == []
    assert vote(tmp_path, ids=()).view["state"] == "empty"
    assert vote(tmp_path, ids=("s99",)).view["state"] == "empty"


@pytest.mark.browser
def test_three_votes_by_keyboard(page: Any, tmp_path: Path) -> None:
    deck = vote(tmp_path)
    drawn = WidgetPage(page, deck)
    page.locator("#before").focus()

    def type_(key: str) -> None:
        page.keyboard.press(key)
        drawn.answer()
        assert page.evaluate("document.activeElement.matches('.ws-root *')"), f"{key} lost the focus"

    page.keyboard.press("Tab")
    for rung in ("4", "1", "2"):
        type_(rung)
        assert drawn.focused.startswith("button "), "the first word of the sentence"
        type_("Enter")
        assert page.locator(".deck-fb .ws-verdict").inner_text().startswith("Saved")
        type_("Enter")
    assert on_disk(deck)["labels"] == dict(zip((*SPLIT, ONE), (4, 1, 2), strict=True))
    assert len(on_disk(deck)["words"]) == 3
    assert "All 3 done" in page.locator(".deck-fb .ws-verdict").inner_text()
