"""An edit: the changes that somebody makes to a version, and the content that comes of them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from pathshala_common.checks.draft import Asking, clean, in_order, one_line, written_out
from pathshala_common.checks.examination import CHECKS
from pathshala_common.checks.kept_lesson import (
    Judgement,
    UnknownQuoteError,
    examination,
    paragraphs,
    places,
)
from pathshala_common.contract.lesson import (
    LESSON_MINUTES_MAX,
    TEXT_LENGTH_MAX,
    Examined,
    LessonContent,
    LessonQuestion,
    LessonRequest,
    Note,
    Overruling,
    Statement,
    Text,
)

ITEMS_MAX = 50
"""Objectives, materials or questions of a lesson, at the most."""

ASKED = {"question", "questions"}
"""The fields of which the one goes along with the other."""

Lines = Annotated[Text, BeforeValidator(clean)]
Line = Annotated[Text, BeforeValidator(one_line)]


class FieldError(Exception):
    """A field of a request that cannot be what it is, and why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


class EditedQuestion(Asking):
    """A question with its answer. A choice has its answer among its options; only a choice has options."""

    text: Annotated[Lines, Field(description="The question.")]
    options: Annotated[
        tuple[Line, ...],
        AfterValidator(in_order),
        Field(max_length=ITEMS_MAX, description="The options of a choice. They are shown by the alphabet."),
    ] = ()
    answer: Annotated[
        Line, Field(description="The answer: of a choice one of its options, of a true or false one of these.")
    ]


def _without_defaults(schema: dict[str, Any]) -> None:
    """Show no default of a field that stays as it is when it is left out."""
    for field in schema["properties"].values():
        field.pop("default", None)


class LessonChanges(BaseModel):
    """The fields of a lesson that are to be other than they are; those that are left out stay.

    In an explanation, a number in brackets cites that quote of the version that is changed, from 1. The places of the
    statements that prove a question are those of the version that is changed, too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_without_defaults)

    title: Annotated[Line, Field(description="The title of the lesson.")] = ""
    objectives: Annotated[
        tuple[Line, ...],
        Field(max_length=ITEMS_MAX, description="What a learner can do after it."),
    ] = ()
    shloka: Annotated[Lines, Field(description="The verse that opens the lesson, in its own script.")] = ""
    shloka_transliteration: Annotated[Lines, Field(description="The verse in Latin letters (IAST).")] = ""
    shloka_source: Annotated[Line, Field(description="The work and the place in it that it is from.")] = ""
    shloka_connection: Annotated[Lines, Field(description="What the verse has to do with the topic.")] = ""
    translation: Annotated[Lines, Field(description="The verse in the language of the lesson.")] = ""
    explanation: Annotated[
        Lines,
        Field(description="The text. A number in square brackets cites that quote, from 1."),
    ] = ""
    activity: Annotated[Lines, Field(description="Something to do, in a class or at home.")] = ""
    minutes: Annotated[
        int,
        Field(ge=1, le=LESSON_MINUTES_MAX, description="The length of lesson and activity together."),
    ] = 0
    materials: Annotated[tuple[Line, ...], Field(max_length=ITEMS_MAX, description="What the activity needs.")] = ()
    question: Annotated[Lines, Field(description="The text of the first of the questions.")] = ""
    questions: Annotated[
        tuple[EditedQuestion, ...],
        Field(
            max_length=ITEMS_MAX,
            json_schema_extra={"minItems": 1},
            description="The questions, from easy to hard, with their answers; at least one.",
        ),
    ] = ()

    @property
    def given(self) -> dict[str, Any]:
        """The fields that are given."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


def edited(lesson: LessonContent, changes: LessonChanges) -> LessonContent:
    """Give the content with the changes. What depends on them goes along. Raises FieldError."""
    update = changes.given
    questions = _asked(update, lesson)
    if "explanation" in update:
        update |= _explained(update["explanation"], lesson)
        questions = _proven(questions, places(lesson.statements, update["statements"]))
    if questions:
        update |= {"question": questions[0].text, "questions": questions}
    touched = set(changes.given) | (ASKED if ASKED & changes.given.keys() else set())
    changed = {name for name in touched & update.keys() if update[name] != getattr(lesson, name)}
    changed.update(lesson.quality.edited_fields)
    names = tuple(name for name in LessonContent.model_fields if name in changed)
    quality = lesson.quality.model_copy(update={"edited_fields": names})
    return lesson.model_copy(update={**update, "quality": quality})


def examined(
    lesson: LessonContent, request: LessonRequest, overruled: Sequence[Overruling]
) -> tuple[LessonContent, Examined]:
    """Run all checks on an edited lesson. Gives it with what they say of its quality, and what they find."""
    judged: Judgement = examination(lesson, request)
    quality = lesson.quality.model_copy(update={"checks_passed": judged.passed, "reading_level": judged.reading_level})
    return lesson.model_copy(update={"quality": quality}), Examined(found=judged.found, overruled=tuple(overruled))


class OverruledCheck(BaseModel):
    """A check that is overruled in the version, for good, and why."""

    model_config = ConfigDict(frozen=True)

    check: Annotated[str, Field(description="The name of the check.", json_schema_extra={"enum": list(CHECKS)})]
    reason: Annotated[Note, Field(description="Why, for everybody who reads the version.")]


def overrulings(wanted: Sequence[OverruledCheck]) -> list[Overruling]:
    """Give the overrulings, each check once. Raises FieldError for one that there is not."""
    unknown = sorted({one.check for one in wanted} - CHECKS.keys())
    if unknown:
        raise FieldError("overruled", f"there is no such check: choose of {', '.join(CHECKS)}")
    if len({one.check for one in wanted}) < len(wanted):
        raise FieldError("overruled", "names a check twice")
    return [Overruling(check=one.check, reason=one.reason) for one in wanted]


def _explained(explanation: str, lesson: LessonContent) -> dict[str, Any]:
    """The explanation as it is written out, and its statements."""
    try:
        told = paragraphs(explanation, lesson.statements)
    except UnknownQuoteError as error:
        raise FieldError("changes.explanation", str(error)) from None
    text = written_out(told)
    if not text or len(text) > TEXT_LENGTH_MAX:
        raise FieldError("changes.explanation", f"must have 1 to {TEXT_LENGTH_MAX} characters")
    return {
        "explanation": text,
        "statements": tuple(Statement(text=said.text, quote=said.quote) for part in told for said in part),
    }


def _asked(update: Mapping[str, Any], lesson: LessonContent) -> tuple[LessonQuestion, ...]:
    """The questions, with the first one's text. Their proofs have the places of the version that is edited."""
    given = update.get("questions", lesson.questions)
    if "questions" in update and not given:
        raise FieldError("changes.questions", "must have one question at least")
    questions = tuple(LessonQuestion(**dict(question)) for question in given)
    if "question" in update and questions:
        questions = (questions[0].model_copy(update={"text": update["question"]}), *questions[1:])
    count = len(lesson.statements)
    if any(place > count for question in questions for place in question.proven_by):
        raise FieldError("changes.questions.proven_by", f"names a statement that there is not: there are {count}")
    return questions


def _proven(questions: Sequence[LessonQuestion], become: Mapping[int, int]) -> tuple[LessonQuestion, ...]:
    """The questions with the places that their proofs have become; those that are gone prove nothing."""
    kept = (tuple(sorted({become[place] for place in one.proven_by if place in become})) for one in questions)
    return tuple(one.model_copy(update={"proven_by": proofs}) for one, proofs in zip(questions, kept, strict=True))
