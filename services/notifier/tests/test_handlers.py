"""What the notifier tells of a task, as the log has it: one end, once, in whatever order things come."""

import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import (
    AnyEvent,
    LessonFailed,
    LessonGenerated,
    LessonStored,
    WebhookAbandoned,
    WebhookDelivered,
)
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime.retry import RetryPolicy
from pathshala_common.store.sqlite.store import SQLiteStore
from pathshala_notifier.compose import ATTEMPTS_MAX, RETRY_DELAY_SECONDS_MAX
from pathshala_notifier.handlers import ORDER_ATTEMPTS, WantedError, handlers, pass_by
from pathshala_notifier.hosts import Hosts
from pathshala_notifier.post import PostEnd
from pathshala_notifier.signing import Signer
from tests.clock import NOON, PassingClock
from tests.stories.events import TASK, requested, told
from tests.stories.lessons import a_lesson, a_request

SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
REQUEST = a_request(callback_url="https://school.example/hook")
REQUESTED = requested(request=REQUEST)
GENERATED = told(LessonGenerated(task_id=TASK, request=REQUEST, content=a_lesson()), REQUESTED)
FAILED = told(LessonFailed(task_id=TASK, service="generator", code="refused", message="No.", failed_at=NOON), REQUESTED)


@dataclass
class Posts:
    """Implements Post: notes what goes out, and says that it was taken."""

    identities: list[str] = field(default_factory=list)

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> PostEnd:
        assert (url, body) != ("", b"")
        self.identities.append(headers["webhook-id"])
        return PostEnd(204)


class LateClock(PassingClock):
    """Somebody does something while others sleep."""

    def __init__(self, scene: "Scene") -> None:
        super().__init__()
        self.scene = scene

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        late, self.scene.late = self.scene.late, []
        await self.scene.recorder.record(late)


class Scene:
    """A store with a task's log, and a notifier that reads it."""

    def __init__(self, store: SQLiteStore) -> None:
        self.late: list[Envelope] = []
        self.posts, clock = Posts(), LateClock(self)
        self.recorder = Recorder(store, clock, task_ttl_seconds=3_600)
        self.table = handlers(store, self.posts, Signer([SECRET]), Hosts(), clock)

    async def hears(self, envelope: Envelope, attempt: int = 1) -> list[AnyEvent]:
        """What the notifier tells when it hears of an event."""
        context = Context(envelope, attempt, ATTEMPTS_MAX)
        return [event async for event in self.table[type(envelope.event)](envelope.event, context)]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    store = SQLiteStore(tmp_path / "house.db")
    await store.open()
    yield Scene(store)
    await store.close()


async def test_what_the_log_says_was_settled_is_not_sent_again(scene: Scene) -> None:
    await scene.recorder.record([REQUESTED, FAILED])
    [delivered] = await scene.hears(FAILED)
    assert isinstance(delivered, WebhookDelivered)
    assert len(await scene.hears(FAILED)) == 1, "until the log has it, a repeat is sent again"
    await scene.recorder.record([told(delivered, FAILED, source="notifier")])
    assert not await scene.hears(FAILED)
    assert scene.posts.identities == [f"{TASK}-2"] * 2


async def test_a_failure_that_came_behind_the_lesson_is_not_told(scene: Scene) -> None:
    await scene.recorder.record([REQUESTED])
    [stored] = await scene.recorder.record([GENERATED])
    await scene.recorder.record([FAILED])
    assert isinstance(stored, LessonStored)
    assert not await scene.hears(FAILED)
    assert not scene.posts.identities


async def test_an_end_that_the_log_does_not_have_yet_is_waited_for(scene: Scene) -> None:
    await scene.recorder.record([REQUESTED])
    scene.late = [FAILED]
    assert [type(event) for event in await scene.hears(FAILED)] == [WebhookDelivered]


async def test_one_that_does_not_come_is_waited_for_in_the_queue(scene: Scene) -> None:
    await scene.recorder.record([REQUESTED])
    with pytest.raises(Retry):
        await scene.hears(FAILED)
    assert not scene.posts.identities


async def test_a_lesson_whose_order_is_logged_behind_it_is_told(scene: Scene) -> None:
    [stored] = await scene.recorder.record([GENERATED])
    assert stored is not None
    assert [type(event) for event in await scene.hears(told(stored, GENERATED))] == [WebhookDelivered]


async def test_a_failure_whose_order_is_not_logged_yet_is_waited_for_and_not_for_ever(scene: Scene) -> None:
    await scene.recorder.record([FAILED])
    with pytest.raises(Retry):
        await scene.hears(FAILED)
    assert not await scene.hears(FAILED, attempt=ORDER_ATTEMPTS + 1)

    await scene.recorder.record([REQUESTED])
    assert [type(event) for event in await scene.hears(FAILED, attempt=2)] == [WebhookDelivered]


async def test_of_an_order_that_named_no_address_nothing_is_told(scene: Scene) -> None:
    await scene.recorder.record([requested(), FAILED])
    assert not await scene.hears(FAILED)


async def test_lessons_pass_by_together_unless_somebody_wants_to_be_told_of_one() -> None:
    silent = LessonStored(task_id=TASK, request=a_request(), content=a_lesson(), revision=1, stored_at=NOON)
    wanted = silent.model_copy(update={"request": REQUEST})
    assert await pass_by([told(silent), told(silent)]) == [None, None]
    for other in (told(wanted), FAILED):
        with pytest.raises(WantedError):
            await pass_by([told(silent), other])


def test_a_day_has_room_for_all_attempts_however_the_dice_fall() -> None:
    policy, rng = RetryPolicy(ATTEMPTS_MAX, 2, RETRY_DELAY_SECONDS_MAX), random.Random(7)
    for _ in range(100):
        waits = [policy.delay_seconds(attempt, None, rng) for attempt in range(1, ATTEMPTS_MAX)]
        assert timedelta(seconds=sum(waits)) > WebhookAbandoned.AFTER
        assert max(waits) <= 1.5 * RETRY_DELAY_SECONDS_MAX
