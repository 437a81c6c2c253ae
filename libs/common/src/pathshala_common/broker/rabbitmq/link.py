"""A connection to RabbitMQ that is made again whenever it breaks, after growing, jittered delays.

aio-pika's own robust connection waits a fixed time, and restores what it remembers; here each new connection is
prepared from the topology, by the same code as the first one.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from aio_pika import Connection
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import ChannelInvalidStateError, DeliveryError, PublishError
from yarl import URL

from pathshala_common.broker.rabbitmq.deliveries import Deliveries
from pathshala_common.contract.backoff import Backoff
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.logs import get_logger

log = get_logger()

CONNECT_TIMEOUT_SECONDS = 10.0
NEXT_HOST_SECONDS = 2.0
"""A host that has not answered by then is left for the next one; the last may take the whole time, if all are slow."""

PREPARE_TIMEOUT_SECONDS = 30.0
CLOSE_TIMEOUT_SECONDS = 5.0
CANCEL_AGAIN_SECONDS = 1.0
REASON_LENGTH_MAX = 500

Prepare = Callable[[AbstractConnection], Awaitable[AbstractChannel]]


class Link:
    """One connection, with what it is for. It is up while the channel that `prepare` makes is open."""

    def __init__(self, purpose: str, hosts: Sequence[URL], prepare: Prepare, *, delay_seconds_max: float) -> None:
        self._purpose, self._prepare = purpose, prepare
        self._hosts = hosts
        self.deliveries = Deliveries()
        self._backoff, self._failures = Backoff(delay_seconds_max), 0
        self._random = random.Random()  # noqa: S311 - jitter is no secret
        self._connection: AbstractConnection | None = None
        self._up, self.tried = asyncio.Event(), asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self.fault: str | None = "not started"

    def start(self) -> None:
        """Begin to connect, and go on until closed."""
        if self._running is None:
            self.fault = "connecting"
            self._running = asyncio.create_task(self._run())

    @property
    def is_up(self) -> bool:
        """Whether it can be used now."""
        return self._connection is not None

    async def up(self) -> AbstractConnection:
        """Wait until it is up, for as long as it takes."""
        while self._connection is None:
            await self._up.wait()
        return self._connection

    async def close(self) -> None:
        """Disconnect, for good."""
        if self._running is not None:
            await end(self._running)
        self.fault = "closed"

    async def _run(self) -> None:
        while True:
            try:
                await self._live()
            except BrokerUnavailable as error:
                self.fault = str(error)
                log.warning("no connection to the broker", purpose=self._purpose, reason=self.fault)
            self._failures += 1
            self.tried.set()
            await asyncio.sleep(self._backoff.jittered(self._failures, self._random))

    async def _live(self) -> None:
        """Connect and stay connected. Raises BrokerUnavailable with the reason when that ends."""
        connection = await connect(self._hosts, self.deliveries)
        broken: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()

        def on_close(_sender: object, error: BaseException | None) -> None:
            if not broken.done():
                broken.set_result(error)

        connection.close_callbacks.add(on_close)
        try:
            with failures():
                async with asyncio.timeout(PREPARE_TIMEOUT_SECONDS):
                    channel = await self._prepare(connection)
            channel.close_callbacks.add(on_close)
            self._is_up(connection)
            error = await broken
            raise BrokerUnavailable(f"lost: {reason(error)}")
        finally:
            self._connection, self.fault = None, self.fault or "reconnecting"
            self._up.clear()
            await disconnect(connection)

    def _is_up(self, connection: AbstractConnection) -> None:
        self.fault, self._connection = None, connection
        self._failures = 0
        self._up.set()
        self.tried.set()
        log.info("connected to the broker", purpose=self._purpose)


async def connect(
    hosts: Sequence[URL], deliveries: Deliveries | None = None, *, timeout_seconds: float = CONNECT_TIMEOUT_SECONDS
) -> AbstractConnection:
    """Connect to one of the hosts, tried in random order so that clients spread. Raises BrokerUnavailable.

    `deliveries` may be taken out of what the connection reads.
    """

    async def to(host: URL) -> AbstractConnection:
        connection = Connection(host)
        if deliveries is not None:
            connection.kwargs["transport_factory"] = deliveries
        await connection.connect()
        return connection

    # Which host comes first is no secret.
    *first, last = random.sample(hosts, len(hosts))
    for host in first:
        with suppress(BrokerUnavailable), failures():
            async with asyncio.timeout(min(NEXT_HOST_SECONDS, timeout_seconds)):
                return await to(host)
    with failures():
        async with asyncio.timeout(timeout_seconds):
            return await to(last)


@contextmanager
def failures() -> Iterator[None]:
    """Turn whatever aio-pika raises into BrokerUnavailable.

    A connection that is lost makes aio-pika raise CancelledError in those who wait on it. That one is a failure
    too; only our own task's cancellation passes.
    """
    task = asyncio.current_task()
    cancellations = task.cancelling() if task else 0
    try:
        yield
    except asyncio.CancelledError as error:
        if task is None or task.cancelling() > cancellations:
            raise
        raise BrokerUnavailable(reason(error)) from error
    except BrokerUnavailable:
        raise
    except Exception as error:
        raise BrokerUnavailable(reason(error)) from error
    else:
        # asyncio.wait_for of Python 3.11, inside aiormq, can swallow a cancellation that comes late.
        if task is not None and task.cancelling() > cancellations:
            raise asyncio.CancelledError


def reason(error: BaseException | None) -> str:
    """Say in one line what went wrong, for people."""
    match error:
        case None | asyncio.CancelledError() | ChannelInvalidStateError():
            return "the connection was closed"
        case TimeoutError():
            return "no answer in time"
        case PublishError():
            return "unroutable"
        case DeliveryError():
            return "refused; a queue is full"
        case _:
            return f"{type(error).__name__}: {error}"[:REASON_LENGTH_MAX]


async def end(*tasks: asyncio.Future[None]) -> None:
    """Cancel tasks until they have ended, since a cancellation can be swallowed (see failures)."""
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=CANCEL_AGAIN_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)


async def disconnect(closing: AbstractConnection | AbstractChannel) -> None:
    """Close it, if it still can be closed."""
    with suppress(BrokerUnavailable), failures():
        async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
            await closing.close()
