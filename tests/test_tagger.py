"""The span tagger: words are selected and labelled, saved at once, and compared on demand."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from helpers import DATA
from whosays import answers as store
from whosays import pack as packs
from whosays.answers import Answers, NotSaved
from whosays.model import Span
from whosays.pack import Pack
from whosays.text import fingerprint, join_sentences
from whosays.widgets.tagger import ASK, Tagger, tokens
from widget_page import WidgetPage

CODE = "amber-otter-17"
KIT = packs.load(DATA)
ROWS = [
    ("a1", 1, "Odo said twice: “We can help (Mayor Ada) Low and [her] team,” and left."),
    ("a2", 1, "“Nobody,” said Ima, “said it.”"),
    ("a3", 2, "The soup is hot."),
]
TEXT, SPANS = join_sentences([text for *_, text in ROWS], [paragraph for _, paragraph, _ in ROWS])
HOME = {sid: span for (sid, *_), span in zip(ROWS, SPANS, strict=True)}
LABELS = [
    ("gap", "seam", "Not spoken", "Words that the speaker did not say."),
    ("whole", "who", "Whole statement", "All of it."),
    ("added", "who", "Added words", "Put in by an editor."),
    ("verb", "who", "Verb", "It tells how."),
]


def at(sid: str, words: str, nth: int = 0) -> Span:
    start = HOME[sid].start - 1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1, HOME[sid].end)
    return Span(start, start + len(words))


def key(n: int, set: str, label: str, sid: str, words: str, why: str) -> dict[str, Any]:
    span = at(sid, words)
    where = {"sentence_id": sid, "start": span.start, "end": span.end, "text": words}
    return {"id": f"sp{n}", "set": set, "label_id": label, **where, "why": why}


KEYS = [
    key(1, "seam", "gap", "a1", "(Mayor Ada)", "It stands in round brackets."),
    key(2, "seam", "gap", "a1", "[her]", "It stands in square brackets."),
    key(3, "who", "whole", "a1", "“We can help (Mayor Ada) Low and [her] team,”", "It is a statement."),
    key(4, "who", "added", "a1", "(Mayor Ada)", "It stands in round brackets."),
    key(5, "who", "verb", "a2", "said", "It tells that Ima spoke."),
]


def made(rows: list[tuple[str, int, str]] = ROWS, reference: bool = True) -> Pack:
    """A pack in memory."""
    text, spans = join_sentences([r[2] for r in rows], [r[1] for r in rows])
    sentences = pd.DataFrame(rows, columns=["id", "paragraph", "text"])
    sentences = sentences.assign(start=[s.start for s in spans], end=[s.end for s in spans])
    labels = pd.DataFrame(LABELS, columns=["id", "set", "name", "definition"])
    return dataclasses.replace(
        KIT,
        text=text,
        fingerprint=fingerprint(sentences["id"], sentences["text"]),
        tables={"sentences": sentences, "labels": labels},
        reference={"sentences": sentences, "spans": pd.DataFrame(KEYS)} if reference else {},
    )


PACK = made()


@pytest.fixture
def mine(tmp_path: Path) -> Answers:
    return Answers(2, CODE, PACK.fingerprint, tmp_path)


@pytest.fixture
def seam(mine: Answers) -> Tagger:
    return Tagger(PACK, mine, "seam", ["a1", "a3"])


@pytest.fixture
def who(mine: Answers) -> Tagger:
    return Tagger(PACK, mine, "who", ["a1", "a2", "a3"])


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Make every save fail, or work again."""
    real = store.write_whole

    def refuse(path: Path, text: str) -> None:
        raise OSError(13, "Permission denied")

    return lambda full: monkeypatch.setattr(store, "write_whole", refuse if full else real)


def on_disk(answers: Answers) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(answers.path.read_text(encoding="utf-8"))
    return content


def press(tagger: Tagger, do: str, **more: Any) -> dict[str, Any]:
    """Send what the page sends; the view that comes back."""
    tagger._received(None, {"do": do, **more}, None)
    view: dict[str, Any] = tagger.view
    return view


def select(tagger: Tagger, words: str, label: str, nth: int = 0) -> dict[str, Any]:
    """Label words of the present sentence, from the first token that they touch to the last."""
    sid = tagger.view["now"]
    span = at(sid, words, nth)
    touched = [n for n, t in enumerate(tokens(TEXT, HOME[sid])) if t.start < span.end and span.start < t.end]
    return press(tagger, "mark", of=sid, first=touched[0], last=touched[-1], label=label)


def stored(sid: str, words: str, label: str, nth: int = 0) -> list[Any]:
    span = at(sid, words, nth)
    return [span.start, span.end, label]


def in_browser(tagger: Tagger) -> str:
    """Everything the browser knows."""
    return json.dumps(tagger.get_state(), default=str, ensure_ascii=False)


# Words ----------------------------------------------------------------------------------------------------


