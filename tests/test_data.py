"""The lesson pack in data/: a valid Data Package whose tables, questions and datasheet agree."""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import frictionless
import pytest

from whosays.measures.agreement import alpha

DATA = Path(__file__).parents[1] / "data"
PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
TABLES = {
    r["path"]: list(csv.DictReader((DATA / r["path"]).read_text(encoding="utf-8").splitlines()))
    for r in PACKAGE["resources"]
}

SENTENCES = TABLES["sentences.csv"]
REFERENCE = {r["sentence_id"]: r for r in TABLES["reference/sentences.csv"]}
ANSWERS = {r["option_id"]: r for r in TABLES["reference/item_options.csv"]}
ITEMS = {r["id"]: r for r in TABLES["items.csv"]}
OPTIONS = {i: [o for o in TABLES["item_options.csv"] if o["item_id"] == i] for i in ITEMS}
RIGHT = {i: next(o["text"] for o in o_ if ANSWERS[o["id"]]["correct"] == "true") for i, o_ in OPTIONS.items()}
LESSON = [i for i, r in ITEMS.items() if r["form"] == "lesson"]
PART_2 = {form: [i for i, r in ITEMS.items() if (r["form"], r["part"]) == (form, "2")] for form in "AB"}

TEXT, PLACE = "", {}
for before, row in zip([None, *SENTENCES], SENTENCES, strict=False):
    if before:
        TEXT += " " if before["paragraph"] == row["paragraph"] else "\n\n"
    PLACE[row["id"]] = (len(TEXT), len(TEXT) + len(row["text"]))
    TEXT += row["text"]

QUOTED = re.compile("“([^“”]*)”")
# Words that feedback and stems quote from elsewhere.
FROM_ELSEWHERE = {
    "claimed": "an option of L2b that the text does not use",
    "authoritarian friends": "AP's and AFP's wording, L7b",
}


def test_frictionless_finds_a_valid_package() -> None:
    report = frictionless.validate(str(DATA / "datapackage.json"))
    assert report.valid, report.flatten(["path", "rowNumber", "fieldName", "message"])
    assert {str(p.relative_to(DATA)) for p in DATA.rglob("*.csv")} == set(TABLES)


@pytest.mark.parametrize("resource", PACKAGE["resources"], ids=lambda r: r["name"])
def test_spans_match_and_lists_hold_known_items(resource: dict) -> None:
    for row in TABLES[resource["path"]]:
        for span in resource["schema"].get("whosays:spans", []):
            start, end = int(row[span["start"]]), int(row[span["end"]])
            assert TEXT[start:end] == row[span["text"]], row
            first, last = PLACE[row["sentence_id"]]
            assert first <= start < end <= last, row
        for field in resource["schema"]["fields"]:
            items = row[field["name"]].split("|") if field["type"] == "list" and row[field["name"]] else []
            if "whosays:itemsIn" in field:
                assert set(items) <= {r["id"] for r in TABLES[field["whosays:itemsIn"] + ".csv"]}, row
            assert set(items) <= set(field.get("whosays:itemEnum", items)), row


def test_marks_are_complete_and_mean_one_thing() -> None:
    assert {m["actor_id"] for m in TABLES["mentions.csv"]} - {""} == {a["id"] for a in TABLES["actors.csv"]}
    assert {m["place_id"] for m in TABLES["mentions.csv"]} - {""} == {p["id"] for p in TABLES["places.csv"]}
    assert all(bool(m["actor_id"]) != bool(m["place_id"]) for m in TABLES["mentions.csv"])
    sizes = {"actors.csv": 28, "quotes.csv": 6, "phrases.csv": 23, "glossary.csv": 44}
    assert {t: len(TABLES[t]) for t in sizes} == sizes
    forms = [f for g in TABLES["glossary.csv"] for f in g["forms"].split("|") if f]
    assert all(re.search(rf"\b{re.escape(f)}\b", TEXT) for f in forms)


