"""Every store keeps the first event of a task until it is logged, and gives it to one relay at a time."""

import asyncio
from itertools import chain

from libs.common.tests.store.examples import HOUR, NOON, SECOND, change, enriching, new_task, put, request, requested
from pathshala_common.contract.ports.store import Change, Store


async def test_an_event_is_due_at_its_moment_and_not_before(store: Store) -> None:
    task = new_task()
    event = requested(task)
    await store.create(task, event, send_by=NOON)

    assert await store.claim_outbox(NOON - SECOND, until=NOON + HOUR, limit=10) == []
    assert await store.claim_outbox(NOON, until=NOON + HOUR, limit=10) == [event]


async def test_a_claimed_event_is_due_again_only_later(store: Store) -> None:
    task = new_task()
    await put(store, task)
    later = NOON + SECOND
    await store.claim_outbox(NOON, until=later, limit=10)

    assert await store.claim_outbox(NOON, until=later, limit=10) == []
    assert len(await store.claim_outbox(later, until=later + SECOND, limit=10)) == 1


async def test_a_logged_event_is_not_given_any_more(store: Store) -> None:
    task = new_task()
    await put(store, task)
    await store.append([change(0, [requested(task)], task)])

    assert await store.claim_outbox(NOON, until=NOON + HOUR, limit=10) == []


async def test_an_event_logged_without_its_document_is_not_given_any_more(store: Store) -> None:
    behind, waiting = new_task(), new_task()
    await store.create(behind, requested(behind), send_by=NOON - SECOND)
    await store.append([Change(behind.task_id, 0, [requested(behind)], None)])
    await put(store, waiting)

    claimed = await store.claim_outbox(NOON, until=NOON + HOUR, limit=1)

    assert [event.task_id for event in claimed] == [waiting.task_id]


async def test_a_task_whose_later_event_was_logged_first_is_on_its_way(store: Store) -> None:
    task = new_task()
    await put(store, task)
    await store.append([change(0, [enriching(task)], task)])

    assert await store.claim_outbox(NOON, until=NOON + HOUR, limit=10) == []


async def test_a_document_written_anew_before_any_event_keeps_its_outbox(store: Store) -> None:
    task = new_task()
    await put(store, task)
    await store.append([change(0, [], task)])

    assert len(await store.claim_outbox(NOON, until=NOON + HOUR, limit=10)) == 1


async def test_no_more_are_given_than_asked_for(store: Store) -> None:
    await put(store, *(new_task() for _ in range(3)))

    assert len(await store.claim_outbox(NOON, until=NOON + HOUR, limit=2)) == 2
    assert len(await store.claim_outbox(NOON, until=NOON + HOUR, limit=2)) == 1


async def test_five_relays_at_once_get_each_event_once(store: Store) -> None:
    tasks = [new_task() for _ in range(40)]
    await put(store, *tasks)

    async def relay() -> list[str]:
        taken = []
        while claimed := await store.claim_outbox(NOON, until=NOON + HOUR, limit=4):
            taken += [event.task_id for event in claimed]
        return taken

    taken = await asyncio.gather(*(relay() for _ in range(5)))

    assert sorted(chain.from_iterable(taken)) == sorted(task.task_id for task in tasks)


async def test_what_is_given_again_and_again_is_given_ever_less_often(store: Store) -> None:
    task = new_task()
    await store.create(task, requested(task), send_by=NOON + 10 * SECOND)

    given = []
    for seconds in range(0, 3_600, 10):
        now = NOON + seconds * SECOND
        if await store.claim_outbox(now, until=now + 10 * SECOND, limit=10):
            given.append(seconds)

    assert given == [10, 20, 40, 80, 160, 320, 640, 1_280, 2_190, 3_100]


async def test_of_many_created_at_once_each_gets_its_own_answer(store: Store) -> None:
    kept, twice, unspeakable = new_task(), new_task(), new_task(request(user_id="asha"))
    await store.create(kept, requested(kept), send_by=NOON)
    again = kept.model_copy(update={"request": request(topic="nouns")})
    bad = unspeakable.model_copy(update={"request": unspeakable.request.model_copy(update={"user_id": "\ud800"})})
    fresh = [new_task() for _ in range(250)]

    answers = await asyncio.gather(
        *(store.create(task, requested(task), send_by=NOON) for task in (again, twice, twice)),
        store.create(bad, requested(unspeakable), send_by=NOON),
        *(store.create(task, requested(task), send_by=NOON) for task in fresh),
        return_exceptions=True,
    )

    assert answers[:3] == [kept, twice, twice]
    assert isinstance(answers[3], ValueError)
    assert all(answer is task for answer, task in zip(answers[4:], fresh, strict=True))
    assert await store.task(unspeakable.task_id) is None
