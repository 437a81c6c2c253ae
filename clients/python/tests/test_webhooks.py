"""A webhook is verified as the library of Standard Webhooks verifies it, and as our notifier signs it."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook as Standard
from standardwebhooks import WebhookVerificationError

from pathshala_client.webhooks import WebhookRefused, verified
from pathshala_notifier.signing import Signer

SECRET, OTHER = (f"whsec_{base64.b64encode(bytes([number]) * 32).decode()}" for number in (1, 2))
BODY = b'{"task_id": "t", "status": "completed", "change": 5}'


def headers(secrets: list[str], hours: int = 0) -> dict[str, str]:
    """The headers of a webhook that is sent in so many hours."""
    return dict(Signer(secrets).headers("t-5", BODY, datetime.now(UTC) + timedelta(hours=hours)))


def told(body: bytes, by: Mapping[str, str], secret: str = SECRET) -> str | None:
    """What both say of a webhook: its status, or None if they refuse it."""
    try:
        ours = verified(body, by, secret).task["status"]
    except WebhookRefused:
        ours = None
    try:
        theirs = Standard(secret).verify(body, dict(by))["status"]
    except WebhookVerificationError:
        theirs = None
    assert ours == theirs
    return ours


def test_what_a_notifier_signs_is_verified() -> None:
    assert told(BODY, headers([SECRET])) == "completed"
    assert told(BODY, headers([OTHER, SECRET])) == "completed", "while secrets change"
    found = verified(BODY, {name.title(): value for name, value in headers([SECRET]).items()}, SECRET)
    assert (found.identity, found.task["change"]) == ("t-5", 5)


@pytest.mark.parametrize(
    ("secret", "hours", "changed"),
    [
        (OTHER, 0, {}),
        (SECRET, -1, {}),
        (SECRET, 1, {}),
        (SECRET, 0, {"webhook-id": "t-6"}),
        (SECRET, 0, {"webhook-timestamp": "soon"}),
        (SECRET, 0, {"webhook-signature": "v1,bm9uZQ=="}),
        (SECRET, 0, {"webhook-signature": "v2,bm9uZQ=="}),
        (SECRET, 0, {"webhook-signature": ""}),
    ],
)
def test_what_is_forged_or_old_is_refused(secret: str, hours: int, changed: dict[str, str]) -> None:
    assert told(BODY, headers([secret], hours) | changed) is None


def test_a_body_that_was_changed_or_has_no_headers_is_refused() -> None:
    assert told(BODY.replace(b"completed", b"failed"), headers([SECRET])) is None
    assert told(BODY, {}) is None


def test_a_secret_that_is_none_is_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="whsec_ and base64"):
        verified(BODY, headers([SECRET]), "whsec_not base64!")
