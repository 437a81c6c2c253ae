"""The lesson's own words around those of the article, a language a file: whoever adds a file adds a language.

In the texts {topic} stands for the topic, {Topic} for it at the beginning of a title, {subject} for the subject,
{title} and {licence} for the article's, {about} for what the verse speaks of, {terms} for a few terms or names that the
lesson tells, {fact} for one of its sentences, {law} for the law that it states. `young` texts are for primary and
middle, `older` for the others.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field

from pathshala_common.contract.lesson import Level, Text, Value

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
    """Questions with a gap or a choice in {cloze}, on a {claim}, on two terms {term} and {other}, and on the whole."""

    choice: Texts
    claim: Texts
    name: Texts
    number: Texts
    reason: Texts
    link: ByAge
    open: ByAge


class Connections(Value):
    """The link between the verse, which speaks of {about}, and the topic.

    The verse's themes come near the topic's, or it speaks of learning, or it is a likeness.
    """

    near: Texts
    learning: Texts
    likeness: Texts


class Bare(Value):
    """A lesson without an article: how to find out."""

    titles: Texts
    openings: ByAge
    steps: ByAge
    activities: ByAge
    questions: ByAge


class Framing(Value):
    """All of one language.

    `leads` stand before a sentence that is long for the level, `quoted` before those in another language than the
    lesson. `names` are names of subjects and topics in this language, by their English ones; `listed` joins the last
    two items of a list. `activities` are by kind of topic, or by kind of topic "of" kinds of subject.
    """

    names: Mapping[str, str]
    listed: Text
    titles: Texts
    openings: ByAge
    leads: ByAge
    links: ByAge
    quoted: Text
    closings: ByAge
    objectives: ByAge
    questions: Questions
    connections: Connections
    bare: Bare
    activities: Mapping[str, ByAge]


@cache
def languages() -> frozenset[str]:
    """The languages that there are words in."""
    names = (file.name.removesuffix(".json") for file in files(__package__).joinpath(FOLDER).iterdir())
    return frozenset(name for name in names if "-" not in name)


@cache
def framing(language: str) -> Framing:
    """Read the words of a language."""
    parts = {part: _read(f"{language}-{part}") for part in ("activities", "names")}
    return Framing.model_validate(_read(language) | parts)


def _read(name: str) -> dict[str, object]:
    read: dict[str, object] = json.loads(files(__package__).joinpath(FOLDER, f"{name}.json").read_bytes())
    return read
