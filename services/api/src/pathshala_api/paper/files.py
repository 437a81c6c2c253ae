"""A lesson as a file of any format. Pure but for the libraries of extras, which are imported when they are needed."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec

from pathshala_api.paper.cartridge import common_cartridge
from pathshala_api.paper.formats import LessonFormat
from pathshala_api.paper.gift import gift
from pathshala_api.paper.html import html
from pathshala_api.paper.markdown import markdown
from pathshala_api.paper.pdf import pdf
from pathshala_api.paper.pieces import joined
from pathshala_api.paper.stamp import Sheet
from pathshala_api.paper.word import word
from pathshala_common.contract.ports.store import StoredLesson

EXTRAS = {LessonFormat.DOCX: ("docx", "docx"), LessonFormat.PDF: ("weasyprint", "pdf")}
"""Formats that need a library of an extra: its module, and the extra's name."""

WRITERS: Mapping[LessonFormat, Callable[[StoredLesson, Sheet], bytes]] = {
    LessonFormat.HTML: lambda stored, sheet: joined(html(stored, sheet)),
    LessonFormat.MARKDOWN: lambda stored, sheet: joined(markdown(stored, sheet)),
    LessonFormat.GIFT: lambda stored, _: joined(gift([stored])),
    LessonFormat.CARTRIDGE: lambda stored, _: packed_lessons(LessonFormat.CARTRIDGE, [stored]),
    LessonFormat.DOCX: word,
    LessonFormat.PDF: pdf,
}

SLOW = frozenset({LessonFormat.CARTRIDGE, LessonFormat.DOCX, LessonFormat.PDF})
"""Formats that take so long to write that nobody should wait for it."""


@cache
def is_installed(wanted: LessonFormat) -> bool:
    """Whether the library that a format needs is there."""
    return wanted not in EXTRAS or find_spec(EXTRAS[wanted][0]) is not None


def how_to_install(wanted: LessonFormat) -> str:
    """Say what to install for a format."""
    return f"pip install 'pathshala[{EXTRAS[wanted][1]}]'"


def file_of(stored: StoredLesson, wanted: LessonFormat, sheet: Sheet) -> bytes:
    """Write a lesson in a format other than JSON. Raises ImportError or OSError if what the format needs is missing."""
    return WRITERS[wanted](stored, sheet)


def packed_lessons(wanted: LessonFormat, lessons: Sequence[StoredLesson], title: str | None = None) -> bytes:
    """Write several lessons, one at least, as one file: a Common Cartridge, or GIFT."""
    if wanted is LessonFormat.GIFT:
        return joined(gift(lessons))
    first = lessons[0].lesson.content
    return common_cartridge(lessons, title or first.title, first.language)
