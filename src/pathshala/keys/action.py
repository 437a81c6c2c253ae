"""Gives out, lists and revokes access keys, at a running house or in a store. Each of these returns the exit code.

They raise SettingsError, StoreUnavailable or CommandError. A SQLite file belongs to the house that runs on it: the
first operator's key is made before it starts.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypedDict, TypeVar

from pydantic import TypeAdapter, ValidationError

from pathshala.exits import FAILED, MISUSED, stop
from pathshala.opened import opened
from pathshala.options import HouseAddress
from pathshala.over_http import RunningHouse, by_house_or_store, path_to
from pathshala.terminal import say, say_json
from pathshala_common.contract.access_key import AccessKey, Role, new_access_key
from pathshala_common.contract.lesson import Name, whole_milliseconds
from pathshala_common.contract.ports.access_keys import AccessKeys
from pathshala_common.runtime import telemetry
from pathshala_common.runtime.settings import Settings

PAGE_SIZE = 1_000
HOUSE_PAGE_SIZE = 100
ROUTES = "the routes below /operator/keys"
PATH = "/operator/keys"

ResultT = TypeVar("ResultT")

_name = TypeAdapter[str](Name)


@dataclass(frozen=True, slots=True)
class WantedKey:
    """A key that is to be made."""

    user: str
    name: str
    role: Role
    expires_at: datetime | None


class RevokedKey(TypedDict):
    """The key that was revoked."""

    key_id: Annotated[str, "Its id."]


def create(address: HouseAddress, wanted: WantedKey, *, as_json: bool) -> int:
    """Make a key, and print its text."""
    user_id, name = _read("--user", wanted.user), _read("--name", wanted.name)

    def at_house(running: RunningHouse) -> int:
        expires_at = wanted.expires_at.isoformat() if wanted.expires_at else None
        body = {"name": name, "user_id": user_id, "role": wanted.role.value, "expires_at": expires_at}
        _say_made(running.asked("POST", PATH, body=body, repeatable=False).json(), as_json=as_json)
        return 0

    def in_store() -> int:
        now = whole_milliseconds(datetime.now(UTC))
        text, key = new_access_key(name=name, user_id=user_id, role=wanted.role, now=now, expires_at=wanted.expires_at)
        _on_store(lambda keys: keys.add_key(key))
        _say_made(key.shown() | {"key": text}, as_json=as_json)
        return 0

    return by_house_or_store(address, at_house, in_store)


def list_keys(address: HouseAddress, *, as_json: bool) -> int:
    """Print a row for each key."""

    def at_house(running: RunningHouse) -> int:
        return _say_all(_pages(running), as_json=as_json)

    def in_store() -> int:
        return _say_all([key.shown() for key in _on_store(_all)], as_json=as_json)

    return by_house_or_store(address, at_house, in_store)


def revoke(address: HouseAddress, key_id: str, *, as_json: bool) -> int:
    """Revoke a key."""

    def at_house(running: RunningHouse) -> int:
        running.delete(PATH + path_to(key_id))
        return _say_revoked(key_id, as_json=as_json)

    def in_store() -> int:
        now = datetime.now(UTC)
        if not _on_store(lambda keys: keys.revoke_key(key_id, now)):
            say("There is no such key: `pathshala keys list` has all.", error=True)
            return FAILED
        return _say_revoked(key_id, as_json=as_json)

    return by_house_or_store(address, at_house, in_store)


def _say_made(key: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(key)
        return
    say(f"Key {key['key_id']}, for {key['user_id']} as {key['role']}. It is shown this once:", error=True)
    print(key["key"])  # noqa: T201 - for a program too


def _say_all(found: Sequence[Mapping[str, Any]], *, as_json: bool) -> int:
    keys = sorted(found, key=lambda key: str(key["created_at"]), reverse=True)
    if as_json:
        say_json(keys)
        return 0
    now = datetime.now(UTC)
    for key in keys:
        used = f"used {key['used_at'][:16].replace('T', ' ')}" if key["used_at"] else "never used"
        say((key["key_id"], "bold"), f"  {_state(key, now)}  {key['role']}  {key['user_id']}  {key['name']}  {used}")
    say(f"{len(keys)} key{'' if len(keys) == 1 else 's'}.")
    return 0


def _state(key: Mapping[str, Any], now: datetime) -> str:
    if key["revoked_at"]:
        return "revoked"
    return "expired" if key["expires_at"] and datetime.fromisoformat(key["expires_at"]) <= now else "valid"


def _say_revoked(key_id: str, *, as_json: bool) -> int:
    if as_json:
        say_json(RevokedKey(key_id=key_id))
    else:
        say(f"Revoked {key_id}.")
    return 0


def _pages(running: RunningHouse) -> Sequence[Mapping[str, Any]]:
    found, after = list[Mapping[str, Any]](), ""
    while True:
        page = running.get(PATH, after=after, limit=HOUSE_PAGE_SIZE)
        found += page["keys"]
        if page["next_after"] is None:
            return found
        after = page["next_after"]


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
