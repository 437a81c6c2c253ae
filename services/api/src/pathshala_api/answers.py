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


class JsonAnswer(Response):
    """An answer with its headers as they go out. It may be given as often as it is asked for."""

    def __init__(self, body: bytes, status: HTTPStatus = HTTPStatus.OK, headers: Pairs = ()) -> None:
        """Answer with JSON, or with nothing if there is no body."""
        self.status_code, self.body, self.background = status, body, None
        content = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))] if body else []
        self.raw_headers = [*content, *headers]


@dataclass(frozen=True, slots=True)
class Tagged:
    """An answer, and what is said instead to whoever has it."""

    tag: str
    whole: JsonAnswer
    unchanged: JsonAnswer

    def to(self, if_none_match: str | None) -> JsonAnswer:
        """Answer a request with this header. A tag in quotes stands in a list of tags as it is, weak or not."""
        if if_none_match and (self.tag in if_none_match or if_none_match.strip() == "*"):
            return self.unchanged
        return self.whole


def tagged(body: bytes) -> Tagged:
    """Tag a body by its content: replicas that say the same give it the same tag."""
    tag = f'"{blake2b(body, digest_size=TAG_SIZE_BYTES).hexdigest()}"'
    headers = ((b"etag", tag.encode()), (b"cache-control", b"no-cache"))
    return Tagged(tag, JsonAnswer(body, headers=headers), JsonAnswer(b"", HTTPStatus.NOT_MODIFIED, headers))
