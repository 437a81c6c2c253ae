"""The seam to the network: one request, one call.

What a call means is read from it alone, so that a recorded one leads to the same article, or to the same reason
why there is none.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlencode, urlsplit, urlunsplit

from pathshala_common.contract.provider_call import ProviderCall

PROVIDER = "wikipedia"


class FetchFault(StrEnum):
    """Why a call has no HTTP answer. The last two were never sent: we held them back ourselves."""

    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    BROKEN_OFF = "broken_off"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    KNOWN_TO_BE_DOWN = "known_to_be_down"
    TURN_TIMED_OUT = "turn_timed_out"


class Fetch(Protocol):
    """The network, or the recording of one."""

    async def __call__(self, url: str, params: Mapping[str, str], seconds: float, /) -> ProviderCall:
        """GET within `seconds`. A failure is a call too: with its status, or with one of the faults above.

        Cancelling ends the request at the socket.
        """


def address(url: str, params: Mapping[str, str]) -> str:
    """Give the whole address of a request; what the URL's own query says goes with it."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"


def shown(url: str, params: Mapping[str, str]) -> str:
    """Give the address as it is recorded: without a name, a password or a query that an operator's URL may hold."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return f"?{urlencode(params)}"
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
    return address(urlunsplit(bare), params)


def not_sent(url: str, params: Mapping[str, str], fault: FetchFault) -> ProviderCall:
    """Record a request that was held back."""
    return ProviderCall.recorded(PROVIDER, shown(url, params), seconds=0, fault=fault.value)
