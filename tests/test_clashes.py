"""The clash finder: finds are pinned, saved, judged beside the reference, and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

import widget_page
from helpers import DATA, KIT
from packs import copy_pack, sentences_pack
from whosays import answers as store
from whosays import pack
from whosays.answers import Answers, NotSaved
from whosays.checks import tensions
from whosays.checks.clashes import DEFENSIBLE, KINDS, ONE_SIDE, OPEN
from whosays.pack import Pack
from whosays.widgets.clashes import ASK, FULL, LONGEST, WORDS, ClashFinder
from widget_page import WidgetPage

CODE = "amber-otter-17"
PACK = pack.load(DATA)
KNOWN = tensions(PACK)
INSIDE = [t for t in KNOWN.values() if not t.outside]
TEXT = dict(zip(PACK.sentences["id"], PACK.sentences["text"], strict=True))
KEYED = next(t for t in INSIDE if t.b)
ONE, OTHER = sorted((KEYED.a[0], KEYED.b[0]))


def open_finder(folder: Path, loaded: Pack = PACK) -> ClashFinder:
    return ClashFinder(loaded, Answers(4, CODE, loaded.fingerprint, folder))


@pytest.fixture
def finder(tmp_path: Path) -> ClashFinder:
    return open_finder(tmp_path)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Make every save fail, or work again."""
    real = store.write_whole

    def refuse(path: Path, text: str) -> None:
        raise OSError(13, "Permission denied")

    return lambda full: monkeypatch.setattr(store, "write_whole", refuse if full else real)


def press(finder: ClashFinder, do: str, **more: Any) -> dict[str, Any]:
    """Send what the page sends; the view that comes back."""
    if do == "pin":
        more.setdefault("draft", finder.view["draft"])
    finder._received(None, {"do": do, **more}, None)
    view: dict[str, Any] = finder.view
    return view


def pin(
    finder: ClashFinder, *sentences: str, kind: str = "number", why: str = "They differ."
) -> dict[str, Any]:
    for sid in finder.view["picked"]:
        press(finder, "pick", arg=sid)
    for sid in sentences:
        press(finder, "pick", arg=sid)
    press(finder, "kind", arg=kind)
    return press(finder, "pin", arg=why)


def on_disk(finder: ClashFinder) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(finder.answers.path.read_text(encoding="utf-8"))
    return content


def in_browser(finder: ClashFinder) -> str:
    """All that the browser has been given, besides script and style; marks do not cut its words."""

    def joined(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: joined(v) for k, v in value.items()}
        if isinstance(value, list) and value and all(isinstance(v, dict) and "t" in v for v in value):
            return plain(value)
        return [joined(v) for v in value] if isinstance(value, list) else value

    state = {k: joined(v) for k, v in finder.get_state().items() if k not in ("_esm", "_css")}
    return json.dumps(state, ensure_ascii=False, default=str)


def plain(segments: list[dict[str, Any]]) -> str:
    return "".join(segment["t"] for segment in segments)


def marked(segments: list[dict[str, Any]]) -> list[str]:
    return [segment["t"] for segment in segments if segment["m"]]


# Picking ----------------------------------------------------------------------------------------------------


def test_it_begins_empty_and_shows_the_text_by_paragraph(finder: ClashFinder) -> None:
    view = finder.view
    assert len(ASK.split()) <= 18
    assert [sid for _, rows in view["paragraphs"] for sid, _ in rows] == list(TEXT)
    assert dict(row for _, rows in view["paragraphs"] for row in rows) == TEXT
    assert [n for n, _ in view["paragraphs"]] == list(dict.fromkeys(PACK.sentences["paragraph"]))
    assert [kind for kind, _ in view["kinds"]] == list(KINDS)
    assert (view["picked"], view["kind"], view["why"], view["feedback"], view["finds"]) == (
        [],
        "",
        "",
        None,
        [],
    )
    assert view["count"] == f"You have found none of the {len(INSIDE)} on our list yet."
    assert not finder.answers.path.exists()


def test_two_sentences_stand_in_the_order_of_the_text_and_can_be_put_back(finder: ClashFinder) -> None:
    press(finder, "pick", arg="s22")
    view = press(finder, "pick", arg="s01")
    assert (view["picked"], view["say"]) == (["s01", "s22"], "Picked: s01 and s22.")
    view = press(finder, "pick", arg="s01")
    assert (view["picked"], view["say"]) == (["s22"], "s01 put back. Picked: s22.")


def test_a_third_sentence_is_not_taken_and_nothing_is_dropped(finder: ClashFinder) -> None:
    for sid in ("s01", "s22", "s05"):
        view = press(finder, "pick", arg=sid)
    assert (view["picked"], view["full"]) == (["s01", "s22"], FULL)
    first = view["say"]
    assert first == f"{FULL} Picked: s01 and s22."
    again = press(finder, "pick", arg="s06")["say"]
    assert again != first, "a screen reader is told again"
    assert again.strip() == first
    view = press(finder, "pick", arg="s22")
    assert (view["picked"], view["full"]) == (["s01"], "")


def test_picks_and_type_are_not_saved(finder: ClashFinder) -> None:
    press(finder, "pick", arg="s01")
    press(finder, "kind", arg="time")
    view = press(finder, "write", arg="half a rea")
    assert (view["picked"], view["kind"], view["why"]) == (["s01"], "time", "half a rea")
    assert not finder.answers.path.exists()


@pytest.mark.parametrize(
    "message",
    [
        {"do": "pick", "arg": "s99"},
        {"do": "pick", "arg": ["s01"]},
        {"do": "pick"},
        {"do": "kind", "arg": "outside the text"},
        {"do": "kind", "arg": {}},
        {"do": "write", "arg": 7},
        {"do": "pin", "arg": None},
        {"do": "again", "arg": "f1"},
        {"do": "take_back", "arg": "f1"},
        {"do": "take_back", "arg": []},
        {"do": "resume"},
        "text",
    ],
)
def test_a_message_that_no_control_sends_changes_nothing(finder: ClashFinder, message: Any) -> None:
    before = finder.view
    finder._received(None, message, None)
    assert finder.view == before
    assert not finder.answers.path.exists()


