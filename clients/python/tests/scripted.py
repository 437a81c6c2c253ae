"""A house that answers by a script, in virtual time: what the client's logic does is seen without any I/O."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pathshala_client.faults import Unreachable
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
    StreamEvent,
    Tell,
    once,
)

T = TypeVar("T")
Said = Answer | StreamEvent | Unreachable | None


class Script:
    """What the house says, in this order, and what it was asked. The clock moves by pauses alone."""

    def __init__(self, *said: Said, patience: float = 60) -> None:
        self._said, self._patience = list(said), patience
        self.asked: list[Request] = []
        self.pauses: list[float] = []

    def run(self, call: Call[T]) -> T:
        """Run a call to its end."""
        [result] = self.told(once(call))
        return result

    def told(self, flow: Flow[T]) -> list[T]:
        """Run a flow to its end."""
        course, told = Course(flow), list[T]()
        while (step := course.next()) is not None:
            match step:
                case Tell(value):
                    told.append(value)
                case Send(request) | Listen(request):
                    self.asked.append(request)
                    self._reply(course)
                case Hear():
                    self._reply(course)
                case Pause(seconds):
                    self.pauses.append(seconds)
                case Now():
                    course.reply = sum(self.pauses)
                case Patience():
                    course.reply = self._patience
        assert self._said == [], "not asked for"
        return told

    def _reply(self, course: Course[Any]) -> None:
        said = self._said.pop(0)
        if isinstance(said, Unreachable):
            course.fault = said
        else:
            course.reply = said


def answer(body: object = None, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer in JSON."""
    named = dict(headers or {})
    return Answer(status, named, b"" if body is None else json.dumps(body).encode())


def refused(status: int, code: str, retry_after: str | None = None) -> Answer:
    """A problem."""
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return answer({"status": status, "code": code, "detail": f"{code}!"}, status, headers)


def stream(*events: tuple[int, str]) -> Sequence[Said]:
    """A stream with these changes, by number and status; it stays open."""
    return [
        Answer(200, {"content-type": "text/event-stream"}),
        StreamEvent("", ""),
        *(StreamEvent(str(number), json.dumps({"change": number, "status": status})) for number, status in events),
    ]


LOST = Unreachable("away")
NEVER_SENT = Unreachable("away", was_sent=False)
