"""A lesson as one HTML file that needs nothing else: it opens without a request, runs nothing, and prints on A4. Pure.

A picture is left out with its address, since the house does not keep it and the file fetches nothing.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files

from pathshala_api.paper.citing import article_of, followable, parts, revision_url
from pathshala_api.paper.labels import labels_in
from pathshala_api.paper.pieces import Piece
from pathshala_api.paper.sheets import LineKind, SheetLine, sheet_lines
from pathshala_api.paper.stamp import Sheet, Stamp
from pathshala_common.contract.ports.store import StoredLesson

STAMP_NAME = "pathshala-file"

_VERSE = frozenset({LineKind.VERSE, LineKind.TRANSLITERATION, LineKind.TRANSLATION})
_OF_QUESTION = frozenset({LineKind.HINT, LineKind.OPTION, LineKind.WRITING, LineKind.ANSWER, LineKind.PROOF})
_LISTS = {LineKind.ITEM: "items", LineKind.OPTION: "options", LineKind.PROOF: "proofs", LineKind.CITED: "quotes"}
_TAGS = {LineKind.TITLE: "h1", LineKind.HEADING: "h2", **dict.fromkeys(_LISTS, "li")}
_CLOSING = {"sheet": "</main>\n", "verse": "</blockquote>\n", "question": "</div>\n", "list": "</ul>\n"}


@cache
def style() -> str:
    """Give the style that every file has."""
    return files(__package__).joinpath("style.css").read_text("utf-8")


@cache
def policy() -> str:
    """Give the Content-Security-Policy of a file: its own style, and nothing else from anywhere."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def html(stored: StoredLesson, sheet: Sheet) -> Sequence[Piece]:
    """Give the file in pieces. Whatever stands in the lesson stands in it as text."""
    content = stored.lesson.content
    head = (
        f'<!doctype html>\n<html lang="{escape(content.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy()}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f'<meta name="{STAMP_NAME}" content="{escape(Stamp.of(stored, sheet).text)}">\n'
    )
    body = _Writer(stored).pieces(sheet_lines(stored, sheet))
    title = SheetLine(LineKind.TITLE, content.title, "title")
    return [
        Piece(head),
        Piece(f"<title>{escape(content.title)}</title>\n", title),
        Piece(f"<style>{style()}</style>\n</head>\n<body>\n"),
        *body,
        Piece("</body>\n</html>\n"),
    ]


class _Writer:
    """Writes lines, and opens and closes what holds several of them."""

    def __init__(self, stored: StoredLesson) -> None:
        self._content = stored.lesson.content
        self._url = revision_url(article_of(self._content))
        words = labels_in(self._content.language)
        same = words.language == self._content.language.partition("-")[0].lower()
        self._words_language = "" if same else words.language
        self._open: list[tuple[str, LineKind | None]] = []

    def pieces(self, lines: Sequence[SheetLine]) -> Iterator[Piece]:
        for line in lines:
            yield Piece("".join(self._around(line)))
            yield Piece(self._written(line), line)
        yield Piece("".join(self._close(0)))

    def _around(self, line: SheetLine) -> Iterator[str]:
        """Close what does not hold this line, and open what does."""
        kind = line.kind
        if kind is LineKind.SHEET:
            yield from self._close(0)
            yield from self._begin("sheet", f'<main class="{Sheet.TEACHER if line.text else Sheet.PUPIL}">\n')
            return
        holds = self._open[-1] if self._open else ("", None)
        if holds[0] == "list" and holds[1] is not kind:
            yield from self._close(len(self._open) - 1)
        holder = self._open[-1][0] if self._open else ""
        in_verse = kind in _VERSE or (holder == "verse" and line.field == "shloka_source")
        if holder == "verse" and not in_verse:
            yield from self._close(len(self._open) - 1)
        if holder == "question" and kind not in _OF_QUESTION:
            yield from self._close(len(self._open) - 1)
        if kind is LineKind.QUESTION:
            yield from self._begin("question", '<div class="question">\n')
        if kind is LineKind.VERSE:
            yield from self._begin("verse", "<blockquote>\n")
        if kind in _LISTS and (not self._open or self._open[-1][1] is not kind):
            yield from self._begin("list", f'<ul class="{_LISTS[kind]}">\n', kind)

    def _begin(self, name: str, text: str, kind: LineKind | None = None) -> Iterator[str]:
        self._open.append((name, kind))
        yield text

    def _close(self, depth: int) -> Iterator[str]:
        while len(self._open) > depth:
            yield _CLOSING[self._open.pop()[0]]

    def _written(self, line: SheetLine) -> str:
        kind = line.kind
        if kind is LineKind.WRITING:
            return '<p class="writing"></p>\n'
        if kind is LineKind.SHEET and not line.text:
            return ""
        tag = _TAGS.get(kind, "p")
        return self._block(tag, line, self._inner(line))

    def _inner(self, line: SheetLine) -> str:
        """Write what an element holds: its label, as the kind has it, and its text."""
        match line.kind:
            case LineKind.SHEET | LineKind.HEADING:
                return self._words(line.text)
            case LineKind.NAME:
                return "".join(f"<span>{self._words(one)}</span>" for one in line.label.split("|"))
            case LineKind.TEXT:
                return self._cited_text(line)
            case LineKind.CITED:
                return f"{_link(line.label, line.href, 'label')} “{_lined(line.text)}”"
        text = _linked_inside(line)
        return f"{self._labelled(line)}{text}" if line.label else text

    def _labelled(self, line: SheetLine) -> str:
        if line.kind is LineKind.QUESTION:
            return f'<span class="number">{escape(line.label)}.</span>'
        if line.kind is LineKind.PROOF:
            return f"{self._words(line.label)}: "
        return f'<span class="label">{self._words(line.label)}:</span> '

    def _block(self, tag: str, line: SheetLine, inner: str) -> str:
        language = f' lang="{escape(line.language)}"' if line.language else ""
        shown = "" if tag in {"h1", "h2", "li"} else f' class="{line.kind}"'
        return f"<{tag}{shown}{language}>{inner}</{tag}>\n"

    def _words(self, text: str) -> str:
        """Write what is said around the lesson, in its own language."""
        return f'<span lang="{self._words_language}">{escape(text)}</span>' if self._words_language else escape(text)

    def _cited_text(self, line: SheetLine) -> str:
        if line.field != "explanation":
            return _lined(line.text)
        found = parts(line.text, self._content)
        return "".join(_link(one.text, self._url, "cite") if one.cites else _lined(one.text) for one in found)


def _lined(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


def _link(text: str, url: str | None, shown: str = "") -> str:
    named = f' class="{shown}"' if shown else ""
    if url is None or not followable(url):
        return f"<span{named}>{escape(text)}</span>"
    return f'<a{named} href="{escape(url)}" rel="noopener noreferrer">{escape(text)}</a>'


def _linked_inside(line: SheetLine) -> str:
    """Write a text; where its own link's address stands in it, that is the link."""
    if line.href is None or line.href not in line.text:
        return _lined(line.text)
    before, _, after = line.text.partition(line.href)
    return f"{_lined(before)}{_link(line.href, line.href)}{_lined(after)}"
