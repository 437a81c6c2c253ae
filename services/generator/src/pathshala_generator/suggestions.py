"""Another order that would do, for a lesson that fails because of its order. Pure."""

import re
from collections.abc import Callable, Mapping

from pathshala_common.checks.reading_level import TOO_EASY, TOO_HARD
from pathshala_common.contract.errors import Reject
from pathshala_common.contract.lesson import (
    Article,
    LessonRequest,
    Level,
    SuggestedOrder,
    Suggestion,
    fold,
)
from pathshala_generator.draft import LANGUAGE_UNAVAILABLE, LESSON_REFUSED
from pathshala_generator.moderation import TOPIC_REFUSED
from pathshala_generator.offline.framing import languages
from pathshala_generator.safety import instead_of

SUBJECT_OF_CARE = "life skills"
SOURCE_TEXT = "source_text"
ENGLISH = "en"
LEVELS = tuple(Level)

OTHER_TOPIC = "Order a lesson on “{topic}” instead."
OTHER_LANGUAGE = "Order it in a language that the writer has words in: {languages}."
OTHER_LEVEL = "Order it for another level, {level}: that is how hard the matter is to say."
OTHER_SENSE = "The word has several senses. Order a lesson on “{topic}”."
OWN_TEXT = (
    "Order it again with an article of your own in source_text, a few paragraphs of plain text on the topic: "
    "the lesson then stands on that, and is labelled so."
)

_QUALIFIED = re.compile(r"(?P<name>.+?) \((?P<sense>[^()]+)\)")


def suggestion_for(reject: Reject, request: LessonRequest, article: Article | None) -> Suggestion | None:
    """Suggest what to order instead; None if the order is not to blame."""
    suggest = _BY_CODE.get(reject.code)
    return suggest(reject, request, article) if suggest else None


def _other_topic(_reject: Reject, request: LessonRequest, _article: Article | None) -> Suggestion:
    topic = instead_of(request)
    return _suggestion(OTHER_TOPIC.format(topic=topic), request, subject=SUBJECT_OF_CARE, topic=topic)


def _other_language(_reject: Reject, request: LessonRequest, _article: Article | None) -> Suggestion:
    known = ", ".join(sorted(languages()))
    return _suggestion(OTHER_LANGUAGE.format(languages=known), request, language=ENGLISH)


def _other_lesson(reject: Reject, request: LessonRequest, article: Article | None) -> Suggestion:
    """Suggest the level that it came out for, another sense of the word, or a text of one's own."""
    level = _other_level(reject.reason, request.level)
    if level is not None:
        return _suggestion(OTHER_LEVEL.format(level=level), request, level=level)
    sense = _other_sense(request, article)
    if sense is not None:
        return _suggestion(OTHER_SENSE.format(topic=sense), request, topic=sense)
    return _suggestion(OWN_TEXT, request, needs=(SOURCE_TEXT,))


def _other_level(reason: str, level: Level) -> Level | None:
    """The level above for what is too hard to read, and the one below for what is too childish."""
    step = (TOO_HARD in reason) - (TOO_EASY in reason)
    place = LEVELS.index(level) + step
    return LEVELS[place] if step and place in range(len(LEVELS)) else None


def _other_sense(request: LessonRequest, article: Article | None) -> str | None:
    """Another article of the topic's name, with a word in brackets that tells it apart."""
    for title in article.related_articles if article else ():
        found = _QUALIFIED.fullmatch(title)
        if found and fold(found["name"]) == fold(request.topic):
            return title
    return None


def _suggestion(words: str, request: LessonRequest, *, needs: tuple[str, ...] = (), **other: str) -> Suggestion:
    known = {name: getattr(request, name) for name in SuggestedOrder.model_fields}
    return Suggestion(words=words, order=SuggestedOrder.model_validate(known | other), needs=needs)


_BY_CODE: Mapping[str, Callable[[Reject, LessonRequest, Article | None], Suggestion]] = {
    TOPIC_REFUSED: _other_topic,
    LANGUAGE_UNAVAILABLE: _other_language,
    LESSON_REFUSED: _other_lesson,
}
"""The failures whose cause is the order, by their codes."""
