"""Access keys: given out, listed and revoked by operators, as the command line does."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic_core import to_json

from pathshala_api import access_schemas as schemas
from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.answers import JsonAnswer
from pathshala_api.keyring import Keyring
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_common.contract.access_key import new_access_key
from pathshala_common.contract.lesson import whole_milliseconds
from pathshala_common.contract.ports.clock import Clock

KEYS_PAGE_SIZE = 100

KeyId = Annotated[str, Path(description="The key's id, as it is listed.", max_length=100)]
AfterKey = Annotated[str, Query(description="Only keys behind this id: `next_after` of the page before.")]
KeysLimit = Annotated[int, Query(ge=1, le=KEYS_PAGE_SIZE, description="Most keys on a page.")]


def router(keyring: Keyring, clock: Clock) -> APIRouter:
    """The paths of keys."""
    routes = guarded_router(prefix="/operator/keys", tags=["keys"], dependencies=[needs(Access.OPERATOR)])

    @routes.post("", status_code=HTTPStatus.CREATED, response_model=schemas.NewKey)
    async def create_key(order: schemas.KeyOrder) -> Response:
        """Make an access key. Its text is in this answer alone: the house keeps its hash."""
        text, key = new_access_key(
            name=order.name,
            user_id=order.user_id,
            role=order.role,
            now=whole_milliseconds(clock.now()),
            expires_at=whole_milliseconds(order.expires_at) if order.expires_at else None,
        )
        await keyring.add(key)
        return JsonAnswer(to_json({**key.shown(), "key": text}), HTTPStatus.CREATED)

    @routes.get("", response_model=schemas.KeyList)
    async def list_keys(after: AfterKey = "", limit: KeysLimit = KEYS_PAGE_SIZE) -> Response:
        """List access keys, without their texts."""
        found = await keyring.page(after=after, limit=limit + 1)
        shown = found[:limit]
        next_after = shown[-1].key_id if len(found) > limit else None
        return JsonAnswer(to_json({"keys": [key.shown() for key in shown], "next_after": next_after}))

    @routes.delete("/{key_id}", status_code=HTTPStatus.NO_CONTENT, responses=refusals("key_not_found"))
    async def revoke_key(key_id: KeyId) -> Response:
        """Revoke an access key: it opens nothing any more, at every replica within 5 seconds. It stays listed."""
        if not await keyring.revoke(key_id):
            detail = "There is no such key. GET /operator/keys lists what there is."
            raise ProblemError(HTTPStatus.NOT_FOUND, "key_not_found", detail)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return routes
