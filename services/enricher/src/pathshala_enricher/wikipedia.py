"""Wikipedia, or any MediaWiki, as a source of articles.

find -> what is kept -> a look-up of the same already under way -> a new search, when its turn comes
"""

import asyncio
import contextlib
import sys
from dataclasses import dataclass

import structlog
from cachetools import TTLCache

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.lesson import Absence, Article, fold
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_enricher.answer import Without, read
from pathshala_enricher.articles import searches
from pathshala_enricher.editions import edition_of
from pathshala_enricher.fetch import Fetch, FetchFault
from pathshala_enricher.search import Record, Search
from pathshala_enricher.source import LookUp, Query

LICENCE = "CC BY-SA 4.0"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LookUpLimits:
    """The bounds of a look-up in time, and of the cache in size and age.

    `turn_seconds` is the longest wait for the look-ups before; `lookup_seconds` bounds all requests of one look-up.
    """

    lookup_seconds: float = 5.0
    turn_seconds: float = 10.0
    cache_max_bytes: int = 16_777_216
    cache_seconds: float = 3_600.0


LIMITS = LookUpLimits()

ENTRY_BYTES = 8_192
"""About what an entry of the cache takes besides the texts of its calls: the article, and the objects around them."""


class Wikipedia:
    """Asks politely: one request at a time, in bounds; obeys what the server asks; remembers what it learned."""

    name = "wikipedia"

    def __init__(
        self, url_template: str, *, fetch: Fetch, clock: Clock, licence: str = LICENCE, limits: LookUpLimits = LIMITS
    ) -> None:
        """Take the Action API's address with `{language}` where the language stands, and the network, or a recording.

        `licence` is that of the encyclopedia's texts.
        """
        self._search = Search(url_template, fetch=fetch, clock=clock, licence=licence)
        self._clock, self._limits = clock, limits
        self._cache = TTLCache[Query, LookUp, float](
            limits.cache_max_bytes, limits.cache_seconds, timer=clock.monotonic, getsizeof=_size
        )
        self._under_way: dict[Query, asyncio.Task[LookUp]] = {}
        self._turn = asyncio.Lock()

    async def find(self, query: Query) -> LookUp:
        """Implement the port Source. Raises ValueError for a language that could alter the address."""
        query = Query(fold(query.subject), fold(query.topic), edition_of(query.language).language)
        if not searches(query):
            return LookUp(Absence.NOT_FOUND)
        kept = self._cache.get(query)
        if kept is not None:
            return kept
        if query not in self._under_way:
            lookup = asyncio.create_task(self._look_up(query))
            self._under_way[query] = lookup
            lookup.add_done_callback(lambda _: self._under_way.pop(query))
        # Who stops waiting does not stop it for the others.
        return await asyncio.shield(self._under_way[query])

    async def close(self) -> None:
        """End what is under way."""
        lookups = list(self._under_way.values())
        for lookup in lookups:
            lookup.cancel()
        await asyncio.gather(*lookups, return_exceptions=True)

    async def _look_up(self, query: Query) -> LookUp:
        """Look up, tell the log how it ended, and keep what stays true for a while."""
        calls: list[ProviderCall] = []
        told = log.bind(language=query.language)
        outcome: Article | Absence | Retry
        try:
            outcome = await self._in_turn(query, calls.append)
        except Retry as error:
            told.warning("look-up failed, may pass", code=error.code, reason=error.reason, seconds=error.after_seconds)
            return LookUp(error, tuple(calls))
        except Without as error:
            told.warning("look-up failed", reason=str(error))
            return LookUp(error.absence, tuple(calls))
        ended = outcome.value if isinstance(outcome, Absence) else "found"
        told.info("look-up ended", outcome=ended, seconds=round(sum(each.seconds for each in calls), 3))
        lookup = LookUp(outcome, tuple(calls))
        if not any(call.fault for call in calls):
            with contextlib.suppress(ValueError):  # too large to be kept at all
                self._cache[query] = lookup
        return lookup

    async def _in_turn(self, query: Query, record: Record) -> Article | Absence:
        """Wait for the look-ups before, in bounds, and not at all for servers that are known to be down."""
        if self._search.is_down(query):
            return await self._search.run(query, seconds=self._limits.lookup_seconds, record=record)
        try:
            async with asyncio.timeout(self._limits.turn_seconds):
                await self._turn.acquire()
        except TimeoutError:
            missed = self._search.unsent(query, FetchFault.TURN_TIMED_OUT)
            record(missed)
            read(missed, self._clock.now())
        try:
            return await self._search.run(query, seconds=self._limits.lookup_seconds, record=record)
        finally:
            self._turn.release()


def _size(lookup: LookUp) -> int:
    """About how many bytes a look-up takes."""
    return ENTRY_BYTES + sum(sys.getsizeof(call.request) + sys.getsizeof(call.answer) for call in lookup.calls)
