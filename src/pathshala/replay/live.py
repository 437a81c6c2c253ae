"""Writes a lesson anew from a step of the past, with the real writer: it is paid for, and shown, and told to nobody."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

from pathshala.replay.comparison import Field, differences
from pathshala.replay.running import told_now
from pathshala.replay.steps import Step
from pathshala.replay.tables import recorded_precedents
from pathshala.replay.virtual_time import ClockOfThen
from pathshala_common.contract.envelope import Envelope
from pathshala_common.contract.errors import ProviderUnavailable, Reject
from pathshala_common.contract.events import AnyEvent, LessonFailed, LessonGenerated, RetryScheduled
from pathshala_common.contract.lesson import LessonContent
from pathshala_common.contract.ports.handlers import Context, Handler
from pathshala_generator import compose as generator
from pathshala_generator.settings import GeneratorSettings


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The lesson that was written then, and the one that is written now; `failure` says why there is none now."""

    then: LessonContent | None
    now: LessonContent | None
    failure: str | None = None

    @property
    def fields(self) -> list[Field]:
        """The differences between the two."""
        then, now = (lesson.model_dump(mode="json") if lesson else {} for lesson in (self.then, self.now))
        return list(differences(then, now))


def write_again(step: Step, settings: GeneratorSettings) -> Rewritten:
    """Handle the step's event by the real writer that these settings name, as if it were then. Raises SettingsError."""
    told = asyncio.run(_told(step, settings))
    last = told[-1].event
    then, now = _lesson(step.events), _lesson(told)
    return Rewritten(then, now, None if now else last.why if isinstance(last, RetryScheduled | LessonFailed) else "")


async def _told(step: Step, settings: GeneratorSettings) -> Sequence[Envelope]:
    """Run the handlers on the network, once."""
    clock = ClockOfThen(step.began)
    model = generator.openai_model(settings) if settings.chosen_writer == "openai" else None
    writer = generator.writer(settings, clock, model, model if settings.moderated else None)
    table = generator.table(writer, clock, recorded_precedents(step))
    try:
        return await told_now(step, {event: _impatient(handler) for event, handler in table.items()}, clock)
    finally:
        if model:
            await model.close()


def _impatient(handler: Handler) -> Handler:
    """A service that is down is not waited for."""

    async def once(event: Any, context: Context) -> AsyncGenerator[AnyEvent, None]:
        try:
            async for told in handler(event, context):
                yield told
        except ProviderUnavailable as down:
            raise Reject(down.code, down.reason) from None

    return once


def _lesson(told: Sequence[Envelope]) -> LessonContent | None:
    return next((envelope.event.content for envelope in told if isinstance(envelope.event, LessonGenerated)), None)
