"""The sessions that run: those that were begun and have not been ended, at whichever replica.

Each is a notice in the store, so that who ends one ends every copy of its cookie.
"""

from collections.abc import Sequence
from datetime import timedelta
from secrets import token_hex

from pathshala_api.lately import Lately
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.notices import Notice, Notices

SESSION_SECONDS = 43_200
"""A session ends after so long, and earlier with its key."""

OF_A_KEY_MAX = 20
"""Sessions of one key at once; another ends the oldest."""

SESSIONS = "session/"
ID_SIZE_BYTES = 8


class RunningSessions:
    """Begins and ends sessions. Raises StoreUnavailable. One that ended at another replica ends here 5 s after."""

    def __init__(self, notices: Notices, clock: Clock) -> None:
        self._notices, self._clock = notices, clock
        self._lately = Lately(self._ids, clock)

    async def begin(self, key_id: str) -> str:
        """Begin a session of a key. Returns its id."""
        session_id, now = token_hex(ID_SIZE_BYTES), self._clock.now()
        await self._notices.take_down(_name(key_id), before=now - timedelta(seconds=SESSION_SECONDS))
        running = sorted(await self._running(key_id), key=lambda notice: notice.put_at)
        for notice in running[: max(len(running) - OF_A_KEY_MAX + 1, 0)]:
            await self._take_down(notice.name)
        await self._notices.put_notice(Notice(_name(key_id, session_id), "", now))
        self._lately.forget(key_id)
        return session_id

    async def end(self, key_id: str, session_id: str) -> None:
        """End a session, here at once."""
        await self._take_down(_name(key_id, session_id))
        self._lately.forget(key_id)

    async def runs(self, key_id: str, session_id: str) -> bool:
        """Whether a session was begun, and not ended or outlived."""
        return session_id in (await self._lately.get(key_id) or ())

    async def _ids(self, key_id: str) -> frozenset[str] | None:
        """Name the sessions of a key; None if it has none, which is not worth knowing."""
        return frozenset(notice.name.rpartition("/")[2] for notice in await self._running(key_id)) or None

    async def _running(self, key_id: str) -> Sequence[Notice]:
        since = self._clock.now() - timedelta(seconds=SESSION_SECONDS)
        return await self._notices.notices(_name(key_id), since=since)

    async def _take_down(self, name: str) -> None:
        await self._notices.take_down(name, before=self._clock.now() + timedelta(seconds=SESSION_SECONDS))


def _name(key_id: str, session_id: str = "") -> str:
    return f"{SESSIONS}{key_id}/{session_id}"
