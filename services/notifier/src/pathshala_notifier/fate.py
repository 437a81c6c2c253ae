"""The fate of a webhook after one attempt: delivered, given up, or to be tried again. Pure."""

from datetime import datetime, timedelta
from http import HTTPStatus

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import WebhookAbandoned, WebhookDelivered
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.contract.retry_after import retry_after_seconds
from pathshala_notifier.post import PostEnd, PostFault

BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

FAULTS = {
    PostFault.UNREACHABLE: "the receiver could not be reached",
    PostFault.TIMED_OUT: "the receiver did not answer in time",
    PostFault.BROKEN_OFF: "the receiver broke off",
}


def fate(end: PostEnd, change: int, context: Context, now: datetime) -> WebhookDelivered | WebhookAbandoned | Retry:
    """Read what became of an attempt. A receiver that is gone, or may not be reached at all, is not tried again."""
    if end.status is not None and HTTPStatus(200) <= end.status < HTTPStatus(300):
        task_id, attempt = context.envelope.task_id, context.attempt
        return WebhookDelivered(task_id=task_id, attempt=attempt, change=change, status=end.status)
    if end.fault is PostFault.NOT_ALLOWED:
        return abandoned(context, change, end.fault, "its address is none that webhooks may go to")
    if end.status == HTTPStatus.GONE:
        return abandoned(context, change, "gone", "the receiver wants no more of them (410)")
    code, reason = _said(end)
    wait = retry_after_seconds(end.headers, now) if end.status in BUSY else None
    left = context.envelope.time + WebhookAbandoned.AFTER - now
    if context.attempt >= context.attempts_max or left <= timedelta(seconds=wait or 0):
        return abandoned(context, change, code, reason)
    return Retry(code, reason, wait)


def abandoned(context: Context, change: int, code: str, reason: str) -> WebhookAbandoned:
    """Give up, and say why."""
    event = context.envelope
    return WebhookAbandoned(task_id=event.task_id, attempt=context.attempt, change=change, code=code, reason=reason)


def _said(end: PostEnd) -> tuple[str, str]:
    if end.fault is not None:
        return f"webhook_{end.fault}", FAULTS[end.fault]
    if end.status is not None and HTTPStatus(300) <= end.status < HTTPStatus(400):
        return "webhook_redirected", f"the receiver answered {end.status}; redirects are not followed"
    return "webhook_refused", f"the receiver answered {end.status}"
