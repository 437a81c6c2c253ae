"""One sentence on what the verse has to do with the lesson, and nothing that its translation does not bear out."""

import re

from pathshala_common.contract.lesson import LessonRequest
from pathshala_generator.offline.voice import Voice
from pathshala_generator.shlokas import Shloka

OF_LEARNING = frozenset({"knowledge", "learn", "learned", "learning", "learns", "pupil", "student", "study", "teacher"})
THEME_LENGTH_MIN = 4

_WORD = re.compile(r"[^\W\d_]+")


def connection(verse: Shloka, request: LessonRequest, voice: Voice) -> str:
    """Name a word that verse and request share; else say that the verse speaks of learning; else claim nothing."""
    says = set(_WORD.findall(verse.translation.casefold()))
    asked = _WORD.findall(f"{request.topic} {request.subject}".casefold())
    shared = [word for word in asked if len(word) >= THEME_LENGTH_MIN and _forms(word) & says]
    texts = voice.words.connections
    if shared:
        return voice.say("connection", texts.theme, theme=shared[0])
    return voice.say("connection", texts.learning if says & OF_LEARNING else texts.any)


def _forms(word: str) -> set[str]:
    """A word in singular and plural."""
    return {word, f"{word}s", word.removesuffix("s")}
