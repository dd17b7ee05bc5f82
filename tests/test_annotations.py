"""Clashes, ties and places as students type them; sets 4 to 6 ask for what their text and cells show."""

import contextlib
import io
import json
import re

import pytest

import students
from whosays.exercises import desk
from whosays.exercises.annotate import label
from whosays.exercises.score import score
from whosays.exercises.sets import read_set, set_folder

THREE = ("first", "second", "third")
SENTENCES = dict(zip(students.pack().sentences["id"], students.pack().sentences["text"], strict=True))


def clashes(*picked):
    """The marks of up to three finds."""
    return label("clash").marks(students.pack(), THREE, dict(zip(THREE, picked, strict=False)))


def mark(kind, item, answer):
    return label(kind).marks(students.pack(), [item], {item: answer})[0]


# Clashes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [["s01", "s22"], ["s22", "s01"], ("S1", "22"), [1, 22], "s01 s22", "s01, s22", "s01 and s22", "s1/s22."],
    ids=str,
)
def test_a_clash_counts_in_any_order_however_it_is_typed(typed):
    found = clashes(typed)[0]
    assert (found.status, found.share) == ("correct", 1.0), found.message


@pytest.mark.parametrize("typed", ["s18", ["s18"], [18], "S18.", ["s18", "s18"]], ids=str)
def test_one_sentence_can_clash_with_itself(typed):
    assert clashes(typed)[0].share == 1.0


def test_no_clash_counts_twice_by_whatever_sentences():
    found = clashes(["s01", "s22"], ["s02", "s22"], ["s22", "s01"])
    assert [m.share for m in found] == [1.0, 0.0, 0.0]
    assert "Each one counts once" in found[1].message


@pytest.mark.parametrize(
    "order",
    [(["s03", "s22"], ["s01", "s22"]), (["s01", "s22"], ["s03", "s22"]), (["s03", "s22"], ["s03", "s04"])],
    ids=str,
)
def test_two_sentences_that_make_two_clashes_do_not_take_one_from_another_find(order):
    found = clashes(*order)
    assert [m.share for m in found] == [1.0, 1.0, 0.0]
    assert found[0].message != found[1].message
    crowded = clashes(["s03", "s22"], ["s01", "s22"], ["s03", "s04"])
    assert sum(m.share for m in crowded) == 2.0


@pytest.mark.parametrize(
    ("picked", "told"),
    [
        (["s22"], "This is one side"),
        (["s01", "s02"], "Both stand on one side"),
        (["s01", "s03"], "These two fit together"),
        (["s12", "s30"], "One of the two is on the list by itself"),
        (["s13"], "another source"),
        (["s19", "s20"], "a gap of several sentences"),
        (["s31", "s17"], "It may still be right"),
        (["s06"], "This is one side"),
        (["s07"], "By itself that is no clash"),
        (["s19"], "By itself that is no clash"),
        (["s30"], "a number or an amount that nobody stands behind"),
        (["s01", "s02", "s22"], "Choose one or two"),
        (["s40", "s41"], "“s40” is no sentence number. They go from s01 to s31."),
    ],
    ids=str,
)
def test_each_kind_of_miss_says_what_to_think_of_next(picked, told):
    found = clashes(picked)[0]
    assert (found.status, found.share) == ("not yet", 0.0)
    assert told in found.message


@pytest.mark.parametrize("nothing", [..., None, "", "...", [], [...], ["", ...]], ids=repr)
def test_a_clash_left_open_is_not_attempted(nothing):
    assert clashes(nothing)[0].status == "not attempted"


def test_without_a_key_a_clash_is_told_what_is_misspelt_and_no_more():
    kind, pack = label("clash"), students.pack()
    assert kind.faults(pack, THREE, {"first": "s01 s02", "second": "s07", "third": ["s18"]}) == []
    faults = kind.faults(pack, THREE, {"first": "s99", "second": ["s01", "s02", "s03"], "third": ...})
    assert len(faults) == 3
    assert "third" in faults[0]
    assert "s99" in faults[1]
    assert "3 sentences" in faults[2]


# Ties -------------------------------------------------------------------------------------------------------


RIGHT = {"giver": "China", "verb": "props up", "receiver": "Russia", "source": "NATO allies"}


