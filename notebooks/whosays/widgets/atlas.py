"""The atlas: maps of the text, and maps drawn from outside it, with what stands behind each place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

import pandas as pd

from whosays import figures, markup
from whosays.answers import Answers
from whosays.checks import evidence
from whosays.markup import Segment, plain
from whosays.measures import places as measures
from whosays.model import Mark, Span
from whosays.pack import Pack, records
from whosays.pack.shapes import shapes
from whosays.text import day
from whosays.widgets import says
from whosays.widgets.cards import put, sentence_spans
from whosays.widgets.live import LiveChart, table

ASK = "Switch the map. Then finish the caption: what can it not show?"
OF_THE_TEXT = {
    "named": "By times named",
    "quoted": "By words quoted",
    "precise": "As precise as the text",
}
MEMBERS, DATES = "members", "dates"
GROUPS = ("From the text", "From outside the text")
SPENDING = "Defence spending 2024"
CHECKED = "Facts checked against stored sources; the war and these borders may have changed."
OUTSIDE = "Drawn from outside the text."
LONGEST = 300  # characters of a caption

Row = dict[str, Any]


class Atlas(LiveChart):
    """Maps to switch, to click on and to complete. What is chosen and written is saved at once.

    ``ready`` says whether the guess is made that the atlas waits for, ``waiting`` what to say until then;
    ``members`` says of what the table ``members`` holds the members.
    """

    ACTS: ClassVar[dict[str, str]] = {
        **{"map": "switch", "slide": "slide", "keep": "keep", "share": "spending"},
        **{"step": "step", "pick": "pick", "caption": "write"},
    }

    def __init__(
        self,
        pack: Pack,
        answers: Answers,
        ready: Callable[[], bool] = lambda: True,
        waiting: str = "",
        members: str = "Members",
    ) -> None:
        self.pack, self._shapes, self._texts = pack, shapes(pack), sentence_spans(pack)
        self._named, self._unplaced = measures.named(pack), measures.unplaced(pack)
        self._elsewhere, self._evidence = measures.off_the_map(pack), evidence(pack)
        self._on_map = {row["id"]: row for row in records(self._named)}
        self._places = {row["id"]: row for row in self._rows("places")}
        self._members = {row["iso3"]: row for row in sorted(self._rows("members"), key=lambda r: r["name"])}
        core = [row for row in self._rows("timeline") if row["role"] == "core" and self._places]
        core = [row | {"date": str(row["date"])[:10]} for row in core]  # a day, without hours
        self._events = {row["id"]: row for row in sorted(core, key=lambda row: row["date"])}
        self._maps = dict(OF_THE_TEXT)
        if self._members:
            joined = [row["year"] for row in self._members.values()]
            self._years = range(min(joined), max(joined) + 1)
            self._maps[MEMBERS] = f"{members} by year"
        if self._events:
            years = sorted({row["date"][:4] for row in self._events.values()})
            self._maps[DATES] = f"Dates {'–'.join(dict.fromkeys((years[0], years[-1])))}"
        super().__init__(answers, ready, waiting)

    def _rows(self, name: str) -> list[Row]:
        return records(self.pack.tables[name]) if name in self.pack.tables else []

    # State ------------------------------------------------------------------------------------------------

    def load(self) -> None:
        saved = self.answers.refresh()["views"].get("atlas")
        saved = saved if isinstance(saved, dict) else {}
        self._map = _one_of(saved.get("map"), self._maps)
        self._year = _one_of(saved.get("year"), self._years) if self._members else 0
        self._share = saved.get("share") is True
        self._event = _one_of(saved.get("event"), self._events)
        picked = saved.get("picked")
        self._picked = picked if isinstance(picked, str) and picked in self._choices() else ""

    def keep(self, _: object = None) -> None:
        """Save which map is shown and what is chosen on it."""
        now = {"map": self._map, "year": self._year, "share": self._share, "event": self._event}
        self.answers.set("views", "atlas", now | {"picked": self._picked})

    def switch(self, name: str) -> None:
        """Show another map: named, quoted, precise, members or dates. Raises ValueError for any other."""
        if name not in self._maps:
            raise ValueError(f"map {name!r}: this atlas has {', '.join(self._maps)}")
        self._map = name
        if self._picked not in self._choices():
            self._picked = ""
        self.keep()

    def slide(self, to: int) -> None:
        """Move to another year, or to another event by its number; ``keep`` saves it."""
        if self._map == MEMBERS:
            self._year = self._years[_index(to - self._years[0], self._years)]
        elif self._map == DATES:
            self._event = list(self._events)[_index(to, self._events)]

    def step(self, by: str) -> None:
        """One event back or on."""
        at = list(self._events).index(self._event) + int(by)
        self.slide(min(max(at, 0), len(self._events) - 1))
        self.keep()

    def spending(self, _: object = None) -> None:
        """Show what the members spend, or leave it."""
        self._share = not self._share
        self.keep()

    def pick(self, key: str) -> None:
        """Show what stands behind a place, a member or an event; an empty key puts it away."""
        if self._map == DATES:
            at_place = [e for e, row in self._events.items() if row["place_id"] == key]
            key = self._event if self._event in at_place else (at_place or [key])[0]
            self._event = key if key in self._events else self._event
        elif key == "" or key in self._choices():
            self._picked = key
        self.keep()

    def write(self, words: str) -> None:
        """Save what the map cannot show; nothing takes it back."""
        text, key = " ".join(words.split())[:LONGEST] or None, self._caption_key
        self.answers.change(lambda content: put(content, "rewrites", key, text))

    @property
    def _caption_key(self) -> str:
        return "caption" if self._map in OF_THE_TEXT else f"caption {self._map}"

    @property
    def written(self) -> str:
        """What the student wrote that this map cannot show."""
        found = self.answers.get("rewrites", self._caption_key)
        return found if isinstance(found, str) else ""

    def _choices(self) -> dict[str, str]:
        """What can be looked up on the present map: key and name."""
        if self._map == DATES:
            return {key: f"{day(row['date'])}: {self._where(row)}" for key, row in self._events.items()}
        rows = self._members if self._map == MEMBERS else self._on_map
        return {key: row["name"] for key, row in rows.items()}

    # Drawing ----------------------------------------------------------------------------------------------

    def state(self) -> tuple[object, ...]:
        return self._map, self._share, self.written, self._year, self._event

    def update(self, before: Any) -> Row | None:
        if self._map != MEMBERS or before[:3] != self.state()[:3]:
            return None
        return figures.members_update(
            self.pack.tables[MEMBERS], self._year, self._shapes, share=self._share, **self._about()
        )

    def _about(self) -> Row:
        """What is said below the map of members."""
        evidence, said = self.pack.tables.get("evidence"), f"{OUTSIDE} {CHECKED}"
        return {"evidence": evidence, "caption": said, "cannot_show": self.written}

    def draw(self) -> figures.Figure:
        if self._map == MEMBERS:
            return figures.members_map(
                self.pack.tables[MEMBERS], self._shapes, year=self._year, share=self._share, **self._about()
            )
        if self._map == DATES:
            timeline = self.pack.tables["timeline"]
            return figures.timeline_map(
                timeline[timeline["id"].isin(self._events)],
                self.pack.tables["places"],
                self._shapes,
                self.pack.tables.get("evidence", pd.DataFrame()),
                upto=self._events[self._event]["date"],
                chosen=self._event,
                caption=f"{OUTSIDE} {CHECKED}",
                cannot_show=self.written,
            )
        return figures.place_map(
            self._named,
            self._shapes,
            layer=self._map,
            unplaced=self._unplaced,
            elsewhere=self._elsewhere,
            caption=f"Source: “{self.pack.title}”. {CHECKED}",
            cannot_show=self.written,
        )

    def above(self) -> Row:
        of_text = [[key, name] for key, name in self._maps.items() if key in OF_THE_TEXT]
        others = [[key, name] for key, name in self._maps.items() if key not in OF_THE_TEXT]
        shown = {"ask": ASK, "map": self._map, "groups": [[GROUPS[0], of_text]]}
        if others:
            shown["groups"].append([GROUPS[1], others])
        if self._map == MEMBERS:
            shown["slider"] = self._slider("Year", self._year, self._years[0], self._year_words())
            shown["switch"] = [SPENDING, self._share]
        elif self._map == DATES:
            said = [day(row["date"]) for row in self._events.values()]
            shown["slider"] = self._slider("Date", list(self._events).index(self._event), 0, said)
            shown["steps"] = ["Earlier", "Later"]
        return shown | {"say": f"Map: {self._maps[self._map]}."}

    def _slider(self, name: str, value: int, first: int, said: list[str]) -> Row:
        return {"name": name, "value": value, "min": first, "max": first + len(said) - 1, "said": said}

    def _year_words(self) -> list[str]:
        counts = [sum(row["year"] <= year for row in self._members.values()) for year in self._years]
        return [f"{year}: {n} members" for year, n in zip(self._years, counts, strict=True)]

    def below(self, figure: figures.Figure) -> Row:
        choices = self._choices()
        key = self._event if self._map == DATES else self._picked
        box = self._box(key) if key in choices else None
        what = {MEMBERS: "a member", DATES: "an event"}.get(self._map, "a place")
        lines = ["".join(s["t"] for s in words) for _, words in box["rows"]] if box else []
        return {
            "alt": figures.alt_text(figure),
            "choose": [f"Choose {what}, or click on the map", list(map(list, choices.items())), key],
            "empty": f"What stands behind {what} appears here.",
            "box": box,
            "unplaced": self._left_out() if self._map in OF_THE_TEXT else [],
            "caption": figures.caption(figure),
            "write": {"of": self._caption_key, "written": self.written, "longest": LONGEST},
            "table": table(figure),
            "twin": f"Same {what.split()[1]}s as a table",
            "say": " ".join([f"{box['title']}.", *lines])[:600] if box else "",
        }

    def _box(self, key: str) -> Row:
        """What stands behind a place, a member or an event; a row has a sentence id, or none, and words."""
        if self._map == DATES:
            row = self._events[key]
            rows = [["", plain(row["what"])], ["", plain(f"Place: {self._where(row)}.")]]
            return self._boxed(day(row["date"]), rows, [], row["evidence"])
        if self._map == MEMBERS:
            row, cited = self._members[key], list(self._members[key]["evidence"])
            share = "There is no figure for its defence spending."
            if pd.notna(row["defence_share"]):
                share = f"Estimated defence spending in 2024: {row['defence_share']:g}% of GDP."
                cited += row["share_evidence"] or []
            lines = [f"Joined in {row['year']}.", share, row["note"] if isinstance(row["note"], str) else ""]
            return self._boxed(row["name"], [["", plain(line)] for line in lines if line], [], cited)
        row = self._on_map[key]
        rows = [[sid, self._sentence(sid, self._places[key]["text"])] for sid in row["sentences"]]
        times = "once" if row["times"] == 1 else f"{row['times']} times"
        words = f"{row['words'] or 'no'} words of people from there are quoted"
        if row["kind"] == measures.REGION:
            words = "quoted words are not counted for a world region"
        note = self._places[key]["note"]
        notes = [f"Kind: {row['kind']}. Named {times}; {words}.", *([note] if isinstance(note, str) else [])]
        return self._boxed(row["name"], rows, notes, ())

    def _boxed(self, title: str, rows: list[list[Any]], notes: list[str], cited: Any) -> Row:
        known = [self._evidence[e] for e in dict.fromkeys(cited) if e in self._evidence]
        sources = says.sources(known)["sources"] if known else []
        return {"title": title, "rows": rows, "notes": notes, "sources": sources}

    def _sentence(self, sid: str, words: object) -> list[Segment]:
        """A sentence as it stands in the text, with every whole word of the place marked."""
        span, text = self._texts[sid][0], self.pack.text
        name = words if isinstance(words, str) and words else "(?!)"
        found = re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text[span.start : span.end])
        at = [Span(span.start + m.start(), span.start + m.end()) for m in found]
        return markup.segments(text, span, [Mark(one, "name", "") for one in at])

    def _left_out(self) -> list[list[str]]:
        """What the text names, or leaves out, and no map can show: name, sentences, what to know."""
        rows = records(self._unplaced)
        return [[row["name"], ", ".join(row["sentences"]), row["note"] or row["kind"]] for row in rows]

    def _where(self, event: Row) -> str:
        place = self._places.get(event["place_id"])
        return str(place["name"]) if place else str(event["place_id"])


def _one_of(value: Any, known: Any) -> Any:
    """The value if it is known, else the first known one; an empty text where there is none."""
    try:
        return value if value in known else next(iter(known), "")
    except TypeError:
        return next(iter(known), "")


def _index(value: int, known: Any) -> int:
    """A number of one of these. Raises IndexError for another one, TypeError for what is no number."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    if not 0 <= value < len(known):
        raise ValueError(f"{value} is beyond the slider")
    return value