def test_what_is_said_of_a_phrase_leaves_the_rung_to_the_reader() -> None:
    told = [p["technique"] + " " + p["why"] for p in TABLES["phrases.csv"]]
    assert not [t for t in told if re.search(r"\b(?:writer|author|rungs?|no source)\b", t)]


def test_every_accepted_rung_has_one_reason_and_contested_means_more_than_one() -> None:
    accepted = []
    for sid, row in REFERENCE.items():
        for what in ("rung", "kind"):
            options = row[f"accept_{what}"].split("|")
            assert options[0] == row[what], row
            assert len(options) == len(set(options)), row
            assert (row[f"contested_{what}"] == "true") == (len(options) > 1), row
        accepted += [(sid, r) for r in row["accept_rung"].split("|")]
    assert [(r["sentence_id"], r["rung"]) for r in TABLES["reference/reasons.csv"]] == accepted
    assert not [r for r in TABLES["reference/reasons.csv"] if r["text"][0] in "“”" or r["text"][-1] in "“”"]


def test_items_have_one_right_option_at_changing_places_and_feedback_that_explains() -> None:
    assert set(ANSWERS) == {o["id"] for o in TABLES["item_options.csv"]}
    for item, options in OPTIONS.items():
        assert sum(ANSWERS[o["id"]]["correct"] == "true" for o in options) == 1, item
        assert [o["id"] for o in options] == [f"{item}.{n}" for n in range(1, len(options) + 1)]
        if item in LESSON:
            assert all(len(ANSWERS[o["id"]]["feedback"].split()) >= 5 for o in options), item
    for group in (LESSON, PART_2["A"], PART_2["B"]):
        seats = Counter(([o["text"] for o in OPTIONS[i]].index(RIGHT[i]), len(OPTIONS[i])) for i in group)
        for size in {len(OPTIONS[i]) for i in group}:
            taken = [seats[n, size] for n in range(size)]
            assert max(taken) - min(taken) <= 1, (group[0], size, taken)
        lengths = {i: sorted((len(o["text"]) for o in OPTIONS[i]), reverse=True) for i in group}
        longest = [i for i in group if len(RIGHT[i]) == lengths[i][0] > lengths[i][1]]
        assert 0.25 <= len(longest) / len(group) <= 0.40, longest
    yes = [r for i, r in RIGHT.items() if ITEMS[i]["part"] == "1"]
    assert Counter(yes) == {"Yes, a source I could check": 12, "No source I could check": 12}


def test_what_reasons_feedback_and_stems_quote_stands_in_the_text() -> None:
    said = [r["reason"] for r in TABLES["reference/reasons.csv"]] + [ITEMS[i]["stem"] for i in LESSON]
    said += [ANSWERS[o["id"]]["feedback"] for i in LESSON for o in OPTIONS[i]]
    quoted = {q for text in said for q in QUOTED.findall(text)} - set(FROM_ELSEWHERE)
    plain = TEXT.translate({ord(c): None for c in "“”"}).lower()
    assert not sorted(q for q in quoted if not re.search(rf"(?<!\w){re.escape(q.lower())}(?!\w)", plain))


def test_numbers_in_items_are_those_of_the_data() -> None:
    tail = [s["id"] for s in SENTENCES if s["id"] > "s18"]
    assert RIGHT["L1b"] == str(sum(REFERENCE[s]["rung"] == "5" for s in tail))
    assert f"last {len(tail)} sentences" in ITEMS["L1b"]["stem"]
    (named,) = (s for s in tail if REFERENCE[s]["rung"] == "5")
    feedback = next(ANSWERS[o["id"]]["feedback"] for o in OPTIONS["L1b"] if o["text"] == RIGHT["L1b"])
    assert f"only sentence {int(named[1:])}," in feedback
    letters, words = TEXT.count("Russia"), len(re.findall(r"\bRussia\b", TEXT))
    assert f'`T.count("Russia")` gives {letters}.' in ITEMS["L4b"]["stem"]
    assert RIGHT["L4b"] == str(words)
    assert {o["text"] for o in OPTIONS["L4b"]} == {str(words), str(letters), str(2 * letters - words)}
    shared = next(q["text"] for q in TABLES["quotes.csv"] if "|" in q["credited_speakers"])
    assert f"one {len(shared.split())}-word quotation" in ITEMS["L2a"]["stem"]
    predictions = [int(r["rung"]) for r in REFERENCE.values() if r["kind"] == "prediction"]
    assert f"all {len(predictions)} predictions" in ITEMS["L3b"]["stem"]
    assert max(predictions) == 2
    assert "Paris" not in TEXT


