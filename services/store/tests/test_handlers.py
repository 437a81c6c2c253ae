"""The store's handlers: one for every event that reaches it."""

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import LessonStored
from pathshala_store.handlers import handlers


async def test_a_lesson_stored_is_not_for_this_handler() -> None:
    async def record(_envelope: Envelope) -> LessonStored | None:
        raise AssertionError

    assert LessonStored not in handlers(record)
