"""The edge builder, and what a notebook makes of the ties built with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from helpers import DATA
from packs import sentences_pack
from test_cards import actions, body, in_browser, marked, on_disk, parts, press
from test_cards_browser import DARK, SERIOUS, WIDE, Keyboard
from whosays import answers as store
from whosays import pack
from whosays.answers import Answers
from whosays.checks import edge_keys, rung_keys
from whosays.checks.edges import NOBODY
from whosays.course import Lesson
from whosays.course.core import GUESS_FIRST, NO_KEY
from whosays.course.ties import ANSWERED, NO_GROUP, in_words
from whosays.measures.network import Shape
from whosays.pack import Pack
from whosays.widgets.edges import EdgeBuilder
from whosays.widgets.says import NOT_FALSE

CODE, OTHER = "amber-otter-17", "copper-lynx-42"
PACK = pack.load(DATA)
STUDENT = replace(PACK, reference={})
KEYS = edge_keys(PACK)
SENTENCE = {row["id"]: row["sentence_id"] for row in pack.records(PACK.relations) if row["role"] == "text"}
RIGHT = {
    "r01": ("north_korea", "gets military help from", "russia", "rutte"),
    "r02": ("iran", "gets military help from", "russia", "rutte"),
    "r03": ("china", "props up", "russia", "nato_allies"),
    "r04": ("china", "backs", "russia", "rutte"),
    "r05": ("china", "enables", "russia", "rutte"),
    "r06": ("china", "amplifies", "russia", "rutte"),
    "r07": ("nk_troops", "bolstered by", "russian_forces", "writer"),
    "r08": ("north_korea", "were sent to", "russia", "reports"),
    "r09": ("nato", "help", "ukraine", "nato"),
    "r10": ("france", "promised", "ukraine", "macron"),
}
PARTS = ("giver", "verb", "receiver", "said_by")


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work folder of its own, in which nobody has worked."""
    monkeypatch.setenv("WHOSAYS_WORK", str(tmp_path / "work"))
    monkeypatch.delenv("WHOSAYS_PACK", raising=False)
    store.choose_code(CODE)
    return tmp_path / "work"


def builder(loaded: Pack = PACK, code: str = CODE, **more: Any) -> EdgeBuilder:
    return EdgeBuilder(loaded, Answers(5, code, loaded.fingerprint), **more)


def lesson(loaded: Pack = PACK) -> Lesson:
    return Lesson(5, loaded)


def build(deck: EdgeBuilder, *ties: str) -> None:
    for tie in ties:
        deck.answer(tie, *RIGHT[tie])


def said(shown: object) -> str:
    return repr(shown)


def told(shown: Callable[[], object], capsys: pytest.CaptureFixture[str]) -> str:
    shown()
    return capsys.readouterr().out


# The cards ------------------------------------------------------------------------------------------------


def test_there_is_a_card_for_each_tie_of_the_text() -> None:
    deck = builder()
    assert [square["id"] for square in deck.view["strip"]] == list(SENTENCE)
    core = set(PACK.sentences.loc[PACK.sentences["core"], "id"])
    assert {s["id"] for s in deck.view["strip"] if s["core"]} == {t for t, s in SENTENCE.items() if s in core}
    for tie, sid in SENTENCE.items():
        view = press(deck, "go", tie)
        assert (view["number"], "".join(s["t"] for s in view["text"])) == (
            sid,
            PACK.sentences.loc[PACK.sentences["id"] == sid, "text"].iloc[0],
        )
        assert [ask["key"] for ask in view["asks"]] == list(PARTS)
        assert view["before"][0] == f"s{int(sid[1:]) - 1:02}"
        assert view["asks"][3]["options"][-1] == ["writer", NOBODY]
    assert len(deck.view["ask"].split()) <= 18


def test_a_word_for_the_whole_is_no_card() -> None:
    moved = PACK.relations.assign(sentence_id=PACK.relations["sentence_id"].replace("s10", "s09"))
    deck = builder(replace(PACK, tables={**PACK.tables, "relations": moved}))
    assert [square["id"] for square in deck.view["strip"]] == list(SENTENCE)


