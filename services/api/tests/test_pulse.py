"""The pulse of a house: tasks fall into the minutes in which they ended, and the oldest is as old as it was then."""

from datetime import timedelta

import pytest

from pathshala_api.pulse import BEAT, BEATS, beats
from pathshala_common.contract.lesson import Status, Task
from pathshala_common.contract.ports.class_sets import Spent
from pathshala_common.contract.summary import TaskSummary, summary_of
from services.api.tests.given import Api
from tests.clock import NOON
from tests.stories.lessons import a_request

ENDS = [NOON, NOON + BEAT, NOON + 2 * BEAT]


def a_task(asked: float, ended: float | None, status: Status = Status.COMPLETED) -> TaskSummary:
    """A task by the beats, counted from noon, in which it was asked for and ended."""
    at = NOON + asked * BEAT
    done = None if ended is None else NOON + ended * BEAT
    return summary_of(Task(task_id=f"{asked}", request=a_request(at=at), status=status, completed_at=done))


def test_each_task_counts_where_it_ended_and_the_oldest_as_old_as_it_was() -> None:
    completed = [a_task(-0.5, 0.5), a_task(0.1, 0.9), a_task(1.2, 1.4), a_task(-3, -2.5)]
    failed = [a_task(-0.4, -0.2, Status.FAILED)]
    spent = [Spent(), Spent(2, 10, 5), Spent()]

    told = beats(ENDS, completed, failed, a_task(0.5, None, Status.PENDING), spent)

    assert [(one.since, one.completed, one.failed) for one in told] == [
        (NOON - BEAT, 0, 1),
        (NOON, 2, 0),
        (NOON + BEAT, 1, 0),
    ]
    assert [timedelta(seconds=one.oldest_seconds) for one in told] == [BEAT / 2, BEAT / 2, BEAT * 1.5]
    assert told[1].spent.calls == 2


@pytest.mark.asyncio(loop_scope="module")
async def test_it_is_told_over_http(shared_api: Api) -> None:
    told = (await shared_api.client.get("/operator/pulse")).json()

    assert len(told["beats"]) == BEATS
    assert told["whole"]
    assert (told["calls_today"], told["cost_today"], told["currency"]) == (0, 0.0, "USD")
