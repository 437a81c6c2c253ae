"""The words by which a lesson's topic is known, and whether they stand in a text."""

import unicodedata
from dataclasses import dataclass

from pathshala_common.contract.lesson import LanguageTag, LessonRequest
from pathshala_generator.text.content import FUNCTION_WORDS
from pathshala_generator.text.dissection import Dissection, dissected
from pathshala_generator.text.stems import stem
from pathshala_generator.text.word_lists import all_words
from pathshala_generator.text.words import plain_word

ANYWHERE_LENGTH_MIN = 5
"""From this length on a stem also counts inside a word, for languages that write words together."""
BEGINNING_LENGTH_MIN = 4
"""From this length on a word that begins with a stem counts: verbal with verb, but not warm with war."""

COURSE_WORDS = all_words(__package__, "course_words")
"""Words that name a course, and not its topic."""


@dataclass(frozen=True, slots=True)
class TopicWords:
    """The stems of a topic's words, by the grammar of the language in which a lesson on it is written.

    Those of its subject, where the topic has none of its own ("introduction").
    """

    stems: frozenset[str]
    language: LanguageTag

    def stand_in(self, text: Dissection) -> bool:
        """Whether one of them does."""
        return any(_stands(wanted, text, self.language) for wanted in self.stems)

    def all_stand_in(self, *texts: Dissection) -> bool:
        """Whether each of them does, in one or the other."""
        return all(any(_stands(wanted, text, self.language) for text in texts) for wanted in self.stems)


def topic_words(request: LessonRequest, language: LanguageTag) -> TopicWords:
    """Those of a request, for a lesson in a language."""
    return TopicWords(_stems(request.topic, language) or _stems(request.subject, language), language)


def _stems(name: str, language: LanguageTag) -> frozenset[str]:
    telling = [word for word in dissected(name).accented if _tells(plain_word(word))]
    longer = [word for word in telling if len(word) > 2]  # noqa: PLR2004 - "of", "in", "de" tell nothing
    return frozenset(stem(word, language) for word in longer or telling)


def _tells(word: str) -> bool:
    return not word.isdigit() and word not in FUNCTION_WORDS and word not in COURSE_WORDS


def _stands(wanted: str, text: Dissection, language: LanguageTag) -> bool:
    """Whether a stem is that of a word that was told, or stands in it as it was written."""
    if wanted in text.stems(language):
        return True
    if len(wanted) >= ANYWHERE_LENGTH_MIN or unicodedata.category(wanted[0]) == "Lo":
        return wanted in text.spelled
    return len(wanted) >= BEGINNING_LENGTH_MIN and f" {wanted}" in text.spelled
