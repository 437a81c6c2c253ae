"""Streams: server-sent events of what a follower is told, until it ends, the client leaves, or the process stops."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress
from http import HTTPStatus
from typing import Generic, Protocol, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pathshala_api.followers import ToldState, name_of
from pathshala_common.contract.lesson import change_identity

KEEP_ALIVE_SECONDS = 15.0
"""A stream that has nothing to tell says so at this interval, so that nobody between takes it for dead."""

OK = HTTPStatus.OK.value
KEEP_ALIVE = b": keep-alive\n\n"
RECONNECT_SECONDS = (1.0, 3.0)
"""Clients that lose a stream come back after a time between these, so that not all come at once."""

HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # proxies that know it hand on each event at once
]


class Tellable(Protocol):
    """A state of what is followed. A final one is the last."""

    @property
    def final(self) -> bool:
        """Whether nothing more is told."""
        ...

    @property
    def body(self) -> bytes:
        """The state, in JSON."""
        ...


T = TypeVar("T", bound=Tellable)
T_co = TypeVar("T_co", bound=Tellable, covariant=True)


class Following(Protocol[T_co]):
    """A follower: it takes states one by one."""

    @property
    def ended(self) -> bool:
        """Whether nothing is told any more but what is waiting."""
        ...

    def end(self) -> None:
        """Be told nothing more than what is waiting."""

    async def next(self, seconds: float) -> T_co | None:
        """Give the next state; None when none came within this time, or when it has ended and nothing waits."""


class StreamAnswer(Response, Generic[T]):
    """An answer that tells what a follower is told. `begin` has the first states told, or gives another answer."""

    def __init__(
        self,
        following: AbstractContextManager[Following[T]],
        begin: Callable[[], Awaitable[Response | None]],
        *,
        endless: bool,
        named: Callable[[T], str],
    ) -> None:
        """One that is not `endless` ends with the first final state; `named` gives an event its id."""
        super().__init__()
        self._following, self._begin, self._endless, self._named = following, begin, endless, named

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream. What can be refused is refused before the first byte."""
        with self._following as follower:
            other = await self._begin()
            if other is not None:
                await other(scope, receive, send)
                return
            gone = asyncio.ensure_future(_gone(receive))
            gone.add_done_callback(lambda _gone: follower.end())
            try:
                await send({"type": "http.response.start", "status": OK, "headers": HEADERS})
                if scope["method"] == "GET":
                    await self._tell(follower, send)
                await send({"type": "http.response.body", "body": b""})
            finally:
                gone.cancel()
                with suppress(asyncio.CancelledError):
                    await gone

    async def _tell(self, follower: Following[T], send: Send) -> None:
        text = b"retry: %d\n\n" % (random.uniform(*RECONNECT_SECONDS) * 1_000)  # noqa: S311 - jitter is no secret
        while True:
            await send({"type": "http.response.body", "body": text, "more_body": True})
            told = await follower.next(KEEP_ALIVE_SECONDS)
            if told is not None:
                text = event(self._named(told), told.body)
            elif follower.ended:
                return
            else:
                text = KEEP_ALIVE
            if told is not None and told.final and not self._endless:
                await send({"type": "http.response.body", "body": text, "more_body": True})
                return


def event(identity: str, body: bytes) -> bytes:
    """Write an event. JSON has no line breaks, so its data is one line."""
    return b"id: %b\ndata: %b\n\n" % (identity.encode(), body)


def of_task(told: ToldState) -> str:
    """Name a change within its task."""
    return name_of(told.mark)


def of_any_task(told: ToldState) -> str:
    """Name a change among those of all tasks."""
    return change_identity(told.task_id, name_of(told.mark))


async def _gone(receive: Receive) -> None:
    """Wait until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
