"""The version slider: guess, difference, judgement; saved, resumed, and told without a reference."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from helpers import DATA, KIT
from packs import copy_pack, sentences_pack
from whosays import answers as store
from whosays import pack
from whosays.answers import Answers, NotSaved
from whosays.checks import CHANGES, NO_REFERENCE, version_keys
from whosays.course import Lesson
from whosays.course.core import GUESS_FIRST, NO_KEY
from whosays.figures import figure_table
from whosays.measures.wording import versions
from whosays.pack import Pack
from whosays.widgets.versions import ASK, EMPTY, NOTHING_YET, VersionSlider
from widget_page import WidgetPage

CODE, OTHER = "amber-otter-17", "silver-wren-20"
PACK = pack.load(DATA)
SIX = pack.load(KIT / "tests" / "six_sentences")
KEYS = version_keys(PACK)
ROWS = {row["id"]: row for row in versions(PACK)}
ASKED = [i for i, row in ROWS.items() if row["seen"] and row["kind"] != "this text"]
UNSEEN = [i for i, row in ROWS.items() if not row["seen"]]
TOPICS = list(dict.fromkeys(row["topic"] for row in ROWS.values()))


def open_slider(folder: Path, loaded: Pack = PACK) -> VersionSlider:
    return VersionSlider(loaded, Answers(7, CODE, loaded.fingerprint, folder))


@pytest.fixture
def slider(tmp_path: Path) -> VersionSlider:
    return open_slider(tmp_path)


def press(slider: VersionSlider, do: str, **more: Any) -> dict[str, Any]:
    slider._received(None, {"do": do, **more}, None)
    view: dict[str, Any] = slider.view
    return view


def go(slider: VersionSlider, version: str) -> dict[str, Any]:
    press(slider, "topic", arg=str(TOPICS.index(ROWS[version]["topic"])))
    return press(slider, "go", arg=version)


def guess(slider: VersionSlider, version: str, value: str = "same") -> dict[str, Any]:
    go(slider, version)
    return press(slider, "choose", ask="guess", arg=value)


def judge(slider: VersionSlider, version: str, value: str, first: str = "same") -> dict[str, Any]:
    guess(slider, version, first)
    return press(slider, "choose", ask="now", arg=value)


def sent(slider: VersionSlider) -> str:
    """All that the browser has been given besides script and style."""
    state = {k: v for k, v in slider.get_state().items() if k not in ("_esm", "_css")}
    return json.dumps(state, ensure_ascii=False, default=str)


def plain(segments: list[dict[str, Any]]) -> str:
    return "".join(s["t"] for s in segments)


def content(slider: VersionSlider) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(slider.answers.path.read_text(encoding="utf-8"))
    return found


# One stop -------------------------------------------------------------------------------------------------


def test_it_begins_with_the_first_stop_and_both_wordings_plain(slider: VersionSlider) -> None:
    view = slider.view
    assert len(ASK.split()) <= 18
    assert (view["now"], view["state"], view["key"]) == (ASKED[0], "guess", "guess")
    assert view["wordings"]["words"][0] == ROWS[ASKED[0]]["wording"]
    assert view["wordings"]["pieces"] is None
    assert (view["held"], view["nothing"], view["feedback"]) == ([], NOTHING_YET, None)
    assert [t["name"].lower() for t in view["topics"]] == [t.lower() for t in TOPICS]
    assert not slider.answers.path.exists()


def test_no_key_reaches_the_browser_before_the_judgement(slider: VersionSlider) -> None:
    for version in ASKED:
        guess(slider, version)
        assert KEYS[version].why not in sent(slider).replace('\\"', '"')
        assert slider.view["feedback"] is None
        assert not slider.view["held"]


def test_the_difference_comes_with_the_guess(slider: VersionSlider) -> None:
    before = go(slider, "vr11")["title"]
    view = guess(slider, "vr11", "small change")
    assert before == "AFP and s13: do they say the same?"
    assert view["title"] == "AFP has “for the long haul”. This text has “of the war”."
    assert ["changed", "for the long haul.", "of the war"] in view["wordings"]["pieces"]
    assert (view["state"], view["key"], view["guessed"], view["chosen"]) == ("now", "now", "Small change", "")


@pytest.mark.parametrize(
    ("version", "title"),
    [
        ("vr02", "Reuters has the same words"),
        ("vr13", "AP has a part of it, word for word"),
        ("vr20", "Video of the statement has it in French"),
        ("vr31", "news-pravda.com does not have “the”"),
        ("vr34", "AP has “friends”. This text has “threats”."),
    ],
)
def test_the_title_states_what_the_words_show(slider: VersionSlider, version: str, title: str) -> None:
    assert guess(slider, version)["title"] == title


def test_guess_and_judgement_are_saved_apart_and_the_first_of_each_is_kept(slider: VersionSlider) -> None:
    judge(slider, "vr11", "same", first="small change")
    press(slider, "choose", ask="now", arg="meaning changes")
    press(slider, "choose", ask="guess", arg="meaning changes")  # the second click of two
    saved = content(slider)
    assert saved["cards"] == {"vr11.guess": "small change", "vr11.now": "meaning changes"}
    assert saved["first_cards"] == {"vr11.guess": "small change", "vr11.now": "same"}


def test_there_is_no_judgement_before_the_guess(slider: VersionSlider) -> None:
    press(slider, "choose", ask="now", arg="same")
    assert not slider.answers.path.exists()


def test_what_is_said_quotes_the_words_and_marks_them(slider: VersionSlider) -> None:
    box = judge(slider, "vr11", "meaning changes")["feedback"]
    assert (box["tone"], box["verdict"]) == ("ok", "The reference agrees: “Meaning changes”.")
    assert plain(box["body"][0]) == KEYS["vr11"].why
    assert [s["t"] for s in box["body"][0] if s["m"]] == ["“for the long haul”", "“of the war”"]
    assert box["verdict"] in slider.view["say"]


def test_every_answer_to_every_stop_has_a_reason(slider: VersionSlider) -> None:
    for version in ASKED:
        guess(slider, version)
        for value in CHANGES:
            box = press(slider, "choose", ask="now", arg=value)["feedback"]
            tones = ("split", "ok") if value in KEYS[version].accepted else ("notyet",)
            assert box["tone"] in tones, (version, value)
            assert plain(box["body"][0]) == KEYS[version].why


def test_two_languages_are_not_set_word_beside_word(slider: VersionSlider) -> None:
    view = guess(slider, "vr20")
    assert view["wordings"]["pieces"] is None
    assert view["wordings"]["notes"][-1].startswith("Two languages")
    assert next(s for s in view["stops"] if s["now"])["plain"] == "in French"


def test_two_speakers_are_told(slider: VersionSlider) -> None:
    notes = go(slider, "vr27")["wordings"]["notes"]
    assert notes == ["DW gives the words to Emmanuel Macron. This text gives them to “Both leaders”."]
    assert go(slider, "vr11")["wordings"]["notes"] == ["Both give the words to Mark Rutte."]


# What was not seen ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", UNSEEN)
def test_what_was_not_seen_is_not_asked_about(slider: VersionSlider, version: str) -> None:
    view = go(slider, version)
    assert (view["state"], view["wordings"], view["options"]) == ("unseen", None, [])
    assert view["missing"] == ROWS[version]["note"]
    stop = next(s for s in view["stops"] if s["now"])
    assert (stop["seen"], stop["said"], stop["words"]) == ("none", "not verified here", "")
    press(slider, "choose", ask="guess", arg="same")
    assert not content(slider)["cards"]
    with pytest.raises(ValueError, match=f"no version '{version}'"):
        slider.judge(version, "same")


def test_every_road_says_what_is_not_proven_and_not_verified(slider: VersionSlider) -> None:
    for n, topic in enumerate(TOPICS):
        told = dict(press(slider, "topic", arg=str(n))["unknown"])
        assert "who copied whom" in told["Not proven:"]
        gaps = {ROWS[v]["outlet"] for v in UNSEEN if ROWS[v]["topic"] == topic}
        assert all(outlet in told["Not verified here:"] for outlet in gaps)
        assert bool(gaps) == ("Not verified here:" in told)


def test_what_is_known_names_carrier_source_and_translation(slider: VersionSlider) -> None:
    said = " ".join(guess(slider, "vr17")["known"])
    assert "It names Reuters as its source." in said
    assert "Translated out of English and back." in said
    assert "at VOI (13 November 2024)" in said
    assert "in a copy carried by SpaceWar" in " ".join(guess(slider, "vr11")["known"])


def test_only_addresses_that_pupils_may_open_reach_the_page(slider: VersionSlider) -> None:
    closed = {row["id"]: row for row in PACK.tables["evidence"].to_dict("records") if not row["link_ok"]}
    for version in ASKED:
        box = judge(slider, version, "same")["feedback"]
        if ROWS[version]["evidence_id"] in closed:
            assert [s["address"] for s in box["sources"]] == [""]
    assert not re.search(r"https?://[^\" ]*pravda\.com", sent(slider))


# The road -------------------------------------------------------------------------------------------------


def test_the_slider_counts_the_stops_without_this_text(slider: VersionSlider) -> None:
    press(slider, "topic", arg=str(TOPICS.index("the course")))
    mine = [i for i, row in ROWS.items() if row["topic"] == "the course"]
    stops = [i for i in mine if ROWS[i]["kind"] != "this text"]
    assert [s["id"] for s in slider.view["stops"]] == mine
    for n, version in enumerate(stops, 1):
        view = press(slider, "slide", arg=str(n))
        assert (view["now"], view["at"], view["of"]) == (version, n, len(stops))
    assert press(slider, "slide", arg="99")["now"] == stops[-1]
    assert press(slider, "slide", arg="-1")["now"] == stops[0]


def test_next_goes_round_all_open_stops_and_then_there_is_none(slider: VersionSlider) -> None:
    seen = []
    for _ in ASKED:
        seen.append(slider.view["now"])
        view = judge(slider, slider.view["now"], "same")
        if view["next"]:
            press(slider, "next")
    assert seen == ASKED
    assert slider.view["next"] == []
    assert slider.view["progress"].startswith(f"{len(ASKED)} of {len(ASKED)} stops judged.")
    assert all(topic["all"] for topic in slider.view["topics"])


def test_what_held_up_stands_first_once_it_was_judged(slider: VersionSlider) -> None:
    judge(slider, "vr11", "same")
    assert slider.view["held"] == []
    judge(slider, "vr13", "small change")
    assert slider.view["held"] == [["The course, s13.", f"AP: {KEYS['vr13'].why}"]]
    assert list(slider.view).index("held") < list(slider.view).index("topics")


def test_the_whole_road_tells_what_holds_up_before_what_does_not(slider: VersionSlider) -> None:
    mine = [v for v in ASKED if ROWS[v]["topic"] == "the threat"]
    for version in mine[:-1]:
        assert judge(slider, version, "same")["feedback"]["parts"] == []
    parts = judge(slider, mine[-1], "same")["feedback"]["parts"]
    assert [head for head, _ in parts] == ["What holds up", "What does not", "Not settled"]


def test_a_restart_resumes_at_the_stop(tmp_path: Path, slider: VersionSlider) -> None:
    judge(slider, "vr11", "meaning changes")
    go(slider, "vr12")
    again = open_slider(tmp_path).view
    assert (again["now"], again["state"]) == ("vr12", "guess")
    assert next(s for s in again["stops"] if s["id"] == "vr11")["mine"] == "you: meaning changes"


def test_another_student_sees_their_own(slider: VersionSlider) -> None:
    judge(slider, "vr11", "meaning changes")
    slider.answers.use(OTHER)
    slider.reload()
    assert (slider.view["now"], slider.view["feedback"]) == (ASKED[0], None)
    assert not slider.as_table()["judged"].any()


@pytest.mark.parametrize("strange", [7, "vr99", "vr04", None, {"a": 1}])
def test_strange_entries_in_the_file_do_no_harm(tmp_path: Path, strange: Any) -> None:
    answers = Answers(7, CODE, PACK.fingerprint, tmp_path)
    answers.change(lambda c: c["views"].update(versions=strange))
    answers.change(lambda c: c["cards"].update({"vr01.guess": "true", "vr01.now": 3}))
    view = open_slider(tmp_path).view
    assert (view["now"], view["state"]) == (ASKED[0], "guess")


@pytest.mark.parametrize(
    "message",
    [
        {"do": "choose", "arg": "true", "ask": "guess"},
        {"do": "choose", "arg": ["same"], "ask": "guess"},
        {"do": "choose", "arg": "same", "ask": "sure"},
        {"do": "go", "arg": "vr04"},
        {"do": "go", "arg": "vr45"},
        {"do": "go", "arg": 4},
        {"do": "slide", "arg": "x"},
        {"do": "topic", "arg": "99"},
    ],
)
def test_messages_that_no_button_sends_change_nothing(slider: VersionSlider, message: dict[str, Any]) -> None:
    slider._received(None, message, None)
    assert slider.view["now"] == ASKED[0]
    assert not slider.answers.path.exists()


def test_without_room_on_the_disk_it_says_so_and_saves_later(
    slider: VersionSlider, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store.write_whole

    def refuse(path: Path, text: str) -> None:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(store, "write_whole", refuse)
    view = press(slider, "choose", ask="guess", arg="same")
    assert (view["retry"], view["guessed"]) == (True, "Same")
    assert "could not be saved" in view["say"]
    with pytest.raises(NotSaved):
        slider.judge(ASKED[0], "same", "same")
    monkeypatch.setattr(store, "write_whole", real)
    view = press(slider, "retry")
    assert (view["retry"], view["trouble"]) == (False, "")
    assert content(slider)["cards"][f"{ASKED[0]}.guess"] == "same"


# Without buttons ------------------------------------------------------------------------------------------


def test_the_twin_answers_and_prints_what_there_is_to_say(
    slider: VersionSlider, capsys: pytest.CaptureFixture[str]
) -> None:
    slider.judge("vr11", "small change")
    assert "You judge now" in capsys.readouterr().out
    slider.judge("vr11", "same", "meaning changes")
    assert KEYS["vr11"].why in capsys.readouterr().out
    row = slider.as_table().set_index("version").loc["vr11"]
    assert (row["guess"], row["judged"]) == ("small change", "meaning changes")
    with pytest.raises(ValueError, match="choose one of 'same'"):
        slider.judge("vr11", "true")


def test_the_table_has_every_version_and_no_key(slider: VersionSlider) -> None:
    table = slider.as_table()
    assert list(table["version"]) == list(ROWS)
    assert set(table[table["version"].isin(UNSEEN)]["words"]) == {"not verified here"}
    assert "change" not in table.columns


# Other packs ----------------------------------------------------------------------------------------------


def test_without_a_reference_it_records_and_still_marks_the_words(tmp_path: Path) -> None:
    slider = open_slider(tmp_path / "work", pack.load(copy_pack(tmp_path / "pack", reference=False)))
    view = judge(slider, "vr02", "same")
    assert (view["feedback"]["tone"], view["feedback"]["verdict"]) == ("plain", NO_REFERENCE)
    assert view["wordings"]["pieces"][0][0] == "same"
    assert view["held"] == [["The threat, s03.", "Reuters: You judged: the same."]]
    assert content(slider)["cards"]["vr02.now"] == "same"


@pytest.mark.parametrize("kind", ["six", "sentences alone"])
def test_a_pack_without_versions_says_so(tmp_path: Path, kind: str) -> None:
    loaded = SIX
    if kind != "six":
        loaded = pack.load(sentences_pack(tmp_path / "small", [("s01", 1, "A text.", "true")]))
    slider = open_slider(tmp_path / "work", loaded)
    assert (slider.view["state"], slider.view["ask"]) == ("empty", EMPTY)
    for do in ("next", "retry"):
        press(slider, do)
    press(slider, "choose", ask="guess", arg="same")
    press(slider, "go", arg="vr01")
    assert slider.as_table().empty
    lesson = Lesson(7, loaded)
    assert lesson.table().empty
    assert lesson.trace().figure is not None
    assert NO_KEY in repr(lesson.held_up())
    assert repr(lesson.better_quote())


def test_a_road_with_this_text_alone_is_no_road(tmp_path: Path) -> None:
    where = copy_pack(tmp_path / "pack", reference=False)
    lines = (where / "versions.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if ",the threat," not in line or ",this text," in line]
    (where / "versions.csv").write_text("".join(kept), encoding="utf-8")
    slider = open_slider(tmp_path / "work", pack.load(where))
    assert slider.view["topics"][0]["name"] == "China’s help"
    assert press(slider, "topic", arg="0")["now"] == "vr05"


# The lesson -----------------------------------------------------------------------------------------------


def test_the_lesson_has_its_table_and_check(capsys: pytest.CaptureFixture[str]) -> None:
    lesson = Lesson(7, PACK)
    table = lesson.table()
    assert len(table) == len(ASKED)
    lesson.check_outlets(table.drop_duplicates(["topic", "source"]))
    assert capsys.readouterr().out.startswith("Yes")


def test_the_tree_waits_for_a_guess_and_follows_the_road() -> None:
    lesson = Lesson(7, PACK)
    chart = lesson.trace(after="p1")
    assert chart.figure is None
    lesson.answers.set("predictions", "p1", "few")
    slider = lesson.versions()
    go(slider, "vr34")
    assert chart.figure is not None
    assert "DW (Germany)" in set(figure_table(chart.figure)["who"])
    assert lesson.trace(topic="the threat").figure is not None
    with pytest.raises(ValueError, match="no topic 'the weather'"):
        lesson.trace(topic="the weather")


def test_what_held_up_is_told_by_quotation() -> None:
    lesson = Lesson(7, PACK)
    held = PACK.reference["quotes"]["holds_up"]
    assert all(text in repr(lesson.held_up()) for text in held)
    assert GUESS_FIRST in repr(lesson.held_up(after="p2"))


def test_a_sentence_gains_once_a_stop_was_judged() -> None:
    lesson = Lesson(7, PACK)
    card = lesson.better_quote()
    assert "Judge a stop" in repr(card)
    judge(lesson.versions(), "vr34", "same")
    assert "s03" in repr(card)
    assert KEYS["vr02"].why in repr(card)


def test_only_another_road_or_an_answer_tells_the_rest_of_the_page(tmp_path: Path) -> None:
    told: list[str] = []
    answers = Answers(7, CODE, PACK.fingerprint, tmp_path)
    slider = VersionSlider(PACK, answers, on_change=lambda: told.append(slider.view["now"]))
    press(slider, "slide", arg="2")
    assert told == []
    press(slider, "topic", arg="2")
    press(slider, "choose", ask="guess", arg="same")
    assert len(told) == 2


# In the browser -------------------------------------------------------------------------------------------


def test_a_road_by_keyboard(page: Any, slider: VersionSlider) -> None:
    widget = WidgetPage(page, slider)
    page.locator("input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    widget.answer()
    assert slider.view["now"] == "vr02"
    page.keyboard.press("Tab")
    assert "Reuters" in widget.focused
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    widget.answer()
    assert slider.view["now"] == "vr01"
    page.keyboard.press("2")
    widget.answer()
    assert page.locator(".road-pairs mark").count() > 0
    page.keyboard.press("3")
    widget.answer()
    assert "Meaning changes" in widget.focused
    page.keyboard.press("Enter")
    widget.answer()
    assert (slider.view["now"], slider.view["key"]) == ("vr02", "guess")
    assert "Same" in widget.focused
    assert page.evaluate("window.keys") == []
    saved = content(slider)["cards"]
    assert saved == {"vr01.guess": "small change", "vr01.now": "meaning changes"}


def test_a_double_click_does_not_answer_twice(page: Any, slider: VersionSlider) -> None:
    widget = WidgetPage(page, slider)
    first = page.locator(".road-judge [data-arg='same']").bounding_box()
    at = first["x"] + 5, first["y"] + 5
    page.mouse.click(*at)
    widget.answer()
    page.evaluate("document.querySelector('.road-judge').prepend(document.querySelector('.ws-seg'))")
    again = page.locator(".road-judge [data-arg='same']")
    again.dispatch_event("mousedown", {"detail": 2})
    again.dispatch_event("click", {"detail": 2})
    assert widget.answer() == []
    again.dispatch_event("mousedown", {"detail": 1})
    again.dispatch_event("click", {"detail": 1})
    assert len(widget.answer()) == 1


@pytest.mark.parametrize("width", [640, 700, 1040, 1500])
def test_nothing_leaves_the_page_at_any_width(page: Any, slider: VersionSlider, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    judge(slider, "vr35", "same")
    widget = WidgetPage(page, slider)
    for version in ("vr44", "vr18", "vr10"):
        go(slider, version)
        if version != "vr10":
            judge(slider, version, "same")
        widget.show()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    go(slider, "vr18")
    widget.show()
    wide = page.locator(".road-pairs").is_visible()
    assert wide == (width > 840)
    marks = page.locator(".road-pairs mark, .road-row mark").first
    assert "double" in marks.evaluate("node => getComputedStyle(node).textDecorationStyle")
    assert "(changed:)" in page.locator(".road-row").first.inner_text() or wide


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page: Any, slider: VersionSlider, theme: str) -> None:
    widget = WidgetPage(page, slider)
    if theme == "dark":
        colours = (
            "background:#111;--jp-layout-color0:#111;--jp-layout-color1:#212121;--jp-content-font-color0:#fff"
        )
        page.evaluate(
            "css => { document.body.dataset.jpThemeLight = 'false'; document.body.style.cssText = css }",
            colours,
        )
    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    steps = (
        lambda: None,
        lambda: guess(slider, "vr35"),
        lambda: judge(slider, "vr35", "same"),
        lambda: judge(slider, "vr13", "same"),
        lambda: go(slider, "vr10"),
    )
    for step in steps:
        step()
        widget.show()
        page.locator("details").evaluate_all("nodes => nodes.forEach((node) => { node.open = true })")
        found = page.evaluate("axe.run('.host', {resultTypes: ['violations']})")["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