def words_of(text: str) -> list[str]:
    return [text[t.start : t.end] for t in tokens(text, Span(0, len(text)))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He left.", ["He", "left"]),
        ("the cost (of 5%), he said", ["the", "cost", "(", "of", "5%", ")", "he", "said"]),
        ("“It’s [sic] 11,000,” she said", ["“", "It’s", "[", "sic", "]", "11,000", "”", "she", "said"]),
        ('a "straight" one', ["a", '"', "straight", '"', "one"]),
        ("President-elect – U.S. … pupils’", ["President-elect", "U.S", "pupils"]),
        ("force—which", ["force", "which"]),
        ("हिन्दी में, «да»", ["हिन्दी", "में", "«", "да", "»"]),
        ("- , .", []),
    ],
)
def test_whole_words_brackets_and_quotation_marks_can_be_selected(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_the_words_and_what_stands_between_them_are_the_sentence(who: Tagger) -> None:
    for sid, _, text in ROWS:
        view = press(who, "go", arg=sid)
        assert "".join(gap + word for gap, word, _ in view["tokens"]) + view["tail"] == text
    signs = {word: name for _, word, name in press(who, "go", arg="a1")["tokens"] if name}
    assert signs["("] == "left parenthesis"
    assert signs["”"] == "right double quotation mark"
    assert "Odo" not in signs


# Marks ----------------------------------------------------------------------------------------------------


def test_a_mark_is_saved_at_once_as_offsets_in_the_study_text(seam: Tagger, mine: Answers) -> None:
    view = select(seam, "(Mayor Ada)", "gap")
    assert on_disk(mine)["spans"] == {"seam.a1": [stored("a1", "(Mayor Ada)", "gap")]}
    (mark,) = view["marks"]
    assert (mark["words"], mark["name"], mark["number"]) == ("(Mayor Ada)", "Not spoken", 1)
    covered = view["tokens"][mark["first"] : mark["last"] + 1]
    assert [word for _, word, _ in covered] == ["(", "Mayor", "Ada", ")"]
    assert view["say"] == "Marked as Not spoken: “(Mayor Ada)”."
    assert view["saved"] == f"Saved for {CODE}."


def test_marks_may_nest_and_cross_and_are_stored_in_order(who: Tagger, mine: Answers) -> None:
    select(who, "help (Mayor Ada", "verb")
    select(who, "Ada) Low", "added")
    view = select(who, "We can help (Mayor Ada)", "whole")
    assert on_disk(mine)["spans"]["who.a1"] == [
        stored("a1", "We can help (Mayor Ada)", "whole"),
        stored("a1", "help (Mayor Ada", "verb"),
        stored("a1", "Ada) Low", "added"),
    ]
    assert [m["number"] for m in view["marks"]] == [1, 3, 2]


def test_another_label_on_the_same_words_replaces_the_first(who: Tagger, mine: Answers) -> None:
    select(who, "Low", "verb")
    select(who, "Low", "added")
    assert on_disk(mine)["spans"]["who.a1"] == [stored("a1", "Low", "added")]


def test_a_mark_is_removed_and_an_empty_list_with_it(who: Tagger, mine: Answers) -> None:
    select(who, "Low", "verb")
    first, last = select(who, "Ada", "added")["marks"]
    view = press(who, "remove", of="a1", arg=first["id"])
    assert on_disk(mine)["spans"]["who.a1"] == [stored("a1", "Low", "verb")]
    assert view["say"] == "Removed: “Ada”."
    press(who, "remove", of="a1", arg=last["id"])
    assert on_disk(mine)["spans"] == {}


def test_a_mark_belongs_to_the_sentence_that_was_on_the_page(who: Tagger, mine: Answers) -> None:
    """The page may send a mark while the next sentence is still on its way to it."""
    press(who, "go", arg="a2")
    press(who, "mark", of="a1", first=0, last=0, label="verb")
    assert on_disk(mine)["spans"] == {"who.a1": [stored("a1", "Odo", "verb")]}


@pytest.mark.parametrize(
    "message",
    [
        {"do": "mark", "of": "a1", "first": 0, "last": 999, "label": "verb"},
        {"do": "mark", "of": "a1", "first": -1, "last": 0, "label": "verb"},
        {"do": "mark", "of": "a1", "first": 2, "last": 1, "label": "verb"},
        {"do": "mark", "of": "a1", "first": True, "last": 1, "label": "verb"},
        {"do": "mark", "of": "a1", "first": 0, "last": "1", "label": "verb"},
        {"do": "mark", "of": "a1", "first": 0, "last": 1, "label": "gap"},
        {"do": "mark", "of": "zz", "first": 0, "last": 1, "label": "verb"},
        {"do": "mark", "of": ["a1"], "first": 0, "last": 1, "label": "verb"},
        {"do": "remove", "of": "a1", "arg": "0-3"},
        {"do": "remove", "of": "zz", "arg": "0-3"},
        {"do": "nothing", "arg": "zz"},
        {"do": "go", "arg": "zz"},
        {"do": "go", "arg": ["a2"]},
        {"do": "compare", "arg": "a1"},
        {"do": "compare", "arg": "zz"},
        {"do": "reference", "arg": "a1"},
        {"do": "again", "arg": "zz"},
        {"do": "again", "arg": ["a1"]},
        {"do": "again"},
    ],
)
def test_a_message_that_no_control_sends_changes_nothing(
    who: Tagger, mine: Answers, message: dict[str, Any]
) -> None:
    before = who.view | {"turn": 0}
    press(who, **message)
    assert who.view | {"turn": 0} == before
    assert not mine.path.exists()


# Compare --------------------------------------------------------------------------------------------------


def test_the_page_offers_to_compare_when_something_is_marked(seam: Tagger) -> None:
    assert (seam.view["can_compare"], seam.view["feedback"]) == (False, None)
    view = select(seam, "Mayor", "gap")
    assert (view["can_compare"], view["feedback"]) == (True, None)
    view = press(seam, "compare", arg="a1")
    assert not view["can_compare"]
    assert view["feedback"]["tone"] == "notyet"


def test_no_place_reaches_the_browser_before_it_is_asked_for(seam: Tagger) -> None:
    select(seam, "Mayor", "gap")
    box = press(seam, "compare", arg="a1")["feedback"]
    assert box["verdict"] == "Not yet: 0 of 2 places agree with the reference."
    assert box["overlap"] == [42, "Overlap 42 %: your marks and the reference share 5 of 12 characters."]
    assert box["body"] == [
        "“Mayor” is at the place, but too short. Which words beside it belong to it?",
        "One place is still open.",
    ]
    assert [a[0] for a in box["actions"]] == ["again", "reference", "go"]
    assert "brackets" not in in_browser(seam)
    assert seam.view["reference"] == []


def test_the_reference_is_shown_on_demand_with_reasons_and_remembered(seam: Tagger, mine: Answers) -> None:
    select(seam, "Mayor", "gap")
    press(seam, "compare", arg="a1")
    view = press(seam, "reference", arg="a1")
    assert on_disk(mine)["hints"] == {"seam.a1": "reference"}
    assert [r["words"] for r in view["reference"]] == ["(Mayor Ada)", "[her]"]
    assert view["feedback"]["verdict"] == "The reference marks 2 places here."
    assert view["feedback"]["places"] == [
        ["(Mayor Ada)", "Not spoken", "It stands in round brackets."],
        ["[her]", "Not spoken", "It stands in square brackets."],
    ]
    assert "“[her]”: Not spoken. It stands in square brackets." in view["say"]
    again = Tagger(PACK, mine, "seam", ["a1"])
    assert again.view["feedback"]["verdict"] == "The reference marks 2 places here."


def test_right_marks_get_the_reasons_at_once(seam: Tagger, mine: Answers) -> None:
    select(seam, "Mayor Ada", "gap")
    select(seam, "her", "gap")
    view = press(seam, "compare", arg="a1")
    assert view["feedback"]["tone"] == "ok"
    assert view["feedback"]["overlap"][0] == 100
    assert [p[2] for p in view["feedback"]["places"]] == [KEYS[0]["why"], KEYS[1]["why"]]
    assert [a[0] for a in view["feedback"]["actions"]] == ["go", "again"]
    assert on_disk(mine)["hints"] == {}
    assert view["say"].startswith("Your marks and the reference agree. Overlap 100 %")


def test_a_set_of_several_labels_says_how_many_agree(who: Tagger, seam: Tagger) -> None:
    select(who, "We can help (Mayor Ada) Low and [her] team", "whole")
    select(who, "Mayor Ada", "verb")
    box = press(who, "compare", arg="a1")["feedback"]
    assert box["body"][0] == "Labels: 1 of 2 the same."
    assert box["overlap"][0] == 100
    select(seam, "Mayor Ada", "gap")
    assert "Labels" not in str(press(seam, "compare", arg="a1")["feedback"]), (
        "with one label there is no choice"
    )


@pytest.mark.parametrize("do", ["mark", "remove", "again"])
def test_the_feedback_goes_with_the_next_change(seam: Tagger, do: str) -> None:
    mark = select(seam, "Mayor", "gap")["marks"][0]
    press(seam, "compare", arg="a1")
    assert seam.view["feedback"]
    if do == "mark":
        select(seam, "Low", "gap")
    elif do == "remove":
        press(seam, "remove", of="a1", arg=mark["id"])
    else:
        press(seam, "again", arg="a1")
    assert seam.view["feedback"] is None
    assert seam.view["can_compare"] == (do != "remove")


def test_the_feedback_waits_while_another_sentence_is_open(seam: Tagger) -> None:
    select(seam, "Mayor", "gap")
    press(seam, "compare", arg="a1")
    assert press(seam, "go", arg="a3")["feedback"] is None
    assert press(seam, "go", arg="a1")["feedback"]


def test_nothing_to_mark_is_an_answer(seam: Tagger, mine: Answers) -> None:
    press(seam, "go", arg="a3")
    view = press(seam, "nothing", arg="a3")
    assert on_disk(mine)["spans"] == {"seam.a3": []}
    assert view["nothing"]
    assert (view["feedback"]["tone"], view["feedback"]["verdict"]) == (
        "ok",
        "Yes: nothing is to be marked here.",
    )
    assert view["feedback"]["overlap"] is None
    view = press(seam, "nothing", arg="a3")
    assert on_disk(mine)["spans"] == {}
    assert (view["nothing"], view["feedback"]) == (False, None)


def test_nothing_to_mark_where_there_is_something(seam: Tagger, mine: Answers) -> None:
    view = press(seam, "nothing", arg="a1")
    assert view["feedback"]["verdict"] == "Not yet: there is something to mark here."
    assert view["feedback"]["overlap"] is None
    assert "brackets" not in in_browser(seam)
    view = select(seam, "Low", "gap")
    assert not view["nothing"]
    assert on_disk(mine)["spans"]["seam.a1"] == [stored("a1", "Low", "gap")]
    assert press(seam, "nothing", arg="a1")["marks"], "with marks there is no such button"


def test_a_mark_where_nothing_is_to_be_marked(seam: Tagger) -> None:
    press(seam, "go", arg="a3")
    select(seam, "soup", "gap")
    box = press(seam, "compare", arg="a3")["feedback"]
    assert box["verdict"] == "Not yet: the reference marks nothing here."
    box = press(seam, "reference", arg="a3")["feedback"]
    assert (box["verdict"], box["places"]) == ("The reference marks nothing here.", [])


@pytest.mark.parametrize("without", ["all", "spans", "set"])
def test_without_a_reference_marks_are_recorded(mine: Answers, without: str) -> None:
    reference = {"sentences": PACK.sentences}
    if without == "set":
        reference["spans"] = pd.DataFrame(KEYS[2:])
    bare = dataclasses.replace(PACK, reference={} if without == "all" else reference)
    tagger = Tagger(bare, mine, "seam", ["a1", "a3"])
    view = select(tagger, "Mayor", "gap")
    assert not view["can_compare"]
    assert view["feedback"]["verdict"] == "Saved. Your teacher will show the class view."
    assert (view["feedback"]["tone"], view["feedback"]["places"]) == ("plain", [])
    assert tagger.compare("a1").message == view["feedback"]["verdict"]
    assert tagger.reference("a1").message == view["feedback"]["verdict"]
    before = tagger.view["feedback"]
    assert press(tagger, "reference", arg="a1")["feedback"] == before
    press(tagger, "go", arg="a3")
    assert press(tagger, "nothing", arg="a3")["feedback"]["verdict"] == before["verdict"]


# Going on and coming back ---------------------------------------------------------------------------------


def test_sentences_and_the_way_between_them(who: Tagger) -> None:
    view = select(who, "Low", "verb")
    assert view["sentences"] == [["a1", True], ["a2", False], ["a3", False]]
    assert (view["before"], view["after"]) == (None, "a2")
    view = press(who, "go", arg="a3")
    assert (view["now"], view["before"], view["after"]) == ("a3", "a2", None)
    assert view["say"] == "Sentence a3. The soup is hot."


def test_a_tagger_resumes_at_the_first_open_sentence(who: Tagger, tmp_path: Path) -> None:
    select(who, "Low", "verb")
    again = Tagger(PACK, Answers(2, CODE, PACK.fingerprint, tmp_path), "who", ["a1", "a2", "a3"])
    assert again.view["now"] == "a2"
    assert [m["words"] for m in press(again, "go", arg="a1")["marks"]] == ["Low"]


def test_a_cell_run_again_shows_what_another_notebook_saved(mine: Answers, tmp_path: Path) -> None:
    other = Answers(2, CODE, PACK.fingerprint, tmp_path)
    other.set("spans", "seam.a1", [stored("a1", "Low", "gap")])
    assert [m["words"] for m in Tagger(PACK, mine, "seam", ["a1"]).view["marks"]] == ["Low"]


def test_another_student_finds_nothing_of_the_one_before(seam: Tagger, mine: Answers, tmp_path: Path) -> None:
    other = Answers(2, "blue-fox-20", PACK.fingerprint, tmp_path)
    other.set("spans", "seam.a1", [stored("a1", "Low", "gap")])
    select(seam, "Mayor", "gap")
    press(seam, "compare", arg="a1")
    mine.use("blue-fox-20")
    seam.reload()
    assert (seam.view["now"], seam.view["say"]) == ("a3", "")
    view = press(seam, "go", arg="a1")
    assert [m["words"] for m in view["marks"]] == ["Low"]
    assert view["feedback"] is None


def test_two_sets_do_not_touch_each_other(who: Tagger, seam: Tagger, mine: Answers) -> None:
    select(who, "Low", "verb")
    select(seam, "Low", "gap")
    assert sorted(on_disk(mine)["spans"]) == ["seam.a1", "who.a1"]


@pytest.mark.parametrize(
    "strange",
    [
        *(7, None, "marks", {"a": 1}, True, [7], [None], [[]], [[1, 2]], [["1", 2, "gap"]], [[0, 4]]),
        *([[0, 3, "verb"]], [[0, 3, ["gap"]]], [[3, 0, "gap"]], [[4, 4, "gap"]], [[0.0, 3, "gap"]]),
        *([[True, 3, "gap"]], [[-3, 3, "gap"]], [[0, 99999, "gap"]], [[len(TEXT) - 3, len(TEXT), "gap"]]),
        *([[3, 4, "gap"]], [{"start": 0}]),
    ],
)
def test_a_strange_value_in_the_file_is_passed_over(mine: Answers, strange: object) -> None:
    mine.change(lambda content: content["spans"].update({"seam.a1": strange}))
    seam = Tagger(PACK, mine, "seam", ["a1", "a3"])
    assert (seam.view["now"], seam.view["marks"], seam.view["nothing"]) == ("a1", [], False)
    assert seam.as_table().empty
    assert seam.compare("a1").status == "not attempted"
    select(seam, "Low", "gap")
    assert on_disk(mine)["spans"]["seam.a1"] == [stored("a1", "Low", "gap")]


def test_good_marks_beside_strange_ones_are_kept(mine: Answers) -> None:
    good = stored("a1", "Odo", "gap")
    half = [good[0] + 1, good[1] + 2, "gap"]  # half of a word, as somebody may write it by hand
    mine.change(lambda content: content["spans"].update({"seam.a1": [7, half, good, [1]]}))
    seam = Tagger(PACK, mine, "seam", ["a1"])
    assert [(m["words"], m["first"], m["last"]) for m in seam.view["marks"]] == [
        ("Odo", 0, 0),
        ("do s", 0, 1),
    ]


def test_a_failed_save_says_so_keeps_the_mark_and_is_made_good(
    seam: Tagger, mine: Answers, full_disk: Callable[[bool], None]
) -> None:
    full_disk(True)
    view = select(seam, "Low", "gap")
    head, why, retry = view["trouble"]
    assert (head, retry) == ("Your marks could not be saved.", True)
    assert "read-only" in why
    assert view["say"].startswith(head)
    assert view["saved"] == "Not saved yet."
    assert [m["words"] for m in view["marks"]] == ["Low"]
    assert press(seam, "retry")["trouble"], "it fails again"
    full_disk(False)
    view = press(seam, "retry")
    assert (view["trouble"], view["say"]) == (None, "Saved.")
    assert on_disk(mine)["spans"] == {"seam.a1": [stored("a1", "Low", "gap")]}


def test_a_notice_about_the_file_is_shown(tmp_path: Path) -> None:
    damaged = tmp_path / CODE / "L2.json"
    damaged.parent.mkdir()
    damaged.write_text("{", encoding="utf-8")
    seam = Tagger(PACK, Answers(2, CODE, PACK.fingerprint, tmp_path), "seam", ["a1"])
    head, why, retry = seam.view["trouble"]
    assert (head, retry) == ("Please read this.", False)
    assert "damaged" in why


# Without the widget ---------------------------------------------------------------------------------------


def test_mark_finds_the_words_saves_and_draws(who: Tagger, mine: Answers) -> None:
    who.mark("a2", "said it", "Verb")
    assert on_disk(mine)["spans"] == {"who.a2": [stored("a2", "said it", "verb")]}
    assert who.view["now"] == "a2"
    assert [m["words"] for m in who.view["marks"]] == ["said it"]
    who.mark("a1", '"We can', "whole")  # typed marks stand for printed ones
    assert on_disk(mine)["spans"]["who.a1"] == [stored("a1", "“We can", "whole")]
    who.mark("a1", "team,", "added")
    assert stored("a1", "team", "added") in on_disk(mine)["spans"]["who.a1"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("zz", "Low", "verb"), ["'zz'", "a1, a2, a3"]),
        (("a1", "Low", "gap"), ["'gap'", "whole, added, verb"]),
        (("a1", "Hi", "verb"), ["“Hi” do not stand there", "Odo said twice"]),
        (("a1", "", "verb"), ["“” do not stand there"]),
        (("a1", "Ma", "verb"), ["“Ma” are only part of a word there: mark whole words"]),
        (("a2", "said", "verb"), [f"stands at {at('a2', 'said').start} and {at('a2', 'said', 1).start}"]),
        (("a2", "said", "verb", 3), [f"start={at('a2', 'said').start}"]),
        (("a2", "Ima", "verb", 3), [f"stands at {at('a2', 'Ima').start}: say which"]),
    ],
)
def test_mark_refuses_and_says_what_was_found(
    who: Tagger, mine: Answers, arguments: tuple[Any, ...], named: list[str]
) -> None:
    with pytest.raises(ValueError, match=re.escape(named[0])) as refused:
        who.mark(*arguments)
    assert [word for word in named if word not in str(refused.value)] == []
    assert not mine.path.exists()


