"""Wikipedia, or any MediaWiki, as a source of articles.

find -> for the asked language and then English: what is kept -> a look-up of the same already under way -> a new
search, when its turn comes
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.lesson import Absence, Article, fold
from pathshala_common.contract.ports.articles import Articles
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.operating.circuits import OpenCircuit
from pathshala_enricher.answer import Down, Refused, Without
from pathshala_enricher.editions import edition_of
from pathshala_enricher.fetch import Fetch
from pathshala_enricher.kept import Shelf
from pathshala_enricher.look_ups import LookUps
from pathshala_enricher.search import Search
from pathshala_enricher.servers import Servers
from pathshala_enricher.source import LookUp, Query
from pathshala_enricher.terms import searches
from pathshala_enricher.turns import Turns

LICENCE = "CC BY-SA 4.0"


@dataclass(frozen=True, slots=True)
class LookUpLimits:
    """The bounds of a look-up in time, and of the cache in size and age.

    `turn_seconds` is the longest wait for the look-ups before, from the last answer to one of them;
    `lookup_seconds` bounds all requests of one look-up.
    """

    lookup_seconds: float = 5.0
    turn_seconds: float = 10.0
    cache_max_bytes: int = 16_777_216
    cache_seconds: float = 3_600.0


LIMITS = LookUpLimits()


class Wikipedia:
    """Asks politely: one request at a time, in bounds; obeys what the server asks; remembers what it learned."""

    name = "wikipedia"

    def __init__(
        self,
        url_template: str,
        *,
        fetch: Fetch,
        clock: Clock,
        licence: str = LICENCE,
        limits: LookUpLimits = LIMITS,
        store: Articles | None = None,
    ) -> None:
        """Take the Action API's address with `{language}` where the language stands, and the network, or a recording.

        `licence` is that of the encyclopedia's texts. Articles are kept in the store, if there is one.
        """
        self._servers = Servers(url_template, fetch=fetch, clock=clock)
        self._look_ups = LookUps(
            Search(self._servers, licence=licence),
            self._servers,
            Shelf(store, clock, memory_bytes=limits.cache_max_bytes, memory_seconds=limits.cache_seconds),
            clock,
            lookup_seconds=limits.lookup_seconds,
            turns=Turns(limits.turn_seconds),
        )

    def open_circuits(self) -> Sequence[OpenCircuit]:
        """Tell which of its servers are left alone."""
        return self._servers.open_circuits()

    async def find(self, query: Query) -> LookUp:
        """Implement the port Source. Raises ValueError for a language that could alter the address.

        A refusal counts only from the last edition: the first may not exist.
        """
        asked = edition_of(query.language)
        query = query._replace(subject=fold(query.subject), topic=fold(query.topic), language=asked.language)
        if not searches(query):
            return LookUp(Absence.NOT_FOUND)
        calls, failure = list[ProviderCall](), None
        until = None if query.wait_seconds is None else asyncio.get_running_loop().time() + query.wait_seconds
        for edition in self._servers.editions(asked):
            try:
                async with asyncio.timeout_at(until):
                    ended = await self._look_ups.find(edition, query)
            except TimeoutError:
                return LookUp(Absence.TIMED_OUT, (*calls, self._look_ups.unsent(edition, query)))
            calls += ended.calls
            match ended.outcome:
                case Article() | Retry():
                    return LookUp(ended.outcome, tuple(calls))
                case Down() | Refused():
                    failure = ended.outcome
                case Without():
                    return LookUp(ended.outcome.absence, tuple(calls))
                case None:
                    failure = failure if isinstance(failure, Down) else None
        return LookUp(failure.absence if failure else Absence.NOT_FOUND, tuple(calls))

    async def close(self) -> None:
        """End what is under way."""
        await self._look_ups.close()
