"""Which verse a lesson takes, and one sentence on what the two have to do with each other.

Nothing is said that the verse's translation does not bear out.
"""

from collections.abc import Sequence

from pathshala_common.contract.lesson import LessonRequest
from pathshala_generator.offline.voice import Voice
from pathshala_generator.shlokas import Shloka
from pathshala_generator.text.stems import singular
from pathshala_generator.text.words import words

OF_LEARNING = frozenset({"knowledge", "learn", "learned", "learning", "learns", "pupil", "student", "study", "teacher"})
THEME_LENGTH_MIN = 4


def verse_of(verses: Sequence[Shloka], request: LessonRequest) -> int:
    """Take the first verse that has a word of the request's in its translation; else the first of all."""
    return next((place for place, verse in enumerate(verses) if _shared(verse, request)), 0)


def connection(verse: Shloka, request: LessonRequest, voice: Voice) -> str:
    """Name a word that verse and request share; else say that the verse speaks of learning; else claim nothing."""
    texts, shared = voice.words.connections, _shared(verse, request)
    if shared:
        return voice.say("connection", texts.theme, theme=shared[0])
    speaks_of_learning = OF_LEARNING.intersection(words(verse.translation))
    return voice.say("connection", texts.learning if speaks_of_learning else texts.any)


def _shared(verse: Shloka, request: LessonRequest) -> list[str]:
    says = {singular(word) for word in words(verse.translation)}
    asked = words(f"{request.topic} {request.subject}")
    return [word for word in asked if len(word) >= THEME_LENGTH_MIN and singular(word) in says]
