"""A process: its parts start in order, it says when it is ready, and at SIGTERM they stop in reverse."""

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import uvloop

from pathshala_common.contract import services as contract
from pathshala_common.contract.errors import SettingsError, Unavailable
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import BatchHandler, Handlers
from pathshala_common.contract.ports.notices import Notices
from pathshala_common.contract.ports.store import Lifecycle
from pathshala_common.logs import get_logger
from pathshala_common.runtime import http, telemetry
from pathshala_common.runtime.circuit_reporter import CircuitReporter, ReadCircuits
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.consumer import HAND_BACK_SECONDS, UNSUBSCRIBE_SECONDS, Consumer, Limits
from pathshala_common.runtime.health import App, Check, Health, health_app
from pathshala_common.runtime.leases import Leases
from pathshala_common.runtime.retry import DELAY_SECONDS_MAX, RetryPolicy
from pathshala_common.runtime.settings import Settings, naming, variable
from pathshala_common.runtime.trial import TRIAL, Trial, TrialChannel, Tried, own_command

log = get_logger()

GC_THRESHOLDS = (20_000, 50, 100)
"""Collect less often: most garbage here is freed by its reference count. A collection of so many objects stalls every
request for some 10 ms where a thousand lessons are in the making; larger ones are fewer, and no cheaper."""

SETTINGS_EXIT_CODE = 2

LOGGING = "store"
LOG_SECONDS = 2.0
"""The grace period of the service that logs, once the others in its process have nothing left to yield."""

CLOSE_SECONDS = 5.0
"""At the stop, claims, connections and files have so long to be closed, all together."""

STOP_SECONDS_MAX = http.STOP_SECONDS + http.CANCEL_SECONDS + UNSUBSCRIBE_SECONDS + HAND_BACK_SECONDS + CLOSE_SECONDS
"""A service's stop takes no longer than this, besides the grace period of the work that is in hand. A house in one
process drains its log after the others, and has LOG_SECONDS for that."""

SettingsT = TypeVar("SettingsT", bound=Settings)


