"""The lesson pack in data/: a valid Data Package whose tables, questions and datasheet agree."""

import csv
import json
import re
from collections import Counter
from itertools import product
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

CLAIMS = {r["id"]: r for r in TABLES["claims.csv"]}
CHECKED = {r["claim_id"]: r for r in TABLES["reference/claims.csv"]}
EVIDENCE = {r["id"]: r for r in TABLES["evidence.csv"]}
BESIDE = {c: [r["evidence_id"] for r in TABLES["claim_evidence.csv"] if r["claim_id"] == c] for c in CLAIMS}
TENSIONS = TABLES["reference/tensions.csv"]
AGREEMENTS = TABLES["reference/agreements.csv"]
LABELS = {r["id"]: r for r in TABLES["labels.csv"]}
STRETCHES = TABLES["reference/spans.csv"]
THE_DATE = "2024-11-12"

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
# Each type of claim is of one kind; what a group without names is said to think decides for itself.
KIND_OF = {
    "factual-past": "fact",
    "factual-present": "fact",
    "factual-present/quantity": "fact",
    "causal": "fact",
    "evaluation": "judgement",
    "prediction": "prediction",
    "normative/call to action": "call",
}
WHEN = {"fact": "now", "prediction": "later", "judgement": "never", "call": "never"}
LOOK_AT = {"now": {"transcript", "count", "document", "poll"}, "later": {"wait"}, "never": {"nothing"}}


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
            first, last = PLACE[row.get("sentence_id") or CLAIMS[row["claim_id"]]["sentence_id"]]
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
    assert not sorted(q for q in quoted if not stands_in(PLAIN, q))


def test_the_kind_of_a_claim_follows_its_type_and_what_differs_from_its_sentence_is_argued() -> None:
    assert list(CHECKED) == list(CLAIMS)
    assert [r["sentence_id"] for r in CLAIMS.values()] == sorted(r["sentence_id"] for r in CLAIMS.values())
    assert not set(CHECKED["cl01"]) & set(CLAIMS["cl01"]), "a column of the key in the table for all"
    for claim, row in CHECKED.items():
        assert row["kind"] == KIND_OF.get(row["subtype"], row["kind"]), row
        accepted = REFERENCE[CLAIMS[claim]["sentence_id"]]["accept_kind"].split("|")
        assert (row["kind"] not in accepted) == ("part of the sentence" in row["kind_reason"]), row
    by_content = {c: r["kind"] for c, r in CHECKED.items() if r["subtype"] not in KIND_OF}
    assert Counter(by_content.values()) == {"judgement": 3, "prediction": 2}
    assert {r["subtype"] for r in CHECKED.values()} == {*KIND_OF, "vague-attributed"}


def test_when_to_check_is_the_default_of_the_kind_or_a_stated_exception() -> None:
    exceptions = {c for c, r in CHECKED.items() if r["when"] != WHEN[r["kind"]]}
    assert exceptions == {c for c, r in CHECKED.items() if r["when_reason"].startswith("An exception: ")}
    assert len(exceptions) <= 0.05 * len(CHECKED)
    assert not [r for r in CHECKED.values() if r["look_at"] not in LOOK_AT[r["when"]]]


def test_a_verdict_rests_on_what_was_seen_and_keeps_then_and_later_apart() -> None:
    for claim, row in CHECKED.items():
        seen = [EVIDENCE[e] for e in BESIDE[claim] if EVIDENCE[e]["seen"] == "true"]
        if row["verdict_at_date"] not in ("not checkable", "at odds with itself"):
            assert [e for e in seen if e["date"] and e["date"] <= "2024-11-13"], row
            assert row["when"] == "now" or "The verdict is about" in row["note"], row
        assert row["when"] != "now" or row["verdict_at_date"] != "not checkable", row
        if row["verdict_later"]:
            dated = row["verdict_later_date"]
            assert dated > THE_DATE or (not dated and row["verdict_at_date"] == "not checkable"), row
            assert not dated or dated[:4] in row["verdict_later"], row
            assert not dated or [e for e in seen if not THE_DATE >= e["date"] > ""], row
        assert bool(row["verdict_later_date"]) <= bool(row["verdict_later"]), row
        assert not re.search(r"(?<!for )\b(2025|2026)\b", row["note"] + row["when_reason"]), row


