"""Puts the API together: as a service among others, and as a process of its own."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from pathshala_api.admission import Admission
from pathshala_api.app import Parts, create_app
from pathshala_api.ceilings import Ceiling, MonthCeiling
from pathshala_api.class_sets.acts import SetActs
from pathshala_api.class_sets.ordering import Ordering
from pathshala_api.class_sets.outcomes import Outcomes
from pathshala_api.class_sets.set_log import SetLog
from pathshala_api.front import Front
from pathshala_api.guarding import guarding
from pathshala_api.intake import Intake
from pathshala_api.measuring import Measuring
from pathshala_api.pace import RelayPace
from pathshala_api.pulse import PulseReader
from pathshala_api.relay import LENGTH_MAX, Relay
from pathshala_api.replaying import Replays
from pathshala_api.reviews import Reviews
from pathshala_api.routes.operator.house import Checks, Operated
from pathshala_api.routes.operator.replays import Replaying
from pathshala_api.routes.operator.webhooks import Redelivery
from pathshala_api.routes.status import Polls
from pathshala_api.settings import KEYS, ApiSettings, refuse_unsafe
from pathshala_api.versions import Versions
from pathshala_api.watching import Reads, Watcher
from pathshala_common.contract.envelope import ORDERED_BY
from pathshala_common.contract.lesson import NumberedTask
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Page, Store, Tasks
from pathshala_common.contract.prices import Prices
from pathshala_common.contract.task_status import task_change
from pathshala_common.operating.control import Control
from pathshala_common.operating.settings_in_force import in_force
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime import connect
from pathshala_common.runtime.batch import Batch
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.health import App, Health
from pathshala_common.runtime.http_limits import usual_limits
from pathshala_common.runtime.process import Process, Service
from pathshala_common.runtime.settings import variable

READ_MAX = 200
"""Tasks that are read at once, when so many are polled while the read before is under way."""

NEWEST_MAX = 100
"""Tasks of a user whose present state begins a stream, the newest."""

FOLLOWERS_SHARE = 0.75
"""The share of all connections that may be streams and waiting polls; the others are for what is answered at once."""


def service(
    settings: ApiSettings,
    broker: Broker,
    store: Store,
    clock: Clock,
    *,
    shares_process: bool = False,
    relay_length_max: int = LENGTH_MAX,
    checks: Checks | None = None,
) -> Service:
    """Give the API on what it is given. In a process that it shares with who writes, requests go before writing.

    `checks` are the doctor's over HTTP: without, those of broker and store alone.
    """
    admission = Admission(
        store,
        user_tasks_max=settings.user_tasks_max,
        tasks_max=settings.tasks_max,
        user_in_flight_max=settings.user_in_flight_max,
    )
    relay = Relay(
        store,
        admission,
        broker,
        clock,
        exchange=settings.topology.exchange,
        retry_seconds=settings.outbox_retry_seconds,
        length_max=relay_length_max,
    )
    # How full the process is can be told by no other clock.
    relay.pace = RelayPace(SystemClock()) if shares_process else None
    month = MonthCeiling(
        store,
        clock,
        Ceiling(settings.user_month_calls_max, settings.user_month_cost_max),
        Prices(settings.price_prompt, settings.price_completion, settings.price_currency),
    )
    intake = Intake(store, admission, relay, broker, month, clock, deadline_seconds=settings.task_deadline_seconds)
    recorder = Recorder(store, clock, task_ttl_seconds=settings.task_ttl_seconds, hints=broker)
    control = Control(
        store,
        recorder.record,
        intake.accept_again,
        broker,
        broker,
        clock,
        exchange=settings.topology.exchange,
        source=ORDERED_BY,
    )
    outcomes = Outcomes(store)
    set_log = SetLog(recorder.record, relay)
    ordering = Ordering(store, outcomes, intake, control, set_log, month, clock)
    acts = SetActs(store, outcomes, set_log, ordering, month, clock, ttl_seconds=settings.class_set_ttl_seconds)
    guard = guarding(settings, store, clock)
    operated = Operated(
        queues=broker,
        letters=connect.dead_letters(settings),
        notices=store,
        checks=checks or partial(connect.checks, settings),
        settings=in_force(settings, lambda field: variable(type(settings), (field,))),
        clock=clock,
        pulse=PulseReader(store, clock),
        prices=month.prices,
    )
    read_task = Batch(partial(_read_tasks, store), size_max=READ_MAX)
    measuring = Measuring(store, admission.load, clock, task_ttl_seconds=settings.task_ttl_seconds)
    watcher = Watcher(
        Reads(read_task, partial(_newest_tasks, store, clock, settings.task_ttl_seconds), store),
        lambda seen: task_change(seen, measuring.percent(seen)),
        broker,
        clock,
        followers_max=int(usual_limits().connections_max * FOLLOWERS_SHARE),
    )
    polls = Polls(read_task, store, watcher, guard.watch, measuring, clock, task_ttl_seconds=settings.task_ttl_seconds)
    redelivery = Redelivery(store, broker, settings.topology.exchange, clock)
    versions = Versions(store, recorder.record, relay, clock, deadline_seconds=settings.task_deadline_seconds)
    reviews = Reviews(store, relay, clock)
    replaying = Replaying(store, month.prices, Replays(settings.store_url))
    parts = Parts(polls, intake, control, operated, redelivery, replaying, guard, acts, versions, reviews)

    def app(health: Health) -> App:
        api = create_app(settings, store, parts, clock, health.report)
        return Front(api, guard.proxies, keyed=settings.auth == KEYS, timed=settings.server_timing)

    return Service(
        name="api",
        background=[
            relay.run,
            control.run,
            watcher.run,
            measuring.run,
            guard.keyring.run,
            guard.watch.run,
            ordering.run,
        ],
        stop=[watcher.stop],
        close=[guard.keyring.write_uses],
        app=app,
        bearable=frozenset({"broker"}),
    )


async def _read_tasks(tasks: Tasks, task_ids: Sequence[str]) -> list[NumberedTask | None]:
    found = await tasks.numbered(frozenset(task_ids))
    return [found.get(task_id) for task_id in task_ids]


async def _newest_tasks(tasks: Tasks, clock: Clock, ttl_seconds: float, user_id: str) -> list[str]:
    """Name the newest tasks of a user, the oldest of them first."""
    since = clock.now() - timedelta(seconds=ttl_seconds)
    found = await tasks.tasks(Page(finished_since=since, limit=NEWEST_MAX, user_id=user_id))
    return [task.task_id for task in reversed(found)]


def process(settings: ApiSettings, clock: Clock) -> Process:
    """Run it alone, on the broker and the store that the settings name. Raises SettingsError."""
    refuse_unsafe(settings)
    broker, store = connect.shared_broker(settings, clock), connect.store(settings)
    return Process(
        settings=settings,
        clock=clock,
        broker=broker,
        store=store,
        services=[service(settings, broker, store, clock)],
        address=(settings.host, settings.port),
    )
