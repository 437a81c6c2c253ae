"""Chooses verses for a topic from the collection that the project ships. Nothing here, and no model, makes one up."""

import hashlib
import heapq
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Self

from pydantic import Field, TypeAdapter

from pathshala_common.contract.lesson import LessonRequest, Text, Value, fold
from pathshala_generator.text.stems import singular
from pathshala_generator.text.words import words

CANDIDATES = 4
FITS_ANY_LESSON = "learning"
SUBJECT_VERSES_MIN = 10
WORD_LENGTH_MIN = 2


class Shloka(Value):
    """A verse as its source has it, its metre, our own translation, and what it speaks to (lower case, English)."""

    text: Text
    iast: Text
    translation: Text
    source: Text
    metre: Text
    themes: tuple[Text, ...] = Field(min_length=1)


_collection = TypeAdapter[tuple[Shloka, ...]](tuple[Shloka, ...])


def shipped_shlokas() -> tuple[Shloka, ...]:
    """Read the collection that lies beside this file, one source after the other."""
    sources = sorted(files(__package__).joinpath("verses").iterdir(), key=lambda file: file.name)
    return tuple(shloka for file in sources for shloka in _collection.validate_json(file.read_bytes()))


def candidates(
    shlokas: Sequence[Shloka], request: LessonRequest, task_id: str, count: int = CANDIDATES
) -> tuple[Shloka, ...]:
    """Choose the verses that fit a request best, the best first; the same task always gets the same ones.

    The topic's own words count most, then themes near them, then the subject's; a subject of few verses shares those
    that fit any lesson. Among equals a lot decides, each task's own, so that no verse becomes everybody's.
    """
    asked = _Asked.by(request)
    spoken_to = [_theme_stems(shloka.themes) for shloka in shlokas]
    is_wide = sum(not themes.isdisjoint(asked.subject) for themes in spoken_to) >= SUBJECT_VERSES_MIN
    closeness = [_closeness(themes, asked, subject_weight=2 if is_wide else 1) for themes in spoken_to]
    least = min(heapq.nlargest(count, closeness))
    close = (pair for pair in zip(closeness, shlokas, strict=True) if pair[0] >= least)

    ticket = "\0".join((fold(request.subject), fold(request.topic), task_id))
    ranked = sorted(close, key=lambda pair: (pair[0], _lot(pair[1], ticket)), reverse=True)
    return tuple(shloka for _, shloka in ranked[:count])


class _Asked(NamedTuple):
    """The stems of a request: of its topic's words, of the themes near each of them, of its subject's themes."""

    topic: frozenset[str]
    near: tuple[frozenset[str], ...]
    subject: frozenset[str]

    @classmethod
    def by(cls, request: LessonRequest) -> Self:
        """Read a request with the vocabulary's help."""
        near = _vocabulary()
        topic, subject = _stems(request.topic), _stems(request.subject)
        return cls(
            topic,
            tuple(near[word] for word in topic if word in near),
            subject.union(*(near[word] for word in subject if word in near)),
        )


def _closeness(themes: frozenset[str], asked: _Asked, subject_weight: int) -> int:
    """Weigh what a verse speaks to against what is asked; a verse that fits any lesson weighs 1 at least."""
    of_topic = 2 * len(themes & asked.topic) + sum(not themes.isdisjoint(near) for near in asked.near)
    of_subject = not themes.isdisjoint(asked.subject)
    return 4 * of_topic + subject_weight * of_subject or int(FITS_ANY_LESSON in themes)


@cache
def _vocabulary() -> dict[str, frozenset[str]]:
    """The themes that are near a word of a topic or subject, by its stem."""
    listed = json.loads(files(__package__).joinpath("vocabulary.json").read_bytes())
    return {stem: _stems(*themes) for word, themes in listed.items() for stem in _stems(word)}


@cache
def _theme_stems(themes: tuple[str, ...]) -> frozenset[str]:
    return _stems(*themes)


def _stems(*texts: str) -> frozenset[str]:
    """The words of texts, folded, singular and plural alike."""
    found = (word for text in texts for word in words(text) if len(word) >= WORD_LENGTH_MIN)
    return frozenset(map(singular, found))


def _lot(shloka: Shloka, ticket: str) -> bytes:
    """Draw a lot that depends on the verse and the task alone."""
    return hashlib.sha256(f"{shloka.source}\0{ticket}".encode()).digest()
