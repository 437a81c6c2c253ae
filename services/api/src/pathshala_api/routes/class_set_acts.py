"""The acts on a class set: it is cancelled, retried, and its rows are mended."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic_core import to_json

from pathshala_api import class_set_schemas as schemas
from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.answers import JsonAnswer
from pathshala_api.class_sets.acts import SetActs
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.routes.bulk import Confirm
from pathshala_api.routes.class_set_orders import order_of_item
from pathshala_api.routes.class_set_polls import SetPolls
from pathshala_api.schemas import BulkAnswer

RowNumber = Annotated[int, Path(ge=1, le=1_000_000, description="The row, by its number in the set.")]


def router(acts: SetActs, polls: SetPolls) -> APIRouter:
    """The paths that change class sets."""
    routes = guarded_router(tags=["class sets"], dependencies=[needs(Access.OWNER)])

    @routes.delete(
        "/class-sets/{set_id}",
        response_model=schemas.ClassSetStatus,
        responses={200: {"description": "Nothing more of it is ordered"}, **refusals("class_set_not_found")},
    )
    async def cancel_class_set(set_id: schemas.SetId) -> Response:
        """Cancel a class set: what was not ordered is not, and what is unfinished is cancelled. Lessons stay."""
        await acts.cancel(set_id)
        return await polls.answer(set_id)

    @routes.post(
        "/class-sets/{set_id}/retry",
        status_code=HTTPStatus.ACCEPTED,
        response_model=BulkAnswer,
        responses=refusals("class_set_not_found", "count_changed", "ceiling_reached"),
    )
    async def retry_class_set(set_id: schemas.SetId, confirm: Confirm = None) -> BulkAnswer:
        """Order anew what failed, or was not ordered any more: counted first, then confirmed by the count."""
        found = await acts.failed_rows(set_id)
        if confirm is None:
            return BulkAnswer(matched=len(found), more=False, done=0)
        if confirm != len(found):
            detail = (
                f"{len(found)} rows match now, not {confirm}; nothing was done. Confirm this count, if it is right."
            )
            raise ProblemError(HTTPStatus.CONFLICT, "count_changed", detail, matched=len(found))
        await acts.retry(set_id, [item.row.row for item in found])
        return BulkAnswer(matched=len(found), more=False, done=len(found))

    @routes.post(
        "/class-sets/{set_id}/items/{row}",
        status_code=HTTPStatus.ACCEPTED,
        response_model=schemas.ClassSetItem,
        responses=refusals(
            "invalid_request",
            "class_set_not_found",
            "row_not_found",
            "row_not_failed",
            "row_ordered_twice",
            "class_set_too_large",
            "ceiling_reached",
        ),
    )
    async def mend_class_set_item(set_id: schemas.SetId, row: RowNumber, order: schemas.ItemOrder) -> Response:
        """Order a row that was refused or failed by another order: by the one that was suggested, say."""
        made = await acts.read(set_id)
        item = await acts.mend(set_id, row, order_of_item(order, made.user_id))
        return JsonAnswer(to_json(schemas.set_item(made, item)), HTTPStatus.ACCEPTED)

    return routes
