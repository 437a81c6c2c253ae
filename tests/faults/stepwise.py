"""Houses that die after their first, second ... step: `python -m tests.faults.stepwise FOLDER`, set by PATHSHALA_*.

A step is what one task has done by a broker or a store: kept, published, logged, acknowledged. Each process first
brings the task before to its end, as a plain house does, then accepts the next one and exits at its step. Steps come in
no fixed order where two services work, so that the nth one of every house may miss a kind: the first houses die after
their first step of each kind. Prints a line of JSON for each task. All are forks of one process, so that each costs a
start, and not the imports too.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import uvloop
from pymongo import monitoring

from pathshala.run.embedded import house
from pathshala.settings import HouseSettings
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.lesson import Task, lesson_key
from pathshala_common.contract.ports.broker import Broker, Delivery, Message, OnDelivery, Subscription
from pathshala_common.contract.ports.store import Change, Store
from pathshala_common.runtime import connect, telemetry
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.process import running
from tests.house.calling import BEARER, let_in
from tests.waiting import DEADLINE_SECONDS, until, until_so

EXIT_CODE = 66
SUBJECT = "steps"
LAST_STEPS = {"acknowledged LessonGenerated in store"}
KINDS, KIND_ON_MONGODB = ("kept", "published", "logged", "acknowledged"), "wrote"
STEPS_MAX = 100


@dataclass
class Steps:
    """Names the steps of a house's task, whose topic is its number; exits at the nth, or the first of a kind."""

    told: Path
    house: int
    last: int | str
    task_id: str = ""
    names: list[str] = field(default_factory=list)

    def taken(self, name: str, task_ids: Collection[str]) -> None:
        """Take note of a step that is done."""
        if self.task_id not in task_ids:
            return
        self.names.append(name)
        if self.last in {len(self.names), name.split(maxsplit=1)[0]}:
            self.tell(house=self.house, task_id=self.task_id, exited_after=name)
            os._exit(EXIT_CODE)

    def published(self, messages: Sequence[Message]) -> None:
        """Take note of messages that the broker confirmed."""
        for message in messages:
            self.tell(task_id=message.correlation_id, published=message.type)
        self.taken(f"published {messages[0].type}", [message.correlation_id for message in messages])

    def tell(self, **line: object) -> None:
        """Write a line that outlives this process."""
        with self.told.open("a") as told:
            told.write(f"{json.dumps(line)}\n")


class Commands(monitoring.CommandListener):
    """Sees each write that a MongoDB confirms: an append is several, and may be cut off between two."""

    def __init__(self, steps: Steps) -> None:
        self._steps, self._writing = steps, dict[int, str]()

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Remember a write that is about the task."""
        about = str(event.command)
        if event.command_name in {"insert", "update"} and self._steps.task_id and self._steps.task_id in about:
            self._writing[event.request_id] = f"wrote {event.command.get(event.command_name)}"

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Take note of one that is done."""
        if event.request_id in self._writing:
            self._steps.taken(self._writing.pop(event.request_id), [self._steps.task_id])

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Forget one that is not."""
        self._writing.pop(event.request_id, None)


class CountingBroker:
    """A broker whose confirms and acknowledgements are steps."""

    def __init__(self, broker: Broker, steps: Steps) -> None:
        self._broker, self._steps = broker, steps
        self.durable = broker.durable

    def __getattr__(self, name: str) -> Any:
        return getattr(self._broker, name)

    async def publish(self, messages: Sequence[Message]) -> None:
        await self._broker.publish(messages)
        self._steps.published(messages)

    async def consume(self, queue: str, *, prefetch: int, on_delivery: OnDelivery) -> Subscription:
        async def counted(delivery: Delivery) -> None:
            await on_delivery(delivery)
            name = f"acknowledged {delivery.message.type} in {queue.rpartition('.')[2]}"
            self._steps.taken(name, [delivery.message.correlation_id])

        return await self._broker.consume(queue, prefetch=prefetch, on_delivery=counted)


class CountingStore:
    """A store whose writes are steps."""

    def __init__(self, store: Store, steps: Steps) -> None:
        self._store, self._steps = store, steps

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def create(self, task: Task, requested: Envelope, **more: Any) -> Task:
        kept = await self._store.create(task, requested, **more)
        self._steps.task_id = task.task_id
        self._steps.taken("kept", [task.task_id])
        return kept

    async def append(self, changes: Sequence[Change]) -> Sequence[bool]:
        applied = await self._store.append(changes)
        types = sorted({envelope.type for change in changes for envelope in change.envelopes})
        self._steps.taken(f"logged {', '.join(types)}", [change.task_id for change in changes])
        return applied


async def live(settings: HouseSettings, steps: Steps) -> None:
    """Bring the task before to its end in an embedded house, then begin the next."""
    clock = SystemClock()
    monitoring.register(Commands(steps))
    broker: Any = CountingBroker(connect.broker(settings, clock), steps)
    await connect.migrate(settings, drop=False)
    store: Any = CountingStore(connect.store(settings), steps)
    order = {"subject": SUBJECT, "topic": str(steps.house), "user_id": "tester", "include_wikipedia": False}
    async with running(house(settings, broker, store, clock)) as url:
        await until_so(lambda: _has_ended(store, steps.house - 1))
        if settings.auth == "keys":
            await let_in(store)
        async with httpx2.AsyncClient(
            base_url=url, trust_env=False, timeout=DEADLINE_SECONDS, headers=BEARER
        ) as client:
            (await client.post("/lessons", json=order)).raise_for_status()
        await until(lambda: set(steps.names) >= LAST_STEPS)
        steps.tell(house=steps.house, task_id=steps.task_id, exited_after="all")
        os._exit(0)


async def _has_ended(store: Store, number: int) -> bool:
    return number == 0 or await store.lesson(lesson_key(SUBJECT, str(number))) is not None


async def found(store: Store, lines: Sequence[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    """What became of each task, as the store has it and as the houses told."""
    await store.open()
    for exited in (line for line in lines if "house" in line):
        task_id = exited["task_id"]
        task = await store.task(task_id)
        assert task is not None
        yield exited | {
            "status": task.status,
            "published": Counter(
                line["published"] for line in lines if line["task_id"] == task_id and "house" not in line
            ),
            "logged": Counter(envelope.type for envelope in await store.events(task_id)),
            "revisions": [
                one.revision for one in await store.revisions(lesson_key(SUBJECT, str(exited["house"])), limit=9)
            ],
        }
    await store.close()


async def _report(settings: HouseSettings, lines: Sequence[dict[str, Any]]) -> None:
    async for line in found(connect.store(settings), lines):
        print(json.dumps(line))  # noqa: T201 - the answer


def _last_steps(settings: HouseSettings) -> Iterator[int | str]:
    yield from KINDS
    if urlsplit(str(settings.store_url)).scheme.startswith("mongodb"):
        yield KIND_ON_MONGODB
    yield from range(1, STEPS_MAX)


def main(folder: Path) -> int:
    """Let houses die until one does not."""
    settings, told = HouseSettings.load(), folder / "told"
    telemetry.configure(settings.log_level, settings.log_format)
    for number, last in enumerate(_last_steps(settings), 1):
        child = os.fork()
        if child == 0:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(live(settings, Steps(told, number, last)))
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            asyncio.run(_report(settings, [json.loads(line) for line in told.read_text().splitlines()]))
            return 0
        if code != EXIT_CODE:
            break
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
