"""Lessons: read the newest, an edition, an older version."""

from http import HTTPStatus
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Path, Query, Response

from pathshala_api import schemas
from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.answers import ETAG, IMMUTABLE, NO_CACHE, NOT_CHANGED, IfNoneMatch, JsonAnswer, tagged
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.choosing import ChosenLanguage, ChosenLevel, EditionChoice, entries, no_lesson, no_version
from pathshala_common.contract.lesson import Lesson, lesson_key, revision_of, version_of
from pathshala_common.contract.ports.store import Editions, Lessons

VERSIONS_PAGE_SIZE = 100

SHOWN: dict[str, Any] = {"description": "The lesson", "headers": {"ETag": ETAG}}
NO_LESSON = refusals("invalid_request", "invalid_version", "lesson_not_found", "edition_not_found", "version_not_found")

Version = Annotated[
    schemas.VersionText | None,
    Query(description="An older version of the edition, 1.0 say; the newest if none is named."),
]
InSubject = Annotated[schemas.Subject, Path(description="The subject. Case and runs of blanks do not count.")]
OnTopic = Annotated[
    schemas.Topic, Path(description="The topic, with its slashes. Case and runs of blanks do not count.")
]
OfSubject = Annotated[schemas.Subject, Query(description="The subject of the lesson.")]
OfTopic = Annotated[schemas.Topic, Query(description="The topic of the lesson.")]
VersionsLimit = Annotated[int, Query(ge=1, le=VERSIONS_PAGE_SIZE, description="Most versions on a page.")]
View = Annotated[schemas.View, Query(description="Whom it is shown to: a pupil's view has no answers.")]
Before = Annotated[schemas.VersionText | None, Query(description="Only versions before this one.")]


class KeptLessons(Lessons, Editions, Protocol):
    """Lessons, and the editions that they have."""


def router(lessons: KeptLessons) -> APIRouter:
    """The paths that are about one lesson. The one with a free path comes last in it."""
    routes = guarded_router(tags=["lessons"], dependencies=[needs(Access.KEY)])

    @routes.get(
        "/lessons/versions",
        response_model=schemas.VersionList,
        responses=refusals("invalid_request", "invalid_version", "lesson_not_found", "edition_not_found"),
    )
    async def list_versions(
        subject: OfSubject,
        topic: OfTopic,
        language: ChosenLanguage = None,
        level: ChosenLevel = None,
        limit: VersionsLimit = VERSIONS_PAGE_SIZE,
        before: Before = None,
    ) -> Response:
        """List the versions of an edition, newest first: of the one that was stored last of those that match."""
        below = _revision(before) if before is not None else None
        head, heads = await EditionChoice(lesson_key(subject, topic), language, level).head(lessons)
        found = await lessons.revisions(head.edition, limit=limit, below=below)
        oldest = found[-1].revision if found else 1
        listed = schemas.VersionList(
            subject=found[0].subject if found else subject,
            topic=found[0].topic if found else topic,
            language=head.edition.language,
            level=head.edition.level,
            versions=[schemas.version_entry(lesson) for lesson in found],
            next_before=version_of(oldest) if oldest > 1 else None,
            editions=entries(heads),
        )
        return JsonAnswer(listed.model_dump_json().encode())

    @routes.get(
        "/lessons/{subject}/{topic:path}",
        response_model=schemas.LessonVersion | schemas.PupilVersion,
        responses={200: SHOWN, 304: NOT_CHANGED, **NO_LESSON},
    )
    async def get_lesson(
        subject: InSubject,
        topic: OnTopic,
        language: ChosenLanguage = None,
        level: ChosenLevel = None,
        version: Version = None,
        view: View = schemas.View.TEACHER,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """Read the newest lesson of all editions, or of those in a language or for a level, or an older version.

        A version is one of the edition that is named, or else of the one that was stored last.
        """
        revision = _revision(version) if version is not None else None
        lesson = await _read(lessons, EditionChoice(lesson_key(subject, topic), language, level), revision)
        named = language is not None and level is not None and version is not None
        cache_control = IMMUTABLE if named else NO_CACHE
        return tagged(schemas.lesson_version(lesson, view), cache_control=cache_control).to(if_none_match)

    return routes


async def _read(lessons: KeptLessons, choice: EditionChoice, revision: int | None) -> Lesson:
    """Read what is chosen: at once where that names it, else once it is known which editions there are."""
    chain = choice.lesson if choice.is_open and revision is None else choice.edition
    if chain is not None and (named := await lessons.lesson(chain, revision)) is not None:
        return named
    if chain == choice.lesson:
        raise no_lesson()
    head, heads = await choice.head(lessons)
    lesson = await lessons.lesson(head.edition, revision)
    if lesson is None:
        raise no_version(head, heads)
    return lesson


def _revision(version: str) -> int:
    revision = revision_of(version)
    if revision is None:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "invalid_version", "A version looks like 1.0 or 1.12.")
    return revision
