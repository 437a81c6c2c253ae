"""An API that asks for keys, and callers who have some."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pathshala_common.contract.access_key import Role, new_access_key
from pathshala_common.contract.ports.store import Store
from services.api.tests.given import Api, an_api


@asynccontextmanager
async def a_keyed_api(folder: Path, **settings: Any) -> AsyncIterator[Api]:
    """Run the API with keys. Its client has none of its own."""
    async with an_api(folder, auth="keys", **settings) as api:
        yield api


async def a_key(
    store: Store, api: Api, user_id: str = "asha", role: Role = Role.USER, expires_at: datetime | None = None
) -> str:
    """Give out a key; returns its text."""
    text, key = new_access_key(name="test", user_id=user_id, role=role, now=api.clock.now(), expires_at=expires_at)
    await store.add_key(key)
    return text


def bearer(key: str) -> dict[str, str]:
    """The header that a key goes in."""
    return {"Authorization": f"Bearer {key}"}
