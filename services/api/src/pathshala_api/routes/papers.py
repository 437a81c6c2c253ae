"""The proof of a lesson, and several lessons in one file."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response

from pathshala_api import schemas
from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.answers import IMMUTABLE, NO_CACHE, NOT_CHANGED, IfNoneMatch, tagged
from pathshala_api.exporting import PACKS, Exporter, described
from pathshala_api.paper.formats import LessonFormat
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.proving import proof_of
from pathshala_api.reviews import Reviews
from pathshala_api.routes.approved import approved_of
from pathshala_api.routes.choosing import (
    ChosenLanguage,
    ChosenLevel,
    EditionChoice,
    KeptLessons,
    OfSubject,
    OfTopic,
    Version,
    revision_named,
)
from pathshala_common.contract.lesson import lesson_key
from pathshala_common.contract.ports.store import StoredLesson

NO_LESSON = ("invalid_request", "invalid_version", "lesson_not_found", "edition_not_found", "version_not_found")
NOT_APPROVED = "has no approved version, or not this one"
PACK: dict[str, Any] = {"description": "The lessons in one file", "content": described(PACKS)}


def router(lessons: KeptLessons, exporter: Exporter, reviews: Reviews) -> APIRouter:
    """The paths that are about lessons on paper and in other systems, but for the lesson's own."""
    routes = guarded_router(tags=["lessons"], dependencies=[needs(Access.KEY)])

    @routes.get(
        "/lessons/proof", response_model=schemas.LessonProof, responses={304: NOT_CHANGED, **refusals(*NO_LESSON)}
    )
    async def get_proof(
        subject: OfSubject,
        topic: OfTopic,
        language: ChosenLanguage = None,
        level: ChosenLevel = None,
        version: Version = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """Show for each number in brackets the place of its quote in the article, and the article's text.

        The lesson is chosen as it is read. Its article is kept with it, so the proof stays when logs are cut.
        """
        stored = await _read(
            lessons,
            schemas.PackedLesson.model_construct(
                subject=subject, topic=topic, language=language, level=level, version=version
            ),
        )
        named = language is not None and level is not None and version is not None
        body = proof_of(stored).model_dump_json().encode()
        return tagged(body, cache_control=IMMUTABLE if named else NO_CACHE).to(if_none_match)

    @routes.post(
        "/lessons/pack",
        response_class=Response,
        responses={200: PACK, **refusals(*NO_LESSON, "nothing_approved")},
    )
    async def pack_lessons(order: schemas.PackOrder) -> Response:
        """Read several lessons as one file: a Common Cartridge 1.3, or GIFT. All of them must be there.

        Nothing is changed by it. Of each lesson it holds the pupil's sheet, the teacher's sheet, and the questions with
        their answers; GIFT has the questions alone. With `approved`, each is the newest of the versions that a teacher
        approved; lessons that have none are named by `errors`.
        """
        if order.approved:
            found = await _approved(lessons, reviews, order.lessons)
        else:
            found = [await _read(lessons, wanted) for wanted in order.lessons]
        return await exporter.pack(LessonFormat(order.format), found, order.title)

    return routes


async def _read(lessons: KeptLessons, wanted: schemas.PackedLesson) -> StoredLesson:
    return await _choice(wanted).read(lessons, _revision(wanted))


async def _approved(
    lessons: KeptLessons, reviews: Reviews, wanted: Sequence[schemas.PackedLesson]
) -> list[StoredLesson]:
    """Read the newest approved version of each. Raises ProblemError, which names those that have none."""
    found = [await approved_of(lessons, reviews, _choice(one), _revision(one)) for one in wanted]
    faults = [{"field": f"lessons.{place}", "message": NOT_APPROVED} for place, one in enumerate(found) if one is None]
    if faults:
        detail = (
            f"{len(faults)} of {len(found)} lessons: {NOT_APPROVED}. A teacher approves one with PUT /lessons/approval."
        )
        raise ProblemError(HTTPStatus.NOT_FOUND, "nothing_approved", detail, errors=faults)
    return [one for one in found if one is not None]


def _choice(wanted: schemas.PackedLesson) -> EditionChoice:
    return EditionChoice(lesson_key(wanted.subject, wanted.topic), wanted.language, wanted.level)


def _revision(wanted: schemas.PackedLesson) -> int | None:
    return revision_named(wanted.version) if wanted.version is not None else None
