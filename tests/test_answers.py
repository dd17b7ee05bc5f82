"""Answers: every change is on the disk at once, and nothing that happens to the file loses one."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import whosays
from helpers import KIT, NOTEBOOKS
from whosays import answers as store
from whosays import disk, words
from whosays.answers import Answers, NotSaved

CODE, OTHER_CODE = "amber-otter-17", "copper-lynx-42"
TEXT, OTHER_TEXT = "a" * 64, "b" * 64
Refuse = Callable[[OSError | None], None]


@pytest.fixture
def mine(tmp_path: Path) -> Answers:
    return Answers(1, CODE, TEXT, tmp_path)


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Refuse:
    """Make every writing fail with an error, or work again."""
    real = store.write_whole

    def switch(error: OSError | None) -> None:
        def fail(path: Path, text: str) -> None:
            raise error  # type: ignore[misc]

        monkeypatch.setattr(store, "write_whole", fail if error else real)

    return switch


def again(answers: Answers) -> Answers:
    """The same answers, opened anew as after a restart."""
    return Answers(answers.lesson, answers.code, answers.fingerprint, answers.folder.parent)


def saved(answers: Answers) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(answers.path.read_text(encoding="utf-8"))
    return content


def files(answers: Answers) -> set[str]:
    """What stands in the student's folder, but for the lock."""
    return {p.name for p in answers.folder.iterdir()} - {".L1.lock"}


