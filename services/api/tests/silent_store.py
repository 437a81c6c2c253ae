"""A store that falls silent once it has logged something, as one of which a replica set elects just then."""

from collections.abc import Sequence
from pathlib import Path

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.contract.events import AnyEvent
from pathshala_common.contract.ports.class_sets import NumberedSet
from pathshala_common.contract.ports.store import Change
from pathshala_common.store.sqlite.store import SQLiteStore


class SilentStore(SQLiteStore):
    """Logs events of a type, and from then on fails a method of these until it is `back`."""

    def __init__(self, path: Path, method: str, *, after: type[AnyEvent]) -> None:
        super().__init__(path)
        self._method, self._after = method, after
        self._logged = self.back = False

    async def append(self, changes: Sequence[Change]) -> Sequence[bool]:
        applied = await super().append(changes)
        self._logged |= any(isinstance(one.event, self._after) for change in changes for one in change.envelopes)
        self._answer("append")
        return applied

    async def events(self, task_id: str) -> Sequence[Envelope]:
        self._answer("events")
        return await super().events(task_id)

    async def class_set(self, set_id: str) -> NumberedSet | None:
        self._answer("class_set")
        return await super().class_set(set_id)

    def _answer(self, method: str) -> None:
        if self._logged and not self.back and method == self._method:
            raise StoreUnavailable("no primary")
