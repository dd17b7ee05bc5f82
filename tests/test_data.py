"""The lesson pack in data/: a valid Data Package whose tables, questions and datasheet agree."""

import csv
import json
import math
import re
from collections import Counter
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any

import frictionless
import pytest

from whosays.measures.agreement import alpha

DATA = Path(__file__).parents[1] / "data"
PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES = [r for r in PACKAGE["resources"] if r["path"].endswith(".csv")]
TABLES = {
    r["path"]: list(csv.DictReader((DATA / r["path"]).read_text(encoding="utf-8").splitlines()))
    for r in RESOURCES
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
ACTORS = {r["id"]: r for r in TABLES["actors.csv"]}
TIES = {r["id"]: r for r in TABLES["relations.csv"]}
CHECKED_TIES = {r["relation_id"]: r for r in TABLES["reference/relations.csv"]}
PLACES = {r["id"]: r for r in TABLES["places.csv"]}
PRECISION = {r["place_id"]: r for r in TABLES["reference/places.csv"]}
VERSIONS = {r["id"]: r for r in TABLES["versions.csv"]}
CHANGES = {r["version_id"]: r for r in TABLES["reference/versions.csv"]}
MEMBERS = {r["iso3"]: r for r in TABLES["members.csv"]}
SHAPES = {
    f["id"]: f for f in json.loads((DATA / "countries.geojson").read_text(encoding="utf-8"))["features"]
}
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
    assert {str(p.relative_to(DATA)) for p in DATA.rglob("*.geojson")} == {
        r["path"] for r in PACKAGE["resources"] if r not in RESOURCES
    }


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: r["name"])
def test_spans_match_and_lists_hold_known_items(resource: dict) -> None:
    for row in TABLES[resource["path"]]:
        for span in resource["schema"].get("whosays:spans", []):
            if not any(row[column] for column in span.values()):
                continue
            start, end = int(row[span["start"]]), int(row[span["end"]])
            assert TEXT[start:end] == row[span["text"]], row
            first, last = PLACE[sentence_of(row)]
            assert first <= start < end <= last, row
        for field in resource["schema"]["fields"]:
            items = row[field["name"]].split("|") if field["type"] == "list" and row[field["name"]] else []
            if "whosays:itemsIn" in field:
                assert set(items) <= {r["id"] for r in TABLES[field["whosays:itemsIn"] + ".csv"]}, row
            assert set(items) <= set(field.get("whosays:itemEnum", items)), row


def test_marks_are_complete_and_mean_one_thing() -> None:
    assert {m["actor_id"] for m in TABLES["mentions.csv"]} - {""} == {a["id"] for a in TABLES["actors.csv"]}
    assert {m["place_id"] for m in TABLES["mentions.csv"]} - {""} <= set(PLACES)
    assert all(bool(m["actor_id"]) != bool(m["place_id"]) for m in TABLES["mentions.csv"])
    sizes = {"actors.csv": 28, "quotes.csv": 6, "phrases.csv": 23, "glossary.csv": 44}
    assert {t: len(TABLES[t]) for t in sizes} == sizes
    forms = [f for g in TABLES["glossary.csv"] for f in g["forms"].split("|") if f]
    assert all(re.search(rf"\b{re.escape(f)}\b", TEXT) for f in forms)


def test_what_is_said_of_a_phrase_leaves_the_rung_to_the_reader() -> None:
    told = [p["technique"] + " " + p["why"] for p in TABLES["phrases.csv"]]
    assert not [t for t in told if re.search(r"\b(?:writer|author|rungs?|no source)\b", t)]


