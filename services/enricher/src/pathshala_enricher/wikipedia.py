"""Wikipedia, or any MediaWiki, as a source of articles: the one door to the HTTP client.

find -> what is kept -> a look-up of the same already under way -> a new one, when its turn comes:
        for each language (the asked one, English), for each search (topic in its subject, topic alone): one request
"""

import asyncio
import re
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx2
import structlog

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.lesson import Absence, Article, fold
from pathshala_common.contract.ports import Clock
from pathshala_enricher.answer import HttpAnswer, Refused, Resting, read
from pathshala_enricher.articles import Site, read_article, searches
from pathshala_enricher.cache import Cache
from pathshala_enricher.circuit import PROBE_AFTER_SECONDS, Circuit
from pathshala_enricher.source import TIMED_OUT, UNAVAILABLE, Query

LANGUAGE = re.compile(r"[a-z]{2,3}")
LICENCE = "CC BY-SA 4.0"
FALLBACK_LANGUAGE = "en"
PLACE_OF_LANGUAGE = "{language}"
KNOWN_TO_BE_DOWN = "is known to be down, or asked for a rest"

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

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a look-up may take, how much it may read, and how much is kept for how long.

    `turn_seconds` is the longest wait for the look-ups before; `lookup_seconds` bounds all requests of one look-up.
    """

    connect_seconds: float = 1.5
    lookup_seconds: float = 5.0
    turn_seconds: float = 10.0
    body_size_max_bytes: int = 1_048_576
    cache_size_max: int = 500
    cache_seconds: float = 3_600.0


LIMITS = Limits()


class _Down(Exception):
    """The server cannot be reached, or is known to be down."""


class Wikipedia:
    """Asks politely: one request at a time, named, in bounds; obeys what the server asks; remembers what it learned."""

    name = "wikipedia"

    def __init__(
        self, url_template: str, *, user_agent: str, clock: Clock, licence: str = LICENCE, limits: Limits = LIMITS
    ) -> None:
        """Take the Action API's address with `{language}` where the language stands, and a User-Agent with a contact.

        `licence` is that of the encyclopedia's texts.
        """
        self._url_template, self._licence, self._clock, self._limits = url_template, licence, clock, limits
        self._client = httpx2.AsyncClient(
            headers={"User-Agent": user_agent},
            timeout=httpx2.Timeout(limits.lookup_seconds, connect=limits.connect_seconds),
            follow_redirects=False,
        )
        self._cache = Cache[Query, Article | Absence](size_max=limits.cache_size_max, seconds=limits.cache_seconds)
        self._under_way: dict[Query, asyncio.Task[Article | Absence]] = {}
        # A language tag has two or three letters, so there cannot be many.
        self._circuits: dict[str, Circuit] = {}
        self._turn = asyncio.Lock()

    async def find(self, query: Query) -> Article | Absence:
        """Implement the port Source. Raises ValueError for a language that could alter the address."""
        if not LANGUAGE.fullmatch(query.language):
            raise ValueError("the language is not a primary subtag in lower case")
        query = Query(fold(query.subject), fold(query.topic), query.language)
        kept = self._cache.get(query, self._clock.now())
        if kept is not None:
            return kept
        if query not in self._under_way:
            lookup = asyncio.create_task(self._look_up(query))
            self._under_way[query] = lookup
            lookup.add_done_callback(lambda _: self._under_way.pop(query))
        # Who stops waiting does not stop it for the others.
        return await asyncio.shield(self._under_way[query])

    async def close(self) -> None:
        """End what is under way and disconnect."""
        lookups = list(self._under_way.values())
        for lookup in lookups:
            lookup.cancel()
        await asyncio.gather(*lookups, return_exceptions=True)
        await self._client.aclose()

    async def _look_up(self, query: Query) -> Article | Absence:
        """Look up, tell the log how it ended, and keep what stays true for a while."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        told = log.bind(language=query.language)
        try:
            found = await self._in_turn(query)
        except Retry as error:
            told.warning("look-up failed, may pass", code=error.code, reason=error.reason, seconds=error.after_seconds)
            raise
        except (_Down, Refused) as error:
            told.warning("look-up failed", reason=str(error))
            return Absence.UNAVAILABLE
        outcome = found.value if isinstance(found, Absence) else "found"
        told.info("look-up ended", outcome=outcome, seconds=round(loop.time() - started, 3))
        if found is not Absence.TIMED_OUT:
            self._cache.put(query, found, self._clock.now())
        return found

    async def _in_turn(self, query: Query) -> Article | Absence:
        """Wait for the look-ups before, in bounds, and not at all for a server that is known to be down."""
        self._refuse_if_down(query.language)
        try:
            async with asyncio.timeout(self._limits.turn_seconds):
                await self._turn.acquire()
        except TimeoutError:
            return Absence.TIMED_OUT
        try:
            return await self._try_languages(query)
        finally:
            self._turn.release()

    async def _try_languages(self, query: Query) -> Article | Absence:
        """Search in the asked language, then in English. A refusal counts only from the last of them."""
        deadline = asyncio.get_running_loop().time() + self._limits.lookup_seconds
        refusal: Refused | None = None
        for language in self._languages(query):
            try:
                refusal = None
                for terms in searches(query):
                    answer = await self._ask(language, terms, deadline)
                    article = read_article(answer, query, self._site(language))
                    if article is not None:
                        return article
            except Refused as error:
                refusal = error
        if refusal is not None:
            raise refusal
        return Absence.NOT_FOUND

    async def _ask(self, language: str, terms: str, deadline: float) -> Mapping[str, object]:
        """Send one request, and let its end open or close the server's circuit."""
        url, now = self._url(language), self._clock.now
        circuit = self._circuits.setdefault(url, Circuit())
        if not circuit.admit(now()):
            raise _Down(KNOWN_TO_BE_DOWN)
        try:
            content = read(await self._get(url, terms, deadline), now())
        except _Down:
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

    async def _get(self, url: str, terms: str, deadline: float) -> HttpAnswer:
        """Fetch. Raises _Down, Refused, or Retry for what may pass."""
        try:
            async with asyncio.timeout_at(deadline):
                return await self._read(url, terms)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError) as error:
            raise _Down(f"cannot be reached ({type(error).__name__})") from error
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise Retry(TIMED_OUT, "the encyclopedia did not answer in time") from error
        except (httpx2.NetworkError, httpx2.RemoteProtocolError) as error:
            raise Retry(UNAVAILABLE, "the encyclopedia broke off") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Refused(f"cannot be read ({type(error).__name__})") from error

    async def _read(self, url: str, terms: str) -> HttpAnswer:
        """Read an answer, no further than the size limit; of one that failed, only its head."""
        async with self._client.stream("GET", url, params={**PARAMETERS, "gsrsearch": terms}) as response:
            body = bytearray()
            if response.status_code == HTTPStatus.OK:
                async with aclosing(response.aiter_bytes()) as chunks:
                    async for chunk in chunks:
                        body += chunk
                        if len(body) > self._limits.body_size_max_bytes:
                            raise Refused("answered too much")
            return HttpAnswer(response.status_code, response.headers.get("Retry-After"), bytes(body))

    def _refuse_if_down(self, language: str) -> None:
        circuit = self._circuits.get(self._url(language))
        if circuit is not None and circuit.is_open(self._clock.now()):
            raise _Down(KNOWN_TO_BE_DOWN)

    def _languages(self, query: Query) -> tuple[str, ...]:
        """Give the languages to search in, each once; a template without a language has only its own."""
        if PLACE_OF_LANGUAGE not in self._url_template:
            return (query.language,)
        return tuple(dict.fromkeys((query.language, FALLBACK_LANGUAGE)))

    def _url(self, language: str) -> str:
        return self._url_template.replace(PLACE_OF_LANGUAGE, language)

    def _site(self, language: str) -> Site:
        return Site(urlsplit(self._url(language)).hostname or "", language, self._licence)
