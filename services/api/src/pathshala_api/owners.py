"""Owners: whose each task is, and each class set. That never changes, so it is read once."""

from typing import Protocol

from pathshala_common.contract.errors import UnreadableError
from pathshala_common.contract.events import ClassSetRequested, Event, request_of
from pathshala_common.contract.ports.store import EventLog, Tasks

OWNERS_KNOWN_MAX = 50_000
"""Tasks whose owners are known at once; those that were read first give way."""


class KnownOwners(Tasks, EventLog, Protocol):
    """Tasks, and the log of those that are forgotten."""


class Owners:
    """Knows whose a task is."""

    def __init__(self, store: KnownOwners) -> None:
        self._store = store
        self._known: dict[str, str] = {}

    async def owner_of(self, task_id: str) -> str | None:
        """Name the user of a task or class set; None if there is none, or the log has lost whose it was.

        Raises StoreUnavailable.
        """
        known = self._known.get(task_id)
        return known if known is not None else await self._read(task_id)

    async def _read(self, task_id: str) -> str | None:
        try:
            task = await self._store.task(task_id)
            owner = task.request.user_id if task is not None else await self._logged(task_id)
        except UnreadableError:
            owner = await self._logged(task_id)
        if owner is not None:
            self._known[task_id] = owner
            if len(self._known) > OWNERS_KNOWN_MAX:
                del self._known[next(iter(self._known))]
        return owner

    async def _logged(self, task_id: str) -> str | None:
        found = (_user_of(envelope.event) for envelope in await self._store.events(task_id))
        return next((user_id for user_id in found if user_id is not None), None)


def _user_of(event: Event) -> str | None:
    """Give whose the task or class set is, if the event says so."""
    if isinstance(event, ClassSetRequested):
        return event.user_id
    request = request_of(event)
    return request.user_id if request is not None else None
