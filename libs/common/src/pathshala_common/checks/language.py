"""Each field is written in the language that was asked for. Quotes may be in another; own words may not."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.parts import fields, share
from pathshala_common.contract.lesson import LanguageTag, primary_language
from pathshala_common.text.content import FUNCTION_WORDS, GRAMMAR
from pathshala_common.text.dissection import Dissection, dissected
from pathshala_common.text.languages import known
from pathshala_common.text.scripts import LANGUAGES_KEPT, LATIN, has_script_subtag, scripts

NAME = "language"
SCRIPT_LETTERS_MIN = 20
SCRIPT_SHARE_MIN = 0.5
LETTERS_MIN = 60
"""Shorter texts are judged by their script alone."""
SENTENCE_LETTERS_MIN = 30
"""A shorter sentence may be taken for one in a related language."""
PLAIN_SHARE_MIN, PLAIN_WORDS_MIN = 0.1, 5
"""A text is in a language if such a share of it is that one's words of grammar and no other's that we know, so many
different ones. In most texts it is more; of a neighbour's, as Portuguese is of Spanish, it is less."""
MIXED_SHARE_MIN = 0.3
"""So much of a text, by its sentences, may be in the language asked for where most of it is in another: lessons on
languages mix them."""

ELSEWHERE = "is not in the language that was asked for"
QUOTED = re.compile('“[^”]{1,600}”|„[^“”]{1,600}[“”]|«[^»]{1,600}»|"[^"]{1,600}"|‘[^’]{8,600}’')  # noqa: RUF001 - quotation marks
LATIN_ASIDE = re.compile(r"[A-Za-z][A-Za-z0-9 .,'/-]*")

ALIKE = (
    {"bs", "hr", "sr"},
    {"da", "no", "nn", "nb"},
    {"id", "ms"},
    {"zh", "yue", "wuu"},
    {"fa", "tg"},
    {"en", "pcm"},
    {"hi", "bho", "mai", "awa"},
    {"kok", "gom"},
    {"tl", "fil"},
)
"""Languages that cannot be kept apart in a short text."""


def language(draft: Draft, assignment: Basis) -> Iterable[Fault] | None:
    """Find fields in another language. A draft that says itself that it is in another one has nothing to show here."""
    if primary_language(draft.language) != primary_language(assignment.request.language):
        return None
    return _elsewhere(draft, assignment.request.language)


def _elsewhere(draft: Draft, asked: LanguageTag) -> Iterator[Fault]:
    for field, text in fields(draft).items():
        own = dissected(QUOTED.sub(" ", text))
        if not (_in_script(own, asked) and _in_language(own, asked)):
            yield Fault(NAME, field, ELSEWHERE)


def _in_script(text: Dissection, asked: LanguageTag) -> bool:
    total = text.letters.total()
    return total < SCRIPT_LETTERS_MIN or _share_in(scripts(asked), text.letters) >= SCRIPT_SHARE_MIN


def _share_in(fitting: frozenset[str], letters: Counter[str]) -> float:
    return sum(letters[script] for script in fitting) / letters.total()


def _in_language(text: Dissection, asked: LanguageTag) -> bool:
    """Whether it may be in a language, for all we can tell; names in Latin letters do not count in other scripts."""
    judged = text if LATIN in scripts(asked) else dissected(LATIN_ASIDE.sub(" ", text.text))
    accepted = _accepted(primary_language(asked))
    if has_script_subtag(asked) or judged.letters.total() < LETTERS_MIN:
        return True
    if _is_plainly(judged, primary_language(asked)):
        return True
    if not any(map(known, accepted)):
        return _speaks(judged, primary_language(asked))
    identified = judged.language
    if identified.language in accepted or _is_mixed(judged, accepted):
        return True
    return not identified.is_sure and _speaks(judged, primary_language(asked))


def _is_plainly(text: Dissection, asked: LanguageTag) -> bool:
    """Whether its words of grammar tell, which costs less than to identify a language."""
    own = _own_grammar(asked)
    found = [word for word in text.words if word in own]
    return share(found, text.words) >= PLAIN_SHARE_MIN and len(set(found)) >= PLAIN_WORDS_MIN


@lru_cache(maxsize=LANGUAGES_KEPT)
def _own_grammar(asked: LanguageTag) -> frozenset[str]:
    """The words of grammar that a language has for itself."""
    others = (words for language, words in GRAMMAR.items() if language != asked)
    return GRAMMAR.get(asked, frozenset()).difference(*others)


def _is_mixed(text: Dissection, accepted: frozenset[str]) -> bool:
    """Whether enough of its sentences are in an accepted language, where most are in another."""
    telling = [one for one in text.sentences if one.letters.total() >= SENTENCE_LETTERS_MIN and one.language.is_sure]
    own = sum(one.letters.total() for one in telling if one.language.language in accepted)
    return own / text.letters.total() >= MIXED_SHARE_MIN


def _speaks(text: Dissection, asked: LanguageTag) -> bool:
    """Judge by words of grammar, where a language cannot be identified and we know some of its: no more of others."""
    own = GRAMMAR.get(asked, frozenset())
    others = FUNCTION_WORDS - own
    told = text.words
    return not own or sum(word in own for word in told) >= sum(word in others for word in told)


def _accepted(asked: LanguageTag) -> frozenset[str]:
    return frozenset({asked}.union(*(group for group in ALIKE if asked in group)))
