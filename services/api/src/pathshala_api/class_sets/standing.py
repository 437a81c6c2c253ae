"""The standing of a set: how far each row is, by the set's own events and by what became of its tasks. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pathshala_common.contract.class_set import ClassSet, SetRow
from pathshala_common.contract.lesson import Status
from pathshala_common.contract.ports.class_sets import Outcome


class ItemStatus(StrEnum):
    """How far a row is: `refused` is one that cannot be ordered, or is not any more, and `waiting` one yet to be."""

    REFUSED = "refused"
    WAITING = "waiting"
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def settled(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self in {ItemStatus.REFUSED, ItemStatus.COMPLETED, ItemStatus.FAILED}


UNFINISHED = frozenset({ItemStatus.PENDING, ItemStatus.IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class Item:
    """A row with its task, once it has one, and with what became of that."""

    row: SetRow
    status: ItemStatus
    task_id: str | None = None
    outcome: Outcome | None = None

    @property
    def can_be_ordered_anew(self) -> bool:
        """Whether another order may take its place."""
        return self.status in {ItemStatus.REFUSED, ItemStatus.FAILED}


@dataclass(frozen=True, slots=True)
class SetStanding:
    """All rows of a set, as they stand."""

    items: Sequence[Item]

    @property
    def counts(self) -> Counter[ItemStatus]:
        """The number of rows in each status."""
        return Counter(item.status for item in self.items)

    @property
    def percent(self) -> int:
        """The share of rows of which nothing more comes."""
        return 100 * sum(item.status.settled for item in self.items) // max(len(self.items), 1)

    def of(self, *statuses: ItemStatus) -> list[Item]:
        """The rows in these statuses."""
        return [item for item in self.items if item.status in statuses]


def standing(made: ClassSet, outcomes: Mapping[str, Outcome]) -> SetStanding:
    """Say how each row stands."""
    task_ids = made.task_ids
    return SetStanding([_item(made, row, task_ids.get(row.row), outcomes) for row in made.rows])


def _item(made: ClassSet, row: SetRow, task_id: str | None, outcomes: Mapping[str, Outcome]) -> Item:
    if task_id is None:
        return Item(row, ItemStatus.REFUSED)
    outcome = outcomes.get(task_id)
    if outcome is not None:
        return Item(row, OF_TASK[outcome.status], task_id, outcome)
    return Item(row, ItemStatus.WAITING if made.stop is None else ItemStatus.REFUSED)


OF_TASK = {status: ItemStatus(status.value) for status in Status}
