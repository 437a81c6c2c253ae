"""Has lessons examined beside the loop: what the checks of one compute holds up no other."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

from pathshala_common.checks import examination
from pathshala_common.checks.fault import Check
from pathshala_generator import prepared_checks
from pathshala_generator.answer import Fields
from pathshala_generator.draft import Assignment
from pathshala_generator.prepared_checks import Instructions
from pathshala_generator.processes import Processes
from pathshala_generator.proofreading import Proof, proofread, without_doubtful_quotes

Checks = Callable[[str], Mapping[str, Check]]
"""Gives the checks, by what the model is told."""


class Examiner:
    """Applies the checks in a thread, one lesson at a time; or in processes of a pool, while that is up.

    The pool has to be prepared by `prepared_checks`, with the same instructions.
    """

    def __init__(
        self, instructions: Instructions, pool: Processes | None = None, checks: Checks = examination.checks
    ) -> None:
        self._checks = {level: checks(told) for level, told in instructions.items()}
        self._pool = pool
        self._turn = asyncio.Lock()

    def expecting(self) -> AbstractContextManager[None]:
        """Say that a lesson will have to be examined before long."""
        return self._pool.expecting() if self._pool is not None else nullcontext()

    async def proofread(self, fields: Fields, assignment: Assignment) -> Proof:
        """Examine what a model answered."""
        if self._pool is not None and self._pool.up:
            return await self._pool.run(prepared_checks.proofread, fields, assignment)
        async with self._turn:
            return await asyncio.to_thread(proofread, fields, assignment, self._checks[assignment.request.level])

    async def without_doubtful_quotes(self, proof: Proof, assignment: Assignment) -> Proof:
        """Drop the quotes that do not hold, if nothing else is wrong."""
        if not proof.only_quotes_are_doubtful:
            return proof
        if self._pool is not None and self._pool.up:
            return await self._pool.run(prepared_checks.without_doubtful_quotes, proof, assignment)
        checks = self._checks[assignment.request.level]
        async with self._turn:
            return await asyncio.to_thread(without_doubtful_quotes, proof, assignment, checks)
