"""The newest approved version: of a lesson, and of the editions in a list."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import Query

from pathshala_api.problems import ProblemError
from pathshala_api.reviews import Reviews
from pathshala_api.routes.choosing import EditionChoice, KeptLessons
from pathshala_common.contract.lesson import EditionKey, Lesson
from pathshala_common.contract.ports.store import EditionSearch, Lessons, ListedEdition, StoredLesson

LOOKED_AT_MAX = 1_000
"""Editions that one page looks at for approved ones; a page that has looked at so many may be short, and goes on."""

Approved = Annotated[
    bool, Query(description="Whether only versions count that a teacher approved: the newest of these is given.")
]

NOTHING_APPROVED = (
    "No version of this lesson is approved, or not this one. A teacher approves one with PUT /lessons/approval; "
    "leave approved out for the newest version."
)


async def newest_approved(
    lessons: KeptLessons, reviews: Reviews, choice: EditionChoice, revision: int | None = None
) -> StoredLesson:
    """Read the newest approved version of the editions that match, or this one, if it is. Raises ProblemError."""
    found = await approved_of(lessons, reviews, choice, revision)
    if found is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "nothing_approved", NOTHING_APPROVED)
    return found


async def approved_of(
    lessons: KeptLessons, reviews: Reviews, choice: EditionChoice, revision: int | None = None
) -> StoredLesson | None:
    """Read what `newest_approved` reads; None if no version is approved. Raises ProblemError if there is no lesson."""
    heads = await choice.heads(lessons)
    if revision is not None:
        heads = heads[:1]
    found = await asyncio.gather(*(approved_of_edition(lessons, reviews, head.edition, revision) for head in heads))
    approved = [stored for stored in found if stored is not None]
    return max(approved, key=lambda stored: stored.lesson.mark.serial, default=None)


async def approved_page(
    lessons: KeptLessons, reviews: Reviews, search: EditionSearch
) -> tuple[Sequence[ListedEdition], Lesson | None]:
    """Give a page of editions with an approved version, each with the newest of these, at most `search.limit`.

    Gives too behind which newest version the next page begins, if there may be one.
    """
    found: list[ListedEdition] = []
    last: Lesson | None = None
    looked_at = 0
    while len(found) < search.limit and looked_at < LOOKED_AT_MAX:
        after = (last.created_at, last.task_id) if last else search.after
        page = await lessons.editions(EditionSearch(search.limit, search.words, search.language, search.level, after))
        versions = await asyncio.gather(*(approved_of_edition(lessons, reviews, one.newest.edition) for one in page))
        for listed, approved in zip(page, versions, strict=True):
            if len(found) == search.limit:
                return found, last
            last = listed.newest
            if approved is not None:
                found.append(ListedEdition(approved.lesson, listed.versions))
        looked_at += len(page)
        if len(page) < search.limit:
            return found, None
    return found, last


async def approved_of_edition(
    lessons: Lessons, reviews: Reviews, edition: EditionKey, revision: int | None = None
) -> StoredLesson | None:
    """Read the newest approved version of an edition, or this one, if it is; None if there is none."""
    said = await reviews.of(edition)
    newest = said.approved if revision is None else revision
    return await lessons.stored(edition, newest) if newest is not None and said.of(newest).approval else None
