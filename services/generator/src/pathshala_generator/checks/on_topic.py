"""The topic gate: a lesson is about its subject and topic, and so is each of its parts.

What is measured is how many sentences speak of the topic, so that one sentence which names it does not let a lesson on
something else in. Languages meet here only in what they share; where nothing can be told, the check does not apply.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pathshala_generator.checks.fault import Fault
from pathshala_generator.checks.filler import CLASSROOM_STEMS
from pathshala_generator.checks.script import script_of, scripts
from pathshala_generator.checks.topic_words import TopicWords, topic_words
from pathshala_generator.checks.words import content, prose, sentences, share
from pathshala_generator.draft import Assignment, Draft, primary

NAME = "on_topic"
NAMING_SHARE_MIN = 0.2
"""So many sentences of an explanation name the topic: that is enough, whatever else it says."""
NAMING_MIN = 2
MENTION_SHARE_MIN = 0.15
ARTICLE_SHARE_MIN = 0.2
"""So many share words with the article; 0 to 0.17 of those of lessons on something else do. Lessons that name their
topic in the title and, for children often but once, in the explanation need MENTION_SHARE_MIN only."""
ARTICLE_WORDS_MIN = 2
RELATED_SHARE_MIN = 0.12
"""A field that does not name the topic has to share so many of its words with the rest."""

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
    knowable: bool

    @classmethod
    def of(cls, draft: Draft, assignment: Assignment) -> "_Matter":
        article, topic = assignment.article, topic_words(assignment.request)
        if article and primary(article.language) == primary(draft.language):
            named = TopicWords(topic.stems | content(article.title))
            return cls(named, content(article.summary) | named.stems, knowable=True)
        knowable = bool(topic.stems) and _same_language(assignment.request.topic, draft.language)
        return cls(topic, frozenset(), knowable)

    def told_in(self, draft: Draft) -> bool:
        """Whether the explanation is on it."""
        told = sentences(prose(draft))
        naming = share([sentence for sentence in told if self.topic.stand_in(sentence)], told)
        from_article = share([sentence for sentence in told if self._from_article(sentence)], told)
        if naming >= NAMING_SHARE_MIN and naming * len(told) >= min(NAMING_MIN, len(told)):
            return True
        if naming and self.topic.stand_in(draft.title):
            return not self.article or from_article >= MENTION_SHARE_MIN
        return from_article >= ARTICLE_SHARE_MIN

    def _from_article(self, sentence: str) -> bool:
        return len(content(sentence) & self.article) >= ARTICLE_WORDS_MIN


def _strays(draft: Draft, matter: _Matter) -> list[Fault]:
    """The single fields that are about something else."""
    explained = content(prose(draft)) | matter.article
    whole = explained | content(draft.title)
    parts = (
        _Part("title", draft.title, explained, judged_words_min=2, common_words_min=1),
        _Part("activity", draft.activity, whole, judged_words_min=4, common_words_min=2),
        _Part("question", draft.question, whole | content(draft.activity), judged_words_min=4, common_words_min=1),
    )
    script = script_of(prose(draft))
    return [
        Fault(NAME, part.field, UNRELATED)
        for part in parts
        if script_of(part.text) == script and not part.related and not matter.topic.stand_in(part.text)
    ]


@dataclass(frozen=True, slots=True)
class _Part:
    """A field beside the rest of its lesson; words of any lesson do not count, and too few words tell nothing."""

    field: str
    text: str
    rest: frozenset[str]
    judged_words_min: int
    common_words_min: int

    @property
    def related(self) -> bool:
        """Whether it has words in common with the rest, or too few of its own to be judged."""
        found = content(self.text) - CLASSROOM_STEMS
        common = found & self.rest
        enough = len(common) >= self.common_words_min and share(common, found) >= RELATED_SHARE_MIN
        return enough or len(found) < self.judged_words_min


def _same_language(topic: str, language: str) -> bool:
    """Whether a topic's words are taken for words of a language: by script, and for Latin letters only in English."""
    script = script_of(topic)
    if script == "LATIN":
        return primary(language) == "en"
    return script in scripts(language)
