"""Lessons 2 to 4: the tables, charts and cards that stand on the student's answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import whosays as ws
from helpers import DATA
from packs import copy_pack, sentences_pack
from whosays import answers as store
from whosays import pack
from whosays.answers import Answers
from whosays.checks import agreements, claim_keys, quote_keys, rung_keys
from whosays.course import NO_KEY, Lesson
from whosays.widgets.page import Chart, Page

PACK = pack.load(DATA)
CLAIMS = claim_keys(PACK)
TEXT = dict(zip(PACK.sentences["id"], PACK.sentences["text"], strict=True))
CODE = "amber-otter-17"


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work folder of its own, in which nobody has worked."""
    monkeypatch.setenv("WHOSAYS_WORK", str(tmp_path / "work"))
    monkeypatch.delenv("WHOSAYS_PACK", raising=False)
    store.choose_code(CODE)
    return tmp_path / "work"


def sort(lesson: Lesson, **claims: tuple[str, int]) -> None:
    """Sort claims: when, and how sure."""
    sorter = lesson.claims()
    for cid, (when, sure) in claims.items():
        sorter.answer(cid, when, "nothing", sure)


def told(shown: Callable[[], object], capsys: pytest.CaptureFixture[str]) -> str:
    shown()
    return capsys.readouterr().out


# Lesson 2 -------------------------------------------------------------------------------------------------


def test_the_table_of_quotations_is_the_packs() -> None:
    table = ws.lesson(2).table()
    assert list(table["quote"]) == list(PACK.quotes["id"])
    assert list(table["sentence"]) == list(PACK.quotes["sentence_id"])
    assert dict(table.groupby("speaker")["words"].sum()) == {
        "Mark Rutte": 106,
        "Emmanuel Macron": 7,
        "Mark Rutte and Emmanuel Macron": 15,
    }


def test_the_words_of_each_speaker_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    lesson = ws.lesson(2)
    df = lesson.table()
    assert told(lambda: lesson.check_words_by(...), capsys).startswith("Not attempted")
    assert told(lambda: lesson.check_words_by(df.groupby("speaker")["words"].sum()), capsys).startswith("Yes")
    assert told(lambda: lesson.check_words_by(df.groupby("speaker")["words"]), capsys).startswith("Not yet")


def test_the_verb_scale_is_the_students_own() -> None:
    lesson = ws.lesson(2)
    scale = lesson.verb_scale()
    assert scale.as_table()["settled"].isna().all()
    verbs = lesson.verbs()
    verbs.answer("v1", 2)
    verbs.answer("v5", 9)
    table = scale.as_table().set_index("verb")
    assert table["settled"].dropna().to_dict() == {"said": 2, "made it clear": 9}
    assert table["times_in_the_text"].to_dict() == {v: PACK.text.count(v) for v in table.index}


def test_a_quotation_that_holds_up_comes_up_after_the_line_up_began() -> None:
    lesson = ws.lesson(2)
    card = lesson.better_quotation()
    assert "Begin with the line-up" in repr(card)
    lesson.lineup().answer("q6", "macron")
    shown = repr(card)
    (qid,) = [q for q, key in quote_keys(PACK).items() if key.title in shown]
    key = quote_keys(PACK)[qid]
    assert key.checked == key.credited
    assert len(key.flags) == min(len(k.flags) for k in quote_keys(PACK).values() if k.checked == k.credited)
    assert TEXT[PACK.quotes.set_index("id").loc[qid, "sentence_id"]] in shown
    assert dict(key.parts)["What holds up"] in shown


# Lesson 3 -------------------------------------------------------------------------------------------------


def test_the_table_of_claims_is_the_students_own() -> None:
    lesson = ws.lesson(3)
    assert lesson.table().empty
    Answers(1, CODE, PACK.fingerprint).set("labels", "s12", 1)
    sort(lesson, cl22=("never", 4), cl32=("later", 2))
    table = lesson.table().set_index("claim")
    assert list(table.index) == ["cl22", "cl32"]
    assert list(table["when"]) == ["never", "later"]
    assert list(table["sure"]) == [4, 2]
    assert list(table["kind"]) == [CLAIMS["cl22"].kind, CLAIMS["cl32"].kind]
    assert list(table["rung"]) == [1, rung_keys(PACK)["s21"].rung]
    assert list(table["rung_from"]) == ["you", "reference"]


