"""The formats of a lesson, and the one that an Accept header means (RFC 9110, 12.5.1). Pure."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple


class LessonFormat(StrEnum):
    """The formats that a lesson can be had in, in the order in which they are preferred."""

    JSON = "json"
    HTML = "html"
    MARKDOWN = "md"
    GIFT = "gift"
    CARTRIDGE = "imscc"
    DOCX = "docx"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        """The media type. GIFT has none that is registered."""
        return MEDIA_TYPES[self]

    @property
    def has_answers(self) -> bool:
        """Whether it cannot be had without the answers."""
        return self in {LessonFormat.GIFT, LessonFormat.CARTRIDGE}


MEDIA_TYPES = {
    LessonFormat.JSON: "application/json",
    LessonFormat.HTML: "text/html",
    LessonFormat.MARKDOWN: "text/markdown",
    LessonFormat.GIFT: "text/x-gift",
    LessonFormat.CARTRIDGE: "application/vnd.ims.imsccv1p3",
    LessonFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    LessonFormat.PDF: "application/pdf",
}


class _Range(NamedTuple):
    kind: str
    quality: float


def accepted(accept: str | None, offered: Sequence[LessonFormat]) -> LessonFormat | None:
    """Give the format of those that are offered that a request takes best; None if it takes none.

    Without the header, or with one that says nothing, the first will do. Of several that it takes alike, too.
    """
    ranges = list(_ranges(accept or ""))
    if not ranges:
        return offered[0]
    qualities = [(_quality(one.media_type, ranges), one) for one in offered]
    best = max(quality for quality, _ in qualities)
    return next(one for quality, one in qualities if quality == best) if best > 0 else None


def _quality(media_type: str, ranges: Sequence[_Range]) -> float:
    """Give the weight of the most specific range that a media type is in."""
    for kind in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        found = [one.quality for one in ranges if one.kind == kind]
        if found:
            return max(found)
    return 0.0


def _ranges(accept: str) -> Iterator[_Range]:
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if "/" in kind:
            yield _Range(kind, _weight(parameters))


def _weight(parameters: Sequence[str]) -> float:
    """Read the weight; one that is none counts as if it were not there."""
    said = next((one.partition("=")[2].strip() for one in parameters if one.replace(" ", "").startswith("q=")), "1")
    try:
        weight = float(said)
    except ValueError:
        return 1.0
    return weight if 0 <= weight <= 1 else 1.0