def test_a_card_says_how_many_ties_its_sentence_has_and_not_which_is_asked() -> None:
    deck = builder()
    for tie, sid in SENTENCE.items():
        lead = press(deck, "go", tie)["lead"]
        mine = [other for other, where in SENTENCE.items() if where == sid]
        at = mine.index(tie)
        place = (
            f"Tie {at + 1} of {len(mine)} in this sentence.{' Take one you have not built yet.' * (at > 0)}"
        )
        assert lead == (place if len(mine) > 1 else "")


@pytest.mark.parametrize("tie", KEYS)
def test_a_tie_is_right_and_told_in_full(tie: str) -> None:
    deck, key = builder(), KEYS[tie]
    assert deck.answer(tie, *RIGHT[tie]).status == "correct"
    view, found = deck.view, parts(deck.view)
    assert actions(view) == ["next", "again", "object"]
    assert key.words(key.span) in " ".join(body(view))
    assert key.why in body(view)
    assert found["What is given"].lower() == f"{key.what}. kind of tie: {key.kind}.".lower()
    assert f"Rung {key.rung}" in found
    assert found.get("Who denies it", "") == key.denial
    later = [head for head in found if head.startswith("Known later")]
    assert [found[head] for head in later] == ([key.later] if key.later else [])
    assert not key.later or later == ["Known later, as of 28 April 2025"]
    heads = [part["head"] for part in view["feedback"]["parts"]]
    assert len(set(heads)) == len(heads)
    sources = [s for part in view["feedback"]["parts"] for s in part["sources"]]
    proof = {*key.evidence, *key.denial_evidence, *key.later_evidence}
    assert {s["title"] for s in sources} == {e.title for e in proof}
    assert {s["address"] for s in sources} == {e.address for e in proof}
    assert all(s["who"] and s["seen"] for s in sources)


def test_a_denial_comes_before_what_came_later() -> None:
    deck = builder()
    deck.answer("r08", *RIGHT["r08"])
    heads = [part["head"].partition(":")[0].partition(",")[0] for part in deck.view["feedback"]["parts"]]
    assert heads.index("Who denies it") < heads.index("Evidence of the denial") < heads.index("Known later")
    assert heads.index("Known later") < heads.index("Evidence of what came later")


def test_a_wrong_edge_quotes_the_sentence_and_shows_no_key() -> None:
    deck = builder()
    deck.answer("r03", "russia", "props up", "china", "nato_allies")
    assert deck.view["feedback"]["tone"] == "notyet"
    assert body(deck.view) == [
        "Look at “China props up Russia”. Who gives here, and who gets? Read it aloud, and turn it round."
    ]
    assert marked(deck.view["text"]) == ["China props up Russia"]
    known = in_browser(deck)
    assert not [key.why for key in KEYS.values() if key.why in known]
    view = press(deck, "reference")
    assert KEYS["r03"].why in body(view)
    assert view["feedback"]["verdict"].startswith("The reference: from China to Russia")
    assert on_disk(deck)["hints"] == {"r03": "reference"}
    assert "object" in actions(view)


def test_ties_of_one_sentence_may_be_built_in_any_order_but_once() -> None:
    deck = builder()
    for tie, other in (("r04", "r06"), ("r05", "r04"), ("r06", "r05")):
        assert deck.answer(tie, *RIGHT[other]).status == "correct"
    assert [deck.tie(tie).id for tie in ("r04", "r05", "r06")] == ["r06", "r04", "r05"]  # type: ignore[union-attr]
    twice = deck.answer("r05", *RIGHT["r06"])
    assert twice.message == "Not yet: you have this tie already, on another card."
    assert deck.tie("r05") is None
    assert "“amplifies”" not in press(deck, "reference")["feedback"]["verdict"], "the free tie is shown"


def test_answers_are_saved_resumed_and_undone() -> None:
    deck = builder()
    build(deck, "r01")
    assert on_disk(deck)["cards"] == {f"r01.{part}": v for part, v in zip(PARTS, RIGHT["r01"], strict=True)}
    again = builder()
    assert again.view["now"] == "r02"
    assert again.edge("r01") == deck.edge("r01")
    press(deck, "undo")
    assert "r01.said_by" not in on_disk(deck)["cards"]
    assert (deck.edge("r01"), deck.view["now"]) == (None, "r01")
    assert builder(code=OTHER).edge("r01") is None


