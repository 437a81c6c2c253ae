"""Dead letters of a broker in memory stay in a folder, where commands reach them beside the house and after it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from libs.common.tests.broker.places import hands
from pathshala_common.broker.memory import inspection
from pathshala_common.broker.memory.broker import MemoryBroker
from pathshala_common.broker.memory.dead_letters import DeadLetterFolder, MemoryDeadLetters
from pathshala_common.contract.finding import State
from pathshala_common.contract.messages import DEAD_CODE
from pathshala_common.contract.ports.broker import HeaderValue, Message
from pathshala_common.contract.ports.operator import DeadLetter, Verdict
from pathshala_common.contract.topology import Topology
from pathshala_common.runtime.clock import SystemClock
from tests.waiting import until

KEPT_MAX = 3
TOPOLOGY = Topology(dead_letters_max=KEPT_MAX)

Start = Callable[[], Awaitable[MemoryBroker]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "house.db.dead"


@pytest.fixture
async def start(folder: Path) -> AsyncIterator[Start]:
    made: list[MemoryBroker] = []

    async def start() -> MemoryBroker:
        broker = MemoryBroker(TOPOLOGY, clock=SystemClock(), letters=DeadLetterFolder(folder, TOPOLOGY))
        made.append(broker)
        await broker.start()
        return broker

    yield start
    for broker in made:
        await broker.close()


def letter(number: int) -> Message:
    headers: dict[str, HeaderValue] = {DEAD_CODE: "refused", "pathshala-attempt": 2}
    return Message(b"\xff%d" % number, "", TOPOLOGY.dead_queue("generator"), f"m{number}", "Type", "task", headers)


async def seen(folder: Path, verdict: Verdict = Verdict.LEAVE) -> list[DeadLetter]:
    found: list[DeadLetter] = []

    def judge(dead: DeadLetter) -> Verdict:
        found.append(dead)
        return verdict

    await MemoryDeadLetters(folder).walk(["enricher", "generator", "store"], judge)
    return found


async def test_the_newest_are_kept_whole_and_the_others_counted(start: Start, folder: Path) -> None:
    broker = await start()
    await broker.publish([letter(number) for number in range(10)])

    assert await seen(folder) == [DeadLetter("generator", letter(number)) for number in (7, 8, 9)]
    told = {finding.about: finding for finding in await inspection.checks(folder, TOPOLOGY)["dead letters"]()}
    assert told["dead letters"].found == "generator 3"
    assert told["dead letters dropped"].found.startswith("7,")


async def test_they_outlive_the_house_and_the_next_goes_on_after_them(start: Start, folder: Path) -> None:
    await (await start()).publish([letter(1)])
    await (await start()).publish([letter(2)])

    assert [dead.message.message_id for dead in await seen(folder)] == ["m1", "m2"]


async def test_what_is_sent_back_reaches_the_running_house(start: Start, folder: Path) -> None:
    broker = await start()
    await broker.publish([letter(1)])
    arrived = await hands(broker, TOPOLOGY.queue("generator"))

    await seen(folder, Verdict.REDRIVE)

    await until(lambda: arrived.taken)
    assert arrived.taken[0].message.body == letter(1).body
    assert DEAD_CODE not in arrived.taken[0].message.headers
    assert await seen(folder) == []


async def test_what_is_sent_back_while_no_house_runs_is_taken_at_its_start(start: Start, folder: Path) -> None:
    before = await start()
    await before.publish([letter(1)])
    await before.close()
    await seen(folder, Verdict.REDRIVE)

    arrived = await hands(await start(), TOPOLOGY.queue("generator"))
    await until(lambda: arrived.taken)


async def test_what_is_dropped_is_gone_and_not_counted_as_dropped_for_want_of_room(start: Start, folder: Path) -> None:
    await (await start()).publish([letter(1)])
    await seen(folder, Verdict.DROP)

    assert await seen(folder) == []
    told = await inspection.checks(folder, TOPOLOGY)["dead letters"]()
    assert [finding.state for finding in told] == [State.OK]


async def test_a_file_that_is_no_letter_is_left_alone(start: Start, folder: Path) -> None:
    await (await start()).publish([letter(1)])
    (folder / "000000000009.store.json").write_text("no letter")

    assert [dead.message.message_id for dead in await seen(folder, Verdict.DROP)] == ["m1"]
    assert (folder / "000000000009.store.json").exists()


async def test_before_the_first_start_there_are_none(folder: Path) -> None:
    assert await seen(folder) == []


async def test_without_a_folder_the_newest_are_kept_in_memory_and_the_queue_never_refuses() -> None:
    broker = MemoryBroker(TOPOLOGY, clock=SystemClock())
    await broker.start()
    await broker.publish([letter(number) for number in range(10)])
    kept = await hands(broker, TOPOLOGY.dead_queue("generator"))
    await until(lambda: len(kept.taken) == KEPT_MAX)
    dropped = await hands(broker, TOPOLOGY.dropped_queue)
    await until(lambda: len(dropped.taken) == 10 - KEPT_MAX)
    await broker.close()
