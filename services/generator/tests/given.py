"""What the generator's tests start from: a clock in the hand, a request, an article."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pathshala_common.checks import examination
from pathshala_common.contract.events import AnyEvent
from pathshala_common.contract.lesson import Article, LessonRequest, Level
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.draft import Assignment
from pathshala_generator.examiner import Checks, Examiner
from pathshala_generator.lesson_plan import LessonPlan, shipped_plan
from pathshala_generator.model import Model
from pathshala_generator.model_writer import ModelWriter
from pathshala_generator.model_writer import told as instructions_of
from pathshala_generator.openai_model import Manner, OpenAIModel
from pathshala_generator.shlokas import shipped_shlokas
from tests.clock import PassingClock
from tests.stories import lessons

KEY = "sk-canary-0123456789"
MODEL = "stub-model"
USUAL = Manner()
PLAN = shipped_plan()
FIELDS = [
    "title",
    "objectives",
    "explanation",
    "activity",
    "minutes",
    "materials",
    "questions",
    "verse",
    "connection",
]
"""The fields that a model is asked for, in their order."""

VERB = Article(
    title="Verb",
    summary=(
        "A verb is a word that in syntax generally conveys an action, an occurrence, or a state of being. "
        "In the usual description of English, the basic form is the infinitive. "
        "Dr. J. Smith counts more than 3.5 thousand of them. In many languages, verbs are inflected."
    ),
    url="https://en.wikipedia.org/wiki/Verb",
    language="en",
    revision_id=1234,
    licence="CC BY-SA 4.0",
)


def a_request(
    subject: str = "english",
    topic: str = "verbs",
    *,
    language: str = "en",
    level: Level = Level.MIDDLE,
    include_wikipedia: bool = True,
    seconds_left: float = 60,
) -> LessonRequest:
    return lessons.a_request(
        subject, topic, seconds=seconds_left, language=language, level=level, include_wikipedia=include_wikipedia
    )


def an_assignment(request: LessonRequest | None = None, article: Article | None = VERB) -> Assignment:
    return Assignment(request or a_request(), article, shipped_shlokas()[:1])


def a_model(
    url: str | None,
    *,
    key: str | None = KEY,
    concurrency: int = 64,
    call_timeout_seconds: float = 5.0,
    manner: Manner = USUAL,
) -> OpenAIModel:
    return OpenAIModel(
        name=MODEL,
        api_key=key,
        base_url=url,
        concurrency=concurrency,
        call_timeout_seconds=call_timeout_seconds,
        manner=manner,
    )


@asynccontextmanager
async def asking(url: str, **given: Any) -> AsyncIterator[OpenAIModel]:
    """A model behind this server, as long as it is asked."""
    model = a_model(url, **given)
    try:
        yield model
    finally:
        await model.close()


@asynccontextmanager
async def writing(url: str, *, checks: Checks = examination.checks, **given: Any) -> AsyncIterator[ModelWriter]:
    """A writer with such a model."""
    own = {name: given.pop(name) for name in ("plan", "prices", "repairs_max", "moderator") if name in given}
    async with asking(url, **given) as model:
        yield a_writer(model, checks, **own)


def a_writer(model: Model, checks: Checks = examination.checks, plan: LessonPlan = PLAN, **given: Any) -> ModelWriter:
    """A writer that examines by these checks."""
    return ModelWriter(model, plan, PassingClock(), examiner=Examiner(instructions_of(plan), checks=checks), **given)


def unrecorded(_call: ProviderCall) -> None:
    """Keep no recording."""


async def told(events: AsyncIterator[AnyEvent]) -> list[AnyEvent]:
    return [event async for event in events]
