"""Replays over HTTP: would today's code tell the same of a task, and what would it write? Told to nobody else."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.replaying import Replays, spent_on
from pathshala_api.routes.missing import task_not_found
from pathshala_api.routes.operator import replay_bodies as bodies
from pathshala_api.schemas import TaskId
from pathshala_common.contract.ports.store import EventLog, legible_log
from pathshala_common.contract.prices import Prices

Write = Annotated[
    bool,
    Query(description="Have the lesson written anew by the writer of today, which may cost; else recordings answer."),
]
ConfirmedCalls = Annotated[
    int | None,
    Query(ge=0, description="To have it written: the `calls` that were answered without this. Else nothing is done."),
]


@dataclass(frozen=True, slots=True)
class Replaying:
    """The parts that a task is replayed by."""

    log: EventLog
    prices: Prices
    replays: Replays


def router(parts: Replaying) -> APIRouter:
    """The path on which a task is replayed."""
    routes = guarded_router(prefix="/operator", tags=["operator"], dependencies=[needs(Access.OPERATOR)])

    @routes.post(
        "/tasks/{task_id}/replay",
        response_model=bodies.ReplayAnswer,
        responses=refusals(
            "task_not_found",
            "task_expired",
            "count_changed",
            "too_many_replays",
            "replay_refused",
            "replay_not_installed",
        ),
    )
    async def replay_task(
        task_id: TaskId,
        write: Write = False,  # noqa: FBT002 - a parameter of the query
        confirm: ConfirmedCalls = None,
    ) -> bodies.ReplayAnswer:
        """Run what happened to a task through today's handlers again, or have its lesson written anew.

        Nothing of it is logged, stored or told. What it cost then is answered first.
        """
        log = await legible_log(parts.log, task_id)
        if not log:
            raise await task_not_found(parts.log, task_id)
        spent = spent_on(log)
        cost = bodies.replay_cost(spent, parts.prices)
        if not write:
            replayed = bodies.ReplayedTask.model_validate(await parts.replays.run(task_id, write=False))
            return bodies.ReplayAnswer(task_id=task_id, cost=cost, replayed=replayed)
        if confirm is None:
            return bodies.ReplayAnswer(task_id=task_id, cost=cost)
        if confirm != spent.calls:
            detail = f"{spent.calls} calls were made for it, not {confirm}; nothing was done. Confirm this count."
            raise ProblemError(HTTPStatus.CONFLICT, "count_changed", detail, matched=spent.calls)
        written = bodies.WrittenAgain.model_validate(await parts.replays.run(task_id, write=True))
        return bodies.ReplayAnswer(task_id=task_id, cost=cost, written=written)

    return routes
