"""The topology: which exchange, queues and delays there are, as pure functions of their names.

One topic exchange carries every event by its routing key. Each service has one queue, one beside it for suspects,
which are handled one at a time, and a dead-letter queue.
A delay is a queue of its own that nobody consumes: what waits in it returns to the queue it is addressed to.
Every service declares the whole topology, so an event waits for a service that was never started yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pathshala_common.contract.events import (
    EVENTS,
    Event,
    LessonEnriched,
    LessonRequested,
    LessonStored,
    RedeliveryRequested,
    RewriteRequested,
)
from pathshala_common.contract.services import Service

SUBSCRIPTIONS: Mapping[Service, tuple[type[Event], ...]] = {
    "enricher": (LessonRequested,),
    "generator": (LessonEnriched, RewriteRequested),
    "store": tuple(event for event in EVENTS if event is not LessonStored),
    "notifier": (*(event for event in EVENTS if event.FINAL), RedeliveryRequested),
}

RETIRED: Mapping[Service, tuple[type[Event], ...]] = {"store": (LessonStored,)}
"""The subscriptions of earlier versions. Those bindings are taken away: nobody else would, and the queue would go on
to get what it is not for. Only what stands here, since a later version's bindings are not ours to judge."""

# Wikipedia is help, never a gate: what waits for the enricher too long goes on to the generator without it.
FALLS_THROUGH: Mapping[Service, Service] = {"enricher": "generator"}

BESIDE: frozenset[Service] = frozenset({"notifier"})
"""Services that no task waits for, though each passes by them. Their full queues refuse nothing, and hand their oldest
on to the dead letters instead: they must never hold up who publishes."""

# Near enough to any wished delay; the steps are fine enough that a jittered delay stays jittered.
DELAYS_SECONDS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610)

ENRICHMENT_WAIT_SECONDS = 30
QUEUE_LENGTH_MAX = 1_000_000
DELIVERY_LIMIT = 10

DEAD_LETTERS_MAX = 1_000
DEAD_SIZE_MAX_BYTES = 67_108_864
DEAD_TTL_SECONDS = 30 * 86_400
"""A dead-letter queue keeps the newest so many, of at most so many bytes, for so long. It refuses nothing, since a
service that cannot get rid of a letter stands still."""

DROPPED_COUNTED_MAX = 10_000
DROPPED_SIZE_MAX_BYTES = 16_777_216
"""Dropped dead letters are counted up to this number."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The bounds of a queue that drops its oldest when it is full, instead of refusing a publish."""

    length_max: int
    size_max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue as a broker must make it. `dead_letter_to` names the queue that takes what leaves unconsumed.

    It is bound by `routing_keys`, and no more by `retired_keys`. One that keeps the `newest` alone hands its oldest on.
    """

    name: str
    routing_keys: tuple[str, ...] = ()
    retired_keys: tuple[str, ...] = ()
    dead_letter_to: str | None = None
    time_limit_seconds: float | None = None
    newest: Newest | None = None


@dataclass(frozen=True, slots=True)
class Delay:
    """A fanout exchange and its queue: what is published to `name` returns, after `seconds`, to its routing key."""

    name: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Topology:
    """Everything that a broker must have. `namespace` keeps two houses on one broker apart."""

    namespace: str = "pathshala"
    enrichment_wait_seconds: float = ENRICHMENT_WAIT_SECONDS
    queue_length_max: int = QUEUE_LENGTH_MAX
    delivery_limit: int = DELIVERY_LIMIT
    dead_letters_max: int = DEAD_LETTERS_MAX

    @property
    def exchange(self) -> str:
        """The topic exchange of all events."""
        return f"{self.namespace}.events"

    @property
    def hints_exchange(self) -> str:
        """The exchange of hints, which a broker makes when somebody sends or listens."""
        return f"{self.namespace}.hints"

    @property
    def dropped_queue(self) -> str:
        """The queue of what the dead-letter queues had no room for, which is there to be counted."""
        return f"{self.namespace}.dropped"

    def queue(self, service: Service) -> str:
        """The queue that a service consumes."""
        return f"{self.namespace}.{service}"

    def suspects_queue(self, service: Service) -> str:
        """The queue of what a service's consumer died over more than once: it takes them one at a time."""
        return f"{self.namespace}.{service}.suspects"

    def dead_queue(self, service: Service) -> str:
        """The queue of what a service could not handle."""
        return f"{self.namespace}.{service}.dead"

    def consumed(self, *services: Service) -> frozenset[str]:
        """The queues that these services consume, or if none is named, all that a task may wait in."""
        wanted = services or tuple(service for service in SUBSCRIPTIONS if service not in BESIDE)
        return frozenset(name for service in wanted for name in (self.queue(service), self.suspects_queue(service)))

    def queues(self) -> tuple[Queue, ...]:
        """Every queue that holds events, after those that it points to."""
        counted = Newest(DROPPED_COUNTED_MAX, DROPPED_SIZE_MAX_BYTES)
        dropped = Queue(self.dropped_queue, time_limit_seconds=DEAD_TTL_SECONDS, newest=counted)
        dead = tuple(self._dead(service) for service in SUBSCRIPTIONS)
        suspects = tuple(self._live(self.suspects_queue(service), service) for service in SUBSCRIPTIONS)
        live = tuple(
            self._live(self.queue(service), service, _keys(events), _keys(RETIRED.get(service, ())))
            for service, events in SUBSCRIPTIONS.items()
        )
        return (dropped, *dead, *suspects, *live)

    def _dead(self, service: Service) -> Queue:
        return Queue(
            self.dead_queue(service),
            dead_letter_to=self.dropped_queue,
            time_limit_seconds=DEAD_TTL_SECONDS,
            newest=Newest(self.dead_letters_max, DEAD_SIZE_MAX_BYTES),
        )

    def _live(
        self, name: str, service: Service, routing_keys: tuple[str, ...] = (), retired_keys: tuple[str, ...] = ()
    ) -> Queue:
        """A queue that a service consumes, with the end of what it does not."""
        if service in FALLS_THROUGH:
            onward = self.queue(FALLS_THROUGH[service])
            return Queue(name, routing_keys, retired_keys, onward, self.enrichment_wait_seconds)
        newest = Newest(self.queue_length_max) if service in BESIDE else None
        return Queue(name, routing_keys, retired_keys, self.dead_queue(service), newest=newest)

    def delays(self) -> tuple[Delay, ...]:
        """Every delay, the shortest first."""
        return tuple(Delay(f"{self.namespace}.delay.{seconds}s", seconds) for seconds in DELAYS_SECONDS)

    def delay(self, seconds: float) -> Delay:
        """The shortest delay that is no shorter than `seconds`; the longest, if all are."""
        delays = self.delays()
        return next((delay for delay in delays if delay.seconds >= seconds), delays[-1])


def _keys(events: tuple[type[Event], ...]) -> tuple[str, ...]:
    return tuple(event.ROUTING_KEY for event in events)


def inputs(service: Service) -> frozenset[type[Event]]:
    """The events that can arrive at a service: its own, and those of the queues that fall through to it."""
    sources = [service, *(queue for queue, onward in FALLS_THROUGH.items() if onward == service)]
    return frozenset(event for source in sources for event in SUBSCRIPTIONS[source])
