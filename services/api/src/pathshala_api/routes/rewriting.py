"""Rewriting: one part of a version is ordered anew, by a wish; the task and the new version are like all others."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from pathshala_api import schemas
from pathshala_api.access import Access, CallerOf, guarded_router, needs
from pathshala_api.intake import Intake, OldVersionError
from pathshala_api.measuring import Measuring
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.asking import ACCEPTED, IdempotencyKey, accepted, require_https
from pathshala_api.routes.choosing import Chosen, KeptLessons
from pathshala_api.routes.matching import IfMatch, matched, overtaken
from pathshala_api.routes.whose import user_of
from pathshala_common.contract.lesson import Lesson, LessonPart

REFUSED = refusals(
    "invalid_request",
    "wrong_user",
    "lesson_not_found",
    "edition_not_found",
    "idempotency_key_reused",
    "version_changed",
    "if_match_required",
    "too_many_tasks_of_user",
    "too_many_tasks",
    "ceiling_reached",
    "store_unavailable",
    "maybe_accepted",
)
NOT_A_SET = "belongs to the part questions alone"


def router(intake: Intake, measuring: Measuring, lessons: KeptLessons, *, callback_http: bool = False) -> APIRouter:
    """The path on which parts are ordered; with `callback_http`, also with a callback_url that is not secret."""
    routes = guarded_router(tags=["versions"], dependencies=[needs(Access.TEACHER)])

    @routes.post(
        "/lessons/rewrites",
        status_code=HTTPStatus.ACCEPTED,
        response_model=schemas.Accepted,
        responses={202: ACCEPTED, **REFUSED},
    )
    async def rewrite_part(
        order: schemas.RewriteOrder,
        choice: Chosen,
        caller: CallerOf,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Have one part of the newest version of an edition written anew. The task ends with a new version.

        All else in it is the same, and it says which version it is made of. If another version was stored since the one
        that If-Match names, nothing is ordered, and the answer says what changed. What is stored later, while the part
        is being written, stays the version before: the new one is stored behind it.
        """
        user_id = user_of(caller, order.user_id)
        if order.callback_url is not None and not callback_http:
            require_https(order.callback_url)
        base = await matched(lessons, choice, if_match)
        _require_question(order, base.version)
        try:
            task = await intake.accept_rewrite(order, user_id, base.version, idempotency_key, is_newest=base.is_newest)
        except OldVersionError:
            raise await overtaken(lessons, base) from None
        return accepted(task, measuring, schemas.ignored_fields(order))

    return routes


def _require_question(order: schemas.RewriteOrder, version: Lesson) -> None:
    """Refuse a question that there is not."""
    if order.question is None:
        return
    count = len(version.content.questions)
    message = NOT_A_SET if order.part is not LessonPart.QUESTIONS else f"is none of the {count} of this version"
    if order.part is not LessonPart.QUESTIONS or order.question > count:
        detail, fault = f"question: {message}", {"field": "question", "message": message}
        raise ProblemError(HTTPStatus.BAD_REQUEST, "invalid_request", detail, errors=[fault])
