"""Editions: which lessons there are, in which languages and for which levels."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from pathshala_api import schemas
from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.answers import JsonAnswer
from pathshala_api.problem_descriptions import refusals
from pathshala_api.routes.choosing import ChosenLanguage, ChosenLevel
from pathshala_api.routes.pages import Cursor, cursor_of, read_cursor
from pathshala_common.contract.lesson import NAME_LENGTH_MAX
from pathshala_common.contract.ports.store import Editions, EditionSearch

EDITIONS_PAGE_SIZE = 100

Words = Annotated[
    str,
    Query(
        max_length=NAME_LENGTH_MAX,
        description="Whole words that all stand in subject, topic or title. Case and accents do not count.",
        examples=["water cycle"],
    ),
]
EditionsLimit = Annotated[int, Query(ge=1, le=EDITIONS_PAGE_SIZE, description="Most editions on a page.")]


def router(editions: Editions) -> APIRouter:
    """The path that lists what there is to read."""
    routes = guarded_router(tags=["lessons"], dependencies=[needs(Access.KEY)])

    @routes.get("/lessons", response_model=schemas.EditionList, responses=refusals("invalid_request", "invalid_cursor"))
    async def list_editions(
        words: Words = "",
        language: ChosenLanguage = None,
        level: ChosenLevel = None,
        limit: EditionsLimit = EDITIONS_PAGE_SIZE,
        cursor: Cursor = None,
    ) -> Response:
        """List and search the editions of all lessons, the one whose newest version is the newest first."""
        after = read_cursor(cursor) if cursor else None
        found = await editions.editions(EditionSearch(limit + 1, words, language, level, after))
        shown = [one.newest for one in found[:limit]]
        listed = schemas.EditionList(
            editions=[schemas.listed_entry(one) for one in found[:limit]],
            next_cursor=cursor_of(shown[-1].created_at, shown[-1].task_id) if len(found) > limit else None,
        )
        return JsonAnswer(listed.model_dump_json().encode())

    return routes
