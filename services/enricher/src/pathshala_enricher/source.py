"""The port of the enricher: what a source of articles is asked, and what it promises."""

from typing import NamedTuple, Protocol

from pathshala_common.contract.errors import Retry
from pathshala_common.contract.lesson import Absence, Article
from pathshala_common.contract.provider_call import ProviderCall

TIMED_OUT = "encyclopedia_timed_out"
RATE_LIMITED = "encyclopedia_rate_limited"
UNAVAILABLE = "encyclopedia_unavailable"


class Query(NamedTuple):
    """The subject and topic of a look-up, and the BCP 47 tag of its language; then who asks, and how long they wait."""

    subject: str
    topic: str
    language: str
    user_id: str = ""
    wait_seconds: float | None = None


class LookUp(NamedTuple):
    """The end of a look-up and its calls, in their order. The same calls lead to the same end.

    Of one that was kept or shared they are those that were made at its time. A Retry, with one of the codes above,
    says that asking again soon may help.
    """

    outcome: Article | Absence | Retry
    calls: tuple[ProviderCall, ...] = ()


class Source(Protocol):
    """An encyclopedia."""

    name: str

    async def find(self, query: Query) -> LookUp:
        """Find the article on a topic, or say why there is none; at once, if the source is known to be down.

        Who asks for one after the other's turn waits for no more than that: users take turns.
        """
