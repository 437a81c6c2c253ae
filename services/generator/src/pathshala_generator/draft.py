"""A writer's assignment, its draft, and the lesson's content made of both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from pathshala_common.checks.draft import Draft, written_out
from pathshala_common.contract.lesson import (
    Absence,
    Article,
    ArticleSource,
    CheckFinding,
    LessonContent,
    LessonRequest,
    Precedent,
    Quality,
    ReadingLevel,
    Usage,
    primary_language,
)
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_generator.rewriting import Rewriting
from pathshala_generator.shlokas import Shloka

LESSON_REFUSED = "lesson_refused"
"""Code of the Reject by which a writer gives up a lesson that fails its checks."""
LANGUAGE_UNAVAILABLE = "language_unavailable"
"""Code of the Reject by which a writer refuses a language that it has no words in."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """All that a writer may stand on. The verses are given: a writer may pick among them, and none makes one.

    The precedents are earlier revisions of the lesson, which it must not repeat. With a `rewriting`, one part of a
    lesson is wanted alone.
    """

    request: LessonRequest
    article: Article | None
    verses: Sequence[Shloka]
    precedents: Sequence[Precedent] = ()
    rewriting: Rewriting | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A draft that may become a lesson, and how it came about."""

    draft: Draft
    repaired_fields: tuple[str, ...] = ()
    checks_passed: tuple[str, ...] = ()
    prompt_version: str | None = None
    usage: Usage | None = None
    reading_level: ReadingLevel | None = None
    left: tuple[CheckFinding, ...] = ()
    """The faults that checks find in the other parts, as they did before, where one part alone was written."""


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
    """Write the explanation out."""
    return written_out(draft.explanation)
