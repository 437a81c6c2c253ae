"""The topic gate: a lesson is about its subject and topic, and so is each of its parts.

What is measured is how many sentences speak of the topic, so that one sentence which names it does not let a lesson on
something else in. Languages meet here only in what they share; where nothing can be told, the check does not apply.
Measured on the 48 articles of the evals, five sentences each, given for the topic of each other in their language: none
was refused for its own topic. For another, 46 of 1,302 were let in with that topic's article at hand (61 when words
were cut at five letters), and 13 of 1,232 without (17), most of them near relations.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pathshala_common.contract.lesson import LanguageTag, LessonRequest, primary_language
from pathshala_generator.checks.fault import Fault
from pathshala_generator.checks.filler import classroom_stems
from pathshala_generator.checks.parts import explained, share
from pathshala_generator.checks.topic_words import TopicWords, topic_words
from pathshala_generator.draft import Assignment, Draft
from pathshala_generator.text.dissection import Dissection, dissected
from pathshala_generator.text.scripts import script_of, scripts

NAME = "on_topic"
NAMING_SHARE_MIN = 0.2
"""This many sentences that name the topic are enough, whatever else the explanation says."""
NAMING_IN_PART_SHARE_MIN = 0.4
"""The same, where a word of the topic stands nowhere: all speak of water, and none of its cycle."""
ARTICLE_WORDS_MIN = 2
ARTICLE_SHARE_MIN = 0.4
"""This many sentences must share words with the article, where none names the topic."""
ARTICLE_NAMED_SHARE_MIN = 0.2
ARTICLE_TITLED_SHARE_MIN = 0.15
"""The same, where one sentence and the title name the topic: lessons for children often name it but once."""
SENTENCES_MIN = 2
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
    """The words of a lesson's topic, and those of its article if it is in the lesson's language."""

    topic: TopicWords
    article: frozenset[str]
    knowable: bool

    @classmethod
    def of(cls, draft: Draft, assignment: Assignment) -> "_Matter":
        article, topic = assignment.article, topic_words(assignment.request, draft.language)
        if article and primary_language(article.language) == primary_language(draft.language):
            named = TopicWords(topic.stems | dissected(article.title).content(draft.language), draft.language)
            told = dissected(article.summary).content(draft.language)
            return cls(named, told | named.stems, knowable=True)
        knowable = bool(topic.stems) and _same_language(assignment.request, draft.language)
        return cls(topic, frozenset(), knowable)

    def told_in(self, draft: Draft) -> bool:
        """Whether the explanation is on it."""
        title, text = dissected(draft.title), explained(draft)
        told = text.sentences
        naming = [sentence for sentence in told if self.topic.stand_in(sentence)]
        whole = self.topic.all_stand_in(title, text)
        if _enough(naming, told, NAMING_SHARE_MIN if whole else NAMING_IN_PART_SHARE_MIN):
            return True
        titled = bool(naming) and self.topic.stand_in(title)
        if not self.article:
            return titled
        sharing = [sentence for sentence in told if self._from_article(sentence)]
        named_min = ARTICLE_NAMED_SHARE_MIN if naming else ARTICLE_SHARE_MIN
        return _enough(sharing, told, ARTICLE_TITLED_SHARE_MIN if titled else named_min)

    def _from_article(self, sentence: Dissection) -> bool:
        return len(sentence.content(self.topic.language) & self.article) >= ARTICLE_WORDS_MIN


def _enough(some: Sequence[Dissection], told: Sequence[Dissection], share_min: float) -> bool:
    """Whether some are that share of all sentences, and more than one by chance."""
    return share(some, told) >= share_min and len(some) >= min(SENTENCES_MIN, len(told))


def _strays(draft: Draft, matter: _Matter) -> list[Fault]:
    """The single fields that are about something else."""
    language, text = draft.language, explained(draft)
    title, activity, question = map(dissected, (draft.title, draft.activity, draft.question))
    explanation = text.content(language) | matter.article
    whole = explanation | title.content(language)
    with_activity = whole | activity.content(language)
    parts = (
        _Part("title", title, language, explanation, judged_words_min=2, common_words_min=1),
        _Part("activity", activity, language, whole, judged_words_min=4, common_words_min=2),
        _Part("question", question, language, with_activity, judged_words_min=4, common_words_min=1),
    )
    return [
        Fault(NAME, part.field, UNRELATED)
        for part in parts
        if part.text.script == text.script and not part.related and not matter.topic.stand_in(part.text)
    ]


@dataclass(frozen=True, slots=True)
class _Part:
    """A field beside the rest of its lesson; words of any lesson do not count, and too few words tell nothing."""

    field: str
    text: Dissection
    language: LanguageTag
    rest: frozenset[str]
    judged_words_min: int
    common_words_min: int

    @property
    def related(self) -> bool:
        """Whether it has words in common with the rest, or too few of its own to be judged."""
        found = self.text.content(self.language) - classroom_stems(self.language)
        common = found & self.rest
        enough = len(common) >= self.common_words_min and share(common, found) >= RELATED_SHARE_MIN
        return enough or len(found) < self.judged_words_min


def _same_language(request: LessonRequest, language: str) -> bool:
    """Whether a topic's words are taken for a language's: by their script, and Latin letters for English only."""
    script = script_of(request.topic) or script_of(request.subject)
    if script == "LATIN":
        return primary_language(language) == "en"
    return script in scripts(language)
