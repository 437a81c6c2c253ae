from datetime import timedelta

import pytest

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import LessonFailed, WebhookAbandoned, WebhookDelivered
from pathshala_common.contract.ports.handlers import Context
from pathshala_notifier.fate import fate
from pathshala_notifier.post import PostEnd, PostFault
from tests.clock import NOON
from tests.stories.events import delivered

FAILED = LessonFailed(task_id="task-1", service="store", code="deadline_exceeded", message="Late.", failed_at=NOON)


def given(attempt: int = 1) -> Context:
    return delivered(FAILED, attempt=attempt, attempts_max=100)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_success_is_delivered(status: int) -> None:
    became = fate(PostEnd(status), 7, given(3), NOON)
    assert became == WebhookDelivered(task_id="task-1", attempt=3, change=7, status=status)


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (PostEnd(500), "webhook_refused"),
        (PostEnd(404), "webhook_refused"),
        (PostEnd(302, {"location": "http://169.254.169.254/"}), "webhook_redirected"),
        (PostEnd(fault=PostFault.TIMED_OUT), "webhook_timed_out"),
        (PostEnd(fault=PostFault.UNREACHABLE), "webhook_unreachable"),
        (PostEnd(fault=PostFault.BROKEN_OFF), "webhook_broken_off"),
    ],
)
def test_what_may_pass_is_tried_again_for_a_day(end: PostEnd, code: str) -> None:
    now = fate(end, 7, given(), NOON)
    assert isinstance(now, Retry)
    assert (now.code, now.after_seconds) == (code, None)
    a_day_later = fate(end, 7, given(20), NOON + WebhookAbandoned.AFTER)
    assert isinstance(a_day_later, WebhookAbandoned)
    assert a_day_later.code == code


@pytest.mark.parametrize(
    ("end", "code"),
    [(PostEnd(410), "gone"), (PostEnd(fault=PostFault.NOT_ALLOWED), "address_not_allowed")],
)
def test_what_is_final_is_not_tried_again(end: PostEnd, code: str) -> None:
    became = fate(end, 7, given(), NOON)
    assert isinstance(became, WebhookAbandoned)
    assert became.code == code


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_asks_for_time_gets_it_within_the_day(status: int) -> None:
    became = fate(PostEnd(status, {"retry-after": "3600"}), 7, given(), NOON)
    assert isinstance(became, Retry)
    assert became.after_seconds == timedelta(hours=1).total_seconds()
    assert isinstance(fate(PostEnd(status, {"retry-after": "90000"}), 7, given(), NOON), WebhookAbandoned)


def test_others_say_no_time() -> None:
    became = fate(PostEnd(500, {"retry-after": "3600"}), 7, given(), NOON)
    assert isinstance(became, Retry)
    assert became.after_seconds is None
