"""A draft of a lesson as the checks read it, and what they hold it against."""

import re
from collections.abc import Sequence
from itertools import chain, count
from typing import Annotated, Protocol, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from pathshala_common.contract.lesson import (
    LESSON_MINUTES_MAX,
    Article,
    LanguageTag,
    LessonQuestion,
    LessonRequest,
    Precedent,
    QuestionForm,
    Statement,
    Text,
    Value,
)

TRUTHS = ("true", "false")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

_NEVER_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Unicode's categories Cc, but for the end of a line, and Cs; and the two that are no characters to XML."""


def clean(text: object) -> object:
    """Take out control characters and what is no character; lines stay. What is no text is left as it is."""
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


class Basis(Protocol):
    """The order and the article that a draft is held against, and the earlier revisions that it must not repeat."""

    @property
    def request(self) -> LessonRequest:
        """The order."""

    @property
    def article(self) -> Article | None:
        """The article that the lesson stands on."""

    @property
    def precedents(self) -> Sequence[Precedent]:
        """The earlier revisions."""


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


def written_out(told: Sequence[Paragraph]) -> str:
    """Write an explanation out; a number in brackets stands behind each statement that has a quote."""
    numbers = count(1)
    return "\n\n".join(
        " ".join(f"{said.text} [{next(numbers)}]" if said.quote else said.text for said in paragraph)
        for paragraph in told
    )
