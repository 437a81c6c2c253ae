"""Reviews of versions: approved or a draft, and rated."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from pathshala_api import schemas, version_schemas
from pathshala_api.access import Access, CallerOf, guarded_router, needs
from pathshala_api.answers import JsonAnswer
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.reviewing import EditionReviews, VersionReviews
from pathshala_api.reviews import Reviews, Word
from pathshala_api.routes.choosing import (
    Chosen,
    EditionChoice,
    KeptLessons,
    no_version,
    revision_named,
)
from pathshala_api.routes.whose import user_of
from pathshala_common.contract.events import ApprovalWithdrawn, LessonApproved, LessonRated
from pathshala_common.contract.lesson import Lesson, edition_log, whole_milliseconds
from pathshala_common.contract.ports.clock import Clock

RATINGS_OF_USER_MAX = 20
"""Ratings that one user may give one version, one after the other."""
RATINGS_OF_VERSION_MAX = 10_000
"""Ratings of one version that are kept, those that were changed too."""
RATINGS_PAGE_SIZE = 100

NO_VERSION = ("invalid_request", "invalid_version", "lesson_not_found", "edition_not_found", "version_not_found")

OfVersion = Annotated[schemas.VersionText, Query(alias="version", description="The version, 1.0 say.")]
RatingsLimit = Annotated[int, Query(ge=1, le=RATINGS_PAGE_SIZE, description="Most ratings in the answer.")]


def router(lessons: KeptLessons, reviews: Reviews, clock: Clock) -> APIRouter:
    """The paths of what is said of versions."""
    routes = guarded_router(tags=["versions"], dependencies=[needs(Access.KEY)])

    async def _read(choice: EditionChoice, version: str) -> Lesson:
        head, heads = await choice.head(lessons)
        lesson = await lessons.lesson(head.edition, revision_named(version))
        if lesson is None:
            raise no_version(head, heads)
        return lesson

    @routes.put(
        "/lessons/approval",
        response_model=version_schemas.VersionReview,
        responses=refusals(*NO_VERSION, "wrong_user"),
        dependencies=[needs(Access.TEACHER)],
    )
    async def set_approval(
        order: version_schemas.ApprovalOrder,
        choice: Chosen,
        version: OfVersion,
        caller: CallerOf,
    ) -> Response:
        """Approve a version, or make it a draft again. What is so already stays as it is."""
        lesson = await _read(choice, version)
        told = _told(lesson, user_of(caller, order.user_id), clock)

        def word(said: EditionReviews) -> Word | None:
            if order.approved == (said.of(lesson.revision).approval is not None):
                return None
            made = LessonApproved if order.approved else ApprovalWithdrawn
            return made(**told, note=order.note)

        return _answer(lesson, await reviews.say(lesson.edition, word))

    @routes.put(
        "/lessons/rating",
        response_model=version_schemas.VersionReview,
        responses=refusals(*NO_VERSION, "wrong_user", "too_many_ratings"),
    )
    async def rate_version(
        order: version_schemas.RatingOrder,
        choice: Chosen,
        version: OfVersion,
        caller: CallerOf,
    ) -> Response:
        """Rate a version, and say why. Of the same user's ratings for it, the newest counts."""
        lesson = await _read(choice, version)
        user_id = user_of(caller, order.user_id)
        told = _told(lesson, user_id, clock)

        def word(said: EditionReviews) -> Word | None:
            of_version = said.of(lesson.revision)
            before = of_version.ratings.get(user_id)
            if before is not None and (before.stars, before.reason) == (order.stars, order.reason):
                return None
            _refuse_too_many(of_version, before.given if before else 0)
            return LessonRated(**told, stars=order.stars, reason=order.reason)

        return _answer(lesson, await reviews.say(lesson.edition, word))

    @routes.get("/lessons/ratings", response_model=version_schemas.RatingList, responses=refusals(*NO_VERSION))
    async def list_ratings(choice: Chosen, version: OfVersion, limit: RatingsLimit = RATINGS_PAGE_SIZE) -> Response:
        """List the ratings of a version that count, the newest first, with their reasons."""
        lesson = await _read(choice, version)
        said = (await reviews.of(lesson.edition)).of(lesson.revision)
        return JsonAnswer(version_schemas.rating_list(lesson.revision, said, limit).model_dump_json().encode())

    return routes


def _told(lesson: Lesson, user_id: str, clock: Clock) -> dict[str, object]:
    """Give what each word on a version says."""
    edition = lesson.edition
    return {
        "task_id": edition_log(edition),
        "subject": lesson.subject,
        "topic": lesson.topic,
        "language": lesson.language,
        "level": lesson.level,
        "revision": lesson.revision,
        "user_id": user_id,
        "said_at": whole_milliseconds(clock.now()),
    }


def _refuse_too_many(said: VersionReviews, given: int) -> None:
    if given >= RATINGS_OF_USER_MAX:
        detail = f"You have rated this version {given} times; the last one counts."
    elif said.rated >= RATINGS_OF_VERSION_MAX:
        detail = f"This version has {said.rated} ratings, which is as many as are kept."
    else:
        return
    raise ProblemError(HTTPStatus.CONFLICT, "too_many_ratings", detail)


def _answer(lesson: Lesson, said: EditionReviews) -> Response:
    told = version_schemas.version_review(lesson.revision, said.of(lesson.revision))
    return JsonAnswer(told.model_dump_json().encode())
