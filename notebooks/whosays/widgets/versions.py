"""The road of a quotation: stop by stop, its wording beside this text's; guess first, then the difference."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from whosays import markup
from whosays.answers import Answers, Content, NotSaved
from whosays.checks import (
    CHANGES,
    NO_REFERENCE,
    VersionKey,
    check_change,
    evidence,
    quote_keys,
    version_keys,
)
from whosays.checks.clashes import QUOTED
from whosays.markup import Segment
from whosays.measures import wording
from whosays.measures.wording import THIS_TEXT, Piece
from whosays.model import Mark, Span
from whosays.pack import Pack
from whosays.text import day
from whosays.widgets import says
from whosays.widgets.base import View, source
from whosays.widgets.cards import UNJUDGED

ASK = "Choose a stop on the road. Compare its words with this text’s. Guess, then judge."
EMPTY = "This pack has no versions of its sentences for this step."
GUESS, NOW = "guess", "now"
QUESTIONS = {GUESS: "Your guess: do these words mean the same?", NOW: "You judge now"}
NOTHING_YET = "Nothing yet. Words that hold up come here first, as you find them."
DASHED = "who copied whom. The road is dashed because its order is for teaching."
LONGEST = 60  # characters of words in a title

KINDS = {
    "agency": "news agency",
    "propagation example": "shows how a wording spread",
    THIS_TEXT: "what you read here",
}  # of versions, where other words say it better
TRANSLATED = {
    "from French": ("translated", "Translated from French."),
    "out of English and back": ("translated twice", "Translated out of English and back."),
    "not known": ("translated?", "Not known whether it is a translation."),
}  # on the road, and in a sentence
SEEN = {"full": "full text", "part": "excerpt read", "none": "not verified here"}

Row = dict[str, Any]


def how_seen(row: Row) -> str:
    """``full`` for this text, ``part`` where a wording was read, ``none`` where it was not."""
    if row["kind"] == THIS_TEXT:
        return "full"
    return "part" if row["seen"] and row["wording"] else "none"


class VersionSlider(View):
    """Follow a statement from stop to stop and compare its words with those of this text.

    Both wordings stand there plain until the reader guesses: same, small change, meaning changes. Then the
    words that differ are marked, and the reader judges. Guess and judgement are saved apart, as
    ``cards["vr01.guess"]`` and ``cards["vr01.now"]``; ``first_cards`` keeps the first of each. A wording that
    was not seen is not asked about. Without a reference the widget records and still marks the words.
    """

    _esm = source("versions", ".js")
    _css = source("versions", ".css")

    def __init__(self, pack: Pack, answers: Answers, on_change: Callable[[], None] | None = None) -> None:
        self.pack, self.answers, self._on_change = pack, answers, on_change
        rows = wording.versions(pack)
        self._rows: dict[str, Row] = {row["id"]: row for row in rows}
        self._topics = list(dict.fromkeys(str(row["topic"]) for row in rows if row["kind"] != THIS_TEXT))
        self._own = {topic: wording.own_words(pack, topic) for topic in self._topics}
        self._asked = [key for key, row in self._rows.items() if how_seen(row) == "part"]
        self._keys: dict[str, VersionKey] = version_keys(pack)
        self._quotes = quote_keys(pack)
        self._evidence = evidence(pack)
        self._resume()
        super().__init__()

    def _resume(self) -> None:
        self.answers.refresh()
        self._trouble = self._said = ""
        last = self.answers.get("views", "versions")
        stops = [key for key, row in self._rows.items() if row["kind"] != THIS_TEXT]
        if isinstance(last, str) and last in stops:
            self._now = last
        else:
            self._now = self._next("") or next(iter([*self._asked, *stops]), "")

    def reload(self) -> None:
        self._resume()
        super().reload()

    # What the student does ----------------------------------------------------------------------------------

    def judge(self, version: str, guess: str, now: str = "") -> None:
        """Answer without the buttons: ``slider.judge("vr01", "same", "small change")``.

        Saves the guess and, if it is given, the judgement, and prints what there is to say. Raises ValueError
        for a version that is not asked about or an unknown answer, NotSaved if it cannot be saved.
        """
        if version not in self._asked:
            raise ValueError(
                f"no version {version!r} to judge; there are: {', '.join(self._asked) or 'none'}"
            )
        for value in (guess, *([now] if now else [])):
            if value not in CHANGES:
                raise ValueError(f"answer {value!r}: choose one of {', '.join(map(repr, CHANGES))}")
        try:
            self._go(version)
            if not self._answer(version, GUESS):
                self._choose(GUESS, guess)
            if now:
                self._choose(NOW, now)
        except NotSaved as error:
            self.not_saved(error)
            raise
        finally:
            self.draw()
        print(self.view["say"])

    def do_topic(self, arg: str) -> None:
        """Take the road of another statement, at its first stop that is still open."""
        here = self._stops({str(n): topic for n, topic in enumerate(self._topics)}[arg])
        openings = [key for key in here if key in self._asked and not self._answer(key, NOW)]
        self._go((openings or [key for key in here if key in self._asked] or here)[0])

    def do_go(self, arg: str) -> None:
        if arg in self._stops(self._topic):
            self._go(arg)

    def do_slide(self, arg: str) -> None:
        """The slider counts stops from 1."""
        stops = self._stops(self._topic)
        self._go(stops[min(max(int(arg), 1), len(stops)) - 1])

    def do_choose(self, arg: str, ask: str) -> None:
        if arg in CHANGES and ask in QUESTIONS and self._now in self._asked:
            self._choose(ask, arg)

    def do_next(self) -> None:
        following = self._next(self._now)
        if following:
            self._go(following)

    def do_retry(self) -> None:
        """Save once more what could not be saved; the answers keep what waits."""
        self.answers.change(lambda content: None)
        self._trouble, self._said = "", "Saved."

    def not_saved(self, error: NotSaved) -> None:
        self._trouble = str(error)

    # State --------------------------------------------------------------------------------------------------

    @property
    def _topic(self) -> str:
        return str(self._rows[self._now]["topic"])

    def _stops(self, topic: str) -> list[str]:
        """The stops of a road that can be chosen, in order: all but this text."""
        return [key for key, row in self._rows.items() if row["topic"] == topic and row["kind"] != THIS_TEXT]

    def _answer(self, version: str, ask: str) -> str:
        value = self.answers.get("cards", f"{version}.{ask}")
        return value if isinstance(value, str) and value in CHANGES else ""

    def _next(self, after: str) -> str:
        """The next stop after this one that is not judged, going round once; empty if there is none."""
        order = list(self._rows)
        start = order.index(after) + 1 if after in order else 0
        in_turn = [key for key in order[start:] + order[:start] if key in self._asked and key != after]
        return next((key for key in in_turn if not self._answer(key, NOW)), "")

    def _go(self, version: str) -> None:
        before, self._now = self._now, version
        if version != before:
            other_road = self._rows[version]["topic"] != self._rows[before]["topic"]
            self._change(lambda content: content["views"].update(versions=version), tell=other_road)

    def _choose(self, ask: str, value: str) -> None:
        if ask == NOW and not self._answer(self._now, GUESS):
            return
        if ask == GUESS and self._answer(self._now, GUESS):
            return  # the second click of two; a guess stays, the judgement may change
        key = f"{self._now}.{ask}"

        def change(content: Content) -> None:
            content["cards"][key] = value
            content["first_cards"].setdefault(key, value)
            content["views"]["versions"] = key.partition(".")[0]

        self._change(change)

    def _change(self, change: Callable[[Content], None], *, tell: bool = True) -> None:
        """Save a change and, if need be, tell what stands further down."""
        self._trouble = ""
        try:
            self.answers.change(change)
        finally:
            if tell and self._on_change:
                self._on_change()

    # What is shown ------------------------------------------------------------------------------------------

    def as_table(self) -> pd.DataFrame:
        """Every version in a row: where it stands, how it was seen, its words, and the answers so far."""
        rows = [self._twin(key) for key in self._rows]
        return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["version", "topic", "words"])

    def _twin(self, key: str) -> Row:
        row = self._rows[key]
        return {
            "version": key,
            "topic": row["topic"],
            "sentence": row["sentence_id"],
            "outlet": row["outlet"],
            "seen in": row["carrier"] or row["outlet"],
            "what it is": KINDS.get(row["kind"], row["kind"]),
            "date": row["date"] or "",
            "given to": row["attributed_to"],
            "words": row["wording"] if row["seen"] and row["wording"] else SEEN["none"],
            "guess": self._answer(key, GUESS),
            "judged": self._answer(key, NOW),
        }

    def build(self) -> dict[str, Any]:
        if not self._now:
            return {"ask": EMPTY, "state": "empty", "say": ""}
        stops = self._stops(self._topic)
        guess, now = self._answer(self._now, GUESS), self._answer(self._now, NOW)
        asked = self._now in self._asked
        box = self._feedback(now) if now else None
        title = self._title()
        mine = [key for key, row in self._rows.items() if row["topic"] == self._topic]
        table = pd.DataFrame([self._twin(key) for key in mine]).drop(columns=["version", "topic", "sentence"])
        return {
            "ask": ASK,
            "state": NOW if guess else GUESS if asked else "unseen",
            "held": self._held(),
            "nothing": NOTHING_YET,
            "topics": [self._tab(n, topic) for n, topic in enumerate(self._topics)],
            "title": title,
            "stops": [self._stop(key) for key in self._on_road()],
            "at": stops.index(self._now) + 1,
            "of": len(stops),
            "now": self._now,
            "here": f"Stop {stops.index(self._now) + 1} of {len(stops)}: {self._name(self._now)}",
            "wordings": self._wordings() if asked else None,
            "missing": "" if asked else self._missing(),
            "question": QUESTIONS[NOW if guess else GUESS] if asked else "",
            "key": NOW if guess else GUESS,
            "options": [list(option) for option in CHANGES.items()] if asked else [],
            "chosen": now,
            "guessed": CHANGES.get(guess, ""),
            "feedback": box,
            "next": self._onward(bool(now) or not asked),
            "known": self._known() if guess or not asked else [],
            "unknown": self._unknown(),
            "table": {"columns": list(table.columns), "rows": table.to_numpy().tolist()},
            "progress": self._progress(),
            "trouble": self._trouble or self.answers.notice,
            "retry": bool(self._trouble),
            "say": self._say(title, box),
        }

    def _say(self, title: str, box: dict[str, Any] | None) -> str:
        """What a screen reader hears after a change."""
        if self._trouble:
            return f"Your answer could not be saved. {self._trouble}"
        said, self._said = self._said, ""
        if box:
            heard = [box["verdict"], *("".join(s["t"] for s in line) for line in box["body"])]
            return " ".join([said, *heard]).strip()[:600]
        follow = QUESTIONS[NOW] if self._answer(self._now, GUESS) else ""
        return f"{said} {self._name(self._now)}. {title} {follow}".strip()[:400]

    def _progress(self) -> str:
        done = sum(bool(self._answer(key, NOW)) for key in self._asked)
        saved = "Not saved yet." if self._trouble else f"Saved for {self.answers.code}."
        return f"{done} of {len(self._asked)} stops judged. {saved}"

    def _tab(self, n: int, topic: str) -> dict[str, Any]:
        mine = [key for key in self._stops(topic) if key in self._asked]
        done = sum(bool(self._answer(key, NOW)) for key in mine)
        return {
            "id": str(n),
            "name": _capital(topic),
            "sentence": self._own[topic]["sentence_id"],
            "done": f"{done} of {len(mine)}",
            "all": bool(mine) and done == len(mine),
            "now": topic == self._topic,
        }

    # The road -----------------------------------------------------------------------------------------------

    def _on_road(self) -> list[str]:
        """All stops of the present road in order, with this text among them ("" where it has no row)."""
        road = [key for key, row in self._rows.items() if row["topic"] == self._topic]
        return road if any(self._rows[key]["kind"] == THIS_TEXT for key in road) else [*road, ""]

    def _name(self, key: str) -> str:
        return str(self._rows[key]["outlet"])

    def _short(self, key: str) -> str:
        """The outlet without what stands behind it in brackets."""
        return self._name(key).partition(" (")[0]

    def _stop(self, key: str) -> dict[str, Any]:
        row = self._rows.get(key) or self._own[self._topic]
        seen = how_seen(row)
        answer = self._answer(key, NOW) or self._answer(key, GUESS)
        words, plain = "", ""
        if seen == "full":
            plain = f"sentence {row['sentence_id']}"
        elif seen == "none":
            plain = "words not seen"
        elif not answer:
            plain = "not compared yet"
        else:
            words, plain = self._their_words(key)
        return {
            "id": key,
            "name": row["outlet"],
            "meta": " · ".join(_about(row)),
            "words": words,
            "plain": plain,
            "seen": seen,
            "said": SEEN[seen],
            "mine": f"you: {CHANGES[answer].lower()}" if answer else "",
            "now": key == self._now,
            "can": seen != "full",
        }

    def _pieces(self, key: str) -> list[Piece] | None:
        """A version aligned with this text; None where they are in two languages."""
        row, own = self._rows[key], self._own[str(self._rows[key]["topic"])]
        if row["language"] != own["language"]:
            return None
        return wording.compare(row["wording"], own["wording"])

    def _their_words(self, key: str) -> tuple[str, str]:
        """For the road: the words of a version that differ most; or what else there is to say of them."""
        pieces = self._pieces(key)
        if pieces is None:
            return "", f"in {self._rows[key]['language']}"
        if wording.word_for_word(pieces):
            return "", "a part, word for word" if any(
                p.kind == "beyond" for p in pieces
            ) else "the same words"
        most = _most(pieces)
        return (_quote(most.there), "") if most.there else ("", f"without “{_quote(most.here)}”")

    def _title(self) -> str:
        """What the comparison shows, once it has been guessed at."""
        name, own = self._short(self._now), self._own[self._topic]
        if self._now not in self._asked:
            return f"{name}: these words were not seen"
        if not self._answer(self._now, GUESS):
            return f"{name} and {own['sentence_id']}: do they say the same?"
        pieces = self._pieces(self._now)
        if pieces is None:
            return f"{name} has it in {self._rows[self._now]['language']}"
        if wording.word_for_word(pieces):
            part = any(p.kind == "beyond" for p in pieces)
            return f"{name} has a part of it, word for word" if part else f"{name} has the same words"
        most = _most(pieces)
        if not most.there:
            return f"{name} does not have “{_quote(most.here)}”"
        if not most.here:
            return f"{name} also has “{_quote(most.there)}”"
        return f"{name} has “{_quote(most.there)}”. This text has “{_quote(most.here)}”."

    # The wordings -------------------------------------------------------------------------------------------

    def _wordings(self) -> dict[str, Any]:
        """Both wordings: plain before the guess, in aligned pieces after it."""
        row, own = self._rows[self._now], self._own[self._topic]
        pieces = self._pieces(self._now) if self._answer(self._now, GUESS) else None
        theirs, ours = row["attributed_to"], own["attributed_to"]
        name = self._short(self._now)
        notes = [f"Both give the words to {ours}."]
        if theirs != ours:
            notes = [f"{name} gives the words to {theirs}. This text gives them to {ours}."]
        if self._answer(self._now, GUESS) and pieces is None:
            notes.append("Two languages: words cannot be set beside words. Compare what they mean.")
        return {
            "there": _label(row, name),
            "here": _label(own, str(own["outlet"])),
            "words": [row["wording"], own["wording"]],
            "pieces": [[p.kind, p.there, p.here] for p in pieces] if pieces else None,
            "notes": notes,
        }

    def _missing(self) -> str:
        row = self._rows[self._now]
        return str(row["note"] or "The wording was not in front of us. Not verified here.")

    # What is said -------------------------------------------------------------------------------------------

    def _held(self) -> list[list[str]]:
        """What held up so far: of each road the first stop with the same words or the same sense."""
        found: dict[str, list[str]] = {}
        for key in self._asked:
            mine, known = self._answer(key, NOW), self._keys.get(key)
            same = (known.change if known else mine) == "same"
            topic = str(self._rows[key]["topic"])
            if mine and same and topic not in found:
                where = f"{_capital(topic)}, {self._own[topic]['sentence_id']}."
                why = known.why if known else "You judged: the same."
                found[topic] = [where, f"{self._short(key)}: {why}"]
        return list(found.values())

    def _feedback(self, now: str) -> dict[str, Any]:
        key = self._keys.get(self._now)
        parts = self._summary()
        if key is None:
            body = [markup.plain(line) for line in UNJUDGED.detail]
            return {"tone": "plain", "verdict": NO_REFERENCE, "body": body, "parts": parts, "sources": []}
        result = check_change(now, key)
        tone = "notyet" if result.status == "not yet" else "split" if result.contested else "ok"
        known = self._evidence.get(self._rows[self._now]["evidence_id"] or "")
        sources = says.sources([known])["sources"] if known else []
        body = [self._marked(line) for line in result.detail]
        return {"tone": tone, "verdict": result.message, "body": body, "parts": parts, "sources": sources}

    def _summary(self) -> list[list[Any]]:
        """What is known of the statement, what held up first, once all stops of its road are judged."""
        mine = [key for key in self._stops(self._topic) if key in self._asked]
        quote = self._quotes.get(self._own[self._topic]["quote_id"] or "")
        if quote is None or not all(self._answer(key, NOW) for key in mine):
            return []
        return [[head, self._marked(text)] for head, text in quote.parts]

    def _marked(self, line: str) -> list[Segment]:
        """A line of feedback; what it quotes from one of the two wordings is marked."""
        both = f"{self._rows[self._now]['wording']} {self._own[self._topic]['wording']}"
        spans = [Span(*m.span()) for m in QUOTED.finditer(line) if m[1] in both]
        return markup.segments(line, Span(0, len(line)), [Mark(span, "decide", "") for span in spans])

    def _known(self) -> list[str]:
        """What is known of this stop."""
        row = self._rows[self._now]
        lines = []
        if row["seen"]:
            date = day(row["date"] or "") or "no date shown"
            where = (
                f"in a copy carried by {row['carrier']}" if row["carrier"] else f"at {self._short(self._now)}"
            )
            lines.append(
                f"An excerpt was read {where} ({date}). It gives the words to {row['attributed_to']}."
            )
        if row["credits"]:
            lines.append(f"It names {row['credits']} as its source.")
        lines += [TRANSLATED[row["translation"]][1]] if row["translation"] in TRANSLATED else []
        lines += [str(row["note"])] if row["note"] and row["seen"] else []
        return lines

    def _unknown(self) -> list[list[str]]:
        """What is not known on this road, with a heading each."""
        unseen = dict.fromkeys(self._short(key) for key in self._stops(self._topic) if key not in self._asked)
        whose = "Their" if len(unseen) > 1 else "Its"
        gap = f"{whose} words were not in front of us, so nobody can say from here what they were."
        lines = [["Not verified here:", f"{' and '.join(unseen)}. {gap}"]] if unseen else []
        return [*lines, ["Not proven:", DASHED]]

    def _onward(self, ready: bool) -> list[str]:
        """The button that leads on: what it does and its words."""
        if not ready:
            return []
        following = self._next(self._now)
        if not following:
            return []
        same = self._rows[following]["topic"] == self._topic
        return ["next", "Next stop" if same else f"Next road: {self._rows[following]['topic']}"]


def _about(row: Row) -> list[str]:
    """Date, kind, carrier and translation of a version, in words."""
    if row["kind"] == THIS_TEXT:
        return [KINDS[THIS_TEXT]]
    lines = [_short_day(row["date"] or ""), KINDS.get(row["kind"], str(row["kind"]))]
    lines += [f"seen in {row['carrier']}"] if row["carrier"] and row["seen"] else []
    lines += [f"names {row['credits']}"] if row["credits"] else []
    return [*lines, *([TRANSLATED[row["translation"]][0]] if row["translation"] in TRANSLATED else [])]


def _most(pieces: list[Piece]) -> Piece:
    """The piece that differs most: a change before words of one side alone, more words before fewer."""
    differ = [p for p in pieces if p.kind not in ("same", "beyond")]
    return max(differ, key=lambda p: (p.kind == "changed", len(p.there.split()) + len(p.here.split())))


def _quote(words: str) -> str:
    words = words.strip(" .,;:")
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(' ', 1)[0]} …"


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _label(row: Row, name: str) -> dict[str, str]:
    seen = how_seen(row)
    return {"name": name, "seen": seen, "said": SEEN[seen]}


def _short_day(iso: str) -> str:
    """The date with its month in three letters."""
    return re.sub(r"([A-Z][a-z]{2})[a-z]*", r"\1", day(iso)) or "no date shown"
