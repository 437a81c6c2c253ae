"""Measures the topic gate on labelled pairs of a topic and a lesson: `scripts/evaluate --gate`.

Each set lies beside the checks' tests. A pair is a topic, the title and text of a lesson, and whether that is on it; in
some with an article on the topic. `topic_gate_unseen.json` was written before the gate was first run on it, and nothing
was changed for it afterwards.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pathshala_common.checks.draft import Draft
from pathshala_common.checks.on_topic import on_topic
from pathshala_common.contract.lesson import Article
from pathshala_generator.draft import Assignment
from tests.evals.topics import LICENCE
from tests.stories import lessons

ROOT = Path(__file__).parents[2]
SETS = ROOT / "services/generator/tests/checks"
NAMES = ("topic_gate", "topic_gate_unseen", "topic_senses")
PAGE = ROOT / "docs/evals.md"
BEGIN, END = "<!-- measured: scripts/evaluate --gate --write -->\n", "<!-- end -->"


@dataclass(frozen=True, slots=True)
class Pair:
    """A topic and a lesson, and whether the lesson is on it. `case` says why that is not plain."""

    assignment: Assignment
    draft: Draft
    on_topic: bool
    case: str

    @property
    def let_in(self) -> bool:
        """Whether the gate takes the lesson for one on the topic."""
        return all(fault.field is not None for fault in on_topic(self.draft, self.assignment) or ())

    @property
    def name(self) -> str:
        """A line that says what is wrong if the gate errs."""
        verdict = "refused" if self.on_topic else "let in"
        return f"{verdict}: {self.assignment.request.topic} <- {self.draft.title} ({self.draft.language}, {self.case})"


@dataclass(frozen=True, slots=True)
class Measured:
    """One set's figures. Precision: the share on the topic of the let in. Recall: the share let in of those on it."""

    pairs: int
    precision: float
    recall: float
    errors: Sequence[str]


def pairs(name: str) -> Sequence[Pair]:
    """Read one set."""
    return [_pair(entry) for entry in json.loads((SETS / f"{name}.json").read_text("utf-8"))]


def measure(some: Sequence[Pair]) -> Measured:
    """Have the gate judge them."""
    judged = [(each, each.let_in) for each in some]
    counted = Counter((each.on_topic, let_in) for each, let_in in judged)
    right = counted[True, True]
    return Measured(
        pairs=len(some),
        precision=right / ((right + counted[False, True]) or 1),
        recall=right / ((right + counted[True, False]) or 1),
        errors=[each.name for each, let_in in judged if let_in != each.on_topic],
    )


def measured() -> Mapping[str, Measured]:
    """Measure every set."""
    return {name: measure(pairs(name)) for name in NAMES}


def page_with(found: Mapping[str, Measured], page: str) -> str:
    """Write the figures into a page, between its marks."""
    before, _, rest = page.partition(BEGIN)
    lines = ["| set | pairs | precision | recall | errors |", "|---|---:|---:|---:|---|"]
    lines += [
        f"| `{name}` | {each.pairs} | {each.precision:.3f} | {each.recall:.3f} | {'; '.join(each.errors) or 'none'} |"
        for name, each in found.items()
    ]
    table = "\n".join(lines)
    return f"{before}{BEGIN}{table}\n{END}{rest.partition(END)[2]}"


def show(found: Mapping[str, Measured], console: Console) -> None:
    """Print the figures, and each error."""
    table = Table(title="topic gate")
    for column in ("set", "pairs", "precision", "recall"):
        table.add_column(column, justify="left" if column == "set" else "right")
    for name, each in found.items():
        table.add_row(name, str(each.pairs), f"{each.precision:.3f}", f"{each.recall:.3f}")
    console.print(table)
    for each in found.values():
        for error in each.errors:
            console.print(error, markup=False)


def _pair(entry: dict[str, Any]) -> Pair:
    language = entry["language"]
    request = lessons.a_request(entry["subject"], entry["topic"], language=language)
    told = entry.get("article")
    article = (
        Article(**told, url="https://encyclopedia.example/1", language=language, revision_id=1, licence=LICENCE)
        if told
        else None
    )
    # Activity and question are judged by themselves; the gate's verdict on the whole does not read them.
    draft = Draft.model_validate(
        {
            "language": language,
            "title": entry["title"],
            "explanation": [[{"text": entry["opening"]}]],
            "activity": "…",
            "question": "…",
        }
    )
    return Pair(Assignment(request, article, ()), draft, entry["on_topic"], entry["case"])
