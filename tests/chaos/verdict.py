"""What chaos left behind, counted, and whether the promises were kept."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.chaos.webhooks import Webhooks
from tests.faults.load import Load, Model, final
from tests.faults.teachers import Teachers
from tests.house.asking import answered, outcomes
from tests.house.calling import Client
from tests.house.houses import House
from tests.house.teaching import command, finished
from tests.waiting import DEADLINE_SECONDS, looks


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one run. `kills` are by what was killed.

    `lessons` counts revisions, of which each topic, asked for once, may have one; those beyond are `duplicates`. The
    lesson that many asked for has a revision each, and `gaps` are those that are missing in between.
    `llm_calls` are those for accepted tasks; `llm_aborted` were cut off in flight, nearly always by a kill;
    `llm_at_once` is the most that were in flight at once for one task. `unknown` orders got no answer at first.
    `untold` tasks ended, and their webhooks never came; `misplaced` ones came where they may not; `told_again` are
    repeats. Teachers made `edits`; `untaught` counts what they were answered and is not there, versions that are
    missing in between, parts that were not written anew, and rows of the class set without a lesson.
    `rebuild_differences` are those between the log and the documents.
    """

    accepted: int
    completed: int
    failed: int
    lessons: int
    duplicates: int
    gaps: int
    lost: int
    kills: Mapping[str, int]
    llm_calls: int
    llm_calls_max: int
    llm_aborted: int
    llm_at_once: int
    failures: Mapping[str, int]
    unknown: int
    untold: int
    misplaced: int
    told_again: int
    edits: int = 0
    untaught: int = 0
    rebuild_differences: int = 0

    def as_json(self) -> dict[str, Any]:
        """All, as it is printed."""
        return asdict(self) | {"kept": not self.broken()}

    def broken(self) -> list[str]:
        """The promises that were not kept, each as what should hold."""
        held = {
            "accepted = completed + failed": self.accepted == self.completed + self.failed,
            "failed = 0": self.failed == 0,
            "lessons = completed": self.lessons == self.completed,
            "duplicates = 0": self.duplicates == 0,
            "gaps = 0": self.gaps == 0,
            "lost = 0": self.lost == 0,
            f"llm_calls <= {self.llm_calls_max}": self.llm_calls <= self.llm_calls_max,
            "llm_at_once <= 1": self.llm_at_once <= 1,
            "untold = 0": self.untold == 0,
            "misplaced = 0": self.misplaced == 0,
            "untaught = 0": self.untaught == 0,
            "rebuild_differences = 0": self.rebuild_differences == 0,
        }
        return [promise for promise, kept in held.items() if not kept]


def llm_calls_max(accepted: int, kills: Mapping[str, int], *, concurrency: int) -> int:
    """Bound the calls: one a task, and one more for each that the death of its generator may have cut off.

    A generator has at most `concurrency` calls in hand. The stub asks for no retries.
    """
    dead = sum(count for name, count in kills.items() if name.startswith("generator"))
    return accepted + dead * concurrency


def count(
    load: Load,
    model: Model,
    webhooks: Webhooks,
    kills: Mapping[str, int],
    *,
    url: str,
    seconds: float,
    calls_max: int,
) -> Figures:
    """Wait until every accepted task has ended, and is told of, each for `seconds` at the most, and count."""
    tasks = load.accepted | {task_id: task_id for task_id in load.shared}
    ends = final(url, tasks, seconds)
    codes = [str(end["error_code"]) for end in ends.values() if end["status"] == "failed"]
    revisions = _revisions(url, load)
    shared = sum(ends[task_id]["status"] == "completed" for task_id in load.shared if task_id in ends)
    calls, at_once = model.calls(), model.most_at_once()
    for _ in looks(seconds):
        told = webhooks.told(load.addresses)
        if load.addresses.keys() <= told.tasks:
            break
    told = webhooks.told(load.addresses)
    return Figures(
        accepted=len(tasks),
        completed=len(ends) - len(codes),
        failed=len(codes),
        lessons=sum(revisions.values()) + shared,
        duplicates=sum(number - 1 for number in revisions.values()),
        gaps=_gaps(url, load.shared_topic, shared),
        lost=len(tasks) - len(ends),
        kills=dict(kills),
        llm_calls=sum(calls[topic] for topic in (*load.accepted, load.shared_topic)),
        llm_calls_max=calls_max,
        llm_aborted=model.aborted(),
        llm_at_once=max((at_once[topic] for topic in load.accepted), default=0),
        failures={code: codes.count(code) for code in sorted(set(codes))},
        unknown=len(load.unknown),
        untold=len(load.addresses.keys() - told.tasks),
        misplaced=told.misplaced,
        told_again=told.repeats,
    )


def taught(figures: Figures, teachers: Teachers, house: House, set_path: str, beside: Path) -> Figures:
    """Wait until what teachers ordered has ended, and count what is not as they were answered; then rebuild."""
    unwritten = sum(end["status"] != "completed" for end in outcomes(house.url, teachers.rewrites))
    counts = finished(house.url + set_path)["counts"]
    rebuilt = command(house, "rebuild", "--json", "--file", str(beside))
    return replace(
        figures,
        edits=len(teachers.made),
        untaught=teachers.missing(house.url).total() + unwritten + sum(counts.values()) - counts["completed"],
        rebuild_differences=sum(json.loads(rebuilt.stdout)["wrong"].values()),
    )


def _revisions(url: str, load: Load) -> dict[str, int]:
    """How many revisions the lesson of each topic has, if it has one."""
    found: dict[str, int] = {}
    with Client() as session:
        for topic in load.accepted:
            answer = answered(partial(session.get, f"{url}/lessons/faults/{topic}", timeout=DEADLINE_SECONDS))
            if answer.status_code == 200:
                found[topic] = int(answer.json()["version"].partition(".")[2]) + 1
    return found


def _gaps(url: str, topic: str, revisions: int) -> int:
    """How many versions are missing of a lesson that has so many, or are beyond them."""
    with Client() as session:
        asked = (f"{url}/lessons/faults/{topic}?version=1.{number}" for number in range(revisions + 1))
        codes = [answered(partial(session.get, one, timeout=DEADLINE_SECONDS)).status_code for one in asked]
    return sum(code != 200 for code in codes[:-1]) + (codes[-1] != 404)
