"""The journal of a grading run: nothing lost, nothing doubled, newest hand-in counts."""

import json

import pytest

from whosays.classroom.journal import Journal, Records


def record(path: str, student: str = "amy", **more):
    return {"path": path, "sha256": path * 2, "student": student, "set": "set1", "notes": [], **more}


def test_a_record_comes_back_as_it_was(tmp_path):
    odd = record("a", name="José \ud800 “x”\n")
    with Journal(tmp_path / "j", "key 1") as journal:
        journal.add(odd)
        journal.add(record("b"))
        assert journal.record("a") == odd
    with Journal(tmp_path / "j", "key 1") as again:
        assert list(again.entries) == ["a", "b"]
        assert again.record("a") == odd
        assert not again.began_anew


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_line_that_a_crash_cut_short_is_dropped_and_written_again(tmp_path, cut):
    with Journal(tmp_path / "j", "k") as journal:
        journal.add(record("a"))
        journal.add(record("b"))
    whole = (tmp_path / "j").read_bytes()
    (tmp_path / "j").write_bytes(whole[:-cut])
    with Journal(tmp_path / "j", "k") as again:
        assert list(again.entries) == ["a"]
        again.add(record("b"))
        assert again.record("b")["path"] == "b"
    assert (tmp_path / "j").read_bytes() == whole


def test_another_key_begins_anew_and_says_so(tmp_path):
    with Journal(tmp_path / "j", "old key") as journal:
        journal.add(record("a"))
        assert not journal.began_anew
    with Journal(tmp_path / "j", "new key") as again:
        assert again.began_anew
        assert not again.entries
    assert len((tmp_path / "j").read_bytes().splitlines()) == 1


def test_an_empty_or_torn_first_line_is_no_other_key(tmp_path):
    for start in (b"", b'{"jour'):
        (tmp_path / "j").write_bytes(start)
        with Journal(tmp_path / "j", "k") as journal:
            assert not journal.began_anew
            journal.add(record("a"))
        assert json.loads((tmp_path / "j").read_bytes().splitlines()[0])["fingerprint"] == "k"


def test_a_later_record_of_a_path_replaces_the_earlier(tmp_path):
    with Journal(tmp_path / "j", "k") as journal:
        journal.add(record("a", seconds=1))
        journal.add(record("a", seconds=2))
        assert journal.record("a")["seconds"] == 2
    with Journal(tmp_path / "j", "k") as again:
        assert again.record("a")["seconds"] == 2
        assert len(again.entries) == 1


def test_of_two_hand_ins_the_newest_counts_and_both_say_so(tmp_path):
    with Journal(tmp_path / "j", "k") as journal:
        journal.add(record("first", attempt=0))
        journal.add(record("second", attempt=1))
        journal.add(record("other", student="ben"))
        rows = list(Records(journal, ["second", "first", "other"]))
    assert [(r["path"], r["superseded"]) for r in rows if "superseded" in r] == [
        ("second", False),
        ("first", True),
    ]
    assert "second is newer" in rows[1]["notes"][0]
    assert "counts" in rows[0]["notes"][0]
    assert not rows[2]["notes"]


def test_submissions_without_a_set_never_replace_each_other(tmp_path):
    with Journal(tmp_path / "j", "k") as journal:
        for path in ("a", "b"):
            journal.add(record(path) | {"set": ""})
        assert not any(r.get("superseded") for r in Records(journal, ["a", "b"]))
