"""The leases of one process: which tasks it may pay for, renewed while it works on them, and settled afterwards."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import PathshalaError, StoreUnavailable, Unavailable
from pathshala_common.contract.events import Event
from pathshala_common.contract.ports.claims import Claim, Claims, Standing
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.hints import HintKind, Hints
from pathshala_common.contract.ports.store import EventLog
from pathshala_common.logs import get_logger
from pathshala_common.runtime.batch import Batch

log = get_logger()

LEASE_SECONDS = 25.0
"""Long enough for a store that elects a new primary for 15 s; short enough that a death holds a task up for 30 s."""

RENEW_SECONDS = 3.0
CLOCKS_DIFFER_SECONDS = 5.0
"""The clocks of two machines may differ by this much: another holder's lease counts as lapsed only so much later."""

WORK_SHARE = 0.9
"""After this share of a lease a holder that could not renew it stops, so that its call is the only one then."""

ASK_AGAIN_SECONDS = 1.0
CLAIM_TOGETHER_SECONDS = 0.02
"""Claims that are wanted within this time share a write. What they are for takes longer by far."""

SETTLE_TOGETHER_SECONDS = 0.1
"""Claims that are settled within this time share a write; nobody waits for one, since a retry comes later anyway."""

FLUSH_SECONDS = 2.0
LAPSED = "a lease lapsed before its work was done"
BATCH_MAX = 500


class LeaseLostError(PathshalaError):
    """The lease is not this holder's any more: it was revoked, or lapsed and another has it. Ask again, if need be."""


@dataclass(slots=True)
class _Held:
    """A lease in hand, and what stops the work on it when it cannot be renewed, or is `lost`.

    Once the work is done there is nothing to stop; the lease is held on until what it led to is published.
    """

    claim: Claim
    limit: asyncio.Timeout | None
    lost: bool = False


class Leases:
    """Claims tasks in a holder's name, which no other process has, alive or dead."""

    def __init__(
        self,
        claims: Claims,
        event_log: EventLog,
        clock: Clock,
        *,
        outcome: type[Event],
        hints: Hints | None = None,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        """Claim in this store. `outcome` is the event that is paid for; nothing is renewed until `run` runs.

        That a lease is revoked is learnt by `hints` at once, and without them, or if one is lost, when it is renewed.
        """
        self._claims, self._event_log, self._clock, self._outcome = claims, event_log, clock, outcome
        self._holder, self._seconds, self._hints = uuid4().hex, lease_seconds, hints
        self._ask = Batch(self._ask_all, size_max=BATCH_MAX, within_seconds=CLAIM_TOGETHER_SECONDS)
        self._held: dict[str, _Held] = {}
        self._settled: list[Claim] = []
        self._to_flush = asyncio.Event()

    @asynccontextmanager
    async def lease(self, claim: Claim) -> AsyncIterator[Standing]:
        """Claim, and run the block; what is granted is renewed until it is settled.

        Raises StoreUnavailable if the store does not answer, now or until the lease is all but over, and LeaseLostError
        if the lease was lost. Then the block was cancelled, and nothing is held any more.
        """
        began = asyncio.get_running_loop().time()
        answer = await self._ask(claim)
        if answer in {Standing.TAKEN, Standing.PASSED}:
            yield answer
            return
        limit = asyncio.timeout_at(began + self._seconds * WORK_SHARE)
        held = self._held[claim.task_id] = _Held(claim, limit)
        try:
            async with limit:
                yield answer
        except TimeoutError:
            if not limit.expired():
                raise
            del self._held[claim.task_id]
            if held.lost:
                raise LeaseLostError("the claim on this task is another's, or was revoked") from None
            log.warning(LAPSED, task_id=claim.task_id)
            raise StoreUnavailable("the claim on this task could not be renewed in time") from None
        finally:
            held.limit = None

    async def outcome(self, task_id: str) -> Envelope | None:
        """Find what was paid for before, if it is logged, so that it can be told again. Raises StoreUnavailable."""
        logged = await self._event_log.events(task_id)
        return next((envelope for envelope in logged if isinstance(envelope.event, self._outcome)), None)

    def settle(self, claim: Claim, next_attempt: int) -> None:
        """Let go of a lease, if it is held: the attempt that may be claimed next is this one. Written soon."""
        held = self._held.get(claim.task_id)
        if held is not None and held.claim == claim:
            del self._held[claim.task_id]
            self._settled.append(replace(claim, attempt=next_attempt))
            self._to_flush.set()

    def lose(self, task_id: str) -> None:
        """Stop the work on a task at once, if there is any: its lease is known to be lost."""
        if (held := self._held.get(task_id)) is not None:
            self._stop(held)

    async def run(self) -> None:
        """Renew and settle until cancelled. A store that is away is asked again."""
        if self._hints is not None:
            await self._hints.listen([HintKind.CANCEL], lambda hint: self.lose(hint.task_id))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._renew())
            group.create_task(self._flush())

    async def close(self) -> None:
        """Settle what is left, if the store takes it soon."""
        try:
            async with asyncio.timeout(FLUSH_SECONDS):
                await self._settle_all()
        except (TimeoutError, Unavailable) as error:
            log.warning("claims are left to lapse", count=len(self._settled), reason=str(error))

    async def _ask_all(self, wanted: Sequence[Claim]) -> Sequence[Standing]:
        now = self._clock.now()
        until = now + timedelta(seconds=self._seconds)
        late = now - timedelta(seconds=CLOCKS_DIFFER_SECONDS)
        return await self._claims.claim(self._holder, wanted, now=late, until=until)

    async def _renew(self) -> None:
        while True:
            await self._clock.sleep(RENEW_SECONDS)
            held = list(self._held.values())
            if not held:
                continue
            began = asyncio.get_running_loop().time()
            until = self._clock.now() + timedelta(seconds=self._seconds)
            try:
                lost = await self._claims.renew(self._holder, [one.claim.task_id for one in held], until=until)
            except Unavailable as error:
                log.warning("claims could not be renewed", count=len(held), reason=str(error))
                continue
            for one in held:
                if one.claim.task_id in lost:
                    self._stop(one)
                elif one.limit is not None and not one.limit.expired():
                    one.limit.reschedule(began + self._seconds * WORK_SHARE)

    def _stop(self, held: _Held) -> None:
        if held.limit is not None and not held.limit.expired():
            held.lost = True
            held.limit.reschedule(asyncio.get_running_loop().time())
            log.info("the lease is lost, so the work stops", task_id=held.claim.task_id)

    async def _flush(self) -> None:
        while True:
            await self._to_flush.wait()
            await self._clock.sleep(SETTLE_TOGETHER_SECONDS)
            self._to_flush.clear()
            try:
                await self._settle_all()
            except Unavailable as error:
                log.warning("claims wait to be settled", count=len(self._settled), reason=str(error))
                await self._clock.sleep(ASK_AGAIN_SECONDS)
                self._to_flush.set()

    async def _settle_all(self) -> None:
        while settled := self._settled[:BATCH_MAX]:
            await self._claims.settle(self._holder, settled)
            del self._settled[: len(settled)]
