"""A lesson as a document for word processors (DOCX), by python-docx, which the extra `docx` brings."""

import io
import zipfile
from datetime import UTC
from typing import Any

from pathshala_api.paper.packing import packed
from pathshala_api.paper.pieces import Piece
from pathshala_api.paper.sheets import LineKind, SheetLine, sheet_lines
from pathshala_api.paper.stamp import Sheet, Stamp
from pathshala_common.contract.ports.store import StoredLesson

STYLES = {
    LineKind.TITLE: "Title",
    LineKind.HEADING: "Heading 1",
    LineKind.ITEM: "List Bullet",
    LineKind.VERSE: "Quote",
    LineKind.TRANSLITERATION: "Quote",
}
BOX, BLANKS, NAME_BLANKS = "\u2610 ", "_" * 60, "_" * 24
VERSE_POINTS, SMALL_POINTS = 18, 8
DEVANAGARI = "Noto Serif Devanagari"
MARGIN_MILLIMETRES = 18
"""All around; the page is A4."""


def word(stored: StoredLesson, sheet: Sheet) -> bytes:
    """Write the document. Raises ImportError without the library."""
    from docx import Document  # noqa: PLC0415 - an extra, and it takes time to import
    from docx.enum.text import WD_BREAK  # noqa: PLC0415 - as above
    from docx.shared import Mm, Pt  # noqa: PLC0415 - as above

    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(MARGIN_MILLIMETRES)
    _tell(document, stored)
    for at, line in enumerate(sheet_lines(stored, sheet)):
        if line.kind is LineKind.SHEET:
            if at:
                document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
            if not line.text:
                continue
        run = document.add_paragraph(style=STYLES.get(line.kind, "Normal")).add_run(text_of(line).text)
        if line.kind is LineKind.VERSE:
            run.font.size = Pt(VERSE_POINTS)
        if line.kind is LineKind.SMALL:
            run.font.size = Pt(SMALL_POINTS)
        _speak(run, line.language or stored.lesson.content.language)
    stamp = document.add_paragraph().add_run(Stamp.of(stored, sheet).text)
    stamp.font.hidden = True
    saved = io.BytesIO()
    document.save(saved)
    return _same_bytes(saved)


def text_of(line: SheetLine) -> Piece:
    """Give a line as the paragraph that it becomes."""
    match line.kind:
        case LineKind.NAME:
            name, _, date = line.label.partition("|")
            return Piece(f"{name}: {NAME_BLANKS}  {date}: {NAME_BLANKS[:12]}", line)
        case LineKind.WRITING:
            return Piece(BLANKS, line)
        case LineKind.OPTION:
            return Piece(f"{BOX}{line.text}", line)
        case LineKind.QUESTION:
            return Piece(f"{line.label}. {line.text}", line)
        case LineKind.CITED:
            return Piece(f"{line.label} “{line.text}”", line)
    return Piece(f"{line.label}: {line.text}" if line.label else line.text, line)


def _tell(document: Any, stored: StoredLesson) -> None:
    """Say what the document is, at no other moment than that at which the lesson was stored."""
    about, lesson = document.core_properties, stored.lesson
    about.title, about.language = lesson.content.title[:255], lesson.content.language
    about.author = "Pathshala"
    about.created = about.modified = lesson.created_at.astimezone(UTC).replace(tzinfo=None)


def _speak(run: Any, language: str) -> None:
    """Say which language a run is in, and which font has its script."""
    from docx.oxml.ns import qn  # noqa: PLC0415 - an extra, and it takes time to import

    properties = run._element.get_or_add_rPr()  # noqa: SLF001 - python-docx has no other way to say it
    fonts = properties.get_or_add_rFonts()
    fonts.set(qn("w:cs"), DEVANAGARI)
    said = properties.makeelement(qn("w:lang"), {qn("w:val"): language, qn("w:bidi"): language})
    properties.append(said)


def _same_bytes(saved: io.BytesIO) -> bytes:
    """Pack the parts anew, so that the same lesson is the same bytes whenever it is written."""
    with zipfile.ZipFile(saved) as archive:
        return packed({name: archive.read(name) for name in archive.namelist()})
