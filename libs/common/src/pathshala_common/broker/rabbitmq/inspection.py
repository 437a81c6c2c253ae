"""What can be told of a RabbitMQ over AMQP before the house starts: each check visits it once and changes nothing."""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.connection import Connection
from aio_pika.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed
from yarl import URL

from pathshala_common.broker.rabbitmq.address import addresses
from pathshala_common.broker.rabbitmq.link import connect, disconnect, failures
from pathshala_common.broker.rabbitmq.topology import delay_arguments, queue_arguments
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.finding import Check, Finding, dead_letters, ok, warning, wrong
from pathshala_common.contract.topology import SUBSCRIPTIONS, Topology

CONNECT_TIMEOUT_SECONDS = 5.0
CONFIRM_TIMEOUT_SECONDS = 3.0
VERSION_MIN = (3, 10)
INEQUIVALENT = re.compile(r"inequivalent arg '([^']+)'.*received (.+?) but current is (.+?)(?:$|\")")


def checks(url: str, topology: Topology) -> Mapping[str, Check]:
    """The checks by name. Raises SettingsError for a URL that is none."""
    hosts = addresses(url, "doctor")
    return {
        "broker": partial(_version, hosts),
        "broker alarms": partial(_alarms, hosts),
        "queues": partial(_queues, hosts, topology),
        "dead letters": partial(_dead_letters, hosts, topology),
    }


async def _version(hosts: Sequence[URL]) -> Sequence[Finding]:
    """Ask each host. Raises BrokerUnavailable if none answers; one that does not is a warning while others do."""
    told = await asyncio.gather(*map(_version_at, hosts), return_exceptions=True)
    findings: list[Finding] = []
    for host, outcome in zip(hosts, told, strict=True):
        if isinstance(outcome, BrokerUnavailable) and any(isinstance(other, list) for other in told):
            remedy = "Start it, or take it out of PATHSHALA_BROKER_URL; the house uses the others."
            findings += warning("broker", f"{_place(host)} does not answer: {outcome}", remedy)
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            findings += outcome
    return findings


async def _version_at(host: URL) -> list[Finding]:
    async with _visit([host]) as connection:
        transport = connection.transport if isinstance(connection, Connection) else None
        properties = getattr(transport.connection, "server_properties", {}) if transport else {}
    version = _text(properties.get("version", "unknown"))
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers and numbers < VERSION_MIN:
        return wrong("broker", f"RabbitMQ {version}", "The house needs RabbitMQ 3.10 or later: upgrade it.")
    return ok("broker", f"{_text(properties.get('product', 'a broker'))} {version} answers at {_place(host)}")


async def _alarms(hosts: Sequence[URL]) -> Sequence[Finding]:
    """Publish to nobody, twice: a broker with an alarm blocks a connection once it has published."""
    async with _visit(hosts) as connection:
        channel = await connection.channel(publisher_confirms=True)
        try:
            async with asyncio.timeout(CONFIRM_TIMEOUT_SECONDS):
                for _ in range(2):
                    nobody = f"pathshala.doctor.{uuid4().hex}"
                    await channel.default_exchange.publish(aio_pika.Message(b""), nobody, mandatory=False)
        except TimeoutError:
            return wrong(
                "broker alarms",
                f"a publish was not confirmed within {CONFIRM_TIMEOUT_SECONDS:g} s",
                "RabbitMQ is likely to have a memory or disk alarm: `rabbitmqctl status` tells. Give it room. "
                "Requests are still accepted, and wait.",
            )
    return ok("broker alarms", "it takes what is published")


async def _queues(hosts: Sequence[URL], topology: Topology) -> Sequence[Finding]:
    """Declare again what is there: RabbitMQ refuses if an argument differs, and changes nothing."""
    wanted = {queue.name: queue_arguments(queue, topology) for queue in topology.queues()}
    wanted |= {delay.name: delay_arguments(delay.seconds, topology) for delay in topology.delays()}
    missing: list[str] = []
    findings: list[Finding] = []
    async with _visit(hosts) as connection:
        for name, arguments in wanted.items():
            if await _count(connection, name) is None:
                missing.append(name)
                continue
            channel = await connection.channel(publisher_confirms=False)
            try:
                await channel.declare_queue(name, durable=True, arguments=dict(arguments))
            except ChannelPreconditionFailed as error:
                findings += wrong("queues", f"{name} exists otherwise: {_difference(error)}", _remedy(name))
            finally:
                await disconnect(channel)
    if len(missing) == len(wanted):
        return warning("queues", "none is there yet", "Right before the first start; a running house declares them.")
    if missing:
        findings += warning(
            "queues", f"missing: {', '.join(missing)}", "Start any service: it declares what is missing within 60 s."
        )
    return findings or ok("queues", f"all {len(wanted)} are as they should be; a running house keeps them bound")


async def _dead_letters(hosts: Sequence[URL], topology: Topology) -> Sequence[Finding]:
    async with _visit(hosts) as connection:
        counts = {service: await _count(connection, topology.dead_queue(service)) or 0 for service in SUBSCRIPTIONS}
        dropped = await _count(connection, topology.dropped_queue) or 0
    return dead_letters(counts.items(), dropped, topology.dead_letters_max)


@asynccontextmanager
async def _visit(hosts: Sequence[URL]) -> AsyncGenerator[AbstractConnection, None]:
    """Connect for a moment. Raises BrokerUnavailable."""
    connection = await connect(hosts, timeout_seconds=CONNECT_TIMEOUT_SECONDS)
    with failures():
        try:
            yield connection
        finally:
            await disconnect(connection)


async def _count(connection: AbstractConnection, queue: str) -> int | None:
    """How many messages are ready in a queue; None if there is no such queue."""
    channel = await connection.channel(publisher_confirms=False)
    try:
        asked = await channel.declare_queue(queue, passive=True)
    except ChannelNotFoundEntity:
        return None
    finally:
        await disconnect(channel)
    return asked.declaration_result.message_count or 0


def _difference(error: Exception) -> str:
    told = INEQUIVALENT.search(str(error))
    if told is None:
        return "RabbitMQ refuses its arguments"
    argument, ours, theirs = told.groups()
    return f"{argument} is {theirs}, by these settings {ours}"


def _remedy(name: str) -> str:
    return (
        "Give all services the settings that it was made with; or stop them, let it run empty, "
        f"`rabbitmqctl delete_queue {name}`, and start them again."
    )


def _place(host: URL) -> str:
    return f"{host.host}:{host.port}" if host.port else str(host.host)


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
