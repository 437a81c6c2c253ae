"""The recorded answers: what models have said when asked for lessons, good and bad, each with what it was asked.

A bad answer is a good one with something changed: `of` names the good one, `answer` holds the fields that differ, and
`caught_by` the checks that have to find it, with the fields in which they do.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from pathshala_common.checks.draft import Draft
from pathshala_common.checks.examination import findings
from pathshala_common.checks.fault import Fault
from pathshala_common.contract.lesson import Article, Level, Precedent
from pathshala_generator.draft import Assignment
from pathshala_generator.shlokas import shipped_shlokas
from services.generator.tests.given import a_request

FOLDER = Path(__file__).with_name("answers")
NAMES = sorted(file.stem for file in FOLDER.glob("*.json"))


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer, and which checks catch it where; none if it is good."""

    assignment: Assignment
    fields: Mapping[str, Any]
    caught_by: Mapping[str, list[str | None]]

    @property
    def draft(self) -> Draft:
        return Draft.model_validate({**self.fields, "language": self.assignment.request.language})


def asked_for_more(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer in today's form. One of the time when a lesson had one question gets three on what it says itself."""
    if "questions" in fields:
        return {name: text for name, text in fields.items() if name != "question"}
    said = [statement["text"] for statement in chain.from_iterable(fields["explanation"])]
    questions = [
        {"form": "open", "text": fields["question"], "answer": said[0], "proven_by": [1]},
        {"form": "true_false", "text": said[-1], "answer": "true", "proven_by": [len(said)]},
        {
            "form": "open",
            "text": f"{fields['title']}?",
            "answer": said[len(said) // 2],
            "proven_by": [1 + len(said) // 2],
        },
    ]
    more = {"objectives": [said[0]], "minutes": 30, "materials": [], "questions": questions}
    return {name: text for name, text in fields.items() if name != "question"} | more


def recorded(name: str) -> Recorded:
    held = _read(name)
    asked, article = held["request"], held.get("article")
    request = a_request(asked["subject"], asked["topic"], language=asked["language"])
    assignment = Assignment(
        request=request.model_copy(update={"level": Level(asked["level"])}),
        article=Article.model_validate(article) if article else None,
        verses=shipped_shlokas()[:1],
        precedents=tuple(map(Precedent.model_validate, held.get("precedents", ()))),
    )
    return Recorded(assignment, held["answer"], held.get("caught_by", {}))


def examine(draft: Draft, assignment: Assignment) -> tuple[Fault, ...]:
    """All that any check finds wrong."""
    return tuple(chain.from_iterable(findings(draft, assignment).values()))


def _read(name: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_bytes())
    if "of" not in held:
        return held
    good = _read(held["of"])
    return good | held | {"answer": good["answer"] | held.get("answer", {})}
