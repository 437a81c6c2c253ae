"""What most tests are about: asha asks for a lesson on English verbs at noon, and gets it."""

from datetime import datetime, timedelta
from typing import Any

from pathshala_common.contract.lesson import Absence, Article, LessonContent, LessonRequest, Quality
from tests.clock import NOON

ALLOWED_SECONDS = 900

ARTICLE = Article(
    title="Verb",
    summary="A verb is a word.",
    url="https://en.wikipedia.org/wiki/Verb",
    language="en",
    revision_id=1234,
    licence="CC BY-SA 4.0",
)
UNGROUNDED = Quality(writer="offline", grounded=False, ungrounded_reason=Absence.NOT_REQUESTED)


def a_request(
    subject: str = "english",
    topic: str = "verbs",
    *,
    user_id: str = "asha",
    at: datetime = NOON,
    seconds: float = ALLOWED_SECONDS,
    **more: Any,
) -> LessonRequest:
    """Ask at a moment, for a lesson within so many seconds."""
    deadline = at + timedelta(seconds=seconds)
    return LessonRequest(subject=subject, topic=topic, user_id=user_id, requested_at=at, deadline=deadline, **more)


def a_lesson(title: str = "Verbs", quality: Quality = UNGROUNDED) -> LessonContent:
    """Write a lesson."""
    return LessonContent(
        title=title,
        shloka="विद्या ददाति विनयम्",
        shloka_source="Hitopadesha, Prastavika 6",
        translation="Learning gives humility.",
        explanation="A verb says what happens.",
        activity="Find verbs.",
        question="What is a verb?",
        quality=quality,
    )
