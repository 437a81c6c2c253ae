"""The framing's words as one lesson uses them: drawn by its lot, filled with its names, unlike earlier lessons."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from pathshala_common.contract.lesson import Level, fold, primary_language
from pathshala_generator.draft import Assignment
from pathshala_generator.offline.framing import ByAge, Framing, framing
from pathshala_generator.offline.naming import topic_of
from pathshala_generator.offline.seeded_choice import SeededChoice

NAME_LENGTH_MAX = 60
"""Letters of a topic's name in the lesson's own words; the beginning of a longer one stands for it."""

NO_NAME = "…"

# Tags, entities, and the signs of markup; the colon after a scheme that a browser would run; what cannot be seen.
_MARKUP = re.compile(
    r"</?\w[^<>]*>|&#?\w+;|[<>{}\[\]|`\\*]|__+|~~+|#{2,}|==+|(?<=script)\s*:|(?<=data):|"
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]",
    re.IGNORECASE,
)
_ENCODED = re.compile(r"(?=[A-Za-z+/]*\d)([A-Za-z0-9+/]{8})[A-Za-z0-9+/]{16,}")

INNER_QUOTES = str.maketrans('“”„«»"', "‘’‚‹›'")  # noqa: RUF001  marks within marks


@dataclass(frozen=True, slots=True)
class Voice:
    """One lesson's words."""

    words: Framing
    language: str
    level: Level
    lot: SeededChoice
    names: Mapping[str, str]

    @classmethod
    def of(cls, assignment: Assignment, turn: int) -> Self:
        """Speak in the language that was asked for, of which there are words."""
        request, article = assignment.request, assignment.article
        language = primary_language(request.language)
        words = framing(language)
        topic = _short(topic_of(request, article, words.names))
        names = {
            "topic": topic,
            "Topic": topic[:1].upper() + topic[1:],
            "subject": _short(words.names.get(fold(request.subject), request.subject)),
        }
        if article:
            names |= {"title": _short(article.title), "licence": article.licence}
        return cls(words, language, request.level, SeededChoice(request, turn), names)

    def say(self, purpose: str, texts: ByAge | Sequence[str], **more: str) -> str:
        """Draw one of the texts, and fill it."""
        listed = texts.of(self.level) if isinstance(texts, ByAge) else texts
        return self.fill(self.lot.draw(purpose, listed), **more)

    def fill(self, text: str, **more: str) -> str:
        """Fill a text with the lesson's names, and with more."""
        return text.format_map({**self.names, **more})

    def listed(self, items: Sequence[str]) -> str:
        """Name some things one after the other, each in quotation marks."""
        *before, last = [f"“{item.translate(INNER_QUOTES)}”" for item in items]
        return f"{', '.join(before)} {self.words.listed} {last}" if before else last

    def say_anew(self, purpose: str, texts: ByAge | Sequence[str], earlier: Sequence[str]) -> str:
        """Draw one that no earlier lesson has; if all have been used, any."""
        listed = texts.of(self.level) if isinstance(texts, ByAge) else texts
        filled = [text.format_map(self.names) for text in self.lot.round(purpose, listed)]
        return next((text for text in filled if not any(_begins_alike(text, one) for one in earlier)), filled[0])


def _begins_alike(text: str, other: str) -> bool:
    shorter = min(len(text), len(other))
    return fold(text[:shorter]) == fold(other[:shorter])


def _short(name: str) -> str:
    """Show a name as plain text, of which nothing can be taken for markup, and no more than its beginning."""
    readable = _ENCODED.sub(r"\1…", _MARKUP.sub(" ", name))
    bare = " ".join(readable.translate(INNER_QUOTES).split()) or NO_NAME
    if len(bare) <= NAME_LENGTH_MAX:
        return bare
    return f"{bare[:NAME_LENGTH_MAX].rpartition(' ')[0] or bare[:NAME_LENGTH_MAX]} …"
