"""The port of the enricher: what a source of articles is asked, and what it promises."""

from typing import NamedTuple, Protocol

from pathshala_common.contract.lesson import Absence, Article

TIMED_OUT = "encyclopedia_timed_out"
RATE_LIMITED = "encyclopedia_rate_limited"
UNAVAILABLE = "encyclopedia_unavailable"


class Query(NamedTuple):
    """What a lesson is about. `language` is a primary subtag in lower case, as encyclopedias are named."""

    subject: str
    topic: str
    language: str


class Source(Protocol):
    """An encyclopedia."""

    name: str

    async def find(self, query: Query) -> Article | Absence:
        """Find the article on a topic, or say why there is none.

        Raises Retry, with one of the codes above, where asking again soon may help; never when the source is
        known to be down: then it answers at once.
        """
