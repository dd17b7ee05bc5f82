"""Lesson 8: the class view on a folder or on a simulated class, calibration over lessons, and its words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import whosays as ws
from helpers import DATA, KIT
from packs import copy_pack, sentences_pack
from test_collect import IDS, a_class, code, write
from whosays import answers as store
from whosays import figures, pack
from whosays.answers import Answers
from whosays.checks import check_agree, claim_keys, rung_keys
from whosays.classroom.simulated import SIMULATED, simulated_class
from whosays.course import Lesson
from whosays.measures.agreement import alpha, argued, in_words, share_agreeing

PACK = pack.load(DATA)
ME = "misty-wren-22"


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WHOSAYS_WORK", str(tmp_path / "work"))
    monkeypatch.delenv("WHOSAYS_PACK", raising=False)
    store.choose_code(ME)
    return tmp_path / "work"


def everything(lesson: Lesson) -> str:
    """All that the class views say."""
    heat = lesson.class_heat()
    caption = figures.caption(heat.figure) if heat.figure else ""
    return "\n".join([repr(lesson.class_files()), repr(lesson.agreement()), repr(lesson.argued()), caption])


# A class in a folder --------------------------------------------------------------------------------------


@pytest.mark.parametrize("readers", [0, 1, 4])
def test_a_few_files_open_no_view_of_their_own(tmp_path: Path, readers: int) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    a_class(folder, readers)
    lesson = ws.lesson(8)
    said = repr(lesson.class_files(folder))
    assert said.startswith(f"{readers} reader{'' if readers == 1 else 's'} of lesson 1 found.")
    assert said.endswith(f"What follows is a class of 25: {SIMULATED}.")
    assert lesson.votes()["reader"].nunique() == 25
    figure = lesson.class_heat().figure
    assert figure is not None
    for shown in (figure.layout.title.text, figures.caption(figure), figures.alt_text(figure)):
        assert SIMULATED in shown.replace("\u00a0", " ").replace("<br>", " ").replace("</b> <b>", " ")
    for sid in PACK.sentences["id"]:
        lesson.rungs.set("labels", sid, 3)
    for page in (lesson.agreement(), lesson.argued(), lesson.better_sentence()):
        assert SIMULATED in repr(page)
    assert SIMULATED in lesson.second_vote().view["lead"]


def test_thirty_files_and_three_broken_ones_open_the_view(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    a_class(folder, 30)
    for n in (0, 1, 2):
        (folder / code(n) / "L1.json").write_text("{", encoding="utf-8")
    lesson = ws.lesson(8)
    assert repr(lesson.class_files(folder)) == "27 readers of lesson 1 found. 3 files do not count in full."
    assert len(lesson.class_faults()) == 3
    said = everything(lesson)
    assert SIMULATED not in said
    assert "n=27, alpha" in said
    assert "amber" not in said + lesson.votes().to_csv(), "nobody's code is shown"
    assert "0 of 27 have voted again; the number comes at 5" in said
    assert lesson.votes()["reader"].nunique() == 27


def test_the_number_moves_with_the_second_vote(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    found = a_class(folder, 8)
    lesson = ws.lesson(8)
    lesson.class_files(folder)
    first = alpha(found.codings(), "ordinal")
    assert in_words(first, 8) in repr(lesson.agreement())
    for n in range(4):
        write(folder, n, lesson=8, labels=dict.fromkeys(IDS[:3], 5))
    assert "4 of 8 have voted again" in repr(lesson.agreement()), "too few to be told"
    write(folder, 4, lesson=8, labels=dict.fromkeys(IDS[:3], 5))
    said = repr(lesson.agreement())
    assert "After the second vote: n=8, alpha" in said
    assert f"{alpha(_codings(lesson, 2), 'ordinal') - first:+.2f}" in said


def _codings(lesson: Lesson, vote: int) -> pd.DataFrame:
    return lesson.votes(vote).pivot(index="reader", columns="sentence", values="rung")


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no folder"):
        ws.lesson(8).class_files(tmp_path / "nowhere")


def test_without_a_folder_it_is_the_work_folder(work: Path) -> None:
    a_class(work, 6)
    assert repr(ws.lesson(8).class_files()).startswith("6 readers")


# The simulated class, and none ----------------------------------------------------------------------------


def test_what_is_told_of_the_simulated_class_is_computed() -> None:
    made = simulated_class(PACK)
    assert made is not None
    lesson = ws.lesson(8)
    assert "vote again yourself" in repr(lesson.agreement())
    lesson.answers.set("labels", str(argued(made.codings())[0]), 2)
    said = repr(lesson.agreement())
    lesson.answers.change(lambda content: content["labels"].clear())
    for vote in (1, 2):
        assert in_words(alpha(made.codings(vote), "ordinal"), 25) in said
    assert in_words(alpha(made.sorted_claims()), 25) in said
    chosen = argued(made.codings())
    lesson = ws.lesson(8)
    assert f"Most argued: {', '.join(chosen)}." in repr(lesson.argued())
    assert [square["id"] for square in lesson.second_vote().view["strip"]] == chosen
    for sid in chosen:
        reasons = [reading.reason for reading in rung_keys(PACK)[sid].readings]
        assert not [reason for reason in reasons if reason in repr(lesson.argued())], "not before a rung"
        lesson.rungs.set("labels", sid, 3)
        assert all(reason in repr(lesson.argued()) for reason in reasons)


def test_without_the_reference_it_says_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHOSAYS_PACK", str(copy_pack(tmp_path / "student", reference=False)))
    lesson = ws.lesson(8)
    assert lesson.class_heat().figure is None
    for page in (lesson.class_files(), lesson.agreement(), lesson.argued(), lesson.class_heat()):
        assert "at least 5 answer files of lesson 1" in repr(page)
    assert (lesson.votes().empty, lesson.second_vote().view["state"]) == (True, "empty")
    assert len(lesson.class_switches().view["questions"]) == 1, "there is no reference to show"
    a_class(store.work_folder(), 7)
    lesson = ws.lesson(8)
    assert "n=7" in figures.caption(lesson.class_heat().figure)
    assert "Which rung would you defend" in repr(lesson.argued())
    assert "no reference coding" in repr(lesson.better_sentence())


@pytest.mark.parametrize("small", [False, True])
def test_other_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: bool) -> None:
    folder = KIT / "tests" / "six_sentences"
    if small:
        folder = sentences_pack(tmp_path / "small", [("a1", 1, "One.", "true"), ("a2", 1, "Two.", "")])
    monkeypatch.setenv("WHOSAYS_PACK", str(folder))
    lesson = ws.lesson(8)
    assert everything(lesson)
    lesson.second_vote()
    lesson.rewrite()
    assert repr(lesson.better_sentence())
    assert lesson.calibration_all().figure is not None
    assert bool(lesson.class_heat().figure) is not small


# Switches -------------------------------------------------------------------------------------------------


def test_the_reference_waits_for_its_switch_and_the_setting_is_kept() -> None:
    lesson = ws.lesson(8)
    heat, form = lesson.class_heat(), lesson.class_switches()
    table = heat.as_table()
    assert "reference" not in table.columns
    assert table["sentence"].tolist() != IDS, "most argued first"
    form._received(None, {"do": "choose", "key": "heat reference", "arg": "shown", "token": "1"}, None)
    form._received(None, {"do": "choose", "key": "heat order", "arg": "text", "token": "2"}, None)
    assert lesson.answers.content["views"] == {"heat reference": "shown", "heat order": "text"}
    table = ws.lesson(8).class_heat().as_table()
    assert table["sentence"].tolist() == IDS
    assert table["reference"].tolist()[0] == "4"


def test_the_heat_map_waits_for_the_guess() -> None:
    lesson = ws.lesson(8)
    heat = lesson.class_heat(after="guess")
    assert (heat.figure, "Make your guess first" in repr(heat)) == (None, True)
    lesson.answers.set("predictions", "guess", "s01")
    assert heat.figure is not None


# Oneself --------------------------------------------------------------------------------------------------


def test_calibration_takes_all_lessons_together() -> None:
    lesson = ws.lesson(8)
    empty = lesson.calibration_all()
    assert "Still needed: 5 more at 3 or 4 and 5 more at 1 or 2." in figures.caption(empty.figure)
    claims = Answers(3, ME, PACK.fingerprint)
    for n, (cid, key) in enumerate(list(claim_keys(PACK).items())[:6]):
        wrong = next(when for when in ("now", "later", "never") if when not in key.accepted)

        def answer(content: Any, cid: str = cid, when: str = key.when if n else wrong) -> None:
            content["first_confidence"][cid] = 4
            content["first_cards"][f"{cid}.when"] = when
            content["cards"][f"{cid}.when"] = "now"

        claims.change(answer)
    ticket = Answers(1, ME, PACK.fingerprint)
    options = PACK.reference["item_options"]
    right = str(
        options.loc[options["correct"] & options["option_id"].str.startswith("L1a"), "option_id"].iloc[0]
    )
    ticket.set("items", "L1a", right)
    assert empty.as_table()["answers"].tolist() == [0, 0, 0, 6], "no ticket without sureness"
    ticket.set("exit_ticket", "sure", 2)
    ticket.set("exit_ticket", "sentence", "x")
    table = empty.as_table()
    assert table["answers"].tolist() == [0, 1, 0, 6]
    assert table["right"].tolist() == [0, 1, 0, 5]
    assert "Still needed: 4 more at 1 or 2." in figures.caption(empty.figure)


def test_a_sentence_that_deserves_more_trust() -> None:
    lesson = ws.lesson(8)
    assert repr(lesson.better_sentence()).startswith("Put a sentence with a named speaker on the ladder")
    for sid in PACK.sentences["id"]:
        lesson.rungs.set("labels", sid, 3)
    said = repr(lesson.better_sentence())
    sid = said.split(":")[0]
    key, mean = rung_keys(PACK)[sid], _codings(lesson, 1).astype(float).mean()
    assert f"rung {mean[sid]:.1f}; the reference has {key.rung}" in said
    assert key.rung >= 4
    gaps = {s: k.rung - mean[s] for s, k in rung_keys(PACK).items() if k.rung >= 4 and not k.contested}
    assert gaps[sid] == max(gaps.values()) > 0


# The line of pandas ---------------------------------------------------------------------------------------


def test_the_share_who_agree_is_checked() -> None:
    lesson = ws.lesson(8)
    df = lesson.table()
    assert list(df.columns) == ["reader", "sentence", "rung"]
    groups = df.groupby("sentence")["rung"]
    share = groups.agg(lambda rungs: rungs.value_counts(normalize=True).max())
    assert share.tolist() == pytest.approx(share_agreeing(_codings(lesson, 1)).tolist())
    said = {
        "Not attempted yet: put your line": [None, ...],
        "Yes: 31 sentences. Fewest agree on s07, s17, s22: 48% on one rung.": [
            share,
            100 * share,
            share.round(2),
            share.iloc[::-1],
            share.astype("Float64"),
        ],
        "Not yet: you have the mean rung.": [groups.mean(), groups.agg("mean")],
        "Not yet: you have how many readers voted.": [groups.count()],
        "Not yet: you have how many readers share one rung.": [groups.agg(lambda r: r.value_counts().max())],
        "Not yet: you have how many different rungs there are.": [groups.nunique()],
        "Not yet: you have the groups.": [groups, df.groupby("sentence")],
        "Not yet: you have a whole table.": [df, groups.agg(["mean", "count"])],
        "Not yet: that is a function, not yet used.": [len],
        "Not yet: you have one number, 0.5.": [0.5],
        "Not yet: that is of type list.": [[0.5]],
        "Not yet: it does not have one number for each sentence.": [
            df["rung"],
            share.iloc[1:],
            share.head(0),
        ],
        "Not yet: for s": [share * 0.5, share.astype(str) + "x"],
    }
    for message, answers in said.items():
        for answer in answers:
            assert str(check_agree(answer, df)).startswith(message), answer
    assert check_agree(share, df.head(0)).status == "not attempted"


def test_nothing_of_a_class_is_written_into_the_students_file() -> None:
    lesson = ws.lesson(8)
    everything(lesson)
    lesson.second_vote()
    assert not lesson.answers.path.exists() or json.loads(lesson.answers.path.read_text())["labels"] == {}
