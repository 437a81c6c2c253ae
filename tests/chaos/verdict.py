"""What chaos left behind, counted, and whether the promises were kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import requests

from tests.faults.load import Load, Model, final
from tests.waiting import DEADLINE_SECONDS


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one run. `kills` are by what was killed.

    `lessons` counts revisions, of which each topic, asked for once, may have one; those beyond are `duplicates`.
    `llm_calls` are those for accepted tasks; `llm_aborted` were cut off in flight, nearly always by a kill.
    """

    accepted: int
    completed: int
    failed: int
    lessons: int
    duplicates: int
    lost: int
    kills: Mapping[str, int]
    llm_calls: int
    llm_calls_max: int
    llm_aborted: int
    failures: Mapping[str, int]
    unknown: int

    def as_json(self) -> dict[str, Any]:
        """All, as it is printed."""
        return asdict(self) | {"kept": not self.broken()}

    def broken(self) -> list[str]:
        """The promises that were not kept, each as what should hold."""
        held = {
            "accepted = completed + failed": self.accepted == self.completed + self.failed,
            "lessons = completed": self.lessons == self.completed,
            "duplicates = 0": self.duplicates == 0,
            "lost = 0": self.lost == 0,
            f"llm_calls <= {self.llm_calls_max}": self.llm_calls <= self.llm_calls_max,
        }
        return [promise for promise, kept in held.items() if not kept]


def llm_calls_max(accepted: int, kills: Mapping[str, int], *, generators: int, concurrency: int) -> int:
    """Bound the calls: one a task, and one more for each that a death may have cut off from its acknowledgement.

    A generator that dies has at most `concurrency` calls in hand. When the broker dies, every generator loses the
    deliveries that it has in hand, and they are handed out again, to another one perhaps. The stub asks for no retries.
    """
    dead = sum(count for name, count in kills.items() if name.startswith("generator"))
    return accepted + (dead + kills.get("broker", 0) * generators) * concurrency


def count(url: str, load: Load, model: Model, kills: Mapping[str, int], *, seconds: float, calls_max: int) -> Figures:
    """Wait until every accepted task has ended, for `seconds` at the most, and count."""
    ends = final(url, load.accepted, seconds)
    codes = [str(end["error_code"]) for end in ends.values() if end["status"] == "failed"]
    revisions = _revisions(url, load)
    calls = model.calls()
    return Figures(
        accepted=len(load.accepted),
        completed=len(ends) - len(codes),
        failed=len(codes),
        lessons=sum(revisions.values()),
        duplicates=sum(number - 1 for number in revisions.values()),
        lost=len(load.accepted) - len(ends),
        kills=dict(kills),
        llm_calls=sum(calls[topic] for topic in load.accepted),
        llm_calls_max=calls_max,
        llm_aborted=model.aborted(),
        failures={code: codes.count(code) for code in sorted(set(codes))},
        unknown=load.refused[0],
    )


def _revisions(url: str, load: Load) -> dict[str, int]:
    """How many revisions the lesson of each topic has, if it has one."""
    found: dict[str, int] = {}
    with requests.Session() as session:
        for topic in load.accepted:
            answer = session.get(f"{url}/lessons/faults/{topic}", timeout=DEADLINE_SECONDS)
            if answer.status_code == 200:
                found[topic] = int(answer.json()["version"].partition(".")[2]) + 1
    return found
