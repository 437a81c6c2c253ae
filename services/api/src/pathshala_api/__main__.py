"""Starts the API: `python -m pathshala_api`."""

import sys

from pathshala_api.admission import Admission
from pathshala_api.app import create_app
from pathshala_api.intake import Intake
from pathshala_api.relay import Relay
from pathshala_api.settings import ApiSettings
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Store
from pathshala_common.runtime import connect, service


def compose(settings: ApiSettings, broker: Broker, store: Store, clock: Clock) -> service.Service:
    """Put the API together from what it is given."""
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
        length_max=settings.outbox_length_max,
    )
    intake = Intake(store, admission, relay, clock, deadline_seconds=settings.task_deadline_seconds)
    return service.Service(
        name="api",
        background=[relay.run],
        app=lambda health: create_app(settings, store, intake, clock, health.report),
        bearable=frozenset({"broker"}),
    )


def _process(settings: ApiSettings, clock: Clock) -> service.Process:
    broker, store = connect.shared_broker(settings, clock), connect.store(settings)
    return service.Process(
        settings=settings,
        clock=clock,
        broker=broker,
        store=store,
        services=[compose(settings, broker, store, clock)],
        address=(settings.host, settings.port),
    )


if __name__ == "__main__":
    sys.exit(service.main(ApiSettings, _process))
