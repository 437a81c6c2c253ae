"""Puts the API together: as a service among others, and as a process of its own."""

from collections.abc import Sequence
from functools import partial

from pathshala_api.admission import Admission
from pathshala_api.app import create_app
from pathshala_api.control import Control
from pathshala_api.intake import Intake
from pathshala_api.pace import RelayPace
from pathshala_api.relay import Relay
from pathshala_api.settings import ApiSettings
from pathshala_common.contract.lesson import Task
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Store, Tasks
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime import connect
from pathshala_common.runtime.batch import Batch
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.process import Process, Service

READ_MAX = 200
"""Tasks that are read at once, when so many are polled while the read before is under way."""


def service(
    settings: ApiSettings, broker: Broker, store: Store, clock: Clock, *, shares_process: bool = False
) -> Service:
    """Give the API on what it is given. In a process that it shares with who writes, requests go before writing."""
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
    )
    # How late the event loop is can be told by no other clock.
    relay.pace = RelayPace(SystemClock()) if shares_process else None
    intake = Intake(store, admission, relay, clock, deadline_seconds=settings.task_deadline_seconds)
    recorder = Recorder(store, clock, task_ttl_seconds=settings.task_ttl_seconds)
    control = Control(store, recorder.record, intake, relay, broker, clock)
    read_task = Batch(partial(_read_tasks, store), size_max=READ_MAX)
    return Service(
        name="api",
        background=[relay.run],
        app=lambda health: create_app(settings, store, read_task, intake, control, clock, health.report),
        bearable=frozenset({"broker"}),
    )


async def _read_tasks(tasks: Tasks, task_ids: Sequence[str]) -> list[Task | None]:
    found = await tasks.tasks_by_id(frozenset(task_ids))
    return [found.get(task_id) for task_id in task_ids]


def process(settings: ApiSettings, clock: Clock) -> Process:
    """Run it alone, on the broker and the store that the settings name. Raises SettingsError."""
    broker, store = connect.shared_broker(settings, clock), connect.store(settings)
    return Process(
        settings=settings,
        clock=clock,
        broker=broker,
        store=store,
        services=[service(settings, broker, store, clock)],
        address=(settings.host, settings.port),
    )
