"""Reads a file of a lesson: its format, and the stamps that say which lessons it is of. Pure."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, fromstring

from pathshala_api.paper.formats import LessonFormat
from pathshala_api.paper.stamp import FORM, Sheet, Stamp, stamps_in
from pathshala_common.contract.lesson import Level, edition_key, revision_of
from pathshala_common.contract.task_status import lesson_url

FILE_SIZE_MAX_BYTES = 33_554_432
UNPACKED_MAX_BYTES = 134_217_728
DOCUMENT = "word/document.xml"
WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class NoLessonFileError(ValueError):
    """A file that names no lesson of any house, or whose format cannot be compared; it says why."""


@dataclass(frozen=True, slots=True)
class LessonFile:
    """A file, its format, and the stamps in it; `members` are the files that it is a package of."""

    format: LessonFormat
    stamps: Sequence[Stamp]
    text: str = ""
    members: Mapping[str, bytes] | None = None

    @property
    def is_of_this_form(self) -> bool:
        """Whether this house writes such files alike, so that all of it can be compared."""
        return all(stamp.form == FORM for stamp in self.stamps)


def opened(content: bytes) -> LessonFile:
    """Read a file. Raises NoLessonFileError."""
    if content.startswith(b"PK"):
        return _package(content)
    if content.startswith(b"%PDF"):
        raise NoLessonFileError("a PDF cannot be compared: keep the HTML file that it was printed from")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise NoLessonFileError("it is no text in UTF-8") from None
    if text.lstrip().startswith("{"):
        return _json(text)
    stamps = stamps_in(text)
    if not stamps:
        raise NoLessonFileError("it has no stamp that names a lesson")
    if text.lstrip().lower().startswith("<!doctype html"):
        return LessonFile(LessonFormat.HTML, stamps[:1], text)
    wanted = LessonFormat.GIFT if text.startswith("// ") else LessonFormat.MARKDOWN
    return LessonFile(wanted, stamps if wanted is LessonFormat.GIFT else stamps[:1], text)


def _json(text: str) -> LessonFile:
    try:
        told = json.loads(text)
        language, level, revision = told["language"], Level(told["level"]), revision_of(told["version"])
        key = edition_key(told["subject"], told["topic"], language, level)
        stored = told["stored"]
        stamp = Stamp(
            FORM,
            Sheet.BOTH,
            str(told["task_id"]),
            str(stored["event_id"]),
            str(stored["sha256"]),
            lesson_url(key, revision),
        )
    except (KeyError, TypeError, ValueError, RecursionError):
        raise NoLessonFileError("it is no lesson in JSON that names the event that keeps it") from None
    return LessonFile(LessonFormat.JSON, [stamp], text)


def _package(content: bytes) -> LessonFile:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_MAX_BYTES:
                raise NoLessonFileError("what it packs is too large")
            members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        if DOCUMENT in members:
            text = "\n".join(paragraphs_of(members[DOCUMENT]))
            stamps = stamps_in(text)[-1:]
            wanted = LessonFormat.DOCX
        else:
            text, wanted = "", LessonFormat.CARTRIDGE
            pages = sorted((name for name in members if name.endswith("/pupil.html")), key=_number)
            stamps = [stamp for name in pages for stamp in stamps_in(members[name].decode())[:1]]
    except (zipfile.BadZipFile, ParseError, UnicodeDecodeError, NotImplementedError, RuntimeError, EOFError):
        raise NoLessonFileError("the package is damaged") from None
    if not stamps:
        raise NoLessonFileError("it has no stamp that names a lesson")
    return LessonFile(wanted, stamps, text, members)


def _number(page: str) -> tuple[int, str]:
    digits = "".join(sign for sign in page.partition("/")[0] if sign.isdecimal())
    return int(digits or 0), page


def paragraphs_of(document: bytes) -> Iterator[str]:
    """Give the text of each paragraph that has one."""
    for paragraph in _parsed(document).iter(f"{WORDS}p"):
        text = _text(paragraph)
        if text.strip():
            yield text


def _text(paragraph: Element) -> str:
    kinds = {f"{WORDS}t": None, f"{WORDS}br": "\n", f"{WORDS}tab": "\t"}
    return "".join(kinds[part.tag] or part.text or "" for part in paragraph.iter() if part.tag in kinds)


def title_of(manifest: bytes) -> str:
    """Give the title of a package; nothing if it has none."""
    try:
        found = next((one.text for one in _parsed(manifest).iter() if one.tag.endswith("}string")), "")
    except (ParseError, NoLessonFileError):
        return ""
    return found or ""


def _parsed(document: bytes) -> Element:
    """Parse XML that anybody may have written: without a DTD there are no entities that could grow."""
    if b"<!DOCTYPE" in document:
        raise NoLessonFileError("it has a DTD, which no house writes")
    return fromstring(document)  # noqa: S314 - as above
