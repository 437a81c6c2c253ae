"""A house in one process that dies when it has logged a cancel, and told nobody.

It is started by `python -m tests.faults.dying_of_a_cancel`. Its environment is as for `python -m pathshala`.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from pathshala.run import embedded
from pathshala.settings import HouseSettings
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Change, Store
from pathshala_common.runtime import connect
from pathshala_common.runtime.process import Process, main

EXIT_CODE = 67


class DyingStore:
    """A store in which a cancel is logged, and nothing comes after it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def append(self, changes: Sequence[Change]) -> Sequence[bool]:
        applied = await self._store.append(changes)
        logged = (change for change, done in zip(changes, applied, strict=True) if done)
        if "LessonCancelled" in {envelope.type for change in logged for envelope in change.envelopes}:
            os._exit(EXIT_CODE)
        return applied


def _process(settings: HouseSettings, clock: Clock) -> Process:
    store: Any = DyingStore(connect.store(settings))
    made = embedded.house(settings, connect.broker(settings, clock), store, clock)
    return replace(made, prepare=partial(connect.migrate, settings, drop=False))


if __name__ == "__main__":
    sys.exit(main(HouseSettings, _process))
