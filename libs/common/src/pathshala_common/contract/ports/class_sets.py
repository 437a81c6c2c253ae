"""The port of class sets: their documents, what became of their tasks, and what users have spent on models.

Every method raises StoreUnavailable if it cannot be sure.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from pathshala_common.contract.class_set import ClassSet, SetHead
from pathshala_common.contract.events import LessonFailed
from pathshala_common.contract.lesson import Status
from pathshala_common.contract.prices import Prices


class NumberedSet(NamedTuple):
    """A class set, and the position in its log that its document is folded up to."""

    class_set: ClassSet
    position: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state of a task, in brief. A completed one has the revision of its lesson, a failed one its failure."""

    status: Status
    message: str = ""
    revision: int | None = None
    failure: LessonFailed | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """The calls of language models that are logged, and their tokens as far as the answers told them."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def cost(self, prices: Prices) -> float:
        """Give what they cost, in units of the prices' currency."""
        return prices.cost(self.prompt_tokens, self.completion_tokens)


class ClassSets(Protocol):
    """Class sets. Their documents are written as their events are appended."""

    async def class_set(self, set_id: str) -> NumberedSet | None:
        """One set. Raises UnreadableError if this version cannot read its document."""

    async def class_sets(
        self, user_id: str | None, *, since: datetime, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[SetHead]:
        """A user's sets, or everybody's, that were ordered `since`, newest first, behind that time and id.

        It reads no documents, which are large. Those that this version cannot read are left out.
        """

    async def open_sets(self, *, limit: int, after: str = "") -> Sequence[ClassSet]:
        """Sets that have not ended and can be read, by id, those behind this one."""

    async def outcomes(self, task_ids: Collection[str]) -> Mapping[str, Outcome]:
        """The states of those of these tasks that were ever kept, also when they are forgotten: the log has ends."""

    async def delete_class_sets(self, before: datetime, *, limit: int) -> int:
        """Forget sets that were ordered before. Returns how many."""


class Spending(Protocol):
    """The spending on language models. It outlives the recordings of their calls."""

    async def spent_by(self, user_id: str, *, since: datetime) -> Spent:
        """Sum up what was spent on a user's lessons by calls that were told of at that moment or later."""

    async def spent(self, *, since: datetime, until: datetime) -> Spent:
        """Sum up what was spent on all lessons by calls that were told of from `since` on, and before `until`."""

    async def spent_on_set(self, set_id: str) -> Spent:
        """Sum up what was spent on the lessons of a class set."""

    async def forget_spending(self, before: datetime, *, limit: int) -> int:
        """Forget calls that were told of before, the oldest first. Returns how many."""
