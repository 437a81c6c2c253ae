"""One process that computes, as the one that waits for it sees it: started, asked, ended."""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pathshala_generator import pool_process
from pathshala_generator.pool_process import SIZE, Computation, End, Prepare


class DeadError(Exception):
    """The process has died, and all that it had in hand with it."""


class ComputingProcess:
    """Computes batch after batch. It is a program of its own: a fork would copy the locks of threads, and not them."""

    def __init__(self, process: Process) -> None:
        """Take over a process that was started."""
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._questions, self._answers = process, process.stdin, process.stdout
        self._turn = asyncio.Lock()

    @classmethod
    async def started(cls, prepare: Prepare, given: tuple[Any, ...], cpu_seconds_max: float) -> "ComputingProcess":
        """Start one, and wait until it has called `prepare(*given)`. Raises DeadError.

        The system kills it if it computes longer on one batch than `cpu_seconds_max`.
        """
        places = os.pathsep.join(place or str(Path.cwd()) for place in sys.path)
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", pool_process.__name__),
                env=os.environ | {"PYTHONPATH": places},
                stdin=PIPE,
                stdout=PIPE,
            )
        except OSError as error:
            raise DeadError from error
        made = cls(process)
        try:
            made._ask((prepare, given, cpu_seconds_max))
            await made._answer()
        except BaseException:
            await made.end()
            raise
        return made

    async def compute(self, computations: Sequence[Computation]) -> list[End]:
        """Compute in turn. Several batches may be in hand, and are answered in their order. Raises DeadError."""
        self._ask(computations)
        async with self._turn:
            return await self._answer()

    async def end(self) -> None:
        """End it, whatever it computes."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    def _ask(self, question: object) -> None:
        self._questions.write(pickle.dumps(question, pickle.HIGHEST_PROTOCOL))

    async def _answer(self) -> list[End]:
        try:
            (size,) = SIZE.unpack(await self._answers.readexactly(SIZE.size))
            answer: list[End] = pickle.loads(await self._answers.readexactly(size))  # noqa: S301 - our own wrote it
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise DeadError from error
        return answer
