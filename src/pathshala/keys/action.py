"""Gives out, lists and revokes access keys. Each of these returns the exit code.

They raise SettingsError or StoreUnavailable. A SQLite file belongs to the house that runs on it: operators then use the
routes below /operator/keys.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from pathshala.exits import FAILED, MISUSED, stop
from pathshala.opened import opened
from pathshala.terminal import say, say_json
from pathshala_common.contract.access_key import AccessKey, Role, new_access_key
from pathshala_common.contract.lesson import Name, whole_milliseconds
from pathshala_common.contract.ports.access_keys import AccessKeys
from pathshala_common.runtime import telemetry
from pathshala_common.runtime.settings import Settings

PAGE_SIZE = 1_000
ROUTES = "the routes below /operator/keys"

ResultT = TypeVar("ResultT")

_name = TypeAdapter[str](Name)


def create(*, user: str, name: str, role: Role, expires_at: datetime | None) -> int:
    """Make a key, and print its text."""
    now = whole_milliseconds(datetime.now(UTC))
    user_id, named = _read("--user", user), _read("--name", name)
    text, key = new_access_key(name=named, user_id=user_id, role=role, now=now, expires_at=expires_at)
    _on_store(lambda keys: keys.add_key(key))
    say(f"Key {key.key_id}, for {user_id} as {role.value}. It is shown this once:", error=True)
    print(text)  # noqa: T201 - for a program too
    return 0


def list_keys(*, as_json: bool) -> int:
    """Print a row for each key."""
    found = sorted(_on_store(_all), key=lambda key: key.created_at, reverse=True)
    if as_json:
        say_json([key.shown() for key in found])
        return 0
    now = datetime.now(UTC)
    for key in found:
        used = f"used {key.used_at:%Y-%m-%d %H:%M}" if key.used_at else "never used"
        state = "valid" if key.is_valid(now) else "revoked" if key.revoked_at else "expired"
        say((key.key_id, "bold"), f"  {state}  {key.role.value}  {key.user_id}  {key.name}  {used}")
    say(f"{len(found)} key{'' if len(found) == 1 else 's'}.")
    return 0


def revoke(key_id: str) -> int:
    """Revoke a key."""
    now = datetime.now(UTC)
    if not _on_store(lambda keys: keys.revoke_key(key_id, now)):
        say("There is no such key: `pathshala keys list` has all.", error=True)
        return FAILED
    say(f"Revoked {key_id}.")
    return 0


async def _all(keys: AccessKeys) -> list[AccessKey]:
    found: list[AccessKey] = []
    while page := await keys.access_keys(after=found[-1].key_id if found else "", limit=PAGE_SIZE):
        found += page
    return found


def _read(option: str, text: str) -> str:
    """Read a name as the API reads it, so that it is the same user."""
    try:
        return _name.validate_python(text)
    except ValidationError as error:
        stop(MISUSED, f"pathshala: {option}: {error.errors()[0]['msg'].removeprefix('Value error, ')}")


def _on_store(act: Callable[[AccessKeys], Awaitable[ResultT]]) -> ResultT:
    """Do something on the store that the settings name."""
    telemetry.configure("error", "text")

    async def on_store() -> ResultT:
        async with opened(Settings.load(), ROUTES) as store:
            return await act(store)

    return asyncio.run(on_store())
