"""A generator whose leases are brief, for tests that wait until one lapses: `python -m tests.house.brief_generator`."""

import sys
from dataclasses import replace
from typing import cast

from pathshala_common.contract.events import LessonGenerated
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.store import Store
from pathshala_common.runtime.leases import Leases
from pathshala_common.runtime.process import Process, main
from pathshala_generator import compose
from pathshala_generator.settings import GeneratorSettings

LEASE_SECONDS = 10.0
"""Renewed every 3 s, as any other, and left 5 s later by whoever waits: half a minute becomes a quarter."""


def process(settings: GeneratorSettings, clock: Clock) -> Process:
    """The generator as it is, but for the length of its leases."""
    composed = compose.process(settings, clock)
    store = cast("Store", composed.store)
    leases = Leases(store, store, clock, outcome=LessonGenerated, lease_seconds=LEASE_SECONDS)
    services = [
        replace(
            service,
            consuming=replace(service.consuming, leases=leases),
            background=[leases.run],
            close=[leases.close, *service.close],
        )
        if service.consuming
        else service
        for service in composed.services
    ]
    return replace(composed, services=services)


if __name__ == "__main__":
    sys.exit(main(GeneratorSettings, process))
