"""Editions: which lessons there are, in which languages and for which levels."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response

from pathshala_api import schemas
from pathshala_api.access import Access, guarded_router, needs
from pathshala_api.answers import JsonAnswer
from pathshala_api.problem_descriptions import refusals
from pathshala_api.reviews import Reviews
from pathshala_api.routes.approved import Approved, approved_page
from pathshala_api.routes.choosing import ChosenLanguage, ChosenLevel, KeptLessons
from pathshala_api.routes.pages import Cursor, cursor_of, read_cursor
from pathshala_common.contract.lesson import NAME_LENGTH_MAX
from pathshala_common.contract.ports.store import EditionSearch

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


def router(lessons: KeptLessons, reviews: Reviews) -> APIRouter:
    """The path that lists what there is to read."""
    routes = guarded_router(tags=["lessons"], dependencies=[needs(Access.KEY)])

    @routes.get("/lessons", response_model=schemas.EditionList, responses=refusals("invalid_request", "invalid_cursor"))
    async def list_editions(
        *,
        words: Words = "",
        language: ChosenLanguage = None,
        level: ChosenLevel = None,
        approved: Approved = False,
        limit: EditionsLimit = EDITIONS_PAGE_SIZE,
        cursor: Cursor = None,
    ) -> Response:
        """List and search the editions of all lessons, the one whose newest version is the newest first.

        With `approved`, only those of which a version is approved, each with the newest of these; a page may be short
        of its limit and have another one behind it.
        """
        search = EditionSearch(limit, words, language, level, read_cursor(cursor) if cursor else None)
        if approved:
            found, last = await approved_page(lessons, reviews, search)
        else:
            seen = await lessons.editions(replace(search, limit=limit + 1))
            found, last = seen[:limit], seen[limit - 1].newest if len(seen) > limit else None
        listed = schemas.EditionList(
            editions=[schemas.listed_entry(one) for one in found],
            next_cursor=cursor_of(last.created_at, last.task_id) if last else None,
        )
        return JsonAnswer(listed.model_dump_json().encode())

    return routes
