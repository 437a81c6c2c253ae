"""Access keys: who calls over HTTP, and what such a caller may do. A key is shown once; its hash alone is kept."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

KEY_SIZE_BYTES, ID_SIZE_BYTES = 32, 8

_KEY = re.compile(r"ps_([0-9a-f]{16})_[A-Za-z0-9_-]{43}")


class Role(StrEnum):
    """The roles of callers, each of which may do what the ones before may."""

    USER = "user"
    TEACHER = "teacher"
    OPERATOR = "operator"

    def includes(self, role: "Role") -> bool:
        """Whether who has this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(role)


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key as it is kept: `digest` is the SHA-256 of its text, in hexadecimal. `name` is for people.

    `used_at` is known to a minute or so.
    """

    key_id: str
    digest: str = field(repr=False)
    name: str
    user_id: str
    role: Role
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def is_of(self, text: str) -> bool:
        """Whether this is the key with that text; a wrong one is told in the same time, however wrong it is."""
        return secrets.compare_digest(self.digest, digest_of(text))

    def is_valid(self, now: datetime) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def shown(self) -> dict[str, Any]:
        """Give what an operator is shown of it, with moments as ISO 8601."""
        moments = {
            name: moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
            for name, moment in (
                ("created_at", self.created_at),
                ("expires_at", self.expires_at),
                ("revoked_at", self.revoked_at),
                ("used_at", self.used_at),
            )
        }
        return {
            "key_id": self.key_id,
            "name": self.name,
            "user_id": self.user_id,
            "role": self.role.value,
            **moments,
        }


def new_access_key(
    *, name: str, user_id: str, role: Role, now: datetime, expires_at: datetime | None = None
) -> tuple[str, AccessKey]:
    """Make a key of 256 random bits. Gives its text, to be shown once, and what is kept of it."""
    key_id = secrets.token_hex(ID_SIZE_BYTES)
    text = f"ps_{key_id}_{secrets.token_urlsafe(KEY_SIZE_BYTES)}"
    return text, AccessKey(key_id, digest_of(text), name, user_id, role, now, expires_at)


def id_in(text: str) -> str | None:
    """Read from a key's text which key it claims to be; None if it is no key's text."""
    found = _KEY.fullmatch(text)
    return found[1] if found else None


def digest_of(text: str) -> str:
    """Hash a key. It has as much chance in it as the hash: no salt and no slow hash would add to that."""
    return sha256(text.encode()).hexdigest()
