"""A client that follows a task as a browser does: it resumes on its last event's id, at whichever replica is there."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2


@dataclass(slots=True)
class Viewer:
    """Follows one task to its end. `told` are the events in their order, `connected` how often it came."""

    client: httpx2.AsyncClient
    task_id: str
    urls: Sequence[str]
    told: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    connected: int = 0

    async def follow(self) -> None:
        """Follow until the last event says that the task has ended; a replica that is gone is left for the next."""
        while not self.told or self.told[-1][1]["status"] not in {"completed", "failed"}:
            url = self.urls[self.connected % len(self.urls)]
            self.connected += 1
            with suppress(httpx2.HTTPError):
                await self._listen(url)

    async def _listen(self, url: str) -> None:
        headers = {"Last-Event-ID": str(self.told[-1][0])} if self.told else {}
        identity = -1
        async with self.client.stream("GET", f"{url}/lessons/status/{self.task_id}/stream", headers=headers) as answer:
            answer.raise_for_status()
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    identity = int(value)
                elif name == "data":
                    self.told.append((identity, json.loads(value)))
