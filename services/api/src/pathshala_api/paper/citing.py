"""The article that a lesson stands on, and its citation: its revision, its licence, the numbers in brackets."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from pathshala_common.contract.lesson import Article, PupilLesson

CITATION = re.compile(r"\[([1-9][0-9]{0,3})\]")

LICENCES = {
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC BY-SA 3.0": "https://creativecommons.org/licenses/by-sa/3.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
"""Where the texts of licences are that articles are under."""


class Cited(NamedTuple):
    """A statement that has a quote: the number in brackets behind it, and its place among all statements, from 1."""

    number: int
    place: int
    quote: str


class TextPart(NamedTuple):
    """A part of a text: words, or a number in brackets that cites."""

    text: str
    cites: bool


def article_of(content: PupilLesson) -> Article | None:
    """Give the article that a lesson stands on."""
    return content.wikipedia_info or content.source_info


def cited(content: PupilLesson) -> Sequence[Cited]:
    """Give the statements that have a quote, by their numbers."""
    quoted = [(place, said.quote) for place, said in enumerate(content.statements, 1) if said.quote]
    return [Cited(number, place, quote) for number, (place, quote) in enumerate(quoted, 1)]


def parts(text: str, content: PupilLesson) -> Sequence[TextPart]:
    """TextPart a text at the numbers that cite: those of statements with a quote, and no other brackets."""
    greatest, found, at = len(cited(content)), list[TextPart](), 0
    for match in CITATION.finditer(text):
        if int(match[1]) <= greatest:
            found += [TextPart(text[at : match.start()], cites=False), TextPart(match[0], cites=True)]
            at = match.end()
    return [part for part in (*found, TextPart(text[at:], cites=False)) if part.text]


def revision_url(article: Article | None) -> str | None:
    """Give the address of the very revision that was read; the page's where none is named."""
    if article is None or article.url is None or not followable(article.url):
        return None
    page = article.url.partition("#")[0]
    if article.revision_id <= 0:
        return page
    return f"{page}{'&' if '?' in page else '?'}oldid={article.revision_id}"


def licence_url(name: str) -> str | None:
    """Give the address of a licence's text, if it is known."""
    return LICENCES.get(name)


def site(article: Article) -> str:
    """Name the encyclopedia that an article is from by its host."""
    return urlsplit(article.url).hostname or "" if article.url else ""


def followable(url: str | None) -> bool:
    """Whether an address may stand in a link: it is one of the web, and runs nothing."""
    try:
        address = urlsplit(url or "")
    except ValueError:
        return False
    return address.scheme in {"http", "https"} and bool(address.hostname)
