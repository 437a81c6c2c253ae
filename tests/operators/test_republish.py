"""`pathshala republish` chooses logged events, says what sending them would do, and sends them where it is told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from libs.common.tests.broker.places import Place, hands
from pathshala.republish.selection import Pace, Wanted, select
from pathshala_common.contract.envelope import decode
from pathshala_common.contract.messages import REPLAYED
from pathshala_common.contract.ports.broker import Message
from pathshala_common.store.sqlite.log_reader import SQLiteLog
from tests.clock import NOON
from tests.operators.command import pathshala
from tests.operators.logs import SECOND, House, request, whole_life

LATER = NOON + timedelta(days=1)
NOWHERE = "amqp://guest:guest@127.0.0.1:1/"


@pytest.fixture
def settings(settings: dict[str, str]) -> dict[str, str]:
    """A broker that is not there, which a dry run must not mind."""
    return settings | {"PATHSHALA_BROKER_URL": NOWHERE}


@pytest.fixture
async def log(house: House, tmp_path: Path) -> AsyncIterator[SQLiteLog]:
    """The log of three tasks: verbs of asha at noon, nouns of ravi a second later, verbs of ravi two seconds later."""
    for topic, user, seconds in (("verbs", "asha", 0), ("nouns", "ravi", 1), ("verbs", "ravi", 2)):
        at = NOON + seconds * SECOND
        await house.lived(*whole_life(request(topic, user, at), at))
    opened = SQLiteLog(tmp_path / "pathshala.db")
    await opened.open()
    yield opened
    await opened.close()


async def chosen(log: SQLiteLog, wanted: Wanted) -> list[str]:
    return [envelope.type async for envelope in select(log, wanted)]


async def test_all_there_is_comes_in_the_order_of_time(log: SQLiteLog) -> None:
    told = [envelope.time async for envelope in select(log, Wanted(LATER))]

    assert len(told) == 30
    assert told == sorted(told)


async def test_of_one_user_or_lesson_every_event_of_their_tasks_comes(log: SQLiteLog) -> None:
    for wanted, tasks in (
        (Wanted(LATER, user="ravi"), 2),
        (Wanted(LATER, topic=" VERBS "), 2),
        (Wanted(LATER, user="ravi", subject="English", topic="verbs"), 1),
        (Wanted(LATER, user="nobody"), 0),
    ):
        found = await chosen(log, wanted)
        assert found.count("LessonRequested") == found.count("RetryScheduled") == found.count("LessonStored") == tasks
        assert len(found) == 10 * tasks


async def test_times_and_types_are_bounds(log: SQLiteLog) -> None:
    types = frozenset({"LessonRequested", "LessonFailed"})

    assert await chosen(log, Wanted(NOON + SECOND, types=types)) == ["LessonRequested"]
    assert await chosen(log, Wanted(LATER, NOON + SECOND, types=types)) == ["LessonRequested"] * 2


async def test_one_task_comes_in_the_order_of_its_log(house: House, log: SQLiteLog) -> None:
    life = whole_life()
    task_id = await house.lived(*life)

    found = [envelope async for envelope in select(log, Wanted(LATER, task=task_id, types=frozenset({"LessonStored"})))]

    assert [envelope.type for envelope in found] == ["LessonStored"]
    assert len(await chosen(log, Wanted(LATER, task=task_id))) == 10


async def test_without_a_word_nothing_is_sent_and_the_count_is_told_by_type(house: House) -> None:
    await house.lived(*whole_life())

    shown = await house.run("republish")

    assert shown.code == 0
    assert "9 events, to the store's queue" in shown.out
    assert "Left out, since the store's queue does not take them: 1 LessonStored." in shown.out
    assert "         2  GenerationStarted" in shown.out
    assert "dropped" not in shown.out
    assert "no work is done again" in shown.out
    assert "Dry run: nothing was sent." in shown.out


async def test_what_would_be_paid_for_again_is_said_before(house: House) -> None:
    now = datetime.now(UTC)
    await house.lived(*whole_life())
    await house.lived(*whole_life(request(at=now), now - timedelta(minutes=1)))

    everybody = await house.run("republish", "--to", "exchange")
    writer = await house.run("republish", "--to", "generator", "--type", "LessonEnriched", "--type", "LessonStored")

    assert "2 would be worked on again, which may cost a call to the model each." in everybody.out
    assert "2 are past their deadline" in everybody.out
    assert "1 would be worked on again" in writer.out
    assert "Left out, since the generator's queue does not take them: 2 LessonStored." in writer.out


async def test_nothing_that_matches_is_a_code(house: House) -> None:
    shown = await house.run("republish", "--task", "nobody", "--yes")

    assert (shown.code, shown.out) == (1, "No event matches.\n")


async def test_a_broker_that_is_away_is_one_line(house: House) -> None:
    await house.lived(*whole_life())

    shown = await house.run("republish", "--yes")

    assert shown.code == 1
    assert "pathshala: the broker:" in shown.error
    assert "Traceback" not in shown.text


async def test_a_house_in_memory_cannot_be_reached(house: House) -> None:
    shown = await pathshala("republish", **(dict(house.settings) | {"PATHSHALA_BROKER_URL": "memory://"}))

    assert shown.code == 1
    assert "inside the house's own process" in shown.error


async def test_an_event_that_does_not_exist_is_refused(settings: dict[str, str]) -> None:
    shown = await pathshala("republish", "--type", "LessonLost", **settings)

    assert shown.code == 2
    assert "LessonStored" in shown.error


async def test_what_is_sent_is_marked_and_has_its_bytes_and_is_asked_for_first(house: House, rabbitmq: Place) -> None:
    broker, topology = await rabbitmq.started()
    consumed = await hands(broker, topology.queue("generator"))
    life = whole_life()
    task_id = await house.lived(*life)
    settings = dict(house.settings) | {
        "PATHSHALA_BROKER_URL": rabbitmq.address,
        "PATHSHALA_NAMESPACE": topology.namespace,
    }
    order = ("republish", "--task", task_id, "--type", "LessonEnriched", "--to", "exchange", "--send")

    refused = await pathshala(*order, answer="n\n", **settings)
    sent = await pathshala(*order, answer="y\n", **settings)

    assert (refused.code, sent.code) == (1, 0)
    assert "Nothing was sent." in refused.out
    assert "1 sent" in sent.out
    [delivery] = await consumed.hold(1)
    message = delivery.message
    assert decode(message.body).raw == life[3].raw
    assert message.routing_key == "lesson.enriched"
    assert datetime.fromisoformat(str(message.headers[REPLAYED])) > NOON


async def test_a_namespace_where_no_house_has_run_is_said(house: House, amqp_url: str) -> None:
    await house.lived(*whole_life())
    for place in ("exchange", "store"):
        settings = dict(house.settings) | {"PATHSHALA_BROKER_URL": amqp_url, "PATHSHALA_NAMESPACE": "nobodys"}
        sent = await pathshala("republish", "--to", place, "--yes", **settings)

        assert sent.code == 1
        assert "nobodys" in sent.error
        assert "0 sent" in sent.out


class Waits:
    """A sender that counts bursts, each of which takes a hundredth of a second, and its time."""

    def __init__(self) -> None:
        self.bursts: list[int] = []
        self.now = 0.0

    async def open(self) -> None: ...

    async def publish(self, messages: object) -> None:
        assert isinstance(messages, list)
        self.bursts.append(len(messages))
        self.now += 0.01

    async def close(self) -> None: ...

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_no_more_are_sent_in_a_second_than_were_allowed() -> None:
    async def messages() -> AsyncIterator[Message]:
        for number in range(45):
            yield Message(b"", "", "q", str(number))

    waits, told = Waits(), list[int]()
    pace = Pace(waits, 100, told.append, waits.sleep, lambda: waits.now)

    await pace.send(messages())

    assert waits.bursts == told == [10, 10, 10, 10, 5]
    assert pace.sent == 45
    assert waits.now == pytest.approx(0.41)
