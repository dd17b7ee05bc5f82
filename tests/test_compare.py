"""When two values say the same, however a student wrapped them."""

import json
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest

from whosays.exercises import plain
from whosays.exercises.compare import in_words, lacking, same
from whosays.exercises.plain import Chart

COUNTS = pd.Series({1: 3, 4: 2}, name="n")
TABLE = pd.DataFrame({"sentence": ["s01", "s03"], "rung": [1, 2]})


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (3, 3.0),
        (np.float64(0.61), 0.6129),
        ({4: 2, 1: 3}, COUNTS),
        (COUNTS.to_frame(), COUNTS),
        (COUNTS.reset_index(), COUNTS),
        (COUNTS.sort_values(), COUNTS),
        ({1: 3, 4: 2, 5: 0}, COUNTS),
        ({1.0: 3, 4.0: 2}, COUNTS),
        (TABLE[["rung", "sentence"]], TABLE),
        (TABLE.set_axis([7, 9]), TABLE),
        (pd.Series([1, 2]), [1, 2]),
        ((1, 2), [1, 2]),
        (["s01"], pd.Series(["s01"])),
        (None, None),
        (math.nan, None),
        ({"a", "b"}, {"b", "a"}),
        (pd.DataFrame({"rung": []}), pd.DataFrame({"rung": []})),
    ],
)
def test_the_same(found, wanted):
    assert same(found, wanted, 0.005)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (True, 1),
        (1, True),
        ("3", 3),
        (0.6, 0.6129),
        (None, 0),
        (0, None),
        ({1: 3}, COUNTS),
        ({1: 3, 4: 2, 5: 1}, COUNTS),
        ({"1": 3, "4": 2}, COUNTS),
        ([3, 2], COUNTS),
        (pd.Series([3, 2], index=[1, 1]), COUNTS),
        (TABLE.iloc[::-1], TABLE),
        (TABLE.head(1), TABLE),
        (TABLE[["rung"]], TABLE),
        (TABLE.assign(more=1), TABLE),
        ([2, 1], [1, 2]),
        ("s01", "s02"),
        ([], [1]),
        (math.inf, 1),
        (10**400, 1.5),
        ({"a": {"b": 1}}, {"a": {"b": 2}}),
        (print, 3),
    ],
)
def test_not_the_same(found, wanted):
    assert not same(found, wanted, 0.005)


def test_rows_that_are_named_count_in_a_table():
    named = pd.DataFrame({"fact": [1, 2]}, index=pd.Index([1, 5], name="rung"))
    assert same(named, named)
    assert not same(named.set_axis([1, 4]), named)


def test_an_object_that_is_equal_to_everything_is_not_the_same():
    class Everything:
        def __eq__(self, other):
            return True

        def __hash__(self):
            return 0

    for wanted in (3, "s01", [1], {"a": 1}, TABLE, COUNTS, None):
        assert not same(Everything(), wanted)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing (None)"),
        (3, "3"),
        (0.6129, "0.61"),
        ("said", "“said”"),
        (TABLE, "a table of 2 rows and 2 columns"),
        (TABLE[["rung"]].head(1), "a table of 1 row and 1 column"),
        ({"s01": 5}, "a dictionary of 1 value (“s01”: 5)"),
        (COUNTS, "a Series of 2 values (1: 3, 4: 2)"),
        ([1, 2, 3, 4, 5], "5 values (1, 2, 3, 4)"),
    ],
)
def test_a_value_in_words(value, words):
    assert in_words(value) == words


def test_a_value_in_words_is_short():
    assert len(in_words("x" * 10_000)) < 70
    assert len(in_words({"x" * 500: "y" * 500})) < 200


# Charts ---------------------------------------------------------------------------------------------------

MEANS = pd.Series([2.5, 4.0, 1.0], index=pd.Index(["s01", "s02", "s03"], name="sentence"), name="rung")
SAID = {"title": "Readers differ", "labels": {"value": "mean rung"}}
WANTED = Chart("bar", ("s01", "s02", "s03"), (2.5, 4.0, 1.0), "Any title", "sentence", "mean rung")


def carried(value):
    """What the grader gets of a value: through plain data, as text."""
    return plain.decode(json.loads(json.dumps(plain.encode(value))))


def test_a_chart_is_carried_over_as_what_it_says():
    chart = carried(MEANS.plot.bar(backend="plotly", **SAID))
    assert chart == Chart(
        "bar", ("s01", "s02", "s03"), (2.5, 4.0, 1.0), "Readers differ", "sentence", "mean rung"
    )
    with pytest.raises(AttributeError):
        chart.title = "another"


