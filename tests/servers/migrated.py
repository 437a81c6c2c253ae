"""A MongoDB store on which `pathshala migrate` has run, as it has wherever services run."""

from pathshala_common.contract.errors import StoreUnavailable
from pathshala_common.store.mongodb.migration import migrate
from pathshala_common.store.mongodb.store import MongoStore
from tests.waiting import until_so

PATIENT_SECONDS = 60.0
"""For tests of what a store says, not of how long it waits: the stand-in's answers take seconds on a busy machine."""


class MigratedMongoStore(MongoStore):
    """Makes its indexes before it is opened, however slowly its server answers."""

    def __init__(self, url: str, *, timeout_seconds: float | None = None) -> None:
        super().__init__(url) if timeout_seconds is None else super().__init__(url, timeout_seconds=timeout_seconds)
        self._url = url

    async def open(self) -> None:
        """Migrate, then open."""
        await until_so(self._is_migrated)
        await super().open()

    async def _is_migrated(self) -> bool:
        try:
            await migrate(self._url, drop=False)
        except StoreUnavailable:
            return False
        return True
