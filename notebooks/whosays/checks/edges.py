"""Who is said to give what to whom, by which words and on whose word: an answer beside the reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from whosays.checks.claims import Evidence, evidence
from whosays.checks.result import Result
from whosays.checks.rungs import rung_keys
from whosays.measures.presence import names_used
from whosays.model import Span
from whosays.pack import Pack, records

NOBODY = "the text itself (nobody is named)"
PARTS = {"giver": "who gives", "verb": "the words that link them", "receiver": "who gets"}
PARTS |= {"said_by": "who says so"}
WORD = re.compile(r"\w+(?:[’'.,-]\w+)*")
# Words that cannot link a giver to a receiver: the sentence is cut at them. A final s is that of “Ada’s”.
NO_LINKS = (
    "a an the this that these those s and or but nor so as than if because while when where which who whom",
    "whose what how of in on at by for from with to into onto over under up out off about against between",
    "inside near here there then now all even also only not no more most much many very same some any both",
    "each such during least you he she it we they me him her us them my your his its our their one another",
)
SMALL = frozenset(" ".join(NO_LINKS).split())
AFTER = frozenset(("to", "from", "by", "for", "up", "out", "off"))  # these belong to the word before them
LISTED = re.compile(r"[,;]|\b(?:and|or)\b")


@dataclass(frozen=True, slots=True)
class Edge:
    """A tie as a reader sees it: actors’ ids, and the linking words as ``Scene.phrases`` has them."""

    giver: str
    verb: str
    receiver: str
    said_by: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What one sentence offers to choose from, taken from the text alone.

    ``names`` are the actors it mentions (also those of the sentence before, if it has fewer than two), each
    as the text calls it; ``spans`` are their mentions in the sentence. ``author`` is the id that stands for a
    text in which nobody speaks. ``phrases`` are the runs of words between names, marks and small words.
    """

    span: Span
    names: Mapping[str, str]
    spans: Mapping[str, tuple[Span, ...]]
    author: str
    phrases: Mapping[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class EdgeKey:
    """The reference coding of one tie.

    ``givers``, ``receivers`` and ``sayers`` hold every actor that counts in full, the reference first;
    ``links`` are the phrases of the sentence that count as the verb. ``reach`` is the part that holds giver,
    verb and receiver, ``cue`` the words that show the source. ``names`` maps ids to names.
    """

    id: str
    scene: Scene
    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    sayers: tuple[str, ...]
    links: tuple[str, ...]
    span: Span
    reach: Span
    cue: Span
    text: str
    names: Mapping[str, str]
    kind: str
    what: str
    rung: int
    why: str
    denial: str
    denial_evidence: tuple[Evidence, ...]
    later: str
    later_date: str
    later_evidence: tuple[Evidence, ...]
    evidence: tuple[Evidence, ...]

    def words(self, span: Span) -> str:
        return self.text[span.start : span.end]


def scenes(pack: Pack) -> dict[str, Scene]:
    """What each sentence with a tie offers, by sentence id; one without two actors is left out."""
    if "relations" not in pack.tables or "mentions" not in pack.tables:
        return {}
    used, mentions = names_used(pack), records(pack.mentions.sort_values("start"))
    actors = records(pack.tables["actors"]) if "actors" in pack.tables else []
    author = next((row["id"] for row in actors if row["type"] == "author"), "nobody")
    ties = {row["sentence_id"] for row in records(pack.relations) if row["role"] == "text"}
    found, before = {}, ""
    for row in records(pack.sentences):
        sid, span = row["id"], Span(row["start"], row["end"])
        mine = [m for m in mentions if m["sentence_id"] == sid]
        spans = _by_actor(mine)
        if len(spans) < 2:
            spans = dict.fromkeys(_by_actor(m for m in mentions if m["sentence_id"] == before), ()) | spans
        if sid in ties and len(spans) > 1:
            here = {m["actor_id"]: m["text"] for m in reversed(mine) if m["form"] == "description"}
            here |= {m["actor_id"]: m["text"] for m in reversed(mine) if m["form"] == "name"}
            names = {actor: here.get(actor, used[actor]) for actor in spans}
            if len(set(names.values())) < len(names):
                names = {actor: used[actor] for actor in spans}
            taken = [Span(m["start"], m["end"]) for m in mine]
            found[sid] = Scene(span, names, spans, author, phrases(pack.text, span, taken))
        before = sid
    return found


def _by_actor(mentions: Iterable[dict[str, Any]]) -> dict[str, tuple[Span, ...]]:
    found: dict[str, tuple[Span, ...]] = {}
    for row in mentions:
        if isinstance(row["actor_id"], str):
            spans = found.get(row["actor_id"], ())
            found[row["actor_id"]] = (*spans, Span(row["start"], row["end"]))
    return found


def phrases(text: str, span: Span, taken: Sequence[Span] = ()) -> dict[str, tuple[Span, ...]]:
    """The runs of words in ``text[span]`` that could link two actors, each with where it stands.

    Words of ``taken`` and small words part the runs, and so does any mark between two words.
    """
    runs: list[Span] = []
    open_run = False  # a small word ends a run
    for match in WORD.finditer(text, span.start, span.end):
        word = Span(*match.span())
        if any(_overlap(word, name) for name in taken):
            continue
        follows = bool(runs) and open_run and text[runs[-1].end : word.start].isspace()
        small = match[0].lower() in SMALL
        if follows and (not small or match[0] in AFTER):
            runs[-1] = Span(runs[-1].start, word.end)
        elif not small:
            runs.append(word)
        open_run = not small
    found: dict[str, tuple[Span, ...]] = {}
    for run in runs:
        words = text[run.start : run.end]
        found[words] = (*found.get(words, ()), run)
    return found


def _overlap(a: Span, b: Span) -> bool:
    return a.start < b.end and b.start < a.end


def edge_keys(pack: Pack) -> dict[str, EdgeKey]:
    """The ties of the text by id; empty where the pack has no reference for them."""
    if "relations" not in pack.reference:
        return {}
    found, known, cues = scenes(pack), evidence(pack), rung_keys(pack)
    used = names_used(pack) if found else {}
    of = {row["id"]: row["sentence_id"] for row in records(pack.relations)}
    keys = {}
    for row in records(pack.reference["relations"]):
        scene = found.get(of[row["relation_id"]])
        if scene is None:
            continue
        span = Span(row["start"], row["end"])
        ends = [_accepted(row, end) for end in ("giver", "receiver", "said_by")]
        reach = _reach(scene, span, *ends[:2])
        cue = cues.get(of[row["relation_id"]])
        named = cue is not None and cue.readings and scene.author not in ends[2]
        links = tuple(w for w, at in scene.phrases.items() if any(_overlap(span, run) for run in at))
        keys[row["relation_id"]] = EdgeKey(
            id=row["relation_id"],
            scene=scene,
            givers=ends[0],
            receivers=ends[1],
            sayers=ends[2],
            links=links,
            span=span,
            reach=reach,
            cue=cue.readings[0].span if cue and named else reach,
            text=pack.text,
            names={**used, **scene.names, scene.author: NOBODY},
            kind=row["kind"],
            what=row["what"],
            rung=row["rung"],
            why=row["why"],
            denial=_text(row["denial"]),
            denial_evidence=_known(row["denial_evidence"], known),
            later=_text(row["later"]),
            later_date="" if pd.isna(row["later_date"]) else str(row["later_date"])[:10],
            later_evidence=_known(row["later_evidence"], known),
            evidence=_known(row["evidence"], known),
        )
    return keys


def _accepted(row: Mapping[str, Any], end: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((row[end], *row[f"accept_{end}"])))


def _known(ids: Iterable[str], known: Mapping[str, Evidence]) -> tuple[Evidence, ...]:
    return tuple(known[eid] for eid in ids if eid in known)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _reach(scene: Scene, verb: Span, *ends: Sequence[str]) -> Span:
    """From the first to the last of giver, verb and receiver, each end the mention that is nearest."""
    parts = [verb]
    for accepted in ends:
        near = [span for actor in accepted for span in scene.spans.get(actor, ())]
        if near:
            parts.append(min(near, key=lambda s: (max(verb.start - s.end, s.start - verb.end), -len(s))))
    return Span(min(part.start for part in parts), max(part.end for part in parts))


def wrong_parts(edge: Edge, key: EdgeKey) -> list[str]:
    """The parts of an edge that the tie does not have, in the order of the questions."""
    right = {
        "giver": edge.giver in key.givers,
        "verb": edge.verb in key.links or not key.links,
        "receiver": edge.receiver in key.receivers,
        "said_by": edge.said_by in key.sayers,
    }
    return [part for part, holds in right.items() if not holds]


def told_apart(edges: Mapping[str, Edge], keys: Sequence[EdgeKey]) -> dict[str, EdgeKey]:
    """Which tie of a sentence each edge is: the first that fits and that no edge before it is.

    Any order counts: readers find the ties of a sentence as they like. An edge that fits none is left out.
    """
    found: dict[str, EdgeKey] = {}
    for card, edge in edges.items():
        taken = {key.id for key in found.values()}
        fits = (key for key in keys if key.id not in taken and not wrong_parts(edge, key))
        if key := next(fits, None):
            found[card] = key
    return found


def check_edge(edge: Edge | None, free: Sequence[EdgeKey], taken: Sequence[EdgeKey] = ()) -> Result:
    """Compare an edge with the ties of its sentence that are still ``free``: the nearest one decides.

    ``taken`` are those that the reader has found on another card. Raises ValueError if none is free.
    """
    if edge is None:
        return Result("not attempted", 0.0, "Not answered yet.")
    key = nearest(edge, free)
    wrong = wrong_parts(edge, key)
    if not wrong:
        return _agrees(edge, key)
    if any(not wrong_parts(edge, other) for other in taken):
        more = "This sentence holds another tie. Who else gives, or what else is given?"
        message = "Not yet: you have this tie already, on another card."
        return _not_yet(key, message, [(key.reach, more)])
    listed = [PARTS[part] for part in wrong]
    listed[-2:] = [" and ".join(listed[-2:])]
    lines = [*_about_ends(edge, key, wrong)]
    if "verb" in wrong:
        lines.append(_about_verb(edge, key))
    if "said_by" in wrong:
        lines.append(_about_source(edge, key))
    return _not_yet(key, f"Not yet: look again at {', '.join(listed)}.", lines)


def nearest(edge: Edge, keys: Sequence[EdgeKey]) -> EdgeKey:
    """The tie that shares most with the edge, the first of several. Raises ValueError if there is none."""
    return min(keys, key=lambda key: len(wrong_parts(edge, key)))


def show_edge(key: EdgeKey) -> Result:
    """The reference for a reader who asks to see it."""
    message = f"The reference: {_in_words(key)}, linked by “{key.words(key.span)}”."
    return Result("not yet", 0.0, message, (key.why,), (key.words(key.span),), (key.span,))


def _in_words(key: EdgeKey) -> str:
    giver, receiver, sayer = (_name(key, ends[0]) for ends in (key.givers, key.receivers, key.sayers))
    return f"from {giver} to {receiver}, on the word of {sayer}"


def _name(key: EdgeKey, actor: str) -> str:
    return key.names.get(actor, actor)


def _agrees(edge: Edge, key: EdgeKey) -> Result:
    pairs = ((edge.giver, key.givers[0]), (edge.receiver, key.receivers[0]), (edge.said_by, key.sayers[0]))
    others = [(_name(key, mine), _name(key, theirs)) for mine, theirs in pairs if mine != theirs]
    message = f"Yes: {_in_words(key)}."
    if others:
        said = "; ".join(
            f"“{mine}” counts in full, and the reference has {theirs}" for mine, theirs in others
        )
        message = f"Yes, accepted. {said[:1].upper()}{said[1:]}."
    words, spans = (key.words(key.span),), (key.span,)
    return Result("correct", 1.0, message, (key.why,), words, spans, contested=bool(others))


def _not_yet(key: EdgeKey, message: str, lines: Sequence[tuple[Span, str]]) -> Result:
    spans = tuple(span for span, _ in lines)
    detail = tuple(said for _, said in lines)
    return Result("not yet", 0.0, message, detail, tuple(map(key.words, spans)), spans)


def _about_ends(edge: Edge, key: EdgeKey, wrong: Sequence[str]) -> Iterable[tuple[Span, str]]:
    """What the sentence's own grammar says to giver and receiver."""
    giver, receiver = _name(key, edge.giver), _name(key, edge.receiver)
    if not {"giver", "receiver"} & set(wrong):
        return
    if edge.giver == edge.receiver:
        yield key.reach, f"You have “{giver}” at both ends. Who gives, and who gets?"
    elif edge.giver in key.receivers and edge.receiver in key.givers:
        yield key.reach, "Who gives here, and who gets? Read it aloud, and turn it round."
    elif listed := _listed(edge, key):
        yield listed, "The sentence lists them together. Which verb links them, and to whom?"
    elif {"giver", "receiver"} <= set(wrong):
        yield key.reach, f"You have “{giver}” and “{receiver}”. Who gives here, and who gets?"
    else:
        if "giver" in wrong:
            yield key.reach, _wrong_end(giver, edge.giver in key.sayers, "gives something")
        if "receiver" in wrong:
            near = [s for a in key.receivers for s in key.scene.spans.get(a, ()) if _overlap(s, key.reach)]
            short = next((s for s in near if key.words(s).lower() in SMALL), None)
            if short:
                yield (
                    short,
                    f"You have “{receiver}” as who gets. Whom does this small word stand for?",
                )
            else:
                yield key.reach, _wrong_end(receiver, edge.receiver in key.sayers, "gets something")


def _wrong_end(name: str, speaks: bool, does: str) -> str:
    only = "speaks about it" if speaks else "stands in the sentence"
    return f"Is it “{name}” that {does} here? Or is it a name that only {only}?"


def _listed(edge: Edge, key: EdgeKey) -> Span | None:
    """Where the two stand in one list: nothing between them but a comma or “and”, and small words."""
    ends = [key.scene.spans.get(actor, ()) for actor in (edge.giver, edge.receiver)]
    for one in ends[0]:
        for other in ends[1]:
            first, second = sorted((one, other), key=lambda span: span.start)
            between = key.text[first.end : second.start]
            if LISTED.search(between) and all(word.lower() in SMALL for word in WORD.findall(between)):
                return Span(first.start, second.end)
    return None


def _about_verb(edge: Edge, key: EdgeKey) -> tuple[Span, str]:
    at = next(iter(key.scene.phrases.get(edge.verb, ())), key.reach)
    speakers = [s for actor in key.sayers for s in key.scene.spans.get(actor, ())]
    if any(s.end <= at.start and not WORD.search(key.text, s.end, at.start) for s in speakers):
        return at, "That tells how somebody speaks. Which verb links giver and receiver?"
    if not _overlap(at, key.reach):
        return at, f"Giver and receiver stand elsewhere: in “{key.words(key.reach)}”. What links them there?"
    read = f"{_name(key, edge.giver)} – {edge.verb} – {_name(key, edge.receiver)}"
    return at, f"Read it in one go: {read}. Is that a verb, and does it link the two?"


def _about_source(edge: Edge, key: EdgeKey) -> tuple[Span, str]:
    name = _name(key, edge.said_by)
    if key.scene.author in key.sayers:
        return key.cue, f"Does “{name}” say this, or is it only talked about? Look for a word such as “said”."
    if edge.said_by == key.scene.author:
        return key.cue, "These words do point to somebody. On whose word does it stand?"
    return key.cue, f"You have “{name}” as the source. Who speaks in this sentence, and who is talked about?"
