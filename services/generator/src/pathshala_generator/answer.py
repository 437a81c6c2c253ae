"""Reads what a chat completion holds: the fields of a lesson, or the fate of an answer that has none."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from pathshala_common.checks.draft import Draft
from pathshala_common.checks.fault import Fault
from pathshala_common.contract.errors import Reject, Retry
from pathshala_common.contract.lesson import TEXT_LENGTH_MAX, Article, QuestionForm, Value
from pathshala_common.contract.provider_call import ProviderCall
from pathshala_common.text.quoting import located
from pathshala_generator.draft import Assignment, explanation_of
from pathshala_generator.fates import Fate, content_filtered, fate_of, invalid_answer, model_refused
from pathshala_generator.numbered import sentence_told
from pathshala_generator.small_questions import questions_of

Fields = Mapping[str, Any]
"""A lesson's fields by their names, as a model gave them."""

UNUSABLE = "is missing, or is empty"
NOT_OF_ITS_FORM = "is missing, or has a question that is not of its form"

OF_LESSON, ONE_QUESTION = "Answer with one JSON object", "- question: one line of text"
"""Behind the first words, models were asked by the second before a lesson had several questions: so say recordings."""

QUESTION, QUESTIONS = "question", "questions"
OF_CLASSROOM = ("objectives", "minutes", "materials", QUESTIONS)
"""The fields that they were not asked for then."""

_LIST_MARK = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+")


class _Message(Value):
    content: str | None = None
    refusal: str | None = None


class _Choice(Value):
    finish_reason: str | None = None
    message: _Message = _Message()


class _Completion(Value):
    choices: tuple[_Choice, ...] = ()


def read_fields(call: ProviderCall, wanted: Collection[str], now: datetime) -> Fields | Fate:
    """Read the fields that were asked for, or what becomes of the lesson without them. `now` dates a Retry-After.

    One that is missing can be asked for again; an answer without its explanation is no lesson.
    """
    fate = fate_of(call, now)
    if fate is not None:
        return fate
    if call.cut:
        return invalid_answer("was too long")
    try:
        choices = _Completion.model_validate_json(call.answer).choices
    except ValidationError:
        return invalid_answer("could not be read")
    if not choices:
        return invalid_answer("was empty")
    fields = _object(choices[0].message.content or "")
    if QUESTIONS in wanted and asked_for_one_question(call.request):
        wanted = [*(name for name in wanted if name not in OF_CLASSROOM), QUESTION]
        fields = {QUESTION: None, **fields} if isinstance(fields, dict) else fields
    return _refused(choices[0]) or _wanted(fields, wanted)


def asked_for_one_question(request: str) -> bool:
    """Whether a recorded request is of the time when a lesson had one question."""
    return ONE_QUESTION in request.rpartition(OF_LESSON)[2]


def draft_of(fields: Fields, assignment: Assignment) -> Draft | tuple[Fault, ...]:
    """Make a draft of the fields, or name each field that cannot be used. A quote becomes the article's own words."""
    verse = verse_place(fields.get("verse"), len(assignment.verses))
    paragraphs = paragraphs_told(fields.get("explanation"), assignment.article)
    read = {
        "title": fields.get("title"),
        "activity": lines(fields.get("activity")),
        **_of_classroom(fields, paragraphs, assignment),
        "explanation": paragraphs,
        "connection": fields.get("connection") or "",  # may be left out of a draft, but not of an answer
        "language": assignment.request.language,
    }
    try:
        draft = Draft.model_validate({**read, "verse": verse or 0})
    except ValidationError as error:
        unusable = {str(fault["loc"][0]) for fault in error.errors()}
    else:
        unusable = {"explanation"} if len(explanation_of(draft)) > TEXT_LENGTH_MAX else set()
        if not unusable and verse is not None:
            return draft
    if QUESTIONS in unusable:
        unusable.discard(QUESTION)
    return faults_of(unusable | ({"verse"} if verse is None else set()))


def _of_classroom(fields: Fields, paragraphs: object, assignment: Assignment) -> Fields:
    """Objectives, minutes, materials and questions; or the one question, where no more was asked for.

    Of a small model one question is asked for, which is put behind others.
    """
    if QUESTION in fields:
        return {QUESTION: fields[QUESTION]}
    asked = fields.get(QUESTIONS)
    if isinstance(asked, dict):
        asked = questions_of(asked, _statements(paragraphs), assignment)
    questions = [question_asked(one) for one in asked] if isinstance(asked, list) else []
    first = questions[0] if questions else None
    return {
        "objectives": listed(fields.get("objectives")) or None,
        "minutes": fields.get("minutes") or 0,
        "materials": listed(fields.get("materials")),
        QUESTIONS: questions or None,
        QUESTION: first["text"] if isinstance(first, dict) else None,
    }


