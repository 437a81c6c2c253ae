"""A lesson with one part written anew: as a draft that checks read, what they find wrong with it, and as content. Pure.

The other parts stay byte for byte. So faults that they had before are nobody's who writes the part; but a fault that
came with the part is its own, wherever it shows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from pathshala_common.checks.draft import Asking, Draft, Said
from pathshala_common.checks.examination import Findings, findings
from pathshala_common.checks.fault import Check, Fault
from pathshala_common.checks.kept_lesson import draft_with
from pathshala_common.checks.proofs import telling
from pathshala_common.contract.lesson import (
    CheckFinding,
    Examined,
    LessonContent,
    LessonPart,
    QuestionForm,
    RewrittenPart,
)
from pathshala_common.text.content import VERDICTS
from pathshala_common.text.dissection import dissected
from pathshala_common.text.words import length
from pathshala_generator.draft import Assignment, Writer, Written, explanation_of
from pathshala_generator.offline.wishes import FORMS, Wish, understood
from pathshala_generator.rewriting import WRITTEN_FIELDS, Rewriting

OFFLINE = "offline"
"""The writer whose explanations are the article's own sentences by design."""
PARAGRAPH_ENDS, STATEMENT_ENDS = "\n\n", " "
PROOFS_MAX = 2

LESSON_FIELDS: Mapping[LessonPart, tuple[str, ...]] = {
    **WRITTEN_FIELDS,
    LessonPart.VERSE: (
        "shloka",
        "shloka_transliteration",
        "shloka_source",
        "shloka_connection",
        "translation",
    ),
    LessonPart.EXPLANATION: ("explanation", "statements"),
    LessonPart.QUESTIONS: ("question", "questions"),
}
"""The fields of a lesson that belong to each part; all others stay byte for byte, and so do the questions of an
explanation, but for the places of the statements that prove their answers."""
WHOLE = "lesson"

WISH = "wish"
SAME = "says what it said before"
NOT_SHORTER, NOT_LONGER = "is no shorter than before", "is no longer than before"
ANOTHER_FORM = "has not the form that was wished for"


def as_it_stands(rewriting: Rewriting) -> Draft:
    """Give the lesson as a draft."""
    lesson = rewriting.lesson
    draft = draft_with(lesson, tuple(_paragraphs(lesson)))
    return draft.model_copy(update={"arranged": _explained_by(lesson) == OFFLINE})


def with_part(rewriting: Rewriting, part: Mapping[str, Any]) -> Draft:
    """Put the part into the lesson. Under another explanation, answers are proven by other statements."""
    is_explained = rewriting.part is LessonPart.EXPLANATION
    draft = as_it_stands(rewriting).model_copy(update={"arranged": False, **part} if is_explained else part)
    update: dict[str, Any] = {}
    if is_explained:
        update["questions"] = tuple(_proven_anew(question, draft) for question in draft.questions)
    if rewriting.part is LessonPart.QUESTIONS and draft.questions:
        update["question"] = draft.questions[0].text
    return draft.model_copy(update=update) if update else draft


def examined(draft: Draft, rewriting: Rewriting, assignment: Assignment, checks: Mapping[str, Check]) -> Findings:
    """Apply each check to the whole. What came with the part, and shows elsewhere, is named as the part's fault."""
    standing, main = standing_faults(rewriting, assignment, checks), rewriting.fields[0]
    return {
        name: tuple(
            fault if fault in standing or fault.field in rewriting.concerned else replace(fault, field=main)
            for fault in faults
        )
        for name, faults in findings(draft, assignment, checks).items()
    }


def standing_faults(rewriting: Rewriting, assignment: Assignment, checks: Mapping[str, Check]) -> frozenset[Fault]:
    """Give the faults that the lesson has without the part, so that nobody who writes the part could mend them."""
    whole = as_it_stands(rewriting)
    found = _faults(whole, assignment, checks)
    if rewriting.number is not None:
        others = tuple(one for number, one in enumerate(whole.questions, 1) if number != rewriting.number)
        return found & _faults(whole.model_copy(update={"questions": others}), assignment, checks)
    return frozenset(fault for fault in found if fault.field not in rewriting.concerned)


