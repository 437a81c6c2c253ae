"""The records of access keys that both adapters keep: fields by name, moments in milliseconds."""

from collections.abc import Mapping
from typing import Any

from pathshala_common.contract.access_key import AccessKey, Role
from pathshala_common.store.records import Record, milliseconds, moment


def key_record(key: AccessKey) -> Record:
    """Make the record of a key."""
    return {
        "digest": key.digest,
        "name": key.name,
        "user_id": key.user_id,
        "role": key.role.value,
        "created_at": milliseconds(key.created_at),
        "expires_at": None if key.expires_at is None else milliseconds(key.expires_at),
        "revoked_at": None if key.revoked_at is None else milliseconds(key.revoked_at),
        "used_at": None if key.used_at is None else milliseconds(key.used_at),
    }


def read_access_key(key_id: str, kept: Mapping[str, Any]) -> AccessKey:
    """Read a key back from its record."""
    later = {name: kept[name] for name in ("expires_at", "revoked_at", "used_at")}
    return AccessKey(
        key_id,
        digest=kept["digest"],
        name=kept["name"],
        user_id=kept["user_id"],
        role=Role(kept["role"]),
        created_at=moment(kept["created_at"]),
        **{name: None if count is None else moment(count) for name, count in later.items()},
    )
