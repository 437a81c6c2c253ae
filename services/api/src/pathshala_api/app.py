"""The application: the routes, and what stands before them."""

from dataclasses import dataclass
from typing import Protocol

from fastapi import FastAPI

from pathshala_api import problems
from pathshala_api.access import GuardedRoute
from pathshala_api.class_sets.acts import SetActs
from pathshala_api.description import described_api
from pathshala_api.exporting import Exporter
from pathshala_api.guarding import Guarding
from pathshala_api.intake import Intake
from pathshala_api.origins import Origins
from pathshala_api.request_limits import RequestLimits
from pathshala_api.reviews import Reviews
from pathshala_api.routes import (
    asking,
    bulk,
    class_set_acts,
    class_set_packs,
    class_set_streams,
    class_sets,
    console,
    control,
    docs,
    editions,
    events,
    health,
    keys,
    lessons,
    papers,
    reviews,
    rewriting,
    sessions,
    status,
    streams,
    tasks,
    versions,
)
from pathshala_api.routes.class_set_polls import SetPolls
from pathshala_api.routes.operator import dead_letters, house, replays, webhooks
from pathshala_api.routes.operator.house import Operated
from pathshala_api.settings import KEYS, ApiSettings
from pathshala_api.versions import Versions
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Editions, EventLog, Lessons, Tasks
from pathshala_common.operating.control import Control
from pathshala_common.operating.filtered_tasks import FilteredTasks

EXPOSED_HEADERS = [
    "Content-Disposition",
    "ETag",
    "Link",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Server-Timing",
    "X-Request-Id",
]
"""The headers of an answer that a page of another origin may read."""


class ReadStore(Tasks, EventLog, Lessons, Editions, Protocol):
    """All that is read for those who ask over HTTP."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the API that its routes stand on, besides the store."""

    polls: status.Polls
    intake: Intake
    control: Control
    operated: Operated
    redelivery: webhooks.Redelivery
    replaying: replays.Replaying
    guard: Guarding
    acts: SetActs
    versions: Versions
    reviews: Reviews


def create_app(settings: ApiSettings, store: ReadStore, parts: Parts, clock: Clock, report: health.Report) -> FastAPI:
    """Build the API on a store to read from, and on its parts."""
    app = described_api()
    app.state.admit, app.state.asks_for_keys = parts.guard.admit, settings.auth == KEYS
    app.router.route_class = GuardedRoute
    problems.install(app)
    app.add_middleware(RequestLimits)
    if settings.origins:
        app.add_middleware(
            Origins,
            allow_origins=settings.origins,
            allow_methods=["GET", "HEAD", "POST", "PUT", "DELETE"],
            allow_headers=["*"],
            allow_credentials=settings.takes_cookies_from_origins,
            expose_headers=EXPOSED_HEADERS,
        )

    # First, since a router tries its routes in turn: these two are asked most.
    app.router.routes[:0] = [
        status.route(parts.polls),
        asking.route(parts.intake, parts.polls.measuring, callback_http=bool(settings.webhook_networks)),
    ]
    callback_http = bool(settings.webhook_networks)
    app.include_router(rewriting.router(parts.intake, parts.polls.measuring, store, callback_http=callback_http))
    app.include_router(health.router(report))
    app.include_router(docs.router())
    app.include_router(console.router())
    app.include_router(streams.router(parts.polls))
    app.include_router(sessions.router(parts.guard.sessions, parts.guard.stream_tokens, store, clock))
    app.include_router(keys.router(parts.guard.keyring, clock))
    app.include_router(events.router(store, store))
    app.include_router(control.router(parts.control, parts.polls, store, store))
    filtered = FilteredTasks(store, clock, task_ttl_seconds=settings.task_ttl_seconds)
    app.include_router(bulk.router(parts.control, filtered))
    app.include_router(dead_letters.router(dead_letters.KeptLetters(parts.operated.letters)))
    app.include_router(house.router(parts.operated))
    app.include_router(webhooks.router(parts.redelivery))
    app.include_router(replays.router(parts.replaying))
    set_polls = SetPolls(parts.acts, parts.polls.watcher, parts.polls.callers, clock)
    app.include_router(class_sets.router(parts.acts, set_polls))
    app.include_router(class_set_acts.router(parts.acts, set_polls))
    app.include_router(class_set_streams.router(parts.acts, set_polls, parts.polls.watcher, parts.polls.callers, clock))
    app.include_router(tasks.router(store, clock, task_ttl_seconds=settings.task_ttl_seconds))
    app.include_router(editions.router(store, parts.reviews))
    exporter = Exporter()
    app.include_router(papers.router(store, exporter, parts.reviews))
    app.include_router(class_set_packs.router(parts.acts, store, parts.reviews, exporter))
    app.include_router(versions.router(store, parts.versions, clock))
    app.include_router(reviews.router(store, parts.reviews, clock))
    app.include_router(lessons.router(store, exporter, parts.reviews))
    return app
