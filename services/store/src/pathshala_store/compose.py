"""Puts the store together: as a service among others, and as a process of its own."""

from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.hints import HintSender
from pathshala_common.contract.ports.store import Store
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime import connect
from pathshala_common.runtime.batch import Batch
from pathshala_common.runtime.process import Consuming, Process, Service
from pathshala_common.runtime.trial import Tried
from pathshala_store.handlers import handlers
from pathshala_store.housekeeping import Housekeeping, Times
from pathshala_store.retention import LogLimits, Retention
from pathshala_store.set_retention import SetRetention
from pathshala_store.settings import StoreSettings

CONCURRENCY = 1_000
"""Events recorded at once; those of one moment share a write."""

BATCH_MAX = 500
"""Events in one write, at the most."""


def service(settings: StoreSettings, broker: Broker, store: Store, clock: Clock) -> Service:
    """Put the store together from what it is given."""
    recording = recorder(settings, store, clock, broker)
    housekeeping = Housekeeping(
        store,
        recording,
        broker,
        clock,
        exchange=settings.topology.exchange,
        times=Times(settings.housekeeping_seconds, settings.task_ttl_seconds, settings.stalled_seconds),
    )
    limits = LogLimits(settings.recordings_ttl_seconds, settings.log_ttl_seconds, settings.log_events_max)
    retention = Retention(store, clock, limits)
    of_sets = SetRetention(store, clock, ttl_seconds=settings.class_set_ttl_seconds)
    record = Batch(recording.record, size_max=BATCH_MAX)
    return Service(
        name="store",
        consuming=Consuming(
            "store",
            handlers(record),
            concurrency=CONCURRENCY,
            attempts_max=settings.attempts_max,
            tried=Tried.LAST if connect.is_shared(settings) else Tried.NEVER,
            together=recording.record,
            grace_seconds=settings.grace_seconds,
        ),
        background=[housekeeping.run, retention.run, of_sets.run],
    )


def recorder(settings: StoreSettings, store: Store, clock: Clock, hints: HintSender | None = None) -> Recorder:
    """Give the recorder of events, which tells by hints what changed."""
    return Recorder(store, clock, task_ttl_seconds=settings.task_ttl_seconds, hints=hints)


def process(settings: StoreSettings, clock: Clock) -> Process:
    """Run it alone, on the broker and the store that the settings name. Raises SettingsError."""
    broker, store = connect.shared_broker(settings, clock), connect.store(settings)
    return Process(
        settings=settings,
        clock=clock,
        broker=broker,
        store=store,
        notices=store,
        services=[service(settings, broker, store, clock)],
        address=(settings.health_host, settings.health_port),
    )
