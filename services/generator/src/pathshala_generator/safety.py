"""Refuses the topics that no classroom should get, by a short list that lies beside this file and can be read.

The list is no judge of intent: it stops what is plainly asked for, in English and Hindi, before a model is paid. What
it lets through still meets the model's own refusal and its provider's moderation.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from pydantic import TypeAdapter

from pathshala_common.contract.lesson import LessonRequest, Text, Value
from pathshala_common.text.words import plain, words

UNSEEN = frozenset({"Cf", "Co", "Cn"})
FIT_FOR_ALL = "asking for help"
"""Offered instead of what a provider refused and this list does not know."""

TOPICS_KEPT = 4_096
"""Topics of which it is kept whether they are refused: classes order what others ordered."""

SPELLED_LETTERS_MIN = 3
"""This many single letters in a row are a word that was spelled out."""

_ONE_STROKE = str.maketrans("l", "i")  # a one may be either
_LOOKALIKES = str.maketrans("авекмнорстухіјѕһԁɡαεικνορτυχ", "abekmhopctyxijshdgaeikvoptux")
_DIGITS = str.maketrans("013457@$!|€", "oieastasiie")
_DISGUISED = re.compile(r"(?=[0-9@$!|€]*[a-z])[a-z0-9@$!|€]+(?<![!|])")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_SPELLED = re.compile(rf"(?<![^ ])(?:[^\W\d_] ){{{SPELLED_LETTERS_MIN - 1},}}[^\W\d_](?![^ ])")


class Category(Value):
    """The topics that are refused for one reason, and the topic that a lesson may well be on `instead`.

    A phrase is refused wherever it stands, a deed only beside a thing, and neither if the topic, whatever its subject,
    has one of `unless`. These are regular expressions for whole words in lower case; `*` means the rest of a word.
    """

    category: Text
    reason: Text
    instead: Text
    phrases: tuple[Text, ...]
    deeds: tuple[Text, ...] = ()
    things: tuple[Text, ...] = ()
    unless: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rule:
    reason: str
    instead: str
    phrases: re.Pattern[str]
    deeds: re.Pattern[str]
    things: re.Pattern[str]
    unless: re.Pattern[str]

    def refuses(self, text: str, topic: str) -> bool:
        if self.unless.search(topic):
            return False
        return bool(self.phrases.search(text) or (self.deeds.search(text) and self.things.search(text)))


def refusal(request: LessonRequest) -> str | None:
    """Say why no lesson is written on this, in a clause for the screen of a pupil; None if one may be."""
    rule = _refusing(request.subject, request.topic)
    return rule.reason if rule else None


def instead_of(request: LessonRequest) -> str:
    """Name a topic that a lesson may be on, near one that is refused."""
    rule = _refusing(request.subject, request.topic)
    return rule.instead if rule else FIT_FOR_ALL


@lru_cache(maxsize=TOPICS_KEPT)
def _refusing(subject: str, topic: str) -> "_Rule | None":
    texts, topic = list(_readings(f"{subject}: {topic}")), next(_readings(topic))
    return next((rule for rule in _rules() if any(rule.refuses(text, topic) for text in texts)), None)


def shipped_categories() -> tuple[Category, ...]:
    """Read the list that lies beside this file."""
    listed = json.loads(files(__package__).joinpath("refused_topics.json").read_bytes())
    return TypeAdapter(tuple[Category, ...]).validate_python(listed)


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(each.reason, each.instead, *map(_any_of, (each.phrases, each.deeds, each.things, each.unless)))
        for each in shipped_categories()
    )


def _any_of(expressions: tuple[str, ...]) -> re.Pattern[str]:
    """Any of them in whole words of a text as it is read here; of none, nothing."""
    kinds = "|".join(plain(expression).replace("*", "[^ ]*") for expression in expressions)
    return re.compile(rf"(?<![^ ])(?:{kinds})(?![^ ])".translate(_ONE_STROKE) if kinds else r"(?!)")


def _readings(text: str) -> Iterator[str]:
    """The readings of a text: as it stands, with digits for letters, and with spelled words joined."""
    seen = text if text.isascii() else "".join(sign for sign in text if unicodedata.category(sign) not in UNSEEN)
    folded = _DRAWN_OUT.sub(r"\1", plain(seen).translate(_LOOKALIKES))
    for meant in dict.fromkeys((folded, _DISGUISED.sub(lambda found: found[0].translate(_DIGITS), folded))):
        read = " ".join(words(meant)).translate(_ONE_STROKE)
        yield read
        if _SPELLED.search(read):
            yield _SPELLED.sub(lambda found: found[0].replace(" ", ""), read)
            yield _SPELLED.sub(lambda found: f"{found[0][0]} {found[0][2:].replace(' ', '')}", read)
