"""Every store gives edits of one version, two at once or many, one place each; and keeps what is said of versions."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import uuid4

import pytest

from libs.common.tests.store.conftest import Again
from libs.common.tests.store.examples import NOON, content, generated, new_task, request, requested, told
from pathshala_common.contract.events import LessonApproved, LessonEdited, LessonFailed, LessonRated, LessonStored
from pathshala_common.contract.lesson import Derivation, Examined, HowMade, edition_key, edition_log
from pathshala_common.contract.ports.store import Change, Logged, Store
from pathshala_common.recording.recorder import Recorder
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.clock import HeldClock

VERBS = edition_key("english", "verbs")
LOG = edition_log(VERBS)
EDITS, AT_ONCE_MAX = 24, 6


@pytest.fixture
async def stores(again: Again) -> AsyncIterator[Sequence[Store]]:
    """One store as two processes open it, or as two share it where one owns the file, with a version of a lesson."""
    first = again()
    both = [first, first if isinstance(first, SQLiteStore) else again()]
    for store in dict.fromkeys(both):
        await store.open()
    task = new_task()
    await recorder(both[0]).record([requested(task), generated(task)])
    yield both
    for store in dict.fromkeys(both):
        await store.close()


def recorder(store: Store) -> Recorder:
    return Recorder(store, HeldClock(), task_ttl_seconds=3_600)


async def edit(store: Store, follows: int, title: str) -> LessonStored | None:
    """Record an edit by hand of a version; give the version that came of it, if it was the newest."""
    derivation = Derivation(how=HowMade.EDITED, revision=follows)
    event = LessonEdited(
        task_id=str(uuid4()),
        request=request(user_id="tara", derivation=derivation),
        follows=follows,
        content=content(title),
        examined=Examined(),
    )
    [stored] = await recorder(store).record([told(event)])
    if stored is None:
        [_, failed] = [envelope.event for envelope in await store.events(event.task_id)]
        assert isinstance(failed, LessonFailed)
        assert failed.code == "overtaken"
    return stored


async def test_of_two_edits_of_one_version_at_once_one_is_the_next_and_the_other_is_told(
    stores: Sequence[Store],
) -> None:
    made = await asyncio.gather(*(edit(store, 1, f"By {place}") for place, store in enumerate(stores)))

    [won] = [stored for stored in made if stored is not None]
    kept = await stores[0].revisions(VERBS, limit=9)
    assert (won.revision, [lesson.revision for lesson in kept]) == (2, [2, 1])
    assert kept[0].content == won.content


@pytest.mark.parametrize("seed", range(2))
async def test_whoever_edits_whatever_and_however_many_at_once_each_version_has_one_edit_and_none_is_left_out(
    stores: Sequence[Store], seed: int
) -> None:
    rng, stored, edits = random.Random(seed), list[LessonStored](), 0
    while edits < EDITS:
        newest = (await stores[0].latest_revisions([VERBS]))[VERBS]
        followed = [rng.randint(max(1, newest - 1), newest) for _ in range(rng.randint(1, AT_ONCE_MAX))]
        made = await asyncio.gather(
            *(edit(rng.choice(stores), follows, f"Edit {edits + place}") for place, follows in enumerate(followed))
        )
        edits += len(followed)
        won = [one for one in made if one is not None]
        assert len(won) == (1 if newest in followed else 0), "of those that follow the newest, one is the next"
        stored += won

    kept = await stores[1].revisions(VERBS, limit=EDITS)
    assert [lesson.revision for lesson in kept] == list(range(len(stored) + 1, 0, -1))
    assert [lesson.content for lesson in kept[:-1]] == [one.content for one in reversed(stored)]
    assert [lesson.mark.serial for lesson in kept] == [lesson.revision for lesson in kept]


async def test_what_two_say_of_a_version_at_once_gets_a_place_each_and_stays(stores: Sequence[Store]) -> None:
    said: dict[str, Any] = {"task_id": LOG, "subject": "english", "topic": "verbs", "language": "en", "level": "middle"}
    said |= {"revision": 1, "said_at": NOON}
    approval = told(LessonApproved(**said, user_id="tara"))
    rating = told(LessonRated(**said, user_id="mira", stars=4, reason="Clear."))

    async def say(store: Store, words: Change) -> bool:
        [logged] = await store.append([words])
        return logged

    first = await asyncio.gather(
        *(say(store, Change(LOG, 0, [word], None)) for store, word in zip(stores, (approval, rating), strict=True))
    )
    assert sorted(first) == [False, True], "a place in a log is given once"
    late = rating if first[0] else approval
    assert await say(stores[0], Change(LOG, 1, [late], None))

    logged = await stores[1].logged(LOG, after=0, limit=9)
    assert [one.position for one in logged] == [1, 2]
    assert {one.envelope.id for one in logged if isinstance(one, Logged)} == {approval.id, rating.id}
