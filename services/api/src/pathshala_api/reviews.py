"""Reviews: approvals and ratings of versions, read from the log of their edition and written to it.

What an edition's log says is kept in memory, and each time it is asked for, what was logged behind it is read. So a
reader sees what was answered to anybody, by whatever replica. Two who write at once get two places, since a place in a
log is given once.
"""

from collections.abc import Callable
from typing import Protocol

from pathshala_api.relay import Relay
from pathshala_api.reviewing import EditionReviews
from pathshala_common.contract.envelope import ORDERED_BY, wrap
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.events import ApprovalWithdrawn, LessonApproved, LessonRated
from pathshala_common.contract.lesson import EditionKey, edition_log
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import LOG_PAGE, Change, EventLog, Streams

EDITIONS_KEPT_MAX = 1_000
"""Editions whose reviews are kept in memory; those asked for longest ago give way."""
CONFLICTS_MAX = 100
"""Places lost to others before it is given up. Each time somebody gets one."""

Word = LessonApproved | ApprovalWithdrawn | LessonRated


class ReviewLog(Streams, EventLog, Protocol):
    """The log, to be read and written."""


class Reviews:
    """Reads and writes what is said of versions. Raises StoreUnavailable."""

    def __init__(self, log: ReviewLog, relay: Relay, clock: Clock, *, kept_max: int = EDITIONS_KEPT_MAX) -> None:
        self._log, self._relay, self._clock, self._kept_max = log, relay, clock, kept_max
        self._kept: dict[EditionKey, EditionReviews] = {}

    async def of(self, edition: EditionKey) -> EditionReviews:
        """Give what is said of an edition's versions."""
        kept = self._kept.pop(edition, None) or EditionReviews()
        self._kept[edition] = kept
        if len(self._kept) > self._kept_max:
            del self._kept[next(iter(self._kept))]
        name, is_more = edition_log(edition), True
        while is_more:
            page = await self._log.logged(name, after=kept.position, limit=LOG_PAGE)
            for logged in page:
                kept.add(logged)
            is_more = len(page) == LOG_PAGE
        return kept

    async def say(self, edition: EditionKey, word: Callable[[EditionReviews], Word | None]) -> EditionReviews:
        """Log the word that follows from what is said; None changes nothing. Returns what is said then."""
        for _ in range(CONFLICTS_MAX):
            said = await self.of(edition)
            event, position = word(said), said.position
            if event is None:
                return said
            envelope = wrap(event, source=ORDERED_BY, now=self._clock.now(), index=position + 1)
            [logged] = await self._log.append([Change(event.task_id, position, [envelope], None)])
            if logged:
                self._relay.send(envelope)
                return await self.of(edition)
        raise StoreUnavailable("others were reviewing the same edition at the same time")
