"""Read a folder of answer files: what a class did, without stopping at a file that is none."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from whosays.answers import is_code
from whosays.checks.claims import WHEN
from whosays.measures.agreement import ENOUGH
from whosays.measures.ladder import RUNGS
from whosays.pack import Pack

LARGEST = 1_000_000  # bytes of an answer file; real ones have some 10 000
FIRST, CLAIMS, SECOND = 1, 3, 8  # lessons with a vote on rungs, on claims, and the second vote on rungs
RUNG_COLUMNS = ("code", "lesson", "round", "sentence_id", "rung")
CLAIM_COLUMNS = ("code", "claim_id", "when")

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that does not count, or not in full: its name in the folder, what was found, what to do."""

    file: str
    found: str
    do: str

    def __str__(self) -> str:
        return f"{self.file}: {self.found} {self.do}"


@dataclass(frozen=True, eq=False)
class Collected:
    """The answers of a class.

    ``rungs`` has the columns code, lesson, round (1 or 2), sentence_id and rung; ``claims`` code, claim_id
    and when. Round 1 holds first answers, given before any feedback, and round 2 the second vote. The codes
    are for the teacher: ``votes`` leaves them out.
    """

    rungs: pd.DataFrame
    claims: pd.DataFrame
    faults: tuple[Fault, ...] = ()
    simulated: bool = False

    @property
    def readers(self) -> int:
        """How many put sentences on the ladder."""
        return int(self.rungs.loc[self.rungs["round"] == 1, "code"].nunique())

    @property
    def enough(self) -> bool:
        """Whether there are readers enough for a view."""
        return self.readers >= ENOUGH

    @property
    def voted_again(self) -> int:
        """How many of them took part in the second vote."""
        first, second = (set(self.rungs.loc[self.rungs["round"] == n, "code"]) for n in (1, 2))
        return len(first & second)

    def codings(self, vote: int = 1) -> pd.DataFrame:
        """A row a reader, a column a sentence, the rung in it; with ``vote=2`` second votes replace first."""
        first, second = (
            self._wide(self.rungs[self.rungs["round"] == n], "sentence_id", "rung") for n in (1, 2)
        )
        if vote == 1 or second.empty:
            return first
        return second.reindex_like(first).fillna(first)

    def sorted_claims(self) -> pd.DataFrame:
        """A row a reader, a column a claim: when it can be checked."""
        return self._wide(self.claims, "claim_id", "when")

    def votes(self, vote: int = 1) -> pd.DataFrame:
        """A row an answer: reader (a number), sentence and rung. Nobody's code is in it.

        The numbers do not follow the codes, so that a row does not tell whose it is.
        """
        wide = self.codings(vote)
        by_chance = sorted(wide.index, key=lambda code: hashlib.sha256(str(code).encode()).digest())
        number = {code: n for n, code in enumerate(by_chance, 1)}
        tidy = wide.rename_axis("code").reset_index().melt("code", var_name="sentence", value_name="rung")
        tidy = tidy.assign(reader=tidy["code"].map(number), sentence=tidy["sentence"].astype("str"))
        tidy = tidy.dropna(subset=["rung"]).sort_values(["reader", "sentence"], kind="stable")
        return tidy[["reader", "sentence", "rung"]].reset_index(drop=True)

    def report(self) -> pd.DataFrame:
        """The files that do not count in full, a row each: file, found, do. For the teacher."""
        return pd.DataFrame([(f.file, f.found, f.do) for f in self.faults], columns=["file", "found", "do"])

    @staticmethod
    def _wide(table: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
        order = list(dict.fromkeys(table[column]))
        return table.pivot(index="code", columns=column, values=value).reindex(columns=sorted(order))


def collect(folder: str | Path, pack: Pack) -> Collected:
    """Read all answer files (``*.json``) in a folder and its sub-folders, whatever they are called.

    A bad file is listed and never stops the rest. Of several files of one student and lesson, the one that
    was changed last counts. Links are not followed. Raises ValueError if ``folder`` is no folder.
    """
    folder = Path(folder).expanduser()
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder.name} is no folder; give the folder that holds the answer files")
    faults: list[Fault] = []
    kept: dict[tuple[str, int], tuple[tuple[int, str], Content]] = {}
    for path, name in _files(folder):
        try:
            made, content = _read(path, pack.fingerprint)
        except _Bad as bad:
            faults.append(Fault(name, *bad.args))
            continue
        key, age = (content["code"], content["lesson"]), (made, name)
        if key in kept:
            older = min(age, kept[key][0])[1]
            newer = max(age, kept[key][0])[1]
            faults.append(
                Fault(older, f"The same student and lesson as {newer}.", "The one changed last counts.")
            )
        if key not in kept or age > kept[key][0]:
            kept[key] = age, content
    known = Known.of(pack)
    rungs: list[tuple[object, ...]] = []
    claims: list[tuple[object, ...]] = []
    for (code, lesson), ((_, name), content) in sorted(kept.items(), key=lambda entry: entry[0]):
        odd = known.take(code, lesson, content, rungs, claims)
        if odd:
            listed = ", ".join(sorted(odd)[:5])
            found = (
                f"{len(odd)} {'answer means' if len(odd) == 1 else 'answers mean'} nothing here: {listed}."
            )
            faults.append(Fault(name, found, "They are left out; the rest counts."))
        elif lesson == FIRST and not content["labels"] and not content["first_labels"]:
            faults.append(Fault(name, "No sentence is on the ladder yet.", "Let the student open lesson 1."))
    faults.sort(key=lambda fault: fault.file)
    return Collected(
        pd.DataFrame(rungs, columns=list(RUNG_COLUMNS)).astype({"rung": "Int64"}),
        pd.DataFrame(claims, columns=list(CLAIM_COLUMNS)),
        tuple(faults),
    )


