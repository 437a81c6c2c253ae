"""The log that a replay reads: the store's, or a file of envelopes. Nothing here writes."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

from pathshala_common.contract.envelope import decode
from pathshala_common.contract.errors import ContractError, SettingsError
from pathshala_common.contract.ports.operator import StoredFold
from pathshala_common.contract.ports.store import Logged, Unreadable, legible
from pathshala_common.runtime import reading
from pathshala_common.runtime.settings import Settings


class History(NamedTuple):
    """A task's log, and what is kept of its fold, if that is known."""

    log: list[Logged]
    kept: StoredFold = StoredFold()


def read_file(path: Path) -> History:
    """Read a file of one envelope a line, in the order of the log. Raises SettingsError if it is none."""
    try:
        lines = path.read_bytes().splitlines()
        log = [Logged(position, decode(line, size_max_bytes=len(line))) for position, line in enumerate(lines, 1)]
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    except ContractError as error:
        raise SettingsError(f"{path} is no file of events: {error}") from None
    if len({logged.envelope.task_id for logged in log}) != 1:
        raise SettingsError(f"{path} is no file of one task's events")
    return History(log)


async def read_store(settings: Settings, task_id: str) -> History:
    """Read from the store that the settings name. Raises SettingsError or StoreUnavailable."""
    async with AsyncExitStack() as stack:
        log, projections = reading.log(settings), reading.projections(settings)
        for adapter in (log, projections):
            await adapter.open()
            stack.push_async_callback(adapter.close)
        kept = await projections.task(task_id)  # first, so that the log is not behind it
        logged = await log.task(task_id)
    for one in logged:
        if isinstance(one, Unreadable):
            raise SettingsError(f"event {one.position} of the task cannot be read by this version: {one.reason}")
    return History(legible(logged), kept)
