"""The words by which a lesson's topic is known, and whether they stand in a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pathshala_common.checks.compounds import stands_in_compound
from pathshala_common.contract.lesson import LanguageTag, LessonRequest
from pathshala_common.text.background import rarity
from pathshala_common.text.content import FUNCTION_WORDS
from pathshala_common.text.dissection import Dissection, dissected
from pathshala_common.text.families import family
from pathshala_common.text.stems import stem
from pathshala_common.text.word_lists import all_words
from pathshala_common.text.words import plain_word

WHOLE_WEIGHT_MIN = 2 / 3
"""This much of a topic, by how rare its words are, has to stand in a lesson on it: of two words hardly ever one."""
LONG_NAME_WEIGHT_MIN = 0.35
"""This much is enough of more words, if the rarest of them is part of it."""
LONG_NAME_WORDS_MIN = 3

COURSE_WORDS = all_words(__package__, "course_words")
"""Words that name a course, and not its topic."""


@dataclass(frozen=True)
class TopicWords:
    """A topic's words, as they are read by the grammar of the language in which a lesson on it is written.

    Its subject's words do not count, unless the topic has none of its own ("introduction").
    """

    words: frozenset[str]
    language: LanguageTag

    @cached_property
    def stems(self) -> frozenset[str]:
        """Their stems."""
        return frozenset(stem(word, self.language) for word in self.words)

    @cached_property
    def families(self) -> frozenset[str]:
        """Their families."""
        return frozenset(family(word, self.language) for word in self.words)

    def stand_in(self, text: Dissection) -> bool:
        """Whether one of them does."""
        return any(_stands(word, text, self.language) for word in self.words)

    def whole_in(self, *texts: Dissection) -> bool:
        """Whether so many stand in the texts that they make the topic: nervous system is no solar system."""
        weight = self.weight_in(*texts)
        if weight >= WHOLE_WEIGHT_MIN:
            return True
        if len(self.words) < LONG_NAME_WORDS_MIN or weight < LONG_NAME_WEIGHT_MIN:
            return False
        rarest = max(self._weights, key=self._weights.__getitem__)
        return any(_stands(rarest, text, self.language) for text in texts)

    def weight_in(self, *texts: Dissection) -> float:
        """The share of the topic that stands in the texts, from 0 to 1: its words weigh as much as they are rare."""
        standing = [word for word in self.words if any(_stands(word, text, self.language) for text in texts)]
        return sum(map(self._weights.__getitem__, standing)) / (sum(self._weights.values()) or 1.0)

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        return {word: rarity(family(word, self.language), self.language) for word in self.words}


def topic_words(request: LessonRequest, language: LanguageTag) -> TopicWords:
    """Those of a request, for a lesson in a language."""
    topic, subject = telling(request.topic), telling(request.subject)
    return TopicWords(topic - subject or topic or subject, language)


def telling(name: str) -> frozenset[str]:
    """The words of a name that say what it is the name of."""
    told = [word for word in dissected(name).accented if tells(plain_word(word))]
    longer = [word for word in told if len(word) > 2]  # noqa: PLR2004 - "of", "in", "de" tell nothing
    return frozenset(longer or told)


def tells(word: str) -> bool:
    """Whether a word, folded, is neither grammar nor a number nor the name of a course."""
    return not word.isdigit() and word not in FUNCTION_WORDS and word not in COURSE_WORDS


def _stands(word: str, text: Dissection, language: LanguageTag) -> bool:
    """Whether a word stands in a text: one of its family, or a compound of it."""
    return family(word, language) in text.families(language) or stands_in_compound(word, text, language)