def test_start_says_which_of_two_is_meant(who: Tagger, mine: Answers) -> None:
    second = at("a2", "said", 1)
    who.mark("a2", "said", "verb", start=second.start)
    assert on_disk(mine)["spans"]["who.a2"] == [[second.start, second.end, "verb"]]
    who.mark("a2", "said", "verb", start=at("a2", "said").start)
    with pytest.raises(ValueError, match="say which"):
        who.unmark("a2", "said")
    who.unmark("a2", "said", start=second.start)
    assert on_disk(mine)["spans"]["who.a2"] == [stored("a2", "said", "verb")]


def test_unmark_takes_a_mark_away(who: Tagger, mine: Answers) -> None:
    who.mark("a1", "(Mayor Ada)", "added")
    with pytest.raises(ValueError, match=re.escape("no mark on “Low” in a1; the marks there: “(Mayor Ada)”")):
        who.unmark("a1", "Low")
    who.unmark("a1", "Mayor Ada")
    assert on_disk(mine)["spans"] == {}
    with pytest.raises(ValueError, match="the marks there: none"):
        who.unmark("a1", "Mayor Ada")


def test_compare_and_reference_without_the_widget(seam: Tagger, mine: Answers) -> None:
    assert seam.compare("a1").message == "Nothing is marked yet."
    assert seam.reference("a1").message == "Nothing is marked yet."
    seam.mark("a1", "Mayor Ada", "gap")
    assert seam.compare("a1").message == "Not yet: 1 of 2 places agree with the reference."
    assert seam.view["feedback"]["tone"] == "notyet"
    assert on_disk(mine)["hints"] == {}
    assert seam.reference("a1").words == ("(Mayor Ada)", "[her]")
    assert on_disk(mine)["hints"] == {"seam.a1": "reference"}
    with pytest.raises(ValueError, match="no sentence 'a2' here; choose one of a1, a3"):
        seam.compare("a2")


