"""Plain routes: described by FastAPI as their function is declared, and answered without its machinery.

FastAPI's way from a request to a function costs as much as all that is done for a poll. So the two paths that are
asked most read what they need from the request themselves, and go its way only to be told what is wrong with one.
"""

from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope

from pathshala_api.access import GuardedRoute, guarded_app
from pathshala_api.description import operation_id
from pathshala_api.problem_descriptions import DESCRIBED, Responses

Plain = Callable[[ASGIApp], ASGIApp]
"""Makes an application that answers a path itself, or by FastAPI's, which it is given."""


class PlainRoute(GuardedRoute):
    """A route whose function FastAPI describes, and an application of ours calls."""

    def __init__(
        self, path: str, endpoint: Callable[..., Any], plain: Plain, *, responses: Responses, **described: Any
    ) -> None:
        """Describe `endpoint` as GuardedRoute does, with the problems that every path may answer."""
        responses = {**DESCRIBED, **responses}
        super().__init__(path, endpoint, responses=responses, generate_unique_id_function=operation_id, **described)
        self.app = guarded_app(plain(self.app), self.access)


def headers(scope: Scope, name: bytes) -> list[bytes]:
    """Give the values of a header, which is named in small letters."""
    return [value for found, value in scope["headers"] if found == name]


def takes_gzip(scope: Scope) -> bool:
    """Whether a client can read it: by name, and not with a weight of 0."""
    for taken in b",".join(headers(scope, b"accept-encoding")).lower().split(b","):
        name, _, weight = taken.partition(b";")
        if name.strip() in {b"gzip", b"*"}:
            return weight.replace(b" ", b"").rstrip(b"0.") != b"q="
    return False


async def whole_body(receive: Receive) -> bytes | None:
    """Read a request's body; None if the client is gone before its end."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Let a body that was read be read once more."""
    unread = [body]

    async def replay() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await receive()

    return replay
