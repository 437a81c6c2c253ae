"""Chooses a verse for a topic from the collection that the project ships. Nothing here, and no model, makes one up."""

import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files

from pydantic import Field, TypeAdapter

from pathshala_common.contract.lesson import LessonRequest, Noun, Text, fold

FITS_ANY_LESSON = "learning"
WORD = re.compile(r"[^\W\d_]+")
WORD_LENGTH_MIN = 3


class Shloka(Noun):
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


def choose(shlokas: Sequence[Shloka], request: LessonRequest, task_id: str) -> Shloka:
    """Choose the verse for a request; the same task always gets the same one.

    Those that speak most to the topic's words come first. A subject's words are many lessons' words, so they only
    add verses to those that fit any lesson. Among equals a hash decides, so that no verse becomes everybody's.
    """
    candidates = _closest(shlokas, _stems(request.topic)) or [
        shloka
        for shloka in shlokas
        if FITS_ANY_LESSON in shloka.themes or _stems(*shloka.themes) & _stems(request.subject)
    ]
    return max(candidates or shlokas, key=lambda shloka: _lot(shloka, request, task_id))


def _closest(shlokas: Sequence[Shloka], words: frozenset[str]) -> list[Shloka]:
    """Those with the most themes among the words; none if no theme is."""
    hits = [len(_stems(*shloka.themes) & words) for shloka in shlokas]
    best = max(hits, default=0)
    return [shloka for shloka, count in zip(shlokas, hits, strict=True) if best and count == best]


def _stems(*texts: str) -> frozenset[str]:
    """The words of texts, folded, singular and plural alike."""
    words = (word for text in texts for word in WORD.findall(fold(text)) if len(word) >= WORD_LENGTH_MIN)
    return frozenset(word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s") for word in words)


def _lot(shloka: Shloka, request: LessonRequest, task_id: str) -> bytes:
    """Draw a lot that depends on the verse and the task alone."""
    drawn = "\0".join((shloka.source, fold(request.subject), fold(request.topic), task_id))
    return hashlib.sha256(drawn.encode()).digest()
