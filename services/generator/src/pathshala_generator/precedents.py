"""Precedents: titles and openings of an edition's earlier revisions, not to be repeated. Help, and never a gate."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence

from pathshala_common.contract.errors import Unavailable
from pathshala_common.contract.lesson import Lesson, LessonRequest, Precedent, primary_language
from pathshala_common.contract.ports.store import Lessons

COUNT_MAX = 3
REVISIONS_READ_MAX = 12
OPENING_LENGTH_MAX = 300
WAIT_SECONDS = 1.0
"""Longer than a store that is well takes; a lesson is not kept waiting for one that is not."""

REFERENCE = re.compile(r" \[\d+\]")

Precedents = Callable[[LessonRequest], Awaitable[Sequence[Precedent]]]


async def no_precedents(_request: LessonRequest) -> Sequence[Precedent]:
    """Know of none."""
    return ()


def of_store(lessons: Lessons) -> Precedents:
    """Know what the store has."""

    async def precedents(request: LessonRequest) -> Sequence[Precedent]:
        """Give the newest of the edition, those in its language. Raises StoreUnavailable."""
        revisions = await lessons.revisions(request.edition, limit=REVISIONS_READ_MAX)
        alike = [
            one for one in revisions if primary_language(one.content.language) == primary_language(request.language)
        ]
        return tuple(map(_precedent, alike[:COUNT_MAX]))

    return precedents


async def recalled(precedents: Precedents, request: LessonRequest) -> tuple[Precedent, ...]:
    """Ask, and go on without if there is no answer in time."""
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            return tuple(await precedents(request))
    except (TimeoutError, Unavailable):
        return ()


def _precedent(lesson: Lesson) -> Precedent:
    opening = REFERENCE.sub("", lesson.content.explanation.partition("\n\n")[0])
    return Precedent(title=lesson.content.title, opening=opening[:OPENING_LENGTH_MAX])