@pytest.mark.parametrize(
    ("tie", "field", "typed"),
    [
        ("r03", "verb", "props"),
        ("r03", "source", "the writer"),
        ("r03", "source", "nobody"),
        ("r05", "source", "Mark Rutte"),
        ("r05", "source", "rutte"),
        ("r08", "verb", "were sent to"),
        ("r08", "verb", "sent"),
        ("r08", "giver", "North Korean troops"),
        ("r08", "source", "“Reports”"),
        ("r08", "source", "Reports indicate"),
        ("r01", "source", "Rutte pointed out"),
        ("r10", "giver", "President Macron of France"),
        ("r10", "source", "Macron of France"),
        ("r09", "giver", "the alliance"),
        ("r09", "verb", "means to help"),
        ("r10", "giver", "President Macron"),
        ("r10", "giver", "France"),
    ],
)
def test_a_tie_counts_by_any_name_the_text_has(tie, field, typed):
    best = label("tie").best(students.pack(), [tie])[tie]
    assert mark("tie", tie, {**best, field: typed}).share == 1.0


@pytest.mark.parametrize(
    ("tie", "field", "typed", "told"),
    [
        ("r01", "giver", "Russia", "from whom does it come"),
        ("r05", "receiver", "its", "type the name that is meant"),
        ("r08", "verb", "were", "Which word links"),
        ("r08", "source", "nobody", "a word such as “reports”"),
        ("r08", "source", "the writer", "a word such as “reports”"),
        ("r01", "source", "China", "type “nobody”"),
        ("r10", "verb", "will go on", "the promise is the verb"),
        ("r10", "verb", "support", "Copy only that"),
        ("r03", "source", "Rutte", "such as “said”"),
    ],
)
def test_each_part_of_a_tie_counts_a_quarter_and_a_wrong_one_says_where_to_look(tie, field, typed, told):
    best = label("tie").best(students.pack(), [tie])[tie]
    found = mark("tie", tie, {**best, field: typed})
    assert (found.status, found.share) == ("not yet", 0.75)
    assert "3 of 4 parts are right" in found.message
    assert told in found.message


def test_the_ends_of_a_tie_do_not_swap():
    assert mark("tie", "r03", {**RIGHT, "giver": "Russia", "receiver": "China"}).share == 0.5
    assert mark("tie", "r03", {"verb": "props up"}).share == 0.25
    assert mark("tie", "r03", dict.fromkeys(RIGHT, ...)).status == "not attempted"


def test_both_sets_take_the_same_words_for_no_source():
    for word in ("nobody", "writer", "the writer", "no one"):
        assert mark("quote", "s10", {"speaker": word, "form": "fragment"}).share == 1.0, word
        assert mark("tie", "r03", {**RIGHT, "source": word}).share == 1.0, word
    for name in ("set2", "set5"):
        task = next(text(c) for c in source(name) if "## A. Annotate" in text(c))
        assert '`"nobody"`' in task
        assert 'writer"`' not in task


# Speakers and forms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "both", ["both", "Both leaders", "Rutte and Macron", "Macron, Rutte", "rutte & macron"]
)
def test_both_may_be_typed_by_their_names(both):
    assert mark("quote", "s18", {"speaker": both, "form": "quote"}).share == 1.0
    assert mark("quote", "s03", {"speaker": both, "form": "quote"}).share == 0.5


@pytest.mark.parametrize(
    ("typed", "told", "not_told"),
    [
        ({"speaker": "Rute", "form": "paraphrase"}, "“rute”. Check the spelling.", "Which name"),
        ({"speaker": "Macorn", "form": "paraphrase"}, "“macorn”. Check the spelling.", "Which name"),
        ({"speaker": "Macron", "form": "paraphrase"}, "Which name goes with these words", "spelling"),
        ({"speaker": "Smith", "form": "paraphrase"}, "Which name goes with these words", "spelling"),
        (
            {"speaker": "Rutte", "form": "paraphase"},
            "quote, fragment, paraphrase: check the spelling",
            "marks?",
        ),
        ({"speaker": "Rutte", "form": "quote"}, "Is a whole statement between the marks", "spelling"),
        ({"speaker": "Rutte", "form": ...}, "The form is still open.", "“…”"),
        ({"speaker": "", "form": "paraphrase"}, "The speaker is still open.", "“…”"),
    ],
    ids=str,
)
def test_a_slip_of_the_keys_is_told_from_a_wrong_reading(typed, told, not_told):
    found = mark("quote", "s05", typed)
    assert (found.status, found.share) == ("not yet", 0.5)
    assert told in found.message
    assert not_told not in found.message


