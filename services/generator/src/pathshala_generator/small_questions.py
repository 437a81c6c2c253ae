"""The questions of a lesson by a small model: its own open one, and before it what can be asked of its statements.

A choice, a gap, and what is true or false are made of facts that the model tells, as the offline writer makes them: so
their answers stand where they are said to stand. A model is asked for the one question that no rule can make.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pathshala_common.checks.answers import PROVEN_SHARE_MIN
from pathshala_common.checks.parts import share
from pathshala_common.checks.proofs import telling
from pathshala_common.contract.lesson import LanguageTag, QuestionForm, primary_language
from pathshala_generator.draft import Assignment
from pathshala_generator.offline.asking import QUESTIONS_MIN, Told, questions
from pathshala_generator.offline.framing import languages
from pathshala_generator.offline.voice import Voice

PROOFS_MAX = 2
"""An answer of one sentence rests on no more statements."""

Statement = Mapping[str, Any]


def questions_of(asked: Mapping[str, Any], statements: Sequence[Statement], assignment: Assignment) -> list[Any]:
    """Put the model's open question behind those that its facts allow; of a language without words for them, alone.

    Where the statements do not bear its answer out, an open question that follows from a fact stands in its place.
    """
    language = assignment.request.language
    own = open_question(asked, statements, language)
    made = _made(statements, assignment)
    easy, opens = ([one for one in made if (one["form"] is QuestionForm.OPEN) == is_open] for is_open in (False, True))
    if opens and not _is_borne_out(own, statements, language):
        return [*easy, *opens]
    return [*easy, *opens[: max(QUESTIONS_MIN - len(easy) - 1, 0)], own]


def open_question(asked: Mapping[str, Any], statements: Sequence[Statement], language: LanguageTag) -> dict[str, Any]:
    """Give the model's own question, with the statements that are nearest to its answer as its proof."""
    proven_by = _nearest(str(asked.get("answer")), statements, language)
    return {"text": None, **asked, "form": QuestionForm.OPEN, "options": (), "proven_by": proven_by}


def _made(statements: Sequence[Statement], assignment: Assignment) -> list[dict[str, Any]]:
    article, language = assignment.article, primary_language(assignment.request.language)
    facts = [Told(str(said["text"]), place) for place, said in enumerate(statements, 1) if said.get("quote")]
    if article is None or language not in languages() or primary_language(article.language) != language or not facts:
        return []
    return [
        one.model_dump() | {"options": list(one.options)} for one in questions(facts, article, Voice.of(assignment, 0))
    ]


def _is_borne_out(own: Mapping[str, Any], statements: Sequence[Statement], language: str) -> bool:
    """Whether the statements that are nearest to an answer hold enough of it, for the check of answers."""
    said = " ".join(str(statements[place - 1].get("text")) for place in own["proven_by"])
    told = telling(str(own.get("answer")), language) - telling(str(own["text"]), language)
    return bool(told) and share(told & telling(said, language), told) >= PROVEN_SHARE_MIN[QuestionForm.OPEN]


def _nearest(answer: str, statements: Sequence[Statement], language: str) -> list[int]:
    """The places of the statements that hold most of an answer's words: one, or two if the second adds to them."""
    told = telling(answer, language)
    places: list[int] = []
    for _ in range(PROOFS_MAX):
        said = {place: telling(str(one.get("text")), language) for place, one in enumerate(statements, 1)}
        best = max(said, key=lambda place: share(told & said[place], told), default=None)
        if best is None or not told & said[best]:
            break
        places.append(best)
        told -= said[best]
    return sorted(places)