@pytest.mark.parametrize(
    "figure",
    [
        MEANS.plot.bar(backend="plotly", **SAID),
        px.bar(MEANS, **SAID),
        px.bar(MEANS.sort_values(), **SAID),
        px.bar(MEANS.reset_index(), x="sentence", y="rung", title="Other words"),
        px.bar(MEANS.reset_index(), x="rung", y="sentence", orientation="h", title="They lie"),
        px.bar(MEANS.reset_index(), x="sentence", y="rung", color="sentence", title="A colour each"),
        go.Figure(
            go.Bar(x=list(MEANS.index), y=list(MEANS)),
            {"title": "<b>By hand</b>", "xaxis_title": "sentence", "yaxis_title": "mean"},
        ),
    ],
)
def test_charts_that_say_the_same(figure):
    assert same(carried(figure), WANTED, 0.005)


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (px.bar(MEANS, labels={"value": "mean rung"}), "without a title"),
        (px.bar(MEANS, title="T"), "without a label on the y axis"),
        (px.bar(x=list(MEANS.index), y=list(MEANS)), "without a title and without a label on the x axis"),
        (px.bar(MEANS, title="  ", labels={"value": "mean"}), "without a title"),
        (px.line(MEANS, **SAID), "a line or point chart of 3 values"),
        (px.bar(MEANS.head(2), **SAID), "a bar chart of 2 values (“s01”: 2.5, “s02”: 4)"),
        (px.bar(MEANS + 0.1, **SAID), "(“s01”: 2.6, "),
        (px.bar(MEANS.rename({"s01": "s09"}), **SAID), "(“s09”: 2.5, "),
        (px.pie(MEANS.reset_index(), names="sentence", values="rung"), "a pie chart of no values"),
        (go.Figure(), "a blank chart of no values, without a title"),
        (MEANS, "a Series of 3 values"),
    ],
)
def test_charts_that_say_something_else_and_what_is_told_of_them(figure, words):
    found = carried(figure)
    assert not same(found, WANTED, 0.005)
    assert words in in_words(found)


def test_words_of_a_chart_count_only_where_they_are_wanted():
    bare = Chart("bar", ("a",), (1,))
    assert lacking(bare) == ["a title", "a label on the x axis", "a label on the y axis"]
    assert same(Chart("bar", ("a",), (1,), "T", "place", "how many"), bare)
    assert not same(bare, Chart("bar", ("a",), (1,), "T"))
    assert same(Chart("bar", ("a",), (1,), "U"), Chart("bar", ("a",), (1,), "T"))


def test_points_that_are_no_bars_count_in_their_order():
    line = Chart("scatter", (1, 2), (5, 6), "T", "day", "rung")
    assert same(line, line)
    assert not same(Chart("scatter", (2, 1), (6, 5), "T", "day", "rung"), line)


def test_a_chart_in_words_says_that_nothing_is_missing_and_stays_short():
    assert (
        in_words(WANTED)
        == "a bar chart of 3 values (“s01”: 2.5, “s02”: 4, “s03”: 1), with a title and both labels"
    )
    long = Chart("bar", ("x" * 9000, "y"), (1, 2), "t" * 9000)
    assert len(in_words(long)) < 300


def test_only_a_figure_itself_is_a_chart_and_nothing_of_it_but_plain_values():
    class Mine(go.Figure):
        pass

    class Text(str):
        pass

    assert carried(Mine()) == plain.Other("Mine")
    figure = go.Figure(go.Bar(x=[Text("s01"), object()], y=[1, 2]))
    assert all(type(x) in (str, plain.Other) for x in carried(figure).x)
    with pytest.raises(plain.TooMuch):
        plain.encode(go.Figure(go.Scatter(x=list(range(30_000)), y=list(range(30_000)))))


@pytest.mark.parametrize(
    "data",
    [
        ["chart", "bar", [], []],
        ["chart", "bar", ["a"], [], "", "", ""],
        ["chart", 3, [], [], "", "", ""],
        ["chart", "bar", [], [], ["list", []], "", ""],
        ["chart", "bar", "ab", [1, 2], "", "", ""],
        ["chart", "bar", [["boom"]], [1], "", "", ""],
        ["chart", "bar", [1.5], [1], "", "", ""],
    ],
)
def test_a_forged_chart_is_refused(data):
    with pytest.raises(ValueError, match=r"."):
        plain.decode(data)


def test_a_forged_chart_is_cut_to_size():
    chart = plain.decode(["chart", "k" * 9000, [], [], "t" * 9000, "", ""])
    assert len(chart.kind) == plain.NAME
    assert len(chart.title) == plain.TITLE


def test_plotly_is_not_loaded_to_look_at_a_value():
    code = (
        "import sys; from whosays.exercises import compare, plain\n"
        "class Figure: pass\n"
        "Figure.__module__ = 'plotly.graph_objs._figure'\n"
        "assert plain.encode(Figure()) == ['other', 'Figure']\n"
        "chart = plain.decode(['chart', 'bar', ['a'], [1], 'T', 'place', 'n'])\n"
        "assert compare.same(chart, chart) and 'plotly' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
