"""Counts the calls of functions, and tasks, while something runs: what a lesson costs, without a clock."""

import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

Calls = Mapping[str, Sequence[Any]]
"""By a function's name, what its first argument was each time that it was called."""


@contextmanager
def calls_of(*functions: Callable[..., Any]) -> Iterator[Calls]:
    """Count the calls of functions written in Python, in this thread."""
    counted: dict[str, list[Any]] = defaultdict(list)
    names = {function.__code__: function.__name__ for function in functions}

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code in names:
            first = frame.f_code.co_varnames[0]
            counted[names[frame.f_code]].append(frame.f_locals[first])

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield counted
    finally:
        sys.setprofile(before)


@contextmanager
def tasks_created() -> Iterator[Counter[str]]:
    """Count the tasks of the running loop that are created while inside, by the names of their coroutines."""
    created = Counter[str]()

    def create(loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any) -> asyncio.Future[Any]:
        created[coroutine.__qualname__] += 1
        return asyncio.Task(coroutine, loop=loop, **more)

    loop = asyncio.get_running_loop()
    loop.set_task_factory(create)
    try:
        yield created
    finally:
        loop.set_task_factory(None)
