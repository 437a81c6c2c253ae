"""The event catalogue is held to the code."""

import re
from pathlib import Path

from pathshala_common.contract.events import EVENTS, Event
from pathshala_common.contract.topology import SUBSCRIPTIONS

CATALOGUE = Path(__file__).parents[2] / "docs" / "events.md"


def test_the_catalogue_has_every_event_as_the_code_has_it() -> None:
    table = re.findall(
        r"^\| `(\w+)` \| `([\w.]+)` \| [^|]+ \| ([^|]+) \| (\w+) \| (\w+) \|$", CATALOGUE.read_text(), re.MULTILINE
    )
    assert table == [_row(event) for event in EVENTS]


def _row(event: type[Event]) -> tuple[str, ...]:
    readers = ", ".join(service for service, events in SUBSCRIPTIONS.items() if event in events)
    listeners = readers if event.MANDATORY else "whoever listens"
    return (
        event.__name__,
        event.ROUTING_KEY,
        listeners,
        "attempt" if event.PER_ATTEMPT else "cause",
        "yes" if event.DRIVES else "no",
    )
