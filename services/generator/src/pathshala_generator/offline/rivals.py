"""Wrong options for a term: others of its kind from the same article, that do not stand in its own sentence. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pathshala_common.text.dissection import dissected
from pathshala_common.text.sentences import sentences
from pathshala_common.text.stems import stem
from pathshala_generator.offline.gap_terms import Kind, Term, terms

RIVALS_MAX = 3
RIVALS_MIN = 2
ARTICLES_KEPT = 256
PERCENT, PERCENT_MAX = re.compile(r" (?:percent|per cent|प्रतिशत)"), 100


def rivals(term: Term, sentence: str, article: str, language: str, names: frozenset[str]) -> Sequence[str]:
    """Give two or three, or none. `names` are the stems of the topic's own name, which are too easily seen to be wrong.

    Those that came about as the term did are first, and of these those that the article speaks of most.
    """
    own = dissected(sentence).stems(language)
    found = (one for one in _all_terms(article, language) if term.takes(one))
    ranked = sorted(found, key=lambda one: (one.kind is not term.kind, -weight(one.text, article, language)))
    chosen: dict[frozenset[str], str] = {}
    for text in (*(one.text for one in ranked), *_other_numbers(term, sentence)):
        stems = dissected(text).stems(language)
        if not stems & (own | names):
            chosen.setdefault(stems, text)
    listed = list(chosen.values())[:RIVALS_MAX]
    return listed if len(listed) >= RIVALS_MIN else []


def weight(text: str, article: str, language: str) -> int:
    """Say how often an article speaks of something: of the rarest of its words."""
    counted = _counted(article, language)
    return min((counted[word] for word in dissected(text).stems(language)), default=0)


@lru_cache(maxsize=ARTICLES_KEPT)
def _counted(article: str, language: str) -> Counter[str]:
    return Counter(stem(word, language) for word in dissected(article).accented)


@lru_cache(maxsize=ARTICLES_KEPT)
def _all_terms(article: str, language: str) -> tuple[Term, ...]:
    return tuple(term for sentence in sentences(article) for term in terms(sentence, language))


def _other_numbers(term: Term, sentence: str) -> Iterator[str]:
    """Numbers of the size of a whole number, for an article that has no others; no more than all, of a hundred."""
    if term.kind is Kind.NUMBER and term.text.isdecimal():
        number = int(term.text)
        step = 10 ** (len(str(number)) - 1)
        largest = PERCENT_MAX if PERCENT.match(sentence, term.end) else number + step
        yield from (str(other) for other in (number + step, number // 2, number - step) if 0 < other <= largest)
