"""Decks of cards in a real browser, without a mouse: keys, focus, links, narrow pages, both themes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from test_cards import CLAIMS, LONE, NASTY, PACK, QUOTES, SHARED, at, nasty_pack, on_disk, open_deck
from test_cards import press as send
from widget_page import ByKeyboard, WidgetPage

pytestmark = pytest.mark.browser

RICH = max(CLAIMS, key=lambda claim: len(CLAIMS[claim].evidence))
# What JupyterLab's dark theme sets; a bare page has no theme.
DARK = """() => {
  document.body.dataset.jpThemeLight = "false";
  const theme = { "--jp-layout-color0": "#111111", "--jp-layout-color1": "#212121",
    "--jp-content-font-color0": "rgba(255, 255, 255, 1)", "--jp-brand-color1": "#1976d2" };
  for (const [name, value] of Object.entries(theme)) document.body.style.setProperty(name, value);
  document.body.style.background = "#111111";
}"""
AT = """() => {
  const at = document.activeElement;
  const group = at.closest("[role=radiogroup]");
  const chosen = at.ariaChecked === "true" ? " chosen" : "";
  return group ? `${group.dataset.ask} ${at.dataset.arg}${chosen}` : at.className;
}"""


class Keyboard(ByKeyboard):
    """A deck on a page, entered with Tab."""

    def __init__(self, page: Any, deck: Any) -> None:
        self.deck = deck
        super().__init__(page, deck)
        self.press("Tab")

    def press(self, *keys: str, silent: bool = False) -> list[dict[str, Any]]:
        """What the last key sent. A second after an answer the deck speaks by itself, whatever is pressed."""
        return [sent for sent in super().press(*keys, silent=silent) if sent != {"do": "settled"}]

    @property
    def at(self) -> str:
        """Where the focus is: question, option, and whether that is the answer."""
        return str(self.page.evaluate(AT))

    @property
    def chosen(self) -> list[object]:
        return [ask["chosen"] for ask in self.deck.view["asks"]]


@pytest.fixture
def claims(page: Any, tmp_path: Path) -> Keyboard:
    return Keyboard(page, open_deck("claims", tmp_path))


@pytest.fixture
def lineup(page: Any, tmp_path: Path) -> Keyboard:
    return Keyboard(page, open_deck("line-up", tmp_path))


@pytest.fixture
def verbs(page: Any, tmp_path: Path) -> Keyboard:
    return Keyboard(page, open_deck("verbs", tmp_path))


# Keys -----------------------------------------------------------------------------------------------------


def test_a_whole_claim_is_answered_by_number_keys(claims: Keyboard, page: Any) -> None:
    key = CLAIMS["cl01"]
    assert key.when == "never"
    claims.press("3")
    assert (claims.chosen, claims.at) == (["never", None, None], "look_at transcript"), "on to the next"
    claims.press("4")
    assert (claims.chosen, claims.at) == (["never", "poll", None], "sure 1")
    claims.press("2")
    assert (claims.chosen, claims.at) == (["never", "poll", 2], "deck-fb"), "and then to what is said"
    assert page.locator(".ws-fb--ok").is_visible()
    assert claims.press("Enter") == [{"do": "next"}]
    assert (claims.deck.view["now"], claims.chosen) == ("cl02", [None, None, None])
    assert claims.at == "when now", "the next claim begins with its first question"
    claims.press("1", "1", "4", "Enter")
    assert on_disk(claims.deck)["cards"] == {
        "cl01.when": "never",
        "cl01.look_at": "poll",
        "cl02.when": "now",
        "cl02.look_at": "transcript",
    }
    assert on_disk(claims.deck)["confidence"] == {"cl01": 2, "cl02": 4}
    assert claims.deck.view["now"] == "cl03"
    assert page.evaluate("keys.filter((key) => key !== 'Tab')") == [], "the notebook must not see these keys"


def test_keys_pressed_faster_than_python_answers_are_not_lost(claims: Keyboard, page: Any) -> None:
    for key in "342":
        page.keyboard.press(key)
    assert len(claims.drawn.answer()) == 3
    assert claims.chosen == ["never", "poll", 2]


def test_once_all_is_answered_a_number_changes_the_question_with_the_focus(claims: Keyboard) -> None:
    claims.press("3", "4", "2", "4")
    assert claims.chosen == ["never", "poll", 2], "beside what is said a number means nothing"
    claims.press("Shift+Tab", "4")
    assert claims.chosen == ["never", "poll", 4]
    claims.press("Shift+Tab", "1")
    assert claims.chosen == ["never", "transcript", 4]


def test_trying_again_begins_with_the_first_question(claims: Keyboard, page: Any) -> None:
    claims.press("1", "4", "2")
    assert page.locator(".ws-fb--notyet").is_visible()
    assert claims.press("Enter") == [{"do": "again"}]
    assert claims.at == "when now chosen"
    claims.press("3")
    assert claims.chosen == ["never", "poll", 2]
    assert page.locator(".ws-fb--ok").is_visible()


def test_arrows_move_and_do_not_choose(claims: Keyboard) -> None:
    claims.tab_to("[data-ask=when] button")
    assert claims.press("ArrowRight") == []
    assert claims.at == "when later"
    assert claims.press("ArrowDown", "ArrowDown") == []
    assert claims.at == "when now", "round"
    assert claims.press("End") == []
    assert (claims.at, claims.chosen) == ("when never", [None, None, None])
    assert claims.press("Space") == [{"do": "choose", "arg": "never", "ask": "when"}]
    assert claims.at == "look_at transcript", "on to the next"
    claims.press("ArrowRight", "Enter")
    assert (claims.chosen, claims.at) == (["never", "count", None], "sure 1")


def test_undo_by_key_goes_back_to_the_question(claims: Keyboard) -> None:
    claims.press("3", "4", "2", "u")
    assert (claims.chosen, claims.at) == (["never", "poll", None], "sure 1")
    claims.press("Backspace")
    assert claims.chosen == ["never", None, None]


def test_the_scale_of_verbs_by_keyboard(verbs: Keyboard, page: Any) -> None:
    verbs.tab_to("[data-ask=settled] button")
    assert verbs.at == "settled 0"
    assert verbs.press("End") == []
    assert verbs.at == "settled 10"
    verbs.press("Enter")
    assert (verbs.chosen, verbs.at) == ([10], "settled 10 chosen")
    verbs.press("Home", "Space")
    assert verbs.chosen == [0]
    for n in range(1, 11):
        verbs.press("ArrowRight", "Space")
        assert verbs.chosen == [n]
    verbs.press("Enter")
    assert (verbs.deck.view["now"], verbs.at) == ("v2", "settled 0")
    assert on_disk(verbs.deck)["cards"] == {"v1.settled": 10}
    for digit in "0123456789":
        verbs.press(digit)
        assert verbs.chosen == [int(digit)]
    assert page.locator(".deck-scale .ws-key").count() == 11


def test_one_and_nought_are_ten_if_they_come_together(verbs: Keyboard, page: Any) -> None:
    verbs.press("1", "0")
    assert (verbs.chosen, verbs.at) == ([10], "settled 10 chosen")
    send(verbs.deck, "go", "v2")
    verbs.drawn.show()
    page.keyboard.press("1")
    page.keyboard.press("0")
    verbs.drawn.answer()
    assert verbs.chosen == [10], "also before Python answers"
    verbs.press("1")
    verbs.drawn.wait_for_message()  # the pause that makes two digits two answers
    assert verbs.drawn.answer() == [{"do": "settled"}]
    verbs.press("0")
    assert verbs.chosen == [0]
    verbs.press("1", "Enter", "0")
    assert (verbs.deck.view["now"], verbs.chosen) == ("v3", [0])


def test_both_opens_a_second_question_within_reach(lineup: Keyboard, page: Any) -> None:
    send(lineup.deck, "go", SHARED)
    lineup.drawn.show()
    number = 1 + [value for value, _ in lineup.deck.view["asks"][0]["options"]].index("both")
    lineup.tab_to("[data-ask=speaker] button")
    assert page.get_by_role("radiogroup").count() == 1
    lineup.press(str(number))
    assert lineup.at == "aloud yes", "the second question has the focus"
    second = page.get_by_role("radiogroup", name=lineup.deck.view["asks"][1]["ask"])
    assert second.is_visible()
    assert page.locator("[role=status]").inner_text().endswith(lineup.deck.view["asks"][1]["ask"])
    lineup.press("Shift+Tab", "2")
    assert (lineup.chosen, lineup.at) == (["both", "no"], "deck-fb"), "a number goes there, too"
    assert page.locator(".ws-fb--split").is_visible()
    lineup.press("Shift+Tab", "Shift+Tab", "1")
    assert (len(lineup.chosen), lineup.at.split()[0]) == (1, "speaker")


def test_an_objection_is_written_without_waking_any_key(lineup: Keyboard, page: Any) -> None:
    at(lineup.deck, LONE, QUOTES[LONE].credited[0])
    lineup.drawn.show()
    lineup.tab_to("[data-act=object]")
    lineup.press("Enter")
    assert lineup.drawn.focused == "textarea "
    page.keyboard.type("1 u 2")
    page.keyboard.press("Backspace")
    assert all(message == {"do": "settled"} for message in lineup.drawn.answer())
    lineup.tab_to("[data-act=objection]")
    lineup.press("Enter")
    assert on_disk(lineup.deck)["challenges"] == {LONE: "1 u"}
    assert lineup.chosen == [QUOTES[LONE].credited[0]]


def test_every_stop_keeps_the_notebooks_shortcuts_away(claims: Keyboard, page: Any) -> None:
    at(claims.deck, RICH, CLAIMS[RICH].when, "poll", 3)
    claims.drawn.show()
    for summary in page.locator("summary").all():
        summary.click()
    stops = page.locator(".ws-root :is(a[href], button, summary, textarea, [tabindex])")
    assert stops.count() > 60
    bare = stops.evaluate_all(
        "all => all.filter((n) => !n.hasAttribute('data-lm-suppress-shortcuts')).length"
    )
    assert bare == 0, "there, x would cut the cell"


def test_charts_hear_of_an_answer_after_a_pause(claims: Keyboard, page: Any) -> None:
    heard: list[str] = []
    claims.deck._on_change = lambda: heard.append("now")
    claims.press("3")
    claims.drawn.wait_for_message()
    assert claims.drawn.answer() == [{"do": "settled"}]
    assert heard == ["now"]


# Evidence -------------------------------------------------------------------------------------------------


def test_evidence_opens_by_keyboard_and_stays_open(claims: Keyboard, page: Any) -> None:
    first, other = next(
        (one, two)
        for one, two in permutations(CLAIMS, 2)
        if len(CLAIMS[one].evidence) == len(CLAIMS[two].evidence) > 1
        and not set(CLAIMS[one].evidence) & set(CLAIMS[two].evidence)
    )
    at(claims.deck, first, CLAIMS[first].when, "poll", 3)
    claims.drawn.show()
    details, says = page.locator("details"), page.get_by_text(CLAIMS[first].evidence[0].says)
    assert says.is_hidden()
    claims.tab_to("summary")
    assert claims.press("Enter") == []
    assert details.get_attribute("open") is not None
    assert says.is_visible()
    send(claims.deck, "settled")
    claims.drawn.show()
    assert details.get_attribute("open") is not None, "a chart that follows does not close it"
    assert claims.press("Space") == []
    assert details.get_attribute("open") is None
    claims.press("Enter")
    at(claims.deck, other, CLAIMS[other].when, "poll", 1)
    claims.drawn.show()
    assert details.get_attribute("open") is None, "the next claim begins closed"
    titles = page.locator("details li").evaluate_all("all => all.map((li) => li.firstChild.textContent)")
    assert titles == [e.title for e in CLAIMS[other].evidence]


def test_enter_on_a_link_is_the_links_own(claims: Keyboard, page: Any) -> None:
    at(claims.deck, RICH, CLAIMS[RICH].when, "poll", 3)
    claims.drawn.show()
    for summary in page.locator("summary").all():
        summary.click()
    enter = "new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })"
    link = page.locator(".ws-sources a").first
    assert link.evaluate(f"node => node.dispatchEvent({enter})"), "nobody prevents it"
    assert claims.drawn.answer() == [], "and it is not taken for “next”"


def test_only_sources_with_an_address_are_links(claims: Keyboard, page: Any) -> None:
    seen = set()
    for claim, key in CLAIMS.items():
        if not any(not e.address for e in key.evidence) and claim != RICH:
            continue
        at(claims.deck, claim, key.when, key.look_at, 1)
        claims.drawn.show()
        shown = page.locator(".ws-sources li").evaluate_all(
            "all => all.map((li) => [li.firstChild.textContent, li.firstChild.getAttribute('href')])"
        )
        in_turn = sorted(key.evidence, key=lambda e: e.date > PACK.date)
        assert shown == [[e.title, e.address or None] for e in in_turn]
        seen |= {bool(e.address) for e in key.evidence}
        rels = page.locator(".ws-sources a").evaluate_all("all => all.map((a) => `${a.target} ${a.rel}`)")
        assert set(rels) <= {"_blank noopener noreferrer"}
    assert seen == {True, False}


def test_an_address_of_another_kind_is_no_link(page: Any, tmp_path: Path) -> None:
    bad = [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        " https://x.example",
        "//x.example",
    ]
    good = ["https://x.example/a?b=c", "http://x.example"]
    rows = PACK.tables["evidence"].head(len(bad + good)).assign(address=bad + good, link_ok=True)
    links = (
        PACK.tables["claim_evidence"].head(len(rows)).assign(claim_id="cl01", evidence_id=list(rows["id"]))
    )
    loaded = replace(PACK, tables=PACK.tables | {"evidence": rows, "claim_evidence": links})
    deck = open_deck("claims", tmp_path, loaded)
    at(deck, "cl01", "never", "nothing", 4)
    WidgetPage(page, deck)
    assert page.locator(".ws-sources li").count() == len(rows)
    links_shown = page.locator(".host a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    assert links_shown == good


# How it looks ---------------------------------------------------------------------------------------------


def show_all_states(drawn: WidgetPage, deck: Any, kind: str) -> Iterator[str]:
    """Bring a deck into each of its states, one after another; yields their names."""
    wrong = {"line-up": (LONE, ["cannot tell"]), "claims": (RICH, ["never", "poll", 1])}
    right = {
        "line-up": (SHARED, ["both", "alone"]),
        "claims": (RICH, [CLAIMS[RICH].when, "poll", 2]),
        "verbs": ("v3", [10]),
    }
    assert CLAIMS[RICH].when != "never"
    yield "open"
    if kind in wrong:
        card, values = wrong[kind]
        at(deck, card, *values)
        drawn.show()
        assert deck.view["feedback"]["tone"] == "notyet"
        yield "not yet"
    card, values = right[kind]
    at(deck, card, *values)
    drawn.show()
    for summary in drawn.page.locator("summary").all():
        summary.click()
    yield "answered"
    if kind in wrong:
        send(deck, "object")
        drawn.show()
        assert deck.view["state"] == "objecting"
        yield "objecting"
    for square in deck.view["strip"]:
        deck.answer(square["id"], *(["cannot tell"] if kind == "line-up" else values))
    send(deck, "next")
    drawn.show()
    assert deck.view["state"] == "done"
    yield "done"


SERIOUS = """async () => (await axe.run(".host", { resultTypes: ["violations"] })).violations
  .filter(({ impact }) => ["serious", "critical"].includes(impact))
  .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["line-up", "verbs", "claims"])
