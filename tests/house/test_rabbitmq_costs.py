"""What a lesson costs on RabbitMQ, in a burst: every frame that says something is counted on its way."""

import asyncio
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest

from pathshala.run import embedded
from pathshala.settings import HouseSettings
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.process import running
from tests.house.test_lesson_costs import LESSONS, completed_lessons, orders
from tests.servers.amqp_way import ACKNOWLEDGEMENT, CONFIRM, DELIVERY, HINT, HINT_DELIVERY, PUBLISH, Kind, amqp_way
from tests.waiting import until, until_so

EVENTS = 5
"""Events of an offline lesson: asked for, enriched, begun, generated, stored."""

DELIVERED = 7
"""The queues that a lesson's events go to: the store's for each but its own, one other for what drives it on, and the
notifier's for its end."""


@pytest.fixture(scope="module")
def frames(amqp_url: str, tmp_path_factory: pytest.TempPathFactory) -> Counter[Kind]:
    return asyncio.run(_counted(amqp_url, tmp_path_factory.mktemp("costs")))


async def _counted(amqp_url: str, folder: Path) -> Counter[Kind]:
    clock, file = SystemClock(), folder / "house.db"
    async with amqp_way(amqp_url) as way:
        settings = HouseSettings(
            writer="offline",
            port=0,
            broker_url=way.url,
            store_url=f"sqlite:///{file}",
            namespace=f"costs-{uuid4().hex[:12]}",
        )
        process = embedded.process(settings, clock)

        async def is_up() -> bool:
            return await process.broker.fault() is None

        async with running(process):
            await until_so(is_up)
            way.frames.clear()
            await process.broker.publish(orders(settings.topology, clock))
            expected = DELIVERED * LESSONS
            await until(lambda: way.frames[DELIVERY] >= expected and completed_lessons(file) == LESSONS)
            await until(lambda: way.frames[PUBLISH] >= EVENTS * LESSONS)
    return way.frames


def test_each_event_is_published_once_and_delivered_to_whom_it_concerns(frames: Counter[Kind]) -> None:
    assert frames[PUBLISH] == EVENTS * LESSONS
    assert frames[DELIVERY] == DELIVERED * LESSONS


def test_changes_are_hinted_at_by_many_at_once(frames: Counter[Kind]) -> None:
    """Who follows tasks is told by these of every write: a write's changes are one message, which nobody confirms."""
    assert 0 < frames[HINT] <= frames[PUBLISH] / 4
    assert frames[HINT_DELIVERY] <= frames[HINT]


def test_confirms_and_acknowledgements_are_of_many_at_once(frames: Counter[Kind]) -> None:
    assert 0 < frames[CONFIRM] <= frames[PUBLISH]
    assert 0 < frames[ACKNOWLEDGEMENT] <= frames[DELIVERY] / 4
