"""Searches one edition of an encyclopedia, in as few requests as find the article.

1. The topic within its subject, with texts; beside it the titles that the topic alone finds, and what the engine
   suggests in its stead.
2. If no page of those will do: texts of these titles, and of those that the topic, its singular or the suggestion may
   have; beside them the titles that a wider search finds.
3. If none of these will do, and there are others: texts of them.

A picture costs one request more, which asks whose it is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from urllib.parse import urlsplit

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.lesson import Article
from pathshala_enricher.answer import Without
from pathshala_enricher.articles import Choice, Site, choose
from pathshala_enricher.editions import Edition
from pathshala_enricher.pages import hits, read_pages, suggestion
from pathshala_enricher.picture import picture_parameters, read_picture
from pathshala_enricher.servers import Record, Servers
from pathshala_enricher.source import Query
from pathshala_enricher.terms import searches, titles, wider_search

ASKED: Mapping[str, str] = {"action": "query", "format": "json", "formatversion": "2", "maxlag": "5"}
TEXTS: Mapping[str, str] = {
    **ASKED,
    "curtimestamp": "1",
    "redirects": "1",
    "prop": "extracts|pageimages|info|pageprops",
    "exintro": "1",
    "explaintext": "1",
    "exlimit": "max",
    "inprop": "url",
    "piprop": "thumbnail|name",
    "pithumbsize": "320",
    "ppprop": "disambiguation",
}
# Eight hits: one to stand on, and enough others to choose from and to name as related. Texts are searched, since an
# engine without stems searches titles alone if it is not told, and there is no "verbs" in the title "Verb".
HITS: Mapping[str, str] = {"generator": "search", "gsrwhat": "text", "gsrnamespace": "0", "gsrlimit": "8"}
TITLES: Mapping[str, str] = {
    "list": "search",
    "srwhat": "text",
    "srnamespace": "0",
    "srlimit": "8",
    "srinfo": "suggestion",
    "srprop": "",
}

Ask = Callable[[Mapping[str, str]], Awaitable[Mapping[str, object]]]


class Search:
    """Asks the server of one edition after the other, for as long as `seconds` in all.

    Every method raises Without, or Retry for what may pass.
    """

    def __init__(self, servers: Servers, *, licence: str) -> None:
        """Take the servers, and the licence of their texts."""
        self._servers, self._licence = servers, licence

    async def run(self, edition: Edition, query: Query, *, seconds: float, record: Record) -> Article | None:
        """Find the article."""
        ask = self._asking(edition, seconds, record)
        site = Site(urlsplit(self._servers.url(edition)).hostname or "", edition, self._licence)
        found = await _found(ask, query, site)
        return await _with_picture(ask, found) if found else None

    async def is_current(self, edition: Edition, article: Article, *, seconds: float, record: Record) -> bool:
        """Whether the article's revision is still the last one of its page."""
        asked = {"prop": "info", "inprop": "url", "revids": str(article.revision_id)}
        pages = read_pages(await self._asking(edition, seconds, record)({**ASKED, **asked}))
        return any(page.lastrevid == article.revision_id for page in pages)

    def _asking(self, edition: Edition, seconds: float, record: Record) -> Ask:
        deadline = asyncio.get_running_loop().time() + seconds
        return partial(self._servers.ask, edition, deadline=deadline, record=record)


def first_request(query: Query) -> Mapping[str, str]:
    """Ask for the topic within its subject, and for titles by the topic alone."""
    narrow, *_, alone = searches(query) * 2
    return {**TEXTS, **HITS, "gsrsearch": narrow, **TITLES, "srsearch": alone}


async def _found(ask: Ask, query: Query, site: Site) -> Choice | None:
    first = await ask(first_request(query))
    if found := choose(first, query, site):
        return found
    meant = suggestion(first)
    named, wider = titles(query, meant, hits(first)), wider_search(query, meant)
    second = await ask({**TEXTS, "titles": "|".join(named), **({**TITLES, "srsearch": wider} if wider else {})})
    senses = [query, query._replace(topic=meant)] if meant else [query]
    for sense in senses:
        if found := choose(second, sense, site, named):
            return found
    others = tuple(title for title in hits(second) if title not in named)
    third = await ask({**TEXTS, "titles": "|".join(others)}) if others else {}
    return next((found for sense in senses if (found := choose(third, sense, site, others))), None)


async def _with_picture(ask: Ask, found: Choice) -> Article:
    """Give the article, with its picture only if it is told whose that is."""
    try:
        picture = read_picture(await ask(picture_parameters(found.image))) if found.image else None
    except (Retry, Without):
        picture = None
    thumbnail = found.article.thumbnail if picture else None
    return found.article.model_copy(update={"picture": picture, "thumbnail": thumbnail})
