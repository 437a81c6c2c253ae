"""The recorder: logs events, folds them into tasks, and gives each lesson its revision."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import Retry
from pathshala_common.contract.events import LessonStored
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.hints import Hint, HintKind, HintSender
from pathshala_common.contract.ports.store import Chain, Change, EventLog, Stream, Streams
from pathshala_common.logs import get_logger
from pathshala_common.recording.decision import WRITTEN, Decision, Revisions, decide

log = get_logger()

CONFLICTS_MAX = 100
"""Rounds lost to other recorders before the events go back to their queue. Each round somebody wins."""


class RecordedLog(Streams, EventLog, Protocol):
    """The log, to be written, and read again where an event comes twice."""


class Recorder:
    """Records events once each, however often and in whatever company they arrive."""

    def __init__(
        self, log: RecordedLog, clock: Clock, *, task_ttl_seconds: float, hints: HintSender | None = None
    ) -> None:
        """Write no document for a task that finished more than `task_ttl_seconds` ago: it is forgotten by rule.

        What changed of a task is told by `hints`, once it is written.
        """
        self._log, self._clock, self._hints = log, clock, hints
        self._task_ttl = timedelta(seconds=task_ttl_seconds)

    async def record(self, envelopes: Sequence[Envelope]) -> list[LessonStored | None]:
        """Log and fold events. Returns for each the LessonStored that it leads to, or led to before, if it does.

        Raises StoreUnavailable if it is not sure that they are logged, Retry if others were always faster.
        """
        by_task: dict[str, list[Envelope]] = defaultdict(list)
        for envelope in envelopes:
            by_task[envelope.task_id].append(envelope)
        results: dict[str, LessonStored] = {}
        for _ in range(CONFLICTS_MAX):
            by_task = await self._round(by_task, results)
            if not by_task:
                return [results.get(envelope.id) for envelope in envelopes]
        raise Retry("contended", "others were writing the same lesson at the same time")

    async def _round(
        self, by_task: dict[str, list[Envelope]], results: dict[str, LessonStored]
    ) -> dict[str, list[Envelope]]:
        """Decide and append once. Returns what was lost to somebody faster."""
        arrived = [envelope for group in by_task.values() for envelope in group]
        streams = await self._log.streams(arrived)
        written = [e.event for e in arrived if isinstance(e.event, WRITTEN)]
        editions = {event.request.edition for event in written}
        chains: list[Chain] = [*editions, *{edition.lesson for edition in editions}]
        revisions = Revisions(await self._log.latest_revisions(chains) if chains else {})
        decisions: list[Decision] = []
        for task_id, group in by_task.items():
            decision = decide(task_id, streams[task_id], group, revisions, self._clock.now())
            if streams[task_id].fault is not None:
                log.warning("logged without its fold", task=task_id, reason=streams[task_id].fault)
            if decision.change.envelopes or streams[task_id].tail or streams[task_id].fault:
                decisions.append(decision)
        changes = [self._forgetting(decision.change, streams[decision.change.task_id]) for decision in decisions]
        applied = await self._log.append(changes)
        self._tell(change for change, done in zip(changes, applied, strict=True) if done)
        lost = set[str]()
        for decision, done in zip(decisions, applied, strict=True):
            if done:
                results |= decision.stored
            else:
                lost.add(decision.change.task_id)
        for envelope in arrived:
            settled = envelope.task_id in lost or envelope.id in results
            if not settled and isinstance(envelope.event, WRITTEN):
                results |= await self._stored_before(envelope)
        return {task_id: group for task_id, group in by_task.items() if task_id in lost}

    def _tell(self, changes: Iterable[Change]) -> None:
        if self._hints is not None:
            told = [(change.task_id, change.task) for change in changes if change.changed is not None or change.fault]
            self._hints.hint(
                *(Hint(HintKind.CHANGED, task_id, task.request.user_id if task else "") for task_id, task in told)
            )

    def _forgetting(self, change: Change, stream: Stream) -> Change:
        """Make no document again of a task that is forgotten; one that is still there goes along with its log."""
        task = change.task
        if (
            stream.task is None
            and task
            and task.completed_at
            and task.completed_at + self._task_ttl < self._clock.now()
        ):
            return replace(change, task=None)
        return change

    async def _stored_before(self, generated: Envelope) -> dict[str, LessonStored]:
        """Find what it led to when it came before: whoever logged that may have died before telling it."""
        logged = await self._log.events(generated.task_id)
        led_to = [envelope.event for envelope in logged if envelope.causation_id == generated.id]
        return {generated.id: event for event in led_to if isinstance(event, LessonStored)}  # noqa: B035 - one at most