def test_no_column_of_the_claims_gives_the_rungs_away() -> None:
    rungs = {c: REFERENCE[row["sentence_id"]]["rung"] for c, row in CLAIMS.items()}
    blind = max(Counter(rungs.values()).values())
    tried = []
    for column in next(iter(CLAIMS.values())):
        groups: dict[str, Counter[str]] = {}
        for c, row in CLAIMS.items():
            groups.setdefault(row[column], Counter())[rungs[c]] += 1
        if len(groups) > len(CLAIMS) / 2:
            continue  # nearly a value for each row: a text, or a key
        right = sum(max(group.values()) for group in groups.values())
        assert right <= blind + len(CLAIMS) / 10, f"{column} tells {right} rungs, no column {blind}"
        tried.append(column)
    assert tried


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
    lists = {
        (r["path"], f["name"]) for r in RESOURCES for f in r["schema"]["fields"]
        if f.get("whosays:itemsIn") == "evidence"
    }  # fmt: skip
    assert len(lists) >= 10
    used = {e for table, column in lists for row in TABLES[table] for e in row[column].split("|") if e}
    used |= {e for beside in BESIDE.values() for e in beside} | {v["evidence_id"] for v in VERSIONS.values()}
    used.remove("")
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


def test_the_reference_comes_first_among_the_times_that_are_accepted() -> None:
    for row in CHECKED.values():
        accepted = row["accept_when"].split("|")
        assert accepted[0] == row["when"], row
        assert len(set(accepted)) == len(accepted), row
        said = "both are accepted" in row["kind_reason"] or "Careful readers split" in row["when_reason"]
        assert not said or len(accepted) > 1 or row["kind"] == "call", row


def test_the_short_path_of_claims_shows_every_time_and_most_ways_to_check() -> None:
    path = [CHECKED[c] for c, r in CLAIMS.items() if r["core"] == "true"]
    assert len(path) == 8  # as many as fit twelve minutes
    assert {r["when"] for r in path} == {"now", "later", "never"}
    assert len({r["look_at"] for r in path}) >= 4


def test_pairs_that_agree_are_in_order_once_and_no_tension() -> None:
    pairs = [(r["a"], r["b"]) for r in AGREEMENTS]
    assert pairs == sorted(set(pairs))
    assert all(a < b for a, b in pairs)
    keyed = {frozenset(p) for r in TENSIONS for p in product(r["a"].split("|"), r["b"].split("|"))}
    assert not [p for p in pairs if frozenset(p) in keyed]
    assert all(r["gains"] in ("", r["a"], r["b"]) for r in AGREEMENTS)
    assert sum(bool(r["gains"]) for r in AGREEMENTS) >= 2, "lesson 4 shows what deserves more trust"


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


# Ties -------------------------------------------------------------------------------------------------------


def test_what_gives_whom_what_in_the_text_lies_in_the_reference_alone() -> None:
    assert list(TIES) == [*sorted(i for i in TIES if i[0] == "r"), *sorted(i for i in TIES if i[0] == "x")]
    told = {i: {c for c, cell in r.items() if cell} for i, r in TIES.items()}
    assert list(CHECKED_TIES) == [i for i, r in TIES.items() if r["role"] == "text"]
    for tie, row in TIES.items():
        if row["role"] == "text":
            assert told[tie] == {"id", "role", "sentence_id"}, row
            continue
        both_ways = row["between"].split("|") if row["between"] else []
        assert bool(both_ways) != bool(row["giver"] and row["receiver"]), row
        assert bool(row["giver"]) == bool(row["receiver"]) != (row["giver"] == row["receiver"]), row
        assert len(both_ways) == len(set(both_ways)) != 1, row
        assert {"kind", "what"} < told[tie], row
        outside = row["role"] == "context"
        assert outside == (tie[0] == "x") == bool(row["evidence"]) == bool(row["date"]), row
        assert outside != bool(row["sentence_id"]), row
    assert [r["sentence_id"] for r in TIES.values() if r["sentence_id"]][:-1] == sorted(
        sentence_of(r) for r in CHECKED_TIES.values()
    )
    later = [i for i, r in TIES.items() if r["date"] > THE_DATE]
    assert later == [i for i, r in TIES.items() if r["note"].startswith("Signed after the article.")]
    assert len(later) == 1


