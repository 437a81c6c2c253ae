"""Which verse a lesson takes, and a sentence on what the two have to do with each other. Pure.

A link is claimed where the verse's themes meet the topic; elsewhere the verse is told as a likeness.
"""

from collections.abc import Sequence

from pathshala_common.contract.lesson import LessonRequest
from pathshala_common.text.words import words
from pathshala_generator.offline.voice import Voice
from pathshala_generator.shlokas import Shloka, meets

OF_LEARNING = frozenset(
    {"knowledge", "learn", "learned", "learning", "learns", "practice", "science", "study", "teacher"}
)


def verse_of(verses: Sequence[Shloka], request: LessonRequest) -> int:
    """Take the first verse whose themes meet the topic; else the first of all."""
    return next((place for place, verse in enumerate(verses) if meets(verse, request)), 0)


def connection(verse: Shloka, request: LessonRequest, voice: Voice) -> str:
    """Say what the verse speaks of, and how that comes near to the topic, or what it is a likeness of."""
    texts, about = voice.words.connections, verse.about_in(voice.language)
    if meets(verse, request):
        return voice.say("connection", texts.near, about=about)
    is_of_learning = not OF_LEARNING.isdisjoint(words(verse.about))
    return voice.say("connection", texts.learning if is_of_learning else texts.likeness, about=about)
