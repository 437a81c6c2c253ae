"""A lesson by a model leaves few bytes in a SQLite file: where that fails after prompts changed, a dictionary is due.

`scripts/dictionary` makes one. The counter-test is the same log unpacked.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import httpx2

from pathshala.run import embedded
from pathshala.settings import HouseSettings
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.events import ProviderAnswered
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.process import running
from pathshala_common.store.sqlite.packing import packed
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.packing.fixed_texts import fixed_texts
from tests.stubs.openai import StubOpenAI
from tests.waiting import until_so

LESSONS = 6
LOG_OF_A_LESSON_MAX_BYTES = 12_000
KEPT = "SELECT sum(length(raw)) FROM events"


async def logged(folder: Path) -> tuple[float, float]:
    """Have a model write lessons; give the bytes of events that the file keeps of each, and those that there are."""
    clock = SystemClock()
    store = SQLiteStore(folder / "house.db")
    async with StubOpenAI() as model:
        house = HouseSettings(writer="openai", openai_base_url=model.url, port=0)
        process = embedded.house(house, MemoryBroker(house.topology, clock=clock), store, clock)
        async with running(process) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as client:
            task_ids = await ordered(client)

            async def all_ended() -> bool:
                return not await store.unfinished(limit=1)

            await until_so(all_ended)
            kept = await store._reader.run(lambda connection: connection.execute(KEPT).fetchone()[0])
            events = [event for task_id in task_ids for event in await store.events(task_id)]
            assert await store.event_count() == len(events)
            assert [event.type for event in events].count("LessonStored") == LESSONS
    return kept / LESSONS, sum(len(event.raw) for event in events) / LESSONS


async def ordered(client: httpx2.AsyncClient) -> Sequence[str]:
    """Order the lessons; give the ids of their tasks."""
    orders = [
        {"subject": "english", "topic": f"verbs {number}", "user_id": "asha", "include_wikipedia": False}
        for number in range(LESSONS)
    ]
    answers = await asyncio.gather(*(client.post("/lessons", json=order) for order in orders))
    return [answer.json()["task_id"] for answer in answers]


async def test_a_lesson_by_a_model_leaves_few_bytes_because_its_events_are_packed(tmp_path: Path) -> None:
    kept, unpacked = await logged(tmp_path)

    assert kept <= LOG_OF_A_LESSON_MAX_BYTES, "the prompts have changed so much that another dictionary pays"
    assert unpacked > 2 * LOG_OF_A_LESSON_MAX_BYTES


def test_every_prompt_is_packed_to_a_fifth() -> None:
    """Those that write one part anew, or are for small models, too."""
    for event in fixed_texts():
        assert len(packed(ProviderAnswered.__name__, event)) < len(event) / 5
