"""A lesson as Markdown (CommonMark). Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pathshala_api.paper.citing import article_of, parts, revision_url
from pathshala_api.paper.pieces import Piece
from pathshala_api.paper.sheets import LineKind, SheetLine, sheet_lines
from pathshala_api.paper.stamp import Sheet, Stamp
from pathshala_common.contract.ports.store import StoredLesson

_MARKS = re.compile(r"([\\`*_\[\]<>#|~!$])")
_LIST_MARK = re.compile(r"^(\s*)([-+=:]|[0-9]+(?=[.)]))")
_URL_SIGNS = re.compile(r"[()<>\s\\]")

CLOSE = frozenset({LineKind.ITEM, LineKind.OPTION, LineKind.CITED, LineKind.PROOF})
"""Lines of these kinds stand close together with their like."""


BLANK = "\\_"
PARAGRAPH = "{text}"
UNLABELLED = {
    LineKind.SHEET: "---\n\n*{text}*",
    LineKind.TITLE: "# {text}",
    LineKind.HEADING: "## {text}",
    LineKind.ABOUT: "*{text}*",
    LineKind.HINT: "*{text}*",
    LineKind.ITEM: "- {text}",
    LineKind.OPTION: "- ☐ {text}",
}
LABELLED = {
    LineKind.PROOF: "- {label}: {text}",
    LineKind.QUESTION: "**{label}.** {text}",
    LineKind.WRITING: BLANK * 40,
    LineKind.ANSWER: "**{label}:** {text}",
    LineKind.FACT: "**{label}:** {text}",
    LineKind.SMALL: "{label}: {text}",
}


def markdown(stored: StoredLesson, sheet: Sheet) -> Sequence[Piece]:
    """Give the file in pieces. Whatever stands in the lesson stands in it as text."""
    lines = sheet_lines(stored, sheet)
    made = [Piece(f"<!-- {Stamp.of(stored, sheet).text} -->\n")]
    for before, line in pairwise([None, *lines]):
        assert line is not None
        close = before is not None and before.kind is line.kind and line.kind in CLOSE
        made.append(Piece("" if close else "\n"))
        made += (Piece(text, line) for text in _written(line, stored))
    return made


def _written(line: SheetLine, stored: StoredLesson) -> Iterator[str]:
    if line.kind is LineKind.TEXT:
        yield f"{_cited_text(line, stored)}\n"
    elif line.kind is LineKind.CITED:
        yield f"- {_linked(plain(line.label), line.href)} “{_one_line(plain(line.text))}”\n"
    elif line.kind in {LineKind.VERSE, LineKind.TRANSLITERATION}:
        yield "  \n".join(f"> {part}" for part in plain(line.text).splitlines()) + "\n"
    elif line.kind is LineKind.NAME:
        name, _, date = line.label.partition("|")
        yield f"{plain(name)}: {BLANK * 24} {plain(date)}: {BLANK * 12}\n"
    elif line.text or line.kind is LineKind.WRITING:
        label = plain(line.label) if line.label else ""
        form = LABELLED.get(line.kind, PARAGRAPH) if label else UNLABELLED.get(line.kind, PARAGRAPH)
        yield form.format(text=_one_line(plain(line.text)), label=label) + "\n"


def plain(text: str) -> str:
    """Write text so that no sign of it is read as markup, line by line."""
    return "\n".join(_plain_line(line) for line in text.replace("&", "&amp;").split("\n"))


def _plain_line(line: str) -> str:
    return _LIST_MARK.sub(lambda found: f"{found[1]}{_unmarked(found[2])}", _MARKS.sub(r"\\\1", line.strip()))


def _unmarked(mark: str) -> str:
    return f"{mark}&#8203;" if mark.isdigit() else f"\\{mark}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cited_text(line: SheetLine, stored: StoredLesson) -> str:
    content = stored.lesson.content
    if line.field != "explanation":
        return _one_line(plain(line.text))
    url = revision_url(article_of(content))
    found = parts(line.text, content)
    return _one_line("".join(_linked(plain(one.text), url) if one.cites else _inner(one.text) for one in found))


def _inner(text: str) -> str:
    """Write a part of a line: the blanks at its ends part words, and are kept."""
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{plain(text)}{after}"


def _linked(text: str, url: str | None) -> str:
    if url is None:
        return text
    return f"[{text}]({_URL_SIGNS.sub(lambda found: f'%{ord(found[0]):02X}', url)})"
