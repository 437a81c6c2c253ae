"""The one door to the HTTP client: a post goes to the very address that was checked, and nowhere else."""

import asyncio
import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx2

from pathshala_notifier.egress import Network, may_go_to
from pathshala_notifier.post import PostEnd, PostFault

POST_SECONDS = 15.0
"""Resolving, connecting, sending and the head of the answer may take so long together. No body is read."""

CONNECT_SECONDS = 5.0
ADDRESSES_MAX = 3
"""Addresses of one name that are tried, one after the other."""

RESOLVING_MAX = 32
"""Names that are resolved at once, in threads of their own, so that a slow name server holds up nobody else."""


Resolve = Callable[[str], Sequence[str]]
"""Gives the addresses of a name. It may block. Raises OSError."""


class HttpPost:
    """Implements the port Post. It asks no proxy, which would resolve names by itself."""

    def __init__(
        self,
        networks: Collection[Network],
        *,
        user_agent: str,
        seconds: float = POST_SECONDS,
        resolve: Resolve | None = None,
    ) -> None:
        """Allow these networks besides the public internet. Names are resolved as the operating system does."""
        self._networks, self._seconds, self._resolve = networks, seconds, resolve or resolved
        self._threads = ThreadPoolExecutor(RESOLVING_MAX, "resolving")
        # A kept connection might be used again for another name at the same address, whose certificate nobody checked.
        self._client = httpx2.AsyncClient(
            headers={"User-Agent": user_agent},
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
        )

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> PostEnd:
        """Post to the first address of the URL's name that can be reached."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._post(httpx2.URL(url), headers, body)
        except (TimeoutError, httpx2.TimeoutException):
            return PostEnd(fault=PostFault.TIMED_OUT)
        except (httpx2.ConnectError, OSError, UnicodeError, httpx2.InvalidURL):
            return PostEnd(fault=PostFault.UNREACHABLE)
        except httpx2.HTTPError:
            return PostEnd(fault=PostFault.BROKEN_OFF)

    async def close(self) -> None:
        """Disconnect."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        await self._client.aclose()

    async def _post(self, url: httpx2.URL, headers: Mapping[str, str], body: bytes) -> PostEnd:
        name = url.raw_host.decode("ascii")
        public = url.scheme == "https"  # what is not secret stays within the networks that somebody vouches for
        found = await self._addresses(name)
        addresses = [address for address in found if may_go_to(address, self._networks, public=public)]
        if not addresses:
            return PostEnd(fault=PostFault.NOT_ALLOWED)
        *others, last = addresses[:ADDRESSES_MAX]
        for address in others:
            with suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
                return await self._post_to(address, url, headers, body)
        return await self._post_to(last, url, headers, body)

    async def _post_to(self, address: str, url: httpx2.URL, headers: Mapping[str, str], body: bytes) -> PostEnd:
        """Connect to an address; the certificate and the Host header are the name's."""
        named = {**headers, "Host": url.netloc.decode("ascii")}
        there = {"sni_hostname": url.raw_host.decode("ascii")}
        target = url.copy_with(host=address)
        async with self._client.stream("POST", target, headers=named, content=body, extensions=there) as answer:
            return PostEnd(answer.status_code, dict(answer.headers))

    async def _addresses(self, name: str) -> Sequence[str]:
        """Resolve a name, or an address however it is written, once. Raises OSError if that cannot be done."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._resolve, name)


def resolved(name: str) -> Sequence[str]:
    """Ask the operating system for the addresses of a name, or of an address. Raises OSError."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
