"""Which kind of topic a lesson is on, told from its name, from what its article says it is, and from its subject. Pure.

A lesson on a thing asks for something else to be done than one on a person, a rule or an idea.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from pathshala_common.contract.lesson import Article, LessonRequest
from pathshala_common.text.sentences import sentences
from pathshala_common.text.stems import singular
from pathshala_common.text.word_lists import read_list
from pathshala_common.text.words import words
from pathshala_generator.offline.subjects import kind_of


class TopicKind(StrEnum):
    """The kinds."""

    THING = "thing"
    PROCESS = "process"
    PERSON = "person"
    PLACE = "place"
    EVENT = "event"
    RULE = "rule"
    WORD_CLASS = "word_class"
    IDEA = "idea"


HISTORY = frozenset({TopicKind.PERSON, TopicKind.PLACE, TopicKind.EVENT})
ENDED_LENGTH_MIN = 6
"""The ending of a shorter word tells nothing: ring, city."""
OF_LANGUAGE, OF_MATHEMATICS = "language", "mathematics"

_COPULA = re.compile(r"\b(?:is|are|was|were|means|states)\b(.*)", re.DOTALL)
_FORM_OF = re.compile(r"\b(?:form|kind|type|sort|series|set) of\b")
_HEAD_ENDS = re.compile(r"\b(?:of|in|to|by|for|from|and|on)\b")
_BRACKETS = re.compile(r" ?\([^()]*\)")
_YEAR = re.compile(r"\b1\d{3}\b|\b20\d{2}\b")
_OF_A_PERSON = re.compile(
    r"(?:थे|थीं)(?:[,।\s]|$)|जिन्होंने|"  # the plural by which Hindi honours a person
    r"^(?:[A-Z]\w*\.? )+(?:fought|wrote|ruled|led|discovered|invented|lived|painted|founded)\b"
)


def topic_kind(request: LessonRequest, article: Article | None) -> TopicKind:
    """Tell the kind by the head of the topic's name, its definition, the ending of its name, and last by the subject.

    The head is the word that a name is about: "law" in "law of reflection", "war" in "First World War".
    """
    subject = kind_of(request)
    names = [_BRACKETS.sub("", name) for name in (request.topic, *([article.title] if article else []))]
    heads = [singular(told[-1]) for name in names if (told := words(_HEAD_ENDS.split(name)[0]))]
    definition = _definition(article)
    found = (
        *(_by_head(head, subject) for head in heads),
        *(TopicKind.EVENT for name in names if subject != OF_MATHEMATICS and _YEAR.search(name)),
        TopicKind.PERSON if _OF_A_PERSON.search(definition) else None,
        _by_definition(_predicate(definition), frozenset(heads), subject),
        *(_by_ending(head) for head in heads),
        _by_definition(definition, frozenset(heads), subject),
    )
    return next((kind for kind in found if kind), TopicKind(read_list(__package__, "topic_kinds")["subjects"][subject]))


def _definition(article: Article | None) -> str:
    return _BRACKETS.sub("", next(iter(sentences(article.summary)), "")) if article else ""


def _predicate(definition: str) -> str:
    """The part of a definition after "is": "energy that ..." of "a form of energy that ..."."""
    after = _COPULA.search(definition)
    return _FORM_OF.sub("", after[1]) if after else ""


def _by_head(head: str, subject: str) -> TopicKind | None:
    of_language = _listed("heads of language").get(head) if subject == OF_LANGUAGE else None
    return of_language or _listed("heads").get(head)


def _by_definition(text: str, heads: frozenset[str], subject: str) -> TopicKind | None:
    """By the first word of a definition that names a kind; only languages have classes of words."""
    listed = _listed("genus")
    kinds = (listed[word] for word in map(singular, words(text)) if word in listed and word not in heads)
    return next((kind for kind in kinds if kind != TopicKind.WORD_CLASS or subject == OF_LANGUAGE), None)


def _by_ending(head: str) -> TopicKind | None:
    if len(head) < ENDED_LENGTH_MIN:
        return None
    listed = read_list(__package__, "topic_kinds")["endings"]
    return next((TopicKind(kind) for kind, ends in listed.items() if head.endswith(tuple(ends.split()))), None)


@cache
def _listed(part: str) -> Mapping[str, TopicKind]:
    listed = read_list(__package__, "topic_kinds")[part]
    return {
        singular(word): TopicKind(kind)
        for kind, names in listed.items()
        for name in names.split()
        for word in words(name)
    }
