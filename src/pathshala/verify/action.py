"""Compares a file with the lessons that its stamps name, as the log or a running house has them."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, TypedDict
from urllib.parse import urlsplit

from pydantic import ValidationError

from pathshala.exits import FAILED, MISUSED, stop
from pathshala.surroundings import web
from pathshala.terminal import say, say_json
from pathshala_api.paper.lesson_file import FILE_SIZE_MAX_BYTES, LessonFile, NoLessonFileError, opened
from pathshala_api.paper.verifying import Difference, first_difference
from pathshala_common.contract.errors import SettingsError
from pathshala_common.contract.lesson import Lesson, LessonContent, revision_of
from pathshala_common.contract.ports.store import StoredLesson, legible, stored_lesson
from pathshala_common.runtime import reading, telemetry
from pathshala_common.runtime.settings import Settings

KEY = "PATHSHALA_KEY"
"""The environment variable with the access key for a running house, since a command line is seen by others."""


class VerifiedFile(TypedDict):
    """The file of a lesson, compared with the log."""

    verified: Annotated[bool, "Whether it is what the log holds."]
    format: Annotated[str, "Its kind."]
    whole: Annotated[bool, "Whether all of it was compared; else the lesson's texts were, of another version's file."]
    lessons: Annotated[list[dict[str, str]], "The lessons that it names, each by `task_id` and `event_id`."]
    difference: Annotated[dict[str, Any] | None, "The first place that differs: `field`, `place`, `expected`, `found`."]


def verify(file: Path, url: str | None, *, as_json: bool) -> int:
    """Say whether it is what the log holds. Returns the exit code. Raises SettingsError or StoreUnavailable."""
    telemetry.configure("error", "text")
    content = _read(file)
    try:
        read = opened(content)
    except NoLessonFileError as error:
        stop(MISUSED, f"pathshala: {file}: {error}")
    lessons = asyncio.run(_from_house(read, url) if url is not None else _from_log(read))
    difference = first_difference(read, lessons)
    if as_json:
        say_json(_told(read, difference))
    else:
        _say(file, read, lessons, difference)
    return FAILED if difference else 0


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as readable:
            content = readable.read(FILE_SIZE_MAX_BYTES + 1)
    except OSError as error:
        stop(MISUSED, f"pathshala: {file}: {error.strerror}")
    if len(content) > FILE_SIZE_MAX_BYTES:
        stop(MISUSED, f"pathshala: {file}: too large, at most {FILE_SIZE_MAX_BYTES} bytes")
    return content


async def _from_log(file: LessonFile) -> Sequence[StoredLesson]:
    """Find the lessons in the log of the store that the settings name."""
    log, found = reading.log(Settings.load()), list[StoredLesson]()
    await log.open()
    try:
        for stamp in file.stamps:
            kept = [stored_lesson(one.envelope) for one in legible(await log.task(stamp.task_id))]
            stored = [one for one in kept if one is not None]
            if not stored:
                stop(FAILED, f"The log has no lesson of task {stamp.task_id}, which the file names.")
            found.append(next((one for one in stored if one.event_id == stamp.event_id), stored[0]))
    finally:
        await log.close()
    return found


async def _from_house(file: LessonFile, url: str) -> Sequence[StoredLesson]:
    """Ask a running house for the lessons, by the addresses in the stamps."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise SettingsError("--url must be the http or https address of a house")
    key = os.environ.get(KEY)
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    found = []
    for stamp in file.stamps:
        try:
            answer = await web.get(f"{url.rstrip('/')}{stamp.address}", headers)
        except web.FAILURES as error:
            stop(FAILED, f"The house at {url} cannot be reached: {type(error).__name__}.")
        told = web.object_in(answer)
        if answer.status != HTTPStatus.OK:
            stop(FAILED, f"The house answered {answer.status}: {told.get('detail', 'no reason')}")
        try:
            found.append(_lesson(told))
        except (ValidationError, KeyError, TypeError):
            stop(FAILED, f"What answers at {url} is no house, or one of another version.")
    return found


def _lesson(told: web.Object) -> StoredLesson:
    made_of = told.get("made_of")
    lesson = Lesson(
        **{name: told[name] for name in ("subject", "topic", "language", "level", "task_id", "created_at")},
        revision=revision_of(told["version"]) or 0,
        made_by=told.get("made_by"),
        derivation={**made_of, "revision": revision_of(made_of["version"])} if made_of else None,
        examined=told.get("examined"),
        content=LessonContent.model_validate(told),
    )
    return StoredLesson(lesson, told["stored"]["event_id"], told["stored"]["sha256"])


def _told(file: LessonFile, difference: Difference | None) -> VerifiedFile:
    return {
        "verified": difference is None,
        "format": file.format.value,
        "whole": file.is_of_this_form,
        "lessons": [{"task_id": stamp.task_id, "event_id": stamp.event_id} for stamp in file.stamps],
        "difference": asdict(difference) if difference else None,
    }


def _say(file: Path, read: LessonFile, lessons: Sequence[StoredLesson], difference: Difference | None) -> None:
    if difference is not None:
        say(("NOT what the log holds", "bold red"), f": {file}")
        say(f"  field   {difference.field}")
        say(f"  place   {difference.place}")
        say(f"  log     {difference.expected}")
        say(f"  file    {difference.found}")
        return
    say(("It is what the log holds", "bold green"), f": {file}")
    for stored in lessons:
        lesson = stored.lesson
        say(f"  {lesson.subject}/{lesson.topic} {lesson.version}, task {lesson.task_id}, SHA-256 {stored.sha256}")
    if not read.is_of_this_form:
        say("  Another version wrote the file: each text of the lesson stands in it; what is around was not compared.")
