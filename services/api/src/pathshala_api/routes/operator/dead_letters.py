"""Dead letters over HTTP: listed, shown, sent back and dropped, counted first and confirmed by the count."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi import Path as PathParameter

from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.moments import MomentAsked
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.operator import bodies
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.lesson import Name
from pathshala_common.contract.ports.operator import DeadLetters, Verdict
from pathshala_common.contract.services import Service
from pathshala_common.operating.dead_letters import DeadLetterFilter, Selection, select

SHOWN_MAX = 1_000
SHOWN = 50
AWAY = ("dead_letters_not_kept", "broker_unavailable")

Confirm = Annotated[
    int | None,
    Query(ge=0, description="The count that was answered without this: do it to these. Else nothing is done."),
]
Shown = Annotated[int, Query(ge=1, le=SHOWN_MAX, description="Show so many, the oldest of each service first.")]


@dataclass(frozen=True, slots=True)
class LetterChoice:
    """The parameters that choose dead letters: those that match all that are given."""

    service: Annotated[Service | None, Query(description="Only what this service could not handle.")] = None
    id: Annotated[Name | None, Query(description="Only with this id.")] = None
    code: Annotated[Name | None, Query(description="Only with this code.")] = None
    task_id: Annotated[Name | None, Query(description="Only about this task.")] = None
    event: Annotated[Name | None, Query(description="Only events of this name.")] = None
    since: Annotated[MomentAsked | None, Query(description="Only what died at this moment or later.")] = None
    until: Annotated[MomentAsked | None, Query(description="Only what died up to this moment.")] = None

    @property
    def filter(self) -> DeadLetterFilter:
        """The same, as a walk takes it."""
        since: datetime | None = self.since
        return DeadLetterFilter(self.service, self.id, self.code, self.task_id, self.event, since, self.until)


LetterId = Annotated[Name, PathParameter(description="The id of the dead letter, as it is listed.")]
ChosenLetters = Annotated[LetterChoice, Depends()]


class KeptLetters:
    """The dead letters, if they are kept where this process reaches them."""

    def __init__(self, letters: DeadLetters | None) -> None:
        self._letters = letters

    async def select(self, wanted: DeadLetterFilter, verdict: Verdict = Verdict.LEAVE, shown: int = 0) -> Selection:
        """Walk them. Raises ProblemError if there are none, or the broker does not answer."""
        if self._letters is None:
            detail = "This house keeps its dead letters in memory alone: see its log, and the tasks that have failed."
            raise ProblemError(HTTPStatus.CONFLICT, "dead_letters_not_kept", detail)
        async with answering():
            return await select(self._letters, wanted, verdict=verdict, shown_max=shown)

    async def act(self, wanted: DeadLetterFilter, verdict: Verdict, confirm: int | None) -> bodies.DeadLettersDone:
        """Count, and do it to no more than were confirmed: what dies meanwhile comes behind them."""
        matched = (await self.select(wanted)).matched
        if confirm is None:
            return bodies.DeadLettersDone(matched=matched, done=0)
        if confirm != matched:
            detail = f"{matched} dead letters match now, not {confirm}; nothing was done. Confirm this count."
            raise ProblemError(HTTPStatus.CONFLICT, "count_changed", detail, matched=matched)
        done = await self.select(replace(wanted, limit=matched), verdict)
        return bodies.DeadLettersDone(matched=matched, done=done.matched)


@asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """Let a broker that does not answer be a problem. What was done until then stays done."""
    try:
        yield
    except BrokerUnavailable as error:
        detail = f"The broker does not answer: {error}. What was not done is still there: try again."
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "broker_unavailable", detail) from error


def router(letters: KeptLetters) -> APIRouter:
    """The paths of the dead letters."""
    routes = guarded_router(prefix="/operator", tags=["operator"], dependencies=[needs(Access.OPERATOR)])

    @routes.get("/dead-letters", response_model=bodies.DeadLetterList, responses=refusals(*AWAY))
    async def list_dead_letters(chosen: ChosenLetters, limit: Shown = SHOWN) -> bodies.DeadLetterList:
        """List what services could not handle, and count all that match."""
        return bodies.listed(await letters.select(chosen.filter, shown=limit))

    @routes.get(
        "/dead-letters/{letter_id}",
        response_model=bodies.DeadLetterDetails,
        responses=refusals(*AWAY, "dead_letter_not_found"),
    )
    async def get_dead_letter(letter_id: LetterId) -> bodies.DeadLetterDetails:
        """Show all that is known of a dead letter: headers, reason, stack, the event or the bytes."""
        found = await letters.select(DeadLetterFilter(id=letter_id), shown=1)
        for reading in found.shown:
            return bodies.details(reading)
        detail = "There is no dead letter with this id: it was sent back, dropped, or made room for newer ones."
        raise ProblemError(HTTPStatus.NOT_FOUND, "dead_letter_not_found", detail)

    @routes.post(
        "/dead-letters/redrive",
        status_code=HTTPStatus.ACCEPTED,
        response_model=bodies.DeadLettersDone,
        responses=refusals(*AWAY, "count_changed"),
    )
    async def redrive_dead_letters(chosen: ChosenLetters, confirm: Confirm = None) -> bodies.DeadLettersDone:
        """Send what matches back to its service's queue, as a first attempt. A task that has failed stays failed."""
        return await letters.act(chosen.filter, Verdict.REDRIVE, confirm)

    @routes.delete("/dead-letters", response_model=bodies.DeadLettersDone, responses=refusals(*AWAY, "count_changed"))
    async def drop_dead_letters(chosen: ChosenLetters, confirm: Confirm = None) -> bodies.DeadLettersDone:
        """Delete what matches for good."""
        return await letters.act(chosen.filter, Verdict.DROP, confirm)

    return routes
