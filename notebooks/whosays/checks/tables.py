"""What a student's own line of pandas gave, beside what it should give."""

from __future__ import annotations

import numbers
import re
from collections import Counter
from itertools import permutations
from typing import Any

import pandas as pd

from whosays.checks.result import Result


def check_counts(answer: object, table: pd.DataFrame) -> Result:
    """Compare ``answer`` with the counts of the column ``rung``; order and empty rungs do not matter."""
    if answer is None or answer is ...:
        return Result("not attempted", 0.0, "Not attempted yet: put your line in place of the three dots.")
    right = dict(Counter(int(rung) for rung in table["rung"].dropna()))
    n = sum(right.values())
    if not n:
        return Result("not attempted", 0.0, "Nothing to count yet: put some sentences on the ladder first.")
    if callable(answer):
        detail = ("Python calls a method only with brackets behind it: .value_counts()",)
        return Result("not yet", 0.0, "Not yet: the two brackets are missing.", detail)
    if not isinstance(answer, pd.Series):
        message = f"Not yet: counts is of type {type(answer).__name__}. Counting a column gives a Series."
        return Result(
            "not yet", 0.0, message, ("Write the column first, then .value_counts() with its brackets.",)
        )
    column = next((name for name in table.columns if answer.equals(table[name])), None)
    if column is not None:
        message = f"Not yet: you have the column “{column}”. Now count it."
        return Result("not yet", 0.0, message, ("Add .value_counts() behind it, with the brackets.",))
    counted: list[tuple[Any, Any]] = list(answer.items())
    try:
        found = {_whole(k): _whole(v) for k, v in counted if not pd.isna(k) and v}
    except (TypeError, ValueError, OverflowError):
        message = "Not yet: counts holds something else than rungs and whole numbers."
        return Result("not yet", 0.0, message, ('Take the column "rung" and count it.',))
    if found == right:
        return Result("correct", 1.0, f"Yes: {n} sentences counted, rung by rung.")
    for name in table.columns:
        other = dict(Counter(_whole(v) for v in table[name] if _is_whole(v)))
        if other and found == other:
            return Result("correct", 1.0, f"Yes: now you have counted the column “{name}”.")
    message = f"Not yet: your counts add up to {sum(found.values())}; the table holds {n} rungs."
    if sum(found.values()) == n:
        message = f"Not yet: your counts add up to {n}, but other rungs were counted than those of the table."
    return Result("not yet", 0.0, message, ('Look at the column: is it "rung"? Is it the whole table?',))


def check_sums(answer: object, right: pd.Series, table: pd.DataFrame) -> Result:
    """Compare ``answer`` with sums by group, such as words by speaker; the order does not matter.

    ``right`` is the expected Series with its groups as index, ``table`` the table they were made from.
    """
    group, column = str(right.index.name), str(right.name)
    if answer is None or answer is ...:
        return Result("not attempted", 0.0, "Not attempted yet: put your line in place of the three dots.")
    if right.empty:
        return Result("not attempted", 0.0, "Nothing to add up: this table has no rows.")
    if callable(answer):
        return _not_yet("the two brackets are missing.", "Python calls a method only with brackets: .sum()")
    if isinstance(answer, pd.api.typing.DataFrameGroupBy | pd.api.typing.SeriesGroupBy):
        more = f'Take the column ["{column}"] of the groups, then add it up with .sum()'
        return _not_yet("you have the groups. Nothing is added up yet.", more)
    if isinstance(answer, pd.DataFrame):
        return _not_yet("you have a whole table.", f'Take one column of it before .sum(): ["{column}"]')
    if isinstance(answer, numbers.Real):
        total = "all groups together" if float(answer) == right.sum() else "one number"
        return _not_yet(f"you have {answer}, {total}.", f'Make groups first: .groupby("{group}")')
    if not isinstance(answer, pd.Series):
        return _not_yet(f"that is of type {type(answer).__name__}.", "Sums by group are a Series.")
    whole = next((name for name in table.columns if answer.equals(table[name])), None)
    if whole is not None:
        return _not_yet(f"you have the column “{whole}”.", f'Make groups first: .groupby("{group}")')
    found = {str(name): value for name, value in answer.items()}
    if not isinstance(answer.index, pd.MultiIndex) and set(found) == set(map(str, right.index)):
        wanted = {str(name): value for name, value in right.sort_values(ascending=False).items()}
        wrong = [name for name, value in wanted.items() if not _same(found[name], value)]
        if not wrong:
            return Result("correct", 1.0, f"Yes: {', '.join(f'{n} {value}' for n, value in wanted.items())}.")
        rows = Counter(map(str, table[group]))
        if all(_same(found[name], rows[name]) for name in wanted):
            lines = f"you have counted rows: {', '.join(f'{n} {rows[n]}' for n in wanted)}."
            return _not_yet(lines, f".count() counts rows; .sum() adds up the {column} in them.")
        name = wrong[0]
        message = f"for {name} you have {found[name]}, where the table adds up to {wanted[name]}."
        return _not_yet(message, f'Is it the column "{column}", and is it .sum()?')
    other = next((name for name in table.columns if set(found) == set(map(str, table[name]))), None)
    by = f"you have made groups by “{other}”." if other else f"it has other groups than “{group}” has."
    return _not_yet(by, f'The groups come from the column in the brackets: .groupby("{group}")')