def writers(how: str, folder: Path) -> dict[str, int]:
    """Run the writers of ``writers.py``; what they counted."""
    command = [sys.executable, str(KIT / "tests" / "writers.py"), how, str(folder)]
    env = os.environ | {"PYTHONPATH": str(NOTEBOOKS)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    counted: dict[str, int] = json.loads(done.stdout)
    return counted


# What is kept ---------------------------------------------------------------------------------------------


def test_the_file_holds_all_of_the_state_and_nothing_about_the_person(mine: Answers) -> None:
    mine.set("labels", "s12", 3)
    mine.set("labels", "s12", 2)
    mine.set("confidence", "L1a", 4)
    mine.set("hints", "s12", "reference")
    mine.set("words", "s12", "Reports")
    mine.set("challenges", "s12", "“Reports” is a name")
    mine.set("items", "L1a", "L1a.3")
    mine.set("predictions", "most", "5")
    mine.set("exit_ticket", "sure", 2)
    mine.set("misconceptions", "L1a", ["M2"])
    mine.set("cards", "q5.speaker", "macron")
    mine.set("first_cards", "q5.speaker", "rutte")
    mine.set("first_confidence", "cl22", 2)
    mine.set("spans", "seam.s27", [[3, 9, "added"]])
    mine.set("finds", "f1", {"sentences": ["s01", "s22"], "kind": "number", "why": "Four or three?"})
    mine.change(lambda content: content.update(round=2))
    assert saved(mine) == {
        "kit_version": whosays.__version__,
        "pack_fingerprint": TEXT,
        "lesson": 1,
        "code": CODE,
        "round": 2,
        "labels": {"s12": 2},
        "first_labels": {"s12": 3},
        "confidence": {"L1a": 4},
        "hints": {"s12": "reference"},
        "words": {"s12": "Reports"},
        "challenges": {"s12": "“Reports” is a name"},
        "items": {"L1a": "L1a.3"},
        "predictions": {"most": "5"},
        "exit_ticket": {"sure": 2},
        "misconceptions": {"L1a": ["M2"]},
        "cards": {"q5.speaker": "macron"},
        "first_cards": {"q5.speaker": "rutte"},
        "first_confidence": {"cl22": 2},
        "spans": {"seam.s27": [[3, 9, "added"]]},
        "dots": {},
        "rewrites": {},
        "views": {},
        "exercises": {},
        "finds": {"f1": {"sentences": ["s01", "s22"], "kind": "number", "why": "Four or three?"}},
    }
    assert mine.content == saved(mine) == again(mine).content


def test_nothing_is_written_before_the_first_answer(mine: Answers, tmp_path: Path) -> None:
    assert mine.content["labels"] == {}
    mine.refresh()
    assert not list(tmp_path.iterdir())


def test_entries_can_be_changed_and_removed_but_a_first_label_stays(mine: Answers) -> None:
    mine.set("labels", "s01", 4)
    mine.set("labels", "s01", None)
    assert (mine.labels, mine.content["first_labels"]) == ({}, {"s01": 4})
    assert mine.get("labels", "s01") is None
    assert mine.get("labels", "s01", 7) == 7
    with pytest.raises(KeyError, match="labels, first_labels, confidence"):
        mine.set("label", "s01", 4)


def test_what_a_newer_kit_added_is_kept(mine: Answers) -> None:
    mine.set("labels", "s01", 4)
    mine.path.write_text(json.dumps(saved(mine) | {"badges": [1], "kit_version": "9.0"}), encoding="utf-8")
    content = again(mine).set("labels", "s02", 1)
    assert (content["badges"], content["kit_version"]) == ([1], whosays.__version__)


def test_a_folder_under_a_new_code_is_that_students(mine: Answers, tmp_path: Path) -> None:
    mine.set("labels", "s01", 4)
    mine.folder.rename(tmp_path / OTHER_CODE)
    assert Answers(1, OTHER_CODE, TEXT, tmp_path).set("labels", "s02", 1)["code"] == OTHER_CODE


@pytest.mark.parametrize(
    "words", ["half of an emoji: \ud83d", "مرحبا <b>&amp;</b> “x”\u202e\n\t\\", "👩🏽‍🚀" * 2000]
)
def test_any_words_can_be_saved(mine: Answers, words: str) -> None:
    mine.set("challenges", "s01", words)
    mine.set("challenges", "s02", "next")
    assert again(mine).get("challenges", "s01") == words.replace("\ud83d", "?")


def wrong_label(value: object) -> store.Change:
    return lambda content: content["labels"].update(s01=value)


@pytest.mark.parametrize(
    "change",
    [
        *(wrong_label(value) for value in (0, 6, True, 4.0, "4", None, {4}, float("nan"))),
        lambda content: content["predictions"].update(x=float("inf")),
        lambda content: content["predictions"].update(x=object()),
        lambda content: content.update(labels=[]),
        lambda content: content.update(round="two"),
        lambda content: content.update(pack_fingerprint=None),
        lambda content: content["nothing"].update(x=1),
    ],
)
def test_a_change_that_could_not_be_read_again_is_refused(mine: Answers, change: store.Change) -> None:
    mine.set("labels", "s02", 1)
    before = mine.path.read_bytes()
    with pytest.raises((ValueError, TypeError, KeyError)):
        mine.change(change)
    assert mine.path.read_bytes() == before
    assert mine.labels == {"s02": 1}
    assert mine.set("labels", "s03", 5)["labels"] == {"s02": 1, "s03": 5}


def test_a_change_that_only_the_file_refuses_is_not_tried_again(mine: Answers) -> None:
    mine.set("labels", "s02", 1)
    again(mine).set("predictions", "x", 1)

    def change(content: dict[str, Any]) -> None:
        content["labels"]["s01"] = 9 if "x" in content["predictions"] else 1

    with pytest.raises(ValueError, match="whole number from 1 to 5"):
        mine.change(change)
    assert mine.set("labels", "s03", 5)["labels"] == {"s02": 1, "s03": 5}


def test_a_wrong_change_is_refused_even_where_nothing_can_be_saved(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("a file", encoding="utf-8")
    answers = Answers(1, CODE, TEXT, tmp_path / "work")
    with pytest.raises(ValueError, match="whole number from 1 to 5"):
        answers.set("labels", "s01", 9)
    (tmp_path / "work").unlink()
    assert answers.set("labels", "s02", 1)["labels"] == {"s02": 1}


# Two at once ----------------------------------------------------------------------------------------------


def test_two_open_notebooks_lose_nothing(mine: Answers) -> None:
    other = again(mine)
    for n in range(1, 6):
        mine.set("labels", f"s0{n}", n)
        other.set("items", f"L{n}a", f"L{n}a.1")
    assert len(mine.refresh()["items"]) == len(other.refresh()["labels"]) == 5
    assert mine.content == other.content == saved(mine)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forked")
def test_eight_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    assert writers("together", tmp_path) == {"changes": 200}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forked")
def test_writers_killed_at_any_moment_leave_the_last_state_or_the_next(tmp_path: Path) -> None:
    counted = writers("killed", tmp_path)
    assert counted["kills"] >= 200
    assert counted["left over"] > 0, "no writer was caught in the middle: watch other lines"


def test_the_next_change_removes_what_killed_writers_left(mine: Answers) -> None:
    mine.set("labels", "s01", 4)
    for name in (".L1.json.abc.tmp", ".L1.json..tmp", ".L2.json.abc.tmp", "L1.json.tmp", "notes.tmp"):
        (mine.folder / name).write_text("{", encoding="utf-8")
    mine.set("labels", "s02", 1)
    assert files(mine) == {"L1.json", ".L2.json.abc.tmp", "L1.json.tmp", "notes.tmp"}


def test_a_lock_that_never_opens_is_told(
    mine: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "PATIENCE", 0.05)
    mine.set("labels", "s01", 4)
    with disk.locked(mine.folder / ".L1.lock"), pytest.raises(NotSaved, match="in use by another program"):
        mine.set("labels", "s02", 1)
    assert mine.set("labels", "s03", 2)["labels"] == {"s01": 4, "s02": 1, "s03": 2}


class WindowsLocks:
    """What Python's ``msvcrt`` does with the locks of Windows: a byte of a file, for one handle at a time."""

    LK_NBLCK, LK_UNLCK = 2, 0

    def __init__(self) -> None:
        self.held: dict[tuple[int, int], int] = {}

    def locking(self, handle: int, how: int, size: int) -> None:
        assert size == 1
        file = (os.fstat(handle).st_dev, os.fstat(handle).st_ino)
        if how == self.LK_UNLCK:
            assert self.held.pop(file) == handle
        elif self.held.setdefault(file, handle) != handle:
            raise PermissionError(errno.EACCES, "Permission denied")


def test_on_windows_the_lock_is_held_and_given_back(
    mine: Answers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    locks = WindowsLocks()
    monkeypatch.setattr(disk, "fcntl", None)
    monkeypatch.setattr(disk, "msvcrt", locks)
    monkeypatch.setattr(disk, "PATIENCE", 0.05)
    mine.set("labels", "s01", 4)
    assert not locks.held
    with disk.locked(mine.folder / ".L1.lock"), pytest.raises(NotSaved, match="in use"):
        mine.set("labels", "s02", 1)
    assert mine.set("labels", "s03", 2)["labels"] == {"s01": 4, "s02": 1, "s03": 2}


def test_where_no_locks_are_known_answers_are_saved_all_the_same(
    mine: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(handle: int, how: int) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(disk, "fcntl", SimpleNamespace(flock=unknown, LOCK_EX=2, LOCK_NB=4))
    mine.set("labels", "s01", 4)
    monkeypatch.setattr(disk, "fcntl", None)
    assert mine.set("labels", "s02", 4)["labels"] == {"s01": 4, "s02": 4}


def test_a_file_is_on_the_disk_before_it_gets_its_name(
    mine: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine.set("labels", "s01", 4)
    done: list[str] = []
    sync, replace = os.fsync, Path.replace

    def synced(handle: int) -> None:
        done.append("sync folder" if os.fstat(handle).st_mode & 0o040000 else "sync file")
        sync(handle)

    def renamed(path: Path, to: Path) -> Path:
        done.append(f"rename to {to.name}")
        return replace(path, to)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    mine.set("labels", "s02", 4)
    assert done == ["sync file", "rename to L1.json", "sync folder"]


def test_windows_is_asked_again_while_a_reader_holds_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = [PermissionError(errno.EACCES, "held")] * 3

    def job() -> str:
        if refusals:
            raise refusals.pop()
        return "done"

    monkeypatch.setattr(disk.time, "sleep", lambda seconds: None)
    with pytest.raises(PermissionError):
        disk.patiently(job)
    monkeypatch.setattr(disk.os, "name", "nt")
    assert disk.patiently(job) == "done"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_files_are_as_private_as_the_user_wants(mine: Answers) -> None:
    before = os.umask(0o077)
    try:
        mine.set("labels", "s01", 4)
        assert mine.path.stat().st_mode & 0o777 == 0o600
        os.umask(0o022)
        mine.set("labels", "s02", 4)
        assert mine.path.stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(before)


# Files that are no answers --------------------------------------------------------------------------------

GOOD = {"pack_fingerprint": TEXT, "labels": {"s01": 4}}
DAMAGED = {
    "empty": b"",
    "truncated": b'{"pack_fingerprint": "' + TEXT.encode() + b'", "labels": {"s0',
    "no JSON": b"labels: s01",
    "binary": bytes(range(256)),
    "zeros": bytes(400),
    "a list": b"[]",
    "null": b"null",
    "no fingerprint": b'{"labels": {}}',
    "fingerprint 5": b'{"pack_fingerprint": 5}',
    **{
        f"labels {json.dumps(labels)}": json.dumps(GOOD | {"labels": labels}).encode()
        for labels in ([], 4, None, {"s01": 6}, {"s01": "4"}, {"s01": True}, {"s01": 2.0}, {"s01": [4]})
    },
    "first labels": json.dumps(GOOD | {"first_labels": {"s01": 0}}).encode(),
    "items": json.dumps(GOOD | {"items": "L1a"}).encode(),
    "round": json.dumps(GOOD | {"round": "1"}).encode(),
    "endless number": b'{"pack_fingerprint": "' + TEXT.encode() + b'", "predictions": {"x": 1e999}}',
    "brackets too deep": b"[" * 100_000,
    "number too long": b'{"a": ' + b"1" * 5000 + b"}",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_set_aside_and_never_overwritten(name: str, mine: Answers) -> None:
    mine.folder.mkdir()
    mine.path.write_bytes(DAMAGED[name])
    opened = again(mine)
    assert opened.labels == {}
    kept = "It is kept as L1.damaged-1.json; show it to your teacher."
    told = f"The file L1.json of amber-otter-17 was damaged. {kept}"
    assert opened.notice == told
    assert mine.path.read_bytes() == DAMAGED[name], "reading alone changes nothing"

    opened.set("labels", "s02", 1)
    assert opened.notice == told
    assert (mine.folder / "L1.damaged-1.json").read_bytes() == DAMAGED[name]
    assert saved(mine)["labels"] == {"s02": 1}

    mine.path.write_bytes(b"again")
    again(mine).set("labels", "s03", 1)
    assert (mine.folder / "L1.damaged-1.json").read_bytes() == DAMAGED[name]
    assert (mine.folder / "L1.damaged-2.json").read_bytes() == b"again"


def test_damage_under_an_open_notebook_loses_nothing_of_it(mine: Answers) -> None:
    mine.set("labels", "s01", 4)
    mine.path.write_bytes(b"")
    assert mine.refresh()["labels"] == {"s01": 4}
    assert mine.set("labels", "s02", 1)["labels"] == {"s01": 4, "s02": 1}
    assert again(mine).labels == {"s01": 4, "s02": 1}
    assert (mine.folder / "L1.damaged-1.json").read_bytes() == b""


def test_a_file_that_may_not_be_read_is_told_and_left_alone(mine: Answers) -> None:
    mine.path.mkdir(parents=True)
    opened = again(mine)
    assert opened.notice.startswith("L1.json cannot be read (")
    with pytest.raises(NotSaved, match=r"The folder .*/amber-otter-17 cannot be written"):
        opened.set("labels", "s01", 4)
    mine.path.rmdir()
    assert opened.set("labels", "s02", 1)["labels"] == {"s01": 4, "s02": 1}


def test_answers_to_another_text_wait_and_come_back(mine: Answers, tmp_path: Path) -> None:
    mine.set("labels", "s01", 4)
    other = Answers(1, CODE, OTHER_TEXT, tmp_path)
    assert other.labels == {}
    assert other.notice == "Answers to another text are kept. They come back with that text."
    assert saved(mine)["labels"] == {"s01": 4}, "reading alone changes nothing"
    other.set("labels", "x1", 1)
    assert saved(other)["labels"] == {"x1": 1}

    back = again(mine)
    assert back.labels == {"s01": 4}, "they are there before the next answer"
    back.set("labels", "s02", 2)
    assert back.labels == saved(mine)["labels"] == {"s01": 4, "s02": 2}
    assert Answers(1, CODE, OTHER_TEXT, tmp_path).labels == {"x1": 1}
    assert len(files(mine)) == 2, files(mine)


def test_two_texts_at_once_keep_apart(mine: Answers, tmp_path: Path) -> None:
    other = Answers(1, CODE, OTHER_TEXT, tmp_path)
    for n in range(1, 4):
        mine.set("labels", f"s{n}", n)
        other.set("labels", f"x{n}", n)
    assert again(mine).labels == {"s1": 1, "s2": 2, "s3": 3}
    assert again(other).labels == {"x1": 1, "x2": 2, "x3": 3}


def test_deleted_answers_do_not_come_back(mine: Answers, tmp_path: Path) -> None:
    mine.set("labels", "s01", 4)
    Answers(1, CODE, OTHER_TEXT, tmp_path).set("labels", "x1", 1)
    again(mine).set("labels", "s02", 2)
    mine.path.unlink()
    assert again(mine).labels == {}


def test_answers_that_wait_and_are_damaged_are_set_aside(mine: Answers, tmp_path: Path) -> None:
    mine.set("labels", "s01", 4)
    Answers(1, CODE, OTHER_TEXT, tmp_path).set("labels", "x1", 1)
    (waiting,) = mine.folder.glob("L1.text-*.json")
    waiting.write_bytes(b"{")
    back = again(mine)
    back.set("labels", "s02", 2)
    assert "was damaged" in back.notice
    assert back.labels == {"s02": 2}
    assert (mine.folder / "L1.damaged-1.json").read_bytes() == b"{"
    assert Answers(1, CODE, OTHER_TEXT, tmp_path).labels == {"x1": 1}


# Where nothing can be written -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.EACCES, "is read-only"),
        (errno.EROFS, "is read-only"),
        (errno.ENOSPC, "is on a full disk"),
        (errno.EDQUOT, "has no space left for you"),
        (errno.EIO, "cannot be written (Input/output error)"),
    ],
)
def test_what_cannot_be_saved_is_told_kept_and_saved_later(
    mine: Answers, refuse: Refuse, number: int, why: str
) -> None:
    mine.set("labels", "s01", 4)
    refuse(OSError(number, os.strerror(number)))
    for sentence, rung in (("s02", 3), ("s02", 2), ("s03", 5)):
        with pytest.raises(NotSaved) as caught:
            mine.set("labels", sentence, rung)
    where = f"The folder {mine.folder.parent.name}/amber-otter-17 {why}."
    assert str(caught.value).startswith(where)
    assert str(caught.value).endswith("then answer again. Nothing you did before is lost.")
    assert mine.refresh()["labels"] == {"s01": 4, "s02": 2, "s03": 5}, "kept in memory"
    assert again(mine).labels == {"s01": 4}
    refuse(None)
    other = again(mine)
    other.set("labels", "s31", 1)
    mine.set("labels", "s04", 1)
    assert again(mine).content["labels"] == {"s01": 4, "s02": 2, "s03": 5, "s31": 1, "s04": 1}
    assert mine.content["first_labels"]["s02"] == 3


def test_a_full_disk_leaves_no_half_file(mine: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    mine.set("labels", "s01", 4)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotSaved, match="full disk"):
        mine.set("labels", "s02", 1)
    assert files(mine) == {"L1.json"}
    assert saved(mine)["labels"] == {"s01": 4}


def test_a_work_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("a file", encoding="utf-8")
    answers = Answers(1, CODE, TEXT, tmp_path / "work")
    with pytest.raises(NotSaved):
        answers.set("labels", "s01", 4)
    with pytest.raises(NotSaved):
        store.choose_code(CODE, tmp_path / "work")
    assert answers.labels == {"s01": 4}
    assert store.codes(tmp_path / "work") == []


def test_another_student_sits_down_only_when_all_is_saved(mine: Answers, refuse: Refuse) -> None:
    mine.set("labels", "s01", 4)
    refuse(OSError(errno.ENOSPC, "full"))
    with pytest.raises(NotSaved):
        mine.set("labels", "s02", 1)
    with pytest.raises(NotSaved):
        mine.use(OTHER_CODE)
    assert (mine.code, mine.labels) == (CODE, {"s01": 4, "s02": 1})
    refuse(None)
    mine.use(OTHER_CODE)
    assert (mine.code, mine.labels, mine.path.parent.name) == (OTHER_CODE, {}, OTHER_CODE)
    mine.set("labels", "s09", 5)
    assert Answers(1, CODE, TEXT, mine.folder.parent).labels == {"s01": 4, "s02": 1}
    with pytest.raises(ValueError, match=r"'x' is no code\. A code is two words"):
        mine.use("x")


# Codes and folders ----------------------------------------------------------------------------------------


def test_the_work_folder_is_the_kits_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WHOSAYS_WORK", raising=False)
    monkeypatch.chdir(tmp_path)
    assert store.work_folder() == NOTEBOOKS / "work"
    monkeypatch.setenv("WHOSAYS_WORK", "~/answers")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert store.work_folder() == tmp_path / "answers"
    Answers(3, CODE, TEXT).set("labels", "s01", 4)
    assert (tmp_path / "answers" / CODE / "L3.json").is_file()


@pytest.mark.parametrize("typed", [CODE, "Amber Otter 17", "  AMBER - otter-17 ", "amber  otter 17"])
def test_a_code_can_be_typed_in_several_ways(typed: str, tmp_path: Path) -> None:
    assert store.choose_code(typed, tmp_path) == CODE
    assert store.current_code(tmp_path) == CODE
    assert store.codes(tmp_path) == [CODE]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "amber",
        "amber-otter",
        "amber-otter-7",
        "amber-otter-117",
        "../../x-y-17",
        "a" * 5000,
        "ambér-otter-17",
    ],
)
def test_what_is_no_code_is_refused(typed: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"is no code\. A code is two words and two digits"):
        store.choose_code(typed, tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="is no code"):
        Answers(1, typed, TEXT, tmp_path)


def test_the_first_answer_makes_the_code_the_current_one(mine: Answers, tmp_path: Path) -> None:
    assert store.current_code(tmp_path) is None
    mine.set("labels", "s01", 4)
    assert store.current_code(tmp_path) == CODE
    Answers(1, OTHER_CODE, TEXT, tmp_path).set("labels", "s01", 4)
    assert store.current_code(tmp_path) == CODE, "another one is chosen, not slipped in"
    assert store.codes(tmp_path) == [CODE, OTHER_CODE]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"../../etc\n", b"amber-otter-17 x"])
