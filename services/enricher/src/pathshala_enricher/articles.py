"""The terms of a search in an encyclopedia, and the reader of its answer. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from pathshala_common.contract.lesson import TEXT_LENGTH_MAX, Article, LanguageTag, Text, fold
from pathshala_enricher.editions import Edition, edition_of
from pathshala_enricher.plain import plain
from pathshala_enricher.source import Query

RELATED_MAX = 5
SEARCH_LENGTH_MAX = 300
OPENING_LENGTH = 600
STEM_LENGTH_MIN = 4
STEM_SHARE_MIN = 0.6
ENDING_LENGTH_MAX = 2
URL_LENGTH_MAX = 2_000

_OPERATORS = re.compile(r'["~*?\\:/|&()\[\]{}^<>=!]')
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[।॥。！？]")  # noqa: RUF001 - the full-width marks end sentences too
_QUALIFIER = re.compile(r"\s*\([^()]*\)$")
_URL = re.compile(r"https?://[^\s\\<>\"\x00-\x1f\x7f]+")


class Site(NamedTuple):
    """The encyclopedia that was asked: the host its articles live on, its edition, and its texts' licence."""

    host: str
    edition: Edition
    licence: str


class _Image(BaseModel):
    source: str


class _Page(BaseModel):
    """A search hit, as the Action API gives it with formatversion=2."""

    index: int
    title: Text
    extract: str = ""
    fullurl: str
    lastrevid: Annotated[int, Field(gt=0, lt=2**63)]
    ns: int = 0
    pagelanguage: LanguageTag | None = None
    pageprops: Mapping[str, object] = {}
    thumbnail: _Image | None = None


def searches(query: Query) -> tuple[str, ...]:
    """The terms to search for, best first: the topic within its subject, then the topic alone.

    Only words are searched for: nothing that the search engine would read as an operator gets through.
    """
    topic, subject = _searchable(query.topic), _searchable(query.subject)
    if not topic:
        return ()
    narrow = " ".join(dict.fromkeys(f"{topic} {subject}".split()))
    return tuple(dict.fromkeys(terms[:SEARCH_LENGTH_MAX].strip() for terms in (narrow, topic)))


def read_article(answer: Mapping[str, object], query: Query, site: Site) -> Article | None:
    """Choose the hit that the lesson can stand on; None if there is none.

    A hit counts if its title or opening mentions the topic. Among those, a page named exactly as the topic that
    also speaks of the subject comes first (english/verbs: "Verb", before "English verbs"); else the search's order
    holds. Never a disambiguation page, one without text, or one whose address is not on the site.
    """
    pages = [page for page in _pages(answer) if _is_article(page, site)]
    topic, subject = _words(query.topic), _words(query.subject)
    candidates = [page for page in pages if _mentions(_opening(page), topic)]
    if not candidates:
        return None

    def preference(page: _Page) -> tuple[bool, int]:
        fits = _is_named(page.title, topic) and _mentions(_opening(page), subject)
        return not fits, page.index

    chosen = min(candidates, key=preference)
    related = [page for page in pages if _mentions(_opening(page), topic) or _mentions(_opening(page), subject)]
    try:
        return Article(
            title=chosen.title,
            summary=trim(chosen.extract, TEXT_LENGTH_MAX),
            url=chosen.fullurl,
            related_articles=tuple(page.title for page in related if page.title != chosen.title)[:RELATED_MAX],
            thumbnail=_thumbnail(chosen),
            language=_language(chosen, site.edition),
            revision_id=chosen.lastrevid,
            licence=site.licence,
        )
    except ValidationError:
        return None


def trim(text: str, length_max: int) -> str:
    """Shorten to whole sentences; to whole words, or to letters, where the first sentence or word is too long."""
    if len(text) <= length_max:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, length_max + 1) if found.end() <= length_max]
    blank = text.rfind(" ", 0, length_max + 1)
    return text[: ends[-1] if ends else blank if blank > 0 else length_max].rstrip()


def _pages(answer: Mapping[str, object]) -> Sequence[_Page]:
    """Read the hits in the search's order. What is not a page as we know it is passed over."""
    found = answer.get("query")
    listed = found.get("pages") if isinstance(found, Mapping) else None
    pages = []
    for entry in listed if isinstance(listed, list) else ():
        try:
            page = _Page.model_validate(entry)
        except ValidationError:
            continue
        pages.append(page.model_copy(update={"title": plain(page.title), "extract": plain(page.extract)}))
    return sorted(pages, key=lambda page: page.index)


def _is_article(page: _Page, site: Site) -> bool:
    """Whether this is a text to read, at an address that is safe to follow."""
    if page.ns != 0 or "disambiguation" in page.pageprops or not page.title or not page.extract:
        return False
    if not _URL.fullmatch(page.fullurl):
        return False
    try:
        address = urlsplit(page.fullurl)
    except ValueError:
        return False
    return address.hostname == site.host and address.username is None and address.password is None


def _language(page: _Page, edition: Edition) -> LanguageTag:
    """Name the article's language; by the tag that was asked for, if that is another name of it (no, nb)."""
    named = page.pagelanguage
    return edition.language if named is None or edition_of(named).code == edition.code else named


def _thumbnail(page: _Page) -> str | None:
    """Keep the picture's address if it can be followed; an article stands without one."""
    source = page.thumbnail.source if page.thumbnail else ""
    return source if _URL.fullmatch(source) and len(source) <= URL_LENGTH_MAX else None


def _searchable(name: str) -> str:
    """Reduce a name to what a search engine reads as words."""
    words = (word.lstrip("-+") for word in _OPERATORS.sub(" ", fold(name)).split())
    return " ".join(word for word in words if any(each.isalnum() for each in word))


def _opening(page: _Page) -> Sequence[str]:
    """Give the words in which an article says what it is about."""
    return _words(f"{page.title} {page.extract[:OPENING_LENGTH]}")


def _words(text: str) -> Sequence[str]:
    """Split into words without accents and vowel signs, so that inflected forms keep a common beginning."""
    letters = []
    for each in unicodedata.normalize("NFKD", fold(text)):
        category = unicodedata.category(each)[0]
        if category != "M":
            letters.append(each if category in "LN" else " ")
    return "".join(letters).split()


def _mentions(text: Sequence[str], name: Sequence[str]) -> bool:
    """Whether at least half of the name's weighty words occur. Short Latin words (of, the) have no weight."""
    weighty = [word for word in name if not word.isascii() or len(word) >= STEM_LENGTH_MIN] or name
    found = sum(any(_akin(word, other) or _runs_within(word, other) for other in text) for word in weighty)
    return bool(weighty) and 2 * found >= len(weighty)


def _is_named(title: str, topic: Sequence[str]) -> bool:
    """Whether a title is the topic itself, give or take endings and a qualifier in brackets."""
    words = _words(_QUALIFIER.sub("", title))
    return len(words) == len(topic) and all(map(_akin, words, topic))


def _akin(one: str, other: str) -> bool:
    """Whether two words are likely forms of one: verb, verbs; chemistry, chemical."""
    short, long = sorted((one, other), key=len)
    if long.startswith(short):
        return len(long) - len(short) <= ENDING_LENGTH_MAX or len(short) >= STEM_LENGTH_MIN
    shared = next(at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b)
    return shared >= max(STEM_LENGTH_MIN, STEM_SHARE_MIN * len(short))


def _runs_within(word: str, run: str) -> bool:
    """Whether a word occurs in a script that writes words without blanks between them."""
    return not word.isascii() and word in run
