"""A message keeps what it must, wherever it is sent on to."""

from datetime import UTC, datetime

import pytest

from pathshala_common.contract.envelope import wrap
from pathshala_common.contract.events import LessonFailed
from pathshala_common.contract.messages import (
    ATTEMPT,
    REPLAYED,
    dead_letter,
    delayed,
    handed_back,
    queue_message,
    redriven,
    replayed,
)
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.topology import Delay

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
EVENT = LessonFailed(task_id="t", service="store", code="late", message="Late.", failed_at=NOW)
AGAIN = replayed(queue_message(wrap(EVENT, source="store", now=NOW), "q"), NOW)


def dead(message: Message) -> Message:
    return dead_letter(message, "q.dead", code="c", reason="r", stack="s", attempt=4, now=NOW)


@pytest.mark.parametrize(
    "sent_on",
    [
        delayed(AGAIN, Delay("d", 1), "q", 2, NOW),
        handed_back(AGAIN, "q"),
        dead(AGAIN),
        redriven(dead(delayed(AGAIN, Delay("d", 1), "q", 2, NOW)), "q"),
    ],
)
def test_the_mark_of_a_replay_stays_on_a_message(sent_on: Message) -> None:
    assert sent_on.headers[REPLAYED] == "2026-11-01T12:00:00.000+00:00"
    assert (sent_on.body, sent_on.message_id) == (AGAIN.body, AGAIN.message_id)


def test_a_redriven_message_is_a_first_attempt() -> None:
    assert ATTEMPT in dead(AGAIN).headers
    assert redriven(dead(AGAIN), "q").headers.keys() == {REPLAYED}
