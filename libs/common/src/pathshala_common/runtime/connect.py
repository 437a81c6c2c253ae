"""Knows which adapters there are: a URL's scheme chooses. Those that can only read are in reading.py."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.finding import Check
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.operator import DeadLetters, Sender
from pathshala_common.contract.ports.store import Store
from pathshala_common.runtime.adapters import chosen, path_of
from pathshala_common.runtime.settings import Settings, naming

HANDS, DEAD = ".hands", ".dead"
"""The files of a broker in memory, beside the house's SQLite file: the tasks in hand, and the dead letters."""


@dataclass(frozen=True, slots=True)
class BrokerAdapters:
    """The adapters of one kind of broker. One that is not `shared` cannot be reached by another process."""

    shared: bool
    broker: Callable[[Settings, Clock], Broker]
    dead_letters: Callable[[Settings], DeadLetters | None]
    sender: Callable[[Settings], Sender | None]
    checks: Callable[[Settings], Mapping[str, Check]]


@dataclass(frozen=True, slots=True)
class StoreAdapters:
    """The adapters of one kind of store, made from its URL. One that is not `shared` is a file of one process."""

    shared: bool
    store: Callable[[str], Store]
    checks: Callable[[str], Mapping[str, Check]]
    migrate: Callable[..., Awaitable[Sequence[str]]]


def _memory() -> BrokerAdapters:
    from pathshala_common.broker.memory import inspection
    from pathshala_common.broker.memory.broker import MemoryBroker
    from pathshala_common.broker.memory.dead_letters import DeadLetterFolder, MemoryDeadLetters
    from pathshala_common.broker.memory.in_flight import InFlightJournal

    def broker(settings: Settings, clock: Clock) -> MemoryBroker:
        letters = _beside_store(settings, DEAD)
        return MemoryBroker(
            settings.topology,
            clock=clock,
            hands=InFlightJournal(_beside_store(settings, HANDS)),
            letters=None if letters is None else DeadLetterFolder(letters, settings.topology),
        )

    def dead_letters(settings: Settings) -> MemoryDeadLetters | None:
        letters = _beside_store(settings, DEAD)
        return None if letters is None else MemoryDeadLetters(letters)

    return BrokerAdapters(
        shared=False,
        broker=broker,
        dead_letters=dead_letters,
        sender=lambda _settings: None,
        checks=lambda settings: inspection.checks(_beside_store(settings, DEAD), settings.topology),
    )


def _rabbitmq() -> BrokerAdapters:
    from pathshala_common.broker.rabbitmq import inspection
    from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
    from pathshala_common.broker.rabbitmq.dead_letters import RabbitMQDeadLetters
    from pathshala_common.broker.rabbitmq.sender import RabbitMQSender

    return BrokerAdapters(
        shared=True,
        broker=lambda settings, _clock: RabbitMQBroker(
            settings.broker_url, settings.topology, publish_timeout_seconds=settings.publish_timeout_seconds
        ),
        dead_letters=lambda settings: RabbitMQDeadLetters(settings.broker_url, settings.topology),
        sender=lambda settings: RabbitMQSender(
            settings.broker_url, publish_timeout_seconds=settings.publish_timeout_seconds
        ),
        checks=lambda settings: inspection.checks(settings.broker_url, settings.topology),
    )


def _sqlite() -> StoreAdapters:
    from pathshala_common.store.sqlite import inspection, migration
    from pathshala_common.store.sqlite.store import SQLiteStore

    return StoreAdapters(
        shared=False,
        store=lambda url: SQLiteStore(path_of(url)),
        checks=lambda url: inspection.checks(path_of(url)),
        migrate=lambda url, **how: migration.migrate(path_of(url), **how),
    )


def _mongodb() -> StoreAdapters:
    from pathshala_common.store.mongodb import inspection, migration
    from pathshala_common.store.mongodb.store import MongoStore

    return StoreAdapters(shared=True, store=MongoStore, checks=inspection.checks, migrate=migration.migrate)


BROKERS: Mapping[str, Callable[[], BrokerAdapters]] = {"memory": _memory, "amqp": _rabbitmq, "amqps": _rabbitmq}
STORES: Mapping[str, Callable[[], StoreAdapters]] = {"sqlite": _sqlite, "mongodb": _mongodb, "mongodb+srv": _mongodb}
"""Each imports its adapters when it is chosen: a process keeps no library in memory that it does not use."""


def broker(settings: Settings, clock: Clock) -> Broker:
    """The broker that PATHSHALA_BROKER_URL names, not yet started. Raises SettingsError."""
    with naming("PATHSHALA_BROKER_URL"):
        return _of_broker(settings).broker(settings, clock)


def shared_broker(settings: Settings, clock: Clock) -> Broker:
    """The same for a service in a process of its own, which a broker in memory could not reach."""
    if not _of_broker(settings).shared:
        raise SettingsError(
            "PATHSHALA_BROKER_URL: memory:// reaches no other process; name a broker (amqp://...), "
            "or run the whole house in one process with `python -m pathshala`"
        )
    return broker(settings, clock)


def dead_letters(settings: Settings) -> DeadLetters | None:
    """The dead letters of the broker that PATHSHALA_BROKER_URL names; None if no other process can reach them."""
    return _of_broker(settings).dead_letters(settings)


def sender(settings: Settings) -> Sender | None:
    """The sender to the broker that PATHSHALA_BROKER_URL names; None if no other process can reach that broker."""
    return _of_broker(settings).sender(settings)


def store(settings: Settings) -> Store:
    """The store that PATHSHALA_STORE_URL names, not yet opened. Raises SettingsError."""
    with naming("PATHSHALA_STORE_URL"):
        return _of_store(settings).store(settings.store_url)


def shared_store(settings: Settings) -> Store | None:
    """The same for a service that may do without; None where the store is a file, which another process owns."""
    return store(settings) if is_shared(settings) else None


def is_shared(settings: Settings) -> bool:
    """Whether several processes may have the store that the settings name open at once."""
    return _of_store(settings).shared


async def migrate(settings: Settings, *, drop: bool) -> Sequence[str]:
    """Bring the store up to what this version needs; `drop` what older versions alone need. Returns what was done.

    Raises SettingsError or StoreUnavailable.
    """
    return await _of_store(settings).migrate(settings.store_url, drop=drop)


def checks(settings: Settings) -> Mapping[str, Check]:
    """The doctor's checks of the broker and the store that the settings name. They start neither."""
    return {**_of_broker(settings).checks(settings), **_of_store(settings).checks(settings.store_url)}


def _of_broker(settings: Settings) -> BrokerAdapters:
    return chosen("PATHSHALA_BROKER_URL", settings.broker_url, BROKERS)()


def _of_store(settings: Settings) -> StoreAdapters:
    return chosen("PATHSHALA_STORE_URL", settings.store_url, STORES)()


def _beside_store(settings: Settings, suffix: str) -> Path | None:
    """The place of what a broker in memory must keep over a death: beside the process's file, if it has one."""
    return None if _of_store(settings).shared else Path(f"{path_of(settings.store_url)}{suffix}")
