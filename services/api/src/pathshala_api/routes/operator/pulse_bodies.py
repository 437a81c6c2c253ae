"""The pulse of a house, as an operator is told it."""

from typing import Annotated

from pydantic import BaseModel, Field

from pathshala_api.pulse import BEAT, COUNTED_MAX, HousePulse
from pathshala_api.schemas import MomentText
from pathshala_common.contract.prices import Prices
from pathshala_common.contract.task_status import moment


class PulseBeat(BaseModel):
    """Five minutes of the house."""

    since: Annotated[MomentText, Field(description="When they began.")]
    completed: Annotated[int, Field(description="Tasks that were completed in them.")]
    failed: Annotated[int, Field(description="Tasks that failed in them.")]
    oldest_seconds: Annotated[float, Field(description="The age of the oldest unfinished task at their end; 0: none.")]
    calls: Annotated[int, Field(description="Calls of language models that were logged.")]
    cost: Annotated[float, Field(description="What these cost.")]


class OldestTask(BaseModel):
    """The oldest task that has not ended."""

    task_id: Annotated[str, Field(description="The task.")]
    created_at: Annotated[MomentText, Field(description="When it was asked for.")]


class Pulse(BaseModel):
    """The last hour, and the money of today."""

    beat_seconds: Annotated[int, Field(description="The length of a beat.")]
    beats: Annotated[list[PulseBeat], Field(description="The oldest first.")]
    whole: Annotated[
        bool, Field(description=f"Whether all that ended is counted: at most {COUNTED_MAX} of each status are.")
    ]
    oldest: Annotated[OldestTask | None, Field(description="The task that waits for longest; null if none does.")]
    calls_today: Annotated[int, Field(description="Calls of language models since midnight of UTC.")]
    cost_today: Annotated[float, Field(description="What these cost, by the prices that the house knows.")]
    currency: Annotated[str, Field(description="The currency of the prices.")]


def told_pulse(found: HousePulse, prices: Prices) -> Pulse:
    """Tell it, with its prices."""
    return Pulse(
        beat_seconds=int(BEAT.total_seconds()),
        beats=[
            PulseBeat(
                since=moment(beat.since),
                completed=beat.completed,
                failed=beat.failed,
                oldest_seconds=round(beat.oldest_seconds, 3),
                calls=beat.spent.calls,
                cost=beat.spent.cost(prices),
            )
            for beat in found.beats
        ],
        whole=found.whole,
        oldest=OldestTask(task_id=found.oldest.task_id, created_at=moment(found.oldest.created_at))
        if found.oldest
        else None,
        calls_today=found.today.calls,
        cost_today=found.today.cost(prices),
        currency=prices.currency,
    )
