"""Runs one step again: the consumer of a running house, with a broker that reaches nobody and the time of then."""

from collections.abc import Sequence
from dataclasses import replace

from pathshala.replay.collecting_broker import CollectingBroker
from pathshala.replay.steps import Step
from pathshala_common.contract.envelope import MESSAGE_SIZE_MAX_BYTES, Envelope, decode
from pathshala_common.contract.messages import ATTEMPT, event_message
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Handlers
from pathshala_common.contract.topology import Topology
from pathshala_common.runtime.consumer import Consumer, Limits
from pathshala_common.runtime.retry import RetryPolicy

TOPOLOGY = Topology()
DELAY_SECONDS_FIRST, DELAY_SECONDS_MAX = 2, 300
SIZE_MAX_BYTES = 4 * MESSAGE_SIZE_MAX_BYTES
"""A logged event passed a consumer's limit before, so a replay reads larger ones too."""


async def told_now(step: Step, handlers: Handlers, clock: Clock) -> Sequence[Envelope]:
    """Have the step's event handled by these handlers. Returns each event that is told of it, once.

    Whatever a handler raises is settled as in a running house: a retry and an end are told as events.
    """
    broker = CollectingBroker()
    limits = Limits(1, RetryPolicy(step.attempts_max, DELAY_SECONDS_FIRST, DELAY_SECONDS_MAX), SIZE_MAX_BYTES)
    consumer = Consumer(step.service, handlers, broker=broker, topology=TOPOLOGY, clock=clock, limits=limits)
    await consumer.start()
    message = event_message(step.consumed.envelope, TOPOLOGY.exchange)
    await broker.deliver(TOPOLOGY.queue(step.service), replace(message, headers={ATTEMPT: step.attempt}))
    bodies = [message.body for message in broker.published if message.exchange == TOPOLOGY.exchange]
    told = [decode(body, size_max_bytes=SIZE_MAX_BYTES) for body in bodies]
    return list({envelope.id: envelope for envelope in reversed(told)}.values())[::-1]
