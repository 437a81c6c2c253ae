"""Puts the generator together: as a service among others, and as a process of its own."""

from typing import TYPE_CHECKING, Protocol

from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.events import LessonGenerated
from pathshala_common.contract.ports.claims import Claims
from pathshala_common.contract.ports.clock import Clock
from pathshala_common.contract.ports.handlers import Handlers
from pathshala_common.contract.ports.hints import Hints
from pathshala_common.contract.ports.notices import Notices
from pathshala_common.contract.ports.store import EventLog, Lessons
from pathshala_common.contract.prices import Prices
from pathshala_common.logs import get_logger
from pathshala_common.runtime import connect
from pathshala_common.runtime.leases import Leases
from pathshala_common.runtime.process import Consuming, Process, Service
from pathshala_generator.desk import Desk, Hold, hold_freely
from pathshala_generator.draft import Writer
from pathshala_generator.examiner import Examiner
from pathshala_generator.handlers import handlers
from pathshala_generator.lesson_plan import SMALL, LessonPlan, plan_at, shipped_plan
from pathshala_generator.model import Model, Moderation
from pathshala_generator.model_writer import ModelWriter, told
from pathshala_generator.moderation import Moderator
from pathshala_generator.offline_writer import OfflineWriter
from pathshala_generator.precedents import Precedents, no_precedents, of_store
from pathshala_generator.prepared_checks import prepare
from pathshala_generator.processes import Processes, size_by_cores
from pathshala_generator.settings import GeneratorSettings
from pathshala_generator.shlokas import shipped_shlokas

if TYPE_CHECKING:
    from pathshala_generator.openai_model import OpenAIModel

log = get_logger()

ALONE = (
    "this generator cannot be paused: PATHSHALA_STORE_URL names a file, which only the house that runs on it can read; "
    "name a store that all services share (mongodb://...)"
)

SMALL_TEMPERATURE = 0.5
"""For a small model, if none is set: the less it is left to chance, the less it strays."""


class SharedStore(Lessons, Claims, EventLog, Notices, Protocol):
    """Earlier lessons, who may pay for a new one, and whether any may be written."""


def service(
    settings: GeneratorSettings, clock: Clock, store: SharedStore | None = None, hints: Hints | None = None
) -> Service:
    """Put the generator together; without a store it knows no precedents, and claims nothing. Raises SettingsError."""
    model = openai_model(settings) if settings.chosen_writer == "openai" else None
    examiner, pool = examining(settings) if model else (None, None)
    chosen = writer(settings, clock, model, model if settings.moderated else None, examiner)
    precedents = of_store(store) if store else no_precedents
    leases = Leases(store, store, clock, outcome=LessonGenerated, hints=hints) if store and model else None
    desk = Desk(store, clock, chosen, concurrency=settings.generator_concurrency) if store else None
    hold = desk.hold if desk else hold_freely
    return Service(
        name="generator",
        consuming=Consuming(
            "generator",
            table(chosen, clock, precedents, recordings=settings.recordings, hold=hold),
            concurrency=settings.generator_concurrency,
            attempts_max=settings.attempts_max,
            grace_seconds=settings.writing_grace_seconds,
            leases=leases,
        ),
        background=[part.run for part in (leases, desk) if part],
        close=[part.close for part in (leases, desk, model, pool) if part],
    )


def table(
    writer: Writer, clock: Clock, precedents: Precedents, *, recordings: bool = True, hold: Hold = hold_freely
) -> Handlers:
    """Give the handlers on a writer; with `recordings`, they tell what a model was asked and answered."""
    return handlers(writer, shipped_shlokas(), clock, precedents=precedents, recordings=recordings, hold=hold)


def writer(
    settings: GeneratorSettings,
    clock: Clock,
    model: Model | None,
    moderation: Moderation | None = None,
    examiner: Examiner | None = None,
) -> Writer:
    """Put a writer on a model and a moderation, or on the recording of them; offline without. Raises SettingsError."""
    plan = lesson_plan(settings)
    if model is None:
        return OfflineWriter()
    return ModelWriter(
        model,
        plan,
        clock,
        prices=Prices(settings.price_prompt, settings.price_completion, settings.price_currency),
        repairs_max=settings.repairs_max,
        moderator=Moderator(moderation) if moderation else None,
        examiner=examiner,
    )


def examining(settings: GeneratorSettings) -> tuple[Examiner, Processes | None]:
    """The examiner, and its pool if these settings want one; no process is started yet. Raises SettingsError."""
    instructions = told(lesson_plan(settings))
    size = size_by_cores() if settings.generator_processes is None else settings.generator_processes
    pool = Processes(size, prepare, instructions) if size else None
    return Examiner(instructions, pool), pool


def lesson_plan(settings: GeneratorSettings) -> LessonPlan:
    """The plan that these settings name. Raises SettingsError."""
    if settings.plan is None or str(settings.plan) == SMALL:
        return shipped_plan(SMALL if settings.plan else "")
    return plan_at(settings.plan)


def openai_model(settings: GeneratorSettings) -> "OpenAIModel":
    """The model that these settings name; nothing connects yet. Raises SettingsError."""
    # Here, since the library takes half a second to load: houses that write offline, and commands, do without.
    from pathshala_generator.openai_model import Manner, OpenAIModel  # noqa: PLC0415

    return OpenAIModel(
        name=settings.model,
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else None,
        base_url=settings.openai_base_url,
        concurrency=settings.generator_concurrency,
        call_timeout_seconds=settings.llm_timeout_seconds,
        manner=Manner(
            tokens_max=settings.max_tokens,
            temperature=_temperature(settings),
            stream_seconds_max=settings.llm_stream_seconds if settings.streamed else None,
        ),
    )


def _temperature(settings: GeneratorSettings) -> float | None:
    if settings.temperature is None and lesson_plan(settings).is_small:
        return SMALL_TEMPERATURE
    return settings.temperature


def process(settings: GeneratorSettings, clock: Clock) -> Process:
    """Run it alone, on the broker and the store that the settings name. Raises SettingsError."""
    store = connect.shared_store(settings)
    if store is None and settings.chosen_writer == "openai":
        raise SettingsError(
            "PATHSHALA_STORE_URL: a generator that pays for its lessons must share the store with the other services, "
            "so that no two pay for one lesson; name it (mongodb://...)"
        )
    broker = connect.shared_broker(settings, clock)
    if store is None:
        log.warning(ALONE)
    return Process(
        settings=settings,
        clock=clock,
        broker=broker,
        store=store,
        store_required=False,
        notices=store,
        services=[service(settings, clock, store, broker)],
        address=(settings.health_host, settings.health_port),
    )
