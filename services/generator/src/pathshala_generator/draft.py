"""What a writer is given, what it gives back, and how that becomes the lesson's content."""

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Protocol

from pydantic import BeforeValidator

from pathshala_common.contract.lesson import (
    Absence,
    Article,
    LanguageTag,
    LessonContent,
    LessonRequest,
    Noun,
    Quality,
    Text,
)
from pathshala_generator.shlokas import Shloka

NEVER_TEXT = frozenset({"Cc", "Cs"})


def clean(text: object) -> object:
    """Take out control characters and broken halves of characters; lines stay. What is no text is left as it is."""
    if not isinstance(text, str):
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in NEVER_TEXT)


def one_line(text: object) -> object:
    """Clean, and put on one line."""
    cleaned = clean(text)
    return " ".join(cleaned.split()) if isinstance(cleaned, str) else cleaned


Lines = Annotated[Text, BeforeValidator(clean)]
Line = Annotated[Text, BeforeValidator(one_line)]


@dataclass(frozen=True, slots=True)
class Assignment:
    """All that a writer may stand on. The verse is given; no writer chooses or makes one."""

    request: LessonRequest
    article: Article | None
    shloka: Shloka


class Draft(Noun):
    """What a writer wrote, and in which language: plain text, no field blank."""

    language: LanguageTag
    title: Line
    explanation: Lines
    activity: Lines
    question: Lines


class Writer(Protocol):
    """Writes lessons. Raises Retry or Reject, with a reason for the person who asked."""

    @property
    def name(self) -> str:
        """What stands in the lesson's quality."""

    @property
    def model(self) -> str | None:
        """The model that writes; None if none does."""

    async def write(self, assignment: Assignment) -> Draft:
        """Write one lesson. May be cancelled at any time, and then stops what it costs."""


def content_of(assignment: Assignment, draft: Draft, writer: Writer, absence: Absence | None) -> LessonContent:
    """Put the lesson together, and say how it came about. `absence` counts only where there is no article."""
    article, shloka = assignment.article, assignment.shloka
    return LessonContent(
        title=draft.title,
        shloka=shloka.text,
        shloka_source=shloka.source,
        translation=shloka.translation,
        explanation=draft.explanation,
        activity=draft.activity,
        question=draft.question,
        wikipedia_info=article,
        language=draft.language,
        quality=Quality(
            writer=writer.name,
            model=writer.model,
            grounded=article is not None,
            ungrounded_reason=None if article else absence,
        ),
    )
