import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from pathshala_notifier.signing import Signer

OLD, NEW, FOREIGN = (f"whsec_{base64.b64encode(bytes([number]) * 32).decode()}" for number in (1, 2, 3))
BODY = '{"topic": "क्रिया"}'.encode()


def test_while_secrets_change_a_receiver_with_either_can_verify_and_no_other() -> None:
    headers = dict(Signer([OLD, NEW]).headers("task-7", BODY, datetime.now(UTC).replace(microsecond=900_000)))
    for secret in (OLD, NEW):
        assert Webhook(secret).verify(BODY, headers) == {"topic": "क्रिया"}
    with pytest.raises(WebhookVerificationError):
        Webhook(FOREIGN).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY + b" ", headers)


def test_the_signature_holds_for_this_identity_and_moment_alone() -> None:
    headers = dict(Signer([NEW]).headers("task-7", BODY, datetime.now(UTC)))
    for name, other in (("webhook-id", "task-8"), ("webhook-timestamp", str(int(headers["webhook-timestamp"]) - 1))):
        with pytest.raises(WebhookVerificationError):
            Webhook(NEW).verify(BODY, headers | {name: other})
