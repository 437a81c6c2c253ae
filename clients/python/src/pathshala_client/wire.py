"""Between the steps of a call and httpx2: what both clients say and hear in the same words."""

import httpx2

from pathshala_client.faults import Unreachable
from pathshala_client.steps import Answer, Request, StreamEvent

CONNECT_SECONDS = 10.0
"""A connection is made within this time, or the house is taken not to answer."""

NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


def built(
    http: httpx2.Client | httpx2.AsyncClient, url: str, headers: dict[str, str], request: Request
) -> httpx2.Request:
    """Build a request to the house at an address."""
    return http.build_request(
        request.method,
        url + request.path,
        params=dict(request.query) or None,
        headers={**headers, **request.headers},
        content=request.body,
        timeout=httpx2.Timeout(request.timeout_seconds, connect=CONNECT_SECONDS),
    )


def is_stream(answer: httpx2.Response) -> bool:
    """Whether events come behind the head of an answer."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    return answer.status_code == httpx2.codes.OK and kind == "text/event-stream"


def answer_of(answer: httpx2.Response, *, whole: bool = True) -> Answer:
    """Give an answer, whole or without its body."""
    return Answer(answer.status_code, answer.headers, answer.content if whole else b"")


def event_of(event: httpx2.ServerSentEvent | None) -> StreamEvent | None:
    """Give an event."""
    return None if event is None else StreamEvent(event.id, event.data)


def lost(error: httpx2.TransportError, url: str) -> Unreachable:
    """Say that there was no answer."""
    return Unreachable(
        f"{url} does not answer: {str(error) or type(error).__name__}", was_sent=not isinstance(error, NEVER_SENT)
    )
