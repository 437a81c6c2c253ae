"""Variants of a queue: RabbitMQ cannot change a queue's arguments, so other arguments need a queue of another name.

The first variant has the queue's own name, the others `<name>.2` to `<name>.9`. Services use the first whose arguments
are those of their settings, and make it where a name is free. So there is always a queue of the own name: whoever does
not know which variant is in use sends to that one, and it is moved on (moving.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractQueue
from aio_pika.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed

from pathshala_common.contract.errors import BrokerUnavailable

Arguments = Mapping[str, str | int]

VARIANTS_MAX = 9


class MisfitError(BrokerUnavailable):
    """The broker has something that these settings do not fit, and that is no matter of time."""


@dataclass(frozen=True, slots=True)
class Found:
    """The variants of one queue: the one in use, which has so many consumers, and the `others`."""

    name: str
    consumers: int
    others: Sequence[str]


@dataclass(frozen=True, slots=True)
class Variants:
    """The variants of each queue that were found, by the queue's own name."""

    found: Mapping[str, Found] = field(default_factory=dict)

    def name(self, own: str) -> str:
        """The name in use. What was not declared yet, or is no queue, has its own."""
        found = self.found.get(own)
        return found.name if found else own

    def others(self, own: str) -> Sequence[str]:
        """The names of the variants that are not in use here."""
        found = self.found.get(own)
        return found.others if found else ()


class Channels:
    """A channel at a time of one connection, since RabbitMQ closes the channel on which it refuses something."""

    def __init__(self, connection: AbstractConnection) -> None:
        self._connection = connection
        self._channel: AbstractChannel | None = None

    async def get(self) -> AbstractChannel:
        """Give a channel that is open."""
        if self._channel is None or self._channel.is_closed:
            self._channel = await self._connection.channel(publisher_confirms=False)
        return self._channel

    async def __aenter__(self) -> Self:
        """Open none yet."""
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Close the last, if it is open."""
        if self._channel is not None and not self._channel.is_closed:
            await self._channel.close()


def names(own: str) -> Sequence[str]:
    """The names of all variants that there may be."""
    return own, *(f"{own}.{number}" for number in range(2, VARIANTS_MAX + 1))


async def declare_variant(channels: Channels, own: str, arguments: Arguments) -> Found:
    """Find the variant with these arguments, or make it. Raises MisfitError if every name is taken by another."""
    others: list[str] = []
    refusal = ""
    for name in names(own):
        try:
            queue = await (await channels.get()).declare_queue(name, durable=True, arguments=dict(arguments))
        except ChannelPreconditionFailed as error:
            others.append(name)
            refusal = str(error)
        else:
            others += await _behind(channels, own, name)
            return Found(name, queue.declaration_result.consumer_count or 0, others)
    raise MisfitError(
        f"queue {own!r} exists with other arguments, and so do its variants up to {names(own)[-1]!r}: {refusal}. "
        "Delete those that are empty (`pathshala doctor` tells which), or go back to the settings of one of them"
    )


async def peek(channels: Channels, name: str) -> AbstractQueue | None:
    """Ask for a queue without making it; None if there is none."""
    try:
        return await (await channels.get()).declare_queue(name, passive=True)
    except ChannelNotFoundEntity:
        return None


async def _behind(channels: Channels, own: str, name: str) -> list[str]:
    """The variants behind this one, up to the first that is not there."""
    found: list[str] = []
    for later in names(own)[names(own).index(name) + 1 :]:
        if await peek(channels, later) is None:
            break
        found.append(later)
    return found
