"""Hints reach whoever listens, and neither hold up nor fail who sends them."""

from dataclasses import dataclass, field

from libs.common.tests.broker.places import Place, until_well
from pathshala_common.broker.rabbitmq.broker import RabbitMQBroker
from pathshala_common.contract.ports.broker import Broker
from pathshala_common.contract.ports.hints import HINTS_MAX, Hint, HintKind, Listening
from tests.waiting import until

CHANGED = Hint(HintKind.CHANGED, "task-1", "ता")
CANCEL = Hint(HintKind.CANCEL, "task-1")
LAST = Hint(HintKind.CHANGED, "last")


@dataclass(slots=True)
class Ears:
    """Hear hints of some kinds."""

    heard: list[Hint] = field(default_factory=list)


async def listening(broker: Broker, *kinds: HintKind) -> tuple[Ears, Listening]:
    ears = Ears()
    place = await broker.listen(kinds, ears.heard.append)
    await until(lambda: place.heard_since is not None)
    return ears, place


async def test_a_hint_reaches_everybody_who_listens_to_its_kind_and_nobody_else(place: Place) -> None:
    broker, _ = await place.started()
    one, _ = await listening(broker, HintKind.CHANGED)
    other, _ = await listening(broker, HintKind.CHANGED, HintKind.CANCEL)
    third, _ = await listening(broker, HintKind.CANCEL)

    broker.hint(CHANGED, CANCEL)
    await until(lambda: bool(one.heard and third.heard) and len(other.heard) == 2)

    assert (one.heard, third.heard) == ([CHANGED], [CANCEL])
    assert set(other.heard) == {CHANGED, CANCEL}


async def test_hints_of_one_turn_arrive_once_each_and_in_their_order(place: Place) -> None:
    broker, _ = await place.started()
    ears, _ = await listening(broker, HintKind.CHANGED)
    many = [Hint(HintKind.CHANGED, f"task-{number}") for number in range(2_500)]

    for hint in [*many, *many]:
        broker.hint(hint)
    broker.hint(LAST)
    await until(lambda: LAST in ears.heard)

    assert ears.heard == [*many, LAST]


async def test_more_hints_than_may_wait_are_lost_and_later_ones_arrive(place: Place) -> None:
    broker, _ = await place.started()
    ears, _ = await listening(broker, HintKind.CHANGED)

    broker.hint(*(Hint(HintKind.CHANGED, f"task-{number}") for number in range(HINTS_MAX + 1)))
    await until(lambda: len(ears.heard) == HINTS_MAX)
    broker.hint(LAST)
    await until(lambda: LAST in ears.heard)

    assert len(ears.heard) == HINTS_MAX + 1


async def test_who_listens_no_more_hears_no_more(place: Place) -> None:
    broker, _ = await place.started()
    gone, place_of_gone = await listening(broker, HintKind.CHANGED)
    ears, _ = await listening(broker, HintKind.CHANGED)

    await place_of_gone.cancel()
    broker.hint(LAST)
    await until(lambda: bool(ears.heard))

    assert (gone.heard, place_of_gone.heard_since) == ([], None)


async def test_a_hint_without_a_broker_is_no_failure(place: Place) -> None:
    broker, _ = place.broker()
    broker.hint(CHANGED)

    await broker.start()
    _, heard = await listening(broker, HintKind.CHANGED)
    await broker.close()
    broker.hint(CHANGED)

    assert heard.heard_since is None


async def test_hints_reach_other_processes_and_those_that_come_back(rabbitmq: Place) -> None:
    broker, topology = await rabbitmq.started()
    other = RabbitMQBroker(rabbitmq.address, topology)
    rabbitmq.made.append((other, topology))
    await other.start()
    await until_well(other)
    ears, place = await listening(other, HintKind.CHANGED)

    # As if the connection broke: whoever listens is told that hints may have been lost meanwhile.
    connection = await other._consuming.up()
    await connection.close()
    await until(lambda: place.heard_since == 2)
    broker.hint(CHANGED)
    await until(lambda: bool(ears.heard))

    assert ears.heard == [CHANGED]
