"""Health: live says that the process turns, ready that it can accept and answer."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from pathshala_api.access import Access, guarded_router, needs

Report = Callable[[], Awaitable[tuple[bool, dict[str, str]]]]
"""Says whether it is ready, and what is wrong, by the part that is."""


class Liveness(BaseModel):
    """The word that the process turns."""

    status: Literal["live"] = Field("live", description="That the process turns.")
    service: Literal["api"] = Field("api", description="Which service answers.")


class Readiness(BaseModel):
    """Whether requests can be accepted, and what is wrong, by the part that is."""

    status: Literal["ready", "not_ready"] = Field(description="Whether requests can be accepted.")
    service: Literal["api"] = Field("api", description="Which service answers.")
    faults: dict[str, str] = Field(description="What is wrong, by the part that is; empty if nothing is.")


def router(report: Report) -> APIRouter:
    """The paths that are about health."""
    routes = guarded_router(prefix="/health", tags=["health"], dependencies=[needs(Access.OPEN)])

    @routes.get("/live")
    async def get_liveness() -> Liveness:
        """Answer while the process turns."""
        return Liveness()

    @routes.get("/ready", response_model=Readiness, responses={503: {"model": Readiness, "description": "Not ready"}})
    async def get_readiness() -> Response:
        """Answer 200 while requests can be accepted; a broker that is away does not prevent that."""
        well, faults = await report()
        body = Readiness(status="ready" if well else "not_ready", faults=faults)
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        return Response(body.model_dump_json(), status, media_type="application/json")

    return routes