def test_strange_answers_make_no_row() -> None:
    lesson = ws.lesson(3)
    for key, value in {"cl22.when": "soon", "cl32.when": ["now"], "cl99.when": "now"}.items():
        lesson.answers.set("cards", key, value)
    assert lesson.table().empty
    lesson.answers.set("cards", "cl15.when", "now")
    lesson.answers.set("cards", "cl15.look_at", {})
    lesson.answers.set("confidence", "cl15", "very")
    assert lesson.table()[["look_at", "sure"]].isna().all(axis=None)


def test_a_crosstab_is_checked_against_the_own_table(capsys: pytest.CaptureFixture[str]) -> None:
    lesson = ws.lesson(3)
    sort(lesson, cl22=("never", 4), cl32=("later", 2))
    df = lesson.table()
    assert told(lambda: lesson.check_crosstab(pd.crosstab(df["when"], df["rung"])), capsys).startswith("Yes")
    wrong = pd.crosstab(df["when"], df["rung"] + 1)
    assert told(lambda: lesson.check_crosstab(wrong), capsys).startswith("Not yet")


def test_a_second_answer_makes_no_first_one_right() -> None:
    lesson = ws.lesson(3)
    key = CLAIMS["cl22"]
    wrong = next(w for w in ("now", "later", "never") if w not in key.accepted)
    sort(lesson, cl22=(wrong, 4))
    sort(lesson, cl22=(key.when, 1))
    table = lesson.calibration().as_table().set_index("sure")
    assert table["answers"].to_dict() == {1: 0, 2: 0, 3: 0, 4: 1}
    assert table["right"].sum() == 0


def test_sureness_stands_beside_right_or_not() -> None:
    lesson = ws.lesson(3)
    plot = lesson.calibration()
    wrong = next(w for w in ("now", "later", "never") if w not in CLAIMS["cl16"].accepted)
    sort(lesson, cl22=(CLAIMS["cl22"].when, 4), cl16=(wrong, 4), cl32=(CLAIMS["cl32"].when, 1))
    table = plot.as_table().set_index("sure")
    assert table["answers"].to_dict() == {1: 1, 2: 0, 3: 0, 4: 2}
    assert table["right"].to_dict() == {1: 1, 2: 0, 3: 0, 4: 1}


def test_a_supported_claim_without_a_source_comes_up() -> None:
    lesson = ws.lesson(3)
    card = lesson.better_claim()
    assert "Sort some claims first" in repr(card)
    sort(lesson, cl22=("now", 3))
    shown = repr(card)
    rows = PACK.tables["claims"].set_index("id")
    sources = PACK.reference["claims"].set_index("claim_id")
    (cid,) = [c for c in rows.index if rows.loc[c, "claim"] in shown]
    assert sources.loc[cid, "sourcing"] in ("none", "none, passive", "unnamed")
    assert f"Its source in the text: {sources.loc[cid, 'claimant_worded']}." in shown
    assert CLAIMS[cid].verdict == "supported"
    assert TEXT[rows.loc[cid, "sentence_id"]] in shown
    assert CLAIMS[cid].evidence[0].publisher in shown
    missed = next(
        c
        for c, key in CLAIMS.items()
        if c != cid
        and key.verdict == "supported"
        and key.kind == "fact"
        and key.evidence
        and sources.loc[c, "sourcing"] == "none"
    )
    sort(lesson, **{missed: ("never", 3)})
    assert rows.loc[missed, "claim"] in repr(card), "one that the student missed comes first"


def test_without_the_reference_no_claim_comes_up_and_the_card_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHOSAYS_PACK", str(student_copy(tmp_path / "pack")))
    lesson = ws.lesson(3)
    sort(lesson, cl22=("now", 3))
    assert list(lesson.claims_so_far()["claim"]) == ["cl22"]
    assert NO_KEY in repr(lesson.better_claim())


