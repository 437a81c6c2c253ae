"""The words by which a lesson's topic is known, and whether they stand in a text."""

import unicodedata
from dataclasses import dataclass

from pathshala_common.contract.lesson import LessonRequest
from pathshala_generator.checks.function_words import FUNCTION_WORDS
from pathshala_generator.checks.words import stem, words

ANYWHERE_LENGTH_MIN = 5
"""From this length on a stem also counts inside a word, for languages that write words together."""
BEGINNING_LENGTH_MIN = 4
"""From this length on a word that begins with a stem counts: verbal with verb, but not warm with war."""

_GENERAL = (
    "advanced and are basic basics beginner beginners chapter class concept concepts course definition for grade guide "
    "how fundamentals introduction introductory intro kinds lesson overview part practice simple the topic types unit "
    "who why einfuhrung grundlagen lektion introduccion leccion lecon परिचय पाठ अध्याय मूल प्रकार"
)
GENERAL = frozenset(_GENERAL.split())


@dataclass(frozen=True, slots=True)
class TopicWords:
    """The stems of a topic's words; those of its subject, where the topic has none of its own ("introduction")."""

    stems: frozenset[str]

    def stand_in(self, text: str) -> bool:
        """Whether one of them does."""
        told = words(text)
        return any(_stands(wanted, told) for wanted in self.stems)

    def all_stand_in(self, text: str) -> bool:
        """Whether each of them does."""
        told = words(text)
        return all(_stands(wanted, told) for wanted in self.stems)


def topic_words(request: LessonRequest) -> TopicWords:
    """Those of a request."""
    return TopicWords(_stems(request.topic) or _stems(request.subject))


def _stems(name: str) -> frozenset[str]:
    telling = [word for word in words(name) if not word.isdigit() and word not in FUNCTION_WORDS | GENERAL]
    longer = [word for word in telling if len(word) > 2]  # noqa: PLR2004 - "of", "in", "de" tell nothing
    return frozenset(stem(word) for word in longer or telling)


def _stands(wanted: str, told: list[str]) -> bool:
    if len(wanted) >= ANYWHERE_LENGTH_MIN or unicodedata.category(wanted[0]) == "Lo":
        return any(wanted in word for word in told)
    if len(wanted) >= BEGINNING_LENGTH_MIN:
        return any(word.startswith(wanted) for word in told)
    return any(stem(word) == wanted for word in told)
