"""The receiver of a chaos run's webhooks: a real server in a thread, and one beside it where none may come."""

import asyncio
import base64
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit
from zlib import crc32

from tests.stubs.receiver import WELL, Receiver

ALLOWED, FORBIDDEN = "127.0.0.1", "127.0.0.2"
SECRET = f"whsec_{base64.b64encode(bytes(32)).decode()}"
SETTINGS = {"PATHSHALA_WEBHOOK_SECRETS": SECRET, "PATHSHALA_WEBHOOK_NETWORKS": f"{ALLOWED}/32"}

REFUSED_ONE_IN = 5
"""Of so many addresses one refuses at first, then sends its webhook to where none may go, and takes the third."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came: tasks that an address of theirs was told of, webhooks that came elsewhere, and repeats."""

    tasks: frozenset[str]
    misplaced: int
    repeats: int


class Webhooks:
    """Takes webhooks while inside."""

    def __init__(self) -> None:
        self._receiver, self._forbidden = Receiver(host=ALLOWED), Receiver(host=FORBIDDEN)
        self._ready, self._left = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._left.set)
        self._thread.join()

    def address(self, key: str) -> str:
        """Give the address of an order, by what tells it from every other; the same for the same."""
        path = f"/{quote(key)}"
        if crc32(path.encode()) % REFUSED_ONE_IN == 0:
            elsewhere = (307, {"Location": self._forbidden.url()})
            self._receiver.answers[path] = [(500, {}), elsewhere, WELL]
        return self._receiver.url(path)

    def told(self, addresses: Mapping[str, str]) -> Told:
        """Say what came until now to the addresses that tasks have; what was refused counts as not told."""
        paths = {urlsplit(address).path: task_id for task_id, address in addresses.items()}
        taken, misplaced, came = Counter[str](), self._forbidden.connections, Counter[str]()
        for one in tuple(self._receiver.received):
            came[one.path] += 1
            told = str(one.json["task_id"])
            if paths.get(one.path) != told:
                misplaced += 1
            elif came[one.path] >= len(self._receiver.answers.get(one.path, [WELL])):
                taken[told] += 1
        return Told(frozenset(taken), misplaced, taken.total() - len(taken))

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            for receiver in (self._receiver, self._forbidden):
                await stack.enter_async_context(receiver)
            self._ready.set()
            await self._left.wait()