def test_the_datasheet_gives_the_figures_of_the_tables() -> None:
    sheet = (DATA / "README.md").read_text(encoding="utf-8")
    coded = {(r["reading"], r["sentence_id"]): r for r in TABLES["reference/readings.csv"]}
    rungs = [[int(coded[n, s]["rung"]) for s in PLACE] for n in "123"]
    kinds = [[coded[n, s]["kind"] for s in PLACE] for n in "123"]
    assert f"alpha, ordinal | {alpha(rungs, 'ordinal'):.2f} |" in sheet
    assert f"alpha, nominal | {alpha(kinds, 'nominal'):.2f} |" in sheet
    same = sum(a == b for a, b in zip(rungs[1], rungs[2], strict=True))
    assert f"readings 2 and 3 | {same} of {len(PLACE)} |" in sheet
    contested = [sum(r[f"contested_{w}"] == "true" for r in REFERENCE.values()) for w in ("rung", "kind")]
    assert "{} sentences are contested for the rung and {} for the kind".format(*contested) in sheet
    forms = Counter(m["form"] for m in TABLES["mentions.csv"])
    assert "({name} names, {description} descriptions, {pronoun} pronouns)".format(**forms) in sheet
    assert not [t for t, rows in TABLES.items() if f"| `{t}` | {len(rows)} |" not in sheet]


KEYS = {"reasons.csv": "{sentence_id}, rung {rung}", "readings.csv": "{sentence_id}, reading {reading}"}


@pytest.mark.parametrize("folder", ["", "reference/"])
def test_the_rights_tables_name_every_row_with_words_of_others(folder: str) -> None:
    rights = (DATA / folder / "README.md").read_text(encoding="utf-8").partition("## Rights")[2]
    lines = [[c.strip() for c in x.split("|")[1:4]] for x in rights.splitlines() if ".csv |" in x]
    named = {(t, one): words for t, ids, words in lines for one in ([ids] if folder else ids.split())}
    marked = [m.span() for m in re.finditer("“[^”]*”", TEXT)]
    whole = {q["text"].strip("“”") for q in TABLES["quotes.csv"]}
    here = [t for t in TABLES if t.startswith("reference/") == bool(folder)]
    for table, row in [(t, r) for t in here for r in TABLES[t]]:
        name = table.removeprefix(folder)
        key = (name, KEYS.get(name, "{" + next(iter(row)) + "}").format(**row))
        quoted = [q for cell in row.values() for q in QUOTED.findall(cell)]
        theirs = [
            q for q in quoted if holds(marked, q) or (table == "reference/quotes.csv" and q not in TEXT)
        ]
        touches = "start" in row and any(a < int(row["end"]) and int(row["start"]) < b for a, b in marked)
        assert key in named or not (theirs or touches or name == "phrases.csv"), key
        assert not [q for q in theirs if q not in named[key] and q not in whole], key


def holds(marked: list[tuple[int, int]], words: str) -> bool:
    """Whether ``words`` stand inside one of the marked stretches of the text."""
    found = re.compile(rf"(?<!\w){re.escape(words.strip('.,'))}(?!\w)", re.IGNORECASE)
    return any(found.search(TEXT[a + 1 : b - 1]) for a, b in marked)
