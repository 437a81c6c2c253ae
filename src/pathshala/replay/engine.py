"""Replays a task: each step that its log tells of is run again by today's handlers, and compared with what was told.

Pure of adapters: what goes in is the log and the handlers, what comes out are differences and gaps.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pathshala.replay.comparison import Line, Mark, compare
from pathshala.replay.running import told_now
from pathshala.replay.steps import Step, steps, tells_of_outage
from pathshala.replay.storing import stored_now
from pathshala.replay.tape import Tape
from pathshala.replay.virtual_time import ClockOfThen, VirtualTimeLoop
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.events import GenerationProgressed
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Handlers
from pathshala_common.contract.ports.store import Logged
from pathshala_common.contract.services import Service

Table = Callable[[Step, Tape, Clock], Handlers]
"""Composes a service's handlers for one step; what they ask leads to the tape and the clock, and nowhere else."""

Tables = Mapping[Service, Table]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one step. A step with a `gap` could not be replayed to its end, and has no lines."""

    step: Step
    lines: Sequence[Line]
    gap: str | None = None

    @property
    def different(self) -> Sequence[Line]:
        """The events that are not what they were."""
        return [line for line in self.lines if line.mark is not Mark.SAME]


def replay(
    log: Sequence[Logged], tables: Tables, wanted: Callable[[Step], bool] = lambda _step: True
) -> Sequence[Result]:
    """Replay the wanted steps of a task in the order of its log; all, by default.

    A log that is not whole is not to be replayed: what is gone may be what a step is compared with.
    """
    chosen = (step for step in steps(log) if wanted(step))
    return [_stored(step, log) if step.service == "store" else _handled(step, tables) for step in chosen]


def _handled(step: Step, tables: Tables) -> Result:
    tape = Tape(step.calls, ran_out_of_time=step.ran_out_of_time, cancelled=step.cancelled, down=step.down)
    clock = ClockOfThen(step.began)
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        now = runner.run(told_now(step, tables[step.service](step, tape, clock), clock))
    if tape.gap:
        return Result(step, (), tape.gap)
    return Result(step, compare(_settled(step, step.events), _settled(step, now)))


def _stored(step: Step, log: Sequence[Logged]) -> Result:
    return Result(step, compare(step.events, stored_now(step.consumed, log)))


def _settled(step: Step, told: Sequence[Envelope]) -> Sequence[Envelope]:
    """Leave out what does not follow from the step alone.

    That a service is down is learnt from other tasks too, and how far a lesson is, is told by the clock.
    """
    return [
        envelope
        for envelope in told
        if not (isinstance(envelope.event, GenerationProgressed) or tells_of_outage(envelope, step.consumed.envelope))
    ]
