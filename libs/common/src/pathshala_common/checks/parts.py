"""The parts of a draft that a reader reads, and what share of a whole a part is."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from pathshala_common.checks.draft import Basis, Draft
from pathshala_common.contract.lesson import Article, LessonQuestion, LessonRequest, QuestionForm, primary_language
from pathshala_common.text.dissection import Dissection, dissected

ASKED_WORDS_MAX = 3
"""More words are a sentence of the lesson's own."""


def asked(request: LessonRequest) -> Dissection:
    """The dissection of what a lesson was asked for on."""
    return dissected(f"{request.subject} {request.topic}")


def retold(draft: Draft, assignment: Basis) -> Article | None:
    """The article that a draft tells in words of its own; None if it has none in its language, or arranges it."""
    article = assignment.article
    if article is None or draft.arranged or primary_language(article.language) != primary_language(draft.language):
        return None
    return article


def prose(draft: Draft) -> str:
    """The explanation's text without its quotes, a paragraph a line."""
    return "\n".join(" ".join(said.text for said in paragraph) for paragraph in draft.explanation)


def explained(draft: Draft) -> Dissection:
    """The dissection of that text."""
    return dissected(prose(draft))


def fields(draft: Draft) -> Mapping[str, str]:
    """The texts of a draft that a reader reads, by the names of their fields."""
    named = {
        "title": draft.title,
        "explanation": prose(draft),
        "activity": draft.activity,
        "question": draft.question,
    }
    others = {
        "connection": draft.connection,
        "objectives": "\n".join(draft.objectives),
        "materials": "\n".join(draft.materials),
        "questions": "\n".join(_beside_the_first_text(draft.questions)),
    }
    return named | {name: text for name, text in others.items() if text}


def _beside_the_first_text(questions: Sequence[LessonQuestion]) -> Iterator[str]:
    """The texts, options and answers of all questions but the text of the first, which has a name of its own.

    Words that are asked for are in quotation marks: they may be in another language, as quotes may.
    """
    for number, question in enumerate(questions):
        if number:
            yield question.text
        told = () if question.form is QuestionForm.TRUE_FALSE else question.options or (question.answer,)
        yield from (f"“{text}”" if len(dissected(text).words) <= ASKED_WORDS_MAX else text for text in told)


def share(part: Collection[object], whole: Collection[object]) -> float:
    """The share of a whole that a part is; 0 if the whole is nothing."""
    return len(part) / len(whole) if whole else 0.0
