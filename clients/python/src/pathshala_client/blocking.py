"""The blocking client: its input and output, and no logic."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from pathshala_client.house import PATIENCE_SECONDS, Operations, address, headers
from pathshala_client.operation import Blocking
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


class Client(Operations, Blocking):
    """A house, asked by calls that return when they are answered. Close it, or use it by `with`.

    Address and key are those given, or those of PATHSHALA_URL and PATHSHALA_KEY. A house that is away or asks to wait
    is waited for, `patience` seconds at the most. `http` may have proxies, certificates and the like of its own.
    """

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        patience: float = PATIENCE_SECONDS,
        http: httpx2.Client | None = None,
    ) -> None:
        self.url, self.patience = address(url), patience
        self._http, self._headers = http or httpx2.Client(), headers(key)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def run(self, call: Call[T]) -> T:
        """Run a call, and give its result."""
        with closing(self.each(once(call))) as told:
            return next(told)

    def each(self, flow: Flow[T]) -> Generator[T]:
        """Run a flow, and give each value that it tells."""
        course = Course(flow)
        with closing(flow), closing(_Line(self)) as line:
            while (step := course.next()) is not None:
                if isinstance(step, Tell):
                    yield step.value
                    continue
                try:
                    course.reply = line.do(step)
                except httpx2.TransportError as error:
                    course.fault = lost(error, self.url)

    def send(self, request: Request, *, stream: bool = False) -> httpx2.Response:
        """Send one request, once."""
        return self._http.send(built(self._http, self.url, self._headers, request), stream=stream)


class _Line:
    """The input and output of one flow, with the stream that it listens to."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._stream: httpx2.Response | None = None
        self._events: Iterator[httpx2.ServerSentEvent] = iter(())

    def do(self, step: Step) -> Any:
        """Do a step, and give what comes of it. Raises TransportError."""
        match step:
            case Send(request):
                return answer_of(self._client.send(request))
            case Listen(request):
                return self._listen(request)
            case Hear():
                return event_of(next(self._events, None))
            case Pause(seconds):
                time.sleep(seconds)
            case Now():
                return time.monotonic()
            case Patience():
                return self._client.patience
        return None

    def _listen(self, request: Request) -> Answer:
        self.close()
        self._stream = answer = self._client.send(request, stream=True)
        if is_stream(answer):
            self._events = iter(httpx2.EventSource(answer))
            return answer_of(answer, whole=False)
        answer.read()
        return answer_of(answer)

    def close(self) -> None:
        """End the stream."""
        if self._stream is not None:
            self._stream.close()
