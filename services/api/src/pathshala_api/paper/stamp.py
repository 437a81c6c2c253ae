"""The stamp in a file: which lesson it is, and what names the bytes that keep it, so that the file can be verified."""

import re
from enum import StrEnum
from html import unescape
from typing import NamedTuple, Self

from pathshala_common.contract.ports.store import StoredLesson
from pathshala_common.contract.task_status import lesson_url

FORM = 2
"""Goes up with each change of what a file of the same lesson holds: files of one form compare byte by byte."""


class Sheet(StrEnum):
    """The sheets of a lesson: the pupil's has no answers, the teacher's has them and all that proves them."""

    PUPIL = "pupil"
    TEACHER = "teacher"
    BOTH = "both"


class Stamp(NamedTuple):
    """The stamp of a file. `address` is where a house has this version of the lesson."""

    form: int
    sheet: Sheet
    task_id: str
    event_id: str
    sha256: str
    address: str

    @property
    def text(self) -> str:
        """The stamp as it stands in a file, but for what markup has to escape: in ASCII, on one line."""
        return (
            f"pathshala-file:{self.form} sheet={self.sheet} task={self.task_id} event={self.event_id} "
            f"sha256={self.sha256} at={self.address}"
        )

    @classmethod
    def of(cls, stored: StoredLesson, sheet: Sheet) -> Self:
        """Make the stamp of a file with these sheets of a lesson."""
        lesson = stored.lesson
        address = lesson_url(lesson, lesson.revision)
        return cls(FORM, sheet, lesson.task_id, stored.event_id, stored.sha256, address)


_STAMP = re.compile(
    r"pathshala-file:(?P<form>[0-9]{1,6}) sheet=(?P<sheet>pupil|teacher|both) task=(?P<task>[A-Za-z0-9-]{1,64}) "
    r"event=(?P<event>[^\s<>\"]{1,64}) sha256=(?P<sha256>[0-9a-f]{64}) at=(?P<address>/lessons/[^\s<>\"]{1,4000})"
)


def stamps_in(text: str) -> list[Stamp]:
    """Find the stamps in a file, in their order."""
    return [
        Stamp(
            int(found["form"]),
            Sheet(found["sheet"]),
            found["task"],
            unescape(found["event"]),
            found["sha256"],
            unescape(found["address"]),
        )
        for found in _STAMP.finditer(text)
    ]
