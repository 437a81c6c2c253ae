"""Chooses what a table has for the scheme of a URL."""

from collections.abc import Mapping
from typing import TypeVar

from pathshala_common.contract.errors import SettingsError

AdaptersT = TypeVar("AdaptersT")


def chosen(setting: str, url: str, table: Mapping[str, AdaptersT]) -> AdaptersT:
    """Give the adapters for a URL. Raises SettingsError, naming the setting, if the table lacks its scheme."""
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme not in table:
        raise SettingsError(f"{setting}: {scheme!r} is none of {', '.join(table)}")
    return table[scheme]


def path_of(url: str) -> str:
    """sqlite:///relative.db and sqlite:////absolute.db, as other tools have it."""
    _, _, place = url.partition("://")
    if not place.startswith("/") or len(place) == 1:
        raise SettingsError("PATHSHALA_STORE_URL: write sqlite:///file.db, or sqlite:////folder/file.db")
    return place[1:]
