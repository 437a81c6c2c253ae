"""The activity of a lesson: for what its topic is, with what the lesson tells, and safe for the level. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, reduce

from pathshala_common.contract.lesson import Article, LanguageTag, LessonRequest, Level, Text, Value, primary_language
from pathshala_common.text.core import essential
from pathshala_common.text.sentences import sentences
from pathshala_common.text.word_lists import read_list
from pathshala_common.text.words import MARKS, length, plain
from pathshala_generator.offline.facts import Fact
from pathshala_generator.offline.framing import ByAge
from pathshala_generator.offline.subjects import kind_of
from pathshala_generator.offline.terms import names, terms
from pathshala_generator.offline.topic_kinds import HISTORY, TopicKind, topic_kind
from pathshala_generator.offline.voice import INNER_QUOTES, Voice

FOR_ANY = "any"
"""The texts for a lesson whose sentences fill no other text safely, or are in another language than the lesson."""
TERMS_MIN = 2
FACT_WORDS = range(5, 31)
"""A sentence of so many words can be copied, tried out or drawn."""

_YEAR = re.compile(r"\b1\d{3}\b|\b20\d{2}\b|\bBC\b|ईसा पूर्व|सन \d")
_NEEDED = re.compile(r"\{(terms|fact|law)\}")


class Forbidden(Value):
    """At these levels, no activity on these topics has one of these words; `*` is the rest of a word."""

    levels: frozenset[Level]
    topics: Mapping[LanguageTag, tuple[Text, ...]]
    activities: Mapping[LanguageTag, tuple[Text, ...]]
    why: Text

    def forbids(self, text: str, topic: str, level: Level) -> bool:
        """Whether it forbids this activity; a pair without topics is for all."""
        return (
            level in self.levels
            and _has(self.activities, text)
            and (_is_empty(self.topics) or _has(self.topics, topic))
        )


def activity(request: LessonRequest, article: Article, facts: Sequence[Fact], voice: Voice) -> str:
    """Draw one that fits what the topic is."""
    return voice.lot.draw("activity", activities(request, article, facts, voice))


def activities(request: LessonRequest, article: Article, facts: Sequence[Fact], voice: Voice) -> Sequence[str]:
    """Give those that fit what the topic is, and that the lesson's sentences can fill safely; never none."""
    any_topic = [voice.fill(text) for text in voice.words.activities[FOR_ANY].of(voice.level)]
    if primary_language(article.language) != voice.language:
        return any_topic
    kind = topic_kind(request, article)
    texts = _texts(voice.words.activities, kind, kind_of(request)).of(voice.level)
    asked = (voice.names["topic"], request.topic, article.title)
    filled = (text for each in texts for text in _filled(each, kind, article, facts, voice))
    safe = [text for text in filled if is_safe(text, asked, voice.level)]
    return safe or any_topic


def is_safe(text: str, topic: Sequence[str], level: Level) -> bool:
    """Whether an activity on a topic of these names asks for nothing that the list forbids at that level.

    To name the topic, in quotation marks, asks for nothing.
    """
    asks = reduce(lambda left, name: left.replace(f"“{name}”", ""), topic, text)
    return not any(pair.forbids(asks, " ".join(topic), level) for pair in forbidden())


@cache
def forbidden() -> tuple[Forbidden, ...]:
    """Read the list of what no activity may ask for."""
    return tuple(map(Forbidden.model_validate, read_list(__package__, "forbidden_activities")["pairs"]))


def _texts(activities: Mapping[str, ByAge], kind: TopicKind, subject: str) -> ByAge:
    """Those for a kind of topic in a kind of subject ("rule of mathematics and science"), or else in any."""
    for name, texts in activities.items():
        of_kind, _, subjects = name.partition(" of ")
        if of_kind == kind and subject in subjects.split(" and "):
            return texts
    return activities[kind]


def _filled(text: str, kind: TopicKind, article: Article, facts: Sequence[Fact], voice: Voice) -> Iterator[str]:
    """Fill a text in each way in which the lesson's sentences can."""
    needed = set(_NEEDED.findall(text))
    if "terms" in needed:
        listed = _terms(kind, article, facts)
        if len(listed) >= TERMS_MIN:
            yield voice.fill(text, terms=voice.listed(listed))
    elif "law" in needed:
        yield voice.fill(text, law=_inner(_law(article, facts)))
    else:
        yield from (voice.fill(text, fact=_inner(fact)) for fact in _short(facts))


def _terms(kind: TopicKind, article: Article, facts: Sequence[Fact]) -> list[str]:
    told, topic = [sentence for fact in facts for sentence in sentences(fact.text)], [article.title]
    found, proper = terms(told, topic), names(told, topic)
    return proper if kind in HISTORY and len(proper) >= TERMS_MIN else found


def _law(article: Article, facts: Sequence[Fact]) -> str:
    """The law that the article states; of one that states none, its definition."""
    laws = essential(sentences(article.summary))[1:]
    return next((fact.text for fact in facts if fact.quote in laws), facts[0].text)


def _short(facts: Sequence[Fact]) -> list[str]:
    """The sentences beside the definition that stand for themselves and are soon read, or the definition.

    One that tells the year of something gives little to do.
    """
    alone = (fact.text for fact in facts[1:] if not fact.leans and not _YEAR.search(fact.text))
    return [text for text in alone if length(text) in FACT_WORDS] or [facts[0].text]


def _inner(text: str) -> str:
    return text.translate(INNER_QUOTES)


def _is_empty(phrases: Mapping[LanguageTag, Sequence[str]]) -> bool:
    return not any(phrases.values())


def _has(phrases: Mapping[LanguageTag, Sequence[str]], text: str) -> bool:
    return bool(_pattern(tuple(phrase for each in phrases.values() for phrase in each)).search(plain(text)))


@cache
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Match one of the phrases as whole words, except where a `*` stands for the rest of one."""
    told = (
        "".join(rf"[\w{MARKS}]*" if part == "*" else re.escape(plain(part)) for part in re.split(r"(\*)", each))
        for each in phrases
    )
    return re.compile(rf"(?<![\w{MARKS}])(?:{'|'.join(told)})(?![\w{MARKS}])")