def test_mark_raises_when_it_cannot_save(seam: Tagger, full_disk: Callable[[bool], None]) -> None:
    full_disk(True)
    with pytest.raises(NotSaved, match="read-only"):
        seam.mark("a1", "Low", "gap")
    assert seam.view["trouble"]


def test_the_table_has_a_row_a_mark(who: Tagger) -> None:
    assert list(who.as_table().columns) == ["sentence", "start", "end", "text", "label"]
    assert who.as_table().empty
    who.mark("a2", "Ima", "verb")
    who.mark("a1", "Mayor Ada", "added")
    who.mark("a1", "help (Mayor Ada) Low", "whole")
    rows = list(who.as_table().itertuples(index=False, name=None))
    assert [(r[0], r[3], r[4]) for r in rows] == [
        ("a1", "help (Mayor Ada) Low", "Whole statement"),
        ("a1", "Mayor Ada", "Added words"),
        ("a2", "Ima", "Verb"),
    ]
    assert all(TEXT[start:end] == words for _, start, end, words, _ in rows)


def test_a_tagger_for_a_sentence_that_is_not_there_is_refused(mine: Answers) -> None:
    with pytest.raises(ValueError, match="no sentence 'a9' in this pack; they run from a1 to a3"):
        Tagger(PACK, mine, "seam", ["a1", "a9"])


