"""Knows which adapters there are: a URL's scheme chooses. Those that can only read are in reading.py."""

from collections.abc import Mapping
from pathlib import Path

from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.broker.memory.in_flight import InFlightJournal
from pathshala_common.broker.rabbitmq import inspection as rabbitmq_inspection
from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
from pathshala_common.broker.rabbitmq.dead_letters import RabbitMQDeadLetters
from pathshala_common.broker.rabbitmq.sender import RabbitMQSender
from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.finding import Check, Finding, ok
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.operator import DeadLetters, Sender
from pathshala_common.contract.ports.store import Store
from pathshala_common.runtime.reading import path_of, scheme_of
from pathshala_common.runtime.settings import Settings
from pathshala_common.store.mongodb import inspection as mongodb_inspection
from pathshala_common.store.mongodb.store import MongoStore
from pathshala_common.store.sqlite import inspection as sqlite_inspection
from pathshala_common.store.sqlite.store import SQLiteStore


def broker(settings: Settings, clock: Clock) -> Broker:
    """The broker that PATHSHALA_BROKER_URL names, not yet started. Raises SettingsError."""
    match scheme_of(settings.broker_url):
        case "memory":
            return MemoryBroker(settings.topology, clock=clock, hands=InFlightJournal(_beside_store(settings)))
        case "amqp" | "amqps":
            return RabbitMQBroker(
                settings.broker_url,
                settings.topology,
                publish_timeout_seconds=settings.publish_timeout_seconds,
            )
        case scheme:
            raise SettingsError(f"PATHSHALA_BROKER_URL: {scheme!r} is none of memory, amqp, amqps")


def shared_broker(settings: Settings, clock: Clock) -> Broker:
    """The same for a service in a process of its own, which a broker in memory could not reach."""
    if scheme_of(settings.broker_url) == "memory":
        raise SettingsError(
            "PATHSHALA_BROKER_URL: memory:// reaches no other process; name a broker (amqp://...), "
            "or run the whole house in one process with `python -m pathshala`"
        )
    return broker(settings, clock)


def dead_letters(settings: Settings) -> DeadLetters | None:
    """The dead letters of the broker that PATHSHALA_BROKER_URL names; None if no other process can reach them."""
    match scheme_of(settings.broker_url):
        case "memory":
            return None
        case "amqp" | "amqps":
            return RabbitMQDeadLetters(settings.broker_url, settings.topology)
        case scheme:
            raise SettingsError(f"PATHSHALA_BROKER_URL: {scheme!r} is none of memory, amqp, amqps")


def sender(settings: Settings) -> Sender | None:
    """What sends to the broker that PATHSHALA_BROKER_URL names; None if no other process can reach it."""
    match scheme_of(settings.broker_url):
        case "memory":
            return None
        case "amqp" | "amqps":
            return RabbitMQSender(settings.broker_url, publish_timeout_seconds=settings.publish_timeout_seconds)
        case scheme:
            raise SettingsError(f"PATHSHALA_BROKER_URL: {scheme!r} is none of memory, amqp, amqps")


def store(settings: Settings) -> Store:
    """The store that PATHSHALA_STORE_URL names, not yet opened. Raises SettingsError."""
    match scheme_of(settings.store_url):
        case "sqlite":
            return SQLiteStore(path_of(settings.store_url))
        case "mongodb" | "mongodb+srv":
            return MongoStore(settings.store_url)
        case scheme:
            raise SettingsError(f"PATHSHALA_STORE_URL: {scheme!r} is none of sqlite, mongodb, mongodb+srv")


def shared_store(settings: Settings) -> Store | None:
    """The same for a service that may do without; None where the store is a file, which another process owns."""
    return None if scheme_of(settings.store_url) == "sqlite" else store(settings)


def checks(settings: Settings) -> Mapping[str, Check]:
    """What can be told of the broker and the store that the settings name, without starting them."""
    return {**_broker_checks(settings), **_store_checks(settings)}


def _broker_checks(settings: Settings) -> Mapping[str, Check]:
    if dead_letters(settings) is None:
        return {"broker": _in_memory}
    return rabbitmq_inspection.checks(settings.broker_url, settings.topology)


async def _in_memory() -> list[Finding]:
    return ok("broker", "in memory, in the house's own process: nothing to reach, no dead letters that outlive it")


def _store_checks(settings: Settings) -> Mapping[str, Check]:
    match scheme_of(settings.store_url):
        case "sqlite":
            return sqlite_inspection.checks(path_of(settings.store_url))
        case "mongodb" | "mongodb+srv":
            return mongodb_inspection.checks(settings.store_url)
        case scheme:
            raise SettingsError(f"PATHSHALA_STORE_URL: {scheme!r} is none of sqlite, mongodb, mongodb+srv")


def _beside_store(settings: Settings) -> Path | None:
    """Where a broker in memory keeps what must outlive a death: beside the file of the process, if it has one."""
    return Path(f"{path_of(settings.store_url)}.hands") if scheme_of(settings.store_url) == "sqlite" else None
