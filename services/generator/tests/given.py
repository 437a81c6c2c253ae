"""What the generator's tests start from: a clock in the hand, a request, an article."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pathshala_common.contract.envelope import Envelope, wrap
from pathshala_common.contract.events import Event
from pathshala_common.contract.exchange import Exchange
from pathshala_common.contract.lesson import Article, LessonRequest
from pathshala_common.contract.ports import Context
from pathshala_generator.draft import Assignment
from pathshala_generator.openai_writer import OpenAIWriter
from pathshala_generator.shlokas import shipped_shlokas

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KEY = "sk-canary-0123456789"
MODEL = "stub-model"

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


@dataclass
class HeldClock:
    """Shows the time that the test sets."""

    moment: datetime = field(default=NOW)

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        await asyncio.sleep(0)


def a_request(
    subject: str = "english",
    topic: str = "verbs",
    *,
    language: str = "en",
    include_wikipedia: bool = True,
    seconds_left: float = 60,
) -> LessonRequest:
    return LessonRequest(
        subject=subject,
        topic=topic,
        user_id="asha",
        language=language,
        include_wikipedia=include_wikipedia,
        requested_at=NOW,
        deadline=NOW + timedelta(seconds=seconds_left),
    )


def an_assignment(request: LessonRequest | None = None, article: Article | None = VERB) -> Assignment:
    return Assignment(request or a_request(), article, shipped_shlokas()[:1])


def a_writer(
    url: str | None,
    *,
    key: str | None = KEY,
    concurrency: int = 64,
    call_timeout_seconds: float = 5.0,
    clock: HeldClock | None = None,
) -> OpenAIWriter:
    return OpenAIWriter(
        model=MODEL,
        api_key=key,
        base_url=url,
        concurrency=concurrency,
        call_timeout_seconds=call_timeout_seconds,
        clock=clock or HeldClock(),
    )


def unrecorded(_exchange: Exchange) -> None:
    """Keep no recording."""


def delivered(event: Event, *, attempt: int = 1) -> Context:
    return Context(wrap(event, source="test", now=NOW), attempt=attempt, attempts_max=4)


async def told(events: AsyncIterator[Event | Envelope]) -> list[Event | Envelope]:
    return [event async for event in events]
