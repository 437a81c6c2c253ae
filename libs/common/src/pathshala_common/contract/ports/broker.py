"""The port of a broker: what a service publishes to and consumes from."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import BrokerUnavailable, Unavailable
from pathshala_common.contract.ports.hints import Hints
from pathshala_common.contract.services import Service

HeaderValue = str | int | None


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes with an address. `exchange` "" is the default one: the routing key names a queue.

    What is `mandatory` is refused if no queue takes it; what is not then goes nowhere, and that is a success.
    `envelope` is what `body` says, where that is known; it never leaves the process.
    """

    body: bytes = field(repr=False)
    exchange: str
    routing_key: str
    message_id: str
    type: str = ""
    correlation_id: str = ""
    headers: Mapping[str, HeaderValue] = field(default_factory=dict)
    mandatory: bool = True
    envelope: Envelope | None = field(default=None, compare=False, repr=False)


class NotAllPublished(BrokerUnavailable):
    """A part of what was published is safe. `left` is what to publish in its stead, next time.

    What is in some of its queues is left for the others alone, so that a repeat makes no second copy.
    """

    def __init__(self, reason: str, left: Sequence[Message]) -> None:
        super().__init__(reason)
        self.left = left


def not_published(reason: str, published: Sequence[Message], left: Sequence[Message]) -> BrokerUnavailable:
    """Say that this is left of what was published."""
    return NotAllPublished(reason, left) if list(left) != list(published) else BrokerUnavailable(reason)


def left_after(error: Unavailable, published: Sequence[Message]) -> Sequence[Message]:
    """Say what to publish again: everything, if nothing else is known."""
    return error.left if isinstance(error, NotAllPublished) else published


class Delivery(Protocol):
    """One message in the consumer's hands until it is acknowledged or given back."""

    @property
    def message(self) -> Message:
        """The message as it was published; after a delay, addressed to this queue by its name."""

    @property
    def returns(self) -> int:
        """The number of earlier deliveries that came back unacknowledged (after a consumer's death, say)."""

    async def ack(self) -> None:
        """Done with it: the broker forgets it. Raises BrokerUnavailable if it cannot be told."""

    async def requeue(self) -> None:
        """Give it back, to be delivered again soon."""


class Subscription(Protocol):
    """A running consumer of one queue."""

    async def cancel(self) -> None:
        """Take no more deliveries; those in hand stay valid."""


OnDelivery = Callable[[Delivery], Awaitable[None]]


class Publisher(Protocol):
    """Sends messages so that they survive what they are promised to survive."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return once the broker has all of them safe. Raises BrokerUnavailable if that is not known of some.

        It is NotAllPublished if it is known what is left.
        """


class Transport(Publisher, Protocol):
    """Delivers what lies in a queue, too: all that a consumer needs."""

    async def consume(self, queue: str, *, prefetch: int, on_delivery: OnDelivery) -> Subscription:
        """Call `on_delivery`, with at most `prefetch` deliveries in hand.

        A coroutine that it returns runs in a task of its own; a future is waited for. What fails is given back.
        """


class Queues(Publisher, Protocol):
    """Counts what lies in the queues, too, before more is published."""

    async def waiting(self, *services: Service) -> int:
        """Count the messages that lie ready for these services, or for all that tasks wait for if none is named.

        Raises BrokerUnavailable if it cannot be known.
        """


class Broker(Transport, Queues, Hints, Protocol):
    """A broker connection, for a topology that it declares and keeps declared."""

    durable: bool
    """Whether messages outlive this process."""

    async def start(self) -> None:
        """Connect. Returns after the first try, or seconds of it, whatever came of it, and goes on trying."""

    async def fault(self) -> str | None:
        """Why it is of no use now; None if it is well."""

    async def misfit(self) -> str | None:
        """Why it will be of no use for as long as the settings are these; None if nothing is known to be so."""

    def left_in_hand(self, *services: Service) -> frozenset[str]:
        """Tasks of which these services, or any if none is named, had a message in hand when the process before died.

        None if the broker counts by itself.
        """

    async def close(self) -> None:
        """Give back what is held and disconnect."""
