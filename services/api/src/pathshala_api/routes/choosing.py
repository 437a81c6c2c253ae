"""Which edition of a lesson is meant, and the 404s that say which there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Protocol

from fastapi import Depends, Query

from pathshala_api import schemas
from pathshala_api.problems import ProblemError
from pathshala_common.contract.lesson import (
    EditionKey,
    LanguageTag,
    LessonKey,
    Level,
    canonical,
    lesson_key,
    revision_of,
    version_of,
)
from pathshala_common.contract.ports.store import EditionHead, Editions, Lessons, StoredLesson

EDITIONS_SHOWN_MAX = 100
EDITIONS_NAMED_MAX = 10

ChosenLanguage = Annotated[
    LanguageTag | None,
    Query(description="The language that the edition was ordered in: a BCP 47 tag.", examples=["en", "hi", "pt-BR"]),
]
ChosenLevel = Annotated[Level | None, Query(description="The level that the edition was ordered for.")]

Version = Annotated[
    schemas.VersionText | None,
    Query(description="An older version of the edition, 1.0 say; the newest if none is named."),
]
OfSubject = Annotated[schemas.Subject, Query(description="The subject of the lesson.")]
OfTopic = Annotated[schemas.Topic, Query(description="The topic of the lesson.")]


class KeptLessons(Lessons, Editions, Protocol):
    """Lessons, and the editions that they have."""


@dataclass(frozen=True, slots=True)
class EditionChoice:
    """A lesson, and as much of an edition as somebody names."""

    lesson: LessonKey
    language: LanguageTag | None
    level: Level | None

    @property
    def edition(self) -> EditionKey | None:
        """The edition, if language and level are named."""
        if self.language is None or self.level is None:
            return None
        return EditionKey(*self.lesson, canonical(self.language), self.level.value)

    @property
    def is_open(self) -> bool:
        """Whether any edition will do."""
        return self.language is None and self.level is None

    async def head(self, editions: Editions) -> tuple[EditionHead, Sequence[EditionHead]]:
        """Give the edition that was stored last of those that match, and all editions. Raises ProblemError."""
        heads = await editions.editions_of(self.lesson)
        found = next((head for head in heads if self._matches(head.edition)), None)
        if found is None:
            raise no_edition(heads) if heads else no_lesson()
        return found, heads

    async def read(self, lessons: KeptLessons, revision: int | None) -> StoredLesson:
        """Read what is chosen: at once where that names it, else once it is known which editions there are.

        Raises ProblemError.
        """
        chain = self.lesson if self.is_open and revision is None else self.edition
        if chain is not None and (named := await lessons.stored(chain, revision)) is not None:
            return named
        if chain == self.lesson:
            raise no_lesson()
        head, heads = await self.head(lessons)
        stored = await lessons.stored(head.edition, revision)
        if stored is None:
            raise no_version(head, heads)
        return stored

    async def heads(self, editions: Editions) -> Sequence[EditionHead]:
        """Give the editions that match, the one that was stored last first. Raises ProblemError if there is none."""
        heads = await editions.editions_of(self.lesson)
        found = [head for head in heads if self._matches(head.edition)]
        if not found:
            raise no_edition(heads) if heads else no_lesson()
        return found

    def _matches(self, edition: EditionKey) -> bool:
        language = edition.language if self.language is None else canonical(self.language)
        return edition.language == language and edition.level == (self.level or edition.level)


def _choice(
    subject: OfSubject, topic: OfTopic, language: ChosenLanguage = None, level: ChosenLevel = None
) -> EditionChoice:
    return EditionChoice(lesson_key(subject, topic), language, level)


Chosen = Annotated[EditionChoice, Depends(_choice)]
"""A parameter of a route's function: the edition that the query names, or as much as it names of one."""


def entries(heads: Sequence[EditionHead]) -> list[schemas.EditionEntry]:
    """Tell of the editions of a lesson, those that were stored last."""
    return [schemas.edition_entry(head) for head in heads[:EDITIONS_SHOWN_MAX]]


def no_lesson() -> ProblemError:
    """There is none in any edition."""
    detail = "There is no such lesson yet. POST /lessons with this subject and topic makes one."
    return ProblemError(HTTPStatus.NOT_FOUND, "lesson_not_found", detail)


def no_edition(heads: Sequence[EditionHead]) -> ProblemError:
    """There are other editions."""
    detail = (
        f"There is this lesson in other languages or levels: {_named(heads)}. Ask for one of them, or leave language "
        "and level out for the newest. POST /lessons with the language and level that you want makes one in these."
    )
    return ProblemError(HTTPStatus.NOT_FOUND, "edition_not_found", detail, editions=_shown(heads))


def no_version(edition: EditionHead, heads: Sequence[EditionHead]) -> ProblemError:
    """The edition has other versions."""
    count = f"{edition.versions} version{'' if edition.versions == 1 else 's'}"
    detail = (
        f"There is no such version of this edition, {_name(edition)}. It has {count}, the newest is "
        f"{version_of(edition.revision)}. GET /lessons/versions?subject=...&topic=...&language=...&level=... lists "
        "what there is, and the other editions."
    )
    return ProblemError(HTTPStatus.NOT_FOUND, "version_not_found", detail, editions=_shown(heads))


def _shown(heads: Sequence[EditionHead]) -> list[dict[str, object]]:
    return [entry.model_dump() for entry in entries(heads)]


def _named(heads: Sequence[EditionHead]) -> str:
    named = "; ".join(map(_name, heads[:EDITIONS_NAMED_MAX]))
    more = len(heads) - EDITIONS_NAMED_MAX
    return f"{named}; and {more} more" if more > 0 else named


def _name(head: EditionHead) -> str:
    return f"language {head.edition.language}, level {head.edition.level}"


def revision_named(version: str) -> int:
    """Read a version. Raises ProblemError for what is none."""
    revision = revision_of(version)
    if revision is None:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "invalid_version", "A version looks like 1.0 or 1.12.")
    return revision


def lesson_named(subject: str | None, topic: str | None) -> LessonKey | None:
    """Give the lesson that a filter names, if it names one. Raises ProblemError if it names half of one."""
    if (subject is None) != (topic is None):
        raise ProblemError(HTTPStatus.BAD_REQUEST, "invalid_request", "Filter by subject and topic together.")
    return lesson_key(subject, topic) if subject is not None and topic is not None else None
