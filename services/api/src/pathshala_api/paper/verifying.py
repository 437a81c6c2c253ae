"""Compares a file with what the log holds: it is written anew from the lesson, and the first difference named. Pure.

JSON is compared field by field. A file that another form of the house wrote is searched for each text of the lesson;
what stands between them is not compared then.
"""

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from pathshala_api.paper.cartridge import MANIFEST, common_cartridge
from pathshala_api.paper.formats import LessonFormat
from pathshala_api.paper.gift import gift
from pathshala_api.paper.html import html
from pathshala_api.paper.lesson_file import DOCUMENT, LessonFile, paragraphs_of, title_of
from pathshala_api.paper.markdown import markdown
from pathshala_api.paper.pieces import Piece, joined
from pathshala_api.paper.sheets import sheet_lines
from pathshala_api.paper.stamp import Sheet, Stamp
from pathshala_api.paper.word import text_of
from pathshala_common.contract.lesson import PupilLesson
from pathshala_common.contract.ports.store import StoredLesson
from pathshala_common.contract.task_status import moment

SHOWN_LENGTH = 60
_MARKUP = re.compile(r"<[^<>]*>|(?<=\])\([^()\s]*\)")
"""Elements, and where links lead: of no account where a text is searched for its words."""

AROUND = "around the lesson's fields"


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where a file is not what the log holds: the field, the place in the file, and both texts."""

    field: str
    place: str
    expected: str
    found: str


def first_difference(file: LessonFile, lessons: Sequence[StoredLesson]) -> Difference | None:
    """Compare a file with the lessons that its stamps name, in their order; None if it is what the log holds."""
    for stamp, kept in zip(file.stamps, lessons, strict=True):
        named = (("event id", kept.event_id, stamp.event_id), ("SHA-256", kept.sha256, stamp.sha256))
        for field, expected, said in named:
            if expected != said:
                return Difference(field, "the stamp", expected, said)
    stored, sheet = lessons[0], file.stamps[0].sheet
    match file.format:
        case LessonFormat.JSON:
            found = _json_difference(json.loads(file.text), stored)
        case LessonFormat.CARTRIDGE:
            found = _package_difference(file, lessons)
        case LessonFormat.DOCX:
            found = _document_difference(file, stored, sheet)
        case _ if not file.is_of_this_form:
            found = _missing(file.text, stored, sheet)
        case LessonFormat.GIFT:
            found = _text_difference(file.text, gift(lessons))
        case _:
            write = html if file.format is LessonFormat.HTML else markdown
            found = _text_difference(file.text, write(stored, sheet))
    return found


def _json_difference(told: Any, stored: StoredLesson) -> Difference | None:
    """Compare the fields that never change; one that the file's house did not know may lack if it says nothing."""
    lesson = stored.lesson
    pupils = not any("answer" in asked for asked in told.get("questions") or () if isinstance(asked, dict))
    content: PupilLesson = lesson.content.for_pupils() if pupils else lesson.content
    expected = content.model_dump(mode="json") | {
        "subject": lesson.subject,
        "topic": lesson.topic,
        "version": lesson.version,
        "task_id": lesson.task_id,
        "created_at": moment(lesson.created_at),
        "stored": {"event_id": stored.event_id, "sha256": stored.sha256},
    }
    empty = {name for name, field in type(content).model_fields.items() if not field.is_required()}
    for name, value in expected.items():
        if name not in told and name in empty and not value:
            continue
        found = told.get(name)
        if found != value:
            path, *both = _deeper(name, value, found)
            return Difference(path, path, *(_shown(json.dumps(one, ensure_ascii=False)) for one in both))
    return None


