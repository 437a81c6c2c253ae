"""Puts the API together: as a service among others, and as a process of its own."""

from pathshala_api.admission import Admission
from pathshala_api.app import create_app
from pathshala_api.intake import Intake
from pathshala_api.relay import Relay
from pathshala_api.settings import ApiSettings
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Store
from pathshala_common.runtime import connect
from pathshala_common.runtime.process import Process, Service


def service(settings: ApiSettings, broker: Broker, store: Store, clock: Clock) -> Service:
    """Give the API on what it is given."""
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
    intake = Intake(store, admission, relay, clock, deadline_seconds=settings.task_deadline_seconds)
    return Service(
        name="api",
        background=[relay.run],
        app=lambda health: create_app(settings, store, intake, clock, health.report),
        bearable=frozenset({"broker"}),
    )


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