def test_of_six_pairs_three_have_a_tie_and_one_state_is_in_all_of_them() -> None:
    (summary,) = (r for r in TIES.values() if r["role"] == "summary")
    four = summary["between"].split("|")
    assert {"|".join(four)} == {r["between"] for r in TIES.values() if r["sentence_id"] and r["between"]}
    assert {ACTORS[a]["type"] for a in four} == {"state"}
    assert len(four) == 4
    assert summary["what"].strip("“”") in TEXT[slice(*PLACE[summary["sentence_id"]])]
    pairs = {frozenset(p) for p in combinations(four, 2)}
    told = {frozenset((r["giver"], r["receiver"])) for r in CHECKED_TIES.values()} & pairs
    assert (len(pairs), RIGHT["L5a"]) == (6, f"{len(told)}, all with Russia")
    assert {"russia"} == frozenset.intersection(*told)
    assert {r["receiver"] for r in CHECKED_TIES.values() if r["giver"] in four} == {"russia"}
    strong = [r for r in CHECKED_TIES.values() if int(r["rung"]) >= 4]
    assert {frozenset((r["giver"], r["receiver"])) for r in strong} & pairs == told
    assert any("11,000" in r["what"] for r in CHECKED_TIES.values())
    assert not any("11,000" in r["what"] for r in strong), "RIGHT[L5b]: the number goes"
    assert RIGHT["L5b"] == "The number 11,000"


def test_a_tie_rests_on_the_words_and_the_rung_of_its_sentence() -> None:
    for row in CHECKED_TIES.values():
        sid = sentence_of(row)
        assert row["rung"] == REFERENCE[sid]["rung"], row
        for what in ("giver", "receiver", "said_by"):
            accepted = row[f"accept_{what}"].split("|")
            assert accepted[0] == row[what], row
            assert len(accepted) == len(set(accepted)), row
        assert row["giver"] != row["receiver"], row
        quoted = QUOTED.findall(row["why"])
        assert stands_in(plain(sid), row["text"]), row
        assert any(stands_in(q.lower(), row["text"]) for q in quoted), row
        assert all(stands_in(plain(sid), q) for q in quoted), row
        named = {m["actor_id"] for m in TABLES["mentions.csv"] if m["sentence_id"] == sid}
        meant = named | IMPLIED.get(sid, set()) | ({"writer"} if row["rung"] == "1" else set())
        assert {row["giver"], row["receiver"], row["said_by"]} <= meant, row
    by_sentence = Counter((sentence_of(r), r["giver"], r["text"]) for r in CHECKED_TIES.values())
    assert max(by_sentence.values()) == 1


def test_a_denial_has_an_owner_a_date_and_evidence_and_what_came_later_is_apart() -> None:
    for row in CHECKED_TIES.values():
        assert bool(row["denied_by"]) == bool(row["denial"]) == bool(row["denial_evidence"]), row
        assert bool(row["later"]) == bool(row["later_date"]) == bool(row["later_evidence"]), row
        assert not re.search(r"\b202[5-9]\b", row["denial"] + row["why"]), row
        beside = row["evidence"].split("|")
        if row["denied_by"]:
            assert row["denied_by"] == row["giver"], row
            assert re.search(r"\b202\d\b", row["denial"]), row
            assert all(before(EVIDENCE[e]["date"], THE_DATE) for e in row["denial_evidence"].split("|")), row
        if row["later"]:
            assert row["later_date"] > THE_DATE, row
            assert row["later_date"][:4] in row["later"], row
            assert row["later_date"] in [EVIDENCE[e]["date"] for e in row["later_evidence"].split("|")], row
        assert not set(beside) & set(row["later_evidence"].split("|")), row


def test_the_picture_of_ties_has_a_place_for_all_and_no_line_runs_through_a_third() -> None:
    at = {r["actor_id"]: (float(r["x"]), float(r["y"])) for r in TABLES["positions.csv"]}
    lines = {(r["giver"], r["receiver"]) for r in CHECKED_TIES.values()}
    for row in TIES.values():
        if row["role"] == "context":
            lines.add(tuple(row["between"].split("|")) if row["between"] else (row["giver"], row["receiver"]))
    assert {a for line in lines for a in line} == set(at)
    assert all(math.dist(at[a], at[b]) >= 0.2 for a, b in combinations(at, 2))
    near = [(a, b, c) for a, b in lines for c in at if c not in (a, b) and off(at[c], at[a], at[b]) < 0.1]
    assert not near


