"""The bodies of requests and answers about sessions.

Written by `scripts/clients`, from the description of the API; a test holds it to that.
"""

from typing import Literal, TypedDict

Role = Literal["user", "teacher", "operator"]


class SessionBody(TypedDict):
    """Who asks, as the house knows it."""

    auth: Literal["keys", "off"]
    user_id: str | None
    role: Role


class StreamToken(TypedDict):
    """A token by which a browser watches one task, since its EventSource can send no header."""

    token: str
    expires_at: str
