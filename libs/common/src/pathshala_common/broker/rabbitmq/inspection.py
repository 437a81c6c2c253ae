"""The doctor's checks of a RabbitMQ over AMQP: each visits it once and changes nothing."""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.connection import Connection
from aio_pika.exceptions import ChannelPreconditionFailed
from yarl import URL

from pathshala_common.broker.rabbitmq.address import addresses
from pathshala_common.broker.rabbitmq.link import connect, disconnect, failures
from pathshala_common.broker.rabbitmq.topology import delay_arguments, queue_arguments
from pathshala_common.broker.rabbitmq.variants import Channels, names, peek
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.finding import Check, Finding, dead_letters, ok, warning, wrong
from pathshala_common.contract.topology import SUBSCRIPTIONS, Topology

CONNECT_TIMEOUT_SECONDS = 5.0
CONFIRM_TIMEOUT_SECONDS = 3.0
VERSION_MIN = (3, 10)
CHANGED_REMEDY = (
    "The next service that starts with these settings makes a queue beside each and empties the old one; give them to "
    "all services. What is empty and consumed by nobody then goes by `rabbitmqctl delete_queue`."
)
FULL_REMEDY = (
    "No name is left for another queue: `rabbitmqctl delete_queue` those of the same name with a number that are "
    "empty, or give all services the settings that one of them was made with."
)
SIDE_BY_SIDE_REMEDY = "Some services have other limits than these: each event comes to both. Give all the same."
LEFT_REMEDY = "A running service that consumes the queue moves it on within seconds, while there is room."
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


@dataclass(slots=True)
class Surveyed:
    """The variants of one queue that were found: the one that fits, how the others differ, what those hold.

    `held` counts what is ready in those that nobody consumes, `consumed` names those that somebody does.
    """

    fit: str | None = None
    differences: dict[str, str] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    consumed: list[str] = field(default_factory=list)


async def _queues(hosts: Sequence[URL], topology: Topology) -> Sequence[Finding]:
    """Declare again what is there: RabbitMQ refuses if an argument differs, and changes nothing."""
    wanted = {queue.name: queue_arguments(queue, topology) for queue in topology.queues()}
    wanted |= {delay.name: delay_arguments(delay.seconds, topology) for delay in topology.delays()}
    async with _visit(hosts) as connection, Channels(connection) as channels:
        surveyed = {own: await _survey(channels, own, arguments) for own, arguments in wanted.items()}
    missing = [own for own, found in surveyed.items() if not found.fit and not found.differences]
    if len(missing) == len(wanted):
        return warning("queues", "none is there yet", "Right before the first start; a running house declares them.")
    findings = [*_differing(surveyed), *_side_by_side(surveyed)]
    if missing:
        findings += warning(
            "queues", f"missing: {', '.join(missing)}", "Start any service: it declares what is missing within 60 s."
        )
    empty = [name for found in surveyed.values() if found.fit for name, count in found.held.items() if not count]
    unused = f"; of other limits, empty and of no use: {', '.join(empty)}" if empty else ""
    return findings or ok(
        "queues", f"all {len(wanted)} are as they should be; a running house keeps them bound{unused}"
    )


async def _survey(channels: Channels, own: str, arguments: Mapping[str, str | int]) -> Surveyed:
    found = Surveyed()
    for name in names(own):
        queue = await peek(channels, name)
        if queue is None:
            continue
        try:
            await (await channels.get()).declare_queue(name, durable=True, arguments=dict(arguments))
        except ChannelPreconditionFailed as error:
            found.differences[name] = _difference(error)
        else:
            if found.fit is None:
                found.fit = name
                continue
        if queue.declaration_result.consumer_count:
            found.consumed.append(name)
        else:
            found.held[name] = queue.declaration_result.message_count or 0
    return found


def _differing(surveyed: Mapping[str, Surveyed]) -> list[Finding]:
    """Queues that are not there by these settings, those that differ in the same way together."""
    alike: dict[tuple[str, bool], list[str]] = {}
    for own, found in surveyed.items():
        if found.fit is None and found.differences:
            first, full = next(iter(found.differences.values())), len(found.differences) == len(names(own))
            alike.setdefault((first, full), []).append(own)
    findings: list[Finding] = []
    for (difference, full), owns in alike.items():
        told = f"{', '.join(owns)}: there otherwise: {difference}"
        findings += wrong("queues", told, FULL_REMEDY) if full else warning("queues", told, CHANGED_REMEDY)
    return findings


def _side_by_side(surveyed: Mapping[str, Surveyed]) -> list[Finding]:
    """Variants that are not in use by these settings, and are consumed or hold something all the same."""
    in_use = [found for found in surveyed.values() if found.fit]
    consumed = [name for found in in_use for name in found.consumed]
    held = [f"{name} {count}" for found in in_use for name, count in found.held.items() if count]
    findings: list[Finding] = []
    if consumed:
        findings += warning("queues", f"consumed with other limits: {', '.join(consumed)}", SIDE_BY_SIDE_REMEDY)
    if held:
        findings += warning("queues", f"left with other limits: {', '.join(held)}", LEFT_REMEDY)
    return findings


async def _dead_letters(hosts: Sequence[URL], topology: Topology) -> Sequence[Finding]:
    async with _visit(hosts) as connection, Channels(connection) as channels:
        counts = {service: await _count(channels, topology.dead_queue(service)) for service in SUBSCRIPTIONS}
        dropped = await _count(channels, topology.dropped_queue)
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


async def _count(channels: Channels, own: str) -> int:
    """Count the messages that are ready in a queue, in all variants."""
    found = [await peek(channels, name) for name in names(own)]
    return sum(queue.declaration_result.message_count or 0 for queue in found if queue)


def _difference(error: Exception) -> str:
    told = INEQUIVALENT.search(str(error))
    if told is None:
        return "RabbitMQ refuses its arguments"
    argument, ours, theirs = told.groups()
    return f"{argument} is {theirs}, by these settings {ours}"


def _place(host: URL) -> str:
    return f"{host.host}:{host.port}" if host.port else str(host.host)


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
