"""Judges what a teacher's eye found in lessons and no check of the house tells of every writer's. Pure.

`core`: a lesson on an article says what its topic is, in the article's defining sentence or in words of it, and states
the law if the topic is one. `own_activity`: its activity would not fit any topic. `link`: no link between verse and
topic is denied.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from pathshala_common.checks.draft import Draft
from pathshala_common.checks.filler import classroom_stems
from pathshala_common.checks.parts import explained, prose
from pathshala_common.checks.topic_words import topic_words
from pathshala_common.contract.lesson import Article, LessonRequest, primary_language
from pathshala_common.text.content import content
from pathshala_common.text.core import essential
from pathshala_common.text.dissection import dissected
from pathshala_common.text.sentences import sentences

Judge = Callable[[Draft, LessonRequest, Article | None], bool | None]
"""Whether a lesson is well in one respect; None if there is nothing to judge."""

WORDS = Path(__file__).with_name("activity_words.json")
TOLD_SHARE_MIN = 0.75
"""Two sentences that have this much of a defining sentence's words tell it, where it is not quoted."""
OWN_WORDS_MIN = 2
QUOTED_RUN_WORDS = 5
"""So many words of an activity have to be its topic's, beside the topic's name; or it repeats so many in a row."""

QUOTED = re.compile("“([^”]+)”")
DENIALS = re.compile(
    r"\b(?:not|never|hardly) (?:really )?(?:about|explain|speak of|mention)\b|\bnothing to do with\b|\bunrelated\b|"
    r"\bno (?:\w+ )?(?:link|connection|bridge|relation)\b|\bneed not\b|"
    r"के बारे में नहीं|नहीं समझाता|समझाता नहीं|कोई (?:पुल|संबंध|नाता) नहीं|संबंध नहीं",
    re.IGNORECASE,
)


def core(draft: Draft, _request: LessonRequest, article: Article | None) -> bool | None:
    """Whether each sentence without which nobody is told what the topic is stands in the lesson."""
    if article is None or not _same_language(draft, article):
        return None
    quotes = [said.quote for said in draft.statements if said.quote]
    return all(any(_is_of(quote, each) for quote in quotes) or _told(each, draft) for each in _essential(article))


def own_activity(draft: Draft, request: LessonRequest, article: Article | None) -> bool | None:
    """Whether an activity has to do with more of its topic than the name."""
    language = primary_language(draft.language)
    if article is None or language not in _activity_words() or not _same_language(draft, article):
        return None
    named = topic_words(request, draft.language).stems | dissected(article.title).content(draft.language)
    own = dissected(draft.activity).content(draft.language) - named - _of_any_activity(language)
    lesson = explained(draft).content(draft.language) | dissected(article.summary).content(draft.language)
    return len(own & lesson) >= OWN_WORDS_MIN or _quotes_lesson(draft, named)


def link(draft: Draft, _request: LessonRequest, _article: Article | None) -> bool | None:
    """Whether the verse's link to the topic is left standing."""
    return None if draft.connection is None else not DENIALS.search(draft.connection)


TEACHING: Mapping[str, Judge] = {"core": core, "own_activity": own_activity, "link": link}


def _essential(article: Article) -> Sequence[str]:
    return essential(sentences(article.summary))


def _is_of(quote: str, sentence: str) -> bool:
    return quote in sentence or sentence in quote


def _told(sentence: str, draft: Draft) -> bool:
    """Whether two sentences in a row have most of a sentence's words."""
    words, told = dissected(sentence).content(draft.language), explained(draft).sentences
    stems = [each.content(draft.language) for each in told]
    return any(len(words & (one | next_one)) >= TOLD_SHARE_MIN * len(words) for one, next_one in pairwise(stems))


def _quotes_lesson(draft: Draft, named: frozenset[str]) -> bool:
    """Whether an activity repeats a part of a sentence, or some terms in quotation marks."""
    text = explained(draft)
    quoted = [dissected(each) for each in QUOTED.findall(draft.activity)]
    terms = [each for each in quoted if each.plain in text.plain and not named >= each.content(draft.language)]
    return len(terms) >= OWN_WORDS_MIN or not _runs(draft.activity).isdisjoint(_runs(prose(draft)))


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    """What a text says in so many words in a row."""
    told = dissected(text).words
    return frozenset(zip(*(told[place:] for place in range(QUOTED_RUN_WORDS)), strict=False))


def _same_language(draft: Draft, article: Article) -> bool:
    return primary_language(article.language) == primary_language(draft.language)


@cache
def _of_any_activity(language: str) -> frozenset[str]:
    """The stems of what is done, and with what, in activities on any topic."""
    return classroom_stems(language) | content(_activity_words()[language], language)


@cache
def _activity_words() -> Mapping[str, str]:
    read: dict[str, str] = json.loads(WORDS.read_text("utf-8"))
    return read
