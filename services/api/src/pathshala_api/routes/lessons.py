"""Lessons: read the newest, an edition, an older version."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from pathshala_api import schemas
from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.answers import ETAG, IMMUTABLE, NO_CACHE, NOT_CHANGED, IfNoneMatch, JsonAnswer, tagged
from pathshala_api.exporting import (
    FILES,
    VARY,
    ChosenFormat,
    ChosenSheet,
    Exporter,
    described,
    wanted_format,
    wanted_sheet,
)
from pathshala_api.paper.formats import LessonFormat
from pathshala_api.problem_descriptions import refusals
from pathshala_api.reviews import Reviews
from pathshala_api.routes.approved import Approved, newest_approved
from pathshala_api.routes.choosing import (
    ChosenLanguage,
    ChosenLevel,
    EditionChoice,
    KeptLessons,
    OfSubject,
    OfTopic,
    Version,
    entries,
    revision_named,
)
from pathshala_api.version_schemas import VersionList, version_entry
from pathshala_common.contract.lesson import lesson_key, version_of

VERSIONS_PAGE_SIZE = 100

SHOWN: dict[str, Any] = {"description": "The lesson", "headers": {"ETag": ETAG}, "content": described(FILES)}
NO_LESSON = refusals(
    *("invalid_request", "invalid_version", "lesson_not_found", "edition_not_found", "version_not_found"),
    *("nothing_approved", "not_acceptable", "format_not_installed"),
)

InSubject = Annotated[schemas.Subject, Path(description="The subject. Case and runs of blanks do not count.")]
OnTopic = Annotated[
    schemas.Topic, Path(description="The topic, with its slashes. Case and runs of blanks do not count.")
]
VersionsLimit = Annotated[int, Query(ge=1, le=VERSIONS_PAGE_SIZE, description="Most versions on a page.")]
View = Annotated[schemas.View, Query(description="Whom it is shown to: a pupil's view has no answers.")]
Before = Annotated[schemas.VersionText | None, Query(description="Only versions before this one.")]


def router(lessons: KeptLessons, exporter: Exporter, reviews: Reviews) -> APIRouter:
    """The paths that are about one lesson. The one with a free path comes last in it."""
    routes = guarded_router(tags=["lessons"], dependencies=[needs(Access.KEY)])

    @routes.get(
        "/lessons/versions",
        response_model=VersionList,
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
        below = revision_named(before) if before is not None else None
        head, heads = await EditionChoice(lesson_key(subject, topic), language, level).head(lessons)
        found = await lessons.revisions(head.edition, limit=limit, below=below)
        said = await reviews.of(head.edition)
        oldest = found[-1].revision if found else 1
        listed = VersionList(
            subject=found[0].subject if found else subject,
            topic=found[0].topic if found else topic,
            language=head.edition.language,
            level=head.edition.level,
            versions=[version_entry(lesson, said.of(lesson.revision)) for lesson in found],
            next_before=version_of(oldest) if oldest > 1 else None,
            editions=entries(heads),
        )
        return JsonAnswer(listed.model_dump_json().encode())

    @routes.get(
        "/lessons/{subject}/{topic:path}",
        response_model=schemas.LessonVersion | schemas.ChangedVersion | schemas.PupilVersion,
        responses={200: SHOWN, 304: NOT_CHANGED, **NO_LESSON},
    )
    async def get_lesson(  # noqa: PLR0913 - parameters of the query
        request: Request,
        subject: InSubject,
        topic: OnTopic,
        *,
        language: ChosenLanguage = None,
        level: ChosenLevel = None,
        version: Version = None,
        approved: Approved = False,
        view: View = schemas.View.TEACHER,
        chosen: ChosenFormat = None,
        sheet: ChosenSheet = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """Read the newest lesson of all editions, or of those in a language or for a level, or an older version.

        A version is one of the edition that is named, or else of the one that was stored last. With `approved`, it is
        the newest of the versions that a teacher approved. `format`, or else `Accept`, says whether it comes as JSON or
        as a file; each file names the event that keeps the lesson.
        """
        wanted = wanted_format(request, chosen, view)
        sheets = wanted_sheet(sheet, view)
        revision = revision_named(version) if version is not None else None
        choice = EditionChoice(lesson_key(subject, topic), language, level)
        if approved:
            stored = await newest_approved(lessons, reviews, choice, revision)
        else:
            stored = await choice.read(lessons, revision)
        named = language is not None and level is not None and version is not None
        cache_control = IMMUTABLE if named else NO_CACHE
        if wanted is not LessonFormat.JSON:
            return await exporter.answer(stored, wanted, sheets, if_none_match, cache_control)
        return tagged(schemas.lesson_version(stored, view), more=VARY, cache_control=cache_control).to(if_none_match)

    return routes
