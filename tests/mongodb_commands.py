"""What is asked of MongoDB, and whether an index that the store declares serves it: by rule, so on any server."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import monitoring

from pathshala_common.store.mongodb.schema import INDEXES

RANGES = {"$gt", "$gte", "$lt", "$lte", "$exists"}
Keys = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One filter, with the order that is wanted, and the command that it was part of."""

    database: str
    collection: str
    where: Mapping[str, Any]
    order: Mapping[str, int]
    command: Mapping[str, Any]

    @property
    def by_key(self) -> bool:
        """Whether it names documents by their primary key."""
        return "_id" in self.where

    def index(self) -> Keys | None:
        """The declared index that finds what is wanted, in the order that is wanted, and leads furthest."""
        serving = [one for one in INDEXES.get(self.collection, ()) if self._served(*one)]
        return max(serving, key=lambda one: self._led(*one))[0] if serving else None

    def _led(self, keys: Keys, options: Mapping[str, Any]) -> tuple[int, int, int]:
        """How many fields are equal from the left, whether a range comes next, and how many fields it knows at all."""
        equal = next((at for at, (field, _) in enumerate(keys) if self._kind(field) != "equal"), len(keys))
        ranged = equal < len(keys) and self._kind(keys[equal][0]) == "range"
        known = {field for field, _ in keys} | set(options.get("partialFilterExpression", {}))
        return equal, ranged, len(known & self.where.keys())

    def _served(self, keys: Keys, options: Mapping[str, Any]) -> bool:
        """Equal fields first, then the order, or else a range: an index is read from its left."""
        partial = options.get("partialFilterExpression", {})
        if any(field not in self.where for field in partial):
            return False
        rest = list(keys)
        while rest and self._kind(rest[0][0]) == "equal":
            del rest[0]
        if isinstance(self.where.get("task_id"), str) and len(rest) < len(keys):
            return True  # one task's events are few, and may be sorted
        wanted = [(field, way) for field, way in self.order.items() if self._kind(field) != "equal"]
        if not wanted:
            return len(rest) < len(keys) or self._kind(keys[0][0]) in {"range", "some"}
        given = rest[: len(wanted)]
        return given in (wanted, [(field, -way) for field, way in wanted])

    def _kind(self, field: str) -> str:
        value = self.where.get(field, RANGES)
        if value is RANGES:
            return "any"
        if not isinstance(value, Mapping):
            return "equal"
        return "some" if "$in" in value else "range" if RANGES & value.keys() else "any"


class AskedOfMongoDB(monitoring.CommandListener):
    """Keeps every filter that a client sends. Register it before the client is made."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.commands = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Note a command."""
        command = event.command
        found = [*_filters(event.command_name, command)]
        self.commands += bool(found) or event.command_name == "insert"
        for where, order in found:
            self.asked.append(Asked(event.database_name, command[event.command_name], where, order, command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing more is known then."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """As above."""


def _filters(name: str, command: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, int]]]:
    match name:
        case "find":
            yield command.get("filter", {}), command.get("sort", {})
        case "aggregate":
            yield command["pipeline"][0].get("$match", {}), {}
        case "update":
            yield from ((one["q"], {}) for one in command["updates"])
        case "delete":
            yield from ((one["q"], {}) for one in command["deletes"])