# Pinning ----------------------------------------------------------------------------------------------------


def test_a_find_is_saved_at_once_and_the_form_is_empty_again(finder: ClashFinder) -> None:
    before = finder.view["draft"]
    view = pin(finder, OTHER, ONE, kind=KEYED.kind, why="  four, then three ")
    assert on_disk(finder)["finds"] == {
        "f1": {"sentences": [ONE, OTHER], "kind": KEYED.kind, "why": "four, then three"}
    }
    assert (view["picked"], view["kind"], view["why"]) == ([], "", "")
    assert view["draft"] > before


@pytest.mark.parametrize(
    ("picks", "kind", "why", "missing"),
    [
        ((), "number", "why", ["Pick"]),
        (("s01",), "", "why", ["Choose"]),
        (("s01",), "number", " \n", ["Say why"]),
        ((), "", "", ["Pick", "Choose", "Say why"]),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    finder: ClashFinder, picks: tuple[str, ...], kind: str, why: str, missing: list[str]
) -> None:
    for sid in picks:
        press(finder, "pick", arg=sid)
    if kind:
        press(finder, "kind", arg=kind)
    view = press(finder, "pin", arg=why)
    assert [word for word in ("Pick", "Choose", "Say why") if word in view["missing"]] == missing
    assert view["say"] == f"Not pinned yet. {view['missing']}"
    assert (view["picked"], view["kind"], view["why"], view["finds"]) == (list(picks), kind, why, [])
    assert not finder.answers.path.exists()
    assert press(finder, "pick", arg="s09")["missing"] == ""


def test_the_second_click_of_two_pins_nothing_and_complains_of_nothing(finder: ClashFinder) -> None:
    draft = finder.view["draft"]
    pin(finder, ONE, OTHER, kind=KEYED.kind)
    view = press(finder, "pin", arg="They differ.", draft=draft)
    assert len(view["finds"]) == 1
    assert view["missing"] == ""
    assert view["feedback"]["of"] == "f1"
    assert view["why"] == ""


def test_a_reason_of_more_words_is_kept_and_one_without_end_is_cut(finder: ClashFinder) -> None:
    pin(finder, "s01", why="word " * (WORDS + 3))
    assert len(on_disk(finder)["finds"]["f1"]["why"].split()) == WORDS + 3
    pin(finder, "s02", why="x" * 5000)
    assert len(on_disk(finder)["finds"]["f2"]["why"]) == LONGEST


def test_half_a_character_does_not_stop_later_finds(finder: ClashFinder) -> None:
    pin(finder, "s01", why="half \ud83d")
    pin(finder, "s02")
    assert [f["why"] for f in on_disk(finder)["finds"].values()] == ["half \ufffd", "They differ."]


def test_the_same_find_again_only_gets_its_new_reason(finder: ClashFinder) -> None:
    pin(finder, "s01", "s22", why="old")
    pin(finder, "s22", "s01", why="new")
    pin(finder, "s22", "s01", kind="time", why="another type")
    assert [(i, f["why"]) for i, f in on_disk(finder)["finds"].items()] == [
        ("f1", "new"),
        ("f2", "another type"),
    ]


# What is said -----------------------------------------------------------------------------------------------


def test_a_keyed_find_says_what_and_why_and_marks_the_deciding_words(finder: ClashFinder) -> None:
    view = pin(finder, ONE, OTHER, kind=KEYED.kind)
    box = view["feedback"]
    assert (box["of"], box["tone"]) == ("f1", "ok")
    assert box["verdict"] == f"This one is on our list: {KEYED.named}"
    assert [plain(line) for line in box["body"]] == [KEYED.what, KEYED.why]
    assert [(sid, plain(text)) for sid, text in box["sentences"]] == [(ONE, TEXT[ONE]), (OTHER, TEXT[OTHER])]
    for _, text in box["sentences"]:
        assert marked(text)
        assert all(f"“{words}”" in KEYED.what for words in marked(text))
    assert view["say"] == f"{box['verdict']} {KEYED.what} {KEYED.why}"
    assert view["finds"][0]["word"] == "On our list"
    assert view["count"] == f"You have found 1 of the {len(INSIDE)} on our list."
    assert box["sources"] == []


@pytest.mark.parametrize("tid", [t.id for t in INSIDE])
def test_every_tension_can_be_found(tid: str, finder: ClashFinder) -> None:
    t = KNOWN[tid]
    finder.find([t.a[0], *t.b[:1]], t.kind, "why")
    assert t.why in in_browser(finder)
    assert tid in finder._found()


def test_all_of_them_found_leave_nothing_to_show(finder: ClashFinder) -> None:
    for t in INSIDE:
        assert finder.view["more"]
        finder.find([t.a[0], *t.b[:1]], t.kind, "why")
    assert finder.view["count"] == f"You have found {len(INSIDE)} of the {len(INSIDE)} on our list."
    assert not finder.view["more"]


def test_one_side_keeps_the_form_for_the_other(finder: ClashFinder) -> None:
    view = pin(finder, ONE, kind=KEYED.kind, why="four here")
    assert (view["feedback"]["verdict"], view["feedback"]["tone"]) == (ONE_SIDE, "notyet")
    assert (view["picked"], view["kind"], view["why"]) == ([ONE], KEYED.kind, "four here")
    assert list(on_disk(finder)["finds"]) == ["f1"]
    press(finder, "pick", arg=OTHER)
    view = press(finder, "pin", arg="four here, three there")
    assert view["feedback"]["tone"] == "ok"
    assert [f["word"] for f in view["finds"]] == ["One side of it", "On our list"]


def test_what_takes_another_source_shows_the_evidence(finder: ClashFinder) -> None:
    t = next(t for t in KNOWN.values() if t.outside and not all(e.address for e in t.evidence))
    box = pin(finder, t.a[0], kind="number")["feedback"]
    assert (box["verdict"], box["tone"]) == (DEFENSIBLE, "split")
    assert [s["title"] for s in box["sources"]] == [e.title for e in t.evidence]
    rows = {row["id"]: row for row in pack.records(PACK.evidence)}
    for shown, e in zip(box["sources"], t.evidence, strict=True):
        assert e.publisher in shown["who"]
        assert e.date[:4] in shown["who"]
        assert shown["says"] == rows[e.id]["says"]
        assert "seen" in shown["seen"]
        assert bool(shown["address"]) == bool(rows[e.id]["link_ok"])


def test_a_pair_that_agrees_is_to_be_looked_at_again(finder: ClashFinder) -> None:
    row = next(r for r in pack.records(PACK.reference["agreements"]) if isinstance(r["gains"], str))
    view = pin(finder, row["a"], row["b"])
    assert view["feedback"]["verdict"] == f"These agree: look again at {row['a']} and {row['b']}."
    assert plain(view["feedback"]["body"][0]) == row["why"]
    assert row["gains"] in plain(view["feedback"]["body"][1])
    assert all(marked(text) for _, text in view["feedback"]["sentences"]), "the words they share are marked"
    assert view["finds"][0]["word"] == "These agree"
    assert view["count"].startswith("You have found none")


def test_an_unlisted_find_is_kept_without_blame(finder: ClashFinder) -> None:
    listed = {sid for t in KNOWN.values() for sid in t.a + t.b}
    first, second, *_ = (sid for sid in TEXT if sid not in listed)
    view = pin(finder, first, second, kind="time", why="odd")
    assert (view["feedback"]["verdict"], view["feedback"]["tone"]) == (OPEN, "plain")
    assert list(on_disk(finder)["finds"]) == ["f1"]
    assert view["finds"][0]["word"] == "Not on our list"


def test_no_key_reaches_the_browser_before_a_find_earns_it(finder: ClashFinder) -> None:
    secrets = [s for t in KNOWN.values() for s in (t.title, t.what, t.why)]
    assert not [s for s in secrets if s in in_browser(finder)]
    press(finder, "pick", arg=ONE)
    press(finder, "pick", arg=OTHER)
    press(finder, "kind", arg=KEYED.kind)
    assert not [s for s in secrets if s in in_browser(finder)]
    press(finder, "pin", arg="four, then three")
    assert [s for s in secrets if s in in_browser(finder)] == [KEYED.title, KEYED.what, KEYED.why]
    for sid in (ONE, OTHER):
        pin(finder, sid, kind=KEYED.kind)
        assert finder.view["feedback"]["verdict"] == ONE_SIDE
        assert not [s for s in secrets if s in in_browser(finder)], "one side earns nothing"


def test_what_was_said_can_be_read_again(finder: ClashFinder) -> None:
    pin(finder, ONE, OTHER, kind=KEYED.kind)
    pin(finder, "s02", "s07", kind="time")
    view = press(finder, "again", arg="f1")
    assert view["feedback"]["of"] == "f1"
    assert view["say"].startswith("This one is on our list")
    assert view["news"][1] == "again"


# Shown on request -------------------------------------------------------------------------------------------


def test_tensions_are_shown_one_at_a_time_in_order_and_that_is_recorded(finder: ClashFinder) -> None:
    finder.find([KEYED.a[0], KEYED.b[0]], KEYED.kind, "found")
    rest = [t for t in INSIDE if t.id != KEYED.id]
    for n, t in enumerate(rest, 1):
        assert finder.view["more"]
        assert t.why not in in_browser(finder)
        view = press(finder, "reveal")
        assert [shown["id"] for shown in view["shown"]] == [t.id for t in rest[:n]]
        assert view["shown"][-1]["title"] == t.title
        assert [plain(line) for line in view["shown"][-1]["body"]] == [t.what, t.why]
        assert all(sid in view["shown"][-1]["where"] for sid in t.a + t.b)
        assert view["say"].startswith(t.named)
    assert on_disk(finder)["hints"] == {t.id: "reference" for t in rest}
    assert not view["more"]
    before = on_disk(finder)
    press(finder, "reveal")
    assert on_disk(finder) == before
    assert (
        view["count"] == f"You have found 1 of the {len(INSIDE)} on our list. {len(rest)} were shown to you."
    )


def test_one_that_was_shown_does_not_count_as_found(finder: ClashFinder) -> None:
    press(finder, "reveal")
    t = INSIDE[0]
    finder.find([t.a[0], *t.b[:1]], t.kind, "now I know")
    assert (
        finder.view["count"]
        == f"You have found none of the {len(INSIDE)} on our list yet. 1 was shown to you."
    )


# Taking back ------------------------------------------------------------------------------------------------


def test_a_find_taken_back_is_gone_and_stands_in_the_empty_form_again(finder: ClashFinder) -> None:
    pin(finder, ONE, OTHER, kind=KEYED.kind, why="four, then three")
    draft = finder.view["draft"]
    view = press(finder, "take_back", arg="f1")
    assert on_disk(finder)["finds"] == {}
    assert (view["picked"], view["kind"], view["why"]) == ([ONE, OTHER], KEYED.kind, "four, then three")
    assert view["draft"] > draft
    assert (view["feedback"], view["finds"]) == (None, [])
    assert view["say"].startswith(f"Taken back: {ONE} and {OTHER}")


@pytest.mark.parametrize(("do", "arg"), [("pick", "s09"), ("kind", "time"), ("write", "half a rea")])
def test_taking_back_does_not_touch_a_form_that_is_in_use(finder: ClashFinder, do: str, arg: str) -> None:
    pin(finder, ONE, OTHER, kind=KEYED.kind)
    before = press(finder, do, arg=arg)
    view = press(finder, "take_back", arg="f1")
    for part in ("picked", "kind", "why", "draft"):
        assert view[part] == before[part]
    assert view["finds"] == []


def test_the_feedback_to_another_find_stays_when_one_is_taken_back(finder: ClashFinder) -> None:
    pin(finder, "s02", "s07", kind="time")
    pin(finder, ONE, OTHER, kind=KEYED.kind)
    assert press(finder, "take_back", arg="f1")["feedback"]["of"] == "f2"


def test_no_number_is_given_twice(finder: ClashFinder, tmp_path: Path) -> None:
    for sid in ("s01", "s02", "s03"):
        pin(finder, sid)
    finder.take_back("f3")
    finder.take_back("f1")
    again = open_finder(tmp_path)
    again.find("s04", "time", "why")
    assert list(on_disk(again)["finds"]) == ["f2", "f4"]


def test_no_number_is_given_twice_where_the_file_does_not_count(tmp_path: Path) -> None:
    mine = Answers(4, CODE, PACK.fingerprint, tmp_path)
    mine.set("finds", "f5", {"sentences": ["s01"], "kind": "time", "why": "older"})
    finder = open_finder(tmp_path)
    finder.take_back("f5")
    finder.find("s02", "time", "newer")
    assert list(on_disk(finder)["finds"]) == ["f6"]


def test_a_cell_run_again_shows_what_another_notebook_saved(tmp_path: Path) -> None:
    mine = Answers(4, CODE, PACK.fingerprint, tmp_path)
    open_finder(tmp_path).find("s01", "time", "there")
    assert [f["why"] for f in ClashFinder(PACK, mine).view["finds"]] == ["there"]


def test_numbers_of_two_notebooks_do_not_meet(finder: ClashFinder, tmp_path: Path) -> None:
    other = open_finder(tmp_path)
    finder.find("s01", "time", "here")
    other.find("s02", "time", "there")
    finder.find("s03", "time", "here")
    assert {i: f["why"] for i, f in on_disk(finder)["finds"].items()} == {
        "f1": "here",
        "f2": "there",
        "f3": "here",
    }


# Coming back ------------------------------------------------------------------------------------------------


def test_finds_and_what_was_shown_outlive_a_restart(finder: ClashFinder, tmp_path: Path) -> None:
    pin(finder, ONE, OTHER, kind=KEYED.kind, why="four, then three")
    pin(finder, "s02", "s07", kind="time")
    press(finder, "reveal")
    before = finder.view
    view = open_finder(tmp_path).view
    for part in ("finds", "count", "shown", "more"):
        assert view[part] == before[part]
    assert (view["feedback"], view["picked"], view["say"]) == (None, [], "")


def test_another_student_finds_nothing_of_the_one_before(finder: ClashFinder, tmp_path: Path) -> None:
    other = Answers(4, "blue-fox-20", PACK.fingerprint, tmp_path)
    other.set("finds", "f7", {"sentences": ["s02"], "kind": "time", "why": "theirs"})
    pin(finder, ONE, OTHER, kind=KEYED.kind)
    press(finder, "pick", arg="s05")
    press(finder, "write", arg="half a rea")
    finder.answers.use("blue-fox-20")
    finder.reload()
    view = finder.view
    assert [(f["id"], f["why"]) for f in view["finds"]] == [("f7", "theirs")]
    assert (view["picked"], view["why"], view["feedback"], view["say"]) == ([], "", None, "")
    assert view["who"] == "blue-fox-20"
    assert KEYED.why not in in_browser(finder)
    finder.find("s03", "time", "mine")
    assert list(on_disk(finder)["finds"]) == ["f7", "f8"]


GOOD = {"sentences": ["s01"], "kind": "time", "why": "why"}


@pytest.mark.parametrize(
    ("key", "strange"),
    [
        ("f2", None),
        ("f2", "s01"),
        ("f2", ["s01"]),
        ("f2", {}),
        ("f2", GOOD | {"sentences": "s01"}),
        ("f2", GOOD | {"sentences": []}),
        ("f2", GOOD | {"sentences": ["s01", "s01"]}),
        ("f2", GOOD | {"sentences": ["s01", "s02", "s03"]}),
        ("f2", GOOD | {"sentences": ["s99"]}),
        ("f2", GOOD | {"sentences": [["s01"]]}),
        ("f2", GOOD | {"kind": "outside the text"}),
        ("f2", GOOD | {"kind": ["time"]}),
        ("f2", GOOD | {"why": 7}),
        ("f2", GOOD | {"why": " "}),
        ("f0", GOOD),
        ("find", GOOD),
        ("f" + "9" * 5000, GOOD),
        ("f2\n", GOOD),
    ],
)
def test_a_damaged_find_is_passed_over_and_left_in_the_file(
    tmp_path: Path, key: str, strange: object
) -> None:
    mine = Answers(4, CODE, PACK.fingerprint, tmp_path)
    mine.change(lambda content: content["finds"].update({key: strange, "f1": GOOD}))
    finder = open_finder(tmp_path)
    assert [f["id"] for f in finder.view["finds"]] == ["f1"]
    assert list(finder.as_table()["id"]) == ["f1"]
    finder.find("s02", "time", "more")
    assert len(finder.view["finds"]) == 2
    assert on_disk(finder)["finds"][key] == strange


@pytest.mark.parametrize("last", [None, "7", True, 2.5, -4, 10**30, [3], {}])
def test_a_damaged_count_of_finds_does_no_harm(tmp_path: Path, last: object) -> None:
    mine = Answers(4, CODE, PACK.fingerprint, tmp_path)
    mine.change(lambda content: content.update(last_find=last, finds={"f5": GOOD}))
    finder = open_finder(tmp_path)
    finder.find("s02", "time", "more")
    assert list(on_disk(finder)["finds"]) == ["f5", "f6"]
    assert len(finder.view["finds"]) == 2


def test_strange_hints_show_nothing(tmp_path: Path) -> None:
    mine = Answers(4, CODE, PACK.fingerprint, tmp_path)
    outside = next(t.id for t in KNOWN.values() if t.outside)
    mine.change(
        lambda content: content["hints"].update(
            {"t1": ["reference"], outside: "reference", "s01": "reference"}
        )
    )
    assert open_finder(tmp_path).view["shown"] == []


def test_finds_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    mine = Answers(4, CODE, PACK.fingerprint, tmp_path)
    mine.change(
        lambda content: content["finds"].update({f"f{n}": GOOD | {"why": str(n)} for n in (10, 9, 2)})
    )
    assert [f["id"] for f in open_finder(tmp_path).view["finds"]] == ["f2", "f9", "f10"]


def test_a_damaged_answers_file_is_said(tmp_path: Path) -> None:
    finder = open_finder(tmp_path)
    pin(finder, "s01")
    finder.answers.path.write_text("{", encoding="utf-8")
    assert "damaged" in open_finder(tmp_path).view["trouble"]


# Saving fails -----------------------------------------------------------------------------------------------


def test_a_find_that_cannot_be_saved_is_kept_and_saved_later(
    finder: ClashFinder, full_disk: Callable[[bool], None]
) -> None:
    full_disk(True)
    view = pin(finder, ONE, OTHER, kind=KEYED.kind, why="four, then three")
    assert view["unsaved"][0] == "It could not be saved."
    assert "read-only" in view["unsaved"][1]
    assert view["say"].startswith("It could not be saved.")
    assert [f["why"] for f in view["finds"]] == ["four, then three"]
    assert press(finder, "retry")["unsaved"]
    full_disk(False)
    view = press(finder, "retry")
    assert view["unsaved"] is None
    assert view["say"] == "Saved."
    assert on_disk(finder)["finds"]["f1"]["why"] == "four, then three"


def test_the_next_good_save_takes_the_waiting_find_along(
    finder: ClashFinder, full_disk: Callable[[bool], None]
) -> None:
    full_disk(True)
    pin(finder, ONE, OTHER, kind=KEYED.kind)
    full_disk(False)
    view = pin(finder, "s02", "s07", kind="time")
    assert view["unsaved"] is None
    assert list(on_disk(finder)["finds"]) == ["f1", "f2"]
    assert view["feedback"]["of"] == "f2"


def test_the_twins_raise_when_they_cannot_save(
    finder: ClashFinder, full_disk: Callable[[bool], None]
) -> None:
    finder.find("s01", "time", "why")
    full_disk(True)
    with pytest.raises(NotSaved, match="read-only"):
        finder.find("s02", "time", "why")
    with pytest.raises(NotSaved, match="read-only"):
        finder.take_back("f1")
    assert finder.view["unsaved"]


# Without the widget -----------------------------------------------------------------------------------------


def test_find_saves_draws_and_returns_what_the_check_found(finder: ClashFinder) -> None:
    press(finder, "pick", arg="s09")
    press(finder, "write", arg="half a rea")
    result = finder.find([OTHER, ONE], KEYED.kind, " four, then three ")
    assert (result.outcome, result.told) == ("keyed", (KEYED,))
    assert on_disk(finder)["finds"]["f1"]["why"] == "four, then three"
    assert finder.view["feedback"]["of"] == "f1"
    assert (finder.view["picked"], finder.view["why"]) == (["s09"], "half a rea"), "the form is left alone"
    assert finder.find("s12", "speaker", "Whose reports?").outcome == "keyed"


@pytest.mark.parametrize(
    ("sentences", "kind", "why", "named"),
    [
        ("s99", "number", "why", "no sentence 's99'; they run from s01 to s31"),
        (["s01", 22], "number", "why", "no sentence 22"),
        (["s01", "s02", "s03"], "number", "why", "pick one or two different ones"),
        (["s01", "s01"], "number", "why", "pick one or two different ones"),
        ([], "number", "why", "pick one or two different ones"),
        ("s01", "outside the text", "why", "'scope': one becomes many, or all"),
        ("s01", "numbers", "why", "type 'numbers': the types are 'number'"),
        ("s01", "number", "", "say why in one to 12 words"),
        ("s01", "number", " \n", "say why"),
        ("s01", "number", None, "in quotation marks"),
        ("s01", "number", "x" * 501, "501 characters; at most 500"),
    ],
)
def test_find_refuses_and_says_what_is_allowed(
    finder: ClashFinder, sentences: Any, kind: str, why: Any, named: str
) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        finder.find(sentences, kind, why)
    assert named in str(refused.value)
    assert not finder.answers.path.exists()


def test_take_back_refuses_what_is_not_there(finder: ClashFinder) -> None:
    with pytest.raises(ValueError, match="no find 'f1'; your finds are: none yet"):
        finder.take_back("f1")
    finder.find("s01", "time", "why")
    with pytest.raises(ValueError, match="no find 'f2'; your finds are: f1"):
        finder.take_back("f2")
    finder.take_back("f1")
    assert finder.view["finds"] == []
    assert finder.view["picked"] == []


def test_the_table_holds_the_finds(finder: ClashFinder) -> None:
    columns = ["id", "sentences", "type", "why", "outcome"]
    assert list(finder.as_table().columns) == columns
    assert finder.as_table().empty
    finder.find([OTHER, ONE], KEYED.kind, "four, then three")
    finder.find(["s02", "s07"], "time", "odd")
    assert finder.as_table().to_dict("list") == {
        "id": ["f1", "f2"],
        "sentences": [f"{ONE}, {OTHER}", "s02, s07"],
        "type": [KEYED.kind, "time"],
        "why": ["four, then three", "odd"],
        "outcome": ["On our list", "Not on our list"],
    }


def test_a_page_without_widgets_shows_what_is_asked(finder: ClashFinder) -> None:
    assert repr(finder).startswith(ASK)


# Other packs ------------------------------------------------------------------------------------------------


def test_without_a_reference_finds_are_recorded_and_nothing_is_counted(tmp_path: Path) -> None:
    finder = open_finder(tmp_path / "work", pack.load(copy_pack(tmp_path / "pack", reference=False)))
    assert (finder.view["count"], finder.view["more"]) == ("", False)
    view = pin(finder, ONE, OTHER, kind=KEYED.kind)
    assert view["feedback"]["verdict"] == "Saved. Your teacher will show the class view."
    assert view["feedback"]["body"] == []
    assert view["finds"][0]["word"] == "Saved"
    press(finder, "reveal")
    assert on_disk(finder)["hints"] == {}
    assert not [t for t in KNOWN.values() if t.what in in_browser(finder) or t.title in in_browser(finder)]


def test_a_reference_without_these_tables_is_as_none(tmp_path: Path) -> None:
    kept = {n: t for n, t in PACK.reference.items() if n not in ("tensions", "agreements")}
    finder = open_finder(tmp_path, replace(PACK, reference=kept))
    assert finder.find([ONE, OTHER], KEYED.kind, "why").outcome == "saved"
    assert finder.view["count"] == ""


def test_without_agreements_the_rest_works(tmp_path: Path) -> None:
    kept = {n: t for n, t in PACK.reference.items() if n != "agreements"}
    finder = open_finder(tmp_path, replace(PACK, reference=kept))
    assert finder.find([ONE, OTHER], KEYED.kind, "why").outcome == "keyed"


def test_an_invented_pack_works(tmp_path: Path) -> None:
    six = pack.load(KIT / "tests" / "six_sentences")
    finder = open_finder(tmp_path, six)
    first, *_, last = six.sentences["id"]
    finder.find([last, first], "scope", "why")
    assert finder.view["finds"][0]["where"] == f"{first} and {last} · scope"
    assert finder.view["note"].startswith("6 sentences.")


def test_a_pack_of_one_sentence_works(tmp_path: Path) -> None:
    one = pack.load(sentences_pack(tmp_path / "pack", [("a1", 1, "Nobody knows that.", "")]))
    finder = open_finder(tmp_path / "work", one)
    pin(finder, "a1", kind="grammar")
    assert finder.view["note"].startswith("1 sentence.")
    assert len(finder.as_table()) == 1


# In the browser ---------------------------------------------------------------------------------------------

HOSTILE = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script>'
RING = "() => getComputedStyle(document.activeElement).outlineStyle"


def option(page: Any, sid: str) -> Any:
    return page.locator(f"[role=option][data-arg={sid}]")


def selected(page: Any) -> list[str]:
    found: list[str] = page.locator("[aria-selected=true]").evaluate_all(
        "all => all.map((n) => n.dataset.arg)"
    )
    return found


def by_mouse(w: WidgetPage, *sentences: str, kind: str = KEYED.kind, why: str = "They differ.") -> None:
    for sid in sentences:
        option(w.page, sid).click()
        w.answer()
    w.page.locator(".clash-kind", has_text=kind).first.click()
    w.page.locator("textarea").fill(why)
    w.page.get_by_role("button", name="Pin this find").click()
    w.answer()


@pytest.mark.browser
def test_a_whole_find_by_keyboard(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.arg") == "s01"
    assert page.evaluate(RING) == "solid"
    ids = list(TEXT)
    for _ in range(ids.index(ONE)):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    w.answer()
    for _ in range(ids.index(OTHER) - ids.index(ONE)):
        page.keyboard.press("ArrowDown")
    assert page.evaluate(RING) == "solid"
    page.keyboard.press("Space")
    w.answer()
    assert selected(page) == [ONE, OTHER]
    assert page.locator(".clash-large").all_inner_texts() == [TEXT[ONE], TEXT[OTHER]]
    for _ in range(3):  # past “Put back”, twice, to the types
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(list(KINDS).index(KEYED.kind)):
        page.keyboard.press("ArrowDown")
    w.answer()
    assert page.locator("input:checked").input_value() == KEYED.kind
    assert page.evaluate("document.activeElement.value") == KEYED.kind
    page.keyboard.press("Tab")
    page.keyboard.type("four, then three")
    page.keyboard.press("Tab")
    w.answer()
    assert w.focused == "button Pin this find"
    page.keyboard.press("Enter")
    w.answer()
    assert w.focused == "button Pin this find", "the focus stays"
    assert on_disk(finder)["finds"]["f1"] == {
        "sentences": [ONE, OTHER],
        "kind": KEYED.kind,
        "why": "four, then three",
    }
    assert page.locator(".clash-box .ws-verdict").inner_text() == f"This one is on our list: {KEYED.named}"
    assert KEYED.why in page.locator("[role=status]").inner_text()
    assert page.locator("textarea").input_value() == ""
    assert page.locator("input:checked").count() == 0
    assert selected(page) == []
    page.keyboard.press("Tab")
    assert w.focused == "button Back to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.arg") == OTHER, "the list knows where one was"
    assert page.evaluate("keys.filter((key) => key !== 'Tab')") == [], "the notebook must not see these keys"


@pytest.mark.browser
def test_a_whole_find_by_mouse(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    by_mouse(w, OTHER, ONE)
    assert page.locator(".clash-find").inner_text().startswith("On our list")
    assert page.locator(".clash-box mark").count() >= 2
    assert w.focused == "button Pin this find"
    assert page.get_by_text(f"You have found 1 of the {len(INSIDE)} on our list.").is_visible()


@pytest.mark.browser
def test_the_list_says_what_it_is(page: Any, finder: ClashFinder) -> None:
    WidgetPage(page, finder)
    box = page.get_by_role("listbox", name="The text, sentence by sentence")
    assert box.get_attribute("aria-multiselectable") == "true"
    assert box.get_by_role("group", name="Paragraph 1", exact=True).get_by_role("option").count() == 2
    assert box.get_by_role("option", name=f"s01 {TEXT['s01']}", exact=True).count() == 1
    assert page.locator("[role=option][tabindex='0']").count() == 1
    assert page.locator("[role=option]:not([data-lm-suppress-shortcuts])").count() == 0
    assert box.evaluate("n => n.clientHeight <= 420 && n.scrollHeight > n.clientHeight")
    assert page.get_by_role("group", name="What does not fit?").get_by_role("radio").count() == len(KINDS)
    assert page.get_by_role("radio", name="scope one becomes many, or all").count() == 1
    field = page.get_by_role("textbox", name=f"Why? Say it in at most {WORDS} words.")
    described = "n => document.getElementById(n.getAttribute('aria-describedby')).textContent"
    assert field.evaluate(described) == f"0 of at most {WORDS} words"


@pytest.mark.browser
def test_a_third_sentence_is_refused_in_words(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    for sid in ("s01", "s02", "s03"):
        option(page, sid).click()
        w.answer()
    assert selected(page) == ["s01", "s02"]
    assert FULL in page.locator(".clash-now").inner_text()
    assert FULL in page.locator("[role=status]").inner_text()
    option(page, "s02").click()
    w.answer()
    assert FULL not in page.locator(".clash-now").inner_text()


@pytest.mark.browser
def test_the_focus_is_never_lost_when_a_sentence_is_put_back(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    option(page, "s01").click()
    w.answer()
    page.get_by_role("button", name="Put back s01").press("Enter")
    w.answer()
    assert page.evaluate("document.activeElement.dataset.arg") == "s01"
    assert selected(page) == []


@pytest.mark.browser
def test_dragging_over_words_picks_nothing(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    option(page, "s02").locator(".ws-q").dblclick()
    w.answer()
    assert selected(page) == ["s02"], "a double click picks once"
    place = option(page, "s01").locator(".ws-q").bounding_box()
    page.mouse.move(place["x"] + 5, place["y"] + 8)
    page.mouse.down()
    page.mouse.move(place["x"] + 120, place["y"] + 8, steps=4)
    page.mouse.up()
    assert w.answer() == []
    assert page.evaluate("getSelection().toString().length") > 3


@pytest.mark.browser
def test_what_is_written_is_never_lost_by_a_drawing(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    box = page.locator("textarea")
    box.press_sequentially("half a rea")
    finder.find("s02", "time", "typed in a cell")
    w.show()
    assert box.input_value() == "half a rea"
    assert w.focused == "textarea half a rea"
    option(page, "s01").click()  # leaving sends it
    box.press_sequentially("son")
    w.answer()
    assert box.input_value() == "half a reason"
    page.locator("#before").focus()
    w.answer()
    assert finder.view["why"] == "half a reason"
    w.leave()
    again = WidgetPage(page, finder)
    assert page.locator("textarea").input_value() == "half a reason", "the cell is drawn anew"
    assert selected(page) == ["s01"]
    page.locator("textarea").press_sequentially("!")
    again.leave()
    again.answer()
    assert "!" in finder.view["why"], "the last letters were sent"


@pytest.mark.browser
def test_what_is_written_while_python_works_is_kept(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    option(page, ONE).click()
    option(page, OTHER).click()
    page.locator(".clash-kind", has_text=KEYED.kind).first.click()
    page.locator("textarea").fill("four, then three")
    page.get_by_role("button", name="Pin this find").click()
    page.locator("textarea").fill("the next one")
    w.answer()
    assert on_disk(finder)["finds"]["f1"]["why"] == "four, then three"
    assert page.locator("textarea").input_value() == "the next one"
    assert page.locator(".clash-count").inner_text() == f"3 of at most {WORDS} words"


@pytest.mark.browser
def test_two_clicks_on_pin_pin_once(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    option(page, ONE).click()
    option(page, OTHER).click()
    page.locator(".clash-kind", has_text=KEYED.kind).first.click()
    page.locator("textarea").fill("four, then three")
    page.get_by_role("button", name="Pin this find").dblclick()
    w.answer()
    assert page.locator(".clash-find").count() == 1
    assert page.locator(".ws-fb:visible .ws-verdict").all_inner_texts() == [
        f"This one is on our list: {KEYED.named}"
    ]


@pytest.mark.browser
def test_the_type_chosen_last_counts_while_answers_are_under_way(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    for kind in ("time", "scope"):
        page.locator(".clash-kind", has_text=kind).first.click()
    w.answer(1)
    assert page.locator("input:checked").input_value() == "scope"
    w.answer()
    assert page.locator("input:checked").input_value() == finder.view["kind"] == "scope"


@pytest.mark.browser
def test_the_counter_warns_and_does_not_block(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    state = page.locator(".clash-count")
    page.locator("textarea").fill("word " * (WORDS + 2))
    assert f"{WORDS + 2} words: 2 more than the {WORDS} asked for." in state.inner_text()
    page.locator("textarea").fill("x" * (LONGEST + 50))
    assert "no room for more" in state.inner_text()
    by_mouse(w, "s01", why="word " * (WORDS + 2))
    assert len(on_disk(finder)["finds"]["f1"]["why"].split()) == WORDS + 2


@pytest.mark.browser
def test_pinning_too_early_says_what_is_missing(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    page.get_by_role("button", name="Pin this find").click()
    w.answer()
    assert page.locator(".ws-fb:visible .ws-verdict").inner_text() == "Not pinned yet."
    assert page.locator("[role=status]").inner_text().startswith("Not pinned yet. Pick one or two")
    assert w.focused == "button Pin this find"
    by_mouse(w, ONE, OTHER)
    assert page.get_by_text("Not pinned yet.", exact=True).count() == 0


@pytest.mark.browser
def test_the_focus_after_taking_back(page: Any, finder: ClashFinder) -> None:
    for sid in ("s01", "s02", "s05"):
        finder.find(sid, "time", f"about {sid}")
    w = WidgetPage(page, finder)
    names = "n => n.getAttribute('aria-label')"
    page.get_by_role("button", name="Take back s02 · time").press("Enter")
    w.answer()
    assert page.locator(":focus").evaluate(names) == "Take back s05 · time", "on to the next one"
    assert page.locator("textarea").input_value() == "about s02", "it stands in the form again"
    page.keyboard.press("Enter")
    w.answer()
    assert page.locator(":focus").evaluate(names) == "Take back s01 · time", "or to the last"
    page.keyboard.press("Enter")
    w.answer()
    assert page.locator(":focus").inner_text() == "Your finds"
    assert page.locator("textarea").input_value() == "about s02"
    assert page.get_by_text("Nothing pinned yet.").is_visible()


@pytest.mark.browser
def test_reading_again_brings_the_focus_to_what_was_said(page: Any, finder: ClashFinder) -> None:
    finder.find([ONE, OTHER], KEYED.kind, "four, then three")
    finder.find(["s02", "s07"], "time", "odd")
    w = WidgetPage(page, finder)
    assert page.locator(".clash-find").count() == 2
    page.get_by_role("button", name=f"Read again: {ONE} and {OTHER}").press("Enter")
    w.answer()
    assert page.locator(":focus").get_attribute("aria-label") == f"This one is on our list: {KEYED.named}"
    assert page.locator(":focus").bounding_box()["y"] < page.viewport_size["height"]


@pytest.mark.browser
def test_the_focus_when_the_last_one_is_shown(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    more = page.get_by_role("button", name="Show one I have not found")
    more.focus()
    for n in range(1, len(INSIDE)):
        page.keyboard.press("Enter")
        w.answer()
        assert page.locator(".clash-shown").count() == n
        assert w.focused == "button Show one I have not found"
    page.keyboard.press("Enter")
    w.answer()
    assert more.count() == 0
    assert INSIDE[-1].title in page.locator(":focus").inner_text()


@pytest.mark.browser
def test_another_student_sees_an_empty_form(page: Any, finder: ClashFinder) -> None:
    w = WidgetPage(page, finder)
    option(page, "s01").click()
    page.locator("textarea").fill("half a reason")
    w.answer()
    finder.answers.use("blue-fox-20")
    finder.reload()
    w.show()
    assert page.locator("textarea").input_value() == ""
    assert selected(page) == []


@pytest.mark.browser
def test_a_failed_save_in_the_browser(
    page: Any, finder: ClashFinder, full_disk: Callable[[bool], None]
) -> None:
    w = WidgetPage(page, finder)
    full_disk(True)
    by_mouse(w, ONE, OTHER)
    assert page.locator(".ws-fb--warn:visible .ws-verdict").inner_text() == "It could not be saved."
    assert page.locator(".clash-find").count() == 1
    full_disk(False)
    page.get_by_role("button", name="Save again").click()
    w.answer()
    assert page.get_by_role("button", name="Save again").count() == 0
    assert w.focused == "button Pin this find"
    assert list(on_disk(finder)["finds"]) == ["f1"]


@pytest.mark.browser
def test_links_are_only_where_students_may_go(page: Any, finder: ClashFinder) -> None:
    t = next(t for t in KNOWN.values() if t.outside and not all(e.address for e in t.evidence))
    finder.find(t.a[0], "number", "why")
    WidgetPage(page, finder)
    shown = page.locator(".ws-sources li")
    assert shown.count() == len(t.evidence)
    for row, e in zip(shown.all(), t.evidence, strict=True):
        hrefs = row.locator("a").evaluate_all("all => all.map((a) => [a.getAttribute('href'), a.rel])")
        assert hrefs == ([[e.address, "noopener noreferrer"]] if e.address else [])
        assert e.title in row.inner_text()


@pytest.mark.browser
def test_texts_are_shown_as_text(page: Any, tmp_path: Path) -> None:
    rows = [("a1", 1, HOSTILE, ""), ("a2", 1, "x" * 3000, "")]
    finder = open_finder(tmp_path / "work", pack.load(sentences_pack(tmp_path / "pack", rows)))
    finder.find("a1", "time", HOSTILE)
    w = WidgetPage(page, finder)
    for sid in ("a1", "a2"):
        option(page, sid).click()
        w.answer()
    page.locator("textarea").fill(HOSTILE)
    page.get_by_role("button", name="Take back a1").click()
    w.answer()
    assert option(page, "a1").locator(".ws-q").inner_text() == HOSTILE
    assert page.locator(".clash-large").first.inner_text() == HOSTILE
    assert page.locator(".host img, .host script").count() == 0
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
@pytest.mark.parametrize("light", [True, False])
@pytest.mark.parametrize("width", [640, 1280])
def test_nothing_hinders_a_reader(
    page: Any, finder: ClashFinder, monkeypatch: pytest.MonkeyPatch, light: bool, width: int
) -> None:
    colours = "--jp-layout-color0: #111; --jp-layout-color1: #212121; --jp-content-font-color0: #fff"
    dark = f"body {{ background: #111; {colours} }}"
    themed = widget_page.PAGE.replace("<body", f"<style>{'' if light else dark}</style><body").replace(
        '"true"', f'"{str(light).lower()}"'
    )
    monkeypatch.setattr(widget_page, "PAGE", themed)
    page.set_viewport_size({"width": width, "height": 900})
    outside = next(t for t in KNOWN.values() if t.outside)
    finder.find([ONE, OTHER], KEYED.kind, "four, then three")
    finder.find(["s02", "s07"], "time", "odd")
    finder.find(outside.a[0], "number", "why")
    press(finder, "reveal")
    for sid in ("s01", "s22", "s05"):
        press(finder, "pick", arg=sid)
    press(finder, "kind", arg="number")
    w = WidgetPage(page, finder)
    page.locator("textarea").fill("word " * (WORDS + 1))
    page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
    for do in ("again", "pin"):
        found = page.evaluate("axe.run('.host', {resultTypes: ['violations']})")["violations"]
        assert not [(v["id"], n["html"][:200]) for v in found for n in v["nodes"]]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing scrolls sideways"
        if do == "again":
            page.get_by_role("button", name=f"Read again: {ONE} and {OTHER}").click()
            w.answer()
    heights = page.locator("button:not(#before), .clash-kind, textarea").evaluate_all(
        "all => all.map((n) => n.offsetHeight)"
    )
    assert min(heights) >= 38
    sizes = page.locator(".host *").evaluate_all(
        "all => all.filter((n) => n.innerText?.trim()).map((n) => parseFloat(getComputedStyle(n).fontSize))"
    )
    assert min(sizes) >= 14
    beside = page.locator(".clash-card").evaluate_all("all => all.map((n) => n.getBoundingClientRect().top)")
    assert (len(set(beside)) == 1) == (width > 820)
