"""Who is said to give what to whom: an answer beside the reference."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers import DATA
from packs import sentences_pack
from whosays import pack
from whosays.checks import (
    Edge,
    EdgeKey,
    Result,
    check_best,
    check_edge,
    check_pairs,
    edge_keys,
    nearest,
    scenes,
    show_edge,
    told_apart,
)
from whosays.checks.edges import NOBODY, SMALL, phrases, wrong_parts
from whosays.model import Span
from whosays.pack import Pack

PACK = pack.load(DATA)
KEYS, SCENES = edge_keys(PACK), scenes(PACK)
ROWS = {row["relation_id"]: row for row in pack.records(PACK.reference["relations"])}
SENTENCE = {row["id"]: row["sentence_id"] for row in pack.records(PACK.relations) if row["role"] == "text"}
ENDS = ("giver", "receiver", "said_by")


def right(key: EdgeKey) -> Edge:
    """An edge that is this tie, from what its sentence offers."""
    giver, receiver, sayer = (
        next(a for a in accepted if a in key.scene.names or a == key.scene.author)
        for accepted in (key.givers, key.receivers, key.sayers)
    )
    return Edge(giver, key.links[0], receiver, sayer)


def looks(result: Result) -> list[tuple[str, str]]:
    """The words that are quoted, each with what is said about them."""
    return list(zip(result.words, result.detail, strict=True))


# What a sentence offers -----------------------------------------------------------------------------------


def test_every_tie_can_be_built_from_what_its_sentence_offers() -> None:
    assert set(SCENES) == set(SENTENCE.values())
    assert list(KEYS) == list(SENTENCE)
    for tie, key in KEYS.items():
        assert check_edge(right(key), [key]).status == "correct", tie


def test_what_there_is_to_choose_from_is_the_same_without_a_key() -> None:
    assert scenes(replace(PACK, reference={})) == SCENES
    moved = PACK.reference["relations"].assign(
        start=0, end=4, giver="iran", receiver="trump", said_by="putin"
    )
    assert scenes(replace(PACK, reference={**PACK.reference, "relations": moved})) == SCENES


def test_actors_are_called_what_the_sentence_calls_them() -> None:
    for sid, scene in SCENES.items():
        text = PACK.text[scene.span.start : scene.span.end]
        assert all(name in text for name in scene.names.values()), sid
        assert len(set(scene.names.values())) == len(scene.names)
        assert len(scene.names) > 2
        assert scene.author == "writer"


def test_verbs_to_choose_from_are_words_of_the_sentence_and_no_names() -> None:
    for sid, scene in SCENES.items():
        names = [m for m in pack.records(PACK.mentions) if m["sentence_id"] == sid]
        assert 3 < len(scene.phrases) < 13, sid
        for words, spans in scene.phrases.items():
            assert words.split()[0].lower() not in SMALL
            for span in spans:
                assert PACK.text[span.start : span.end] == words
                assert scene.span.start <= span.start < span.end <= scene.span.end
                assert not [m for m in names if m["start"] < span.end and span.start < m["end"]]


def test_a_sentence_is_cut_at_names_marks_and_small_words() -> None:
    text = (
        "Ada’s aunt, it says, “props up” the old mill with coal for Bo, was sent to help. It was sent to Bo."
    )
    ada, bo = Span(0, 3), Span(text.index("Bo"), text.index("Bo") + 2)
    found = phrases(text, Span(0, len(text)), [ada, bo])
    assert list(found) == ["aunt", "says", "props up", "old mill", "coal for", "was sent to", "help", "Bo"]
    assert len(found["was sent to"]) == 2, "the same words twice are one choice"
    assert phrases(text, Span(0, 3), [ada]) == {}


def test_a_sentence_with_one_name_takes_those_of_the_sentence_before() -> None:
    lone = PACK.mentions[(PACK.mentions["sentence_id"] != "s05") | (PACK.mentions["actor_id"] == "russia")]
    scene = scenes(replace(PACK, tables={**PACK.tables, "mentions": lone}))["s05"]
    before = set(PACK.mentions.loc[PACK.mentions["sentence_id"] == "s04", "actor_id"])
    assert set(scene.names) == {"russia"} | before
    none = PACK.mentions[~PACK.mentions["sentence_id"].isin(["s04", "s05"])]
    assert "s05" not in scenes(replace(PACK, tables={**PACK.tables, "mentions": none}))


def test_a_pack_without_ties_or_names_has_nothing_to_offer(tmp_path: Path) -> None:
    small = pack.load(sentences_pack(tmp_path / "small", [("s01", 1, "One.", "true")]))
    assert (scenes(small), edge_keys(small)) == ({}, {})
    six = pack.load(Path(__file__).parent / "six_sentences")
    for table in ("relations", "mentions"):
        left = replace(PACK, tables={name: t for name, t in PACK.tables.items() if name != table})
        assert scenes(left) == {}
    assert edge_keys(replace(PACK, reference={})) == {}
    assert isinstance(scenes(six), dict)


# The key --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tie", KEYS)
def test_a_key_holds_what_the_reference_says(tie: str) -> None:
    key, row = KEYS[tie], ROWS[tie]
    for end, accepted in zip(ENDS, (key.givers, key.receivers, key.sayers), strict=True):
        assert accepted[0] == row[end]
        assert set(accepted) == {row[end], *row[f"accept_{end}"]}
    assert key.words(key.span) == row["text"]
    assert (key.kind, key.what, key.rung, key.why) == (row["kind"], row["what"], row["rung"], row["why"])
    for mine, name in ((key.denial, "denial"), (key.later, "later")):
        assert mine == ("" if pd.isna(row[name]) else row[name])
    assert key.later_date == ("" if pd.isna(row["later_date"]) else f"{row['later_date']:%Y-%m-%d}")
    assert [e.id for e in key.denial_evidence] == list(row["denial_evidence"])
    assert [e.id for e in key.later_evidence] == list(row["later_evidence"])
    assert [e.id for e in key.evidence] == list(row["evidence"])
    reach = key.words(key.reach)
    assert row["text"] in reach
    assert reach in PACK.text[key.scene.span.start : key.scene.span.end]


# Answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tie", KEYS)
def test_every_wrong_part_has_a_reason_that_quotes_the_sentence(tie: str) -> None:
    key = KEYS[tie]
    good, actors = right(key), list(key.scene.names)
    others: dict[str, list[str]] = {
        "giver": actors,
        "receiver": actors,
        "verb": list(key.scene.phrases),
        "said_by": [*actors, key.scene.author],
    }
    for part, options in others.items():
        for option in options:
            edge = replace(good, **{part: option})
            result, wrong = check_edge(edge, [key]), wrong_parts(edge, key)
            if not wrong:
                assert (result.status, result.score, result.detail) == ("correct", 1.0, (key.why,))
                assert result.spans == (key.span,)
                continue
            assert wrong == [part]
            assert (result.status, result.score) == ("not yet", 0.0)
            assert result.message.startswith("Not yet: look again at ")
            assert key.why not in str(result)
            for words, said in looks(result):
                assert words in PACK.text[key.scene.span.start : key.scene.span.end]
                assert "?" in said or "Look for" in said
            assert [key.words(span) for span in result.spans] == list(result.words)


def test_giver_and_receiver_the_other_way_round() -> None:
    for key in KEYS.values():
        good = right(key)
        swapped = replace(good, giver=good.receiver, receiver=good.giver)
        result = check_edge(swapped, [key])
        assert result.message == "Not yet: look again at who gives and who gets."
        assert looks(result) == [
            (key.words(key.reach), "Who gives here, and who gets? Read it aloud, and turn it round.")
        ]


def test_two_that_only_stand_in_one_list() -> None:
    key = KEYS["r02"]
    for giver, receiver in permutations(("north_korea", "iran")):
        result = check_edge(replace(right(key), giver=giver, receiver=receiver), [KEYS["r01"], key])
        assert (
            "North Korea and from Iran",
            "The sentence lists them together. Which verb links them, and to whom?",
        ) in (looks(result))
    together = check_edge(Edge("north_korea", "gets military help from", "rutte", "rutte"), [KEYS["r01"]])
    assert "lists" not in str(together), "Rutte stands in no list"
    of = check_edge(Edge("macron", "promised", "france", "macron"), [KEYS["r10"]])
    assert "lists" not in str(of), "“President Macron of France” is no list"


def test_the_verb_of_speaking_is_told_from_the_verb_that_links() -> None:
    for tie, verb in (("r01", "pointed out"), ("r04", "indicated"), ("r08", "indicate")):
        result = check_edge(replace(right(KEYS[tie]), verb=verb), [KEYS[tie]])
        said = "That tells how somebody speaks. Which verb links giver and receiver?"
        assert looks(result) == [(verb, said)]
    near = check_edge(replace(right(KEYS["r10"]), verb="took"), [KEYS["r10"]])
    assert near.detail == (
        "Read it in one go: France – took – Ukraine. Is that a verb, and does it link the two?",
    )
    far = check_edge(replace(right(KEYS["r08"]), verb="shows"), [KEYS["r08"]])
    assert "“soldiers from North Korea were sent to the Kursk region of Russia”" in far.detail[0]


def test_a_wrong_source_quotes_the_cue() -> None:
    named, nobody = KEYS["r08"], KEYS["r07"]
    assert looks(check_edge(replace(right(named), said_by="writer"), [named]))[0][0] == "Reports indicate"
    assert looks(check_edge(replace(right(named), said_by="russia"), [named]))[0] == (
        "Reports indicate",
        "You have “Russia” as the source. Who speaks in this sentence, and who is talked about?",
    )
    talked = check_edge(replace(right(nobody), said_by="ukraine"), [nobody])
    assert talked.words == (nobody.words(nobody.reach),)
    assert talked.detail[0].startswith("Does “Ukraine” say this, or is it only talked about?")


def test_a_small_word_that_stands_for_the_receiver() -> None:
    result = check_edge(replace(right(KEYS["r05"]), receiver="rutte"), [KEYS["r05"]])
    assert looks(result) == [("its", "You have “Rutte” as who gets. Whom does this small word stand for?")]
    same = check_edge(replace(right(KEYS["r05"]), receiver="china"), [KEYS["r05"]])
    assert "“China” at both ends" in same.detail[0]


def test_accepted_readings_count_in_full_and_are_shown_as_accepted() -> None:
    key = KEYS["r07"]
    for receiver in ("russian_forces", "ukraine"):
        result = check_edge(Edge("nk_troops", "bolstered by", receiver, "writer"), [key])
        assert (result.status, result.score, result.contested) == ("correct", 1.0, True)
        assert result.message.startswith("Yes, accepted. “North Korean troops” counts in full")
        assert "the reference has Russia" in result.message
    plain = check_edge(right(KEYS["r04"]), [KEYS["r04"]])
    assert (plain.contested, plain.message) == (False, "Yes: from China to Russia, on the word of Rutte.")


def test_the_ties_of_a_sentence_may_be_found_in_any_order() -> None:
    three = [KEYS[tie] for tie in ("r04", "r05", "r06")]
    for order in permutations(three):
        edges = {f"card {n}": right(key) for n, key in enumerate(order)}
        assert [key.id for key in told_apart(edges, three).values()] == [key.id for key in order]
        for n, key in enumerate(order):
            free = [k for k in three if k not in order[:n]]
            assert check_edge(right(key), free, order[:n]).status == "correct"


def test_one_tie_counts_once() -> None:
    one, other = KEYS["r01"], KEYS["r02"]
    assert told_apart({"a": right(one), "b": right(one)}, [one, other]) == {"a": one}
    result = check_edge(right(one), [other], [one])
    assert result.message == "Not yet: you have this tie already, on another card."
    assert result.words == (other.words(other.reach),)
    strange = Edge("rutte", "help", "the_four", "writer")
    assert told_apart({"a": strange}, [one, other]) == {}


def test_the_nearest_tie_decides() -> None:
    three = [KEYS[tie] for tie in ("r04", "r05", "r06")]
    assert nearest(replace(right(three[1]), giver="rutte"), three) is three[1]
    with pytest.raises(ValueError, match="empty"):
        nearest(right(three[0]), [])


def test_the_reference_is_shown_to_who_asks_and_open_edges_are_not_attempted() -> None:
    result = show_edge(KEYS["r03"])
    message = "The reference: from China to Russia, on the word of NATO allies, linked by “props up”."
    assert (result.status, result.message, result.detail) == ("not yet", message, (KEYS["r03"].why,))
    assert NOBODY in show_edge(KEYS["r07"]).message
    assert check_edge(None, [KEYS["r03"]]).status == "not attempted"


def test_a_verb_made_of_small_words_alone_is_not_asked_for() -> None:
    key = replace(KEYS["r01"], links=())
    assert check_edge(replace(right(KEYS["r01"]), verb="help"), [key]).status == "correct"


# Lines of pandas ------------------------------------------------------------------------------------------

TIES = pd.DataFrame(
    {
        "id": list("abcde"),
        "sentence": ["s1", "s1", "s2", "s3", "s4"],
        "giver": ["Ada", "Ada", "Ada", "Bo", "Cy"],
        "receiver": ["Bo", "Bo", "Cy", "Cy", "Dee"],
        "rung": pd.array([2, 5, 3, 1, 4], dtype="Int64"),
    }
)
BEST = TIES.groupby(["giver", "receiver"])["rung"].max()


@pytest.mark.parametrize(
    "answer",
    [
        BEST,
        BEST.sort_values(),
        BEST.reset_index(),
        TIES.groupby(["giver", "receiver"])[["rung"]].max(),
        TIES.groupby(["receiver", "giver"])["rung"].max(),
        BEST.astype(float),
    ],
)
def test_the_highest_rung_by_pair(answer: object) -> None:
    result = check_best(answer, TIES)
    assert (result.status, result.message) == (
        "correct",
        "Yes: 4 pairs of giver and receiver: Ada to Bo 5, Ada to Cy 3, Bo to Cy 1, Cy to Dee 4.",
    )


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (TIES.groupby(["giver", "receiver"])["rung"].max, "brackets"),
        (TIES.groupby(["giver", "receiver"]), "you have the groups"),
        (TIES.groupby(["giver", "receiver"])["rung"], "you have the groups"),
        (5, "one number"),
        (TIES, "the whole table"),
        (TIES[["giver", "receiver"]], "lacks the column"),
        ([5], "type list"),
        (TIES["rung"], "nothing is grouped"),
        (TIES.groupby("giver")["rung"].max(), "made by “giver”"),
        (TIES.groupby(["giver", "receiver"])["rung"].min(), "the lowest rung"),
        (TIES.groupby(["giver", "receiver"]).size(), "how many statements"),
        (TIES[TIES["rung"] > 2].groupby(["giver", "receiver"])["rung"].max(), "you have 3 pairs"),
        (BEST + 1, "from Ada to Bo you have 6"),
    ],
)
def test_another_line_is_told_what_it_gave(answer: Any, found: str) -> None:
    result = check_best(answer, TIES)
    assert result.status == "not yet"
    assert result.message.startswith("Not yet: ")
    assert found in result.message
    assert result.detail


@pytest.mark.parametrize("answer", [None, ...])
def test_nothing_tried_and_nothing_to_try(answer: object) -> None:
    assert check_best(answer, TIES).status == "not attempted"
    assert check_pairs(answer, TIES, list("ab")).status == "not attempted"
    assert check_best(BEST, TIES[:0]).status == "not attempted"
    assert check_pairs(1, TIES[:0], ["Ada", "Bo"]).status == "not attempted"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (3, "Yes: 3 of 6 possible pairs have a statement."),
        (6, "6 pairs are possible"),
        (4, "4 statements link them"),
        (1, "you have 1"),
        (True, "type bool"),
        (BEST, "type Series"),
    ],
)
def test_pairs_of_a_group_are_counted_once(answer: object, found: str) -> None:
    table = TIES[TIES["receiver"] != "Dee"]
    result = check_pairs(answer, table, ["Ada", "Bo", "Cy", "Dee"])
    assert found in result.message
    assert (result.status == "correct") is found.startswith("Yes")


def test_ties_outside_the_group_do_not_count() -> None:
    assert check_pairs(1, TIES, ["Ada", "Bo"]).status == "correct"


def test_without_a_reference_of_ties_there_is_no_key() -> None:
    left: Pack = replace(PACK, reference={n: t for n, t in PACK.reference.items() if n != "relations"})
    assert edge_keys(left) == {}
    assert scenes(left) == SCENES
