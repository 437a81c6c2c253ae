"""Keeps what was looked up: an article with the calls that led to it, so that a lesson on it can be replayed.

It is in memory for a while, and in the store for as long as there is room: it survives restarts, and is shared by all
enrichers. A store that is away costs a look-up and nothing else.
"""

import sys
import zlib
from datetime import datetime, timedelta
from typing import NamedTuple

from cachetools import TTLCache
from pydantic import ValidationError

from pathshala_common.contract.errors import Retry, Unavailable
from pathshala_common.contract.lesson import Article, Value
from pathshala_common.contract.ports.articles import Articles, KeptArticle
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.logs import get_logger
from pathshala_enricher.answer import Without

FRESH_SECONDS = 86_400.0
"""An article that was looked up or compared with its page so long ago is compared again: a day."""

NEWEST_KEPT = 10_000
"""Articles that are kept in the store; at some 10 kB each, 100 MB."""

ENTRY_BYTES = 8_192
"""About what an entry in memory takes besides the texts of its calls: the article, and the objects around them."""

FORM = "1"
"""Changes when what is found for a key does, so that nothing is taken for what it is not."""

log = get_logger()


class Ended(NamedTuple):
    """The end of a look-up in one edition, and its calls. None: there is no such article."""

    outcome: Article | Without | Retry | None
    calls: tuple[ProviderCall, ...] = ()


class Kept(NamedTuple):
    """An article as it was found, and when it was last known to be its page's newest revision."""

    article: Article
    calls: tuple[ProviderCall, ...]
    checked_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether it need not be compared with its page yet."""
        return now - self.checked_at < timedelta(seconds=FRESH_SECONDS)

    @property
    def ended(self) -> Ended:
        """The look-up that it was found by."""
        return Ended(self.article, self.calls)


class _Body(Value):
    """The form in the store, packed."""

    article: Article
    calls: tuple[ProviderCall, ...]


class Shelf:
    """Keeps look-ups by name. What failed is not kept, and what found nothing only in memory."""

    def __init__(self, store: Articles | None, clock: Clock, *, memory_bytes: int, memory_seconds: float) -> None:
        """Without a store, keep in memory alone."""
        self._store, self._clock = store, clock
        self._memory = TTLCache[str, Ended, float](memory_bytes, memory_seconds, timer=clock.monotonic, getsizeof=_size)

    def remembered(self, name: str) -> Ended | None:
        """Give what memory has."""
        return self._memory.get(name)

    def remember(self, name: str, ended: Ended) -> None:
        """Keep it in memory, unless it is too large."""
        try:
            self._memory[name] = ended
        except ValueError:
            log.info("too large to be kept in memory", calls=len(ended.calls))

    async def find(self, name: str) -> Kept | None:
        """Give what the store has."""
        if self._store is None:
            return None
        try:
            found = await self._store.kept_article(f"{FORM} {name}")
            body = _Body.model_validate_json(zlib.decompress(found.raw)) if found else None
        except (Unavailable, ValidationError, zlib.error) as error:
            log.warning("a kept article cannot be had", reason=type(error).__name__)
            return None
        return Kept(body.article, body.calls, found.checked_at) if found and body else None

    async def keep(self, name: str, article: Article, calls: tuple[ProviderCall, ...]) -> None:
        """Keep an article as one that is its page's newest revision now."""
        if self._store is None:
            return
        raw = zlib.compress(_Body(article=article, calls=calls).model_dump_json().encode())
        try:
            await self._store.keep_article(KeptArticle(f"{FORM} {name}", raw, self._clock.now()), newest=NEWEST_KEPT)
        except Unavailable as error:
            log.warning("an article was not kept", reason=type(error).__name__)


def _size(ended: Ended) -> int:
    """About how many bytes a look-up takes."""
    return ENTRY_BYTES + sum(sys.getsizeof(call.request) + sys.getsizeof(call.answer) for call in ended.calls)
