"""One part of a lesson anew, without a model: another one that rules can make, and no wish that they cannot meet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from pathshala_common.checks.draft import Draft
from pathshala_common.checks.examination import CHECKS, Findings, passed
from pathshala_common.contract.errors import Reject
from pathshala_common.contract.lesson import Article, LessonPart, Level, Precedent, primary_language
from pathshala_common.text.dissection import dissected
from pathshala_generator.draft import Assignment, Written
from pathshala_generator.offline.activities import activities
from pathshala_generator.offline.asking import Told, each_question, questions
from pathshala_generator.offline.classroom import materials, minutes
from pathshala_generator.offline.connection import connection
from pathshala_generator.offline.facts import Fact, facts_of
from pathshala_generator.offline.lesson import explained, lesson
from pathshala_generator.offline.telling import leans
from pathshala_generator.offline.topic_kinds import HISTORY, topic_kind
from pathshala_generator.offline.voice import Voice
from pathshala_generator.offline.wishes import FORMS, Wish, understood
from pathshala_generator.offline_examination import CHECKED, UNREFUSED, reading_level, refusals
from pathshala_generator.rewriting import Rewriting
from pathshala_generator.rewritten import as_it_stands, examined, left, standing_faults, text_of, unmet, with_part

TURNS_MAX = 6
"""Lots are drawn anew so many times, for parts that are drawn as a whole."""
EASIER_SHARE_MAX = 0.9
"""An easier text has sentences of so many words at the most, for each that those before it have."""

WISH_UNMET = "wish_unmet"
"""Code of the Reject by which a writer refuses a wish that it cannot meet."""

USUAL = (Wish.ANOTHER, Wish.SHORTER, Wish.LONGER)
NAMES: Mapping[Wish, str] = {
    Wish.ANOTHER: "another one",
    Wish.SHORTER: "a shorter one",
    Wish.LONGER: "a longer one",
    Wish.EASIER: "an easier one",
    Wish.GAP: "one with a gap",
    Wish.CHOICE: "one with a choice",
    Wish.TRUE_FALSE: "one that is true or false",
    Wish.OPEN: "an open one",
}
NOT_UNDERSTOOD = (
    "the offline writer cannot meet this wish: of the {part} it can make {wishes}, and nothing else. Wish for one of "
    "these, or have a model write it (PATHSHALA_WRITER=openai)"
)
NOT_MADE = (
    "the offline writer cannot make {wish} of the {part} out of this lesson and its article. Of that part it can be "
    "asked for {wishes}; or have a model write it (PATHSHALA_WRITER=openai)"
)

Part = Mapping[str, Any]
"""The fields of a draft that a part consists of."""


def rewritten(rewriting: Rewriting, assignment: Assignment) -> Written:
    """Write the part, so that it meets the wish and passes the checks. Raises Reject with the code wish_unmet."""
    wish, can = understood(rewriting.wish, rewriting.part), _wishes(rewriting)
    part = "question" if rewriting.number is not None else str(rewriting.part)
    wishes = ", ".join(NAMES[one] for one in can)
    if wish is None or wish not in can:
        raise Reject(WISH_UNMET, NOT_UNDERSTOOD.format(part=part, wishes=wishes))
    checks = CHECKS if "language" in rewriting.lesson.quality.checks_passed else CHECKED
    standing = standing_faults(rewriting, assignment, checks)
    # A set may be small for want of facts; one question of it must not be what spoils it.
    unrefused = UNREFUSED if rewriting.number is None else UNREFUSED - {"questions"}
    for candidate in _drawn(rewriting, assignment):
        draft = with_part(rewriting, candidate)
        found = {**examined(draft, rewriting, assignment, checks), **unmet(draft, rewriting, assignment)}
        charged = {name: tuple(one for one in faults if one not in standing) for name, faults in found.items()}
        if not refusals(charged, unrefused) and _meets(wish, draft, rewriting, assignment):
            return Written(
                draft,
                checks_passed=_passed(found, rewriting),
                reading_level=_level(draft, assignment),
                left=left(found, standing),
            )
    raise Reject(WISH_UNMET, NOT_MADE.format(wish=NAMES[wish], part=part, wishes=wishes))


def _wishes(rewriting: Rewriting) -> Sequence[Wish]:
    """The wishes that can be met of a part."""
    if rewriting.number is not None:
        return (*USUAL, *(wish for wish in Wish if wish in FORMS))
    return (*USUAL, Wish.EASIER) if rewriting.part is LessonPart.EXPLANATION else USUAL


def _meets(wish: Wish, draft: Draft, rewriting: Rewriting, assignment: Assignment) -> bool:
    """Whether a part is easier, if it is to be; all else is held by what every rewriting is held to."""
    if wish is not Wish.EASIER:
        return True
    now, before = text_of(draft, rewriting, assignment), text_of(as_it_stands(rewriting), rewriting, assignment)
    return _words_a_sentence(now) <= EASIER_SHARE_MAX * _words_a_sentence(before)


def _words_a_sentence(text: str) -> float:
    said = dissected(text)
    return len(said.words) / max(len(said.sentences), 1)


def _passed(found: Findings, rewriting: Rewriting) -> tuple[str, ...]:
    """Name the checks that were passed; a lesson without facts, of which none was examined, claims none."""
    lesson = rewriting.lesson
    return passed(found) if rewriting.article is not None or lesson.quality.checks_passed else ()


def _level(draft: Draft, assignment: Assignment) -> Any:
    return reading_level(draft, assignment) if assignment.article is not None else None


def _drawn(rewriting: Rewriting, assignment: Assignment) -> Sequence[Part]:
    """All that can be made of the part, in an order that is this order's own."""
    opening = rewriting.lesson.explanation.partition("\n\n")[0]
    anew = replace(assignment, precedents=(Precedent(title=rewriting.lesson.title, opening=opening),))
    voice = Voice.of(anew, 0)
    made = list(_made(rewriting, anew, voice))
    return voice.lot.round("rewriting", made) if made else made


