"""A process of a pool: computes what it is sent over its standard input, until that ends.

It loads little: none of what the process needs that waits for it.
"""

import os
import pickle
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from struct import Struct
from typing import Any, BinaryIO

Prepare = Callable[..., None]
Computation = tuple[Callable[..., Any], tuple[Any, ...]]
End = tuple[Any, Exception | None]
"""A computation's result, or its fault."""

SIZE = Struct(">Q")
"""Comes before each answer: so many bytes follow."""


def live(questions: BinaryIO, answers: BinaryIO) -> None:
    """Prepare, and answer each batch with the ends of its computations; the first answer is an empty one.

    A process that is told to stop ends its pool itself, so signals that the whole group gets are for it.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    prepare, given, cpu_seconds_max = pickle.load(questions)  # noqa: S301 - who started this process wrote it
    prepare(*given)
    batch: Sequence[Computation] = ()
    while True:
        answer = pickle.dumps(_computed(batch, cpu_seconds_max), pickle.HIGHEST_PROTOCOL)
        answers.write(SIZE.pack(len(answer)) + answer)
        answers.flush()
        batch = pickle.load(questions)  # noqa: S301 - as above


def _computed(computations: Sequence[Computation], cpu_seconds_max: float) -> list[End]:
    """Compute in turn, for a limited time of the processor's."""
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds_max)
    ends = [_end_of(function, given) for function, given in computations]
    signal.setitimer(signal.ITIMER_PROF, 0)
    return ends


def _end_of(function: Callable[..., Any], given: tuple[Any, ...]) -> End:
    try:
        return function(*given), None
    except Exception as fault:  # noqa: BLE001 - its caller is told
        return None, fault


if __name__ == "__main__":
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anything prints is no answer
    with suppress(EOFError, pickle.UnpicklingError, BrokenPipeError):
        live(sys.stdin.buffer, told)
    os._exit(0)  # what could not be told is told to nobody
