"""The item report: difficulty and discrimination against numpy, and by hand; small numbers are hidden."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from test_gradebook import part, record
from whosays.classroom.gradebook import Mark
from whosays.classroom.item_report import FEWEST, item_table, report_csv, report_page
from whosays.measures.items import flags, item_analysis

NAMES = {"M1": "Quotation marks mean it is true", "M3": "Weakly sourced means false"}


def reader(student: str, *answers: tuple[str, float, str, str], **more) -> dict:
    """A graded record with these answers to items of B: item, share, what was said, misconception."""
    found = record(student, text="", **more)
    parts = []
    for item, share, said, code in answers:
        status = "correct" if share == 1 else "not yet" if said else "not attempted"
        parts.append(part("1.B", 2 * share, 2.0, status, item) | {"answer": said, "misconception": code})
    cell = {"points": 0.0, "of": 4.0, "manual": False, "status": "not yet", "parts": parts}
    return found | {"cells": {"set1-B-test": cell}}


def rows(records, **more) -> dict[str, dict]:
    return {r["item"]: r for r in item_table(records, NAMES, **more).to_dict("records")}


# Measures -------------------------------------------------------------------------------------------------


def test_a_worked_example() -> None:
    """Four readers, three items. Rest of the first: 1, 2, 1, 0 of two; its mean .5, 1, .5, 0.

    Item 1, 1, 0, 0: deviations .5, .5, −.5, −.5; those of the rest 0, .5, 0, −.5. r = .5 / √(1 · .5) = 1/√2.
    """
    shares = pd.DataFrame({"a": [1, 1, 0, 0], "b": [1, 1, 1, 0], "c": [0, 1, 0, 0]}, dtype=float)
    found = item_analysis(shares)
    assert found.loc["a", "p"] == 0.5
    assert found.loc["a", "r"] == pytest.approx(1 / math.sqrt(2))
    assert found.loc["a", "p_error"] == pytest.approx(math.sqrt(1 / 3) / 2)
    assert found.loc["a", "r_error"] == pytest.approx((1 - 0.5) / math.sqrt(3))
    assert list(found["n"]) == [4, 4, 4]


@pytest.mark.parametrize("seed", range(5))
def test_against_numpy(seed: int) -> None:
    chance = np.random.default_rng(seed)
    shares = chance.choice([0, 0.5, 1], size=(40, 7), p=[0.3, 0.2, 0.5])
    found = item_analysis(pd.DataFrame(shares))
    for n in range(7):
        rest = np.delete(shares, n, axis=1).sum(axis=1)
        assert found["r"].iloc[n] == pytest.approx(np.corrcoef(shares[:, n], rest)[0, 1])
        assert found["p"].iloc[n] == pytest.approx(shares[:, n].mean())
        assert found["p_error"].iloc[n] == pytest.approx(shares[:, n].std(ddof=1) / math.sqrt(40))


def test_what_was_not_asked_counts_nowhere() -> None:
    """Two tracks: a reader who took the other one is no reader of this item, and loses nothing elsewhere."""
    nan = math.nan
    shares = pd.DataFrame(
        {"a": [1, 0, 1, 0], "b": [1, 0, 1, 0], "code": [1, 0, nan, nan], "read": [nan, nan, 1, 0]}
    )
    found = item_analysis(shares.astype(float))
    assert list(found["n"]) == [4, 4, 2, 2]
    assert list(found["p"]) == [0.5] * 4
    assert found.loc["a", "r"] == pytest.approx(1.0)
    assert math.isnan(found.loc["code", "r"]), "two readers are too few"


def test_what_does_not_vary_has_no_discrimination() -> None:
    found = item_analysis(pd.DataFrame({"a": [1.0] * 9, "b": [0.1, 0.2, 0.3] * 3}))
    assert found["r"].isna().all()
    assert found.loc["a", "p_error"] == 0
    assert item_analysis(pd.DataFrame({"a": [1.0]}))["r"].isna().all()
    assert item_analysis(pd.DataFrame()).empty


def test_flags_are_sentences_and_say_what_may_be_chance() -> None:
    assert flags(0.6, 0.4, 0.1, [0.2], 0.6) == []
    assert flags(0.6, -0.4, 0.1, [], 0.6) == ["Those who do well elsewhere do badly here: check the key."]
    assert flags(0.6, -0.1, 0.3, [], 0.6) == [
        "Those who do well elsewhere do badly here (perhaps by chance): check the key."
    ]
    assert flags(0.6, 0.05, 0.1, [], 0.6) == ["It hardly tells readers apart."]
    assert flags(0.6, 0.15, 0.2, [], 0.6) == ["It hardly tells readers apart (perhaps by chance)."]
    assert flags(0.95, math.nan, math.nan, [], 0.95) == ["Nearly everybody has it right."]
    assert flags(0.2, math.nan, math.nan, [0.5], 0.2) == [
        "Few have it right.", "A wrong answer is given more often than the right one.",
    ]  # fmt: skip


# The table ------------------------------------------------------------------------------------------------


def test_wrong_answers_have_their_share_and_misconception_by_name() -> None:
    right = [reader(f"r{n}", ("L1a", 1.0, "C", "")) for n in range(4)]
    wrong = [reader(f"w{n}", ("L1a", 0.0, "B", "M3")) for n in range(6)]
    few = [reader(f"f{n}", ("L1a", 0.0, "A", "M1")) for n in range(4)]
    blank = [reader(f"b{n}", ("L1a", 0.0, "", "")) for n in range(6)]
    row = rows([*right, *wrong, *few, *blank])["1.B L1a"]
    assert (row["n"], row["p"], row["not_attempted"]) == (20, 0.2, 0.3)
    assert row["instead"] == "B – “Weakly sourced means false” (M3): 30%"
    assert "A wrong answer is given more often" in row["look_at"]
    row = rows([*right, *right, *wrong, *few])["1.B L1a"]
    assert "A wrong answer is given more often" not in row["look_at"]


def test_small_numbers_are_hidden() -> None:
    records = [reader(f"r{n}", ("L1a", 1.0, "C", "")) for n in range(FEWEST - 1)]
    (line,) = csv.DictReader(io.StringIO(report_csv(item_table(records, NAMES))))
    assert line["n"] == "under 5"
    assert [line[c] for c in ("p", "p_error", "r", "r_error", "not_attempted", "instead", "look_at")] == [
        ""
    ] * 7
    records += [reader("b", ("L1a", 0.0, "", "")), reader("w", ("L1a", 0.0, "B", "M3"))]
    (line,) = csv.DictReader(io.StringIO(report_csv(item_table(records, NAMES))))
    assert (line["n"], line["p"], line["not_attempted"], line["instead"]) == ("6", "0.67", "under 5", "")
    page = BeautifulSoup(report_page(item_table(records, NAMES)), "html.parser")
    assert [td.get_text() for td in page.find_all("td")][:4] == ["6", "0.67 ± 0.21", "–", "under 5"]


def test_only_what_counts_and_was_graded_is_in_it() -> None:
    good = reader("amy", ("L1a", 1.0, "C", ""))
    out = [
        reader("amy", ("L1a", 0.0, "B", ""), superseded=True),
        reader("bo", ("L1a", 0.0, "", ""), status="not readable"),
        record("cy", set="", cells={}, status="no set"),
    ]
    assert rows([good, *out])["1.B L1a"]["n"] == 1
    assert item_table([], NAMES).empty
    assert "No submission was graded yet." in report_page(item_table([], NAMES))


def test_the_track_not_taken_is_not_asked_and_writing_counts_once_read() -> None:
    code, read = record("amy"), record("bo", because="Bars.")
    read["cells"]["set1-C-test"]["parts"] = [
        part("1.C1", 0.0, 6.0, "not attempted"),
        part("1.N", 4.0, 4.0, item="tallest"),
    ]
    code["cells"]["set1-C-test"]["parts"].append(part("1.N", 0.0, 4.0, "not attempted", "tallest"))
    found = rows([code, read])
    assert {i: found[i]["n"] for i in ("1.C1", "1.N tallest")} == {"1.C1": 1, "1.N tallest": 1}
    assert "1.D" not in found
    assert "1.D" not in rows([code, record("cy", text="")]), "blanks alone say nothing of a question"
    found = rows([code, read], marks={("amy", "set1", "set1-D"): Mark(3.0)})
    assert "1.D" not in found, "half of the answers are not read"
    found = rows([code, read], marks={(who, "set1", "set1-D"): Mark(3.0) for who in ("amy", "bo")})
    assert (found["1.D"]["n"], found["1.D"]["p"]) == (2, 0.75)
    found = rows([code, record("cy", text="")], marks={("amy", "set1", "set1-D"): Mark(3.0)})
    assert (found["1.D"]["n"], found["1.D"]["p"]) == (2, 0.375), "a blank earns nothing"


def test_nothing_of_a_student_becomes_markup_or_a_formula() -> None:
    hostile = "=cmd<script>alert(1)</script>"
    records = [reader(f"r{n}", ("L1a", 0.0, hostile, "")) for n in range(9)]
    table = item_table(records, NAMES)
    page = BeautifulSoup(report_page(table), "html.parser")
    assert page.script is None
    assert hostile in page.get_text()
    (line,) = csv.DictReader(io.StringIO(report_csv(table)))
    assert line["instead"].startswith("'=cmd")


def test_a_sentence_is_shown_with_its_number() -> None:
    table = item_table([record(f"r{n}") for n in range(9)], NAMES)
    page = BeautifulSoup(report_page(table, {"s04": "They <b>say</b> so."}), "html.parser")
    assert [s.get_text() for s in page.find_all("small")] == ["They <b>say</b> so."]
    assert page.small.find_parent("tr").th.get_text() == "1.A s04"
    assert BeautifulSoup(report_page(table), "html.parser").small is None


def test_flag_do_not_delete_is_said() -> None:
    page = BeautifulSoup(report_page(item_table([], NAMES)), "html.parser").get_text(" ")
    assert "Flag, do not delete: until 60 answers are pooled" in page


@pytest.mark.browser
def test_it_fits_a_screen_and_a_sheet_of_paper(browser: Browser) -> None:
    answers = (("L1a", 0.0, "B", "M3"), ("a_long_name_of_an_item", 0.0, "kind prediction, sure 3", "M1"))
    answers += (("s13", 0.0, "rung 3", ""),)
    table = item_table([reader(f"r{n}", *answers) for n in range(30)], NAMES)
    page = browser.new_page(viewport={"width": 800, "height": 600})
    page.set_content(report_page(table, {"s13": "A sentence of many words that go on. " * 6}))
    assert page.evaluate("document.documentElement.scrollWidth") <= 800
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 657, "height": 900})  # A4 less its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 657
    page.close()
