"""Versions that people make of others: edited, looked at by the checks first, rolled back, and compared."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from pathshala_api import schemas, version_schemas
from pathshala_api.access import Access, Caller, CallerOf, guarded_router, needs
from pathshala_api.answers import ETAG, JsonAnswer
from pathshala_api.diffing import changes
from pathshala_api.editing import edited, overrulings
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.rates import Rates
from pathshala_api.routes.asking import IdempotencyKey
from pathshala_api.routes.choosing import Chosen, KeptLessons, Version
from pathshala_api.routes.making import Making
from pathshala_api.routes.matching import IfMatch, matched
from pathshala_api.routes.whose import user_of
from pathshala_api.versions import Versions
from pathshala_common.contract.lesson import Derivation, HowMade
from pathshala_common.contract.ports.clock import Clock

CHECKS_PER_MINUTE = 120
"""Drafts that a caller may have checked, at each replica."""
NOBODY = "nobody"
"""Stands for the user of a draft, which no check asks for."""

NO_LESSON = ("invalid_request", "invalid_version", "lesson_not_found", "edition_not_found", "version_not_found")
LOCATION: dict[str, Any] = {"description": "Where the version is.", "schema": {"type": "string"}}
NEW_VERSION: dict[str, Any] = {"description": "The new version", "headers": {"ETag": ETAG, "Location": LOCATION}}
MADE: dict[int | str, dict[str, Any]] = {
    201: NEW_VERSION,
    **refusals(
        *NO_LESSON, "wrong_user", "idempotency_key_reused", "version_changed", "if_match_required", "maybe_accepted"
    ),
}

Before = Annotated[schemas.VersionText, Query(alias="from", description="The one version.")]
After = Annotated[schemas.VersionText, Query(alias="to", description="The other version.")]


def router(lessons: KeptLessons, versions: Versions, clock: Clock) -> APIRouter:
    """The paths that make versions of others."""
    routes = guarded_router(tags=["versions"], dependencies=[needs(Access.TEACHER)])
    rates, making = Rates(clock, CHECKS_PER_MINUTE), Making(lessons, versions)

    @routes.post(
        "/lessons/versions", status_code=HTTPStatus.CREATED, response_model=schemas.ChangedVersion, responses=MADE
    )
    async def create_version(
        edit: version_schemas.VersionEdit,
        choice: Chosen,
        caller: CallerOf,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Edit the newest version of an edition by hand: a new version, which says who made it of which.

        All checks run, and what they find is shown with the version; it forbids nothing. If another version was stored
        since the one that If-Match names, nothing is stored, and the answer says what changed.
        """
        user_id, overruled = user_of(caller, edit.user_id), overrulings(edit.overruled)
        base = await matched(lessons, choice, if_match)
        content = edited(base.version.content, edit.changes)
        derivation = Derivation(how=HowMade.EDITED, revision=base.version.revision, note=edit.note)
        return await making.make(base, content, derivation, overruled, user_id=user_id, key=idempotency_key)

    @routes.post(
        "/lessons/rollback", status_code=HTTPStatus.CREATED, response_model=schemas.ChangedVersion, responses=MADE
    )
    async def roll_back_lesson(
        order: version_schemas.RollBack,
        choice: Chosen,
        caller: CallerOf,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Go back to the content of an earlier version, by a new version that says so. None is taken away."""
        user_id, overruled = user_of(caller, order.user_id), overrulings(order.overruled)
        base = await matched(lessons, choice, if_match)
        earlier = await making.version(choice, base.newest.edition, order.version)
        derivation = Derivation(how=HowMade.ROLLED_BACK, revision=earlier.revision, note=order.note)
        return await making.make(base, earlier.content, derivation, overruled, user_id=user_id, key=idempotency_key)

    @routes.post(
        "/lessons/check",
        status_code=HTTPStatus.OK,
        response_model=version_schemas.CheckedDraft,
        responses=refusals(*NO_LESSON, "too_many_checks"),
    )
    async def check_draft(
        draft: version_schemas.DraftEdit, choice: Chosen, caller: CallerOf, version: Version = None
    ) -> Response:
        """Tell what the checks find in an edit while it is being made. Nothing is kept, and no version made."""
        _count(caller, rates)
        head, _ = await choice.head(lessons)
        base = await making.version(choice, head.edition, version)
        content = edited(base.content, draft.changes)
        derivation = Derivation(how=HowMade.EDITED, revision=base.revision)
        request = versions.request(base, caller.user_id or NOBODY, derivation)
        checked = version_schemas.checked_draft(base, *await making.judged(content, request))
        return JsonAnswer(checked.model_dump_json().encode())

    @routes.get(
        "/lessons/diff",
        response_model=version_schemas.VersionDiff,
        responses=refusals(*NO_LESSON),
        dependencies=[needs(Access.KEY)],
    )
    async def diff_versions(choice: Chosen, before: Before, after: After) -> Response:
        """Compare two versions of an edition field by field: texts by words, lists by items."""
        head, _ = await choice.head(lessons)
        one, other = [await making.version(choice, head.edition, version) for version in (before, after)]
        found = await asyncio.to_thread(changes, one.content, other.content)
        told = version_schemas.VersionDiff(before=one.version, after=other.version, changes=found)
        return JsonAnswer(told.model_dump_json().encode())

    return routes


def _count(caller: Caller, rates: Rates) -> None:
    rate = rates.count(caller.key_id or NOBODY)
    if not rate.allowed:
        detail = f"You may have {rates.per_minute} drafts checked a minute. Try again in {rate.seconds} s."
        again = {"Retry-After": str(rate.seconds)}
        raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "too_many_checks", detail, headers=again)
