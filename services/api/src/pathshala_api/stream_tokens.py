"""Tokens for streams: a browser's EventSource can send no header, so a token in the address begins one task's stream.

One that a session asked for names it, and opens nothing once the session has ended.
"""

from datetime import datetime, timedelta

from pathshala_api.running_sessions import RunningSessions
from pathshala_api.tokens import Tokens

STREAM_TOKEN_SECONDS = 900
NO_KEY_ID = "0" * 16
"""Stands in a token where no keys are asked for, and nobody looks at it."""

PURPOSE = "stream"
DOTS_OF_A_SESSIONS = 3
"""A token that no session asked for has two."""


class StreamTokens:
    """Gives tokens, and reads them back. Raises StoreUnavailable."""

    def __init__(self, tokens: Tokens, running: RunningSessions) -> None:
        self._tokens, self._running = tokens, running

    async def make(
        self, task_id: str, key_id: str | None, session_id: str | None, now: datetime
    ) -> tuple[str, datetime]:
        """Give a token, and until when it begins the stream."""
        until = now + timedelta(seconds=STREAM_TOKEN_SECONDS)
        signed = await self._tokens.make(PURPOSE, _about(task_id, session_id), key_id=key_id or NO_KEY_ID, until=until)
        return (signed if session_id is None else f"{session_id}.{signed}"), until

    async def read(self, token: str, task_id: str, now: datetime) -> tuple[str | None, str | None]:
        """Say which key a token was made by, and by which session; no key if it is not for this, or too old."""
        of_session = token.count(".") == DOTS_OF_A_SESSIONS
        session_id, signed = token.split(".", 1) if of_session else (None, token)
        key_id = await self._tokens.key_of(signed, PURPOSE, _about(task_id, session_id), now=now)
        if key_id is not None and session_id is not None and not await self._running.runs(key_id, session_id):
            return None, None
        return key_id, session_id


def _about(task_id: str, session_id: str | None) -> str:
    return task_id if session_id is None else f"{task_id}\n{session_id}"
