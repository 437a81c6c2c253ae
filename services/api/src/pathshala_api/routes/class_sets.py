"""Class sets: one order for many lessons, and one address to watch."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic_core import to_json

from pathshala_api import class_set_schemas as schemas
from pathshala_api.access import Access, CallerOf, guarded_router, needs
from pathshala_api.answers import ETAG, NOT_CHANGED, IfNoneMatch, JsonAnswer
from pathshala_api.class_sets.acts import SetActs
from pathshala_api.problem_descriptions import refusals
from pathshala_api.routes.asking import IdempotencyKey
from pathshala_api.routes.class_set_orders import BODY, CSV, order_of_json, order_of_table, user_of_table
from pathshala_api.routes.class_set_polls import SetPolls
from pathshala_api.routes.pages import PAGE_SIZE, Cursor, PageLimit, cursor_of, read_cursor
from pathshala_api.routes.status import APPLIED, Prefer
from pathshala_api.routes.tasks import OfUser
from pathshala_api.routes.whose import whose
from pathshala_common.contract.lesson import Name

POLL_SECONDS = 5

SET_ACCEPTED: dict[str, Any] = {
    "description": "Accepted for good; watch the set",
    "headers": {
        "Location": {"description": "Where the set is.", "schema": {"type": "string"}},
        "Retry-After": {"description": "Seconds to wait before the first poll.", "schema": {"type": "integer"}},
    },
}
SHOWN: dict[str, Any] = {
    "description": "How the set stands, row by row",
    "headers": {"ETag": ETAG, "Preference-Applied": APPLIED},
}
TitleOfTable = Annotated[Name | None, Query(description="What to call it, if the body is a table.")]
CallsOfTable = Annotated[
    schemas.CallsMaxAsked | None, Query(description=f"If the body is a table. {schemas.CALLS_MAX}")
]
CostOfTable = Annotated[schemas.CostMaxAsked | None, Query(description=f"If the body is a table. {schemas.COST_MAX}")]
UserOfTable = Annotated[
    Name | None, Query(description="Who asks, if the body is a table; the key's user if it is left out.")
]


def router(acts: SetActs, polls: SetPolls) -> APIRouter:
    """The paths by which class sets are ordered and watched."""
    routes = guarded_router(tags=["class sets"], dependencies=[needs(Access.OWNER)])

    @routes.post(
        "/class-sets",
        status_code=HTTPStatus.ACCEPTED,
        response_model=schemas.ClassSetAccepted,
        responses={
            202: SET_ACCEPTED,
            **refusals(
                "invalid_request",
                "ceiling_reached",
                "wrong_user",
                "idempotency_key_reused",
                "too_many_class_sets",
                "store_unavailable",
                "maybe_accepted",
            ),
        },
        openapi_extra=BODY,
        dependencies=[needs(Access.TEACHER)],
    )
    async def create_class_set(
        request: Request,
        caller: CallerOf,
        user_id: UserOfTable = None,
        title: TitleOfTable = None,
        calls_max: CallsOfTable = None,
        cost_max: CostOfTable = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Order many lessons at once, as JSON or as a table. What cannot be ordered of it harms nothing else."""
        body = await request.body()
        if request.headers.get("content-type", "").partition(";")[0].strip().casefold() == CSV:
            ceilings = (calls_max, cost_max)
            wanted, warnings = order_of_table(body, user_of_table(caller, user_id), title, ceilings)
        else:
            wanted, warnings = order_of_json(body)
        whose(caller, wanted.user_id)
        made = await acts.order(wanted, idempotency_key)
        headers = ((b"location", schemas.set_url(made.set_id).encode()), (b"retry-after", b"%d" % POLL_SECONDS))
        return JsonAnswer(schemas.set_accepted(made, warnings), HTTPStatus.ACCEPTED, headers)

    @routes.get(
        "/class-sets",
        response_model=schemas.ClassSetList,
        responses=refusals("invalid_request", "invalid_cursor", "wrong_user"),
        dependencies=[needs(Access.KEY)],
    )
    async def list_class_sets(
        caller: CallerOf, user_id: OfUser = None, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
    ) -> Response:
        """List class sets, newest first: those of the key's user, or of everybody for an operator."""
        after = read_cursor(cursor) if cursor else None
        found = await acts.store.class_sets(whose(caller, user_id), since=acts.since, limit=limit + 1, after=after)
        shown = found[:limit]
        more = cursor_of(shown[-1].requested_at, shown[-1].set_id) if len(found) > limit else None
        return JsonAnswer(to_json({"class_sets": [schemas.set_head(one) for one in shown], "next_cursor": more}))

    @routes.get(
        "/class-sets/{set_id}",
        response_model=schemas.ClassSetStatus,
        responses={200: SHOWN, 304: NOT_CHANGED, **refusals("class_set_not_found")},
    )
    async def get_class_set(
        set_id: schemas.SetId, caller: CallerOf, if_none_match: IfNoneMatch = None, prefer: Prefer = None
    ) -> Response:
        """Tell how a class set stands, row by row; it is known for longer than its tasks."""
        return await polls.answer(set_id, if_none_match, prefer, caller)

    return routes
