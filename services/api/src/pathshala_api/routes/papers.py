"""The proof of a lesson, and several lessons in one file."""

from typing import Any

from fastapi import APIRouter, Response

from pathshala_api import schemas
from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.answers import IMMUTABLE, NO_CACHE, NOT_CHANGED, IfNoneMatch, tagged
from pathshala_api.exporting import PACKS, Exporter, described
from pathshala_api.paper.formats import LessonFormat
from pathshala_api.problem_descriptions import refusals
from pathshala_api.proving import proof_of
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

NO_LESSON = refusals("invalid_request", "invalid_version", "lesson_not_found", "edition_not_found", "version_not_found")
PACK: dict[str, Any] = {"description": "The lessons in one file", "content": described(PACKS)}


def router(lessons: KeptLessons, exporter: Exporter) -> APIRouter:
    """The paths that are about lessons on paper and in other systems, but for the lesson's own."""
    routes = guarded_router(tags=["lessons"], dependencies=[needs(Access.KEY)])

    @routes.get("/lessons/proof", response_model=schemas.LessonProof, responses={304: NOT_CHANGED, **NO_LESSON})
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

    @routes.post("/lessons/pack", response_class=Response, responses={200: PACK, **NO_LESSON})
    async def pack_lessons(order: schemas.PackOrder) -> Response:
        """Read several lessons as one file: a Common Cartridge 1.3, or GIFT. All of them must be there.

        Nothing is changed by it. Of each lesson it holds the pupil's sheet, the teacher's sheet, and the questions with
        their answers; GIFT has the questions alone.
        """
        found = [await _read(lessons, wanted) for wanted in order.lessons]
        return await exporter.pack(LessonFormat(order.format), found, order.title)

    return routes


async def _read(lessons: KeptLessons, wanted: schemas.PackedLesson) -> StoredLesson:
    revision = revision_named(wanted.version) if wanted.version is not None else None
    choice = EditionChoice(lesson_key(wanted.subject, wanted.topic), wanted.language, wanted.level)
    return await choice.read(lessons, revision)
