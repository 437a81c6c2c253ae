"""Following: the changes of a task, by a stream, by long polls where there is none, by polls where nobody waits."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pathshala_client.asking import problem_of, seconds_of, wait_after
from pathshala_client.faults import Problem, StillRunning, Unreachable
from pathshala_client.steps import (
    TIMEOUT_SECONDS,
    Answer,
    Call,
    Pause,
    Request,
    heard,
    listening,
    now,
    patience,
    sent,
)

LONG_POLL_SECONDS = 30.0
POLL_SECONDS = 3.0
SILENCE_SECONDS = 40.0
"""A stream says something every 15 s. One that does not is taken for dead."""


@dataclass(slots=True)
class Following:
    """The changes at an address, one after the other. `stream` is where they are streamed, if they are anywhere.

    A stream that breaks becomes a long poll, and comes back. With a time to wait there are long polls alone, since
    it is they whose time can be bounded.
    """

    path: str
    stream: str | None = None
    until: float | None = None
    _known: str = ""
    _streams: bool = field(default=True)
    _open: bool = False

    def next(self) -> Call[Any]:
        """Give the next change; the present state first. Raises Problem, Unreachable and StillRunning."""
        failures, until = 0, 0.0
        while True:
            try:
                change = yield from (self._heard() if self._by_stream else self._polled())
                if change is not None:
                    return change
                failures = 0
            except (Problem, Unreachable) as fault:
                if not _passes(fault):
                    raise
                self._open, self._streams = False, not self._streams
                moment = yield from now()
                until = until if failures else moment + (yield from patience())
                wait = wait_after(fault, failures, is_repeatable=True) or POLL_SECONDS
                failures += 1
                if moment + wait > until:
                    raise
                if failures > 1:  # the other way is tried at once
                    yield Pause(wait)

    @property
    def _by_stream(self) -> bool:
        return self.stream is not None and self._streams and self.until is None

    def _heard(self) -> Call[Any]:
        """Give the next change of the stream; None if it has ended in good order, or there is none to hear."""
        if not self._open:
            told = {"Last-Event-ID": self._known} if self._known else {}
            headers = {"Accept": "text/event-stream", **told}
            answer = yield from listening(
                Request("GET", str(self.stream), headers=headers, timeout_seconds=SILENCE_SECONDS)
            )
            if answer.status >= HTTPStatus.BAD_REQUEST:
                raise problem_of(answer)
            self._open = answer.headers.get("content-type", "").startswith("text/event-stream")
            if not self._open:  # it has ended, and its last change is known; or what stands between gives no streams
                self._streams = False
                return None
        event = yield from heard()
        if event is None:
            self._open = self._streams = False
            return None
        if not event.data or event.identity == self._known:  # a stream says beforehand when to come back
            return None
        self._known = event.identity
        return json.loads(event.data)

    def _polled(self) -> Call[Any]:
        """Give the state when it is another one; None if it is not, and the time of the poll is over."""
        seconds = LONG_POLL_SECONDS
        if self.until is not None:
            seconds = max(min(seconds, self.until - (yield from now())), 0.0)
            if not seconds and self._known:
                raise StillRunning("the time to wait is over")
        # The first poll is answered at once: only who knows how it stands waits for something else.
        wait = {"Prefer": f"wait={int(seconds)}", "If-None-Match": f'"{self._known}"'} if self._known else {}
        request = Request("GET", self.path, headers=wait, timeout_seconds=seconds + TIMEOUT_SECONDS)
        answer = yield from sent(request)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise problem_of(answer)
        self._streams = True
        if answer.status == HTTPStatus.OK:
            self._known = _tag(answer)
            return json.loads(answer.body)
        if "preference-applied" not in answer.headers or seconds < 1:
            yield Pause(min(seconds, seconds_of(answer) or POLL_SECONDS))
        return None


def _passes(fault: Problem | Unreachable) -> bool:
    """Whether it may be another time."""
    if isinstance(fault, Unreachable):
        return True
    return fault.status >= HTTPStatus.INTERNAL_SERVER_ERROR or fault.status == HTTPStatus.TOO_MANY_REQUESTS


def _tag(answer: Answer) -> str:
    return answer.headers.get("etag", "").removeprefix("W/").strip('"')
