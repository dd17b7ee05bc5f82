"""What a student's own line of pandas gave, beside what it should give."""

from __future__ import annotations

import numbers
import re
from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pandas as pd

from whosays.checks.result import Result
from whosays.measures import network


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


def check_best(answer: object, table: pd.DataFrame) -> Result:
    """Compare ``answer`` with the highest rung for each giver and receiver; the order does not matter.

    ``table`` has the columns ``giver``, ``receiver`` and ``rung``. A Series or a table is accepted.
    """
    if answer is None or answer is ...:
        return Result("not attempted", 0.0, "Not attempted yet: put your line in place of the three dots.")
    groups = table.dropna(subset=["rung"]).groupby(["giver", "receiver"])["rung"]
    right = _by_pair(groups.max())
    if not right:
        return Result("not attempted", 0.0, "Nothing to look up yet: build some ties first.")
    line = 'df.groupby(["giver", "receiver"])["rung"].max()'
    if callable(answer):
        return _not_yet("the two brackets are missing.", "Python calls a method only with brackets: .max()")
    if isinstance(answer, pd.api.typing.DataFrameGroupBy | pd.api.typing.SeriesGroupBy):
        return _not_yet("you have the groups. No rung is picked yet.", 'Add ["rung"].max() behind them.')
    if isinstance(answer, numbers.Real):
        return _not_yet(f"you have {answer}, one number for all ties.", "Make groups first: .groupby(…)")
    if isinstance(answer, pd.DataFrame):
        if len(answer) == len(table) and set(answer.columns) >= {"giver", "receiver", "rung", "sentence"}:
            return _not_yet("you have the whole table.", f"Make groups of it: {line}")
        named = answer.reset_index()
        if not {"giver", "receiver", "rung"} <= set(named.columns):
            return _not_yet("your table lacks the column of the giver, the receiver or the rung.", line)
        answer = named.set_index(["giver", "receiver"])["rung"]
    if not isinstance(answer, pd.Series):
        return _not_yet(f"that is of type {type(answer).__name__}.", f"Groups give a Series: {line}")
    if set(answer.index.names) != {"giver", "receiver"}:
        by = " and ".join(f"“{name}”" for name in answer.index.names if name)
        told = f"your groups are made by {by}." if by else "nothing is grouped."
        return _not_yet(told, 'A tie has two ends: .groupby(["giver", "receiver"])')
    found = _by_pair(answer.dropna())
    if found == right:
        shown = ", ".join(f"{one} to {other} {rung}" for (one, other), rung in right.items())
        return Result("correct", 1.0, f"Yes: {len(right)} pairs of giver and receiver: {shown}.")
    others = {"min": "the lowest rung", "size": "how many statements there are", "mean": "the mean rung"}
    for method, gives in others.items():
        if found == _by_pair(getattr(groups, method)()):
            return _not_yet(f"you have {gives} of each pair.", "The highest one comes with .max()")
    if set(found) != set(right):
        message = f"you have {len(found)} pairs of giver and receiver; the table holds {len(right)}."
        return _not_yet(message, f"Is it the whole table? {line}")
    pair = next(pair for pair in right if found[pair] != right[pair])
    message = f"from {pair[0]} to {pair[1]} you have {found[pair]}; the table’s highest is {right[pair]}."
    return _not_yet(message, f'Is it the column "rung", and is it .max()? {line}')


def _by_pair(column: pd.Series) -> dict[tuple[str, str], Any]:
    """The values of a Series with giver and receiver as its index."""
    ends = column.index.to_frame(index=False)
    return {(str(g), str(r)): v for g, r, v in zip(ends["giver"], ends["receiver"], column, strict=True)}


def check_pairs(answer: object, table: pd.DataFrame, group: Sequence[str]) -> Result:
    """Compare ``answer`` with the number of pairs of ``group`` that a statement of ``table`` links.

    ``table`` has the columns ``giver``, ``receiver`` and ``rung``.
    """
    if answer is None or answer is ...:
        return Result("not attempted", 0.0, "Not attempted yet: put your number in place of the three dots.")
    found = network.pairs(table, group)
    linked, possible, n = int((found["statements"] > 0).sum()), len(found), int(found["statements"].sum())
    if table.empty:
        return Result("not attempted", 0.0, "Nothing to count yet: build some ties first.")
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real):
        more = "Count the pairs: len() of a table gives the number of its rows."
        return _not_yet(f"that is of type {type(answer).__name__}.", more)
    if answer == linked:
        return Result("correct", 1.0, f"Yes: {linked} of {possible} possible pairs have a statement.")
    if answer == possible:
        return _not_yet(f"{possible} pairs are possible.", "How many of them have a statement?")
    if answer == n:
        return _not_yet(f"{n} statements link them.", "Several may link the same pair. Count each pair once.")
    return _not_yet(f"you have {answer}.", f"Only pairs among {', '.join(group)} count, each once.")


