"""What the API's tests start from: the API over real HTTP on a SQLite file, and tasks that events brought along."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from pathshala_api.compose import service
from pathshala_api.settings import ApiSettings
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.contract.envelope import Envelope, decode, wrap
from pathshala_common.contract.events import AnyEvent, LessonFailed, LessonGenerated, attempt_of
from pathshala_common.contract.lesson import Absence, Article, LessonContent, LessonRequest, Quality, Suggestion
from pathshala_common.contract.ports.broker import Broker, Delivery
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Store
from pathshala_common.contract.services import Service
from pathshala_common.contract.topology import Topology
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime.process import Process, running
from pathshala_common.runtime.process import Service as Part
from pathshala_common.store.sqlite.store import SQLiteStore
from services.api.tests.documents import Promises
from tests.waiting import DEADLINE_SECONDS

promises = Promises()
PROBLEM_TYPE = "application/problem+json"
VERB = Article(
    title="Verb",
    summary="A verb is a word that conveys an action.",
    url="https://en.wikipedia.org/wiki/Verb",
    related_articles=("Adverb", "Value"),
    thumbnail="https://upload.wikimedia.org/verb.png",
    language="en",
    revision_id=1234,
    licence="CC BY-SA 4.0",
)
CONTENT = LessonContent(
    title="Understanding English Verbs",
    shloka="विद्या ददाति विनयम्",
    shloka_source="Hitopadesha, Prastavika 6",
    translation="Learning gives humility.",
    explanation="A verb says what happens.",
    activity="Find five verbs.",
    question="What is a verb?",
    wikipedia_info=VERB,
    quality=Quality(writer="offline", grounded=True),
)
UNGROUNDED = CONTENT.model_copy(
    update={
        "wikipedia_info": None,
        "quality": Quality(writer="offline", grounded=False, ungrounded_reason=Absence.NOT_REQUESTED),
    }
)


@dataclass
class MovableClock:
    """The machine's time, moved ahead or held by the test; waits are a fiftieth of what they should be."""

    ahead: timedelta = timedelta()
    held: datetime | None = None
    pace: float = 0.02

    def now(self) -> datetime:
        return self.held or datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead.total_seconds()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.pace)


@dataclass
class Api:
    """A running API, with hands on its store, broker and clock."""

    client: httpx2.AsyncClient
    store: Store
    broker: Broker
    clock: MovableClock
    settings: ApiSettings

    @property
    def address(self) -> tuple[str, int]:
        """Where it answers, for clients that are not polite."""
        return self.client.base_url.host, self.client.base_url.port or 0

    async def ask(self, subject: str = "english", topic: str = "verbs", user_id: str = "asha", **more: Any) -> str:
        """POST a request, as valid as its fields; returns the task id."""
        answer = await self.client.post("/lessons", json=an_order(subject, topic, user_id, **more))
        assert answer.status_code == 202, answer.text
        return str(answer.json()["task_id"])

    async def record(self, event: AnyEvent) -> None:
        """Log an event and fold it, as the store service does."""
        ttl = self.settings.task_ttl_seconds
        recorder = Recorder(self.store, self.clock, task_ttl_seconds=ttl, hints=self.broker)
        await recorder.record([wrap(event, source="test", now=self.clock.now(), attempt=attempt_of(event) or 1)])

    async def complete(self, task_id: str, content: LessonContent = CONTENT) -> None:
        """Let a task's lesson be written and stored."""
        await self.record(LessonGenerated(task_id=task_id, request=await self.request(task_id), content=content))

    async def fail(self, task_id: str, code: str = "writer_refused", message: str = "The model refused.") -> None:
        """Let a task fail."""
        now = self.clock.now()
        await self.record(LessonFailed(task_id=task_id, service="generator", code=code, message=message, failed_at=now))

    async def fail_suggesting(self, task_id: str, suggestion: Suggestion) -> None:
        """Let a task fail for its order, with another one that would do."""
        now, code = self.clock.now(), "topic_refused"
        failed = LessonFailed(
            task_id=task_id, service="generator", code=code, message="No.", failed_at=now, suggestion=suggestion
        )
        await self.record(failed)

    async def request(self, task_id: str) -> LessonRequest:
        """What a task asks for."""
        task = await self.store.task(task_id)
        assert task is not None
        return task.request

    async def a_lesson(self, subject: str, topic: str, content: LessonContent = CONTENT, **more: Any) -> str:
        """Ask for a lesson and let it be stored. Returns its task."""
        task_id = await self.ask(subject, topic, **more)
        await self.complete(task_id, content)
        return task_id

    async def status(self, task_id: str) -> dict[str, Any]:
        """GET a task's status."""
        answer = await self.client.get(f"/lessons/status/{task_id}")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


class LateBroker(MemoryBroker):
    """A broker that is away when it is first started, and comes when it is started again."""

    _expected = False

    async def start(self) -> None:
        if self._expected:
            await super().start()
        self._expected = True


@asynccontextmanager
async def an_api(
    folder: Path,
    *,
    store: Store | None = None,
    broker_started: bool = True,
    clock: MovableClock | None = None,
    made: Callable[[ApiSettings, Broker, Store, Clock], Part] = service,
    **settings: Any,
) -> AsyncIterator[Api]:
    """Run the API with what is given, the rest being a new SQLite file and a new broker in memory."""
    chosen, clock = ApiSettings(**settings), clock or MovableClock()
    store = store or SQLiteStore(folder / "pathshala.db")
    broker = (MemoryBroker if broker_started else LateBroker)(chosen.topology, clock=clock)
    process = Process(
        settings=chosen,
        clock=clock,
        broker=broker,
        store=store,
        services=[made(chosen, broker, store, clock)],
        address=("127.0.0.1", 0),
    )
    async with (
        running(process) as url,
        httpx2.AsyncClient(base_url=url, trust_env=False, timeout=DEADLINE_SECONDS) as client,
    ):
        client.event_hooks["response"] = [partial(promises.hold, client=client)]
        yield Api(client, store, broker, clock, chosen)


def an_order(subject: str = "english", topic: str = "verbs", user_id: str = "asha", **more: Any) -> dict[str, Any]:
    return {"subject": subject, "topic": topic, "user_id": user_id, **more}


class Published:
    """What the broker carried to a service's queue, acknowledged at once."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self._changed = asyncio.Condition()

    @property
    def task_ids(self) -> list[str]:
        return [envelope.task_id for envelope in self.envelopes]

    async def watch(self, broker: Broker, topology: Topology, service: Service = "store") -> None:
        await broker.consume(topology.queue(service), prefetch=100, on_delivery=self._take)

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait for something about what was published to come true."""
        async with asyncio.timeout(DEADLINE_SECONDS), self._changed:
            await self._changed.wait_for(reached)

    async def _take(self, delivery: Delivery) -> None:
        await delivery.ack()
        async with self._changed:
            self.envelopes.append(decode(delivery.message.body))
            self._changed.notify_all()


async def raw_exchange(address: tuple[str, int], sent: Sequence[bytes]) -> bytes:
    """Send bytes as no polite client would, and read the answer until the other side hangs up."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        reader, writer = await asyncio.open_connection(*address)
        for part in sent:
            writer.write(part)
            await writer.drain()
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    return answer


def closed_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is a problem of this kind, wholly; give its body."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM_TYPE
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= body.keys()
    assert body["type"] == f"urn:pathshala:problem:{code}"
    assert body["title"]
    assert body["status"] == status
    assert body["code"] == code
    assert body["detail"]
    assert "Traceback" not in answer.text
    return body