def unmet(draft: Draft, rewriting: Rewriting, assignment: Assignment) -> Findings:
    """Find what can be told of a wish that was not met: the part as it was before, or no shorter, say."""
    before, now = text_before(rewriting, assignment), text_of(draft, rewriting, assignment)
    wish = understood(rewriting.wish, rewriting.part)
    reasons = {
        SAME: dissected(now).words == dissected(before).words,
        NOT_SHORTER: wish is Wish.SHORTER and length(now) >= length(before),
        NOT_LONGER: wish is Wish.LONGER and length(now) <= length(before),
        ANOTHER_FORM: wish in FORMS and rewriting.number is not None and _form(draft, rewriting.number) != wish,
    }
    found = next((reason for reason, holds in reasons.items() if holds), None)
    return {WISH: (Fault(WISH, rewriting.fields[0], found),)} if found else {}


def rewritten_content(rewriting: Rewriting, assignment: Assignment, written: Written, writer: Writer) -> LessonContent:
    """Give the content that stood before, with the part and what is said of its origin."""
    lesson, draft = rewriting.lesson, written.draft
    told = RewrittenPart(
        part=rewriting.part,
        number=rewriting.number,
        writer=writer.name,
        model=writer.model,
        repaired=bool(written.repaired_fields),
        prompt_version=written.prompt_version,
        usage=written.usage,
    )
    before = (one for one in lesson.quality.rewritten if one.part is not told.part or _is_beside(one, told))
    fields = _fields(rewriting, assignment, draft)
    quality = lesson.quality.model_copy(
        update={
            "checks_passed": written.checks_passed,
            "reading_level": written.reading_level,
            "edited_fields": tuple(name for name in lesson.quality.edited_fields if name not in _whole(rewriting)),
            "rewritten": (*before, told),
        }
    )
    return lesson.model_copy(update={**fields, "quality": quality})


def _is_beside(one: RewrittenPart, other: RewrittenPart) -> bool:
    """Whether of two rewritings of one part both still stand: of a question, when it was another one or all of them."""
    return other.number is not None and one.number != other.number


def still_examined(rewriting: Rewriting, written: Written) -> Examined | None:
    """Say what the checks find in the other parts; which of them an editor overruled stays."""
    before = rewriting.examined
    if before is None and not written.left:
        return None
    return Examined(found=written.left, overruled=before.overruled if before else ())


def left(found: Findings, standing: frozenset[Fault]) -> tuple[CheckFinding, ...]:
    """Give what the checks still find in the other parts, as it is kept with a lesson."""
    return tuple(
        CheckFinding(check=fault.check, part=fault.field or WHOLE, reason=fault.reason)
        for fault in chain.from_iterable(found.values())
        if fault in standing
    )


def text_of(draft: Draft, rewriting: Rewriting, assignment: Assignment) -> str:
    """Give the text of the part, as it is read, so that two can be compared."""
    match rewriting.part:
        case LessonPart.TITLE:
            return draft.title
        case LessonPart.OBJECTIVES:
            return "\n".join(draft.objectives)
        case LessonPart.ACTIVITY:
            return draft.activity
        case LessonPart.EXPLANATION:
            return "\n".join(said.text for said in draft.statements)
        case LessonPart.VERSE:
            return assignment.verses[draft.verse].translation_in(draft.language)
    asked = draft.questions
    if rewriting.number is not None:
        asked = asked[rewriting.number - 1 : rewriting.number]
    return "\n".join(" ".join((one.text, *one.options)) for one in asked) or draft.question


