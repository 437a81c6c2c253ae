"""The topics: subjects, levels and languages mixed, each with an article written for this purpose, or none.

A second set has topics of the shipped sample articles, for models that take a minute for a lesson.
"""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pathshala_common.contract.lesson import Article, LessonRequest, Level, primary_language
from pathshala_enricher.samples import sample_of

FOLDER = Path(__file__).parent / "topics"
OF_SAMPLES = Path(__file__).with_name("sample_topics.json")
ASKED_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ALLOWED = timedelta(minutes=15)
LICENCE = "MIT"
"""The texts are ours, as all of this repository; they are cut to what an article's introduction says."""


class Topic(NamedTuple):
    """What is asked for, and the article that there is."""

    number: int
    request: LessonRequest
    article: Article | None

    @property
    def name(self) -> str:
        """How the topic is called in a table."""
        request = self.request
        return f"{request.subject}/{request.topic} ({request.level}, {request.language})"


def topics() -> Sequence[Topic]:
    """Read all, in a fixed order."""
    entries = [entry for path in sorted(FOLDER.glob("*.json")) for entry in json.loads(path.read_text("utf-8"))]
    return [_topic(number, entry) for number, entry in enumerate(entries, 1)]


def sample_topics() -> Sequence[Topic]:
    """Read those of the sample articles, in a fixed order; three of each level come first."""
    asked = [
        _request(number, subject, topic, level)
        for number, (subject, topic, level) in enumerate(json.loads(OF_SAMPLES.read_text("utf-8")), 1)
    ]
    return [Topic(number, one, sample_of(one.topic, one.language)) for number, one in enumerate(asked, 1)]


def topics_in(languages: Collection[str]) -> Sequence[Topic]:
    """Those that are asked for in one of these languages; they keep their numbers."""
    return [topic for topic in topics() if primary_language(topic.request.language) in languages]


def _topic(number: int, entry: dict[str, str | None]) -> Topic:
    language = entry.get("language") or "en"
    request = _request(number, entry["subject"] or "", entry["topic"] or "", entry["level"] or "", language)
    return Topic(number, request, _article(number, entry, request.language))


def _request(number: int, subject: str, topic: str, level: str, language: str = "en") -> LessonRequest:
    return LessonRequest(
        subject=subject,
        topic=topic,
        user_id="evals",
        language=language,
        level=Level(level),
        requested_at=ASKED_AT + timedelta(seconds=number),
        deadline=ASKED_AT + ALLOWED,
    )


def _article(number: int, entry: dict[str, str | None], language: str) -> Article | None:
    title, text = entry["title"], entry["text"]
    if title is None or text is None:
        return None
    return Article(
        title=title,
        summary=text,
        url=f"https://encyclopedia.example/{number}",
        language=(entry.get("article_language") or language).partition("-")[0],
        revision_id=number,
        licence=LICENCE,
    )