def check_crosstab(answer: object, table: pd.DataFrame, rows: str, columns: str) -> Result:
    """Compare ``answer`` with the counts of ``rows`` by ``columns``; order and empty lines do not matter.

    Other columns of the table count too, as the lesson asks to change them.
    """
    if answer is None or answer is ...:
        return Result("not attempted", 0.0, "Not attempted yet: put your line in place of the three dots.")
    given = table[[rows, columns]].dropna()
    if given.empty:
        return Result("not attempted", 0.0, "Nothing to count yet: sort some claims first.")
    right = Counter(zip(map(str, given[rows]), map(str, given[columns]), strict=True))
    if callable(answer):
        return _not_yet("the brackets are missing.", f'Call it: pd.crosstab(df["{rows}"], df["{columns}"])')
    if not isinstance(answer, pd.DataFrame):
        kind = type(answer).__name__
        return _not_yet(f"that is of type {kind}.", "A crosstab is a table: rows one way, columns the other.")
    cross = f'Cross two columns: pd.crosstab(df["{rows}"], df["{columns}"])'
    if set(answer.columns) <= set(table.columns):
        return _not_yet("those are columns of the table. Nothing is counted yet.", cross)
    cells = [(str(r), str(c), n) for c, line in answer.items() for r, n in line.items() if not pd.isna(n)]
    if not all(_is_whole(n) for _, _, n in cells):
        return _not_yet("the cells hold shares or words, not counts.", cross)
    found = Counter[tuple[str, str]]()
    for row, column, n in cells:
        if n and "All" not in (row, column):
            found[row, column] += int(n)
    if found == right:
        return Result("correct", 1.0, f"Yes: {len(given)} claims, each in one cell.")
    if found == {(column, row): n for (row, column), n in right.items()}:
        turned = (f"Your rows are “{columns}”. The other way round it reads like the picture.",)
        return Result("correct", 1.0, f"Yes: {len(given)} claims, each in one cell.", turned)
    for one, other in permutations(table.columns, 2):
        pairs = table[[one, other]].dropna()
        if found and found == Counter(zip(map(str, pairs[one]), map(str, pairs[other]), strict=True)):
            return Result("correct", 1.0, f"Yes: now you have crossed “{one}” with “{other}”.")
    message = f"your cells add up to {sum(found.values())}; the table has {len(given)} claims."
    if sum(found.values()) == len(given):
        message = "all claims are counted, but in other rows or columns."
    return _not_yet(message, cross)


def check_whole_word(answer: object, word: str, texts: pd.Series) -> Result:
    """Compare ``answer`` with the number of texts that hold ``word`` as a whole word, not as letters."""
    if answer is None or answer is ...:
        return Result("not attempted", 0.0, "Not attempted yet: put your line in place of the three dots.")
    letters = texts.str.contains(word, regex=False)
    pattern = rf"\b{re.escape(word)}\b"
    whole = texts.str.contains(pattern)
    if type(answer) is not bool and isinstance(answer, numbers.Real) and answer == 0 != whole.sum():
        more = rf'Is there an r before the quotation mark? Python needs it: r"\b{word}\b"'
        return _not_yet("you have 0.", more)
    if callable(answer):
        return _not_yet("the two brackets are missing.", "Python calls a method only with brackets: .sum()")
    if isinstance(answer, pd.Series):
        if answer.dtype == bool and len(answer) == len(texts):
            return _not_yet("you have a column of True and False.", "Add .sum(): it counts each True as 1.")
        return _not_yet("that is a column.", "A count is one number: add .sum() at the end.")
    if isinstance(answer, pd.DataFrame):
        return _not_yet(
            "you have a table of sentences.", "Count them: .sum() where you asked .str.contains()"
        )
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real):
        return _not_yet(f"that is of type {type(answer).__name__}.", "A count is one number.")
    count = float(answer)
    if count == whole.sum():
        inside = letters.sum() - whole.sum()
        extra = (f"In {inside} more the letters stand only inside a longer word.",) if inside else ()
        message = f"Yes: “{word}” stands as a word in {int(count)} of {len(texts)} sentences."
        return Result("correct", 1.0, message, extra)
    if count == letters.sum():
        longer = next(iter(texts[letters & ~whole].str.extract(rf"(\w*{re.escape(word)}\w*)")[0]), "")
        message = f"{int(count)} of {len(texts)} sentences have the letters “{word}”."
        return _not_yet(message, rf"“{longer}” has them, too. \b on both sides marks the ends of a word.")
    if count in (texts.str.count(re.escape(word)).sum(), texts.str.count(pattern).sum()):
        return _not_yet(
            f"{answer} is how often it stands there.", "Count sentences: .str.contains(), then .sum()"
        )
    return _not_yet(f"you have {answer}.", f'Start from df["text"].str.contains("{word}").sum()')


def _not_yet(message: str, more: str) -> Result:
    return Result("not yet", 0.0, f"Not yet: {message}", (more,))


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except (TypeError, ValueError):
        return False


def _is_whole(value: Any) -> bool:
    try:
        return _whole(value) is not None
    except (TypeError, ValueError, OverflowError):
        return False


def _whole(value: Any) -> int:
    """The value as a whole number. Raises ValueError, OverflowError or TypeError if it is none."""
    if isinstance(value, str) or value != int(value):
        raise ValueError(value)
    return int(value)
