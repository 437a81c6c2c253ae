"""Print the files through which an order and its events are passed, from POST to LessonStored, as JSON.

Run as a process of its own (`python -m tests.architecture.reading_path FOLDER`), in which nothing else traces.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import FrameType

import httpx2

from pathshala.run import embedded
from pathshala.settings import HouseSettings
from pathshala_api.schemas import LessonOrder
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import Event
from pathshala_common.contract.lesson import Status, Task
from pathshala_common.contract.ports.broker import Message
from pathshala_common.contract.ports.handlers import Context
from pathshala_common.contract.ports.store import Change
from pathshala_common.contract.topology import BESIDE
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.process import running
from pathshala_common.store.sqlite.store import SQLiteStore
from tests.architecture.sources import SOURCES
from tests.waiting import one_turn

OURS = tuple(f"{source}/" for source in SOURCES)
PASSED_ON = (LessonOrder, Task, Event, Envelope, Message, Context, Change)
BESIDE_PACKAGES = {f"pathshala_{service}" for service in BESIDE}
"""The services that hear of a lesson once it is stored: no task waits for them."""


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[tuple[SQLiteStore, httpx2.AsyncClient]]:
    settings, clock = HouseSettings(writer="offline", port=0), SystemClock()
    store = SQLiteStore(folder / "house.db")
    process = embedded.house(settings, MemoryBroker(settings.topology, clock=clock), store, clock)
    async with running(process) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        yield store, client


def passes(value: object) -> bool:
    """Whether this is what a reader follows, or a delivery or a list of it."""
    if isinstance(value, list | tuple):
        return bool(value) and passes(value[0])
    return isinstance(value, PASSED_ON) or isinstance(getattr(value, "message", None), Message)


class Reader:
    """Notes each file in which a function other than a constructor is given what is followed."""

    def __init__(self) -> None:
        self.opened: set[str] = set()
        self.faults: list[Exception] = []

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        try:
            self._read(frame, event)
        except Exception as error:  # noqa: BLE001 - a profile function that raises is taken away in silence
            self.faults.append(error)

    def _read(self, frame: FrameType, event: str) -> None:
        code = frame.f_code
        if event != "call" or code.co_name == "__init__" or not code.co_filename.startswith(OURS):
            return
        given = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if any(passes(frame.f_locals.get(name)) for name in given):
            path = Path(code.co_filename)
            opened = {path.relative_to(source) for source in SOURCES if path.is_relative_to(source)}
            self.opened |= {str(path) for path in opened if path.parts[0] not in BESIDE_PACKAGES}


async def read(reader: Reader, folder: Path) -> Task | None:
    """Have a reader follow a lesson from its order to its end."""
    order = {"subject": "english", "topic": "verbs", "user_id": "asha", "include_wikipedia": False}
    async with house(folder) as (store, client):
        sys.setprofile(reader)
        try:
            task_id = (await client.post("/lessons", json=order)).json()["task_id"]
            while (task := await store.task(task_id)) is not None and not task.status.final:
                await one_turn()
        finally:
            sys.setprofile(None)
    return task


if __name__ == "__main__":
    reader = Reader()
    ended = asyncio.run(read(reader, Path(sys.argv[1])))
    if reader.faults:
        raise reader.faults[0]
    if ended is None or ended.status is not Status.COMPLETED:
        sys.exit(f"the lesson did not complete: {ended}")
    sys.stdout.write(json.dumps(sorted(reader.opened)))
