"""Begins a process of a pool, and computes in it. It loads little: none of what its parent needs in order to wait."""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from multiprocessing import parent_process
from multiprocessing.connection import wait
from typing import Any

Prepare = Callable[..., None]
Computation = tuple[Callable[..., Any], tuple[Any, ...]]
End = tuple[Any, Exception | None]
"""A computation's result, or its fault."""

_cpu_seconds_max = 0.0


def begin(prepare: Prepare, given: tuple[Any, ...], cpu_seconds_max: float) -> None:
    """Prepare. A process that is told to stop ends its pool itself, so signals that the whole group gets are for it."""
    global _cpu_seconds_max  # noqa: PLW0603 - a process has one bound, from its beginning
    _cpu_seconds_max = cpu_seconds_max
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    prepare(*given)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(0)


def compute(computations: Sequence[Computation]) -> list[End]:
    """Compute in turn, for a limited time of the processor's."""
    signal.setitimer(signal.ITIMER_PROF, _cpu_seconds_max)
    ends = [_end_of(function, given) for function, given in computations]
    signal.setitimer(signal.ITIMER_PROF, 0)
    return ends


def _end_of(function: Callable[..., Any], given: tuple[Any, ...]) -> End:
    try:
        return function(*given), None
    except Exception as fault:  # noqa: BLE001 - its caller is told
        return None, fault
