"""The house over HTTP, for its operator: queues, generators, the pause of writing, the doctor, the settings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.problem_descriptions import refusals
from pathshala_api.pulse import PulseReader
from pathshala_api.routes.operator import bodies, pulse_bodies
from pathshala_api.routes.operator.dead_letters import answering
from pathshala_common.contract.finding import Check
from pathshala_common.contract.ports.broker import Queues
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.notices import Notices
from pathshala_common.contract.ports.operator import DeadLetters
from pathshala_common.contract.prices import Prices
from pathshala_common.contract.topology import SUBSCRIPTIONS
from pathshala_common.operating import circuits, writing
from pathshala_common.operating.examination import examine
from pathshala_common.operating.settings_in_force import SettingInForce

Checks = Callable[[], Mapping[str, Check]]
"""Gives the doctor's checks by name, which then are run."""


@dataclass(frozen=True, slots=True)
class Operated:
    """The parts of a house that its operator looks at."""

    queues: Queues
    letters: DeadLetters | None
    notices: Notices
    checks: Checks
    settings: Sequence[SettingInForce]
    clock: Clock
    pulse: PulseReader
    prices: Prices


def router(house: Operated) -> APIRouter:
    """The paths about the house as a whole."""
    routes = guarded_router(prefix="/operator", tags=["operator"], dependencies=[needs(Access.OPERATOR)])

    @routes.get("/queues", response_model=bodies.QueueList, responses=refusals("broker_unavailable"))
    async def list_queues() -> bodies.QueueList:
        """Count what waits for each service, and what it could not handle."""
        async with answering():
            dead = await house.letters.counts() if house.letters else {}
            depths = [
                bodies.QueueDepth(service=service, waiting=await house.queues.waiting(service), dead=dead.get(service))
                for service in SUBSCRIPTIONS
            ]
        return bodies.QueueList(queues=depths)

    @routes.get("/generators", response_model=bodies.GeneratorList)
    async def list_generators() -> bodies.GeneratorList:
        """List the generators that run, and what each has in hand. They tell every 10 s."""
        return bodies.GeneratorList(generators=await writing.generators(house.notices, house.clock.now()))

    @routes.get("/circuits", response_model=bodies.CircuitList)
    async def list_circuits() -> bodies.CircuitList:
        """List what services wait for because it is down: since when, why, and when it is tried next."""
        return bodies.CircuitList(circuits=list(await circuits.open_circuits(house.notices, house.clock.now())))

    @routes.get("/writing", response_model=writing.WritingState)
    async def get_writing() -> writing.WritingState:
        """Tell whether writing is paused."""
        return await writing.writing_state(house.notices)

    @routes.put("/writing", response_model=writing.WritingState)
    async def set_writing(order: bodies.WritingOrder) -> writing.WritingState:
        """Pause all writing, or let it go on.

        It is kept, so that generators which start later obey too. They learn it with the next lesson, after a second
        at the most; what is being written is finished. Tasks that wait say why; they fail at their deadline as always.
        """
        state = writing.WritingState(paused=order.paused, reason=order.reason)
        return await writing.set_writing(house.notices, state, house.clock.now())

    @routes.get("/pulse", response_model=pulse_bodies.Pulse, responses=refusals("store_unavailable"))
    async def get_pulse() -> pulse_bodies.Pulse:
        """Tell what ended in the last hour, how old the oldest unfinished task was, and what models cost."""
        return pulse_bodies.told_pulse(await house.pulse.read(), house.prices)

    @routes.get("/doctor", response_model=bodies.Examination)
    async def examine_house() -> bodies.Examination:
        """Look at what the house stands on, as seen from this process, and change nothing."""
        return bodies.examination(await examine(house.checks()))

    @routes.get("/settings", response_model=bodies.SettingList)
    async def list_settings() -> bodies.SettingList:
        """List the settings in force, without secrets."""
        return bodies.SettingList(settings=list(house.settings))

    return routes
