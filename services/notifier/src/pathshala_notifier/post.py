"""The port of posting: bytes go to a URL, and how that ended comes back, whatever happens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class PostFault(StrEnum):
    """Why there is no answer."""

    NOT_ALLOWED = "address_not_allowed"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    BROKEN_OFF = "broken_off"


@dataclass(frozen=True, slots=True)
class PostEnd:
    """The end of a post: an HTTP status with headers, whose names are lower case, or a fault."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: PostFault | None = None


class Post(Protocol):
    """Posts once, to addresses that are allowed alone, and follows nothing."""

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> PostEnd:
        """Post, in bounds of time and size."""