def _deeper(path: str, expected: Any, found: Any) -> tuple[str, Any, Any]:
    """Go to where two values differ first."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in [*expected, *found]:
            if expected.get(name) != found.get(name):
                return _deeper(f"{path}.{name}", expected.get(name), found.get(name))
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, (one, other) in enumerate(zip(expected, found, strict=True), 1):
            if one != other:
                return _deeper(f"{path}.{place}", one, other)
    if isinstance(expected, str) and isinstance(found, str):
        at = _parting(expected, found)
        return path, expected[max(at - 20, 0) :], found[max(at - 20, 0) :]
    return path, expected, found


def _text_difference(text: str, pieces: Sequence[Piece], where: str = "") -> Difference | None:
    """Find the piece in which a text is not what was written."""
    expected = joined(pieces).decode()
    if text == expected or text.rstrip("\n") == expected.rstrip("\n"):
        return None
    at, begin, field = _parting(expected, text), 0, ""
    for piece in pieces:
        if begin <= at < begin + len(piece.text) and piece.text:
            field = piece.line.field if piece.line else ""
            break
        begin += len(piece.text)
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    back = max(at - 20, text.rfind("\n", 0, at) + 1)
    place = f"{where}line {line}, column {column}"
    return Difference(field or AROUND, place, _shown(expected[back:]), _shown(text[back:]))


def _package_difference(file: LessonFile, lessons: Sequence[StoredLesson]) -> Difference | None:
    members = file.members or {}
    title = title_of(members.get(MANIFEST, b""))
    with zipfile.ZipFile(io.BytesIO(common_cartridge(lessons, title, lessons[0].lesson.content.language))) as archive:
        expected = {name: archive.read(name) for name in archive.namelist()}
    for number, stored in enumerate(lessons, 1):
        for sheet in (Sheet.PUPIL, Sheet.TEACHER):
            name = f"lesson_{number}/{sheet}.html"
            text = members.get(name, b"").decode(errors="replace")
            found = _text_difference(text, html(stored, sheet), f"{name}, ")
            if found is not None:
                return found if file.is_of_this_form else _missing(text, stored, sheet)
    for name in [*expected, *members]:
        if expected.get(name) != members.get(name) and file.is_of_this_form:
            mine, theirs = (one.get(name, b"").decode(errors="replace") for one in (expected, members))
            at = max(_parting(mine, theirs) - 20, 0)
            return Difference(name, f"{name}, character {at + 1}", _shown(mine[at:]), _shown(theirs[at:]))
    return None


def _document_difference(file: LessonFile, stored: StoredLesson, sheet: Sheet) -> Difference | None:
    if not file.is_of_this_form:
        return _missing(file.text, stored, sheet)
    wanted = [text_of(line) for line in sheet_lines(stored, sheet)]
    pieces = [piece for piece in wanted if piece.text.strip()] + [Piece(Stamp.of(stored, sheet).text)]
    found = list(paragraphs_of((file.members or {})[DOCUMENT]))
    for number, piece in enumerate(pieces, 1):
        text = found[number - 1] if number <= len(found) else ""
        if text != piece.text:
            at = max(_parting(piece.text, text) - 20, 0)
            field = piece.line.field if piece.line else ""
            return Difference(field or AROUND, f"paragraph {number}", _shown(piece.text[at:]), _shown(text[at:]))
    if len(found) > len(pieces):
        return Difference(AROUND, f"paragraph {len(pieces) + 1}", "", _shown(found[len(pieces)]))
    return None


def _missing(text: str, stored: StoredLesson, sheet: Sheet) -> Difference | None:
    """Look for each text of the lesson, in order, by its letters and digits."""
    searched, at = _bare(_MARKUP.sub("", text)), 0
    for line in sheet_lines(stored, sheet):
        wanted = _bare(line.text) if line.field else ""
        place = searched.find(wanted, at)
        if place < 0:
            return Difference(line.field, "the text of this field", _shown(line.text), "")
        at = place + len(wanted)
    return None


def _bare(text: str) -> str:
    return "".join(sign for sign in unescape(text) if unicodedata.category(sign)[0] in "LMN")


def _parting(one: str, other: str) -> int:
    """Give the first place where two texts differ."""
    both = enumerate(zip(one, other, strict=False))
    return next((at for at, (mine, theirs) in both if mine != theirs), min(len(one), len(other)))


def _shown(text: str) -> str:
    first = text.partition("\n")[0] or text[:SHOWN_LENGTH]
    return first if len(first) <= SHOWN_LENGTH else f"{first[:SHOWN_LENGTH]}..."