@dataclass(frozen=True, slots=True)
class Consuming:
    """A service's part in the queues: its handlers, how many events it takes at once, how often it tries one.

    No wait between two attempts is longer than `retry_delay_seconds_max`, unless somebody asked for it.
    What its handlers pay for is claimed by `leases` first. At SIGTERM what is in hand may take `grace_seconds`.
    Its suspects are `tried` in processes of their own, unless its handlers need a store that is this one's alone. What
    comes at once is handled `together`, if that is given. `circuits` are those that its handlers keep themselves.
    """

    service: contract.Service
    handlers: Handlers
    concurrency: int
    attempts_max: int
    grace_seconds: float
    leases: Leases | None = None
    tried: Tried = Tried.FIRST
    together: BatchHandler | None = None
    retry_delay_seconds_max: float = DELAY_SECONDS_MAX
    circuits: ReadCircuits | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its part in the queues, and its work beside them.

    `background` runs until the process stops; each of `stop` is called at the very beginning of that, for answers that
    have no end of their own; each of `close` is awaited in turn after that, while the store is still open. A service
    with an `app` answers HTTP by it, and is ready in spite of faults that are `bearable`.
    """

    name: str
    consuming: Consuming | None = None
    background: Sequence[Callable[[], Coroutine[Any, Any, None]]] = ()
    stop: Sequence[Callable[[], None]] = ()
    close: Sequence[Callable[[], Awaitable[None]]] = ()
    app: Callable[[Health], App] | None = None
    bearable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Process:
    """One process: services with their surroundings, and the address where it answers over HTTP.

    It is ready without its store if that is not required. `prepare` is awaited before the first delivery. Which of its
    circuits are open is told in `notices`.
    """

    settings: Settings
    clock: Clock
    broker: Broker
    services: Sequence[Service]
    address: tuple[str, int]
    store: Lifecycle | None = None
    store_required: bool = True
    prepare: Callable[[], Awaitable[object]] | None = None
    notices: Notices | None = None


def main(
    settings_type: type[SettingsT],
    compose: Callable[[SettingsT, Clock], Process],
    announce: Callable[[SettingsT, str], None] | None = None,
) -> int:
    """Run a process until SIGTERM or SIGINT; `announce` is called with its base URL once all is up.

    Returns its exit code; a wrong setting is one line on standard error. In a process that another started for a trial,
    handle one event instead.
    """
    tried = os.environ.get(TRIAL)
    channel = TrialChannel() if tried else None
    try:
        settings = settings_type.load()
        telemetry.configure(settings.log_level, settings.log_format)
        process = compose(settings, SystemClock())
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            if channel is not None:
                runner.run(_try(process, channel, str(tried)))
            else:
                runner.run(run(process, partial(announce, settings) if announce else None))
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


async def _try(process: Process, channel: TrialChannel, tried: str) -> None:
    """Handle one event of a service.

    A store that the process requires belongs to the one that started the trial, unless the service is tried last.
    """
    parts = [service.consuming for service in process.services if service.consuming is not None]
    part = next(part for part in parts if part.service == tried)
    if process.store is not None and (part.tried is Tried.LAST or not process.store_required):
        await process.store.open()
    _keep()
    await channel.serve(part.service, part.handlers, process.clock)


async def run(process: Process, announce: Callable[[str], None] | None = None) -> None:
    """Run until SIGTERM or SIGINT; a second one hands back what the first lets finish. Raises what `running` raises."""
    stopping, hurry = asyncio.Event(), asyncio.Event()

    def stop() -> None:
        (hurry if stopping.is_set() else stopping).set()

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(telemetry.tell_of_loop_fault)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    async with running(process, hurry, own_command()) as url:
        _keep()
        log.info("started", services=[service.name for service in process.services], url=url)
        if announce is not None:
            announce(url)
        await stopping.wait()
        log.info("stopping")


def _keep() -> None:
    """Leave what there is by now out of all collections, and collect from here on, if nothing was collected before.

    It is not collected first: a start leaves less than 1 MiB of garbage, and to find it takes a tenth of the start.
    """
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    gc.enable()


@contextlib.asynccontextmanager
async def running(
    process: Process, hurry: asyncio.Event | None = None, trial_command: Sequence[str] | None = None
) -> AsyncIterator[str]:
    """Start all parts in order and give the base URL; on leaving, stop them in reverse order.

    What is in hand then has a grace period to finish, until `hurry` is set. Suspects are tried by `trial_command`,
    which runs the same process; without one they are handled in this one.
    A background part that ends or fails cancels the block, and leaving it then raises an ExceptionGroup.
    Raises SettingsError if the address or the store cannot be used, or the broker not with these settings.
    """
    closing = _Closing()
    async with contextlib.AsyncExitStack() as stack:
        with naming(*_address_variables(process.settings)):
            listener = stack.enter_context(http.listen(*process.address))
        if process.store is not None:
            stack.push_async_callback(closing, process.store.close)
            if process.store_required:
                await open_store(process.store)
        for close in (close for service in process.services for close in reversed(service.close)):
            stack.push_async_callback(closing, close)
        stack.push_async_callback(closing, process.broker.close)
        await process.broker.start()
        if misfit := await process.broker.misfit():
            raise SettingsError(misfit)
        if process.store is not None and not process.store_required:
            await open_store(process.store)  # while the broker connects: a store that is away takes its time to say so
        if process.prepare is not None:
            await process.prepare()
        consumers = _consumers(process)
        background = [part for service in process.services for part in service.background]
        if process.notices is not None and consumers:
            reporter = CircuitReporter(process.notices, process.clock, _circuits(process, consumers))
            stack.push_async_callback(closing, reporter.close)
            background.append(reporter.run)
        await stack.enter_async_context(_background(background))
        await stack.enter_async_context(_consuming(process, consumers, hurry or asyncio.Event(), trial_command))
        await stack.enter_async_context(http.answering(_app(process), listener))
        for stop in (stop for service in process.services for stop in service.stop):
            stack.callback(stop)
        yield http.base_url(listener)


class _Closing:
    """Awaits one close after the other; all together have CLOSE_SECONDS from the first on."""

    def __init__(self) -> None:
        self._until: float | None = None

    async def __call__(self, close: Callable[[], Awaitable[object]]) -> None:
        """Close, or leave it as it is when the time is over: a kill would lose nothing either."""
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + CLOSE_SECONDS
        try:
            async with asyncio.timeout_at(self._until):
                await close()
        except TimeoutError:
            log.warning("left what did not close in time", part=getattr(close, "__qualname__", ""))


async def open_store(store: Lifecycle) -> None:
    """Open what PATHSHALA_STORE_URL names. Raises SettingsError if it cannot be used."""
    with naming("PATHSHALA_STORE_URL"):
        await store.open()


def _address_variables(settings: Settings) -> list[str]:
    """Name the variables of a process's address: the API has its own, all others answer for their health alone."""
    kind = type(settings)
    names = ("host", "port") if "port" in kind.model_fields else ("health_host", "health_port")
    return [variable(kind, (name,)) for name in names]


