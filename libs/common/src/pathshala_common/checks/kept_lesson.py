"""A lesson that is kept, as a draft that checks read, and what they find in it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from pathshala_common.checks.draft import Asking, Draft, Paragraph, Said
from pathshala_common.checks.examination import findings, passed
from pathshala_common.checks.reading_level import measured
from pathshala_common.contract.lesson import (
    Article,
    CheckFinding,
    LessonContent,
    LessonRequest,
    Precedent,
    ReadingLevel,
    Statement,
)
from pathshala_common.text.dissection import dissected

OFFLINE = "offline"
"""The writer whose lessons arrange their article's sentences, so that it is no fault of theirs."""
COPIES = "own_words"
"""The check that finds such copies."""
WHOLE = "lesson"
"""Stands for the field of a fault that is the whole lesson's."""

_PARAGRAPHS = re.compile(r"\n\s*\n")
_CITED = re.compile(r"\s+\[(\d{1,3})\](?![\w\[(])")


class UnknownQuoteError(ValueError):
    """An explanation cites a quote, by this number, that there is not."""

    def __init__(self, number: int, quotes: int) -> None:
        known = f"there are {quotes}" if quotes else "there is none"
        super().__init__(f"cites quote [{number}], and {known} in the version that is edited")


@dataclass(frozen=True, slots=True)
class _Basis:
    """The order that a kept lesson is held against.

    It may be like the version that it is made of, so it has no precedents.
    """

    request: LessonRequest
    article: Article | None
    precedents: Sequence[Precedent] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The findings of the checks in a kept lesson, those that it passes, and how hard it is to read."""

    found: tuple[CheckFinding, ...]
    passed: tuple[str, ...]
    reading_level: ReadingLevel | None


def examination(lesson: LessonContent, request: LessonRequest) -> Judgement:
    """Apply every check that can judge a lesson alone."""
    draft = as_draft(lesson)
    basis = _Basis(request, lesson.wikipedia_info or lesson.source_info)
    found = dict(findings(draft, basis))
    if lesson.quality.writer == OFFLINE:
        found.pop(COPIES, None)
    faults = chain.from_iterable(found.values())
    told = [CheckFinding(check=one.check, part=one.field or WHOLE, reason=one.reason) for one in faults]
    return Judgement(tuple(told), passed(found), measured(draft, basis))


def as_draft(lesson: LessonContent) -> Draft:
    """Give a lesson as a draft, its explanation taken apart as it stands now."""
    return draft_with(lesson, _told(lesson))


def draft_with(lesson: LessonContent, explanation: tuple[Paragraph, ...]) -> Draft:
    """Give a lesson as a draft with an explanation that is taken apart already.

    It is not validated: what is kept may be read, whatever rule is newer than it.
    """
    return Draft.model_construct(
        language=lesson.language,
        title=lesson.title,
        objectives=lesson.objectives,
        explanation=explanation,
        activity=lesson.activity,
        minutes=lesson.minutes,
        materials=lesson.materials,
        question=lesson.question,
        questions=tuple(Asking.model_construct(**dict(question)) for question in lesson.questions),
        connection=lesson.shloka_connection,
    )


def _told(lesson: LessonContent) -> tuple[Paragraph, ...]:
    try:
        return paragraphs(lesson.explanation, lesson.statements)
    except UnknownQuoteError:  # numbers in brackets that cite nothing are part of the text
        return (tuple(Said.model_construct(**dict(statement)) for statement in lesson.statements),)


def paragraphs(explanation: str, statements: Sequence[Statement]) -> tuple[Paragraph, ...]:
    """Take an explanation apart into paragraphs of statements. A number in brackets cites one of the quotes of these.

    A statement that stands there as it was stays one; other text becomes one a sentence. Raises UnknownQuoteError.
    """
    quotes = [statement.quote for statement in statements if statement.quote is not None]
    texts = sorted({statement.text for statement in statements}, key=len, reverse=True)
    parts = (tuple(_statements(part, texts, quotes)) for part in _PARAGRAPHS.split(explanation))
    return tuple(part for part in parts if part)


def places(before: Sequence[Statement], now: Sequence[Statement]) -> Mapping[int, int]:
    """Say which statement each one has become, by their places from 1: the one of its words, or else of its quote."""
    texts = {statement.text: place for place, statement in reversed([*enumerate(now, 1)])}
    quotes = {statement.quote: place for place, statement in reversed([*enumerate(now, 1)]) if statement.quote}
    found = ((place, texts.get(one.text) or quotes.get(one.quote or "")) for place, one in enumerate(before, 1))
    return {place: become for place, become in found if become is not None}


def _statements(text: str, texts: Sequence[str], quotes: Sequence[str]) -> Iterator[Said]:
    """Give the statements of a paragraph: a citation belongs to the last one before it."""
    pieces = _CITED.split(text)
    for piece, number in zip(pieces[::2], [*pieces[1::2], None], strict=True):
        told = [*_apart(piece.strip(), texts)]
        yield from (Said.model_construct(text=one, quote=None) for one in told[:-1])
        if number is not None and not 1 <= int(number) <= len(quotes):
            raise UnknownQuoteError(int(number), len(quotes))
        if told:
            yield Said.model_construct(text=told[-1], quote=quotes[int(number) - 1] if number else None)


def _apart(text: str, texts: Sequence[str]) -> Iterator[str]:
    """Take a text apart into the known ones that it begins with, and its other sentences."""
    while text:
        known = next((one for one in texts if text.startswith(one) and not text[len(one) :][:1].strip()), None)
        told = known or _first_sentence(text)
        yield told
        text = text[len(told) :].strip()


def _first_sentence(text: str) -> str:
    """Give the first sentence, as it stands in the text; all of it, if its sentences have other blanks than it."""
    first = dissected(text).sentences
    return first[0].text if first and text.startswith(first[0].text) else text
