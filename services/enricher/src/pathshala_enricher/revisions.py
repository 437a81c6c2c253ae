"""Looks articles up again by their titles, in batches, and as politely as ever."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.lesson import Article
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_enricher.editions import Edition, edition_of
from pathshala_enricher.pages import named, read_pages
from pathshala_enricher.search import TEXTS
from pathshala_enricher.servers import Servers

BATCH = 20
"""Introductions that the API gives at once."""

TRIES_MAX = 3
REST_SECONDS = 2.0
REST_SECONDS_MAX = 120.0
"""A server that asks for a longer rest is not waited for."""

ASKED: Mapping[str, str] = {**TEXTS, "prop": "extracts|info"}


class NewestPage(NamedTuple):
    """The newest revision of a page, and its introduction as an article's text is read."""

    revision_id: int
    text: str


class PageRevisions:
    """Asks for the newest revisions of articles, one request at a time."""

    def __init__(self, servers: Servers, clock: Clock, *, lookup_seconds: float) -> None:
        self._servers, self._clock, self._lookup_seconds = servers, clock, lookup_seconds

    def edition_of(self, article: Article) -> Edition | None:
        """Give the edition in which an article can be looked up again; None if it is from elsewhere."""
        edition = edition_of(article.language)
        host = urlsplit(self._servers.url(edition)).hostname
        return edition if article.url is not None and urlsplit(article.url).hostname == host else None

    async def newest(self, edition: Edition, titles: Sequence[str]) -> Mapping[str, NewestPage | None]:
        """Give the newest of each title; None for a page that is gone. A title that was moved leads to its page.

        Raises Without or Retry if the server does not answer, though it was asked again.
        """
        found: dict[str, NewestPage | None] = {}
        for batch in _batches(titles):
            answer = await self._ask(edition, {**ASKED, "titles": "|".join(batch)})
            pages = {page.title: NewestPage(page.lastrevid, page.extract) for page in read_pages(answer, batch)}
            found |= {title: pages.get(named(title, answer)) for title in batch}
        return found

    async def _ask(self, edition: Edition, params: Mapping[str, str]) -> Mapping[str, object]:
        for attempt in range(1, TRIES_MAX + 1):
            deadline = asyncio.get_running_loop().time() + self._lookup_seconds
            try:
                return await self._servers.ask(edition, params, deadline=deadline, record=_forget)
            except Retry as error:
                rest = REST_SECONDS if error.after_seconds is None else error.after_seconds
                if attempt == TRIES_MAX or rest > REST_SECONDS_MAX:
                    raise
                await self._clock.sleep(rest)
        raise AssertionError("the last try returns or raises")


def _batches(titles: Sequence[str]) -> Iterator[Sequence[str]]:
    return (titles[at : at + BATCH] for at in range(0, len(titles), BATCH))


def _forget(_call: ProviderCall) -> None:
    """Record nothing: what is asked here leads to no event."""
