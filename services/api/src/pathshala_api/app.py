"""The application: the routes, and what stands before them."""

from typing import Any, Protocol

from fastapi import FastAPI

from pathshala_api import problems
from pathshala_api.access import Access, GuardedRoute, admit_everybody, needs
from pathshala_api.examples import EXAMPLES
from pathshala_api.intake import Intake
from pathshala_api.origins import Origins
from pathshala_api.request_limits import RequestLimits
from pathshala_api.routes import asking, editions, events, health, lessons, status, tasks
from pathshala_api.settings import ApiSettings
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Editions, EventLog, Lessons, Tasks

DESCRIPTION = """Ask for a lesson, poll its task, read it and all its versions.

A lesson has editions: a subject and topic in one language for one level. Each has versions of its own, 1.0, 1.1 and on.

Errors are `application/problem+json` (RFC 9457) with a stable `code`.
"""


class Api(FastAPI):
    """FastAPI with a description of its own: a response's `model` would promise `application/json` for a problem."""

    def openapi(self) -> dict[str, Any]:
        """Describe the API. FastAPI would drop the nulls of examples, so they are added here."""
        document = super().openapi()
        schemas = document["components"]["schemas"]
        schemas["ProblemBody"] = problems.ProblemBody.model_json_schema()
        for name, example in EXAMPLES.items():
            schemas[name]["examples"] = [example]
        return document


class ReadStore(Tasks, EventLog, Lessons, Editions, Protocol):
    """All that is read for those who ask over HTTP."""


def create_app(
    settings: ApiSettings,
    store: ReadStore,
    read_task: status.ReadTask,
    intake: Intake,
    clock: Clock,
    report: health.Report,
) -> FastAPI:
    """Build the API on a store to read from, a way to read many tasks one by one, and an intake that accepts."""
    app = Api(
        title="Pathshala",
        version="0.1.0",
        description=DESCRIPTION,
        responses=problems.DESCRIBED,
        redirect_slashes=False,
    )
    app.state.admit = admit_everybody
    app.router.route_class = GuardedRoute
    problems.install(app)
    app.add_middleware(RequestLimits)
    if settings.origins:
        app.add_middleware(
            Origins,
            allow_origins=settings.origins,
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["*"],
            expose_headers=["ETag", "Link", "Location", "Retry-After"],
        )

    @app.get("/", include_in_schema=False, dependencies=[needs(Access.OPEN)])
    async def index() -> dict[str, str]:
        return {"service": "Pathshala", "docs": "/docs", "openapi": "/openapi.json", "health": "/health/ready"}

    polls = status.Polls(read_task, store, clock, task_ttl_seconds=settings.task_ttl_seconds)
    # First, since a router tries its routes in turn: these two are asked most.
    app.router.routes[:0] = [status.route(polls), asking.route(intake)]
    app.include_router(health.router(report))
    app.include_router(events.router(store, store))
    app.include_router(tasks.router(store, clock, task_ttl_seconds=settings.task_ttl_seconds))
    app.include_router(editions.router(store))
    app.include_router(lessons.router(store))
    return app
