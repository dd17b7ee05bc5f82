"""The rewrite desk: what it offers, saves, hints and shows, and that it grades nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from helpers import DATA, KIT
from packs import copy_pack, sentences_pack
from test_cards_browser import DARK
from test_deck import press
from whosays import pack
from whosays.answers import Answers, NotSaved
from whosays.checks import POINTS, check_rewrite
from whosays.pack import Pack
from whosays.widgets.rewrite import LONGEST, RewriteDesk, offered
from widget_page import WidgetPage

PACK = pack.load(DATA)
SIX = pack.load(KIT / "tests" / "six_sentences")
TEXT = dict(zip(PACK.sentences["id"], PACK.sentences["text"], strict=True))
CODE = "amber-otter-17"
FAIR = "“Many analysts suggest” that Washington may rethink its policy; Emmanuel Macron is not one of them."


def desk(folder: Path, loaded: Pack = PACK) -> RewriteDesk:
    return RewriteDesk(loaded, Answers(8, CODE, loaded.fingerprint, folder))


def write(shown: RewriteDesk, text: object, of: str = "s24", **more: Any) -> dict[str, Any]:
    shown._received(None, {"do": "write", "arg": text, "of": of, **more}, None)
    view: dict[str, Any] = shown.view
    return view


def stored(shown: RewriteDesk) -> dict[str, Any]:
    content = json.loads(shown.answers.path.read_text(encoding="utf-8"))
    rewrites: dict[str, Any] = content["rewrites"]
    return rewrites


def hints(original: str, rewrite: str, loaded: Pack = PACK) -> dict[str, tuple[bool, str]]:
    return {hint.point: (hint.ok, hint.text) for hint in check_rewrite(original, rewrite, loaded)}


# What is offered ------------------------------------------------------------------------------------------


def test_it_offers_core_sentences_that_keep_back_whose_word_it_is(tmp_path: Path) -> None:
    assert offered(PACK) == ["s02", "s12", "s18", "s23", "s24"]
    assert [sid for sid, _ in desk(tmp_path).view["sentences"]] == offered(PACK)


def test_a_pack_without_such_phrases_offers_what_it_has(tmp_path: Path) -> None:
    assert offered(SIX) == ["s06"], "the one with a studied phrase"
    rows = [("a1", 1, "One.", "true"), ("a2", 1, "Two.", ""), ("a3", 2, "Three.", "true")]
    small = pack.load(sentences_pack(tmp_path / "small", rows))
    assert offered(small) == ["a1", "a3"]
    assert write(desk(tmp_path, small), "One was here.", "a1")["points"][0]["hint"].startswith("No one")
    bare = pack.load(sentences_pack(tmp_path / "bare", [("a1", 1, "One.", "")]))
    assert desk(tmp_path, bare).view["state"] == "empty"


# What is saved --------------------------------------------------------------------------------------------


def test_a_text_is_saved_while_it_is_written_and_found_again(tmp_path: Path) -> None:
    shown = desk(tmp_path)
    press(shown, "go", "s24")
    assert write(shown, "Some", token="t1")["token"] == "t1"
    view = write(shown, FAIR, token="t2")
    assert (view["text"], view["saved"], view["token"]) == (FAIR, True, "t2")
    assert stored(shown) == {"s24": {"text": FAIR, "ticks": []}}
    again = desk(tmp_path)
    assert (again.view["now"], again.view["text"]) == ("s24", FAIR), "it opens where the student wrote"
    assert again.view["sentences"][-1] == ["s24", True]
    write(again, "  ")
    assert stored(again) == {}


def test_a_late_text_goes_to_its_own_sentence(tmp_path: Path) -> None:
    shown = desk(tmp_path)
    press(shown, "go", "s12")
    view = write(shown, FAIR, "s24")
    assert (view["now"], view["text"]) == ("s12", "")
    assert list(stored(shown)) == ["s24"]


def test_ticks_are_the_students_own(tmp_path: Path) -> None:
    shown = desk(tmp_path)
    press(shown, "tick", "who")
    view = press(shown, "tick", "added")
    assert [point["key"] for point in view["points"] if point["ticked"]] == ["who", "added"]
    press(shown, "tick", "who")
    assert stored(shown) == {"s02": {"text": "", "ticks": ["added"]}}
    press(shown, "tick", "added")
    assert stored(shown) == {}
    before = shown.view
    press(shown, "tick", "nothing")
    assert shown.view == before


def test_a_text_has_at_most_four_hundred_characters(tmp_path: Path) -> None:
    shown = desk(tmp_path)
    write(shown, "x" * 900)
    assert len(stored(shown)["s24"]["text"]) == LONGEST == 400
    with pytest.raises(ValueError, match="401 characters; a rewrite has at most 400"):
        shown.write("s24", "x" * 401)
    with pytest.raises(ValueError, match="no sentence 's01' here; choose one of s02, s12"):
        shown.write("s01", "x")


@pytest.mark.parametrize("arg", [None, 17, ["x"], {"a": 1}])
def test_what_is_no_text_changes_nothing(tmp_path: Path, arg: object) -> None:
    shown = desk(tmp_path)
    write(shown, FAIR)
    write(shown, arg)
    write(shown, "x", of="s01")
    assert stored(shown) == {"s24": {"text": FAIR, "ticks": []}}


@pytest.mark.parametrize("entry", ["text", 3, [], {"text": 4, "ticks": "who"}, {"ticks": [1, "who", "zz"]}])
def test_a_strange_entry_in_the_file_does_not_stop_it(tmp_path: Path, entry: object) -> None:
    shown = desk(tmp_path)
    shown.answers.set("rewrites", "s02", entry)
    shown.reload()
    assert shown.view["text"] == ""
    assert shown.as_table()["rewrite"].tolist() == [""] * 5


def test_another_student_sees_their_own(tmp_path: Path) -> None:
    shown = desk(tmp_path)
    shown.write("s24", FAIR)
    shown.answers.use("misty-wren-22")
    shown.reload()
    assert (shown.view["now"], shown.view["text"]) == ("s02", "")


def test_a_text_that_cannot_be_saved_is_kept_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = desk(tmp_path)

    def full(*_: object) -> None:
        raise NotSaved("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(shown.answers, "change", full)
        view = write(shown, FAIR)
        assert (view["trouble"], view["saved"]) == ("The disk is full.", False)
        assert "The disk is full." in view["say"]
        with pytest.raises(NotSaved):
            shown.write("s24", FAIR)
    assert press(shown, "retry")["trouble"] == ""


# Hints ----------------------------------------------------------------------------------------------------


NOTHING_NEW = "No new name and no new number. Does the text say who said this?"


@pytest.mark.parametrize(
    "rewrite",
    [
        "Then they said so. Nobody else did.",
        "They said: “Nobody did.”",
        "Russia’s economy is big.",
        "“There’s a consensus building”, said Rutte.",
    ],
)
def test_a_machine_cannot_see_whether_somebody_said_it(rewrite: str) -> None:
    assert hints(TEXT["s23"], rewrite)["added"] == (False, NOTHING_NEW)
    assert "“Paris”" not in hints(TEXT["s23"], "He said so in Paris.")["where"][1]
    assert hints(TEXT["s23"], "He said so in Paris.")["added"][1].startswith("Not in the text: Paris")
    assert not hints(TEXT["s23"], "“Rutte did.”")["who"][0], "whom a quotation names has not said it"


def test_hints_help_to_look_and_quote_the_text() -> None:
    found = hints(
        TEXT["s24"], "Rutte said in November 2024 that Washington must rethink its “foreign policies”."
    )
    assert list(found) == list(POINTS)
    assert found["who"] == (True, "You name “Rutte”.")
    assert found["where"] == (False, "No place of the text yet.")
    assert found["words"] == (False, "Between marks, but not like that in the text: foreign policies.")
    assert found["hedge"] == (False, "No longer there: “suggest”, “may”.")
    assert found["added"] == (False, NOTHING_NEW)


@pytest.mark.parametrize(
    ("rewrite", "point", "ok"),
    [
        ("Somebody said it.", "who", False),
        ("Mark Rutte said it.", "who", True),
        ("It was so.", "where", False),
        ("It was so in the Kursk region.", "where", False),
        ("It was so in Russia on 3 May.", "where", True),
        ("“Many analysts suggest” so.", "words", True),
        ('"Many analysts suggest" so.', "words", True),
        ("Many analysts suggest so.", "words", False),
        ("They suggest it may be so.", "hedge", True),
        ("They suggest it was so on 3 May.", "hedge", False),
        ("They said so in Ruritania.", "added", False),
        ("They said so 99 times.", "added", False),
    ],
)
def test_each_hint(rewrite: str, point: str, ok: bool) -> None:
    assert hints(TEXT["s24"], rewrite)[point][0] is ok


def test_hints_where_the_original_has_no_doubt_and_no_marks() -> None:
    assert hints("A bowl costs less.", "It does.", SIX)["hedge"] == (
        True,
        "The original has no such word that we know.",
    )
    assert hints("A bowl costs less.", "It does.", SIX)["words"][0]
    assert hints("A bowl costs less.", "  ", SIX) == {}


def test_nothing_is_graded(tmp_path: Path) -> None:
    desk(tmp_path).write("s24", FAIR)
    view = desk(tmp_path).view
    assert view["points"][0]["hint"]
    assert not {"score", "status", "verdict"} & set(view)
    plain = desk(tmp_path, pack.load(copy_pack(tmp_path / "p", reference=False))).view
    assert plain["points"] == view["points"], "no reference is needed"


# What changed ---------------------------------------------------------------------------------------------


def test_the_difference_holds_both_wordings(tmp_path: Path) -> None:
    shown = desk(tmp_path)
    press(shown, "go", "s24")
    assert shown.view["diff"] == []
    diff = write(shown, "Washington may now have to think.")["diff"]
    assert " ".join(there for _, there, _ in diff if there) == TEXT["s24"]
    assert " ".join(here for _, _, here in diff if here) == "Washington may now have to think."
    assert [here for same, _, here in diff if same] == ["Washington may now have to"]


def test_the_original_is_shown_unchanged_with_its_phrase(tmp_path: Path) -> None:
    view = press(desk(tmp_path), "go", "s24")
    assert "".join(piece["t"] for piece in view["original"]) == TEXT["s24"]
    assert [piece["t"] for piece in view["original"] if piece["m"]] == ["Many analysts suggest"]
    assert view["why"][0].startswith("“Many analysts suggest”: ")


def test_the_twin_has_a_row_a_sentence(tmp_path: Path) -> None:
    shown = desk(tmp_path)
    shown.write("s24", FAIR)
    press(shown, "tick", "who")
    row = shown.as_table().set_index("sentence").loc["s24"]
    assert row.tolist() == [TEXT["s24"], FAIR, "who"]


# In a browser ---------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_written_and_ticked_by_keyboard(page: Any, tmp_path: Path) -> None:
    shown = desk(tmp_path)
    drawn = WidgetPage(page, shown)
    page.locator("#before").focus()
    for _ in range(6):
        page.keyboard.press("Tab")
    assert drawn.focused.startswith("textarea")
    page.keyboard.type("Nobody ")
    assert page.locator(".desk-state").inner_text().startswith("7 of at most 400 characters")
    assert "Not saved yet" in page.locator(".desk-state").inner_text()
    drawn.wait_for_message()
    page.keyboard.type("said so.")
    page.keyboard.press("Tab")
    drawn.answer(1)
    assert page.locator("textarea").input_value() == "Nobody said so.", "a late answer takes no letter away"
    drawn.answer()
    assert stored(shown)["s02"]["text"] == "Nobody said so."
    assert "Saved" in page.locator(".desk-state").inner_text()
    page.keyboard.press("Space")
    drawn.answer()
    assert stored(shown)["s02"]["ticks"] == ["who"]
    assert page.locator("input[value=who]").is_checked()
    assert page.evaluate("document.activeElement.value") == "who"
    assert page.locator("del").first.text_content().startswith("left out: What stands out")
    assert "N" not in page.evaluate("window.keys"), "no letter leaves the widget"


@pytest.mark.browser
def test_a_change_of_sentence_saves_what_was_written(page: Any, tmp_path: Path) -> None:
    shown = desk(tmp_path)
    drawn = WidgetPage(page, shown)
    page.locator("textarea").fill("One text.")
    page.locator("[data-act=go][data-arg=s24]").click()
    drawn.answer()
    assert stored(shown)["s02"]["text"] == "One text."
    assert (shown.view["now"], page.locator("textarea").input_value()) == ("s24", "")
    page.locator("[data-act=go][data-arg=s02]").click()
    drawn.answer()
    assert page.locator("textarea").input_value() == "One text."


@pytest.mark.browser
def test_text_is_never_markup(page: Any, tmp_path: Path) -> None:
    shown = desk(tmp_path)
    shown.write("s24", "<img src=x onerror=alert(1)> <b>may</b>")
    WidgetPage(page, shown)
    assert page.locator(".ws img, .desk-diff b").count() == 0
    assert "<img" in page.locator(".desk-words").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [640, 1280])
def test_everybody_can_read_it(page: Any, tmp_path: Path, width: int, dark: bool) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    shown = desk(tmp_path)
    shown.write("s24", FAIR)
    press(shown, "tick", "who")
    WidgetPage(page, shown)
    if dark:
        page.evaluate(DARK)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run('.host', {resultTypes: ['violations']})")["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