# Kinds of claims --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "kind", "told"),
    [
        ("s16", "prediction", "such as a promise, done already?"),
        ("s13", "prediction", "what may come, or what should be done?"),
        ("s04", "prediction", "Which word here points to the future?"),
        ("s24", "fact", "What would you look up here, today?"),
        ("s20", "judgement", "“If” and “may” point ahead"),
        ("s26", "judgement", "“holding the line” urges"),
    ],
)
def test_what_is_asked_about_a_kind_fits_the_sentence_and_each_accepted_kind_has_a_reason(
    sentence, kind, told
):
    assert told in mark("claim", sentence, {"kind": kind, "sure": 3}).message


def test_every_accepted_kind_is_given_a_reason():
    kind, pack = label("claim"), students.pack()
    for sid, fields in kind.accepted(pack).items():
        for accepted in fields["kind"] if len(fields["kind"]) > 1 else ():
            answer = kind.explain(pack, sid, {"kind": accepted})
            assert answer.score == 1.0
            assert answer.detail, (sid, accepted)


# Versions ---------------------------------------------------------------------------------------------------


def test_a_wrong_change_is_asked_about_and_its_verdict_not_told():
    kind, pack = label("change"), students.pack()
    reasons = dict(
        zip(pack.reference["versions"]["version_id"], pack.reference["versions"]["why"], strict=True)
    )
    asked = set()
    for version in read_set("set7").question("7.A").items:
        accepted = kind.accepted(pack)[version]["change"]
        for change in kind.values(pack)["change"]:
            found = mark("change", version, change)
            assert found.share == float(change in accepted)
            assert (reasons[version] in found.message) == (change in accepted), (version, change)
            if change not in accepted:
                asked.add(found.message)
                assert found.message.endswith("?")
                assert "marked" not in found.message
    assert len(asked) >= 4


# Places -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "typed"),
    [
        ("kursk", "part"),
        ("kursk", "Part of a country"),
        ("europe", "World Region"),
        ("europe", "region"),
        ("french", "nationality word"),
        ("many_places", "missing"),
        ("many_places", "world region"),
    ],
)
def test_a_tag_counts_however_it_is_typed(place, typed):
    assert mark("precision", place, typed).share == 1.0


def test_a_tag_that_is_none_lists_the_tags_and_a_wrong_one_asks():
    unknown, wrong = mark("precision", "kursk", "area"), mark("precision", "kursk", "spot")
    assert (unknown.share, wrong.share) == (0.0, 0.0)
    assert "none of these: spot, part, country" in unknown.message
    assert "Which one spot" in wrong.message


@pytest.mark.parametrize("typed", [4, "4", 4.0, "Rung 4", "rung 4"], ids=repr)
def test_a_rung_counts_however_it_is_typed(typed):
    assert mark("rung", "s05", typed).share == 1.0


# What the sets show -----------------------------------------------------------------------------------------


def source(name, *parts):
    """The cells of a set’s source notebook, or those with these ids, in order."""
    path = set_folder(name) / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [c for c in cells if not parts or c["id"] in {f"{name}-{part}" for part in parts}]


def text(cell) -> str:
    return "".join(cell["source"])


