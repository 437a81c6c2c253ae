"""Every store keeps notices: one a name, read by how their names begin and when they were put up."""

from libs.common.tests.store.examples import NOON, SECOND
from pathshala_common.contract.ports.notices import Notice
from pathshala_common.contract.ports.store import Store


async def test_a_notice_takes_the_place_of_the_one_of_its_name(store: Store) -> None:
    first, second = Notice("writing", "one", NOON), Notice("writing", "two", NOON + SECOND)

    await store.put_notice(first)
    await store.put_notice(second)

    assert await store.notices("writing", since=NOON) == [second]


async def test_notices_are_read_by_name_and_age(store: Store) -> None:
    old, one, two = (Notice(f"generator/{n}", str(n), NOON + n * SECOND) for n in range(3))
    other = Notice("generators", "none", NOON + SECOND)
    for notice in (two, other, old, one):
        await store.put_notice(notice)

    assert await store.notices("generator/", since=NOON + SECOND) == [one, two]
    assert await store.notices("generator/2", since=NOON) == [two]
    assert await store.notices("nobody/", since=NOON) == []


async def test_old_ones_are_taken_down(store: Store) -> None:
    old, new, other = Notice("a/old", "", NOON), Notice("a/new", "", NOON + SECOND), Notice("b", "", NOON)
    for notice in (old, new, other):
        await store.put_notice(notice)

    await store.take_down("a/", before=NOON + SECOND)

    assert await store.notices("a/", since=NOON) == [new]
    assert await store.notices("b", since=NOON) == [other]
