"""Every store keeps access keys by their hashes, over restarts, and gives all processes the same secrets."""

import asyncio
from dataclasses import replace
from pathlib import Path

from libs.common.tests.store.conftest import Again
from libs.common.tests.store.examples import HOUR, NOON
from pathshala_common.contract.access_key import AccessKey, Role, id_in, new_access_key
from pathshala_common.contract.ports.store import Store
from pathshala_common.store.sqlite.store import SQLiteStore


def a_key(name: str = "Asha's laptop", **more: object) -> tuple[str, AccessKey]:
    text, key = new_access_key(name=name, user_id="asha", role=Role.TEACHER, now=NOON)
    return text, replace(key, **more)  # type: ignore[arg-type]


async def test_a_key_is_there_after_a_restart_and_is_revoked_once(again: Again) -> None:
    _, key = a_key(expires_at=NOON + HOUR)
    store = again()
    await store.open()
    await store.add_key(key)
    assert await store.revoke_key(key.key_id, NOON)
    assert await store.revoke_key(key.key_id, NOON + HOUR)
    assert not await store.revoke_key("0" * 16, NOON)
    await store.close()

    store = again()
    await store.open()
    assert await store.access_key(key.key_id) == replace(key, revoked_at=NOON)
    assert await store.access_key("0" * 16) is None
    await store.close()


async def test_the_latest_use_is_kept(store: Store) -> None:
    _, key = a_key()
    await store.add_key(key)
    for used_at in (NOON, NOON + HOUR, NOON):
        await store.note_uses({key.key_id: used_at, "0" * 16: used_at})
    await store.note_uses({})

    assert await store.access_key(key.key_id) == replace(key, used_at=NOON + HOUR)


async def test_keys_are_listed_in_pages(store: Store) -> None:
    keys = sorted((a_key(f"key {number}")[1] for number in range(5)), key=lambda key: key.key_id)
    for key in reversed(keys):
        await store.add_key(key)

    assert list(await store.access_keys(after="", limit=3)) == keys[:3]
    assert list(await store.access_keys(after=keys[2].key_id, limit=3)) == keys[3:]


async def test_of_those_who_propose_a_secret_at_once_all_get_the_same(store: Store) -> None:
    given = await asyncio.gather(*(store.secret("tokens", bytes([number])) for number in range(10)))

    assert len(set(given)) == 1
    assert await store.secret("others", b"another") == b"another"
    assert await store.secret("tokens", b"late") == given[0]


async def test_no_key_is_written_down(tmp_path: Path) -> None:
    text, key = a_key()
    store = SQLiteStore(tmp_path / "pathshala.db")
    await store.open()
    await store.add_key(key)
    await store.close()

    secret = text.split("_", 2)[2]
    files = await asyncio.to_thread(lambda: [path.read_bytes() for path in tmp_path.iterdir()])
    assert all(secret.encode() not in content for content in files)
    assert secret not in repr(key)
    assert key.digest not in repr(key)


def test_a_key_says_which_it_is_and_knows_its_text() -> None:
    (text, key), (other, _) = a_key(), a_key()

    assert id_in(text) == key.key_id
    assert len(text) == len("ps_") + 16 + 1 + 43
    assert key.is_of(text)
    assert not key.is_of(other)
    assert [id_in(wrong) for wrong in ("", "ps_", text[:-1], text + "x", f" {text}", text.upper())] == [None] * 6


def test_a_key_opens_nothing_once_it_is_revoked_or_expired() -> None:
    _, key = a_key(expires_at=NOON + HOUR)

    assert key.is_valid(NOON)
    assert not key.is_valid(NOON + HOUR)
    assert not replace(key, revoked_at=NOON).is_valid(NOON)
    assert replace(key, expires_at=None).is_valid(NOON + 1_000 * HOUR)