def _app(process: Process) -> App:
    """The HTTP interface of the service that has one; else health alone."""
    checks: dict[str, Check] = {"broker": process.broker.fault, "queues": process.broker.misfit}
    if process.store is not None and process.store_required:
        checks["store"] = process.store.fault
    for service in process.services:
        if service.app is not None:
            return service.app(Health(checks, bearable=service.bearable))
    return health_app(process.services[0].name, Health(checks))


@contextlib.asynccontextmanager
async def _background(parts: Sequence[Callable[[], Coroutine[Any, Any, None]]]) -> AsyncIterator[None]:
    """Run the background parts of all services. A fault of the block itself is raised as it is, in no group."""
    fault: Exception | None = None
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_endless(part)) for part in parts]
        for task in tasks:
            task.add_done_callback(_say_why)
        try:
            yield
        except Exception as error:  # noqa: BLE001 - raised below
            fault = error
        finally:
            for task in tasks:
                task.cancel()
    if fault is not None:
        raise fault


async def _endless(part: Callable[[], Coroutine[Any, Any, None]]) -> None:
    await part()
    raise RuntimeError(f"{part} ended, and a process cannot go on without it")


def _say_why(ended: asyncio.Task[None]) -> None:
    """Log at once why the process is about to stop, since its grace period comes first."""
    if not ended.cancelled():
        log.error("stopping: a background part ended", reason=repr(ended.exception()))


def _parts(process: Process) -> list[Consuming]:
    return [service.consuming for service in process.services if service.consuming is not None]


def _consumers(process: Process) -> dict[contract.Service, Consumer]:
    """Make a consumer for each service that takes events; none of them takes any yet."""
    settings = process.settings
    return {
        part.service: Consumer(
            part.service,
            part.handlers,
            broker=process.broker,
            topology=settings.topology,
            clock=process.clock,
            limits=Limits(part.concurrency, _retries(part, settings)),
            leases=part.leases,
        )
        for part in _parts(process)
    }


def _circuits(process: Process, consumers: Mapping[contract.Service, Consumer]) -> list[ReadCircuits]:
    kept = [part.circuits for part in _parts(process) if part.circuits is not None]
    return [*(consumer.open_circuits for consumer in consumers.values()), *kept]


@contextlib.asynccontextmanager
async def _consuming(
    process: Process,
    consumers: Mapping[contract.Service, Consumer],
    hurry: asyncio.Event,
    trial_command: Sequence[str] | None,
) -> AsyncIterator[None]:
    """Consume while inside; on leaving, drain each within its grace period, and whoever logs what others yield last."""
    parts = _parts(process)
    for part in parts:
        trial = Trial(part.service, trial_command, process.clock) if trial_command else None
        await consumers[part.service].start(trial, part.together, part.tried)
    try:
        yield
    finally:
        await _drain(consumers, parts, hurry)


def _retries(part: Consuming, settings: Settings) -> RetryPolicy:
    return RetryPolicy(part.attempts_max, settings.retry_delay_seconds, part.retry_delay_seconds_max)


async def _drain(
    consumers: Mapping[contract.Service, Consumer], parts: Sequence[Consuming], hurry: asyncio.Event
) -> None:
    """Drain what drives tasks, then what logs them: what was paid for in the grace period would be lost in memory."""
    driving = [part for part in parts if part.service != LOGGING or len(parts) == 1]
    await asyncio.gather(*(consumers[part.service].drain(part.grace_seconds, hurry) for part in driving))
    for part in parts:
        if part not in driving:
            await consumers[part.service].drain(min(part.grace_seconds, LOG_SECONDS), hurry)
