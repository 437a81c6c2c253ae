"""Answers that are files of lessons: chosen by what a request takes, tagged by what they hold."""

import asyncio
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from fastapi import Query, Request

from pathshala_api.answers import JsonAnswer, Pairs, tagged
from pathshala_api.paper import html
from pathshala_api.paper.files import SLOW, file_of, how_to_install, is_installed, packed_lessons
from pathshala_api.paper.formats import LessonFormat, accepted
from pathshala_api.paper.stamp import FORM, Sheet
from pathshala_api.problems import ProblemError
from pathshala_api.schemas import View
from pathshala_common.contract.ports.store import StoredLesson
from pathshala_common.logs import get_logger

log = get_logger()

Written = TypeVar("Written")

WRITTEN_AT_ONCE_MAX = 2
"""Slow files that are written side by side; others wait for their turn."""

VARY: Pairs = ((b"vary", b"Accept"),)
SHOWN = frozenset({LessonFormat.HTML, LessonFormat.MARKDOWN})
"""Formats that a browser shows; others it is told to save."""

TEXTS = frozenset({LessonFormat.HTML, LessonFormat.MARKDOWN, LessonFormat.GIFT})

ChosenFormat = Annotated[
    LessonFormat | None,
    Query(alias="format", description="The format of the answer, whatever `Accept` says. Without both it is JSON."),
]
ChosenSheet = Annotated[
    Sheet | None,
    Query(description="The sheets of a file, both if none is named. In JSON, and for pupils, it is of no account."),
]
FILES = tuple(one for one in LessonFormat if one is not LessonFormat.JSON)
PACKS = (LessonFormat.CARTRIDGE, LessonFormat.GIFT)
"""The formats that several lessons can be had in."""


def described(formats: Sequence[LessonFormat]) -> dict[str, Any]:
    """Describe the media types of answers that are files."""
    names = {one: "LessonText" if one in TEXTS else "LessonFile" for one in formats}
    return {one.media_type: {"schema": {"$ref": f"#/components/schemas/{name}"}} for one, name in names.items()}


class Exporter:
    """Answers with files. One for a process, since it bounds how many are written at once."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(WRITTEN_AT_ONCE_MAX)

    async def answer(
        self, stored: StoredLesson, wanted: LessonFormat, sheet: Sheet, if_none_match: str | None, cache_control: bytes
    ) -> JsonAnswer:
        """Answer with a lesson, or that it is unchanged. Raises ProblemError if the house cannot write the format."""
        tag = f'"{stored.sha256[:32]}-{wanted}-{sheet}-{FORM}"'
        known = tagged(b"", tag, VARY, cache_control=cache_control)
        if if_none_match and known.has(if_none_match):
            return known.unchanged
        body = await self._written(stored, wanted, sheet)
        lesson = stored.lesson
        headers = [*known.whole.raw_headers, *_about(wanted, f"{lesson.topic}-{lesson.version}")]
        return JsonAnswer(body, headers=headers, media_type=_content_type(wanted))

    async def pack(self, wanted: LessonFormat, lessons: Sequence[StoredLesson], title: str) -> JsonAnswer:
        """Answer with several lessons in one file."""
        body = await self.written(lambda: packed_lessons(wanted, lessons, title))
        return JsonAnswer(body, headers=_about(wanted, title), media_type=_content_type(wanted))

    async def written(self, write: Callable[[], Written]) -> Written:
        """Write something slow in a thread, when it is its turn."""
        async with self._turns:
            return await asyncio.to_thread(write)

    async def _written(self, stored: StoredLesson, wanted: LessonFormat, sheet: Sheet) -> bytes:
        if wanted not in SLOW:
            return file_of(stored, wanted, sheet)
        try:
            async with self._turns:
                return await asyncio.to_thread(file_of, stored, wanted, sheet)
        except (ImportError, OSError) as error:
            log.warning("a format cannot be written", format=wanted.value, reason=str(error))
            raise _not_installed(wanted) from error


def wanted_format(request: Request, chosen: LessonFormat | None, view: View) -> LessonFormat:
    """Give the format that a request means. Raises ProblemError, 406, for one that cannot be had.

    To pupils none is given that has answers.
    """
    fitting = [one for one in LessonFormat if view is View.TEACHER or not one.has_answers]
    offered = [one for one in fitting if is_installed(one)]
    if chosen is not None:
        found = chosen if chosen in fitting else None
    else:
        header = ",".join(request.headers.getlist("accept"))
        found = accepted(header, offered) or accepted(header, fitting)
    if found is None:
        raise _not_acceptable(offered)
    if found not in offered:
        raise _not_installed(found)
    return found


def wanted_sheet(sheet: Sheet | None, view: View) -> Sheet:
    """Give the sheets that a request means: to pupils, theirs alone."""
    return Sheet.PUPIL if view is View.PUPIL else sheet or Sheet.BOTH


def _not_acceptable(offered: Sequence[LessonFormat]) -> ProblemError:
    formats = {one.value: one.media_type for one in offered}
    detail = f"There is no such format. Ask for one of these by Accept or ?format=: {', '.join(formats.values())}."
    return ProblemError(
        HTTPStatus.NOT_ACCEPTABLE, "not_acceptable", detail, headers={"Vary": "Accept"}, formats=formats
    )


def _not_installed(wanted: LessonFormat) -> ProblemError:
    detail = f"This house cannot write {wanted.value} yet. To have it: {how_to_install(wanted)}."
    return ProblemError(HTTPStatus.NOT_ACCEPTABLE, "format_not_installed", detail, headers={"Vary": "Accept"})


def _content_type(wanted: LessonFormat) -> bytes:
    return f"{wanted.media_type}{'; charset=utf-8' if wanted in TEXTS else ''}".encode()


def _about(wanted: LessonFormat, name: str) -> Pairs:
    """Name the file, and say what a browser may do with it."""
    file = f"{name.replace('/', '-')}.{wanted.value}"
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-._ ") else "_" for sign in file)
    way = "inline" if wanted in SHOWN else "attachment"
    said = f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(file, safe='')}".encode()
    policy = [(b"content-security-policy", f"{html.policy()}; frame-ancestors 'none'".encode())]
    return [(b"content-disposition", said), *(policy if wanted is LessonFormat.HTML else [])]
