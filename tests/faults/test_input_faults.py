"""What strangers send: bad events are quarantined at once, forged ones are told from ours, bad requests are refused."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from pathshala_common.contract.envelope import MESSAGE_SIZE_MAX_BYTES, Envelope, wrap
from pathshala_common.contract.events import (
    AnyEvent,
    LessonFailed,
    LessonGenerated,
    LessonRequested,
    LessonStored,
)
from pathshala_common.contract.lesson import LessonRequest, Status, lesson_key
from pathshala_common.contract.messages import ATTEMPT
from pathshala_common.contract.topology import SUBSCRIPTIONS
from services.api.tests.given import CONTENT
from tests.faults.record import MEMORY, RABBITMQ, Measured, fault, fault_in_each
from tests.faults.rooms import Room, a_room, addresses
from tests.house import calling
from tests.house.asking import answered, ask, outcome, reasons_of_503, says_store_is_too_slow
from tests.house.calling import Client
from tests.house.houses import House, distributed, embedded
from tests.stories.lessons import a_request
from tests.waiting import DEADLINE_SECONDS, until, until_so

Send = Callable[[], requests.Response]

BURST = 1_000
RSS_GROWTH_MAX_BYTES = 128 * 2**20
STORES_WITH_A_TIME_LIMIT = {RABBITMQ: {"MongoDB"}, MEMORY: set[str]()}
HOSTILE_IDS = ("0", "..%2f..%2fetc%2fpasswd", "%00", "$where", '{"$gt":""}', "%ff%fe", "a" * 5_000, "' OR 1=1 --", "💥")


def asked_now(topic: str) -> LessonRequest:
    return a_request("faults", topic, at=datetime.now(UTC))


def a_bad_event(**changes: Any) -> bytes:
    """A LessonRequested with attributes, or fields of its data, that are not ours."""
    event = LessonRequested(task_id="bad", request=asked_now("bad"))
    content = json.loads(wrap(event, source="somebody", now=datetime.now(UTC)).raw)
    content["data"] |= changes.pop("data", {})
    return json.dumps(content | changes).encode()


BAD_EVENTS = {
    "broken JSON": b'{"specversion": "1.0", "id": ',
    "nothing": b"",
    "no UTF-8": b"\xff\xfe\x00\x01",
    "no envelope": b"[1, 2, 3]",
    "deep": b"[" * 100_000,
    "huge number": b'{"specversion": ' + b"9" * 10_000 + b"}",
    "unknown type": a_bad_event(type="pathshala.LessonBurnt"),
    "future version of another event": a_bad_event(dataschema="urn:pathshala:LessonEnriched:2"),
    "version of foreign digits": a_bad_event(dataschema="urn:pathshala:LessonRequested:²"),
    "version of 5,000 digits": a_bad_event(dataschema="urn:pathshala:LessonRequested:" + "9" * 5_000),
    "time before time": a_bad_event(time="0001-01-01T00:00:00+23:59"),
    "deadline after time": a_bad_event(data={"request": {"deadline": "9999-12-31T23:59:59-23:59"}}),
    "half a character as id": a_bad_event(id="\ud800"),
    "nobody's": a_bad_event(source=None),
    "another task's": a_bad_event(subject="other"),
    "a query as task": a_bad_event(data={"task_id": {"$gt": ""}}),
    "too large": a_bad_event(padding="x" * MESSAGE_SIZE_MAX_BYTES),
}


@fault(8, RABBITMQ)
async def test_a_bad_event_is_quarantined_at_once_in_every_queue_and_its_neighbours_are_unharmed(
    request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    async with a_room(**addresses(RABBITMQ, request, tmp_path)) as room:
        asked: list[str] = []
        for body in BAD_EVENTS.values():
            for service in SUBSCRIPTIONS:
                await room.put(body, service)
            asked.append(await room.ask(f"neighbour {len(asked)}"))
        ends = [await room.end(task_id) for task_id in asked]
        await until(lambda: all(len(dead) == len(BAD_EVENTS) for dead in room.dead.values()))
        dead = [message for messages in room.dead.values() for message in messages]
        waiting = await room.broker.waiting()
    measured(
        bad_events=len(BAD_EVENTS) * len(SUBSCRIPTIONS),
        quarantined=len(dead),
        retries=sum(message.headers[ATTEMPT] != 1 for message in dead),
        neighbours_harmed=sum(end.status is not Status.COMPLETED for end in ends),
    )
    assert {message.headers["pathshala-dead-code"] for message in dead} == {"not_an_event"}
    assert {message.headers[ATTEMPT] for message in dead} == {1}
    assert Counter(message.body for message in dead) == Counter(list(BAD_EVENTS.values()) * len(SUBSCRIPTIONS))
    assert {end.status for end in ends} == {Status.COMPLETED}
    assert waiting == 0


@fault(24, RABBITMQ)
async def test_a_forged_event_is_checked_the_stored_one_refused_and_the_log_keeps_who_said_it(
    request: pytest.FixtureRequest, tmp_path: Path, measured: Measured
) -> None:
    """Whoever has the broker's password is one of us: a well-formed event is believed, except for LessonStored.

    A finished task cannot be changed any more, and an unfinished one can be failed, or given a lesson, once; the log
    then says by which source, as that one named itself.
    """

    def forged(event: AnyEvent) -> Envelope:
        return wrap(event, source="forger", now=datetime.now(UTC))

    async with a_room(**addresses(RABBITMQ, request, tmp_path)) as room:
        done = await room.ask("done")
        before = await room.end(done)
        now, about = datetime.now(UTC), asked_now("forged")
        for task_id in (done, "made-up"):
            stored = LessonStored(task_id=task_id, request=about, content=CONTENT, revision=7, stored_at=now)
            await room.tell(forged(stored))  # which no queue takes
            await room.put(forged(stored).raw, "store")
        failed = LessonFailed(task_id=done, service="generator", code="forged", message="No.", failed_at=now)
        await room.tell(forged(failed))
        await room.tell(forged(LessonGenerated(task_id=done, request=about, content=CONTENT)))
        await until(lambda: len(room.dead["store"]) == 2)
        logged = await until_so(lambda: _logged(room, done, "forger", 2))
        after = await room.store.task(done)
        lesson = await room.store.lesson(lesson_key("faults", "forged"))
        made_up = await room.store.task("made-up")
        # What a forger can do: a lesson for a task of its own making. It is in the log under its name.
        await room.tell(forged(LessonGenerated(task_id="own-task", request=about, content=CONTENT)))
        own = await room.end("own-task")
        own_sources = [(e.type, e.source) for e in await room.log("own-task")]
        codes = room.dead_codes("store")
    measured(
        stored_forged_and_refused=codes.count("unexpected_event"),
        changes_of_a_finished_task=int(after != before),
        sources_in_the_log=", ".join(sorted({envelope.source for envelope in logged})),
    )
    assert codes == ["unexpected_event", "unexpected_event"]
    assert after == before
    assert lesson is None
    assert made_up is None
    assert {e.type for e in logged if e.source == "/pathshala/forger"} == {"LessonFailed", "LessonGenerated"}
    assert own.status is Status.COMPLETED
    assert own_sources == [("LessonGenerated", "/pathshala/forger"), ("LessonStored", "/pathshala/store")]


async def _logged(room: Room, task_id: str, source: str, count: int) -> list[Envelope] | None:
    """The log, once it has so many events of a source."""
    envelopes = await room.log(task_id)
    return envelopes if sum(e.source.endswith(source) for e in envelopes) == count else None


@pytest.fixture
def house(request: pytest.FixtureRequest, deployment: str, tmp_path: Path, wikipedia_url: str) -> Iterator[House]:
    """A running house of processes, whose limits are its own."""
    if deployment == RABBITMQ:
        amqp_url, mongodb_url = request.getfixturevalue("amqp_url"), request.getfixturevalue("mongodb_url")
        made = distributed(tmp_path, wikipedia_url, amqp_url, mongodb_url)
    else:
        made = embedded(tmp_path, wikipedia_url)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def resident_bytes(house: House, api: str) -> int:
    """The most memory that the process that answers ever held."""
    status = Path(f"/proc/{house.services[api].pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) * 1_024


@fault_in_each(22, slow=RABBITMQ)
def test_hostile_requests_are_refused_with_a_problem_and_cost_bounded_memory(
    deployment: str, house: House, measured: Measured
) -> None:
    api = "api" if deployment == RABBITMQ else "pathshala"
    assert outcome(house.url, ask(house.url, "warm up"))["status"] == "completed"
    before = resident_bytes(house, api)
    with Client() as session:
        refused = [answered(send) for send in _hostile(session, house.url)]
        with ThreadPoolExecutor(16) as threads:
            burst = list(threads.map(lambda number: _post(house.url, number), range(BURST)))
        peak = resident_bytes(house, api)
        alive = session.get(f"{house.url}/health/live", timeout=DEADLINE_SECONDS)
    statuses = Counter(answer.status_code for answer in burst)
    # The contract's answer when the database takes longer than its limit: on a machine that is busy enough, it does.
    too_slow = [answer for answer in burst if answer.status_code == 503]
    measured(
        refusals=len(refused),
        not_4xx_with_a_problem=sum(not _is_problem(answer) for answer in refused),
        burst=BURST,
        burst_accepted=statuses[202],
        burst_store_too_slow=len(too_slow),
        resident_mib_before=before >> 20,
        resident_mib_peak=peak >> 20,
    )
    assert [answer.request.url for answer in refused if not _is_problem(answer)] == []
    assert {202} <= statuses.keys() <= {202, 429, 503}
    assert all(_is_problem(answer) for answer in burst if answer.status_code not in {202, 503})
    assert all(says_store_is_too_slow(answer) for answer in too_slow)
    down = {reason.partition(":")[0] for reason in reasons_of_503(house.services[api])}
    assert down <= STORES_WITH_A_TIME_LIMIT[deployment]
    assert peak - before <= RSS_GROWTH_MAX_BYTES
    assert alive.status_code == 200


def _hostile(session: requests.Session, url: str) -> Iterator[Send]:
    """Every hostile request."""
    get, post = partial(session.get, timeout=DEADLINE_SECONDS), partial(session.post, timeout=DEADLINE_SECONDS)
    as_json = {"Content-Type": "application/json"}
    for identity in HOSTILE_IDS:
        yield partial(get, f"{url}/lessons/status/{identity}")
    for query in ("limit=1000000000", "limit=0", "limit=-1", "limit=1e9", "cursor=zzz", "cursor=%ff", "status=$ne"):
        yield partial(get, f"{url}/lessons/tasks?{query}")
    for version in ("1.99999999999999999999", "$gt", "1.0'--"):
        yield partial(get, f"{url}/lessons/english/verbs", params={"version": version})
    large = b'{"topic": "' + b"x" * 10_000_000 + b'"}'
    for _ in range(10):
        yield partial(calling.post, f"{url}/lessons", data=large, headers=as_json, timeout=DEADLINE_SECONDS)
    for body in (b"", b"null", b"[" * 50_000, b'{"topic": {"$gt": ""}}', b"\xff", b"9" * 10_000):
        yield partial(post, f"{url}/lessons", data=body, headers=as_json)
    for field in ("subject", "topic", "user_id", "language"):
        for value in ({"$gt": ""}, ["x"], "x" * 100_00, "\x00", None, 1):
            order = {"subject": "faults", "topic": "t", "user_id": "u"} | {field: value}
            yield partial(post, f"{url}/lessons", json=order)


def _is_problem(answer: requests.Response) -> bool:
    kind = answer.headers["Content-Type"]
    return 400 <= answer.status_code < 500 and kind == "application/problem+json" and bool(answer.json()["code"])


def _post(url: str, number: int) -> requests.Response:
    order = {
        "subject": "faults",
        "topic": f"burst {number}",
        "user_id": f"user {number % 50}",
        "include_wikipedia": False,
    }
    return calling.post(f"{url}/lessons", json=order, timeout=DEADLINE_SECONDS)
