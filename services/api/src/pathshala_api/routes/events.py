"""Events: what happened to a task, from the log."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter

from pathshala_api import schemas
from pathshala_api.routes.missing import task_not_found
from pathshala_api.routes.pages import PAGE_SIZE, PageLimit
from pathshala_common.contract.events import ProviderAnswered, attempt_of
from pathshala_common.contract.ports.store import EventLog, Logged, Tasks

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
    routes = APIRouter(tags=["tasks"])

    @routes.get("/lessons/status/{task_id}/events", response_model=list[schemas.TaskEvent], responses={200: LISTED})
    async def list_events(
        task_id: str,
        after: After = 0,
        limit: PageLimit = PAGE_SIZE,
        recordings: Recordings = False,  # noqa: FBT002 - a parameter of the query
    ) -> Response:
        """Tell what happened to a task, as long as the log has it: longer than the task is kept."""
        size = min(limit, RECORDINGS_PAGE_SIZE_MAX) if recordings else limit
        # The one before, for the gap, and the one behind, to know that there is one.
        found = await log.logged(task_id, after=max(after - 1, 0), limit=size + 2)
        before = next((one.envelope.time for one in found if one.position == after), None)
        beyond = [one for one in found if one.position > after]
        if not found and await tasks.task(task_id) is None:
            raise await task_not_found(log, task_id)
        shown = beyond[:size]
        more = len(beyond) > size
        headers = {"Link": _next(task_id, shown[-1].position, limit, recordings=recordings)} if more else None
        body = _listed.dump_json(_entries(shown, before, recordings=recordings))
        return Response(body, headers=headers, media_type="application/json")

    return routes


def _entries(logged: Sequence[Logged], before: datetime | None, *, recordings: bool) -> list[schemas.TaskEvent]:
    entries = []
    for one in logged:
        entries.append(_entry(one, before, recordings=recordings))
        before = one.envelope.time
    return entries


def _entry(logged: Logged, before: datetime | None, *, recordings: bool) -> schemas.TaskEvent:
    envelope = logged.envelope
    data = json.loads(envelope.raw)["data"]
    if isinstance(envelope.event, ProviderAnswered) and not recordings:
        data["exchange"] = {name: value for name, value in data["exchange"].items() if name not in LONG_FIELDS}
    return schemas.TaskEvent(
        position=logged.position,
        time=schemas.moment(envelope.time),
        gap_seconds=round((envelope.time - before).total_seconds(), 3) if before is not None else None,
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
