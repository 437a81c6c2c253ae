"""Knows the adapters that can only read: whoever has these alone can neither write nor publish."""

from urllib.parse import urlsplit

from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.ports.operator import Log, Projections
from pathshala_common.runtime.settings import Settings
from pathshala_common.store.mongodb.log_reader import MongoLog
from pathshala_common.store.mongodb.projections import MongoProjections
from pathshala_common.store.sqlite.log_reader import SQLiteLog
from pathshala_common.store.sqlite.projections import SQLiteProjections


def log(settings: Settings) -> Log:
    """The log of the store that PATHSHALA_STORE_URL names, not yet opened. Raises SettingsError."""
    match scheme_of(settings.store_url):
        case "sqlite":
            return SQLiteLog(path_of(settings.store_url))
        case "mongodb" | "mongodb+srv":
            return MongoLog(settings.store_url)
        case scheme:
            raise SettingsError(f"PATHSHALA_STORE_URL: {scheme!r} is none of sqlite, mongodb, mongodb+srv")


def projections(settings: Settings) -> Projections:
    """What that store keeps of the log's fold, only to be read, and not yet opened. Raises SettingsError."""
    match scheme_of(settings.store_url):
        case "sqlite":
            return SQLiteProjections(path_of(settings.store_url))
        case "mongodb" | "mongodb+srv":
            return MongoProjections(settings.store_url)
        case scheme:
            raise SettingsError(f"PATHSHALA_STORE_URL: {scheme!r} is none of sqlite, mongodb, mongodb+srv")


def scheme_of(url: str) -> str:
    """Give the scheme that chooses an adapter."""
    return url.partition("://")[0].lower() if "://" in url else ""


def path_of(url: str) -> str:
    """sqlite:///relative.db and sqlite:////absolute.db, as other tools have it."""
    parts = urlsplit(url)
    if parts.netloc or len(parts.path) <= 1:
        raise SettingsError("PATHSHALA_STORE_URL: write sqlite:///file.db, or sqlite:////folder/file.db")
    return parts.path[1:]
