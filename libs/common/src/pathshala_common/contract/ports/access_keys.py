"""The port of access keys: those that were given out, and the secrets that all processes of a house share."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pathshala_common.contract.access_key import AccessKey


class AccessKeys(Protocol):
    """Access keys by their ids. Every method raises StoreUnavailable if it cannot be sure."""

    async def add_key(self, key: AccessKey) -> None:
        """Keep a new key."""

    async def access_key(self, key_id: str) -> AccessKey | None:
        """Give the key with this id, valid or not."""

    async def access_keys(self, *, after: str, limit: int) -> Sequence[AccessKey]:
        """A page of all keys, by their ids, those behind `after`."""

    async def revoke_key(self, key_id: str, at: datetime) -> bool:
        """Let a key open nothing from now on; the first revocation counts. Whether there is such a key."""

    async def note_uses(self, used: Mapping[str, datetime]) -> None:
        """Note when keys were used last, unless a later use is known."""


class Secrets(Protocol):
    """Secrets by their names, the same for all processes. Every method raises StoreUnavailable if it cannot be sure."""

    async def secret(self, name: str, proposed: bytes) -> bytes:
        """Give the secret with this name; the proposed one, kept from now on, if there is none yet."""
