"""Whoever waits for a task learns of its failure whatever becomes of the dead letter."""

from collections.abc import AsyncGenerator, Sequence

from libs.common.tests.runtime.scene import REQUESTED, enriched, scene
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.errors import BrokerUnavailable, Reject
from pathshala_common.contract.events import AnyEvent, LessonFailed, LessonRequested
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.ports.handlers import Context
from tests.waiting import until


class TakesNoDeadLetters(MemoryBroker):
    """A broker whose dead-letter queues cannot be had."""

    async def publish(self, messages: Sequence[Message]) -> None:
        if any(message.routing_key.endswith(".dead") for message in messages):
            raise BrokerUnavailable("refused")
        await super().publish(messages)


async def refuse(event: LessonRequested, _context: Context) -> AsyncGenerator[AnyEvent, None]:
    if event.task_id:
        raise Reject("unfit", "not this one")
    yield enriched(event)


async def test_a_failure_is_told_before_its_letter_is_kept() -> None:
    async with scene(refuse, broker_type=TakesNoDeadLetters) as here:
        await here.given(REQUESTED.raw)
        await until(lambda: here.told_of(LessonFailed))
        assert here.dead == []
