"""The keyring: which access keys open something now, as the store said a few seconds ago at most."""

from collections.abc import Sequence
from datetime import datetime

from pathshala_api.lately import Lately
from pathshala_common.contract.access_key import AccessKey, id_in
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.ports.access_keys import AccessKeys
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.logs import get_logger

log = get_logger()

USED_KEPT_MAX = 10_000
"""Keys whose uses wait for a store that is away; of more the uses are lost."""

USES_SECONDS = 60.0
"""Uses are written so often, of all keys together; those of the last minute are lost with a process that dies."""


class Keyring:
    """Knows keys that were used lately: one that was revoked at another replica opens nothing here 5 s after."""

    def __init__(self, keys: AccessKeys, clock: Clock) -> None:
        """Know none."""
        self._keys, self._clock = keys, clock
        self._lately = Lately(keys.access_key, clock)
        self._used: dict[str, datetime] = {}

    async def opened_by(self, text: str) -> AccessKey | None:
        """Give the key with this text if it opens something now, and note its use. Raises StoreUnavailable."""
        key_id = id_in(text)
        key = await self._lately.get(key_id) if key_id is not None else None
        return self._noted(key) if key is not None and key.is_of(text) else None

    async def valid(self, key_id: str) -> AccessKey | None:
        """Give the key with this id if it opens something now, and note its use. Raises StoreUnavailable."""
        return self._noted(await self._lately.get(key_id))

    def _noted(self, key: AccessKey | None) -> AccessKey | None:
        now = self._clock.now()
        if key is None or not key.is_valid(now):
            return None
        self._used[key.key_id] = now
        return key

    def has_seen(self, key_id: str | None) -> bool:
        """Whether there was such a key when it was last asked for here."""
        return self._lately.has_seen(key_id)

    async def add(self, key: AccessKey) -> None:
        """Keep a new key. Raises StoreUnavailable."""
        await self._keys.add_key(key)

    async def revoke(self, key_id: str) -> bool:
        """Let a key open nothing any more, here at once. Whether there is such a key. Raises StoreUnavailable."""
        found = await self._keys.revoke_key(key_id, self._clock.now())
        self._lately.forget(key_id)
        return found

    async def page(self, *, after: str, limit: int) -> Sequence[AccessKey]:
        """List keys by their ids. Raises StoreUnavailable."""
        return await self._keys.access_keys(after=after, limit=limit)

    async def run(self) -> None:
        """Write uses down now and then."""
        while True:
            await self._clock.sleep(USES_SECONDS)
            await self.write_uses()

    async def write_uses(self) -> None:
        """Write down the uses since the last time; while the store is away they wait."""
        used, self._used = self._used, {}
        try:
            if used:
                await self._keys.note_uses(used)
        except StoreUnavailable as error:
            self._used = used | self._used if len(used) < USED_KEPT_MAX else self._used
            log.warning("uses of keys were not written", reason=str(error))