def check_merge(answer: object, left: pd.DataFrame, right: pd.DataFrame, on: str, by: str) -> Result:
    """Compare ``answer`` with ``left`` and ``right`` merged on one column, the rows with most ``by`` first.

    More columns and another order of the columns do not matter.
    """
    if answer is None or answer is ...:
        return Result("not attempted", 0.0, "Not attempted yet: put your line in place of the three dots.")
    wanted = left.merge(right, on=on)
    if wanted.empty:
        return Result("not attempted", 0.0, "Nothing to join yet: the two tables have no row in common.")
    line = f'Write one table, then .merge(the other, on="{on}")'
    if callable(answer):
        return _not_yet("the two brackets are missing.", f"Python calls a method only with brackets: {line}")
    if not isinstance(answer, pd.DataFrame):
        return _not_yet(f"that is of type {type(answer).__name__}.", f"Two tables joined are a table. {line}")
    for table, other in ((left, right), (right, left)):
        if set(answer.columns) == set(table.columns):
            missing = next(c for c in other.columns if c not in table.columns)
            return _not_yet(f"you have one table alone. The column “{missing}” is missing.", line)
    lost = [c for c in wanted.columns if c not in answer.columns]
    if lost:
        more = "Keep every column of both tables; a new column of your own may stand beside them."
        return _not_yet(f"the column “{lost[0]}” is missing.", more)
    both = list(wanted.columns)
    found, joined = (Counter(tuple(map(str, row)) for row in t[both].to_numpy()) for t in (answer, wanted))
    if found != joined:
        if len(answer) > len(wanted):
            message = f"you have {len(answer)} rows; {len(wanted)} stand in both tables."
            return _not_yet(message, f'Merge on one column, without how=: .merge(the other, on="{on}")')
        message = f"you have {len(answer)} of the {len(wanted)} rows that stand in both tables."
        if len(answer) == len(wanted):
            message = "the rows do not go together."
        return _not_yet(message, f"{line}. Change nothing else.")
    values = list(answer[by])
    if values == sorted(values) and values != sorted(values, reverse=True):
        return _not_yet("the table runs the wrong way.", f'Most first: .sort_values("{by}", ascending=False)')
    if values != sorted(values, reverse=True):
        return _not_yet("joined, and not sorted yet.", f'Now add .sort_values("{by}", ascending=False)')
    new = [str(c) for c in answer.columns if c not in wanted.columns]
    extra = (f"Your new column: {', '.join(f'“{c}”' for c in new)}.",) if new else ()
    message = f"Yes: {len(answer)} rows stand in both tables, and “{answer[on].iloc[0]}” comes first."
    return Result("correct", 1.0, message, extra)


def check_agree(answer: object, votes: pd.DataFrame) -> Result:
    """Compare ``answer`` with the share of readers on the most frequent rung of each sentence.

    ``votes`` has the columns ``sentence`` and ``rung``, a row a vote. Shares and per cent are both accepted.
    """
    if answer is None or answer is ...:
        return Result("not attempted", 0.0, "Not attempted yet: put your line in place of the three dots.")
    if votes.empty:
        return Result("not attempted", 0.0, "Nothing to compare yet: there are no votes.")
    groups = votes.astype({"rung": "float64"}).groupby("sentence")["rung"]
    most = groups.agg(lambda rungs: rungs.value_counts().max())
    share = most / groups.count()
    start = 'Make groups first: df.groupby("sentence")["rung"], then .agg(share)'
    if callable(answer):
        return _not_yet("that is a function, not yet used.", "Put it into the brackets: .agg(share)")
    if isinstance(answer, pd.api.typing.DataFrameGroupBy | pd.api.typing.SeriesGroupBy):
        return _not_yet("you have the groups.", "Now make one number of each group: .agg(share)")
    if isinstance(answer, pd.DataFrame) and len(answer.columns) == 1:
        return _not_yet("you have a table with one column.", "No square brackets inside: .agg(share)")
    if isinstance(answer, pd.DataFrame):
        return _not_yet("you have a whole table.", 'Take one column of it before .agg: ["rung"]')
    if isinstance(answer, numbers.Real):
        return _not_yet(f"you have one number, {answer}.", start)
    if not isinstance(answer, pd.Series):
        return _not_yet(f"that is of type {type(answer).__name__}.", "Shares by sentence are a Series.")
    found = pd.to_numeric(answer, errors="coerce").astype("float64")
    if found.index.has_duplicates or set(found.index) != set(share.index):
        return _not_yet("it does not have one number for each sentence.", start)

    def like(right: pd.Series) -> bool:
        return bool(((found - right).abs() < 0.006 * max(1.0, float(right.max()))).all())

    if like(share) or like(100 * share):
        least = ", ".join(map(str, share.index[share == share.min()]))
        message = f"Yes: {len(share)} sentences. Fewest agree on {least}: {share.min():.0%} on one rung."
        return Result("correct", 1.0, message)
    others = {
        "the mean rung": groups.mean(),
        "how many readers voted": groups.count(),
        "how many readers share one rung": most,
        "how many different rungs there are": groups.nunique(),
    }
    for what, other in others.items():
        if like(other):
            more = "Put the tool of the cell into the brackets: .agg(share)"
            return _not_yet(f"you have {what}.", more)
    sid = str((found - share).abs().fillna(1).idxmax())
    message = f"for {sid} you have {found[sid]:.2f}; {share[sid]:.2f} of its readers share one rung."
    return _not_yet(message, "value_counts(normalize=True).max() is the share of the most frequent rung.")


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