def test_nothing_serious_is_found_in_either_theme(page: Any, tmp_path: Path, kind: str, theme: str) -> None:
    deck = open_deck(kind, tmp_path)
    drawn = WidgetPage(page, deck)
    if theme == "dark":
        page.evaluate(DARK)
    page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
    for state in show_all_states(drawn, deck, kind):
        assert page.evaluate(SERIOUS) == [], state


WIDE = """() => [...document.querySelectorAll(".host, .host *")]
  .filter((n) => !n.closest(".ws-vh") && n.getBoundingClientRect().right > innerWidth + 1)
  .map((n) => `${n.tagName} ${n.className}`)"""


@pytest.mark.parametrize("kind", ["line-up", "verbs", "claims"])
def test_at_640_px_nothing_scrolls_sideways(page: Any, tmp_path: Path, kind: str) -> None:
    page.set_viewport_size({"width": 640, "height": 900})
    deck = open_deck(kind, tmp_path)
    drawn = WidgetPage(page, deck)
    for state in show_all_states(drawn, deck, kind):
        assert page.evaluate(WIDE) == [], state
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state


def test_a_word_without_end_is_broken_not_cut(page: Any, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 640, "height": 900})
    loaded = nasty_pack("Donaudampfschiff" * 30)
    for kind, card, values in (
        ("line-up", "q1", ["who"]),
        ("verbs", "v1", [4]),
        ("claims", "cl01", ["now", "count", 1]),
    ):
        deck = open_deck(kind, tmp_path / kind, loaded)
        at(deck, card, *values)
        WidgetPage(page, deck)
        for summary in page.locator("summary").all():
            summary.click()
        assert page.evaluate(WIDE) == [], kind
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), kind


