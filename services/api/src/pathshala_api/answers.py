"""Answers that are bytes already, each with a tag: who has an answer is told so, and not sent it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Header
from starlette.responses import Response

TAG_SIZE_BYTES = 16
Pairs = Sequence[tuple[bytes, bytes]]

IfNoneMatch = Annotated[str | None, Header(description="The ETag of the answer that you have.")]
NOT_CHANGED: dict[str, Any] = {"description": "What you have, by your If-None-Match, is still the answer"}
ETAG: dict[str, Any] = {"description": "Names this very answer, whoever gave it.", "schema": {"type": "string"}}


NO_CACHE = b"no-cache"
"""May be kept, and is asked for again each time, by its tag."""

IMMUTABLE = b"public, max-age=31536000, immutable"
"""Never changes: need not be asked for again."""


JSON = b"application/json"


class JsonAnswer(Response):
    """An answer with its headers as they go out. It may be given as often as it is asked for."""

    def __init__(
        self, body: bytes, status: HTTPStatus = HTTPStatus.OK, headers: Pairs = (), media_type: bytes = JSON
    ) -> None:
        """Answer with JSON, or with what the media type says; with nothing if there is no body."""
        self.status_code, self.body, self.background = status, body, None
        content = [(b"content-type", media_type), (b"content-length", b"%d" % len(body))] if body else []
        self.raw_headers = [*content, *headers]

    def with_headers(self, more: Pairs) -> "JsonAnswer":
        """Give the same answer with further headers."""
        answer = JsonAnswer(bytes(self.body), HTTPStatus(self.status_code))
        answer.raw_headers = [*self.raw_headers, *more]
        return answer


@dataclass(frozen=True, slots=True)
class Tagged:
    """An answer, and what is said instead to whoever has it."""

    tag: str
    whole: JsonAnswer
    unchanged: JsonAnswer
    final: bool = False

    def has(self, if_none_match: str) -> bool:
        """Whether this header names this answer. A tag in quotes stands in a list as it is, weak or not."""
        return self.tag in if_none_match or if_none_match.strip() == "*"

    def to(self, if_none_match: str | None) -> JsonAnswer:
        """Answer a request with this header."""
        return self.unchanged if if_none_match and self.has(if_none_match) else self.whole


def tagged(
    body: bytes, tag: str | None = None, more: Pairs = (), *, final: bool = False, cache_control: bytes = NO_CACHE
) -> Tagged:
    """Tag a body by its content, or by what it tells: replicas that say the same give it the same tag.

    A tag that is given, in quotes, is a weak one: of two bodies that tell the same one may measure time otherwise.
    `more` are further headers.
    """
    shown = f"W/{tag}" if tag else f'"{blake2b(body, digest_size=TAG_SIZE_BYTES).hexdigest()}"'
    headers = ((b"etag", shown.encode()), (b"cache-control", cache_control), *more)
    unchanged = JsonAnswer(b"", HTTPStatus.NOT_MODIFIED, headers)
    return Tagged(tag or shown, JsonAnswer(body, headers=headers), unchanged, final)
