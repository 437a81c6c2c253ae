"""Names the topic of a lesson: in its own language, and with the capitals that the article writes it with. Pure."""

import re
from collections import Counter
from collections.abc import Mapping

from pathshala_common.contract.lesson import Article, LessonRequest, fold, primary_language
from pathshala_common.text.scripts import script_of, scripts
from pathshala_common.text.words import MARKS

_BEGINS = re.compile(r"(?:^|[.!?।:\"“(])\s*$")
_QUALIFIER = re.compile(r"\s*\([^()]*\)$")


def topic_of(request: LessonRequest, article: Article | None, names: Mapping[str, str]) -> str:
    """Give the topic's name in the lesson's script, from the article or the names that are known, else as it was asked.

    `names` are those of the lesson's language by their English ones, folded.
    """
    asked = request.topic
    if script_of(asked) in {None, *scripts(request.language)}:
        return _capitalised(asked, article.summary) if article and asked.islower() else asked
    if article and primary_language(article.language) == primary_language(request.language):
        return _QUALIFIER.sub("", article.title)
    return names.get(fold(asked), asked)


def _capitalised(asked: str, text: str) -> str:
    """Spell a name that was asked for in small letters as the text does, whole or else word by word."""
    return _as_in(asked, text) or " ".join(_as_in(word, text) or word for word in asked.split())


def _as_in(name: str, text: str) -> str | None:
    """The spelling that most places of a text have, but for the beginnings of sentences; None if it stands nowhere."""
    pattern = re.compile(rf"(?<![\w{MARKS}]){re.escape(name)}(?![\w{MARKS}])", re.IGNORECASE)
    found = [each[0] for each in pattern.finditer(text) if not _BEGINS.search(text[: each.start()])]
    return Counter(found).most_common(1)[0][0] if found else None
