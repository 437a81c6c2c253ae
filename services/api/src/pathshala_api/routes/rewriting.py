"""Rewriting: one part of a version is ordered anew, by a wish; the task and the new version are like all others."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from pathshala_api import schemas
from pathshala_api.access import Access, CallerOf, guarded_router, needs
from pathshala_api.intake import Intake
from pathshala_api.measuring import Measuring
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.asking import ACCEPTED, IdempotencyKey, accepted, require_https
from pathshala_api.routes.choosing import EditionChoice, KeptLessons, revision_named
from pathshala_api.routes.whose import whose
from pathshala_common.contract.lesson import Lesson, LessonPart, lesson_key

REFUSED = refusals(
    "invalid_request",
    "invalid_version",
    "wrong_user",
    "lesson_not_found",
    "edition_not_found",
    "version_not_found",
    "idempotency_key_reused",
    "too_many_tasks_of_user",
    "too_many_tasks",
    "ceiling_reached",
    "store_unavailable",
    "maybe_accepted",
)
NOT_A_SET = "belongs to the part questions alone"


def router(intake: Intake, measuring: Measuring, lessons: KeptLessons, *, callback_http: bool = False) -> APIRouter:
    """The path on which parts are ordered; with `callback_http`, also with a callback_url that is not secret."""
    routes = guarded_router(tags=["lessons"], dependencies=[needs(Access.TEACHER)])

    @routes.post(
        "/lessons/rewrites",
        status_code=HTTPStatus.ACCEPTED,
        response_model=schemas.Accepted,
        responses={202: ACCEPTED, **REFUSED},
    )
    async def rewrite_part(
        order: schemas.RewriteOrder, caller: CallerOf, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Have one part of a version written anew. The task ends with a new version, in which all else is the same.

        The new version says which one it is made of. It is stored even if a newer one came in between.
        """
        whose(caller, order.user_id)
        if order.callback_url is not None and not callback_http:
            require_https(order.callback_url)
        choice = EditionChoice(lesson_key(order.subject, order.topic), order.language, order.level)
        version = (await choice.read(lessons, revision_named(order.version))).lesson
        _require_question(order, version)
        task = await intake.accept_rewrite(order, version, idempotency_key)
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
