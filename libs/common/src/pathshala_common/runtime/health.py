"""Health over HTTP: live says that the process turns, ready that it can do its part now."""

import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from pathshala_common.contract.problem import MEDIA_TYPE, problem_body

Check = Callable[[], Awaitable[str | None]]
"""Says in one sentence what is wrong; None if nothing is."""

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]


class Health:
    """Asks each part of a service how it is."""

    def __init__(self, checks: Mapping[str, Check], *, bearable: frozenset[str] = frozenset()) -> None:
        """Name each check by what it asks. A service can do its part in spite of faults that are `bearable`."""
        self._checks, self._bearable = checks, bearable

    async def report(self) -> tuple[bool, dict[str, str]]:
        """Whether the service can do its part now, and what is wrong, by the name of the check."""
        answers = {name: await check() for name, check in self._checks.items()}
        faults = {name: fault for name, fault in answers.items() if fault is not None}
        return faults.keys() <= self._bearable, faults


def health_app(service: str, health: Health) -> App:
    """An ASGI application of nothing but /health/live and /health/ready."""

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        status, body = await _answer(service, health, str(scope["path"]))
        kind = MEDIA_TYPE if status == HTTPStatus.NOT_FOUND else "application/json"
        content = json.dumps(body).encode()
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    return app


async def _answer(service: str, health: Health, path: str) -> tuple[int, dict[str, Any]]:
    if path == "/health/live":
        return 200, {"status": "live", "service": service}
    if path == "/health/ready":
        well, faults = await health.report()
        body = {"status": "ready" if well else "not_ready", "service": service, "faults": faults}
        return (200 if well else 503), body
    return 404, problem_body(HTTPStatus.NOT_FOUND, "not_found", "There are only /health/live and /health/ready here.")
