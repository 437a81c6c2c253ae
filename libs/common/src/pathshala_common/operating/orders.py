"""The event that a task begins with, made again of the task: the same bytes each time."""

from pathshala_common.contract.envelope import Envelope, requested_of
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.lesson import Task
from pathshala_common.contract.ports.store import Lessons


async def order_of(lessons: Lessons, task: Task) -> Envelope:
    """Give the event; one that orders a part brings along the version, which is kept for good.

    Raises StoreUnavailable.
    """
    made_of = task.request.derivation
    if made_of is None or not task.request.is_for_a_part:
        return requested_of(task)
    version = await lessons.lesson(task.request.edition, made_of.revision)
    if version is None:
        raise StoreUnavailable("the version that a part is ordered of is not to be found")
    return requested_of(task, version)
