"""Sessions of browsers: a cookie that a key was given for, which no script reads and no other site can send."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.types import Scope

from pathshala_api.plain_route import headers
from pathshala_api.proxies import Proxies
from pathshala_api.running_sessions import SESSION_SECONDS, RunningSessions
from pathshala_api.tokens import Tokens

COOKIE, SECURE_COOKIE = "pathshala_session", "__Host-pathshala_session"
"""A browser takes the second by HTTPS alone, for this host alone."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PURPOSE = "session"


class Session(NamedTuple):
    """A session, and the key that it was begun by."""

    key_id: str
    session_id: str


class Sessions:
    """Begins sessions, and finds them by their cookies. Raises StoreUnavailable."""

    def __init__(self, tokens: Tokens, running: RunningSessions, proxies: Proxies, origins: Sequence[str]) -> None:
        """Let pages of these origins, besides our own, send what changes something."""
        self._tokens, self._running, self._proxies = tokens, running, proxies
        self._origins = frozenset(origin.encode() for origin in origins)

    async def begin(self, scope: Scope, key_id: str, now: datetime) -> str:
        """Give the Set-Cookie header of a new session."""
        until = now + timedelta(seconds=SESSION_SECONDS)
        session_id = await self._running.begin(key_id)
        token = await self._tokens.make(PURPOSE, session_id, key_id=key_id, until=until)
        return self._cookie(scope, f"{session_id}.{token}", SESSION_SECONDS)

    async def end(self, scope: Scope, now: datetime) -> str:
        """End the session of a request, whoever has its cookie; give the Set-Cookie header that takes it away."""
        session = await self.of(scope, now)
        if session is not None:
            await self._running.end(*session)
        return self._cookie(scope, "", 0)

    async def of(self, scope: Scope, now: datetime) -> Session | None:
        """Find the session of a request by its cookie; None without one that runs. A forged one costs no read."""
        cookie = self.cookie(scope)
        if cookie is None:
            return None
        session_id, _, token = cookie.partition(".")
        key_id = await self._tokens.key_of(token, PURPOSE, session_id, now=now)
        runs = key_id is not None and await self._running.runs(key_id, session_id)
        return Session(key_id, session_id) if key_id is not None and runs else None

    def cookie(self, scope: Scope) -> str | None:
        """Give the cookie of a session that a request brings, whatever is in it."""
        name = SECURE_COOKIE if self._proxies.is_https(scope) else COOKIE
        cookies: SimpleCookie = SimpleCookie()
        try:
            for sent in headers(scope, b"cookie"):
                cookies.load(sent.decode("latin-1"))
        except CookieError:
            return None
        return cookies[name].value if name in cookies else None

    def says_foreign(self, scope: Scope) -> bool:
        """Whether a request that ends a session says that its page is not ours. One without any word is let through."""
        told = headers(scope, b"sec-fetch-site") or headers(scope, b"origin")
        return bool(told) and self.is_foreign(scope)

    def is_foreign(self, scope: Scope) -> bool:
        """Whether a request that changes something comes from a page that is not ours, as far as browsers tell."""
        if scope["method"] in SAFE_METHODS:
            return False
        sites, origins = headers(scope, b"sec-fetch-site"), headers(scope, b"origin")
        if origins and origins[0] in self._origins:
            return False
        if sites:
            return sites[0] != b"same-origin"
        hosts = headers(scope, b"host")
        return not (origins and hosts and urlsplit(origins[0]).netloc == hosts[0])

    def _cookie(self, scope: Scope, value: str, seconds: int) -> str:
        secure = self._proxies.is_https(scope)
        name, more = (SECURE_COOKIE, "; Secure") if secure else (COOKIE, "")
        return f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{more}"
