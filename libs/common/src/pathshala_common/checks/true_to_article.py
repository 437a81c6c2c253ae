"""No statement contradicts the article, as far as a machine can tell: by a sentence of nearly the same words.

Such a pair differs in a number, in a name, in a denial, in an opposite, or in which of two things comes first. What is
told as a mistake that somebody makes, and what is asked, is no statement.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.parts import retold, share
from pathshala_common.contract.lesson import LanguageTag, primary_language
from pathshala_common.text.content import FUNCTION_WORDS
from pathshala_common.text.dissection import Dissection, dissected
from pathshala_common.text.scripts import LANGUAGES_KEPT
from pathshala_common.text.stems import stem
from pathshala_common.text.word_lists import read_list
from pathshala_common.text.words import plain_word

NAME = "true_to_article"
COMMON_MIN = 3
"""Fewer words in common are chance."""
OWN_SHARE_MIN, ITS_SHARE_MIN = 0.6, 0.4
"""So much of a statement's telling words stand in the article's sentence, and of those in it."""
WHOLE_SHARE_MIN = 0.6
"""So much of the article's sentence stands in a statement that has no other words, where it is denied."""
SIDES_COMMON_MIN, SIDES_SHARE_MIN = 2, 0.5
"""The same for what stands before and behind a word such as "before", which are few words."""
WORD_LENGTH_MIN = 3
ROUNDED_WITHIN = 0.05
"""A number that is said to be about another is that near to it."""

NUMBER = "gives another number than the article's sentence of the same words"
NEGATION = "denies what the article says, or says what it denies"
OPPOSITE = "says the opposite of the article's sentence of the same words"
ABSOLUTE = "says of all, or always, what the article says of some, or mostly"
SIDES = "turns round what the article says comes first"
NAMED = "gives another name than the article's sentence of the same words"

_CAPITALS_ARE_GRAMMAR = frozenset({"de", "lb"})
_CAPITALISED = re.compile(r"(?<![.!?:“\"'(]\s)(?<=\s)[A-Z][a-z]{2,}")


@dataclass(frozen=True, slots=True)
class _Lists:
    """The words of one language that tell."""

    grammar: frozenset[str]
    negations: frozenset[str]
    all_of: frozenset[str]
    some_of: frozenset[str]
    turning: frozenset[str]
    doubting: frozenset[str]
    nearly: frozenset[str]
    sides: Mapping[str, tuple[int, bool]]
    than: Mapping[str, tuple[int, bool]]
    opposites: Sequence[tuple[str, str]]
    numbers: Mapping[str, str]


def true_to_article(draft: Draft, assignment: Basis) -> Iterable[Fault] | None:
    """Find statements that say otherwise than the article. Nothing can be told of an article in another language."""
    article, language = retold(draft, assignment), primary_language(draft.language)
    if article is None:
        return None
    asked = f"{article.title} {assignment.request.topic} {assignment.request.subject}"
    ground = ground_of(article.summary, asked, language)
    if ground is None:
        return None
    told = (sentence for said in draft.statements for sentence in dissected(said.text).sentences)
    reasons = {reason for sentence in told for reason in contradictions(sentence, ground)}
    return [Fault(NAME, "explanation", reason) for reason in sorted(reasons)]


class Ground(NamedTuple):
    """The base that statements are compared with: sentences of an article, their telling words, a language's lists."""

    sentences: Sequence[tuple[Dissection, frozenset[str]]]
    known_words: frozenset[str]
    numbers: frozenset[str]
    lists: _Lists
    language: LanguageTag


def ground_of(article: str, asked: str, language: LanguageTag) -> Ground | None:
    """Prepare an article; None for a language without lists."""
    lists = _lists(language)
    if lists is None:
        return None
    source = dissected(article)
    sentences = [(sentence, _telling(sentence.accented, lists, language)) for sentence in source.sentences]
    known = frozenset(source.words + dissected(asked).words)
    return Ground(sentences, known, _numbers(source, lists), lists, language)


