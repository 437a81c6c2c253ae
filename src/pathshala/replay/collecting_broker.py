"""A broker that reaches nobody: it gives a consumer one message and keeps what the consumer publishes."""

from collections.abc import Sequence

from pathshala_common.contract.ports.broker import Message, OnDelivery


class CollectingBroker:
    """Implements Transport. What is published stays in `published`, and goes nowhere."""

    def __init__(self) -> None:
        self.published: list[Message] = []
        self._consumers: dict[str, OnDelivery] = {}

    async def publish(self, messages: Sequence[Message]) -> None:
        """Keep them."""
        self.published.extend(messages)

    async def consume(self, queue: str, *, prefetch: int, on_delivery: OnDelivery) -> "_Consuming":  # noqa: ARG002
        """Let `deliver` find the consumer of this queue."""
        self._consumers[queue] = on_delivery
        return _Consuming()

    async def deliver(self, queue: str, message: Message) -> None:
        """Have the queue's consumer handle a message to its end."""
        await self._consumers[queue](_Once(message))


class _Consuming:
    """Implements Subscription."""

    async def cancel(self) -> None:
        """Nothing more will come anyway."""


class _Once:
    """Implements Delivery for a message that is delivered once."""

    returns = 0

    def __init__(self, message: Message) -> None:
        self.message: Message = message

    async def ack(self) -> None:
        """Nobody waits for it."""

    async def requeue(self) -> None:
        """Nobody delivers it again."""
