"""The one door to the HTTP client: a request goes out in bounds, and comes back as a call whatever happens."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import aclosing
from http import HTTPStatus
from typing import NamedTuple

import httpx2

from pathshala_common.contract.provider_call import RECORDING_LENGTH_MAX, ProviderCall
from pathshala_enricher.fetch import PROVIDER, FetchFault, address, shown

CONNECT_SECONDS = 1.5
BODY_SIZE_MAX_BYTES = 1_048_576
RETRY_AFTER = "retry-after"

_NEVER_JSON = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class _End(NamedTuple):
    """The end of a request: an HTTP answer, or a fault."""

    status: int | None = None
    headers: Mapping[str, str] = {}
    answer: str = ""
    fault: str | None = None


class HttpFetch:
    """Implements the port Fetch: names who asks, follows no redirect, and reads no further than the size limit."""

    def __init__(
        self,
        *,
        user_agent: str,
        connect_seconds: float = CONNECT_SECONDS,
        body_size_max_bytes: int = BODY_SIZE_MAX_BYTES,
    ) -> None:
        """Take a User-Agent with a contact. An answer is too large too if a recording could not hold it."""
        self._body_size_max_bytes = body_size_max_bytes
        self._client = httpx2.AsyncClient(
            headers={"User-Agent": user_agent},
            timeout=httpx2.Timeout(None, connect=connect_seconds),
            follow_redirects=False,
        )

    async def __call__(self, url: str, params: Mapping[str, str], seconds: float) -> ProviderCall:
        """GET, and tell how it ended and how long it took."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        end = await self._end(address(url, params), seconds)
        return ProviderCall.recorded(PROVIDER, shown(url, params), seconds=loop.time() - begun, **end._asdict())

    async def close(self) -> None:
        """Disconnect."""
        await self._client.aclose()

    async def _end(self, target: str, seconds: float) -> _End:
        try:
            async with asyncio.timeout(seconds):
                try:
                    return await self._get(target)
                except httpx2.ConnectTimeout:
                    # A packet is lost now and then, or this process had no time: that makes no server one that is down.
                    return await self._get(target)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError):
            return _End(fault=FetchFault.UNREACHABLE)
        except (TimeoutError, httpx2.TimeoutException):
            return _End(fault=FetchFault.TIMED_OUT)
        except (httpx2.NetworkError, httpx2.RemoteProtocolError):
            return _End(fault=FetchFault.BROKEN_OFF)
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return _End(fault=FetchFault.UNREADABLE)

    async def _get(self, target: str) -> _End:
        """Read an answer, in bounds; of one that failed, only its head."""
        async with self._client.stream("GET", target) as response:
            wait = response.headers.get(RETRY_AFTER)
            head = _End(response.status_code, {} if wait is None else {RETRY_AFTER: wait})
            if response.status_code != HTTPStatus.OK:
                return head
            body = bytearray()
            async with aclosing(response.aiter_bytes()) as chunks:
                async for chunk in chunks:
                    body += chunk
                    if len(body) > self._body_size_max_bytes:
                        return _End(fault=FetchFault.TOO_LARGE)
            answer = _text(body)
            return (
                head._replace(answer=answer)
                if len(answer) <= RECORDING_LENGTH_MAX
                else _End(fault=FetchFault.TOO_LARGE)
            )


def _text(body: bytes | bytearray) -> str:
    """Decode. What no JSON in UTF-8 holds becomes a sign that says so, and makes no recording grow."""
    return _NEVER_JSON.sub("\ufffd", body.decode("utf-8", "replace"))
