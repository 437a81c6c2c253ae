"""A process: start its parts in order, say when it is ready, and at SIGTERM stop them in reverse."""

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
import uvloop

from pathshala_common.contract import services as contract
from pathshala_common.contract.errors import SettingsError, Unavailable
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Handlers
from pathshala_common.contract.ports.store import Connection
from pathshala_common.runtime import http, telemetry
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.consumer import Consumer, Limits
from pathshala_common.runtime.health import App, Check, Health, health_app
from pathshala_common.runtime.leases import Leases
from pathshala_common.runtime.retry import RetryPolicy
from pathshala_common.runtime.settings import Settings

log = structlog.get_logger()

GC_THRESHOLDS = (50_000, 20, 100)
"""Collect less often: most garbage here is freed by its reference count, and a collection stalls every request."""

SETTINGS_EXIT_CODE = 2

SettingsT = TypeVar("SettingsT", bound=Settings)


@dataclass(frozen=True, slots=True)
class Consuming:
    """A service's part in the queues: its handlers, how many events it takes at once, how often it tries one.

    What its handlers pay for is claimed by `leases` first.
    """

    service: contract.Service
    handlers: Handlers
    concurrency: int
    attempts_max: int
    leases: Leases | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """What a service is made of.

    `background` runs until the process stops; `close` is awaited after that. A service with an `app` answers
    HTTP by it, and is ready in spite of faults that are `bearable`.
    """

    name: str
    consuming: Consuming | None = None
    background: Sequence[Callable[[], Coroutine[Any, Any, None]]] = ()
    close: Callable[[], Awaitable[None]] | None = None
    app: Callable[[Health], App] | None = None
    bearable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Process:
    """What one process runs: services with their surroundings, and the address where it answers over HTTP.

    `prepare` is awaited before the first delivery; `announce` is called with the base URL once all is up.
    """

    settings: Settings
    clock: Clock
    broker: Broker
    services: Sequence[Service]
    address: tuple[str, int]
    store: Connection | None = None
    prepare: Callable[[], Awaitable[object]] | None = None
    announce: Callable[[str], None] = field(default=lambda _url: None)


def main(settings_type: type[SettingsT], compose: Callable[[SettingsT, Clock], Process]) -> int:
    """Run a process until SIGTERM or SIGINT. Returns its exit code; a wrong setting is one line on standard error."""
    try:
        settings = settings_type.load()
        telemetry.configure(settings.log_level, settings.log_format)
        process = compose(settings, SystemClock())
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(process))
    except SettingsError as error:
        print(f"pathshala: {error}", file=sys.stderr)  # noqa: T201 - the line is for the person who started it
        return SETTINGS_EXIT_CODE
    except Unavailable as error:
        print(f"pathshala: cannot start: {error}", file=sys.stderr)  # noqa: T201 - as above
        return 1
    except BaseExceptionGroup as group:
        log.critical("stopped by a fault", exc_info=group)
        return 1
    return 0


async def run(process: Process) -> None:
    """Run until told to stop. Raises SettingsError if the address or the store cannot be used."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with contextlib.AsyncExitStack() as stack:
        listener = stack.enter_context(http.listen(*process.address))
        for service in process.services:
            if service.close is not None:
                stack.push_async_callback(service.close)
        if process.store is not None:
            stack.push_async_callback(process.store.close)
            await process.store.open()
        stack.push_async_callback(process.broker.close)
        await process.broker.start()
        if process.prepare is not None:
            await process.prepare()
        await stack.enter_async_context(_background(process.services, stopping))
        await stack.enter_async_context(_consuming(process))
        await stack.enter_async_context(http.answering(_app(process), listener))
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        url = http.base_url(listener)
        log.info("started", services=[service.name for service in process.services], url=url)
        process.announce(url)
        await stopping.wait()
        log.info("stopping")


def _app(process: Process) -> App:
    """The HTTP interface of the service that has one; else health alone."""
    checks: dict[str, Check] = {"broker": process.broker.fault}
    if process.store is not None:
        checks["store"] = process.store.fault
    for service in process.services:
        if service.app is not None:
            return service.app(Health(checks, bearable=service.bearable))
    return health_app(process.services[0].name, Health(checks))


@contextlib.asynccontextmanager
async def _background(services: Sequence[Service], stopping: asyncio.Event) -> AsyncIterator[None]:
    """Run what each service does beside its queue. If a part of it ends, the process does."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part()) for service in services for part in service.background]
        for task in tasks:
            task.add_done_callback(lambda _task: stopping.set())
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


@contextlib.asynccontextmanager
async def _consuming(process: Process) -> AsyncIterator[None]:
    """Consume while inside; on leaving, drain all at once within the grace period."""
    settings = process.settings
    consumers = [
        Consumer(
            part.service,
            part.handlers,
            broker=process.broker,
            topology=settings.topology,
            clock=process.clock,
            limits=Limits(
                part.concurrency,
                settings.message_size_max_bytes,
                RetryPolicy(part.attempts_max, settings.retry_delay_seconds, settings.retry_delay_max_seconds),
            ),
            leases=part.leases,
        )
        for part in (service.consuming for service in process.services)
        if part is not None
    ]
    for consumer in consumers:
        await consumer.start()
    try:
        yield
    finally:
        await asyncio.gather(*(consumer.drain(settings.grace_seconds) for consumer in consumers))
