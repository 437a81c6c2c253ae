"""Sessions of browsers: a cookie that a key was given for, which no script reads and no other site can send."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.types import Scope

from pathshala_api.plain_route import headers
from pathshala_api.proxies import Proxies
from pathshala_api.tokens import Tokens

SESSION_SECONDS = 43_200
"""A session ends after so long, and earlier with its key."""

COOKIE, SECURE_COOKIE = "pathshala_session", "__Host-pathshala_session"
"""A browser takes the second by HTTPS alone, for this host alone."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PURPOSE = "session"


class Sessions:
    """Makes cookies of keys, and reads them back."""

    def __init__(self, tokens: Tokens, proxies: Proxies, origins: Sequence[str]) -> None:
        """Let pages of these origins, besides our own, send what changes something."""
        self._tokens, self._proxies = tokens, proxies
        self._origins = frozenset(origin.encode() for origin in origins)

    async def begin(self, scope: Scope, key_id: str, now: datetime) -> str:
        """Give the Set-Cookie header of a new session. Raises StoreUnavailable."""
        until = now + timedelta(seconds=SESSION_SECONDS)
        token = await self._tokens.make(PURPOSE, "", key_id=key_id, until=until)
        return self._cookie(scope, token, SESSION_SECONDS)

    def end(self, scope: Scope) -> str:
        """Give the Set-Cookie header that takes a session away."""
        return self._cookie(scope, "", 0)

    async def key_of(self, scope: Scope, now: datetime) -> str | None:
        """Say which key the cookie of a request was made by; None without one. Raises StoreUnavailable."""
        name = SECURE_COOKIE if self._proxies.is_https(scope) else COOKIE
        cookies: SimpleCookie = SimpleCookie()
        try:
            for sent in headers(scope, b"cookie"):
                cookies.load(sent.decode("latin-1"))
        except CookieError:
            return None
        return await self._tokens.key_of(cookies[name].value, PURPOSE, "", now=now) if name in cookies else None

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