@pytest.mark.parametrize("case", ["no labels", "no such set", "no sentences"])
def test_a_pack_without_labels_has_nothing_to_mark(mine: Answers, case: str) -> None:
    bare = dataclasses.replace(PACK, tables={"sentences": PACK.sentences}) if case == "no labels" else PACK
    tagger = Tagger(
        bare, mine, "zz" if case == "no such set" else "seam", [] if case == "no sentences" else ["a1"]
    )
    assert tagger.view["nothing_here"] == "This text has nothing to mark in this task."
    assert tagger.view["ask"] == ASK
    assert tagger.as_table().empty
    with pytest.raises(ValueError, match=re.escape("choose one of (none)")):
        tagger.mark("a1", "Low", "gap")


def test_the_ask_is_what_a_page_without_widgets_shows(mine: Answers) -> None:
    assert repr(Tagger(PACK, mine, "seam", ["a1"], ask="What was not said?")).startswith("What was not said?")
    assert len(ASK.split()) <= 18


@pytest.mark.parametrize("folder", [DATA, DATA.parent / "tests" / "six_sentences"])
def test_both_packs_can_be_tagged(folder: Path, tmp_path: Path) -> None:
    loaded = packs.load(folder)
    rows = loaded.reference["spans"]
    chosen = rows[rows["set"] == "wording"]
    tagger = Tagger(
        *(
            loaded,
            Answers(2, CODE, loaded.fingerprint, tmp_path),
            "wording",
            list(dict.fromkeys(chosen["sentence_id"])),
        )
    )
    for row in packs.records(chosen):
        tagger.mark(row["sentence_id"], row["text"], row["label_id"], start=_start(loaded, row))
    for sid in chosen["sentence_id"]:
        assert tagger.compare(sid).status == "correct"