# Places -----------------------------------------------------------------------------------------------------


def test_how_often_a_place_is_named_is_counted_from_its_mentions() -> None:
    drawn = {p: times_named(p) for p, r in PLACES.items() if r["origin"] == "text" and r["lon"]}
    assert {p: len(found) for p, found in drawn.items()} == {
        "russia": 8, "china": 5, "iran": 4, "north_korea": 5, "ukraine": 8, "usa": 1, "france": 1,
        "kursk": 1, "europe": 5, "indo_pacific": 2, "north_america": 3,
    }  # fmt: skip
    assert len(set(drawn["europe"])) == 4
    for place, found in drawn.items():
        words = re.compile(rf"\b{re.escape(PLACES[place]['name'])}\b")
        searched = [s["id"] for s in SENTENCES for _ in words.findall(s["text"])]
        assert sorted(found) == searched, "the words alone, found as whole words, say the same"
        assert found[0] == PLACES[place]["sentence_id"], "the first place"
    assert times_named("washington_word") == ["s24"], "no mention of the country, but of its government"
    assert not times_named("city_of_the_talks")


def test_a_place_can_be_drawn_as_exactly_as_the_text_has_it() -> None:
    by_kind = {
        k: [p for p, r in PLACES.items() if r["kind"] == k] for k in {r["kind"] for r in PLACES.values()}
    }
    for place, row in PLACES.items():
        assert bool(row["lon"]) == bool(row["lat"]), row
        assert bool(row["iso3"]) == (row["kind"] == "country"), row
        soft = row["kind"] in ("part of a country", "world region")
        assert bool(row["reach_lon"]) == bool(row["reach_lat"]) == soft, "areas and theatres are never pins"
        assert not soft or float(row["reach_lon"]) > 0 < float(row["reach_lat"]), row
        assert bool(row["text"]) == (row["origin"] == "text" and row["kind"] != "missing"), row
        assert bool(row["sentence_id"]) == (row["origin"] == "text"), row
        assert (place in PRECISION) == (row["origin"] == "text"), row
        hidden = row["kind"] in ("nationality word", "missing", "other")
        assert bool(row["lon"]) != hidden, row
        if row["kind"] == "country":
            assert ACTORS[row["actor_id"]]["iso3"] == row["iso3"], row
            assert SHAPES[row["iso3"]]["properties"]["name"] == row["name"], row
    assert by_kind["part of a country"] == ["kursk"], "the only one"
    assert {r["kind"] for r in PLACES.values() if r["origin"] == "context"} == {"city", "building", "site"}
    states = {a for a, r in ACTORS.items() if r["iso3"]}
    assert {PLACES[p]["actor_id"] for p in by_kind["country"]} == states
    named_after = [p["actor_id"] for p in PLACES.values() if p["kind"] == "country"]
    assert len(named_after) == len(set(named_after))
    heard = {a for p in PLACES.values() for a in p["voices"].split("|") if a}
    quoted = {s for q in TABLES["quotes.csv"] for s in q["credited_speakers"].split("|")}
    assert quoted - heard == {"rutte"}, "he speaks for NATO, which is no place"


def test_precision_is_that_of_the_kind_and_no_place_of_the_text_is_a_point() -> None:
    of_kind = {"country": "area", "part of a country": "area", "world region": "vague"}
    of_kind |= {"nationality word": "no place", "missing": "missing"}
    for place, row in PRECISION.items():
        accepted = row["accept"].split("|")
        assert accepted[0] == row["precision"] == of_kind.get(PLACES[place]["kind"], row["precision"]), row
        assert len(accepted) == len(set(accepted)), row
        sid = PLACES[place]["sentence_id"]
        assert all(stands_in(plain(sid), q) for q in QUOTED.findall(row["why"])), row
    assert "point" not in {a for r in PRECISION.values() for a in r["accept"].split("|")}


# Timeline, members, versions --------------------------------------------------------------------------------


