"""Starts a generator: `python -m pathshala_generator`. Any number of them share the work."""

import sys

from pathshala_common.contract.ports import Clock
from pathshala_common.runtime import connect, service
from pathshala_generator.handlers import handlers
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.openai_writer import OpenAIWriter
from pathshala_generator.settings import GeneratorSettings
from pathshala_generator.shlokas import shipped_shlokas


def compose(settings: GeneratorSettings, clock: Clock) -> service.Service:
    """Put the generator together from what it is given. Raises SettingsError."""
    model = _openai(settings, clock) if settings.chosen_writer == "openai" else None
    return service.Service(
        name="generator",
        consuming=service.Consuming(
            "generator",
            handlers(model or OfflineWriter(), shipped_shlokas(), clock),
            concurrency=settings.generator_concurrency,
            attempts_max=settings.attempts_max,
        ),
        close=model.close if model else None,
    )


def _openai(settings: GeneratorSettings, clock: Clock) -> OpenAIWriter:
    return OpenAIWriter(
        model=settings.model,
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else None,
        base_url=settings.openai_base_url,
        concurrency=settings.generator_concurrency,
        call_timeout_seconds=settings.llm_timeout_seconds,
        clock=clock,
    )


def _process(settings: GeneratorSettings, clock: Clock) -> service.Process:
    return service.Process(
        settings=settings,
        clock=clock,
        broker=connect.shared_broker(settings, clock),
        services=[compose(settings, clock)],
        address=(settings.health_host, settings.health_port),
    )


if __name__ == "__main__":
    sys.exit(service.main(GeneratorSettings, _process))