def _start(loaded: Pack, row: dict[str, Any]) -> int | None:
    home = next(r for r in packs.records(loaded.sentences) if r["id"] == row["sentence_id"])
    return int(row["start"]) if home["text"].count(row["text"]) > 1 else None


def test_the_script_makes_no_markup_of_text() -> None:
    ways = ("innerHTML", "outerHTML", "insertAdjacentHTML", r"document\.write", "DOMParser", r"\beval\b")
    assert not re.findall("|".join(ways), Tagger._esm)


# In the browser -------------------------------------------------------------------------------------------

DARK = """:root { --jp-layout-color0: #111; --jp-layout-color1: #1e1e1e; --jp-content-font-color0: #fff; }
body { background: #111; }"""
PLACES = """all => all.map((line) => {
  const { left, right, top } = line.getBoundingClientRect();
  return [left, right, top];
})"""
APART = "([a, b]) => Math.abs(a.getBoundingClientRect().left - b.getBoundingClientRect().left)"


def token(page: Any, words: str, nth: int = 0) -> Any:
    """The word of the sentence with this text."""
    return page.locator(".tag-word").filter(has_text=re.compile(f"^{re.escape(words)}$")).nth(nth)


def selected(page: Any) -> list[str]:
    found: list[str] = page.locator(".tag-word[aria-selected=true]").all_inner_texts()
    return found


def send_pointer(page: Any, kind: str, words: str, **more: Any) -> None:
    """An event of the pointer in the middle of a word, as the browser sends it."""
    place = token(page, words).bounding_box()
    middle = {"clientX": place["x"] + place["width"] / 2, "clientY": place["y"] + place["height"] / 2}
    token(page, words).dispatch_event(kind, {"bubbles": True, "buttons": 1, "button": 0} | middle | more)


def lines(page: Any) -> list[str]:
    """The kinds of lines below the words, one a stretch."""
    found: list[str] = page.locator(".tag-words .tag-line").evaluate_all(
        "all => all.map((line) => line.getAttribute('class').split('--')[1])"
    )
    return found


@pytest.mark.browser
def test_words_are_selected_and_labelled_by_keyboard_alone(page: Any, seam: Tagger, mine: Answers) -> None:
    w = WidgetPage(page, seam)
    token(page, "Odo").focus()
    page.keyboard.press("End")
    assert w.focused == "span left"
    page.keyboard.press("Home")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert w.focused == "span Mayor"
    assert selected(page) == [], "arrows alone select nothing"
    page.keyboard.press("Shift+ArrowRight")
    assert selected(page) == ["Mayor", "Ada"]
    assert "Selected: “Mayor Ada”" in page.locator(".tag-chosen").inner_text()
    page.keyboard.press("Escape")
    assert selected(page) == []
    assert w.focused == "span Ada"
    page.keyboard.press("Enter")  # begins
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert selected(page) == ["(", "Mayor", "Ada"]
    page.keyboard.press("Space")  # ends
    assert "Selected: “(Mayor Ada”" in page.locator(".tag-live").inner_text()
    page.keyboard.press("Shift+ArrowRight")  # and is changed
    assert selected(page) == ["Mayor", "Ada"]
    page.keyboard.press("ArrowRight")  # and given up
    assert selected(page) == []
    page.keyboard.press("Shift+ArrowLeft")
    assert page.evaluate("widgets[0].sent") == [], "nothing went to Python so far"
    page.keyboard.press("Enter")
    assert [m["do"] for m in w.answer()] == ["mark"]
    assert on_disk(mine)["spans"] == {"seam.a1": [stored("a1", "Mayor Ada", "gap")]}
    assert selected(page) == []
    assert w.focused == "span Mayor", "where the selection began"
    assert lines(page) == ["wave"]
    assert token(page, "Ada").get_attribute("aria-label") == "Ada, Not spoken"
    assert page.locator(".host [role=status]").last.inner_text() == "Marked as Not spoken: “Mayor Ada”."


@pytest.mark.browser
def test_up_and_down_go_to_the_line_above_and_below(page: Any, seam: Tagger) -> None:
    page.set_viewport_size({"width": 640, "height": 700})
    w = WidgetPage(page, seam)

    def top() -> float:
        found: float = page.evaluate("document.activeElement.getBoundingClientRect().top")
        return found

    token(page, "said").focus()
    first, start = top(), w.focused
    page.keyboard.press("ArrowDown")
    assert top() > first + 20
    page.keyboard.press("ArrowUp")
    assert w.focused == start
    page.keyboard.press("ArrowUp")
    assert w.focused == "span Odo"
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    assert w.focused == "span left"


@pytest.mark.browser
def test_a_number_key_gives_its_label_while_words_are_selected(page: Any, who: Tagger, mine: Answers) -> None:
    w = WidgetPage(page, who)
    token(page, "Low").focus()
    page.keyboard.press("2")
    assert page.evaluate("widgets[0].sent") == [], "there is no selection"
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("9")
    assert page.evaluate("widgets[0].sent") == [], "there is no such label"
    page.keyboard.press("2")
    w.answer()
    assert on_disk(mine)["spans"] == {"who.a1": [stored("a1", "Low and", "added")]}
    assert w.focused == "span Low"
    assert page.evaluate("keys") == [], "the notebook must not see these keys"


@pytest.mark.browser
def test_with_several_labels_enter_goes_on_to_them(page: Any, who: Tagger, mine: Answers) -> None:
    w = WidgetPage(page, who)
    token(page, "team").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert "Whole statement" in w.focused
    assert selected(page) == ["team"]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    w.answer()
    assert on_disk(mine)["spans"] == {"who.a1": [stored("a1", "team", "added")]}
    assert w.focused == "span team"


