"""Ids that follow from a name: whoever makes one of the same name makes the same id."""

import hashlib
from uuid import UUID

_OF_VARIANT = {f"{digit:x}": f"{digit & 0x3 | 0x8:x}" for digit in range(16)}
"""The digit that says which variant of UUID it is, and keeps two bits of the one that stood there."""


def derived_id(namespace: UUID, name: str) -> str:
    """Give the UUID of version 5 (RFC 9562) of a name, as `uuid.uuid5` does in three times as long."""
    text = hashlib.sha1(namespace.bytes + name.encode(), usedforsecurity=False).hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_OF_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"
