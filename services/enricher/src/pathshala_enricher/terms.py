"""The terms under which a topic is looked for: what is searched for, and titles that it may have. Pure."""

import re
from collections.abc import Sequence

from pathshala_common.contract.lesson import fold
from pathshala_enricher.source import Query
from pathshala_enricher.words import singular

SEARCH_LENGTH_MAX = 300
TITLE_SIZE_MAX_BYTES = 255
TITLES_MAX = 20
"""Extracts come for no more pages than these at once."""

STEM_LENGTH_MIN = 4

_OPERATORS = re.compile(r'["~*?\\:/|&()\[\]{}^<>=!]')
_NEVER_IN_TITLES = re.compile(r"[#<>\[\]{}|_\x00-\x1f\x7f\ufffd]+|~~~+|^:+")


def searches(query: Query) -> tuple[str, ...]:
    """The terms to search for, best first: the topic within its subject, then the topic alone.

    Only words are searched for: nothing that the search engine would read as an operator gets through.
    """
    topic, subject = _searchable(query.topic), _searchable(query.subject)
    if not topic:
        return ()
    narrow = " ".join(dict.fromkeys(f"{topic} {subject}".split()))
    return tuple(dict.fromkeys(terms[:SEARCH_LENGTH_MAX].strip() for terms in (narrow, topic)))


def titles(query: Query, suggestion: str, hits: Sequence[str]) -> tuple[str, ...]:
    """The titles that the article may have: the topic, what the engine suggests for it, and pages that it found.

    Names are tried as they are, without a plural's ending, with capitals and, the topic, with its subject in brackets.
    """
    forms = [*_forms(query.topic), *_forms(suggestion)]
    forms += [f"{form} ({query.subject})" for form in _forms(query.topic)[:2]]
    usable = (" ".join(_NEVER_IN_TITLES.sub(" ", title).split()) for title in (*forms, *hits))
    return tuple(dict.fromkeys(each for each in usable if 0 < len(each.encode()) <= TITLE_SIZE_MAX_BYTES))[:TITLES_MAX]


def wider_search(query: Query, suggestion: str) -> str | None:
    """The terms that find more than the topic does: the engine's suggestion, or the stems of the topic's words.

    None if that is the topic itself. A star after a stem stands for any ending, for engines that know none.
    """
    suggested = _searchable(suggestion)
    if suggested:
        return suggested[:SEARCH_LENGTH_MAX]
    topic = _searchable(query.topic)
    stems = " ".join(_stem(word) for word in topic.split())
    return stems[:SEARCH_LENGTH_MAX] if stems != topic else None


def _forms(name: str) -> list[str]:
    """Give a name and its singular, each as it is and with capitals; the first two differ in number alone."""
    *before, last = name.split() or [""]
    forms = [name, " ".join([*before, singular(last)])]
    return [*forms, *(" ".join(word[:1].upper() + word[1:] for word in form.split()) for form in forms)]


def _stem(word: str) -> str:
    """Give the beginning that a word and its singular share, and a star; a word without a plural's ending as it is."""
    one = singular(word)
    stem = one if word.startswith(one) else one[:-1]  # country, countries: countr
    return word if stem == word or len(stem) < STEM_LENGTH_MIN else f"{stem}*"


def _searchable(name: str) -> str:
    """Reduce a name to what a search engine reads as words."""
    kept = (word.lstrip("-+") for word in _OPERATORS.sub(" ", fold(name)).split())
    return " ".join(word for word in kept if any(each.isalnum() for each in word))
