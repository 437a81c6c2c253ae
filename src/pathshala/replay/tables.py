"""The handlers of today, composed as their services compose them, but on a tape in place of the network."""

from collections.abc import Sequence

from pathshala.replay.engine import Tables
from pathshala.replay.recordings import RecordedFetch, RecordedModel, RecordedModeration
from pathshala.replay.steps import Step
from pathshala.replay.tape import Tape
from pathshala_common.contract.events import GenerationStarted
from pathshala_common.contract.lesson import LessonRequest, Precedent
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Handlers
from pathshala_enricher import compose as enricher
from pathshala_enricher.settings import EnricherSettings
from pathshala_generator import compose as generator
from pathshala_generator.model import MODERATION
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.precedents import Precedents
from pathshala_generator.settings import GeneratorSettings


def recorded_tables(enricher_settings: EnricherSettings, generator_settings: GeneratorSettings) -> Tables:
    """Give the tables that ask nobody.

    The settings should be those of the house. Which writer, which model and which precedents there were is taken from
    what was recorded.
    """

    def enriching(_step: Step, tape: Tape, clock: Clock) -> Handlers:
        source = enricher.source(enricher_settings, RecordedFetch(tape), clock)
        return enricher.table(enricher_settings, source, clock)

    def generating(step: Step, tape: Tape, clock: Clock) -> Handlers:
        model = _model(step, tape)
        moderation = RecordedModeration(tape) if model and tape.next_is_of(MODERATION) else None
        writer = generator.writer(generator_settings, clock, model, moderation)
        return generator.table(writer, clock, recorded_precedents(step))

    return {"enricher": enriching, "generator": generating}


def recorded_precedents(step: Step) -> Precedents:
    """Know the earlier revisions that the generator knew then."""
    started = _started(step)

    async def precedents(_request: LessonRequest) -> Sequence[Precedent]:
        return started.precedents if started else ()

    return precedents


def _model(step: Step, tape: Tape) -> RecordedModel | None:
    """Give the model that was asked then, on the tape; None if it was written offline."""
    started = _started(step)
    if started is None or started.writer == OfflineWriter.name:
        return None
    return RecordedModel(str(started.model), tape)


def _started(step: Step) -> GenerationStarted | None:
    found = (envelope.event for envelope in step.events if isinstance(envelope.event, GenerationStarted))
    return next(found, None)