def _statements(paragraphs: object) -> list[Mapping[str, Any]]:
    """The statements of all paragraphs, those that are some."""
    parts = paragraphs if isinstance(paragraphs, list) else []
    return [said for paragraph in parts for said in paragraph if isinstance(said, dict)]


def listed(texts: object) -> object:
    """Servers that keep to no schema may give one text."""
    return [texts] if isinstance(texts, str) else texts


def question_asked(asked: object) -> object:
    """A question as a draft has it: without options where it is no choice, and with the answer as its option says."""
    if not isinstance(asked, dict):
        return asked
    form, answer, options = asked.get("form"), asked.get("answer"), asked.get("options")
    if form == QuestionForm.CHOICE and isinstance(options, list):
        same = [option for option in options if str(option).casefold() == str(answer).casefold()]
        return {"text": None} | asked | {"answer": same[0] if same else answer}
    if form == QuestionForm.TRUE_FALSE:
        answer = str(answer).casefold()
    return {"text": None} | asked | {"answer": answer, "options": ()}


def faults_of(unusable: Collection[str]) -> tuple[Fault, ...]:
    """Give the faults of fields that cannot be used."""
    reasons = {QUESTIONS: NOT_OF_ITS_FORM}
    return tuple(Fault("complete", name, reasons.get(name, UNUSABLE)) for name in sorted(unusable))


def _refused(choice: _Choice) -> Retry | Reject | None:
    """The fault that the server itself names in its answer."""
    if choice.message.refusal:
        return model_refused()
    if choice.finish_reason == "content_filter":
        return content_filtered()
    if choice.finish_reason == "length":
        return invalid_answer("was cut off")
    if not (choice.message.content or "").strip():
        return invalid_answer("was empty")
    return None


def _object(text: str) -> object:
    """Read the JSON object; fences, and talk before or after it, do no harm."""
    try:
        return json.loads(text[text.find("{") : text.rfind("}") + 1])
    except (ValueError, RecursionError):
        return None


def _wanted(fields: object, wanted: Collection[str]) -> Fields | Retry:
    """Take from an object what was asked for."""
    if not isinstance(fields, dict):
        return invalid_answer("was not in the form asked for")
    found = {name: fields[name] for name in wanted if name in fields}
    if not found or ("explanation" in wanted and "explanation" not in found):
        return invalid_answer("lacked a part of the lesson")
    return found


def verse_place(number: object, count: int) -> int | None:
    """The place, from 0, of the verse with this number; None if there is none."""
    try:
        place = int(str(number)) - 1
    except ValueError:
        return None
    return place if place in range(count) else None


def content_of(call: ProviderCall) -> str:
    """Give what the model said, word for word; nothing, if it said nothing."""
    try:
        choices = _Completion.model_validate_json(call.answer).choices
    except ValidationError:
        return ""
    return (choices[0].message.content or "") if choices else ""


def lines(activity: object) -> object:
    """An activity that was given as a list of its steps, with their numbers."""
    if not isinstance(activity, list) or not all(isinstance(step, str) for step in activity):
        return activity
    return "\n".join(f"{number}. {_LIST_MARK.sub('', step)}" for number, step in enumerate(activity, 1))


def paragraphs_told(explanation: object, article: Article | None) -> object:
    """The explanation as a draft has it. Parts with names are paragraphs in their order.

    Servers that keep to no schema may give plain paragraphs, or one text.
    """
    if isinstance(explanation, str):
        return [[{"text": text}] for text in explanation.split("\n\n") if text.strip()]
    if isinstance(explanation, dict):
        explanation = list(explanation.values())
    if not isinstance(explanation, list):
        return explanation
    paragraphs = [paragraph if isinstance(paragraph, list) else [paragraph] for paragraph in explanation]
    return [[_statement(said, article) for said in paragraph] for paragraph in paragraphs if paragraph]


def _statement(said: object, article: Article | None) -> object:
    """A statement with its quote in the article's own words, if it is found there; no quote where there is no article.

    The quote may be named by its number instead.
    """
    if isinstance(said, str):
        return {"text": said}
    if not isinstance(said, dict):
        return said
    quote = said.get("quote")
    if article and "sentence" in said:
        quote = sentence_told(said["sentence"], str(said.get("text")), article)
    if article is None or not isinstance(quote, str) or not quote.strip():
        return {"text": said.get("text")}
    return {"text": said.get("text"), "quote": located(quote, article.summary) or quote}
