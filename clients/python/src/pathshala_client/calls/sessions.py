"""The calls about who asks, and any other call of the API."""

from collections.abc import Mapping
from typing import Any

from pathshala_client.asking import change, get, json_of
from pathshala_client.bodies.sessions import SessionBody
from pathshala_client.steps import Call


def session() -> Call[SessionBody]:
    """Read who asks, as the house knows it by the key."""
    body: SessionBody = yield from json_of(get("/session"))
    return body


def request(
    method: str, path: str, *, query: Mapping[str, object] | None = None, body: object = None, repeatable: bool = False
) -> Call[Any]:
    """Ask for anything of the API by its address, as JSON. What changes something is sent again if `repeatable`."""
    safe = repeatable or method.upper() in {"GET", "HEAD"}
    return (yield from json_of(change(method, path, query, body=body, is_repeatable=safe)))