def test_without_a_reference_it_records_and_does_not_judge() -> None:
    deck = builder(STUDENT)
    result = deck.answer("r01", "iran", "help", "the_four", "writer")
    assert result.message == "Saved. Your teacher will show the class view."
    assert actions(deck.view) == ["next", "again"]
    assert deck.tie("r01") is None
    table = deck.as_table()
    assert list(table["tie"]) == list(SENTENCE)
    assert list(table.loc[0, list(PARTS)]) == ["iran", "help", "the_four", "writer"]


def test_a_value_that_is_no_choice_is_refused_and_a_strange_file_is_survived() -> None:
    deck = builder()
    with pytest.raises(ValueError, match="choose one of"):
        deck.answer("r01", "trump")
    with pytest.raises(ValueError, match="they run from r01 to r10"):
        deck.answer("r11", "iran")
    deck.answers.change(lambda content: content["cards"].update({f"r01.{part}": 7 for part in PARTS}))
    strange = builder()
    assert (strange.view["now"], strange.edge("r01")) == ("r01", None)
    assert lesson().edges_so_far().empty


# The notebook's tables ------------------------------------------------------------------------------------


def test_the_table_of_ties_is_the_students_own() -> None:
    mine = lesson()
    deck = mine.edges()
    assert list(mine.table().columns) == [
        *("id", "sentence", "giver", "verb", "receiver", "said_by", "rung", "rung_from", "kind", "what"),
    ]
    build(deck, "r02", "r07")
    deck.answer("r03", "russia", "money", "china", "nato")
    mine.rungs.set("labels", "s08", 3)
    table = mine.table().set_index("id")
    assert list(table.index) == ["r02", "r03", "r07"]
    assert list(table.loc["r02", ["giver", "receiver", "said_by", "what"]]) == [
        *("Iran", "Russia", "Rutte", "military help"),
    ]
    assert list(table.loc["r03", ["giver", "verb", "receiver", "kind", "what"]]) == [
        *("Russia", "money", "China", "", ""),
    ]
    assert table["rung"].dropna().to_dict() == {"r02": 4, "r07": 1}, "no rung for a tie that nobody states"
    assert table["rung_from"].to_dict() == {"r02": "reference", "r03": "", "r07": "reference"}
    assert rung_keys(PACK)["s08"].rung != 3
    bare = lesson(STUDENT).edges_so_far().set_index("id")
    assert bare["rung"].isna().to_dict() == {"r02": True, "r03": False, "r07": True}
    assert set(bare["kind"]) == {""}


def test_lines_of_pandas_are_checked_on_the_own_table(capsys: pytest.CaptureFixture[str]) -> None:
    mine = lesson()
    assert "build some ties first" in told(lambda: mine.check_best(0), capsys)
    build(mine.edges(), *RIGHT)
    df = mine.table()
    best = df.groupby(["giver", "receiver"])["rung"].max()
    assert told(lambda: mine.check_best(best), capsys).startswith("Yes: ")
    assert "China to Russia 5" in told(lambda: mine.check_best(best), capsys)
    assert told(lambda: mine.check_best(...), capsys).startswith("Not attempted")
    assert told(lambda: mine.check_pairs(3), capsys) == "Yes: 3 of 6 possible pairs have a statement.\n"
    assert told(lambda: mine.check_pairs(6), capsys).startswith("Not yet: 6 pairs are possible.")


def test_pairs_are_a_star_and_not_a_web() -> None:
    mine = lesson()
    shown = mine.pairs(after="pairs")
    assert said(shown) == GUESS_FIRST
    mine.answers.set("predictions", "pairs", "6")
    lines = said(shown).splitlines()
    assert lines[0] == "3 of 6 possible pairs have a statement. Russia is in every one: a star, not a web."
    assert lines[1] == "Russia and China: 4, China, 5 exact words of a named person"
    assert [line for line in lines if line.endswith("no statement")] == [
        "China and Iran: no statement",
        "China and North Korea: no statement",
        "Iran and North Korea: no statement",
    ]
    html = shown._make()[0]["text/html"]
    assert html.count('scope="row"') == 6
    assert html.count('colspan="3"') == 3


