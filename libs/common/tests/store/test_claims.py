"""Every store grants a task's claim to one holder at a time, and knows what comes after it."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from libs.common.tests.store.examples import HOUR, NOON, SECOND, in_status, new_task, put
from pathshala_common.contract.lesson import Status
from pathshala_common.contract.ports.claims import ENDED, Claim, Standing
from pathshala_common.contract.ports.store import Store
from pathshala_common.store.sqlite.store import SQLiteStore

LEASE = 20 * SECOND
FIRST = Claim("task", "cause", 1)


async def ask(store: Store, holder: str, wanted: Claim = FIRST, at: datetime = NOON) -> Standing:
    """Claim one task."""
    [answer] = await store.claim(holder, [wanted], now=at, until=at + LEASE)
    return answer


async def test_one_of_many_at_once_is_granted(store: Store) -> None:
    answers = await asyncio.gather(*(ask(store, f"generator {number}") for number in range(50)))

    assert sorted(answer.name for answer in answers) == ["GRANTED"] + ["TAKEN"] * 49


async def test_many_tasks_are_claimed_in_one_call(store: Store) -> None:
    await ask(store, "other", Claim("task 3", "cause", 1))

    wanted = [Claim(f"task {number}", "cause", 1) for number in range(6)]
    answers = await store.claim("me", wanted, now=NOON, until=NOON + LEASE)

    assert [answer.name for answer in answers] == ["GRANTED"] * 3 + ["TAKEN"] + ["GRANTED"] * 2


async def test_asking_again_for_what_one_holds_is_granted(store: Store) -> None:
    await ask(store, "me")

    assert await ask(store, "me") is Standing.INHERITED
    assert await ask(store, "me", Claim("task", "another cause", 1)) is Standing.TAKEN


async def test_a_lease_that_lapsed_is_anybodys(store: Store) -> None:
    await ask(store, "dead")

    assert await ask(store, "me", at=NOON + LEASE) is Standing.TAKEN
    assert await ask(store, "me", at=NOON + LEASE + SECOND) is Standing.INHERITED
    assert await ask(store, "dead", at=NOON + LEASE + SECOND) is Standing.TAKEN


async def test_a_lease_that_is_renewed_does_not_lapse(store: Store) -> None:
    await ask(store, "me")
    await ask(store, "other", Claim("other task", "cause", 1))

    await store.renew("me", ["task", "other task", "unknown"], until=NOON + 2 * LEASE)

    assert await ask(store, "you", at=NOON + LEASE + SECOND) is Standing.TAKEN
    assert await ask(store, "you", Claim("other task", "cause", 1), at=NOON + LEASE + SECOND) is Standing.INHERITED


@pytest.mark.parametrize(
    "late", [FIRST, Claim("task", "cause", 2), Claim("task", "another cause", 1)], ids=["same", "later", "other cause"]
)
async def test_after_the_end_nothing_is_granted(store: Store, late: Claim) -> None:
    await ask(store, "me")
    await store.settle("me", [Claim("task", "cause", ENDED)])

    assert await ask(store, "you", late) is Standing.PASSED
    assert await ask(store, "you", late, at=NOON + 9 * LEASE) is Standing.PASSED


async def test_after_a_retry_the_next_attempt_alone_is_granted(store: Store) -> None:
    await ask(store, "me")
    await store.settle("me", [Claim("task", "cause", 2)])

    assert await ask(store, "you", FIRST) is Standing.PASSED
    assert await ask(store, "you", Claim("task", "another cause", 1)) is Standing.PASSED
    assert await ask(store, "you", Claim("task", "cause", 2)) is Standing.INHERITED
    assert await ask(store, "me", Claim("task", "cause", 2)) is Standing.TAKEN


async def test_what_was_handed_back_is_granted_to_the_next(store: Store) -> None:
    await ask(store, "me")
    await store.settle("me", [FIRST])

    assert await ask(store, "you") is Standing.INHERITED


async def test_who_lost_the_lease_settles_and_renews_nothing(store: Store) -> None:
    await ask(store, "frozen")
    await ask(store, "me", at=NOON + 2 * LEASE)

    await store.settle("frozen", [Claim("task", "cause", ENDED)])
    await store.renew("frozen", ["task"], until=NOON)

    assert await ask(store, "you", at=NOON + 2 * LEASE) is Standing.TAKEN


@pytest.mark.parametrize("late", [FIRST, Claim("task", "cause", 2), Claim("task", "another cause", 1)])
async def test_what_is_revoked_is_granted_to_nobody_and_its_holder_learns_it(store: Store, late: Claim) -> None:
    await ask(store, "me")
    await ask(store, "me", Claim("mine", "cause", 1))

    await store.revoke(["task", "never claimed"])

    assert await store.renew("me", ["mine", "task"], until=NOON + 2 * LEASE) == {"task"}
    await store.settle("me", [FIRST])
    for at in (NOON, NOON + 9 * LEASE):
        assert await ask(store, "me", late, at=at) is Standing.PASSED
    assert await ask(store, "you", Claim("never claimed", "cause", 1)) is Standing.PASSED
    assert await ask(store, "you", Claim("mine", "cause", 1)) is Standing.TAKEN


async def test_who_renews_learns_which_leases_are_anothers(store: Store) -> None:
    await ask(store, "frozen")
    await ask(store, "me", at=NOON + 2 * LEASE)

    assert await store.renew("frozen", ["task"], until=NOON + 9 * LEASE) == {"task"}
    assert await store.renew("me", ["task"], until=NOON + 9 * LEASE) == frozenset()


async def test_an_earlier_attempt_does_not_inherit_a_later_one(store: Store) -> None:
    await ask(store, "dead", Claim("task", "cause", 2))

    assert await ask(store, "me", FIRST, at=NOON + 2 * LEASE) is Standing.PASSED


async def test_leases_that_run_are_told_from_others(store: Store) -> None:
    await ask(store, "me", Claim("runs", "cause", 1))
    await ask(store, "me", Claim("ended", "cause", 1))
    await store.settle("me", [Claim("ended", "cause", ENDED)])
    tasks = ["runs", "ended", "unknown"]

    assert await store.leased(tasks, now=NOON) == {"runs"}
    assert await store.leased(tasks, now=NOON + LEASE + SECOND) == frozenset()


async def test_what_was_paid_for_lately_is_told_from_what_is_to_be_tried_again(store: Store) -> None:
    for task_id, next_attempt in (("paid", ENDED), ("again", 2)):
        await ask(store, "me", Claim(task_id, "cause", 1))
        await store.settle("me", [Claim(task_id, "cause", next_attempt)])
    await store.revoke(["revoked"])
    tasks, later = ["paid", "again", "revoked", "unknown"], NOON + 10 * LEASE

    assert await store.leased(tasks, now=later, paid_since=NOON + LEASE) == {"paid"}
    assert await store.leased(tasks, now=later, paid_since=NOON + LEASE + SECOND) == frozenset()


async def test_what_is_disclaimed_is_granted_as_if_nobody_had_claimed_it(store: Store) -> None:
    await ask(store, "me")
    await store.settle("me", [Claim("task", "cause", ENDED)])

    await store.disclaim(["task"])

    assert await ask(store, "you") is Standing.GRANTED


async def test_a_forgotten_task_leaves_no_claim(store: Store) -> None:
    done = in_status(new_task(), Status.COMPLETED)
    await put(store, done)
    await ask(store, "me", Claim(done.task_id, "cause", 1))

    await store.delete_finished(NOON + HOUR, limit=10)

    assert await ask(store, "you", Claim(done.task_id, "cause", 1)) is Standing.GRANTED


async def test_whoever_opens_the_file_finds_no_living_holder(tmp_path: Path) -> None:
    before, after = SQLiteStore(tmp_path / "pathshala.db"), SQLiteStore(tmp_path / "pathshala.db")
    await before.open()
    await ask(before, "dead")
    await before.close()

    await after.open()

    assert await ask(after, "me") is Standing.INHERITED
    await after.close()
