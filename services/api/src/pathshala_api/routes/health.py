"""Health: live says that the process turns, ready that it can accept and answer."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

Report = Callable[[], Awaitable[tuple[bool, dict[str, str]]]]
"""Says whether it is ready, and what is wrong, by the part that is."""


def router(report: Report) -> APIRouter:
    """The paths that are about health."""
    routes = APIRouter(prefix="/health", tags=["health"])

    @routes.get("/live")
    async def live() -> dict[str, str]:
        """Answer while the process turns."""
        return {"status": "live", "service": "api"}

    @routes.get("/ready")
    async def ready() -> JSONResponse:
        """Answer 200 while requests can be accepted; a broker that is away does not prevent that."""
        well, faults = await report()
        body: dict[str, Any] = {"status": "ready" if well else "not_ready", "service": "api", "faults": faults}
        return JSONResponse(body, HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE)

    return routes
