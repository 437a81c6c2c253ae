"""The pack of a class set: all its lessons in one file."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Response
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from pathshala_api import class_set_schemas as schemas
from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.class_sets.acts import SetActs
from pathshala_api.class_sets.packing import lessons_of, packed_set, title_of
from pathshala_api.class_sets.standing import SetStanding
from pathshala_api.exporting import PACKS, Exporter, described
from pathshala_api.paper.formats import LessonFormat
from pathshala_api.problem_descriptions import refusals
from pathshala_api.problems import ProblemError
from pathshala_api.reviews import Reviews
from pathshala_api.routes.approved import Approved, approved_of_edition
from pathshala_common.contract.lesson import EditionKey
from pathshala_common.contract.ports.store import Lessons, StoredLesson

CHUNK_BYTES = 65_536
ZIP = "application/zip"


class PackFormat(StrEnum):
    """The formats of a pack: everything on paper and for platforms, or one file for a platform."""

    ZIP = "zip"
    CARTRIDGE = "imscc"
    GIFT = "gift"


NONE_COMPLETED = "No lesson of this class set is completed yet, or none can be. GET /class-sets/{set_id} says why."
NONE_APPROVED = (
    "No lesson of this class set has an approved version. A teacher approves one with PUT /lessons/approval; leave "
    "approved out for the newest versions."
)

FILE: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/LessonFile"}}
PACK: dict[str, Any] = {"description": "The lessons in one file", "content": {ZIP: FILE, **described(PACKS)}}
ChosenPack = Annotated[
    PackFormat,
    Query(
        alias="format",
        description="`zip`: sheets, Markdown, GIFT and a Common Cartridge, a README; or one of them alone.",
    ),
]


def router(acts: SetActs, lessons: Lessons, reviews: Reviews, exporter: Exporter) -> APIRouter:
    """The path of packs."""
    routes = guarded_router(tags=["class sets"], dependencies=[needs(Access.OWNER)])

    @routes.get(
        "/class-sets/{set_id}/pack",
        response_class=Response,
        responses={200: PACK, **refusals("class_set_not_found", "nothing_to_pack")},
    )
    async def pack_class_set(
        set_id: schemas.SetId, wanted: ChosenPack = PackFormat.ZIP, *, approved: Approved = False
    ) -> Response:
        """Read all completed lessons of a class set as one file, each in its newest version.

        With `approved`, each is in the newest of the versions that a teacher approved. A README in the ZIP names what
        is missing, and why. While the set runs, that may be had later.
        """
        made = await acts.read(set_id)
        stands = await acts.standing(made)
        read = partial(approved_of_edition, lessons, reviews) if approved else lessons.stored
        found = await _read(read, stands)
        if not found:
            detail = NONE_APPROVED if approved else NONE_COMPLETED
            raise ProblemError(HTTPStatus.CONFLICT, "nothing_to_pack", detail)
        if wanted is not PackFormat.ZIP:
            return await exporter.pack(LessonFormat(wanted.value), list(found.values()), title_of(made))
        file = await exporter.written(lambda: packed_set(made, stands, found, approved=approved))
        return _streamed(file, f"class-set-{made.requested_at:%Y-%m-%d}.zip")

    return routes


async def _read(
    read: Callable[[EditionKey], Awaitable[StoredLesson | None]], stands: SetStanding
) -> dict[int, StoredLesson]:
    """Read one version of the edition of each row that has a lesson, if there is such a version."""
    orders = ((item.row.row, item.row.order) for item in lessons_of(stands))
    found = {row: await read(order.edition) for row, order in orders if order is not None}
    return {row: stored for row, stored in found.items() if stored is not None}


def _streamed(file: IO[bytes], name: str) -> Response:
    """Answer with a file, piece by piece, and close it then."""
    size = file.seek(0, 2)
    file.seek(0)
    headers = {"Content-Length": str(size), "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_pieces(file), headers=headers, media_type=ZIP, background=BackgroundTask(file.close))


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield piece
