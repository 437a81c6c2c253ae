"""Shared by a generator's handlers: which orders are not worked on, and a writing told in events while it lasts."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from itertools import count

from pathshala_common.contract.errors import Reject
from pathshala_common.contract.events import AnyEvent, GenerationProgressed, ProviderAnswered
from pathshala_common.contract.lesson import LessonRequest
from pathshala_common.contract.ports.clock import Clock
from pathshala_generator.draft import Doing
from pathshala_generator.moderation import TOPIC_REFUSED
from pathshala_generator.safety import refusal
from pathshala_generator.writing import Writing

SERVICE = "generator"


async def reported(
    writing: Writing, task_id: str, attempt: int, attempts_max: int, *, recordings: bool
) -> AsyncGenerator[AnyEvent, None]:
    """Write, and tell of the progress and of the calls: without `recordings`, what counts toward a ceiling alone."""
    async with aclosing(writing.calls()) as calls:
        numbers = count(1)
        async for told in calls:
            if isinstance(told, Doing):
                yield GenerationProgressed(
                    task_id=task_id,
                    attempt=attempt,
                    attempts_max=attempts_max,
                    number=next(numbers),
                    part=told.part,
                    mending=told.mending,
                )
            else:
                call = told if recordings else told.without_words()
                yield ProviderAnswered(task_id=task_id, attempt=attempt, service=SERVICE, call=call)


def refuse_unfit(request: LessonRequest) -> None:
    """Write nothing on what no classroom should get. Raises Reject."""
    reason = refusal(request)
    if reason is not None:
        raise Reject(TOPIC_REFUSED, reason)


def seconds_left(deadline: datetime, clock: Clock) -> float:
    """Give the seconds for which the lesson is still worth writing. Raises Reject if there are none."""
    seconds = (deadline - clock.now()).total_seconds()
    if seconds <= 0:
        raise Reject("deadline_exceeded", "the time for this lesson ran out before its writing began")
    return seconds
