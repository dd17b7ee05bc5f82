"""What all decks of cards share, tried on the line-up, the verb swapper and the claim sorter."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers import DATA
from packs import copy_pack, sentences_pack
from whosays import answers as store
from whosays import pack
from whosays.answers import Answers, NotSaved
from whosays.checks import check_claim, check_speaker, claim_keys, quote_keys, show_claim
from whosays.checks.claims import WHEN
from whosays.measures.claims import KINDS
from whosays.pack import Pack
from whosays.text import day, join_sentences
from whosays.widgets.cards import Cards
from whosays.widgets.claims import ClaimSorter
from whosays.widgets.lineup import ALOUD, LineUp
from whosays.widgets.verbs import NO_KEY, VerbSwapper

CODE, OTHER = "amber-otter-17", "copper-lynx-42"
PACK = pack.load(DATA)
STUDENT = replace(PACK, reference={})
QUOTES, CLAIMS = quote_keys(PACK), claim_keys(PACK)
NAMES = {row["id"]: row["name"] for row in pack.records(PACK.tables["actors"])}
CORE = list(PACK.tables["claims"].loc[PACK.tables["claims"]["core"], "id"])
SHARED = next(quote for quote, key in QUOTES.items() if len(key.credited) > 1)
LONE = next(quote for quote, key in QUOTES.items() if len(key.credited) == 1)
KINDS_OF_DECK: dict[str, tuple[type[Cards], int]] = {
    "line-up": (LineUp, 2),
    "verbs": (VerbSwapper, 2),
    "claims": (ClaimSorter, 3),
}
DECKS = list(KINDS_OF_DECK)
ANSWER: dict[str, list[Any]] = {"line-up": ["cannot tell"], "verbs": [3], "claims": ["now", "poll", 2]}
EMPTY = {
    "line-up": "This pack has no quotations for this step.",
    "verbs": "This pack has no verbs for this step.",
    "claims": "This pack has no claims for this step.",
}


def open_deck(kind: str, work: Path, loaded: Pack = PACK, code: str = CODE, **more: Any) -> Any:
    make, lesson = KINDS_OF_DECK[kind]
    return make(loaded, Answers(lesson, code, loaded.fingerprint, work), **more)


@pytest.fixture(params=DECKS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def deck(kind: str, tmp_path: Path) -> Any:
    return open_deck(kind, tmp_path)


@pytest.fixture
def lineup(tmp_path: Path) -> Any:
    return open_deck("line-up", tmp_path)


@pytest.fixture
def claims(tmp_path: Path) -> Any:
    return open_deck("claims", tmp_path)


def press(deck: Any, do: str, arg: object = None, **more: object) -> dict[str, Any]:
    """Send what a button of the page sends; the view that comes back."""
    deck._received(None, {"do": do} | ({} if arg is None else {"arg": arg}) | more, None)
    view: dict[str, Any] = deck.view
    return view


def at(deck: Any, card: str, *values: object) -> dict[str, Any]:
    """Go to a card and answer its questions from the first one on, by its buttons."""
    view = press(deck, "go", card)
    for n, value in enumerate(values):
        view = press(deck, "choose", str(value), ask=view["asks"][n]["key"])
    return view


def chosen(view: dict[str, Any]) -> list[object]:
    return [ask["chosen"] for ask in view["asks"]]


def cards(deck: Any) -> list[str]:
    return [square["id"] for square in deck.view["strip"]]


def on_disk(deck: Any) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(deck.answers.path.read_text(encoding="utf-8"))
    return content


def words(segments: list[dict[str, Any]]) -> str:
    return "".join(segment["t"] for segment in segments)


def marked(segments: list[dict[str, Any]]) -> list[str]:
    return [segment["t"] for segment in segments if segment["m"]]


def body(view: dict[str, Any]) -> list[str]:
    return [words(paragraph) for paragraph in view["feedback"]["body"]]


def parts(view: dict[str, Any]) -> dict[str, str]:
    return {part["head"]: " ".join(map(words, part["lines"])) for part in view["feedback"]["parts"]}


def actions(view: dict[str, Any]) -> list[str]:
    return [action[0] for action in view["feedback"]["actions"]]


def without_turn(view: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name != "turn"}


def in_browser(deck: Any) -> str:
    """All that the page could know, scripts and style sheets aside."""
    state = {name: value for name, value in deck.get_state().items() if name not in ("_esm", "_css")}
    return json.dumps(state, default=str, ensure_ascii=False)


def wrong_when(card: str) -> str:
    return next(when for when in WHEN if when not in CLAIMS[card].accepted)


def wrong_speaker(card: str) -> str:
    return next(a for key in QUOTES.values() for a in key.credited if a not in QUOTES[card].credited)


# Questions ------------------------------------------------------------------------------------------------


def test_a_deck_opens_at_its_first_card(deck: Any, kind: str) -> None:
    view = deck.view
    ids = list(PACK.tables[{"line-up": "quotes"}.get(kind, kind)]["id"])
    assert (view["state"], view["now"], view["ask"]) == ("open", ids[0], type(deck).ASK)
    assert cards(deck) == ids
    assert [s["id"] for s in view["strip"] if s["now"]] == [ids[0]]
    assert (view["feedback"], view["can_undo"], view["trouble"]) == (None, False, "")
    assert view["progress"].startswith(f"0 of {len(ids)} answered.")
    assert view["say"].startswith(f"{deck.THING.capitalize()}")
    assert words(view["text"])[:100] in view["say"]
    assert json.loads(json.dumps(view)) == view, "plain data for the page"
    assert not deck.answers.path.exists()
    assert repr(deck).startswith(type(deck).ASK)


def test_each_question_has_numbered_words_to_choose_from(tmp_path: Path) -> None:
    asks = {kind: open_deck(kind, tmp_path).view["asks"] for kind in DECKS}
    assert [[value for value, _ in ask["options"]] for ask in asks["claims"]] == [
        ["now", "later", "never"],
        ["transcript", "count", "document", "poll", "wait", "nothing"],
        [1, 2, 3, 4],
    ]
    (speaker,) = asks["line-up"]
    credited = dict.fromkeys(actor for key in QUOTES.values() for actor in key.credited)
    assert [value for value, _ in speaker["options"]] == [*credited, "both", "cannot tell"]
    assert [name for _, name in speaker["options"]][:2] == [NAMES[actor] for actor in credited][:2]
    (scale,) = asks["verbs"]
    assert [value for value, _ in scale["options"]] == list(range(11))
    assert {name for _, name in scale["options"]} == {"wide open", "", "settled"}


def test_feedback_waits_for_the_last_question_of_a_card(claims: Any) -> None:
    view = press(claims, "choose", "now", ask="when")
    assert (view["state"], view["feedback"], chosen(view)) == ("open", None, ["now", None, None])
    assert view["say"] == "Saved. What would you look at?"
    assert not marked(view["text"])
    view = press(claims, "choose", "3", ask="sure")
    assert (view["state"], chosen(view)) == ("open", ["now", None, 3])
    assert view["say"] == "Saved. What would you look at?"
    assert view["progress"].startswith("0 of 41 answered.")
    view = press(claims, "choose", "count", ask="look_at")
    assert (view["state"], chosen(view)) == ("answered", ["now", "count", 3])
    assert view["feedback"]
    assert view["progress"].startswith("1 of 41 answered.")
    assert [s["mark"] for s in view["strip"][:2]] == ["?", ""]
    assert "A ? differs from the reference" in view["progress"]
    assert view["say"].startswith(view["feedback"]["verdict"])


def test_both_opens_a_question_that_only_voices_answer(lineup: Any) -> None:
    assert len(at(lineup, SHARED)["asks"]) == 1
    view = press(lineup, "choose", "both", ask="speaker")
    assert [ask["key"] for ask in view["asks"]] == ["speaker", "aloud"]
    assert (view["state"], view["feedback"], chosen(view)) == ("open", None, ["both", None])
    assert view["say"] == f"Saved. {ALOUD.ask}", "a question that appears is said"
    view = press(lineup, "choose", "no", ask="aloud")
    assert (view["state"], view["feedback"]["tone"]) == ("answered", "split")
    assert view["feedback"]["verdict"] == check_speaker("both", "no", QUOTES[SHARED], NAMES).message
    view = press(lineup, "choose", "cannot tell", ask="speaker")
    assert len(view["asks"]) == 1, "and goes again with another answer"
    assert view["state"] == "answered"


def test_a_question_that_is_not_asked_takes_no_answer(lineup: Any) -> None:
    at(lineup, SHARED)
    press(lineup, "choose", "no", ask="aloud")
    assert not lineup.answers.path.exists()


# Saved ----------------------------------------------------------------------------------------------------


def test_every_answer_is_saved_at_once(claims: Any, lineup: Any) -> None:
    press(claims, "choose", "later", ask="when")
    assert on_disk(claims)["cards"] == {"cl01.when": "later"}
    press(claims, "choose", "wait", ask="look_at")
    press(claims, "choose", "4", ask="sure")
    assert on_disk(claims)["cards"] == {"cl01.when": "later", "cl01.look_at": "wait"}
    assert on_disk(claims)["confidence"] == {"cl01": 4}, "how sure somebody is has its own part"
    assert claims.view["saved"] == f"Saved for {CODE}."
    at(lineup, SHARED, "both", "alone")
    assert on_disk(lineup)["cards"] == {f"{SHARED}.speaker": "both", f"{SHARED}.aloud": "alone"}


def test_first_answers_are_kept_when_an_answer_is_changed(claims: Any, tmp_path: Path) -> None:
    at(claims, "cl02", "never", "poll", 4)
    at(claims, "cl02", "now", "transcript", 2)
    found = on_disk(claims)
    assert found["cards"] == {"cl02.when": "now", "cl02.look_at": "transcript"}
    assert found["first_cards"] == {"cl02.when": "never", "cl02.look_at": "poll"}
    assert found["confidence"] == {"cl02": 2}
    verbs = open_deck("verbs", tmp_path)
    at(verbs, "v1", 0)
    at(verbs, "v1", 10)
    assert (on_disk(verbs)["cards"], on_disk(verbs)["first_cards"]) == ({"v1.settled": 10}, {"v1.settled": 0})


def test_work_goes_on_where_it_stopped(kind: str, tmp_path: Path) -> None:
    deck = open_deck(kind, tmp_path)
    first, second, third = cards(deck)[:3]
    at(deck, first, *ANSWER[kind])
    at(deck, third, *ANSWER[kind])
    again = open_deck(kind, tmp_path)
    assert (again.view["now"], again.view["state"]) == (second, "open")
    assert again.view["can_undo"] is False
    assert [s["id"] for s in again.view["strip"] if s["mark"]] == [first, third]
    view = at(again, first)
    assert (view["state"], chosen(view)) == ("answered", ANSWER[kind])


def test_half_a_card_is_taken_up_again(tmp_path: Path) -> None:
    at(open_deck("claims", tmp_path), "cl01", "now")
    view = open_deck("claims", tmp_path).view
    assert (view["now"], view["state"], chosen(view)) == ("cl01", "open", ["now", None, None])
    at(open_deck("line-up", tmp_path), SHARED, "both")
    again = open_deck("line-up", tmp_path)
    assert (at(again, SHARED)["state"], chosen(again.view)) == ("open", ["both", None])


def test_another_student_starts_afresh_and_comes_back(deck: Any, kind: str) -> None:
    first = cards(deck)[0]
    at(deck, first, *ANSWER[kind])
    deck.answers.use(OTHER)
    deck.reload()
    view = deck.view
    assert (view["now"], view["state"], view["can_undo"]) == (first, "open", False)
    assert not any(s["mark"] for s in view["strip"])
    assert view["saved"] == f"Saved for {OTHER}."
    assert not press(deck, "undo")["can_undo"], "nobody undoes another's answer"
    deck.answers.use(CODE)
    deck.reload()
    assert [s["id"] for s in deck.view["strip"] if s["mark"]] == [first]


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    real = store.write_whole

    def fail(path: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    return lambda full: monkeypatch.setattr(store, "write_whole", fail if full else real)


def test_an_answer_that_cannot_be_saved_is_shown_said_and_saved_later(
    deck: Any, kind: str, full_disk: Callable[[bool], None]
) -> None:
    first, second, third = cards(deck)[:3]
    full_disk(True)
    view = at(deck, first, *ANSWER[kind])
    assert "is on a full disk" in view["trouble"]
    assert view["saved"] == "Not saved yet."
    assert view["say"].startswith("Your answer could not be saved.")
    assert (chosen(view), view["state"]) == (ANSWER[kind], "answered"), "work goes on"
    with pytest.raises(NotSaved):
        deck.answer(second, *ANSWER[kind])
    assert deck.view["trouble"]
    assert not deck.answers.path.exists()
    full_disk(False)
    view = at(deck, third, *ANSWER[kind])
    assert (view["trouble"], view["saved"]) == ("", f"Saved for {CODE}.")
    part = on_disk(deck)["cards"]
    assert {key.split(".")[0] for key in part} >= {first, third}


# Back -----------------------------------------------------------------------------------------------------


def test_undo_goes_back_question_by_question_over_cards(claims: Any) -> None:
    at(claims, "cl01", "now", "poll", 2)
    at(claims, "cl02", "later")
    at(claims, "cl01", "never")
    view = press(claims, "undo")
    assert (view["now"], view["state"], chosen(view)) == ("cl01", "answered", ["now", "poll", 2])
    assert view["say"].startswith("Undone: cl01 is as before again.")
    view = press(claims, "undo")
    assert (view["now"], view["state"], chosen(view)) == ("cl02", "open", [None, None, None])
    assert view["say"].startswith("Undone: cl02 is not answered again.")
    view = press(claims, "undo")
    assert (view["now"], view["state"], chosen(view)) == ("cl01", "open", ["now", "poll", None])
    assert on_disk(claims)["confidence"] == {}
    press(claims, "undo")
    assert press(claims, "undo")["can_undo"] is False
    assert [on_disk(claims)[part] for part in ("cards", "first_cards", "confidence")] == [{}, {}, {}]
    at(claims, "cl01", "later")
    assert on_disk(claims)["first_cards"] == {"cl01.when": "later"}, "an answer taken back at once was none"


def test_undo_takes_back_the_question_that_an_answer_opened(lineup: Any) -> None:
    at(lineup, SHARED, "both", "yes")
    view = press(lineup, "undo")
    assert (view["state"], chosen(view)) == ("open", ["both", None])
    view = press(lineup, "undo")
    assert (view["state"], chosen(view), view["can_undo"]) == ("open", [None], False)


def test_undo_knows_that_nought_is_an_answer(tmp_path: Path) -> None:
    verbs = open_deck("verbs", tmp_path)
    at(verbs, "v1", 0)
    assert verbs.view["state"] == "answered"
    at(verbs, "v1", 7)
    view = press(verbs, "undo")
    assert (chosen(view), view["state"]) == ([0], "answered")
    assert view["say"].startswith("Undone: v1 is as before again.")
    assert on_disk(verbs)["cards"] == {"v1.settled": 0}


def test_the_same_answer_again_is_nothing_to_undo(deck: Any, kind: str) -> None:
    first = cards(deck)[0]
    at(deck, first, *ANSWER[kind])
    at(deck, first, *ANSWER[kind])
    for _ in ANSWER[kind]:
        press(deck, "undo")
    assert (deck.view["can_undo"], on_disk(deck)["cards"]) == (False, {})


# Moving on ------------------------------------------------------------------------------------------------


def test_the_end_of_a_deck_leads_on(kind: str, tmp_path: Path) -> None:
    heard: list[str] = []
    deck = open_deck(kind, tmp_path, on_change=lambda: heard.append("now"))
    ids = cards(deck)
    for card in ids[1:]:
        deck.answer(card, *ANSWER[kind])
    assert len(heard) == len(ids) - 1, "every answer is told, so that charts can follow"
    view = press(deck, "next")
    assert (view["state"], view["now"]) == ("open", ids[0]), "round to the one that was passed over"
    deck.answer(ids[0], *ANSWER[kind])
    view = press(deck, "next")
    assert (view["state"], view["feedback"]["verdict"]) == ("done", f"All {len(ids)} done. Now go on.")
    assert view["feedback"]["actions"] == [["leave", type(deck).LEAVE, "go", "Enter"]]
    assert press(deck, "go", ids[2])["state"] == "answered"


def test_the_short_path_of_claims_ends_after_its_core(claims: Any, tmp_path: Path) -> None:
    assert len(CORE) == 8
    assert claims.view["paths"] == [["all", "All 41"], ["core", "8 core"]]
    view = press(claims, "path", "core")
    assert (view["path"], view["now"]) == ("core", CORE[0])
    seen = []
    for card in CORE:
        seen.append(claims.view["now"])
        at(claims, card, CLAIMS[card].when, CLAIMS[card].look_at, 3)
        press(claims, "next")
    assert seen == CORE
    view = claims.view
    assert (view["state"], view["progress"]) == ("core done", "8 of 41 answered. All 8 core claims done.")
    assert view["feedback"]["verdict"] == "All 8 core claims done. Now go on."
    assert body(view) == ["The other 33 can be homework: choose “All 41” above to go on."]
    view = press(claims, "path", "all")
    assert (view["path"], view["state"]) == ("all", "open")
    assert view["now"] not in CORE
    assert open_deck("claims", tmp_path).view["path"] == "core", "the short path is known again"


@pytest.mark.parametrize("kind", ["line-up", "verbs"], indirect=False)
def test_a_deck_without_core_cards_has_one_path(kind: str, tmp_path: Path) -> None:
    deck = open_deck(kind, tmp_path)
    assert deck.view["paths"] == []
    assert press(deck, "path", "core")["path"] == "all"


# What is said to an answer --------------------------------------------------------------------------------


def test_a_claim_that_agrees_shows_kind_verdicts_and_evidence(claims: Any) -> None:
    agreed = [c for c, key in CLAIMS.items() if len(key.accepted) == 1 and key.kind == "fact"]
    later = next(c for c in agreed if CLAIMS[c].later_date and CLAIMS[c].evidence)
    key = CLAIMS[later]
    view = at(claims, later, key.when, "poll", 3)
    assert (view["state"], view["feedback"]["tone"]) == ("answered", "ok")
    checked = check_claim(key.when, "poll", key)
    assert view["feedback"]["verdict"] == checked.message
    assert body(view) == [f"The deciding words are “{key.words}”.", *checked.detail]
    assert marked(view["text"]) == [key.words]
    said = parts(view)
    kind = KINDS[key.kind]
    assert said[f"{kind.shape} {kind.word}"] == key.kind_reason
    then = said["On 12 November 2024"]
    assert then.lower().startswith(f"{key.verdict}. ")
    assert then.endswith(key.note)
    assert said[f"Known later, as of {day(key.later_date)}"] == key.later
    assert actions(view) == ["next", "again", "object"]
    lists = [part for part in view["feedback"]["parts"] if part["sources"]]
    then = [e for e in key.evidence if e.date <= PACK.date]
    after = [e for e in key.evidence if e.date > PACK.date]
    assert then
    assert after
    assert [part["head"] for part in lists] == [
        f"Evidence up to 12 November 2024: {len(then)} source{'s' if len(then) > 1 else ''}",
        f"Evidence from after 12 November 2024: {len(after)} source{'s' if len(after) > 1 else ''}",
    ]
    for part, known in zip(lists, (then, after), strict=True):
        assert [source["title"] for source in part["sources"]] == [e.title for e in known]
        assert [source["address"] for source in part["sources"]] == [e.address for e in known]
        first = part["sources"][0]["who"]
        assert first.startswith(known[0].publisher)
        assert first.endswith(day(known[0].date))


def test_a_verdict_on_a_view_says_first_what_it_is_about(claims: Any) -> None:
    card = next(c for c, key in CLAIMS.items() if key.kind == "call" and key.verdict == "partly supported")
    key = CLAIMS[card]
    then = parts(at(claims, card, key.when, key.look_at, 1))["On 12 November 2024"]
    assert then == f"{key.note} So, in this sense: partly supported."


def test_where_readers_split_both_times_count(claims: Any) -> None:
    card = next(c for c, key in CLAIMS.items() if len(key.accepted) == 2)
    for when in CLAIMS[card].accepted:
        view = at(claims, card, when, "poll", 1)
        assert view["feedback"]["tone"] == "split"
        assert "counts in full" in view["feedback"]["verdict"]


def test_evidence_says_whether_it_was_seen_and_whether_it_shows_a_date(claims: Any) -> None:
    shown = {}
    for card, key in CLAIMS.items():
        view = at(claims, card, key.when, key.look_at, 1)
        for part in view["feedback"]["parts"]:
            shown |= {source["title"]: source for source in part["sources"]}
    known = {e.title: e for key in CLAIMS.values() for e in key.evidence}
    assert shown.keys() == known.keys()
    for title, source in shown.items():
        assert source["seen"].startswith("seen" if known[title].seen else "not seen")
        assert ("no date shown" in source["who"]) == (not known[title].date)
        assert source["says"] == known[title].says
    bare = [card for card, key in CLAIMS.items() if not key.evidence]
    assert {parts(at(claims, card)).get("Evidence") for card in bare} <= {"There is none in this pack."}


def test_another_time_gets_a_question_and_no_key(claims: Any) -> None:
    for card, key in CLAIMS.items():
        if set(key.accepted) == set(WHEN):
            continue
        view = at(claims, card, wrong_when(card), key.look_at, 2)
        result = check_claim(wrong_when(card), key.look_at, key)
        assert (view["feedback"]["tone"], view["feedback"]["verdict"]) == ("notyet", result.message)
        assert body(view) == [f"Look at “{key.words}”. {result.detail[0]}"]
        assert marked(view["text"]) == [key.words]
        assert view["feedback"]["parts"] == []
        assert actions(view) == ["again", "reference", "next"]
        secret = [key.kind_reason, key.when_reason, *filter(None, (key.note, key.later))]
        secret += [text for e in key.evidence for text in (e.title, e.says) if text]
        assert not [text for text in secret if text in in_browser(claims)]


def test_the_reference_is_shown_to_who_asks_and_that_is_kept(claims: Any, tmp_path: Path) -> None:
    key = CLAIMS["cl02"]
    at(claims, "cl02", wrong_when("cl02"), "poll", 2)
    view = press(claims, "reference")
    assert (view["state"], view["feedback"]["tone"]) == ("shown", "plain")
    assert view["feedback"]["verdict"] == show_claim("poll", key).message
    assert key.when_reason in body(view)
    assert key.kind_reason in parts(view).values()
    assert actions(view) == ["next", "again", "object"]
    assert on_disk(claims)["hints"] == {"cl02": "reference"}
    assert at(open_deck("claims", tmp_path), "cl02")["state"] == "shown"


def test_a_quotation_shows_the_credit_and_what_the_check_gave(lineup: Any) -> None:
    key = QUOTES[LONE]
    view = at(lineup, LONE, wrong_speaker(LONE))
    assert view["feedback"]["tone"] == "notyet"
    assert view["feedback"]["parts"] == []
    view = press(lineup, "reference")
    assert view["feedback"]["verdict"] == f"The text credits {NAMES[key.credited[0]]}."
    assert parts(view) == dict(key.parts)
    assert on_disk(lineup)["hints"] == {LONE: "reference"}
    view = at(lineup, LONE, key.credited[0])
    assert view["feedback"]["tone"] == "ok"
    assert parts(view) == dict(key.parts)
    checked = QUOTES[SHARED].checked
    assert checked != QUOTES[SHARED].credited
    heads = parts(at(lineup, SHARED, "cannot tell"))
    assert heads["Speaker, as far as it could be checked"] == f"{NAMES[checked[0]]}."


def test_a_verb_has_an_effect_and_no_right_number(tmp_path: Path) -> None:
    verbs = open_deck("verbs", tmp_path)
    for row in pack.records(PACK.tables["verbs"]):
        view = at(verbs, row["id"])
        assert row["effect"] not in in_browser(verbs)
        assert marked(view["text"]) == [row["verb"]]
        own = next(r["text"] for r in pack.records(PACK.sentences) if r["id"] == row["sentence_id"])
        assert words(view["text"]) == own.replace(row["text"], row["verb"])
        assert view["after"] == [row["sentence_id"], own], "the text as it is, to compare"
        view = at(verbs, row["id"], 10)
        assert (view["feedback"]["tone"], view["feedback"]["verdict"]) == ("plain", NO_KEY)
        assert body(view) == [row["effect"]]
        assert actions(view) == ["next", "again"], "nothing to show and nothing to object to"
        for do in ("reference", "object"):
            assert press(verbs, do)["state"] == "answered"
    assert at(verbs, "v1")["say"].startswith(NO_KEY)
    assert press(verbs, "again")["say"].startswith(f"Verb: {PACK.tables['verbs']['verb'][0]}. ")


def test_a_quotation_stands_between_its_neighbours(lineup: Any) -> None:
    sentences = list(zip(PACK.sentences["id"], PACK.sentences["text"], strict=True))
    for row in pack.records(PACK.tables["quotes"]):
        view = at(lineup, row["id"])
        n = [sid for sid, _ in sentences].index(row["sentence_id"])
        assert words(view["text"]) == row["text"]
        assert view["before"] == [sentences[n - 1][0], sentences[n - 1][1][:600]]
        assert view["after"] == [sentences[n][0], sentences[n][1][:600]]
        assert not marked(view["text"])


def test_a_claim_stands_below_its_sentence(claims: Any) -> None:
    texts = dict(zip(PACK.sentences["id"], PACK.sentences["text"], strict=True))
    for row in pack.records(PACK.tables["claims"]):
        view = at(claims, row["id"])
        assert (view["number"], words(view["text"])) == (row["sentence_id"], texts[row["sentence_id"]])
        assert view["lead"] == f"The claim: {row['claim']}"
        assert view["lead"] in view["say"] or len(view["say"]) == 400


@pytest.mark.parametrize("right", [True, False])
def test_an_objection_is_kept_and_shown(tmp_path: Path, right: bool) -> None:
    for kind, card, values in (
        ("claims", "cl02", [CLAIMS["cl02"].when if right else wrong_when("cl02"), "count", 1]),
        ("line-up", LONE, [QUOTES[LONE].credited[0] if right else wrong_speaker(LONE)]),
    ):
        deck = open_deck(kind, tmp_path)
        view = at(deck, card, *values)
        if not right:
            assert press(deck, "object")["state"] == "answered", "there is nothing yet to disagree with"
            press(deck, "reference")
        view = press(deck, "object")
        assert (view["state"], view["feedback"]["writing"], actions(view)) == ("objecting", "", ["back"])
        assert press(deck, "back")["state"] == ("answered" if right else "shown")
        press(deck, "object")
        view = press(deck, "objection", "  Not so. " + "x" * 600)
        kept = on_disk(deck)["challenges"][card]
        assert kept.startswith("Not so. x")
        assert len(kept) == 500
        assert body(view)[-1] == f"You disagree: {kept}"
        assert view["feedback"]["parts"], "the reference stays in view"
        again = open_deck(kind, tmp_path)
        at(again, card)
        assert press(again, "object")["feedback"]["writing"] == kept
        press(again, "objection", " ")
        assert on_disk(again)["challenges"] == {}


# No key ahead ---------------------------------------------------------------------------------------------


def test_nothing_of_the_reference_is_in_the_browser_before_an_answer(tmp_path: Path) -> None:
    secrets: dict[str, set[str]] = {"line-up": set(), "claims": set(), "verbs": set()}
    for quote in QUOTES.values():
        secrets["line-up"] |= {text for _, text in quote.parts} | {quote.title, *quote.flags}
    for key in CLAIMS.values():
        secrets["claims"] |= {key.kind_reason, key.when_reason, key.note, key.later}
        secrets["claims"] |= {f"{key.verdict[0].upper()}{key.verdict[1:]}.", f"{KINDS[key.kind].shape} "}
        secrets["claims"] |= {text for e in key.evidence for text in (e.title, e.says, e.address)}
    secrets["verbs"] = set(PACK.tables["verbs"]["effect"])
    for kind in DECKS:
        deck = open_deck(kind, tmp_path)
        found = {text for text in secrets[kind] if text}
        assert len(found) >= 5
        for card in cards(deck):
            at(deck, card)
            assert not [text for text in found if text in in_browser(deck)], (kind, card)
            assert not marked(deck.view["text"]) or kind == "verbs"


def test_before_an_answer_a_copy_with_the_reference_shows_what_one_without_shows(
    kind: str, tmp_path: Path
) -> None:
    mine = open_deck(kind, tmp_path / "a")
    students = open_deck(kind, tmp_path / "b", STUDENT)
    for n, card in enumerate(cards(mine)):
        assert without_turn(at(mine, card)) == without_turn(at(students, card))
        half = ANSWER[kind][: -1 if n < 3 else 0]
        assert without_turn(at(mine, card, *half)) == without_turn(at(students, card, *half))
    at(mine, SHARED, "both") if kind == "line-up" else None
    at(students, SHARED, "both") if kind == "line-up" else None
    assert without_turn(mine.view) == without_turn(students.view)


@pytest.mark.parametrize("way", ["object", "objection", "reference", "next", "again", "back", "settled"])
def test_there_is_no_way_around_an_answer_to_the_reference(claims: Any, way: str) -> None:
    card = CORE[0]
    key = CLAIMS[card]
    at(claims, card, key.when, key.look_at)  # the third question is open
    for message in ({"do": way}, {"do": way, "arg": "x"}, {"do": "reference"}, {"do": "object"}):
        claims._received(None, message, None)
        assert key.when_reason not in in_browser(claims)
    assert (on_disk(claims)["hints"], on_disk(claims)["challenges"]) == ({}, {})


# Other packs ----------------------------------------------------------------------------------------------


def test_without_the_reference_answers_are_recorded_and_not_judged(kind: str, tmp_path: Path) -> None:
    loaded = pack.load(copy_pack(tmp_path / "pack", reference=False))
    deck = open_deck(kind, tmp_path / "work", loaded)
    first = cards(deck)[0]
    view = at(deck, first, *ANSWER[kind])
    assert (view["state"], view["feedback"]["tone"], chosen(view)) == ("answered", "plain", ANSWER[kind])
    if kind != "verbs":
        assert view["feedback"]["verdict"] == "Saved. Your teacher will show the class view."
    assert actions(view) == ["next", "again"]
    assert view["feedback"]["parts"] == []
    assert not marked(view["text"]) or kind == "verbs"
    for way in ("reference", "object"):
        assert press(deck, way)["state"] == "answered"
    assert deck.answer(cards(deck)[1], *ANSWER[kind]).status == "not attempted"
    assert on_disk(deck)["hints"] == {}
    if kind == "line-up":
        view = at(deck, SHARED, "both", "no")
        assert (view["state"], view["feedback"]["tone"]) == ("answered", "plain")


def test_a_card_that_the_reference_left_out_is_recorded(tmp_path: Path) -> None:
    folder = copy_pack(tmp_path / "pack")
    for name, card in (("quotes", f"{LONE},"), ("claims", "cl02,")):
        path = folder / "reference" / f"{name}.csv"
        rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(r for r in rows if not r.startswith(card)), encoding="utf-8")
    loaded = pack.load(folder)
    assert at(open_deck("line-up", tmp_path, loaded), LONE, "cannot tell")["feedback"]["tone"] == "plain"
    claims = open_deck("claims", tmp_path, loaded)
    assert at(claims, "cl02", *ANSWER["claims"])["feedback"]["tone"] == "plain"
    assert at(claims, "cl05", *ANSWER["claims"])["feedback"]["tone"] == "ok"


def test_six_invented_sentences_are_decks_too(kind: str, tmp_path: Path) -> None:
    deck = open_deck(kind, tmp_path / "work", pack.load(DATA.parent / "tests" / "six_sentences"))
    for card in cards(deck):
        assert at(deck, card, *ANSWER[kind])["state"] == "answered"
        press(deck, "reference")
    assert press(deck, "next")["state"] == "done"
    if kind == "claims":
        view = at(deck, "cl02", "now", "poll", 2)
        assert "On the day of the article" in parts(view), "a pack may be without a date"
        assert parts(view)["Evidence"] == "There is none in this pack."


def test_a_pack_without_the_table_says_so_and_nothing_breaks(kind: str, tmp_path: Path) -> None:
    loaded = pack.load(sentences_pack(tmp_path / "pack", [("x", 1, "One.", "true"), ("y", 1, "Two.", "")]))
    heard: list[str] = []
    deck = open_deck(kind, tmp_path / "work", loaded, on_change=lambda: heard.append("now"))
    assert without_turn(deck.view) == {"ask": EMPTY[kind], "state": "empty"}
    for message in (*HOSTILE, *({"do": do, "arg": "x"} for do in ("go", "path", "objection", "choose"))):
        deck._received(None, message, None)
        assert deck.view["state"] == "empty"
    deck.reload()
    assert deck.as_table().empty
    assert list(deck.as_table().columns) == [deck.THING, "text"]
    with pytest.raises(ValueError, match=f"no {deck.THING} 'q1'; there is none"):
        deck.answer("q1", "x")
    assert not deck.answers.path.exists()


def test_a_quotation_without_known_speakers_can_be_put_to_nobody(tmp_path: Path) -> None:
    quotes = PACK.tables["quotes"].assign(credited_speakers=[()] * len(QUOTES))
    deck = open_deck("line-up", tmp_path, replace(PACK, tables=PACK.tables | {"quotes": quotes}))
    assert [value for value, _ in deck.view["asks"][0]["options"]] == ["cannot tell"]
    view = press(deck, "choose", "cannot tell")
    assert view["feedback"]["verdict"].startswith("Yes: the text credits nobody.")


def test_cells_that_a_pack_may_leave_empty_break_nothing(tmp_path: Path) -> None:
    open_core = pd.array([None, True] + [None] * (len(CLAIMS) - 2), dtype="boolean")
    rows = PACK.tables["claims"].assign(core=open_core)
    blank = PACK.reference["claims"].assign(
        verdict_at_date=None, verdict_later="Later.", verdict_later_date=None, note=None, kind="rumour"
    )
    loaded = replace(PACK, tables=PACK.tables | {"claims": rows}, reference={"claims": blank})
    deck = open_deck("claims", tmp_path, loaded)
    assert deck.view["paths"] == [["all", "All 41"], ["core", "1 core"]]
    key = CLAIMS["cl01"]
    view = at(deck, "cl01", key.when, key.look_at, 3)
    heads = [part["head"] for part in view["feedback"]["parts"]]
    assert heads[:2] == ["rumour", "Known later"]
    assert heads[2].startswith("Evidence")


def test_an_answer_that_another_notebook_took_back_is_open_again(claims: Any, tmp_path: Path) -> None:
    at(claims, "cl02", CLAIMS["cl02"].when, "count", 3)
    Answers(3, CODE, PACK.fingerprint, tmp_path).set("cards", "cl02.look_at", None)
    press(claims, "object")
    view = press(claims, "objection", "No.")
    assert chosen(view) == [CLAIMS["cl02"].when, None, 3]
    assert view["feedback"] is None
    assert at(claims, "cl02")["state"] == "open"


# Strange content ------------------------------------------------------------------------------------------

STRANGE: list[object] = [None, 7, -1, 1.5, True, "", "gone", "NOW", [], ["now"], {}, {"a": 1}, [[1]], 10**30]


@pytest.mark.parametrize("strange", STRANGE, ids=repr)
def test_a_strange_value_in_the_file_counts_as_no_answer(kind: str, tmp_path: Path, strange: object) -> None:
    deck = open_deck(kind, tmp_path)
    first = cards(deck)[0]
    keys = [f"{first}.{key}" for key in ("speaker", "aloud", "settled", "when", "look_at")]
    if kind == "verbs" and strange == 7:
        strange = 77  # seven is a number of the scale
    for part in ("cards", "first_cards"):
        deck.answers.change(lambda content, part=part: content[part].update(dict.fromkeys(keys, strange)))
    for part in ("confidence", "hints", "challenges"):
        deck.answers.change(lambda content, part=part: content[part].update({first: strange}))
    again = open_deck(kind, tmp_path)
    assert (again.view["now"], again.view["state"]) == (first, "open")
    assert chosen(again.view) == [None] * len(again.view["asks"])
    assert not any(s["mark"] for s in again.view["strip"])
    assert again.as_table()[again.THING].iloc[0] == first
    view = at(again, first, *ANSWER[kind])
    assert (view["state"], chosen(view)) == ("answered", ANSWER[kind])
    assert (
        on_disk(again)["cards"].items()
        >= {
            f"{first}.{ask['key']}": value
            for ask, value in zip(view["asks"], ANSWER[kind], strict=True)
            if ask["key"] != "sure"
        }.items()
    )
    json.dumps(view)


def test_strange_notes_in_the_file_are_not_shown(claims: Any, tmp_path: Path) -> None:
    key = CLAIMS["cl02"]
    at(claims, "cl02", key.when, key.look_at, 1)
    for strange in (None, 5, ["x"], {"a": 1}):
        claims.answers.change(lambda content, s=strange: content["challenges"].update(cl02=s))
        again = open_deck("claims", tmp_path)
        assert not any("You disagree" in text for text in body(at(again, "cl02")))
        assert press(again, "object")["feedback"]["writing"] == ""


HOSTILE: list[object] = [
    *(None, 5, "choose", [], {}, {"do": None}, {"do": []}, {"do": "choose"}, {"do": "nothing", "arg": 1}),
    *(
        {"do": "choose", "arg": arg}
        for arg in ("", "11", "-1", "3.0", "gone", None, ["now"], {}, 1e999, "9" * 5000, True)
    ),
    *({"do": "choose", "arg": "now", "ask": ask} for ask in ("sure", "look_at", "gone", 3, ["when"])),
    *({"do": "choose", "arg": "yes", "ask": "aloud"}, {"do": "choose", "arg": "3", "ask": "rung"}),
    *({"do": "go", "arg": arg} for arg in ("s99", "", None, 3, ["q1"], {"a": 1})),
    *({"do": "objection", "arg": arg} for arg in ("x", None, 3, ["x"])),
    *({"do": "path", "arg": arg} for arg in ("all", None, [], "x")),
    *(
        {"do": do}
        for do in ("reference", "object", "undo", "leave", "back", "again", "save", "_open", "__init__")
    ),
    *({"do": "word", "arg": "x"}, {"do": "next", "arg": 1}, {"do": "undo", "self": 1}),
]


@pytest.mark.parametrize("message", HOSTILE, ids=lambda m: json.dumps(m, default=str)[:50])
def test_messages_that_no_button_sends_change_nothing(kind: str, tmp_path: Path, message: object) -> None:
    deck = open_deck(kind, tmp_path)
    before = without_turn(deck.view)
    deck._received(None, message, None)
    assert without_turn(deck.view) == before
    assert not deck.answers.path.exists()


NASTY = [
    "<script>alert(1)</script> & <b>x</b> &amp; \\n “…”",
    "قال الرجل “لا” \u202eثم\u202c ذهب 123 (ABC)",
    "👩🏽‍🚀 said “🇺🇦”, e\u0301\u0327 \u200b zero",
    "= HYPERLINK(x) \t tab {0} {} %s",
    "long " * 20_000,
]


def nasty_pack(text: str) -> Pack:
    """Every table of the three decks holds the text: sentence, quotation, name, verb, claim, reference."""
    whole, (_, span, _) = join_sentences(["Before.", text, "After."], [1, 1, 2])
    place = {"sentence_id": "b", "start": span.start, "end": span.end, "text": text}
    sentences = {"id": ["a", "b", "c"], "paragraph": [1, 1, 2], "text": ["Before.", text, "After."]}
    starts = {"start": [0, span.start, span.end + 2], "end": [7, span.end, len(whole)]}
    tables = {
        "sentences": pd.DataFrame(sentences | starts | {"core": True}),
        "actors": pd.DataFrame([{"id": "who", "name": text}]),
        "quotes": pd.DataFrame([{"id": "q1", **place, "credited_speakers": ("who",), "cue": text}]),
        "verbs": pd.DataFrame([{"id": "v1", **place, "verb": text, "effect": text}]),
        "claims": pd.DataFrame([{"id": "cl01", "sentence_id": "b", "claim": text, "core": False}]),
        "evidence": pd.DataFrame(
            [
                {"id": "e1", "title": text, "publisher": text, "date": None, "says": text}
                | {"seen": False, "link_ok": True, "address": "javascript:alert(1)"}
            ]
        ),
        "claim_evidence": pd.DataFrame([{"claim_id": "cl01", "evidence_id": "e1"}]),
    }
    spans = {"start": span.start, "end": span.end, "text": text}
    checked = {"holds_up": text, "differs": text, "unsettled": text, "flags": ()}
    reference = {
        "quotes": pd.DataFrame([{"quote_id": "q1", "checked_speakers": (), "title": text, **checked}]),
        "claims": pd.DataFrame(
            [
                {"claim_id": "cl01", "kind": text, "kind_reason": text, "when": "now", "look_at": "count"}
                | {"when_reason": text, **spans, "verdict_at_date": text, "verdict_later": text}
                | {"verdict_later_date": None, "note": text}
            ]
        ),
    }
    return Pack(Path(), "nasty", text, "", whole, "f" * 64, tables, reference)


@pytest.mark.parametrize(
    "text", NASTY, ids=["markup", "right to left", "emoji", "formula", "100,000 characters"]
)
def test_any_text_of_a_pack_reaches_the_page_unchanged_as_text(tmp_path: Path, text: str) -> None:
    loaded = nasty_pack(text)
    lineup = open_deck("line-up", tmp_path, loaded)
    view = at(lineup, "q1", "who")
    assert words(view["text"]) == text
    assert view["long"] == (len(text) > 1500)
    assert (view["before"], view["after"]) == (["a", "Before."], ["b", text[:600]])
    assert view["asks"][0]["options"][0] == ["who", text]
    assert (
        view["feedback"]["verdict"] == f"Yes: the text credits {text}. The verb that goes with it: “{text}”."
    )
    assert set(parts(view).values()) == {text}
    claims = open_deck("claims", tmp_path, loaded)
    view = at(claims, "cl01", "now", "count", 1)
    assert words(view["text"]) == text
    assert marked(view["text"]) == [text]
    assert view["lead"] == f"The claim: {text}"
    assert body(view) == [f"The deciding words are “{text}”.", text]
    said = parts(view)
    assert (said[text], said["Known later"]) == (text, text)
    (source,) = view["feedback"]["parts"][-1]["sources"]
    assert (source["title"], source["says"], source["who"]) == (text, text, f"{text}, no date shown")
    assert source["seen"] == "not seen, known from others"
    verbs = open_deck("verbs", tmp_path, loaded)
    view = at(verbs, "v1", 5)
    assert words(view["text"]) == text
    assert body(view) == [text]
    for deck in (lineup, claims, verbs):
        assert len(deck.view["say"]) <= 600
        press(deck, "again")
        assert len(deck.view["say"]) <= 400
        assert deck.as_table()["text"].iloc[0].startswith(text)


# Without the buttons --------------------------------------------------------------------------------------


def test_answers_without_buttons(tmp_path: Path) -> None:
    claims, lineup, verbs = (open_deck(kind, tmp_path) for kind in ("claims", "line-up", "verbs"))
    key = CLAIMS["cl02"]
    result = claims.answer("cl02", key.when, key.look_at, 4)
    assert (result.status, result.score) == ("correct", 1.0)
    assert (claims.view["now"], chosen(claims.view)) == ("cl02", [key.when, key.look_at, 4])
    assert claims.answer("cl02", wrong_when("cl02"), key.look_at, 4).status == "not yet"
    assert lineup.answer(SHARED, "both", "yes").contested
    assert lineup.answer(LONE, QUOTES[LONE].credited[0]).status == "correct"
    assert verbs.answer("v1", 0).message == NO_KEY
    number = pd.Series([7])[0]
    verbs.answer("v2", number)
    assert type(on_disk(verbs)["cards"]["v2.settled"]) is int, "a number out of a table"


def test_an_unfinished_card_is_told_what_is_open(claims: Any, lineup: Any) -> None:
    result = claims.answer("cl02", "now")
    assert (result.status, result.score) == ("not attempted", 0.0)
    assert result.message == "Still open: What would you look at?"
    assert "choose one of 'transcript', 'count'" in result.detail[0]
    assert claims.view["state"] == "open"
    assert claims.answer("cl02", "now", "count", 3).status == "correct"
    assert lineup.answer(SHARED, "both").message == f"Still open: {ALOUD.ask}"


@pytest.mark.parametrize(
    ("kind", "card", "values", "said"),
    [
        ("line-up", "q99", ["both"], "no quotation 'q99'; they run from q1 to q6"),
        (
            "line-up",
            "q1",
            ["Rutte"],
            "speaker 'Rutte': choose one of 'rutte', 'macron', 'both', 'cannot tell'",
        ),
        ("line-up", SHARED, ["both", "maybe"], "aloud 'maybe': choose one of 'yes', 'no', 'alone'"),
        ("line-up", LONE, ["both", "no", "x"], f"{LONE}: found 3 answers; give 2: speaker, aloud"),
        ("verbs", "v9", [3], "no verb 'v9'; they run from v1 to v5"),
        ("verbs", "v1", [11], "settled 11: choose one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        ("verbs", "v1", ["3"], "settled '3': choose one of 0, 1"),
        ("verbs", "v1", [True], "settled True: choose one of 0, 1"),
        ("verbs", "v1", [None], "settled None: choose one of 0, 1"),
        ("verbs", "v1", [3.5], "settled 3.5: choose one of 0, 1"),
        ("verbs", "v1", [3, 4], "v1: found 2 answers; give 1: settled"),
        ("claims", "s01", ["now"], "no claim 's01'; they run from cl01 to cl41"),
        ("claims", "cl01", ["today"], "when 'today': choose one of 'now', 'later', 'never'"),
        ("claims", "cl01", ["now", "wait", 5], "sure 5: choose one of 1, 2, 3, 4"),
        ("claims", "cl01", ["now", "wait", 3, 4], "cl01: found 4 answers; give 3: when, look_at, sure"),
        ("claims", "cl01", [["now"]], "when ['now']: choose one of 'now', 'later', 'never'"),
    ],
)
def test_answer_refuses_and_says_what_is_allowed(
    tmp_path: Path, kind: str, card: str, values: list[Any], said: str
) -> None:
    deck = open_deck(kind, tmp_path)
    with pytest.raises(ValueError) as refused:  # noqa: PT011 -- the message is compared whole below
        deck.answer(card, *values)
    assert str(refused.value).startswith(said)
    written = on_disk(deck)["cards"] if deck.answers.path.exists() else {}
    assert set(map(str, written.values())) <= set(map(str, values[:-1])), "nothing that was refused is saved"


def test_the_table_has_a_row_a_card_with_all_words_and_answers(tmp_path: Path) -> None:
    claims, lineup, verbs = (open_deck(kind, tmp_path) for kind in ("claims", "line-up", "verbs"))
    assert list(claims.as_table().columns) == ["claim", "text"]
    claims.answer("cl03", "later", "wait", 2)
    claims.answer("cl04", "now")
    table = claims.as_table().set_index("claim")
    assert list(table.columns) == ["text", "when", "look_at", "sure"]
    assert list(table.loc["cl03", ["when", "look_at", "sure"]]) == ["later", "wait", 2]
    assert table["when"].count() == 2
    assert table["sure"].count() == 1
    for row in pack.records(PACK.tables["claims"]):
        shown = table.loc[row["id"], "text"]
        assert shown.endswith(f" The claim: {row['claim']}"), "two claims of one sentence differ"
    lineup.answer(SHARED, "both", "no")
    table = lineup.as_table().set_index("quotation")
    assert list(table["text"]) == list(PACK.tables["quotes"]["text"])
    assert list(table.loc[SHARED, ["speaker", "aloud"]]) == ["both", "no"]
    verbs.answer("v1", 0)
    table = verbs.as_table().set_index("verb")
    assert table.loc["v1", "settled"] == 0
    assert PACK.tables["verbs"]["verb"][1] in table.loc["v2", "text"]
