"""Chooses verses for a topic from the collection that the project ships. Nothing here, and no model, makes one up."""

import hashlib
import heapq
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import NamedTuple

from pydantic import Field, TypeAdapter

from pathshala_common.contract.lesson import LanguageTag, LessonRequest, Text, Value, fold, primary_language
from pathshala_common.text.stems import singular
from pathshala_common.text.words import words

CANDIDATES = 4
HINDI = "hi"
FITS_ANY_LESSON = "learning"
SUBJECT_VERSES_MIN = 10
WORD_LENGTH_MIN = 2
TOPICS_KEPT = 4_096
"""Topics that are kept as they were read: classes order what others ordered."""

TOPIC_WEIGHT, NEAR_WEIGHT, WIDE_SUBJECT_WEIGHT, FITTING_WEIGHT = 8, 4, 2, 1


class Shloka(Value):
    """A verse as its source has it, its metre, our own translations, and what it speaks to (lower case, English).

    `about` says in a few words what the verse speaks of, "the round earth in the midst of space".
    """

    text: Text
    iast: Text
    translation: Text
    translation_hi: Text
    about: Text
    about_hi: Text
    source: Text
    metre: Text
    themes: tuple[Text, ...] = Field(min_length=1)

    def translation_in(self, language: LanguageTag) -> str:
        """The translation for a lesson in this language; English, where there is none."""
        return self.translation_hi if primary_language(language) == HINDI else self.translation

    def about_in(self, language: LanguageTag) -> str:
        """The few words on what it speaks of, likewise."""
        return self.about_hi if primary_language(language) == HINDI else self.about


class Shlokas(tuple[Shloka, ...]):  # noqa: SLOT001 - it keeps its index
    """Verses with an index of what they speak to."""

    @cached_property
    def by_theme(self) -> Mapping[str, frozenset[int]]:
        """The places of the verses that speak to a theme, by its stem."""
        places: defaultdict[str, set[int]] = defaultdict(set)
        for place, shloka in enumerate(self):
            for stem in _stems(*shloka.themes):
                places[stem].add(place)
        return {stem: frozenset(found) for stem, found in places.items()}

    def speaking_to(self, stems: Iterable[str]) -> frozenset[int]:
        """The places of the verses that speak to any of these themes."""
        return frozenset().union(*(self.by_theme[stem] for stem in stems if stem in self.by_theme))


_collection = TypeAdapter[tuple[Shloka, ...]](tuple[Shloka, ...])


@cache
def shipped_shlokas() -> Shlokas:
    """Read the collection that lies beside this file, one source after the other."""
    sources = sorted(files(__package__).joinpath("verses").iterdir(), key=lambda file: file.name)
    return Shlokas(shloka for file in sources for shloka in _collection.validate_json(file.read_bytes()))


def candidates(
    shlokas: Sequence[Shloka], request: LessonRequest, task_id: str, count: int = CANDIDATES
) -> tuple[Shloka, ...]:
    """Choose the verses that fit a request best, the best first; the same task always gets the same ones.

    The topic's own words count most, then themes near them, then the subject's; a subject of few verses shares those
    that fit any lesson. Among equals a lot decides, each task's own, so that no verse becomes everybody's.
    """
    weights = closeness(shlokas if isinstance(shlokas, Shlokas) else Shlokas(shlokas), request)
    if len(weights) < count:
        weights = dict.fromkeys(range(len(shlokas)), 0) | weights
    least = min(heapq.nlargest(count, weights.values()))
    ticket = "\0".join((fold(request.subject), fold(request.topic), task_id))
    ranked = sorted(
        ((weight, _lot(shlokas[place], ticket), place) for place, weight in weights.items() if weight >= least),
        reverse=True,
    )
    return tuple(shlokas[place] for _, _, place in ranked[:count])


def other_candidates(shlokas: Sequence[Shloka], request: LessonRequest, task_id: str, text: str) -> tuple[Shloka, ...]:
    """Choose likewise among all verses but the one with this text."""
    return tuple(one for one in candidates(shlokas, request, task_id, CANDIDATES + 1) if one.text != text)[:CANDIDATES]


def closeness(shlokas: Shlokas, request: LessonRequest) -> dict[int, int]:
    """Weigh what verses speak to against what is asked, by their places; only of those that have to do with it.

    Those are the verses that share a theme with it or, if none does or the subject's are few, fit any lesson.
    """
    asked, weights = _asked(request.subject, request.topic), Counter[int]()
    for stem in asked.topic:
        weights.update(dict.fromkeys(shlokas.by_theme.get(stem, ()), TOPIC_WEIGHT))
    for near in asked.near:
        weights.update(dict.fromkeys(shlokas.speaking_to(near), NEAR_WEIGHT))
    of_subject = shlokas.speaking_to(asked.subject)
    is_wide = len(of_subject) >= SUBJECT_VERSES_MIN
    weights.update(dict.fromkeys(of_subject, WIDE_SUBJECT_WEIGHT if is_wide else FITTING_WEIGHT))
    fitting = shlokas.by_theme.get(FITS_ANY_LESSON, frozenset()) - weights.keys()
    return weights | dict.fromkeys(fitting, FITTING_WEIGHT)


def meets(shloka: Shloka, request: LessonRequest) -> bool:
    """Whether a verse speaks to what a topic is on, or says something of one of its words or of a theme near to that.

    A topic is on the last word of its name and of each part of that: on the cycle in "water cycle". A word to which the
    vocabulary has a single theme is another name for that.
    """
    themes, says, near = _stems(*shloka.themes), _stems(shloka.about), _vocabulary()
    words_of_topic = _stems(request.topic)
    heads = _stems(*(part.split()[-1] for part in request.topic.split(" of ") if part.split()))
    named = heads.union(*(near[word] for word in words_of_topic if len(near.get(word, ())) == 1))
    told = words_of_topic.union(*(near[head] for head in heads if head in near))
    return not themes.isdisjoint(named) or not (themes & says).isdisjoint(told)


class _Asked(NamedTuple):
    """The stems of a request: of its topic's words, of the themes near each of them, of its subject's themes."""

    topic: frozenset[str]
    near: tuple[frozenset[str], ...]
    subject: frozenset[str]


@lru_cache(maxsize=TOPICS_KEPT)
def _asked(subject: str, topic: str) -> _Asked:
    """Read what is asked for, with the vocabulary's help."""
    near, of_topic, of_subject = _vocabulary(), _stems(topic), _stems(subject)
    return _Asked(
        of_topic,
        tuple(near[word] for word in of_topic if word in near),
        of_subject.union(*(near[word] for word in of_subject if word in near)),
    )


@cache
def _vocabulary() -> dict[str, frozenset[str]]:
    """The themes that are near a word of a topic or subject, by its stem."""
    listed = json.loads(files(__package__).joinpath("vocabulary.json").read_bytes())
    return {stem: _stems(*themes) for word, themes in listed.items() for stem in _stems(word)}


def _stems(*texts: str) -> frozenset[str]:
    """The words of texts, folded, singular and plural alike."""
    found = (word for text in texts for word in words(text) if len(word) >= WORD_LENGTH_MIN)
    return frozenset(map(singular, found))


def _lot(shloka: Shloka, ticket: str) -> bytes:
    """Draw a lot that depends on the verse and the task alone."""
    return hashlib.sha256(f"{shloka.source}\0{ticket}".encode()).digest()
