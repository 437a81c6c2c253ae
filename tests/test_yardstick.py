"""The yardstick stretches a bound by what others take of the machine, and by nothing that the timed thing does."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from os import cpu_count

from tests.waiting import until_true
from tests.yardstick import Timed, slowdown, timed


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """Want processors, as others do."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def test_on_an_idle_machine_a_bound_is_itself() -> None:
    assert slowdown(wall_seconds=1.999, cpu_seconds=2.0) == 1
    assert Timed(slowdown=1).stretched(3) == 3


def test_on_a_machine_that_is_shared_it_is_longer_by_the_share() -> None:
    assert slowdown(wall_seconds=8, cpu_seconds=2) == 4
    assert Timed(slowdown=4).stretched(3) == 12


def test_beside_busy_loops_work_is_slower() -> None:
    def slower() -> bool:
        with timed() as taken:
            pass
        return taken.slowdown >= 1.5

    with busy_loops(3 * (cpu_count() or 1)):
        until_true(slower)