def check_dropped(answer: object, table: pd.DataFrame, column: str, within: str) -> Result:
    """Compare ``answer`` with what is left of ``table`` when each value of ``column`` stands there once.

    Once in each group of ``within``, or once in the whole table: both count. ``answer`` may be the table that
    is left, the number of its rows, or that number group by group.
    """
    if answer is None or answer is ...:
        return Result("not attempted", 0.0, "Not attempted yet: put your line in place of the three dots.")
    if table.empty:
        return Result("not attempted", 0.0, "Nothing to drop: this table has no rows.")
    line = f'.drop_duplicates(["{within}", "{column}"])'
    if callable(answer):
        return _not_yet("the brackets are missing.", f"Call it: {line}")
    if isinstance(answer, pd.api.typing.DataFrameGroupBy | pd.api.typing.SeriesGroupBy):
        return _not_yet("you have the groups. Nothing is dropped yet.", f"Begin with the table: {line}")
    once, groups = len(table.drop_duplicates(column)), table.drop_duplicates([within, column])
    each = {str(name): int(rows) for name, rows in groups[within].value_counts().items()}
    if isinstance(answer, pd.Series) and within in (answer.index.name, *answer.index.names):
        found = {str(name): value for name, value in answer.items()}
        wrong = [n for n, value in each.items() if not _same(found.get(n), value)]
        if not wrong and len(found) == len(each):
            said = ", ".join(f"{name} {value}" for name, value in each.items())
            return Result("correct", 1.0, f"Yes, each {column} once: {said}.")
        if not wrong:
            return _not_yet(f"your groups are not those of “{within}”.", f"Drop the copies first: {line}")
        rows = f"for {wrong[0]} you have {found.get(wrong[0])}, and {each[wrong[0]]} are left."
        return _not_yet(rows, f"Drop the copies first: {line}")
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real | pd.DataFrame):
        return _not_yet(
            f"that is of type {type(answer).__name__}.", "Give the table that is left, or its len()."
        )
    if isinstance(answer, pd.DataFrame) and not {within, column} <= set(answer.columns):
        return _not_yet("you took a part of the columns.", f"Keep the whole table: {line}")
    n = len(answer) if isinstance(answer, pd.DataFrame) else float(answer)
    if n == len(table):
        return _not_yet(
            f"you have {len(table)}: nothing was dropped. Every row differs from the others somewhere.",
            f"Say which columns make a copy: {line}",
        )
    copies = isinstance(answer, pd.DataFrame) and answer.duplicated([within, column]).any()
    if n == len(groups) and not copies:
        message = f"Yes: {len(table)} versions were read, and {len(groups)} are left with each {column} once."
        return Result("correct", 1.0, message, (f"You counted each {column} once in every {within}.",))
    if n == once and not copies:
        message = f"Yes: {once} different values of “{column}” stand behind {len(table)} versions."
        return Result("correct", 1.0, message, (f"Now once in every {within}: {line}",))
    if isinstance(answer, pd.DataFrame) and n and answer[within].nunique() == 1 and not copies:
        name = str(answer[within].iloc[0])
        if n == each.get(name):
            was = int((table[within] == name).sum())
            return Result("correct", 1.0, f"Yes, for “{name}”: {was} versions were read, {int(n)} are left.")
    if not float(n).is_integer():
        return _not_yet(f"you have {answer}, one number that counts nothing.", f"Use len() of this: {line}")
    sizes = {c: (table[c].nunique(), len(table.drop_duplicates([within, c]))) for c in table if c != column}
    other = next((c for c, found in sizes.items() if n in found), None)
    if other is not None:
        return _not_yet(
            f"you have {int(n)}: you dropped by “{other}”.", f"Drop by the column “{column}”: {line}"
        )
    return _not_yet(f"{int(n)} are left.", f"Start from the whole table: {line}")


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
