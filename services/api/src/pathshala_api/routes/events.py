"""Events: what happened to a task, from the log."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter

from pathshala_api import schemas
from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.problem_descriptions import refusals
from pathshala_api.routes.missing import task_not_found
from pathshala_api.routes.pages import PAGE_SIZE, PageLimit
from pathshala_common.contract.events import ProviderAnswered, attempt_of
from pathshala_common.contract.ports.store import EventLog, Logged, Tasks, Unreadable
from pathshala_common.contract.task_status import moment

RECORDINGS_PAGE_SIZE_MAX = 20
"""A recording may have half a million characters."""

LONG_FIELDS = ("request", "answer")
POSITION_MAX = 2**31 - 1

After = Annotated[int, Query(ge=0, le=POSITION_MAX, description="Only events behind this position.")]
Recordings = Annotated[
    bool, Query(description="With what services outside were asked and answered; a page then has 20 events at most.")
]
LISTED: dict[str, Any] = {
    "description": "Events in the order of the log",
    "headers": {
        "Link": {"description": 'The page after this, rel="next", if there is one.', "schema": {"type": "string"}}
    },
}

_listed = TypeAdapter(list[schemas.TaskEvent])


def router(tasks: Tasks, log: EventLog) -> APIRouter:
    """The path below a task's status."""
    routes = guarded_router(tags=["tasks"], dependencies=[needs(Access.OWNER)])

    @routes.get(
        "/lessons/status/{task_id}/events",
        response_model=list[schemas.TaskEvent],
        responses={200: LISTED, **refusals("invalid_request", "task_not_found", "task_expired")},
    )
    async def list_task_events(
        task_id: schemas.TaskId,
        after: After = 0,
        limit: PageLimit = PAGE_SIZE,
        recordings: Recordings = False,  # noqa: FBT002 - a parameter of the query
    ) -> Response:
        """Tell what happened to a task, as long as the log has it: longer than the task is kept."""
        size = min(limit, RECORDINGS_PAGE_SIZE_MAX) if recordings else limit
        # The one before, for the gap, and the one behind, to know that there is one.
        found = await log.logged(task_id, after=max(after - 1, 0), limit=size + 2)
        before = next((_time(one) for one in found if one.position == after), None)
        beyond = [one for one in found if one.position > after]
        if not found and await tasks.task(task_id) is None:
            raise await task_not_found(log, task_id)
        shown = beyond[:size]
        more = len(beyond) > size
        headers = {"Link": _next(task_id, shown[-1].position, limit, recordings=recordings)} if more else None
        body = _listed.dump_json(_entries(shown, before, recordings=recordings))
        return Response(body, headers=headers, media_type="application/json")

    return routes


def _entries(
    logged: Sequence[Logged | Unreadable], before: datetime | None, *, recordings: bool
) -> list[schemas.TaskEvent]:
    entries = []
    for one in logged:
        entry = _unread(one) if isinstance(one, Unreadable) else _entry(one, recordings=recordings)
        entry.gap_seconds = round((_time(one) - before).total_seconds(), 3) if before is not None else None
        entries.append(entry)
        before = _time(one)
    return entries


def _time(one: Logged | Unreadable) -> datetime:
    return one.time if isinstance(one, Unreadable) else one.envelope.time


def _unread(one: Unreadable) -> schemas.TaskEvent:
    """Tell of an event what its place and its head say."""
    return schemas.TaskEvent(
        position=one.position,
        time=moment(one.time),
        gap_seconds=None,
        service="",
        event=one.type,
        attempt=None,
        event_id="",
        causation_id=None,
        summary=f"This version of the house cannot read this event: {one.reason}.",
        data={},
    )


def _entry(logged: Logged, *, recordings: bool) -> schemas.TaskEvent:
    envelope = logged.envelope
    data = json.loads(envelope.raw)["data"]
    if isinstance(envelope.event, ProviderAnswered) and not recordings:
        data["exchange"] = {name: value for name, value in data["exchange"].items() if name not in LONG_FIELDS}
    return schemas.TaskEvent(
        position=logged.position,
        time=moment(envelope.time),
        gap_seconds=None,
        service=envelope.service,
        event=envelope.type,
        attempt=attempt_of(envelope.event),
        event_id=envelope.id,
        causation_id=envelope.causation_id,
        summary=envelope.event.summary(),
        data=data,
    )


def _next(task_id: str, after: int, limit: int, *, recordings: bool) -> str:
    more = "&recordings=true" if recordings else ""
    return f'<{schemas.poll_url(task_id)}/events?after={after}&limit={limit}{more}>; rel="next"'
