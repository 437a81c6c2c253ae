"""Calling a house over HTTP by the key of these tests, which every house that asks for keys is given before it starts.

With PATHSHALA_TEST_KEYS set all houses ask for keys that are started by `tests.house.houses` or `tests.faults.rooms`.
"""

import asyncio
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import requests

from pathshala_common.contract.access_key import Role, new_access_key
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.ports.access_keys import AccessKeys
from pathshala_common.runtime import connect
from pathshala_common.runtime.settings import Settings

VARIABLE = "PATHSHALA_TEST_KEYS"
KEYED = {"PATHSHALA_AUTH": "keys", "PATHSHALA_KEY_REQUESTS_PER_MINUTE": "1000000"}
"""The settings of a house that asks for keys, and lets tests ask as often as they do of one that does not."""

BY_ENVIRONMENT: Mapping[str, str] = KEYED if os.environ.get(VARIABLE) else {}

KEY, _KEPT = new_access_key(name="tests", user_id="root", role=Role.OPERATOR, now=datetime.now(UTC))
BEARER = {"Authorization": f"Bearer {KEY}"}


class Client(requests.Session):
    """A session that sends the key. A house that asks for none does not look at it."""

    def __init__(self) -> None:
        super().__init__()
        self.headers.update(BEARER)


def get(url: str, **more: Any) -> requests.Response:
    """Get something."""
    with Client() as client:
        return client.get(url, **more)


def post(url: str, **more: Any) -> requests.Response:
    """Post something."""
    with Client() as client:
        return client.post(url, **more)


def delete(url: str, **more: Any) -> requests.Response:
    """Delete something."""
    with Client() as client:
        return client.delete(url, **more)


async def let_in(keys: AccessKeys) -> None:
    """Keep the key, if it is not kept."""
    if await keys.access_key(_KEPT.key_id) is None:
        await keys.add_key(_KEPT)


def let_in_by(settings: Mapping[str, str]) -> None:
    """Keep the key in the store of a house that asks for keys, before it starts; one that is away cannot be asked."""
    if settings.get("PATHSHALA_AUTH") == "keys":
        with suppress(StoreUnavailable), ThreadPoolExecutor(1) as threads:  # in a thread that has no running loop
            threads.submit(asyncio.run, _let_in_at(settings["PATHSHALA_STORE_URL"])).result()


async def _let_in_at(store_url: str) -> None:
    store = connect.store(Settings(store_url=store_url))
    await store.open()
    try:
        await let_in(store)
    finally:
        await store.close()