@pytest.mark.browser
def test_words_are_selected_by_dragging_over_them(page: Any, who: Tagger, mine: Answers) -> None:
    w = WidgetPage(page, who)

    def middle(words: str) -> tuple[float, float]:
        place = token(page, words).bounding_box()
        return place["x"] + place["width"] / 2, place["y"] + place["height"] / 2

    page.mouse.move(*middle("Low"))
    page.mouse.down()
    page.mouse.move(*middle("Ada"), steps=4)
    assert selected(page) == ["Ada", ")", "Low"]
    page.mouse.move(*middle("can"), steps=8)
    page.mouse.up()
    assert selected(page) == ["can", "help", "(", "Mayor", "Ada", ")", "Low"], "whole words, backwards too"
    page.mouse.move(*middle("left"), steps=4)
    assert len(selected(page)) == 7, "the button is up"
    assert w.focused == "span can"
    assert page.locator(".tag-frame").count() > 0
    page.mouse.move(*middle("Odo"))
    page.mouse.down()
    page.mouse.move(*middle("said"), steps=3)
    page.mouse.move(2, 2)  # let go anywhere
    page.mouse.up()
    assert selected(page) == ["Odo", "said"], "a new drag is a new selection"
    page.get_by_role("button", name="Verb").click()
    w.answer()
    assert on_disk(mine)["spans"] == {"who.a1": [stored("a1", "Odo said", "verb")]}
    assert w.focused == "span Odo"


@pytest.mark.browser
def test_a_drag_ends_where_the_button_went_up_unseen(page: Any, who: Tagger) -> None:
    WidgetPage(page, who)
    send_pointer(page, "pointerdown", "can")
    send_pointer(page, "pointermove", "Mayor")
    assert selected(page) == ["can", "help", "(", "Mayor"]
    send_pointer(page, "pointermove", "Low", buttons=0)
    send_pointer(page, "pointermove", "left")
    assert selected(page) == ["can", "help", "(", "Mayor"]


@pytest.mark.browser
def test_a_finger_that_moves_scrolls_and_selects_nothing(page: Any, who: Tagger) -> None:
    WidgetPage(page, who)
    send_pointer(page, "pointerdown", "can", pointerType="touch")
    send_pointer(page, "pointermove", "Mayor", pointerType="touch")
    assert selected(page) == []


@pytest.mark.browser
def test_words_are_selected_by_a_click_on_the_first_and_on_the_last(page: Any, seam: Tagger) -> None:
    w = WidgetPage(page, seam)
    token(page, "Mayor").click()
    assert selected(page) == ["Mayor"]
    token(page, ")").click()
    assert selected(page) == ["Mayor", "Ada", ")"]
    token(page, "help").click()
    assert selected(page) == ["help", "(", "Mayor"], "the first word stays, the last one is chosen anew"
    page.get_by_role("button", name="Clear").click()
    assert selected(page) == []
    assert w.focused == "span help"
    token(page, "Low").click()
    token(page, "Low").click()
    assert selected(page) == [], "the only word, clicked again"


@pytest.mark.browser
def test_words_are_selected_by_touch(browser: Any, seam: Tagger, mine: Answers) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 700, "height": 600})
    try:
        page = context.new_page()
        w = WidgetPage(page, seam)
        token(page, "Mayor").tap()
        token(page, "Ada").tap()
        assert selected(page) == ["Mayor", "Ada"]
        page.get_by_role("button", name="Mark as not spoken").tap()
        w.answer()
        assert on_disk(mine)["spans"] == {"seam.a1": [stored("a1", "Mayor Ada", "gap")]}
    finally:
        context.close()


@pytest.mark.browser
def test_a_label_without_a_selection_says_what_to_do_first(page: Any, seam: Tagger) -> None:
    w = WidgetPage(page, seam)
    button = page.get_by_role("button", name="Mark as not spoken")
    assert button.get_attribute("aria-disabled") == "true"
    button.click(force=True)
    assert page.locator(".tag-live").inner_text() == "Select words first."
    assert w.focused == "span Odo"
    assert page.evaluate("widgets[0].sent") == []


@pytest.mark.browser
def test_a_new_drawing_keeps_selection_and_focus(page: Any, who: Tagger) -> None:
    w = WidgetPage(page, who)
    token(page, "help").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.evaluate("window.kept = document.activeElement")
    who.mark("a1", "Odo said", "verb")  # typed in a cell
    w.show()
    assert selected(page) == ["help", "(", "Mayor"]
    assert page.locator(".tag-frame").count() > 0
    assert page.evaluate("window.kept === document.activeElement"), "the very same word"
    assert lines(page) == ["dots"]
    press(who, "go", arg="a2")
    w.show()
    assert selected(page) == [], "another sentence"
    assert w.focused == "span “"


@pytest.mark.browser
def test_removing_leaves_the_focus_on_the_next_remove(page: Any, who: Tagger, mine: Answers) -> None:
    for words in ("Odo", "Low", "team"):
        who.mark("a1", words, "verb")
    w = WidgetPage(page, who)
    name = "document.activeElement.getAttribute('aria-label')"
    page.get_by_role("button", name="Remove: “Low”, Verb").press("Enter")
    w.answer()
    assert page.evaluate(name) == "Remove: “team”, Verb"
    page.keyboard.press("Enter")
    w.answer()
    assert page.evaluate(name) == "Remove: “Odo”, Verb", "the last one left"
    page.keyboard.press("Enter")
    w.answer()
    assert w.focused == "span Odo"
    assert on_disk(mine)["spans"] == {}


