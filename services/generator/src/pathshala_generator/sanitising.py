"""Leaves out of an article what does not belong into an encyclopedia's: orders to a machine, its talk, and markup.

Anybody may edit the encyclopedia. Both writers read what is left, so that neither obeys an order, tells one as a fact,
or fails for one.
"""

import re
from itertools import takewhile

from pathshala_common.checks.machine_phrases import ORDERS_TO_MACHINES
from pathshala_common.checks.own_voice import machine_talk
from pathshala_common.checks.placeholders import PLACEHOLDERS
from pathshala_common.checks.plain_text import markup
from pathshala_common.contract.lesson import Article, LessonRequest
from pathshala_common.text.dissection import dissected

_QUOTED = re.compile('“[^”\\n]*”|„[^“”\\n]*[“”]|«[^»\\n]*»|"[^"\\n]*"|‘[^’\\n]{3,}’')  # noqa: RUF001 - quotation marks
_STOP = re.compile(r"(?<=[.!?।])\s+")
EXAMPLE = "…"


def sanitised(article: Article, request: LessonRequest) -> Article | None:
    """Give the article without such sentences; as it is, if it has none, and None if nothing is left of it."""
    lines = [dissected(line).sentences for line in article.summary.split("\n")]
    # All at once first: hardly an article has one, and a search for a pattern costs most where it begins.
    if not _is_foreign("\n".join(each.text for line in lines for each in line), request):
        return article
    kept = (" ".join(filter(None, (_own(each.text, request) for each in line))) for line in lines)
    summary = "\n".join(filter(None, kept))
    return article.model_copy(update={"summary": summary}) if summary else None


def _own(sentence: str, request: LessonRequest) -> str:
    """Give a sentence up to where something foreign begins: an order in small letters is one with what it follows."""
    if not _is_foreign(sentence, request):
        return sentence
    return " ".join(takewhile(lambda part: not _is_foreign(part, request), _STOP.split(sentence)[:-1]))


def _is_foreign(sentences: str, request: LessonRequest) -> bool:
    """Whether a line is an order to a machine, its talk, or no text. What it quotes is an example, and no order."""
    spoken = dissected(_QUOTED.sub(EXAMPLE, sentences))
    return (
        ORDERS_TO_MACHINES.stands_in(spoken)
        or bool(machine_talk(sentences, request))
        or any(markup(sentences, request))
        or PLACEHOLDERS.stands_in(dissected(sentences))
    )
