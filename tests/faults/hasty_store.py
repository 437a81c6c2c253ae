"""A store that fails what is overdue without asking what is on its way: `python -m tests.faults.hasty_store`."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from pathshala_common.contract.errors import BrokerUnavailable
from pathshala_common.contract.ports.broker import Message, Publisher
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.services import Service
from pathshala_common.recording.recorder import Recorder
from pathshala_common.runtime import connect
from pathshala_common.runtime.process import Process, main
from pathshala_store import compose
from pathshala_store.housekeeping import Housekeeping, Times
from pathshala_store.settings import StoreSettings


class Uncounted:
    """Implements Queues: nothing ever waits."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    async def publish(self, messages: Sequence[Message]) -> None:
        await self._publisher.publish(messages)

    async def waiting(self, *_services: Service) -> int:
        return 0


def _process(settings: StoreSettings, clock: Clock) -> Process:
    broker, store = connect.shared_broker(settings, clock), connect.store(settings)
    hasty = Housekeeping(
        store,
        Recorder(store, clock, task_ttl_seconds=settings.task_ttl_seconds),
        Uncounted(broker),
        clock,
        exchange=settings.topology.exchange,
        times=Times(
            settings.housekeeping_seconds, settings.task_ttl_seconds, settings.stalled_seconds, hands_seconds=0
        ),
    )

    async def fail_overdue() -> None:
        """Log all failures before the first delivery; the broker may not be connected yet, to tell of them."""
        with suppress(BrokerUnavailable):
            await hasty.fail_overdue()

    return Process(
        settings=settings,
        clock=clock,
        broker=broker,
        store=store,
        services=[replace(compose.service(settings, broker, store, clock), background=[])],
        address=(settings.health_host, settings.health_port),
        prepare=fail_overdue,
    )


if __name__ == "__main__":
    sys.exit(main(StoreSettings, _process))
