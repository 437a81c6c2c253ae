import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from libs.common.tests.store.examples import NOON, change, content, in_status, new_task, request
from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.events import LessonStored
from pathshala_common.contract.lesson import LessonRequest, Level, Precedent, Status
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_generator.precedents import (
    COUNT_MAX,
    OPENING_LENGTH_MAX,
    WAIT_SECONDS,
    Precedents,
    of_store,
    recalled,
)
from services.generator.tests.given import a_request


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SQLiteStore]:
    opened = SQLiteStore(str(tmp_path / "p.db"))
    await opened.open()
    yield opened
    await opened.close()


async def put(store: SQLiteStore, revision: int, *, explanation: str = "A verb.", language: str = "en") -> None:
    """Keep a revision of the lesson on verbs."""
    task = in_status(new_task(request()), Status.COMPLETED)
    told = content(f"Verbs {revision}").model_copy(update={"explanation": explanation, "language": language})
    event = LessonStored(task_id=task.task_id, request=task.request, content=told, revision=revision, stored_at=NOON)
    [applied] = await store.append([change(0, [wrap(event, source="test", now=NOON)], task)])
    assert applied


async def test_the_newest_revisions_in_the_language_are_what_not_to_repeat(store: SQLiteStore) -> None:
    for revision in range(1, 8):
        await put(store, revision, language="hi" if revision == 6 else "en-IN")

    found = await of_store(store)(a_request(" ENGLISH ", "Verbs"))

    assert [precedent.title for precedent in found] == ["Verbs 7", "Verbs 5", "Verbs 4"]
    assert len(found) == COUNT_MAX


async def test_another_edition_is_no_precedent(store: SQLiteStore) -> None:
    await put(store, 1)

    assert await of_store(store)(a_request("english", "verbs", level=Level.PRIMARY)) == ()
    assert await of_store(store)(a_request("english", "verbs", language="hi")) == ()
    assert len(await of_store(store)(a_request("english", "verbs"))) == 1


async def test_of_a_long_lesson_the_opening_is_shown_without_its_numbers(store: SQLiteStore) -> None:
    await put(store, 1, explanation="Asha runs [1] and reads. [2]\n\nSecond paragraph.")
    await put(store, 2, explanation="x" * 20_000)

    long, short = await of_store(store)(a_request())

    assert short == Precedent(title="Verbs 1", opening="Asha runs and reads.")
    assert len(long.opening) == OPENING_LENGTH_MAX


async def test_a_first_lesson_has_no_precedents(store: SQLiteStore) -> None:
    assert await recalled(of_store(store), a_request()) == ()


async def away(_request: LessonRequest) -> Sequence[Precedent]:
    raise StoreUnavailable("away")


async def silent(_request: LessonRequest) -> Sequence[Precedent]:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("store_that_is", [away, silent])
async def test_a_store_that_is_away_or_slow_costs_no_lesson(store_that_is: Precedents) -> None:
    async with asyncio.timeout(5 * WAIT_SECONDS):
        assert await recalled(store_that_is, a_request()) == ()
