"""A house that is asked for many lessons at once gives each its article, however slow the encyclopedia is."""

import asyncio
from pathlib import Path

import pytest

from pathshala_common.contract.lesson import Status, Task
from tests.faults.record import RABBITMQ
from tests.faults.rooms import a_room, addresses
from tests.stubs.wikipedia import StubWikipedia
from tests.stubs.wikipedia_pages import Page

TOPICS = [f"{chr(97 + number // 26)}{chr(97 + number % 26)}loka" for number in range(100)]
EXTRACT = (
    "A {topic} is a small boat of the eastern rivers. The {topic} carries rice and jute from villages to towns. "
    "The hull of a {topic} is made of teak, and its sail of cotton."
)
PAGES = [
    Page(number, topic.capitalize(), EXTRACT.format(topic=topic), "faults") for number, topic in enumerate(TOPICS, 1)
]
QUEUE_SECONDS = 1.0
ANSWER_SECONDS = 0.03


@pytest.mark.parametrize("deployment", ["embedded", pytest.param(RABBITMQ, marks=pytest.mark.slow)])
async def test_a_hundred_lessons_at_once_get_their_articles_in_more_time_than_a_queue_may_take(
    deployment: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    places = addresses(deployment, request, tmp_path)
    async with StubWikipedia(PAGES, delay_seconds=ANSWER_SECONDS) as wikipedia:
        limits = {"wikipedia_url": wikipedia.url_template, "enrichment_wait_seconds": QUEUE_SECONDS}
        async with a_room(**places, **limits) as room:

            async def lesson(topic: str) -> Task:
                return await room.end(await room.ask(topic, user_id=f"user of {topic}", include_wikipedia=True))

            tasks = await asyncio.gather(*map(lesson, TOPICS))
    assert len(TOPICS) * ANSWER_SECONDS > 2 * QUEUE_SECONDS
    assert [task.error_message for task in tasks if task.status is not Status.COMPLETED] == []
    titles = [info.title for task in tasks if task.lesson and (info := task.lesson.wikipedia_info)]
    assert titles == [topic.capitalize() for topic in TOPICS]
    assert (len(wikipedia.requests), wikipedia.in_flight_max) == (100, 1)


async def test_a_lesson_on_a_sample_says_so_and_names_no_article_of_wikipedias(tmp_path: Path) -> None:
    async with StubWikipedia([]) as wikipedia:
        store_url = f"sqlite:///{tmp_path / 'pathshala.db'}"
        async with a_room(store_url=store_url, wikipedia_url=wikipedia.url_template) as room:
            task_id = await room.ask("gravity", "science", include_wikipedia=True)
            lesson = (await room.end(task_id)).lesson
            told = (await room.client.get("/lessons/science/gravity")).json()
    assert lesson is not None
    assert (lesson.wikipedia_info, told["wikipedia_info"]) == (None, None)
    assert (told["source"], told["quality"]["source"], told["quality"]["grounded"]) == ("sample", "sample", True)
    assert (told["source_info"]["title"], told["source_info"]["url"]) == ("Gravity", None)
    assert any(said["quote"] and said["quote"] in told["source_info"]["summary"] for said in told["statements"])
