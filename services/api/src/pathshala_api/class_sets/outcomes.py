"""The outcomes of a set's tasks. How a task ended stays so, and is not read again."""

from collections.abc import Collection, Mapping

from pathshala_common.contract.ports.class_sets import ClassSets, Outcome

KNOWN_MAX = 50_000
"""Tasks of which it is known how they ended; those that were read first give way."""


class Outcomes:
    """Reads what became of tasks."""

    def __init__(self, store: ClassSets) -> None:
        self._store = store
        self._ended: dict[str, Outcome] = {}

    async def of(self, task_ids: Collection[str]) -> Mapping[str, Outcome]:
        """The states of those of these tasks that were ever kept. Raises StoreUnavailable."""
        known = {task_id: self._ended[task_id] for task_id in task_ids if task_id in self._ended}
        unknown = [task_id for task_id in task_ids if task_id not in known]
        found = await self._store.outcomes(unknown) if unknown else {}
        self._ended |= {task_id: one for task_id, one in found.items() if one.status.final}
        while len(self._ended) > KNOWN_MAX:
            del self._ended[next(iter(self._ended))]
        return known | dict(found)
