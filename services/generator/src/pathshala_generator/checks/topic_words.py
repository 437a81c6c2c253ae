"""The words by which a lesson's topic is known, and whether they stand in a text."""

import unicodedata
from dataclasses import dataclass

from pathshala_common.contract.lesson import LanguageTag, LessonRequest
from pathshala_generator.text.content import FUNCTION_WORDS
from pathshala_generator.text.stems import stem
from pathshala_generator.text.word_lists import all_words
from pathshala_generator.text.words import accented_words, plain

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

    def stand_in(self, text: str) -> bool:
        """Whether one of them does."""
        told = self._told(text)
        return any(_stands(wanted, told) for wanted in self.stems)

    def all_stand_in(self, text: str) -> bool:
        """Whether each of them does."""
        told = self._told(text)
        return all(_stands(wanted, told) for wanted in self.stems)

    def _told(self, text: str) -> frozenset[tuple[str, str]]:
        return frozenset((stem(word, self.language), plain(word)) for word in accented_words(text))


def topic_words(request: LessonRequest, language: LanguageTag) -> TopicWords:
    """Those of a request, for a lesson in a language."""
    return TopicWords(_stems(request.topic, language) or _stems(request.subject, language), language)


def _stems(name: str, language: LanguageTag) -> frozenset[str]:
    telling = [word for word in accented_words(name) if _tells(plain(word))]
    longer = [word for word in telling if len(word) > 2]  # noqa: PLR2004 - "of", "in", "de" tell nothing
    return frozenset(stem(word, language) for word in longer or telling)


def _tells(word: str) -> bool:
    return not word.isdigit() and word not in FUNCTION_WORDS | COURSE_WORDS


def _stands(wanted: str, told: frozenset[tuple[str, str]]) -> bool:
    """Whether a stem is that of a word that was told, or stands in it as it was written."""
    if any(wanted == stemmed for stemmed, _ in told):
        return True
    if len(wanted) >= ANYWHERE_LENGTH_MIN or unicodedata.category(wanted[0]) == "Lo":
        return any(wanted in word for _, word in told)
    return len(wanted) >= BEGINNING_LENGTH_MIN and any(word.startswith(wanted) for _, word in told)
