"""The pool of processes: when it is up, and what becomes of whom when one of them dies."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from pathshala_common.contract.errors import Retry
from pathshala_generator.computing import ComputingProcess, DeadError
from pathshala_generator.processes import CRASHED, Processes
from services.generator.tests import computations
from tests.waiting import until


@asynccontextmanager
async def pool(folder: Path, *, size: int = 1, **given: Any) -> AsyncIterator[Processes]:
    """A pool that is up."""
    processes = Processes(size, computations.prepare, str(folder), expected_min=1, **given)
    try:
        with processes.expecting():
            await until(lambda: processes.up)
            yield processes
    finally:
        await processes.close()


def started(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir() if path.name.isdecimal()]


def exists(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def runs(process: int) -> bool:
    return exists(process) and ") Z " not in Path(f"/proc/{process}/stat").read_text()


async def test_no_process_is_started_before_many_will_need_one(tmp_path: Path) -> None:
    processes = Processes(1, computations.prepare, str(tmp_path), expected_min=3)

    with processes.expecting(), processes.expecting():
        assert not processes.up
    assert started(tmp_path) == []
    with processes.expecting(), processes.expecting(), processes.expecting():
        await until(lambda: processes.up)
        assert await processes.run(computations.double, 4) == 8
    [process] = started(tmp_path)
    await processes.close()
    await until(lambda: not runs(process))


async def test_each_caller_gets_its_own_result_or_fault(tmp_path: Path) -> None:
    async with pool(tmp_path, size=2) as processes:
        doubled = asyncio.gather(*(processes.run(computations.double, number) for number in range(100)))
        refused = await asyncio.gather(processes.run(computations.refuse, "no"), return_exceptions=True)

        assert await doubled == list(range(0, 200, 2))
        assert [str(fault) for fault in refused] == ["no"]
        await until(lambda: len(started(tmp_path)) == 2)


async def test_a_process_that_is_killed_costs_nobody_a_result(tmp_path: Path) -> None:
    async with pool(tmp_path) as processes:
        [first] = started(tmp_path)
        running = asyncio.gather(*(processes.run(computations.double, number) for number in range(100)))
        os.kill(first, signal.SIGKILL)

        assert await running == list(range(0, 200, 2))
        assert await processes.run(computations.double, 1) == 2
    assert len(started(tmp_path)) > 1


async def test_a_pool_that_closes_just_after_a_death_waits_for_what_it_ends(tmp_path: Path) -> None:
    processes = Processes(1, computations.prepare, str(tmp_path), expected_min=1)
    with processes.expecting():
        await until(lambda: processes.up)
        asked = asyncio.create_task(processes.run(computations.double, 1))
        os.kill(started(tmp_path)[0], signal.SIGKILL)
        await until(lambda: not processes.up)
    await processes.close()

    with pytest.raises(asyncio.CancelledError):
        await asked
    assert not any(map(exists, started(tmp_path)))


async def test_a_computation_that_died_once_is_tried_again_and_what_shared_its_process_too(tmp_path: Path) -> None:
    place = str(tmp_path / "place")

    async with pool(tmp_path) as processes:
        told = await asyncio.gather(
            processes.run(computations.double, 1),
            processes.run(computations.die_unless, place),
            processes.run(computations.double, 2),
        )

    assert list(told) == [2, place, 4]


async def test_a_computation_over_which_every_process_dies_is_to_blame_and_no_other(tmp_path: Path) -> None:
    async with pool(tmp_path) as processes:
        before, guilty, after = await asyncio.gather(
            processes.run(computations.double, 1),
            processes.run(computations.die),
            processes.run(computations.double, 2),
            return_exceptions=True,
        )

        assert (before, after) == (2, 4)
        assert isinstance(guilty, Retry)
        assert guilty.code == CRASHED
        assert await processes.run(computations.double, 3) == 6


async def test_without_a_second_try_innocent_computations_die_with_their_process(tmp_path: Path) -> None:
    bare = await ComputingProcess.started(computations.prepare, (str(tmp_path),), 10)

    with pytest.raises(DeadError):
        await bare.compute([(computations.double, (1,)), (computations.die, ()), (computations.double, (2,))])
    await bare.end()


async def test_a_death_takes_nothing_from_another_process(tmp_path: Path) -> None:
    async with pool(tmp_path, size=2) as processes:
        await until(lambda: len(started(tmp_path)) == 2)
        guilty = asyncio.create_task(processes.run(computations.die))
        doubled = [await processes.run(computations.double, number) for number in range(20)]

        assert doubled == list(range(0, 40, 2))
        with pytest.raises(Retry):
            await guilty


async def test_where_no_process_can_be_started_whoever_waits_is_told_so(tmp_path: Path) -> None:
    async with pool(tmp_path) as processes:
        (tmp_path / "refused").touch()
        with pytest.raises(Retry):
            await processes.run(computations.die)
        await until(lambda: not processes.up)
        (tmp_path / "refused").unlink()
        with processes.expecting():
            await until(lambda: processes.up)
            assert await processes.run(computations.double, 1) == 2


async def test_what_a_computation_prints_is_no_answer(tmp_path: Path) -> None:
    async with pool(tmp_path) as processes:
        await processes.run(print, "not an answer")
        assert await processes.run(computations.double, 1) == 2


async def test_a_computation_without_end_is_ended(tmp_path: Path) -> None:
    async with pool(tmp_path, cpu_seconds_max=0.2) as processes:
        with pytest.raises(Retry):
            await processes.run(computations.spin)


async def test_a_caller_that_goes_leaves_the_others_their_results(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        processes = await stack.enter_async_context(pool(tmp_path))
        gone = asyncio.create_task(processes.run(computations.double, 1))
        stays = asyncio.create_task(processes.run(computations.double, 2))
        begun = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(begun.set_result, None)
        await begun
        gone.cancel()

        assert await stays == 4


async def test_no_process_outlives_the_one_that_started_it(tmp_path: Path) -> None:
    house = textwrap.dedent(f"""
        import asyncio
        from pathshala_generator.processes import Processes
        from services.generator.tests import computations

        async def main():
            processes = Processes(1, computations.prepare, {str(tmp_path)!r}, expected_min=1)
            with processes.expecting():
                await asyncio.Event().wait()

        if __name__ == "__main__":
            asyncio.run(main())
    """)
    script = tmp_path / "house.py"
    script.write_text(house)
    own = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}  # these tests too, however they were found here
    with subprocess.Popen([sys.executable, str(script)], env=own) as running:  # noqa: ASYNC220 - killed below
        try:
            await until(lambda: started(tmp_path) or running.poll() is not None)
        finally:
            running.kill()

    [process] = started(tmp_path)
    await until(lambda: not runs(process))


def test_a_process_that_examines_loads_nothing_to_wait_or_to_log_with() -> None:
    """Its start costs processor's time just when a burst begins."""
    told = "import sys, pathshala_generator.pool_process, pathshala_generator.prepared_checks; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout.split()

    assert "pathshala_common.checks.examination" in loaded
    assert {"asyncio", "multiprocessing", "structlog", "openai", "pathshala_generator.processes"}.isdisjoint(loaded)