@pytest.mark.parametrize("name", students.SETS)
def test_a_sentence_with_its_number_stands_there_unchanged(name):
    shown = [line for c in source(name) if c["cell_type"] == "markdown" for line in text(c).splitlines()]
    numbered = [re.fullmatch(r"- \*\*(s\d\d)\*\* (.*)", line) for line in shown]
    for found in filter(None, numbered):  # what goes on in small letters is about a sentence
        assert found[2] == SENTENCES[found[1]] or found[2][0].islower(), found[1]
    if name == "set4":
        assert [m[1] for m in numbered if m] == list(SENTENCES)
    if name == "set1":
        asked = next(text(c) for c in source(name) if "of the last 13 sentences" in text(c))
        last = list(SENTENCES)[-13:]
        assert re.findall(r"^- \*\*(s\d\d)\*\*", asked, re.MULTILINE) == last
        assert last[0] == "s19", "the question begins after sentence 18"
    if name == "set5":
        for cell in source(name):
            for sid, words in re.findall(
                r"^- \*\*r\d\d\*\* \((s\d\d)[^)]*\) (.*)$", text(cell), re.MULTILINE
            ):
                assert words == SENTENCES[sid]


def test_the_reading_task_of_set_4_has_the_numbers_that_its_cell_prints(monkeypatch):
    monkeypatch.chdir(set_folder("set4"))
    space: dict = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for cell in source("set4", "start", "run"):
            exec(text(cell), space)
    *lines, last = printed.getvalue().splitlines()
    hits = dict(line.split(" ", 1) for line in lines)
    too_many = [sid for sid, words in hits.items() if "'war'" not in words]
    read = read_set("set4").question("4.N")
    shown = " ".join(sid.upper() for sid in reversed(too_many))
    for typed in (too_many, shown, " and ".join(too_many), [int(sid[1:]) for sid in too_many]):
        right = {"guess": len(hits), "letters": int(last.split()[0]), "too_many": typed, "because": "..."}
        found = score(read_set("set4"), read, desk.Notebook(read, right), students.pack())
        assert found.points == read.points, typed
    short = score(
        read_set("set4"), read, desk.Notebook(read, {**right, "too_many": too_many[1:]}), students.pack()
    )
    assert short.points < read.points
    guess = next(f for f in read.fields if f["name"] == "guess")
    assert guess["values"] == [len(hits), len(hits) - len(too_many)]
    prompt = next(text(c) for c in source("set4") if "### Track N" in text(c))
    assert re.findall(r"\d+", prompt) == [str(v) for v in guess["values"]]
    options = next(text(c) for c in source("set4") if "**L4b.**" in text(c)).partition("**L4b.**")[2]
    assert not {str(v) for v in guess["values"]} & set(re.findall(r"\d+", options)), "part B tells the guess"


def test_the_reading_task_of_set_5_asks_for_what_its_cell_hides(monkeypatch):
    monkeypatch.chdir(set_folder("set5"))
    space: dict = {}
    exec(text(source("set5", "start")[0]), space)
    cell = next(text(c) for c in source("set5") if text(c).startswith("minimum = 1"))
    assert cell.startswith("minimum = 1\n")
    *body, last = cell.splitlines()
    exec("\n".join([*body, f"before = {last}", "minimum = 4", f"after = {last}"]), space)
    before, after = space["before"], space["after"]
    gone = [giver for giver in before["giver"].unique() if giver not in set(after["giver"])]
    assert len(gone) >= 2
    assert set(before[before["rung"] < 4]["giver"]) - set(gone), "one of the givers keeps a tie and loses one"
    read = read_set("set5").question("5.N")
    for order in (gone, gone[::-1], " and ".join(gone)):
        right = {"guess": 3, "ties": len(after), "gone": order, "because": "..."}
        found = score(read_set("set5"), read, desk.Notebook(read, right), students.pack())
        assert found.points == read.points, order


def test_the_reading_task_of_set_6_has_one_longest_line(monkeypatch):
    monkeypatch.chdir(set_folder("set6"))
    space: dict = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for cell in source("set6", "start", "run"):
            exec(text(cell), space)
    rows = [line.split(" ", 2) for line in printed.getvalue().splitlines()]
    times = {place: int(count) for _, count, place in rows}
    assert all(len(dots) == int(count) for dots, count, _ in rows)
    biggest, *others = times
    assert times[biggest] > max(times[place] for place in others)
    read = read_set("set6").question("6.N")
    right = {"guess": biggest, "biggest": biggest, "times": times[biggest], "kursk": times["Kursk region"]}
    found = score(read_set("set6"), read, desk.Notebook(read, right), students.pack())
    assert found.points == read.points
    assert set(next(f for f in read.fields if f["name"] == "guess")["values"]) <= set(times)