def contradictions(said: Dissection, ground: Ground) -> Iterator[str]:
    """In what a statement contradicts the sentence of the article that is nearest to it."""
    if "?" in said.text or not ground.lists.doubting.isdisjoint(said.words):
        return
    own = _telling(said.accented, ground.lists, ground.language)
    nearest, its = max(ground.sentences, key=lambda one: share(own & one[1], own | one[1]), default=(said, own))
    common = own & its
    if said.plain == nearest.plain or len(common) < SIDES_COMMON_MIN:
        return
    is_near = len(common) >= COMMON_MIN and share(common, own) >= OWN_SHARE_MIN and share(common, its) >= ITS_SHARE_MIN
    if is_near and _numbers_differ(said, nearest, ground):
        yield NUMBER
    elif is_near and _names_differ(said, nearest, ground):
        yield NAMED
    is_turned = share(common, own) >= SIDES_SHARE_MIN and _is_turned(said, nearest, ground)
    is_opposite = _is_opposite(said, nearest, ground)
    if is_turned and not is_opposite:  # both are none: the lower part of two says of itself what the upper does
        yield SIDES
    if is_near and _is_absolute(said, nearest, ground.lists):
        yield ABSOLUTE
    if not ground.lists.turning.isdisjoint(said.words + nearest.words):
        return
    if is_near and is_opposite and not is_turned:
        yield OPPOSITE
    is_whole = own == its or (is_near and own <= its and share(common, its) >= WHOLE_SHARE_MIN)
    if is_whole and ground.lists.negations.isdisjoint(said.words) != ground.lists.negations.isdisjoint(nearest.words):
        yield NEGATION


def _telling(accented: Sequence[str], lists: _Lists, language: LanguageTag) -> frozenset[str]:
    """The stems of the words that carry meaning, short ones too."""
    words = (word for word in accented if len(word) >= WORD_LENGTH_MIN and plain_word(word) not in lists.grammar)
    return frozenset(stem(word, language) for word in words if not word.isdecimal())


def _numbers_differ(said: Dissection, other: Dissection, ground: Ground) -> bool:
    """Whether each has a number that the other lacks, and the statement's stands nowhere in the article."""
    own, its = (_numbers(text, ground.lists) for text in (said, other))
    is_about = not ground.lists.nearly.isdisjoint(said.words)
    strange = {
        number for number in own - ground.numbers if not (is_about and any(_is_near(number, known) for known in its))
    }
    return bool(strange) and bool(its - own)


def _is_near(number: str, known: str) -> bool:
    return abs(int(number) - int(known)) <= ROUNDED_WITHIN * int(known)


def _numbers(text: Dissection, lists: _Lists) -> frozenset[str]:
    """The whole numbers of a text, those in words too."""
    whole = dissected(re.sub(r"(?<=\d)[,\u202f\u00a0](?=\d{2,3})", "", text.text)) if "," in text.text else text
    digits = {str(int(word)) for word in whole.words if word.isdecimal()}
    return frozenset(digits | {lists.numbers[word] for word in whole.words if word in lists.numbers})


def _names_differ(said: Dissection, other: Dissection, ground: Ground) -> bool:
    """Whether each has a name that the other lacks, and the statement's stands nowhere in the article."""
    if ground.language in _CAPITALS_ARE_GRAMMAR:
        return False
    own, its = _names(said), _names(other)
    return bool(own - ground.known_words) and bool(its - own)


def _names(text: Dissection) -> frozenset[str]:
    return frozenset(map(plain_word, _CAPITALISED.findall(text.text)))


def _is_absolute(said: Dissection, other: Dissection, lists: _Lists) -> bool:
    """Whether a statement has no exceptions where the article's sentence has some."""
    said_of_all = not lists.all_of.isdisjoint(said.words) and lists.some_of.isdisjoint(said.words)
    return said_of_all and lists.all_of.isdisjoint(other.words) and not lists.some_of.isdisjoint(other.words)


