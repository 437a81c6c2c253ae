"""Reads what a model answered when one part of a lesson was asked for, and puts it into the lesson. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from pathshala_common.checks.draft import Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.contract.lesson import TEXT_LENGTH_MAX
from pathshala_generator.answer import (
    UNUSABLE,
    Fields,
    faults_of,
    lines,
    listed,
    paragraphs_told,
    question_asked,
    verse_place,
)
from pathshala_generator.draft import Assignment, explanation_of
from pathshala_generator.rewriting import Rewriting
from pathshala_generator.rewritten import as_it_stands, with_part
from pathshala_generator.small_questions import open_question, questions_of

FILLED: Mapping[str, Any] = {"title": "-", "explanation": [[{"text": "-"}]], "activity": "-", "question": "-"}
"""Stand for the other parts while one is held to the form of a draft."""


def rewritten_draft(fields: Fields, rewriting: Rewriting, assignment: Assignment) -> Draft | tuple[Fault, ...]:
    """Give the lesson with the part that was answered, or name each field of the part that cannot be used."""
    told = {name: _read(name, fields.get(name), rewriting, assignment) for name in rewriting.fields}
    unusable = {name for name, value in told.items() if value is None or (name == "objectives" and not value)}
    try:
        draft = Draft.model_validate({**FILLED, "language": assignment.request.language, **told})
    except ValidationError as error:
        return faults_of({str(fault["loc"][0]) for fault in error.errors()} | unusable)
    if unusable:
        return faults_of(unusable)
    if len(explanation_of(draft)) > TEXT_LENGTH_MAX:
        return (Fault("complete", "explanation", UNUSABLE),)
    part = {name: getattr(draft, name) for name in rewriting.fields}
    if rewriting.number is not None:
        part["questions"] = _in_its_place(draft.questions[0], rewriting)
    return with_part(rewriting, part)


def _read(name: str, value: object, rewriting: Rewriting, assignment: Assignment) -> object:
    """A field as a draft has it; None if there is none."""
    match name:
        case "explanation":
            return paragraphs_told(value, assignment.article) or None
        case "activity":
            return lines(value)
        case "objectives" | "materials":
            return listed(value)
        case "verse":
            return verse_place(value, len(assignment.verses))
        case "questions":
            return _questions(value, rewriting, assignment)
    return value


def _questions(asked: object, rewriting: Rewriting, assignment: Assignment) -> object:
    """The questions; of a small model's open one, those that its statements allow before it, or it alone."""
    if isinstance(asked, dict):
        statements = [said.model_dump() for said in as_it_stands(rewriting).statements]
        is_one = rewriting.number is not None
        language = assignment.request.language
        asked = [open_question(asked, statements, language)] if is_one else questions_of(asked, statements, assignment)
    return [question_asked(one) for one in asked] or None if isinstance(asked, list) else None


def _in_its_place(question: object, rewriting: Rewriting) -> tuple[object, ...]:
    stand = as_it_stands(rewriting).questions
    return tuple(question if number == rewriting.number else one for number, one in enumerate(stand, 1))
