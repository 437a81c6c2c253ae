"""A writer's assignment, its draft, and the lesson's content made of both."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Annotated, NamedTuple, Protocol, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from pathshala_common.contract.lesson import (
    LESSON_MINUTES_MAX,
    Absence,
    Article,
    ArticleSource,
    LanguageTag,
    LessonContent,
    LessonQuestion,
    LessonRequest,
    Precedent,
    Quality,
    QuestionForm,
    ReadingLevel,
    Statement,
    Text,
    Usage,
    Value,
    primary_language,
)
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.shlokas import Shloka

LESSON_REFUSED = "lesson_refused"
"""Code of the Reject by which a writer gives up a lesson that fails its checks."""
LANGUAGE_UNAVAILABLE = "language_unavailable"
"""Code of the Reject by which a writer refuses a language that it has no words in."""

TRUTHS = ("true", "false")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

_NEVER_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Unicode's categories Cc, but for the end of a line, and Cs."""


def clean(text: object) -> object:
    """Take out control characters and broken halves of characters; lines stay. What is no text is left as it is."""
    if not isinstance(text, str):
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _NEVER_TEXT.sub("", lines)


def one_line(text: object) -> object:
    """Clean, and put on one line."""
    cleaned = clean(text)
    return " ".join(cleaned.split()) if isinstance(cleaned, str) else cleaned


Lines = Annotated[Text, BeforeValidator(clean)]
Line = Annotated[Text, BeforeValidator(one_line)]


@dataclass(frozen=True, slots=True)
class Assignment:
    """All that a writer may stand on. The verses are given: a writer may pick among them, and none makes one.

    The precedents are earlier revisions of the lesson, which it must not repeat.
    """

    request: LessonRequest
    article: Article | None
    verses: Sequence[Shloka]
    precedents: Sequence[Precedent] = ()


class Said(Statement):
    """A statement with its control characters taken out."""

    text: Lines
    quote: Line | None = None


Paragraph = Annotated[tuple[Said, ...], Field(min_length=1)]


def in_order(options: tuple[str, ...]) -> tuple[str, ...]:
    """Order options so that no place betrays the answer: by their first numbers, and by the alphabet."""
    return tuple(sorted(options, key=_rank))


def _rank(option: str) -> tuple[float, str]:
    number = _NUMBER.match(option)
    return float(number[0]) if number else 0.0, option.casefold()


class Asking(LessonQuestion):
    """A question with its control characters taken out, whose answer is of its form."""

    text: Lines
    options: Annotated[tuple[Line, ...], AfterValidator(in_order)] = ()
    answer: Line

    @model_validator(mode="after")
    def _of_its_form(self) -> Self:
        if self.form is QuestionForm.CHOICE and not (self.answer in self.options and len(self.options) > 1):
            raise ValueError("a choice has its answer among its options")
        if self.form is not QuestionForm.CHOICE and self.options:
            raise ValueError("only a choice has options")
        if self.form is QuestionForm.TRUE_FALSE and self.answer not in TRUTHS:
            raise ValueError("its answer is true or false")
        return self


class Draft(Value):
    """A writer's text and its language: plain text, no field blank.

    `verse` is the place, from 0, of the verse that it picked; `connection` says what that has to do with the topic.
    `question` is the first of `questions`; a draft may have it alone. One that is `arranged` consists of the article's
    own sentences by design.
    """

    language: LanguageTag
    title: Line
    objectives: tuple[Line, ...] = ()
    explanation: Annotated[tuple[Paragraph, ...], Field(min_length=1)]
    activity: Lines
    minutes: Annotated[int, Field(ge=1, le=LESSON_MINUTES_MAX)] | None = None
    materials: tuple[Line, ...] = ()
    question: Lines
    questions: tuple[Asking, ...] = ()
    verse: Annotated[int, Field(ge=0)] = 0
    connection: Lines | None = None
    arranged: bool = False

    @property
    def statements(self) -> tuple[Said, ...]:
        """The statements of all paragraphs."""
        return tuple(chain.from_iterable(self.explanation))


@dataclass(frozen=True, slots=True)
class Written:
    """A draft that may become a lesson, and how it came about."""

    draft: Draft
    repaired_fields: tuple[str, ...] = ()
    checks_passed: tuple[str, ...] = ()
    prompt_version: str | None = None
    usage: Usage | None = None
    reading_level: ReadingLevel | None = None


Record = Callable[[ProviderCall], None]
"""Called with each call with a service outside, whatever comes of it."""


class Doing(NamedTuple):
    """The part of a lesson that is being written, or mended."""

    part: str
    mending: bool = False


Tell = Callable[[Doing], None]
"""Called with each part that a writer begins, if it takes long enough to tell of."""


def untold(_doing: Doing) -> None:
    """Tell nobody."""


class Writer(Protocol):
    """Writes lessons. Raises Retry, Reject or ProviderUnavailable, with a reason for the person who asked."""

    @property
    def name(self) -> str:
        """The name that stands in the lesson's quality."""

    @property
    def model(self) -> str | None:
        """The model that writes; None if none does."""

    async def write(self, assignment: Assignment, record: Record, tell: Tell = untold) -> Written:
        """Write one lesson. May be cancelled at any time, and then stops what it costs."""


def content_of(assignment: Assignment, written: Written, writer: Writer, absence: Absence | None) -> LessonContent:
    """Put the lesson together, and say how it came about. `absence` counts only where there is no article."""
    article, draft, request = assignment.article, written.draft, assignment.request
    source = article.source if article else None
    verse = assignment.verses[draft.verse]
    return LessonContent(
        title=draft.title,
        objectives=draft.objectives,
        shloka=verse.text,
        shloka_transliteration=verse.iast,
        shloka_source=verse.source,
        shloka_connection=draft.connection,
        translation=verse.translation_in(draft.language),
        explanation=explanation_of(draft),
        statements=draft.statements,
        activity=draft.activity,
        minutes=draft.minutes,
        materials=draft.materials,
        question=draft.question,
        questions=draft.questions,
        wikipedia_info=article if source is ArticleSource.WIKIPEDIA else None,
        source=source,
        source_info=None if source is ArticleSource.WIKIPEDIA else article,
        language=draft.language,
        level=request.level,
        quality=Quality(
            writer=writer.name,
            model=writer.model,
            grounded=article is not None,
            ungrounded_reason=None if article else absence,
            article_fallback=article is not None
            and primary_language(article.language) != primary_language(request.language),
            source=source,
            repaired_fields=written.repaired_fields,
            checks_passed=written.checks_passed,
            prompt_version=written.prompt_version,
            usage=written.usage,
            reading_level=written.reading_level,
        ),
    )


def explanation_of(draft: Draft) -> str:
    """Write the explanation out; a number in brackets stands behind each statement that has a quote."""
    numbers = count(1)
    return "\n\n".join(
        " ".join(f"{said.text} [{next(numbers)}]" if said.quote else said.text for said in paragraph)
        for paragraph in draft.explanation
    )
