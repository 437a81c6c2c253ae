"""A generator that claims nothing before it pays: what the claims guard against, for tests that must see it happen."""

import sys
from dataclasses import replace

from pathshala_common.contract.ports.clock import Clock
from pathshala_common.runtime.process import Process, main
from pathshala_generator import compose
from pathshala_generator.settings import GeneratorSettings


def process(settings: GeneratorSettings, clock: Clock) -> Process:
    """The generator as it is, but for its claims."""
    composed = compose.process(settings, clock)
    services = [
        replace(service, consuming=replace(service.consuming, leases=None)) if service.consuming else service
        for service in composed.services
    ]
    return replace(composed, services=services)


if __name__ == "__main__":
    sys.exit(main(GeneratorSettings, process))