def snapshot(folder: Path) -> tuple[object, ...]:
    """What changes when a file of the folder changes."""
    found: list[object] = []
    for path, name in _files(folder):
        with contextlib.suppress(OSError):
            about = path.lstat()
            found.append((name, about.st_mtime_ns, about.st_size))
    return tuple(found)


class _Bad(Exception):
    """What was found, and what to do."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the pack knows: its sentences and claims."""

    sentences: frozenset[str]
    claims: frozenset[str]

    @classmethod
    def of(cls, pack: Pack) -> Known:
        claims = pack.tables["claims"]["id"] if "claims" in pack.tables else ()
        return cls(frozenset(pack.sentences["id"]), frozenset(claims))

    def take(
        self,
        code: str,
        lesson: int,
        content: Content,
        rungs: list[tuple[object, ...]],
        claims: list[tuple[object, ...]],
    ) -> list[str]:
        """Put a file's answers into the tables; returns the keys of those that mean nothing here."""
        odd = []
        if lesson in (FIRST, SECOND):
            given = content["labels"] | (content["first_labels"] if lesson == FIRST else {})
            for sid, rung in sorted(given.items()):
                if sid not in self.sentences or type(rung) is not int or rung not in RUNGS:
                    odd.append(sid)
                else:
                    rungs.append((code, lesson, 1 if lesson == FIRST else 2, sid, rung))
        elif lesson == CLAIMS:
            for key, when in sorted((content["cards"] | content["first_cards"]).items()):
                claim, _, question = key.partition(".")
                if question != "when":
                    continue
                if claim not in self.claims or not isinstance(when, str) or when not in WHEN:
                    odd.append(key)
                else:
                    claims.append((code, claim, when))
        return odd


PARTS = ("labels", "first_labels", "cards", "first_cards")
AGAIN = "Ask for it again."


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """The JSON files below a folder, each with its name in it; hidden ones are left out."""
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(".json") and not name.startswith("."):
                path = Path(at) / name
                shown = path.relative_to(folder).as_posix()
                yield path, shown.encode("utf-8", "replace").decode()  # names in another encoding


def _read(path: Path, fingerprint: str) -> tuple[int, Content]:
    """When a file was changed, and the answers in it. Raises _Bad."""
    try:
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            raise _Bad("It is a link to another place.", "Put the file itself here.")
        if not stat.S_ISREG(about.st_mode):
            raise _Bad("It is no ordinary file.", "Take it out of the folder.")
        if about.st_size > LARGEST:
            raise _Bad(f"It has {about.st_size / 1e6:.1f} MB, far more than answers have.", AGAIN)
        raw = path.read_bytes()
    except OSError as error:
        raise _Bad(f"It cannot be read ({error.strerror}).", "Look at its permissions.") from None
    if not raw.strip():
        raise _Bad("It is empty.", AGAIN)
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _Bad("It is damaged: no JSON could be read.", AGAIN) from None
    if not isinstance(content, dict) or "pack_fingerprint" not in content or "lesson" not in content:
        raise _Bad("It is JSON, but no answer file of this kit.", "Take it out of the folder.")
    if content["pack_fingerprint"] != fingerprint:
        raise _Bad("Its answers belong to another text, or to another edition.", "Put it with that class.")
    code, lesson = content.get("code"), content["lesson"]
    if not isinstance(code, str) or not is_code(code):
        raise _Bad("Its code is no code of this kit.", "A code is two words and two digits: ask the student.")
    if type(lesson) is not int or not 0 <= lesson <= 9:
        raise _Bad("Its lesson is no number from 0 to 9.", AGAIN)
    parts = {part: content.get(part, {}) for part in PARTS}
    if not all(isinstance(part, Mapping) for part in parts.values()):
        raise _Bad("Its answers are not in the order that this kit writes.", AGAIN)
    return about.st_mtime_ns, {"code": code, "lesson": lesson, **parts}
