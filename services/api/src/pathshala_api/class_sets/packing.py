"""The pack of a class set: the sheets of all its lessons in one ZIP, and a page that names what is missing and why.

It is written to a file that leaves memory when it grows. The same lessons are the same bytes.
"""

import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from typing import IO

from pathshala_api.class_sets.standing import Item, ItemStatus, SetStanding
from pathshala_api.paper.files import file_of, packed_lessons
from pathshala_api.paper.formats import LessonFormat
from pathshala_api.paper.markdown import plain
from pathshala_api.paper.packing import zip_entry
from pathshala_api.paper.stamp import Sheet
from pathshala_common.contract.class_set import ClassSet
from pathshala_common.contract.ports.store import StoredLesson
from pathshala_common.contract.task_status import moment

IN_MEMORY_MAX_BYTES = 4_194_304
README = "README.md"
PER_LESSON = (
    ("pupil.html", LessonFormat.HTML, Sheet.PUPIL),
    ("teacher.html", LessonFormat.HTML, Sheet.TEACHER),
    ("lesson.md", LessonFormat.MARKDOWN, Sheet.BOTH),
    ("questions.gift", LessonFormat.GIFT, Sheet.BOTH),
)
OF_ALL = (("all-questions.gift", LessonFormat.GIFT), ("all-lessons.imscc", LessonFormat.CARTRIDGE))
NAME_LENGTH_MAX = 60
APPROVE_ONE = "have a teacher approve one, or ask for the pack without `approved`"

Packed = Mapping[int, StoredLesson]
"""The lessons of a set, by the numbers of their rows."""


def title_of(made: ClassSet) -> str:
    """Name a set."""
    return made.title or f"Class set of {made.requested_at:%Y-%m-%d}"


def packed_set(made: ClassSet, stands: SetStanding, lessons: Packed, *, approved: bool = False) -> IO[bytes]:
    """Write the pack; its README says whether of approved versions alone.

    The caller closes the file, which stands at its beginning.
    """
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_MAX_BYTES)  # noqa: SIM115 - the caller's
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zip_entry(README), readme(made, stands, lessons, approved=approved))
            for row, stored in lessons.items():
                for name, wanted, sheet in PER_LESSON:
                    archive.writestr(zip_entry(f"{folder(row, stored)}/{name}"), file_of(stored, wanted, sheet))
            for name, wanted in OF_ALL if lessons else ():
                archive.writestr(zip_entry(name), packed_lessons(wanted, list(lessons.values()), title_of(made)))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def folder(row: int, stored: StoredLesson) -> str:
    """Name the folder of a lesson by its row and topic, in signs that every system takes."""
    topic = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in stored.lesson.topic)
    return f"{row:03d}-{topic[:NAME_LENGTH_MAX]}"


def readme(made: ClassSet, stands: SetStanding, lessons: Packed, *, approved: bool = False) -> str:
    """Say what is in the pack, and what is not and why, with what would do instead."""
    missing = [item for item in stands.items if item.row.row not in lessons]
    lines = [
        f"# {plain(title_of(made))}",
        "",
        f"Ordered {moment(made.requested_at)}. It has {len(lessons)} of {len(stands.items)} lessons.",
        *(["Each is in the newest of its versions that a teacher approved."] if approved else []),
        "",
        "| row | lesson | version | folder |",
        "|---|---|---|---|",
        *(_line(row, stored) for row, stored in lessons.items()),
        "",
        "In each folder are the pupil's sheet, the teacher's sheet with the answers, both as Markdown, and the",
        f"questions for Moodle. {' and '.join(name for name, _ in OF_ALL)} have them all, for learning platforms.",
    ]
    if made.stop is not None:
        lines += ["", f"Not everything was ordered: {plain(made.stop.message)}"]
    if missing:
        lines += ["", "## Missing", "", "| row | lesson | why | what would do |", "|---|---|---|---|"]
        lines += [_missing(made, item, approved=approved) for item in missing]
    return "\n".join([*lines, ""])


def _line(row: int, stored: StoredLesson) -> str:
    lesson = stored.lesson
    return f"| {row} | {_cell(lesson.content.title)} | {lesson.version} | {_cell(folder(row, stored))} |"


def _missing(made: ClassSet, item: Item, *, approved: bool) -> str:
    named = item.row.order or item.row.asked
    topic = f"{named.subject}: {named.topic}" if named else ""
    why, instead = reason(made, item, approved=approved)
    return f"| {item.row.row} | {_cell(topic)} | {_cell(why)} | {_cell(instead)} |"


def reason(made: ClassSet, item: Item, *, approved: bool = False) -> tuple[str, str]:
    """Say why a row has no lesson, or no approved one, and what would do instead."""
    failure = item.outcome.failure if item.outcome is not None else None
    refusal = item.row.refusal
    for said in (failure, refusal):
        if said is not None:
            return said.message, said.suggestion.words if said.suggestion is not None else ""
    if item.status is ItemStatus.REFUSED and made.stop is not None:
        return made.stop.message, ""
    if item.status is not ItemStatus.COMPLETED:
        return "it is under way", ""
    return ("no version of it is approved", APPROVE_ONE) if approved else ("its lesson is not kept any more", "")


def _cell(text: str) -> str:
    return plain(" ".join(text.replace("|", "/").split()))


def lessons_of(stands: SetStanding) -> Sequence[Item]:
    """The rows that have lessons."""
    return stands.of(ItemStatus.COMPLETED)