@pytest.mark.browser
def test_comparing_goes_on_to_the_feedback_and_back(page: Any, seam: Tagger, mine: Answers) -> None:
    seam.mark("a1", "Mayor", "gap")
    w = WidgetPage(page, seam)
    page.get_by_role("button", name="Compare with the reference").press("Enter")
    w.answer()
    assert w.focused == "button Try again"
    box = page.locator(".tag-box")
    assert "share 5 of 12 characters" in box.inner_text()
    widths = box.locator("rect").evaluate_all("all => all.map((rect) => rect.getAttribute('width'))")
    assert widths == ["100", "42"]
    assert "Not yet: 0 of 2" in page.locator(".host [role=status]").last.inner_text()
    assert "bracket" not in page.locator(".host").inner_text()
    page.get_by_role("button", name="Show the reference").press("Enter")
    w.answer()
    assert "round brackets" in box.inner_text()
    assert sorted(lines(page)) == ["reference", "reference", "wave"]
    assert page.locator(".tag-tint").count() == 2
    assert page.evaluate("document.activeElement.closest('.tag-box') !== null")
    page.get_by_role("button", name="Change my marks").press("Enter")
    w.answer()
    assert w.focused == "span Odo"
    assert box.count() == 0


@pytest.mark.browser
def test_the_sentences_are_chosen_by_keys(page: Any, who: Tagger) -> None:
    who.mark("a1", "Low", "verb")
    w = WidgetPage(page, who)
    assert page.get_by_role("button", name="Sentence a1, answered").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Sentence a1, answered").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    w.answer()
    assert page.locator(".tag-no").inner_text() == "a2"
    assert w.focused == "button a2"
    page.get_by_role("button", name="Next", exact=True).press("Enter")
    w.answer()
    assert page.locator(".tag-no").inner_text() == "a3"
    page.keyboard.press("Enter")
    assert w.answer() == [], "there is no next one"
    page.get_by_role("button", name="Nothing to mark here").press("Enter")
    w.answer()
    assert page.get_by_role("button", name="Nothing to mark here").get_attribute("aria-pressed") == "true"
    assert w.focused == "button Nothing to mark here"


@pytest.mark.browser
def test_each_mark_inside_another_has_a_line_of_its_own(page: Any, who: Tagger) -> None:
    page.set_viewport_size({"width": 1280, "height": 700})
    who.mark("a1", "We can help (Mayor Ada) Low", "whole")
    who.mark("a1", "(Mayor Ada)", "added")
    who.mark("a1", "Mayor", "verb")
    WidgetPage(page, who)
    assert lines(page) == ["dots", "bar", "wave"]
    dots, bar, wave = page.locator(".tag-words .tag-line").evaluate_all(PLACES)
    assert dots[2] + 4 < bar[2]
    assert bar[2] + 4 < wave[2]
    assert wave[0] < bar[0] < dots[0]
    assert dots[1] < bar[1] < wave[1]
    page.set_viewport_size({"width": 640, "height": 700})
    page.wait_for_function(
        f"document.querySelector('.tag-line--dots').getBoundingClientRect().left != {dots[0]}"
    )
    nodes = [page.locator(".tag-words .tag-line--dots"), token(page, "Mayor")]
    assert page.evaluate(APART, [node.element_handle() for node in nodes]) < 3, "lines follow their words"


@pytest.mark.browser
def test_hostile_texts_are_shown_as_text(page: Any, tmp_path: Path) -> None:
    hostile = '<img src=x onerror="window.hacked=1"> <script>window.hacked=1</script>'
    odd = made([("a1", 1, hostile)], reference=False)
    labels = pd.DataFrame([("gap", "seam", hostile, hostile)], columns=["id", "set", "name", "definition"])
    odd = dataclasses.replace(odd, tables={**odd.tables, "labels": labels})
    tagger = Tagger(odd, Answers(2, CODE, odd.fingerprint, tmp_path), "seam", ["a1"], ask=hostile)
    press(tagger, "mark", of="a1", first=0, last=1, label="gap")
    WidgetPage(page, tagger)
    assert page.locator("[role=listbox]").text_content() == hostile
    assert page.locator(".host img, .host script").count() == 0
    assert page.evaluate("window.hacked") is None


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(page: Any, who: Tagger, theme: str) -> None:
    page.set_viewport_size({"width": 900, "height": 900})
    w = WidgetPage(page, who)
    if theme == "dark":
        page.add_style_tag(content=DARK)
        page.evaluate("document.body.setAttribute('data-jp-theme-light', 'false')")
    page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))

    def axe() -> list[str]:
        found = page.evaluate("axe.run('.host', { resultTypes: ['violations'] })")
        return [f"{v['id']}: {n['html'][:200]}" for v in found["violations"] for n in v["nodes"]]

    assert axe() == []
    token(page, "Mayor").click()
    token(page, "Ada").click()
    assert axe() == []
    page.keyboard.press("1")
    w.answer()
    who.mark("a1", "help (Mayor", "verb")
    w.show()
    assert axe() == []
    page.get_by_role("button", name="Compare").click()
    w.answer()
    assert axe() == []
    page.get_by_role("button", name="Show the reference").click()
    w.answer()
    assert axe() == []
    sizes = page.locator(".host .ws-btn, .host .ws-seg button").evaluate_all(
        "all => all.map((b) => b.offsetHeight)"
    )
    assert min(sizes) >= 38
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
def test_an_empty_task_and_a_failed_save_in_the_browser(
    page: Any, mine: Answers, full_disk: Callable[[bool], None]
) -> None:
    WidgetPage(page, Tagger(PACK, mine, "zz", ["a1"]))
    assert "This text has nothing to mark in this task." in page.locator(".host").inner_text()
    seam = Tagger(PACK, mine, "seam", ["a1"])
    w = WidgetPage(page, seam)
    assert page.locator(".tag-places").count() == 0, "one sentence needs no choice"
    full_disk(True)
    token(page, "Low").click()
    page.keyboard.press("Enter")
    w.answer()
    warning = page.locator(".ws-fb--warn:visible")
    assert warning.locator(".ws-verdict").inner_text() == "Your marks could not be saved."
    full_disk(False)
    page.get_by_role("button", name="Save again").press("Enter")
    w.answer()
    assert warning.count() == 0
    assert w.focused == "span Low", "the button is gone, the focus is not"
    assert on_disk(mine)["spans"] == {"seam.a1": [stored("a1", "Low", "gap")]}
