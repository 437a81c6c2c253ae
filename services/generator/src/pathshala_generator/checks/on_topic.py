"""The topic gate: a lesson is about its subject and topic, and so is each of its parts.

What is measured is how many sentences speak of the topic, so that one sentence which names it does not let a lesson on
something else in. Languages meet here only in what they share; where nothing can be told, the check does not apply.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pathshala_generator.checks.fault import Fault
from pathshala_generator.checks.script import script_of, scripts
from pathshala_generator.checks.topic_words import TopicWords, topic_words
from pathshala_generator.checks.words import content, prose, sentences, share
from pathshala_generator.draft import Assignment, Draft, primary

NAME = "on_topic"
NAMING_SHARE_MIN = 0.2
"""So many sentences of an explanation name the topic; fewer is a mention."""
ARTICLE_SHARE_MIN = 0.5
"""Or so many share words with the article, for lessons that use other words than the request."""
ARTICLE_WORDS_MIN = 2
ARTICLE_WORD_SHARE_MIN = 0.25
RELATED_SHARE_MIN = 0.15
RELATED_WORDS_MIN = 2
"""A part that does not name the topic has to share so many words with the rest of the lesson."""

ELSEWHERE = "is about something else than the topic that was asked for"
UNRELATED = "has nothing to do with the topic of the lesson"


def on_topic(draft: Draft, assignment: Assignment) -> Iterable[Fault] | None:
    """Find a lesson on something else, or single fields that are."""
    matter = _Matter.of(draft, assignment)
    if not matter.told_in(draft):
        return [Fault(NAME, None, ELSEWHERE)] if matter.knowable else _strays(draft, matter) or None
    return _strays(draft, matter)


@dataclass(frozen=True, slots=True)
class _Matter:
    """What a lesson should be about: the topic's words, and the article's if it is in the lesson's language."""

    topic: TopicWords
    article: frozenset[str]
    foreign: bool
    knowable: bool

    @classmethod
    def of(cls, draft: Draft, assignment: Assignment) -> "_Matter":
        article, topic = assignment.article, topic_words(assignment.request)
        native = article is not None and primary(article.language) == primary(draft.language)
        named = TopicWords(topic.stems | content(article.title)) if article and native else topic
        return cls(
            topic=named,
            article=content(article.summary) | named.stems if article and native else frozenset(),
            foreign=article is not None and not native,
            knowable=bool(topic.stems) and (native or _same_language(assignment.request.topic, draft.language)),
        )

    def told_in(self, draft: Draft) -> bool:
        """Whether the explanation is on it. Quotes speak for statements in another language than the article's."""
        told = sentences(prose(draft))
        if self.foreign:
            told = [f"{said.text} {said.quote or ''}" for said in draft.statements]
        naming = [sentence for sentence in told if self.topic.stand_in(sentence)]
        if share(naming, told) >= NAMING_SHARE_MIN and (len(naming) > 1 or len(told) < len(naming) + 2):
            return True
        return share([sentence for sentence in told if self._from_article(sentence)], told) >= ARTICLE_SHARE_MIN

    def _from_article(self, sentence: str) -> bool:
        found = content(sentence)
        common = found & self.article
        return len(common) >= ARTICLE_WORDS_MIN and share(common, found) >= ARTICLE_WORD_SHARE_MIN


def _strays(draft: Draft, matter: _Matter) -> list[Fault]:
    """The single fields that are about something else."""
    explained = content(prose(draft)) | matter.article
    whole = explained | content(draft.title)
    return list(
        _unrelated(
            matter,
            ("title", draft.title, explained, 1),
            ("activity", draft.activity, whole, RELATED_WORDS_MIN),
            ("question", draft.question, whole, RELATED_WORDS_MIN),
        )
    )


def _unrelated(matter: _Matter, *parts: tuple[str, str, frozenset[str], int]) -> Iterator[Fault]:
    for field, text, rest, words_min in parts:
        found = content(text)
        related = len(found & rest) >= words_min and share(found & rest, found) >= RELATED_SHARE_MIN
        if found and not related and not matter.topic.stand_in(text):
            yield Fault(NAME, field, UNRELATED)


def _same_language(topic: str, language: str) -> bool:
    """Whether a topic's words are taken for words of a language: by script, and for Latin letters only in English."""
    script = script_of(topic)
    if script == "LATIN":
        return primary(language) == "en"
    return script in scripts(language)
