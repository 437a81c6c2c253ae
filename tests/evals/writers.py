"""Whom an evaluation has write: the offline writer, a model by the usual settings, or the recording of one."""

from collections.abc import Callable, Mapping

from pathshala_common.contract.lesson import Level
from pathshala_common.runtime.clock import SystemClock
from pathshala_generator.checks.examination import checks
from pathshala_generator.checks.fault import Check
from pathshala_generator.compose import lesson_plan
from pathshala_generator.model import Model
from pathshala_generator.model_writer import ModelWriter
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.openai_model import OpenAIModel
from pathshala_generator.prompt import instructions
from pathshala_generator.settings import GeneratorSettings
from pathshala_generator.usage import Prices
from tests.evals.evaluation import WriterOf
from tests.evals.recordings import RecordedModel, Recordings

ChecksOf = Callable[[Level], Mapping[str, Check]]


def offline() -> WriterOf:
    """Give the offline writer for every topic."""
    writer = OfflineWriter()
    return lambda _topic: writer


def by_model(model: Model, settings: GeneratorSettings) -> WriterOf:
    """Give one writer for every topic."""
    writer = _writer(model, settings)
    return lambda _topic: writer


def by_recording(kept: Recordings, settings: GeneratorSettings) -> WriterOf:
    """Give each topic a writer that hears what was said on that topic."""
    return lambda topic: _writer(RecordedModel(settings.model, kept.get(topic.number, ())), settings)


def openai_model(settings: GeneratorSettings) -> OpenAIModel:
    """The model that the settings name."""
    return OpenAIModel(
        name=settings.model,
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else None,
        base_url=settings.openai_base_url,
        concurrency=settings.generator_concurrency,
        call_timeout_seconds=settings.llm_timeout_seconds,
    )


def checks_for_model(settings: GeneratorSettings) -> ChecksOf:
    """All checks, against what the model was told."""
    plan = lesson_plan(settings)
    by_level = {level: checks(instructions(plan, level)) for level in Level}
    return lambda level: by_level[level]


def _writer(model: Model, settings: GeneratorSettings) -> ModelWriter:
    prices = Prices(settings.price_prompt, settings.price_completion, settings.price_currency)
    return ModelWriter(model, lesson_plan(settings), SystemClock(), prices=prices, repairs_max=settings.repairs_max)
