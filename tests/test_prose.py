"""What students read: plain enough for grade 8, without a number of unknown origin, in neutral words.

The grade is Flesch–Kincaid's with the syllables of syllapy, a word list with a rule for the rest: textstat,
which would do both, fetches its word list from the network.
"""

from __future__ import annotations

import ast
import csv
import itertools
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import syllapy

from helpers import DATA, NOTEBOOKS
from whosays import pack
from whosays.checks import POINTS, clashes
from whosays.course.places import FEWEST
from whosays.measures.agreement import ENOUGH
from whosays.measures.claims import KINDS
from whosays.measures.ladder import RUNGS
from whosays.widgets.claims import ASKS as CLAIM_ASKS
from whosays.widgets.ticks import Ticks

LIBRARY = NOTEBOOKS / "whosays"
ALL = [path.stem for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
QUOTED = re.compile("“[^“”]*”")
LONGEST_PARAGRAPH = 60
MINUTES = [0, 3, 10, 22, 30, 40, 45]

# Reading ----------------------------------------------------------------------------------------------------


@cache
def cells(name: str, kind: str, note: bool = False) -> list[str]:
    """The cells of one kind, without the note for teachers or with it."""
    content = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    return [
        "".join(cell["source"])
        for cell in content["cells"]
        if cell["cell_type"] == kind and (note or "instructor-note" not in cell["metadata"].get("tags", []))
    ]


def plain(markdown: str) -> str:
    """Markdown as it is read: without code, link targets and emphasis."""
    return re.sub(r"\*\*|\*|`[^`]*`|\]\([^)]*\)|\[", "", markdown)


def paragraphs(name: str) -> list[str]:
    """The paragraphs and list items of a notebook; headings and tables are none."""
    parts = [p for c in cells(name, "markdown") for p in re.split(r"\n\s*\n|\n(?=[-*|] |\d\. |\|)", c)]
    return [plain(re.sub(r"^(- |\d\. )", "", p)) for p in parts if p.strip() and p[0] not in "#|"]


def said(name: str) -> list[str]:
    """The language in the code cells of a notebook: what its widgets ask and say."""
    nodes = [node for source in cells(name, "code") for node in ast.walk(ast.parse(source))]
    strings = [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [s for s in strings if " " in s]


def rows(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / f"{table}.csv").read_text(encoding="utf-8").splitlines()))


def column(table: str, *names: str) -> list[str]:
    """The texts of some columns; lists are taken apart."""
    return [part for row in rows(table) for name in names for part in row[name].split("|") if part]


