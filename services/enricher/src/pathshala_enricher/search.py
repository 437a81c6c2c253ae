"""Searches a MediaWiki, a request for each edition (the asked language's, English) and each search in it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.lesson import Absence, Article
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_enricher.answer import Down, Refused, Resting, Without, read
from pathshala_enricher.articles import Site, read_article, searches
from pathshala_enricher.cooldown import PROBE_AFTER_SECONDS, Cooldown
from pathshala_enricher.editions import ENGLISH, Edition, edition_of
from pathshala_enricher.fetch import Fetch, FetchFault, not_sent
from pathshala_enricher.source import Query

PLACE_OF_LANGUAGE = "{language}"

# Eight hits: one to stand on, and enough others to choose from and to name as related.
PARAMETERS: Mapping[str, str] = {
    "action": "query",
    "format": "json",
    "formatversion": "2",
    "maxlag": "5",
    "redirects": "1",
    "generator": "search",
    "gsrnamespace": "0",
    "gsrlimit": "8",
    "prop": "extracts|pageimages|info|pageprops",
    "exintro": "1",
    "explaintext": "1",
    "exlimit": "max",
    "inprop": "url",
    "piprop": "thumbnail",
    "pithumbsize": "320",
    "ppprop": "disambiguation",
}

Record = Callable[[ProviderCall], None]
"""Called with each call, whatever comes of it."""


class Search:
    """Asks the servers of the editions, each behind a circuit of its own."""

    def __init__(self, url_template: str, *, fetch: Fetch, clock: Clock, licence: str) -> None:
        """Take the Action API's address with `{language}` where an edition's code stands."""
        self._url_template, self._licence, self._clock, self._fetch = url_template, licence, clock, fetch
        # A code has two or three letters or stands in a short table, so there cannot be many.
        self._circuits: dict[str, Cooldown] = {}

    async def run(self, query: Query, *, seconds: float, record: Record) -> Article | Absence:
        """Search for as long as `seconds` in all. Raises Without, or Retry for what may pass.

        A refusal counts only from the last edition: the first may not exist.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        failure: Without | None = None
        for edition in self._editions(query):
            try:
                article = await self._search(edition, query, deadline, record)
            except (Down, Refused) as error:
                failure = error
                continue
            if article is not None:
                return article
            failure = failure if isinstance(failure, Down) else None
        if failure is not None:
            raise failure
        return Absence.NOT_FOUND

    def is_down(self, query: Query) -> bool:
        """Whether every server that could be asked is known to be down, so that none would be."""
        circuits = [self._circuits.get(self._url(edition)) for edition in self._editions(query)]
        return all(circuit is not None and circuit.is_open(self._clock.monotonic()) for circuit in circuits)

    def unsent(self, query: Query, fault: FetchFault) -> ProviderCall:
        """Give the first request of a search as one that was held back."""
        url = self._url(self._editions(query)[0])
        return not_sent(url, _parameters(searches(query)[0]), fault)

    async def _search(self, edition: Edition, query: Query, deadline: float, record: Record) -> Article | None:
        """Search one edition."""
        for terms in searches(query):
            answer = await self._ask(edition, terms, deadline, record)
            article = read_article(answer, query, self._site(edition))
            if article is not None:
                return article
        return None

    async def _ask(self, edition: Edition, terms: str, deadline: float, record: Record) -> Mapping[str, object]:
        """Send one request, and let its end open or close the server's circuit."""
        url, now = self._url(edition), self._clock.monotonic
        circuit = self._circuits.setdefault(url, Cooldown())
        call = await self._call(circuit, url, _parameters(terms), deadline)
        record(call)
        try:
            content = read(call, self._clock.now())
        except Down:
            if call.fault != FetchFault.KNOWN_TO_BE_DOWN:
                circuit.pause(now(), PROBE_AFTER_SECONDS)
            raise
        except Resting as error:
            circuit.pause(now(), error.after_seconds or 0)
            raise
        except Retry:
            circuit.fail(now())
            raise
        except Refused:
            circuit.succeed()
            raise
        circuit.succeed()
        return content

    async def _call(self, circuit: Cooldown, url: str, params: Mapping[str, str], deadline: float) -> ProviderCall:
        if not circuit.admit(self._clock.monotonic()):
            return not_sent(url, params, FetchFault.KNOWN_TO_BE_DOWN)
        return await self._fetch(url, params, deadline - asyncio.get_running_loop().time())

    def _editions(self, query: Query) -> Sequence[Edition]:
        """Give the editions to search, each once; a template without a language has only its own."""
        asked = edition_of(query.language)
        if PLACE_OF_LANGUAGE not in self._url_template or asked.code == ENGLISH:
            return (asked,)
        return (asked, Edition(ENGLISH, ENGLISH))

    def _url(self, edition: Edition) -> str:
        return self._url_template.replace(PLACE_OF_LANGUAGE, edition.code)

    def _site(self, edition: Edition) -> Site:
        return Site(urlsplit(self._url(edition)).hostname or "", edition, self._licence)


def _parameters(terms: str) -> Mapping[str, str]:
    return {**PARAMETERS, "gsrsearch": terms}
