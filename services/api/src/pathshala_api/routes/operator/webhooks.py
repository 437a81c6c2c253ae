"""Webhooks over HTTP: the end of a task is told again."""

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter

from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.missing import task_not_found
from pathshala_api.routes.operator import bodies
from pathshala_api.routes.operator.dead_letters import answering
from pathshala_api.schemas import TaskId
from pathshala_common.contract.messages import event_message
from pathshala_common.contract.ports.broker import Publisher
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import EventLog, legible_log
from pathshala_common.operating.redelivery import NothingToTellError, redelivery


@dataclass(frozen=True, slots=True)
class Redelivery:
    """The parts that a webhook is asked for again by."""

    log: EventLog
    publisher: Publisher
    exchange: str
    clock: Clock


def router(parts: Redelivery) -> APIRouter:
    """The path on which a webhook is asked for again."""
    routes = guarded_router(prefix="/operator", tags=["operator"], dependencies=[needs(Access.OPERATOR)])

    @routes.post(
        "/webhooks/{task_id}/redeliver",
        status_code=HTTPStatus.ACCEPTED,
        response_model=bodies.RedeliveryAccepted,
        responses=refusals("task_not_found", "task_expired", "no_webhook", "broker_unavailable"),
    )
    async def redeliver_webhook(task_id: TaskId) -> bodies.RedeliveryAccepted:
        """Have the end of a task told to its callback_url once more, under the same `webhook-id`."""
        log = await legible_log(parts.log, task_id)
        if not log:
            raise await task_not_found(parts.log, task_id)
        try:
            wanted = redelivery(task_id, log, parts.clock.now())
        except NothingToTellError as error:
            raise ProblemError(HTTPStatus.CONFLICT, "no_webhook", str(error)) from None
        async with answering():
            await parts.publisher.publish([event_message(wanted, parts.exchange)])
        return bodies.RedeliveryAccepted(task_id=task_id)

    return routes
