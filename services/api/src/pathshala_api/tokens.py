"""Tokens: what a key signs for a while, for one purpose and one thing. Every replica accepts them, and none keeps any.

A token names its key, so that it opens nothing any more once the key is revoked or expired.
"""

import hmac
import re
import secrets
from datetime import datetime
from hashlib import sha256

from pathshala_common.contract.ports.access_keys import Secrets

SECRET = "tokens"  # noqa: S105 - its name
SECRET_SIZE_BYTES = 32

_TOKEN = re.compile(r"([0-9a-f]{16})\.([0-9]{1,12})\.[0-9a-f]{64}")


class Tokens:
    """Makes tokens and reads them, by a secret that all replicas share."""

    def __init__(self, kept: Secrets) -> None:
        self._secrets = kept
        self._secret: bytes | None = None

    async def make(self, purpose: str, about: str, *, key_id: str, until: datetime) -> str:
        """Make a token. Raises StoreUnavailable."""
        return await self._signed(purpose, about, key_id, int(until.timestamp()))

    async def key_of(self, token: str, purpose: str, about: str, *, now: datetime) -> str | None:
        """Say which key a token was made by; None if it is not for this, or too old. Raises StoreUnavailable."""
        found = _TOKEN.fullmatch(token)
        if found is None or int(found[2]) <= now.timestamp():
            return None
        signed = await self._signed(purpose, about, found[1], int(found[2]))
        return found[1] if hmac.compare_digest(signed, token) else None

    async def _signed(self, purpose: str, about: str, key_id: str, until: int) -> str:
        if self._secret is None:
            self._secret = await self._secrets.secret(SECRET, secrets.token_bytes(SECRET_SIZE_BYTES))
        said = f"{purpose}\n{key_id}\n{until}\n{about}"
        return f"{key_id}.{until}.{hmac.new(self._secret, said.encode(), sha256).hexdigest()}"