def test_evidence_that_was_not_seen_says_nothing_and_supports_nothing() -> None:
    for entry in EVIDENCE.values():
        assert (entry["seen"] == "true") == bool(entry["says"]), entry
        assert entry["seen"] == "true" or "Not seen here." in entry["note"], entry
        assert bool(entry["address"]) == (entry["link_ok"] == "true"), entry
        unaddressed = re.search("Address not shown|No address was stored", entry["note"])
        assert bool(entry["address"]) != bool(unaddressed), entry
        assert entry["kind"] != "propagation example" or not entry["address"], entry
        assert "http" not in entry["title"] + entry["publisher"] + entry["says"] + entry["note"], entry
    used = {e for row in (*TENSIONS, *TABLES["troop_figures.csv"]) for e in row["evidence"].split("|") if e}
    used |= {e for beside in BESIDE.values() for e in beside}
    assert not [e for e in used if EVIDENCE[e]["seen"] == "false"]
    spread = [c for c, es in BESIDE.items() if any(EVIDENCE[e]["kind"] == "propagation example" for e in es)]
    assert spread == ["cl23", "cl30"], "claims on who said which words"
    named = {e for row in EVIDENCE.values() for e in re.findall(r"\be\d{2,3}\b", row["says"] + row["note"])}
    assert named <= set(EVIDENCE)


def test_what_claims_and_tensions_quote_stands_in_the_text_or_in_their_evidence() -> None:
    own = {c: [v for k, v in r.items() if k != "text"] for c, r in CHECKED.items()}
    rows = [([*own[c], *r.values()], BESIDE[c]) for c, r in CLAIMS.items()]
    rows += [([*r.values()], r["evidence"].split("|") if r["evidence"] else []) for r in TENSIONS]
    rows += [([r["who"]], []) for r in TABLES["troop_figures.csv"]]
    strange = [
        q
        for cells, beside in rows
        for cell in cells
        for q in QUOTED.findall(cell)
        if not stands_in(PLAIN, q) and not any(stands_in(EVIDENCE[e]["says"].lower(), q) for e in beside)
    ]
    assert not strange
    every = [
        c
        for t in ("claims", "reference/claims", "evidence", "reference/tensions")
        for r in TABLES[f"{t}.csv"]
        for c in r.values()
    ]
    assert not [c for c in every if c.count("“") != c.count("”") or '"' in c or "'" in c]


def test_tensions_take_another_source_only_where_they_say_so() -> None:
    for row in TENSIONS:
        assert (row["kind"] == "outside the text") == bool(row["evidence"]), row
        a, b = (row[side].split("|") if row[side] else [] for side in "ab")
        assert a == sorted(a)
        assert b == sorted(b)
        assert not set(a) & set(b), row
        assert set(re.findall(r"\bs\d\d\b", row["what"])) <= {*a, *b}, row
    assert [r["kind"] for r in TENSIONS[:9]] == [
        "number", "time", "speaker", "scope", "scope", "scope", "speaker", "speaker", "grammar",
    ]  # fmt: skip
    shared = next(q["text"] for q in TABLES["quotes.csv"] if "|" in q["credited_speakers"])
    assert f"one quotation of {len(shared.split())} words" in TENSIONS[2]["what"]
    alone = next(r for r in TENSIONS if r["title"] == "Paragraphs without a source")
    told = re.findall(r"\d+", alone["what"].partition("only")[0])
    inside = [s["id"] for s in SENTENCES if s["paragraph"] in told]
    assert alone["a"].split("|") == inside
    assert max(int(REFERENCE[s]["rung"]) for s in inside) <= 2


def test_the_short_path_of_claims_shows_every_time_and_most_ways_to_check() -> None:
    path = [CHECKED[c] for c, r in CLAIMS.items() if r["core"] == "true"]
    assert len(path) == 10
    assert {r["when"] for r in path} == {"now", "later", "never"}
    assert len({r["look_at"] for r in path}) >= 4


def test_pairs_that_agree_are_in_order_once_and_no_tension() -> None:
    pairs = [(r["a"], r["b"]) for r in AGREEMENTS]
    assert pairs == sorted(set(pairs))
    assert all(a < b for a, b in pairs)
    keyed = {frozenset(p) for r in TENSIONS for p in product(r["a"].split("|"), r["b"].split("|"))}
    assert not [p for p in pairs if frozenset(p) in keyed]
    assert all(r["gains"] in ("", r["a"], r["b"]) for r in AGREEMENTS)
    assert sum(bool(r["gains"]) for r in AGREEMENTS) >= 3, "lesson 4 shows what deserves more trust"