def literals(path: Path) -> Iterator[str]:
    """The strings of a module with a space in them, docstrings aside; what an f-string fills in is “it”.

    They are taken from the source, so that a message that no test provokes counts too.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skip: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skip.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            skip.update(id(n) for n in ast.walk(node) if n is not node)
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split"
        ):
            skip.add(id(node.func.value))
    for node in ast.walk(tree):
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(v.value) if isinstance(v, ast.Constant) else "it" for v in node.values)
        if id(node) not in skip and " " in text:
            yield text


@cache
def library() -> dict[str, list[str]]:
    """The strings in each module and in each script of a widget."""
    found = {str(p.relative_to(LIBRARY)): [*literals(p)] for p in sorted(LIBRARY.rglob("*.py"))}
    for path in LIBRARY.rglob("*.js"):
        strings = re.findall(r"""(["'`])((?:(?!\1)[^\\\n])*)\1""", path.read_text(encoding="utf-8"))
        found[path.name] = [text for _, text in strings if " " in text]
    return found


# Grade ------------------------------------------------------------------------------------------------------


def words(text: str) -> list[str]:
    return re.findall(r"\d[\d.,]*|[^\W\d_][\w’'-]*", text)


def sentences(texts: Iterable[str]) -> list[list[str]]:
    """The words of each sentence; the end of a text ends a sentence, and quotations do not count."""
    parts = [s for t in texts for s in re.split(r"[.!?…]+(?=\W|$)", QUOTED.sub("", t))]
    return [found for part in parts if (found := words(part))]


def syllables(word: str) -> int:
    return max(1, syllapy.count(word.replace("’", "'")))


def grade(texts: Iterable[str]) -> float:
    """The school grade after Kincaid et al. (1975), Research Branch Report 8-75."""
    found = sentences(texts)
    total = sum(map(len, found))
    return 0.39 * total / len(found) + 11.8 * sum(syllables(w) for s in found for w in s) / total - 15.59


def test_the_grade_is_that_of_known_sentences() -> None:
    assert grade(["The cat sat on the mat."]) == pytest.approx(-1.45)
    passage = "This sentence, taken as a reading passage unto itself, is being used to prove a point."
    assert sum(map(syllables, words(passage))) == 23
    assert grade([passage, "“And words of others, however interminable, do not count.”"]) == grade([passage])
    assert grade(["Notwithstanding considerable deliberation, governments reconsidered."]) > 20


@pytest.mark.parametrize("name", ALL)
def test_a_notebook_reads_at_grade_8(name: str) -> None:
    prose = paragraphs(name) + said(name)
    assert len(prose) >= 10
    assert grade(prose) <= 8
    long = [p for p in prose if len(words(p)) > LONGEST_PARAGRAPH]
    assert not long, long


FROM_DATA = {
    "reasons": ("reference/reasons", "reason"),
    "feedback": ("reference/item_options", "feedback"),
    "questions": ("items", "stem"),
    "options": ("item_options", "text"),
    "phrases": ("phrases", "why", "plainer"),
    "verbs": ("verbs", "effect"),
    "labels": ("labels", "name", "definition"),
    "labelled stretches": ("reference/spans", "why"),
    "definitions": ("glossary", "definition"),
    "actors": ("actors", "role", "note"),
    "places": ("places", "note"),
    "places checked": ("reference/places", "why"),
    "ties": ("relations", "note"),
    "ties checked": ("reference/relations", "why", "denial", "later"),
    "events": ("timeline", "what"),
    "members": ("members", "note"),
    "versions": ("versions", "note"),
    "versions compared": ("reference/versions", "why"),
    "quotations": ("reference/quotes", "title", "holds_up", "differs", "unsettled", "flags"),
    "claims": ("claims", "claim", "why"),
    "claims checked": (
        "reference/claims",
        "claimant_worded",
        "kind_reason",
        "when_reason",
        "verdict_later",
        "note",
    ),
    "tensions": ("reference/tensions", "title", "what", "why"),
    "agreements": ("reference/agreements", "why"),
    "evidence": ("evidence", "says", "note"),
}


@pytest.mark.parametrize("what", FROM_DATA)
def test_what_the_pack_says_reads_at_grade_9(what: str) -> None:
    texts = column(*FROM_DATA[what])
    assert grade(texts) <= 9
    assert not [t for t in texts if len(words(t)) > LONGEST_PARAGRAPH]


def test_what_the_library_says_reads_at_grade_9() -> None:
    texts = [t for module, found in library().items() if not module.startswith("pack/") for t in found]
    texts = [t for t in texts if t.count(" ") >= 2 and not re.search(r"[<>{}\\^_=]|serif", t)]
    assert {"No source at all", "Careful readers split here.", "Answers can be saved"} <= set(texts)
    assert grade(texts) <= 9
    assert not [t for t in texts if len(words(t)) > LONGEST_PARAGRAPH]


# Numbers ----------------------------------------------------------------------------------------------------

ONES = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
]
ONES += ["fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
NUMBER_WORDS = dict(enumerate(ONES, 2)) | {20: "twenty", 30: "thirty"}
NUMBER_WORDS |= {
    tens + i: f"{NUMBER_WORDS[tens]}-{one}"
    for tens in (20, 30)
    for i, one in enumerate(["one", *ONES[:8]], 1)
}
NUMERAL = re.compile(rf"\d[\d.,–-]*|\b(?:{'|'.join(reversed(NUMBER_WORDS.values()))})\b", re.IGNORECASE)


def word(n: int) -> str:
    return NUMBER_WORDS[n]


@cache
def the_pack() -> Any:
    return pack.load(DATA)


def plan() -> list[str]:
    return [f"{a}–{b}" for a, b in itertools.pairwise(MINUTES)]


def start_here() -> list[str]:
    ticks = word(len(Ticks().view["ticks"]))
    date = re.search(r"On (\d+ \w+ \d{4}),", the_pack().text)
    assert date
    datasheet = (DATA / "README.md").read_text(encoding="utf-8")
    checked = re.search(r"Facts checked against stored sources;[^(]*\((\d+ \w+ \d{4})\)", datasheet)
    assert checked
    return [
        "15 minutes, before the first lesson",  # as long as LESSONS plans for it
        f"{ticks.title()} ticks mean yes",
        f"you see {ticks} ticks",
        f"takes {MINUTES[-1]} minutes and has the same {word(len(plan()))} steps",
        *(f"| {minutes} |" for minutes in plan()),
        f"article of {date[1]}",
        f"stored sources on {checked[1]};",
    ]


def lesson_1() -> list[str]:
    group = next(n for n, name in RUNGS.items() if name.startswith("A group"))
    asked = next(c for c in cells("01_who_is_speaking", "code") if "limit=" in c)
    limit = int(re.findall(r"limit=(\d+)", asked)[0])
    core = int(the_pack().sentences["core"].sum())
    wrong = re.findall(r"^\d\. ", cells("01_who_is_speaking", "markdown", True)[1], re.MULTILINE)
    return [
        f"Time: {MINUTES[-1]} minutes",
        *(f"## {i} " for i in range(1, len(plan()) + 1)),
        *(f"({minutes} minutes)" for minutes in plan()),
        f"rung {group}: {RUNGS[group].lower()}",
        f"At most {limit} words",
        f"the {word(len('...'))} dots",
        f"{word(the_pack().reference['readings']['reading'].nunique())} careful readings",
        "Name two honest reasons",  # a task: as many as we ask for
        # and in the note for teachers
        *(f"| {minutes} |" for minutes in plan()),
        f"“{core} core”",
        f"{core} core only",
        f"one to {word(max(RUNGS))} fingers",
        f"so it is rung {max(RUNGS)}",
        f"{word(len(wrong)).title()} likely wrong turns",
        "Two questions for the class",
        "two borrowed words",  # of a fragment: fewer than a statement
        "answer two sentences, restart",  # tasks and cuts: as many as we ask for
        "the first two paragraphs",
        "Class view, two questions",
        "30 minutes. Skip",
        f"the {core} core sentences only",
        "the class view to one question",
        "60 minutes. Let pairs",
    ]


def frame(name: str) -> list[str]:
    """The numbers that every lesson has: steps and minutes, in the lesson and in its note."""
    asked = re.findall(r"limit=(\d+)", "\n".join(cells(name, "code")))
    wrong = re.findall(r"^\d\. ", cells(name, "markdown", True)[1], re.MULTILINE)
    return [
        f"Time: {MINUTES[-1]} minutes",
        *(f"## {i} " for i in range(1, len(plan()) + 1)),
        *(f"({minutes} minutes)" for minutes in plan()),
        *(f"| {minutes} |" for minutes in plan()),
        *(f"At most {limit} words" for limit in asked),
        f"the {word(len('...'))} dots",
        f"{word(len(wrong)).title()} likely wrong turns",
        "Two questions for the class",  # tasks and cuts: as many as we ask for
        "Class view, two questions",
        "answer two questions, restart",
        "30 minutes. Skip",
        "60 minutes. ",
    ]


def lesson_2() -> list[str]:
    quotes = len(the_pack().quotes)
    (shared,) = the_pack().quotes.loc[the_pack().quotes["credited_speakers"].str.len() > 1, "sentence_id"]
    more = next(c for c in cells("02_whose_exact_words", "code") if '"wording"' in c)
    listed = re.findall(r"s\d\d", more.rpartition("wording")[2])
    return [
        *frame("02_whose_exact_words"),
        f"the {word(quotes)} quotations",
        f"sentence {shared} ",
        f"sentence {shared}:",
        f"In lesson 1 you put sentence {shared} on",
        "the next two steps",  # verbs and seam
        "Choose two in the chart",  # a task: as many as we ask for
        f"Sentence {shared} ",
        f"come {word(len(listed))} more sentences",
        "Two people rarely say",  # the least that can be more than one
    ]


def lesson_3() -> list[str]:
    core = int(the_pack().tables["claims"]["core"].sum())
    hedged = "s24"  # the sentence that the exit ticket is about
    assert "may" in the_pack().sentences.set_index("id").loc[hedged, "text"]
    return [
        *frame("03_could_anyone_check"),
        f"“{core} core”",
        f"{word(len(the_pack().tables['troop_figures'])).title()} numbers, not all",
        f"{word(len(KINDS))} kinds",
        f"Cross {word(2)} columns",  # what a crosstab takes
        "counts two columns",
        f"{word(3).title()} clicks each",  # the questions on a card, counted below
        f"sentence {hedged} ",
        "yours from lesson 1,",
        "Two of them leave little to test",  # of hedges: the least that is more than one
        "Read one number",
        "nine million",  # the invented example
        "never build one like it again",
        "never build one like it.",
        "One sentence can hold",
        "each sentence has one kind",
        "one picture, one question",
    ]


def lesson_4() -> list[str]:
    return [
        *frame("04_does_it_agree"),
        f"Choose one or {word(clashes.MOST)} sentences",
        "Three friends",  # the invented example
        "about three finds",  # what fits the minutes
        "Three finds are enough",
        "two of them, level",
        "Write two sentences",
        "Three friends baked a cake. Anna said it was good. The two of them",
        "the two of them",
        "the two numbers",
        "Why are the two numbers",
        "one item, two sentences",
        "two statements that cannot both",
        "Do the two fit together",
    ]


def lesson_5() -> list[str]:
    ties = [r for r in rows("relations") if r["role"] == "text"]
    (summary,) = [r for r in rows("relations") if r["role"] == "summary"]
    keys = rows("reference/relations")
    group = summary["between"].split("|")
    core = {s["id"] for s in rows("sentences") if s["core"] == "true"}
    actors = {k[end] for k in keys for end in ("giver", "receiver")}
    pairs = math.comb(len(group), 2)
    told = {frozenset((k["giver"], k["receiver"])) for k in keys} & set(
        map(frozenset, itertools.combinations(group, 2))
    )
    assert 2 * len(told) == pairs, "half of them"
    return [
        *frame("05_who_supports_whom"),
        f"“{sum(t['sentence_id'] in core for t in ties)} core”",
        f"on {word(len(actors))} sheets",
        f"the {word(len(group))} states",
        f"{word(pairs).title()} pairs can be made",
        f"all {word(pairs)}",
        f"asks for these {word(4)}",  # giver, verb, receiver, source
        f"Group by {word(2)} columns",
        f"with {word(2)} columns",
        "Three names in one list, and no verb between any two",  # the invented example
        "Three pairs are possible",
        "What are these two?",
        "Nine players came",
        "All ten players were",
        "Nine is not ten",
        "yours from lesson 1, or the",
        "Which verb links these two",
        "Which verbs link two of them",
        "three of them",  # cuts and tasks: as many as we ask for
        "take three of the core ties",
        "Give two sentence numbers",
    ]


def lesson_6() -> list[str]:
    core = len({r["kind"] for r in rows("places") if r["origin"] == "text"})  # one place of each kind
    return [
        *frame("06_where_is_the_story"),
        f"“{core} core”",
        "Merge two tables",  # what a merge takes
        "puts two tables side by side",
        "Merge the two tables",
        "Two people will draw two lines",  # the least that can differ
        "That the two are friends",
        "joins two boxes",
        "the map in step 3",
        f"show from {word(FEWEST)} on",
    ]


def lesson_7() -> list[str]:
    return [
        *frame("07_how_words_travel"),
        "stand in only one of the two",
        "a list of two columns",
        "back in four minutes",
        "Two sites only show",
        "Five sites have it",  # a student may say so
        "How many of the five",
        "Two pages, but only",  # the invented example
    ]


def lesson_8() -> list[str]:
    weak = "23"  # the sentence that the class talks about
    assert "consensus" in the_pack().sentences.set_index("id").loc[f"s{weak}", "text"]
    return [
        *frame("08_how_sure_are_we"),
        f"sentence {weak} ",
        f"fewer than {word(ENOUGH)} files",
        f"the {word(len(POINTS))} points",
        "answers of lesson 1",
        "card of step 5",
        "tells two things",  # mean and count
        "Two papers print",
        "for four minutes",  # what fits the minutes
        "two things about",
        "Ten readers put an invented",  # the invented example
        "Six say rung 4",
        "Four say rung 2",
        "between 0 and 1",
        "At 1 all agree; at 0 they",
        "Half of a class says rung 1, half says rung 5",
        "rung 3, and nobody",
        "rung 5, the higher",
        "rung 1, the lower",
        "Three piles",
    ]


NUMBERS: dict[str, Callable[[], list[str]]] = {
    "00_start_here": start_here,
    "01_who_is_speaking": lesson_1,
    "02_whose_exact_words": lesson_2,
    "03_could_anyone_check": lesson_3,
    "04_does_it_agree": lesson_4,
    "05_who_supports_whom": lesson_5,
    "06_where_is_the_story": lesson_6,
    "07_how_words_travel": lesson_7,
    "08_how_sure_are_we": lesson_8,
}


def test_a_claim_has_as_many_questions_as_the_lesson_says() -> None:
    assert len(CLAIM_ASKS) == 3


@pytest.mark.parametrize("name", ALL)
def test_every_number_in_a_notebook_comes_from_somewhere(name: str) -> None:
    listed = NUMBERS[name]()
    text = "\n".join([plain(c) for c in cells(name, "markdown", True)] + said(name))
    missing = [phrase for phrase in listed if phrase not in text]
    assert not missing, f"listed, but not in the notebook: {missing}"
    for phrase in sorted(listed, key=len, reverse=True):
        text = text.replace(phrase, "")
    text = re.sub(
        r"^\d\. |\b(?:R[ILH]|W)\.[\d-]+\.\d+", "", text, flags=re.MULTILINE
    )  # list items, standards
    unlisted = [text[max(0, m.start() - 30) : m.end() + 30] for m in NUMERAL.finditer(text)]
    assert not unlisted, f"give the expression that yields each of these in {__name__}: {unlisted}"


# Words ------------------------------------------------------------------------------------------------------

# Not in our own voice: CONTRIBUTING, “Neutral wording”.
NEVER = {
    "labels": r"(?<!x )(?<!y )(?<!x-)(?<!y-)axis|blocs?|regimes?|rogue|CRINK|enem(?:y|ies)|evil|propaganda",
    "reporting verbs": r"slammed|warned|admitted|blasted",
    "verdicts": r"fakes?|faked|hoax|liars?|lied|alleged(?:ly)?",
    "the war": r"special military operation|front ?lines?|Kursk front",
    "titles": r"(?<!-elect )President Trump|former president",
    "spelling": r"Kiev|Zelensk(?:y|i|iy)|Turkey|Czech Republic",
}
# The article's words, and wrong options that students are meant to see through.
NOT_OURS = {
    "quotes": {"text", "cue"},
    "phrases": {"text"},
    "mentions": {"text"},
    "verbs": {"text"},
    "places": {"text"},
    "versions": {"wording"},
    "reference/relations": {"text"},
    "reference/reasons": {"text"},
    "reference/spans": {"text"},
    "reference/readings": {"deciding_words"},
    "reference/claims": {"text"},
    "evidence": {"title", "address"},
}
ALLOWED = {
    ("item_options", "A16.2"): "fake, in a wrong option",
    ("item_options", "B16.1"): "fake, in a wrong option",
    ("glossary", "reporting_verb"): "warned: a verb that is mentioned",
}


def never(text: str) -> list[str]:
    """The words in a text that our own voice does not use; quotations are not our voice."""
    own = QUOTED.sub("“”", text)
    return [
        m[0] for pattern in NEVER.values() for m in re.finditer(rf"\b(?:{pattern})\b", own, re.IGNORECASE)
    ]


@pytest.mark.parametrize("name", ALL)
def test_a_notebook_keeps_to_neutral_words(name: str) -> None:
    text = "\n".join(cells(name, "markdown", True) + said(name))
    assert not never(text)
    seen = "\n".join(cells(name, "markdown") + said(name))
    assert not re.search(r"\bfakes?\b", seen, re.IGNORECASE), "no verdict on anybody, not even a quoted one"


def test_the_pack_keeps_to_neutral_words() -> None:
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    found = {}
    for resource in package["resources"]:
        if not resource["path"].endswith(".csv"):
            continue
        table = resource["path"].removesuffix(".csv")
        for row in rows(table):
            own = [cell for name, cell in row.items() if name not in NOT_OURS.get(table, ())]
            if used := never("\n".join(own)):
                found[table, next(iter(row.values()))] = used
    assert found.keys() == ALLOWED.keys(), found
    assert all(word.lower() in ALLOWED[key] for key, used in found.items() for word in used), found


def test_the_library_keeps_to_neutral_words() -> None:
    assert not {module: used for module, texts in library().items() if (used := never("\n".join(texts)))}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the Axis of four", ["Axis"]),
        ("The x axis shows the sentences.", []),
        ("He slammed “the regime” and its regimes", ["slammed", "regimes"]),
        ("at the front line, on the frontlines", ["front line", "frontlines"]),
        ("President Trump and President-elect Trump", ["President Trump"]),
        ("Zelensky in Kiev; Zelenskyy in Kyiv", ["Zelensky", "Kiev"]),
        ("It is “fake”, they say. The word block is no bloc.", ["bloc"]),
    ],
)
def test_the_word_list_finds_what_it_means(text: str, found: list[str]) -> None:
    assert sorted(never(text)) == sorted(found)


