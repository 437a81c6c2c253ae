"""The steps of a call: what the logic of the client asks of whoever does its input and output.

A call is a generator that yields steps, is sent what came of each, and returns its result. It knows no socket, no clock
and no event loop, so that the blocking and the asynchronous client run the same calls.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Request:
    """A request. One that `is_repeatable` does the same when it is sent twice."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    is_repeatable: bool = True
    timeout_seconds: float = TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, whole; of a stream that has begun, without its body. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """An event of a stream."""

    identity: str
    data: str


@dataclass(frozen=True, slots=True)
class Send:
    """Send a request; an Answer comes of it, or Unreachable is raised."""

    request: Request


@dataclass(frozen=True, slots=True)
class Listen:
    """Begin a stream, and end the one before; an Answer comes of it, or Unreachable is raised."""

    request: Request


@dataclass(frozen=True, slots=True)
class Hear:
    """Wait for the next event of the stream; a StreamEvent comes of it, None at its end, or Unreachable is raised."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds; nothing comes of it."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Now:
    """Read a clock that never goes back; its seconds come of it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Ask how many seconds a house that is away, or asks to wait, is waited for."""


@dataclass(frozen=True, slots=True)
class Tell(Generic[T_co]):
    """Hand a value out; nothing comes of it."""

    value: T_co


Step: TypeAlias = Send | Listen | Hear | Pause | Now | Patience
Call: TypeAlias = Generator[Step, Any, T]
"""It ends with a result."""
Flow: TypeAlias = Generator[Step | Tell[T], Any, None]
"""It tells one value after the other."""


def sent(request: Request) -> Call[Answer]:
    """Send once."""
    answer: Answer = yield Send(request)
    return answer


def listening(request: Request) -> Call[Answer]:
    """Begin a stream."""
    answer: Answer = yield Listen(request)
    return answer


def heard() -> Call[StreamEvent | None]:
    """Wait for an event."""
    event: StreamEvent | None = yield Hear()
    return event


def now() -> Call[float]:
    """Read the clock."""
    seconds: float = yield Now()
    return seconds


def patience() -> Call[float]:
    """Ask how patient the client is."""
    seconds: float = yield Patience()
    return seconds


def once(call: Call[T]) -> Flow[T]:
    """Tell the result of a call, so that it can be run as a flow."""
    result = yield from call
    yield Tell(result)


@dataclass(slots=True)
class Course(Generic[T]):
    """The way of a flow through its steps: `reply` or `fault` is what came of the step before."""

    flow: Flow[T]
    reply: Any = None
    fault: Exception | None = None

    def next(self) -> Step | Tell[T] | None:
        """Go on to the next step; None at the end."""
        reply, fault, self.reply, self.fault = self.reply, self.fault, None, None
        try:
            return self.flow.send(reply) if fault is None else self.flow.throw(fault)
        except StopIteration:
            return None
