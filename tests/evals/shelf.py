"""The shipped sample articles as topics: each of them, for each level, in its language."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from importlib.resources import files
from itertools import product
from pathlib import Path

from pathshala_common.contract.lesson import LessonRequest, Level
from pathshala_enricher.samples import LANGUAGES, sample_of
from tests.evals.topics import ALLOWED, ASKED_AT, Topic
from tests.stories.lessons import a_request

CORE = Path(__file__).with_name("core_sentences.json")
FIRST_NUMBER = 1_001
"""Beyond the numbers of the other topics."""


def shelf() -> Sequence[Topic]:
    """Give all, in a fixed order."""
    asked = [
        (sample["subjects"][0], sample["title"].casefold(), language, level)
        for language in LANGUAGES
        for sample, level in product(_samples(language), Level)
    ]
    return [
        Topic(number, _request(number, subject, topic, level, language), sample_of(topic, language))
        for number, (subject, topic, language, level) in enumerate(asked, FIRST_NUMBER)
    ]


def core_sentences() -> Mapping[str, Sequence[str]]:
    """The beginnings of the sentences that say what each article's topic is, chosen by hand, by its title."""
    read: dict[str, list[str]] = json.loads(CORE.read_text("utf-8"))
    return read


def _request(number: int, subject: str, topic: str, level: Level, language: str) -> LessonRequest:
    at = ASKED_AT + timedelta(seconds=number)
    asked = a_request(subject, topic, language=language, level=level)
    return asked.model_copy(update={"requested_at": at, "deadline": at + ALLOWED})


def _samples(language: str) -> Sequence[Mapping[str, str]]:
    file = files("pathshala_enricher").joinpath("samples", f"{language}.json")
    articles: list[dict[str, str]] = json.loads(file.read_text("utf-8"))["articles"]
    return articles