def test_pairs_that_agree_quote_both_sentences_in_few_words() -> None:
    for row in AGREEMENTS:
        assert re.match("Both .*: look at “", row["why"]), row
        assert len(row["why"].split()) <= 30, row
        shown = QUOTED.findall(row["why"].partition(": look at ")[2])
        assert len(shown) == 2, row
        assert all(stands_in(plain(row[side]), q) for side, q in zip("ab", shown, strict=True)), row
        first = QUOTED.findall(row["why"].partition(": look at ")[0])
        assert all(stands_in(plain(row[side]), q) for side in "ab" for q in first), row


def test_labelled_stretches_keep_to_their_set_and_say_why_in_words_of_the_sentence() -> None:
    assert len({r["name"] for r in LABELS.values()}) == len(LABELS)
    assert [r["id"] for r in STRETCHES] == [f"sp{n:02}" for n in range(1, len(STRETCHES) + 1)]
    assert all(LABELS[r["label_id"]]["set"] == r["set"] for r in STRETCHES)
    assert {r["label_id"] for r in STRETCHES} == set(LABELS), "a label without an example"
    for row in STRETCHES:
        quoted = QUOTED.findall(row["why"])
        assert quoted, row
        assert all(q == row["text"] or stands_in(plain(row["sentence_id"]), q) for q in quoted), row
        assert row["why"].count(". ") <= 1, row


def test_labelled_stretches_begin_and_end_as_quotations_and_phrases_do() -> None:
    quotes, phrases = ({(r["start"], r["end"]) for r in TABLES[t]} for t in ("quotes.csv", "phrases.csv"))
    cues = {(r["cue_start"], r["cue_end"]) for r in TABLES["quotes.csv"]}
    read = {r["sentence_id"] for r in STRETCHES if r["set"] == "wording"}
    for label, known in (("exact", quotes), ("verb", cues), ("borrowed", phrases)):
        marked = {(r["start"], r["end"]) for r in STRETCHES if r["label_id"] == label}
        in_read = {s for s in known if any(PLACE[i][0] <= int(s[0]) < PLACE[i][1] for i in read)}
        if label != "borrowed":
            assert in_read <= marked, label
        assert marked - known <= {s for s in marked if between_marks(*map(int, s))}, label
    whole = [range(int(a), int(b)) for a, b in quotes]
    for row in STRETCHES:
        inside = [w for w in whole if int(row["start"]) in w and len(row["text"]) < len(w)]
        assert bool(inside) == (row["label_id"] in ("added", "not_spoken")), row
        assert not inside or (row["text"][0], row["text"][-1]) == ("(", ")"), row


def test_verbs_to_swap_take_the_place_of_the_same_words_and_one_is_the_article_s() -> None:
    verbs = TABLES["verbs.csv"]
    ((_, _, _, words),) = {(r["sentence_id"], r["start"], r["end"], r["text"]) for r in verbs}
    assert words.strip("“”") in [r["verb"] for r in verbs]
    assert len({r["verb"] for r in verbs}) == len(verbs)
    offered = {o["text"] for o in OPTIONS["L2b"]}
    assert offered <= {r["verb"] for r in verbs}, "the question asks about verbs that the lesson shows"
    assert not [r for r in verbs for q in QUOTED.findall(r["effect"]) if not stands_in(PLAIN, q)]


def test_counts_of_soldiers_are_drawn_as_they_were_worded() -> None:
    figures = TABLES["troop_figures.csv"]
    assert [r["date"] for r in figures] == sorted(r["date"] for r in figures)
    for row in figures:
        numbers = re.findall(r"\d[\d,]*", row["figure"])
        last = numbers[-1] if "–" in row["figure"] else numbers[0]
        ends = {"at": [numbers[0], ""], "over": [numbers[0], ""], "nearly": ["", numbers[0]]}
        drawn = [row[side] and f"{int(row[side]):,}" for side in ("low", "high")]
        assert drawn == ends.get(row["figure"].split()[0], [numbers[0], last]), row
        beside = [EVIDENCE[e] for e in row["evidence"].split("|") if e]
        assert bool(beside) == (row["owner_type"] != "no owner"), row
        says = " ".join(e["title"] + e["says"] for e in beside) or TEXT
        assert all(stands_in(says.lower(), n) for n in numbers), row
        worded = [
            w for w in ("already", "at least", "over", "estimated", "about", "nearly") if w in row["figure"]
        ]
        assert all(stands_in(says.lower(), w) for w in worded), row


