"""The asynchronous client: its input and output, and no logic."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, closing
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from pathshala_client.house import PATIENCE_SECONDS, Operations, address, headers
from pathshala_client.operation import Awaiting
from pathshala_client.steps import (
    Answer,
    Call,
    Course,
    Flow,
    Hear,
    Listen,
    Now,
    Patience,
    Pause,
    Request,
    Send,
    Step,
    Tell,
    once,
)
from pathshala_client.wire import answer_of, built, event_of, is_stream, lost

T = TypeVar("T")


class AsyncClient(Operations, Awaiting):
    """A house, asked by calls that are awaited. Close it, or use it by `async with`; it belongs to one event loop.

    Its arguments are those of Client. What it tells one by one is read by `async for`; where that is left early, by
    `contextlib.aclosing` too, so that its stream ends at once.
    """

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        patience: float = PATIENCE_SECONDS,
        http: httpx2.AsyncClient | None = None,
    ) -> None:
        self.url, self.patience = address(url), patience
        self._http, self._headers = http or httpx2.AsyncClient(), headers(key)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def run(self, call: Call[T]) -> T:
        """Run a call, and give its result."""
        async with aclosing(self.each(once(call))) as told:
            return await anext(told)

    async def each(self, flow: Flow[T]) -> AsyncGenerator[T]:
        """Run a flow, and give each value that it tells."""
        course = Course(flow)
        with closing(flow):
            async with aclosing(_Line(self)) as line:
                while (step := course.next()) is not None:
                    if isinstance(step, Tell):
                        yield step.value
                        continue
                    try:
                        course.reply = await line.do(step)
                    except httpx2.TransportError as error:
                        course.fault = lost(error, self.url)

    async def send(self, request: Request, *, stream: bool = False) -> httpx2.Response:
        """Send one request, once."""
        return await self._http.send(built(self._http, self.url, self._headers, request), stream=stream)


class _Line:
    """The input and output of one flow, with the stream that it listens to."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._stream: httpx2.Response | None = None
        self._events: AsyncIterator[httpx2.ServerSentEvent] | None = None

    async def do(self, step: Step) -> Any:
        """Do a step, and give what comes of it. Raises TransportError."""
        match step:
            case Send(request):
                return answer_of(await self._client.send(request))
            case Listen(request):
                return await self._listen(request)
            case Hear():
                return event_of(await anext(self._events, None) if self._events else None)
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case Now():
                return time.monotonic()
            case Patience():
                return self._client.patience
        return None

    async def _listen(self, request: Request) -> Answer:
        await self.aclose()
        self._stream = answer = await self._client.send(request, stream=True)
        if is_stream(answer):
            self._events = aiter(httpx2.EventSource(answer))
            return answer_of(answer, whole=False)
        await answer.aread()
        return answer_of(answer)

    async def aclose(self) -> None:
        """End the stream."""
        if self._stream is not None:
            await self._stream.aclose()