def test_events_are_in_order_and_rest_on_what_was_published_after_them() -> None:
    events = TABLES["timeline.csv"]
    assert [(r["date"], r["id"]) for r in events] == sorted((r["date"], r["id"]) for r in events)
    assert len({r["date"] for r in events}) == len(events)
    assert (events[0]["date"], events[-1]["date"]) == ("2022-02-04", "2025-06-25")
    assert Counter(r["role"] for r in events) == {"core": 25, "later": 3}
    for row in events:
        assert (row["role"] == "later") == (row["date"] > "2024-12-31"), row
        seen = [EVIDENCE[e]["date"] for e in row["evidence"].split("|")]
        assert any(not day or before(row["date"], day) for day in seen), row
        assert PLACES[row["place_id"]]["lon"], "every event can be put on the map"
        rest = " ".join(EVIDENCE[e]["says"] + EVIDENCE[e]["title"] for e in row["evidence"].split("|"))
        known = rest + "".join(a["note"] for a in ACTORS.values())
        assert all(stands_in(known.lower(), q) for q in QUOTED.findall(row["what"])), row
    used = {r["place_id"] for r in events} | {"paris", "budapest"}
    assert {p for p, r in PLACES.items() if r["origin"] == "context"} <= used
    assert THE_DATE in [r["date"] for r in events]


def test_members_of_nato_joined_in_known_waves() -> None:
    assert Counter(int(r["year"]) for r in MEMBERS.values()) == {
        1949: 12, 1952: 2, 1955: 1, 1982: 1, 1999: 3, 2004: 7, 2009: 2, 2017: 1, 2020: 1, 2023: 1, 2024: 1,
    }  # fmt: skip
    assert len(MEMBERS) == 32
    assert [r["name"] for r in MEMBERS.values()] == sorted(
        (r["name"] for r in MEMBERS.values()), key=lambda n: n.translate({ord("ü"): "u"})
    )
    assert {"Türkiye", "Czechia"} <= {r["name"] for r in MEMBERS.values()}
    gap = [i for i, r in MEMBERS.items() if not r["defence_share"]]
    assert gap == ["ISL"] == [i for i, r in MEMBERS.items() if not r["share_evidence"]]
    assert MEMBERS["ISL"]["note"], "the gap is explained"
    shares = {i: float(r["defence_share"]) for i, r in MEMBERS.items() if i not in gap}
    assert 0 < min(shares.values()) < max(shares.values()) < 5
    assert sum(share >= 2 for share in shares.values()) == 23
    for code, row in MEMBERS.items():
        assert SHAPES[code]["properties"]["name"] == row["name"], row
    assert not set(MEMBERS) & {"UKR", "RUS"}
    assert {ACTORS[a]["iso3"] for a in ("usa", "france")} < set(MEMBERS)


