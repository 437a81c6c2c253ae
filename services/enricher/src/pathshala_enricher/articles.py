"""Chooses among the pages that an encyclopedia found the one that a lesson can stand on. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import ValidationError

from pathshala_common.contract.lesson import TEXT_LENGTH_MAX, Article, LanguageTag
from pathshala_enricher.editions import Edition, edition_of
from pathshala_enricher.pages import WikiPage, answered_at, read_pages
from pathshala_enricher.source import Query
from pathshala_enricher.words import is_form, is_named, mentions, touches, weighty, words

RELATED_MAX = 5
OPENING_LENGTH = 600
SENTENCE_WORDS_MIN = 3
SENTENCE_LENGTH_MIN = 8
URL_LENGTH_MAX = 2_000

_SENTENCE_END = re.compile(r"[.!?](?=\s)|[।॥。！？]")  # noqa: RUF001 - the full-width marks end sentences too
_SENTENCE_BREAK = re.compile(r"(?<=[.!?])\s|[।॥。！？\n]")  # noqa: RUF001 - as above
_URL = re.compile(r"https?://[^\s\\<>\"\x00-\x1f\x7f]+")
_LIST_TITLE = re.compile(
    r"^(?:lists?|outline|index|glossary|timeline|comparison|bibliography) of |^list[ae] d|^anexo:|^список |"
    r"(?:की|का) सूची$|列表$|一覧$",
    re.IGNORECASE,
)
_LIST_OPENING = re.compile(
    r"^(?:this|the following|below|here)(?: page| article)? is an? (?:\w+ ){0,2}(?:list|index|outline|glossary) of |"
    r"^[^.\n]{1,80}\b(?:may|can|could) (?:also )?refer to(?::|\s*\n|\s*$| (?:several|the following)\b)",
    re.IGNORECASE,
)


class Site(NamedTuple):
    """The encyclopedia that was asked: the host its articles live on, its edition, and its texts' licence."""

    host: str
    edition: Edition
    licence: str


class Choice(NamedTuple):
    """An article, and the name of the file that its picture is in."""

    article: Article
    image: str | None


def read_article(answer: Mapping[str, object], query: Query, site: Site) -> Article | None:
    """Choose the article among what a search found."""
    found = choose(answer, query, site)
    return found.article if found else None


def choose(answer: Mapping[str, object], query: Query, site: Site, asked: Sequence[str] = ()) -> Choice | None:
    """Choose the page that the lesson can stand on, of those found or `asked` for by title; None if there is none.

    A page counts if its title or opening mentions the topic, or the topic redirects to it, and if a sentence of it
    says something on the topic. Among those, a page named exactly as the topic that also speaks of the subject comes
    first (english/verbs: "Verb", before "English verbs"); else the order holds, but a page that is only named
    otherwise gives way to the one named as the topic. Never a list, a disambiguation page, one without text, or one
    whose address is not on the site.
    """
    pages = [page for page in read_pages(answer, asked) if _is_article(page, site)]
    topic, subject = words(query.topic), words(query.subject)
    candidates = [page for page in pages if _is_on(page, topic)]
    if not candidates:
        return None
    chosen = _best(candidates, topic, subject)
    related = [page for page in pages if mentions(_opening(page), topic) or touches(_opening(page), subject)]
    others = tuple(page.title for page in related if page.title != chosen.title)[:RELATED_MAX]
    try:
        article = Article(
            title=chosen.title,
            summary=trim(chosen.extract, TEXT_LENGTH_MAX),
            url=chosen.fullurl,
            related_articles=others,
            thumbnail=_thumbnail(chosen),
            language=_language(chosen, site.edition),
            revision_id=chosen.lastrevid,
            licence=site.licence,
            read_at=answered_at(answer),
        )
    except ValidationError:
        return None
    return Choice(article, chosen.pageimage if article.thumbnail else None)


def trim(text: str, length_max: int) -> str:
    """Shorten to whole sentences; to whole words, or to letters, where the first sentence or word is too long."""
    if len(text) <= length_max:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, length_max + 1) if found.end() <= length_max]
    blank = text.rfind(" ", 0, length_max + 1)
    return text[: ends[-1] if ends else blank if blank > 0 else length_max].rstrip()


def _best(candidates: Sequence[WikiPage], topic: Sequence[str], subject: Sequence[str]) -> WikiPage:
    """Give the page named as the topic that fits the subject; else the first, or the one that is named as the topic."""
    for page in candidates:
        if _is_called(page, topic) and touches(_opening(page), subject):
            return page
    first = candidates[0]
    if mentions(words(first.title), topic):
        return first
    return next((page for page in candidates if is_named(page.title, topic, qualified=False)), first)


def _is_article(page: WikiPage, site: Site) -> bool:
    """Whether this is a text to read, at an address that is safe to follow."""
    if page.ns != 0 or "disambiguation" in page.pageprops or not page.title or not page.extract:
        return False
    if _LIST_TITLE.search(page.title) or _LIST_OPENING.search(page.extract) or not _URL.fullmatch(page.fullurl):
        return False
    try:
        address = urlsplit(page.fullurl)
    except ValueError:
        return False
    return address.hostname == site.host and address.username is None and address.password is None


def _is_on(page: WikiPage, topic: Sequence[str]) -> bool:
    """Whether a page is on the topic, by its opening and by at least one whole sentence."""
    if any(is_named(alias, topic) for alias in page.aliases):
        return any(map(_is_sentence, _SENTENCE_BREAK.split(page.extract)))
    if not mentions(_opening(page), topic):
        return False
    sought = weighty(topic)
    for sentence in filter(_is_sentence, _SENTENCE_BREAK.split(page.extract)):
        said = words(sentence)
        if any(is_form(word, other) or (not word.isascii() and word in other) for word in sought for other in said):
            return True
    return False


def _is_sentence(text: str) -> bool:
    """Whether this says something: some words, or some letters of a script without blanks between words."""
    return len(text.split()) >= SENTENCE_WORDS_MIN or (not text.isascii() and len(text) >= SENTENCE_LENGTH_MIN)


def _is_called(page: WikiPage, topic: Sequence[str]) -> bool:
    return any(is_named(name, topic) for name in (page.title, *page.aliases))


def _language(page: WikiPage, edition: Edition) -> LanguageTag:
    """Name the article's language; by the tag that was asked for, if that is another name of it (no, nb)."""
    named = page.pagelanguage
    return edition.language if named is None or edition_of(named).code == edition.code else named


def _thumbnail(page: WikiPage) -> str | None:
    """Keep the picture's address if it can be followed; an article stands without one."""
    source = page.thumbnail.source if page.thumbnail else ""
    return source if _URL.fullmatch(source) and len(source) <= URL_LENGTH_MAX else None


def _opening(page: WikiPage) -> Sequence[str]:
    """Give the words in which an article says what it is about."""
    return words(f"{page.title} {page.extract[:OPENING_LENGTH]}")
