"""Run in a copy of the kit: put answers before ``check``, and say what a student is told.

Reads from stdin ``{"kit": folder, "answers": {question: {name: answer}}}``; an answer is code or a value, and
three dots are written as “...”.
"""

import json
import sys
from pathlib import Path
from typing import Any

GIVEN = json.load(sys.stdin)


def as_typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: as_typed(part) for name, part in value.items()}
    return ... if value == "..." else value


def as_answer(question: Any, answer: Any) -> Any:
    if question.kind != "function":
        return as_typed(answer)
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(f"import pandas as pd\n{answer}", space)
    return space[question.variable]


def plainly(told: Any) -> dict[str, Any]:
    return {
        "status": told.status,
        "lines": list(told.lines),
        "code": told.code,
        "kept": told.kept,
        "points": told.points,
        "of": told.of,
        "html": told._repr_html_(),
        "text": str(told),
    }


def main() -> None:
    import whosays as ws
    from whosays.exercises.sets import of_question

    told: dict[str, Any] = {"library": ws.__file__, "questions": {}}
    for qid, answers in GIVEN["answers"].items():
        question = of_question(qid)[1]
        told["questions"][qid] = {
            "untouched": plainly(ws.check(qid)),
            **{name: plainly(ws.check(qid, as_answer(question, a))) for name, a in answers.items()},
            "hints": [plainly(ws.hint(qid)) for _ in range(4)],
            "solution": plainly(ws.solution(qid)),
        }
    told["work"] = {p.name: json.loads(p.read_text("utf-8")) for p in Path(GIVEN["work"]).glob("*/L*.json")}
    json.dump(told, sys.stdout)


main()
