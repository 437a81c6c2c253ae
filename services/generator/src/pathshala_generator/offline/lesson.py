"""Puts a lesson together: the framing's words around the article's sentences, or around none. Pure."""

from collections.abc import Sequence
from itertools import chain

from pathshala_common.checks.draft import Draft, Said
from pathshala_common.contract.lesson import Article, primary_language
from pathshala_generator.draft import Assignment
from pathshala_generator.offline.activities import activity
from pathshala_generator.offline.asking import Told, questions
from pathshala_generator.offline.classroom import materials, minutes, objectives
from pathshala_generator.offline.connection import connection, verse_of
from pathshala_generator.offline.facts import Fact, facts_of
from pathshala_generator.offline.topic_kinds import HISTORY, topic_kind
from pathshala_generator.offline.voice import INNER_QUOTES, Voice

PARAGRAPH_FACTS_MIN = 4
"""From so many facts on they are told in two paragraphs."""


def lesson(assignment: Assignment, turn: int = 0) -> Draft:
    """Write the lesson that follows from the assignment alone; another one at each turn."""
    voice = Voice.of(assignment, turn)
    if assignment.article is None:
        return _bare(assignment, voice)
    return _from_article(assignment, assignment.article, voice)


def _from_article(assignment: Assignment, article: Article, voice: Voice) -> Draft:
    """Say what the article says, in its own sentences and under its name."""
    request, words = assignment.request, voice.words
    verse = verse_of(assignment.verses, request)
    is_history = topic_kind(request, article) in HISTORY
    facts = facts_of(article, request.level, voice.lot.turn, is_history=is_history)
    explanation = explained(facts, assignment, article, voice)
    deed = activity(request, article, facts, voice)
    asked = questions(_places(explanation, facts), article, voice)
    return Draft(
        language=voice.language,
        title=voice.say_anew("title", words.titles, [each.title for each in assignment.precedents]),
        objectives=objectives(voice),
        explanation=explanation,
        activity=deed,
        minutes=minutes(" ".join(one.text for one in chain.from_iterable(explanation)), len(asked), request.level),
        materials=materials(deed, voice.language),
        question=asked[0].text,
        questions=asked,
        verse=verse,
        connection=connection(assignment.verses[verse], request, voice),
        arranged=True,
    )


def explained(
    facts: Sequence[Fact], assignment: Assignment, article: Article, voice: Voice
) -> tuple[tuple[Said, ...], ...]:
    """Tell the facts between an opening, which no precedent has, and a closing."""
    opening = voice.say_anew("opening", voice.words.openings, [each.opening for each in assignment.precedents])
    said = _quoted(facts, voice) if primary_language(article.language) != voice.language else _told(facts, voice)
    link, closing = voice.say("link", voice.words.links), voice.say("closing", voice.words.closings)
    return ((Said(text=opening),), *_paragraphs(said, Said(text=link)), (Said(text=closing),))


def _bare(assignment: Assignment, voice: Voice) -> Draft:
    """Say honestly that there are no facts here, and how to come by them."""
    bare, request = voice.words.bare, assignment.request
    verse = verse_of(assignment.verses, request)
    opening = voice.say_anew("opening", bare.openings, [each.opening for each in assignment.precedents])
    return Draft(
        language=voice.language,
        title=voice.say_anew("title", bare.titles, [each.title for each in assignment.precedents]),
        explanation=((Said(text=opening),), (Said(text=voice.say("steps", bare.steps)),)),
        activity=voice.say("activity", bare.activities),
        question=voice.say("question", bare.questions),
        verse=verse,
        connection=connection(assignment.verses[verse], request, voice),
    )


def _places(explanation: Sequence[Sequence[Said]], facts: Sequence[Fact]) -> list[Told]:
    """Tell where each fact stands among the statements."""
    quoted = [place for place, said in enumerate(chain.from_iterable(explanation), 1) if said.quote]
    return [Told(fact.text, place, fact.leans) for fact, place in zip(facts, quoted, strict=True)]


def _told(facts: Sequence[Fact], voice: Voice) -> list[Said]:
    """Tell facts, with a word before those that are long for the level, as far as there are words for it."""
    leads = iter(voice.lot.round("lead", voice.words.leads.of(voice.level)))
    said = []
    for fact in facts:
        if fact.is_long and (lead := next(leads, None)):
            said.append(Said(text=voice.fill(lead)))
        said.append(Said(text=fact.text, quote=fact.quote))
    return said


def _quoted(facts: Sequence[Fact], voice: Voice) -> list[Said]:
    """Tell facts in another language than the lesson as what they are, quotations."""
    lead = Said(text=voice.say("quoted", (voice.words.quoted,)))
    return [lead, *(Said(text=f"“{fact.text.translate(INNER_QUOTES)}”", quote=fact.quote) for fact in facts)]


def _paragraphs(said: Sequence[Said], link: Said) -> list[tuple[Said, ...]]:
    """Tell many facts in two paragraphs; a word that leads to a fact stays with it."""
    if len(said) < PARAGRAPH_FACTS_MIN:
        return [tuple(said)]
    half = (len(said) + 1) // 2
    half -= not said[half - 1].quote
    return [tuple(said[:half]), (link, *said[half:])]
