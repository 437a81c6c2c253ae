"""The port of kept articles: what an enricher found, for all enrichers and their next starts.

It is no part of the log: every lesson's log has what its own article was read from. So it may be emptied at any time.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeptArticle:
    """An article in the enricher's own form, the name that it is found by, and when it was last known to be current."""

    name: str
    raw: bytes = field(repr=False)
    checked_at: datetime


class Articles(Protocol):
    """Kept articles, one a name. Every method raises StoreUnavailable if it cannot be sure."""

    async def kept_article(self, name: str) -> KeptArticle | None:
        """Give the article of this name."""

    async def keep_article(self, kept: KeptArticle, *, newest: int) -> None:
        """Keep an article in place of the one of its name, and forget all but the `newest` that were checked."""
