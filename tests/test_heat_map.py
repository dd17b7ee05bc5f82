"""The heat map of a class: what it says and draws, and that it stays closed for a few."""

from __future__ import annotations

import json
import re
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from whosays import figures
from whosays.figures import colour, figure_table, heat_map
from whosays.figures.heat_map import ROW, ROWS
from whosays.measures.agreement import by_unit

RUNGS = [1, 2, 3, 4, 5]
CLASS = pd.DataFrame(
    {
        "s01": [4, 4, 4, 4, 4, 4],
        "s02": [1, 1, 1, 2, 2, 2],
        "s03": [5, 5, 5, 5, 5, 1],
        "s04": [1, 2, 3, 4, 5, None],
    }
).astype("Int64")
ROWS_OF = by_unit(CLASS, values=RUNGS)
REFERENCE = {"s01": (4,), "s02": (1, 2), "s03": (5,), "s04": (3,)}


def title(figure: go.Figure) -> str:
    return re.sub("</?b>", "", figure.layout.title.text.replace("<br>", " ")).replace("\u00a0", " ")


def drawn(figure: go.Figure) -> dict[str, dict[int, str]]:
    """Sentence → rung → number in the cell, from top to bottom."""
    labels = [a for a in figure.layout.annotations if a.xref == "paper"]
    names = [re.sub("</?b>", "", a.text) for a in sorted(labels, key=lambda a: a.y)]
    cells: dict[str, dict[int, str]] = {name: {} for name in names}
    for trace in figure.data:
        for x, y, text in zip(trace.x, trace.y, trace.text, strict=True):
            cells[names[y]][x] = text
    return cells


def test_each_cell_holds_its_count_in_the_chosen_order() -> None:
    argued, text = heat_map(ROWS_OF), heat_map(ROWS_OF, order="text")
    assert list(drawn(argued)) == ["s04", "s02", "s03", "s01"]
    assert list(drawn(text)) == ["s01", "s02", "s03", "s04"]
    assert drawn(text)["s03"] == {1: "1", 2: "", 3: "", 4: "", 5: "5"}
    shares = [a.text for a in text.layout.annotations if str(a.text).endswith("%")]
    assert shares == ["100%", "50%", "83%", "20%"]


def test_the_title_names_the_most_argued_and_marks_a_simulated_class() -> None:
    assert title(heat_map(ROWS_OF)) == "Most argued: s04, s02, s03"
    marked = heat_map(ROWS_OF, mark="simulated, not real students", caption="Alpha.")
    assert title(marked) == "Most argued: s04, s02, s03 (simulated, not real students)"
    assert "simulated, not real students" in figures.alt_text(marked).replace("\u00a0", " ")
    same = by_unit(CLASS[["s01"]], values=RUNGS)
    assert title(heat_map(same)) == "All 6 readers agree on every sentence"
    bold = [a.text for a in heat_map(ROWS_OF).layout.annotations if a.xref == "paper" and "<b>" in a.text]
    assert bold == ["<b>s04</b>", "<b>s02</b>", "<b>s03</b>"]


def test_shades_follow_the_share_of_the_readers() -> None:
    figure = heat_map(ROWS_OF, order="text")
    fills = {(s.x0 + 0.48, s.y0 + 0.45): s.fillcolor for s in figure.layout.shapes}
    assert fills[(4, 0)] == fills[(5, 2)] == colour("tint 4")
    assert fills[(1, 1)] == colour("tint 2")
    assert fills[(1, 2)] == colour("tint 1")
    assert fills[(1, 0)] == colour("tint 0")


def test_the_reference_is_hidden_until_asked_for() -> None:
    closed, opened = heat_map(ROWS_OF, order="text"), heat_map(ROWS_OF, order="text", reference=REFERENCE)
    frames = [s for s in opened.layout.shapes if s.line.color == colour("look")]
    assert not [s for s in closed.layout.shapes if s.line.color == colour("look")]
    below = list(opened.layout.shapes)[: -len(frames)]
    rims = [s for s in below if s.line.color == colour("open")]
    assert [(s.x0, s.y0) for s in rims] == [(s.x0, s.y0) for s in frames], "each stands out from its shade"
    assert all(rim.line.width > frame.line.width for rim, frame in zip(rims, frames, strict=True))
    assert [(round((s.x0 + s.x1) / 2), round((s.y0 + s.y1) / 2), s.line.dash) for s in frames] == [
        (4, 0, "solid"),
        (1, 1, "solid"),
        (2, 1, "4px,3px"),
        (5, 2, "solid"),
        (3, 3, "solid"),
    ]
    assert "reference" not in figure_table(closed).columns
    assert "frame" not in figures.caption(closed)
    assert figure_table(opened)["reference"].tolist() == ["4", "1, 2", "5", "3"]
    assert figures.caption(opened).startswith("A thick frame: the reference.")


def test_the_twin_holds_every_number() -> None:
    table = figure_table(heat_map(ROWS_OF, order="text", caption="Alpha 0.5."))
    assert table.iloc[1].tolist()[:7] == ["s02", 3, 3, 0, 0, 0, 50]
    assert table["argued"].tolist()[0] == 0
    assert json.dumps(heat_map(ROWS_OF).to_plotly_json(), default=str)


@pytest.mark.parametrize("readers", [0, 1, 4])
def test_there_is_no_view_for_a_few(readers: int) -> None:
    with pytest.raises(ValueError, match=f"{readers} readers are too few for a class view; it needs 5"):
        heat_map(by_unit(CLASS.head(readers), values=RUNGS))


@pytest.mark.parametrize(
    ("table", "more", "message"),
    [
        (ROWS_OF, {"order": "size"}, "order 'size': choose argued or text"),
        (ROWS_OF.drop(columns="share"), {}, "no column 'share'"),
        (by_unit(CLASS[["s01"]]), {}, "no column 1"),
    ],
)
def test_other_tables_are_refused(table: pd.DataFrame, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        heat_map(table, **more)


def test_a_long_text_shows_its_most_argued_sentences() -> None:
    many = pd.DataFrame({f"s{n:03}": [1, 1, 2, 2, 1 + n % 2, 1] for n in range(200)})
    figure = heat_map(by_unit(many, values=RUNGS))
    assert len(drawn(figure)) == ROWS
    assert figures.caption(figure).startswith(f"Drawn are {ROWS} of 200 sentences.")
    assert len(figure_table(figure)) == 200
    assert figure.layout.height < 60 * ROW + 400


def test_names_of_sentences_are_no_markup() -> None:
    odd = by_unit(pd.DataFrame({"<i>a": [1, 2, 1, 2, 1]}), values=RUNGS)
    figure = heat_map(odd)
    assert "&lt;i>a" in figure.layout.title.text
    assert any("&lt;i>a" in a.text for a in figure.layout.annotations)