def test_versions_stand_in_seen_evidence_and_this_text_has_one_in_each_topic() -> None:
    topics: dict[str, list[dict]] = {}
    for row in VERSIONS.values():
        topics.setdefault(row["topic"], []).append(row)
        assert (row["seen"] == "true") == bool(row["wording"]), row
        assert row["seen"] == "true" or re.search("Not verified here|as others relay", row["note"]), row
        entry = EVIDENCE.get(row["evidence_id"], {"date": "", "link_ok": "", "kind": ""})
        assert row["date"] == entry["date"], row
        spread = entry["kind"] == "propagation example"
        assert row["seen"] == "false" or (row["kind"] == "propagation example") == spread, row
        assert row["wording"].strip("“”") == row["wording"], "without quotation marks around them"
        assert "'" not in "".join(row.values()), row
        assert '"' not in row["wording"], row
        assert (row["kind"] == "this text") != bool(row["evidence_id"]), row
    assert [r["topic"] for r in VERSIONS.values()] == [t for t, rows in topics.items() for _ in rows]
    quotes = {q["id"]: q for q in TABLES["quotes.csv"]}
    assert {r["quote_id"] for r in VERSIONS.values()} - {""} == set(quotes)
    for rows in topics.values():
        assert len({(r["sentence_id"], r["quote_id"]) for r in rows}) == 1, rows
        (own,) = (r for r in rows if r["kind"] == "this text")
        quote = quotes.get(own["quote_id"])
        assert own["wording"] in TEXT[slice(*PLACE[own["sentence_id"]])], own
        if quote:
            assert quote["sentence_id"] == own["sentence_id"], own
            assert quote["text"] == f"“{own['wording']}”", own
            credited = [ACTORS[s]["name"] for s in quote["credited_speakers"].split("|")]
            assert len(credited) > 1 or credited == [own["attributed_to"]], own
        outlets = [r["outlet"] for r in rows]
        for row in rows:
            named = EVIDENCE.get(row["evidence_id"], {"publisher": "", "says": "", "title": ""})
            known = " ".join([*outlets, named["publisher"], named["says"], named["title"]])
            assert row["credits"] in known, row
            assert not row["credits"] or row["credits"] != row["outlet"], row
    two_sites = Counter((r["topic"], r["outlet"], r["wording"]) for r in VERSIONS.values() if r["wording"])
    assert max(two_sites.values()) == 2, "a copy on a second site is no second report"
    told = " ".join([r["note"] for r in VERSIONS.values()] + [r["why"] for r in CHANGES.values()])
    assert not re.search(r"\b(became|turned into|taken from|copied (?!whom)|mistake|misheard)\b", told)


def test_same_means_that_the_words_stand_in_this_text() -> None:
    compared = [i for i, r in VERSIONS.items() if r["kind"] != "this text" and r["seen"] == "true"]
    assert list(CHANGES) == compared
    own = {r["topic"]: r["wording"] for r in VERSIONS.values() if r["kind"] == "this text"}
    for version, row in CHANGES.items():
        accepted = row["accept"].split("|")
        assert accepted[0] == row["change"], row
        assert len(accepted) == len(set(accepted)), row
        theirs, ours = VERSIONS[version]["wording"], own[VERSIONS[version]["topic"]]
        if VERSIONS[version]["language"] == "English":
            assert (row["change"] == "same") == (letters(theirs) in letters(ours)), row
        pool = " ".join([theirs, ours, VERSIONS[version]["note"]]).lower()
        spoken = [q for q in QUOTED.findall(row["why"]) if not stands_in(pool, q)]
        assert set(spoken) <= {"industry"}, (row, spoken)
    assert {r["change"] for r in CHANGES.values()} == {"same", "small change", "meaning changes"}
    held = {VERSIONS[v]["topic"] for v, r in CHANGES.items() if r["change"] == "same"}
    assert {"the threat", "China’s help"} <= held, "what held up is shown first"


# Shapes -----------------------------------------------------------------------------------------------------

HALF = 2 * math.pi  # of the surface of the unit sphere


def rings() -> list[tuple[str, int, list[list[float]]]]:
    """Country, which ring of its polygon (0: the outer one), and the ring, for all shapes."""
    found = []
    for code, shape in SHAPES.items():
        parts = shape["geometry"]["coordinates"]
        for polygon in [parts] if shape["geometry"]["type"] == "Polygon" else parts:
            found += [(code, n, ring) for n, ring in enumerate(polygon)]
    return found


def enclosed(ring: list[list[float]]) -> float:
    """What lies to the right of a ring, in steradians, as d3 fills it: an outer ring runs clockwise.

    It is the sum of the triangles of each edge with the South Pole; tan(E/2) of a spherical triangle follows
    from two sides and the angle between them.
    """
    total = 0.0
    for (lon, lat), (lon2, lat2) in pairwise(ring):
        turn = math.radians(lon2 - lon)
        sides = math.prod(math.tan(math.radians(x) / 2 + math.pi / 4) for x in (lat, lat2))
        total += 2 * math.atan2(sides * math.sin(turn), 1 + sides * math.cos(turn))
    return total % (4 * math.pi)