# Words between curly marks that are neither the article’s nor in the library, and whose they are.
QUOTES = {
    "00_start_here": {"between curly marks": "shows the marks"},
    "02_whose_exact_words": {
        "Error displaying widget": "JupyterLab says so",
        "far too much": "the invented example",
        "I make far too much bread.": "the invented example",
        "complained": "the invented example",
        "Done early?": "a heading of the notebook",
        "It stands between marks, so it is true.": "a student may say so",
        "Both agree, so both said it.": "a student may say so",
        "Nobody from there is quoted, so the writer hides something.": "a student may say so",
    },
    "03_could_anyone_check": {
        "Error displaying widget": "JupyterLab says so",
        "too much": "the invented example",
        "8 core": "a button, counted in NUMBERS",
        "Supported": "a verdict",
        "never": "an answer of the sorter",
        "It is about a real country, so it is a fact.": "a student may say so",
        "It says may, so it is weak.": "a student may say so",
        "People disagree about it, so nobody can check it.": "a student may say so",
    },
    "04_does_it_agree": {
        "Error displaying widget": "JupyterLab says so",
        "The museum will open late this summer.": "the invented example",
        "It says the same thing twice, so it clashes.": "a student may say so",
        "There is a clash, so nothing in it is right.": "a student may say so",
        "NATO says so, because Rutte says so.": "a student may say so",
    },
    "05_who_supports_whom": {
        "Error displaying widget": "JupyterLab says so",
        "5 core": "a button, counted in NUMBERS",
        "Nine players came.": "the invented example",
        "All ten players were there.": "the invented example",
        "They stand in one list, so they help each other.": "a student may say so",
        "Many lines mean much support.": "a student may say so",
        "It is dashed, so it is not so.": "a student may say so",
    },
    "06_where_is_the_story": {
        "Error displaying widget": "JupyterLab says so",
        "6 core": "a button, counted in NUMBERS",
        "The talks were in Paris, everybody knows that.": "a student may say so",
        "A big circle means a big part in the war.": "a student may say so",
        "The dot shows where it is.": "a student may say so",
    },
    "07_how_words_travel": {
        "Error displaying widget": "JupyterLab says so",
        "They print other words, so somebody lied.": "a student may say so",
        "Five sites have it, so it is right.": "a student may say so",
        "It is from a state’s agency, so it is wrong.": "a student may say so",
    },
    "08_how_sure_are_we": {
        "Error displaying widget": "JupyterLab says so",
        "We disagree, so one of us is wrong.": "a student may say so",
        "All of us agree, so it is right.": "a student may say so",
        "I will make the sentence stronger.": "a student may say so",
    },
    "01_who_is_speaking": {
        "between curly marks": "shows the marks",
        "Officials": "the invented example",
        "12 core": "a button, counted in NUMBERS",
        "No name, so it is fake.": "a student may say so",
        "It has quotation marks, so it is rung 5.": "a student may say so",
        "It says NATO, so Rutte is the source.": "a student may say so",
        "So is NATO lying?": "a student may ask so",
        "So everything is fake?": "a student may ask so",
        "Error displaying widget": "JupyterLab says so",
        "damaged": "part of a file's name",
    },
}


@pytest.mark.parametrize("name", ALL)
def test_curly_marks_hold_the_words_of_the_article_or_of_a_known_other(name: str) -> None:
    article = the_pack().text.translate({ord(c): None for c in "“”"})
    own = {text.lower() for texts in library().values() for text in texts}
    text = "\n".join(cells(name, "markdown", True) + said(name))
    pieces = {piece.strip("“”") for piece in QUOTED.findall(text)}
    strange = {p for p in pieces if p.rstrip(".,") not in article and p.lower() not in own}
    assert strange == QUOTES[name].keys()
    assert text.count("“") == text.count("”") == len(QUOTED.findall(text)), "marks that do not match"