def test_words_of_a_pack_are_set_as_text(page: Any, tmp_path: Path) -> None:
    loaded = nasty_pack(NASTY[0] + '<img src=x onerror="window.hacked = 1">')
    for kind, card, values in (
        ("line-up", "q1", ["who"]),
        ("verbs", "v1", [4]),
        ("claims", "cl01", ["now", "count", 1]),
    ):
        deck = open_deck(kind, tmp_path / kind, loaded)
        at(deck, card, *values)
        WidgetPage(page, deck)
        assert page.locator(".deck-now .ws-text").inner_text() == loaded.text.split("Before. ")[1][:-8]
        assert page.locator(".host img, .host script").count() == 0
        assert page.evaluate("window.hacked") is None


def test_questions_and_squares_have_names(claims: Keyboard, page: Any) -> None:
    look = page.get_by_role("radiogroup", name="What would you look at?")
    assert look.get_by_role("radio").count() == 6
    assert look.get_by_role("radio", name="a poll: ask many people", exact=True).count() == 1
    sure = page.get_by_role("radiogroup", name="How sure are you?")
    assert sure.get_by_role("radio", name="1 just guessing").count() == 1
    claims.press("3", "4", "2")
    square = page.locator(".ws-strip .ws-sq").first
    assert square.get_attribute("aria-label") == "cl01, answered, here now"
    assert page.locator("[role=status]").inner_text().startswith("The reference agrees: “Never”.")


def test_an_empty_deck_is_a_sentence(page: Any, tmp_path: Path) -> None:
    for kind in ("line-up", "verbs", "claims"):
        tables = {name: PACK.tables[name] for name in ("sentences",)}
        deck = open_deck(kind, tmp_path, replace(PACK, tables=tables, reference={}))
        WidgetPage(page, deck)
        assert page.locator(".host .ws-root").inner_text() == deck.view["ask"]


def test_a_late_answer_of_python_takes_no_choice_away(claims: Keyboard, page: Any) -> None:
    page.keyboard.press("3")
    page.keyboard.press("4")
    claims.drawn.answer(1)  # Python knows the first, and the page draws that
    page.keyboard.press("2")
    claims.drawn.answer()
    assert claims.chosen == ["never", "poll", 2]
    claims.press("u", "u")
    assert claims.chosen == ["never", None, None]
    assert page.locator("[data-ask=look_at] [aria-checked=true]").count() == 0