def test_without_a_reference_pairs_are_those_of_the_student() -> None:
    mine = lesson(STUDENT)
    assert said(mine.pairs()).startswith("None of the 6 possible pairs has a statement.")
    build(mine.edges(), "r02")
    assert said(mine.pairs()).startswith("1 of 6 possible pairs has a statement.")
    assert said(mine.better_tie()) == NO_KEY


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (Shape(3, 0, None, False, False, False), "None of the 3 possible pairs has a statement."),
        (Shape(6, 1, None, False, False, False), "1 of 6 possible pairs has a statement."),
        (
            Shape(6, 2, "Ada", True, False, False),
            "2 of 6 possible pairs have a statement. Ada is in every one.",
        ),
        (Shape(3, 3, None, False, False, True), "All 3 possible pairs have a statement. That is a web."),
        (Shape(6, 4, None, False, False, False), "4 of 6 possible pairs have a statement."),
    ],
)
def test_what_pairs_add_up_to(shape: Shape, words: str) -> None:
    assert in_words(shape) == words


def test_a_tie_that_was_confirmed_later_comes_up() -> None:
    mine = lesson()
    card = mine.better_tie()
    assert said(card) == ANSWERED
    build(mine.edges(), "r03")
    key = min((key for key in KEYS.values() if key.later), key=lambda key: key.rung)
    shown = said(card)
    assert shown.startswith(f"{SENTENCE[key.id]}: ")
    assert f"At the time: {key.denial}" in shown
    assert f"Known later, as of 28 April 2025: {key.later}" in shown
    assert f"Rung {key.rung}: " in shown
    assert NOT_FALSE in shown
    later = PACK.reference["relations"].copy()
    later["later"] = pd.Series([pd.NA] * len(later), dtype="str")
    other = lesson(replace(PACK, reference={**PACK.reference, "relations": later}))
    assert said(other.better_tie()).startswith("s09: ")


def test_it_works_on_packs_without_ties(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = pack.load(
        sentences_pack(tmp_path / "small", [("s01", 1, "One.", "true"), ("s02", 1, "Two.", "")])
    )
    no_names = {
        name: t for name, t in PACK.tables.items() if name not in ("mentions", "positions", "evidence")
    }
    for loaded in (small, replace(PACK, tables=no_names), replace(small, reference={})):
        mine = lesson(loaded)
        assert mine.edges().view["ask"] == "This pack has no ties for this step."
        assert mine.edges_so_far().empty
        assert mine.edges().as_table().empty
        mine.support()
        assert said(mine.better_tie())
        mine.check_best(1)
        mine.check_pairs(1)
    assert said(lesson(small).pairs()) == NO_GROUP


# In a browser ---------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_tie_is_built_by_number_keys(page: Any) -> None:
    keys = Keyboard(page, builder())
    keys.press("4")
    assert keys.at == "verb Turning to"
    keys.press("4")
    assert keys.at == "receiver the_four"
    keys.press("3")
    keys.press("2")
    assert keys.chosen == list(RIGHT["r01"])
    assert page.locator(".ws-fb--ok").is_visible()
    keys.press("Enter")
    assert keys.deck.view["now"] == "r02"
    keys.press("5", "4", "3", "6")
    assert page.locator(".ws-fb--notyet").is_visible(), "nobody is named? Rutte is"
    assert keys.at == "deck-fb"


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_is_found_and_nothing_sticks_out(page: Any, theme: str) -> None:
    deck = builder()
    keys = Keyboard(page, deck)
    page.set_viewport_size({"width": 590, "height": 900})
    if theme == "dark":
        page.evaluate(DARK)
    page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
    for tie, values in (("r07", RIGHT["r07"]), ("r09", ("putin", "change", "rutte", "writer"))):
        deck.answer(tie, *values)
        keys.drawn.show()
        assert page.evaluate(SERIOUS) == [], tie
        assert page.evaluate(WIDE) == [], tie


def test_to_try_again_asks_only_for_the_wrong_parts() -> None:
    deck = lesson().edges()
    right = edge_keys(PACK)["r03"]
    verb = right.links[0]
    deck.answer("r03", "russia", verb, "russia", "nato_allies")
    deck._received(None, {"do": "again"}, None)
    assert deck.view["state"] == "open"
    assert [ask["chosen"] for ask in deck.view["asks"]] == [None, verb, "russia", "nato_allies"]
    deck._received(None, {"do": "choose", "arg": "china", "ask": "giver"}, None)
    assert deck.view["feedback"]["verdict"].startswith("Yes")
    assert deck.answers.content["first_cards"]["r03.giver"] == "russia", "the first answer stays"
    deck._received(None, {"do": "again"}, None)
    assert deck.view["asks"][0]["chosen"] == "china", "what is right stays"
