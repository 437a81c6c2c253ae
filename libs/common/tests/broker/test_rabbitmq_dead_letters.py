"""Dead letters on RabbitMQ: looking at many keeps their order; what cannot be sent back stays."""

import pytest

from libs.common.tests.broker.places import Place, message
from pathshala_common.broker.rabbitmq.dead_letters import RabbitMQDeadLetters
from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.ports.operator import DeadLetter, Verdict
from pathshala_common.contract.topology import Topology

MANY = 500


async def seen(letters: RabbitMQDeadLetters) -> list[str]:
    """The ids in the store's dead-letter queue, in its order."""
    ids: list[str] = []

    def look(dead: DeadLetter) -> Verdict:
        ids.append(dead.message.message_id)
        return Verdict.LEAVE

    await letters.walk(["store"], look)
    return ids


@pytest.mark.slow
async def test_dead_letters_that_are_looked_at_stay_in_order_while_others_are_taken_out(rabbitmq: Place) -> None:
    broker, topology = await rabbitmq.started()
    sent = [message("", topology.dead_queue("store"), f"{number:04}") for number in range(MANY)]
    await broker.publish(sent)
    letters = RabbitMQDeadLetters(rabbitmq.address, topology)

    def judge(dead: DeadLetter) -> Verdict:
        return Verdict.DROP if dead.message.message_id.endswith("7") else Verdict.LEAVE

    await letters.walk(["store"], judge)

    left = [letter.message_id for letter in sent if not letter.message_id.endswith("7")]
    assert await seen(letters) == left
    assert await seen(letters) == left


async def test_too_many_to_look_at_are_counted(rabbitmq: Place) -> None:
    broker, topology = await rabbitmq.started()
    await broker.publish([message("", topology.dead_queue("store")) for _ in range(5)])
    letters = RabbitMQDeadLetters(rabbitmq.address, topology, look_max=3)
    assert await letters.walk(["store"], lambda _dead: Verdict.LEAVE) == 2


async def test_a_dead_letter_that_a_full_queue_refuses_stays_a_dead_letter(rabbitmq: Place) -> None:
    broker, topology = await rabbitmq.started(queue_length_max=1)
    await broker.publish([message("", topology.dead_queue("store"), "mine")])
    for _ in range(3):  # a quorum queue takes a little more than its length
        try:
            await broker.publish([message("", topology.queue("store"))])
        except BrokerUnavailable:
            break
    letters = RabbitMQDeadLetters(rabbitmq.address, topology)
    with pytest.raises(BrokerUnavailable, match="full"):
        await letters.walk(["store"], lambda _dead: Verdict.REDRIVE)
    assert await seen(letters) == ["mine"]


async def test_where_no_house_was_ever_started_there_are_no_dead_letters(rabbitmq: Place) -> None:
    letters = RabbitMQDeadLetters(rabbitmq.address, Topology("never-started"))
    assert await seen(letters) == []
