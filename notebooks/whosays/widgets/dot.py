"""Your dot: where a place lies that has no agreed edges. A click sets the dot, arrows move it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

from whosays import figures
from whosays.answers import Answers
from whosays.measures import places as measures
from whosays.pack import Pack, records
from whosays.pack.shapes import shapes
from whosays.widgets.live import LiveChart, table

STEP = 10  # degrees of one move
START = (11.0, 10.0)  # the middle of the map, where the first move by an arrow puts the dot
NORTH, SOUTH = 80.0, -55.0
WAYS = {
    "west": ("West", "←", -STEP, 0),
    "east": ("East", "→", STEP, 0),
    "north": ("North", "↑", 0, STEP),
    "south": ("South", "↓", 0, -STEP),
}
CANNOT = "where the region ends, because nobody agrees on that."
NO_REGION = "This pack names no world region to put a dot on."

Spot = tuple[float, float]
Row = dict[str, Any]


def vague_place(pack: Pack) -> Row | None:
    """The world region of the text that reaches furthest, with its id and name; None where there is none."""
    rows = [row for row in records(measures.named(pack)) if row["kind"] == measures.REGION]
    return max(rows, key=lambda row: _reach(row["reach_lon"]) * _reach(row["reach_lat"]), default=None)


def read_spot(saved: Any) -> Spot | None:
    """Longitude and latitude in degrees as the answers file has them; None for anything else."""
    if not isinstance(saved, list | tuple) or len(saved) != 2:
        return None
    if not all(type(n) in (int, float) and math.isfinite(n) for n in saved):
        return None
    lon, lat = map(float, saved)
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


class Dot(LiveChart):
    """A map with one dot of the student’s own, set for ``place``, a row of ``vague_place``."""

    ACTS: ClassVar[dict[str, str]] = {"move": "move", "pick": "click", "settled": "settled"}

    def __init__(
        self,
        pack: Pack,
        answers: Answers,
        place: Row,
        on_change: Callable[[], None] | None = None,
        ready: Callable[[], bool] = lambda: True,
        waiting: str = "",
    ) -> None:
        self.pack, self._shapes, self._place, self._on_change = pack, shapes(pack), place, on_change
        super().__init__(answers, ready, waiting)

    @property
    def spot(self) -> Spot | None:
        """Where the dot is: longitude and latitude in degrees."""
        return read_spot(self.answers.get("dots", self._place["id"]))

    def load(self) -> None:
        self.answers.refresh()

    def put(self, spot: Any) -> None:
        """Put the dot at longitude and latitude. Raises ValueError for what is no spot on the globe."""
        found = read_spot(spot)
        if found is None:
            raise ValueError(f"{spot!r}: a spot is a longitude and a latitude in degrees")
        lon, lat = found
        self.answers.set("dots", self._place["id"], [round(lon, 1), round(max(SOUTH, min(NORTH, lat)), 1)])

    def settled(self, _: object = None) -> None:
        """The reader has paused: what stands further down may follow."""
        if self._on_change:
            self._on_change()

    def click(self, spot: Any) -> None:
        """Put the dot where the map was clicked; a click on the dot itself says nothing new."""
        if isinstance(spot, list):
            self.put(spot)

    def move(self, way: str) -> None:
        """Move the dot one step: north, south, east or west. The first move puts it in the middle."""
        _, _, east, north = WAYS[way]
        here = self.spot
        if here is None:
            self.put(START)
        else:
            self.put(((here[0] + east + 180) % 360 - 180, max(SOUTH, min(NORTH, here[1] + north))))

    def state(self) -> Spot | None:
        return self.spot

    def draw(self) -> figures.Figure:
        figure = figures.dots_map(
            [],
            self._shapes,
            place=self._place["name"],
            mine=self.spot,
            caption="The class view shows your dot together with the others." if self.spot else "",
            cannot_show=CANNOT,
        )
        return figure.add_trace(figures.click_grid())

    def above(self) -> Row:
        ask = f"Where is the {self._place['name']}? Put one dot: click on the map, or use the arrows."
        ways = [[way, label, sign] for way, (label, sign, _, _) in WAYS.items()]
        said = in_words(self.spot)
        return {
            "ask": ask,
            "arrows": {"name": "Move the dot", "ways": ways, "said": said},
            "spot": said,
            "say": said,
        }

    def below(self, figure: figures.Figure) -> Row:
        shown = {"caption": figures.caption(figure), "table": table(figure), "twin": "Same dot as a table"}
        return shown | {"alt": f"{figures.alt_text(figure)} {in_words(self.spot)}"}


def in_words(spot: Spot | None) -> str:
    """Where a dot is, in words."""
    if spot is None:
        return "No dot yet."
    lon, lat = spot
    north = "north" if lat >= 0 else "south"
    return f"Your dot: {abs(lat):g}° {north}, {abs(lon):g}° {'east' if lon >= 0 else 'west'}."


def _reach(value: Any) -> float:
    return float(value) if value == value else 0.0
