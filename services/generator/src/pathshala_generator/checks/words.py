"""Takes texts of any script apart: words, sentences, and stems by which related words are known."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from pathshala_generator.checks.function_words import FUNCTION_WORDS
from pathshala_generator.draft import Draft

STEM_LENGTH = 5
"""Signs that count: cutting words there serves most inflected languages about as well as a stemmer."""
STEM_LENGTH_MIN = 3
CONTENT_LENGTH_MIN = 4
"""Shorter Latin or Cyrillic words are mostly grammar."""
KEPT_TEXTS = 64

_MARKS = "".join(chr(sign) for sign in range(0x300, 0x1E00) if unicodedata.category(chr(sign)) in {"Mn", "Mc"})
_WORD = re.compile(f"(?:[^\\W_]|[{_MARKS}])+")
_SPELLED_WITH_SPACES = re.compile(r"[\u0000-\u05ff]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_SENTENCE_END = re.compile("(?<=[.!?\u2026\u061f])[\\s\u201d\"'»)]+|(?<=[\u0964\u0965\u3002\uff01\uff1f])\\s*|\n+")
_ACCENTS = dict.fromkeys(range(0x300, 0x370))
_UNSEEN = {ord(sign): None for sign in "\u00ad\u200b\u200c\u200d\u2060\ufeff"}


def plain(text: str) -> str:
    """Fold case, accents of Latin, Greek and Cyrillic letters, and signs that cannot be seen."""
    apart = unicodedata.normalize("NFKD", text.translate(_UNSEEN).casefold())
    return unicodedata.normalize("NFC", apart.translate(_ACCENTS))


def words(text: str) -> list[str]:
    """The words and numbers of a text, folded. In scripts without blanks a word is two neighbouring signs."""
    return [part for word in _WORD.findall(plain(text)) for part in _parts(word)]


def sentences(text: str) -> list[str]:
    """The sentences of a text that hold a word, as they stand."""
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence and _WORD.search(sentence)]


def stem(word: str) -> str:
    """Cut a folded word so that its inflections and near relations come to the same."""
    if _SPELLED_WITH_SPACES.match(word):
        singular = word.removesuffix("s") if len(word) > STEM_LENGTH_MIN else word
        cut = singular[:STEM_LENGTH]
        short = cut.rstrip("aeiouyаеиоуыя")  # noqa: RUF001 - Cyrillic endings are meant
    else:
        cut = word[:STEM_LENGTH]
        short = cut.rstrip(_MARKS)
    return short if len(short) >= STEM_LENGTH_MIN else cut


@lru_cache(maxsize=KEPT_TEXTS)
def content(text: str) -> frozenset[str]:
    """The stems of a text's words that carry meaning: no grammar, no bare numbers."""
    return frozenset(stem(word) for word in words(text) if _carries_meaning(word))


def numbers(text: str) -> frozenset[str]:
    """The numbers of a text."""
    return frozenset(word for word in words(text) if word.isdigit())


def prose(draft: Draft) -> str:
    """The explanation's text without its quotes, a paragraph a line."""
    return "\n".join(" ".join(said.text for said in paragraph) for paragraph in draft.explanation)


def fields(draft: Draft) -> Mapping[str, str]:
    """What a reader reads, by the name of its field."""
    named = {
        "title": draft.title,
        "explanation": prose(draft),
        "activity": draft.activity,
        "question": draft.question,
    }
    return named | ({"connection": draft.connection} if draft.connection else {})


def length(text: str) -> int:
    """How many words a text has; where words are not set apart, every two signs count as one."""
    return len(words(text))


def share(part: Iterable[object], whole: Iterable[object]) -> float:
    """How much of a whole a part is; nothing of nothing."""
    total = len(list(whole))
    return len(list(part)) / total if total else 0.0


def _parts(word: str) -> Iterable[str]:
    if _UNSPACED.match(word) and len(word) > 2:  # noqa: PLR2004 - pairs
        return (word[place : place + 2] for place in range(len(word) - 1))
    return (word,)


def _carries_meaning(word: str) -> bool:
    if word.isdigit() or word in FUNCTION_WORDS:
        return False
    return len(word) >= (CONTENT_LENGTH_MIN if _SPELLED_WITH_SPACES.match(word) else 2)
