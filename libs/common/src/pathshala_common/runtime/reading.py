"""Knows the adapters that can only read: whoever has these alone can neither write nor publish."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pathshala_common.contract.ports.operator import Log, Projections
from pathshala_common.runtime.adapters import chosen, path_of
from pathshala_common.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers of one kind of store, made from the store's URL."""

    log: Callable[[str], Log]
    projections: Callable[[str], Projections]


def _sqlite() -> Readers:
    from pathshala_common.store.sqlite.log_reader import SQLiteLog
    from pathshala_common.store.sqlite.projections import SQLiteProjections

    return Readers(
        log=lambda url: SQLiteLog(path_of(url)),
        projections=lambda url: SQLiteProjections(path_of(url)),
    )


def _mongodb() -> Readers:
    from pathshala_common.store.mongodb.log_reader import MongoLog
    from pathshala_common.store.mongodb.projections import MongoProjections

    return Readers(log=MongoLog, projections=MongoProjections)


READERS: Mapping[str, Callable[[], Readers]] = {"sqlite": _sqlite, "mongodb": _mongodb, "mongodb+srv": _mongodb}
"""Each imports its adapters when it is chosen, as in connect.py."""


def log(settings: Settings) -> Log:
    """The log of the store that PATHSHALA_STORE_URL names, not yet opened. Raises SettingsError."""
    return _readers(settings).log(settings.store_url)


def projections(settings: Settings) -> Projections:
    """The reader of the documents that the store keeps, not yet opened. Raises SettingsError."""
    return _readers(settings).projections(settings.store_url)


def _readers(settings: Settings) -> Readers:
    return chosen("PATHSHALA_STORE_URL", settings.store_url, READERS)()
