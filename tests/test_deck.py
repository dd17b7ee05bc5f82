"""The sentence deck without a browser: what it shows in every state, saves, and never shows ahead."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helpers import DATA
from packs import copy_pack, sentences_pack
from whosays import answers as store
from whosays import pack
from whosays.answers import Answers, NotSaved
from whosays.checks import check_rung, rung_keys
from whosays.pack import Pack
from whosays.widgets.cards import NO_WORD
from whosays.widgets.deck import Deck

CODE = "amber-otter-17"
PACK = pack.load(DATA)
KEYS = rung_keys(PACK)
IDS = list(PACK.sentences["id"])
CORE = list(PACK.sentences.loc[PACK.sentences["core"], "id"])
SPLIT = next(sid for sid, key in KEYS.items() if len(key.accepted) == 2)
PLAIN = next(sid for sid, key in KEYS.items() if key.accepted == (4,))


def wrong(sid: str) -> int:
    """A rung that nobody accepts for the sentence."""
    return next(rung for rung in (3, 2, 1, 4, 5) if rung not in KEYS[sid].accepted)


def open_deck(folder: Path, loaded: Pack = PACK, **more: Any) -> Deck:
    return Deck(loaded, Answers(1, CODE, loaded.fingerprint, folder), **more)


@pytest.fixture
def deck(tmp_path: Path) -> Deck:
    return open_deck(tmp_path)


def press(deck: Deck, do: str, arg: object = None) -> dict[str, Any]:
    """Send what a button of the page sends; the view that comes back."""
    deck._received(None, {"do": do} if arg is None else {"do": do, "arg": arg}, None)
    view: dict[str, Any] = deck.view
    return view


def at(deck: Deck, sid: str, rung: int | None = None) -> dict[str, Any]:
    """Go to a sentence, and answer it."""
    view = press(deck, "go", sid)
    return press(deck, "choose", str(rung)) if rung else view


def chosen(view: dict[str, Any]) -> object:
    """The answer to the one question of the card."""
    return view["asks"][0]["chosen"]


def words(segments: list[dict[str, Any]]) -> str:
    return "".join(segment["t"] for segment in segments)


def marked(segments: list[dict[str, Any]]) -> list[str]:
    return [segment["t"] for segment in segments if segment["m"]]


def body(view: dict[str, Any]) -> list[str]:
    return [words(paragraph) for paragraph in view["feedback"]["body"]]


def actions(view: dict[str, Any]) -> list[str]:
    return [action[0] for action in view["feedback"]["actions"]]


def on_disk(deck: Deck) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(deck.answers.path.read_text(encoding="utf-8"))
    return content


# Open -----------------------------------------------------------------------------------------------------


def test_it_opens_at_the_first_sentence_with_its_neighbours(deck: Deck) -> None:
    view = deck.view
    texts = list(PACK.sentences["text"])
    assert (view["state"], view["now"], view["ask"]) == ("open", "s01", Deck.ASK)
    assert words(view["text"]) == texts[0]
    assert view["before"] is None
    assert view["after"] == ["s02", texts[1]]
    assert (chosen(view), view["feedback"], view["can_undo"], view["trouble"]) == (None, None, False, "")
    assert [n for n, _ in view["asks"][0]["options"]] == [1, 2, 3, 4, 5]
    assert view["paths"] == [["all", "All 31"], ["core", "12 core"]]
    assert view["progress"].startswith("0 of 31 answered. 0 of the 12 core sentences done")
    assert view["say"] == f"Sentence s01. {texts[0]}"
    assert [(s["id"], s["paragraph"], s["core"]) for s in view["strip"]] == [
        (row["id"], row["paragraph"], row["core"]) for row in pack.records(PACK.sentences)
    ]
    assert [s["id"] for s in view["strip"] if s["now"]] == ["s01"]
    assert json.loads(json.dumps(view)) == view, "plain data for the page"
    assert press(deck, "go", "s31")["after"] is None
    assert deck.view["before"][0] == "s30"


def test_nothing_of_the_reference_is_shown_before_an_answer(deck: Deck) -> None:
    for sid in IDS:
        shown = json.dumps(at(deck, sid), ensure_ascii=False)
        for key in KEYS.values():
            assert not any(reading.reason in shown for reading in key.readings)
        assert not marked(deck.view["text"])
        assert not re.search(r'"(rung|accepted|contested|reference|readings|decide)": (\d|\[|true)', shown)
    assert not deck.answers.path.exists()


def test_a_wrong_answer_gives_no_key_away(deck: Deck) -> None:
    for sid in IDS:
        view = at(deck, sid, wrong(sid))
        if view["state"] == "which word":
            view = press(deck, "word", "")
        shown = json.dumps(view, ensure_ascii=False)
        assert view["feedback"]["tone"] == "notyet"
        assert not any(reading.reason in shown for reading in KEYS[sid].readings)
        assert f"rung {KEYS[sid].rung}" not in shown
        assert view["feedback"]["readings"] == []


# Answered -------------------------------------------------------------------------------------------------


def test_an_answer_that_agrees_says_why(deck: Deck) -> None:
    view = at(deck, PLAIN, 4)
    reading = KEYS[PLAIN].readings[0]
    assert (view["state"], chosen(view), view["feedback"]["tone"]) == ("answered", 4, "ok")
    assert (
        view["feedback"]["verdict"]
        == "The reference coding agrees: rung 4, a named person, reporter’s words."
    )
    assert body(view) == [f"The deciding words are “{reading.words}”.", reading.reason]
    assert marked(view["text"]) == [reading.words]
    assert actions(view) == ["next", "again", "object"]
    assert reading.reason in view["say"]
    assert on_disk(deck)["labels"] == on_disk(deck)["first_labels"] == {PLAIN: 4}


def test_a_weak_source_is_not_called_false(deck: Deck) -> None:
    weak = next(sid for sid, key in KEYS.items() if key.accepted == (1,))
    assert body(at(deck, weak, 1))[-1].startswith("Weakly sourced is not the same as false")
    assert not body(at(deck, PLAIN, 4))[-1].startswith("Weakly sourced")


def test_an_answer_that_does_not_agree_says_where_to_look(deck: Deck) -> None:
    view = at(deck, PLAIN, wrong(PLAIN))
    result = check_rung(wrong(PLAIN), KEYS[PLAIN])
    assert (view["feedback"]["tone"], view["feedback"]["verdict"]) == ("notyet", result.message)
    assert body(view) == [f"Look at “{result.words[0]}”. {result.detail[0]}"]
    assert marked(view["text"]) == list(result.words)
    assert actions(view) == ["again", "reference", "next"]
    view = press(deck, "again")
    assert (view["state"], chosen(view), view["feedback"]) == ("open", wrong(PLAIN), None)
    view = press(deck, "choose", "4")
    assert view["feedback"]["tone"] == "ok"
    assert (on_disk(deck)["labels"], on_disk(deck)["first_labels"]) == ({PLAIN: 4}, {PLAIN: wrong(PLAIN)})


def test_the_reference_is_shown_to_who_asks_and_that_is_kept(deck: Deck, tmp_path: Path) -> None:
    at(deck, PLAIN, wrong(PLAIN))
    view = press(deck, "reference")
    reading = KEYS[PLAIN].readings[0]
    assert (view["state"], view["feedback"]["tone"]) == ("shown", "plain")
    assert view["feedback"]["verdict"].startswith("The reference coding: rung 4")
    assert reading.reason in body(view)
    assert actions(view) == ["next", "again", "object"]
    assert on_disk(deck)["hints"] == {PLAIN: "reference"}
    assert at(open_deck(tmp_path), PLAIN)["state"] == "shown"


def test_where_readers_split_every_reading_is_shown_own_first(deck: Deck) -> None:
    key = KEYS[SPLIT]
    reference, other = key.accepted
    view = at(deck, SPLIT, other)
    assert view["feedback"]["tone"] == "split"
    assert view["feedback"]["verdict"] == f"Careful readers split here. Your {other} counts in full."
    cards = view["feedback"]["readings"]
    assert [(c["rung"], c["note"]) for c in cards] == [
        (other, "Your reading"),
        (reference, "The reference coding"),
    ]
    assert {c["reason"] for c in cards} == {r.reason for r in key.readings}
    assert view["feedback"]["after"].startswith("Which reading would you defend")
    cards = at(deck, SPLIT, reference)["feedback"]["readings"]
    assert [(c["rung"], c["note"]) for c in cards] == [
        (reference, "Your reading · The reference coding"),
        (other, "Also accepted"),
    ]
    at(deck, SPLIT, wrong(SPLIT))
    view = press(deck, "reference")
    assert (view["feedback"]["tone"], view["feedback"]["verdict"]) == ("split", "Careful readers split here.")
    assert [c["note"] for c in view["feedback"]["readings"]] == ["The reference coding", "Also accepted"]


def test_an_answer_can_be_changed_and_the_first_is_remembered(deck: Deck) -> None:
    at(deck, "s01", 1)
    assert chosen(press(deck, "choose", "4")) == 4
    assert (on_disk(deck)["labels"], on_disk(deck)["first_labels"]) == ({"s01": 4}, {"s01": 1})


def test_an_objection_is_kept_and_shown(deck: Deck, tmp_path: Path) -> None:
    at(deck, PLAIN, 4)
    view = press(deck, "object")
    assert (view["state"], view["feedback"]["writing"], actions(view)) == ("objecting", "", ["back"])
    view = press(deck, "objection", "  “Rutte” is only named. " + "x" * 600)
    objection = on_disk(deck)["challenges"][PLAIN]
    assert objection.startswith("“Rutte” is only named. x")
    assert len(objection) == 500
    assert body(view)[-1] == f"You disagree: {objection}"
    again = open_deck(tmp_path)
    at(again, PLAIN)
    assert press(again, "object")["feedback"]["writing"] == objection
    assert "You disagree" not in str(press(again, "objection", "   ")["feedback"])
    assert on_disk(again)["challenges"] == {}
    for sid, rung in ((SPLIT, KEYS[SPLIT].rung), ("s05", wrong("s05"))):
        at(deck, sid, rung)
        press(deck, "reference")
        press(deck, "object")
        assert body(press(deck, "objection", "No."))[-1] == "You disagree: No."


# Four times the same --------------------------------------------------------------------------------------


def four_times(deck: Deck, rung: int = 2) -> dict[str, Any]:
    for sid in ("s01", "s02", "s03"):
        assert at(deck, sid, rung)["state"] == "answered"
    return at(deck, "s04", rung)


def test_four_times_the_same_button_asks_which_word(deck: Deck) -> None:
    view = four_times(deck)
    assert (view["state"], view["feedback"]["tone"]) == ("which word", "which")
    assert view["feedback"]["verdict"] == "Four times the same button. Which word told you?"
    assert actions(view) == ["word"]
    assert not marked(view["text"])
    assert not any(r.reason in json.dumps(view, ensure_ascii=False) for r in KEYS["s04"].readings)
    assert on_disk(deck)["labels"]["s04"] == 2, "saved all the same"
    view = press(deck, "word", "growing")
    assert (view["state"], view["feedback"]["tone"]) == ("answered", "notyet")
    assert on_disk(deck)["words"] == {"s04": "growing"}
    assert at(deck, "s05", 2)["state"] == "answered", "counting begins anew"


def test_no_word_is_an_answer_too(deck: Deck) -> None:
    four_times(deck)
    press(deck, "word", "")
    assert on_disk(deck)["words"] == {"s04": NO_WORD}


def test_another_button_a_change_or_an_undo_breaks_the_row(deck: Deck) -> None:
    for sid, rung in (("s01", 2), ("s02", 2), ("s03", 2), ("s04", 1), ("s05", 2), ("s06", 2)):
        assert at(deck, sid, rung)["state"] == "answered"
    at(deck, "s06", 3)
    assert [at(deck, sid, 2)["state"] for sid in ("s07", "s08", "s09")] == ["answered"] * 3
    press(deck, "undo")
    assert at(deck, "s10", 2)["state"] == "answered"
    assert at(deck, "s11", 2)["state"] == "which word"


# Moving on ------------------------------------------------------------------------------------------------


def test_next_is_the_next_open_sentence_going_round(deck: Deck) -> None:
    at(deck, "s02", 1)
    at(deck, "s30", 1)
    assert press(deck, "next")["now"] == "s31"
    at(deck, "s31", 3)
    assert press(deck, "next")["now"] == "s01"
    at(deck, "s01", 4)
    assert press(deck, "next")["now"] == "s03"


def answer_all(deck: Deck, ids: list[str]) -> None:
    for sid in ids:
        deck.answer(sid, KEYS[sid].rung if KEYS.get(sid) else 1)


def test_the_end_leads_on_to_the_strip(tmp_path: Path) -> None:
    heard: list[str] = []
    deck = open_deck(tmp_path, on_change=lambda: heard.append("now"))
    answer_all(deck, IDS)
    assert len(heard) == len(IDS), "every answer is told, so that charts can follow"
    assert deck.view["progress"] == "31 of 31 answered. All 12 core sentences done."
    view = press(deck, "next")
    assert (view["state"], view["feedback"]["tone"]) == ("done", "ok")
    assert view["feedback"]["verdict"] == "All 31 done. Now see them side by side."
    assert actions(view) == ["leave"]
    assert press(deck, "back")["state"] == "answered"
    assert open_deck(tmp_path).view["now"] == "s01", "all answered: back at the beginning"


def test_the_short_path_ends_after_its_core(deck: Deck) -> None:
    press(deck, "go", "s04")
    view = press(deck, "path", "core")
    assert (view["path"], view["now"]) == ("core", "s01")
    seen = []
    for sid in CORE:
        seen.append(deck.view["now"])
        press(deck, "choose", str(KEYS[sid].rung))
        press(deck, "next")
    assert seen == CORE
    view = deck.view
    assert (view["state"], view["progress"]) == (
        "core done",
        "12 of 31 answered. All 12 core sentences done.",
    )
    assert view["feedback"]["verdict"] == "All 12 core sentences done. Now see them side by side."
    assert body(view) == ["The other 19 can be homework: choose “All 31” above to go on."]
    view = press(deck, "path", "all")
    assert (view["path"], view["state"], view["now"]) == ("all", "open", "s04")


# Back -----------------------------------------------------------------------------------------------------


def test_undo_takes_back_answer_after_answer(deck: Deck) -> None:
    at(deck, "s01", 2)
    at(deck, "s02", 1)
    at(deck, "s01", 4)
    view = press(deck, "undo")
    assert (view["now"], view["state"], chosen(view)) == ("s01", "answered", 2)
    assert on_disk(deck)["labels"] == {"s01": 2, "s02": 1}
    view = press(deck, "undo")
    assert (view["now"], view["state"], chosen(view)) == ("s02", "open", None)
    assert press(deck, "undo")["can_undo"] is False
    assert (on_disk(deck)["labels"], on_disk(deck)["first_labels"]) == ({}, {})
    at(deck, "s01", 5)
    assert on_disk(deck)["first_labels"] == {"s01": 5}, "an answer taken back at once was none"


def test_the_same_answer_again_is_nothing_to_undo(deck: Deck) -> None:
    at(deck, "s01", 2)
    at(deck, "s01", 2)
    press(deck, "undo")
    assert (deck.view["can_undo"], on_disk(deck)["labels"]) == (False, {})


def test_work_goes_on_where_it_stopped(deck: Deck, tmp_path: Path) -> None:
    for sid in ("s01", "s02", "s04"):
        at(deck, sid, 1)
    again = open_deck(tmp_path)
    assert (again.view["now"], again.view["state"]) == ("s03", "open")
    assert {s["id"]: s["rung"] for s in again.view["strip"] if s["rung"]} == {"s01": 1, "s02": 1, "s04": 1}
    assert again.view["can_undo"] is False
    table = again.as_table()
    assert list(table.columns) == ["sentence", "paragraph", "text", "rung"]
    assert table["rung"].count() == 3
    assert at(again, "s01")["state"] == "answered"


def test_another_student_starts_afresh(deck: Deck) -> None:
    at(deck, "s01", 1)
    deck.answers.use("copper-lynx-42")
    deck.reload()
    assert (deck.view["now"], deck.view["state"], deck.view["can_undo"]) == ("s01", "open", False)
    assert not any(s["rung"] for s in deck.view["strip"])


def test_answers_without_buttons(deck: Deck) -> None:
    result = deck.answer(PLAIN, 4)
    assert (result.status, result.score) == ("correct", 1.0)
    assert (deck.view["now"], chosen(deck.view)) == (PLAIN, 4)
    for sid in ("s02", "s03", "s04", "s06"):
        assert deck.answer(sid, 2).status in ("correct", "not yet")
        assert deck.view["state"] == "answered", "nobody asks a program which word told it"
    assert deck.answer("s09", deck.as_table()["rung"].iloc[0]).status == "not yet", "a rung out of a table"
    assert type(on_disk(deck)["labels"]["s09"]) is int
    with pytest.raises(ValueError, match=r"no sentence 's99'; they run from s01 to s31"):
        deck.answer("s99", 4)
    for no_rung in (0, 6, True, "4", 4.5, None):
        with pytest.raises(ValueError, match="choose one of 1, 2, 3, 4, 5"):
            deck.answer("s10", no_rung)  # type: ignore[arg-type]
    assert "s10" not in on_disk(deck)["labels"]


# Trouble --------------------------------------------------------------------------------------------------


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    real = store.write_whole

    def fail(path: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    return lambda full: monkeypatch.setattr(store, "write_whole", fail if full else real)


def test_an_answer_that_cannot_be_saved_is_shown_said_and_saved_later(
    deck: Deck, full_disk: Callable[[bool], None]
) -> None:
    full_disk(True)
    view = at(deck, PLAIN, 4)
    assert "is on a full disk" in view["trouble"]
    assert view["saved"] == "Not saved yet."
    assert view["say"].startswith("Your answer could not be saved.")
    assert (chosen(view), view["feedback"]["tone"]) == (4, "ok"), "work goes on"
    at(deck, "s02", wrong("s02"))
    assert press(deck, "reference")["state"] == "shown"
    press(deck, "object")
    assert press(deck, "objection", "No.")["trouble"]
    press(deck, "undo")
    assert (deck.view["now"], deck.view["state"]) == ("s02", "open")
    with pytest.raises(NotSaved):
        deck.answer("s03", 5)
    assert deck.view["trouble"]
    assert (deck.view["now"], chosen(deck.view)) == ("s03", 5)
    assert not deck.answers.path.exists()
    full_disk(False)
    view = at(deck, "s05", 4)
    assert (view["trouble"], view["saved"]) == ("", f"Saved for {CODE}.")
    assert on_disk(deck)["labels"] == {PLAIN: 4, "s03": 5, "s05": 4}
    assert on_disk(deck)["challenges"] == {"s02": "No."}


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / CODE).mkdir()
    (tmp_path / CODE / "L1.json").write_text("{", encoding="utf-8")
    deck = open_deck(tmp_path)
    assert "was damaged" in deck.view["trouble"]
    assert chosen(at(deck, "s01", 4)) == 4


HOSTILE: list[object] = [
    *(None, 5, "choose", [], {}, {"do": None}, {"do": []}, {"do": "choose"}, {"do": "nothing", "arg": 1}),
    *(
        {"do": "choose", "arg": arg}
        for arg in (0, 6, "", "6", "4.0", "four", None, [4], {}, 1e999, "9" * 5000, True)
    ),
    *({"do": "go", "arg": arg} for arg in ("s99", "", None, 3, ["s01"], {"a": 1})),
    *({"do": "word", "arg": arg} for arg in ("x", None, 3, [])),
    *({"do": "objection", "arg": arg} for arg in ("x", None, 3, ["x"])),
    *({"do": "go", "arg": arg} for arg in ("s99", None, [], 7)),
    *({"do": "path", "arg": arg} for arg in ("all", None, [], "x")),
    *(
        {"do": do}
        for do in ("reference", "object", "undo", "leave", "back", "again", "save", "_open", "__init__")
    ),
    *(
        {"do": "choose", "arg": "4", "self": 1},
        {"do": "go", "arg": "s02", "more": 1},
        {"do": "next", "arg": 1},
    ),
]


@pytest.mark.parametrize("message", HOSTILE, ids=lambda m: json.dumps(m, default=str)[:50])
def test_messages_that_no_button_sends_change_nothing(deck: Deck, message: object) -> None:
    before = {k: v for k, v in deck.view.items() if k != "turn"}
    deck._received(None, message, None)
    assert {k: v for k, v in deck.view.items() if k != "turn"} == before
    assert not deck.answers.path.exists()


@pytest.mark.parametrize("way", ["word", "object", "objection", "reference", "next"])
def test_there_is_no_way_around_an_answer_to_the_reference(deck: Deck, way: str) -> None:
    for message in ({"do": way}, {"do": way, "arg": "x"}, {"do": "reference"}, {"do": "object"}):
        deck._received(None, message, None)
        assert not any(
            r.reason in json.dumps(deck.view, ensure_ascii=False) for k in KEYS.values() for r in k.readings
        )
    at(deck, PLAIN, wrong(PLAIN))
    press(deck, "object")
    press(deck, "objection", "x")
    assert KEYS[PLAIN].readings[0].reason not in json.dumps(deck.view, ensure_ascii=False)
    assert on_disk(deck)["hints"] == {}, "whoever saw the reference has it noted"


def test_what_does_not_fit_the_present_state_is_not_saved(deck: Deck) -> None:
    at(deck, PLAIN, 4)
    press(deck, "reference")
    press(deck, "word", "x")
    press(deck, "objection", "x")
    assert (on_disk(deck)["hints"], on_disk(deck)["words"], on_disk(deck)["challenges"]) == ({}, {}, {})


def test_a_word_is_a_short_text(deck: Deck) -> None:
    four_times(deck)
    assert press(deck, "word", 3)["state"] == "which word"
    press(deck, "word", "y" * 5000)
    assert on_disk(deck)["words"] == {"s04": "y" * 200}


# Other packs ----------------------------------------------------------------------------------------------


def test_without_the_reference_answers_are_recorded_and_not_judged(tmp_path: Path) -> None:
    loaded = pack.load(copy_pack(tmp_path / "pack", reference=False))
    deck = open_deck(tmp_path / "work", loaded)
    view = at(deck, "s01", 4)
    assert (view["state"], view["feedback"]["tone"], chosen(view)) == ("answered", "plain", 4)
    assert view["feedback"]["verdict"] == "Saved. Your teacher will show the class view."
    assert actions(view) == ["next", "again"]
    assert not marked(view["text"])
    assert on_disk(deck)["labels"] == {"s01": 4}
    for way in ("reference", "object"):
        assert press(deck, way)["state"] == "answered"
    assert deck.answer("s02", 1).status == "not attempted"


def test_a_sentence_that_the_reference_left_out_is_recorded(tmp_path: Path) -> None:
    folder = copy_pack(tmp_path / "pack")
    for name in ("sentences", "reasons"):
        path = folder / "reference" / f"{name}.csv"
        rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(r for r in rows if not r.startswith("s03,")), encoding="utf-8")
    deck = open_deck(tmp_path / "work", pack.load(folder))
    assert at(deck, "s03", 5)["feedback"]["tone"] == "plain"
    assert at(deck, PLAIN, 4)["feedback"]["tone"] == "ok"


@pytest.mark.parametrize("core", ["false", ""])
def test_six_sentences_without_a_short_path(tmp_path: Path, core: str) -> None:
    rows = [(f"x{n}", 1 + n // 3, f"Sentence {n}.", core) for n in range(6)]
    deck = open_deck(tmp_path / "work", pack.load(sentences_pack(tmp_path / "pack", rows)))
    assert deck.view["paths"] == []
    assert deck.view["progress"] == "0 of 6 answered."
    assert press(deck, "path", "core")["path"] == "all"
    for sid in [row[0] for row in rows]:
        deck.answer(sid, 1)
    view = press(deck, "next")
    assert (view["state"], view["feedback"]["verdict"]) == ("done", "All 6 done. Now see them side by side.")


def test_one_sentence_is_a_deck(tmp_path: Path) -> None:
    deck = open_deck(
        tmp_path / "work", pack.load(sentences_pack(tmp_path / "pack", [("x", 1, "One.", "true")]))
    )
    assert (deck.view["before"], deck.view["after"]) == (None, None)
    at(deck, "x", 3)
    press(deck, "path", "core")
    assert press(deck, "next")["feedback"]["verdict"].startswith("All 1 core sentences done.")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> & <b>x</b> &amp; \\n “…”",
        "قال الرجل “لا” \u202eثم\u202c ذهب 123 (ABC)",
        "👩🏽‍🚀 said “🇺🇦”, e\u0301\u0327 \u200b zero",
        "= HYPERLINK(x) \t tab",
        "long " * 20_000,
    ],
    ids=["markup", "right to left", "emoji", "formula", "100,000 characters"],
)
def test_any_text_reaches_the_page_unchanged_as_text(tmp_path: Path, text: str) -> None:
    rows = [("a", 1, "Before.", "true"), ("b", 1, text, "true"), ("c", 2, "After.", "false")]
    deck = open_deck(tmp_path / "work", pack.load(sentences_pack(tmp_path / "pack", rows)))
    view = at(deck, "b", 3)
    assert words(view["text"]) == text
    assert view["long"] == (len(text) > 1500)
    assert at(deck, "c")["before"] == ["b", text[:600]]
    assert len(deck.view["say"]) <= 600
    assert deck.as_table()["text"].iloc[1] == text


def test_each_drawing_has_its_number(deck: Deck) -> None:
    first = deck.view["turn"]
    assert press(deck, "go", "s02")["turn"] == first + 1
    deck.draw()
    assert deck.view["turn"] == first + 2
