"""The class around a lesson: what learners can do after it, how long it takes, and what its activity needs. Pure."""

from collections.abc import Sequence
from math import ceil

from pathshala_common.contract.lesson import Level
from pathshala_common.text.dissection import dissected
from pathshala_common.text.word_lists import read_list
from pathshala_generator.offline.voice import Voice

WORDS_A_MINUTE = {Level.PRIMARY: 40, Level.MIDDLE: 70, Level.SECONDARY: 100, Level.ADULT: 130}
"""Read aloud, and talked over."""
ACTIVITY_MINUTES = {Level.PRIMARY: 15, Level.MIDDLE: 15, Level.SECONDARY: 20, Level.ADULT: 20}
QUESTION_MINUTES = 2
STEP_MINUTES = 5


def objectives(voice: Voice) -> tuple[str, ...]:
    """Say what the questions then ask for."""
    return tuple(text.format_map(voice.names) for text in voice.words.objectives.of(voice.level))


def minutes(explanation: str, questions: int, level: Level) -> int:
    """Estimate reading, talking and activity, in steps of five minutes."""
    reading = len(dissected(explanation).words) / WORDS_A_MINUTE[level]
    return STEP_MINUTES * ceil((reading + QUESTION_MINUTES * questions + ACTIVITY_MINUTES[level]) / STEP_MINUTES)


def materials(activity: str, language: str) -> Sequence[str]:
    """Name the things that an activity speaks of, in the order of the list of those that are known."""
    said = dissected(activity).stems(language)
    listed = read_list(__package__, "materials").get(language, {})
    return [name for name, signs in listed.items() if said & dissected(signs).stems(language)]
