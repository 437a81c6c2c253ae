"""The topic gate: a lesson is about its subject and topic, and so is each of its parts.

What is measured is how many sentences name the topic, so that one sentence which does so does not let a lesson on
something else in; and, with an article, whether the words that make the article what it is stand in the lesson too, so
that its name alone does not either. Languages meet here only in what they share; where nothing can be told, the check
does not apply. Its precision and recall are in docs/evals.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.checks.filler import classroom_stems
from pathshala_common.checks.parts import asked, explained, share
from pathshala_common.checks.topic_words import TopicWords, telling, topic_words
from pathshala_common.contract.lesson import LanguageTag, LessonRequest, primary_language
from pathshala_common.text.dissection import Dissection, dissected
from pathshala_common.text.languages import Identified
from pathshala_common.text.salience import rarest, salience
from pathshala_common.text.scripts import LATIN, script_of, scripts
from pathshala_common.text.stems import ENGLISH

NAME = "on_topic"
NAMING_SHARE_MIN = 0.2
"""This many sentences that name the topic are enough, whatever else the explanation says."""
ARTICLE_WORDS_MIN = 2
ARTICLE_SHARE_MIN = 0.4
"""This many sentences must share words with the article, where none names the topic."""
ARTICLE_NAMED_SHARE_MIN = 0.2
ARTICLE_TITLED_SHARE_MIN = 0.15
"""The same, where one sentence and the title name the topic: lessons for children often name it but once."""
MET_WEIGHT_MIN = 7.0
"""This much weight of the article's words, two or three rare ones, has to stand in the lesson besides its names: a
lesson that has nothing but the topic's name in common with it is on another sense of the name."""
MET_RARE_WORDS_MIN = 2
"""The same in a language of whose common words little is known, so that none weighs much."""
MET_SHARE_MIN = 0.2
"""This share of all the weight is enough of a tiny article; where no name stands, it has to be as much of any."""
IN_PART_WEIGHT_MIN = 0.4
IN_PART_SHARE_MIN = 0.4
IN_PART_SENTENCES_MIN = 4
"""Where a weighty word of the topic stands nowhere, a lesson of so many sentences has to name the rest, of such weight,
in such a share of them: all speak of the heart, and none of human."""
SENTENCES_MIN = 2
RELATED_SHARE_MIN = 0.12
"""A field that does not name the topic has to share so many of its words with the rest."""

ELSEWHERE = "is about something else than the topic that was asked for"
UNRELATED = "has nothing to do with the topic of the lesson"


def on_topic(draft: Draft, assignment: Basis) -> Iterable[Fault] | None:
    """Find a lesson on something else, or single fields that are."""
    matter = _Matter.of(draft, assignment)
    if not matter.told_in(draft):
        knowable = matter.knowable(assignment.request)
        return [Fault(NAME, None, ELSEWHERE)] if knowable else _strays(draft, matter) or None
    return _strays(draft, matter)


@dataclass(frozen=True, slots=True)
class _Matter:
    """The names of a lesson's topic, and the words of its article if that is in the lesson's language."""

    names: tuple[TopicWords, ...]
    words: frozenset[str]
    salience: Mapping[str, float]
    language: LanguageTag

    @classmethod
    def of(cls, draft: Draft, assignment: Basis) -> "_Matter":
        article, language = assignment.article, draft.language
        topic = topic_words(assignment.request, language)
        if article is None or primary_language(article.language) != primary_language(language):
            return cls((topic,), frozenset(), {}, language)
        title = TopicWords(telling(article.title), language)
        named = topic.families | title.families
        others = {each: weight for each, weight in salience(article.summary, language).items() if each not in named}
        told = dissected(article.summary).content(language)
        return cls((topic, title), told | topic.stems | title.stems, others, language)

    def knowable(self, request: LessonRequest) -> bool:
        """Whether it can be told what a lesson is on: by the article, or by a topic in the lesson's language."""
        return bool(self.words) or (bool(self.names[0].words) and _same_language(request, self.language))

    def stands_in(self, text: Dissection) -> bool:
        """Whether a word of its names does."""
        return any(name.stand_in(text) for name in self.names)

    def told_in(self, draft: Draft) -> bool:
        """Whether the explanation is on it."""
        title, text = dissected(draft.title), explained(draft)
        told = text.sentences
        naming = [sentence for sentence in told if self.stands_in(sentence)]
        if not any(name.whole_in(title, text) for name in self.names) and not self._told_in_part(naming, told, text):
            naming = []
        titled = bool(naming) and self.stands_in(title)
        if not self.words:
            return titled or _enough(naming, told, NAMING_SHARE_MIN)
        if not self._meets_article(text, is_named=bool(naming)):
            return False
        if _enough(naming, told, NAMING_SHARE_MIN):
            return True
        sharing = [sentence for sentence in told if self._from_article(sentence)]
        named_min = ARTICLE_NAMED_SHARE_MIN if naming else ARTICLE_SHARE_MIN
        return _enough(sharing, told, ARTICLE_TITLED_SHARE_MIN if titled else named_min)

    def _told_in_part(self, naming: Sequence[Dissection], told: Sequence[Dissection], text: Dissection) -> bool:
        """Whether the text speaks all along of a part of the name that is telling enough."""
        if len(told) < IN_PART_SENTENCES_MIN or share(naming, told) < IN_PART_SHARE_MIN:
            return False
        return any(name.weight_in(text) >= IN_PART_WEIGHT_MIN for name in self.names)

    def _meets_article(self, text: Dissection, *, is_named: bool) -> bool:
        """Whether the words that make the article what it is stand in a text."""
        said, whole = text.families(self.language), sum(self.salience.values())
        met = sum(weight for each, weight in self.salience.items() if each in said)
        enough = min(MET_WEIGHT_MIN, MET_RARE_WORDS_MIN * rarest(self.language))
        return met >= (min(enough, MET_SHARE_MIN * whole) if is_named else MET_SHARE_MIN * whole)

    def _from_article(self, sentence: Dissection) -> bool:
        return len(sentence.content(self.language) & self.words) >= ARTICLE_WORDS_MIN


def _enough(some: Sequence[Dissection], told: Sequence[Dissection], share_min: float) -> bool:
    """Whether some are that share of all sentences, and more than one by chance; of two, one is half."""
    return share(some, told) >= share_min and len(some) >= min(SENTENCES_MIN, (len(told) + 1) // 2)


def _strays(draft: Draft, matter: _Matter) -> list[Fault]:
    """The single fields that are about something else."""
    language, text = draft.language, explained(draft)
    title, activity, question = map(dissected, (draft.title, draft.activity, draft.question))
    explanation = text.content(language) | matter.words
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
        if part.text.script == text.script and not part.related and not matter.stands_in(part.text)
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


def _same_language(request: LessonRequest, language: LanguageTag) -> bool:
    """Whether a topic's words are taken for a language's: by their script, and in Latin letters, where that is sure."""
    script, tag = script_of(request.topic) or script_of(request.subject), primary_language(language)
    if script != LATIN or tag == ENGLISH:
        return script in scripts(language)
    return asked(request).language == Identified(tag, is_sure=True)
