"""Streams: server-sent events of what a follower is told, until it ends, the client leaves, or the process stops."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pathshala_api.followers import Follower, ToldState, name_of
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


class StreamAnswer(Response):
    """An answer that tells what a follower is told. `begin` has the first states told, or gives another answer."""

    def __init__(
        self,
        following: AbstractContextManager[Follower],
        begin: Callable[[], Awaitable[Response | None]],
        *,
        endless: bool,
        named: Callable[[ToldState], str],
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

    async def _tell(self, follower: Follower, send: Send) -> None:
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
