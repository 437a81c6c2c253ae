"""A process in a block: what starts in which order, stops in reverse, and what ends it."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog

from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.errors import SettingsError
from pathshala_common.runtime import process
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.process import Process, Service, running
from pathshala_common.runtime.settings import Settings
from pathshala_common.store.sqlite.store import SQLiteStore

DEADLINE_SECONDS = 10


def a_process(*services: Service, port: int = 0, **more: Any) -> Process:
    settings, clock = Settings(), SystemClock()
    broker = MemoryBroker(settings.topology, clock=clock)
    return Process(settings, clock, broker, services, ("127.0.0.1", port), **more)


class Told:
    """Says in which order the parts of a process came and went."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def service(self, name: str) -> Service:
        return Service(name, background=[lambda: self._run(name)], close=[lambda: self.say(f"{name} closed")])

    async def say(self, line: str) -> None:
        self.lines.append(line)

    async def _run(self, name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await self.say(f"{name} stopped")


class ToldStore(SQLiteStore):
    """A store that says when it opens and closes."""

    told: Told

    async def open(self) -> None:
        await super().open()
        await self.told.say("store opened")

    async def close(self) -> None:
        await self.told.say("store closed")
        await super().close()


async def test_parts_start_in_order_and_stop_in_reverse(tmp_path: Path) -> None:
    told, store = Told(), ToldStore(tmp_path / "pathshala.db")
    store.told = told
    services = told.service("first"), told.service("second")
    composed = a_process(*services, store=store, prepare=lambda: told.say("prepared"))

    async with running(composed) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        assert (await client.get("/health/ready")).json() == {"status": "ready", "service": "first", "faults": {}}
        assert "date" in (await client.get("/health/live")).headers
        await told.say("up")

    assert told.lines[:3] == ["store opened", "prepared", "up"]
    assert sorted(told.lines[3:5]) == ["first stopped", "second stopped"]
    assert told.lines[5:] == ["second closed", "first closed", "store closed"]
    assert await composed.broker.fault() == "closed"


async def test_a_background_part_that_fails_ends_the_block_and_tells_why() -> None:
    async def fails() -> None:
        raise OSError("the disk is gone")

    told = Told()
    with (
        structlog.testing.capture_logs() as logged,
        pytest.RaisesGroup(pytest.RaisesExc(OSError, match="the disk is gone")),
    ):
        async with (
            asyncio.timeout(DEADLINE_SECONDS),
            running(a_process(told.service("well"), Service("ill", background=[fails]))),
        ):
            await asyncio.Event().wait()

    assert told.lines == ["well stopped", "well closed"]
    assert [line["reason"] for line in logged] == ["OSError('the disk is gone')"]


async def test_a_background_part_that_ends_ends_the_block() -> None:
    async def ends() -> None:
        return

    with pytest.RaisesGroup(pytest.RaisesExc(RuntimeError, match="ends.* ended")):
        async with asyncio.timeout(DEADLINE_SECONDS), running(a_process(Service("short", background=[ends]))):
            await asyncio.Event().wait()


async def test_a_fault_of_the_block_is_raised_as_it_is_once_all_has_stopped() -> None:
    told = Told()

    with pytest.raises(KeyError, match="mine"):
        async with running(a_process(told.service("well"))):
            raise KeyError("mine")

    assert told.lines == ["well stopped", "well closed"]


async def test_an_address_that_is_taken_is_a_wrong_setting() -> None:
    async with running(a_process(Service("first"))) as url:
        with pytest.raises(SettingsError, match=r"cannot listen on 127\.0\.0\.1"):
            async with running(a_process(Service("second"), port=httpx2.URL(url).port or 0)):
                pass


async def test_what_does_not_close_in_time_is_left_and_keeps_nothing_else_from_closing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(process, "CLOSE_SECONDS", 0.05)
    told = Told()
    async with asyncio.timeout(DEADLINE_SECONDS):
        async with running(a_process(told.service("well"), Service("stuck", close=[never, never]))):
            pass

    assert told.lines[:1] == ["well stopped"]
