"""The stream of a class set: how it stands, then each change of its rows, as server-sent events until it has ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response
from pydantic_core import to_json

from pathshala_api import class_set_schemas as schemas
from pathshala_api.access import Access, CallerOf, guarded_router, needs
from pathshala_api.answers import tagged
from pathshala_api.caller_watch import CallerWatch
from pathshala_api.class_sets.acts import SetActs
from pathshala_api.followers import Follower
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.class_set_polls import LOOK_SECONDS, SetPolls
from pathshala_api.routes.streams import ALL_TOLD, LastEventId, events_of
from pathshala_api.streaming import StreamAnswer
from pathshala_api.watching import Watcher
from pathshala_common.contract.errors import StoreUnavailable, UnreadableError
from pathshala_common.contract.ports.clock import Clock

TOGETHER_SECONDS = 0.25
"""Changes within this time are told by one event; a set is looked at no more often."""


@dataclass(frozen=True, slots=True)
class ToldSet:
    """A standing of a set as it is told, with those of its rows that changed."""

    identity: str
    final: bool
    body: bytes


class SetFollower:
    """Follows a class set: when something is told of a task of its user's, and now and then, it is looked at anew."""

    def __init__(self, acts: SetActs, polls: SetPolls, clock: Clock, set_id: str, since: str | None) -> None:
        """Have been told of a set up to the event of this id."""
        self._acts, self._polls, self._clock, self._set_id = acts, polls, clock, set_id
        self._identity = since
        self._rows: dict[int, dict[str, Any]] = {}
        self._first: ToldSet | None = None
        self._final = False
        self.tasks = Follower()

    @property
    def ended(self) -> bool:
        """Whether nothing more is told."""
        return self.tasks.ended

    def end(self) -> None:
        """Be told nothing more."""
        self.tasks.end()

    async def begin(self) -> bool:
        """Look for the first time. Returns whether all is told. Raises as a poll does."""
        self._first = await self._look()
        return self._final and self._first is None

    async def next(self, seconds: float) -> ToldSet | None:
        """Give the next standing that differs; None when there was none within this time, or when it has ended."""
        told, self._first = self._first, None
        until = self._clock.monotonic() + seconds
        while told is None and not self.ended and (left := until - self._clock.monotonic()) > 0:
            await self.tasks.next(min(left, LOOK_SECONDS))
            await self._clock.sleep(TOGETHER_SECONDS)
            self.tasks.clear()
            try:
                told = await self._look()
            except StoreUnavailable:
                continue  # it is looked at again
            except (ProblemError, UnreadableError):  # it is forgotten, or cannot be read: a poll says which
                self.end()
        return told

    async def _look(self) -> ToldSet | None:
        """Read how the set stands; None if that is what was told."""
        made = await self._acts.read(self._set_id)
        status, self._final = await self._polls.status(made), made.ended_at is not None
        identity = tagged(to_json(status)).tag.strip('"')
        items, before = status["items"], self._rows
        self._rows = {item["row"]: item for item in items}
        if identity == self._identity:
            return None
        self._identity = identity
        changed = [item for item in items if before.get(item["row"]) != item]
        return ToldSet(identity, self._final, to_json(status | {"items": changed}))


def router(acts: SetActs, polls: SetPolls, watcher: Watcher, callers: CallerWatch, clock: Clock) -> APIRouter:
    """The path on which a class set is followed."""
    routes = guarded_router(tags=["class sets"], dependencies=[needs(Access.OWNER)])

    @routes.get(
        "/class-sets/{set_id}/stream",
        response_class=Response,
        responses={
            200: events_of("ClassSetStatus"),
            204: ALL_TOLD,
            **refusals("class_set_not_found", "too_many_streams"),
        },
    )
    async def stream_class_set(set_id: schemas.SetId, caller: CallerOf, last_event_id: LastEventId = None) -> Response:
        """Tell how a class set stands, and each change, until it has ended.

        `items` of the first event has all rows; of each further one, those that changed since the one before. An
        event's id is the ETag of the same standing. Who comes back with the id of what still is so is told what
        changes then; with any other id, all rows again.
        """
        user_id = (await acts.read(set_id)).user_id
        follower = SetFollower(acts, polls, clock, set_id, last_event_id)

        @contextmanager
        def following() -> Iterator[SetFollower]:
            with watcher.following_user(user_id) as follower.tasks, callers.watched(caller, follower.end):
                yield follower

        async def begin() -> Response | None:
            return Response(status_code=HTTPStatus.NO_CONTENT) if await follower.begin() else None

        return StreamAnswer(following(), begin, endless=False, named=_identity)

    return routes


def _identity(told: ToldSet) -> str:
    return told.identity
