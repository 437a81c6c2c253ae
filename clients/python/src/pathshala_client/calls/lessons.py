"""The calls about lessons: found, read, proven, and had as files."""

import re
from dataclasses import dataclass, replace
from typing import Literal, TypedDict, Unpack
from urllib.parse import unquote

from pathshala_client.asking import asked, change, get, json_of, segment
from pathshala_client.bodies.content import ChangedVersion, LessonVersion, Level, PupilVersion
from pathshala_client.bodies.lessons import EditionList, LessonProof, ListedEntry, PackOrder, VersionEntry, VersionList
from pathshala_client.steps import Answer, Call, Flow, Request, Tell

FILE_TIMEOUT_SECONDS = 120.0
"""Some files are slow to write, and wait for their turn."""

NAME = re.compile(r"filename\*=UTF-8''([^;]+)|filename=\"([^\"]+)\"", re.IGNORECASE)
FileFormat = Literal["html", "md", "gift", "imscc", "docx", "pdf"]
Sheet = Literal["pupil", "teacher", "both"]


@dataclass(frozen=True, slots=True)
class LessonFile:
    """A file: a name that it may be saved by, its media type, and its bytes."""

    name: str
    media_type: str
    content: bytes


class Edition(TypedDict, total=False):
    """As much of an edition as is meant; the one that was stored last of those that match is taken."""

    language: str
    level: Level


class Version(Edition, total=False):
    """The same, and one of its versions; the newest if none is named."""

    version: str


class LessonSearch(Edition, total=False):
    """The editions that are meant: with these words in subject, topic or title, or with an approved version."""

    words: str
    approved: bool


def lessons(
    *, limit: int | None = None, cursor: str | None = None, **search: Unpack[LessonSearch]
) -> Call[EditionList]:
    """Read a page of the editions of all lessons, newest first."""
    page: EditionList = yield from json_of(get("/lessons", limit=limit, cursor=cursor, **search))
    return page


def each_lesson(**search: Unpack[LessonSearch]) -> Flow[ListedEntry]:
    """Tell of all editions that match, newest first, page by page."""
    cursor = None
    while True:
        page = yield from lessons(cursor=cursor, **search)
        for entry in page["editions"]:
            yield Tell(entry)
        cursor = page["next_cursor"]
        if cursor is None:
            return


def lesson(
    subject: str, topic: str, *, approved: bool = False, **which: Unpack[Version]
) -> Call[LessonVersion | ChangedVersion]:
    """Read a lesson as teachers see it: the newest, a version, or with `approved` the newest that is approved."""
    found: LessonVersion = yield from json_of(get(path_of(subject, topic), approved=approved or None, **which))
    return found


def pupil_lesson(subject: str, topic: str, *, approved: bool = False, **which: Unpack[Version]) -> Call[PupilVersion]:
    """Read a lesson as pupils see it: without any answer."""
    found: PupilVersion = yield from json_of(
        get(path_of(subject, topic), approved=approved or None, view="pupil", **which)
    )
    return found


def proof(subject: str, topic: str, **which: Unpack[Version]) -> Call[LessonProof]:
    """Read for each number in brackets the place of its quote in the article, and the article's text."""
    found: LessonProof = yield from json_of(get("/lessons/proof", subject=subject, topic=topic, **which))
    return found


def export(
    subject: str,
    topic: str,
    format: FileFormat,  # noqa: A002 - as the API calls it
    *,
    sheet: Sheet | None = None,
    **which: Unpack[Version],
) -> Call[LessonFile]:
    """Read a lesson as a file, for pupils, for teachers, or with both sheets."""
    return (yield from file_of(get(path_of(subject, topic), format=format, sheet=sheet, **which)))


def pack(**order: Unpack[PackOrder]) -> Call[LessonFile]:
    """Read several lessons as one file: a Common Cartridge, or GIFT."""
    return (yield from file_of(change("POST", "/lessons/pack", body=order)))


def versions(
    subject: str, topic: str, *, limit: int | None = None, before: str | None = None, **which: Unpack[Edition]
) -> Call[VersionList]:
    """Read a page of the versions of an edition, newest first: who made each, of which, why, and what is said of it."""
    page: VersionList = yield from json_of(
        get("/lessons/versions", subject=subject, topic=topic, limit=limit, before=before, **which)
    )
    return page


def each_version(subject: str, topic: str, **which: Unpack[Edition]) -> Flow[VersionEntry]:
    """Tell of all versions of an edition, newest first, page by page."""
    page = yield from versions(subject, topic, **which)
    edition: Edition = {"language": page["language"], "level": page["level"]}
    while True:
        for entry in page["versions"]:
            yield Tell(entry)
        if page["next_before"] is None:
            return
        page = yield from versions(subject, topic, before=page["next_before"], **edition)


def file_of(request: Request) -> Call[LessonFile]:
    """Send a request whose answer is a file."""
    answer = yield from asked(replace(request, timeout_seconds=FILE_TIMEOUT_SECONDS))
    media_type = answer.headers.get("content-type", "application/octet-stream").partition(";")[0]
    return LessonFile(_name(answer), media_type, answer.body)


def _name(answer: Answer) -> str:
    found = NAME.search(answer.headers.get("content-disposition", ""))
    if found is None:
        return "lesson"
    return unquote(found[1]) if found[1] else found[2]


def path_of(subject: str, topic: str) -> str:
    """The address of a lesson."""
    return f"/lessons/{segment(subject)}/{segment(topic)}"