def text_before(rewriting: Rewriting, assignment: Assignment) -> str:
    """Give the text of the part as it stands."""
    if rewriting.part is LessonPart.VERSE:
        return rewriting.lesson.translation
    return text_of(as_it_stands(rewriting), rewriting, assignment)


def _form(draft: Draft, number: int) -> str | None:
    return draft.questions[number - 1].form if number <= len(draft.questions) else None


def _whole(rewriting: Rewriting) -> frozenset[str]:
    """The fields of a lesson of which nothing is left as it was."""
    if rewriting.number is not None:
        return frozenset()
    return frozenset(LESSON_FIELDS[rewriting.part])


def _fields(rewriting: Rewriting, assignment: Assignment, draft: Draft) -> Mapping[str, Any]:
    """The fields of a lesson that belong to the part."""
    match rewriting.part:
        case LessonPart.VERSE:
            verse = assignment.verses[draft.verse]
            return {
                "shloka": verse.text,
                "shloka_transliteration": verse.iast,
                "shloka_source": verse.source,
                "shloka_connection": draft.connection,
                "translation": verse.translation_in(draft.language),
            }
        case LessonPart.EXPLANATION:
            return {
                "explanation": explanation_of(draft),
                "statements": draft.statements,
                "questions": draft.questions,
            }
        case LessonPart.QUESTIONS:
            return {"question": draft.question, "questions": draft.questions}
    return {name: getattr(draft, name) for name in rewriting.fields}


def _paragraphs(lesson: LessonContent) -> Iterator[tuple[Said, ...]]:
    """Take the explanation apart into paragraphs of its statements; of an older lesson, each paragraph is one."""
    if not lesson.statements:
        yield from (
            (Said.model_construct(text=text, quote=None),)
            for text in lesson.explanation.split(PARAGRAPH_ENDS)
            if text.strip()
        )
        return
    place, quotes, paragraph = 0, 0, list[Said]()
    for statement in lesson.statements:
        quotes += statement.quote is not None
        written = f"{statement.text} [{quotes}]" if statement.quote else statement.text
        found = lesson.explanation.find(written, place)
        if paragraph and found >= 0 and PARAGRAPH_ENDS in lesson.explanation[place:found]:
            yield tuple(paragraph)
            paragraph = []
        place = found + len(written) if found >= 0 else place
        paragraph.append(Said.model_construct(**dict(statement)))
    yield tuple(paragraph)


def _explained_by(lesson: LessonContent) -> str:
    by = [one.writer for one in lesson.quality.rewritten if one.part is LessonPart.EXPLANATION]
    return by[-1] if by else lesson.quality.writer


def _faults(draft: Draft, assignment: Assignment, checks: Mapping[str, Check]) -> frozenset[Fault]:
    return frozenset(chain.from_iterable(findings(draft, assignment, checks).values()))


def _proven_anew(question: Asking, draft: Draft) -> Asking:
    """Name the statements that prove an answer now: one, or of an open question two if the second adds to it.

    Nothing else of the question changes. Whether they prove it is for the checks to say.
    """
    if not question.proven_by:
        return question
    language = draft.language
    asked = telling(question.text, language) - telling(" ".join(VERDICTS), language)
    told = asked if question.form is QuestionForm.TRUE_FALSE else telling(question.answer, language)
    said = [dissected(one.text).stems(language) for one in draft.statements]
    most = PROOFS_MAX if question.form is QuestionForm.OPEN else 1
    return question.model_copy(update={"proven_by": tuple(sorted(_nearest(told, asked, said, most)))})


def _nearest(told: frozenset[str], asked: frozenset[str], said: Sequence[frozenset[str]], most: int) -> Iterator[int]:
    """The places of the statements that hold most of what is told, and among equals most of what is asked."""
    for _ in range(most):
        best = max(range(len(said)), key=lambda place: (len(told & said[place]), len(asked & said[place])))
        if not told & said[best]:
            return
        yield best + 1
        told -= said[best]
