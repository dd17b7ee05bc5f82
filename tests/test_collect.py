"""A folder of answer files: what is read, what is listed, that nothing stops it, and the simulated class."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from helpers import DATA, KIT
from packs import copy_pack
from whosays import pack
from whosays.answers import Answers
from whosays.checks import claim_keys, rung_keys
from whosays.classroom.collect import LARGEST, Collected, collect, snapshot
from whosays.classroom.simulated import SIMULATED, simulated_class
from whosays.measures.agreement import alpha, argued

PACK = pack.load(DATA)
IDS = list(PACK.sentences["id"])
SIX = pack.load(KIT / "tests" / "six_sentences")


def code(n: int) -> str:
    return f"amber-otter-{10 + n}"


def write(folder: Path, n: int, lesson: int = 1, name: str = "", **parts: Any) -> Path:
    """An answer file of reader ``n``: in the work layout, or under a name of its own."""
    path = folder / (name or f"{code(n)}/L{lesson}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {"code": code(n), "lesson": lesson, "pack_fingerprint": PACK.fingerprint, "round": 1}
    path.write_text(json.dumps(head | {"kit_version": "0.1.0"} | parts), encoding="utf-8")
    return path


def a_class(folder: Path, readers: int) -> Collected:
    for n in range(readers):
        write(folder, n, labels={sid: 1 + (n + at) % 5 for at, sid in enumerate(IDS)})
    return collect(folder, PACK)


def listed(found: Collected) -> dict[str, str]:
    return {fault.file: fault.found for fault in found.faults}


# What is read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("readers", "enough"), [(0, False), (1, False), (4, False), (5, True), (30, True)])
def test_a_class_of_any_size(tmp_path: Path, readers: int, enough: bool) -> None:
    found = a_class(tmp_path, readers)
    assert (found.readers, found.enough, found.faults, found.simulated) == (readers, enough, (), False)
    assert found.codings().shape == ((readers, 31) if readers else (0, 0))
    assert len(found.votes()) == 31 * readers


def test_thirty_files_and_three_broken_ones(tmp_path: Path) -> None:
    a_class(tmp_path, 30)
    (tmp_path / code(3) / "L1.json").write_text('{"labels": {"s01": ', encoding="utf-8")
    (tmp_path / code(4) / "L1.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / code(5) / "L1.json").write_text("", encoding="utf-8")
    found = collect(tmp_path, PACK)
    assert found.readers == 27
    assert listed(found) == {
        f"{code(3)}/L1.json": "It is damaged: no JSON could be read.",
        f"{code(4)}/L1.json": "It is damaged: no JSON could be read.",
        f"{code(5)}/L1.json": "It is empty.",
    }
    assert list(found.report().columns) == ["file", "found", "do"]
    assert found.report()["do"].str.len().min() > 5
    assert "Ask for it again." in str(found.faults[0])


def test_files_of_any_name_in_any_folder(tmp_path: Path) -> None:
    write(tmp_path, 1, name="hand-in (3).JSON", labels={"s01": 4})
    write(tmp_path, 2, name="group b/tuesday/x.json", labels={"s01": 3})
    write(tmp_path, 3, labels={"s01": 5})
    write(tmp_path, 4, name=".hidden.json", labels={"s01": 1})
    write(tmp_path, 5, name=".trash/L1.json", labels={"s01": 1})
    (tmp_path / "notes.txt").write_text("{}", encoding="utf-8")
    found = collect(tmp_path, PACK)
    assert found.codings()["s01"].to_dict() == {code(1): 4, code(2): 3, code(3): 5}
    assert not found.faults


def test_what_the_kit_writes_can_be_read(tmp_path: Path) -> None:
    mine = Answers(1, code(1), PACK.fingerprint, tmp_path)
    mine.set("labels", "s12", 4)
    mine.set("labels", "s12", 2)
    found = collect(tmp_path, PACK)
    assert found.rungs.values.tolist() == [[code(1), 1, 1, "s12", 4]], "the first answer, before any feedback"


def test_the_second_vote_replaces_the_first(tmp_path: Path) -> None:
    write(tmp_path, 1, labels={"s01": 1, "s02": 2})
    write(tmp_path, 2, labels={"s01": 3})
    write(tmp_path, 1, lesson=8, labels={"s01": 5, "s03": 5})
    write(tmp_path, 7, lesson=8, labels={"s01": 2})
    found = collect(tmp_path, PACK)
    assert (found.readers, found.voted_again) == (2, 1)
    assert found.codings(1)["s01"].tolist() == [1, 3]
    assert found.codings(2)["s01"].tolist() == [5, 3]
    assert found.codings(2)["s02"].tolist()[0] == 2
    assert list(found.codings(2).columns) == ["s01", "s02"], "the same answers are compared before and after"


def test_claims_are_read_from_lesson_3(tmp_path: Path) -> None:
    write(
        tmp_path,
        1,
        lesson=3,
        cards={"cl01.when": "now", "cl01.look_at": "count"},
        first_cards={"cl01.when": "later"},
    )
    found = collect(tmp_path, PACK)
    assert found.claims.values.tolist() == [[code(1), "cl01", "later"]]
    assert found.sorted_claims().loc[code(1), "cl01"] == "later"
    assert found.readers == 0


def test_of_two_files_of_one_student_the_later_one_counts(tmp_path: Path) -> None:
    old = write(tmp_path, 1, name="a.json", labels={"s01": 1})
    new = write(tmp_path, 1, name="b.json", labels={"s01": 5})
    for order, rung in (((old, new), 5), ((new, old), 1)):
        for age, path in enumerate(order):
            os.utime(path, (1000 + age, 1000 + age))
        found = collect(tmp_path, PACK)
        assert found.codings().loc[code(1), "s01"] == rung
        assert listed(found) == {order[0].name: f"The same student and lesson as {order[1].name}."}
    for path in (old, new):
        os.utime(path, (1000, 1000))
    assert collect(tmp_path, PACK).codings().loc[code(1), "s01"] == 5, "of two as old, the later name"


# What is listed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"pack_fingerprint": "other"}, "Its answers belong to another text"),
        ({"pack_fingerprint": None}, "Its answers belong to another text"),
        ({"code": 17}, "Its code is no code of this kit."),
        ({"code": None}, "Its code is no code of this kit."),
        ({"code": "Somebody Else"}, "Its code is no code of this kit."),
        ({"lesson": "1"}, "Its lesson is no number from 0 to 9."),
        ({"lesson": True}, "Its lesson is no number from 0 to 9."),
        ({"lesson": 12}, "Its lesson is no number from 0 to 9."),
        ({"labels": [1, 2]}, "Its answers are not in the order"),
        ({"labels": {}}, "No sentence is on the ladder yet."),
        ({"labels": {"s01": 9}}, "1 answer means nothing here: s01."),
        ({"labels": {"s01": True, "s99": 2}}, "2 answers mean nothing here: s01, s99."),
        ({"lesson": 3, "cards": {"cl01.when": ["now"]}}, "1 answer means nothing here: cl01.when."),
        ({"lesson": 3, "cards": {"cl01.when": "soon", "zz.when": "now"}}, "2 answers mean nothing here"),
    ],
)
def test_a_strange_file_is_listed_and_the_others_count(
    tmp_path: Path, change: dict[str, Any], found: str
) -> None:
    a_class(tmp_path, 4)
    write(tmp_path, 8, name="strange.json", **({"labels": {"s02": 2}} | change))
    seen = collect(tmp_path, PACK)
    assert [fault.file for fault in seen.faults] == ["strange.json"]
    assert seen.faults[0].found.startswith(found)
    assert "Somebody" not in str(seen.faults[0]), "what stands where a code should be may be a name"
    assert seen.readers == 4


def test_good_answers_beside_strange_ones_count(tmp_path: Path) -> None:
    write(tmp_path, 1, labels={"s01": 4, "s02": 77})
    assert collect(tmp_path, PACK).codings().loc[code(1)].to_dict() == {"s01": 4}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[]", "It is JSON, but no answer file"),
        ("17", "It is JSON, but no answer file"),
        ('{"cells": []}', "It is JSON, but no answer file"),
        ("  \n", "It is empty."),
        ("[" * 100_000, "It is damaged"),
        ("1" * 5000, "It is damaged"),
    ],
)
def test_json_that_is_no_answers_file(tmp_path: Path, text: str, found: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    assert listed(collect(tmp_path, PACK))["x.json"].startswith(found)


def test_links_pipes_and_huge_files_are_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    outside = write(tmp_path, 1, name="outside.json", labels={"s01": 1})
    (folder / "link.json").symlink_to(outside)
    (folder / "out").symlink_to(tmp_path, target_is_directory=True)
    (folder / "folder.json").mkdir()
    os.mkfifo(folder / "pipe.json")
    (folder / "huge.json").write_text(" " * (LARGEST + 1), encoding="utf-8")
    found = collect(folder, PACK)
    assert found.readers == 0
    assert {name: text.split(",")[0] for name, text in listed(found).items()} == {
        "link.json": "It is a link to another place.",
        "pipe.json": "It is no ordinary file.",
        "huge.json": "It has 1.0 MB",
    }


def test_a_file_that_may_not_be_read_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_class(tmp_path, 2)
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if code(1) in str(path):
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    found = collect(tmp_path, PACK)
    assert listed(found) == {f"{code(1)}/L1.json": "It cannot be read (Permission denied)."}
    assert found.readers == 1


def test_a_folder_that_is_not_there_is_an_empty_class(tmp_path: Path) -> None:
    assert collect(tmp_path / "nowhere", PACK).readers == 0
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="file is no folder"):
        collect(tmp_path / "file", PACK)


def test_nobodys_code_is_in_the_votes(tmp_path: Path) -> None:
    found = a_class(tmp_path, 12)
    votes = found.votes()
    assert list(votes.columns) == ["reader", "sentence", "rung"]
    assert sorted(votes["reader"].unique()) == list(range(1, 13))
    assert "amber" not in votes.to_csv()
    first = votes[votes["sentence"] == "s01"].sort_values("reader")["rung"].tolist()
    assert first != found.codings()["s01"].tolist(), "the numbers do not follow the codes"
    assert sorted(first) == sorted(found.codings()["s01"])


def test_a_snapshot_tells_when_a_file_changed(tmp_path: Path) -> None:
    before = snapshot(tmp_path)
    path = write(tmp_path, 1, labels={"s01": 1})
    after = snapshot(tmp_path)
    assert before != after == snapshot(tmp_path)
    os.utime(path, (5, 5))
    assert snapshot(tmp_path) != after


# The simulated class --------------------------------------------------------------------------------------


def test_the_simulated_class_is_marked_and_always_the_same() -> None:
    made = simulated_class(PACK)
    assert made is not None
    assert (made.simulated, made.readers, made.enough, made.voted_again) == (True, 25, True, 25)
    assert "not real" in SIMULATED
    again = simulated_class(PACK)
    assert again is not None
    assert made.rungs.equals(again.rungs)
    assert made.claims.equals(again.claims)
    other = simulated_class(PACK, seed=99)
    assert other is not None
    assert not made.rungs.equals(other.rungs)
    assert made.rungs["code"].str.startswith("simulated").all()


def test_the_simulated_class_agrees_as_far_as_a_real_one_may() -> None:
    made = simulated_class(PACK)
    assert made is not None
    first, second = (alpha(made.codings(vote), "ordinal") for vote in (1, 2))
    assert first == pytest.approx(0.78, abs=0.02)
    assert alpha(made.sorted_claims()) == pytest.approx(0.47, abs=0.02)
    assert second > first + 0.02
    chosen = argued(made.codings())
    assert all(rung_keys(PACK)[sid].contested for sid in chosen), "careful readers split there, too"
    changed = (made.codings(1) != made.codings(2)).any()
    assert list(changed.index[changed]) == sorted(chosen), "they vote again on nothing else"
    votes = [made.codings()[sid].nunique() for sid in made.codings().columns]
    assert max(votes) > 3, "readers slip, too"


def test_a_simulated_class_needs_the_reference(tmp_path: Path) -> None:
    assert simulated_class(pack.load(copy_pack(tmp_path, reference=False))) is None


def test_a_small_pack_has_a_simulated_class_too() -> None:
    made = simulated_class(SIX)
    assert made is not None
    assert made.codings().shape == (25, 6)
    assert made.sorted_claims().shape[1] == len(claim_keys(SIX))