def _made(rewriting: Rewriting, assignment: Assignment, voice: Voice) -> Iterator[Part]:
    article, words = assignment.article, voice.words
    match rewriting.part:
        case LessonPart.VERSE:
            for place, verse in enumerate(assignment.verses):
                yield {"verse": place, "connection": connection(verse, assignment.request, voice)}
        case LessonPart.OBJECTIVES:
            for listed in (words.objectives.young, words.objectives.older):
                filled = tuple(voice.fill(text) for text in listed)
                yield from ({"objectives": filled[:count]} for count in range(1, len(filled) + 1))
        case LessonPart.TITLE:
            yield from ({"title": voice.fill(text)} for text in (words.titles if article else words.bare.titles))
        case _ if article is None:
            yield from _bare(rewriting, assignment)
        case LessonPart.EXPLANATION:
            yield from _explanations(rewriting, assignment, article)
        case LessonPart.ACTIVITY:
            yield from _activities(rewriting, assignment, article, voice)
        case LessonPart.QUESTIONS:
            yield from _questions(rewriting, assignment, article)


def _bare(rewriting: Rewriting, assignment: Assignment) -> Iterator[Part]:
    """Without an article, the texts that say how to find out; of questions with answers, none."""
    if rewriting.part is LessonPart.QUESTIONS and rewriting.lesson.questions:
        return
    for turn in range(TURNS_MAX):
        draft = lesson(assignment, turn)
        if rewriting.part is LessonPart.EXPLANATION:
            yield {"explanation": draft.explanation}
        elif rewriting.part is LessonPart.QUESTIONS:
            yield {"question": draft.question}
        else:
            yield {"activity": draft.activity, "materials": draft.materials}


def _activities(rewriting: Rewriting, assignment: Assignment, article: Article, voice: Voice) -> Iterator[Part]:
    request, stands = assignment.request, as_it_stands(rewriting)
    facts = _facts_told(stands, article) or facts_of(article, request.level)
    text = " ".join(said.text for said in stands.statements)
    for deed in activities(request, article, facts, voice):
        yield {
            "activity": deed,
            "minutes": minutes(text, len(stands.questions), request.level),
            "materials": tuple(materials(deed, voice.language)),
        }


def _questions(rewriting: Rewriting, assignment: Assignment, article: Article) -> Iterator[Part]:
    """Other sets of questions; or the set that stands, with another question at the number."""
    stands = as_it_stands(rewriting)
    told = [Told(said.text, place, leans(said.quote)) for place, said in enumerate(stands.statements, 1) if said.quote]
    if not told:
        return
    voices = [Voice.of(assignment, turn) for turn in range(TURNS_MAX)]
    if rewriting.number is None:
        yield from ({"questions": questions(told, article, voice)} for voice in voices)
        return
    for asked in chain.from_iterable(each_question(told, article, voice) for voice in voices[:2]):
        before, after = stands.questions[: rewriting.number - 1], stands.questions[rewriting.number :]
        yield {"questions": (*before, asked, *after)}


def _explanations(rewriting: Rewriting, assignment: Assignment, article: Article) -> Iterator[Part]:
    """Other choices of the article's sentences, each with those that the answers rest on."""
    request, stands = assignment.request, as_it_stands(rewriting)
    proving = {place for question in stands.questions for place in question.proven_by}
    kept = _facts_told(stands, article, proving)
    is_history = topic_kind(request, article) in HISTORY
    levels = tuple(Level)[: tuple(Level).index(request.level) + 1]
    for turn in range(TURNS_MAX):
        voice = Voice.of(assignment, turn)
        of_levels = [facts_of(article, level, turn, is_history=is_history) for level in levels]
        for facts in (of_levels[-1][:1], *of_levels, (*facts_of(article, request.level), *of_levels[-1])):
            told = _in_order([*kept, *facts], article)
            yield {"explanation": explained(told, assignment, article, voice), "arranged": True}


def _facts_told(stands: Draft, article: Article, places: set[int] | None = None) -> list[Fact]:
    """The facts that a lesson tells of its article; with places, those of these statements."""
    is_quoted = primary_language(article.language) != primary_language(stands.language)
    return [
        Fact(said.text.strip("“”") if is_quoted else said.text, said.quote, leans=leans(said.quote))
        for place, said in enumerate(stands.statements, 1)
        if said.quote and (places is None or place in places)
    ]


def _in_order(facts: Sequence[Fact], article: Article) -> list[Fact]:
    """Give each fact once, the first of its quote, as the article has them."""
    once = {fact.quote: fact for fact in reversed(facts)}
    return sorted(once.values(), key=lambda fact: article.summary.find(fact.quote))
