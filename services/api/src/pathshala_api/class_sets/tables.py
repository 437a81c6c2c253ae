"""Tables: a list of lessons as a spreadsheet saves it, read into rows of named fields. Pure.

What Excel calls "CSV UTF-8" and "Unicode text" is read as it comes: with a byte order mark or without, split by commas,
semicolons or tabs, with lines that end in LF or CRLF, and with quoted cells.
"""

import codecs
import csv
import io
from collections.abc import Sequence

FIELDS = ("subject", "topic", "language", "level", "include_wikipedia")
REQUIRED = ("subject", "topic")
SEPARATORS = (",", ";", "\t")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

Cells = dict[str, str]


class NoTableError(Exception):
    """A body that is no table of lessons; the error says what is wrong and what to do."""


def rows(body: bytes) -> tuple[Sequence[tuple[int, Cells]], Sequence[str]]:
    """Read the rows by their numbers, as a spreadsheet counts them with its head, and name the columns not known.

    Rows without any text are left out. Raises NoTableError.
    """
    text = _text(body)
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=head.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise NoTableError(f"This is no CSV: {error}. Quotes within a quoted cell are written twice.") from None
    found = [(number, cells) for number, cells in enumerate(lines, 1) if any(cell.strip() for cell in cells)]
    if not found:
        raise NoTableError("The table is empty. Its first row names the columns: subject, topic, language, level.")
    names = [cell.strip().casefold() for cell in found[0][1]]
    _refuse_head(names)
    read = [(number, _cells(names, cells)) for number, cells in found[1:]]
    return read, [name for name in names if name and name not in FIELDS]


def _text(body: bytes) -> str:
    """Decode a table by its byte order mark, or as UTF-8."""
    encoding = next((name for mark, name in MARKS if body.startswith(mark)), "utf-8")
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        detail = f"The table is not {encoding.removesuffix('-sig').upper()}: line {line} has bytes that are none."
        raise NoTableError(f'{detail} Save it as "CSV UTF-8".') from None
    if "\x00" in text:
        raise NoTableError('The table is not UTF-8: it has null bytes. Save it as "CSV UTF-8".')
    return text


def _refuse_head(names: Sequence[str]) -> None:
    lacking = [name for name in REQUIRED if name not in names]
    twice = sorted({name for name in names if name in FIELDS and names.count(name) > 1})
    if lacking:
        raise NoTableError(
            f"The first row must name the columns, and {' and '.join(lacking)} is missing: subject, topic, and if you "
            "like language, level and include_wikipedia."
        )
    if twice:
        raise NoTableError(f"The first row names {twice[0]} twice.")


def _cells(names: Sequence[str], cells: Sequence[str]) -> Cells:
    """Name the cells of a row; empty ones are as if they were not there."""
    named = zip(names, cells, strict=False)
    return {name: cell.strip() for name, cell in named if name in FIELDS and cell.strip()}