def test_a_current_code_that_is_none_is_no_code(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "current").write_bytes(content)
    assert store.current_code(tmp_path) is None


def test_proposals_are_codes_that_nobody_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = [store.choose_code(f"amber-otter-{n}", tmp_path) for n in range(10, 99)]
    monkeypatch.setattr(words, "FIRST", ["amber"])
    monkeypatch.setattr(words, "SECOND", ["otter"])
    assert store.new_code(tmp_path) == "amber-otter-99"
    assert len(store.codes(tmp_path)) == len(taken)
    monkeypatch.undo()
    assert all(store.is_code(store.new_code(tmp_path)) for _ in range(100))


UNKIND = """
ape ass bare beaver beast bitter black blue booty brown bunny buck camel cat cherry chick clever cock
cold cougar cow crab cuckoo dirty dog donkey dove duck dumb dusty elephant fat fair fox ginger goat goose
green grey gross gull happy hawk hippo hog honey horse hot ivory jackal jolly jumbo juicy kitten lamb
lazy leech light lively louse lovely lucky maggot melon mild moist mole monkey mouse mule naked nasty
nutty olive orange ox panda parrot peach peacock peanut pig pink poor proud pussy quiet rabbit raccoon
ram rat red rhino rooster rude sad sexy shark sheep shrew shy silly skinny skunk sloth slow slug small
snail snake sour spider squid squirrel stallion stinky stoned swallow sweaty swine tame tender thin tiny
tit toad trout turkey ugly velvet vixen vole vulture walrus warm wasp weak weasel weird wet whale white
wild wise wolf woodpecker worm yak yellow
"""


def test_word_lists_are_kind() -> None:
    both = [*words.FIRST, *words.SECOND]
    assert len(both) == len(set(both))
    assert all(re.fullmatch("[a-z]{3,10}", word) for word in both)
    assert not set(both) & set(UNKIND.split())
    assert len(words.FIRST) * len(words.SECOND) * 90 > 200_000
    assert words.is_code("amber-otter-17")
