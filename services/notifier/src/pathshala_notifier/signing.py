"""The one door to standardwebhooks: the headers by which a receiver knows who sent a webhook, and which."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import floor

from standardwebhooks import Webhook


class Signer:
    """Signs with every secret that is in force, so that a receiver who knows one of them can verify."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = [Webhook(secret) for secret in secrets]

    @property
    def can_sign(self) -> bool:
        """Whether there is a secret."""
        return bool(self._secrets)

    def headers(self, identity: str, body: bytes, now: datetime) -> Mapping[str, str]:
        """Give the three headers of Standard Webhooks; the signatures are separated by a blank."""
        text = body.decode()
        return {
            "content-type": "application/json",
            "webhook-id": identity,
            "webhook-timestamp": str(floor(now.timestamp())),
            "webhook-signature": " ".join(secret.sign(identity, now, text) for secret in self._secrets),
        }
