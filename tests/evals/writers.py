"""Whom an evaluation has write: the offline writer, a model by the usual settings, or the recording of one."""

from collections.abc import Callable, Mapping

from pathshala_common.checks.examination import checks
from pathshala_common.checks.fault import Check
from pathshala_common.contract.lesson import Level
from pathshala_common.runtime.clock import SystemClock
from pathshala_generator import compose as generator
from pathshala_generator.draft import Writer
from pathshala_generator.model import Model
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.prompt import everything_told
from pathshala_generator.settings import GeneratorSettings
from tests.evals.evaluation import WriterOf
from tests.evals.recordings import RecordedModel, Recordings
from tests.evals.topics import Topic

ChecksOf = Callable[[Level], Mapping[str, Check]]


def offline() -> WriterOf:
    """Give the offline writer for every topic."""
    writer = OfflineWriter()
    return lambda _topic: writer


def by_model(model: Model, settings: GeneratorSettings) -> WriterOf:
    """Give one writer for every topic."""
    writer = generator.writer(settings, SystemClock(), model)
    return lambda _topic: writer


def by_recording(kept: Recordings, settings: GeneratorSettings) -> WriterOf:
    """Give each topic a writer that hears what was said on that topic."""

    def heard(topic: Topic) -> Writer:
        return generator.writer(settings, SystemClock(), RecordedModel(settings.model, kept.get(topic.number, ())))

    return heard


def checks_for_model(settings: GeneratorSettings) -> ChecksOf:
    """All checks, against what the model was told."""
    plan = generator.lesson_plan(settings)
    by_level = {level: checks(everything_told(plan, level)) for level in Level}
    return lambda level: by_level[level]