def test_numbers_in_items_are_those_of_the_data() -> None:
    tail = [s["id"] for s in SENTENCES if s["id"] > "s18"]
    assert RIGHT["L1b"] == str(sum(REFERENCE[s]["rung"] == "5" for s in tail))
    assert f"last {len(tail)} sentences" in ITEMS["L1b"]["stem"]
    (named,) = (s for s in tail if REFERENCE[s]["rung"] == "5")
    feedback = next(ANSWERS[o["id"]]["feedback"] for o in OPTIONS["L1b"] if o["text"] == RIGHT["L1b"])
    assert f"only sentence {int(named[1:])}," in feedback
    letters, words = TEXT.count("Russia"), len(re.findall(r"\bRussia\b", TEXT))
    assert f"finds them {letters} times." in ITEMS["L4b"]["stem"]
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
    verdicts = Counter(r["verdict_at_date"] for r in CHECKED.values())
    assert not [v for v, n in verdicts.items() if f"| {v} | {n} |" not in sheet]
    assert (
        f"{sum(bool(r['verdict_later']) for r in CHECKED.values())} claims have a later word on them" in sheet
    )
    addresses, unseen = (
        sum(r[c] == v for r in EVIDENCE.values()) for c, v in (("link_ok", "true"), ("seen", "false"))
    )
    assert f"{addresses} of its {len(EVIDENCE)} entries have an address" in sheet
    assert f"({unseen} of them not seen here)" in sheet
    assert f"({sum(bool(r['evidence']) for r in TENSIONS)} of them) what others print" in sheet
    bare = [s for s in PLACE if s not in {r["sentence_id"] for r in CLAIMS.values()}]
    assert "- {}, {} and {} carry no claim of their own.".format(*bare) in sheet
    forms = Counter(m["form"] for m in TABLES["mentions.csv"])
    assert "({name} names, {description} descriptions, {pronoun} pronouns)".format(**forms) in sheet
    assert not [t for t, rows in TABLES.items() if f"| `{t}` | {len(rows)} |" not in sheet]


# Tables that quote other outlets, and the words between marks in them that are ours.
COMPARING = {f"reference/{t}.csv" for t in ("quotes", "claims", "tensions")} | {"evidence.csv", "claims.csv"}
OURS = {"analyst", "news-pravda"}
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
        theirs = [q for q in quoted if holds(marked, q) or (table in COMPARING and not stands_in(PLAIN, q))]
        theirs = [q for q in theirs if q not in OURS]
        touches = "start" in row and any(a < int(row["end"]) and int(row["start"]) < b for a, b in marked)
        assert key in named or not (theirs or touches or name == "phrases.csv"), key
        assert not [q for q in theirs if q not in named[key] and q not in whole], key


PLAIN = TEXT.translate({ord(c): None for c in "“”"}).lower()


def plain(sid: str) -> str:
    """A sentence in lower case, without its curly marks."""
    return TEXT[slice(*PLACE[sid])].translate({ord(c): None for c in "“”"}).lower()


def between_marks(start: int, end: int) -> bool:
    """Whether a stretch of the text is all that stands between two curly marks."""
    return TEXT[start - 1] + TEXT[end] == "“”" and not set(TEXT[start:end]) & set("“”")


def stands_in(text: str, words: str) -> bool:
    """Whether ``words`` stand in a lower-case text, as whole words."""
    return bool(re.search(rf"(?<!\w){re.escape(words.lower())}(?!\w)", text))


def holds(marked: list[tuple[int, int]], words: str) -> bool:
    """Whether ``words`` stand inside one of the marked stretches of the text."""
    found = re.compile(rf"(?<!\w){re.escape(words.strip('.,'))}(?!\w)", re.IGNORECASE)
    return any(found.search(TEXT[a + 1 : b - 1]) for a, b in marked)
