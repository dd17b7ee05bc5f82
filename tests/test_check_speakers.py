"""Whose words a quotation gives: every answer has a reason, and none is given ahead."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers import DATA
from packs import copy_pack, sentences_pack
from whosays import pack
from whosays.checks import QuoteKey, check_speaker, quote_keys, show_speaker
from whosays.checks.speakers import BOTH, CANNOT_TELL, PROMISE

PACK = pack.load(DATA)
KEYS = quote_keys(PACK)
ROWS = {row["quote_id"]: row for row in pack.records(PACK.reference["quotes"])}
NAMES = {row["id"]: row["name"] for row in pack.records(PACK.tables["actors"])}
ACTORS = {"low": "Ada Low", "cook": "the cook", "guest": "a guest"}
ONE = QuoteKey("q1", ("low",), "said", ("low",), "A title", (("What holds up", "The words."),), ())
TWO = QuoteKey("q2", ("low", "cook"), "said", ("low",), "", (), ())
NOBODY = QuoteKey("q3", (), "", (), "", (), ())


def test_a_key_holds_the_credit_of_the_text_and_what_the_check_gave() -> None:
    assert list(KEYS) == list(PACK.tables["quotes"]["id"])
    for row in pack.records(PACK.tables["quotes"]):
        key, found = KEYS[row["id"]], ROWS[row["id"]]
        assert (key.credited, key.verb) == (row["credited_speakers"], row["cue"])
        assert (key.checked, key.title, key.flags) == (
            found["checked_speakers"],
            found["title"],
            found["flags"],
        )
        assert dict(key.parts)["What holds up"] == found["holds_up"]
        assert dict(key.parts)["What does not"] == found["differs"]
        assert dict(key.parts).get("Not settled") == (
            None if pd.isna(found["unsettled"]) else found["unsettled"]
        )


@pytest.mark.parametrize("quote", KEYS)
def test_every_answer_to_every_quotation_has_a_reason(quote: str) -> None:
    key, everybody = KEYS[quote], {actor for other in KEYS.values() for actor in other.credited}
    for answer in (*everybody, BOTH, CANNOT_TELL):
        result = check_speaker(answer, "no", key, NAMES)
        fits = answer in key.credited or len(key.credited) > 1
        assert (result.status, result.score) == (("correct", 1.0) if fits else ("not yet", 0.0))
        assert result.contested == (len(key.credited) > 1)
        assert all(result.detail)
        said = str(result)
        if not fits:
            assert result.message.startswith("Not yet: ")
            assert not any(NAMES[actor] in said for actor in key.credited), "no key yet"
            assert f"“{key.verb}”" in said, "where to look"
        assert not any(text in said for _, text in key.parts)


def test_the_credited_speaker_is_right_and_the_marks_are_a_promise_about_words() -> None:
    result = check_speaker("low", None, ONE, ACTORS)
    assert (result.status, result.score, result.contested) == ("correct", 1.0, False)
    assert result.message == "Yes: the text credits Ada Low. The verb that goes with it: “said”."
    assert result.detail == (PROMISE,)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("cook", "Not yet: you chose the cook."),
        ("gone", "Not yet: you chose gone."),
        (BOTH, "Not yet: how many people does the text name for these words?"),
        (CANNOT_TELL, "Not yet: the text does say whose words these are."),
    ],
)
def test_another_answer_is_told_where_to_look(answer: str, said: str) -> None:
    result = check_speaker(answer, "yes", ONE, ACTORS)
    assert (result.status, result.score, result.message) == ("not yet", 0.0, said)
    assert result.detail == (
        "Look at the words around it: which name goes with “said”?",
        "If you find only he or she there, look one sentence back.",
    )


def test_where_the_text_credits_two_no_answer_is_comfortable_and_each_counts() -> None:
    answers = [(BOTH, "yes"), (BOTH, "no"), (BOTH, "alone"), (CANNOT_TELL, ""), ("low", ""), ("cook", "")]
    results = [check_speaker(answer, aloud, TWO, ACTORS) for answer, aloud in answers]
    assert {(r.status, r.score, r.contested) for r in results} == {("correct", 1.0, True)}
    assert all("Ada Low and the cook" in r.message for r in results)
    assert len({r.message for r in results}) == 6, "each kind of answer hears something of its own"
    assert "with good reason" in results[4].message, "others name this one, too"
    assert "with good reason" not in results[5].message


def test_only_who_tried_it_aloud_has_found_something_out() -> None:
    said = {
        aloud: check_speaker(BOTH, aloud, TWO, ACTORS).message for aloud in ("yes", "no", "alone", "", None)
    }
    assert "You tried it" in said["no"]
    assert "you two had the words in front of you" in said["yes"]
    assert said["alone"] == said[""] == said[None]
    assert "Try it:" in said["alone"]
    assert not any("You tried it" in said[aloud] for aloud in ("yes", "alone"))


def test_somebody_whom_the_text_does_not_credit_is_not_right_beside_two_either() -> None:
    result = check_speaker("guest", "", TWO, ACTORS)
    assert (result.status, result.contested) == ("not yet", False)
    assert result.message == "Not yet: you chose a guest."


def test_where_the_text_credits_nobody_one_cannot_tell() -> None:
    result = check_speaker(CANNOT_TELL, "", NOBODY, ACTORS)
    assert (result.status, result.message) == ("correct", "Yes: the text credits nobody.")
    other = check_speaker("low", "", NOBODY, ACTORS)
    assert other.status == "not yet"
    assert other.detail[0] == "Look at the words around it: which name goes with it?"
    assert show_speaker(NOBODY, ACTORS).message == "The text credits nobody."


def test_an_open_question_is_not_attempted() -> None:
    result = check_speaker(None, None, ONE, ACTORS)
    assert (result.status, result.score, result.message) == ("not attempted", 0.0, "Not answered yet.")


def test_the_credit_is_shown_to_who_asks() -> None:
    result = show_speaker(TWO, ACTORS)
    assert (result.status, result.score) == ("not yet", 0.0)
    assert result.message == "The text credits Ada Low and the cook."
    assert show_speaker(ONE, {}).message == "The text credits low.", "a pack without names"


def test_without_the_reference_or_without_quotations_there_are_no_keys(tmp_path: Path) -> None:
    assert quote_keys(pack.load(copy_pack(tmp_path / "student", reference=False))) == {}
    lone = [(f"x{n}", 1, f"Sentence {n}.", "true") for n in range(2)]
    assert quote_keys(pack.load(sentences_pack(tmp_path / "small", lone))) == {}


def test_a_quotation_that_was_not_checked_has_no_key(tmp_path: Path) -> None:
    path = copy_pack(tmp_path / "pack") / "reference" / "quotes.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(row for row in rows if not row.startswith("q2,")), encoding="utf-8")
    assert list(quote_keys(pack.load(tmp_path / "pack"))) == [q for q in KEYS if q != "q2"]
