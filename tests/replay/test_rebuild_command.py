"""`pathshala rebuild` as an operator uses it."""

from pathlib import Path

import pytest

from pathshala_common.contract.ports.store import Change, Store
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime import connect
from pathshala_common.runtime.clock import SystemClock
from pathshala_common.runtime.settings import Settings
from tests.operators.command import Ended
from tests.replay.in_process import run
from tests.replay.test_rebuild import told

FOREVER = "1000000000"


class Place:
    """A store with three tasks, of which one has a document that the log does not make."""

    def __init__(self, folder: Path) -> None:
        self.url, self.file = f"sqlite:///{folder / 'pathshala.db'}", folder / "rebuilt.db"

    async def opened(self) -> Store:
        store = connect.store(Settings(store_url=self.url))
        await store.open()
        return store

    async def fill(self) -> None:
        store = await self.opened()
        recorder = Recorder(store, SystemClock(), task_ttl_seconds=float(FOREVER))
        await recorder.record([envelope for name in "abc" for envelope in told(name)])
        task = await store.task("b")
        assert task is not None
        await store.append([Change("b", 5, [], task.model_copy(update={"error_code": "odd"}))])
        await store.close()

    async def rebuild(self, *arguments: str) -> Ended:
        settings = {"PATHSHALA_STORE_URL": self.url, "PATHSHALA_TASK_TTL_SECONDS": FOREVER}
        return await run("rebuild", "--file", str(self.file), *arguments, **settings)


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    await made.fill()
    return made


async def test_what_differs_is_named_counted_and_exit_code_1(place: Place) -> None:
    ended = await place.rebuild()
    assert ended.code == 1
    shown, summed = ended.out.splitlines()
    assert shown.split() == ["differs", "task", "b", "error_code"]
    assert summed.startswith("3 tasks, 15 events, ")
    assert summed.endswith(" events/s: 1 differs")


async def test_a_swap_mends_it_and_then_nothing_differs(place: Place) -> None:
    swapped = await place.rebuild("--swap")
    assert swapped.code == 0
    assert swapped.out.splitlines()[0] == "1 document swapped"
    again = await place.rebuild("--json")
    assert again.code == 0
    assert (again.json["tasks"], again.json["events"], again.json["wrong"]) == (3, 15, {})


async def test_a_swap_of_a_file_that_a_house_owns_is_refused_and_comparing_is_not(place: Place) -> None:
    store = await place.opened()
    try:
        swapped, compared = await place.rebuild("--swap"), await place.rebuild()
    finally:
        await store.close()
    assert swapped.code == 2
    assert "in use by another process" in swapped.error
    assert compared.code == 1


async def test_a_pass_that_is_not_there_cannot_go_on(place: Place) -> None:
    ended = await place.rebuild("--resume")
    assert (ended.code, ended.error) == (
        2,
        f"pathshala: there is no pass to go on with: {place.file} does not exist\n",
    )


async def test_a_pass_that_is_done_goes_on_to_what_is_new(place: Place) -> None:
    await place.rebuild("--swap")
    ended = await place.rebuild("--resume")
    assert ended.code == 0
    assert ended.out.startswith("3 tasks, 15 events, ")
