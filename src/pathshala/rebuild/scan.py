"""The pass: every task of the log, page by page, folded, compared and kept beside; then a second look at what is wrong.

The house may run meanwhile. A document is therefore compared with the fold of the log up to its own position, and
what seems wrong is looked at again at the end, when whatever was under way then is long done.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Container, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta

from pydantic import ValidationError

from pathshala.rebuild.checkpoint import Checkpoint, ScanProgress
from pathshala.rebuild.folding import Discrepancy, Rebuilt, Wrong, differing, entry_of, fold
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.operator import Entry, Log, Projections, StoredFold

PAGE_TASKS_MAX = 500
SET_TTL = timedelta(days=30)

Advanced = Callable[[ScanProgress], object]


class Scan:
    """One pass over a log and what is kept of its fold.

    `ttl` is how long finished tasks are kept, `set_ttl` how long class sets are.
    """

    def __init__(
        self,
        log: Log,
        projections: Projections,
        beside: Checkpoint,
        clock: Clock,
        *,
        ttl: timedelta,
        set_ttl: timedelta = SET_TTL,
        page_max: int = PAGE_TASKS_MAX,
    ) -> None:
        """Read from open adapters, `page_max` tasks at once; write to the file beside alone."""
        self._log, self._projections, self._checkpoint = log, projections, beside
        self._clock, self._ttl, self._set_ttl, self._page_max = clock, ttl, set_ttl, page_max

    async def run(self, advanced: Advanced = lambda _progress: None) -> None:
        """Go from where the file beside stands to the end of the log, telling of each page; then look again."""
        progress = self._checkpoint.progress
        async with aclosing(self._pages(progress.after)) as pages:
            async for page in pages:
                progress = await self._page(page, progress)
                advanced(progress)
        rest = await self._projections.tasks(after=progress.after, until=None)
        self._checkpoint.note(_unknown(rest, known=()))
        await self._look_again()

    async def _pages(self, after: str) -> AsyncGenerator[Mapping[str, Sequence[Entry]], None]:
        """Give the pages of the log; the next one is read while one is worked on."""
        page = await self._log.tasks(after=after, limit=self._page_max)
        while page:
            ahead = asyncio.create_task(self._log.tasks(after=max(page), limit=self._page_max))
            try:
                yield page
                page = await ahead
            finally:
                ahead.cancel()

    async def _page(self, logs: Mapping[str, Sequence[Entry]], before: ScanProgress) -> ScanProgress:
        """Do one page, and keep that it is done."""
        kept = await self._projections.tasks(after=before.after, until=max(logs))
        rebuilt = {task_id: fold(log) for task_id, log in logs.items()}
        faults = [*_unknown(kept, known=logs)]
        for task_id, log in logs.items():
            faults += self._faults(task_id, log, rebuilt[task_id], kept.get(task_id, StoredFold()))
        self._checkpoint.note(faults)
        progress = ScanProgress(
            before.began, max(logs), before.tasks + len(logs), before.events + sum(map(len, logs.values()))
        )
        living = {task_id: one for task_id, one in rebuilt.items() if self._lives(one)}
        lessons = [one.lesson for one in rebuilt.values() if one.lesson and one.stored_before(before.began)]
        self._checkpoint.keep(progress, living, lessons)
        return progress

    def _faults(self, task_id: str, log: Sequence[Entry], rebuilt: Rebuilt, kept: StoredFold) -> Sequence[Discrepancy]:
        """Say what is wrong with what is kept of one task."""
        if rebuilt.unreadable:
            return [Discrepancy(task_id, Wrong.UNREADABLE)]
        faults = [] if kept.lesson == rebuilt.mark else [Discrepancy(task_id, Wrong.LESSON)]
        if kept.document is None:
            return [*faults, Discrepancy(task_id, Wrong.MISSING)] if self._lives(rebuilt) else faults
        if rebuilt.cut:
            return [*faults, Discrepancy(task_id, Wrong.CUT)]
        seen = [entry for entry in log if entry.position <= kept.position]
        try:
            fields = differing(kept.document, rebuilt if len(seen) == len(log) else fold(seen))
        except ValidationError:
            return [*faults, Discrepancy(task_id, Wrong.UNREADABLE)]
        if fields:
            return [*faults, Discrepancy(task_id, Wrong.DIFFERS, fields)]
        return [*faults, Discrepancy(task_id, Wrong.BEHIND)] if kept.position != rebuilt.position else faults

    def _lives(self, rebuilt: Rebuilt) -> bool:
        return rebuilt.lives(self._clock.now(), self._ttl, self._set_ttl)

    async def _look_again(self) -> None:
        """Forget what was only under way, or what somebody has mended or forgotten meanwhile."""
        after: Discrepancy | None = None
        while page := self._checkpoint.faults(after=after, limit=self._page_max):
            after = page[-1]
            for task_id in {fault.task_id for fault in page}:
                faults = await self._again(task_id)
                self._checkpoint.forget(task_id)
                self._checkpoint.note(faults)

    async def _again(self, task_id: str) -> Sequence[Discrepancy]:
        """Look at one task alone: at what is kept first, so that the log is never behind it."""
        kept = await self._projections.task(task_id)
        log = [entry_of(logged) for logged in await self._log.task(task_id)]
        if not log:
            return _unknown({task_id: kept}, known=())
        rebuilt = fold(log)
        if self._lives(rebuilt):
            self._checkpoint.keep(self._checkpoint.progress, {task_id: rebuilt}, ())
        return self._faults(task_id, log, rebuilt, kept)


def _unknown(kept: Mapping[str, StoredFold], known: Container[str]) -> Sequence[Discrepancy]:
    """Find documents of which the log has nothing. One that is folded from nothing waits for its first event."""
    return [Discrepancy(task_id, Wrong.EXTRA) for task_id, one in kept.items() if one.position and task_id not in known]
