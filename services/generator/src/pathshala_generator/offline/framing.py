"""The lesson's own words around those of the article, a language a file: whoever adds a file adds a language.

In the texts {topic} stands for the topic as it was asked for, {Topic} for it at the beginning of a title, {subject} for
the subject, {title} and {licence} for the article's. `young` texts are for primary and middle, `older` for the others.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field

from pathshala_common.contract.lesson import Level, Text, Value, primary_language

ENGLISH = "en"
FOLDER = "framing"

Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


class ByAge(Value):
    """Texts for the young and for the older."""

    young: Texts
    older: Texts

    def of(self, level: Level) -> tuple[str, ...]:
        """Those for a level."""
        return self.young if level in {Level.PRIMARY, Level.MIDDLE} else self.older


class Questions(Value):
    """Questions with a gap where the article's name or a number was, in {cloze}, and one that needs no gap."""

    name: Texts
    number: Texts
    open: ByAge


class Connections(Value):
    """The link between verse and lesson: a common {theme}, learning itself, or none that is known."""

    theme: Texts
    learning: Texts
    any: Texts


class Bare(Value):
    """A lesson without an article: how to find out."""

    titles: Texts
    openings: ByAge
    steps: ByAge
    activities: ByAge
    questions: ByAge


class Framing(Value):
    """All of one language. `quoted` leads to sentences that are in another language than the lesson."""

    titles: Texts
    openings: ByAge
    links: ByAge
    quoted: Text
    closings: ByAge
    questions: Questions
    connections: Connections
    bare: Bare
    activities: Mapping[str, ByAge]


def language_of(asked: str) -> str:
    """The language to write in: the one that was asked for, if there are words in it, else English."""
    return primary_language(asked) if primary_language(asked) in languages() else ENGLISH


@cache
def languages() -> frozenset[str]:
    """The languages that there are words in."""
    names = (file.name.removesuffix(".json") for file in files(__package__).joinpath(FOLDER).iterdir())
    return frozenset(name for name in names if "-" not in name)


@cache
def framing(language: str) -> Framing:
    """Read the words of a language."""
    return Framing.model_validate(_read(language) | {"activities": _read(f"{language}-activities")})


def _read(name: str) -> dict[str, object]:
    read: dict[str, object] = json.loads(files(__package__).joinpath(FOLDER, f"{name}.json").read_bytes())
    return read