def unrolled(ring: list[list[float]]) -> list[tuple[float, float]]:
    """A ring without jumps at the 180th meridian: each point as near to the one before as can be."""
    out = [(ring[0][0], ring[0][1])]
    for lon, lat in ring[1:]:
        out.append((out[-1][0] + math.remainder(lon - out[-1][0], 360), lat))
    return out


def country_at(lon: float, lat: float) -> list[str]:
    """The shapes in which a point lies, by counting the edges to its east; inner rings are holes."""
    crossings: Counter[str] = Counter()
    for code, _, ring in rings():
        flat = unrolled(ring)
        for turn in (-360, 0, 360):
            for (x, y), (x2, y2) in pairwise(flat):
                if (y > lat) != (y2 > lat) and lon + turn < x + (lat - y) / (y2 - y) * (x2 - x):
                    crossings[code] += 1
    return [code for code, n in crossings.items() if n % 2]


def test_no_shape_is_empty_open_or_fills_the_globe() -> None:
    file = DATA / "countries.geojson"
    assert file.stat().st_size <= 320_000
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    assert [f["id"] for f in features] == sorted(SHAPES), "each id once, in order"
    assert all(set(f) == {"type", "id", "properties", "geometry"} for f in features)
    assert all(set(f["properties"]) == {"name"} and f["properties"]["name"] for f in features)
    assert all(f["geometry"]["type"] in ("Polygon", "MultiPolygon") for f in features)
    assert {code for code, _, _ in rings()} == set(SHAPES), "none is empty"
    whole = Counter[str]()
    for code, n, ring in rings():
        assert len(ring) >= 4, (code, n)
        assert ring[0] == ring[-1], (code, n)
        assert all(a != b for a, b in pairwise(ring)), (code, n)
        assert all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in ring), (code, n)
        assert all(round(x, 2) == x for point in ring for x in point), (code, n)
        area = enclosed(ring)
        assert 0 < area < 4 * math.pi
        assert (area < HALF) == (n == 0), (
            f"{code}: ring {n} runs the wrong way round and would fill the globe"
        )
        whole[code] += area if n == 0 else area - 4 * math.pi
    assert 0.27 < sum(whole.values()) / (4 * math.pi) < 0.31, "the land of the Earth"
    assert [c for c, _ in whole.most_common(5)] == ["RUS", "ATA", "CAN", "USA", "CHN"]


def test_shapes_that_cross_the_180th_meridian_come_back() -> None:
    jumps = dict.fromkeys(SHAPES, 0)
    for code, _, ring in rings():
        crossed = sum(abs(a[0] - b[0]) > 180 for a, b in pairwise(ring))
        jumps[code] += crossed
        around = round((unrolled(ring)[-1][0] - ring[0][0]) / 360)
        assert abs(around) == (crossed % 2), code
        assert not around or code == "ATA", "only one shape runs round a pole"
        steps = [abs(math.remainder(a[0] - b[0], 360)) for a, b in pairwise(ring)]
        assert max(steps) < 30, f"{code}: an edge across the map"
    assert {code for code, n in jumps.items() if n} == {"RUS", "ATA"}


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (34.4, 45.3, "UKR"),  # Crimea: General Assembly resolution 68/262
        (38.0, 48.0, "UKR"),
        (36.2, 51.7, "RUS"),
        (-175.0, 67.0, "RUS"),  # east of the 180th meridian
        (-170.0, 52.9, None),
        (20.9, 42.6, "SRB"),  # as the UN shows it
        (121.0, 23.7, "TWN"),
        (-13.5, 24.5, "ESH"),
        (2.35, 48.86, "FRA"),
        (0.0, 0.0, None),
    ],
)
def test_a_point_lies_in_the_country_that_the_un_shows_there(
    lon: float, lat: float, code: str | None
) -> None:
    assert country_at(lon, lat) == ([code] if code else [])