def test_charts_of_lesson_3_wait_and_then_say_what_they_found() -> None:
    lesson = ws.lesson(3)
    kinds, owners = lesson.kinds_by_rung(after="kinds"), lesson.dated_figures("soldiers", after="owners")
    assert isinstance(kinds, Chart)
    assert isinstance(owners, Chart)
    assert kinds.figure is None
    assert owners.figure is None
    lesson.answers.set("predictions", "kinds", "x")
    lesson.answers.set("predictions", "owners", "x")
    table = kinds.as_table()
    assert table["total"].sum() == len(PACK.sentences)
    assert len(owners.as_table()) == len(PACK.tables["troop_figures"])


# Lesson 4 -------------------------------------------------------------------------------------------------


def test_a_sentence_gains_from_one_that_is_easier_to_check() -> None:
    lesson = ws.lesson(4)
    card = lesson.better_pair()
    assert "Pin a find first" in repr(card)
    lesson.clashes().find(["s12"], "number", "A large number.")
    shown = repr(card)
    rungs = {sid: key.rung for sid, key in rung_keys(PACK).items()}
    (pair,) = [a for a in agreements(PACK).values() if a.gains and a.why in shown]
    other = pair.b if pair.gains == pair.a else pair.a
    assert rungs[other] > rungs[pair.gains]
    assert shown.startswith(f"{pair.gains}: {TEXT[pair.gains]}")
    assert TEXT[other] in shown


def test_a_word_is_not_its_letters(capsys: pytest.CaptureFixture[str]) -> None:
    lesson = ws.lesson(4)
    texts = lesson.table()["text"]
    letters, words = texts.str.contains("Europe").sum(), texts.str.contains(r"\bEurope\b").sum()
    assert letters > words
    assert told(lambda: lesson.check_whole_word(words, "Europe"), capsys).startswith("Yes")
    assert "letters" in told(lambda: lesson.check_whole_word(letters, "Europe"), capsys)


def test_the_presence_grid_points_at_the_wrong_number() -> None:
    lesson = ws.lesson(4)
    lesson.answers.set("predictions", "grid", "x")
    chart = lesson.presence(after="grid")
    assert chart.figure is not None
    phrase = PACK.phrases.loc[PACK.phrases["technique"] == "wrong number", "text"].iloc[0]
    assert phrase in chart.figure.to_json()


# Other packs ----------------------------------------------------------------------------------------------


def only_sentences(folder: Path) -> Path:
    return sentences_pack(folder, [(f"x{n}", 1 + n // 2, f"Sentence {n}.", "") for n in range(6)])


def student_copy(folder: Path) -> Path:
    return copy_pack(folder, reference=False)


SIX = Path(__file__).parent / "six_sentences"


@pytest.mark.parametrize("make", [only_sentences, student_copy, lambda folder: SIX])
def test_every_widget_and_chart_works_on_any_pack(
    make: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHOSAYS_PACK", str(make(tmp_path / "pack")))
    two, three, four = (ws.lesson(n) for n in (2, 3, 4))
    for lesson in (two, three, four):
        for key in ("silent", "kinds", "owners", "grid"):
            lesson.answers.set("predictions", key, "x")
    shown: list[Any] = [
        *(two.lineup(), two.verbs(), two.verb_scale(), two.microphone("silent"), two.better_quotation()),
        *(two.tagger("seam", "s27"), two.tagger("wording", "s03", "s05")),
        *(three.claims(), three.claim_rungs(), three.kinds_by_rung("kinds"), three.calibration()),
        *(three.dated_figures("soldiers", "owners"), three.better_claim()),
        *(four.clashes(), four.presence("grid"), four.better_pair()),
    ]
    for thing in shown:
        assert repr(thing)
        if isinstance(thing, Chart):
            assert thing.figure is not None
        elif not isinstance(thing, Page):
            assert thing.as_table() is not None
    for lesson in (two, three, four):
        assert lesson.table() is not None
