"""Keeps what was found, and what was not, for a while and in bounds."""

from datetime import datetime, timedelta
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """Values that are forgotten when they are old, or when too many newer ones were kept."""

    def __init__(self, *, size_max: int, seconds: float) -> None:
        """Keep at most `size_max` values, each for `seconds`."""
        self._size_max, self._life = size_max, timedelta(seconds=seconds)
        self._kept: dict[Key, tuple[datetime, Value]] = {}

    def get(self, key: Key, now: datetime) -> Value | None:
        """Give what is kept; None if nothing is, or not any more."""
        until, value = self._kept.get(key, (now, None))
        return value if now < until else None

    def put(self, key: Key, value: Value, now: datetime) -> None:
        """Keep a value, and forget the oldest if it is one too many."""
        self._kept.pop(key, None)
        self._kept[key] = (now + self._life, value)
        if len(self._kept) > self._size_max:
            del self._kept[next(iter(self._kept))]
