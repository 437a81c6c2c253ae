"""Webhooks: a receiver verifies that one is of its house and of now, by the signature of Standard Webhooks."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import NamedTuple, cast

from pathshala_client.bodies.tasks import TaskStatus

TOLERANCE_SECONDS = 300
"""A webhook that is further from now was caught by somebody and sent again, or a clock is wrong."""

PREFIX = "whsec_"
SCHEME = "v1,"


class WebhookRefused(ValueError):
    """A webhook that is not of the house that has the secret, or not of now. Answer it 401."""


class Webhook(NamedTuple):
    """A webhook that was verified. `identity` is the same whenever the same is told again: drop what you had."""

    identity: str
    task: TaskStatus


def verified(body: bytes, headers: Mapping[str, str], secret: str, *, now: float | None = None) -> Webhook:
    """Verify a webhook by its bytes as they came, and give what it tells. Raises WebhookRefused.

    `headers` may be in any case. `now` is in seconds since 1970; the machine's clock, if it is left out.
    """
    told = {name.lower(): value for name, value in headers.items()}
    identity, moment, signatures = (told.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not moment.isdecimal() or abs((time.time() if now is None else now) - int(moment)) > TOLERANCE_SECONDS:
        raise WebhookRefused("its time is not now")
    expected = _signature(secret, b".".join([identity.encode(), moment.encode(), body])).encode()
    given = [one.encode() for one in signatures.split(" ")]
    if not any([hmac.compare_digest(expected, one) for one in given]):  # noqa: C419 - takes the same time for each
        raise WebhookRefused("its signature is not of this secret")
    return Webhook(identity, cast(TaskStatus, json.loads(body)))


def _signature(secret: str, content: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError(f"a secret is {PREFIX} and base64") from error
    return SCHEME + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