def test_places_lie_in_their_shapes() -> None:
    for row in PLACES.values():
        if row["kind"] == "country":
            assert country_at(float(row["lon"]), float(row["lat"])) == [row["iso3"]], row
    inside = {p: country_at(float(PLACES[p]["lon"]), float(PLACES[p]["lat"])) for p in INSIDE}
    assert inside == {p: [code] for p, code in INSIDE.items()}


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
    assert f"| `countries.geojson` | {len(SHAPES)} |" in sheet
    roles = Counter(r["role"] for r in TIES.values())
    from_where = "statement of the text ({text}), its summary ({summary}), or one from outside ({context})"
    assert from_where.format(**roles) in sheet
    assert f"a place of the text ({len(PRECISION)}, one of them missing" in sheet
    later = Counter(r["role"] for r in TABLES["timeline.csv"])["later"]
    assert f"a dated event ({later} of them later than" in sheet
    unseen = sum(r["seen"] == "false" for r in VERSIONS.values())
    topics = len({r["topic"] for r in VERSIONS.values()})
    assert f"a wording of one of {topics} statements, here or elsewhere ({unseen} of them not seen)" in sheet
    assert sum(r["confidence"] == "medium" for r in TABLES["timeline.csv"]) == 2
    assert "Two of them are of medium confidence." in sheet
    assert sum(code.startswith("X") for code in SHAPES) == 6
    assert "six disputed areas have codes that begin with X" in " ".join(sheet.split())
    assert "Permission is hereby granted, free of charge" in sheet, "the licence of the shapes"


# Tables that quote other outlets, and the words between marks in them that are ours.
COMPARING = {f"reference/{t}.csv" for t in ("quotes", "claims", "tensions", "versions")}
COMPARING |= {f"{t}.csv" for t in ("evidence", "claims", "relations", "timeline", "versions")}
OURS = {"analyst", "news-pravda"}
KEYS = {"reasons.csv": "{sentence_id}, rung {rung}", "readings.csv": "{sentence_id}, reading {reading}"}
ALL_THEIRS = ("phrases.csv", "versions.csv")


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
        touches = row.get("start") and any(a < int(row["end"]) and int(row["start"]) < b for a, b in marked)
        listed = table in ALL_THEIRS and row.get("wording") != ""
        assert key in named or not (theirs or touches or listed), key
        assert not [q for q in theirs if q not in named[key] and q not in whole], key


# Who is meant, though no mention marks it: a giver or receiver behind a group of soldiers.
IMPLIED = {"s11": {"north_korea", "russia"}}
# Cities are in the country that everybody puts them in.
INSIDE = {
    "paris": "FRA", "pyongyang": "PRK", "beijing": "CHN", "moscow": "RUS", "tehran": "IRN", "kyiv": "UKR",
    "washington": "USA", "london": "GBR", "seoul": "KOR", "kazan": "RUS", "budapest": "HUN",
    "nato_hq": "BEL", "vostochny": "RUS", "kursk": "RUS", "the_hague": "NLD",
}  # fmt: skip


def sentence_of(row: dict[str, Any]) -> str:
    """The sentence that a row is about, its own or that of the row it checks."""
    whole = TIES[row["relation_id"]] if "relation_id" in row else CLAIMS.get(row.get("claim_id", ""), {})
    return str(row.get("sentence_id") or whole["sentence_id"])


def times_named(place: str) -> list[str]:
    """The sentences of the mentions of a place, or of its actor in the same words."""
    row = PLACES[place]
    return [
        m["sentence_id"]
        for m in TABLES["mentions.csv"]
        if m["place_id"] == place or (row["actor_id"], row["text"]) == (m["actor_id"], m["text"])
    ]


def before(day: str, other: str) -> bool:
    """Whether a date is not after another, as far as both are known: 2024-07 is not after 2024-07-10."""
    known = min(len(day), len(other))
    return day[:known] <= other[:known]


def off(point: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    """How far a point lies from the line between two others."""
    (x, y), (ax, ay), (bx, by) = point, a, b
    along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / math.dist(a, b) ** 2
    t = min(1.0, max(0.0, along))
    return math.dist(point, (ax + t * (bx - ax), ay + t * (by - ay)))


def letters(words: str) -> str:
    """Words in lower case and one spelling, without signs."""
    return " ".join(re.findall(r"[\w’]+", words.lower().replace("defence", "defense")))


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
