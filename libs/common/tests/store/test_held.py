"""Every store holds a task's first event back until it is released, and knows what each user has where."""

import asyncio
from datetime import datetime
from itertools import chain

from libs.common.tests.store.examples import (
    HOUR,
    NOON,
    SECOND,
    change,
    failed,
    in_status,
    new_task,
    put,
    request,
    requested,
)
from pathshala_common.contract.lesson import Progress, Status, Task
from pathshala_common.contract.ports.store import Load, Store

TAKEN = Progress(rank=(3, 1, 0), message="Writing", taken=True)


async def hold(store: Store, *tasks: Task) -> None:
    for task in tasks:
        await store.create(task, requested(task), send_by=None)


def asked(user_id: str = "asha", at: datetime = NOON) -> Task:
    return new_task(request(user_id=user_id, at=at))


async def test_a_held_event_never_falls_due(store: Store) -> None:
    await hold(store, asked())

    assert await store.claim_outbox(NOON + 1_000 * HOUR, until=NOON + 2_000 * HOUR, limit=10) == []


async def test_a_users_oldest_held_events_are_released_first_and_once(store: Store) -> None:
    old, young, middle = (asked(at=NOON + seconds * SECOND) for seconds in (0, 2, 1))
    await hold(store, young, old, middle, asked("ravi", NOON - SECOND))

    first = await store.release("asha", until=NOON + HOUR, limit=2)
    second = await store.release("asha", until=NOON + HOUR, limit=2)

    assert first == [requested(old), requested(middle)]
    assert second == [requested(young)]
    assert await store.release("asha", until=NOON + HOUR, limit=2) == []


async def test_a_released_event_falls_due_like_any_other(store: Store) -> None:
    task = asked()
    await hold(store, task)
    released = await store.release("asha", until=NOON + HOUR, limit=1)

    assert await store.claim_outbox(NOON, until=NOON + HOUR, limit=10) == []
    assert await store.claim_outbox(NOON + HOUR, until=NOON + 2 * HOUR, limit=10) == released


async def test_five_relays_at_once_release_each_event_once(store: Store) -> None:
    tasks = [asked(at=NOON + number * SECOND) for number in range(30)]
    await hold(store, *tasks)

    async def relay() -> list[str]:
        taken = []
        while given := await store.release("asha", until=NOON + HOUR, limit=3):
            taken += [event.task_id for event in given]
        return taken

    taken = await asyncio.gather(*(relay() for _ in range(5)))

    assert sorted(chain.from_iterable(taken)) == sorted(task.task_id for task in tasks)


async def test_a_held_task_that_fails_is_held_no_longer(store: Store) -> None:
    task = asked()
    await hold(store, task)
    [applied] = await store.append([change(0, [failed(task)], in_status(task, Status.FAILED))])

    assert applied
    assert await store.release("asha", until=NOON + HOUR, limit=10) == []
    assert await store.loads() == {}


async def test_a_document_written_anew_before_any_event_stays_held(store: Store) -> None:
    task = asked()
    await hold(store, task)
    await store.append([change(0, [], task)])

    assert await store.release("asha", until=NOON + HOUR, limit=10) == [requested(task)]


async def test_loads_say_what_each_user_has_where(store: Store) -> None:
    being_written = asked().model_copy(update={"status": Status.IN_PROGRESS, "progress": TAKEN})
    await put(store, asked(), asked(), being_written, in_status(asked(), Status.COMPLETED), asked("ravi"))
    await hold(store, asked(), asked("ravi"), asked("ravi"))

    loads = await store.loads()

    assert loads == {"asha": Load(held=1, queued=2, taken=1), "ravi": Load(held=2, queued=1)}
    assert loads["asha"].total == 4


async def test_what_is_released_moves_from_held_to_queued(store: Store) -> None:
    await hold(store, asked(), asked(), asked())
    await store.release("asha", until=NOON + HOUR, limit=2)

    assert await store.loads() == {"asha": Load(held=1, queued=2)}


async def test_a_task_that_a_writer_gave_back_is_queued_again(store: Store) -> None:
    task = asked()
    await put(store, task.model_copy(update={"status": Status.IN_PROGRESS, "progress": TAKEN}))
    assert await store.loads() == {"asha": Load(taken=1)}
    waiting = task.model_copy(update={"status": Status.IN_PROGRESS, "progress": Progress(rank=(3, 1, 1))})

    await store.append([change(1, [], waiting)])

    assert await store.loads() == {"asha": Load(queued=1)}