def _is_opposite(said: Dissection, other: Dissection, ground: Ground) -> bool:
    """Whether an odd number of words stand for their opposites: with two, one is said of the opposite thing."""
    own, its = set(said.words), set(other.words)
    turned = [
        (one in own and two in its and two not in own and one not in its)
        or (two in own and one in its and one not in own and two not in its)
        for one, two in ground.lists.opposites
    ]
    return sum(turned) % 2 == 1 and not _is_compared_the_other_way(said, other, ground)


def _is_compared_the_other_way(said: Dissection, other: Dissection, ground: Ground) -> bool:
    """Whether both compare the same two things, and what one compares is to the other what it is compared with."""
    one, two = (_around(text, ground.lists.than, ground) for text in (said, other))
    return one is not None and two is not None and bool(one.right & two.left and two.right & one.left)


def _is_turned(said: Dissection, other: Dissection, ground: Ground) -> bool:
    """Whether two things stand in the opposite order: by the same word the other way, or by its opposite."""
    one, two = (_around(text, ground.lists.sides, ground) for text in (said, other))
    if one is None or two is None:
        compared = {word for pair in ground.lists.opposites for word in pair} & set(said.words) & set(other.words)
        return bool(compared) and _is_compared_the_other_way(said, other, ground)
    straight = len(one.left & two.left) + len(one.right & two.right)
    crossed = len(one.left & two.right) + len(one.right & two.left)
    both = two.left | two.right
    if one.pair != two.pair or straight == crossed or not (one.left & both and one.right & both):
        return False
    return (crossed > straight) == (one.is_first == two.is_first)


class _Sides(NamedTuple):
    """The words on both sides of a word, which is the first or the second of a pair."""

    pair: int
    is_first: bool
    left: frozenset[str]
    right: frozenset[str]


def _around(text: Dissection, dividing: Mapping[str, tuple[int, bool]], ground: Ground) -> _Sides | None:
    """Divide a text at the first of these words; None if it has none."""
    words = [plain_word(word) for word in text.accented]
    place = next((place for place, word in enumerate(words) if word in dividing), None)
    if place is None:
        return None
    left, right = (
        _telling(part, ground.lists, ground.language) for part in (text.accented[:place], text.accented[place + 1 :])
    )
    return _Sides(*dividing[words[place]], left - right, right - left)


@lru_cache(maxsize=LANGUAGES_KEPT)
def _lists(language: LanguageTag) -> _Lists | None:
    """The lists of a language; None if there are none."""
    listed = {name: _plain(by_language.get(language, "")) for name, by_language in read_list(__package__, FILE).items()}
    if not listed["not"]:
        return None
    pairs = [tuple(pair.split("/")) for pair in listed["sides"]]
    return _Lists(
        grammar=FUNCTION_WORDS | frozenset(listed["grammar"] + listed["not"]),
        negations=frozenset(listed["not"]),
        all_of=frozenset(listed["all of"]),
        some_of=frozenset(listed["some of"]),
        turning=frozenset(listed["turning"]),
        doubting=frozenset(listed["doubting"]),
        nearly=frozenset(listed["nearly"]),
        sides={word: (number, place == 0) for number, pair in enumerate(pairs) for place, word in enumerate(pair)},
        than=dict.fromkeys(listed["than"], (0, True)),
        opposites=[(one, two) for one, _, two in (pair.partition("/") for pair in listed["opposites"])],
        numbers=dict(_named_number(pair) for pair in listed["numbers"]),
    )


FILE = "contradiction_words"


def _named_number(pair: str) -> tuple[str, str]:
    word, _, number = pair.partition("=")
    return word, number


def _plain(words: str) -> list[str]:
    return [plain_word(word) for word in words.split()]
